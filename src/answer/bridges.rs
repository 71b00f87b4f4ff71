//! What is thin in the structure of a vault: notes that are near and not joined, notes that alone join others, and what only
//! one side says.

use super::concept::{Concept, describe};
use super::evidence::Quoted;
use super::links::{PlaceText, place_text};
use crate::graph::{Apart, Cut, LinkAt, Linked, OneWay, Unanswered};
use crate::snapshot::Snapshot;

/// What is thin, of each kind that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bridges {
    /// How many of each kind are listed at most.
    pub limit: usize,
    /// Notes that share many neighbours and stand far apart: the highest score first.
    pub pairs: Option<Listed<ApartPair>>,
    /// Notes whose loss would split the vault: those that would cut off most first.
    pub cuts: Option<Listed<CutNote>>,
    /// See-also and its like said by one side only: where nothing links back at all first, then in the order of notes.
    pub one_way: Option<Listed<OneSided>>,
    /// What follows, or stands above, without its other side saying so: contradictions first, then in the order of notes.
    pub order: Option<Listed<OutOfOrder>>,
}

/// The first of some things, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// How many there are, those beyond the limit included.
    pub total: usize,
    /// The first of them.
    pub listed: Vec<T>,
}

/// What can be thin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thin {
    /// Notes that share many neighbours and stand far apart.
    Pairs,
    /// Notes whose loss would split the vault.
    Cuts,
    /// A symmetric relation said by one side only.
    OneWay,
    /// A sequence or order that its other side contradicts or leaves out.
    Order,
}

/// Two notes that share neighbours and are not linked.
#[derive(Clone, Debug, PartialEq)]
pub struct ApartPair {
    /// The two, in path order.
    pub notes: [Concept; 2],
    /// The strength, as far as they share many and stand far apart: at most all of it, to four digits.
    pub score: f64,
    /// How much the shared neighbours say; above 0, at most 1/2, to four digits.
    pub strength: f64,
    /// How many links lead from one to the other, in the better direction; 2 or more, none if none do.
    pub steps: Option<usize>,
    /// Of the shared neighbours, those that say most.
    pub shared: Vec<Concept>,
    /// How many there are; 2 or more.
    pub shared_total: usize,
}

/// A note whose loss would split the vault.
#[derive(Clone, Debug, PartialEq)]
pub struct CutNote {
    /// The note.
    pub concept: Concept,
    /// How many notes would be cut off from the largest piece that remains; 1 or more.
    pub cut_off: usize,
    /// Into how many pieces that would fall; 2 or more.
    pub pieces: usize,
    /// Some of the notes cut off.
    pub notes: Vec<Concept>,
}

/// A relation that is the same from both sides, said by one.
#[derive(Clone, Debug, PartialEq)]
pub struct OneSided {
    /// What is said, and where.
    pub said: Said,
    /// Whether the other links back in some other way.
    pub links_back: bool,
}

/// A relation whose other side does not say its inverse.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfOrder {
    /// What is said, and where.
    pub said: Said,
    /// The folded name of what the other does not say.
    pub inverse: String,
    /// What the other says instead, where that contradicts.
    pub instead: Vec<Said>,
    /// How many such there are.
    pub instead_total: usize,
}

/// A relation from one concept to another, where it is first said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Who says it.
    pub from: Concept,
    /// Of whom.
    pub to: Concept,
    /// The folded name of the relation.
    pub relation: String,
    /// Its first spelling in the vault.
    pub spelling: String,
    /// The first place.
    pub place: PlaceText,
}

/// So many of the shared neighbours, and of the notes cut off, are named.
const MOST_NAMED: usize = 3;

impl Bridges {
    pub(crate) fn is_empty(&self) -> bool {
        let Bridges { pairs, cuts, one_way, order, .. } = self;
        let totals = [
            pairs.as_ref().map(|it| it.total),
            cuts.as_ref().map(|it| it.total),
            one_way.as_ref().map(|it| it.total),
            order.as_ref().map(|it| it.total),
        ];
        totals.into_iter().flatten().all(|total| total == 0)
    }
}

/// What is thin in the structure of the vault, at most `limit` of each kind; of one kind alone if it is given.
pub fn bridges(snapshot: &Snapshot, kind: Option<Thin>, limit: usize) -> Bridges {
    let graph = snapshot.graph();
    let is_asked = |thin: Thin| kind.is_none_or(|kind| kind == thin);
    Bridges {
        limit,
        pairs: is_asked(Thin::Pairs).then(|| listed(graph.apart(limit), |it| apart(snapshot, it))),
        cuts: is_asked(Thin::Cuts).then(|| listed(graph.cuts(limit, MOST_NAMED), |it| cut(snapshot, it))),
        one_way: is_asked(Thin::OneWay).then(|| {
            let found = graph.one_way(limit);
            let mut quoted = quoted(snapshot, found.0.iter().map(|it| &it.link));
            listed(found, |OneWay { link, links_back }| OneSided { said: said(snapshot, &mut quoted, &link), links_back })
        }),
        order: is_asked(Thin::Order).then(|| {
            let found = graph.unanswered(limit);
            let mut quoted = quoted(snapshot, found.0.iter().flat_map(|it| std::iter::once(&it.link).chain(&it.instead)));
            listed(found, |Unanswered { link, inverse, instead, instead_total }| OutOfOrder {
                said: said(snapshot, &mut quoted, &link),
                inverse: inverse.to_owned(),
                instead: instead.iter().map(|link| said(snapshot, &mut quoted, link)).collect(),
                instead_total,
            })
        }),
    }
}

fn listed<F, T>((found, total): (Vec<F>, usize), tell: impl FnMut(F) -> T) -> Listed<T> {
    Listed { total, listed: found.into_iter().map(tell).collect() }
}

fn apart(snapshot: &Snapshot, it: Apart) -> ApartPair {
    ApartPair {
        notes: it.notes.map(|note| describe(snapshot, note)),
        score: it.score,
        strength: it.strength,
        steps: it.steps,
        shared: it.shared.iter().take(MOST_NAMED).map(|shared| describe(snapshot, *shared)).collect(),
        shared_total: it.shared.len(),
    }
}

fn cut(snapshot: &Snapshot, it: Cut) -> CutNote {
    CutNote {
        concept: describe(snapshot, it.concept),
        cut_off: it.cut_off,
        pieces: it.pieces,
        notes: it.notes.iter().map(|note| describe(snapshot, *note)).collect(),
    }
}

/// The place of an edge that is shown: its source says it there.
fn first_place(link: &Linked<'_>) -> LinkAt {
    link.places.first().copied().unwrap_or(LinkAt { note: link.source.0, link: 0 })
}

fn quoted<'s, 'l>(snapshot: &'s Snapshot, links: impl Iterator<Item = &'l Linked<'l>>) -> Quoted<'s> {
    Quoted::read(snapshot, links.map(first_place))
}

fn said(snapshot: &Snapshot, quoted: &mut Quoted<'_>, link: &Linked<'_>) -> Said {
    Said {
        from: describe(snapshot, link.source),
        to: describe(snapshot, link.target),
        relation: link.relation.name.to_string(),
        spelling: link.relation.spelling.to_string(),
        place: place_text(snapshot, quoted, first_place(link)),
    }
}
