//! Where a vault speaks of a concept without linking to it, and what one note could link.
//!
//! - `inside`: what one note could link, the most useful first.
//! - `edits`: the same as links, written into the text of the notes; as data, for a face to show and to write.

mod edits;
mod inside;

pub use edits::{Edit, EditedNote, Edits, Left, Unlinked, edits_in, edits_of};
pub use inside::mentions_in;

use super::AskError;
use super::concept::{Concept, describe, named};
use super::evidence::names_of;
use super::nearness::{SCORE_UNIT, nearness};
use crate::graph::{Along, ConceptId};
use crate::index::{Bearer, NameTable, Said, Scan, Spoken, spoken};
use crate::note::{NotePath, Passage, Place, clip};
use crate::snapshot::Snapshot;
use crate::vault::Reread;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Mentions of one concept, or in one note.
#[derive(Clone, Debug, PartialEq)]
pub struct Mentions {
    /// What was asked about.
    pub about: About,
    /// How many there are, those beyond the limit included.
    pub total: usize,
    /// The most useful first.
    pub mentions: Vec<Mention>,
}

/// What mentions were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Those of a concept, in all notes.
    Concept(Concept),
    /// Those of all concepts, in a note.
    Note(Concept),
}

/// A place where a note speaks of a concept by name without linking to it there; or a tag that is nearly its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Of whom. Where several could be meant, the first of them in the order of concepts.
    pub concept: Concept,
    /// The others who could be meant as well, at most [`MOST_OTHERS`], in the order of concepts.
    pub others: Vec<Concept>,
    /// How many could be meant; 1 where it is clear.
    pub candidates: usize,
    /// The note that speaks.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The name as it stands in the text; a tag with its sign.
    pub name: String,
    /// The sentence with the name marked; none where a tag is what suggests the concept.
    pub sentence: Option<Passage>,
    /// Whether the note links to the concept somewhere else.
    pub is_linked: bool,
    /// In how many more places the note speaks of it.
    pub more: usize,
    /// In 0..=1, in whole ten-thousandths. Of a concept's mentions, how related the note is to it; of a note's, how likely
    /// somebody would link it.
    pub score: f64,
}

impl Default for Mention {
    /// At the beginning of a note, of nobody.
    fn default() -> Self {
        Mention {
            concept: Concept { name: String::new(), note_path: None, is_unique: true },
            others: Vec::new(),
            candidates: 1,
            note_path: NotePath::new(""),
            line: 1,
            column: 1,
            name: String::new(),
            sentence: None,
            is_linked: false,
            more: 0,
            score: 0.0,
        }
    }
}

/// How many mentions are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MentionLimits {
    /// At most so many.
    pub limit: usize,
    /// Every place, rather than the first of each concept in each note.
    pub every: bool,
}

/// The most others that are named where several could be meant.
pub const MOST_OTHERS: usize = 10;

/// Whom names may mean.
type Bearers = BTreeMap<Spoken, Vec<Bearer>>;

/// The same, asked once for each name.
struct Meanings<'s> {
    names: &'s NameTable,
    known: Bearers,
}

impl<'s> Meanings<'s> {
    fn of(names: &'s NameTable) -> Meanings<'s> {
        Meanings { names, known: BTreeMap::new() }
    }

    /// The concepts that a name may mean, in their order.
    fn meant(&mut self, spoken: Spoken) -> &[Bearer] {
        let names = self.names;
        self.known.entry(spoken).or_insert_with(|| names.meant(spoken))
    }

    fn means(&mut self, spoken: Spoken, concept: u32) -> bool {
        self.meant(spoken).iter().any(|bearer| bearer.number == concept)
    }
}

/// A note that speaks of a concept, before it is read.
struct Speaker {
    note: u32,
    /// The forms of the name that mean the concept there.
    spoken: BTreeSet<Spoken>,
    is_linked: bool,
    score: u32,
    places: usize,
}

/// The notes that speak of a concept: those that do not link to it first, then those most related to it, then in path
/// order. With the others that each name may mean.
fn speakers(snapshot: &Snapshot, id: ConceptId) -> Result<(Vec<Speaker>, Bearers), AskError> {
    let mentions = snapshot.mentions().ok_or(AskError::NoMentions)?;
    let mut meanings = Meanings::of(mentions.names());
    let names: BTreeSet<u64> = names_of(snapshot, id.0).iter().filter_map(|name| spoken(name)).map(|it| it.name).collect();
    let mut speakers: BTreeMap<u32, Speaker> = BTreeMap::new();
    let graph = snapshot.graph();
    let linking: BTreeSet<ConceptId> = graph.within(id, 1, Along::Backlinks, None).into_iter().map(|(from, ..)| from).collect();
    for name in names {
        for (note, spoken, count) in mentions.sayers(name) {
            // A note that bears the name as well means itself.
            if count == 0 || note == id.0 || !meanings.means(spoken, id.0) || meanings.means(spoken, note) {
                continue;
            }
            let is_linked = linking.contains(&ConceptId(note));
            let new = || Speaker { note, spoken: BTreeSet::new(), is_linked, score: 0, places: 0 };
            let speaker = speakers.entry(note).or_insert_with(new);
            speaker.spoken.insert(spoken);
            speaker.places += count as usize;
        }
    }
    let mut ranked: Vec<Speaker> = speakers.into_values().collect();
    if ranked.len() > 1 {
        let (related, _) = nearness(snapshot, id)?;
        let score = |note: u32| related.binary_search_by_key(&note, |it| it.concept.0).map_or(0, |at| related[at].score());
        ranked.iter_mut().for_each(|it| it.score = score(it.note));
    }
    ranked.sort_by_key(|it| (it.is_linked, Reverse(it.score), it.note));
    Ok((ranked, meanings.known))
}

/// Where the vault speaks of a concept without linking to it: first mentions before others, notes that do not link to it
/// before others, then by how related they are to it, then by path. Reads again the notes that are shown.
///
/// # Errors
/// When no concept, or more than one, has the name; when the snapshot was opened without mentions.
pub fn mentions_of(snapshot: &Snapshot, name: &str, limits: MentionLimits) -> Result<Mentions, AskError> {
    let id = named(snapshot, name)?;
    let (speakers, meanings) = speakers(snapshot, id)?;
    let total = if limits.every { speakers.iter().map(|it| it.places).sum() } else { speakers.len() };
    let names = snapshot.names().ok_or(AskError::NoMentions)?;
    let concept = describe(snapshot, id);
    let read = |speaker: &Speaker| {
        let reread = snapshot.vault().read(speaker.note);
        let said = said(names, &reread, |spoken| speaker.spoken.contains(&spoken));
        let shown = if limits.every { said.len() } else { 1 };
        let more = if limits.every { 0 } else { said.len().saturating_sub(1) };
        let places = reread.places_at(said.iter().take(shown).map(|said| reread.prose.source_of(said.range.start)));
        let mention = |(said, place): (&Said, Place)| {
            let all = meanings.get(&said.spoken).map_or(&[][..], Vec::as_slice);
            let others = all.iter().filter(|other| other.number != id.0).take(MOST_OTHERS);
            let others = others.map(|other| describe(snapshot, ConceptId(other.number))).collect();
            let (is_linked, score) = (speaker.is_linked, f64::from(speaker.score) / SCORE_UNIT);
            let concept = concept.clone();
            mention(
                &reread,
                (said, place),
                &Mention { concept, others, candidates: all.len(), is_linked, more, score, ..Mention::default() },
            )
        };
        said.iter().zip(places).map(mention).collect::<Vec<_>>()
    };
    // The first mentions come first, so that no more notes than mentions are shown.
    let found: Vec<Vec<Mention>> = speakers.par_iter().take(limits.limit).map(read).collect();
    let mut mentions: Vec<(bool, bool, Mention)> = Vec::new();
    for of_note in found {
        mentions.extend(of_note.into_iter().enumerate().map(|(at, mention)| (mention.is_linked, at > 0, mention)));
    }
    // Stable: what is equal stays in the order of notes, and of their text.
    mentions.sort_by_key(|(is_linked, is_later, _)| (*is_later, *is_linked));
    mentions.truncate(limits.limit);
    Ok(Mentions { about: About::Concept(concept), total, mentions: mentions.into_iter().map(|(.., it)| it).collect() })
}

/// The mentions in a note of names that are asked for, in the order of the text.
fn said(names: &NameTable, reread: &Reread, is_asked: impl Fn(Spoken) -> bool) -> Vec<Said> {
    let all = Scan::of(names).read(&reread.prose);
    all.into_iter().filter(|said| !said.is_aside && is_asked(said.spoken)).collect()
}

/// A mention and its place as it is shown, with what is known of it already.
fn mention(reread: &Reread, (said, place): (&Said, Place), known: &Mention) -> Mention {
    let prose = &reread.prose;
    let sentence = prose.sentence_at(said.range.clone()).unwrap_or(said.range.clone());
    Mention {
        note_path: reread.note.path.clone(),
        line: place.line,
        column: place.column,
        name: clip(&prose.text()[said.range.clone()]).into_owned(),
        sentence: Some(prose.passage(sentence, std::slice::from_ref(&said.range))),
        ..known.clone()
    }
}
