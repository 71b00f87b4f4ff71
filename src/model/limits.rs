//! When a run is stopped, and by what. Counts come first, so that the same run is stopped at the same place everywhere; the
//! clock is the caller's, and a backstop.

/// What a run may take.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Steps of a solver.
    pub steps: u64,
    /// Times that the rates are worked out.
    pub evaluations: u64,
    /// Events that act.
    pub events: u64,
    /// Numbers kept, rows times columns.
    pub values: u64,
    /// Asked now and then; what it says ends the run.
    pub interruption: &'a (dyn Fn() -> Option<Stop> + Sync),
}

impl Limits<'static> {
    /// The limits that hold where nothing else is said.
    pub const DEFAULT: Limits<'static> =
        Limits { steps: 1_000_000, evaluations: 10_000_000, events: 10_000, values: 8_000_000, interruption: &|| None };
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Limits")
            .field("steps", &self.steps)
            .field("evaluations", &self.evaluations)
            .finish_non_exhaustive()
    }
}

/// Why a run ended before its time.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Stop {
    /// Something is no number any more.
    #[error("{name} is no finite number at time {time}")]
    NotFinite {
        /// What.
        name: Box<str>,
        /// When.
        time: f64,
    },
    /// Too many steps.
    #[error("stopped at time {time} by the limit of {most} steps")]
    Steps {
        /// The limit.
        most: u64,
        /// When.
        time: f64,
    },
    /// The rates were worked out too many times.
    #[error("stopped at time {time} by the limit of {most} evaluations of the rates")]
    Evaluations {
        /// The limit.
        most: u64,
        /// When.
        time: f64,
    },
    /// Too many events.
    #[error("stopped at time {time} by the limit of {most} events: {name} fires again and again")]
    Events {
        /// The limit.
        most: u64,
        /// When.
        time: f64,
        /// The event that acted last.
        name: Box<str>,
    },
    /// More numbers than are kept.
    #[error("{values} numbers are more than the {most} that are kept: ask for fewer moments with --time, or a larger step")]
    Values {
        /// How many it would be.
        values: u64,
        /// The limit.
        most: u64,
    },
    /// The solver's steps have become as small as numbers allow.
    #[error("the steps became too small at time {time}: {name} changes without bound, or jumps")]
    Stuck {
        /// When.
        time: f64,
        /// What changes fastest.
        name: Box<str>,
    },
    /// A stiff model of many notes.
    #[error("this model is stiff, and {size} numbers that move are more than the {most} that are solved so")]
    StiffAndLarge {
        /// How many there are.
        size: usize,
        /// How many at most.
        most: usize,
    },
    /// The time that a run may take is over.
    #[error("stopped by the limit of {seconds} seconds")]
    Deadline {
        /// The limit.
        seconds: u64,
    },
    /// Somebody asked it to end.
    #[error("stopped on request")]
    Asked,
    /// A map between its steps.
    #[error("a map goes in steps of one: its rows lie whole steps apart")]
    WholeSteps,
    /// A time span that is none.
    #[error("a run goes from an earlier time to a later one, in finite steps above zero")]
    Span,
}
