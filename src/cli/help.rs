//! `help`: what the program says of itself, of a verb, and of what belongs to no single verb.

use super::completion::Completes;
use super::failure::Failure;
use super::{Exit, WIDEST_HELP, World, command};
use crate::render::{Page, page_json};
use crate::snapshot::SETTINGS;
use clap::Args;
use std::io::Write;

/// What stands below the help of the program, and in its manual page. A line without a blank in front begins a section.
pub(super) const AFTER_HELP: &str = "\
Examples:
  resonote search \"mirror neurons\" --vault ~/notes
  resonote path oxytocin empathy
  resonote help search

Environment:
  RESONOTE_VAULT  The folder of notes, where --vault names none
  NO_COLOR        Set to anything, there is no colour unless --color asks for it
  VISUAL, EDITOR  The editor that search --interactive opens notes in, the first that is set

Exit codes:
  0  Answered
  1  Answered with nothing, or `check` found problems
  2  Could not be done";

/// The topics of `help` that are no verbs, in order.
pub(super) const TOPICS: [&str; 1] = ["settings"];

/// What stands above the list of settings.
const ABOUT_SETTINGS: &str = "\
A vault may say how it is written, in a file .resonote.toml at its top. The file is TOML, a line for each setting; one that
is empty says no more than that the folder is a vault. A key that does not exist is an error.

A setting changes how notes are read, or leaves some out. None can make more be read, or anything be run, so that a vault
from anywhere may bring its own.
";

/// What there is to know about settings, from the table that reads them.
pub(super) fn settings_help() -> String {
    let mut text = ABOUT_SETTINGS.to_owned();
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        text.push_str(&format!("\n{}\n{}\n", setting.key, wrapped(&format!("{}{default}", setting.about))));
        text.push_str(&format!("    {}\n", setting.example));
    }
    text
}

/// The lines of a text, none longer than help is wide, with an indentation.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::from("   ")];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.len() + word.len() >= WIDEST_HELP) {
            lines.push(String::from("   "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// Say how the program, a verb or the settings are used
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote help search\n  resonote help settings")]
pub(super) struct HelpArguments {
    /// A verb, or `settings`
    #[arg(value_name = "TOPIC", add = Completes::Topic)]
    topic: Option<String>,
}

impl HelpArguments {
    pub(super) fn tell(&self, wants_json: bool, world: &World, out: &mut dyn Write) -> Result<Exit, Failure> {
        // For programs it is as wide on every terminal.
        let here = World { out_is_terminal: world.out_is_terminal && !wants_json, ..world.clone() };
        let topic = self.topic.as_deref();
        let text = match topic {
            Some("settings") => settings_help(),
            _ => {
                let help = help_of(topic, &here)?;
                if !wants_json {
                    return Err(help.into());
                }
                help.render().to_string()
            }
        };
        match wants_json {
            true => page_json(&Page::Help { topic, text: &text }, out)?,
            false => out.write_all(text.as_bytes())?,
        }
        Ok(Exit::Answered)
    }
}

/// What clap answers to `--help`, so that the two are one.
fn help_of(verb: Option<&str>, world: &World) -> Result<clap::Error, Failure> {
    let command = command(world);
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let is_known = verb.is_none_or(|verb| verbs.iter().any(|known| known == verb));
    let words = ["resonote"].into_iter().chain(verb.filter(|_| is_known)).chain(["--help"]);
    let help = command.try_get_matches_from(words).err().filter(|_| is_known);
    let topics = verbs.iter().map(String::as_str).chain(TOPICS);
    help.ok_or_else(|| Failure::no_such("topic", verb.unwrap_or_default(), topics))
}
