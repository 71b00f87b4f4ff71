//! What there is to say where no way leads: what each concept is joined with at all, and how near they come by what notes
//! speak of without linking to it.

use super::step::{PathStep, StepKind};
use crate::answer::concept::{Concept, describe};
use crate::answer::evidence::Quoted;
use crate::graph::{ConceptId, StepBy, Suggested, Terms};
use crate::snapshot::Snapshot;

/// What is known of concepts that no way joins.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// What each concept asked for is joined with, in the order asked.
    pub islands: Vec<Island>,
    /// Whether links join all of them, and only what was asked leaves no way.
    pub is_joined: bool,
    /// The steps nobody wrote of the cheapest way that takes such as well; empty if there is no such way. None if links join
    /// all of them, and if nobody knows what notes mention.
    pub bridge: Option<Vec<PathStep>>,
}

/// What a concept is joined with by links of any kind, whichever way they point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Island {
    /// The concept.
    pub concept: Concept,
    /// How many concepts are joined with it, itself included.
    pub size: usize,
    /// The one of them with the most links.
    pub most_linked: Concept,
}

impl Apart {
    pub(super) fn of<'t>(
        snapshot: &'t Snapshot,
        terms: &Terms<'t>,
        asked: &[ConceptId],
        suggested: Option<&'t Suggested>,
    ) -> Apart {
        let graph = snapshot.graph();
        let components: Vec<_> = asked.iter().map(|concept| graph.component(*concept)).collect();
        let islands = asked.iter().zip(&components).map(|(concept, component)| Island {
            concept: describe(snapshot, *concept),
            size: component.size,
            most_linked: describe(snapshot, component.most_linked),
        });
        let is_joined = components.windows(2).all(|pair| pair[0].first == pair[1].first);
        let bridge = suggested.filter(|_| !is_joined).map(|suggested| {
            let terms = Terms { suggested: Some(suggested), ..terms.clone() };
            let way = match asked.len() > 2 && terms.most_steps.is_none() {
                true => graph.tree(&terms, asked),
                false => graph.routes(&terms, asked, 1, 1.0).pop(),
            };
            let steps = way.into_iter().flat_map(|way| way.steps);
            let mut quoted = Quoted::read(snapshot, []);
            let nobody_wrote = steps.filter(|step| matches!(step.by, StepBy::Suggested(_)));
            let told = nobody_wrote.map(|step| PathStep::of(snapshot, &mut quoted, &step));
            told.filter(|step| step.kind == StepKind::Suggested).collect()
        });
        Apart { islands: islands.collect(), is_joined, bridge }
    }
}
