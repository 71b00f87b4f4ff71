//! `links`: whom a concept links and who links it.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Along, Answer, Scope, all_links, links};
use crate::snapshot::Snapshot;
use clap::Args;

/// List a concept's links and backlinks, with the sentence of each place
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote links empathy --backlinks\n  resonote links --all --relation see-also --json")]
pub(super) struct LinksArguments {
    /// A title, file name, alias or path
    #[arg(value_name = "CONCEPT", required_unless_present = "all", add = Completes::Concept)]
    concept: Option<String>,
    /// Every link of the vault, a line each
    #[arg(long, conflicts_with_all = ["concept", "outgoing", "backlinks", "depth"])]
    all: bool,
    /// Only links from the concept
    #[arg(long, conflicts_with = "backlinks")]
    outgoing: bool,
    /// Only links to the concept
    #[arg(long)]
    backlinks: bool,
    /// Only links of this relation, such as see-also, up, or link for those that say no more
    #[arg(long, value_name = "RELATION", add = Completes::Relation)]
    relation: Option<String>,
    /// Also list the concepts up to so many steps away
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    depth: u32,
}

impl LinksArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        let Some(concept) = &self.concept else {
            return Ok(Answer::AllLinks(all_links(snapshot, self.relation.as_deref())));
        };
        let along = match (self.outgoing, self.backlinks) {
            (true, _) => Along::Outgoing,
            (_, true) => Along::Backlinks,
            _ => Along::Both,
        };
        let scope = Scope { along, relation: self.relation.clone(), depth: self.depth as usize };
        Ok(Answer::Links(links(snapshot, concept, &scope)?))
    }
}
