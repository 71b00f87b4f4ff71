//! What only many notes show: how far copies are looked for, and that every score is the sum of its parts.

use super::*;
use crate::vault::Vault;
use proptest::prelude::*;

fn snapshot(notes: &[(String, String)]) -> Snapshot {
    let notes = notes.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Snapshot::in_memory(Vault::from_texts(notes, false)).expect("a snapshot")
}

fn ask(snapshot: &Snapshot, query: &str, filter: &Filter) -> Search {
    search(snapshot, query, &Query::parse(query).expect("a query"), filter).expect("an answer")
}

fn paths(search: &Search) -> Vec<String> {
    search.hits.iter().map(|hit| hit.concept.note_path.as_ref().map_or("-".into(), ToString::to_string)).collect()
}

/// Holds each score against its parts; gives how many are scored by the whole note.
fn check_sums(search: &Search) -> Result<usize, TestCaseError> {
    let mut by_whole = 0;
    for hit in &search.hits {
        let parts = hit.explanation.as_ref().expect("an explanation");
        let sum: i64 = parts.iter().map(|part| part.adds).sum();
        prop_assert_eq!(sum, (hit.score * SCORE_UNIT).round() as i64, "{}: {:?}", search.query, hit);
        prop_assert!(parts.is_sorted_by_key(|part| -part.adds) && parts.iter().all(|part| part.adds >= 0), "{:?}", parts);
        by_whole += usize::from(parts.iter().any(|part| part.kind == PartKind::WholeNote));
    }
    Ok(by_whole)
}

#[test]
fn copies_are_looked_for_as_far_as_it_pays() {
    let copy = |number: usize| (format!("{number:03}.md"), "we took the night train to Vienna and slept".to_owned());
    let mut notes: Vec<(String, String)> = (0..200).map(copy).collect();
    notes.push(("x.md".into(), "night after night of one and the same long, long song".into()));
    let snapshot = snapshot(&notes);
    let found = |limit, all| {
        let found = ask(&snapshot, "train night", &Filter { limit, all, ..Filter::default() });
        (found.hits.len(), found.hits.iter().map(|hit| hit.copies.len()).sum::<usize>(), found.total)
    };
    assert_eq!(found(0, false), (0, 0, 201));
    assert_eq!(found(1, false), (1, 0, 201));
    assert_eq!(found(2, false), (1, 119, 201));
    assert_eq!(found(14, false), (2, 199, 201));
    assert_eq!(found(14, true), (14, 0, 201));
    let search = ask(&snapshot, "train night", &Filter { limit: 14, ..Filter::default() });
    assert_eq!(paths(&search), ["000.md", "x.md"]);
    assert_eq!(search.hits[0].copies[0].note_path.as_ref().map(ToString::to_string).as_deref(), Some("001.md"));
}

#[test]
fn a_search_that_is_stopped_reads_no_more() {
    let snapshot = snapshot(&[("a.md".into(), "one mirror".into()), ("b.md".into(), "two mirrors".into())]);
    let total = |query: &str, is_stopped| {
        ask(&snapshot, query, &Filter { stop: Some(Arc::new(AtomicBool::new(is_stopped))), ..Filter::default() }).total
    };
    assert_eq!([total("/mirrors?$/", false), total("/mirrors?$/", true)], [2, 0]);
    assert_eq!([total("mirror", false), total("mirror", true)], [2, 2], "what reads no notes is not stopped");
}

#[test]
fn behind_the_best_a_score_is_of_the_whole_note() {
    let notes: Vec<(String, String)> = (0..260)
        .map(|number| (format!("{number}.md"), "mirror ".repeat(number % 7 + 1) + &"glass ".repeat(number % 11)))
        .collect();
    let snapshot = snapshot(&notes);
    let filter = Filter { limit: 300, all: true, explain: true, ..Filter::default() };
    let found = ask(&snapshot, "mirror glass", &filter);
    assert_eq!((found.hits.len(), check_sums(&found).expect("sums")), (260, 210));
    // A name lifts a note from behind as well.
    let found = ask(&snapshot, "mirror glass -17 0", &filter);
    check_sums(&found).expect("sums");
    assert_eq!(paths(&ask(&snapshot, "0", &filter))[0], "0.md");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_score_is_the_sum_of_its_parts(texts in prop::collection::vec(prop::collection::vec(0..9_usize, 0..200), 1..14)) {
        const WORDS: [&str; 9] = ["mirror", "mirrors", "neuron", "neurons", "[[glass]]", "\n\n# Mirror\n\n", "of", "#glass", "and"];
        const NAMES: [&str; 7] = ["mirror", "neurons", "a/mirrors", "of", "b", "b/neuron", "c"];
        let text = |words: &Vec<usize>| words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
        let name = |at: usize| format!("{}{}.md", NAMES[at % NAMES.len()], " again".repeat(at / NAMES.len()));
        let notes: Vec<(String, String)> = texts.iter().enumerate().map(|(at, words)| (name(at), text(words))).collect();
        let snapshot = snapshot(&notes);
        for query in ["mirror", "glass", "neurons of mirrors", "\"of mirror\" neuron -glass", "mirror mirrors mirror", "unheard of"] {
            let found = ask(&snapshot, query, &Filter { limit: 10, explain: true, ..Filter::default() });
            check_sums(&found)?;
            let all = ask(&snapshot, query, &Filter { limit: 100, all: true, ..Filter::default() });
            prop_assert_eq!(found.total, all.total);
            let told = paths(&found).len() + found.hits.iter().map(|hit| hit.copies.len()).sum::<usize>();
            prop_assert!(told <= all.total && (found.hits.len() == 10 || told == all.total));
            let order: Vec<usize> = paths(&found).iter().filter_map(|path| paths(&all).iter().position(|it| it == path)).collect();
            prop_assert!(order.is_sorted(), "{:?}", order);
        }
    }
}
