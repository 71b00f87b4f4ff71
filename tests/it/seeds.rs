//! The two documents that all this grew from: an exported chat and a pasted article, each read as its writer meant it.
//!
//! They lie in a folder of test data outside the tree, named by `RESONOTE_SHARED`; without it these tests say so.

use crate::ask;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A vault of the two, the chat as `chat.md`, the article as `page.md`.
#[allow(clippy::print_stdout, reason = "a test that cannot run says so")]
fn vault() -> Option<TempDir> {
    let Some(shared) = std::env::var_os("RESONOTE_SHARED").map(PathBuf::from).filter(|shared| shared.join("seeds").is_dir())
    else {
        println!("skipped: no seeds (RESONOTE_SHARED)");
        return None;
    };
    let vault = tempfile::tempdir().expect("a vault");
    for (start, name) in [("000_", "chat.md"), ("001_", "page.md")] {
        let mut seeds = fs::read_dir(shared.join("seeds")).expect("seeds").map(|entry| entry.expect("a seed").path());
        let seed = seeds.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)));
        fs::copy(seed.expect("both seeds"), vault.path().join(name)).expect("a note");
    }
    Some(vault)
}

fn json(vault: &TempDir, arguments: &[&str]) -> Value {
    let said = ask(vault.path(), &[arguments, &["--json"]].concat());
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

#[test]
fn the_chat_is_read_as_it_was_meant() {
    let Some(vault) = vault() else { return };
    let card = json(&vault, &["show", "emotional resonance"]);
    assert_eq!(card["note_path"], "chat.md");
    assert_eq!(card["properties"][0]["utc"], "2024-05-25T22:35:14Z");
    assert_eq!(card["properties"][0]["values"][0], "1716676514.593669");
    assert_eq!(texts(&card["tags"]), ["colorclass/emotional-regulation"]);
    assert_eq!(texts(&card["provenance"]).len(), 5);
    let relations: Vec<(&str, usize)> = card["links"]
        .as_array()
        .expect("links")
        .iter()
        .map(|group| (group["relation"].as_str().expect("a relation"), group["concepts"].as_array().expect("concepts").len()))
        .collect();
    assert_eq!(relations, [("link", 2), ("following", 1), ("preceding", 1), ("see-also", 10)]);
    assert_eq!(card["problems"].as_array().map(Vec::len), Some(1), "{}", card["problems"]);
    assert_eq!(card["problems"][0]["kind"], "mojibake");
    // The repaired word is found and shown; so are the formulas of both kinds.
    let found = json(&vault, &["search", "awareness of one’s own"]);
    assert!(found["hits"][0]["excerpt"].as_str().is_some_and(|excerpt| excerpt.contains("one’s own")), "{found}");
    for formula in ["E_o", "times E_s"] {
        let found = json(&vault, &["search", formula]);
        assert_eq!(found["hits"][0]["note_path"], "chat.md", "{formula}");
    }
}

#[test]
fn the_article_is_read_as_it_was_meant() {
    let Some(vault) = vault() else { return };
    let card = json(&vault, &["show", "page"]);
    let title = "Exploring emotional reciprocity through the lens of mirror neurons: what makes intimate relationships flourish?";
    assert_eq!(card["concept"], title);
    assert_eq!(texts(&card["aliases"]), [title.to_uppercase()]);
    assert_eq!(texts(&card["tags"]).len(), 7);
    assert!(card["first_paragraph"].as_str().is_some_and(|text| text.starts_with("The phenomenon of emotional")), "{card}");
    let suggested: Vec<_> =
        card["suggestions"].as_array().expect("suggestions").iter().map(|it| (&it["tag"], &it["concept"])).collect();
    assert_eq!(suggested, [(&Value::from("mirrornurons"), &Value::from("mirror neurons"))]);
    for query in ["contact", "search", "ZeroOpposite", "lens"] {
        let found = json(&vault, &["search", query]);
        let excerpts = found["hits"].as_array().expect("hits").iter().map(|hit| hit["excerpt"].as_str().unwrap_or_default());
        for excerpt in excerpts {
            assert!(
                !excerpt.contains("Contact Us") && !excerpt.contains("ZeroOpposite") && !excerpt.contains("EXPLORING"),
                "{excerpt}"
            );
        }
    }
}

/// What an article without a link speaks of, and its run-together and misspelt hashtags, tie it to the notes around it.
#[test]
fn the_article_is_tied_in_by_what_it_speaks_of() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("notes");
    let own = "emotional reciprocity in intimate relationships";
    let vault = vault().unwrap_or_else(|| tempfile::tempdir().expect("a vault"));
    for note in fs::read_dir(sample).expect("the sample vault").map(|entry| entry.expect("a note").path()) {
        if note.extension().is_some_and(|extension| extension == "md") {
            fs::copy(&note, vault.path().join(note.file_name().expect("a name"))).expect("a copy");
        }
    }
    let mut articles = vec![own];
    articles.extend(vault.path().join("page.md").is_file().then_some("page"));
    for article in articles {
        let links = json(&vault, &["links", article]);
        assert_eq!((&links["outgoing"], &links["backlinks"]), (&Value::from([(); 0]), &Value::from([(); 0])), "{article}");
        let related = json(&vault, &["related", article, "--limit", "8"]);
        let mut mentioned: Vec<&str> = Vec::new();
        for it in related["related"].as_array().expect("a list") {
            let by_mention = it["reasons"].as_array().expect("a list").iter().any(|reason| reason["kind"] == "mention");
            mentioned.extend(it["concept"].as_str().filter(|_| by_mention));
        }
        for concept in ["mirror neurons", "oxytocin", "serotonin"] {
            assert!(mentioned.contains(&concept), "{article}: {related}");
        }
        // The misspelt tag suggests it as well.
        let neurons = related["related"].as_array().expect("a list").iter().find(|it| it["concept"] == "mirror neurons");
        assert!(neurons.is_some_and(|it| it.to_string().contains("\"mirrornurons\"")), "{article}: {related}");
        let mentions = json(&vault, &["mentions", "--in", article, "--limit", "100"]);
        assert!(mentions["mentions"].as_array().expect("a list").iter().any(|it| it["concept"] == "mirror neurons"));
        assert_eq!(ask(vault.path(), &["path", article, "affective empathy"]).exit, resonote::cli::Exit::Nothing);
        let path = json(&vault, &["path", article, "affective empathy", "--suggested"]);
        let steps = path["paths"][0]["steps"].as_array().expect("steps");
        assert!(steps[0]["suggested"] == true && steps[0]["evidence"]["note_path"].as_str().is_some(), "{path}");
        assert_eq!(steps[steps.len() - 1]["to"], "affective empathy");
    }
}
