//! The models that notes carry: which one is meant, what it uses of other notes, and the concepts it runs over. Nothing runs
//! here.

use super::carried::dialect;
use super::concept::{concept_of, describe, named};
use super::{AskError, Concept};
use crate::graph::ConceptId;
use crate::model::{At, Dialect, Graph, Model, Program, Refusals, Text, Use, parse};
use crate::note::{Link, NotePath, Over, Place, Snippet, Uses, Wrong, clip};
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, Reread};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// The most fences that one model may be made of.
const MOST_TEXTS: usize = 64;

/// The most notes and links that a model runs over.
const MOST_NOTES: usize = 100_000;
const MOST_LINKS: usize = 2_000_000;

/// What keeps a model from running or ends its run, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{note_path}:{line}:{column}: {message}")]
pub struct ModelFailure {
    /// The note.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong, or what ended the run.
    pub message: Box<str>,
    /// What to do.
    pub hint: Option<Box<str>>,
    /// The setting that does not read, if that is it; a face has the sentence of problems.
    pub setting: Option<Box<Wrong>>,
}

/// One fence of a note.
#[derive(Clone)]
pub(super) struct Fence {
    pub note: u32,
    /// Which of the note's fences.
    pub at: usize,
    reread: Arc<Reread>,
}

/// What one fence turned out to say.
pub(super) type Read = Result<Program, Refusals>;

impl Fence {
    /// The fences of a note.
    pub(super) fn of(snapshot: &Snapshot, note: u32) -> Vec<Fence> {
        let reread = Arc::new(snapshot.vault().read(note));
        (0..reread.note.snippets.len()).map(|at| Fence { note, at, reread: Arc::clone(&reread) }).collect()
    }

    pub(super) fn snippet(&self) -> &Snippet {
        &self.reread.note.snippets[self.at]
    }

    pub(super) fn note_path(&self) -> NotePath {
        self.reread.note.path.clone()
    }

    fn dialect(&self) -> Dialect {
        dialect(self.snippet())
    }

    pub(super) fn read(&self) -> Read {
        parse(&self.snippet().source, self.dialect())
    }

    /// The name of its model: that of the text, or the note's.
    pub(super) fn name(&self, snapshot: &Snapshot, read: &Read) -> String {
        let own = read.as_ref().ok().and_then(|program| program.main(None)).and_then(|model| model.name.as_ref());
        own.map_or_else(|| clip(&snapshot.vault().note_name(self.note)).into_owned(), |name| clip(&name.text).into_owned())
    }

    /// A failure at a place of its text.
    pub(super) fn failure(&self, at: At, message: String, hint: Option<String>) -> ModelFailure {
        self.failure_at(self.snippet().place_of(at.start as usize..at.end as usize), message, hint)
    }

    pub(super) fn failure_at(&self, place: Place, message: String, hint: Option<String>) -> ModelFailure {
        let (line, column) = (place.line, place.column);
        let (message, hint) = (message.into(), hint.map(Into::into));
        ModelFailure { note_path: self.note_path(), line, column, message, hint, setting: None }
    }

    /// What its text says, or the first thing in it that does not read; also a setting that does not.
    pub(super) fn sound(&self) -> Result<Program, ModelFailure> {
        if let Some(fault) = self.snippet().settings.faults.first() {
            let failure = self.failure_at(fault.place, "a setting of the model does not read".to_owned(), None);
            return Err(ModelFailure { setting: Some(Box::new(fault.what.clone())), ..failure });
        }
        self.read().map_err(|refusals| {
            let first = refusals.first();
            self.failure(first.at, first.why.to_string(), first.why.instead().map(str::to_owned))
        })
    }

    fn link(&self, place: Place) -> Option<&Link> {
        self.reread.note.link_at(place).map(|at| &self.reread.note.links[at as usize])
    }
}

/// The fence that a person means: `concept`, or `concept#model`.
///
/// # Errors
/// When the concept is none, has no model, or none of this name.
pub(super) fn meant(snapshot: &Snapshot, typed: &str) -> Result<(ConceptId, Fence), AskError> {
    // A name may hold the sign itself.
    let (concept, model) = match typed.rsplit_once('#') {
        Some((concept, model)) if snapshot.vault().called(typed).0.is_empty() => (named(snapshot, concept)?, Some(model)),
        _ => (named(snapshot, typed)?, None),
    };
    let is_written = (concept.0 as usize) < snapshot.vault().len();
    let fences = if is_written { Fence::of(snapshot, concept.0) } else { Vec::new() };
    if fences.is_empty() {
        return Err(AskError::NoModel { concept: describe(snapshot, concept) });
    }
    let named: Vec<(String, Fence)> = fences.into_iter().map(|fence| (fence.name(snapshot, &fence.read()), fence)).collect();
    let found = match model {
        Some(model) => named.iter().position(|(name, _)| name == model),
        None => Some(named.iter().position(|(_, fence)| fence.snippet().settings.is_default).unwrap_or(0)),
    };
    match found {
        Some(at) => Ok((concept, named[at].1.clone())),
        None => Err(AskError::UnknownModel {
            concept: describe(snapshot, concept),
            model: clip(model.unwrap_or_default()).into_owned(),
            models: named.into_iter().map(|(name, _)| name).collect(),
        }),
    }
}

/// A fence with all that it uses, ready to be compiled.
pub(super) struct Gathered {
    /// The fences, the one that is meant first.
    pub fences: Vec<Fence>,
    pub texts: Vec<Text>,
    pub graph: Option<Graph>,
    /// The concepts it runs over, in the order of the graph's notes.
    pub over: Vec<ConceptId>,
}

impl Gathered {
    /// Compiles it; what keeps it from running is told with its place in the note that it stands in.
    pub(super) fn compile(&self) -> Result<Model, ModelFailure> {
        let name = self.texts[0].program.main(None).and_then(|model| model.name.as_ref()).map(|name| name.text.clone());
        Model::new(&self.texts, name.as_deref(), self.graph.as_ref()).map_err(|fault| {
            let (mut message, mut hint) = (fault.what.to_string(), None);
            match &fault.what {
                crate::model::Wrong::Unknown { .. } => hint = Some("give it a value with `=`, or a rule with `:=`".to_owned()),
                crate::model::Wrong::ModelCircle { chain, .. } => {
                    let called = |(text, name): &(usize, Box<str>)| match &**name {
                        "" => self.fences[*text].note_path().to_string(),
                        name => format!("{}#{name}", self.fences[*text].note_path()),
                    };
                    let way: Vec<String> = chain.iter().map(called).collect();
                    message = format!("{} contains itself, by {}", way.last().map_or("it", String::as_str), way.join(" > "));
                }
                _ => {}
            }
            self.fences[fault.text].failure(fault.at, message, hint)
        })
    }
}

/// Gathers what a fence uses of other notes, and the notes it runs over.
///
/// # Errors
/// What does not read, or a note that is used and is none, is ambiguous or carries no model; each names both notes.
pub(super) fn gather(snapshot: &Snapshot, first: Fence) -> Result<Gathered, ModelFailure> {
    let mut fences = vec![first];
    let mut texts: Vec<Text> = Vec::new();
    let mut known: HashMap<(u32, usize), usize> = HashMap::from([((fences[0].note, fences[0].at), 0)]);
    while texts.len() < fences.len() {
        let fence = fences[texts.len()].clone();
        let program = fence.sound()?;
        let mut uses = Vec::new();
        for used in &fence.snippet().settings.uses {
            let found = used_fence(snapshot, &fence, used)?;
            let text = *known.entry((found.note, found.at)).or_insert_with(|| {
                fences.push(found);
                fences.len() - 1
            });
            if fences.len() > MOST_TEXTS {
                let message = format!("a model is made of at most {MOST_TEXTS} fences");
                return Err(fence.failure_at(used.place, message, None));
            }
            uses.push(Use { name: used.name.clone(), text, model: used.model.clone() });
        }
        texts.push(Text { program, dialect: fence.dialect(), uses, size: fence.snippet().source.len() });
    }
    let (graph, over) = match &fences[0].snippet().settings.over {
        None => (None, Vec::new()),
        Some(over) => {
            let (graph, over) = graph(snapshot, &fences[0], over, &texts[0].program)?;
            (Some(graph), over)
        }
    };
    Ok(Gathered { fences, texts, graph, over })
}

/// The note that a link of a fence means.
fn linked(snapshot: &Snapshot, fence: &Fence, target: &str, place: Place) -> Result<u32, ModelFailure> {
    if target.is_empty() {
        return Ok(fence.note);
    }
    let meaning = fence.link(place).and_then(|link| snapshot.vault().meaning(fence.note, link));
    let why = match meaning {
        Some(Meaning::Note(note)) => return Ok(note),
        Some(Meaning::Ambiguous) => "means several notes: name one by its path",
        Some(Meaning::Wanted(_)) | None => "is not written yet",
        Some(_) => "is no note of this vault",
    };
    let message = format!("[[{}]], which this model uses, {why}", clip(target));
    Err(fence.failure_at(place, message, nearest_notes(snapshot, target)))
}

fn nearest_notes(snapshot: &Snapshot, name: &str) -> Option<String> {
    let mut nearest = snapshot.vault().nearest(name, 3);
    nearest.retain(|near| near != name);
    (!nearest.is_empty()).then(|| format!("nearest names: {}", nearest.join(", ")))
}

fn used_fence(snapshot: &Snapshot, fence: &Fence, used: &Uses) -> Result<Fence, ModelFailure> {
    let Uses { name, target, model, place } = used;
    let (model, is_asked, place) = (model.as_deref().unwrap_or(name), model.is_some(), *place);
    let note = linked(snapshot, fence, target, place)?;
    let fences = Fence::of(snapshot, note);
    if fences.is_empty() {
        let message = format!("{}, which this model uses, carries no model", snapshot.vault().path(note));
        return Err(fence.failure_at(place, message, None));
    }
    let has_it = |fence: &&Fence| {
        let program = fence.read();
        program.is_ok_and(|program| program.models.iter().any(|it| it.name.as_ref().is_some_and(|name| &*name.text == model)))
    };
    let named = fences.iter().find(has_it);
    if named.is_none() && is_asked {
        let message = format!("{} carries no model {}", snapshot.vault().path(note), clip(model));
        return Err(fence.failure_at(place, message, None));
    }
    let found = named.or_else(|| fences.iter().find(|fence| fence.snippet().settings.is_default)).or_else(|| fences.first());
    found.cloned().ok_or_else(|| fence.failure_at(place, "there is no model".to_owned(), None))
}

/// The notes a model runs over and the links between them, each pair once.
fn graph(snapshot: &Snapshot, fence: &Fence, over: &Over, program: &Program) -> Result<(Graph, Vec<ConceptId>), ModelFailure> {
    let (vault, graph) = (snapshot.vault(), snapshot.graph());
    let is_note = |concept: ConceptId| (concept.0 as usize) < vault.len();
    let (notes, place): (Vec<ConceptId>, Place) = match over {
        Over::Vault => ((0..vault.len() as u32).map(ConceptId).collect(), fence.snippet().place),
        Over::Neighbourhood { target, steps, place } => {
            let start = ConceptId(linked(snapshot, fence, target, *place)?);
            let mut distance: BTreeMap<ConceptId, u8> = BTreeMap::from([(start, 0)]);
            let mut open = VecDeque::from([start]);
            while let Some(concept) = open.pop_front() {
                let far = distance[&concept];
                if far >= *steps || distance.len() > MOST_NOTES {
                    continue;
                }
                let out = graph.outgoing(concept).into_iter().map(|edge| edge.target);
                let back = graph.backlinks(concept).into_iter().map(|edge| edge.source);
                for next in out.chain(back).filter(|next| is_note(*next)) {
                    distance.entry(next).or_insert_with(|| {
                        open.push_back(next);
                        far + 1
                    });
                }
            }
            (distance.into_keys().collect(), *place)
        }
    };
    let number: HashMap<ConceptId, u32> = notes.iter().zip(0..).map(|(concept, at)| (*concept, at)).collect();
    let mut links = Vec::new();
    for (concept, from) in notes.iter().zip(0_u32..) {
        let targets = graph.outgoing(*concept).into_iter().map(|edge| edge.target);
        let mut targets: Vec<u32> = targets.filter(|it| it != concept).filter_map(|it| number.get(&it).copied()).collect();
        targets.sort_unstable();
        targets.dedup();
        links.extend(targets.into_iter().map(|to| (from, to, 1.0)));
        if notes.len() > MOST_NOTES || links.len() > MOST_LINKS {
            let message = format!("a model runs over at most {MOST_NOTES} notes and {MOST_LINKS} links");
            return Err(fence.failure_at(place, message, Some("take a smaller neighbourhood".to_owned())));
        }
    }
    // What formulas name by is([[note]]); a note outside of those it runs over is none of them.
    let named = program.links().into_iter().map(|link| {
        let meant = snapshot.vault().called(link).0;
        let note = match meant[..] {
            [Meaning::Note(note)] => number.get(&ConceptId(note)).copied(),
            _ => None,
        };
        (meant, link, note)
    });
    let named = named.filter(|(meant, _, _)| matches!(meant[..], [Meaning::Note(_)])).map(|(_, link, note)| (link.into(), note));
    let graph = Graph {
        keys: notes.iter().map(|concept| vault.path(concept.0).as_str().into()).collect(),
        labels: notes.iter().map(|concept| vault.note_name(concept.0).into()).collect(),
        links,
        named: named.collect(),
    };
    Ok((graph, notes))
}

/// A note that is part of what runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedModel {
    /// The concept whose note it is in.
    pub concept: Concept,
    /// The name of the model.
    pub model: String,
}

/// The fences of a gathered model but the first, as answers name them.
pub(super) fn chain(snapshot: &Snapshot, gathered: &Gathered) -> Vec<UsedModel> {
    let fences = gathered.fences.iter().zip(&gathered.texts).skip(1);
    fences
        .filter_map(|(fence, text)| {
            let concept = concept_of(snapshot, &Meaning::Note(fence.note))?;
            let name = text.program.main(None).and_then(|model| model.name.as_ref()).map(|name| name.text.to_string());
            Some(UsedModel { concept: describe(snapshot, concept), model: name.unwrap_or_default() })
        })
        .collect()
}
