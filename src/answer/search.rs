//! Which concepts speak of this: names first, then the ranking of the full text, each with its best excerpt.

use super::AskError;
use super::carried::carried;
use super::concept::{Concept, ConceptKind, describe};
use super::evidence::Quoted;
use crate::graph::ConceptId;
use crate::index::{NameWords, Query, SCORE_UNIT, excerpt};
use crate::note::{Passage, clip};
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, Vault, fold, is_at_or_below, tag_key};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashSet};

/// Which notes may be found.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only notes with all of these tags, or tags below them.
    pub tags: Vec<String>,
    /// Only notes whose path holds all of these texts, in any letter case.
    pub paths: Vec<String>,
    /// At most so many hits.
    pub limit: usize,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// The query as typed.
    pub query: String,
    /// How many concepts were found, those beyond the limit included.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// A concept that speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The concept.
    pub concept: Concept,
    /// The line of the excerpt's first word that was asked for; none for a concept nobody wrote yet.
    pub line: Option<u32>,
    /// BM25 over the fields, higher is better; a concept that bears the very name stands above all others.
    pub score: f64,
    /// Whether it was found by its name.
    pub by_name: bool,
    /// The passage that says it; empty if the note has no text. Of a wanted concept, a sentence that wants it.
    pub excerpt: Passage,
    /// The headings above the excerpt, outermost first.
    pub trail: Vec<String>,
    /// How many models it carries.
    pub models: usize,
}

/// Why a concept is lifted above what the text alone says: how much, in whole points of score.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lift {
    None,
    SameWords,
    SameName,
}

/// So many of the best by text are looked at for a name of the same words, whatever the limit, so that what comes first
/// does not depend on how much is shown.
const LIFTED: usize = 100;

/// Searches the vault. `typed` is the query as typed, `query` what was read of it.
///
/// # Errors
/// When the snapshot was opened without its full text, or the index fails.
pub fn search(snapshot: &Snapshot, typed: &str, query: &Query, filter: &Filter) -> Result<Search, AskError> {
    let vault = snapshot.vault();
    let text = snapshot.text().ok_or(AskError::NoText)?;
    let most = filter.limit.max(LIFTED);
    let with_models = with_models(vault, query);
    let is_open = filter.is_open() && with_models.is_none();
    let keeps = |note: u32| with_models.as_ref().is_none_or(|notes| notes.contains(&note)) && filter.keeps(vault, note);
    if query.is_wordless() {
        return Ok(all_of(snapshot, typed, query, (0..vault.len() as u32).filter(|note| keeps(*note)).collect(), filter.limit));
    }
    let found = match is_open {
        true => text.search(query, most, None)?,
        false => {
            let kept: HashSet<u64> = (0..vault.len() as u32).filter(|note| keeps(*note)).map(|note| vault.key(note)).collect();
            text.search(query, most, Some(&|key| kept.contains(&key)))?
        }
    };
    let mut total = found.total;
    // The index tells notes by keys; what ties is told apart by the order of notes.
    let numbered = found.best.iter().filter_map(|(key, score)| Some((vault.note_of_key(*key)?, *score)));
    let mut best: Vec<(u32, i64)> = numbered.collect();
    best.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(most);
    let mut ranked: Vec<(Lift, i64, ConceptId)> = Vec::new();
    let name = query.name(typed);
    let mut asked = NameWords::of(name);
    for (at, (number, score)) in best.iter().enumerate() {
        let bears_it = at < LIFTED && vault.callings(*number).iter().any(|name| asked.are_those_of(name));
        let lift = if bears_it { Lift::SameWords } else { Lift::None };
        ranked.push((lift, *score, ConceptId(*number)));
    }
    for meaning in vault.called(name).0 {
        let concept = match meaning {
            Meaning::Note(number) if keeps(number) => ConceptId(number),
            Meaning::Wanted(number) if is_open => ConceptId((vault.len() + number as usize) as u32),
            _ => continue,
        };
        match ranked.iter_mut().find(|(_, _, other)| *other == concept) {
            Some((lift, ..)) => *lift = Lift::SameName,
            None => {
                ranked.push((Lift::SameName, 0, concept));
                total += usize::from(concept.0 as usize >= vault.len());
            }
        }
    }
    total = total.max(ranked.len());
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
    ranked.truncate(filter.limit);
    let weights = text.weights(query)?;
    let ceiling = best.first().map_or(0, |(_, score)| *score);
    let hits = ranked.into_par_iter().map(|(lift, score, concept)| {
        let score = match lift {
            Lift::None => score,
            lift => ceiling + lift as i64 * SCORE_UNIT as i64,
        };
        hit(snapshot, concept, score as f64 / SCORE_UNIT, lift != Lift::None, query, &weights)
    });
    Ok(Search { query: typed.to_owned(), total, hits: hits.collect() })
}

/// The notes whose models are asked for; none if no model is. Where names are asked for, the notes that hold models are read
/// again, and no others.
fn with_models(vault: &Vault, query: &Query) -> Option<BTreeSet<u32>> {
    let plain = |text: &str| fold(&text.replace('_', " "));
    let asked: Vec<String> = query.models().iter().map(|name| plain(name)).collect();
    if asked.is_empty() {
        return None;
    }
    let named: Vec<&String> = asked.iter().filter(|name| !name.is_empty()).collect();
    let holds = |note: &u32| {
        let models = if named.is_empty() { Vec::new() } else { carried(&vault.read(*note).note) };
        let names: Vec<String> =
            models.iter().flat_map(|it| [Some(&it.model), it.title.as_ref()]).flatten().map(|it| plain(it)).collect();
        named.iter().all(|asked| names.iter().any(|name| name.contains(asked.as_str())))
    };
    Some(vault.notes_with_models().into_par_iter().filter(holds).collect())
}

/// The answer to a query without words: notes in their order, as no one speaks of it more than another.
fn all_of(snapshot: &Snapshot, typed: &str, query: &Query, notes: Vec<u32>, limit: usize) -> Search {
    let total = notes.len();
    let some: Vec<u32> = notes.into_iter().take(limit).collect();
    let hits = some.into_par_iter().map(|note| hit(snapshot, ConceptId(note), 0.0, false, query, &[]));
    Search { query: typed.to_owned(), total, hits: hits.collect() }
}

fn hit(snapshot: &Snapshot, id: ConceptId, score: f64, by_name: bool, query: &Query, weights: &[f32]) -> Hit {
    let concept = describe(snapshot, id);
    let (line, excerpt, trail) = match concept.kind() {
        ConceptKind::Note => note_excerpt(snapshot, id.0, query, weights),
        ConceptKind::Wanted => {
            let mut wanting = snapshot.graph().backlinks(id).into_iter().flat_map(|edge| edge.places);
            let mut quoted = Quoted::read(snapshot, []);
            (None, wanting.find_map(|place| quoted.quote(place).sentence).unwrap_or_default(), Vec::new())
        }
    };
    let vault = snapshot.vault();
    let models = if (id.0 as usize) < vault.len() { vault.models_in(id.0) } else { 0 };
    Hit { concept, line, score, by_name, excerpt, trail, models }
}

fn note_excerpt(snapshot: &Snapshot, number: u32, query: &Query, weights: &[f32]) -> (Option<u32>, Passage, Vec<String>) {
    let reread = snapshot.vault().read(number);
    let found = excerpt(&reread.prose, query, weights);
    let offset = found.offset.map(|offset| reread.prose.source_of(offset));
    let line = offset.map_or(1, |offset| reread.place_at(offset).line);
    let trail = offset.map_or(Vec::new(), |offset| reread.note.outline.trail(offset));
    (Some(line), found.passage, trail.into_iter().map(|heading| clip(&heading.text).into_owned()).collect())
}

impl Filter {
    fn is_open(&self) -> bool {
        self.tags.is_empty() && self.paths.is_empty()
    }

    fn keeps(&self, vault: &Vault, note: u32) -> bool {
        let bears = |tag: &String| {
            let key = tag_key(tag);
            vault.tags_of(note).any(|own| is_at_or_below(&own, &key))
        };
        let lies = |path: &String| fold(vault.path(note).as_str()).contains(&fold(path));
        self.tags.iter().all(bears) && self.paths.iter().all(lies)
    }
}
