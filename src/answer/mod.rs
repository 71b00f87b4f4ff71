//! Answers to questions: one file for each, plain data out, in the reader's words.
//!
//! An answer asks a [`Snapshot`](crate::snapshot::Snapshot); it knows no arguments, no terminal and no JSON. What stops an answer is an [`AskError`].

mod bridges;
mod carried;
mod check;
mod communities;
mod concept;
mod draft;
mod eval_links;
mod eval_search;
mod evidence;
mod fence;
mod index;
mod links;
mod mentions;
mod models;
mod names;
mod nearness;
mod note_text;
mod overview;
mod path;
mod related;
mod run;
mod search;
mod show;
mod stats;
mod tags;
mod wanted;

pub use bridges::{ApartPair, Bridges, CutNote, Listed, OneSided, OutOfOrder, Said, Thin, bridges};
pub use carried::Carried;
pub use check::{Check, Finding, check};
pub use communities::{Communities, CommunityCard, communities};
pub use concept::{Concept, ConceptKind};
pub use draft::{Draft, DraftNote, NamedBeside, Saying, draft};
pub use eval_links::{EvalLinks, EvalRow, RankFigures, eval_links};
pub use eval_search::{EvalSearch, JudgedQuery, Misjudged, SearchFigures, SearchTrial, WantedHit, eval_search};
pub use evidence::{Evidence, Told};
pub use fence::{ModelFailure, UsedModel};
pub use index::{IndexCleared, IndexStatus, Indexed, index_cleared, index_status, indexed};
pub use links::{AllLinks, Elsewhere, LinkLine, Links, Meant, Neighbour, PlaceText, Reached, Scope, all_links, links};
pub use mentions::{
    About, Edit, EditedNote, Edits, Left, MOST_OTHERS, Mention, MentionLimits, Mentions, Unlinked, edits_in, edits_of,
    mentions_in, mentions_of,
};
pub use models::{ModelCard, ModelLine, Models, Parameter, model_card, models};
pub use names::{concept_names, relation_names, tag_names};
pub use nearness::RelatedBy;
pub use note_text::{NoteText, note_text};
pub use overview::{Overview, overview};
pub use path::{Alike, Apart, Around, Island, Path, PathArgument, PathQuestion, PathStep, Route, StepKind, Verdict, path};
pub use related::{DirectLink, Mentioned, Nearby, Related, RelatedConcept, related};
pub use run::{Beside, OfNotes, Ran, RunArgument, RunLimits, RunQuestion, ShownSeries, Sweep, run_model};
pub use search::{Filter, Hit, PartKind, ScorePart, Search, search};
pub use show::{Card, CardField, CardProperty, RelationGroup, Section, TagSuggestion, show};
pub use stats::{Stats, stats};
pub use tags::{TagNotes, Tagged, TaggedNote, Tags, tagged, tags};
pub use wanted::{Wanted, WantedConcept, wanted};

// What questions are made of, and what answers carry of the floors below: a face needs no other door.
pub use crate::graph::{Along, Hubs, PLAIN, Resolution};
pub use crate::index::{Query, QueryError, What};
pub use crate::model::{Measure, Method, Stop};
pub use crate::vault::{FoundBy, Subpath};

use crate::index::IndexError;

/// An answer to any question.
pub enum Answer<'s> {
    /// What this vault is.
    Overview(Overview),
    /// Which concepts speak of something.
    Search(Search),
    /// A concept's card.
    Show(Box<Card>),
    /// A concept's links.
    Links(Links),
    /// Every link of the vault.
    AllLinks(AllLinks<'s>),
    /// How two concepts hang together.
    Path(Path),
    /// Which concepts are related to one.
    Related(Related),
    /// How well links that were taken away are found again.
    EvalLinks(EvalLinks),
    /// How well judged queries find what they should.
    EvalSearch(EvalSearch),
    /// Who speaks of whom without linking to it.
    Mentions(Mentions),
    /// The links that mentions would become.
    Edits(Edits),
    /// Which names nobody wrote yet.
    Wanted(Wanted),
    /// What is said of one of them already.
    Draft(Box<Draft>),
    /// Which concepts belong together.
    Communities(Communities),
    /// Where the vault is thin.
    Bridges(Bridges),
    /// The tags of the vault.
    Tags(Tags),
    /// Which notes have a tag.
    Tagged(Tagged),
    /// What is wrong.
    Check(Check),
    /// How much there is.
    Stats(Stats),
    /// Which models there are.
    Models(Models),
    /// What a model says.
    Model(Box<ModelCard>),
    /// What a model does.
    Run(Box<Ran>),
    /// What bringing up to date what is kept did.
    Indexed(Indexed),
    /// What is kept.
    IndexStatus(IndexStatus),
    /// What was removed of what is kept.
    IndexCleared(IndexCleared),
}

impl Answer<'_> {
    /// Whether there is nothing in the answer; a search without a hit, a concept without such links or without any, a path
    /// that does not exist, a vault without a wanted name or without tags and a tag that nobody has are empty answers.
    pub fn is_empty(&self) -> bool {
        match self {
            Answer::Search(search) => search.hits.is_empty(),
            Answer::Path(path) => path.is_empty(),
            Answer::Related(related) => related.concepts.is_empty(),
            Answer::EvalLinks(eval) => eval.questions == 0,
            Answer::EvalSearch(eval) => eval.queries.is_empty(),
            Answer::Mentions(mentions) => mentions.mentions.is_empty(),
            Answer::Edits(edits) => edits.edits.is_empty(),
            Answer::Wanted(wanted) => wanted.concepts.is_empty(),
            Answer::Communities(found) => found.communities.is_empty(),
            Answer::Bridges(bridges) => bridges.is_empty(),
            Answer::Tags(tags) => tags.tags.is_empty(),
            Answer::Tagged(tagged) => tagged.notes.is_empty(),
            Answer::AllLinks(links) => links.is_empty(),
            Answer::Links(links) => links.is_empty(),
            Answer::Models(models) => models.models.is_empty(),
            Answer::Model(_) | Answer::Run(_) | Answer::Draft(_) => false,
            Answer::Overview(_) | Answer::Show(_) | Answer::Check(_) | Answer::Stats(_) => false,
            Answer::Indexed(_) | Answer::IndexStatus(_) | Answer::IndexCleared(_) => false,
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No concept has this name.
    #[error("no concept is called \"{name}\"")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest names there are, best first.
        nearest: Vec<String>,
    },
    /// Several concepts have this name.
    #[error("{total} concepts are called \"{name}\"")]
    Ambiguous {
        /// The name asked for.
        name: String,
        /// The first of them, in path order.
        candidates: Vec<Concept>,
        /// How many there are.
        total: usize,
    },
    /// The name is a file's that is no note.
    #[error("{name} is an attachment, not a concept")]
    Attachment {
        /// Its path.
        name: String,
    },
    /// The concept is written; there is nothing to draft.
    #[error("\"{}\" is written", concept.name)]
    Written {
        /// The concept.
        concept: Concept,
    },
    /// The concept carries no model.
    #[error("\"{}\" carries no model", concept.name)]
    NoModel {
        /// The concept.
        concept: Concept,
    },
    /// The concept carries models, none of this name.
    #[error("\"{}\" carries no model \"{model}\"", concept.name)]
    UnknownModel {
        /// The concept.
        concept: Concept,
        /// The name.
        model: String,
        /// The models it carries.
        models: Vec<String>,
    },
    /// What a run was asked for is none.
    #[error(transparent)]
    RunArgument(#[from] RunArgument),
    /// What is asked of a path contradicts itself, or names what is not there.
    #[error(transparent)]
    PathArgument(#[from] PathArgument),
    /// The model fails.
    #[error(transparent)]
    Model(Box<ModelFailure>),
    /// Nobody wrote the concept yet, so that it says nothing.
    #[error("nobody wrote \"{}\" yet", concept.name)]
    Unwritten {
        /// The concept.
        concept: Concept,
    },
    /// The snapshot was opened without its mentions.
    #[error("this snapshot has no mentions")]
    NoMentions,
    /// The snapshot was opened without its full text.
    #[error("this snapshot has no full text")]
    NoText,
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<ModelFailure> for AskError {
    fn from(failure: ModelFailure) -> Self {
        AskError::Model(Box::new(failure))
    }
}
