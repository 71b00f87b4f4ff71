//! Concepts by name: whom a person means who types one, and how an answer names one.

use super::AskError;
use crate::graph::ConceptId;
use crate::note::{NotePath, clip};
use crate::snapshot::Snapshot;
use crate::vault::Meaning;

/// A concept as answers name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concept {
    /// What people call it.
    pub name: String,
    /// Its note, if it is written.
    pub note_path: Option<NotePath>,
    /// Whether the name alone means it; if not, people need the path to tell it from others.
    pub is_unique: bool,
}

/// Whether a concept is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConceptKind {
    /// It has a note.
    Note,
    /// Links name it; nobody wrote it yet.
    Wanted,
}

impl Concept {
    /// Whether it is written.
    pub fn kind(&self) -> ConceptKind {
        if self.note_path.is_some() { ConceptKind::Note } else { ConceptKind::Wanted }
    }
}

impl ConceptKind {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ConceptKind::Note => "note",
            ConceptKind::Wanted => "wanted",
        }
    }
}

/// How an answer names a concept.
pub(crate) fn describe(snapshot: &Snapshot, concept: ConceptId) -> Concept {
    let vault = snapshot.vault();
    match concept.0.checked_sub(vault.len() as u32) {
        None => {
            // A name too long to be shown is none to call a note by, and looking it up would take long as well.
            let whole = vault.note_name(concept.0);
            let name = clip(&whole);
            let is_unique = name.len() == whole.len() && vault.called(&name) == (vec![Meaning::Note(concept.0)], 1);
            Concept { name: name.into_owned(), note_path: Some(vault.path(concept.0)), is_unique }
        }
        Some(wanted) => Concept { name: clip(&vault.wanted_name(wanted)).into_owned(), note_path: None, is_unique: true },
    }
}

/// The concept that a name or link means, if it means one.
pub(crate) fn concept_of(snapshot: &Snapshot, meaning: &Meaning) -> Option<ConceptId> {
    match *meaning {
        Meaning::Note(number) => Some(ConceptId(number)),
        Meaning::Wanted(number) => Some(ConceptId(snapshot.vault().len() as u32 + number)),
        _ => None,
    }
}

/// The concept a person means.
///
/// # Errors
/// When nobody has the name, several have it, or an attachment has it.
pub(crate) fn named(snapshot: &Snapshot, name: &str) -> Result<ConceptId, AskError> {
    let vault = snapshot.vault();
    let (meant, total) = vault.called(name);
    let id = |meaning: &Meaning| concept_of(snapshot, meaning);
    match meant.as_slice() {
        [] => Err(AskError::Unknown { name: clip(name).into_owned(), nearest: vault.nearest(name, 3) }),
        [Meaning::Attachment(number)] => Err(AskError::Attachment { name: vault.attachment(*number).to_string() }),
        several => match several.iter().filter_map(id).collect::<Vec<_>>().as_slice() {
            [concept] => Ok(*concept),
            concepts => {
                let candidates = concepts.iter().take(10).map(|concept| describe(snapshot, *concept)).collect();
                Err(AskError::Ambiguous { name: clip(name).into_owned(), candidates, total })
            }
        },
    }
}
