//! The edges of the graph as arrays, so that they can be kept as they are: compressed sparse rows, one way and the other.
//!
//! petgraph's traits stand on top, so that its algorithms and ours run on the arrays without a copy. What an edge says is
//! not known here but by number.

use fixedbitset::FixedBitSet;
use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::{
    Data, EdgeRef, GraphBase, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, NodeCount,
    NodeIndexable, Visitable,
};
use std::ops::Range;

/// An edge and what it says.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub source: u32,
    pub target: u32,
    pub relation: u32,
    pub places: Range<u32>,
    /// Whether the target says the same of the source, from its side.
    pub is_shared: bool,
}

/// Every edge, by source, target and relation; and the order of them by target.
#[derive(Debug, Default)]
pub(super) struct Rows {
    edges: Vec<Edge>,
    /// Where the edges of each source begin; one more entry for the end.
    outgoing: Vec<u32>,
    /// The numbers of the edges by target, source and relation.
    by_target: Vec<u32>,
    /// Where those of each target begin; one more entry for the end.
    incoming: Vec<u32>,
}

/// An edge as petgraph's algorithms see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeAt<'g> {
    number: u32,
    edge: &'g Edge,
}

impl Rows {
    /// The rows of these edges, which stand in order, between `nodes` nodes.
    pub(super) fn new(nodes: usize, edges: Vec<Edge>) -> Rows {
        let mut by_target: Vec<u32> = (0..edges.len() as u32).collect();
        // The sort is stable, so that the edges to each target stay in order.
        by_target.sort_by_key(|number| edges[*number as usize].target);
        let outgoing = starts(nodes, edges.iter().map(|edge| edge.source));
        let incoming = starts(nodes, edges.iter().map(|edge| edge.target));
        Rows { edges, outgoing, by_target, incoming }
    }

    pub(super) fn edge(&self, number: EdgeIndex) -> &Edge {
        &self.edges[number.index()]
    }

    /// How many edges begin or end at a node.
    pub(super) fn degree(&self, node: NodeIndex) -> usize {
        let to_others = self.neighbors(node).filter(|target| *target != node).count();
        to_others + row(&self.incoming, node).len()
    }
}

/// Where the edges of each node begin, if they are sorted by it.
fn starts(nodes: usize, ends: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0; nodes + 1];
    ends.for_each(|node| starts[node as usize + 1] += 1);
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    starts
}

fn row(starts: &[u32], node: NodeIndex) -> Range<usize> {
    starts[node.index()] as usize..starts[node.index() + 1] as usize
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
        self.outgoing.len().saturating_sub(1)
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

impl EdgeRef for EdgeAt<'_> {
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
        self.edge
    }

    fn id(&self) -> EdgeIndex {
        EdgeIndex::new(self.number as usize)
    }
}

/// The edges of a node in one direction, by the node at their other end, then by relation.
#[derive(Clone, Debug)]
pub(super) struct EdgesOf<'g> {
    rows: &'g Rows,
    direction: Direction,
    row: Range<usize>,
}

impl<'g> Iterator for EdgesOf<'g> {
    type Item = EdgeAt<'g>;

    fn next(&mut self) -> Option<EdgeAt<'g>> {
        let at = self.row.next()?;
        let number = if self.direction == Direction::Outgoing { at as u32 } else { self.rows.by_target[at] };
        Some(EdgeAt { number, edge: &self.rows.edges[number as usize] })
    }
}

/// The nodes at the other ends of a node's edges in one direction, ascending; one as often as edges lead there.
#[derive(Clone, Debug)]
pub(super) struct NeighborsOf<'g>(EdgesOf<'g>);

impl Iterator for NeighborsOf<'_> {
    type Item = NodeIndex;

    fn next(&mut self) -> Option<NodeIndex> {
        let is_outgoing = self.0.direction == Direction::Outgoing;
        self.0.next().map(|edge| if is_outgoing { edge.target() } else { edge.source() })
    }
}

impl<'g> IntoEdgesDirected for &'g Rows {
    type EdgesDirected = EdgesOf<'g>;

    fn edges_directed(self, node: NodeIndex, direction: Direction) -> EdgesOf<'g> {
        let starts = if direction == Direction::Outgoing { &self.outgoing } else { &self.incoming };
        EdgesOf { rows: self, direction, row: row(starts, node) }
    }
}

impl<'g> IntoEdges for &'g Rows {
    type Edges = EdgesOf<'g>;

    fn edges(self, node: NodeIndex) -> EdgesOf<'g> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'g> IntoEdgeReferences for &'g Rows {
    type EdgeRef = EdgeAt<'g>;
    type EdgeReferences = EdgesOf<'g>;

    fn edge_references(self) -> EdgesOf<'g> {
        EdgesOf { rows: self, direction: Direction::Outgoing, row: 0..self.edges.len() }
    }
}

impl<'g> IntoNeighborsDirected for &'g Rows {
    type NeighborsDirected = NeighborsOf<'g>;

    fn neighbors_directed(self, node: NodeIndex, direction: Direction) -> NeighborsOf<'g> {
        NeighborsOf(self.edges_directed(node, direction))
    }
}

impl<'g> IntoNeighbors for &'g Rows {
    type Neighbors = NeighborsOf<'g>;

    fn neighbors(self, node: NodeIndex) -> NeighborsOf<'g> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}
