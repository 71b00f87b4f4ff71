//! How a disk spells note paths: text of any composition, or bytes that are no text at all.
//!
//! Here a spelling becomes a note path, and names that differ in nothing but their composition are kept apart. It opens no
//! file.

use super::walk::{File, LastLook};
use crate::note::NotePath;
use foldhash::HashSet;
use std::path::{Path, PathBuf};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The note path of a file on disk: relative, `/` between the parts, composed letters. Bytes that are no text show as
/// `\xFF`, so that two such names stay two. With it the spelling of the disk, where that is another.
pub(super) fn spelled(root: &Path, full: &Path) -> (NotePath, Option<PathBuf>) {
    let relative = full.strip_prefix(root).unwrap_or(full);
    let mut path = String::new();
    let mut is_exact = true;
    for part in relative.iter() {
        if !path.is_empty() {
            path.push('/');
        }
        match part.to_str() {
            Some(text) if is_nfc_quick(text.chars()) == IsNormalized::Yes => path.push_str(text),
            Some(text) => {
                let start = path.len();
                path.extend(text.nfc());
                is_exact &= path[start..] == *text;
            }
            None => {
                is_exact = false;
                for chunk in part.as_encoded_bytes().utf8_chunks() {
                    path.extend(chunk.valid().nfc());
                    chunk.invalid().iter().for_each(|byte| path.push_str(&format!("\\x{byte:02X}")));
                }
            }
        }
    }
    (NotePath::new(path), (!is_exact).then(|| relative.to_owned()))
}

/// Files whose names differ only in composition: one keeps the note path, the others the spelling of the disk, so that none
/// is lost. They come and go in path order.
pub(super) fn spell_apart(files: &mut [File]) {
    let mut changed = false;
    for twins in files.chunk_by_mut(|a, b| a.path == b.path).filter(|twins| twins.len() > 1) {
        let keeper = twins.iter().position(|file| file.on_disk.is_none()).unwrap_or(0);
        for (_, twin) in twins.iter_mut().enumerate().filter(|(at, _)| *at != keeper) {
            if let Some(text) = twin.on_disk.as_deref().and_then(Path::to_str) {
                twin.path = NotePath::new(text);
                changed = true;
            }
        }
    }
    if changed {
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// Whether a file that came or went differs in nothing but composition from another one, gone, new or still there: then the
/// note path of one that stayed may change, which only a look at all files can tell. Where the disk spells every file as its
/// note path this is never so, and nothing is asked.
pub(super) fn came_between(last: &dyn LastLook, still_there: &[bool], new: &[&[File]]) -> bool {
    let apart = last.spelled_apart();
    let new = || new.iter().copied().flatten();
    if apart.is_empty() && new().all(|file| file.on_disk.is_none()) {
        return false;
    }
    let is_there = |number: u32| still_there.get(number as usize).copied().unwrap_or_default();
    let composed = |number: u32| last.note_path(number).nfc().collect::<String>();
    // The composed paths of all that came and went, and of those among them that the disk spells otherwise.
    let mut changed: HashSet<String> = HashSet::default();
    let mut changed_apart: Vec<String> = Vec::new();
    let mut is_twin = false;
    for file in new() {
        let path = file.path.as_str().nfc().collect::<String>();
        changed_apart.extend(file.on_disk.is_some().then(|| path.clone()));
        is_twin |= !changed.insert(path);
    }
    for number in (0..still_there.len() as u32).filter(|number| !is_there(*number)) {
        let path = composed(number);
        changed_apart.extend(apart.binary_search(&number).is_ok().then(|| path.clone()));
        is_twin |= !changed.insert(path);
    }
    let stayed_at = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let files = last.files_in(&folder.split('/').collect::<PathBuf>()).unwrap_or_default();
        let at = files.binary_search_by(|(known, _)| (**known).cmp(name.as_bytes()));
        at.is_ok_and(|at| is_there(files[at].1))
    };
    is_twin
        || apart.iter().any(|number| is_there(*number) && changed.contains(&composed(*number)))
        || changed_apart.iter().any(|path| stayed_at(path))
}
