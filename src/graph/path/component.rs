//! What a concept is joined with at all: the set of concepts that links of any kind lead to, whichever way they point.

use crate::graph::{Along, ConceptGraph, ConceptId, concept, neighbors, node};
use fixedbitset::FixedBitSet;
use petgraph::visit::{VisitMap, Visitable};

/// A set of concepts that links connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// How many concepts are in it, wanted ones included; at least 1.
    pub size: usize,
    /// The one at which the most edges are; of several the first.
    pub most_linked: ConceptId,
    /// The first in the order of concepts, which no two components share.
    pub first: ConceptId,
    members: FixedBitSet,
}

impl Component {
    /// Whether a concept is in it.
    pub fn holds(&self, concept: ConceptId) -> bool {
        self.members.contains(concept.0 as usize)
    }
}

impl ConceptGraph {
    /// The component that a concept is in. Takes time in proportion to its links.
    pub fn component(&self, of: ConceptId) -> Component {
        let mut seen = self.graph.visit_map();
        seen.visit(node(of));
        let mut todo = vec![node(of)];
        let (mut size, mut first, mut most_linked) = (0, of, of);
        let mut most = 0;
        while let Some(at) = todo.pop() {
            let (here, degree) = (concept(at), self.graph.degree(at));
            size += 1;
            first = first.min(here);
            if degree > most || (degree == most && here < most_linked) {
                (most, most_linked) = (degree, here);
            }
            todo.extend(neighbors(&self.graph, at, Along::Both).into_iter().filter(|next| seen.visit(*next)));
        }
        Component { size, most_linked, first, members: seen }
    }
}
