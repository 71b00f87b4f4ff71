//! Concepts and the links between them. petgraph is at home here and nowhere else.
//!
//! A concept is a written note, or a name somebody linked to that nobody wrote yet. The graph is built once for a moment
//! of the vault and kept with it. Its algorithms speak petgraph's traits ([`petgraph::visit`]), so that they run on whatever
//! keeps the edges: columns of which a question reads what it comes by. It knows nothing of text: places are numbers of
//! links.

mod apart;
mod build;
mod communities;
mod cuts;
mod hold_out;
mod one_sided;
mod path;
mod related;
mod relation;
mod rows;
mod suggested;
mod ties;

pub use apart::Apart;
pub use communities::{Communities, Community, Member, Resolution};
pub use cuts::Cut;
pub use hold_out::{HeldOut, Pair};
pub use one_sided::{OneWay, Unanswered};
pub use path::{Component, Costs, HUB_WEIGHT, Hubs, MENTION, NEAR_TAG, Route, SharedTags, Step, StepBy, TAG, Terms};
pub use related::Near;
pub use relation::{PLAIN, Relation};
pub use suggested::{Suggested, SuggestedBy, SuggestedEdge};

use crate::cellar::{Column, Shelf, Texts};
use crate::note::{Nesting, relation_name};
use crate::vault::{LinkColumns, Vault};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;
use petgraph::visit::{
    EdgeFiltered, EdgeRef, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, NodeCount, NodeIndexable, VisitMap, Visitable,
};
use rows::{Edge, EdgeAt, Rows};
use std::collections::{BTreeMap, VecDeque};

/// A concept by number: written notes first, in path order; then wanted ones, in the order of their folded names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptId(pub u32);

/// A place of an edge: a note and the number of one of its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkAt {
    /// The note.
    pub note: u32,
    /// The index into the note's links.
    pub link: u32,
}

/// The directed multigraph of a vault's concepts: an edge for each source, target and relation.
#[derive(Debug)]
pub struct ConceptGraph {
    graph: Rows,
    relations: Vec<Relation>,
    /// For each number that a link has for its relation, the number of that here.
    of_spelling: Column<u32>,
    /// Source, target, note and link of what lists join, in order.
    nested: Vec<Nested>,
    links: LinkColumns,
}

/// Two concepts that a list joins, and where: the note, and the link of the lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nested {
    source: u32,
    target: u32,
    note: u32,
    link: u32,
}

/// An edge and what it says.
#[derive(Clone, Debug)]
pub struct Linked<'g> {
    /// Who links.
    pub source: ConceptId,
    /// Whom.
    pub target: ConceptId,
    /// How.
    pub relation: &'g Relation,
    /// Where, in the order of the text; never empty.
    pub places: Vec<LinkAt>,
    /// Whether the target says the same of the source from its side of a sequence: `following` of the one is `preceding` of
    /// the other. The two are one edge, with the places of both, that either shows as its own.
    pub is_shared: bool,
}

/// Which way edges are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// From source to target.
    Outgoing,
    /// From target to source.
    Backlinks,
    /// Both ways.
    Both,
}

/// How a vault hangs together, over its written notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Distinct pairs of a written note and a written note it links to.
    pub pairs: usize,
    /// Notes without a link to or from another written note.
    pub isolated: usize,
    /// Sets of notes that links connect, directions aside.
    pub components: usize,
    /// Notes in the largest of them.
    pub largest_component: usize,
}

/// The places of links, each source gone through once while edges of its are asked for one after the other: one note may
/// have a hundred thousand links.
#[derive(Default)]
struct Places {
    by_source: BTreeMap<u32, BTreeMap<(u32, u32), Vec<LinkAt>>>,
}

/// So many sources are kept at a time.
const KEPT_SOURCES: usize = 2;

impl Places {
    fn of(&mut self, graph: &ConceptGraph, source: u32, target: u32, relation: u32) -> Vec<LinkAt> {
        if !self.by_source.contains_key(&source) {
            if self.by_source.len() >= KEPT_SOURCES {
                self.by_source.clear();
            }
            self.by_source.insert(source, graph.places_from(source));
        }
        self.by_source.get(&source).and_then(|places| places.get(&(target, relation)).cloned()).unwrap_or_default()
    }
}

impl ConceptGraph {
    /// Whether a shelf keeps a graph.
    pub fn is_on(shelf: &Shelf) -> bool {
        !shelf.section("g_out").is_empty()
    }

    /// The graph that a shelf keeps of a vault.
    pub fn on(shelf: &Shelf, vault: &Vault) -> ConceptGraph {
        let (names, spellings) = (Texts::on(shelf, "g_name_s", "g_name_b"), Texts::on(shelf, "g_spel_s", "g_spel_b"));
        let relation = |number: usize| Relation { name: names.get(number).into(), spelling: spellings.get(number).into() };
        let nested = shelf.column::<u32>("g_nest").to_vec();
        let nested = nested.chunks_exact(4).map(|it| Nested { source: it[0], target: it[1], note: it[2], link: it[3] });
        ConceptGraph {
            graph: Rows::on(shelf),
            relations: (0..names.len()).map(relation).collect(),
            of_spelling: shelf.column("g_rel_of"),
            nested: nested.collect(),
            links: vault.link_columns(),
        }
    }

    /// Where the links of one source stand, by target and relation.
    fn places_from(&self, source: u32) -> BTreeMap<(u32, u32), Vec<LinkAt>> {
        let mut places: BTreeMap<(u32, u32), Vec<LinkAt>> = BTreeMap::new();
        if source < self.links.written {
            let links = self.links.links.range(source as usize);
            let relations = self.links.relations.slice(links.clone());
            for (link, (concept, number)) in self.links.concepts(links).into_iter().zip(relations).enumerate() {
                if let Some(target) = concept {
                    let relation = self.of_spelling.get(number as usize);
                    places.entry((target, relation)).or_default().push(LinkAt { note: source, link: link as u32 });
                }
            }
        }
        let nested = build::nested_from(&self.nested, source);
        if let Some(child) = self.relation(&relation_name(Nesting::RELATION)).filter(|_| !nested.is_empty()) {
            for it in nested {
                places.entry((it.target, child)).or_default().push(LinkAt { note: it.note, link: it.link });
            }
            places.values_mut().for_each(|places| places.sort_unstable());
        }
        places
    }

    /// How many concepts there are, wanted ones included.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The edges from a concept, by target, then relation.
    pub fn outgoing(&self, concept: ConceptId) -> Vec<Linked<'_>> {
        self.edges(concept, Direction::Outgoing)
    }

    /// The edges to a concept, by source, then relation.
    pub fn backlinks(&self, concept: ConceptId) -> Vec<Linked<'_>> {
        self.edges(concept, Direction::Incoming)
    }

    fn edges(&self, concept: ConceptId, direction: Direction) -> Vec<Linked<'_>> {
        let mut sources = Places::default();
        self.graph.edges_directed(node(concept), direction).map(|edge| self.linked(*edge.weight(), &mut sources)).collect()
    }

    fn linked(&self, edge: Edge, known: &mut Places) -> Linked<'_> {
        let relation = &self.relations[edge.relation as usize];
        let mut places = known.of(self, edge.source, edge.target, edge.relation);
        if edge.is_shared
            && let Some(other) = relation.other_side().and_then(|name| self.relation(name))
        {
            places.extend(known.of(self, edge.target, edge.source, other));
            places.sort_unstable();
        }
        let (source, target) = (ConceptId(edge.source), ConceptId(edge.target));
        Linked { source, target, relation, places, is_shared: edge.is_shared }
    }

    /// The number of a relation by its name.
    fn relation(&self, name: &str) -> Option<u32> {
        self.relations.binary_search_by(|relation| (*relation.name).cmp(name)).ok().map(|at| at as u32)
    }

    /// The concepts at most `depth` steps away, each with its distance and the concept it was reached from; nearest
    /// first, then in concept order; over edges of one relation, if its folded name is given. The concept itself is not among
    /// them.
    pub fn within(
        &self,
        start: ConceptId,
        depth: usize,
        along: Along,
        relation: Option<&str>,
    ) -> Vec<(ConceptId, usize, ConceptId)> {
        let is_asked =
            |edge: EdgeAt| relation.is_none_or(|relation| *self.relations[edge.weight().relation as usize].name == *relation);
        let graph = EdgeFiltered::from_fn(&self.graph, is_asked);
        within(&graph, node(start), depth, along).into_iter().map(|(at, far, from)| (concept(at), far, concept(from))).collect()
    }

    /// How many other concepts link to each: the concepts with the most, best first, at most `most`.
    pub fn most_linked(&self, most: usize) -> Vec<(ConceptId, usize)> {
        let mut counts: Vec<(usize, ConceptId)> = Vec::new();
        for at in (0..self.links.written).map(ConceptId) {
            counts.push((self.backlinks_from_others(at), at));
        }
        counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        counts.into_iter().take(most).filter(|(count, _)| *count > 0).map(|(count, concept)| (concept, count)).collect()
    }

    /// With how many other concepts one is linked, along links of these directions.
    pub fn neighbors(&self, of: ConceptId, along: Along) -> usize {
        neighbors(&self.graph, node(of), along).into_iter().filter(|at| *at != node(of)).count()
    }

    /// How the written notes hang together.
    pub fn shape(&self) -> Shape {
        let mut sets = UnionFind::<usize>::new(self.links.written as usize);
        let mut linked = vec![false; self.links.written as usize];
        let mut pairs = 0;
        for source in (0..self.links.written as usize).map(NodeIndex::new) {
            let mut targets: Vec<usize> =
                self.graph.neighbors(source).map(NodeIndex::index).take_while(|at| *at < self.links.written as usize).collect();
            targets.dedup();
            pairs += targets.len();
            for target in targets.into_iter().filter(|target| *target != source.index()) {
                sets.union(source.index(), target);
                (linked[source.index()], linked[target]) = (true, true);
            }
        }
        let mut sizes = vec![0; self.links.written as usize];
        sets.into_labeling().into_iter().for_each(|label| sizes[label] += 1);
        Shape {
            pairs,
            isolated: linked.iter().filter(|linked| !**linked).count(),
            components: sizes.iter().filter(|size| **size > 0).count(),
            largest_component: sizes.into_iter().max().unwrap_or(0),
        }
    }
}

fn node(concept: ConceptId) -> NodeIndex {
    NodeIndex::new(concept.0 as usize)
}

fn concept(node: NodeIndex) -> ConceptId {
    ConceptId(node.index() as u32)
}

/// The neighbours of a node that may be entered, in ascending order, each once.
fn neighbors<G>(graph: G, at: G::NodeId, along: Along) -> Vec<G::NodeId>
where
    G: IntoNeighborsDirected,
    G::NodeId: Ord,
{
    let directions: &[Direction] = match along {
        Along::Outgoing => &[Direction::Outgoing],
        Along::Backlinks => &[Direction::Incoming],
        Along::Both => &[Direction::Outgoing, Direction::Incoming],
    };
    let mut found: Vec<_> = directions.iter().flat_map(|direction| graph.neighbors_directed(at, *direction)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Breadth first, level by level.
fn within<G>(graph: G, start: G::NodeId, depth: usize, along: Along) -> Vec<(G::NodeId, usize, G::NodeId)>
where
    G: IntoNeighborsDirected + Visitable + NodeIndexable,
    G::NodeId: Ord,
{
    let mut seen = graph.visit_map();
    seen.visit(start);
    let mut queue = VecDeque::from([(start, 0)]);
    let mut found = Vec::new();
    // What is as far as was asked for is not looked around from: all that comes behind it is as far.
    while let Some((at, far)) = queue.pop_front().filter(|(_, far)| *far < depth) {
        for next in neighbors(graph, at, along) {
            if seen.visit(next) {
                found.push((next, far + 1, at));
                queue.push_back((next, far + 1));
            }
        }
    }
    found.sort_by_key(|(at, far, _)| (*far, *at));
    found
}
