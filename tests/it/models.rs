//! What runs, held against known answers: cases of the SBML semantic test suite, problems of the literature with published
//! digits, and models whose solution is a formula.

#![allow(clippy::print_stdout, reason = "figures, and what is skipped, are told")]

use resonote::model::{Dialect, Graph, Limits, Model, Run, Settings, Text, parse, run};
use std::fs;
use std::path::PathBuf;

/// A model of one fence.
pub(crate) fn model(source: &str, dialect: Dialect, graph: Option<&Graph>) -> Result<Model, String> {
    let program = parse(source, dialect).map_err(|refusals| refusals.to_string())?;
    let text = Text { program, dialect, uses: Vec::new(), size: source.len() };
    Model::new(&[text], None, graph).map_err(|fault| fault.to_string())
}

/// What is asked of a run of all names of a model.
pub(crate) fn asked(model: &Model, (start, end, step): (f64, f64, f64), (rtol, atol): (f64, f64)) -> Settings {
    Settings {
        start,
        end,
        step,
        rtol,
        atol,
        method: None,
        seed: 0,
        given: model.names().iter().map(|name| name.default.unwrap_or(f64::NAN)).collect(),
        columns: (0..model.names().len()).collect(),
        followed: Vec::new(),
        fixed_step: step / 10.0,
        is_observed: false,
    }
}

fn series<'r>(model: &Model, run: &'r Run, name: &str) -> &'r [f64] {
    &run.columns[model.find(name).unwrap_or_else(|| panic!("no {name}"))]
}

fn last(model: &Model, run: &Run, name: &str) -> f64 {
    series(model, run, name).last().copied().unwrap_or(f64::NAN)
}

/// One case of the suite; what is wrong with it, if anything.
fn case(folder: &std::path::Path, number: &str) -> Result<(), String> {
    let read =
        |extension: &str| fs::read_to_string(folder.join(format!("{number}.{extension}"))).map_err(|error| error.to_string());
    let settings = read("settings")?;
    let setting = |key: &str| {
        let line = settings.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    };
    let number = |key: &str| setting(key).parse::<f64>().map_err(|_| format!("no {key}"));
    let model = model(&read("ant")?, Dialect::Antimony, None)?;
    let (start, duration, steps) = (number("start")?, number("duration")?, number("steps")?);
    let asked = asked(&model, (start, start + duration, duration / steps), (1e-9, 1e-12));
    let run = run(&model, &asked, Limits::DEFAULT).map_err(|stop| stop.to_string())?;
    if let Some(stop) = run.stop {
        return Err(stop.to_string());
    }
    let csv = read("csv")?;
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').map(|name| name.trim().trim_matches('"')).collect();
    let (absolute, relative) = (number("absolute")?, number("relative")?);
    let mut rows = 0;
    for (row, line) in lines.filter(|line| !line.trim().is_empty()).enumerate() {
        for (name, wanted) in names.iter().zip(line.split(',')).skip(1) {
            let wanted: f64 = wanted.trim().parse().map_err(|_| format!("{wanted:?} is no number"))?;
            let Some(at) = model.find(name) else { return Err(format!("there is no {name}")) };
            let value = run.columns[at][row];
            let is_right = (value - wanted).abs() <= absolute + relative * wanted.abs()
                || value == wanted
                || (value.is_nan() && wanted.is_nan());
            if !is_right {
                return Err(format!("{name} at {}: {value}, not {wanted}", run.times[row]));
            }
        }
        rows += 1;
    }
    if rows == run.times.len() { Ok(()) } else { Err(format!("{} rows, not {rows}", run.times.len())) }
}

#[test]
fn the_model_suite_passes_or_is_refused_by_name() {
    let Some(suite) = std::env::var_os("RESONOTE_SHARED").map(|shared| PathBuf::from(shared).join("model-suite")) else {
        println!("skipped: no model suite (RESONOTE_SHARED)");
        return;
    };
    let (mut passed, mut failed) = (0, Vec::new());
    for part in ["rules", "events"] {
        let folder = suite.join(part);
        let mut numbers: Vec<String> = fs::read_dir(&folder)
            .expect("the suite")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".ant").map(str::to_owned))
            .collect();
        numbers.sort();
        for number in numbers {
            match case(&folder, &number) {
                Ok(()) => passed += 1,
                Err(why) => failed.push(format!("{part}/{number}: {why}")),
            }
        }
    }
    println!("{passed} cases of the model suite pass");
    assert_eq!(failed, [""; 0], "{passed} pass");
}

/// A problem of the literature: its text, its span, the digits its names end with, and the greatest error at each of the
/// tolerances 1e-6, 1e-8 and 1e-10, relative where the digits are not 0.
struct Problem {
    name: &'static str,
    text: &'static str,
    end: f64,
    ends: &'static [(&'static str, f64)],
    errors: [f64; 3],
}

/// Test Set for Initial Value Problem Solvers (Mazzia and Magherini 2008), reference solutions.
const PROBLEMS: [Problem; 6] = [
    Problem {
        name: "VDPOL",
        text: "x' = y; y' = ((1 - x^2)*y - x)/1e-6; x = 2; y = 0",
        end: 2.0,
        ends: &[("x", 1.706167732170483), ("y", -0.8928097010247975)],
        errors: [2e-5, 2e-7, 5e-9],
    },
    Problem {
        name: "ROBER",
        text: "a' = -0.04*a + 1e4*b*c; b' = 0.04*a - 1e4*b*c - 3e7*b^2; c' = 3e7*b^2; a = 1; b = 0; c = 0",
        end: 1e11,
        ends: &[("a", 0.2083340149701255e-7), ("b", 0.8333360770334713e-13), ("c", 0.999_999_979_166_505)],
        errors: [5e-5, 2e-6, 1e-7],
    },
    Problem {
        name: "OREGO",
        text: "s = 77.27; w = 0.161; q = 8.375e-6; x = 1; y = 2; z = 3
            x' = s*(y - x*y + x - q*x^2); y' = (z - y - x*y)/s; z' = w*(x - z)",
        end: 360.0,
        ends: &[("x", 1.000814870318523), ("y", 1228.178521549917), ("z", 132.0554942846706)],
        errors: [1e-5, 1e-6, 5e-8],
    },
    Problem {
        name: "HIRES",
        text: "a' = -1.71*a + 0.43*b + 8.32*c + 0.0007; b' = 1.71*a - 8.75*b; c' = -10.03*c + 0.43*d + 0.035*e
            d' = 8.32*b + 1.71*c - 1.12*d; e' = -1.745*e + 0.43*f + 0.43*g
            f' = -280*f*h + 0.69*d + 1.71*e - 0.43*f + 0.69*g; g' = 280*f*h - 1.81*g; h' = -280*f*h + 1.81*g
            a = 1; b = 0; c = 0; d = 0; e = 0; f = 0; g = 0; h = 0.0057",
        end: 321.8122,
        ends: &[
            ("a", 0.7371312573325668e-3),
            ("b", 0.1442485726316185e-3),
            ("c", 0.5888729740967575e-4),
            ("d", 0.1175651343283149e-2),
            ("e", 0.2386356198831331e-2),
            ("f", 0.6238968252742796e-2),
            ("g", 0.2849998395185769e-2),
            ("h", 0.2850001604814231e-2),
        ],
        errors: [2e-6, 2e-8, 2e-10],
    },
    Problem {
        name: "CONT",
        text: "k = 0.8; g = 0.3; a = 1.5; w = 0.9; e = 0.1; s = 0
            e' = -g*e + k*tanh(a*s); s' = -g*s + k*tanh(a*e) + 0.2*sin(w*time)",
        end: 100.0,
        ends: &[("e", 2.6645441), ("s", 2.8140814)],
        errors: [1e-7, 5e-8, 5e-8],
    },
    Problem {
        name: "Arenstorf",
        text: "m = 0.012277471; n := 1 - m; x = 0.994; u = 0; y = 0; v = -2.00158510637908252240537862224
            d1 := ((x + m)^2 + y^2)^1.5; d2 := ((x - n)^2 + y^2)^1.5
            x' = u; y' = v; u' = x + 2*v - n*(x + m)/d1 - m*(x - n)/d2; v' = y - 2*u - n*y/d1 - m*y/d2",
        end: 17.065_216_560_157_96,
        ends: &[("x", 0.994), ("y", 0.0)],
        errors: [2e-4, 1e-6, 5e-9],
    },
];

#[test]
fn reference_problems_end_with_their_published_digits() {
    for problem in &PROBLEMS {
        for (rtol, bound) in [1e-6, 1e-8, 1e-10].into_iter().zip(problem.errors) {
            let model = model(problem.text, Dialect::Antimony, None).expect("a model");
            let asked = asked(&model, (0.0, problem.end, problem.end / 100.0), (rtol, rtol * 1e-6));
            let run = run(&model, &asked, Limits::DEFAULT).expect("a run");
            assert_eq!(run.stop, None, "{}", problem.name);
            let errors = problem.ends.iter().map(|(name, wanted)| {
                (last(&model, &run, name) - wanted).abs() / if *wanted == 0.0 { 1.0 } else { wanted.abs() }
            });
            let worst = errors.fold(0.0, f64::max);
            println!("{:<10} {rtol:e} {:?} {} steps, error {worst:.1e}", problem.name, run.method, run.statistics.steps);
            assert!(worst <= bound, "{} at {rtol:e}: {worst:e}, not {bound:e}", problem.name);
        }
    }
}
