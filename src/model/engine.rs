//! A model made ready to run, and the row of numbers of one run. It knows no solver: it answers what the rates, the outputs
//! and the conditions are at a time and a state.

use super::chance::{evenly, stream};
use super::compile::{Compiled, Graph, compile};
use super::fault::Fault;
use super::flatten::{Course, Flat, Text};
use super::function::Two;
use super::machine::{run, run_changes};
use super::tape::{Id, Layout, Step, Value, Width};
use std::ops::Range;

/// What a name of a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stays what it is set to, but for events.
    Parameter,
    /// Follows from parameters at the start.
    Derived,
    /// Moves by a rate.
    State,
    /// Moves by steps.
    Stepping,
    /// Follows from the others at each moment.
    Output,
}

/// A name of a model.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name, with dots for those of submodels.
    pub name: Box<str>,
    /// What it is.
    pub role: Role,
    /// The number it starts from, if it is a number by itself; then it can be set. Not a number for a port that nothing
    /// feeds, which has to be set.
    pub default: Option<f64>,
    /// The least sensible value.
    pub min: Option<f64>,
    /// The sensible step.
    pub step: Option<f64>,
    /// The greatest sensible value.
    pub max: Option<f64>,
    /// What people call it.
    pub label: Option<Box<str>>,
    /// Its unit, as written.
    pub unit: Option<Box<str>>,
    /// Whether it has a value for each note of the graph.
    pub is_of_notes: bool,
    /// Whether it can differ from one moment to the next.
    pub is_moving: bool,
}

/// A model ready to run.
#[derive(Debug)]
pub struct Model {
    pub(crate) compiled: Compiled,
    layout: Layout,
    template: Vec<f64>,
    start_steps: Vec<Step>,
    held_steps: Vec<Step>,
    rate_steps: Vec<Step>,
    output_steps: Vec<Step>,
    watch_steps: Vec<Step>,
    event_steps: Vec<Step>,
    /// Where each state lies among the numbers that the solver moves.
    state_places: Vec<Range<usize>>,
    /// Comparisons whose turning is looked for: both sides.
    pub(crate) watched: Vec<(Id, Id, Id)>,
    names: Vec<Named>,
    keys: Vec<Box<str>>,
}

impl Model {
    /// Makes a model ready: the first of the texts, of its models the one of this name or the main one. `graph` is there for
    /// a model that runs over notes.
    ///
    /// # Errors
    /// What keeps it from running, with its place.
    pub fn new(texts: &[Text], model: Option<&str>, graph: Option<&Graph>) -> Result<Model, Fault> {
        let flat = Flat::of(texts, model)?;
        let compiled = compile(&flat, graph)?;
        let tape = &compiled.tape;
        let values_of_events = || {
            compiled.events.iter().flat_map(|event| {
                let sets = event.sets.iter().map(|(_, value)| *value);
                event.delay.into_iter().chain(event.priority).chain(sets)
            })
        };
        let rates: Vec<Id> = compiled.moving.iter().map(|(_, rate)| *rate).collect();
        let triggers: Vec<Id> = compiled.events.iter().map(|event| event.trigger).collect();
        let of_events: Vec<Id> = values_of_events().collect();
        let turning = [&rates[..], &triggers, &of_events].concat();
        let watched: Vec<(Id, Id, Id)> = tape
            .reachable(&turning)
            .into_iter()
            .filter(|id| tape.needs(*id).is_moving() && tape.width(*id) == Width::One)
            .filter_map(|id| match tape.value(id) {
                Value::OfTwo(Two::Less | Two::LessOrEqual, a, b) => Some((id, a, b)),
                _ => None,
            })
            .collect();
        let watch_roots: Vec<Id> = watched.iter().flat_map(|(id, a, b)| [*id, *a, *b]).chain(triggers.iter().copied()).collect();
        let starts: Vec<Id> = compiled.starts.iter().flatten().copied().collect();
        let all = [&compiled.runs[..], &rates, &of_events, &watch_roots, &starts].concat();
        let needed = tape.reachable(&all);
        let layout = Layout::of(tape, &needed, &compiled.web);
        let mut template = vec![0.0; layout.size];
        for id in &needed {
            let Some(place) = layout.place(*id) else { continue };
            match tape.value(*id) {
                Value::Number(bits) => template[place].fill(f64::from_bits(bits)),
                Value::Data(number) => template[place].copy_from_slice(&compiled.data[number as usize]),
                Value::Weight => template[place].copy_from_slice(&compiled.web.weights),
                _ => {}
            }
        }
        let moving = |roots: &[Id]| -> Vec<Step> {
            let values: Vec<Id> = tape.reachable(roots).into_iter().filter(|id| tape.needs(*id).is_moving()).collect();
            layout.steps(tape, &values)
        };
        let running = [&compiled.runs[..], &rates, &of_events, &watch_roots].concat();
        let held: Vec<Id> = tape.reachable(&running).into_iter().filter(|id| !tape.needs(*id).is_moving()).collect();
        let mut state_places = Vec::new();
        let mut end = 0;
        for (symbol, _) in &compiled.moving {
            let length = if tape.width(compiled.runs[*symbol]) == Width::One { 1 } else { compiled.web.notes };
            state_places.push(end..end + length);
            end += length;
        }
        let names = flat
            .symbols
            .iter()
            .enumerate()
            .map(|(at, symbol)| {
                let literal = symbol.start.and_then(|formula| formula.expression.literal());
                let default = literal.or(symbol.is_open.then_some(f64::NAN));
                let range = symbol.range;
                let is_set = compiled.events.iter().any(|event| event.sets.iter().any(|(set, _)| *set == at));
                Named {
                    name: symbol.name.clone(),
                    role: match symbol.course {
                        Course::Rate(_) => Role::State,
                        Course::Next(_) => Role::Stepping,
                        Course::Rule(_) => Role::Output,
                        Course::Stays if default.is_some() || symbol.start.is_none() => Role::Parameter,
                        Course::Stays => Role::Derived,
                    },
                    default,
                    min: range.and_then(|range| range.min),
                    step: range.and_then(|range| range.step),
                    max: range.and_then(|range| range.max),
                    label: range.and_then(|range| range.label.clone()).or_else(|| symbol.title.map(Into::into)),
                    unit: symbol.unit.map(Into::into),
                    is_of_notes: tape.width(compiled.runs[at]) != Width::One,
                    is_moving: is_set || tape.needs(compiled.runs[at]).is_moving(),
                }
            })
            .collect();
        Ok(Model {
            template,
            start_steps: layout.steps(tape, &tape.reachable(&starts)),
            held_steps: layout.steps(tape, &held),
            rate_steps: moving(&rates),
            output_steps: moving(&compiled.runs),
            watch_steps: moving(&watch_roots),
            event_steps: moving(&of_events),
            state_places,
            watched,
            names,
            keys: graph.map_or(Vec::new(), |graph| graph.keys.clone()),
            layout,
            compiled,
        })
    }

    /// The names, in the order of the text, those of submodels behind those of their models.
    pub fn names(&self) -> &[Named] {
        &self.names
    }

    /// Where a name stands among [`Model::names`]; a port goes by the name that stands for it outside.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| &*known.name == name)
    }

    /// Whether it goes in steps, `x(t+1) =`.
    pub fn is_map(&self) -> bool {
        self.compiled.is_map
    }

    /// Whether noise drives it.
    pub fn is_noisy(&self) -> bool {
        !self.compiled.noises.is_empty()
    }

    /// Whether anything in it depends on the seed.
    pub fn needs_seed(&self) -> bool {
        self.is_noisy() || !self.compiled.chances.is_empty()
    }

    /// How many numbers a noise is.
    pub(crate) fn width_of_noise(&self, noise: usize) -> Width {
        let of_notes = self.compiled.tape.known(Value::Noise(noise as u32), Width::Notes);
        if of_notes.is_some() { Width::Notes } else { Width::One }
    }

    pub(crate) fn keys(&self) -> &[Box<str>] {
        &self.keys
    }

    /// The number of notes it runs over; 0 without a graph.
    pub fn notes(&self) -> usize {
        self.compiled.web.notes
    }

    /// What is worth telling about its text.
    pub fn warnings(&self) -> &[Box<str>] {
        &self.compiled.warnings
    }

    /// How many numbers move.
    pub(crate) fn size(&self) -> usize {
        self.state_places.last().map_or(0, |place| place.end)
    }

    /// The name whose state lies at this place among the numbers that move.
    pub(crate) fn name_of_state(&self, at: usize) -> &str {
        let state = self.state_places.iter().position(|place| place.contains(&at));
        state.map_or("", |state| &self.names[self.compiled.moving[state].0].name)
    }

    pub(crate) fn place_of_state(&self, symbol: usize) -> Option<Range<usize>> {
        let state = self.compiled.moving.iter().position(|(moving, _)| *moving == symbol)?;
        Some(self.state_places[state].clone())
    }
}

/// The numbers of one run.
#[derive(Clone, Debug)]
pub(crate) struct Machine<'m> {
    pub model: &'m Model,
    row: Vec<f64>,
    changes: Vec<f64>,
    time: Option<usize>,
    rates: Vec<(Option<Range<usize>>, Range<usize>)>,
}

impl<'m> Machine<'m> {
    pub(crate) fn new(model: &'m Model) -> Machine<'m> {
        let (tape, layout) = (&model.compiled.tape, &model.layout);
        let place_of = |value: Value, width| tape.known(value, width).and_then(|id| layout.place(id));
        let moving = model.compiled.moving.iter().zip(&model.state_places);
        Machine {
            model,
            row: model.template.clone(),
            changes: Vec::new(),
            time: place_of(Value::Time, Width::One).map(|place| place.start),
            rates: moving.map(|((_, rate), place)| (layout.place(*rate), place.clone())).collect(),
        }
    }

    /// How many numbers it works on.
    pub(crate) fn length(&self) -> usize {
        self.row.len()
    }

    /// Sets all that is known at the start; returns the state. `given` holds a number for each name, used for those that are
    /// numbers by themselves.
    pub(crate) fn begin(&mut self, given: &[f64], seed: u64, time: f64) -> Vec<f64> {
        let model = self.model;
        let (tape, layout) = (&model.compiled.tape, &model.layout);
        for (at, number) in given.iter().enumerate() {
            if let Some(place) = tape.known(Value::Given(at as u32), Width::One).and_then(|id| layout.place(id)) {
                self.row[place].fill(*number);
            }
        }
        for (at, (name, width)) in model.compiled.chances.iter().enumerate() {
            if let Some(place) = tape.known(Value::Chance(at as u32), *width).and_then(|id| layout.place(id)) {
                match width {
                    Width::One => self.row[place].fill(evenly(&mut stream(seed, name, ""))),
                    _ => {
                        let drawn = model.keys.iter().map(|key| evenly(&mut stream(seed, name, key)));
                        self.row[place].iter_mut().zip(drawn).for_each(|(out, drawn)| *out = drawn);
                    }
                }
            }
        }
        self.set_time(time);
        run(&model.start_steps, &mut self.row, &model.compiled.web);
        let mut state = vec![0.0; model.size()];
        for (at, start) in model.compiled.starts.iter().enumerate() {
            let start = start.and_then(|id| layout.place(id));
            if let Some(place) = model.place_of_state(at) {
                if let Some(start) = start {
                    spread(&self.row[start], &mut state[place]);
                }
            } else if let Value::Held(_) = tape.value(model.compiled.runs[at])
                && let Some(place) = layout.place(model.compiled.runs[at])
            {
                match start {
                    Some(start) => self.row.copy_within(start, place.start),
                    None => self.row[place].fill(f64::NAN),
                }
            }
        }
        self.hold();
        state
    }

    /// Works out again what stays between events.
    pub(crate) fn hold(&mut self) {
        run(&self.model.held_steps, &mut self.row, &self.model.compiled.web);
    }

    /// Gives a name that stays another value.
    pub(crate) fn set_held(&mut self, symbol: usize, value: f64) {
        if let Some(place) = self.model.layout.place(self.model.compiled.runs[symbol]) {
            self.row[place].fill(value);
        }
    }

    fn set_time(&mut self, time: f64) {
        if let Some(place) = self.time {
            self.row[place] = time;
        }
    }

    fn set(&mut self, time: f64, state: &[f64]) {
        self.set_time(time);
        // The layout has the states at the front of the row, in their order; all of them, or those would be none to step.
        self.row[..state.len()].copy_from_slice(state);
    }

    /// Sets white noise: one number for each place of each noise.
    pub(crate) fn set_noise(&mut self, noise: usize, numbers: &mut dyn FnMut(usize) -> f64) {
        let (tape, layout) = (&self.model.compiled.tape, &self.model.layout);
        for width in [Width::One, Width::Notes] {
            if let Some(place) = tape.known(Value::Noise(noise as u32), width).and_then(|id| layout.place(id)) {
                self.row[place].iter_mut().enumerate().for_each(|(at, out)| *out = numbers(at));
            }
        }
    }

    /// The rates at a time and a state, or the next values.
    pub(crate) fn rates(&mut self, time: f64, state: &[f64], rates: &mut [f64]) {
        self.set(time, state);
        run(&self.model.rate_steps, &mut self.row, &self.model.compiled.web);
        for (from, to) in &self.rates {
            if let Some(from) = from {
                spread(&self.row[from.clone()], &mut rates[to.clone()]);
            }
        }
    }

    /// How much the rates change where the state changes by `by`.
    pub(crate) fn rate_changes(&mut self, time: f64, state: &[f64], by: &[f64], out: &mut [f64]) {
        self.set(time, state);
        self.changes.resize(self.row.len(), 0.0);
        self.changes[..by.len()].copy_from_slice(by);
        run_changes(&self.model.rate_steps, &mut self.row, &mut self.changes, &self.model.compiled.web);
        for (from, to) in &self.rates {
            if let Some(from) = from {
                spread(&self.changes[from.clone()], &mut out[to.clone()]);
            }
        }
    }

    /// Works out every name at a time and a state; [`Machine::value`] tells them.
    pub(crate) fn outputs(&mut self, time: f64, state: &[f64]) {
        self.set(time, state);
        run(&self.model.output_steps, &mut self.row, &self.model.compiled.web);
    }

    /// The value of a name, or its values over the notes, as last worked out.
    pub(crate) fn value(&self, symbol: usize) -> &[f64] {
        self.model.layout.place(self.model.compiled.runs[symbol]).map_or(&[], |place| &self.row[place])
    }

    /// Works out the conditions at a time and a state; [`Machine::number`] tells them.
    pub(crate) fn watch(&mut self, time: f64, state: &[f64]) {
        self.set(time, state);
        run(&self.model.watch_steps, &mut self.row, &self.model.compiled.web);
    }

    /// Works out the formulas of events, but for their triggers.
    pub(crate) fn event_values(&mut self, time: f64, state: &[f64]) {
        self.set(time, state);
        run(&self.model.event_steps, &mut self.row, &self.model.compiled.web);
    }

    /// A value that is one number, as last worked out.
    pub(crate) fn number(&self, id: Id) -> f64 {
        self.model.layout.place(id).map_or(f64::NAN, |place| self.row[place.start])
    }
}

/// One number for all places, or one for each.
fn spread(from: &[f64], to: &mut [f64]) {
    if from.len() == to.len() { to.copy_from_slice(from) } else { to.fill(from.first().copied().unwrap_or(f64::NAN)) }
}
