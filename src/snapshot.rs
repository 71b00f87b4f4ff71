//! One moment of a vault with all that follows from it: the graph and the full text.
//!
//! A room is lit when somebody first enters: the graph is built for the first question about links, the index while the
//! notes are read, and only for a question about words. Nothing is kept on disk yet.

use crate::graph::ConceptGraph;
use crate::index::{IndexError, Indexer, TextIndex};
use crate::vault::{Progress, Vault};

pub use crate::vault::{SETTINGS, Setting, SettingsError, VaultError};

use std::path::Path;
use std::sync::OnceLock;

/// A vault at one moment.
pub struct Snapshot {
    vault: Vault,
    graph: OnceLock<ConceptGraph>,
    text: Option<TextIndex>,
}

/// What a question needs of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The full text.
    pub text: bool,
    /// Links as Obsidian reads them.
    pub strict: bool,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The vault cannot be read.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The full text cannot be indexed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Snapshot {
    /// Reads the vault below `root` as it is now.
    ///
    /// # Errors
    /// When the folder cannot be read at all, or the index cannot be built.
    pub fn open(root: &Path, needs: Needs, progress: &Progress<'_>) -> Result<Snapshot, SnapshotError> {
        if !needs.text {
            let vault = Vault::open(root, needs.strict, &|_, _, _| {}, progress)?;
            return Ok(Snapshot { vault, graph: OnceLock::new(), text: None });
        }
        let indexer = Indexer::new()?;
        let vault = Vault::open(root, needs.strict, &|number, note, prose| indexer.add(number, note, prose), progress)?;
        Ok(Snapshot { vault, graph: OnceLock::new(), text: Some(indexer.finish()?) })
    }

    /// The moment of a vault that is in hand already; it has no full text.
    pub fn of(vault: Vault) -> Snapshot {
        Snapshot { vault, graph: OnceLock::new(), text: None }
    }

    /// The notes and whom they link.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The concept graph, built on first use.
    pub fn graph(&self) -> &ConceptGraph {
        self.graph.get_or_init(|| ConceptGraph::of(&self.vault))
    }

    /// The full text, if it was asked for when the snapshot was opened.
    pub fn text(&self) -> Option<&TextIndex> {
        self.text.as_ref()
    }
}
