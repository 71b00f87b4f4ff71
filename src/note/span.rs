//! Where something stands in a note: byte spans, and the way from bytes to line and column.
//!
//! A [`Span`] counts bytes of the note as it lies on disk, a byte order mark included. People see a [`Place`]: lines and
//! columns from 1, a column being one Unicode scalar value. Nothing here knows what is written at a place.

use std::ops::Range;

/// A run of bytes in a note, `start..end`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of a byte range. Notes are far below 4 GiB (see [`crate::vault::LARGEST_NOTE`]), so a `u32` holds it.
    pub fn new(range: Range<usize>) -> Span {
        Span { start: range.start as u32, end: range.end as u32 }
    }

    /// The span as a range to slice with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Where something begins, as people count, together with the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The bytes.
    pub span: Span,
}

impl Place {
    /// The very beginning of a note: where a problem of the whole note is shown.
    pub const START: Place = Place { line: 1, column: 1, span: Span { start: 0, end: 0 } };
}

/// Turns byte offsets into places. Asked in rising order it walks the text once, whatever the length of a line; a step
/// back starts over, so callers sort first.
#[derive(Clone, Debug)]
pub(crate) struct Places<'t> {
    text: &'t str,
    /// What precedes `text` in the file: the bytes of a byte order mark.
    base: usize,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str, base: usize) -> Self {
        Places { text, base, offset: 0, line: 1, column: 1 }
    }

    /// How many bytes of the file stand before the text.
    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// Whether the place of this byte would take a step back.
    pub(crate) fn is_beyond(&self, offset: usize) -> bool {
        offset < self.offset
    }

    /// The place of `range`, which counts bytes of the text (without the byte order mark).
    pub(crate) fn of(&mut self, range: Range<usize>) -> Place {
        if range.start < self.offset {
            (self.offset, self.line, self.column) = (0, 1, 1);
        }
        let between = &self.text[self.offset..range.start];
        match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', between.as_bytes()).count() as u32;
                self.column = 1 + between[last + 1..].chars().count() as u32;
            }
            None => self.column += between.chars().count() as u32,
        }
        self.offset = range.start;
        let span = Span::new(range.start + self.base..range.end + self.base);
        Place { line: self.line, column: self.column, span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, offset: usize, expected: (u32, u32)) {
        let place = Places::new(text, 0).of(offset..offset);
        assert_eq!((place.line, place.column), expected, "{text:?} at {offset}");
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        check("", 0, (1, 1));
        check("é[[x]]", 2, (1, 2));
        check("a\nbc\n", 3, (2, 2));
        check("a\r\nb", 3, (2, 1));
        check("a\n", 2, (2, 1));
    }

    #[test]
    fn asking_backwards_gives_the_same_place() {
        let mut places = Places::new("one\ntwo\nthree", 3);
        let late = places.of(9..10);
        assert_eq!((late.line, late.column, late.span.start), (3, 2, 12));
        assert_eq!(places.of(4..5).line, 2);
        assert_eq!(places.of(9..10), late);
    }
}
