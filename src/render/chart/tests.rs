//! What pictures look like, and that any numbers and names make one.

use super::*;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

fn steps(count: usize, to: f64) -> Vec<f64> {
    (0..count).map(|at| to * at as f64 / (count - 1) as f64).collect()
}

fn line<'a>(name: &'a str, values: &'a [f64]) -> Series<'a> {
    Series { name, values, is_points: false }
}

fn check(picture: &Picture<'_>, width: u16, height: u16, expected: &str) {
    let shown = terminal(picture, width, height, false);
    assert_eq!(format!("\n{shown}"), expected, "{shown}");
}

/// A circle of 0..=10 days, its two coordinates as curves.
fn with_waves<T>(see: impl Fn(&Picture<'_>) -> T) -> T {
    let x = steps(101, 10.0);
    let (sine, cosine): (Vec<f64>, Vec<f64>) = x.iter().map(|x| (x.sin(), x.cos() / 2.0)).unzip();
    see(&Picture::Lines {
        title: "resonance",
        x: Axis { label: "time (day)", values: &x },
        y_label: "feeling",
        series: vec![line("E_o", &sine), line("共鳴", &cosine)],
    })
}

fn with_field<T>(see: impl Fn(&Picture<'_>) -> T) -> T {
    let (x, y) = (steps(11, 1.0), steps(5, 2.0));
    let values: Vec<f64> =
        y.iter().flat_map(|y| x.iter().map(move |x| if *y == 2.0 && *x > 0.85 { f64::NAN } else { x * y })).collect();
    see(&Picture::HeatMap {
        title: "final",
        x: Axis { label: "k", values: &x },
        y: Axis { label: "gain", values: &y },
        value_label: "E_r",
        values: &values,
    })
}

#[test]
fn curves_in_a_terminal() {
    with_waves(|picture| {
        check(
            picture,
            50,
            16,
            "
                       resonance
feeling
 1.0 ┤     ⡠⠔⠢●                       ⣀⠤⠒⢄●
     │   ⢀⠎    ⠑⢄                    ⡔⠁   ⠈⢢
 0.5 ┤⢄⣀⡰⠁      ⠈⢢             ⢀▲⠤⣀⣀⠎       ⢱
     │ ●⠉⠒⢄⡀     ⠈⢆         ⢀⠤⠊⠁  ⢠●⠑⠢⡀      ⠣⡀
   0 ┤⡠⠃   ▲⢄     ⠈⢆       ⡠⠃    ⢀⠎   ⠉▲⡀     ⠱⡀
     │       ⠑⢤    ⠈⢢   ⢀▲⠊     ⢀⠎      ⠈⢆⡀    ⠱⡀
     │         ⠑⠤⣀   ●⣀⠔⠊      ⢠⠊         ⠈⠢⢄   ⢣⢀
-0.5 ┤           ⠈▲⠑⠊⠉⢆       ⢀⠇             ⠉▲⠒⠉●
     │                 ⠑⢄   ⢀⡰⠁
-1.0 ┤                  ⠈⠒⠢⠒●
     └┬───────┬────────┬────────┬────────┬───────┬
      0       2        4        6        8      10
                                        time (day)
─●─ E_o   ─▲─ 共鳴
",
        )
    });
    with_waves(|picture| {
        check(
            picture,
            20,
            10,
            "
       resonance
feeling
 1 ┤ ●⠒⢢⡀     ⢀⡴⠒●
 0 ┤⡹⠳⣄ ⢳⡀ ⢀⡔⠋▲⠢⡀ ⢣
   │  ⠈⠳▲⣳⠔⠋ ⡜  ⠙⠦⣈⣦
-1 ┤      ⠳●⠞
   └┬───────┬──────┬
    0       5     10
          time (day)
─●─ E_o   ─▲─ 共鳴
",
        )
    });
    with_waves(|picture| check(picture, 13, 10, "\n(too narrow…\n"));
    with_waves(|picture| assert_eq!(terminal(picture, 0, 0, true), ""));
}

#[test]
fn marks_in_a_terminal() {
    let (x, values) = (steps(6, 0.5), [1.0, 4.0, f64::NAN, 2.0, f64::INFINITY, 3.0]);
    let series = vec![Series { name: "period", values: &values, is_points: true }];
    check(
        &Picture::Lines { title: "", x: Axis { label: "k", values: &x }, y_label: "period", series },
        40,
        9,
        "
period
4 ┤       ●
  │                                    ●
  │
2 ┤                      ●
  │●
  └┬──────┬──────┬───────┬──────┬──────┬
   0     0.1    0.2     0.3    0.4   0.5
                                       k
",
    );
}

#[test]
fn a_field_in_a_terminal() {
    with_field(|picture| {
        check(
            picture,
            40,
            12,
            "
                   final
gain
2 ┤       ░░░░░░░▒▒▒▓▓▓▓▓▓▓███████······
  │           ░░░░░░▒▒▒▒▒▒▒▓▓▓▓▓▓▓██████
1 ┤              ░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▓▓▓
  │                        ░░░░░░░░░░░░░
0 ┤
  └─┬──────┬──────┬─────┬──────┬──────┬─
    0     0.2    0.4   0.6    0.8    1.0
                                       k
  │      ░░░░░░▒▒▒▒▒▒▓▓▓▓▓▓███████│ E_r
   0       0.5       1.0      1.5
",
        )
    });
}

#[test]
fn nothing_in_a_terminal() {
    let picture =
        Picture::Lines { title: "none", x: Axis { label: "", values: &[] }, y_label: "", series: vec![line("a", &[1.0])] };
    check(
        &picture,
        30,
        8,
        "
              none
 │
 │
 │      no finite values
 │
 └────────────────────────────

── a
",
    );
}

/// Colour is added around the same signs, and comes to its end on each line.
#[test]
fn colour_changes_no_sign() {
    with_waves(|picture| {
        let (coloured, plain) = (terminal(picture, 60, 20, true), terminal(picture, 60, 20, false));
        assert!(coloured.contains("\u{1b}[36m") && coloured.contains("\u{1b}[35m"));
        let bare: String = coloured
            .split('\u{1b}')
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or("", |it| it.1) })
            .collect();
        assert_eq!(bare, plain);
    });
    with_field(|picture| assert!(terminal(picture, 60, 20, true).contains("\u{1b}[38;5;")));
}

/// The texts of an SVG, in its order, after a look at whether it is XML.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).expect("XML");
    let elements = document.descendants().filter(|node| node.has_tag_name("text"));
    elements.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn svg_is_xml_with_every_label() {
    let shown = with_waves(|picture| texts(&svg(picture)));
    for text in ["resonance", "feeling", "time (day)", "E_o", "共鳴", "0", "10", "-0.5", "1.0"] {
        assert!(shown.iter().any(|it| it == text), "{text} is not in {shown:?}");
    }
    let shown = with_field(|picture| texts(&svg(picture)));
    for text in ["final", "k", "gain", "E_r", "0.2", "2.0"] {
        assert!(shown.iter().any(|it| it == text), "{text} is not in {shown:?}");
    }
}

#[test]
fn names_are_data() {
    let (x, long) = (steps(3, 1.0), "x".repeat(1_000));
    let names = ["<script>&\"'", "\u{1b}[31mred\u{7}\n\u{FFFF}\u{202E}", &long];
    let series = names.iter().map(|name| line(name, &x)).collect();
    let picture = Picture::Lines { title: names[0], x: Axis { label: names[1], values: &x }, y_label: names[2], series };
    let shown = texts(&svg(&picture));
    assert!(shown.contains(&"<script>&\"'".to_owned()) && shown.contains(&"[31mred".to_owned()), "{shown:?}");
    assert!(shown.iter().all(|text| text.chars().count() <= 80));
    assert!(!terminal(&picture, 80, 24, false).contains(['\u{1b}', '\u{7}', '\u{202E}']));
    assert!(png(&picture).is_ok());
}

#[test]
fn the_same_picture_has_the_same_bytes() {
    let x = steps(50, 5.0);
    let waves = || Picture::Lines {
        title: "a",
        x: Axis { label: "t", values: &x },
        y_label: "",
        series: vec![line("E", &x), line("θ̇ → ∂", &x)],
    };
    assert_eq!(svg(&waves()), svg(&waves()));
    let drawn = png(&waves()).expect("a picture");
    assert_eq!(drawn, png(&waves()).expect("a picture"));
    assert!(drawn.starts_with(b"\x89PNG"));
}

/// A letter of no script is in no font.
#[test]
fn a_missing_letter_is_an_error() {
    let picture = Picture::Lines { title: "\u{10FFFD}", x: Axis { label: "", values: &[] }, y_label: "", series: vec![] };
    let said = png(&picture).expect_err("no font has it");
    assert!(matches!(&said, ChartError::NoFont { characters } if characters == "\u{10FFFD}"), "{said}");
}

#[test]
fn many_points_of_many_series() {
    let x = steps(20_000, 1.0);
    let names: Vec<String> = (0..64).map(|at| format!("series {at}")).collect();
    let series = names.iter().enumerate().map(|(at, name)| line(name, &x[at..])).collect();
    let picture = Picture::Lines { title: "", x: Axis { label: "", values: &x }, y_label: "", series };
    let shown = terminal(&picture, 300, 60, false);
    assert!(names.iter().all(|name| shown.contains(name)));
    assert!(svg(&picture).len() < 64 * 2_000 * 14);
}

/// Any number at all, and those at the edges more often than chance has them.
fn number() -> impl Strategy<Value = f64> {
    let edges = [
        0.0,
        -0.0,
        1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        1e300,
        1e-300,
    ];
    prop_oneof![prop::sample::select(edges.to_vec()), prop::num::f64::ANY, -10.0..10.0]
}

proptest! {
    #[test]
    fn any_numbers_make_a_picture(
        x in prop::collection::vec(number(), 0..40),
        series in prop::collection::vec((".{0,20}", prop::collection::vec(number(), 0..40), any::<bool>()), 0..10),
        texts_of in [".{0,30}", ".{0,30}", ".{0,30}"],
        (width, height, colour) in (0u16..320, 0u16..80, any::<bool>()),
    ) {
        let [title, label, y_label] = &texts_of;
        let lines = Picture::Lines {
            title,
            x: Axis { label, values: &x },
            y_label,
            series: series.iter().map(|(name, values, is_points)| Series { name, values, is_points: *is_points }).collect(),
        };
        let y: Vec<f64> = series.iter().map(|it| it.1.len() as f64).collect();
        let values: Vec<f64> = series.iter().flat_map(|it| it.1.clone()).collect();
        let (x, y) = (Axis { label, values: &x }, Axis { label: y_label, values: &y });
        let field = Picture::HeatMap { title, x, y, value_label: y_label, values: &values };
        for picture in [lines, field] {
            let shown = terminal(&picture, width, height, false);
            prop_assert!(shown.lines().all(|line| line.width() <= usize::from(width)), "{}", shown);
            terminal(&picture, width, height, colour);
            texts(&svg(&picture));
        }
    }
}
