//! `wanted`: the names nobody wrote yet, and what is said of one of them already.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, draft, wanted};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the names nobody wrote yet, the most wanted first, with the sentences that want them; or draft one
///
/// Who wants a name counts by how many others link it, and a list of names counts little; what is wanted in several folders
/// comes first. With a name, what the vault says of it already is drafted as a note: the sentences that link it or speak of
/// it, each with its place, and what stands beside it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote wanted --limit 50 --sentences 0\n  \
                        resonote wanted \"predictive processing\"")]
pub(super) struct WantedArguments {
    /// Draft a note of this name, which nobody wrote yet
    #[arg(value_name = "NAME", add = Completes::Concept)]
    name: Option<String>,
    /// At most so many names [default: 10; 100 notes of a draft]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
    /// At most so many sentences for each [default: 3; 10 of each note in a draft]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    sentences: Option<u32>,
}

impl WantedArguments {
    /// Whether a draft is asked for.
    pub(super) fn is_draft(&self) -> bool {
        self.name.is_some()
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        let asked = |number: Option<u32>, usual: u32| number.unwrap_or(usual) as usize;
        match &self.name {
            None => Ok(Answer::Wanted(wanted(snapshot, asked(self.limit, 10), asked(self.sentences, 3)))),
            Some(name) => {
                let draft = draft(snapshot, name, asked(self.limit, 100), asked(self.sentences, 10))?;
                Ok(Answer::Draft(Box::new(draft)))
            }
        }
    }
}
