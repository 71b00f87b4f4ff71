//! Hierarchies that some vaults write without a word: `#[[up]]` and `[[down]]#`, links indented below links, a link alone in
//! its paragraph.

use super::relation::{line_start, strip_list_marks};
use super::{Kind, Link};
use crate::note::outline::Outline;
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
        if text[..range.start].ends_with('#') {
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
    let rest = text[range.end..].trim_start_matches(blank);
    let below = rest.strip_prefix('\n').unwrap_or(rest).trim_start_matches(blank);
    let ends_here = rest.is_empty() || rest.starts_with('\n');
    (above.is_empty() || above.ends_with('\n')) && ends_here && (below.is_empty() || below.starts_with('\n'))
}

/// In lists of links, which link each is indented below. A heading or a line that is no item ends a list.
pub(crate) fn type_nested(text: &str, links: &[Link], outline: &Outline, base: usize) -> Vec<Nesting> {
    let mut nestings = Vec::new();
    // The open items: their indentation, and their link.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut last_end = 0;
    for (number, link) in links.iter().enumerate() {
        let range = link.range_in_text(base);
        let Some(start) = line_start(text, range.start) else { continue };
        let lead = &text[start..range.start];
        let indent = lead.len() - lead.trim_start().len();
        let item = strip_list_marks(lead);
        let is_subject = item.len() < lead.trim_start_matches(['>', ' ', '\t']).len() && item.trim().is_empty();
        if !is_subject || link.kind == Kind::Embed {
            continue;
        }
        let has_break =
            |gap: &str| gap.lines().any(|line| !line.trim().is_empty() && strip_list_marks(line) == line.trim_start());
        let headings = &outline.headings;
        let above = headings.partition_point(|heading| (heading.place.span.start as usize) < range.start + base);
        let is_new_section = above > 0 && headings[above - 1].place.span.start as usize >= last_end + base;
        let line_after = text[last_end.min(start)..start].find('\n').map_or(start, |newline| last_end + newline);
        if open.is_empty() || is_new_section || has_break(&text[line_after.min(start)..start]) {
            open.clear();
        }
        while open.last().is_some_and(|(above, _)| *above >= indent) {
            open.pop();
        }
        if let Some((_, parent)) = open.last() {
            nestings.push(Nesting { parent: *parent as u32, child: number as u32 });
        }
        open.push((indent, number));
        last_end = range.end;
    }
    nestings
}
