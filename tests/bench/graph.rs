//! What a question about the graph takes beyond opening the snapshot, beside petgraph's own algorithms on the same edges.
//!
//! `cargo bench --bench graph` makes a vault of 2,000 notes; `-- --large` one of 100,000 notes and 1,000,000 links; `-- DIR`
//! takes the vault in that folder. What is told are medians and the slowest of all pairs, in milliseconds, of one run. With
//! `--edges FILE` the edges and the pairs are written there, for `graph.py` beside this file, which asks the same of networkx,
//! igraph and rustworkx.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use petgraph::algo::{astar, dijkstra};
use petgraph::graph::{NodeIndex, UnGraph};
use resonote::answer::{PathQuestion, path, related};
use resonote::graph::{ConceptGraph, ConceptId};
use resonote::snapshot::{Needs, Opening, Snapshot};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const PAIRS: usize = 60;

/// Links of each note of a vault made here.
const LINKS: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let edges = arguments.iter().position(|it| it == "--edges").and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let is_folder = |it: &&String| !it.starts_with('-') && edges.as_deref() != Some(Path::new(it));
    let made = tempfile::tempdir().expect("a folder");
    let notes = if arguments.iter().any(|it| it == "--large") { 100_000 } else { 2_000 };
    let vault = arguments.iter().find(is_folder).map_or_else(|| make(&made.path().join("vault"), notes), PathBuf::from);
    let cache = made.path().join("cache");
    let opening =
        || Opening { needs: Needs { text: true, mentions: true, strict: false }, cache: Some(&cache), ..Opening::of(&vault) };
    drop(opening().open(&mut |_| ()).expect("a snapshot"));
    let start = Instant::now();
    let snapshot = opening().open(&mut |_| ()).expect("a snapshot");
    println!("opening what is kept: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let graph = snapshot.graph();
    let pairs = pairs(&snapshot);
    let all = all_edges(graph);
    println!("{} concepts, {} edges, {} pairs", graph.len(), all.len(), pairs.len());
    if let Some(file) = &edges {
        write_edges(file, &all, &pairs);
    }
    let name = |at: ConceptId| snapshot.vault().path(at.0).to_string();
    let question = |from, to, most| PathQuestion { most, ..PathQuestion::between(&name(from), &name(to)) };
    told("path", &pairs, |from, to| path(&snapshot, &question(from, to, 1)).expect("a path").routes.len());
    told("path -k 3", &pairs, |from, to| path(&snapshot, &question(from, to, 3)).expect("paths").routes.len());
    told("related", &pairs, |from, _| related(&snapshot, &[name(from)], 10, false).expect("an answer").concepts.len());
    // petgraph's own, on its own graph, with our costs: factors of the concept entered, all relations a link.
    let start = Instant::now();
    let mut theirs: UnGraph<(), ()> = UnGraph::with_capacity(graph.len(), all.len());
    (0..graph.len()).for_each(|_| _ = theirs.add_node(()));
    all.iter()
        .for_each(|(source, target)| _ = theirs.add_edge(NodeIndex::new(*source as usize), NodeIndex::new(*target as usize), ()));
    println!("petgraph: building its graph {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let factor = |at: NodeIndex| 1.0 + (1.0 + graph.degree(ConceptId(at.index() as u32)) as f64).ln() / 4.0;
    let factors: Vec<f64> = (0..graph.len()).map(|at| factor(NodeIndex::new(at))).collect();
    let node = |at: ConceptId| NodeIndex::new(at.0 as usize);
    // An undirected edge does not say which end is entered, so that the mean of both has to do.
    let cost = |edge: petgraph::graph::EdgeReference<'_, ()>| {
        use petgraph::visit::EdgeRef;
        f64::midpoint(factors[edge.source().index()], factors[edge.target().index()])
    };
    told("petgraph dijkstra, one route", &pairs, |from, to| dijkstra(&theirs, node(from), Some(node(to)), cost).len());
    told("petgraph astar, one route", &pairs, |from, to| {
        astar(&theirs, node(from), |at| at == node(to), cost, |_| 0.0).map_or(0, |(_, way)| way.len())
    });
}

/// Prints how long a question takes over all pairs.
fn told(what: &str, pairs: &[(ConceptId, ConceptId)], mut ask: impl FnMut(ConceptId, ConceptId) -> usize) {
    let mut took: Vec<f64> = Vec::new();
    let mut found = 0;
    for (from, to) in pairs {
        let start = Instant::now();
        found += ask(*from, *to);
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    println!("{what:<30} median {median:>8.2} ms  slowest {worst:>8.2} ms  ({found} found)");
}

fn all_edges(graph: &ConceptGraph) -> Vec<(u32, u32)> {
    let sources = (0..graph.len() as u32).map(ConceptId);
    sources
        .flat_map(|source| graph.neighbours(source).into_iter().filter(move |it| source < *it).map(move |it| (source.0, it.0)))
        .collect()
}

/// Pairs of two different notes.
fn pairs(snapshot: &Snapshot) -> Vec<(ConceptId, ConceptId)> {
    let mut next = chance();
    let mut note = || ConceptId(next(snapshot.vault().len()) as u32);
    std::iter::repeat_with(|| (note(), note())).filter(|(from, to)| from != to).take(PAIRS).collect()
}

/// Numbers below a bound by Knuth's MMIX generator; the high bits are the good ones.
fn chance() -> impl FnMut(usize) -> usize {
    let mut state = 1_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    }
}

/// Notes of ten links each, half of them to whom others link already: few are linked by many.
fn make(folder: &Path, notes: usize) -> PathBuf {
    let mut next = chance();
    let mut linked: Vec<usize> = (0..LINKS).collect();
    for note in 0..notes {
        let mut text = format!("# concept {note}\n\n");
        for _ in 0..LINKS {
            let target = if next(2) == 0 { linked[next(linked.len())] } else { next(notes) };
            linked.push(target);
            let _ = writeln!(text, "Here word{} and word{} speak of [[concept {target}]].\n", next(5_000), next(50_000));
        }
        let path = folder.join(format!("folder{}/concept {note}.md", note % (notes / 150 + 1)));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a note");
    }
    folder.to_owned()
}

fn write_edges(file: &Path, edges: &[(u32, u32)], pairs: &[(ConceptId, ConceptId)]) {
    let mut text = String::new();
    pairs.iter().for_each(|(from, to)| _ = writeln!(text, "pair\t{}\t{}", from.0, to.0));
    edges.iter().for_each(|(source, target)| _ = writeln!(text, "edge\t{source}\t{target}"));
    fs::write(file, text).expect("a file for the edges");
}
