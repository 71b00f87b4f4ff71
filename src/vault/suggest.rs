//! Concepts that a tag probably means: `#mirrornurons` is nearly the name of "mirror neurons".
//!
//! A tag is no concept, and a suggestion is no link: it is kept apart from what somebody wrote.

use super::names::fold;
use super::{Meaning, Vault};
use crate::note::Tag;
use rayon::prelude::*;

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
    /// near. A tag that is spelled as a name and stands by itself is neither. Looks at length and letters of every name of
    /// the vault, and at the few names that have nearly those of a tag.
    pub fn suggestions(&self, note: u32) -> Vec<Suggestion> {
        let tags: Vec<Tag> = self.tags_of(note).take(MOST_TAGS).collect();
        let mut words: Vec<Word<'_>> = tags.iter().map(Word::of).collect();
        words.retain(|word| word.squeezed.len() >= SHORTEST);
        if words.is_empty() {
            return Vec::new();
        }
        let columns = &self.columns;
        let is_near = |words: &[Word<'_>], letters: u64| words.iter().any(|word| word.can_be(letters));
        let mut other: Option<(usize, Vec<String>)> = None;
        columns.letter_sets.scan(|at, letters| {
            if !is_near(&words, letters) {
                return;
            }
            let number = columns.letters.list_of(at);
            if number == note as usize {
                return;
            }
            // A note may have very many names.
            if other.as_ref().is_none_or(|(known, _)| *known != number) {
                other = Some((number, self.callings(number as u32)));
            }
            let place = at - columns.letters.range(number).start;
            if let Some(name) = other.as_ref().and_then(|(_, names)| names.get(place)) {
                compare(&mut words, name, letters, Meaning::Note(number as u32));
            }
        });
        columns.wanted_letters.scan(|number, letters| {
            if is_near(&words, letters) {
                let meaning = Meaning::Wanted(number as u32);
                compare(&mut words, &self.wanted_name(number as u32), letters, meaning);
            }
        });
        let suggestion = |word: Word<'_>| {
            let (_, meaning) = *word.best.first()?;
            Some(Suggestion { tag: word.tag.name.clone(), meaning })
        };
        words.into_iter().filter_map(suggestion).collect()
    }

    /// [`Vault::suggestions`] of every note that has any: notes and whom a tag of theirs may mean, by note, then tag. Each tag
    /// is compared once, with the names of about its length.
    pub fn all_suggestions(&self) -> Vec<(u32, Meaning)> {
        let columns = &self.columns;
        let (starts, items) = (columns.tags.starts(), columns.tag_items.to_vec());
        let of_note = |note: usize| {
            let (start, end) = (starts[note] as usize, starts[note + 1] as usize);
            items.get(start..end.min(start + MOST_TAGS)).unwrap_or_default()
        };
        let notes = starts.len().saturating_sub(1);
        let mut known: Vec<u32> = (0..notes).flat_map(|note| of_note(note).iter().copied()).collect();
        known.par_sort_unstable();
        known.dedup();
        if known.is_empty() {
            return Vec::new();
        }
        // Which names are of which length: the notes' own, numbered as they stand, then the wanted ones.
        let own = columns.letter_sets.to_vec();
        let all: Vec<u64> = own.iter().copied().chain(columns.wanted_letters.to_vec()).collect();
        let mut of_length = vec![Vec::new(); 256];
        all.iter().zip(0_u32..).for_each(|(letters, name)| of_length[(letters >> LETTERS) as usize].push(name));
        let bearer = |name: usize| match name.checked_sub(own.len()) {
            Some(wanted) => Some((Meaning::Wanted(wanted as u32), self.wanted_name(wanted as u32).into_owned())),
            None => {
                let note = columns.letters.list_of(name);
                let place = name - columns.letters.range(note).start;
                Some((Meaning::Note(note as u32), self.callings(note as u32).into_iter().nth(place)?))
            }
        };
        let nearest = |item: &u32| {
            let tag = Tag { name: columns.tag_texts.get((item >> 1) as usize).into(), run_together: item & 1 == 1 };
            let mut words = [Word::of(&tag)];
            let length = words[0].squeezed.len();
            if length < SHORTEST {
                return Vec::new();
            }
            let wrong = wrong_letters(length);
            let lengths = of_length.iter().take(length.min(255) + wrong + 1).skip(length.min(255) - wrong);
            let mut near: Vec<u32> = lengths.flatten().copied().filter(|name| words[0].can_be(all[*name as usize])).collect();
            near.sort_unstable();
            for (name, (meaning, text)) in near.into_iter().filter_map(|name| Some((name, bearer(name as usize)?))) {
                compare(&mut words, &text, all[name as usize], meaning);
            }
            let [word] = words;
            word.best.into_iter().map(|(_, meaning)| meaning).collect::<Vec<_>>()
        };
        let nearest: Vec<Vec<Meaning>> = known.par_iter().map(nearest).collect();
        let mut suggested = Vec::new();
        for note in 0..notes {
            for item in of_note(note) {
                let best = known.binary_search(item).map(|at| nearest[at].as_slice()).unwrap_or_default();
                // Of the two nearest one is another note.
                let other = best.iter().find(|meaning| **meaning != Meaning::Note(note as u32));
                suggested.extend(other.map(|meaning| (note as u32, *meaning)));
            }
        }
        suggested
    }
}

/// A tag, the letters of it, and the two nearest concepts so far, each with how many of them are wrong: nearest first, then in
/// the order in which they were met.
struct Word<'v> {
    tag: &'v Tag,
    squeezed: Vec<char>,
    letters: u64,
    best: Vec<(usize, Meaning)>,
}

impl<'v> Word<'v> {
    fn of(tag: &'v Tag) -> Word<'v> {
        let squeezed = squeeze(&tag.name);
        Word { tag, letters: letters(&squeezed), squeezed, best: Vec::new() }
    }

    /// Whether a name of this length and these letters can be near: each wrong letter changes at most two of those that
    /// occur. Measuring how far two words are from each other takes a hundred times as long.
    fn can_be(&self, letters: u64) -> bool {
        let wrong = wrong_letters(self.squeezed.len());
        let (length, own) = ((letters >> LETTERS) as usize, (self.letters >> LETTERS) as usize);
        length.abs_diff(own) <= wrong && ((self.letters ^ letters) << 8).count_ones() as usize <= 2 * wrong
    }
}

/// Compares a name with every word of about its length and letters. Digits have to be the same: another number is another
/// thing.
fn compare(words: &mut [Word<'_>], name: &str, letters: u64, meaning: Meaning) {
    let squeezed = squeeze(name);
    let digits = |word: &[char]| word.iter().copied().filter(|c| c.is_numeric()).collect::<Vec<_>>();
    for word in words.iter_mut().filter(|word| word.can_be(letters)) {
        // Most names of these letters have other numbers of them, which is soon counted.
        if !has_about_as_many(&word.squeezed, &squeezed) {
            continue;
        }
        let far = strsim::generic_damerau_levenshtein(&word.squeezed, &squeezed);
        let is_the_name = far == 0 && !word.tag.run_together && fold(name) == fold(&word.tag.name);
        let is_nearer = word.best.iter().all(|(least, known)| *known != meaning || far < *least);
        let is_near = far <= wrong_letters(word.squeezed.len()) && digits(&word.squeezed) == digits(&squeezed);
        if is_near && is_nearer && !is_the_name {
            word.best.retain(|(_, known)| *known != meaning);
            let at = word.best.partition_point(|(least, _)| *least <= far);
            word.best.insert(at, (far, meaning));
            word.best.truncate(2);
        }
    }
}

/// Whether so few letters of a word are more than those of a name that the two can be near: each that is missing there is a
/// wrong one.
fn has_about_as_many(word: &[char], name: &[char]) -> bool {
    let mut more = [0_i32; 64];
    word.iter().for_each(|c| more[(u32::from(*c) % 64) as usize] += 1);
    name.iter().for_each(|c| more[(u32::from(*c) % 64) as usize] -= 1);
    let (missing, left) = more.iter().fold((0, 0), |(missing, left), it| (missing + (*it).max(0), left - (*it).min(0)));
    missing.max(left) as usize <= wrong_letters(word.len())
}

/// How many bits say which letters occur; the length stands above them.
const LETTERS: u32 = 56;

/// The length of a word, as far as 255, and which letters occur, a bit for each; some share one.
fn letters(word: &[char]) -> u64 {
    let length = word.len().min(255) as u64;
    word.iter().fold(length << LETTERS, |letters, c| letters | 1 << (u32::from(*c) % LETTERS))
}

/// [`letters`] of a name.
pub(super) fn letters_of(name: &str) -> u64 {
    letters(&squeeze(name))
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
