//! Where a text speaks of something by name without linking to it: of a few concepts, or of any of a vault.
//!
//! - `table`: the names of all concepts, ready to be compared with a text.
//! - `scan`: which of them a text says.

mod scan;
mod table;

pub use scan::{Said, Scan};
pub use table::{Bearer, Bears, Likeness, NameTable, Spoken, spoken};

use super::words::{Forms, words};
use crate::note::Prose;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// Longer ones, in bytes, are texts, not names.
const LONGEST_NAME: usize = 300;

/// The first place in the writer's own words where one of `names` stands as whole words, names of more words first, plural
/// and other endings aside. Headings do not count: they say what a section is about, not how two things hang together.
pub fn mention(prose: &Prose, names: &[&str]) -> Option<Range<usize>> {
    let mut forms = Forms::new();
    let mut tree = NameTree::default();
    names.iter().filter(|name| name.len() <= LONGEST_NAME).for_each(|name| tree.add(name, &mut forms));
    let first = tree.ends.values().min().copied()?;
    let mut best: Option<(Rank, Range<usize>)> = None;
    for (block, _) in prose.blocks().filter(|(_, is_heading)| !is_heading) {
        let text = &prose.text()[block.clone()];
        let stands: Vec<(Range<usize>, Option<u32>)> =
            words(text).map(|word| (word.range.clone(), tree.word(&forms.of(&text[word.range]).stem))).collect();
        for at in 0..stands.len() {
            let Some((rank, length)) = tree.best_from(stands[at..].iter().map(|(_, word)| *word)) else { continue };
            let here = block.start + stands[at].0.start..block.start + stands[at + length - 1].0.end;
            if best.as_ref().is_none_or(|(known, _)| rank < *known) && prose.is_written(here.start) {
                if rank == first {
                    return Some(here);
                }
                best = Some((rank, here));
            }
        }
    }
    best.map(|(_, range)| range)
}

/// What comes first among names: the one of more words, then the one given first.
type Rank = (Reverse<usize>, usize);

/// Names as words one behind the other, so that a text is compared with all of them at once: a note may have a hundred
/// thousand.
#[derive(Default)]
struct NameTree {
    /// The stems of the names, numbered.
    words: HashMap<Box<str>, u32>,
    /// From a node over a word to the next node; the root is 0.
    steps: HashMap<(u32, u32), u32>,
    /// The first name that ends at a node.
    ends: HashMap<u32, Rank>,
}

impl NameTree {
    fn add(&mut self, name: &str, forms: &mut Forms) {
        let (mut node, mut length) = (0, 0);
        for word in words(name) {
            let number = self.words.len() as u32;
            let word = *self.words.entry(forms.of(&name[word.range]).stem.clone()).or_insert(number);
            let next = self.steps.len() as u32 + 1;
            node = *self.steps.entry((node, word)).or_insert(next);
            length += 1;
        }
        if length > 0 {
            let order = self.ends.len();
            self.ends.entry(node).or_insert((Reverse(length), order));
        }
    }

    fn word(&self, stem: &str) -> Option<u32> {
        self.words.get(stem).copied()
    }

    /// The longest name that these words begin with, and how many of them it takes.
    fn best_from(&self, words: impl Iterator<Item = Option<u32>>) -> Option<(Rank, usize)> {
        let (mut node, mut best) = (0, None);
        for (at, word) in words.enumerate() {
            let Some(next) = word.and_then(|word| self.steps.get(&(node, word))) else { break };
            node = *next;
            best = self.ends.get(&node).map(|rank| (*rank, at + 1)).or(best);
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{Dialect, Note, NotePath};

    fn check(text: &str, names: &[&str], expected: Option<&str>) {
        let (_, prose) = Note::parse(NotePath::new("n.md"), text.as_bytes(), &Dialect::default());
        assert_eq!(mention(&prose, names).map(|range| &prose.text()[range]), expected, "{text:?} {names:?}");
    }

    #[test]
    fn a_name_of_more_words_comes_first() {
        check("A mirror. Then mirror neurons, a mirror neuron system.", &["mirror"], Some("mirror"));
        check("A mirror. Then mirror neurons, a mirror.", &["mirror", "mirror neuron"], Some("mirror neurons"));
        check("A system. Then mirrors.", &["mirror", "system"], Some("mirrors"));
        check("A neuron, a mirror, systems.", &["mirror neuron", "neuron system", "system of it"], None);
        check("mirror mirror neuron", &["mirror neuron", "mirror mirror"], Some("mirror neuron"));
        check("# mirror\n\n`mirror` [[mirror]] and no more", &["mirror"], None);
        check("text", &["", "—"], None);
    }
}
