//! The README keeps its word: every command it shows is run on `notes/`, and answers as shown.
//!
//! A `console` block holds a command behind `$ ` and what it answers. With `UPDATE=1` the answers are rewritten.

use crate::ask;
use std::fmt::Write;
use std::fs;
use std::path::Path;

#[test]
fn every_command_of_the_readme_answers_as_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("a README");
    let mut shown = String::new();
    let mut commands = 0;
    let mut lines = readme.split_inclusive('\n').peekable();
    let mut in_console = false;
    while let Some(line) = lines.next() {
        shown.push_str(line);
        in_console = if line.starts_with("```") { line.trim_end() == "```console" } else { in_console };
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) else { continue };
        let call = command.trim_end();
        let call =
            call.strip_prefix("cargo run --release -- ").or_else(|| call.strip_prefix("resonote")).expect("one of our commands");
        let words = crate::specs::words(call);
        let said = ask(root, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(said.err, "", "{command}");
        write!(shown, "{}", said.out).expect("a string");
        commands += 1;
        while lines.next_if(|line| !line.starts_with("```") && !line.starts_with("$ ")).is_some() {}
    }
    assert!(commands >= 4, "the README shows {commands} commands");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root.join("README.md"), &shown).expect("a README");
    } else {
        assert!(readme == shown, "the README shows other answers than the program gives; UPDATE=1 rewrites them");
    }
}

/// Every example that `help operators` shows finds something in the notes that come with the program.
#[test]
fn every_example_of_the_operators_answers() {
    let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("notes");
    let help = ask(&notes, &["help", "operators"]).out;
    let examples: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("    resonote ")).collect();
    assert!(examples.len() >= 17, "help shows {} examples", examples.len());
    for example in examples {
        let words = crate::specs::words(example);
        let said = ask(&notes, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(said.exit == resonote::cli::Exit::Answered && said.err.is_empty(), "{example}: {}{}", said.out, said.err);
        assert!(said.out.starts_with("1.  "), "{example}: {}", said.out);
    }
}
