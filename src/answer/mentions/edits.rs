//! Links in place of mentions: what the notes would say, as data. Nothing is written here.
//!
//! A link takes the place of a mention only where the note, read again with it, says the very same to its reader, has
//! this one link more, and the link means the concept that was meant. Everything else is left and said to be left. Bytes outside of the
//! link stay what they are.

use super::inside::{groups, note_named};
use super::{About, Concept, MentionLimits, mention, said, speakers};
use crate::answer::AskError;
use crate::answer::concept::{concept_of, describe, named};
use crate::answer::evidence::names_of;
use crate::graph::ConceptId;
use crate::index::{Likeness, Said};
use crate::note::{Field, Note, NotePath};
use crate::snapshot::Snapshot;
use crate::vault::Reread;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Links that mentions of one concept, or in one note, would become.
#[derive(Clone, Debug, PartialEq)]
pub struct Edits {
    /// What was asked about.
    pub about: About,
    /// How many mentions there are, those beyond the limit and those that are left included.
    pub total: usize,
    /// The links, by note path and place.
    pub edits: Vec<Edit>,
    /// The mentions that stay, and why, by note path and place.
    pub left: Vec<Left>,
    /// The notes that change, by path.
    pub notes: Vec<EditedNote>,
}

/// A link in place of a mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Whom it means.
    pub concept: Concept,
    /// The note.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1, before anything is changed.
    pub column: u32,
    /// The name as it stands there.
    pub name: String,
    /// What takes its place.
    pub link: String,
}

/// A mention that stays what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Whom it means; of several the first.
    pub concept: Concept,
    /// The note.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The name as it stands there.
    pub name: String,
    /// Why.
    pub why: Unlinked,
}

/// Why a mention is not made a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// Several concepts could be meant.
    Ambiguous,
    /// It is another word of the same stem.
    Stem,
    /// It stands in a heading, which links elsewhere name by its words.
    Heading,
    /// Markup stands in it or around it, or it is not written as it is read.
    Markup,
    /// No way to write a link there means the concept.
    NoSpelling,
    /// The note is too large, and too many links in it do not fit, to try each by itself.
    Untried,
}

impl Unlinked {
    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Unlinked::Ambiguous => "ambiguous",
            Unlinked::Stem => "stem",
            Unlinked::Heading => "heading",
            Unlinked::Markup => "markup",
            Unlinked::NoSpelling => "no-spelling",
            Unlinked::Untried => "untried",
        }
    }
}

/// A note with its links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedNote {
    /// The note, by number.
    pub note: u32,
    /// Its path.
    pub note_path: NotePath,
    /// Its bytes as they were read.
    pub before: Vec<u8>,
    /// Its bytes with the links.
    pub after: Vec<u8>,
}

/// What stands before a place is looked at no further than so many bytes, to see whether it is part of a tag.
const LONGEST_TOKEN: usize = 300;

/// So many places of one concept are tried one after the other, where those before would change more than they should.
const MOST_TRIES: usize = 12;

/// So many bytes are read again of one note, to see what links do to it; each reading counts as so many more.
const MOST_READ: usize = 64 << 20;
const LEAST_READ: usize = 4 << 10;

/// So many names of a concept are tried in a link to it.
const MOST_SPELLINGS: usize = 20;

/// A mention that may become a link.
struct Wish {
    said: Said,
    target: u32,
    likeness: Likeness,
    is_ambiguous: bool,
}

/// The links that the mentions of a concept would become: as many mentions as `limits` says, the most useful first. Notes that
/// link to it already are left alone, unless every place is asked for.
///
/// # Errors
/// When no concept, or more than one, has the name; when the snapshot was opened without mentions.
pub fn edits_of(snapshot: &Snapshot, name: &str, limits: MentionLimits) -> Result<Edits, AskError> {
    let id = named(snapshot, name)?;
    let (speakers, meanings) = speakers(snapshot, id)?;
    let names = snapshot.names().ok_or(AskError::NoMentions)?;
    let asked: Vec<_> = speakers.iter().filter(|it| limits.every || !it.is_linked).collect();
    let total = if limits.every { asked.iter().map(|it| it.places).sum() } else { asked.len() };
    let edited = asked.par_iter().take(limits.limit).map(|speaker| {
        let reread = snapshot.vault().read(speaker.note);
        let wishes = said(names, &reread, |spoken| speaker.spoken.contains(&spoken)).into_iter().filter_map(|said| {
            let bearers = meanings.get(&said.spoken)?;
            let likeness = bearers.first()?.likeness;
            Some(Wish { said, target: id.0, likeness, is_ambiguous: bearers.len() > 1 })
        });
        edited(snapshot, speaker.note, &reread, wishes.collect(), limits)
    });
    let mut edits =
        Edits { about: About::Concept(describe(snapshot, id)), total, edits: Vec::new(), left: Vec::new(), notes: Vec::new() };
    let mut all: Vec<_> = edited.collect();
    all.sort_by_key(|(note, ..)| note.note);
    for (note, made, left) in all {
        edits.add(note, made, left);
    }
    Ok(edits)
}

/// The links that the mentions in a note would become: those of as many concepts as `limits` says, the most useful first.
/// Concepts that it links already are left alone, unless every place is asked for.
///
/// # Errors
/// When no note, or more than one, has the name; when the snapshot was opened without mentions.
pub fn edits_in(snapshot: &Snapshot, name: &str, limits: MentionLimits) -> Result<Edits, AskError> {
    let note = note_named(snapshot, name)?;
    let reread = snapshot.vault().read(note);
    let mut groups = groups(snapshot, note, &reread)?;
    // A tag suggests a concept, and stays a tag.
    groups.retain(|group| !group.said.is_empty() && (limits.every || !group.is_linked));
    let total = if limits.every { groups.iter().map(|group| group.said.len()).sum() } else { groups.len() };
    let mut wishes = Vec::new();
    for group in groups.into_iter().take(limits.limit) {
        let (target, likeness, is_ambiguous) = (group.meant[0], group.likeness, group.meant.len() > 1);
        wishes.extend(group.said.into_iter().map(|said| Wish { said, target, likeness, is_ambiguous }));
    }
    let about = About::Note(describe(snapshot, ConceptId(note)));
    let mut edits = Edits { about, total, edits: Vec::new(), left: Vec::new(), notes: Vec::new() };
    let (note, made, left) = edited(snapshot, note, &reread, wishes, limits);
    edits.add(note, made, left);
    Ok(edits)
}

impl Edits {
    fn add(&mut self, note: EditedNote, made: Vec<Edit>, left: Vec<Left>) {
        self.edits.extend(made);
        self.left.extend(left);
        self.notes.extend(Some(note).filter(|note| note.before != note.after));
    }
}

/// A place of a note and the link that takes it.
struct Change {
    at: Range<usize>,
    link: String,
    wish: Wish,
}

/// A note with links in place of these mentions: of each concept the first that can be one, or every one.
fn edited(
    snapshot: &Snapshot,
    note: u32,
    reread: &Reread,
    mut wishes: Vec<Wish>,
    limits: MentionLimits,
) -> (EditedNote, Vec<Edit>, Vec<Left>) {
    wishes.sort_by_key(|wish| wish.said.range.start);
    let (mut changes, mut left): (Vec<Change>, Vec<(Wish, Unlinked)>) = (Vec::new(), Vec::new());
    let (mut spellings, source, mut room) = (Spellings::default(), Source::of(reread.bytes()), MOST_READ);
    for _ in 0..MOST_TRIES {
        // Of each concept without a link one place at a time, where one is enough.
        let mut done: BTreeSet<u32> = changes.iter().map(|change| change.wish.target).collect();
        let (mut some, mut others) = (Vec::new(), Vec::new());
        for wish in wishes {
            if !limits.every && done.contains(&wish.target) {
                others.push(wish);
                continue;
            }
            match linked(snapshot, note, (reread, &source), &wish, &mut spellings) {
                Ok((at, link)) => {
                    done.insert(wish.target);
                    some.push(Change { at, link, wish });
                }
                Err(why) => left.push((wish, why)),
            }
        }
        let unfit;
        (changes, unfit) = fitting(snapshot, note, reread, (changes, some), &mut room);
        let missed: BTreeSet<u32> = unfit.iter().map(|(change, _)| change.wish.target).collect();
        left.extend(unfit.into_iter().map(|(change, why)| (change.wish, why)));
        wishes = others.into_iter().filter(|wish| missed.contains(&wish.target)).collect();
        if wishes.is_empty() {
            break;
        }
    }
    left.sort_by_key(|(wish, _)| wish.said.range.start);
    if !limits.every {
        // Where one place of a concept is a link now, nobody misses the others.
        let mut known: BTreeSet<u32> = changes.iter().map(|change| change.wish.target).collect();
        left.retain(|(wish, _)| known.insert(wish.target));
    }
    // Places are found in one go, as there may be very many.
    let shown = |wishes: Vec<&Wish>| {
        let places = reread.places_at(wishes.iter().map(|wish| reread.prose.source_of(wish.said.range.start)));
        let shown = wishes.into_iter().zip(places).map(|(wish, place)| {
            let concept = describe(snapshot, ConceptId(wish.target));
            mention(reread, (&wish.said, place), &super::Mention { concept, ..super::Mention::default() })
        });
        shown.collect::<Vec<_>>()
    };
    let shown_left = shown(left.iter().map(|(wish, _)| wish).collect()).into_iter().zip(&left).map(|(it, (_, why))| Left {
        concept: it.concept,
        note_path: it.note_path,
        line: it.line,
        column: it.column,
        name: it.name,
        why: *why,
    });
    let made = shown(changes.iter().map(|change| &change.wish).collect()).into_iter().zip(&changes).map(|(it, change)| Edit {
        concept: it.concept,
        note_path: it.note_path,
        line: it.line,
        column: it.column,
        name: it.name,
        link: change.link.clone(),
    });
    let note_path = reread.note.path.clone();
    let (before, after) = (reread.bytes().to_vec(), with(reread.bytes(), &changes.iter().collect::<Vec<_>>()));
    (EditedNote { note, note_path, before, after }, made.collect(), shown_left.collect())
}

/// The bytes with these changes, which are in order and apart.
fn with(bytes: &[u8], changes: &[&Change]) -> Vec<u8> {
    let (mut after, mut from) = (Vec::with_capacity(bytes.len()), 0);
    for change in changes {
        after.extend(&bytes[from..change.at.start]);
        after.extend(change.link.as_bytes());
        from = change.at.end;
    }
    after.extend(&bytes[from..]);
    after
}

/// The changes with which the note still says the same, in order, those of before among them; and of the new ones those that would
/// change more than they should, or that there is no room left to try.
fn fitting(
    snapshot: &Snapshot,
    note: u32,
    reread: &Reread,
    (mut fit, new): (Vec<Change>, Vec<Change>),
    room: &mut usize,
) -> (Vec<Change>, Vec<(Change, Unlinked)>) {
    let mut unfit: Vec<(Change, Unlinked)> = Vec::new();
    // One that is wrong is found by halves, so that few readings are needed where few are wrong.
    let mut waiting = vec![new];
    while let Some(mut some) = waiting.pop() {
        if some.is_empty() {
            continue;
        }
        if *room == 0 {
            unfit.extend(some.into_iter().map(|change| (change, Unlinked::Untried)));
            continue;
        }
        *room = room.saturating_sub(reread.bytes().len() + LEAST_READ);
        let mut all: Vec<&Change> = fit.iter().chain(&some).collect();
        all.sort_by_key(|change| change.at.start);
        if says_the_same(snapshot, note, reread, &all) {
            fit.extend(some);
        } else if some.len() < 2 {
            unfit.extend(some.into_iter().map(|change| (change, Unlinked::Markup)));
        } else {
            let rest = some.split_off(some.len() / 2);
            waiting.extend([rest, some]);
        }
    }
    fit.sort_by_key(|change| change.at.start);
    (fit, unfit)
}

/// Whether a note with these changes reads as before, and has just these links more, each to whom it should.
fn says_the_same(snapshot: &Snapshot, note: u32, reread: &Reread, changes: &[&Change]) -> bool {
    let vault = snapshot.vault();
    let now = vault.read_as(note, &with(reread.bytes(), changes));
    let headings = |reread: &Reread| reread.note.outline.headings.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    let blocks = |reread: &Reread| reread.note.outline.blocks.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    if now.prose.text() != reread.prose.text()
        || now.note.tags != reread.note.tags
        || now.note.title != reread.note.title
        || now.note.aliases != reread.note.aliases
        || headings(&now) != headings(reread)
        || blocks(&now) != blocks(reread)
        || !has_same_fields(&reread.note, &now.note, changes)
    {
        return false;
    }
    let (mut old, mut changes, mut moved) = (reread.note.links.iter(), changes.iter().peekable(), 0_isize);
    // Where the old ones stand among all links now.
    let mut places = Vec::with_capacity(reread.note.links.len());
    for (place, link) in (0..).zip(&now.note.links) {
        let start = link.place.span.start as usize;
        let is_new = changes
            .peek()
            .is_some_and(|change| change.at.start.checked_add_signed(moved) == Some(start) && *link.written == *change.link);
        match is_new {
            true => {
                let Some(change) = changes.next() else { return false };
                moved += change.link.len() as isize - change.at.len() as isize;
                let meaning = vault.meaning(note, link);
                if meaning.and_then(|meaning| concept_of(snapshot, &meaning)) != Some(ConceptId(change.wish.target)) {
                    return false;
                }
            }
            false if old.next().is_some_and(|old| old.is_as(link)) => places.push(place),
            false => return false,
        }
    }
    let nestings = reread.note.nestings.iter().map(|it| (places.get(it.parent as usize), places.get(it.child as usize)));
    let is_old = |link: &u32| places.binary_search(link).is_ok();
    let among_old = now.note.nestings.iter().filter(|it| is_old(&it.parent) && is_old(&it.child));
    let is_nested_so = nestings.eq(among_old.map(|it| (Some(&it.parent), Some(&it.child))));
    is_nested_so && old.next().is_none() && changes.next().is_none()
}

/// Whether a note with these changes has the same fields with the same values, but for the values that a change stands in.
fn has_same_fields(before: &Note, now: &Note, changes: &[&Change]) -> bool {
    let is_changed = |field: &Field| {
        let next = changes.partition_point(|change| change.at.start < field.place.span.start as usize);
        changes.get(next).is_some_and(|change| change.at.start < field.place.span.end as usize)
    };
    let is_same = |(old, new): (&Field, &Field)| {
        old.key == new.key && (old.values == new.values || (is_changed(old) && old.values.len() == new.values.len()))
    };
    before.fields.len() == now.fields.len() && before.fields.iter().zip(&now.fields).all(is_same)
}

/// The spellings of links that were looked for.
#[derive(Default)]
struct Spellings {
    /// By target and name.
    known: BTreeMap<(u32, String), Option<String>>,
    /// The names of targets that others than the one that is said were looked for.
    names: BTreeMap<u32, Vec<String>>,
}

/// Where a mention stands in the bytes of the note, and the link that can take its place.
fn linked(
    snapshot: &Snapshot,
    note: u32,
    (reread, source): (&Reread, &Source<'_>),
    wish: &Wish,
    spellings: &mut Spellings,
) -> Result<(Range<usize>, String), Unlinked> {
    if wish.is_ambiguous {
        return Err(Unlinked::Ambiguous);
    }
    if wish.likeness == Likeness::Stem {
        return Err(Unlinked::Stem);
    }
    if wish.said.in_heading {
        return Err(Unlinked::Heading);
    }
    let name = &reread.prose.text()[wish.said.range.clone()];
    let start = reread.prose.source_of(wish.said.range.start);
    let at = start..start + name.len();
    // What was decoded is read elsewhere than it is written.
    let is_as_read = source.bytes.get(at.clone()) == Some(name.as_bytes()) && at.end <= source.sound;
    if !is_as_read || name.contains(|c: char| c.is_control() || "[]|`$<>".contains(c)) || !source.stands_free(&at) {
        return Err(Unlinked::Markup);
    }
    let Spellings { known, names } = spellings;
    let spelled = || spelled(snapshot, note, (wish.target, name), names);
    let spelled = known.entry((wish.target, name.to_owned())).or_insert_with(spelled);
    let link = spelled.clone().ok_or(Unlinked::NoSpelling)?;
    Ok((at.clone(), if reread.prose.is_in_table(wish.said.range.start) { link.replace('|', "\\|") } else { link }))
}

/// What has to be known of the bytes of a note to put links into them, looked for once.
struct Source<'b> {
    bytes: &'b [u8],
    /// How many bytes from the start on are text as it is read.
    sound: usize,
    /// Where the signs of comments and of formulas stand.
    percents: Vec<usize>,
    dollars: Vec<usize>,
}

impl<'b> Source<'b> {
    fn of(bytes: &'b [u8]) -> Source<'b> {
        let sound = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let signs = |sign: &[u8]| memchr::memmem::find_iter(bytes, sign).collect();
        Source { bytes, sound, percents: signs(b"%%"), dollars: signs(b"$$") }
    }

    /// Whether nothing around a place makes it a part of something: a tag, an address, a path, a key, a comment, a formula.
    fn stands_free(&self, at: &Range<usize>) -> bool {
        let line = memchr::memrchr(b'\n', &self.bytes[..at.start]).map_or(0, |newline| newline + 1);
        let before = &self.bytes[line.max(at.start.saturating_sub(LONGEST_TOKEN))..at.start];
        let token = before.rsplit(u8::is_ascii_whitespace).next().unwrap_or(before);
        let after = &self.bytes[at.end..];
        let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| b"[]\\/@_=#".contains(byte));
        let is_outside = |signs: &[usize]| signs.partition_point(|sign| *sign < at.start).is_multiple_of(2);
        // Somebody may be writing a link there just now.
        let is_open = memchr::memmem::rfind(before, b"[[") > memchr::memmem::rfind(before, b"]]");
        let is_alone =
            !is_open && !is_part(before.last()) && !is_part(after.first()) && !token.contains(&b'#') && !after.starts_with(b"::");
        is_alone && is_outside(&self.percents) && is_outside(&self.dollars)
    }
}

/// The first way to write a link from a note that shows a name and means a concept: the name alone, else another name of the
/// concept, of very many the first, else its path.
fn spelled(
    snapshot: &Snapshot,
    note: u32,
    (target, name): (u32, &str),
    names: &mut BTreeMap<u32, Vec<String>>,
) -> Option<String> {
    let vault = snapshot.vault();
    let means_it = |link: &String| {
        let read = vault.read_as(note, link.as_bytes());
        let [only] = &*read.note.links else { return false };
        let meaning = vault.meaning(note, only).and_then(|meaning| concept_of(snapshot, &meaning));
        read.prose.text().trim_end() == name && meaning == Some(ConceptId(target))
    };
    let alone = format!("[[{name}]]");
    if means_it(&alone) {
        return Some(alone);
    }
    let others = names.entry(target).or_insert_with(|| others(snapshot, target));
    others.iter().flat_map(|other| [format!("[[{other}|{name}]]"), format!("[[{name}|{other}]]")]).find(means_it)
}

/// What else can stand in a link to a concept.
fn others(snapshot: &Snapshot, target: u32) -> Vec<String> {
    let vault = snapshot.vault();
    let mut others = names_of(snapshot, target);
    let is_plain = |name: &String| !name.contains(|c: char| c.is_control() || "[]|#^\\".contains(c)) && name.trim() == *name;
    others.retain(is_plain);
    others.truncate(MOST_SPELLINGS);
    if (target as usize) < vault.len() {
        let path = vault.path(target);
        let paths = [crate::note::without_md(path.as_str()).to_owned(), path.as_str().to_owned(), format!("/{path}")];
        others.extend(paths.into_iter().filter(is_plain));
    }
    others
}
