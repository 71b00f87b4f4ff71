//! Full text: which notes speak of something, and where in a note it is said. tantivy is at home here and nowhere else.
//!
//! The index knows notes by number and keeps no text; it knows nothing of links. For now it is built anew for each
//! question that needs it, while the notes are read.

mod build;
mod excerpt;
mod folder;
mod live;
mod mention;
mod query;
mod schema;
mod words;

pub use build::Indexer;
pub use excerpt::{Excerpt, excerpt};
pub use mention::mention;
pub use query::{Query, QueryError};

use query::Clause;
use schema::Fields;
use std::sync::OnceLock;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, Occur, PhraseQuery, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader, Term};
use words::Form;

/// Why the index gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process is bringing it up to date.
    #[error("another process is writing the text index")]
    Busy,
    /// It has to be built anew.
    #[error("the text index cannot be used: {0}")]
    Unusable(Box<str>),
    /// Something else went wrong: tantivy's own reason.
    #[error("the text index failed: {0}")]
    Failed(Box<str>),
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => IndexError::Busy,
            error => IndexError::Failed(error.to_string().into()),
        }
    }
}

/// Whether two names are the same words, endings, case and diacritics aside; false if either holds no word.
pub fn same_words(a: &str, b: &str) -> bool {
    let mut forms = words::Forms::new();
    let mut stems = |text: &str| words::words(text).map(|word| forms.of(&text[word.range]).stem.clone()).collect::<Vec<_>>();
    let (a, b) = (stems(a), stems(b));
    !a.is_empty() && a == b
}

/// The full text of a vault at one moment.
pub struct TextIndex {
    fields: Fields,
    searcher: Searcher,
    moment: Box<str>,
    lengths: [OnceLock<u64>; 6],
}

/// The notes that a query finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best notes by key, each with its score in ten-thousandths: highest first, and all that tie with the last.
    pub best: Vec<(u64, i64)>,
    /// How many notes the query finds.
    pub total: usize,
}

/// What one unit of a score is: scores are rounded to whole ones before they are compared, so that the order in which a
/// machine adds up does not decide.
pub const SCORE_UNIT: f64 = 10_000.0;

/// What the exact form of a word adds to its stem.
const EXACT_WEIGHT: f32 = 0.2;

impl TextIndex {
    /// Opens it.
    pub fn open(folder: &std::path::Path) -> Result<Option<TextIndex>, IndexError> {
        let fields = Fields::new();
        let Some((searcher, moment)) = folder::open(folder, &fields)? else { return Ok(None) };
        TextIndex::of(fields, searcher, moment).map(Some)
    }

    fn of(fields: Fields, searcher: Searcher, moment: Box<str>) -> Result<TextIndex, IndexError> {
        Ok(TextIndex { fields, searcher, moment, lengths: Default::default() })
    }

    /// Its moment.
    pub fn moment(&self) -> &str {
        &self.moment
    }

    /// All keys.
    pub fn keys(&self) -> Vec<u64> {
        let mut keys = Vec::new();
        for segment in self.searcher.segment_readers() {
            if let Ok(Some(column)) = segment.fast_fields().column_opt::<u64>("key") {
                keys.extend(segment.doc_ids_alive().filter_map(|doc| column.first(doc)));
            }
        }
        keys.sort_unstable();
        keys
    }

    /// Provisional.
    pub fn search(&self, query: &Query, limit: usize, keep: Option<&dyn Fn(u64) -> bool>) -> Result<Found, IndexError> {
        let mut kept: Option<std::collections::HashSet<u64>> = None;
        for (clause, is_wanted) in
            query.wanted.iter().filter(|it| it.is_phrase).map(|it| (it, true)).chain(query.unwanted.iter().map(|it| (it, false)))
        {
            let holds: std::collections::HashSet<u64> = self.collect(&*self.clause(clause))?.into_iter().map(|it| it.0).collect();
            let before = kept.take().unwrap_or_else(|| self.keys().into_iter().collect());
            kept = Some(before.into_iter().filter(|key| holds.contains(key) == is_wanted).collect());
        }
        let wanted = query.wanted.iter().map(|clause| (Occur::Should, self.clause(clause)));
        let mut hits = self.collect(&BooleanQuery::new(wanted.collect()))?;
        hits.retain(|(key, _)| keep.is_none_or(|keep| keep(*key)) && kept.as_ref().is_none_or(|kept| kept.contains(key)));
        let total = hits.len();
        hits.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let last = hits.get(limit.saturating_sub(1)).map_or(i64::MIN, |hit| hit.1);
        hits.retain(|hit| hit.1 >= last);
        Ok(Found { best: hits, total })
    }

    fn collect(&self, query: &dyn TantivyQuery) -> Result<Vec<(u64, i64)>, IndexError> {
        Ok(self.searcher.search_with_statistics_provider(query, &Best { key: self.fields.key }, &live::Live::of(self))?)
    }

    /// How telling each stem of the query is, in the order in which they are asked for: the inverse document frequency of
    /// BM25 over the bodies, at least 0.1.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn weights(&self, query: &Query) -> Result<Vec<f32>, IndexError> {
        let body = self.fields.texts[self.fields.texts.len() - 1].0;
        let (live, notes) = (live::Live::of(self), self.searcher.num_docs() as f32);
        let weight = |stem: &&str| {
            let frequency = live.doc_freq(&Term::from_field_text(body, stem))? as f32;
            Ok((1.0 + (notes - frequency + 0.5) / (frequency + 0.5)).ln().max(0.1))
        };
        query.stems().iter().map(weight).collect()
    }

    /// A clause over all fields. Their scores add up: on a judged collection that ranks better than the best field alone.
    fn clause(&self, clause: &Clause) -> Box<dyn TantivyQuery> {
        let in_fields = self.fields.texts.iter().map(|(field, weight)| -> (Occur, Box<dyn TantivyQuery>) {
            (Occur::Should, Box::new(BoostQuery::new(in_field(clause, *field), *weight)))
        });
        Box::new(BooleanQuery::new(in_fields.collect()))
    }
}

fn in_field(clause: &Clause, field: Field) -> Box<dyn TantivyQuery> {
    let stem_term = |form: &Form| Term::from_field_text(field, &form.stem);
    let term_query = |term| -> Box<dyn TantivyQuery> { Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) };
    let phrase = |terms: Vec<Term>| -> Box<dyn TantivyQuery> { Box::new(PhraseQuery::new(terms)) };
    match clause.words.as_slice() {
        [form] if clause.is_phrase => term_query(exact_term(form, field)),
        [form] => {
            let stem = term_query(stem_term(form));
            let Some(exact) = &form.exact else { return stem };
            let exact = BoostQuery::new(term_query(Term::from_field_text(field, exact)), EXACT_WEIGHT);
            Box::new(BooleanQuery::new(vec![(Occur::Must, stem), (Occur::Should, Box::new(exact))]))
        }
        forms if clause.is_phrase => phrase(forms.iter().map(|form| exact_term(form, field)).collect()),
        forms => phrase(forms.iter().map(stem_term).collect()),
    }
}

/// A word as written: its exact form, which is its stem where the two are one.
fn exact_term(form: &Form, field: Field) -> Term {
    Term::from_field_text(field, form.exact.as_deref().unwrap_or(&form.stem))
}

struct Best {
    key: Field,
}

struct BestOfSegment {
    keys: Column<u64>,
    hits: Vec<(u64, i64)>,
}

impl Collector for Best {
    type Fruit = Vec<(u64, i64)>;
    type Child = BestOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let name = segment.schema().get_field_name(self.key).to_owned();
        Ok(BestOfSegment { keys: segment.fast_fields().column_opt(&name)?.ok_or_else(missing_column)?, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(u64, i64)>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.concat())
    }
}

fn missing_column() -> tantivy::TantivyError {
    tantivy::TantivyError::SchemaError("the index has no keys".to_owned())
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<(u64, i64)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let Some(key) = self.keys.first(doc) else { return };
        self.hits.push((key, (f64::from(score) * SCORE_UNIT).round() as i64));
    }

    fn harvest(self) -> Self::Fruit {
        self.hits
    }
}
