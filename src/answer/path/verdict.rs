//! What a way is worth: how many of its steps somebody wrote a sentence for, and whether it only goes through a hub.
//!
//! On a vault where one note links to everything no cost keeps ways off it; then the answer says so.

use super::step::{PathStep, StepKind};
use crate::answer::concept::{Concept, describe};
use crate::answer::evidence::Told;
use crate::graph::{ConceptGraph, ConceptId, Hubs, Route, Terms};
use crate::snapshot::Snapshot;
use std::cmp::Reverse;

/// What a way is worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// How many steps it has; the sum of the next four.
    pub steps: usize,
    /// How many have a sentence of their own.
    pub own: usize,
    /// How many have one that is borrowed.
    pub borrowed: usize,
    /// How many have none; a shared tag has none.
    pub bare: usize,
    /// How many nobody wrote.
    pub suggested: usize,
    /// Whether there are steps, and all of them go by an order or a tag.
    pub only_order_or_tags: bool,
    /// The hub on its way with the most links, if it goes through any that was not asked for.
    pub hub: Option<Concept>,
    /// What the cheapest way around all hubs is like, if it goes through one.
    pub around: Option<Around>,
}

/// A way around hubs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// There is none, whatever is asked.
    None,
    /// There is none on the terms of the question: its bounds, what it avoids, what it comes by, which links it follows.
    NoneAsAsked,
    /// There is one.
    Way {
        /// What it costs, in millionths.
        cost: u64,
        /// How many steps it has.
        steps: usize,
    },
}

/// Judges the ways of one question.
pub(super) struct Judge<'s, 't> {
    snapshot: &'s Snapshot,
    graph: &'s ConceptGraph,
    terms: Terms<'t>,
    asked: &'t [ConceptId],
    is_of_tree: bool,
    /// Who is a hub, once a way has concepts between its ends.
    hub_degree: Option<Option<usize>>,
    /// What was found to go around them.
    around: Option<Around>,
}

impl<'s: 't, 't> Judge<'s, 't> {
    pub(super) fn new(snapshot: &'s Snapshot, terms: &Terms<'t>, asked: &'t [ConceptId], is_of_tree: bool) -> Judge<'s, 't> {
        let graph = snapshot.graph();
        Judge { snapshot, graph, terms: terms.clone(), asked, is_of_tree, hub_degree: None, around: None }
    }

    pub(super) fn of(&mut self, route: &Route<'_>, steps: &[PathStep]) -> Verdict {
        let mut verdict = Verdict { steps: steps.len(), ..Verdict::default() };
        for step in steps {
            *(match (&step.evidence.told, step.kind) {
                (_, StepKind::Suggested) => &mut verdict.suggested,
                (Told::Sentence(_), _) => &mut verdict.own,
                (Told::Borrowed(_), _) => &mut verdict.borrowed,
                (Told::Nothing, _) => &mut verdict.bare,
            }) += 1;
        }
        let is_weak = |step: &PathStep| matches!(step.kind, StepKind::Order | StepKind::Tag);
        verdict.only_order_or_tags = !steps.is_empty() && steps.iter().all(is_weak);
        let between = route.steps.iter().map(|step| step.to).filter(|to| !self.asked.contains(to));
        if let Some(hub) = self.largest_hub(between.collect()) {
            verdict.hub = Some(describe(self.snapshot, hub));
            verdict.around = Some(self.way_around());
        }
        verdict
    }

    fn largest_hub(&mut self, between: Vec<ConceptId>) -> Option<ConceptId> {
        if between.is_empty() {
            return None;
        }
        let least = (*self.hub_degree.get_or_insert_with(|| self.graph.hub_degree()))?;
        let hubs = between.into_iter().map(|concept| (Reverse(self.graph.degree(concept)), concept));
        hubs.filter(|(degree, _)| degree.0 >= least).min().map(|(_, concept)| concept)
    }

    fn way_around(&mut self) -> Around {
        if let Some(known) = self.around {
            return known;
        }
        // Where hubs are allowed no concept costs more for its links, on the way around them as on the others.
        let hub_weight = if self.terms.hubs == Hubs::Allow { 0.0 } else { self.terms.hub_weight };
        let terms = Terms { hubs: Hubs::Forbid, hub_weight, ..self.terms.clone() };
        let found = match self.is_of_tree {
            true => self.graph.tree(&terms, self.asked),
            false => self.graph.routes(&terms, self.asked, 1, 1.0).pop(),
        };
        let around = match found {
            Some(route) => Around::Way { cost: route.cost, steps: route.steps.len() },
            None if self.is_any_around(terms) => Around::NoneAsAsked,
            None => Around::None,
        };
        self.around = Some(around);
        around
    }

    /// Whether there is a way around hubs once nothing else is asked of it.
    fn is_any_around(&self, terms: Terms<'_>) -> bool {
        let terms = Terms { directed: false, relations: None, avoid: Vec::new(), most_steps: None, ..terms };
        match (self.is_of_tree, self.asked) {
            (false, [first, .., last]) => !self.graph.routes(&terms, &[*first, *last], 1, 1.0).is_empty(),
            _ => self.graph.tree(&terms, self.asked).is_some(),
        }
    }
}
