//! Which passage of a note to show for a query: the stretch that holds the most telling of its words.

use super::SoughtWords;
use super::language::Language;
use super::look::{Recognizer, Slot};
use super::words::{Word, lower, words};
use crate::note::{Note, Passage, Pattern, Prose};
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;
use std::ops::Range;

/// A passage with the words of the query marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The passage.
    pub passage: Passage,
    /// Where in the prose it stands: its first marked word, else its beginning; none if the note has no text.
    pub offset: Option<usize>,
    /// How many blocks of the note's own text (paragraphs, headings, items, rows) hold words of the query.
    pub places: usize,
}

/// A stretch this long, in bytes, is judged at a time.
const STRETCH: usize = 200;

/// What a word in a heading counts, against one in a sentence: a heading names the matter and says nothing of it.
const IN_HEADING: f32 = 0.4;

/// What all words of the query in one stretch count, against as many in two: the sentence that has them all is wanted, however
/// little the one word tells that another lacks.
const ALL_TOGETHER: f32 = 1.3;

/// What a phrase counts that somebody put in quotes, against all words of the query by themselves.
const PHRASE: f32 = 2.0;

/// A later passage must be better by this much: what comes first in a note says what it is about.
const CLEARLY_MORE: f32 = 1.1;

/// What a match of a regular expression weighs, as much as a rare word.
const OF_PATTERN: f32 = 5.0;

/// So many matches of an expression are looked at.
const MOST_MATCHES: usize = 10_000;

/// The best excerpt of a note for a query. Takes time in
/// proportion to the note. Where only a heading holds the words, what stands below it; where nothing does, the first
/// paragraph.
pub fn excerpt(note: &Note, prose: &Prose, sought: &SoughtWords) -> Excerpt {
    let phrases = find_phrases(prose.text(), &sought.phrases);
    let mut places = 0;
    let weights: Vec<f32> = sought.weights.iter().copied().chain(sought.patterns.iter().map(|_| OF_PATTERN)).collect();
    let matches = find_words(note, prose, sought);
    let mut best: Option<(f32, Range<usize>, bool)> = None;
    let mut first = 0;
    for (block, is_heading) in prose.blocks() {
        while matches.get(first).is_some_and(|(range, _)| range.start < block.start) {
            first += 1;
        }
        let in_block = matches[first..].iter().take_while(|(range, _)| range.end <= block.end).count();
        let in_block = &matches[first..first + in_block];
        places += usize::from(!in_block.is_empty());
        for (score, stretch) in stretches(in_block, &phrases, &weights) {
            let score = if is_heading { score * IN_HEADING } else { score };
            if best.as_ref().is_none_or(|(most, ..)| score > *most * CLEARLY_MORE) {
                best = Some((score, stretch, is_heading));
            }
        }
    }
    let Some((_, stretch, is_heading)) = best else {
        let paragraph = prose.first_paragraph();
        let offset = paragraph.as_ref().map(|range| range.start);
        let passage = paragraph.map_or_else(Passage::default, |range| prose.passage(range, &[]));
        return Excerpt { passage, offset, places };
    };
    let below = prose.blocks().find(|(block, _)| block.start > stretch.start).filter(|(_, below_is_heading)| !below_is_heading);
    if let Some((block, _)) = below.filter(|_| is_heading) {
        return Excerpt { passage: prose.passage(block, &[]), offset: Some(stretch.start), places };
    }
    let sentence = prose.sentence_at(stretch.clone()).unwrap_or(stretch.clone());
    let marks: Vec<Range<usize>> = matches
        .into_iter()
        .map(|(range, _)| range)
        .filter(|range| range.start >= stretch.start && range.end <= sentence.end)
        .collect();
    Excerpt { passage: prose.passage(sentence, &marks), offset: Some(stretch.start), places }
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
    for (number, expression) in sought.patterns.iter().enumerate() {
        // What did not read did not become a query.
        let Ok(pattern) = Pattern::new(expression) else { continue };
        found.extend(pattern.places(text).take(MOST_MATCHES).map(|range| (range, sought.slots.len() + number)));
    }
    if !sought.patterns.is_empty() {
        found.sort_by_key(|(range, _)| range.start);
        let mut end = 0;
        found.retain(|(range, _)| {
            let is_apart = range.start >= end;
            end = if is_apart { range.end } else { end };
            is_apart
        });
    }
    found
}

/// Where phrases stand as written, with their number; by place. Words of two blocks or two cells do not stand together.
fn find_phrases(text: &str, phrases: &[Vec<Slot>]) -> Vec<(Range<usize>, usize)> {
    if phrases.is_empty() {
        return Vec::new();
    }
    let mut beginning: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, phrase) in phrases.iter().enumerate() {
        phrase.first().into_iter().flatten().for_each(|word| beginning.entry(word).or_default().push(number));
    }
    let all: Vec<(Word, [Option<String>; 2])> = words(text)
        .map(|word| {
            let forms = [Some(&word.range), word.pair.as_ref()].map(|range| range.map(|range| lower(&text[range.clone()])));
            (word, forms)
        })
        .collect();
    let mut found = Vec::new();
    for (at, (first, forms)) in all.iter().enumerate() {
        let begun = forms.iter().flatten().filter_map(|form| beginning.get(form.as_str())).flatten();
        for number in begun.copied() {
            let phrase = &phrases[number];
            let Some(here) = all.get(at..at + phrase.len()) else { continue };
            let is_it = |((_, forms), slot): (&(Word, [Option<String>; 2]), &Slot)| {
                forms.iter().flatten().any(|form| slot.iter().any(|word| **word == **form))
            };
            let range = first.range.start..here.last().map_or(first.range.end, |(last, _)| last.range.end);
            if here.iter().zip(phrase).all(is_it) && !text[range.clone()].contains(['\n', '·']) {
                found.push((range, number));
            }
        }
    }
    found
}

/// Each stretch that begins with a match: the weights of the distinct stems in it, a little for repetition, and more for all
/// words together and for phrases.
fn stretches<'m>(
    matches: &'m [(Range<usize>, usize)],
    phrases: &'m [(Range<usize>, usize)],
    weights: &'m [f32],
) -> impl Iterator<Item = (f32, Range<usize>)> + 'm {
    let mut counts = vec![0_u32; weights.len()];
    let mut end = 0;
    let all: f32 = weights.iter().sum();
    (0..matches.len()).map(move |start| {
        while end < matches.len() && matches[end].0.end <= matches[start].0.start + STRETCH {
            counts[matches[end].1] += 1;
            end += 1;
        }
        let score = counts.iter().zip(weights).filter(|(count, _)| **count > 0);
        let score: f32 = score.map(|(count, weight)| weight * (1.0 + 0.05 * (*count).min(4) as f32)).sum();
        let score = if counts.iter().all(|count| *count > 0) { score * ALL_TOGETHER } else { score };
        let last = end.max(start + 1) - 1;
        let stretch = matches[start].0.start..matches[last].0.end;
        let first_phrase = phrases.partition_point(|(range, _)| range.start < stretch.start);
        let begun = phrases[first_phrase..].iter().take_while(|(range, _)| range.start < stretch.end);
        let held: BTreeSet<usize> = begun.map(|(_, number)| *number).collect();
        if end > start {
            counts[matches[start].1] -= 1;
        } else {
            end = start + 1;
        }
        (score + held.len() as f32 * PHRASE * all, stretch)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::note;
    use super::super::{Clause, Indexer, Piece, Query, What};
    use super::*;

    /// What is shown of a text for a query, and in how many places its words are; other notes make `common` a word that tells
    /// little.
    fn check(query: Query, text: &str, expected: &str, places: usize) {
        let indexer = Indexer::in_memory().expect("an index");
        for (key, text) in [text, "common", "common words", "a common word"].iter().enumerate() {
            let (note, prose) = note(text);
            indexer.add(key as u64, &note, &prose);
        }
        let index = indexer.finish("").expect("an index");
        let (note, prose) = note(text);
        let found = excerpt(&note, &prose, &index.sought_words(&query).expect("words"));
        assert_eq!((&*found.passage.text, found.places), (expected, places), "{query:?}");
    }

    fn parsed(query: &str) -> Query {
        Query::parse(query).expect("a query")
    }

    #[test]
    fn the_passage_that_answers() {
        let long = "It fires, firing and fired by fire. ".repeat(40);
        let text = format!("{long}\n\nFire is common.\n\nIt is common to fire at once, and Fire at Will!\n\nFire.");
        check(parsed("common fire"), &text, "Fire is common.", 4);
        check(parsed("\"fire at will\" common"), &text, "It is common to fire at once, and Fire at Will!", 4);
        check(parsed("\"Fire at once\""), &text, "It is common to fire at once, and Fire at Will!", 4);
        check(parsed("unheard"), "# A\n\nThe first paragraph.", "The first paragraph.", 0);
        check(parsed("common fire"), "# Common fire\n\nBelow it.\n\nA common thing.\n\nOther.", "Below it.", 2);
    }

    #[test]
    fn a_phrase_stands_as_it_is_written() {
        check(parsed("\"das Haus\""), "Das Haeuser haus.\n\nDem haus, das\nhaus.", "Dem haus, das haus.", 2);
        check(parsed("\"ÉTÉ chaud\""), "Chaud, un été.\n\nUn ete chaud.\n\nUn Été, chaud.", "Un Été, chaud.", 3);
        check(parsed("\"one two\""), "two, one\n\ntwo\n\n| one | two |\n|---|---|\n| one two | x |", "one two · x", 4);
    }

    #[test]
    fn words_in_a_line_are_words() {
        let piece = |text: &str| Piece { text: text.into(), column: 1 };
        let inside = Clause::All(vec![Clause::Words(piece("common")), Clause::Phrase(piece("fire at will"))]);
        let query = Query::empty().and([What::Line(Box::new(inside))]);
        check(
            query,
            "Fire.\n\nFire, at common will.\n\nThey fire at will, which is common.",
            "They fire at will, which is common.",
            3,
        );
    }
}
