//! Which concepts belong together: a division of all of them by the links between them.
//!
//! Two concepts are tied if a link leads from either to the other. A tie weighs 1, or a quarter where nothing but a
//! sequence joins the two. The division is that of the Leiden algorithm; see `leiden`.

mod leiden;

use super::ties::{Ties, WHOLE};
use super::{ConceptGraph, ConceptId};
use std::cmp::Ordering;

/// How fine a division is asked for: of a large resolution come many small communities, of a small one few large ones. 1 is
/// that of Newman's modularity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    thousandths: u32,
}

impl Resolution {
    /// The resolution of this size, to a thousandth; none outside 0.001..=1000.
    pub fn new(size: f64) -> Option<Resolution> {
        let thousandths = (size * f64::from(leiden::ONE)).round();
        (1.0..=f64::from(1_000 * leiden::ONE)).contains(&thousandths).then_some(Resolution { thousandths: thousandths as u32 })
    }

    /// Its size.
    pub fn size(self) -> f64 {
        f64::from(self.thousandths) / f64::from(leiden::ONE)
    }
}

impl Default for Resolution {
    fn default() -> Resolution {
        Resolution { thousandths: leiden::ONE }
    }
}

/// A division of all concepts into communities.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// The communities of two or more concepts: the largest first, ties by the smallest concept.
    pub communities: Vec<Community>,
    /// How many concepts are in none of them, each alone.
    pub alone: usize,
    /// Newman's modularity of the division (Newman and Girvan, "Finding and evaluating community structure in networks",
    /// Phys. Rev. E 69, 2004), whatever resolution was asked for: what part of the weight of all ties is inside of
    /// communities, less what part would be if the same concepts were tied by chance. In -0.5..=1; 0 where nothing is linked.
    pub modularity: f64,
}

/// Concepts that belong together. Each is connected with each by links inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Community {
    /// The concepts, the most telling first, ties in concept order; two at least.
    pub members: Vec<Member>,
    /// How many pairs of them are linked.
    pub pairs: usize,
}

/// A concept of a community.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The concept.
    pub concept: ConceptId,
    /// How telling it is: inside² / all, the weight of its ties inside of the community times the part that this is of all
    /// its ties. The measure is ours: what many of the community are linked with stands for it, unless it is linked with
    /// everything elsewhere as well, as an index note is. Above 0, at most the number of its ties; to four digits.
    pub telling: f64,
}

impl Community {
    /// What part of all pairs that could be linked is linked; above 0, at most 1.
    pub fn density(&self) -> f64 {
        let size = self.members.len() as f64;
        self.pairs as f64 / (size * (size - 1.0) / 2.0)
    }
}

impl Communities {
    /// The place of a concept's community among them; none if it is alone. Looks at all members.
    pub fn of(&self, concept: ConceptId) -> Option<usize> {
        self.communities.iter().position(|community| community.members.iter().any(|member| member.concept == concept))
    }
}

impl ConceptGraph {
    /// The communities of the concepts, wanted ones included. Takes time in proportion to the links, more or less: some
    /// seconds for a million.
    pub fn communities(&self, resolution: Resolution) -> Communities {
        let ties = Ties::of(self, self.len());
        let of = leiden::leiden(&ties, resolution.thousandths);
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); of.iter().max().map_or(0, |last| *last as usize + 1)];
        of.iter().zip(0..).for_each(|(community, concept)| members[*community as usize].push(concept));
        let alone = members.iter().filter(|members| members.len() < 2).count();
        members.retain(|members| members.len() > 1);
        // They are numbered by their smallest concepts, and the sort is stable.
        members.sort_by_key(|members| std::cmp::Reverse(members.len()));
        let communities = members.into_iter().map(|members| community(&ties, &of, &members)).collect();
        Communities { communities, alone, modularity: leiden::modularity(&ties, &of) }
    }
}

/// What a concept's ties weigh that stay inside of its community, and all of them.
#[derive(Clone, Copy)]
struct Weights {
    concept: u32,
    inside: u64,
    all: u64,
}

fn community(ties: &Ties, of: &[u32], members: &[u32]) -> Community {
    let mut ends = 0;
    let mut weights: Vec<Weights> = Vec::with_capacity(members.len());
    for concept in members.iter().copied() {
        let mut own = Weights { concept, inside: 0, all: 0 };
        for (end, weight) in ties.weighted(concept) {
            own.all += u64::from(weight);
            if of[end as usize] == of[concept as usize] {
                own.inside += u64::from(weight);
                ends += 1;
            }
        }
        weights.push(own);
    }
    // The sort is stable, so that equals stay in concept order.
    weights.sort_by(more_telling);
    let telling = |it: Weights| {
        let telling = (it.inside * it.inside) as f64 / (it.all * u64::from(WHOLE)) as f64;
        Member { concept: ConceptId(it.concept), telling: (telling * 10_000.0).round() / 10_000.0 }
    };
    Community { members: weights.into_iter().map(telling).collect(), pairs: ends / 2 }
}

/// Compares the fractions without dividing.
fn more_telling(a: &Weights, b: &Weights) -> Ordering {
    let times = |it: &Weights, other: &Weights| u128::from(it.inside) * u128::from(it.inside) * u128::from(other.all);
    times(b, a).cmp(&times(a, b))
}
