//! Which notes share many neighbours and stand far apart.
//!
//! Two concepts are neighbours if a link leads from either to the other. For two written notes x and y that are none,
//!
//! ```text
//! strength(x, y) = Σ 1 / degree(z)  /  √(degree(x) · degree(y))     over all z that are neighbours of both
//! many(x, y)     = ((n − 1) / (n + 1))²                             n: how many such z the sum has
//! far(x, y)      = 1 − 2 / steps, but 1/20 at 2 steps               steps: the fewest from x to y, or from y to x, along
//!                                                                   links as they point; 1 where none lead there
//! score(x, y)    = strength · many · far
//! ```
//!
//! The sum is the resource allocation index of Zhou, Lü and Zhang ("Predicting missing links via local information", Eur.
//! Phys. J. B 71, 2009): what x would hand on to y if it had one unit and each neighbour divided its part among its own. A
//! neighbour of everything hardly counts. The root below is that of Salton's cosine, as in `related`: without it, on an
//! encyclopaedia of 4,598 notes, the first pairs are *Binomial nomenclature* with *Chordate* and *Europe* with *Scientific
//! classification*, which share very much as they are linked with everything; with it *Lance Armstrong* with *Laurent
//! Fignon*, *GNOME* with *Unix* and *Caesar cipher* with *Data Encryption Standard*.
//!
//! The strength is above 0 and at most 1/2: a shared neighbour has two neighbours at least, and there are at most as many
//! of them as the smaller degree. The factors behind it are ours. That two share 2 neighbours may be chance: `many` is 1/9 for
//! 2, 1/4 for 3, 0.64 for 9. Two notes that no link joins are 2 steps apart at the least, and whoever reads the one comes upon
//! the other soon: `far` leaves them next to nothing, a third at 3 steps, half at 4, all where no way leads from one to the
//! other. Of that encyclopaedia the first pairs are then *List of lakes* with *List of world's largest lakes*, which share 14
//! neighbours and no way joins, *Gallery of the Kings and Queens of England* with *List of monarchs in the British Isles*,
//! which share 34, and *Mustard seed* with *Olive oil*, which share 32, both 3 steps apart.
//!
//! # What it does not look at
//!
//! A neighbour of more than [`MOST_NEIGHBOURS`] adds less than a hundredth to any sum, and joins most of all pairs there
//! are between its own: it joins none here. Work and memory for each note are so bounded by its own links, times that
//! number. Two shared neighbours below that bound are the least that counts as many. Ways are looked for between the
//! [`CANDIDATES`] pairs that could score most (or four times as many as are asked for), never between more: whether a way of 2
//! steps leads over such a neighbour is known before.

use super::rows::Edge;
use super::ties::Ties;
use super::{Along, ConceptGraph, ConceptId, neighbors};
use foldhash::HashSet;
use petgraph::graph::NodeIndex;
use rayon::prelude::*;
use std::cmp::Reverse;

/// Concepts with more neighbours than this join no pair.
const MOST_NEIGHBOURS: usize = 100;

/// Between so many of the pairs that could score most ways are looked for, at the least.
const CANDIDATES: usize = 1_000;

/// So many pairs are looked at before it is asked whether that is enough.
const AT_A_TIME: usize = 64;

/// So many notes are one task.
const NOTES: u32 = 512;

/// A strength of one: sums are of whole numbers, so that none depends on its order.
const UNIT: u64 = 1_000_000_000;

/// What is left of the score of two that stand 2 steps apart is one part of so many.
const NEAR: u64 = 20;

/// A link leads from a concept over a tie.
const ON: u8 = 1;

/// A link leads to it over the tie.
const BACK: u8 = 2;

/// What one unit of a strength or score is that is told: they are compared whole and told to four digits.
const TOLD_UNIT: f64 = 10_000.0;

/// Two notes that share neighbours and are not linked.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// The two, in concept order.
    pub notes: [ConceptId; 2],
    /// How much their shared neighbours say: above 0, at most 1/2, to four digits.
    pub strength: f64,
    /// How many links lead from one to the other, in the better direction; 2 or more, none if none do.
    pub steps: Option<usize>,
    /// The strength, as far as they share many and stand far apart: at most all of it, to four digits.
    pub score: f64,
    /// The concepts that both are linked with, those with the fewest neighbours first, then in concept order; two or more.
    pub shared: Vec<ConceptId>,
}

/// A pair by the most that it could score.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    could_be: Reverse<u64>,
    notes: [u32; 2],
    strength: u64,
    /// What it scores where no way leads from one to the other.
    whole: u64,
}

/// What of a pair has come together: the sum and the number of neighbours, and whether a way leads over one of them.
type Sum = (u64, u32, bool);

/// A pair by its score, with its strength and how far apart the two are.
type Scored = (Reverse<u64>, [u32; 2], u64, Option<usize>);

impl ConceptGraph {
    /// The written notes that share two neighbours or more and are not linked, at most `most`: the highest score first, ties
    /// in concept order; and how many such pairs there are.
    pub fn apart(&self, most: usize) -> (Vec<Apart>, usize) {
        let ties = Ties::of(self, self.len());
        let ways = ways(self, &ties);
        let written = self.links.written;
        let kept = CANDIDATES.max(most.saturating_mul(4));
        let starts: Vec<u32> = (0..written).step_by(NOTES as usize).collect();
        let some = |sums: &mut Vec<Sum>, first: u32| {
            let (mut pairs, mut total): (Vec<Pair>, usize) = (Vec::new(), 0);
            for note in first..written.min(first + NOTES) {
                total += pairs_of(&ties, &ways, note, written, sums, &mut pairs);
                keep(&mut pairs, kept, kept.saturating_mul(2));
            }
            keep(&mut pairs, kept, kept);
            (pairs, total)
        };
        let of_some = starts.into_par_iter().map_init(|| vec![Sum::default(); written as usize], |sums, first| some(sums, first));
        let both = |(mut pairs, total): (Vec<Pair>, usize), (more, others): (Vec<Pair>, usize)| {
            pairs.extend(more);
            keep(&mut pairs, kept, kept);
            (pairs, total + others)
        };
        let (mut pairs, total) = of_some.reduce(|| (Vec::new(), 0), both);
        pairs.sort_unstable();
        (self.farthest(&ties, &pairs, most), total)
    }

    /// Of pairs in order of what they could score those with the highest scores.
    fn farthest(&self, ties: &Ties, pairs: &[Pair], most: usize) -> Vec<Apart> {
        let mut best: Vec<Scored> = Vec::new();
        for some in pairs.chunks(AT_A_TIME) {
            // No score is above what could be: behind the last that is shown there is nothing more to find.
            let could_be = some.first().map_or(0, |pair| pair.could_be.0);
            if best.len() >= most && best.get(most.wrapping_sub(1)).is_none_or(|(worst, ..)| worst.0 > could_be) {
                break;
            }
            let scored = some.par_iter().map(|pair| {
                let [from, to] = pair.notes.map(|note| NodeIndex::new(note as usize));
                let ways = [self.steps(from, to), self.steps(to, from)];
                let steps = ways.into_iter().flatten().min();
                let score = match steps {
                    None => pair.whole,
                    Some(..=2) => pair.whole / NEAR,
                    Some(steps) => pair.whole - 2 * pair.whole / steps as u64,
                };
                (Reverse(score), pair.notes, pair.strength, steps)
            });
            best.extend(scored.collect::<Vec<_>>());
            best.sort_unstable();
            best.truncate(most);
        }
        let told = |strength: u64| (strength as f64 / UNIT as f64 * TOLD_UNIT).round() / TOLD_UNIT;
        let apart = |(Reverse(score), [a, b], strength, steps): Scored| Apart {
            notes: [ConceptId(a), ConceptId(b)],
            strength: told(strength),
            steps,
            score: told(score),
            shared: shared(ties, a, b),
        };
        best.into_iter().map(apart).collect()
    }

    /// The fewest links that lead from one concept to another as they point. Goes level by level from both ends, always on
    /// from the smaller level, so that it looks at little of a large vault.
    fn steps(&self, from: NodeIndex, to: NodeIndex) -> Option<usize> {
        let mut sides = [(vec![from], Along::Outgoing), (vec![to], Along::Backlinks)];
        let mut seen: [HashSet<NodeIndex>; 2] = [[from].into_iter().collect(), [to].into_iter().collect()];
        let mut steps = 0;
        while sides.iter().all(|(level, _)| !level.is_empty()) {
            let side = usize::from(sides[1].0.len() < sides[0].0.len());
            let (level, along) = &mut sides[side];
            steps += 1;
            let mut next = Vec::new();
            for at in level.drain(..).flat_map(|at| neighbors(&self.graph, at, *along)) {
                if seen[1 - side].contains(&at) {
                    return Some(steps);
                }
                if seen[side].insert(at) {
                    next.push(at);
                }
            }
            *level = next;
        }
        None
    }
}

/// Which ways links lead over each tie of each concept, in the order of [`Ties::of_node`]: [`ON`], [`BACK`] or both.
fn ways(graph: &ConceptGraph, ties: &Ties) -> Vec<u8> {
    let mut ways = vec![0; ties.row(0..ties.len() as u32).len()];
    for Edge { source, target, .. } in graph.graph.all_edges() {
        for (node, end, way) in [(source, target, ON), (target, source, BACK)] {
            if let Ok(at) = ties.of_node(node).binary_search(&end) {
                ways[ties.row(node..node + 1).start + at] |= way;
            }
        }
    }
    ways
}

/// Adds the pairs of a note with later ones, and says how many there are. `sums` is zero before and after.
fn pairs_of(ties: &Ties, ways: &[u8], note: u32, written: u32, sums: &mut [Sum], pairs: &mut Vec<Pair>) -> usize {
    let mut touched: Vec<u32> = Vec::new();
    for (shared, way) in ties.of_node(note).iter().zip(&ways[ties.row(note..note + 1)]) {
        let others = ties.of_node(*shared);
        if others.len() > MOST_NEIGHBOURS {
            continue;
        }
        let share = UNIT / others.len() as u64;
        let later = others.partition_point(|other| *other <= note)..others.partition_point(|other| *other < written);
        let ways = &ways[ties.row(*shared..*shared + 1)][later.clone()];
        for (other, next) in others[later].iter().zip(ways) {
            let (sum, count, is_near) = &mut sums[*other as usize];
            if *count == 0 {
                touched.push(*other);
            }
            *sum += share;
            *count += 1;
            // On to what both are linked with and on from there, or back and back.
            *is_near |= way & next > 0;
        }
    }
    let own = ties.of_node(note);
    let before = pairs.len();
    for other in touched {
        let (sum, count, is_near) = std::mem::take(&mut sums[other as usize]);
        if count > 1 && own.binary_search(&other).is_err() {
            // A root and a quotient are the same everywhere, to the last bit.
            let degrees = own.len() as f64 * ties.of_node(other).len() as f64;
            let strength = (sum as f64 / degrees.sqrt()).round() as u64;
            let (less, more) = (u64::from(count - 1), u64::from(count + 1));
            let whole = (u128::from(strength) * u128::from(less * less) / u128::from(more * more)) as u64;
            let could_be = Reverse(if is_near { whole / NEAR } else { whole });
            pairs.push(Pair { could_be, notes: [note, other], strength, whole });
        }
    }
    pairs.len() - before
}

/// Of more than `above` pairs keeps the `most` that could score most.
fn keep(pairs: &mut Vec<Pair>, most: usize, above: usize) {
    if pairs.len() > above && most > 0 {
        pairs.select_nth_unstable(most - 1);
        pairs.truncate(most);
    }
}

fn shared(ties: &Ties, a: u32, b: u32) -> Vec<ConceptId> {
    let others = ties.of_node(b);
    let mut shared: Vec<u32> = ties.of_node(a).iter().copied().filter(|at| others.binary_search(at).is_ok()).collect();
    // The sort is stable, so that equals stay in concept order.
    shared.sort_by_key(|at| ties.of_node(*at).len());
    shared.into_iter().map(ConceptId).collect()
}
