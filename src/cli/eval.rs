//! `eval`: how good answers are, measured on the vault at hand.

use super::failure::Failure;
use crate::answer::{Answer, eval_links};
use crate::snapshot::Snapshot;
use clap::{Args, Subcommand};

/// Measure on this vault how good answers are
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote eval links\n  resonote eval links --questions 200 --json")]
pub(super) struct EvalArguments {
    #[command(subcommand)]
    what: EvalWhat,
}

#[derive(Debug, Subcommand)]
enum EvalWhat {
    Links(EvalLinksArguments),
}

/// Hide some links and measure how well `related` finds them
///
/// A share of the pairs of linked notes is hidden, links and their words, in a copy in memory; no note is touched. Then each
/// hidden link is looked for: every note that its source is not linked with is ranked by `related`, by each of its measures
/// alone, by common neighbours and by in-degree. MRR is the mean of one over the rank of the note that was linked; Hits@k
/// the share of those that are among the first k. Corrected for degree, a note competes with others drawn in proportion to
/// how many link to them, as otherwise naming what everybody links to looks good. Takes the memory of all notes' text.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote eval links\n  resonote eval links --share 0.2 --seed 7 --json")]
struct EvalLinksArguments {
    /// The share of linked pairs to hide, above 0 and below 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    share: f64,
    /// Which ones: another number hides others
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Look for at most so many of the hidden links
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    questions: u32,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("a number above 0 and below 1 is needed".to_owned()),
    }
}

impl EvalArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        let EvalWhat::Links(links) = &self.what;
        Ok(Answer::EvalLinks(eval_links(snapshot, links.share, links.seed, links.questions as usize)?))
    }
}
