//! Which language a note is written in, as far as endings of words hang on it.

use crate::note::{Note, Prose};
use rust_stemmers::Algorithm;
use whichlang::Lang;

/// A language whose words have stems of their own. English is none of these: every word has its English stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Language {
    Arabic,
    Danish,
    Dutch,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

use Language::*;

/// Each language with its code of two letters, its name, and its stemmer. Its place in this table is its letter in the index.
const LANGUAGES: [(Language, &str, &str, Algorithm); 17] = [
    (Arabic, "ar", "arabic", Algorithm::Arabic),
    (Danish, "da", "danish", Algorithm::Danish),
    (Dutch, "nl", "dutch", Algorithm::Dutch),
    (Finnish, "fi", "finnish", Algorithm::Finnish),
    (French, "fr", "french", Algorithm::French),
    (German, "de", "german", Algorithm::German),
    (Greek, "el", "greek", Algorithm::Greek),
    (Hungarian, "hu", "hungarian", Algorithm::Hungarian),
    (Italian, "it", "italian", Algorithm::Italian),
    (Norwegian, "no", "norwegian", Algorithm::Norwegian),
    (Portuguese, "pt", "portuguese", Algorithm::Portuguese),
    (Romanian, "ro", "romanian", Algorithm::Romanian),
    (Russian, "ru", "russian", Algorithm::Russian),
    (Spanish, "es", "spanish", Algorithm::Spanish),
    (Swedish, "sv", "swedish", Algorithm::Swedish),
    (Tamil, "ta", "tamil", Algorithm::Tamil),
    (Turkish, "tr", "turkish", Algorithm::Turkish),
];

/// The properties in which a note says its language.
const KEYS: [&str; 2] = ["lang", "language"];

/// Scripts by their first and last letter, each with the one of these languages that is written in it.
const SCRIPTS: [(char, char, Language); 4] = [
    ('\u{370}', '\u{3FF}', Greek),
    ('\u{400}', '\u{4FF}', Russian),
    ('\u{600}', '\u{6FF}', Arabic),
    ('\u{B80}', '\u{BFF}', Tamil),
];

/// So much of a text, in bytes, is looked at to tell its language.
const SAMPLE: usize = 400;

/// A shorter text, in bytes, tells none.
const SHORTEST: usize = 60;

impl Language {
    fn row(self) -> &'static (Language, &'static str, &'static str, Algorithm) {
        LANGUAGES.iter().find(|(language, ..)| *language == self).unwrap_or(&LANGUAGES[0])
    }

    pub(super) fn algorithm(self) -> Algorithm {
        self.row().3
    }

    /// Its code of two letters, as the index knows it.
    pub(super) fn code(self) -> &'static str {
        self.row().1
    }

    /// The letter that stands for it before a text.
    pub(super) fn letter(self) -> char {
        let at = LANGUAGES.iter().position(|(language, ..)| *language == self).unwrap_or(0);
        char::from(b'a' + at as u8)
    }

    pub(super) fn of_letter(letter: char) -> Option<Language> {
        let at = u32::from(letter).checked_sub(u32::from('a'))?;
        LANGUAGES.get(at as usize).map(|(language, ..)| *language)
    }

    pub(super) fn of_code(code: &str) -> Option<Language> {
        LANGUAGES.iter().find(|(_, known, ..)| *known == code).map(|(language, ..)| *language)
    }

    /// The language a note says it is written in, by code (`de`, `de-AT`) or English name; else, or if it says another, the one its text looks like.
    /// None for English, and for what nobody can tell. A short text tells by its script alone.
    pub(super) fn of(note: &Note, prose: &Prose) -> Option<Language> {
        let said = note.properties.iter().find(|property| KEYS.iter().any(|key| property.key.eq_ignore_ascii_case(key)));
        if let Some(value) = said.and_then(|property| property.values.first()) {
            let name = value.trim().to_lowercase();
            let code = match name.split(['-', '_']).next().unwrap_or_default() {
                "nb" | "nn" => "no",
                code => code,
            };
            let known = LANGUAGES.iter().find(|(_, known, full, _)| *known == code || *full == name);
            if let Some((language, ..)) = known {
                return Some(*language);
            }
            if code == "en" || name == "english" {
                return None;
            }
            // Of what program its code is, or a language by a name that nobody knows here: its text may tell.
        }
        let text = prose.text();
        let mut end = text.len().min(SAMPLE);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let of_script = |(first, last, _): &&(char, char, Language)| {
            let letters = text[..end].chars().filter(|c| (*first..=*last).contains(c));
            letters.map(char::len_utf8).sum::<usize>() > end / 2
        };
        if let Some((.., language)) = SCRIPTS.iter().find(of_script) {
            return Some(*language);
        }
        if end < SHORTEST {
            return None;
        }
        match whichlang::detect_language(&text[..end]) {
            Lang::Ara => Some(Arabic),
            Lang::Deu => Some(German),
            Lang::Fra => Some(French),
            Lang::Ita => Some(Italian),
            Lang::Nld => Some(Dutch),
            Lang::Por => Some(Portuguese),
            Lang::Rus => Some(Russian),
            Lang::Spa => Some(Spanish),
            Lang::Swe => Some(Swedish),
            Lang::Tur => Some(Turkish),
            _ => None,
        }
    }
}
