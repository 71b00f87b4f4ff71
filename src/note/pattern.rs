//! Regular expressions that people write: none takes more than time in proportion to the text.
//!
//! Look-around and back references, which have no such bound, do not read.

use regex::{Error, Regex, RegexBuilder};
use std::ops::Range;

/// The memory that one compiled expression may take, in bytes, and its table of states as well.
const LARGEST: usize = 1 << 20;

/// The longest expression that is read, in bytes.
const LONGEST: usize = 4_096;

/// A regular expression, read. Letter case counts; `\w`, `\d` and `\s` are those of all scripts.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Why a regular expression is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFlaw {
    /// It is too long, or repeats too much.
    #[error("it is too large")]
    TooLarge,
    /// It does not read; why.
    #[error("{0}")]
    Wrong(Box<str>),
}

impl Pattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it does not read, or would take too much memory.
    pub fn new(expression: &str) -> Result<Pattern, PatternFlaw> {
        if expression.len() > LONGEST {
            return Err(PatternFlaw::TooLarge);
        }
        let read = RegexBuilder::new(expression).size_limit(LARGEST).dfa_size_limit(LARGEST).build();
        read.map(Pattern).map_err(|error| match error {
            Error::CompiledTooBig(_) => PatternFlaw::TooLarge,
            // Above the reason stands the expression, drawn over several lines.
            error => {
                let message = error.to_string();
                PatternFlaw::Wrong(message.rsplit("error: ").next().unwrap_or(&message).trim().into())
            }
        })
    }

    /// Whether a line of the text holds a match.
    pub fn is_in(&self, text: &str) -> bool {
        text.lines().any(|line| self.0.is_match(line))
    }

    /// The bytes of what it matches in the lines of the text, in order; matches of nothing aside.
    pub fn places<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let mut next = 0;
        let lines = text.split_inclusive('\n').map(move |line| {
            let start = next;
            next += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        });
        let of_line =
            |(start, line): (usize, &'t str)| self.0.find_iter(line).map(move |found| start + found.start()..start + found.end());
        lines.flat_map(of_line).filter(|range| !range.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_finds() {
        let check = |expression: &str, text: &str, expected: Result<bool, &str>| {
            let found = Pattern::new(expression).map(|pattern| pattern.is_in(text)).map_err(|flaw| flaw.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{expression}");
        };
        let places = |expression: &str, text: &str| Pattern::new(expression).map(|it| it.places(text).collect::<Vec<_>>());
        assert_eq!(places("b+|$", "ab\r\n\nübb b"), Ok(vec![1..2, 7..9, 10..11]));
        check("^b$", "a\nb\nc", Ok(true));
        check("a.b", "a\nb", Ok(false));
        check("Mirror", "mirror", Ok(false));
        check(r"\bü\w+", "a über b", Ok(true));
        check("(a", "", Err("unclosed group"));
        check("(?=a)", "", Err("look-around, including look-ahead and look-behind, is not supported"));
        check("a{1000}{1000}{1000}", "", Err("it is too large"));
        check(&"a".repeat(LONGEST), "", Ok(false));
        check(&"a".repeat(LONGEST + 1), "", Err("it is too large"));
    }
}
