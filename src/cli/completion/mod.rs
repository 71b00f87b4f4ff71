//! `completions`, and what its scripts ask of the program while somebody types: how a half-typed line may go on.
//!
//! clap knows verbs, flags and their values, and its dynamic engine finds which of them fit. Ours are the way there and
//! back: `line.rs` reads what a shell sends, `values.rs` knows what the vault offers, `quote.rs` makes an answer safe to put
//! on a line. Nothing of a line or a name is ever run.

mod line;
mod quote;
mod values;

pub(super) use values::Completes;

use super::failure::Failure;
use super::{Exit, World, command};
use crate::render::{Page, clean, page_json};
use clap::{Args, ValueEnum};
use line::Line;
use std::ffi::{OsStr, OsString};
use std::io::Write;

/// Print a script for your shell that completes verbs, flags and the names of concepts
///
/// The script asks the program each time, so that it knows the names there are at that moment in the vault that the
/// half-typed line would ask. `resonote` must be on the path.
///
/// bash: source <(resonote completions bash), in ~/.bashrc
///
/// elvish: eval (resonote completions elvish | slurp), in ~/.config/elvish/rc.elv
///
/// fish: resonote completions fish | source, in ~/.config/fish/config.fish
///
/// powershell: resonote completions powershell | Out-String | Invoke-Expression, in $PROFILE
///
/// zsh: source <(resonote completions zsh), in ~/.zshrc behind compinit
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote completions bash > ~/.local/share/bash-completion/completions/resonote\n  resonote completions fish > ~/.config/fish/completions/resonote.fish"
)]
pub(super) struct CompletionsArguments {
    /// The shell to write for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// A shell that can ask how a line goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Elvish => "elvish",
            Shell::Fish => "fish",
            Shell::Powershell => "powershell",
            Shell::Zsh => "zsh",
        }
    }

    fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("scripts/resonote.bash"),
            Shell::Elvish => include_str!("scripts/resonote.elv"),
            Shell::Fish => include_str!("scripts/resonote.fish"),
            Shell::Powershell => include_str!("scripts/resonote.ps1"),
            Shell::Zsh => include_str!("scripts/resonote.zsh"),
        }
    }
}

impl CompletionsArguments {
    pub(super) fn tell(&self, wants_json: bool, out: &mut dyn Write) -> Result<Exit, Failure> {
        let (shell, script) = (self.shell.name(), self.shell.script());
        match wants_json {
            true => page_json(&Page::Completions { shell, script }, out)?,
            false => out.write_all(script.as_bytes())?,
        }
        Ok(Exit::Answered)
    }
}

/// Answers a script of ours: each line is a way to go on. What cannot be read goes on in no way, and nobody is told, as
/// somebody is typing.
///
/// # Errors
/// When `RESONOTE_COMPLETE` names no shell, or the stream cannot be written.
pub(super) fn complete(shell: &OsStr, asked: &[OsString], world: &World, out: &mut dyn Write) -> Result<Exit, Failure> {
    let name = shell.to_string_lossy();
    let shell = Shell::from_str(&name, false).map_err(|_| Failure::no_such_shell(&name))?;
    let sent: Vec<String> = asked.iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect();
    let Some(line) = Line::sent(shell, &sent) else { return Ok(Exit::Answered) };
    let typed = line.typed();
    let mut command = values::with_values(command(world), &line, world);
    let words = line.words.iter().map(|word| OsString::from(&word.text)).collect();
    let found = clap_complete::engine::complete(&mut command, words, line.at, Some(&world.folder)).unwrap_or_default();
    let found: Vec<(&str, String)> = found
        .iter()
        .filter_map(|found| {
            let what_for = found.get_help().map(|help| help.to_string()).unwrap_or_default();
            // A line cannot hold what commands a terminal.
            let value = found.get_value().to_str().filter(|value| clean(value) == *value)?;
            Some((value, clean(what_for.lines().next().unwrap_or_default()).into_owned()))
        })
        .collect();
    // Flags are for those who have typed a dash, where there is something else to go on with.
    let is_flag = |value: &str| typed.text.is_empty() && value.starts_with('-');
    let only_flags = found.iter().all(|(value, _)| is_flag(value));
    for (value, what_for) in found.into_iter().filter(|(value, _)| only_flags || !is_flag(value)) {
        match shell {
            Shell::Bash => {
                if let Some(quoted) = quote::for_bash(value, &line.kept, typed) {
                    writeln!(out, "{quoted}")?;
                }
            }
            Shell::Elvish => writeln!(out, "{value}")?,
            Shell::Fish | Shell::Zsh if what_for.is_empty() => writeln!(out, "{value}")?,
            Shell::Fish | Shell::Zsh => writeln!(out, "{value}\t{what_for}")?,
            Shell::Powershell => {
                let quoted = quote::for_powershell(value, &line.kept, typed);
                writeln!(out, "{quoted}\t{value}\t{}", if what_for.is_empty() { value } else { &what_for })?;
            }
        }
    }
    Ok(Exit::Answered)
}
