//! What is too much for a model, and how each such text ends: with a sentence, soon, on a small stack; never with an abort.
//!
//! Every bound of the reading, the making ready and the running of a model is met here once.

#![allow(clippy::print_stdout, reason = "how long each took is told")]

use crate::models::{asked, model};
use resonote::model::{Dialect, Graph, Limits, Method, Settings, Stop, run};
use std::fmt::Write;
use std::time::Instant;

/// The stack that has to do: half of that of a thread of rayon.
const STACK: usize = 1 << 20;

/// The longest that one may take here, where code is slow; most take no time that can be seen.
const SECONDS: f64 = 20.0;

/// A text that asks for too much.
struct Attack {
    name: &'static str,
    text: String,
    graph: Option<Graph>,
    /// From, to and step.
    span: (f64, f64, f64),
    limits: Limits<'static>,
    method: Option<Method>,
    /// How it ends.
    ends: &'static str,
}

fn attack(name: &'static str, text: impl Into<String>, ends: &'static str) -> Attack {
    let (graph, span, limits, method) = (None, (0.0, 10.0, 0.1), Limits::DEFAULT, None);
    Attack { name, text: text.into(), graph, span, limits, method, ends }
}

impl Attack {
    fn over(self, notes: usize, links: usize) -> Attack {
        Attack { graph: Some(ring(notes, links)), ..self }
    }

    fn span(self, from: f64, to: f64, step: f64) -> Attack {
        Attack { span: (from, to, step), ..self }
    }

    fn within(self, change: impl FnOnce(&mut Limits<'static>)) -> Attack {
        let mut limits = self.limits;
        change(&mut limits);
        Attack { limits, ..self }
    }

    fn by(self, method: Method) -> Attack {
        Attack { method: Some(method), ..self }
    }

    /// How it ended, in words.
    fn end(&self) -> String {
        let model = match model(&self.text, Dialect::Resonote, self.graph.as_ref()) {
            Ok(model) => model,
            Err(why) => return why.lines().next().unwrap_or_default().to_owned(),
        };
        let first = model.names().iter().position(|name| name.is_moving).unwrap_or_default();
        let settings = Settings { method: self.method, columns: vec![first], ..asked(&model, self.span, (1e-6, 1e-9)) };
        match run(&model, &settings, self.limits) {
            Err(stop) | Ok(resonote::model::Run { stop: Some(stop), .. }) => stop.to_string(),
            Ok(run) => format!("{} rows by {}", run.times.len(), run.method.name()),
        }
    }
}

/// Notes in a ring, each linking to the next ones.
pub(crate) fn ring(notes: usize, links: usize) -> Graph {
    let keys: Vec<Box<str>> = (0..notes).map(|note| format!("{note}.md").into()).collect();
    let each = links.div_ceil(notes.max(1)) as u32;
    let to = |note: u32, next: u32| (note + 1 + next) % notes as u32;
    let links = (0..notes as u32).flat_map(|note| (0..each).map(move |next| (note, to(note, next), 1.0)));
    Graph {
        labels: keys.clone(),
        links: links.collect(),
        keys,
        named: (0..notes.min(900)).map(|note| (note.to_string().into(), Some(note as u32))).collect(),
    }
}

/// Models within models, the innermost first, so many.
fn nested(levels: usize) -> String {
    let mut text = "model m0()\n x' = 1; x = 0\nend\n".to_owned();
    for level in 1..=levels {
        writeln!(text, "model m{level}()\n M: m{}()\nend", level - 1).expect("a string");
    }
    text
}

/// Functions that call one another, so many, each with this body around the call.
fn functions(levels: usize, body: impl Fn(&str) -> String, parameters: &str) -> String {
    let mut text = format!("function f0({parameters}) a end\n");
    for level in 1..=levels {
        writeln!(text, "function f{level}({parameters}) {} end", body(&format!("f{}", level - 1))).expect("a string");
    }
    text
}

/// A name of four signs, for each number another.
fn short(number: usize) -> String {
    let letter = |at: usize| char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[at % 52]);
    ['_', letter(number / 2_704), letter(number / 52), letter(number)].iter().collect()
}

fn reading() -> Vec<Attack> {
    let deep = |count: usize| format!("x = {}1{}", "(".repeat(count), ")".repeat(count));
    let rules = |count: usize| (1..count).fold("x0' = 1; x0 = 0".to_owned(), |text, at| format!("{text}\nx{at} := x{}", at - 1));
    let twenty =
        |call: &str| format!("{call}({0}, 0) + {call}({0}, 1)", "b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t");
    vec![
        attack("a text of a megabyte", "name ".repeat(200_000), "the model has 1000000 bytes, more than 65536"),
        attack("100,000 parentheses", deep(100_000), "the model has 200005 bytes, more than 65536"),
        attack("30,000 parentheses", deep(30_000), "the formula is nested deeper than 64"),
        attack("a long name", format!("x' = {}\n{} = 1; x = 0", "a".repeat(30_000), "b".repeat(30_000)), "the name has more than 1000 bytes"),
        attack("a long link", format!("x' = is([[{}]]); x = 0", "a".repeat(30_000)), "the name has more than 1000 bytes"),
        attack("a sum of 10,000 terms", format!("x' = 1{}; x = 0; y = 1", "+y".repeat(10_000)), "101 rows by tsit5"),
        attack("a sum of 30,000 terms", format!("x' = 1{}; x = 0; y = 1", "+y".repeat(30_000)), "101 rows by tsit5"),
        attack("a chain of 4,000 rules", rules(4_000), "101 rows by tsit5"),
        attack("4,000 values that need one another", format!("{}\ny = 1", (0..4_000).fold(String::new(), |text, at| format!("{text}\nx{at} := x{}", (at + 1) % 4_000))), "x0, x1, x2, x3, x4, x5, x6, x7 need one another, so that none has a value"),
attack("too many states", (0..4_097).map(|at| format!("{0}'=1;{0}=0\n", short(at))).collect::<String>(), "4097 states are more than 4096"),
        attack("16 models within models", nested(15), "101 rows by tsit5"),
        attack("17 models within models", nested(16), "17 models within models are more than 16"),
        attack("a model within itself", "model a()\n B: b()\nend\nmodel b()\n A: a()\nend\n", "b contains itself, by b > a > b"),
        attack("65,536 copies of a model", (1..=15).fold("model m0()\n x' = 1; x = 0\nend\n".to_owned(), |text, at| format!("{text}model m{at}()\n A: m{0}(); B: m{0}()\nend\n", at - 1)), "262385 bytes of text, submodels counted are more than 262144"),
        attack("a port that stands for itself", "model m(a)\n x' = a; x = 0\nend\nmodel n()\n M: m(M.a)\nend", "M.a needs itself, so that it has no value"),
        attack("ports that stand for one another", "model m(a)\n x' = a; x = 0\nend\nmodel n()\n M: m(N.a); N: m(M.a)\nend", "N.a needs itself, so that it has no value"),
        attack("32 functions within functions", functions(31, |call| format!("{call}(a + 1)"), "a") + "x' = f31(x); x = 0", "101 rows by tsit5"),
        attack("40 functions within functions", functions(39, |call| format!("{call}(a + 1)"), "a") + "x' = f39(x); x = 0", "33 functions within functions, or one within itself, are more than 32"),
        attack("a function that calls itself", "function f(a) f(a + 1) + f(a + 2) end\nx' = f(x); x = 0", "33 functions within functions, or one within itself, are more than 32"),
        attack("formulas within functions, all deep", functions(31, |call| format!("{}{call}(a){}", "-(1+2*(1+1*-(0 && ".repeat(12), ")))".repeat(12)), "a") + "x' = f31(x); x = 0", "401 formulas within one another, functions counted are more than 400"),
        attack("2^31 calls with known values", functions(31, twenty, "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t") + "x' = f31(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); x = 0", "1000001 parts of formulas, functions counted are more than 1000000"),
        attack("2^20 calls with other values", functions(20, |call| format!("{call}(2*a) + {call}(2*a + 1)"), "a") + "x' = f20(x); x = 0", "200001 steps are more than 200000"),
        attack("a value squared 31 times", functions(31, |call| format!("{call}(a*a)"), "a") + "x' = sum_in(f31(sin(x_pre) + x_post)); x = 0", "101 rows by tsit5").over(3, 3),
        attack("a sum over links of 9,000 terms", format!("x' = sum_in(0{}); x = 0", "+x_pre".repeat(9_000)), "101 rows by tsit5").over(3, 3),
        attack("a sum over pairs of many notes", "x' = sum_all(exp(x_pre*x_post)); x = 0", "a sum over all pairs of 301 notes has to come apart into sums over notes, as that of sin(x_pre - x_post) does; this one does not, and is too large for more than 300 notes").over(301, 0),
        attack("too many notes", "x' = 1; x = 0", "100001 notes are more than 100000").over(100_001, 0),
        attack("too many numbers", (0..3_000).fold("x' = 1; x = 0".to_owned(), |text, at| format!("{text}; y{at} := x + {at}")), "30005999 numbers at a moment are more than 8000000").over(10_000, 0),
        attack("too many marked notes", (0..900).fold("x = 0; x' = 0".to_owned(), |text, at| format!("{text}+is([[{at}]])")), "8010000 numbers are more than 8000000").over(10_000, 0),
        attack("too many noises", (0..100).fold("x = 0; x' = 0".to_owned(), |text, at| format!("{text}+xi_{at}")), "1000000 streams of noise are more than 200000").over(10_000, 0),
    ]
}

fn running() -> Vec<Attack> {
    vec![
        attack("a blow-up", "x' = x^2; x = 1", "x changes without bound, or jumps"),
        attack("a NaN from the start", "x' = 0/0; x = 1", "x is no finite number at time 0"),
        attack("a NaN on the way", "x' = -1 + 0*sqrt(x); x = 1", "x is no finite number at time 1.00000000000000"),
        attack("no value to start from", "x' = 1; x = 0/0", "x is no finite number at time 0"),
        attack("a pole", "x' = 1/(1 - time); x = 0", "at time 0.99999"),
        attack("an event that fires again and again", "x' = 1; x = 0; at (x > 0): x = -1e-12", "by the limit of 10000 events: an event fires again and again"),
        attack("events that set each other off", "x' = 1; x = 0; y = 0; at (y > 0), t0=false: y = 0; at (y < 1), t0=false: y = 1", "stopped at time 0 by the limit of 10000 events: an event fires again and again"),
        attack("events that all wait", "x' = cos(time); x = 0; y = 0; at 1e9 after x > 0: y = 1", "by the limit of 3 events: an event fires again and again").within(|limits| limits.events = 3).span(0.0, 60.0, 0.1),
        attack("rates that chatter", "x' = piecewise(1, x < 0, -1); x = 0.5", "the steps became too small at time 0.50000001"),
        attack("rates that chatter between two", "x' = piecewise(1, x < y, -1); y' = piecewise(1, y < x, -1); x = 0.5; y = 0", "101 rows by"),
        attack("10^6 rad/s", "x' = y; y' = -1e12*x; x = 1; y = 0", "by the limit of 20000 steps").within(|limits| limits.steps = 20_000),
        attack("10^6 rad/s in a sine", "x' = sin(1e6*time); x = 0", "by the limit of 20000 steps").within(|limits| limits.steps = 20_000),
        attack("10^300 rad/s", "x' = y; y' = -1e300*x; x = 1; y = 0", "the steps became too small at time 0: y changes without bound, or jumps"),
        attack("steps that shrink without end", "x' = -1/x; x = 1", "the steps became too small at time 0.5"),
        attack("steps that shrink", "x' = sqrt(abs(1 - time))*exp(1/abs(1 - time)); x = 0", "x is no finite number at time 0.998"),
        attack("rates beyond numbers", "x' = 1e308*(x + 1); x = 1", "x is no finite number at time 0"),
        attack("steps", "x' = sin(time); x = 0", "by the limit of 3 steps").within(|limits| limits.steps = 3),
        attack("evaluations", "x' = sin(time); x = 0", "by the limit of 3 evaluations of the rates").within(|limits| limits.evaluations = 3),
        attack("evaluations of a map", "x(t+1) = x; x = 0", "by the limit of 3 evaluations of the rates").within(|limits| limits.evaluations = 3).span(0.0, 10.0, 1.0),
        attack("events", "x' = 1; x = 0; at (x > 1): x = 0", "by the limit of 3 events: an event fires again and again").within(|limits| limits.events = 3),
        attack("values", "x' = 1; x = 0", "202 numbers are more than the 100 that are kept: ask for fewer moments with --time, or a larger step").within(|limits| limits.values = 100),
        attack("10^8 rows", "x' = 1; x = 0", "200000002 numbers are more than the 8000000 that are kept: ask for fewer moments with --time, or a larger step").span(0.0, 1e7, 0.1),
        attack("rows without end", "x' = 1; x = 0", "18446744073709551615 numbers are more than the 4294967295 that are kept: ask for fewer moments with --time, or a larger step").span(0.0, 1e308, 1e-308),
        attack("a map for ever", "x(t+1) = 3.9*x*(1 - x); x = 0.5", "stopped at time 1000001 by the limit of 1000000 steps").span(0.0, 2e6, 1.0),
        attack("a map that grows", "x(t+1) = x^2; x = 2", "x is no finite number at time 10").span(0.0, 100.0, 1.0),
        attack("noise that grows", "x' = x^3*xi + x^9; x = 2", "x is no finite number at time 0.04"),
        attack("a request to end", "x' = sin(time); x = 0", "stopped on request").within(|limits| limits.interruption = &|| Some(Stop::Asked)).span(0.0, 1e4, 1.0),
        attack("the clock", "x(t+1) = x; x = 0", "stopped by the limit of 10 seconds").within(|limits| limits.interruption = &|| Some(Stop::Deadline { seconds: 10 })).span(0.0, 1e4, 1.0),
        attack("a stiff model of many notes", "x' = -1e7*(x - cos(time)); x = 0", "this model is stiff, and 301 numbers that move are more than the 300 that are solved so").over(301, 0),
        attack("a stiff method for many notes", "x' = -x; x = 0", "this model is stiff, and 301 numbers that move are more than the 300 that are solved so").over(301, 0).by(Method::Bdf),
        attack("20,000 notes", "x' = mean_in(x_pre) - x; x = rand(0, 1)", "101 rows by tsit5").over(20_000, 60_000),
        attack("an earlier end", "x' = 1; x = 0", "a run goes from an earlier time to a later one, in finite steps above zero").span(1.0, 0.0, 0.1),
        attack("no notes", "x' = mean_in(x_pre) + mean_all(x_pre - x_post); x = 0", "101 rows by tsit5").over(0, 0),
        attack("nothing that moves", "y := time", "101 rows by tsit5"),
        attack("a late start", "x' = -x; x = 1", "the steps became too small at time 10000000000000000: x changes without bound, or jumps").span(1e16, 1e16 + 1e4, 100.0),
        attack("an early end", "x' = -x; x = 1", "101 rows by tsit5").span(0.0, 1e-300, 1e-302),
    ]
}

fn hold(attacks: Vec<Attack>) {
    let mut wrong = Vec::new();
    for attack in attacks {
        let start = Instant::now();
        let end = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || attack.end());
            thread.expect("a thread").join().unwrap_or_else(|_| "it panicked".into())
        });
        let seconds = start.elapsed().as_secs_f64();
        println!("{}: {seconds:.3} s, {end}", attack.name);
        if !end.contains(attack.ends) || seconds > SECONDS {
            wrong.push(format!("{}: {end} after {seconds} s, not {}", attack.name, attack.ends));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_is_too_much_to_read_is_refused_soon() {
    hold(reading());
}

#[test]
fn what_is_too_much_to_run_is_stopped_soon() {
    hold(running());
}
