//! What a vault keeps of one note while it is put together: names, tags, whom it links; not its text, and not where
//! things stand in it, as both are read again from the few notes that an answer shows.

use super::resolve::Written;
use crate::note::{Kind, Link, Nesting, Note, Outline, Target};

/// What a vault keeps of a note.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Tells one text of the note from another.
    pub digest: u64,
    pub title: Option<Box<str>>,
    /// Its first level-one heading.
    pub heading: Option<Box<str>>,
    /// Whether people call it by that heading.
    pub is_called_by_heading: bool,
    pub aliases: Vec<Box<str>>,
    /// Each tag, and whether it ran together with others.
    pub tags: Vec<(Box<str>, bool)>,
    pub links: Vec<RecordLink>,
    pub nestings: Vec<Nesting>,
    pub snippets: u32,
    /// How many problems it has by itself.
    pub problems: u32,
    /// Its outline, packed.
    pub outline: Box<[u8]>,
}

/// A link of a record.
#[derive(Clone, Debug)]
pub(crate) struct RecordLink {
    /// What it names, as [`Written::pack`] has it; none if that is not in the vault.
    pub target: Option<Box<[u8]>>,
    /// The key that types it, as spelled.
    pub relation: Option<Box<str>>,
    /// Whether the writing says more of it than a sentence would: a typed link, or one of a property.
    pub is_typed: bool,
}

impl Record {
    /// What is to be kept of a note whose bytes have this digest.
    pub(crate) fn of(note: &Note, digest: u64, is_strict: bool) -> Record {
        let link = |link: &Link| RecordLink {
            target: packed_target(link, is_strict),
            relation: link.relation().map(Into::into),
            is_typed: link.relation().is_some() || link.kind == Kind::Property,
        };
        let heading = note.first_heading();
        Record {
            digest,
            title: note.title.clone(),
            heading: heading.map(Into::into),
            is_called_by_heading: note.title.is_none() && heading.is_some_and(|heading| std::ptr::eq(heading, note.name())),
            aliases: note.aliases.clone(),
            tags: note.tags.iter().map(|tag| (tag.name.clone(), tag.run_together)).collect(),
            links: note.links.iter().map(link).collect(),
            nestings: note.nestings.clone(),
            snippets: note.snippets.len() as u32,
            problems: note.problems.len() as u32,
            outline: if has_entries(&note.outline) { note.outline.pack() } else { Box::default() },
        }
    }
}

/// What a link names, as [`Written::pack`] has it; none if that is not in the vault.
pub(crate) fn packed_target(link: &Link, is_strict: bool) -> Option<Box<[u8]>> {
    match link.target() {
        Target::Internal { path, subpath } => {
            Some(Written { path, subpath, is_markdown: link.is_markdown(), is_name: false }.pack())
        }
        // Strictly read, a wikilink is a name whatever it looks like.
        Target::External(address) if is_strict && !link.is_markdown() => {
            Some(Written { path: address.into(), subpath: None, is_markdown: false, is_name: true }.pack())
        }
        Target::External(_) => None,
    }
}

fn has_entries(outline: &Outline) -> bool {
    !outline.headings.is_empty() || !outline.blocks.is_empty()
}
