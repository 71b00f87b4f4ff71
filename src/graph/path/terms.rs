//! On what terms a way is looked for: which links count, what they cost, and what is let alone.

use super::cost::Costs;
use super::tags::SharedTags;
use crate::graph::{ConceptId, Suggested};

/// What is done about concepts that are linked with nearly everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hubs {
    /// They cost what any other concept costs.
    Allow,
    /// They cost the more, the more they are linked with.
    #[default]
    Avoid,
    /// And no route goes through one of the few with by far the most; see
    /// [`ConceptGraph::hub_degree`](crate::graph::ConceptGraph::hub_degree).
    Forbid,
}

/// What being linked with many weighs: the w of (1 + ln(1 + degree) / 4) ^ w. Measured on an encyclopaedia, where it makes
/// no way longer; see `tests/bench/paths.rs`.
pub const HUB_WEIGHT: f64 = 1.0;

/// The terms of a question.
#[derive(Clone, Debug)]
pub struct Terms<'t> {
    /// What relations cost.
    pub costs: Costs,
    /// What is done about hubs.
    pub hubs: Hubs,
    /// What a concept's degree weighs, unless hubs are allowed; in 0..=10.
    pub hub_weight: f64,
    /// Whether links are followed only the way they point.
    pub directed: bool,
    /// The folded names of the relations that links may have; none for all.
    pub relations: Option<Vec<String>>,
    /// Concepts that no route comes by.
    pub avoid: Vec<ConceptId>,
    /// The most steps a route may have.
    pub most_steps: Option<u32>,
    /// Tags that notes share, if they count.
    pub tags: Option<&'t SharedTags>,
    /// Edges that nobody wrote, if they count.
    pub suggested: Option<&'t Suggested>,
}

impl Default for Terms<'_> {
    fn default() -> Self {
        Terms {
            costs: Costs::default(),
            hubs: Hubs::default(),
            hub_weight: HUB_WEIGHT,
            directed: false,
            relations: None,
            avoid: Vec::new(),
            most_steps: None,
            tags: None,
            suggested: None,
        }
    }
}
