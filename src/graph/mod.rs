//! Concepts and the links between them. petgraph is at home here and nowhere else.
//!
//! A concept is a written note, or a name somebody linked to that nobody wrote yet. The graph is built once for a moment
//! of the vault. Its algorithms speak petgraph's traits ([`petgraph::visit`]), so that they run on whatever keeps the
//! edges; today that is a few arrays. It knows nothing of text: places are numbers of links.

mod build;
mod path;
mod related;
mod relation;
mod rows;

pub use path::{Route, Step};
pub use related::Relatedness;
pub use relation::{PLAIN, Relation};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;
use petgraph::visit::{
    EdgeFiltered, EdgeRef, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, NodeCount, NodeIndexable, VisitMap, Visitable,
};
use rows::{Edge, EdgeAt, Rows};
use std::collections::VecDeque;

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
    places: Vec<LinkAt>,
    written: usize,
}

/// An edge and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'g> {
    /// Who links.
    pub source: ConceptId,
    /// Whom.
    pub target: ConceptId,
    /// How.
    pub relation: &'g Relation,
    /// Where, in the order of the text; never empty.
    pub places: &'g [LinkAt],
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

impl ConceptGraph {
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
        self.graph.edges_directed(node(concept), direction).map(|edge| self.linked(edge.weight())).collect()
    }

    fn linked(&self, edge: &Edge) -> Linked<'_> {
        let places = &self.places[edge.places.start as usize..edge.places.end as usize];
        let relation = &self.relations[edge.relation as usize];
        Linked { source: ConceptId(edge.source), target: ConceptId(edge.target), relation, places, is_shared: edge.is_shared }
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
            |edge: EdgeAt<'_>| relation.is_none_or(|relation| *self.relations[edge.weight().relation as usize].name == *relation);
        let graph = EdgeFiltered::from_fn(&self.graph, is_asked);
        within(&graph, node(start), depth, along).into_iter().map(|(at, far, from)| (concept(at), far, concept(from))).collect()
    }

    /// How many other concepts link to each: the concepts with the most, best first, at most `most`.
    pub fn most_linked(&self, most: usize) -> Vec<(ConceptId, usize)> {
        let mut counts: Vec<(usize, ConceptId)> = Vec::new();
        for at in (0..self.written).map(NodeIndex::new) {
            // Ascending, so that those of several relations stand together.
            let mut sources: Vec<_> = self.graph.neighbors_directed(at, Direction::Incoming).filter(|from| *from != at).collect();
            sources.dedup();
            counts.push((sources.len(), concept(at)));
        }
        counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        counts.into_iter().take(most).filter(|(count, _)| *count > 0).map(|(count, concept)| (concept, count)).collect()
    }

    /// How the written notes hang together.
    pub fn shape(&self) -> Shape {
        let mut sets = UnionFind::<usize>::new(self.written);
        let mut linked = vec![false; self.written];
        let mut pairs = 0;
        for source in (0..self.written).map(NodeIndex::new) {
            let mut targets: Vec<usize> =
                self.graph.neighbors(source).map(NodeIndex::index).take_while(|at| *at < self.written).collect();
            targets.dedup();
            pairs += targets.len();
            for target in targets.into_iter().filter(|target| *target != source.index()) {
                sets.union(source.index(), target);
                (linked[source.index()], linked[target]) = (true, true);
            }
        }
        let mut sizes = vec![0; self.written];
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
    while let Some((at, far)) = queue.pop_front() {
        for next in neighbors(graph, at, along).into_iter().filter(|_| far < depth) {
            if seen.visit(next) {
                found.push((next, far + 1, at));
                queue.push_back((next, far + 1));
            }
        }
    }
    found.sort_by_key(|(at, far, _)| (*far, *at));
    found
}
