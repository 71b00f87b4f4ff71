//! How a half-typed name may go on: the names of concepts, tags and relations that begin as it does.
//!
//! For completion on a command line, so only what may stand there is offered: names of sensible length, without control
//! characters, that mean somebody when they are typed.

use super::PLAIN;
use crate::note::relation_name;
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, fold, nearest};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The longest name that is offered, in bytes: nobody completes to a whole sentence.
const LONGEST_NAME: usize = 300;

/// The names that concepts can be called by and that begin with `start`, letter case aside: titles, file names, aliases,
/// wanted names; note paths as well once there is a `/`. Each once, in the order of their folded spelling, at most `most`.
pub fn concept_names(snapshot: &Snapshot, start: &str, most: usize) -> Vec<String> {
    let vault = snapshot.vault();
    let mut names = Beginning::with(start);
    for note in 0..vault.len() as u32 {
        names.add(vault.note_name(note));
        let path = vault.path(note);
        names.add(path.stem().to_owned().into());
        vault.aliases(note).for_each(|alias| names.add(alias));
        if start.contains('/') {
            names.add(path.as_str().to_owned().into());
        }
    }
    (0..vault.wanted() as u32).for_each(|wanted| names.add(vault.wanted_name(wanted)));
    let is_concept = |name: &Cow<'_, str>| {
        let (meant, _) = vault.called(name);
        meant.iter().any(|meaning| matches!(meaning, Meaning::Note(_) | Meaning::Wanted(_)))
    };
    names.found.into_values().filter(is_concept).take(most).map(Cow::into_owned).collect()
}

/// The tags that begin with `start`, letter case aside, those above them in between: `a` and `a/b` for a note with `a/b`.
/// Each once, in the order of their folded spelling, at most `most`.
pub fn tag_names(snapshot: &Snapshot, start: &str, most: usize) -> Vec<String> {
    let tags = snapshot.vault().tags();
    let mut names = Beginning::with(start);
    tags.iter().for_each(|tag| names.add(Cow::Borrowed(&*tag.name)));
    names.found.into_values().take(most).map(Cow::into_owned).collect()
}

/// The folded names of relations that begin with `start`, each once, in order, at most `most`.
pub fn relation_names(snapshot: &Snapshot, start: &str, most: usize) -> Vec<String> {
    let relations = all_relations(snapshot);
    let mut names = Beginning::with(start);
    relations.iter().for_each(|relation| names.add(Cow::Borrowed(relation)));
    names.found.into_values().take(most).map(Cow::into_owned).collect()
}

/// The folded names of relations nearest to one that no link has, best first, at most `most`.
pub(crate) fn nearest_relations(snapshot: &Snapshot, name: &str, most: usize) -> Vec<String> {
    nearest(name, all_relations(snapshot).iter().map(|relation| Cow::Borrowed(&**relation)), most)
}

/// The folded name of every relation, each once, in order.
pub(crate) fn all_relations(snapshot: &Snapshot) -> Vec<String> {
    let mut relations: Vec<String> = snapshot.vault().relations().map(|spelling| relation_name(&spelling)).collect();
    relations.push(PLAIN.to_owned());
    relations.sort_unstable();
    relations.dedup();
    relations
}

/// Names that begin as one that is being typed, by their folded spelling; the first spelling of each stays.
struct Beginning<'v> {
    start: String,
    found: BTreeMap<String, Cow<'v, str>>,
}

impl<'v> Beginning<'v> {
    fn with(start: &str) -> Self {
        Beginning { start: fold(start), found: BTreeMap::new() }
    }

    fn add(&mut self, name: Cow<'v, str>) {
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return;
        }
        let folded = fold(&name);
        if folded.starts_with(&self.start) {
            self.found.entry(folded).or_insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    fn snapshot() -> Snapshot {
        let long = format!("---\naliases: [{}]\n---\n", "m".repeat(LONGEST_NAME + 1));
        Snapshot::of(Vault::from_texts(
            [
                ("x/Mirroring.md", "---\naliases: [mimicry, \"mi\\nrage\", MIRRORING]\ntags: [a/b/c, A, d]\n---\n"),
                ("y/note.md", "---\ntitle: Mirror neurons\n---\nup:: [[mirage]] and [[Mirage]], ![[mi.png]]"),
                ("long.md", &*long),
                ("mi.png", ""),
                ("picture.md", "---\ntitle: mi.png\n---\nSee also: [[nobody]]"),
            ],
            false,
        ))
    }

    #[test]
    fn names_begin_as_typed() {
        let snapshot = snapshot();
        let check = |start: &str, expected: &[&str]| assert_eq!(concept_names(&snapshot, start, 9), expected, "{start:?}");
        check("MI", &["mimicry", "mirage", "Mirror neurons", "Mirroring"]);
        check("mirror ", &["Mirror neurons"]);
        check("y/", &["y/note.md"]);
        check("y", &[]);
        assert_eq!(concept_names(&snapshot, "m", 2), ["mimicry", "mirage"]);
    }

    #[test]
    fn tags_and_relations_begin_as_typed() {
        let snapshot = snapshot();
        assert_eq!(tag_names(&snapshot, "", 9), ["a", "a/b", "a/b/c", "d"]);
        assert_eq!(tag_names(&snapshot, "A/B/", 9), ["a/b/c"]);
        assert_eq!(relation_names(&snapshot, "", 9), ["link", "see-also", "up"]);
        assert_eq!(relation_names(&snapshot, "SEE", 9), ["see-also"]);
    }
}
