//! From records of notes, and the last moment for those that did not change, to the columns of a vault.
//!
//! Putting together all records and bringing the last moment up to date are one and the same: each column is written note by
//! note in path order, from a record or from the old column. What depends on others is looked at again where it may differ:
//! a link where somebody gets or loses a name that it could mean, its subpath where its target changed. So the columns do
//! not tell how they came about; a property test holds that against random edits.

use super::columns::{Columns, HAS_HEADING, HAS_TITLE, IS_CALLED_BY_HEADING, Meta};
use super::interner::Interner;
use super::names::{filed_names, fold, last_part, last_part_hash, put_table, sort_backwards};
use super::record::Record;
use super::resolve::{Habits, is_folder_index, key_hash, name_key};
use super::settings::Settings;
use super::stamp::Stamp;
use super::suggest::letters_of;
use super::walk::{File, LeftOut};
use super::{Vault, note_key, program};
use crate::cellar::{AllTexts, ListsBuilder, Shelf, Texts, TextsBuilder};
use crate::note::{NotePath, without_md};
use foldhash::{HashMap, HashSet, HashSetExt};
use std::borrow::Cow;
use std::ops::Range;

/// Where a file of the new moment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The last moment has it, by this number among all its files, and it did not change.
    Old(u32),
    /// The new files have it.
    New(u32),
}

/// What a moment is put together of.
pub(crate) struct Parts<'p> {
    pub old: Option<&'p Vault>,
    /// The notes in path order.
    pub notes: Vec<Origin>,
    /// The attachments in path order.
    pub attachments: Vec<Origin>,
    pub new_notes: &'p [File],
    /// What each new note says.
    pub records: &'p [Record],
    pub new_attachments: &'p [File],
    /// The stamp of each note.
    pub stamps: Vec<Stamp>,
    /// When the walk began, in nanoseconds.
    pub looked_at: i64,
    pub left_out: LeftOut,
    /// What could not be read, packed, in path order.
    pub unread: Vec<Vec<u8>>,
    pub settings: &'p Settings,
    pub habits: Habits,
}

/// A run of notes that come from one place.
#[derive(Clone, Debug)]
pub(crate) enum Run {
    /// Notes of the last moment that followed one another there, by their numbers there.
    Old(Range<usize>),
    /// A new note.
    New(usize),
}

impl<'p> Parts<'p> {
    /// The columns of files and notes, on a shelf, and the notes in runs; those of links are for [`super::links`].
    pub(super) fn assemble(&self) -> (Shelf, Vec<Run>) {
        let mut shelf = Shelf::default();
        let left_out = self.left_out;
        let mut meta = [0; Meta::Count as usize];
        meta[Meta::Notes as usize] = self.notes.len() as u64;
        meta[Meta::Attachments as usize] = self.attachments.len() as u64;
        meta[Meta::LeftOutFolders as usize] = left_out.folders;
        meta[Meta::LeftOutLinks as usize] = left_out.links;
        meta[Meta::LeftOutExcluded as usize] = left_out.excluded;
        meta[Meta::Habits as usize] = self.habits.pack();
        meta[Meta::Settings as usize] = self.settings.digest;
        meta[Meta::Program as usize] = program();
        shelf.put_numbers("meta", &meta);
        shelf.put_numbers("look", &[self.looked_at as u64]);
        let stamp = |stamp: &Stamp| [stamp.size, stamp.modified as u64, stamp.changed as u64, stamp.inode];
        shelf.put_numbers("stamp", &self.stamps.iter().flat_map(stamp).collect::<Vec<_>>());
        let mut unread = TextsBuilder::default();
        self.unread.iter().for_each(|packed| unread.push_bytes(packed));
        unread.put(&mut shelf, "unrd_s", "unrd_b");
        self.files(&mut shelf);
        let runs = self.runs();
        self.notes(&runs, &mut shelf);
        (shelf, runs)
    }

    /// The notes in runs: most of a vault never changes, and is taken over in large pieces.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for origin in &self.notes {
            match (*origin, runs.last_mut()) {
                (Origin::Old(old), Some(Run::Old(run))) if run.end == old as usize => run.end += 1,
                (Origin::Old(old), _) => runs.push(Run::Old(old as usize..old as usize + 1)),
                (Origin::New(new), _) => runs.push(Run::New(new as usize)),
            }
        }
        runs
    }

    pub(super) fn old(&self) -> Option<&'p Columns> {
        self.old.map(|old| &old.columns)
    }

    /// Paths, how the disk spells them, which folder holds what, and the table of path endings.
    fn files(&self, shelf: &mut Shelf) {
        let (mut paths, mut hashes) = (TextsBuilder::default(), Vec::new());
        let (mut spelled, mut spellings) = (Vec::new(), TextsBuilder::default());
        let mut folders = Folders::default();
        let old_hashes = self.old().map_or(Vec::new(), |old| old.path_hashes.to_vec());
        let old_paths = self.old().map(|old| old.paths.all()).unwrap_or_default();
        let old_spelled = self.old().map_or(Vec::new(), |old| old.spelled.to_vec());
        let files = self.notes.iter().map(|origin| (origin, self.new_notes));
        let files = files.chain(self.attachments.iter().map(|origin| (origin, self.new_attachments)));
        for (number, (origin, new_files)) in files.enumerate() {
            let mut on_disk: Option<Cow<'_, [u8]>> = None;
            let path: &[u8] = match *origin {
                Origin::Old(old) => {
                    hashes.push(old_hashes.get(old as usize).copied().unwrap_or(0));
                    if let (Ok(at), Some(columns)) = (old_spelled.binary_search(&old), self.old()) {
                        on_disk = Some(columns.spellings.bytes(at));
                    }
                    old_paths.get(old as usize)
                }
                Origin::New(new) => {
                    let file = &new_files[new as usize];
                    hashes.push(last_part_hash(&fold(file.path.as_str())));
                    on_disk = file.on_disk.as_ref().map(|path| Cow::Borrowed(path.as_os_str().as_encoded_bytes()));
                    file.path.as_str().as_bytes()
                }
            };
            paths.push_bytes(path);
            folders.add(on_disk.as_deref().unwrap_or(path), number as u32);
            if let Some(disk) = on_disk {
                spelled.push(number as u32);
                spellings.push_bytes(&disk);
            }
        }
        paths.put(shelf, "path_s", "path_b");
        shelf.put_numbers("path_h", &hashes);
        shelf.put_numbers("spell", &spelled);
        spellings.put(shelf, "spell_s", "spell_b");
        let paths = Texts::on(shelf, "path_s", "path_b");
        let spellings = Texts::on(shelf, "spell_s", "spell_b");
        folders.put(shelf, |file| match spelled.binary_search(&file) {
            Ok(at) => spellings.bytes(at).into_owned(),
            Err(_) => paths.bytes(file as usize).into_owned(),
        });
        let entries = hashes.into_iter().zip(0..).collect();
        put_table(shelf, ("file_r", "file_e"), entries, |files| {
            sort_backwards(files, |file| fold(&paths.get(file as usize)));
        });
    }

    /// What each note says of itself.
    fn notes(&self, runs: &[Run], shelf: &mut Shelf) {
        let mut notes = NoteColumns::default();
        let new_tags = self.records.iter().flat_map(|record| &record.tags).map(|(tag, _)| tag.as_bytes());
        let mut tags = Interner::new(self.old().map(|old| &old.tag_texts), new_tags);
        let old = self.old().map(OldNotes::of);
        for run in runs {
            match (run, &old) {
                (Run::New(new), _) => {
                    let (record, file) = (&self.records[*new], &self.new_notes[*new]);
                    notes.add(record, &file.path, self.settings, &mut tags);
                }
                (Run::Old(run), Some(old)) => notes.extend(old, run.clone(), &mut tags),
                (Run::Old(_), None) => {}
            }
        }
        notes.put(shelf);
        tags.finish().0.put(shelf, "tag_s", "tag_b");
    }

    /// The hashes of every name that a file or note gets or loses with this moment.
    pub(super) fn changed_names(&self) -> HashSet<u32> {
        let mut keys = HashSet::new();
        let mut file = |path: &str| {
            let folded = fold(path);
            keys.insert(key_hash(&name_key(&folded)));
            if let Some(folder) = Some(&folded).filter(|_| self.habits.folder_index).and_then(|path| is_folder_index(path)) {
                keys.insert(key_hash(&name_key(folder)));
            }
            let stem = without_md(last_part(path));
            filed_names(stem, self.settings).iter().for_each(|name| _ = keys.insert(key_hash(&name_key(&fold(name)))));
        };
        self.new_notes.iter().chain(self.new_attachments).for_each(|new| file(new.path.as_str()));
        let mut others: Vec<String> = Vec::new();
        for record in self.records {
            let said = record.aliases.iter().chain(&record.title).chain(&record.heading);
            others.extend(said.map(|name| name.to_string()));
        }
        if let Some(old) = self.old {
            let mut stays = vec![false; old.columns.paths.len()];
            self.notes.iter().chain(&self.attachments).for_each(|origin| {
                if let Origin::Old(number) = origin {
                    stays[*number as usize] = true;
                }
            });
            for gone in (0..stays.len()).filter(|number| !stays[*number]) {
                file(&old.columns.paths.get(gone));
                if gone < old.len() {
                    let columns = &old.columns;
                    others.extend(columns.aliases.range(gone).map(|alias| columns.alias_texts.get(alias).into_owned()));
                    others.extend([columns.titles.get(gone).into_owned(), columns.headings.get(gone).into_owned()]);
                }
            }
        }
        keys.extend(others.iter().map(|name| key_hash(&name_key(&fold(name.trim())))));
        keys
    }
}

/// The files of each folder, while files come in path order, notes first.
#[derive(Default)]
struct Folders {
    numbers: HashMap<Vec<u8>, usize>,
    files: Vec<Vec<u32>>,
    /// The folder of the file before: most files follow another one of their folder.
    last: (Vec<u8>, usize),
}

impl Folders {
    fn add(&mut self, path: &[u8], file: u32) {
        let folder = &path[..memchr::memrchr(b'/', path).unwrap_or(0)];
        if self.files.is_empty() || self.last.0 != folder {
            let next = self.files.len();
            let number = *self.numbers.entry(folder.to_vec()).or_insert(next);
            if number == next {
                self.files.push(Vec::new());
            }
            self.last = (folder.to_vec(), number);
        }
        self.files[self.last.1].push(file);
    }

    /// `path` is that of a file as the disk has it.
    fn put(self, shelf: &mut Shelf, path: impl Fn(u32) -> Vec<u8>) {
        let mut folders: Vec<(Vec<u8>, usize)> = self.numbers.into_iter().collect();
        folders.sort_unstable();
        let (mut names, mut items) = (TextsBuilder::default(), ListsBuilder::default());
        for (folder, number) in folders {
            let mut files: Vec<(Vec<u8>, u32)> = self.files[number].iter().map(|file| (path(*file), *file)).collect();
            files.sort_unstable();
            names.push_bytes(&folder);
            items.items.extend(files.into_iter().map(|(_, file)| file));
            items.end();
        }
        names.put(shelf, "fold_s", "fold_b");
        items.put(shelf, "fold_n", "fold_i");
    }
}

/// The columns of notes in the making.
#[derive(Default)]
struct NoteColumns {
    flags: Vec<u8>,
    titles: TextsBuilder,
    headings: TextsBuilder,
    aliases: ListsBuilder<()>,
    alias_texts: TextsBuilder,
    called: ListsBuilder<u32>,
    letters: ListsBuilder<u64>,
    tags: ListsBuilder<u32>,
    digests: Vec<u64>,
    keys: Vec<u64>,
    snippets: Vec<u32>,
    problems: Vec<u32>,
}

/// The columns of notes of the last moment.
struct OldNotes<'o> {
    flags: Vec<u8>,
    titles: AllTexts<'o>,
    headings: AllTexts<'o>,
    aliases: Vec<u32>,
    alias_texts: AllTexts<'o>,
    called: (Vec<u32>, Vec<u32>),
    letters: (Vec<u32>, Vec<u64>),
    tags: (Vec<u32>, Vec<u32>),
    digests: Vec<u64>,
    keys: Vec<u64>,
    snippets: Vec<u32>,
    problems: Vec<u32>,
}

impl OldNotes<'_> {
    fn of(columns: &Columns) -> OldNotes<'_> {
        OldNotes {
            flags: columns.flags.to_vec(),
            titles: columns.titles.all(),
            headings: columns.headings.all(),
            aliases: columns.aliases.starts(),
            alias_texts: columns.alias_texts.all(),
            called: (columns.called.starts(), columns.called_hashes.to_vec()),
            letters: (columns.letters.starts(), columns.letter_sets.to_vec()),
            tags: (columns.tags.starts(), columns.tag_items.to_vec()),
            digests: columns.digests.to_vec(),
            keys: columns.keys.to_vec(),
            snippets: columns.snippets.to_vec(),
            problems: columns.problems.to_vec(),
        }
    }
}

/// The starts of some lists with the end of the last, and where their items stand.
pub(super) fn of_lists(starts: &[u32], run: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let at = |list: usize| starts.get(list).copied().unwrap_or(0) as usize;
    (run.start..run.end + 1, at(run.start)..at(run.end))
}

impl NoteColumns {
    /// Adds a new note.
    fn add<'r>(&mut self, record: &'r Record, path: &NotePath, settings: &Settings, tags: &mut Interner<'r>) {
        let stem = path.stem();
        self.titles.push(record.title.as_deref().unwrap_or_default());
        self.headings.push(record.heading.as_deref().unwrap_or_default());
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        self.flags.push(
            flag(record.title.is_some(), HAS_TITLE)
                | flag(record.heading.is_some(), HAS_HEADING)
                | flag(record.is_called_by_heading, IS_CALLED_BY_HEADING),
        );
        record.aliases.iter().for_each(|alias| self.alias_texts.push(alias));
        self.aliases.items.extend(record.aliases.iter().map(|_| ()));
        self.aliases.end();
        self.called.items.extend(record.called(stem, settings).iter().map(|called| called.0));
        self.called.end();
        self.letters.items.extend(letters_of_note(stem, record));
        self.letters.end();
        for (tag, together) in &record.tags {
            self.tags.items.push((tags.new_text(tag.as_bytes()) << 1) | u32::from(*together));
        }
        self.tags.end();
        self.digests.push(record.digest);
        self.keys.push(note_key(path.as_str().as_bytes(), record.digest, settings));
        self.snippets.push(record.snippets);
        self.problems.push(record.problems);
    }

    /// Adds notes of the last moment.
    fn extend(&mut self, old: &OldNotes<'_>, run: Range<usize>, tags: &mut Interner<'_>) {
        self.titles.extend(&old.titles, run.clone());
        self.headings.extend(&old.headings, run.clone());
        self.flags.extend(&old.flags[run.clone()]);
        let (lists, items) = of_lists(&old.aliases, &run);
        self.alias_texts.extend(&old.alias_texts, items.clone());
        self.aliases.extend(&old.aliases[lists], items.map(|_| ()));
        let (lists, items) = of_lists(&old.called.0, &run);
        self.called.extend(&old.called.0[lists], old.called.1[items].iter().copied());
        let (lists, items) = of_lists(&old.letters.0, &run);
        self.letters.extend(&old.letters.0[lists], old.letters.1[items].iter().copied());
        let (lists, items) = of_lists(&old.tags.0, &run);
        let renumbered = old.tags.1[items].iter().map(|item| (tags.old(item >> 1) << 1) | (item & 1));
        self.tags.extend(&old.tags.0[lists], renumbered);
        self.digests.extend(&old.digests[run.clone()]);
        self.keys.extend(&old.keys[run.clone()]);
        self.snippets.extend(&old.snippets[run.clone()]);
        self.problems.extend(&old.problems[run]);
    }

    fn put(self, shelf: &mut Shelf) {
        let called = self.called.lists().flat_map(|(note, hashes)| hashes.iter().map(move |hash| (*hash, note as u32))).collect();
        put_table(shelf, ("call_r", "call_e"), called, |_| ());
        self.titles.put(shelf, "title_s", "title_b");
        self.headings.put(shelf, "head_s", "head_b");
        shelf.put_numbers("flags", &self.flags);
        shelf.put_numbers("alias_n", &self.aliases.into_starts());
        self.alias_texts.put(shelf, "alias_s", "alias_b");
        self.called.put(shelf, "call_n", "call_h");
        self.letters.put(shelf, "lett_n", "lett");
        self.tags.put(shelf, "tag_n", "tag_i");
        shelf.put_numbers("digest", &self.digests);
        let rows = self.keys.iter().map(|key| *key as u32).zip(0..).collect();
        put_table(shelf, ("key_r", "key_e"), rows, |_| ());
        shelf.put_numbers("key", &self.keys);
        shelf.put_numbers("models", &self.snippets);
        shelf.put_numbers("wrongs", &self.problems);
    }
}

/// Length and letters of everything that a note is called, as [`Vault::callings`] has it.
fn letters_of_note(stem: &str, record: &Record) -> Vec<u64> {
    let heading = record.heading.as_deref().filter(|_| record.is_called_by_heading);
    let name = record.title.as_deref().or(heading).unwrap_or(stem);
    let aliases = record.aliases.iter().map(|alias| &**alias);
    let stem = Some(stem).filter(|stem| *stem != name);
    std::iter::once(name).chain(stem).chain(aliases).map(letters_of).collect()
}
