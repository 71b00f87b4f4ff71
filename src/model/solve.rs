//! The one door to diffsol: steps of differential equations from one state to a time, a stretch without events. We step; it
//! chooses how far.
//!
//! What the rates count and forbid ends a run inside a step by unwinding, the only way out of one; [`super::drive`] catches it.

use super::engine::Machine;
use super::limits::{Limits, Stop};
use diffsol::{NalgebraLU, NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason};
use std::cell::{Cell, RefCell};

/// The most numbers that a stiff model may move: each step solves a system of that size.
pub(crate) const MOST_STIFF: usize = 300;

/// A rate that is no number counts as this large, so that the step that met it is tried again shorter. Its square is finite,
/// divided by that of a tolerance as well: of an error without bound the solver makes anything.
const OUT_OF_BOUNDS: f64 = 1e100;

/// The shortest step, as a part of the stretch.
const SHORTEST: f64 = 1e-24;

/// A stretch in which nothing moves that numbers would show.
const SHORT: f64 = 1e-13;

/// How the rates are stepped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Tsitouras 5(4), explicit (Tsitouras 2011, Comput Math Appl 62:770).
    Explicit,
    /// Backward differentiation formulas of order 1 to 5, implicit (Byrne and Hindmarsh 1975; Shampine and Reichelt 1997).
    Stiff,
}

/// The rates of a run, with what they have cost.
pub(crate) struct Rates<'r, 'm> {
    pub machine: &'r RefCell<Machine<'m>>,
    pub limits: Limits<'r>,
    pub evaluations: Cell<u64>,
    /// How many evaluations pass between two questions whether to go on: the fewer, the more each costs.
    pub patience: u64,
    /// The place of a rate that was no number, since the last step that was made.
    pub broken: Cell<Option<usize>>,
}

/// Thrown out of a step.
pub(crate) struct Thrown(pub Stop);

impl Rates<'_, '_> {
    /// Counts evaluations of the rates, and asks now and then whether to go on.
    pub(crate) fn count(&self, time: f64, more: u64) -> Result<(), Stop> {
        let before = self.evaluations.get();
        let count = before + more;
        self.evaluations.set(count);
        if count > self.limits.evaluations {
            return Err(Stop::Evaluations { most: self.limits.evaluations, time });
        }
        if before / self.patience == count / self.patience {
            return Ok(());
        }
        (self.limits.interruption)().map_or(Ok(()), Err)
    }

    fn count_or_throw(&self, time: f64) {
        if let Err(stop) = self.count(time, 1) {
            std::panic::resume_unwind(Box::new(Thrown(stop)));
        }
    }

    /// The rates, those that are no numbers replaced by a very large one.
    pub(crate) fn of(&self, time: f64, state: &[f64], rates: &mut [f64]) {
        self.count_or_throw(time);
        self.machine.borrow_mut().rates(time, state, rates);
        for (at, rate) in rates.iter_mut().enumerate().filter(|(_, rate)| !rate.is_finite()) {
            self.broken.set(Some(at));
            *rate = OUT_OF_BOUNDS;
        }
    }

    fn changes(&self, time: f64, state: &[f64], by: &[f64], out: &mut [f64]) {
        self.count_or_throw(time);
        self.machine.borrow_mut().rate_changes(time, state, by, out);
        out.iter_mut().filter(|change| !change.is_finite()).for_each(|change| *change = 0.0);
    }
}

/// Tells the state at a time within a step.
pub(crate) type StateAt<'s> = dyn FnMut(f64, &mut [f64]) -> Result<(), Stop> + 's;

/// Whether the rates at a time and a state are numbers.
type IsSound<'s> = dyn Fn(f64, &diffsol::NalgebraVec<f64>) -> bool + 's;

/// A step that was made.
pub(crate) struct Stepped<'s> {
    pub from: f64,
    pub to: f64,
    /// How far the next step is meant to go.
    pub next: f64,
    /// The state at a time within the step.
    pub state_at: &'s mut StateAt<'s>,
}

/// What is to follow a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    Go,
    Leave,
}

/// Where to go and how exactly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub scheme: Scheme,
    pub from: f64,
    pub to: f64,
    /// The longest explicit step: what goes on between two rows is not to be passed over.
    pub longest: f64,
    pub rtol: f64,
    pub atol: f64,
}

/// Steps from a state until `to`, or until whoever looks at each step wants to leave.
pub(crate) fn flow(
    rates: &Rates<'_, '_>,
    stretch: Stretch,
    state: &[f64],
    look: &mut dyn FnMut(Stepped<'_>) -> Result<Then, Stop>,
) -> Result<(), Stop> {
    let size = state.len();
    let stuck = |time: f64| {
        let mut now = vec![0.0; size];
        rates.machine.borrow_mut().rates(time, state, &mut now);
        let broken = now.iter().position(|rate| !rate.is_finite()).or(rates.broken.get());
        let fastest = (0..size).max_by(|a, b| now[*a].abs().total_cmp(&now[*b].abs())).unwrap_or_default();
        let name = rates.machine.borrow().model.name_of_state(broken.unwrap_or(fastest)).into();
        if broken.is_some() { Stop::NotFinite { name, time } } else { Stop::Stuck { time, name } }
    };
    // Where a rate was no number on the way, it has to be one where the step ends.
    let is_sound = |time: f64, at: &diffsol::NalgebraVec<f64>| {
        if rates.broken.get().is_none() {
            return true;
        }
        let (mut now, mut end) = (vec![0.0; size], vec![0.0; size]);
        end.iter_mut().enumerate().for_each(|(place, out)| *out = at[place]);
        rates.machine.borrow_mut().rates(time, &end, &mut now);
        let is_sound = now.iter().all(|rate| rate.is_finite());
        if is_sound {
            rates.broken.set(None);
        }
        is_sound
    };
    let mut problem = OdeBuilder::<NalgebraMat<f64>>::new()
        .t0(stretch.from)
        .rtol(stretch.rtol)
        .atol(vec![stretch.atol; size])
        .rhs_implicit(
            |state: &[f64], _: &[f64], time: f64, out: &mut [f64]| rates.of(time, state, out),
            |state: &[f64], _: &[f64], time: f64, by: &[f64], out: &mut [f64]| rates.changes(time, state, by, out),
        )
        .init(|_: &[f64], _: f64, out: &mut [f64]| out.copy_from_slice(state), size)
        .build()
        .map_err(|_| stuck(stretch.from))?;
    // Fast models begin with steps far below its own bound; steps that no longer move the time end a run here.
    problem.ode_options.min_timestep = SHORTEST * (stretch.to - stretch.from);
    match stretch.scheme {
        Scheme::Explicit => step_through(problem.tsit45(), stretch, (&stuck, &is_sound), look),
        Scheme::Stiff => step_through(problem.bdf::<NalgebraLU<f64>>(), stretch, (&stuck, &is_sound), look),
    }
}

fn step_through<'p, Eqn, Solver, Error>(
    solver: Result<Solver, Error>,
    stretch: Stretch,
    (stuck, is_sound): (&dyn Fn(f64) -> Stop, &IsSound<'_>),
    look: &mut dyn FnMut(Stepped<'_>) -> Result<Then, Stop>,
) -> Result<(), Stop>
where
    Eqn: diffsol::OdeEquations<T = f64, V = diffsol::NalgebraVec<f64>> + 'p,
    Solver: OdeSolverMethod<'p, Eqn>,
{
    let Ok(mut solver) = solver else { return Err(stuck(stretch.from)) };
    if solver.set_stop_time(stretch.to).is_err() {
        // A stretch too short for the solver's own sense of time, or too short for numbers of this size.
        let length = stretch.to - stretch.from;
        let is_short = length <= SHORT || length <= 8.0 * f64::EPSILON * stretch.to.abs();
        return if is_short { Ok(()) } else { Err(stuck(stretch.from)) };
    }
    let mut at = solver.state().y.clone();
    let mut from = stretch.from;
    loop {
        let Ok(reason) = solver.step() else { return Err(stuck(from)) };
        let (to, next) = (solver.state().t, solver.state().h);
        let is_there = matches!(reason, OdeSolverStopReason::TstopReached);
        if to.is_nan() || (to <= from && !is_there) || !is_sound(to, solver.state().y) {
            return Err(stuck(from));
        }
        let mut state_at = |time: f64, out: &mut [f64]| {
            let time = time.clamp(from, to);
            solver.interpolate_inplace(time, &mut at).map_err(|_| stuck(time))?;
            out.iter_mut().enumerate().for_each(|(place, out)| *out = at[place]);
            Ok(())
        };
        if look(Stepped { from, to, next, state_at: &mut state_at })? == Then::Leave || is_there {
            return Ok(());
        }
        from = to;
        if stretch.scheme == Scheme::Explicit && next > stretch.longest {
            *solver.state_mut().h = stretch.longest;
        }
    }
}
