//! Opening a note in the editor a person has named, at a line.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Editors that take `+LINE FILE`.
const PLUS: [&str; 13] =
    ["vi", "vim", "nvim", "gvim", "view", "nano", "pico", "emacs", "emacsclient", "hx", "helix", "kak", "micro"];

/// Editors that take `--goto FILE:LINE`.
const GOTO: [&str; 3] = ["code", "code-insiders", "codium"];

/// Editors that take `FILE:LINE`.
const COLON: [&str; 3] = ["subl", "zed", "zeditor"];

/// The call that opens a file at a line: the words of what is in `VISUAL` or `EDITOR`, divided by blanks, no shell in
/// between, and behind them what that editor takes. None where no editor is named. One that is not known gets the file alone.
fn call(editor: &str, file: &Path, line: u32) -> Option<Vec<OsString>> {
    let mut words: Vec<OsString> = editor.split_whitespace().map(OsString::from).collect();
    let name = Path::new(words.first()?).file_stem()?.to_string_lossy().into_owned();
    let with_line = || {
        let mut place = file.as_os_str().to_owned();
        place.push(format!(":{line}"));
        place
    };
    match &*name {
        name if PLUS.contains(&name) => words.extend([format!("+{line}").into(), file.into()]),
        name if GOTO.contains(&name) => words.extend(["--goto".into(), with_line()]),
        name if COLON.contains(&name) => words.push(with_line()),
        _ => words.push(file.into()),
    }
    Some(words)
}

/// Opens a file at a line and waits until the editor ends. Its output goes where talk goes: stdout is for the answer.
///
/// # Errors
/// A sentence, when no editor is named, or it cannot be started, or does not end well.
pub(super) fn open(editor: Option<&str>, file: &Path, line: u32) -> Result<(), String> {
    let no_editor = || "no editor is named: set VISUAL or EDITOR".to_owned();
    let words = editor.and_then(|editor| call(editor, file, line)).ok_or_else(no_editor)?;
    let (program, arguments) = words.split_first().ok_or_else(no_editor)?;
    let shown = program.to_string_lossy();
    match Command::new(program).args(arguments).stdout(Stdio::from(io::stderr())).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} ended with {status}")),
        Err(error) => Err(format!("{shown} could not be started: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(editor: &str, expected: &[&str]) {
        let words = call(editor, Path::new("/v/a b.md"), 7);
        let words: Vec<String> = words.into_iter().flatten().map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(words, expected, "{editor}");
    }

    #[test]
    fn each_editor_is_told_the_line_in_its_way() {
        check("vim", &["vim", "+7", "/v/a b.md"]);
        check("/usr/bin/emacs -nw", &["/usr/bin/emacs", "-nw", "+7", "/v/a b.md"]);
        check("  hx ", &["hx", "+7", "/v/a b.md"]);
        check("code --wait", &["code", "--wait", "--goto", "/v/a b.md:7"]);
        check("subl -w", &["subl", "-w", "/v/a b.md:7"]);
        check("my-editor; rm", &["my-editor;", "rm", "/v/a b.md"]);
        check("   ", &[]);
    }

    #[test]
    fn what_goes_wrong_is_said() {
        let file = Path::new("a.md");
        assert_eq!(open(None, file, 1), Err("no editor is named: set VISUAL or EDITOR".to_owned()));
        let started = open(Some("/no/such/editor"), file, 1);
        assert!(started.is_err_and(|why| why.starts_with("/no/such/editor could not be started: ")));
    }
}
