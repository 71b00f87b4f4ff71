//! Which concepts speak of this: names first, then the ranking of the full text, each with its best excerpt.

mod conditions;

use super::AskError;
use super::concept::{Concept, ConceptKind, describe};
use super::evidence::Quoted;
use crate::graph::ConceptId;
use crate::index::{Corrected, NameWords, Query, SCORE_UNIT, SoughtWords, What, excerpt};
use crate::note::{Passage, clip};
use crate::snapshot::Snapshot;
use crate::vault::Meaning;
use conditions::Fulfilled;
use rayon::prelude::*;

/// Which notes may be found.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What has to hold besides the query.
    pub conditions: Vec<What>,
    /// Whether the words of the query are looked for as typed, and no slip is corrected.
    pub exact: bool,
    /// At most so many hits.
    pub limit: usize,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// The query as typed.
    pub query: String,
    /// The query that was asked instead, where words that were typed gave way to others; those of flags are in `corrections` alone.
    pub corrected: Option<String>,
    /// The words of the query that no note holds, each with what was looked for in its place.
    pub corrections: Vec<(String, String)>,
    /// Where nothing was found, how many notes hold the words or phrases of the query nonetheless, and fail what else is asked.
    pub kept_out: usize,
    /// Where nothing was found and no note holds the words either, the names nearest to the query, best first.
    pub nearest: Vec<String>,
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
/// When the snapshot was opened without its full text, a concept asked for by name is not there, or the index fails.
pub fn search(snapshot: &Snapshot, typed: &str, query: &Query, filter: &Filter) -> Result<Search, AskError> {
    let vault = snapshot.vault();
    let text = snapshot.text().ok_or(AskError::NoText)?;
    let most = filter.limit.max(LIFTED);
    let is_as_typed = filter.exact || query.name().is_some_and(|name| !vault.called(&name).0.is_empty());
    let Corrected { query, typed: corrected, corrections } = match is_as_typed {
        true => Corrected { query: query.clone(), typed: None, corrections: Vec::new() },
        false => text.corrected(query, typed)?,
    };
    let query = &query.and(filter.conditions.iter().cloned());
    let fulfilled = Fulfilled::of(snapshot, query)?;
    let found = text.search(query, &fulfilled.keys(), most)?;
    let mut total = found.total;
    // The index tells notes by keys; what ties is told apart by the order of notes.
    let numbered = found.best.iter().filter_map(|(key, score)| Some((vault.note_of_key(*key)?, *score)));
    let mut best: Vec<(u32, i64)> = numbered.collect();
    best.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(most);
    let mut ranked: Vec<(Lift, i64, ConceptId)> = Vec::new();
    let name = query.name().unwrap_or_default();
    let mut asked = NameWords::of(&name);
    for (at, (number, score)) in best.iter().enumerate() {
        let bears_it = at < LIFTED && vault.callings(*number).iter().any(|name| asked.are_those_of(name));
        let lift = if bears_it { Lift::SameWords } else { Lift::None };
        ranked.push((lift, *score, ConceptId(*number)));
    }
    for meaning in vault.called(&name).0 {
        let concept = match meaning {
            Meaning::Note(number) if best.iter().any(|(it, _)| *it == number) || fulfilled.keeps(number)? => ConceptId(number),
            Meaning::Wanted(number) if fulfilled.keeps_wanted(number) => ConceptId((vault.len() + number as usize) as u32),
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
    for &(concept, score) in fulfilled.wanted() {
        if !ranked.iter().any(|(_, _, other)| *other == concept) {
            ranked.push((Lift::None, score, concept));
            total += 1;
        }
    }
    total = total.max(ranked.len());
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
    ranked.truncate(filter.limit);
    let sought = text.sought_words(query)?;
    let ceiling = best.first().map_or(0, |(_, score)| *score);
    let hits = ranked.into_par_iter().map(|(lift, score, concept)| {
        let score = match lift {
            Lift::None => score,
            lift => ceiling + lift as i64 * SCORE_UNIT as i64,
        };
        hit(snapshot, concept, score as f64 / SCORE_UNIT, lift != Lift::None, &sought)
    });
    let corrections = corrections.into_iter().map(|it| (it.from.into(), it.to.into())).collect();
    let kept_out = match query.words_alone().filter(|_| total == 0) {
        Some(words) => text.search(&words, &[], 0)?.total,
        None => 0,
    };
    let nearest = if total + kept_out == 0 { vault.nearest(&query.name().unwrap_or_default(), 3) } else { Vec::new() };
    Ok(Search { query: typed.to_owned(), corrected, corrections, kept_out, nearest, total, hits: hits.collect() })
}

fn hit(snapshot: &Snapshot, id: ConceptId, score: f64, by_name: bool, sought: &SoughtWords) -> Hit {
    let concept = describe(snapshot, id);
    let (line, excerpt, trail) = match concept.kind() {
        ConceptKind::Note => note_excerpt(snapshot, id.0, sought),
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

fn note_excerpt(snapshot: &Snapshot, number: u32, sought: &SoughtWords) -> (Option<u32>, Passage, Vec<String>) {
    let reread = snapshot.vault().read(number);
    let found = excerpt(&reread.note, &reread.prose, sought);
    let offset = found.offset.map(|offset| reread.prose.source_of(offset));
    let line = offset.map_or(1, |offset| reread.place_at(offset).line);
    let trail = offset.map_or(Vec::new(), |offset| reread.note.outline.trail(offset));
    (Some(line), found.passage, trail.into_iter().map(|heading| clip(&heading.text).into_owned()).collect())
}
