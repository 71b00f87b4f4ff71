//! A few real launches: what only a process shows. Streams, exit codes, the environment, a pipe that closes.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

static CACHE: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fn notes() -> String {
    format!("{}/notes", env!("CARGO_MANIFEST_DIR"))
}

fn resonote(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resonote"));
    command.args(arguments).env_remove("RESONOTE_VAULT").env_remove("NO_COLOR").stdin(Stdio::null());
    // Nothing of a test is kept among the caches of whoever runs it.
    command.env("RESONOTE_CACHE_DIR", CACHE.path());
    command
}

fn said(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("a launch");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn answers_go_to_stdout_and_talk_to_stderr() {
    let (code, out, err) = said(resonote(&["search", "mirror neurons", "--vault"]).arg(notes()));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("1.  mirror neurons  mirror neurons.md:"), "{out}");
    let (code, out, err) = said(resonote(&["show", "no such concept", "--vault"]).arg(notes()));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: no concept is called"), "{err}");
    let (code, out, err) = said(resonote(&["search", "xyzzy", "--json", "--vault"]).arg(notes()));
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.contains(r#""total":0,"hits":[]"#), "{out}");
}

#[test]
fn nobody_types_where_there_is_no_terminal() {
    let (code, out, err) = said(resonote(&["search", "--interactive", "mirror", "--vault"]).arg(notes()));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: there is no terminal to type into\nhint: "), "{err:?}");
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [&["--help"][..], &["--version"], &["path", "--help"]] {
        let (code, out, err) = said(&mut resonote(arguments));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(out.contains("resonote"), "{out}");
    }
}

#[test]
fn every_verb_has_help_with_two_examples() {
    for verb in [
        "search",
        "show",
        "links",
        "path",
        "related",
        "mentions",
        "wanted",
        "communities",
        "bridges",
        "models",
        "model",
        "run",
        "tags",
        "check",
        "stats",
        "eval",
        "index",
        "completions",
        "man",
        "help",
    ] {
        let (_, out, _) = said(&mut resonote(&[verb, "--help"]));
        let examples = out.split("Examples:").nth(1).unwrap_or_default();
        assert!(examples.lines().filter(|line| line.starts_with(&format!("  resonote {verb}"))).count() >= 2, "{verb}: {out}");
    }
}

#[test]
fn a_run_is_the_same_bytes_on_any_number_of_cores() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let run = |cores: &str| {
        let (csv, svg, png) = (file("a.csv"), file("a.svg"), file("a.png"));
        let sweep = ["run", "emotional resonance", "--sweep", "k=0:0.25:2", "--sweep", "a=0:0.5:5", "--json", "--vault"];
        let files = ["--csv", &csv, "--svg", &svg, "--png", &png];
        let (code, out, err) = said(resonote(&sweep).arg(notes()).args(files).env("RAYON_NUM_THREADS", cores));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{cores} cores");
        let chance = ["run", "emotional resonance#concept_kuramoto", "--seed", "5", "--json", "--vault"];
        let (code, of_chance, err) = said(resonote(&chance).arg(notes()).env("RAYON_NUM_THREADS", cores));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{cores} cores");
        let bytes = [csv, svg, png].map(|path| fs::read(path).expect("a file"));
        (out, of_chance, bytes)
    };
    let one = run("1");
    assert!(one == run("2") && one == run("7"), "another number of cores, another answer");
    let [csv, svg, png] = one.2;
    let csv = String::from_utf8(csv).expect("UTF-8");
    assert!(csv.starts_with("k,a,final(E_o),final(E_s),final(E_r)\n0,0,") && csv.lines().count() == 1 + 9 * 11, "{csv}");
    assert!(svg.starts_with(b"<svg") && png.starts_with(b"\x89PNG"));
}

#[test]
fn what_cannot_be_written_is_said() {
    let (code, out, err) = said(resonote(&["run", "MNS", "--csv", "no/such/folder/a.csv", "--vault"]).arg(notes()));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("cannot be written") && err.contains("hint:"), "{err}");
}

/// A sweep that somebody ends tells what it has.
#[cfg(unix)]
#[test]
fn a_sweep_ends_on_request() {
    let sweep = ["run", "emotional resonance", "--sweep", "k=0:0.001:2", "--sweep", "a=0:0.05:5", "--json", "--vault"];
    let mut process = resonote(&sweep).arg(notes()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a launch");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let interrupt = Command::new("kill").args(["-INT", &process.id().to_string()]).status().expect("a signal");
    assert!(interrupt.success());
    let (mut out, mut err) = (String::new(), String::new());
    process.stdout.take().expect("a pipe").read_to_string(&mut out).expect("UTF-8");
    process.stderr.take().expect("a pipe").read_to_string(&mut err).expect("UTF-8");
    assert_eq!(process.wait().expect("an end").code(), Some(3), "{err}");
    let answer: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let done = answer["sweep"]["done"].as_u64().expect("a number");
    assert!(done > 0 && done < 2001 * 101 && answer["stopped"] == "stopped on request", "{done} {err}");
    assert!(err.contains("this is what there was by then"), "{err}");
}

#[test]
fn a_closed_pipe_is_silent() {
    let vault = tempfile::tempdir().expect("a vault");
    let links = "[[x]] ".repeat(50_000);
    fs::write(vault.path().join("a.md"), links).expect("a note");
    let mut command = resonote(&["links", "--all", "--vault"]);
    let mut child = command.arg(vault.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a launch");
    let mut first = [0; 4];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("an answer");
    let done = child.wait_with_output().expect("an end");
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn the_vault_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = folder.path().join("mine");
    fs::create_dir_all(vault.join("deep/er")).expect("folders");
    fs::write(vault.join(".resonote.toml"), "").expect("a file");
    fs::write(vault.join("a.md"), "").expect("a note");
    let name = |command: &mut Command| {
        let (code, out, err) = said(command);
        assert_eq!(code, Some(0), "{err}");
        out.split(r#""vault":""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a name").to_owned()
    };
    // Upward from the current folder, by name, from the environment, and else the current folder.
    assert_eq!(name(resonote(&["stats", "--json"]).current_dir(vault.join("deep/er"))), "mine");
    assert_eq!(name(resonote(&["stats", "--json", "--vault", "mine/deep"]).current_dir(folder.path())), "deep");
    assert_eq!(name(resonote(&["stats", "--json"]).current_dir("/").env("RESONOTE_VAULT", &vault)), "mine");
    let (code, _, err) = said(resonote(&["stats"]).current_dir("/"));
    assert_eq!(code, Some(2));
    assert!(err.contains("--vault"), "{err}");
    let (code, _, _) = said(resonote(&["stats"]).current_dir(&vault).env("HOME", &vault));
    assert_eq!(code, Some(0), "a home folder that says it is a vault is one");
}

#[test]
fn colour_is_asked_for() {
    let (_, plain, _) = said(resonote(&["show", "empathy", "--vault"]).arg(notes()));
    assert!(!plain.contains('\x1b'), "no colour in a pipe");
    let (_, coloured, _) = said(resonote(&["show", "empathy", "--color", "always", "--vault"]).arg(notes()));
    assert!(coloured.contains('\x1b'));
}

/// What the system can put below a folder that is no note: each is said or passed over, and the notes are there.
#[cfg(unix)]
#[test]
fn what_is_no_note_is_passed_over() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let vault = folder.path().join("vault");
    fs::create_dir_all(vault.join("sub")).expect("folders");
    fs::write(vault.join("note.md"), "[[hidden idea]] [[elsewhere]]").expect("a note");
    symlink("..", vault.join("sub/loop")).expect("a link");
    symlink("nowhere.md", vault.join("broken.md")).expect("a link");
    fs::create_dir(vault.join(".store")).expect("a folder");
    fs::write(vault.join(".store/hidden idea.md"), "").expect("a note");
    symlink(".store", vault.join("store")).expect("a link");
    fs::create_dir(folder.path().join("outside")).expect("a folder");
    fs::write(folder.path().join("outside/elsewhere.md"), "").expect("a note");
    symlink("../outside", vault.join("outside")).expect("a link");
    let pipe = Command::new("mkfifo").arg(vault.join("pipe.md")).status().is_ok_and(|status| status.success());
    fs::write(vault.join("locked.md"), "").expect("a note");
    fs::set_permissions(vault.join("locked.md"), fs::Permissions::from_mode(0o000)).expect("permissions");
    // Whoever may read everything has nothing locked.
    let is_locked = fs::read(vault.join("locked.md")).is_err();

    let (_, out, err) = said(resonote(&["links", "--all", "--vault"]).arg(&vault));
    assert!(out.contains("[[hidden idea]] -> store/hidden idea.md"), "{out}{err}");
    assert!(out.contains("[[elsewhere]] -> wanted"), "{out}");
    let (code, out, _) = said(resonote(&["check", "--vault"]).arg(&vault));
    assert_eq!(code, Some(1));
    assert!(out.contains("broken.md:1:1: warning: neither a file nor a folder"), "{out}");
    assert_eq!(out.contains("pipe.md:1:1: warning"), pipe, "{out}");
    assert_eq!(out.contains("locked.md:1:1: error: cannot be read"), is_locked, "{out}");
    assert!(Path::new(&vault).join("locked.md").exists());
}

/// The verbs that speak of the program answer where no vault can be, the same each time.
#[test]
fn the_program_speaks_for_itself_anywhere() {
    let at_the_root = |arguments: &[&str]| {
        let (code, out, err) = said(resonote(arguments).current_dir("/").env("HOME", "/"));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}");
        out
    };
    assert_eq!(at_the_root(&["help"]), at_the_root(&["--help"]));
    for verb in ["search", "show", "links", "path", "check", "stats", "index", "completions", "man", "help"] {
        assert_eq!(at_the_root(&["help", verb]), at_the_root(&[verb, "--help"]));
        let page = at_the_root(&["man", verb]);
        for part in [&format!(".TH resonote-{verb} 1 "), ".SH EXAMPLES", ".SH ENVIRONMENT", ".SH \"EXIT CODES\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    let page = at_the_root(&["man"]);
    for part in ["RESONOTE_VAULT", "NO_COLOR", "resonote\\-search(1)", "Could not be done", "resonote path oxytocin empathy"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for arguments in
        [&["help", "--json"][..], &["help", "settings", "--json"], &["man", "show", "--json"], &["completions", "zsh", "--json"]]
    {
        let out = at_the_root(arguments);
        assert!(out.starts_with(&format!(r#"{{"schema":"resonote/1","verb":"{}","vault":null,"#, arguments[0])), "{out}");
        crate::schema::hold(arguments[0], &crate::Said { out, err: String::new(), exit: resonote::cli::Exit::Answered });
    }
}

#[test]
fn judged_queries_come_from_a_file_or_from_stdin() {
    use std::io::Write;
    let mut command = resonote(&["eval", "search", "-", "--json", "--vault"]);
    command.arg(notes()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a process");
    let line = r#"{"query": "sense of knowing", "wanted": ["feeling of certainty"]}"#;
    child.stdin.take().expect("a stream").write_all(line.as_bytes()).expect("a line");
    let output = child.wait_with_output().expect("an end");
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains(r#""total":1,"found_first":1"#), "{out}");
    let (code, out, err) = said(resonote(&["eval", "search", "no/such.jsonl", "--vault"]).arg(notes()));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: no/such.jsonl cannot be read: ") && err.contains("hint:"), "{err}");
}
