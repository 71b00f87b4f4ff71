//! The names nearest to one that is not there, for whoever mistyped it.
//!
//! A vault has hundreds of thousands of names, and somebody waits: most are dismissed by their letters alone, before anything
//! is measured.

use super::Vault;
use super::names::fold;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;

/// The longest name, in bytes, that is compared with others.
const LONGEST_NAME: usize = 300;

/// From this likeness on a name is near: 1 is the same, 0 has nothing in common.
const NEAR: f64 = 0.6;

/// A name that holds all of the other is at least so near.
const CONTAINING: f64 = 0.7;

/// A name to which others are compared.
struct Sought {
    folded: String,
    /// In characters.
    length: usize,
    /// How often each letter is in it, those of one remainder by 128 together.
    letters: [u16; 128],
    present: Letters,
}

impl Sought {
    /// Nothing where it is too long to be a name.
    fn of(name: &str) -> Option<Sought> {
        if name.len() > LONGEST_NAME {
            return None;
        }
        let folded = fold(name.trim());
        let (mut length, mut letters) = (0, [0; 128]);
        for letter in folded.chars() {
            length += 1;
            letters[letter as usize % 128] += 1;
        }
        let present = Letters::of(folded.chars().map(|letter| (letter as usize % 128) as u8));
        Some(Sought { folded, length, letters, present })
    }

    /// How near a candidate is, in ten-thousandths; none of one that is far off.
    fn likeness(&self, candidate: &str) -> Option<u32> {
        // What is that long is a text, not a name.
        if candidate.len() > LONGEST_NAME || self.is_far_by_letters(candidate) {
            return None;
        }
        let folded = fold(candidate);
        let other = folded.chars().count();
        let contains = self.length >= 4 && folded.contains(&self.folded) || other >= 4 && self.folded.contains(folded.as_str());
        // Names of very different length cannot be near, and need not be measured.
        if !contains && self.is_of_other_length(other) {
            return None;
        }
        let likeness = strsim::normalized_damerau_levenshtein(&self.folded, &folded);
        let likeness = if contains { likeness.max(CONTAINING) } else { likeness };
        (likeness >= NEAR).then_some((likeness * 10_000.0) as u32)
    }

    /// Whether the letters of an ASCII candidate alone say that it neither is near nor holds all of the name or is all within
    /// it: each letter that one has and the other has not takes a step of its own, in whatever order they stand.
    fn is_far_by_letters(&self, candidate: &str) -> bool {
        if !candidate.is_ascii() {
            return false;
        }
        let present = Letters::of(candidate.bytes());
        let (missing, extra) = (self.present.without(present), present.without(self.present));
        if missing == 0 || extra == 0 {
            return false;
        }
        let steps = (1.0 - NEAR) * self.length.max(candidate.len()) as f64 + 0.5;
        if self.is_of_other_length(candidate.len()) || f64::from(missing.max(extra)) > steps {
            return true;
        }
        let (mut left, mut shared) = (self.letters, 0);
        for letter in candidate.bytes() {
            let count = &mut left[usize::from(letter.to_ascii_lowercase())];
            let has = u16::from(*count > 0);
            *count -= has;
            shared += usize::from(has);
        }
        (self.length.max(candidate.len()) - shared) as f64 > steps
    }

    /// Whether names of so many characters are too long or too short to be near, unless one holds all of the other.
    fn is_of_other_length(&self, other: usize) -> bool {
        self.length.abs_diff(other) > 2 + self.length / 3
    }
}

/// Which letters are in a name, a bit for each remainder by 128.
#[derive(Clone, Copy)]
struct Letters(u128);

impl Letters {
    fn of(letters: impl Iterator<Item = u8>) -> Letters {
        Letters(letters.fold(0, |present, letter| present | 1 << (letter.to_ascii_lowercase() % 128)))
    }

    /// How many of these are not among others.
    fn without(self, others: Letters) -> u32 {
        (self.0 & !others.0).count_ones()
    }
}

/// The candidates nearest to a name, best first: at most `most`, each once, and none that is far off.
pub(crate) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = Cow<'c, str>>, most: usize) -> Vec<String> {
    let Some(sought) = Sought::of(name) else { return Vec::new() };
    best(candidates.filter_map(|candidate| Some((sought.likeness(&candidate)?, candidate))).collect(), most)
}

fn best(mut near: Vec<(u32, Cow<'_, str>)>, most: usize) -> Vec<String> {
    near.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut seen = HashSet::new();
    near.retain(|(_, candidate)| seen.insert(fold(candidate)));
    near.into_iter().take(most).map(|(_, candidate)| candidate.into_owned()).collect()
}

impl Vault {
    /// The names nearest to one that is not there, best first: of notes and of what is wanted.
    pub fn nearest(&self, name: &str, most: usize) -> Vec<String> {
        let Some(sought) = Sought::of(name) else { return Vec::new() };
        let of_note = |note: u32| {
            let stem = self.stem(note);
            let name = Some(self.note_name(note)).filter(|name| *name != stem);
            [stem].into_iter().chain(name).chain(self.aliases(note))
        };
        let of_notes = (0..self.len() as u32).into_par_iter().flat_map_iter(of_note);
        let wanted = (0..self.wanted() as u32).into_par_iter().map(|wanted| self.wanted_name(wanted));
        let near = of_notes.chain(wanted).filter_map(|candidate| Some((sought.likeness(&candidate)?, candidate)));
        best(near.collect(), most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        /// What is dismissed by its letters would have been dismissed by measuring.
        #[test]
        fn letters_dismiss_none_that_is_near(name in "[a-zé]{1,12}", slips in vec((0..12usize, "[a-zA-Z]{0,2}"), 0..7)) {
            let mut letters: Vec<String> = name.chars().map(String::from).collect();
            for (at, letter) in slips {
                let at = at % letters.len();
                letters[at] = letter;
            }
            let other = letters.concat();
            let sought = Sought::of(&name).expect("a name");
            if sought.is_far_by_letters(&other) {
                let folded = fold(&other);
                prop_assert!(strsim::normalized_damerau_levenshtein(&name, &folded) < NEAR);
                prop_assert!(!folded.contains(&name) && !name.contains(&folded));
            }
        }
    }

    #[test]
    fn the_nearest_come_first() {
        let names = ["Mirror neurons", "mirror", "Neuron", "Empathy"];
        let near = |name| nearest(name, names.iter().map(|name| Cow::Borrowed(*name)), 3);
        assert_eq!(near("miror"), ["mirror"]);
        assert_eq!(near("mirror neurns"), ["Mirror neurons", "mirror"]);
        assert_eq!(near("empahty"), ["Empathy"]);
        assert!(near("zebra").is_empty());
    }
}
