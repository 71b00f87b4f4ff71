//! How good search is on the vault at hand: queries whose answers somebody has judged are asked, and what they find is held
//! against what was wanted.
//!
//! Each query is asked as `search` asks it. Nothing is known here of the file that the judgements stand in.

use super::AskError;
use super::concept::{Concept, describe, named};
use super::search::{Filter, search};
use crate::graph::ConceptId;
use crate::index::Query;
use crate::snapshot::Snapshot;

/// So many of the first hits of a query are looked at.
const LOOKED_AT: usize = 100;

/// So many hits people look at.
const FIRST_PAGE: usize = 10;

/// A query, and what somebody says it should find.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedQuery {
    /// The line it stands on, from 1.
    pub line: u32,
    /// The query as typed.
    pub typed: String,
    /// What was read of it.
    pub query: Query,
    /// The concepts that answer it by name, alias or path, each with a grade above 0: the higher, the better it answers.
    pub wanted: Vec<(String, f64)>,
}

/// What came of asking judged queries.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalSearch {
    /// The means over all queries; all 0 where there is none.
    pub means: SearchFigures,
    /// How many queries found first what was wanted.
    pub found_first: usize,
    /// Each query, in the order asked.
    pub queries: Vec<SearchTrial>,
}

/// What came of one query.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchTrial {
    /// The line it stands on, from 1.
    pub line: u32,
    /// The query as typed.
    pub query: String,
    /// What was wanted, best grade first, else in the order named; each once.
    pub wanted: Vec<WantedHit>,
    /// What came first, if anything did.
    pub first: Option<Concept>,
    /// Its figures.
    pub figures: SearchFigures,
}

/// A concept that was wanted of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedHit {
    /// The concept.
    pub concept: Concept,
    /// How well it answers, above 0.
    pub grade: f64,
    /// Its place among the first hundred hits, from 1; none if it is not among them.
    pub rank: Option<usize>,
}

/// How good a list of hits is, or many lists on average, each within 0..=1 and rounded to ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SearchFigures {
    /// Normalized discounted cumulative gain of the first ten: the grades of what was found, each over log2(rank + 1), over
    /// the same sum of the best list there could be. 1 when the wanted come first, best grade first, as many of them as ten
    /// places hold; 0 when none of the first ten was wanted. After Järvelin and Kekäläinen, "Cumulated gain-based evaluation
    /// of IR techniques", ACM TOIS 20 (2002), whose discount is log2(rank) from the second place on; that of rank + 1, which
    /// tells the first place from the second, is what has been reported since.
    pub ndcg_10: f64,
    /// One over the rank of the first that was wanted; 0 if none of the first hundred was. The mean of it is MRR, after
    /// Voorhees, "The TREC-8 question answering track report" (1999).
    pub reciprocal_rank: f64,
    /// The share of the wanted that are among the first ten. Of more than ten wanted, not all can be.
    pub recall_10: f64,
    /// The share of the wanted that are among the first hundred.
    pub recall_100: f64,
    /// 1 if the first hit was wanted, whatever its grade, else 0.
    pub success_1: f64,
}

/// A judged query that cannot be asked: a name means no concept or several, or the index failed.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Misjudged {
    /// The line it stands on, from 1.
    pub line: u32,
    /// What is wrong.
    pub why: AskError,
}

impl SearchTrial {
    /// The rank of the first hit that was wanted, from 1; none if none of the first hundred was.
    pub fn first_wanted(&self) -> Option<usize> {
        self.wanted.iter().filter_map(|it| it.rank).min()
    }
}

impl SearchFigures {
    /// The figures of one list: of everything that was wanted, its grade and its rank from 1, if it was found.
    fn of(wanted: &[(f64, Option<usize>)]) -> SearchFigures {
        let gain = |grade: f64, rank: usize| if rank <= FIRST_PAGE { grade / (rank as f64 + 1.0).log2() } else { 0.0 };
        let mut found: Vec<(usize, f64)> = wanted.iter().filter_map(|(grade, rank)| Some(((*rank)?, *grade))).collect();
        let mut grades: Vec<f64> = wanted.iter().map(|(grade, _)| *grade).collect();
        // Sums are the same bytes in whatever order things were wanted.
        found.sort_by_key(|(rank, _)| *rank);
        grades.sort_by(|a, b| b.total_cmp(a));
        let gained: f64 = found.iter().map(|(rank, grade)| gain(*grade, *rank)).sum();
        let ideal: f64 = grades.iter().enumerate().map(|(at, grade)| gain(*grade, at + 1)).sum();
        let first = found.first().map(|(rank, _)| *rank);
        let share = |most: usize| {
            let among = found.iter().filter(|(rank, _)| *rank <= most).count();
            if wanted.is_empty() { 0.0 } else { among as f64 / wanted.len() as f64 }
        };
        SearchFigures {
            ndcg_10: if ideal > 0.0 { gained / ideal } else { 0.0 },
            reciprocal_rank: first.map_or(0.0, |rank| 1.0 / rank as f64),
            recall_10: share(FIRST_PAGE),
            recall_100: share(LOOKED_AT),
            success_1: if first == Some(1) { 1.0 } else { 0.0 },
        }
    }

    fn mean(all: &[SearchFigures]) -> SearchFigures {
        let mean =
            |of: fn(&SearchFigures) -> f64| if all.is_empty() { 0.0 } else { all.iter().map(of).sum::<f64>() / all.len() as f64 };
        SearchFigures {
            ndcg_10: mean(|it| it.ndcg_10),
            reciprocal_rank: mean(|it| it.reciprocal_rank),
            recall_10: mean(|it| it.recall_10),
            recall_100: mean(|it| it.recall_100),
            success_1: mean(|it| it.success_1),
        }
    }

    fn rounded(self) -> SearchFigures {
        // The sum of no numbers is -0.0; with 0.0 added it loses its sign.
        let round = |figure: f64| (figure * 10_000.0).round() / 10_000.0 + 0.0;
        SearchFigures {
            ndcg_10: round(self.ndcg_10),
            reciprocal_rank: round(self.reciprocal_rank),
            recall_10: round(self.recall_10),
            recall_100: round(self.recall_100),
            success_1: round(self.success_1),
        }
    }
}

/// Asks judged queries, as `search` would, and measures what they find. Every name is looked up before the first is asked.
///
/// # Errors
/// When a name means no concept or several, the snapshot was opened without its full text, or the index fails.
pub fn eval_search(snapshot: &Snapshot, judged: &[JudgedQuery]) -> Result<EvalSearch, Misjudged> {
    let misjudged = |line: u32| move |why: AskError| Misjudged { line, why };
    let wanted = |it: &JudgedQuery| wanted_of(snapshot, &it.wanted).map_err(misjudged(it.line));
    let wanted = judged.iter().map(wanted).collect::<Result<Vec<_>, Misjudged>>()?;
    let mut queries = Vec::new();
    let mut figures = Vec::new();
    for (it, wanted) in judged.iter().zip(wanted) {
        // Each copy was judged by itself, or not at all.
        let filter = Filter { limit: LOOKED_AT, all: true, ..Filter::default() };
        let found = search(snapshot, &it.typed, &it.query, &filter).map_err(misjudged(it.line))?;
        let hits: Vec<Concept> = found.hits.into_iter().map(|hit| hit.concept).collect();
        let rank = |concept: &Concept| hits.iter().position(|hit| hit == concept).map(|at| at + 1);
        let wanted: Vec<WantedHit> = wanted
            .into_iter()
            .map(|(id, grade)| {
                let concept = describe(snapshot, id);
                WantedHit { rank: rank(&concept), concept, grade }
            })
            .collect();
        let of_query = SearchFigures::of(&wanted.iter().map(|it| (it.grade, it.rank)).collect::<Vec<_>>());
        figures.push(of_query);
        let first = hits.into_iter().next();
        queries.push(SearchTrial { line: it.line, query: it.typed.clone(), wanted, first, figures: of_query.rounded() });
    }
    let found_first = figures.iter().filter(|it| it.success_1 > 0.0).count();
    Ok(EvalSearch { means: SearchFigures::mean(&figures).rounded(), found_first, queries })
}

/// Whom names mean, best grade first; who is named twice keeps the better grade.
fn wanted_of(snapshot: &Snapshot, names: &[(String, f64)]) -> Result<Vec<(ConceptId, f64)>, AskError> {
    let mut wanted: Vec<(ConceptId, f64)> = Vec::new();
    for (name, grade) in names {
        let concept = named(snapshot, name)?;
        match wanted.iter_mut().find(|(known, _)| *known == concept) {
            Some((_, known)) => *known = known.max(*grade),
            None => wanted.push((concept, *grade)),
        }
    }
    wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[(f64, Option<usize>)], expected: [f64; 5]) {
        let SearchFigures { ndcg_10, reciprocal_rank, recall_10, recall_100, success_1 } = SearchFigures::of(wanted).rounded();
        assert_eq!([ndcg_10, reciprocal_rank, recall_10, recall_100, success_1], expected, "{wanted:?}");
    }

    #[test]
    fn figures_of_one_list_are_those_worked_out_by_hand() {
        check(&[(1.0, Some(1))], [1.0; 5]);
        check(&[(1.0, None)], [0.0; 5]);
        // 1/log2(3) = 0.6309; ideal 1.
        check(&[(1.0, Some(2))], [0.6309, 0.5, 1.0, 1.0, 0.0]);
        // The better one second: 1/log2(2) + 2/log2(3) = 2.2619; ideal 2/log2(2) + 1/log2(3) = 2.6309.
        check(&[(2.0, Some(2)), (1.0, Some(1))], [0.8597, 1.0, 1.0, 1.0, 1.0]);
        // What comes eleventh gains nothing: 1/log2(11) = 0.2891; ideal 1/log2(2) + 1/log2(3) + 1/log2(4) = 2.1309.
        check(&[(1.0, Some(10)), (1.0, Some(11)), (1.0, None)], [0.1357, 0.1, 0.3333, 0.6667, 0.0]);
        // Of eleven wanted, ten fill the page: nDCG is 1 and Recall@10 cannot be.
        let eleven: Vec<(f64, Option<usize>)> = (1..=11).map(|rank| (1.0, Some(rank))).collect();
        check(&eleven, [1.0, 1.0, 0.9091, 1.0, 1.0]);
    }

    #[test]
    fn means_are_over_queries_and_of_none_they_are_nothing() {
        let of = |rank| SearchFigures::of(&[(1.0, rank)]);
        let mean = SearchFigures::mean(&[of(Some(1)), of(Some(3)), of(Some(50)), of(None)]).rounded();
        // nDCG 1, 1/log2(4) = 0.5, 0, 0; reciprocal ranks 1, 1/3, 1/50, 0.
        let expected =
            SearchFigures { ndcg_10: 0.375, reciprocal_rank: 0.3383, recall_10: 0.5, recall_100: 0.75, success_1: 0.25 };
        assert_eq!(mean, expected);
        assert_eq!(SearchFigures::mean(&[]), SearchFigures::default());
    }
}
