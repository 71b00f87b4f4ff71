//! A note's name for itself: where it lies, relative to the vault.
//!
//! `/` stands between the parts on every system and the letters are composed (NFC), so that the same vault has the same
//! note paths everywhere. How the file is spelled on one disk is the business of the room that reads disks.

use std::fmt;
use std::sync::Arc;

/// The place of a file below the root of its vault, as `area/topic/mirror neurons.md`.
///
/// Ordered by bytes: that order is the order of notes everywhere, and what breaks ties. A copy shares the text, as a path can
/// have 4,000 bytes and a hundred thousand places name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotePath(Arc<str>);

impl NotePath {
    /// Takes a path that is relative and divided by `/` already.
    pub fn new(path: impl Into<Box<str>>) -> NotePath {
        NotePath(path.into().into())
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder, without a slash at its end; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part, with its extension.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The file name without `.md`: how people name a note that says nothing else of itself.
    pub fn stem(&self) -> &str {
        without_md(self.file_name())
    }

    /// Whether this is a note: its name ends in `.md`, in any letter case. All other files are attachments.
    pub fn is_note(&self) -> bool {
        self.stem().len() < self.file_name().len()
    }
}

impl fmt::Display for NotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `path` without the extension of a note, if it has one and a name before it.
pub fn without_md(path: &str) -> &str {
    match path.len().checked_sub(3).and_then(|at| path.split_at_checked(at)) {
        Some((stem, extension)) if extension.eq_ignore_ascii_case(".md") && !stem.is_empty() => stem,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, folder: &str, stem: &str, is_note: bool) {
        let path = NotePath::new(path);
        assert_eq!((path.folder(), path.stem(), path.is_note()), (folder, stem, is_note), "{path}");
    }

    #[test]
    fn parts_of_a_path() {
        check("a.md", "", "a", true);
        check("x/y/Ünï.MD", "x/y", "Ünï", true);
        check("x/v2.0 R.md", "x", "v2.0 R", true);
        check("x/p.png", "x", "p.png", false);
        check(".md", "", ".md", false);
        check("日本", "", "日本", false);
    }
}
