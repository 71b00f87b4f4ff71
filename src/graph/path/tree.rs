//! What joins several concepts: a tree of ways, after Takahashi and Matsuyama ("An approximate solution for the Steiner
//! problem in graphs", Mathematica Japonica 24, 1980).
//!
//! From one of the concepts on, the cheapest way from the tree so far to one that is not in it yet is added, until all are
//! in. Started from each of them, and the cheapest tree is taken: the cheapest there is would take time that grows without
//! bound with the number of concepts, and this one costs less than twice as much (where links are followed both ways and no
//! concept costs more to enter).

use super::cost::Price;
use super::reach::{Reach, meet};
use super::search::{Found, Guide, search};
use super::terrain::Terrain;
use fixedbitset::FixedBitSet;

/// The ways of a tree in the order in which they were added, each from a place of the tree on, and what they cost together.
/// None if no tree joins the concepts. The ways start from the first concept if that makes no dearer tree than another.
pub(super) fn tree(terrain: &mut Terrain<'_>, concepts: &[u32]) -> Option<(Price, Vec<Found>)> {
    let places = terrain.places();
    let mut reaches: Vec<Reach> = Vec::new();
    for (at, goal) in concepts.iter().enumerate() {
        // Half of the way from one of the others is enough to go by, and all are as good for it.
        let (_, reach) = meet(terrain, concepts[usize::from(at == 0)], *goal);
        reaches.push(reach);
    }
    let mut best: Option<(Price, Vec<Found>)> = None;
    for start in concepts {
        let Some(grown) = grow(terrain, *start, concepts, &mut reaches, places) else { continue };
        if best.as_ref().is_none_or(|(price, _)| grown.0 < *price) {
            best = Some(grown);
        }
    }
    best
}

fn grow(
    terrain: &mut Terrain<'_>,
    start: u32,
    concepts: &[u32],
    reaches: &mut [Reach],
    places: usize,
) -> Option<(Price, Vec<Found>)> {
    let blocked = FixedBitSet::with_capacity(places);
    let mut inside = FixedBitSet::with_capacity(places);
    inside.insert(start as usize);
    let mut starts = vec![(start, Price::default())];
    let (mut price, mut ways) = (Price::default(), Vec::new());
    loop {
        let left: Vec<usize> = (0..concepts.len()).filter(|at| !inside.contains(concepts[*at] as usize)).collect();
        if left.is_empty() {
            return Some((price, ways));
        }
        let lower = |place: u32| left.iter().map(|at| reaches[*at].lower(place)).min().unwrap_or(Price::FAR);
        let is_end = |place: u32| left.iter().any(|at| concepts[*at] == place);
        let guide = Guide {
            lower: &lower,
            is_end: &is_end,
            stairs: &[],
            blocked: &blocked,
            banned: &[],
            most_steps: u32::MAX,
            is_bounded: false,
        };
        let before = terrain.looked;
        let found = search(terrain, &starts, &guide)?;
        let work = (terrain.looked - before) / left.len() as u64;
        left.iter().for_each(|at| reaches[*at].go_on_for(terrain, work));
        price = price.plus(found.price());
        for place in found.states.iter().filter(|place| terrain.concept(**place).is_some()) {
            if !inside.put(*place as usize) {
                starts.push((*place, Price::default()));
            }
        }
        ways.push(found);
    }
}
