//! What must hold of the structure of any vault, against the plainest way to work it out.

use proptest::prelude::*;
use resonote::answer::Resolution;
use resonote::graph::{Along, ConceptGraph, ConceptId};
use resonote::vault::Vault;
use std::collections::{BTreeMap, BTreeSet};

/// How a note of a made-up vault links another.
const WAYS: [&str; 4] = ["[[_]]", "See also: [[_]]", "following: [[_]]", "preceding: [[_]]"];

/// Links of a made-up vault of at most so many notes: from, to, way. The last three names are never written.
fn links(notes: usize) -> impl Strategy<Value = (usize, Vec<(usize, usize, usize)>)> {
    (1..notes).prop_flat_map(|notes| {
        let link = (0..notes, 0..notes + 3, prop_oneof![3 => Just(0), 2 => 0..WAYS.len()]);
        (Just(notes), prop::collection::vec(link, 0..notes * 3))
    })
}

fn vault(notes: usize, links: &[(usize, usize, usize)]) -> Vault {
    let mut texts: BTreeMap<String, String> = (0..notes).map(|note| (format!("n{note:02}.md"), String::new())).collect();
    for (from, to, way) in links {
        let text = texts.get_mut(&format!("n{from:02}.md")).expect("a note");
        text.push_str(&format!("{}\n\n", WAYS[*way].replace('_', &format!("n{to:02}"))));
    }
    Vault::from_texts(texts, false)
}

/// Who is tied with whom, and what that weighs in quarters, asked of each concept by itself.
fn ties(graph: &ConceptGraph) -> BTreeMap<(u32, u32), u64> {
    let mut ties = BTreeMap::new();
    for source in 0..graph.len() as u32 {
        for edge in graph.outgoing(ConceptId(source)).into_iter().filter(|edge| edge.source != edge.target) {
            let weight = if ["following", "preceding"].contains(&&*edge.relation.name) { 1 } else { 4 };
            for pair in [(edge.source.0, edge.target.0), (edge.target.0, edge.source.0)] {
                let known = ties.entry(pair).or_insert(weight);
                *known = weight.max(*known);
            }
        }
    }
    ties
}

/// Modularity with a resolution, straight from its definition.
fn quality(ties: &BTreeMap<(u32, u32), u64>, of: &BTreeMap<u32, usize>, resolution: f64) -> f64 {
    let total: u64 = ties.values().sum();
    if total == 0 {
        return 0.0;
    }
    let mut degrees: BTreeMap<usize, u64> = BTreeMap::new();
    let mut inside = 0;
    for ((a, b), weight) in ties {
        *degrees.entry(of[a]).or_default() += weight;
        inside += if of[a] == of[b] { *weight } else { 0 };
    }
    let expected: f64 = degrees.values().map(|degree| (*degree as f64 / total as f64).powi(2)).sum();
    inside as f64 / total as f64 - resolution * expected
}

/// What can be reached from a concept over ties inside of a set.
fn reached(ties: &BTreeMap<(u32, u32), u64>, start: u32, inside: &dyn Fn(u32) -> bool) -> BTreeSet<u32> {
    let (mut seen, mut stack) = (BTreeSet::from([start]), vec![start]);
    while let Some(at) = stack.pop() {
        for ((_, end), _) in ties.range((at, 0)..=(at, u32::MAX)).filter(|((_, end), _)| inside(*end)) {
            if seen.insert(*end) {
                stack.push(*end);
            }
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each concept is in one community or alone, communities are connected and in order, the figures are what they say, and
    /// neither each concept alone nor all in one would be better; nor would any one concept by itself, elsewhere.
    #[test]
    fn communities_are_connected_and_no_worse_than_none(
        (notes, links) in links(24),
        resolution in prop::sample::select(vec![0.1, 0.7, 1.0, 1.5, 4.0]),
    ) {
        let vault = vault(notes, &links);
        let graph = ConceptGraph::of(&vault);
        let ties = ties(&graph);
        let found = graph.communities(Resolution::new(resolution).expect("a resolution"));
        prop_assert_eq!(&found, &graph.communities(Resolution::new(resolution).expect("a resolution")));
        let mut of: BTreeMap<u32, usize> = BTreeMap::new();
        for (number, community) in found.communities.iter().enumerate() {
            let members: BTreeSet<u32> = community.members.iter().map(|member| member.concept.0).collect();
            prop_assert!(members.len() > 1 && members.len() == community.members.len());
            let first = *members.first().expect("a member");
            prop_assert_eq!(&reached(&ties, first, &|at| members.contains(&at)), &members);
            let pairs = ties.keys().filter(|(a, b)| a < b && members.contains(a) && members.contains(b)).count();
            prop_assert_eq!(pairs, community.pairs);
            prop_assert!(community.density() > 0.0 && community.density() <= 1.0);
            for member in &community.members {
                let own = ties.range((member.concept.0, 0)..=(member.concept.0, u32::MAX));
                let all: u64 = own.clone().map(|(_, weight)| weight).sum();
                let inside: u64 = own.filter(|((_, end), _)| members.contains(end)).map(|(_, weight)| weight).sum();
                prop_assert!((member.telling - (inside * inside) as f64 / all as f64 / 4.0).abs() < 0.000_051);
                prop_assert!(of.insert(member.concept.0, number).is_none());
            }
            prop_assert!(community.members.is_sorted_by(|a, b| a.telling > b.telling - 0.000_1));
            prop_assert_eq!(found.of(ConceptId(first)), Some(number));
        }
        let order = |community: &resonote::graph::Community| {
            (std::cmp::Reverse(community.members.len()), community.members.iter().map(|member| member.concept).min())
        };
        prop_assert!(found.communities.is_sorted_by_key(order));
        prop_assert_eq!(found.alone, graph.len() - of.len());
        (0..graph.len() as u32).for_each(|at| { of.entry(at).or_insert(1_000 + at as usize); });
        prop_assert!((found.modularity - quality(&ties, &of, 1.0)).abs() < 1e-9);
        let own = quality(&ties, &of, resolution);
        let alone = (0..graph.len() as u32).map(|at| (at, at as usize)).collect();
        let one = (0..graph.len() as u32).map(|at| (at, 0)).collect();
        prop_assert!(own >= quality(&ties, &alone, resolution) - 1e-9 && own >= quality(&ties, &one, resolution) - 1e-9);
        for at in 0..graph.len() as u32 {
            for other in of.values().copied().chain([10_000]).collect::<BTreeSet<usize>>() {
                let mut moved = of.clone();
                moved.insert(at, other);
                prop_assert!(own >= quality(&ties, &moved, resolution) - 1e-9, "{} would gain in {}", at, other);
            }
        }
    }

    /// Pairs that stand apart are what their formula says, each once, best first; and what a limit cuts off is the end.
    #[test]
    fn pairs_stand_apart_as_their_formula_says((notes, links) in links(24)) {
        let vault = vault(notes, &links);
        let graph = ConceptGraph::of(&vault);
        let ties = ties(&graph);
        let around = |at: u32| -> BTreeSet<u32> { ties.range((at, 0)..=(at, u32::MAX)).map(|((_, end), _)| *end).collect() };
        let steps = |from: u32, to: u32| {
            let within = graph.within(ConceptId(from), usize::MAX, Along::Outgoing, None);
            within.into_iter().find(|(at, ..)| at.0 == to).map(|(_, far, _)| far)
        };
        let mut expected: Vec<(i64, u32, u32)> = Vec::new();
        let (found, total) = graph.apart(1_000);
        let mut told = found.iter();
        for a in 0..vault.len() as u32 {
            for b in a + 1..vault.len() as u32 {
                let shared: Vec<u32> = around(a).intersection(&around(b)).copied().collect();
                if shared.len() < 2 || around(a).contains(&b) {
                    continue;
                }
                let sum: f64 = shared.iter().map(|at| 1.0 / around(*at).len() as f64).sum();
                let strength = sum / (around(a).len() as f64 * around(b).len() as f64).sqrt();
                prop_assert!(strength <= 0.5 + 1e-9);
                let far = steps(a, b).into_iter().chain(steps(b, a)).min();
                let many = ((shared.len() as f64 - 1.0) / (shared.len() as f64 + 1.0)).powi(2);
                let score = strength * many * far.map_or(1.0, |far| if far == 2 { 0.05 } else { 1.0 - 2.0 / far as f64 });
                expected.push(((score * 1e6).round() as i64, a, b));
                let own = found.iter().find(|it| it.notes == [ConceptId(a), ConceptId(b)]).expect("the pair");
                prop_assert_eq!(own.steps, far);
                prop_assert!((own.strength - strength).abs() < 0.000_051 && (own.score - score).abs() < 0.000_051, "{:?}", own);
                let shared_set: BTreeSet<u32> = own.shared.iter().map(|at| at.0).collect();
                prop_assert_eq!(shared_set, shared.into_iter().collect::<BTreeSet<u32>>());
                prop_assert!(own.shared.is_sorted_by_key(|at| (around(at.0).len(), at.0)));
            }
        }
        prop_assert_eq!((found.len(), total), (expected.len(), expected.len()));
        prop_assert!(told.all(|it| it.notes[0] < it.notes[1]) && found.is_sorted_by(|a, b| a.score >= b.score));
        let (few, same) = graph.apart(2);
        prop_assert_eq!((few.as_slice(), same), (&found[..total.min(2)], total));
    }

    /// A note is one whose loss would split the vault if, without it, more pieces are left of what hung together; and it cuts
    /// off all but the largest of them.
    #[test]
    fn cuts_are_what_is_left_without_them((notes, links) in links(24)) {
        let vault = vault(notes, &links);
        let graph = ConceptGraph::of(&vault);
        let (written, ties) = (vault.len() as u32, ties(&graph));
        let (found, total) = graph.cuts(1_000, 1_000);
        let mut expected = 0;
        for at in 0..written {
            let mut rest = reached(&ties, at, &|end| end < written);
            rest.remove(&at);
            let mut pieces: Vec<BTreeSet<u32>> = Vec::new();
            while let Some(start) = rest.first().copied() {
                let piece = reached(&ties, start, &|end| end < written && end != at);
                rest.retain(|end| !piece.contains(end));
                pieces.push(piece);
            }
            let cut = found.iter().find(|cut| cut.concept.0 == at);
            prop_assert_eq!(cut.is_some(), pieces.len() > 1, "{}", at);
            let Some(cut) = cut else { continue };
            expected += 1;
            let all: usize = pieces.iter().map(BTreeSet::len).sum();
            let largest = pieces.iter().map(BTreeSet::len).max().unwrap_or(0);
            prop_assert_eq!((cut.cut_off, cut.pieces), (all - largest, pieces.len()));
            let named: BTreeSet<u32> = cut.notes.iter().map(|note| note.0).collect();
            prop_assert_eq!((named.len(), cut.notes.len()), (all - largest, all - largest));
            // Whole pieces are cut off.
            prop_assert!(pieces.iter().all(|piece| piece.is_subset(&named) || piece.is_disjoint(&named)));
        }
        prop_assert_eq!((expected, total), (found.len(), found.len()));
        prop_assert!(found.is_sorted_by_key(|cut| (std::cmp::Reverse(cut.cut_off), cut.concept)));
        let (few, same) = graph.cuts(1, 1);
        let firsts = few.iter().zip(&found).all(|(few, cut)| few.concept == cut.concept && few.notes[..] == cut.notes[..1]);
        prop_assert!(few.len() == total.min(1) && same == total && firsts);
    }

    /// What one side says is found if, and only if, the other does not say it back.
    #[test]
    fn what_one_side_says_the_other_does_not((notes, links) in links(16)) {
        let vault = vault(notes, &links);
        let graph = ConceptGraph::of(&vault);
        let says = |from: u32, to: u32, relation: &str| {
            graph.outgoing(ConceptId(from)).iter().any(|edge| edge.target.0 == to && *edge.relation.name == *relation)
        };
        let (mut one_way, mut broken, mut missing) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for source in 0..vault.len() as u32 {
            for edge in graph.outgoing(ConceptId(source)) {
                let (to, name) = (edge.target.0, edge.relation.name.to_string());
                if to as usize >= vault.len() || to == source {
                    continue;
                }
                let inverse = match name.as_str() {
                    "see-also" => "see-also",
                    "following" => "preceding",
                    "preceding" => "following",
                    _ => continue,
                };
                if says(to, source, inverse) {
                    continue;
                }
                let says_it = graph.outgoing(ConceptId(to)).iter().any(|edge| *edge.relation.name == *inverse);
                match (name == inverse, says_it) {
                    (true, _) => one_way.insert((source, to, name)),
                    (false, true) => broken.insert((source, to, name)),
                    (false, false) => missing.insert((source, to, name)),
                };
            }
        }
        let key = |link: &resonote::graph::Linked<'_>| (link.source.0, link.target.0, link.relation.name.to_string());
        let (found, total) = graph.one_way(1_000);
        prop_assert_eq!(found.iter().map(|it| key(&it.link)).collect::<BTreeSet<_>>(), one_way);
        prop_assert_eq!(found.len(), total);
        for it in &found {
            let back = graph.outgoing(it.link.target).iter().any(|edge| edge.target == it.link.source);
            prop_assert_eq!(it.links_back, back);
        }
        prop_assert!(found.is_sorted_by_key(|it| (it.links_back, key(&it.link))));
        let (found, total) = graph.unanswered(1_000);
        prop_assert_eq!(found.len(), total);
        let (with, without): (Vec<_>, Vec<_>) = found.iter().partition(|it| it.instead_total > 0);
        prop_assert_eq!(with.iter().map(|it| key(&it.link)).collect::<BTreeSet<_>>(), broken);
        prop_assert_eq!(without.iter().map(|it| key(&it.link)).collect::<BTreeSet<_>>(), missing);
        prop_assert!(found.is_sorted_by_key(|it| (it.instead_total == 0, key(&it.link))));
        for it in &found {
            prop_assert!(it.instead.len() == it.instead_total.min(3));
            prop_assert!(it.instead.iter().all(|other| other.source == it.link.target && *other.relation.name == *it.inverse));
        }
    }
}

/// Notes in a chain of any length are gone through without a step for each on the stack of the program.
#[test]
fn a_long_chain_is_cut_anywhere() {
    let length = 20_000;
    let texts = (0..length).map(|note| (format!("{note:05}.md"), format!("[[{:05}]]", note + 1)));
    let vault = Vault::from_texts(texts, false);
    let graph = ConceptGraph::of(&vault);
    let (found, total) = graph.cuts(2, 2);
    assert_eq!(total, length - 2);
    // Without the middle one half is cut off; the one that the walk begins in stays.
    let ids = |found: &[ConceptId]| found.iter().map(|at| at.0 as usize).collect::<Vec<_>>();
    assert_eq!((found[0].concept.0 as usize, found[0].cut_off), (length / 2 - 1, length / 2 - 1));
    assert_eq!(ids(&found[0].notes), [0, 1]);
    assert_eq!((found[1].concept.0 as usize, found[1].cut_off), (length / 2, length / 2 - 1));
    assert_eq!(ids(&found[1].notes), [length / 2 + 1, length / 2 + 2]);
    assert_eq!(graph.communities(Resolution::default()).alone, 0);
}

/// What more than a hundred concepts are linked with joins no two of them: a list of everything says nothing.
#[test]
fn what_everything_is_linked_with_joins_nothing() {
    let pairs = |notes: usize| {
        let vault = Vault::from_texts((0..notes).map(|note| (format!("{note}.md"), "[[one]] [[other]]")), false);
        ConceptGraph::of(&vault).apart(1).1
    };
    assert_eq!((pairs(100), pairs(101)), (100 * 99 / 2, 0));
}
