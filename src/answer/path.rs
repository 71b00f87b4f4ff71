//! How concepts hang together, and by which sentences: routes between two, a tree among more.
//!
//! - `step`: a step in words, with what speaks for it.
//! - `verdict`: what a whole route is worth.
//! - `apart`: what to say where there is no way.

mod apart;
mod step;
mod verdict;

pub use apart::{Alike, Apart, Island};
pub use step::{PathStep, StepKind};
pub use verdict::{Around, Verdict};

use super::AskError;
use super::concept::{Concept, describe, named};
use super::evidence::Quoted;
use super::names::{all_relations, nearest_relations};
use crate::graph::{ConceptId, Costs, HUB_WEIGHT, Hubs, SharedTags, StepBy, Suggested, Terms};
use crate::note::{clip, relation_name};
use crate::snapshot::Snapshot;
use verdict::Judge;

/// What is asked of the ways between concepts.
#[derive(Clone, Debug, PartialEq)]
pub struct PathQuestion {
    /// The concepts by name: two for routes from the one to the other, more for a tree that joins them.
    pub concepts: Vec<String>,
    /// Concepts that each route comes by, in this order.
    pub through: Vec<String>,
    /// Concepts that no route comes by.
    pub avoid: Vec<String>,
    /// The relations that links may have; none for all.
    pub relations: Vec<String>,
    /// At most so many routes.
    pub most: usize,
    /// The largest share of the concepts on its way that a route has in common with one before it, in 0..=1.
    pub share: f64,
    /// The most steps a route may have.
    pub most_steps: Option<u32>,
    /// Whether links are followed only the way they point.
    pub directed: bool,
    /// Whether tags that two notes share count.
    pub tags: bool,
    /// Whether edges that nobody wrote count.
    pub suggested: bool,
    /// What is done about hubs.
    pub hubs: Hubs,
    /// How much more a concept costs for its links; what the vault's settings say if none.
    pub hub_weight: Option<f64>,
}

impl PathQuestion {
    /// What is asked where nothing more is said: the cheapest route.
    pub fn between(from: &str, to: &str) -> PathQuestion {
        PathQuestion {
            concepts: vec![from.to_owned(), to.to_owned()],
            through: Vec::new(),
            avoid: Vec::new(),
            relations: Vec::new(),
            most: 1,
            share: 0.5,
            most_steps: None,
            directed: false,
            tags: false,
            suggested: false,
            hubs: Hubs::default(),
            hub_weight: None,
        }
    }
}

/// Why a question for ways is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathArgument {
    /// A concept is asked for and avoided.
    #[error("\"{}\" is asked for and avoided", .0.name)]
    Avoided(Concept),
    /// A relation is asked for by no name.
    #[error("a relation without a name is asked for")]
    NoRelation,
    /// No link of the vault has this relation.
    #[error("no link has the relation \"{name}\"")]
    Relation {
        /// The name asked for.
        name: String,
        /// The nearest relations there are, best first.
        nearest: Vec<String>,
    },
    /// A flag that says something of routes, where a tree is asked for.
    #[error("{0} is for routes between two concepts, and more are named")]
    OfRoutes(&'static str),
}

/// The ways between concepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The concepts asked for, in that order; at least one.
    pub concepts: Vec<Concept>,
    /// The routes, cheapest first; none if there is no way, or a tree is asked for.
    pub routes: Vec<Route>,
    /// What joins three concepts or more; none if nothing does, or routes are asked for.
    pub tree: Option<Route>,
    /// Whether a tree is asked for.
    pub is_of_tree: bool,
    /// What there is to say where there is no way.
    pub apart: Option<Apart>,
}

/// One way, or a tree of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// What its steps cost together, in millionths of a plain link.
    pub cost: u64,
    /// The steps in order; those of a tree lead from what is joined already to what is new.
    pub steps: Vec<PathStep>,
    /// What it is worth.
    pub verdict: Verdict,
}

impl Path {
    /// Whether there is no way.
    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.tree.is_none()
    }

    /// Whether there is no way, and who knows what notes mention could say more.
    pub fn wants_mentions(&self) -> bool {
        self.apart.as_ref().is_some_and(|apart| !apart.is_joined && apart.bridge.is_none())
    }
}

/// The cheapest ways between concepts. Where there is none, what the snapshot knows of mentions says how near they come.
///
/// # Errors
/// When a name means no concept, or more than one; when no link has a relation asked for; when what is asked for contradicts itself.
pub fn path(snapshot: &Snapshot, question: &PathQuestion) -> Result<Path, AskError> {
    let graph = snapshot.graph();
    let all_named = |names: &[String]| names.iter().map(|name| named(snapshot, name)).collect::<Result<Vec<_>, _>>();
    let (concepts, through, avoid) = (all_named(&question.concepts)?, all_named(&question.through)?, all_named(&question.avoid)?);
    if let Some(both) = concepts.iter().chain(&through).find(|concept| avoid.contains(concept)) {
        return Err(PathArgument::Avoided(describe(snapshot, *both)).into());
    }
    let mut asked: Vec<ConceptId> = Vec::new();
    concepts.iter().for_each(|concept| {
        if !asked.contains(concept) {
            asked.push(*concept);
        }
    });
    let is_of_tree = question.concepts.len() > 2;
    if is_of_tree && let Some(flag) = of_routes(question) {
        return Err(PathArgument::OfRoutes(flag).into());
    }
    let tags = question.tags.then(|| SharedTags::of(snapshot.vault()));
    let suggested = if question.suggested { snapshot.suggested() } else { None };
    let terms = terms(snapshot, question, avoid, tags.as_ref(), suggested)?;
    let (mut routes, mut tree) = (Vec::new(), None);
    let stops: Vec<ConceptId> =
        concepts.first().into_iter().chain(&through).chain(concepts.get(1..).unwrap_or_default()).copied().collect();
    let found = match is_of_tree {
        true => graph.tree(&terms, &asked).into_iter().collect(),
        false => graph.routes(&terms, &stops, question.most, question.share),
    };
    let steps = || found.iter().flat_map(|route| &route.steps);
    let places = steps().filter_map(|step| match &step.by {
        StepBy::Link(link) => Some(link.places.iter().copied()),
        _ => None,
    });
    let mut quoted = Quoted::read(snapshot, places.flatten());
    let mut judge = Judge::new(snapshot, &terms, if is_of_tree { &asked } else { &stops }, is_of_tree);
    for route in &found {
        let steps: Vec<PathStep> = route.steps.iter().map(|step| PathStep::of(snapshot, &mut quoted, step)).collect();
        let verdict = judge.of(route, &steps);
        routes.push(Route { cost: route.cost, steps, verdict });
    }
    if is_of_tree {
        tree = routes.pop();
    }
    let is_apart = routes.is_empty() && tree.is_none();
    let apart = is_apart.then(|| Apart::of(snapshot, &terms, if is_of_tree { &asked } else { &stops }, snapshot.suggested()));
    let concepts = concepts.into_iter().map(|concept| describe(snapshot, concept)).collect();
    Ok(Path { concepts, routes, tree, is_of_tree, apart })
}

/// A flag of a question that says something of routes alone.
fn of_routes(question: &PathQuestion) -> Option<&'static str> {
    let flags =
        [(!question.through.is_empty(), "--through"), (question.most > 1, "-k"), (question.most_steps.is_some(), "--max-steps")];
    flags.into_iter().find(|(is_said, _)| *is_said).map(|(_, flag)| flag)
}

fn terms<'t>(
    snapshot: &Snapshot,
    question: &PathQuestion,
    avoid: Vec<ConceptId>,
    tags: Option<&'t SharedTags>,
    suggested: Option<&'t Suggested>,
) -> Result<Terms<'t>, AskError> {
    let settings = snapshot.vault().settings();
    let relations: Vec<String> = question.relations.iter().map(|name| relation_name(name)).collect();
    if relations.iter().any(String::is_empty) {
        return Err(PathArgument::NoRelation.into());
    }
    let known = if relations.is_empty() { Vec::new() } else { all_relations(snapshot) };
    if let Some(at) = relations.iter().position(|name| known.binary_search(name).is_err()) {
        let name = clip(&question.relations[at]).into_owned();
        return Err(PathArgument::Relation { name, nearest: nearest_relations(snapshot, &relations[at], 3) }.into());
    }
    Ok(Terms {
        costs: Costs::new(settings.costs.iter().cloned()),
        hubs: question.hubs,
        hub_weight: question.hub_weight.or(settings.hub_weight).unwrap_or(HUB_WEIGHT),
        directed: question.directed,
        relations: (!relations.is_empty()).then_some(relations),
        avoid,
        most_steps: question.most_steps,
        tags,
        suggested,
    })
}
