//! Logseq's page properties: `title:: x`, `alias:: a, b` and `tags:: c` in the first block of a note, for vaults that say
//! they are Logseq's.

use super::field::{Field, field_name};
use super::front_matter::FrontMatter;
use super::tag::{Tag, tag_name};

/// Keys that are bookkeeping of the program, not what somebody said.
const BOOKKEEPING: [&str; 8] =
    ["collapsed", "created-at", "heading", "id", "logseq-order-list-type", "ls-type", "query-table", "updated-at"];

/// Moves the page's own names and tags from its fields to where front matter has them, and drops bookkeeping.
pub(crate) fn take_page_properties(text: &str, body_start: usize, fields: &mut Vec<Field>, front: &mut FrontMatter) {
    let body = &text[body_start..];
    let first = body.len() - body.trim_start().len();
    let blank = body[first..].find("\n\n").or_else(|| body[first..].find("\n\r\n"));
    let end = body_start + blank.map_or(body.len(), |blank| first + blank);
    fields.retain(|field| {
        let name = field_name(&field.key);
        let is_of_page = (field.place.span.start as usize) < end && field.place.column == 1;
        let parts = || written(field).into_iter().filter(|part| !part.is_empty());
        match name.as_str() {
            "title" if is_of_page => front.title = parts().next().map(Into::into).or(front.title.take()),
            "alias" | "aliases" if is_of_page => front.aliases.extend(parts().map(Into::into)),
            "tags" if is_of_page => {
                // `#a #b` are two, whether a comma stands between or not.
                let parts: Vec<String> = parts().collect();
                let names = parts.iter().flat_map(|part| part.split('#')).filter_map(|name| tag_name(name.trim()));
                front.tags.extend(names.map(|name| Tag { name: name.into(), run_together: false }));
            }
            _ => return !BOOKKEEPING.contains(&name.as_str()),
        }
        false
    });
}

/// The values of a field, divided at commas whether they look like a list or not, without the signs of links and tags.
fn written(field: &Field) -> Vec<String> {
    let plain =
        |text: &str| text.trim().trim_start_matches('#').trim_start_matches("[[").trim_end_matches("]]").trim().to_owned();
    match field.values.as_slice() {
        [one] if !one.text.starts_with("[[") => one.text.split(',').map(plain).collect(),
        several => several.iter().map(|value| plain(&value.text)).collect(),
    }
}
