//! Every name of the vault, folded once into tables: file names, aliases, titles, first headings; and the nearest names
//! for one that is not there.
//!
//! A name is looked up in time that does not grow with the vault: by its last part in a table, by the rest of its path
//! among the few that share that part. Names that very many files share (`README`) get an order of their own on first use.

use super::settings::Settings;
use super::walk::File;
use crate::note::{Note, NotePath, percent_decode, without_md};
use foldhash::HashMap;
use foldhash::HashMapExt;
use rayon::prelude::*;
use std::borrow::Cow;
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

/// The names of a vault.
#[derive(Debug)]
pub struct Names {
    /// Composed paths by file.
    composed: Vec<Box<str>>,
    /// Folded paths by file.
    folded: Vec<Box<str>>,
    /// Files by the folded last part of their path; each list in the order of the path read backwards.
    by_last_part: HashMap<Box<str>, Vec<FileId>>,
    /// Notes by their folded other names, one table for each [`Naming`].
    others: [HashMap<Box<str>, Vec<FileId>>; 4],
    /// Orders of the names that many files share, by folded path ending.
    crowds: RwLock<HashMap<Box<str>, Arc<Crowd>>>,
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

/// The longest name, in bytes, that is compared with others.
const LONGEST_NAME: usize = 300;

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
    pub(crate) fn new(notes: &[Note], attachments: &[File], settings: &Settings) -> Names {
        let paths = notes.par_iter().map(|note| &note.path).chain(attachments.par_iter().map(|file| &file.path));
        let spellings = |path: &NotePath| (compose(path.as_str()).into(), fold(path.as_str()).into());
        let (composed, folded): (Vec<Box<str>>, Vec<Box<str>>) = paths.map(spellings).unzip();
        let mut by_last_part: HashMap<Box<str>, Vec<FileId>> = HashMap::with_capacity(folded.len());
        for (at, path) in folded.iter().enumerate() {
            by_last_part.entry(last_part(path).into()).or_default().push(FileId(at as u32));
        }
        by_last_part.values_mut().filter(|files| files.len() > 1).for_each(|files| {
            files.sort_by(|a, b| parts_backwards(&folded[a.0 as usize]).cmp(parts_backwards(&folded[b.0 as usize])));
        });
        let mut others: [HashMap<Box<str>, Vec<FileId>>; 4] = Default::default();
        let mut add = |naming: Naming, name: &str, at: usize| {
            let name = fold(name.trim());
            let files = others[naming as usize].entry(name.into()).or_default();
            if files.last() != Some(&FileId(at as u32)) {
                files.push(FileId(at as u32));
            }
        };
        for (at, note) in notes.iter().enumerate() {
            filed_names(note.path.stem(), settings).iter().for_each(|name| add(Naming::Filed, name, at));
            note.aliases.iter().for_each(|alias| add(Naming::Alias, alias, at));
            note.title.iter().for_each(|title| add(Naming::Title, title, at));
            note.first_heading().into_iter().for_each(|heading| add(Naming::Heading, heading, at));
        }
        Names { composed, folded, by_last_part, others, crowds: RwLock::default() }
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
        if let [file] = self.whole_path(path, folded, found)[..] {
            return Some((Ranked { files: vec![file], total: 1 }, IsWhole(true)));
        }
        let ranked = match found {
            [file] => Ranked { files: vec![*file], total: 1 },
            few if few.len() <= CROWD => {
                let mut files = self.prefer_exact_case(path, few.to_vec());
                let folder = fold(folder);
                files.sort_by_cached_key(|file| {
                    (!self.is_below(*file, &folder), self.length(*file), &self.composed[file.0 as usize])
                });
                let total = files.len();
                files.truncate(MOST_CANDIDATES);
                Ranked { files, total }
            }
            many => self.rank_crowd(path, folded, &fold(folder), many),
        };
        Some((ranked, IsWhole(false)))
    }

    /// Of the files that end with a path, those that are nothing but it. They come first, as no part stands before it.
    fn whole_path(&self, path: &str, folded: &str, found: &[FileId]) -> Vec<FileId> {
        if found.is_empty() {
            return Vec::new();
        }
        let is_whole = |file: &FileId| self.folded[file.0 as usize].len() == folded.len();
        self.prefer_exact_case(path, found.iter().take_while(|file| is_whole(file)).copied().collect())
    }

    /// The notes that bear this other name, which is folded.
    pub(crate) fn called(&self, naming: Naming, folded: &str) -> &[FileId] {
        self.others[naming as usize].get(folded).map_or(&[], Vec::as_slice)
    }

    /// The files whose folded path ends with `folded`, as a run of the list of its last part.
    fn ending_with(&self, folded: &str) -> &[FileId] {
        let Some(files) = self.by_last_part.get(last_part(folded)) else { return &[] };
        if last_part(folded).len() == folded.len() {
            return files;
        }
        let path = |file: &FileId| &*self.folded[file.0 as usize];
        let ends = |file: &FileId| ends_with_parts(path(file), folded);
        let before = |file: &FileId| !ends(file) && parts_backwards(path(file)).lt(parts_backwards(folded));
        let start = files.partition_point(before);
        let length = files[start..].partition_point(ends);
        &files[start..start + length]
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
        ends_with_parts(without_md(&self.composed[file.0 as usize]), without_md(path))
    }

    fn is_below(&self, file: FileId, folder: &str) -> bool {
        let path = &*self.folded[file.0 as usize];
        folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The length people see: characters of the path.
    fn length(&self, file: FileId) -> usize {
        self.composed[file.0 as usize].chars().count()
    }

    /// Ranks the files of a crowd without looking at all of them: the exactly spelled ones have a crowd of their own,
    /// and of those at or below a folder either the few there are searched, or the short paths until one lies there.
    fn rank_crowd(&self, path: &str, folded: &str, folder: &str, many: &[FileId]) -> Ranked {
        let spelled = compose(path);
        let exact =
            self.crowd(&format!("={spelled}"), || many.iter().copied().filter(|file| self.is_spelled(*file, &spelled)).collect());
        let crowd = if exact.by_path.is_empty() { self.crowd(folded, || many.to_vec()) } else { exact };
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
        let path = |file: &FileId| &*self.folded[file.0 as usize];
        let start = crowd.by_path.partition_point(|file| path(file) < prefix.as_str());
        let below = &crowd.by_path[start..];
        let below = &below[..below.partition_point(|file| path(file).starts_with(&prefix))];
        if below.len() * below.len() > crowd.by_path.len() {
            return crowd.by_length.iter().copied().find(|file| path(file).starts_with(&prefix));
        }
        below.iter().copied().min_by_key(|file| (self.length(*file), &self.composed[file.0 as usize]))
    }

    fn crowd(&self, key: &str, files: impl FnOnce() -> Vec<FileId>) -> Arc<Crowd> {
        if let Some(crowd) = self.crowds.read().ok().and_then(|crowds| crowds.get(key).cloned()) {
            return crowd;
        }
        let mut by_path = files();
        by_path.sort_by_key(|file| &self.folded[file.0 as usize]);
        let mut by_length = by_path.clone();
        by_length.sort_by_cached_key(|file| (self.length(*file), &self.composed[file.0 as usize]));
        let crowd = Arc::new(Crowd { by_path, by_length });
        if let Ok(mut crowds) = self.crowds.write() {
            crowds.insert(key.into(), Arc::clone(&crowd));
        }
        crowd
    }

    /// The names nearest to one that is not there, best first: at most `most`, and none that is far off.
    pub fn nearest(&self, name: &str, notes: &[Note], wanted: &[Box<str>], most: usize) -> Vec<String> {
        let candidates = notes.iter().flat_map(|note| {
            std::iter::once(note.path.stem()).chain(std::iter::once(note.name())).chain(note.aliases.iter().map(|alias| &**alias))
        });
        nearest(name, candidates.chain(wanted.iter().map(|name| &**name)), most)
    }
}

/// The names that a file name stands for besides itself: Logseq writes `/` as `___` and some signs in percent, Dendron
/// divides by dots.
fn filed_names(stem: &str, settings: &Settings) -> Vec<String> {
    let mut names = Vec::new();
    if settings.dialect.logseq && (stem.contains("___") || stem.contains('%')) {
        names.push(percent_decode(stem).replace("___", "/"));
    }
    if settings.dotted_names && stem.contains('.') {
        names.push(stem.replace('.', "/"));
    }
    names
}

/// The candidates nearest to a name, best first: at most `most`, each once, and none that is far off.
pub(crate) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>, most: usize) -> Vec<String> {
    if name.len() > LONGEST_NAME {
        return Vec::new();
    }
    let name = fold(name.trim());
    let length = name.chars().count();
    let mut near: Vec<(u32, &str)> = Vec::new();
    for candidate in candidates {
        // What is that long is a text, not a name.
        if candidate.len() > LONGEST_NAME {
            continue;
        }
        let folded = fold(candidate);
        let other = folded.chars().count();
        let contains = length >= 4 && folded.contains(&name) || other >= 4 && name.contains(&folded);
        // Names of very different length cannot be near, and need not be measured.
        if !contains && length.abs_diff(other) > 2 + length / 3 {
            continue;
        }
        let likeness = strsim::normalized_damerau_levenshtein(&name, &folded);
        let likeness = if contains { likeness.max(0.7) } else { likeness };
        if likeness >= 0.6 {
            near.push(((likeness * 10_000.0) as u32, candidate));
        }
    }
    near.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut seen = std::collections::HashSet::new();
    near.retain(|(_, candidate)| seen.insert(fold(candidate)));
    near.into_iter().take(most).map(|(_, candidate)| candidate.to_owned()).collect()
}

fn last_part(path: &str) -> &str {
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
