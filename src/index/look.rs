//! From the words of a query to the terms they are looked for by.
//!
//! A word stands in the index as it was written, and by its stem behind a sign where that is another. So it is looked for by
//! its stem, which finds all its forms in whichever language the vault is written in, and as written, which finds itself. The
//! stem of a language finds words of notes in that language alone: in French `notes` has the stem of `not`.

use super::language::Language;
use super::words::{Forms, MARK, OwnStems, STEM, words, words_of};
use foldhash::{HashMap, HashMapExt};

/// A place in a text: one of these terms has to stand there. A term that only notes of one language are searched for says so;
/// see [`spoken`].
pub(super) type Slot = Vec<Box<str>>;

/// The term that only notes of this language are searched for.
fn only_in(language: Language, term: &str) -> Box<str> {
    format!("{MARK}{}{term}", language.letter()).into()
}

/// What a term of a slot is in the index, and the language whose notes alone are searched for it, if it is of one.
pub(super) fn spoken(term: &str) -> (&str, Option<Language>) {
    let marked = term.strip_prefix(MARK).and_then(|rest| Some((rest.chars().next()?, rest)));
    match marked {
        Some((letter, rest)) => (&rest[letter.len_utf8()..], Language::of_letter(letter)),
        None => (term, None),
    }
}

/// What words are in a vault: English ones, and those of the languages some of its notes are written in.
pub(crate) struct Lookup {
    forms: Forms,
    own: Vec<(Language, OwnStems)>,
}

impl Lookup {
    pub(super) fn of(languages: &[Language]) -> Lookup {
        Lookup { forms: Forms::new(), own: languages.iter().map(|language| (*language, OwnStems::of(*language))).collect() }
    }

    /// A word in any of its forms.
    pub(super) fn slot(&mut self, word: &str) -> Slot {
        let form = self.forms.of(word);
        let (surface, stem) = (form.surface.clone(), form.stem.clone());
        let mut slot = Slot::new();
        let mut add = |stem: &str, is_itself: bool, language: Option<Language>| {
            if stem.is_empty() {
                return;
            }
            // A word that is its own stem stands in the index only as it is.
            let own: Option<Box<str>> = is_itself.then(|| stem.into());
            for term in own.into_iter().chain([format!("{STEM}{stem}").into()]) {
                if !slot.contains(&term) {
                    slot.push(language.map_or_else(|| term.clone(), |language| only_in(language, &term)));
                }
            }
        };
        let is_itself = *self.forms.of(&stem).stem == *stem;
        add(&stem, is_itself, None);
        for (language, own) in &mut self.own {
            let stem = own.stem(&surface).to_owned();
            let is_itself = own.stem(&stem) == stem;
            add(&stem, is_itself, Some(*language));
        }
        slot
    }

    /// Whether a word, as the index knows it, stands there by this stem besides.
    pub(super) fn is_form(&mut self, surface: &str, term: &str) -> bool {
        term.strip_prefix(STEM).is_some_and(|stem| {
            let form = self.forms.of(surface);
            form.stem != form.surface && *form.stem == *stem
        })
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
    /// The ASCII letters that the terms begin with, where only words that begin so can be forms of them.
    beginnings: Option<[bool; 128]>,
    key: String,
}

impl Recognizer {
    /// For these words, each by any of its terms, in a text of this language.
    pub(super) fn of<'s>(words: impl IntoIterator<Item = &'s Slot>, language: Option<Language>) -> Recognizer {
        let mut known: HashMap<Box<str>, usize> = HashMap::new();
        for (number, slot) in words.into_iter().enumerate() {
            let terms = slot.iter().map(|term| spoken(term)).filter(|(_, only)| only.is_none() || *only == language);
            terms.for_each(|(term, _)| {
                known.entry(term.into()).or_insert(number);
            });
        }
        // A stem takes away from the end alone, but in languages that inflect in front.
        let inflects_in_front = matches!(language, Some(Language::Arabic | Language::Tamil));
        let mut beginnings = [false; 128];
        for first in known.keys().filter_map(|term| term.trim_start_matches(STEM).bytes().next()) {
            if let Some(begins) = beginnings.get_mut(usize::from(first)) {
                *begins = true;
            }
        }
        let beginnings = (!inflects_in_front).then_some(beginnings);
        Recognizer { forms: Forms::new(), own: language.map(OwnStems::of), known, beginnings, key: String::new() }
    }

    /// The number of the word that this one is a form of.
    pub(super) fn number(&mut self, written: &str) -> Option<usize> {
        // Most words of a text are dismissed by their first letter, which costs less than their stem.
        let first = written.bytes().next().map(|first| usize::from(first.to_ascii_lowercase()));
        let begins = self.beginnings.as_ref().zip(first).and_then(|(beginnings, first)| beginnings.get(first));
        if begins == Some(&false) {
            return None;
        }
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
