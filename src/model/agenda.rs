//! Events: what fires when a condition turns true, what acts later, and in which order. As SBML level 3 defines them,
//! section 4.11; where it leaves the order open, that of the text holds.
//!
//! It does not look for the moment at which a condition turns: whoever steps does, and asks here what follows.

use super::engine::Machine;
use super::limits::{Limits, Stop};
use super::tape::Value;

/// What has fired and not yet acted.
#[derive(Clone, Debug)]
struct Pending {
    event: usize,
    time: f64,
    /// The values of the moment it fired, if those are meant.
    values: Option<Vec<f64>>,
}

/// How an event is to be treated: what its text says of it.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    pub name: Box<str>,
    pub starts_true: bool,
    pub is_persistent: bool,
    pub from_trigger: bool,
}

/// The events of a run.
#[derive(Clone, Debug)]
pub(crate) struct Agenda {
    was_true: Vec<bool>,
    pending: Vec<Pending>,
    acted: u64,
}

impl Agenda {
    pub(crate) fn new(machine: &Machine<'_>) -> Agenda {
        let was_true = machine.model.compiled.events.iter().map(|event| event.manner.starts_true).collect();
        Agenda { was_true, pending: Vec::new(), acted: 0 }
    }

    /// How many events have acted.
    pub(crate) fn acted(&self) -> u64 {
        self.acted
    }

    /// When the next one acts that has fired.
    pub(crate) fn next(&self) -> Option<f64> {
        self.pending.iter().map(|pending| pending.time).min_by(f64::total_cmp)
    }

    /// Fires what turned true, and lets act what is due at this time, until nothing is. Changes the state; says whether
    /// anything acted.
    pub(crate) fn settle(
        &mut self,
        machine: &mut Machine<'_>,
        time: f64,
        state: &mut [f64],
        limits: &Limits<'_>,
    ) -> Result<bool, Stop> {
        let model = machine.model;
        let events = &model.compiled.events;
        let mut has_acted = false;
        if events.is_empty() {
            return Ok(false);
        }
        loop {
            self.fire(machine, time, state);
            if self.pending.len() as u64 > limits.events
                && let Some(last) = self.pending.last()
            {
                let name = events[last.event].manner.name.clone();
                return Err(Stop::Events { most: limits.events, time, name });
            }
            let due: Vec<usize> = (0..self.pending.len()).filter(|at| self.pending[*at].time <= time).collect();
            if due.is_empty() {
                return Ok(has_acted);
            }
            machine.event_values(time, state);
            let priority = |at: usize| {
                let event = &events[self.pending[at].event];
                let given = event.priority.map_or(f64::NEG_INFINITY, |priority| machine.number(priority));
                // What is no number comes last, like what is not said.
                if given.is_nan() { f64::NEG_INFINITY } else { given }
            };
            // The greatest priority; of equals the first of the text, and of the same event the one that fired first.
            let before = |a: &usize, b: &usize| {
                let order = |at: usize| (self.pending[at].event, at);
                priority(*b).total_cmp(&priority(*a)).then_with(|| order(*a).cmp(&order(*b)))
            };
            let Some(first) = due.into_iter().min_by(before) else { return Ok(has_acted) };
            let acting = self.pending.remove(first);
            let event = &events[acting.event];
            let values = acting.values.unwrap_or_else(|| event.sets.iter().map(|(_, value)| machine.number(*value)).collect());
            for ((symbol, _), value) in event.sets.iter().zip(values) {
                match model.place_of_state(*symbol) {
                    Some(place) => state[place].fill(value),
                    None => machine.set_held(*symbol, value),
                }
            }
            machine.hold();
            has_acted = true;
            self.acted += 1;
            if self.acted > limits.events {
                return Err(Stop::Events { most: limits.events, time, name: event.manner.name.clone() });
            }
        }
    }

    fn fire(&mut self, machine: &mut Machine<'_>, time: f64, state: &[f64]) {
        machine.watch(time, state);
        machine.event_values(time, state);
        for (at, event) in machine.model.compiled.events.iter().enumerate() {
            let now = is_true(machine.number(event.trigger));
            let before = std::mem::replace(&mut self.was_true[at], now);
            if now && !before {
                let delay = event.delay.map_or(0.0, |delay| machine.number(delay));
                let values =
                    event.manner.from_trigger.then(|| event.sets.iter().map(|(_, value)| machine.number(*value)).collect());
                // A delay that is no number or below zero is none.
                let time = if delay > 0.0 { time + delay } else { time };
                self.pending.push(Pending { event: at, time, values });
            } else if before && !now && !event.manner.is_persistent {
                self.pending.retain(|pending| pending.event != at);
            }
        }
    }
}

fn is_true(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

/// The times behind `time` at which a comparison turns that depends on nothing but the time.
pub(crate) fn next_turn(machine: &Machine<'_>, time: f64) -> Option<f64> {
    let tape = &machine.model.compiled.tape;
    let turns = machine.model.watched.iter().filter_map(|(_, a, b)| {
        let other = match (tape.value(*a), tape.value(*b)) {
            (Value::Time, _) => *b,
            (_, Value::Time) => *a,
            _ => return None,
        };
        (!tape.needs(other).is_moving()).then(|| machine.number(other))
    });
    turns.filter(|turn| *turn > time && turn.is_finite()).min_by(f64::total_cmp)
}
