//! How far it is from everywhere to one place, found nearest first and only as far as somebody wants to know: Dijkstra's
//! search, which can be gone on with.
//!
//! What is known so far bounds the rest from below: who is not within the radius is at least as far away as it. So that
//! half of a way is enough for a search from the other end to go nearly straight.

use super::cost::Price;
use super::terrain::{Facing, Terrain};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub(super) struct Reach {
    facing: Facing,
    prices: Vec<Price>,
    open: BinaryHeap<Reverse<(Price, u32)>>,
    radius: Price,
}

impl Reach {
    /// From a place on, or, facing back, from everywhere to it.
    pub(super) fn new(at: u32, facing: Facing, places: usize) -> Reach {
        let mut prices = vec![Price::FAR; places];
        prices[at as usize] = Price::default();
        Reach { facing, prices, open: BinaryHeap::from([Reverse((Price::default(), at))]), radius: Price::default() }
    }

    /// What the way from a place costs at least. It is what it costs wherever that is no more than the radius.
    pub(super) fn lower(&self, at: u32) -> Price {
        self.prices[at as usize].min(self.radius)
    }

    /// Goes on over one more place and shows each place that a cheaper way was found to, with its price. Says whether there
    /// was a place to go on from.
    pub(super) fn go_on(&mut self, terrain: &mut Terrain<'_>, mut found: impl FnMut(u32, Price)) -> bool {
        let next = std::iter::from_fn(|| self.open.pop()).find(|Reverse((price, at))| *price == self.prices[*at as usize]);
        let Some(Reverse((price, at))) = next else {
            self.radius = Price::FAR;
            return false;
        };
        self.radius = price;
        for number in terrain.ways(at, self.facing) {
            let way = terrain.way(number, self.facing);
            let step = match self.facing {
                Facing::On => terrain.price(at, way.to, &way),
                Facing::Back => terrain.price(way.to, at, &way),
            };
            let Some(price) = step.map(|step| price.plus(step)) else { continue };
            if price < self.prices[way.to as usize] {
                self.prices[way.to as usize] = price;
                self.open.push(Reverse((price, way.to)));
                found(way.to, price);
            }
        }
        true
    }

    /// Goes on for about so much work.
    pub(super) fn go_on_for(&mut self, terrain: &mut Terrain<'_>, work: u64) {
        let end = terrain.looked + work;
        while terrain.looked < end && self.go_on(terrain, |_, _| ()) {}
    }
}

/// The price of the cheapest way from `start` to `goal`, if there is one, and what was found out on the side of the goal.
///
/// Goes on from both ends, always where less has been looked at, until no way that was not come by can be cheaper: a hub soon
/// brings everything in, and half a way has far less around it than a whole one.
pub(super) fn meet(terrain: &mut Terrain<'_>, start: u32, goal: u32) -> (Option<Price>, Reach) {
    let places = terrain.places();
    let (mut from_start, mut to_goal) = (Reach::new(start, Facing::On, places), Reach::new(goal, Facing::Back, places));
    let mut best = if start == goal { Price::default() } else { Price::FAR };
    let (mut work_of_start, mut work_of_goal) = (0, 0);
    while from_start.radius.plus(to_goal.radius) < best {
        let before = terrain.looked;
        let is_start = work_of_start <= work_of_goal;
        let (here, there) = if is_start { (&mut from_start, &to_goal) } else { (&mut to_goal, &from_start) };
        let is_open = here.go_on(terrain, |at, price| best = best.min(price.plus(there.prices[at as usize])));
        let work = terrain.looked - before + 1;
        if is_start {
            work_of_start += work
        } else {
            work_of_goal += work
        }
        // All that can be come to from one end is known, and with it every way to the other.
        if !is_open {
            break;
        }
    }
    ((best != Price::FAR).then_some(best), to_goal)
}
