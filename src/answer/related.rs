//! Which concepts are related to one or several, and what speaks for each.

use super::AskError;
use super::concept::{Concept, describe, named};
use super::evidence::{Evidence, Quoted};
use super::nearness::{Nearness, RelatedBy, SCORE_UNIT, nearness};
use crate::graph::{ConceptId, SuggestedBy};
use crate::index::Similar;
use crate::note::clip;
use crate::snapshot::Snapshot;

/// The concepts related to one or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The concepts asked for, as asked; at least one.
    pub of: Vec<Concept>,
    /// How many are related to them, those beyond the limit included.
    pub total: usize,
    /// The most related ones: highest score first, ties in concept order.
    pub concepts: Vec<RelatedConcept>,
}

/// A related concept, and why it is one.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedConcept {
    /// The concept.
    pub concept: Concept,
    /// In 0..=1, in whole ten-thousandths, never 0. Of one concept asked for it is the sum of the parts of its reasons; of
    /// several the square of the mean root of their scores, so that what is near to all of them comes before what is very near
    /// to one.
    pub score: f64,
    /// For each concept asked for, what speaks for the two.
    pub with: Vec<Nearby>,
}

/// What speaks for one concept's being near to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearby {
    /// How near, in 0..=1: the sum of the parts below.
    pub score: f64,
    /// What of the score of a related concept is due to this concept asked for; all of them together are 1.
    pub share: f64,
    /// What each measure gives, in the order of [`RelatedBy::ALL`].
    pub parts: [f64; RelatedBy::ALL.len()],
    /// The links between the two: those from the concept asked for first, each by relation.
    pub links: Vec<DirectLink>,
    /// Of the concepts that both are linked with, those that say most.
    pub shared: Vec<Concept>,
    /// How many there are in all.
    pub shared_total: usize,
    /// The words of both that say most, as the concept asked for writes them.
    pub words: Vec<String>,
    /// Where one speaks of the other without a link: the concept asked for first.
    pub mentions: Vec<Mentioned>,
}

/// A link between a concept and a related one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectLink {
    /// The folded name of the relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// Whether it leads from the concept asked for to the related one.
    pub is_forward: bool,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// One of two concepts speaks of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentioned {
    /// Whether it is the concept asked for that speaks.
    pub is_forward: bool,
    /// The sentence; none of a tag.
    pub evidence: Option<Evidence>,
    /// The tag that is nearly the name of the other.
    pub tag: Option<String>,
}

/// So many of the shared neighbours are named.
const MOST_SHARED: usize = 3;

/// So many of the shared words are named.
const MOST_WORDS: usize = 5;

/// The concepts most related to some, at most `limit`; `unlinked` leaves out those that are linked with one of these.
///
/// # Errors
/// When no concept, or more than one, has a name; when the full text fails.
pub fn related(snapshot: &Snapshot, names: &[String], limit: usize, unlinked: bool) -> Result<Related, AskError> {
    let mut of: Vec<ConceptId> = Vec::new();
    for name in names {
        let concept = named(snapshot, name)?;
        if !of.contains(&concept) {
            of.push(concept);
        }
    }
    let mut around: Vec<(Vec<Nearness>, Similar)> = Vec::new();
    for concept in &of {
        around.push(nearness(snapshot, *concept)?);
    }
    let mut left_out = of.clone();
    if unlinked {
        left_out.extend(of.iter().flat_map(|concept| snapshot.graph().neighbours(*concept)));
    }
    left_out.sort_unstable();
    let mut scored: Vec<(u32, ConceptId)> = together(&around, of.len());
    scored.retain(|(score, concept)| *score > 0 && left_out.binary_search(concept).is_err());
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let total = scored.len();
    scored.truncate(limit);
    let mut quoted = Quoted::read(snapshot, []);
    let mut concepts = Vec::with_capacity(scored.len());
    for (score, concept) in scored {
        let mut with: Vec<Nearby> = Vec::new();
        for (asked, (around, similar)) in of.iter().zip(&around) {
            let found = around.binary_search_by_key(&concept, |it| it.concept).ok().map(|at| around[at]);
            let nearness = found.unwrap_or(Nearness { concept, parts: Default::default() });
            with.push(nearby(snapshot, &mut quoted, *asked, &nearness, similar));
        }
        let roots: f64 = with.iter().map(|it| it.score.sqrt()).sum();
        with.iter_mut().for_each(|it| it.share = it.score.sqrt() / roots);
        concepts.push(RelatedConcept { concept: describe(snapshot, concept), score: f64::from(score) / SCORE_UNIT, with });
    }
    Ok(Related { of: of.into_iter().map(|concept| describe(snapshot, concept)).collect(), total, concepts })
}

/// The scores of concepts with all that are asked for together, in units of a score.
fn together(around: &[(Vec<Nearness>, Similar)], asked: usize) -> Vec<(u32, ConceptId)> {
    if let [(around, _)] = around {
        return around.iter().map(|it| (it.score(), it.concept)).collect();
    }
    let mut roots: Vec<(ConceptId, f64)> = Vec::new();
    for (around, _) in around {
        roots.extend(around.iter().map(|it| (it.concept, f64::from(it.score()).sqrt())));
    }
    // Stable, so that each sum runs in the order asked for.
    roots.sort_by_key(|(concept, _)| *concept);
    let sums = roots.chunk_by(|a, b| a.0 == b.0);
    let mean = |of_one: &[(ConceptId, f64)]| of_one.iter().map(|(_, root)| root).sum::<f64>() / asked as f64;
    sums.map(|of_one| (mean(of_one).powi(2).round() as u32, of_one[0].0)).collect()
}

/// What speaks for two concepts' being near.
fn nearby(snapshot: &Snapshot, quoted: &mut Quoted<'_>, asked: ConceptId, nearness: &Nearness, similar: &Similar) -> Nearby {
    let (graph, vault) = (snapshot.graph(), snapshot.vault());
    let other = nearness.concept;
    let links = graph.between(asked, other).into_iter().map(|edge| DirectLink {
        relation: edge.relation.name.to_string(),
        spelling: edge.relation.spelling.to_string(),
        is_forward: edge.source == asked,
        evidence: quoted.evidence(&edge),
    });
    let links = links.collect();
    let shared = graph.common(asked, other);
    let key = (vault.len() > other.0 as usize).then(|| vault.key(other.0));
    let words = key.map_or(Vec::new(), |key| similar.shared_words(key, MOST_WORDS));
    let mentions = [(asked, other, true), (other, asked, false)];
    let mentions = mentions.into_iter().flat_map(|(from, to, is_forward)| mentioned(snapshot, quoted, from, to, is_forward));
    Nearby {
        score: f64::from(nearness.score()) / SCORE_UNIT,
        share: 0.0,
        parts: nearness.parts.map(|part| f64::from(part) / SCORE_UNIT),
        links,
        shared: shared.iter().take(MOST_SHARED).map(|shared| describe(snapshot, *shared)).collect(),
        shared_total: shared.len(),
        words: words.into_iter().map(str::to_owned).collect(),
        mentions: mentions.collect(),
    }
}

/// Where `from` speaks of `to`, once by name and once by tag.
fn mentioned(snapshot: &Snapshot, quoted: &mut Quoted<'_>, from: ConceptId, to: ConceptId, is_forward: bool) -> Vec<Mentioned> {
    let suggested = snapshot.suggested().into_iter().flat_map(|it| it.outgoing(from)).filter(|edge| edge.target == to);
    let mentioned = suggested.map(|edge| match edge.by {
        SuggestedBy::Mention => Mentioned { is_forward, evidence: Some(quoted.mention(from.0, to.0)), tag: None },
        SuggestedBy::Tag => {
            Mentioned { is_forward, evidence: None, tag: quoted.near_tag(from.0, to).map(|tag| clip(&tag).into_owned()) }
        }
    });
    mentioned.collect()
}
