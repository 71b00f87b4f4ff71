//! Fields in the text: `key:: value` on a line of its own, `[key:: value]` and `(key:: value)` among words.
//!
//! The syntax is Dataview's, read line by line outside code, math, HTML, tables and links. Prose about C++ or network
//! addresses writes `::` as well, so that a key has to look like one.

use super::link::{KEY_CHARACTERS, KEY_WORDS, strip_list_marks};
use super::mojibake;
use super::span::{Place, Places};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use time::{Date, Month};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

/// A field of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key as written, emphasis aside; [`field_name`] folds it.
    pub key: Box<str>,
    /// The value: one, several where a comma divides them, or none of an empty field.
    pub values: Vec<FieldValue>,
    /// Where key and value stand.
    pub place: Place,
}

/// One value of a field, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValue {
    /// What it is.
    pub kind: ValueKind,
    /// Its text; that of quoted text without the quotes. What was decoded twice is repaired.
    pub text: Box<str>,
}

/// What a value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day, month or moment as ISO 8601 writes them.
    Date,
    /// `3 hours 20 minutes`.
    Duration,
    /// A wikilink, embedded or not.
    Link,
    /// Anything else.
    Text,
}

impl ValueKind {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ValueKind::Number => "number",
            ValueKind::Boolean => "boolean",
            ValueKind::Date => "date",
            ValueKind::Duration => "duration",
            ValueKind::Link => "link",
            ValueKind::Text => "text",
        }
    }
}

/// A field as found, and where its value stands.
pub(crate) struct Found {
    pub field: Field,
    pub value: Range<usize>,
}

/// Longer lines, in bytes, hold no fields.
const LONGEST_LINE: usize = 32_768;

/// Finds the fields of `text` from byte `start` on, in order. Double colons in one of the `opaque` ranges (ascending,
/// apart) are none; `tasks` are the bytes of task boxes.
pub(crate) fn find_fields(
    text: &str,
    start: usize,
    opaque: &[Range<usize>],
    tasks: &[usize],
    places: &mut Places<'_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(colons) = memchr::memmem::find(&text.as_bytes()[at..], b"::").map(|colons| at + colons) {
        let bytes = text.as_bytes();
        let line_start = memchr::memrchr(b'\n', &bytes[at..colons]).map_or(at, |newline| at + newline + 1);
        let line_end = memchr::memchr(b'\n', &bytes[colons..]).map_or(text.len(), |newline| colons + newline);
        at = line_end;
        let line = line_start..line_end;
        if line.len() > LONGEST_LINE {
            continue;
        }
        let before = found.len();
        in_brackets(text, line.clone(), opaque, places, &mut found);
        let is_task = tasks.get(tasks.partition_point(|task| *task < line.start)).is_some_and(|task| *task < line.end);
        if found.len() == before && !is_task && !is_within(opaque, colons) {
            found.extend(whole_line(text, line, colons, places));
        }
    }
    found
}

fn is_within(ranges: &[Range<usize>], at: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= at);
    after > 0 && at < ranges[after - 1].end
}

/// The fields in brackets of a line. Closers are matched once for the whole line, so that a line of open brackets costs
/// its length.
fn in_brackets(text: &str, line: Range<usize>, opaque: &[Range<usize>], places: &mut Places<'_>, found: &mut Vec<Found>) {
    let bytes = &text.as_bytes()[..line.end];
    let closers = closers(bytes, line.start);
    let mut open: Option<usize> = None;
    let mut at = line.start;
    while at < line.end {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' | b'(' => open = Some(at),
            b']' | b')' => open = None,
            b':' if bytes.get(at + 1) == Some(&b':') => {
                let bracket = open.take().filter(|bracket| !is_within(opaque, at) && !is_in_address(&bytes[..*bracket]));
                let end = bracket.and_then(|bracket| closers[bracket - line.start]);
                if let (Some(bracket), Some(end)) = (bracket, end)
                    && let Some(key) = bracket_key(&text[bracket + 1..at])
                    && !is_code_path(bytes[bracket], &text[at + 2..end])
                {
                    let value = at + 2..end;
                    let place = places.of(bracket..end + 1);
                    let field = Field { key: key.into(), values: values(text[value.clone()].trim()), place };
                    found.push(Found { field, value });
                    at = end;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// For each bracket of a line that opens, the one that closes it, by offset into the line.
fn closers(bytes: &[u8], start: usize) -> Vec<Option<usize>> {
    let mut closers = vec![None; bytes.len() - start];
    let (mut square, mut round) = (Vec::new(), Vec::new());
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => square.push(at),
            b'(' => round.push(at),
            b']' | b')' => {
                let open = if bytes[at] == b']' { &mut square } else { &mut round };
                if let Some(open) = open.pop() {
                    closers[open - start] = Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    closers
}

/// Whether a bracket stands in an address: `http://[2408::2b8b]/`.
fn is_in_address(before: &[u8]) -> bool {
    before.ends_with(b"/") || before.ends_with(b"@")
}

/// Whether what stands in brackets is rather a path of a program, `(std::vec)` or `[crate::note::field]`: no blank follows
/// the colons, and the brackets are round, or more colons come.
fn is_code_path(bracket: u8, value: &str) -> bool {
    let is_glued = value.starts_with(char::is_alphabetic);
    is_glued && (bracket == b'(' || value.contains("::"))
}

fn bracket_key(written: &str) -> Option<&str> {
    let key = written.trim().trim_matches(['*', '_']).trim();
    // Digits alone are rather part of an address; a picture is a key.
    let names_something = key.contains(|c: char| c.is_alphabetic() || !c.is_alphanumeric());
    Some(key).filter(|key| names_something && !field_name(key).is_empty())
}

/// The field that a whole line is, whose first double colon is at `colons`.
fn whole_line(text: &str, line: Range<usize>, colons: usize, places: &mut Places<'_>) -> Option<Found> {
    let emphasis = ['*', '_'];
    let value = colons + 2..line.end;
    let rest = &text[value.clone()];
    let divides = rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with("[[");
    // `**Key:**: value` is none of Dataview's, but `**Key**:: *value*` is.
    let lead = strip_list_marks(&text[line.start..colons]);
    let key = lead.trim().trim_matches(emphasis).trim();
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/') || is_mark(c);
    let is_short = key.chars().count() <= KEY_CHARACTERS && key.split_whitespace().count() <= KEY_WORDS;
    if !divides || !is_short || !key.contains(char::is_alphabetic) || !key.chars().all(is_letter) {
        return None;
    }
    let start = colons - lead.len();
    let place = places.of(start..value.end);
    Some(Found { field: Field { key: key.into(), values: values(rest.trim_matches(emphasis).trim()), place }, value })
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// The name that two spellings of one key share: lower case, blanks and underscores as `-`, and of other signs only `-`,
/// `/` and emoji. `This is a Test.` is `this-is-a-test`.
pub fn field_name(written: &str) -> String {
    let folded = written.nfc().collect::<String>().to_lowercase();
    let kept = folded.chars().filter_map(|c| match c {
        '_' | '-' => Some('-'),
        c if c.is_whitespace() => Some('-'),
        c if c.is_alphanumeric() || c == '/' || is_mark(c) => Some(c),
        c if !c.is_ascii() && (c.is_emoji_char() || c == '\u{200D}') => Some(c),
        _ => None,
    });
    let kept: String = kept.collect();
    kept.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// The values of a text: several where commas divide nothing but links, numbers, dates, durations and quoted texts.
pub(crate) fn values(text: &str) -> Vec<FieldValue> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((value, after)) = first_value(rest) {
        values.push(value);
        match after.trim_start().strip_prefix(',') {
            Some(after) if !after.trim().is_empty() => rest = after.trim_start(),
            Some(_) => return values,
            None if after.trim().is_empty() => return values,
            None => break,
        }
    }
    vec![FieldValue { kind: ValueKind::Text, text: mojibake::repair(text).into() }]
}

/// The value that a text begins with, unless it is a plain text, and what follows it.
fn first_value(text: &str) -> Option<(FieldValue, &str)> {
    let value = |kind, text: &str| FieldValue { kind, text: mojibake::repair(text).into() };
    if text.starts_with("[[") || text.starts_with("![[") {
        let end = text.find("]]")? + 2;
        return Some((value(ValueKind::Link, &text[..end]), &text[end..]));
    }
    if let Some(quoted) = text.strip_prefix('"') {
        let mut escaped = false;
        let end = quoted.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        let said = quoted[..end].replace("\\\"", "\"").replace("\\\\", "\\");
        return Some((value(ValueKind::Text, &said), &quoted[end + 1..]));
    }
    let (written, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    plain_kind(written.trim()).map(|kind| (value(kind, written.trim()), after))
}

fn plain_kind(text: &str) -> Option<ValueKind> {
    static SHAPES: LazyLock<Option<[Regex; 3]>> = LazyLock::new(|| {
        let number = Regex::new(r"^-?[0-9]+(\.[0-9]+)?$").ok()?;
        let date =
            r"^([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?$";
        let unit = "(years?|yrs?|y|months?|mo|weeks?|wks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)";
        let duration = format!(r"(?i)^[0-9]+([.][0-9]+)?\s*{unit}(\s*,?\s*[0-9]+([.][0-9]+)?\s*{unit})*$");
        Some([number, Regex::new(date).ok()?, Regex::new(&duration).ok()?])
    });
    let [number, date, duration] = SHAPES.as_ref()?;
    if number.is_match(text) {
        return Some(ValueKind::Number);
    }
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Some(ValueKind::Boolean);
    }
    if let Some(parts) = date.captures(text) {
        let part = |at| parts.get(at).and_then(|part| part.as_str().parse::<u16>().ok());
        let month = Month::try_from(part(2)? as u8).ok()?;
        return Date::from_calendar_date(i32::from(part(1)?), month, part(3).unwrap_or(1) as u8).ok().map(|_| ValueKind::Date);
    }
    duration.is_match(text).then_some(ValueKind::Duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = find_fields(text, 0, &[], &[], &mut Places::new(text, 0));
        let shown = |found: &Found| {
            let values = found.field.values.iter().map(|value| format!("{}:{}", value.kind.name(), value.text));
            format!("{}={}", found.field.key, values.collect::<Vec<_>>().join("|"))
        };
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn what_is_a_field() {
        check("Yes-sir:: 2", &["Yes-sir=number:2"]);
        check("- **Up**:: [[a]] for now", &["Up=text:[[a]] for now"]);
        check("x [up:: [[a]]] y (down:: [[b]])", &["up=link:[[a]]", "down=link:[[b]]"]);
        check(r"[k:v] [k:: [v]] (k2:: \[w)", &["k=text:[v]", r"k2=text:\[w"]);
        check("[[[[hello:: 16]]", &["hello=number:16"]);
        check("[This is a Test.:: 1]", &["This is a Test.=number:1"]);
        check("http://[2408::2b8b]/ use std::vec", &[]);
        check("The path (crate::note::field), (std::cout << x), [a::b::c], [1::2]", &[]);
        check("[status::open] (due::2024-01-01) [🙂:: x]", &["status=text:open", "due=date:2024-01-01", "🙂=text:x"]);
        check("and then we may call std:: a prefix of things", &[]);
        check("std::vec::new()\n: :: x\na.b:: c\n", &[]);
        check("key::\nkey:: \n", &["key=", "key="]);
        check(r"\[k:: v] [k:: v", &[]);
        check(&format!("k:: {}", "x".repeat(LONGEST_LINE)), &[]);
    }

    #[test]
    fn what_values_are() {
        check("k:: [[a]], [[b]]", &["k=link:[[a]]|link:[[b]]"]);
        check("k:: [[yes, no]]", &["k=link:[[yes, no]]"]);
        check("k:: [[a]],", &["k=link:[[a]]"]);
        check("k:: 2024-05-25, 2024-02, 2024-02-03T10:00", &["k=date:2024-05-25|date:2024-02|date:2024-02-03T10:00"]);
        check("k:: 2024-13-01", &["k=text:2024-13-01"]);
        check("k:: 3 hours 20 min, true, -1.5", &["k=duration:3 hours 20 min|boolean:true|number:-1.5"]);
        check(r#"k:: "a, \"b\"", 1"#, &[r#"k=text:a, "b"|number:1"#]);
        check("k:: one, 2", &["k=text:one, 2"]);
    }

    #[test]
    fn names_fold() {
        assert_eq!(field_name("This is a Test."), "this-is-a-test");
        assert_eq!(field_name("**Due_Date** 🗓️"), "due-date-🗓️");
    }
}
