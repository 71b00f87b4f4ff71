//! The wire structs of `path`.

use super::{ConceptWire, EvidenceWire, PlaceWire};
use crate::answer::{Alike, Apart, Around, Island, Path, PathStep, Route, StepKind, Verdict};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct PathWire<'a> {
    from: Option<ConceptWire<'a>>,
    to: Option<ConceptWire<'a>>,
    concepts: Vec<ConceptWire<'a>>,
    total: usize,
    paths: Vec<RouteWire<'a>>,
    tree: Option<RouteWire<'a>>,
    apart: Option<ApartWire<'a>>,
}

#[derive(Serialize)]
struct RouteWire<'a> {
    cost: f64,
    steps: Vec<StepWire<'a>>,
    verdict: VerdictWire<'a>,
}

#[derive(Serialize)]
struct StepWire<'a> {
    from: &'a str,
    to: &'a str,
    from_path: Option<&'a str>,
    to_path: Option<&'a str>,
    relation: &'a str,
    direction: &'static str,
    cost: f64,
    suggested: bool,
    tag: Option<&'a str>,
    evidence: EvidenceWire<'a>,
    places_total: usize,
    places: Vec<PlaceWire<'a>>,
}

#[derive(Serialize)]
struct VerdictWire<'a> {
    steps: usize,
    own: usize,
    borrowed: usize,
    bare: usize,
    suggested: usize,
    only_order_or_tags: bool,
    hub: Option<ConceptWire<'a>>,
    around: Option<AroundWire>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AroundWire {
    None(&'static str),
    Way { cost: f64, steps: usize },
}

#[derive(Serialize)]
struct ApartWire<'a> {
    joined: bool,
    components: Vec<IslandWire<'a>>,
    bridge: Option<Vec<StepWire<'a>>>,
    alike: Vec<AlikeWire<'a>>,
}

#[derive(Serialize)]
struct AlikeWire<'a> {
    concept: ConceptWire<'a>,
    other: ConceptWire<'a>,
    likeness: f64,
    words: &'a [String],
}

#[derive(Serialize)]
struct IslandWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    size: usize,
    most_linked: ConceptWire<'a>,
}

/// A cost in plain links.
fn links(millionths: u64) -> f64 {
    millionths as f64 / 1e6
}

impl<'a> From<&'a Path> for PathWire<'a> {
    fn from(path: &'a Path) -> Self {
        PathWire {
            from: path.concepts.first().map(Into::into),
            to: path.concepts.last().map(Into::into),
            concepts: path.concepts.iter().map(Into::into).collect(),
            total: path.routes.len(),
            paths: path.routes.iter().map(Into::into).collect(),
            tree: path.tree.as_ref().map(Into::into),
            apart: path.apart.as_ref().map(Into::into),
        }
    }
}

impl<'a> From<&'a Route> for RouteWire<'a> {
    fn from(route: &'a Route) -> Self {
        RouteWire {
            cost: links(route.cost),
            steps: route.steps.iter().map(Into::into).collect(),
            verdict: (&route.verdict).into(),
        }
    }
}

impl<'a> From<&'a PathStep> for StepWire<'a> {
    fn from(step: &'a PathStep) -> Self {
        let (from, to) = (ConceptWire::from(&step.from), ConceptWire::from(&step.to));
        StepWire {
            from: from.concept,
            to: to.concept,
            from_path: from.note_path,
            to_path: to.note_path,
            relation: &step.relation,
            direction: if step.is_forward { "forward" } else { "backward" },
            cost: links(step.cost),
            suggested: step.kind == StepKind::Suggested,
            tag: step.spelling.strip_prefix('#').filter(|_| step.is_by_tag()),
            evidence: (&step.evidence).into(),
            places_total: step.places_total,
            places: step.places.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a Verdict> for VerdictWire<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        VerdictWire {
            steps: verdict.steps,
            own: verdict.own,
            borrowed: verdict.borrowed,
            bare: verdict.bare,
            suggested: verdict.suggested,
            only_order_or_tags: verdict.only_order_or_tags,
            hub: verdict.hub.as_ref().map(Into::into),
            around: verdict.around.map(|around| match around {
                Around::None => AroundWire::None("none"),
                Around::NoneAsAsked => AroundWire::None("none-as-asked"),
                Around::Way { cost, steps } => AroundWire::Way { cost: links(cost), steps },
            }),
        }
    }
}

impl<'a> From<&'a Apart> for ApartWire<'a> {
    fn from(apart: &'a Apart) -> Self {
        let component =
            |it: &'a Island| IslandWire { concept: (&it.concept).into(), size: it.size, most_linked: (&it.most_linked).into() };
        ApartWire {
            joined: apart.is_joined,
            components: apart.islands.iter().map(component).collect(),
            bridge: apart.bridge.as_ref().map(|steps| steps.iter().map(Into::into).collect()),
            alike: apart.alike.iter().map(alike).collect(),
        }
    }
}

fn alike(it: &Alike) -> AlikeWire<'_> {
    AlikeWire { concept: (&it.concept).into(), other: (&it.other).into(), likeness: it.likeness, words: &it.words }
}
