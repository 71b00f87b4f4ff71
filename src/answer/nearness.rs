//! How near concepts are to one by everything a vault says: by its links, by its words, and by who speaks of whom.
//!
//! Four measures, each relative to the nearest by it, are added up. So a part of a score always says how much of it which
//! measure gave. Their weights were chosen on one half of an encyclopaedia, of which links had been taken away, by how well the
//! sum finds them again, and hold on the other half; `eval links` tells it of any vault.

use super::AskError;
use crate::graph::{ConceptId, Near};
use crate::index::Similar;
use crate::snapshot::Snapshot;

/// What speaks for a concept's being near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelatedBy {
    /// The links around: a random walk with restart.
    Walk,
    /// The neighbours that both have: resource allocation.
    Shared,
    /// The words that both use: the text similarity of the index.
    Text,
    /// One speaks of the other by name, or has a tag that nearly is its name.
    Mention,
}

impl RelatedBy {
    /// All of them, in order.
    pub const ALL: [RelatedBy; 4] = [RelatedBy::Walk, RelatedBy::Shared, RelatedBy::Text, RelatedBy::Mention];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            RelatedBy::Walk => "walk",
            RelatedBy::Shared => "shared",
            RelatedBy::Text => "text",
            RelatedBy::Mention => "mention",
        }
    }

    /// The most it gives, in units of a score. All of them together are a score of 1.
    fn weight(self) -> f64 {
        SCORE_UNIT
            * match self {
                RelatedBy::Walk => 0.6,
                RelatedBy::Shared => 0.05,
                RelatedBy::Text => 0.2,
                RelatedBy::Mention => 0.15,
            }
    }

    /// What a value has to be to count as that of the nearest, if none is greater: notes that have no more than an *and* in
    /// common are not near by being nearest.
    fn least(self) -> f64 {
        match self {
            RelatedBy::Text => 0.2,
            RelatedBy::Walk | RelatedBy::Shared | RelatedBy::Mention => 0.0,
        }
    }

    /// What it gives for a value, as a share of the value of the nearest: 0..=1 to 0..=1. Walks and the like fall off so
    /// steeply that all but the nearest would count for nothing.
    fn level(self, share: f64) -> f64 {
        match self {
            RelatedBy::Text => share,
            RelatedBy::Walk | RelatedBy::Shared | RelatedBy::Mention => share.sqrt(),
        }
    }
}

/// What one unit of a score is: scores are sums of whole ones, so that no order decides.
pub(super) const SCORE_UNIT: f64 = 10_000.0;

/// The most notes that are near by their words alone.
const MOST_SIMILAR: usize = 1_000;

/// The most that are near because they speak of a concept: of a name that half the vault mentions, each mention says little.
const MOST_MENTIONS: usize = 1_000;

/// How near a concept is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nearness {
    pub concept: ConceptId,
    /// What each measure gives, in units of a score.
    pub parts: [u32; RelatedBy::ALL.len()],
}

impl Nearness {
    /// The sum of the parts, from 0 to [`SCORE_UNIT`].
    pub(super) fn score(&self) -> u32 {
        self.parts.iter().sum()
    }
}

/// The concepts around one, in concept order, the one itself not among them, and the notes in its words. Scores may be 0.
pub(super) fn nearness(snapshot: &Snapshot, of: ConceptId) -> Result<(Vec<Nearness>, Similar), AskError> {
    let (measured, similar) = measured(snapshot, of)?;
    Ok((summed(of, &measured), similar))
}

/// What each measure says by itself, and the notes in the words of the concept.
pub(super) fn measured(snapshot: &Snapshot, of: ConceptId) -> Result<([Vec<Near>; RelatedBy::ALL.len()], Similar), AskError> {
    let graph = snapshot.graph();
    let (text, similar) = by_text(snapshot, of)?;
    Ok(([graph.walk(of), graph.shared(of), text, by_mention(snapshot, of)], similar))
}

/// All measures together.
pub(super) fn summed(of: ConceptId, measured: &[Vec<Near>; RelatedBy::ALL.len()]) -> Vec<Nearness> {
    let mut parts: Vec<(ConceptId, usize, u32)> = Vec::new();
    for (at, (measure, near)) in RelatedBy::ALL.into_iter().zip(measured).enumerate() {
        let most = near.iter().map(|(_, value)| *value).fold(measure.least(), f64::max);
        let part = |value: f64| (measure.weight() * measure.level(value / most)).round() as u32;
        let others = near.iter().filter(|(concept, value)| *concept != of && *value > 0.0);
        parts.extend(others.map(|(concept, value)| (*concept, at, part(*value))));
    }
    parts.sort_unstable();
    let sums = parts.chunk_by(|a, b| a.0 == b.0).map(|of_one| {
        let mut parts = [0; RelatedBy::ALL.len()];
        of_one.iter().for_each(|(_, at, part)| parts[*at] = *part);
        Nearness { concept: of_one[0].0, parts }
    });
    sums.collect()
}

/// The notes in the words of a concept's own, as a share of what it has in common with itself; none of one that nobody
/// wrote yet, and none without the full text.
pub(super) fn by_text(snapshot: &Snapshot, of: ConceptId) -> Result<(Vec<Near>, Similar), AskError> {
    let vault = snapshot.vault();
    let Some(text) = snapshot.text().filter(|_| (of.0 as usize) < vault.len()) else { return Ok(Default::default()) };
    let similar = text.similar(&vault.read(of.0).prose, MOST_SIMILAR)?;
    // Its own text finds itself first; equal texts have one key.
    let Some((_, own)) = similar.best.first().copied() else { return Ok(Default::default()) };
    let near = similar.best.iter().filter_map(|(key, score)| Some((ConceptId(vault.note_of_key(*key)?), score / own)));
    Ok((near.filter(|(note, _)| *note != of).collect(), similar))
}

/// Who speaks of a concept without linking to it, and of whom it speaks: in n places by one plus the logarithm of n, the more
/// the fewer speak of whoever is named.
///
/// ```text
/// value(x, y) = (1 + ln n(x, y)) · ln(1 + N / m(y)) + (1 + ln n(y, x)) · ln(1 + N / m(x))
/// ```
///
/// N is the number of concepts, m(y) how many speak of y; at least 0.
fn by_mention(snapshot: &Snapshot, of: ConceptId) -> Vec<Near> {
    let Some(suggested) = snapshot.suggested() else { return Vec::new() };
    let concepts = snapshot.graph().len() as f64;
    let value = |target, places: u32| {
        let speaking = suggested.count_backlinks(target).max(1) as f64;
        (1.0 + f64::from(places.max(1)).ln()) * (1.0 + concepts / speaking).ln()
    };
    let outgoing = suggested.outgoing(of).map(|edge| (edge.target, value(edge.target, edge.places)));
    let backlinks = suggested.backlinks(of).map(|edge| (edge.source, value(of, edge.places)));
    let mut near: Vec<Near> = backlinks.collect();
    near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    near.truncate(MOST_MENTIONS);
    near.extend(outgoing);
    near.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    near.dedup_by(|next, sum| {
        let is_same = next.0 == sum.0;
        sum.1 += if is_same { next.1 } else { 0.0 };
        is_same
    });
    near
}
