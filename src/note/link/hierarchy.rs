//! Hierarchies that some vaults write without a word: `#[[up]]` and `[[down]]#`, links indented below links, a link alone in
//! its paragraph.

use super::relation::{line_start, strip_list_marks};
use super::{Kind, Link};
use std::ops::Range;

/// What a link that leads down and one that leads up are related by.
const DOWN: &str = "down";
const UP: &str = "up";
/// What a link below another, or alone in its paragraph, is.
const CHILD: &str = "child";

/// One link below another in a list: the second's target is a child of the first's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nesting {
    /// The number of the link above.
    pub parent: u32,
    /// The number of the link below it.
    pub child: u32,
}

impl Nesting {
    /// The relation of the two.
    pub const RELATION: &'static str = CHILD;
}

/// Relates `#[[x]]` upward and `[[x]]#` downward.
pub(crate) fn type_hashed(text: &str, links: &mut [Link], base: usize) {
    for link in links.iter_mut().filter(|link| link.relation().is_none() && !link.is_markdown()) {
        let range = link.range_in_text(base);
        if text[..range.start].ends_with('#') && !text[..range.start].ends_with(r"\#") {
            link.relate(UP);
        } else if text[range.end..].starts_with('#') {
            link.relate(DOWN);
        }
    }
}

/// Relates each link that has a paragraph of its own downward.
pub(crate) fn type_alone(text: &str, links: &mut [Link], base: usize) {
    for link in links.iter_mut().filter(|link| link.relation().is_none() && link.kind == Kind::Link) {
        if is_alone(text, link.range_in_text(base)) {
            link.relate(CHILD);
        }
    }
}

/// Whether nothing else stands on the line, nor on the lines around it. Looks no further than that, as a line may hold a
/// hundred thousand links.
fn is_alone(text: &str, range: Range<usize>) -> bool {
    let blank = [' ', '\t', '\r'];
    let Some(start) = line_start(text, range.start).filter(|start| text[*start..range.start].trim().is_empty()) else {
        return false;
    };
    let above = text[..start].strip_suffix('\n').unwrap_or_default().trim_end_matches(blank);
    let is_heading = || line_start(text, above.len()).is_some_and(|start| text[start..].starts_with('#'));
    let rest = text[range.end..].trim_start_matches(blank);
    let below = rest.strip_prefix('\n').unwrap_or(rest).trim_start_matches(blank);
    let ends_here = rest.is_empty() || rest.starts_with('\n');
    // A heading, a quote or a list ends a paragraph as well.
    let ends_paragraph = below.is_empty() || below.starts_with(['\n', '#', '>']) || strip_list_marks(below).len() < below.len();
    (above.is_empty() || above.ends_with('\n') || is_heading()) && ends_here && ends_paragraph
}

/// In lists of links, which link each is indented below. A line that is no item and not part of one ends a list; below an
/// item without a link, or with an embed, nobody is the parent.
pub(crate) fn type_nested(text: &str, links: &[Link], base: usize) -> Vec<Nesting> {
    let mut nestings = Vec::new();
    // The open items: their indentation, and their link if they are about one.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let (mut at, mut next) = (0, 0);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        while links.get(next).is_some_and(|link| link.range_in_text(base).start < start) {
            next += 1;
        }
        let content = line.trim_start_matches(['>', ' ', '\t']);
        if content.trim().is_empty() {
            continue;
        }
        let indent = line.len() - content.len();
        let item = strip_list_marks(content);
        if item.len() == content.len() {
            // What is indented below an item is part of it.
            if open.last().is_some_and(|(above, _)| indent <= *above) {
                open.clear();
            }
            continue;
        }
        while open.last().is_some_and(|(above, _)| *above >= indent) {
            open.pop();
        }
        let subject = at - item.trim_start_matches(['*', '_', '=']).len();
        let link = links.get(next).filter(|link| link.kind != Kind::Embed && link.range_in_text(base).start == subject);
        let link = link.map(|_| next);
        if let (Some((_, Some(parent))), Some(child)) = (open.last(), link) {
            nestings.push(Nesting { parent: *parent as u32, child: child as u32 });
        }
        open.push((indent, link));
    }
    nestings
}
