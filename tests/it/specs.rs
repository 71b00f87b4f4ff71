//! Runs the specs: markdown with tiny vaults, questions and answers, readable as a manual.
//!
//! A heading begins a new vault. A fence says what it is: `note PATH` and `file PATH` lie in the vault (with `escaped`
//! behind the path, `\r`, `\n`, `\s`, `\0`, `\u{…}` and `\xFF` stand for what they say), `folder PATH` is an empty folder,
//! `ask` is a call, `answer` its standard output and `complaint` its standard error. `exit=N` behind `ask` is the exit
//! code, 0 if not said. Each question is asked with a cache, once more, and without one. With `UPDATE=1` the answers are rewritten, and the diff is reviewed like code.

use crate::{Said, ask, ask_kept};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One fenced block of a spec.
struct Fence {
    info: String,
    text: String,
    /// The bytes of the contents.
    range: Range<usize>,
    line: usize,
}

enum Part {
    Heading(String),
    Fence(Fence),
}

/// The notes of all specs.
pub(crate) fn notes_of_specs() -> Vec<Vec<u8>> {
    let notes =
        specs().into_iter().flat_map(|path| parts(&fs::read_to_string(path).expect("a spec"))).filter_map(|part| match part {
            Part::Fence(Fence { info, text, .. }) if info.starts_with("note ") => {
                Some(if info.ends_with(" escaped") { unescape(&text) } else { text.into_bytes() })
            }
            _ => None,
        });
    notes.collect()
}

fn specs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let mut specs: Vec<PathBuf> = fs::read_dir(folder).expect("specs").map(|entry| entry.expect("spec").path()).collect();
    specs.sort();
    specs
}

fn parts(spec: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut heading: Option<String> = None;
    for (event, range) in Parser::new(spec).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let line = spec[..range.start].lines().count() + 1;
                let start = range.start + spec[range.clone()].find('\n').expect("a fence has a first line") + 1;
                fence = Some(Fence { info: info.to_string(), text: String::new(), range: start..start, line });
            }
            Event::Text(text) => {
                if let Some(fence) = &mut fence {
                    fence.text.push_str(&text);
                    fence.range.end = range.end;
                } else if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Code(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => parts.extend(fence.take().map(Part::Fence)),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => parts.extend(heading.take().map(Part::Heading)),
            _ => {}
        }
    }
    parts
}

/// Undoes the escapes of an `escaped` block; its own line ends are none.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.replace('\n', "");
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = rest[at + 1..].to_owned();
        let taken = match escape.chars().next() {
            Some('u') => {
                let end = escape.find('}').expect("\\u{…}");
                let code = u32::from_str_radix(&escape[2..end], 16).expect("hexadecimal");
                bytes.extend_from_slice(char::from_u32(code).expect("a character").to_string().as_bytes());
                end + 1
            }
            Some('x') => {
                bytes.push(u8::from_str_radix(&escape[1..3], 16).expect("hexadecimal"));
                3
            }
            Some(sign) => {
                bytes.push(match sign {
                    'n' => b'\n',
                    'r' => b'\r',
                    's' => b' ',
                    't' => b'\t',
                    '0' => 0,
                    '\\' => b'\\',
                    other => panic!("no escape: \\{other}"),
                });
                1
            }
            None => panic!("a backslash at the end"),
        };
        rest = escape[taken..].to_owned();
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn lay(vault: &Path, fence: &Fence) {
    let (kind, place) = fence.info.split_once(' ').expect("a path");
    let (place, escaped) = match place.strip_suffix(" escaped") {
        Some(place) => (place, true),
        None => (place, false),
    };
    let path = vault.join(String::from_utf8(unescape(place)).expect("a path in UTF-8"));
    if kind == "folder" {
        return fs::create_dir_all(path).expect("a folder");
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let bytes = if escaped { unescape(&fence.text) } else { fence.text.as_bytes().to_vec() };
    fs::write(path, bytes).expect("a file");
}

/// The words of a call, divided as a shell divides them: blanks, and quotes of both kinds.
pub(crate) fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut is_word) = (String::new(), None, false);
    for c in call.trim().chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => (quote, is_word) = (Some(c), true),
            (None, c) if c.is_whitespace() => {
                if std::mem::take(&mut is_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, c) => {
                word.push(c);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}

/// Runs one spec; gives back its text with the answers of today, and what differs.
fn run_spec(path: &Path) -> (String, Vec<String>) {
    let spec = fs::read_to_string(path).expect("a spec");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let mut vault = tempfile::tempdir().expect("a vault");
    let mut said: Option<Said> = None;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut differences = Vec::new();
    let (mut heading, mut asked, mut checked) = (String::new(), 0, 0);
    for part in parts(&spec) {
        let fence = match part {
            Part::Heading(text) => {
                (vault, heading, said) = (tempfile::tempdir().expect("a vault"), text, None);
                continue;
            }
            Part::Fence(fence) => fence,
        };
        let place = format!("{name}:{} ({heading})", fence.line);
        match fence.info.split(' ').next().unwrap_or_default() {
            // What comes behind a question is added to the vault that was asked.
            "note" | "file" | "folder" => {
                let asked = vault.path().join("vault");
                lay(if asked.exists() { &asked } else { vault.path() }, &fence);
            }
            "ask" => {
                asked += 1;
                let folder = vault.path().join("vault");
                // The vault's folder has a name of its own, as answers name it.
                if !folder.exists() {
                    let laid: Vec<_> =
                        fs::read_dir(vault.path()).expect("a vault").map(|entry| entry.expect("a file").path()).collect();
                    fs::create_dir(&folder).expect("a folder");
                    laid.iter()
                        .for_each(|path| fs::rename(path, folder.join(path.file_name().expect("a name"))).expect("a move"));
                }
                let words = words(&fence.text);
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let cache = vault.path().join("cache");
                let answer = ask_kept(&folder, &cache, &words);
                // What is kept of a vault never shows: asked again, or with nothing kept, the answer is the same.
                if words.first() != Some(&"index") {
                    for again in [ask_kept(&folder, &cache, &words), ask(&folder, &words)] {
                        assert_eq!((&again.out, &again.err), (&answer.out, &answer.err), "{place}: another answer");
                        assert_eq!(again.exit, answer.exit, "{place}");
                    }
                }
                let exit: i32 = fence.info.split_once("exit=").map_or(0, |(_, code)| code.trim().parse().expect("an exit code"));
                if answer.exit as i32 != exit {
                    differences.push(format!("{place}: exit {} instead of {exit}\n{}", answer.exit as i32, answer.err));
                }
                if fence.text.contains("--json") {
                    crate::schema::hold(&place, &answer);
                }
                said = Some(answer);
            }
            kind @ ("answer" | "complaint") => {
                checked += 1;
                let said = said.as_ref().unwrap_or_else(|| panic!("{place}: no question before this"));
                let now = if kind == "answer" { &said.out } else { &said.err };
                let now = now.replace(&vault.path().display().to_string(), "…");
                if now != fence.text {
                    let mut difference = format!("{place}: the {kind} differs\n");
                    for line in diff(&fence.text, &now) {
                        writeln!(difference, "    {line}").expect("a string");
                    }
                    differences.push(difference);
                    edits.push((fence.range, now));
                }
            }
            other => panic!("{place}: no kind of block: {other}"),
        }
    }
    assert!(asked > 0 && checked > 0, "{name} asks nothing");
    let mut updated = spec;
    for (range, text) in edits.into_iter().rev() {
        updated.replace_range(range, &text);
    }
    (updated, differences)
}

/// The lines of two texts that differ, `-` before and `+` now.
fn diff(before: &str, now: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), now.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

#[test]
fn specs_hold() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut differences = Vec::new();
    for path in specs() {
        let (updated, mut found) = run_spec(&path);
        if update && !found.is_empty() {
            fs::write(&path, updated).expect("a spec");
            found.retain(|difference| difference.contains(": exit "));
        }
        differences.append(&mut found);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
