//! Relation items: `- depends_on [[b]] (why)`, for vaults that write so.
//!
//! Anything behind the link but words in brackets makes it plain, or `Added [[a]] to the roster` would mint a relation.
//! Several words need quotes: `- "is part of" [[b]]`.

use super::Link;
use super::relation::{line_start, strip_list_marks};
use std::ops::Range;

/// Gives the link of each list item that is a relation and a link that relation, with what stands in brackets behind it.
/// `links` are those of the body in source order, which `base` bytes precede. Gives back where the relations stand.
pub(crate) fn type_items(text: &str, links: &mut [Link], base: usize) -> Vec<Range<usize>> {
    let mut keys = Vec::new();
    for link in links.iter_mut().filter(|link| link.relation().is_none()) {
        let range = link.range_in_text(base);
        let Some(start) = line_start(text, range.start) else { continue };
        let lead = &text[start..range.start];
        let item = strip_list_marks(lead);
        let is_item = item.len() < lead.trim_start_matches(['>', ' ', '\t']).len();
        let Some(key) = key(item).filter(|_| is_item) else { continue };
        // Only the first link of a line comes so far, so that each line is searched for its end once.
        let end = memchr::memchr(b'\n', &text.as_bytes()[range.end..]).map_or(text.len(), |newline| range.end + newline);
        if let Some(context) = context(&text[range.end..end]) {
            link.relate_because(key, context);
            keys.push(start..range.start);
        }
    }
    keys
}

/// The relation before a link: one word, or several in quotes.
fn key(item: &str) -> Option<&str> {
    let written = item.trim();
    let quoted = written.strip_prefix(['"', '“']).and_then(|rest| rest.strip_suffix(['"', '”']));
    let key = quoted.unwrap_or(written).trim();
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-') || (quoted.is_some() && c == ' ');
    (key.starts_with(char::is_alphabetic) && key.chars().all(is_letter)).then_some(key)
}

/// What follows the link: nothing, or words in brackets. None if anything else does.
fn context(rest: &str) -> Option<Option<&str>> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(None);
    }
    let inner = rest.strip_prefix('(')?.strip_suffix(')').filter(|inner| !inner.contains(['(', ')']))?.trim();
    Some(Some(inner).filter(|inner| !inner.is_empty()))
}
