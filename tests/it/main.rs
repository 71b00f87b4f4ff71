//! The one test crate: it links once and shares its helpers.
//!
//! A new thing a user can see is shown in `tests/specs/`; what must hold for any input is a law; what needs a process of
//! its own stands in `process.rs`. Tests that need data from outside the tree say `skipped` where it is not.

mod apply;
mod completions;
mod drafts;
mod formulas;
mod fuzz;
mod hostile;
mod house;
mod judged;
mod killed;
mod laws;
mod limits;
mod models;
mod moments;
mod process;
mod readme;
mod schema;
mod seeds;
mod specs;
mod structure;
mod truth;
#[cfg(unix)]
mod typed;
mod updates;

use resonote::cli::{Exit, World, run};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a call of the program said.
struct Said {
    out: String,
    err: String,
    exit: Exit,
}

/// Calls the program in this process, in `folder`, without a terminal.
fn ask(folder: &Path, arguments: &[&str]) -> Said {
    ask_in(&World { folder: folder.to_owned(), ..World::default() }, arguments)
}

/// Asks as `ask` does, with what is kept of the vault in a folder of caches.
fn ask_kept(folder: &Path, cache: &Path, arguments: &[&str]) -> Said {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_nanos() as i64;
    ask_in(&World { folder: folder.to_owned(), cache: Some(cache.to_owned()), now, ..World::default() }, arguments)
}

fn ask_in(world: &World, arguments: &[&str]) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(std::iter::once("resonote").chain(arguments.iter().copied()), world, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Said { out: text(out), err: text(err), exit }
}
