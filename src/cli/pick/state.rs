//! How a search that one types into stands: what is typed, what was found, which hit is chosen. Keys go in, steps come out;
//! it asks nothing and draws nothing.

use super::keys::Key;
use super::line::Line;
use crate::answer::{Hit, NoteText, Search};
use crate::note::NotePath;
use crate::render::{PickScreen, PickView, pick_rows};

/// What a key leads to, beside another look of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing more.
    Stay,
    /// The chosen note is the answer.
    Take,
    /// The chosen note is to be opened.
    Open,
    /// There is no answer.
    Leave,
}

/// What has to be looked up: the query as typed, and how many of its hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) typed: String,
    pub(super) limit: usize,
}

/// The state.
#[derive(Debug)]
pub(super) struct Pick {
    line: Line,
    size: (u16, u16),
    /// How many hits are wanted; at least as many as there are rows.
    limit: usize,
    asked: Option<Question>,
    hits: Vec<Hit>,
    total: usize,
    /// What was asked instead of what was typed, if it was.
    corrected: Option<String>,
    first: usize,
    chosen: usize,
    text: Option<(NotePath, u32, NoteText)>,
    scroll: isize,
    /// How many rows of the text there are.
    page: usize,
    /// What is wrong with the query, or with what was last tried.
    alarm: Option<String>,
    /// Whether Enter opens the note instead of ending.
    opens: bool,
}

impl Pick {
    /// Begins with a query on a terminal of so many columns and rows.
    pub(super) fn new(typed: &str, size: (u16, u16), opens: bool) -> Pick {
        Pick {
            line: Line::of(typed),
            size,
            limit: pick_rows(size.0, size.1).max(1),
            asked: None,
            hits: Vec::new(),
            total: 0,
            corrected: None,
            first: 0,
            chosen: 0,
            text: None,
            scroll: 0,
            page: 0,
            alarm: None,
            opens,
        }
    }

    /// What a key does.
    pub(super) fn press(&mut self, key: Key) -> Step {
        let typed = self.line.text().to_owned();
        match key {
            Key::Text(text) => self.line.add(&text),
            Key::Left => self.line.left(),
            Key::Right => self.line.right(),
            Key::Start => self.line.move_to_start(),
            Key::End => self.line.move_to_end(),
            Key::Backspace => self.line.backspace(),
            Key::Delete => self.line.delete(),
            Key::CutBefore => self.line.cut_before(),
            Key::CutBehind => self.line.cut_behind(),
            Key::CutWord => self.line.cut_word(),
            Key::Up => self.choose(self.chosen.saturating_sub(1)),
            Key::Down => self.choose(self.chosen + 1),
            Key::RowUp => self.scroll -= 1,
            Key::RowDown => self.scroll += 1,
            Key::PageUp => self.scroll -= self.page.max(1) as isize,
            Key::PageDown => self.scroll += self.page.max(1) as isize,
            Key::Take if self.opens => return self.with_note(Step::Open),
            Key::Take => return self.with_note(Step::Take),
            Key::Open => return self.with_note(Step::Open),
            Key::Leave => return Step::Leave,
            Key::Size(width, height) => self.resize((width, height)),
        }
        if self.line.text() != typed {
            self.limit = self.rows();
        }
        Step::Stay
    }

    /// The question that has no answer yet, if there is one. No key but one of the line means anything before it is answered.
    pub(super) fn question(&self) -> Option<Question> {
        let now = Question { typed: self.line.text().to_owned(), limit: self.limit };
        (self.asked.as_ref() != Some(&now)).then_some(now)
    }

    /// Takes an answer; what went wrong leaves the hits as they were, so that half a query does not empty the screen. Nothing
    /// typed finds nothing.
    pub(super) fn answered(&mut self, question: Question, answer: Result<Option<Search>, String>) {
        let is_other = self.asked.as_ref().is_none_or(|asked| asked.typed != question.typed);
        self.asked = Some(question);
        self.alarm = None;
        let found = match answer {
            Ok(found) => found,
            Err(alarm) => {
                self.alarm = Some(alarm);
                return;
            }
        };
        let before = self.chosen().map(|hit| hit.concept.clone()).filter(|_| !is_other);
        (self.hits, self.total, self.corrected) =
            found.map_or((Vec::new(), 0, None), |found| (found.hits, found.total, found.corrected));
        let again = before.and_then(|concept| self.hits.iter().position(|hit| hit.concept == concept));
        if is_other {
            (self.first, self.chosen, self.scroll) = (0, 0, 0);
        }
        self.chosen = again.unwrap_or(self.chosen).min(self.hits.len().saturating_sub(1));
        self.show_chosen();
    }

    /// Says that notes may have changed: what was found and read is looked up again.
    pub(super) fn forget(&mut self) {
        self.text = None;
        // The query is the same, so that the same hit stays chosen.
        self.asked.iter_mut().for_each(|asked| asked.limit = usize::MAX);
    }

    /// The note whose text is to be shown and is not in hand, and the line in it.
    pub(super) fn missing_text(&self) -> Option<(NotePath, u32)> {
        let hit = self.chosen()?;
        let (path, line) = (hit.concept.note_path.clone()?, hit.line.unwrap_or(1));
        let is_in_hand = self.text.as_ref().is_some_and(|(shown, at, _)| (shown, *at) == (&path, line));
        (!is_in_hand).then_some((path, line))
    }

    /// Takes the text of a note.
    pub(super) fn read(&mut self, (path, line): (NotePath, u32), text: NoteText) {
        self.text = Some((path, line, text));
    }

    /// The terminal has another size.
    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.limit = self.limit.max(self.rows());
        self.show_chosen();
    }

    /// Says what went wrong with what was tried, until something is typed.
    pub(super) fn warn(&mut self, alarm: String) {
        self.alarm = Some(alarm);
    }

    /// The chosen hit.
    pub(super) fn chosen(&self) -> Option<&Hit> {
        self.hits.get(self.chosen)
    }

    pub(super) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Draws itself with `draw`, and remembers what that found room for.
    pub(super) fn show(&mut self, draw: impl FnOnce(&PickView<'_>) -> PickScreen) -> PickScreen {
        let status = self.status();
        let text = self.chosen().and_then(|hit| hit.concept.note_path.as_ref());
        let text = text.and_then(|path| self.text.as_ref().filter(|(shown, ..)| shown == path));
        let screen = draw(&PickView {
            typed: self.line.text(),
            cursor: self.line.cursor(),
            hits: &self.hits,
            first: self.first,
            chosen: self.chosen,
            text: text.map(|(_, _, text)| text),
            scroll: self.scroll,
            status: &status,
            alarm: self.alarm.as_deref(),
        });
        (self.scroll, self.page) = (screen.scroll, screen.page);
        screen
    }

    fn status(&self) -> String {
        if self.line.text().trim().is_empty() {
            return "type what to look for".to_owned();
        }
        let found = match (self.chosen + 1, self.total) {
            (_, 0) => "no concept speaks of it".to_owned(),
            (_, 1) => "1 concept".to_owned(),
            (at, total) => format!("{at} of {total} concepts"),
        };
        match &self.corrected {
            Some(corrected) => format!("{found} for {corrected}"),
            None => found,
        }
    }

    fn with_note(&mut self, step: Step) -> Step {
        match self.chosen() {
            Some(hit) if hit.concept.note_path.is_some() => return step,
            Some(_) => self.warn("nobody wrote it yet: there is nothing to open".to_owned()),
            None => self.warn("nothing is chosen".to_owned()),
        }
        Step::Stay
    }

    fn choose(&mut self, at: usize) {
        if at >= self.hits.len() {
            if self.hits.len() == self.total || self.hits.len() < self.limit {
                return;
            }
            // There are more than were asked for. The next one is there once they are.
            self.limit += self.rows();
        }
        (self.chosen, self.scroll, self.alarm) = (at, 0, None);
        self.show_chosen();
    }

    /// Moves the list so that the chosen hit is seen.
    fn show_chosen(&mut self) {
        self.first = self.first.clamp(self.chosen.saturating_sub(self.rows() - 1), self.chosen);
    }

    /// How many hits are seen at a time, or looked through where there is no room for any.
    fn rows(&self) -> usize {
        pick_rows(self.size.0, self.size.1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Concept;
    use crate::note::Passage;

    fn hit(name: &str, is_written: bool) -> Hit {
        let note_path = is_written.then(|| NotePath::new(format!("{name}.md")));
        Hit {
            concept: Concept { name: name.into(), note_path, is_unique: true },
            line: is_written.then_some(3),
            score: 1.0,
            by_name: false,
            excerpt: Passage::default(),
            trail: Vec::new(),
            models: 0,
            places: 1,
            copies: Vec::new(),
            explanation: None,
        }
    }

    /// A state whose questions are answered with the first of so many notes, one wanted concept last.
    struct Asked {
        pick: Pick,
        questions: Vec<(String, usize)>,
        of: usize,
    }

    impl Asked {
        fn of(of: usize) -> Asked {
            // 80 columns and 24 rows have room for 8 hits.
            Asked { pick: Pick::new("", (80, 24), false), questions: Vec::new(), of }
        }

        fn press(&mut self, keys: impl IntoIterator<Item = Key>) -> Step {
            self.answer();
            let mut last = Step::Stay;
            for key in keys {
                last = self.pick.press(key);
                self.answer();
            }
            last
        }

        fn answer(&mut self) {
            let Some(question) = self.pick.question() else { return };
            self.questions.push((question.typed.clone(), question.limit));
            let answer = match question.typed.trim() {
                "" => Ok(None),
                text if text.contains('"') => Err("the quote is not closed".to_owned()),
                text => {
                    let hits = (0..self.of).map(|at| hit(&format!("{text} {at}"), at + 1 < self.of));
                    let hits = hits.take(question.limit).collect();
                    Ok(Some(Search {
                        query: text.into(),
                        corrected: None,
                        corrections: Vec::new(),
                        kept_out: 0,
                        nearest: Vec::new(),
                        total: self.of,
                        hits,
                    }))
                }
            };
            self.pick.answered(question, answer);
        }

        fn chosen(&self) -> &str {
            self.pick.chosen().map_or("", |hit| &hit.concept.name)
        }
    }

    fn typed(text: &str) -> Vec<Key> {
        text.chars().map(|c| Key::Text(c.to_string())).collect()
    }

    #[test]
    fn each_letter_asks_for_as_much_as_is_seen() {
        let mut asked = Asked::of(5);
        asked.press(typed("mi"));
        assert_eq!(asked.questions, [(String::new(), 8), ("m".to_owned(), 8), ("mi".to_owned(), 8)]);
        asked.press([Key::Left, Key::Start, Key::Down, Key::PageDown]);
        assert_eq!(asked.questions.len(), 3, "what changes no query asks nothing");
        asked.press([Key::Backspace, Key::End, Key::Backspace, Key::Backspace]);
        assert_eq!(asked.questions[3..], [("m".to_owned(), 8), (String::new(), 8)]);
        assert_eq!(asked.chosen(), "", "nothing typed finds nothing");
    }

    #[test]
    fn hits_are_chosen_and_more_are_asked_for() {
        let mut asked = Asked::of(20);
        asked.press(typed("m"));
        assert_eq!(asked.chosen(), "m 0");
        asked.press([Key::Down, Key::Down, Key::Up]);
        assert_eq!(asked.chosen(), "m 1");
        asked.press([Key::Up, Key::Up]);
        assert_eq!(asked.chosen(), "m 0");
        asked.press(std::iter::repeat_n(Key::Down, 9));
        assert_eq!(asked.questions.last(), Some(&("m".to_owned(), 16)));
        assert_eq!((asked.chosen(), asked.pick.first), ("m 9", 2));
        asked.press(std::iter::repeat_n(Key::Down, 40));
        assert_eq!((asked.chosen(), asked.pick.first), ("m 19", 12));
        assert_eq!(asked.questions.last(), Some(&("m".to_owned(), 24)));
        asked.press(typed("i"));
        assert_eq!((asked.chosen(), asked.pick.first), ("mi 0", 0), "another query begins anew");
        assert_eq!(asked.questions.last(), Some(&("mi".to_owned(), 8)));
    }

    #[test]
    fn what_does_not_read_leaves_what_was_found() {
        let mut asked = Asked::of(5);
        asked.press(typed("m"));
        asked.press([Key::Down]);
        asked.press(typed("\""));
        assert_eq!((asked.chosen(), asked.pick.alarm.as_deref()), ("m 1", Some("the quote is not closed")));
        asked.press([Key::Backspace]);
        assert_eq!(asked.pick.alarm, None);
    }

    #[test]
    fn enter_takes_a_note_and_no_wish() {
        let mut asked = Asked::of(2);
        assert_eq!(asked.press([Key::Take]), Step::Stay);
        assert_eq!(asked.pick.alarm.as_deref(), Some("nothing is chosen"));
        asked.press(typed("m"));
        assert_eq!(asked.pick.press(Key::Take), Step::Take);
        assert_eq!(asked.pick.press(Key::Open), Step::Open);
        asked.press([Key::Down]);
        assert_eq!((asked.press([Key::Take]), asked.press([Key::Open])), (Step::Stay, Step::Stay));
        assert!(asked.pick.alarm.as_deref().is_some_and(|alarm| alarm.starts_with("nobody wrote it yet")));
        asked.press([Key::Up]);
        assert_eq!(asked.pick.alarm, None);
        assert_eq!(asked.press([Key::Leave]), Step::Leave);
        asked.pick.opens = true;
        assert_eq!(asked.pick.press(Key::Take), Step::Open);
    }

    #[test]
    fn the_text_of_the_chosen_note_is_read_once() {
        let mut asked = Asked::of(3);
        assert_eq!(asked.pick.missing_text(), None);
        asked.press(typed("m"));
        let missing = asked.pick.missing_text().expect("a note to read");
        assert_eq!(missing, (NotePath::new("m 0.md"), 3));
        asked.pick.read(missing, NoteText::default());
        assert_eq!(asked.pick.missing_text(), None);
        asked.press([Key::Down]);
        assert_eq!(asked.pick.missing_text(), Some((NotePath::new("m 1.md"), 3)));
        asked.press([Key::Down]);
        assert_eq!(asked.pick.missing_text(), None, "a wish has no text");
    }

    #[test]
    fn what_may_have_changed_is_asked_again_and_stays_chosen() {
        let mut asked = Asked::of(5);
        asked.press(typed("m"));
        asked.press([Key::Down, Key::Down]);
        asked.pick.forget();
        asked.answer();
        assert_eq!((asked.questions.len(), asked.chosen()), (3, "m 2"));
        assert_eq!(asked.pick.question(), None);
    }

    #[test]
    fn another_size_is_another_number_of_hits() {
        let mut asked = Asked::of(50);
        asked.press(typed("m"));
        asked.press(std::iter::repeat_n(Key::Down, 7));
        asked.press([Key::Size(80, 10)]);
        assert_eq!((asked.pick.first, asked.pick.rows()), (0, 8), "a low screen is all list");
        asked.press([Key::Size(80, 5)]);
        assert_eq!((asked.pick.first, asked.pick.rows()), (5, 3));
        asked.press([Key::Size(120, 42)]);
        assert_eq!(asked.questions.last(), Some(&("m".to_owned(), 40)));
        assert_eq!(asked.chosen(), "m 7");
        asked.press([Key::Size(0, 0), Key::Down, Key::Size(1, 1), Key::Down]);
        assert_eq!(asked.chosen(), "m 9");
    }

    #[test]
    fn scrolling_stops_where_the_text_does() {
        let mut asked = Asked::of(2);
        asked.press(typed("m"));
        asked.press(std::iter::repeat_n(Key::RowDown, 10));
        let screen = PickScreen { rows: Vec::new(), cursor: (0, 0), scroll: 4, page: 6 };
        asked.pick.show(|view| {
            assert_eq!(view.scroll, 10);
            screen
        });
        asked.press([Key::PageUp, Key::RowUp]);
        assert_eq!(asked.pick.scroll, 4 - 6 - 1);
        asked.press(typed("i"));
        assert_eq!(asked.pick.scroll, 0);
    }
}
