//! `related`: which concepts are near one.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, related};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the concepts most related to one by the links around both, and what speaks for each
///
/// Direct links count, and concepts that both are linked with: the fewer links those have, the more. Notes that are linked
/// with everything are held down. The score is between 0 and 1 and the same from either side.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote related empathy\n  resonote related \"mirror neurons\" --limit 3 --json")]
pub(super) struct RelatedArguments {
    /// A title, file name, alias or path
    #[arg(value_name = "CONCEPT", add = Completes::Concept)]
    concept: String,
    /// At most so many concepts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

impl RelatedArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        Ok(Answer::Related(related(snapshot, &self.concept, self.limit as usize)?))
    }
}
