//! The front as a whole: what a text says, what is refused where, and that no text at all can make it fail.

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::*;
use proptest::prelude::*;

/// A tree without its places.
fn without_places(tree: &impl Debug) -> String {
    let debug = format!("{tree:?}");
    let mut parts = debug.split("At { ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').expect("the end of a place").1);
    }
    out
}

fn read(source: &str) -> Program {
    parse(source, Dialect::Resonote).unwrap_or_else(|refusals| panic!("{source:?}: {refusals:?}"))
}

/// What stands outside any model.
fn statements(source: &str) -> Vec<What> {
    let mut program = read(source);
    assert_eq!(program.models.len(), 1, "{source:?}");
    program.models.remove(0).statements.into_iter().map(|statement| statement.what).collect()
}

/// The first refusal: its text and its sentence.
fn refused(source: &str) -> (String, String) {
    let refusals = parse(source, Dialect::Antimony).expect_err(source);
    let Refusal { at, why } = refusals.first();
    (source[at.start as usize..at.end as usize].to_owned(), why.to_string())
}

/// A formula with all its parentheses.
fn grouped(expression: &Expression) -> String {
    let list = |head: &str, parts: Vec<String>| format!("({head} {})", parts.join(" "));
    match &expression.kind {
        Kind::Number(value) => value.to_string(),
        Kind::Truth(truth) => truth.to_string(),
        Kind::Name(name) => name.to_string(),
        Kind::Negated(operand) => list("neg", vec![grouped(operand)]),
        Kind::Not(operand) => list("not", vec![grouped(operand)]),
        Kind::Sum(terms) => list("sum", terms.iter().map(|(sign, term)| format!("{sign:?}:{}", grouped(term))).collect()),
        Kind::Product(factors) => {
            list("product", factors.iter().map(|(factor, value)| format!("{factor:?}:{}", grouped(value))).collect())
        }
        Kind::Power(base, exponent) => list("power", vec![grouped(base), grouped(exponent)]),
        Kind::Compared { first, then } => {
            let rest = then.iter().map(|(comparison, value)| format!("{comparison:?}:{}", grouped(value)));
            list("compared", std::iter::once(grouped(first)).chain(rest).collect())
        }
        Kind::And(operands) => list("and", operands.iter().map(grouped).collect()),
        Kind::Or(operands) => list("or", operands.iter().map(grouped).collect()),
        Kind::Call { name, arguments } => list(
            name,
            arguments
                .iter()
                .map(|argument| match argument {
                    Argument::Expression(expression) => grouped(expression),
                    Argument::Link(link) => format!("[[{link}]]"),
                })
                .collect(),
        ),
    }
}

fn check_formula(source: &str, expected: &str) {
    match &statements(&format!("q := {source}"))[..] {
        [What::Rule { value, .. }] => assert_eq!(grouped(value), expected, "{source}"),
        other => panic!("{source}: {other:?}"),
    }
}

/// Every line was asked of libantimony 3.3.0 and is grouped as it groups it.
#[test]
fn formulas_bind_as_libantimony_has_it() {
    check_formula("-2^2", "(neg (power 2 2))");
    check_formula("2^3^2", "(power 2 (power 3 2))");
    check_formula("x^-y^z", "(power x (neg (power y z)))");
    check_formula("x^-y*z", "(product Times:(power x (neg y)) Times:z)");
    check_formula("a/b/c", "(product Times:a Over:b Over:c)");
    check_formula("x%y*z", "(product Times:x Modulo:y Times:z)");
    check_formula("-x%y", "(product Times:(neg x) Modulo:y)");
    check_formula("a-b+c", "(sum Plus:a Minus:b Plus:c)");
    check_formula("a-b%c", "(sum Plus:a Minus:(product Times:b Modulo:c))");
    check_formula("2- -x", "(sum Plus:2 Minus:(neg x))");
    check_formula("2*-x", "(product Times:2 Times:(neg x))");
    check_formula("2*+x", "(product Times:2 Times:x)");
    check_formula("!a && b", "(and (not a) b)");
    check_formula("!a == b", "(compared (not a) Equal:b)");
    check_formula("!a*b", "(product Times:(not a) Times:b)");
    check_formula("!a^b", "(not (power a b))");
    check_formula("-!a", "(neg (not a))");
    check_formula("a^!b", "(power a (not b))");
    check_formula("not a && b", "(and (not a) b)");
    check_formula("not(a)^b", "(power (not a) b)");
    check_formula("2 > 1 > 2", "(compared 2 Greater:1 Greater:2)");
    check_formula("a == b > c", "(compared a Equal:b Greater:c)");
    check_formula("a > b && c < y", "(and (compared a Greater:b) (compared c Less:y))");
    check_formula("a && b || c", "(or (and a b) c)");
    check_formula("a || b && c", "(and (or a b) c)");
    check_formula("a && b && c", "(and a b c)");
    check_formula("a and b or c", "(or (and a b) c)");
    check_formula("a <> b", "(compared a Unequal:b)");
    check_formula("TRUE && b", "(and true b)");
    check_formula("and(true) || or()", "(or (and true) (or ))");
    check_formula("sin (x)", "(sin x)");
}

#[test]
fn a_formula_goes_on_where_it_must() {
    check_formula("(1\n + // why\n 2)", "(sum Plus:1 Plus:2)");
    check_formula("1 +\n 2", "(sum Plus:1 Plus:2)");
    check_formula("max(1,\n\n 2\n)", "(max 1 2)");
    check_formula("1 \\\n + 2", "(sum Plus:1 Plus:2)");
    check_formula("a ** 2", "(power a 2)");
    check_formula("M_s.gain*θ", "(product Times:M_s.gain Times:θ)");
    check_formula("is([[mirror neurons]])", "(is [[mirror neurons]])");
    assert_eq!(statements("x = 1 \n y = 2").len(), 2);
}

const RESONANCE: &str = "\
//| title: Emotional resonance
model *mirror(signal, act)  // neurons
  act' = (-act + gain*signal)/tau; act = 0
  gain = 0.9   // [0:0.05:2] motor share
  tau = 2      // time constant, s
end
mirror is \"Mirror neurons\"
function sat(x, y)
  x/(1 + y);
end
model pair()
  M: mirror(seen, felt)
  seen := sat(E, 1)
  M.gain = 1.2  # a comment
  E0: at 2 after E > 1 && time < 5, t0=false, priority=3, persistent=false, fromTrigger=false: E = 0,
      felt = 1
  at (E < 0): E = 1
  const k = 2, p  // [0:5]
  var q = 3  // [0:5] a label
  species S = 1; compartment c; formula z := 3
  unit per_minute = 1/(60 second)
  k has per_minute
  E is \"observer\"; E notes \"anything\", \"more\"
  model notes \"written by hand\"
end
";

#[test]
fn a_whole_text_is_read() {
    let program = read(RESONANCE);
    let [mirror, pair] = &program.models[..] else { panic!("{program:?}") };
    assert!(mirror.is_main && !pair.is_main);
    assert_eq!(mirror.title.as_deref(), Some("Mirror neurons"));
    assert_eq!(mirror.ports.iter().map(|port| &*port.text).collect::<Vec<_>>(), ["signal", "act"]);
    let printed = program.to_string();
    let expected = "\
function sat(x, y)
  x/(1 + y)
end
model *mirror(signal, act)
  act' = (-act + gain*signal)/tau;
  act = 0;
  gain = 0.9;  // [0:0.05:2] motor share
  tau = 2;  // time constant, s
end
mirror is \"Mirror neurons\";
model pair()
  M: mirror(seen, felt);
  seen := sat(E, 1);
  M.gain = 1.2;
  E0: at 2 after E > 1 && time < 5, t0=false, priority=3, persistent=false, fromTrigger=false: E = 0, felt = 1;
  at E < 0: E = 1;
  const k = 2, p;
  var q;
  q = 3;  // [0:5] a label
  var S = 1;
  var c;
  var z;
  z := 3;
  unit per_minute = 1/(60 second);
  k has per_minute;
  E is \"observer\";
end
";
    assert_eq!(printed, expected);
    let statement = &pair.statements[0];
    assert_eq!(&RESONANCE[statement.at.start as usize..statement.at.end as usize], "M: mirror(seen, felt)");
}

#[test]
fn statements_outside_are_a_model_without_a_name() {
    let program = read("x' = 1\nmodel a()\nend\nx = 2\na is \"A\"\nx is \"X\"");
    let names: Vec<_> = program.models.iter().map(|model| model.name.as_ref().map(|name| &*name.text)).collect();
    assert_eq!(names, [None, Some("a")]);
    assert_eq!((program.models[0].statements.len(), program.models[1].title.as_deref()), (3, Some("A")));
    assert!(read("// nothing\n;;").models.is_empty());
}

#[test]
fn an_event_may_set_nothing_or_begin_on_the_next_line() {
    assert!(matches!(&statements("at x > 1:")[..], [What::Event(event)] if event.sets.is_empty()));
    assert!(matches!(&statements("at x > 1:\n y = 1")[..], [What::Event(event)] if event.sets.len() == 1));
    assert!(matches!(&statements("at x > 1:\n y' = 1")[..], [What::Event(event), What::Rate { .. }] if event.sets.is_empty()));
}

/// What is refused, with the words it stands on.
#[test]
fn what_is_not_supported_is_refused_by_name() {
    for (source, place, sentence) in [
        ("J0: S1 -> S2; k*S1", "->", "reactions are not supported"),
        ("2 A + B => C; k", "=>", "reactions are not supported"),
        ("-> B; k", "->", "reactions are not supported"),
        ("$A -> B; k", "$", "boundary species are not supported"),
        ("import \"x.ant\"", "import", "`import` is not supported: a model reads no file"),
        ("delete M.x", "delete", "`delete` is not supported"),
        ("0 = x + y", "0", "algebraic rules are not supported"),
        ("--a--b", "--", "strands of DNA are not supported"),
        ("x = --y", "--", "strands of DNA are not supported"),
        ("x > 3", "x", "constraints are not supported"),
        ("maximize x", "maximize", "objectives are not supported"),
        ("species S in C", "in", "placing something in a compartment is not supported"),
        ("a is b", "a is", "joining two names by `is` is not supported"),
        ("mirror(a, b)", "mirror", "a statement cannot begin with `mirror(`"),
        ("M: mirror(a, 3)", "3", "a port takes a name, not a number"),
        ("x = a > b ? 1 : 2", "?", "`? :` is not read"),
        ("x = a & b", "&", "`&` stands alone"),
        ("x = a | b", "|", "`|` stands alone"),
        ("x = y = 2", "=", "a formula gives no value to a name"),
        ("x = y' + 1", "'", "a formula cannot speak of a rate by `'`"),
        ("x = 2y", "y", "two values stand side by side"),
        ("x = f(2)(3)", "(", "two values stand side by side"),
        ("x = (1 + 2\ny = 3", "(", "the parenthesis is not closed"),
        ("x = ", "", "a value is expected here, not the end of the line"),
        ("x = )", ")", "a value is expected here, not `)`"),
        ("x = 3 × 4", "×", "'×' is no sign of a model"),
        ("x(t+1) = 3", "x(t+1)", "`x(t+1) =` needs a `resonote` fence"),
        ("x := is([[note]])", "is", "`is([[note]])` needs a `resonote` fence"),
        ("x := f([[note]])", "[[note]]", "`[[note]]` needs a `resonote` fence"),
        ("gene a", "gene", "strands of DNA are not supported"),
        ("reaction = 3", "reaction", "`reaction` is a word of the language and names nothing"),
        ("model m()\nmodel = 3\nend = 2\nend", "model", "`model` is a word of the language and names nothing"),
        ("has = 3", "has", "`has` is a word of the language and names nothing"),
        ("True = 3", "True", "`True` is a word of the language and names nothing"),
        ("model a()\nx = 1", "model", "`end` is missing"),
        ("end", "end", "`end` ends nothing"),
        ("model a()\nmodel b()\nend\nend", "model", "`model` cannot stand within a model"),
        ("at x > 1, t1 = true: x = 0", "t1", "an event has no property `t1`"),
        ("at x > 1, t0 = 0: x = 0", "0", "`t0` is `true` or `false`"),
        ("at x > 1, t0 = true, t0 = true: x = 0", "t0", "`t0` is given twice"),
        ("at x > 1", "", "`:` is expected here, not the end of the line"),
        ("x = 1 // [0:l] share", "[0:l]", "the range does not read"),
        ("model a(b.c)\nend", "b.c", "`b.c` has a dot and cannot be declared here"),
        ("x = \u{1b}[31m", "\u{1b}", "'\\u{1b}' is no sign of a model"),
        ("x = a.b.c.d.e.f.g.h.i", "a.b.c.d.e.f.g.h.i", "the name has more than 8 parts"),
    ] {
        assert_eq!(refused(source), (place.to_owned(), sentence.to_owned()), "{source:?}");
    }
    assert_eq!(Why::Ternary.instead(), Some("piecewise(a, condition, b)"));
    assert!(matches!(&statements("x(t+1) = r*x")[..], [What::Next { .. }]));
}

#[test]
fn one_look_tells_all_that_is_wrong() {
    let source = "a -> b; k*a\nx = (1\ny = 2 3\nmodel m()\n z = ?\nfine = 1\nw = & end\nfunction f(x) x x end\n0 = 3";
    let refusals = parse(source, Dialect::Antimony).expect_err("refused");
    let places: Vec<&str> = refusals.iter().map(|refusal| &source[refusal.at.start as usize..refusal.at.end as usize]).collect();
    assert_eq!(places, ["->", "(", "3", "?", "&", "x", "0"]);
    let many = parse(&"x = )\n".repeat(500), Dialect::Antimony).expect_err("refused");
    assert_eq!(many.iter().count(), MOST_REFUSALS);
}

#[test]
fn nesting_is_counted_and_ends_in_one_refusal() {
    let deep = |before: &str, count: usize, behind: &str| {
        let source = format!("x = {}1{}", before.repeat(count), behind.repeat(count));
        parse(&source, Dialect::Antimony).map(|program| drop(program.clone()))
    };
    for (before, behind) in [("(", ")"), ("- ", ""), ("!", ""), ("2^", ""), ("f(", ")"), ("not ", ""), ("(0 && 1 + 2*", ")")] {
        assert_eq!(deep(before, DEEPEST, behind), Ok(()), "{before}");
        let refusals = deep(before, DEEPEST + 1, behind).expect_err("too deep");
        assert_eq!(refusals.iter().map(|refusal| &refusal.why).collect::<Vec<_>>(), [&Why::TooDeep], "{before}");
    }
    assert_eq!(deep("", 1, &" && a || b".repeat(DEEPEST / 2)), Ok(()));
    assert!(deep("", 1, &" && a || b".repeat(DEEPEST)).is_err());
    // Deep places to the left count although they come first.
    assert!(deep("((((", 1, &format!("){}", " && a || b".repeat(16)).repeat(4)).is_err());
    let refusals = parse(&format!("x = {}", "(".repeat(60_000)), Dialect::Antimony).expect_err("too deep");
    let at = At { start: 4 + 64, end: 4 + 65 };
    assert_eq!(refusals.iter().collect::<Vec<_>>(), [&Refusal { at, why: Why::TooDeep }]);
}

#[test]
fn long_texts_are_read_or_refused_at_once() {
    let started = Instant::now();
    let sum = format!("x = a{}", "+a".repeat(30_000));
    assert!(
        matches!(&statements(&sum)[..], [What::Initial { value, .. }] if matches!(&value.kind, Kind::Sum(terms) if terms.len() == 30_001))
    );
    let megabyte = "name ".repeat(200_000);
    assert_eq!(refused(&megabyte).1, format!("the model has 1000000 bytes, more than {LONGEST_SOURCE}"));
    for part in [
        "(",
        "[[",
        "[",
        "\"",
        "\"\"",
        "/*",
        "x=(",
        "x=(\n",
        "- ",
        "^",
        "--",
        "model a ",
        "model a\n",
        "function f(",
        "at ",
        "a:a(",
        ";",
        "x is \"\";",
        "x=1 // [",
        "x' = 1\n",
        "é",
        "a.a.",
    ] {
        let source = part.repeat(LONGEST_SOURCE / part.len());
        let _ = parse(&source, Dialect::Resonote);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// The texts of the model suite, if it is there.
fn suite() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/model-suite");
    let mut files = Vec::new();
    for part in ["rules", "events"] {
        let Ok(entries) = fs::read_dir(folder.join(part)) else { continue };
        files.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ant"));
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).expect("a text"))).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
fn the_model_suite_is_read_whole() {
    let suite = suite();
    if suite.is_empty() {
        eprintln!("skipped: the model suite is not there");
        return;
    }
    assert_eq!(suite.len(), 59);
    for (path, text) in suite {
        let program = parse(&text, Dialect::Antimony).unwrap_or_else(|refusals| panic!("{}: {refusals:?}", path.display()));
        assert_eq!(program.models.len(), 1, "{}", path.display());
        assert!(program.models[0].name.is_some(), "{}", path.display());
        let again = parse(&program.to_string(), Dialect::Antimony).expect("printed text parses");
        assert_eq!(without_places(&again), without_places(&program), "{}", path.display());
    }
}

const NOWHERE: At = At { start: 0, end: 0 };

fn name() -> impl Strategy<Value = Name> {
    let text = prop_oneof!["[a-z_]{1,4}[0-9]", "[a-z]1\\.[A-Z]2", Just("θ₁".to_owned())];
    text.prop_map(|text| Name { text: text.into(), at: NOWHERE })
}

fn plain_name(start: &'static str) -> impl Strategy<Value = Name> {
    "[a-z]{1,3}[0-9]".prop_map(move |text| Name { text: format!("{start}{text}").into(), at: NOWHERE })
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (0_u32..100).prop_map(f64::from),
        0.0_f64..1e3,
        any::<f64>().prop_map(f64::abs).prop_filter("finite", |v| v.is_finite())
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        number().prop_map(Kind::Number),
        any::<bool>().prop_map(Kind::Truth),
        name().prop_map(|name| Kind::Name(name.text)),
    ];
    let placed = |kind| Expression { at: NOWHERE, kind };
    leaf.prop_map(placed).prop_recursive(6, 40, 4, move |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..5);
        let sign = prop_oneof![Just(Sign::Plus), Just(Sign::Minus)];
        let factor = prop_oneof![Just(Factor::Times), Just(Factor::Over), Just(Factor::Modulo)];
        let comparison = prop_oneof![
            Just(Comparison::Less),
            Just(Comparison::AtMost),
            Just(Comparison::Greater),
            Just(Comparison::AtLeast),
            Just(Comparison::Equal),
            Just(Comparison::Unequal)
        ];
        let argument = prop_oneof![
            4 => inner.clone().prop_map(Argument::Expression),
            1 => "[a-z ]{1,9}".prop_map(|link| Argument::Link(link.into())),
        ];
        prop_oneof![
            inner.clone().prop_map(|operand| Kind::Negated(Box::new(operand))),
            inner.clone().prop_map(|operand| Kind::Not(Box::new(operand))),
            (inner.clone(), prop::collection::vec((sign, inner.clone()), 1..4))
                .prop_map(|(first, rest)| Kind::Sum(std::iter::once((Sign::Plus, first)).chain(rest).collect())),
            (inner.clone(), prop::collection::vec((factor, inner.clone()), 1..4))
                .prop_map(|(first, rest)| Kind::Product(std::iter::once((Factor::Times, first)).chain(rest).collect())),
            (inner.clone(), inner.clone()).prop_map(|(base, exponent)| Kind::Power(Box::new(base), Box::new(exponent))),
            (inner.clone(), prop::collection::vec((comparison, inner.clone()), 1..4))
                .prop_map(|(first, then)| Kind::Compared { first: Box::new(first), then }),
            several().prop_map(Kind::And),
            several().prop_map(Kind::Or),
            (prop_oneof![plain_name("f").prop_map(|name| name.text), Just("and".into())], prop::collection::vec(argument, 0..4))
                .prop_map(|(name, arguments)| Kind::Call { name, arguments }),
        ]
        .prop_map(placed)
    })
}

fn note() -> impl Strategy<Value = Range> {
    let label = || prop::option::of("[a-zé][a-z,/ é]{0,8}[a-z]".prop_map(Into::into));
    let bounds = (prop::option::of(-9.0_f64..0.0), prop::option::of(1e-9_f64..1.0), prop::option::of(0.0_f64..1e30));
    (bounds, label()).prop_filter_map("some part", |((min, step, max), label)| {
        let step = step.filter(|_| min.is_some() || max.is_some());
        (min.is_some() || max.is_some() || label.is_some()).then_some(Range { min, step, max, label })
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    let event = (
        prop::option::of(name()),
        (expression(), prop::option::of(expression()), prop::option::of(expression())),
        any::<[bool; 3]>(),
        prop::collection::vec((name(), expression()), 0..3),
    )
        .prop_map(|(name, (trigger, delay, priority), [starts_true, is_persistent, from_trigger], sets)| Event {
            name,
            trigger,
            delay,
            priority,
            starts_true,
            is_persistent,
            from_trigger,
            sets,
        });
    let text = || "[a-zé !#/;]{0,9}".prop_map(Into::into);
    let unit = || "[a-z]{1,3}1(/\\(?60 s2\\)?\\^2)?".prop_map(Into::into);
    let what = prop_oneof![
        (name(), expression(), prop::option::of(note())).prop_map(|(name, value, note)| What::Initial { name, value, note }),
        (name(), expression()).prop_map(|(name, value)| What::Rate { name, value }),
        (name(), expression(), prop::option::of(note())).prop_map(|(name, value, note)| What::Rule { name, value, note }),
        (name(), expression()).prop_map(|(name, value)| What::Next { name, value }),
        (name(), name(), prop::collection::vec(name(), 0..3)).prop_map(|(name, model, ports)| What::Submodel {
            name,
            model,
            ports
        }),
        event.prop_map(What::Event),
        (any::<bool>(), prop::collection::vec((name(), prop::option::of(expression())), 1..3))
            .prop_map(|(is_constant, names)| What::Declare { is_constant, names }),
        (name(), prop::option::of(unit())).prop_map(|(name, text)| What::Unit { name, text }),
        (name(), unit()).prop_map(|(name, unit)| What::HasUnit { name, unit }),
        (name(), text()).prop_map(|(name, text)| What::Is { name, text }),
    ];
    what.prop_map(|what| Statement { at: NOWHERE, what })
}

fn program() -> impl Strategy<Value = Program> {
    let function = (plain_name("F"), prop::collection::vec(plain_name(""), 0..3), expression())
        .prop_map(|(name, parameters, body)| Function { name, parameters, body });
    let model = (
        any::<bool>(),
        prop::collection::vec(plain_name(""), 0..3),
        prop::collection::vec(statement(), 0..4),
        prop::option::of("[a-z ]{0,5}".prop_map(Into::into)),
    );
    let models = prop::collection::vec(model, 0..3);
    (prop::collection::vec(function, 0..2), models, prop::option::of(0_usize..3)).prop_map(|(functions, models, outside)| {
        let named = |(place, (is_main, ports, statements, title)): (usize, (_, _, Vec<Statement>, _))| {
            if Some(place) == outside && !statements.is_empty() {
                return ModelText { name: None, is_main: false, ports: Vec::new(), statements, title: None };
            }
            let name = Some(Name { text: format!("M{place}").into(), at: NOWHERE });
            ModelText { name, is_main, ports, statements, title }
        };
        Program { functions, models: models.into_iter().enumerate().map(named).collect() }
    })
}

/// Pieces of models, so that random text meets itself in every way.
const SOUP: [&str; 66] = [
    "a",
    "b.c",
    "x",
    "t",
    "1",
    "0",
    ".5",
    "1e-3",
    "1e",
    "+",
    "-",
    "--",
    "*",
    "**",
    "/",
    "%",
    "^",
    "(",
    ")",
    ",",
    ";",
    ":",
    ":=",
    "=",
    "==",
    "'",
    "!",
    "!=",
    "<",
    "<=",
    ">",
    "&&",
    "||",
    "&",
    "?",
    "->",
    "=>",
    "\n",
    "\n",
    " ",
    " ",
    " ",
    "\r",
    "\\\n",
    "// [0:1] k\n",
    "// [",
    "/*",
    "*/",
    "#",
    "\"",
    "\"text\"",
    "[[note]]",
    "[[",
    "model ",
    "end ",
    "function ",
    "at ",
    "after ",
    "var ",
    "is ",
    "has ",
    "unit ",
    "not ",
    "true",
    "θ",
    "x(t+1) =",
];

/// Nothing may come of it but a program or refusals whose places lie in the text, in order.
fn survive(source: &str) -> Result<(), TestCaseError> {
    for dialect in [Dialect::Antimony, Dialect::Resonote] {
        match parse(source, dialect) {
            Ok(program) => {
                let printed = program.to_string();
                let again =
                    parse(&printed, dialect).map_err(|refusals| TestCaseError::fail(format!("{printed}: {refusals:?}")))?;
                prop_assert_eq!(without_places(&again), without_places(&program));
            }
            Err(refusals) => {
                let places: Vec<u32> = refusals.iter().map(|refusal| refusal.at.start).collect();
                prop_assert!(places.is_sorted() && places.len() <= MOST_REFUSALS);
                for refusal in refusals.iter() {
                    prop_assert!(source.get(refusal.at.start as usize..refusal.at.end as usize).is_some(), "{refusal:?}");
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same_tree(program in program()) {
        let printed = program.to_string();
        let again = parse(&printed, Dialect::Resonote).map_err(|refusals| TestCaseError::fail(format!("{printed}: {refusals:?}")))?;
        prop_assert_eq!(without_places(&again), without_places(&program), "{}", printed);
    }

    #[test]
    fn any_text_ends(source in ".{0,200}") {
        survive(&source)?;
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        survive(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_soup_of_pieces_ends(pieces in prop::collection::vec(prop::sample::select(&SOUP[..]), 0..60)) {
        survive(&pieces.concat())?;
    }

    #[test]
    fn a_changed_model_ends(cut in 0..RESONANCE.len(), length in 0_usize..12, piece in prop::sample::select(&SOUP[..])) {
        let end = (cut + length).min(RESONANCE.len());
        survive(&format!("{}{piece}{}", &RESONANCE[..cut], &RESONANCE[end..]))?;
    }

    #[test]
    fn a_changed_text_of_the_suite_ends(which in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>(), length in 0_usize..12, piece in prop::sample::select(&SOUP[..])) {
        let suite = suite();
        prop_assume!(!suite.is_empty());
        let text = &suite[which.index(suite.len())].1;
        prop_assume!(text.is_ascii());
        let cut = cut.index(text.len());
        let end = (cut + length).min(text.len());
        survive(&format!("{}{piece}{}", &text[..cut], &text[end..]))?;
    }
}
