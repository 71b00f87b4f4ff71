//! `stats`: how much there is.

use crate::answer::{Answer, stats};
use crate::snapshot::Snapshot;
use clap::Args;

/// Count the notes, links, tags and problems, and how the notes hang together
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote stats\n  resonote stats --json --vault ~/notes")]
pub(super) struct StatsArguments {}

impl StatsArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        Answer::Stats(stats(snapshot))
    }
}
