//! How a model that was read runs, beside the same rates written by hand in Rust on the same solver.
//!
//! `cargo bench --bench models`. Each row is the median of eleven rounds; in a round all rows run in turn, so that their
//! ratios hold when the machine does not. Every row ends at the same numbers, or it would not be worth comparing.

#![allow(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use diffsol::{NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason, Vector};
use resonote::model::{Dialect, Graph, Limits, Model, Settings, Text, parse, run};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 11;

/// Runs of a sweep.
const SWEPT: usize = 1_000;

/// Oscillators of a mean field.
const NOTES: usize = 1_000;

const RTOL: f64 = 1e-6;
const ATOL: f64 = 1e-9;

/// Contagion between two people, one of them driven.
const CONT: &str = "\
k = 0.8; g = 0.3; a = 1.5; w = 0.9
e' = -g*e + k*tanh(a*s)
s' = -g*s + k*tanh(a*e) + 0.2*sin(w*time)
e = 0.1; s = 0
";

/// Kuramoto's mean field over notes.
const KURAMOTO: &str = "\
theta' = omega + 1.5*mean_all(sin(theta_pre - theta_post))
omega = rand(-0.5, 0.5)
theta = rand(-pi, pi)
";

/// A span and the distance of its rows.
type Span = (f64, f64);

const OF_CONT: Span = (100.0, 1.0);
const OF_KURAMOTO: Span = (5.0, 1.0);

fn main() {
    let cont = made(CONT, None);
    let keys: Vec<Box<str>> = (0..NOTES).map(|note| format!("{note}.md").into()).collect();
    let graph = Graph { labels: keys.clone(), keys, links: Vec::new(), named: Vec::new() };
    let kuramoto = made(KURAMOTO, Some(&graph));
    let (omega, theta) = drawn(&kuramoto);
    let one = asked(&cont, OF_CONT);
    let k = cont.find("k").expect("k");
    let coupling = |at: usize| 0.5 + at as f64 / SWEPT as f64;
    let sweep_read = || {
        let ends = (0..SWEPT).map(|at| {
            let mut asked = one.clone();
            asked.given[k] = coupling(at);
            end(&cont, &asked)
        });
        ends.sum::<f64>()
    };
    let sweep_by_hand = || (0..SWEPT).map(|at| cont_by_hand(coupling(at))).sum::<f64>();
    let field = asked(&kuramoto, OF_KURAMOTO);
    let factored = || {
        by_hand(&theta, OF_KURAMOTO, |x, _, out| {
            let (sin, cos) = x.iter().fold((0.0, 0.0), |(sin, cos), x| (sin + libm::sin(*x), cos + libm::cos(*x)));
            let pull = 1.5 / NOTES as f64;
            for ((out, x), omega) in out.iter_mut().zip(x).zip(&omega) {
                *out = omega + pull * (sin * libm::cos(*x) - cos * libm::sin(*x));
            }
        })
    };
    let all_pairs = || {
        by_hand(&theta, OF_KURAMOTO, |x, _, out| {
            for ((out, x_post), omega) in out.iter_mut().zip(x).zip(&omega) {
                let sum: f64 = x.iter().map(|x_pre| libm::sin(x_pre - x_post)).sum();
                *out = omega + 1.5 / NOTES as f64 * sum;
            }
        })
    };
    let groups: [&[Row<'_>]; 4] = [
        &[("CONT by hand", &|| cont_by_hand(0.8)), ("CONT as read", &|| end(&cont, &one))],
        &[("1,000 runs by hand", &sweep_by_hand), ("1,000 runs as read", &sweep_read)],
        &[
            ("mean field by hand, factored", &factored),
            ("mean field as read", &|| end(&kuramoto, &field)),
            ("mean field by hand, all pairs", &all_pairs),
        ],
        &[("parse", &|| parsed(CONT).size as f64), ("parse and make ready", &|| made(CONT, None).names().len() as f64)],
    ];
    groups.into_iter().for_each(told);
}

/// A row: its name and its work, which gives a number.
type Row<'r> = (&'static str, &'r dyn Fn() -> f64);

/// Times the rows of a group in turn and tells their medians, and their ratios to the first.
fn told(rows: &[Row<'_>]) {
    let mut times = vec![Vec::new(); rows.len()];
    let ends: Vec<f64> = rows.iter().map(|(_, job)| job()).collect();
    for _ in 0..ROUNDS {
        for (row, (_, job)) in rows.iter().enumerate() {
            // Short work is done many times over, up to some milliseconds.
            let start = Instant::now();
            let mut count = 0_u32;
            while count == 0 || start.elapsed().as_secs_f64() < 5e-3 {
                black_box(job());
                count += 1;
            }
            times[row].push(start.elapsed().as_secs_f64() / f64::from(count));
        }
    }
    for (row, (name, _)) in rows.iter().enumerate() {
        let ratios = times[row].iter().zip(&times[0]).map(|(time, first)| time / first).collect();
        let time = median(times[row].clone()) * 1e6;
        println!("{name:<30} {time:12.1} us  {:8.2} x the first, ends at {:.6}", median(ratios), ends[row]);
    }
    println!();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn parsed(source: &str) -> Text {
    let program = parse(source, Dialect::Resonote).expect("a model");
    Text { program, dialect: Dialect::Resonote, uses: Vec::new(), size: source.len() }
}

fn made(source: &str, graph: Option<&Graph>) -> Model {
    Model::new(&[parsed(source)], None, graph).expect("a model")
}

fn asked(model: &Model, (end, step): Span) -> Settings {
    Settings {
        start: 0.0,
        end,
        step,
        rtol: RTOL,
        atol: ATOL,
        method: None,
        seed: 1,
        given: model.names().iter().map(|name| name.default.unwrap_or(f64::NAN)).collect(),
        columns: (0..model.names().len()).filter(|at| model.names()[*at].is_moving).collect(),
        followed: Vec::new(),
        fixed_step: step / 10.0,
        is_observed: false,
    }
}

/// The sum of the first column's last value over the notes, or that value.
fn end(model: &Model, asked: &Settings) -> f64 {
    let run = run(model, asked, Limits::DEFAULT).expect("a run");
    assert_eq!(run.stop, None);
    let of_notes: f64 = run.of_notes[0].iter().sum();
    if run.of_notes[0].is_empty() { run.columns[0][run.columns[0].len() - 1] } else { of_notes }
}

/// What was drawn for a model over notes: frequencies and first angles.
fn drawn(model: &Model) -> (Vec<f64>, Vec<f64>) {
    let columns = ["omega", "theta"].map(|name| model.find(name).expect("a name")).to_vec();
    // Over no time to speak of, the last values are the first.
    let asked = Settings { end: 1e-300, step: 1e-300, columns, ..asked(model, OF_KURAMOTO) };
    let mut of_notes = run(model, &asked, Limits::DEFAULT).expect("a run").of_notes.into_iter();
    (of_notes.next().expect("omega"), of_notes.next().expect("theta"))
}

fn cont_by_hand(k: f64) -> f64 {
    let (g, a, w) = (0.3, 1.5, 0.9);
    by_hand(&[0.1, 0.0], OF_CONT, |x, time, out| {
        out[0] = -g * x[0] + k * libm::tanh(a * x[1]);
        out[1] = -g * x[1] + k * libm::tanh(a * x[0]) + 0.2 * libm::sin(w * time);
    })
}

/// Solves rates written in Rust with the same steps and the same rows; the first state's end, or the sum of many.
fn by_hand(start: &[f64], (end, step): Span, rates: impl Fn(&[f64], f64, &mut [f64])) -> f64 {
    let size = start.len();
    let problem = OdeBuilder::<NalgebraMat<f64>>::new()
        .rtol(RTOL)
        .atol(vec![ATOL; size])
        .rhs_implicit(
            |x: &[f64], _: &[f64], time: f64, out: &mut [f64]| rates(x, time, out),
            |_: &[f64], _: &[f64], _: f64, _: &[f64], out: &mut [f64]| out.fill(0.0),
        )
        .init(|_: &[f64], _: f64, out: &mut [f64]| out.copy_from_slice(start), size)
        .build()
        .expect("a problem");
    let mut solver = problem.tsit45().expect("a solver");
    solver.set_stop_time(end).expect("an end");
    let rows = (end / step).round() as usize;
    let mut at = solver.state().y.clone();
    let mut kept = Vec::with_capacity(rows + 1);
    kept.push(start.to_vec());
    loop {
        let reason = solver.step().expect("a step");
        let now = solver.state().t;
        while kept.len() <= rows && kept.len() as f64 * step <= now {
            solver.interpolate_inplace((kept.len() as f64 * step).min(now), &mut at).expect("a row");
            kept.push((0..at.len()).map(|place| at[place]).collect());
        }
        if matches!(reason, OdeSolverStopReason::TstopReached) {
            break;
        }
    }
    let last = &kept[kept.len() - 1];
    if size > 2 { last.iter().sum() } else { last[0] }
}
