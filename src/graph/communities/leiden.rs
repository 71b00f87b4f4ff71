//! The Leiden algorithm: which nodes of a network belong together.
//!
//! Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", Scientific Reports 9,
//! 2019. It makes large what [`Network::quality`] measures: single nodes are moved to where they gain most, each community
//! is then taken apart and put together again only as far as its parts hang together well, and these parts are the nodes
//! of the next round, which begin in the communities found.
//!
//! Nothing is left to chance, where the paper draws: nodes come in the order of their numbers, and each goes where it gains
//! most. All sums are of whole numbers, so that none depends on its order. Among equals a node stays where it is, else goes
//! to the community with the smallest number.

use super::super::ties::Ties;
use fixedbitset::FixedBitSet;
use std::collections::VecDeque;

/// What a resolution of one is in whole numbers.
pub(super) const ONE: u32 = 1_000;

/// So often the whole is gone over again at most.
const ROUNDS: usize = 8;

/// A network of weighted ties, of single nodes or of nodes that have become one.
struct Network {
    starts: Vec<usize>,
    ends: Vec<u32>,
    weights: Vec<u64>,
    /// The weight of all ties of a node; those within it, if it is made of several, count for both of their ends.
    degrees: Vec<u64>,
    /// The sum of all degrees.
    total: u64,
    /// In thousandths.
    resolution: u32,
}

/// The community of each node. The communities are numbered in the order of their first nodes; each is connected, and no
/// worse a partition comes out than with each node alone, or with all that hangs together in one.
pub(super) fn leiden(ties: &Ties, resolution: u32) -> Vec<u32> {
    let network = Network::of(ties, resolution);
    let mut communities: Vec<u32> = (0..ties.len() as u32).collect();
    let mut quality = network.quality(&communities);
    for _ in 0..ROUNDS {
        communities = network.round(communities);
        let before = std::mem::replace(&mut quality, network.quality(&communities));
        // A round that gains less than a thousandth of modularity is the last: a further one takes as long, and what it
        // gains is less than what hangs on the order of the nodes.
        if quality - before < i128::from(network.total).pow(2) * i128::from(ONE) / 1_000 {
            break;
        }
    }
    network.move_nodes(&mut communities);
    // To divide what does not hang together loses no tie, and what is expected of smaller ones is less.
    let communities = network.pieces(Some(&communities));
    let whole = network.pieces(None);
    if network.quality(&whole) > network.quality(&communities) { whole } else { communities }
}

/// Newman's modularity of a partition, Q = Σ over communities of (inside / total − (degrees / total)²), in -0.5..=1; 0 where
/// nothing is tied. Both ends of a tie count.
pub(super) fn modularity(ties: &Ties, communities: &[u32]) -> f64 {
    let network = Network::of(ties, ONE);
    let total = network.total as f64;
    if network.total == 0 { 0.0 } else { network.quality(communities) as f64 / (total * total * f64::from(ONE)) }
}

impl Network {
    fn of(ties: &Ties, resolution: u32) -> Network {
        let mut network =
            Network { starts: vec![0], ends: Vec::new(), weights: Vec::new(), degrees: Vec::new(), total: 0, resolution };
        for node in 0..ties.len() as u32 {
            for (end, weight) in ties.weighted(node) {
                network.ends.push(end);
                network.weights.push(u64::from(weight));
            }
            let degree = ties.weighted(node).map(|(_, weight)| u64::from(weight)).sum();
            network.end_node(degree);
        }
        network
    }

    fn end_node(&mut self, degree: u64) {
        self.starts.push(self.ends.len());
        self.degrees.push(degree);
        self.total += degree;
    }

    fn len(&self) -> usize {
        self.degrees.len()
    }

    fn ties(&self, node: usize) -> impl Iterator<Item = (usize, u64)> {
        let row = self.starts[node]..self.starts[node + 1];
        self.ends[row.clone()].iter().map(|end| *end as usize).zip(self.weights[row].iter().copied())
    }

    /// What joining two sets of nodes is worth: the weight of the ties between them, less what is to be expected of their
    /// degrees. Only compared with its like.
    fn gain(&self, between: u64, degree: u64, other: u64) -> i128 {
        let expected = i128::from(self.resolution) * i128::from(degree) * i128::from(other);
        i128::from(between) * i128::from(self.total) * i128::from(ONE) - expected
    }

    /// Modularity with a resolution γ (Reichardt and Bornholdt 2006), times the square of the total: over all communities, Σ
    /// (inside · total − γ · degrees²).
    fn quality(&self, communities: &[u32]) -> i128 {
        let (mut inside, mut degrees) = (vec![0_u64; self.len()], vec![0_u64; self.len()]);
        for (node, community) in communities.iter().enumerate() {
            let of_node = self.ties(node).filter(|(end, _)| communities[*end] == *community);
            let between: u64 = of_node.map(|(_, weight)| weight).sum();
            // Ties within a node of several are those that no other end has.
            let own: u64 = self.degrees[node] - self.ties(node).map(|(_, weight)| weight).sum::<u64>();
            inside[*community as usize] += between + own;
            degrees[*community as usize] += self.degrees[node];
        }
        inside.into_iter().zip(degrees).map(|(inside, degrees)| self.gain(inside, degrees, degrees)).sum()
    }

    /// From these communities to better ones: nodes are moved, and become fewer, until none of them gains by a move.
    fn round(&self, mut communities: Vec<u32>) -> Vec<u32> {
        let mut part_of: Vec<u32> = (0..self.len() as u32).collect();
        let mut coarse: Option<Network> = None;
        loop {
            let network = coarse.as_ref().unwrap_or(self);
            network.move_nodes(&mut communities);
            let parts = network.refine(&communities);
            let next = network.aggregate(&parts);
            if next.len() == network.len() {
                return part_of.into_iter().map(|part| communities[part as usize]).collect();
            }
            let mut of_part = vec![0; next.len()];
            parts.iter().zip(&communities).for_each(|(part, community)| of_part[*part as usize] = *community);
            part_of.iter_mut().for_each(|part| *part = parts[*part as usize]);
            communities = numbered(&of_part);
            coarse = Some(next);
        }
    }

    /// Moves each node to the community where it gains most, and again those beside one that moved, until none gains.
    fn move_nodes(&self, communities: &mut [u32]) {
        let mut degrees = vec![0_u64; self.len()];
        let mut sizes = vec![0_u32; self.len()];
        for (node, community) in communities.iter().enumerate() {
            degrees[*community as usize] += self.degrees[node];
            sizes[*community as usize] += 1;
        }
        let mut empty: Vec<u32> = (0..self.len() as u32).rev().filter(|community| sizes[*community as usize] == 0).collect();
        let mut queue: VecDeque<usize> = (0..self.len()).collect();
        let mut is_queued = FixedBitSet::with_capacity(self.len());
        is_queued.insert_range(..);
        let mut between = Sums::new(self.len());
        while let Some(node) = queue.pop_front() {
            is_queued.set(node, false);
            let (own, degree) = (communities[node], self.degrees[node]);
            self.ties(node).for_each(|(end, weight)| between.add(communities[end], weight));
            degrees[own as usize] -= degree;
            let gain = |community: u32, weight| self.gain(weight, degree, degrees[community as usize]);
            let (mut best, mut most) = (own, gain(own, between.of(own)));
            for (community, weight) in between.drain().filter(|(community, _)| *community != own) {
                let gained = gain(community, weight);
                if gained > most || (gained == most && best != own && community < best) {
                    (best, most) = (community, gained);
                }
            }
            // Alone it loses nothing and gains nothing.
            if most < 0
                && let Some(alone) = empty.pop()
            {
                best = alone;
            }
            degrees[best as usize] += degree;
            if best == own {
                continue;
            }
            communities[node] = best;
            sizes[best as usize] += 1;
            sizes[own as usize] -= 1;
            if sizes[own as usize] == 0 {
                empty.push(own);
            }
            for (end, _) in self.ties(node).filter(|(end, _)| communities[*end] != best) {
                if !is_queued.put(end) {
                    queue.push_back(end);
                }
            }
        }
    }

    /// The parts of the communities that hang together well, as the number of the part of each node. Each part is
    /// connected: a node that is alone yet joins the part of its community where it gains most, if both it and that part
    /// have ties enough to the rest of the community.
    fn refine(&self, communities: &[u32]) -> Vec<u32> {
        let mut of_community = vec![0_u64; self.len()];
        communities.iter().zip(&self.degrees).for_each(|(community, degree)| of_community[*community as usize] += degree);
        let mut parts: Vec<u32> = (0..self.len() as u32).collect();
        let mut degrees = self.degrees.clone();
        let inside = |node: usize| self.ties(node).filter(move |(end, _)| communities[*end] == communities[node]);
        // What ties each part to the rest of its community.
        let mut to_rest: Vec<u64> = (0..self.len()).map(|node| inside(node).map(|(_, weight)| weight).sum()).collect();
        let mut is_alone = FixedBitSet::with_capacity(self.len());
        is_alone.insert_range(..);
        let mut between = Sums::new(self.len());
        for node in 0..self.len() {
            let whole = of_community[communities[node] as usize];
            let is_well_tied = |to_rest: u64, degree: u64| self.gain(to_rest, degree, whole - degree) >= 0;
            if !is_alone[node] || !is_well_tied(to_rest[node], self.degrees[node]) {
                continue;
            }
            inside(node).for_each(|(end, weight)| between.add(parts[end], weight));
            let mut best: Option<(i128, u32, u64)> = None;
            for (part, weight) in between.drain() {
                let gained = self.gain(weight, self.degrees[node], degrees[part as usize]);
                let is_better = best.is_none_or(|(most, known, _)| gained > most || (gained == most && part < known));
                if gained >= 0 && is_better && is_well_tied(to_rest[part as usize], degrees[part as usize]) {
                    best = Some((gained, part, weight));
                }
            }
            if let Some((_, part, weight)) = best {
                let joined = part as usize;
                parts[node] = part;
                degrees[joined] += self.degrees[node];
                to_rest[joined] = to_rest[joined] + to_rest[node] - 2 * weight;
                is_alone.set(node, false);
                is_alone.set(joined, false);
            }
        }
        numbered(&parts)
    }

    /// The network in which each part is one node; parts are numbered without a gap.
    fn aggregate(&self, parts: &[u32]) -> Network {
        let count = parts.iter().max().map_or(0, |last| *last as usize + 1);
        let mut nodes: Vec<Vec<u32>> = vec![Vec::new(); count];
        parts.iter().zip(0..).for_each(|(part, node)| nodes[*part as usize].push(node));
        let mut network = Network {
            starts: vec![0],
            ends: Vec::new(),
            weights: Vec::new(),
            degrees: Vec::new(),
            total: 0,
            resolution: self.resolution,
        };
        let mut between = Sums::new(count);
        for (part, nodes) in nodes.iter().enumerate() {
            for node in nodes {
                self.ties(*node as usize).for_each(|(end, weight)| between.add(parts[end], weight));
            }
            for (other, weight) in between.drain().filter(|(other, _)| *other as usize != part) {
                network.ends.push(other);
                network.weights.push(weight);
            }
            network.end_node(nodes.iter().map(|node| self.degrees[*node as usize]).sum());
        }
        network
    }

    /// The connected pieces of the network, or of its communities, numbered in the order of their first nodes.
    fn pieces(&self, communities: Option<&[u32]>) -> Vec<u32> {
        const NONE: u32 = u32::MAX;
        let mut pieces = vec![NONE; self.len()];
        let mut count = 0;
        for start in 0..self.len() {
            if pieces[start] != NONE {
                continue;
            }
            let mut stack = vec![start];
            pieces[start] = count;
            while let Some(node) = stack.pop() {
                for (end, _) in self.ties(node) {
                    if pieces[end] == NONE && communities.is_none_or(|communities| communities[end] == communities[node]) {
                        pieces[end] = count;
                        stack.push(end);
                    }
                }
            }
            count += 1;
        }
        pieces
    }
}

/// The same division, its numbers from 0 in the order of their first appearance.
fn numbered(groups: &[u32]) -> Vec<u32> {
    let mut numbers: Vec<Option<u32>> = vec![None; groups.iter().max().map_or(0, |last| *last as usize + 1)];
    let mut next = 0;
    let mut number = |group: &u32| {
        *numbers[*group as usize].get_or_insert_with(|| {
            next += 1;
            next - 1
        })
    };
    groups.iter().map(&mut number).collect()
}

/// Sums by number, of which few are not zero.
struct Sums {
    sums: Vec<u64>,
    touched: Vec<u32>,
}

impl Sums {
    fn new(count: usize) -> Sums {
        Sums { sums: vec![0; count], touched: Vec::new() }
    }

    fn add(&mut self, at: u32, weight: u64) {
        if self.sums[at as usize] == 0 {
            self.touched.push(at);
        }
        self.sums[at as usize] += weight;
    }

    fn of(&self, at: u32) -> u64 {
        self.sums[at as usize]
    }

    /// What has come together, in the order in which it came; then all is zero again.
    fn drain(&mut self) -> impl Iterator<Item = (u32, u64)> {
        let sums = &mut self.sums;
        self.touched.drain(..).map(|at| (at, std::mem::take(&mut sums[at as usize])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Zachary's karate club ("An information flow model for conflict and fission in small groups", 1977): who met whom.
    const KARATE: [(u32, &[u32]); 29] = [
        (1, &[2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32]),
        (2, &[3, 4, 8, 14, 18, 20, 22, 31]),
        (3, &[4, 8, 9, 10, 14, 28, 29, 33]),
        (4, &[8, 13, 14]),
        (5, &[7, 11]),
        (6, &[7, 11, 17]),
        (7, &[17]),
        (9, &[31, 33, 34]),
        (10, &[34]),
        (14, &[34]),
        (15, &[33, 34]),
        (16, &[33, 34]),
        (19, &[33, 34]),
        (20, &[34]),
        (21, &[33, 34]),
        (23, &[33, 34]),
        (24, &[26, 28, 30, 33, 34]),
        (25, &[26, 28, 32]),
        (26, &[32]),
        (27, &[30, 34]),
        (28, &[34]),
        (29, &[32, 34]),
        (30, &[33, 34]),
        (31, &[33, 34]),
        (32, &[33, 34]),
        (33, &[34]),
        (12, &[]),
        (13, &[]),
        (34, &[]),
    ];

    fn ties(nodes: usize, pairs: &[(u32, u32)]) -> Ties {
        let mut pairs: Vec<(u32, u32, u32)> = pairs.iter().map(|(a, b)| (*a.min(b), *a.max(b), 1)).collect();
        pairs.sort_unstable();
        Ties::between(nodes, &pairs)
    }

    #[test]
    fn a_club_falls_apart_as_it_did() {
        let pairs: Vec<(u32, u32)> = KARATE.iter().flat_map(|(from, to)| to.iter().map(move |to| (from - 1, to - 1))).collect();
        assert_eq!(pairs.len(), 78);
        let ties = ties(34, &pairs);
        let communities = leiden(&ties, ONE);
        // The best there is of this club is 0.4198 (Brandes and others, "On modularity clustering", 2008).
        let found = modularity(&ties, &communities);
        assert!(found > 0.41 && found < 0.419_81, "{found}");
        // Mr. Hi and the officer part, and take their friends along.
        assert_ne!(communities[0], communities[33]);
        assert!([1, 2, 3, 7, 13].iter().all(|friend| communities[*friend] == communities[0]), "{communities:?}");
        assert!([14, 15, 18, 20, 22, 32].iter().all(|friend| communities[*friend] == communities[33]), "{communities:?}");
    }

    #[test]
    fn two_circles_with_one_tie_between_are_two() {
        let mut pairs = vec![(4, 5)];
        for circle in [0, 5] {
            (0..5).for_each(|a| pairs.extend((a + 1..5).map(|b| (circle + a, circle + b))));
        }
        let ties = ties(11, &pairs);
        let communities = leiden(&ties, ONE);
        assert_eq!(communities, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
        // 20 of 21 ties are inside, half of all ends in either.
        assert!((modularity(&ties, &communities) - (20.0 / 21.0 - 0.5)).abs() < 1e-12);
        // A resolution near zero asks for nothing but that they hang together; a large one for nothing at all.
        assert_eq!(leiden(&ties, 1), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(leiden(&ties, 100 * ONE), (0..11).collect::<Vec<u32>>());
        assert_eq!((leiden(&Ties::between(0, &[]), ONE), modularity(&Ties::between(0, &[]), &[])), (vec![], 0.0));
    }
}
