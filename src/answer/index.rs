//! What is kept of a vault between questions: what was brought up to date, what there is, what was removed.

use crate::note::moment;
use crate::snapshot::{Cleared, Snapshot, Status};

/// What bringing the kept moment up to date did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// How many notes there are.
    pub notes: usize,
    /// How many concepts, names nobody wrote yet included.
    pub concepts: usize,
    /// How many links.
    pub links: usize,
    /// How many notes were read because they are new or changed.
    pub notes_read: usize,
    /// How many notes were put into the text index.
    pub notes_indexed: usize,
    /// Whether that is kept.
    pub is_kept: bool,
}

/// What is kept of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexStatus {
    /// The folder that holds it.
    pub folder: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The version of its format that this program reads.
    pub version: u32,
    /// Whether the graph is there: `whole`, `missing` or `unusable`, and why not.
    pub graph: (&'static str, Option<String>),
    /// Whether the text index is; it may also be `behind`.
    pub text: (&'static str, Option<String>),
    /// Whether the list of mentions is; it may be `behind` as well.
    pub mentions: (&'static str, Option<String>),
    /// When the graph was put in place, as `2024-05-25T22:35:14Z`.
    pub since: Option<String>,
}

/// What was removed of what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCleared {
    /// The folders.
    pub folders: Vec<String>,
    /// How many bytes they had.
    pub bytes: u64,
    /// The folders that stay because another process writes to them.
    pub busy: Vec<String>,
}

/// What opening this snapshot did.
pub fn indexed(snapshot: &Snapshot) -> Indexed {
    let (vault, change) = (snapshot.vault(), snapshot.change());
    Indexed {
        notes: vault.len(),
        concepts: vault.len() + vault.wanted(),
        links: vault.all_links(),
        notes_read: change.notes_read,
        notes_indexed: change.notes_indexed,
        is_kept: change.is_kept,
    }
}

/// What is kept, in words.
pub fn index_status(status: &Status) -> IndexStatus {
    let since = status.since.and_then(|since| since.duration_since(std::time::UNIX_EPOCH).ok());
    IndexStatus {
        folder: status.folder.to_string_lossy().into_owned(),
        bytes: status.bytes,
        version: status.version,
        graph: (status.graph.name(), status.graph.why()),
        text: (status.text.name(), status.text.why()),
        mentions: (status.mentions.name(), status.mentions.why()),
        since: since.and_then(|since| moment(since.as_secs())),
    }
}

/// What was removed, in words.
pub fn index_cleared(cleared: &Cleared) -> IndexCleared {
    let shown = |folders: &[std::path::PathBuf]| folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
    IndexCleared { folders: shown(&cleared.folders), bytes: cleared.bytes, busy: shown(&cleared.busy) }
}
