//! What changes in a text, line by line, as a unified diff. Which lines belong together is found by `similar`; how they show
//! is ours, as notes need be no UTF-8 and a line may be as long as a book.

use std::borrow::Cow;

use similar::udiff::UnifiedHunkHeader;
use similar::{Algorithm, DiffTag, capture_diff_slices, group_diff_ops};

/// So many lines are shown around a change.
const AROUND: usize = 3;

/// So much of a line that stays is shown, in bytes: it is there to say where one is. Of one that changes all is shown, as
/// nobody should agree to what they did not see.
const LONGEST: usize = 2_000;

/// The lines of a unified diff between two texts; none where they are the same. Bytes that are no text show as replacement
/// characters, and carriage returns at ends of lines not at all.
pub(super) fn unified(path: &str, before: &[u8], after: &[u8]) -> Vec<String> {
    let (old, new) = (lines(before), lines(after));
    let hunks = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), AROUND);
    let mut diff = Vec::new();
    for hunk in hunks {
        if diff.is_empty() {
            diff.extend([format!("--- a/{path}"), format!("+++ b/{path}")]);
        }
        diff.push(UnifiedHunkHeader::new(&hunk).to_string());
        for part in hunk {
            let (old, new) = (&old[part.old_range()], &new[part.new_range()]);
            if part.tag() == DiffTag::Equal {
                old.iter().for_each(|line| show(' ', line, &mut diff));
                continue;
            }
            old.iter().for_each(|line| show('-', line, &mut diff));
            new.iter().for_each(|line| show('+', line, &mut diff));
        }
    }
    diff
}

fn show(sign: char, line: &[u8], diff: &mut Vec<String>) {
    let is_ended = line.ends_with(b"\n");
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
    let shown = if sign == ' ' { start_of(&line) } else { line };
    diff.push(format!("{sign}{shown}"));
    if !is_ended {
        diff.push("\\ No newline at end of file".to_owned());
    }
}

/// A line, or of a very long one its start.
fn start_of(line: &str) -> Cow<'_, str> {
    if line.len() <= LONGEST {
        return Cow::Borrowed(line);
    }
    let mut end = LONGEST;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}…", &line[..end]))
}

/// The lines of a text, each with its end.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note of nothing but mentions, each line another: the look for what stays ends all the same.
    #[test]
    fn a_text_of_which_every_line_changes_is_soon_shown() {
        let lines = |mark: &str| (0..50_000).map(|line| format!("a line of {}{mark}\n", line % 700)).collect::<String>();
        let shown = unified("a.md", lines("").as_bytes(), lines("!").as_bytes());
        assert_eq!(shown.len(), 3 + 2 * 50_000);
        let (one, other) = ("x\ny\n".repeat(20_000), "y\nx\n".repeat(20_000));
        assert!(unified("a.md", one.as_bytes(), other.as_bytes()).len() < 20);
    }

    #[test]
    fn bytes_that_are_no_text_show_as_such() {
        let shown = unified("a.md", b"one\r\ncalm \xFF\r\n", b"one\r\n[[calm]] \xFF\r\n");
        assert_eq!(shown[2..], ["@@ -1,2 +1,2 @@", " one", "-calm \u{FFFD}", "+[[calm]] \u{FFFD}"]);
    }

    #[test]
    fn changes_near_each_other_are_one_hunk() {
        let before: Vec<String> = (1..=20).map(|line| format!("line {line}")).collect();
        let mut after = before.clone();
        [1, 7, 15].into_iter().for_each(|at| after[at].push('!'));
        let shown = unified("a.md", before.join("\n").as_bytes(), after.join("\n").as_bytes());
        let heads: Vec<&str> = shown.iter().map(String::as_str).filter(|line| line.starts_with(['@', '+', '-'])).collect();
        let first = ["--- a/a.md", "+++ b/a.md", "@@ -1,11 +1,11 @@", "-line 2", "+line 2!", "-line 8", "+line 8!"];
        assert_eq!(heads[..7], first);
        assert_eq!(heads[7..], ["@@ -13,7 +13,7 @@", "-line 16", "+line 16!"]);
        assert_eq!(unified("a.md", b"same", b"same"), Vec::<String>::new());
    }

    /// Whoever agrees to a change has seen all of it, however long the line.
    #[test]
    fn a_line_that_changes_is_shown_whole() {
        let long = "é".repeat(5_000);
        let shown = unified("a.md", format!("{long}\ncalm {long}").as_bytes(), format!("{long}\n[[calm]] {long}").as_bytes());
        assert_eq!(shown[3].chars().count(), 1 + LONGEST / 2 + 1);
        assert_eq!((&shown[4], &shown[6]), (&format!("-calm {long}"), &format!("+[[calm]] {long}")));
        assert_eq!(shown[5], "\\ No newline at end of file");
    }
}
