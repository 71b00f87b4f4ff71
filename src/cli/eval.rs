//! `eval`: how good answers are, measured on the vault at hand.

use super::World;
use super::failure::Failure;
use crate::answer::{Answer, JudgedQuery, Query, eval_links, eval_search};
use crate::note::clip;
use crate::render::judged_queries;
use crate::snapshot::Snapshot;
use clap::{Args, Subcommand, ValueHint};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Measure on this vault how good answers are
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote eval links\n  resonote eval links --questions 200 --json\n  resonote eval search queries.jsonl"
)]
pub(super) struct EvalArguments {
    #[command(subcommand)]
    what: EvalWhat,
}

#[derive(Debug, Subcommand)]
enum EvalWhat {
    Links(EvalLinksArguments),
    Search(EvalSearchArguments),
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

/// Ask queries that you have judged and measure how well `search` finds what you want
///
/// QUERIES holds a line of JSON for each: {"query": "mirror cells", "wanted": ["mirror neurons"]}. Names are a title, file
/// name, alias or path; in place of the list may stand an object of names with grades above 0, the better the higher. Other
/// keys are passed over. The first hundred hits of each query are looked at. nDCG@10 tells how near the first ten come to
/// the best order, by grades; MRR is the mean of one over the rank of the first that was wanted; Recall@10 and Recall@100
/// the share of the wanted among so many; Success@1 the share of queries whose first hit was wanted. The queries that did
/// worst are listed, each with the rank of the first that was wanted and with what came first in its place.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote eval search queries.jsonl\n  resonote eval search --json - < queries.jsonl")]
struct EvalSearchArguments {
    /// A file of JSON lines; - for stdin
    #[arg(value_name = "QUERIES", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Take every sign of the queries for a sign, not an operator
    #[arg(long)]
    plain: bool,
}

impl EvalSearchArguments {
    /// How messages name the file.
    fn name(&self) -> String {
        if self.is_stdin() { "stdin".to_owned() } else { clip(&self.file.display().to_string()).into_owned() }
    }

    fn is_stdin(&self) -> bool {
        self.file == Path::new("-")
    }

    fn judged(&self, world: &World) -> Result<Vec<JudgedQuery>, Failure> {
        let read = || match self.is_stdin() {
            true => io::read_to_string(io::stdin()),
            false => fs::read_to_string(world.folder.join(&self.file)),
        };
        let text = read().map_err(|error| Failure::unread_queries(&self.name(), &error))?;
        let query = if self.plain { Query::plain } else { Query::parse };
        judged_queries(&text, &query).map_err(|error| Failure::misjudged(&self.name(), error))
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("a number above 0 and below 1 is needed".to_owned()),
    }
}

impl EvalArguments {
    /// Whether the answer takes the full text.
    pub(super) fn needs_text(&self) -> bool {
        matches!(self.what, EvalWhat::Search(_))
    }

    /// The judged queries to ask, none where nothing is to be searched.
    pub(super) fn judged(&self, world: &World) -> Result<Vec<JudgedQuery>, Failure> {
        match &self.what {
            EvalWhat::Links(_) => Ok(Vec::new()),
            EvalWhat::Search(search) => search.judged(world),
        }
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot, judged: &[JudgedQuery]) -> Result<Answer<'s>, Failure> {
        match &self.what {
            EvalWhat::Links(links) => {
                Ok(Answer::EvalLinks(eval_links(snapshot, links.share, links.seed, links.questions as usize)?))
            }
            EvalWhat::Search(search) => {
                let eval = eval_search(snapshot, judged);
                Ok(Answer::EvalSearch(eval.map_err(|error| Failure::from(error.why).at_line(&search.name(), error.line))?))
            }
        }
    }
}
