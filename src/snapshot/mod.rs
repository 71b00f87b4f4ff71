//! One moment of a vault with all that follows from it: the graph and the full text; kept on disk between questions.
//!
//! What is kept is a cache: the notes are the only truth, and it may be deleted at any time. A question compares the vault
//! with the kept moment, brings up to date what changed and keeps that. Three things are kept, in this order: the graph with
//! all that joins the notes, put in place whole, which alone answers most questions; then the text index, whose commit says
//! which graph it belongs to; then which notes speak of which concepts, which says so too. An answer that needs several uses
//! those that belong together.
//!
//! - `place`: where the cache of a vault lies, and what lies in it.
//! - `lock`: one writer at a time, for as long as it lives.
//! - `refresh`: from the kept moment to the moment of now.
//! - `text`: the text index that belongs to a graph.
//! - `mentions`: the mentions that belong to a graph.
//!
//! A room is lit when somebody first enters: a question that needs no text opens no index.

mod lock;
mod mentions;
mod place;
mod refresh;
mod text;

pub use crate::vault::{SETTINGS, Setting, SettingsError, VaultError};
pub use mentions::Mentions;
pub use place::{Cleared, Kept, Status, clear, status};
pub use refresh::Opening;

use crate::graph::{ConceptGraph, Suggested};
use crate::index::{IndexError, Indexer, NameTable, TextIndex};
use crate::vault::Vault;
use std::path::Path;
use std::sync::OnceLock;

/// A vault at one moment.
pub struct Snapshot {
    vault: Vault,
    graph: OnceLock<ConceptGraph>,
    text: Option<TextIndex>,
    mentions: Option<Mentions>,
    change: Change,
    is_last: bool,
}

/// What a question needs of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The full text.
    pub text: bool,
    /// Who speaks of whom without a link, which takes the full text as well.
    pub mentions: bool,
    /// Links as Obsidian reads them.
    pub strict: bool,
}

impl Needs {
    /// Whether it takes the full text.
    fn has_text(self) -> bool {
        self.text || self.mentions
    }
}

/// Whether the vault is compared with the kept moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// It is, and what changed is brought up to date.
    #[default]
    Compare,
    /// It is not, if a moment is kept.
    AsKept,
    /// Nothing kept is used; all is made anew.
    Rebuild,
    /// It is, and what changed is read, but nothing is kept: no other process is waited for.
    InMemory,
}

/// What opening a snapshot changed in what is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// How many notes were read because they are new or changed.
    pub notes_read: usize,
    /// How many notes were put into the text index.
    pub notes_indexed: usize,
    /// Whether what it was made of is kept.
    pub is_kept: bool,
}

/// What a person should hear of how an answer came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something kept cannot be used, and is made anew.
    SetAside {
        /// What: the graph, the text index.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// Nothing can be kept; the answer was made in memory.
    InMemory {
        /// Why.
        why: String,
    },
    /// Another process is bringing up to date what changed; the answer is of the last moment.
    LastMoment,
    /// Another process reads the vault for the first time; this one waits for it.
    Waiting,
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
    /// What is kept cannot be removed.
    #[error("the cache at {0} cannot be removed: {1}")]
    Clear(std::path::PathBuf, std::io::Error),
}

impl Snapshot {
    /// Reads the vault below `root` as it is now, in memory; nothing is kept.
    ///
    /// # Errors
    /// When the folder cannot be read at all, or the index cannot be built.
    pub fn open(root: &Path, needs: Needs) -> Result<Snapshot, SnapshotError> {
        Opening { needs, ..Opening::of(root) }.open(&mut |_| ())
    }

    /// The moment of a vault that is in hand already; it has no full text.
    pub fn of(vault: Vault) -> Snapshot {
        Snapshot { vault, graph: OnceLock::new(), text: None, mentions: None, change: Change::default(), is_last: false }
    }

    /// The moment of a vault that is in hand already, with all that follows from it, in memory.
    ///
    /// # Errors
    /// When the full text cannot be indexed.
    pub fn in_memory(vault: Vault) -> Result<Snapshot, IndexError> {
        let indexer = Indexer::in_memory()?;
        text::add_all(&indexer, &vault, &|_, _| ());
        let text = indexer.finish("")?;
        let mentions = mentions::made(None, &vault, None, &|_, _| ());
        Ok(Snapshot { text: Some(text), mentions: Some(mentions), ..Snapshot::of(vault) })
    }

    /// The notes and whom they link.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The concept graph: the kept one, or built on first use.
    pub fn graph(&self) -> &ConceptGraph {
        self.graph.get_or_init(|| match ConceptGraph::is_on(self.vault.shelf()) {
            true => ConceptGraph::on(self.vault.shelf(), &self.vault),
            false => ConceptGraph::of(&self.vault),
        })
    }

    /// The full text, if it was asked for when the snapshot was opened.
    pub fn text(&self) -> Option<&TextIndex> {
        self.text.as_ref()
    }

    /// Who speaks of whom without a link, if it was asked for when the snapshot was opened.
    pub fn mentions(&self) -> Option<&Mentions> {
        self.mentions.as_ref()
    }

    /// The edges that nobody wrote, if they were asked for when the snapshot was opened.
    pub fn suggested(&self) -> Option<&Suggested> {
        self.mentions().map(Mentions::suggested)
    }

    /// The names of all concepts, if mentions were asked for when the snapshot was opened.
    pub fn names(&self) -> Option<&NameTable> {
        self.mentions().map(Mentions::names)
    }

    /// Whether notes have changed since, and another process is reading them.
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// What opening it changed.
    pub fn change(&self) -> Change {
        self.change
    }

    /// Whether an answer made of it is void: what was kept turned out to be damaged, or a note changed while it was asked.
    pub fn is_void(&self) -> bool {
        self.is_damaged() || self.vault.is_overtaken()
    }

    /// Whether what was kept turned out to be damaged.
    pub fn is_damaged(&self) -> bool {
        self.damaged().is_some()
    }

    /// What of what was kept turned out to be damaged, if anything did.
    pub fn damaged(&self) -> Option<&'static str> {
        let are_mentions = || self.mentions().is_some_and(|mentions| mentions.shelf().is_damaged());
        if self.vault.shelf().is_damaged() { Some("graph") } else { are_mentions().then_some(mentions::WHAT) }
    }
}
