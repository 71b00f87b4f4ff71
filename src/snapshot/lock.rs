//! One writer at a time: a lock on an open file, which the system gives back when its process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is held, not used")] File);

/// What became of asking for a lock.
#[derive(Debug)]
pub(super) enum Asked {
    Got(Lock),
    /// Another process has it.
    Busy,
    /// There cannot be one here.
    Failed(io::Error),
}

/// How long to wait between two looks at a lock.
const PAUSE: Duration = Duration::from_millis(5);

impl Lock {
    /// Asks for the lock at a path once.
    pub(super) fn ask(path: &Path) -> Asked {
        let file = match File::options().create(true).truncate(false).write(true).open(path) {
            Ok(file) => file,
            Err(error) => return Asked::Failed(error),
        };
        match file.try_lock() {
            Ok(()) => Asked::Got(Lock(file)),
            Err(TryLockError::WouldBlock) => Asked::Busy,
            Err(TryLockError::Error(error)) => Asked::Failed(error),
        }
    }

    /// Asks for a lock until it is there, or about so long.
    pub(super) fn wait(path: &Path, at_most: Duration) -> Asked {
        let mut waited = Duration::ZERO;
        loop {
            match Lock::ask(path) {
                Asked::Busy if waited < at_most => sleep(PAUSE),
                asked => return asked,
            }
            waited += PAUSE;
        }
    }
}
