//! The communities of a vault: which concepts belong together; or that of one concept.

use super::AskError;
use super::concept::{Concept, describe, named};
use crate::graph::{Community, Resolution};
use crate::snapshot::Snapshot;

/// How concepts fall into communities.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// The concept whose community was asked for.
    pub of: Option<Concept>,
    /// The resolution it was made with.
    pub resolution: Resolution,
    /// Newman's modularity of the whole division, in -0.5..=1, to four digits: from some 0.3 upward the communities are
    /// more than chance.
    pub modularity: f64,
    /// How many communities of two or more concepts there are, those beyond the limit included.
    pub total: usize,
    /// How many concepts are in none.
    pub alone: usize,
    /// The largest communities, ties by their smallest concept; or the one of the concept asked for, none if it is alone.
    pub communities: Vec<CommunityCard>,
}

/// A community, as far as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct CommunityCard {
    /// Its place among all, from 1.
    pub rank: usize,
    /// How many concepts belong to it; two at least.
    pub size: usize,
    /// How many of them are written.
    pub notes: usize,
    /// What part of all pairs that could be linked is linked; above 0, at most 1, to four digits.
    pub density: f64,
    /// Its most telling concepts, which are its name: each with how telling it is.
    pub members: Vec<(Concept, f64)>,
}

/// The communities of the vault, at most `limit`, each with at most `members` of its concepts; or that of one concept.
///
/// # Errors
/// When no concept, or more than one, has the name.
pub fn communities(
    snapshot: &Snapshot,
    name: Option<&str>,
    resolution: Resolution,
    limit: usize,
    members: usize,
) -> Result<Communities, AskError> {
    let of = name.map(|name| named(snapshot, name)).transpose()?;
    let found = snapshot.graph().communities(resolution);
    let shown = match of {
        Some(concept) => found.of(concept).map_or(0..0, |at| at..at + 1),
        None => 0..found.communities.len().min(limit),
    };
    let (start, written) = (shown.start, snapshot.vault().len() as u32);
    let card = |(at, community): (usize, &Community)| CommunityCard {
        rank: start + at + 1,
        size: community.members.len(),
        notes: community.members.iter().filter(|member| member.concept.0 < written).count(),
        density: four_digits(community.density()),
        members: community.members.iter().take(members).map(|it| (describe(snapshot, it.concept), it.telling)).collect(),
    };
    Ok(Communities {
        of: of.map(|concept| describe(snapshot, concept)),
        resolution,
        modularity: four_digits(found.modularity),
        total: found.communities.len(),
        alone: found.alone,
        communities: found.communities[shown].iter().enumerate().map(card).collect(),
    })
}

fn four_digits(share: f64) -> f64 {
    // What rounds to zero from below is zero.
    (share * 10_000.0).round() / 10_000.0 + 0.0
}
