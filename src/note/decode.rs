//! From the bytes of a file to text: byte order marks, other encodings, line ends.
//!
//! Whatever the bytes are, they become text; what had to be guessed is said as a problem.

use std::borrow::Cow;

/// A note's text, ready for reading.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    /// The text without a byte order mark. Every line ends in `\n` or `\r\n`.
    pub text: Cow<'b, str>,
    /// How many bytes of the file stand before the text.
    pub base: usize,
    /// What was wrong with the bytes, if anything.
    pub flaw: Option<Flaw>,
}

/// Why a text is not exactly what the bytes say. Spans then count bytes of the decoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Some bytes are no UTF-8 and were read as replacement characters.
    NotUtf8,
    /// The file is UTF-16, told by its byte order mark.
    Utf16,
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(text) = decode_utf16(bytes) {
        return Decoded { text: unify_line_ends(Cow::Owned(text)), base: 0, flaw: Some(Flaw::Utf16) };
    }
    let (base, bytes) = match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => (UTF8_MARK.len(), rest),
        None => (0, bytes),
    };
    let (text, flaw) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => (String::from_utf8_lossy(bytes), Some(Flaw::NotUtf8)),
    };
    Decoded { text: unify_line_ends(text), base, flaw }
}

fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// A lone carriage return ends a line too. Putting a newline in its place keeps every offset.
fn unify_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let Some(first) = memchr::memchr_iter(b'\r', bytes).find(lone) else { return text };
    let mut unified = String::with_capacity(text.len());
    unified.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        unified.push_str(&rest[..at]);
        unified.push(if rest.as_bytes().get(at + 1) == Some(&b'\n') { '\r' } else { '\n' });
        rest = &rest[at + 1..];
    }
    unified.push_str(rest);
    Cow::Owned(unified)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, base: usize, flaw: Option<Flaw>) {
        let decoded = decode(bytes);
        assert_eq!((&*decoded.text, decoded.base, decoded.flaw), (text, base, flaw), "{bytes:?}");
    }

    #[test]
    fn every_file_becomes_text() {
        check(b"", "", 0, None);
        check(b"\xEF\xBB\xBFx", "x", 3, None);
        check(b"a\xFFb", "a\u{FFFD}b", 0, Some(Flaw::NotUtf8));
        check(b"\xFF\xFEh\0i\0", "hi", 0, Some(Flaw::Utf16));
        check(b"\xFE\xFF\0h\xD8", "h\u{FFFD}", 0, Some(Flaw::Utf16));
        check(b"a\0b", "a\0b", 0, None);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        check(b"a\rb\r\nc\r", "a\nb\r\nc\n", 0, None);
        check(b"a\r\nb", "a\r\nb", 0, None);
    }
}
