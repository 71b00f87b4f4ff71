//! Concepts that a tag probably means: `#mirrornurons` is nearly the name of "mirror neurons".
//!
//! A tag is no concept, and a suggestion is no link: it is kept apart from what somebody wrote.

use super::names::fold;
use super::{Meaning, Vault};
use crate::note::Tag;

/// A tag of a note, and the concept whose name it nearly is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The tag as written.
    pub tag: Box<str>,
    /// A note or a wanted concept.
    pub meaning: Meaning,
}

/// The shortest tag and name, in characters, that say enough to be compared; and from which length on one letter, and
/// two, may be wrong.
const SHORTEST: usize = 5;
const ONE_WRONG: usize = 8;
const TWO_WRONG: usize = 14;

/// The most tags of one note that are looked at.
const MOST_TAGS: usize = 100;

impl Vault {
    /// What the glued and misspelt tags of a note may mean, in the order of its tags: for each the nearest name, if one is
    /// near. A tag that is spelled as a name and stands by itself is neither. Takes time in proportion to the names of the
    /// vault times the tags of the note.
    pub fn suggestions(&self, note: u32) -> Vec<Suggestion> {
        let tags = self.notes[note as usize].tags.iter().take(MOST_TAGS);
        let mut words: Vec<Word<'_>> = tags.map(|tag| Word { tag, squeezed: squeeze(&tag.name), best: None }).collect();
        words.retain(|word| word.squeezed.len() >= SHORTEST);
        if words.is_empty() {
            return Vec::new();
        }
        for (number, other) in self.notes.iter().enumerate().filter(|(number, _)| *number != note as usize) {
            let names = [other.path.stem(), other.name()].into_iter().chain(other.aliases.iter().map(|alias| &**alias));
            names.for_each(|name| compare(&mut words, name, Meaning::Note(number as u32)));
        }
        for (number, wanted) in self.wanted.iter().enumerate() {
            compare(&mut words, &wanted.name, Meaning::Wanted(number as u32));
        }
        let suggestion = |word: Word<'_>| word.best.map(|(_, meaning)| Suggestion { tag: word.tag.name.clone(), meaning });
        words.into_iter().filter_map(suggestion).collect()
    }
}

/// A tag, the letters of it, and the nearest concept so far with how many of them are wrong.
struct Word<'v> {
    tag: &'v Tag,
    squeezed: Vec<char>,
    best: Option<(usize, Meaning)>,
}

impl Word<'_> {
    fn is_as_long(&self, length: usize) -> bool {
        length.abs_diff(self.squeezed.len()) <= wrong_letters(self.squeezed.len())
    }
}

/// Compares a name with every word of about its length.
fn compare(words: &mut [Word<'_>], name: &str, meaning: Meaning) {
    // No tag is longer than a file name may be.
    let length = name.chars().filter(|c| c.is_alphanumeric()).take(256).count();
    if !words.iter().any(|word| word.is_as_long(length)) {
        return;
    }
    let name_squeezed = squeeze(name);
    for word in words.iter_mut().filter(|word| word.is_as_long(length)) {
        let far = strsim::generic_damerau_levenshtein(&word.squeezed, &name_squeezed);
        let is_the_name = far == 0 && !word.tag.run_together && fold(name) == fold(&word.tag.name);
        let is_nearer = word.best.is_none_or(|(least, _)| far < least);
        if far <= wrong_letters(word.squeezed.len()) && !is_the_name && is_nearer {
            word.best = Some((far, meaning));
        }
    }
}

/// How many letters of a word of this length may be wrong.
fn wrong_letters(length: usize) -> usize {
    match length {
        0..ONE_WRONG => 0,
        ONE_WRONG..TWO_WRONG => 1,
        _ => 2,
    }
}

/// The letters and digits of a name, folded: what is left of it in a tag.
fn squeeze(name: &str) -> Vec<char> {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}
