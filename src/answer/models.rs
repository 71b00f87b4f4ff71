//! Which concepts carry models, and what one of them says. Nothing runs here.

use super::concept::describe;
use super::fence::{Fence, ModelFailure, UsedModel, chain, gather, meant};
use super::{AskError, Concept};
use crate::graph::ConceptId;
use crate::model::{Named, Role, What};
use crate::note::clip;
use crate::snapshot::Snapshot;

/// The relation of a note to one whose model it uses.
const USES_MODEL: &str = "uses-model";

/// Every model of the vault.
#[derive(Clone, Debug, PartialEq)]
pub struct Models {
    /// In the order of the notes, and of their text.
    pub models: Vec<ModelLine>,
}

/// A model in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelLine {
    /// The concept that carries it.
    pub concept: Concept,
    /// Its name.
    pub model: String,
    /// What people call it.
    pub title: Option<String>,
    /// `antimony` or `resonote`.
    pub language: String,
    /// The line of its fence, from 1.
    pub line: u32,
    /// Whether it is the one meant by the concept's name alone.
    pub is_default: bool,
    /// The names that can be set, in the order of the text.
    pub parameters: Vec<String>,
    /// What does not read, if anything.
    pub failure: Option<ModelFailure>,
}

/// One model, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// How it stands in a list.
    pub line: ModelLine,
    /// Its text, statement by statement, in a plain form.
    pub equations: Vec<String>,
    /// Its names that are numbers at the start, in the order of the text, those of submodels behind.
    pub parameters: Vec<Parameter>,
    /// Its other names, in the same order.
    pub outputs: Vec<Parameter>,
    /// From when to when it runs, and how far apart its values are told.
    pub time: Option<(f64, f64, Option<f64>)>,
    /// What is shown of it.
    pub show: Vec<String>,
    /// Over how many notes it runs, if over notes.
    pub notes: Option<usize>,
    /// What is expected of it, as written.
    pub expect: Vec<String>,
    /// Where it comes from.
    pub cite: Vec<String>,
    /// The models that it is made of.
    pub uses: Vec<UsedModel>,
    /// The concepts whose models use models of this note.
    pub used_by: Vec<Concept>,
}

/// A name of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// What it starts from.
    pub value: Option<f64>,
    /// What the text says it starts from.
    pub default: Option<f64>,
    /// The least sensible value.
    pub min: Option<f64>,
    /// The sensible step.
    pub step: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// What people call it.
    pub label: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
}

impl Parameter {
    pub(super) fn of(named: &Named) -> Parameter {
        Parameter {
            name: clip(&named.name).into_owned(),
            value: named.default,
            default: named.default,
            min: named.min,
            step: named.step,
            max: named.max,
            label: named.label.as_deref().map(|label| clip(label).into_owned()),
            unit: named.unit.as_deref().map(|unit| clip(unit).into_owned()),
        }
    }
}

/// All models, without running any.
pub fn models(snapshot: &Snapshot) -> Models {
    let notes = snapshot.vault().notes_with_models();
    Models { models: notes.into_iter().flat_map(|note| lines_of(snapshot, note)).collect() }
}

/// The models of a note.
pub(super) fn lines_of(snapshot: &Snapshot, note: u32) -> Vec<ModelLine> {
    let fences = Fence::of(snapshot, note);
    let default = fences.iter().position(|fence| fence.snippet().settings.is_default).unwrap_or(0);
    fences.iter().map(|fence| line(snapshot, fence, fence.at == default)).collect()
}

fn line(snapshot: &Snapshot, fence: &Fence, is_default: bool) -> ModelLine {
    let read = fence.read();
    let mut parameters = Vec::new();
    if let Some(model) = read.as_ref().ok().and_then(|program| program.main(None)) {
        let moves = |name: &str| {
            model.statements.iter().any(|statement| match &statement.what {
                What::Rate { name: moving, .. } | What::Next { name: moving, .. } => &*moving.text == name,
                _ => false,
            })
        };
        for statement in &model.statements {
            if let What::Initial { name, value, .. } = &statement.what
                && value.literal().is_some()
                && !moves(&name.text)
            {
                parameters.push(clip(&name.text).into_owned());
            }
        }
    }
    ModelLine {
        concept: describe(snapshot, ConceptId(fence.note)),
        model: fence.name(snapshot, &read),
        title: fence.snippet().settings.title.as_deref().map(|title| clip(title).into_owned()),
        language: fence.snippet().language.to_string(),
        line: fence.snippet().place.line,
        is_default,
        parameters,
        failure: fence.sound().err(),
    }
}

/// What a model of a concept says: `concept`, or `concept#model`.
///
/// # Errors
/// When the concept is none or has no such model, or the model does not read.
pub fn model_card(snapshot: &Snapshot, typed: &str) -> Result<ModelCard, AskError> {
    let (concept, fence) = meant(snapshot, typed)?;
    let gathered = gather(snapshot, fence.clone())?;
    let model = gathered.compile()?;
    let is_default = lines_of(snapshot, concept.0).get(fence.at).is_none_or(|line| line.is_default);
    let settings = &fence.snippet().settings;
    let program = &gathered.texts[0].program;
    let mut equations: Vec<String> = program.functions.iter().map(|function| function.to_string()).collect();
    if let Some(main) = program.main(None) {
        let is_told = |what: &What| !matches!(what, What::Unit { .. } | What::Is { .. } | What::HasUnit { .. });
        equations.extend(main.statements.iter().filter(|it| is_told(&it.what)).map(|it| it.what.to_string()));
    }
    let (parameters, outputs): (Vec<&Named>, Vec<&Named>) = model.names().iter().partition(|named| named.default.is_some());
    let texts = |texts: &[Box<str>]| texts.iter().map(|text| clip(text).into_owned()).collect();
    let mut used_by: Vec<Concept> = snapshot
        .graph()
        .backlinks(concept)
        .into_iter()
        .filter(|edge| &*edge.relation.name == USES_MODEL && edge.source != concept)
        .map(|edge| describe(snapshot, edge.source))
        .collect();
    used_by.sort();
    used_by.dedup();
    Ok(ModelCard {
        line: line(snapshot, &fence, is_default),
        equations: equations.iter().map(|equation| clip(equation).into_owned()).collect(),
        parameters: parameters.into_iter().map(Parameter::of).collect(),
        outputs: outputs.into_iter().filter(|named| named.role != Role::Parameter).map(Parameter::of).collect(),
        time: settings.time.map(|time| (time.start, time.end, time.step)),
        show: texts(&settings.show),
        notes: settings.over.as_ref().map(|_| model.notes()),
        expect: settings.expect.iter().map(|expect| clip(&expect.text).into_owned()).collect(),
        cite: texts(&settings.cite),
        uses: chain(snapshot, &gathered),
        used_by,
    })
}
