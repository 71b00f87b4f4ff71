//! The screen of a search that one types into: the query line, what is found, a look into the chosen note, and a line that
//! says how it stands.
//!
//! A plain view goes in, rows of text come out, to be written from the top of a terminal. It knows no keys and writes to no
//! stream. Text from notes is cleaned before it comes to a cell.

mod wrap;

#[cfg(test)]
mod tests;

use super::chart::name::{columns, short};
use super::clean;
use super::text::copies;
use crate::answer::{Hit, NoteText};
use crate::note::Passage;
use anstyle::{AnsiColor, Effects};
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use wrap::wrap;

/// What the screen shows.
#[derive(Clone, Copy, Debug)]
pub struct PickView<'p> {
    /// The query as far as it is typed.
    pub typed: &'p str,
    /// The byte of it that the cursor stands before.
    pub cursor: usize,
    /// What was found, best first.
    pub hits: &'p [Hit],
    /// The first of the hits that is shown, from 0.
    pub first: usize,
    /// Which one is chosen, from 0.
    pub chosen: usize,
    /// The text of the chosen note, if it is written.
    pub text: Option<&'p NoteText>,
    /// How many rows the text is moved up from where its line stands near the top; below 0, down.
    pub scroll: isize,
    /// How it stands.
    pub status: &'p str,
    /// What is wrong, instead.
    pub alarm: Option<&'p str>,
}

/// The screen as rows to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickScreen {
    /// Each row from the top, without a line end, none wider than the screen.
    pub rows: Vec<String>,
    /// The column and the row of the cursor, from 0.
    pub cursor: (u16, u16),
    /// The scroll that was asked for, as far as there is text.
    pub scroll: isize,
    /// How many rows of the note's text there is room for.
    pub page: usize,
}

/// No terminal is larger, and a screen that was would be no better.
const MOST_COLUMNS: u16 = 500;
const MOST_ROWS: u16 = 200;

/// From so many columns on, the note is shown beside the list instead of below it.
const WIDE: u16 = 100;

/// The least of a body that is divided into a list and a note below.
const LEAST_DIVIDED: (u16, u16) = (30, 9);

/// How many rows of the text stand above the line that was found.
const ABOVE: isize = 2;

const PROMPT: &str = "> ";
const KEYS: &str = "Enter takes · Ctrl-O edits · Esc leaves";

const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
const MARKED: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
const TRAIL: Style = Style::new().fg(Color::Cyan);
const ALARM: Style = Style::new().fg(Color::Red);
const CHOSEN: Style = Style::new().add_modifier(Modifier::REVERSED);

/// How many hits are listed at a time on a screen of this size: how many to ask for. May be 0.
pub fn pick_rows(width: u16, height: u16) -> usize {
    usize::from(Places::of(width, height).list.height)
}

/// The screen, `height` rows of at most `width` columns. Without colour there is no escape code in it at all.
pub fn pick(view: &PickView<'_>, width: u16, height: u16, color: bool) -> PickScreen {
    let places = Places::of(width, height);
    let mut page = Page { buffer: Buffer::empty(places.all) };
    let cursor = page.query(view, places.all);
    page.list(view, places.list);
    let (scroll, rows) = match places.note {
        Some(note) => {
            page.rule(&places, note);
            page.note(view, note)
        }
        None => (0, 0),
    };
    page.status(view, places.all);
    PickScreen { rows: written(&page.buffer, color), cursor, scroll, page: rows }
}

/// Where everything stands.
struct Places {
    all: Rect,
    list: Rect,
    note: Option<Rect>,
}

impl Places {
    fn of(width: u16, height: u16) -> Places {
        let (width, height) = (width.min(MOST_COLUMNS), height.min(MOST_ROWS));
        // The query and the status take a row each.
        let body = Rect::new(0, 1.min(height), width, height.saturating_sub(2));
        let all = Rect::new(0, 0, width, height);
        if width >= WIDE {
            let list = (width * 2 / 5).min(80);
            let note = Rect::new(list + 3, body.y, width - list - 3, body.height);
            Places { all, list: Rect { width: list, ..body }, note: Some(note) }
        } else if width >= LEAST_DIVIDED.0 && body.height >= LEAST_DIVIDED.1 {
            let list = body.height * 2 / 5;
            let note = Rect { y: body.y + list + 1, height: body.height - list - 1, ..body };
            Places { all, list: Rect { height: list, ..body }, note: Some(note) }
        } else {
            Places { all, list: body, note: None }
        }
    }
}

/// Text for one row, and how parts of it look.
struct Row {
    text: String,
    parts: Vec<(Range<usize>, Style)>,
}

struct Page {
    buffer: Buffer,
}

impl Page {
    /// Writes what fits into `most` columns, and gives the column behind it.
    fn write(&mut self, column: u16, row: u16, text: &str, most: u16, style: Style) -> u16 {
        let area = self.buffer.area;
        if column >= area.right() || row >= area.bottom() {
            return column;
        }
        self.buffer.set_stringn(column, row, text, usize::from(most), style).0
    }

    fn write_row(&mut self, column: u16, row: u16, it: &Row, most: u16) {
        let end = column.saturating_add(most);
        let (mut column, mut at) = (column, 0);
        for (range, style) in
            it.parts.iter().map(|(range, style)| (range.clone(), *style)).chain([(it.text.len()..it.text.len(), FAINT)])
        {
            column = self.write(column, row, &it.text[at..range.start], end.saturating_sub(column), Style::new());
            at = range.end;
            column = self.write(column, row, &it.text[range], end.saturating_sub(column), style);
        }
    }

    /// The query line, moved so that the cursor is seen; gives the cursor's place.
    fn query(&mut self, view: &PickView<'_>, all: Rect) -> (u16, u16) {
        let (before, behind) = view.typed.split_at_checked(view.cursor).unwrap_or((view.typed, ""));
        let (before, behind) = (clean(before), clean(behind));
        let column = self.write(0, 0, PROMPT, all.width, STRONG);
        // The cursor needs a column of its own.
        let mut room = usize::from(all.width.saturating_sub(column)).saturating_sub(1);
        let mut from = before.len();
        for (at, letter) in before.grapheme_indices(true).rev() {
            let Some(left) = room.checked_sub(columns(letter)) else { break };
            (room, from) = (left, at);
        }
        let cursor = self.write(column, 0, &before[from..], all.width, Style::new());
        self.write(cursor, 0, &behind, all.width.saturating_sub(cursor), Style::new());
        (cursor.min(all.width.saturating_sub(1)), 0)
    }

    fn list(&mut self, view: &PickView<'_>, list: Rect) {
        for (row, (at, hit)) in (list.y..list.bottom()).zip(view.hits.iter().enumerate().skip(view.first)) {
            let is_chosen = at == view.chosen;
            let mark = if is_chosen { "> " } else { "  " };
            let column = self.write(list.x, row, mark, list.width, STRONG);
            let room = usize::from(list.right().saturating_sub(column));
            let place = match (&hit.concept.note_path, hit.line) {
                (Some(path), Some(line)) => format!("{path}:{line}"),
                (Some(path), None) => path.to_string(),
                (None, _) => "wanted".to_owned(),
            };
            let models = match hit.models {
                0 => String::new(),
                1 => "  (1 model)".to_owned(),
                models => format!("  ({models} models)"),
            };
            // A place gives way to a name, and not the other way round.
            let name = short(&hit.concept.name, room);
            let left = room.saturating_sub(columns(&name) + 2);
            let place = short(&format!("{place}{models}"), left);
            let column = self.write(column, row, &name, room as u16, STRONG);
            self.write(column + 2, row, &place, left as u16, FAINT);
            if is_chosen {
                self.buffer.set_style(Rect { y: row, height: 1, ..list }, CHOSEN);
            }
        }
    }

    /// The line between the list and the note.
    fn rule(&mut self, places: &Places, note: Rect) {
        if note.x > 0 {
            (note.y..note.bottom()).for_each(|row| _ = self.write(note.x - 2, row, "│", 1, FAINT));
        } else {
            let line = "─".repeat(usize::from(note.width));
            self.write(0, places.list.bottom(), &line, note.width, FAINT);
        }
    }

    /// The headings, the passage and the text around it; gives the scroll that was possible, and how many rows of text fit.
    fn note(&mut self, view: &PickView<'_>, note: Rect) -> (isize, usize) {
        let Some(hit) = view.hits.get(view.chosen) else { return (0, 0) };
        let width = usize::from(note.width);
        let mut head: Vec<Row> = Vec::new();
        if hit.concept.note_path.is_none() {
            head.push(plain("nobody wrote it yet".to_owned(), FAINT));
        }
        if !hit.trail.is_empty() {
            head.push(plain(short(&hit.trail.join(" › "), width), TRAIL));
        }
        if !hit.excerpt.text.is_empty() {
            head.extend(passage(&hit.excerpt, width));
        }
        if !hit.copies.is_empty() {
            head.push(plain(short(&copies(&hit.copies), width), FAINT));
        }
        // What was found leaves room for what stands around it.
        head.truncate(usize::from(note.height / 2).max(1));
        for (row, it) in (note.y..note.bottom()).zip(&head) {
            self.write_row(note.x, row, it, note.width);
        }
        let top = note.y + head.len() as u16 + u16::from(!head.is_empty());
        let page = usize::from(note.bottom().saturating_sub(top));
        let Some(text) = view.text.filter(|_| page > 0) else { return (0, page) };
        let words = marked_words(&hit.excerpt);
        let lines = Lines::of(text, width);
        let (from, scroll) = lines.from(view.scroll, page);
        for (row, line) in (top..note.bottom()).zip(lines.rows.iter().skip(from)) {
            self.text_line(Rect { y: row, height: 1, ..note }, &lines, line, &words);
        }
        (scroll, page)
    }

    fn text_line(&mut self, place: Rect, lines: &Lines, (at, range): &(usize, Range<usize>), words: &BTreeSet<String>) {
        let is_found = *at == lines.found;
        let number = match range.start {
            0 => format!("{} {:>width$} ", if is_found { "▸" } else { " " }, lines.first + at, width = lines.gutter - 3),
            _ => " ".repeat(lines.gutter),
        };
        let look = if is_found { STRONG } else { FAINT };
        let column = self.write(place.x, place.y, &number, place.width, look);
        let text = lines.texts[*at][range.clone()].to_owned();
        let is_marked = |(_, word): &(usize, &str)| words.contains(&word.to_lowercase());
        let parts = text.unicode_word_indices().filter(is_marked).map(|(at, word)| (at..at + word.len(), MARKED)).collect();
        self.write_row(column, place.y, &Row { text, parts }, place.right().saturating_sub(column));
    }

    fn status(&mut self, view: &PickView<'_>, all: Rect) {
        // The query goes before it where there is one row.
        let Some(row) = all.height.checked_sub(1).filter(|row| *row > 0) else { return };
        let (text, style) = match view.alarm {
            Some(alarm) => (alarm, ALARM),
            None => (view.status, Style::new()),
        };
        let text = short(text, usize::from(all.width));
        let column = usize::from(self.write(0, row, &text, all.width, style));
        let keys = columns(KEYS);
        if column + 3 + keys <= usize::from(all.width) {
            self.write(all.width - keys as u16, row, KEYS, keys as u16, FAINT);
        }
    }
}

/// The text of a note, divided into rows.
struct Lines {
    texts: Vec<String>,
    /// Which text each row belongs to, and its bytes.
    rows: Vec<(usize, Range<usize>)>,
    /// The number of the first text in the note.
    first: usize,
    /// Which text was found.
    found: usize,
    /// How wide the numbers are, with what stands around them.
    gutter: usize,
}

impl Lines {
    fn of(text: &NoteText, width: usize) -> Lines {
        let last = text.first as usize + text.lines.len();
        let gutter = last.to_string().len() + 3;
        // Blanks of a tab are as wide as they mostly are.
        let texts: Vec<String> = text.lines.iter().map(|line| clean(&line.replace('\t', "    ")).into_owned()).collect();
        let room = width.saturating_sub(gutter).max(1);
        let rows = texts.iter().enumerate();
        let rows = rows.flat_map(|(at, text)| wrap(text, room).into_iter().map(move |range| (at, range))).collect();
        let found = text.line.saturating_sub(text.first) as usize;
        Lines { texts, rows, first: text.first as usize, found, gutter }
    }

    /// The first row that is shown, and how far that is scrolled: the page stays full as long as there is text.
    fn from(&self, scroll: isize, page: usize) -> (usize, isize) {
        let found = self.rows.iter().position(|(at, _)| *at == self.found).unwrap_or(0) as isize;
        let last = self.rows.len().saturating_sub(page) as isize;
        let unscrolled = (found - ABOVE).clamp(0, last);
        let from = (unscrolled.saturating_add(scroll)).clamp(0, last);
        (from as usize, from - unscrolled)
    }
}

fn plain(text: String, style: Style) -> Row {
    Row { parts: vec![(0..text.len(), style)], text }
}

/// A passage in rows, its marks marked.
fn passage(passage: &Passage, width: usize) -> Vec<Row> {
    let (mut text, mut marks, mut from) = (String::new(), Vec::new(), 0);
    for mark in passage.marks.iter().filter(|mark| mark.start <= mark.end) {
        if mark.start < from {
            continue;
        }
        text.push_str(&clean(&passage.text[from..mark.start]));
        let start = text.len();
        text.push_str(&clean(&passage.text[mark.clone()]));
        marks.push(start..text.len());
        from = mark.end;
    }
    text.push_str(&clean(&passage.text[from..]));
    let row = |line: Range<usize>| {
        let inside = |mark: &Range<usize>| mark.start.max(line.start)..mark.end.min(line.end);
        let parts = marks.iter().map(inside).filter(|part| part.start < part.end);
        let parts = parts.map(|part| (part.start - line.start..part.end - line.start, MARKED)).collect();
        Row { text: text[line.clone()].to_owned(), parts }
    };
    wrap(&text, width).into_iter().map(row).collect()
}

/// The words that are marked in a passage, in small letters.
fn marked_words(passage: &Passage) -> BTreeSet<String> {
    let marked = passage.marks.iter().filter_map(|mark| passage.text.get(mark.clone()));
    marked.flat_map(|text| text.unicode_words().map(str::to_lowercase).collect::<Vec<_>>()).collect()
}

/// The cells as rows of text.
fn written(buffer: &Buffer, color: bool) -> Vec<String> {
    if buffer.area.width == 0 {
        return vec![String::new(); usize::from(buffer.area.height)];
    }
    buffer.content().chunks(usize::from(buffer.area.width)).map(|row| written_row(row, color)).collect()
}

fn written_row(row: &[Cell], color: bool) -> String {
    let is_blank = |cell: &Cell| cell.symbol() == " " && !(color && cell.modifier.contains(Modifier::REVERSED));
    let end = row.iter().rposition(|cell| !is_blank(cell)).map_or(0, |at| at + 1);
    let (mut text, mut style, mut hidden) = (String::new(), anstyle::Style::new(), 0);
    for cell in &row[..end] {
        // The cells behind a wide character are there, but nothing of them is seen.
        if hidden > 0 {
            hidden -= 1;
            continue;
        }
        hidden = columns(cell.symbol()).saturating_sub(1);
        let wanted = if color { ansi(cell) } else { anstyle::Style::new() };
        if wanted != style {
            // Writing to a string does not fail.
            let _ = write!(text, "{style:#}{wanted}");
            style = wanted;
        }
        text.push_str(cell.symbol());
    }
    let _ = write!(text, "{style:#}");
    text
}

/// How a cell looks, as codes of a terminal.
fn ansi(cell: &Cell) -> anstyle::Style {
    let color = match cell.fg {
        Color::Yellow => Some(AnsiColor::Yellow),
        Color::Cyan => Some(AnsiColor::Cyan),
        Color::Red => Some(AnsiColor::Red),
        _ => None,
    };
    let effects = [(Modifier::BOLD, Effects::BOLD), (Modifier::DIM, Effects::DIMMED), (Modifier::REVERSED, Effects::INVERT)];
    let has = effects.into_iter().filter(|(modifier, _)| cell.modifier.contains(*modifier));
    let effects = has.fold(Effects::new(), |all, (_, effect)| all | effect);
    anstyle::Style::new().fg_color(color.map(Into::into)).effects(effects)
}
