//! Where the cache of a vault lies, and what lies in it.
//!
//! ```text
//! <cache>/<name of the folder>-<digest of its path>/
//!   vault          the path of the vault
//!   graph          the graph and all that joins the notes: a shelf of crate::cellar
//!   graph.new      the same while it is written
//!   graph.aside    a hard link on its way to be the next
//!   graph.paired   the graph that the text index belongs to, while that is not the one in place
//!   text/          the text index
//!   mentions       who speaks of whom without a link: a shelf as well
//!   mentions.new   the same while it is written
//!   graph.lock  text.lock  mentions.lock
//! ```

use super::lock::{Asked, Lock};
use super::{SnapshotError, mentions};
use crate::cellar::{OpenError, Shelf, VERSION, digest};
use crate::index::TextIndex;
use crate::vault::path_of;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use walkdir::WalkDir;

/// The section that says which graph this is; see [`Shelf::identity`].
const IDENTITY: &str = "identity";

/// The file that says whose cache this is.
const MARK: &str = "vault";

/// What a graph is written to, and a hard link on its way to be that of the last pair.
const NEW: &str = "graph.new";
const ASIDE: &str = "graph.aside";

/// What the mentions are written to.
const NEW_MENTIONS: &str = "mentions.new";

/// The place of a vault's cache.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    root: PathBuf,
}

impl Place {
    /// The place of a vault below a folder of caches. None if the vault's folder cannot be found.
    pub(super) fn of(cache: &Path, root: &Path, strict: bool) -> Option<Place> {
        let root = root.canonicalize().ok()?;
        let name = root.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let name: String = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).take(40).collect();
        let folder = cache.join(format!("{name}{}", ending(root.as_os_str().as_encoded_bytes(), strict)));
        Some(Place { folder, root })
    }

    /// Whether it lies where notes are looked for: what is written there would be found as attachments, and its being written
    /// as a change.
    pub(super) fn is_in_vault(&self) -> bool {
        let there = |folder: &Path| Some((folder.canonicalize().ok()?, self.folder.strip_prefix(folder).ok()?.to_owned()));
        let Some((there, rest)) = self.folder.ancestors().find_map(there) else { return false };
        let is_hidden = |part: &OsStr| part.as_encoded_bytes().starts_with(b".");
        there.join(rest).strip_prefix(&self.root).is_ok_and(|inside| !inside.iter().any(is_hidden))
    }

    /// Makes the folder, for nobody but its user.
    pub(super) fn make(&self) -> io::Result<()> {
        let (mark, root) = (self.folder.join(MARK), self.root.as_os_str().as_encoded_bytes());
        // A mark that a process left half written is none.
        if fs::read(&mark).is_ok_and(|marked| marked == root) {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        make_way(&mark)?;
        fs::write(mark, root)
    }

    pub(super) fn text(&self) -> PathBuf {
        self.folder.join("text")
    }

    pub(super) fn graph_lock(&self) -> PathBuf {
        self.folder.join("graph.lock")
    }

    pub(super) fn text_lock(&self) -> PathBuf {
        self.folder.join("text.lock")
    }

    pub(super) fn mentions_lock(&self) -> PathBuf {
        self.folder.join("mentions.lock")
    }

    fn mentions(&self) -> PathBuf {
        self.folder.join("mentions")
    }

    fn graph(&self) -> PathBuf {
        self.folder.join("graph")
    }

    fn paired(&self) -> PathBuf {
        self.folder.join("graph.paired")
    }

    /// The graph in place.
    pub(super) fn kept(&self) -> Result<Shelf, OpenError> {
        Shelf::open(&self.graph())
    }

    /// The graph that the text index belongs to, if it is another one than that in place.
    pub(super) fn kept_pair(&self) -> Result<Shelf, OpenError> {
        Shelf::open(&self.paired())
    }

    /// Puts a graph in place. The lock of the graph must be held. The one that was there stays beside it for as long as the
    /// text index belongs to it.
    pub(super) fn keep(&self, shelf: &Shelf) -> io::Result<()> {
        let new = self.folder.join(NEW);
        let written = make_way(&new).and_then(|()| shelf.write(&new)).and_then(|()| {
            // What was taken over from a kept graph was read only now.
            if shelf.is_damaged() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the kept graph is damaged"));
            }
            let of_text = self.moment_of_text();
            let is_another = of_text.as_ref() != Some(&identity(shelf));
            if of_text.is_some() && is_another && of_text == self.kept().ok().map(|kept| identity(&kept)) {
                let aside = self.folder.join(ASIDE);
                remove(&aside)?;
                // Where a disk knows no hard links, searches wait for the text index instead of using the last pair.
                if fs::hard_link(self.graph(), &aside).is_ok() {
                    make_way(&self.paired())?;
                    fs::rename(aside, self.paired())?;
                }
            }
            make_way(&self.graph())?;
            fs::rename(&new, self.graph())
        });
        if written.is_err() {
            // A disk that is full should not be fuller for it.
            let _ = fs::remove_file(&new);
        }
        written?;
        // The names are on the disk only when the folder is; not every system lets one be synced.
        let _ = fs::File::open(&self.folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// The mentions in place.
    pub(super) fn kept_mentions(&self) -> Result<Shelf, OpenError> {
        Shelf::open(&self.mentions())
    }

    /// Puts mentions in place. Their lock must be held.
    pub(super) fn keep_mentions(&self, shelf: &Shelf) -> io::Result<()> {
        let new = self.folder.join(NEW_MENTIONS);
        let written = make_way(&new)
            .and_then(|()| shelf.write(&new))
            .and_then(|()| make_way(&self.mentions()))
            .and_then(|()| fs::rename(&new, self.mentions()));
        if written.is_err() {
            // A disk that is full should not be fuller for it.
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// Lets the mentions go, where all is made anew and nobody asks for them, unless another process is at them.
    pub(super) fn forget_mentions(&self) {
        if self.mentions().exists()
            && let Asked::Got(_lock) = Lock::ask(&self.mentions_lock())
        {
            let _ = remove(&self.mentions());
        }
    }

    /// The graph that the text index belongs to.
    fn moment_of_text(&self) -> Option<String> {
        TextIndex::open(&self.text()).ok().flatten().map(|text| text.moment().to_owned())
    }

    /// Lets the last pair go, as the text index belongs to the graph in place.
    pub(super) fn forget_pair(&self) {
        let _ = remove(&self.paired());
    }

    /// Removes what a process left that was killed, where the text index belongs to the graph in place and nobody is at
    /// either; and what mentions were being written to, where nobody is at those.
    pub(super) fn tidy(&self) {
        let mentions = self.folder.join(NEW_MENTIONS);
        if mentions.symlink_metadata().is_ok()
            && let Asked::Got(_lock) = Lock::ask(&self.mentions_lock())
        {
            let _ = remove(&mentions);
        }
        let debris = [self.paired(), self.folder.join(NEW), self.folder.join(ASIDE)];
        if debris.iter().all(|path| path.symlink_metadata().is_err()) {
            return;
        }
        if let Asked::Got(_lock) = Lock::ask(&self.graph_lock())
            && self.kept().is_ok_and(|kept| self.moment_of_text() == Some(identity(&kept)))
        {
            debris.iter().for_each(|path| _ = remove(path));
        }
    }
}

/// What the folder of a vault's cache ends with, by the path of the vault.
fn ending(root: &[u8], strict: bool) -> String {
    let way = if strict { "-strict" } else { "" };
    format!("-{:016x}{way}", digest(root))
}

/// Removes a file or a folder with all that is in it, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    }
}

/// Removes a folder where a file is about to be put.
fn make_way(path: &Path) -> io::Result<()> {
    if path.is_dir() { remove(path) } else { Ok(()) }
}

/// A shelf with its identity on it, which `aside` has no say in.
pub(super) fn identified(mut shelf: Shelf, aside: &[&'static str]) -> Shelf {
    let aside: Vec<&str> = aside.iter().copied().chain([IDENTITY]).collect();
    let identity = shelf.identity(&aside);
    shelf.put_numbers(IDENTITY, &[identity]);
    shelf
}

/// What a kept graph is called.
pub(super) fn identity(shelf: &Shelf) -> String {
    format!("{:016x}", shelf.column::<u64>(IDENTITY).get(0))
}

/// What is kept of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The folder.
    pub folder: PathBuf,
    /// How many bytes it holds.
    pub bytes: u64,
    /// The version of what is kept that this program reads and writes.
    pub version: u32,
    /// The graph.
    pub graph: Kept,
    /// The text index.
    pub text: Kept,
    /// Who speaks of whom without a link.
    pub mentions: Kept,
    /// When the graph was put in place.
    pub since: Option<SystemTime>,
}

/// The state of something kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is there, and whole as far as can be told without reading it.
    Whole,
    /// It belongs to an older graph.
    Behind,
    /// There is none.
    Missing,
    /// It cannot be used; why.
    Unusable(String),
}

impl Kept {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Kept::Whole => "whole",
            Kept::Behind => "behind",
            Kept::Missing => "missing",
            Kept::Unusable(_) => "unusable",
        }
    }

    /// Why it cannot be used.
    pub fn why(&self) -> Option<String> {
        match self {
            Kept::Unusable(why) => Some(why.clone()),
            _ => None,
        }
    }
}

/// What is kept of a vault; none if its folder cannot be found.
pub fn status(cache: &Path, root: &Path, strict: bool) -> Option<Status> {
    let place = Place::of(cache, root, strict)?;
    let kept = place.kept();
    let of_text = place.moment_of_text();
    let text = match (&kept, of_text) {
        (_, None) if !place.text().exists() => Kept::Missing,
        (_, None) => Kept::Unusable("it is damaged or of another version".to_owned()),
        (Ok(kept), Some(moment)) if moment == identity(kept) => Kept::Whole,
        (_, Some(_)) => Kept::Behind,
    };
    let mentions = match (&kept, place.kept_mentions()) {
        (_, Err(OpenError::Missing)) => Kept::Missing,
        (_, Err(error)) => Kept::Unusable(error.to_string()),
        (_, Ok(mentions)) if !mentions::has_our_format(&mentions) => Kept::Unusable(mentions::NOT_OURS.to_owned()),
        (Ok(kept), Ok(mentions)) if mentions::is_of(&mentions, &identity(kept)) => Kept::Whole,
        (_, Ok(_)) => Kept::Behind,
    };
    let graph = match kept {
        Ok(_) => Kept::Whole,
        Err(OpenError::Missing) => Kept::Missing,
        Err(error) => Kept::Unusable(error.to_string()),
    };
    let since = fs::metadata(place.graph()).and_then(|graph| graph.modified()).ok();
    Some(Status { bytes: size(&place.folder), folder: place.folder, version: VERSION, graph, text, mentions, since })
}

fn size(folder: &Path) -> u64 {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files.filter_map(|file| file.metadata().ok()).filter(fs::Metadata::is_file).map(|file| file.len()).sum()
}

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// The folders, in the order of their names.
    pub folders: Vec<PathBuf>,
    /// How many bytes they held.
    pub bytes: u64,
    /// Those that another process is writing to, which stay.
    pub busy: Vec<PathBuf>,
}

/// Removes what is kept of a vault, and of vaults that are gone; with no vault named, of all.
///
/// # Errors
/// When a cache cannot be removed.
pub fn clear(cache: &Path, root: Option<&Path>) -> Result<Cleared, SnapshotError> {
    let own = root.map(|root| root.canonicalize().unwrap_or_else(|_| root.to_owned()));
    let mut cleared = Cleared::default();
    let mut folders: Vec<PathBuf> = match fs::read_dir(cache) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    folders.sort();
    for folder in folders {
        // Only what this program made is ever removed: others may have files of that name too.
        let Ok(mark) = fs::read(folder.join(MARK)) else { continue };
        let name = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if ![false, true].iter().any(|strict| name.ends_with(&ending(&mark, *strict))) {
            continue;
        }
        let is_asked = own.as_ref().is_none_or(|own| own.as_os_str().as_encoded_bytes() == mark);
        let is_gone = matches!(path_of(&mark).try_exists(), Ok(false));
        if !is_asked && !is_gone {
            continue;
        }
        let locks = ["graph.lock", "text.lock", "mentions.lock"].map(|lock| folder.join(lock)).map(|lock| Lock::ask(&lock));
        if locks.iter().any(|lock| matches!(lock, Asked::Busy)) {
            cleared.busy.push(folder);
            continue;
        }
        cleared.bytes += size(&folder);
        fs::remove_dir_all(&folder).map_err(|error| SnapshotError::Clear(folder.clone(), error))?;
        cleared.folders.push(folder);
    }
    Ok(cleared)
}
