//! Pictures as SVG: no colour of its own behind it, readable on a light ground and on a dark one.
//!
//! Drawn by hand on the `svg` crate. Of the crates that plot, those tried write colours of one ground only, ticks of three
//! hundred digits, or a legend over the curves. Nothing here depends on a clock, an address or a hash: the same picture gives
//! the same bytes. Text is placed by the widths of a terminal, a little too wide for most fonts.

use super::field::{Field, ticks};
use super::name::{columns, short};
use super::scale::{Scale, Tick};
use super::{Axis, Picture, Series, color, needs_legend, thin};
use svg::Document;
use svg::node::element::{Group, Path, Rectangle, Style, Text, Title};
use svg::node::{Node, Value};

/// Text and axes are of a grey that can be read on both grounds, and are darker or lighter where the reader's choice is known.
const STYLE: &str = "text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#757575}.title{font-size:16px}.axis{stroke:#808080}.grid{stroke:#808080;opacity:.25}
@media (prefers-color-scheme:light){text{fill:#333}}
@media (prefers-color-scheme:dark){text{fill:#ddd}}";

/// The width of the whole, and of a column of text; the height of a body.
const WIDTH: f64 = 800.0;
const COLUMN: f64 = 7.6;
const BODY: f64 = 360.0;
const MARGIN: f64 = 16.0;
const ROW: f64 = 20.0;

/// More columns than a title or a name in the legend is given.
const MOST_OF_TITLE: usize = 80;
const MOST_OF_NAME: usize = 40;

/// More cells than a heat map has across or up; beyond, neighbours are drawn as their mean.
const MOST_CELLS: usize = 200;

/// Steps of colour between the least value and the greatest.
const SHADES: usize = 64;

/// How lines are broken, besides their colour: there are as many pairs of the two as there are of either, multiplied.
const DASHES: [&str; 10] = ["", "8 4", "2 3", "8 3 2 3", "14 5", "5 2", "14 3 2 3", "8 3 2 3 2 3", "14 3 5 3", "1 5"];

/// The picture as an SVG document, 800 units wide. Each series is drawn with at most 2,000 points, its peaks among them.
pub fn svg(picture: &Picture<'_>) -> String {
    match picture {
        Picture::Lines { title, x, y_label, series } => lines(title, x, y_label, series),
        Picture::HeatMap { title, x, y, value_label, values } => heat_map(title, (x, y), value_label, &Field::new(x, y, values)),
    }
}

fn lines(title: &str, x: &Axis<'_>, y_label: &str, series: &[Series<'_>]) -> String {
    let curves: Vec<Vec<Vec<(f64, f64)>>> = series.iter().map(|it| thin::runs(x, it)).collect();
    let points = || curves.iter().flatten().flatten();
    let scales = (Scale::of(points().map(|point| point.0)), Scale::of(points().map(|point| point.1)).map(Scale::with_room));
    let y_ticks = scales.1.map_or(Vec::new(), |scale| scale.ticks_in(BODY, 24.0, |_| 12.0));
    let mut page = Page::new([title, x.label, y_label], &y_ticks, MARGIN);
    page.axes(&y_ticks, &scales.0.map_or(Vec::new(), |scale| scale.ticks_in(page.width, 24.0, text_width)), true);
    if let (Some(across), Some(up)) = scales {
        for (at, (runs, it)) in curves.iter().zip(series).enumerate() {
            let place = |point: &(f64, f64)| (page.x(across.place(point.0)), page.y(up.place(point.1)));
            let count: usize = runs.iter().map(Vec::len).sum();
            let runs = runs.iter().map(|run| run.iter().map(place).collect());
            let drawn = if it.is_points { marks(at, runs, count) } else { curve(at, runs) };
            page.document.append(drawn);
        }
    } else {
        page.say("no finite values");
    }
    if needs_legend(series, y_label) {
        page.legend(series);
    }
    page.done()
}

fn heat_map(title: &str, (x, y): (&Axis<'_>, &Axis<'_>), value_label: &str, field: &Field<'_>) -> String {
    const BAR: f64 = 16.0;
    let y_ticks = ticks(y, |scale| scale.ticks_in(BODY, 24.0, |_| 12.0));
    let bar_ticks = field.scale.map_or(Vec::new(), |scale| scale.ticks_in(BODY, 24.0, |_| 12.0));
    let right = 2.0 * MARGIN + BAR + 8.0 + widest(&bar_ticks);
    let mut page = Page::new([title, x.label, y.label], &y_ticks, right);
    if field.scale.is_some() {
        page.field(field);
        page.color_bar(page.left + page.width + MARGIN, BAR, &bar_ticks, value_label);
    } else {
        page.say("no finite values");
    }
    page.axes(&y_ticks, &ticks(x, |scale| scale.ticks_in(page.width, 24.0, text_width)), false);
    page.done()
}

fn text_width(label: &str) -> f64 {
    columns(label) as f64 * COLUMN
}

fn widest(ticks: &[Tick]) -> f64 {
    ticks.iter().map(|tick| text_width(&tick.label)).fold(0.0, f64::max)
}

/// A length with a tenth of a unit, as short as it can be written.
fn length(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn stroke(at: usize) -> String {
    color::hex(color::CURVES[at % color::CURVES.len()])
}

/// A line through the points of each run; a run of one point is a dot.
fn curve(at: usize, runs: impl Iterator<Item = Vec<(f64, f64)>>) -> Group {
    let (mut line, mut dots) = (String::new(), String::new());
    for run in runs {
        if let [(x, y)] = run[..] {
            dots.push_str(&format!("M{} {}h0", length(x), length(y)));
        }
        let to = |(at, (x, y)): (usize, &(f64, f64))| format!("{}{} {}", if at == 0 { "M" } else { "L" }, length(*x), length(*y));
        line.extend(run.iter().enumerate().filter(|_| run.len() > 1).map(to));
    }
    let mut group = Group::new().set("fill", "none").set("stroke", stroke(at)).set("stroke-width", 2);
    if !line.is_empty() {
        let path = Path::new().set("d", line).set("stroke-linejoin", "round");
        let dashes = DASHES[at % DASHES.len()];
        group.append(if dashes.is_empty() { path } else { path.set("stroke-dasharray", dashes) });
    }
    if !dots.is_empty() {
        group.append(Path::new().set("d", dots).set("stroke-linecap", "round").set("stroke-width", 5));
    }
    group
}

/// A mark at each point.
fn marks(at: usize, runs: impl Iterator<Item = Vec<(f64, f64)>>, count: usize) -> Group {
    let size = if count > 200 { 1.5 } else { 4.0 };
    let path: String = runs.flatten().map(|point| mark(at, point, size)).collect();
    let group = Group::new().set("fill", stroke(at)).set("stroke", stroke(at));
    group.add(Path::new().set("d", path))
}

/// The outline of a series' mark.
fn mark(at: usize, (x, y): (f64, f64), size: f64) -> String {
    let by = |factor: f64| length(size * factor);
    let from = |dx: f64, dy: f64| format!("M{} {}", length(x + dx * size), length(y + dy * size));
    match at % 6 {
        0 => format!("{}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0", from(-1.0, 0.0), r = by(1.0), d = by(2.0)),
        1 => format!("{}l{} {}h-{}z", from(0.0, -1.0), by(1.0), by(2.0), by(2.0)),
        2 => format!("{}h{d}v{d}h-{d}z", from(-1.0, -1.0), d = by(2.0)),
        3 => format!("{}l{s} {s}l-{s} {s}l-{s} -{s}z", from(0.0, -1.4), s = by(1.4)),
        4 => format!("{}l{d} {d}{}l-{d} {d}", from(-1.0, -1.0), from(1.0, -1.0), d = by(2.0)),
        _ => format!("{}h{d}{}v{d}", from(-1.2, 0.0), from(0.0, -1.2), d = by(2.4)),
    }
}

/// A document, and the body within it.
struct Page {
    document: Document,
    left: f64,
    top: f64,
    width: f64,
    /// Where what comes below begins.
    below: f64,
}

impl Page {
    /// Lays out title and labels around a body; `right` is left free beside it.
    fn new([title, x_label, y_label]: [&str; 3], y_ticks: &[Tick], right: f64) -> Self {
        let [title, x_label, y_label] = [title, x_label, y_label].map(|text| short(text, MOST_OF_TITLE));
        let row = |text: &String| if text.is_empty() { 0.0 } else { ROW + 4.0 };
        let left = MARGIN + widest(y_ticks) + 10.0;
        let top = MARGIN + row(&title) + row(&y_label);
        let base = top + BODY + ROW;
        let mut page = Self {
            document: Document::new().set("role", "img").set("font-family", "sans-serif"),
            left,
            top,
            width: WIDTH - left - right,
            below: base + row(&x_label),
        };
        page.document.append(Title::new(shown(&title)));
        page.document.append(Style::new(STYLE));
        page.write(&title, (WIDTH / 2.0, MARGIN + 14.0), "middle", "title");
        page.write(&y_label, (MARGIN, top - 12.0), "start", "");
        page.write(&x_label, (left + page.width / 2.0, base + 16.0), "middle", "");
        page
    }

    fn x(&self, place: f64) -> f64 {
        self.left + place * self.width
    }

    fn y(&self, place: f64) -> f64 {
        self.top + (1.0 - place) * BODY
    }

    fn axes(&mut self, y_ticks: &[Tick], x_ticks: &[Tick], has_grid: bool) {
        let (mut grid, mut axis) = (String::new(), String::new());
        let (right, bottom) = (self.left + self.width, self.top + BODY);
        axis.push_str(&format!("M{} {}V{}H{}", length(self.left), length(self.top), length(bottom), length(right)));
        for tick in y_ticks {
            let y = self.y(tick.place);
            grid.push_str(&format!("M{} {}H{}", length(self.left), length(y), length(right)));
            axis.push_str(&format!("M{} {}h-4", length(self.left), length(y)));
            self.write(&tick.label, (self.left - 8.0, y + 4.0), "end", "");
        }
        for tick in x_ticks {
            let x = self.x(tick.place);
            grid.push_str(&format!("M{} {}V{}", length(x), length(self.top), length(bottom)));
            axis.push_str(&format!("M{} {}v4", length(x), length(bottom)));
            self.write(&tick.label, (x, bottom + 18.0), "middle", "");
        }
        if has_grid && !grid.is_empty() {
            self.document.append(Path::new().set("class", "grid").set("d", grid).set("fill", "none"));
        }
        self.document.append(Path::new().set("class", "axis").set("d", axis).set("fill", "none"));
    }

    /// The series in columns of equal width.
    fn legend(&mut self, series: &[Series<'_>]) {
        const SAMPLE: f64 = 40.0;
        let names: Vec<String> = series.iter().map(|it| short(it.name, MOST_OF_NAME)).collect();
        let width = names.iter().map(|name| text_width(name)).fold(0.0, f64::max) + SAMPLE + 2.0 * MARGIN;
        let columns = ((WIDTH - 2.0 * MARGIN) / width).floor().max(1.0) as usize;
        for (at, (it, name)) in series.iter().zip(&names).enumerate() {
            let x = MARGIN + (at % columns) as f64 * width;
            let y = self.below + MARGIN + (at / columns) as f64 * ROW;
            let sample = if it.is_points {
                marks(at, std::iter::once(vec![(x + SAMPLE / 2.0, y)]), 1)
            } else {
                curve(at, std::iter::once(vec![(x, y), (x + SAMPLE, y)]))
            };
            self.document.append(sample);
            self.write(name, (x + SAMPLE + 8.0, y + 4.0), "start", "");
        }
        self.below += MARGIN / 2.0 + names.len().div_ceil(columns) as f64 * ROW;
    }

    /// The cells of a field, those of one colour in one path.
    fn field(&mut self, field: &Field<'_>) {
        let (columns, rows) = field.size();
        let (columns, rows) = (columns.min(MOST_CELLS), rows.min(MOST_CELLS));
        let mut paths = vec![String::new(); SHADES];
        for row in 0..rows {
            for column in 0..columns {
                let Some(place) = field.at((column, columns), (row, rows)) else { continue };
                let edge = |at: usize, of: usize| at as f64 / of as f64;
                let (left, right) = (self.x(edge(column, columns)), self.x(edge(column + 1, columns)));
                let (top, bottom) = (self.y(edge(row + 1, rows)), self.y(edge(row, rows)));
                paths[((place * SHADES as f64) as usize).min(SHADES - 1)].push_str(&format!(
                    "M{} {}H{}V{}H{}z",
                    length(left),
                    length(top),
                    length(right),
                    length(bottom),
                    length(left)
                ));
            }
        }
        let mut group = Group::new().set("shape-rendering", "crispEdges");
        for (at, path) in paths.into_iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            group.append(Path::new().set("fill", shade(at)).set("d", path));
        }
        self.document.append(group);
    }

    fn color_bar(&mut self, left: f64, width: f64, ticks: &[Tick], label: &str) {
        let mut group = Group::new().set("shape-rendering", "crispEdges");
        for at in 0..SHADES {
            let top = self.y((at + 1) as f64 / SHADES as f64);
            let step = Rectangle::new().set("fill", shade(at)).set("x", length(left)).set("y", length(top));
            group.append(step.set("width", length(width)).set("height", length(BODY / SHADES as f64 + 0.5)));
        }
        self.document.append(group);
        for tick in ticks {
            self.write(&tick.label, (left + width + 8.0, self.y(tick.place) + 4.0), "start", "");
        }
        self.write(&short(label, MOST_OF_NAME), (WIDTH - MARGIN, self.top - 12.0), "end", "");
    }

    fn say(&mut self, text: &str) {
        self.write(text, (self.left + self.width / 2.0, self.top + BODY / 2.0), "middle", "");
    }

    fn write(&mut self, text: &str, (x, y): (f64, f64), anchor: &str, class: &str) {
        if text.is_empty() {
            return;
        }
        let mut element = Text::new(shown(text)).set("x", length(x)).set("y", length(y));
        if anchor != "start" {
            element.assign("text-anchor", anchor);
        }
        if !class.is_empty() {
            element.assign("class", class);
        }
        self.document.append(element);
    }

    fn done(self) -> String {
        let size = [WIDTH, self.below + MARGIN].map(length);
        let view: Value = format!("0 0 {} {}", size[0], size[1]).into();
        let document = self.document.set("viewBox", view).set("width", size[0].as_str()).set("height", size[1].as_str());
        format!("{document}\n")
    }
}

fn shade(at: usize) -> String {
    color::hex(color::of_value((at as f64 + 0.5) / SHADES as f64))
}

/// The text without the two characters that are neither controls nor XML.
fn shown(text: &str) -> String {
    text.replace(['\u{FFFE}', '\u{FFFF}'], "")
}
