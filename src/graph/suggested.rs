//! Edges that nobody wrote: a note speaks of a concept by name without linking to it, or has a tag that is nearly its name.
//!
//! They are kept apart from the graph of what is written, and an algorithm is handed them by whoever asks for them. This
//! file knows how they are kept and gone through, not how they are found.

use super::ConceptId;
use crate::cellar::{Column, Lists, Shelf};

/// What suggests an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuggestedBy {
    /// The source speaks of the target by name.
    Mention,
    /// A tag of the source is nearly the name of the target.
    Tag,
}

/// An edge that nobody wrote. At most one for each source, target and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SuggestedEdge {
    /// The note that speaks.
    pub source: ConceptId,
    /// Of whom.
    pub target: ConceptId,
    /// How.
    pub by: SuggestedBy,
    /// In how many places; at least 1.
    pub places: u32,
}

/// All suggested edges of a vault, by source and by target.
#[derive(Debug)]
pub struct Suggested {
    outgoing: Lists,
    targets: Column<u32>,
    /// The number of places, above the bit that says that a tag suggests it.
    places: Column<u32>,
    incoming: Lists,
    /// The numbers of the edges to each target, by source.
    edges: Column<u32>,
}

/// The bit that says that a tag suggests an edge.
const TAG: u32 = 1;

/// The largest number of places that is told.
const MOST_PLACES: u32 = u32::MAX >> 1;

impl Suggested {
    /// Puts these edges between so many concepts on a shelf. They come in order: by source, then target, then kind. There may
    /// be as many as a vault has words, so that no list of them is made.
    pub fn put(shelf: &mut Shelf, concepts: usize, edges: impl Iterator<Item = SuggestedEdge>) {
        let (mut outgoing, mut incoming) = (vec![0_u32; concepts + 1], vec![0_u32; concepts + 1]);
        let (mut targets, mut places) = (Vec::new(), Vec::new());
        for edge in edges {
            outgoing[edge.source.0 as usize + 1] += 1;
            incoming[edge.target.0 as usize + 1] += 1;
            targets.push(edge.target.0);
            places.push(edge.places.min(MOST_PLACES) << 1 | if edge.by == SuggestedBy::Tag { TAG } else { 0 });
        }
        for at in 0..concepts {
            outgoing[at + 1] += outgoing[at];
            incoming[at + 1] += incoming[at];
        }
        let (mut next, mut numbers) = (incoming.clone(), vec![0_u32; targets.len()]);
        for (number, target) in targets.iter().enumerate() {
            let place = &mut next[*target as usize];
            numbers[*place as usize] = number as u32;
            *place += 1;
        }
        shelf.put_numbers("s_out", &outgoing);
        shelf.put_numbers("s_to", &targets);
        shelf.put_numbers("s_places", &places);
        shelf.put_numbers("s_in", &incoming);
        shelf.put_numbers("s_edges", &numbers);
    }

    /// The edges that a shelf keeps; none if it keeps none.
    pub fn on(shelf: &Shelf) -> Suggested {
        Suggested {
            outgoing: Lists::on(shelf, "s_out"),
            targets: shelf.column("s_to"),
            places: shelf.column("s_places"),
            incoming: Lists::on(shelf, "s_in"),
            edges: shelf.column("s_edges"),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The edges from a concept, by target, then kind.
    pub fn outgoing(&self, source: ConceptId) -> impl Iterator<Item = SuggestedEdge> {
        self.outgoing.range(source.0 as usize).map(move |at| self.edge(source, at))
    }

    /// The edges to a concept, by source, then kind.
    pub fn backlinks(&self, target: ConceptId) -> impl Iterator<Item = SuggestedEdge> {
        self.incoming.range(target.0 as usize).map(|at| {
            let at = self.edges.get(at) as usize;
            self.edge(ConceptId(self.outgoing.list_of(at) as u32), at)
        })
    }

    /// How many edges there are to a concept.
    pub fn count_backlinks(&self, target: ConceptId) -> usize {
        self.incoming.range(target.0 as usize).len()
    }

    fn edge(&self, source: ConceptId, at: usize) -> SuggestedEdge {
        let places = self.places.get(at);
        let by = if places & TAG > 0 { SuggestedBy::Tag } else { SuggestedBy::Mention };
        SuggestedEdge { source, target: ConceptId(self.targets.get(at)), by, places: places >> 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_show_the_same_edges() {
        let edge =
            |source, target, by, places| SuggestedEdge { source: ConceptId(source), target: ConceptId(target), by, places };
        let (mention, tag) = (SuggestedBy::Mention, SuggestedBy::Tag);
        let edges = [edge(0, 1, mention, 2), edge(0, 1, tag, 1), edge(0, 3, mention, u32::MAX), edge(2, 1, mention, 3)];
        let mut shelf = Shelf::default();
        Suggested::put(&mut shelf, 4, edges.into_iter());
        let kept = Suggested::on(&shelf);
        let outgoing: Vec<Vec<SuggestedEdge>> = (0..4).map(|at| kept.outgoing(ConceptId(at)).collect()).collect();
        assert_eq!(outgoing[0], [edge(0, 1, mention, 2), edge(0, 1, tag, 1), edge(0, 3, mention, MOST_PLACES)]);
        assert_eq!((outgoing[1].len(), &*outgoing[2], outgoing[3].len()), (0, &[edge(2, 1, mention, 3)][..], 0));
        let backlinks: Vec<SuggestedEdge> = kept.backlinks(ConceptId(1)).collect();
        assert_eq!(backlinks, [edge(0, 1, mention, 2), edge(0, 1, tag, 1), edge(2, 1, mention, 3)]);
        assert_eq!((kept.len(), kept.is_empty()), (4, false));
        assert!(Suggested::on(&Shelf::default()).is_empty());
    }
}
