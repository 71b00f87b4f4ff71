//! Ways in the order of what they cost, each without a circle: Yen's ("Finding the k shortest loopless paths in a
//! network", Management Science 17, 1971), divided as Lawler does ("A procedure for computing the k best solutions", Management
//! Science 18, 1972).
//!
//! The best way of a set of ways is given, and what is left of the set falls into parts by how far a way goes along with it
//! and where it leaves it; each part is asked for its best in turn. So no way is found twice, and none is left out.
//!
//! Each search from a place on the way spends about as much as it did on knowing more of how far the end is, so that many
//! searches soon go straight and a single one need not see half the vault.

use super::cost::Price;
use super::reach::{Reach, meet};
use super::search::{Found, Guide, State, search};
use super::terrain::Terrain;
use fixedbitset::FixedBitSet;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// After so many ways that were too like one given before, another kind of search looks for the next.
pub(super) const MOST_ALIKE: usize = 200;

/// The same after so much work, in ways on from a place that were looked at: hubs make each way dear to find.
const MOST_WORK: u64 = 200_000;

/// A stretch of ground from one concept by others to a last, and what is known of it.
pub(super) struct Ground<'g> {
    pub terrain: Terrain<'g>,
    /// The concepts to come by in order, the two ends included; no two that follow one another are one.
    stops: Vec<u32>,
    /// How far it is to the end of each leg.
    legs: Vec<Reach>,
    /// What it costs from the beginning of each leg to the end of the last, and one more for nothing.
    rest: Vec<Price>,
    most_steps: Option<u32>,
}

impl<'g> Ground<'g> {
    /// None if there is no way.
    pub(super) fn new(mut terrain: Terrain<'g>, stops: Vec<u32>, most_steps: Option<u32>) -> Option<Ground<'g>> {
        let mut legs = Vec::new();
        let mut prices = Vec::new();
        for ends in stops.windows(2) {
            let (price, mut reach) = meet(&mut terrain, ends[0], ends[1]);
            let price = price?;
            // Nothing may seem cheaper at the beginning of a later leg than it did at the end of the one before.
            while !legs.is_empty() && reach.lower(ends[0]) < price && reach.go_on(&mut terrain, |_, _| ()) {}
            prices.push(price);
            legs.push(reach);
        }
        let mut rest = vec![Price::default()];
        for price in prices.into_iter().rev() {
            rest.push(price.plus(rest[rest.len() - 1]));
        }
        rest.reverse();
        Some(Ground { terrain, stops, legs, rest, most_steps })
    }

    fn states(&self) -> usize {
        self.terrain.places() * self.legs.len().max(1)
    }

    /// The concepts that a way comes by, the two ends included.
    pub(super) fn concepts(&self, found: &Found) -> Vec<u32> {
        let places = self.terrain.places() as u32;
        let concept = |state: &State| self.terrain.concept(state % places).map(|concept| concept.0);
        found.states.iter().filter_map(concept).collect()
    }

    /// The best way on from a state, behind what is blocked already.
    fn find(&mut self, from: State, price: Price, blocked: &FixedBitSet, banned: &[State]) -> Option<Found> {
        let places = self.terrain.places() as u32;
        let last = self.legs.len().saturating_sub(1) as u32;
        let end = last * places + self.stops.last().copied().unwrap_or(0);
        let (legs, rest) = (&self.legs, &self.rest);
        let lower = |state: State| {
            let leg = (state / places) as usize;
            legs.get(leg).map_or(Price::FAR, |reach| reach.lower(state % places).plus(rest[leg + 1]))
        };
        let stairs = &self.stops[1..self.stops.len() - 1];
        let (most_steps, is_bounded) = (self.most_steps.unwrap_or(u32::MAX), self.most_steps.is_some());
        let guide = Guide { lower: &lower, is_end: &|state| state == end, stairs, blocked, banned, most_steps, is_bounded };
        let before = self.terrain.looked;
        let found = search(&mut self.terrain, &[(from, price)], &guide);
        let work = (self.terrain.looked - before) / self.legs.len().max(1) as u64;
        self.legs.iter_mut().for_each(|reach| reach.go_on_for(&mut self.terrain, work));
        found
    }
}

/// The best way of a set of ways: those that begin as it does, and do not leave its beginning for some states.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    best: Found,
    concepts: Vec<u32>,
    /// How many steps of it all ways of the set have.
    common: usize,
    banned: Vec<State>,
}

impl Part {
    fn order(&self) -> (Price, &[u32], &[State]) {
        (self.best.price(), &self.concepts, &self.best.states)
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Part) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Part) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// All ways, cheapest first; what costs the same in fewer steps first, then in the order of their concepts.
struct InOrder {
    parts: BinaryHeap<Reverse<Part>>,
    /// What was given last, not divided yet.
    given: Option<Part>,
    blocked: FixedBitSet,
}

impl InOrder {
    /// The ways that come by none of these states.
    fn new(ground: &mut Ground<'_>, blocked: FixedBitSet) -> InOrder {
        let start = ground.stops[0];
        let mut ways = InOrder { parts: BinaryHeap::new(), given: None, blocked };
        let found = ground.find(start, Price::default(), &ways.blocked, &[]);
        ways.add(ground, found, 0, Vec::new());
        ways
    }

    fn add(&mut self, ground: &Ground<'_>, found: Option<Found>, common: usize, banned: Vec<State>) {
        if let Some(best) = found {
            let concepts = ground.concepts(&best);
            self.parts.push(Reverse(Part { best, concepts, common, banned }));
        }
    }

    fn next(&mut self, ground: &mut Ground<'_>) -> Option<(Found, Vec<u32>)> {
        if let Some(part) = self.given.take() {
            self.divide(ground, &part);
        }
        let Reverse(part) = self.parts.pop()?;
        let next = (part.best.clone(), part.concepts.clone());
        self.given = Some(part);
        Some(next)
    }

    /// What is left of a part without its best.
    fn divide(&mut self, ground: &mut Ground<'_>, part: &Part) {
        let Found { states, prices, via } = &part.best;
        let was_blocked = self.blocked.clone();
        states[..part.common].iter().for_each(|state| self.blocked.insert(*state as usize));
        for at in part.common..via.len() {
            self.blocked.insert(states[at] as usize);
            let mut banned = if at == part.common { part.banned.clone() } else { Vec::new() };
            banned.push(states[at + 1]);
            let rest = ground.find(states[at], prices[at], &self.blocked, &banned);
            let whole = rest.map(|rest| Found {
                states: [&states[..at], &rest.states].concat(),
                prices: [&prices[..at], &rest.prices].concat(),
                via: [&via[..at], &rest.via].concat(),
            });
            self.add(ground, whole, at, banned);
        }
        self.blocked = was_blocked;
    }
}

/// At most so many ways, cheapest first, each of other concepts than the others, and of its concepts on the way, those to come
/// by aside, no more than a share with each of those before it; a way without any shares nothing. Beyond [`MOST_ALIKE`] ways that are
/// too alike, the next one is the cheapest of those that share nothing.
///
/// They stay in order then as well: whatever was cheaper has been looked at, and each search from then on leaves out more
/// than the one before.
pub(super) fn several(ground: &mut Ground<'_>, most: usize, share: f64) -> Vec<Found> {
    let mut given: Vec<Found> = Vec::new();
    let mut same: BTreeSet<Vec<u32>> = BTreeSet::new();
    let mut between: Vec<BTreeSet<u32>> = Vec::new();
    let blocked = FixedBitSet::with_capacity(ground.states());
    let mut ways = InOrder::new(ground, blocked.clone());
    let mut is_apart = false;
    let mut alike = 0;
    let end_of_work = ground.terrain.looked + MOST_WORK;
    while given.len() < most {
        let Some((found, concepts)) = ways.next(ground) else { break };
        let inner: BTreeSet<u32> = concepts.iter().copied().filter(|concept| !ground.stops.contains(concept)).collect();
        let is_alike = |other: &BTreeSet<u32>| {
            let shared = inner.intersection(other).count();
            // Above what rounding may do to a share that people write.
            shared > 0 && shared as f64 / inner.len() as f64 > share + 1e-9
        };
        if !same.contains(&concepts) && !between.iter().any(is_alike) {
            same.insert(concepts);
            between.push(inner);
            given.push(found);
            if !is_apart {
                alike = 0;
                continue;
            }
        } else {
            alike += 1;
            if alike < MOST_ALIKE && (is_apart || ground.terrain.looked < end_of_work) {
                continue;
            }
            if is_apart {
                break;
            }
        }
        if given.len() < most {
            (is_apart, alike) = (true, 0);
            let mut blocked = blocked.clone();
            let places = ground.terrain.places();
            let of_all_legs =
                |concept: &u32| (0..ground.legs.len()).map(|leg| leg * places + *concept as usize).collect::<Vec<_>>();
            between.iter().flatten().flat_map(of_all_legs).for_each(|state| blocked.insert(state));
            ways = InOrder::new(ground, blocked);
        }
    }
    given
}
