//! Pictures in a terminal: curves in braille with marks that tell them apart without colour, fields in half-blocks or shades.
//!
//! The canvas and the cells are ratatui's; what stands around them is laid out here, as its charts write ticks at equal
//! distances instead of round numbers, and a legend that shows no shape. No escape code but colour is written, and names are
//! clean before they come to a cell.

use super::field::{Field, ticks};
use super::name::{columns, short};
use super::scale::{Scale, Tick};
use super::{Axis, Picture, Series, color, needs_legend, thin};
use anstyle::{Ansi256Color, AnsiColor, Style};
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::Color;
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget;
use ratatui_widgets::canvas::{Canvas, Line, Points};
use std::fmt::Write;

/// The marks of the first series, in their order; then come letters and digits, and then all of them again.
const MARKS: &str = "●▲■◆○△□◇ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The colours of curves: those of the terminal, as it knows what can be read on its ground.
const CURVES: [Color; 6] = [Color::Cyan, Color::Magenta, Color::Yellow, Color::Green, Color::Blue, Color::Red];

/// What stands for a value where there is no colour, from low to high.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// No terminal is larger, and a picture that was would be no better.
const MOST_COLUMNS: u16 = 500;
const MOST_ROWS: u16 = 200;

/// A body with fewer columns shows nothing.
const LEAST_COLUMNS: u16 = 10;
const LEAST_ROWS: u16 = 4;

/// Dots of braille in a cell.
const DOTS: (f64, f64) = (2.0, 4.0);

/// The columns and rows of a terminal, and whether it shows colours.
#[derive(Clone, Copy)]
struct Screen {
    width: u16,
    height: u16,
    colour: bool,
}

/// The picture as lines of text, each at most `width` columns wide and ended by a line feed. It has `height` rows, or more
/// where legend and axes need them. Without colour there is no escape code at all. Nothing where the width is 0; where there
/// is no room for a plot, a line that says so.
pub fn terminal(picture: &Picture<'_>, width: u16, height: u16, colour: bool) -> String {
    let screen = Screen { width: width.min(MOST_COLUMNS), height: height.min(MOST_ROWS), colour };
    let drawn = match picture {
        Picture::Lines { title, x, y_label, series } => lines(screen, title, x, y_label, series),
        Picture::HeatMap { title, x, y, value_label, values } => {
            heat_map(screen, title, (x, y), value_label, &Field::new(x, y, values))
        }
    };
    match drawn {
        Some(buffer) => written(&buffer, colour),
        None if width == 0 => String::new(),
        None => format!("{}\n", short("(too narrow for a plot)", usize::from(width))),
    }
}

fn lines(screen: Screen, title: &str, x: &Axis<'_>, y_label: &str, series: &[Series<'_>]) -> Option<Buffer> {
    let legend = if needs_legend(series, y_label) { legend(series, screen.width) } else { Vec::new() };
    let rows = legend.iter().map(|entry| entry.row + 1).max().unwrap_or(0);
    let curves: Vec<Vec<Vec<(f64, f64)>>> = series.iter().map(|it| thin::runs(x, it)).collect();
    let points = || curves.iter().flatten().flatten();
    let across = Scale::of(points().map(|point| point.0));
    let up = Scale::of(points().map(|point| point.1)).map(Scale::with_room);
    let (Some(across), Some(up)) = (across, up) else {
        let mut frame = Frame::new(screen, [title, x.label, y_label], rows, |_| Vec::new(), |_| Vec::new())?;
        frame.say("no finite values");
        frame.legend(&legend);
        return Some(frame.buffer);
    };
    let y_ticks = |rows: u16| ticks_up(&up, rows);
    let x_ticks = |columns: u16| across.ticks_in(f64::from(columns), 3.0, text_width);
    let mut frame = Frame::new(screen, [title, x.label, y_label], rows, y_ticks, x_ticks)?;
    let place = |point: &(f64, f64)| (across.place(point.0), up.place(point.1));
    let curves: Vec<Vec<Vec<(f64, f64)>>> =
        curves.iter().map(|runs| runs.iter().map(|run| run.iter().map(place).collect()).collect()).collect();
    frame.curves(series, &curves);
    for (at, (runs, it)) in curves.iter().zip(series).enumerate() {
        let count: usize = runs.iter().map(Vec::len).sum();
        if it.is_points && count <= usize::from(frame.body.width) {
            runs.iter().flatten().for_each(|point| frame.mark(at, *point));
        } else if series.len() > 1 {
            frame.marks_along(at, series.len(), runs);
        }
    }
    frame.legend(&legend);
    Some(frame.buffer)
}

fn heat_map(screen: Screen, title: &str, (x, y): (&Axis<'_>, &Axis<'_>), value_label: &str, field: &Field<'_>) -> Option<Buffer> {
    let y_ticks = |rows: u16| ticks(y, |scale| ticks_up(scale, rows));
    let x_ticks = |columns: u16| ticks(x, |scale| scale.ticks_in(f64::from(columns), 3.0, text_width));
    let mut frame = Frame::new(screen, [title, x.label, y.label], 2, y_ticks, x_ticks)?;
    let Some(scale) = field.scale else {
        frame.say("no finite values");
        return Some(frame.buffer);
    };
    let body = frame.body;
    for row in 0..body.height {
        for column in 0..body.width {
            let half = |half: usize| {
                let (up, rows) = (usize::from(body.height - 1 - row), usize::from(body.height));
                let (up, rows) = if screen.colour { (2 * up + half, 2 * rows) } else { (up, rows) };
                field.at((column.into(), body.width.into()), (up, rows))
            };
            let cell = frame.buffer.cell_mut((body.x + column, body.y + row));
            if let Some(cell) = cell {
                if screen.colour { halves(cell, half(1), half(0)) } else { shade(cell, half(0)) }
            }
        }
    }
    frame.color_bar(&scale, value_label, screen.colour);
    Some(frame.buffer)
}

fn text_width(label: &str) -> f64 {
    columns(label) as f64
}

/// The ticks beside `rows` rows, one row or more apart; in neighbouring rows where there would be no two of them otherwise.
fn ticks_up(scale: &Scale, rows: u16) -> Vec<Tick> {
    let ticks = |gap: f64| scale.ticks_in(f64::from(rows), gap, |_| 1.0);
    let apart = ticks(1.0);
    if apart.len() < 2 { ticks(0.25) } else { apart }
}

fn value_color(place: f64) -> Color {
    Color::Indexed(color::of_256(color::of_value(place)))
}

/// Two values in one cell, the upper and the lower half.
fn halves(cell: &mut Cell, upper: Option<f64>, lower: Option<f64>) {
    match (upper, lower) {
        (Some(upper), Some(lower)) => cell.set_char('▀').set_fg(value_color(upper)).set_bg(value_color(lower)),
        (Some(upper), None) => cell.set_char('▀').set_fg(value_color(upper)),
        (None, Some(lower)) => cell.set_char('▄').set_fg(value_color(lower)),
        (None, None) => cell,
    };
}

/// A value in one cell without colour; a gap is a dot, as the lowest value is blank.
fn shade(cell: &mut Cell, value: Option<f64>) {
    let steps = SHADES.len();
    cell.set_char(value.map_or('·', |place| SHADES[((place * steps as f64) as usize).min(steps - 1)]));
}

/// The mark of a series and its colour.
fn look(at: usize) -> (char, Color) {
    let count = MARKS.chars().count();
    (MARKS.chars().nth(at % count).unwrap_or('*'), CURVES[at % CURVES.len()])
}

/// A series in the legend: the row below the axis it stands in, its column, and its text behind the sample.
struct Entry {
    row: u16,
    column: u16,
    sample: String,
    name: String,
    color: Color,
}

/// The series one after the other, in as many rows as they need.
fn legend(series: &[Series<'_>], width: u16) -> Vec<Entry> {
    const GAP: u16 = 3;
    let (mut row, mut column) = (0u16, 0u16);
    let mut entries = Vec::new();
    for (at, it) in series.iter().enumerate() {
        let (mark, color) = look(at);
        let sample = match (it.is_points, series.len()) {
            (true, _) => mark.to_string(),
            (false, 1) => "──".to_owned(),
            (false, _) => format!("─{mark}─"),
        };
        let room = usize::from(width).saturating_sub(columns(&sample) + 1);
        let name = short(it.name, room.min(60));
        let needs = (columns(&sample) + 1 + columns(&name)) as u16;
        if column > 0 && column + needs > width {
            (row, column) = (row + 1, 0);
        }
        entries.push(Entry { row, column, sample, name, color });
        column += needs + GAP;
    }
    entries
}

/// A body with axes around it.
struct Frame {
    buffer: Buffer,
    body: Rect,
    /// The first row below the axis and its label.
    below: u16,
}

impl Frame {
    /// Lays out title, axes and labels around a body, with `rows` free rows below. None where the body would be too narrow.
    fn new(
        screen: Screen,
        [title, x_label, y_label]: [&str; 3],
        rows: u16,
        y_ticks: impl Fn(u16) -> Vec<Tick>,
        x_ticks: impl Fn(u16) -> Vec<Tick>,
    ) -> Option<Self> {
        let width = screen.width;
        let [title, x_label, y_label] = [title, x_label, y_label].map(|text| short(text, usize::from(width)));
        let [above_title, above_y, below_x] = [&title, &y_label, &x_label].map(|text| u16::from(!text.is_empty()));
        // The axis and its numbers take a row each.
        let others = above_title + above_y + 2 + below_x + rows;
        let height = screen.height.saturating_sub(others).max(LEAST_ROWS);
        let y_ticks = y_ticks(height);
        let margin = y_ticks.iter().map(|tick| columns(&tick.label)).max().unwrap_or(0) as u16 + 2;
        let body = Rect::new(margin, above_title + above_y, width.checked_sub(margin)?, height);
        if body.width < LEAST_COLUMNS {
            return None;
        }
        let below = body.bottom() + 2 + below_x;
        let mut frame = Self { buffer: Buffer::empty(Rect::new(0, 0, width, below + rows)), body, below };
        frame.write_centred(&title, 0);
        frame.write(0, above_title, &y_label, Color::Reset);
        frame.write(
            (width as usize - columns(&x_label)) as u16,
            below - below_x,
            if below_x > 0 { &x_label } else { "" },
            Color::Reset,
        );
        frame.axes(&y_ticks, &x_ticks(body.width));
        Some(frame)
    }

    fn axes(&mut self, y_ticks: &[Tick], x_ticks: &[Tick]) {
        let body = self.body;
        let (line, base) = (body.x - 1, body.bottom());
        (body.y..base).for_each(|row| self.put(line, row, '│', Color::Reset));
        (body.x..body.right()).for_each(|column| self.put(column, base, '─', Color::Reset));
        self.put(line, base, '└', Color::Reset);
        for tick in y_ticks {
            let (_, row) = self.cell_of((0.0, tick.place));
            self.put(line, row, '┤', Color::Reset);
            self.write(line - 1 - columns(&tick.label) as u16, row, &tick.label, Color::Reset);
        }
        self.ticks_across(x_ticks, base);
    }

    /// Ticks on the line in row `base`, their numbers in the row below it.
    fn ticks_across(&mut self, ticks: &[Tick], base: u16) {
        for tick in ticks {
            let (column, _) = self.cell_of((tick.place, 0.0));
            let width = columns(&tick.label) as u16;
            let from = column.saturating_sub(width / 2).min(self.buffer.area.width.saturating_sub(width));
            self.put(column, base, '┬', Color::Reset);
            self.write(from, base + 1, &tick.label, Color::Reset);
        }
    }

    /// The cell of a place in the body, the same that the canvas puts its dot in.
    fn cell_of(&self, (x, y): (f64, f64)) -> (u16, u16) {
        let cell = |place: f64, cells: u16, dots: f64| ((place * (f64::from(cells) * dots - 1.0)).round() / dots) as u16;
        let (column, row) = (cell(x, self.body.width, DOTS.0), cell(1.0 - y, self.body.height, DOTS.1));
        (self.body.x + column.min(self.body.width - 1), self.body.y + row.min(self.body.height - 1))
    }

    /// Every series in braille; where two meet, the dots of both are in the cell, in the colour of the later one.
    fn curves(&mut self, series: &[Series<'_>], curves: &[Vec<Vec<(f64, f64)>>]) {
        let canvas = Canvas::default().marker(Marker::Braille).x_bounds([0.0, 1.0]).y_bounds([0.0, 1.0]).paint(|context| {
            for (at, (runs, it)) in curves.iter().zip(series).enumerate() {
                let (_, color) = look(at);
                for run in runs {
                    context.draw(&Points { coords: run, color });
                    let pairs = if it.is_points { [].windows(2) } else { run.windows(2) };
                    pairs.for_each(|pair| {
                        context.draw(&Line { x1: pair[0].0, y1: pair[0].1, x2: pair[1].0, y2: pair[1].1, color })
                    });
                }
            }
        });
        canvas.render(self.body, &mut self.buffer);
    }

    fn mark(&mut self, at: usize, place: (f64, f64)) {
        let ((mark, color), (column, row)) = (look(at), self.cell_of(place));
        self.put(column, row, mark, color);
    }

    /// Some marks on a curve, at columns that other curves leave free.
    fn marks_along(&mut self, at: usize, of: usize, runs: &[Vec<(f64, f64)>]) {
        const MARKS_ON_A_CURVE: usize = 6;
        let width = usize::from(self.body.width);
        let apart = (width / MARKS_ON_A_CURVE).max(of).max(6);
        let first = (2 * at + 1) * apart / (2 * of);
        let mut is_marked = false;
        for column in (first..width).step_by(apart) {
            let x = (column as f64 + 0.5) / width as f64;
            let crossing = runs.iter().flat_map(|run| run.windows(2)).find(|pair| pair[0].0 <= x && x < pair[1].0);
            if let Some([from, to]) = crossing {
                let within = (x - from.0) / (to.0 - from.0);
                self.mark(at, (x, from.1 + within * (to.1 - from.1)));
                is_marked = true;
            }
        }
        let longest = runs.iter().rev().max_by_key(|run| run.len());
        if let Some(middle) = longest.and_then(|run| run.get(run.len() / 2)).filter(|_| !is_marked) {
            self.mark(at, *middle);
        }
    }

    fn legend(&mut self, entries: &[Entry]) {
        for Entry { row, column, sample, name, color } in entries {
            self.write(*column, self.below + row, sample, *color);
            self.write(column + columns(sample) as u16 + 1, self.below + row, name, Color::Reset);
        }
    }

    /// What the colours of a field mean, in the two rows below it.
    fn color_bar(&mut self, scale: &Scale, label: &str, colour: bool) {
        let width = self.buffer.area.width;
        let label = short(label, usize::from(self.body.width / 2));
        // Between two strokes, as the lowest shade is blank.
        let bar = (self.body.width - 3 - columns(&label) as u16).min(40);
        if !colour {
            self.put(self.body.x - 1, self.below, '│', Color::Reset);
            self.put(self.body.x + bar, self.below, '│', Color::Reset);
        }
        for column in 0..bar {
            let place = f64::from(column) / f64::from(bar - 1);
            if let Some(cell) = self.buffer.cell_mut((self.body.x + column, self.below)) {
                if colour { halves(cell, Some(place), Some(place)) } else { shade(cell, Some(place)) }
            }
        }
        let mut free = 0;
        for tick in scale.ticks_in(f64::from(bar), 2.0, text_width) {
            let middle = self.body.x + (tick.place * f64::from(bar - 1)).round() as u16;
            let size = columns(&tick.label) as u16;
            let from = middle.saturating_sub(size / 2).min(width.saturating_sub(size));
            if from >= free {
                self.write(from, self.below + 1, &tick.label, Color::Reset);
                free = from + size + 1;
            }
        }
        self.write(self.body.x + bar + 2, self.below, &label, Color::Reset);
    }

    fn say(&mut self, text: &str) {
        self.write_centred(text, self.body.y + self.body.height / 2);
    }

    fn write_centred(&mut self, text: &str, row: u16) {
        let text = short(text, usize::from(self.body.width));
        let from = self.body.x + (self.body.width - columns(&text) as u16) / 2;
        self.write(from, row, &text, Color::Reset);
    }

    fn put(&mut self, column: u16, row: u16, sign: char, color: Color) {
        if let Some(cell) = self.buffer.cell_mut((column, row)) {
            cell.set_char(sign).set_fg(color);
        }
    }

    fn write(&mut self, column: u16, row: u16, text: &str, color: Color) {
        if column < self.buffer.area.width && row < self.buffer.area.height {
            self.buffer.set_string(column, row, text, color);
        }
    }
}

/// The cells as lines of text.
fn written(buffer: &Buffer, colour: bool) -> String {
    let mut text = String::new();
    for row in buffer.content().chunks(usize::from(buffer.area.width)) {
        let is_blank = |cell: &Cell| cell.symbol() == " " && cell.bg == Color::Reset;
        let end = row.iter().rposition(|cell| !is_blank(cell)).map_or(0, |at| at + 1);
        let mut style = Style::new();
        let mut hidden = 0;
        for cell in &row[..end] {
            // The cells behind a wide character are there, but nothing of them is seen.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = columns(cell.symbol()).saturating_sub(1);
            let wanted = if colour { Style::new().fg_color(ansi(cell.fg)).bg_color(ansi(cell.bg)) } else { Style::new() };
            if wanted != style {
                // Writing to a string does not fail.
                let _ = write!(text, "{style:#}{wanted}");
                style = wanted;
            }
            text.push_str(cell.symbol());
        }
        let _ = writeln!(text, "{style:#}");
    }
    text
}

/// A colour of the canvas as one of a terminal; none for its own.
fn ansi(color: Color) -> Option<anstyle::Color> {
    Some(match color {
        Color::Cyan => AnsiColor::Cyan.into(),
        Color::Magenta => AnsiColor::Magenta.into(),
        Color::Yellow => AnsiColor::Yellow.into(),
        Color::Green => AnsiColor::Green.into(),
        Color::Blue => AnsiColor::Blue.into(),
        Color::Red => AnsiColor::Red.into(),
        Color::Indexed(index) => Ansi256Color(index).into(),
        _ => return None,
    })
}
