//! What models expect of themselves, held against what they come to.

use super::super::AskError;
use super::super::fence::{Fence, Gathered, ModelFailure, gather};
use super::ready::Ready;
use super::{RunArgument, RunLimits, RunQuestion};
use crate::snapshot::Snapshot;

/// What was expected of a model and did not come, or why it does not run.
pub(in crate::answer) enum Unmet {
    /// An expectation, by its place among those of the fence, with the value that came.
    Expectation(usize, f64),
    Failure(ModelFailure),
}

/// Runs a fence for what it expects of itself. A model with a port that nothing feeds is a part of others, and not run.
pub(in crate::answer) fn unmet(snapshot: &Snapshot, fence: &Fence, limits: RunLimits<'_>) -> Vec<Unmet> {
    held(snapshot, fence, limits).unwrap_or_else(|error| match error {
        AskError::RunArgument(RunArgument::Open { .. }) => Vec::new(),
        AskError::Model(failure) => vec![Unmet::Failure(*failure)],
        error => vec![Unmet::Failure(fence.failure_at(fence.snippet().place, error.to_string(), None))],
    })
}

fn held(snapshot: &Snapshot, fence: &Fence, limits: RunLimits<'_>) -> Result<Vec<Unmet>, AskError> {
    let gathered = gather(snapshot, fence.clone())?;
    let ready = Ready::new(&gathered, fence, &RunQuestion::default())?;
    let run = ready.run(&ready.settings, limits)?;
    let mut unmet = Vec::new();
    for (at, expect) in fence.snippet().settings.expect.iter().enumerate() {
        let rows = (expect.time - ready.settings.start) / ready.settings.step;
        let is_row = (rows - rows.round()).abs() < 1e-9 && (0.0..run.times.len() as f64 - 0.5).contains(&rows);
        let value = match ready.column(&expect.name) {
            Ok(column) if is_row => Ok(run.columns[column][rows.round() as usize]),
            // A moment between rows, or behind the last, has a run of its own.
            Ok(_) => value_at(&gathered, fence, (ready.settings.start, expect.time), &expect.name, limits),
            Err(error) => Err(error),
        };
        match value {
            Ok(value) if (value - expect.value).abs() <= expect.tolerance => {}
            Ok(value) => unmet.push(Unmet::Expectation(at, value)),
            Err(error) => {
                let message = format!("what is expected cannot be looked at: {error}");
                unmet.push(Unmet::Failure(fence.failure_at(expect.place, message, None)));
            }
        }
    }
    Ok(unmet)
}

fn value_at(
    gathered: &Gathered,
    fence: &Fence,
    (start, time): (f64, f64),
    name: &str,
    limits: RunLimits<'_>,
) -> Result<f64, AskError> {
    let question = RunQuestion { time: Some((start, time, Some(time - start))), ..RunQuestion::default() };
    let ready = Ready::new(gathered, fence, &question)?;
    let run = ready.run(&ready.settings, limits)?;
    Ok(run.columns[ready.column(name)?].last().copied().unwrap_or(f64::NAN))
}
