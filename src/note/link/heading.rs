//! Sections of links: below a heading such as "See also", the list items that are about a link are related by its name.
//!
//! `- [[a]] - why` is about `[[a]]`; `- as in [[a]]` is not. Which headings relate is the dialect's to say.

use super::relation::{line_start, strip_list_marks};
use super::{Kind, Link};
use crate::note::dialect::Dialect;
use crate::note::outline::Heading;

/// Gives the first link of each list item below a relating heading its relation, up to the next heading. `links` are
/// those of the body in source order, which `base` bytes precede.
pub(crate) fn type_sections(text: &str, headings: &[Heading], links: &mut [Link], dialect: &Dialect, base: usize) {
    for (at, heading) in headings.iter().enumerate() {
        let start = heading.place.span.end;
        let end = headings.get(at + 1).map_or(u32::MAX, |next| next.place.span.start);
        let first = links.partition_point(|link| link.place.span.start < start);
        let end = links.partition_point(|link| link.place.span.start < end);
        if first == end {
            continue;
        }
        let Some(relation) = dialect.relation_of_section(&heading.text) else { continue };
        for link in links[first..end].iter_mut().filter(|link| link.relation().is_none() && link.kind != Kind::Embed) {
            if is_subject_of_item(text, link.range_in_text(base).start) {
                link.relate(relation);
            }
        }
    }
}

/// Whether nothing but list marks and emphasis stands before `offset` on its line, and a list mark does.
fn is_subject_of_item(text: &str, offset: usize) -> bool {
    let Some(start) = line_start(text, offset) else { return false };
    let lead = &text[start..offset];
    let item = strip_list_marks(lead);
    let unmarked = lead.trim_start_matches(['>', ' ', '\t']);
    item.len() < unmarked.len() && item.trim_matches(['*', '_', '=']).trim().is_empty()
}
