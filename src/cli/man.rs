//! `man`: the manual page of the program or of one verb, in roff, from the same text as the help.

use super::completion::Completes;
use super::failure::Failure;
use super::help::AFTER_HELP;
use super::{Exit, World, command};
use crate::render::{Page, page_json};
use clap::Args;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io::{self, Write};

/// Print the manual page of the program or of a verb
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote man | man -l -\n  resonote man search > resonote-search.1")]
pub(super) struct ManArguments {
    /// The verb; without one, the page is the program's
    #[arg(value_name = "VERB", add = Completes::Verb)]
    verb: Option<String>,
}

impl ManArguments {
    pub(super) fn tell(&self, wants_json: bool, world: &World, out: &mut dyn Write) -> Result<Exit, Failure> {
        let topic = self.verb.as_deref();
        let page = page(topic, world)?;
        match wants_json {
            true => page_json(&Page::Man { topic, page: &page }, out)?,
            false => out.write_all(page.as_bytes())?,
        }
        Ok(Exit::Answered)
    }
}

fn page(verb: Option<&str>, world: &World) -> Result<String, Failure> {
    let mut program = command(world);
    program.build();
    let source = format!("resonote {}", program.get_version().unwrap_or_default());
    let mut subject = match verb {
        None => program.clone(),
        Some(verb) => match program.find_subcommand(verb) {
            Some(found) => found.clone(),
            None => return Err(Failure::no_such("verb", verb, program.get_subcommands().map(clap::Command::get_name))),
        },
    };
    let after = subject.get_after_help().map(ToString::to_string).unwrap_or_default();
    let usage = subject.render_usage().to_string();
    // The sections below the help are ours, the version stands in every footer, and the usage is that of the help.
    let subject = subject.after_help(None::<&str>).version(None::<&str>).subcommand_help_heading("VERBS");
    let subject = subject.override_usage(usage.trim_start_matches("Usage: ").to_owned());
    let mut page = Vec::new();
    // An empty date would not be written, and the source would be taken for it.
    Man::new(subject).date(" ").source(source).manual("resonote").render(&mut page)?;
    sections(&after, &mut page)?;
    if verb.is_some() {
        // What holds for all verbs, but for the program's own examples.
        let common = AFTER_HELP.find("\n\n").map_or("", |end| &AFTER_HELP[end..]);
        sections(common, &mut page)?;
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Writes what stands below a help: sections under a line that ends in a colon. Examples stay as they are; elsewhere a
/// line is a term, two blanks or more, and what is said of it.
fn sections(text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::default();
    for section in text.split("\n\n") {
        let mut lines = section.trim_matches('\n').lines();
        let Some(heading) = lines.next() else { continue };
        roff.control("SH", [heading.trim_end_matches(':').to_uppercase().as_str()]);
        let is_list = heading != "Examples:";
        if !is_list {
            roff.control("nf", []);
        }
        for line in lines.map(str::trim) {
            match line.split_once("  ") {
                Some((term, said)) if is_list => {
                    roff.control("TP", []).text([bold(term)]).text([roman(said.trim_start())]);
                }
                _ => {
                    roff.text([roman(line)]);
                }
            }
        }
        if !is_list {
            roff.control("fi", []);
        }
    }
    roff.to_writer(page)
}
