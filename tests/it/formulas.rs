//! Models whose solution is a formula: what runs has to end where the formula says, and chance has to have its moments.

use crate::limits::ring;
use crate::models::{asked, model};
use resonote::model::{Dialect, Graph, Limits, Measure, Method, Model, Run, Settings, run};
use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt::Write;

/// A model that ran.
struct Played {
    model: Model,
    run: Run,
}

impl Played {
    fn all(&self, name: &str) -> &[f64] {
        &self.run.columns[self.model.find(name).unwrap_or_else(|| panic!("no {name}"))]
    }

    fn last(&self, name: &str) -> f64 {
        self.all(name).last().copied().unwrap_or(f64::NAN)
    }

    /// The values over the notes at the end.
    fn of_notes(&self, name: &str) -> &[f64] {
        &self.run.of_notes[self.model.find(name).unwrap_or_else(|| panic!("no {name}"))]
    }
}

fn play(text: &str, graph: Option<&Graph>, span: (f64, f64, f64)) -> Played {
    play_by(text, graph, span, None)
}

fn play_by(text: &str, graph: Option<&Graph>, span: (f64, f64, f64), method: Option<Method>) -> Played {
    let model = model(text, Dialect::Resonote, graph).unwrap_or_else(|why| panic!("{text}: {why}"));
    let settings = Settings { method, seed: 7, ..asked(&model, span, (1e-9, 1e-12)) };
    let run = run(&model, &settings, Limits::DEFAULT).expect("a run");
    assert_eq!(run.stop, None, "{text}");
    Played { model, run }
}

fn is_near(what: &str, value: f64, wanted: f64, within: f64) {
    assert!((value - wanted).abs() <= within, "{what}: {value}, not {wanted} within {within}");
}

#[test]
fn two_oscillators_lock_where_the_sine_pulls_as_much_as_they_differ() {
    let text = "k = 1.5; a' = 0.5 + k/2*sin(b - a); b' = k/2*sin(a - b); a = 0; b = 0; d := a - b";
    is_near("two", play(text, None, (0.0, 40.0, 1.0)).last("d"), 0.339_836_9, 1e-7);
    let text = "x' = 0.5*is([[0]]) + k*sum_in(sin(x_pre - x_post)); x = 0; k = 0.75";
    let played = play(text, Some(&ring(2, 2)), (0.0, 40.0, 1.0));
    let [first, second] = played.of_notes("x") else { panic!("two notes") };
    is_near("two notes", first - second, (0.5 / (2.0 * 0.75_f64)).asin(), 1e-7);
}

/// Kuramoto 1975: with frequencies of a Lorentz distribution of half width g, r = sqrt(1 - 2g/K).
#[test]
fn many_oscillators_fall_into_step_as_far_as_the_mean_field_says() {
    // Note n links to n others, which numbers the notes; each has a quantile of the distribution as its frequency.
    let notes = 101;
    let links = (0..notes).flat_map(|from| (0..from).map(move |to| (from, to, 1.0))).collect();
    let graph = Graph { links, ..ring(notes as usize, 0) };
    let text = "omega = tan(pi*((degree_out + 0.5)/101 - 0.5)); x = rand(-pi, pi); r := abs_mean_phase(x)
        x' = omega + 3*mean_all(sin(x_pre - x_post))";
    let model = model(text, Dialect::Resonote, Some(&graph)).expect("a model");
    let asked = asked(&model, (0.0, 20.0, 0.1), (1e-4, 1e-6));
    let run = run(&model, &asked, Limits::DEFAULT).expect("a run");
    assert_eq!(run.stop, None);
    let late = &run.columns[model.find("r").expect("r")][100..];
    // A frequency beyond the reach of the field swings free: one part in a hundred of them moves r by as much.
    is_near("r", late.iter().sum::<f64>() / late.len() as f64, 0.577_350_3, 0.01);
}

#[test]
fn a_driven_oscillator_swings_as_wide_as_its_resonance_says() {
    for (frequency, wide) in [(0.5, 1.321_637_2), (1.0, 5.0), (0.989_949_493_661_166_5, 5.025_189_1)] {
        let text = format!("w = {frequency}; x' = v; v' = cos(w*time) - 0.2*v - x; x = 0; v = 0; wide := sqrt(x^2 + (v/w)^2)");
        is_near("amplitude", play(&text, None, (0.0, 250.0, 1.0)).last("wide"), wide, 2e-7);
    }
}

/// Haken, Kelso and Bunz 1985: in step is always stable, against each other where 4b > a.
#[test]
fn limbs_against_each_other_stay_so_or_switch() {
    for (b, end) in [(0.3, PI), (0.2, 0.0), (0.26, PI), (0.24, 0.0)] {
        let text = format!("a = 1; b = {b}; phi' = -a*sin(phi) - 2*b*sin(2*phi); phi = 3.1");
        is_near("phase", play(&text, None, (0.0, 300.0, 1.0)).last("phi"), end, 1e-4);
    }
}

#[test]
fn contagion_comes_to_rest_at_its_fixed_point() {
    let text = "a = 0.1; b = 0.3; g = 0.2; I = 0; I' = a*(1 - I) + b*I*(1 - I) - g*I";
    is_near("SISa", play(text, None, (0.0, 100.0, 1.0)).last("I"), 0.577_350_3, 1e-7);
}

#[test]
fn opinions_settle_as_their_matrices_say() {
    let weights = ["0.2*a + 0.8*b", "0.3*a + 0.4*b + 0.3*c", "0.5*b + 0.5*c"];
    let stubborn: String = ["a", "b", "c"]
        .iter()
        .zip(weights)
        .zip([(0.9, 1.0), (0.5, 0.0), (0.7, -1.0)])
        .map(|((name, sum), (open, start))| format!("{name}(t+1) = {open}*({sum}) + (1 - {open})*({start}); {name} = {start}\n"))
        .collect();
    let played = play(&stubborn, None, (0.0, 200.0, 1.0));
    for (name, wanted) in [("a", 0.045_824_7), ("b", -0.086_699_7), ("c", -0.508_222_9)] {
        is_near(name, played.last(name), wanted, 1e-7);
    }
    let starts = [[1.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for (start, wanted) in starts.into_iter().zip([-0.113_924_1, 0.189_873_4, 0.506_329_1, 0.303_797_5]) {
        let of = |name: &str, sum: &str, start: f64| format!("{name}(t+1) = {sum}; {name} = {start}\n");
        let text: String = (0..3).map(|at| of(["a", "b", "c"][at], weights[at], start[at])).collect();
        let played = play(&text, None, (0.0, 200.0, 1.0));
        ["a", "b", "c"].iter().for_each(|name| is_near(name, played.last(name), wanted, 1e-7));
    }
}

#[test]
fn noise_that_is_pulled_back_has_the_variance_and_memory_of_its_formula() {
    let played = play("x' = -x + 0.8*xi; x = 0", None, (0.0, 5_000.0, 0.1));
    let x = &played.all("x")[100..];
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / x.len() as f64;
    let variance = mean(&mut x.iter().map(|x| x * x));
    // Some 5,000 times forgotten: one part in fifty by chance.
    is_near("variance", variance, 0.8 * 0.8 / 2.0, 0.06 * 0.32);
    for lag in [5, 10, 20] {
        let shifted = mean(&mut x.iter().zip(&x[lag..]).map(|(x, later)| x * later));
        is_near("memory", shifted / variance, (-0.1 * lag as f64).exp(), 0.05);
    }
}

/// Kramers 1940: the rate exp(-1/(4D))/(sqrt(2)*pi) out of one well of x' = x - x^3.
#[test]
fn noise_leaves_a_well_as_often_as_kramers_says() {
    let played = play(
        "D = 0.06; x' = x - x^3 + sqrt(2*D)*xi; x = -1; over := piecewise(1, x > 0, 0)",
        Some(&ring(500, 0)),
        (0.0, 100.0, 0.2),
    );
    let over = played.last("over");
    let rate = -(1.0 - 2.0 * over).ln() / (2.0 * 100.0);
    let wanted = (-1.0 / (4.0 * 0.06_f64)).exp() / (2.0_f64.sqrt() * PI);
    assert!((0.6..1.5).contains(&(rate / wanted)), "{rate}, not {wanted}");
}

/// Oja 1982: weights become the leading eigenvector of what comes in together, of length 1.
#[test]
fn weights_turn_to_what_comes_in_together() {
    let text = "a' = (2*a + b) - q*a; b' = (a + 3*b) - q*b; q := a*(2*a + b) + b*(a + 3*b); a = 0.3; b = -0.1";
    let played = play(text, None, (0.0, 40.0, 1.0));
    let golden = (1.0 + 5.0_f64.sqrt()) / 2.0;
    is_near("length", played.last("a").hypot(played.last("b")), 1.0, 1e-8);
    is_near("direction", played.last("b") / played.last("a"), golden, 1e-7);
}

/// Ratcliff 1978: from the middle between bounds, 1/(1 + exp(-2va/s^2)) end at the upper one.
#[test]
fn drift_reaches_the_right_bound_as_often_as_it_should() {
    let text =
        "x' = piecewise(0.5 + xi, abs(x) < 1, 0); x = 0; up := piecewise(1, x >= 1, 0); done := piecewise(1, abs(x) >= 1, 0)";
    let played = play(text, Some(&ring(1_000, 0)), (0.0, 10.0, 0.1));
    assert!(played.last("done") > 0.995);
    is_near("up", played.last("up"), 1.0 / (1.0 + (-1.0_f64).exp()), 0.045);
}

#[test]
fn two_populations_swing_with_their_period() {
    let text = "function S(x, a, h) 1/(1 + exp(-a*(x - h))) - 1/(1 + exp(a*h)) end
        E' = -E + (1 - E)*S(16*E - 12*I + 1.25, 1.3, 4); I' = -I + (1 - I)*S(15*E - 3*I, 2, 3.7); E = 0.1; I = 0.05";
    let played = play(text, None, (0.0, 200.0, 0.01));
    let late = &played.all("E")[10_000..];
    is_near("period", Measure::Period.of(&played.run.times, played.all("E")), 5.003_5, 1e-3);
    is_near("least", late.iter().copied().fold(f64::MAX, f64::min), 0.101_5, 1e-4);
    is_near("greatest", late.iter().copied().fold(f64::MIN, f64::max), 0.271_5, 1e-4);
}

#[test]
fn love_that_goes_round_neither_grows_nor_fades() {
    let text = "a = 2; b = 0.5; R' = a*J; J' = -b*R; R = 1; J = 0.5; kept := b*R^2 + a*J^2";
    let played = play(text, None, (0.0, 500.0, 1.0));
    played.all("kept").iter().for_each(|kept| is_near("kept", *kept, 1.0, 5e-6));
    is_near("R", played.last("R"), 500.0_f64.cos() + 500.0_f64.sin(), 1e-5);
}

/// The Pleiades of Hairer, Norsett and Wanner 1993, section II.10: seven bodies, the one of number n of mass n.
#[test]
fn seven_bodies_end_at_their_published_places() {
    let starts = [
        (3.0, 3.0, 0.0, 0.0),
        (3.0, -3.0, 0.0, 0.0),
        (-1.0, 2.0, 0.0, 0.0),
        (-3.0, 0.0, 0.0, -1.25),
        (2.0, 0.0, 0.0, 1.0),
        (-2.0, -4.0, 1.75, 0.0),
        (2.0, 4.0, -1.5, 0.0),
    ];
    let ends = [
        (0.370_613_914_397_050_2, -3.943_437_585_517_392),
        (3.237_284_092_057_233, -3.271_380_973_972_55),
        (-3.222_559_032_418_324, 5.225_081_843_456_543),
        (0.659_709_145_577_531, -2.590_612_434_977_47),
        (0.342_558_170_715_658_4, 1.198_213_693_392_275),
        (1.562_172_101_400_631, -0.242_968_234_493_582_4),
        (-0.700_309_292_221_249_5, 1.091_449_240_428_98),
    ];
    let mut text = String::new();
    for (at, (x, y, u, v)) in starts.into_iter().enumerate() {
        writeln!(text, "x{at} = {x}; y{at} = {y}; u{at} = {u}; v{at} = {v}; x{at}' = u{at}; y{at}' = v{at}").expect("a string");
        for (speed, place) in [("u", "x"), ("v", "y")] {
            let pulls = (0..7).filter(|other| *other != at).map(|other| {
                let apart = format!("((x{at} - x{other})^2 + (y{at} - y{other})^2)^1.5");
                format!("{}*({place}{other} - {place}{at})/{apart}", other + 1)
            });
            writeln!(text, "{speed}{at}' = {}", pulls.collect::<Vec<_>>().join(" + ")).expect("a string");
        }
    }
    let played = play(&text, None, (0.0, 3.0, 0.1));
    for (at, (x, y)) in ends.into_iter().enumerate() {
        is_near("x", played.last(&format!("x{at}")), x, 1e-5);
        is_near("y", played.last(&format!("y{at}")), y, 1e-5);
    }
}

#[test]
fn events_happen_in_maps_and_amid_noise() {
    let played = play("x(t+1) = x + 1; x = 0; at (x >= 3): x = 0", None, (0.0, 7.0, 1.0));
    assert_eq!(played.all("x"), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0]);
    let played = play("x' = 1e-3*xi; x = 0; at (time > 1.45): x = 5; at 1 after x > 4: x = -5", None, (0.0, 4.0, 1.0));
    for (value, wanted) in played.all("x").iter().zip([0.0, 0.0, 5.0, -5.0, -5.0]) {
        is_near("x", *value, wanted, 0.02);
    }
    assert_eq!((played.run.statistics.events, played.run.method), (2, Method::Euler));
}

/// Of x' = x*xi the logarithm falls by t/2 in the sense of Ito and stays in that of Stratonovich.
#[test]
fn noise_is_multiplied_as_ito_has_it_and_by_heun_as_stratonovich() {
    for (method, wanted) in [(None, -0.5), (Some(Method::Euler), -0.5), (Some(Method::Heun), 0.0)] {
        let played = play_by("x' = x*xi; x = 1; log_x := ln(x)", Some(&ring(1_000, 0)), (0.0, 1.0, 0.1), method);
        // Of 1,000 numbers of variance 1 the mean is off by 0.03.
        is_near("logarithm", played.last("log_x"), wanted, 0.1);
    }
}

#[test]
fn what_fades_does_so_by_every_way_of_stepping() {
    let step = 1e-3;
    let wanted = (-1.0_f64).exp();
    let flows = "x' = -x; x = 1";
    let ways = [
        (format!("x(t+1) = x*(1 - {step}); x = 1"), (0.0, 1_000.0, 1.0), None, 2e-4),
        (flows.to_owned(), (0.0, 1.0, 10.0 * step), Some(Method::Euler), 2e-4),
        (flows.to_owned(), (0.0, 1.0, 10.0 * step), Some(Method::Heun), 1e-7),
        (flows.to_owned(), (0.0, 1.0, 0.1), Some(Method::Tsit5), 1e-8),
        (flows.to_owned(), (0.0, 1.0, 0.1), Some(Method::Bdf), 1e-7),
    ];
    let ends = ways.map(|(text, span, method, within)| {
        let end = play_by(&text, None, span, method).last("x");
        is_near("x", end, wanted, within);
        end
    });
    // A map of Euler's step is Euler's step, but for rounding.
    is_near("map and Euler", ends[0], ends[1], 1e-12);
    let quarter = play("x' = cos(time); x = 0", None, (0.0, FRAC_PI_2, FRAC_PI_2)).last("x");
    is_near("a quarter", quarter, 1.0, 1e-8);
}
