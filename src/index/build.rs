//! Building the index and bringing it up to date: each note goes in as it is parsed, from whichever thread parsed it.
//!
//! What is finished is there whole, at its moment, or not at all: tantivy puts a commit in place by one rename. Nothing is
//! known here of which notes changed.

use super::folder::{self, FORMAT};
use super::schema::Fields;
use super::{IndexError, TextIndex};
use crate::note::{Note, Prose};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::{Index, IndexWriter, ReloadPolicy, Term};

/// Memory for the words of many notes before they are written out, in bytes, over all threads.
const BUDGET: usize = 160 << 20;

/// The same for a few notes, on one thread: the least that tantivy takes.
const SMALL_BUDGET: usize = 15_000_000;

/// From so many notes on it pays to start a worker on every core.
const MANY: usize = 1_000;

/// Segments of fewer notes than this are of one size to the merging: eight of them become one.
const SMALL_SEGMENT: u32 = 500;

/// A segment of which a greater part was removed is written anew.
const MOST_REMOVED: f32 = 0.5;

/// What no note holds: words have letters or digits.
const NO_WORD: &str = "\0";

/// An index in the making.
pub struct Indexer {
    fields: Fields,
    writer: IndexWriter,
    /// Where it is kept, if it is.
    folder: Option<PathBuf>,
    failure: Mutex<Option<IndexError>>,
}

impl Indexer {
    /// Begins an index in memory.
    ///
    /// # Errors
    /// When tantivy cannot begin one.
    pub fn in_memory() -> Result<Indexer, IndexError> {
        let fields = Fields::new();
        let index = Index::builder().schema(fields.schema.clone()).tokenizers(Fields::tokenizers()).create_in_ram()?;
        Indexer::of(fields, &index, None, usize::MAX, Box::new(NoMergePolicy))
    }

    /// Begins an index in a folder that is there and empty. Until it is finished, readers find nothing there.
    ///
    /// # Errors
    /// When the folder cannot be written, holds an index, or another process begins one there.
    pub fn create(folder: &Path) -> Result<Indexer, IndexError> {
        let fields = Fields::new();
        let index = Index::builder().schema(fields.schema.clone()).tokenizers(Fields::tokenizers()).create_in_dir(folder)?;
        Indexer::of(fields, &index, Some(folder), usize::MAX, Box::new(NoMergePolicy))
    }

    /// Opens the index of a folder to bring it up to date; `coming` says about how many notes will be added. Readers see
    /// the old moment until the new one is finished, and are held up by nothing.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another process brings it up to date, [`IndexError::Unusable`] when it must be built
    /// anew, else what the system said.
    pub fn open(folder: &Path, coming: usize) -> Result<Indexer, IndexError> {
        loop {
            // tantivy notes down which files are its own, to remove them one day. It reads that before it takes the lock, so
            // that what another process wrote meanwhile would be forgotten and stay for ever.
            let known = folder::own_files(folder);
            let mut index = Index::open(MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?)
                .map_err(|error| folder::not_opened(&error))?;
            index.set_tokenizers(Fields::tokenizers());
            let mut merging = LogMergePolicy::default();
            merging.set_min_layer_size(SMALL_SEGMENT);
            merging.set_del_docs_ratio_before_merge(MOST_REMOVED);
            let indexer = Indexer::of(Fields::new(), &index, Some(folder), coming, Box::new(merging))?;
            if folder::own_files(folder) == known {
                // Removing and merging read what is there, and tantivy may panic where that is damaged.
                TextIndex::open(folder)?.ok_or_else(|| IndexError::Unusable("it was never finished".into()))?;
                folder::remove_debris(folder);
                // A process killed just before its commit leaves files of the very names that the next commit takes.
                indexer.writer.garbage_collect_files().wait()?;
                // tantivy 0.27 gives the first operation the number of the last commit. A merge that begins before the next
                // commit, as one does where a killed process left its own undone, takes a segment that lost notes in that commit
                // for up to date with it, and the first removal would be forgotten. So the first removes nothing.
                indexer.writer.delete_term(Term::from_field_text(indexer.fields.texts[0].field, NO_WORD));
                return Ok(indexer);
            }
        }
    }

    fn of(
        fields: Fields,
        index: &Index,
        folder: Option<&Path>,
        coming: usize,
        merging: Box<dyn MergePolicy>,
    ) -> Result<Indexer, IndexError> {
        let threads = if coming < MANY { 1 } else { rayon::current_num_threads().clamp(1, 8) };
        let budget = if coming < MANY { SMALL_BUDGET } else { BUDGET / threads };
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(budget)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options)?;
        writer.set_merge_policy(merging);
        Ok(Indexer { fields, writer, folder: folder.map(Path::to_path_buf), failure: Mutex::new(None) })
    }

    /// Puts a note in under its key. Called from any thread, in any order; the first failure is kept for
    /// [`Indexer::finish`].
    pub fn add(&self, key: u64, note: &Note, prose: &Prose) {
        if let Err(error) = self.writer.add_document(self.fields.document(key, note, prose)) {
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error.into());
        }
    }

    /// Takes out the note of a key, if it went in before: in this making or an earlier one.
    pub fn remove(&self, key: u64) {
        self.writer.delete_term(Term::from_field_u64(self.fields.key, key));
    }

    /// Ends the index, ready for questions; it is on disk when this returns. `moment` is given back by
    /// [`TextIndex::moment`]: a short text that says which moment of the vault this is.
    ///
    /// # Errors
    /// The first failure since it was begun; then all is as it was before.
    pub fn finish(mut self, moment: &str) -> Result<TextIndex, IndexError> {
        // Preparing ends the workers and knows why one failed; a failed addition only knows that it did.
        let mut commit = self.writer.prepare_commit()?;
        if let Some(failure) = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(failure);
        }
        commit.set_payload(&format!("{FORMAT} {moment}"));
        commit.commit()?;
        let index = self.writer.index().clone();
        // Merges that are not waited for are given up, and segments would grow without end.
        self.writer.wait_merging_threads()?;
        match self.folder {
            Some(folder) => TextIndex::open(&folder)?.ok_or_else(|| IndexError::Unusable("it is gone".into())),
            None => {
                let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
                TextIndex::of(self.fields, reader.searcher(), moment.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, note};
    use super::*;
    use std::fs;

    fn finish(indexer: Indexer, moment: &str) -> TextIndex {
        indexer.finish(moment).expect("a finished index")
    }

    fn add(indexer: &Indexer, key: u64, text: &str) {
        let (note, prose) = note(text);
        indexer.add(key, &note, &prose);
    }

    #[test]
    fn an_index_is_kept_and_brought_up_to_date() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(TextIndex::open(folder.path()).expect("nothing to fail").is_none());
        let indexer = Indexer::create(folder.path()).expect("an index");
        assert!(TextIndex::open(folder.path()).expect("nothing to fail").is_none(), "what is not finished is not there");
        add(&indexer, 7, "mirror");
        add(&indexer, 9, "mirror neuron");
        finish(indexer, "first");
        let old = TextIndex::open(folder.path()).expect("an index").expect("one");
        assert_eq!((old.moment(), old.keys()), ("first", vec![7, 9]));
        let indexer = Indexer::open(folder.path(), 1).expect("an index");
        indexer.remove(7);
        indexer.remove(8);
        add(&indexer, 11, "neuron");
        assert_eq!(TextIndex::open(folder.path()).expect("an index").expect("one").moment(), "first");
        let new = finish(indexer, "second");
        assert_eq!((new.moment(), new.keys()), ("second", vec![9, 11]));
        assert_eq!(found(&new, "mirror").iter().map(|(key, _)| *key).collect::<Vec<_>>(), [9]);
        assert_eq!(found(&old, "mirror").len(), 2, "who reads the old moment keeps it");
    }

    #[test]
    fn who_was_killed_before_its_commit_is_in_nobodys_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let indexer = Indexer::create(folder.path()).expect("an index");
        (0..9).for_each(|key| add(&indexer, key, "mirror"));
        finish(indexer, "first");
        let files = fs::read_dir(folder.path()).expect("files").map(|entry| entry.expect("a file").path());
        let before: Vec<_> = files.map(|path| (fs::read(&path).expect("bytes"), path)).collect();
        let update = || {
            let indexer = Indexer::open(folder.path(), 1).expect("an index");
            indexer.remove(0);
            finish(indexer, "second")
        };
        update();
        // As if the next commit was never put in place: what was there, and the files that it added and had noted down.
        let is_undone = |path: &Path| !path.ends_with(".managed.json");
        let undone = before.iter().filter(|(_, path)| is_undone(path));
        undone.for_each(|(bytes, path)| fs::write(path, bytes).expect("a file"));
        assert_eq!(update().keys(), (1..9).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_to_go_goes_while_segments_are_merged() {
        for round in 0..4 {
            let folder = tempfile::tempdir().expect("a folder");
            finish(Indexer::create(folder.path()).expect("an index"), "");
            // What a process leaves that is killed before it merges, with a note gone from a segment in its last commit.
            for segment in 0..10 {
                let mut index = Index::open_in_dir(folder.path()).expect("an index");
                index.set_tokenizers(Fields::tokenizers());
                let undone = Indexer::of(Fields::new(), &index, Some(folder.path()), 1, Box::new(NoMergePolicy)).expect("one");
                if segment == 9 {
                    undone.remove(1);
                }
                (0..3).for_each(|step| add(&undone, segment * 3 + step, "mirror"));
                finish(undone, "");
            }
            let indexer = Indexer::open(folder.path(), 1).expect("an index");
            indexer.remove(0);
            add(&indexer, 30, "mirror");
            assert_eq!(finish(indexer, "").keys(), (2..31).collect::<Vec<_>>(), "round {round}");
        }
    }

    #[test]
    fn one_writes_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Indexer::create(folder.path()).expect("an index");
        add(&first, 1, "a");
        finish(first, "");
        let first = Indexer::open(folder.path(), 1).expect("an index");
        assert!(matches!(Indexer::open(folder.path(), 1), Err(IndexError::Busy)));
        drop(first);
        assert!(Indexer::open(folder.path(), 1).is_ok());
    }

    #[test]
    fn many_small_updates_leave_few_segments_and_no_debris() {
        let folder = tempfile::tempdir().expect("a folder");
        let indexer = Indexer::create(folder.path()).expect("an index");
        (0..20).for_each(|key| add(&indexer, key, "first of all"));
        finish(indexer, "");
        for key in 0..60 {
            let debris = folder.path().join(".tmpXyz");
            fs::write(&debris, "half written").expect("debris");
            let indexer = Indexer::open(folder.path(), 1).expect("an index");
            indexer.remove(key);
            add(&indexer, key + 20, "another one");
            let index = finish(indexer, "");
            assert_eq!(index.keys(), (key + 1..key + 21).collect::<Vec<_>>());
            assert!(index.searcher.segment_readers().len() < 12);
            assert!(!debris.exists());
        }
        let segments = TextIndex::open(folder.path()).expect("an index").expect("one").searcher.segment_readers().len();
        let files = fs::read_dir(folder.path()).expect("a folder").count();
        assert!(files <= 7 * segments + 4, "{files} files of {segments} segments");
    }
}
