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
        let mut words: Vec<Word<'_>> = tags.map(Word::of).collect();
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
    letters: u64,
    best: Option<(usize, Meaning)>,
}

impl<'v> Word<'v> {
    fn of(tag: &'v Tag) -> Word<'v> {
        let squeezed = squeeze(&tag.name);
        Word { tag, letters: letters(&squeezed), squeezed, best: None }
    }

    fn is_as_long(&self, length: usize) -> bool {
        length.abs_diff(self.squeezed.len()) <= wrong_letters(self.squeezed.len())
    }

    /// Whether a name of these letters can be near: each wrong letter changes at most two of those that occur. Measuring
    /// how far two words are from each other takes a hundred times as long.
    fn can_be(&self, letters: u64) -> bool {
        (self.letters ^ letters).count_ones() as usize <= 2 * wrong_letters(self.squeezed.len())
    }
}

/// Compares a name with every word of about its length and letters. Digits have to be the same: another number is another
/// thing.
fn compare(words: &mut [Word<'_>], name: &str, meaning: Meaning) {
    // No tag is longer than a file name may be.
    let length = name.chars().filter(|c| c.is_alphanumeric()).take(256).count();
    if !words.iter().any(|word| word.is_as_long(length)) {
        return;
    }
    let squeezed = squeeze(name);
    let letters = letters(&squeezed);
    let digits = |word: &[char]| word.iter().copied().filter(|c| c.is_numeric()).collect::<Vec<_>>();
    for word in words.iter_mut().filter(|word| word.is_as_long(length) && word.can_be(letters)) {
        let far = strsim::generic_damerau_levenshtein(&word.squeezed, &squeezed);
        let is_the_name = far == 0 && !word.tag.run_together && fold(name) == fold(&word.tag.name);
        let is_nearer = word.best.is_none_or(|(least, _)| far < least);
        let is_near = far <= wrong_letters(word.squeezed.len()) && digits(&word.squeezed) == digits(&squeezed);
        if is_near && is_nearer && !is_the_name {
            word.best = Some((far, meaning));
        }
    }
}

/// Which letters occur, a bit for each; some share one.
fn letters(word: &[char]) -> u64 {
    word.iter().fold(0, |letters, c| letters | 1 << (u32::from(*c) % 64))
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
