//! A concept's card: what it is, where it is, how it hangs together.

use super::AskError;
use super::concept::{Concept, describe, named};
use crate::graph::{Linked, PLAIN};
use crate::note::{Passage, Problem, clip};
use crate::snapshot::Snapshot;

/// What is to be known of a concept at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The concept.
    pub concept: Concept,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its first paragraph; empty if it has none.
    pub first_paragraph: Passage,
    /// Its headings.
    pub outline: Vec<Section>,
    /// How many models it carries.
    pub models: usize,
    /// Whom it links, by relation: plain links first, then the others by name.
    pub links: Vec<RelationGroup>,
    /// Who links it, by relation.
    pub backlinks: Vec<RelationGroup>,
    /// What is wrong with its note, by line.
    pub problems: Vec<Problem>,
}

/// A heading of a card's outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// From 1 to 6.
    pub level: u8,
    /// Its text.
    pub text: String,
    /// Its line, from 1.
    pub line: u32,
}

/// The concepts that one relation joins with a concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationGroup {
    /// The folded name of the relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// The concepts, in concept order.
    pub concepts: Vec<Concept>,
}

/// The card of a concept.
///
/// # Errors
/// When no concept, or more than one, has the name.
pub fn show(snapshot: &Snapshot, name: &str) -> Result<Card, AskError> {
    let id = named(snapshot, name)?;
    let (vault, graph) = (snapshot.vault(), snapshot.graph());
    let group = |edges: Vec<Linked<'_>>, outgoing: bool| {
        let mut groups: Vec<RelationGroup> = Vec::new();
        for edge in edges.into_iter().filter(|edge| edge.source != edge.target) {
            let concept = describe(snapshot, if outgoing { edge.target } else { edge.source });
            match groups.iter_mut().find(|group| *group.relation == *edge.relation.name) {
                Some(group) => group.concepts.push(concept),
                None => groups.push(RelationGroup {
                    relation: edge.relation.name.to_string(),
                    spelling: edge.relation.spelling.to_string(),
                    concepts: vec![concept],
                }),
            }
        }
        groups.sort_by(|a, b| (a.relation != PLAIN, &a.relation).cmp(&(b.relation != PLAIN, &b.relation)));
        groups
    };
    let mut card = Card {
        concept: describe(snapshot, id),
        aliases: Vec::new(),
        tags: Vec::new(),
        first_paragraph: Passage::default(),
        outline: Vec::new(),
        models: 0,
        links: group(graph.outgoing(id), true),
        backlinks: group(graph.backlinks(id), false),
        problems: Vec::new(),
    };
    let Some(note) = vault.notes().get(id.0 as usize) else { return Ok(card) };
    card.aliases = note.aliases.iter().map(|alias| clip(alias).into_owned()).collect();
    card.tags = note.tags.iter().map(|tag| clip(&tag.name).into_owned()).collect();
    card.models = note.snippets.len();
    let section = |heading: &crate::note::Heading| Section {
        level: heading.level,
        text: clip(&heading.text).into_owned(),
        line: heading.place.line,
    };
    card.outline = note.outline.headings.iter().map(section).collect();
    vault.problems_of(id.0, false, &mut |problem| card.problems.push(problem.into_owned()));
    card.problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    if let Some(reread) = vault.reread(id.0) {
        let paragraph = reread.prose.first_paragraph();
        card.first_paragraph = paragraph.map_or_else(Passage::default, |range| reread.prose.passage(range, &[]));
    }
    Ok(card)
}
