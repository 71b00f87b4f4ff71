//! `tags`: the tags of the vault, and the notes of one.

use super::completion::Completes;
use crate::answer::{Answer, tagged, tags};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the tags with how many notes have each; or the notes that have one tag
///
/// A tag such as brain/cells stands below brain, and its notes count for both. Letter case does not matter, nor does the
/// hash, which the shell wants in quotes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote tags\n  resonote tags neuroscience --json")]
pub(super) struct TagsArguments {
    /// List the notes that have this tag or one below it
    #[arg(value_name = "TAG", add = Completes::Tag)]
    tag: Option<String>,
    /// At most so many [default: 100 notes of a tag; every tag]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
}

/// So many notes of a tag are listed if no limit is named.
const MOST_NOTES: u32 = 100;

impl TagsArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        match &self.tag {
            None => Answer::Tags(tags(snapshot, self.limit.map(|limit| limit as usize))),
            Some(tag) => Answer::Tagged(tagged(snapshot, tag, self.limit.unwrap_or(MOST_NOTES) as usize)),
        }
    }
}
