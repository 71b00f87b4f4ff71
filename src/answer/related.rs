//! Which concepts are related to one, and what speaks for it.

use super::AskError;
use super::concept::{Concept, describe, named};
use crate::graph::{ConceptId, Linked};
use crate::snapshot::Snapshot;
use std::collections::BTreeMap;

/// The concepts related to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The concept asked for.
    pub concept: Concept,
    /// How many are related to it, those beyond the limit included.
    pub total: usize,
    /// The most related ones: highest score first, ties in concept order.
    pub concepts: Vec<RelatedConcept>,
}

/// A related concept, and why it is one.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedConcept {
    /// The concept.
    pub concept: Concept,
    /// In 0..=1, in whole ten-thousandths, never 0.
    pub score: f64,
    /// The links between the two: those from the concept asked for first, each by relation.
    pub links: Vec<DirectLink>,
    /// Of the concepts that both are linked with, those that say most.
    pub shared: Vec<Concept>,
    /// How many there are in all.
    pub shared_total: usize,
}

/// A link between a concept and a related one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectLink {
    /// The folded name of the relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// Whether it leads from the concept asked for to the related one.
    pub is_forward: bool,
}

/// So many of the shared neighbours are named.
const MOST_SHARED: usize = 3;

/// The concepts most related to one, at most `limit`.
///
/// # Errors
/// When no concept, or more than one, has the name.
pub fn related(snapshot: &Snapshot, name: &str, limit: usize) -> Result<Related, AskError> {
    let id = named(snapshot, name)?;
    let graph = snapshot.graph();
    let (best, total) = graph.related(id, limit);
    let mut links: BTreeMap<ConceptId, Vec<DirectLink>> = BTreeMap::new();
    let mut link = |other: ConceptId, edge: &Linked<'_>, is_forward| {
        let (relation, spelling) = (edge.relation.name.to_string(), edge.relation.spelling.to_string());
        links.entry(other).or_default().push(DirectLink { relation, spelling, is_forward });
    };
    graph.outgoing(id).iter().for_each(|edge| link(edge.target, edge, true));
    // What both ends of a sequence say is one link.
    graph.backlinks(id).iter().filter(|edge| !edge.is_shared).for_each(|edge| link(edge.source, edge, false));
    let concepts = best.into_iter().map(|it| RelatedConcept {
        concept: describe(snapshot, it.concept),
        score: it.score,
        links: links.remove(&it.concept).unwrap_or_default(),
        shared: it.shared.iter().take(MOST_SHARED).map(|shared| describe(snapshot, *shared)).collect(),
        shared_total: it.shared.len(),
    });
    Ok(Related { concept: describe(snapshot, id), total, concepts: concepts.collect() })
}
