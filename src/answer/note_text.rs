//! The text of a note around a line, as it is written: for who looks at it before opening it.

use crate::note::{NotePath, text_of};
use crate::snapshot::Snapshot;

/// Some lines of a note, as they are written but for those that are very long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteText {
    /// The number of the first of them, from 1.
    pub first: u32,
    /// The lines, without their ends. Text from a note: it may hold whatever a file can.
    pub lines: Vec<String>,
    /// The line that is asked for, counted from 1 as the note counts.
    pub line: u32,
    /// How many lines the note has.
    pub total: u32,
}

/// Most characters of a line.
const LONGEST_LINE: usize = 4_000;

/// Most bytes before the line that is asked for, and from it on: a note may be a whole book.
const BEFORE: usize = 32_000;
const BEHIND: usize = 64_000;

/// The lines of a note around the one asked for, at least that one; nothing where there is no such note any more.
pub fn note_text(snapshot: &Snapshot, note_path: &NotePath, line: u32) -> NoteText {
    let Some(number) = snapshot.vault().find(note_path.as_str()) else { return NoteText::default() };
    let reread = snapshot.vault().read(number);
    let text = text_of(reread.bytes());
    let lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return NoteText::default();
    }
    let middle = (line.max(1) as usize - 1).min(lines.len() - 1);
    let cost = |line: &&str| line.len().min(LONGEST_LINE) + 1;
    let within = |most: usize| {
        let mut left = most;
        move |line: &&&str| {
            let fits = cost(line) <= left;
            left = left.saturating_sub(cost(line));
            fits
        }
    };
    let before = lines[..middle].iter().rev().take_while(within(BEFORE)).count();
    let behind = lines[middle..].iter().take_while(within(BEHIND)).count().max(1);
    let shown = &lines[middle - before..middle + behind];
    NoteText {
        first: (middle - before) as u32 + 1,
        lines: shown.iter().map(|line| clipped(line)).collect(),
        line: middle as u32 + 1,
        total: lines.len() as u32,
    }
}

/// A line no longer than a look needs; an ellipsis shows the cut.
fn clipped(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    fn text(text: &str, line: u32) -> NoteText {
        let snapshot = Snapshot::of(Vault::from_texts([("a.md", text)], false));
        note_text(&snapshot, &NotePath::new("a.md"), line)
    }

    #[test]
    fn a_note_is_shown_around_a_line() {
        let short = text("---\ntitle: x\n---\r\none\n\ntwo", 4);
        assert_eq!((short.first, short.line, short.total), (1, 4, 6));
        assert_eq!(short.lines, ["---", "title: x", "---", "one", "", "two"]);
        assert_eq!(text("one", 99).line, 1, "a line that is gone is the last");
        assert_eq!(text("", 1), NoteText::default());
    }

    #[test]
    fn a_book_is_shown_in_part() {
        let book = format!("{}needle\n{}", "straw\n".repeat(50_000), "straw\n".repeat(50_000));
        let shown = text(&book, 50_001);
        assert_eq!(shown.lines[(shown.line - shown.first) as usize], "needle");
        assert!(shown.lines.len() < 17_000, "{}", shown.lines.len());
        assert_eq!(shown.total, 100_001);
        let long = text(&"x".repeat(200_000), 1);
        assert_eq!(long.lines[0].chars().count(), LONGEST_LINE + 1);
    }

    #[test]
    fn a_note_that_is_gone_has_no_text() {
        let snapshot = Snapshot::of(Vault::from_texts([("a.md", "one")], false));
        assert_eq!(note_text(&snapshot, &NotePath::new("b.md"), 1), NoteText::default());
    }
}
