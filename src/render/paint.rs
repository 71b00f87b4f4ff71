//! Colour, and what a terminal may be shown: text from notes is data, never a command.

use crate::note::Passage;
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;

/// Whether and how output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Whether there is colour at all.
    pub color: bool,
    /// The width of the terminal that output goes to, if it goes to one: pictures are for terminals.
    pub width: Option<u16>,
}

impl Paint {
    /// A concept's name, a heading of the answer.
    pub(crate) fn strong(self, text: &str) -> String {
        self.styled(text, Style::new().bold())
    }

    /// What is there for orientation: places, counts.
    pub(crate) fn faint(self, text: &str) -> String {
        self.styled(text, Style::new().dimmed())
    }

    /// A relation.
    pub(crate) fn relation(self, text: &str) -> String {
        self.styled(text, AnsiColor::Cyan.on_default())
    }

    /// What is wrong.
    pub(crate) fn alarm(self, text: &str) -> String {
        self.styled(text, AnsiColor::Red.on_default())
    }

    /// A passage with its marks.
    pub(crate) fn passage(self, passage: &Passage) -> String {
        let mark = AnsiColor::Yellow.on_default().bold();
        let mut shown = String::new();
        let mut from = 0;
        for range in &passage.marks {
            if range.start >= from {
                shown.push_str(&clean(&passage.text[from..range.start]));
                shown.push_str(&self.styled(&passage.text[range.clone()], mark));
                from = range.end;
            }
        }
        shown.push_str(&clean(&passage.text[from..]));
        shown
    }

    fn styled(self, text: &str, style: Style) -> String {
        let text = clean(text);
        if self.color { format!("{style}{text}{style:#}") } else { text.into_owned() }
    }
}

/// The text without characters that command a terminal: controls go, blanks of any kind become one space, and marks that
/// turn the direction of writing go, as they can make a path look like another.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(commands_terminal) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if commands_terminal(c) => None,
        c => Some(c),
    });
    Cow::Owned(shown.collect())
}

/// Whether a character does something to a terminal instead of showing on it.
pub(crate) fn commands_terminal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_commands_no_terminal() {
        assert_eq!(clean("a\x1b[31mb\nc\u{202E}d\u{9b}e"), "a[31mb cde");
        let passage = Passage { text: "the \x07mirror".into(), marks: std::iter::once(5..11).collect() };
        assert_eq!(Paint { color: false, width: None }.passage(&passage), "the mirror");
        assert!(Paint { color: true, width: None }.passage(&passage).contains("\u{1b}["));
    }
}
