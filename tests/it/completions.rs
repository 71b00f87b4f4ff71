//! What a half-typed line can go on with: asked in this process as the scripts ask, and by a real bash.

use crate::{Said, ask, schema};
use resonote::cli::{World, run};
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Asks as the script for a shell does.
fn completed(shell: &str, sent: &[&str], world: &World) -> Vec<String> {
    let world = World { complete: Some(shell.into()), ..world.clone() };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(std::iter::once("resonote").chain(sent.iter().copied()), &world, &mut out, &mut err);
    let said = Said { out: String::from_utf8(out).expect("UTF-8"), err: String::from_utf8(err).expect("UTF-8"), exit };
    assert_eq!((said.exit as i32, said.err.as_str()), (0, ""), "{sent:?}");
    said.out.lines().map(str::to_owned).collect()
}

fn within(folder: &Path) -> World {
    World { folder: folder.to_owned(), ..World::default() }
}

/// A vault with a note for each name, which is its alias.
fn vault_of(names: &[&str]) -> TempDir {
    let vault = tempfile::tempdir().expect("a vault");
    for (number, name) in names.iter().enumerate() {
        let text = format!("---\naliases: [{}]\n---\n", json!(name));
        fs::write(vault.path().join(format!("zz{number:02}.md")), text).expect("a note");
    }
    vault
}

#[test]
fn a_line_goes_on_with_verbs_flags_and_names() {
    let vault = vault_of(&["mirror neurons", "Mirroring", "new\nline", "\u{1b}[31mred", "-dash", "right\u{202E}left"]);
    fs::write(vault.path().join("a.md"), "---\ntags: [neuro/cells]\n---\nup:: [[mirage]]\n").expect("a note");
    let world = within(vault.path());
    let words = |words: &[&str]| {
        let at = (words.len()).to_string();
        let sent: Vec<&str> = [at.as_str(), "resonote"].into_iter().chain(words.iter().copied()).collect();
        completed("elvish", &sent, &world)
    };
    assert_eq!(words(&["sh"]), ["show"]);
    let verbs = words(&[""]);
    assert!(verbs.contains(&"search".to_owned()) && !verbs.iter().any(|word| word.starts_with('-')), "{verbs:?}");
    assert_eq!(words(&["show", "mir"]), ["mirage", "mirror neurons", "Mirroring"]);
    assert_eq!(words(&["links", "MIRRORI"]), ["Mirroring"]);
    assert_eq!(words(&["path", "a", "mirror "]), ["mirror neurons"]);
    assert_eq!(words(&["path", "a", "b", "mirrori"]), ["Mirroring"]);
    assert_eq!(words(&["path", "a", "b", "--through", "mirrori"]), ["Mirroring"]);
    assert_eq!(words(&["path", "a", "--avoid", "mirrori"]), ["Mirroring"]);
    assert_eq!(words(&["path", "--relations", "link,u"]), ["link,up"]);
    assert_eq!(words(&["path", "--hubs", "f"]), ["forbid"]);
    assert_eq!(words(&["search", "--tag", "NEURO"]), ["neuro", "neuro/cells"]);
    assert_eq!(words(&["search", "--links-to", "mirrori"]), ["Mirroring"]);
    assert_eq!(words(&["search", "--linked-from", "mirrori"]), ["Mirroring"]);
    assert_eq!(words(&["help", "op"]), ["operators"]);
    assert_eq!(words(&["links", "--relation", ""]), ["link", "up"]);
    assert_eq!(words(&["links", "--relation=u"]), ["--relation=up"]);
    assert_eq!(words(&["show", "--stri"]), ["--strict"]);
    assert_eq!(words(&["stats", "--color", "a"]), ["auto", "always"]);
    assert_eq!(words(&["completions", "f"]), ["fish"]);
    assert_eq!(words(&["help", "s"]), ["search", "show", "stats", "settings"]);
    assert_eq!(words(&["man", "pa"]), ["path"]);
    assert_eq!(words(&["show", "nothing of the kind"]), [""; 0]);
    // Names that no line can hold, and those that would be flags.
    let names = words(&["show", ""]);
    for sign in ["line", "red", "left", "-"] {
        assert!(!names.iter().any(|name| name.contains(sign)), "{names:?}");
    }
    assert_eq!(words(&["show", "--", "-"]), ["-dash"]);
}

#[test]
fn the_vault_is_the_one_that_the_line_would_ask() {
    let (here, there) = (vault_of(&["of here"]), vault_of(&["of there"]));
    let (here, there) = (here.path(), there.path());
    fs::create_dir(here.join(".obsidian")).expect("a folder");
    fs::create_dir(here.join("deep")).expect("a folder");
    let asked = |words: &[&str], world: &World| {
        let sent: Vec<&str> = ["2", "resonote", "show", "of"].into_iter().chain(words.iter().copied()).collect();
        completed("zsh", &sent, world)
    };
    let there_name = there.to_str().expect("UTF-8");
    assert_eq!(asked(&[], &within(&here.join("deep"))), ["of here"]);
    assert_eq!(asked(&["--vault", there_name], &within(here)), ["of there"]);
    assert_eq!(asked(&[&format!("--vault={there_name}")], &within(here)), ["of there"]);
    assert_eq!(asked(&[], &World { vault: Some(there.to_owned()), ..within(here) }), ["of there"]);
    let home = World { home: there.parent().map(Path::to_owned), ..within(here) };
    let below_home = format!("~/{}", there.file_name().expect("a name").to_string_lossy());
    assert_eq!(asked(&["--vault", &below_home], &home), ["of there"]);
    // Where there is none, there is nothing to go on with, and nothing to say.
    assert_eq!(asked(&["--vault", "nowhere"], &within(here)), [""; 0]);
    assert_eq!(asked(&[], &World { home: Some(there.to_owned()), ..within(there) }), [""; 0]);
}

#[test]
fn each_shell_is_answered_in_its_way() {
    let vault = vault_of(&["mirror neurons", "it's"]);
    let world = within(vault.path());
    assert_eq!(completed("zsh", &["2", "resonote", "show", "\"mirror n"], &world), ["mirror neurons"]);
    assert_eq!(completed("fish", &["2", "resonote", "show", "mirror\\ n"], &world), ["mirror neurons"]);
    assert_eq!(completed("fish", &["1", "resonote", "sta"], &world)[0].split_once('\t').map(|(verb, _)| verb), Some("stats"));
    assert_eq!(completed("powershell", &["2", "resonote", "show", "=it"], &world), ["'it''s'\tit's\tit's"]);
    assert_eq!(completed("bash", &["resonote show mirr", " --json", "mirr"], &world), ["mirror\\ neurons"]);
    assert_eq!(completed("bash", &["resonote show \"mirr", "", "mirr"], &world), ["mirror neurons"]);
    assert_eq!(completed("bash", &["no such call"], &world), [""; 0]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = ask(vault.path(), &["completions", shell]);
        assert!(script.out.contains("RESONOTE_COMPLETE") && script.out.is_ascii(), "{}", script.out);
        let said = ask(vault.path(), &["completions", shell, "--json"]);
        schema::hold(shell, &said);
        assert!(said.out.contains(&json!(script.out).to_string()), "{}", said.out);
    }
    let world = World { complete: Some("tcsh".into()), ..world };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(run(["resonote", "stats"], &world, &mut out, &mut err) as i32, 2);
    assert!(out.is_empty() && err.starts_with(b"error: RESONOTE_COMPLETE names no shell"));
}

/// Names that a shell could take for something else, each with another beginning.
#[cfg(unix)]
const HOSTILE: [&str; 24] = [
    "a blank",
    "bell ring! now",
    "cost $(touch x1)",
    "dear `touch x2`",
    "end; touch x3",
    "file zz0*",
    "gap [z]?",
    "home $HOME",
    "it's \"mixed\" 'up'",
    "join&touch x4&",
    "key:value: pair",
    "left<zz00.md",
    "more>x5",
    "not\\a\\path",
    "one|touch x6",
    "para (zz)",
    "quote at end \"",
    "rest of 'it'",
    "set {a,b}",
    "tilde ~/x",
    "under # mark",
    "Ünder: äther",
    "very=much ^so^",
    "日本 語",
];

#[cfg(unix)]
mod in_bash {
    use super::{HOSTILE, vault_of};
    use std::ffi::OsString;
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Stdio};

    /// Runs a script in a real bash, in `folder`, with the program on its path. None where there is no bash.
    fn bash(folder: &Path, script: &str, arguments: &[String]) -> Option<Vec<String>> {
        let program = Path::new(env!("CARGO_BIN_EXE_resonote"));
        let mut path = OsString::from(program.parent().expect("a folder"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(["--norc", "--noprofile", "-c", script, "bash"]).args(arguments);
        command.current_dir(folder).env("PATH", path).env_remove("RESONOTE_VAULT").stdin(Stdio::null());
        command.env("RESONOTE_CACHE_DIR", std::env::temp_dir().join("resonote-tests"));
        let said = command.output().ok()?;
        assert_eq!(String::from_utf8_lossy(&said.stderr), "");
        let said = String::from_utf8(said.stdout).expect("UTF-8");
        Some(said.split_terminator('\0').map(str::to_owned).collect())
    }

    /// A name half typed: what of its word bash keeps, the end that it replaces, and the quote that is open.
    struct HalfTyped {
        name: &'static str,
        kept: String,
        replaced: String,
        quote: Option<char>,
    }

    fn half_typed() -> Vec<HalfTyped> {
        let mut cases = Vec::new();
        for name in HOSTILE {
            let start: String = name.chars().take(2).collect();
            let bare = start.replace(' ', "\\ ");
            cases.push(HalfTyped { name, kept: String::new(), replaced: bare, quote: None });
            cases.push(HalfTyped { name, kept: "\"".into(), replaced: start.clone(), quote: Some('"') });
            cases.push(HalfTyped { name, kept: "'".into(), replaced: start.clone(), quote: Some('\'') });
            cases.push(HalfTyped { name, kept: "$'".into(), replaced: start, quote: Some('\'') });
        }
        let further = [
            // bash divides words at these signs, and behind a quote.
            ("key:value: pair", "key:", "va", None),
            ("key:value: pair", "key:value:", "", None),
            ("key:value: pair", "KEY:", "VALUE", None),
            ("very=much ^so^", "very=", "", None),
            ("Ünder: äther", "ünder:", "\\ ä", None),
            ("it's \"mixed\" 'up'", "'it'\\''", "s", Some('\'')),
            ("it's \"mixed\" 'up'", "\"", "it's \\\"", Some('"')),
            ("bell ring! now", "\"bell ring\"'!'\"", " n", Some('"')),
            ("cost $(touch x1)", "\"", "cost \\", Some('"')),
            ("cost $(touch x1)", "", "cost\\ \\$", None),
        ];
        cases.extend(further.map(|(name, kept, replaced, quote)| HalfTyped {
            name,
            kept: kept.into(),
            replaced: replaced.into(),
            quote,
        }));
        cases
    }

    /// Puts an answer on the line as readline does: of two equal quotes where it begins one goes, and a quote that is open
    /// is closed unless the answer ends with one.
    fn put(case: &HalfTyped, answer: &str) -> String {
        let doubled = case.quote.is_some_and(|quote| case.kept.ends_with(quote) && answer.starts_with(quote));
        let kept = if doubled { &case.kept[..case.kept.len() - 1] } else { &case.kept };
        let close = case.quote.filter(|quote| !answer.ends_with(*quote));
        format!("{kept}{answer}{}", close.map(String::from).unwrap_or_default())
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test that cannot run says so")]
    fn a_name_is_put_on_the_line_as_bash_reads_it() {
        let vault = vault_of(&HOSTILE);
        let before = entries(vault.path());
        let cases = half_typed();
        let complete = r#"
            source <(resonote completions bash)
            while (( $# )); do
                COMP_LINE="$1$2" COMP_POINT=$((${#1} + ${#2}))
                _resonote resonote "$2" show
                printf '%s\0' "${#COMPREPLY[@]}" "${COMPREPLY[0]}"
                shift 2
            done"#;
        let lines: Vec<String> =
            cases.iter().flat_map(|case| [format!("resonote show {}", case.kept), case.replaced.clone()]).collect();
        let Some(answers) = bash(vault.path(), complete, &lines) else {
            println!("skipped: no bash");
            return;
        };
        let mut read_back = String::new();
        for (case, answer) in cases.iter().zip(answers.chunks(2)) {
            assert_eq!(answer[0], "1", "{} from {}{}", case.name, case.kept, case.replaced);
            let line = put(case, &answer[1]);
            read_back.push_str(&format!("printf '%s\\0' {line}\n"));
        }
        let names = bash(vault.path(), &read_back, &[]).expect("bash is there");
        assert_eq!(names.len(), cases.len(), "{read_back}");
        for (case, name) in cases.iter().zip(names) {
            assert_eq!(name.to_lowercase(), case.name.to_lowercase(), "from {}{}", case.kept, case.replaced);
        }
        assert_eq!(entries(vault.path()), before, "nothing was run");
    }

    fn entries(folder: &Path) -> Vec<OsString> {
        let mut entries: Vec<_> =
            fs::read_dir(folder).expect("a vault").map(|entry| entry.expect("an entry").file_name()).collect();
        entries.sort();
        entries
    }
}
