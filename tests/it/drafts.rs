//! A draft is a note like any other: whatever the notes say that it quotes, its links mean whom they name.

use crate::laws::all_pieces;
use proptest::prelude::*;
use resonote::answer::{Draft, draft};
use resonote::snapshot::Snapshot;
use resonote::vault::{Meaning, Vault, fold};
use std::collections::BTreeMap;

/// Small vaults whose notes link names that nobody wrote, among text of all kinds, and are called by all kinds of names.
fn vaults() -> impl Strategy<Value = BTreeMap<String, String>> {
    let path =
        prop::sample::select(vec!["a", "x/a", "b", "x/y/c", "we]ird", "ha#sh", "pi|pe", "ti`ck", "100%", "é", "$d$", "#t"]);
    let name = prop::sample::select(vec!["warmth", "WARMTH", "x/warmth", "we [ird", "na`me", "c_a*b", "a", "b", "#t", "1. x"]);
    let link = (name, prop::sample::select(vec!["[[_]]", "[[_|it]]", "See also: [[_]]", "k_e*y:: [[_]]", "[t](<_.md>)"]));
    let piece = prop_oneof![
        2 => prop::sample::select(all_pieces()).prop_map(str::to_owned),
        2 => link.prop_map(|(name, form)| form.replace('_', name)),
        3 => prop::sample::select(vec!["some words here ", "they speak of warmth ", "It is. ", "\n\n"]).prop_map(str::to_owned),
    ];
    let text = prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat());
    let title = prop::option::of(prop::sample::select(vec!["T", "T]] x", "a | b", "# h", "- [ ] t", "See also: x"]));
    let note = (title, text).prop_map(|(title, text)| match title {
        Some(title) => format!("---\ntitle: \"{title}\"\n---\n{text}"),
        None => text,
    });
    prop::collection::btree_map(path.prop_map(|path| format!("{path}.md")), note, 1..7)
}

/// A concept by its path, or its folded name.
fn known(vault: &Vault, meaning: Meaning) -> String {
    match meaning {
        Meaning::Note(number) => vault.path(number).to_string(),
        Meaning::Wanted(number) => fold(&vault.wanted_name(number)),
        other => panic!("a link to {other:?}"),
    }
}

/// Whom the links of a draft are to mean, in order.
fn named(draft: &Draft) -> Vec<String> {
    let concepts = draft.notes.iter().map(|it| &it.concept).chain(draft.see_also.iter().map(|it| &it.concept));
    concepts.map(|it| it.note_path.as_ref().map_or_else(|| fold(&it.name), ToString::to_string)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Saved as a note, each link of a draft means the concept it names, in the order in which they are told, and nothing
    /// that it quotes is more than words: no tag, no field, no model, no problem, no heading but its own two.
    #[test]
    fn links_of_a_draft_mean_whom_they_name(texts in vaults()) {
        let snapshot = Snapshot::of(Vault::from_texts(texts.clone(), false));
        for wanted in 0..snapshot.vault().wanted() as u32 {
            let name = snapshot.vault().wanted_name(wanted).into_owned();
            // A name may mean something else when it is typed: a path that ends so, or an attachment.
            let Ok(draft) = draft(&snapshot, &name, 100, 10) else { continue };
            prop_assert!(draft.notes.iter().all(|note| !note.said.is_empty()));
            let mut texts = texts.clone();
            prop_assert!(texts.insert(draft.save_as.to_string(), draft.text.clone()).is_none());
            let vault = Vault::from_texts(texts, false);
            let number = vault.find(draft.save_as.as_str()).expect("the draft");
            let links: Vec<String> = vault.links(number).map(|link| known(&vault, vault.resolved(link).meaning)).collect();
            let mut named = named(&draft).into_iter();
            for link in &links {
                prop_assert!(named.any(|name| name == *link), "{link} in\n{}", draft.text);
            }
            let note = vault.read(number).note;
            prop_assert!(note.tags.is_empty() && note.fields.is_empty() && note.snippets.is_empty(), "{}", draft.text);
            prop_assert!(note.problems.is_empty() && note.outline.blocks.is_empty(), "{:?}\n{}", note.problems, draft.text);
            let headings = if draft.notes.is_empty() { 1 } else { 2 };
            prop_assert_eq!(note.outline.headings.len(), headings, "{}", draft.text);
        }
    }
}
