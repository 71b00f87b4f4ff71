//! The names that links want and nobody wrote yet, the most wanted first, with the sentences that want them.
//!
//! # What makes a name wanted
//!
//! ```text
//! score = (1 + ln f / ln 16)  ·  Σ  log₂ (2 + in(n)) · min(1, 30 / out(n))      over the notes n that want it
//! ```
//!
//! Each note speaks once, however often it links the name. What it says weighs by its standing: `in(n)` is how many other
//! concepts link it, so that a note that nobody links counts 1, and one that thirty do counts 5. `out(n)` is how many it
//! links itself: what says 500 names at once says little by each. 30 is where a note becomes a list: of 4,598 encyclopaedia
//! articles seven in ten link no more. A list of 500 names with 30 backlinks counts a third of a note that nobody links.
//! `f` is the number of folders that the notes lie in: what is
//! missing in several places is worth more than what is missing in one. Two folders count 1.25 times, sixteen twice as
//! much. The measure is ours; the score is above 0 and has no upper end.

use super::concept::{Concept, describe};
use super::evidence::Quoted;
use super::links::{PlaceText, place_text};
use crate::graph::{Along, ConceptGraph, ConceptId, LinkAt};
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, Vault};
use std::collections::{BTreeMap, BTreeSet};

/// The names nobody wrote yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How many there are, those beyond the limit included.
    pub total: usize,
    /// The most wanted: by score, then by the number of notes that want them, then of links, then in the order of their folded
    /// names.
    pub concepts: Vec<WantedConcept>,
}

/// A name nobody wrote yet, and who wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedConcept {
    /// The concept.
    pub concept: Concept,
    /// How much it is wanted; above 0, to four digits.
    pub score: f64,
    /// In how many folders the notes lie that want it.
    pub spread: usize,
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
    let places = all_places(vault);
    let mut voices = Voices { graph: snapshot.graph(), vault, of_notes: BTreeMap::new(), folders: BTreeMap::new() };
    let ranked = places.iter().enumerate().map(|(number, places)| voices.weigh(number, places));
    let mut ranked: Vec<Ranked<'_>> = ranked.collect();
    // The sort is stable, so that equals stay in the order of their names.
    ranked.sort_by_key(|it| std::cmp::Reverse((it.score, it.notes, it.places.len())));
    ranked.truncate(limit);
    let shown: Vec<Vec<LinkAt>> = ranked.iter().map(|it| spread(vault, it.places, sentences)).collect();
    let mut quoted = Quoted::read(snapshot, shown.iter().flatten().copied());
    let concepts = ranked.into_iter().zip(shown).map(|(it, shown)| WantedConcept {
        concept: describe(snapshot, ConceptId((vault.len() + it.number) as u32)),
        score: it.score as f64 / SCORE_UNIT,
        spread: it.spread,
        notes: it.notes,
        links: it.places.len(),
        places: shown.into_iter().map(|place| place_text(snapshot, &mut quoted, place)).collect(),
    });
    Wanted { total: vault.wanted(), concepts: concepts.collect() }
}

/// How much each name nobody wrote yet is wanted, by its number, in whole units of a score.
pub(super) fn scores(snapshot: &Snapshot) -> Vec<u64> {
    let vault = snapshot.vault();
    let places = all_places(vault);
    let mut voices = Voices { graph: snapshot.graph(), vault, of_notes: BTreeMap::new(), folders: BTreeMap::new() };
    places.iter().enumerate().map(|(number, places)| voices.weigh(number, places).score).collect()
}

/// Where each name nobody wrote yet is wanted, by its number.
fn all_places(vault: &Vault) -> Vec<Vec<LinkAt>> {
    let mut places: Vec<Vec<LinkAt>> = vec![Vec::new(); vault.wanted()];
    for note in 0..vault.len() as u32 {
        for (link, at) in vault.links(note).enumerate() {
            if let Meaning::Wanted(number) = vault.resolved(at).meaning {
                places[number as usize].push(LinkAt { note, link: link as u32 });
            }
        }
    }
    places
}

/// What one unit of a score is: scores are rounded to whole ones before they are compared.
const SCORE_UNIT: f64 = 10_000.0;

/// A note that links more concepts than this is a list, and each of them gets a part of its voice.
const LIST: f64 = 30.0;

/// What comes of how many folders: so many double a score.
const DOUBLING_FOLDERS: f64 = 16.0;

/// A wanted name and what it is ranked by.
struct Ranked<'p> {
    /// In whole units.
    score: u64,
    notes: usize,
    spread: usize,
    places: &'p [LinkAt],
    number: usize,
}

/// What the notes weigh that want something, each looked at once.
struct Voices<'s> {
    graph: &'s ConceptGraph,
    vault: &'s Vault,
    /// The weight and the folder of each.
    of_notes: BTreeMap<u32, (f64, u32)>,
    folders: BTreeMap<String, u32>,
}

impl Voices<'_> {
    /// The weight of a note, and the number of its folder.
    fn of(&mut self, note: u32) -> (f64, u32) {
        if let Some(known) = self.of_notes.get(&note) {
            return *known;
        }
        let count = |along| self.graph.neighbors(ConceptId(note), along) as f64;
        let standing = (2.0 + count(Along::Backlinks)).ln() / std::f64::consts::LN_2;
        let weight = standing * (LIST / count(Along::Outgoing)).min(1.0);
        let next = self.folders.len() as u32;
        let folder = *self.folders.entry(self.vault.path(note).folder().to_owned()).or_insert(next);
        self.of_notes.insert(note, (weight, folder));
        (weight, folder)
    }

    fn weigh<'p>(&mut self, number: usize, places: &'p [LinkAt]) -> Ranked<'p> {
        let (mut sum, mut notes, mut folders) = (0.0, 0, BTreeSet::new());
        for of_note in places.chunk_by(|a, b| a.note == b.note) {
            let (weight, folder) = self.of(of_note[0].note);
            sum += weight;
            notes += 1;
            folders.insert(folder);
        }
        let spread = folders.len();
        let factor = 1.0 + (spread.max(1) as f64).ln() / DOUBLING_FOLDERS.ln();
        Ranked { score: (sum * factor * SCORE_UNIT).round() as u64, notes, spread, places, number }
    }
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
