//! Math that the markdown parser does not see: display math with empty lines, and the `\(…\)` of chat transcripts.
//!
//! To markdown `\(` is a bracket that must not mean anything, and in most notes it is no more than that. It is taken for
//! math only where what it holds could hardly be anything else.

use std::ops::Range;

/// A `$$` that the parser left as text.
pub(crate) struct Dollars {
    pub at: usize,
    /// Where the quote, item or footnote begins that it stands in.
    pub container: usize,
    pub begins_line: bool,
}

/// Display math that holds an empty line, which ends math for the parser: from a `$$` that begins a line to the next one
/// of the same container.
pub(crate) fn pair_dollars(signs: &[Dollars]) -> Vec<Range<usize>> {
    let mut math = Vec::new();
    let mut open: Option<&Dollars> = None;
    for sign in signs {
        match open {
            Some(start) if start.container == sign.container => {
                math.push(start.at..sign.at + 2);
                open = None;
            }
            _ => open = Some(sign).filter(|sign| sign.begins_line),
        }
    }
    math
}

/// The longest formula between `\(` and `\)`, in bytes.
const LONGEST: usize = 2_000;

/// What stands in the math whose escaped bracket is at `bracket`, the byte behind the backslash. None if the pair does not
/// close in its paragraph, or holds no letter, or none of the signs that only formulas have: `_`, `^`, braces, a `\` before a
/// letter. A sign with a backslash of its own is markdown's, as reference manuals escape everything.
pub(crate) fn escaped_math(text: &str, bracket: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let (open, close) = match bytes.get(bracket)? {
        b'(' => (b'(', b')'),
        b'[' => (b'[', b']'),
        _ => return None,
    };
    // An even number of backslashes are escaped themselves.
    let backslashes = bytes[..bracket].iter().rev().take(LONGEST).take_while(|byte| **byte == b'\\').count();
    if backslashes.is_multiple_of(2) {
        return None;
    }
    let start = bracket + 1;
    let reach = &bytes[start..bytes.len().min(start + LONGEST)];
    let mut at = 0;
    let mut is_formula = false;
    let end = loop {
        match (reach.get(at)?, reach.get(at + 1)) {
            (b'\\', Some(next)) if *next == close => break start + at,
            (b'\\', Some(next)) if *next == open => return None,
            // Before a letter it begins a command; before a sign it is markdown's, and the sign is no more than that.
            (b'\\', Some(next)) => {
                is_formula |= next.is_ascii_alphabetic();
                at += 2;
                continue;
            }
            (b'\n', _) if reach[at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'>')) == Some(&b'\n') => {
                return None;
            }
            (b'_' | b'^' | b'{' | b'}', _) => is_formula = true,
            _ => {}
        }
        at += 1;
    };
    let has_letter = text[start..end].contains(char::is_alphabetic);
    (is_formula && has_letter).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let bracket = text.find(['(', '[']).expect("a bracket");
        assert_eq!(escaped_math(text, bracket).map(|range| &text[range]), expected, "{text:?}");
    }

    #[test]
    fn what_is_a_formula() {
        check(r"\(E_o\)", Some("E_o"));
        check(r"\[ x^2 + y \]", Some(" x^2 + y "));
        check(r"\(\alpha\)", Some(r"\alpha"));
        check(r"\(x\)", None);
        check(r"\(1_2\)", None);
        check(r"\\(E_o\)", None);
        check(r"\(E_o", None);
        check("\\(E_o\n\nx\\)", None);
        check("\\(E_o\n+ x\\)", Some("E_o\n+ x"));
        check(r"\(a_1 \(b_2\)", None);
        check(r"\[options\_here\]", None);
        check(r"\(see p\. 5\)", None);
        check(r"\(C:\\path\)", None);
        check(r"\[a_1\\[4pt] b\]", Some(r"a_1\\[4pt] b"));
    }
}
