//! Full text: which notes speak of something, and where in a note it is said. tantivy is at home here and nowhere else.
//!
//! The index knows notes by key and keeps no text; it knows nothing of links. It is kept in a folder, or built in memory
//! where there is none to write to. How it came about leaves no trace: brought up to date a hundred times, it gives the
//! scores of one built anew.

mod build;
mod excerpt;
mod folder;
mod gather;
mod language;
mod look;
mod mention;
mod passage;
mod query;
mod schema;
mod search;
mod similar;
mod spell;
mod wording;
mod words;

pub use self::similar::Similar;
pub use build::Indexer;
pub use excerpt::{Excerpt, excerpt};
pub use folder::forget_commit;
pub use mention::{Bearer, Bears, Likeness, NameTable, Said, Scan, Spoken, mention, spoken};
pub use passage::Part;
pub use query::{Clause, Condition, Leaf, Piece, Query, QueryError, What, Within, plain};
pub use spell::{Corrected, Correction};
pub use wording::{Wording, Wordings};

use language::Language;
use look::{Lookup, Slot};
use rayon::prelude::*;
use schema::{Fields, KEY};
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use tantivy::columnar::Column;
use tantivy::{Searcher, SegmentReader, TantivyError};

/// Why there is no index, or no answer of it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process brings it up to date.
    #[error("another process is writing the text index")]
    Busy,
    /// What lies in its folder is damaged, foreign or of another format: to be thrown away and built anew.
    #[error("the kept text index cannot be used: {0}")]
    Unusable(Box<str>),
    /// tantivy's or the system's own reason.
    #[error("the text index failed: {0}")]
    Failed(Box<str>),
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(tantivy::directory::error::LockError::LockBusy, _) => IndexError::Busy,
            error => IndexError::Failed(error.to_string().into()),
        }
    }
}

impl IndexError {
    /// The reason alone.
    pub fn why(&self) -> &str {
        match self {
            IndexError::Busy => "another process is writing it",
            IndexError::Unusable(why) | IndexError::Failed(why) => why,
        }
    }
}

/// The words of a name, to be compared with those of many others.
pub struct NameWords {
    forms: words::Forms,
    stems: Vec<Box<str>>,
    /// The letters of the name, without what stands between its words.
    letters: String,
}

impl NameWords {
    /// The words of a name.
    pub fn of(name: &str) -> NameWords {
        let mut forms = words::Forms::new();
        let (stems, letters) = words_and_letters(&mut forms, name);
        NameWords { forms, stems, letters }
    }

    /// Whether another name is the same words, in any order, endings, case and diacritics aside, or the same letters with
    /// other blanks and hyphens; false if either holds no word.
    pub fn are_those_of(&mut self, other: &str) -> bool {
        let (stems, letters) = words_and_letters(&mut self.forms, other);
        !self.stems.is_empty() && (stems == self.stems || letters == self.letters)
    }
}

/// The stems of a name in alphabetical order, and its letters.
fn words_and_letters(forms: &mut words::Forms, name: &str) -> (Vec<Box<str>>, String) {
    let (mut stems, mut letters) = (Vec::new(), String::new());
    for word in words::words(name) {
        let form = forms.of(&name[word.range]);
        stems.push(form.stem.clone());
        letters.push_str(form.folded());
    }
    stems.sort_unstable();
    (stems, letters)
}

/// The full text of a vault at one moment.
pub struct TextIndex {
    fields: Fields,
    searcher: Searcher,
    moment: Box<str>,
    /// The keys of the notes, segment by segment.
    keys: Vec<Column<u64>>,
    /// The languages of its notes besides English, once somebody asked.
    languages: OnceLock<Vec<Language>>,
    /// The last beginning of a word that was completed, with what it was by.
    completed: Mutex<Option<(Box<str>, Slot)>>,
}

/// The notes that a query finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best notes by key, each with its score in ten-thousandths: highest first, ties by key. As many as were asked for,
    /// and all that tie with the last of them.
    pub best: Vec<(u64, i64)>,
    /// So many of the first of them are scored by their best passages; the rest only by the whole note, and at most as high.
    pub by_passage: usize,
    /// How many notes the query finds.
    pub total: usize,
}

/// From so many notes on it pays to wake other cores: for fewer a question takes no longer than waking them.
const MANY: usize = 20_000;

/// What one unit of a score is: scores are rounded to whole ones before they are compared.
pub const SCORE_UNIT: f64 = 10_000.0;

impl TextIndex {
    /// Opens the index kept in a folder, at its last finished moment; none if there is none, or the first is not finished
    /// yet. Writes nothing and waits for nobody.
    ///
    /// # Errors
    /// [`IndexError::Unusable`] when what is there is damaged, foreign or of another format, else what the system said.
    pub fn open(folder: &Path) -> Result<Option<TextIndex>, IndexError> {
        let fields = Fields::new();
        let Some((searcher, moment)) = folder::open(folder, &fields)? else { return Ok(None) };
        TextIndex::of(fields, searcher, moment).map(Some)
    }

    fn of(fields: Fields, searcher: Searcher, moment: Box<str>) -> Result<TextIndex, IndexError> {
        let mut keys = Vec::new();
        for segment in searcher.segment_readers() {
            let column = segment.fast_fields().column_opt(KEY)?;
            // How many notes a segment has stands in the commit, which has no checksum.
            let column = column.filter(|column| column.num_docs() == segment.max_doc());
            keys.push(column.ok_or_else(|| IndexError::Unusable("it has not a key for each note".into()))?);
        }
        Ok(TextIndex { fields, searcher, moment, keys, languages: OnceLock::new(), completed: Mutex::default() })
    }

    /// The moment it is of, as it was named when it was finished.
    pub fn moment(&self) -> &str {
        &self.moment
    }

    /// How many notes are in it. Whoever knows how many there should be can see by it that a removal was lost: where it is
    /// written down what was removed there is no checksum.
    pub fn count(&self) -> usize {
        self.searcher.num_docs() as usize
    }

    /// The sum of the keys of all notes, which tells one set of notes from another.
    pub fn sum_of_keys(&self) -> u64 {
        let in_segment = |(segment, keys): (&SegmentReader, &Column<u64>)| {
            let alive = segment.doc_ids_alive().filter_map(|doc| keys.first(doc));
            alive.fold(0, |sum: u64, key| sum.wrapping_add(key))
        };
        let sums = self.searcher.segment_readers().iter().zip(&self.keys).map(in_segment);
        sums.fold(0, u64::wrapping_add)
    }

    /// The keys of all notes, ascending. Takes time in proportion to them.
    pub fn keys(&self) -> Vec<u64> {
        let in_segment = |(segment, keys): (&SegmentReader, &Column<u64>)| -> Vec<u64> {
            segment.doc_ids_alive().filter_map(|doc| keys.first(doc)).collect()
        };
        let mut keys: Vec<u64> = self.searcher.segment_readers().iter().zip(&self.keys).flat_map(in_segment).collect();
        keys.sort_unstable();
        keys
    }

    /// The keys of the notes whose body holds the words of a name one behind the other, whatever their endings, in no order:
    /// all that say it, and maybe some that say it where nobody looks for names.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn holding(&self, name: &str) -> Result<Vec<u64>, IndexError> {
        self.holding_all(self.fields.body().field, &Lookup::of(&[]).all_stems(name))
    }

    /// Does something for each segment, with what is kept for it: on several cores, where it is much and there are notes enough
    /// that it pays to wake them.
    fn each_segment<T: Send, R: Send>(
        &self,
        is_much: bool,
        kept: &mut [T],
        what: impl Fn(&SegmentReader, &mut T) -> Result<R, IndexError> + Sync,
    ) -> Result<Vec<R>, IndexError> {
        let segments = self.searcher.segment_readers();
        match is_much && self.count() >= MANY {
            true => segments.par_iter().zip(kept).map(|(segment, kept)| what(segment, kept)).collect(),
            false => segments.iter().zip(kept).map(|(segment, kept)| what(segment, kept)).collect(),
        }
    }

    /// What words are in the notes of this index.
    fn lookup(&self) -> Result<Lookup, IndexError> {
        if let Some(languages) = self.languages.get() {
            return Ok(Lookup::of(languages));
        }
        let mut languages = Vec::new();
        for segment in self.searcher.segment_readers() {
            let known = segment.inverted_index(self.fields.language)?;
            let mut codes = known.terms().stream().map_err(TantivyError::from)?;
            while let Some((code, _)) = codes.next() {
                languages.extend(std::str::from_utf8(code).ok().and_then(Language::of_code));
            }
        }
        languages.sort_unstable();
        languages.dedup();
        // A language of which the last note is gone stays in a segment until that is written anew.
        let is_there = |language: &Language| {
            let frequency = self.frequency(self.fields.language, &vec![language.code().into()]);
            frequency.is_ok_and(|notes| notes > 0)
        };
        languages.retain(is_there);
        Ok(Lookup::of(self.languages.get_or_init(|| languages)))
    }

    /// The words of a piece of a query, each by the terms it is looked for by; where its last word is but begun, that one
    /// by the words that begin so besides.
    fn slots(&self, lookup: &mut Lookup, text: &str, is_begun: bool) -> Result<Vec<Slot>, IndexError> {
        let mut slots = lookup.stems(text);
        if let Some(last) = slots.last_mut().filter(|_| is_begun) {
            let word = words::words_of(text).pop().unwrap_or_default();
            for term in self.completions(word)? {
                // What is found by its stem already would count twice.
                if !last.iter().any(|known| *known == term || lookup.is_form(&term, known)) {
                    last.push(term);
                }
            }
        }
        Ok(slots)
    }

    /// The words that raise a note, each once, in order, by the terms they are looked for; with how telling each is: the
    /// inverse document frequency of BM25 over the bodies, at least 0.1.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn sought_words(&self, query: &Query) -> Result<SoughtWords, IndexError> {
        let mut lookup = self.lookup()?;
        let mut slots: Vec<Slot> = Vec::new();
        let mut phrases = Vec::new();
        let pieces = query.pieces();
        for (piece, is_phrase) in pieces {
            let is_begun = !is_phrase && query.is_begun(piece);
            phrases.extend(is_phrase.then(|| lookup.exact(&piece.text)));
            for slot in self.slots(&mut lookup, &piece.text, is_begun)? {
                if !slots.contains(&slot) {
                    slots.push(slot);
                }
            }
        }
        let body = self.fields.body().field;
        let weight = |slot: &Slot| Ok(self.rarity(self.frequency(body, slot)?).max(0.1));
        let weights = slots.iter().map(weight).collect::<Result<_, IndexError>>()?;
        let patterns = query.patterns().into_iter().map(Into::into).collect();
        Ok(SoughtWords { slots, weights, phrases, patterns })
    }
}

/// The words that a query seeks, to be found in a text again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SoughtWords {
    slots: Vec<Slot>,
    weights: Vec<f32>,
    /// The phrases among them: words one behind the other, as written.
    phrases: Vec<Vec<Slot>>,
    /// The regular expressions that it seeks besides.
    patterns: Vec<Box<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{Dialect, Note, NotePath, Prose};

    pub(super) fn note(text: &str) -> (Note, Prose) {
        Note::parse(NotePath::new("a.md"), text.as_bytes(), &Dialect::default())
    }

    pub(super) fn found(index: &TextIndex, query: &str) -> Vec<(u64, i64)> {
        let query = Query::parse(query).expect("a query");
        index.search(&query, &[], usize::MAX).expect("an answer").best
    }
}
