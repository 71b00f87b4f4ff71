//! The screen at all sizes, as text.

use super::*;
use crate::answer::Concept;
use crate::note::NotePath;

fn hit(name: &str, path: Option<&str>, excerpt: &str, mark: &str) -> Hit {
    let marks = excerpt.find(mark).map(|at| at..at + mark.len()).into_iter().collect();
    Hit {
        concept: Concept { name: name.into(), note_path: path.map(NotePath::new), is_unique: true },
        line: path.map(|_| 4),
        score: 1.0,
        by_name: false,
        excerpt: Passage { text: excerpt.into(), marks },
        trail: if path.is_some() { vec!["Mirrors".into(), "of glass".into()] } else { Vec::new() },
        models: usize::from(path.is_some_and(|path| path.starts_with('m'))),
        places: 1,
        copies: Vec::new(),
        explanation: None,
    }
}

fn hits() -> Vec<Hit> {
    vec![
        hit("mirror", Some("mirror.md"), "A mirror of glass.", "mirror"),
        hit("共鳴", Some("notes/共鳴する言葉.md"), "The mirror\u{1b}[31m speaks.", "mirror"),
        hit("mirroring", None, "", "mirror"),
    ]
}

fn note_text() -> NoteText {
    let lines = ["---", "title: mirror", "---", "A mirror of glass, and Mirror\tof\u{1b}]0;x\u{7} water.", "", "Last words."];
    NoteText { first: 1, lines: lines.map(String::from).to_vec(), line: 4, total: 6 }
}

fn view<'p>(hits: &'p [Hit], text: Option<&'p NoteText>) -> PickView<'p> {
    PickView { typed: "mirr", cursor: 4, hits, first: 0, chosen: 0, text, scroll: 0, status: "1 of 3 concepts", alarm: None }
}

fn check(view: &PickView<'_>, width: u16, height: u16, expected: &str) -> PickScreen {
    let screen = pick(view, width, height, false);
    assert_eq!(screen.rows.join("\n"), expected.trim_end_matches('\n'), "{width} by {height}");
    screen
}

#[test]
fn a_usual_terminal_has_the_note_below() {
    let (hits, text) = (hits(), note_text());
    let screen = check(
        &view(&hits, Some(&text)),
        60,
        18,
        "> mirr
> mirror  mirror.md:4  (1 model)
  共鳴  notes/共鳴する言葉.md:4
  mirroring  wanted



────────────────────────────────────────────────────────────
Mirrors › of glass
A mirror of glass.

  1 ---
  2 title: mirror
  3 ---
▸ 4 A mirror of glass, and Mirror    of]0;x water.
  5
  6 Last words.
1 of 3 concepts      Enter takes · Ctrl-O edits · Esc leaves",
    );
    assert_eq!((screen.cursor, screen.scroll, screen.page), ((6, 0), 0, 6));
}

#[test]
fn a_wide_terminal_has_the_note_beside() {
    let (hits, text) = (hits(), note_text());
    let screen = check(
        &view(&hits, Some(&text)),
        100,
        8,
        "> mirr
> mirror  mirror.md:4  (1 model)         │ Mirrors › of glass
  共鳴  notes/共鳴する言葉.md:4          │ A mirror of glass.
  mirroring  wanted                      │
                                         │   2 title: mirror
                                         │   3 ---
                                         │ ▸ 4 A mirror of glass, and Mirror    of]0;x water.
1 of 3 concepts                                              Enter takes · Ctrl-O edits · Esc leaves",
    );
    assert_eq!(screen.page, 3);
}

#[test]
fn a_small_terminal_has_the_list_alone() {
    let (hits, text) = (hits(), note_text());
    check(
        &view(&hits, Some(&text)),
        20,
        5,
        "> mirr
> mirror  mirror.md…
  共鳴  notes/共鳴…
  mirroring  wanted
1 of 3 concepts",
    );
    check(&view(&hits, Some(&text)), 6, 3, "> irr\n> mir…\n1 of…");
    check(&view(&hits, Some(&text)), 1, 1, ">");
    check(&view(&hits, Some(&text)), 0, 0, "");
}

#[test]
fn nothing_is_wider_than_the_screen() {
    let (hits, text) = (hits(), note_text());
    for (width, height) in
        [(0, 0), (0, 9), (9, 0), (1, 1), (2, 2), (20, 5), (33, 11), (80, 24), (100, 3), (200, 60), (9_999, 9_999)]
    {
        for (chosen, scroll) in [(0, 0), (1, 99), (2, -99), (7, isize::MAX), (0, isize::MIN)] {
            let view = PickView { chosen, scroll, first: chosen, typed: "共鳴 mirror", cursor: 3, ..view(&hits, Some(&text)) };
            let screen = pick(&view, width, height, false);
            assert_eq!(screen.rows.len(), usize::from(height.min(MOST_ROWS)));
            assert!(screen.rows.iter().all(|row| columns(row) <= usize::from(width)), "{width} by {height}");
            assert!(screen.cursor.0 < width.max(1) && screen.cursor.1 < height.max(1));
            assert!(pick(&view, width, height, true).rows.len() == screen.rows.len());
            assert!(pick_rows(width, height) <= usize::from(height));
        }
    }
}

#[test]
fn the_cursor_is_always_seen() {
    let hits = [];
    let at = |cursor, expected: &str| {
        let view = PickView { typed: "共鳴する言葉 mirror", cursor, status: "", ..view(&hits, None) };
        let screen = pick(&view, 12, 2, false);
        assert_eq!(screen.rows[0], expected);
        screen.cursor.0
    };
    assert_eq!(at(0, "> 共鳴する言"), 2);
    assert_eq!(at(12, "> 共鳴する言"), 10);
    assert_eq!(at(15, "> 鳴する言葉"), 10);
    assert_eq!(at(25, "> 葉 mirror"), 11);
}

#[test]
fn scrolling_stays_within_the_text() {
    let hits = hits();
    let lines = (1..=40).map(|at| format!("line {at}")).collect();
    let text = NoteText { first: 1, lines, line: 20, total: 40 };
    let rows = |scroll| {
        let screen = pick(&PickView { scroll, ..view(&hits, Some(&text)) }, 60, 18, false);
        (screen.rows[11].clone(), screen.rows[16].clone(), screen.scroll)
    };
    let expect = |first: &str, last: &str, scroll| (first.to_owned(), last.to_owned(), scroll);
    assert_eq!(rows(0), expect("  18 line 18", "  23 line 23", 0));
    assert_eq!(rows(1), expect("  19 line 19", "  24 line 24", 1));
    assert_eq!(rows(99), expect("  35 line 35", "  40 line 40", 17));
    assert_eq!(rows(-99), expect("   1 line 1", "   6 line 6", -17));
}

#[test]
fn colour_marks_the_words_wherever_they_stand() {
    let (hits, text) = (hits(), note_text());
    let screen = pick(&view(&hits, Some(&text)), 60, 18, true);
    let marked = "\u{1b}[1m\u{1b}[33mmirror\u{1b}[0m";
    assert!(screen.rows[9].contains(marked), "{:?}", screen.rows[9]);
    assert!(screen.rows[14].contains(marked) && screen.rows[14].contains("33mMirror"), "{:?}", screen.rows[14]);
    assert!(screen.rows[1].contains("\u{1b}[7m"), "the chosen one stands out: {:?}", screen.rows[1]);
    let last_code = |row: &String| row.rfind('\u{1b}').map(|at| row[at..].to_owned());
    assert!(screen.rows.iter().filter_map(last_code).all(|code| code.starts_with("\u{1b}[0m")), "{:?}", screen.rows);
    let wrong = PickView { alarm: Some("the quote at column 1 is not closed"), ..view(&hits, Some(&text)) };
    assert!(pick(&wrong, 60, 18, true).rows[17].starts_with("\u{1b}[31mthe quote at column 1 is not closed"));
    assert!(pick(&wrong, 60, 18, false).rows.iter().all(|row| !row.contains('\u{1b}')));
}
