//! From a link and where it stands to whom it means: a note, an attachment, a name nobody wrote yet, or nobody.
//!
//! The order of the steps is the whole of it: the first that yields something decides. Each is a look-up in
//! [`Names`]; none walks over the notes. What a name means mostly is the same wherever it stands, so that it is looked up
//! once for all links of the vault that write it; [`Resolver::is_local`] says where the folder of the link had a say.

use super::names::{FileId, IsWhole, Names, Naming, Ranked, compose, fold, join};
use crate::cellar::digest;
use crate::note::{Entry, Outline, percent_decode};
use std::borrow::Cow;
use std::cell::Cell;

/// Whom a link means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A note, by number.
    Note(u32),
    /// An attachment, by number.
    Attachment(u32),
    /// A concept nobody wrote yet, by number.
    Wanted(u32),
    /// Several notes claim the name.
    Ambiguous,
    /// A relative path that leaves the vault.
    Outside,
    /// An address elsewhere.
    External,
}

/// By what a link was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FoundBy {
    /// The whole path, from the root, from the source's folder, or of the source itself.
    Path,
    /// The file name, or the end of the path.
    Name,
    /// An alias.
    Alias,
    /// The title in front matter.
    Title,
    /// The first level-one heading.
    Heading,
    /// A file name, after percent signs were decoded.
    Decoded,
    /// The name of the folder whose index it is.
    Folder,
    /// Nothing: the link is wanted, ambiguous, outside or external.
    None,
}

impl FoundBy {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            FoundBy::Path => "path",
            FoundBy::Name => "name",
            FoundBy::Alias => "alias",
            FoundBy::Title => "title",
            FoundBy::Heading => "heading",
            FoundBy::Decoded => "decoded",
            FoundBy::Folder => "folder",
            FoundBy::None => "none",
        }
    }
}

/// What became of a link's subpath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subpath {
    /// There is none, or nobody to have it.
    None,
    /// A heading of the target.
    Heading,
    /// A named block of the target.
    Block,
    /// The target has no such heading or block; the edge to it stays.
    Missing,
    /// On an attachment it is kept as text.
    Text,
}

/// A link's meaning, as the vault keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Whom it means.
    pub meaning: Meaning,
    /// By what it was found.
    pub found_by: FoundBy,
    /// What its subpath leads to.
    pub subpath: Subpath,
    /// Whether there were several who could have been meant; [`super::Vault::candidates`] names them.
    pub has_candidates: bool,
    /// Whether the writing says more of the link than a sentence would: a typed link, or one of a property.
    pub is_typed: bool,
    /// Whether it is a problem.
    pub is_wrong: bool,
    /// Whether it stands in a model.
    pub is_of_model: bool,
}

impl Resolved {
    /// A link of this meaning of which nothing more is known.
    pub(crate) fn plain(meaning: Meaning, is_typed: bool) -> Resolved {
        let (found_by, subpath) = (FoundBy::None, Subpath::None);
        Resolved { meaning, found_by, subpath, has_candidates: false, is_typed, is_wrong: false, is_of_model: false }
    }

    /// All but the meaning in the bits of one number.
    pub(crate) fn pack(&self) -> u16 {
        let by = FOUND_BY.iter().position(|by| *by == self.found_by).unwrap_or(0) as u16;
        let subpath = SUBPATHS.iter().position(|it| *it == self.subpath).unwrap_or(0) as u16;
        let flags = [self.has_candidates, self.is_typed, self.is_wrong, self.is_of_model];
        flags.iter().enumerate().fold(by | subpath << 3, |bits, (at, flag)| bits | u16::from(*flag) << (6 + at))
    }

    /// The meaning with what [`Resolved::pack`] made of the rest.
    pub(crate) fn unpack(meaning: Meaning, bits: u16) -> Resolved {
        let flag = |at: u16| bits >> (6 + at) & 1 == 1;
        Resolved {
            meaning,
            found_by: FOUND_BY[usize::from(bits & 7)],
            subpath: SUBPATHS.get(usize::from(bits >> 3 & 7)).copied().unwrap_or(Subpath::None),
            has_candidates: flag(0),
            is_typed: flag(1),
            is_wrong: flag(2),
            is_of_model: flag(3),
        }
    }
}

const FOUND_BY: [FoundBy; 8] = [
    FoundBy::None,
    FoundBy::Path,
    FoundBy::Name,
    FoundBy::Alias,
    FoundBy::Title,
    FoundBy::Heading,
    FoundBy::Decoded,
    FoundBy::Folder,
];

const SUBPATHS: [Subpath; 5] = [Subpath::None, Subpath::Heading, Subpath::Block, Subpath::Missing, Subpath::Text];

/// What a link names, as written: what is looked up for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written<'w> {
    pub path: Cow<'w, str>,
    pub subpath: Option<Cow<'w, str>>,
    pub is_markdown: bool,
    /// Whether it is the name of a concept nobody wrote, whatever it looks like.
    pub is_name: bool,
}

impl<'w> Written<'w> {
    /// What stands between path and subpath: no byte of any text.
    const SUBPATH: u8 = 0xFF;

    /// All of it in bytes; equal for equal ones.
    pub(crate) fn pack(&self) -> Box<[u8]> {
        let kind = if self.is_name {
            b'n'
        } else if self.is_markdown {
            b'm'
        } else {
            b'w'
        };
        let mut bytes = Vec::with_capacity(1 + self.path.len() + self.subpath.as_ref().map_or(0, |subpath| 1 + subpath.len()));
        bytes.push(kind);
        bytes.extend(self.path.as_bytes());
        if let Some(subpath) = &self.subpath {
            bytes.push(Written::SUBPATH);
            bytes.extend(subpath.as_bytes());
        }
        bytes.into()
    }

    /// Whether what [`Written::pack`] gave has a subpath.
    pub(crate) fn has_subpath(bytes: &[u8]) -> bool {
        memchr::memchr(Written::SUBPATH, bytes).is_some()
    }

    /// What [`Written::pack`] made bytes of.
    pub(crate) fn unpack(bytes: &'w [u8]) -> Written<'w> {
        let (kind, rest) = bytes.split_first().unwrap_or((&b'w', &[]));
        let (path, subpath) = match memchr::memchr(Written::SUBPATH, rest) {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        Written {
            path: String::from_utf8_lossy(path),
            subpath: subpath.map(String::from_utf8_lossy),
            is_markdown: *kind == b'm',
            is_name: *kind == b'n',
        }
    }

    /// What a file or note must bear for this to mean it, as [`name_key`] has it: it is looked up anew where somebody gets
    /// or loses such a name. None where that cannot be said.
    pub(crate) fn keys(&self) -> Option<Vec<String>> {
        let decoded = if self.path.contains('%') { percent_decode(&self.path) } else { Cow::Borrowed("") };
        let without_query = self.path.split_once('?').map(|(path, _)| path);
        let paths =
            std::iter::once(&*self.path).chain(without_query).chain(Some(&*decoded).filter(|decoded| !decoded.is_empty()));
        let keys: Vec<String> = paths.map(|path| name_key(&fold(path.trim_end_matches('/')))).collect();
        // A path that climbs ends where it leads, not where it is written to end.
        let says_where = |key: &String| !matches!(key.as_str(), "." | "..") && (!key.is_empty() || self.path.is_empty());
        keys.iter().all(says_where).then_some(keys)
    }
}

/// The last part of a folded path or name, without `.md`, however often it stands there.
pub(crate) fn name_key(folded: &str) -> String {
    let mut last = folded.rsplit('/').next().unwrap_or_default();
    while crate::note::without_md(last).len() < last.len() {
        last = crate::note::without_md(last);
    }
    last.to_owned()
}

/// The hash of a name's key; never 0.
pub(crate) fn key_hash(key: &str) -> u32 {
    digest(key.as_bytes()) as u32 | 1
}

/// Files that one name could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The first few, best first.
    pub files: Vec<FileId>,
    /// How many there are.
    pub total: usize,
}

/// How a vault's links are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Obsidian as observed: no names but file names, no links among words of a property, no run-together tags.
    pub strict: bool,
    /// Whether the vault is Obsidian's, which looks markdown links up like wikilinks.
    pub is_obsidian: bool,
    /// Whether the name of a folder means the index in it.
    pub folder_index: bool,
}

impl Habits {
    /// All of them in one number.
    pub(crate) fn pack(self) -> u64 {
        [self.strict, self.is_obsidian, self.folder_index].iter().fold(0, |bits, habit| bits << 1 | u64::from(*habit))
    }
}

/// What resolving a path gives before wanted concepts have numbers.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    File {
        file: FileId,
        by: FoundBy,
        candidates: Option<Box<Candidates>>,
    },
    Itself,
    Ambiguous(Box<Candidates>),
    Outside,
    /// The name that is wanted, composed.
    Wanted(String),
}

/// The look-up of links that stand in one note.
pub(crate) struct Resolver<'v> {
    pub names: &'v Names,
    pub habits: Habits,
    /// The folder of the note.
    pub folder: &'v str,
    /// Whether what was found may be something else for a link in another folder.
    pub is_local: Cell<bool>,
}

impl<'v> Resolver<'v> {
    pub(crate) fn new(names: &'v Names, habits: Habits, folder: &'v str) -> Resolver<'v> {
        Resolver { names, habits, folder, is_local: Cell::new(false) }
    }

    /// Whom a written name means.
    pub(crate) fn find(&self, written: &Written<'_>) -> Found {
        match written.is_name {
            true => Found::Wanted(written.path.to_string()),
            false => self.path(&written.path, written.is_markdown),
        }
    }

    fn join(&self, path: &str) -> Option<String> {
        self.is_local.set(true);
        join(self.folder, path)
    }

    fn path(&self, path: &str, is_markdown: bool) -> Found {
        let found = self.written(path, is_markdown);
        // The query part of an address is dropped only if no such file exists.
        match (&found, path.split_once('?')) {
            (Found::Wanted(_), Some((path, _))) if is_markdown && !path.is_empty() => match self.written(path, is_markdown) {
                Found::Wanted(_) | Found::Outside => found,
                without => without,
            },
            _ => found,
        }
    }

    fn written(&self, path: &str, is_markdown: bool) -> Found {
        if path.is_empty() {
            return Found::Itself;
        }
        let climbs = || path.split('/').any(|part| part == "..");
        if path.starts_with("./") || (!path.starts_with('/') && climbs()) {
            return match self.join(path) {
                Some(path) => self.exactly(&path).or_else(|| self.index_at(&path)).unwrap_or_else(|| wanted(&path)),
                None => Found::Outside,
            };
        }
        if let Some(path) = path.strip_prefix('/') {
            return self.exactly(path).or_else(|| self.index_at(path)).unwrap_or_else(|| wanted(path));
        }
        if is_markdown && !self.habits.is_obsidian {
            let found = self.join(path).and_then(|path| self.exactly(&path).or_else(|| self.index_at(&path)));
            if let Some(found) = found {
                return found;
            }
        }
        if let Some(found) = self.anywhere(path).or_else(|| self.index_anywhere(path)) {
            return found;
        }
        if path.contains('%') && !is_markdown {
            let decoded = percent_decode(path);
            if let Some(Found::File { file, candidates, .. }) = self.anywhere(&decoded).filter(|_| *decoded != *path) {
                return Found::File { file, by: FoundBy::Decoded, candidates };
            }
        }
        self.other_name(path).unwrap_or_else(|| wanted(path))
    }

    /// The file at exactly this path from the root, `.md` given or not.
    fn exactly(&self, path: &str) -> Option<Found> {
        with_and_without_md(path, |folded| {
            let files = self.names.at_path(path, folded);
            let total = files.len();
            let file = *files.first()?;
            let candidates = (total > 1).then(|| Box::new(Candidates { files, total }));
            Some(Found::File { file, by: FoundBy::Path, candidates })
        })
    }

    /// The file at this path, else the best of those whose path ends so.
    fn anywhere(&self, path: &str) -> Option<Found> {
        with_and_without_md(path, |folded| {
            let (Ranked { files, total }, IsWhole(is_whole)) = self.names.find(path, folded, self.folder)?;
            self.is_local.set(self.is_local.get() || total > 1);
            let file = *files.first()?;
            let by = if is_whole { FoundBy::Path } else { FoundBy::Name };
            let candidates = (total > 1).then(|| Box::new(Candidates { files, total }));
            Some(Found::File { file, by, candidates })
        })
    }

    /// The index of the folder at exactly this path from the root, where folders have one.
    fn index_at(&self, folder: &str) -> Option<Found> {
        self.index(folder, |path| self.exactly(path))
    }

    /// The index of the folder at this path, else of one whose path ends so.
    fn index_anywhere(&self, folder: &str) -> Option<Found> {
        self.index_at(folder).or_else(|| self.index(folder, |path| self.anywhere(path)))
    }

    fn index(&self, folder: &str, find: impl Fn(&str) -> Option<Found>) -> Option<Found> {
        let folder = folder.trim_end_matches('/');
        let found = indexes_of(folder).filter(|_| self.habits.folder_index && !folder.is_empty()).find_map(|path| find(&path))?;
        Some(match found {
            Found::File { file, candidates, .. } => Found::File { file, by: FoundBy::Folder, candidates },
            other => other,
        })
    }

    /// A name that is not that of a file; strictly read there is none, but for what the settings of the vault say.
    fn other_name(&self, name: &str) -> Option<Found> {
        let filed = [(Naming::Filed, FoundBy::Name)];
        let said = [(Naming::Alias, FoundBy::Alias), (Naming::Title, FoundBy::Title), (Naming::Heading, FoundBy::Heading)];
        let said = if self.habits.strict || name.contains('/') { &[][..] } else { &said[..] };
        let folded = fold(name);
        filed.iter().chain(said).find_map(|(naming, by)| match self.names.called(*naming, &folded) {
            Ranked { total: 0, .. } => None,
            Ranked { files, total: 1 } => Some(Found::File { file: *files.first()?, by: *by, candidates: None }),
            Ranked { files, total } => Some(Found::Ambiguous(Box::new(Candidates { files, total }))),
        })
    }
}

/// The notes that may be the index of a folder, the likeliest first.
pub(crate) fn indexes_of(folder: &str) -> impl Iterator<Item = String> {
    ["index.md", "README.md"].into_iter().map(move |name| format!("{folder}/{name}"))
}

/// The folder whose index a note of this folded path may be.
pub(crate) fn is_folder_index(folded: &str) -> Option<&str> {
    folded.strip_suffix("/index.md").or_else(|| folded.strip_suffix("/readme.md"))
}

/// Looks a path up as written, then with `.md` behind it: a file of exactly the written name comes first.
pub(crate) fn with_and_without_md<T>(path: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut folded = fold(path);
    find(&folded).or_else(|| {
        folded.push_str(".md");
        find(&folded)
    })
}

fn wanted(path: &str) -> Found {
    let path = crate::note::without_md(path);
    Found::Wanted(compose(path).into_owned())
}

/// Whether a name without a file looks like an attachment's, not like a concept's.
pub(crate) fn names_an_attachment(path: &str) -> bool {
    const ENDINGS: [&str; 24] = [
        "avif", "base", "bmp", "canvas", "csv", "docx", "flac", "gif", "jpeg", "jpg", "m4a", "mkv", "mov", "mp3", "mp4", "ogg",
        "pdf", "png", "pptx", "svg", "wav", "webm", "webp", "xlsx",
    ];
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.binary_search(&ending.to_ascii_lowercase().as_str()).is_ok())
}

/// What a subpath leads to in the outline of its target.
pub(crate) fn subpath(subpath: &str, is_markdown: bool, target: &Outline) -> Subpath {
    let find = |subpath: &str| target.find(subpath, is_markdown);
    let decoded = percent_decode(subpath);
    match find(subpath).or_else(|| find(&decoded).filter(|_| subpath.contains('%'))) {
        Some(Entry::Heading(_)) => Subpath::Heading,
        Some(Entry::Block(_)) => Subpath::Block,
        None => Subpath::Missing,
    }
}
