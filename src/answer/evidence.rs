//! Evidence: the sentence that makes a link true.
//!
//! A line of links alone has no sentence of its own. Then the best unlinked mention of the target in the same note is
//! borrowed, else one of the source in the target, and the evidence says that it is borrowed; else there is none.

use super::concept::concept_of;
use crate::graph::{ConceptId, LinkAt, Linked};
use crate::index::mention;
use crate::note::{Kind, NotePath, Passage, clip};
use crate::snapshot::Snapshot;
use crate::vault::{Reread, Suggestion};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What an answer quotes. The sentences of its links are taken from each note in one go and the note is let go, as a
/// concept may be linked from ten thousand of them.
pub(crate) struct Quoted<'s> {
    snapshot: &'s Snapshot,
    quotes: BTreeMap<LinkAt, Quote>,
    /// The few notes that sentences were borrowed from.
    notes: BTreeMap<u32, Reread>,
}

/// A link where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quote {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    pub kind: Kind,
    /// The sentence around it, if it stands in one; the line around it in a model.
    pub sentence: Option<Passage>,
    /// The link as written, as far as it is shown.
    pub written: String,
}

/// What speaks for a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The note it stands in.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// What is said there.
    pub told: Told,
}

/// What a place says of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The sentence the link stands in, or the line of the model that names the note, the link marked.
    Sentence(Passage),
    /// A sentence elsewhere that speaks of the other concept without a link, its name marked.
    Borrowed(Passage),
    /// Nothing: the place is that of the bare link.
    Nothing,
}

impl Told {
    /// The sentence, borrowed or not.
    pub fn passage(&self) -> Option<&Passage> {
        match self {
            Told::Sentence(passage) | Told::Borrowed(passage) => Some(passage),
            Told::Nothing => None,
        }
    }
}

impl<'s> Quoted<'s> {
    /// Reads the notes of these places again, in parallel, for the sentences around their links.
    pub(super) fn read(snapshot: &'s Snapshot, places: impl IntoIterator<Item = LinkAt>) -> Quoted<'s> {
        let mut by_note: BTreeMap<u32, BTreeSet<LinkAt>> = BTreeMap::new();
        for place in places {
            by_note.entry(place.note).or_default().insert(place);
        }
        let by_note: Vec<(u32, BTreeSet<LinkAt>)> = by_note.into_iter().collect();
        let quotes = by_note.into_par_iter().flat_map_iter(|(number, places)| {
            let reread = snapshot.vault().read(number);
            places.into_iter().map(|place| (place, quote(snapshot, &reread, place))).collect::<Vec<_>>()
        });
        Quoted { snapshot, quotes: quotes.collect(), notes: BTreeMap::new() }
    }

    fn note(&mut self, number: u32) -> &Reread {
        let vault = self.snapshot.vault();
        self.notes.entry(number).or_insert_with(|| vault.read(number))
    }

    /// A link where it stands.
    pub(super) fn quote(&mut self, place: LinkAt) -> Quote {
        if let Some(quote) = self.quotes.get(&place) {
            return quote.clone();
        }
        let snapshot = self.snapshot;
        quote(snapshot, self.note(place.note), place)
    }

    /// What speaks for an edge: the first of its places that has a sentence, else a borrowed one, else the first place.
    pub(super) fn evidence(&mut self, edge: &Linked<'_>) -> Evidence {
        let vault = self.snapshot.vault();
        let at = |place: &LinkAt, line, told| Evidence { note_path: vault.path(place.note), line, told };
        let mut first_line = 1;
        for (number, place) in edge.places.iter().enumerate() {
            let quote = self.quote(*place);
            if let Some(sentence) = quote.sentence {
                return at(place, quote.line, Told::Sentence(sentence));
            }
            if number == 0 {
                first_line = quote.line;
            }
        }
        // An edge between two items of a list may begin at a name that nobody wrote yet.
        let source = edge.source.0;
        let names = names_of(self.snapshot, edge.target.0);
        if (source as usize) < vault.len()
            && let Some(borrowed) = self.borrow(source, &names)
        {
            return borrowed;
        }
        if (edge.target.0 as usize) < vault.len()
            && edge.target != edge.source
            && let Some(borrowed) = self.borrow(edge.target.0, &names_of(self.snapshot, source))
        {
            return borrowed;
        }
        let first = edge.places.first().copied().unwrap_or(LinkAt { note: source, link: 0 });
        at(&first, first_line, Told::Nothing)
    }

    /// Where a note speaks of a concept without linking to it: the sentence is its own, and none need be borrowed. Where it
    /// says so no more, the note alone.
    pub(super) fn mention(&mut self, note: u32, concept: u32) -> Evidence {
        match self.borrow(note, &names_of(self.snapshot, concept)) {
            Some(Evidence { note_path, line, told: Told::Borrowed(passage) }) => {
                Evidence { note_path, line, told: Told::Sentence(passage) }
            }
            _ => Evidence { note_path: self.snapshot.vault().path(note), line: 1, told: Told::Nothing },
        }
    }

    /// The tag of a note that is nearly the name of a concept, as the note writes it.
    pub(super) fn near_tag(&self, note: u32, concept: ConceptId) -> Option<Box<str>> {
        let is_it = |it: &Suggestion| concept_of(self.snapshot, &it.meaning) == Some(concept);
        self.snapshot.vault().suggestions(note).into_iter().find(is_it).map(|it| it.tag)
    }

    /// The line of a note that has a tag, which is as the note first writes it.
    pub(super) fn tag(&mut self, note: u32, tag: &str) -> Evidence {
        let reread = self.note(note);
        let place = reread.place_of(&format!("#{tag}")).or_else(|| reread.place_of(tag));
        Evidence { note_path: reread.note.path.clone(), line: place.map_or(1, |place| place.line), told: Told::Nothing }
    }

    /// A sentence of the note that speaks of one of these names without linking to it.
    fn borrow(&mut self, note: u32, names: &[String]) -> Option<Evidence> {
        let reread = self.note(note);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = mention(&reread.prose, &names)?;
        let sentence = reread.prose.sentence_at(found.clone())?;
        let line = reread.place_at(reread.prose.source_of(found.start)).line;
        let told = Told::Borrowed(reread.prose.passage(sentence, &[found]));
        Some(Evidence { note_path: reread.note.path.clone(), line, told })
    }
}

fn quote(snapshot: &Snapshot, reread: &Reread, place: LinkAt) -> Quote {
    match snapshot.vault().link_in(reread, place.note, place.link) {
        Some(link) => Quote {
            line: link.place.line,
            column: link.place.column,
            kind: link.kind,
            // What a model names stands in no sentence, but its line says what for.
            sentence: reread.prose.sentence_of_link(link.place.span).or_else(|| reread.note.model_line(link)),
            written: clip(&link.written).into_owned(),
        },
        // It was there at the moment of the vault and is gone.
        None => Quote { line: 1, column: 1, kind: Kind::Link, sentence: None, written: String::new() },
    }
}

/// What a concept may be called in a text.
pub(super) fn names_of(snapshot: &Snapshot, concept: u32) -> Vec<String> {
    let vault = snapshot.vault();
    match concept.checked_sub(vault.len() as u32) {
        None => vault.callings(concept),
        Some(wanted) => vec![vault.wanted_name(wanted).into_owned()],
    }
}
