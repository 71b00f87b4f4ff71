//! When and how big a file was: what says that a note has not changed, without reading it.
//!
//! It only takes down what the system says. How near two looks may lie before a stamp proves nothing is the business of
//! who keeps looks.

use std::fs::Metadata;

/// What the system says of a file's content. Times are in nanoseconds since 1970, as fine as the disk keeps them, and 0
/// where the system has none, as with the change time and the inode outside of Unix. All 0 if it could not be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Stamp {
    /// In bytes.
    pub size: u64,
    /// When the content was last written, or is said to have been.
    pub modified: i64,
    /// When the content, the name or the rights last changed; nobody can set it.
    pub changed: i64,
    pub inode: u64,
}

impl Stamp {
    #[cfg(unix)]
    pub(crate) fn of(file: &Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Stamp {
            size: file.size(),
            modified: nanoseconds(file.mtime(), file.mtime_nsec()),
            changed: nanoseconds(file.ctime(), file.ctime_nsec()),
            inode: file.ino(),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn of(file: &Metadata) -> Stamp {
        let since = file.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default();
        Stamp { size: file.len(), modified, ..Stamp::default() }
    }
}
