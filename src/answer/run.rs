//! What a concept does when it runs: one run, several beside one another, or many with a parameter swept.

mod expect;
mod ready;
mod sweep;

use super::fence::{UsedModel, gather, meant};
use super::models::Parameter;
use super::{AskError, Concept};
use crate::model::{Method, Stop};
use crate::note::clip;
use crate::snapshot::Snapshot;
pub(super) use expect::{Unmet, unmet};
use ready::Ready;

/// What is asked of a model.
#[derive(Clone, Debug, Default)]
pub struct RunQuestion {
    /// Names and what they start from.
    pub set: Vec<(String, f64)>,
    /// From when, to when, and how far apart values are told.
    pub time: Option<(f64, f64, Option<f64>)>,
    /// Parameters to sweep: name, first, step, last.
    pub sweep: Vec<(String, f64, f64, f64)>,
    /// What to measure: `max`, `max(x)` or the name of an output.
    pub measure: Vec<String>,
    /// What to run beside it.
    pub compare: Vec<Beside>,
    /// Where chance begins.
    pub seed: Option<u64>,
    /// How to step.
    pub method: Option<String>,
    /// How exact.
    pub rtol: Option<f64>,
    /// Whether values outside of their ranges are taken.
    pub is_forced: bool,
}

/// What a run is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Beside {
    /// The same with a name starting from another number.
    With(String, f64),
    /// Another model.
    Model(String),
}

/// What the face gives a run: when to end, and whom to tell how far it is.
#[derive(Clone, Copy)]
pub struct RunLimits<'a> {
    /// Asked now and then; what it says ends everything.
    pub interruption: &'a (dyn Fn() -> Option<Stop> + Sync),
    /// Told how many runs of a sweep are done, of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl RunLimits<'static> {
    /// Nobody ends anything or hears of it; the limits of the model room hold.
    pub const ALONE: RunLimits<'static> = RunLimits { interruption: &|| None, progress: &|_, _| () };
}

/// What came of running a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// The concept.
    pub concept: Concept,
    /// The model.
    pub model: String,
    /// How it was asked for.
    pub asked: String,
    /// What people call it.
    pub title: Option<String>,
    /// The models of other notes that it is made of.
    pub uses: Vec<UsedModel>,
    /// What can be set, with what it was.
    pub parameters: Vec<Parameter>,
    /// The moments of the rows.
    pub times: Vec<f64>,
    /// Whether it goes in steps.
    pub is_map: bool,
    /// What is shown, the run itself first, then what it is compared with.
    pub series: Vec<ShownSeries>,
    /// What is drawn, if that is other than what is shown.
    pub plot: Vec<ShownSeries>,
    /// Measures of the series of the run itself.
    pub measures: Vec<(String, f64)>,
    /// Values over notes at the end, if it runs over notes.
    pub of_notes: Vec<OfNotes>,
    /// Over how many notes it ran.
    pub notes: Option<usize>,
    /// The sweep, in place of series.
    pub sweep: Option<Sweep>,
    /// How it was stepped.
    pub method: Method,
    /// Whether the model turned out to be stiff.
    pub is_stiff: bool,
    /// The length of fixed steps.
    pub fixed_step: Option<f64>,
    /// Where chance began, if anything depends on it.
    pub seed: Option<u64>,
    /// Steps of the run itself.
    pub steps: u64,
    /// Events that acted in it.
    pub events: u64,
    /// What is worth knowing.
    pub warnings: Vec<String>,
    /// What to try next: a name and another value for it.
    pub next: Option<(String, f64)>,
    /// Why a sweep ended before all its points were run.
    pub stopped: Option<String>,
}

/// A series as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownSeries {
    /// Its name; of a comparison with what is other.
    pub name: String,
    /// What people call it.
    pub label: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Its values, in the order of the moments.
    pub values: Vec<f64>,
    /// Whether it is the mean over the notes.
    pub is_mean: bool,
}

/// The values of a name over the notes at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct OfNotes {
    /// The name.
    pub name: String,
    /// The notes of the greatest values, greatest first; of equals the first.
    pub greatest: Vec<(Concept, f64)>,
    /// How many notes there are.
    pub total: usize,
}

/// Measures over one or two swept parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The names and their values, the first the slowest.
    pub axes: Vec<(String, Vec<f64>)>,
    /// Measures, each with a value for each point, the last axis fastest; not a number where a run failed or was not made.
    pub measures: Vec<(String, Vec<f64>)>,
    /// How many runs were made.
    pub done: usize,
    /// How many of them failed.
    pub failed: usize,
}

/// Runs a model: `concept` or `concept#model`.
///
/// # Errors
/// When the concept or the model is none, a name or a value in the question is none, or the model fails.
pub fn run_model(snapshot: &Snapshot, typed: &str, question: &RunQuestion, limits: RunLimits<'_>) -> Result<Ran, AskError> {
    let (concept, fence) = meant(snapshot, typed)?;
    let gathered = gather(snapshot, fence.clone())?;
    let ready = Ready::new(&gathered, &fence, question)?;
    let mut ran = Ran { asked: clip(typed).into_owned(), ..ready.blank(snapshot, concept, &gathered) };
    if !question.sweep.is_empty() {
        ready.sweep(&mut ran, question, limits)?;
        return Ok(ran);
    }
    let outcome = ready.run(&ready.settings, limits)?;
    ready.fill(&mut ran, &outcome, question, snapshot, &gathered)?;
    for beside in &question.compare {
        match beside {
            Beside::With(name, value) => {
                let mut settings = ready.settings.clone();
                settings.given[ready.settable(name, *value, question.is_forced)?] = *value;
                let other = ready.run(&settings, limits)?;
                ready.show(&mut ran, &other, &format!(" with {name}={value}"));
            }
            Beside::Model(other) => {
                let (_, fence) = meant(snapshot, other)?;
                let gathered = gather(snapshot, fence.clone())?;
                // It runs over the same span, whatever its own settings are.
                let span = Some((ready.settings.start, ready.settings.end, Some(ready.settings.step)));
                let asked = RunQuestion { time: span, seed: question.seed, rtol: question.rtol, ..RunQuestion::default() };
                let beside = Ready::new(&gathered, &fence, &asked)?;
                let outcome = beside.run(&beside.settings, limits)?;
                beside.show(&mut ran, &outcome, &format!(" of {}", fence.name(snapshot, &fence.read())));
            }
        }
    }
    Ok(ran)
}

/// What in a question about a run is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunArgument {
    /// A name that the model does not have, or that is no number at its start.
    #[error("this model has no {name} to set or show")]
    Name {
        /// The name.
        name: String,
        /// Those it has.
        names: Vec<String>,
    },
    /// A value outside of the range of its name.
    #[error("{name}={value} is outside of its range, {} to {}", range.0, range.1)]
    Outside {
        /// The name.
        name: String,
        /// The value.
        value: f64,
        /// The range.
        range: (f64, f64),
    },
    /// A measure that is none.
    #[error("there is no measure {name}")]
    Measure {
        /// What was asked for.
        name: String,
    },
    /// A method that is none.
    #[error("there is no method {name}")]
    Method {
        /// What was asked for.
        name: String,
    },
    /// A sweep without values.
    #[error("the sweep of {name} has no values: it goes from a smaller to a larger one in steps above zero, min:step:max")]
    Sweep {
        /// The name.
        name: String,
    },
    /// A port that nothing feeds.
    #[error("{name} is a port that nothing feeds here: this model is a part of others, or runs with a value for it")]
    Open {
        /// The port.
        name: String,
    },
    /// A name that is swept and set, or swept twice.
    #[error("{name} cannot be swept twice, or set as well")]
    Twice {
        /// The name.
        name: String,
    },
    /// A sweep of too many points.
    #[error("a sweep of {points} runs is more than {most}")]
    Points {
        /// How many.
        points: usize,
        /// How many at most.
        most: usize,
    },
}
