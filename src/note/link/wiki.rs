//! Wikilinks: `[[path#subpath|label]]`, `![[embedded]]`.
//!
//! The markdown parser says where a token stands; what stands in it is read here, because escaped pipes, blanks and line
//! ends mean more to people than to the parser. What a path means is not known here.

/// The parts of a wikilink token. Path and subpath have no blanks around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub embed: bool,
    pub path: &'t str,
    /// What follows the first `#`.
    pub subpath: Option<&'t str>,
    /// What follows the first pipe, as written.
    pub label: Option<&'t str>,
}

impl<'t> Token<'t> {
    /// Reads a whole token; the target stands before the label unless `label_first`. None where Obsidian sees no link: a
    /// line end inside, or nothing named.
    pub(crate) fn read(written: &'t str, label_first: bool) -> Option<Token<'t>> {
        // Read byte by byte, as every link is read so several times.
        let (embed, inner) = match written.as_bytes() {
            [b'!', b'[', b'[', .., b']', b']'] => (true, written.get(3..written.len() - 2)?),
            [b'[', b'[', .., b']', b']'] => (false, written.get(2..written.len() - 2)?),
            _ => return None,
        };
        let bytes = inner.as_bytes();
        if memchr::memchr2(b'\n', b'\r', bytes).is_some() {
            return None;
        }
        let pipe = if label_first { memchr::memrchr(b'|', bytes) } else { memchr::memchr(b'|', bytes) };
        let (target, label) = match pipe {
            Some(pipe) => {
                // The backslash that keeps a pipe from ending a table cell belongs to the pipe.
                let (before, after) = (inner[..pipe].strip_suffix('\\').unwrap_or(&inner[..pipe]), &inner[pipe + 1..]);
                if label_first { (after, Some(before)) } else { (before, Some(after)) }
            }
            None => (inner, None),
        };
        let (path, subpath) = split_subpath(if label_first { without_vault(target) } else { target });
        (super::names_something(path) || (path.is_empty() && subpath.is_some())).then_some(Token { embed, path, subpath, label })
    }
}

/// Dendron's targets may name their vault: `dendron://vault/name`.
fn without_vault(target: &str) -> &str {
    let in_vault = target.trim_start().strip_prefix("dendron://").and_then(|rest| rest.split_once('/'));
    in_vault.map_or(target, |(_, name)| name)
}

/// Splits a target at its first `#`; an empty subpath is none.
pub(crate) fn split_subpath(target: &str) -> (&str, Option<&str>) {
    match memchr::memchr(b'#', target.as_bytes()) {
        Some(hash) => (target[..hash].trim(), Some(target[hash + 1..].trim()).filter(|subpath| !subpath.is_empty())),
        None => (target.trim(), None),
    }
}

/// Finds the wikilink tokens of a text that no markdown parser has seen: a value in front matter.
/// A later `[[` before the close takes over, so that only the innermost token counts.
pub(crate) fn find_tokens(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let (mut at, mut open) = (0, None);
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr3(b'[', b']', b'\n', &bytes[at..]).map(|found| at + found) {
            let doubled = bytes.get(found + 1) == Some(&bytes[found]);
            at = found + 1;
            match bytes[found] {
                b'[' if doubled => open = Some(found),
                b'\n' => open = None,
                b']' if doubled => {
                    if let Some(start) = open.take().filter(|start| found >= start + 2) {
                        at = found + 2;
                        let start = if start > 0 && bytes[start - 1] == b'!' { start - 1 } else { start };
                        return Some(start..found + 2);
                    }
                }
                _ => {}
            }
        }
        None
    })
}

/// The size an embedded picture is to be shown at: `100` or `100x200`.
pub(crate) fn is_size(label: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 5 && part.bytes().all(|b| b.is_ascii_digit());
    match label.trim().split_once('x') {
        Some((width, height)) => number(width) && number(height),
        None => number(label.trim()),
    }
}

/// Puts a stand-in in the place of every pipe inside `[[…]]` on the rows of tables, so that the markdown parser keeps the
/// token in one cell. The text keeps its length; `None` where there is nothing to do, which is nearly always.
///
/// A table is known by its delimiter row (`|---|---|`); the line above it and the lines below, up to a blank one, are rows.
pub(crate) fn mask_table_pipes(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut pipes = Vec::new();
    let mut at = 0;
    // Only lines that hold a pipe can be delimiter rows, and few lines do.
    while let Some(pipe) = memchr::memchr(b'|', &bytes[at..]).map(|pipe| at + pipe) {
        let row = line_around(bytes, pipe);
        at = row.end;
        if !is_delimiter_row(&text[row.clone()]) {
            continue;
        }
        if row.start > 0 {
            note_pipes(text, line_around(bytes, row.start - 1), &mut pipes);
        }
        while at < text.len() {
            let row = line_around(bytes, at);
            at = row.end;
            if text[row.clone()].trim_start_matches(['>', ' ', '\t']).trim_end().is_empty() {
                break;
            }
            note_pipes(text, row, &mut pipes);
        }
    }
    if pipes.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for pipe in pipes {
        masked.push_str(&text[from..pipe]);
        masked.push(STAND_IN);
        from = pipe + 1;
    }
    masked.push_str(&text[from..]);
    Some(masked)
}

/// The line that byte `at` stands on, its end included.
fn line_around(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline + 1);
    start..end
}

/// What stands for a masked pipe: one byte, no mark of markdown, and nothing a person types.
pub(crate) const STAND_IN: char = '\u{1A}';

fn is_delimiter_row(line: &str) -> bool {
    let row = line.trim_start_matches(['>', ' ', '\t', '-', '*', '+']).trim_end();
    let lead = line.len() - line.trim_start_matches(['>', ' ', '\t']).len();
    let row = if row.starts_with(['|', ':']) { row } else { line[lead..].trim_end() };
    row.contains('|') && row.contains('-') && row.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

fn note_pipes(text: &str, line: std::ops::Range<usize>, pipes: &mut Vec<usize>) {
    let start = line.start;
    for token in find_tokens(&text[line]) {
        let token = start + token.start..start + token.end;
        pipes.extend(memchr::memchr_iter(b'|', &text.as_bytes()[token.clone()]).map(|at| token.start + at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let parts = Token::read(written, false).map(|token| (token.path, token.subpath, token.label));
        assert_eq!(parts, expected, "{written:?}");
    }

    #[test]
    fn parts_of_a_token() {
        check("[[ note # H |x|y]]", Some(("note", Some("H"), Some("x|y"))));
        check(r"[[note\|al]]", Some(("note", None, Some("al"))));
        check("![[#^b]]", Some(("", Some("^b"), None)));
        check("[[ ]]", None);
        check("[[|x]]", None);
        check("[[a\nb]]", None);
        check("[[#]]", None);
    }

    #[test]
    fn labels_may_stand_first() {
        let parts = |written| Token::read(written, true).map(|token| (token.path, token.label));
        assert_eq!(parts("[[a|b|note]]"), Some(("note", Some("a|b"))));
        assert_eq!(parts("[[The x|dendron://mine/a.b#h]]"), Some(("a.b", Some("The x"))));
        assert_eq!(parts("[[note]]"), Some(("note", None)));
        assert_eq!(parts("[[label|]]"), None);
    }

    #[test]
    fn only_the_innermost_token_counts() {
        let tokens = |text: &str| find_tokens(text).map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(tokens("a [[b]] ![[c]] [[d\n]] [[e [[f]] g]] [[[h]]]"), ["[[b]]", "![[c]]", "[[f]]", "[[h]]"]);
        assert_eq!(tokens("[[Sq]uare]] [[[[ ]]"), ["[[Sq]uare]]", "[[ ]]"]);
    }

    #[test]
    fn pipes_are_masked_in_tables_only() {
        let masked = |text: &str| mask_table_pipes(text).map(|text| text.replace(STAND_IN, "¦"));
        assert_eq!(masked("|x|\n|-|\n|[[n|a]]|\n\n[[n|a]]").as_deref(), Some("|x|\n|-|\n|[[n¦a]]|\n\n[[n|a]]"));
        assert_eq!(masked("> [[n|a]] | y\n> --|--\n").as_deref(), Some("> [[n¦a]] | y\n> --|--\n"));
        assert_eq!(masked("[[n|a]]\n---\n|"), None);
    }
}
