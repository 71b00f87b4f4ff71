//! From text to words, the same for notes, for questions and for finding the words of a question in a note.
//!
//! A word is a run of letters, digits and marks. It is indexed as it stands, in lower case, and where its stem is another,
//! once more by its stem behind a sign; a stem is that of the word without diacritics. So the words of a vault can be told
//! from the stems, a phrase finds what was written, and `cafe` finds `café` but prefers its own kind. In a language other
//! than English a word has the stem of that language besides. Scripts that put no blanks between words (Chinese, Japanese,
//! Korean, Thai, …) are indexed by single characters and by pairs.

use super::language::Language;
use foldhash::{HashMap, HashMapExt};
use rust_stemmers::{Algorithm, Stemmer};
use std::ops::Range;
use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Longer runs, in bytes, are no words: keys, hashes, pictures written as text.
pub(super) const LONGEST_WORD: usize = 255;

/// What stands before a stem in the index, to tell it from words.
pub(super) const STEM: char = '~';

/// What stands before a text that is not English, and before one that by itself begins with it: this, then a letter that
/// says which language.
pub(super) const MARK: char = '\u{1}';

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
            let start = self.skip(Kind::BetweenWords, |c| !is_word_character(c));
            let first = self.text[start..].chars().next()?;
            if is_gram(first) {
                let end = end_of_gram(self.text, start);
                self.at = end;
                let is_followed = self.text[end..].chars().next().is_some_and(is_gram);
                let pair = is_followed.then(|| start..end_of_gram(self.text, end));
                return Some(Word { range: start..end, pair, is_gram: true });
            }
            let end = self.skip(Kind::OfWord, |c| (is_word_character(c) || is_ignorable(c)) && !is_gram(c));
            if end - start <= LONGEST_WORD {
                return Some(Word { range: start..end, pair: None, is_gram: false });
            }
        }
    }
}

impl Words<'_> {
    /// Goes on over ASCII of this kind and over other characters while they pass; gives back where that ends.
    fn skip(&mut self, kind: Kind, passes: impl Fn(char) -> bool) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            // Most text is ASCII, of which every byte is a character.
            self.at += bytes[self.at..].iter().take_while(|byte| KINDS[usize::from(**byte)] == kind).count();
            let other = bytes.get(self.at).filter(|byte| !byte.is_ascii());
            let other = other.and_then(|_| self.text[self.at..].chars().next()).filter(|c| passes(*c));
            match other {
                Some(c) => self.at += c.len_utf8(),
                None => return self.at,
            }
        }
    }
}

/// What a byte is by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfWord,
    BetweenWords,
    BeyondAscii,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::BeyondAscii; 256];
    let mut byte = 0u8;
    while byte.is_ascii() {
        kinds[byte as usize] = if byte.is_ascii_alphanumeric() { Kind::OfWord } else { Kind::BetweenWords };
        byte += 1;
    }
    kinds
};

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

/// Where the character of such a script ends that begins at `start`: a decomposed syllable or a mark on it belongs to it.
fn end_of_gram(text: &str, start: usize) -> usize {
    let belongs = |c: char| match u32::from(c) {
        0x1160..=0x11FF | 0x3099 | 0x309A => true,
        _ => !is_gram(c) && c.general_category_group() == GeneralCategoryGroup::Mark,
    };
    let mut rest = text[start..].char_indices().skip(1);
    rest.find(|(_, c)| !belongs(*c)).map_or(text.len(), |(at, _)| start + at)
}

/// Whether a character within a word only says how it is set: where it may be divided, how its signs join, which shape of a
/// sign is meant.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A word in lower case, its letters composed.
pub(super) fn lower(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let lower = word.nfc().filter(|c| !is_ignorable(*c)).collect::<String>().to_lowercase();
    // The dotted capital of Turkish would keep its dot beside that of the small letter.
    if lower.contains('\u{307}') { lower.replace("i\u{307}", "i") } else { lower }
}

/// Shows a word in lower case, its letters composed, and holds it no longer than that.
pub(super) fn in_small_letters<T>(word: &str, see: impl FnOnce(&str) -> T) -> T {
    // Few words are longer, and those that are not need no memory of their own.
    let mut small = [0; 32];
    match small.get_mut(..word.len()).filter(|_| word.is_ascii()) {
        Some(small) => {
            small.copy_from_slice(word.as_bytes());
            small.make_ascii_lowercase();
            see(str::from_utf8(small).unwrap_or_default())
        }
        None => see(&lower(word)),
    }
}

/// Whether a mark is left off when words are compared: accents, the vowel points of Hebrew and Arabic, which most writers
/// leave off, and the stroke that only stretches Arabic words.
fn is_diacritic(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0487 // Latin, Greek, Cyrillic
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7 // Hebrew
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 // Arabic
        | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8 | 0x06EA..=0x06ED)
}

/// A word in lower case without diacritics. The marks of scripts that need theirs (Indic ones, kana) stay.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let is_bare = |c: &char| !is_diacritic(*c) && !is_ignorable(*c);
    let bare: String = word.nfkd().filter(is_bare).nfc().flat_map(char::to_lowercase).collect();
    // Sigma has a form of its own at the end of words; capitals do not tell it.
    let bare = bare.replace('ς', "σ");
    if bare.chars().any(|c| ('\u{80}'..'\u{250}').contains(&c)) { in_basic_letters(&bare) } else { bare }
}

/// Latin letters that no mark makes of basic ones, in the way people type them: `ß` as ss, `ø` as o, `æ` as ae.
fn in_basic_letters(word: &str) -> String {
    let mut analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
    let mut tokens = analyzer.token_stream(word);
    if tokens.advance() { tokens.token().text.clone() } else { word.to_owned() }
}

/// A word as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// As it stands, in lower case; of a script without blanks, the character or pair of characters.
    pub surface: Box<str>,
    /// Without diacritics, where that is something else.
    bare: Option<Box<str>>,
    /// The stem of English of that; of words that are not of basic letters, all of it.
    pub stem: Box<str>,
}

impl Form {
    /// The word as it stands, case and diacritics aside.
    pub(crate) fn folded(&self) -> &str {
        self.bare.as_deref().unwrap_or(&self.surface)
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

/// The words of one piece of a query. In a script without blanks pairs of characters, as far as there are some.
pub(crate) fn words_of(text: &str) -> Vec<&str> {
    let mut pieces: Vec<&str> = Vec::new();
    let mut is_in_pair = false;
    let mut found = words(text).peekable();
    while let Some(word) = found.next() {
        match &word.pair {
            Some(pair) => pieces.push(&text[pair.clone()]),
            // The last character is in the pair before it. Where other words follow it keeps its place before them.
            None if is_in_pair && found.peek().is_none() => {}
            None => pieces.push(&text[word.range]),
        }
        is_in_pair = word.pair.is_some();
    }
    pieces
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
        let surface: Box<str> = lower(written).into();
        let folded = fold(written);
        let is_plain = folded.bytes().all(|byte| byte.is_ascii_alphabetic());
        let stem: Box<str> = if is_plain { self.stemmer.stem(&folded).into() } else { folded.as_str().into() };
        let bare = (*folded != *surface).then(|| folded.into());
        let form = Form { surface, bare, stem };
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

/// The stems of a language that is not English, remembered.
pub(crate) struct OwnStems {
    stemmer: Stemmer,
    known: HashMap<Box<str>, Box<str>>,
}

impl OwnStems {
    pub(crate) fn of(language: Language) -> OwnStems {
        OwnStems { stemmer: Stemmer::create(language.algorithm()), known: HashMap::new() }
    }

    /// The stem of a word of this language, given in lower case: taken while its diacritics are on, which are part of its
    /// endings, and given without them.
    pub(crate) fn stem(&mut self, surface: &str) -> &str {
        if !self.known.contains_key(surface) {
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            let stem = fold(&self.stemmer.stem(surface));
            self.known.insert(surface.into(), stem.into());
        }
        self.known.get(surface).map_or("", |stem| stem)
    }
}

/// A text as the tokenizer takes it: with its language, where that is not English.
pub(super) fn marked(text: &str, language: Option<Language>) -> String {
    match language {
        Some(language) => format!("{MARK}{}{text}", language.letter()),
        None if text.starts_with(MARK) => format!("{MARK}{MARK}{text}"),
        None => text.to_owned(),
    }
}

/// The tokenizer of every text field: what [`words`] finds, in the forms described above.
pub(crate) struct WordTokenizer {
    forms: Forms,
    own: Vec<(Language, OwnStems)>,
    token: Token,
}

impl WordTokenizer {
    pub(crate) fn new() -> WordTokenizer {
        WordTokenizer { forms: Forms::new(), own: Vec::new(), token: Token::default() }
    }

    fn own_stems(&mut self, language: Language) -> usize {
        let known = self.own.iter().position(|(known, _)| *known == language);
        known.unwrap_or_else(|| {
            self.own.push((language, OwnStems::of(language)));
            self.own.len() - 1
        })
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
        let mut rest = text.chars();
        let (text, language) = match (rest.next(), rest.next()) {
            (Some(MARK), Some(letter)) => (rest.as_str(), Language::of_letter(letter)),
            _ => (text, None),
        };
        let own = language.map(|language| self.own_stems(language));
        let own = own.and_then(|at| self.own.get_mut(at)).map(|(_, stems)| stems);
        Tokens { words: words(text), forms: &mut self.forms, own, token: &mut self.token, word: None, pair: None }
    }
}

pub(crate) struct Tokens<'a> {
    words: Words<'a>,
    forms: &'a mut Forms,
    own: Option<&'a mut OwnStems>,
    token: &'a mut Token,
    /// The number of the word just given and what is still to be given at its position: its stem, that of its own language.
    word: Option<(u32, Due)>,
    /// Where the pair that begins with the character just given stands.
    pair: Option<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Stem,
    OwnStem,
}

impl Tokens<'_> {
    /// What else stands at the position just given.
    fn more_of_the_word(&mut self) -> bool {
        while let Some((number, due)) = self.word {
            let form = &self.forms.forms[number as usize];
            self.word = (due == Due::Stem).then_some((number, Due::OwnStem));
            let stem = match due {
                Due::Stem => &form.stem,
                Due::OwnStem => match &mut self.own {
                    Some(own) => own.stem(&form.surface),
                    None => continue,
                },
            };
            let is_new = *stem != *form.surface && (due == Due::Stem || *stem != *form.stem);
            if is_new && !stem.is_empty() {
                self.token.text.clear();
                self.token.text.push(STEM);
                self.token.text.push_str(stem);
                return true;
            }
        }
        let Some(pair) = self.pair.take() else { return false };
        let number = self.forms.number(&self.words.text[pair]);
        self.begin(number);
        true
    }

    fn begin(&mut self, number: u32) {
        self.token.text.clear();
        self.token.text.push_str(&self.forms.forms[number as usize].surface);
        self.word = Some((number, Due::Stem));
    }
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        if self.more_of_the_word() {
            return true;
        }
        let Some(word) = self.words.next() else { return false };
        let text = self.words.text;
        let number = self.forms.number(&text[word.range.clone()]);
        // Words of two blocks or two cells do not stand together.
        let gap = text[..word.range.start].get(self.token.offset_to..).is_some_and(|between| between.contains(['\n', '·']));
        self.token.position = self.token.position.wrapping_add(if gap && self.token.position != usize::MAX { 2 } else { 1 });
        (self.token.offset_from, self.token.offset_to) = (word.range.start, word.range.end);
        self.pair = word.pair;
        self.begin(number);
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
    fn pieces_of_scripts_without_blanks() {
        let check = |text: &str, expected: &[&str]| assert_eq!(words_of(text), expected, "{text}");
        check("鸣", &["鸣"]);
        check("共鸣", &["共鸣"]);
        check("情感共鸣", &["情感", "感共", "共鸣"]);
        check("Rust語", &["Rust", "語"]);
        check("語Rust", &["語", "Rust"]);
        check("情感x共鸣", &["情感", "感", "x", "共鸣"]);
    }

    #[test]
    fn words_and_their_forms() {
        check("Mirror neurons", &["mirror@0", "neurons@1", "~neuron@1"]);
        check("Café cafe\u{301} cafe", &["café@0", "~cafe@0", "café@1", "~cafe@1", "cafe@2"]);
        check("情感x", &["情@0", "情感@0", "感@1", "x@2"]);
        check("ПРИВЕТ, Ёлка", &["привет@0", "ёлка@1", "~елка@1"]);
        check("ΛΟΓΟΣ λόγος", &["λογος@0", "~λογοσ@0", "λόγος@1", "~λογοσ@1"]);
        check("Straße Łódź", &["straße@0", "~strass@0", "łódź@1", "~lodz@1"]);
        check("İstanbul ISPARTA ısparta", &["istanbul@0", "isparta@1", "ısparta@2", "~isparta@2"]);
        check(
            "ﬁnding Ａｂ Æsir København",
            &["ﬁnding@0", "~find@0", "ａｂ@1", "~ab@1", "æsir@2", "~aesir@2", "københavn@3", "~kobenhavn@3"],
        );
        check("كِتَاب كتاب שָׁלוֹם", &["كِتَاب@0", "~كتاب@0", "كتاب@1", "שָׁלוֹם@2", "~שלום@2"]);
        check("हिन्दी", &["हिन्दी@0"]);
        check("mir\u{AD}ror", &["mirror@0"]);
        check("ｶ か\u{3099}っ", &["ｶ@0", "~カ@0", "が@1", "がっ@1", "っ@2"]);
        check("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", &["한@0", "한글@0", "글@1"]);
        check("葛\u{E0100}城", &["葛@0", "葛城@0", "城@1"]);
        check(&marked("Häuser", Some(Language::German)), &["häuser@0", "~hauser@0", "~haus@0"]);
        check(&marked("\u{1}x", None), &["x@0"]);
        check(&"x".repeat(256), &[]);
        check("a\nb", &["a@0", "b@2"]);
        check("", &[]);
    }
}
