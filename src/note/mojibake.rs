//! Text that was decoded twice: UTF-8 read as Windows-1252, so that `one’s` shows as `oneâ€™s`.
//!
//! A file is never changed; what it says is repaired for search and for showing, and said as a problem.

use super::problem::{Problem, Wrong};
use super::prose::clip;
use super::span::Places;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;
use std::ops::Range;

/// The longest character of UTF-8 in bytes, each of which became a character of its own.
const LONGEST: usize = 4;

/// How often a text may have been decoded too often.
const MOST_TIMES: usize = 3;

/// What is broken in a note: how much, and the first of it.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    first: Option<(usize, String, String)>,
    total: usize,
}

impl Broken {
    /// Adds a run that stands at byte `at` of the text; asked in rising order.
    pub(crate) fn add(&mut self, at: usize, written: &str, meant: &str) {
        self.first.get_or_insert_with(|| (at, clip(written).into_owned(), clip(meant).into_owned()));
        self.total += 1;
    }

    /// Adds every run of a text.
    pub(crate) fn add_all(&mut self, text: &str) {
        let mut from = 0;
        while let Some((run, meant)) = find_run(text, from) {
            from = run.end;
            self.add(run.start, &text[run], &meant);
        }
    }

    /// Puts what stands behind all of this at the end.
    pub(crate) fn append(&mut self, later: Broken) {
        self.total += later.total;
        self.first = self.first.take().or(later.first);
    }

    /// The problem, if anything is broken.
    pub(crate) fn problem(self, places: &mut Places<'_>) -> Option<Problem> {
        let (at, written, meant) = self.first?;
        let (written, meant) = (written.into(), meant.into());
        Some(Problem { place: places.of(at..at), what: Wrong::Mojibake { written, meant, total: self.total } })
    }
}

/// Finds the first broken character at or after byte `from`: where it stands and what it was. Whoever goes on looking
/// does so from the end of the last one, as broken characters come in company.
fn find(text: &str, from: usize) -> Option<(Range<usize>, char)> {
    let bytes = text.as_bytes();
    let mut at = from;
    // Every broken character begins with one from U+00C2 to U+00F4, which UTF-8 writes with C3 in front.
    while let Some(lead) = memchr::memchr(0xC3, &bytes[at..]).map(|lead| at + lead) {
        at = lead + 2;
        if !matches!(bytes.get(lead + 1), Some(0x82..=0xB4)) || bytes.get(at).is_none_or(u8::is_ascii) {
            continue;
        }
        let follows_another = from > 0 && matches!(&text[from..lead], "" | " ");
        if let Some((broken, character)) = decode_at(text, lead)
            && is_likelier(text, broken.clone(), character, follows_another)
        {
            return Some((broken, character));
        }
    }
    None
}

/// The character whose bytes stand as characters from `start` on.
fn decode_at(text: &str, start: usize) -> Option<(Range<usize>, char)> {
    let mut bytes: Vec<u8> = Vec::with_capacity(LONGEST);
    let mut end = start;
    for c in text[start..].chars().take(LONGEST) {
        bytes.push(byte_of(c)?);
        end += c.len_utf8();
        if let Ok(character) = std::str::from_utf8(&bytes) {
            return character.chars().next().map(|character| (start..end, character));
        }
    }
    None
}

/// The scripts whose words are broken in all of their letters, so that one letter alone is not to be believed.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    EastAsian,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        '\u{370}'..='\u{3FF}' => Script::Greek,
        '\u{400}'..='\u{4FF}' => Script::Cyrillic,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{6FF}' => Script::Arabic,
        '\u{3000}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{FF00}'..='\u{FFEF}' => Script::EastAsian,
        _ => return None,
    })
}

/// Whether the repaired character is likelier than the two to four it was read from. `CAFÉ»`, `thé »` and `“IRMÃ”` are
/// right as they stand, though each ends in what could be the bytes of one character.
fn is_likelier(text: &str, broken: Range<usize>, character: char, follows_another: bool) -> bool {
    let before = text[..broken.start].chars().next_back();
    let after = text[broken.end..].chars().next();
    let second = text[broken.clone()].chars().nth(1).unwrap_or_default();
    match character {
        '\u{80}'..='\u{9F}' => false,
        // Latin letters and signs of the first block: `Ã©`. A quote, a dash or a blank is more likely just that, unless it
        // stands within a word.
        '\u{A0}'..='\u{FF}' => match second {
            '\u{A0}' => !before.is_some_and(char::is_uppercase),
            '\u{2010}'..='\u{201F}' | '\u{2026}' | '\u{2039}' | '\u{203A}' | '«' | '»' => {
                let is_shout = before.is_some_and(|c| c.is_uppercase() || matches!(c, '"' | '«' | '“' | '„' | '‘'));
                let is_in_word = before.is_some_and(char::is_lowercase) || after.is_some_and(char::is_alphabetic);
                // `Â« … Â»`: nobody writes the letter by itself.
                let is_padding = text[broken].starts_with('Â') && matches!(second, '«' | '»') && !is_shout;
                follows_another || is_in_word || is_padding
            }
            _ => true,
        },
        // `mÄ…ka`, `Åšwiat`, `È™i`
        '\u{100}'..='\u{24F}' => {
            let is_in_word = before.is_some_and(|c| c.is_ascii_lowercase()) || after.is_some_and(|c| c.is_ascii_alphabetic());
            follows_another || is_in_word || decode_at(text, broken.end).is_some()
        }
        // Vietnamese letters; quotes, dashes, arrows, signs of mathematics and money, a byte order mark, emoji.
        '\u{1E00}'..='\u{1EFF}' | '\u{2000}'..='\u{2BFF}' | '\u{FEFF}' | '\u{FFFD}' | '\u{1F000}'..='\u{1FAFF}' => true,
        _ => script(character).is_some_and(|own| {
            let next = broken.end + usize::from(after == Some(' '));
            follows_another || decode_at(text, next).is_some_and(|(_, next)| script(next) == Some(own))
        }),
    }
}

/// The byte that Windows-1252 reads as this character, if it is not an ASCII one.
fn byte_of(c: char) -> Option<u8> {
    let mut buffer = [0; 4];
    let (bytes, _, has_unknown) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    match bytes.as_ref() {
        [byte] if !has_unknown && !byte.is_ascii() => Some(*byte),
        _ => None,
    }
}

/// A run of broken characters: where it stands and what it was, however often it was decoded.
pub(crate) fn find_run(text: &str, from: usize) -> Option<(Range<usize>, String)> {
    let (mut run, character) = find(text, from)?;
    let mut meant = String::from(character);
    while let Some((next, character)) = find(text, run.end).filter(|(next, _)| next.start == run.end) {
        run.end = next.end;
        meant.push(character);
    }
    // What was decoded three times reads as decoded twice now.
    for _ in 1..MOST_TIMES {
        meant = replace(&meant, |text, from| find(text, from).map(|(broken, character)| (broken, String::from(character))));
    }
    Some((run, meant))
}

/// The text as it was meant.
pub(crate) fn repair(text: &str) -> Cow<'_, str> {
    match find(text, 0) {
        Some(_) => Cow::Owned(replace(text, find_run)),
        None => Cow::Borrowed(text),
    }
}

/// The text with something else in each place that is found.
fn replace(text: &str, find: impl Fn(&str, usize) -> Option<(Range<usize>, String)>) -> String {
    let mut replaced = String::new();
    let mut from = 0;
    while let Some((found, other)) = find(text, from) {
        replaced.push_str(&text[from..found.start]);
        replaced.push_str(&other);
        from = found.end;
    }
    replaced.push_str(&text[from..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(repair(text), expected, "{text:?}");
    }

    #[test]
    fn what_was_decoded_twice_is_read_once() {
        check("oneâ€™s", "one’s");
        check("cafÃ©, â€œyesâ€\u{9d}, â€¦, naÃ¯ve", "café, “yes”, …, naïve");
        check("Ã¢â‚¬â„¢", "’");
        check("ðŸ˜€", "😀");
        check("Ð¿Ñ€Ð¸Ð²ÐµÑ‚, mÄ…ka", "привет, mąka");
        check("ZaÅ¼Ã³Å‚Ä‡ gÄ™Å›lÄ… Åšwiat", "Zażółć gęślą Świat");
        check("æ—¥æœ¬èªž Tiáº¿ng Viá»‡t ÎšÎ±Î»Î·Î¼", "日本語 Tiếng Việt Καλημ");
        check("Ä‘Æ°á»›c È™i Â«\u{A0}ouiÂ\u{A0}Â»", "đước și «\u{A0}oui\u{A0}»");
        check("Ã“scar voilÃ\u{A0} KÃ–LN", "Óscar voilà KÖLN");
    }

    #[test]
    fn what_is_meant_stays() {
        for text in [
            "",
            "NÃO",
            "Â",
            "café",
            "â la",
            "À la carte",
            "Ærø",
            "日本",
            "Ã",
            "âge â€",
            "«CAFÉ»",
            "« thé\u{A0}»",
            "“IRMÃ”",
            "„MENÜ“",
        ] {
            check(text, text);
        }
    }
}
