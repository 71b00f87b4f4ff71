//! Answers for programs: the wire structs, all of them, and the version of their schema.
//!
//! Keys only ever get added. Output depends on the question and the vault alone: no times, no paths of the machine, no
//! terminal; but `index` says where it keeps things and since when. `schema.json` beside this file describes it, and a test holds the two together.

mod bridges;
mod communities;
mod draft;
mod eval;
mod mentions;
mod models;
mod path;
mod related;

use super::paint::commands_terminal;
use super::problem::{hint, message, severity_name};
use crate::answer::{
    Answer, Card, CardField, Check, Concept, Elsewhere, Evidence, Hit, IndexCleared, IndexStatus, Indexed, LinkLine, Links,
    Meant, Neighbour, PlaceText, Reached, RelationGroup, ScorePart, Search, Stats, Subpath, TagNotes, Tagged, TaggedNote, Tags,
    Told, Wanted, WantedConcept,
};
use crate::note::{Passage, Problem, Wrong};
use serde::Serialize;
use std::io::{self, Write};

/// The name and version of the schema, in every object but the lines of `links --all`.
pub const SCHEMA: &str = "resonote/1";

/// Writes an answer as one line of JSON; links of a whole vault as a line each.
///
/// # Errors
/// When the stream cannot be written.
pub fn json(answer: &Answer<'_>, vault: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |verb, body: Body<'_>| write_line(&Envelope { schema: SCHEMA, verb, vault, body }, out);
    match answer {
        Answer::Overview(overview) => {
            let most_linked =
                overview.most_linked.iter().map(|(concept, links)| MostLinked { concept: concept.into(), links: *links });
            line("overview", Body::Overview { stats: StatsWire::from(&overview.stats), most_linked: most_linked.collect() })
        }
        Answer::Search(search) => line("search", Body::Search(search.into())),
        Answer::Show(card) => line("show", Body::Show(CardWire::from(&**card))),
        Answer::Links(links) => line("links", Body::Links(links.into())),
        Answer::Path(path) => line("path", Body::Path(path.into())),
        Answer::EvalLinks(eval) => line("eval links", Body::EvalLinks(eval.into())),
        Answer::EvalSearch(eval) => line("eval search", Body::EvalSearch(eval.into())),
        Answer::Related(related) => line("related", Body::Related(related.into())),
        Answer::Mentions(mentions) => line("mentions", Body::Mentions(mentions.into())),
        Answer::Edits(edits) => line("mentions", Body::Edits(edits.into())),
        Answer::Wanted(wanted) => line("wanted", Body::Wanted(wanted.into())),
        Answer::Draft(draft) => line("wanted", Body::Draft((&**draft).into())),
        Answer::Communities(found) => line("communities", Body::Communities(found.into())),
        Answer::Bridges(bridges) => line("bridges", Body::Bridges(bridges.into())),
        Answer::Tags(tags) => line("tags", Body::Tags(tags.into())),
        Answer::Tagged(tagged) => line("tags", Body::Tagged(tagged.into())),
        Answer::Check(check) => line("check", Body::Check(check.into())),
        Answer::Stats(stats) => line("stats", Body::Stats(stats.into())),
        Answer::Indexed(indexed) => line("index", Body::Indexed(indexed.into())),
        Answer::IndexStatus(status) => line("index", Body::IndexStatus(status.into())),
        Answer::IndexCleared(cleared) => line("index", Body::IndexCleared(cleared.into())),
        Answer::Models(models) => line("models", Body::Models(models.into())),
        Answer::Model(card) => line("model", Body::Model((&**card).into())),
        Answer::Run(ran) => line("run", Body::Run((&**ran).into())),
        Answer::AllLinks(links) => links.iter().try_for_each(|link| write_line(&LinkWire::from(&link), out)),
    }
}

/// Writes an error as one line of JSON.
///
/// # Errors
/// When the stream cannot be written.
pub fn error_json(kind: &str, message: &str, hints: &[String], out: &mut dyn Write) -> io::Result<()> {
    let error = ErrorWire { schema: SCHEMA, error: ErrorBody { kind, message, hints } };
    write_line(&error, out)
}

/// What the program says of itself; no vault is asked for it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Page<'a> {
    /// A script for a shell.
    Completions {
        /// The shell.
        shell: &'a str,
        /// What it is to read.
        script: &'a str,
    },
    /// A manual page.
    Man {
        /// The verb; none for the program.
        topic: Option<&'a str>,
        /// The page, in roff.
        page: &'a str,
    },
    /// A text of help.
    Help {
        /// A verb, or a word such as `settings`; none for the program.
        topic: Option<&'a str>,
        /// The text.
        text: &'a str,
    },
}

/// Writes a page as one line of JSON.
///
/// # Errors
/// When the stream cannot be written.
pub fn page_json(page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
    let verb = match page {
        Page::Completions { .. } => "completions",
        Page::Man { .. } => "man",
        Page::Help { .. } => "help",
    };
    write_line(&PageWire { schema: SCHEMA, verb, vault: (), body: page }, out)
}

fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Escaping))?;
    out.write_all(b"\n")
}

/// Compact JSON in which nothing commands a terminal: JSON itself lets the controls above U+007E pass, and the marks that
/// turn the direction of writing.
struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut from = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| commands_terminal(*c)) {
            out.write_all(&fragment.as_bytes()[from..at])?;
            write!(out, "\\u{:04x}", u32::from(c))?;
            from = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[from..])
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    schema: &'static str,
    verb: &'static str,
    vault: &'a str,
    #[serde(flatten)]
    body: Body<'a>,
}

/// As an envelope, of no vault.
#[derive(Serialize)]
struct PageWire<'a> {
    schema: &'static str,
    verb: &'static str,
    vault: (),
    #[serde(flatten)]
    body: &'a Page<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Overview {
        #[serde(flatten)]
        stats: StatsWire,
        most_linked: Vec<MostLinked<'a>>,
    },
    Search(SearchWire<'a>),
    Show(CardWire<'a>),
    Links(LinksWire<'a>),
    Path(path::PathWire<'a>),
    Related(related::RelatedWire<'a>),
    EvalLinks(eval::EvalLinksWire),
    EvalSearch(eval::EvalSearchWire<'a>),
    Mentions(mentions::MentionsWire<'a>),
    Edits(mentions::EditsWire<'a>),
    Wanted(WantedWire<'a>),
    Draft(draft::DraftWire<'a>),
    Communities(communities::CommunitiesWire<'a>),
    Bridges(bridges::BridgesWire<'a>),
    Tags(TagsWire<'a>),
    Tagged(TaggedWire<'a>),
    Check(CheckWire<'a>),
    Stats(StatsWire),
    Indexed(IndexedWire),
    IndexStatus(IndexStatusWire<'a>),
    IndexCleared(IndexClearedWire<'a>),
    Models(models::ModelsWire<'a>),
    Model(models::CardWire<'a>),
    Run(models::RunWire<'a>),
}

#[derive(Serialize)]
struct IndexedWire {
    notes: usize,
    concepts: usize,
    links: usize,
    notes_read: usize,
    notes_indexed: usize,
    kept: bool,
}

impl From<&Indexed> for IndexedWire {
    fn from(indexed: &Indexed) -> Self {
        let Indexed { notes, concepts, links, notes_read, notes_indexed, is_kept } = *indexed;
        IndexedWire { notes, concepts, links, notes_read, notes_indexed, kept: is_kept }
    }
}

#[derive(Serialize)]
struct IndexStatusWire<'a> {
    folder: &'a str,
    bytes: u64,
    version: u32,
    graph: KeptWire<'a>,
    text: KeptWire<'a>,
    mentions: KeptWire<'a>,
    since: Option<&'a str>,
}

#[derive(Serialize)]
struct KeptWire<'a> {
    state: &'static str,
    why: Option<&'a str>,
}

impl<'a> From<&'a IndexStatus> for IndexStatusWire<'a> {
    fn from(status: &'a IndexStatus) -> Self {
        let kept = |(state, why): &'a (&'static str, Option<String>)| KeptWire { state, why: why.as_deref() };
        IndexStatusWire {
            folder: &status.folder,
            bytes: status.bytes,
            version: status.version,
            graph: kept(&status.graph),
            text: kept(&status.text),
            mentions: kept(&status.mentions),
            since: status.since.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct IndexClearedWire<'a> {
    cleared: &'a [String],
    bytes: u64,
    busy: &'a [String],
}

impl<'a> From<&'a IndexCleared> for IndexClearedWire<'a> {
    fn from(cleared: &'a IndexCleared) -> Self {
        IndexClearedWire { cleared: &cleared.folders, bytes: cleared.bytes, busy: &cleared.busy }
    }
}

#[derive(Serialize)]
struct ErrorWire<'a> {
    schema: &'static str,
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    kind: &'a str,
    message: &'a str,
    hints: &'a [String],
}

/// A concept: its name, its note or null, whether it is written.
#[derive(Serialize)]
struct ConceptWire<'a> {
    concept: &'a str,
    note_path: Option<&'a str>,
    kind: &'static str,
}

impl<'a> From<&'a Concept> for ConceptWire<'a> {
    fn from(concept: &'a Concept) -> Self {
        ConceptWire {
            concept: &concept.name,
            note_path: concept.note_path.as_ref().map(|path| path.as_str()),
            kind: concept.kind().name(),
        }
    }
}

/// A passage's marks as ranges of characters, end excluded.
fn marks(passage: &Passage) -> Vec<[usize; 2]> {
    let characters = |to: usize| passage.text[..to].chars().count();
    passage.marks.iter().map(|mark| [characters(mark.start), characters(mark.end)]).collect()
}

#[derive(Serialize)]
struct StatsWire {
    notes: usize,
    attachments: usize,
    wanted: usize,
    links: usize,
    links_resolved: usize,
    links_unresolved: usize,
    links_ambiguous: usize,
    links_external: usize,
    pairs: usize,
    isolated: usize,
    components: usize,
    largest_component: usize,
    tags: usize,
    models: usize,
    problems: usize,
    left_out_folders: u64,
    left_out_links: u64,
    left_out_excluded: u64,
}

impl From<&Stats> for StatsWire {
    fn from(stats: &Stats) -> Self {
        StatsWire {
            notes: stats.notes,
            attachments: stats.attachments,
            wanted: stats.wanted,
            links: stats.links,
            links_resolved: stats.links_resolved,
            links_unresolved: stats.links_unresolved,
            links_ambiguous: stats.links_ambiguous,
            links_external: stats.links_external,
            pairs: stats.shape.pairs,
            isolated: stats.shape.isolated,
            components: stats.shape.components,
            largest_component: stats.shape.largest_component,
            tags: stats.tags,
            models: stats.models,
            problems: stats.problems,
            left_out_folders: stats.left_out.folders,
            left_out_links: stats.left_out.links,
            left_out_excluded: stats.left_out.excluded,
        }
    }
}

#[derive(Serialize)]
struct MostLinked<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    links: usize,
}

#[derive(Serialize)]
struct SearchWire<'a> {
    query: QueryWire<'a>,
    total: usize,
    hits: Vec<HitWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_out: Option<usize>,
    nearest: &'a [String],
}

#[derive(Serialize)]
struct QueryWire<'a> {
    raw: &'a str,
    corrected: Option<&'a str>,
    corrections: Vec<CorrectionWire<'a>>,
}

#[derive(Serialize)]
struct CorrectionWire<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct HitWire<'a> {
    rank: usize,
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    line: Option<u32>,
    score: f64,
    by_name: bool,
    headings: &'a [String],
    excerpt: &'a str,
    matches: Vec<[usize; 2]>,
    models: usize,
    places: usize,
    copies: Vec<ConceptWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Vec<ScorePartWire<'a>>>,
}

#[derive(Serialize)]
struct ScorePartWire<'a> {
    kind: &'static str,
    text: &'a str,
    adds: f64,
    in_passage: u32,
    fields: &'a [&'static str],
    notes: Option<usize>,
    of_notes: Option<usize>,
}

impl<'a> From<&'a ScorePart> for ScorePartWire<'a> {
    fn from(part: &'a ScorePart) -> Self {
        ScorePartWire {
            kind: part.kind.name(),
            text: &part.text,
            adds: part.points(),
            in_passage: part.in_passage,
            fields: &part.fields,
            notes: part.notes.map(|(holding, _)| holding),
            of_notes: part.notes.map(|(_, all)| all),
        }
    }
}

impl<'a> From<&'a Search> for SearchWire<'a> {
    fn from(search: &'a Search) -> Self {
        let hit = |(at, hit): (usize, &'a Hit)| HitWire {
            rank: at + 1,
            concept: (&hit.concept).into(),
            line: hit.line,
            score: hit.score,
            by_name: hit.by_name,
            headings: &hit.trail,
            excerpt: &hit.excerpt.text,
            matches: marks(&hit.excerpt),
            models: hit.models,
            places: hit.places,
            copies: hit.copies.iter().map(ConceptWire::from).collect(),
            explanation: hit.explanation.as_ref().map(|parts| parts.iter().map(ScorePartWire::from).collect()),
        };
        let hits = search.hits.iter().enumerate().map(hit).collect();
        let corrections = search.corrections.iter().map(|(from, to)| CorrectionWire { from, to }).collect();
        let query = QueryWire { raw: &search.query, corrected: search.corrected.as_deref(), corrections };
        let kept_out = (search.kept_out > 0).then_some(search.kept_out);
        SearchWire { query, total: search.total, hits, kept_out, nearest: &search.nearest }
    }
}

#[derive(Serialize)]
struct CardWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    aliases: &'a [String],
    tags: &'a [String],
    properties: Vec<PropertyWire<'a>>,
    fields: Vec<FieldWire<'a>>,
    provenance: &'a [String],
    suggestions: Vec<SuggestionWire<'a>>,
    first_paragraph: &'a str,
    outline: Vec<SectionWire<'a>>,
    models: usize,
    carries: Vec<CarriedWire<'a>>,
    links: Vec<GroupWire<'a>>,
    backlinks: Vec<GroupWire<'a>>,
    problems: Vec<ProblemWire<'a>>,
}

#[derive(Serialize)]
struct CarriedWire<'a> {
    model: &'a str,
    title: Option<&'a str>,
    line: u32,
}

#[derive(Serialize)]
struct PropertyWire<'a> {
    key: &'a str,
    values: &'a [String],
    utc: Option<&'a str>,
}

#[derive(Serialize)]
struct FieldWire<'a> {
    name: &'a str,
    key: &'a str,
    line: u32,
    values: Vec<FieldValueWire<'a>>,
}

#[derive(Serialize)]
struct FieldValueWire<'a> {
    kind: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct SuggestionWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    tag: &'a str,
}

impl<'a> From<&'a CardField> for FieldWire<'a> {
    fn from(field: &'a CardField) -> Self {
        let values = field.values.iter().map(|(kind, text)| FieldValueWire { kind: kind.name(), text });
        FieldWire { name: &field.name, key: &field.key, line: field.line, values: values.collect() }
    }
}

#[derive(Serialize)]
struct SectionWire<'a> {
    level: u8,
    text: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct GroupWire<'a> {
    relation: &'a str,
    concepts: Vec<ConceptWire<'a>>,
}

impl<'a> From<&'a RelationGroup> for GroupWire<'a> {
    fn from(group: &'a RelationGroup) -> Self {
        GroupWire { relation: &group.relation, concepts: group.concepts.iter().map(Into::into).collect() }
    }
}

impl<'a> From<&'a Card> for CardWire<'a> {
    fn from(card: &'a Card) -> Self {
        let note_path = card.concept.note_path.as_ref().map_or("", |path| path.as_str());
        CardWire {
            concept: (&card.concept).into(),
            aliases: &card.aliases,
            tags: &card.tags,
            properties: card
                .properties
                .iter()
                .map(|it| PropertyWire { key: &it.key, values: &it.values, utc: it.utc.as_deref() })
                .collect(),
            fields: card.fields.iter().map(Into::into).collect(),
            provenance: &card.provenance,
            suggestions: card
                .suggestions
                .iter()
                .map(|it| SuggestionWire { concept: (&it.concept).into(), tag: &it.tag })
                .collect(),
            first_paragraph: &card.first_paragraph.text,
            outline: card.outline.iter().map(|it| SectionWire { level: it.level, text: &it.text, line: it.line }).collect(),
            models: card.models.len(),
            carries: card
                .models
                .iter()
                .map(|it| CarriedWire { model: &it.model, title: it.title.as_deref(), line: it.line })
                .collect(),
            links: card.links.iter().map(Into::into).collect(),
            backlinks: card.backlinks.iter().map(Into::into).collect(),
            problems: card.problems.iter().map(|problem| ProblemWire::new(note_path, problem)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ProblemWire<'a> {
    note_path: &'a str,
    line: u32,
    column: u32,
    severity: &'static str,
    kind: &'static str,
    message: Message<'a>,
    hint: Option<&'static str>,
}

/// What is wrong in words, made as it is written: a hundred thousand sentences need not be there at once.
struct Message<'a>(&'a Wrong);

impl Serialize for Message<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&message(self.0))
    }
}

impl<'a> ProblemWire<'a> {
    fn new(note_path: &'a str, problem: &'a Problem) -> Self {
        let (place, what) = (problem.place, &problem.what);
        let severity = severity_name(what.severity());
        ProblemWire {
            note_path,
            line: place.line,
            column: place.column,
            severity,
            kind: what.code(),
            message: Message(what),
            hint: hint(what),
        }
    }
}

#[derive(Serialize)]
struct CheckWire<'a> {
    notes: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fails: bool,
    total: usize,
    problems: Vec<ProblemWire<'a>>,
}

impl<'a> From<&'a Check> for CheckWire<'a> {
    fn from(check: &'a Check) -> Self {
        let problem = |finding: &'a crate::answer::Finding| ProblemWire::new(finding.note_path.as_str(), &finding.problem);
        CheckWire {
            notes: check.notes,
            errors: check.errors,
            warnings: check.warnings,
            infos: check.infos,
            fails: check.fails,
            total: check.findings.len(),
            problems: check.findings.iter().map(problem).collect(),
        }
    }
}

#[derive(Serialize)]
struct LinksWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    outgoing: Option<Vec<NeighbourWire<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backlinks: Option<Vec<NeighbourWire<'a>>>,
    elsewhere: Vec<ElsewhereWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<Vec<ReachedWire<'a>>>,
}

#[derive(Serialize)]
struct NeighbourWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    relation: &'a str,
    places: Vec<PlaceWire<'a>>,
}

#[derive(Serialize)]
struct PlaceWire<'a> {
    note_path: &'a str,
    line: u32,
    column: u32,
    kind: &'static str,
    text: &'a str,
    matches: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct ElsewhereWire<'a> {
    kind: &'static str,
    target: Option<&'a str>,
    place: PlaceWire<'a>,
}

#[derive(Serialize)]
struct ReachedWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    depth: usize,
    from: &'a str,
}

impl<'a> From<&'a PlaceText> for PlaceWire<'a> {
    fn from(place: &'a PlaceText) -> Self {
        PlaceWire {
            note_path: place.note_path.as_str(),
            line: place.line,
            column: place.column,
            kind: place.kind.name(),
            text: &place.text.text,
            matches: marks(&place.text),
        }
    }
}

impl<'a> From<&'a Neighbour> for NeighbourWire<'a> {
    fn from(neighbour: &'a Neighbour) -> Self {
        let places = neighbour.places.iter().map(Into::into).collect();
        NeighbourWire { concept: (&neighbour.concept).into(), relation: &neighbour.relation, places }
    }
}

impl<'a> From<&'a Links> for LinksWire<'a> {
    fn from(links: &'a Links) -> Self {
        let neighbours =
            |list: &'a Option<Vec<Neighbour>>| list.as_ref().map(|list| list.iter().map(NeighbourWire::from).collect::<Vec<_>>());
        let elsewhere = |it: &'a Elsewhere| {
            let (kind, target) = meant(&it.meant);
            ElsewhereWire { kind, target, place: (&it.place).into() }
        };
        let reached = |it: &'a Reached| ReachedWire { concept: (&it.concept).into(), depth: it.depth, from: &it.from.name };
        let count = |list: &Option<Vec<Neighbour>>| list.as_ref().map_or(0, Vec::len);
        LinksWire {
            concept: (&links.concept).into(),
            total: count(&links.outgoing) + count(&links.backlinks),
            outgoing: neighbours(&links.outgoing),
            backlinks: neighbours(&links.backlinks),
            elsewhere: links.elsewhere.iter().map(elsewhere).collect(),
            reached: links.reached.as_ref().map(|list| list.iter().map(reached).collect()),
        }
    }
}

/// The word for what a link means, and its path, name or address.
fn meant(meant: &Meant) -> (&'static str, Option<&str>) {
    match meant {
        Meant::Note(path) => ("note", Some(path.as_str())),
        Meant::Attachment(path) => ("attachment", Some(path.as_str())),
        Meant::Wanted(name) => ("wanted", Some(name)),
        Meant::Ambiguous => ("ambiguous", None),
        Meant::Outside => ("outside", None),
        Meant::External(address) => ("external", Some(address)),
    }
}

#[derive(Serialize)]
struct LinkWire<'a> {
    source: &'a str,
    line: u32,
    column: u32,
    written: &'a str,
    target: Option<&'a str>,
    target_kind: &'static str,
    wanted: Option<&'a str>,
    relation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    kind: &'static str,
    found_by: &'static str,
    subpath: Option<&'a str>,
    subpath_found: Option<bool>,
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<CandidatesWire<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_comment: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_property_text: bool,
}

#[derive(Serialize)]
struct CandidatesWire<'a> {
    total: usize,
    note_paths: Vec<&'a str>,
}

impl<'a> From<&'a LinkLine> for LinkWire<'a> {
    fn from(link: &'a LinkLine) -> Self {
        let (target_kind, named) = meant(&link.meant);
        let is_file = matches!(link.meant, Meant::Note(_) | Meant::Attachment(_));
        let found = |state: Subpath| match state {
            Subpath::Heading | Subpath::Block => Some(true),
            Subpath::Missing => Some(false),
            Subpath::None | Subpath::Text => None,
        };
        let candidates = link.candidates.as_ref();
        LinkWire {
            source: link.source.as_str(),
            line: link.line,
            column: link.column,
            written: &link.written,
            target: named.filter(|_| is_file),
            target_kind,
            wanted: named.filter(|_| matches!(link.meant, Meant::Wanted(_))),
            relation: &link.relation,
            context: link.context.as_deref(),
            kind: link.kind.name(),
            found_by: link.found_by.name(),
            subpath: link.subpath.as_ref().map(|(subpath, _)| subpath.as_str()),
            subpath_found: link.subpath.as_ref().and_then(|(_, state)| found(*state)),
            label: link.label.as_deref(),
            size: link.size.as_deref(),
            candidates: candidates.map(|(files, total)| CandidatesWire {
                total: *total,
                note_paths: files.iter().map(|path| path.as_str()).collect(),
            }),
            in_comment: link.in_comment,
            in_property_text: link.in_property_text,
        }
    }
}

#[derive(Serialize)]
struct EvidenceWire<'a> {
    note_path: &'a str,
    line: u32,
    sentence: Option<&'a str>,
    matches: Vec<[usize; 2]>,
    borrowed: bool,
}

impl<'a> From<&'a Evidence> for EvidenceWire<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        let passage = evidence.told.passage();
        EvidenceWire {
            note_path: evidence.note_path.as_str(),
            line: evidence.line,
            sentence: passage.map(|passage| passage.text.as_str()),
            matches: passage.map_or(Vec::new(), marks),
            borrowed: matches!(evidence.told, Told::Borrowed(_)),
        }
    }
}

#[derive(Serialize)]
struct WantedWire<'a> {
    total: usize,
    wanted: Vec<WantedConceptWire<'a>>,
}

#[derive(Serialize)]
struct WantedConceptWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    score: f64,
    spread: usize,
    notes: usize,
    links: usize,
    places: Vec<PlaceWire<'a>>,
}

impl<'a> From<&'a Wanted> for WantedWire<'a> {
    fn from(wanted: &'a Wanted) -> Self {
        let concept = |it: &'a WantedConcept| WantedConceptWire {
            concept: (&it.concept).into(),
            score: it.score,
            spread: it.spread,
            notes: it.notes,
            links: it.links,
            places: it.places.iter().map(Into::into).collect(),
        };
        WantedWire { total: wanted.total, wanted: wanted.concepts.iter().map(concept).collect() }
    }
}

#[derive(Serialize)]
struct TagsWire<'a> {
    total: usize,
    tags: Vec<TagWire<'a>>,
}

#[derive(Serialize)]
struct TagWire<'a> {
    tag: &'a str,
    notes: usize,
    own: usize,
    depth: usize,
}

#[derive(Serialize)]
struct TaggedWire<'a> {
    tag: &'a str,
    total: usize,
    notes: Vec<TaggedNoteWire<'a>>,
    below: Vec<BelowWire<'a>>,
}

#[derive(Serialize)]
struct TaggedNoteWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    tags: &'a [String],
}

#[derive(Serialize)]
struct BelowWire<'a> {
    tag: &'a str,
    notes: usize,
}

impl<'a> From<&'a Tags> for TagsWire<'a> {
    fn from(tags: &'a Tags) -> Self {
        let tag = |it: &'a TagNotes| TagWire { tag: &it.tag, notes: it.notes, own: it.own, depth: it.depth };
        TagsWire { total: tags.total, tags: tags.tags.iter().map(tag).collect() }
    }
}

impl<'a> From<&'a Tagged> for TaggedWire<'a> {
    fn from(tagged: &'a Tagged) -> Self {
        let note = |it: &'a TaggedNote| TaggedNoteWire { concept: (&it.concept).into(), tags: &it.tags };
        let below = |it: &'a TagNotes| BelowWire { tag: &it.tag, notes: it.notes };
        TaggedWire {
            tag: &tagged.tag,
            total: tagged.total,
            notes: tagged.notes.iter().map(note).collect(),
            below: tagged.below.iter().map(below).collect(),
        }
    }
}
