//! `search`: which concepts speak of this.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, Filter, Query, QueryError, Search, search};
use crate::snapshot::Snapshot;
use clap::Args;

/// Find the concepts that speak of something
///
/// A concept that bears the very name comes first, then the best by their text. "Words in quotes" must stand together as
/// written; a word behind `-` must not occur; `model:` finds what can run, `model:name` the models called so. Put a query with such signs in quotes of the shell, and
/// behind `--` if it begins with `-`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote search \"mirror neurons\"\n  resonote search 'mirroring -neurons \"facial feedback\"'\n  resonote search model:kuramoto\n  resonote search --tag neuroscience --limit 3 oxytocin trust"
)]
pub(super) struct SearchArguments {
    /// What to look for
    #[arg(required_unless_present = "interactive", value_name = "QUERY")]
    words: Vec<String>,
    /// Take every sign of the query for a sign, not an operator
    #[arg(long)]
    plain: bool,
    /// At most so many concepts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Only notes with this tag or one below it; may be repeated
    #[arg(long, value_name = "TAG", add = Completes::Tag)]
    tag: Vec<String>,
    /// Only notes whose path holds this text; may be repeated
    #[arg(long, value_name = "TEXT")]
    path: Vec<String>,
    /// Show each note by itself. Without it, notes that say the same, or all but the same, are folded under the best of them;
    /// a search by conditions alone, without a word, lists every note in any case
    #[arg(long)]
    all: bool,
    /// Say why each concept is where it is: what adds how much to its score
    #[arg(long, conflicts_with = "interactive")]
    explain: bool,
    /// Type and see: a screen with what is found and a look into the chosen note. Up and down choose, Page Up and Page Down
    /// scroll the note; Enter prints its place as path:line, Ctrl-O opens it in $VISUAL or $EDITOR, Esc leaves
    #[arg(short, long, conflicts_with = "limit")]
    interactive: bool,
    /// Let Enter open the note as Ctrl-O does, and come back
    #[arg(long, requires = "interactive")]
    open: bool,
}

impl SearchArguments {
    pub(super) fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Whether Enter opens a note.
    pub(super) fn opens(&self) -> bool {
        self.open
    }

    /// The query as typed.
    pub(super) fn typed(&self) -> String {
        self.words.join(" ")
    }

    pub(super) fn query(&self) -> Result<Query, QueryError> {
        // What is still being typed may not read yet.
        if self.interactive { Ok(Query::empty()) } else { self.read(&self.typed()) }
    }

    fn read(&self, typed: &str) -> Result<Query, QueryError> {
        if self.plain { Query::plain(typed) } else { Query::parse(typed) }
    }

    fn filter(&self, limit: usize) -> Filter {
        Filter { tags: self.tag.clone(), paths: self.path.clone(), limit, all: self.all, explain: self.explain }
    }

    /// What a query finds while it is being typed: all that an interactive search asks is asked here. Its last word may be half
    /// a word, so this is where completing it belongs.
    pub(super) fn find(&self, snapshot: &Snapshot, typed: &str, limit: usize) -> Result<Search, Failure> {
        let filter = self.filter(limit);
        Ok(search(snapshot, typed, &self.read(typed)?, &filter)?)
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot, query: &Query) -> Result<Answer<'s>, Failure> {
        let filter = self.filter(self.limit as usize);
        Ok(Answer::Search(search(snapshot, &self.typed(), query, &filter)?))
    }
}
