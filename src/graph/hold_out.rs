//! Pairs of linked notes taken away, to see who finds them again.

use super::{Along, ConceptGraph, ConceptId, concept, neighbors, node};
use crate::cellar::digest;
use crate::vault::Vault;

/// Two linked notes; which of them links is said by their order in [`HeldOut::questions`].
pub type Pair = (ConceptId, ConceptId);

/// What was chosen to be taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldOut {
    /// How many pairs of notes are linked in either direction.
    pub pairs: usize,
    /// The pairs chosen, the lower number first, in order.
    pub hidden: Vec<Pair>,
    /// Who linked whom among them, in an order that the seed decides.
    pub questions: Vec<Pair>,
}

impl ConceptGraph {
    /// A share of the pairs of linked notes, rounded to whole pairs. Which ones, the seed and the paths of their notes decide,
    /// so that the same are taken on every machine, and most of the same where a few notes have changed.
    pub fn held_out(&self, vault: &Vault, share: f64, seed: u64) -> HeldOut {
        let written = vault.len() as u32;
        let mut drawn: Vec<(u64, Pair)> = Vec::new();
        let lot = |one: ConceptId, other: ConceptId| {
            digest(format!("{seed}\n{}\n{}", vault.path(one.0), vault.path(other.0)).as_bytes())
        };
        for one in (0..written).map(ConceptId) {
            let others = neighbors(&self.graph, node(one), Along::Both).into_iter().map(concept);
            drawn.extend(others.filter(|other| one < *other && other.0 < written).map(|other| (lot(one, other), (one, other))));
        }
        let pairs = drawn.len();
        drawn.sort_unstable();
        drawn.truncate((pairs as f64 * share).round() as usize);
        let mut hidden: Vec<Pair> = drawn.into_iter().map(|(_, pair)| pair).collect();
        let both_ways = hidden.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
        let is_linked = |pair: &Pair| self.graph.between(node(pair.0), node(pair.1)).next().is_some();
        let mut questions: Vec<(u64, Pair)> = both_ways.filter(is_linked).map(|pair| (lot(pair.0, pair.1), pair)).collect();
        questions.sort_unstable();
        hidden.sort_unstable();
        HeldOut { pairs, hidden, questions: questions.into_iter().map(|(_, pair)| pair).collect() }
    }
}
