//! What one note could link: a line for each concept that it speaks of, the most useful first.
//!
//! # How likely somebody would link it
//!
//! ```text
//! score = likeness · (key + 0.3 · company + 0.2 · back) / 1.5
//!
//! key     = (l + ½) / (l + s + 1)    l notes link to the concept, s notes speak of it without a link there
//! company = of the other concepts that the note speaks of, the share that is linked with this one
//! back    = 1 if the concept and the note are linked with each other already, else 0
//! likeness = 1 for the same words, 0.7 for a plural, 0.25 where only the stems are the same
//! ```
//!
//! key is the keyphraseness of Mihalcea and Csomai ("Wikify!", CIKM 2007): the share of the notes that speak of something and
//! link it. It holds down common words, which many notes say and few link, as rarity does, and beats it. company is after the
//! relatedness to context of Milne and Witten ("Learning to link with Wikipedia", CIKM 2008). All terms are in 0..=1, so that
//! the score is. Where several concepts could be meant it is the best of theirs, halved.
//!
//! Measured on an encyclopaedia of 4,598 notes: of 200 of them the links were taken away and had to be found again. Mean
//! average precision 0.39 in the order of the text, 0.70 by rarity, 0.81 by key alone, 0.84 by the score; the weights are flat
//! around these (chosen on another 200 notes).

use super::{About, MOST_OTHERS, Meanings, Mention, MentionLimits, Mentions, SCORE_UNIT, mention, said};
use crate::answer::AskError;
use crate::answer::concept::{concept_of, describe, named};
use crate::graph::{Along, ConceptId};
use crate::index::{Likeness, Said};
use crate::note::clip;
use crate::snapshot::Snapshot;
use crate::vault::Reread;
use std::cmp::Reverse;
use std::collections::BTreeMap;

const COMPANY: f64 = 0.3;
const BACK: f64 = 0.2;
const PLURAL: f64 = 0.7;
const STEM: f64 = 0.25;

/// So many concepts of a note are held against each other: those it speaks of first.
const MOST_COMPARED: usize = 300;

/// What a note says of one concept, or of several that bear one name.
pub(super) struct Group {
    /// Who may be meant, in the order of concepts; never empty.
    pub meant: Vec<u32>,
    /// Where, in the order of the text; nowhere if a tag is all that suggests it.
    pub said: Vec<Said>,
    /// The tag that suggests it.
    tag: Option<Box<str>>,
    /// Whether the note links to it, or to all who may be meant, elsewhere.
    pub is_linked: bool,
    pub likeness: Likeness,
    score: u32,
}

impl Group {
    fn start(&self) -> usize {
        self.said.first().map_or(usize::MAX, |said| said.range.start)
    }
}

/// A written note by name.
pub(super) fn note_named(snapshot: &Snapshot, name: &str) -> Result<u32, AskError> {
    let id = named(snapshot, name)?;
    if (id.0 as usize) < snapshot.vault().len() { Ok(id.0) } else { Err(AskError::Unwritten { concept: describe(snapshot, id) }) }
}

/// What a note speaks of without linking to it there: what it does not link elsewhere first, then by score, then as it speaks
/// of it.
pub(super) fn groups(snapshot: &Snapshot, note: u32, reread: &Reread) -> Result<Vec<Group>, AskError> {
    let mentions = snapshot.mentions().ok_or(AskError::NoMentions)?;
    let graph = snapshot.graph();
    let mut meanings = Meanings::of(mentions.names());
    let mut by_meant: BTreeMap<Vec<u32>, Group> = BTreeMap::new();
    let linked: Vec<u32> =
        graph.within(ConceptId(note), 1, Along::Outgoing, None).into_iter().map(|(other, ..)| other.0).collect();
    for said in said(mentions.names(), reread, |_| true) {
        let bearers = meanings.meant(said.spoken);
        let meant: Vec<u32> = bearers.iter().map(|bearer| bearer.number).collect();
        // A name that is the note's own means the note.
        let Some(likeness) = bearers.first().map(|bearer| bearer.likeness).filter(|_| !meant.contains(&note)) else { continue };
        let is_linked = meant.iter().all(|it| linked.binary_search(it).is_ok());
        let new = || Group { meant: meant.clone(), said: Vec::new(), tag: None, is_linked, likeness, score: 0 };
        let group = by_meant.entry(meant.clone()).or_insert_with(new);
        group.likeness = group.likeness.min(likeness);
        group.said.push(said);
    }
    for suggestion in snapshot.vault().suggestions(note) {
        let Some(ConceptId(target)) = concept_of(snapshot, &suggestion.meaning) else { continue };
        let (tag, is_linked) = (Some(suggestion.tag), linked.binary_search(&target).is_ok());
        let new = || Group { meant: vec![target], said: Vec::new(), tag, is_linked, likeness: Likeness::Plural, score: 0 };
        by_meant.entry(vec![target]).or_insert_with(new);
    }
    let mut groups: Vec<Group> = by_meant.into_values().collect();
    groups.sort_by_key(Group::start);
    let compared: Vec<u32> =
        groups.iter().filter(|group| group.meant.len() == 1).map(|group| group.meant[0]).take(MOST_COMPARED).collect();
    for group in &mut groups {
        // Of a name that very many bear, what some of them are like says enough.
        let scores = group.meant.iter().take(MOST_OTHERS).map(|concept| {
            let near = graph.neighbours(ConceptId(*concept));
            let linkers = graph.backlinks_from_others(ConceptId(*concept)) as f64;
            let name = group.said.first().map(|said| said.spoken.name);
            let sayers = name.map_or(0, |name| mentions.count_sayers(name)) as f64;
            let others = compared.iter().filter(|other| *other != concept);
            let (known, all) =
                others.fold((0, 0), |(known, all), it| (known + u32::from(near.binary_search(&ConceptId(*it)).is_ok()), all + 1));
            let key = (linkers + 0.5) / (linkers + sayers + 1.0);
            let back = f64::from(u8::from(near.binary_search(&ConceptId(note)).is_ok()));
            (key + COMPANY * f64::from(known) / f64::from(all.max(1)) + BACK * back) / (1.0 + COMPANY + BACK)
        });
        let likeness = match group.likeness {
            Likeness::Same => 1.0,
            Likeness::Plural => PLURAL,
            Likeness::Stem => STEM,
        };
        let share = if group.meant.len() > 1 { 0.5 } else { 1.0 };
        group.score = (scores.fold(0.0, f64::max) * likeness * share * SCORE_UNIT).round() as u32;
    }
    // Stable: what is equal stays in the order of the text.
    groups.sort_by_key(|group| (group.is_linked, Reverse(group.score)));
    Ok(groups)
}

/// What a note could link: of each concept the first mention, or every one.
///
/// # Errors
/// When no note, or more than one, has the name; when the snapshot was opened without mentions.
pub fn mentions_in(snapshot: &Snapshot, name: &str, limits: MentionLimits) -> Result<Mentions, AskError> {
    let note = note_named(snapshot, name)?;
    let reread = snapshot.vault().read(note);
    let groups = groups(snapshot, note, &reread)?;
    let total = if limits.every { groups.iter().map(|group| group.said.len().max(1)).sum() } else { groups.len() };
    let mut found = Vec::new();
    for group in &groups {
        let others = group.meant.iter().skip(1).take(MOST_OTHERS).map(|other| describe(snapshot, ConceptId(*other)));
        let others: Vec<_> = if found.len() < limits.limit { others.collect() } else { break };
        let concept = describe(snapshot, ConceptId(group.meant[0]));
        let shown = if limits.every { usize::MAX } else { 1 };
        let (is_linked, score) = (group.is_linked, f64::from(group.score) / SCORE_UNIT);
        let more = if limits.every { 0 } else { group.said.len().saturating_sub(1) };
        let of_group =
            Mention { is_linked, score, more, others, candidates: group.meant.len(), ..of_tag(group, &reread, concept) };
        let room = limits.limit - found.len();
        let said = group.said.iter().take(shown.min(room));
        let places = reread.places_at(said.clone().map(|said| reread.prose.source_of(said.range.start)));
        found.extend(said.zip(places).map(|said| mention(&reread, said, &of_group)));
        if group.said.is_empty() {
            found.push(of_group);
        }
    }
    Ok(Mentions { about: About::Note(describe(snapshot, ConceptId(note))), total, mentions: found })
}

/// A mention by a tag, whose place is that of the note where it stands in front matter.
fn of_tag(group: &Group, reread: &Reread, concept: crate::answer::Concept) -> Mention {
    let tag = group.tag.as_deref().map(|tag| clip(&format!("#{tag}")).into_owned()).unwrap_or_default();
    let place = reread.prose.text().find(&*tag).map(|at| reread.place_at(reread.prose.source_of(at)));
    let (line, column) = place.map_or((1, 1), |place| (place.line, place.column));
    let note_path = reread.note.path.clone();
    Mention { concept, note_path, line, column, name: tag, ..Mention::default() }
}
