//! How near two concepts are by their links: one function for each measure.
//!
//! Both measures see the graph undirected and weighted. A link u → v weighs the less, the more a step over its relation costs
//! (1 in prose, 3 in a sequence, which is order and no meaning) and the more edges o(u) begin where it does, as a link of a
//! note that links everything says little; of the two ways between two concepts the heavier one counts, and a link of a note
//! to itself counts for nothing:
//!
//! ```text
//! w(u, v) = max over the edges u → v, v → u of  1 / (cost · (1 + o)^¼)        o of the end where the edge begins
//! ```
//!
//! The strength s(v) is the sum of the weights at v, the degree d(v) the number of its edges with others. The exponent holds
//! down an index of a thousand notes fivefold and changes next to nothing in an encyclopaedia.
//!
//! Work is local: it grows with what is around a concept, not with the vault, and what is around it is bounded as well.

use super::relation::UNIT;
use super::{Along, ConceptGraph, ConceptId, Linked, Places, concept, neighbors, node};
use foldhash::{HashMap, HashMapExt};
use petgraph::Direction;
use petgraph::visit::{EdgeRef, IntoNeighborsDirected};
use std::collections::VecDeque;
use std::rc::Rc;

/// The chance that a walk begins anew at each step. Measured on half of an encyclopaedia, of which links were taken away: with
/// 0.3 more of them are found again than with 0.15, the usual value for the web, or with 0.5.
const RESTART: f64 = 0.3;

/// What may stay at a concept, for each of its edges, without being passed on.
const REST: f64 = 1e-5;

/// The most pairs of a neighbour and a neighbour of it that are looked at for what two concepts share.
const MOST_PAIRS: usize = 100_000;

/// A concept and how near it is by one measure.
pub type Near = (ConceptId, f64);

/// The neighbours of concepts, as far as one question comes by them.
struct Around<'g> {
    graph: &'g ConceptGraph,
    known: HashMap<u32, Rc<Neighbours>>,
}

/// Neighbours by number, the concept itself not among them, with the weight of each, and the strength.
#[derive(Default)]
struct Neighbours {
    weights: Vec<(u32, f64)>,
    strength: f64,
}

impl Around<'_> {
    fn of(graph: &ConceptGraph) -> Around<'_> {
        Around { graph, known: HashMap::new() }
    }

    fn neighbours(&mut self, at: u32) -> Rc<Neighbours> {
        let graph = self.graph;
        Rc::clone(self.known.entry(at).or_insert_with(|| Rc::new(graph.weighted(at))))
    }
}

impl ConceptGraph {
    /// Random walk with restart (Tong, Faloutsos and Pan, "Fast random walk with restart and its applications", ICDM 2006): how
    /// often somebody is at each concept who starts at one and, at each step, goes back there with probability c = 0.3 and
    /// else on over a link, each by its weight. With W the weights, S the strengths on a diagonal and e the start,
    ///
    /// ```text
    /// p = c e + (1 − c) p S⁻¹ W        score(v) = p(v) / (1 + d(v))^¼
    /// ```
    ///
    /// The p(v) sum up to 1, so that each score lies within 0..=1. Whoever walks at random comes by what is linked with
    /// everything, for which the root makes up; its exponent is measured as c is. p is reached by pushing (Andersen, Chung and
    /// Lang, "Local graph partitioning using PageRank vectors", FOCS 2006): what arrives is passed on where it is more than
    /// 10⁻⁵ for each edge, so that some 1/(c · 10⁻⁵) edges are looked at whatever the size of the vault.
    ///
    /// Each concept but the start that is come by, in concept order.
    pub fn walk(&self, from: ConceptId) -> Vec<Near> {
        let mut around = Around::of(self);
        let mut at_rest: HashMap<u32, f64> = HashMap::new();
        let mut waiting: HashMap<u32, f64> = HashMap::new();
        waiting.insert(from.0, 1.0);
        let mut queue = VecDeque::from([from.0]);
        while let Some(at) = queue.pop_front() {
            let Some(amount) = waiting.remove(&at) else { continue };
            let around = around.neighbours(at);
            // Who has nowhere to go stays.
            let leaving = if around.weights.is_empty() { 0.0 } else { (1.0 - RESTART) * amount / around.strength };
            *at_rest.entry(at).or_default() += if leaving > 0.0 { RESTART * amount } else { amount };
            for (next, weight) in &around.weights {
                let waits = waiting.entry(*next).or_default();
                let before = *waits;
                *waits += leaving * weight;
                let bound = REST * self.graph.degree(node(ConceptId(*next))) as f64;
                // Above the bound, it is in the queue already.
                if before < bound && *waits >= bound {
                    queue.push_back(*next);
                }
            }
        }
        // A part of what was not passed on would have stayed where it is in any case.
        let waiting = waiting.into_iter().map(|(at, amount)| (at, RESTART * amount));
        let mut reached: Vec<(u32, f64)> = at_rest.into_iter().chain(waiting).collect();
        reached.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        reached.dedup_by(|next, sum| {
            let is_same = next.0 == sum.0;
            sum.1 += if is_same { next.1 } else { 0.0 };
            is_same
        });
        let score = |(at, p): (u32, f64)| {
            let degree = self.graph.degree(node(ConceptId(at))) as f64;
            (ConceptId(at), p / (1.0 + degree).sqrt().sqrt())
        };
        reached.into_iter().filter(|(at, _)| *at != from.0).map(score).collect()
    }

    /// Resource allocation (Zhou, Lü and Zhang, "Predicting missing links via local information", Eur. Phys. J. B 71, 2009;
    /// weighted as by Lü and Zhou, "Link prediction in weighted networks", Europhys. Lett. 89, 2010): what a concept would
    /// get of another one if that gave each neighbour as much as their link weighs, and each of these shared it out among
    /// its own neighbours by weight.
    ///
    /// ```text
    /// score(x, y) = Σ w(x, z) w(z, y) / s(z)        over all neighbours z of both
    /// ```
    ///
    /// The same from either side. At least 0, and at most s(x), as no z gives more than it got. A direct link counts for
    /// nothing. Of very many neighbours those with the fewest edges are looked at, which give the most; some 100,000 of
    /// their neighbours at most.
    ///
    /// Each concept but the start with a score above 0, in concept order.
    pub fn shared(&self, with: ConceptId) -> Vec<Near> {
        let mut parts: Vec<(u32, f64)> = Vec::new();
        let first = self.weighted(with.0);
        let degree = |at: &u32| self.graph.degree(node(ConceptId(*at)));
        let mut between: Vec<(usize, u32, f64)> = first.weights.iter().map(|(z, weight)| (degree(z), *z, *weight)).collect();
        between.sort_by_key(|(degree, z, _)| (*degree, *z));
        for (degree, z, weight) in between {
            if parts.len() + degree > MOST_PAIRS {
                break;
            }
            let around = self.weighted(z);
            let others = around.weights.iter().filter(|(y, _)| *y != with.0);
            parts.extend(others.map(|(y, onward)| (*y, weight * onward / around.strength)));
        }
        // Stable, so that each sum runs in the same order.
        parts.sort_by_key(|(y, _)| *y);
        let sums = parts.chunk_by(|a, b| a.0 == b.0);
        sums.map(|parts| (ConceptId(parts[0].0), parts.iter().map(|(_, part)| part).sum())).collect()
    }

    /// The concepts that two are both linked with: those with the fewest edges first, as they say most, then in concept order.
    pub fn common(&self, one: ConceptId, other: ConceptId) -> Vec<ConceptId> {
        let (a, b) = (neighbors(&self.graph, node(one), Along::Both), neighbors(&self.graph, node(other), Along::Both));
        let is_other = |at: &_| concept(*at) != one && concept(*at) != other;
        let both = a.into_iter().filter(|at| b.binary_search(at).is_ok()).filter(is_other);
        let mut common: Vec<(usize, ConceptId)> = both.map(|at| (self.graph.degree(at), concept(at))).collect();
        common.sort_unstable();
        common.into_iter().map(|(_, at)| at).collect()
    }

    /// The edges between two concepts: those from `one` first, by relation. What both ends of a sequence say is one of them.
    pub fn between(&self, one: ConceptId, other: ConceptId) -> Vec<Linked<'_>> {
        let mut places = Places::default();
        let forward = self.graph.between(node(one), node(other));
        let backward = self.graph.between(node(other), node(one)).filter(|edge| !edge.weight().is_shared);
        forward.chain(backward).map(|edge| self.linked(*edge.weight(), &mut places)).collect()
    }

    /// Every concept that one is linked with in either direction, in concept order.
    pub fn neighbours(&self, of: ConceptId) -> Vec<ConceptId> {
        neighbors(&self.graph, node(of), Along::Both).into_iter().map(concept).collect()
    }

    /// How many other concepts link to one.
    pub fn backlinks_from_others(&self, to: ConceptId) -> usize {
        // Ascending, so that the edges of several relations stand together.
        let mut sources: Vec<_> =
            self.graph.neighbors_directed(node(to), Direction::Incoming).filter(|from| *from != node(to)).collect();
        sources.dedup();
        sources.len()
    }

    fn weighted(&self, at: u32) -> Neighbours {
        let weight = |from: u32, relation: u32| {
            let cost = self.relations[relation as usize].cost() as f64 / UNIT as f64;
            let begin = 1.0 + self.graph.out_degree(from) as f64;
            1.0 / (cost * begin.sqrt().sqrt())
        };
        let (targets, relations) = self.graph.ends(at, Direction::Outgoing);
        let outgoing = targets.into_iter().zip(relations).map(|(to, relation)| (to, weight(at, relation)));
        let (sources, relations) = self.graph.ends(at, Direction::Incoming);
        let incoming = sources.into_iter().zip(relations).map(|(from, relation)| (from, weight(from, relation)));
        let mut weights: Vec<(u32, f64)> = outgoing.chain(incoming).filter(|(to, _)| *to != at).collect();
        weights.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        weights.dedup_by_key(|(to, _)| *to);
        let strength = weights.iter().map(|(_, weight)| weight).sum();
        Neighbours { weights, strength }
    }
}
