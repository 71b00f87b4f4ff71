//! From a link and where it stands to whom it means: a note, an attachment, a name nobody wrote yet, or nobody.
//!
//! The order of the steps is the whole of it: the first that yields something decides. Each is a look-up in
//! [`Names`]; none walks over the notes.

use super::names::{FileId, IsWhole, MOST_CANDIDATES, Names, Naming, Ranked, compose, fold, join};
use crate::note::{Entry, Note, percent_decode};

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

/// A link's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Whom it means.
    pub meaning: Meaning,
    /// By what it was found.
    pub found_by: FoundBy,
    /// What its subpath leads to.
    pub subpath: Subpath,
    /// All who could have been meant, the winner first, where there were several.
    pub candidates: Option<Box<Candidates>>,
}

/// Files that one name could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The first [`MOST_CANDIDATES`], best first.
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

/// What resolving a path gives before wanted concepts have numbers.
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
}

impl Resolver<'_> {
    /// Whom the path of `link` means.
    pub(super) fn path(&self, path: &str, is_markdown: bool) -> Found {
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
            return match join(self.folder, path) {
                Some(path) => self.exactly(&path).or_else(|| self.index_at(&path)).unwrap_or_else(|| wanted(&path)),
                None => Found::Outside,
            };
        }
        if let Some(path) = path.strip_prefix('/') {
            return self.exactly(path).or_else(|| self.index_at(path)).unwrap_or_else(|| wanted(path));
        }
        if is_markdown && !self.habits.is_obsidian {
            let found = join(self.folder, path).and_then(|path| self.exactly(&path).or_else(|| self.index_at(&path)));
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
            [] => None,
            [file] => Some(Found::File { file: *file, by: *by, candidates: None }),
            files => {
                let total = files.len();
                let files = files.iter().copied().take(MOST_CANDIDATES).collect();
                Some(Found::Ambiguous(Box::new(Candidates { files, total })))
            }
        })
    }
}

/// The notes that may be the index of a folder, the likeliest first.
pub(crate) fn indexes_of(folder: &str) -> impl Iterator<Item = String> {
    ["index.md", "README.md"].into_iter().map(move |name| format!("{folder}/{name}"))
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

/// What a subpath leads to in `target`.
pub(crate) fn subpath(subpath: &str, is_markdown: bool, target: &Note) -> Subpath {
    let find = |subpath: &str| target.outline.find(subpath, is_markdown);
    let decoded = percent_decode(subpath);
    match find(subpath).or_else(|| find(&decoded).filter(|_| subpath.contains('%'))) {
        Some(Entry::Heading(_)) => Subpath::Heading,
        Some(Entry::Block(_)) => Subpath::Block,
        None => Subpath::Missing,
    }
}
