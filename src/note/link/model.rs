//! Links of models: a note that a `//|` setting of a fence names, and `is([[note]])` in its formulas.
//!
//! Obsidian sees no link in a fence. These are links all the same, of the relation *uses-model*: whoever follows a concept
//! wants to know what its model is made of. What follows `#` names a model of the note, not a heading. Anything else between
//! double brackets in a fence is code.

use super::{Kind, Link};
use crate::note::dialect::Dialect;
use crate::note::span::Place;
use std::ops::Range;

impl Link {
    /// The key that relates a note to those whose models its own name.
    pub const USES_MODEL: &str = "uses-model";

    /// A wikilink in the fence of a model, if the token is one that names something in the vault.
    pub(crate) fn of_model(written: &str, dialect: &Dialect, place: Place) -> Option<Link> {
        if !written.starts_with("[[") {
            return None;
        }
        let mut link = Link::wiki(written, dialect, place)?;
        link.kind = Kind::Model;
        link.relate(Link::USES_MODEL);
        matches!(link.target(), super::Target::Internal { .. }).then_some(link)
    }

    /// The model that a link in the fence of a model names behind `#`, as written.
    pub fn model(&self) -> Option<&str> {
        self.wiki_token().filter(|_| self.kind == Kind::Model)?.subpath
    }
}

/// The tokens that stand in an `is([[note]])` of a model's text, comments and quoted texts aside.
pub(crate) fn find_named(source: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = source.as_bytes();
    let behind =
        |at: usize, end: &[u8]| memchr::memmem::find(&bytes[at..], end).map_or(bytes.len(), |found| at + found + end.len());
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'#' => at = behind(at, b"\n"),
                b'/' if bytes.get(at) == Some(&b'/') => at = behind(at, b"\n"),
                b'/' if bytes.get(at) == Some(&b'*') => at = behind(at + 1, b"*/"),
                // A quoted text ends with its line at the latest.
                b'"' => at = memchr::memchr2(b'"', b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found + 1),
                b'i' if bytes.get(at) == Some(&b's') && !source[..start].ends_with(continues_name) => {
                    let (token, end) = argument(source, at + 1);
                    at = end;
                    if token.is_some() {
                        return token;
                    }
                }
                _ => {}
            }
        }
        None
    })
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// The token between brackets from `at` on, if it stands there alone; and how far the text was looked at.
fn argument(source: &str, at: usize) -> (Option<Range<usize>>, usize) {
    let skip = |at: usize| source.len() - source[at..].trim_start().len();
    let open = skip(at);
    if !source[open..].starts_with('(') {
        return (None, open);
    }
    let start = skip(open + 1);
    let Some(inner) = source[start..].strip_prefix("[[") else { return (None, start) };
    let length = memchr::memchr3(b'[', b']', b'\n', inner.as_bytes()).unwrap_or(inner.len());
    let end = start + 2 + length;
    if !source[end..].starts_with("]]") {
        return (None, end);
    }
    (source[skip(end + 2)..].starts_with(')').then_some(start..end + 2), end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[&str]) {
        assert_eq!(find_named(source).map(|token| &source[token]).collect::<Vec<_>>(), expected, "{source:?}");
    }

    #[test]
    fn notes_that_a_formula_names() {
        check("x = is([[a b]]) + is( [[c#d]] )*is([[é]])", &["[[a b]]", "[[c#d]]", "[[é]]"]);
        check("this([[a]]) + M.is([[b]]) + is[[c]] + ([[d]]) + is([[e]] + 1)", &[]);
        check("// is([[a]])\n/* is([[b]]) */ # is([[c]])\nis([[d]])", &["[[d]]"]);
        check("x is \"is([[a]])\" is([[b]])\n\"open\nis([[c]])", &["[[b]]", "[[c]]"]);
        check("is([[a[b]]) is([[c\n]]) is([[", &[]);
    }
}
