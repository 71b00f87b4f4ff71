//! From the words of a query to the terms they are looked for by.
//!
//! A word stands in the index as it was written, and by its stem behind a sign where that is another. So it is looked for by
//! its stem, which finds all its forms in whichever language the vault is written in, and as written, which finds itself.

use super::language::Language;
use super::words::{Forms, OwnStems, STEM, words, words_of};
use foldhash::{HashMap, HashMapExt};

/// A place in a text: one of these terms has to stand there.
pub(super) type Slot = Vec<Box<str>>;

/// What words are in a vault: English ones, and those of the languages some of its notes are written in.
pub(crate) struct Lookup {
    forms: Forms,
    own: Vec<OwnStems>,
}

impl Lookup {
    pub(super) fn of(languages: &[Language]) -> Lookup {
        Lookup { forms: Forms::new(), own: languages.iter().map(|language| OwnStems::of(*language)).collect() }
    }

    /// A word in any of its forms.
    pub(super) fn slot(&mut self, word: &str) -> Slot {
        let form = self.forms.of(word);
        let (surface, stem) = (form.surface.clone(), form.stem.clone());
        let mut slot = Slot::new();
        let mut add = |stem: &str, is_itself: bool| {
            if stem.is_empty() {
                return;
            }
            // A word that is its own stem stands in the index only as it is.
            let own: Option<Box<str>> = is_itself.then(|| stem.into());
            for term in own.into_iter().chain([format!("{STEM}{stem}").into()]) {
                if !slot.contains(&term) {
                    slot.push(term);
                }
            }
        };
        let is_itself = *self.forms.of(&stem).stem == *stem;
        add(&stem, is_itself);
        for own in &mut self.own {
            let stem = own.stem(&surface).to_owned();
            let is_itself = own.stem(&stem) == stem;
            add(&stem, is_itself);
        }
        slot
    }

    /// The words of a piece one behind the other, each in any of its forms.
    pub(super) fn stems(&mut self, piece: &str) -> Vec<Slot> {
        words_of(piece).into_iter().map(|word| self.slot(word)).collect()
    }

    /// The words of a name one behind the other, each in any of its forms; in a script without blanks each character.
    pub(super) fn all_stems(&mut self, name: &str) -> Vec<Slot> {
        words(name).map(|word| self.slot(&name[word.range])).collect()
    }

    /// The words of a piece one behind the other, as written.
    pub(super) fn exact(&mut self, piece: &str) -> Vec<Slot> {
        words_of(piece).into_iter().map(|word| vec![self.forms.of(word).surface.clone()]).collect()
    }
}

/// Which word of a query a word of a text is.
pub(crate) struct Recognizer {
    forms: Forms,
    own: Option<OwnStems>,
    known: HashMap<Box<str>, usize>,
    key: String,
}

impl Recognizer {
    /// For these words, each by any of its terms, in a text of this language.
    pub(super) fn of<'s>(words: impl IntoIterator<Item = &'s Slot>, language: Option<Language>) -> Recognizer {
        let mut known = HashMap::new();
        for (number, slot) in words.into_iter().enumerate() {
            slot.iter().for_each(|term| {
                known.entry(term.clone()).or_insert(number);
            });
        }
        Recognizer { forms: Forms::new(), own: language.map(OwnStems::of), known, key: String::new() }
    }

    /// The number of the word that this one is a form of.
    pub(super) fn number(&mut self, written: &str) -> Option<usize> {
        let form = self.forms.of(written);
        let mut by_stem = |stem: &str| {
            self.key.clear();
            self.key.push(STEM);
            self.key.push_str(stem);
            self.known.get(&*self.key).copied()
        };
        let own = self.own.as_mut().map(|own| own.stem(&form.surface));
        let by_surface = self.known.get(&form.surface).copied();
        by_surface.or_else(|| by_stem(&form.stem)).or_else(|| own.and_then(by_stem))
    }
}
