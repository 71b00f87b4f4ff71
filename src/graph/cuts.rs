//! Which notes alone hold parts of the vault together.
//!
//! Of all written notes and the links between them, whichever way those point, these are the articulation points: without
//! such a note fewer notes hang together. They are found in one walk (Hopcroft and Tarjan, "Algorithm 447: efficient
//! algorithms for graph manipulation", Comm. ACM 16, 1973), which keeps its own stack, as notes may stand in a chain of a
//! hundred thousand. petgraph finds the points, but not what each of them would cut off.

use super::ties::Ties;
use super::{ConceptGraph, ConceptId};
use std::cmp::Reverse;
use std::ops::Range;

/// A note whose loss would split the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The note.
    pub concept: ConceptId,
    /// How many notes would be cut off from the largest piece that would remain of what hangs together with it; 1 or more.
    pub cut_off: usize,
    /// Into how many pieces that would fall; 2 or more.
    pub pieces: usize,
    /// Some of the notes cut off: of the largest pieces first, each beginning at the note that is linked with the one lost,
    /// or, where the walk came from, at its start.
    pub notes: Vec<ConceptId>,
}

/// No node.
const NONE: u32 = u32::MAX;

/// A walk through everything, depth first, that has gone over each tie.
struct Walk {
    /// The nodes in the order they were come to.
    order: Vec<u32>,
    /// The place of each node there.
    place: Vec<u32>,
    /// How many nodes were come to from each, itself among them: they stand behind it in one piece.
    size: Vec<u32>,
    /// Where the walk of each node began.
    start: Vec<u32>,
    /// Of each node the next ones from which there is no way around it, by node.
    beyond: Vec<(u32, u32)>,
}

impl ConceptGraph {
    /// The notes whose loss would split the vault, at most `most`, each with at most `notes` of those cut off: those that
    /// would cut off most notes first, ties in concept order; and how many there are. Takes time in proportion to the links.
    pub fn cuts(&self, most: usize, notes: usize) -> (Vec<Cut>, usize) {
        let walk = walk(&Ties::of(self, self.links.written as usize));
        let mut cuts: Vec<(Reverse<usize>, u32)> = Vec::new();
        for beyond in walk.beyond.chunk_by(|a, b| a.0 == b.0) {
            let pieces = walk.pieces(beyond);
            if pieces.len() > 1 {
                cuts.push((Reverse(pieces[1..].iter().map(|piece| piece.size).sum()), beyond[0].0));
            }
        }
        cuts.sort_unstable();
        let total = cuts.len();
        let cut = |(Reverse(cut_off), node): (Reverse<usize>, u32)| {
            let first = walk.beyond.partition_point(|(before, _)| *before < node);
            let last = walk.beyond.partition_point(|(before, _)| *before <= node);
            let pieces = walk.pieces(&walk.beyond[first..last]);
            let cut = pieces[1..].iter().flat_map(|piece| walk.nodes(node, piece, &walk.beyond[first..last]));
            Cut { concept: ConceptId(node), cut_off, pieces: pieces.len(), notes: cut.take(notes).map(ConceptId).collect() }
        };
        (cuts.into_iter().take(most).map(cut).collect(), total)
    }
}

/// What would hang together still if a node went.
struct Piece {
    size: usize,
    /// The node beyond the lost one that it begins at; none for the piece that the walk began in.
    from: Option<u32>,
}

impl Walk {
    fn range(&self, node: u32) -> Range<usize> {
        let place = self.place[node as usize] as usize;
        place..place + self.size[node as usize] as usize
    }

    /// The pieces that would remain without a node, the largest first, among equals the one that the walk began in.
    fn pieces(&self, beyond: &[(u32, u32)]) -> Vec<Piece> {
        let of_next = |next: u32| Piece { size: self.size[next as usize] as usize, from: Some(next) };
        let mut pieces: Vec<Piece> = beyond.iter().map(|(_, next)| of_next(*next)).collect();
        let whole = self.size[self.start[beyond[0].0 as usize] as usize] as usize;
        let rest = whole - 1 - pieces.iter().map(|piece| piece.size).sum::<usize>();
        if rest > 0 {
            pieces.push(Piece { size: rest, from: None });
        }
        pieces.sort_by_key(|piece| (Reverse(piece.size), piece.from.map(|next| self.place[next as usize])));
        pieces
    }

    /// The nodes of a piece, in the order of the walk.
    fn nodes<'w>(&'w self, lost: u32, piece: &Piece, beyond: &'w [(u32, u32)]) -> Box<dyn Iterator<Item = u32> + 'w> {
        let Some(next) = piece.from else {
            // Everything but the lost one and what is beyond it.
            let mut gaps: Vec<Range<usize>> = beyond.iter().map(|(_, next)| self.range(*next)).collect();
            let at = self.place[lost as usize] as usize;
            gaps.push(at..at + 1);
            gaps.sort_by_key(|gap| gap.start);
            let whole = self.range(self.start[lost as usize]);
            let starts = std::iter::once(whole.start).chain(gaps.clone().into_iter().map(|gap| gap.end)).collect::<Vec<_>>();
            let ends = gaps.into_iter().map(|gap| gap.start).chain([whole.end]);
            return Box::new(starts.into_iter().zip(ends).flat_map(|(start, end)| self.order[start..end].iter().copied()));
        };
        Box::new(self.order[self.range(next)].iter().copied())
    }
}

fn walk(ties: &Ties) -> Walk {
    let nodes = ties.len();
    let mut walk = Walk {
        order: Vec::with_capacity(nodes),
        place: vec![NONE; nodes],
        size: vec![1; nodes],
        start: vec![NONE; nodes],
        beyond: Vec::new(),
    };
    // The earliest place that can be come to from what is behind a node, without the way there.
    let mut earliest = vec![NONE; nodes];
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for start in 0..nodes as u32 {
        if walk.place[start as usize] != NONE {
            continue;
        }
        let come_to = |walk: &mut Walk, earliest: &mut [u32], node: u32| {
            let place = walk.order.len() as u32;
            walk.order.push(node);
            (walk.place[node as usize], walk.start[node as usize], earliest[node as usize]) = (place, start, place);
        };
        come_to(&mut walk, &mut earliest, start);
        stack.push((start, 0));
        while let Some((node, tie)) = stack.last_mut() {
            let (node, ends) = (*node, ties.of_node(*node));
            if let Some(end) = ends.get(*tie).copied() {
                *tie += 1;
                if walk.place[end as usize] == NONE {
                    come_to(&mut walk, &mut earliest, end);
                    stack.push((end, 0));
                } else {
                    // The tie it was come to by counts as well, which changes nothing: that place is not before its own node.
                    earliest[node as usize] = earliest[node as usize].min(walk.place[end as usize]);
                }
                continue;
            }
            stack.pop();
            let Some((before, _)) = stack.last().copied() else { break };
            walk.size[before as usize] += walk.size[node as usize];
            if earliest[node as usize] >= walk.place[before as usize] {
                walk.beyond.push((before, node));
            } else {
                earliest[before as usize] = earliest[before as usize].min(earliest[node as usize]);
            }
        }
    }
    walk.beyond.sort_by_key(|(before, next)| (*before, walk.place[*next as usize]));
    walk
}
