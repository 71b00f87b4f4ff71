//! Which concepts speak of this: names first, then the ranking of the full text, each with its best excerpt.

mod conditions;
mod explain;
#[cfg(test)]
mod tests;

pub use explain::{PartKind, ScorePart};

use super::AskError;
use super::concept::{Concept, ConceptKind, describe};
use super::evidence::Quoted;
use crate::graph::ConceptId;
use crate::index::{Corrected, NameWords, Query, SCORE_UNIT, SoughtWords, What, Wording, Wordings, excerpt};
use crate::note::{Passage, clip};
use crate::snapshot::Snapshot;
use crate::vault::Meaning;
use conditions::Fulfilled;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Which notes may be found.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What has to hold besides the query.
    pub conditions: Vec<What>,
    /// Whether the words of the query are looked for as typed, and no slip is corrected.
    pub exact: bool,
    /// At most so many hits.
    pub limit: usize,
    /// Whether notes that say the same are hits of their own, rather than copies under the best of them.
    pub all: bool,
    /// Whether each hit tells what its score is made of.
    pub explain: bool,
    /// Once somebody sets it, from another thread, no further note is read for a condition, and the answer says nothing.
    pub stop: Option<Arc<AtomicBool>>,
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
    /// Where nothing was found and no note holds the words either, the names nearest to the query, best first; none of a query
    /// whose last word is only begun.
    pub nearest: Vec<String>,
    /// How many concepts were found, those beyond the limit included.
    pub total: usize,
    /// The best of them, copies aside.
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
    /// In how many paragraphs, headings, items and rows words of the query stand, that of the excerpt among them.
    pub places: usize,
    /// The notes that say the same, as far as they came before the last hit that is shown; in the order of their ranks.
    pub copies: Vec<Concept>,
    /// What its score is made of, the biggest part first, where that was asked for.
    pub explanation: Option<Vec<ScorePart>>,
}

/// Why a concept is lifted above what the text alone says: how much, in whole points of score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lift {
    None,
    SameWords,
    SameName,
}

/// A concept where it ranks: by its lift, then by the score of its text.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    lift: Lift,
    score: i64,
    concept: ConceptId,
    /// Whether the score of its text is that of its best passage.
    is_by_passage: bool,
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
    let most = most_read(filter.limit).max(LIFTED);
    // Whoever types the very name of a concept means that, whatever signs are in it.
    let very = vault.called(typed.trim()).0;
    let is_as_typed = filter.exact || !very.is_empty() || query.name().is_some_and(|name| !vault.called(&name).0.is_empty());
    let Corrected { query, typed: corrected, corrections } = match is_as_typed {
        true => Corrected { query: query.clone(), typed: None, corrections: Vec::new() },
        false => text.corrected(query, typed)?,
    };
    let query = &query.and(filter.conditions.iter().cloned());
    let fulfilled = Fulfilled::of(snapshot, query, filter.stop.as_deref())?;
    let found = text.search(query, &fulfilled.keys(), most)?;
    let mut total = found.total;
    // The index tells notes by keys; what ties is told apart by the order of notes.
    let numbered = found.best.iter().enumerate();
    let numbered = numbered.filter_map(|(at, (key, score))| Some((vault.note_of_key(*key)?, *score, at < found.by_passage)));
    let mut best: Vec<(u32, i64, bool)> = numbered.collect();
    best.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    best.truncate(most);
    let mut ranked: Vec<Ranked> = Vec::new();
    let name = query.name().unwrap_or_default();
    let mut asked = NameWords::of(&name);
    for (at, (number, score, is_by_passage)) in best.iter().copied().enumerate() {
        let bears_it = at < LIFTED && vault.callings(number).iter().any(|name| asked.are_those_of(name));
        let lift = if bears_it { Lift::SameWords } else { Lift::None };
        ranked.push(Ranked { lift, score, concept: ConceptId(number), is_by_passage });
    }
    let very: Vec<Meaning> = if filter.conditions.is_empty() { very } else { Vec::new() };
    let named = very.iter().map(|meaning| (*meaning, true));
    for (meaning, is_very) in named.chain(vault.called(&name).0.into_iter().map(|meaning| (meaning, false))) {
        let concept = match meaning {
            Meaning::Note(number) if is_very => ConceptId(number),
            Meaning::Wanted(number) if is_very => ConceptId((vault.len() + number as usize) as u32),
            Meaning::Note(number) if best.iter().any(|(it, ..)| *it == number) || fulfilled.keeps(number)? => ConceptId(number),
            Meaning::Wanted(number) if fulfilled.keeps_wanted(number) => ConceptId((vault.len() + number as usize) as u32),
            _ => continue,
        };
        match ranked.iter_mut().find(|other| other.concept == concept) {
            Some(ranked) => ranked.lift = Lift::SameName,
            None => {
                ranked.push(Ranked { lift: Lift::SameName, score: 0, concept, is_by_passage: false });
                total += usize::from(concept.0 as usize >= vault.len());
            }
        }
    }
    for &(concept, score) in fulfilled.wanted() {
        if !ranked.iter().any(|other| other.concept == concept) {
            ranked.push(Ranked { lift: Lift::None, score, concept, is_by_passage: false });
            total += 1;
        }
    }
    total = total.max(ranked.len());
    ranked.sort_by(|a, b| b.lift.cmp(&a.lift).then(b.score.cmp(&a.score)).then(a.concept.cmp(&b.concept)));
    // What is asked for by conditions alone is a list, and a list is complete.
    let is_folded = !filter.all && !query.pieces().is_empty();
    ranked.truncate(if is_folded { most_read(filter.limit) } else { filter.limit });
    let sought = text.sought_words(query)?;
    let ceiling = best.first().map_or(0, |(_, score, _)| *score);
    let shown_score = |it: &Ranked| match it.lift {
        Lift::None => it.score,
        lift => ceiling + lift as i64 * SCORE_UNIT as i64,
    };
    let (mut hits, mut shown, mut wordings): (Vec<Hit>, _, _) = (Vec::new(), Vec::new(), Wordings::new());
    let mut rest = &ranked[..];
    // Each round reads as many notes as hits are missing, on any number of cores the same.
    while hits.len() < filter.limit && !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(filter.limit - hits.len()));
        rest = later;
        let read = now.par_iter().map(|it| hit(snapshot, it, shown_score(it), &sought, is_folded));
        for (it, (hit, wording)) in now.iter().zip(read.collect::<Vec<_>>()) {
            match wording.as_ref().and_then(|wording| wordings.find(wording)) {
                Some(number) => hits[number].copies.push(hit.concept),
                None => {
                    wording.into_iter().for_each(|wording| wordings.add(hits.len(), wording));
                    hits.push(hit);
                    shown.push((*it, shown_score(it)));
                }
            }
        }
    }
    if filter.explain {
        let explained = explain::explain(vault, text, query, &shown)?;
        hits.iter_mut().zip(explained).for_each(|(hit, parts)| hit.explanation = Some(parts));
    }
    let corrections = corrections.into_iter().map(|it| (it.from.into(), it.to.into())).collect();
    let kept_out = match query.words_alone().filter(|_| total == 0) {
        Some(words) => text.search(&words, &[], 0)?.total,
        None => 0,
    };
    // One letter or two are near everything, and what is half typed is no slip yet.
    let is_half_typed = query.pieces().iter().any(|(piece, _)| query.is_begun(piece));
    let asked = query.name().filter(|name| total + kept_out == 0 && !is_half_typed && name.chars().nth(2).is_some());
    let nearest = asked.map_or_else(Vec::new, |name| vault.nearest(&name, 3));
    Ok(Search { query: typed.to_owned(), corrected, corrections, kept_out, nearest, total, hits })
}

/// So many notes are read at most to show so many hits, the copies of them among these.
fn most_read(limit: usize) -> usize {
    limit.saturating_mul(10).saturating_add(100)
}

/// A hit, and what its note says in short, if copies are to be told by it.
fn hit(snapshot: &Snapshot, it: &Ranked, score: i64, sought: &SoughtWords, is_told: bool) -> (Hit, Option<Wording>) {
    let mut hit = Hit {
        concept: describe(snapshot, it.concept),
        line: None,
        score: score as f64 / SCORE_UNIT,
        by_name: it.lift != Lift::None,
        excerpt: Passage::default(),
        trail: Vec::new(),
        models: 0,
        places: 0,
        copies: Vec::new(),
        explanation: None,
    };
    if hit.concept.kind() == ConceptKind::Wanted {
        let mut wanting = snapshot.graph().backlinks(it.concept).into_iter().flat_map(|edge| edge.places);
        let mut quoted = Quoted::read(snapshot, []);
        hit.excerpt = wanting.find_map(|place| quoted.quote(place).sentence).unwrap_or_default();
        return (hit, None);
    }
    let reread = snapshot.vault().read(it.concept.0);
    let found = excerpt(&reread.note, &reread.prose, sought);
    let offset = found.offset.map(|offset| reread.prose.source_of(offset));
    let trail = offset.map_or(Vec::new(), |offset| reread.note.outline.trail(offset));
    hit.line = Some(offset.map_or(1, |offset| reread.place_at(offset).line));
    hit.trail = trail.into_iter().map(|heading| clip(&heading.text).into_owned()).collect();
    hit.models = snapshot.vault().models_in(it.concept.0);
    (hit.excerpt, hit.places) = (found.passage, found.places);
    let wording = if is_told { Wording::of(&reread.prose) } else { None };
    (hit, wording)
}
