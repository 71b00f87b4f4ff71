//! What changes in a text, line by line, as a unified diff. Lines change where they stand; none comes or goes, so that none
//! has to be looked for.

/// So many lines are shown around a change.
const AROUND: usize = 3;

/// Longer lines, in characters, are shown around what changes.
const LONGEST: usize = 2_000;

/// The lines of a unified diff between two texts of as many lines; none where they are the same. Bytes that are no text show
/// as replacement characters, and carriage returns at ends of lines not at all.
pub(super) fn unified(path: &str, before: &[u8], after: &[u8]) -> Vec<String> {
    let (old, new) = (lines(before), lines(after));
    let changed: Vec<usize> = (0..old.len().min(new.len())).filter(|at| old[*at] != new[*at]).collect();
    let Some(first) = changed.first() else { return Vec::new() };
    let mut diff = vec![format!("--- a/{path}"), format!("+++ b/{path}")];
    let mut start = *first;
    for (number, at) in changed.iter().enumerate() {
        let next = changed.get(number + 1);
        if next.is_some_and(|next| next - at <= 2 * AROUND) {
            continue;
        }
        let range = start.saturating_sub(AROUND)..old.len().min(at + 1 + AROUND);
        let (line, count) = (range.start + 1, range.len());
        diff.push(format!("@@ -{line},{count} +{line},{count} @@"));
        hunk(&old, &new, range, &mut diff);
        start = next.copied().unwrap_or(start);
    }
    diff
}

fn hunk(old: &[&[u8]], new: &[&[u8]], range: std::ops::Range<usize>, diff: &mut Vec<String>) {
    let mut at = range.start;
    while at < range.end {
        let same = (at..range.end).take_while(|at| old[*at] == new[*at]).count();
        (at..at + same).for_each(|at| show(' ', old, at, 0, diff));
        at += same;
        let other = (at..range.end).take_while(|at| old[*at] != new[*at]).count();
        let differs = |at: usize| old[at].iter().zip(new[at]).take_while(|(a, b)| a == b).count();
        (at..at + other).for_each(|at| show('-', old, at, differs(at), diff));
        (at..at + other).for_each(|at| show('+', new, at, differs(at), diff));
        at += other;
    }
}

fn show(sign: char, lines: &[&[u8]], at: usize, point: usize, diff: &mut Vec<String>) {
    let line = lines[at];
    let is_ended = line.ends_with(b"\n");
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
    diff.push(format!("{sign}{}", around(&line, point)));
    if !is_ended {
        diff.push("\\ No newline at end of file".to_owned());
    }
}

/// A line, or of a very long one what stands around a byte of it.
fn around(line: &str, point: usize) -> String {
    if line.len() <= LONGEST {
        return line.to_owned();
    }
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(point.min(line.len()).saturating_sub(LONGEST / 8));
    let end = boundary(line.len().min(start + LONGEST / 4));
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < line.len() { "…" } else { "" });
    format!("{before}{}{after}", &line[start..end])
}

/// The lines of a text, each with its end.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let cut = unified("a.md", "é".repeat(5_000).as_bytes(), format!("{}x", "é".repeat(5_000)).as_bytes());
        assert!(cut.iter().all(|line| line.len() < 600), "{cut:?}");
        assert_eq!(cut[4], "\\ No newline at end of file");
    }
}
