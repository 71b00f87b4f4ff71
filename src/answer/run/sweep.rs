//! Many runs with one or two parameters swept, on every core, told in order.

use super::super::AskError;
use super::ready::{Ready, round};
use super::{Ran, RunArgument, RunLimits, RunQuestion, Sweep};
use crate::model::{Limits, Measure, Settings, Stop, run};
use crate::note::clip;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most points of a sweep, over all its parameters.
const MOST_POINTS: usize = 1_000_000;

impl Ready<'_> {
    /// Runs for every point and fills in what they came to.
    pub(super) fn sweep(&self, ran: &mut Ran, question: &RunQuestion, limits: RunLimits<'_>) -> Result<(), AskError> {
        let mut axes: Vec<(usize, Vec<f64>)> = Vec::new();
        let mut points = 1_usize;
        for (name, min, step, max) in &question.sweep {
            let count = ((max - min) / step).max(0.0);
            if count > MOST_POINTS as f64 {
                return Err(AskError::RunArgument(RunArgument::Points { points: count as usize, most: MOST_POINTS }));
            }
            let values = values(*min, *step, *max);
            let values = values.ok_or_else(|| AskError::RunArgument(RunArgument::Sweep { name: clip(name).into_owned() }))?;
            let first = self.settable(name, *min, question.is_forced)?;
            self.settable(name, values.last().copied().unwrap_or(*min), question.is_forced)?;
            if axes.iter().any(|(known, _)| *known == first) || self.set.contains(&first) {
                return Err(AskError::RunArgument(RunArgument::Twice { name: clip(name).into_owned() }));
            }
            points = points.saturating_mul(values.len());
            axes.push((first, values));
        }
        if points > MOST_POINTS {
            return Err(AskError::RunArgument(RunArgument::Points { points, most: MOST_POINTS }));
        }
        let measures = self.measures(&question.measure, &[Measure::Final])?;
        let mut columns: Vec<usize> = measures.iter().map(|(_, _, column)| self.settings.columns[*column]).collect();
        columns.sort_unstable();
        columns.dedup();
        let place = |column: usize| columns.binary_search(&self.settings.columns[column]).unwrap_or_default();
        let (done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let own = Limits { interruption: limits.interruption, ..Limits::DEFAULT };
        let mut rows: Vec<Vec<f64>> = (0..points)
            .into_par_iter()
            .map(|point| {
                let nothing = || vec![f64::NAN; measures.len()];
                if (limits.interruption)().is_some() {
                    return nothing();
                }
                let mut settings = Settings { columns: columns.clone(), followed: Vec::new(), ..self.settings.clone() };
                let mut rest = point;
                for (at, values) in axes.iter().rev() {
                    settings.given[*at] = values[rest % values.len()];
                    rest /= values.len();
                }
                let row = match run(&self.model, &settings, own) {
                    Ok(run) if run.stop.is_none() => {
                        let told = |(_, measure, column): &(_, Measure, usize)| {
                            let at = place(*column);
                            measure.of_observed(&run.times, &run.columns[at], &run.observed[at])
                        };
                        measures.iter().map(told).collect()
                    }
                    Ok(run) if matches!(run.stop, Some(Stop::Asked | Stop::Deadline { .. })) => return nothing(),
                    _ => {
                        failed.fetch_add(1, Ordering::Relaxed);
                        nothing()
                    }
                };
                (limits.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, points);
                row
            })
            .collect();
        let names = axes.iter().map(|(at, values)| (clip(&self.model.names()[*at].name).into_owned(), values.clone()));
        let column = |at: usize, rows: &mut Vec<Vec<f64>>| rows.iter().map(|row| row[at]).collect();
        let names_of_measures = measures.iter().map(|(name, _, _)| name.clone());
        let (done, failed) = (done.into_inner(), failed.into_inner());
        if done < points {
            ran.stopped = (limits.interruption)().map(|stop| stop.to_string()).or_else(|| Some("stopped".to_owned()));
        }
        if failed == points {
            // Nothing came of any point: the first says why.
            let settings = Settings { columns, followed: Vec::new(), ..self.settings.clone() };
            self.run(&settings, limits)?;
        }
        ran.sweep = Some(Sweep {
            axes: names.collect(),
            measures: names_of_measures.enumerate().map(|(at, name)| (name, column(at, &mut rows))).collect(),
            done,
            failed,
        });
        ran.next = None;
        Ok(())
    }
}

/// The values of a sweep, both ends included.
fn values(min: f64, step: f64, max: f64) -> Option<Vec<f64>> {
    let count = (max - min) / step;
    let is_sound = min.is_finite() && max.is_finite() && step > 0.0 && step.is_finite() && max >= min;
    if !is_sound || count > MOST_POINTS as f64 {
        return None;
    }
    let last = (count * (1.0 + 1e-12) + 1e-9).floor() as usize;
    Some((0..=last).map(|at| round(min + at as f64 * step)).collect())
}
