//! `show`: a concept's card.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, show};
use crate::snapshot::Snapshot;
use clap::Args;

/// Show a concept's card: what it is, its outline, its links and backlinks, what is wrong with it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote show \"emotional resonance\"\n  resonote show MNS --json")]
pub(super) struct ShowArguments {
    /// A title, file name, alias or path
    #[arg(value_name = "CONCEPT", add = Completes::Concept)]
    concept: String,
}

impl ShowArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        Ok(Answer::Show(Box::new(show(snapshot, &self.concept)?)))
    }
}
