//! A step of a way in words, with what speaks for it.

use crate::answer::concept::{Concept, describe};
use crate::answer::evidence::{Evidence, Quoted, Told};
use crate::answer::links::{PlaceText, place_text};
use crate::graph::{MENTION, NEAR_TAG, Step, StepBy, SuggestedBy, TAG};
use crate::note::{NotePath, clip};
use crate::snapshot::Snapshot;
use crate::vault::tag_key;

/// So many places of a step are told.
const MOST_PLACES: usize = 20;

/// One step of a way.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// Where it starts.
    pub from: Concept,
    /// Where it leads.
    pub to: Concept,
    /// What it costs, in millionths of a plain link.
    pub cost: u64,
    /// The folded name of its relation: that of the link, or `tag`, `mention`, `near-tag`.
    pub relation: String,
    /// Its first spelling in the vault; of a shared tag the tag as first written, with its `#`.
    pub spelling: String,
    /// Whether what it goes by points the way the step goes.
    pub is_forward: bool,
    /// By what it goes.
    pub kind: StepKind,
    /// What speaks for it.
    pub evidence: Evidence,
    /// The first places of its link, in order; none if it is no link.
    pub places: Vec<PlaceText>,
    /// How many places there are; of a step that nobody wrote, in how many the note speaks so.
    pub places_total: usize,
}

/// By what a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A link that says how the two hang together.
    Link,
    /// A link that says which follows which: an order and no meaning.
    Order,
    /// A tag that both have.
    Tag,
    /// An edge that nobody wrote.
    Suggested,
}

impl PathStep {
    /// Whether a tag makes it, shared or nearly a name.
    pub fn is_by_tag(&self) -> bool {
        self.kind == StepKind::Tag || (self.kind == StepKind::Suggested && self.relation == NEAR_TAG)
    }

    pub(super) fn of(snapshot: &Snapshot, quoted: &mut Quoted<'_>, step: &Step<'_>) -> PathStep {
        let mut told = PathStep {
            from: describe(snapshot, step.from),
            to: describe(snapshot, step.to),
            cost: step.cost,
            relation: String::new(),
            spelling: String::new(),
            is_forward: step.is_forward(),
            kind: StepKind::Link,
            evidence: Evidence { note_path: NotePath::new(""), line: 1, told: Told::Nothing },
            places: Vec::new(),
            places_total: 0,
        };
        match &step.by {
            StepBy::Link(link) => {
                (told.relation, told.spelling) = (link.relation.name.to_string(), link.relation.spelling.to_string());
                if link.relation.is_sequence() {
                    told.kind = StepKind::Order;
                }
                told.evidence = quoted.evidence(link);
                let first = link.places.iter().take(MOST_PLACES);
                told.places = first.map(|place| place_text(snapshot, quoted, *place)).collect();
                told.places_total = link.places.len();
            }
            StepBy::Suggested(edge) => {
                let (note, target) = (edge.source.0, edge.target.0);
                told.kind = StepKind::Suggested;
                told.places_total = edge.places as usize;
                if edge.by == SuggestedBy::Mention {
                    (told.relation, told.spelling) = (MENTION.to_owned(), MENTION.to_owned());
                    told.evidence = quoted.mention(note, target);
                } else {
                    told.relation = NEAR_TAG.to_owned();
                    let tag = quoted.near_tag(note, edge.target).unwrap_or_default();
                    told.spelling = format!("#{}", clip(&tag));
                    told.evidence = quoted.tag(note, &tag);
                }
            }
            StepBy::Tag(tag) => {
                (told.kind, told.places_total) = (StepKind::Tag, 2);
                (told.relation, told.spelling) = (TAG.to_owned(), format!("#{}", clip(tag)));
                let key = tag_key(tag);
                let own = snapshot.vault().tags_of(step.from.0).find(|it| tag_key(&it.name) == key);
                told.evidence = quoted.tag(step.from.0, own.as_ref().map_or(tag, |own| &own.name));
            }
        }
        told
    }
}
