//! From text to words, the same for notes, for questions and for finding the words of a question in a note.
//!
//! A word is a run of letters, digits and marks, folded: lower case, diacritics off. In an alphabet each word is indexed
//! by its stem, and once more as it stands, where the two differ, so that both forms can be asked for. Scripts that put no
//! blanks between words (Chinese, Japanese, Korean, Thai, …) are indexed by single characters and by pairs.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashMap;
use std::ops::Range;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer runs are no words: keys, hashes, pictures written as text.
const LONGEST_WORD: usize = 80;

/// What stands before the exact form of a word in the index, to tell it from stems.
const EXACT: char = '=';

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The bytes it stands on.
    pub range: Range<usize>,
    /// The folded word; a single character of a script without blanks.
    pub folded: String,
    /// The next character of such a script, if this is one and another follows.
    pub next: Option<char>,
    /// Whether it is a character of such a script.
    pub is_gram: bool,
}

/// The words of `text`, in order.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

pub(crate) struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let rest = &self.text[self.at..];
            let start = self.at + rest.find(is_word_character)?;
            let first = self.text[start..].chars().next()?;
            if is_gram(first) {
                let end = start + first.len_utf8();
                self.at = end;
                let next = self.text[end..].chars().next().filter(|next| is_gram(*next));
                return Some(Word { range: start..end, folded: fold(&self.text[start..end]), next, is_gram: true });
            }
            let ends = |c: char| !is_word_character(c) || is_gram(c);
            let end = self.text[start..].find(ends).map_or(self.text.len(), |length| start + length);
            self.at = end;
            if end - start <= LONGEST_WORD {
                return Some(Word { range: start..end, folded: fold(&self.text[start..end]), next: None, is_gram: false });
            }
        }
    }
}

fn is_word_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Whether this character's script puts no blanks between words.
fn is_gram(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F | 0x1780..=0x17FF // Myanmar, Khmer
        | 0x1100..=0x11FF | 0xAC00..=0xD7AF // Hangul
        | 0x3040..=0x30FF | 0x31F0..=0x31FF // kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF) // Han
}

/// Lower case without diacritics. The marks of scripts that need theirs (Indic ones, kana) stay.
fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let is_diacritic = |c: &char| ('\u{300}'..='\u{36F}').contains(c);
    word.nfkd().filter(|c| !is_diacritic(c)).nfc().flat_map(char::to_lowercase).collect()
}

/// Stems words and remembers what it stemmed: a vault has few words, many times each, and stemming them anew would cost
/// as much as everything else in indexing.
pub(crate) struct Stems {
    stemmer: Stemmer,
    known: HashMap<String, String>,
}

/// More words than a language has; beyond it they are names, numbers and noise, and not worth keeping.
const MOST_KNOWN: usize = 200_000;

impl Stems {
    pub(crate) fn new() -> Stems {
        Stems { stemmer: Stemmer::create(Algorithm::English), known: HashMap::new() }
    }

    /// The stem of a folded word. English rules; other words pass through them with little change.
    pub(crate) fn stem(&mut self, word: &str) -> &str {
        if !self.known.contains_key(word) {
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            let is_plain = word.bytes().all(|byte| byte.is_ascii_alphabetic());
            let stem = if is_plain { self.stemmer.stem(word).into_owned() } else { word.to_owned() };
            self.known.insert(word.to_owned(), stem);
        }
        self.known.get(word).map_or("", String::as_str)
    }
}

/// The form of the index in which a word stands exactly as written.
pub(crate) fn exact_form(word: &str) -> String {
    format!("{EXACT}{word}")
}

/// The form of a pair of characters.
pub(crate) fn pair_form(first: &str, next: char) -> String {
    let mut pair = first.to_owned();
    pair.push(next);
    pair
}

/// The tokenizer of every text field: what [`words`] finds, in the forms described above.
pub(crate) struct WordTokenizer {
    stems: Stems,
    token: Token,
}

impl WordTokenizer {
    pub(crate) fn new() -> WordTokenizer {
        WordTokenizer { stems: Stems::new(), token: Token::default() }
    }
}

impl Clone for WordTokenizer {
    /// Each thread remembers its own stems.
    fn clone(&self) -> Self {
        WordTokenizer::new()
    }
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Tokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens<'a> {
        self.token.reset();
        Tokens { words: words(text), stems: &mut self.stems, token: &mut self.token, second: None }
    }
}

pub(crate) struct Tokens<'a> {
    words: Words<'a>,
    stems: &'a mut Stems,
    token: &'a mut Token,
    /// The other form of the word just given, at the same position.
    second: Option<String>,
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        if let Some(second) = self.second.take() {
            self.token.text = second;
            return true;
        }
        let Some(word) = self.words.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        (self.token.offset_from, self.token.offset_to) = (word.range.start, word.range.end);
        self.token.text.clear();
        if word.is_gram {
            self.token.text.push_str(&word.folded);
            self.second = word.next.map(|next| pair_form(&word.folded, next));
        } else {
            let stem = self.stems.stem(&word.folded);
            self.token.text.push_str(stem);
            self.second = (*stem != *word.folded).then(|| exact_form(&word.folded));
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut tokenizer = WordTokenizer::new();
        let mut stream = tokenizer.token_stream(text);
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push(format!("{}@{}", stream.token().text, stream.token().position));
        }
        assert_eq!(tokens, expected, "{text:?}");
    }

    #[test]
    fn words_and_their_forms() {
        check("Mirror neurons", &["mirror@0", "neuron@1", "=neurons@1"]);
        check("Café cafe\u{301} CAFÉ", &["cafe@0", "cafe@1", "cafe@2"]);
        check("情感x", &["情@0", "情感@0", "感@1", "x@2"]);
        check("ПРИВЕТ, Ёлка", &["привет@0", "елка@1"]);
        check(&"x".repeat(81), &[]);
        check("", &[]);
    }
}
