//! Asking the index: clause by clause and field by field, added up here.
//!
//! Each word in each field is asked for by itself. tantivy would go through all of them together and add up in the order in
//! which it comes by them, which hangs on how the notes lie in segments, and so would the last digit of a score; and in
//! 0.27 a union that is skipped through can stand on a document it does not hold. Here each part of a score is made a
//! whole number before it is added, so that no order decides.

use super::live::Live;
use super::query::{Clause, Leaf, Query};
use super::words::{Form, forms_of};
use super::{Found, IndexError, SCORE_UNIT, TextIndex};
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, PhraseQuery, Query as TantivyQuery, TermQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, Term};

/// What the exact form of a word adds to its stem.
const EXACT_WEIGHT: f32 = 0.2;

/// Parts of scores are added up in so many steps to a unit of a score.
const STEPS: i64 = 100_000;

/// A word or phrase in one field, ready to be looked for.
struct Part {
    look: Box<dyn Weight>,
    weight: f32,
}

impl TextIndex {
    /// The notes that fulfil a query, ranked by BM25 over the fields. `fulfilled` holds for each condition of the query the keys
    /// of the notes that fulfil it, ascending. Takes time and memory in proportion to what holds the words; the first
    /// question also a little time in proportion to all notes, to know how long they are, and so does each condition.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn search(&self, query: &Query, fulfilled: &[Vec<u64>], limit: usize) -> Result<Found, IndexError> {
        let live = Live::of(self);
        let mut leaves: Vec<(Leaf<'_>, Vec<Part>)> = Vec::new();
        for (leaf, is_wanted) in leaves_of(query) {
            let (Leaf::Words(piece) | Leaf::Phrase(piece)) = leaf else { continue };
            let parts = self.parts(&forms_of(&piece.text), matches!(leaf, Leaf::Phrase(_)), &live)?;
            leaves.push((leaf, if is_wanted { parts } else { parts.into_iter().map(Part::silent).collect() }));
        }
        let mut hits: Vec<(i64, usize, DocId)> = Vec::new();
        for (at, segment) in self.searcher.segment_readers().iter().enumerate() {
            let mut tally = Tally::default();
            let mut holding: Vec<(Leaf<'_>, Vec<DocId>)> = Vec::new();
            for (leaf, parts) in &leaves {
                holding.push((*leaf, tally.add_clause(segment, parts)?));
            }
            let fulfils = |doc: DocId, number: usize| {
                let key = self.keys[at].first(doc);
                key.is_some_and(|key| fulfilled.get(number).is_some_and(|keys| keys.binary_search(&key).is_ok()))
            };
            let scores = tally.scores();
            let holds = |doc: DocId| {
                query.holds(query.root(), &mut |leaf| match leaf {
                    Leaf::Condition(number) => fulfils(doc, number),
                    leaf => holding.iter().any(|(known, docs)| *known == leaf && docs.binary_search(&doc).is_ok()),
                })
            };
            let score = |doc: DocId| scores.binary_search_by_key(&doc, |(doc, _)| *doc).map_or(0, |at| scores[at].1);
            hits.extend(segment.doc_ids_alive().filter(|doc| holds(*doc)).map(|doc| (score(doc), at, doc)));
        }
        let total = hits.len();
        if (1..total).contains(&limit) {
            let (_, (last, ..), _) = hits.select_nth_unstable_by(limit - 1, |a, b| b.0.cmp(&a.0));
            let last = *last;
            hits.retain(|(score, ..)| *score >= last);
        }
        let hits = if limit == 0 { Vec::new() } else { hits };
        let with_key = |(score, at, doc): (i64, usize, DocId)| Some((self.keys[at].first(doc)?, score));
        let mut best: Vec<(u64, i64)> = hits.into_iter().filter_map(with_key).collect();
        best.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Ok(Found { best, total })
    }

    /// The keys of the notes that hold these terms of one field one behind the other.
    pub(super) fn holding_all(&self, terms: Vec<Term>) -> Result<Vec<u64>, IndexError> {
        let query: Box<dyn TantivyQuery> = match <[Term; 1]>::try_from(terms) {
            Ok([term]) => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
            Err(terms) if terms.is_empty() => return Ok(Vec::new()),
            Err(terms) => Box::new(PhraseQuery::new(terms)),
        };
        let look = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut holding = Vec::new();
        for (segment, keys) in self.searcher.segment_readers().iter().zip(&self.keys) {
            look.for_each_no_score(segment, &mut |docs| {
                let alive = docs.iter().filter(|doc| segment.alive_bitset().is_none_or(|alive| alive.is_alive(**doc)));
                holding.extend(alive.filter_map(|doc| keys.first(*doc)));
            })?;
        }
        Ok(holding)
    }

    /// A piece over all fields. Their scores add up: on a judged collection that ranks better than the best field alone.
    /// What no note holds is left out.
    fn parts(&self, forms: &[Form], is_phrase: bool, live: &Live<'_>) -> Result<Vec<Part>, IndexError> {
        let mut parts = Vec::new();
        for (field, weight) in self.fields.texts {
            for (terms, share) in terms(forms, is_phrase, field) {
                let mut is_anywhere = true;
                for term in &terms {
                    is_anywhere = is_anywhere && live.doc_freq(term)? > 0;
                }
                if !is_anywhere {
                    continue;
                }
                let query: Box<dyn TantivyQuery> = match <[Term; 1]>::try_from(terms) {
                    Ok([term]) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
                    Err(terms) => Box::new(PhraseQuery::new(terms)),
                };
                let scoring = EnableScoring::enabled_from_statistics_provider(live, &self.searcher);
                parts.push(Part { look: query.weight(scoring)?, weight: weight * share });
            }
        }
        Ok(parts)
    }
}

impl Part {
    /// The same, only to know which notes hold it.
    fn silent(self) -> Part {
        Part { weight: 0.0, ..self }
    }
}

/// The words and phrases of a query, with whether they raise a note.
fn leaves_of(query: &Query) -> Vec<(Leaf<'_>, bool)> {
    let leaf = |piece, is_phrase| if is_phrase { Leaf::Phrase(piece) } else { Leaf::Words(piece) };
    let mut leaves: Vec<_> = query.pieces().into_iter().map(|(piece, is_phrase)| (leaf(piece, is_phrase), true)).collect();
    // Asked of nothing that fulfils them, a query names the others, too.
    let mut todo = vec![query.root()];
    while let Some(clause) = todo.pop() {
        match clause {
            Clause::Words(piece) | Clause::Phrase(piece) => {
                let leaf = leaf(piece, matches!(clause, Clause::Phrase(_)));
                if !leaves.iter().any(|(known, _)| *known == leaf) {
                    leaves.push((leaf, false));
                }
            }
            Clause::Condition(_) => {}
            Clause::Not(part) => todo.push(part),
            Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => todo.extend(parts),
        }
    }
    leaves
}

/// What a piece looks for in a field, one term or those of a phrase, and how much it counts. The exact form of a word
/// stands only where its stem does.
fn terms(forms: &[Form], is_phrase: bool, field: Field) -> Vec<(Vec<Term>, f32)> {
    let stem = |form: &Form| Term::from_field_text(field, &form.stem);
    // A word as written: its exact form, which is its stem where the two are one.
    let exact = |form: &Form| Term::from_field_text(field, form.exact.as_deref().unwrap_or(&form.stem));
    match forms {
        forms if is_phrase => vec![(forms.iter().map(exact).collect(), 1.0)],
        [form] if form.exact.is_some() => vec![(vec![stem(form)], 1.0), (vec![exact(form)], EXACT_WEIGHT)],
        forms => vec![(forms.iter().map(stem).collect(), 1.0)],
    }
}

/// The scores of one segment, being added up.
#[derive(Default)]
struct Tally {
    /// Notes with parts of their scores in steps: first those added up, by number, then what came since.
    parts: Vec<(DocId, i64)>,
    added_up: usize,
}

impl Tally {
    /// Adds what a piece scores in each note; gives back which notes hold it, by number.
    fn add_clause(&mut self, segment: &SegmentReader, parts: &[Part]) -> Result<Vec<DocId>, IndexError> {
        let mut holding = Vec::new();
        for Part { look, weight } in parts {
            look.for_each(segment, &mut |doc, score: Score| {
                if segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) {
                    let steps = f64::from(score) * f64::from(*weight) * SCORE_UNIT * STEPS as f64;
                    self.parts.push((doc, steps.round() as i64));
                    holding.push(doc);
                }
            })?;
            // A query of a thousand words must not keep a thousand lists.
            if self.parts.len() > 2 * self.added_up {
                self.add_up();
            }
        }
        holding.sort();
        holding.dedup();
        Ok(holding)
    }

    fn add_up(&mut self) {
        // What comes from one part is in order, and this sort is fast on lists in order one behind the other.
        self.parts.sort_by_key(|(doc, _)| *doc);
        self.parts.dedup_by(|next, sum| {
            let is_same = next.0 == sum.0;
            sum.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        self.added_up = self.parts.len();
    }

    /// The notes that hold anything with their scores, by number.
    fn scores(mut self) -> Vec<(DocId, i64)> {
        self.add_up();
        self.parts.into_iter().map(|(doc, steps)| (doc, rounded(steps))).collect()
    }
}

/// Steps as whole units.
fn rounded(steps: i64) -> i64 {
    steps.saturating_add(STEPS / 2) / STEPS
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, note};
    use super::super::{Indexer, Query, TextIndex, What};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn built(notes: &BTreeMap<u64, String>) -> TextIndex {
        let indexer = Indexer::in_memory().expect("an index");
        for (key, text) in notes {
            let (note, prose) = note(text);
            indexer.add(*key, &note, &prose);
        }
        indexer.finish("").expect("an index")
    }

    fn index_of(texts: &[&str]) -> TextIndex {
        built(&texts.iter().enumerate().map(|(key, text)| (key as u64, (*text).to_owned())).collect())
    }

    fn keys(index: &TextIndex, query: &str) -> Vec<u64> {
        let mut keys: Vec<u64> = found(index, query).iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn what_a_query_finds() {
        let index = index_of(&["mirror neurons", "neuron mirrors", "a mirror", "nothing"]);
        assert_eq!(keys(&index, "mirror neuron"), [0, 1, 2]);
        assert_eq!(keys(&index, "\"mirror neurons\""), [0]);
        assert_eq!(keys(&index, "mirror -neuron"), [2]);
        assert_eq!(keys(&index, "\"a mirror\" neuron"), [2]);
        assert_eq!(found(&index, "mirrors")[0].0, 1, "the exact form counts");
    }

    #[test]
    fn ties_with_the_last_are_among_the_best() {
        let index = index_of(&["mirror mirror", "mirror here", "mirror now", "mirror then", "-"]);
        let query = Query::parse("mirror").expect("a query");
        let best = |limit, keys: Option<Vec<u64>>| {
            let query = query.clone().and(keys.iter().map(|_| What::Wanted("".into())));
            let found = index.search(&query, &Vec::from_iter(keys), limit).expect("an answer");
            (found.best.iter().map(|(key, _)| *key).collect::<Vec<_>>(), found.total)
        };
        assert_eq!(best(0, None), (vec![], 4));
        assert_eq!(best(1, None), (vec![0], 4));
        assert_eq!(best(2, None), (vec![0, 1, 2, 3], 4));
        assert_eq!(best(1, Some(vec![2, 3, 4])), (vec![2, 3], 2));
    }

    /// A note of a few words of a small language, with a heading and a tag now and then.
    fn text() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec!["mirror", "mirrors", "neuron", "empathy", "empathies", "and", "of", "well-known"]);
        let words = prop::collection::vec(word, 0..60);
        (words, prop::sample::select(vec!["", "# Mirror\n\n", "#neuron\n\n", "---\naliases: [empathy]\n---\n"]))
            .prop_map(|(words, start)| format!("{start}{}", words.join(" ")))
    }

    const QUERIES: [&str; 6] = [
        "mirror",
        "mirrors empathies neurons and of well-known",
        "\"of mirrors\"",
        "empathy -neuron",
        "well-known \"and\" mirror -\"and of\"",
        "neuron unheard",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_index_brought_up_to_date_equals_one_built_anew(
            first in prop::collection::vec(text(), 0..40),
            updates in prop::collection::vec(prop::collection::vec((0..50_usize, prop::option::of(text())), 1..4), 1..14),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let indexer = Indexer::create(folder.path()).expect("an index");
            let mut notes: BTreeMap<u64, String> = BTreeMap::new();
            let put = |indexer: &Indexer, key: u64, text: &str| {
                let (note, prose) = note(text);
                indexer.add(key, &note, &prose);
            };
            for text in first {
                let key = notes.len() as u64;
                put(&indexer, key, &text);
                notes.insert(key, text);
            }
            let mut index = indexer.finish("").expect("an index");
            for (round, update) in updates.into_iter().enumerate() {
                let indexer = Indexer::open(folder.path(), update.len()).expect("an index");
                for (at, (which, text)) in update.into_iter().enumerate() {
                    // Another text of a note is another note to the index; none removes one.
                    let old = notes.keys().nth(which).copied();
                    if let Some(old) = old {
                        indexer.remove(old);
                        notes.remove(&old);
                    }
                    if let Some(text) = text {
                        let key = 1_000 * (round as u64 + 1) + at as u64;
                        put(&indexer, key, &text);
                        notes.insert(key, text);
                    }
                }
                index = indexer.finish("").expect("an index");
            }
            let anew = built(&notes);
            prop_assert_eq!(index.keys(), anew.keys());
            for query in QUERIES {
                prop_assert_eq!(found(&index, query), found(&anew, query), "{}", query);
                let query = Query::parse(query).expect("a query");
                prop_assert_eq!(index.weights(&query).expect("weights"), anew.weights(&query).expect("weights"));
            }
        }
    }
}
