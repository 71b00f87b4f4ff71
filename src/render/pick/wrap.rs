//! Text to lines of a width: broken at blanks, or within a word that is wider than the line.

use crate::render::chart::name::columns;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// The byte ranges of the lines, each at most `width` columns wide, without the blanks they break at; one that is empty for
/// an empty text. A letter wider than a line has a line of its own. Nothing where the width is 0.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    if width == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    // Where the line begins, how wide it is, and where it can break: behind a blank.
    let (mut start, mut used) = (0, 0);
    let mut blank: Option<(usize, usize)> = None;
    // Blanks that begin the first line are an indent, no place to break.
    let mut is_indent = true;
    for (at, letter) in text.grapheme_indices(true) {
        let wide = columns(letter);
        let is_blank = letter.chars().all(char::is_whitespace);
        // A blank that does not fit is one to break at, and is not seen.
        if used + wide > width && at > start && !is_blank {
            let (end, next) = blank.unwrap_or((at, at));
            lines.push(start..start + text[start..end].trim_end().len());
            start = next;
            used = columns(&text[start..at]);
            blank = None;
        }
        used += wide;
        if is_blank {
            let end = blank.filter(|(_, next)| *next == at).map_or(at, |(end, _)| end);
            blank = if is_indent { None } else { Some((end, at + letter.len())) };
        }
        is_indent &= is_blank;
    }
    let end = text.trim_end().len().max(start);
    lines.push(start..end);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, width: usize, expected: &[&str]) {
        let lines: Vec<&str> = wrap(text, width).into_iter().map(|range| &text[range]).collect();
        assert_eq!(lines, expected, "{text:?} in {width}");
    }

    #[test]
    fn lines_break_at_blanks() {
        check("the mirror of others", 10, &["the mirror", "of others"]);
        check("the mirror  of others", 10, &["the mirror", "of others"]);
        check("the mirror", 20, &["the mirror"]);
        check("", 5, &[""]);
        check("    indented text", 10, &["    indent", "ed text"]);
        check("        x", 3, &["", "x"]);
        check("    indented", 30, &["    indented"]);
        check("blanks at the end      ", 17, &["blanks at the end"]);
    }

    #[test]
    fn long_words_and_wide_letters_break_anywhere() {
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("共鳴する", 5, &["共鳴", "する"]);
        check("共鳴", 1, &["共", "鳴"]);
        check("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}e\u{301}", "e\u{301}"]);
        check("abc", 0, &[]);
    }

    #[test]
    fn lines_fit_whatever_the_text() {
        for text in ["one two three four", "   a  b   c    ", "共鳴 する 共鳴する", "a\u{200D}b c", "👩‍🔬 👩‍🔬👩‍🔬 x"]
        {
            for width in 2..12 {
                let lines = wrap(text, width);
                assert!(lines.iter().all(|range| columns(&text[range.clone()]) <= width), "{text:?} in {width}: {lines:?}");
                assert!(lines.windows(2).all(|two| two[0].end <= two[1].start));
            }
        }
    }
}
