//! `wanted`: the names nobody wrote yet.

use crate::answer::{Answer, wanted};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the names nobody wrote yet, the most wanted first, with the sentences that want them
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote wanted\n  resonote wanted --limit 50 --sentences 0")]
pub(super) struct WantedArguments {
    /// At most so many names
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// At most so many sentences for each
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    sentences: u32,
}

impl WantedArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        Answer::Wanted(wanted(snapshot, self.limit as usize, self.sentences as usize))
    }
}
