//! The wire structs of what measuring on a vault found.

use super::ConceptWire;
use crate::answer::{EvalLinks, EvalRow, EvalSearch, RankFigures, SearchFigures, SearchTrial, WantedHit};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct EvalLinksWire {
    share: f64,
    seed: u64,
    pairs: usize,
    hidden: usize,
    questions: usize,
    total: usize,
    rankings: Vec<RankingWire>,
}

#[derive(Serialize)]
struct RankingWire {
    ranking: &'static str,
    plain: FiguresWire,
    corrected: FiguresWire,
}

#[derive(Serialize)]
struct FiguresWire {
    mrr: f64,
    hits_1: f64,
    hits_10: f64,
}

impl From<&EvalLinks> for EvalLinksWire {
    fn from(eval: &EvalLinks) -> Self {
        let figures = |it: &RankFigures| FiguresWire { mrr: it.mrr, hits_1: it.hits_1, hits_10: it.hits_10 };
        let ranking =
            |it: &EvalRow| RankingWire { ranking: it.ranking, plain: figures(&it.plain), corrected: figures(&it.corrected) };
        let EvalLinks { share, seed, pairs, hidden, questions, .. } = *eval;
        let rankings: Vec<RankingWire> = eval.rows.iter().map(ranking).collect();
        EvalLinksWire { share, seed, pairs, hidden, questions, total: rankings.len(), rankings }
    }
}

#[derive(Serialize)]
pub(super) struct EvalSearchWire<'a> {
    total: usize,
    found_first: usize,
    means: MeansWire,
    queries: Vec<TrialWire<'a>>,
}

#[derive(Serialize)]
struct MeansWire {
    ndcg_10: f64,
    mrr: f64,
    recall_10: f64,
    recall_100: f64,
    success_1: f64,
}

#[derive(Serialize)]
struct TrialWire<'a> {
    line: u32,
    query: &'a str,
    ndcg_10: f64,
    reciprocal_rank: f64,
    recall_10: f64,
    recall_100: f64,
    /// The first wanted one's; null if none was found.
    rank: Option<usize>,
    first: Option<ConceptWire<'a>>,
    wanted: Vec<WantedHitWire<'a>>,
}

#[derive(Serialize)]
struct WantedHitWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    grade: f64,
    rank: Option<usize>,
}

impl<'a> From<&'a EvalSearch> for EvalSearchWire<'a> {
    fn from(eval: &'a EvalSearch) -> Self {
        let SearchFigures { ndcg_10, reciprocal_rank, recall_10, recall_100, success_1 } = eval.means;
        EvalSearchWire {
            total: eval.queries.len(),
            found_first: eval.found_first,
            means: MeansWire { ndcg_10, mrr: reciprocal_rank, recall_10, recall_100, success_1 },
            queries: eval.queries.iter().map(TrialWire::from).collect(),
        }
    }
}

impl<'a> From<&'a SearchTrial> for TrialWire<'a> {
    fn from(trial: &'a SearchTrial) -> Self {
        let SearchFigures { ndcg_10, reciprocal_rank, recall_10, recall_100, .. } = trial.figures;
        let wanted =
            |it: &'a WantedHit| WantedHitWire { concept: ConceptWire::from(&it.concept), grade: it.grade, rank: it.rank };
        TrialWire {
            line: trial.line,
            query: &trial.query,
            ndcg_10,
            reciprocal_rank,
            recall_10,
            recall_100,
            rank: trial.first_wanted(),
            first: trial.first.as_ref().map(ConceptWire::from),
            wanted: trial.wanted.iter().map(wanted).collect(),
        }
    }
}
