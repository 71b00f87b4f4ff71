//! From a vault's resolved links to the graph: one edge for each source, target and relation, with all its places.

use super::relation::{PLAIN, Relation};
use super::rows::{Edge, Rows};
use super::{ConceptGraph, LinkAt};
use crate::note::{Nesting, relation_name};
use crate::vault::{Meaning, Vault};
use foldhash::HashMap;

impl ConceptGraph {
    /// Builds the graph of a vault. Takes time in proportion to the links.
    pub fn of(vault: &Vault) -> ConceptGraph {
        let written = vault.notes().len();
        let mut spellings = Relations::default();
        // Source, target, relation by order of first use, place.
        let mut steps: Vec<(u32, u32, usize, LinkAt)> = Vec::new();
        for note in 0..written as u32 {
            for (at, (link, resolved)) in vault.links(note).enumerate() {
                let Some(target) = concept_of(resolved.meaning, written) else { continue };
                let relation = spellings.number(link.relation());
                steps.push((note, target, relation, LinkAt { note, link: at as u32 }));
            }
            for nesting in &vault.notes()[note as usize].nestings {
                let end = |link| concept_of(vault.meaning(note, link), written);
                if let (Some(parent), Some(child)) = (end(nesting.parent), end(nesting.child)) {
                    let relation = spellings.number(Some(Nesting::RELATION));
                    steps.push((parent, child, relation, LinkAt { note, link: nesting.child }));
                }
            }
        }
        let (relations, by_name) = spellings.sorted();
        for step in &mut steps {
            step.2 = by_name[step.2];
        }
        steps.sort_unstable();
        let nodes = written + vault.wanted().len();
        let mut edges = Vec::with_capacity(steps.len());
        let mut places = Vec::with_capacity(steps.len());
        let of_edge = |(source, target, relation, _): &(u32, u32, usize, LinkAt)| (*source, *target, *relation);
        for edge in steps.chunk_by(|a, b| of_edge(a) == of_edge(b)) {
            let (source, target, relation, _) = edge[0];
            let start = places.len() as u32;
            places.extend(edge.iter().map(|(.., place)| *place));
            // The next note of one is the previous note of the other: what both of them say is one edge, with the places of
            // both.
            let other = relations[relation].other_side();
            let other = other.and_then(|name| relations.binary_search_by(|relation| (*relation.name).cmp(name)).ok());
            let other_side = other.map_or(&[][..], |other| {
                let wanted = (target, source, other);
                let first = steps.partition_point(|step| of_edge(step) < wanted);
                let length = steps[first..].partition_point(|step| of_edge(step) == wanted);
                &steps[first..first + length]
            });
            places.extend(other_side.iter().map(|(.., place)| *place));
            places[start as usize..].sort_unstable();
            let is_shared = !other_side.is_empty();
            edges.push(Edge { source, target, relation: relation as u32, places: start..places.len() as u32, is_shared });
        }
        ConceptGraph { graph: Rows::new(nodes, edges), relations, places, written }
    }
}

/// The number of the concept that a link means, if it means one.
fn concept_of(meaning: Meaning, written: usize) -> Option<u32> {
    match meaning {
        Meaning::Note(target) => Some(target),
        Meaning::Wanted(number) => Some(written as u32 + number),
        Meaning::Attachment(_) | Meaning::Ambiguous | Meaning::Outside | Meaning::External => None,
    }
}

/// The relations of a vault while its links are read: each name with its first spelling.
#[derive(Default)]
struct Relations {
    by_spelling: HashMap<Box<str>, usize>,
    by_name: HashMap<Box<str>, usize>,
    relations: Vec<Relation>,
}

impl Relations {
    fn number(&mut self, spelling: Option<&str>) -> usize {
        let spelling = spelling.unwrap_or(PLAIN);
        if let Some(number) = self.by_spelling.get(spelling) {
            return *number;
        }
        let name: Box<str> = relation_name(spelling).into();
        let number = *self.by_name.entry(name.clone()).or_insert_with(|| {
            self.relations.push(Relation { name, spelling: spelling.into() });
            self.relations.len() - 1
        });
        self.by_spelling.insert(spelling.into(), number);
        number
    }

    /// The relations by name, and for each number given so far its place among them.
    fn sorted(self) -> (Vec<Relation>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.relations.len()).collect();
        order.sort_by(|a, b| self.relations[*a].name.cmp(&self.relations[*b].name));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, number)| place[*number] = at);
        let relations = order.iter().map(|number| self.relations[*number].clone()).collect();
        (relations, place)
    }
}
