//! Related concepts for people: each with what every measure gives, and what it rests on.

use super::paint::{Paint, clean};
use super::text::{place, shown_name};
use crate::answer::{DirectLink, Evidence, Nearby, Related, RelatedBy, RelatedConcept, Told};
use crate::note::NotePath;
use std::io::{self, Write};

pub(super) fn related(related: &Related, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for (at, it) in related.concepts.iter().enumerate() {
        let rank = format!("{}.", at + 1);
        let place = it.concept.note_path.as_ref().map_or("wanted: nobody wrote it yet", NotePath::as_str);
        let (name, place) = (paint.strong(&it.concept.name), paint.faint(place));
        writeln!(out, "{rank:<3} {name}  {place}  {:.4}", it.score)?;
        match it.with.as_slice() {
            [with] => reasons(with, paint, out)?,
            several => shares(related, it, several, paint, out)?,
        }
    }
    if related.total > related.concepts.len() {
        let more = format!("{} of {} concepts; --limit shows more", related.concepts.len(), related.total);
        writeln!(out, "{}", paint.faint(&more))?;
    }
    Ok(())
}

/// What speaks for a concept, a line for each measure, and the sentences below: each once, though several links may rest on it.
fn reasons(with: &Nearby, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&Evidence> = Vec::new();
    for (by, part) in RelatedBy::ALL.into_iter().zip(with.parts) {
        let is_told = part > 0.0 || (by == RelatedBy::Walk && !with.links.is_empty());
        if !is_told {
            continue;
        }
        writeln!(out, "    {part:.4}  {}", reason(with, by, paint))?;
        let evidence: Vec<(String, &Evidence)> = match by {
            RelatedBy::Walk => with.links.iter().map(|link| (arrow(link), &link.evidence)).collect(),
            RelatedBy::Mention => with.mentions.iter().filter_map(|it| Some((String::new(), it.evidence.as_ref()?))).collect(),
            RelatedBy::Shared | RelatedBy::Text => Vec::new(),
        };
        // Which link says it needs saying only where there are several.
        let is_alone = evidence.len() < 2;
        for (arrow, evidence) in evidence {
            if !shown.contains(&evidence) {
                shown.push(evidence);
                sentence(if is_alone { "" } else { &arrow }, by == RelatedBy::Walk, evidence, paint, out)?;
            }
        }
    }
    Ok(())
}

/// With several concepts asked for: the share of each, and what speaks most for it.
fn shares(related: &Related, it: &RelatedConcept, several: &[Nearby], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    debug_assert_eq!(related.of.len(), it.with.len());
    for (asked, with) in related.of.iter().zip(several) {
        let told = RelatedBy::ALL.into_iter().zip(with.parts).filter(|(_, part)| *part > 0.0);
        let told: Vec<String> = told.map(|(by, part)| format!("{part:.4} {}", reason(with, by, paint))).collect();
        let told = if told.is_empty() { "nothing".to_owned() } else { told.join("; ") };
        writeln!(out, "    {:>3.0} %  {}: {told}", with.share * 100.0, paint.strong(&shown_name(asked)))?;
    }
    Ok(())
}

/// What one measure rests on.
fn reason(with: &Nearby, by: RelatedBy, paint: Paint) -> String {
    match by {
        RelatedBy::Walk if with.links.is_empty() => "near by links".to_owned(),
        RelatedBy::Walk => {
            let links: Vec<String> = with.links.iter().map(arrow).collect();
            format!("linked: {}", paint.relation(&links.join(", ")))
        }
        RelatedBy::Shared => {
            let mut shared: Vec<String> = with.shared.iter().map(shown_name).collect();
            let more = with.shared_total - shared.len();
            let last = if more > 0 { Some(format!("{more} more")) } else { shared.pop() };
            let and = if shared.is_empty() { "" } else { " and " };
            clean(&format!("both linked with {}{and}{}", shared.join(", "), last.unwrap_or_default())).into_owned()
        }
        RelatedBy::Text => clean(&format!("both speak of {}", with.words.join(", "))).into_owned(),
        RelatedBy::Mention => {
            let mut told: Vec<String> = Vec::new();
            for it in &with.mentions {
                told.push(match (&it.tag, it.is_forward) {
                    (Some(tag), true) => format!("tagged #{tag}"),
                    (Some(tag), false) => format!("has the tag #{tag}"),
                    (None, true) => "spoken of without a link →".to_owned(),
                    (None, false) => "← speaks of it without a link".to_owned(),
                });
            }
            clean(&told.join(", ")).into_owned()
        }
    }
}

/// A link's relation and which way it points.
fn arrow(link: &DirectLink) -> String {
    if link.is_forward { format!("{} →", link.spelling) } else { format!("← {}", link.spelling) }
}

/// A sentence with its place; `arrow` says of which link. The sentence of a mention is its own; a link may have borrowed one.
fn sentence(arrow: &str, is_of_link: bool, evidence: &Evidence, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let at = paint.faint(&place(&evidence.note_path, evidence.line));
    let Some(passage) = evidence.told.passage() else { return Ok(()) };
    let arrow = if arrow.is_empty() { String::new() } else { format!("{}  ", paint.relation(arrow)) };
    let is_borrowed = is_of_link && matches!(evidence.told, Told::Borrowed(_));
    let borrowed = if is_borrowed { paint.faint(" (no sentence of its own; borrowed)") } else { String::new() };
    writeln!(out, "            {arrow}{}  {at}{borrowed}", paint.passage(passage))
}
