//! What steps cost: whole numbers, so that a sum does not depend on its order and two that are equal are equal.

use crate::graph::relation::{Relation, UNIT};
use crate::note::relation_name;

/// What a way costs so far, and how many steps it has: the cheaper one is before the dearer one, and of two that cost the
/// same the one with fewer steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Price {
    /// In millionths of a plain link.
    pub cost: u64,
    pub steps: u32,
}

impl Price {
    /// What no way costs.
    pub(super) const FAR: Price = Price { cost: u64::MAX, steps: u32::MAX };

    /// The price of two ways one behind the other.
    pub(super) fn plus(self, other: Price) -> Price {
        Price { cost: self.cost.saturating_add(other.cost), steps: self.steps.saturating_add(other.steps) }
    }

    /// What is left of it behind the first part.
    pub(super) fn minus(self, first: Price) -> Price {
        Price { cost: self.cost - first.cost, steps: self.steps - first.steps }
    }
}

/// What a vault has its relations cost, where it says so; see [`Relation`] for what they cost otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs(Vec<(Box<str>, u32)>);

/// The name of a step from a note to a concept it speaks of without linking to it.
pub const MENTION: &str = "mention";

/// The name of a step from a note to a concept that one of its tags is nearly called by.
pub const NEAR_TAG: &str = "near-tag";

/// The name of a step between two notes that have the same tag.
pub const TAG: &str = "tag";

impl Costs {
    /// Costs by the names of relations, in millionths of a plain link; of two of one name the later one counts.
    pub fn new(named: impl IntoIterator<Item = (Box<str>, u32)>) -> Costs {
        Costs(named.into_iter().map(|(name, cost)| (relation_name(&name).into(), cost)).collect())
    }

    fn set(&self, name: &str) -> Option<u32> {
        self.0.iter().rev().find(|(known, _)| **known == *name).map(|(_, cost)| *cost)
    }

    /// What a link of this relation costs.
    pub(super) fn of(&self, relation: &Relation) -> u32 {
        self.set(&relation.name).unwrap_or(relation.cost() as u32)
    }

    /// What a step costs that no link makes. A name in the text is a weaker tie than any relation somebody wrote but an order
    /// in a chat, a tag that is nearly a name a little weaker still, and a tag that two notes share the weakest.
    pub(super) fn of_unwritten(&self, name: &str) -> u32 {
        let hundredths = match name {
            MENTION => 200,
            NEAR_TAG => 220,
            _ => 250,
        };
        self.set(name).unwrap_or(hundredths * (UNIT as u32 / 100))
    }
}

/// How many times what its relation costs a step costs into a concept of so many edges, in millionths:
/// (1 + ln(1 + degree) / 4) ^ weight.
///
/// With the logarithm a concept of a thousand edges costs less than twice what one of ten does, so that a way around it is
/// taken where there is one of the same length. A multiple of the logarithm could never ask for more: it makes all concepts dearer
/// alike, and with them every way that has a step more. A power sets them apart, so that a larger weight takes longer ways around;
/// `tests/bench/paths.rs` prints what each weight comes to.
pub(super) fn hub_factor(weight: f64, degree: usize) -> u64 {
    ((1.0 + (1.0 + degree as f64).ln() / 4.0).powf(weight) * UNIT as f64).round() as u64
}

/// What a step costs: what its relation costs times a factor, both in millionths.
pub(super) fn times(base: u64, factor: u64) -> u64 {
    let product = u128::from(base) * u128::from(factor);
    ((product + u128::from(UNIT / 2)) / u128::from(UNIT)) as u64
}
