//! What is wrong in the vault.

use super::fence::Fence;
use super::run::{RunLimits, Unmet, unmet};
use crate::note::{NotePath, Problem, Severity, Span, Wrong, clip};
use crate::snapshot::Snapshot;
use rayon::prelude::*;
use std::collections::BTreeSet;

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

/// Looks at the whole vault and runs its models, each for what it expects of itself; shows what is at least `shown`, fails
/// from `fail_on` upward (never, if none).
pub fn check(snapshot: &Snapshot, shown: Severity, fail_on: Option<Severity>, limits: RunLimits<'_>) -> Check {
    let vault = snapshot.vault();
    let mut check = Check { findings: Vec::new(), errors: 0, warnings: 0, infos: 0, notes: vault.len(), fails: false };
    // What is only worth knowing is counted without reading the notes again, unless it is to be shown.
    check.infos = vault.count_infos();
    check.fails = fail_on == Some(Severity::Info) && check.infos > 0;
    let mut problems = vault.problems(shown == Severity::Info);
    let of_models = of_models(snapshot, limits);
    if !of_models.is_empty() {
        problems.extend(of_models);
        problems.sort_by(|(a, left), (b, right)| {
            let place = |problem: &Problem| (problem.place.line, problem.place.column);
            a.as_str().cmp(b.as_str()).then(place(left).cmp(&place(right)))
        });
    }
    for (note_path, problem) in problems {
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

/// What is wrong with models that only shows when they run.
fn of_models(snapshot: &Snapshot, limits: RunLimits<'_>) -> Vec<(NotePath, Problem)> {
    let notes = snapshot.vault().notes_with_models();
    let found: Vec<Vec<(NotePath, Problem)>> = notes
        .into_par_iter()
        .map(|note| {
            let mut problems = Vec::new();
            let (mut names, mut has_default) = (BTreeSet::new(), false);
            for fence in Fence::of(snapshot, note) {
                let is_second_default = fence.snippet().settings.is_default && std::mem::replace(&mut has_default, true);
                let name = fence.name(snapshot, &fence.read());
                let why = match (names.insert(name.clone()), is_second_default) {
                    (false, _) => Some(format!("another model of this note is called {} as well", clip(&name))),
                    (true, true) => Some("another model of this note is its default already".to_owned()),
                    (true, false) => None,
                };
                if let Some(why) = why {
                    problems
                        .push((fence.note_path(), Problem { place: fence.snippet().place, what: Wrong::ModelFails(why.into()) }));
                    continue;
                }
                for unmet in unmet(snapshot, &fence, limits) {
                    match unmet {
                        Unmet::Expectation(at, value) => {
                            let expect = &fence.snippet().settings.expect[at];
                            let what = Wrong::Unexpected { expected: clip(&expect.text).into(), value: value.to_string().into() };
                            problems.push((fence.note_path(), Problem { place: expect.place, what }));
                        }
                        // A setting that does not read is a problem of its note already.
                        Unmet::Failure(failure) if failure.setting.is_some() => {}
                        Unmet::Failure(failure) => {
                            let (line, column, span) = (failure.line, failure.column, Span { start: 0, end: 0 });
                            let what = Wrong::ModelFails(clip(&failure.message).into());
                            problems
                                .push((failure.note_path, Problem { place: crate::note::Place { line, column, span }, what }));
                        }
                    }
                }
            }
            problems
        })
        .collect();
    found.into_iter().flatten().collect()
}
