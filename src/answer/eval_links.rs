//! How well `related` finds links that were taken away, on the vault at hand: so that anyone can see whether it works there.
//!
//! A share of the pairs of linked notes is hidden, link and words both, in a copy of the vault in memory: its graph, its
//! index and its mentions know nothing of them. Then for each hidden link every note that its source is not linked with is
//! ranked by how near it is to the source, by each measure alone and by all together, and the place of the target is noted.

use super::AskError;
use super::nearness::{RelatedBy, measured, summed};
use crate::graph::{ConceptId, Near, Pair};
use crate::snapshot::Snapshot;
use rayon::prelude::*;

/// What came of hiding links.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalLinks {
    /// The share of pairs to hide, as asked for.
    pub share: f64,
    /// The seed.
    pub seed: u64,
    /// Pairs of linked notes in the vault.
    pub pairs: usize,
    /// How many of them were hidden.
    pub hidden: usize,
    /// How many hidden links were asked for.
    pub questions: usize,
    /// The figures of `related`, then of each of its measures, then of others to compare with.
    pub rows: Vec<EvalRow>,
}

/// What one way of ranking achieves.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalRow {
    /// Which way.
    pub ranking: &'static str,
    /// Among all notes that the source is not linked with.
    pub plain: RankFigures,
    /// Among as many drawn in proportion to how many link to them.
    pub corrected: RankFigures,
}

/// Means over all questions, each within 0..=1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RankFigures {
    /// Mean reciprocal rank.
    pub mrr: f64,
    /// The share of targets that come first.
    pub hits_1: f64,
    /// The share among the first ten.
    pub hits_10: f64,
}

impl RankFigures {
    fn of(ranks: impl Iterator<Item = f64>) -> RankFigures {
        let (mut sum, mut count) = (RankFigures::default(), 0.0);
        for rank in ranks {
            sum.mrr += 1.0 / rank;
            sum.hits_1 += if rank <= 1.0 { 1.0 } else { 0.0 };
            sum.hits_10 += if rank <= 10.0 { 1.0 } else { 0.0 };
            count += 1.0;
        }
        let mean = |sum: f64| if count > 0.0 { (sum / count * 10_000.0).round() / 10_000.0 } else { 0.0 };
        RankFigures { mrr: mean(sum.mrr), hits_1: mean(sum.hits_1), hits_10: mean(sum.hits_10) }
    }
}

/// The ways of ranking, in order.
const RANKINGS: [&str; 3 + RelatedBy::ALL.len()] =
    ["related", "walk", "shared", "text", "mention", "common neighbours", "in-degree"];

/// The places of one target by each ranking: plain, and corrected for degree.
type Ranks = [(f64, f64); RANKINGS.len()];

/// Hides a share of the links (0..=1) and looks for at most `most` of them.
///
/// # Errors
/// When the full text cannot be indexed or asked.
pub fn eval_links(snapshot: &Snapshot, share: f64, seed: u64, most: usize) -> Result<EvalLinks, AskError> {
    let held_out = snapshot.graph().held_out(snapshot.vault(), share, seed);
    let is_hidden = |one: u32, other: u32| {
        let pair = (ConceptId(one.min(other)), ConceptId(one.max(other)));
        held_out.hidden.binary_search(&pair).is_ok()
    };
    let reduced = Snapshot::in_memory(snapshot.vault().without(&is_hidden))?;
    let graph = reduced.graph();
    let written = reduced.vault().len() as u32;
    let notes = (0..written).map(ConceptId);
    let in_degrees: Vec<f64> = notes.map(|note| graph.backlinks_from_others(note) as f64).collect();
    let mut questions: Vec<Pair> = held_out.questions;
    // Where a list joins the two besides, they still are linked.
    questions.retain(|(source, target)| graph.neighbours(*source).binary_search(target).is_err());
    questions.truncate(most);
    let mut by_source = questions.clone();
    by_source.sort_unstable();
    let by_source: Vec<&[Pair]> = by_source.chunk_by(|a, b| a.0 == b.0).collect();
    let ranks = by_source.par_iter().map(|pairs| ranks(&reduced, &in_degrees, pairs)).collect::<Result<Vec<_>, AskError>>()?;
    let ranks: Vec<Ranks> = ranks.into_iter().flatten().collect();
    let row = |(at, ranking): (usize, &'static str)| EvalRow {
        ranking,
        plain: RankFigures::of(ranks.iter().map(|ranks| ranks[at].0)),
        corrected: RankFigures::of(ranks.iter().map(|ranks| ranks[at].1)),
    };
    Ok(EvalLinks {
        share,
        seed,
        pairs: held_out.pairs,
        hidden: held_out.hidden.len(),
        questions: ranks.len(),
        rows: RANKINGS.into_iter().enumerate().map(row).collect(),
    })
}

/// The places of some targets of one source by each ranking.
fn ranks(snapshot: &Snapshot, in_degrees: &[f64], pairs: &[Pair]) -> Result<Vec<Ranks>, AskError> {
    let source = pairs[0].0;
    let graph = snapshot.graph();
    let (measured, _) = measured(snapshot, source)?;
    let fused: Vec<Near> = summed(source, &measured).iter().map(|it| (it.concept, f64::from(it.score()))).collect();
    let linked = graph.neighbours(source);
    let common = common_neighbours(snapshot, &linked);
    let in_degree = in_degrees.iter().enumerate().map(|(at, degree)| (ConceptId(at as u32), *degree)).collect();
    let [walk, shared, text, mention] = measured;
    let rankings: [Vec<Near>; RANKINGS.len()] = [fused, walk, shared, text, mention, common, in_degree];
    // Each as a value for each note; who is linked already takes no part.
    let mut takes_part = vec![true; in_degrees.len()];
    let others = linked.iter().chain([&source]).filter(|it| (it.0 as usize) < in_degrees.len());
    others.for_each(|other| takes_part[other.0 as usize] = false);
    let mut ranks = vec![[(0.0, 0.0); RANKINGS.len()]; pairs.len()];
    for (at, near) in rankings.into_iter().enumerate() {
        let mut values = vec![0.0; in_degrees.len()];
        for (note, value) in near {
            if let Some(place) = values.get_mut(note.0 as usize) {
                *place = value;
            }
        }
        for (ranks, (_, target)) in ranks.iter_mut().zip(pairs) {
            ranks[at] = rank(&values, &takes_part, in_degrees, target.0 as usize);
        }
    }
    Ok(ranks)
}

/// The place of a note among those that take part: one more than how many have a greater value, half of the others with the
/// same counted. Corrected for degree: the place to be expected among as many drawn in proportion to their in-degree (after
/// Aiyappa, Wang, Kim, Seckin, Yoon, Ahn and Kojaku, "Implicit degree bias in the link prediction task", 2024), since
/// whoever ranks by degree alone looks good among all notes.
fn rank(values: &[f64], takes_part: &[bool], in_degrees: &[f64], target: usize) -> (f64, f64) {
    let (mut before, mut weight_before, mut all, mut weight) = (0.0, 0.0, 0.0, 0.0);
    for (note, value) in values.iter().enumerate().filter(|(note, _)| takes_part[*note] && *note != target) {
        let is_before = match value.total_cmp(&values[target]) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        before += is_before;
        weight_before += is_before * in_degrees[note];
        all += 1.0;
        weight += in_degrees[note];
    }
    (1.0 + before, 1.0 + if weight > 0.0 { all * weight_before / weight } else { before })
}

/// How many neighbours each note shares with one that has these.
fn common_neighbours(snapshot: &Snapshot, linked: &[ConceptId]) -> Vec<Near> {
    let mut met: Vec<ConceptId> = linked.iter().flat_map(|between| snapshot.graph().neighbours(*between)).collect();
    met.sort_unstable();
    met.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_ties_half_and_weigh_by_degree() {
        let values = [0.9, 0.5, 0.5, 0.1, 0.7];
        let takes_part = [true, true, true, true, false];
        // Greater: the first, of weight 3; the same: the third, of weight 1; less: the fourth, of weight 0.
        assert_eq!(rank(&values, &takes_part, &[3.0, 9.0, 1.0, 0.0, 9.0], 1), (2.5, 1.0 + 3.0 * 3.5 / 4.0));
        assert_eq!(rank(&values, &takes_part, &[0.0; 5], 1), (2.5, 2.5));
        let figures = RankFigures::of([1.0, 2.0, 20.0, 10.0].into_iter());
        assert_eq!(figures, RankFigures { mrr: 0.4125, hits_1: 0.25, hits_10: 0.75 });
    }
}
