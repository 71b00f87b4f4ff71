//! The ground that ways are looked for on: each concept's ways on, as far as somebody came to it, with what they cost.
//!
//! What a question leaves out is not there, so that no search need know of it. The columns are read where a search comes
//! by, and each concept's links once: to look for one way touches few of a large vault, and to look for several goes over
//! the same ground again and again.
//!
//! A place is a concept by its number, or, behind all of them, a tag that notes share. Entering a tag costs nothing and is no
//! step: the whole step is paid for when it is left.

use super::cost::{MENTION, NEAR_TAG, Price, TAG, hub_factor, times};
use super::tags::SharedTags;
use super::terms::{Hubs, Terms};
use crate::graph::relation::UNIT;
use crate::graph::{ConceptGraph, ConceptId, Suggested, SuggestedBy, SuggestedEdge};
use fixedbitset::FixedBitSet;
use petgraph::Direction;
use std::ops::Range;

/// By what a step goes. The order decides between two that cost the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Via {
    /// A link.
    Link { is_backward: bool, relation: u32 },
    /// An edge that nobody wrote.
    Suggested { by: SuggestedBy, is_backward: bool },
    /// Into or out of a tag.
    Tag,
}

/// A way from one place to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub to: u32,
    /// What its relation costs, in millionths; 0 at a tag, which has a cost of its own.
    base: u32,
    pub via: Via,
}

/// Which way ways lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facing {
    /// On from a place.
    On,
    /// To it: `to` is where they come from.
    Back,
}

/// The ways of the places that somebody came to.
#[derive(Default)]
struct Known {
    /// Where those of each place begin and end; the end is 0 where nobody came yet.
    ranges: Vec<(u32, u32)>,
    ways: Vec<Way>,
}

pub(super) struct Terrain<'g> {
    graph: &'g ConceptGraph,
    concepts: u32,
    directed: bool,
    /// What each relation costs; none where its links do not count.
    bases: Vec<Option<u32>>,
    mention: u32,
    near_tag: u32,
    suggested: Option<&'g Suggested>,
    tags: Option<&'g SharedTags>,
    /// What leaving each tag costs.
    tag_costs: Vec<u64>,
    weight: f64,
    /// The degree from which on a concept may not be entered.
    most_degree: usize,
    /// What entering each place costs more, in millionths; 0 where nobody asked yet.
    factors: Vec<u64>,
    barred: FixedBitSet,
    on: Known,
    back: Known,
    /// How many ways were looked at: a count of work that is the same on every machine.
    pub looked: u64,
}

/// What entering a place costs more that may not be entered.
const CLOSED: u64 = u64::MAX;

impl<'g> Terrain<'g> {
    /// The ground on these terms. The concepts asked for cost nothing more for being linked with many, and are open in any case.
    pub(super) fn new(graph: &'g ConceptGraph, terms: &Terms<'g>, asked: &[ConceptId]) -> Terrain<'g> {
        let is_asked = |name: &str| terms.relations.as_ref().is_none_or(|asked| asked.iter().any(|it| *it == *name));
        let bases = graph.relations.iter().map(|it| is_asked(&it.name).then(|| terms.costs.of(it))).collect();
        let weight = if terms.hubs == Hubs::Allow { 0.0 } else { terms.hub_weight };
        let tag_cost = |tag: usize, tags: &SharedTags| {
            let members = tags.members(tag as u32).len();
            times(u64::from(terms.costs.of_unwritten(TAG)), hub_factor(weight, members))
        };
        let tag_costs: Vec<u64> = terms.tags.map_or(Vec::new(), |tags| (0..tags.len()).map(|tag| tag_cost(tag, tags)).collect());
        let concepts = graph.len();
        let mut barred = FixedBitSet::with_capacity(concepts);
        terms.avoid.iter().for_each(|concept| barred.set(concept.0 as usize, true));
        let mut factors = vec![0; concepts];
        asked.iter().for_each(|concept| factors[concept.0 as usize] = UNIT);
        let most_degree = if terms.hubs == Hubs::Forbid { graph.hub_degree() } else { None };
        let places = concepts + tag_costs.len();
        Terrain {
            graph,
            concepts: concepts as u32,
            directed: terms.directed,
            bases,
            mention: terms.costs.of_unwritten(MENTION),
            near_tag: terms.costs.of_unwritten(NEAR_TAG),
            suggested: terms.suggested,
            tags: terms.tags,
            tag_costs,
            weight,
            most_degree: most_degree.unwrap_or(usize::MAX),
            factors,
            barred,
            on: Known { ranges: vec![(0, 0); places], ways: Vec::new() },
            back: Known { ranges: vec![(0, 0); if terms.directed { places } else { 0 }], ways: Vec::new() },
            looked: 0,
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.concepts as usize + self.tag_costs.len()
    }

    /// The concept that a place is; none for a tag.
    pub(super) fn concept(&self, place: u32) -> Option<ConceptId> {
        (place < self.concepts).then_some(ConceptId(place))
    }

    /// What the tag is called that a place is.
    pub(super) fn tag(&self, place: u32) -> &'g str {
        self.tags.map_or("", |tags| tags.name(place - self.concepts))
    }

    /// The edge that a suggested step follows.
    pub(super) fn suggested_edge(&self, from: u32, to: u32, by: SuggestedBy, is_backward: bool) -> SuggestedEdge {
        let (source, target) = if is_backward { (to, from) } else { (from, to) };
        let (source, target) = (ConceptId(source), ConceptId(target));
        let found = self.suggested.and_then(|all| all.outgoing(source).find(|edge| edge.target == target && edge.by == by));
        found.unwrap_or(SuggestedEdge { source, target, by, places: 1 })
    }

    /// What the step over a way costs; none if it leads where no route may go.
    pub(super) fn price(&mut self, from: u32, to: u32, way: &Way) -> Option<Price> {
        if to >= self.concepts {
            return Some(Price::default());
        }
        let base = match from.checked_sub(self.concepts) {
            Some(tag) => self.tag_costs[tag as usize],
            None => u64::from(way.base),
        };
        match self.factor(to) {
            CLOSED => None,
            factor => Some(Price { cost: times(base, factor), steps: 1 }),
        }
    }

    fn factor(&mut self, concept: u32) -> u64 {
        let known = self.factors[concept as usize];
        if known > 0 {
            return known;
        }
        let degree = self.graph.degree(ConceptId(concept));
        let factor = if degree >= self.most_degree { CLOSED } else { hub_factor(self.weight, degree) };
        self.factors[concept as usize] = factor;
        factor
    }

    /// Where the ways of a place stand, by where they lead, each once: the cheapest to each, for [`Terrain::way`].
    pub(super) fn ways(&mut self, at: u32, facing: Facing) -> Range<usize> {
        let is_back = self.directed && facing == Facing::Back;
        let known = if is_back { &self.back } else { &self.on };
        let (start, end) = known.ranges[at as usize];
        if end > 0 {
            self.looked += u64::from(end - start);
            return start as usize..end as usize;
        }
        let mut ways = self.read(at, is_back);
        // Each run of them is in order already.
        ways.sort();
        ways.dedup_by_key(|way| way.to);
        self.looked += ways.len() as u64;
        let known = if is_back { &mut self.back } else { &mut self.on };
        if known.ways.is_empty() {
            // An end of 0 says that nobody came yet.
            known.ways.push(Way { to: 0, base: 0, via: Via::Tag });
        }
        let start = known.ways.len();
        known.ways.append(&mut ways);
        known.ranges[at as usize] = (start as u32, known.ways.len() as u32);
        start..known.ways.len()
    }

    /// One of the ways that [`Terrain::ways`] found for somebody who faces the same way.
    pub(super) fn way(&self, number: usize, facing: Facing) -> Way {
        if self.directed && facing == Facing::Back { self.back.ways[number] } else { self.on.ways[number] }
    }

    /// The ways of a place as the columns have them.
    fn read(&self, at: u32, is_back: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        if let Some(tag) = at.checked_sub(self.concepts) {
            let members = self.tags.map_or(&[][..], |tags| tags.members(tag));
            let open = members.iter().filter(|to| !self.barred.contains(**to as usize));
            ways.extend(open.map(|to| Way { to: *to, base: 0, via: Via::Tag }));
            return ways;
        }
        for direction in [Direction::Outgoing, Direction::Incoming] {
            let is_backward = direction == Direction::Incoming;
            if self.directed && is_backward != is_back {
                continue;
            }
            let (ends, relations) = self.graph.graph.ends(at, direction);
            for (to, relation) in ends.into_iter().zip(relations) {
                let base = self.bases.get(relation as usize).copied().flatten();
                if let Some(base) = base.filter(|_| to != at && !self.barred.contains(to as usize)) {
                    ways.push(Way { to, base, via: Via::Link { is_backward, relation } });
                }
            }
            let Some(suggested) = self.suggested else { continue };
            let (mention, near_tag) = (self.mention, self.near_tag);
            let mut add = |to: ConceptId, by: SuggestedBy| {
                let base = if by == SuggestedBy::Mention { mention } else { near_tag };
                if to.0 != at && !self.barred.contains(to.0 as usize) {
                    ways.push(Way { to: to.0, base, via: Via::Suggested { by, is_backward } });
                }
            };
            match is_backward {
                false => suggested.outgoing(ConceptId(at)).for_each(|edge| add(edge.target, edge.by)),
                true => suggested.backlinks(ConceptId(at)).for_each(|edge| add(edge.source, edge.by)),
            }
        }
        let tags = self.tags.into_iter().flat_map(|tags| tags.of_note(at));
        ways.extend(tags.map(|tag| Way { to: self.concepts + tag, base: 0, via: Via::Tag }));
        ways
    }
}
