//! Against vaults made by a program that knows the truth: every link of 10,000 notes resolves as it was meant.
//!
//! The generator lies in a folder of test data outside the tree, named by `RESONOTE_SHARED`; without it, or without
//! Python, this test says so and is done.

use crate::ask;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The vault of 10,000 notes and the file of its true links.
fn made_vault() -> Option<(PathBuf, PathBuf)> {
    let shared = PathBuf::from(std::env::var_os("RESONOTE_SHARED")?);
    let script = shared.join("bench/make_vault.py");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vault-10000");
    let (vault, truth, done) = (folder.join("vault"), folder.join("truth.tsv"), folder.join("done"));
    if !done.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder).ok()?;
        }
        fs::create_dir_all(&folder).ok()?;
        let made =
            Command::new("python3").arg(&script).arg(&vault).args(["--notes", "10000", "--truth"]).arg(&truth).output().ok()?;
        made.status.success().then_some(())?;
        fs::write(done, "").ok()?;
    }
    Some((vault, truth))
}

#[test]
#[allow(clippy::print_stdout, reason = "a test that cannot run says so")]
fn links_mean_what_their_maker_meant() {
    let Some((vault, truth)) = made_vault() else {
        println!("skipped: no generator of vaults (RESONOTE_SHARED, python3)");
        return;
    };
    let said = ask(&vault, &["links", "--all", "--json", "--vault", "."]);
    let mut ours: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in said.out.lines() {
        let link: Value = serde_json::from_str(line).expect("JSON");
        let target = link["target"].as_str().unwrap_or("-").to_owned();
        ours.entry(link["source"].as_str().expect("a source").to_owned()).or_default().push(target);
    }
    let mut compared = 0;
    let mut wrong = Vec::new();
    // What remains of ours for each source once the certain ones are taken out; the maker leaves the others open.
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for line in fs::read_to_string(truth).expect("the truth").lines() {
        let [source, target, form] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("no truth: {line}") };
        if matches!(form, "alias" | "ambiguous") {
            *open.entry(source.to_owned()).or_default() += 1;
            continue;
        }
        compared += 1;
        let found = ours.get_mut(source).and_then(|targets| {
            let at = targets.iter().position(|found| found == target)?;
            Some(targets.swap_remove(at))
        });
        if found.is_none() {
            wrong.push(line.to_owned());
        }
    }
    assert!(compared > 70_000, "only {compared} links compared");
    assert!(wrong.is_empty(), "{} of {compared} links differ, first {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    for (source, left) in ours {
        assert_eq!(left.len(), open.remove(&source).unwrap_or(0), "links that nobody wrote in {source}: {left:?}");
    }
}
