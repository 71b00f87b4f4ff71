//! Which files below a folder are notes, which are attachments, which are left alone; and what of that has changed since the
//! last look.
//!
//! The walk looks at names, kinds and stamps, not at contents. What it leaves out it counts, and what it cannot read it names.
//! Where the last look is kept is not its business.
//!
//! Each folder is a task of its own. It is opened once by its path, its notes are asked by their names within it, attachments
//! are not asked at all, and for a file of the last look no path is made. The walk is not walkdir's because that goes on one
//! thread and asks by full path: twice the time for a vault of 100,000 notes on two cores.

use super::exclude::Excluded;
use super::settings::{SETTINGS_FILE, Settings};
use super::spelling::{came_between, spell_apart, spelled};
use super::stamp::Stamp;
use crate::note::{NotePath, Wrong};
use rayon::Scope;
use rayon::slice::ParallelSliceMut;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many files of one folder are one task: some half a millisecond of asking, so that a vault in a single folder is walked
/// on every core too.
const FILES_OF_A_TASK: usize = 256;

/// A file of the vault that the last look did not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub path: NotePath,
    /// How the disk spells it, where that is not the note path, or was not before it was spelled apart from another.
    pub on_disk: Option<PathBuf>,
    /// Of a note; attachments are not asked.
    pub stamp: Stamp,
}

/// What the last look at the vault saw. Files are numbered, notes first, then attachments. Asked from many threads.
pub(crate) trait LastLook: Sync {
    /// How many notes it saw.
    fn notes(&self) -> usize;
    /// How many attachments it saw.
    fn attachments(&self) -> usize;
    /// The files that lay directly in a folder: the name as the disk has it ([`OsStr::as_encoded_bytes`]) and the number, in
    /// the order of the names' bytes. The folder is relative to the root, spelled as on disk, and empty for the root itself.
    /// None if there was no such folder, or no file in it.
    fn files_in<'l>(&'l self, folder: &Path) -> Option<Vec<(Cow<'l, [u8]>, u32)>>;
    /// The stamp of a note.
    fn stamp(&self, note: u32) -> Stamp;
    /// The note path of a file. Asked of those that are gone, and only if the disk spells some file otherwise.
    fn note_path(&self, file: u32) -> Cow<'_, str>;
    /// The files that had a [`File::on_disk`], in the order of their numbers; in most vaults none.
    fn spelled_apart(&self) -> Vec<u32>;
}

/// What a walk saw, beside the last look. With none, everything is new.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Whether each file of the last look is still there, by number.
    pub still_there: Vec<bool>,
    /// The notes still there whose stamp is another, with that, in the order of numbers.
    pub restamped: Vec<(u32, Stamp)>,
    /// The notes that the last look did not know, in path order.
    pub new_notes: Vec<File>,
    /// The attachments that it did not know, in path order.
    pub new_attachments: Vec<File>,
    pub left_out: LeftOut,
    /// Files and folders that could not be read, in path order.
    pub unread: Vec<(NotePath, Wrong)>,
}

/// What a walk passed over, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Folders whose names begin with a dot, and `node_modules`.
    pub folders: u64,
    /// Symbolic links to folders outside the vault, or to folders that are walked anyway.
    pub links: u64,
    /// Folders and files that the settings leave out.
    pub excluded: u64,
}

/// Walks everything below `root`, which must be a folder, but for what the settings leave out.
///
/// Names that differ only in composition can change the note paths of each other. Where a file that came or went is one of
/// these, all files are new: nothing is said to be still there.
pub(crate) fn walk(root: &Path, settings: &Settings, last: Option<&dyn LastLook>) -> Walk {
    let files = last.map_or(0, |last| last.notes() + last.attachments());
    let still_there = std::iter::repeat_with(AtomicBool::default).take(files).collect();
    let notes = last.map_or(0, LastLook::notes);
    let look = Look { root, last, notes, still_there, found: Mutex::default() };
    look.below(root, Excluded::new(&settings.exclude, settings.gitignore));
    look.linked_folders();
    let mut walk = look.into_walk();
    if last.is_some_and(|last| came_between(last, &walk.still_there, &[&walk.new_notes, &walk.new_attachments])) {
        return Walk { still_there: vec![false; files], ..self::walk(root, settings, None) };
    }
    spell_apart(&mut walk.new_notes);
    spell_apart(&mut walk.new_attachments);
    walk
}

/// What the tasks of a walk share.
struct Look<'w> {
    root: &'w Path,
    last: Option<&'w dyn LastLook>,
    /// How many notes it saw.
    notes: usize,
    still_there: Vec<AtomicBool>,
    found: Mutex<Found<'w>>,
}

/// What tasks found, in no order.
#[derive(Default)]
struct Found<'w> {
    restamped: Vec<(u32, Stamp)>,
    notes: Vec<File>,
    attachments: Vec<File>,
    /// Symbolic links to folders, with what is left out where they lie.
    links: Vec<(PathBuf, Excluded<'w>)>,
    left_out: LeftOut,
    unread: Vec<(PathBuf, Wrong)>,
}

/// An open folder.
struct Folder<'w> {
    /// What the last look knew of it.
    known: Vec<(Cow<'w, [u8]>, u32)>,
    excluded: Excluded<'w>,
}

impl<'w> Look<'w> {
    /// Takes in what lies below a folder.
    fn below(&self, folder: &Path, excluded: Excluded<'w>) {
        rayon::scope(|scope| self.folder(scope, folder.to_owned(), &excluded));
    }

    /// Takes in what lies directly in a folder that lies in an `outer` one; the folders in it become tasks, so that nothing
    /// here is as deep as they are.
    fn folder<'s>(&'s self, scope: &Scope<'s>, path: PathBuf, outer: &Excluded<'w>) {
        let mut found = Found::default();
        let mut entries = Vec::new();
        let mut unreadable = |path: PathBuf, error: std::io::Error| {
            found.unread.push((path, Wrong::Unreadable(error.to_string().into())));
        };
        match std::fs::read_dir(&path) {
            Err(error) => unreadable(path.clone(), error),
            Ok(listing) => {
                for entry in listing {
                    match entry.map(|entry| (entry.file_type(), entry)) {
                        Ok((Ok(kind), entry)) => entries.push((kind, entry)),
                        Ok((Err(error), entry)) => unreadable(entry.path(), error),
                        Err(error) => unreadable(path.clone(), error),
                    }
                }
            }
        }
        let mut excluded = outer.clone();
        if outer.reads_gitignore() && entries.iter().any(|(_, entry)| entry.file_name() == ".gitignore") {
            let flaw;
            (excluded, flaw) = outer.and_gitignore_of(&path);
            found.unread.extend(flaw);
        }
        let mut folders = Vec::new();
        entries.retain(|(kind, entry)| {
            if kind.is_dir() {
                if is_ignored(&entry.file_name()) {
                    found.left_out.folders += 1;
                } else if excluded.is_excluded(&entry.path(), true) {
                    found.left_out.excluded += 1;
                } else {
                    folders.push(entry.path());
                }
            }
            !kind.is_dir()
        });
        for folder in folders {
            let excluded = excluded.clone();
            scope.spawn(move |scope| self.folder(scope, folder, &excluded));
        }
        if !entries.is_empty() {
            let relative = path.strip_prefix(self.root).unwrap_or(&path);
            let known = self.last.and_then(|last| last.files_in(relative)).unwrap_or_default();
            let here = Arc::new(Folder { known, excluded });
            // A thread takes its own newest task first: the files of a folder before the folders in it, so that few folders
            // are open at a time.
            while entries.len() > FILES_OF_A_TASK {
                let some = entries.split_off(entries.len() - FILES_OF_A_TASK);
                let here = Arc::clone(&here);
                scope.spawn(move |_| self.take_in(self.files(&here, some)));
            }
            found.take_in(self.files(&here, entries));
        }
        self.take_in(found);
    }

    /// What some of the entries of a folder are, none of them a folder.
    fn files(&self, here: &Folder<'w>, entries: Vec<(FileType, DirEntry)>) -> Found<'w> {
        let mut found = Found::default();
        for (kind, entry) in entries {
            if !here.excluded.is_nothing() && here.excluded.is_excluded(&entry.path(), false) {
                found.left_out.excluded += 1;
                continue;
            }
            // What a symbolic link leads to is asked in any case.
            let mut stamp = None;
            let mut is_file = kind.is_file();
            if kind.is_symlink() {
                match std::fs::metadata(entry.path()) {
                    Ok(target) if target.is_dir() => {
                        found.links.push((entry.path(), here.excluded.clone()));
                        continue;
                    }
                    Ok(target) if target.is_file() => (is_file, stamp) = (true, Some(Stamp::of(&target))),
                    _ => {}
                }
            }
            if is_file {
                self.file(here, &entry, stamp, &mut found);
            } else if spelled(self.root, &entry.path()).0.is_note() {
                found.unread.push((entry.path(), Wrong::NotAFile));
            }
        }
        found
    }

    fn file(&self, here: &Folder<'w>, entry: &DirEntry, stamp: Option<Stamp>, found: &mut Found<'w>) {
        // A file that cannot be asked is there all the same, and reading it will tell why.
        let stamp = || stamp.or_else(|| Some(Stamp::of(&entry.metadata().ok()?))).unwrap_or_default();
        let name = entry.file_name();
        let known = here.known.binary_search_by(|(known, _)| (**known).cmp(name.as_encoded_bytes()));
        let number = known.ok().map(|at| here.known[at].1);
        if let (Some(last), Some(number)) = (self.last, number)
            && let Some(is_there) = self.still_there.get(number as usize)
        {
            is_there.store(true, Ordering::Relaxed);
            if (number as usize) < self.notes {
                let now = stamp();
                found.restamped.extend((now != last.stamp(number)).then_some((number, now)));
            }
            return;
        }
        let (path, on_disk) = spelled(self.root, &entry.path());
        if is_ignored_file(path.file_name()) {
            return;
        }
        if path.is_note() {
            found.notes.push(File { path, on_disk, stamp: stamp() });
        } else {
            found.attachments.push(File { path, on_disk, stamp: Stamp::default() });
        }
    }

    /// Folders behind symbolic links are entered where they lead to a part of the vault that is not walked anyway. Each
    /// real folder is entered once, so that no loop and no fan of links can grow: one after the other, in an order that no
    /// disk and no thread decides.
    fn linked_folders(&self) {
        let Ok(real_root) = self.root.canonicalize() else { return };
        let mut entered = BTreeSet::new();
        let mut links = self.links();
        let mut at = 0;
        while at < links.len() {
            let (link, excluded) = links[at].clone();
            at += 1;
            if excluded.is_excluded(&link, true) {
                self.take_in(Found { left_out: LeftOut { excluded: 1, ..LeftOut::default() }, ..Found::default() });
                continue;
            }
            let hidden = link.canonicalize().ok().filter(|target| {
                let below = target.strip_prefix(&real_root);
                below.is_ok_and(|below| below.iter().any(is_ignored)) && !entered.iter().any(|seen| target.starts_with(seen))
            });
            match hidden {
                Some(target) => {
                    entered.insert(target);
                    self.below(&link, excluded);
                    links.extend(self.links());
                }
                None => self.take_in(Found { left_out: LeftOut { links: 1, ..LeftOut::default() }, ..Found::default() }),
            }
        }
    }

    /// The symbolic links to folders that were found since the last call, in the order of their paths.
    fn links(&self) -> Vec<(PathBuf, Excluded<'w>)> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut links = std::mem::take(&mut found.links);
        links.sort_by(|(a, _), (b, _)| a.cmp(b));
        links
    }

    fn take_in(&self, found: Found<'w>) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).take_in(found);
    }

    /// What was found, in an order of its own.
    fn into_walk(self) -> Walk {
        let Found { mut restamped, mut notes, mut attachments, left_out, mut unread, .. } =
            self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        restamped.sort_unstable_by_key(|(number, _)| *number);
        for files in [&mut notes, &mut attachments] {
            files.par_sort_unstable_by(|a, b| a.path.cmp(&b.path).then_with(|| a.on_disk.cmp(&b.on_disk)));
        }
        unread.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut unread: Vec<_> = unread.into_iter().map(|(path, wrong)| (spelled(self.root, &path).0, wrong)).collect();
        unread.sort_by(|(a, _), (b, _)| a.cmp(b));
        let still_there = self.still_there.into_iter().map(AtomicBool::into_inner).collect();
        Walk { still_there, restamped, new_notes: notes, new_attachments: attachments, left_out, unread }
    }
}

impl<'w> Found<'w> {
    fn take_in(&mut self, other: Found<'w>) {
        self.restamped.extend(other.restamped);
        self.notes.extend(other.notes);
        self.attachments.extend(other.attachments);
        self.links.extend(other.links);
        self.left_out.folders += other.left_out.folders;
        self.left_out.links += other.left_out.links;
        self.left_out.excluded += other.left_out.excluded;
        self.unread.extend(other.unread);
    }
}

fn is_ignored(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.') || name == "node_modules"
}

/// Files that systems leave in folders; nobody links to them.
fn is_ignored_file(name: &str) -> bool {
    name == SETTINGS_FILE || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini" | ".gitignore" | ".gitkeep")
}

#[cfg(test)]
mod tests;
