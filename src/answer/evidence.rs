//! Evidence: the sentence that makes a link true.
//!
//! A line of links alone has no sentence of its own. Then the best unlinked mention of the target in the same note is
//! borrowed, else one of the source in the target, and the evidence says that it is borrowed; else there is none.

use crate::graph::{LinkAt, Linked};
use crate::index::mention;
use crate::note::{Note, NotePath, Passage};
use crate::snapshot::Snapshot;
use crate::vault::Reread;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What an answer quotes. The sentences of its links are taken from each note in one go and the note is let go, as a
/// concept may be linked from ten thousand of them.
pub(crate) struct Quoted<'s> {
    snapshot: &'s Snapshot,
    sentences: BTreeMap<LinkAt, Option<Passage>>,
    /// The few notes that sentences were borrowed from.
    notes: BTreeMap<u32, Option<Reread>>,
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
    /// The sentence the link stands in, the link marked.
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
        let sentences = by_note.into_par_iter().flat_map_iter(|(number, places)| {
            let reread = snapshot.vault().reread(number);
            let sentence = |place| (place, reread.as_ref().and_then(|reread| sentence_of(snapshot, reread, place)));
            places.into_iter().map(sentence).collect::<Vec<_>>()
        });
        Quoted { snapshot, sentences: sentences.collect(), notes: BTreeMap::new() }
    }

    fn note(&mut self, number: u32) -> Option<&Reread> {
        let vault = self.snapshot.vault();
        self.notes.entry(number).or_insert_with(|| vault.reread(number)).as_ref()
    }

    /// The sentence around a link; none if it stands in none.
    pub(super) fn sentence(&mut self, place: LinkAt) -> Option<Passage> {
        if let Some(sentence) = self.sentences.get(&place) {
            return sentence.clone();
        }
        let snapshot = self.snapshot;
        self.note(place.note).and_then(|reread| sentence_of(snapshot, reread, place))
    }

    /// What speaks for an edge: the first of its places that has a sentence, else a borrowed one, else the first place.
    pub(super) fn evidence(&mut self, edge: &Linked<'_>) -> Evidence {
        let notes = self.snapshot.vault().notes();
        let at = |place: &LinkAt, told| {
            let note = &notes[place.note as usize];
            Evidence { note_path: note.path.clone(), line: note.links[place.link as usize].place.line, told }
        };
        for place in edge.places {
            if let Some(sentence) = self.sentence(*place) {
                return at(place, Told::Sentence(sentence));
            }
        }
        // An edge between two items of a list may begin at a name that nobody wrote yet.
        let source = edge.source.0;
        let names = names_of(self.snapshot, edge.target.0);
        if (source as usize) < notes.len()
            && let Some(borrowed) = self.borrow(source, &names)
        {
            return borrowed;
        }
        if (edge.target.0 as usize) < notes.len()
            && edge.target != edge.source
            && let Some(borrowed) = self.borrow(edge.target.0, &names_of(self.snapshot, source))
        {
            return borrowed;
        }
        at(&edge.places[0], Told::Nothing)
    }

    /// A sentence of the note that speaks of one of these names without linking to it.
    fn borrow(&mut self, note: u32, names: &[String]) -> Option<Evidence> {
        let reread = self.note(note)?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = mention(&reread.prose, &names)?;
        let sentence = reread.prose.sentence_at(found.clone())?;
        let line = reread.place_at(reread.prose.source_of(found.start)).line;
        let told = Told::Borrowed(reread.prose.passage(sentence, &[found]));
        Some(Evidence { note_path: reread.note.path.clone(), line, told })
    }
}

fn sentence_of(snapshot: &Snapshot, reread: &Reread, place: LinkAt) -> Option<Passage> {
    let link = &snapshot.vault().notes()[place.note as usize].links[place.link as usize];
    reread.prose.sentence_of_link(link.place.span)
}

/// What a concept may be called in a text.
fn names_of(snapshot: &Snapshot, concept: u32) -> Vec<String> {
    let vault = snapshot.vault();
    let names_of_note = |note: &Note| {
        let aliases = note.aliases.iter().map(|alias| alias.to_string());
        [note.name().to_owned(), note.path.stem().to_owned()].into_iter().chain(aliases).collect()
    };
    match vault.notes().get(concept as usize) {
        Some(note) => names_of_note(note),
        None => vec![vault.wanted()[concept as usize - vault.notes().len()].name.to_string()],
    }
}
