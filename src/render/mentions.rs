//! Mentions for people: where, in which sentence, and what is to be known of each.

use super::diff::unified;
use super::paint::{Paint, clean};
use super::text::{count, shown_name};
use crate::answer::{About, Edits, Mention, Mentions};
use std::io::{self, Write};

pub(super) fn mentions(mentions: &Mentions, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if let About::Concept(concept) = &mentions.about
        && !mentions.mentions.is_empty()
    {
        writeln!(out, "{}", paint.strong(&shown_name(concept)))?;
    }
    for mention in &mentions.mentions {
        if let About::Note(_) = &mentions.about {
            writeln!(out, "{}", paint.strong(&shown_name(&mention.concept)))?;
        }
        let place = format!("{}:{}:{}", mention.note_path, mention.line, mention.column);
        let said = mention.sentence.as_ref().map_or_else(|| clean(&mention.name).into_owned(), |it| paint.passage(it));
        let notes = notes(mention);
        let notes = if notes.is_empty() { String::new() } else { format!("  {}", paint.faint(&format!("({notes})"))) };
        writeln!(out, "    {}  {said}{notes}", paint.faint(&place))?;
    }
    if mentions.total > mentions.mentions.len() {
        let what = match &mentions.about {
            About::Concept(_) => "mentions",
            About::Note(_) => "concepts",
        };
        let more = format!("{} of {} {what}; --limit shows more", mentions.mentions.len(), mentions.total);
        writeln!(out, "{}", paint.faint(&more))?;
    }
    Ok(())
}

/// What would change, as a unified diff.
pub(super) fn edits(edits: &Edits, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for note in &edits.notes {
        for line in unified(note.note_path.as_str(), &note.before, &note.after) {
            let line = clean(&line).into_owned();
            let painted = match line.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => paint.strong(&line),
                [b'@', ..] => paint.relation(&line),
                [b'-', ..] => paint.alarm(&line),
                _ => line,
            };
            writeln!(out, "{painted}")?;
        }
    }
    Ok(())
}

/// What is to be known of a mention besides its sentence.
fn notes(mention: &Mention) -> String {
    let mut notes = Vec::new();
    if mention.sentence.is_none() {
        notes.push("a tag".to_owned());
    }
    if mention.candidates > 1 {
        let names: Vec<String> = mention.others.iter().map(shown_name).collect();
        let more = mention.candidates - 1 - names.len().min(mention.candidates - 1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("or {}{more}", names.join(", ")));
    }
    if mention.is_linked {
        notes.push("linked elsewhere in the note".to_owned());
    }
    if mention.more > 0 {
        notes.push(count(mention.more, "more place", "more places"));
    }
    notes.join("; ")
}
