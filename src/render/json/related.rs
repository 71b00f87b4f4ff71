//! The wire structs of related concepts.

use super::{ConceptWire, EvidenceWire};
use crate::answer::{DirectLink, Mentioned, Nearby, Related, RelatedBy, RelatedConcept};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RelatedWire<'a> {
    /// The first of those asked for.
    #[serde(flatten)]
    concept: Option<ConceptWire<'a>>,
    concepts: Vec<ConceptWire<'a>>,
    total: usize,
    related: Vec<RelatedConceptWire<'a>>,
}

#[derive(Serialize)]
struct RelatedConceptWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    score: f64,
    reasons: Vec<ReasonWire<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<ShareWire<'a>>,
}

#[derive(Serialize)]
struct ShareWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    score: f64,
    share: f64,
    reasons: Vec<ReasonWire<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ReasonWire<'a> {
    Walk { part: f64 },
    Link { relation: &'a str, direction: &'static str, evidence: EvidenceWire<'a> },
    Shared { part: f64, concepts: Vec<ConceptWire<'a>>, total: usize },
    Text { part: f64, words: &'a [String] },
    Mention { part: f64, mentions: Vec<MentionWire<'a>> },
}

#[derive(Serialize)]
struct MentionWire<'a> {
    direction: &'static str,
    evidence: Option<EvidenceWire<'a>>,
    tag: Option<&'a str>,
}

impl<'a> From<&'a Related> for RelatedWire<'a> {
    fn from(related: &'a Related) -> Self {
        RelatedWire {
            concept: related.of.first().map(Into::into),
            concepts: related.of.iter().map(Into::into).collect(),
            total: related.total,
            related: related.concepts.iter().map(|it| concept(related, it)).collect(),
        }
    }
}

fn concept<'a>(related: &'a Related, it: &'a RelatedConcept) -> RelatedConceptWire<'a> {
    let share = |(asked, with): (_, &'a Nearby)| ShareWire {
        concept: ConceptWire::from(asked),
        score: with.score,
        share: (with.share * 10_000.0).round() / 10_000.0,
        reasons: reasons(with),
    };
    let (reasons, shares) = match it.with.as_slice() {
        [with] => (reasons(with), Vec::new()),
        several => (Vec::new(), related.of.iter().zip(several).map(share).collect()),
    };
    RelatedConceptWire { concept: (&it.concept).into(), score: it.score, reasons, shares }
}

fn reasons(with: &Nearby) -> Vec<ReasonWire<'_>> {
    let mut reasons = Vec::new();
    for (by, part) in RelatedBy::ALL.into_iter().zip(with.parts) {
        if part > 0.0 {
            reasons.push(match by {
                RelatedBy::Walk => ReasonWire::Walk { part },
                RelatedBy::Shared => {
                    ReasonWire::Shared { part, concepts: with.shared.iter().map(Into::into).collect(), total: with.shared_total }
                }
                RelatedBy::Text => ReasonWire::Text { part, words: &with.words },
                RelatedBy::Mention => ReasonWire::Mention { part, mentions: with.mentions.iter().map(mention).collect() },
            });
        }
        if by == RelatedBy::Walk {
            reasons.extend(with.links.iter().map(link));
        }
    }
    reasons
}

fn direction(is_forward: bool) -> &'static str {
    if is_forward { "forward" } else { "backward" }
}

fn link(link: &DirectLink) -> ReasonWire<'_> {
    ReasonWire::Link { relation: &link.relation, direction: direction(link.is_forward), evidence: (&link.evidence).into() }
}

fn mention(it: &Mentioned) -> MentionWire<'_> {
    MentionWire { direction: direction(it.is_forward), evidence: it.evidence.as_ref().map(Into::into), tag: it.tag.as_deref() }
}
