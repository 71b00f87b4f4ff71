//! What holds of any model: a tape says what its formula says, its changes are its slopes, taking apart changes nothing, and
//! chance is the same everywhere.

use super::engine::Machine;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn text(source: &str) -> Text {
    let dialect = Dialect::Resonote;
    let program = parse(source, dialect).unwrap_or_else(|refusals| panic!("{source}: {refusals:?}"));
    Text { program, dialect, uses: Vec::new(), size: source.len() }
}

fn made(source: &str, graph: Option<&Graph>) -> Model {
    Model::new(&[text(source)], None, graph).unwrap_or_else(|fault| panic!("{source}: {fault}"))
}

fn given(model: &Model) -> Vec<f64> {
    model.names().iter().map(|name| name.default.unwrap_or(f64::NAN)).collect()
}

fn settings(model: &Model, (start, end, step): (f64, f64, f64), seed: u64) -> Settings {
    let columns = (0..model.names().len()).collect();
    Settings {
        start,
        end,
        step,
        rtol: 1e-8,
        atol: 1e-10,
        method: None,
        seed,
        given: given(model),
        columns,
        followed: Vec::new(),
        fixed_step: step / 10.0,
        is_observed: false,
    }
}

/// Notes with these links.
fn graph(notes: usize, links: &[(u32, u32, f64)]) -> Graph {
    let keys: Vec<Box<str>> = (0..notes).map(|note| format!("{note}.md").into()).collect();
    Graph { labels: keys.clone(), keys, links: links.to_vec(), named: Vec::new() }
}

/// The value of a formula, worked out as it is written; none where something on the way is no finite number, or where the
/// sign of a zero decides.
fn naive(expression: &Expression, names: &dyn Fn(&str) -> f64) -> Option<f64> {
    let truth = |is_true: bool| if is_true { 1.0 } else { 0.0 };
    let of = |expression: &Expression| naive(expression, names);
    let value = match &expression.kind {
        Kind::Number(number) => *number,
        Kind::Truth(is_true) => truth(*is_true),
        Kind::Name(name) => names(name),
        Kind::Negated(inner) => -of(inner)?,
        Kind::Not(inner) => truth(of(inner)? == 0.0),
        Kind::Sum(terms) => {
            let mut sum = 0.0;
            for (sign, term) in terms {
                sum += if *sign == Sign::Plus { of(term)? } else { -of(term)? };
            }
            sum
        }
        Kind::Product(factors) => {
            let mut product = 1.0;
            for (how, factor) in factors {
                let factor = of(factor)?;
                product = match how {
                    Factor::Times => product * factor,
                    Factor::Over => product / factor,
                    Factor::Modulo => product % factor,
                };
                product.is_finite().then_some(())?;
            }
            product
        }
        Kind::Power(base, exponent) => match (of(base)?, of(exponent)?) {
            (base, 2.0) => base * base,
            (base, 3.0) => base * base * base,
            (base, exponent) => libm::pow(base, exponent),
        },
        Kind::Compared { first, then } => {
            let (mut left, mut holds) = (of(first)?, true);
            for (comparison, right) in then {
                let right = of(right)?;
                holds &= match comparison {
                    Comparison::Less => left < right,
                    Comparison::AtMost => left <= right,
                    Comparison::Greater => left > right,
                    Comparison::AtLeast => left >= right,
                    Comparison::Equal => left == right,
                    Comparison::Unequal => left != right,
                };
                left = right;
            }
            truth(holds)
        }
        Kind::And(parts) => truth(parts.iter().map(of).collect::<Option<Vec<f64>>>()?.into_iter().all(|part| part != 0.0)),
        Kind::Or(parts) => truth(parts.iter().map(of).collect::<Option<Vec<f64>>>()?.into_iter().any(|part| part != 0.0)),
        Kind::Call { name, arguments } => {
            let values = arguments.iter().map(|argument| match argument {
                Argument::Expression(expression) => of(expression),
                Argument::Link(_) => None,
            });
            called(name, &values.collect::<Option<Vec<f64>>>()?)?
        }
    };
    value.is_finite().then_some(value)
}

fn called(name: &str, values: &[f64]) -> Option<f64> {
    Some(match (name, values) {
        ("sin", [x]) => libm::sin(*x),
        ("cos", [x]) => libm::cos(*x),
        ("tan", [x]) => libm::tan(*x),
        ("tanh", [x]) => libm::tanh(*x),
        ("sinh", [x]) => libm::sinh(*x),
        ("atan", [x]) => libm::atan(*x),
        ("asin", [x]) => libm::asin(*x),
        ("asinh", [x]) => libm::asinh(*x),
        ("sech", [x]) => 1.0 / libm::cosh(*x),
        ("exp", [x]) => libm::exp(*x),
        ("ln", [x]) => libm::log(*x),
        ("log10", [x]) => libm::log10(*x),
        ("sqrt", [x]) => x.sqrt(),
        ("abs", [x]) => x.abs(),
        ("floor", [x]) => libm::floor(*x),
        ("ceil", [x]) => libm::ceil(*x),
        ("min", values) => values.iter().copied().fold(f64::INFINITY, f64::min),
        ("max", values) => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ("atan2", [y, x]) if *x != 0.0 && *y != 0.0 => libm::atan2(*y, *x),
        ("piecewise", [yes, condition, no]) => {
            if *condition != 0.0 {
                *yes
            } else {
                *no
            }
        }
        ("own", [x, y]) => x * y - y,
        _ => return None,
    })
}

const AT: At = At { start: 0, end: 0 };

fn placed(kind: Kind) -> Expression {
    Expression { at: AT, kind }
}

/// Formulas of these names.
fn formula(names: &'static [&'static str]) -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        2 => prop::sample::select(&[0.5, 1.0, 2.0, 3.0, 7.25, 0.1][..]).prop_map(Kind::Number),
        5 => prop::sample::select(names).prop_map(|name| Kind::Name(name.into())),
    ];
    leaf.prop_map(placed).prop_recursive(5, 40, 4, |inner| {
        let sign = prop_oneof![Just(Sign::Plus), Just(Sign::Minus)];
        let factor = prop_oneof![3 => Just(Factor::Times), 2 => Just(Factor::Over), 1 => Just(Factor::Modulo)];
        let comparison = prop_oneof![
            Just(Comparison::Less),
            Just(Comparison::AtMost),
            Just(Comparison::Greater),
            Just(Comparison::AtLeast),
            Just(Comparison::Equal),
            Just(Comparison::Unequal)
        ];
        let one = prop::sample::select(
            &[
                "sin", "cos", "tan", "tanh", "sinh", "atan", "asin", "asinh", "sech", "exp", "ln", "log10", "sqrt", "abs",
                "floor", "ceil",
            ][..],
        );
        let two = prop::sample::select(&["min", "max", "atan2", "own"][..]);
        let call = |name: &str, values: Vec<Expression>| Kind::Call {
            name: name.into(),
            arguments: values.into_iter().map(Argument::Expression).collect(),
        };
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|inner| Kind::Negated(Box::new(inner))),
            inner.clone().prop_map(|inner| Kind::Not(Box::new(inner))),
            (inner.clone(), prop::collection::vec((sign, inner.clone()), 1..4))
                .prop_map(|(first, rest)| Kind::Sum(std::iter::once((Sign::Plus, first)).chain(rest).collect())),
            (inner.clone(), prop::collection::vec((factor, inner.clone()), 1..4))
                .prop_map(|(first, rest)| Kind::Product(std::iter::once((Factor::Times, first)).chain(rest).collect())),
            pair().prop_map(|(base, exponent)| Kind::Power(Box::new(base), Box::new(exponent))),
            (inner.clone(), prop::collection::vec((comparison, inner.clone()), 1..3))
                .prop_map(|(first, then)| Kind::Compared { first: Box::new(first), then }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Kind::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Kind::Or),
            (one, inner.clone()).prop_map(move |(name, a)| call(name, vec![a])),
            (two, pair()).prop_map(move |(name, (a, b))| call(name, vec![a, b])),
            (pair(), inner.clone()).prop_map(move |((a, b), c)| call("piecewise", vec![a, b, c])),
        ]
        .prop_map(placed)
    })
}

/// Formulas that mostly come apart.
fn separable() -> impl Strategy<Value = Expression> {
    let names = &["x_pre", "x_post", "y_pre", "y_post", "p"][..];
    let leaf = prop_oneof![
        1 => prop::sample::select(&[0.5, 2.0][..]).prop_map(Kind::Number),
        4 => prop::sample::select(names).prop_map(|name| Kind::Name(name.into())),
        1 => Just(Kind::Name("w".into())),
    ];
    leaf.prop_map(placed).prop_recursive(4, 16, 3, |inner| {
        let call = |name: &str, a: Expression| Kind::Call { name: name.into(), arguments: vec![Argument::Expression(a)] };
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|inner| Kind::Negated(Box::new(inner))),
            pair().prop_map(|(a, b)| Kind::Sum(vec![(Sign::Plus, a), (Sign::Plus, b)])),
            pair().prop_map(|(a, b)| Kind::Sum(vec![(Sign::Plus, a), (Sign::Minus, b)])),
            pair().prop_map(|(a, b)| Kind::Product(vec![(Factor::Times, a), (Factor::Times, b)])),
            pair().prop_map(|(a, b)| Kind::Product(vec![(Factor::Times, a), (Factor::Over, b)])),
            (prop::sample::select(&["sin", "cos", "tanh"][..]), inner.clone()).prop_map(move |(name, a)| call(name, a)),
        ]
        .prop_map(placed)
    })
}

fn links() -> impl Strategy<Value = Vec<(u32, u32, f64)>> {
    prop::collection::btree_map((0_u32..4, 0_u32..4), prop::sample::select(&[0.5, 1.0, 3.0][..]), 0..10)
        .prop_map(|links| links.into_iter().map(|((from, to), weight)| (from, to, weight)).collect())
}

/// The rates of a model at a state, and how they change where it changes by `by`.
fn rates(model: &Model, state: &[f64], by: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut machine = Machine::new(model);
    machine.begin(&given(model), 1, 0.0);
    let (mut rates, mut changes) = (vec![0.0; state.len()], vec![0.0; state.len()]);
    machine.rates(0.75, state, &mut rates);
    machine.rate_changes(0.75, state, by, &mut changes);
    (rates, changes)
}

/// Holds that changes are slopes, where steps of two lengths agree on what those are.
fn hold_slopes(source: &str, graph: Option<&Graph>, state: &[f64], by: &[f64]) -> Result<(), TestCaseError> {
    let model = &made(source, graph);
    let (_, changes) = rates(model, state, by);
    let moved = |h: f64| {
        let state: Vec<f64> = state.iter().zip(by).map(|(x, by)| x + h * by).collect();
        rates(model, &state, by).0
    };
    let slopes = |h: f64| moved(h).into_iter().zip(moved(-h)).map(|(right, left)| (right - left) / (2.0 * h)).collect();
    let (coarse, fine): (Vec<f64>, Vec<f64>) = (slopes(2e-5), slopes(1e-5));
    for ((coarse, fine), change) in coarse.into_iter().zip(fine).zip(changes) {
        let slope = fine + (fine - coarse) / 3.0;
        let scale = 1.0 + slope.abs();
        // Over a graph something on the way may be no finite number; then there is no slope.
        let has_slope = slope.is_finite() && (graph.is_none() || change.is_finite());
        if has_slope && (fine - coarse).abs() < 1e-6 * scale {
            prop_assert!((change - slope).abs() < 1e-4 * scale, "{}: {} and not {}", source, change, slope);
        }
    }
    Ok(())
}

/// Holds that a sum over links is that of its formula, worked out for each.
fn hold_sum(formula: &Expression, sum: &str, links: &[(u32, u32, f64)], state: &[f64]) -> Result<(), TestCaseError> {
    let printed = renamed(formula, &BTreeMap::new());
    let model = made(&format!("x' = {sum}(0*x_pre + {printed}); y' = 0; x = 0; y = 0; p = 1.5"), Some(&graph(4, links)));
    let (rates, _) = rates(&model, state, &[0.0; 8]);
    let pairs: Vec<(u32, u32, f64)> = (0..16).map(|at| (at / 4, at % 4, 1.0)).collect();
    let over = if sum == "sum_all" { &pairs } else { links };
    let (mut wanted, mut size) = ([0.0; 4], 1.0_f64);
    for (from, to, weight) in over {
        let (from, to) = (*from as usize, *to as usize);
        let names = |name: &str| match name {
            "x_pre" => state[from],
            "x_post" => state[to],
            "y_pre" => state[4 + from],
            "y_post" => state[4 + to],
            "w" => *weight,
            _ => 1.5,
        };
        let Some(value) = naive(formula, &names) else { return Ok(()) };
        wanted[if sum == "sum_out" { from } else { to }] += value;
        size = size.max(value.abs());
    }
    // What is divided by next to nothing loses digits when it comes apart.
    prop_assume!(size < 1e4);
    for (rate, wanted) in rates.iter().zip(wanted) {
        prop_assert!((rate - wanted).abs() < 1e-7 * size, "{}: {} and not {}", printed, rate, wanted);
    }
    Ok(())
}

/// A formula with other names.
fn renamed(expression: &Expression, names: &BTreeMap<&str, String>) -> String {
    let model = |expression: &Expression| Program {
        functions: Vec::new(),
        models: vec![ModelText {
            name: None,
            is_main: false,
            ports: Vec::new(),
            statements: vec![Statement {
                at: AT,
                what: What::Rule { name: Name { text: "q".into(), at: AT }, value: expression.clone(), note: None },
            }],
            title: None,
        }],
    };
    let printed = model(expression).to_string();
    let printed = printed.trim().trim_start_matches("q := ").trim_end_matches(';');
    let mut out = String::new();
    let mut word = String::new();
    for c in printed.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(names.get(&*word).unwrap_or(&word));
        word.clear();
        out.push(c);
    }
    out.trim().to_owned()
}

const FUNCTION: &str = "function own(a, b) a*b - b end\n";

proptest! {
    #[test]
    fn a_tape_says_what_its_formula_says(
        formula in formula(&["x", "y", "p", "q", "time"]),
        (x, y, p) in (-3.0_f64..3.0, -3.0_f64..3.0, -3.0_f64..3.0),
    ) {
        let printed = renamed(&formula, &BTreeMap::new());
        let model = made(&format!("{FUNCTION} x' = {printed}; y' = 1; x = {x}; y = {y}; p = {p}; q = 2*p"), None);
        let (rates, _) = rates(&model, &[x, y], &[0.0; 2]);
        let names = |name: &str| match name {
            "x" => x,
            "y" => y,
            "p" => p,
            "q" => 2.0 * p,
            _ => 0.75,
        };
        if let Some(wanted) = naive(&formula, &names) {
            prop_assert_eq!(rates[0], wanted, "{}", printed);
        }
    }

    #[test]
    fn changes_are_slopes(
        formula in formula(&["x", "y", "p", "time"]),
        state in [-3.0_f64..3.0, -3.0_f64..3.0],
        by in [-1.0_f64..1.0, -1.0_f64..1.0],
    ) {
        let printed = renamed(&formula, &BTreeMap::new());
        let names = |name: &str| match name {
            "x" => state[0],
            "y" => state[1],
            "p" => 1.5,
            _ => 0.75,
        };
        prop_assume!(naive(&formula, &names).is_some());
        hold_slopes(&format!("{FUNCTION} x' = {printed}; y' = x*y; x = 0; y = 0; p = 1.5"), None, &state, &by)?;
    }

    #[test]
    fn changes_over_a_graph_are_slopes(
        formula in separable(),
        sum in prop::sample::select(&["sum_in", "mean_in", "sum_out", "mean_out", "sum_all", "mean_all"][..]),
        links in links(),
        state in prop::collection::vec(-2.0_f64..2.0, 8),
        by in prop::collection::vec(-1.0_f64..1.0, 8),
    ) {
        let printed = renamed(&formula, &BTreeMap::new());
        let text = format!("x' = {sum}(0*x_pre + {printed}) - x*degree_in; y' = piecewise(x*y, x > y, abs_mean_phase(x)); x = 0; y = 0; p = 1.5");
        hold_slopes(&text, Some(&graph(4, &links)), &state, &by)?;
    }

    #[test]
    fn a_sum_taken_apart_is_the_sum(
        formula in separable(),
        sum in prop::sample::select(&["sum_in", "sum_out", "sum_all"][..]),
        links in links(),
        state in prop::collection::vec(-2.0_f64..2.0, 8),
    ) {
        hold_sum(&formula, sum, &links, &state)?;
    }

    #[test]
    fn models_within_models_are_as_if_written_out(
        inner in formula(&["port", "s", "g", "time"]),
        deep in formula(&["port", "s", "g"]),
        outer in formula(&["a", "b", "k"]),
        gain in 0.5_f64..2.0,
    ) {
        let names = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(from, to)| (*from, (*to).to_owned())).collect();
        let same = BTreeMap::new();
        // The next values of maps, so that no solver stands between.
        let nested = format!(
            "{FUNCTION} model core(port)\n s(t+1) = {}; s = 0.25; g = 3\n end
            model part(port, s)\n C: core(s); s(t+1) = {}; s = 0.5; g = 2; C.g = g/4\n end
            model whole()\n A: part(a, b); B: part(a); a(t+1) = {}; a = 1; k = 0.5; B.g = {gain}\n end",
            renamed(&deep, &same), renamed(&inner, &same), renamed(&outer, &same),
        );
        let part = |port: &str, s: &str, name: &str| {
            let core = renamed(&deep, &names(&[("port", s), ("s", &format!("{name}_C_s")), ("g", &format!("{name}_C_g"))]));
            let part = renamed(&inner, &names(&[("port", port), ("s", s), ("g", &format!("{name}_g"))]));
            format!("{s}(t+1) = {part}; {s} = 0.5; {name}_C_s(t+1) = {core}; {name}_C_s = 0.25; {name}_C_g = {name}_g/4\n")
        };
        let flat = format!(
            "{FUNCTION} {}{} a(t+1) = {}; a = 1; k = 0.5; A_g = 2; B_g = {gain}",
            part("a", "b", "A"), part("a", "B_s", "B"), renamed(&outer, &same),
        );
        let [nested, flat] = [nested, flat].map(|source| {
            let model = made(&source, None);
            let run = run(&model, &settings(&model, (0.0, 3.0, 1.0), 1), Limits::DEFAULT).expect("a run");
            (model, run)
        });
        prop_assert_eq!(nested.1.times.len(), flat.1.times.len());
        for (name, by_hand) in [("a", "a"), ("b", "b"), ("B.s", "B_s"), ("A.C.s", "A_C_s"), ("B.C.s", "B_C_s"), ("B.C.g", "B_C_g")] {
            let column = |(model, run): &(Model, Run), name: &str| {
                run.columns[model.find(name).expect("a name")].iter().map(|it| it.to_bits()).collect::<Vec<u64>>()
            };
            prop_assert_eq!(column(&nested, name), column(&flat, by_hand), "{}", name);
        }
    }
}

#[test]
fn angles_come_apart_at_both_ends() {
    let links = [(0, 1, 0.5), (1, 0, 3.0), (2, 1, 1.0), (3, 3, 1.0)];
    let state = [0.3, -1.2, 0.9, 1.7, 0.1, 2.0, -0.4, -1.9];
    for formula in
        ["sin(x_pre - x_post)", "w*cos(2*x_pre + y_post/p)", "cos(x_pre - y_pre - x_post)*y_post", "-sin(p - x_post)*w/x_pre"]
    {
        let program = parse(&format!("q := {formula}"), Dialect::Resonote).expect("a formula");
        let What::Rule { value, .. } = &program.models[0].statements[0].what else { panic!("{formula}") };
        for sum in ["sum_in", "sum_out", "sum_all"] {
            let links = if sum == "sum_all" { &links.map(|(from, to, _)| (from, to, 1.0)) } else { &links };
            hold_sum(value, sum, links, &state).unwrap_or_else(|error| panic!("{formula}: {error}"));
        }
    }
}

const CHANCE: &str = "x' = -x + mean_in(x_pre) + 0.3*xi + 0.1*xi_other; x = rand(-1, 1); y := x^2; z = rand(0, x)";

#[test]
fn a_new_note_shifts_no_stream_of_the_others() {
    let of = |notes: usize| {
        let graph = graph(notes, &[]);
        let model = made(CHANCE, Some(&graph));
        run(&model, &settings(&model, (0.0, 2.0, 0.1), 3), Limits::DEFAULT).expect("a run").of_notes.concat()
    };
    let (three, four) = (of(3), of(4));
    let three: Vec<&[f64]> = three.chunks(3).collect();
    let four: Vec<&[f64]> = four.chunks(4).map(|chunk| &chunk[..3]).collect();
    assert_eq!(three, four);
    assert_eq!(three.len(), 3);
}

#[test]
fn a_run_is_the_same_bits_again_and_on_every_thread() {
    let chance = made(CHANCE, Some(&graph(5, &[(0, 1, 1.0), (2, 1, 1.0), (3, 4, 1.0)])));
    let flow = made("x' = y; y' = 5*(1 - x^2)*y - x + sin(time); x = 1; y = 0; at x > 1.5: y = -y", None);
    for (model, span) in [(&chance, (0.0, 5.0, 0.1)), (&flow, (0.0, 30.0, 0.1))] {
        let bits = |seed: u64| {
            let run = run(model, &settings(model, span, seed), Limits::DEFAULT).expect("a run");
            assert_eq!(run.stop, None);
            let numbers = [run.columns.concat(), run.of_notes.concat(), run.times].concat();
            (numbers.into_iter().map(f64::to_bits).collect::<Vec<u64>>(), run.statistics)
        };
        let first = bits(1);
        let all = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| bits(1))).collect();
            threads.into_iter().map(|thread| thread.join().expect("a thread")).collect::<Vec<_>>()
        });
        assert!(all.iter().all(|other| *other == first));
        assert_eq!(bits(2) == first, !model.needs_seed(), "another seed");
    }
}
