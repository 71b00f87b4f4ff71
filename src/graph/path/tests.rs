//! Laws of ways, on small graphs that chance draws: whatever is asked, the ways are those that looking at every way there is
//! would give.

use super::cost::{hub_factor, times};
use super::*;
use crate::cellar::Shelf;
use crate::graph::relation::UNIT;
use crate::graph::{Suggested, SuggestedBy, SuggestedEdge};
use crate::vault::Vault;
use std::collections::{BTreeMap, BTreeSet};

/// Chance by Knuth's MMIX generator.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// A vault of so many notes, with so many links of several relations among them; one note links to all of them now and then.
fn vault(chance: &mut Chance, notes: usize, links: usize) -> Vault {
    let mut texts: Vec<String> = (0..notes).map(|_| String::new()).collect();
    for _ in 0..links {
        let form = ["see [[_]]", "up: [[_]]", "See also: [[_]]", "following: [[_]]", "see [[_]]"][chance.below(5)];
        let at = chance.below(notes);
        texts[at].push_str(&format!("{}\n\n", form.replace('_', &format!("n{}", chance.below(notes)))));
    }
    if chance.is(3) {
        (1..notes).for_each(|note| texts[0].push_str(&format!("[[n{note}]] ")));
    }
    for text in &mut texts {
        for tag in ["one", "two"] {
            if chance.is(4) {
                text.push_str(&format!("\n#{tag}"));
            }
        }
    }
    Vault::from_texts(texts.into_iter().enumerate().map(|(at, text)| (format!("n{at}.md"), text)), false)
}

/// What a step from one concept to another costs at least, whatever is between them.
fn steps(graph: &ConceptGraph, terms: &Terms<'_>, asked: &[ConceptId]) -> BTreeMap<(u32, u32), u64> {
    let mut steps: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let weight = if terms.hubs == Hubs::Allow { 0.0 } else { terms.hub_weight };
    let most = graph.hub_degree().filter(|_| terms.hubs == Hubs::Forbid).unwrap_or(usize::MAX);
    let mut add = |from: ConceptId, to: ConceptId, base: u64| {
        let is_asked = asked.contains(&to);
        let to_others = graph.outgoing(to).into_iter().filter(|edge| edge.target != to).count();
        let degree = to_others + graph.backlinks(to).into_iter().filter(|edge| edge.source != to).count();
        let is_open = from != to && ![from, to].iter().any(|it| terms.avoid.contains(it)) && (is_asked || degree < most);
        if is_open {
            let cost = times(base, if is_asked { UNIT } else { hub_factor(weight, degree) });
            let known = steps.entry((from.0, to.0)).or_insert(cost);
            *known = cost.min(*known);
        }
    };
    let mut both = |source: ConceptId, target: ConceptId, base: u64| {
        add(source, target, base);
        if !terms.directed {
            add(target, source, base);
        }
    };
    for at in (0..graph.len() as u32).map(ConceptId) {
        for edge in graph.outgoing(at) {
            if terms.relations.as_ref().is_none_or(|asked| asked.iter().any(|it| **it == *edge.relation.name)) {
                both(edge.source, edge.target, u64::from(terms.costs.of(edge.relation)));
            }
        }
        for edge in terms.suggested.into_iter().flat_map(|suggested| suggested.outgoing(at)) {
            let name = if edge.by == SuggestedBy::Mention { MENTION } else { NEAR_TAG };
            both(edge.source, edge.target, u64::from(terms.costs.of_unwritten(name)));
        }
    }
    for tag in 0..terms.tags.map_or(0, SharedTags::len) as u32 {
        let members = terms.tags.map_or(&[][..], |tags| tags.members(tag));
        let base = times(u64::from(terms.costs.of_unwritten(TAG)), hub_factor(weight, members.len()));
        for from in members {
            members.iter().for_each(|to| add(ConceptId(*from), ConceptId(*to), base));
        }
    }
    steps
}

/// Every way without a circle that comes by these concepts, with its price.
fn all_ways(steps: &BTreeMap<(u32, u32), u64>, stops: &[u32], most_steps: usize) -> Vec<(u64, usize, Vec<u32>)> {
    fn on(steps: &BTreeMap<(u32, u32), u64>, goal: u32, cost: u64, way: &mut Vec<u32>, found: &mut Vec<(u64, Vec<u32>)>) {
        let at = way[way.len() - 1];
        // The first concept may be the goal as well.
        if at == goal && way.len() > 1 {
            found.push((cost, way.clone()));
            return;
        }
        for ((_, to), step) in steps.range((at, 0)..=(at, u32::MAX)) {
            if !way.contains(to) {
                way.push(*to);
                on(steps, goal, cost + step, way, found);
                way.pop();
            }
        }
    }
    let mut ways: Vec<(u64, Vec<u32>)> = vec![(0, vec![stops[0]])];
    for ends in stops.windows(2) {
        let mut leg = Vec::new();
        on(steps, ends[1], 0, &mut vec![ends[0]], &mut leg);
        let with = |(cost, way): &(u64, Vec<u32>)| {
            leg.iter().map(|(more, on)| (cost + more, [&way[..], &on[1..]].concat())).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(with).collect();
    }
    let mut ways: Vec<_> = ways.into_iter().map(|(cost, way)| (cost, way.len() - 1, way)).collect();
    ways.retain(|(_, steps, _)| *steps <= most_steps);
    ways.sort();
    ways
}

/// Of ways in order those that share little with those taken before.
fn take(ways: Vec<(u64, usize, Vec<u32>)>, stops: &[u32], most: usize, share: f64) -> Vec<(u64, usize, Vec<u32>)> {
    let mut taken: Vec<(u64, usize, Vec<u32>)> = Vec::new();
    let inner = |way: &[u32]| -> BTreeSet<u32> { way.iter().copied().filter(|it| !stops.contains(it)).collect() };
    for way in ways {
        let here = inner(&way.2);
        let is_alike = |other: &(u64, usize, Vec<u32>)| {
            other.2 == way.2 || here.intersection(&inner(&other.2)).count() as f64 > share * here.len() as f64 + 1e-9
        };
        if taken.len() < most && !taken.iter().any(is_alike) {
            taken.push(way);
        }
    }
    taken
}

fn told(routes: &[Route<'_>]) -> Vec<(u64, usize, Vec<u32>)> {
    let way = |route: &Route<'_>| {
        let concepts = route.steps.first().map(|step| step.from.0).into_iter().chain(route.steps.iter().map(|step| step.to.0));
        (route.cost, route.steps.len(), concepts.collect())
    };
    routes.iter().map(way).collect()
}

fn assert_sound(route: &Route<'_>) {
    assert_eq!(route.steps.iter().map(|step| step.cost).sum::<u64>(), route.cost);
    assert!(route.steps.windows(2).all(|pair| pair[0].to == pair[1].from));
    for step in &route.steps {
        let ends = match &step.by {
            StepBy::Link(link) => (link.source, link.target),
            StepBy::Suggested(edge) => (edge.source, edge.target),
            StepBy::Tag(_) => (step.from, step.to),
        };
        assert_eq!(if step.is_forward() { (step.from, step.to) } else { (step.to, step.from) }, ends);
    }
}

/// A question that chance draws, about a graph it has drawn.
fn check(seed: u64) {
    let mut chance = Chance(seed);
    for _ in 0..3 {
        chance.below(2);
    }
    let (notes, links) = (2 + chance.below(5), chance.below(12));
    let vault = vault(&mut chance, notes, links);
    let graph = ConceptGraph::of(&vault);
    let tags = SharedTags::of(&vault);
    let mut shelf = Shelf::default();
    let count = graph.len();
    let concept = |chance: &mut Chance| ConceptId(chance.below(count) as u32);
    let suggested = (0..chance.below(4)).map(|_| {
        let by = if chance.is(3) { SuggestedBy::Tag } else { SuggestedBy::Mention };
        SuggestedEdge { source: concept(&mut chance), target: concept(&mut chance), by, places: 1 }
    });
    let suggested: Vec<_> = suggested.collect();
    let mut suggested: Vec<SuggestedEdge> = suggested.into_iter().filter(|edge| edge.source != edge.target).collect();
    suggested.sort_unstable();
    suggested.dedup_by_key(|edge| (edge.source, edge.target, edge.by));
    Suggested::put(&mut shelf, count, suggested.into_iter());
    let suggested = Suggested::on(&shelf);
    let mut stops = vec![concept(&mut chance)];
    (0..chance.below(3)).for_each(|_| stops.push(concept(&mut chance)));
    stops.push(concept(&mut chance));
    stops.dedup();
    let terms = Terms {
        costs: if chance.is(4) { Costs::new([("link".into(), 3_000_000), ("tag".into(), 10_000)]) } else { Costs::default() },
        hubs: [Hubs::Allow, Hubs::Avoid, Hubs::Forbid][chance.below(3)],
        hub_weight: [1.0, 0.0, 5.0][chance.below(3)],
        directed: chance.is(3),
        relations: chance.is(4).then(|| vec!["link".to_owned(), "up".to_owned()]),
        avoid: if chance.is(4) { vec![concept(&mut chance)] } else { Vec::new() },
        most_steps: chance.is(3).then(|| 1 + chance.below(5) as u32),
        tags: chance.is(3).then_some(&tags),
        suggested: chance.is(3).then_some(&suggested),
    };
    if stops.iter().any(|stop| terms.avoid.contains(stop)) || stops.len() < 2 {
        return;
    }
    let (most, share) = (1 + chance.below(4), [0.5, 0.0, 1.0, 0.34][chance.below(4)]);
    let places: Vec<u32> = stops.iter().map(|stop| stop.0).collect();
    let steps = steps(&graph, &terms, &stops);
    let ways = all_ways(&steps, &places, terms.most_steps.map_or(usize::MAX, |most| most as usize));
    let routes = graph.routes(&terms, &stops, most, share);
    routes.iter().for_each(assert_sound);
    let (ours, mut best) = (told(&routes), take(ways, &places, most, share));
    if terms.tags.is_some() {
        // A later way goes through no tag twice, which this count does not know.
        best.truncate(1);
        assert_eq!(ours.first(), best.first(), "seed {seed}: {terms:?}");
    } else {
        assert_eq!(ours, best, "seed {seed}, from {stops:?}, at most {most} sharing {share}: {terms:?}");
    }
    assert_eq!(told(&graph.routes(&terms, &stops, most, share)), ours);
}

#[test]
fn no_way_is_cheaper_and_none_is_left_out() {
    (0..1_500).for_each(check);
}

/// Where three hundred ways are too alike the first, the next one given is one that shares nothing, however dear.
#[test]
fn behind_many_that_are_alike_comes_another() {
    let count = several::MOST_ALIKE + 100;
    let mut texts = vec![
        ("a.md".to_owned(), "[[h]] [[p]]".to_owned()),
        ("g.md".to_owned(), (0..count).map(|at| format!("[[m{at}]] ")).collect()),
        ("h.md".to_owned(), "[[g]]".to_owned()),
        ("p.md".to_owned(), "[[q]]\n\nFollowing: [[r]]".to_owned()),
        ("q.md".to_owned(), "Following: [[r]]".to_owned()),
        ("r.md".to_owned(), "Following: [[b]]".to_owned()),
        ("b.md".to_owned(), String::new()),
    ];
    texts.extend((0..count).map(|at| (format!("m{at}.md"), "[[b]]".to_owned())));
    let vault = Vault::from_texts(texts, false);
    let graph = ConceptGraph::of(&vault);
    let at = |name: &str| ConceptId(vault.find(name).expect("a note"));
    let ways = |most, share| told(&graph.routes(&Terms::default(), &[at("a.md"), at("b.md")], most, share));
    let apart = [at("a.md"), at("p.md"), at("r.md"), at("b.md")].map(|it| it.0);
    let two = ways(3, 0.5);
    assert_eq!((two.len(), &two[1].2[..]), (2, &apart[..]));
    let (all, straight) = (ways(20, 0.9), &two[0]);
    assert_eq!((all.len(), &all[0]), (20, straight));
    assert!(all.is_sorted());
}

/// A tree holds all concepts asked for, has no circle, costs what its steps cost and no more than the ways from one of them
/// to each of the others together.
#[test]
fn a_tree_joins_all() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let (notes, links) = (4 + chance.below(10), 6 + chance.below(20));
        let vault = vault(&mut chance, notes, links);
        let graph = ConceptGraph::of(&vault);
        let asked: BTreeSet<ConceptId> = (0..4).map(|_| ConceptId(chance.below(notes) as u32)).collect();
        let asked: Vec<ConceptId> = asked.into_iter().collect();
        let terms = Terms { directed: chance.is(4), ..Terms::default() };
        let steps = steps(&graph, &terms, &asked);
        let far = |from: ConceptId, to: ConceptId| {
            let mut costs = BTreeMap::from([(from.0, 0)]);
            for _ in 0..graph.len() {
                for ((a, b), step) in &steps {
                    if let Some(cost) = costs.get(a).map(|cost| cost + step) {
                        let known = costs.entry(*b).or_insert(cost);
                        *known = cost.min(*known);
                    }
                }
            }
            costs.get(&to.0).copied()
        };
        let from = |start: ConceptId| asked.iter().map(|to| far(start, *to)).sum::<Option<u64>>();
        let star = asked.iter().filter_map(|start| from(*start)).min();
        let tree = graph.tree(&terms, &asked);
        assert_eq!(tree.is_some(), star.is_some(), "seed {seed}");
        let Some(tree) = tree else { continue };
        assert!(Some(tree.cost) <= star, "seed {seed}");
        assert_eq!(tree.steps.iter().map(|step| step.cost).sum::<u64>(), tree.cost);
        let mut inside = BTreeSet::from([tree.steps.first().map_or(asked[0], |step| step.from)]);
        for step in &tree.steps {
            assert!(inside.contains(&step.from) && inside.insert(step.to), "seed {seed}");
        }
        assert!(asked.iter().all(|concept| inside.contains(concept)));
    }
}

/// In a vault of thirty notes the one that links to all of them is a hub; where all have three links none is.
#[test]
fn who_is_a_hub() {
    let ring = |notes: usize, index: bool| {
        let mut texts: Vec<(String, String)> =
            (0..notes).map(|at| (format!("n{at}.md"), format!("[[n{}]]", (at + 1) % notes))).collect();
        if index {
            texts.push(("index.md".to_owned(), (0..notes).map(|at| format!("[[n{at}]] ")).collect()));
        }
        ConceptGraph::of(&Vault::from_texts(texts, false)).hub_degree()
    };
    assert_eq!((ring(29, true), ring(29, false), ring(500, false)), (Some(29), None, None));
    assert_eq!((ring(3, true), ring(4, true)), (None, None));
    assert_eq!(ring(0, false), None);
}
