//! Tags that notes share, as places between them that a way may go through.
//!
//! A tag that ten thousand notes have would be fifty million edges between them; as a place of its own it is ten thousand.

use crate::vault::{Vault, tag_key};
use std::collections::BTreeMap;

/// The tags that two notes or more have, in the order of their folded names.
#[derive(Clone, Debug, Default)]
pub struct SharedTags {
    /// The first spelling of each, and the notes that have it, ascending.
    tags: Vec<(Box<str>, Vec<u32>)>,
    /// Note and tag, in order.
    of_notes: Vec<(u32, u32)>,
}

impl SharedTags {
    /// The shared tags of a vault. Takes time in proportion to the tags of all notes.
    pub fn of(vault: &Vault) -> SharedTags {
        let mut by_key: BTreeMap<String, (Box<str>, Vec<u32>)> = BTreeMap::new();
        for note in 0..vault.len() as u32 {
            for tag in vault.tags_of(note) {
                let (_, notes) = by_key.entry(tag_key(&tag.name)).or_insert_with(|| (tag.name, Vec::new()));
                if notes.last() != Some(&note) {
                    notes.push(note);
                }
            }
        }
        SharedTags::new(by_key.into_values())
    }

    /// Tags with the notes that have them, ascending.
    pub(super) fn new(tags: impl IntoIterator<Item = (Box<str>, Vec<u32>)>) -> SharedTags {
        let tags: Vec<(Box<str>, Vec<u32>)> = tags.into_iter().filter(|(_, notes)| notes.len() > 1).collect();
        let of_tag =
            |(tag, (_, notes)): (usize, &(Box<str>, Vec<u32>))| notes.iter().map(|note| (*note, tag as u32)).collect::<Vec<_>>();
        let mut of_notes: Vec<(u32, u32)> = tags.iter().enumerate().flat_map(of_tag).collect();
        of_notes.sort_unstable();
        SharedTags { tags, of_notes }
    }

    pub(super) fn len(&self) -> usize {
        self.tags.len()
    }

    /// What a tag is called.
    pub(super) fn name(&self, tag: u32) -> &str {
        self.tags.get(tag as usize).map_or("", |(name, _)| name)
    }

    /// Who has it.
    pub(super) fn members(&self, tag: u32) -> &[u32] {
        self.tags.get(tag as usize).map_or(&[], |(_, notes)| notes)
    }

    /// The tags of a note that others have as well.
    pub(super) fn of_note(&self, note: u32) -> impl Iterator<Item = u32> {
        let first = self.of_notes.partition_point(|(it, _)| *it < note);
        self.of_notes[first..].iter().take_while(move |(it, _)| *it == note).map(|(_, tag)| *tag)
    }
}
