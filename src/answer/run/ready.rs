//! A model with all that a question and its own settings ask of it, and what is told of one run.

use super::super::fence::{Fence, Gathered, ModelFailure, chain};
use super::super::models::Parameter;
use super::super::{AskError, concept::describe};
use super::{OfNotes, Ran, RunArgument, RunLimits, RunQuestion, ShownSeries};
use crate::graph::ConceptId;
use crate::model::{Limits, Measure, Method, Model, Role, Run, Settings, Stop, run};
use crate::note::{Settings as Written, clip};
use crate::snapshot::Snapshot;

/// How exact a run is where nothing is said: well below what a plot or a table shows.
const RTOL: f64 = 1e-8;
const ATOL: f64 = 1e-10;

/// From when to when a model runs where nothing is said, and into how many rows a span is cut.
const SPAN: (f64, f64) = (0.0, 100.0);
const ROWS: f64 = 200.0;

/// The most notes that a list of values over notes names.
const MOST_NOTES_TOLD: usize = 12;

/// A model with the settings of its fence and of a question.
pub(super) struct Ready<'g> {
    pub model: Model,
    pub fence: &'g Fence,
    pub settings: Settings,
    /// The names that are shown, by their place among the columns.
    shown: Vec<usize>,
    /// The names that were set.
    pub(super) set: Vec<usize>,
}

impl<'g> Ready<'g> {
    pub(super) fn new(gathered: &'g Gathered, fence: &'g Fence, question: &RunQuestion) -> Result<Ready<'g>, AskError> {
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
                columns: (0..model.names().len()).filter(|at| is_told(&model, *at, written)).collect(),
                followed: Vec::new(),
                fixed_step: fixed_step(&model, written),
                is_observed: true,
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
        let open = ready
            .settings
            .given
            .iter()
            .zip(ready.model.names())
            .find(|(given, named)| given.is_nan() && named.default.is_some_and(f64::is_nan));
        if let Some((_, named)) = open
            && !question.sweep.iter().any(|(name, ..)| **name == *named.name)
        {
            return Err(AskError::RunArgument(RunArgument::Open { name: clip(&named.name).into_owned() }));
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
            return written.show.iter().map(|name| self.column_of_setting("show", name)).collect();
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
                    let column = self.column_of_setting("plot", entry)?;
                    ran.plot.push(self.shown_series(outcome, column, ""));
                }
            }
        }
        Ok(())
    }

    /// The column of a name in the settings of the model, which is a mistake of its note if there is none.
    fn column_of_setting(&self, setting: &str, name: &str) -> Result<usize, AskError> {
        self.column(name).map_err(|_| {
            let names = self.model.names().iter().map(|named| clip(&named.name).into_owned());
            let message = format!("its setting \"{setting}\" names {}, which the model does not have", clip(name));
            let hint = format!("it has {}", names.take(12).collect::<Vec<_>>().join(", "));
            self.fence.failure_at(self.fence.snippet().place, message, Some(hint)).into()
        })
    }

    /// The column of a name.
    pub(super) fn column(&self, name: &str) -> Result<usize, AskError> {
        let column = self.model.find(name).and_then(|symbol| self.settings.columns.iter().position(|it| *it == symbol));
        column.ok_or_else(|| self.unknown(name, &|_| true))
    }

    fn unknown(&self, name: &str, is_candidate: &dyn Fn(usize) -> bool) -> AskError {
        let names = self.model.names().iter().enumerate().filter(|(at, _)| is_candidate(*at));
        let names: Vec<String> = names.map(|(_, named)| clip(&named.name).into_owned()).collect();
        AskError::RunArgument(RunArgument::Name { name: clip(name).into_owned(), names })
    }

    /// The place of a name that can be set to a value.
    pub(super) fn settable(&self, name: &str, value: f64, is_forced: bool) -> Result<usize, AskError> {
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

    pub(super) fn run(&self, settings: &Settings, limits: RunLimits<'_>) -> Result<Run, AskError> {
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

    pub(super) fn blank(&self, snapshot: &Snapshot, concept: ConceptId, gathered: &Gathered) -> Ran {
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

    pub(super) fn fill(
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
            let observed = &outcome.observed[column];
            ran.measures.push((name, measure.of_observed(&outcome.times, &outcome.columns[column], observed)));
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

    pub(super) fn show(&self, ran: &mut Ran, outcome: &Run, suffix: &str) {
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
    pub(super) fn measures(&self, asked: &[String], usual: &[Measure]) -> Result<Vec<(String, Measure, usize)>, AskError> {
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
}

/// The most series that are shown where a model does not say which.
const MOST_SHOWN: usize = 8;

/// The most names that are kept though nothing asks for them.
const MOST_COLUMNS: usize = 256;

/// Whether the values of a name are worth keeping.
fn is_told(model: &Model, at: usize, written: &Written) -> bool {
    let is_named = |names: &[Box<str>]| names.contains(&model.names()[at].name);
    is_named(&written.show)
        || is_named(&written.plot)
        || model.names()[at].is_moving
        || matches!(model.names()[at].role, Role::Output | Role::State | Role::Stepping | Role::Derived)
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

/// The length of fixed steps: ten to a row of the model's own settings, whatever rows are asked for, so that a path of noise
/// is the same in every question.
fn fixed_step(model: &Model, written: &Written) -> f64 {
    let (_, _, step) = span(model, written, &RunQuestion::default());
    step / 10.0
}

/// `max(x)` as `max` and `x`.
fn inside(text: &str) -> (&str, Option<&str>) {
    match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((name, inside)) => (name.trim(), Some(inside.trim())),
        None => (text, None),
    }
}

/// Without the dust of binary numbers: `0.1 + 0.2` is 0.3.
pub(super) fn round(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
}
