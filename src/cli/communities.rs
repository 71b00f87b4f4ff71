//! `communities`: which concepts belong together.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, Resolution, communities};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the communities of the vault: concepts that belong together by their links; or the one a concept belongs to
///
/// Each concept is in one community at most. A community is named by its most telling concepts: those that are linked with
/// many others of it and with few elsewhere. The same vault has the same communities each time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote communities\n  resonote communities empathy --resolution 2")]
pub(super) struct CommunitiesArguments {
    /// Show the community that this belongs to, most telling concepts first: a title, file name, alias or path
    #[arg(value_name = "CONCEPT", add = Completes::Concept)]
    concept: Option<String>,
    /// At most so many communities, where all are listed [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
    /// At most so many concepts of each [default: 3; 50 of a concept's community]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    members: Option<u32>,
    /// How fine the division is: 2 gives more and smaller communities, 0.5 fewer and larger ones
    #[arg(long, value_name = "R", default_value = "1", value_parser = resolution)]
    resolution: Resolution,
}

/// So many communities are listed.
const LIMIT: u32 = 10;

/// So many concepts name a community.
const NAMES: u32 = 3;

/// So many concepts of one community are listed.
const MEMBERS: u32 = 50;

fn resolution(typed: &str) -> Result<Resolution, String> {
    let size: Option<f64> = typed.parse().ok();
    size.and_then(Resolution::new).ok_or_else(|| "it is a number from 0.001 to 1000".to_owned())
}

impl CommunitiesArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        let name = self.concept.as_deref();
        if name.is_some() && self.limit.is_some() {
            return Err(Failure::one_community_alone());
        }
        let members = self.members.unwrap_or(if name.is_some() { MEMBERS } else { NAMES });
        let found = communities(snapshot, name, self.resolution, self.limit.unwrap_or(LIMIT) as usize, members as usize)?;
        Ok(Answer::Communities(found))
    }
}
