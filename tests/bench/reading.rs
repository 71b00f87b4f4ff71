//! How reading a vault compares with the least that must be done: open each file, read it, run the markdown parser.
//!
//! `cargo bench --bench reading` makes a vault of 10,000 notes; `cargo bench --bench reading -- DIR` takes yours. Each row
//! is the median of nine rounds; in a round all rows run in turn, so that their ratios hold when the machine does not.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use pulldown_cmark::{Options, Parser};
use rayon::prelude::*;
use resonote::cli::{World, run};
use resonote::graph::ConceptGraph;
use resonote::vault::Vault;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

mod vault;

const ROUNDS: usize = 9;
const NOTES: usize = 10_000;

fn main() {
    // Cargo hands its own flags to a benchmark as well.
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let made = tempfile::tempdir().expect("a folder");
    let vault = named.map_or_else(|| vault::make(made.path(), NOTES), PathBuf::from);
    let files: Vec<PathBuf> = notes(&vault);
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).map_or(0, |kind| kind.len())).sum();
    println!("{} notes, {:.1} MB, {} threads", files.len(), bytes as f64 / 1e6, rayon::current_num_threads());
    let limit = "limit: read and parse";
    let rows: [(&str, &dyn Fn()); 5] = [
        ("list the files", &|| drop(black_box(notes(&vault)))),
        (limit, &|| read_and_parse(&files)),
        ("open the vault", &|| drop(black_box(open(&vault)))),
        ("vault and graph", &|| drop(black_box(ConceptGraph::of(&open(&vault))))),
        ("stats, in process", &|| ask(&vault, &["stats"])),
    ];
    let mut times = vec![Vec::new(); rows.len()];
    for round in 0..=ROUNDS {
        for (row, (_, job)) in rows.iter().enumerate() {
            let start = Instant::now();
            job();
            // The first round warms the page cache up.
            if round > 0 {
                times[row].push(start.elapsed().as_secs_f64());
            }
        }
    }
    let floor = rows.iter().position(|(name, _)| *name == limit).expect("the limit is a row");
    for (row, (name, _)) in rows.iter().enumerate() {
        let ratios = times[row].iter().zip(&times[floor]).map(|(time, floor)| time / floor).collect();
        println!("{name:<24} {:8.1} ms  {:6.2} x the limit", median(times[row].clone()) * 1e3, median(ratios));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn notes(vault: &Path) -> Vec<PathBuf> {
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let entries = walkdir::WalkDir::new(vault).into_iter().filter_entry(visible).filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect()
}

fn read_and_parse(files: &[PathBuf]) {
    let options = Options::ENABLE_WIKILINKS
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    let events =
        |file: &PathBuf| fs::read_to_string(file).map_or(0, |text| Parser::new_ext(&text, options).into_offset_iter().count());
    black_box(files.par_iter().map(events).sum::<usize>());
}

fn open(vault: &Path) -> Vault {
    Vault::open(vault, false).expect("a vault")
}

fn ask(vault: &Path, question: &[&str]) {
    let world = World { folder: vault.to_owned(), ..World::default() };
    let arguments = ["resonote"].into_iter().chain(question.iter().copied());
    run(arguments.chain(["--vault", "."]), &world, &mut std::io::sink(), &mut std::io::sink());
}
