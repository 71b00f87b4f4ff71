//! Who is tied with whom, whichever way the links point: each pair of concepts once, as compressed sparse rows.
//!
//! What the structure of a whole vault is worked out from. Links of a note to itself tie nothing.

use super::ConceptGraph;
use super::relation::Relation;
use super::rows::Edge;
use rayon::prelude::*;
use std::ops::Range;

/// What a tie weighs in which something other than a sequence joins the two.
pub(super) const WHOLE: u32 = 4;

/// What a tie weighs in which nothing but a sequence does: order in a chat, not meaning.
const OF_SEQUENCE: u32 = 1;

/// The ties of each concept, by the concept at their other end.
#[derive(Clone, Debug)]
pub(super) struct Ties {
    starts: Vec<u32>,
    ends: Vec<u32>,
    weights: Vec<u32>,
}

impl Ties {
    /// The ties among the first `nodes` concepts: all of them, or the written ones. Takes time in proportion to the links.
    pub(super) fn of(graph: &ConceptGraph, nodes: usize) -> Ties {
        let weight = |relation: &Relation| if relation.other_side().is_some() { OF_SEQUENCE } else { WHOLE };
        let weights: Vec<u32> = graph.relations.iter().map(weight).collect();
        let is_among = |edge: &Edge| (edge.source.max(edge.target) as usize) < nodes && edge.source != edge.target;
        let edges = graph.graph.all_edges().into_iter().filter(is_among);
        // The heavier of what joins the same two comes first, and stays.
        let heavier_first = |relation: u32| WHOLE - weights[relation as usize];
        let pair = |edge: Edge| (edge.source.min(edge.target), edge.source.max(edge.target), heavier_first(edge.relation));
        let mut pairs: Vec<(u32, u32, u32)> = edges.map(pair).collect();
        pairs.par_sort_unstable();
        pairs.dedup_by_key(|(low, high, _)| (*low, *high));
        Ties::between(nodes, &pairs.into_iter().map(|(low, high, less)| (low, high, WHOLE - less)).collect::<Vec<_>>())
    }

    /// Ties of these weights between pairs of nodes, the lower one first, each once and in order.
    pub(super) fn between(nodes: usize, pairs: &[(u32, u32, u32)]) -> Ties {
        let mut starts = vec![0_u32; nodes + 1];
        pairs.iter().flat_map(|(low, high, _)| [low, high]).for_each(|node| starts[*node as usize + 1] += 1);
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let (mut ends, mut weights) = (vec![0; pairs.len() * 2], vec![0; pairs.len() * 2]);
        // A node meets its lower neighbours first, and both kinds in order: the rows come out ascending.
        for (low, high, weight) in pairs {
            for (node, end) in [(low, high), (high, low)] {
                let place = next[*node as usize] as usize;
                (ends[place], weights[place]) = (*end, *weight);
                next[*node as usize] += 1;
            }
        }
        Ties { starts, ends, weights }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// With whom a node is tied, ascending.
    pub(super) fn of_node(&self, node: u32) -> &[u32] {
        &self.ends[self.row(node..node + 1)]
    }

    /// The same, each with what the tie weighs.
    pub(super) fn weighted(&self, node: u32) -> impl Iterator<Item = (u32, u32)> {
        let row = self.row(node..node + 1);
        self.ends[row.clone()].iter().copied().zip(self.weights[row].iter().copied())
    }

    /// Where the ties of some nodes stand among all.
    pub(super) fn row(&self, nodes: Range<u32>) -> Range<usize> {
        self.starts[nodes.start as usize] as usize..self.starts[nodes.end as usize] as usize
    }
}
