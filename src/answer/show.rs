//! A concept's card: what it is, where it is, how it hangs together.

use super::AskError;
use super::carried::{Carried, carried};
use super::concept::{Concept, concept_of, describe, named};
use crate::graph::{Linked, PLAIN};
use crate::note::{Field, Note, Passage, Problem, ValueKind, clip, field_name};
use crate::snapshot::Snapshot;
use crate::vault::Suggestion;
use std::collections::{BTreeMap, HashMap};

/// What is to be known of a concept at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The concept.
    pub concept: Concept,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its properties but for title, names and tags, in order.
    pub properties: Vec<CardProperty>,
    /// The fields of its text by name, in the order of their first use.
    pub fields: Vec<CardField>,
    /// Tags that only say where it came from.
    pub provenance: Vec<String>,
    /// What its glued or misspelt tags may mean.
    pub suggestions: Vec<TagSuggestion>,
    /// Its first paragraph; empty if it has none.
    pub first_paragraph: Passage,
    /// Its headings.
    pub outline: Vec<Section>,
    /// The models it carries, in order.
    pub models: Vec<Carried>,
    /// Whom it links, by relation: plain links first, then the others by name.
    pub links: Vec<RelationGroup>,
    /// Who links it, by relation.
    pub backlinks: Vec<RelationGroup>,
    /// What is wrong with its note, by line.
    pub problems: Vec<Problem>,
}

/// A property of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardProperty {
    /// Its key.
    pub key: String,
    /// Every text of its value, as written.
    pub values: Vec<String>,
    /// The moment that a number of seconds stands for, as `2024-05-25T22:35:14Z`.
    pub utc: Option<String>,
}

/// A field of a card: what a note says under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardField {
    /// The folded key.
    pub name: String,
    /// The key as first written.
    pub key: String,
    /// Its line, from 1, where it is first used.
    pub line: u32,
    /// Its values, in order; none of an empty field.
    pub values: Vec<(ValueKind, String)>,
}

/// A tag and the concept it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSuggestion {
    /// The tag as written.
    pub tag: String,
    /// The concept.
    pub concept: Concept,
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
        let mut by_relation: BTreeMap<&str, RelationGroup> = BTreeMap::new();
        for edge in edges.into_iter().filter(|edge| edge.source != edge.target) {
            let (relation, spelling) = (&edge.relation.name, &edge.relation.spelling);
            let group = by_relation.entry(relation).or_insert_with(|| RelationGroup {
                relation: relation.to_string(),
                spelling: spelling.to_string(),
                concepts: Vec::new(),
            });
            group.concepts.push(describe(snapshot, if outgoing { edge.target } else { edge.source }));
        }
        let mut groups: Vec<RelationGroup> = by_relation.into_values().collect();
        groups.sort_by_key(|group| group.relation != PLAIN);
        groups
    };
    let mut card = Card {
        concept: describe(snapshot, id),
        aliases: Vec::new(),
        tags: Vec::new(),
        properties: Vec::new(),
        fields: Vec::new(),
        provenance: Vec::new(),
        suggestions: Vec::new(),
        first_paragraph: Passage::default(),
        outline: Vec::new(),
        models: Vec::new(),
        links: group(graph.outgoing(id), true),
        // What both ends of a sequence say stands among the links already.
        backlinks: group(graph.backlinks(id).into_iter().filter(|edge| !edge.is_shared).collect(), false),
        problems: Vec::new(),
    };
    if id.0 as usize >= vault.len() {
        return Ok(card);
    }
    let reread = vault.read(id.0);
    let note = &reread.note;
    card.aliases = note.aliases.iter().map(|alias| clip(alias).into_owned()).collect();
    card.tags = note.tags.iter().map(|tag| clip(&tag.name).into_owned()).collect();
    card.properties = properties(note);
    card.fields = fields(&note.fields);
    card.provenance = note.provenance.iter().map(|tag| clip(tag).into_owned()).collect();
    let suggestion = |suggestion: Suggestion| {
        let concept = concept_of(snapshot, &suggestion.meaning)?;
        Some(TagSuggestion { tag: clip(&suggestion.tag).into_owned(), concept: describe(snapshot, concept) })
    };
    card.suggestions = vault.suggestions(id.0).into_iter().filter_map(suggestion).collect();
    card.models = carried(note).into_iter().map(Carried::clipped).collect();
    let section = |heading: &crate::note::Heading| Section {
        level: heading.level,
        text: clip(&heading.text).into_owned(),
        line: heading.place.line,
    };
    card.outline = note.outline.headings.iter().map(section).collect();
    card.problems = vault.problems_of(id.0, &reread, false);
    card.problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    let paragraph = reread.prose.first_paragraph();
    card.first_paragraph = paragraph.map_or_else(Passage::default, |range| reread.prose.passage(range, &[]));
    Ok(card)
}

fn properties(note: &Note) -> Vec<CardProperty> {
    let property = |property: &crate::note::Property| CardProperty {
        key: clip(&property.key).into_owned(),
        values: property.values.iter().map(|value| clip(value).into_owned()).collect(),
        utc: property.utc(),
    };
    note.properties.iter().map(property).collect()
}

/// The fields of a note; what is said twice under one key is one field of more values.
fn fields(written: &[Field]) -> Vec<CardField> {
    let mut fields: Vec<CardField> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for field in written {
        let name = field_name(&field.key);
        let at = *by_name.entry(name.clone()).or_insert(fields.len());
        if at == fields.len() {
            let (key, line) = (clip(&field.key).into_owned(), field.place.line);
            fields.push(CardField { name: clip(&name).into_owned(), key, line, values: Vec::new() });
        }
        fields[at].values.extend(field.values.iter().map(|value| (value.kind, clip(&value.text).into_owned())));
    }
    fields
}
