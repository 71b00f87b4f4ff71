//! The wire structs of mentions.

use super::{ConceptWire, marks};
use crate::answer::{About, Edit, Edits, Left, Mention, Mentions};
use crate::render::diff::unified;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct MentionsWire<'a> {
    #[serde(flatten)]
    about: AboutWire<'a>,
    total: usize,
    mentions: Vec<MentionWire<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AboutWire<'a> {
    Concept(ConceptWire<'a>),
    Note { note: &'a str, note_path: Option<&'a str> },
}

#[derive(Serialize)]
pub(super) struct EditsWire<'a> {
    #[serde(flatten)]
    about: AboutWire<'a>,
    total: usize,
    edits: Vec<EditWire<'a>>,
    left: Vec<EditWire<'a>>,
    diff: String,
}

#[derive(Serialize)]
struct EditWire<'a> {
    concept: &'a str,
    concept_path: Option<&'a str>,
    kind: &'static str,
    note_path: &'a str,
    line: u32,
    column: u32,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl<'a> From<&'a Edit> for EditWire<'a> {
    fn from(edit: &'a Edit) -> Self {
        EditWire {
            concept: &edit.concept.name,
            concept_path: edit.concept.note_path.as_ref().map(|path| path.as_str()),
            kind: edit.concept.kind().name(),
            note_path: edit.note_path.as_str(),
            line: edit.line,
            column: edit.column,
            name: &edit.name,
            link: Some(&edit.link),
            why: None,
        }
    }
}

impl<'a> From<&'a Left> for EditWire<'a> {
    fn from(left: &'a Left) -> Self {
        EditWire {
            concept: &left.concept.name,
            concept_path: left.concept.note_path.as_ref().map(|path| path.as_str()),
            kind: left.concept.kind().name(),
            note_path: left.note_path.as_str(),
            line: left.line,
            column: left.column,
            name: &left.name,
            link: None,
            why: Some(left.why.name()),
        }
    }
}

impl<'a> From<&'a Edits> for EditsWire<'a> {
    fn from(edits: &'a Edits) -> Self {
        let lines = edits.notes.iter().flat_map(|note| unified(note.note_path.as_str(), &note.before, &note.after));
        EditsWire {
            about: (&edits.about).into(),
            total: edits.total,
            edits: edits.edits.iter().map(Into::into).collect(),
            left: edits.left.iter().map(Into::into).collect(),
            diff: lines.fold(String::new(), |diff, line| diff + &line + "\n"),
        }
    }
}

#[derive(Serialize)]
struct MentionWire<'a> {
    concept: &'a str,
    concept_path: Option<&'a str>,
    kind: &'static str,
    note_path: &'a str,
    line: u32,
    column: u32,
    name: &'a str,
    by: &'static str,
    sentence: Option<&'a str>,
    matches: Vec<[usize; 2]>,
    linked: bool,
    ambiguous: bool,
    others: Vec<ConceptWire<'a>>,
    candidates: usize,
    more: usize,
    score: f64,
}

impl<'a> From<&'a Mention> for MentionWire<'a> {
    fn from(mention: &'a Mention) -> Self {
        MentionWire {
            concept: &mention.concept.name,
            concept_path: mention.concept.note_path.as_ref().map(|path| path.as_str()),
            kind: mention.concept.kind().name(),
            note_path: mention.note_path.as_str(),
            line: mention.line,
            column: mention.column,
            name: &mention.name,
            by: if mention.sentence.is_some() { "mention" } else { "tag" },
            sentence: mention.sentence.as_ref().map(|sentence| &*sentence.text),
            matches: mention.sentence.as_ref().map(marks).unwrap_or_default(),
            linked: mention.is_linked,
            ambiguous: mention.candidates > 1,
            others: mention.others.iter().map(Into::into).collect(),
            candidates: mention.candidates,
            more: mention.more,
            score: mention.score,
        }
    }
}

impl<'a> From<&'a About> for AboutWire<'a> {
    fn from(about: &'a About) -> Self {
        let path = |note: &'a crate::answer::Concept| note.note_path.as_ref().map(|path| path.as_str());
        match about {
            About::Concept(concept) => AboutWire::Concept(concept.into()),
            About::Note(note) => AboutWire::Note { note: &note.name, note_path: path(note) },
        }
    }
}

impl<'a> From<&'a Mentions> for MentionsWire<'a> {
    fn from(mentions: &'a Mentions) -> Self {
        let about = (&mentions.about).into();
        MentionsWire { about, total: mentions.total, mentions: mentions.mentions.iter().map(Into::into).collect() }
    }
}
