//! Models for people: what there is, what one says, and what it does as a picture, a small table and a few lines.

use super::chart::{Axis, ChartError, Picture, Series, terminal};
use super::paint::{Paint, clean};
use crate::answer::{ModelCard, Models, Parameter, Ran, Sweep, UsedModel};
use std::io::{self, Write};

/// The rows of a table on a screen.
const ROWS: usize = 12;

/// How high a picture is on a terminal, in lines.
const PICTURE_LINES: u16 = 20;

/// The most characters of a column of numbers.
const COLUMN: usize = 12;

/// A number as people read it: six digits, and no more than it has.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    if value == 0.0 || value.is_infinite() {
        return (value + 0.0).to_string();
    }
    let size = value.abs();
    if (1e-4..1e7).contains(&size) {
        let decimals = (5.0 - size.log10().floor()).max(0.0) as usize;
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        text.to_owned()
    } else {
        let text = format!("{value:.4e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn name_of(concept: &crate::answer::Concept) -> String {
    match &concept.note_path {
        Some(path) if !concept.is_unique => format!("{} ({path})", concept.name),
        _ => concept.name.clone(),
    }
}

/// A word of a command as a shell takes it.
fn quoted(word: &str) -> String {
    if word.contains('"') || word.contains('$') || word.contains('`') || word.contains('\\') {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        format!("\"{word}\"")
    }
}

pub(super) fn models(models: &Models, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for line in &models.models {
        let default = if line.is_default { "" } else { "#" };
        let model = if line.is_default { String::new() } else { clean(&line.model).into_owned() };
        write!(out, "{}{default}{model}", paint.strong(&clean(&name_of(&line.concept))))?;
        if let Some(path) = &line.concept.note_path {
            write!(out, "  {}", paint.faint(&clean(&format!("{path}:{}", line.line))))?;
        }
        writeln!(out)?;
        if let Some(title) = &line.title {
            writeln!(out, "  {}", clean(title))?;
        }
        match &line.failure {
            Some(failure) => writeln!(out, "  {}", paint.alarm(&clean(&failure.to_string())))?,
            None if line.parameters.is_empty() => {}
            None => writeln!(out, "  {}", paint.faint(&clean(&line.parameters.join(", "))))?,
        }
    }
    Ok(())
}

fn uses(used: &[UsedModel], out: &mut dyn Write) -> io::Result<()> {
    for used in used {
        writeln!(out, "uses {} of {}", clean(&used.model), clean(&name_of(&used.concept)))?;
    }
    Ok(())
}

fn table(rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let space = width.saturating_sub(cell.chars().count());
            line.push_str("  ");
            line.extend(std::iter::repeat_n(' ', space));
            line.push_str(cell);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Parameters with their ranges and labels, a line each.
fn parameters(parameters: &[Parameter], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let shown = |value: Option<f64>| value.map(number).unwrap_or_default();
    let name_width = parameters.iter().map(|it| it.name.chars().count()).max().unwrap_or_default();
    let value_width = parameters.iter().map(|it| shown(it.value).chars().count()).max().unwrap_or_default();
    for it in parameters {
        let range = match (it.min, it.max) {
            (None, None) => String::new(),
            (min, max) => {
                let step = it.step.map(|step| format!(" by {}", number(step))).unwrap_or_default();
                let end = |value: Option<f64>| value.map_or("any".to_owned(), number);
                format!("{} to {}{step}", end(min), end(max))
            }
        };
        let changed = match (it.value, it.default) {
            (Some(value), Some(default)) if value != default && !default.is_nan() => format!(" (else {})", number(default)),
            _ => String::new(),
        };
        let label = it.label.as_deref().map(|label| format!("  {label}")).unwrap_or_default();
        let unit = it.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let (name, value) = (clean(&it.name), shown(it.value));
        let line = format!("  {name:<name_width$}  {value:>value_width$}{changed}{unit}  {}{label}", paint.faint(&range));
        writeln!(out, "{}", if paint.color { line } else { clean(line.trim_end()).into_owned() })?;
    }
    Ok(())
}

pub(super) fn model(card: &ModelCard, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}#{}", paint.strong(&clean(&name_of(&card.line.concept))), clean(&card.line.model))?;
    if let Some(path) = &card.line.concept.note_path {
        write!(out, "  {}", paint.faint(&clean(&format!("{path}:{}", card.line.line))))?;
    }
    writeln!(out)?;
    if let Some(title) = &card.line.title {
        writeln!(out, "{}", clean(title))?;
    }
    writeln!(out)?;
    for equation in &card.equations {
        for line in equation.lines() {
            writeln!(out, "  {}", clean(line))?;
        }
    }
    if !card.parameters.is_empty() {
        writeln!(out, "\n{}", paint.strong("parameters"))?;
        parameters(&card.parameters, paint, out)?;
    }
    if card.time.is_some() || card.notes.is_some() || !(card.show.is_empty() && card.expect.is_empty() && card.cite.is_empty()) {
        writeln!(out, "\n{}", paint.strong("settings"))?;
    }
    if let Some((start, end, step)) = card.time {
        let step = step.map(|step| format!(" step {}", number(step))).unwrap_or_default();
        writeln!(out, "  time {}..{}{step}", number(start), number(end))?;
    }
    if !card.show.is_empty() {
        writeln!(out, "  shows {}", clean(&card.show.join(", ")))?;
    }
    if let Some(notes) = card.notes {
        writeln!(out, "  runs over {notes} notes")?;
    }
    card.expect.iter().try_for_each(|expect| writeln!(out, "  expects {}", clean(expect)))?;
    card.cite.iter().try_for_each(|cite| writeln!(out, "  after {}", clean(cite)))?;
    if !card.uses.is_empty() || !card.used_by.is_empty() {
        writeln!(out)?;
        uses(&card.uses, out)?;
        for concept in &card.used_by {
            writeln!(out, "used by {}", clean(&name_of(concept)))?;
        }
    }
    writeln!(
        out,
        "\ntry: resonote run {}",
        clean(&quoted(&call(&card.line.concept.name, &card.line.model, card.line.is_default)))
    )
}

fn call(concept: &str, model: &str, is_default: bool) -> String {
    if is_default { concept.to_owned() } else { format!("{concept}#{model}") }
}

pub(super) fn run(ran: &Ran, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}#{}", paint.strong(&clean(&name_of(&ran.concept))), clean(&ran.model))?;
    writeln!(out, "{}", ran.title.as_deref().map(|title| format!("  {}", clean(title))).unwrap_or_default())?;
    uses(&ran.uses, out)?;
    if let Some(width) = paint.width {
        writeln!(out)?;
        picture(ran, &mut |picture| out.write_all(terminal(&picture, width, PICTURE_LINES, paint.color).as_bytes()))?;
    }
    writeln!(out)?;
    match &ran.sweep {
        Some(sweep) => sweep_table(sweep, out)?,
        None => series_table(ran, out)?,
    }
    for of_notes in &ran.of_notes {
        writeln!(out, "\n{} at the end, of {} notes", paint.strong(&clean(&of_notes.name)), of_notes.total)?;
        for (concept, value) in &of_notes.greatest {
            writeln!(out, "  {:>COLUMN$}  {}", number(*value), clean(&name_of(concept)))?;
        }
    }
    if ran.sweep.is_none() && !ran.measures.is_empty() {
        writeln!(out, "\n{}", paint.strong("measures"))?;
        measures(ran, out)?;
    }
    if !ran.parameters.is_empty() {
        writeln!(out, "\n{}", paint.strong("parameters"))?;
        parameters(&ran.parameters, paint, out)?;
    }
    writeln!(out, "\n{}", paint.faint(&how(ran)))?;
    for warning in &ran.warnings {
        writeln!(out, "{}", clean(warning))?;
    }
    let call = quoted(&ran.asked);
    if let Some((name, value)) = &ran.next {
        writeln!(out, "try: resonote run {} --set {}={}", clean(&call), clean(name), number(*value))?;
    }
    Ok(())
}

/// How it was stepped, in a line.
fn how(ran: &Ran) -> String {
    let mut how = ran.method.name().to_owned();
    if ran.is_stiff {
        how.push_str(", as the model is stiff");
    }
    if let Some(step) = ran.fixed_step {
        how.push_str(&format!(", fixed step {}", number(step)));
    }
    if ran.sweep.is_none() {
        how.push_str(&format!(", {} {}", ran.steps, if ran.steps == 1 { "step" } else { "steps" }));
    }
    if ran.events > 0 {
        how.push_str(&format!(", {} {}", ran.events, if ran.events == 1 { "event" } else { "events" }));
    }
    if let Some(notes) = ran.notes {
        how.push_str(&format!(", over {notes} notes"));
    }
    if let Some(seed) = ran.seed {
        how.push_str(&format!(", seed {seed}"));
    }
    how
}

fn series_table(ran: &Ran, out: &mut dyn Write) -> io::Result<()> {
    let head = |series: &crate::answer::ShownSeries| {
        let name = clean(&series.name).into_owned();
        if series.is_mean { format!("mean {name}") } else { name }
    };
    let mut rows = vec![std::iter::once("time".to_owned()).chain(ran.series.iter().map(head)).collect::<Vec<_>>()];
    for row in spread(ran.times.len()) {
        let values = ran.series.iter().map(|series| series.values.get(row).map_or("-".to_owned(), |value| number(*value)));
        rows.push(std::iter::once(number(ran.times[row])).chain(values).collect());
    }
    table(&rows, out)
}

/// The rows of a long table that a short one shows: the first, the last, and evenly between.
fn spread(rows: usize) -> Vec<usize> {
    if rows <= ROWS { (0..rows).collect() } else { (0..ROWS).map(|at| at * (rows - 1) / (ROWS - 1)).collect() }
}

fn sweep_table(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    let names = sweep.axes.iter().chain(&sweep.measures).map(|(name, _)| clean(name).into_owned());
    let mut rows = vec![names.collect::<Vec<_>>()];
    let points = sweep.measures.first().map_or(0, |(_, values)| values.len());
    for point in spread(points) {
        let mut rest = point;
        let mut cells = Vec::new();
        for (_, values) in sweep.axes.iter().rev() {
            cells.push(number(values[rest % values.len()]));
            rest /= values.len();
        }
        cells.reverse();
        cells.extend(sweep.measures.iter().map(|(_, values)| number(values[point])));
        rows.push(cells);
    }
    table(&rows, out)?;
    let failed = if sweep.failed > 0 { format!(", {} of them failed", sweep.failed) } else { String::new() };
    writeln!(out, "  {} of {points} runs{failed}; --csv FILE or --json has them all", sweep.done)
}

fn measures(ran: &Ran, out: &mut dyn Write) -> io::Result<()> {
    // `max(x)` of all x is a table; what else was asked for is a list.
    let split: Vec<Option<(&str, &str)>> =
        ran.measures.iter().map(|(name, _)| name.strip_suffix(')').and_then(|name| name.split_once('('))).collect();
    let (mut columns, mut rows): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for (measure, of) in split.iter().flatten() {
        if !columns.contains(measure) {
            columns.push(measure);
        }
        if !rows.contains(of) {
            rows.push(of);
        }
    }
    let mut cells = vec![std::iter::once(String::new()).chain(columns.iter().map(|name| (*name).to_owned())).collect::<Vec<_>>()];
    for of in rows {
        let value = |measure: &str| {
            let found = split.iter().zip(&ran.measures).find(|(split, _)| **split == Some((measure, of)));
            found.map_or(String::new(), |(_, (_, value))| number(*value))
        };
        cells.push(std::iter::once(clean(of).into_owned()).chain(columns.iter().map(|measure| value(measure))).collect());
    }
    table(&cells, out)
}

/// Draws what came of a run.
fn picture<T>(ran: &Ran, draw: &mut dyn FnMut(Picture<'_>) -> T) -> T {
    let title = ran.title.as_deref().unwrap_or(&ran.model);
    match &ran.sweep {
        Some(Sweep { axes, measures, .. }) if axes.len() == 2 => {
            let (y, x) = (&axes[0], &axes[1]);
            let (name, values) = &measures[0];
            draw(Picture::HeatMap {
                title,
                x: Axis { label: &x.0, values: &x.1 },
                y: Axis { label: &y.0, values: &y.1 },
                value_label: name,
                values,
            })
        }
        Some(Sweep { axes, measures, .. }) => {
            let series = measures.iter().map(|(name, values)| Series { name, values, is_points: true });
            let x = axes.first().map_or(Axis { label: "", values: &[] }, |(label, values)| Axis { label, values });
            draw(Picture::Lines { title, x, y_label: "", series: series.collect() })
        }
        None => {
            let drawn = if ran.plot.is_empty() { &ran.series } else { &ran.plot };
            let series = drawn.iter().map(|it| Series { name: &it.name, values: &it.values, is_points: ran.is_map });
            let y_label = match &drawn[..] {
                [only] => only.label.as_deref().unwrap_or(&only.name),
                _ => "",
            };
            let x = Axis { label: if ran.is_map { "step" } else { "time" }, values: &ran.times };
            draw(Picture::Lines { title, x, y_label, series: series.collect() })
        }
    }
}

/// A run as SVG.
pub fn run_svg(ran: &Ran) -> String {
    picture(ran, &mut |picture| super::chart::svg(&picture))
}

/// A run as PNG.
///
/// # Errors
/// Where the machine has no letters for a name in it.
pub fn run_png(ran: &Ran) -> Result<Vec<u8>, ChartError> {
    picture(ran, &mut |picture| super::chart::png(&picture))
}

/// A run as comma-separated values, every row, a head line first: of a run the time and each series, of a sweep each
/// parameter and each measure. Numbers are as exact as they are; what is no number is empty.
///
/// # Errors
/// When the stream cannot be written.
pub fn run_csv(ran: &Ran, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    // All digits, with an exponent where there would be many zeros.
    let plain = |value: f64| {
        let text = if value.is_nan() { String::new() } else { format!("{value:?}") };
        text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
    };
    match &ran.sweep {
        None => {
            csv.write_record(std::iter::once("time").chain(ran.series.iter().map(|series| series.name.as_str())))?;
            for (row, time) in ran.times.iter().enumerate() {
                let values = ran.series.iter().map(|series| series.values.get(row).copied().map_or(String::new(), plain));
                csv.write_record(std::iter::once(plain(*time)).chain(values))?;
            }
        }
        Some(sweep) => {
            csv.write_record(sweep.axes.iter().chain(&sweep.measures).map(|(name, _)| name))?;
            let points = sweep.measures.first().map_or(0, |(_, values)| values.len());
            for point in 0..points {
                let mut rest = point;
                let mut cells = Vec::new();
                for (_, values) in sweep.axes.iter().rev() {
                    cells.push(plain(values[rest % values.len()]));
                    rest /= values.len();
                }
                cells.reverse();
                cells.extend(sweep.measures.iter().map(|(_, values)| plain(values[point])));
                csv.write_record(&cells)?;
            }
        }
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_the_digits_that_people_read() {
        let texts = [0.0, -0.0, 1.5, 0.1 + 0.2, 123456.789, 1e7, 1.6707963, -0.0001, 0.00001, 1e-300, f64::NAN, f64::INFINITY];
        let shown: Vec<String> = texts.into_iter().map(number).collect();
        let wanted = ["0", "0", "1.5", "0.3", "123457", "1e7", "1.6708", "-0.0001", "1e-5", "1e-300", "-", "inf"];
        assert_eq!(shown, wanted);
    }
}
