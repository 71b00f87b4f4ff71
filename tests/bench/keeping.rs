//! What keeping a vault between questions costs and saves, beside the least that must be done for it.
//!
//! `cargo bench --bench keeping` makes vaults of 1,000 and 10,000 notes (with `-- --large` of 100,000 as well);
//! `cargo bench --bench keeping -- DIR…` takes copies of yours. Everything is a process: the program itself, and for each
//! limit this benchmark again, which does one job and nothing else. In a round the two run in turn; a row shows the medians of
//! their times and the median of their ratios, which holds when the machine does not.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use pulldown_cmark::{Options, Parser};
use rayon::prelude::*;
use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tantivy::schema::{STORED, STRING, Schema, TEXT};
use tantivy::{Index, IndexWriter, TantivyDocument, Term};

mod vault;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let of_limit: Vec<&str> = arguments.iter().map(String::as_str).skip_while(|word| *word != "limit").skip(1).collect();
    if let [job, folder, ..] = of_limit[..] {
        return limit(job, Path::new(folder), of_limit.get(2).map(Path::new));
    }
    let made = tempfile::tempdir().expect("a folder");
    let named: Vec<PathBuf> = arguments.iter().filter(|word| !word.starts_with('-')).map(PathBuf::from).collect();
    let sizes: &[usize] =
        if arguments.iter().any(|word| word == "--large") { &[1_000, 10_000, 100_000] } else { &[1_000, 10_000] };
    let bench = |name: &str| Bench { cache: made.path().join("cache"), vault: made.path().join(name) };
    for (at, named) in named.iter().enumerate() {
        let bench = bench(&format!("copy{at}"));
        copy(named, &bench.vault);
        measure(&bench);
    }
    for notes in sizes.iter().filter(|_| named.is_empty()) {
        let bench = bench(&notes.to_string());
        vault::make(&bench.vault, *notes);
        measure(&bench);
    }
}

/// One vault with its cache.
struct Bench {
    vault: PathBuf,
    cache: PathBuf,
}

/// What a process took.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: f64,
    /// Seconds of all threads; 0 where the system does not tell.
    cpu: f64,
    /// The most memory it held, in MB.
    peak: f64,
}

impl Bench {
    fn program(&self, question: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resonote"));
        command.args(question).arg("--vault").arg(&self.vault).arg("-q").env("RESONOTE_CACHE_DIR", &self.cache);
        command
    }

    fn limit(&self, job: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg("limit").arg(job).arg(&self.vault).arg(self.cache.join("limit"));
        command
    }

    /// Runs the program and its limit in turn, `before` each; prints the row.
    fn row(&self, name: &str, rounds: usize, before: &dyn Fn(usize), product: &dyn Fn() -> Command, limits: &[&str]) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            before(round);
            let our = metered(product());
            let limit = limits.iter().map(|job| metered(self.limit(job)));
            let limit = limit.fold(Took::default(), |sum, it| Took {
                wall: sum.wall + it.wall,
                cpu: sum.cpu + it.cpu,
                peak: sum.peak.max(it.peak),
            });
            // The first round warms everything up.
            if round > 0 {
                ours.push(our);
                theirs.push(limit);
            }
        }
        let middle = |rows: &[Took], of: fn(&Took) -> f64| median(rows.iter().map(of).collect());
        let ratio = |of: fn(&Took) -> f64| median(ours.iter().zip(&theirs).map(|(our, their)| of(our) / of(their)).collect());
        println!(
            "{name:<34} {:9.1} ms {:7.2} s cpu {:5.0} MB   {:<20} {:9.1} ms {:7.2} s cpu   {:5.2} x wall {:5.2} x cpu",
            middle(&ours, |it| it.wall) * 1e3,
            middle(&ours, |it| it.cpu),
            middle(&ours, |it| it.peak),
            limits.join("+"),
            middle(&theirs, |it| it.wall) * 1e3,
            middle(&theirs, |it| it.cpu),
            ratio(|it| it.wall),
            ratio(|it| it.cpu),
        );
    }
}

fn measure(bench: &Bench) {
    let _ = fs::remove_dir_all(&bench.cache);
    let files = notes(&bench.vault);
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).map_or(0, |kind| kind.len())).sum();
    println!("\n{} notes, {:.1} MB, {} threads", files.len(), bytes as f64 / 1e6, rayon::current_num_threads());
    let few = if files.len() > 50_000 { 3 } else { 5 };
    let empty = |_| _ = fs::remove_dir_all(&bench.cache);
    let nothing = |_| ();
    let _ = metered(bench.program(&["index"]));
    let (a, b) = two_concepts(bench);
    let (a, b) = (a.as_str(), b.as_str());
    bench.row("cold build", few, &empty, &|| bench.program(&["index"]), &["index"]);
    bench.row("graph alone, from nothing", few, &empty, &|| bench.program(&["path", a, b]), &["parse"]);
    let _ = metered(bench.program(&["index"]));
    let kept = walkdir::WalkDir::new(&bench.cache).into_iter().filter_map(Result::ok).filter_map(|file| file.metadata().ok());
    let kept: u64 = kept.filter(fs::Metadata::is_file).map(|file| file.len()).sum();
    println!("{:<34} {:9.1} MB, {:.2} of the notes", "kept", kept as f64 / 1e6, kept as f64 / bytes as f64);
    bench.row("nothing changed", 9, &nothing, &|| bench.program(&["index"]), &["compare"]);
    let touch = |round| {
        let mut note = fs::File::options().append(true).open(&files[files.len() / 2]).expect("a note");
        writeln!(note, "\n[[wanted {round}]] once more").expect("a line");
    };
    bench.row("one note changed: path", 9, &touch, &|| bench.program(&["path", a, b]), &["compare"]);
    let _ = metered(bench.limit("index"));
    bench.row("one note changed: search", 9, &touch, &|| bench.program(&["search", a]), &["compare", "commit"]);
    for question in [&["search", a][..], &["path", a, b], &["links", b], &["show", b]] {
        let name = question[0];
        bench.row(name, 15, &nothing, &|| bench.program(question), &["compare"]);
        let as_kept: Vec<&str> = question.iter().copied().chain(["--no-refresh"]).collect();
        bench.row(&format!("{name} --no-refresh"), 15, &nothing, &|| bench.program(&as_kept), &["nothing"]);
    }
}

/// Two concepts to ask for: the most linked one, and one that few link.
fn two_concepts(bench: &Bench) -> (String, String) {
    let said = bench.program(&["--json"]).output().expect("an answer");
    let overview: serde_json::Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let hub = overview["most_linked"][0]["concept"].as_str().expect("a concept").to_owned();
    let files = notes(&bench.vault);
    let stem = files[files.len() / 3].file_stem().expect("a name").to_string_lossy().into_owned();
    (hub, stem)
}

/// Runs a process to its end. Its processor time is read when it has ended and nobody has asked for it yet.
fn metered(mut command: Command) -> Took {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a process");
    let place = format!("/proc/{}", child.id());
    let mut took = Took::default();
    while Path::new(&place).exists() {
        let status = fs::read_to_string(format!("{place}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        took.peak = peak.map_or(took.peak, |kilobytes| kilobytes / 1e3);
        let stat = fs::read_to_string(format!("{place}/stat")).unwrap_or_default();
        let rest: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        if rest.first().is_none_or(|state| *state == "Z" || state.is_empty()) {
            // Ticks of a hundredth of a second, of the process and of the system for it.
            took.cpu =
                rest.get(11..13).map_or(0.0, |ticks| ticks.iter().filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() / 100.0);
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    took.wall = start.elapsed().as_secs_f64();
    child.wait().expect("an end");
    took
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Does one job, as fast as the machine can.
fn limit(job: &str, vault: &Path, index: Option<&Path>) {
    match job {
        "nothing" => {}
        "compare" => drop(black_box(stamps(vault))),
        "parse" => drop(black_box(notes(vault).par_iter().map(|file| events(&read(file))).sum::<usize>())),
        "index" => raw_index(vault, index.expect("a folder")),
        "commit" => raw_commit(vault, index.expect("a folder")),
        other => panic!("no limit is called {other}"),
    }
}

/// Size and time of every note, asked within its folder, the folders in parallel.
fn stamps(folder: &Path) -> Vec<(u64, Option<std::time::SystemTime>)> {
    let (mut folders, mut stamps) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.extend((!name.as_encoded_bytes().starts_with(b".")).then(|| entry.path()));
        } else if name.as_encoded_bytes().ends_with(b".md") {
            stamps.extend(entry.metadata().map(|kind| (kind.len(), kind.modified().ok())));
        }
    }
    stamps.extend(folders.par_iter().flat_map_iter(|folder| self::stamps(folder)).collect::<Vec<_>>());
    stamps
}

fn notes(vault: &Path) -> Vec<PathBuf> {
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let entries = walkdir::WalkDir::new(vault).into_iter().filter_entry(visible).filter_map(Result::ok);
    let mut notes: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    notes.sort();
    notes
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()
}

fn events(text: &str) -> usize {
    let options = Options::ENABLE_WIKILINKS
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH;
    Parser::new_ext(text, options).into_offset_iter().count()
}

/// Reads, parses and indexes every note: its path and its text, with positions.
fn raw_index(vault: &Path, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("a folder");
    let mut schema = Schema::builder();
    let (path, body) = (schema.add_text_field("path", STRING | STORED), schema.add_text_field("body", TEXT));
    let index = Index::create_in_dir(folder, schema.build()).expect("an index");
    let mut writer: IndexWriter = index.writer_with_num_threads(rayon::current_num_threads(), 256 << 20).expect("a writer");
    notes(vault).par_iter().for_each(|file| {
        let text = read(file);
        black_box(events(&text));
        let mut document = TantivyDocument::default();
        document.add_text(path, file.to_string_lossy());
        document.add_text(body, text);
        writer.add_document(document).expect("an addition");
    });
    writer.commit().expect("a commit");
    writer.wait_merging_threads().expect("an end");
}

/// Replaces one note in the index that [`raw_index`] made.
fn raw_commit(vault: &Path, folder: &Path) {
    let index = Index::open_in_dir(folder).expect("an index");
    let (path, body) = (index.schema().get_field("path").expect("a field"), index.schema().get_field("body").expect("a field"));
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
    let entries = walkdir::WalkDir::new(vault).sort_by_file_name().into_iter().filter_map(Result::ok);
    let file = entries.map(walkdir::DirEntry::into_path).find(|path| path.extension().is_some_and(|it| it == "md"));
    let file = file.expect("a note");
    writer.delete_term(Term::from_field_text(path, &file.to_string_lossy()));
    let mut document = TantivyDocument::default();
    document.add_text(path, file.to_string_lossy());
    document.add_text(body, read(&file));
    writer.add_document(document).expect("an addition");
    writer.commit().expect("a commit");
    writer.wait_merging_threads().expect("an end");
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("a folder");
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
