//! A line that is being typed, and the cursor in it, letter by letter as people count them.

use unicode_segmentation::UnicodeSegmentation;

/// The line and its cursor, which stands between two letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    text: String,
    /// The byte it stands before.
    cursor: usize,
}

impl Line {
    /// A line with the cursor at its end.
    pub(super) fn of(text: &str) -> Line {
        let mut line = Line::default();
        line.add(text);
        line
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The byte the cursor stands before.
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Adds text before the cursor. It becomes part of one line: ends of lines and tabs are blanks, what commands a terminal
    /// goes.
    pub(super) fn add(&mut self, text: &str) {
        let text = crate::render::clean(text);
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
        // What was added may have become one letter with what stands behind it.
        self.cursor = self.boundary_from(self.cursor);
    }

    /// Moves the cursor by a letter.
    pub(super) fn left(&mut self) {
        self.cursor -= self.before().graphemes(true).next_back().map_or(0, str::len);
    }

    pub(super) fn right(&mut self) {
        self.cursor += self.behind().graphemes(true).next().map_or(0, str::len);
    }

    pub(super) fn move_to_start(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn move_to_end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Takes the letter before the cursor away.
    pub(super) fn backspace(&mut self) {
        let end = self.cursor;
        self.left();
        self.take(self.cursor, end);
    }

    /// Takes the letter behind the cursor away.
    pub(super) fn delete(&mut self) {
        let end = self.cursor + self.behind().graphemes(true).next().map_or(0, str::len);
        self.take(self.cursor, end);
    }

    /// Takes away all that stands before the cursor.
    pub(super) fn cut_before(&mut self) {
        self.take(0, self.cursor);
    }

    /// Takes away all that stands behind the cursor.
    pub(super) fn cut_behind(&mut self) {
        self.text.truncate(self.cursor);
    }

    /// Takes away the word before the cursor, with the blanks between the two.
    pub(super) fn cut_word(&mut self) {
        let before = self.before().trim_end();
        let blank = before.char_indices().rev().find(|(_, c)| c.is_whitespace());
        let start = blank.map_or(0, |(at, c)| at + c.len_utf8());
        self.take(start, self.cursor);
    }

    fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    fn behind(&self) -> &str {
        &self.text[self.cursor..]
    }

    fn take(&mut self, start: usize, end: usize) {
        self.text.replace_range(start..end, "");
        self.cursor = self.boundary_from(start);
    }

    /// The first end of a letter from this byte on.
    fn boundary_from(&self, byte: usize) -> usize {
        self.text.grapheme_indices(true).map(|(at, _)| at).find(|at| *at >= byte).unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` stands for the cursor.
    fn check(before: &str, act: impl Fn(&mut Line), expected: &str) {
        let cursor = before.find('|').expect("a cursor");
        let mut line = Line { text: before.replace('|', ""), cursor };
        act(&mut line);
        let mut shown = line.text.clone();
        shown.insert(line.cursor, '|');
        assert_eq!(shown, expected, "from {before}");
    }

    #[test]
    fn the_cursor_moves_by_letters() {
        check("mir|ror", Line::left, "mi|rror");
        check("|mirror", Line::left, "|mirror");
        check("mirror|", Line::right, "mirror|");
        check("共|鳴", Line::right, "共鳴|");
        check("e\u{301}|", Line::left, "|e\u{301}");
        check("|👩‍🔬!", Line::right, "👩‍🔬|!");
        check("mir|ror", Line::move_to_start, "|mirror");
        check("mir|ror", Line::move_to_end, "mirror|");
    }

    #[test]
    fn letters_go_whole() {
        check("mir|ror", Line::backspace, "mi|ror");
        check("|mirror", Line::backspace, "|mirror");
        check("e\u{301}|x", Line::backspace, "|x");
        check("mir|ror", Line::delete, "mir|or");
        check("mirror|", Line::delete, "mirror|");
        check("|👩‍🔬!", Line::delete, "|!");
    }

    #[test]
    fn words_and_ends_are_cut() {
        check("a mirror| neuron", Line::cut_word, "a | neuron");
        check("a mirror  |neuron", Line::cut_word, "a |neuron");
        check("  |a", Line::cut_word, "|a");
        check("共 鳴|", Line::cut_word, "共 |");
        check("mirror| neuron", Line::cut_before, "| neuron");
        check("mirror| neuron", Line::cut_behind, "mirror|");
    }

    #[test]
    fn what_is_pasted_is_one_line() {
        check("a|z", |line| line.add("b\r\nc\t\u{1b}[31md\u{202E}"), "ab  c [31md|z");
        check("e|x", |line| line.add("\u{301}"), "e\u{301}|x");
        check("|\u{301}x", |line| line.add("e"), "e\u{301}|x");
    }
}
