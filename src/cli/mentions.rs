//! `mentions`: where the vault speaks of a concept without linking to it; and the links written there, when a person says so.

use super::completion::Completes;
use super::failure::Failure;
use super::write;
use crate::answer::{Answer, Edits, MentionLimits, edits_in, edits_of, mentions_in, mentions_of};
use crate::snapshot::Snapshot;
use clap::Args;
use std::io::{self, Write};

/// List where notes speak of a concept by name without linking to it, or what one note could link
///
/// A name is a title, a file name, an alias or a name nobody wrote yet; plurals and other endings count. The longest name
/// is the one that is meant; links, code, math and a note's own names are left out. With --apply the mentions become links:
/// it shows what would change, and writes it only with --yes.
#[derive(Debug, Args)]
#[command(
    // Which of the two is missing, clap's own line does not say.
    override_usage = "resonote mentions [OPTIONS] <CONCEPT>\n       resonote mentions [OPTIONS] --in <NOTE>",
    after_help = "Examples:\n  resonote mentions empathy\n  resonote mentions --in \"pasted article\" --limit 5\n  resonote mentions empathy --apply"
)]
pub(super) struct MentionsArguments {
    /// A title, file name, alias or path
    #[arg(value_name = "CONCEPT", add = Completes::Concept, required_unless_present = "note")]
    concept: Option<String>,
    /// What this note could link, the most useful first
    #[arg(long = "in", id = "note", value_name = "NOTE", add = Completes::Concept, conflicts_with = "concept")]
    note: Option<String>,
    /// At most so many mentions; with --in, concepts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Every place, rather than the first of each concept in each note
    #[arg(long)]
    every: bool,
    /// Show the mentions as links, as a unified diff; write nothing
    #[arg(long)]
    apply: bool,
    /// With --apply: write the links into the notes
    #[arg(long, requires = "apply")]
    yes: bool,
}

impl MentionsArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        let limits = MentionLimits { limit: self.limit as usize, every: self.every };
        let concept = self.concept.as_deref().unwrap_or_default();
        Ok(match (&self.note, self.apply) {
            (Some(note), true) => Answer::Edits(edits_in(snapshot, note, limits)?),
            (None, true) => Answer::Edits(edits_of(snapshot, concept, limits)?),
            (Some(note), false) => Answer::Mentions(mentions_in(snapshot, note, limits)?),
            (None, false) => Answer::Mentions(mentions_of(snapshot, concept, limits)?),
        })
    }

    /// What comes after the answer: the notes are written, if that was said; what stays is told. Whether all went well.
    pub(super) fn finish(&self, edits: &Edits, snapshot: &Snapshot, is_quiet: bool, err: &mut dyn Write) -> io::Result<bool> {
        let mut written = 0;
        if self.yes {
            for note in &edits.notes {
                match write::note(snapshot, note) {
                    Ok(()) => written += 1,
                    Err(why) => writeln!(err, "error: {} is not written: {why}", crate::render::clean(note.note_path.as_str()))?,
                }
            }
        }
        if !is_quiet {
            let (links, notes) = (edits.edits.len(), edits.notes.len());
            let links = if links == 1 { "1 link".to_owned() } else { format!("{links} links") };
            let in_notes = if notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") };
            match self.yes {
                _ if notes == 0 => {}
                true if written == notes => writeln!(err, "written: {links} in {in_notes}")?,
                true => writeln!(err, "written: {written} of {in_notes}")?,
                false => writeln!(err, "hint: nothing is written; --yes writes {links} into {in_notes}")?,
            }
            for left in &edits.left {
                let place = format!("{}:{}:{}", left.note_path, left.line, left.column);
                let line = format!("left as it is: {place}  \"{}\": {}", left.name, super::failure::unlinked(left.why));
                writeln!(err, "{}", crate::render::clean(&line))?;
            }
        }
        Ok(!self.yes || written == edits.notes.len())
    }
}
