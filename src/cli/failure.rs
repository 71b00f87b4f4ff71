//! Every error of the terminal's door: its kind, its sentence, its hints, its exit code, on one screen.

use super::{Exit, World};
use crate::answer::{About, Answer, AskError, Measure, Mentions, PathArgument, QueryError, RunArgument, Search, Unlinked};
use crate::note::clip;
use crate::render::chart::ChartError;
use crate::render::{JudgedError, NoJudgement, clean, error_json};
use crate::snapshot::{Notice, SettingsError, Snapshot, SnapshotError, VaultError};
use std::io::{self, Write};
use std::path::Path;

/// Why a call ends without an answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments do not read, or ask for help.
    Usage(clap::Error),
    /// Something could not be done.
    Said { kind: &'static str, message: String, hints: Vec<String> },
    /// A stream could not be written.
    Stream(io::Error),
}

impl Failure {
    fn said(kind: &'static str, message: impl ToString, hints: Vec<String>) -> Failure {
        Failure::Said { kind, message: message.to_string(), hints }
    }

    pub(crate) fn no_vault(folder: &Path) -> Failure {
        let message = format!("{} is not taken for a vault unless it is named", folder.display());
        Failure::said("no-vault", message, vec!["name the folder of your notes with --vault DIR".into()])
    }

    /// No verb or topic has the name; the nearest of them are the hint, or else all.
    pub(crate) fn no_such<'w>(what: &str, name: &str, words: impl Iterator<Item = &'w str>) -> Failure {
        let words: Vec<&str> = words.collect();
        let likeness = |word: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), word);
        let mut near: Vec<&str> = words.iter().copied().filter(|word| likeness(word) >= 0.5).collect();
        near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)).then(a.cmp(b)));
        near.truncate(3);
        let hint = match near.is_empty() {
            true => format!("the {what}s are {}", words.join(", ")),
            false => format!("nearest {what}s: {}", near.join(", ")),
        };
        let kind = if what == "verb" { "unknown-verb" } else { "unknown-topic" };
        Failure::said(kind, format!("no {what} is called \"{}\"", clip(name)), vec![hint])
    }

    pub(crate) fn no_such_shell(name: &str) -> Failure {
        let hint = "unset it; only the scripts of resonote completions set it, for the time of a call";
        Failure::said("usage", format!("RESONOTE_COMPLETE names no shell: \"{}\"", clip(name)), vec![hint.to_owned()])
    }

    pub(crate) fn no_cache() -> Failure {
        let hint = "set RESONOTE_CACHE_DIR to a folder that may be written";
        Failure::said("cache", "there is no folder to keep anything in", vec![hint.to_owned()])
    }

    pub(crate) fn nothing_to_index() -> Failure {
        let hint = "index looks what changed, which --no-refresh leaves out; index --status says what is kept";
        Failure::said("usage", "there is nothing to index without looking", vec![hint.to_owned()])
    }

    pub(crate) fn hubs_allowed() -> Failure {
        let hint = "--hubs allow is the same as --hub-weight 0; name one of the two";
        Failure::said("usage", "hubs that are allowed have no weight", vec![hint.to_owned()])
    }

    pub(crate) fn one_way_alone() -> Failure {
        let hint = "--diverse says how much several routes between two concepts may share; say how many with -k";
        Failure::said("usage", "one route shares nothing with others", vec![hint.to_owned()])
    }

    pub(crate) fn one_community_alone() -> Failure {
        let hint = "--limit bounds how many communities are listed; --members bounds the concepts of each";
        Failure::said("usage", "the community of one concept is one", vec![hint.to_owned()])
    }

    pub(crate) fn too_many_sweeps() -> Failure {
        Failure::said("usage", "more than two parameters cannot be swept at once", vec!["sweep one, or two for a map".to_owned()])
    }

    pub(crate) fn no_terminal() -> Failure {
        let hint = "search with a query, without --interactive, answers anywhere";
        Failure::said("no-terminal", "there is no terminal to type into", vec![hint.to_owned()])
    }

    pub(crate) fn nobody_types_json() -> Failure {
        let hint = "search --json answers a query; --interactive answers with a place as path:line";
        Failure::said("usage", "an interactive search has no JSON", vec![hint.to_owned()])
    }

    pub(crate) fn no_file(path: &Path, error: &io::Error) -> Failure {
        let hint = "see that its folder is there and may be written to";
        Failure::said("file", format!("{} cannot be written: {error}", path.display()), vec![hint.to_owned()])
    }

    /// The file of judged queries cannot be read.
    pub(crate) fn unread_queries(file: &str, error: &io::Error) -> Failure {
        let hint = "name a file of JSON lines, or - to read them from stdin";
        Failure::said("file", format!("{file} cannot be read: {error}"), vec![hint.to_owned()])
    }

    /// A line of judged queries does not read.
    pub(crate) fn misjudged(file: &str, error: JudgedError) -> Failure {
        let failure = match error.what {
            NoJudgement::Query(error) => Failure::from(error),
            what => {
                let hint = "each line is an object such as {\"query\": \"mirror cells\", \"wanted\": [\"mirror neurons\"]}";
                Failure::said("judged-query", what, vec![hint.to_owned()])
            }
        };
        failure.at_line(file, error.line)
    }

    /// Says on which line of a file the reason stands.
    pub(crate) fn at_line(self, file: &str, line: u32) -> Failure {
        match self {
            Failure::Said { kind, message, hints } => Failure::Said { kind, message: format!("{file}:{line}: {message}"), hints },
            other => other,
        }
    }

    pub(crate) fn is_a_note(path: &Path) -> Failure {
        let hint = "name a file that does not end in .md";
        Failure::said(
            "file",
            format!("{} would be a note, and notes are never written to", path.display()),
            vec![hint.to_owned()],
        )
    }

    pub(crate) fn no_picture(error: &ChartError) -> Failure {
        let hint = "install a font that has these letters, such as one of the Noto family, or take --svg";
        Failure::said("picture", error, vec![hint.to_owned()])
    }

    pub(crate) fn no_such_vault(root: &Path) -> Failure {
        let hint = "--vault takes the folder that holds your notes".to_owned();
        Failure::said("vault", format!("there is no folder at {}", root.display()), vec![hint])
    }

    pub(crate) fn empty_flag(flag: &str) -> Failure {
        let hint = "leave the flag away, or say what to look for";
        Failure::said("usage", format!("{flag} does not say what to look for"), vec![hint.to_owned()])
    }

    /// Says which flag is wrong.
    pub(crate) fn of_flag(self, flag: &str) -> Failure {
        match self {
            Failure::Said { kind, message, hints } => Failure::Said { kind, message: format!("{flag}: {message}"), hints },
            other => other,
        }
    }

    /// Says that the vault is empty, which is then why a name means nobody.
    pub(crate) fn in_empty_vault(self, root: &Path) -> Failure {
        let hint = format!("there are no notes (files that end in .md) below {}", root.display());
        match self {
            Failure::Said { kind, message, .. } => Failure::Said { kind, message, hints: vec![hint] },
            other => other,
        }
    }

    /// What went wrong and what helps, for a line of a screen.
    pub(crate) fn in_a_line(&self) -> String {
        match self {
            Failure::Usage(error) => error.to_string(),
            Failure::Said { message, hints, .. } => {
                std::iter::once(message).chain(hints).map(|text| clean(text)).collect::<Vec<_>>().join("; ")
            }
            Failure::Stream(error) => error.to_string(),
        }
    }

    /// Writes the failure where it belongs: help to `out`, the rest to `err`, as JSON if that was asked for.
    pub(crate) fn tell(self, wants_json: bool, world: &World, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Exit> {
        let (kind, message, hints) = match self {
            Failure::Stream(error) => return Err(error),
            Failure::Usage(error) if !error.use_stderr() => {
                let help = error.render();
                let color = world.out_is_terminal && !world.no_color;
                if color {
                    write!(out, "{}", help.ansi())?
                } else {
                    write!(out, "{help}")?
                }
                return Ok(Exit::Answered);
            }
            Failure::Usage(error) if !wants_json => {
                let color = world.err_is_terminal && !world.no_color;
                if color {
                    write!(err, "{}", error.render().ansi())?
                } else {
                    write!(err, "{}", error.render())?
                }
                return Ok(Exit::Failed);
            }
            Failure::Usage(error) => {
                let text = error.render().to_string();
                let first: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
                ("usage", first.join(" ").trim_start_matches("error: ").to_owned(), vec!["see resonote --help".to_owned()])
            }
            Failure::Said { kind, message, hints } => (kind, message, hints),
        };
        if wants_json {
            error_json(kind, &message, &hints, err)?;
        } else {
            writeln!(err, "error: {}", clean(&message))?;
            hints.iter().try_for_each(|hint| writeln!(err, "hint: {}", clean(hint)))?;
        }
        Ok(if kind == "model" { Exit::ModelFailed } else { Exit::Failed })
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Failure::Usage(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Stream(error)
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        let hints = match &error {
            SnapshotError::Vault(VaultError::Missing(_) | VaultError::NotAFolder(_)) => {
                vec!["--vault takes the folder that holds your notes".to_owned()]
            }
            SnapshotError::Vault(VaultError::Unreadable(..)) => vec!["see that you may read and enter the folder".to_owned()],
            SnapshotError::Vault(VaultError::Settings(error)) => vec![settings_hint(error)],
            SnapshotError::Index(_) => Vec::new(),
            SnapshotError::Clear(..) => vec!["see that you may write to it".to_owned()],
        };
        let kind = match &error {
            SnapshotError::Index(_) => "index",
            SnapshotError::Clear(..) => "cache",
            SnapshotError::Vault(VaultError::Settings(_)) => "settings",
            SnapshotError::Vault(_) => "vault",
        };
        Failure::said(kind, error, hints)
    }
}

fn settings_hint(error: &SettingsError) -> String {
    match error {
        SettingsError::Unknown { nearest: Some(nearest), .. } => {
            format!("nearest setting: {nearest}; resonote help settings lists them all")
        }
        SettingsError::Unknown { nearest: None, .. } => "resonote help settings lists them all".to_owned(),
        SettingsError::WrongValue { example, .. } => format!("write it so: {example}"),
        SettingsError::Pattern { .. } => "patterns are those of .gitignore: drafts/, *.excalidraw.md, !keep.md".to_owned(),
        SettingsError::Syntax { .. } => "settings are TOML: key = value, a line each".to_owned(),
        SettingsError::Unreadable(_) | SettingsError::TooLarge => {
            "see what the file is; resonote help settings says what it may hold".to_owned()
        }
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        let hint = match &error {
            QueryError::Empty => "name at least one word to look for",
            QueryError::OpenQuote { .. } => "close the quote, or search with --plain",
            QueryError::OpenBracket { .. } => "close the bracket, or put the words in quotes",
            QueryError::OpenGroup { .. } => "close the parenthesis, or put the words in quotes",
            QueryError::NoGroup { .. } => "leave it away, or put the words in quotes",
            QueryError::EmptyGroup { .. } => "write what to look for into it",
            QueryError::TooDeep { .. } => "leave away the parentheses that change nothing",
            QueryError::LoneOr { .. } => "OR stands between two things to look for; for the word itself write \"OR\"",
            QueryError::NoArgument { .. } => "write it right behind, as in tag:biology or path:\"my notes\"",
            QueryError::NoProperty { .. } => "write a property as in [status] or [status:done]",
            QueryError::NotInside { operator: "line:" | "section:", .. } => {
                "write it outside: only words, phrases and /expressions/ are there"
            }
            QueryError::NotInside { .. } => "write it outside, or in quotes to search for it as it stands",
            QueryError::Pattern { .. } => "put it in quotes to search for it as it stands, or write \\( for a parenthesis itself",
            QueryError::TooManyReadings { .. } => "put several regular expressions into one: /this|that/",
            QueryError::NoOperator { sign, .. } => no_operator_hint(sign),
            QueryError::LongWord { .. } => "search for its beginning as a regular expression, as in /begins/",
            QueryError::TooLong { .. } => "search for the words that matter most",
        };
        Failure::said("query", error, vec![hint.to_owned()])
    }
}

/// What to write in place of a sign that means something in other tools.
fn no_operator_hint(sign: &str) -> &'static str {
    match sign {
        "AND" => "things side by side in parentheses must all hold: (mirror neurons)",
        "NOT" => "a minus right before a word leaves it out: -neurons",
        "[[" => "links-to:[[name]] finds who links to it; in quotes it is searched for as it stands",
        "content:" => "leave it away: words are looked for in the text",
        "block:" => "line:(…) looks in one paragraph or item, section:(…) in one section",
        "match-case:" => "a regular expression goes by letter case: /Mirror/",
        "ignore-case:" => "leave it away: words are found in any letter case",
        _ => "put it in quotes to search for it as it stands; resonote help operators lists what there is",
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let (kind, hints) = match &error {
            AskError::Unknown { name, .. } if name.trim().is_empty() => {
                ("unknown-concept", vec!["name a concept by its title, file name, alias or path".to_owned()])
            }
            AskError::Unknown { name, nearest } if nearest.is_empty() => {
                ("unknown-concept", vec![format!("resonote search \"{name}\" looks for it in the text")])
            }
            AskError::Unknown { nearest, .. } => {
                let names: Vec<String> = nearest.iter().map(|name| format!("\"{name}\"")).collect();
                ("unknown-concept", vec![format!("nearest names: {}", names.join(", "))])
            }
            AskError::Ambiguous { candidates, total, .. } => {
                let paths: Vec<&str> = candidates.iter().filter_map(|it| Some(it.note_path.as_ref()?.as_str())).collect();
                let more = total.saturating_sub(paths.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                ("ambiguous-concept", vec![format!("name one by its path: {}{more}", paths.join(", "))])
            }
            AskError::Attachment { .. } => ("attachment", vec!["name a note, or look with resonote links --all".to_owned()]),
            AskError::Written { concept } => {
                let path = concept.note_path.as_ref().map_or(&*concept.name, |path| path.as_str());
                ("written", vec![format!("resonote show \"{path}\" shows it")])
            }
            AskError::NoModel { .. } => ("no-model", vec!["resonote models lists the concepts that carry one".to_owned()]),
            AskError::UnknownModel { models, .. } => ("unknown-model", vec![format!("its models: {}", models.join(", "))]),
            AskError::PathArgument(argument) => ("path", path_hint(argument).into_iter().collect()),
            AskError::RunArgument(argument) => ("run", vec![run_hint(argument)]),
            AskError::Model(failure) => {
                let sentence = failure.setting.as_deref().map(crate::render::problem_message);
                let what = sentence.as_deref().unwrap_or(&failure.message);
                let message = format!("{}:{}:{}: {what}", failure.note_path, failure.line, failure.column);
                return Failure::said("model", message, failure.hint.iter().map(ToString::to_string).collect());
            }
            AskError::Unwritten { .. } => ("unwritten", vec!["resonote mentions CONCEPT lists who speaks of it".to_owned()]),
            AskError::Index(_) | AskError::NoText | AskError::NoMentions => ("index", Vec::new()),
        };
        Failure::said(kind, error, hints)
    }
}

fn path_hint(argument: &PathArgument) -> Option<String> {
    Some(match argument {
        PathArgument::NoRelation => "name them as notes do, with commas between: --relations see-also,up".to_owned(),
        PathArgument::Avoided(_) => "leave it out of --avoid".to_owned(),
        PathArgument::Relation { nearest, .. } if nearest.is_empty() => {
            "resonote links --all --json says the relation of each link; plain ones have link".to_owned()
        }
        PathArgument::Relation { nearest, .. } => format!("nearest relations: {}", nearest.join(", ")),
        PathArgument::OfRoutes(_) => "name two concepts, or leave it out for a tree that joins all".to_owned(),
    })
}

fn run_hint(argument: &RunArgument) -> String {
    match argument {
        RunArgument::Name { names, .. } if names.is_empty() => "it has no names at all".to_owned(),
        RunArgument::Name { name, names } => {
            let mut names: Vec<&String> = names.iter().collect();
            names.sort_by_key(|known| strsim::osa_distance(known, name));
            let more = if names.len() > 12 { ", and more" } else { "" };
            let names: Vec<&str> = names.into_iter().take(12).map(String::as_str).collect();
            format!("it has {}{more}", names.join(", "))
        }
        RunArgument::Outside { .. } => "--force takes it all the same".to_owned(),
        RunArgument::Measure { .. } => {
            let measures: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
            format!("measures are {}, each also of one series as in max(x), and the names of outputs", measures.join(", "))
        }
        RunArgument::Method { .. } => "methods are auto, tsit5, bdf, euler, heun".to_owned(),
        RunArgument::Sweep { .. } => "as in --sweep k=0:0.05:1".to_owned(),
        RunArgument::Points { .. } => "take larger steps".to_owned(),
        RunArgument::Open { name } => format!("--set {name}=1 gives it one"),
        RunArgument::Twice { .. } => "name two parameters for a map".to_owned(),
    }
}

/// What a person should hear of how an answer came about, in a line.
pub(crate) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::SetAside { what, why } => format!("the kept {what} is set aside and made anew: {}", clean(&clip(why))),
        Notice::InMemory { why } => format!("nothing can be kept, so that this was answered from memory: {}", clean(&clip(why))),
        Notice::LastMoment => "another process is reading what changed: this is the last moment before it".to_owned(),
        Notice::Waiting => "waited for another process that is reading the vault".to_owned(),
    }
}

/// Why a mention is not made a link.
pub(crate) fn unlinked(why: Unlinked) -> &'static str {
    match why {
        Unlinked::Ambiguous => "several concepts have this name",
        Unlinked::Stem => "it is another word of the same stem",
        Unlinked::Heading => "headings stay as they are",
        Unlinked::Markup => "markup stands in it or around it",
        Unlinked::NoSpelling => "no link written there means the concept",
        Unlinked::Untried => "too much of this note does not fit to try each place",
    }
}

/// Says which words of a query gave way to others.
pub(crate) fn say_corrected(search: &Search, err: &mut dyn Write) -> io::Result<()> {
    let said = |(from, to): &(String, String)| format!("\"{}\" for \"{}\"", clean(&clip(to)), clean(&clip(from)));
    let said: Vec<String> = search.corrections.iter().map(said).collect();
    if said.is_empty() { Ok(()) } else { writeln!(err, "searched for {}; --exact searches as typed", said.join(", ")) }
}

/// Says on `err` what was not found, where the answer itself is empty.
pub(crate) fn say_nothing_found(answer: &Answer<'_>, snapshot: &Snapshot, err: &mut dyn Write) -> io::Result<()> {
    match answer {
        _ if snapshot.vault().is_empty() => writeln!(err, "there are no notes in this vault"),
        Answer::Search(search) if search.query.is_empty() => writeln!(err, "no concept is as the flags say"),
        Answer::Search(search) => {
            writeln!(err, "no concept speaks of {}", clean(&clip(&search.query)))?;
            if search.kept_out > 0 {
                return match search.kept_out {
                    1 => writeln!(err, "hint: 1 note holds the words, and fails what else is asked"),
                    notes => writeln!(err, "hint: {notes} notes hold the words, and fail what else is asked"),
                };
            }
            if search.nearest.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = search.nearest.iter().map(|name| format!("\"{}\"", clean(&clip(name)))).collect();
            writeln!(err, "hint: nearest names: {}", names.join(", "))
        }
        Answer::Path(path) => {
            let names: Vec<String> = path.concepts.iter().map(|concept| format!("\"{}\"", clean(&concept.name))).collect();
            match (path.is_of_tree, names.as_slice()) {
                (false, [from, to]) => writeln!(err, "no way leads from {from} to {to}"),
                _ => writeln!(err, "nothing joins {}", names.join(", ")),
            }
        }
        Answer::Related(related) => {
            let names: Vec<String> = related.of.iter().map(|concept| format!("\"{}\"", concept.name)).collect();
            writeln!(err, "nothing is near to {}", clean(&names.join(" and ")))
        }
        Answer::EvalLinks(_) => writeln!(err, "there are no links between notes to hide, or too few for this share"),
        Answer::EvalSearch(_) => writeln!(err, "there are no queries to ask"),
        Answer::Mentions(Mentions { about: About::Concept(concept), .. }) => {
            writeln!(err, "nobody speaks of \"{}\" without linking to it", clean(&concept.name))
        }
        Answer::Mentions(Mentions { about: About::Note(note), .. }) => {
            writeln!(err, "\"{}\" speaks of no other concept without linking to it", clean(&note.name))
        }
        Answer::Edits(_) => writeln!(err, "there is no mention that can be made a link"),
        Answer::Wanted(_) => writeln!(err, "every linked name is written"),
        Answer::Communities(found) => match &found.of {
            Some(concept) => writeln!(err, "\"{}\" belongs with no other concept", clean(&concept.name)),
            None => writeln!(err, "no two concepts belong together"),
        },
        Answer::Bridges(_) => writeln!(err, "nothing of this kind is thin"),
        Answer::Models(_) => writeln!(err, "no concept carries a model"),
        Answer::Tags(_) => writeln!(err, "no note has a tag"),
        Answer::Tagged(tagged) => {
            writeln!(err, "no note has the tag \"{}\"", clean(&tagged.tag))?;
            let nearest: Vec<String> = tagged.nearest.iter().map(|tag| format!("\"{tag}\"")).collect();
            if nearest.is_empty() { Ok(()) } else { writeln!(err, "hint: nearest tags: {}", clean(&nearest.join(", "))) }
        }
        _ => writeln!(err, "there are no such links"),
    }
}
