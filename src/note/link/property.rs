//! Links in properties: `up: "[[empathy]]"`, lists of them, and links among the words of a value.
//!
//! A value that is a link and nothing else is typed by its top-level key; any other link in a value is a plain one.

use super::{Kind, Link, wiki};
use crate::note::dialect::Dialect;
use crate::note::span::Places;
use std::ops::Range;

/// Reads the links of one value. `source` is where it is written; `unquoted` says that YAML took `[[x]]` for lists.
pub(crate) fn read_value(
    text: &str,
    value: &str,
    source: Range<usize>,
    key: &str,
    dialect: &Dialect,
    places: &mut Places<'_>,
    links: &mut Vec<Link>,
) {
    if !value.contains('[') {
        return;
    }
    // Where the next token is looked for. Escapes can make the value differ from what is written; then the whole value is
    // the place of every token from there on, as looking for each through all of it could take for ever.
    let mut from = Some(source.start);
    let mut place_of = |token: &str| {
        let found = from.and_then(|from| Some(from + text[from..source.end.max(from)].find(token)?));
        from = found.map(|at| at + token.len());
        places.of(found.map_or(source.clone(), |at| at..at + token.len()))
    };
    let whole = value.trim();
    let before = links.len();
    for token in wiki::find_tokens(value) {
        let token = &value[token];
        let Some(mut link) = Link::wiki(token, dialect, place_of(token)) else { continue };
        link.kind = Kind::Property;
        if token == whole {
            link.relate_unless_related(key);
        } else {
            link.in_property_text = true;
        }
        links.push(link);
    }
    if links.len() == before && value.contains("](") {
        read_markdown_links(value, dialect, &mut place_of, links);
    }
}

fn read_markdown_links(
    value: &str,
    dialect: &Dialect,
    place_of: &mut impl FnMut(&str) -> crate::note::span::Place,
    links: &mut Vec<Link>,
) {
    use pulldown_cmark::{Event, Parser, Tag};
    for (event, range) in Parser::new(value).into_offset_iter() {
        let (destination, title, embed) = match &event {
            Event::Start(Tag::Link { dest_url, title, .. }) => (dest_url, title, false),
            Event::Start(Tag::Image { dest_url, title, .. }) => (dest_url, title, true),
            _ => continue,
        };
        let token = &value[range];
        if let Some(mut link) = Link::inline(token, destination, title, embed, dialect, place_of(token)) {
            (link.kind, link.in_property_text) = (Kind::Property, true);
            links.push(link);
        }
    }
}

/// Scans front matter that is no YAML line by line, so that its links are not lost with it.
pub(crate) fn read_raw_lines(text: &str, lines: Range<usize>, dialect: &Dialect, places: &mut Places<'_>, links: &mut Vec<Link>) {
    let mut key = "";
    let mut start = lines.start;
    for line in text[lines].split_inclusive('\n') {
        if line.trim_start().starts_with('#') {
            start += line.len();
            continue;
        }
        let value = match line.split_once(':').filter(|(name, _)| is_key(name)) {
            Some((name, value)) => {
                key = name;
                value
            }
            None => line,
        };
        let value = value.trim().trim_start_matches("- ").trim().trim_matches(['"', '\'']);
        let line_range = start..start + line.len();
        start = line_range.end;
        read_value(text, value, line_range, key, dialect, places, links);
    }
}

fn is_key(name: &str) -> bool {
    !name.is_empty() && !name.starts_with([' ', '\t', '-', '#', '[', '"', '\'']) && !name.contains("[[")
}
