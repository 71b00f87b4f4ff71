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
pub(super) const TOPICS: [&str; 2] = ["settings", "operators"];

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

/// What stands above the list of operators.
const ABOUT_OPERATORS: &str = "\
What a query of `resonote search` may hold. Words rank: a note with more of them comes first, and one of them is enough.
Everything else must hold. A query with OR or parentheses is taken at its word: things side by side must all hold. Names
and texts are found in any letter case, with accents or without. A query of conditions alone lists what fulfils them.
What a hyphen joins belongs together. The very name of a concept means that concept, whatever signs are in it.

Operators are those of Obsidian, as far as it has them. A flag of search says the same as the operator of its name. With
--plain every sign is just a sign.
";

/// The operators of queries: how each is written, what it does, and an example that finds something in the notes that come
/// with the program.
const OPERATORS: [(&str, &str, &str); 17] = [
    (
        "\"words in quotes\"",
        "The words follow one another as written. A backslash before a quote makes it one of the words.",
        "'\"facial feedback\"'",
    ),
    (
        "-x",
        "Leaves out what x finds. The minus stands right before a word, a phrase, an operator or a parenthesis.",
        "'empathy -oxytocin'",
    ),
    ("a OR b", "One of two; OR binds loosest, so that a b OR c d is (a b) OR (c d).", "'oxytocin OR serotonin'"),
    (
        "(a b)",
        "Holds together what belongs together; inside and beside it, all must hold.",
        "'(mirror neurons) -(voles OR mice)'",
    ),
    ("tag:x", "Notes with this tag or one below it, with or without #.", "'bonding tag:#neuroscience'"),
    (
        "path:x",
        "Notes whose path holds this text; in quotes if there is a blank in it. Like tag: and the others below, it also takes a parenthesis.",
        "'path:(emotional -reciprocity)'",
    ),
    ("file:x", "Notes whose file name, with its ending, holds this text.", "'file:\"mirror neurons.md\"'"),
    ("[property]", "Notes with this property in their front matter.", "'[aliases]'"),
    (
        "[property:value]",
        "Notes where a value of the property holds this text; OR stands between several. null finds a property without a value, < and > before a number or a date what is below or above it.",
        "'[date:>2020-01] OR [up:resonance OR empathy]'",
    ),
    (
        "line:(a b)",
        "All of it in one line: a paragraph, a heading, an item or a row of a table, however the file wraps it. Words, phrases, regular expressions, minus, OR and parentheses may stand in it.",
        "'line:(oxytocin \"trust game\")'",
    ),
    (
        "section:(a b)",
        "All of it in one section, from one heading to the next, the heading included.",
        "'section:(voles dopamine)'",
    ),
    (
        "/expression/",
        "A regular expression that matches in a line of the note's text; letter case counts. It has no look-around and no back references.",
        "'/20(05|10) .*oxytocin/'",
    ),
    (
        "links-to:x",
        "Notes that link to the concept x. Names with blanks stand in quotes or in [[brackets]].",
        "'links-to:[[mirror neurons]]'",
    ),
    ("linked-from:x", "Concepts that x links to, those nobody wrote yet among them.", "'linked-from:empathy'"),
    (
        "model:x",
        "Notes with a model whose name or title holds this text; model: alone finds all that can run.",
        "'model:kuramoto'",
    ),
    (
        "wanted:x",
        "Concepts that nobody wrote yet and whose name holds this text; wanted: alone finds all, the most wanted first.",
        "'wanted:'",
    ),
    ("all of them", "Combine as they like.", "'(trust OR bond) tag:neuroscience -links-to:dopamine'"),
];

/// What there is to know about the operators of queries.
fn operators_help() -> String {
    let mut text = ABOUT_OPERATORS.to_owned();
    for (written, about, example) in OPERATORS {
        text.push_str(&format!("\n{written}\n{}\n    resonote search {example}\n", wrapped(about)));
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

/// Say how the program, a verb, the settings or the operators of a query are used
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote help search\n  resonote help settings\n  resonote help operators")]
pub(super) struct HelpArguments {
    /// A verb, or `settings` or `operators`
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
            Some("operators") => operators_help(),
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
