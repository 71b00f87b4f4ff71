//! `related`: which concepts are near one, or near several together.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, related};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the concepts most related to one, or to several together, and what speaks for each
///
/// Four measures are added up, and each says what it gives: walk, the links around; shared, whom both are linked with;
/// text, the words that both use; mention, who speaks of the other without a link. Notes that are linked with everything are
/// held down. Scores are between 0 and 1, relative to the nearest by each measure. Of several concepts, what is near to all
/// of them comes first, with the share of each.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  resonote related empathy
  resonote related \"mirror neurons\" --limit 3 --json
  resonote related oxytocin attachment --unlinked")]
pub(super) struct RelatedArguments {
    /// One or several: a title, file name, alias or path each
    #[arg(value_name = "CONCEPT", required = true, add = Completes::Concept)]
    concepts: Vec<String>,
    /// Leave out what is linked with it already
    #[arg(long)]
    unlinked: bool,
    /// At most so many concepts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

impl RelatedArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        Ok(Answer::Related(related(snapshot, &self.concepts, self.limit as usize, self.unlinked)?))
    }
}
