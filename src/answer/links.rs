//! A concept's links with the sentence of each place, what lies around it, and every link of the vault one by one.

use super::AskError;
use super::concept::{Concept, describe, named};
use super::evidence::Quoted;
use crate::graph::{Along, ConceptId, LinkAt, Linked, PLAIN};
use crate::note::{Kind, Link, NotePath, Passage, Target, clip, relation_name};
use crate::snapshot::Snapshot;
use crate::vault::{FoundBy, Meaning, Resolved, Subpath};
use rayon::prelude::*;

/// Which of a concept's links are asked for.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Which way they point.
    pub along: Along,
    /// Only of this relation, by any spelling of its name.
    pub relation: Option<String>,
    /// How many steps away concepts are listed; 1 is the links themselves.
    pub depth: usize,
}

/// A concept's links.
#[derive(Clone, Debug, PartialEq)]
pub struct Links {
    /// The concept.
    pub concept: Concept,
    /// Whom it links; none if only backlinks were asked for.
    pub outgoing: Option<Vec<Neighbour>>,
    /// Who links it; none if only outgoing links were asked for.
    pub backlinks: Option<Vec<Neighbour>>,
    /// What else it links: attachments, addresses, names that several notes claim.
    pub elsewhere: Vec<Elsewhere>,
    /// The concepts at most `depth` steps away, for a depth of 2 or more.
    pub reached: Option<Vec<Reached>>,
}

/// A concept at the other end of links of one relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// The concept.
    pub concept: Concept,
    /// The folded name of the relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// Where the links stand.
    pub places: Vec<PlaceText>,
}

/// A link's place and what is said there.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceText {
    /// The note the link stands in.
    pub note_path: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How it stands there.
    pub kind: Kind,
    /// The sentence around it, the link marked; where there is none, the link as written.
    pub text: Passage,
}

/// A link to something that is no concept.
#[derive(Clone, Debug, PartialEq)]
pub struct Elsewhere {
    /// What it means.
    pub meant: Meant,
    /// Where it stands.
    pub place: PlaceText,
}

/// A concept around another.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The concept.
    pub concept: Concept,
    /// How many steps away.
    pub depth: usize,
    /// The concept one step nearer it was reached from.
    pub from: Concept,
}

/// The links of a concept.
///
/// # Errors
/// When no concept, or more than one, has the name.
pub fn links(snapshot: &Snapshot, name: &str, scope: &Scope) -> Result<Links, AskError> {
    let id = named(snapshot, name)?;
    let graph = snapshot.graph();
    let relation = scope.relation.as_deref().map(relation_name);
    let of_relation = |name: &str| relation.as_deref().is_none_or(|relation| relation == name);
    let edges = |edges: Vec<Linked<'_>>| -> Vec<_> {
        edges.into_iter().filter(|edge| of_relation(&edge.relation.name)).map(own).collect()
    };
    let outgoing = (scope.along != Along::Backlinks).then(|| edges(graph.outgoing(id)));
    // What both ends of a sequence say stands among the outgoing links already, if those are asked for.
    let is_shown = |edge: &Linked<'_>| edge.is_shared && edge.relation.inverse().is_some_and(of_relation);
    let is_new = |edge: &Linked<'_>| scope.along != Along::Both || !is_shown(edge);
    let backlinks = (scope.along != Along::Outgoing).then(|| edges(graph.backlinks(id).into_iter().filter(is_new).collect()));
    let elsewhere = if scope.along == Along::Backlinks { Vec::new() } else { elsewhere(snapshot, id, &of_relation) };
    let all = outgoing.iter().chain(&backlinks).flatten().flat_map(|edge| edge.3.iter().copied());
    let mut quoted = Quoted::read(snapshot, all.chain(elsewhere.iter().map(|(_, place)| *place)));
    let neighbours = |quoted: &mut Quoted<'_>, edges: Vec<Edge>, outgoing: bool| {
        let neighbour = |(source, target, (relation, spelling), places): Edge| Neighbour {
            concept: describe(snapshot, if outgoing { target } else { source }),
            relation,
            spelling,
            places: places.into_iter().map(|place| place_text(snapshot, quoted, place)).collect(),
        };
        edges.into_iter().map(neighbour).collect::<Vec<_>>()
    };
    let around = |(concept, depth, from)| Reached { concept: describe(snapshot, concept), depth, from: describe(snapshot, from) };
    Ok(Links {
        concept: describe(snapshot, id),
        outgoing: outgoing.map(|edges| neighbours(&mut quoted, edges, true)),
        backlinks: backlinks.map(|edges| neighbours(&mut quoted, edges, false)),
        elsewhere: elsewhere
            .into_iter()
            .map(|(meant, place)| Elsewhere { meant, place: place_text(snapshot, &mut quoted, place) })
            .collect(),
        reached: (scope.depth > 1)
            .then(|| graph.within(id, scope.depth, scope.along, relation.as_deref()).into_iter().map(around).collect()),
    })
}

impl Links {
    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        let none = |list: &Option<Vec<Neighbour>>| list.as_ref().is_none_or(Vec::is_empty);
        let reaches_none = self.reached.as_ref().is_none_or(Vec::is_empty);
        none(&self.outgoing) && none(&self.backlinks) && self.elsewhere.is_empty() && reaches_none
    }
}

/// Source, target, relation and places of an edge, owned.
type Edge = (ConceptId, ConceptId, (String, String), Vec<LinkAt>);

fn own(edge: Linked<'_>) -> Edge {
    let relation = (edge.relation.name.to_string(), edge.relation.spelling.to_string());
    (edge.source, edge.target, relation, edge.places.to_vec())
}

fn elsewhere(snapshot: &Snapshot, id: ConceptId, of_relation: &dyn Fn(&str) -> bool) -> Vec<(Meant, LinkAt)> {
    let vault = snapshot.vault();
    if id.0 as usize >= vault.len() {
        return Vec::new();
    }
    let is_elsewhere = |at: usize| {
        let is_concept = matches!(vault.resolved(at).meaning, Meaning::Note(_) | Meaning::Wanted(_));
        !is_concept && of_relation(&relation_name_of(vault.relation(at).as_deref()))
    };
    let links: Vec<usize> = vault.links(id.0).enumerate().filter(|(_, at)| is_elsewhere(*at)).map(|(link, _)| link).collect();
    if links.is_empty() {
        return Vec::new();
    }
    let (reread, first) = (vault.read(id.0), vault.links(id.0).start);
    let meant = |link: usize| {
        let written = vault.link_in(&reread, id.0, link as u32)?;
        Some((meant(snapshot, written, &vault.resolved(first + link)), LinkAt { note: id.0, link: link as u32 }))
    };
    links.into_iter().filter_map(meant).collect()
}

/// The place of a link and the sentence around it.
pub(super) fn place_text(snapshot: &Snapshot, quoted: &mut Quoted<'_>, at: LinkAt) -> PlaceText {
    let quote = quoted.quote(at);
    let text = quote.sentence.unwrap_or(Passage { text: quote.written, marks: Vec::new() });
    PlaceText { note_path: snapshot.vault().path(at.note), line: quote.line, column: quote.column, kind: quote.kind, text }
}

fn relation_name_of(key: Option<&str>) -> String {
    key.map_or_else(|| PLAIN.to_owned(), relation_name)
}

/// What one link means, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// A note.
    Note(NotePath),
    /// A file that is no note.
    Attachment(NotePath),
    /// A concept nobody wrote yet.
    Wanted(String),
    /// Several notes claim the name.
    Ambiguous,
    /// A path that leaves the vault.
    Outside,
    /// An address.
    External(String),
}

fn meant(snapshot: &Snapshot, link: &Link, resolved: &Resolved) -> Meant {
    let vault = snapshot.vault();
    match resolved.meaning {
        Meaning::Note(number) => Meant::Note(vault.path(number)),
        Meaning::Attachment(number) => Meant::Attachment(vault.attachment(number)),
        Meaning::Wanted(number) => Meant::Wanted(clip(&vault.wanted_name(number)).into_owned()),
        Meaning::Ambiguous => Meant::Ambiguous,
        Meaning::Outside => Meant::Outside,
        Meaning::External => match link.target() {
            Target::External(address) => Meant::External(clip(address).into_owned()),
            Target::Internal { path, .. } => Meant::External(clip(&path).into_owned()),
        },
    }
}

/// Every internal link of a vault, one after the other.
pub struct AllLinks<'s> {
    snapshot: &'s Snapshot,
    relation: Option<String>,
}

/// One link of the vault.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkLine {
    /// The note it stands in.
    pub source: NotePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The token as written.
    pub written: String,
    /// Whom it means.
    pub meant: Meant,
    /// The subpath as written and what became of it.
    pub subpath: Option<(String, Subpath)>,
    /// The words shown in its place.
    pub label: Option<String>,
    /// The size an attachment is shown at.
    pub size: Option<String>,
    /// The folded name of its relation.
    pub relation: String,
    /// What the writing adds to the relation.
    pub context: Option<String>,
    /// How it stands in the note.
    pub kind: Kind,
    /// By what it was found.
    pub found_by: FoundBy,
    /// All who could have been meant, best first, where there were several, and how many.
    pub candidates: Option<(Vec<NotePath>, usize)>,
    /// Whether it stands in a comment.
    pub in_comment: bool,
    /// Whether it stands among the words of a property.
    pub in_property_text: bool,
}

/// Every link of the vault, of one relation if asked.
pub fn all_links<'s>(snapshot: &'s Snapshot, relation: Option<&str>) -> AllLinks<'s> {
    AllLinks { snapshot, relation: relation.map(relation_name) }
}

/// So many notes are read again at a time, on every core.
const NOTES_AT_A_TIME: u32 = 1_024;

impl AllLinks<'_> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        let vault = self.snapshot.vault();
        !(0..vault.all_links()).any(|link| self.is_asked(link))
    }

    fn is_asked(&self, link: usize) -> bool {
        let vault = self.snapshot.vault();
        let of_relation = |relation: &str| *relation == *relation_name_of(vault.relation(link).as_deref());
        vault.resolved(link).meaning != Meaning::External && self.relation.as_deref().is_none_or(of_relation)
    }

    /// The links: by note path, front matter first, then in the order of the text. Every note with one is read again.
    pub fn iter(&self) -> impl Iterator<Item = LinkLine> {
        let notes = self.snapshot.vault().len() as u32;
        (0..notes).step_by(NOTES_AT_A_TIME as usize).flat_map(move |first| {
            let some = first..notes.min(first + NOTES_AT_A_TIME);
            some.into_par_iter().flat_map_iter(|note| self.of_note(note)).collect::<Vec<_>>()
        })
    }

    fn of_note(&self, note: u32) -> Vec<LinkLine> {
        let vault = self.snapshot.vault();
        let links = vault.links(note);
        let mut asked = links.clone().filter(|link| self.is_asked(*link)).peekable();
        if asked.peek().is_none() {
            return Vec::new();
        }
        let reread = vault.read(note);
        let line = |at: usize| {
            let link = vault.link_in(&reread, note, (at - links.start) as u32)?;
            Some(self.line(note, link, &vault.resolved(at)))
        };
        asked.filter_map(line).collect()
    }

    fn line(&self, note: u32, link: &Link, resolved: &Resolved) -> LinkLine {
        let vault = self.snapshot.vault();
        let subpath = match link.target() {
            Target::Internal { subpath, .. } => subpath.map(|subpath| (clip(&subpath).into_owned(), resolved.subpath)),
            Target::External(_) => None,
        };
        let candidates = if resolved.has_candidates { vault.candidates(note, link) } else { None };
        LinkLine {
            source: vault.path(note),
            line: link.place.line,
            column: link.place.column,
            written: clip(&link.written).into_owned(),
            meant: meant(self.snapshot, link, resolved),
            subpath,
            label: link.label().map(|label| clip(label).into_owned()),
            size: link.size().map(str::to_owned),
            relation: relation_name_of(link.relation()),
            context: link.context().map(|context| clip(context).into_owned()),
            kind: link.kind,
            found_by: resolved.found_by,
            candidates: candidates.map(|all| (all.files.iter().map(|file| vault.file(*file)).collect(), all.total)),
            in_comment: link.in_comment,
            in_property_text: link.in_property_text,
        }
    }
}
