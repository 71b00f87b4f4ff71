//! From text to words, the same for notes, for questions and for finding the words of a question in a note.
//!
//! A word is a run of letters, digits and marks, folded: lower case, diacritics off. In an alphabet each word is indexed
//! by its stem, and once more as it stands, where the two differ, so that both forms can be asked for. Scripts that put no
//! blanks between words (Chinese, Japanese, Korean, Thai, …) are indexed by single characters and by pairs.

use foldhash::{HashMap, HashMapExt};
use rust_stemmers::{Algorithm, Stemmer};
use std::ops::Range;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer runs, in bytes, are no words: keys, hashes, pictures written as text.
const LONGEST_WORD: usize = 255;

/// What stands before the exact form of a word in the index, to tell it from stems.
const EXACT: char = '=';

/// A word of a text: where it stands. Of a script without blanks, one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The bytes it stands on.
    pub range: Range<usize>,
    /// The bytes of the pair it makes with the next character of such a script, if one follows.
    pub pair: Option<Range<usize>>,
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
            let start = self.skip(|c| !is_word_character(c));
            let first = self.text[start..].chars().next()?;
            if is_gram(first) {
                let end = start + first.len_utf8();
                self.at = end;
                let next = self.text[end..].chars().next().filter(|next| is_gram(*next));
                let pair = next.map(|next| start..end + next.len_utf8());
                return Some(Word { range: start..end, pair, is_gram: true });
            }
            let end = self.skip(|c| is_word_character(c) && !is_gram(c));
            if end - start <= LONGEST_WORD {
                return Some(Word { range: start..end, pair: None, is_gram: false });
            }
        }
    }
}

impl Words<'_> {
    /// Goes on while `passes`; gives back where that ends.
    fn skip(&mut self, passes: impl Fn(char) -> bool) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            // Most text is ASCII, of which every byte is a character.
            let c = match byte.is_ascii() {
                true => char::from(*byte),
                false => self.text[self.at..].chars().next().unwrap_or_default(),
            };
            if !passes(c) {
                break;
            }
            self.at += c.len_utf8();
        }
        self.at
    }
}

fn is_word_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Whether this character's script puts no blanks between words.
pub(super) fn is_gram(c: char) -> bool {
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

/// A word as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The stem; of a script without blanks, the character or pair of characters.
    pub stem: Box<str>,
    /// The exact form, where it differs from the stem.
    pub exact: Option<Box<str>>,
}

impl Form {
    /// The word as it stands, case and diacritics aside.
    pub(crate) fn folded(&self) -> &str {
        self.exact.as_deref().map_or(&self.stem, |exact| &exact[EXACT.len_utf8()..])
    }
}

/// The forms of words, remembered: a vault has few words, many times each, and folding and stemming them anew would cost
/// as much as everything else in indexing.
pub(crate) struct Forms {
    stemmer: Stemmer,
    /// Where the form of each spelling is, letter case and all.
    known: HashMap<Box<str>, u32>,
    forms: Vec<Form>,
    spare: bool,
}

/// The forms of the words of one piece of a query. In a script without blanks pairs of characters, as far as there are some.
pub(crate) fn forms_of(text: &str) -> Vec<Form> {
    let mut known = Forms::new();
    let found: Vec<Word> = words(text).collect();
    let is_single = found.len() == 1;
    let mut forms: Vec<Form> = Vec::new();
    for word in found {
        match word.pair {
            Some(pair) => forms.push(known.of(&text[pair]).clone()),
            // The last character of a run is in the pair before it.
            None if word.is_gram && !is_single && !forms.is_empty() => {}
            None => forms.push(known.of(&text[word.range]).clone()),
        }
    }
    forms
}

/// More words than a language has; beyond it they are names, numbers and noise, and not worth keeping.
const MOST_KNOWN: usize = 200_000;

impl Forms {
    pub(crate) fn new() -> Forms {
        Forms { stemmer: Stemmer::create(Algorithm::English), known: HashMap::new(), forms: Vec::new(), spare: false }
    }

    /// The form of a word as written. English stems; words of other languages pass through them with little change.
    pub(crate) fn of(&mut self, written: &str) -> &Form {
        let at = self.number(written);
        &self.forms[at as usize]
    }

    /// The number of a word as written, by which others may remember something of it; none if it is not remembered itself.
    pub(crate) fn remembered(&mut self, written: &str) -> Option<u32> {
        Some(self.number(written)).filter(|at| (*at as usize) < MOST_KNOWN)
    }

    fn number(&mut self, written: &str) -> u32 {
        match self.known.get(written) {
            Some(at) => *at,
            None => self.learn(written),
        }
    }

    fn learn(&mut self, written: &str) -> u32 {
        let folded = fold(written);
        let is_plain = folded.bytes().all(|byte| byte.is_ascii_alphabetic());
        let stem: Box<str> = if is_plain { self.stemmer.stem(&folded).into() } else { folded.as_str().into() };
        let exact = (*stem != *folded).then(|| format!("{EXACT}{folded}").into());
        let form = Form { stem, exact };
        let is_full = self.forms.len() >= MOST_KNOWN + 2;
        let at = if is_full { MOST_KNOWN + usize::from(self.take_second_spare()) } else { self.forms.len() };
        if is_full {
            self.forms[at] = form;
        } else {
            self.forms.push(form);
            if at < MOST_KNOWN {
                self.known.insert(written.into(), at as u32);
            }
        }
        at as u32
    }

    /// Two places are kept for words that are not remembered, used in turn: a word and its pair are wanted at a time.
    fn take_second_spare(&mut self) -> bool {
        self.spare = !self.spare;
        self.spare
    }
}

/// The tokenizer of every text field: what [`words`] finds, in the forms described above.
pub(crate) struct WordTokenizer {
    forms: Forms,
    token: Token,
}

impl WordTokenizer {
    pub(crate) fn new() -> WordTokenizer {
        WordTokenizer { forms: Forms::new(), token: Token::default() }
    }
}

impl Clone for WordTokenizer {
    /// Each thread remembers its own words.
    fn clone(&self) -> Self {
        WordTokenizer::new()
    }
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Tokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens<'a> {
        self.token.reset();
        Tokens { words: words(text), forms: &mut self.forms, token: &mut self.token, second: None }
    }
}

pub(crate) struct Tokens<'a> {
    words: Words<'a>,
    forms: &'a mut Forms,
    token: &'a mut Token,
    /// The number of what else stands at the position just given: the same word, for its exact form, or a pair.
    second: Option<u32>,
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        if let Some(second) = self.second.take() {
            let form = &self.forms.forms[second as usize];
            self.token.text.clear();
            self.token.text.push_str(form.exact.as_deref().unwrap_or(&form.stem));
            return true;
        }
        let Some(word) = self.words.next() else { return false };
        let text = self.words.text;
        let pair = word.pair.map(|pair| self.forms.number(&text[pair]));
        let number = self.forms.number(&text[word.range.clone()]);
        let form = &self.forms.forms[number as usize];
        // Words of two blocks or two cells do not stand together.
        let gap = text[..word.range.start].get(self.token.offset_to..).is_some_and(|between| between.contains(['\n', '·']));
        self.token.position = self.token.position.wrapping_add(if gap && self.token.position != usize::MAX { 2 } else { 1 });
        (self.token.offset_from, self.token.offset_to) = (word.range.start, word.range.end);
        self.token.text.clear();
        self.token.text.push_str(&form.stem);
        self.second = if form.exact.is_some() { Some(number) } else { pair };
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
    fn words_beyond_memory_are_words() {
        let mut forms = Forms::new();
        for number in 0..MOST_KNOWN + 10 {
            let word = format!("x{number}");
            assert_eq!(*forms.of(&word).stem, *word);
        }
        let (a, b) = (forms.number("runs"), forms.number("mirrors"));
        assert_eq!((&*forms.forms[a as usize].stem, &*forms.forms[b as usize].stem), ("run", "mirror"));
        assert_eq!(forms.forms.len(), MOST_KNOWN + 2);
    }

    #[test]
    fn words_and_their_forms() {
        check("Mirror neurons", &["mirror@0", "neuron@1", "=neurons@1"]);
        check("Café cafe\u{301} CAFÉ", &["cafe@0", "cafe@1", "cafe@2"]);
        check("情感x", &["情@0", "情感@0", "感@1", "x@2"]);
        check("ПРИВЕТ, Ёлка", &["привет@0", "елка@1"]);
        check(&"x".repeat(256), &[]);
        check("a\nb", &["a@0", "b@2"]);
        check("", &[]);
    }
}
