//! How two concepts hang together: a shortest route through the links between them.
//!
//! Shortest is fewest steps, whichever way the links point. Among routes of equal length the cheapest wins: a step costs
//! what its relation costs times the hub factor of the concept it enters, 1 + ln(1 + degree) / 4, which is not charged
//! for the end of the route. What is still equal is decided by the order of concepts, so that the same question has the
//! same answer. The factor's shape and its 4 are measured: on an encyclopaedia of 4,598 notes they halve the routes that
//! run through a hub at no extra length.

use super::relation::UNIT;
use super::rows::EdgeAt;
use super::{Along, ConceptGraph, ConceptId, Linked, Places, concept, neighbors, node};
use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::{EdgeRef, IntoNeighborsDirected, NodeIndexable};
use std::collections::HashMap;

/// A way from one concept to another.
#[derive(Debug)]
pub struct Route<'g> {
    /// The sum of the steps' costs; 1 is a plain link into a concept that nothing else is linked with.
    pub cost: f64,
    /// The steps in order; none if the two concepts are one.
    pub steps: Vec<Step<'g>>,
}

/// One step of a route.
#[derive(Debug)]
pub struct Step<'g> {
    /// Where it starts.
    pub from: ConceptId,
    /// Where it leads.
    pub to: ConceptId,
    /// The link it follows, cheapest first if there are several; `source` is `to` where it is followed backwards.
    pub link: Linked<'g>,
}

impl Step<'_> {
    /// Whether the link points the way the step goes.
    pub fn is_forward(&self) -> bool {
        self.link.source == self.from
    }
}

impl ConceptGraph {
    /// A shortest route between two concepts, or none. Looks at the links within about half its length of both ends.
    pub fn route(&self, from: ConceptId, to: ConceptId) -> Option<Route<'_>> {
        let distance = distances(&self.graph, node(from), node(to))?;
        let far = |at: NodeIndex| distance[at.index()];
        // The concepts that lie on a shortest route, level by level from the start, each with its ways on.
        let mut levels: Vec<Vec<(NodeIndex, Vec<Way>)>> = Vec::new();
        let mut level = vec![node(from)];
        for _ in 0..far(node(from)) {
            let nearer = |at: NodeIndex| self.ways(at, |to| far(to) != UNSEEN && far(to) + 1 == far(at));
            let ways: Vec<(NodeIndex, Vec<Way>)> = level.iter().map(|at| (*at, nearer(*at))).collect();
            level = ways.iter().flat_map(|(_, ways)| ways.iter().map(|way| way.to)).collect();
            level.sort_unstable();
            level.dedup();
            levels.push(ways);
        }
        // From the end back: what is left to pay from each, and which way to go.
        let mut best: HashMap<NodeIndex, (u64, Way)> = HashMap::new();
        let mut factors: HashMap<NodeIndex, f64> = HashMap::new();
        for (at, ways) in levels.into_iter().rev().flatten() {
            let priced = ways.into_iter().filter_map(|way| {
                let rest = if way.to == node(to) { 0 } else { best.get(&way.to)?.0 };
                let factor =
                    if way.to == node(to) { 1.0 } else { *factors.entry(way.to).or_insert_with(|| self.hub_factor(way.to)) };
                Some(((way.cost as f64 * factor).round() as u64 + rest, way))
            });
            if let Some(cheapest) = priced.min_by_key(|(cost, way)| (*cost, way.to)) {
                best.insert(at, cheapest);
            }
        }
        let mut steps = Vec::new();
        let mut places = Places::default();
        let mut at = node(from);
        while at != node(to) {
            let way = best.get(&at)?.1;
            let link = self.linked(self.graph.edge(way.edge), &mut places);
            steps.push(Step { from: concept(at), to: concept(way.to), link });
            at = way.to;
        }
        let cost = best.get(&node(from)).map_or(0, |(cost, _)| *cost);
        Some(Route { cost: cost as f64 / UNIT as f64, steps })
    }

    /// The ways from a node to each of its neighbours that may be entered, in their order: over the cheapest link; over one
    /// that points forward if both directions cost the same; then by the name of the relation. Of a hub's thousand
    /// neighbours few lie on a way, so that the links of the others are not looked at.
    fn ways(&self, at: NodeIndex, may_enter: impl Fn(NodeIndex) -> bool) -> Vec<Way> {
        let way = |edge: EdgeAt, direction| {
            let to = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
            let relation = edge.weight().relation;
            let cost = self.relations[relation as usize].cost();
            ((to, cost, direction == Direction::Incoming, relation), Way { to, cost, edge: edge.id() })
        };
        let entered = neighbors(&self.graph, at, Along::Both).into_iter().filter(|to| *to != at && may_enter(*to));
        let edges = entered.flat_map(|to| {
            let forward = self.graph.between(at, to).map(|edge| way(edge, Direction::Outgoing));
            forward.chain(self.graph.between(to, at).map(|edge| way(edge, Direction::Incoming)))
        });
        let mut ways: Vec<_> = edges.collect();
        ways.sort_by_key(|(order, _)| *order);
        ways.dedup_by_key(|(order, _)| order.0);
        ways.into_iter().map(|(_, way)| way).collect()
    }

    /// What entering a concept costs more for its being linked with many, counted once for each concept of a question.
    fn hub_factor(&self, at: NodeIndex) -> f64 {
        let degree = self.graph.degree(at);
        1.0 + (1.0 + degree as f64).ln() / 4.0
    }
}

/// A possible step: over which edge, where to, at what cost of its relation.
#[derive(Clone, Copy, Debug)]
struct Way {
    to: NodeIndex,
    cost: u64,
    edge: EdgeIndex,
}

/// The distance of a node that was not come to.
const UNSEEN: u32 = u32::MAX;

/// The number of steps to `goal` from every node on a shortest way to it from `start`, by node index; of other nodes it may
/// be known as well, and is [`UNSEEN`] where not. None if there is no way.
///
/// Goes level by level from both ends, always on from the smaller level, until the two meet: from one end alone, hubs would
/// soon bring everything in. Then the way back from where they met is marked.
fn distances<G>(graph: G, start: G::NodeId, goal: G::NodeId) -> Option<Vec<u32>>
where
    G: IntoNeighborsDirected + NodeIndexable,
    G::NodeId: Ord,
{
    let index = |at: &G::NodeId| graph.to_index(*at);
    // A node that is farther than the others of a level are can be on no shortest way, so that what is beyond need not be known.
    let mut to_goal = vec![UNSEEN; graph.node_bound()];
    let mut from_start = vec![UNSEEN; graph.node_bound()];
    (to_goal[index(&goal)], from_start[index(&start)]) = (0, 0);
    let mut levels = vec![vec![start]];
    let mut level_of_goal = vec![goal];
    let mut far_from_goal = 0;
    loop {
        let level_of_start = levels.last()?;
        let mut met: Vec<G::NodeId> = level_of_start.iter().copied().filter(|at| to_goal[index(at)] != UNSEEN).collect();
        if !met.is_empty() {
            // Every way on from where they met is known on the side of the goal; mark the ways there on the side of the start.
            for far in (1..levels.len()).rev() {
                let mut before = Vec::new();
                for at in met {
                    let distance = to_goal[index(&at)];
                    for next in neighbors(graph, at, Along::Both) {
                        if from_start[index(&next)] == far as u32 - 1 && to_goal[index(&next)] == UNSEEN {
                            to_goal[index(&next)] = distance + 1;
                            before.push(next);
                        }
                    }
                }
                met = before;
            }
            return Some(to_goal);
        }
        if level_of_start.is_empty() || level_of_goal.is_empty() {
            return None;
        }
        if level_of_start.len() <= level_of_goal.len() {
            let far = levels.len() as u32;
            let next = next_level(graph, level_of_start, far, &mut from_start);
            levels.push(next);
        } else {
            far_from_goal += 1;
            level_of_goal = next_level(graph, &level_of_goal, far_from_goal, &mut to_goal);
        }
    }
}

/// The nodes one step beyond a level that were not come to yet; `distance` is set to `far` for each.
fn next_level<G>(graph: G, level: &[G::NodeId], far: u32, distance: &mut [u32]) -> Vec<G::NodeId>
where
    G: IntoNeighborsDirected + NodeIndexable,
{
    let mut next_level = Vec::new();
    for at in level {
        for direction in [Direction::Outgoing, Direction::Incoming] {
            for next in graph.neighbors_directed(*at, direction) {
                let entry = &mut distance[graph.to_index(next)];
                if *entry == UNSEEN {
                    *entry = far;
                    next_level.push(next);
                }
            }
        }
    }
    next_level
}
