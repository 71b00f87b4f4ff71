//! What is kept of a vault between questions, held to its promises from outside: whatever became of the notes, the cache or
//! the disk, an answer is that of a vault that was never seen before. Processes that are killed or meet are in `killed.rs`.

use resonote::cellar::Shelf;
use resonote::cli::Exit;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

/// What may be said of how an answer came about, each by its beginning.
pub(crate) const SET_ASIDE: &str = "the kept ";
pub(crate) const IN_MEMORY: &str = "nothing can be kept";
pub(crate) const LAST_MOMENT: &str = "another process is reading what changed";
pub(crate) const WAITED: &str = "waited for another process";

/// Questions that need the graph, the text, both, mentions, or all there is.
pub(crate) const QUESTIONS: [&[&str]; 8] = [
    &["path", "n1", "n30"],
    &["search", "grief theory"],
    &["links", "--all", "--json"],
    &["check", "--severity", "info"],
    &["stats", "--json"],
    &["show", "n5"],
    &["mentions", "n1"],
    &["path", "n1", "n30", "--suggested"],
];

/// Questions that need mentions, with one between them that needs the text alone.
const MENTIONING: [&[&str]; 4] = [QUESTIONS[6], QUESTIONS[1], QUESTIONS[7], &["mentions", "--in", "n5", "--json"]];

const WORDS: [&str; 12] =
    ["mirror", "neuron", "grief", "theory", "body", "mind", "learning", "memory", "sleep", "language", "gene", "stress"];

/// How a call ended and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    /// The answer itself.
    pub(crate) fn answer(&self) -> (Option<i32>, &str) {
        (self.code, &self.out)
    }
}

/// A vault and a folder of caches of its own.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub vault: PathBuf,
    pub cache: PathBuf,
}

impl Home {
    /// A vault of some notes in six folders that link one another.
    pub(crate) fn of(notes: usize) -> Home {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, cache) = (folder.path().join("vault"), folder.path().join("cache"));
        let mut chance = fastrand::Rng::with_seed(7);
        (0..6).for_each(|number| fs::create_dir_all(vault.join(format!("f{number}"))).expect("a folder"));
        for number in 0..notes {
            let text = text(&mut chance, notes);
            fs::write(vault.join(format!("f{}/n{number}.md", number % 6)), text).expect("a note");
        }
        let home = Home { folder, vault, cache };
        home.let_the_clock_pass();
        home
    }

    /// Waits until no look has to doubt whether the clock stood still.
    fn let_the_clock_pass(&self) {
        std::thread::sleep(Duration::from_millis(120));
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A launch of the program with this vault and these caches.
    pub(crate) fn launch(&self, question: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resonote"));
        command.args(question).arg("--vault").arg(&self.vault).env("RESONOTE_CACHE_DIR", &self.cache);
        command.env_remove("RESONOTE_VAULT").env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }

    pub(crate) fn ask(&self, question: &[&str]) -> Told {
        told(&mut self.launch(question))
    }

    /// The answer of a vault that was never seen before, from memory.
    pub(crate) fn fresh(&self, question: &[&str]) -> Told {
        let vault = self.vault.to_str().expect("a path");
        let said = crate::ask(&self.vault, &[question, &["--vault", vault]].concat());
        let code = match said.exit {
            Exit::Answered => 0,
            Exit::Nothing => 1,
            Exit::Failed => 2,
            Exit::ModelFailed => 3,
        };
        Told { code: Some(code), out: said.out, err: said.err }
    }

    /// Asks, and holds the answer against a fresh one. Gives back what else was said of how it came about.
    pub(crate) fn hold(&self, story: &str, question: &[&str]) -> Vec<String> {
        let (kept, fresh) = (self.ask(question), self.fresh(question));
        assert_eq!(kept.answer(), fresh.answer(), "{story}: {question:?}: {}", kept.err);
        notices(story, &kept, &fresh)
    }

    /// Asks everything and hears nothing but answers.
    fn hold_all_in_silence(&self, story: &str) {
        for question in QUESTIONS {
            assert_eq!(self.hold(story, question), [""; 0], "{story}: {question:?}");
        }
    }

    /// The folder that holds what is kept of the vault.
    pub(crate) fn place(&self) -> PathBuf {
        let mut folders = folders_in(&self.cache);
        assert_eq!(folders.len(), 1, "{folders:?}");
        folders.remove(0)
    }

    pub(crate) fn write(&self, note: &str, text: &str) {
        let path = self.vault.join(note);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a note");
    }
}

fn text(chance: &mut fastrand::Rng, notes: usize) -> String {
    let mut line = || {
        let words: Vec<&str> = (0..10).filter_map(|_| chance.choice(WORDS)).collect();
        format!("{} n{} [[n{}]].\n\n", words.join(" "), chance.usize(..notes), chance.usize(..notes + notes / 10))
    };
    (0..5).map(|_| line()).collect()
}

/// What a launch said, without a doubt that it ends.
pub(crate) fn told(command: &mut Command) -> Told {
    let Output { status, stdout, stderr } = command.output().expect("a launch");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Told { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// The lines on stderr that a fresh answer has not: each is one that may be said.
pub(crate) fn notices(story: &str, kept: &Told, fresh: &Told) -> Vec<String> {
    let is_own = |line: &&str| !fresh.err.lines().any(|other| other == *line);
    let lines: Vec<String> = kept.err.lines().filter(is_own).map(str::to_owned).collect();
    for line in &lines {
        let is_known = [SET_ASIDE, IN_MEMORY, LAST_MOMENT, WAITED].iter().any(|known| line.starts_with(known));
        assert!(is_known, "{story}: {line}");
    }
    lines
}

pub(crate) fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Everything below a folder: what it is, its bytes and its time.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (Option<Vec<u8>>, SystemTime)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("an entry"));
    let seen = |entry: walkdir::DirEntry| {
        let modified = entry.metadata().expect("a file").modified().expect("a time");
        (entry.path().to_owned(), (fs::read(entry.path()).ok(), modified))
    };
    entries.map(seen).collect()
}

/// A copy of a folder in which every file has the time it had: what is kept is told from what was touched by that.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    for entry in walkdir::WalkDir::new(from).into_iter().map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("a folder");
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
            let modified = entry.metadata().expect("a file").modified().expect("a time");
            fs::File::options().write(true).open(target).and_then(|file| file.set_modified(modified)).expect("a time");
        }
    }
}

// ------------------------------------------------------------------------------------------------ what happens to notes

type Story = (&'static str, fn(&Home));

/// What may happen between two questions that size and time alone do not show, or that changes whom others link.
const STORIES: [Story; 16] = [
    ("nothing", |_| ()),
    ("as long and as old, but another text", |home| {
        let path = home.vault.join("f1/n1.md");
        let (text, modified) = (fs::read_to_string(&path).expect("a note"), modified(&path));
        fs::write(&path, text.replacen("[[n", "[[m", 1)).expect("a note");
        set_modified(&path, modified);
    }),
    ("another file of the same size and time in its place", |home| {
        let (path, other) = (home.vault.join("f2/n2.md"), home.folder().join("other"));
        let (text, modified) = (fs::read_to_string(&path).expect("a note"), modified(&path));
        fs::write(&other, text.replacen("[[n", "[[k", 1)).expect("a note");
        set_modified(&other, modified);
        fs::rename(other, path).expect("a rename");
    }),
    ("another case", |home| rename(home, "f3/n3.md", "f3/N3.md")),
    ("moved to another folder", |home| rename(home, "f4/n4.md", "f0/n4.md")),
    ("a folder is called otherwise", |home| rename(home, "f5", "F five")),
    ("gone, and others link it", |home| fs::remove_file(home.vault.join("f1/n7.md")).expect("a note")),
    ("a file became a folder", |home| {
        fs::remove_file(home.vault.join("f2/n8.md")).expect("a note");
        home.write("f2/n8.md/inner.md", "grief [[n1]]");
    }),
    ("the folder became a file again", |home| {
        fs::remove_dir_all(home.vault.join("f2/n8.md")).expect("a folder");
        home.write("f2/n8.md", "theory [[inner]] [[n9]]");
    }),
    ("a folder became a file", |home| {
        fs::remove_dir_all(home.vault.join("f3")).expect("a folder");
        home.write("f3", "no note any more");
    }),
    ("written in the future", |home| {
        home.write("f0/n0.md", "grief of tomorrow [[n1]]");
        set_modified(&home.vault.join("f0/n0.md"), SystemTime::now() + Duration::from_secs(86_400));
    }),
    ("the clock jumped back", |home| {
        let path = home.vault.join("f0/n0.md");
        let modified = modified(&path);
        home.write("f0/n0.md", "grief of tomorrow [[n2]]");
        set_modified(&path, modified);
    }),
    ("written in 1970", |home| {
        home.write("f0/n0.md", "grief of long ago [[n2]]");
        set_modified(&home.vault.join("f0/n0.md"), SystemTime::UNIX_EPOCH);
    }),
    ("other settings", |home| home.write(".resonote.toml", "exclude = [\"f0\"]\ndotted-names = true")),
    (".obsidian appears", |home| fs::create_dir(home.vault.join(".obsidian")).expect("a folder")),
    ("all is gone", |home| {
        folders_in(&home.vault).iter().for_each(|folder| fs::remove_dir_all(folder).expect("a folder"));
    }),
];

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|file| file.modified()).expect("a time")
}

fn set_modified(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).and_then(|file| file.set_modified(time)).expect("a time");
}

fn rename(home: &Home, from: &str, to: &str) {
    fs::rename(home.vault.join(from), home.vault.join(to)).expect("a rename");
}

#[test]
fn what_happened_to_a_note_is_seen() {
    let home = Home::of(60);
    for (story, happen) in STORIES {
        happen(&home);
        home.hold_all_in_silence(story);
    }
}

/// The clock of a disk ticks more slowly than a program writes: a note is written, looked at, and written again at once. (A
/// clock that ticks finely enough shows that by itself; then this cannot fail.)
#[test]
fn a_note_written_twice_at_once_is_read_twice() {
    let home = Home::of(12);
    for round in 0..50 {
        let question = [QUESTIONS[1], QUESTIONS[2], QUESTIONS[5]][round % 3];
        home.write("f5/n5.md", &format!("grief a{round:02} [[na]]"));
        let mut asked = home.launch(question).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a launch");
        std::thread::sleep(Duration::from_micros(round as u64 * 100));
        home.write("f5/n5.md", &format!("grief b{round:02} [[nb]]"));
        assert!(asked.wait().expect("an end").success(), "round {round}");
        assert_eq!(home.hold("written at once", question), [""; 0], "round {round}");
    }
}

#[cfg(unix)]
#[test]
fn what_a_symbolic_link_leads_to_is_seen() {
    use std::os::unix::fs::symlink;
    let home = Home::of(12);
    let (one, two) = (home.folder().join("one.md"), home.folder().join("two.md"));
    fs::write(&one, "grief one [[n1]]").expect("a note");
    fs::write(&two, "grief two [[n2]]").expect("a note");
    symlink(&one, home.vault.join("f0/led.md")).expect("a link");
    home.hold_all_in_silence("a link to a note");
    let before = modified(&one);
    fs::write(&one, "grief ten [[n3]]").expect("a note");
    set_modified(&one, before);
    home.hold_all_in_silence("what it leads to says something else");
    set_modified(&two, before);
    fs::remove_file(home.vault.join("f0/led.md")).expect("a link");
    symlink(&two, home.vault.join("f0/led.md")).expect("a link");
    home.hold_all_in_silence("it leads elsewhere");
    fs::remove_file(&two).expect("a note");
    home.hold_all_in_silence("it leads nowhere");
}

// ------------------------------------------------------------------------------------------- what happens to the cache

/// What becomes of a file: by its name, and the bytes that are there then; none if it is gone.
type Damage = (String, Option<Vec<u8>>);

/// A file cut off, emptied, overwritten, changed in places, or not there.
fn damages(sound: &[u8], foreign: &[u8], flips: usize) -> Vec<Damage> {
    let mut chance = fastrand::Rng::with_seed(sound.len() as u64);
    let mut damages: Vec<Damage> = Vec::new();
    let lengths = [0, 7, sound.len() / 2, sound.len().saturating_sub(1)];
    damages.extend(lengths.iter().filter(|it| **it < sound.len()).map(|it| (format!("{it} bytes"), Some(sound[..*it].to_vec()))));
    damages.push(("gone".to_owned(), None));
    damages.push(("garbage".to_owned(), Some((0..sound.len()).map(|_| chance.u8(..)).collect())));
    damages.push(("that of another vault".to_owned(), Some(foreign.to_vec())));
    damages.push(("longer".to_owned(), Some([sound, b"x"].concat())));
    for _ in 0..flips {
        let (at, mut bytes) = (chance.usize(..sound.len()), sound.to_vec());
        bytes[at] ^= 1 << chance.u8(..8);
        damages.push((format!("another byte {at}"), Some(bytes)));
    }
    damages
}

/// Questions of all kinds, one of which needs the text.
const ANY_FOUR: [&[&str]; 4] = [QUESTIONS[0], QUESTIONS[1], QUESTIONS[2], QUESTIONS[3]];

/// After a damage, and whatever else happened, answers are right, it is said once at most, and then no more.
fn hold_after_damage(home: &Home, story: &str, questions: [&[&str]; 4], first: usize) {
    let mut said = Vec::new();
    for turn in 0..4 {
        said.extend(home.hold(story, questions[(first + turn) % 4]));
    }
    assert!(said.len() <= 1 && said.iter().all(|it| it.starts_with(SET_ASIDE)), "{story}: {said:?}");
    for question in [QUESTIONS[1], questions[0]] {
        assert_eq!(home.hold(story, question), [""; 0], "{story}, then");
    }
}

/// A vault whose moment is kept, a copy of that, and what is kept of another vault.
fn kept_home() -> (Home, PathBuf, Home) {
    let (home, other) = (Home::of(80), Home::of(30));
    let index = &["index", "--mentions"];
    assert_eq!((home.ask(index).code, other.ask(index).code), (Some(0), Some(0)));
    // A second commit, so that there are removed notes and several segments.
    home.write("f2/n2.md", "grief and sleep [[n3]] [[n30]]");
    home.let_the_clock_pass();
    assert_eq!((home.ask(index).code, home.ask(index).code), (Some(0), Some(0)));
    let sound = home.folder().join("sound");
    copy(&home.cache, &sound);
    (home, sound, other)
}

/// Damages files of the cache in all ways, the vault as it was, changed, or touched.
fn hold_whatever_is_damaged(
    home: &Home,
    sound: &Path,
    files: &[PathBuf],
    questions: [&[&str]; 4],
    foreign: &dyn Fn(&Path) -> Vec<u8>,
    flips: usize,
) {
    let mut number = 0;
    for file in files {
        let bytes = fs::read(sound.join(file)).expect("a file");
        for (damage, bytes) in damages(&bytes, &foreign(file), flips) {
            copy(sound, &home.cache);
            let path = home.cache.join(file);
            match bytes {
                Some(bytes) => fs::write(path, bytes).expect("a file"),
                None => fs::remove_file(path).expect("a file"),
            }
            let also = ["", ", a note changed", ", notes touched"][number % 3];
            match number % 3 {
                1 => home.write("f1/n1.md", &format!("grief {number} [[n{}]] [[n30]]", number % 30)),
                2 => (3..30).for_each(|note| {
                    let path = home.vault.join(format!("f{}/n{note}.md", note % 6));
                    set_modified(&path, SystemTime::now() - Duration::from_secs(number as u64));
                }),
                _ => {}
            }
            hold_after_damage(home, &format!("{}: {damage}{also}", file.display()), questions, number / 3);
            number += 1;
        }
    }
}

#[test]
fn a_damaged_graph_gives_no_wrong_answer() {
    let (home, sound, other) = kept_home();
    let place = home.place().strip_prefix(&home.cache).expect("below").to_owned();
    let graph = place.join("graph");
    let foreign = |_: &Path| fs::read(other.place().join("graph")).expect("a graph");
    hold_whatever_is_damaged(&home, &sound, std::slice::from_ref(&graph), ANY_FOUR, &foreign, 30);
    for version in [0, resonote::cellar::VERSION + 1, u32::MAX] {
        copy(&sound, &home.cache);
        let mut bytes = fs::read(sound.join(&graph)).expect("a graph");
        bytes[8..12].copy_from_slice(&version.to_le_bytes());
        fs::write(home.cache.join(&graph), bytes).expect("a graph");
        let said = home.hold("another version", QUESTIONS[0]);
        assert!(said.len() == 1 && said[0].contains(&format!("format {version}")), "{said:?}");
        hold_after_damage(&home, "another version", ANY_FOUR, 0);
    }
}

#[test]
fn a_damaged_text_index_gives_no_wrong_answer() {
    let (home, sound, other) = kept_home();
    let place = home.place().strip_prefix(&home.cache).expect("below").to_owned();
    let mut files: Vec<PathBuf> = fs::read_dir(sound.join(&place).join("text"))
        .expect("a folder")
        .map(|entry| place.join("text").join(entry.expect("an entry").file_name()))
        .filter(|file| fs::metadata(sound.join(file)).is_ok_and(|it| it.len() > 0))
        .collect();
    // One file of each kind: segments are alike.
    files.sort_by_key(|file| (file.extension().map(|it| it.to_owned()), fs::metadata(sound.join(file)).map_or(0, |it| it.len())));
    files.dedup_by_key(|file| {
        file.extension().filter(|it| *it != "json").map_or_else(|| file.as_os_str().to_owned(), |it| it.to_owned())
    });
    assert!(files.len() > 6, "{files:?}");
    let foreign = |file: &Path| {
        let other = other.place().join("text").join(file.file_name().expect("a name"));
        // A whole file of another index in the place of ours has a right checksum, and is not told from it yet.
        fs::read(other).unwrap_or(b"nothing of ours".to_vec())
    };
    hold_whatever_is_damaged(&home, &sound, &files, ANY_FOUR, &foreign, 1);
}

#[test]
fn damaged_mentions_give_no_wrong_answer() {
    let (home, sound, other) = kept_home();
    let place = home.place().strip_prefix(&home.cache).expect("below").to_owned();
    let file = place.join("mentions");
    let foreign = |_: &Path| fs::read(other.place().join("mentions")).expect("mentions");
    hold_whatever_is_damaged(&home, &sound, std::slice::from_ref(&file), MENTIONING, &foreign, 30);
    let kept = fs::read(sound.join(&file)).expect("mentions");
    let with_another_version = |version: u32| [&kept[..8], &version.to_le_bytes(), &kept[12..]].concat();
    let another_shelf = |change: &dyn Fn(&mut Shelf)| {
        let mut shelf = Shelf::open(&sound.join(&file)).expect("mentions");
        change(&mut shelf);
        let path = home.folder().join("another");
        shelf.write(&path).expect("a shelf");
        fs::read(path).expect("a shelf")
    };
    let of_an_older_program = |shelf: &mut Shelf| {
        let of = String::from_utf8(shelf.section("m_of").bytes(0..1_000).into_owned()).expect("UTF-8");
        let moment = of.split(' ').next_back().expect("a moment");
        shelf.put("m_of", format!("resonote-mentions-0-0.0.1 {moment}").into_bytes());
    };
    let others = [
        ("another format", with_another_version(resonote::cellar::VERSION + 1)),
        ("an older program", another_shelf(&of_an_older_program)),
        ("nobody's", another_shelf(&|shelf| shelf.put("m_of", Vec::new()))),
        ("a graph", fs::read(sound.join(place.join("graph"))).expect("a graph")),
    ];
    for (number, (story, bytes)) in others.into_iter().enumerate() {
        copy(&sound, &home.cache);
        fs::write(home.cache.join(&file), bytes).expect("mentions");
        let status = json(&home.ask(&["index", "--status", "--json"]));
        assert_eq!(status["mentions"]["state"], "unusable", "{story}: {status}");
        let said = home.hold(story, MENTIONING[number % 2 * 2]);
        assert!(said.len() == 1 && said[0].starts_with("the kept list of mentions"), "{story}: {said:?}");
        MENTIONING.iter().for_each(|question| assert_eq!(home.hold(story, question), [""; 0], "{story}"));
    }
}

/// A folder where a file is meant to be, a file where a folder is: it is made anew, and said once.
#[test]
fn what_is_something_else_is_replaced() {
    let (home, sound, _) = kept_home();
    let place = home.place();
    let folder = |name: &str| {
        let path = place.join(name);
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path.join("in/it")).expect("a folder");
    };
    let file = |name: &str| {
        let path = place.join(name);
        let _ = fs::remove_dir_all(&path);
        fs::write(path, "a file").expect("a file");
    };
    let cases: [(&str, &dyn Fn()); 13] = [
        ("the graph is a folder", &|| folder("graph")),
        ("what the graph is written to is a folder", &|| folder("graph.new")),
        ("the last pair is a folder", &|| folder("graph.paired")),
        ("what the last pair is made of is a folder", &|| folder("graph.aside")),
        ("the text index is a file", &|| file("text")),
        ("the text index is gone", &|| fs::remove_dir_all(place.join("text")).expect("a folder")),
        ("the commit is a folder", &|| folder("text/meta.json")),
        ("the mark is gone", &|| fs::remove_file(place.join("vault")).expect("a file")),
        ("the mark is empty", &|| fs::write(place.join("vault"), "").expect("a file")),
        ("what mentions are kept in is a folder", &|| folder("mentions")),
        ("what mentions are written to is a folder", &|| folder("mentions.new")),
        ("mentions that were half written", &|| fs::write(place.join("mentions.new"), "half").expect("a file")),
        ("a pair that is none", &|| fs::write(place.join("graph.paired"), "nothing").expect("a file")),
    ];
    for (number, (story, happen)) in cases.into_iter().enumerate() {
        copy(&sound, &home.cache);
        happen();
        home.write("f1/n1.md", &format!("grief {number} [[n{number}]] [[n30]]"));
        hold_after_damage(&home, story, if story.contains("mentions are") { MENTIONING } else { ANY_FOUR }, number % 2);
        let mark = fs::read(place.join("vault")).expect("a mark");
        assert_eq!(mark, home.vault.canonicalize().expect("a vault").as_os_str().as_encoded_bytes(), "{story}");
        assert_eq!(debris(&place), [""; 0], "{story}");
    }
}

/// What lies in the folder of a vault beside what belongs there when nobody is at work.
pub(crate) fn debris(place: &Path) -> Vec<String> {
    let names = fs::read_dir(place).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut debris: Vec<String> = names
        .filter(|name| {
            !["vault", "graph", "graph.lock", "text", "text.lock", "mentions", "mentions.lock"].contains(&name.as_str())
        })
        .collect();
    debris.sort();
    debris
}

// -------------------------------------------------------------------------------------------- what happens to the disk

/// Every question is answered right, and says once that nothing could be kept.
fn hold_in_memory(story: &str, home: &Home, launch: &dyn Fn(&[&str]) -> Command) {
    for question in QUESTIONS {
        let (kept, fresh) = (told(&mut launch(question)), home.fresh(question));
        assert_eq!(kept.answer(), fresh.answer(), "{story}: {question:?}: {}", kept.err);
        let said = notices(story, &kept, &fresh);
        assert!(said.len() == 1 && said[0].starts_with(IN_MEMORY), "{story}: {question:?}: {said:?}");
        let quiet = told(&mut launch(&[question, &["--quiet"]].concat()));
        assert_eq!((quiet.answer(), quiet.err.as_str()), (fresh.answer(), ""), "{story}: {question:?}");
    }
}

#[test]
fn where_no_cache_can_be_answers_come_from_memory() {
    let mut home = Home::of(40);
    let file = home.folder().join("file");
    fs::write(&file, "a file").expect("a file");
    for cache in [file.clone(), file.join("below"), PathBuf::from("/proc/resonote")] {
        home.cache = cache;
        hold_in_memory(&home.cache.display().to_string(), &home, &|question| home.launch(question));
    }
    assert_eq!(fs::read(file).expect("a file"), b"a file");
}

/// What a process says that may write files of so many half kilobytes, and hears of it instead of ending.
#[cfg(unix)]
fn limited(home: &Home, half_kilobytes: usize, question: &[&str]) -> Command {
    let launch = home.launch(question);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {half_kilobytes}; exec \"$0\" \"$@\""));
    command.arg(launch.get_program()).args(launch.get_args()).env("RESONOTE_CACHE_DIR", &home.cache);
    command.env_remove("RESONOTE_VAULT").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Files may grow to some size only, from nothing to nearly enough.
#[cfg(unix)]
#[test]
fn files_that_may_not_grow_are_no_obstacle() {
    for half_kilobytes in [0, 1, 2, 5, 9, 14, 20, 40] {
        let home = Home::of(60);
        let story = format!("files of {half_kilobytes} half kilobytes");
        for turn in 0..4 {
            for question in QUESTIONS {
                let (kept, fresh) = (told(&mut limited(&home, half_kilobytes, question)), home.fresh(question));
                assert_eq!(kept.answer(), fresh.answer(), "{story}: {question:?}: {}", kept.err);
                let said = notices(&story, &kept, &fresh);
                assert!(said.len() <= 1 && said.iter().all(|it| it.starts_with(IN_MEMORY)), "{story}: {question:?}: {said:?}");
                assert!(half_kilobytes > 1 || said.len() == 1, "{story}: {question:?}");
            }
            home.write("f0/n0.md", &format!("grief {turn} [[n{turn}]]"));
        }
        // Once there is room again, all is as ever.
        home.hold("room again", QUESTIONS[1]);
        home.hold_all_in_silence("room again");
        assert_eq!(debris(&home.place()), [""; 0], "{story}");
    }
}

/// Says why a test saw nothing.
#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// A small disk of memory, if this system gives us one.
#[cfg(target_os = "linux")]
struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn of(path: &Path, kilobytes: usize) -> Option<SmallDisk> {
        fs::create_dir(path).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]).arg(path).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then(|| SmallDisk(path.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_obstacle() {
    for kilobytes in [4, 16, 40, 64, 100, 140, 200] {
        let home = Home::of(60);
        let story = format!("a disk of {kilobytes} kB");
        let Some(_disk) = SmallDisk::of(&home.cache, kilobytes) else {
            return skipped("no disk can be mounted here");
        };
        for turn in 0..4 {
            for question in QUESTIONS {
                let said = home.hold(&story, question);
                assert!(said.len() <= 1 && said.iter().all(|it| it.starts_with(IN_MEMORY)), "{story}: {question:?}: {said:?}");
                assert!(kilobytes > 4 || said.len() == 1, "{story}: {question:?}");
            }
            home.write("f0/n0.md", &format!("grief {turn} [[n{turn}]]"));
        }
    }
}

/// Lets a launch be that of somebody who may not write what is not theirs, as whoever runs tests as root may.
#[cfg(unix)]
fn as_nobody(command: &mut Command) -> &mut Command {
    use std::os::unix::process::CommandExt;
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout == b"0\n");
    if is_root { command.uid(65_534).gid(65_534) } else { command }
}

#[cfg(unix)]
fn set_mode(folder: &Path, folders: u32, files: u32) {
    use std::os::unix::fs::PermissionsExt;
    for entry in walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("an entry")) {
        let mode = if entry.file_type().is_dir() { folders } else { files };
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).expect("permissions");
    }
}

/// A cache that may be read only is used as long as it says what is; then answers come from memory. A vault is read only
/// to us in any case.
#[cfg(unix)]
#[test]
fn what_may_only_be_read_is_only_read() {
    let home = Home::of(40);
    let index = &["index", "--mentions"];
    assert_eq!((home.ask(index).code, home.ask(index).code), (Some(0), Some(0)));
    set_mode(home.folder(), 0o555, 0o444);
    let launch = |question: &[&str]| {
        let mut command = home.launch(question);
        as_nobody(&mut command);
        command
    };
    if launch(&["stats"]).output().is_err() {
        set_mode(home.folder(), 0o755, 0o644);
        return skipped("whoever may not write here may not run the program either");
    }
    let before = tree(home.folder());
    for question in QUESTIONS {
        let (kept, fresh) = (told(&mut launch(question)), home.fresh(question));
        assert_eq!(kept, fresh, "{question:?}");
    }
    assert!(tree(home.folder()) == before, "something was written");
    set_mode(&home.vault, 0o755, 0o644);
    home.write("f1/n1.md", "grief anew [[n2]] [[n30]]");
    hold_in_memory("a cache that may only be read", &home, &launch);
    set_mode(&home.cache, 0o755, 0o644);
    fs::remove_dir_all(&home.cache).expect("a cache");
    set_mode(home.folder(), 0o555, 0o444);
    hold_in_memory("no cache may be made", &home, &launch);
    set_mode(home.folder(), 0o755, 0o644);
}

/// No question and no verb writes anything into a vault.
#[test]
fn a_vault_is_never_written_to() {
    let home = Home::of(40);
    let before = tree(&home.vault);
    let verbs: [&[&str]; 13] = [
        &["related", "n1"],
        &["wanted"],
        &["wanted", "n42"],
        &["tags"],
        &["mentions", "n1", "--apply"],
        &["mentions", "--in", "n5", "--apply"],
        &["communities"],
        &["bridges"],
        &["index"],
        &["index", "--rebuild"],
        &["index", "--status"],
        &["index", "--clear"],
        &["index", "--clear", "--all"],
    ];
    for question in QUESTIONS.iter().chain(&verbs) {
        assert_ne!(home.ask(question).code, None, "{question:?}");
        assert!(tree(&home.vault) == before, "{question:?}");
    }
}

// ------------------------------------------------------------------------------------------------------ the verb `index`

/// An answer in JSON that the schema describes.
fn json(told: &Told) -> serde_json::Value {
    crate::schema::hold("index", &crate::Said { out: told.out.clone(), err: String::new(), exit: Exit::Answered });
    serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}

#[test]
fn index_says_what_it_did_and_what_is_kept() {
    let home = Home::of(30);
    let status = |expected: (&str, &str, &str)| {
        let status = home.ask(&["index", "--status", "--json"]);
        assert_eq!((status.code, status.err.as_str()), (Some(0), ""), "{expected:?}");
        let status = json(&status);
        let states = [&status["graph"]["state"], &status["text"]["state"], &status["mentions"]["state"]];
        assert_eq!(states, [expected.0, expected.1, expected.2], "{status}");
        status
    };
    let index = |question: &[&str], read: usize, indexed: usize| {
        let told = home.ask(&[&["index", "--json"], question].concat());
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{question:?}");
        let did = json(&told);
        assert_eq!((&did["notes_read"], &did["notes_indexed"]), (&read.into(), &indexed.into()), "{question:?}: {did}");
        did
    };
    status(("missing", "missing", "missing"));
    assert!(!home.cache.exists(), "asking what is kept keeps nothing");
    assert_eq!(home.ask(QUESTIONS[0]).code, Some(0));
    status(("whole", "missing", "missing"));
    index(&[], 0, 30);
    status(("whole", "whole", "missing"));
    index(&["--mentions"], 0, 0);
    status(("whole", "whole", "whole"));
    index(&[], 0, 0);
    home.write("f1/n1.md", "grief [[n2]]");
    home.ask(QUESTIONS[0]);
    status(("whole", "behind", "behind"));
    index(&[], 0, 1);
    status(("whole", "whole", "behind"));
    home.ask(QUESTIONS[6]);
    status(("whole", "whole", "whole"));
    home.write("f1/n1.md", "grief [[n3]]");
    index(&[], 1, 1);
    let did = index(&["--rebuild"], 30, 30);
    status(("whole", "whole", "missing"));
    index(&["--rebuild", "--mentions"], 30, 30);
    let status = status(("whole", "whole", "whole"));
    assert_eq!(did["kept"], true);
    assert!(status["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
    assert_eq!(status["folder"].as_str(), home.place().to_str());
    fs::write(home.place().join("graph"), "nothing").expect("a file");
    let status = home.ask(&["index", "--status"]);
    assert!(status.code == Some(0) && status.out.contains("unusable"), "{status:?}");
    assert_eq!(debris(&home.place()), [""; 0]);
}

/// Only what this program made is removed, wherever its folder of caches is said to be.
#[test]
fn clear_removes_nothing_else() {
    let (home, gone) = (Home::of(20), Home::of(5));
    let other = Home { cache: home.cache.clone(), ..Home::of(6) };
    let gone = Home { cache: home.cache.clone(), ..gone };
    for home in [&home, &other, &gone] {
        assert_eq!(home.ask(&["index"]).code, Some(0));
    }
    assert_eq!(home.ask(&["stats", "--strict"]).code, Some(0));
    assert_eq!(folders_in(&home.cache).len(), 4);
    let place = |home: &Home, cache: &[PathBuf]| {
        let path = home.vault.canonicalize().expect("a vault");
        let is_own = |folder: &&PathBuf| fs::read(folder.join("vault")).is_ok_and(|it| it == path.as_os_str().as_encoded_bytes());
        cache.iter().filter(is_own).cloned().collect::<Vec<_>>()
    };
    let caches = folders_in(&home.cache);
    let (own, others, gones) = (place(&home, &caches), place(&other, &caches), place(&gone, &caches));
    assert_eq!((own.len(), others.len(), gones.len()), (2, 1, 1));
    // What somebody else has beside ours, even with a file of the same name in it.
    let foreign = |name: &str, file: &str, text: &str| {
        fs::create_dir_all(home.cache.join(name)).expect("a folder");
        fs::write(home.cache.join(name).join(file), text).expect("a file");
    };
    foreign("foreign", "file", "kept");
    foreign("photos-0123456789abcdef", "vault", "of gold");
    foreign("secrets", "vault", "/nowhere/at/all");
    foreign("empty", "vault", "");
    foreign("mine", "vault", home.vault.to_str().expect("a path"));
    fs::write(home.cache.join("file"), "kept").expect("a file");
    let foreign = |home: &Home| {
        let mut tree = tree(&home.cache);
        tree.retain(|path, _| *path != home.cache && !caches.iter().any(|cache| path.starts_with(cache)));
        tree
    };
    let before = foreign(&home);
    fs::remove_dir_all(&gone.vault).expect("a vault");

    let told = home.ask(&["index", "--clear", "--json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let cleared = json(&told);
    let mut expected = [own.clone(), gones].concat();
    expected.sort();
    let expected: Vec<&str> = expected.iter().filter_map(|it| it.to_str()).collect();
    assert_eq!(cleared["cleared"], serde_json::json!(expected), "{cleared}");
    assert!(others.iter().all(|it| it.exists()));
    assert!(foreign(&home) == before, "what is not ours was touched");
    let told = home.ask(&["index", "--clear"]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), "0 caches removed, 0 bytes\n"), "{told:?}");

    assert_eq!(home.ask(&["index"]).code, Some(0));
    let told = home.ask(&["index", "--clear", "--all", "--json"]);
    assert_eq!((told.code, json(&told)["cleared"].as_array().map(Vec::len)), (Some(0), Some(2)), "{told:?}");
    assert!(foreign(&home) == before, "what is not ours was touched");
    home.hold_all_in_silence("after all was cleared");
}

#[cfg(unix)]
#[test]
fn a_cache_is_private_to_its_user() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::of(10);
    assert_eq!(home.ask(&["index"]).code, Some(0));
    let mode = |path: &Path| fs::metadata(path).expect("a folder").permissions().mode() & 0o777;
    assert_eq!((mode(&home.cache), mode(&home.place())), (0o700, 0o700));
}

/// Each verb answers from what is kept if it is told to, notes changed or not; from the notes where nothing is kept.
#[test]
fn no_refresh_asks_what_is_kept() {
    let home = Home::of(40);
    let questions: [&[&str]; 7] =
        [QUESTIONS[1], QUESTIONS[2], QUESTIONS[3], QUESTIONS[4], &["wanted"], &["tags"], &["related", "n1"]];
    let as_kept = |question: &[&str]| home.ask(&[question, &["--no-refresh"]].concat());
    for question in questions {
        let _ = fs::remove_dir_all(&home.cache);
        assert_eq!(as_kept(question), home.fresh(question), "nothing is kept: {question:?}");
    }
    assert_eq!(home.ask(&["index"]).code, Some(0));
    let before: Vec<Told> = questions.iter().map(|question| home.fresh(question)).collect();
    home.write("new/note.md", "grief theory grief theory [[n1]] #new [[nobody wrote this]]");
    for (question, before) in questions.iter().zip(&before) {
        assert_eq!(as_kept(question), *before, "{question:?}");
    }
    let index = home.ask(&["index", "--no-refresh"]);
    assert_eq!((index.code, index.out.as_str()), (Some(2), ""), "{index:?}");
    home.hold_all_in_silence("looked at again");
    let told = home.ask(&["index", "--rebuild", "--no-refresh"]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
}
