//! What is wrong in the vault.

use crate::note::{NotePath, Problem, Severity};
use crate::snapshot::Snapshot;

/// What is wrong, and whether it is bad enough to fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The findings that were asked to be shown, by note, line and column.
    pub findings: Vec<Finding>,
    /// How many errors there are in all.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many things only worth knowing.
    pub infos: usize,
    /// How many notes were looked at.
    pub notes: usize,
    /// Whether anything is as bad as was asked to fail on.
    pub fails: bool,
}

/// A problem and its note.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The note, or the folder or file that could not be read.
    pub note_path: NotePath,
    /// What is wrong.
    pub problem: Problem,
}

/// Looks at the whole vault; shows what is at least `shown`, fails from `fail_on` upward (never, if none).
pub fn check(snapshot: &Snapshot, shown: Severity, fail_on: Option<Severity>) -> Check {
    let vault = snapshot.vault();
    let mut check = Check { findings: Vec::new(), errors: 0, warnings: 0, infos: 0, notes: vault.len(), fails: false };
    // What is only worth knowing is counted without reading the notes again, unless it is to be shown.
    check.infos = vault.count_infos();
    check.fails = fail_on == Some(Severity::Info) && check.infos > 0;
    for (note_path, problem) in vault.problems(shown == Severity::Info) {
        let severity = problem.what.severity();
        match severity {
            Severity::Error => check.errors += 1,
            Severity::Warning => check.warnings += 1,
            Severity::Info => {}
        }
        check.fails |= fail_on.is_some_and(|least| severity >= least);
        if severity >= shown {
            check.findings.push(Finding { note_path, problem });
        }
    }
    check
}
