//! What no writer means and some folder holds: notes and folders made to hurt. In each vault lies
//! a sound note beside the hostile ones; every verb must answer, say what was lost, and know the sound note.
//!
//! Nothing here is timed: what hangs is seen to hang. Sizes are small so that the tests run on each save; with
//! `RESONOTE_HOSTILE=1` they are those that were seen to hurt, and want a release build.

use crate::{Said, ask};
use resonote::answer::{self, Along, Answer, MentionLimits, Resolution, Scope, show};
use resonote::cli::Exit;
use resonote::note::Severity;
use resonote::render::{Paint, json as json_of, text};
use resonote::snapshot::{Needs, Snapshot};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A size for everyday, and the one that hurts.
fn size(small: usize, large: usize) -> usize {
    if std::env::var_os("RESONOTE_HOSTILE").is_some() { large } else { small }
}

/// A hostile note: what it is, its text, and what must be seen of it. Each ends with a link to the sound note.
struct Story {
    name: String,
    text: Vec<u8>,
    /// What must be said to be wrong with it: the line (0 is any) and the kind. Nothing else may be lost.
    problem: Option<(u64, &'static str)>,
    /// Whether what stands before its link takes it away.
    swallows: bool,
}

impl Story {
    fn new(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Story {
        Story { name: name.into(), text: text.into(), problem: None, swallows: false }
    }

    fn problem(self, line: u64, kind: &'static str) -> Story {
        Story { problem: Some((line, kind)), ..self }
    }

    fn swallowed(self) -> Story {
        Story { swallows: true, ..self }
    }
}

fn lay(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

/// Lays the sound note, which links to these and says a word that no other note says.
fn lay_sound(folder: &Path, notes: &[&str]) {
    let links = notes.iter().map(|note| format!("[[{note}]]")).collect::<Vec<_>>().join(", ");
    lay(folder, "sound.md", format!("The harbour keeps boats safe; see {links} for the other side.\n"));
}

/// Holds that a text commands no terminal.
pub(crate) fn holds_no_command(story: &str, text: &str) {
    let commands = |c: &char| {
        c.is_control() && *c != '\n' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    let found = text.char_indices().find(|(_, c)| commands(c));
    assert!(found.is_none(), "{story}: {found:?} in an answer");
}

/// Asks and holds what is true of every answer: it is one, and it commands no terminal.
fn asked(story: &str, folder: &Path, arguments: &[&str]) -> Said {
    let said = ask(folder, arguments);
    assert_ne!(said.exit, Exit::Failed, "{story}: {arguments:?} fails: {}", said.err);
    holds_no_command(story, &said.out);
    holds_no_command(story, &said.err);
    said
}

/// The lines of an answer in JSON.
fn json_lines(story: &str, folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let said = asked(story, folder, &[arguments, &["--json"]].concat());
    let line =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{story}: {arguments:?}: {error} in {line}"));
    said.out.lines().map(line).collect()
}

/// The one line of an answer in JSON.
fn json(story: &str, folder: &Path, arguments: &[&str]) -> Value {
    let mut lines = json_lines(story, folder, arguments);
    assert_eq!(lines.len(), 1, "{story}: {arguments:?}");
    lines.remove(0)
}

/// Lays a vault of the sound note and these, and asks every verb.
fn tell(story: &str, stories: Vec<Story>) -> TempDir {
    let vault = tempfile::tempdir().expect("a vault");
    let folder = vault.path();
    let paths: Vec<String> = (0..stories.len()).map(|number| format!("hostile {number}.md")).collect();
    lay_sound(folder, &paths.iter().map(String::as_str).collect::<Vec<_>>());
    stories.iter().zip(&paths).for_each(|(story, path)| lay(folder, path, &story.text));

    let stats = json(story, folder, &["stats"]);
    assert_eq!(stats["notes"], stories.len() + 1, "{story}: {stats}");
    let check = json(story, folder, &["check"]);
    let problems = check["problems"].as_array().expect("problems");
    let links = json_lines(story, folder, &["links", "--all"]);
    let moment = spoken_moment(folder);
    for (Story { name, problem, swallows, .. }, path) in stories.iter().zip(&paths) {
        let here: Vec<&Value> = problems.iter().filter(|problem| problem["note_path"] == *path).collect();
        let is_it =
            |found: &&&Value| problem.is_some_and(|(line, kind)| found["kind"] == kind && (line == 0 || found["line"] == line));
        assert_eq!(here.iter().any(|found| is_it(&found)), problem.is_some(), "{story}, {name}: {here:?}");
        // What hurts as a model is seldom one that runs.
        let is_model = |found: &&&Value| found["kind"] == "model-fails";
        let lost: Vec<_> =
            here.iter().filter(|found| found["severity"] == "error" && !is_it(found) && !is_model(found)).collect();
        assert!(lost.is_empty(), "{story}, {name}: {lost:?}");
        let is_linked =
            |source: &str, target: &str| links.iter().any(|link| link["source"] == source && link["target"] == target);
        assert!(is_linked("sound.md", path), "{story}, {name}: the sound note's link is lost");
        assert_eq!(is_linked(path, "sound.md"), !swallows, "{story}, {name}: its link to the sound note");
        tell_concept(&format!("{story}, {name}"), &moment, path);
        tell_spoken(&format!("{story}, {name}"), &moment, path);
    }
    let found = json(story, folder, &["search", "harbour"]);
    assert_eq!(found["hits"][0]["note_path"], "sound.md", "{story}: {found}");
    let scope = Scope { along: Along::Both, relation: None, depth: 3 };
    let answers = [
        Answer::Check(answer::check(&moment, Severity::Info, None, answer::RunLimits::ALONE)),
        Answer::Overview(answer::overview(&moment)),
        Answer::Links(answer::links(&moment, "sound", &scope).expect("links")),
        Answer::Wanted(answer::wanted(&moment, 10, 2)),
        Answer::Communities(answer::communities(&moment, None, Resolution::default(), 10, 3).expect("communities")),
        Answer::Bridges(answer::bridges(&moment, None, 10)),
    ];
    for answer in &answers {
        shown(story, answer);
    }
    for wanted in (0..moment.vault().wanted().min(3) as u32).map(|wanted| moment.vault().wanted_name(wanted)) {
        if let Ok(draft) = answer::draft(&moment, &wanted, 5, 3) {
            shown(story, &Answer::Draft(Box::new(draft)));
        }
    }
    let mut lines = Vec::new();
    text(&Answer::AllLinks(answer::all_links(&moment, None)), Paint { color: false, width: None }, &mut lines).expect("text");
    holds_no_command(story, &String::from_utf8(lines).expect("text in UTF-8"));
    vault
}

/// The moment of a vault, to ask more than one question of.
fn moment(folder: &Path) -> Snapshot {
    Snapshot::open(folder, Needs::default()).expect("a vault")
}

/// The same, with who speaks of whom.
fn spoken_moment(folder: &Path) -> Snapshot {
    Snapshot::open(folder, Needs { mentions: true, ..Needs::default() }).expect("a vault")
}

/// An answer as a person and as a program see it.
fn shown(story: &str, answer: &Answer<'_>) -> Value {
    let (mut lines, mut object) = (Vec::new(), Vec::new());
    text(answer, Paint { color: false, width: None }, &mut lines).expect("text");
    json_of(answer, "vault", &mut object).expect("JSON");
    holds_no_command(story, &String::from_utf8(lines).expect("text in UTF-8"));
    holds_no_command(story, std::str::from_utf8(&object).expect("JSON in UTF-8"));
    serde_json::from_slice(&object).unwrap_or_else(|error| panic!("{story}: no JSON: {error}"))
}

/// Asks for one note that the sound one links to.
fn tell_concept(story: &str, moment: &Snapshot, path: &str) {
    let card = shown(story, &Answer::Show(Box::new(show(moment, path).expect("a card"))));
    assert_eq!(card["note_path"], path, "{story}");
    assert!(card["first_paragraph"].as_str().is_some_and(|text| text.chars().count() <= 302), "{story}: {card}");
    let route = shown(story, &Answer::Path(answer::path(moment, &answer::PathQuestion::between("sound", path)).expect("a path")));
    assert_eq!(route["paths"][0]["steps"].as_array().map(Vec::len), Some(1), "{story}: {route}");
    let scope = Scope { along: Along::Both, relation: None, depth: 1 };
    shown(story, &Answer::Links(answer::links(moment, path, &scope).expect("links")));
}

/// Asks who speaks of a note that the sound one links to, and of whom it speaks.
fn tell_spoken(story: &str, moment: &Snapshot, path: &str) {
    for limits in [MentionLimits { limit: 3, every: false }, MentionLimits { limit: 100, every: true }] {
        shown(story, &Answer::Mentions(answer::mentions_of(moment, path, limits).expect("mentions")));
        shown(story, &Answer::Mentions(answer::mentions_in(moment, path, limits).expect("mentions")));
        shown(story, &Answer::Edits(answer::edits_of(moment, path, limits).expect("links")));
        shown(story, &Answer::Edits(answer::edits_in(moment, path, limits).expect("links")));
    }
    for unlinked in [false, true] {
        let names = ["sound".to_owned(), path.to_owned()];
        shown(story, &Answer::Related(answer::related(moment, &names, 5, unlinked).expect("related concepts")));
    }
    let question = answer::PathQuestion { suggested: true, tags: true, most: 3, ..answer::PathQuestion::between("sound", path) };
    shown(story, &Answer::Path(answer::path(moment, &question).expect("a path")));
}

/// `piece` for each number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn a_book_in_one_line() {
    let bytes = size(240_000, 2_400_000);
    let words = [("words", "word "), ("sentences", "A b c. "), ("no blanks", "x"), ("Chinese", "情感共鸣"), ("marks", "\u{301}")];
    let line = |(name, word): (&str, &str)| Story::new(name, word.repeat(bytes / word.len()) + " [[sound]] zebra.");
    let vault = tell("one line", words.map(line).into());
    let found = json("one line", vault.path(), &["search", "zebra"]);
    assert_eq!(found["total"], words.len());
    for hit in found["hits"].as_array().expect("hits") {
        let excerpt = hit["excerpt"].as_str().expect("an excerpt");
        assert!(excerpt.ends_with("sound zebra.") && excerpt.chars().count() <= 302, "{hit}");
    }
}

/// Writes so many of something.
type Form = fn(usize) -> String;

#[test]
fn very_many_links() {
    let count = size(500, 100_000);
    let forms: [(&str, Form); 9] = [
        ("in one line", |n| format!("[[n{n}]] ")),
        ("in paragraphs", |n| format!("We say [[n{n}]] here.\n\n")),
        ("of as many relations", |n| format!("key{n}: [[n{n}]]\n\n")),
        ("to one by as many relations", |n| format!("key{n}: [[sound]]\n\n")),
        ("pictures", |n| format!("![[n{n}.png|100]] ")),
        ("markdown", |n| format!("[t](n{n}.md) ")),
        ("to headings", |n| format!("# h{n}\n[[#h{n}#h{n}]]\n")),
        ("by reference", |n| format!("[r{n}]: n{n}.md\n\n[r{n}]\n\n")),
        ("in a table", |n| format!("|a|b|\n|-|-|\n| [[n{n}|x]] | b |\n\n")),
    ];
    let mut stories: Vec<Story> =
        forms.into_iter().map(|(name, form)| Story::new(name, many(count, form) + "\n\n[[sound]]\n")).collect();
    let links = many(count, |n| format!("[[n{n}]] "));
    // Front matter is read up to a megabyte.
    let fitting = count.min(50_000);
    let in_property = format!("---\nup: \"{}\"\n---\n[[sound]]", many(fitting, |n| format!("[[n{n}]] ")));
    stories.push(Story::new("in one property", in_property));
    stories.push(Story::new("in a heading", format!("# {links}\n\n[[sound]]")));
    let to_heading = format!("# {}\n\n{}[[sound]]", "x ".repeat(count), "[[#x]] ".repeat(count));
    stories.push(Story::new("to a long heading", to_heading));
    let all = stories.len();
    let vault = tell("links", stories);
    let stats = json("links", vault.path(), &["stats"]);
    assert_eq!(stats["links"], all * (count + 2) - (count - fitting), "{stats}");
}

#[test]
fn deep_nests() {
    let depth = size(2_000, 10_000);
    let nests = [
        ("brackets", "[", "]"),
        ("wikilinks", "[[", "]]"),
        ("wikilinks with labels", "[[a|", "]]"),
        ("links", "[", "](u)"),
        ("pictures", "![", "](u)"),
        ("pictures by reference", "![", "][r]"),
        ("parentheses", "(", ")"),
        ("emphasis", "*_", "_*"),
        ("strong emphasis", "**", "**"),
        ("HTML", "<b>", "</b>"),
        ("dollars", "$", "$"),
        ("fields", "[k:: ", "]"),
        ("quotes", "> ", ""),
        ("lists", "- ", ""),
        ("numbered lists", "1. ", ""),
        ("quotes in lists", "- > ", ""),
    ];
    let nest = |(name, open, close): (&str, &str, &str)| {
        Story::new(name, format!("{}x{}\n\n[r]: u\n\n[[sound]]\n", open.repeat(depth), close.repeat(depth)))
    };
    let mut stories: Vec<Story> = nests.map(nest).into();
    let stairs = many(depth / 20, |n| format!("{}- a\n", "  ".repeat(n)));
    stories.push(Story::new("stairs of lists", stairs + "\n\n[[sound]]\n"));
    let quotes = format!("{}a\n{}\n\n[[sound]]\n", "> ".repeat(depth), "a\n".repeat(depth));
    stories.push(Story::new("quotes that go on", quotes));
    tell("nests", stories);
}

#[test]
fn a_sign_again_and_again() {
    let bytes = size(10_000, 1_000_000);
    let signs = [
        "[",
        "[[",
        "![[",
        "![",
        "](",
        "[x](",
        "<",
        "<a ",
        "</",
        "` ",
        "*_",
        "**a ",
        "~~a ",
        "$",
        "$$",
        "$$\n\n",
        "$a ",
        "\\(",
        "\\[",
        "\\",
        "> a\n\n",
        "|",
        "|a",
        "^",
        " ^b\n",
        "%%",
        "&",
        "#",
        "#a#b",
        " #a",
        "::",
        "a:: ",
        "[k:: v] ",
        "(k:: ",
        "[^1] ",
        "[^1]: a\n",
        "[a]: b\n",
        "[[a#",
        "\"",
        "a.)",
        "a. ",
        "â€™",
        "\u{1A}",
        "\u{202E}",
        "\r",
        "---\n",
        "a\n---\n",
        "- [ ] a\n",
        "See also: [[sound]]\n",
    ];
    let swallowing = ["`", "```a\n", "<!-- ", "<![CDATA[", "<?"];
    let story = |sign: &str| Story::new(format!("{sign:?}"), sign.repeat(bytes / sign.len()) + "\n\n[[sound]]\n");
    // A full stop, and then no letter to tell whether the sentence ends.
    let stop = |sign: &str| Story::new(format!("a full stop and {sign:?}"), format!("a.{}1 [[sound]]", sign.repeat(bytes)));
    let stories = signs.iter().map(|sign| story(sign)).chain(swallowing.iter().map(|sign| story(sign).swallowed()));
    tell("signs", stories.chain([")", " ", "\u{A0}"].map(stop)).collect());
}

#[test]
fn tables_headings_tags_and_notes_at_the_foot() {
    let (count, columns) = (size(500, 100_000), size(500, 10_000));
    let wide = format!("|{}\n|{}\n", "a|".repeat(columns), "-|".repeat(columns));
    let texts = [
        ("a wide table", format!("{wide}{}", format!("|{}\n", "b|".repeat(columns)).repeat(5))),
        ("rows too short", format!("{wide}{}", "|b|\n".repeat(columns))),
        ("headings", many(count, |n| format!("## h{n}\n\ntext\n\n"))),
        ("tags", many(count, |n| format!("#t{n} "))),
        ("tags run together", many(count, |n| format!("#t{n}"))),
        ("a deep tag", format!("#{}b", "a/".repeat(count))),
        (
            "notes at the foot",
            many(count, |n| format!("a[^{n}] ")) + "\n\n" + &many(count, |n| format!("[^{n}]: text [[n{n}]]\n")),
        ),
        ("block names", many(count, |n| format!("p ^b{n}\n\n[[#^b{n}]]\n\n"))),
        ("models", "```resonote\nx\n```\n".repeat(count)),
    ];
    tell("parts", texts.map(|(name, text)| Story::new(name, text + "\n\n[[sound]]\n")).into());
}

#[test]
fn models_that_hurt() {
    let count = size(300, 20_000);
    let fence = |settings: String, code: String| format!("```resonote\n{settings}\n{code}\n```\n\n");
    let setting = |key: &str, value: String| fence(format!("//| {key}: {value}"), String::new());
    let everything = fence("//| uses: {a: \"[[b]]\", c: d}".into(), "x = is([[b]])".into());
    let texts = [
        ("settings in many fences", everything.repeat(count), Some("setting")),
        ("notes used in one line", setting("uses", format!("{{{}}}", many(count, |n| format!("a{n}: \"[[n{n}]]\", ")))), None),
        ("notes used and none", setting("uses", format!("{{{}b: c}}", "a: \"[[b]]\", ".repeat(count))), Some("setting")),
        ("unknown settings", fence(many(count, |n| format!("//| k{n}: 1\n")), String::new()), Some("unknown-setting")),
        ("what is expected", setting("expect", format!("[{}]", "x(1) = 1, ".repeat(count))), None),
        ("settings that nest", setting("show", "[".repeat(count)), Some("model-settings")),
        ("settings of a megabyte", setting("title", "a ".repeat(600_000)), Some("model-settings-too-deep")),
        ("an alias", setting("show", "&a [x]\n//| plot: *a".into()), Some("model-settings-too-deep")),
        ("formulas", fence(String::new(), many(count, |n| format!("is([[n{n}]])+"))), None),
        ("links that stay open", fence(String::new(), "is([[".repeat(count)), None),
        ("comments that stay open", fence(String::new(), "/* is([[a]])".repeat(count)), None),
        ("texts that stay open", fence(String::new(), "\" is (".repeat(count)), None),
        ("a quoted list", many(count, |_| "> - ".to_owned()) + "```resonote\n", None),
        ("lines of a quote", format!("> ```resonote\n{}", "> x = is([[a]])\n".repeat(count)), None),
    ];
    let story = |(name, text, problem): (&str, String, Option<&'static str>)| Story {
        problem: problem.map(|kind| (0, kind)),
        ..Story::new(name, format!("word [[sound]]\n\n{text}"))
    };
    tell("models", texts.map(story).into());
}

#[test]
fn front_matter_that_hurts() {
    let count = size(500, 50_000);
    let rows = |row: &dyn Fn(usize) -> String| many(11, |n| format!("a{}: &a{} {}\n", n + 1, n + 1, row(n)));
    let lists = |n| format!("[{}]", vec![format!("*a{n}"); 10].join(","));
    let maps = |n| format!("{{{}}}", many(10, |k| format!("k{k}: *a{n},")));
    let pairs = "*a,*b,".repeat(6_000);
    let there_and_back = format!("a: &a \"[[n]]\"\nz: {}\nb: &b \"[[m]]\"\nc: [{pairs}]\n", "v".repeat(count));
    let stories = [
        ("an alias bomb", format!("a0: &a0 [x]\n{}", rows(&lists)), Some((2, "front-matter-too-deep"))),
        ("an alias bomb of maps", format!("a0: &a0 {{k: v}}\n{}", rows(&maps)), Some((2, "front-matter-too-deep"))),
        ("aliases there and back", there_and_back, Some((2, "front-matter-too-deep"))),
        ("a megabyte and more", format!("a: {}\n", "v ".repeat(600_000)), Some((2, "front-matter-too-deep"))),
        ("nested maps", many(100, |n| format!("{}a:\n", " ".repeat(n))), Some((2, "front-matter-too-deep"))),
        ("open brackets", format!("a: {}\n", "[".repeat(count)), Some((0, "front-matter"))),
        ("a quote that stays open", format!("a: \"{}\n", "x\n".repeat(count)), Some((0, "front-matter"))),
        ("a key of a megabyte", format!("{}: v\n", "k".repeat(count * 20)), Some((2, "no-properties"))),
        ("a title of a megabyte", format!("title: {}\n", "x".repeat(count * 20)), None),
        ("keys", many(count, |n| format!("k{n}: \"[[n{n}]]\"\n")), None),
        ("other names", format!("aliases: [{}]\n", many(count, |n| format!("a{n},"))), None),
        ("one other name", format!("aliases: [{}]\n", "a,".repeat(count)), None),
        ("tags", format!("tags: [{}]\n", many(count, |n| format!("t{n},"))), None),
        ("comments", "# [[x]]\n".repeat(count), None),
    ];
    let story = |(name, yaml, problem): (&str, String, _)| Story {
        problem,
        ..Story::new(name, format!("---\n{yaml}---\nword [[sound]]\n"))
    };
    tell("front matter", stories.map(story).into());
}

#[test]
fn bytes_that_are_no_text() {
    let count = size(5_000, 500_000);
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let utf16 = [b"\xFF\xFE".to_vec(), wide(&"word [[sound]]\n".repeat(count / 20))].concat();
    let halves = [b"\xF0\x9F".repeat(count), b" [[sound]]".to_vec()].concat();
    let commands = "# a\u{1b}[2J\u{9b}31m\u{7}\u{202E}b\n\n[[sound|\u{1b}]0;x\u{7}]] `\u{1b}[31m` #t\u{9b} [[x\u{1b}[2Jy]]\n";
    let stories = vec![
        Story::new("zeros", "\0".repeat(count) + " [[sound]]"),
        Story::new("UTF-16", utf16).problem(1, "encoding"),
        Story::new("UTF-16 without its mark", wide("word [[sound]]\n")).swallowed(),
        Story::new("half characters", halves).problem(1, "encoding"),
        Story::new("carriage returns", "word [[sound]]\r".repeat(count / 20)),
        Story::new("line ends of all kinds", "word [[sound]]\r\n\r\u{2028}\u{85}\u{c}\u{b}".repeat(count / 20)),
        Story::new("commands to a terminal", commands),
    ];
    tell("bytes", stories);
}

/// Larger than any note that is read: it is there by name, and that its text was not read is said.
#[test]
fn a_note_of_sixty_five_megabytes() {
    let vault = tell("65 MB", vec![Story::new("small yet", "[[sound]]")]);
    let file = fs::OpenOptions::new().write(true).open(vault.path().join("hostile 0.md")).expect("a file");
    file.set_len(65 << 20).expect("room");
    let check = json("65 MB", vault.path(), &["check"]);
    assert_eq!((&check["total"], &check["problems"][0]["kind"]), (&1.into(), &"too-large".into()), "{check}");
    tell_concept("65 MB", &moment(vault.path()), "hostile 0.md");
    assert_eq!(json("65 MB", vault.path(), &["search", "harbour"])["total"], 1);
}

#[test]
fn very_many_notes_of_one_name() {
    let count = size(300, 10_000);
    let vault = tempfile::tempdir().expect("a vault");
    lay_sound(vault.path(), &["many"]);
    lay(vault.path(), "many.md", "[[README]], [[d1/README]], [[same]], [[sound]]");
    for n in 0..count {
        let next = (n + 1) % count;
        let text = format!("---\naliases: [same]\n---\n[[d{next}/README]] [[README]] [x](../d{next}/README.md)\n");
        lay(vault.path(), &format!("d{n}/README.md"), text);
    }
    let spoken = spoken_moment(vault.path());
    tell_concept("README", &spoken, "many.md");
    tell_spoken("README", &spoken, "many.md");
    tell_spoken("README", &spoken, "d1/README.md");
    let said = ask(vault.path(), &["show", "same"]);
    let begins = format!("error: {count} concepts are called \"same\"\n");
    assert!(said.exit == Exit::Failed && said.err.starts_with(&begins) && said.err.len() < 1_000, "{}", said.err);
    let stats = json("README", vault.path(), &["stats"]);
    assert_eq!((&stats["notes"], &stats["links_ambiguous"]), (&(count + 2).into(), &1.into()), "{stats}");
    let check = json("README", vault.path(), &["check"]);
    assert_eq!((&check["total"], &check["problems"][0]["kind"]), (&1.into(), &"ambiguous".into()), "{check}");
    assert_eq!(json("README", vault.path(), &["search", "harbour"])["hits"][0]["note_path"], "sound.md");
}

/// Two names that differ only in case or in composition are two notes, where the system keeps them apart.
#[test]
fn names_that_are_nearly_one() {
    let vault = tempfile::tempdir().expect("a vault");
    lay_sound(vault.path(), &["Note", "note", "caf\u{e9}", "cafe\u{301}"]);
    for name in ["Note.md", "note.md", "caf\u{e9}.md", "cafe\u{301}.md"] {
        lay(vault.path(), name, format!("[[sound]] knows {}.", name.escape_unicode()));
    }
    let on_disk = fs::read_dir(vault.path()).expect("a vault").count();
    let stats = json("twins", vault.path(), &["stats"]);
    assert_eq!((&stats["notes"], &stats["links_resolved"]), (&on_disk.into(), &(on_disk + 3).into()), "{stats}");
    let links = json_lines("twins", vault.path(), &["links", "--all"]);
    let targets: BTreeSet<&str> = links.iter().filter_map(|link| link["target"].as_str()).collect();
    let wanted = if on_disk == 5 { 4 } else { on_disk };
    assert_eq!(targets.len(), wanted, "{targets:?}");
    for path in moment(vault.path()).vault().paths() {
        let said = ask(vault.path(), &["show", path.as_str(), "--json"]);
        assert_eq!(said.exit, Exit::Answered, "{path}: {}", said.err);
        assert_eq!(said.out.matches(&format!("\"note_path\":\"{path}\"")).count(), 1, "{}", said.out);
    }
}

/// Queries that no person types: each is answered or refused, none is taken for long.
#[test]
fn queries_made_to_hurt() {
    let vault = tempfile::tempdir().expect("a vault");
    let folder = vault.path();
    lay(folder, "sound.md", "The harbour keeps boats safe.\n");
    lay(folder, "long.md", format!("{}!\n", "a".repeat(100_000)));
    let long = 1_000_000;
    let refused = [
        ("a megabyte of words", "harbour ".repeat(long / 8)),
        ("ten thousand terms", (0..10_000).map(|number| format!("x{number} ")).collect()),
        ("ten thousand conditions", "tag:x ".repeat(10_000)),
        ("ten thousand paths in one", format!("path:({})", "x ".repeat(10_000))),
        ("ten thousand values", format!("[x:{}]", vec!["a"; 10_000].join(" OR "))),
        ("a hundred thousand open parentheses", "(".repeat(100_000)),
        ("a hundred thousand closed ones", ")".repeat(100_000)),
        ("a hundred thousand of both", format!("{}a{}", "(".repeat(50_000), ")".repeat(50_000))),
        ("a hundred thousand with a minus", "-(".repeat(100_000)),
        ("lines in lines", "line:(".repeat(10_000)),
        ("brackets", "[".repeat(100_000)),
        ("quotes", "\"".repeat(100_001)),
        ("escaped quotes", format!("\"{}", "\\\"".repeat(100_000))),
        ("alternatives of nothing", "OR ".repeat(100_000)),
        ("one word", "x".repeat(long)),
        ("signs", "- ".repeat(long / 2)),
        ("colons", ":".repeat(long)),
        ("control characters", "\u{0}\u{1b}\u{7f}".repeat(100_000)),
        ("an expression that repeats", "/a{1000}{1000}{1000}/".to_owned()),
        ("an expression that goes deep", format!("/{}/", "(".repeat(100_000))),
        ("a large expression", format!("/{}/", "\\w".repeat(100_000))),
        ("many expressions", "/a/ ".repeat(1_000)),
        ("many lines", "line:harbour ".repeat(1_000)),
        ("slashes", "/".repeat(long)),
        ("slashes and blanks", "/a ".repeat(long / 3)),
    ];
    for (story, query) in &refused {
        let said = ask(folder, &["search", "--", query]);
        assert!(said.exit == Exit::Failed && said.out.is_empty(), "{story}: {}", said.out);
        assert!(said.err.starts_with("error: ") && said.err.len() < 1_000, "{story}: {}", said.err);
        holds_no_command(story, &said.err);
    }
    let answered = [
        ("an expression that others try for ever", "/(a+)+$/"),
        ("one that finds", "/(a+)+!$/"),
        ("an expression over everything", "/(.*)*(.*)*x/"),
        ("control characters between words", "harbour\u{0}boats\u{1b}2J"),
        ("a minus for all", "-a -b -c"),
        ("the empty expression", "harbour //"),
        ("letters the other way round", "\u{202E}harbour"),
        ("a path of signs", "path:\"\u{1b}\u{202E}\""),
    ];
    for (story, query) in answered {
        asked(story, folder, &["search", "--", query]);
        asked(story, folder, &["search", "--plain", "--", query]);
    }
    let found = |query: &str| json("queries", folder, &["search", query])["hits"][0]["note_path"].clone();
    assert_eq!((found("/(a+)+!$/"), found("harbour\u{0}boats")), ("long.md".into(), "sound.md".into()));
    let name = "x".repeat(long);
    let said = ask(folder, &["search", "--", &format!("links-to:\"{name}\"")]);
    assert!(said.exit == Exit::Failed && said.err.len() < 1_000, "{}", said.err);
}

/// A note that goes away between the look and the question takes nothing else with it.
#[test]
fn a_note_that_vanished_fulfils_nothing() {
    let vault = tempfile::tempdir().expect("a vault");
    let folder = vault.path();
    lay(folder, "gone.md", "---\nstatus: done\n---\nBoats in the harbour.\n");
    lay(folder, "sound.md", "---\nstatus: done\n---\nBoats in the harbour.\n");
    let moment = Snapshot::open(folder, Needs { text: true, ..Needs::default() }).expect("a vault");
    fs::remove_file(folder.join("gone.md")).expect("a note");
    for query in ["[status:done]", "line:(boats harbour)", "section:boats", "/Boats/"] {
        let query = answer::Query::parse(query).expect("a query");
        let found =
            answer::search(&moment, "", &query, &answer::Filter { limit: 10, ..answer::Filter::default() }).expect("an answer");
        let names: Vec<&str> = found.hits.iter().map(|hit| &*hit.concept.name).collect();
        assert_eq!(names, ["sound"]);
    }
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// A vault of two sound notes that link to each other.
    fn sound_vault() -> TempDir {
        let vault = tempfile::tempdir().expect("a vault");
        lay_sound(vault.path(), &["other"]);
        lay(vault.path(), "other.md", "Back to [[sound]] and [[hidden]].");
        vault
    }

    /// Asks every verb of a vault of two sound notes; the problems are for the caller to look at.
    fn tell_others(story: &str, folder: &Path) -> Vec<Value> {
        let check = json(story, folder, &["check"]);
        let links = json_lines(story, folder, &["links", "--all"]);
        for (source, target) in [("sound.md", "other.md"), ("other.md", "sound.md")] {
            assert!(links.iter().any(|link| link["source"] == source && link["target"] == target), "{story}: {links:?}");
        }
        assert_eq!(json(story, folder, &["search", "harbour"])["hits"][0]["note_path"], "sound.md", "{story}");
        assert_eq!(json(story, folder, &["show", "other"])["note_path"], "other.md", "{story}");
        assert_eq!(json(story, folder, &["path", "sound", "other"])["total"], 1, "{story}");
        let verbs: [&[&str]; 13] = [
            &["stats"],
            &["check"],
            &["links", "sound"],
            &["links", "--all"],
            &["mentions", "sound"],
            &["mentions", "--in", "other", "--every"],
            &["mentions", "other", "--apply"],
            &["related", "sound", "other", "--unlinked"],
            &["communities"],
            &["bridges"],
            &["wanted"],
            &["path", "sound", "other", "-k", "2", "--suggested", "--tags"],
            &[],
        ];
        for arguments in verbs {
            asked(story, folder, arguments);
        }
        check["problems"].as_array().expect("problems").clone()
    }

    /// Note path and kind of each problem.
    fn kinds(problems: &[Value]) -> Vec<String> {
        let part = |problem: &Value, key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        problems.iter().map(|problem| format!("{} {}", part(problem, "note_path"), part(problem, "kind"))).collect()
    }

    #[test]
    fn names_that_command_or_end_lines() {
        let vault = sound_vault();
        let names: [&[u8]; 6] =
            [b"two\nlines.md", b"a\x1b[2Jb.md", b"bell\x07.md", b"\xFF\xFE.md", b"r\xE2\x80\xAE.md", &[b'n'; 255]];
        for name in names {
            fs::write(vault.path().join(OsStr::from_bytes(name)), "Here is [[sound]] and [[nobody#x]] and [[../out]].")
                .expect("a file");
        }
        let problems = tell_others("names", vault.path());
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert_eq!(json("names", vault.path(), &["stats"])["attachments"], 1);
        let moment = moment(vault.path());
        for path in moment.vault().paths() {
            shown("names", &Answer::Show(Box::new(show(&moment, path.as_str()).expect("a card"))));
        }
    }

    #[test]
    fn links_that_lead_round_and_round() {
        let vault = sound_vault();
        lay(vault.path(), "a/b/hidden.md", "[[sound]]");
        let links = [
            (".", "self"),
            ("..", "a/up"),
            ("../..", "a/b/top"),
            ("a", "c"),
            ("c", "d"),
            ("loop.md", "loop.md"),
            ("y", "x"),
            ("x", "y"),
            ("nowhere", "broken.md"),
        ];
        for (target, name) in links {
            symlink(target, vault.path().join(name)).expect("a link");
        }
        for n in 0..20 {
            symlink("a", vault.path().join(format!("fan{n}"))).expect("a link");
        }
        let problems = tell_others("loops", vault.path());
        assert_eq!(kinds(&problems), ["broken.md not-a-file", "loop.md not-a-file"]);
        let stats = json("loops", vault.path(), &["stats"]);
        assert_eq!((&stats["notes"], &stats["left_out_links"]), (&3.into(), &25.into()), "{stats}");
    }

    #[test]
    fn what_may_not_or_cannot_be_read() {
        let vault = sound_vault();
        let pipe = Command::new("mkfifo").arg(vault.path().join("pipe.md")).status().is_ok_and(|status| status.success());
        lay_sound(vault.path(), &["other", "locked"]);
        lay(vault.path(), "locked.md", "[[sound]]");
        lay(vault.path(), "closed/hidden.md", "[[sound]]");
        let lock = |path: &str, mode| {
            fs::set_permissions(vault.path().join(path), fs::Permissions::from_mode(mode)).expect("permissions")
        };
        lock("locked.md", 0o000);
        lock("closed", 0o000);
        // Whoever may read everything has nothing locked.
        let is_locked = fs::read(vault.path().join("locked.md")).is_err();
        let problems = tell_others("locked", vault.path());
        let mut expected = Vec::new();
        expected.extend(is_locked.then_some(["closed unreadable", "locked.md unreadable"]).into_iter().flatten());
        expected.extend(pipe.then_some("pipe.md not-a-file"));
        assert_eq!(kinds(&problems), expected);
        if is_locked {
            tell_concept("locked", &moment(vault.path()), "locked.md");
        }
        lock("closed", 0o700);
    }

    /// A path of 4,000 bytes is read; one that the system cannot open is said.
    #[test]
    fn paths_as_long_as_they_get() {
        let vault = sound_vault();
        let part = "p".repeat(199);
        let root = vault.path().canonicalize().expect("a folder").as_os_str().len();
        // As deep as a path can be opened by name, less one; and the same again below that.
        let fitting = (4_095 - root - "/hidden.md".len()) / (part.len() + 1);
        let script = "cd -P -- \"$1\" || exit; n=0
            while [ $n -lt $(($3 * 2)) ]; do mkdir -- \"$2\" && cd -P -- \"$2\" || exit; n=$((n + 1))
            if [ $n -eq $3 ]; then echo 'To [[sound]].' > hidden.md; fi; done; echo '[[sound]]' > lost.md";
        let made = Command::new("sh").args(["-c", script, "sh"]).arg(vault.path()).args([&part, &fitting.to_string()]).output();
        assert!(made.as_ref().is_ok_and(|made| made.status.success()), "{made:?}");
        let problems = tell_others("long paths", vault.path());
        let [problem] = &problems[..] else { panic!("{} problems", problems.len()) };
        assert_eq!(problem["kind"], "unreadable", "{problem}");
        assert!(problem["note_path"].as_str().is_some_and(|path| path.len() > 3_800 && path.starts_with(&part)), "{problem}");
        let moment = moment(vault.path());
        let hidden = moment.vault().paths().find(|path| path.stem() == "hidden").expect("the note at the long path");
        assert!(hidden.as_str().len() > 3_500, "{}", hidden.as_str().len());
        shown(
            "long paths",
            &Answer::Path(answer::path(&moment, &answer::PathQuestion::between("other", "hidden")).expect("a path")),
        );
        shown("long paths", &Answer::Show(Box::new(show(&moment, hidden.as_str()).expect("a card"))));
    }

    /// A folder that comes and goes while it is read: what was there is there, what was not is said, and nothing else changes.
    #[test]
    fn a_folder_that_vanishes_while_it_is_read() {
        let vault = sound_vault();
        let is_over = AtomicBool::new(false);
        let folder = vault.path().join("gone/deep");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    fs::create_dir_all(&folder).expect("a folder");
                    for n in 0..20 {
                        fs::write(folder.join(format!("n{n}.md")), "[[sound]] and [[hidden]]").expect("a note");
                    }
                    fs::remove_dir_all(vault.path().join("gone")).expect("a folder that goes");
                }
            });
            let rounds = std::panic::catch_unwind(|| {
                for _ in 0..size(10, 300) {
                    for problem in tell_others("a folder that vanishes", vault.path()) {
                        let path = problem["note_path"].as_str().unwrap_or_default();
                        assert!(path.starts_with("gone") && problem["kind"] == "unreadable", "{problem}");
                    }
                }
            });
            is_over.store(true, Ordering::Relaxed);
            rounds
        })
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }

    #[test]
    fn a_vault_that_is_gone() {
        let vault = sound_vault();
        let folder = vault.path().to_owned();
        drop(vault);
        for arguments in [&["stats", "--json"][..], &["search", "x"], &["links", "--all"]] {
            let said = ask(&folder, arguments);
            assert!(
                said.exit == Exit::Failed && said.out.is_empty() && said.err.contains("there is no folder at"),
                "{}",
                said.err
            );
        }
    }
}
