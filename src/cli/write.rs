//! Writing to notes, which nothing else does: whole, or not at all, and never over what somebody wrote meanwhile.

use crate::answer::EditedNote;
use crate::snapshot::Snapshot;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Why a note is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritten {
    /// It lies nowhere.
    #[error("it lies on no disk")]
    Nowhere,
    /// It is a link to a file that is not the vault's.
    #[error("it is a link to a file outside of the vault")]
    Outside,
    /// Its permissions let nobody, or not this user, write to it.
    #[error("it is read-only")]
    ReadOnly,
    /// It says something else than when it was read.
    #[error("it has changed since it was read")]
    Changed,
    /// The system's reason.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

/// Puts a note in place as it was edited: a file beside it takes its place in one step, with its permissions. Where the note
/// is a symbolic link, the file that it leads to is written.
pub(super) fn note(snapshot: &Snapshot, edited: &EditedNote) -> Result<(), Unwritten> {
    let (root, path) = snapshot.vault().root().zip(snapshot.vault().file_of(edited.note)).ok_or(Unwritten::Nowhere)?;
    let path = path.canonicalize()?;
    if !path.starts_with(root.canonicalize()?) {
        return Err(Unwritten::Outside);
    }
    let Some((folder, name)) = path.parent().zip(path.file_name()) else { return Err(Unwritten::Nowhere) };
    let new = folder.join(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()));
    let placed = place(&path, &new, edited);
    if placed.is_err() {
        // What was half written is nobody's.
        let _ = fs::remove_file(&new);
    }
    placed
}

fn place(path: &Path, new: &Path, edited: &EditedNote) -> Result<(), Unwritten> {
    // Another file can take the place of one that may not be written, which its owner meant nobody to do.
    let permissions = fs::metadata(path)?.permissions();
    let opened = File::options().append(true).open(path);
    if permissions.readonly() || opened.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
        return Err(Unwritten::ReadOnly);
    }
    let mut file = File::options().write(true).create_new(true).open(new)?;
    file.write_all(&edited.after)?;
    file.set_permissions(permissions)?;
    file.sync_all()?;
    // As late as can be: an editor may have it open.
    if fs::read(path)? != edited.before {
        return Err(Unwritten::Changed);
    }
    Ok(fs::rename(new, path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{MentionLimits, edits_of};
    use crate::snapshot::Needs;

    #[test]
    fn a_note_that_changed_meanwhile_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("calm.md"), "").expect("a note");
        fs::write(path("text.md"), "Be calm.").expect("a note");
        let needs = Needs { mentions: true, ..Needs::default() };
        let snapshot = Snapshot::open(folder.path(), needs).expect("a moment");
        let edits = edits_of(&snapshot, "calm", MentionLimits { limit: 10, every: false }).expect("edits");
        fs::write(path("text.md"), "Be calm!").expect("a note");
        assert!(matches!(note(&snapshot, &edits.notes[0]), Err(Unwritten::Changed)));
        assert_eq!(fs::read(path("text.md")).expect("a note"), b"Be calm!");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left behind");
        fs::write(path("text.md"), "Be calm.").expect("a note");
        note(&snapshot, &edits.notes[0]).expect("written");
        assert_eq!(fs::read(path("text.md")).expect("a note"), b"Be [[calm]].");
    }
}
