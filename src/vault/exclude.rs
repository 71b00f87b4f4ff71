//! What a vault leaves out: the patterns of its settings, and its `.gitignore` files where the settings say so.
//!
//! Patterns only ever leave out. One that takes back what another left out (`!keep.md`) takes back no more than that:
//! hidden folders stay closed whatever is written here.

use crate::note::Wrong;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, gitignore::Glob};
use std::io::Read;
use std::path::{Path, PathBuf};

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

/// Says of each path of a walk whether it is left out. Asked folder by folder, a folder before what lies in it.
pub(crate) struct Excluded<'p> {
    patterns: &'p Patterns,
    reads_gitignore: bool,
    /// The `.gitignore` of each open folder that has one, outermost first, with the folder.
    open: Vec<(PathBuf, Patterns)>,
    /// The `.gitignore` files that could not be read, or not in whole.
    pub flawed: Vec<(PathBuf, Wrong)>,
}

impl<'p> Excluded<'p> {
    pub(crate) fn new(patterns: &'p Patterns, reads_gitignore: bool) -> Excluded<'p> {
        Excluded { patterns, reads_gitignore, open: Vec::new(), flawed: Vec::new() }
    }

    /// Whether `path` is left out. A folder that is not is open from now on.
    pub(crate) fn is_excluded(&mut self, path: &Path, is_folder: bool) -> bool {
        while self.open.last().is_some_and(|(folder, _)| !path.starts_with(folder)) {
            self.open.pop();
        }
        let decided = self.patterns.decides(path, is_folder).or_else(|| {
            // The nearest file that has a word on it decides.
            self.open.iter().rev().find_map(|(_, patterns)| patterns.decides(path, is_folder))
        });
        if decided == Some(true) {
            return true;
        }
        if is_folder {
            self.enter(path);
        }
        false
    }

    /// Reads the `.gitignore` of a folder, if it has one.
    pub(crate) fn enter(&mut self, folder: &Path) {
        let path = folder.join(".gitignore");
        if !self.reads_gitignore || !path.is_file() {
            return;
        }
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            self.flawed.push((path, Wrong::Unreadable(error.to_string().into())));
            return;
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
        match builder.build() {
            Ok(patterns) => self.open.push((folder.to_owned(), Patterns(patterns))),
            Err(error) => flaw = Some(error.to_string()),
        }
        if let Some(reason) = flaw {
            self.flawed.push((path, Wrong::Pattern(reason.into())));
        }
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
