//! Full text: which notes speak of something, and where in a note it is said. tantivy is at home here and nowhere else.
//!
//! The index knows notes by number and keeps no text; it knows nothing of links. For now it is built anew for each
//! question that needs it, while the notes are read.

mod build;
mod excerpt;
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
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery, Query as TantivyQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader, Term};
use words::Form;

/// Why the index gave no answer: tantivy's own reason.
#[derive(Debug, thiserror::Error)]
#[error("the text index failed: {0}")]
pub struct IndexError(Box<str>);

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        IndexError(error.to_string().into())
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
}

/// The notes that a query finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best notes by number, each with its score in ten-thousandths: highest first, ties by number.
    pub best: Vec<(u32, i64)>,
    /// How many notes the query finds.
    pub total: usize,
}

/// What one unit of a score is: scores are rounded to whole ones before they are compared, so that the order in which a
/// machine adds up does not decide.
pub const SCORE_UNIT: f64 = 10_000.0;

/// What the exact form of a word adds to its stem.
const EXACT_WEIGHT: f32 = 0.2;

impl TextIndex {
    /// The notes that hold a word of the query and none of its unwanted ones, ranked by BM25 over the fields. `keep` says
    /// by number which notes may be found at all.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn search(&self, query: &Query, limit: usize, mut keep: Vec<bool>) -> Result<Found, IndexError> {
        // What must or must not be there is asked for clause by clause and taken off here. tantivy would skip through the
        // clauses together, and in 0.27 a union that is skipped through can stand on a document it does not hold.
        let everything: Arc<[bool]> = vec![true; keep.len()].into();
        for (clause, is_wanted) in
            query.wanted.iter().filter(|it| it.is_phrase).map(|it| (it, true)).chain(query.unwanted.iter().map(|it| (it, false)))
        {
            let mut holds = vec![false; keep.len()];
            self.collect(&*self.clause(clause), Arc::clone(&everything))?
                .iter()
                .for_each(|(number, _)| holds[*number as usize] = true);
            keep.iter_mut().zip(holds).for_each(|(keep, holds)| *keep &= holds == is_wanted);
        }
        let wanted = query.wanted.iter().map(|clause| (Occur::Should, self.clause(clause)));
        let mut hits = self.collect(&BooleanQuery::new(wanted.collect()), keep.into())?;
        let total = hits.len();
        hits.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        hits.truncate(limit);
        Ok(Found { best: hits, total })
    }

    fn collect(&self, query: &dyn TantivyQuery, keep: Arc<[bool]>) -> Result<Vec<(u32, i64)>, IndexError> {
        Ok(self.searcher.search(query, &Best { number: self.fields.number, keep })?)
    }

    /// How telling each stem of the query is, in the order in which they are asked for: the inverse document frequency of
    /// BM25 over the bodies, at least 0.1.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn weights(&self, query: &Query) -> Result<Vec<f32>, IndexError> {
        let body = self.fields.texts[self.fields.texts.len() - 1].0;
        let notes = self.searcher.num_docs() as f32;
        let weight = |stem: &&str| {
            let frequency = self.searcher.doc_freq(&Term::from_field_text(body, stem))? as f32;
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

/// Collects every note that matches, by number, so that equal scores are told apart by the note and not by where the
/// index happened to put it.
struct Best {
    number: Field,
    keep: Arc<[bool]>,
}

struct BestOfSegment {
    numbers: Column<u64>,
    keep: Arc<[bool]>,
    hits: Vec<(u32, i64)>,
}

impl Collector for Best {
    type Fruit = Vec<(u32, i64)>;
    type Child = BestOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let name = segment.schema().get_field_name(self.number).to_owned();
        Ok(BestOfSegment {
            numbers: segment.fast_fields().column_opt(&name)?.ok_or_else(missing_column)?,
            keep: Arc::clone(&self.keep),
            hits: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(u32, i64)>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.concat())
    }
}

fn missing_column() -> tantivy::TantivyError {
    tantivy::TantivyError::SchemaError("the index has no note numbers".to_owned())
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<(u32, i64)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let Some(number) = self.numbers.first(doc) else { return };
        if self.keep.get(number as usize) == Some(&true) {
            self.hits.push((number as u32, (f64::from(score) * SCORE_UNIT).round() as i64));
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.hits
    }
}
