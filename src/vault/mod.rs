//! Many notes, and whom a link means: the only room that reads notes from disk.
//!
//! A [`Vault`] keeps what its notes say, not their text. Notes are read once, in parallel, each by one pass; a visitor
//! sees the prose of each while it is there. It knows nothing of graphs or of full text, and it never writes.

mod exclude;
mod names;
mod resolve;
mod settings;
mod suggest;
mod tags;
mod walk;

pub use exclude::Patterns;
pub use names::{FileId, MOST_CANDIDATES, Names, fold};
pub use resolve::{Candidates, FoundBy, Habits, Meaning, Resolved, Subpath};
pub use settings::{SETTINGS, SETTINGS_FILE, Setting, Settings, SettingsError};
pub use suggest::Suggestion;
pub use tags::{TagCount, is_at_or_below, nearest_tags, tag_key};
pub use walk::LeftOut;

use crate::note::{Link, Note, NotePath, Place, Problem, Prose, Target, Wrong};
use foldhash::{HashMap, HashMapExt};
use names::{Naming, Ranked, typed_path};
use rayon::prelude::*;
use resolve::{Found, Resolver};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use walk::{File, Walk};

/// The largest note that is read, in bytes. The largest seen in 158,000 real ones has 2.4 MB; a hostile one may take some
/// forty times its size while it is read.
pub const LARGEST_NOTE: u64 = 16 << 20;

/// A folder of notes at one moment.
#[derive(Debug)]
pub struct Vault {
    name: String,
    source: Source,
    files: Vec<File>,
    notes: Vec<Note>,
    attachments: Vec<File>,
    names: Names,
    resolved: Vec<Box<[Resolved]>>,
    wanted: Vec<Wanted>,
    outside_notes: Vec<(NotePath, Problem)>,
    left_out: LeftOut,
    habits: Habits,
    settings: Settings,
}

/// Where the bytes of notes come from.
#[derive(Debug)]
enum Source {
    Disk(PathBuf),
    Memory(BTreeMap<NotePath, Vec<u8>>),
}

/// A concept that links name and nobody wrote yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What all spellings of the name share.
    pub key: Box<str>,
    /// The name as first written, in the order of notes.
    pub name: Box<str>,
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

/// Sees each note while its prose is there. Called from many threads, in no order; the number is the note's.
pub type Visit<'v> = dyn Fn(u32, &Note, &Prose) + Sync + 'v;

/// Told now and then how many notes of how many have been read.
pub type Progress<'p> = dyn Fn(usize, usize) + Sync + 'p;

/// A note read again, to show what stands in it.
#[derive(Debug)]
pub struct Reread {
    /// What the note says now.
    pub note: Note,
    /// Its text.
    pub prose: Prose,
    bytes: Vec<u8>,
}

impl Reread {
    /// The place of a byte of the note.
    pub fn place_at(&self, offset: usize) -> Place {
        crate::note::place_at(&self.bytes, offset)
    }
}

impl Vault {
    /// Reads every note below `root`, as its settings say.
    ///
    /// # Errors
    /// Only when the folder itself is missing, no folder, or unreadable, or its settings do not read; whatever else is wrong
    /// below is a problem.
    pub fn open(root: &Path, strict: bool, visit: &Visit<'_>, progress: &Progress<'_>) -> Result<Vault, VaultError> {
        let kind = std::fs::metadata(root).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::Missing(root.to_owned()),
            _ => VaultError::Unreadable(root.to_owned(), error),
        })?;
        if !kind.is_dir() {
            return Err(VaultError::NotAFolder(root.to_owned()));
        }
        std::fs::read_dir(root).map_err(|error| VaultError::Unreadable(root.to_owned(), error))?;
        let name = root.canonicalize().ok().and_then(|root| Some(root.file_name()?.to_string_lossy().into_owned()));
        let source = Source::Disk(root.to_owned());
        let settings = Settings::open(root)?;
        Ok(Vault::read(name.unwrap_or_default(), source, walk::walk(root, &settings), settings, strict, visit, progress))
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
        let texts: BTreeMap<_, _> = texts.into_iter().map(|(path, text)| (NotePath::new(path), text.as_ref().to_vec())).collect();
        let mut walk = Walk::default();
        for path in texts.keys() {
            let files = if path.is_note() { &mut walk.notes } else { &mut walk.attachments };
            files.push(File { path: path.clone(), on_disk: None });
        }
        Vault::read("memory".to_owned(), Source::Memory(texts), walk, settings, strict, &|_, _, _| {}, &|_, _| {})
    }

    fn read(
        name: String,
        source: Source,
        walk: Walk,
        settings: Settings,
        strict: bool,
        visit: &Visit<'_>,
        progress: &Progress<'_>,
    ) -> Vault {
        let habits = Habits { strict, is_obsidian: walk.is_obsidian, folder_index: settings.folder_index };
        let done = AtomicUsize::new(0);
        let notes: Vec<Note> = walk
            .notes
            .par_iter()
            .enumerate()
            .map_init(Default::default, |(buffer, prose): &mut (Vec<u8>, Prose), (at, file)| {
                let mut note = match source.read(file, buffer) {
                    Ok(bytes) => Note::parse_into(file.path.clone(), bytes, &settings.dialect, prose),
                    Err(wrong) => {
                        *prose = Prose::default();
                        Note::unread(file.path.clone(), wrong)
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
                visit(at as u32, &note, prose);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(256) {
                    progress(done, walk.notes.len());
                }
                note
            })
            .collect();
        let names = Names::new(&notes, &walk.attachments, &settings);
        let (resolved, wanted) = resolve_all(&notes, &names, habits);
        let problem = |(path, what)| (path, Problem { place: Place::START, what });
        Vault {
            name,
            source,
            files: walk.notes,
            notes,
            attachments: walk.attachments,
            names,
            resolved,
            wanted,
            outside_notes: walk.unread.into_iter().map(problem).collect(),
            left_out: walk.left_out,
            habits,
            settings,
        }
    }

    /// The name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The written notes, in path order.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The names nobody wrote yet, in the order of their folded names.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// How many files that are no notes could be linked to.
    pub fn attachments(&self) -> usize {
        self.attachments.len()
    }

    /// The path of an attachment.
    pub fn attachment(&self, number: u32) -> &NotePath {
        &self.attachments[number as usize].path
    }

    /// The path of a file by number.
    pub fn file(&self, file: FileId) -> &NotePath {
        match self.notes.get(file.0 as usize) {
            Some(note) => &note.path,
            None => &self.attachments[file.0 as usize - self.notes.len()].path,
        }
    }

    /// What was passed over.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// The links of a note with their meanings, in the order of [`Note::links`].
    pub fn links(&self, note: u32) -> impl ExactSizeIterator<Item = (&Link, &Resolved)> {
        self.notes[note as usize].links.iter().zip(self.resolved[note as usize].iter())
    }

    /// Whom one link of a note means, by its number.
    pub fn meaning(&self, note: u32, link: u32) -> Meaning {
        self.resolved[note as usize][link as usize].meaning
    }

    /// Reads a note again, to show some of its text. None if it cannot be read any more.
    pub fn reread(&self, note: u32) -> Option<Reread> {
        let mut buffer = Vec::new();
        let file = &self.files[note as usize];
        let bytes = self.source.read(file, &mut buffer).ok()?.to_vec();
        let (note, prose) = Note::parse(file.path.clone(), &bytes, &self.settings.dialect);
        Some(Reread { note, prose, bytes })
    }

    /// Everything that is wrong, by note, line and column. `and_infos` adds what is only worth knowing.
    pub fn problems(&self, and_infos: bool) -> Vec<(&NotePath, Cow<'_, Problem>)> {
        let mut problems: Vec<(&NotePath, Cow<'_, Problem>)> = Vec::new();
        problems.extend(self.outside_notes.iter().map(|(path, problem)| (path, Cow::Borrowed(problem))));
        for at in 0..self.notes.len() {
            self.problems_of(at as u32, and_infos, &mut |problem| problems.push((&self.notes[at].path, problem)));
        }
        problems.sort_by(|(path, problem), (other_path, other)| {
            let key = |problem: &Problem| (problem.place.line, problem.place.column);
            path.cmp(other_path).then_with(|| key(problem).cmp(&key(other)))
        });
        problems
    }

    /// What is wrong with one note, what it says and whom it links alike.
    pub fn problems_of<'v>(&'v self, note: u32, and_infos: bool, found: &mut dyn FnMut(Cow<'v, Problem>)) {
        self.notes[note as usize].problems.iter().for_each(|problem| found(Cow::Borrowed(problem)));
        for (link, resolved) in self.links(note) {
            if let Some(what) = self.wrong_with(link, resolved, and_infos) {
                found(Cow::Owned(Problem { place: link.place, what }));
            }
        }
    }

    fn wrong_with(&self, link: &Link, resolved: &Resolved, and_infos: bool) -> Option<Wrong> {
        let is_fine = match resolved.meaning {
            Meaning::Note(_) => resolved.subpath != Subpath::Missing,
            Meaning::Attachment(_) | Meaning::External => true,
            _ => false,
        };
        if is_fine {
            return None;
        }
        let Target::Internal { path, subpath } = link.target() else { return None };
        match resolved.meaning {
            Meaning::Outside => Some(Wrong::OutsideVault(path.into())),
            // What the settings leave out may well be there.
            Meaning::Wanted(_) if resolve::names_an_attachment(&path) && !self.settings.exclude.leaves_out(&path) => {
                Some(Wrong::MissingAttachment(path.into()))
            }
            Meaning::Wanted(number) => and_infos.then(|| Wrong::Wanted(self.wanted[number as usize].name.clone())),
            Meaning::Ambiguous => {
                let candidates = resolved.candidates.as_deref()?;
                let paths = candidates.files.iter().map(|file| self.file(*file).clone()).collect();
                Some(Wrong::Ambiguous { name: path.into(), candidates: paths, total: candidates.total })
            }
            Meaning::Note(target) => {
                let target = self.notes[target as usize].path.clone();
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
        if let Ok(number) = self.notes.binary_search_by(|note| note.path.as_str().cmp(typed)) {
            return (vec![Meaning::Note(number as u32)], 1);
        }
        let path = typed_path(typed.trim());
        let as_meaning = |file: &FileId| match (file.0 as usize).checked_sub(self.notes.len()) {
            None => Meaning::Note(file.0),
            Some(number) => Meaning::Attachment(number as u32),
        };
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
            let notes = self.names.called(*naming, &key);
            if !notes.is_empty() {
                return (notes.iter().take(MOST_CANDIDATES).map(as_meaning).collect(), notes.len());
            }
        }
        let wanted = self.wanted.binary_search_by(|wanted| (*wanted.key).cmp(key.as_str()));
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

    /// The names nearest to one that is not there, best first.
    pub fn nearest(&self, name: &str, most: usize) -> Vec<String> {
        let wanted: Vec<Box<str>> = self.wanted.iter().map(|wanted| wanted.name.clone()).collect();
        self.names.nearest(name, &self.notes, &wanted, most)
    }
}

impl Source {
    fn read<'b>(&'b self, file: &File, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Wrong> {
        let root = match self {
            Source::Memory(texts) => return Ok(texts.get(&file.path).map_or(&[], Vec::as_slice)),
            Source::Disk(root) => root,
        };
        let full = match &file.on_disk {
            Some(path) => root.join(path),
            None => root.join(file.path.as_str()),
        };
        let unreadable = |error: std::io::Error| Wrong::Unreadable(error.to_string().into());
        buffer.clear();
        let opened = std::fs::File::open(full).map_err(unreadable)?;
        opened.take(LARGEST_NOTE + 1).read_to_end(buffer).map_err(unreadable)?;
        if buffer.len() as u64 > LARGEST_NOTE { Err(Wrong::TooLarge { most_mib: LARGEST_NOTE >> 20 }) } else { Ok(buffer) }
    }
}

/// Resolves every link, in parallel by note; then gives numbers to the names nobody wrote.
fn resolve_all(notes: &[Note], names: &Names, habits: Habits) -> (Vec<Box<[Resolved]>>, Vec<Wanted>) {
    let mut drafts: Vec<Draft> = (0..notes.len()).into_par_iter().map(|at| Draft::of(at as u32, notes, names, habits)).collect();
    let mut first_spelling: HashMap<&str, &str> = HashMap::new();
    for (_, key, name) in drafts.iter().flat_map(|draft| &draft.wanted) {
        first_spelling.entry(key).or_insert(name);
    }
    let mut wanted: Vec<Wanted> =
        first_spelling.into_iter().map(|(key, name)| Wanted { key: key.into(), name: name.into() }).collect();
    wanted.sort_by(|a, b| a.key.cmp(&b.key));
    let numbers: HashMap<&str, u32> = wanted.iter().enumerate().map(|(number, wanted)| (&*wanted.key, number as u32)).collect();
    for draft in &mut drafts {
        for (link, key, _) in &draft.wanted {
            draft.resolved[*link].meaning = Meaning::Wanted(numbers[key.as_str()]);
        }
    }
    let resolved = drafts.into_iter().map(|draft| draft.resolved.into()).collect();
    (resolved, wanted)
}

/// The links of one note before wanted names have numbers.
struct Draft {
    resolved: Vec<Resolved>,
    /// Which links want a name: their index, the folded name, the name.
    wanted: Vec<(usize, String, String)>,
}

impl Draft {
    fn of(source: u32, notes: &[Note], names: &Names, habits: Habits) -> Draft {
        let note = &notes[source as usize];
        let resolver = Resolver { names, habits, folder: note.path.folder() };
        let mut draft = Draft { resolved: Vec::with_capacity(note.links.len()), wanted: Vec::new() };
        for (at, link) in note.links.iter().enumerate() {
            let mut resolved =
                Resolved { meaning: Meaning::External, found_by: FoundBy::None, subpath: Subpath::None, candidates: None };
            let (found, subpath) = match link.target() {
                Target::Internal { path, subpath } => (resolver.path(&path, link.is_markdown()), subpath),
                Target::External(address) if habits.strict && !link.is_markdown() => (Found::Wanted(address.to_owned()), None),
                Target::External(_) => {
                    draft.resolved.push(resolved);
                    continue;
                }
            };
            match found {
                Found::Itself => (resolved.meaning, resolved.found_by) = (Meaning::Note(source), FoundBy::Path),
                Found::Outside => resolved.meaning = Meaning::Outside,
                Found::Ambiguous(candidates) => (resolved.meaning, resolved.candidates) = (Meaning::Ambiguous, Some(candidates)),
                Found::Wanted(name) => draft.wanted.push((at, fold(&name), name)),
                Found::File { file, by, candidates } => {
                    resolved.meaning = match (file.0 as usize).checked_sub(notes.len()) {
                        None => Meaning::Note(file.0),
                        Some(number) => Meaning::Attachment(number as u32),
                    };
                    (resolved.found_by, resolved.candidates) = (by, candidates);
                }
            }
            if let Some(subpath) = subpath {
                resolved.subpath = match resolved.meaning {
                    Meaning::Note(target) => resolve::subpath(&subpath, link.is_markdown(), &notes[target as usize]),
                    Meaning::Attachment(_) => Subpath::Text,
                    _ => Subpath::None,
                };
            }
            draft.resolved.push(resolved);
        }
        draft
    }
}
