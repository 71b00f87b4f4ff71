//! Bytes in; parse, resolve, render: notes made by chance from the notes of the specs, and what must hold of every answer.
//!
//! A run is the same each time: so many cases from a fixed seed. `RESONOTE_FUZZ_SECONDS=600` goes on for so long from
//! `RESONOTE_FUZZ_SEED`, else from the clock, and tells the seed and the slowest case. A case that fails is made small
//! and told as a spec would lay it; `RESONOTE_FUZZ_SEED` with the number told makes it the first one again.

use crate::hostile::holds_no_command;
use crate::{Said, ask};
use fastrand::Rng;
use resonote::answer::{self, Along, Answer, Hubs, MentionLimits, PathQuestion, Resolution, Scope};
use resonote::cli::Exit;
use resonote::model::{self, Limits, Model, Text};
use resonote::note::{Dialect, Kind, Note, NotePath, Place, Severity};
use resonote::render::{Paint, json, text};
use resonote::snapshot::Snapshot;
use resonote::vault::{Meaning, Settings, Vault, fold};
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, Instant};

/// How many cases a usual run has, and the seed of the first.
const CASES: u64 = 400;
const SEED: u64 = 1;

/// The most bytes of a note in most cases, and in one of fifty when there is time.
const MOST_BYTES: usize = 2_000;
const MANY_BYTES: usize = 60_000;

/// One case in so many is laid on a disk and searched.
const SEARCHED: u64 = 100;

/// One case in so many is asked who speaks of whom, which takes an index.
const SPOKEN: u64 = 5;

/// What a run of a model made by chance may take: little, and still every way through it.
const SMALL: Limits<'static> = Limits { steps: 2_000, evaluations: 20_000, events: 50, ..Limits::DEFAULT };

/// The graph that such a model runs over, if it wants one: three notes, one linking to nobody.
const LINKS: [(u32, u32, f64); 3] = [(0, 1, 1.0), (1, 0, 2.0), (1, 2, 1.0)];

/// Pieces of models.
const MODEL_PIECES: [&str; 64] = [
    "x",
    "y",
    "x_pre",
    "x_post",
    "M",
    "M.x",
    "time",
    "t",
    "pi",
    "inf",
    "w",
    "xi",
    "degree_in",
    "0",
    "1",
    "-1",
    ".5",
    "1e300",
    "1e-300",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "(",
    ")",
    ",",
    ";",
    "\n",
    "x' = ",
    "y' = ",
    "x = ",
    "y = ",
    "y := ",
    "x(t+1) = ",
    "at ",
    "at (x > 1): x = ",
    " after ",
    ", priority=1",
    ", persistent=false",
    ", t0=false",
    ": ",
    "model m(a)\n",
    "end\n",
    "M: m(x)\n",
    "function f(a, b) ",
    "f(",
    "sin(",
    "exp(",
    "sqrt(",
    "ln(",
    "piecewise(",
    "min(",
    "floor(",
    "rand(0, 1)",
    "sum_in(",
    "mean_all(",
    "abs_mean_phase(",
    "is([[note]])",
    " > ",
    " && ",
    " == ",
    "const ",
];

/// Names that files have somewhere.
const NAMES: [&str; 38] = [
    "a.md",
    "A.md",
    "b.md",
    "note.md",
    "Note.md",
    "x/a.md",
    "x/y/b.md",
    "x/README.md",
    "README.md",
    "x/index.md",
    "é.md",
    "e\u{301}.md",
    "日本.md",
    "two\nlines.md",
    "a\u{1b}[31m.md",
    "\u{202E}r.md",
    "\u{7f}.md",
    "#h.md",
    "a#h.md",
    "a|b.md",
    "[[a]].md",
    "](a).md",
    " a.md",
    "a .md",
    "a.md.md",
    "%20.md",
    "a%2Fb.md",
    "a___b.md",
    "a\\b.md",
    "-a.md",
    "'.md",
    "\".md",
    "..a.md",
    "a.b.c.md",
    "p.png",
    "x/note.canvas",
    "resonote.md",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.md",
];

/// A line of settings, and what it sets.
type Switch = (&'static str, fn(&mut Settings));

/// The ways of writing that a vault may choose.
const SWITCHES: [Switch; 10] = [
    ("dotted-names = true", |settings| settings.dotted_names = true),
    ("folder-index = true", |settings| settings.folder_index = true),
    ("hash-relations = true", |settings| settings.dialect.hash_relations = true),
    ("inclusion-links = true", |settings| settings.dialect.inclusion_links = true),
    ("label-relations = true", |settings| settings.dialect.label_relations = true),
    ("list-relations = true", |settings| settings.dialect.list_relations = true),
    ("logseq = true", |settings| settings.dialect.logseq = true),
    ("pipe = \"label-first\"", |settings| settings.dialect.label_first = true),
    ("relation-items = true", |settings| settings.dialect.relation_items = true),
    ("title-relations = true", |settings| settings.dialect.title_relations = true),
];

/// A small vault, and how it is read.
#[derive(Clone)]
struct Case {
    is_strict: bool,
    /// Which of [`SWITCHES`] are set.
    switches: [bool; SWITCHES.len()],
    files: Vec<(String, Vec<u8>)>,
}

impl Case {
    fn switched(&self) -> impl Iterator<Item = Switch> {
        SWITCHES.into_iter().zip(self.switches).filter_map(|(switch, is_set)| is_set.then_some(switch))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        self.switched().for_each(|(_, set)| set(&mut settings));
        settings
    }

    fn dialect(&self) -> Dialect {
        self.settings().dialect
    }

    fn vault(&self) -> Vault {
        Vault::from_texts_as(self.files.iter().map(|(path, text)| (path.as_str(), text)), self.is_strict, self.settings())
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(|(path, text)| path.len() + text.len()).sum()
    }
}

/// Makes cases from seeds by chance.
struct Maker {
    random: Rng,
    seeds: Vec<Vec<u8>>,
    /// Models of the notes.
    models: Vec<Vec<u8>>,
    pieces: Vec<&'static str>,
    has_time: bool,
}

impl Maker {
    fn new(has_time: bool) -> Maker {
        let mut seeds = crate::specs::notes_of_specs();
        let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("notes");
        let mut paths: Vec<_> = fs::read_dir(notes).expect("notes").map(|entry| entry.expect("a note").path()).collect();
        paths.sort();
        let notes: Vec<Vec<u8>> = paths.into_iter().map(|path| fs::read(path).expect("a note")).collect();
        let models = notes.iter().flat_map(|note| models_of(note)).map(String::into_bytes).collect();
        seeds.extend(notes);
        let names = NAMES.iter().map(|name| format!("[[{}]]", name.trim_end_matches(".md")).into_bytes());
        seeds.extend(names);
        Maker { random: Rng::new(), seeds, models, pieces: crate::laws::all_pieces(), has_time }
    }

    fn case(&mut self, seed: u64) -> Case {
        self.random = Rng::with_seed(seed);
        let most = if self.has_time && self.random.u8(..) < 5 { MANY_BYTES } else { MOST_BYTES };
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for _ in 0..self.random.usize(1..=4) {
            let name = self.random.choice(NAMES).expect("a name");
            if files.iter().all(|(other, _)| other != name) {
                let text = if self.random.u8(..4) == 0 { self.note_with_a_model(most) } else { self.text(most) };
                files.push((name.to_owned(), text));
            }
        }
        // Most vaults set nothing; some set this and that.
        let likely = [0, 0, 1, 4][self.random.usize(..4)];
        let switches = [(); SWITCHES.len()].map(|()| self.random.u8(..8) < likely);
        Case { is_strict: self.random.u8(..4) == 0, switches, files }
    }

    fn text(&mut self, most: usize) -> Vec<u8> {
        let mut text = match self.random.u8(..8) {
            0 => Vec::new(),
            1 => (0..self.random.usize(..100)).map(|_| self.random.u8(..)).collect(),
            _ => self.part_of_a_seed(),
        };
        for _ in 0..self.random.usize(..12) {
            self.change(&mut text, most);
            text.truncate(most);
        }
        text
    }

    /// A note that is a fence, and in it a model of the notes, or nothing, that pieces of models have fallen on.
    fn note_with_a_model(&mut self, most: usize) -> Vec<u8> {
        let model = self.random.usize(..self.models.len());
        let mut text = if self.random.u8(..4) == 0 { Vec::new() } else { self.models[model].clone() };
        for _ in 0..self.random.usize(..16) {
            let at = self.random.usize(..=text.len());
            match self.random.u8(..8) {
                0 => self.change(&mut text, most),
                1 => drop(text.drain(self.range(text.len(), 12))),
                2 => {
                    let times = self.random.usize(..=most / 4);
                    let piece = self.random.choice(MODEL_PIECES).expect("a piece");
                    text.splice(at..at, piece.repeat(times / piece.len()).into_bytes());
                }
                _ => drop(text.splice(at..at, self.random.choice(MODEL_PIECES).expect("a piece").bytes())),
            }
            text.truncate(most);
        }
        let language = ["antimony", "resonote"][usize::from(self.random.u8(..4) > 0)];
        [format!("```{language}\n").as_bytes(), &text, b"\n```\n"].concat()
    }

    fn part_of_a_seed(&mut self) -> Vec<u8> {
        let seed = self.random.usize(..self.seeds.len());
        let part = self.range(self.seeds[seed].len(), MOST_BYTES);
        // Whole notes keep what only stands at their beginning.
        let part = if self.random.bool() { 0..part.end } else { part };
        self.seeds[seed][part].to_vec()
    }

    /// A range of something so long, at most so long itself.
    fn range(&mut self, length: usize, most: usize) -> Range<usize> {
        let start = self.random.usize(..=length);
        start..start + self.random.usize(..=most.min(length - start))
    }

    fn piece(&mut self) -> Vec<u8> {
        let piece = self.random.usize(..self.pieces.len());
        self.pieces[piece].as_bytes().to_vec()
    }

    /// Changes a text in one of many ways.
    fn change(&mut self, text: &mut Vec<u8>, most: usize) {
        let at = self.random.usize(..=text.len());
        let chunk = self.range(text.len(), 40);
        match self.random.u8(..14) {
            0..4 => {
                let piece = self.piece();
                text.splice(at..at, piece);
            }
            4 => drop(text.drain(chunk)),
            5 => {
                let copy = text[chunk].to_vec();
                text.splice(at..at, copy);
            }
            6 => {
                let moved: Vec<u8> = text.drain(chunk).collect();
                let at = at.min(text.len());
                text.splice(at..at, moved);
            }
            7 => {
                let other = self.part_of_a_seed();
                text.truncate(at);
                text.extend(other);
            }
            8 => {
                let other = self.part_of_a_seed();
                text.splice(at..at, other);
            }
            9 => {
                for _ in 0..self.random.usize(1..4) {
                    let (bit, length) = (1 << self.random.u8(..8), text.len());
                    text.get_mut(self.random.usize(..=length)).into_iter().for_each(|byte| *byte ^= bit);
                }
            }
            10 | 11 => {
                let again = if self.random.bool() { self.piece() } else { text[chunk].to_vec() };
                let times = self.random.usize(1..=most.max(1)) / again.len().max(1);
                text.splice(at..at, again.repeat(times));
            }
            12 => text.truncate(at),
            _ => {
                let (open, close) = (self.piece(), self.piece());
                text.splice(at..at, close);
                text.splice(chunk.start.min(at)..chunk.start.min(at), open);
            }
        }
    }
}

/// The models of a note, by the language of their fences.
fn models_of(note: &[u8]) -> Vec<String> {
    let (note, _) = Note::parse(NotePath::new("a.md"), note, &Dialect::default());
    note.snippets.iter().filter(|it| matches!(&*it.language, "antimony" | "resonote")).map(|it| it.source.to_string()).collect()
}

/// Holds that a model is refused, or made ready and run, twice the same, and that the solver never panics.
fn hold_model(source: &str, dialect: model::Dialect) {
    let program = match model::parse(source, dialect) {
        Ok(program) => program,
        Err(refusals) => {
            let lies_inside = |at: model::At| source.get(at.start as usize..at.end as usize).is_some();
            assert!(refusals.iter().all(|it| lies_inside(it.at)), "places of {refusals:?}");
            return;
        }
    };
    let named = program.links().into_iter().map(|link| (link.into(), Some(1))).collect();
    let keys: Vec<Box<str>> = ["a.md", "b.md", "c.md"].map(Into::into).to_vec();
    let graph = model::Graph { labels: keys.clone(), keys, links: LINKS.to_vec(), named };
    let texts = [Text { program, dialect, uses: Vec::new(), size: source.len() }];
    for graph in [None, Some(&graph)] {
        let made = match Model::new(&texts, None, graph) {
            Ok(made) => made,
            Err(fault) => {
                assert!(source.get(fault.at.start as usize..fault.at.end as usize).is_some(), "the place of {fault:?}");
                assert!(fault.to_string().len() < 9_000, "{fault}");
                continue;
            }
        };
        let asked = crate::models::asked(&made, (0.0, 5.0, 0.5), (1e-6, 1e-9));
        LAST_WORDS.take();
        let outcome = |_| match model::run(&made, &asked, SMALL) {
            Ok(run) => {
                let bits = |numbers: Vec<Vec<f64>>| numbers.concat().into_iter().map(f64::to_bits).collect::<Vec<u64>>();
                assert!(run.stop.is_some() || run.times.len() == 11, "rows without a reason: {:?}", run.times);
                (run.times, bits(run.columns), bits(run.of_notes), run.stop.map(|stop| stop.to_string()))
            }
            Err(stop) => (Vec::new(), Vec::new(), Vec::new(), Some(stop.to_string())),
        };
        let [once, again] = [(), ()].map(outcome);
        assert_eq!(once, again, "running twice");
        let words = LAST_WORDS.take();
        assert_eq!(words, "", "a panic that was caught");
    }
}

/// The text of a note as its spans count it.
fn decoded(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes[2..].chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)])).collect()
    };
    let text = match bytes {
        [0xFF, 0xFE, ..] => String::from_utf16_lossy(&wide(u16::from_le_bytes)),
        [0xFE, 0xFF, ..] => String::from_utf16_lossy(&wide(u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    // Each line end is one, and one byte long if it was.
    text.split("\r\n").map(|part| part.replace('\r', "\n")).collect::<Vec<_>>().join("\r\n")
}

/// Holds what is true of a note by itself.
fn hold_note(path: &str, bytes: &[u8], dialect: &Dialect) {
    let lines = Lines::of(decoded(bytes));
    let text = &lines.text;
    let (note, prose) = Note::parse(NotePath::new(path), bytes, dialect);
    let (again, prose_again) = Note::parse(NotePath::new(path), bytes, dialect);
    assert_eq!(note, again, "reading twice");
    assert_eq!(prose.text(), prose_again.text(), "reading twice");
    for link in &note.links {
        lines.hold(link.place);
        let (_, _, _) = (link.target(), link.label(), link.size());
        if link.kind != Kind::Property {
            assert_eq!(&text[link.place.span.range()], &*link.written, "a link's place");
        }
        let sentence = prose.sentence_of_link(link.place.span).unwrap_or_default();
        assert!(sentence.marks.iter().all(|mark| sentence.text.get(mark.clone()).is_some()), "marks of {sentence:?}");
    }
    let headings = note.outline.headings.iter().map(|it| it.place);
    let places = headings.chain(note.outline.blocks.iter().map(|it| it.place)).chain(note.snippets.iter().map(|it| it.place));
    let places = places.chain(note.fields.iter().map(|it| it.place)).chain(note.problems.iter().map(|it| it.place));
    places.for_each(|place| lines.hold(place));
    for snippet in &note.snippets {
        match &*snippet.language {
            "antimony" => hold_model(&snippet.source, model::Dialect::Antimony),
            "resonote" => hold_model(&snippet.source, model::Dialect::Resonote),
            _ => {}
        }
        let uses = snippet.settings.uses.iter().map(|it| it.place);
        let named = uses.chain(snippet.settings.expect.iter().map(|it| it.place));
        named.for_each(|place| lines.hold(place));
        for at in (0..=snippet.source.len()).filter(|at| snippet.source.is_char_boundary(*at)) {
            lines.hold(snippet.place_of(at..at));
        }
    }
    for link in note.links.iter().filter(|link| link.kind == Kind::Model) {
        let line = note.model_line(link).expect("the line of a model that names a note");
        assert!(line.marks.iter().all(|mark| line.text.get(mark.clone()).is_some()), "marks of {line:?}");
    }
    for (block, _) in prose.blocks() {
        assert!(prose.text().get(block.clone()).is_some(), "a block");
        assert!(prose.source_of(block.start) <= text.len(), "the source of a block");
        let passage = prose.passage(block, &[]);
        assert!(passage.text.chars().count() <= resonote::note::LONGEST_PASSAGE + 2, "a passage: {passage:?}");
    }
}

/// A text and where people see each of its bytes.
struct Lines {
    text: String,
    /// Line and column of each byte, and of the end.
    seen: Vec<(u32, u32)>,
}

impl Lines {
    fn of(text: String) -> Lines {
        let (mut line, mut column) = (1, 1);
        let mut seen = Vec::with_capacity(text.len() + 1);
        for (at, c) in text.char_indices() {
            seen.resize(at + c.len_utf8(), (line, column));
            match c {
                '\n' => (line, column) = (line + 1, 1),
                // A byte order mark is not seen.
                '\u{FEFF}' if at == 0 => {}
                _ => column += 1,
            }
        }
        seen.push((line, column));
        Lines { text, seen }
    }

    /// Holds that a place lies in the text, on whole characters, at the line and column it says.
    fn hold(&self, place: Place) {
        let (text, start) = (&self.text, place.span.start as usize);
        assert!(text.get(place.span.range()).is_some(), "{place:?} is no place in {} bytes", text.len());
        assert_eq!((place.line, place.column), self.seen[start], "line and column");
    }
}

/// Shows an answer as text and as JSON, neither of which commands a terminal.
fn show(question: &str, answer: &Answer<'_>, shown: &mut Vec<(String, String)>) {
    let (mut lines, mut object) = (Vec::new(), Vec::new());
    text(answer, Paint { color: false, width: None }, &mut lines).expect("text");
    json(answer, "vault", &mut object).expect("JSON");
    for bytes in [lines, object] {
        let text = String::from_utf8(bytes).expect("answers are UTF-8");
        holds_no_command(question, &text);
        shown.push((question.to_owned(), text));
    }
}

/// Every answer that takes no more than the graph, as text and as JSON.
fn answers(case: &Case) -> Vec<(String, String)> {
    let snapshot = Snapshot::of(case.vault());
    let vault = snapshot.vault();
    let mut shown = Vec::new();
    let mut show = |question: &str, answer: Answer<'_>| show(question, &answer, &mut shown);
    let stats = answer::stats(&snapshot);
    assert_eq!(stats.links, answer::all_links(&snapshot, None).iter().count(), "links counted and told");
    assert_eq!(
        stats.links,
        stats.links_resolved + stats.links_unresolved + stats.links_ambiguous,
        "links by what became of them"
    );
    let check = answer::check(&snapshot, Severity::Info, None, answer::RunLimits::ALONE);
    assert_eq!(check.findings.len(), check.errors + check.warnings + check.infos, "problems counted and told");
    assert!(check.findings.iter().all(|found| vault.paths().any(|path| path == found.note_path)), "notes of problems");
    for note in 0..vault.len() as u32 {
        let reread = vault.read(note);
        for (link, at) in reread.note.links.iter().zip(vault.links(note)) {
            assert_eq!(vault.meaning(note, link), Some(vault.resolved(at).meaning), "a link looked up anew: {link:?}");
        }
    }
    show("stats", Answer::Stats(stats));
    show("check", Answer::Check(check));
    show("overview", Answer::Overview(answer::overview(&snapshot)));
    show("all links", Answer::AllLinks(answer::all_links(&snapshot, None)));
    show("wanted", Answer::Wanted(answer::wanted(&snapshot, 10, 2)));
    let tags = answer::tags(&snapshot, None);
    if let Some(tag) = tags.tags.first() {
        show("one tag", Answer::Tagged(answer::tagged(&snapshot, &tag.tag, 10)));
    }
    show("tags", Answer::Tags(tags));
    let written = vault.paths().map(|path| (path.to_string(), Some(path)));
    let first = vault.paths().next();
    let wanted = (0..vault.wanted().min(3) as u32).map(|wanted| (vault.wanted_name(wanted).into_owned(), None));
    for (name, path) in written.chain(wanted) {
        let name = name.as_str();
        let card = answer::show(&snapshot, name);
        let Ok(card) = card else {
            assert!(path.is_none(), "{name:?} is no concept's path: {:?}", card.err());
            continue;
        };
        assert!(path.is_none() || card.concept.note_path == path, "{name:?} means another note: {:?}", card.concept);
        show("show", Answer::Show(Box::new(card)));
        let scope = Scope { along: Along::Both, relation: None, depth: 2 };
        show("links", Answer::Links(answer::links(&snapshot, name, &scope).expect("links of a concept")));
        show("related", Answer::Related(answer::related(&snapshot, &[name.to_owned()], 5, false).expect("related concepts")));
        show(
            "path",
            Answer::Path(
                answer::path(&snapshot, &answer::PathQuestion::between(first.as_ref().map_or(name, |path| path.as_str()), name))
                    .expect("a path"),
            ),
        );
        let own = answer::communities(&snapshot, Some(name), Resolution::default(), 5, 5).expect("a community");
        show("its community", Answer::Communities(own));
    }
    let all = answer::communities(&snapshot, None, Resolution::default(), 5, 3).expect("communities");
    show("communities", Answer::Communities(all));
    show("bridges", Answer::Bridges(answer::bridges(&snapshot, None, 5)));
    for question in several_ways(&snapshot) {
        show("path", Answer::Path(answer::path(&snapshot, &question).expect("a path")));
    }
    shown
}

/// Paths as they are asked for with more words, among the first concepts that have a name of their own.
fn several_ways(snapshot: &Snapshot) -> Vec<PathQuestion> {
    let vault = snapshot.vault();
    let wanted = (0..vault.wanted() as u32).map(|wanted| vault.wanted_name(wanted).into_owned());
    let names = vault.paths().map(|path| path.to_string()).chain(wanted);
    let names: Vec<String> = names.filter(|name| answer::show(snapshot, name).is_ok()).take(4).collect();
    let [first, second, ..] = &names[..] else { return Vec::new() };
    let between = || PathQuestion::between(first, second);
    let mut questions = vec![
        PathQuestion { most: 3, share: 1.0, ..between() },
        PathQuestion { tags: true, most: 2, hubs: Hubs::Forbid, ..between() },
        PathQuestion { directed: true, most_steps: Some(2), hub_weight: Some(10.0), ..between() },
        PathQuestion { relations: answer::relation_names(snapshot, "", 2), hubs: Hubs::Allow, ..between() },
    ];
    if names.len() > 2 {
        questions.push(PathQuestion { through: names[2..].to_vec(), most: 2, ..between() });
        questions.push(PathQuestion { avoid: names[2..].to_vec(), ..between() });
        questions.push(PathQuestion { concepts: names.clone(), ..between() });
    }
    questions
}

/// Every answer that takes who speaks of whom, as text and as JSON.
fn spoken_answers(case: &Case) -> Vec<(String, String)> {
    let snapshot = Snapshot::in_memory(case.vault()).expect("an index");
    let vault = snapshot.vault();
    let mut shown = Vec::new();
    let mut show = |question: &str, answer: Answer<'_>| show(question, &answer, &mut shown);
    let few = MentionLimits { limit: 3, every: false };
    let all = MentionLimits { limit: 1_000, every: true };
    let written: Vec<String> = vault.paths().map(|path| path.to_string()).collect();
    for name in &written {
        for limits in [few, all] {
            show("mentions", Answer::Mentions(answer::mentions_of(&snapshot, name, limits).expect("mentions")));
            show("mentions --in", Answer::Mentions(answer::mentions_in(&snapshot, name, limits).expect("mentions")));
            for edits in [answer::edits_of(&snapshot, name, limits), answer::edits_in(&snapshot, name, limits)] {
                let edits = edits.expect("links");
                hold_edits(case, &snapshot, &edits);
                show("mentions --apply", Answer::Edits(edits));
            }
        }
        for unlinked in [false, true] {
            let of = [&written[..1], std::slice::from_ref(name)].concat();
            show("related", Answer::Related(answer::related(&snapshot, &of, 5, unlinked).expect("related concepts")));
        }
    }
    for wanted in (0..vault.wanted().min(5) as u32).map(|wanted| vault.wanted_name(wanted)) {
        if let Ok(draft) = answer::draft(&snapshot, &wanted, 5, 3) {
            show("wanted", Answer::Draft(Box::new(draft)));
            show("mentions", Answer::Mentions(answer::mentions_of(&snapshot, &wanted, all).expect("mentions")));
        }
    }
    for question in several_ways(&snapshot) {
        let question = PathQuestion { suggested: true, ..question };
        show("path --suggested", Answer::Path(answer::path(&snapshot, &question).expect("a path")));
    }
    shown
}

/// Holds that links in place of mentions are what they say: so many more, each meaning whom it should, and all others meaning
/// whom they meant; and that nothing but they changed.
fn hold_edits(case: &Case, snapshot: &Snapshot, edits: &answer::Edits) {
    let before = snapshot.vault();
    let mut edited = case.clone();
    for note in &edits.notes {
        let path = note.note_path.as_str();
        let file = edited.files.iter_mut().find(|(other, _)| NotePath::new(other.as_str()) == note.note_path).expect("a note");
        assert_eq!(file.1, note.before, "the bytes of {path:?}");
        file.1 = note.after.clone();
        let links = edits.edits.iter().filter(|edit| edit.note_path == note.note_path);
        // Each link holds the name as it was written: without the rest of it, the note is what it was.
        let (mut rest, mut without) = (&note.after[..], Vec::new());
        for edit in links {
            let link = edit.link.as_bytes();
            let at = (0..rest.len())
                .find(|at| rest[*at..].starts_with(link) && note.before[without.len() + at..].starts_with(edit.name.as_bytes()));
            let at = at.unwrap_or_else(|| panic!("{edit:?} is not in {path:?}"));
            without.extend_from_slice(&rest[..at]);
            without.extend_from_slice(edit.name.as_bytes());
            rest = &rest[at + link.len()..];
        }
        without.extend_from_slice(rest);
        assert_eq!(without, note.before, "what is not a link in {path:?}");
    }
    let after = edited.vault();
    for note in &edits.notes {
        let at = after.paths().position(|path| path == note.note_path).expect("a note") as u32;
        let mut now = links_of(&after, at);
        for link in links_of(before, note.note) {
            let place = now.iter().position(|it| *it == link);
            now.remove(place.unwrap_or_else(|| panic!("{link:?} means another in {now:?}")));
        }
        let meant = |edit: &answer::Edit| match &edit.concept.note_path {
            Some(path) => format!("{path:?}"),
            None => fold(&edit.concept.name),
        };
        let new = edits.edits.iter().filter(|edit| edit.note_path == note.note_path);
        let mut new: Vec<(String, String)> = new.map(|edit| (edit.link.clone(), meant(edit))).collect();
        new.sort();
        now.sort();
        assert_eq!(now, new, "the links of {:?}", note.note_path);
    }
}

/// The links of a note as they are written, and whom each means; of a name nobody wrote yet how it is spelt may change.
fn links_of(vault: &Vault, note: u32) -> Vec<(String, String)> {
    let reread = vault.read(note);
    let meant = |link| match vault.meaning(note, link) {
        Some(Meaning::Note(target)) => format!("{:?}", vault.path(target)),
        Some(Meaning::Wanted(wanted)) => fold(&vault.wanted_name(wanted)),
        other => format!("{other:?}"),
    };
    reread.note.links.iter().map(|link| (link.written.to_string(), meant(link))).collect()
}

/// Holds everything that is true of any notes.
fn hold(case: &Case, number: u64) {
    case.files.iter().for_each(|(path, text)| hold_note(path, text, &case.dialect()));
    let shown = answers(case);
    for (at, (question, text)) in shown.iter().enumerate() {
        // The longest that says much of little: ten candidates, or a sentence of 300 characters, for a link of six bytes.
        let most = 20_000 + 1_000 * case.bytes();
        assert!(text.len() <= most, "{question} has {} bytes of {}", text.len(), case.bytes());
        if at % 2 == 1 && number.is_multiple_of(4) {
            crate::schema::hold(question, &Said { out: text.clone(), err: String::new(), exit: Exit::Answered });
        }
    }
    assert_eq!(shown, answers(case), "asking twice");
    if number.is_multiple_of(SPOKEN) {
        let shown = spoken_answers(case);
        for (question, text) in shown.iter().skip(1).step_by(2) {
            crate::schema::hold(question, &Said { out: text.clone(), err: String::new(), exit: Exit::Answered });
        }
        assert_eq!(shown, spoken_answers(case), "asking twice who speaks of whom");
    }
    if number.is_multiple_of(SEARCHED) {
        hold_search(case);
    }
}

/// Lays the notes on a disk and searches them for words of their own.
fn hold_search(case: &Case) {
    let vault = tempfile::tempdir().expect("a vault");
    for (path, text) in &case.files {
        let path = vault.path().join(path);
        // Not every system takes every name.
        let _ = path.parent().map(fs::create_dir_all).and_then(|_| fs::write(path, text).ok());
    }
    for (_, text) in &case.files {
        let text = String::from_utf8_lossy(text);
        let words: Vec<&str> = text.split_whitespace().filter(|word| word.len() > 2).take(5).collect();
        for way in [&["--plain"][..], &[]] {
            let said = ask(vault.path(), &[&["search", "--json"], way, &["--", &words.join(" ")]].concat());
            assert!(said.exit != Exit::Failed || said.err.contains("\"query\""), "search fails: {}", said.err);
            holds_no_command("search", &said.out);
            holds_no_command("search", &said.err);
            crate::schema::hold("search", &said);
        }
    }
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    static LAST_WORDS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Why a case fails, if it does. What panics is heard by nobody but us.
fn failure(case: &Case, number: u64) -> Option<String> {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| match IS_QUIET.get() {
            true => LAST_WORDS.with_borrow_mut(|words| *words = panic.to_string()),
            false => loud(panic),
        }));
    });
    IS_QUIET.set(true);
    let held = catch_unwind(AssertUnwindSafe(|| hold(case, number)));
    IS_QUIET.set(false);
    held.err().map(|_| LAST_WORDS.take())
}

/// A smaller case that fails as well.
fn shrink(case: &Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    let mut small = case.clone();
    let mut tries = 3_000;
    let mut keep = |small: &mut Case, change: &dyn Fn(&mut Case)| -> bool {
        let mut smaller = small.clone();
        change(&mut smaller);
        tries -= 1;
        let is_kept = tries > 0 && fails(&smaller);
        if is_kept {
            *small = smaller;
        }
        is_kept
    };
    keep(&mut small, &|case| case.is_strict = false);
    for switch in 0..SWITCHES.len() {
        keep(&mut small, &|case| case.switches[switch] = false);
    }
    for file in (0..case.files.len()).rev() {
        keep(&mut small, &|case| drop(case.files.remove(file)));
    }
    for file in 0..small.files.len() {
        keep(&mut small, &|case| case.files[file].0 = format!("{file}.md"));
        let mut size = small.files[file].1.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < small.files[file].1.len() {
                let end = (at + size).min(small.files[file].1.len());
                if !keep(&mut small, &|case| drop(case.files[file].1.drain(at..end))) {
                    at = end;
                }
            }
            size /= 2;
        }
    }
    small
}

/// A case as a spec lays it.
fn as_spec(case: &Case) -> String {
    let mut spec = format!("{}\n", if case.is_strict { "--strict" } else { "" });
    if case.switched().next().is_some() {
        let lines: Vec<&str> = case.switched().map(|(line, _)| line).collect();
        write!(spec, "\n```file .resonote.toml\n{}\n```\n", lines.join("\n")).expect("a string");
    }
    for (path, text) in &case.files {
        let text = escaped(text);
        let fence = "`".repeat(text.split(|c| c != '`').map(str::len).max().unwrap_or(0).max(2) + 1);
        let path = escaped(path.as_bytes()).replace("\\n\n", "\\n").replace("\\\\", "\\\\\\\\");
        write!(spec, "\n{fence}note {path} escaped\n{text}\n{fence}\n").expect("a string");
    }
    spec
}

/// Bytes as an `escaped` block writes them.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                '\\' => text.push_str("\\\\"),
                ' ' if text.is_empty() || text.ends_with([' ', '\n']) => text.push_str("\\s"),
                c if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() => text.push(c),
                c => write!(text, "\\u{{{:x}}}", u32::from(c)).expect("a string"),
            }
        }
        chunk.invalid().iter().for_each(|byte| write!(text, "\\x{byte:02X}").expect("a string"));
    }
    text
}

#[test]
#[allow(clippy::print_stdout, reason = "a run of ten minutes says what it did")]
fn whatever_the_bytes_every_answer_holds() {
    let number_in = |name| std::env::var(name).ok().map(|number: String| number.parse::<u64>().expect("a number"));
    let time = number_in("RESONOTE_FUZZ_SECONDS").map(Duration::from_secs);
    let clock = || std::time::UNIX_EPOCH.elapsed().map_or(SEED, |time| time.as_nanos() as u64);
    let seed = number_in("RESONOTE_FUZZ_SEED").unwrap_or_else(|| if time.is_some() { clock() } else { SEED });
    // One thread: a case is told by the thread that made it, and ten minutes leave a core to others.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a thread");
    let mut maker = Maker::new(time.is_some());
    let start = Instant::now();
    let mut slowest: (Duration, u64) = Default::default();
    let mut number = 0;
    while time.map_or(number < CASES, |time| start.elapsed() < time) {
        let case = maker.case(seed.wrapping_add(number));
        let began = Instant::now();
        if let Some(reason) = pool.install(|| failure(&case, number)) {
            let small = pool.install(|| shrink(&case, &|case| failure(case, number).is_some()));
            let reason = pool.install(|| failure(&small, number)).unwrap_or(reason);
            let reason = reason.replace(|c: char| c.is_control() && c != '\n', "�");
            panic!("seed {}: {reason}\n{}", seed.wrapping_add(number), as_spec(&small));
        }
        slowest = slowest.max((began.elapsed(), seed.wrapping_add(number)));
        number += 1;
    }
    if time.is_some() {
        let case = maker.case(slowest.1);
        println!("{number} cases from seed {seed}, the slowest {:?} of {} bytes, seed {}", slowest.0, case.bytes(), slowest.1);
    }
}
