//! Which notes speak in the words of another: text similarity by the index alone.
//!
//! The words of a note that tell most of it are asked for like a query. So the work is bounded by the words, and no note but
//! the one asked about is read.

use super::look::{Lookup, Slot};
use super::passage::saturated;
use super::words::{Forms, words};
use super::{IndexError, SCORE_UNIT, TextIndex};
use crate::note::Prose;
use foldhash::{HashMap, HashMapExt};
use std::cmp::Reverse;
use tantivy::DocId;

/// So many words of a note are asked for. Of links taken away from an encyclopaedia, 40 words find more again than 20.
const MOST_WORDS: usize = 40;

/// So many places in the lists of the index are looked at: words that most notes hold say little and cost most.
const MOST_POSTINGS: u64 = 200_000;

/// So many bytes of a text are looked at for words to ask for: a book is told by its beginning.
const LONGEST_TEXT: usize = 1 << 16;

/// The notes that hold words of a text, with what each word adds.
#[derive(Debug, Default)]
pub struct Similar {
    /// The words, as written where they come first, the most telling first.
    pub words: Vec<Box<str>>,
    /// Notes by key with their scores above 0, highest first, ties by key.
    pub best: Vec<(u64, f64)>,
    /// Note, number of the word, what it adds; by note, then the most first.
    parts: Vec<(u64, u32, i64)>,
}

impl Similar {
    /// The words that speak most for a note's being similar, at most `most`.
    pub fn shared_words(&self, key: u64, most: usize) -> Vec<&str> {
        let start = self.parts.partition_point(|(of, ..)| *of < key);
        let parts = self.parts[start..].iter().take_while(|(of, ..)| *of == key).take(most);
        parts.filter_map(|(_, word, _)| self.words.get(*word as usize)).map(|word| &**word).collect()
    }
}

/// A word of a text: how often it stands there, and how it was written first.
struct Counted<'t> {
    written: &'t str,
    times: u32,
}

/// What one word adds to the score of one note, known by its segment and its number there.
struct Part {
    note: (usize, DocId),
    word: u32,
    adds: i64,
}

impl TextIndex {
    /// The notes most similar to a text, at most `most`: the sum of BM25 (Robertson and Zaragoza, "The probabilistic relevance
    /// framework", 2009; k₁ = 1.8, b = 0.75, a fixed usual length) over the 40 words of the text with the greatest tf·idf, by stem and in bodies
    /// alone, each times 1 + ln(times in the text).
    ///
    /// Scores are above 0 and have no bound; the text's own note is among the best. Words that stand in very many notes are
    /// passed over once 200,000 places have been looked at, so that the work does not grow with the vault.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn similar(&self, prose: &Prose, most: usize) -> Result<Similar, IndexError> {
        let body = self.fields.body();
        let notes = f64::from(self.searcher.num_docs() as u32);
        let mut lookup = Lookup::of(&[]);
        let mut telling: Vec<(f64, u64, Slot, Counted<'_>)> = Vec::new();
        for counted in count(prose.text()) {
            let slot = lookup.slot(counted.written);
            let frequency = self.frequency(body.field, &slot)? as u64;
            // A word that no other note holds finds none, and one that most notes hold says nothing.
            if frequency > 1 && frequency as f64 <= notes / 2.0 {
                let rarity = f64::from(self.rarity(frequency as usize));
                telling.push((weight(counted.times) * rarity, frequency, slot, counted));
            }
        }
        telling.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
        let mut left = MOST_POSTINGS;
        telling.retain(|(_, frequency, ..)| {
            let is_affordable = *frequency <= left;
            left -= if is_affordable { *frequency } else { 0 };
            is_affordable
        });
        telling.truncate(MOST_WORDS);
        let mut parts: Vec<Part> = Vec::new();
        for (number, (_, frequency, slot, counted)) in telling.iter().enumerate() {
            let weight = weight(counted.times) * f64::from(self.rarity(*frequency as usize));
            for (at, counts) in self.counts(std::slice::from_ref(slot), std::slice::from_ref(body))?.into_iter().enumerate() {
                parts.extend(counts.into_iter().map(|(doc, count)| {
                    let adds = (f64::from(saturated(count)) * weight * SCORE_UNIT).round() as i64;
                    Part { note: (at, doc), word: number as u32, adds }
                }));
            }
        }
        parts.sort_unstable_by_key(|part| (part.note, Reverse(part.adds), part.word));
        let mut best: Vec<(i64, u64, &[Part])> = Vec::new();
        for of_note in parts.chunk_by(|a, b| a.note == b.note) {
            let (at, doc) = of_note[0].note;
            if let Some(key) = self.keys[at].first(doc) {
                best.push((of_note.iter().map(|part| part.adds).sum(), key, of_note));
            }
        }
        best.sort_unstable_by_key(|(score, key, _)| (Reverse(*score), *key));
        best.truncate(most);
        let positive = best.iter().filter(|(score, ..)| *score > 0);
        let scores = positive.map(|(score, key, _)| (*key, *score as f64 / SCORE_UNIT)).collect();
        best.sort_unstable_by_key(|(_, key, _)| *key);
        let parts = best.iter().flat_map(|(_, key, parts)| parts.iter().map(|part| (*key, part.word, part.adds)));
        let parts = parts.collect();
        Ok(Similar { words: telling.iter().map(|(.., counted)| counted.written.into()).collect(), best: scores, parts })
    }
}

/// What a word counts that stands so often in a text.
fn weight(times: u32) -> f64 {
    1.0 + f64::from(times).ln()
}

/// The words of a text by stem, in the order of the stems.
fn count(text: &str) -> Vec<Counted<'_>> {
    let mut forms = Forms::new();
    let mut counts: HashMap<Box<str>, Counted<'_>> = HashMap::new();
    for word in words(text).take_while(|word| word.range.end <= LONGEST_TEXT) {
        // In a script without blanks a single character says little; pairs are its words.
        let range = if word.is_gram { word.pair.unwrap_or(word.range) } else { word.range };
        let written = &text[range];
        // Years and numbers of pages are no words.
        if !written.contains(char::is_alphabetic) {
            continue;
        }
        let stem = &forms.of(written).stem;
        match counts.get_mut(stem) {
            Some(counted) => counted.times += 1,
            None => {
                counts.insert(stem.clone(), Counted { written, times: 1 });
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    counts.into_iter().map(|(_, counted)| counted).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Indexer;
    use super::super::tests::note;

    #[test]
    fn notes_in_the_words_of_another() {
        let texts =
            ["neurons fire, mirror neurons", "a mirror of neurons", "the sea and the sky", "a mirror", "神经元镜", "镜神经"];
        let indexer = Indexer::in_memory().expect("an index");
        for (key, text) in texts.iter().enumerate() {
            let (note, prose) = note(text);
            indexer.add(key as u64, &note, &prose);
        }
        let index = indexer.finish("").expect("an index");
        let similar = |text: &str, most| {
            let similar = index.similar(&note(text).1, most).expect("an answer");
            let keys: Vec<u64> = similar.best.iter().map(|(key, _)| *key).collect();
            let words = similar.shared_words(1, 9).join(" ");
            (keys, words)
        };
        assert_eq!(similar(texts[0], 9), (vec![0, 1, 3], "neurons mirror".to_owned()));
        assert_eq!(similar(texts[0], 2).0, [0, 1]);
        assert_eq!(similar("神经", 9).0, [5, 4]);
        assert_eq!(similar("", 9), (vec![], String::new()));
    }
}
