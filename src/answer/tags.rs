//! The tags of a vault, and the notes that have one.

use super::concept::{Concept, describe};
use crate::graph::ConceptId;
use crate::note::clip;
use crate::snapshot::Snapshot;
use crate::vault::{TagCount, is_at_or_below, nearest_tags, tag_key};

/// The tags of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// How many there are, those beyond the limit included.
    pub total: usize,
    /// The tags in the order of their folded names, each right before those below it.
    pub tags: Vec<TagNotes>,
}

/// A tag and how many notes have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagNotes {
    /// The whole tag, in its first spelling, without a hash.
    pub tag: String,
    /// How many notes have it or one below it.
    pub notes: usize,
    /// How many notes have it by itself; 0 for one that only stands above others.
    pub own: usize,
    /// How many tags stand above it.
    pub depth: usize,
}

/// The notes that have a tag or one below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The tag in its first spelling, without a hash; as it was asked for if nobody has it.
    pub tag: String,
    /// How many notes have it, those beyond the limit included.
    pub total: usize,
    /// The notes, in path order.
    pub notes: Vec<TaggedNote>,
    /// The tags below it, in their order.
    pub below: Vec<TagNotes>,
    /// If nobody has it, the nearest tags there are, best first.
    pub nearest: Vec<String>,
}

/// A note that has a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedNote {
    /// The note.
    pub concept: Concept,
    /// Those of its tags that are the one asked for or below it, in their order there.
    pub tags: Vec<String>,
}

/// Every tag of the vault, at most `limit`.
pub fn tags(snapshot: &Snapshot, limit: Option<usize>) -> Tags {
    let tags = snapshot.vault().tags();
    Tags { total: tags.len(), tags: tags.iter().take(limit.unwrap_or(usize::MAX)).map(tag_notes).collect() }
}

/// The notes that have a tag or one below it, at most `limit`.
pub fn tagged(snapshot: &Snapshot, typed: &str, limit: usize) -> Tagged {
    let vault = snapshot.vault();
    let (tags, key) = (vault.tags(), tag_key(typed));
    let Some(tag) = tags.iter().find(|tag| *tag.key == *key) else {
        let tag = clip(typed.trim().trim_start_matches('#').trim_end_matches('/')).into_owned();
        let nearest = nearest_tags(typed, &tags, 3);
        return Tagged { tag, total: 0, notes: Vec::new(), below: Vec::new(), nearest };
    };
    let tagged_note = |note: u32| {
        let matching = vault.tags_of(note).filter(|own| is_at_or_below(own, &key));
        let tags = matching.map(|own| clip(&own.name).into_owned()).collect();
        TaggedNote { concept: describe(snapshot, ConceptId(note)), tags }
    };
    let has_it = |note: &u32| vault.tags_of(*note).any(|own| is_at_or_below(&own, &key));
    let notes: Vec<u32> = (0..vault.len() as u32).filter(has_it).collect();
    let below = |it: &&TagCount| it.key.strip_prefix(&*key).is_some_and(|rest| rest.starts_with('/'));
    Tagged {
        tag: clip(&tag.name).into_owned(),
        total: notes.len(),
        notes: notes.into_iter().take(limit).map(tagged_note).collect(),
        below: tags.iter().filter(below).map(tag_notes).collect(),
        nearest: Vec::new(),
    }
}

fn tag_notes(tag: &TagCount) -> TagNotes {
    TagNotes { tag: clip(&tag.name).into_owned(), notes: tag.notes, own: tag.own, depth: tag.depth }
}
