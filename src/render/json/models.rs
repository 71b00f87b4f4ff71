//! The wire structs of models: what there is, what one says, what it does. What is no number is null.

use super::ConceptWire;
use crate::answer::{ModelCard, ModelLine, Models, OfNotes, Parameter, Ran, ShownSeries, Sweep, UsedModel};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ModelsWire<'a> {
    total: usize,
    models: Vec<LineWire<'a>>,
}

#[derive(Serialize)]
struct LineWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    model: &'a str,
    title: Option<&'a str>,
    language: &'a str,
    line: u32,
    default: bool,
    parameters: &'a [String],
    failure: Option<String>,
}

impl<'a> From<&'a ModelLine> for LineWire<'a> {
    fn from(line: &'a ModelLine) -> Self {
        LineWire {
            concept: (&line.concept).into(),
            model: &line.model,
            title: line.title.as_deref(),
            language: &line.language,
            line: line.line,
            default: line.is_default,
            parameters: &line.parameters,
            failure: line.failure.as_ref().map(ToString::to_string),
        }
    }
}

impl<'a> From<&'a Models> for ModelsWire<'a> {
    fn from(models: &'a Models) -> Self {
        ModelsWire { total: models.models.len(), models: models.models.iter().map(Into::into).collect() }
    }
}

#[derive(Serialize)]
struct ParameterWire<'a> {
    name: &'a str,
    value: Option<f64>,
    default: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    step: Option<f64>,
    label: Option<&'a str>,
    unit: Option<&'a str>,
}

impl<'a> From<&'a Parameter> for ParameterWire<'a> {
    fn from(parameter: &'a Parameter) -> Self {
        let Parameter { name, value, default, min, step, max, label, unit } = parameter;
        ParameterWire {
            name,
            value: *value,
            default: *default,
            min: *min,
            max: *max,
            step: *step,
            label: label.as_deref(),
            unit: unit.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct UsedWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    model: &'a str,
}

impl<'a> From<&'a UsedModel> for UsedWire<'a> {
    fn from(used: &'a UsedModel) -> Self {
        UsedWire { concept: (&used.concept).into(), model: &used.model }
    }
}

#[derive(Serialize)]
pub(super) struct CardWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    model: &'a str,
    title: Option<&'a str>,
    language: &'a str,
    line: u32,
    default: bool,
    equations: &'a [String],
    parameters: Vec<ParameterWire<'a>>,
    outputs: Vec<ParameterWire<'a>>,
    time: Option<SpanWire>,
    show: &'a [String],
    notes: Option<usize>,
    expect: &'a [String],
    cite: &'a [String],
    uses: Vec<UsedWire<'a>>,
    used_by: Vec<ConceptWire<'a>>,
}

#[derive(Serialize)]
struct SpanWire {
    start: f64,
    end: f64,
    step: Option<f64>,
}

impl<'a> From<&'a ModelCard> for CardWire<'a> {
    fn from(card: &'a ModelCard) -> Self {
        CardWire {
            concept: (&card.line.concept).into(),
            model: &card.line.model,
            title: card.line.title.as_deref(),
            language: &card.line.language,
            line: card.line.line,
            default: card.line.is_default,
            equations: &card.equations,
            parameters: card.parameters.iter().map(Into::into).collect(),
            outputs: card.outputs.iter().map(Into::into).collect(),
            time: card.time.map(|(start, end, step)| SpanWire { start, end, step }),
            show: &card.show,
            notes: card.notes,
            expect: &card.expect,
            cite: &card.cite,
            uses: card.uses.iter().map(Into::into).collect(),
            used_by: card.used_by.iter().map(Into::into).collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct RunWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    model: &'a str,
    title: Option<&'a str>,
    uses: Vec<UsedWire<'a>>,
    parameters: Vec<ParameterWire<'a>>,
    time: TimeWire<'a>,
    series: Vec<SeriesWire<'a>>,
    plot: Vec<SeriesWire<'a>>,
    measures: Vec<MeasureWire<'a>>,
    notes: Option<usize>,
    of_notes: Vec<OfNotesWire<'a>>,
    sweep: Option<SweepWire<'a>>,
    method: &'static str,
    stiff: bool,
    fixed_step: Option<f64>,
    seed: Option<u64>,
    steps: u64,
    events: u64,
    warnings: &'a [String],
    stopped: Option<&'a str>,
}

#[derive(Serialize)]
struct TimeWire<'a> {
    name: &'static str,
    values: &'a [f64],
}

#[derive(Serialize)]
struct SeriesWire<'a> {
    name: &'a str,
    label: Option<&'a str>,
    unit: Option<&'a str>,
    mean: bool,
    values: &'a [f64],
}

impl<'a> From<&'a ShownSeries> for SeriesWire<'a> {
    fn from(series: &'a ShownSeries) -> Self {
        SeriesWire {
            name: &series.name,
            label: series.label.as_deref(),
            unit: series.unit.as_deref(),
            mean: series.is_mean,
            values: &series.values,
        }
    }
}

#[derive(Serialize)]
struct MeasureWire<'a> {
    name: &'a str,
    value: f64,
}

#[derive(Serialize)]
struct OfNotesWire<'a> {
    name: &'a str,
    total: usize,
    greatest: Vec<NoteValueWire<'a>>,
}

#[derive(Serialize)]
struct NoteValueWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    value: f64,
}

impl<'a> From<&'a OfNotes> for OfNotesWire<'a> {
    fn from(of_notes: &'a OfNotes) -> Self {
        let value = |(concept, value): &'a (_, f64)| NoteValueWire { concept: ConceptWire::from(concept), value: *value };
        OfNotesWire { name: &of_notes.name, total: of_notes.total, greatest: of_notes.greatest.iter().map(value).collect() }
    }
}

#[derive(Serialize)]
struct SweepWire<'a> {
    axes: Vec<NumbersWire<'a>>,
    measures: Vec<NumbersWire<'a>>,
    done: usize,
    failed: usize,
}

#[derive(Serialize)]
struct NumbersWire<'a> {
    name: &'a str,
    values: &'a [f64],
}

impl<'a> From<&'a Sweep> for SweepWire<'a> {
    fn from(sweep: &'a Sweep) -> Self {
        let numbers = |(name, values): &'a (String, Vec<f64>)| NumbersWire { name, values };
        SweepWire {
            axes: sweep.axes.iter().map(numbers).collect(),
            measures: sweep.measures.iter().map(numbers).collect(),
            done: sweep.done,
            failed: sweep.failed,
        }
    }
}

impl<'a> From<&'a Ran> for RunWire<'a> {
    fn from(ran: &'a Ran) -> Self {
        RunWire {
            concept: (&ran.concept).into(),
            model: &ran.model,
            title: ran.title.as_deref(),
            uses: ran.uses.iter().map(Into::into).collect(),
            parameters: ran.parameters.iter().map(Into::into).collect(),
            time: TimeWire { name: "time", values: &ran.times },
            series: ran.series.iter().map(Into::into).collect(),
            plot: ran.plot.iter().map(Into::into).collect(),
            measures: ran.measures.iter().map(|(name, value)| MeasureWire { name, value: *value }).collect(),
            notes: ran.notes,
            of_notes: ran.of_notes.iter().map(Into::into).collect(),
            sweep: ran.sweep.as_ref().map(Into::into),
            method: ran.method.name(),
            stiff: ran.is_stiff,
            fixed_step: ran.fixed_step,
            seed: ran.seed,
            steps: ran.steps,
            events: ran.events,
            warnings: &ran.warnings,
            stopped: ran.stopped.as_deref(),
        }
    }
}
