//! What there is to say where no way leads: what each concept is joined with at all, and how near they come by what notes
//! speak of without linking to it.

use super::step::{PathStep, StepKind};
use crate::answer::concept::{Concept, describe};
use crate::answer::evidence::Quoted;
use crate::answer::nearness::by_text;
use crate::graph::{Component, ConceptId, StepBy, Suggested, Terms};
use crate::snapshot::Snapshot;

/// What is known of concepts that no way joins.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// What each concept asked for is joined with, in the order asked.
    pub islands: Vec<Island>,
    /// Whether links join all of them, and only what was asked leaves no way.
    pub is_joined: bool,
    /// The steps nobody wrote of the cheapest way that takes such as well; empty if there is no such way. None if links join
    /// all of them, and if nobody knows what notes mention.
    pub bridge: Option<Vec<PathStep>>,
    /// Notes that say much the same in their words and stand on two sides, the likest first, at most three; none if nobody
    /// knows the text of notes.
    pub alike: Vec<Alike>,
}

/// Two notes that no way joins and that use the same words.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The concept asked for.
    pub concept: Concept,
    /// A note on the side of another one.
    pub other: Concept,
    /// How much of what the concept has in common with itself it has in common with the other, in 0..=1 but for chance.
    pub likeness: f64,
    /// The words of both that say most.
    pub words: Vec<String>,
}

/// So many of what is alike are told, and so many of their words.
const MOST_ALIKE: usize = 3;
const MOST_WORDS: usize = 5;

/// What a concept is joined with by links of any kind, whichever way they point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Island {
    /// The concept.
    pub concept: Concept,
    /// How many concepts are joined with it, itself included.
    pub size: usize,
    /// The one of them with the most links.
    pub most_linked: Concept,
}

impl Apart {
    pub(super) fn of<'t>(
        snapshot: &'t Snapshot,
        terms: &Terms<'t>,
        asked: &[ConceptId],
        suggested: Option<&'t Suggested>,
    ) -> Apart {
        let graph = snapshot.graph();
        let components: Vec<_> = asked.iter().map(|concept| graph.component(*concept)).collect();
        let islands = asked.iter().zip(&components).map(|(concept, component)| Island {
            concept: describe(snapshot, *concept),
            size: component.size,
            most_linked: describe(snapshot, component.most_linked),
        });
        let is_joined = components.windows(2).all(|pair| pair[0].first == pair[1].first);
        let bridge = suggested.filter(|_| !is_joined).map(|suggested| {
            let terms = Terms { suggested: Some(suggested), ..terms.clone() };
            let way = match asked.len() > 2 && terms.most_steps.is_none() {
                true => graph.tree(&terms, asked),
                false => graph.routes(&terms, asked, 1, 1.0).pop(),
            };
            let steps = way.into_iter().flat_map(|way| way.steps);
            let mut quoted = Quoted::read(snapshot, []);
            let nobody_wrote = steps.filter(|step| matches!(step.by, StepBy::Suggested(_)));
            let told = nobody_wrote.map(|step| PathStep::of(snapshot, &mut quoted, &step));
            told.filter(|step| step.kind == StepKind::Suggested).collect()
        });
        let alike = if is_joined { Vec::new() } else { alike(snapshot, asked, &components) };
        Apart { islands: islands.collect(), is_joined, bridge, alike }
    }
}

/// For each concept the note in the component of each other one that is likest to it in its words. What the index fails to
/// say is not said: the answer is that there is no way, and this is only besides.
fn alike(snapshot: &Snapshot, asked: &[ConceptId], components: &[Component]) -> Vec<Alike> {
    let mut alike: Vec<(f64, ConceptId, ConceptId, Vec<String>)> = Vec::new();
    for concept in asked {
        let Ok((near, similar)) = by_text(snapshot, *concept) else { continue };
        for component in components.iter().filter(|component| !component.holds(*concept)) {
            let there = near.iter().filter(|(note, _)| component.holds(*note));
            let Some((other, likeness)) = there.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { continue };
            let words = similar.shared_words(snapshot.vault().key(other.0), MOST_WORDS);
            alike.push((*likeness, *concept, *other, words.into_iter().map(str::to_owned).collect()));
        }
    }
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    alike.dedup_by(|next, known| (next.1, next.2) == (known.1, known.2) || (next.1, next.2) == (known.2, known.1));
    alike.truncate(MOST_ALIKE);
    let told = |(likeness, concept, other, words): (f64, ConceptId, ConceptId, Vec<String>)| Alike {
        concept: describe(snapshot, concept),
        other: describe(snapshot, other),
        likeness: (likeness * 10_000.0).round() / 10_000.0,
        words,
    };
    alike.into_iter().map(told).collect()
}
