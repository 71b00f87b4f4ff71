//! The wire structs of what measuring on a vault found.

use crate::answer::{EvalLinks, EvalRow, RankFigures};
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
