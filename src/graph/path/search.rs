//! The cheapest way from some places to another, of all that cost the same the first: the search by Hart, Nilsson and
//! Raphael (A*, 1968), guided by what is known of how far the end is at least.
//!
//! A way may have to come by some concepts in order. Then it is looked for on as many floors of the same ground, each with its
//! own concept to come to, and coming to it leads up to the next floor; so it may cross itself, and it is the cheapest of all.
//!
//! With a bound on steps a place can be worth coming to twice: dearer, but in fewer steps. Without one, the cheapest way there
//! is enough.
//!
//! Every place of all cheapest ways is found, each with all the places before it, so that the first of them can be chosen
//! from the start: at each place on to the concept that comes first in the order of concepts.

use super::cost::Price;
use super::terrain::{Facing, Terrain, Via};
use fixedbitset::FixedBitSet;
use foldhash::{HashMap, HashMapExt};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A place on a floor: the floor times the number of places, and the place.
pub(super) type State = u32;

/// What a search goes by.
pub(super) struct Guide<'s> {
    /// What the way from a state to the end costs at least; [`Price::FAR`] where there is none. No step may make it fall by more than
    /// the step costs.
    pub lower: &'s dyn Fn(State) -> Price,
    /// Whether a state is an end.
    pub is_end: &'s dyn Fn(State) -> bool,
    /// The places that lead up to the next floor, floor by floor.
    pub stairs: &'s [u32],
    /// States that no way may come by.
    pub blocked: &'s FixedBitSet,
    /// States that no way may come to in its first step.
    pub banned: &'s [State],
    pub most_steps: u32,
    /// Whether steps are bounded at all.
    pub is_bounded: bool,
}

/// A way that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it comes by, both ends included.
    pub states: Vec<State>,
    /// What it costs up to each of them.
    pub prices: Vec<Price>,
    /// How it goes on from each but the last.
    pub via: Vec<Via>,
}

impl Found {
    pub(super) fn price(&self) -> Price {
        self.prices.last().copied().unwrap_or_default()
    }
}

/// A state that was come to at the lowest price there is.
struct Label {
    state: State,
    price: Price,
    /// The last of the labels that lead to it at this price, as [`Before`] by number.
    before: u32,
}

/// A label that leads to another one, and the one told before it.
struct Before {
    label: u32,
    via: Via,
    next: u32,
}

/// What may be come to: the lower bound of a whole way over it, the state, its price, from which label, how.
type Open = (Price, State, Price, u32, Via);

const NONE: u32 = u32::MAX;

/// The cheapest way from any of these starts, at the price that it costs to be there, to an end. None if there is no way.
pub(super) fn search(terrain: &mut Terrain<'_>, starts: &[(State, Price)], guide: &Guide<'_>) -> Option<Found> {
    let places = terrain.places() as u32;
    let mut labels: Vec<Label> = Vec::new();
    let mut before: Vec<Before> = Vec::new();
    let mut last_label: HashMap<State, u32> = HashMap::new();
    let mut open: BinaryHeap<Reverse<Open>> = BinaryHeap::new();
    for (state, price) in starts {
        let lower = (guide.lower)(*state);
        if lower != Price::FAR {
            open.push(Reverse((price.plus(lower), *state, *price, NONE, Via::Tag)));
        }
    }
    let mut end: Option<(Price, u32)> = None;
    while let Some(Reverse((whole, state, price, from, via))) = open.pop() {
        if end.is_some_and(|(best, _)| whole > best) {
            break;
        }
        if let Some(label) = last_label.get(&state) {
            let label = &mut labels[*label as usize];
            if label.price == price && from != NONE {
                before.push(Before { label: from, via, next: label.before });
                label.before = before.len() as u32 - 1;
            }
            // States are come to in the order of their prices: this one is dearer, and worth it only for fewer steps.
            if label.price == price || !guide.is_bounded || label.price.steps <= price.steps {
                continue;
            }
        }
        let number = labels.len() as u32;
        let mut first = NONE;
        if from != NONE {
            first = before.len() as u32;
            before.push(Before { label: from, via, next: NONE });
        }
        labels.push(Label { state, price, before: first });
        last_label.insert(state, number);
        if (guide.is_end)(state) {
            // Of several ends at one price the first counts.
            end = end.or(Some((whole, number)));
            continue;
        }
        let (floor, place) = (state / places, state % places);
        for at in terrain.ways(place, Facing::On) {
            let way = terrain.way(at, Facing::On);
            let is_up = guide.stairs.get(floor as usize) == Some(&way.to);
            let next = way.to + places * (floor + u32::from(is_up));
            if guide.blocked.contains(next as usize) || (from == NONE && guide.banned.contains(&next)) {
                continue;
            }
            let Some(price) = terrain.price(place, way.to, &way).map(|step| price.plus(step)) else { continue };
            let lower = (guide.lower)(next);
            let is_short = price.steps + u32::from(!(guide.is_end)(next)) <= guide.most_steps;
            if lower != Price::FAR && is_short {
                open.push(Reverse((price.plus(lower), next, price, number, way.via)));
            }
        }
    }
    let (_, end) = end?;
    Some(first_of(&labels, &before, end, places, terrain))
}

/// Of all ways that lead to a label the one whose concepts come first.
fn first_of(labels: &[Label], before: &[Before], end: u32, places: u32, terrain: &Terrain<'_>) -> Found {
    // From the end back, what lies on such a way, and how each of it goes on.
    let mut on: HashMap<u32, Vec<(u32, Via)>> = HashMap::from_iter([(end, Vec::new())]);
    let (mut todo, mut starts) = (vec![end], Vec::new());
    while let Some(label) = todo.pop() {
        let mut at = labels[label as usize].before;
        if at == NONE {
            starts.push(label);
        }
        while let Some(it) = before.get(at as usize) {
            let ways = on.entry(it.label).or_insert_with(|| {
                todo.push(it.label);
                Vec::new()
            });
            ways.push((label, it.via));
            at = it.next;
        }
    }
    let place = |label: u32| labels[label as usize].state % places;
    let mut at = starts.into_iter().min_by_key(|label| place(*label)).unwrap_or(end);
    let mut found = Found { states: Vec::new(), prices: Vec::new(), via: Vec::new() };
    let mut add = |label: u32, via: Option<Via>| {
        found.states.push(labels[label as usize].state);
        found.prices.push(labels[label as usize].price);
        found.via.extend(via);
    };
    add(at, None);
    while at != end {
        // A tag is no concept: what counts is where it leads.
        let beyond = |next: u32| on.get(&next).into_iter().flatten().copied();
        let ways = on.get(&at).into_iter().flatten().flat_map(|(next, via)| match terrain.concept(place(*next)) {
            Some(_) => vec![(place(*next), None, *next, *via)],
            None => beyond(*next).map(|(to, _)| (place(to), Some(place(*next)), *next, *via)).collect(),
        });
        let Some((_, tag, next, via)) = ways.min() else { break };
        add(next, Some(via));
        at = next;
        if tag.is_some()
            && let Some((to, via)) = beyond(next).min_by_key(|(to, _)| (place(*to), *to))
        {
            add(to, Some(via));
            at = to;
        }
    }
    found
}
