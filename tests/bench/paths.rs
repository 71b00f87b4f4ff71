//! How many ways between two concepts run through a hub, and how long they are: plain ways of fewest steps beside ours.
//!
//! `cargo bench --bench paths -- DIR` takes the vault in that folder, as does `RESONOTE_BENCH_VAULT`; without either it makes one.
//! A thousand pairs of written notes are drawn by a fixed seed, and each way is looked at whichever way links point. A hub is
//! one of the hundredth of all concepts with the most edges; a way runs through one if it is neither of its ends. Nothing is timed:
//! what is printed is the same on every machine.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use resonote::graph::{ConceptGraph, ConceptId, HUB_WEIGHT, Hubs, Terms};
use resonote::vault::Vault;
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

mod vault;

const NOTES: usize = 2_000;
const PAIRS: usize = 1_000;
const SEED: u64 = 6;

fn main() {
    // Cargo hands its own flags to a benchmark as well.
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let named = named.or_else(|| std::env::var("RESONOTE_BENCH_VAULT").ok());
    let made = tempfile::tempdir().expect("a folder");
    let folder = named.map_or_else(|| vault::make(made.path(), NOTES), PathBuf::from);
    let vault = Vault::open(&folder, false).expect("a vault");
    let graph = ConceptGraph::of(&vault);
    let hubs = hubs(&graph);
    let pairs = pairs(&graph, vault.len());
    println!("{} concepts, {} hubs, {} pairs, seed {SEED}", graph.len(), hubs.len(), pairs.len());
    let near: Vec<Vec<ConceptId>> = (0..graph.len() as u32).map(|at| near(&graph, ConceptId(at))).collect();
    row("fewest steps, ties by note path", &hubs, pairs.iter().filter_map(|(from, to)| plain(&near, *from, *to)));
    let ours = |hubs, hub_weight| {
        let terms = Terms { hubs, hub_weight, ..Terms::default() };
        let graph = &graph;
        pairs.clone().into_iter().filter_map(move |(from, to)| {
            let route = graph.routes(&terms, &[from, to], 1, 1.0).pop()?;
            Some(route.steps.iter().map(|step| step.to).collect::<Vec<_>>())
        })
    };
    row("--hubs allow", &hubs, ours(Hubs::Allow, 0.0));
    for weight in [HUB_WEIGHT, 2.0, 2.5, 2.9, 3.0, 4.0] {
        row(&format!("--hub-weight {weight}"), &hubs, ours(Hubs::Avoid, weight));
    }
    row("--hubs forbid", &hubs, ours(Hubs::Forbid, HUB_WEIGHT));
}

/// One line of the table: of these ways, each without its start, how many run through a hub, and how many steps they have.
fn row(name: &str, hubs: &BTreeSet<ConceptId>, ways: impl Iterator<Item = Vec<ConceptId>>) {
    let (mut count, mut through, mut steps) = (0, 0, 0);
    for way in ways {
        count += 1;
        steps += way.len();
        through += usize::from(way.iter().rev().skip(1).any(|at| hubs.contains(at)));
    }
    let of = count.max(1) as f64;
    println!("{name:<34} {count:>5} ways  {:>5.1} % through a hub  {:.3} steps", through as f64 * 100.0 / of, steps as f64 / of);
}

/// The hundredth of all concepts with the most edges, the first of equals.
fn hubs(graph: &ConceptGraph) -> BTreeSet<ConceptId> {
    let mut all: Vec<ConceptId> = (0..graph.len() as u32).map(ConceptId).collect();
    all.sort_by_key(|at| (std::cmp::Reverse(graph.degree(*at)), *at));
    all.truncate(graph.len().div_ceil(100));
    all.into_iter().collect()
}

/// Pairs of two different notes, by Knuth's MMIX generator.
fn pairs(graph: &ConceptGraph, notes: usize) -> Vec<(ConceptId, ConceptId)> {
    let notes = notes.min(graph.len());
    let mut state = SEED;
    let mut below = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ConceptId(((state >> 33) as usize % notes) as u32)
    };
    std::iter::repeat_with(|| (below(), below())).filter(|(from, to)| from != to).take(PAIRS).collect()
}

/// Whom a concept is linked with, whichever way, in order.
fn near(graph: &ConceptGraph, at: ConceptId) -> Vec<ConceptId> {
    let ends = graph.outgoing(at).into_iter().map(|edge| edge.target);
    let near: BTreeSet<ConceptId> = ends.chain(graph.backlinks(at).into_iter().map(|edge| edge.source)).collect();
    near.into_iter().filter(|other| *other != at).collect()
}

/// A way of fewest steps, of all such the one whose concepts come first; without its start.
fn plain(near: &[Vec<ConceptId>], from: ConceptId, to: ConceptId) -> Option<Vec<ConceptId>> {
    let mut far = vec![usize::MAX; near.len()];
    far[to.0 as usize] = 0;
    let mut queue = VecDeque::from([to]);
    while let Some(at) = queue.pop_front() {
        for next in &near[at.0 as usize] {
            if far[next.0 as usize] == usize::MAX {
                far[next.0 as usize] = far[at.0 as usize] + 1;
                queue.push_back(*next);
            }
        }
    }
    let (mut at, mut way) = (from, Vec::new());
    if far[from.0 as usize] == usize::MAX {
        return None;
    }
    while at != to {
        at = *near[at.0 as usize].iter().find(|next| far[next.0 as usize] + 1 == far[at.0 as usize])?;
        way.push(at);
    }
    Some(way)
}
