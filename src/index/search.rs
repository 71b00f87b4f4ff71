//! Asking the index: what a query seeks is looked for piece by piece, and what it excludes taken away.
//!
//! All that holds a piece is scored by the whole note first; the best by that are scored again by their best passages. Every
//! sum is made in the order of the query and of the fields, so that a score does not hang on how the notes lie in segments.

use super::gather::{Docs, Slates, has_many_terms};
use super::look::{Lookup, Slot};
use super::passage::{Part, Sought, saturated};
use super::query::{Clause, Leaf, Query};
use super::{Found, IndexError, SCORE_UNIT, TextIndex};
use foldhash::HashSet;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED, TantivyError, Term};

/// So many of the best by the whole note are scored by their passages. On judged collections 100 or 200 rank no better.
const BY_PASSAGE: usize = 50;

/// The notes of one segment while they are searched.
struct Searched {
    scores: Vec<f32>,
    touched: Docs,
    /// Which notes hold each word and phrase of the query, where it says more of them than that they rank.
    holding: Vec<Docs>,
}

/// The best of many notes, and how many there were.
struct Best {
    most: usize,
    /// Each by its score in units, its segment and its number there; more than asked for, until they are taken.
    hits: Vec<(f64, usize, DocId)>,
    /// What scores less is not among the best.
    least: f64,
    /// So many are looked through at once.
    room: usize,
    total: usize,
}

impl Best {
    fn of(most: usize) -> Best {
        let room = most.saturating_mul(2).max(1_000);
        Best { most, hits: Vec::new(), least: if most == 0 { f64::INFINITY } else { f64::NEG_INFINITY }, room, total: 0 }
    }

    fn add(&mut self, score: f32, at: usize, doc: DocId) {
        self.total += 1;
        let score = f64::from(score) * SCORE_UNIT;
        if score >= self.least {
            self.hits.push((score, at, doc));
            if self.hits.len() > self.room {
                self.drop_others();
                self.room = self.room.max(self.hits.len() * 2);
            }
        }
    }

    /// Keeps as many as are asked for, and all that tie with the last of them once their scores are whole.
    fn drop_others(&mut self) {
        if self.hits.len() > self.most {
            let (_, (last, ..), _) = self.hits.select_nth_unstable_by(self.most - 1, |a, b| b.0.total_cmp(&a.0));
            self.least = last.round() - 0.5;
            self.hits.retain(|(score, ..)| *score >= self.least);
        }
    }

    /// The best, each with its score in whole units; in no order.
    fn taken(mut self) -> impl Iterator<Item = (i64, usize, DocId)> {
        self.drop_others();
        self.hits.into_iter().map(|(score, at, doc)| (score.round() as i64, at, doc))
    }
}

impl TextIndex {
    /// The notes that fulfil a query, the best first. `fulfilled` holds for each condition of the query the keys of the notes
    /// that fulfil it. Takes time and memory in proportion to what holds the words, and where a query asks for no words, to
    /// all notes.
    ///
    /// The score is BM25F (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004; k₁ = 1.8,
    /// b = 0.75) with fixed usual lengths of fields, of the best passage of 150 words.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn search(&self, query: &Query, fulfilled: &[Vec<u64>], limit: usize) -> Result<Found, IndexError> {
        let mut lookup = self.lookup()?;
        let leaves = leaves_of(query);
        let is_ranked = is_ranked(query);
        let segments = self.searcher.segment_readers();
        let none = |segment: &tantivy::SegmentReader| Searched {
            scores: vec![0.0; segment.max_doc() as usize],
            touched: Docs::none(segment.max_doc()),
            holding: Vec::new(),
        };
        let mut searched: Vec<Searched> = segments.iter().map(none).collect();
        let mut slates = Slates::of(self);
        let mut sought = Vec::new();
        for (piece, (leaf, is_wanted)) in leaves.iter().enumerate() {
            let is_begun = *is_wanted && matches!(leaf, Leaf::Words(piece) if query.is_begun(piece));
            let (slots, exact) = self.terms(&mut lookup, *leaf, is_begun)?;
            let (holding, as_written) = slates.write(self, &slots, exact.as_deref(), &self.fields.texts)?;
            for (segment, docs) in searched.iter_mut().zip(slates.docs()) {
                if *is_wanted {
                    segment.touched.unite(docs);
                }
                if !is_ranked {
                    segment.holding.push(docs.clone());
                }
            }
            // What must not occur scores nothing.
            let weight = if *is_wanted { self.rarity(holding) } else { 0.0 };
            slates.wipe(|at, doc, count| searched[at].scores[doc as usize] += saturated(count) * weight);
            if *is_wanted {
                let exact_weight = self.rarity(as_written);
                sought.push(Sought { slots, exact, exact_weight, weight, piece, holding });
            }
        }
        let fulfilled: Vec<HashSet<u64>> = fulfilled.iter().map(|keys| keys.iter().copied().collect()).collect();
        let mut best = Best::of(if limit == 0 { 0 } else { limit.max(BY_PASSAGE) });
        for (at, (segment, searched)) in segments.iter().zip(&searched).enumerate() {
            let fulfils = |number: usize| {
                let mut docs = Docs::none(segment.max_doc());
                if let Some(keys) = fulfilled.get(number) {
                    let is_in = |doc: &DocId| self.keys[at].first(*doc).is_some_and(|key| keys.contains(&key));
                    segment.doc_ids_alive().filter(is_in).for_each(|doc| docs.add(doc));
                }
                docs
            };
            let of_leaf = |leaf: Leaf<'_>| match leaf {
                Leaf::Condition(number) => fulfils(number),
                leaf => {
                    let known = leaves.iter().position(|(known, _)| *known == leaf);
                    known.and_then(|known| searched.holding.get(known)).cloned().unwrap_or_else(|| Docs::none(segment.max_doc()))
                }
            };
            let alive = || Docs::alive(segment);
            let found = if is_ranked { searched.touched.clone() } else { fulfilling(query, query.root(), &of_leaf, &alive) };
            found.iter().for_each(|doc| best.add(searched.scores.get(doc as usize).copied().unwrap_or_default(), at, doc));
        }
        let total = best.total;
        let with_key = |(score, at, doc): (i64, usize, DocId)| Some((score, self.keys[at].first(doc)?, at, doc));
        let mut best: Vec<(i64, u64, usize, DocId)> = best.taken().filter_map(with_key).collect();
        best.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let again = best.len().min(BY_PASSAGE);
        self.score_again(&mut best[..again], &sought)?;
        // What was not looked at again ranks behind.
        let least = best[..again].last().map_or(i64::MAX, |(score, ..)| *score);
        best[again..].iter_mut().for_each(|(score, ..)| *score = (*score).min(least));
        let mut best: Vec<(u64, i64)> = best.into_iter().map(|(score, key, ..)| (key, score)).collect();
        if best.len() > limit {
            let last = best[limit - 1].1;
            best.retain(|(_, score)| *score >= last);
        }
        let by_passage = again.min(best.len());
        Ok(Found { best, by_passage, total })
    }

    /// What a word or phrase of a query is looked for by; and the term for a word as written, where that counts besides.
    fn terms(&self, lookup: &mut Lookup, leaf: Leaf<'_>, is_begun: bool) -> Result<(Vec<Slot>, Option<Box<str>>), IndexError> {
        match leaf {
            Leaf::Phrase(piece) => Ok((lookup.exact(&piece.text), None)),
            Leaf::Words(piece) => {
                let slots = self.slots(lookup, &piece.text, is_begun)?;
                let exact = if slots.len() == 1 { lookup.exact(&piece.text).pop() } else { None };
                Ok((slots, exact.and_then(|mut slot| slot.pop())))
            }
            Leaf::Condition(_) => Ok((Vec::new(), None)),
        }
    }

    /// How telling it is to hold what so many notes hold: the inverse document frequency of BM25, at least 0.01. By nothing at
    /// all, what every note holds would rank none above another.
    pub(super) fn rarity(&self, holding: usize) -> f32 {
        let (notes, holding) = (self.searcher.num_docs() as f32, holding as f32);
        (1.0 + (notes - holding + 0.5) / (holding + 0.5)).ln().max(0.01)
    }

    /// Scores the best notes by their best passages and puts them in order.
    fn score_again(&self, best: &mut [(i64, u64, usize, DocId)], sought: &[Sought]) -> Result<(), IndexError> {
        if sought.is_empty() {
            return Ok(());
        }
        best.sort_unstable_by_key(|(_, _, at, doc)| (*at, *doc));
        let (mut of_segments, mut rest) = (Vec::new(), &mut *best);
        for at in 0..self.keys.len() {
            let (of_segment, others) = rest.split_at_mut(rest.partition_point(|(_, _, segment, _)| *segment <= at));
            of_segments.push((at, of_segment));
            rest = others;
        }
        let is_much = sought.iter().any(|it| has_many_terms(&it.slots));
        self.each_segment(is_much, &mut of_segments, |_, (at, of_segment)| {
            let docs: Vec<DocId> = of_segment.iter().map(|(.., doc)| *doc).collect();
            let scores = if docs.is_empty() { Vec::new() } else { self.by_passage(*at, &docs, sought, false)? };
            for ((score, ..), (again, _)) in of_segment.iter_mut().zip(scores) {
                *score = (again * SCORE_UNIT).round() as i64;
            }
            Ok(())
        })?;
        best.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(())
    }

    /// What the scores of notes by their best passages are made of, note by note as they were asked for: parts in the order of
    /// the query, pairs behind them, that add up to the score that [`TextIndex::search`] gives to those it scored by their
    /// passages. Takes time in proportion to the notes that hold the words; of a note that is not there, no part.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn explain(&self, query: &Query, keys: &[u64]) -> Result<Vec<Vec<Part>>, IndexError> {
        let mut lookup = self.lookup()?;
        let (mut slates, mut sought) = (Slates::of(self), Vec::new());
        let leaves: Vec<_> = leaves_of(query).into_iter().filter(|(_, is_wanted)| *is_wanted).collect();
        for (piece, (leaf, _)) in leaves.iter().enumerate() {
            let is_begun = matches!(leaf, Leaf::Words(piece) if query.is_begun(piece));
            let (slots, exact) = self.terms(&mut lookup, *leaf, is_begun)?;
            let (holding, as_written) = slates.write(self, &slots, exact.as_deref(), &self.fields.texts)?;
            slates.wipe(|_, _, _| ());
            let exact_weight = self.rarity(as_written);
            sought.push(Sought { slots, exact, exact_weight, weight: self.rarity(holding), piece, holding });
        }
        let mut explained = vec![Vec::new(); keys.len()];
        let mut places = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            places.extend(self.doc_of(*key)?.map(|(at, doc)| (at, doc, number)));
        }
        places.sort_unstable();
        for of_segment in places.chunk_by(|a, b| a.0 == b.0) {
            let docs: Vec<DocId> = of_segment.iter().map(|(_, doc, _)| *doc).collect();
            let told = self.by_passage(of_segment[0].0, &docs, &sought, true)?;
            for ((.., number), (_, parts)) in of_segment.iter().zip(told) {
                explained[*number] = parts;
            }
        }
        Ok(explained)
    }

    /// Where the note of a key stands: its segment and its number there.
    fn doc_of(&self, key: u64) -> Result<Option<(usize, DocId)>, IndexError> {
        let term = Term::from_field_u64(self.fields.key, key);
        for (at, segment) in self.searcher.segment_readers().iter().enumerate() {
            let list = segment.inverted_index(self.fields.key)?.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut list) = list.map_err(TantivyError::from)? else { continue };
            while list.doc() != TERMINATED {
                if segment.alive_bitset().is_none_or(|alive| alive.is_alive(list.doc())) {
                    return Ok(Some((at, list.doc())));
                }
                list.advance();
            }
        }
        Ok(None)
    }
}

/// The words and phrases of a query, first those that raise a note, then others, with whether they do.
fn leaves_of(query: &Query) -> Vec<(Leaf<'_>, bool)> {
    let leaf = |piece, is_phrase| if is_phrase { Leaf::Phrase(piece) } else { Leaf::Words(piece) };
    let mut leaves: Vec<_> = query.pieces().into_iter().map(|(piece, is_phrase)| (leaf(piece, is_phrase), true)).collect();
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

/// Whether a query is nothing but words that rank.
fn is_ranked(query: &Query) -> bool {
    matches!(query.root(), Clause::Ranked(parts) if !parts.is_empty() && parts.iter().all(|part| matches!(part, Clause::Words(_))))
}

/// The notes of a segment that fulfil a part of a query, told by those that each leaf gives: the same as [`Query::holds`] says
/// of one note, for all of them at once.
fn fulfilling(query: &Query, clause: &Clause, of_leaf: &dyn Fn(Leaf<'_>) -> Docs, alive: &dyn Fn() -> Docs) -> Docs {
    let of = |part: &Clause| fulfilling(query, part, of_leaf, alive);
    let all = |parts: &mut dyn Iterator<Item = &Clause>| {
        let mut docs = alive();
        parts.for_each(|part| docs.keep(&of(part), true));
        docs
    };
    let any = |parts: &mut dyn Iterator<Item = &Clause>| {
        let mut docs = alive();
        docs.clear();
        parts.for_each(|part| docs.unite(&of(part)));
        docs
    };
    match clause {
        Clause::Words(piece) => of_leaf(Leaf::Words(piece)),
        Clause::Phrase(piece) => of_leaf(Leaf::Phrase(piece)),
        Clause::Condition(number) => of_leaf(Leaf::Condition(*number)),
        Clause::Not(part) => {
            let mut docs = alive();
            docs.keep(&of(part), false);
            docs
        }
        Clause::All(parts) => all(&mut parts.iter()),
        Clause::Any(parts) => any(&mut parts.iter()),
        Clause::Ranked(parts) => {
            let is_word = |part: &&Clause| matches!(part, Clause::Words(_));
            let mut docs = all(&mut parts.iter().filter(|part| !is_word(part)));
            let is_enough = parts.iter().any(|part| !is_word(&part) && query.is_of_text(part));
            if !is_enough && parts.iter().any(|part| is_word(&part)) {
                docs.keep(&any(&mut parts.iter().filter(is_word)), true);
            }
            docs
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, note};
    use super::super::{Indexer, MANY, Query, TextIndex, What};
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
        (
            words,
            prop::sample::select(vec![
                "",
                "# Mirror\n\n",
                "#neuron\n\n",
                "---\naliases: [empathy]\n---\n",
                "---\nlang: fr\n---\n",
            ]),
        )
            .prop_map(|(words, start)| format!("{start}{}", words.join(" ")))
    }

    /// Slips, one of them a word that some notes held and maybe none does by now.
    const SLIPS: [&str; 6] = ["miror", "neuroon empahty", "mirr or", "wellknown", "neuro nempathi", "mirrorneuron Empathx"];

    const QUERIES: [&str; 6] = [
        "mirror",
        "mirrors empathies neurons and of well-known",
        "\"of mirrors\"",
        "empathy -neuron",
        "well-known \"and\" mirror -\"and of\"",
        "neuron unheard",
    ];

    #[test]
    fn what_a_score_is_made_of() {
        let index = index_of(&["# Mirror\n\nMirror neurons, and mirrors.", "a mirror", "nothing", "neuron"]);
        let parts = |query: &str, key| {
            let query = Query::parse(query).expect("a query");
            let parts = index.explain(&query, &[9, key]).expect("an answer").pop().expect("parts");
            let told = |part: &super::Part| {
                let kind = if part.is_pair {
                    "pair"
                } else if part.is_exact {
                    "exact"
                } else {
                    "any"
                };
                (part.piece, kind, part.in_passage, part.fields.join(" "), part.notes)
            };
            parts.iter().map(told).collect::<Vec<_>>()
        };
        let fields = || "title headings".to_owned();
        let mirror = [(0, "any", 3, fields(), Some(2)), (0, "exact", 0, String::new(), None)];
        assert_eq!(parts("mirror", 0), mirror);
        assert_eq!(
            parts("mirror neuron", 0)[1..],
            [(1, "any", 1, String::new(), Some(2)), (0, "exact", 0, String::new(), None), (0, "pair", 1, String::new(), None)]
        );
        assert_eq!(parts("\"mirror neurons\" -nothing", 0), [(0, "any", 1, String::new(), Some(1))]);
        assert_eq!(parts("mirror", 2), []);
        assert_eq!(parts("mirror", 77), []);
    }

    #[test]
    fn a_beginning_finds_the_same_on_any_number_of_cores() {
        let indexer = Indexer::in_memory().expect("an index");
        for key in 0..MANY {
            let (note, prose) = note(&format!("wa{} wb{} wa{}", key % 61, key % 7, key % 13));
            indexer.add(key as u64, &note, &prose);
        }
        let index = indexer.finish("").expect("an index");
        let found = |cores: usize, query: &str| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().expect("threads");
            let query = Query::parse(query).expect("a query").completing();
            pool.install(|| index.search(&query, &[], 100).expect("an answer"))
        };
        let on_one = [found(1, "wa1"), found(1, "wb")];
        assert_eq!(on_one, [found(4, "wa1"), found(4, "wb")]);

        let begins = |key: &usize| (key % 61).to_string().starts_with('1') || (key % 13).to_string().starts_with('1');
        assert_eq!(on_one.map(|found| found.total), [(0..MANY).filter(begins).count(), MANY]);
    }

    #[test]
    fn behind_the_best_there_is_no_score_by_passage() {
        let texts: Vec<String> = (0..300).map(|number| "mirror ".repeat(number % 3 + 1)).collect();
        let index = index_of(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let found = |limit| index.search(&Query::parse("mirror").expect("a query"), &[], limit).expect("an answer");
        assert_eq!(found(1_000).by_passage, super::BY_PASSAGE);
        assert_eq!(found(1_000).best.len(), 300);
        assert!(found(1_000).best.is_sorted_by_key(|(_, score)| -score));
        assert_eq!((found(10).by_passage, found(10).best.len()), (super::BY_PASSAGE, super::BY_PASSAGE));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_parts_add_up_to_the_score(texts in prop::collection::vec(text(), 1..30), long in prop::collection::vec(text(), 6)) {
            let mut notes: BTreeMap<u64, String> = texts.into_iter().enumerate().map(|(key, text)| (key as u64, text)).collect();
            notes.insert(99, long.join("\n\n"));
            let index = built(&notes);
            for query in QUERIES {
                let found = found(&index, query);
                let keys: Vec<u64> = found.iter().map(|(key, _)| *key).collect();
                let explained = index.explain(&Query::parse(query).expect("a query"), &keys).expect("an answer");
                for ((key, score), parts) in found.iter().zip(explained) {
                    let sum: f64 = parts.iter().map(|part| part.adds).sum();
                    prop_assert!((sum - *score as f64 / super::SCORE_UNIT).abs() < 1e-4, "{} {} {:?}", query, key, parts);
                    prop_assert!(parts.iter().all(|part| part.adds > 0.0));
                }
            }
        }
    }

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
                prop_assert_eq!(index.sought_words(&query).expect("words"), anew.sought_words(&query).expect("words"));
                let begun = query.completing();
                prop_assert_eq!(index.sought_words(&begun).expect("words"), anew.sought_words(&begun).expect("words"));
                let best = |index: &TextIndex| index.search(&begun, &[], usize::MAX).expect("an answer");
                prop_assert_eq!(best(&index), best(&anew));
            }
            for typed in SLIPS.into_iter().chain(QUERIES) {
                let query = Query::parse(typed).expect("a query");
                let corrected = |index: &TextIndex| index.corrected(&query, typed).expect("a query");
                prop_assert_eq!(corrected(&index), corrected(&anew), "{}", typed);
            }
        }
    }
}
