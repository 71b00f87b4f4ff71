//! Which notes speak of which concepts by name, without a link: the names of all, what each note says of them, and the edges
//! that follow. It belongs to a graph, and is made when somebody first asks for it.
//!
//! What a note says is kept by name, not by concept, so that it stays as it is while concepts come and go around it. Brought
//! up to date, only notes are read that are new or changed, and those that may say a name that is new or gone: the text index
//! knows the first, what is kept the others.

use super::lock::{Asked, Lock};
use super::place::{Place, identity};
use super::{Freshness, Notice, Opening, Snapshot, refresh};
use crate::cellar::{Column, Lists, OpenError, Shelf};
use crate::graph::{ConceptId, Suggested, SuggestedBy, SuggestedEdge};
use crate::index::{Bears, NameTable, Scan, Spoken, TextIndex, spoken};
use crate::vault::{Meaning, Progress, Vault};
use foldhash::HashMap;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What the notes of a vault say of its concepts without linking to them.
#[derive(Debug)]
pub struct Mentions {
    shelf: Shelf,
    names: NameTable,
    suggested: Suggested,
    kept: Kept,
}

/// What is kept of each note, in columns.
#[derive(Debug)]
struct Kept {
    /// What each note is known by, in the order of notes.
    keys: Column<u64>,
    /// What each note says.
    said: Lists,
    /// The numbers of the names, ascending, and how often each is said.
    spoken: Column<u32>,
    counts: Column<u32>,
    /// All names that are said: what they are known by, ascending.
    names: Column<u64>,
    singulars: Column<u64>,
    forms: Column<u64>,
    /// The notes that say each.
    sayers: Lists,
    notes: Column<u32>,
}

/// What one note says: names, ascending, and how often; 0 for a name that only stands where it is no mention, as other names
/// may show there once it is gone.
type Rows = Vec<(Spoken, u32)>;

/// Where a shelf says which graph it belongs to, and which program wrote it.
const OF: &str = "m_of";

/// Tells one version of what is written here, and of what words and names are, from another.
const FORMAT: &str = concat!("resonote-mentions-3-", env!("CARGO_PKG_VERSION"));

/// If more names are new than this, asking who may say each takes longer than reading all notes.
const MANY_NAMES: usize = 1_000;

/// How long to wait for a process that makes the same.
const PATIENCE: Duration = Duration::from_secs(600);

impl Mentions {
    /// The mentions that a shelf keeps.
    fn on(shelf: Shelf) -> Mentions {
        let kept = Kept {
            keys: shelf.column("m_key"),
            said: Lists::on(&shelf, "m_said"),
            spoken: shelf.column("m_name"),
            counts: shelf.column("m_count"),
            names: shelf.column("m_names"),
            singulars: shelf.column("m_single"),
            forms: shelf.column("m_forms"),
            sayers: Lists::on(&shelf, "m_by"),
            notes: shelf.column("m_notes"),
        };
        Mentions { names: NameTable::on(&shelf), suggested: Suggested::on(&shelf), kept, shelf }
    }

    /// The edges that follow.
    pub fn suggested(&self) -> &Suggested {
        &self.suggested
    }

    /// The names of all concepts. They know concepts by number, as the graph does.
    pub fn names(&self) -> &NameTable {
        &self.names
    }

    /// What keeps it.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// In how many notes a name is said, in whatever form, also where it is no mention; a note counts once for each form.
    pub fn count_sayers(&self, name: u64) -> usize {
        self.forms(name).map(|at| self.kept.sayers.range(at).len()).sum()
    }

    /// The numbers of the forms of a name.
    fn forms(&self, name: u64) -> impl Iterator<Item = usize> {
        let (mut low, mut high) = (0, self.kept.names.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.kept.names.get(middle) < name { low = middle + 1 } else { high = middle }
        }
        (low..self.kept.names.len()).take_while(move |at| self.kept.names.get(*at) == name)
    }

    /// The notes that say a name in any of its forms, in order of forms, then of notes, the form, and how often; 0 times where it
    /// only stands where it is no mention.
    pub fn sayers(&self, name: u64) -> impl Iterator<Item = (u32, Spoken, u32)> {
        self.forms(name).flat_map(move |at| {
            let spoken = self.kept.name(at);
            let notes = self.kept.notes.slice(self.kept.sayers.range(at)).into_iter();
            notes.map(move |note| (note, spoken, self.count(note, at as u32)))
        })
    }
}

impl Kept {
    fn name(&self, at: usize) -> Spoken {
        Spoken { name: self.names.get(at), singular: self.singulars.get(at), form: self.forms.get(at) }
    }
}

impl Mentions {
    /// How often a note says a name, which is given by its number.
    fn count(&self, note: u32, name: u32) -> u32 {
        let range = self.kept.said.range(note as usize);
        let numbers = self.kept.spoken.slice(range.clone());
        numbers.binary_search(&name).map_or(0, |at| self.kept.counts.get(range.start + at))
    }
}

/// The mentions of a snapshot that has its text: the kept ones, or brought up to date and kept, or made in memory.
pub(super) fn of(place: Option<&Place>, snapshot: &Snapshot, opening: &Opening<'_>, tell: &mut dyn FnMut(Notice)) -> Mentions {
    let (vault, text) = (&snapshot.vault, snapshot.text.as_ref());
    let unkept = || made(None, vault, text, opening.progress);
    // What was made in memory has no place, and the last moment is soon none.
    let Some(place) = place.filter(|_| snapshot.change.is_kept) else { return unkept() };
    let moment = identity(vault.shelf());
    let is_of = |shelf: &Shelf| is_of(shelf, &moment);
    let last = || place.kept_mentions().ok().filter(has_our_format);
    if opening.freshness != Freshness::Rebuild
        && let Some(shelf) = last().filter(is_of)
    {
        return Mentions::on(shelf);
    }
    let mut lock = Lock::wait(&place.mentions_lock(), refresh::PATIENCE);
    if matches!(lock, Asked::Busy) {
        // What it takes to bring the last ones up to date is soon done twice, and kept by whoever has the lock.
        if opening.freshness != Freshness::Rebuild
            && let Some(last) = last().map(Mentions::on)
        {
            let mentions = made(Some(&last), vault, text, opening.progress);
            if !last.shelf.is_damaged() {
                return mentions;
            }
        }
        tell(Notice::Waiting);
        lock = Lock::wait(&place.mentions_lock(), PATIENCE);
    }
    let why = match lock {
        Asked::Got(_lock) => {
            let last = match place.kept_mentions() {
                _ if opening.freshness == Freshness::Rebuild => None,
                Ok(shelf) if !has_our_format(&shelf) => {
                    tell(Notice::SetAside { what: WHAT, why: NOT_OURS.to_owned() });
                    None
                }
                Ok(shelf) => Some(shelf),
                Err(OpenError::Missing) => None,
                Err(error) => {
                    tell(Notice::SetAside { what: WHAT, why: error.to_string() });
                    None
                }
            };
            // Another process may have had the same to do.
            if let Some(shelf) = last.clone().filter(is_of) {
                return Mentions::on(shelf);
            }
            let last = last.map(Mentions::on);
            let mut mentions = made(last.as_ref(), vault, text, opening.progress);
            if last.is_some_and(|last| last.shelf.is_damaged()) {
                tell(Notice::SetAside { what: WHAT, why: OpenError::Damaged.to_string() });
                mentions = made(None, vault, text, opening.progress);
            }
            // What was read of notes that changed meanwhile belongs to no moment.
            if snapshot.is_last || vault.is_overtaken() || vault.shelf().is_damaged() {
                return mentions;
            }
            mentions.shelf.put(OF, name_of(&moment));
            match place.keep_mentions(&mentions.shelf) {
                Ok(()) => return mentions,
                Err(error) => {
                    tell(Notice::InMemory { why: error.to_string() });
                    return mentions;
                }
            }
        }
        Asked::Busy => "another process has been looking for mentions for very long".to_owned(),
        Asked::Failed(error) => error.to_string(),
    };
    tell(Notice::InMemory { why });
    unkept()
}

/// What a reader calls it.
pub(super) const WHAT: &str = "list of mentions";

/// What says that a shelf belongs to a graph.
fn name_of(moment: &str) -> Vec<u8> {
    format!("{FORMAT} {moment}").into_bytes()
}

/// Whether a shelf says that it belongs to the graph of this name.
pub(super) fn is_of(shelf: &Shelf, moment: &str) -> bool {
    *shelf.section(OF).bytes(0..usize::MAX) == *name_of(moment)
}

/// Why a shelf that this version did not write is not used.
pub(super) const NOT_OURS: &str = "it is damaged or of another version";

/// Whether a shelf was written by this version.
pub(super) fn has_our_format(shelf: &Shelf) -> bool {
    shelf.section(OF).bytes(0..FORMAT.len() + 1).strip_prefix(FORMAT.as_bytes()) == Some(b" ")
}

/// The names of a concept, and how it bears each.
fn names_of(vault: &Vault, concept: u32) -> Vec<(Bears, String)> {
    if let Some(wanted) = concept.checked_sub(vault.len() as u32) {
        return vec![(Bears::Wanted, vault.wanted_name(wanted).into_owned())];
    }
    let aliases = vault.aliases(concept).count();
    let names = vault.callings(concept);
    let own = names.len() - aliases.min(names.len());
    let how = |at: usize| if at < own { Bears::Name } else { Bears::Alias };
    names.into_iter().enumerate().map(|(at, name)| (how(at), name)).collect()
}

/// The mentions of a vault at its moment, with what was kept of an earlier one.
pub(super) fn made(last: Option<&Mentions>, vault: &Vault, text: Option<&TextIndex>, progress: &Progress<'_>) -> Mentions {
    let mut shelf = Shelf::default();
    NameTable::put(&mut shelf, (vault.len() + vault.wanted()) as u32, &|concept| names_of(vault, concept));
    let mut names = NameTable::on(&shelf);
    let known = last.and_then(|last| Some((last, unchanged(last, vault, &names, text?)?)));
    let of_last = |note: usize| known.as_ref().and_then(|(last, unchanged)| Some((last, unchanged[note]?)));
    let coming: Vec<u32> = (0..vault.len()).filter(|note| of_last(*note).is_none()).map(|note| note as u32).collect();
    if coming.len() > 1 {
        names.load();
    }
    let mut said = SaidBuilder::default();
    let spoken_before: Vec<Spoken> =
        known.as_ref().map_or(Vec::new(), |(last, _)| (0..last.kept.names.len()).map(|at| last.kept.name(at)).collect());
    let done = AtomicUsize::new(0);
    let mut coming = coming.chunks(BATCH);
    let mut read: std::vec::IntoIter<Rows> = Vec::new().into_iter();
    let all = vault.len() - known.as_ref().map_or(0, |(_, unchanged)| unchanged.iter().flatten().count());
    for note in 0..vault.len() {
        match of_last(note) {
            Some((last, before)) => {
                let range = last.kept.said.range(before as usize);
                let counts = last.kept.counts.slice(range.clone());
                let spoken = last.kept.spoken.slice(range).into_iter();
                let spoken = spoken.map(|number| spoken_before.get(number as usize).copied().unwrap_or_default());
                said.push(spoken.zip(counts));
            }
            None => {
                if read.len() == 0 {
                    let batch = coming.next().unwrap_or_default();
                    let tell = || {
                        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                        if done.is_multiple_of(256) {
                            progress(done, all);
                        }
                    };
                    read = said_in(vault, &names, batch, &tell).into_iter();
                }
                said.push(read.next().unwrap_or_default());
            }
        }
    }
    put(&mut shelf, vault, said, &names);
    Mentions::on(shelf)
}

/// So many notes are read before what they say is put away: very many names may be said in each.
const BATCH: usize = 8_192;

/// What notes say, note by note, each name by number: most are said in many notes.
#[derive(Default)]
struct SaidBuilder {
    numbers: HashMap<Spoken, u32>,
    dictionary: Vec<Spoken>,
    starts: Vec<u32>,
    items: Vec<(u32, u32)>,
}

impl SaidBuilder {
    fn push(&mut self, rows: impl IntoIterator<Item = (Spoken, u32)>) {
        self.starts.push(self.items.len() as u32);
        for (spoken, count) in rows {
            let next = self.dictionary.len() as u32;
            let number = *self.numbers.entry(spoken).or_insert(next);
            if number == next {
                self.dictionary.push(spoken);
            }
            self.items.push((number, count));
        }
    }

    /// The names in order, where the list of each note begins, and the lists with names by their places in that order.
    fn finish(mut self) -> (Vec<Spoken>, Vec<u32>, Vec<(u32, u32)>) {
        self.starts.push(self.items.len() as u32);
        let mut order: Vec<u32> = (0..self.dictionary.len() as u32).collect();
        order.par_sort_unstable_by_key(|at| self.dictionary[*at as usize]);
        let mut place = vec![0_u32; order.len()];
        order.iter().zip(0..).for_each(|(at, new)| place[*at as usize] = new);
        for row in self.starts.windows(2) {
            let items = &mut self.items[row[0] as usize..row[1] as usize];
            items.iter_mut().for_each(|(number, _)| *number = place[*number as usize]);
            items.sort_unstable();
        }
        (order.into_iter().map(|at| self.dictionary[at as usize]).collect(), self.starts, self.items)
    }
}

/// For each note its number in what was kept, where it says now what it said then; none if it is to be read again. None of
/// them where too much has changed for that.
fn unchanged(last: &Mentions, vault: &Vault, names: &NameTable, text: &TextIndex) -> Option<Vec<Option<u32>>> {
    let (before, now) = (last.names.names(), names.names());
    let came: Vec<u64> = now.iter().copied().filter(|name| before.binary_search(name).is_err()).collect();
    let went: BTreeSet<u64> = before.iter().copied().filter(|name| now.binary_search(name).is_err()).collect();
    if came.len() > MANY_NAMES {
        return None;
    }
    let mut keys: Vec<(u64, u32)> = last.kept.keys.to_vec().into_iter().zip(0..).collect();
    keys.par_sort_unstable();
    let place = |note: u32| keys.binary_search_by_key(&vault.key(note), |(key, _)| *key).ok().map(|at| keys[at].1);
    let mut unchanged: Vec<Option<u32>> = (0..vault.len() as u32).into_par_iter().map(place).collect();
    for name in came {
        let bearer = names.first_bearer(name)?;
        let borne = names_of(vault, bearer).into_iter().find(|(_, it)| spoken(it).is_some_and(|it| it.name == name))?.1;
        for key in text.holding(&borne).ok()? {
            let note = vault.note_of_key(key)?;
            unchanged[note as usize] = None;
        }
    }
    if !went.is_empty() {
        let mut is_touched = vec![false; keys.len()];
        for (number, name) in last.kept.names.to_vec().into_iter().enumerate() {
            if went.contains(&name) {
                last.kept.notes.slice(last.kept.sayers.range(number)).into_iter().for_each(|note| {
                    if let Some(touched) = is_touched.get_mut(note as usize) {
                        *touched = true;
                    }
                });
            }
        }
        unchanged.iter_mut().for_each(|before| *before = before.filter(|before| !is_touched[*before as usize]));
    }
    Some(unchanged)
}

/// What these notes say, in their order; `tell` is called after each.
fn said_in(vault: &Vault, names: &NameTable, notes: &[u32], tell: &(dyn Fn() + Sync)) -> Vec<Rows> {
    let read = |scan: &mut Scan<'_>, note: &u32| {
        let mut rows: BTreeMap<Spoken, u32> = BTreeMap::new();
        for said in scan.read(&vault.read(*note).prose) {
            *rows.entry(said.spoken).or_default() += u32::from(!said.is_aside);
        }
        tell();
        rows.into_iter().collect()
    };
    // What one knows of the words of a vault, the next of its notes takes from it: a scan for each few hundred notes.
    let chunk = notes.len().div_ceil(4 * rayon::current_num_threads()).max(64);
    let scanned = notes.par_chunks(chunk).flat_map_iter(|notes| {
        let mut scan = Scan::of(names);
        notes.iter().map(|note| read(&mut scan, note)).collect::<Vec<Rows>>()
    });
    scanned.collect()
}

/// Puts on the shelf what the notes say, and the edges that follow.
fn put(shelf: &mut Shelf, vault: &Vault, said: SaidBuilder, names: &NameTable) {
    let (dictionary, starts, items) = said.finish();
    let targets: Vec<Option<u32>> = dictionary.par_iter().map(|spoken| names.meant_alone(*spoken)).collect();
    let keys: Vec<u64> = (0..vault.len() as u32).map(|note| vault.key(note)).collect();
    let mut sayers = vec![0_u32; dictionary.len() + 1];
    items.iter().for_each(|(number, _)| sayers[*number as usize + 1] += 1);
    (0..dictionary.len()).for_each(|at| sayers[at + 1] += sayers[at]);
    let lists = || starts.windows(2).zip(0_u32..).map(|(row, note)| (note, &items[row[0] as usize..row[1] as usize]));
    let (mut next, mut notes) = (sayers.clone(), vec![0_u32; items.len()]);
    for (note, said) in lists() {
        for (number, _) in said {
            let place = &mut next[*number as usize];
            notes[*place as usize] = note;
            *place += 1;
        }
    }
    shelf.put_numbers("m_key", &keys);
    shelf.put_numbers("m_by", &sayers);
    shelf.put_numbers("m_notes", &notes);
    drop(notes);
    shelf.put_numbers("m_said", &starts);
    shelf.put_numbers("m_name", &items.iter().map(|(number, _)| *number).collect::<Vec<_>>());
    shelf.put_numbers("m_count", &items.iter().map(|(_, count)| *count).collect::<Vec<_>>());
    shelf.put_numbers("m_names", &dictionary.iter().map(|spoken| spoken.name).collect::<Vec<_>>());
    shelf.put_numbers("m_single", &dictionary.iter().map(|spoken| spoken.singular).collect::<Vec<_>>());
    shelf.put_numbers("m_forms", &dictionary.iter().map(|spoken| spoken.form).collect::<Vec<_>>());
    // A note may have several tags that mean one concept.
    let mut by_tag: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (note, meaning) in vault.all_suggestions() {
        let target = match meaning {
            Meaning::Note(target) => target,
            Meaning::Wanted(wanted) => vault.len() as u32 + wanted,
            _ => continue,
        };
        *by_tag.entry((note, target)).or_default() += 1;
    }
    let edges = lists().flat_map(|(note, said)| {
        let mut edges: BTreeMap<(u32, SuggestedBy), u32> = BTreeMap::new();
        for (number, count) in said.iter().filter(|(_, count)| *count > 0) {
            if let Some(target) = targets[*number as usize].filter(|target| *target != note) {
                let places = edges.entry((target, SuggestedBy::Mention)).or_default();
                *places = places.saturating_add(*count);
            }
        }
        let tags = by_tag.range((note, 0)..=(note, u32::MAX));
        edges.extend(tags.map(|((_, target), places)| ((*target, SuggestedBy::Tag), *places)));
        let source = ConceptId(note);
        edges.into_iter().map(move |((target, by), places)| SuggestedEdge { source, target: ConceptId(target), by, places })
    });
    Suggested::put(shelf, vault.len() + vault.wanted(), edges);
}
