//! A search that one types into, on a terminal: what is seen, what is printed, and that the terminal is given back.

use rexpect::process::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// How long anything may take, in milliseconds: a test that waits for this long has failed.
const LONGEST: u64 = 60_000;

/// A person at a terminal whose program writes its answer into a file.
struct Typist {
    folder: tempfile::TempDir,
    session: PtySession,
}

impl Typist {
    /// Begins in a folder that holds a vault of two notes.
    fn with(arguments: &[&str]) -> Typist {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("vault/deep")).expect("folders");
        fs::write(at("vault/glass.md"), "A mirror, a mirror of glass.\n").expect("a note");
        fs::write(at("vault/deep/water.md"), "Still.\n\nWater is a mirror as well, and older than any of glass.\n")
            .expect("a note");
        fs::write(at("vim"), "#!/bin/sh\necho \"opened $@.\"\n").expect("an editor");
        fs::set_permissions(at("vim"), fs::Permissions::from_mode(0o700)).expect("permissions");
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" > answer", env!("CARGO_BIN_EXE_resonote"), "search", "--interactive"]);
        command.args(["--vault", "vault"]).args(arguments).current_dir(folder.path());
        command.env("RESONOTE_CACHE_DIR", at("cache")).env("NO_COLOR", "1").env("VISUAL", at("vim")).env("TERM", "xterm");
        let session = spawn_command(command, Some(LONGEST)).expect("a terminal");
        let mut typist = Typist { folder, session };
        typist.sees("\u{1b}[?1049h");
        typist
    }

    fn sees(&mut self, text: &str) {
        self.session.exp_string(text).unwrap_or_else(|why| panic!("{text:?} is not seen: {why}"));
    }

    fn types(&mut self, keys: &str) {
        self.session.send(keys).and_then(|_| self.session.flush()).expect("keys");
    }

    /// Sees the terminal given back; the exit code and the answer.
    fn ends(mut self) -> (i32, String) {
        self.sees("\u{1b}[?1049l");
        self.session.exp_eof().expect("an end");
        let code = match self.session.process().wait().expect("an end") {
            WaitStatus::Exited(_, code) => code,
            other => panic!("it ended with {other:?}"),
        };
        (code, fs::read_to_string(self.folder.path().join("answer")).expect("an answer"))
    }
}

#[test]
fn what_is_chosen_is_printed() {
    let mut typist = Typist::with(&[]);
    typist.sees("type what to look for");
    typist.types("mirror");
    typist.sees("1 of 2 concepts");
    typist.types("\u{1b}[B");
    typist.sees("Water is a mirror as well");
    typist.sees("2 of 2 concepts");
    typist.types("\r");
    let (code, answer) = typist.ends();
    assert_eq!((code, answer.as_str()), (0, "vault/deep/water.md:3\n"));
}

#[test]
fn keys_that_wait_are_taken_in_their_order() {
    let mut typist = Typist::with(&[]);
    typist.types("\u{1b}[200~older\nthan\u{1b}[201~\r");
    assert_eq!(typist.ends(), (0, "vault/deep/water.md:3\n".to_owned()));
}

#[test]
fn who_leaves_gets_no_answer() {
    let mut typist = Typist::with(&["mirror"]);
    typist.sees("1 of 2 concepts");
    typist.types(" \"half");
    typist.sees("the quote at column 8 is not closed");
    typist.types("\u{3}");
    assert_eq!(typist.ends(), (1, String::new()));
}

#[test]
fn an_editor_opens_the_line_and_comes_back() {
    let mut typist = Typist::with(&["--open", "older"]);
    typist.sees("1 concept");
    typist.types("\r");
    let file = typist.folder.path().canonicalize().expect("a folder").join("vault/deep/water.md");
    typist.sees(&format!("opened +3 {}.", file.display()));
    typist.sees("\u{1b}[?1049h");
    typist.sees("1 concept");
    typist.types("\u{1b}");
    assert_eq!(typist.ends(), (1, String::new()));
}
