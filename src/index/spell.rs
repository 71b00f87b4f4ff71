//! Slips of the one who asks: a word that no note holds gives way to the nearest that one does.
//!
//! Only such words are touched, so that a query without a slip is left as it is: to look for the neighbours of every word
//! finds more and ranks worse. Which of several neighbours is meant is judged as in a noisy channel (Kernighan, Church and
//! Gale, "A spelling correction program based on a noisy channel model", 1990): by how likely the slip is, how many notes
//! hold the word, and how many of those hold the rest of the query. What was typed in quotes, behind a minus or in an operator
//! stays.

use super::gather::Counts;
use super::look::{Lookup, Slot};
use super::query::{Piece, Query};
use super::words::{STEM, fold, is_gram, words};
use super::{IndexError, TextIndex};
use foldhash::HashSet;
use std::collections::BTreeMap;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TantivyError, Term};

/// A word of a query and what is looked for in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The word as typed.
    pub from: Box<str>,
    /// What the notes hold: one word, or two that were typed as one.
    pub to: Box<str>,
}

/// Words of fewer letters are not corrected: everything is near them.
const SHORTEST: usize = 3;

/// Words of so many letters may hold two slips.
const TWO_SLIPS: usize = 6;

/// Longer ones, in letters, are no words.
const LONGEST: usize = 40;

/// So many words of a query are corrected.
const MOST: usize = 30;

/// So many of the likeliest neighbours are held against the rest of the query.
const CLOSELY: usize = 12;

/// What one letter more, fewer or other costs, in natural logarithms of a likelihood.
const SLIP: f64 = 4.0;

/// What two letters exchanged or one doubled costs, which happens to fingers that know the word.
const FINGERS: f64 = 3.0;

/// What a slip in the first letter costs besides.
const FIRST_LETTER: f64 = 1.5;

/// How much it counts that notes hold the rest of the query as well.
const CONTEXT: f64 = 0.5;

/// Words that join two others have a likelihood of this much less.
const SPLIT: f64 = 5.0;

/// What may have been meant.
struct Candidate {
    text: String,
    /// How likely, in natural logarithms; only to be compared.
    likelihood: f64,
    counts: Vec<Counts>,
}

impl TextIndex {
    /// The query with words that no note holds replaced by the nearest that one does, and which these are, in the order in
    /// which they were typed. Words without such a neighbour stay.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn corrected(&self, query: &Query) -> Result<(Query, Vec<Correction>), IndexError> {
        let mut lookup = self.lookup()?;
        let mut known: Vec<(Box<str>, Vec<Counts>)> = Vec::new();
        let mut unknown: Vec<(Box<str>, Vec<Candidate>)> = Vec::new();
        let pieces = query.pieces();
        for (number, (piece, _)) in pieces.iter().enumerate().filter(|(_, (_, is_phrase))| !is_phrase) {
            let is_last = query.completes() && number + 1 == pieces.len();
            for word in words(&piece.text) {
                let word = &piece.text[word.range];
                if known.iter().any(|(it, _)| **it == *word) || unknown.iter().any(|(it, _)| **it == *word) {
                    continue;
                }
                let counts = self.counts(&[lookup.slot(word)], &self.fields.even)?;
                let is_held = counts.iter().any(|counts| !counts.is_empty()) || (is_last && self.begins_words(word)?);
                match is_held || !may_be_a_slip(word) || unknown.len() >= MOST {
                    true => known.push((word.into(), counts)),
                    false => unknown.push((word.into(), self.neighbours(&mut lookup, word)?)),
                }
            }
        }
        // Twice: at first what surrounds a word may be slips itself.
        let mut meant: Vec<Option<usize>> = unknown.iter().map(|(_, candidates)| likeliest(candidates, |_| 0.0)).collect();
        for _ in 0..2 {
            let of_others = |at: usize| {
                let others = unknown.iter().zip(&meant).enumerate().filter(move |(other, _)| *other != at);
                let others = others.filter_map(|(_, ((_, candidates), meant))| Some(&candidates[(*meant)?].counts));
                known.iter().map(|(_, counts)| counts).chain(others).collect::<Vec<_>>()
            };
            let contexts: Vec<Vec<f64>> =
                unknown.iter().enumerate().map(|(at, (_, candidates))| self.contexts(candidates, &of_others(at))).collect();
            let again = unknown.iter().zip(&contexts);
            meant = again.map(|((_, candidates), context)| likeliest(candidates, |at| CONTEXT * context[at])).collect();
        }
        let corrections: Vec<Correction> = unknown
            .iter()
            .zip(&meant)
            .filter_map(|((from, candidates), meant)| Some((from, candidates.get((*meant)?)?)))
            .map(|(from, meant)| Correction { from: from.clone(), to: meant.text.as_str().into() })
            .collect();
        if corrections.is_empty() {
            return Ok((query.clone(), corrections));
        }
        let rewritten = query.with_words(&|piece: &Piece| Some(rewritten(&piece.text, &corrections)));
        Ok((rewritten, corrections))
    }

    /// Words of the notes that may have been meant by one that is not among them.
    fn neighbours(&self, lookup: &mut Lookup, word: &str) -> Result<Vec<Candidate>, IndexError> {
        let typed = lookup.exact(word).into_iter().flatten().next().unwrap_or_default();
        let letters = typed.chars().count();
        let mut found = Vec::new();
        for distance in 1..=if letters >= TWO_SLIPS { 2 } else { 1 } {
            // A word with one slip is rarely meant by two others.
            if found.is_empty() {
                found = self.near(&typed, distance)?;
            }
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for (text, frequency) in found {
            let likelihood = f64::from(frequency as u32).ln_1p() - cost(&typed, &text);
            candidates.push(Candidate { text, likelihood, counts: Vec::new() });
        }
        candidates.extend(self.divided(lookup, &typed)?);
        candidates.sort_by(|a, b| b.likelihood.total_cmp(&a.likelihood).then_with(|| a.text.cmp(&b.text)));
        candidates.truncate(CLOSELY);
        for candidate in candidates.iter_mut().filter(|it| it.counts.is_empty()) {
            candidate.counts = self.counts(&lookup.exact(&candidate.text), &self.fields.even)?;
        }
        Ok(candidates)
    }

    /// The words of the notes within so many slips of this one, with how many notes hold them.
    fn near(&self, typed: &str, distance: u8) -> Result<Vec<(String, usize)>, IndexError> {
        let mut near: BTreeMap<String, usize> = BTreeMap::new();
        for weighted in &self.fields.texts {
            for segment in self.searcher.segment_readers() {
                let automaton = FuzzyTermQuery::new(Term::from_field_text(weighted.field, typed), distance, true).automaton()?;
                let terms = segment.inverted_index(weighted.field)?;
                let mut stream = terms.terms().search(automaton).into_stream().map_err(TantivyError::from)?;
                while let Some((term, _)) = stream.next() {
                    if let Ok(term) = std::str::from_utf8(term)
                        && !term.starts_with(STEM)
                    {
                        near.entry(term.to_owned()).or_default();
                    }
                }
            }
        }
        for (text, frequency) in &mut near {
            for weighted in &self.fields.texts {
                *frequency += self.frequency(weighted.field, &vec![text.as_str().into()])?;
            }
        }
        // What only removed notes held is no word of the vault.
        Ok(near.into_iter().filter(|(_, frequency)| *frequency > 0).collect())
    }

    /// Two words that were typed as one, where the notes hold them side by side.
    fn divided(&self, lookup: &mut Lookup, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let mut divided = Vec::new();
        let ends: Vec<usize> = typed.char_indices().map(|(at, _)| at).skip(1).collect();
        for at in ends {
            let (first, second) = typed.split_at(at);
            let changes_kind = first.ends_with(|c: char| c.is_ascii_digit()) != second.starts_with(|c: char| c.is_ascii_digit());
            if !changes_kind && (first.chars().count() < 2 || second.chars().count() < 2) {
                continue;
            }
            let slots: [Slot; 2] = [lookup.slot(first), lookup.slot(second)];
            let counts = self.counts(&slots, &self.fields.even)?;
            let frequency: usize = counts.iter().map(Vec::len).sum();
            if frequency > 0 {
                let likelihood = f64::from(frequency as u32).ln_1p() - SPLIT;
                divided.push(Candidate { text: format!("{first} {second}"), likelihood, counts });
            }
        }
        Ok(divided)
    }

    /// For each candidate how much more often notes hold it together with other words than by chance: the mean of the
    /// logarithms of the ratios, for words that say something.
    fn contexts(&self, candidates: &[Candidate], others: &[&Vec<Counts>]) -> Vec<f64> {
        let count = |counts: &[Counts]| counts.iter().map(Vec::len).sum::<usize>();
        let notes = self.count().max(1) as f64;
        let telling: Vec<_> = others.iter().filter(|counts| (1..=self.count() / 4).contains(&count(counts))).collect();
        let sets = |counts: &[Counts]| -> Vec<HashSet<u32>> {
            counts.iter().map(|counts| counts.iter().map(|(doc, _)| *doc).collect()).collect()
        };
        let telling: Vec<_> = telling.iter().map(|counts| (count(counts) as f64, sets(counts))).collect();
        let context = |candidate: &Candidate| {
            let own = count(&candidate.counts) as f64;
            let ratio = |(other, sets): &(f64, Vec<HashSet<u32>>)| {
                let of_segment =
                    |(counts, set): (&Counts, &HashSet<u32>)| counts.iter().filter(|(doc, _)| set.contains(doc)).count();
                let both: usize = candidate.counts.iter().zip(sets).map(of_segment).sum();
                ((both as f64 + 0.5) / (own * other / notes + 0.5)).ln()
            };
            telling.iter().map(ratio).sum::<f64>()
        };
        candidates.iter().map(context).collect()
    }

    /// Whether a word of the notes begins with this.
    fn begins_words(&self, start: &str) -> Result<bool, IndexError> {
        Ok(!self.completions(start)?.is_empty())
    }

    /// The words of the notes that begin so, those that most notes hold first, at most so many as are worth asking for.
    pub(super) fn completions(&self, start: &str) -> Result<Slot, IndexError> {
        let start = Lookup::of(&[]).exact(start).pop().and_then(|mut slot| slot.pop()).unwrap_or_default();
        let mut found: BTreeMap<Box<str>, usize> = BTreeMap::new();
        for weighted in &self.fields.texts {
            for segment in self.searcher.segment_readers() {
                let terms = segment.inverted_index(weighted.field)?;
                let range = terms.terms().range().ge(start.as_bytes());
                let mut stream = range.into_stream().map_err(TantivyError::from)?;
                while let Some((term, info)) = stream.next().filter(|(term, _)| term.starts_with(start.as_bytes())) {
                    if let Ok(term) = std::str::from_utf8(term) {
                        *found.entry(term.into()).or_default() += match segment.alive_bitset() {
                            None => info.doc_freq as usize,
                            Some(alive) => {
                                let list = terms.read_postings_from_terminfo(info, IndexRecordOption::Basic);
                                list.map_err(TantivyError::from)?.count(alive) as usize
                            }
                        };
                    }
                }
            }
        }
        let mut found: Vec<(Box<str>, usize)> = found.into_iter().filter(|(_, notes)| *notes > 0).collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MOST_COMPLETIONS);
        Ok(found.into_iter().map(|(term, _)| term).collect())
    }
}

/// So many words that begin alike are asked for.
const MOST_COMPLETIONS: usize = 50;

/// Whether a word may be another one with a slip in it: numbers and single signs of Chinese are what they are.
fn may_be_a_slip(word: &str) -> bool {
    let letters = word.chars().count();
    (SHORTEST..=LONGEST).contains(&letters) && word.contains(char::is_alphabetic) && !word.contains(is_gram)
}

/// The likeliest candidate with what speaks for each besides; the first of equals.
fn likeliest(candidates: &[Candidate], besides: impl Fn(usize) -> f64) -> Option<usize> {
    let likelihood = |at: usize| candidates[at].likelihood + besides(at);
    (0..candidates.len()).reduce(|best, at| if likelihood(at) > likelihood(best) { at } else { best })
}

/// What it costs to have typed one word for another.
fn cost(typed: &str, meant: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let slips = strsim::osa_distance(typed, meant) as f64;
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[start..], &b[start..]);
    let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (changed_a, changed_b) = (&rest_a[..rest_a.len() - end], &rest_b[..rest_b.len() - end]);
    let is_doubled = |one: &[char], of: &[char]| one.len() == 1 && start > 0 && of.get(start - 1) == one.first();
    let by_fingers = match (changed_a, changed_b) {
        ([x, y], [z, w]) => x == w && y == z,
        (one, []) => is_doubled(one, &a),
        ([], one) => is_doubled(one, &b),
        _ => false,
    };
    let at_first = if a.first() == b.first() { 0.0 } else { FIRST_LETTER };
    // A letter without its accent is hardly a slip.
    if fold(typed) == fold(meant) {
        return 0.5;
    }
    at_first + if by_fingers { FINGERS } else { SLIP * slips }
}

/// A text with words replaced.
pub fn rewritten(text: &str, corrections: &[Correction]) -> Box<str> {
    let (mut out, mut last) = (String::new(), 0);
    for word in words(text) {
        if let Some(correction) = corrections.iter().find(|it| *it.from == text[word.range.clone()]) {
            out.push_str(&text[last..word.range.start]);
            out.push_str(&correction.to);
            last = word.range.end;
        }
    }
    out.push_str(&text[last..]);
    out.into()
}
