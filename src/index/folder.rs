//! The folder an index is kept in: how it is read without a trace, and how what is damaged is told from what is whole.
//!
//! tantivy would take a lock file to open a reader, which a read-only folder does not have, and behind which a stopped
//! process holds up all others. Here nothing is locked: a reader takes the files of the commit it has read, and should
//! one be removed under its hands, it takes the next commit.
//!
//! tantivy checks a file's checksum only when told to, and may panic on bytes it did not write. To read them all would cost
//! more than the question. But a commit names only files that were complete before it was written: one that changed
//! after it was touched by somebody else, and only such a one is read whole. What this does not see is a disk that
//! changes bytes by itself, and who sets back the time of a file.

use super::IndexError;
use super::schema::Fields;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, ManagedDirectory, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{Index, ReloadPolicy, Searcher, TantivyError};

/// What stands before the moment in a commit. The number grows with every change of the fields or of what words are.
/// So it does with every version of this program, as which words a note has is for other rooms to say.
pub(super) const FORMAT: &str = concat!("resonote-text-3-", env!("CARGO_PKG_VERSION"));

/// Where tantivy writes what a commit consists of.
const COMMIT: &str = "meta.json";

/// Where tantivy writes which files are its own.
const OWN_FILES: &str = ".managed.json";

/// What the names of files begin with that are renamed once they are complete.
const HALF_WRITTEN: &str = ".tmp";

/// A file of tantivy's ends with two numbers of four bytes; on a shorter one its reading panics.
const SHORTEST: u64 = 8;

/// So often a reader begins again when the files are replaced while it opens them.
const MOST_TRIES: usize = 100;

/// Opens the last commit: its notes and its moment; none if nothing was ever finished here. Nothing is written.
///
/// # Errors
/// [`IndexError::Unusable`] when what is there is damaged, foreign or of another format, else what the system said.
pub(super) fn open(path: &Path, fields: &Fields) -> Result<Option<(Searcher, Box<str>)>, IndexError> {
    let mut tries = 0;
    loop {
        let Some(folder) = Folder::open(path)? else { return Ok(None) };
        let opened = folder.searcher(fields);
        tries += 1;
        let is_replaced = || fs::read(path.join(COMMIT)).is_ok_and(|now| now != *folder.commit);
        if !matches!(opened, Err(IndexError::Unusable(_))) || tries == MOST_TRIES || !is_replaced() {
            return opened;
        }
    }
}

/// What tantivy has noted down of which files are its own; only to be compared.
pub(super) fn own_files(path: &Path) -> Option<Vec<u8>> {
    fs::read(path.join(OWN_FILES)).ok()
}

/// Takes its last commit from an index that is about to be removed: whoever is killed on the way leaves none, not a damaged one.
pub fn forget_commit(path: &Path) {
    // What stands in the way of this stands in that of removing the rest, which says so.
    let _ = fs::remove_file(path.join(COMMIT));
}

/// Removes what a process left half written that was killed. Only for who holds the lock: who writes has such files too.
pub(super) fn remove_debris(path: &Path) {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(HALF_WRITTEN.as_bytes())) {
        // What cannot be removed is in nobody's way, and tried again the next time.
        let _ = fs::remove_file(entry.path());
    }
}

/// Why an index did not open: the system's fault, or that of what lies there.
pub(super) fn not_opened(error: &TantivyError) -> IndexError {
    let io_error = match error {
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) | TantivyError::IoError(io_error) => Some(io_error),
        _ => None,
    };
    let of_content = [ErrorKind::NotFound, ErrorKind::InvalidData, ErrorKind::UnexpectedEof];
    match io_error {
        Some(io_error) if !of_content.contains(&io_error.kind()) => IndexError::Failed(error.to_string().into()),
        _ => IndexError::Unusable(error.to_string().into()),
    }
}

/// A folder as one commit left it, to be read.
#[derive(Clone, Debug)]
struct Folder {
    path: PathBuf,
    files: MmapDirectory,
    /// The commit as it was read, once: whatever is opened is of this one.
    commit: Arc<Vec<u8>>,
    /// When it was written.
    committed: SystemTime,
}

impl Folder {
    fn open(path: &Path) -> Result<Option<Folder>, IndexError> {
        let failed = |error: io::Error| IndexError::Failed(error.to_string().into());
        let mut file = match File::open(path.join(COMMIT)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let mut commit = Vec::new();
        file.read_to_end(&mut commit).map_err(failed)?;
        // Where there are no times, every file counts as changed.
        let committed = file.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let files = MmapDirectory::open(path).map_err(|error| not_opened(&error.into()))?;
        Ok(Some(Folder { path: path.to_path_buf(), files, commit: commit.into(), committed }))
    }

    fn searcher(&self, fields: &Fields) -> Result<Option<(Searcher, Box<str>)>, IndexError> {
        let open = || -> tantivy::Result<(Index, Option<String>)> {
            let index = Index::open(self.clone())?;
            let payload = index.load_metas()?.payload;
            Ok((index, payload))
        };
        let (index, payload) = open().map_err(|error| not_opened(&error))?;
        if index.schema() != fields.schema {
            return Err(IndexError::Unusable("it has other fields".into()));
        }
        let Some(payload) = payload else { return Ok(None) };
        let moment = payload.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix(' '));
        let moment = moment.ok_or_else(|| IndexError::Unusable("it has another format".into()))?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        Ok(Some((reader.map_err(|error| not_opened(&error))?.searcher(), moment.into())))
    }

    /// Whether the content of a file is what its checksum says. Reads it whole.
    fn is_whole(&self, path: &Path) -> Result<bool, OpenReadError> {
        let checking = ManagedDirectory::wrap(Box::new(self.files.clone()));
        let checking = checking.map_err(|error| OpenReadError::wrap_io_error(damaged(&error), path.to_path_buf()))?;
        checking.validate_checksum(path)
    }
}

fn damaged(why: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why.to_string())
}

fn read_only() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "the index was opened to be read")
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        // A file that is not there is damage as well, where tantivy would do without one of positions.
        let wrapped = |error| OpenReadError::wrap_io_error(error, path.to_path_buf());
        let stamp = fs::metadata(self.path.join(path)).map_err(wrapped)?;
        if stamp.len() < SHORTEST {
            return Err(wrapped(damaged(&"it is cut off")));
        }
        let handle = self.files.get_file_handle(path)?;
        let is_touched = stamp.modified().map_or(true, |at| at >= self.committed);
        if is_touched && !self.is_whole(path)? {
            return Err(wrapped(damaged(&"its content is not what was written")));
        }
        Ok(handle)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path.as_os_str() == OsStr::new(COMMIT) { Ok(self.commit.to_vec()) } else { self.files.atomic_read(path) }
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_path_buf() })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_path_buf()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Err(read_only())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, note};
    use super::super::{IndexError, Indexer, TextIndex};
    use super::*;

    /// A kept index of two segments, one of them with a removed note.
    fn kept() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let indexer = Indexer::create(folder.path()).expect("an index");
        let put = |indexer: &Indexer, key| {
            let (note, prose) = note("mirror neurons and empathy\n\nmirror again");
            indexer.add(key, &note, &prose);
        };
        (0..300).for_each(|key| put(&indexer, key));
        indexer.finish("first").expect("an index");
        let indexer = Indexer::open(folder.path(), 1).expect("an index");
        indexer.remove(7);
        put(&indexer, 300);
        indexer.finish("second").expect("an index");
        folder
    }

    fn visible_files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut files: Vec<PathBuf> =
            entries.filter(|path| !path.file_name().expect("a name").as_encoded_bytes().starts_with(b".")).collect();
        files.sort();
        files
    }

    #[test]
    fn damage_is_an_error_and_never_an_answer() {
        let folder = kept();
        let whole = found(&TextIndex::open(folder.path()).expect("an index").expect("one"), "mirror");
        assert_eq!(whole.len(), 300);
        for path in visible_files(folder.path()) {
            let bytes = fs::read(&path).expect("a file");
            let flip = |at: usize| {
                let mut bytes = bytes.clone();
                bytes[at] ^= 0x55;
                bytes
            };
            let mut damages = vec![Vec::new(), vec![0; bytes.len()], bytes[..bytes.len() / 2].to_vec(), bytes[..5].to_vec()];
            damages.extend((0..bytes.len()).step_by(bytes.len() / 8 + 1).map(flip));
            for damage in damages {
                fs::write(&path, &damage).expect("a damaged file");
                // The file of the commit has no checksum. What opens all the same has other notes or is as it was.
                match TextIndex::open(folder.path()) {
                    Err(IndexError::Unusable(_)) => {}
                    Ok(Some(index)) if path.ends_with(COMMIT) && index.count() != whole.len() => {}
                    Ok(Some(index)) if path.ends_with(COMMIT) => assert_eq!(found(&index, "mirror"), whole),
                    Ok(None) if path.ends_with(COMMIT) => {}
                    other => panic!("{path:?} {:?}", other.map(|index| index.map(|index| index.moment().to_owned()))),
                }
                assert!(path.ends_with(COMMIT) || matches!(Indexer::open(folder.path(), 1), Err(IndexError::Unusable(_))));
            }
            fs::remove_file(&path).expect("a file");
            let is_gone = path.ends_with(COMMIT);
            assert!(match TextIndex::open(folder.path()) {
                Err(IndexError::Unusable(_)) => !is_gone,
                Ok(None) => is_gone,
                _ => false,
            });
            fs::write(&path, &bytes).expect("the file as it was");
            // Written anew with the same bytes it is whole, though it is younger than the commit.
            assert_eq!(found(&TextIndex::open(folder.path()).expect("an index").expect("one"), "mirror"), whole);
        }
    }

    #[test]
    fn what_is_foreign_or_of_another_format_is_said_to_be() {
        let folder = kept();
        let path = folder.path().join(COMMIT);
        let commit = fs::read_to_string(&path).expect("a commit");
        for (from, to) in [(FORMAT, "resonote-text-0"), ("\"body\"", "\"text\"")] {
            fs::write(&path, commit.replace(from, to)).expect("another format");
            assert!(matches!(TextIndex::open(folder.path()), Err(IndexError::Unusable(_))), "{from}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn reading_leaves_no_trace_and_waits_for_nobody() {
        use std::os::unix::fs::PermissionsExt;
        let folder = kept();
        let files = MmapDirectory::open(folder.path()).expect("a folder");
        let _held = files.acquire_lock(&tantivy::directory::META_LOCK).expect("the lock");
        let _writer = files.acquire_lock(&tantivy::directory::INDEX_WRITER_LOCK).expect("the lock");
        let locks = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
        locks.filter(|path| path.extension().is_some_and(|it| it == "lock")).for_each(|path| {
            fs::remove_file(path).expect("a lock file");
        });
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("a read-only folder");
        let before = fs::read_dir(folder.path()).expect("a folder").count();
        let index = TextIndex::open(folder.path()).expect("an index").expect("one");
        assert_eq!(found(&index, "empathy").len(), 300);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), before);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a folder");
    }
}
