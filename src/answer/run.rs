//! What a concept does when it runs: one run, several beside one another, or many with a parameter swept.

use super::concept::describe;
use super::fence::{Fence, Gathered, ModelFailure, UsedModel, chain, gather, meant};
use super::models::Parameter;
use super::{AskError, Concept};
use crate::model::{Limits, Measure, Method, Model, Role, Run, Settings, Stop, run};
use crate::note::{Settings as Written, clip};
use crate::snapshot::Snapshot;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How exact a run is where nothing is said: well below what a plot or a table shows.
const RTOL: f64 = 1e-8;
const ATOL: f64 = 1e-10;

/// From when to when a model runs where nothing is said, and into how many rows a span is cut.
const SPAN: (f64, f64) = (0.0, 100.0);
const ROWS: f64 = 200.0;

/// The most points of a sweep, over all its parameters.
const MOST_POINTS: usize = 1_000_000;

/// The most notes that a list of values over notes names.
const MOST_NOTES_TOLD: usize = 12;

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

/// What was expected of a model and did not come, or why it does not run.
pub(super) enum Unmet {
    /// An expectation, by its place among those of the fence, with the value that came.
    Expectation(usize, f64),
    Failure(ModelFailure),
}

/// Runs a fence for what it expects of itself.
pub(super) fn unmet(snapshot: &Snapshot, fence: &Fence, limits: RunLimits<'_>) -> Vec<Unmet> {
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

/// A model with the settings of its fence and of a question.
struct Ready<'g> {
    model: Model,
    fence: &'g Fence,
    settings: Settings,
    /// The names that are shown, by their place among the columns.
    shown: Vec<usize>,
    set: Vec<usize>,
}

impl<'g> Ready<'g> {
    fn new(gathered: &'g Gathered, fence: &'g Fence, question: &RunQuestion) -> Result<Ready<'g>, AskError> {
        let model = gathered.compile()?;
        let written = &fence.snippet().settings;
        let method = match question.method.as_deref().or(written.method.as_deref()) {
            None | Some("auto") => None,
            Some(name) => match Method::named(name) {
                Some(method) => Some(method),
                None => return Err(AskError::RunArgument(RunArgument::Method { name: clip(name).into_owned() })),
            },
        };
        let (start, end, step) = span(&model, written, question);
        let mut ready = Ready {
            settings: Settings {
                start,
                end,
                step,
                rtol: question.rtol.or(written.rtol).unwrap_or(RTOL),
                atol: written.atol.unwrap_or(ATOL),
                method,
                seed: question.seed.or(written.seed).unwrap_or(0),
                given: model.names().iter().map(|named| named.default.unwrap_or(f64::NAN)).collect(),
                columns: (0..model.names().len()).filter(|at| is_told(&model, *at)).collect(),
                followed: Vec::new(),
            },
            shown: Vec::new(),
            set: Vec::new(),
            model,
            fence,
        };
        for (name, value) in &question.set {
            let at = ready.settable(name, *value, question.is_forced)?;
            ready.settings.given[at] = *value;
            ready.set.push(at);
        }
        ready.shown = ready.shown_columns(written)?;
        ready.settings.followed = ready.followed(written, gathered)?;
        if question.sweep.is_empty() && ready.settings.columns.len() > MOST_COLUMNS {
            // A large model keeps what it shows and what is measured or expected.
            let mut wanted: Vec<usize> = ready.shown.iter().map(|column| ready.settings.columns[*column]).collect();
            let asked = question.measure.iter().map(|measure| inside(measure).1.unwrap_or(measure));
            let expected = written.expect.iter().map(|expect| &*expect.name);
            let drawn = written.plot.iter().map(|entry| &**entry);
            wanted.extend(asked.chain(expected).chain(drawn).filter_map(|name| ready.model.find(name)));
            let shown: Vec<usize> = ready.shown.iter().map(|column| ready.settings.columns[*column]).collect();
            wanted.sort_unstable();
            wanted.dedup();
            ready.shown = shown.iter().filter_map(|symbol| wanted.iter().position(|it| it == symbol)).collect();
            ready.settings.columns = wanted;
        }
        Ok(ready)
    }

    /// The columns to show: those of the settings, or the states and outputs that move, or all there are.
    fn shown_columns(&self, written: &Written) -> Result<Vec<usize>, AskError> {
        if !written.show.is_empty() {
            return written.show.iter().map(|name| self.column(name)).collect();
        }
        let names = self.model.names();
        let of = |roles: &[Role]| -> Vec<usize> {
            let columns = self.settings.columns.iter().enumerate();
            let is_of = |symbol: usize| roles.contains(&names[symbol].role) && (names[symbol].is_moving || roles.len() > 2);
            columns.filter(|(_, symbol)| is_of(**symbol)).map(|(column, _)| column).take(MOST_SHOWN).collect()
        };
        let moving = of(&[Role::State, Role::Stepping]);
        let moving = if moving.is_empty() { of(&[Role::Output, Role::Parameter]) } else { moving };
        Ok(if moving.is_empty() { of(&[Role::Output, Role::Derived, Role::Parameter]) } else { moving })
    }

    /// The names of which single notes are drawn, `nodes(theta)`, with the most linked notes.
    fn followed(&self, written: &Written, gathered: &Gathered) -> Result<Vec<(usize, Vec<u32>)>, AskError> {
        let mut degrees = vec![0_usize; gathered.over.len()];
        for (from, to, _) in gathered.graph.iter().flat_map(|graph| &graph.links) {
            degrees[*from as usize] += 1;
            degrees[*to as usize] += 1;
        }
        let mut notes: Vec<u32> = (0..degrees.len() as u32).collect();
        notes.sort_by_key(|note| (std::cmp::Reverse(degrees[*note as usize]), *note));
        notes.truncate(MOST_SHOWN);
        let names = written.plot.iter().filter_map(|entry| match inside(entry) {
            ("nodes", Some(name)) => Some(name),
            _ => None,
        });
        let found = names.map(|name| {
            let is_of_notes = |at: usize| self.model.names()[at].is_of_notes;
            let symbol = self.model.find(name).filter(|at| is_of_notes(*at));
            symbol.map(|symbol| (symbol, notes.clone())).ok_or_else(|| self.unknown(name, &is_of_notes))
        });
        found.collect()
    }

    /// What is drawn, if the settings say so: outputs by name, and single notes.
    fn plot(&self, ran: &mut Ran, outcome: &Run, gathered: &Gathered) -> Result<(), AskError> {
        let written = &self.fence.snippet().settings;
        let mut followed = self.settings.followed.iter().zip(&outcome.followed);
        for entry in &written.plot {
            match inside(entry) {
                ("nodes", Some(name)) => {
                    let Some(((_, notes), values)) = followed.next() else { continue };
                    for (note, values) in notes.iter().zip(values) {
                        let label = gathered.graph.as_ref().map(|graph| &*graph.labels[*note as usize]).unwrap_or_default();
                        let name = format!("{} of {}", clip(name), clip(label));
                        ran.plot.push(ShownSeries { name, label: None, unit: None, values: values.clone(), is_mean: false });
                    }
                }
                _ => {
                    let column = self.column(entry)?;
                    ran.plot.push(self.shown_series(outcome, column, ""));
                }
            }
        }
        Ok(())
    }

    /// The column of a name.
    fn column(&self, name: &str) -> Result<usize, AskError> {
        let column = self.model.find(name).and_then(|symbol| self.settings.columns.iter().position(|it| *it == symbol));
        column.ok_or_else(|| self.unknown(name, &|_| true))
    }

    fn unknown(&self, name: &str, is_candidate: &dyn Fn(usize) -> bool) -> AskError {
        let names = self.model.names().iter().enumerate().filter(|(at, _)| is_candidate(*at));
        let names: Vec<String> = names.map(|(_, named)| clip(&named.name).into_owned()).collect();
        AskError::RunArgument(RunArgument::Name { name: clip(name).into_owned(), names })
    }

    /// The place of a name that can be set to a value.
    fn settable(&self, name: &str, value: f64, is_forced: bool) -> Result<usize, AskError> {
        let names = self.model.names();
        let found = self.model.find(name).filter(|at| names[*at].default.is_some());
        let Some(at) = found else { return Err(self.unknown(name, &|at| names[at].default.is_some())) };
        let named = &names[at];
        let is_outside = named.min.is_some_and(|min| value < min) || named.max.is_some_and(|max| value > max);
        if is_outside && !is_forced {
            let range = (named.min.unwrap_or(f64::NEG_INFINITY), named.max.unwrap_or(f64::INFINITY));
            return Err(AskError::RunArgument(RunArgument::Outside { name: clip(name).into_owned(), value, range }));
        }
        Ok(at)
    }

    fn run(&self, settings: &Settings, limits: RunLimits<'_>) -> Result<Run, AskError> {
        let own = Limits { interruption: limits.interruption, ..Limits::DEFAULT };
        let outcome = run(&self.model, settings, own).map_err(|stop| self.stopped(&stop))?;
        match &outcome.stop {
            Some(stop) => Err(self.stopped(stop).into()),
            None => Ok(outcome),
        }
    }

    fn stopped(&self, stop: &Stop) -> ModelFailure {
        let hint = match stop {
            Stop::Steps { .. } | Stop::Evaluations { .. } => Some("take a shorter --time, or a coarser --rtol"),
            Stop::NotFinite { .. } | Stop::Stuck { .. } => Some("take a shorter --time, or other values with --set"),
            Stop::StiffAndLarge { .. } => Some("take a smaller neighbourhood, or --method tsit5"),
            _ => None,
        };
        self.fence.failure_at(self.fence.snippet().place, stop.to_string(), hint.map(str::to_owned))
    }

    fn blank(&self, snapshot: &Snapshot, concept: crate::graph::ConceptId, gathered: &Gathered) -> Ran {
        let written = &self.fence.snippet().settings;
        let parameters = self.model.names().iter().zip(&self.settings.given).filter(|(named, _)| named.default.is_some());
        let parameters = parameters.map(|(named, given)| Parameter { value: Some(*given), ..Parameter::of(named) });
        Ran {
            concept: describe(snapshot, concept),
            model: self.fence.name(snapshot, &self.fence.read()),
            asked: String::new(),
            title: written.title.as_deref().map(|title| clip(title).into_owned()),
            uses: chain(snapshot, gathered),
            parameters: parameters.collect(),
            times: Vec::new(),
            is_map: self.model.is_map(),
            series: Vec::new(),
            plot: Vec::new(),
            measures: Vec::new(),
            of_notes: Vec::new(),
            notes: (self.model.notes() > 0).then(|| self.model.notes()),
            sweep: None,
            method: if self.model.is_map() { Method::Map } else { self.settings.method.unwrap_or(Method::Tsit5) },
            is_stiff: false,
            fixed_step: None,
            seed: self.model.needs_seed().then_some(self.settings.seed),
            steps: 0,
            events: 0,
            warnings: self.model.warnings().iter().map(|warning| warning.to_string()).collect(),
            next: self.next(),
            stopped: None,
        }
    }

    fn fill(
        &self,
        ran: &mut Ran,
        outcome: &Run,
        question: &RunQuestion,
        snapshot: &Snapshot,
        gathered: &Gathered,
    ) -> Result<(), AskError> {
        ran.times.clone_from(&outcome.times);
        ran.method = outcome.method;
        ran.is_stiff = outcome.is_stiff;
        ran.fixed_step = outcome.fixed_step;
        ran.steps = outcome.statistics.steps;
        ran.events = outcome.statistics.events;
        self.show(ran, outcome, "");
        self.plot(ran, outcome, gathered)?;
        for (name, measure, column) in self.measures(&question.measure, &Measure::ALL)? {
            ran.measures.push((name, measure.of(&outcome.times, &outcome.columns[column])));
        }
        for column in &self.shown {
            let values = &outcome.of_notes[*column];
            if values.is_empty() {
                continue;
            }
            let mut order: Vec<usize> = (0..values.len()).collect();
            order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
            let greatest = order.into_iter().take(MOST_NOTES_TOLD);
            ran.of_notes.push(OfNotes {
                name: self.name_of(*column),
                greatest: greatest.map(|at| (describe(snapshot, gathered.over[at]), values[at])).collect(),
                total: values.len(),
            });
        }
        Ok(())
    }

    fn name_of(&self, column: usize) -> String {
        clip(&self.model.names()[self.settings.columns[column]].name).into_owned()
    }

    fn show(&self, ran: &mut Ran, outcome: &Run, suffix: &str) {
        ran.series.extend(self.shown.iter().map(|column| self.shown_series(outcome, *column, suffix)));
    }

    fn shown_series(&self, outcome: &Run, column: usize, suffix: &str) -> ShownSeries {
        let named = &self.model.names()[self.settings.columns[column]];
        ShownSeries {
            name: format!("{}{suffix}", self.name_of(column)),
            label: named.label.as_deref().map(|label| clip(label).into_owned()),
            unit: named.unit.as_deref().map(|unit| clip(unit).into_owned()),
            values: outcome.columns[column].clone(),
            is_mean: named.is_of_notes,
        }
    }

    /// What is measured: what was asked for, or these of what is shown.
    fn measures(&self, asked: &[String], usual: &[Measure]) -> Result<Vec<(String, Measure, usize)>, AskError> {
        let mut measures = Vec::new();
        let all = |measure: Measure, into: &mut Vec<(String, Measure, usize)>| {
            let named =
                self.shown.iter().map(|column| (format!("{}({})", measure.name(), self.name_of(*column)), measure, *column));
            into.extend(named);
        };
        if asked.is_empty() {
            usual.iter().for_each(|measure| all(*measure, &mut measures));
        }
        for text in asked {
            match inside(text) {
                (name, Some(of)) => match Measure::named(name) {
                    Some(measure) => measures.push((text.clone(), measure, self.column(of)?)),
                    None => return Err(AskError::RunArgument(RunArgument::Measure { name: clip(text).into_owned() })),
                },
                (name, None) => match Measure::named(name) {
                    Some(measure) => all(measure, &mut measures),
                    None => match self.column(name) {
                        Ok(column) => measures.push((format!("final({name})"), Measure::Final, column)),
                        Err(_) => return Err(AskError::RunArgument(RunArgument::Measure { name: clip(text).into_owned() })),
                    },
                },
            }
        }
        Ok(measures)
    }

    /// A value to try: what can be set by a range and was not, at another place of its range.
    fn next(&self) -> Option<(String, f64)> {
        let names = self.model.names().iter().enumerate();
        let free = |at: usize, role: Role| !self.set.contains(&at) && role == Role::Parameter;
        names.filter(|(at, named)| free(*at, named.role)).find_map(|(_, named)| {
            let (min, max, default) = (named.min?, named.max?, named.default?);
            // The farther end would often be where nothing happens; half way to it something does.
            let value = if default - min > max - default { (default + min) / 2.0 } else { (default + max) / 2.0 };
            let value = match named.step {
                Some(step) => min + ((value - min) / step).round() * step,
                None => value,
            };
            let value = round(value.clamp(min, max));
            (value != default).then(|| (clip(&named.name).into_owned(), value))
        })
    }

    fn sweep(&self, ran: &mut Ran, question: &RunQuestion, limits: RunLimits<'_>) -> Result<(), AskError> {
        let mut axes: Vec<(usize, Vec<f64>)> = Vec::new();
        let mut points = 1_usize;
        for (name, min, step, max) in &question.sweep {
            let values = values(*min, *step, *max);
            let values = values.ok_or_else(|| AskError::RunArgument(RunArgument::Sweep { name: clip(name).into_owned() }))?;
            let first = self.settable(name, *min, question.is_forced)?;
            self.settable(name, values.last().copied().unwrap_or(*min), question.is_forced)?;
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
                        measures.iter().map(|(_, measure, column)| measure.of(&run.times, &run.columns[place(*column)])).collect()
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

/// The most series that are shown where a model does not say which.
const MOST_SHOWN: usize = 8;

/// The most names that are kept though nothing asks for them.
const MOST_COLUMNS: usize = 256;

/// Whether the values of a name are worth keeping.
fn is_told(model: &Model, at: usize) -> bool {
    model.names()[at].is_moving || matches!(model.names()[at].role, Role::Output | Role::State | Role::Stepping | Role::Derived)
}

/// From when to when, and how far apart.
fn span(model: &Model, written: &Written, question: &RunQuestion) -> (f64, f64, f64) {
    let own = written.time.map(|time| (time.start, time.end, time.step));
    let (start, end, step) = question.time.or(own).unwrap_or((SPAN.0, SPAN.1, None));
    let usual = || if model.is_map() { 1.0 } else { (end - start) / ROWS };
    // A span asked for without a step keeps that of the model where that gives a readable number of rows.
    let kept = own.and_then(|(_, _, step)| step).filter(|step| question.time.is_some() && (end - start) / step <= 10_000.0);
    (start, end, step.or(kept).unwrap_or_else(usual))
}

/// `max(x)` as `max` and `x`.
fn inside(text: &str) -> (&str, Option<&str>) {
    match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((name, inside)) => (name.trim(), Some(inside.trim())),
        None => (text, None),
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

/// Without the dust of binary numbers: `0.1 + 0.2` is 0.3.
fn round(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
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
    /// A sweep of too many points.
    #[error("a sweep of {points} runs is more than {most}")]
    Points {
        /// How many.
        points: usize,
        /// How many at most.
        most: usize,
    },
}
