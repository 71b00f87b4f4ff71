//! Which passage of a note to show for a query: the stretch that holds the most telling of its words.

use super::SoughtWords;
use super::language::Language;
use super::look::Recognizer;
use super::words::words;
use crate::note::{Note, Passage, Prose};
use std::ops::Range;

/// A passage with the words of the query marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The passage.
    pub passage: Passage,
    /// Where in the prose it stands: its first marked word, else its beginning; none if the note has no text.
    pub offset: Option<usize>,
}

/// A stretch this long, in bytes, is judged at a time.
const STRETCH: usize = 200;

/// What a word in a heading counts, against one in a sentence: a heading names the matter and says nothing of it.
const IN_HEADING: f32 = 0.4;

/// A later passage must be better by this much: what comes first in a note says what it is about.
const CLEARLY_MORE: f32 = 1.1;

/// The best excerpt of a note for a query. Takes time in
/// proportion to the note. Where only a heading holds the words, what stands below it; where nothing does, the first
/// paragraph.
pub fn excerpt(note: &Note, prose: &Prose, sought: &SoughtWords) -> Excerpt {
    let weights = &sought.weights;
    let matches = find_words(note, prose, sought);
    let mut best: Option<(f32, Range<usize>, bool)> = None;
    let mut first = 0;
    for (block, is_heading) in prose.blocks() {
        while matches.get(first).is_some_and(|(range, _)| range.start < block.start) {
            first += 1;
        }
        let in_block = matches[first..].iter().take_while(|(range, _)| range.end <= block.end).count();
        let in_block = &matches[first..first + in_block];
        for (score, stretch) in stretches(in_block, weights) {
            let score = if is_heading { score * IN_HEADING } else { score };
            if best.as_ref().is_none_or(|(most, ..)| score > *most * CLEARLY_MORE) {
                best = Some((score, stretch, is_heading));
            }
        }
    }
    let Some((_, stretch, is_heading)) = best else {
        let paragraph = prose.first_paragraph();
        let offset = paragraph.as_ref().map(|range| range.start);
        return Excerpt { passage: paragraph.map_or_else(Passage::default, |range| prose.passage(range, &[])), offset };
    };
    let below = prose.blocks().find(|(block, _)| block.start > stretch.start).filter(|(_, below_is_heading)| !below_is_heading);
    if let Some((block, _)) = below.filter(|_| is_heading) {
        return Excerpt { passage: prose.passage(block, &[]), offset: Some(stretch.start) };
    }
    let sentence = prose.sentence_at(stretch.clone()).unwrap_or(stretch.clone());
    let marks: Vec<Range<usize>> = matches
        .into_iter()
        .map(|(range, _)| range)
        .filter(|range| range.start >= stretch.start && range.end <= sentence.end)
        .collect();
    Excerpt { passage: prose.passage(sentence, &marks), offset: Some(stretch.start) }
}

/// The words of a note's text that the query asks for, with their number.
fn find_words(note: &Note, prose: &Prose, sought: &SoughtWords) -> Vec<(Range<usize>, usize)> {
    let text = prose.text();
    let mut recognizer = Recognizer::of(&sought.slots, Language::of(note, prose));
    let mut found = Vec::new();
    for word in words(text) {
        let mut at = |range: &Range<usize>| recognizer.number(&text[range.clone()]).map(|number| (range.clone(), number));
        let pair = word.pair.as_ref().and_then(&mut at);
        found.extend(pair.or_else(|| at(&word.range)));
    }
    found
}

/// Each stretch that begins with a match: the weights of the distinct stems in it, and a little for repetition.
fn stretches<'m>(matches: &'m [(Range<usize>, usize)], weights: &'m [f32]) -> impl Iterator<Item = (f32, Range<usize>)> + 'm {
    let mut counts = vec![0_u32; weights.len()];
    let mut end = 0;
    (0..matches.len()).map(move |start| {
        while end < matches.len() && matches[end].0.end <= matches[start].0.start + STRETCH {
            counts[matches[end].1] += 1;
            end += 1;
        }
        let score = counts.iter().zip(weights).filter(|(count, _)| **count > 0);
        let score = score.map(|(count, weight)| weight * (1.0 + 0.05 * (*count).min(4) as f32)).sum();
        let last = end.max(start + 1) - 1;
        let stretch = matches[start].0.start..matches[last].0.end;
        if end > start {
            counts[matches[start].1] -= 1;
        } else {
            end = start + 1;
        }
        (score, stretch)
    })
}
