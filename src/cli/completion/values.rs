//! What arguments mean whose values clap cannot list: the names in the vault that is asked, and our own verbs.

use super::line::Line;
use crate::answer::{concept_names, relation_names, tag_names};
use crate::cli::help::TOPICS;
use crate::cli::{World, vault};
use crate::snapshot::{Needs, Opening, Snapshot};
use clap::builder::ArgExt;
use clap::{Arg, Command};
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use std::ffi::OsStr;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

/// At most so many names are offered.
const MOST: usize = 200;

/// What an argument means, so that a half-typed one can be completed: `#[arg(add = Completes::Concept)]`.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Completes {
    /// A concept of the vault.
    Concept,
    /// A tag.
    Tag,
    /// A relation.
    Relation,
    /// A verb of the program.
    Verb,
    /// A verb, or another topic of `help`.
    Topic,
}

impl ArgExt for Completes {}

/// Gives each argument that says what it means the values that `line` can go on with.
pub(super) fn with_values(command: Command, line: &Line, world: &World) -> Command {
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let values = Arc::new(Values::of(line, world, verbs));
    let fill = |argument: Arg| match argument.get::<Completes>().copied() {
        None => argument,
        Some(meant) => {
            let values = Arc::clone(&values);
            argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
                let found = typed.to_str().and_then(|typed| values.beginning_with(typed, meant));
                found.unwrap_or_default().into_iter().map(CompletionCandidate::new).collect()
            }))
        }
    };
    command.mut_args(fill).mut_subcommands(|verb| verb.mut_args(fill))
}

struct Values {
    world: World,
    /// `--vault` of the line.
    named: Option<PathBuf>,
    strict: bool,
    verbs: Vec<String>,
    /// Whether what is typed begins with the home folder, so that it can be no name.
    is_home: bool,
    /// Whether a value may begin with `-`.
    may_be_flag: bool,
}

impl Values {
    fn of(line: &Line, world: &World, verbs: Vec<String>) -> Values {
        let (words, is_behind_dashes) = line.others();
        let mut named = None;
        for (at, word) in words.iter().enumerate() {
            if let Some(folder) = word.text.strip_prefix("--vault=") {
                named = Some(PathBuf::from(folder));
            } else if word.text == "--vault"
                && let Some(folder) = words.get(at + 1)
            {
                let below_home = folder.text.strip_prefix('~').filter(|_| folder.is_home);
                named = Some(match (below_home, &world.home) {
                    (Some(below), Some(home)) => home.join(below.trim_start_matches('/')),
                    _ => PathBuf::from(&folder.text),
                });
            }
        }
        let strict = words.iter().any(|word| word.text == "--strict");
        Values { world: world.clone(), named, strict, verbs, is_home: line.typed().is_home, may_be_flag: is_behind_dashes }
    }

    /// The values that begin as typed. A vault that cannot be read has none.
    fn beginning_with(&self, typed: &str, meant: Completes) -> Option<Vec<String>> {
        let of_ours = |topics: &[&'static str]| {
            let words = self.verbs.iter().map(String::as_str).chain(topics.iter().copied());
            words.filter(|word| word.starts_with(typed)).map(str::to_owned).collect()
        };
        let mut values = match meant {
            Completes::Concept => concept_names(&*self.snapshot()?, typed, MOST),
            Completes::Tag => tag_names(&*self.snapshot()?, typed, MOST),
            Completes::Relation => relation_names(&*self.snapshot()?, typed, MOST),
            Completes::Verb => of_ours(&[]),
            Completes::Topic => of_ours(&TOPICS),
        };
        values.retain(|value| !self.is_home && (self.may_be_flag || !value.starts_with('-')));
        Some(values)
    }

    fn snapshot(&self) -> Option<ManuallyDrop<Snapshot>> {
        let root = vault::find(self.named.as_deref(), &self.world).ok()?;
        let needs = Needs { strict: self.strict, ..Needs::default() };
        let (cache, now) = (self.world.cache.as_deref(), self.world.now);
        let opening = Opening { needs, cache, now, ..Opening::of(&root) };
        // As when it is asked, the process is about to end.
        opening.open(&mut |_| ()).ok().map(ManuallyDrop::new)
    }
}
