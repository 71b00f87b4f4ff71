//! `path`: how two concepts hang together.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, path};
use crate::snapshot::Snapshot;
use clap::Args;

/// Show how two concepts hang together: a shortest route, each step with its sentence
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote path oxytocin \"mirror neurons\"\n  resonote path empathy mindfulness --json")]
pub(super) struct PathArguments {
    /// Where to start: a title, file name, alias or path
    #[arg(value_name = "A", add = Completes::Concept)]
    from: String,
    /// Where to end
    #[arg(value_name = "B", add = Completes::Concept)]
    to: String,
}

impl PathArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        Ok(Answer::Path(path(snapshot, &self.from, &self.to)?))
    }
}
