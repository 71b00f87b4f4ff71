//! From a vault's resolved links to the graph: one edge for each source, target and relation. Where the links of an edge
//! stand is not written down, as it is found again among the links of its source.

use super::relation::{PLAIN, Relation};
use super::rows::{Rows, SHARED};
use super::{ConceptGraph, Nested};
use crate::cellar::{Shelf, TextsBuilder};
use crate::note::{Nesting, relation_name};
use crate::vault::{LinkColumns, Vault};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use std::ops::Range;

/// So many notes are one task.
const NOTES: u32 = 512;

/// The relation of no link.
pub(super) const NONE: u32 = u32::MAX;

impl ConceptGraph {
    /// The graph of a vault that keeps none yet. Takes time in proportion to the links.
    pub fn of(vault: &Vault) -> ConceptGraph {
        let mut shelf = Shelf::default();
        ConceptGraph::put(vault, &mut shelf);
        ConceptGraph::on(&shelf, vault)
    }

    /// Puts the graph of a vault on a shelf, for [`ConceptGraph::on`].
    pub fn put(vault: &Vault, shelf: &mut Shelf) {
        let links = vault.link_columns();
        let starts = links.links.starts();
        let concepts = links.all_concepts();
        let edge_numbers = links.relations.to_vec();
        let (relations, of_spelling) = relations(&links, &starts, &concepts);
        let number = |name: &str| relations.binary_search_by(|relation| (*relation.name).cmp(name)).ok().map(|at| at as u32);
        let child = number(&relation_name(Nesting::RELATION)).unwrap_or(NONE);
        let nested = nested(&links, &starts, &concepts);
        let nodes = (links.written + links.wanted) as usize;
        // The rows of some notes, one behind the other, with where each ends.
        let rows = |notes: Range<u32>| {
            let (mut rows, mut ends, mut row) = (Vec::new(), Vec::new(), Vec::new());
            for note in notes {
                let range = starts[note as usize] as usize..starts[note as usize + 1] as usize;
                let links = concepts[range.clone()].iter().zip(&edge_numbers[range]);
                let links = links.filter(|(concept, _)| **concept != LinkColumns::NO_CONCEPT);
                row.extend(links.map(|(concept, number)| (*concept, of_spelling[*number as usize])));
                row.extend(nested_from(&nested, note).iter().map(|nested| (nested.target, child)));
                row.sort_unstable();
                row.dedup();
                rows.append(&mut row);
                ends.push(rows.len());
            }
            (rows, ends)
        };
        let some = (0..links.written).step_by(NOTES as usize).collect::<Vec<u32>>();
        let of_notes: Vec<_> = some.par_iter().map(|first| rows(*first..links.written.min(first + NOTES))).collect();
        let of_wanted = (links.written..nodes as u32).map(|source| {
            let mut row: Vec<(u32, u32)> = nested_from(&nested, source).iter().map(|nested| (nested.target, child)).collect();
            row.dedup();
            let end = row.len();
            (row, vec![end])
        });
        let (mut outgoing, mut targets, mut edge_relations) = (vec![0_u32], Vec::new(), Vec::new());
        for (rows, ends) in of_notes.into_iter().chain(of_wanted) {
            let before = targets.len();
            targets.extend(rows.iter().map(|(target, _)| *target));
            edge_relations.extend(rows.iter().map(|(_, relation)| relation << 1));
            outgoing.extend(ends.iter().map(|end| (before + end) as u32));
        }
        // The next note of one is the previous note of the other: what both of them say is one edge.
        let other_sides: Vec<Option<u32>> = relations.iter().map(|relation| number(relation.other_side()?)).collect();
        for source in 0..nodes {
            for edge in outgoing[source] as usize..outgoing[source + 1] as usize {
                let Some(other) = other_sides[(edge_relations[edge] >> 1) as usize] else { continue };
                let target = targets[edge] as usize;
                let row = outgoing[target] as usize..outgoing[target + 1] as usize;
                let is_shared = targets[row.clone()].partition_point(|it| (*it as usize) < source);
                let mut same = (row.start + is_shared..row.end).take_while(|at| targets[*at] as usize == source);
                if same.any(|at| edge_relations[at] >> 1 == other) {
                    edge_relations[edge] |= SHARED;
                }
            }
        }
        Rows::put(shelf, &outgoing, &targets, &edge_relations);
        let (mut names, mut spellings) = (TextsBuilder::default(), TextsBuilder::default());
        for relation in &relations {
            names.push(&relation.name);
            spellings.push(&relation.spelling);
        }
        names.put(shelf, "g_name_s", "g_name_b");
        spellings.put(shelf, "g_spel_s", "g_spel_b");
        shelf.put_numbers("g_rel_of", &of_spelling);
        let nested: Vec<u32> = nested.iter().flat_map(|it| [it.source, it.target, it.note, it.link]).collect();
        shelf.put_numbers("g_nest", &nested);
    }
}

fn is_concept(concept: &&u32) -> bool {
    **concept != LinkColumns::NO_CONCEPT
}

/// The steps of one source among all.
pub(super) fn nested_from(nested: &[Nested], source: u32) -> &[Nested] {
    let start = nested.partition_point(|it| it.source < source);
    let length = nested[start..].partition_point(|it| it.source == source);
    &nested[start..start + length]
}

/// What lists join: the concept of a link with that of a link below it, in order.
fn nested(links: &LinkColumns, starts: &[u32], concepts: &[u32]) -> Vec<Nested> {
    let joined = |triple: &[u32]| {
        let [note, parent, child] = *triple else { return None };
        let concept =
            |link: u32| concepts.get((*starts.get(note as usize)? + link) as usize).copied().filter(|it| is_concept(&it));
        Some(Nested { source: concept(parent)?, target: concept(child)?, note, link: child })
    };
    let mut nested: Vec<Nested> = links.nestings.to_vec().chunks_exact(3).filter_map(joined).collect();
    nested.sort_unstable();
    nested
}

/// The relations of the links that mean a concept, by name, each with its first spelling in the order of notes; and for
/// each number that a link may have, the place of its relation among them.
fn relations(links: &LinkColumns, starts: &[u32], concepts: &[u32]) -> (Vec<Relation>, Vec<u32>) {
    let (numbers, nestings) = (links.relations.to_vec(), links.nestings.to_vec());
    let mut nestings = nestings.chunks_exact(3).peekable();
    let mut first_use: Vec<Use> = Vec::new();
    let mut is_seen = vec![false; links.spellings.len() + 1];
    let mut is_nested_seen = false;
    for (note, range) in starts.windows(2).enumerate() {
        let (start, end) = (range[0] as usize, range[1] as usize);
        for (number, _) in numbers[start..end].iter().zip(&concepts[start..end]).filter(|(_, concept)| is_concept(concept)) {
            if !std::mem::replace(&mut is_seen[*number as usize], true) {
                first_use.push(Use::Spelling(*number));
            }
        }
        while let Some(triple) = nestings.next_if(|triple| triple[0] as usize == note) {
            let is_joined =
                triple[1..].iter().all(|link| concepts.get(start + *link as usize).is_some_and(|concept| is_concept(&concept)));
            if is_joined && !std::mem::replace(&mut is_nested_seen, true) {
                first_use.push(Use::Nesting);
            }
        }
    }
    let mut by_name: HashMap<Box<str>, u32> = HashMap::new();
    let mut relations: Vec<Relation> = Vec::new();
    let mut of_spelling = vec![0; links.spellings.len() + 1];
    for it in first_use {
        let spelling = match it {
            Use::Nesting => Nesting::RELATION.to_owned(),
            Use::Spelling(0) => PLAIN.to_owned(),
            Use::Spelling(number) => links.spellings.get(number as usize - 1).into_owned(),
        };
        let name: Box<str> = relation_name(&spelling).into();
        let place = *by_name.entry(name.clone()).or_insert_with(|| {
            relations.push(Relation { name, spelling: spelling.into() });
            relations.len() as u32 - 1
        });
        if let Use::Spelling(number) = it {
            of_spelling[number as usize] = place;
        }
    }
    let mut order: Vec<u32> = (0..relations.len() as u32).collect();
    order.sort_by(|a, b| relations[*a as usize].name.cmp(&relations[*b as usize].name));
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, place)| places[*place as usize] = at as u32);
    of_spelling.iter_mut().for_each(|place| *place = places.get(*place as usize).copied().unwrap_or(0));
    (order.iter().map(|place| relations[*place as usize].clone()).collect(), of_spelling)
}

/// Where a relation comes from.
#[derive(Clone, Copy)]
enum Use {
    /// A link has it; 0 for a plain one, else one more than the number of its spelling.
    Spelling(u32),
    /// Two links of a list have it.
    Nesting,
}
