//! Every name of the vault, folded, in two tables: paths by their last part; aliases, titles, first headings and what else
//! a note can be called by.
//!
//! A name is looked up in time that does not grow with the vault: by its last part in a table, by the rest of its path
//! among the few that share that part. Names that very many files share (`README`) get an order of their own on first use.
//! The tables hold hashes and numbers only; who is found is compared with what was asked for.

use super::settings::Settings;
use crate::cellar::{Column, Shelf, Tag, Texts, digest};
use crate::note::{NotePath, percent_decode, without_md};
use foldhash::HashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, RwLock};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A file of the vault by number: notes first, then attachments, each in path order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A spelling made comparable: composed, non-breaking spaces as spaces. Case stays.
pub(crate) fn compose(text: &str) -> Cow<'_, str> {
    let plain = text.is_ascii() || (is_nfc_quick(text.chars()) == IsNormalized::Yes && !text.contains('\u{A0}'));
    if plain { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().map(|c| if c == '\u{A0}' { ' ' } else { c }).collect()) }
}

/// A name without case: composed, then lower case of full Unicode, no locale.
pub fn fold(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { compose(name).to_lowercase().nfc().collect() }
}

/// The other names a note can be called by, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The name that its file name stands for in this vault.
    Filed,
    Alias,
    Title,
    Heading,
}

/// Another name of a note, as the table has it: the hash of the folded name, its two lowest bits taken by the naming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Called(pub u32);

impl Called {
    pub(crate) fn new(naming: Naming, folded: &str) -> Called {
        Called(digest(folded.as_bytes()) as u32 & !3 | naming as u32)
    }
}

/// The hash of a path's folded last part.
pub(crate) fn last_part_hash(folded_path: &str) -> u32 {
    digest(last_part(folded_path).as_bytes()) as u32
}

/// The names of a vault.
#[derive(Debug)]
pub struct Names {
    /// Paths by file.
    paths: Texts,
    titles: Texts,
    headings: Texts,
    aliases: crate::cellar::Lists,
    alias_texts: Texts,
    settings: Settings,
    /// Files by the hash of the folded last part of their path; those of one part in the order of the path read backwards.
    files: Table,
    /// Notes by their folded other names.
    others: Table,
    /// Orders of the names that many files share, by folded path ending.
    crowds: RwLock<HashMap<Box<str>, Arc<Crowd>>>,
}

/// Numbers by hash: a row for each of the highest bits of a hash, sorted.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Column<u32>,
    /// Hash and number of each entry, one behind the other.
    entries: Column<u32>,
}

impl Table {
    fn on(shelf: &Shelf, rows: Tag, entries: Tag) -> Table {
        Table { rows: shelf.column(rows), entries: shelf.column(entries) }
    }

    pub(crate) fn of(rows: &Column<u32>, entries: &Column<u32>) -> Table {
        Table { rows: rows.clone(), entries: entries.clone() }
    }

    /// Where the entries of a hash stand.
    pub(crate) fn of_hash(&self, hash: u32) -> Range<usize> {
        if self.rows.len() < 2 {
            return 0..0;
        }
        let row = row_of(hash, self.rows.len() - 1);
        let (start, end) = (self.rows.get(row) as usize, self.rows.get(row + 1) as usize);
        let start = partition(start..end, |at| self.hash(at) < hash);
        start..partition(start..end, |at| self.hash(at) == hash)
    }

    fn hash(&self, entry: usize) -> u32 {
        self.entries.get(2 * entry)
    }

    pub(crate) fn number(&self, entry: usize) -> u32 {
        self.entries.get(2 * entry + 1)
    }
}

/// The row of a hash among a power of two of them.
fn row_of(hash: u32, rows: usize) -> usize {
    ((u64::from(hash) * rows as u64) >> 32) as usize
}

/// The first of a range of numbers that does not pass, where those that pass come first.
fn partition(mut range: Range<usize>, passes: impl Fn(usize) -> bool) -> usize {
    while range.start < range.end {
        let middle = range.start.midpoint(range.end);
        if passes(middle) { range.start = middle + 1 } else { range.end = middle }
    }
    range.start
}

/// Puts a table of hashes and numbers on the shelf. Those of one hash stand in the order that `tell_apart` gives them.
pub(crate) fn put_table(
    shelf: &mut Shelf,
    (rows_tag, entries_tag): (Tag, Tag),
    entries: Vec<(u32, u32)>,
    tell_apart: impl Fn(&mut [(u32, u32)]),
) {
    let rows = entries.len().next_power_of_two();
    let mut starts = vec![0_u32; rows + 1];
    entries.iter().for_each(|(hash, _)| starts[row_of(*hash, rows) + 1] += 1);
    for row in 0..rows {
        starts[row + 1] += starts[row];
    }
    // By row first, which takes one step for each; then the few of a row among themselves.
    let mut next = starts.clone();
    let mut sorted = vec![(0, 0); entries.len()];
    for entry in entries {
        let place = &mut next[row_of(entry.0, rows)];
        sorted[*place as usize] = entry;
        *place += 1;
    }
    for row in starts.windows(2).filter(|row| row[1] - row[0] > 1) {
        let row = &mut sorted[row[0] as usize..row[1] as usize];
        row.sort_unstable();
        row.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1).for_each(&tell_apart);
    }
    let sorted: Vec<u32> = sorted.into_iter().flat_map(|(hash, number)| [hash, number]).collect();
    shelf.put_numbers(rows_tag, &starts);
    shelf.put_numbers(entries_tag, &sorted);
}

/// Sorts files of one last part by their paths read backwards.
pub(crate) fn sort_backwards(files: &mut [(u32, u32)], path: impl Fn(u32) -> String) {
    files.sort_by_cached_key(|(_, file)| (path(*file).rsplit('/').map(str::to_owned).collect::<Vec<_>>(), *file));
}

/// The files that share a path ending, when they are many.
#[derive(Debug)]
struct Crowd {
    by_path: Vec<FileId>,
    by_length: Vec<FileId>,
}

/// From this many files on, a shared path ending gets a [`Crowd`].
const CROWD: usize = 32;

/// The most candidates that ride along with an answer.
pub const MOST_CANDIDATES: usize = 10;

/// What a path ending means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// The best first, at most [`MOST_CANDIDATES`].
    pub files: Vec<FileId>,
    /// How many there are.
    pub total: usize,
}

/// Whether a path was found as it stands, rather than as the end of a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IsWhole(pub bool);

impl Names {
    /// The names of the vault on this shelf.
    pub(crate) fn on(shelf: &Shelf, settings: &Settings) -> Names {
        let titles = Texts::on(shelf, "title_s", "title_b");
        Names {
            paths: Texts::on(shelf, "path_s", "path_b"),
            titles,
            headings: Texts::on(shelf, "head_s", "head_b"),
            aliases: crate::cellar::Lists::on(shelf, "alias_n"),
            alias_texts: Texts::on(shelf, "alias_s", "alias_b"),
            settings: settings.clone(),
            files: Table::on(shelf, "file_r", "file_e"),
            others: Table::on(shelf, "call_r", "call_e"),
            crowds: RwLock::default(),
        }
    }

    fn path(&self, file: FileId) -> Cow<'_, str> {
        self.paths.get(file.0 as usize)
    }

    fn folded(&self, file: FileId) -> String {
        fold(&self.path(file))
    }

    /// The files at exactly this path from the root, in any letter case: the exactly spelled one, else all. `folded` is
    /// the path folded, with the extension to look for.
    pub(crate) fn at_path(&self, path: &str, folded: &str) -> Vec<FileId> {
        self.whole_path(path, folded, self.ending_with(folded))
    }

    /// The file at this path, else those whose path ends with these whole parts, ranked as seen from `folder`: exact case
    /// first of all, then those at or below the folder, then the shortest path, then byte order.
    pub(crate) fn find(&self, path: &str, folded: &str, folder: &str) -> Option<(Ranked, IsWhole)> {
        let found = self.ending_with(folded);
        if found.is_empty() {
            return None;
        }
        if let [file] = self.whole_path(path, folded, found.clone())[..] {
            return Some((Ranked { files: vec![file], total: 1 }, IsWhole(true)));
        }
        let ranked = match found.len() {
            1 => Ranked { files: vec![self.entry(found.start)], total: 1 },
            few if few <= CROWD => {
                let mut files = self.prefer_exact_case(path, found.map(|at| self.entry(at)).collect());
                let folder = fold(folder);
                files.sort_by_cached_key(|file| (!self.is_below(*file, &folder), self.length(*file), self.composed(*file)));
                let total = files.len();
                files.truncate(MOST_CANDIDATES);
                Ranked { files, total }
            }
            _ => self.rank_crowd(path, folded, &fold(folder), found),
        };
        Some((ranked, IsWhole(false)))
    }

    /// Of the files that end with a path, those that are nothing but it. They come first, as no part stands before it.
    fn whole_path(&self, path: &str, folded: &str, found: Range<usize>) -> Vec<FileId> {
        let is_whole = |file: &FileId| self.folded(*file).len() == folded.len();
        self.prefer_exact_case(path, found.map(|at| self.entry(at)).take_while(is_whole).collect())
    }

    /// The notes that bear this other name, which is folded, in path order.
    pub(crate) fn called(&self, naming: Naming, folded: &str) -> Ranked {
        let entries = self.others.of_hash(Called::new(naming, folded).0);
        let mut notes =
            entries.map(|entry| self.others.number(entry)).filter(|note| self.is_called(*note as usize, naming, folded));
        let files: Vec<FileId> = notes.by_ref().take(MOST_CANDIDATES).map(FileId).collect();
        Ranked { total: files.len() + notes.count(), files }
    }

    /// Whether a note is called so; its hash says that it probably is.
    fn is_called(&self, note: usize, naming: Naming, folded: &str) -> bool {
        let is_it = |name: &str| fold(name.trim()) == folded;
        match naming {
            Naming::Filed => {
                filed_names(without_md(last_part(&self.paths.get(note))), &self.settings).iter().any(|name| is_it(name))
            }
            Naming::Alias => self.aliases.range(note).any(|alias| is_it(&self.alias_texts.get(alias))),
            Naming::Title => is_it(&self.titles.get(note)),
            Naming::Heading => is_it(&self.headings.get(note)),
        }
    }

    fn entry(&self, at: usize) -> FileId {
        FileId(self.files.number(at))
    }

    /// The files whose folded path ends with `folded`, as a run of the table.
    fn ending_with(&self, folded: &str) -> Range<usize> {
        let same_hash = self.files.of_hash(last_part_hash(folded));
        let ends = |at: usize| ends_with_parts(&self.folded(self.entry(at)), folded);
        if same_hash.len() == 1 {
            return if ends(same_hash.start) { same_hash } else { 0..0 };
        }
        let before = |at: usize| {
            let path = self.folded(self.entry(at));
            !ends_with_parts(&path, folded) && parts_backwards(&path).lt(parts_backwards(folded))
        };
        let start = partition(same_hash.clone(), before);
        start..partition(start..same_hash.end, ends)
    }

    fn prefer_exact_case(&self, path: &str, files: Vec<FileId>) -> Vec<FileId> {
        if files.len() < 2 {
            return files;
        }
        let path = compose(path);
        let exact: Vec<FileId> = files.iter().copied().filter(|file| self.is_spelled(*file, &path)).collect();
        if exact.is_empty() { files } else { exact }
    }

    fn is_spelled(&self, file: FileId, path: &str) -> bool {
        ends_with_parts(without_md(&compose(&self.path(file))), without_md(path))
    }

    fn is_below(&self, file: FileId, folder: &str) -> bool {
        folder.is_empty() || self.folded(file).strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    fn composed(&self, file: FileId) -> String {
        compose(&self.path(file)).into_owned()
    }

    /// The length people see: characters of the path.
    fn length(&self, file: FileId) -> usize {
        compose(&self.path(file)).chars().count()
    }

    /// Ranks the files of a crowd without looking at all of them: the exactly spelled ones have a crowd of their own,
    /// and of those at or below a folder either the few there are searched, or the short paths until one lies there.
    fn rank_crowd(&self, path: &str, folded: &str, folder: &str, many: Range<usize>) -> Ranked {
        let spelled = compose(path);
        let all = || many.clone().map(|at| self.entry(at));
        let exact = self.crowd(&format!("={spelled}"), || all().filter(|file| self.is_spelled(*file, &spelled)).collect());
        let crowd = if exact.by_path.is_empty() { self.crowd(folded, || all().collect()) } else { exact };
        let best = self.best_below(&crowd, folder);
        let others = crowd.by_length.iter().copied().filter(|file| Some(*file) != best);
        let files = best.into_iter().chain(others).take(MOST_CANDIDATES).collect();
        Ranked { files, total: crowd.by_path.len() }
    }

    fn best_below(&self, crowd: &Crowd, folder: &str) -> Option<FileId> {
        if folder.is_empty() {
            return None;
        }
        let prefix = format!("{folder}/");
        let start = crowd.by_path.partition_point(|file| self.folded(*file) < prefix);
        let below = &crowd.by_path[start..];
        let below = &below[..below.partition_point(|file| self.folded(*file).starts_with(&prefix))];
        if below.len() * below.len() > crowd.by_path.len() {
            return crowd.by_length.iter().copied().find(|file| self.folded(*file).starts_with(&prefix));
        }
        below.iter().copied().min_by_key(|file| (self.length(*file), self.composed(*file)))
    }

    fn crowd(&self, key: &str, files: impl FnOnce() -> Vec<FileId>) -> Arc<Crowd> {
        if let Some(crowd) = self.crowds.read().ok().and_then(|crowds| crowds.get(key).cloned()) {
            return crowd;
        }
        let mut by_path = files();
        by_path.sort_by_cached_key(|file| self.folded(*file));
        let mut by_length = by_path.clone();
        by_length.sort_by_cached_key(|file| (self.length(*file), self.composed(*file)));
        let crowd = Arc::new(Crowd { by_path, by_length });
        if let Ok(mut crowds) = self.crowds.write() {
            crowds.insert(key.into(), Arc::clone(&crowd));
        }
        crowd
    }
}

/// The names that a file name stands for besides itself: Logseq writes `/` as `___` and some signs in percent, Dendron
/// divides by dots.
pub(crate) fn filed_names(stem: &str, settings: &Settings) -> Vec<String> {
    let mut names = Vec::new();
    if settings.dialect.logseq && (stem.contains("___") || stem.contains('%')) {
        names.push(percent_decode(stem).replace("___", "/"));
    }
    if settings.dotted_names && stem.contains('.') {
        names.push(stem.replace('.', "/"));
    }
    names
}

pub(crate) fn last_part(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |slash| &path[slash + 1..])
}

fn parts_backwards(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/')
}

/// Whether `path` ends with the whole parts of `ending`.
fn ends_with_parts(path: &str, ending: &str) -> bool {
    path.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// The files that a path from `folder` may mean: `./x`, `../y/x`. None where it leaves the vault.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A note path as people may type it at the terminal, made comparable with those of the vault.
pub(crate) fn typed_path(text: &str) -> NotePath {
    let text = text.replace('\\', "/");
    NotePath::new(text.trim_start_matches("./").trim_matches('/').to_owned())
}
