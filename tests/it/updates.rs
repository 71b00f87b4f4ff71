//! Bringing what is kept up to date gives the same as making it anew: whatever is written, renamed, moved or removed.

use crate::{ask, ask_kept};
use proptest::prelude::*;
use resonote::graph::ConceptGraph;
use resonote::snapshot::{Needs, Opening, Snapshot};
use resonote::vault::OF_THE_LOOK;
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// One thing that happens to a vault between two questions.
#[derive(Clone, Debug)]
enum Edit {
    Write(String, String),
    Remove(String),
    Rename(String, String),
    /// Takes a file or folder away and puts a folder with a note there, or the other way round.
    TurnOver(String),
    /// A note says the same, but was touched.
    Touch(String),
    /// A letter is another one: as many bytes, at about the same time.
    Letter(String),
    Settings(&'static str),
    Obsidian,
}

const PATHS: [&str; 16] = [
    "a.md",
    "A.md",
    "b.md",
    "x/a.md",
    "x/b.md",
    "X/c.md",
    "x/y/a.md",
    "é.md",
    "e\u{301}.md",
    "index.md",
    "x/index.md",
    "x/README.md",
    "p.png",
    "x/p.png",
    "x/y.md",
    "a.b.md",
];

const LINES: [&str; 37] = [
    "[[a]]",
    "[[A]]",
    "[[x/a]] and more.",
    "[[b#Heading]]",
    "[[a#^block]]",
    "[[#Heading]]",
    "![[p.png]]",
    "![[q.png]]",
    "[t](a.md)",
    "[t](../a.md#heading)",
    "[t](./b)",
    "[[../out]]",
    "up: [[b]]",
    "See also: [[other]], [[Other]]",
    "[[é]]",
    "[[e\u{301}|x]]",
    "preceding: [[b]]",
    "following: [[a]]",
    "[[alias]]",
    "[[Named]]",
    "[[x]]",
    "[[/x/y]]",
    "[[a/b]]",
    "[[x/../a]]",
    "[t](a.md?v=1)",
    "[[%61]]",
    "# Named",
    "## Heading",
    "text ^block",
    "#tag #tag/below",
    "Of alias, other and named it speaks, and of aliases.",
    "nobody said x y or READMEs; index y.",
    "`alias` and alias other alias other index.",
    "#namedother",
    "# alias",
    "# Other alias",
    "Many readme indexes",
];

const FRONTS: [&str; 8] = [
    "",
    "---\naliases: [alias, other]\n---\n",
    "---\ntitle: Named\ntags: [Tag]\n---\n",
    "---\ntitle: [\n---\n",
    "---\nrelated: \"[[a]] and [[nobody]]\"\n---\n",
    "---\naliases: [a, x/b]\ntitle: b\n---\n",
    "---\naliases: [other alias, alias index, speaks]\n---\n",
    "---\ntitle: Named Others\n---\n",
];

const SETTINGS: [&str; 8] = [
    "",
    "pipe = \"label-first\"",
    "logseq = true",
    "folder-index = true",
    "dotted-names = true",
    "exclude = [\"x/y\"]",
    "list-relations = true\nlogseq = true",
    "gitignore = true",
];

fn text() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(prop::sample::select(&LINES[..]), 0..6);
    (prop::sample::select(&FRONTS[..]), lines, any::<bool>()).prop_map(|(front, lines, is_list)| {
        let lines: Vec<String> = match is_list {
            true => lines.iter().enumerate().map(|(at, line)| format!("{}- {line}", "  ".repeat(at % 3))).collect(),
            false => lines.iter().map(|line| format!("{line}\n")).collect(),
        };
        format!("{front}{}", lines.join("\n"))
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let path = || prop::sample::select(&PATHS[..]).prop_map(str::to_owned);
    prop_oneof![
        6 => (path(), text()).prop_map(|(path, text)| Edit::Write(path, text)),
        2 => path().prop_map(Edit::Remove),
        2 => (path(), path()).prop_map(|(from, to)| Edit::Rename(from, to)),
        1 => path().prop_map(Edit::TurnOver),
        1 => path().prop_map(Edit::Touch),
        1 => path().prop_map(Edit::Letter),
        1 => prop::sample::select(&SETTINGS[..]).prop_map(Edit::Settings),
        1 => Just(Edit::Obsidian),
    ]
}

/// Does it as far as it goes: a folder may be where a file is meant to be.
fn apply(vault: &Path, edit: &Edit) {
    let write = |path: &Path, text: &str| {
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(path, text);
    };
    match edit {
        Edit::Write(path, text) => write(&vault.join(path), text),
        Edit::Remove(path) => _ = fs::remove_file(vault.join(path)),
        Edit::Rename(from, to) => {
            let to = vault.join(to);
            let _ = to.parent().map(fs::create_dir_all);
            let _ = fs::rename(vault.join(from), to);
        }
        Edit::TurnOver(path) => {
            let path = vault.join(path);
            if path.is_dir() {
                let _ = fs::remove_dir_all(&path);
                write(&path, "[[a]]");
            } else {
                let _ = fs::remove_file(&path);
                write(&path.join("a.md"), "[[b]]");
            }
        }
        Edit::Touch(path) => {
            if let Ok(text) = fs::read_to_string(vault.join(path)) {
                write(&vault.join(path), &text);
            }
        }
        Edit::Letter(path) => {
            if let Ok(text) = fs::read_to_string(vault.join(path)) {
                write(&vault.join(path), &text.replace('a', "b"));
            }
        }
        Edit::Settings(text) => write(&vault.join(".resonote.toml"), text),
        Edit::Obsidian => {
            let folder = vault.join(".obsidian");
            let _ = if folder.exists() { fs::remove_dir(&folder) } else { fs::create_dir(&folder) };
        }
    }
}

/// The sections of a moment but for when it was looked at, with their bytes.
fn sections(snapshot: &Snapshot) -> Vec<(String, Vec<u8>)> {
    let mut shelf = snapshot.vault().shelf().clone();
    if !ConceptGraph::is_on(&shelf) {
        ConceptGraph::put(snapshot.vault(), &mut shelf);
    }
    let is_said = |tag: &str| !OF_THE_LOOK.contains(&tag) && tag != "identity";
    let tags: Vec<String> = shelf.tags().filter(|tag| is_said(tag)).map(str::to_owned).collect();
    tags.into_iter().map(|tag| (tag.clone(), shelf.section(&tag).bytes(0..usize::MAX).into_owned())).collect()
}

/// What is kept of mentions, but for the moment that it belongs to.
fn mentions(snapshot: &Snapshot) -> Vec<(String, Vec<u8>)> {
    let shelf = snapshot.mentions().expect("mentions were asked for").shelf();
    let tags: Vec<String> = shelf.tags().filter(|tag| *tag != "m_of").map(str::to_owned).collect();
    tags.into_iter().map(|tag| (tag.clone(), shelf.section(&tag).bytes(0..usize::MAX).into_owned())).collect()
}

/// The same of a moment as for a vault that was never seen before; and the tags that suggest concepts are those of each note.
fn hold_mentions(vault: &Path, cache: &Path, strict: bool) {
    let needs = Needs { mentions: true, strict, ..Needs::default() };
    let opening = Opening { needs, cache: Some(cache), now: now(), ..Opening::of(vault) };
    let open = || opening.open(&mut |notice| panic!("{notice:?}")).expect("a moment");
    let fresh = Snapshot::open(vault, needs).expect("a moment");
    for kept in [open(), open()] {
        assert!(!kept.is_void());
        for ((tag, kept), (other, fresh)) in mentions(&kept).into_iter().zip(mentions(&fresh)) {
            assert_eq!(tag, other);
            assert!(kept == fresh, "{tag} differs:\n{kept:?}\n{fresh:?}");
        }
    }
    let vault = fresh.vault();
    let each = (0..vault.len() as u32)
        .flat_map(|note| vault.suggestions(note).into_iter().map(move |suggestion| (note, suggestion.meaning)));
    assert_eq!(vault.all_suggestions(), each.collect::<Vec<_>>());
}

/// When the last note in a language is gone, or the last that holds a word, answers are those of a vault that never had one.
#[test]
fn a_language_and_a_word_leave_with_their_last_note() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, cache) = (folder.path().join("vault"), folder.path().join("cache"));
    fs::create_dir(&vault).expect("a vault");
    for number in 0..20 {
        fs::write(vault.join(format!("{number}.md")), "The haus is hung with mirrors.\n").expect("a note");
    }
    let gone = ["---\nlang: de\n---\nDie H\u{e4}user, der Spiegel.\n", "---\nlang: fr\n---\nDes miroirs.\n", "Miror.\n"];
    for (number, text) in gone.iter().enumerate() {
        fs::write(vault.join(format!("gone{number}.md")), text).expect("a note");
    }
    let questions = ["H\u{e4}user", "hunger", "haus", "mirors", "mirorrs", "spiegle", "miroir", "haus miror"];
    let hold = || {
        for question in questions {
            for arguments in [&["search", "--json", question][..], &["search", question], &["search", "--prefix", question]] {
                let (kept, fresh) = (ask_kept(&vault, &cache, arguments), ask(&vault, arguments));
                assert_eq!((kept.out, kept.err), (fresh.out, fresh.err), "{arguments:?}");
            }
        }
    };
    hold();
    for number in 0..gone.len() {
        fs::remove_file(vault.join(format!("gone{number}.md"))).expect("no note");
        hold();
    }
    assert!(ask_kept(&vault, &cache, &["search", "mirors"]).err.contains("\"mirrors\" for \"mirors\""));
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_nanos() as i64
}

/// The kept moment, brought up to date, is that of a vault that was never seen before.
fn hold(vault: &Path, cache: &Path, strict: bool, text: bool) {
    let needs = Needs { text, strict, ..Needs::default() };
    let mut notices = Vec::new();
    let opening = Opening { needs, cache: Some(cache), now: now(), ..Opening::of(vault) };
    let kept = opening.open(&mut |notice| notices.push(notice)).expect("a moment");
    assert_eq!(notices, []);
    assert!(kept.change().is_kept && !kept.is_void());
    let fresh = Snapshot::open(vault, Needs { strict, ..Needs::default() }).expect("a moment");
    for ((tag, kept), (other, fresh)) in sections(&kept).into_iter().zip(sections(&fresh)) {
        assert_eq!(tag, other);
        assert!(kept == fresh, "{tag} differs:\n{}\n{}", String::from_utf8_lossy(&kept), String::from_utf8_lossy(&fresh));
    }
    for question in [
        &["links", "--all", "--json"][..],
        &["check", "--severity", "info", "--json"],
        &["stats", "--json"],
        &["search", "a more text heading named", "--json"],
        &["search", "b -other", "--json"],
        &["search", "tag below alias", "--limit", "2", "--json"],
    ] {
        let kept = ask_kept(vault, cache, question);
        let fresh = ask(vault, question);
        assert_eq!((kept.out, kept.err), (fresh.out, fresh.err), "{question:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn updating_equals_rebuilding(edits in prop::collection::vec((any::<bool>(), any::<bool>(), prop::collection::vec(edit(), 1..5)), 1..7), strict in any::<bool>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, cache) = (folder.path().join("vault"), folder.path().join("cache"));
        fs::create_dir(&vault).expect("a vault");
        for step in &edits {
            step.2.iter().for_each(|edit| apply(&vault, edit));
            hold(&vault, &cache, strict, step.0);
            if step.1 {
                hold_mentions(&vault, &cache, strict);
            }
        }
    }
}
