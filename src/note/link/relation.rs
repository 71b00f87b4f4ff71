//! Typed lines: `See also: [[affective empathy]]`, `**Related**:: [[a]], [[b]]`.
//!
//! A line that is a key, a colon and links, and nothing else, says how its links relate. Lines are read from the source,
//! since markdown joins, splits and re-headlines them (`preceding: [[a]]` above `---` is a heading to it).

use super::Link;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// The longest key, in characters and in words.
pub(crate) const KEY_CHARACTERS: usize = 40;
pub(crate) const KEY_WORDS: usize = 5;

/// How many bytes before a line's first link are worth reading: a key, its emphasis, list and quote marks.
const LEAD: usize = 4 * KEY_CHARACTERS + 64;

/// Gives every link on a typed line its relation, and back where the keys stand, from the start of the line on. `links` are
/// those of the body in source order, without a base offset.
pub(crate) fn type_lines(text: &str, links: &mut [Link], base: usize) -> Vec<Range<usize>> {
    let (mut at, mut keys) = (0, Vec::new());
    while at < links.len() {
        let span = |link: &Link| link.range_in_text(base);
        let first = span(&links[at]);
        let start = line_start(text, first.start);
        let Some((start, key)) = start.and_then(|start| Some((start, read_key(&text[start..first.start])?))) else {
            at += 1;
            continue;
        };
        let (mut last, mut end) = (at, first.end);
        while let Some(next) = links.get(last + 1).map(span) {
            if next.start < end || !is_separator(&text[end..next.start]) {
                break;
            }
            (last, end) = (last + 1, next.end);
        }
        if ends_line(&text[end..]) {
            keys.push(start..first.start);
            // A field has typed its links already.
            for link in links[at..=last].iter_mut().filter(|link| link.relation().is_none()) {
                link.relate(key);
            }
        }
        at = last + 1;
    }
    keys
}

/// Where the line of `offset` begins, if it begins near enough for a key to stand between.
pub(super) fn line_start(text: &str, offset: usize) -> Option<usize> {
    let mut from = offset.saturating_sub(LEAD);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    match memchr::memrchr(b'\n', &text.as_bytes()[from..offset]) {
        Some(newline) => Some(from + newline + 1),
        None => (from == 0).then_some(0),
    }
}

/// The key of what precedes a line's first link.
fn read_key(lead: &str) -> Option<&str> {
    let emphasis = |c| matches!(c, '*' | '_');
    let lead = strip_list_marks(lead).trim_end().trim_end_matches(emphasis).trim_end();
    let before = lead.strip_suffix(':').or_else(|| lead.strip_suffix('：'))?;
    // Two colons make a field of most such lines; here are those that are none, as a task's.
    let key = before.strip_suffix(':').unwrap_or(before).trim().trim_matches(emphasis).trim();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/' | '\'' | '’' | '&' | '+') || is_mark(c);
    let fits = key.starts_with(char::is_alphabetic)
        && key.chars().all(is_word)
        && key.chars().count() <= KEY_CHARACTERS
        && key.split_whitespace().count() <= KEY_WORDS;
    fits.then_some(key)
}

fn is_mark(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// The line without quote marks, list marks and task boxes before it.
pub(crate) fn strip_list_marks(line: &str) -> &str {
    let mut rest = line.trim_start_matches(['>', ' ', '\t']);
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let mark = match rest.as_bytes().get(digits) {
            Some(b'-' | b'*' | b'+') if digits == 0 => 1,
            Some(b'.' | b')') if (1..=9).contains(&digits) => digits + 1,
            _ => return rest,
        };
        match rest[mark..].strip_prefix([' ', '\t']) {
            Some(item) => rest = strip_task_box(item.trim_start_matches(['>', ' ', '\t'])),
            None => return rest,
        }
    }
}

fn strip_task_box(item: &str) -> &str {
    let mut rest = item.chars();
    match (rest.next(), rest.next(), rest.next(), rest.next()) {
        (Some('['), Some(_), Some(']'), Some(' ' | '\t')) => rest.as_str(),
        _ => item,
    }
}

/// Whether nothing but a divider stands between two links: blanks, `, ; | · /`, CJK commas, `and`, `&`, emphasis.
fn is_separator(between: &str) -> bool {
    // The longest that passes is a few signs around one word; a bound keeps long lines cheap.
    if between.len() > 32 || between.contains('\n') {
        return false;
    }
    let between = between.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '；' | '*' | '_'));
    matches!(between, "" | "|" | "·" | "/" | "&" | "and" | r"\|" | "•")
}

/// Whether a line ends here, but for a full stop, emphasis and blanks.
fn ends_line(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| matches!(c, '.' | '。' | '*' | '_' | '\\') || (c.is_whitespace() && c != '\n'));
    rest.is_empty() || rest.starts_with('\n')
}

/// The name that two spellings of one relation share: composed, lower case, blanks and underscores as `-`.
pub fn relation_name(written: &str) -> String {
    let folded = written.nfc().collect::<String>().to_lowercase();
    folded
        .split(|c: char| matches!(c, '_' | '-') || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lead: &str, expected: Option<&str>) {
        assert_eq!(read_key(lead), expected, "{lead:?}");
    }

    #[test]
    fn what_is_a_key() {
        check("preceding: ", Some("preceding"));
        check("> - [x] **See also**:: ", Some("See also"));
        check("1. *Up:* ", Some("Up"));
        check("相关：", Some("相关"));
        check("We met. Then: ", None);
        check("one two three four five six: ", None);
        check("# Title: ", None);
        check("| up: ", None);
        check("1984: ", None);
        check("key ", None);
    }

    #[test]
    fn names_of_relations_fold() {
        for written in ["See also", "see_also", "see-also", " SEE  ALSO "] {
            assert_eq!(relation_name(written), "see-also", "{written:?}");
        }
        assert_eq!(relation_name("cross.refs"), "cross.refs");
    }
}
