//! From the kept moment to the moment of now.
//!
//! The vault is compared with what is kept; only if something changed is a lock asked for, and what was compared is compared
//! again if another process kept something else meanwhile. So of two that find the same change one does the work.

use super::lock::{Asked, Lock};
use super::place::{Place, identified, identity};
use super::text::{self, Texts};
use super::{Change, Freshness, Needs, Notice, Snapshot, SnapshotError, mentions};
use crate::cellar::{OpenError, Shelf};
use crate::graph::ConceptGraph;
use crate::index::Indexer;
use crate::vault::{Look, News, OF_THE_LOOK, Progress, Renewal, Vault, Visit};
use std::path::Path;
use std::time::Duration;

/// How a snapshot is to be opened.
pub struct Opening<'o> {
    /// The folder of the vault.
    pub root: &'o Path,
    /// What the question needs.
    pub needs: Needs,
    /// Whether the vault is compared with what is kept.
    pub freshness: Freshness,
    /// The folder of caches; none to keep nothing.
    pub cache: Option<&'o Path>,
    /// The time, in nanoseconds since 1970.
    pub now: i64,
    /// Told how many notes of how many have been read.
    pub progress: &'o Progress<'o>,
}

/// How long to wait for a process that brings the same up to date, before the last moment has to do; and how long where
/// there is none.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_500);
const LONG_PATIENCE: Duration = Duration::from_secs(600);

/// So often a look is repeated because another process, or somebody writing notes, came between.
const ATTEMPTS: usize = 8;

impl<'o> Opening<'o> {
    /// Opens a vault in memory.
    pub fn of(root: &'o Path) -> Opening<'o> {
        let (needs, freshness) = (Needs::default(), Freshness::Compare);
        Opening { root, needs, freshness, cache: None, now: i64::MAX, progress: &|_, _| () }
    }

    /// Opens the snapshot; what a person should hear of how, is told.
    ///
    /// # Errors
    /// When the vault cannot be read at all, or the full text cannot be indexed even in memory.
    pub fn open(&self, tell: &mut dyn FnMut(Notice)) -> Result<Snapshot, SnapshotError> {
        let mut notices = Vec::new();
        let place = self.cache.and_then(|cache| Place::of(cache, self.root, self.needs.strict));
        if self.freshness == Freshness::Rebuild
            && !self.needs.mentions
            && let Some(place) = &place
        {
            place.forget_mentions();
        }
        let mut snapshot = self.opened(&mut |notice| notices.push(notice));
        if let Ok(snapshot) = &mut snapshot
            && self.needs.mentions
        {
            snapshot.mentions = Some(mentions::of(place.as_ref(), snapshot, self, &mut |notice| notices.push(notice)));
        }
        // Each is said once; and what is not kept is not made anew either.
        let is_in_memory = |notice: &Notice| matches!(notice, Notice::InMemory { .. });
        if let Some(in_memory) = notices.iter().position(is_in_memory) {
            notices = vec![notices.swap_remove(in_memory)];
        }
        notices.dedup();
        notices.into_iter().for_each(tell);
        snapshot
    }

    fn opened(&self, tell: &mut dyn FnMut(Notice)) -> Result<Snapshot, SnapshotError> {
        let place = self.cache.and_then(|cache| Place::of(cache, self.root, self.needs.strict));
        let Some(place) = place else { return self.in_memory(None) };
        if place.is_in_vault() {
            tell(Notice::InMemory { why: "the folder of caches lies in the vault".to_owned() });
            return self.in_memory(None);
        }
        // A folder that cannot be written may hold something all the same.
        let made = place.make();
        // What was read and kept, and then another process came between.
        let mut notes_read = 0;
        for attempt in 0..ATTEMPTS {
            let (kept, in_place) = self.kept(&place, tell, attempt == 0)?;
            let snapshot = match (&made, kept) {
                (_, Some(kept)) if self.freshness == Freshness::AsKept => Some(Attempt::Done(Box::new(Snapshot::of(kept)))),
                (_, kept) if self.freshness == Freshness::InMemory => return self.in_memory(kept.as_ref()),
                (Ok(()), kept) => self.renewed(&place, kept, in_place, tell)?,
                (Err(error), kept) => {
                    tell(Notice::InMemory { why: error.to_string() });
                    return self.in_memory(kept.as_ref());
                }
            };
            let mut snapshot = match snapshot {
                Some(Attempt::Done(snapshot)) => kept_as_is(*snapshot),
                Some(Attempt::Unkept(vault, notes_read)) => return self.with_text_in_memory(*vault, notes_read),
                None => continue,
            };
            snapshot.change.notes_read += notes_read;
            if !self.needs.has_text() || snapshot.text.is_some() {
                return Ok(snapshot);
            }
            notes_read = snapshot.change.notes_read;
            match text::paired(&place, snapshot, self, tell)? {
                Texts::Found(snapshot) => return Ok(*snapshot),
                // What was kept of a note that changed since is nowhere any more.
                Texts::Overtaken if self.freshness == Freshness::AsKept => {
                    tell(Notice::InMemory { why: "the text of notes that changed since is kept nowhere".to_owned() });
                    break;
                }
                Texts::Overtaken => {}
            }
        }
        // Somebody writes faster than this can read: the notes as they come.
        self.in_memory(None)
    }

    /// What is kept of this vault under the settings of now, and which graph is in place, whatever it was made under.
    fn kept(
        &self,
        place: &Place,
        tell: &mut dyn FnMut(Notice),
        is_first: bool,
    ) -> Result<(Option<Vault>, Option<String>), SnapshotError> {
        if self.freshness == Freshness::Rebuild {
            return Ok((None, None));
        }
        match place.kept() {
            Ok(shelf) => {
                let in_place = identity(&shelf);
                let kept = Vault::kept(self.root, self.needs.strict, shelf.clone())?;
                if kept.is_none() && shelf.is_damaged() && is_first {
                    tell(Notice::SetAside { what: "graph", why: OpenError::Damaged.to_string() });
                }
                Ok((kept, Some(in_place)))
            }
            Err(OpenError::Missing) => Ok((None, None)),
            Err(error) => {
                if is_first {
                    tell(Notice::SetAside { what: "graph", why: error.to_string() });
                }
                Ok((None, None))
            }
        }
    }

    /// The moment of now, kept; none where another one was kept meanwhile, and it has to be looked at again.
    fn renewed(
        &self,
        place: &Place,
        kept: Option<Vault>,
        in_place: Option<String>,
        tell: &mut dyn FnMut(Notice),
    ) -> Result<Option<Attempt>, SnapshotError> {
        let look = self.renewal(None).look(kept.as_ref())?;
        let is_as_before = || self.freshness == Freshness::Rebuild || place.kept().ok().map(|it| identity(&it)) == in_place;
        match (look.news(), kept.as_ref()) {
            (News::None, Some(_)) => {}
            (News::Touched, Some(_)) => {
                // It is as good without, and whoever has the lock keeps something newer.
                if let Asked::Got(_lock) = Lock::ask(&place.graph_lock())
                    && is_as_before()
                {
                    let touched = self.renewal(None).read(look);
                    // One that is damaged is not kept, and said to be so by whoever reads the answer.
                    let _ = place.keep(touched.shelf());
                }
            }
            _ => {
                // Most often it is a matter of moments, and nobody need hear of it.
                let mut lock = Lock::wait(&place.graph_lock(), PATIENCE);
                if matches!(lock, Asked::Busy) && kept.is_none() {
                    tell(Notice::Waiting);
                    lock = Lock::wait(&place.graph_lock(), LONG_PATIENCE);
                }
                match lock {
                    Asked::Got(lock) if is_as_before() => {
                        return self.read_and_keep(place, look, kept.as_ref(), lock, tell).map(Some);
                    }
                    Asked::Got(_) => return Ok(None),
                    Asked::Busy if kept.is_some() => {
                        tell(Notice::LastMoment);
                        let last = kept.map(|kept| Snapshot { is_last: true, ..Snapshot::of(kept) });
                        return Ok(last.map(|last| Attempt::Done(Box::new(last))));
                    }
                    Asked::Busy => {
                        tell(Notice::InMemory { why: "another process has been reading it for very long".to_owned() });
                        let notes_read = look.notes_to_read();
                        return Ok(Some(Attempt::Unkept(Box::new(self.read(look, kept.as_ref())?), notes_read)));
                    }
                    Asked::Failed(error) => {
                        tell(Notice::InMemory { why: error.to_string() });
                        let notes_read = look.notes_to_read();
                        return Ok(Some(Attempt::Unkept(Box::new(self.read(look, kept.as_ref())?), notes_read)));
                    }
                }
            }
        }
        Ok(kept.map(|kept| Attempt::Done(Box::new(Snapshot::of(kept)))))
    }

    /// Reads what is new, and keeps it: the graph, and on the first reading, if it is needed, the text index as well.
    fn read_and_keep(
        &self,
        place: &Place,
        look: Look<'_>,
        last: Option<&Vault>,
        lock: Lock,
        tell: &mut dyn FnMut(Notice),
    ) -> Result<Attempt, SnapshotError> {
        let notes_read = look.notes_to_read();
        let indexing = if last.is_none() && self.needs.has_text() { text::begin(place) } else { None };
        let visit = indexing.as_ref().map(|(_, indexer): &(Lock, Indexer)| {
            |key: u64, note: &crate::note::Note, prose: &crate::note::Prose| indexer.add(key, note, prose)
        });
        let vault = self.renewal(visit.as_ref().map(|visit| visit as &Visit<'_>)).read(look);
        if is_damaged(last) {
            tell(Notice::SetAside { what: "graph", why: "it is damaged".to_owned() });
            return self.read_and_keep(place, self.renewal(None).look(None)?, None, lock, tell);
        }
        let shelf = with_graph(&vault);
        let kept = place.keep(&shelf);
        drop(lock);
        if let Err(error) = kept {
            tell(Notice::InMemory { why: error.to_string() });
            return Ok(Attempt::Unkept(Box::new(vault.with_shelf(shelf)), notes_read));
        }
        let mut change = Change { notes_read, notes_indexed: 0, is_kept: true };
        let name = identity(&shelf);
        let mut text = None;
        if let Some((_lock, indexer)) = indexing {
            // What goes wrong here is tried again where the text is looked for.
            if let Ok(index) = indexer.finish(&name) {
                text = Some(index);
                change.notes_indexed = notes_read;
                place.forget_pair();
            }
        }
        let snapshot = Snapshot { text, change, ..Snapshot::of(vault.with_shelf(shelf)) };
        Ok(Attempt::Done(Box::new(snapshot)))
    }

    /// The moment of now, in memory alone.
    fn in_memory(&self, last: Option<&Vault>) -> Result<Snapshot, SnapshotError> {
        let look = self.renewal(None).look(last)?;
        let notes_read = look.notes_to_read();
        if !self.needs.has_text() || last.is_some() {
            return self.with_text_in_memory(self.read(look, last)?, notes_read);
        }
        let indexer = Indexer::in_memory()?;
        let visit = |key: u64, note: &crate::note::Note, prose: &crate::note::Prose| indexer.add(key, note, prose);
        let vault = self.renewal(Some(&visit)).read(look);
        let change = Change { notes_read, notes_indexed: vault.len(), is_kept: false };
        Ok(Snapshot { text: Some(indexer.finish("")?), change, ..Snapshot::of(vault) })
    }

    /// A moment that cannot be kept, with its text if that is needed.
    fn with_text_in_memory(&self, vault: Vault, notes_read: usize) -> Result<Snapshot, SnapshotError> {
        let mut change = Change { notes_read, notes_indexed: 0, is_kept: false };
        if !self.needs.has_text() {
            return Ok(Snapshot { change, ..Snapshot::of(vault) });
        }
        let indexer = Indexer::in_memory()?;
        text::add_all(&indexer, &vault, self.progress);
        change.notes_indexed = vault.len();
        Ok(Snapshot { text: Some(indexer.finish("")?), change, ..Snapshot::of(vault) })
    }

    /// The moment of now: from the last one, unless that turns out to be damaged.
    fn read(&self, look: Look<'_>, last: Option<&Vault>) -> Result<Vault, SnapshotError> {
        let vault = self.renewal(None).read(look);
        if !is_damaged(last) {
            return Ok(vault);
        }
        Ok(self.renewal(None).read(self.renewal(None).look(None)?))
    }

    fn renewal<'r>(&'r self, visit: Option<&'r Visit<'r>>) -> Renewal<'r> {
        Renewal { root: self.root, strict: self.needs.strict, now: self.now, visit, progress: self.progress }
    }
}

/// A snapshot of something kept.
fn kept_as_is(mut snapshot: Snapshot) -> Snapshot {
    snapshot.change.is_kept = true;
    snapshot
}

/// Whether what was taken over from the last moment may be zeros.
fn is_damaged(last: Option<&Vault>) -> bool {
    last.is_some_and(|last| last.shelf().is_damaged())
}

/// What came of an attempt to bring the kept moment up to date.
enum Attempt {
    /// A snapshot, of the moment of now or, where another process is at work, of the last one.
    Done(Box<Snapshot>),
    /// The moment of now, which cannot be kept, and how many notes were read for it.
    Unkept(Box<Vault>, usize),
}

/// The shelf of a vault with its graph and its identity.
fn with_graph(vault: &Vault) -> Shelf {
    let mut shelf = vault.shelf().clone();
    ConceptGraph::put(vault, &mut shelf);
    identified(shelf, &OF_THE_LOOK)
}
