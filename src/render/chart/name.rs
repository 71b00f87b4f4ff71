//! Names to a width: cleaned for a terminal, and clipped where they are too long.

use crate::render::clean;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// More characters than any picture shows of a name.
const MOST_CHARACTERS: usize = 300;

/// How many columns a text takes.
pub(in crate::render) fn columns(text: &str) -> usize {
    text.width()
}

/// The name in at most `most` columns, cleaned; `…` stands for what was cut off.
pub(in crate::render) fn short(name: &str, most: usize) -> String {
    let cleaned = clean(name);
    // An accent without end is one letter that takes one column.
    let some: String = cleaned.trim().chars().take(MOST_CHARACTERS + 1).collect();
    if columns(&some) <= most && some.chars().count() <= MOST_CHARACTERS {
        return some;
    }
    if most == 0 {
        return String::new();
    }
    let mut shown = String::new();
    for letter in some.graphemes(true) {
        if columns(&shown) + columns(letter) + 1 > most {
            break;
        }
        shown.push_str(letter);
    }
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, most: usize, expected: &str) {
        assert_eq!(short(name, most), expected);
        assert!(columns(&short(name, most)) <= most);
    }

    #[test]
    fn names_fit() {
        check("empathy", 7, "empathy");
        check("empathy", 6, "empat…");
        check("共鳴する", 8, "共鳴する");
        check("共鳴する", 6, "共鳴…");
        check("a\x1b[31m b\nc", 20, "a[31m b c");
        check("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…");
        check("empathy", 0, "");
    }
}
