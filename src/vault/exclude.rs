//! What a vault leaves out: the patterns of its settings, and its `.gitignore` files where the settings say so.
//!
//! Patterns only ever leave out. One that takes back what another left out (`!keep.md`) takes back no more than that:
//! hidden folders stay closed whatever is written here.

use crate::note::Wrong;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, gitignore::Glob};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest `.gitignore` that is read, in bytes, and the most patterns of one set.
const LARGEST: u64 = 256 << 10;
pub(crate) const MOST_PATTERNS: usize = 5_000;

/// Patterns as `.gitignore` has them.
#[derive(Clone, Debug)]
pub struct Patterns(Gitignore);

impl Default for Patterns {
    fn default() -> Self {
        Patterns(Gitignore::empty())
    }
}

impl Patterns {
    /// Patterns for what lies below `root`; or the first that does not read, and why.
    pub(crate) fn new(root: &Path, patterns: &[String]) -> Result<Patterns, (String, String)> {
        if patterns.is_empty() {
            return Ok(Patterns::default());
        }
        let mut builder = GitignoreBuilder::new(root);
        for pattern in patterns {
            builder.add_line(None, &without_braces(pattern)).map_err(|error| (pattern.clone(), error.to_string()))?;
        }
        builder.build().map(Patterns).map_err(|error| (patterns.join(" "), error.to_string()))
    }

    /// Whether a file of this path, relative to the root, is left out, by itself or with a folder above it.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        let path = Path::new(path.trim_start_matches('/'));
        let is_out = |(depth, part): (usize, &Path)| self.decides(&self.0.path().join(part), depth > 0) == Some(true);
        !self.0.is_empty() && path.ancestors().enumerate().any(is_out)
    }

    fn decides(&self, path: &Path, is_folder: bool) -> Option<bool> {
        match self.0.matched(path, is_folder) {
            Match::None::<&Glob> => None,
            found => Some(found.is_ignore()),
        }
    }
}

/// Says of what lies directly in one folder of a walk whether it is left out. A copy costs next to nothing, so that each
/// folder has its own and no order of asking matters.
#[derive(Clone)]
pub(crate) struct Excluded<'p> {
    patterns: &'p Patterns,
    reads_gitignore: bool,
    /// What the `.gitignore` files of the folder and of those above it say, outermost first. A list and no chain of links: a
    /// chain as long as folders can be deep would be taken down by as deep a recursion.
    open: Arc<[Arc<Patterns>]>,
}

impl<'p> Excluded<'p> {
    /// Of what lies above all folders.
    pub(crate) fn new(patterns: &'p Patterns, reads_gitignore: bool) -> Excluded<'p> {
        Excluded { patterns, reads_gitignore, open: Arc::default() }
    }

    /// Whether nothing is left out here, so that nobody needs to ask.
    pub(crate) fn is_nothing(&self) -> bool {
        self.patterns.0.is_empty() && self.open.is_empty()
    }

    /// Whether `path`, which lies directly in the folder, is left out.
    pub(crate) fn is_excluded(&self, path: &Path, is_folder: bool) -> bool {
        let decided = self.patterns.decides(path, is_folder).or_else(|| {
            // The nearest file that has a word on it decides.
            self.open.iter().rev().find_map(|patterns| patterns.decides(path, is_folder))
        });
        decided == Some(true)
    }

    /// Whether a `.gitignore` in the folder would have a say.
    pub(crate) fn reads_gitignore(&self) -> bool {
        self.reads_gitignore
    }

    /// The same with what the `.gitignore` of `folder` says, which lies directly in this one; and what is wrong with that
    /// file, if it could not be read, or not in whole.
    pub(crate) fn and_gitignore_of(&self, folder: &Path) -> (Excluded<'p>, Option<(PathBuf, Wrong)>) {
        let path = folder.join(".gitignore");
        if !self.reads_gitignore || !path.is_file() {
            return (self.clone(), None);
        }
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return (self.clone(), Some((path, Wrong::Unreadable(error.to_string().into()))));
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.trim_start_matches('\u{FEFF}').lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let mut flaw = (bytes.len() as u64 > LARGEST || lines.clone().count() > MOST_PATTERNS)
            .then(|| format!("it is longer than {} KiB or {MOST_PATTERNS} patterns, and the rest is not read", LARGEST >> 10));
        let mut builder = GitignoreBuilder::new(folder);
        for line in lines.take(MOST_PATTERNS) {
            if let Err(error) = builder.add_line(Some(path.clone()), &without_braces(line)) {
                flaw.get_or_insert(error.to_string());
            }
        }
        let mut excluded = self.clone();
        match builder.build() {
            Ok(patterns) => excluded.open = self.open.iter().cloned().chain([Arc::new(Patterns(patterns))]).collect(),
            Err(error) => flaw = Some(error.to_string()),
        }
        (excluded, flaw.map(|reason| (path, Wrong::Pattern(reason.into()))))
    }
}

/// Braces mean nothing to git; the library takes them for a choice.
fn without_braces(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut escaped = false;
    for c in pattern.chars() {
        if matches!(c, '{' | '}') && !escaped {
            plain.push('\\');
        }
        escaped = c == '\\' && !escaped;
        plain.push(c);
    }
    plain
}
