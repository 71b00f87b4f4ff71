//! The text index that belongs to a graph.
//!
//! Its commit names the graph. Where it names another one, it is brought up to date: notes are known to it by keys that tell
//! one text from another, so that what has to go and what has to come is the difference of two sets. Where another process
//! is at that, the graph that it named last is asked together with it, if that is still kept: the last moment, whole.

use super::lock::{Asked, Lock};
use super::place::{Place, identity, remove};
use super::{Change, Freshness, Notice, Opening, Snapshot, SnapshotError, refresh};
use crate::index::{Indexer, TextIndex, forget_commit};
use crate::vault::{Progress, Vault};
use rayon::prelude::*;
use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What came of looking for the text of a moment.
pub(super) enum Texts {
    /// A moment with its text.
    Found(Box<Snapshot>),
    /// Notes changed while they were read.
    Overtaken,
}

/// How long to wait for a process that is at the index, where there is no last pair to ask.
const PATIENCE: Duration = Duration::from_secs(600);

/// Begins a new index while notes are read for the first time. None if another process is at it, or there cannot be one.
pub(super) fn begin(place: &Place) -> Option<(Lock, Indexer)> {
    let Asked::Got(lock) = Lock::ask(&place.text_lock()) else { return None };
    let indexer = anew(place).ok()?;
    Some((lock, indexer))
}

fn anew(place: &Place) -> io::Result<Indexer> {
    let folder = place.text();
    forget_commit(&folder);
    remove(&folder)?;
    fs::create_dir(&folder)?;
    Indexer::create(&folder).map_err(io::Error::other)
}

/// The snapshot with the text that belongs to its graph; or the last pair.
pub(super) fn paired(
    place: &Place,
    snapshot: Snapshot,
    opening: &Opening<'_>,
    tell: &mut dyn FnMut(Notice),
) -> Result<Texts, SnapshotError> {
    let name = identity(snapshot.vault.shelf());
    let mut set_aside = None;
    let mut index = match TextIndex::open(&place.text()) {
        Ok(index) => index,
        Err(error) => {
            set_aside = Some(error.why().to_owned());
            None
        }
    };
    if let Some(text) = index.take_if(|index| is_of(index, &snapshot.vault, &name)) {
        place.tidy();
        return Ok(Texts::Found(Box::new(Snapshot { text: Some(text), ..snapshot })));
    }
    if opening.freshness == Freshness::AsKept
        && let Some(pair) = last_pair(place, opening)?
    {
        return Ok(Texts::Found(Box::new(pair)));
    }
    // Most often it is a matter of moments.
    let mut lock = Lock::ask(&place.text_lock());
    if matches!(lock, Asked::Busy) {
        lock = Lock::wait(&place.text_lock(), refresh::PATIENCE);
        if matches!(lock, Asked::Got(_)) {
            return Ok(Texts::Overtaken);
        }
    }
    let lock = match lock {
        Asked::Busy => {
            if let Some(pair) = last_pair(place, opening)? {
                tell(Notice::LastMoment);
                return Ok(Texts::Found(Box::new(Snapshot { is_last: true, ..pair })));
            }
            tell(Notice::Waiting);
            let asked = Lock::wait(&place.text_lock(), PATIENCE);
            // Whoever had it was at the very same, most likely.
            if matches!(asked, Asked::Got(_)) {
                return Ok(Texts::Overtaken);
            }
            asked
        }
        asked => asked,
    };
    let why = match lock {
        Asked::Got(_lock) => {
            if let Some(why) = set_aside {
                tell(Notice::SetAside { what: "text index", why });
            }
            match renewed(place, &snapshot.vault, &name, opening.progress) {
                Ok(Some((text, notes_indexed))) => {
                    place.forget_pair();
                    let change = Change { notes_indexed, ..snapshot.change };
                    return Ok(Texts::Found(Box::new(Snapshot { text: Some(text), change, ..snapshot })));
                }
                // Whoever asks throws the answer away and begins anew.
                Ok(None) if snapshot.is_damaged() => return Ok(Texts::Found(Box::new(snapshot))),
                Ok(None) => return Ok(Texts::Overtaken),
                Err(error) => {
                    // A disk that is full should not be fuller for an index that was never finished.
                    if !matches!(TextIndex::open(&place.text()), Ok(Some(_))) {
                        let _ = remove(&place.text());
                    }
                    error.to_string()
                }
            }
        }
        Asked::Busy => "another process has been writing the text index for very long".to_owned(),
        Asked::Failed(error) => error.to_string(),
    };
    tell(Notice::InMemory { why });
    let indexer = Indexer::in_memory()?;
    add_all(&indexer, &snapshot.vault, opening.progress);
    let change = Change { notes_indexed: snapshot.vault.len(), is_kept: false, ..snapshot.change };
    Ok(Texts::Found(Box::new(Snapshot { text: Some(indexer.finish("")?), change, ..snapshot })))
}

/// Whether an index says that it belongs to the graph of this name, and holds the notes of its vault, no more and no fewer.
fn is_of(index: &TextIndex, vault: &Vault, name: &str) -> bool {
    index.moment() == name && index.count() == vault.len() && index.sum_of_keys() == vault.sum_of_keys()
}

/// The index, brought up to date with a vault, and how many notes that took; none if notes changed meanwhile. The lock of
/// the text must be held.
fn renewed(place: &Place, vault: &Vault, name: &str, progress: &Progress<'_>) -> io::Result<Option<(TextIndex, usize)>> {
    let known = TextIndex::open(&place.text()).ok().flatten();
    if let Some(known) = known {
        if is_of(&known, vault, name) {
            return Ok(Some((known, 0)));
        }
        let before = known.keys();
        // Where a note is in it twice, nothing else is to be trusted either.
        let is_sound = before.len() == known.count() && before.is_sorted_by(|a, b| a < b);
        drop(known);
        let now = vault.keys();
        let gone = before.iter().filter(|key| now.binary_search_by_key(*key, |(key, _)| *key).is_err());
        let coming = now.iter().filter(|(key, _)| before.binary_search(key).is_err());
        let coming: Vec<u32> = coming.map(|(_, note)| *note).collect();
        if let Some(indexer) = Indexer::open(&place.text(), coming.len()).ok().filter(|_| is_sound) {
            gone.for_each(|key| indexer.remove(*key));
            // What stands in the way of an update may not be in that of a new index.
            match finished(indexer, vault, &coming, name, progress) {
                Ok(Some((text, _))) if !is_of(&text, vault, name) => {}
                Ok(outcome) => return Ok(outcome),
                Err(_) => {}
            }
        }
    }
    let all: Vec<u32> = (0..vault.len() as u32).collect();
    finished(anew(place)?, vault, &all, name, progress)
}

fn finished(
    indexer: Indexer,
    vault: &Vault,
    coming: &[u32],
    name: &str,
    progress: &Progress<'_>,
) -> io::Result<Option<(TextIndex, usize)>> {
    // The keys of a damaged graph are not those of the notes.
    if !add(&indexer, vault, coming, progress) || vault.shelf().is_damaged() {
        return Ok(None);
    }
    Ok(Some((indexer.finish(name).map_err(io::Error::other)?, coming.len())))
}

/// Puts every note of a vault into an index, as it is now.
pub(super) fn add_all(indexer: &Indexer, vault: &Vault, progress: &Progress<'_>) {
    let notes: Vec<u32> = (0..vault.len() as u32).collect();
    add(indexer, vault, &notes, progress);
}

/// Puts notes into an index. Says whether each of them still is what it was.
fn add(indexer: &Indexer, vault: &Vault, notes: &[u32], progress: &Progress<'_>) -> bool {
    let (done, is_sound) = (AtomicUsize::new(0), AtomicBool::new(true));
    notes.par_iter().for_each(|note| {
        let reread = vault.read(*note);
        is_sound.fetch_and(reread.is_as_kept, Ordering::Relaxed);
        indexer.add(vault.key(*note), &reread.note, &reread.prose);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(256) {
            progress(done, notes.len());
        }
    });
    is_sound.into_inner()
}

/// The graph that the text index belongs to, with it, if both are kept.
fn last_pair(place: &Place, opening: &Opening<'_>) -> Result<Option<Snapshot>, SnapshotError> {
    let (Ok(Some(text)), Ok(shelf)) = (TextIndex::open(&place.text()), place.kept_pair()) else { return Ok(None) };
    if text.moment() != identity(&shelf) {
        return Ok(None);
    }
    let vault = Vault::kept(opening.root, opening.needs.strict, shelf)?;
    Ok(vault.map(|vault| Snapshot { text: Some(text), ..Snapshot::of(vault) }))
}
