//! What must hold for any input, by property tests.

use crate::ask;
use proptest::prelude::*;
use resonote::answer::related;
use resonote::graph::{Along, ConceptGraph, ConceptId, StepBy, Terms};
use resonote::note::{Dialect, Note, NotePath, Span, relation_name};
use resonote::snapshot::Snapshot;
use resonote::vault::{Meaning, Vault, fold};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;

/// Pieces of markdown that mean something to us, so that random text meets itself in every way.
pub(crate) fn all_pieces() -> Vec<&'static str> {
    vec![
        "[[",
        "]]",
        "[",
        "]",
        "(",
        ")",
        "!",
        "|",
        "\\",
        "#",
        "^",
        "^id",
        " ^b\n",
        "%%",
        "$$",
        "$",
        "`",
        "```",
        "~~~",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "---\n",
        "...\n",
        "> ",
        "- ",
        "1. ",
        "- [ ] ",
        "| a | b |\n|---|---|\n",
        "|",
        "# ",
        "## ",
        "*",
        "**",
        "_",
        "==",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        "<div>\n",
        "https://e.org",
        "mailto:a",
        "[t](",
        "[t](<",
        "note",
        "Note.md",
        "a/b",
        "../",
        "./",
        "é",
        "e\u{301}",
        "日本",
        "🗃️",
        "\u{feff}",
        "\u{a0}",
        "\0",
        "\u{1a}",
        "key: ",
        "up:: ",
        "See also: ",
        "tags: [",
        "title: x\n",
        "\"",
        "'",
        ": ",
        "&a ",
        "*a",
        "{",
        "}",
        "[^1]",
        "[^1]: ",
        "\t",
        "    ",
        "%20",
        "%23",
        "&amp;",
        "antimony\n",
        "//| uses: {a: \"[[b]]\"}\n",
        "//| over: neighbourhood([[b]], 1)\n",
        "//| show: [",
        "is([[é]])",
        "word ",
        "#tag",
        "#a/b",
        "resonote",
        ":: ",
        "[k:: ",
        "(k:: ",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "x_1",
        "â€™",
        "LOUD WORDS IN ONE LONG LINE OF CAPITALS\n",
        "## See also\n",
        "|@rel",
        "]]#",
    ]
}

/// Such text.
fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(all_pieces()), 0..60).prop_map(|pieces| pieces.concat())
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        pieces().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..300),
        any::<String>().prop_map(String::into_bytes)
    ]
}

/// Small vaults whose notes link one another by many spellings, some to nobody.
fn vaults() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = prop::sample::select(vec!["a", "b", "c", "x/a", "x/d", "y/x/a", "é", "y/E"]);
    let target = prop::sample::select(vec![
        "a", "A", "b", "c", "d", "x/a", "./a", "../a", "é", "e\u{301}", "e", "nobody", "Nobody", "alias", "#h", "/a", "a.md",
    ]);
    let line = (
        target,
        prop::sample::select(vec![
            "[[_]]",
            "see [[_|it]] here.",
            "up: [[_]]",
            "![[_]]",
            "[t](_)",
            "preceding: [[_]]",
            "following: [[_]]",
            "`[[_]]`",
        ]),
    );
    let text = prop::collection::vec(line.prop_map(|(target, form)| form.replace('_', target)), 0..6);
    let note = (text, any::<bool>()).prop_map(|(lines, has_alias)| {
        let front = if has_alias { "---\naliases: [alias]\n---\n" } else { "" };
        format!("{front}{}", lines.join("\n\n"))
    });
    prop::collection::btree_map(name.prop_map(|name| format!("{name}.md")), note, 0..8)
}

fn is_inside(span: Span, length: usize) -> bool {
    span.start <= span.end && span.end as usize <= length
}

/// Every way of writing at once.
fn every_way() -> Dialect {
    Dialect {
        label_first: true,
        logseq: true,
        relation_items: true,
        label_relations: true,
        title_relations: true,
        hash_relations: true,
        list_relations: true,
        inclusion_links: true,
        ..Dialect::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Reading ends for any bytes, and every place lies inside them.
    #[test]
    fn any_bytes_are_a_note(bytes in any_bytes(), is_odd: bool) {
        let (note, prose) = Note::parse(NotePath::new("n.md"), &bytes, &if is_odd { every_way() } else { Dialect::default() });
        // Bytes that are no UTF-8 make the spans count in the decoded text.
        let length = std::str::from_utf8(&bytes).map_or(usize::MAX, str::len);
        for link in &note.links {
            prop_assert!(is_inside(link.place.span, length), "{link:?}");
            let (_, _, _) = (link.target(), link.label(), link.size());
            if let Some(sentence) = prose.sentence_of_link(link.place.span) {
                prop_assert!(sentence.marks.iter().all(|mark| sentence.text.get(mark.clone()).is_some()), "{sentence:?}");
            }
        }
        for nesting in &note.nestings {
            prop_assert!(nesting.parent < nesting.child && (nesting.child as usize) < note.links.len(), "{nesting:?}");
        }
        let places = note.outline.headings.iter().map(|it| it.place).chain(note.outline.blocks.iter().map(|it| it.place));
        let places = places.chain(note.fields.iter().map(|it| it.place));
        for snippet in &note.snippets {
            for at in 0..=snippet.source.len() {
                let place = snippet.place_of(at..at + 1);
                prop_assert!(is_inside(place.span, length) && place.line >= 1 && place.column >= 1, "{place:?} of {at}");
            }
        }
        for place in places.chain(note.problems.iter().map(|it| it.place)).chain(note.snippets.iter().map(|it| it.place)) {
            prop_assert!(is_inside(place.span, length), "{place:?}");
            prop_assert!(place.line >= 1 && place.column >= 1);
        }
        for (block, _) in prose.blocks() {
            prop_assert!(prose.text().get(block.clone()).is_some());
            prop_assert!(prose.source_of(block.start) <= length);
            let passage = prose.passage(block, &[]);
            prop_assert!(passage.text.chars().count() <= resonote::note::LONGEST_PASSAGE + 2);
        }
    }

    /// A link of the body stands in the bytes as it is written.
    #[test]
    fn links_stand_where_they_say(text in pieces()) {
        // A lone carriage return counts as a line end as well; here lines are counted by newlines.
        let text = text.replace('\r', "\n");
        let (note, _) = Note::parse(NotePath::new("n.md"), text.as_bytes(), &Dialect::default());
        for link in note.links.iter().filter(|link| link.kind != resonote::note::Kind::Property) {
            prop_assert_eq!(&text[link.place.span.range()], &*link.written);
            let line = text[..link.place.span.start as usize].matches('\n').count() as u32 + 1;
            prop_assert_eq!(link.place.line, line);
        }
    }

    /// Backlinks are links turned round, and each place of an edge is a link that means its target; or, of a sequence whose
    /// two ends say the same, one of the target that means the source.
    #[test]
    fn backlinks_are_links_turned_round(texts in vaults()) {
        let vault = Vault::from_texts(texts, false);
        let graph = ConceptGraph::of(&vault);
        let edges = |turned: bool| -> BTreeSet<_> {
            (0..graph.len() as u32).flat_map(|at| if turned { graph.backlinks(ConceptId(at)) } else { graph.outgoing(ConceptId(at)) })
                .map(|edge| (edge.source, edge.target, edge.relation.name.clone(), edge.is_shared, edge.places.to_vec())).collect()
        };
        let outgoing = edges(false);
        prop_assert_eq!(&outgoing, &edges(true));
        let mut places = 0;
        for (source, target, relation, is_shared, at) in outgoing {
            let (mut of_source, mut of_target) = (0, 0);
            for place in at {
                let link = vault.links(place.note).nth(place.link as usize).expect("a link");
                let written = vault.len() as u32;
                let meant = match vault.resolved(link).meaning {
                    Meaning::Note(number) => number,
                    Meaning::Wanted(number) => written + number,
                    other => panic!("an edge to {other:?}"),
                };
                let said = vault.relation(link).map_or("link".to_owned(), |key| relation_name(&key));
                if (source.0, target.0) == (place.note, meant) && said == *relation {
                    of_source += 1;
                } else {
                    let pair = [said.as_str(), &relation];
                    prop_assert!(pair == ["preceding", "following"] || pair == ["following", "preceding"], "{pair:?}");
                    prop_assert_eq!((target.0, source.0), (place.note, meant));
                    of_target += 1;
                }
            }
            prop_assert!(of_source > 0);
            prop_assert_eq!(of_target > 0, is_shared);
            places += of_source;
        }
        let is_concept = |link: &usize| matches!(vault.resolved(*link).meaning, Meaning::Note(_) | Meaning::Wanted(_));
        let meant = (0..vault.all_links()).filter(is_concept).count();
        prop_assert_eq!(places, meant);
    }

    /// Every step of a path is a link, and there is one wherever links lead; that none is cheaper is a law beside the code.
    #[test]
    fn paths_are_made_of_links(texts in vaults()) {
        let vault = Vault::from_texts(texts, false);
        let graph = ConceptGraph::of(&vault);
        let near = |at: ConceptId| -> BTreeSet<ConceptId> {
            graph.outgoing(at).iter().map(|edge| edge.target).chain(graph.backlinks(at).iter().map(|edge| edge.source)).collect()
        };
        for from in (0..graph.len() as u32).map(ConceptId) {
            let mut distance = BTreeMap::from([(from, 0)]);
            let mut queue = VecDeque::from([from]);
            while let Some(at) = queue.pop_front() {
                for next in near(at) {
                    if !distance.contains_key(&next) {
                        distance.insert(next, distance[&at] + 1);
                        queue.push_back(next);
                    }
                }
            }
            let within: BTreeMap<_, _> = graph.within(from, usize::MAX, Along::Both, None).into_iter().map(|(at, far, _)| (at, far)).collect();
            for to in (0..graph.len() as u32).map(ConceptId) {
                let route = graph.routes(&Terms::default(), &[from, to], 1, 0.5).pop();
                prop_assert_eq!(route.is_some(), distance.contains_key(&to));
                prop_assert_eq!(within.get(&to), distance.get(&to).filter(|_| to != from));
                let Some(route) = route else { continue };
                let mut at = from;
                for step in &route.steps {
                    let StepBy::Link(link) = &step.by else { panic!("nobody asked for {step:?}") };
                    prop_assert_eq!(step.from, at);
                    prop_assert!([(step.from, step.to), (step.to, step.from)].contains(&(link.source, link.target)));
                    prop_assert_eq!(step.is_forward(), link.source == step.from);
                    prop_assert!(!link.places.is_empty());
                    at = step.to;
                }
                prop_assert_eq!(at, to);
                prop_assert_eq!(route.cost, route.steps.iter().map(|step| step.cost).sum::<u64>());
                prop_assert!(route.steps.len() >= distance[&to]);
            }
        }
    }

    /// The measures of nearness by links are what their formulas say: the walk to within what pushing leaves, resource
    /// allocation and common neighbours exactly, and neither names the concept itself.
    #[test]
    fn nearness_by_links_is_what_its_formulas_say(texts in vaults()) {
        let vault = Vault::from_texts(texts, false);
        let graph = ConceptGraph::of(&vault);
        let nodes = graph.len();
        let cost = |relation: &str| match relation {
            "link" => 1.0,
            "see-also" | "related" => 1.3,
            "preceding" | "following" | "next" | "prev" => 3.0,
            _ => 1.1,
        };
        let mut weights = vec![vec![0.0_f64; nodes]; nodes];
        let mut degrees = vec![0.0_f64; nodes];
        for source in 0..nodes {
            // What a concept says of itself counts nothing.
            let to_others = || graph.outgoing(ConceptId(source as u32)).into_iter().filter(|edge| edge.target.0 as usize != source);
            let begin = 1.0 + to_others().count() as f64;
            for edge in to_others() {
                let target = edge.target.0 as usize;
                degrees[source] += 1.0;
                degrees[target] += 1.0;
                let weight = weights[source][target].max(1.0 / (cost(&edge.relation.name) * begin.powf(0.25)));
                (weights[source][target], weights[target][source]) = (weight, weight);
            }
        }
        let strength: Vec<f64> = weights.iter().map(|row| row.iter().sum()).collect();
        for x in 0..nodes {
            let mut p = vec![0.0; nodes];
            p[x] = 1.0;
            for _ in 0..200 {
                let mut next = vec![0.0; nodes];
                next[x] += 0.3;
                for u in 0..nodes {
                    if strength[u] == 0.0 {
                        next[u] += 0.7 * p[u];
                    }
                    for v in 0..nodes {
                        next[v] += if strength[u] > 0.0 { 0.7 * p[u] * weights[u][v] / strength[u] } else { 0.0 };
                    }
                }
                p = next;
            }
            let walk: BTreeMap<usize, f64> = graph.walk(ConceptId(x as u32)).into_iter().map(|(at, score)| (at.0 as usize, score)).collect();
            for y in 0..nodes {
                let expected = if x == y { 0.0 } else { p[y] / (1.0 + degrees[y]).sqrt().sqrt() };
                let found = walk.get(&y).copied().unwrap_or(0.0);
                prop_assert!((found - expected).abs() < 2e-4 && (0.0..=1.0).contains(&found), "{} to {}: {} for {}", x, y, found, expected);
            }
            prop_assert!(!walk.contains_key(&x));
            let shared: BTreeMap<usize, f64> = graph.shared(ConceptId(x as u32)).into_iter().map(|(at, score)| (at.0 as usize, score)).collect();
            for y in (0..nodes).filter(|y| *y != x) {
                let between: Vec<usize> = (0..nodes).filter(|z| *z != x && *z != y && weights[x][*z] > 0.0 && weights[*z][y] > 0.0).collect();
                let expected: f64 = between.iter().map(|z| weights[x][*z] * weights[*z][y] / strength[*z]).sum();
                let found = shared.get(&y).copied().unwrap_or(0.0);
                prop_assert!((found - expected).abs() < 1e-12 && found <= strength[x] + 1e-12, "{} for {}", found, expected);
                let common: BTreeSet<usize> = graph.common(ConceptId(x as u32), ConceptId(y as u32)).into_iter().map(|at| at.0 as usize).collect();
                prop_assert_eq!(common, between.into_iter().collect::<BTreeSet<usize>>());
            }
            prop_assert!(!shared.contains_key(&x));
        }
    }

    /// What is related to concepts: highest first, within range, never one of those asked for, the parts adding up to the
    /// score and the shares to 1; what a limit cuts off is the end, and `unlinked` leaves out just what is linked.
    #[test]
    fn related_adds_up(texts in vaults()) {
        let snapshot = Snapshot::in_memory(Vault::from_texts(texts, false)).expect("a snapshot");
        let vault = snapshot.vault();
        let names: Vec<String> = vault.paths().map(|path| path.to_string()).collect();
        for (number, name) in names.iter().enumerate() {
            let one = related(&snapshot, std::slice::from_ref(name), usize::MAX, false).expect("an answer");
            prop_assert_eq!(one.total, one.concepts.len());
            prop_assert!(one.concepts.is_sorted_by(|a, b| a.score >= b.score));
            for it in &one.concepts {
                prop_assert!(it.score > 0.0 && it.score <= 1.0 && it.concept != one.of[0]);
                let parts: f64 = it.with[0].parts.iter().sum();
                prop_assert!((it.score - parts).abs() < 1e-9 && (it.with[0].share - 1.0).abs() < 1e-9);
            }
            let few = related(&snapshot, std::slice::from_ref(name), 2, false).expect("an answer");
            prop_assert_eq!((few.concepts.as_slice(), few.total), (&one.concepts[..one.total.min(2)], one.total));
            let unlinked = related(&snapshot, std::slice::from_ref(name), usize::MAX, true).expect("an answer");
            let expected: Vec<_> = one.concepts.iter().filter(|it| it.with[0].links.is_empty()).cloned().collect();
            prop_assert_eq!(unlinked.concepts, expected);
            let two = [name.clone(), names[(number + 1) % names.len()].clone()];
            let both = related(&snapshot, &two, usize::MAX, false).expect("an answer");
            for it in &both.concepts {
                prop_assert!(it.score > 0.0 && it.score <= 1.0 && !both.of.contains(&it.concept));
                prop_assert!((it.with.iter().map(|with| with.share).sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
    }

    /// The look-up of a name in a vault of any shape finds what a look at all of its files finds, also where very many
    /// files share the name.
    #[test]
    fn names_are_looked_up_as_if_all_files_were_looked_at(
        folders in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 1..80),
        source in "[ab]{1,2}(/[ab]{1,2}){0,2}",
        target in "([ab]{1,2}/){0,2}[nN]",
        upper in prop::collection::vec(any::<bool>(), 80),
    ) {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (folder, upper) in folders.iter().zip(&upper) {
            texts.insert(format!("{folder}/{}.md", if *upper { "N" } else { "n" }), String::new());
        }
        texts.insert(format!("{source}/source.md"), format!("[[{target}]]"));
        let paths: Vec<String> = texts.keys().cloned().collect();
        let vault = Vault::from_texts(texts, false);
        let at = vault.paths().position(|path| path.stem() == "source").expect("the source");
        let link = vault.links(at as u32).next().expect("a link");
        let found = match vault.resolved(link).meaning {
            Meaning::Note(number) => Some(vault.path(number).to_string()),
            _ => None,
        };
        let ends = |path: &str, target: &str| path == target || path.ends_with(&format!("/{target}"));
        let wanted = format!("{target}.md");
        let mut fitting: Vec<&String> = paths.iter().filter(|path| ends(&fold(path), &fold(&wanted))).collect();
        let whole: Vec<&String> = fitting.iter().copied().filter(|path| fold(path) == fold(&wanted)).collect();
        if !whole.is_empty() {
            fitting = whole;
        }
        let exact: Vec<&String> = fitting.iter().copied().filter(|path| ends(path, &wanted)).collect();
        if !exact.is_empty() {
            fitting = exact;
        }
        let below = |path: &String| path.starts_with(&format!("{source}/"));
        let best = fitting.iter().min_by_key(|path| (!below(path), path.chars().count(), path.as_str()));
        prop_assert_eq!(found.as_ref(), best.copied());
        let source_note = vault.read(at as u32).note;
        let candidates = vault.candidates(at as u32, &source_note.links[0]);
        let total = candidates.map_or(fitting.len().min(1), |candidates| candidates.total);
        prop_assert_eq!(total, fitting.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same question gives the same bytes with one thread and with many.
    #[test]
    fn answers_do_not_depend_on_cores(texts in vaults()) {
        let vault = tempfile::tempdir().expect("a vault");
        for (path, text) in &texts {
            let path = vault.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a note");
        }
        for question in ["search see it here", "links --all", "stats", "check --severity info", "show a", "links a", "path a b", "related a", "related a b --unlinked", "mentions a", "mentions --in b --every", "mentions a --apply", "wanted", "wanted word", "communities", "bridges", "path a b -k 3 --through note", "path a b --suggested --tags -k 2", "path a b note", "tags", ""] {
            let words: Vec<&str> = question.split_whitespace().chain(["--json"]).collect();
            let answers = [1, 4].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                let said = pool.install(|| ask(vault.path(), &words));
                (said.out, said.err, said.exit)
            });
            prop_assert_eq!(&answers[0], &answers[1], "{}", question);
        }
    }
}
