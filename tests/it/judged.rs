//! Search is held to what people judged: queries over `notes/`, each with the concepts that answer it, as `eval search`
//! measures them. The judgements were made from the notes, not from what search says.
//!
//! A floor lies a little below what was measured when it was last raised. Whoever gets above raises it; nobody lowers one
//! without saying what was won by it.

use crate::ask;
use resonote::cli::Exit;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Each kind of query, with the least that its mean nDCG@10 may be.
const FLOORS: [(&str, f64); 9] = [
    ("name", 1.0),
    ("alias", 1.0),
    ("near-name", 0.96),
    ("paraphrase", 0.95),
    ("question", 0.94),
    ("typo", 1.0),
    ("typos", 0.98),
    ("inflection", 0.98),
    ("phrase", 1.0),
];

/// The least that the mean nDCG@10 over all queries may be.
const FLOOR: f64 = 0.98;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> PathBuf {
    root().join("tests/judged").join(name)
}

/// What `eval search` says of each query of a file.
fn measured(name: &str, arguments: &[&str]) -> Value {
    let queries = file(name).display().to_string();
    let said = ask(&root().join("notes"), &[&["eval", "search", &queries, "--json"], arguments].concat());
    assert_eq!((said.exit, said.err.as_str()), (Exit::Answered, ""), "{name}");
    serde_json::from_str(&said.out).expect("JSON")
}

fn figure(of: &Value, name: &str) -> f64 {
    of[name].as_f64().expect("a number")
}

fn mean(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / figures.len() as f64
}

#[allow(clippy::print_stdout, reason = "figures are there to be read")]
#[test]
fn search_over_our_own_notes_keeps_above_its_floors() {
    let judged = fs::read_to_string(file("notes.jsonl")).expect("judged queries");
    let kinds: Vec<String> = judged
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["kind"].as_str().expect("a kind").to_owned())
        .collect();
    let measured = measured("notes.jsonl", &[]);
    let trials = measured["queries"].as_array().expect("queries");
    assert_eq!(trials.len(), kinds.len(), "each line is a query");
    let mut below = Vec::new();
    let mut counted = 0;
    println!("{:<12}{:>8}{:>9}{:>9}{:>11}{:>8}", "kind", "queries", "nDCG@10", "first", "Recall@10", "floor");
    for (kind, floor) in FLOORS {
        let of_kind: Vec<&Value> = trials.iter().zip(&kinds).filter(|(_, its)| *its == kind).map(|(trial, _)| trial).collect();
        let all = |name: &str| mean(&of_kind.iter().map(|trial| figure(trial, name)).collect::<Vec<_>>());
        let first: Vec<f64> = of_kind.iter().map(|trial| f64::from(u8::from(trial["rank"] == 1))).collect();
        let (ndcg, recall) = (all("ndcg_10"), all("recall_10"));
        println!("{kind:<12}{:>8}{ndcg:>9.4}{:>9.4}{recall:>11.4}{floor:>8.2}", of_kind.len(), mean(&first));
        if ndcg < floor {
            below.push(format!("{kind}: nDCG@10 {ndcg:.4} is below {floor}"));
        }
        // Whoever types a concept's very name gets it first.
        if matches!(kind, "name" | "alias") {
            let lost = of_kind.iter().filter(|trial| trial["rank"] != 1);
            below.extend(lost.map(|trial| format!("{} does not come first for its {kind}", trial["query"])));
        }
        counted += of_kind.len();
    }
    assert_eq!(counted, trials.len(), "a query is of no kind that has a floor");
    let all = figure(&measured["means"], "ndcg_10");
    println!("{:<12}{counted:>8}{all:>9.4}{:>28.3}", "all", FLOOR);
    if all < FLOOR {
        below.push(format!("all: nDCG@10 {all:.4} is below {FLOOR}"));
    }
    assert!(below.is_empty(), "{}", below.join("\n"));
}

/// The queries with operators stand in a file of their own: what they mean leaves nothing to judgement.
#[test]
fn queries_with_operators_find_what_they_mean() {
    let measured = measured("operators.jsonl", &[]);
    assert!(measured["total"].as_u64().is_some_and(|total| total >= 40), "{}", measured["total"]);
    for trial in measured["queries"].as_array().expect("queries") {
        assert_eq!(figure(trial, "ndcg_10"), 1.0, "{}", trial["query"]);
    }
}
