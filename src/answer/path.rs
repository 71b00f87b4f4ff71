//! How two concepts hang together, and by which sentences.

use super::AskError;
use super::concept::{Concept, describe, named};
use super::evidence::{Evidence, Quoted};
use crate::snapshot::Snapshot;

/// The ways from one concept to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Where it starts.
    pub from: Concept,
    /// Where it ends.
    pub to: Concept,
    /// The shortest route; none if there is no way.
    pub routes: Vec<Route>,
}

/// One way.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// What its steps cost together; 1 is one plain link.
    pub cost: f64,
    /// The steps in order.
    pub steps: Vec<PathStep>,
}

/// One step of a way.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// Where it starts.
    pub from: Concept,
    /// Where it leads.
    pub to: Concept,
    /// The folded name of the link's relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// Whether the link points the way the step goes.
    pub is_forward: bool,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// A shortest way between two concepts.
///
/// # Errors
/// When a name means no concept, or more than one.
pub fn path(snapshot: &Snapshot, from: &str, to: &str) -> Result<Path, AskError> {
    let (from, to) = (named(snapshot, from)?, named(snapshot, to)?);
    let route = snapshot.graph().route(from, to);
    let places = route.iter().flat_map(|route| &route.steps).flat_map(|step| step.link.places.iter().copied());
    let mut quoted = Quoted::read(snapshot, places);
    let routes = route.into_iter().map(|route| {
        let steps = route.steps.iter().map(|step| PathStep {
            from: describe(snapshot, step.from),
            to: describe(snapshot, step.to),
            relation: step.link.relation.name.to_string(),
            spelling: step.link.relation.spelling.to_string(),
            is_forward: step.is_forward(),
            evidence: quoted.evidence(&step.link),
        });
        Route { cost: route.cost, steps: steps.collect() }
    });
    Ok(Path { from: describe(snapshot, from), to: describe(snapshot, to), routes: routes.collect() })
}
