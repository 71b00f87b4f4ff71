//! The tags of a vault: who has them, how they nest, and the nearest ones for one that nobody has.
//!
//! Which text is a tag is for [`crate::note`] to say; marks of where a note came from are none.

use super::Vault;
use super::names::fold;
use super::nearest::nearest;
use crate::note::Tag;
use foldhash::{HashMap, HashMapExt, HashSet};
use std::borrow::Cow;

/// A tag of a vault: one that notes have, or one that only stands above such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    /// What all spellings of it share.
    pub key: Box<str>,
    /// The spelling that came first, in the order of notes, by itself or at the beginning of a tag below it.
    pub name: Box<str>,
    /// How many tags stand above it, at most 32.
    pub depth: usize,
    /// How many notes have it or one below it.
    pub notes: usize,
    /// How many notes have it by itself.
    pub own: usize,
}

/// What all spellings of a tag share, with the hash before it or without, and with slashes at its end or without.
pub fn tag_key(typed: &str) -> String {
    fold(typed.trim().trim_start_matches('#').trim_end_matches('/'))
}

/// Whether a tag is the one with this key or one below it.
pub fn is_at_or_below(tag: &Tag, key: &str) -> bool {
    fold(&tag.name).strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Counts of a tag while notes are looked at in their order.
struct Counting {
    count: TagCount,
    last: Option<usize>,
    last_own: Option<usize>,
}

impl Vault {
    /// How many tags there are, case aside, those that only stand above others not among them.
    pub fn distinct_tags(&self) -> usize {
        let texts = &self.columns.tag_texts;
        (0..texts.len()).map(|tag| fold(&texts.get(tag))).collect::<HashSet<_>>().len()
    }

    /// Every tag, those that only stand above others included (the outermost 32 of each), in the order of their folded
    /// parts: each one right before those below it. Takes time in proportion to the tags of all notes.
    pub fn tags(&self) -> Vec<TagCount> {
        let mut table: HashMap<String, Counting> = HashMap::new();
        for number in 0..self.len() {
            for tag in self.tags_of(number as u32) {
                for (depth, name) in with_those_above(&tag.name).enumerate() {
                    let key = fold(name);
                    let count = TagCount { key: (*key).into(), name: name.into(), depth, notes: 0, own: 0 };
                    let it = table.entry(key).or_insert(Counting { count, last: None, last_own: None });
                    // A note may have several tags below one.
                    it.count.notes += usize::from(it.last.replace(number) != Some(number));
                    if name.len() == tag.name.len() {
                        it.count.own += usize::from(it.last_own.replace(number) != Some(number));
                    }
                }
            }
        }
        let mut tags: Vec<TagCount> = table.into_values().map(|it| it.count).collect();
        tags.sort_by(|a, b| a.key.split('/').cmp(b.key.split('/')));
        tags
    }
}

/// The tags nearest to one that is not there, best first: at most `most`, and none that is far off.
pub fn nearest_tags(typed: &str, tags: &[TagCount], most: usize) -> Vec<String> {
    nearest(&tag_key(typed), tags.iter().map(|tag| Cow::Borrowed(&*tag.name)), most)
}

/// So many tags above one are counted. Nobody nests that deep, and a text of nothing but slashes must not cost its length
/// for each of them.
const MOST_ABOVE: usize = 32;

/// The tags above a tag, outermost first, and itself. Where slashes follow one another there is nothing between them.
fn with_those_above(tag: &str) -> impl Iterator<Item = &str> {
    let slashes = tag.match_indices('/').map(|(at, _)| at);
    let ends = slashes.filter(|at| *at > 0 && tag.as_bytes()[at - 1] != b'/');
    ends.take(MOST_ABOVE).chain(std::iter::once(tag.len())).map(|end| &tag[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_slashes_costs_its_length() {
        let vault = Vault::from_texts([("a.md", format!("#{}b", "a/".repeat(500_000)))], false);
        let tags = vault.tags();
        assert_eq!(tags.len(), MOST_ABOVE + 1);
        assert!(tags.iter().map(|tag| tag.depth).eq(0..=MOST_ABOVE));
    }
}
