//! Formulas as a list of steps, each after those it needs: what is the same is there once, what is known is worked out
//! beforehand. It knows no names and no text.
//!
//! A value is one number, one for each note of a graph, or one for each link. The graph is data, never code: a sum over
//! links is a step like any other.

use super::function::{One, Two};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// The number of a value on a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id(u32);

/// How many numbers a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Width {
    One,
    Notes,
    Over(Net),
}

/// What a sum goes over: the links of the graph, or all pairs of its notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Net {
    Links,
    Pairs,
}

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// The note that links.
    From,
    /// The note that is linked to.
    To,
}

impl End {
    pub(crate) fn other(self) -> End {
        if self == End::From { End::To } else { End::From }
    }
}

/// A value and how it comes about. Leaves are set from outside before a list of steps runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// A number, by its bits.
    Number(u64),
    /// The time.
    Time,
    /// The value that somebody gave a name to start with.
    Given(u32),
    /// What stays the same between events.
    Held(u32),
    /// What the solver moves.
    State(u32),
    /// A number drawn evenly from 0 to 1 at the start.
    Chance(u32),
    /// White noise.
    Noise(u32),
    /// A number of each note: its degree, whether it is a certain one.
    Data(u32),
    /// The weight of each link.
    Weight,
    Of(One, Id),
    OfTwo(Two, Id, Id),
    /// The second if the first is true, else the third.
    Choice(Id, Id, Id),
    /// For each link, the value at one of its ends.
    At(Net, End, Id),
    /// For each note, the sum over the links of which it is this end.
    Sum(Net, End, Id),
    /// For each note, the sum of the values at the other ends of the links of which it is this end, times their weights if
    /// asked.
    Gathered(End, bool, Id),
    /// The sum over all notes.
    Total(Id),
}

/// What a value depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needs(u8);

impl Needs {
    const NOTHING: Needs = Needs(0);
    const START: Needs = Needs(1);
    const HELD: Needs = Needs(2);
    pub(crate) const TIME: Needs = Needs(4);
    pub(crate) const STATE: Needs = Needs(8);
    pub(crate) const NOISE: Needs = Needs(16);

    pub(crate) fn has(self, other: Needs) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Needs) -> Needs {
        Needs(self.0 | other.0)
    }

    /// Whether it may change between two events.
    pub(crate) fn is_moving(self) -> bool {
        self.has(Needs(Needs::TIME.0 | Needs::STATE.0 | Needs::NOISE.0))
    }
}

/// The graph that a model runs over: the links between its notes, each way grouped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Web {
    /// How many notes.
    pub notes: usize,
    /// From and to of each link, sorted.
    pub links: Vec<(u32, u32)>,
    /// The weight of each.
    pub weights: Vec<f64>,
}

impl Web {
    /// How many numbers a value of this width is.
    pub(crate) fn length(&self, width: Width) -> usize {
        match width {
            Width::One => 1,
            Width::Notes => self.notes,
            Width::Over(Net::Links) => self.links.len(),
            Width::Over(Net::Pairs) => self.notes * self.notes,
        }
    }
}

/// Values, each after those it needs.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    values: Vec<Value>,
    widths: Vec<Width>,
    needs: Vec<Needs>,
    known: HashMap<Value, Id, FixedState>,
}

impl Tape {
    /// An empty tape with room for some values.
    pub(crate) fn with_room(values: usize) -> Tape {
        Tape {
            values: Vec::with_capacity(values),
            widths: Vec::with_capacity(values),
            needs: Vec::with_capacity(values),
            known: HashMap::with_capacity_and_hasher(values, FixedState::default()),
        }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn width(&self, id: Id) -> Width {
        self.widths[id.0 as usize]
    }

    pub(crate) fn needs(&self, id: Id) -> Needs {
        self.needs[id.0 as usize]
    }

    pub(crate) fn value(&self, id: Id) -> Value {
        self.values[id.0 as usize]
    }

    /// The number that a value is on every run, if it is one.
    pub(crate) fn number(&self, id: Id) -> Option<f64> {
        if let Value::Number(bits) = self.value(id) { Some(f64::from_bits(bits)) } else { None }
    }

    pub(crate) fn put_number(&mut self, number: f64) -> Id {
        self.put(Value::Number(number.to_bits()), Width::One)
    }

    /// A leaf, if it is on the tape and of this width.
    pub(crate) fn known(&self, value: Value, width: Width) -> Option<Id> {
        self.known.get(&value).copied().filter(|id| self.width(*id) == width)
    }

    /// A leaf of a width.
    pub(crate) fn leaf(&mut self, value: Value, width: Width) -> Id {
        self.put(value, width)
    }

    pub(crate) fn of(&mut self, function: One, a: Id) -> Id {
        if let Some(number) = self.number(a) {
            return self.put_number(function.of(number));
        }
        if let (One::Negative, Value::Of(One::Negative, inner)) = (function, self.value(a)) {
            return inner;
        }
        let width = self.width(a);
        self.put(Value::Of(function, a), width)
    }

    pub(crate) fn of_two(&mut self, function: Two, a: Id, b: Id) -> Id {
        match (function, self.number(a), self.number(b)) {
            (_, Some(left), Some(right)) => return self.put_number(function.of(left, right)),
            (Two::Plus, Some(0.0), _) | (Two::Times, Some(1.0), _) => return b,
            (Two::Plus | Two::Minus, _, Some(0.0)) | (Two::Times | Two::Over | Two::Power, _, Some(1.0)) => return a,
            (Two::Minus, Some(0.0), _) => return self.of(One::Negative, b),
            _ => {}
        }
        // Sums of what is taken away are differences; the digits are the same.
        match (function, self.value(a), self.value(b)) {
            (Two::Plus, _, Value::Of(One::Negative, b)) => return self.of_two(Two::Minus, a, b),
            (Two::Plus, Value::Of(One::Negative, a), _) => return self.of_two(Two::Minus, b, a),
            (Two::Minus, _, Value::Of(One::Negative, b)) => return self.of_two(Two::Plus, a, b),
            _ => {}
        }
        let width = self.wider(a, b);
        self.put(Value::OfTwo(function, a, b), width)
    }

    pub(crate) fn choice(&mut self, condition: Id, yes: Id, no: Id) -> Id {
        if let Some(number) = self.number(condition) {
            return if number != 0.0 { yes } else { no };
        }
        let of_branches = self.wider(yes, no);
        let width = if of_branches == Width::One { self.width(condition) } else { of_branches };
        self.put(Value::Choice(condition, yes, no), width)
    }

    pub(crate) fn at(&mut self, net: Net, end: End, a: Id) -> Id {
        if self.width(a) == Width::One { a } else { self.put(Value::At(net, end, a), Width::Over(net)) }
    }

    pub(crate) fn sum(&mut self, net: Net, end: End, a: Id) -> Id {
        self.put(Value::Sum(net, end, a), Width::Notes)
    }

    pub(crate) fn gathered(&mut self, end: End, is_weighted: bool, a: Id) -> Id {
        self.put(Value::Gathered(end, is_weighted, a), Width::Notes)
    }

    pub(crate) fn total(&mut self, a: Id) -> Id {
        self.put(Value::Total(a), Width::One)
    }

    fn wider(&self, a: Id, b: Id) -> Width {
        if self.width(a) == Width::One { self.width(b) } else { self.width(a) }
    }

    fn put(&mut self, value: Value, width: Width) -> Id {
        if let Some(id) = self.known.get(&value) {
            return *id;
        }
        let mut needs = match value {
            Value::Number(_) | Value::Data(_) | Value::Weight => Needs::NOTHING,
            Value::Given(_) | Value::Chance(_) => Needs::START,
            Value::Held(_) => Needs::HELD,
            Value::Time => Needs::TIME,
            Value::State(_) => Needs::STATE,
            Value::Noise(_) => Needs::NOISE,
            _ => Needs::NOTHING,
        };
        parts(value, &mut |part| needs = needs.and(self.needs(part)));
        let id = Id(self.values.len() as u32);
        self.values.push(value);
        self.widths.push(width);
        self.needs.push(needs);
        self.known.insert(value, id);
        id
    }

    /// All values that these need, themselves among them, in order.
    pub(crate) fn reachable(&self, roots: &[Id]) -> Vec<Id> {
        let mut is_needed = vec![false; self.values.len()];
        let mut open: Vec<Id> = roots.to_vec();
        while let Some(id) = open.pop() {
            if !std::mem::replace(&mut is_needed[id.0 as usize], true) {
                parts(self.value(id), &mut |part| open.push(part));
            }
        }
        (0..self.values.len() as u32).map(Id).filter(|id| is_needed[id.0 as usize]).collect()
    }
}

/// The values that one is made of.
pub(crate) fn parts(value: Value, tell: &mut dyn FnMut(Id)) {
    match value {
        Value::Of(_, a) | Value::At(_, _, a) | Value::Sum(_, _, a) | Value::Gathered(_, _, a) | Value::Total(a) => tell(a),
        Value::OfTwo(_, a, b) => [a, b].into_iter().for_each(tell),
        Value::Choice(a, b, c) => [a, b, c].into_iter().for_each(tell),
        _ => {}
    }
}

/// Where each value lies in the row of numbers that a [`Machine`](super::engine::Machine) works on.
#[derive(Debug)]
pub(crate) struct Layout {
    starts: Vec<u32>,
    lengths: Vec<u32>,
    /// How long the row is.
    pub size: usize,
}

impl Layout {
    /// A place for each of the values.
    pub(crate) fn of(tape: &Tape, needed: &[Id], web: &Web) -> Layout {
        let mut layout = Layout { starts: vec![u32::MAX; tape.len()], lengths: vec![0; tape.len()], size: 0 };
        // The states first, one behind another, so that they are set in one go.
        let number = |id: &Id| if let Value::State(number) = tape.value(*id) { Some(number) } else { None };
        let mut states: Vec<Id> = needed.iter().copied().filter(|id| number(id).is_some()).collect();
        states.sort_by_key(number);
        let others = needed.iter().copied().filter(|id| number(id).is_none());
        for id in states.into_iter().chain(others) {
            let length = web.length(tape.width(id));
            layout.starts[id.0 as usize] = layout.size as u32;
            layout.lengths[id.0 as usize] = length as u32;
            layout.size += length;
        }
        layout
    }

    /// Where a value lies, if it is needed at all.
    pub(crate) fn place(&self, id: Id) -> Option<Range<usize>> {
        let start = self.starts[id.0 as usize];
        (start != u32::MAX).then(|| start as usize..(start + self.lengths[id.0 as usize]) as usize)
    }

    fn start(&self, id: Id) -> u32 {
        self.starts[id.0 as usize]
    }

    /// The steps for these values, leaves aside.
    pub(crate) fn steps(&self, tape: &Tape, values: &[Id]) -> Vec<Step> {
        let mut steps: Vec<Step> = values.iter().filter_map(|id| self.step(tape, *id)).collect();
        join_sines(&mut steps);
        steps
    }

    fn step(&self, tape: &Tape, id: Id) -> Option<Step> {
        let to = self.start(id);
        let length = self.lengths[id.0 as usize];
        let is_wide = tape.width(id) != Width::One;
        let source = |id: Id| Source { start: self.start(id), is_wide: tape.width(id) != Width::One };
        Some(match tape.value(id) {
            Value::Of(function, a) if !is_wide => Step::Of { function, a: self.start(a), to },
            Value::Of(function, a) => Step::EachOf { function, a: self.start(a), to, length },
            Value::OfTwo(function, a, b) if !is_wide => {
                let (a, b) = (self.start(a), self.start(b));
                match function {
                    Two::Plus => Step::Plus { a, b, to },
                    Two::Minus => Step::Minus { a, b, to },
                    Two::Times => Step::Times { a, b, to },
                    function => Step::OfTwo { function, a, b, to },
                }
            }
            Value::OfTwo(function, a, b) => Step::EachOfTwo { function, a: source(a), b: source(b), to, length },
            Value::Choice(condition, yes, no) => {
                Step::Choice { condition: source(condition), yes: source(yes), no: source(no), to, length }
            }
            Value::At(net, end, a) => Step::At { net, end, a: self.start(a), to },
            Value::Sum(net, end, a) => Step::Sum { net, end, a: source(a), to },
            Value::Gathered(end, is_weighted, a) => Step::Gathered { end, is_weighted, a: source(a), to },
            Value::Total(a) => Step::Total { a: source(a), to },
            _ => return None,
        })
    }
}

/// Sine and cosine of the same are worked out together, which is half the work.
fn join_sines(steps: &mut Vec<Step>) {
    let mut sines: HashMap<u32, usize, FixedState> = HashMap::default();
    for at in 0..steps.len() {
        let Step::EachOf { function: function @ (One::Sin | One::Cos), a, to, length } = steps[at] else { continue };
        let other = *sines.entry(a).or_insert(at);
        if let Step::EachOf { function: first, to: first_to, .. } = steps[other]
            && first != function
        {
            let (sine, cosine) = if function == One::Sin { (to, first_to) } else { (first_to, to) };
            steps[other] = Step::EachSineAndCosine { a, sine, cosine, length };
            steps[at] = Step::Nothing;
        }
    }
    steps.retain(|step| !matches!(step, Step::Nothing));
}

/// Where a step reads: one number for all, or one for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub start: u32,
    pub is_wide: bool,
}

/// One step: what is read, what is done, where it goes, which always lies behind what is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Plus { a: u32, b: u32, to: u32 },
    Minus { a: u32, b: u32, to: u32 },
    Times { a: u32, b: u32, to: u32 },
    Of { function: One, a: u32, to: u32 },
    OfTwo { function: Two, a: u32, b: u32, to: u32 },
    Choice { condition: Source, yes: Source, no: Source, to: u32, length: u32 },
    EachOf { function: One, a: u32, to: u32, length: u32 },
    EachSineAndCosine { a: u32, sine: u32, cosine: u32, length: u32 },
    EachOfTwo { function: Two, a: Source, b: Source, to: u32, length: u32 },
    At { net: Net, end: End, a: u32, to: u32 },
    Sum { net: Net, end: End, a: Source, to: u32 },
    Gathered { end: End, is_weighted: bool, a: Source, to: u32 },
    Total { a: Source, to: u32 },
    Nothing,
}
