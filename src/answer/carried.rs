//! The models that a note carries, by name: what the cards of concepts and the search for models show of them. How they run
//! is not known here.

use crate::model::{Dialect, parse};
use crate::note::{Note, Snippet, clip};

/// A model of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its name; that of its note if it has none, or does not read.
    pub model: String,
    /// What its settings call it.
    pub title: Option<String>,
    /// The line of its fence, from 1.
    pub line: u32,
}

impl Carried {
    /// With names no longer than are shown.
    pub(super) fn clipped(self) -> Carried {
        let clipped = |text: String| clip(&text).into_owned();
        Carried { model: clipped(self.model), title: self.title.map(clipped), line: self.line }
    }
}

/// The models of a note in the order of its text. Reads each of them.
pub(super) fn carried(note: &Note) -> Vec<Carried> {
    let model = |snippet: &Snippet| Carried {
        model: name(snippet).unwrap_or_else(|| note.name().to_owned()),
        title: snippet.settings.title.as_deref().map(str::to_owned),
        line: snippet.place.line,
    };
    note.snippets.iter().map(model).collect()
}

/// The name of the model that a fence is for.
fn name(snippet: &Snippet) -> Option<String> {
    let program = parse(&snippet.source, dialect(snippet)).ok()?;
    program.main(None)?.name.as_ref().map(|name| name.text.to_string())
}

/// The words that a fence may use.
pub(super) fn dialect(snippet: &Snippet) -> Dialect {
    if &*snippet.language == "resonote" { Dialect::Resonote } else { Dialect::Antimony }
}
