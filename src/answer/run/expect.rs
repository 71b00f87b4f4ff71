//! What models expect of themselves, held against what they come to.

use super::super::AskError;
use super::super::fence::{Fence, ModelFailure, gather};
use super::ready::Ready;
use super::{RunLimits, RunQuestion};
use crate::snapshot::Snapshot;

/// What was expected of a model and did not come, or why it does not run.
pub(in crate::answer) enum Unmet {
    /// An expectation, by its place among those of the fence, with the value that came.
    Expectation(usize, f64),
    Failure(ModelFailure),
}

/// Runs a fence for what it expects of itself.
pub(in crate::answer) fn unmet(snapshot: &Snapshot, fence: &Fence, limits: RunLimits<'_>) -> Vec<Unmet> {
    let expects = &fence.snippet().settings.expect;
    let outcome = gather(snapshot, fence.clone()).map_err(AskError::from).and_then(|gathered| {
        let mut question = RunQuestion::default();
        // The time goes as far as is expected, with a row at each moment that something is expected of.
        let ready = Ready::new(&gathered, fence, &question)?;
        let mut values = Vec::with_capacity(expects.len());
        let mut ends: Vec<f64> = expects.iter().map(|expect| expect.time).collect();
        ends.push(ready.settings.end);
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let is_on_grid = |time: f64| {
            let rows = (time - ready.settings.start) / ready.settings.step;
            (rows - rows.round()).abs() < 1e-9 && time <= ready.settings.end
        };
        if expects.iter().all(|expect| is_on_grid(expect.time)) {
            let run = ready.run(&ready.settings, limits)?;
            for expect in expects {
                let column = ready.column(&expect.name)?;
                let row = ((expect.time - ready.settings.start) / ready.settings.step).round() as usize;
                values.push(run.columns[column][row]);
            }
        } else {
            for expect in expects {
                question.time = Some((ready.settings.start, expect.time, Some(expect.time - ready.settings.start)));
                let ready = Ready::new(&gathered, fence, &question)?;
                let run = ready.run(&ready.settings, limits)?;
                values.push(run.columns[ready.column(&expect.name)?].last().copied().unwrap_or(f64::NAN));
            }
        }
        Ok(values)
    });
    match outcome {
        Ok(values) => {
            let missed = |(at, value): (usize, f64)| {
                let is_met = (value - expects[at].value).abs() <= expects[at].tolerance;
                (!is_met).then_some(Unmet::Expectation(at, value))
            };
            values.into_iter().enumerate().filter_map(missed).collect()
        }
        Err(AskError::Model(failure)) => vec![Unmet::Failure(*failure)],
        Err(error) => vec![Unmet::Failure(fence.failure_at(fence.snippet().place, error.to_string(), None))],
    }
}
