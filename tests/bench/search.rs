//! What searching costs: in one process beside raw tantivy on the same index, at each key of one who types into
//! `search --interactive`, and as a whole process beside ripgrep over the same files.
//!
//! `cargo bench --bench search` makes vaults of 1,000 and 10,000 notes, with `-- --large` one of 100,000 as well;
//! `-- 300` makes one of 300, and `-- DIR…` takes yours, which are only read. What is kept of them lies in a folder that
//! goes away. In a round all rows run in turn; a row shows medians, and the median of its ratios, which holds when the
//! machine does not.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use resonote::answer::{Filter, note_text, search};
use resonote::index::{Query, TextIndex};
use resonote::snapshot::{Freshness, Needs, Opening, Snapshot};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as RawQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, Searcher, Term};

/// Rounds of what runs in one process, and of what is one.
const ROUNDS: usize = 7;
const LAUNCHES: usize = 11;

/// So many queries are asked in a round, of one to five words.
const QUERIES: usize = 200;

/// So many hits are asked for.
const LIMIT: usize = 10;

/// So many queries are typed letter by letter, and so many hits fit on the screen.
const TYPED: usize = 30;
const SCREEN: usize = 30;

/// The text fields of the index with their weights, as in `src/index/schema.rs`.
const FIELDS: [(&str, f32); 6] =
    [("title", 2.5), ("aliases", 2.5), ("headings", 1.0), ("tags", 1.0), ("properties", 0.5), ("body", 1.0)];

/// The terms that a word is looked for by in each field, each with its share in the weight, as in `src/index/look.rs`: its
/// stem, where that is a word and behind the sign of stems, and the word as it stands.
fn terms_of(word: &str, stemmer: &Stemmer) -> Vec<(String, f32)> {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let stem = if is_plain { stemmer.stem(word).into_owned() } else { word.to_owned() };
    let mut terms = vec![(format!("~{stem}"), 1.0)];
    if stem == word {
        terms.push((stem, 1.2));
    } else {
        if stemmer.stem(&stem) == stem {
            terms.push((stem, 1.0));
        }
        terms.push((word.to_owned(), 0.2));
    }
    terms
}

fn main() {
    // Cargo hands its own flags to a benchmark as well.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let made = tempfile::tempdir().expect("a folder");
    let large = arguments.iter().any(|word| word == "--large").then_some(100_000);
    let usual: Vec<usize> = [1_000, 10_000].into_iter().chain(large).filter(|_| named.is_empty()).collect();
    let sizes = named.iter().filter_map(|word| word.parse().ok()).chain(usual);
    let vaults = sizes.map(|notes: usize| make(&made.path().join(notes.to_string()), notes));
    let folders = named.iter().filter(|word| word.parse::<usize>().is_err()).map(PathBuf::from);
    for (at, vault) in vaults.chain(folders).enumerate() {
        measure(&vault, &made.path().join(format!("cache{at}")));
    }
}

fn measure(vault: &Path, cache: &Path) {
    let files = notes(vault);
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).map_or(0, |kind| kind.len())).sum();
    println!("\n{} notes, {:.1} MB", files.len(), bytes as f64 / 1e6);
    let mut chance = Chance(1);
    let words = Words::of(&files, &mut chance);
    // What a later process finds kept is what this one asks.
    let _ = process(vault, cache, &["index"]);
    let needs = Needs { text: true, ..Needs::default() };
    let opening = Opening { needs, freshness: Freshness::AsKept, cache: Some(cache), ..Opening::of(vault) };
    let snapshot = opening.open(&mut |_| ()).expect("a snapshot");
    in_one_process(&snapshot, cache, &words, &mut chance);
    while_typing(&snapshot, &words, &mut chance);
    drop(snapshot);
    let [rare, common] = [&words.rare, &words.common].map(|words| words[words.len() / 2].clone());
    for (what, word) in [("a rare word", rare), ("a common word", common)] {
        as_a_process(vault, cache, what, &word);
    }
}

/// One kind of queries: as typed, and as words.
struct Asked {
    kind: &'static str,
    queries: Vec<(Query, Vec<String>)>,
}

fn in_one_process(snapshot: &Snapshot, cache: &Path, words: &Words, chance: &mut Chance) {
    let ours = snapshot.text().expect("a text index");
    let raw = Raw::open(cache);
    let kinds = [("rare", &words.rare), ("common", &words.common), ("mixed", &words.all)];
    let asked = [0, 1, 2].map(|at| {
        let (kind, words) = kinds[at];
        let mut query = |_| {
            let words: BTreeSet<&String> = (0..=chance.below(5)).map(|_| &words[chance.below(words.len())]).collect();
            let words: Vec<String> = words.into_iter().cloned().collect();
            (Query::plain(&words.join(" ")).expect("a query"), words)
        };
        Asked { kind, queries: (0..(QUERIES + 2 - at) / 3).map(&mut query).collect() }
    });
    let (mut same, mut all) = (0, Times::default());
    for Asked { kind, queries } in &asked {
        let mut times = Times::default();
        for round in 0..=ROUNDS {
            let our = timed(|| queries.iter().map(|(query, _)| answered(ours, query)).sum());
            let counted = timed(|| queries.iter().map(|(_, words)| raw.counted(words)).sum());
            let top = timed(|| queries.iter().map(|(_, words)| raw.top(words)).sum());
            // The first round warms everything up.
            if round > 0 {
                times.push(our, counted, top);
            }
        }
        same += queries.iter().filter(|(query, words)| answered(ours, query) == raw.counted(words)).count();
        times.say(kind, queries.len());
        all.add(&times);
    }
    all.say("all", QUERIES);
    println!("{same} of {QUERIES} queries find as many notes both ways");
}

/// Types queries of two words letter by letter; at each the screen is filled and the first note read.
fn while_typing(snapshot: &Snapshot, words: &Words, chance: &mut Chance) {
    for (kind, words) in [("common", &words.common), ("mixed", &words.all)] {
        let mut times = Vec::new();
        for _ in 0..TYPED {
            let typed = [0, 1].map(|_| words[chance.below(words.len())].as_str()).join(" ");
            for end in 1..=typed.len() {
                times.push(timed(|| {
                    let query = Query::parse(&typed[..end]).expect("a query");
                    let query = if typed[..end].ends_with(' ') { query } else { query.completing() };
                    let found = search(snapshot, &typed[..end], &query, &Filter { limit: SCREEN, ..Filter::default() });
                    let found = found.expect("an answer");
                    let first = found.hits.first().and_then(|hit| Some((hit.concept.note_path.as_ref()?, hit.line?)));
                    first.map_or(0, |(path, line)| note_text(snapshot, path, line).lines.len())
                }));
            }
        }
        times.sort_by(f64::total_cmp);
        let [half, most, all] = [50, 90, 99].map(|of_100| times[times.len() * of_100 / 100] * 1e3);
        println!(
            "a key, {kind:<8} {:6} keys: half within {half:5.1} ms, 90 of 100 within {most:5.1}, 99 of 100 within {all:5.1}",
            times.len()
        );
    }
}

/// How many notes a query finds.
fn answered(index: &TextIndex, query: &Query) -> usize {
    index.search(query, &[], LIMIT).expect("an answer").total
}

/// Seconds of each round: ours, raw with its count, raw without.
#[derive(Default)]
struct Times {
    rounds: Vec<[f64; 3]>,
}

impl Times {
    fn push(&mut self, our: f64, counted: f64, top: f64) {
        self.rounds.push([our, counted, top]);
    }

    /// Adds the rounds of other queries to those of these.
    fn add(&mut self, other: &Times) {
        self.rounds.resize(other.rounds.len(), [0.0; 3]);
        for (sum, round) in self.rounds.iter_mut().zip(&other.rounds) {
            (0..3).for_each(|at| sum[at] += round[at]);
        }
    }

    fn say(&self, kind: &str, queries: usize) {
        let per_second = |at: usize| queries as f64 / median(self.rounds.iter().map(|round| round[at]).collect());
        let ratio = |at: usize| median(self.rounds.iter().map(|round| round[0] / round[at]).collect());
        println!(
            "{kind:<8} {:9.0} queries/s   tantivy, counted {:9.0}/s {:6.2} x   top alone {:9.0}/s {:6.2} x",
            per_second(0),
            per_second(1),
            ratio(1),
            per_second(2),
            ratio(2),
        );
    }
}

/// tantivy by itself on the index that is kept.
struct Raw {
    searcher: Searcher,
    fields: Vec<(Field, f32)>,
    stemmer: Stemmer,
}

impl Raw {
    fn open(cache: &Path) -> Raw {
        let entries = walkdir::WalkDir::new(cache).into_iter().filter_map(Result::ok);
        let commit = entries.map(walkdir::DirEntry::into_path).find(|path| path.ends_with("text/meta.json"));
        let folder = commit.as_deref().and_then(Path::parent).expect("a kept index");
        let index = Index::open_in_dir(folder).expect("an index");
        let schema = index.schema();
        let fields = FIELDS.iter().map(|(name, weight)| (schema.get_field(name).expect("a field"), *weight)).collect();
        let searcher = index.reader().expect("a reader").searcher();
        Raw { searcher, fields, stemmer: Stemmer::create(Algorithm::English) }
    }

    /// Any of the words in any of the fields.
    fn query(&self, words: &[String]) -> BooleanQuery {
        let mut parts: Vec<(Occur, Box<dyn RawQuery>)> = Vec::new();
        for word in words {
            for (term, share) in terms_of(word, &self.stemmer) {
                for (field, weight) in &self.fields {
                    let term = TermQuery::new(Term::from_field_text(*field, &term), IndexRecordOption::WithFreqs);
                    parts.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight * share))));
                }
            }
        }
        BooleanQuery::new(parts)
    }

    /// The best notes, and how many there are.
    fn counted(&self, words: &[String]) -> usize {
        let collectors = (TopDocs::with_limit(LIMIT).order_by_score(), Count);
        let (best, count) = self.searcher.search(&self.query(words), &collectors).expect("an answer");
        black_box(best);
        count
    }

    /// The best notes alone, for which most others need not be looked at.
    fn top(&self, words: &[String]) -> usize {
        let best = self.searcher.search(&self.query(words), &TopDocs::with_limit(LIMIT).order_by_score());
        best.expect("an answer").len()
    }
}

fn as_a_process(vault: &Path, cache: &Path, what: &str, word: &str) {
    let has_ripgrep = Command::new("rg").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let ripgrep = || {
        let mut command = Command::new("rg");
        launched(command.args(["-il", "--no-config", word]).arg(vault))
    };
    let (mut kept, mut refreshed, mut grepped) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=LAUNCHES {
        let [as_kept, compared] = [
            process(vault, cache, &["search", "--no-refresh", "--plain", word]),
            process(vault, cache, &["search", "--plain", word]),
        ];
        let by_ripgrep = has_ripgrep.then(ripgrep);
        if round > 0 {
            kept.push(as_kept);
            refreshed.push(compared);
            grepped.extend(by_ripgrep);
        }
    }
    let rows = [("search --no-refresh", kept), ("search", refreshed)];
    for (row, times) in rows {
        let beside = match median_of(&grepped) {
            Some(grep) => {
                let ratio = median(times.iter().zip(&grepped).map(|(our, grep)| our / grep).collect());
                format!("rg -il {:9.1} ms {ratio:6.2} x", grep * 1e3)
            }
            None => "no rg here".to_owned(),
        };
        println!("{:<34} {:9.1} ms   {beside}", format!("{row}, {what}"), median(times) * 1e3);
    }
}

/// How long the program takes to answer, in seconds.
fn process(vault: &Path, cache: &Path, question: &[&str]) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resonote"));
    launched(command.args(question).arg("--vault").arg(vault).arg("-q").env("RESONOTE_CACHE_DIR", cache))
}

fn launched(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a process");
    let took = start.elapsed().as_secs_f64();
    // Nothing found is an answer.
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?} ended with {status}");
    took
}

/// How long it takes to count something, in seconds.
fn timed(count: impl FnOnce() -> usize) -> f64 {
    let start = Instant::now();
    black_box(count());
    start.elapsed().as_secs_f64()
}

fn median_of(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| median(values.to_vec()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The words of a vault by how many notes hold them.
struct Words {
    /// The rarer half.
    rare: Vec<String>,
    /// The hundredth that most notes hold, at least twenty.
    common: Vec<String>,
    all: Vec<String>,
}

impl Words {
    /// Of at most 1,000 notes, as common words are common in any of them.
    fn of(files: &[PathBuf], chance: &mut Chance) -> Words {
        let mut holding: BTreeMap<String, usize> = BTreeMap::new();
        for file in (0..files.len().min(1_000)).map(|_| &files[chance.below(files.len())]) {
            let text = String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).to_lowercase();
            // Signs of markup are no part of words; other scripts have other forms than `terms_of` knows.
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2 && word.is_ascii());
            words.collect::<BTreeSet<_>>().into_iter().for_each(|word| *holding.entry(word.to_owned()).or_default() += 1);
        }
        let mut all: Vec<(String, usize)> = holding.into_iter().collect();
        all.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        let all: Vec<String> = all.into_iter().map(|(word, _)| word).collect();
        assert!(!all.is_empty(), "a vault without words");
        let common = all[all.len() - (all.len() / 100).max(20).min(all.len())..].to_vec();
        Words { rare: all[..all.len().div_ceil(2)].to_vec(), common, all }
    }
}

/// The same numbers on every machine: Knuth's MMIX generator, of which the high bits are the good ones.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, most: usize) -> usize {
        self.next() as usize % most
    }
}

/// How many words the language of made notes has.
const VOCABULARY: f64 = 50_000.0;

/// Writes notes of some 4 KB in words of a made language, the n-th as frequent as one in n (Zipf's law), as in real text:
/// in the vaults of the other benchmarks no word is common. Some have English endings, so that stems differ from words.
fn make(folder: &Path, notes: usize) -> PathBuf {
    let mut chance = Chance(7);
    for number in 0..notes {
        // Made words look like words of any language; said is that they have English endings.
        let mut text = format!("---\ntitle: concept {number}\nlang: en\ntags: [area/topic{}]\n---\n\n", number % 40);
        for section in 0..8 {
            text.push_str(&format!("## Section {section}\n\n"));
            for _ in 0..80 {
                // Drawn evenly by its logarithm, a rank comes up in proportion to one over itself.
                let rank = VOCABULARY.powf(chance.next() as f64 / (1_u64 << 31) as f64) as usize;
                let ending = ["", "", "", "s", "ed", "ing"][chance.below(6)];
                text.push_str(&format!("{}{ending} ", word(rank)));
            }
            text.push_str(&format!("[[concept {}]].\n\n", chance.below(notes * 8 / 7)));
        }
        let path = folder.join(format!("folder{}/concept {number}.md", number % (notes / 150 + 1)));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a note");
    }
    folder.to_owned()
}

/// The word of a rank: a syllable for each digit, frequent words being short.
fn word(mut rank: usize) -> String {
    let mut word = String::new();
    loop {
        word.push(char::from(b"bdfgklmnprtvz"[rank % 13]));
        word.push(char::from(b"aeiou"[rank / 13 % 5]));
        rank /= 65;
        if rank == 0 {
            return word + "n";
        }
    }
}

fn notes(vault: &Path) -> Vec<PathBuf> {
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let entries = walkdir::WalkDir::new(vault).sort_by_file_name().into_iter().filter_entry(visible).filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|path| path.extension().is_some_and(|it| it == "md")).collect()
}
