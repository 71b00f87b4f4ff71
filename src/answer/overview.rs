//! What this vault is, for somebody who just arrived.

use super::concept::{Concept, describe};
use super::stats::{Stats, stats};
use crate::graph::ConceptId;
use crate::note::without_md;
use crate::snapshot::Snapshot;

/// A vault at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// The name of its folder.
    pub vault: String,
    /// Its counts.
    pub stats: Stats,
    /// The concepts that most others link to, with how many do, best first.
    pub most_linked: Vec<(Concept, usize)>,
    /// Two written concepts to try the everyday commands with, if there are two.
    pub examples: Option<(String, String)>,
    /// A concept that carries a model, if one does: the one that most others link to.
    pub runs: Option<String>,
}

/// What to call a concept by, so that it is the only one meant.
fn callable(concept: &Concept) -> String {
    match &concept.note_path {
        // A name that begins with a hyphen would be taken for a flag.
        Some(path) if concept.name.starts_with('-') => format!("./{}", without_md(path.as_str())),
        Some(path) if !concept.is_unique => without_md(path.as_str()).to_owned(),
        _ => concept.name.clone(),
    }
}

/// The overview of a vault.
pub fn overview(snapshot: &Snapshot) -> Overview {
    let graph = snapshot.graph();
    let most = graph.most_linked(5);
    let most_linked: Vec<_> = most.into_iter().map(|(concept, count)| (describe(snapshot, concept), count)).collect();
    let examples = match most_linked.as_slice() {
        [(first, _), .., (last, _)] => Some((callable(first), callable(last))),
        _ => None,
    };
    let with_models = snapshot.vault().notes_with_models();
    let linked = most_linked.iter().find(|(concept, _)| {
        concept
            .note_path
            .as_ref()
            .and_then(|path| snapshot.vault().find(path.as_str()))
            .is_some_and(|note| with_models.contains(&note))
    });
    let first = || with_models.first().map(|note| callable(&describe(snapshot, ConceptId(*note))));
    let runs = linked.map(|(concept, _)| callable(concept)).or_else(first);
    Overview { vault: snapshot.vault().name().to_owned(), stats: stats(snapshot), most_linked, examples, runs }
}
