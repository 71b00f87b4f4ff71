//! The edges of the graph as arrays, so that they can be kept as they are: compressed sparse rows, one way and the other.
//!
//! petgraph's traits stand on top, so that its algorithms and ours run on the arrays without a copy. What an edge says is
//! not known here but by number.

use crate::cellar::{Column, Lists, Shelf};
use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::{
    Data, EdgeRef, GraphBase, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, NodeCount,
    NodeIndexable, Visitable,
};
use std::ops::Range;

/// An edge and what it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub source: u32,
    pub target: u32,
    pub relation: u32,
    /// Whether the target says the same of the source, from its side.
    pub is_shared: bool,
}

/// The bit of a relation that says that an edge is shared; its number stands above.
pub(super) const SHARED: u32 = 1;

/// Every edge, by source, target and relation; and the order of them by target.
#[derive(Debug)]
pub(super) struct Rows {
    /// The edges of each source.
    outgoing: Lists,
    targets: Column<u32>,
    relations: Column<u32>,
    /// The edges to each target, by source and relation.
    incoming: Lists,
    sources: Column<u32>,
    /// The relation of each incoming edge, so that going against links costs no look at their sources.
    incoming_relations: Column<u32>,
    /// The node of each edge that leads from a node to itself, ascending; one as often as it has such edges.
    own: Column<u32>,
}

/// An edge as petgraph's algorithms see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeAt {
    number: u32,
    edge: Edge,
}

impl Rows {
    pub(super) fn on(shelf: &Shelf) -> Rows {
        Rows {
            outgoing: Lists::on(shelf, "g_out"),
            targets: shelf.column("g_to"),
            relations: shelf.column("g_rel"),
            incoming: Lists::on(shelf, "g_in"),
            sources: shelf.column("g_from"),
            incoming_relations: shelf.column("g_inrel"),
            own: shelf.column("g_own"),
        }
    }

    /// Puts the rows of these edges, which stand in order, on a shelf. `outgoing` says where those of each source begin.
    pub(super) fn put(shelf: &mut Shelf, outgoing: &[u32], targets: &[u32], relations: &[u32]) {
        let nodes = outgoing.len() - 1;
        let mut incoming = vec![0_u32; nodes + 1];
        targets.iter().for_each(|target| incoming[*target as usize + 1] += 1);
        for node in 0..nodes {
            incoming[node + 1] += incoming[node];
        }
        let mut next = incoming.clone();
        let (mut sources, mut incoming_relations) = (vec![0; targets.len()], vec![0; targets.len()]);
        let mut own = Vec::new();
        for source in 0..nodes {
            for edge in outgoing[source] as usize..outgoing[source + 1] as usize {
                let place = &mut next[targets[edge] as usize];
                sources[*place as usize] = source as u32;
                incoming_relations[*place as usize] = relations[edge];
                *place += 1;
                if targets[edge] as usize == source {
                    own.push(source as u32);
                }
            }
        }
        shelf.put_numbers("g_out", outgoing);
        shelf.put_numbers("g_to", targets);
        shelf.put_numbers("g_rel", relations);
        shelf.put_numbers("g_in", &incoming);
        shelf.put_numbers("g_from", &sources);
        shelf.put_numbers("g_inrel", &incoming_relations);
        shelf.put_numbers("g_own", &own);
    }

    fn edge_from(&self, source: u32, number: usize) -> Edge {
        let relation = self.relations.get(number);
        Edge { source, target: self.targets.get(number), relation: relation >> 1, is_shared: relation & SHARED > 0 }
    }

    /// The edges from one node to another, by relation.
    pub(super) fn between(&self, source: NodeIndex, target: NodeIndex) -> impl Iterator<Item = EdgeAt> {
        let source = source.index() as u32;
        let numbers = self.numbers_between(source, target.index() as u32);
        numbers.map(move |at| EdgeAt { number: at as u32, edge: self.edge_from(source, at) })
    }

    /// The numbers of the edges from one node to another.
    fn numbers_between(&self, source: u32, target: u32) -> Range<usize> {
        let mut row = self.outgoing.range(source as usize);
        let end = row.end;
        while row.start < row.end {
            let middle = row.start.midpoint(row.end);
            if self.targets.get(middle) < target { row.start = middle + 1 } else { row.end = middle }
        }
        let length = (row.start..end).take_while(|at| self.targets.get(*at) == target).count();
        row.start..row.start + length
    }

    /// Every edge, by source, target and relation: for those who go through all of them.
    pub(super) fn all_edges(&self) -> Vec<Edge> {
        let (starts, targets, relations) = (self.outgoing.starts(), self.targets.to_vec(), self.relations.to_vec());
        let rows =
            starts.windows(2).zip(0..).flat_map(|(row, source)| (row[0] as usize..row[1] as usize).map(move |at| (source, at)));
        let edge = |(source, at): (u32, usize)| {
            let relation = relations[at];
            Edge { source, target: targets[at], relation: relation >> 1, is_shared: relation & SHARED > 0 }
        };
        rows.map(edge).collect()
    }

    /// How many edges join a node with others, whichever way they point.
    pub(super) fn degree(&self, node: NodeIndex) -> usize {
        let both = self.outgoing.range(node.index()).len() + self.incoming.range(node.index()).len();
        both.saturating_sub(2 * self.own_edges(node.index() as u32))
    }

    /// How many edges lead from a node to others.
    pub(super) fn out_degree(&self, node: u32) -> usize {
        self.outgoing.range(node as usize).len().saturating_sub(self.own_edges(node))
    }

    /// How many edges lead from a node to itself. Few nodes of a vault have any, so that they are soon looked through.
    fn own_edges(&self, node: u32) -> usize {
        let (mut low, mut high) = (0, self.own.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.own.get(middle) < node { low = middle + 1 } else { high = middle }
        }
        (low..self.own.len()).take_while(|at| self.own.get(*at) == node).count()
    }

    /// [`Rows::degree`] of every node.
    pub(super) fn degrees(&self) -> Vec<usize> {
        let (outgoing, incoming) = (self.outgoing.starts(), self.incoming.starts());
        let lengths = |starts: &[u32]| starts.windows(2).map(|it| (it[1] - it[0]) as usize).collect::<Vec<_>>();
        let mut degrees: Vec<usize> =
            lengths(&outgoing).into_iter().zip(lengths(&incoming)).map(|(out, back)| out + back).collect();
        self.own.scan(|_, node| {
            if let Some(degree) = degrees.get_mut(node as usize) {
                *degree = degree.saturating_sub(2);
            }
        });
        degrees
    }

    /// The nodes at the other ends of a node's edges in one direction, ascending, and the number of each edge's relation.
    pub(super) fn ends(&self, node: u32, direction: Direction) -> (Vec<u32>, Vec<u32>) {
        let row = self.lists(direction).range(node as usize);
        let (ends, relations) = match direction {
            Direction::Outgoing => (&self.targets, &self.relations),
            Direction::Incoming => (&self.sources, &self.incoming_relations),
        };
        let mut relations = relations.slice(row.clone());
        relations.iter_mut().for_each(|relation| *relation >>= 1);
        (ends.slice(row), relations)
    }

    fn lists(&self, direction: Direction) -> &Lists {
        if direction == Direction::Outgoing { &self.outgoing } else { &self.incoming }
    }
}

impl GraphBase for Rows {
    type NodeId = NodeIndex;
    type EdgeId = EdgeIndex;
}

impl Data for Rows {
    type NodeWeight = ();
    type EdgeWeight = Edge;
}

impl NodeCount for Rows {
    fn node_count(&self) -> usize {
        self.outgoing.len()
    }
}

impl NodeIndexable for Rows {
    fn node_bound(&self) -> usize {
        self.node_count()
    }

    fn to_index(&self, node: NodeIndex) -> usize {
        node.index()
    }

    fn from_index(&self, index: usize) -> NodeIndex {
        NodeIndex::new(index)
    }
}

impl Visitable for Rows {
    type Map = FixedBitSet;

    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.node_count())
    }

    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.node_count());
    }
}

impl EdgeRef for EdgeAt {
    type NodeId = NodeIndex;
    type EdgeId = EdgeIndex;
    type Weight = Edge;

    fn source(&self) -> NodeIndex {
        NodeIndex::new(self.edge.source as usize)
    }

    fn target(&self) -> NodeIndex {
        NodeIndex::new(self.edge.target as usize)
    }

    fn weight(&self) -> &Edge {
        &self.edge
    }

    fn id(&self) -> EdgeIndex {
        EdgeIndex::new(self.number as usize)
    }
}

/// The edges of a node in one direction, by the node at their other end, then by relation.
#[derive(Clone, Debug)]
pub(super) struct EdgesOf<'g> {
    rows: &'g Rows,
    node: u32,
    direction: Direction,
    row: Range<usize>,
    /// Of incoming edges, those left of the source just come to.
    of_source: Range<usize>,
}

impl Iterator for EdgesOf<'_> {
    type Item = EdgeAt;

    fn next(&mut self) -> Option<EdgeAt> {
        let at = self.row.next()?;
        if self.direction == Direction::Outgoing {
            return Some(EdgeAt { number: at as u32, edge: self.rows.edge_from(self.node, at) });
        }
        let source = self.rows.sources.get(at);
        if self.of_source.is_empty() {
            self.of_source = self.rows.numbers_between(source, self.node);
        }
        let number = self.of_source.next()?;
        Some(EdgeAt { number: number as u32, edge: self.rows.edge_from(source, number) })
    }
}

/// The nodes at the other ends of a node's edges in one direction, ascending; one as often as edges lead there.
#[derive(Clone, Debug)]
pub(super) struct NeighborsOf<'g> {
    ends: &'g Column<u32>,
    row: Range<usize>,
}

impl Iterator for NeighborsOf<'_> {
    type Item = NodeIndex;

    fn next(&mut self) -> Option<NodeIndex> {
        self.row.next().map(|at| NodeIndex::new(self.ends.get(at) as usize))
    }
}

impl<'g> IntoEdgesDirected for &'g Rows {
    type EdgesDirected = EdgesOf<'g>;

    fn edges_directed(self, node: NodeIndex, direction: Direction) -> EdgesOf<'g> {
        let row = self.lists(direction).range(node.index());
        EdgesOf { rows: self, node: node.index() as u32, direction, row, of_source: 0..0 }
    }
}

impl<'g> IntoEdges for &'g Rows {
    type Edges = EdgesOf<'g>;

    fn edges(self, node: NodeIndex) -> EdgesOf<'g> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'g> IntoEdgeReferences for &'g Rows {
    type EdgeRef = EdgeAt;
    type EdgeReferences = AllEdges<'g>;

    fn edge_references(self) -> AllEdges<'g> {
        AllEdges { rows: self, source: 0, row: self.outgoing.range(0) }
    }
}

/// Every edge, by source.
#[derive(Clone, Debug)]
pub(super) struct AllEdges<'g> {
    rows: &'g Rows,
    source: usize,
    row: Range<usize>,
}

impl Iterator for AllEdges<'_> {
    type Item = EdgeAt;

    fn next(&mut self) -> Option<EdgeAt> {
        loop {
            if let Some(at) = self.row.next() {
                return Some(EdgeAt { number: at as u32, edge: self.rows.edge_from(self.source as u32, at) });
            }
            self.source += 1;
            if self.source >= self.rows.node_count() {
                return None;
            }
            self.row = self.rows.outgoing.range(self.source);
        }
    }
}

impl<'g> IntoNeighborsDirected for &'g Rows {
    type NeighborsDirected = NeighborsOf<'g>;

    fn neighbors_directed(self, node: NodeIndex, direction: Direction) -> NeighborsOf<'g> {
        let ends = if direction == Direction::Outgoing { &self.targets } else { &self.sources };
        NeighborsOf { ends, row: self.lists(direction).range(node.index()) }
    }
}

impl<'g> IntoNeighbors for &'g Rows {
    type Neighbors = NeighborsOf<'g>;

    fn neighbors(self, node: NodeIndex) -> NeighborsOf<'g> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}
