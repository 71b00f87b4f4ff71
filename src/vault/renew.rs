//! From the folder as it is now, and the last moment, to the moment of now.
//!
//! What changed is found by size, times and inode. A note that was changed at about the time of the last look is held
//! against its digest, as the clock of a disk may stand still for a while; so is one that was only touched. Whatever did
//! not change is taken over.

use super::assemble::{Origin, Parts};
use super::columns::Columns;
use super::links;
use super::record::Record;
use super::resolve::Habits;
use super::settings::Settings;
use super::stamp::Stamp;
use super::walk::{self, File, LastLook, Walk};
use super::{Progress, Source, Vault, VaultError, Visit, name_of, note_key, unread};
use crate::cellar::digest;
use crate::note::{Note, NotePath, Prose, Wrong};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How the moment of now is to be read.
pub struct Renewal<'r> {
    /// The folder.
    pub root: &'r Path,
    /// Links as Obsidian reads them.
    pub strict: bool,
    /// The time, in nanoseconds since 1970.
    pub now: i64,
    /// Sees each note that is read.
    pub visit: Option<&'r Visit<'r>>,
    /// Told how far it is.
    pub progress: &'r Progress<'r>,
}

/// What a look at the folder found, beside the last moment.
pub struct Look<'l> {
    last: Option<&'l Vault>,
    walk: Walk,
    changes: Changes,
    unread: Vec<Vec<u8>>,
    settings: Settings,
    habits: Habits,
}

/// Whether the last moment is that of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing changed.
    None,
    /// No note says anything else, but stamps are others: keeping them spares the next look some reading.
    Touched,
    /// Something changed, or there is no last moment.
    Changed,
}

/// The clock that stamps files ticks at least so often, in nanoseconds: where times are whole seconds, as on some old or
/// remote disks, every two; else every tenth of one, which is many ticks of the slowest kernel.
const COARSE_TICK: i64 = 2_000_000_000;
const FINE_TICK: i64 = 100_000_000;

/// Checks that a vault is there, and reads how it is to be read.
pub(super) fn look_at_root(root: &Path, strict: bool) -> Result<(Settings, Habits), VaultError> {
    let kind = std::fs::metadata(root).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => VaultError::Missing(root.to_owned()),
        _ => VaultError::Unreadable(root.to_owned(), error),
    })?;
    if !kind.is_dir() {
        return Err(VaultError::NotAFolder(root.to_owned()));
    }
    std::fs::read_dir(root).map_err(|error| VaultError::Unreadable(root.to_owned(), error))?;
    let settings = Settings::open(root)?;
    let is_obsidian = root.join(".obsidian").is_dir();
    let habits = Habits { strict, is_obsidian, folder_index: settings.folder_index };
    Ok((settings, habits))
}

impl Look<'_> {
    /// Whether something changed.
    pub fn news(&self) -> News {
        let is_same_set = self.walk.new_notes.is_empty()
            && self.walk.new_attachments.is_empty()
            && self.walk.still_there.iter().all(|is_there| *is_there);
        let is_same = |last: &Vault| {
            let unread = self.unread.iter().map(|packed| Cow::Borrowed(&packed[..]));
            last.left_out() == self.walk.left_out && last.unread().eq(unread)
        };
        match self.last {
            Some(last) if is_same_set && self.changes.notes.is_empty() && is_same(last) => {
                let is_touched = !self.changes.stamps.is_empty() || self.changes.is_settled;
                if is_touched { News::Touched } else { News::None }
            }
            _ => News::Changed,
        }
    }

    /// How many notes have to be read.
    pub fn notes_to_read(&self) -> usize {
        self.walk.new_notes.len() + self.changes.notes.len()
    }
}

impl Renewal<'_> {
    /// Looks at the folder, and how it differs from the last moment. That must be of the same folder; one that was read in
    /// another way or under other settings is none.
    ///
    /// # Errors
    /// Only when the folder itself is missing, no folder, or unreadable, or its settings do not read.
    pub fn look<'l>(&self, last: Option<&'l Vault>) -> Result<Look<'l>, VaultError> {
        let (settings, habits) = look_at_root(self.root, self.strict)?;
        let last = last.filter(|last| last.habits == habits && last.settings.digest == settings.digest);
        let walk = walk::walk(self.root, &settings, last.map(|last| last as &dyn LastLook));
        Ok(self.compared(walk, last, settings, habits))
    }

    fn compared<'l>(&self, walk: Walk, last: Option<&'l Vault>, settings: Settings, habits: Habits) -> Look<'l> {
        let changes = Changes::of(&walk, last, self.now);
        let unread = walk.unread.iter().map(|(path, wrong)| unread::pack(path, wrong)).collect();
        Look { last, walk, changes, unread, settings, habits }
    }

    /// The moment of now: reads what the look found to be new or changed, and takes the rest over.
    pub fn read(&self, look: Look<'_>) -> Vault {
        self.moment(look, name_of(self.root), Source::Disk(self.root.to_owned()))
    }

    fn moment(&self, look: Look<'_>, name: String, source: Source) -> Vault {
        let news = look.news();
        let Look { last, mut walk, changes, unread, settings, habits } = look;
        if let Some(last) = last.filter(|_| news != News::Changed) {
            let mut shelf = last.shelf.clone();
            let mut stamps = last.columns.stamps.to_vec();
            for (note, stamp) in &changes.stamps {
                let at = *note as usize * 4;
                stamps[at..at + 4].copy_from_slice(&[stamp.size, stamp.modified as u64, stamp.changed as u64, stamp.inode]);
            }
            shelf.put_numbers("stamp", &stamps);
            shelf.put_numbers("look", &[self.now as u64]);
            return Vault::on(shelf, name, source, settings, habits);
        }
        // A note that changed is read like a new one.
        for (note, stamp) in &changes.notes {
            if let Some(last) = last {
                walk.still_there[*note as usize] = false;
                walk.new_notes.push(File { path: last.path(*note), on_disk: last.on_disk(*note), stamp: *stamp });
            }
        }
        walk.new_notes.sort_by(|a, b| a.path.cmp(&b.path));
        let records = self.records(&walk.new_notes, &source, &settings);
        let before = last.map_or(0, Vault::len);
        let old = |numbers: std::ops::Range<usize>| {
            let still_there = &walk.still_there;
            numbers.filter(|number| still_there[*number]).map(|number| number as u32).collect::<Vec<_>>()
        };
        let path = |number: u32| last.map_or(Cow::Borrowed(""), |last| last.columns.paths.get(number as usize));
        let notes = merged(old(0..before), &walk.new_notes, &path);
        let all = last.map_or(0, |last| last.columns.paths.len());
        let attachments = merged(old(before..all), &walk.new_attachments, &path);
        let mut restamped = changes.stamps.iter().peekable();
        let stamps = notes.iter().map(|origin| match origin {
            Origin::New(new) => walk.new_notes[*new as usize].stamp,
            Origin::Old(old) => {
                while restamped.next_if(|(note, _)| note < old).is_some() {}
                let new = restamped.next_if(|(note, _)| note == old).map(|(_, stamp)| *stamp);
                new.unwrap_or_else(|| last.map(|last| last.stamp(*old)).unwrap_or_default())
            }
        });
        let parts = Parts {
            old: last,
            stamps: stamps.collect(),
            notes,
            attachments,
            new_notes: &walk.new_notes,
            records: &records,
            new_attachments: &walk.new_attachments,
            looked_at: self.now,
            left_out: walk.left_out,
            unread,
            settings: &settings,
            habits,
        };
        let (mut shelf, runs) = parts.assemble();
        links::put(&parts, &runs, &mut shelf);
        Vault::on(shelf, name, source, settings, habits)
    }

    /// Reads the new notes, in parallel.
    fn records(&self, files: &[File], source: &Source, settings: &Settings) -> Vec<Record> {
        let done = AtomicUsize::new(0);
        let read = |(buffer, prose): &mut (Vec<u8>, Prose), file: &File| {
            let read = source.read(&file.path, file.on_disk.as_deref(), buffer);
            let bytes = read.as_ref().map_or(&[][..], |bytes| bytes);
            let digest = digest(bytes);
            let note = parse(file.path.clone(), read, settings, self.strict, prose);
            if let Some(visit) = self.visit {
                visit(note_key(file.path.as_str().as_bytes(), digest, settings), &note, prose);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(256) {
                (self.progress)(done, files.len());
            }
            Record::of(&note, digest, self.strict)
        };
        files.par_iter().map_init(Default::default, read).collect()
    }
}

/// Old files and new ones, both in path order, as one.
fn merged<'v>(old: Vec<u32>, new: &[File], path: &dyn Fn(u32) -> Cow<'v, str>) -> Vec<Origin> {
    let mut origins = Vec::with_capacity(old.len() + new.len());
    let mut old = old.into_iter().peekable();
    // Of the many old ones few are looked at: those around each new one.
    for (number, file) in new.iter().enumerate() {
        while let Some(old) = old.next_if(|old| *path(*old) < *file.path.as_str()) {
            origins.push(Origin::Old(old));
        }
        origins.push(Origin::New(number as u32));
    }
    origins.extend(old.map(Origin::Old));
    origins
}

/// What changed in notes that are still there.
#[derive(Default)]
struct Changes {
    /// Notes that say something else, with their stamps, in the order of their numbers.
    notes: Vec<(u32, Stamp)>,
    /// Notes that say the same under another stamp.
    stamps: Vec<(u32, Stamp)>,
    /// Whether notes were read only because of when they were changed, and need not be again once this look is kept.
    is_settled: bool,
}

impl Changes {
    fn of(walk: &Walk, last: Option<&Vault>, now: i64) -> Changes {
        let Some(last) = last else { return Changes::default() };
        let looked_at = last.columns.look.get(0) as i64;
        let mut asked = walk.restamped.clone();
        let stamps = last.columns.stamps.to_vec();
        let is_suspect = |(note, stamp): (u32, Stamp)| {
            let is_there = walk.still_there.get(note as usize) == Some(&true);
            let is_near = |time: i64| looked_at.saturating_sub(time) < tick(time);
            (is_there && (is_near(stamp.modified) || is_near(stamp.changed))).then_some((note, stamp))
        };
        let mut suspects: Vec<(u32, Stamp)> =
            stamps.chunks_exact(4).enumerate().filter_map(|(note, row)| is_suspect((note as u32, stamp_of(row)))).collect();
        suspects.retain(|(note, _)| asked.binary_search_by_key(note, |(note, _)| *note).is_err());
        let is_settled = suspects.iter().any(|(_, stamp)| {
            let is_past = |time: i64| now.saturating_sub(time) >= tick(time);
            is_past(stamp.modified) && is_past(stamp.changed)
        });
        asked.extend(suspects.iter().copied());
        asked.sort_unstable_by_key(|(note, _)| *note);
        let says_the_same = |(note, _): &(u32, Stamp)| {
            let mut buffer = Vec::new();
            let path = last.path(*note);
            let bytes = last.source.read(&path, last.on_disk(*note).as_deref(), &mut buffer);
            // What cannot be read is looked at anew: the reason may be another.
            bytes.is_ok_and(|bytes| digest(bytes) == last.columns.digests.get(*note as usize) && !bytes.is_empty())
        };
        let (same, notes): (Vec<_>, Vec<_>) = asked.into_par_iter().partition(says_the_same);
        let mut stamps = same;
        stamps.retain(|(note, stamp)| last.stamp(*note) != *stamp);
        Changes { notes, stamps, is_settled }
    }
}

/// How long the clock that gave this time may have stood still.
fn tick(time: i64) -> i64 {
    if time % 1_000_000_000 == 0 { COARSE_TICK } else { FINE_TICK }
}

fn stamp_of(row: &[u64]) -> Stamp {
    match *row {
        [size, modified, changed, inode] => Stamp { size, modified: modified as i64, changed: changed as i64, inode },
        _ => Stamp::default(),
    }
}

/// Reads a note as a vault of these settings has it.
pub(super) fn parse(path: NotePath, bytes: Result<&[u8], Wrong>, settings: &Settings, strict: bool, prose: &mut Prose) -> Note {
    let mut note = match bytes {
        Ok(bytes) => Note::parse_into(path, bytes, &settings.dialect, prose),
        Err(wrong) => {
            *prose = Prose::default();
            Note::unread(path, wrong)
        }
    };
    if strict {
        let before = note.links.len();
        note.links.retain(|link| !link.in_property_text);
        // Links of properties come first, so that those of lists move up by as many as are gone.
        let gone = (before - note.links.len()) as u32;
        note.nestings.iter_mut().for_each(|it| (it.parent, it.child) = (it.parent - gone, it.child - gone));
        note.tags.retain(|tag| !tag.run_together);
    }
    note
}

/// A vault of texts.
pub(super) fn of_texts(texts: BTreeMap<NotePath, Vec<u8>>, habits: Habits, settings: Settings) -> Vault {
    let mut walk = Walk::default();
    for path in texts.keys() {
        let files = if path.is_note() { &mut walk.new_notes } else { &mut walk.new_attachments };
        files.push(File { path: path.clone(), on_disk: None, stamp: Stamp::default() });
    }
    let renewal = Renewal { root: Path::new(""), strict: habits.strict, now: i64::MAX, visit: None, progress: &|_, _| {} };
    let look = renewal.compared(walk, None, settings, habits);
    renewal.moment(look, "memory".to_owned(), Source::Memory(texts))
}

/// A path from the bytes that [`OsStr::as_encoded_bytes`] gave.
#[cfg(unix)]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path from the bytes that [`OsStr::as_encoded_bytes`] gave. A name that is no text is read again as what it shows as.
#[cfg(not(unix))]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

impl Vault {
    /// What could not be read, packed.
    fn unread(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        (0..self.columns.unread.len()).map(|at| self.columns.unread.bytes(at))
    }
}

impl LastLook for Vault {
    fn notes(&self) -> usize {
        self.len()
    }

    fn attachments(&self) -> usize {
        self.columns.paths.len() - self.len()
    }

    fn files_in(&self, folder: &Path) -> Option<Vec<(Cow<'_, [u8]>, u32)>> {
        let Columns { folders, folder_files, folder_items, .. } = &self.columns;
        let at = folders.search(folder.as_os_str().as_encoded_bytes()).ok()?;
        let files = folder_files.range(at).map(|item| folder_items.get(item));
        let name = |path: Cow<'_, [u8]>| memchr::memrchr(b'/', &path).map_or(0, |slash| slash + 1);
        let is_spelled = !self.columns.spelled.is_empty();
        let named = |file: u32| {
            let spelled = if is_spelled { self.on_disk(file) } else { None };
            let bytes = match spelled {
                Some(path) => Cow::Owned(path.into_os_string().into_encoded_bytes()),
                None => self.columns.paths.bytes(file as usize),
            };
            let start = name(Cow::Borrowed(&bytes));
            match bytes {
                Cow::Borrowed(bytes) => (Cow::Borrowed(&bytes[start..]), file),
                Cow::Owned(bytes) => (Cow::Owned(bytes[start..].to_vec()), file),
            }
        };
        Some(files.map(named).collect())
    }

    fn stamp(&self, note: u32) -> Stamp {
        // Asked of every note: one look at the column, and nothing made of it but the stamp.
        let mut row = [0; 4];
        self.columns.stamps.read(note as usize * 4, &mut row);
        stamp_of(&row)
    }

    fn note_path(&self, file: u32) -> Cow<'_, str> {
        self.columns.paths.get(file as usize)
    }

    fn spelled_apart(&self) -> Vec<u32> {
        self.columns.spelled.to_vec()
    }
}
