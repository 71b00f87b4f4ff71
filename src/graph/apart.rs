//! Which notes share many neighbours and stand far apart.
//!
//! Two concepts are neighbours if a link leads from either to the other. For two written notes x and y that are none,
//!
//! ```text
//! strength(x, y) = Σ 1 / degree(z)  /  √(degree(x) · degree(y))     over all z that are neighbours of both
//! score(x, y)    = strength · (1 − 1 / steps)                       steps: the fewest from x to y, or from y to x, along
//!                                                                   links as they point
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
//! of them as the smaller degree. The factor behind it is ours. Two notes that no link joins are 2 steps apart at the least,
//! which halves the strength; where no way leads from one to the other it is 1.
//!
//! # What it does not look at
//!
//! A neighbour of more than [`MOST_NEIGHBOURS`] adds less than a hundredth to any sum, and joins most of all pairs there
//! are between its own: it joins none here. Work and memory for each note are so bounded by its own links, times that
//! number. Two shared neighbours below that bound are the least that counts as many. Ways are looked for between the
//! [`CANDIDATES`] strongest pairs (or four times as many as are asked for), never between more.

use super::ties::Ties;
use super::{Along, ConceptGraph, ConceptId, neighbors};
use foldhash::HashSet;
use petgraph::graph::NodeIndex;
use rayon::prelude::*;
use std::cmp::Reverse;

/// Concepts with more neighbours than this join no pair.
const MOST_NEIGHBOURS: usize = 100;

/// Between so many of the strongest pairs ways are looked for, at the least.
const CANDIDATES: usize = 1_000;

/// So many pairs are looked at before it is asked whether that is enough.
const AT_A_TIME: usize = 64;

/// So many notes are one task.
const NOTES: u32 = 512;

/// A strength of one: sums are of whole numbers, so that none depends on its order.
const UNIT: u64 = 1_000_000_000;

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
    /// From half the strength to all of it, to four digits.
    pub score: f64,
    /// The concepts that both are linked with, those with the fewest neighbours first, then in concept order; two or more.
    pub shared: Vec<ConceptId>,
}

/// A pair by its strength.
type Pair = (Reverse<u64>, u32, u32);

/// What of a pair has come together: the sum and the number of neighbours.
type Sum = (u64, u32);

/// A pair by its score, with its strength and how far apart the two are.
type Scored = (Reverse<u64>, [u32; 2], u64, Option<usize>);

impl ConceptGraph {
    /// The written notes that share two neighbours or more and are not linked, at most `most`: the highest score first, ties
    /// in concept order; and how many such pairs there are.
    pub fn apart(&self, most: usize) -> (Vec<Apart>, usize) {
        let ties = Ties::of(self, self.len());
        let written = self.links.written;
        let kept = CANDIDATES.max(most.saturating_mul(4));
        let starts: Vec<u32> = (0..written).step_by(NOTES as usize).collect();
        let some = |sums: &mut Vec<Sum>, first: u32| {
            let (mut pairs, mut total): (Vec<Pair>, usize) = (Vec::new(), 0);
            for note in first..written.min(first + NOTES) {
                total += pairs_of(&ties, note, written, sums, &mut pairs);
                keep(&mut pairs, kept, kept.saturating_mul(2));
            }
            keep(&mut pairs, kept, kept);
            (pairs, total)
        };
        let of_some = starts.into_par_iter().map_init(|| vec![(0, 0); written as usize], |sums, first| some(sums, first));
        let both = |(mut pairs, total): (Vec<Pair>, usize), (more, others): (Vec<Pair>, usize)| {
            pairs.extend(more);
            keep(&mut pairs, kept, kept);
            (pairs, total + others)
        };
        let (mut pairs, total) = of_some.reduce(|| (Vec::new(), 0), both);
        pairs.sort_unstable();
        (self.farthest(&ties, &pairs, most), total)
    }

    /// Of pairs in order of their strength those with the highest scores.
    fn farthest(&self, ties: &Ties, pairs: &[Pair], most: usize) -> Vec<Apart> {
        let mut best: Vec<Scored> = Vec::new();
        for some in pairs.chunks(AT_A_TIME) {
            // No score is above its strength: behind the last that is shown there is nothing more to find.
            let strongest = some.first().map_or(0, |(strength, ..)| strength.0);
            if best.len() >= most && best.get(most.wrapping_sub(1)).is_none_or(|(worst, ..)| worst.0 > strongest) {
                break;
            }
            let scored = some.par_iter().map(|(Reverse(strength), a, b)| {
                let (from, to) = (NodeIndex::new(*a as usize), NodeIndex::new(*b as usize));
                let ways = [self.steps(from, to), self.steps(to, from)];
                let steps = ways.into_iter().flatten().min();
                let score = steps.map_or(*strength, |steps| strength - strength / steps as u64);
                (Reverse(score), [*a, *b], *strength, steps)
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

/// Adds the pairs of a note with later ones, and says how many there are. `sums` is zero before and after.
fn pairs_of(ties: &Ties, note: u32, written: u32, sums: &mut [Sum], pairs: &mut Vec<Pair>) -> usize {
    let mut touched: Vec<u32> = Vec::new();
    for shared in ties.of_node(note) {
        let others = ties.of_node(*shared);
        if others.len() > MOST_NEIGHBOURS {
            continue;
        }
        let share = UNIT / others.len() as u64;
        let later = others.partition_point(|other| *other <= note)..others.partition_point(|other| *other < written);
        for other in others.get(later).unwrap_or_default() {
            let (sum, count) = &mut sums[*other as usize];
            if *count == 0 {
                touched.push(*other);
            }
            *sum += share;
            *count += 1;
        }
    }
    let own = ties.of_node(note);
    let before = pairs.len();
    for other in touched {
        let (sum, count) = std::mem::take(&mut sums[other as usize]);
        if count > 1 && own.binary_search(&other).is_err() {
            // A root and a quotient are the same everywhere, to the last bit.
            let degrees = own.len() as f64 * ties.of_node(other).len() as f64;
            let strength = (sum as f64 / degrees.sqrt()).round() as u64;
            pairs.push((Reverse(strength), note, other));
        }
    }
    pairs.len() - before
}

/// Of more than `above` pairs keeps the `most` strongest.
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
