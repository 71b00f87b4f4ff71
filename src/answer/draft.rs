//! What the vault says already of a name nobody wrote yet, as the text of a note to begin with: the sentences that link it,
//! those that speak of it without a link, and what stands beside it there.

mod page;

use super::AskError;
use super::concept::{Concept, concept_of, describe, named};
use crate::graph::{ConceptId, SuggestedBy};
use crate::index::{NameTable, Scan};
use crate::note::{NotePath, Passage, Target};
use crate::snapshot::Snapshot;
use crate::vault::{Reread, fold};
use page::Page;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the vault says of a name nobody wrote yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The name.
    pub concept: Concept,
    /// The path that a note of this name would have.
    pub save_as: NotePath,
    /// Its other spellings, in the order of notes.
    pub aliases: Vec<String>,
    /// How many notes speak of it, those beyond the limit included.
    pub total: usize,
    /// The notes that link it, in path order, then those that only speak of it.
    pub notes: Vec<DraftNote>,
    /// What stands beside it: in most sentences first, then what is most related by its links; without the notes above.
    pub see_also: Vec<NamedBeside>,
    /// All this as the text of a note. Each link in it means whom it names, and nothing that is quoted is more than words.
    pub text: String,
}

/// A note that speaks of the name.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftNote {
    /// The note.
    pub concept: Concept,
    /// What it says, sentences first, each kind in the order of the text; never empty.
    pub said: Vec<Saying>,
}

/// A place that speaks of the name.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    /// The line, from 1.
    pub line: u32,
    /// The sentence, the name marked; none where a link stands in none.
    pub passage: Option<Passage>,
    /// The key that types the link, as spelled; none for a plain link or no link.
    pub relation: Option<String>,
    /// Whether it links the name; if not, it only speaks of it.
    pub is_linked: bool,
}

/// A concept that stands beside the name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedBeside {
    /// The concept.
    pub concept: Concept,
    /// In how many of the sentences; 0 for what is related by its links alone.
    pub sentences: usize,
}

/// So many concepts stand beside it at most.
const MOST_BESIDE: usize = 10;

/// So many other spellings are told at most.
const MOST_ALIASES: usize = 10;

/// Farther from each other, in bytes, two links are not taken to be in one sentence.
const NEAR: u32 = 1_000;

/// What one note says, and what comes with it.
#[derive(Default)]
struct Found {
    note: u32,
    said: Vec<Saying>,
    spellings: Vec<String>,
    beside: Vec<ConceptId>,
}

/// What the vault says of a name nobody wrote yet, of at most `limit` notes at most `sentences` places each. Reads these notes.
///
/// # Errors
/// When no concept, or more than one, has the name, or it is written.
pub fn draft(snapshot: &Snapshot, name: &str, limit: usize, sentences: usize) -> Result<Draft, AskError> {
    let (vault, id) = (snapshot.vault(), named(snapshot, name)?);
    let Some(wanted) = id.0.checked_sub(vault.len() as u32) else {
        return Err(AskError::Written { concept: describe(snapshot, id) });
    };
    let mut linked: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for place in snapshot.graph().backlinks(id).into_iter().flat_map(|edge| edge.places) {
        linked.entry(place.note).or_default().insert(place.link);
    }
    let speaks = snapshot.suggested().into_iter().flat_map(|suggested| suggested.backlinks(id));
    let speaks = speaks.filter(|edge| edge.by == SuggestedBy::Mention).map(|edge| edge.source.0);
    let only_speak: BTreeSet<u32> = speaks.filter(|note| !linked.contains_key(note)).collect();
    let notes: Vec<u32> = linked.keys().copied().chain(only_speak).collect();
    let none = BTreeSet::new();
    let read = notes.par_iter().take(limit).map_init(
        || snapshot.names().map(|names| (names, Scan::of(names))),
        |scan, note| of_note(snapshot, id, *note, linked.get(note).unwrap_or(&none), scan.as_mut()),
    );
    let mut found: Vec<Found> = read.collect();
    found.retain(|it| !it.said.is_empty());
    found.iter_mut().for_each(|it| it.said.truncate(sentences));
    found.retain(|it| !it.said.is_empty());

    let name = vault.wanted_name(wanted).into_owned();
    let aliases = aliases(&name, &found);
    let page = Page::of(vault, &name, aliases);
    let mut beside = beside(snapshot, id, &found, &notes);
    beside.retain(|(concept, _)| !page.takes_name_of(*concept));
    beside.truncate(MOST_BESIDE);
    let text = page.write(&found.iter().map(|it| (it.note, &it.said[..])).collect::<Vec<_>>(), &beside);
    let note = |it: Found| DraftNote { concept: describe(snapshot, ConceptId(it.note)), said: it.said };
    let see_also = beside.into_iter().map(|(concept, sentences)| NamedBeside { concept: describe(snapshot, concept), sentences });
    Ok(Draft {
        concept: describe(snapshot, id),
        save_as: page.path.clone(),
        total: notes.len(),
        notes: found.into_iter().map(note).collect(),
        see_also: see_also.collect(),
        aliases: page.aliases,
        text,
    })
}

fn of_note(
    snapshot: &Snapshot,
    id: ConceptId,
    note: u32,
    links: &BTreeSet<u32>,
    scan: Option<&mut (&NameTable, Scan<'_>)>,
) -> Found {
    let vault = snapshot.vault();
    let reread = vault.read(note);
    let mut found = Found { note, ..Found::default() };
    let mut known: BTreeSet<String> = BTreeSet::new();
    for number in links {
        let Some(link) = vault.link_in(&reread, note, *number) else { continue };
        if let Target::Internal { path, .. } = link.target() {
            found.spellings.push(path.into_owned());
        }
        let passage = reread.prose.sentence_of_link(link.place.span);
        // Two links in one sentence say it once.
        if let Some(passage) = &passage {
            if !known.insert(passage.text.clone()) {
                continue;
            }
            found.beside.extend(linked_beside(snapshot, &reread, note, link.place.span.start, &passage.text));
        }
        let relation = link.relation().map(str::to_owned);
        found.said.push(Saying { line: link.place.line, passage, relation, is_linked: true });
    }
    if let Some((names, scan)) = scan {
        let spoken = scan.read(&reread.prose);
        let means_it = |it: &&crate::index::Said| !it.in_heading && names.meant(it.spoken).iter().any(|by| by.number == id.0);
        for it in spoken.iter().filter(means_it) {
            let Some(sentence) = reread.prose.sentence_at(it.range.clone()) else { continue };
            let passage = reread.prose.passage(sentence.clone(), std::slice::from_ref(&it.range));
            if !known.insert(passage.text.clone()) {
                continue;
            }
            let others = spoken.iter().filter(|other| sentence.contains(&other.range.start));
            let mut beside: BTreeSet<ConceptId> =
                others.filter_map(|other| names.meant_alone(other.spoken)).map(ConceptId).collect();
            let source = reread.prose.source_of(it.range.start);
            beside.extend(linked_beside(snapshot, &reread, note, source as u32, &passage.text));
            found.beside.extend(beside);
            let line = reread.place_at(source).line;
            found.said.push(Saying { line, passage: Some(passage), relation: None, is_linked: false });
        }
    }
    found.said.sort_by_key(|said| (said.passage.is_none(), said.line));
    found.beside.retain(|other| *other != id);
    found
}

/// Whom the links of a sentence mean that holds a byte of the note, each once.
fn linked_beside(snapshot: &Snapshot, reread: &Reread, note: u32, source: u32, sentence: &str) -> BTreeSet<ConceptId> {
    let (vault, links) = (snapshot.vault(), &reread.note.links);
    if !reread.is_as_kept {
        return BTreeSet::new();
    }
    let is_near = |start: u32| start.abs_diff(source) < NEAR;
    let others = links.iter().zip(vault.links(note)).filter(|(link, _)| is_near(link.place.span.start));
    let is_beside =
        |link: &crate::note::Link| reread.prose.sentence_of_link(link.place.span).is_some_and(|passage| passage.text == sentence);
    let beside = others.filter(|(link, _)| is_beside(link));
    beside.filter_map(|(_, at)| concept_of(snapshot, &vault.resolved(at).meaning)).collect()
}

/// The other spellings that notes have of a name, at most [`MOST_ALIASES`].
fn aliases(name: &str, found: &[Found]) -> Vec<String> {
    let (key, mut aliases) = (fold(name), Vec::new());
    for spelling in found.iter().flat_map(|it| &it.spellings) {
        let is_new = *spelling != *name && !aliases.contains(spelling);
        if is_new && fold(spelling) == key && aliases.len() < MOST_ALIASES {
            aliases.push(spelling.clone());
        }
    }
    aliases
}

/// What stands beside a name, and in how many sentences; those of most first, then by relatedness.
fn beside(snapshot: &Snapshot, id: ConceptId, found: &[Found], notes: &[u32]) -> Vec<(ConceptId, usize)> {
    let mut counts: BTreeMap<ConceptId, usize> = BTreeMap::new();
    found.iter().flat_map(|it| &it.beside).for_each(|other| *counts.entry(*other).or_default() += 1);
    // Ranks by score, then in concept order: what is not around it comes behind those that are.
    let mut around = snapshot.graph().walk(id);
    around.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    around.truncate(MOST_BESIDE * 10);
    let rank: BTreeMap<ConceptId, usize> = around.into_iter().zip(0..).map(|((concept, _), rank)| (concept, rank)).collect();
    let speaks: BTreeSet<u32> = notes.iter().copied().collect();
    let all: BTreeSet<ConceptId> = counts.keys().chain(rank.keys()).copied().filter(|it| !speaks.contains(&it.0)).collect();
    let mut all: Vec<(ConceptId, usize)> =
        all.into_iter().map(|concept| (concept, counts.get(&concept).copied().unwrap_or(0))).collect();
    // The sort is stable, so that equals stay in concept order.
    all.sort_by_key(|(concept, sentences)| (std::cmp::Reverse(*sentences), rank.get(concept).copied().unwrap_or(usize::MAX)));
    all
}
