//! The house keeps its shape: who may use whom, which crate lives where, what every file says of itself.
//!
//! In one crate the compiler guards no stairs; these tables do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may use: those below it.
const STAIRS: [(&str, &[&str]); 10] = [
    ("cellar", &[]),
    ("note", &[]),
    ("vault", &["cellar", "note"]),
    ("graph", &["cellar", "note", "vault"]),
    ("index", &["cellar", "note", "vault"]),
    ("model", &["cellar"]),
    ("snapshot", &["cellar", "note", "vault", "graph", "index"]),
    ("answer", &["note", "vault", "graph", "index", "model", "snapshot"]),
    ("render", &["note", "answer"]),
    ("cli", &["note", "snapshot", "answer", "render"]),
];

/// Guest crates that do one room's work, and that room.
const GUESTS: [(&str, &str); 36] = [
    ("anstyle", "render"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
    ("colorous", "render"),
    ("crossterm", "cli"),
    ("csv", "render"),
    ("ctrlc", "cli"),
    ("dejavu", "render"),
    ("diffsol", "model"),
    ("encoding_rs", "note"),
    ("etcetera", "cli"),
    ("fixedbitset", "graph"),
    ("ignore", "vault"),
    ("libm", "model"),
    ("percent_encoding", "note"),
    ("petgraph", "graph"),
    ("pulldown_cmark", "note"),
    ("rand_chacha", "model"),
    ("ratatui_core", "render"),
    ("ratatui_widgets", "render"),
    ("regex", "note"),
    ("resvg", "render"),
    ("rust_stemmers", "index"),
    ("saphyr_parser", "note"),
    ("serde_json", "render"),
    ("similar", "render"),
    ("svg", "render"),
    ("tantivy", "index"),
    ("terminal_size", "cli"),
    ("time", "note"),
    ("toml", "vault"),
    ("twox_hash", "cellar"),
    ("unicode_width", "render"),
    ("walkdir", "snapshot"),
    ("whichlang", "index"),
];

/// What may lie at the top of the tree, hidden files aside.
const TOP: [&str; 9] =
    ["Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "notes", "src", "target", "tests"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("a file").into_path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The room of a source file: its folder under `src`, or its own name; none for `lib.rs` and `main.rs`.
fn room(file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root().join("src")).expect("a source file");
    let first = inside.components().next()?.as_os_str().to_string_lossy().into_owned();
    let room = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
    (!matches!(room.as_str(), "lib" | "main")).then_some(room)
}

/// The code of a file without its comments, and what it names behind `start`.
fn names_behind(file: &Path, start: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("a source file");
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut names = BTreeSet::new();
    for line in code {
        for (at, _) in line.match_indices(start) {
            let before = line[..at].chars().next_back();
            let name: String = line[at + start.len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                names.insert(name);
            }
        }
    }
    names
}

#[test]
fn stairs_only_go_down() {
    let mut rooms = BTreeSet::new();
    for file in rust_files(&root().join("src")) {
        let Some(room) = room(&file) else { continue };
        let (_, below) =
            STAIRS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| panic!("{room} is no room of the house"));
        for used in names_behind(&file, "crate::") {
            assert!(used == room || below.contains(&used.as_str()), "{} uses {used}, which is not below {room}", file.display());
        }
        rooms.insert(room);
    }
    assert_eq!(rooms.len(), STAIRS.len(), "a room of the table is empty: {rooms:?}");
}

#[test]
fn guests_stay_in_their_rooms() {
    // Tests that lie beside the code may ask any guest whether the room is right.
    let is_code = |file: &PathBuf| !file.ends_with("tests.rs");
    for file in rust_files(&root().join("src")).into_iter().filter(is_code) {
        let room = room(&file);
        for (guest, host) in GUESTS {
            let is_here = !names_behind(&file, &format!("{guest}::")).is_empty();
            assert!(!is_here || room.as_deref() == Some(host), "{} uses {guest}, which lives in {host}", file.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file");
            assert!(text.starts_with("//! "), "{} has no header", file.display());
        }
    }
}

#[test]
fn the_front_door_fits_on_a_postcard() {
    let main = fs::read_to_string(root().join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() <= 15, "main.rs has {} lines", main.lines().count());
}

#[test]
fn no_test_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).expect("main.rs");
    for file in rust_files(&root().join("tests/it")) {
        let name = file.file_stem().expect("a name").to_string_lossy();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/{name}.rs is in no test crate");
    }
}

#[test]
fn nothing_else_lies_at_the_top() {
    for entry in fs::read_dir(root()).expect("the root") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || TOP.contains(&name.as_str()), "{name} lies at the top of the tree");
    }
}

/// The cases of the link semantics stand as specs by number, every one.
#[test]
fn every_case_of_link_semantics_has_its_spec() {
    let mut specs = String::new();
    for entry in fs::read_dir(root().join("tests/specs")).expect("specs") {
        specs.push_str(&fs::read_to_string(entry.expect("a spec").path()).expect("a spec"));
    }
    let headings: Vec<&str> = specs.lines().filter(|line| line.starts_with('#') && line.contains("Case")).collect();
    let numbers: BTreeSet<u32> = headings
        .iter()
        .flat_map(|line| line.split(':').next().unwrap_or_default().split(|c: char| !c.is_ascii_digit()))
        .filter_map(|number| number.parse().ok())
        .collect();
    let missing: Vec<u32> = (1..=110).filter(|number| !numbers.contains(number)).collect();
    assert!(missing.is_empty(), "no spec for the cases {missing:?}");
}
