//! Many notes, and whom a link means: the only room that reads notes from disk.
//!
//! A [`Vault`] is one moment of a folder of notes, as columns on a [`Shelf`]: what joins the notes, and what is asked of all
//! of them. What a note says besides is read again from the few notes that an answer shows ([`Vault::read`]). Notes are read
//! in parallel, each by one pass; a visitor sees each while it is there. It knows nothing of graphs or of full text, and
//! it never writes; where a shelf is kept is for [`crate::snapshot`] to say.

mod assemble;
mod columns;
mod exclude;
mod interner;
mod links;
mod names;
mod nearest;
mod record;
mod renew;
mod resolve;
mod settings;
mod spelling;
mod stamp;
mod suggest;
mod tags;
mod unread;
mod walk;
mod without;

pub use exclude::Patterns;
pub use names::{FileId, MOST_CANDIDATES, Names, fold};
pub(crate) use nearest::nearest;
pub use renew::{Look, News, Renewal, path_of};
pub use resolve::{Candidates, FoundBy, Habits, Meaning, Resolved, Subpath};
pub use settings::{SETTINGS, SETTINGS_FILE, Setting, Settings, SettingsError};
pub use suggest::Suggestion;
pub use tags::{TagCount, is_at_or_below, nearest_tags, tag_key};
pub use walk::LeftOut;

use crate::cellar::{Column, Lists, Shelf, Tag as Section, Texts, digest};
use crate::note::{Link, Note, NotePath, Place, Problem, Prose, Tag, Target, Wrong, without_md};
use columns::{Columns, HAS_TITLE, IS_CALLED_BY_HEADING, Meta};
use links::meaning_of;
use names::{Naming, Ranked, Table, typed_path};
use rayon::prelude::*;
use resolve::{Found, Resolver, Written};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest note that is read, in bytes. The largest seen in 158,000 real ones has 2.4 MB; a hostile one may take some
/// forty times its size while it is read.
pub const LARGEST_NOTE: u64 = 16 << 20;

/// A folder of notes at one moment. Notes have numbers, in path order; so have attachments, and the names nobody wrote yet, in
/// the order of their folded names.
#[derive(Debug)]
pub struct Vault {
    name: String,
    source: Source,
    shelf: Shelf,
    columns: Columns,
    names: Names,
    habits: Habits,
    settings: Settings,
    /// Whether a note was read again and did not say what it said at this moment.
    is_overtaken: AtomicBool,
}

/// Where the bytes of notes come from.
#[derive(Clone, Debug)]
enum Source {
    Disk(PathBuf),
    Memory(BTreeMap<NotePath, Vec<u8>>),
}

/// Why there is no vault to ask.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Nothing is there.
    #[error("there is no folder at {0}")]
    Missing(PathBuf),
    /// A file is there.
    #[error("{0} is not a folder")]
    NotAFolder(PathBuf),
    /// The folder cannot be read.
    #[error("the folder {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Its settings do not read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Sees each note while its prose is there. Called from many threads, in no order; the key is the note's.
pub type Visit<'v> = dyn Fn(u64, &Note, &Prose) + Sync + 'v;

/// Told now and then how many notes of how many have been read.
pub type Progress<'p> = dyn Fn(usize, usize) + Sync + 'p;

/// A note read again, to show what stands in it.
#[derive(Debug)]
pub struct Reread {
    /// What the note says now.
    pub note: Note,
    /// Its text.
    pub prose: Prose,
    /// Whether it still says what it said at the moment of the vault. If not, its links may be others.
    pub is_as_kept: bool,
    bytes: Vec<u8>,
}

impl Reread {
    /// Its bytes as they were read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place of a byte of the note.
    pub fn place_at(&self, offset: usize) -> Place {
        self.places_at([offset]).first().copied().unwrap_or(Place::START)
    }

    /// The places of these bytes of the note. Takes the time of one reading where they rise.
    pub fn places_at(&self, offsets: impl IntoIterator<Item = usize>) -> Vec<Place> {
        crate::note::places_at(&self.bytes, offsets)
    }

    /// The first place where the file holds these very words.
    pub fn place_of(&self, words: &str) -> Option<Place> {
        memchr::memmem::find(&self.bytes, words.as_bytes()).map(|offset| self.place_at(offset))
    }
}

/// What a text index knows a note by: another path, another text, or other settings to read it by, are another key.
fn note_key(path: &[u8], note_digest: u64, settings: &Settings) -> u64 {
    digest(&[path, &note_digest.to_le_bytes(), &settings.digest.to_le_bytes()].concat())
}

/// The sections that say when notes were looked at, not what they say.
pub const OF_THE_LOOK: [Section; 2] = ["stamp", "look"];

impl Vault {
    /// Reads every note below `root`, as its settings say.
    ///
    /// # Errors
    /// Only when the folder itself is missing, no folder, or unreadable, or its settings do not read; whatever else is wrong
    /// below is a problem.
    pub fn open(root: &Path, strict: bool) -> Result<Vault, VaultError> {
        let renewal = Renewal { root, strict, now: i64::MAX, visit: None, progress: &|_, _| {} };
        Ok(renewal.read(renewal.look(None)?))
    }

    /// The vault below `root` as a shelf keeps it. None if the shelf keeps it under other settings, or read in another way.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn kept(root: &Path, strict: bool, shelf: Shelf) -> Result<Option<Vault>, VaultError> {
        let (settings, habits) = renew::look_at_root(root, strict)?;
        let columns = Columns::on(&shelf);
        let is_same = columns.meta(Meta::Habits) == habits.pack()
            && columns.meta(Meta::Settings) == settings.digest
            && columns.meta(Meta::Program) == program();
        let is_whole = columns.meta.len() == Meta::Count as usize;
        let source = Source::Disk(root.to_owned());
        Ok((is_same && is_whole).then(|| Vault::on(shelf, name_of(root), source, settings, habits)))
    }

    fn on(shelf: Shelf, name: String, source: Source, settings: Settings, habits: Habits) -> Vault {
        let (columns, names) = (Columns::on(&shelf), Names::on(&shelf, &settings));
        Vault { name, source, shelf, columns, names, habits, settings, is_overtaken: AtomicBool::new(false) }
    }

    /// The same moment on another shelf that holds all of it.
    pub fn with_shelf(self, shelf: Shelf) -> Vault {
        Vault::on(shelf, self.name, self.source, self.settings, self.habits)
    }

    /// A vault of texts that lie on no disk, for tests and examples. What does not end in `.md` is an attachment.
    pub fn from_texts<P: Into<Box<str>>, T: AsRef<[u8]>>(texts: impl IntoIterator<Item = (P, T)>, strict: bool) -> Vault {
        Vault::from_texts_as(texts, strict, Settings::default())
    }

    /// A vault of texts with settings of its own; what they exclude is there all the same.
    pub fn from_texts_as<P: Into<Box<str>>, T: AsRef<[u8]>>(
        texts: impl IntoIterator<Item = (P, T)>,
        strict: bool,
        settings: Settings,
    ) -> Vault {
        let texts = texts.into_iter().map(|(path, text)| (NotePath::new(path), text.as_ref().to_vec()));
        let habits = Habits { strict, is_obsidian: false, folder_index: settings.folder_index };
        renew::of_texts(texts.collect(), habits, settings)
    }

    /// The name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What keeps it.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// What it has chosen.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether a note that was read again has changed since this moment, so that an answer may speak of two moments.
    pub fn is_overtaken(&self) -> bool {
        self.is_overtaken.load(Ordering::Relaxed)
    }

    /// How many notes there are.
    pub fn len(&self) -> usize {
        self.columns.meta(Meta::Notes) as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many names nobody wrote yet there are.
    pub fn wanted(&self) -> usize {
        self.columns.wanted_keys.len()
    }

    /// A name nobody wrote yet, as first written, in the order of notes.
    pub fn wanted_name(&self, wanted: u32) -> Cow<'_, str> {
        self.columns.wanted_names.get(wanted as usize)
    }

    /// How many files that are no notes could be linked to.
    pub fn attachments(&self) -> usize {
        self.columns.meta(Meta::Attachments) as usize
    }

    /// The path of a note.
    pub fn path(&self, note: u32) -> NotePath {
        NotePath::new(&*self.columns.paths.get(note as usize))
    }

    /// The paths of all notes, in their order.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = NotePath> {
        (0..self.len()).map(|note| self.path(note as u32))
    }

    /// The path of an attachment.
    pub fn attachment(&self, number: u32) -> NotePath {
        self.file(FileId(self.len() as u32 + number))
    }

    /// The path of a file by number.
    pub fn file(&self, file: FileId) -> NotePath {
        NotePath::new(&*self.columns.paths.get(file.0 as usize))
    }

    /// The number of the note at exactly this path.
    pub fn find(&self, path: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.columns.paths.bytes(middle).as_ref().cmp(path.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle as u32),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// What people call a note; see [`Note::name`].
    pub fn note_name(&self, note: u32) -> Cow<'_, str> {
        let at = note as usize;
        let flags = self.columns.flags.get(at);
        if flags & HAS_TITLE > 0 {
            self.columns.titles.get(at)
        } else if flags & IS_CALLED_BY_HEADING > 0 {
            self.columns.headings.get(at)
        } else {
            self.stem(note)
        }
    }

    /// The file name of a note without its extension.
    fn stem(&self, note: u32) -> Cow<'_, str> {
        match self.columns.paths.get(note as usize) {
            Cow::Borrowed(path) => Cow::Borrowed(without_md(names::last_part(path))),
            Cow::Owned(path) => Cow::Owned(without_md(names::last_part(&path)).to_owned()),
        }
    }

    /// The other names of a note, in order.
    pub fn aliases(&self, note: u32) -> impl Iterator<Item = Cow<'_, str>> {
        self.columns.aliases.range(note as usize).map(|alias| self.columns.alias_texts.get(alias))
    }

    /// Everything a note is called in a text: its name, its file name if that is another, its aliases.
    pub fn callings(&self, note: u32) -> Vec<String> {
        let (name, path) = (self.note_name(note), self.path(note));
        let stem = Some(path.stem()).filter(|stem| *stem != name).map(str::to_owned);
        std::iter::once(name.clone().into_owned()).chain(stem).chain(self.aliases(note).map(Cow::into_owned)).collect()
    }

    /// The tags of a note, front matter first.
    pub fn tags_of(&self, note: u32) -> impl Iterator<Item = Tag> {
        self.columns.tags.range(note as usize).map(|at| {
            let item = self.columns.tag_items.get(at);
            Tag { name: self.columns.tag_texts.get((item >> 1) as usize).into(), run_together: item & 1 == 1 }
        })
    }

    /// How many models the notes hold together.
    pub fn snippets(&self) -> usize {
        self.columns.snippets.to_vec().into_iter().map(|count| count as usize).sum()
    }

    /// How many models a note holds.
    pub fn models_in(&self, note: u32) -> usize {
        self.columns.snippets.get(note as usize) as usize
    }

    /// The notes that hold models, in order. Takes time in proportion to the notes, and reads none of them.
    pub fn notes_with_models(&self) -> Vec<u32> {
        let counts = self.columns.snippets.to_vec().into_iter().zip(0..);
        counts.filter(|(count, _)| *count > 0).map(|(_, note)| note).collect()
    }

    /// What was passed over.
    pub fn left_out(&self) -> LeftOut {
        let meta = |what| self.columns.meta(what);
        LeftOut { folders: meta(Meta::LeftOutFolders), links: meta(Meta::LeftOutLinks), excluded: meta(Meta::LeftOutExcluded) }
    }

    /// The numbers of a note's links among all links of the vault.
    pub fn links(&self, note: u32) -> Range<usize> {
        self.columns.links.range(note as usize)
    }

    /// How many links there are, those to addresses elsewhere included.
    pub fn all_links(&self) -> usize {
        self.columns.targets.len()
    }

    /// The note of a link.
    pub fn note_of_link(&self, link: usize) -> u32 {
        self.columns.links.list_of(link) as u32
    }

    /// Whom a link means, and how that was found.
    pub fn resolved(&self, link: usize) -> Resolved {
        self.columns.resolved(link)
    }

    /// The key that types a link, as spelled; none for a plain link.
    pub fn relation(&self, link: usize) -> Option<Cow<'_, str>> {
        let number = self.columns.relations.get(link).checked_sub(1)?;
        Some(self.columns.relation_texts.get(number as usize))
    }

    /// The spellings of all relations, each once.
    pub fn relations(&self) -> impl Iterator<Item = Cow<'_, str>> {
        (0..self.columns.relation_texts.len()).map(|number| self.columns.relation_texts.get(number))
    }

    /// The columns of links, for those who go through many of them.
    pub fn link_columns(&self) -> LinkColumns {
        let columns = &self.columns;
        LinkColumns {
            written: self.len() as u32,
            wanted: self.wanted() as u32,
            links: columns.links.clone(),
            meanings: columns.meanings.clone(),
            relations: columns.relations.clone(),
            spellings: columns.relation_texts.clone(),
            nestings: columns.nestings.clone(),
        }
    }

    /// The note that a text index knows by this key.
    pub fn note_of_key(&self, key: u64) -> Option<u32> {
        let rows = Table::of(&self.columns.key_rows, &self.columns.key_items);
        rows.of_hash(key as u32).map(|entry| rows.number(entry)).find(|note| self.key(*note) == key)
    }

    /// What a text index knows each note by, ascending, with the note.
    pub fn keys(&self) -> Vec<(u64, u32)> {
        let mut keys: Vec<(u64, u32)> = self.columns.keys.to_vec().into_iter().zip(0..).collect();
        keys.par_sort_unstable();
        keys
    }

    /// The sum of all keys, which tells one set of notes from another.
    pub fn sum_of_keys(&self) -> u64 {
        let mut sum = 0_u64;
        self.columns.keys.scan(|_, key| sum = sum.wrapping_add(key));
        sum
    }

    /// What a text index knows a note by.
    pub fn key(&self, note: u32) -> u64 {
        self.columns.keys.get(note as usize)
    }

    /// All who could have been meant by a link of a note, best first, where there were several.
    pub fn candidates(&self, note: u32, link: &Link) -> Option<Candidates> {
        let Target::Internal { path, subpath } = link.target() else { return None };
        let path_of_note = self.path(note);
        let written = Written { path, subpath, is_markdown: link.is_markdown(), is_name: false };
        match Resolver::new(&self.names, self.habits, path_of_note.folder()).find(&written) {
            Found::File { candidates, .. } => candidates.map(|candidates| *candidates),
            Found::Ambiguous(candidates) => Some(*candidates),
            _ => None,
        }
    }

    /// Whom a link of a note means, looked up anew: also one of a note that changed since this moment. None where nobody was
    /// linked by that name at this moment, and nobody has it.
    pub fn meaning(&self, note: u32, link: &Link) -> Option<Meaning> {
        self.meaning_in(self.path(note).folder(), Some(note), link)
    }

    /// The same of a link of a note that is none yet and would lie in a folder. None as well where it means that note itself.
    pub fn meaning_at(&self, folder: &str, link: &Link) -> Option<Meaning> {
        self.meaning_in(folder, None, link)
    }

    fn meaning_in(&self, folder: &str, itself: Option<u32>, link: &Link) -> Option<Meaning> {
        let Some(target) = record::packed_target(link, self.habits.strict) else { return Some(Meaning::External) };
        Some(match Resolver::new(&self.names, self.habits, folder).find(&Written::unpack(&target)) {
            Found::File { file, .. } => meaning_of(file, self.len()),
            Found::Itself => Meaning::Note(itself?),
            Found::Ambiguous(_) => Meaning::Ambiguous,
            Found::Outside => Meaning::Outside,
            Found::Wanted(name) => Meaning::Wanted(self.columns.wanted_keys.search(fold(&name).as_bytes()).ok()? as u32),
        })
    }

    /// The links by which models of a note name notes that nothing else in it links: of each such note the first, by number
    /// among all links.
    fn unlinked_models(&self, note: u32) -> Vec<usize> {
        if self.models_in(note) == 0 {
            return Vec::new();
        }
        let of_model = |link: &usize| self.resolved(*link).is_of_model;
        // Those of models stand behind all others.
        let links = self.links(note);
        let first = links.clone().rev().take_while(of_model).last().unwrap_or(links.end);
        let target = |link: usize| match self.resolved(link).meaning {
            Meaning::Note(target) if target != note => Some(target),
            _ => None,
        };
        let mut known: BTreeSet<u32> =
            if first == links.end { BTreeSet::new() } else { (links.start..first).filter_map(target).collect() };
        (first..links.end).filter(|link| target(*link).is_some_and(|target| known.insert(target))).collect()
    }

    /// Reads a note again, to show what it says. One that cannot be read any more is empty, with the problem.
    pub fn read(&self, note: u32) -> Reread {
        let (path, on_disk) = (self.path(note), self.on_disk(note));
        let mut buffer = Vec::new();
        let (bytes, read) = match self.source.read(&path, on_disk.as_deref(), &mut buffer) {
            Ok(bytes) => (bytes.to_vec(), Ok(())),
            Err(wrong) => (Vec::new(), Err(wrong)),
        };
        let mut prose = Prose::default();
        let note_now = renew::parse(path, read.map(|()| &*bytes), &self.settings, self.habits.strict, &mut prose);
        let is_as_kept = digest(&bytes) == self.columns.digests.get(note as usize);
        if !is_as_kept {
            self.is_overtaken.store(true, Ordering::Relaxed);
        }
        Reread { note: note_now, prose, is_as_kept, bytes }
    }

    /// What a text would say as a note at a path that is none yet, read as the notes of this vault are.
    pub fn as_note(&self, path: NotePath, text: &str) -> Note {
        renew::parse(path, Ok(text.as_bytes()), &self.settings, self.habits.strict, &mut Prose::default())
    }

    /// A note as it would be read if it said this.
    pub fn read_as(&self, note: u32, bytes: &[u8]) -> Reread {
        let mut prose = Prose::default();
        let note = renew::parse(self.path(note), Ok(bytes), &self.settings, self.habits.strict, &mut prose);
        Reread { note, prose, is_as_kept: false, bytes: bytes.to_vec() }
    }

    /// Where a note lies on the disk; none if the vault lies on none.
    pub fn file_of(&self, note: u32) -> Option<PathBuf> {
        let Source::Disk(root) = &self.source else { return None };
        let on_disk = self.on_disk(note);
        Some(root.join(on_disk.as_deref().unwrap_or(Path::new(self.path(note).as_str()))))
    }

    /// The folder of the vault; none if it lies on no disk.
    pub fn root(&self) -> Option<&Path> {
        let Source::Disk(root) = &self.source else { return None };
        Some(root)
    }

    /// A link of a note that was read again, by its number in the note. Where the note has changed since, the link that names
    /// the same thing, if there is one.
    pub fn link_in<'r>(&self, reread: &'r Reread, note: u32, link: u32) -> Option<&'r Link> {
        let links = &reread.note.links;
        let own = links.get(link as usize);
        if reread.is_as_kept {
            return own;
        }
        let kept = self.columns.targets.get(self.links(note).start + link as usize);
        let kept = self.columns.target_texts.bytes(kept as usize);
        let names_it = |link: &&Link| record::packed_target(link, self.habits.strict).is_some_and(|target| *target == *kept);
        own.filter(names_it).or_else(|| links.iter().find(names_it))
    }

    /// How the disk spells a note, where that is not its path.
    fn on_disk(&self, file: u32) -> Option<PathBuf> {
        let (mut low, mut high) = (0, self.columns.spelled.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.columns.spelled.get(middle) < file { low = middle + 1 } else { high = middle }
        }
        let is_it = low < self.columns.spelled.len() && self.columns.spelled.get(low) == file;
        is_it.then(|| renew::path_of(&self.columns.spellings.bytes(low)))
    }

    /// Everything that is wrong, by note, line and column. `and_infos` adds what is only worth knowing. Reads the notes again
    /// that something is wrong with.
    pub fn problems(&self, and_infos: bool) -> Vec<(NotePath, Problem)> {
        let mut problems: Vec<(NotePath, Problem)> = Vec::new();
        let unread = (0..self.columns.unread.len()).map(|at| unread::unpack(&self.columns.unread.bytes(at)));
        problems.extend(unread.map(|(path, what)| (path, Problem { place: Place::START, what })));
        let is_wrong = |link: usize| {
            let resolved = self.resolved(link);
            resolved.is_wrong || (and_infos && matches!(resolved.meaning, Meaning::Wanted(_)))
        };
        let is_unlinked = |note: u32| and_infos && !self.unlinked_models(note).is_empty();
        let notes = (0..self.len() as u32).into_par_iter();
        let has_problems = |note: u32| self.columns.problems.get(note as usize) > 0;
        let flawed = notes.filter(|note| has_problems(*note) || self.links(*note).any(is_wrong) || is_unlinked(*note));
        let found = flawed.flat_map_iter(|note| {
            let path = self.path(note);
            self.problems_of(note, &self.read(note), and_infos).into_iter().map(move |problem| (path.clone(), problem))
        });
        problems.extend(found.collect::<Vec<_>>());
        problems.sort_by(|(path, problem), (other_path, other)| {
            let key = |problem: &Problem| (problem.place.line, problem.place.column);
            path.cmp(other_path).then_with(|| key(problem).cmp(&key(other)))
        });
        problems
    }

    /// How many problems that are more than worth knowing there are.
    pub fn count_problems(&self) -> usize {
        let own: usize = self.columns.problems.to_vec().into_iter().map(|count| count as usize).sum();
        let hows = self.columns.hows.to_vec().into_iter();
        let wrong = hows.filter(|how| Resolved::unpack(Meaning::External, *how).is_wrong).count();
        own + wrong + self.columns.unread.len()
    }

    /// How many things there are that are only worth knowing: links to names nobody wrote yet, and notes that only a model
    /// names.
    pub fn count_infos(&self) -> usize {
        let targets = self.columns.targets.to_vec();
        let wanted = |link: &usize| {
            let resolved = self.resolved(*link);
            let is_wanted = matches!(resolved.meaning, Meaning::Wanted(_)) && !resolved.is_wrong;
            is_wanted && !Written::unpack(&self.columns.target_texts.bytes(targets[*link] as usize)).is_name
        };
        let unlinked: usize = self.notes_with_models().into_par_iter().map(|note| self.unlinked_models(note).len()).sum();
        (0..self.all_links()).into_par_iter().filter(wanted).count() + unlinked
    }

    /// What is wrong with a note that was read again, what it says and whom it links alike.
    pub fn problems_of(&self, note: u32, reread: &Reread, and_infos: bool) -> Vec<Problem> {
        let mut problems = reread.note.problems.clone();
        for (link, at) in reread.note.links.iter().zip(self.links(note)).filter(|_| reread.is_as_kept) {
            if let Some(what) = self.wrong_with(note, link, self.resolved(at), and_infos) {
                problems.push(Problem { place: link.place, what });
            }
        }
        if and_infos && reread.is_as_kept {
            let first = self.links(note).start;
            let unlinked = self.unlinked_models(note).into_iter().filter_map(|at| Some((reread.note.links.get(at - first)?, at)));
            problems.extend(unlinked.filter_map(|(link, at)| {
                let Meaning::Note(target) = self.resolved(at).meaning else { return None };
                Some(Problem { place: link.place, what: Wrong::UnlinkedModel(self.path(target)) })
            }));
        }
        problems
    }

    fn wrong_with(&self, note: u32, link: &Link, resolved: Resolved, and_infos: bool) -> Option<Wrong> {
        let is_said = resolved.is_wrong || (and_infos && matches!(resolved.meaning, Meaning::Wanted(_)));
        if !is_said {
            return None;
        }
        let Target::Internal { path, subpath } = link.target() else { return None };
        match resolved.meaning {
            Meaning::Outside => Some(Wrong::OutsideVault(path.into())),
            // What the settings leave out may well be there.
            Meaning::Wanted(_) if resolved.is_wrong => Some(Wrong::MissingAttachment(path.into())),
            Meaning::Wanted(number) => Some(Wrong::Wanted(self.wanted_name(number).into())),
            Meaning::Ambiguous => {
                let candidates = self.candidates(note, link)?;
                let paths = candidates.files.iter().map(|file| self.file(*file)).collect();
                Some(Wrong::Ambiguous { name: path.into(), candidates: paths, total: candidates.total })
            }
            Meaning::Note(target) => {
                let target = self.path(target);
                let subpath = subpath?;
                Some(match subpath.strip_prefix('^') {
                    Some(block) => Wrong::MissingBlock { block: block.into(), target },
                    None => Wrong::MissingHeading { heading: subpath.into(), target },
                })
            }
            _ => None,
        }
    }

    /// Whom a name typed by a person means: a path, a file name, an alias, a title, a heading, a wanted name. All who
    /// could be meant come back, the first [`MOST_CANDIDATES`] of them in path order, with their number; one of them is
    /// the answer, several are a question.
    pub fn called(&self, typed: &str) -> (Vec<Meaning>, usize) {
        // A note's own path means it, whatever its letters: others may differ in nothing but their composition.
        if let Some(number) = self.find(typed) {
            return (vec![Meaning::Note(number)], 1);
        }
        let path = typed_path(typed.trim());
        let as_meaning = |file: &FileId| meaning_of(*file, self.len());
        let files = self
            .files_called(path.as_str())
            // A backslash may divide folders, and may be a letter of a name.
            .or_else(|| self.files_called(typed.trim()))
            .or_else(|| {
                resolve::indexes_of(path.as_str()).filter(|_| self.habits.folder_index).find_map(|path| self.files_called(&path))
            });
        if let Some(Ranked { mut files, total }) = files {
            files.sort();
            return (files.iter().map(as_meaning).collect(), total);
        }
        let key = fold(typed.trim());
        let others = [Naming::Filed, Naming::Alias, Naming::Title, Naming::Heading];
        let known = if self.habits.strict { &others[..1] } else { &others[..] };
        for naming in known {
            let Ranked { files, total } = self.names.called(*naming, &key);
            if total > 0 {
                return (files.iter().map(as_meaning).collect(), total);
            }
        }
        let wanted = self.columns.wanted_keys.search(key.as_bytes()).ok();
        let wanted: Vec<Meaning> = wanted.map(|number| Meaning::Wanted(number as u32)).into_iter().collect();
        let total = wanted.len();
        (wanted, total)
    }

    fn files_called(&self, path: &str) -> Option<Ranked> {
        resolve::with_and_without_md(path, |folded| {
            let whole = self.names.at_path(path, folded);
            if whole.is_empty() {
                self.names.find(path, folded, "").map(|(found, _)| found)
            } else {
                Some(Ranked { total: whole.len(), files: whole })
            }
        })
    }
}

/// The columns of links: of each note which links it has, of each link whom it means and how it is typed.
#[derive(Clone, Debug)]
pub struct LinkColumns {
    /// How many notes there are.
    pub written: u32,
    /// How many names nobody wrote yet.
    pub wanted: u32,
    /// The links of each note.
    pub links: Lists,
    /// Whom each means; [`LinkColumns::concept`] reads it.
    meanings: Column<u32>,
    /// 0 for a plain link, else one more than the number of the spelling of its relation.
    pub relations: Column<u32>,
    /// The spellings of relations.
    pub spellings: Texts,
    /// Note, link above and link below, counted within the note, one behind the other.
    pub nestings: Column<u32>,
}

impl LinkColumns {
    /// The number of the concept that a link means, notes first, then names nobody wrote; none if it means no concept.
    pub fn concept(&self, link: usize) -> Option<u32> {
        self.concept_of(self.meanings.get(link))
    }

    /// The same of some links that follow one another.
    pub fn concepts(&self, links: Range<usize>) -> Vec<Option<u32>> {
        self.meanings.slice(links).into_iter().map(|meaning| self.concept_of(meaning)).collect()
    }

    /// The same of all links; [`LinkColumns::NO_CONCEPT`] where a link means none.
    pub fn all_concepts(&self) -> Vec<u32> {
        let mut concepts = self.meanings.to_vec();
        concepts.par_iter_mut().with_min_len(1 << 14).for_each(|it| *it = self.concept_of(*it).unwrap_or(Self::NO_CONCEPT));
        concepts
    }

    /// The number of no concept.
    pub const NO_CONCEPT: u32 = u32::MAX;

    fn concept_of(&self, meaning: u32) -> Option<u32> {
        match columns::unpack(meaning) {
            Meaning::Note(number) => Some(number),
            Meaning::Wanted(number) => Some(self.written + number),
            Meaning::Attachment(_) | Meaning::Ambiguous | Meaning::Outside | Meaning::External => None,
        }
    }
}

/// Tells one version of this program from another.
fn program() -> u64 {
    digest(env!("CARGO_PKG_VERSION").as_bytes())
}

fn name_of(root: &Path) -> String {
    let name = root.canonicalize().ok().and_then(|root| Some(root.file_name()?.to_string_lossy().into_owned()));
    name.unwrap_or_default()
}

impl Source {
    fn read<'b>(&'b self, path: &NotePath, on_disk: Option<&Path>, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Wrong> {
        let root = match self {
            Source::Memory(texts) => return Ok(texts.get(path).map_or(&[], Vec::as_slice)),
            Source::Disk(root) => root,
        };
        let full = root.join(on_disk.unwrap_or(Path::new(path.as_str())));
        let unreadable = |error: std::io::Error| Wrong::Unreadable(error.to_string().into());
        buffer.clear();
        let opened = std::fs::File::open(full).map_err(unreadable)?;
        opened.take(LARGEST_NOTE + 1).read_to_end(buffer).map_err(unreadable)?;
        if buffer.len() as u64 > LARGEST_NOTE { Err(Wrong::TooLarge { most_mib: LARGEST_NOTE >> 20 }) } else { Ok(buffer) }
    }
}
