//! `wanted`: the names nobody wrote yet, and what is said of one of them already.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, Draft, draft, wanted};
use crate::render::clean;
use crate::snapshot::Snapshot;
use clap::Args;
use std::io::{self, Write};

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
    /// At most so many names [default: 10]; in a draft, at most so many of the notes that speak of it [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
    /// At most so many sentences for each name [default: 3]; in a draft, for each note [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    sentences: Option<u32>,
}

/// What so many notes say is drafted.
const NOTES: u32 = 100;

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
                let draft = draft(snapshot, name, asked(self.limit, NOTES), asked(self.sentences, 10))?;
                Ok(Answer::Draft(Box::new(draft)))
            }
        }
    }

    /// Says what is to be done with a draft, and what it leaves out.
    pub(super) fn finish(&self, draft: &Draft, err: &mut dyn Write) -> io::Result<()> {
        writeln!(err, "hint: save it as {}", clean(draft.save_as.as_str()))?;
        let (limit, total) = (self.limit.unwrap_or(NOTES), draft.total);
        if total > limit as usize {
            writeln!(err, "hint: {limit} of {total} notes that speak of it; --limit takes in more")?;
        }
        Ok(())
    }
}
