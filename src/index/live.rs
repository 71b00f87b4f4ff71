//! What BM25 has to know of all notes together, counted over those that are there.
//!
//! tantivy counts removed notes until they are merged away, and after a merge it estimates: scores would remember how an index
//! came about. Here an index that was brought up to date says the same as one built anew.

use super::TextIndex;
use foldhash::{HashMap, HashMapExt};
use std::cell::RefCell;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, Term};

/// The figures of an index for one question, each counted once.
pub(super) struct Live<'i> {
    index: &'i TextIndex,
    frequencies: RefCell<HashMap<Term, u64>>,
}

impl Live<'_> {
    pub(super) fn of(index: &TextIndex) -> Live<'_> {
        Live { index, frequencies: RefCell::new(HashMap::new()) }
    }
}

impl Bm25StatisticsProvider for Live<'_> {
    /// The sum of the lengths of a field. A length is known to within an eighth, which depends on the note alone.
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let at = self.index.fields.texts.iter().position(|(known, _)| *known == field);
        let counted = at.and_then(|at| self.index.lengths.get(at));
        if let Some(length) = counted.and_then(|counted| counted.get()) {
            return Ok(*length);
        }
        let mut length = 0;
        for segment in self.index.searcher.segment_readers() {
            length += length_of(segment, field)?;
        }
        Ok(counted.map_or(length, |counted| *counted.get_or_init(|| length)))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.index.searcher.num_docs())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        if let Some(frequency) = self.frequencies.borrow().get(term) {
            return Ok(*frequency);
        }
        let mut frequency = 0;
        for segment in self.index.searcher.segment_readers() {
            frequency += u64::from(frequency_in(segment, term)?);
        }
        self.frequencies.borrow_mut().insert(term.clone(), frequency);
        Ok(frequency)
    }
}

fn length_of(segment: &SegmentReader, field: Field) -> tantivy::Result<u64> {
    let Some(lengths) = segment.fieldnorms_readers().get_field(field)? else { return Ok(0) };
    let length = |doc| u64::from(lengths.fieldnorm(doc));
    Ok(match segment.alive_bitset() {
        None => (0..segment.max_doc()).map(length).sum(),
        Some(alive) => alive.iter_alive().map(length).sum(),
    })
}

fn frequency_in(segment: &SegmentReader, term: &Term) -> tantivy::Result<u32> {
    let words = segment.inverted_index(term.field())?;
    let Some(info) = words.get_term_info(term)? else { return Ok(0) };
    match segment.alive_bitset() {
        None => Ok(info.doc_freq),
        Some(alive) => Ok(words.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?.count(alive)),
    }
}
