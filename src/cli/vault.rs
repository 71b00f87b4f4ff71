//! Which folder is the vault.

use super::World;
use super::failure::Failure;
use std::path::{Path, PathBuf};

/// The folder named, else the one in the environment, else the nearest one upward that says it is a vault, else the
/// current folder; but never by accident the home folder or the root of the disk.
pub(crate) fn find(named: Option<&Path>, world: &World) -> Result<PathBuf, Failure> {
    if let Some(named) = named.or(world.vault.as_deref()) {
        // Taken part by part, `--vault .` reads as the folder itself in what is said of it.
        return Ok(world.folder.join(named).components().collect());
    }
    let says_so = |folder: &&Path| folder.join(".resonote.toml").is_file() || folder.join(".obsidian").is_dir();
    if let Some(folder) = world.folder.ancestors().find(says_so) {
        return Ok(folder.to_owned());
    }
    let is_home = world.home.as_deref() == Some(&*world.folder);
    if is_home || world.folder.parent().is_none() {
        return Err(Failure::no_vault(&world.folder));
    }
    Ok(world.folder.clone())
}
