//! The wire structs of communities.

use super::ConceptWire;
use crate::answer::{Communities, CommunityCard};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CommunitiesWire<'a> {
    of: Option<ConceptWire<'a>>,
    resolution: f64,
    modularity: f64,
    total: usize,
    alone: usize,
    communities: Vec<CommunityWire<'a>>,
}

#[derive(Serialize)]
struct CommunityWire<'a> {
    rank: usize,
    total: usize,
    notes: usize,
    density: f64,
    members: Vec<MemberWire<'a>>,
}

#[derive(Serialize)]
struct MemberWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    score: f64,
}

impl<'a> From<&'a Communities> for CommunitiesWire<'a> {
    fn from(found: &'a Communities) -> Self {
        CommunitiesWire {
            of: found.of.as_ref().map(Into::into),
            resolution: found.resolution.size(),
            modularity: found.modularity,
            total: found.total,
            alone: found.alone,
            communities: found.communities.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a CommunityCard> for CommunityWire<'a> {
    fn from(community: &'a CommunityCard) -> Self {
        let CommunityCard { rank, size, notes, density, members } = community;
        let member = |(concept, score): &'a (_, f64)| MemberWire { concept: ConceptWire::from(concept), score: *score };
        let members = members.iter().map(member).collect();
        CommunityWire { rank: *rank, total: *size, notes: *notes, density: *density, members }
    }
}
