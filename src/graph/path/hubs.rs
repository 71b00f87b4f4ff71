//! Which concepts are hubs: those that are linked with so much that a way through them says little.

use crate::graph::{ConceptGraph, ConceptId, node};

/// One concept in so many can be a hub.
const ONE_IN: usize = 100;

/// And it has at least so many times the edges of the concept in the middle; where all have about the same, none is a hub.
const TIMES_MEDIAN: usize = 3;

/// And at least so many: in a vault of five notes there is no index to speak of.
const LEAST_DEGREE: usize = 6;

impl ConceptGraph {
    /// How many edges join a concept with others: one for each other end and relation. What it says of itself counts nothing.
    pub fn degree(&self, concept: ConceptId) -> usize {
        self.graph.degree(node(concept))
    }

    /// The degree from which on a concept is a hub, if there is any: that of the last of the top hundredth of all linked concepts
    /// (rounded up, so that a small vault can have one), but no less than three times the median and than 6. Takes time in
    /// proportion to the concepts.
    pub fn hub_degree(&self) -> Option<usize> {
        let mut degrees: Vec<usize> = self.graph.degrees().into_iter().filter(|degree| *degree > 0).collect();
        let (count, middle) = (degrees.len(), degrees.len() / 2);
        let last = count.div_ceil(ONE_IN).checked_sub(1)?;
        let (_, last, _) = degrees.select_nth_unstable_by(last, |a, b| b.cmp(a));
        let last = *last;
        let (_, median, _) = degrees.select_nth_unstable(middle);
        let least = LEAST_DEGREE.max(TIMES_MEDIAN * *median);
        // Of the top hundredth itself some may be too small, the larger ones of it being hubs all the same.
        let from = last.max(least);
        degrees.iter().any(|degree| *degree >= from).then_some(from)
    }
}
