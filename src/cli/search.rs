//! `search`: which concepts speak of this.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, AskError, Filter, Query, QueryError, Search, What, search};
use crate::snapshot::Snapshot;
use clap::Args;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Find the concepts that speak of something
///
/// A concept that bears the very name comes first, then the best by their text. "Words in quotes" must stand together as
/// written; a word behind `-` must not occur; `a OR b` and parentheses ask for exactly that; `tag:`, `path:`, `links-to:`,
/// `line:(…)`, `[property:value]`, `/expressions/` and more say which notes: resonote help operators explains them all. Put
/// a query with such signs in quotes of the shell, and behind `--` if it begins with `-`. Each flag below says the same as
/// the operator of its name, must hold besides the query, and may be repeated.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote search \"mirror neurons\"\n  resonote search 'mirroring -neurons \"facial feedback\"'\n  resonote search '(trust OR bond) tag:neuroscience links-to:[[oxytocin]]'\n  resonote search model:kuramoto\n  resonote search --tag neuroscience --limit 3 oxytocin trust"
)]
pub(super) struct SearchArguments {
    /// What to look for; may be left out where a flag says it
    #[arg(value_name = "QUERY", required_unless_present_any = FLAGS)]
    words: Vec<String>,
    /// Take every sign of the query for a sign, not an operator
    #[arg(long)]
    plain: bool,
    /// Look for the words as typed. Without it, a word that no note holds is taken for a slip, and the nearest word of the
    /// notes is searched for; that is said
    #[arg(long)]
    exact: bool,
    /// Take the last word for the beginning of words, as of a query still being typed; a blank behind it ends the word
    #[arg(long)]
    prefix: bool,
    /// At most so many concepts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Only notes with this tag or one below it
    #[arg(long, value_name = "TAG", add = Completes::Tag)]
    tag: Vec<String>,
    /// Only notes whose path holds this text
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
    /// Only notes whose file name holds this text
    #[arg(long, value_name = "TEXT")]
    file: Vec<String>,
    /// Only notes with one line that holds all of this
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    line: Vec<String>,
    /// Only notes with one section that holds all of this
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    section: Vec<String>,
    /// Only notes with this property, and this in its value
    #[arg(long, value_name = "KEY[=VALUE]")]
    property: Vec<String>,
    /// Only notes that link to this concept
    #[arg(long, value_name = "CONCEPT", add = Completes::Concept)]
    links_to: Vec<String>,
    /// Only concepts that this one links to
    #[arg(long, value_name = "CONCEPT", add = Completes::Concept)]
    linked_from: Vec<String>,
    /// Only notes with a model whose name or title holds this text; any model for an empty one
    #[arg(long, value_name = "TEXT")]
    model: Vec<String>,
    /// Only concepts nobody wrote yet whose name holds this text; any such for an empty one
    #[arg(long, value_name = "TEXT")]
    wanted: Vec<String>,
}

/// Whether what is typed may go on with the same word.
fn is_in_a_word(typed: &str) -> bool {
    !typed.ends_with(char::is_whitespace)
}

/// The flags that can stand for a query.
const FLAGS: [&str; 11] =
    ["interactive", "tag", "path", "file", "line", "section", "property", "links_to", "linked_from", "model", "wanted"];

/// A query that does not read is looked up as a name if it is no longer, in bytes.
const LONGEST_NAME: usize = 1_000;

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

    /// What a query finds while it is being typed: all that an interactive search asks is asked here. Its last word may be half
    /// a word, until a blank follows it. Once `stop` is set, the answer says nothing.
    pub(super) fn find(&self, snapshot: &Snapshot, typed: &str, limit: usize, stop: Arc<AtomicBool>) -> Result<Search, Failure> {
        let query = match self.read(typed) {
            Err(failure) => self.named(snapshot, typed).ok_or(failure)?,
            Ok(query) => query,
        };
        let query = if is_in_a_word(typed) { query.completing() } else { query };
        Ok(search(snapshot, typed, &query, &Filter { stop: Some(stop), ..self.filter(limit) })?)
    }

    pub(super) fn query(&self) -> Result<Query, Failure> {
        let typed = self.typed();
        // What is still being typed may not read yet.
        let typed = if self.interactive { "" } else { &typed };
        match self.parsed(typed) {
            // It may be a name for all that, which only the vault knows.
            Err(_) if typed.len() <= LONGEST_NAME && !self.has_text_flags() => self.with_flags(Query::none(), typed),
            read => self.with_flags(read?, typed),
        }
    }

    fn has_text_flags(&self) -> bool {
        !self.line.is_empty() || !self.section.is_empty()
    }

    /// What stands for a query that does not read, if it is the very name of a concept.
    fn named(&self, snapshot: &Snapshot, typed: &str) -> Option<Query> {
        let is_name = !self.has_text_flags() && !snapshot.vault().called(typed.trim()).0.is_empty();
        is_name.then(Query::none)
    }

    fn parsed(&self, typed: &str) -> Result<Query, QueryError> {
        match typed.trim().is_empty() && (self.words.is_empty() || self.interactive) {
            true => Ok(Query::empty()),
            false if self.plain => Query::plain(typed),
            false => Query::parse(typed),
        }
    }

    fn read(&self, typed: &str) -> Result<Query, Failure> {
        self.with_flags(self.parsed(typed)?, typed)
    }

    /// The query with what flags ask of its text. A flag that asks for nothing is an error.
    fn with_flags(&self, mut query: Query, typed: &str) -> Result<Query, Failure> {
        for line in &self.line {
            query = query.and_line(line).map_err(|error| Failure::from(error).of_flag("--line"))?;
        }
        for section in &self.section {
            query = query.and_section(section).map_err(|error| Failure::from(error).of_flag("--section"))?;
        }
        // A tag may be its hash alone, and a property nothing but what divides it from its value.
        let is_nothing = |value: &String| value.trim_matches(['#', '/', ' ']).is_empty();
        let is_half = |property: &String| property.splitn(2, '=').any(|part| part.trim().is_empty());
        let empty = [
            ("--tag", self.tag.iter().any(is_nothing)),
            ("--path", self.path.iter().any(|path| path.trim().is_empty())),
            ("--file", self.file.iter().any(|file| file.trim().is_empty())),
            ("--property", self.property.iter().any(is_half)),
            ("--links-to", self.links_to.iter().any(|name| name.trim().is_empty())),
            ("--linked-from", self.linked_from.iter().any(|name| name.trim().is_empty())),
        ];
        match empty.into_iter().find(|(_, is_empty)| *is_empty) {
            Some((flag, _)) => Err(Failure::empty_flag(flag)),
            None => Ok(if self.prefix && is_in_a_word(typed) { query.completing() } else { query }),
        }
    }

    /// What the flags say that name something.
    fn conditions(&self) -> Vec<What> {
        let property = |property: &String| match property.split_once('=') {
            Some((key, value)) => What::Property(key.trim().into(), Some(value.trim().into())),
            None => What::Property(property.trim().into(), None),
        };
        let of = |values: &[String], what: fn(Box<str>) -> What| -> Vec<What> {
            values.iter().map(|value| what(value.trim().into())).collect()
        };
        // As after the operator, a name may stand in the brackets of a link.
        let bare = |name: &String| {
            let name = name.trim();
            name.strip_prefix("[[").and_then(|name| name.strip_suffix("]]")).unwrap_or(name).to_owned()
        };
        let links = |names: &[String]| names.iter().map(bare).collect::<Vec<String>>();
        let mut conditions = of(&self.tag, What::Tag);
        conditions.extend(of(&self.path, What::Path));
        conditions.extend(of(&self.file, What::File));
        conditions.extend(self.property.iter().map(property));
        conditions.extend(of(&links(&self.links_to), What::LinksTo));
        conditions.extend(of(&links(&self.linked_from), What::LinkedFrom));
        conditions.extend(of(&self.model, What::Model));
        conditions.extend(of(&self.wanted, What::Wanted));
        conditions
    }

    fn filter(&self, limit: usize) -> Filter {
        Filter { conditions: self.conditions(), exact: self.exact, limit, all: self.all, explain: self.explain, stop: None }
    }

    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot, query: &Query) -> Result<Answer<'s>, Failure> {
        let typed = self.typed();
        if *query == Query::none() && self.named(snapshot, &typed).is_none() {
            self.parsed(&typed)?;
        }
        let found = search(snapshot, &typed, query, &self.filter(self.limit as usize));
        Ok(Answer::Search(found.map_err(|error| self.failure(error))?))
    }

    /// An error about a name says which flag named it.
    fn failure(&self, error: AskError) -> Failure {
        let flag = match &error {
            AskError::Unknown { name, .. } | AskError::Ambiguous { name, .. } => {
                let says = |flags: &[String]| flags.iter().any(|flag| flag.trim() == name);
                let of_links = [("--links-to", &self.links_to), ("--linked-from", &self.linked_from)];
                of_links.into_iter().find(|(_, flags)| says(flags)).map(|(flag, _)| flag)
            }
            _ => None,
        };
        let failure = Failure::from(error);
        match flag {
            Some(flag) => failure.of_flag(flag),
            None => failure,
        }
    }
}
