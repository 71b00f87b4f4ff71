//! `index`: what is kept of a vault between questions.

use super::failure::Failure;
use crate::answer::{Answer, index_cleared, index_status, indexed};
use crate::snapshot::{Freshness, Snapshot, clear, status};
use clap::Args;
use std::path::Path;

/// Bring what is kept of the vault up to date now, or look at it, or remove it
///
/// Every question does as much as it needs, so that this is never necessary: it saves the first question the wait.
/// The notes are never written to; what is kept lies in the user's cache folder, or in $RESONOTE_CACHE_DIR, and may be
/// removed at any time.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote index\n  resonote index --mentions\n  resonote index --status\n  resonote index --clear --all"
)]
pub(super) struct IndexArguments {
    /// Make everything anew, whatever is kept
    #[arg(long, conflicts_with_all = ["status", "clear", "no_refresh"])]
    rebuild: bool,
    /// Look for mentions as well, which otherwise the first question does that asks for them (mentions, related, some of path)
    #[arg(long, conflicts_with_all = ["status", "clear"])]
    mentions: bool,
    /// Say where it is kept, how big it is, since when and of which version
    #[arg(long, conflicts_with = "clear")]
    status: bool,
    /// Remove what is kept of this vault, and of vaults that are gone
    #[arg(long)]
    clear: bool,
    /// With --clear: remove what is kept of every vault
    #[arg(long, requires = "clear")]
    all: bool,
}

impl IndexArguments {
    /// Whether it is about the caches of all vaults, so that none has to be found.
    pub(super) fn is_of_all(&self) -> bool {
        self.all
    }

    /// Whether mentions are looked for now.
    pub(super) fn needs_mentions(&self) -> bool {
        self.mentions
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        Answer::Indexed(indexed(snapshot))
    }

    pub(super) fn freshness(&self) -> Freshness {
        if self.rebuild { Freshness::Rebuild } else { Freshness::Compare }
    }

    /// The answer that needs no snapshot, if that is what was asked.
    pub(super) fn look(
        &self,
        cache: Option<&Path>,
        root: Option<&Path>,
        strict: bool,
    ) -> Result<Option<Answer<'static>>, Failure> {
        if !self.status && !self.clear {
            return Ok(None);
        }
        let Some(cache) = cache else { return Err(Failure::no_cache()) };
        match root.filter(|_| self.status) {
            Some(root) => {
                let status = status(cache, root, strict).ok_or_else(|| Failure::no_such_vault(root))?;
                Ok(Some(Answer::IndexStatus(index_status(&status))))
            }
            None => Ok(Some(Answer::IndexCleared(index_cleared(&clear(cache, root)?)))),
        }
    }
}
