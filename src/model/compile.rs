//! From flat names to a tape: each formula becomes values, each name a place. Nothing runs here.
//!
//! A name means one thing at the start and another while the model runs: `y = 2*x` reads the start value of `x`, `y := 2*x`
//! its value at each moment. So there are two readings of every formula, and two memories of what names became.

use super::agenda::Manner;
use super::fault::{Fault, Wrong, nearest_of};
use super::flatten::{Course, Flat, Formula};
use super::function::{One, Two};
use super::separate::{Memory, apart};
use super::syntax::constant;
use super::syntax::{Argument, At, Comparison, Dialect, Expression, Factor, Function, Kind, Sign};
use super::tape::{End, Id, Needs, Net, Tape, Value, Web, Width};
use std::collections::{BTreeMap, HashMap};

/// The most notes for which all pairs are summed one by one.
const MOST_PAIRS: usize = 300;

/// The most values of a tape.
const LONGEST_TAPE: usize = 200_000;

/// The most parts of formulas that are read, those of a function each time that it is called.
const MOST_PARTS: usize = 1_000_000;

/// How deep formulas may nest, those of functions within those that call them.
const DEEPEST: usize = 400;

/// The most functions within functions.
const DEEPEST_CALL: usize = 32;

/// The most notes, and the most links between them.
const MOST_NOTES: usize = 100_000;
const MOST_LINKS: usize = 2_000_000;

/// The most numbers that a run works on: 64 MB.
const MOST_NUMBERS: usize = 8_000_000;

/// The most streams of noise: one for each name of noise, and over a graph one for each note.
const MOST_STREAMS: usize = 200_000;

/// The most numbers that move by themselves in a model without a graph.
const MOST_STATES: usize = 4_096;

/// The concept graph a model runs over, as plain numbers and names.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The key of each note, which names it for good: its path.
    pub keys: Vec<Box<str>>,
    /// What people call each.
    pub labels: Vec<Box<str>>,
    /// From, to and weight of each link between two of them; each pair at most once.
    pub links: Vec<(u32, u32, f64)>,
    /// The notes that links in formulas mean: what stands in the link, and the note if it is one of these.
    pub named: Vec<(Box<str>, Option<u32>)>,
}

/// Which reading of a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reading {
    Start,
    Run,
}

/// What a formula is part of.
#[derive(Clone, Copy)]
struct Place<'e> {
    reading: Reading,
    scope: usize,
    /// The parameters of the function whose body it is, with their values.
    arguments: Option<&'e [(&'e str, Id)]>,
    /// The links that the sum around it goes over.
    net: Option<Net>,
    /// Functions around it.
    calls: usize,
    /// Formulas around it.
    depth: usize,
}

/// What a model became.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub tape: Tape,
    pub web: Web,
    /// The value of each symbol at the start.
    pub starts: Vec<Option<Id>>,
    /// The value of each symbol while it runs.
    pub runs: Vec<Id>,
    /// The symbols that move by themselves, with the values of their rates or next values.
    pub moving: Vec<(usize, Id)>,
    pub is_map: bool,
    /// Names of white noise, in order of the text.
    pub noises: Vec<Box<str>>,
    /// What each number drawn at the start is called.
    pub chances: Vec<(Box<str>, Width)>,
    pub data: Vec<Vec<f64>>,
    pub events: Vec<EventValues>,
    /// Notes on the text worth telling.
    pub warnings: Vec<Box<str>>,
}

/// The formulas of an event.
#[derive(Debug)]
pub(crate) struct EventValues {
    pub trigger: Id,
    pub delay: Option<Id>,
    pub priority: Option<Id>,
    pub sets: Vec<(usize, Id)>,
    pub manner: Manner,
}

/// Compiles a model; `graph` is there for one that runs over notes.
pub(crate) fn compile(flat: &Flat<'_>, graph: Option<&Graph>) -> Result<Compiled, Fault> {
    let mut compiler = Compiler::new(flat, graph);
    compiler.everything()?;
    compiler.check_size()?;
    let runs = compiler.known[1].iter().map(|id| id.unwrap_or(compiler.nothing)).collect();
    Ok(Compiled {
        tape: compiler.tape,
        web: compiler.web,
        starts: std::mem::take(&mut compiler.known[0]),
        runs,
        moving: compiler.moving,
        is_map: compiler.is_map,
        noises: compiler.noises,
        chances: compiler.chances,
        data: compiler.data,
        events: compiler.events,
        warnings: compiler.warnings,
    })
}

/// A call that was read: the body of its function, in which reading, within a sum over what, of which values.
type Called = (*const Expression, Reading, Option<Net>, Vec<Id>);

struct Compiler<'f, 't> {
    flat: &'f Flat<'t>,
    graph: Option<&'f Graph>,
    tape: Tape,
    web: Web,
    nothing: Id,
    known: [Vec<Option<Id>>; 2],
    calls: HashMap<Called, Id>,
    separated: Memory,
    /// Parts of formulas read so far.
    parts: usize,
    moving: Vec<(usize, Id)>,
    is_map: bool,
    noises: Vec<Box<str>>,
    chances: Vec<(Box<str>, Width)>,
    data: Vec<Vec<f64>>,
    data_known: BTreeMap<String, Id>,
    events: Vec<EventValues>,
    warnings: Vec<Box<str>>,
    /// The symbol whose formula is read, to name what is drawn for it.
    subject: Box<str>,
    /// Whether the formula that is read is a rate, where noise belongs.
    is_rate: bool,
    drawn: usize,
}

impl<'f, 't> Compiler<'f, 't> {
    fn new(flat: &'f Flat<'t>, graph: Option<&'f Graph>) -> Compiler<'f, 't> {
        let mut tape = Tape::with_room(8 * flat.symbols.len() + 16);
        let nothing = tape.put_number(f64::NAN);
        let mut links: Vec<(u32, u32, f64)> = graph.map_or(Vec::new(), |graph| graph.links.clone());
        links.sort_by_key(|(from, to, _)| (*from, *to));
        let web = Web {
            notes: graph.map_or(0, |graph| graph.keys.len()),
            links: links.iter().map(|(from, to, _)| (*from, *to)).collect(),
            weights: links.iter().map(|(_, _, weight)| *weight).collect(),
        };
        let count = flat.symbols.len();
        Compiler {
            flat,
            graph,
            tape,
            web,
            nothing,
            known: [vec![None; count], vec![None; count]],
            calls: HashMap::default(),
            separated: Memory::new(),
            parts: 0,
            moving: Vec::new(),
            is_map: false,
            noises: Vec::new(),
            chances: Vec::new(),
            data: Vec::new(),
            data_known: BTreeMap::new(),
            events: Vec::new(),
            warnings: Vec::new(),
            subject: "".into(),
            is_rate: false,
            drawn: 0,
        }
    }

    fn everything(&mut self) -> Result<(), Fault> {
        let flat = self.flat;
        self.within("notes", self.web.notes, MOST_NOTES)?;
        self.within("links", self.web.links.len(), MOST_LINKS)?;
        self.check_courses()?;
        // The start of all names, each after those it needs; then all that runs.
        for at in self.order(Reading::Start)? {
            let symbol = &flat.symbols[at];
            self.subject = symbol.name.clone();
            self.drawn = 0;
            let id = match (&symbol.start, &symbol.course) {
                (_, Course::Rule(formula)) => Some(self.formula(*formula, Reading::Start)?),
                (Some(formula), _) => match formula.expression.literal() {
                    Some(_) => Some(self.tape.leaf(Value::Given(at as u32), Width::One)),
                    None => Some(self.formula(*formula, Reading::Start)?),
                },
                (None, _) => symbol.is_open.then(|| self.tape.leaf(Value::Given(at as u32), Width::One)),
            };
            self.known[0][at] = id;
        }
        let mut states = 0;
        for (at, symbol) in flat.symbols.iter().enumerate() {
            match symbol.course {
                Course::Rate(_) | Course::Next(_) => {
                    if self.known[0][at].is_none() {
                        return Err(self.fault(symbol.text, symbol.at, Wrong::NoStart { name: symbol.name.clone() }));
                    }
                    let width = if self.graph.is_some() { Width::Notes } else { Width::One };
                    self.known[1][at] = Some(self.tape.leaf(Value::State(states), width));
                    states += 1;
                }
                Course::Stays => {
                    let width = self.known[0][at].map_or(Width::One, |id| self.tape.width(id));
                    self.known[1][at] = Some(self.tape.leaf(Value::Held(at as u32), width));
                }
                Course::Rule(_) => {}
            }
        }
        self.within("states", states as usize, MOST_STATES)?;
        for at in self.order(Reading::Run)? {
            if let Course::Rule(formula) = flat.symbols[at].course {
                self.subject = flat.symbols[at].name.clone();
                self.known[1][at] = Some(self.formula(formula, Reading::Run)?);
            }
        }
        for (at, symbol) in flat.symbols.iter().enumerate() {
            if let Course::Rate(formula) | Course::Next(formula) = symbol.course {
                self.subject = symbol.name.clone();
                self.is_rate = true;
                let id = self.formula(formula, Reading::Run);
                self.is_rate = false;
                self.moving.push((at, id?));
            }
        }
        // All at once first, which is quick where all is well.
        let rates: Vec<Id> = self.moving.iter().map(|(_, id)| *id).collect();
        if self.bent_noise(&rates).is_some() {
            for (at, id) in &self.moving {
                let symbol = &flat.symbols[*at];
                if let (Course::Rate(formula) | Course::Next(formula), Some(noise)) = (symbol.course, self.bent_noise(&[*id])) {
                    let what = Wrong::BentNoise { name: symbol.name.clone(), noise };
                    return Err(self.fault_of(formula, what));
                }
            }
        }
        for (event, scope) in &flat.events {
            self.event(event, *scope)?;
        }
        self.within("streams of noise", self.noises.len() * self.web.notes.max(1), MOST_STREAMS)
    }

    /// Refuses more of something than is run; it is the model as a whole that is too large.
    fn within(&self, what: &'static str, count: usize, most: usize) -> Result<(), Fault> {
        let too_many = Wrong::TooMany { what, count, most };
        if count > most { Err(self.fault(0, At { start: 0, end: 0 }, too_many)) } else { Ok(()) }
    }

    fn check_courses(&mut self) -> Result<(), Fault> {
        let (mut next, mut rate) = (None, None);
        for symbol in &self.flat.symbols {
            match symbol.course {
                Course::Next(_) => next = next.or(Some(symbol)),
                Course::Rate(_) => rate = rate.or(Some(symbol)),
                _ => {}
            }
            let is_changed = matches!(symbol.course, Course::Rate(_) | Course::Next(_) | Course::Rule(_));
            if symbol.is_constant && is_changed {
                return Err(self.fault(symbol.text, symbol.at, Wrong::Constant { name: symbol.name.clone() }));
            }
            if let (Course::Rule(_), Some(start)) = (&symbol.course, &symbol.start) {
                let what = Wrong::Both { name: symbol.name.clone(), one: "a value", other: "a rule" };
                return Err(self.fault_of(*start, what));
            }
        }
        if let (Some(next), Some(rate)) = (next, rate) {
            let what = Wrong::Mixed { name: next.name.clone(), other: rate.name.clone() };
            return Err(self.fault(next.text, next.at, what));
        }
        self.is_map = next.is_some();
        let is_anything =
            self.flat.symbols.iter().any(|symbol| symbol.start.is_some() || !matches!(symbol.course, Course::Stays));
        if is_anything { Ok(()) } else { Err(self.fault(0, At { start: 0, end: 0 }, Wrong::Empty)) }
    }

    /// Holds that the row of numbers of a run is not too long: all values of all notes and links.
    fn check_size(&self) -> Result<(), Fault> {
        let known = self.known.iter().flatten().flatten().copied();
        let of_events = self.events.iter().flat_map(|event| {
            let first = [Some(event.trigger), event.delay, event.priority];
            first.into_iter().flatten().chain(event.sets.iter().map(|(_, value)| *value))
        });
        let roots: Vec<Id> = known.chain(self.moving.iter().map(|(_, id)| *id)).chain(of_events).collect();
        let needed = self.tape.reachable(&roots);
        let numbers: usize = needed.into_iter().map(|id| self.web.length(self.tape.width(id))).sum();
        self.within("numbers at a moment", numbers, MOST_NUMBERS)
    }

    /// The symbols whose values are formulas, each after those it needs.
    fn order(&self, reading: Reading) -> Result<Vec<usize>, Fault> {
        let formula = |at: usize| {
            let symbol = &self.flat.symbols[at];
            match (&symbol.course, reading) {
                (Course::Rule(formula), _) => Some(*formula),
                (_, Reading::Start) => symbol.start,
                _ => None,
            }
        };
        let count = self.flat.symbols.len();
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut missing = vec![0_usize; count];
        for (at, missing) in missing.iter_mut().enumerate() {
            let mut used = Vec::new();
            if let Some(formula) = formula(at) {
                self.names(formula.expression, formula.scope, &mut used);
            }
            used.sort_unstable();
            used.dedup();
            for other in used.into_iter().filter(|other| formula(*other).is_some()) {
                needs[other].push(at);
                *missing += 1;
            }
        }
        let mut ready: std::collections::BTreeSet<usize> = (0..count).filter(|at| missing[*at] == 0).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(at) = ready.pop_first() {
            order.push(at);
            for next in &needs[at] {
                missing[*next] -= 1;
                if missing[*next] == 0 {
                    ready.insert(*next);
                }
            }
        }
        match (0..count).find(|at| missing[*at] > 0) {
            None => Ok(order),
            Some(first) => {
                // Whoever is left and is needed by somebody left is in a circle, or between two.
                let left = |at: &usize| missing[*at] > 0 && needs[*at].iter().any(|next| missing[*next] > 0);
                let names = (0..count).filter(left).take(8).map(|at| self.flat.symbols[at].name.to_string()).collect();
                let symbol = &self.flat.symbols[first];
                Err(self.fault(symbol.text, symbol.at, Wrong::Circle { names }))
            }
        }
    }

    /// The symbols that a formula names, `x_pre` standing for `x`.
    fn names(&self, expression: &Expression, scope: usize, used: &mut Vec<usize>) {
        expression.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind {
                used.extend(
                    self.flat.find(scope, name).or_else(|| end_of(name).and_then(|(base, _)| self.flat.find(scope, base))),
                );
            }
        });
    }

    fn event(&mut self, event: &'t super::syntax::Event, scope: usize) -> Result<(), Fault> {
        let formula = |expression| Formula { expression, scope };
        self.subject = event.name.as_ref().map_or("an event".into(), |name| name.text.clone());
        let trigger = self.formula(formula(&event.trigger), Reading::Run)?;
        let one = |compiler: &mut Self, expression: &'t Option<Expression>| {
            expression.as_ref().map(|it| compiler.formula(formula(it), Reading::Run)).transpose()
        };
        let (delay, priority) = (one(self, &event.delay)?, one(self, &event.priority)?);
        let mut sets = Vec::with_capacity(event.sets.len());
        for (name, value) in &event.sets {
            let text = self.flat.scopes[scope].text;
            let Some(symbol) = self.flat.find(scope, &name.text) else {
                return Err(self.unknown(scope, &name.text, name.at));
            };
            match self.flat.symbols[symbol].course {
                Course::Rule(_) => {
                    let what = Wrong::Both { name: name.text.clone(), one: "a rule", other: "an event that sets it" };
                    return Err(self.fault(text, name.at, what));
                }
                _ if self.flat.symbols[symbol].is_constant => {
                    return Err(self.fault(text, name.at, Wrong::Constant { name: name.text.clone() }));
                }
                _ => {}
            }
            sets.push((symbol, self.formula(formula(value), Reading::Run)?));
        }
        let values = [Some(trigger), delay, priority].into_iter().flatten().chain(sets.iter().map(|(_, value)| *value));
        if values.into_iter().any(|value| self.tape.width(value) != Width::One) {
            let why = "over a graph an event happens to all notes at once: use sums over them, such as mean_all(x)";
            let what = Wrong::Unsupported { name: "an event with values of single notes".into(), why };
            return Err(self.fault_of(formula(&event.trigger), what));
        }
        let manner = Manner {
            name: self.subject.clone(),
            starts_true: event.starts_true,
            is_persistent: event.is_persistent,
            from_trigger: event.from_trigger,
        };
        self.events.push(EventValues { trigger, delay, priority, sets, manner });
        Ok(())
    }

    fn formula(&mut self, formula: Formula<'t>, reading: Reading) -> Result<Id, Fault> {
        let place = Place { reading, scope: formula.scope, arguments: None, net: None, calls: 0, depth: 0 };
        self.expression(formula.expression, place)
    }

    fn expression(&mut self, expression: &Expression, place: Place<'_>) -> Result<Id, Fault> {
        self.go_deeper(expression, place)?;
        let place = Place { depth: place.depth + 1, ..place };
        // Each kind works elsewhere, so that a deep formula takes little of the stack.
        match &expression.kind {
            Kind::Number(number) => Ok(self.tape.put_number(*number)),
            Kind::Truth(is_true) => Ok(self.tape.put_number(super::function::truth(*is_true))),
            Kind::Name(name) => self.name(name, expression.at, place),
            Kind::Negated(inner) => self.one(One::Negative, inner, place),
            Kind::Not(inner) => self.one(One::Not, inner, place),
            Kind::Sum(terms) => self.sum(terms, place),
            Kind::Product(factors) => self.product(factors, place),
            Kind::Power(base, exponent) => self.power(base, exponent, place),
            Kind::Compared { first, then } => self.comparisons(first, then, place),
            Kind::And(parts) => self.chain(Two::And, parts, place),
            Kind::Or(parts) => self.chain(Two::Or, parts, place),
            Kind::Call { name, arguments } => self.call(name, arguments, expression, place),
        }
    }

    fn go_deeper(&mut self, expression: &Expression, place: Place<'_>) -> Result<(), Fault> {
        self.parts += 1;
        let bounds = [
            ("steps", self.tape.len(), LONGEST_TAPE),
            ("parts of formulas, functions counted", self.parts, MOST_PARTS),
            ("formulas within one another, functions counted", place.depth, DEEPEST),
        ];
        match bounds.into_iter().find(|(_, count, most)| count > most) {
            None => Ok(()),
            Some((what, count, most)) => Err(self.at(place, expression.at, Wrong::TooMany { what, count, most })),
        }
    }

    fn one(&mut self, function: One, inner: &Expression, place: Place<'_>) -> Result<Id, Fault> {
        let inner = self.expression(inner, place)?;
        Ok(self.tape.of(function, inner))
    }

    fn sum(&mut self, terms: &[(Sign, Expression)], place: Place<'_>) -> Result<Id, Fault> {
        let mut sum = self.tape.put_number(0.0);
        for (sign, term) in terms {
            let term = self.expression(term, place)?;
            sum = self.tape.of_two(if *sign == Sign::Plus { Two::Plus } else { Two::Minus }, sum, term);
        }
        Ok(sum)
    }

    fn product(&mut self, factors: &[(Factor, Expression)], place: Place<'_>) -> Result<Id, Fault> {
        let mut product = self.tape.put_number(1.0);
        for (how, factor) in factors {
            let factor = self.expression(factor, place)?;
            let function = match how {
                Factor::Times => Two::Times,
                Factor::Over => Two::Over,
                Factor::Modulo => Two::Modulo,
            };
            product = self.tape.of_two(function, product, factor);
        }
        Ok(product)
    }

    fn power(&mut self, base: &Expression, exponent: &Expression, place: Place<'_>) -> Result<Id, Fault> {
        let (base, exponent) = (self.expression(base, place)?, self.expression(exponent, place)?);
        Ok(self.tape.of_two(Two::Power, base, exponent))
    }

    fn comparisons(&mut self, first: &Expression, then: &[(Comparison, Expression)], place: Place<'_>) -> Result<Id, Fault> {
        let mut left = self.expression(first, place)?;
        let mut all = None;
        for (comparison, right) in then {
            let right = self.expression(right, place)?;
            let holds = self.compared(*comparison, left, right);
            all = Some(all.map_or(holds, |all| self.tape.of_two(Two::And, all, holds)));
            left = right;
        }
        Ok(all.unwrap_or(left))
    }

    fn compared(&mut self, comparison: Comparison, a: Id, b: Id) -> Id {
        let (function, a, b) = match comparison {
            Comparison::Less => (Two::Less, a, b),
            Comparison::AtMost => (Two::LessOrEqual, a, b),
            Comparison::Greater => (Two::Less, b, a),
            Comparison::AtLeast => (Two::LessOrEqual, b, a),
            Comparison::Equal => (Two::Equal, a, b),
            Comparison::Unequal => (Two::Unequal, a, b),
        };
        self.tape.of_two(function, a, b)
    }

    fn chain(&mut self, function: Two, parts: &[Expression], place: Place<'_>) -> Result<Id, Fault> {
        let start = super::function::truth(function == Two::And);
        let mut all = self.tape.put_number(start);
        for part in parts {
            let part = self.expression(part, place)?;
            all = self.tape.of_two(function, all, part);
        }
        Ok(all)
    }

    fn name(&mut self, name: &str, at: At, place: Place<'_>) -> Result<Id, Fault> {
        if let Some((_, id)) = place.arguments.and_then(|arguments| arguments.iter().find(|(known, _)| *known == name)) {
            return Ok(*id);
        }
        if place.arguments.is_none()
            && let Some(symbol) = self.flat.find(place.scope, name)
        {
            let id = self.symbol(symbol, place.reading);
            if place.net.is_some() && self.tape.width(id) == Width::Notes {
                return Err(self.at(place, at, Wrong::WhichEnd { name: name.into() }));
            }
            return Ok(id);
        }
        if let Some(number) = constant(name) {
            return Ok(self.tape.put_number(number));
        }
        if name == "time" {
            return Ok(self.tape.leaf(Value::Time, Width::One));
        }
        if let Some((base @ ("degree_in" | "degree_out"), end)) = end_of(name)
            && let Some(net) = place.net
        {
            let degree = self.name(base, at, Place { net: None, ..place })?;
            return Ok(self.tape.at(net, end, degree));
        }
        if let Some((base, end)) = end_of(name)
            && place.arguments.is_none()
            && let Some(symbol) = self.flat.find(place.scope, base)
        {
            let Some(net) = place.net else { return Err(self.at(place, at, Wrong::NoLink { name: name.into() })) };
            let id = self.symbol(symbol, place.reading);
            return Ok(self.tape.at(net, end, id));
        }
        let is_resonote = self.flat.texts[self.flat.scopes[place.scope].text].dialect == Dialect::Resonote;
        let is_noise = name == "xi" || name.starts_with("xi_");
        if matches!(name, "w" | "degree_in" | "degree_out") || is_noise {
            if !is_resonote {
                return Err(self.at(place, at, Wrong::NeedsResonote { name: name.into() }));
            }
            if is_noise {
                return self.noise(name, at, place);
            }
            if self.graph.is_none() {
                return Err(self.at(place, at, Wrong::NeedsGraph { name: name.into() }));
            }
            if name != "w" && place.net.is_some() {
                return Err(self.at(place, at, Wrong::WhichEnd { name: name.into() }));
            }
            if name == "w" {
                return match place.net {
                    Some(Net::Links) => Ok(self.tape.leaf(Value::Weight, Width::Over(Net::Links))),
                    Some(Net::Pairs) => Ok(self.tape.put_number(1.0)),
                    None => Err(self.at(place, at, Wrong::NoLink { name: name.into() })),
                };
            }
            let degrees = self.degrees(if name == "degree_in" { End::To } else { End::From });
            return self.column(name, degrees);
        }
        if name == "t" {
            let warning = "`t` is read as `time`";
            if !self.warnings.iter().any(|known| &**known == warning) {
                self.warnings.push(warning.into());
            }
            return Ok(self.tape.leaf(Value::Time, Width::One));
        }
        Err(self.unknown(place.scope, name, at))
    }

    fn symbol(&self, symbol: usize, reading: Reading) -> Id {
        self.known[usize::from(reading == Reading::Run)][symbol].unwrap_or(self.nothing)
    }

    fn noise(&mut self, name: &str, at: At, place: Place<'_>) -> Result<Id, Fault> {
        if !self.is_rate || self.is_map || place.net.is_some() {
            let why = "it is noise, which has no value at a moment: it goes into a rate";
            return Err(self.at(place, at, Wrong::Unsupported { name: name.into(), why }));
        }
        // What a submodel calls so is its own.
        let name = format!("{}{name}", self.flat.scopes[place.scope].prefix);
        let known = self.noises.iter().position(|known| **known == *name);
        let number = known.unwrap_or_else(|| {
            self.noises.push(name.into());
            self.noises.len() - 1
        });
        let width = if self.graph.is_some() { Width::Notes } else { Width::One };
        Ok(self.tape.leaf(Value::Noise(number as u32), width))
    }

    fn column(&mut self, name: &str, numbers: Vec<f64>) -> Result<Id, Fault> {
        if let Some(id) = self.data_known.get(name) {
            return Ok(*id);
        }
        self.within("numbers", (self.data.len() + 1) * self.web.notes, MOST_NUMBERS)?;
        self.data.push(numbers);
        let id = self.tape.leaf(Value::Data(self.data.len() as u32 - 1), Width::Notes);
        self.data_known.insert(name.to_owned(), id);
        Ok(id)
    }

    fn degrees(&self, end: End) -> Vec<f64> {
        let mut degrees = vec![0.0; self.web.notes];
        let ends = self.web.links.iter().map(|(from, to)| if end == End::From { *from } else { *to });
        ends.for_each(|note| degrees[note as usize] += 1.0);
        degrees
    }

    fn call(&mut self, name: &str, arguments: &[Argument], call: &Expression, place: Place<'_>) -> Result<Id, Fault> {
        let at = call.at;
        let count = |compiler: &Self, wanted: &str| {
            Err(compiler.at(place, at, Wrong::Arguments { name: name.into(), wanted: wanted.into(), given: arguments.len() }))
        };
        if name == "is"
            || matches!(name, "sum_in" | "mean_in" | "sum_out" | "mean_out" | "sum_all" | "mean_all" | "abs_mean_phase")
        {
            return self.over_graph(name, arguments, call, place);
        }
        let mut plain = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument {
                Argument::Expression(expression) => plain.push(expression),
                Argument::Link(link) => {
                    let name = format!("{name}([[{link}]])").into();
                    return Err(self.at(place, at, Wrong::Unsupported { name, why: "a link goes into is([[note]])" }));
                }
            }
        }
        if let Some(function) = self.flat.function(place.scope, name) {
            return self.own(function, &plain, at, place);
        }
        if name == "rand" {
            return match plain[..] {
                [low, high] => self.chance(low, high, at, place),
                _ => count(self, "2: from and to"),
            };
        }
        let values = self.values(&plain, place)?;
        self.built_in(name, &values, at, place)
    }

    /// A function that the text defines.
    fn own(&mut self, function: &'t Function, arguments: &[&Expression], at: At, place: Place<'_>) -> Result<Id, Fault> {
        let name = &function.name.text;
        let (wanted, given) = (function.parameters.len(), arguments.len());
        if wanted != given {
            let what = Wrong::Arguments { name: name.clone(), wanted: wanted.to_string().into(), given };
            return Err(self.at(place, at, what));
        }
        if place.calls >= DEEPEST_CALL {
            let what = "functions within functions, or one within itself,";
            return Err(self.at(place, at, Wrong::TooMany { what, count: place.calls + 1, most: DEEPEST_CALL }));
        }
        let values = self.values(arguments, place)?;
        let key = (&raw const function.body, place.reading, place.net, values.clone());
        if let Some(id) = self.calls.get(&key) {
            return Ok(*id);
        }
        let parameters: Vec<(&str, Id)> = function.parameters.iter().map(|name| &*name.text).zip(values).collect();
        let inside = Place { arguments: Some(&parameters), calls: place.calls + 1, ..place };
        let drawn = self.chances.len();
        let id = self.expression(&function.body, inside)?;
        // What is drawn is drawn anew for each call.
        if self.chances.len() == drawn {
            self.calls.insert(key, id);
        }
        Ok(id)
    }

    /// A function that every model has, of values.
    fn built_in(&mut self, name: &str, values: &[Id], at: At, place: Place<'_>) -> Result<Id, Fault> {
        let count = |compiler: &Self, wanted: &str| {
            Err(compiler.at(place, at, Wrong::Arguments { name: name.into(), wanted: wanted.into(), given: values.len() }))
        };
        let fold = |compiler: &mut Self, function: Two, start: f64| {
            let start = compiler.tape.put_number(start);
            values.iter().fold(start, |all, value| compiler.tape.of_two(function, all, *value))
        };
        Ok(match (name, values) {
            ("piecewise", []) => return count(self, "a value and a condition, and so on, and a last value"),
            ("piecewise", values) => {
                let (pairs, rest) = values.as_chunks::<2>();
                let otherwise = rest.first().copied().unwrap_or(self.nothing);
                pairs.iter().rev().fold(otherwise, |no, [yes, condition]| self.tape.choice(*condition, *yes, no))
            }
            ("min" | "max", []) => return count(self, "one or more"),
            ("min" | "max", [first, rest @ ..]) => {
                let function = if name == "min" { Two::Least } else { Two::Greatest };
                rest.iter().fold(*first, |all, value| self.tape.of_two(function, all, *value))
            }
            ("plus", _) => fold(self, Two::Plus, 0.0),
            ("times", _) => fold(self, Two::Times, 1.0),
            ("and", _) => fold(self, Two::And, 1.0),
            ("or", _) => fold(self, Two::Or, 0.0),
            ("xor", _) => fold(self, Two::Xor, 0.0),
            ("implies", [a, b]) => {
                let not = self.tape.of(One::Not, *a);
                self.tape.of_two(Two::Or, not, *b)
            }
            ("eq" | "neq" | "lt" | "leq" | "gt" | "geq", values) if values.len() >= 2 => {
                let comparison = match name {
                    "eq" => Comparison::Equal,
                    "neq" => Comparison::Unequal,
                    "lt" => Comparison::Less,
                    "leq" => Comparison::AtMost,
                    "gt" => Comparison::Greater,
                    _ => Comparison::AtLeast,
                };
                let pairs: Vec<[Id; 2]> = values.windows(2).map(|pair| [pair[0], pair[1]]).collect();
                let start = self.tape.put_number(1.0);
                pairs.into_iter().fold(start, |all, [a, b]| {
                    let holds = self.compared(comparison, a, b);
                    self.tape.of_two(Two::And, all, holds)
                })
            }
            ("minus", [a, b]) => self.tape.of_two(Two::Minus, *a, *b),
            ("sqr", [a]) => self.tape.of_two(Two::Times, *a, *a),
            ("root", [degree, a]) => {
                let one = self.tape.put_number(1.0);
                let exponent = self.tape.of_two(Two::Over, one, *degree);
                self.tape.of_two(Two::Power, *a, exponent)
            }
            ("root", [a]) => self.tape.of(One::Sqrt, *a),
            ("log", [base, a]) => {
                let (base, a) = (self.tape.of(One::Ln, *base), self.tape.of(One::Ln, *a));
                self.tape.of_two(Two::Over, a, base)
            }
            ("sign" | "sgn" | "atan2" | "arctan2", _) if !self.is_resonote(place) => {
                return Err(self.at(place, at, Wrong::NeedsResonote { name: name.into() }));
            }
            (name, values) => match (One::named(name), Two::named(name), values) {
                (Some(function), _, [a]) => self.tape.of(function, *a),
                (_, Some(function), [a, b]) => self.tape.of_two(function, *a, *b),
                (Some(_), _, _) => return count(self, "1"),
                (_, Some(_), _) => return count(self, "2"),
                _ => return Err(self.unknown_function(name, at, place)),
            },
        })
    }

    fn values(&mut self, expressions: &[&Expression], place: Place<'_>) -> Result<Vec<Id>, Fault> {
        expressions.iter().map(|expression| self.expression(expression, place)).collect()
    }

    /// `rand(a, b)`: drawn once, at the start, for each note its own.
    fn chance(&mut self, low: &Expression, high: &Expression, at: At, place: Place<'_>) -> Result<Id, Fault> {
        let is_resonote = self.flat.texts[self.flat.scopes[place.scope].text].dialect == Dialect::Resonote;
        if !is_resonote {
            return Err(self.at(place, at, Wrong::NeedsResonote { name: "rand".into() }));
        }
        if place.reading == Reading::Run {
            let why = "it is drawn once: give a name its value with `=`; noise that goes on is `xi`";
            return Err(self.at(place, at, Wrong::Unsupported { name: "rand in a formula that runs".into(), why }));
        }
        self.no_sum_around("rand", at, place)?;
        let (low, high) = (self.expression(low, place)?, self.expression(high, place)?);
        let width = if self.graph.is_some() { Width::Notes } else { Width::One };
        self.drawn += 1;
        self.chances.push((format!("{}#{}", self.subject, self.drawn).into(), width));
        let chance = self.tape.leaf(Value::Chance(self.chances.len() as u32 - 1), width);
        let span = self.tape.of_two(Two::Minus, high, low);
        let part = self.tape.of_two(Two::Times, span, chance);
        Ok(self.tape.of_two(Two::Plus, low, part))
    }

    /// Refuses what is a value of notes where one of links is wanted.
    fn no_sum_around(&self, name: &str, at: At, place: Place<'_>) -> Result<(), Fault> {
        let why = "within a sum give it a name first, and write that name with _pre or _post";
        let what = Wrong::Unsupported { name: name.into(), why };
        if place.net.is_some() { Err(self.at(place, at, what)) } else { Ok(()) }
    }

    /// The functions that there are over a graph only.
    fn over_graph(&mut self, name: &str, arguments: &[Argument], call: &Expression, place: Place<'_>) -> Result<Id, Fault> {
        let at = call.at;
        if self.flat.texts[self.flat.scopes[place.scope].text].dialect != Dialect::Resonote {
            return Err(self.at(place, at, Wrong::NeedsResonote { name: name.into() }));
        }
        let Some(graph) = self.graph else { return Err(self.at(place, at, Wrong::NeedsGraph { name: name.into() })) };
        if name == "is" {
            self.no_sum_around("is([[note]])", at, place)?;
            let [Argument::Link(link)] = arguments else {
                let what = Wrong::Arguments { name: "is".into(), wanted: "a link, is([[note]])".into(), given: arguments.len() };
                return Err(self.at(place, at, what));
            };
            let Some((_, note)) = graph.named.iter().find(|(known, _)| known == link) else {
                return Err(self.at(place, at, Wrong::NoNote { link: link.clone() }));
            };
            let mut is_it = vec![0.0; self.web.notes];
            if let Some(note) = note {
                is_it[*note as usize] = 1.0;
            }
            return self.column(&format!("is {link}"), is_it);
        }
        let [Argument::Expression(inner)] = arguments else {
            let what = Wrong::Arguments { name: name.into(), wanted: "1".into(), given: arguments.len() };
            return Err(self.at(place, at, what));
        };
        if place.net.is_some() {
            return Err(self.at(place, at, Wrong::SumInSum { name: name.into() }));
        }
        let notes = self.tape.put_number(self.web.notes as f64);
        if name == "abs_mean_phase" {
            let angle = self.expression(inner, place)?;
            let mut squares = [One::Cos, One::Sin].map(|function| {
                let part = self.tape.of(function, angle);
                let total = self.tape.total(part);
                let mean = self.tape.of_two(Two::Over, total, notes);
                self.tape.of_two(Two::Times, mean, mean)
            });
            squares.sort_unstable();
            let sum = self.tape.of_two(Two::Plus, squares[0], squares[1]);
            return Ok(self.tape.of(One::Sqrt, sum));
        }
        let mut has_ends = false;
        inner.walk(&mut |part| {
            has_ends |= matches!(&part.kind, Kind::Name(name) if end_of(name).is_some_and(|(base, _)| self.flat.find(place.scope, base).is_some()));
        });
        if name.ends_with("_all") {
            let sum = if has_ends {
                let inner = self.expression(inner, Place { net: Some(Net::Pairs), ..place })?;
                self.over_pairs(inner, at, place)?
            } else {
                let inner = self.expression(inner, place)?;
                self.tape.total(inner)
            };
            return Ok(if name == "mean_all" { self.tape.of_two(Two::Over, sum, notes) } else { sum });
        }
        let end = if name.ends_with("_in") { End::To } else { End::From };
        let inner = self.expression(inner, Place { net: Some(Net::Links), ..place })?;
        let sum = match apart(&mut self.tape, &mut self.separated, Net::Links, end, inner) {
            Some(sum) => sum,
            None => self.tape.sum(Net::Links, end, inner),
        };
        if name.starts_with("sum") {
            return Ok(sum);
        }
        // A note without links has a mean of nothing, which is 0.
        let degrees = self.degrees(end).into_iter().map(|degree| degree.max(1.0)).collect();
        let degrees = self.column(if end == End::To { "links in" } else { "links out" }, degrees)?;
        Ok(self.tape.of_two(Two::Over, sum, degrees))
    }

    fn over_pairs(&mut self, inner: Id, at: At, place: Place<'_>) -> Result<Id, Fault> {
        match apart(&mut self.tape, &mut self.separated, Net::Pairs, End::To, inner) {
            Some(sum) => Ok(sum),
            None if self.web.notes <= MOST_PAIRS => Ok(self.tape.sum(Net::Pairs, End::To, inner)),
            None => Err(self.at(place, at, Wrong::PairsTooMany { notes: self.web.notes, most: MOST_PAIRS })),
        }
    }

    /// The noise that a value is no straight line of, if there is one.
    fn bent_noise(&self, ids: &[Id]) -> Option<Box<str>> {
        let has = |id: Id| self.tape.needs(id).has(Needs::NOISE);
        if !ids.iter().any(|id| has(*id)) {
            return None;
        }
        let bent = self.tape.reachable(ids).into_iter().any(|id| match self.tape.value(id) {
            Value::Of(One::Negative, _) | Value::OfTwo(Two::Plus | Two::Minus, _, _) => false,
            Value::Of(_, a) => has(a),
            Value::OfTwo(Two::Times, a, b) => has(a) && has(b),
            Value::OfTwo(Two::Over, _, b) => has(b),
            Value::OfTwo(_, a, b) => has(a) || has(b),
            Value::Choice(condition, _, _) => has(condition),
            _ => false,
        });
        bent.then(|| self.noises.first().cloned().unwrap_or_default())
    }

    fn fault(&self, text: usize, at: At, what: Wrong) -> Fault {
        Fault { text, at, what }
    }

    fn fault_of(&self, formula: Formula<'_>, what: Wrong) -> Fault {
        self.fault(self.flat.scopes[formula.scope].text, formula.expression.at, what)
    }

    fn at(&self, place: Place<'_>, at: At, what: Wrong) -> Fault {
        self.fault(self.flat.scopes[place.scope].text, at, what)
    }

    fn unknown(&self, scope: usize, name: &str, at: At) -> Fault {
        let scope = &self.flat.scopes[scope];
        let names = self.flat.symbols.iter().filter_map(|symbol| symbol.name.strip_prefix(&*scope.prefix));
        let nearest = nearest_of(name, names.chain(["time", "pi", "exponentiale"]));
        self.fault(scope.text, at, Wrong::Unknown { name: name.into(), nearest })
    }

    fn is_resonote(&self, place: Place<'_>) -> bool {
        self.flat.texts[self.flat.scopes[place.scope].text].dialect == Dialect::Resonote
    }

    fn unknown_function(&self, name: &str, at: At, place: Place<'_>) -> Fault {
        let why = match name {
            "delay" => "values of the past are not kept; model the delay with a chain of states",
            "rateOf" => "write the rate's formula instead",
            "uniform" | "normal" | "exponential" | "poisson" | "gamma" | "binomial" | "bernoulli" | "cauchy" | "laplace"
            | "lognormal" | "chisquare" | "rayleigh" => {
                "chance is `rand(a, b)` at the start and `xi` in a rate, in a `resonote` fence"
            }
            _ => {
                let own = self.flat.texts[self.flat.scopes[place.scope].text].program.functions.iter();
                let known = [
                    "exp",
                    "ln",
                    "log10",
                    "sqrt",
                    "sin",
                    "cos",
                    "tan",
                    "tanh",
                    "abs",
                    "min",
                    "max",
                    "floor",
                    "ceil",
                    "piecewise",
                    "rand",
                    "sum_in",
                    "mean_in",
                    "sum_all",
                    "mean_all",
                ];
                let nearest = nearest_of(name, own.map(|function| &*function.name.text).chain(known));
                return self.at(place, at, Wrong::UnknownFunction { name: name.into(), nearest });
            }
        };
        self.at(place, at, Wrong::Unsupported { name: name.into(), why })
    }
}

/// The name of which `x_pre` or `x_post` is one end.
fn end_of(name: &str) -> Option<(&str, End)> {
    name.strip_suffix("_pre").map(|base| (base, End::From)).or_else(|| name.strip_suffix("_post").map(|base| (base, End::To)))
}
