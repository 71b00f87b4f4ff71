//! Why is this first? The score of a hit taken apart: what each word adds, what a name does.
//!
//! It makes no score of its own. Parts are whole ten-thousandths that add up to the score that is shown, so that whoever adds
//! them up finds nothing missing.

use super::{Lift, Ranked};
use crate::index::{IndexError, Part, Piece, Query, SCORE_UNIT, TextIndex};
use crate::note::clip;
use crate::vault::Vault;

/// What one thing adds to the score of a hit.
#[derive(Clone, Debug, PartialEq)]
pub struct ScorePart {
    /// What it is.
    pub kind: PartKind,
    /// The word or words it is about, as asked for; empty where it is about none.
    pub text: String,
    /// What it adds, 0 or more, in ten-thousandths.
    pub adds: i64,
    /// How often that stands in the best passage; of a pair, in the whole note. 0 of what is written exactly so, which is
    /// weighed by the whole note.
    pub in_passage: u32,
    /// In which fields besides the text it stands: title, aliases, headings, tags, properties.
    pub fields: Vec<&'static str>,
    /// How many notes hold it, and of how many; none where nobody counts them.
    pub notes: Option<(usize, usize)>,
}

/// Why something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A word, whatever its endings.
    Word,
    /// A word written exactly so, besides.
    Exact,
    /// A phrase in quotes.
    Phrase,
    /// Two words of the query, side by side.
    Pair,
    /// The concept bears the very name that was asked for.
    Name,
    /// The concept bears a name of the same words.
    SameWords,
    /// All words together: the note is behind those that are scored by their best passages.
    WholeNote,
    /// How much the concept is wanted, which nobody wrote yet.
    Wanted,
}

impl ScorePart {
    /// What it adds, in points of score.
    pub fn points(&self) -> f64 {
        self.adds as f64 / SCORE_UNIT
    }
}

impl PartKind {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            PartKind::Word => "word",
            PartKind::Exact => "exact",
            PartKind::Phrase => "phrase",
            PartKind::Pair => "pair",
            PartKind::Name => "name",
            PartKind::SameWords => "same_words",
            PartKind::WholeNote => "whole_note",
            PartKind::Wanted => "wanted",
        }
    }
}

/// The parts of the scores of hits, each by how it was ranked and the score that is shown; the biggest first, ties in the order
/// of the query, names before words.
pub(super) fn explain(
    vault: &Vault,
    text: &TextIndex,
    query: &Query,
    hits: &[(Ranked, i64)],
) -> Result<Vec<Vec<ScorePart>>, IndexError> {
    // A name that nobody wrote yet has no text.
    let key = |ranked: &Ranked| ((ranked.concept.0 as usize) < vault.len()).then(|| vault.key(ranked.concept.0));
    let by_passage = hits.iter().filter(|(ranked, _)| ranked.is_by_passage);
    let keys: Vec<u64> = by_passage.filter_map(|(ranked, _)| key(ranked)).collect();
    let mut told = text.explain(query, &keys)?.into_iter();
    let pieces = query.pieces();
    let mut explained = Vec::new();
    for (ranked, shown) in hits {
        let mut parts = Vec::new();
        let kind = match ranked.lift {
            Lift::None => None,
            Lift::SameWords => Some(PartKind::SameWords),
            Lift::SameName => Some(PartKind::Name),
        };
        parts.extend(kind.map(|kind| about_no_word(kind, shown - ranked.score)));
        if ranked.is_by_passage {
            let of_text = key(ranked).and_then(|_| told.next()).unwrap_or_default();
            let adds = apportion(&of_text, ranked.score);
            parts.extend(of_text.into_iter().zip(adds).map(|(part, adds)| about_words(part, adds, &pieces, text.count())));
        } else if ranked.score > 0 {
            let kind = if key(ranked).is_some() { PartKind::WholeNote } else { PartKind::Wanted };
            parts.push(about_no_word(kind, ranked.score));
        }
        parts.sort_by_key(|part| -part.adds);
        explained.push(parts);
    }
    Ok(explained)
}

fn about_no_word(kind: PartKind, adds: i64) -> ScorePart {
    ScorePart { kind, text: String::new(), adds, in_passage: 0, fields: Vec::new(), notes: None }
}

fn about_words(part: Part, adds: i64, pieces: &[(&Piece, bool)], notes: usize) -> ScorePart {
    let is_phrase = pieces.get(part.piece).is_some_and(|(_, is_phrase)| *is_phrase);
    let kind = match (part.is_pair, part.is_exact, is_phrase) {
        (true, ..) => PartKind::Pair,
        (_, true, _) => PartKind::Exact,
        (.., true) => PartKind::Phrase,
        _ => PartKind::Word,
    };
    let last = part.piece + usize::from(part.is_pair);
    let texts: Vec<&str> = pieces.get(part.piece..=last).into_iter().flatten().map(|(piece, _)| &*piece.text).collect();
    let text = clip(&texts.join(" ")).into_owned();
    ScorePart { kind, text, adds, in_passage: part.in_passage, fields: part.fields, notes: part.notes.map(|it| (it, notes)) }
}

/// What parts add in whole ten-thousandths, so that they are the whole: what rounding down leaves goes to those that lost most
/// by it.
fn apportion(parts: &[Part], whole: i64) -> Vec<i64> {
    let exact: Vec<f64> = parts.iter().map(|part| part.adds * SCORE_UNIT).collect();
    let mut adds: Vec<i64> = exact.iter().map(|exact| exact.floor() as i64).collect();
    let mut by_loss: Vec<usize> = (0..parts.len()).collect();
    by_loss.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()));
    let left = whole - adds.iter().sum::<i64>();
    let given = left.clamp(0, parts.len() as i64);
    by_loss.iter().take(given as usize).for_each(|at| adds[*at] += 1);
    // Sums of fractions in another order may differ by a hair, and the whole by one.
    adds.iter_mut().max().into_iter().for_each(|most| *most += left - given);
    adds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole() {
        let part = |adds| Part { piece: 0, is_exact: false, is_pair: false, adds, in_passage: 1, fields: vec![], notes: None };
        let parts = |of: &[f64]| of.iter().map(|adds| part(*adds)).collect::<Vec<_>>();
        assert_eq!(apportion(&parts(&[0.00004, 0.00004, 0.00004]), 1), [1, 0, 0]);
        assert_eq!(apportion(&parts(&[1.00006, 0.00007]), 10_001), [10_000, 1]);
        assert_eq!(apportion(&parts(&[1.00006, 0.00007, 0.00009]), 10_002), [10_000, 1, 1]);
        assert!(apportion(&[], 0).is_empty());
    }
}
