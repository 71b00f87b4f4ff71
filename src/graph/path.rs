//! How concepts hang together: the cheapest routes through the links between them.
//!
//! A step costs what its relation costs times the hub factor of the concept it enters, (1 + ln(1 + degree) / 4) ^ w, which
//! is not charged for a concept that was asked for. Costs are whole numbers, in millionths of a plain link. Of routes that
//! cost the same the one with fewer steps comes first, then the one whose concepts come first, so that the same question
//! has the same answer. The shape of the factor is measured: on an encyclopaedia of 4,598 notes it cuts the routes that run
//! through a hub by more than half at no extra length, and a larger w cuts them further.
//!
//! - `cost`, `terms`: what a step costs, and what counts at all.
//! - `terrain`: the ways on from each concept on these terms, read where a search comes by; `tags`: tags as places on it.
//! - `reach`, `search`: how far it is to the end, and the cheapest way there.
//! - `several`: ways in order; `tree`: what joins three or more.
//! - `hubs`, `component`: who is linked with nearly everything, and what is joined at all.

mod component;
mod cost;
mod hubs;
mod reach;
mod search;
mod several;
mod tags;
mod terms;
mod terrain;
#[cfg(test)]
mod tests;
mod tree;

pub use component::Component;
pub use cost::{Costs, MENTION, NEAR_TAG, TAG};
pub use tags::SharedTags;
pub use terms::{HUB_WEIGHT, Hubs, Terms};

use super::{ConceptGraph, ConceptId, Linked, Places, SuggestedEdge, node};
use petgraph::visit::EdgeRef;
use search::Found;
use several::{Ground, several};
use terrain::{Terrain, Via};
use tree::tree;

/// A way from one concept to another.
#[derive(Debug)]
pub struct Route<'g> {
    /// The sum of the steps' costs, in millionths; a million is a plain link into a concept that nothing else is linked with.
    pub cost: u64,
    /// The steps in order; none if the two concepts are one.
    pub steps: Vec<Step<'g>>,
}

/// One step of a route.
#[derive(Debug)]
pub struct Step<'g> {
    /// Where it starts.
    pub from: ConceptId,
    /// Where it leads.
    pub to: ConceptId,
    /// What it costs, in millionths.
    pub cost: u64,
    /// By what it goes.
    pub by: StepBy<'g>,
}

/// By what a step goes.
#[derive(Debug)]
pub enum StepBy<'g> {
    /// A link, the cheapest if there are several; `source` is the step's `to` where it is followed backwards.
    Link(Linked<'g>),
    /// An edge that nobody wrote; turned round likewise.
    Suggested(SuggestedEdge),
    /// A tag that both have, as first written, without `#`.
    Tag(&'g str),
}

impl Step<'_> {
    /// Whether what it goes by points the way the step goes; a shared tag points both ways.
    pub fn is_forward(&self) -> bool {
        match &self.by {
            StepBy::Link(link) => link.source == self.from,
            StepBy::Suggested(edge) => edge.source == self.from,
            StepBy::Tag(_) => true,
        }
    }
}

impl ConceptGraph {
    /// The cheapest routes that come by these concepts in their order, cheapest first, at most `most`, each sharing at most
    /// `share` (0..=1) of the concepts on its way with each of those before it. A leg between two of them is as cheap as can
    /// be, and may cross another. Two routes over the same concepts are one. None if there is no route, or no concept; one
    /// without steps if all concepts are one.
    ///
    /// Looks at the links within about half its length of both ends for one route, and at more for several.
    pub fn routes<'g>(&'g self, terms: &Terms<'g>, stops: &[ConceptId], most: usize, share: f64) -> Vec<Route<'g>> {
        let mut places: Vec<u32> = stops.iter().map(|stop| stop.0).collect();
        places.dedup();
        if let [_] = places[..] {
            return vec![Route { cost: 0, steps: Vec::new() }];
        }
        let terrain = Terrain::new(self, terms, stops);
        if places.is_empty() {
            return Vec::new();
        }
        let Some(mut ground) = Ground::new(terrain, places, terms.most_steps) else { return Vec::new() };
        let found = several(&mut ground, most, share);
        let mut places = Places::default();
        found.iter().map(|found| self.route_of(&ground.terrain, found, &mut places)).collect()
    }

    /// A cheap tree that joins these concepts: each step leads from what is joined already to what is new. None if nothing joins
    /// them. The number of steps is not bounded by the terms.
    pub fn tree<'g>(&'g self, terms: &Terms<'g>, concepts: &[ConceptId]) -> Option<Route<'g>> {
        let mut ends: Vec<u32> = Vec::new();
        for concept in concepts {
            if !ends.contains(&concept.0) {
                ends.push(concept.0);
            }
        }
        if ends.len() < 2 {
            return Some(Route { cost: 0, steps: Vec::new() });
        }
        let mut terrain = Terrain::new(self, terms, concepts);
        let (price, ways) = tree(&mut terrain, &ends)?;
        let mut places = Places::default();
        let steps = ways.iter().flat_map(|found| self.route_of(&terrain, found, &mut places).steps);
        Some(Route { cost: price.cost, steps: steps.collect() })
    }

    fn route_of<'g>(&'g self, terrain: &Terrain<'g>, found: &Found, known: &mut Places) -> Route<'g> {
        let mut steps = Vec::new();
        let place = |at: usize| found.states[at] % terrain.places() as u32;
        let mut at = 0;
        while at < found.via.len() {
            let (from, via) = (place(at), found.via[at]);
            // Through a tag it is two of the search's steps.
            let next = if via == Via::Tag { at + 2 } else { at + 1 };
            let Some(to) = (next < found.states.len()).then(|| place(next)) else { break };
            let by = match via {
                Via::Tag => Some(StepBy::Tag(terrain.tag(place(at + 1)))),
                Via::Suggested { by, is_backward } => Some(StepBy::Suggested(terrain.suggested_edge(from, to, by, is_backward))),
                Via::Link { is_backward, relation } => {
                    let (source, target) = if is_backward { (to, from) } else { (from, to) };
                    let mut between = self.graph.between(node(ConceptId(source)), node(ConceptId(target)));
                    let edge = between.find(|edge| edge.weight().relation == relation);
                    edge.map(|edge| StepBy::Link(self.linked(*edge.weight(), known)))
                }
            };
            let cost = found.prices[next].minus(found.prices[at]).cost;
            // What is kept says the same of an edge from both its ends, unless it is damaged and the answer void.
            steps.extend(by.map(|by| Step { from: ConceptId(from), to: ConceptId(to), cost, by }));
            at = next;
        }
        Route { cost: found.price().minus(found.prices.first().copied().unwrap_or_default()).cost, steps }
    }
}
