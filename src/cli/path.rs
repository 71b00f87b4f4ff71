//! `path`: how concepts hang together.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, Hubs, PathQuestion, path};
use crate::snapshot::Snapshot;
use clap::{Args, ValueEnum};

/// Show how concepts hang together: the cheapest routes between two, or a tree that joins more, each step with its sentence
///
/// A step costs what its relation costs (a plain link 1, a typed one 1.1, see-also 1.3, an order such as following 3; the costs
/// of .resonote.toml go before these), and the more, the more is linked with the concept it leads into. Links are followed
/// whichever way they point.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote path oxytocin \"mirror neurons\"\n  resonote path empathy mindfulness -k 3 --avoid index\n  \
                  resonote path empathy oxytocin \"group dynamics\" --json"
)]
pub(super) struct PathArguments {
    /// From where to where: titles, file names, aliases or paths; three or more for a tree that joins them
    #[arg(value_name = "CONCEPT", required = true, num_args = 2.., add = Completes::Concept)]
    concepts: Vec<String>,
    /// Up to so many routes, cheapest first
    #[arg(short = 'k', value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    most: u16,
    /// How much of its concepts a route may share with one before it, from 0 to 1, where 1 takes any other route; for -k 2
    /// and more [default: 0.5]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    diverse: Option<f64>,
    /// Come by this concept; may be said several times, and is gone by in that order
    #[arg(long, value_name = "CONCEPT", add = Completes::Concept)]
    through: Vec<String>,
    /// Stay off this concept; may be said several times
    #[arg(long, value_name = "CONCEPT", add = Completes::Concept)]
    avoid: Vec<String>,
    /// Only links of these relations, such as see-also,up, or link for those that say no more; what --tags and --suggested let
    /// count comes on top
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',', add = Completes::Relation)]
    relations: Vec<String>,
    /// Only routes of at most so many steps
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    max_steps: Option<u32>,
    /// Follow links only the way they point
    #[arg(long)]
    directed: bool,
    /// Let tags that two notes share count as well, at a cost of 2.5
    #[arg(long)]
    tags: bool,
    /// Let what nobody wrote count as well: names in the text without a link, at a cost of 2, and tags that are nearly a name, at 2.2
    #[arg(long)]
    suggested: bool,
    /// What to do about concepts that are linked with nearly everything
    #[arg(long, value_name = "WHAT", default_value = "avoid")]
    hubs: HubsWhen,
    /// How much more a concept costs for its links, from 0 to 10: the power w of 1 + ln(1 + links) / 4 [default: 1, or the
    /// hub-weight of the settings]
    #[arg(long, value_name = "W", value_parser = weight)]
    hub_weight: Option<f64>,
}

/// So much of its concepts a route shares with one before it, at most.
const SHARE: f64 = 0.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HubsWhen {
    /// They cost what any concept costs
    Allow,
    /// They cost more, the more they are linked with
    Avoid,
    /// No route goes through the hundredth with the most links
    Forbid,
}

fn share(typed: &str) -> Result<f64, String> {
    within(typed, 1.0)
}

fn weight(typed: &str) -> Result<f64, String> {
    within(typed, 10.0)
}

/// A number from 0 to so much.
fn within(typed: &str, most: f64) -> Result<f64, String> {
    let number = typed.parse().ok().filter(|number| (0.0..=most).contains(number));
    number.ok_or_else(|| format!("a number from 0 to {most}"))
}

impl PathArguments {
    /// Whether what nobody wrote counts.
    pub(super) fn needs_mentions(&self) -> bool {
        self.suggested
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        if self.hubs == HubsWhen::Allow && self.hub_weight.is_some() {
            return Err(Failure::hubs_allowed());
        }
        if self.diverse.is_some() && self.most == 1 {
            return Err(Failure::one_way_alone());
        }
        let question = PathQuestion {
            concepts: self.concepts.clone(),
            through: self.through.clone(),
            avoid: self.avoid.clone(),
            relations: self.relations.clone(),
            most: usize::from(self.most),
            share: self.diverse.unwrap_or(SHARE),
            most_steps: self.max_steps,
            directed: self.directed,
            tags: self.tags,
            suggested: self.suggested,
            hubs: match self.hubs {
                HubsWhen::Allow => Hubs::Allow,
                HubsWhen::Avoid => Hubs::Avoid,
                HubsWhen::Forbid => Hubs::Forbid,
            },
            hub_weight: self.hub_weight,
        };
        Ok(Answer::Path(path(snapshot, &question)?))
    }
}
