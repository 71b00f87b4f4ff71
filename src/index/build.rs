//! Building the index while notes are read: each note goes in as it is parsed, from whichever thread parsed it.

use super::schema::Fields;
use super::{IndexError, TextIndex};
use crate::note::{Note, Prose};
use std::sync::Mutex;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{Index, IndexWriter, ReloadPolicy};

/// Memory for the words of notes before they are written out, in bytes, over all threads.
const BUDGET: usize = 256 << 20;

/// An index in the making.
pub struct Indexer {
    fields: Fields,
    index: Index,
    writer: IndexWriter,
    failure: Mutex<Option<IndexError>>,
}

impl Indexer {
    /// Begins an index in memory.
    ///
    /// # Errors
    /// When tantivy cannot begin one.
    pub fn new() -> Result<Indexer, IndexError> {
        let fields = Fields::new();
        let index = Index::builder().schema(fields.schema.clone()).tokenizers(Fields::tokenizers()).create_in_ram()?;
        let threads = rayon::current_num_threads().clamp(1, 8);
        let options =
            IndexWriterOptions::builder().num_worker_threads(threads).memory_budget_per_thread(BUDGET / threads).build();
        let writer = index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Indexer { fields, index, writer, failure: Mutex::new(None) })
    }

    /// Puts a note in. Called from any thread, in any order; the first failure is kept for [`Indexer::finish`].
    pub fn add(&self, number: u32, note: &Note, prose: &Prose) {
        if let Err(error) = self.writer.add_document(self.fields.document(number, note, prose))
            && let Ok(mut failure) = self.failure.lock()
        {
            failure.get_or_insert(error.into());
        }
    }

    /// Ends the index, ready for questions.
    ///
    /// # Errors
    /// The first failure since it was begun.
    pub fn finish(mut self) -> Result<TextIndex, IndexError> {
        // The commit knows why a worker ended; a failed addition only knows that it did.
        self.writer.commit()?;
        if let Some(failure) = self.failure.into_inner().ok().flatten() {
            return Err(failure);
        }
        self.writer.commit()?;
        let reader = self.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(TextIndex { fields: self.fields, searcher: reader.searcher() })
    }
}
