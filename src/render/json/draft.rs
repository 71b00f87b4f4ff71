//! The wire structs of a draft.

use super::{ConceptWire, marks};
use crate::answer::{Draft, DraftNote, NamedBeside, Saying};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct DraftWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    save_as: &'a str,
    aliases: &'a [String],
    total: usize,
    notes: Vec<NoteWire<'a>>,
    see_also: Vec<BesideWire<'a>>,
    text: &'a str,
}

#[derive(Serialize)]
struct NoteWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    said: Vec<SayingWire<'a>>,
}

#[derive(Serialize)]
struct SayingWire<'a> {
    line: u32,
    kind: &'static str,
    relation: Option<&'a str>,
    sentence: Option<&'a str>,
    matches: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct BesideWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    sentences: usize,
}

impl<'a> From<&'a Draft> for DraftWire<'a> {
    fn from(draft: &'a Draft) -> Self {
        let note = |it: &'a DraftNote| NoteWire { concept: (&it.concept).into(), said: it.said.iter().map(Into::into).collect() };
        let beside = |it: &'a NamedBeside| BesideWire { concept: (&it.concept).into(), sentences: it.sentences };
        DraftWire {
            concept: (&draft.concept).into(),
            save_as: draft.save_as.as_str(),
            aliases: &draft.aliases,
            total: draft.total,
            notes: draft.notes.iter().map(note).collect(),
            see_also: draft.see_also.iter().map(beside).collect(),
            text: &draft.text,
        }
    }
}

impl<'a> From<&'a Saying> for SayingWire<'a> {
    fn from(said: &'a Saying) -> Self {
        SayingWire {
            line: said.line,
            kind: if said.is_linked { "link" } else { "mention" },
            relation: said.relation.as_deref(),
            sentence: said.passage.as_ref().map(|passage| passage.text.as_str()),
            matches: said.passage.as_ref().map_or(Vec::new(), marks),
        }
    }
}
