//! The wire structs of what is thin.

use super::{ConceptWire, PlaceWire};
use crate::answer::{ApartPair, Bridges, CutNote, Listed, OneSided, OutOfOrder, Said};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct BridgesWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<ListWire<PairWire<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cuts: Option<ListWire<CutWire<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    one_way: Option<ListWire<OneSidedWire<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<ListWire<OutOfOrderWire<'a>>>,
}

#[derive(Serialize)]
struct ListWire<T> {
    total: usize,
    limit: usize,
    listed: Vec<T>,
}

#[derive(Serialize)]
struct PairWire<'a> {
    notes: Vec<ConceptWire<'a>>,
    score: f64,
    strength: f64,
    steps: Option<usize>,
    shared: Vec<ConceptWire<'a>>,
    shared_total: usize,
}

#[derive(Serialize)]
struct CutWire<'a> {
    #[serde(flatten)]
    concept: ConceptWire<'a>,
    cut_off: usize,
    pieces: usize,
    notes: Vec<ConceptWire<'a>>,
}

#[derive(Serialize)]
struct SaidWire<'a> {
    from: ConceptWire<'a>,
    to: ConceptWire<'a>,
    relation: &'a str,
    place: PlaceWire<'a>,
}

#[derive(Serialize)]
struct OneSidedWire<'a> {
    #[serde(flatten)]
    said: SaidWire<'a>,
    links_back: bool,
}

#[derive(Serialize)]
struct OutOfOrderWire<'a> {
    #[serde(flatten)]
    said: SaidWire<'a>,
    flaw: &'static str,
    inverse: &'a str,
    instead: Vec<SaidWire<'a>>,
    instead_total: usize,
}

impl<'a> From<&'a Bridges> for BridgesWire<'a> {
    fn from(bridges: &'a Bridges) -> Self {
        BridgesWire {
            pairs: list(bridges.limit, &bridges.pairs),
            cuts: list(bridges.limit, &bridges.cuts),
            one_way: list(bridges.limit, &bridges.one_way),
            order: list(bridges.limit, &bridges.order),
        }
    }
}

fn list<'a, T, W: From<&'a T>>(limit: usize, list: &'a Option<Listed<T>>) -> Option<ListWire<W>> {
    let list = list.as_ref()?;
    Some(ListWire { total: list.total, limit, listed: list.listed.iter().map(Into::into).collect() })
}

impl<'a> From<&'a ApartPair> for PairWire<'a> {
    fn from(pair: &'a ApartPair) -> Self {
        PairWire {
            notes: pair.notes.iter().map(Into::into).collect(),
            score: pair.score,
            strength: pair.strength,
            steps: pair.steps,
            shared: pair.shared.iter().map(Into::into).collect(),
            shared_total: pair.shared_total,
        }
    }
}

impl<'a> From<&'a CutNote> for CutWire<'a> {
    fn from(cut: &'a CutNote) -> Self {
        let notes = cut.notes.iter().map(Into::into).collect();
        CutWire { concept: (&cut.concept).into(), cut_off: cut.cut_off, pieces: cut.pieces, notes }
    }
}

impl<'a> From<&'a Said> for SaidWire<'a> {
    fn from(said: &'a Said) -> Self {
        SaidWire { from: (&said.from).into(), to: (&said.to).into(), relation: &said.relation, place: (&said.place).into() }
    }
}

impl<'a> From<&'a OneSided> for OneSidedWire<'a> {
    fn from(it: &'a OneSided) -> Self {
        OneSidedWire { said: (&it.said).into(), links_back: it.links_back }
    }
}

impl<'a> From<&'a OutOfOrder> for OutOfOrderWire<'a> {
    fn from(it: &'a OutOfOrder) -> Self {
        OutOfOrderWire {
            said: (&it.said).into(),
            flaw: if it.instead.is_empty() { "missing" } else { "broken" },
            inverse: &it.inverse,
            instead: it.instead.iter().map(Into::into).collect(),
            instead_total: it.instead_total,
        }
    }
}
