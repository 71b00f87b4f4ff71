//! The names that links want and nobody wrote yet, the most wanted first, with the sentences that want them.

use super::concept::{Concept, describe};
use super::evidence::Quoted;
use super::links::{PlaceText, place_text};
use crate::graph::{ConceptId, LinkAt};
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, Vault};

/// The names nobody wrote yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How many there are, those beyond the limit included.
    pub total: usize,
    /// The most wanted: by the number of notes that want them, then of links, then in the order of their folded names.
    pub concepts: Vec<WantedConcept>,
}

/// A name nobody wrote yet, and who wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedConcept {
    /// The concept.
    pub concept: Concept,
    /// How many notes want it.
    pub notes: usize,
    /// In how many places.
    pub links: usize,
    /// Some of the places: one of each note before a second one of any; of one note, and of those that are each the
    /// first of their note, links in the running text before typed ones; then in the order of notes and of their text.
    pub places: Vec<PlaceText>,
}

/// The `limit` most wanted names, each with at most `sentences` places. Only the notes of these places are read again.
pub fn wanted(snapshot: &Snapshot, limit: usize, sentences: usize) -> Wanted {
    let vault = snapshot.vault();
    let mut places: Vec<Vec<LinkAt>> = vec![Vec::new(); vault.wanted()];
    for note in 0..vault.len() as u32 {
        for (link, at) in vault.links(note).enumerate() {
            if let Meaning::Wanted(number) = vault.resolved(at).meaning {
                places[number as usize].push(LinkAt { note, link: link as u32 });
            }
        }
    }
    let mut ranked: Vec<(usize, &[LinkAt], usize)> = Vec::with_capacity(places.len());
    for (number, places) in places.iter().enumerate() {
        ranked.push((places.chunk_by(|a, b| a.note == b.note).count(), places, number));
    }
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.len().cmp(&a.1.len())).then(a.2.cmp(&b.2)));
    ranked.truncate(limit);
    let shown: Vec<Vec<LinkAt>> = ranked.iter().map(|(_, places, _)| spread(vault, places, sentences)).collect();
    let mut quoted = Quoted::read(snapshot, shown.iter().flatten().copied());
    let concepts = ranked.into_iter().zip(shown).map(|((notes, places, number), shown)| WantedConcept {
        concept: describe(snapshot, ConceptId((vault.len() + number) as u32)),
        notes,
        links: places.len(),
        places: shown.into_iter().map(|place| place_text(snapshot, &mut quoted, place)).collect(),
    });
    Wanted { total: vault.wanted(), concepts: concepts.collect() }
}

/// The places to show: spread over the notes, and the likeliest to stand in a sentence first, as nothing is read yet.
fn spread(vault: &Vault, places: &[LinkAt], most: usize) -> Vec<LinkAt> {
    let is_typed = |place: &LinkAt| vault.resolved(vault.links(place.note).start + place.link as usize).is_typed;
    let mut rounds: Vec<(usize, bool, LinkAt)> = Vec::with_capacity(places.len());
    for of_note in places.chunk_by(|a, b| a.note == b.note) {
        let mut of_note: Vec<(bool, LinkAt)> = of_note.iter().map(|place| (is_typed(place), *place)).collect();
        of_note.sort_unstable();
        rounds.extend(of_note.into_iter().enumerate().map(|(round, (is_typed, place))| (round, is_typed, place)));
    }
    rounds.sort_unstable();
    rounds.into_iter().take(most).map(|(_, _, place)| place).collect()
}
