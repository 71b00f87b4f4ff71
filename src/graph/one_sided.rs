//! What one side says and the other does not: a see-also without an answer, a note that follows one that does not come
//! before it.

use super::relation::Relation;
use super::rows::Edge;
use super::{ConceptGraph, Linked, Places, build};
use crate::note::{Nesting, relation_name};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::{EdgeRef, IntoEdgesDirected};
use std::collections::BTreeSet;

/// A relation that is the same from both sides, said by one of them.
#[derive(Clone, Debug)]
pub struct OneWay<'g> {
    /// The edge; both ends are written.
    pub link: Linked<'g>,
    /// Whether the target links back in some other way.
    pub links_back: bool,
}

/// A relation whose other side does not say its inverse.
#[derive(Clone, Debug)]
pub struct Unanswered<'g> {
    /// The edge; both ends are written.
    pub link: Linked<'g>,
    /// The folded name of what the target does not say of the source.
    pub inverse: &'static str,
    /// Of whom the target of a sequence says it instead, in concept order, three at most; none where it says it of
    /// nobody. What stands above or below several others contradicts nothing.
    pub instead: Vec<Linked<'g>>,
    /// How many there are of those.
    pub instead_total: usize,
}

/// So many of those that stand in its place are told.
const MOST_INSTEAD: usize = 3;

/// How an edge without its answer comes among others: contradictions first, then gaps in sequences, then the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Flaw {
    Broken,
    Missing,
    Above,
}

impl ConceptGraph {
    /// The edges between written notes whose relation is its own inverse (see also, related), and whose target says no such
    /// thing back: at most `most`, those that are not linked back at all first, then by source, target and relation; and how
    /// many there are.
    pub fn one_way(&self, most: usize) -> (Vec<OneWay<'_>>, usize) {
        let is_symmetric = |relation: &Relation| relation.inverse() == Some(&*relation.name);
        let symmetric: Vec<bool> = self.relations.iter().map(is_symmetric).collect();
        let mut found: Vec<(bool, Edge)> = Vec::new();
        for edge in self.between_notes().filter(|edge| symmetric[edge.relation as usize]) {
            let mut back = self.relations_between(edge.target, edge.source).peekable();
            let links_back = back.peek().is_some();
            if !back.any(|relation| symmetric[relation as usize]) {
                found.push((links_back, edge));
            }
        }
        found.sort_by_key(|(links_back, _)| *links_back);
        let (total, mut places) = (found.len(), Places::default());
        let one_way = |(links_back, edge)| OneWay { link: self.linked(edge, &mut places), links_back };
        (found.into_iter().take(most).map(one_way).collect(), total)
    }

    /// The edges between written notes whose relation has another as its inverse (preceding and following, next and prev, up
    /// and down, parent and child), and whose target does not say that of the source: at most `most`; and how many there are.
    ///
    /// First come those of sequences whose target says it of others, then those of sequences whose target says it of nobody,
    /// then those of what stands above or below, where the vault says the inverse of anything at all; each by source, target
    /// and relation. What only the levels of a list say counts as said by nobody.
    pub fn unanswered(&self, most: usize) -> (Vec<Unanswered<'_>>, usize) {
        let inverses: Vec<Option<(&'static str, Option<u32>)>> = self.relations.iter().map(|it| self.answer(it)).collect();
        let edges: Vec<(Edge, &'static str, Option<u32>)> = self
            .between_notes()
            .filter(|edge| !edge.is_shared && !self.is_of_list(edge))
            .filter_map(|edge| inverses[edge.relation as usize].map(|(name, number)| (edge, name, number)))
            .collect();
        // Who says something of anybody, whether that is written or not.
        let says = |edge: &Edge| inverses[edge.relation as usize].map(|_| (edge.source, edge.relation));
        let said: BTreeSet<(u32, u32)> = self.graph.all_edges().iter().filter_map(says).collect();
        let mut found: Vec<(Flaw, Edge, &'static str, Option<u32>)> = Vec::new();
        for (edge, name, number) in edges {
            if number.is_some_and(|number| self.relations_between(edge.target, edge.source).any(|it| it == number)) {
                continue;
            }
            let is_sequence = self.relations[edge.relation as usize].other_side().is_some();
            let says_it = number.is_some_and(|number| said.contains(&(edge.target, number)));
            match (is_sequence, says_it, number) {
                (true, true, _) => found.push((Flaw::Broken, edge, name, number)),
                (true, false, _) => found.push((Flaw::Missing, edge, name, None)),
                (false, _, Some(_)) => found.push((Flaw::Above, edge, name, None)),
                // Nobody answers in this vault.
                (false, _, None) => {}
            }
        }
        found.sort_by_key(|(flaw, ..)| *flaw);
        let (total, mut places) = (found.len(), Places::default());
        let unanswered = |(_, edge, inverse, number): (Flaw, Edge, &'static str, Option<u32>)| {
            let link = self.linked(edge, &mut places);
            let others: Vec<Edge> = number.map_or(Vec::new(), |number| self.edges_of(edge.target, number));
            let instead = others.iter().take(MOST_INSTEAD).map(|edge| self.linked(*edge, &mut places)).collect();
            Unanswered { link, inverse, instead, instead_total: others.len() }
        };
        (found.into_iter().take(most).map(unanswered).collect(), total)
    }

    /// The relation that answers one from the other side, if it is another, and its number if the vault says it.
    fn answer(&self, relation: &Relation) -> Option<(&'static str, Option<u32>)> {
        let inverse = relation.inverse().filter(|inverse| **inverse != *relation.name)?;
        Some((inverse, self.relation(inverse)))
    }

    /// The edges from one written note to another.
    fn between_notes(&self) -> impl Iterator<Item = Edge> {
        let written = self.links.written;
        let is_between = move |edge: &Edge| edge.source.max(edge.target) < written && edge.source != edge.target;
        self.graph.all_edges().into_iter().filter(is_between)
    }

    /// Whether two items of a list say it, one below the other.
    fn is_of_list(&self, edge: &Edge) -> bool {
        *self.relations[edge.relation as usize].name == *relation_name(Nesting::RELATION)
            && build::nested_from(&self.nested, edge.source).iter().any(|nested| nested.target == edge.target)
    }

    fn relations_between(&self, source: u32, target: u32) -> impl Iterator<Item = u32> {
        let (source, target) = (NodeIndex::new(source as usize), NodeIndex::new(target as usize));
        self.graph.between(source, target).map(|edge| edge.weight().relation)
    }

    /// The edges of one relation from a node.
    fn edges_of(&self, source: u32, relation: u32) -> Vec<Edge> {
        let edges = self.graph.edges_directed(NodeIndex::new(source as usize), Direction::Outgoing).map(|edge| *edge.weight());
        edges.filter(|edge| edge.relation == relation).collect()
    }
}
