//! One run from its start to its end: rows at even times, events between them, and what it took.
//!
//! Between two events everything flows; where a condition turns, the moment is sought within the step that passed it, what
//! follows is done, and the flow begins anew from there.

use super::agenda::{Agenda, next_turn};
use super::engine::{Machine, Model};
use super::limits::{Limits, Stop};
use super::march::{self, Noise, Rule};
use super::measure::Observed;
use super::solve::{MOST_STIFF, Rates, Scheme, StateAt, Stepped, Stretch, Then, Thrown, flow};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A step of a row's distance times this is so small that a model is taken for stiff, if so many follow one another.
const COLLAPSED: f64 = 1e-4;
const COLLAPSED_STEPS: u32 = 200;

/// More explicit steps than this, and the model is tried as a stiff one.
const EXPLICIT_STEPS: u64 = 200_000;

/// What fixed steps have come to that is beyond this has blown up.
const BLOWN_UP: f64 = 1e100;

/// How many times conditions are looked at within a step.
const LOOKS: u32 = 8;

/// After so many turns of conditions in rates they are no longer sought: the rates chatter, and error control is left alone.
const MOST_SWITCHES: u32 = 1_000;

/// Numbers worked out between two questions whether to go on: some milliseconds of work.
const NUMBERS_BETWEEN_QUESTIONS: u64 = 1 << 20;

/// How a run is stepped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Steps of a map.
    Map,
    /// Tsitouras 5(4).
    Tsit5,
    /// Backward differentiation, for stiff models.
    Bdf,
    /// Euler and Maruyama, fixed steps.
    Euler,
    /// Heun, fixed steps.
    Heun,
}

impl Method {
    /// The method of a name, of those that can be asked for.
    pub fn named(name: &str) -> Option<Method> {
        [Method::Tsit5, Method::Bdf, Method::Euler, Method::Heun].into_iter().find(|method| method.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Method::Map => "map",
            Method::Tsit5 => "tsit5",
            Method::Bdf => "bdf",
            Method::Euler => "euler",
            Method::Heun => "heun",
        }
    }
}

/// What is asked of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The first moment.
    pub start: f64,
    /// The last.
    pub end: f64,
    /// From one row to the next.
    pub step: f64,
    /// How exact, relative to a value.
    pub rtol: f64,
    /// How exact, near zero.
    pub atol: f64,
    /// How to step; none lets the model decide.
    pub method: Option<Method>,
    /// The length of fixed steps, for noise and for methods that have them. It is not that of the rows, so that what is told
    /// of a path does not change it.
    pub fixed_step: f64,
    /// What chance begins with.
    pub seed: u64,
    /// A number for each of [`Model::names`], used for those that are numbers by themselves.
    pub given: Vec<f64>,
    /// The names whose values are kept, by their place among [`Model::names`].
    pub columns: Vec<usize>,
    /// Names with a value for each note, and notes whose own values are kept as well.
    pub followed: Vec<(usize, Vec<u32>)>,
    /// Whether the least, the greatest and the mean of each column are wanted.
    pub is_observed: bool,
}

/// What a run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Steps.
    pub steps: u64,
    /// Evaluations of the rates.
    pub evaluations: u64,
    /// Events that acted.
    pub events: u64,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The moment of each row.
    pub times: Vec<f64>,
    /// For each column asked for, its values in the order of the rows; of a name with a value for each note their mean.
    pub columns: Vec<Vec<f64>>,
    /// For each column with a value for each note, those of the last row, in the order of the notes; empty for others.
    pub of_notes: Vec<Vec<f64>>,
    /// For each name followed and each of its notes, the values in the order of the rows.
    pub followed: Vec<Vec<Vec<f64>>>,
    /// For each column what was seen of it on the way, at every step as well as at the rows; empty unless asked for.
    pub observed: Vec<Observed>,
    /// How it was stepped.
    pub method: Method,
    /// Whether the method was changed on the way, because the model is stiff.
    pub is_stiff: bool,
    /// The length of fixed steps.
    pub fixed_step: Option<f64>,
    /// What it took.
    pub statistics: Statistics,
    /// Why it ended before its time, if it did; then there are fewer rows.
    pub stop: Option<Stop>,
}

/// Runs a model.
///
/// # Errors
/// When it cannot begin: a span that is none, more rows than are kept.
pub fn run(model: &Model, settings: &Settings, limits: Limits<'_>) -> Result<Run, Stop> {
    let rows = rows(settings)?;
    let followed: usize = settings.followed.iter().map(|(_, notes)| notes.len()).sum();
    let values = (rows as u64).saturating_mul((1 + settings.columns.len() + followed) as u64);
    if values > limits.values {
        return Err(Stop::Values { values, most: limits.values });
    }
    if model.is_map() {
        let is_whole = |number: f64| (number - libm::round(number)).abs() <= 1e-9;
        if !is_whole(settings.step) || !is_whole(settings.end - settings.start) {
            return Err(Stop::WholeSteps);
        }
    }
    let method = match settings.method {
        _ if model.is_map() => Method::Map,
        Some(method @ (Method::Euler | Method::Heun)) => method,
        _ if model.is_noisy() => Method::Euler,
        Some(method) => method,
        None => Method::Tsit5,
    };
    if method == Method::Bdf && model.size() > MOST_STIFF {
        return Err(Stop::StiffAndLarge { size: model.size(), most: MOST_STIFF });
    }
    let first = Drive::new(model, settings, limits, rows, method).finish();
    let is_turned = match &first {
        Err(Turned::Stiff) if model.size() > MOST_STIFF => {
            return Err(Stop::StiffAndLarge { size: model.size(), most: MOST_STIFF });
        }
        Err(turned) => matches!(turned, Turned::Stiff),
        // Explicit steps that blow up or stand still may be those of a stiff model.
        Ok(run) => {
            let is_helpless = matches!(
                run.stop,
                Some(Stop::Stuck { .. } | Stop::NotFinite { .. } | Stop::Evaluations { .. } | Stop::Steps { .. })
            );
            is_helpless && run.method == Method::Tsit5 && settings.method.is_none() && model.size() <= MOST_STIFF
        }
    };
    if !is_turned {
        return first.map_err(Stop::from);
    }
    let again = Drive::new(model, settings, limits, rows, Method::Bdf).finish().map_err(Stop::from)?;
    match first {
        // It was not that.
        Ok(first) if again.stop.is_some() && again.times.len() <= first.times.len() => Ok(first),
        _ => Ok(Run { is_stiff: true, ..again }),
    }
}

/// How many rows a run has.
fn rows(settings: &Settings) -> Result<usize, Stop> {
    let span = settings.end - settings.start;
    let is_sound = span.is_finite() && span > 0.0 && settings.step.is_finite() && settings.step > 0.0;
    if !is_sound {
        return Err(Stop::Span);
    }
    // A last row a hair before the end is the end itself.
    let whole = libm::floor(span / settings.step * (1.0 + 1e-12) + 1e-9);
    let is_even = (whole * settings.step - span).abs() <= 1e-9 * settings.step;
    let rows = whole + if is_even { 1.0 } else { 2.0 };
    if rows > u32::MAX as f64 { Err(Stop::Values { values: u64::MAX, most: u64::from(u32::MAX) }) } else { Ok(rows as usize) }
}

/// Why a run did not go on.
enum Turned {
    Stopped(Stop),
    Stiff,
}

impl From<Stop> for Turned {
    fn from(stop: Stop) -> Turned {
        Turned::Stopped(stop)
    }
}

impl From<Turned> for Stop {
    fn from(turned: Turned) -> Stop {
        match turned {
            Turned::Stopped(stop) => stop,
            Turned::Stiff => Stop::Span,
        }
    }
}

struct Drive<'d> {
    model: &'d Model,
    settings: &'d Settings,
    limits: Limits<'d>,
    rows: usize,
    method: Method,
    times: Vec<f64>,
    columns: Vec<Vec<f64>>,
    of_notes: Vec<Vec<f64>>,
    followed: Vec<Vec<Vec<f64>>>,
    observed: Vec<Observed>,
    steps: u64,
    collapsed: u32,
    switches: u32,
}

impl<'d> Drive<'d> {
    fn new(model: &'d Model, settings: &'d Settings, limits: Limits<'d>, rows: usize, method: Method) -> Drive<'d> {
        Drive {
            model,
            settings,
            limits,
            rows,
            method,
            times: Vec::with_capacity(rows),
            columns: settings.columns.iter().map(|_| Vec::with_capacity(rows)).collect(),
            of_notes: vec![Vec::new(); settings.columns.len()],
            observed: if settings.is_observed { vec![Observed::default(); settings.columns.len()] } else { Vec::new() },
            followed: settings.followed.iter().map(|(_, notes)| vec![Vec::new(); notes.len()]).collect(),
            steps: 0,
            collapsed: 0,
            switches: 0,
        }
    }

    fn finish(mut self) -> Result<Run, Turned> {
        let mut machine = Machine::new(self.model);
        let state = machine.begin(&self.settings.given, self.settings.seed, self.settings.start);
        let agenda = Agenda::new(&machine);
        let patience = (NUMBERS_BETWEEN_QUESTIONS / machine.length().max(1) as u64).clamp(1, 1024);
        let rates = Rates {
            machine: &RefCell::new(machine),
            limits: self.limits,
            evaluations: Cell::new(0),
            patience,
            broken: Cell::new(None),
        };
        let fixed_step = match self.method {
            Method::Euler | Method::Heun => Some(self.settings.fixed_step),
            _ => None,
        };
        let mut events = 0;
        let outcome = catch_unwind(AssertUnwindSafe(|| match self.method {
            Method::Map => self.march(&rates, agenda, state, (Rule::Map, 1.0), &mut events),
            Method::Euler => self.march(&rates, agenda, state, (Rule::Euler, self.settings.fixed_step), &mut events),
            Method::Heun => self.march(&rates, agenda, state, (Rule::Heun, self.settings.fixed_step), &mut events),
            Method::Tsit5 | Method::Bdf => self.flow(&rates, agenda, state, &mut events),
        }));
        let stop = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(Turned::Stopped(stop))) => Some(stop),
            Ok(Err(Turned::Stiff)) => return Err(Turned::Stiff),
            Err(thrown) => match thrown.downcast::<Thrown>() {
                Ok(thrown) => Some(thrown.0),
                // What the solver panics over is no state of ours.
                Err(other) if self.method == Method::Map => resume_unwind(other),
                Err(_) => {
                    Some(Stop::Stuck { time: self.times.last().copied().unwrap_or(self.settings.start), name: "it".into() })
                }
            },
        };
        Ok(Run {
            times: self.times,
            columns: self.columns,
            of_notes: self.of_notes,
            followed: self.followed,
            observed: self.observed,
            method: self.method,
            is_stiff: false,
            fixed_step,
            statistics: Statistics { steps: self.steps, evaluations: rates.evaluations.get(), events },
            stop,
        })
    }

    fn is_free_to_turn(&self) -> bool {
        self.method == Method::Tsit5 && self.settings.method.is_none()
    }

    /// Whether so many small steps follow one another that the model is taken for stiff. One that is too large to be solved
    /// as such gets as many as would not reach the next row.
    fn has_collapsed(&self) -> bool {
        let most = if self.model.size() <= MOST_STIFF { COLLAPSED_STEPS } else { (1.0 / COLLAPSED) as u32 };
        self.collapsed >= most
    }

    fn time_of_row(&self, row: usize) -> f64 {
        if row + 1 == self.rows { self.settings.end } else { self.settings.start + row as f64 * self.settings.step }
    }

    /// The moment of the next row, if one is left.
    fn next_row(&self) -> Option<f64> {
        (self.times.len() < self.rows).then(|| self.time_of_row(self.times.len()))
    }

    fn record(&mut self, machine: &mut Machine<'_>, time: f64, state: &[f64]) {
        machine.outputs(time, state);
        self.times.push(time);
        let is_last = self.times.len() == self.rows;
        for (at, symbol) in self.settings.columns.iter().enumerate() {
            let values = machine.value(*symbol);
            let value = mean_of(values);
            self.columns[at].push(value);
            if let Some(observed) = self.observed.get_mut(at) {
                observed.see(time, value);
            }
            if is_last && self.model.names()[*symbol].is_of_notes {
                self.of_notes[at] = values.to_vec();
            }
        }
        for ((symbol, notes), series) in self.settings.followed.iter().zip(&mut self.followed) {
            let values = machine.value(*symbol);
            for (note, series) in notes.iter().zip(series) {
                series.push(values.get(*note as usize).copied().unwrap_or(f64::NAN));
            }
        }
    }

    /// Looks at the columns between rows.
    fn observe(&mut self, machine: &mut Machine<'_>, time: f64, state: &[f64]) {
        if !self.observed.is_empty() && self.times.len() < self.rows {
            machine.outputs(time, state);
            for (symbol, observed) in self.settings.columns.iter().zip(&mut self.observed) {
                observed.see(time, mean_of(machine.value(*symbol)));
            }
        }
    }

    fn count_step(&mut self, time: f64) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > self.limits.steps { Err(Stop::Steps { most: self.limits.steps, time }) } else { Ok(()) }
    }

    fn check(&self, state: &[f64], time: f64) -> Result<(), Stop> {
        match state.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Stop::NotFinite { name: self.model.name_of_state(at).into(), time }),
            None => Ok(()),
        }
    }

    /// Steps of one length from the start on. A row between two steps lies on the straight line between their states, so
    /// that the path is the same whatever rows are asked for; a map's rows lie on its steps.
    fn march(
        &mut self,
        rates: &Rates<'_, '_>,
        mut agenda: Agenda,
        mut state: Vec<f64>,
        (rule, length): (Rule, f64),
        events: &mut u64,
    ) -> Result<(), Turned> {
        let mut machine = rates.machine.borrow_mut();
        let mut noise = Noise::new(&machine, self.settings.seed);
        let (mut scratch, mut between) = (Vec::new(), Vec::new());
        noise.hush(&mut machine);
        let time_of = |step: u64| self.settings.start + step as f64 * length;
        for step in 0_u64.. {
            let time = time_of(step);
            agenda.settle(&mut machine, time, &mut state, &self.limits)?;
            *events = agenda.acted();
            self.check_marched(&state, time, rule)?;
            // A row a hair behind a step is that step.
            let hair = 1e-9 * length;
            self.observe(&mut machine, time, &state);
            while let Some(row) = self.next_row().filter(|row| *row <= time + hair) {
                self.record(&mut machine, row, &state);
            }
            if self.next_row().is_none() {
                return Ok(());
            }
            let next = time_of(step + 1);
            if next <= time {
                return Err(Stop::Stuck { time, name: "the time".into() }.into());
            }
            self.count_step(next)?;
            rates.count(next, if rule == Rule::Heun { 2 } else { 1 })?;
            between.clone_from(&state);
            march::step(&mut machine, rule, &mut noise, (time, length), &mut state, &mut scratch);
            noise.hush(&mut machine);
            self.check_marched(&state, next, rule)?;
            while let Some(row) = self.next_row().filter(|row| *row < next - hair) {
                let part = (row - time) / length;
                let line: Vec<f64> = between.iter().zip(&state).map(|(from, to)| from + part * (to - from)).collect();
                self.record(&mut machine, row, &line);
            }
        }
        Ok(())
    }

    /// Fixed steps that are too long for a model swing ever wider; nothing tells that from an answer but its size.
    fn check_marched(&self, state: &[f64], time: f64, rule: Rule) -> Result<(), Stop> {
        match state.iter().position(|value| !value.is_finite() || (rule != Rule::Map && value.abs() > BLOWN_UP)) {
            Some(at) => Err(Stop::NotFinite { name: self.model.name_of_state(at).into(), time }),
            None => Ok(()),
        }
    }

    fn flow(&mut self, rates: &Rates<'_, '_>, mut agenda: Agenda, mut state: Vec<f64>, events: &mut u64) -> Result<(), Turned> {
        let mut time = self.settings.start;
        self.check(&state, time)?;
        loop {
            agenda.settle(&mut rates.machine.borrow_mut(), time, &mut state, &self.limits)?;
            *events = agenda.acted();
            self.check(&state, time)?;
            self.observe(&mut rates.machine.borrow_mut(), time, &state);
            while let Some(row) = self.next_row().filter(|row| *row <= time) {
                self.record(&mut rates.machine.borrow_mut(), row, &state);
            }
            let Some(_) = self.next_row() else { return Ok(()) };
            let turn = next_turn(&rates.machine.borrow(), time);
            let ends = [Some(self.settings.end), agenda.next(), turn];
            let to = ends.into_iter().flatten().filter(|end| *end > time).min_by(f64::total_cmp).unwrap_or(self.settings.end);
            let scheme = if self.method == Method::Bdf { Scheme::Stiff } else { Scheme::Explicit };
            let stretch = Stretch {
                scheme,
                from: time,
                to,
                longest: self.settings.step,
                rtol: self.settings.rtol,
                atol: self.settings.atol,
            };
            let mut left_at = None;
            let mut next_state = state.clone();
            let mut looker = Looker { truths: Vec::new() };
            looker.remember(&mut rates.machine.borrow_mut(), time, &state, self.seeks_switches());
            let mut look = |stepped: Stepped<'_>| -> Result<Then, Stop> {
                self.count_step(stepped.to)?;
                let Stepped { from, to, next, state_at } = stepped;
                let is_small = next < COLLAPSED * self.settings.step && to < self.settings.end;
                self.collapsed = if is_small { self.collapsed + 1 } else { 0 };
                let is_watching = !self.model.watched.is_empty() || !self.model.compiled.events.is_empty();
                let crossing = if is_watching {
                    let mut machine = rates.machine.borrow_mut();
                    looker.crossing(&mut machine, (from, to), state_at, &mut next_state, self.seeks_switches())?
                } else {
                    None
                };
                let end = crossing.unwrap_or(to);
                // The row of the moment at which something happens is that behind it.
                while let Some(row) = self.next_row().filter(|row| *row < end) {
                    state_at(row, &mut next_state)?;
                    self.check(&next_state, row)?;
                    self.record(&mut rates.machine.borrow_mut(), row, &next_state);
                }
                state_at(end, &mut next_state)?;
                self.check(&next_state, end)?;
                self.observe(&mut rates.machine.borrow_mut(), end, &next_state);
                left_at = Some(end);
                if self.is_free_to_turn() && (self.has_collapsed() || self.steps > EXPLICIT_STEPS) {
                    self.collapsed = u32::MAX;
                    return Ok(Then::Leave);
                }
                Ok(if crossing.is_some() { Then::Leave } else { Then::Go })
            };
            if state.is_empty() {
                still(time, to, &mut look)?;
            } else {
                flow(rates, stretch, &state, &mut look)?;
            }
            if self.collapsed == u32::MAX {
                return Err(Turned::Stiff);
            }
            let end = left_at.unwrap_or(to);
            if end < to {
                self.switches += 1;
            }
            // A hair before the moment that was asked for is that moment.
            time = if (to - end).abs() <= 1e-14 * to.abs().min((to - time) * 1e3) { to } else { end };
            state = next_state;
        }
    }

    fn seeks_switches(&self) -> bool {
        self.switches < MOST_SWITCHES
    }
}

/// The one value, or the mean of those of the notes.
fn mean_of(values: &[f64]) -> f64 {
    match values {
        [value] => *value,
        values => values.iter().sum::<f64>() / values.len().max(1) as f64,
    }
}

/// A stretch where nothing moves but the time.
fn still(from: f64, to: f64, look: &mut dyn FnMut(Stepped<'_>) -> Result<Then, Stop>) -> Result<(), Stop> {
    const PARTS: u32 = 64;
    let part = |at: u32| if at == PARTS { to } else { from + (to - from) * f64::from(at) / f64::from(PARTS) };
    for at in 0..PARTS {
        let stepped = Stepped { from: part(at), to: part(at + 1), next: to - from, state_at: &mut |_, _| Ok(()) };
        if look(stepped)? == Then::Leave {
            break;
        }
    }
    Ok(())
}

/// Looks for the moment at which a condition turns.
struct Looker {
    truths: Vec<bool>,
}

impl Looker {
    fn now(&self, machine: &mut Machine<'_>, time: f64, state: &[f64], with_switches: bool) -> Vec<bool> {
        machine.watch(time, state);
        let model = machine.model;
        let triggers = model.compiled.events.iter().map(|event| event.trigger);
        let switches = model.watched.iter().filter(|_| with_switches).map(|(id, _, _)| *id);
        triggers.chain(switches).map(|id| machine.number(id) != 0.0).collect()
    }

    fn remember(&mut self, machine: &mut Machine<'_>, time: f64, state: &[f64], with_switches: bool) {
        self.truths = self.now(machine, time, state, with_switches);
    }

    /// The first moment of a step at which a condition is another than it was, if there is one.
    fn crossing(
        &mut self,
        machine: &mut Machine<'_>,
        (from, to): (f64, f64),
        state_at: &mut StateAt<'_>,
        state: &mut [f64],
        with_switches: bool,
    ) -> Result<Option<f64>, Stop> {
        let mut before = from;
        for look in 1..=LOOKS {
            let time = if look == LOOKS { to } else { from + (to - from) * f64::from(look) / f64::from(LOOKS) };
            state_at(time, state)?;
            if self.now(machine, time, state, with_switches) == self.truths {
                before = time;
                continue;
            }
            let (mut low, mut high) = (before, time);
            while high - low > 1e-15 * high.abs() {
                let middle = low + (high - low) / 2.0;
                if middle <= low || middle >= high {
                    break;
                }
                state_at(middle, state)?;
                if self.now(machine, middle, state, with_switches) == self.truths { low = middle } else { high = middle }
            }
            return Ok(Some(high));
        }
        Ok(None)
    }
}
