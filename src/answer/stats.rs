//! How much there is in a vault, and how it hangs together.

use crate::graph::Shape;
use crate::snapshot::Snapshot;
use crate::vault::{LeftOut, Meaning};

/// Counts of a vault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Written notes.
    pub notes: usize,
    /// Files that are no notes.
    pub attachments: usize,
    /// Names that links want and nobody wrote.
    pub wanted: usize,
    /// Places of internal links, in properties and comments too.
    pub links: usize,
    /// Those that lead to a note or an attachment.
    pub links_resolved: usize,
    /// Those to names nobody wrote, or out of the vault.
    pub links_unresolved: usize,
    /// Those whose name several notes claim, so that they lead nowhere.
    pub links_ambiguous: usize,
    /// Places of links to addresses elsewhere.
    pub links_external: usize,
    /// Pairs, components, isolated notes.
    pub shape: Shape,
    /// Distinct tags, case aside.
    pub tags: usize,
    /// Models in notes.
    pub models: usize,
    /// Errors and warnings.
    pub problems: usize,
    /// What was not looked into.
    pub left_out: LeftOut,
}

/// Counts a vault.
pub fn stats(snapshot: &Snapshot) -> Stats {
    let vault = snapshot.vault();
    let mut stats = Stats {
        notes: vault.len(),
        attachments: vault.attachments(),
        wanted: vault.wanted(),
        shape: snapshot.graph().shape(),
        left_out: vault.left_out(),
        models: vault.snippets(),
        tags: vault.distinct_tags(),
        problems: vault.count_problems(),
        ..Stats::default()
    };
    for link in 0..vault.all_links() {
        match vault.resolved(link).meaning {
            Meaning::Note(_) | Meaning::Attachment(_) => stats.links_resolved += 1,
            Meaning::Wanted(_) | Meaning::Outside => stats.links_unresolved += 1,
            Meaning::Ambiguous => stats.links_ambiguous += 1,
            Meaning::External => stats.links_external += 1,
        }
    }
    stats.links = stats.links_resolved + stats.links_unresolved + stats.links_ambiguous;
    stats
}
