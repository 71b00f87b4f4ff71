//! What a concept is joined with at all: the set of concepts that links of any kind lead to, whichever way they point.

use crate::graph::{Along, ConceptGraph, ConceptId, concept, neighbors, node};
use petgraph::visit::{VisitMap, Visitable};

/// A set of concepts that links connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// How many concepts are in it, wanted ones included; at least 1.
    pub size: usize,
    /// The one at which the most edges are; of several the first.
    pub most_linked: ConceptId,
    /// The first in the order of concepts, which no two components share.
    pub first: ConceptId,
}

impl ConceptGraph {
    /// The component that a concept is in. Takes time in proportion to its links.
    pub fn component(&self, of: ConceptId) -> Component {
        let mut seen = self.graph.visit_map();
        seen.visit(node(of));
        let mut todo = vec![node(of)];
        let mut component = Component { size: 0, most_linked: of, first: of };
        let mut most = 0;
        while let Some(at) = todo.pop() {
            let (here, degree) = (concept(at), self.graph.degree(at));
            component.size += 1;
            component.first = component.first.min(here);
            if degree > most || (degree == most && here < component.most_linked) {
                (most, component.most_linked) = (degree, here);
            }
            todo.extend(neighbors(&self.graph, at, Along::Both).into_iter().filter(|next| seen.visit(*next)));
        }
        component
    }
}
