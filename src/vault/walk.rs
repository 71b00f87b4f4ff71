//! Which files below a folder are notes, which are attachments, which are left alone.
//!
//! The walk looks at names and kinds, not at contents. What it leaves out it counts, and what it cannot read it names.

use super::exclude::Excluded;
use super::settings::{SETTINGS_FILE, Settings};
use crate::note::{NotePath, Wrong};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use walkdir::{DirEntry, WalkDir};

/// A file of the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub path: NotePath,
    /// How the disk spells it, where that is not the note path.
    pub on_disk: Option<PathBuf>,
}

/// What a walk saw. Files are in path order.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub notes: Vec<File>,
    pub attachments: Vec<File>,
    pub left_out: LeftOut,
    /// Files and folders that could not be read, in path order.
    pub unread: Vec<(NotePath, Wrong)>,
    /// Whether this is Obsidian's vault, which decides how markdown links are looked up.
    pub is_obsidian: bool,
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
pub(crate) fn walk(root: &Path, settings: &Settings) -> Walk {
    let mut walk = Walk { is_obsidian: root.join(".obsidian").is_dir(), ..Walk::default() };
    let mut links = Vec::new();
    let mut excluded = Excluded::new(&settings.exclude, settings.gitignore);
    walk.folder(root, root, &mut excluded, &mut links);
    walk.linked_folders(root, &mut excluded, links);
    walk.unread.extend(excluded.flawed.into_iter().map(|(path, wrong)| (file(root, &path).path, wrong)));
    walk.notes.sort_by(|a, b| a.path.cmp(&b.path));
    walk.attachments.sort_by(|a, b| a.path.cmp(&b.path));
    spell_apart(&mut walk.notes);
    spell_apart(&mut walk.attachments);
    walk.unread.sort_by(|a, b| a.0.cmp(&b.0));
    walk
}

impl Walk {
    /// Takes in the files below `folder`; symbolic links to folders are handed back in `links`.
    fn folder(&mut self, root: &Path, folder: &Path, excluded: &mut Excluded<'_>, links: &mut Vec<PathBuf>) {
        let (mut hidden, mut left_out) = (0, 0);
        excluded.enter(folder);
        let entries = WalkDir::new(folder).into_iter().filter_entry(|entry| {
            let is_folder = entry.file_type().is_dir();
            if entry.depth() == 0 {
                return true;
            }
            let is_hidden = is_folder && is_ignored(entry.file_name());
            let is_left_out = !is_hidden && excluded.is_excluded(entry.path(), is_folder);
            hidden += u64::from(is_hidden);
            left_out += u64::from(is_left_out);
            !is_hidden && !is_left_out
        });
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(root, &entry, links),
                Err(error) => {
                    let path = error.path().unwrap_or(folder);
                    let reason = error.io_error().map_or_else(|| error.to_string(), std::string::ToString::to_string);
                    self.unread.push((file(root, path).path, Wrong::Unreadable(reason.into())));
                }
            }
        }
        self.left_out.folders += hidden;
        self.left_out.excluded += left_out;
    }

    fn entry(&mut self, root: &Path, entry: &DirEntry, links: &mut Vec<PathBuf>) {
        let is_file = |kind: FileType| kind.is_file();
        let kind = entry.file_type();
        if kind.is_dir() {
            return;
        }
        let found = file(root, entry.path());
        if is_file(kind) {
            self.file(found);
        } else if kind.is_symlink() {
            match std::fs::metadata(entry.path()) {
                Ok(target) if target.is_dir() => links.push(entry.path().to_owned()),
                Ok(target) if is_file(target.file_type()) => self.file(found),
                _ if found.path.is_note() => self.unread.push((found.path, Wrong::NotAFile)),
                _ => {}
            }
        } else if found.path.is_note() {
            self.unread.push((found.path, Wrong::NotAFile));
        }
    }

    fn file(&mut self, file: File) {
        if is_ignored_file(file.path.file_name()) {
            return;
        }
        let files = if file.path.is_note() { &mut self.notes } else { &mut self.attachments };
        files.push(file);
    }

    /// Folders behind symbolic links are entered where they lead to a part of the vault that is not walked anyway. Each
    /// real folder is entered once, so that no loop and no fan of links can grow.
    fn linked_folders(&mut self, root: &Path, excluded: &mut Excluded<'_>, mut links: Vec<PathBuf>) {
        let Ok(real_root) = root.canonicalize() else { return };
        let mut entered = BTreeSet::new();
        links.sort();
        let mut at = 0;
        while at < links.len() {
            let link = links[at].clone();
            at += 1;
            if excluded.is_excluded(&link, true) {
                self.left_out.excluded += 1;
                continue;
            }
            let hidden = link.canonicalize().ok().filter(|target| {
                let below = target.strip_prefix(&real_root);
                below.is_ok_and(|below| below.iter().any(is_ignored)) && !entered.iter().any(|seen| target.starts_with(seen))
            });
            match hidden {
                Some(target) => {
                    entered.insert(target);
                    self.folder(root, &link, excluded, &mut links);
                }
                None => self.left_out.links += 1,
            }
        }
    }
}

fn is_ignored(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.') || name == "node_modules"
}

/// Files that systems leave in folders; nobody links to them.
fn is_ignored_file(name: &str) -> bool {
    name == SETTINGS_FILE || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini" | ".gitignore" | ".gitkeep")
}

/// The note path of a file on disk: relative, `/` between the parts, composed letters. Bytes that are no text show as
/// `\xFF`, so that two such names stay two.
fn file(root: &Path, full: &Path) -> File {
    let relative = full.strip_prefix(root).unwrap_or(full);
    let mut path = String::new();
    let mut is_exact = true;
    for part in relative.iter() {
        if !path.is_empty() {
            path.push('/');
        }
        match part.to_str() {
            Some(text) if is_nfc_quick(text.chars()) == IsNormalized::Yes => path.push_str(text),
            Some(text) => {
                let start = path.len();
                path.extend(text.nfc());
                is_exact &= path[start..] == *text;
            }
            None => {
                is_exact = false;
                for chunk in part.as_encoded_bytes().utf8_chunks() {
                    path.extend(chunk.valid().nfc());
                    chunk.invalid().iter().for_each(|byte| path.push_str(&format!("\\x{byte:02X}")));
                }
            }
        }
    }
    File { path: NotePath::new(path), on_disk: (!is_exact).then(|| relative.to_owned()) }
}

/// Files whose names differ only in composition: one keeps the note path, the others the spelling of the disk, so that none
/// is lost.
fn spell_apart(files: &mut [File]) {
    let mut changed = false;
    for twins in files.chunk_by_mut(|a, b| a.path == b.path).filter(|twins| twins.len() > 1) {
        let keeper = twins.iter().position(|file| file.on_disk.is_none()).unwrap_or(0);
        for (_, twin) in twins.iter_mut().enumerate().filter(|(at, _)| *at != keeper) {
            if let Some(text) = twin.on_disk.as_deref().and_then(Path::to_str) {
                twin.path = NotePath::new(text);
                changed = true;
            }
        }
    }
    if changed {
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
}
