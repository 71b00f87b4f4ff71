//! The terminal's door: arguments to questions, answers to streams, errors to exit codes.
//!
//! [`run()`] is the whole trip. It takes the world as values (arguments, environment, streams), so that a test can be the
//! terminal. Each verb has a file with its flags, their help and its question.

mod bridges;
mod check;
mod communities;
mod completion;
mod eval;
mod failure;
mod help;
mod index;
mod links;
mod man;
mod mentions;
mod models;
mod path;
mod pick;
mod related;
mod run;
mod search;
mod show;
mod stats;
mod tags;
mod vault;
mod wanted;
mod write;

use crate::answer::{Answer, JudgedQuery, Query, overview};
use crate::render::{Paint, json, text};
use crate::snapshot::{Freshness, Needs, Notice, Opening, Snapshot};
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use etcetera::{BaseStrategy, choose_base_strategy};
use failure::Failure;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The width of help on a wide terminal, in columns.
const WIDEST_HELP: usize = 100;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: u16 = 80;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Answered.
    Answered,
    /// Answered with nothing, or `check` found something.
    Nothing,
    /// Could not be done.
    Failed,
    /// A model failed or was stopped.
    ModelFailed,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(match exit {
            Exit::Answered => 0,
            Exit::Nothing => 1,
            Exit::Failed => 2,
            Exit::ModelFailed => 3,
        })
    }
}

/// What a call may know of the world around it.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The folder it was called in.
    pub folder: PathBuf,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// The folder of caches: `RESONOTE_CACHE_DIR`, else one below the user's cache folder; none to keep nothing.
    pub cache: Option<PathBuf>,
    /// The time, in nanoseconds since 1970.
    pub now: i64,
    /// `RESONOTE_VAULT`.
    pub vault: Option<PathBuf>,
    /// `RESONOTE_COMPLETE`: the shell that asks how a half-typed line may go on, in the way of our completion scripts.
    pub complete: Option<OsString>,
    /// Whether the environment asks for no colour (`NO_COLOR`, `TERM=dumb`).
    pub no_color: bool,
    /// Whether answers go to a terminal.
    pub out_is_terminal: bool,
    /// How wide that terminal is, in columns, if it says so.
    pub out_width: Option<u16>,
    /// Whether a person at a terminal can be asked for more.
    pub in_is_terminal: bool,
    /// Whether talk goes to a terminal.
    pub err_is_terminal: bool,
    /// The editor this user has named: `VISUAL`, else `EDITOR`.
    pub editor: Option<OsString>,
}

impl World {
    /// The world of this process.
    pub fn of_this_process() -> World {
        use std::io::IsTerminal;
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        World {
            folder: std::env::current_dir().unwrap_or_default(),
            home: std::env::home_dir(),
            cache: set("RESONOTE_CACHE_DIR").map(PathBuf::from).or_else(own_cache),
            now: now(),
            vault: set("RESONOTE_VAULT").map(PathBuf::from),
            complete: set("RESONOTE_COMPLETE"),
            no_color: set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb"),
            out_is_terminal: io::stdout().is_terminal(),
            out_width: terminal_size::terminal_size().map(|(width, _)| width.0),
            in_is_terminal: io::stdin().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            editor: set("VISUAL").or_else(|| set("EDITOR")),
        }
    }
}

/// The time of this moment, in nanoseconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64)
}

/// The folder of this program below the user's cache folder.
fn own_cache() -> Option<PathBuf> {
    choose_base_strategy().ok().map(|user| user.cache_dir().join("resonote"))
}

/// Ask a folder of linked notes: which concepts speak of this, how do two hang together, what is wrong.
#[derive(Debug, Parser)]
#[command(
    name = "resonote",
    version,
    disable_help_subcommand = true,
    max_term_width = WIDEST_HELP,
    args_conflicts_with_subcommands = false
)]
#[command(subcommand_help_heading = "Verbs", subcommand_value_name = "VERB", after_help = help::AFTER_HELP)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Option<AnyVerb>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every verb")]
struct Common {
    /// The folder of notes [default: $RESONOTE_VAULT, else the nearest folder upward with .resonote.toml or .obsidian,
    /// else the current folder]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    vault: Option<PathBuf>,
    /// Answer with one JSON object
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorWhen,
    /// Read links exactly as Obsidian does: by file name and path alone
    #[arg(long, global = true)]
    strict: bool,
    /// Ask what is kept of the vault as it is, without looking whether notes have changed since
    #[arg(long, global = true)]
    no_refresh: bool,
    /// Say nothing but answers and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say on stderr which vault was read, and how long it took
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum AnyVerb {
    #[command(flatten)]
    OfVault(Verb),
    #[command(flatten)]
    OfProgram(ProgramVerb),
}

/// The verbs that ask a vault.
#[derive(Debug, Subcommand)]
enum Verb {
    Search(Box<search::SearchArguments>),
    Show(show::ShowArguments),
    Links(links::LinksArguments),
    Path(path::PathArguments),
    Related(related::RelatedArguments),
    Mentions(mentions::MentionsArguments),
    Wanted(wanted::WantedArguments),
    Communities(communities::CommunitiesArguments),
    Bridges(bridges::BridgesArguments),
    Models(models::ModelsArguments),
    Model(models::ModelArguments),
    Run(Box<run::RunArguments>),
    Tags(tags::TagsArguments),
    Check(check::CheckArguments),
    Stats(stats::StatsArguments),
    Eval(eval::EvalArguments),
    Index(index::IndexArguments),
}

/// The verbs that speak of the program itself and need no vault.
#[derive(Debug, Subcommand)]
enum ProgramVerb {
    Completions(completion::CompletionsArguments),
    Man(man::ManArguments),
    Help(help::HelpArguments),
}

/// The arguments as clap knows them. Where there is no terminal, help is as wide as it ever gets.
fn command(world: &World) -> clap::Command {
    // A number below zero is a value that is out of range, as its flag says; it is no flag of its own.
    let numbers = |argument: Arg| {
        let is_flag = argument.get_action().takes_values() && !argument.is_positional();
        argument.allow_negative_numbers(is_flag)
    };
    let numbers_of = |verb: clap::Command| verb.mut_args(numbers).mut_subcommands(|part| part.mut_args(numbers));
    let command = Arguments::command().mut_subcommands(numbers_of);
    if world.out_is_terminal { command } else { command.term_width(WIDEST_HELP) }
}

/// Asks one question: reads the arguments, opens the vault, answers on `out`, talks on `err`.
pub fn run<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    world: &World,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> Exit {
    let raw: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let wants_json = raw.iter().any(|argument| argument == "--json");
    let mut out = BufWriter::new(out);
    let answered = match &world.complete {
        Some(shell) => completion::complete(shell, &raw, world, &mut out),
        None => parse(&raw, world).and_then(|arguments| ask(&arguments, world, &mut out, err)),
    };
    let exit = match answered {
        Ok(exit) => Ok(exit),
        Err(failure) => failure.tell(wants_json, world, &mut out, err),
    };
    match exit.and_then(|exit| out.flush().map(|()| exit)) {
        Ok(exit) => exit,
        // Whoever reads the answer has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Answered,
        Err(error) => {
            // Nothing is left to say it with if stderr is closed as well.
            let _ = writeln!(err, "error: the answer could not be written: {error}");
            Exit::Failed
        }
    }
}

fn parse(raw: &[OsString], world: &World) -> Result<Arguments, Failure> {
    let matches = command(world).try_get_matches_from(raw)?;
    Ok(Arguments::from_arg_matches(&matches)?)
}

fn ask(arguments: &Arguments, world: &World, out: &mut dyn Write, err: &mut (dyn Write + Send)) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let verb = match &arguments.verb {
        Some(AnyVerb::OfProgram(verb)) => return verb.tell(common.json, world, out),
        Some(AnyVerb::OfVault(verb)) => Some(verb),
        None => None,
    };
    // What can be wrong with the question itself is said before any note is read.
    let query = match verb {
        Some(Verb::Search(search)) => search.query()?,
        _ => Query::empty(),
    };
    let judged = match verb {
        Some(Verb::Eval(eval)) => eval.judged(world)?,
        _ => Vec::new(),
    };
    let index = match verb {
        Some(Verb::Index(index)) => Some(index),
        _ => None,
    };
    let root = match index.is_some_and(index::IndexArguments::is_of_all) {
        true => None,
        false => Some(vault::find(common.vault.as_deref(), world)?),
    };
    if let Some(answer) = index.map_or(Ok(None), |index| index.look(world.cache.as_deref(), root.as_deref(), common.strict))? {
        let name = root.as_deref().and_then(Path::file_name).map_or(Cow::Borrowed(""), OsStr::to_string_lossy);
        return tell(&answer, &name, common, world, out).map(|()| if answer.is_empty() { Exit::Nothing } else { Exit::Answered });
    }
    if index.is_some() && common.no_refresh {
        return Err(Failure::nothing_to_index());
    }
    let root = root.unwrap_or_default();
    if let Some(Verb::Search(search)) = verb
        && search.is_interactive()
    {
        return pick::run(search, &root, common, world, out, err);
    }
    let mut freshness = match (common.no_refresh, index) {
        (true, _) => Freshness::AsKept,
        (false, Some(index)) => index.freshness(),
        (false, None) => Freshness::Compare,
    };
    let mut needs = Needs {
        text: match verb {
            Some(Verb::Search(_) | Verb::Index(_)) => true,
            Some(Verb::Eval(eval)) => eval.needs_text(),
            _ => false,
        },
        mentions: match verb {
            Some(Verb::Related(_) | Verb::Mentions(_)) => true,
            Some(Verb::Path(path)) => path.needs_mentions(),
            Some(Verb::Wanted(wanted)) => wanted.is_draft(),
            Some(Verb::Index(index)) => index.needs_mentions(),
            _ => false,
        },
        strict: common.strict,
    };
    let mut asked = 0;
    loop {
        let (snapshot, notices) = open(&root, needs, freshness, common, world, err)?;
        let answer = question(verb, &snapshot, &query, &judged, common, world, err);
        asked += 1;
        // What was kept turned out to be damaged, or a note changed while it was asked: then the answer says nothing.
        let mut is_void = snapshot.is_damaged() || (freshness != Freshness::AsKept && snapshot.is_void());
        if is_void && snapshot.is_last() && !snapshot.is_damaged() {
            // The last moment quotes notes that are others now, for as long as another process takes. The graph of now is
            // soon made without it; to index all text would take longer than that process.
            is_void = !needs.text;
            freshness = Freshness::InMemory;
        }
        if is_void && asked < MOST_ASKED {
            // Of an answer that is thrown away stays what was thrown away for it.
            notices.iter().filter(|it| matches!(it, Notice::SetAside { .. })).for_each(|it| notice(it, common, err));
            if let Some(what) = snapshot.damaged() {
                notice(&Notice::SetAside { what, why: "it is damaged".to_owned() }, common, err);
                freshness = Freshness::Rebuild;
            }
            continue;
        }
        // How near two concepts come that nothing joins is looked up only then: it takes all the text.
        if !needs.mentions && matches!(&answer, Ok(Answer::Path(path)) if path.wants_mentions()) {
            notices.iter().filter(|it| matches!(it, Notice::SetAside { .. })).for_each(|it| notice(it, common, err));
            needs.mentions = true;
            continue;
        }
        notices.iter().for_each(|it| notice(it, common, err));
        let is_empty = snapshot.vault().is_empty();
        let answer = answer.map_err(|failure| if is_empty { failure.in_empty_vault(&root) } else { failure })?;
        let mut exit = match &answer {
            Answer::Check(check) if check.fails => Exit::Nothing,
            Answer::Run(ran) if ran.stopped.is_some() => Exit::ModelFailed,
            _ => Exit::Answered,
        };
        if let (Answer::Search(search), false) = (&answer, common.quiet || common.json) {
            failure::say_corrected(search, err)?;
        }
        if answer.is_empty() {
            exit = Exit::Nothing;
            if !common.quiet && !common.json {
                failure::say_nothing_found(&answer, &snapshot, err)?;
            }
        } else if is_empty && !common.quiet && !common.json {
            writeln!(err, "hint: there are no notes (files that end in .md) below {}", root.display())?;
        }
        tell(&answer, snapshot.vault().name(), common, world, out)?;
        if let (Answer::Draft(draft), Some(Verb::Wanted(wanted)), false) = (&answer, verb, common.quiet || common.json) {
            wanted.finish(draft, err)?;
        }
        if let (Answer::Edits(edits), Some(Verb::Mentions(mentions))) = (&answer, verb) {
            // What is about to be written is seen before.
            out.flush()?;
            if !mentions.finish(edits, &snapshot, common.quiet, err)? {
                exit = Exit::Failed;
            }
        }
        if let Answer::Run(ran) = &answer
            && let Some(stopped) = &ran.stopped
        {
            writeln!(err, "{stopped}: this is what there was by then")?;
        }
        return Ok(exit);
    }
}

/// So often a question is asked where its answer says nothing.
const MOST_ASKED: usize = 4;

/// Opens the vault as it is now, or as it is kept; with what a person should hear of how, if the answer is taken from it.
fn open(
    root: &Path,
    needs: Needs,
    freshness: Freshness,
    common: &Common,
    world: &World,
    err: &mut (dyn Write + Send),
) -> Result<(ManuallyDrop<Snapshot>, Vec<Notice>), Failure> {
    let start = Instant::now();
    let mut notices = Vec::new();
    let snapshot = {
        let progress = Progress {
            err: Mutex::new(&mut *err),
            start,
            is_shown: world.err_is_terminal && !common.quiet,
            what: "reading notes",
        };
        let opening = Opening {
            root,
            needs,
            freshness,
            cache: world.cache.as_deref(),
            now: world.now,
            progress: &|done, all| progress.tell(done, all),
        };
        let snapshot = opening.open(&mut |notice| notices.push(notice));
        progress.clear();
        snapshot
    };
    // The process is about to end: giving back what it holds would only take longer.
    let snapshot = ManuallyDrop::new(snapshot?);
    if common.verbose {
        let (notes, read) = (snapshot.vault().len(), snapshot.change().notes_read);
        let (root, took) = (root.display(), start.elapsed().as_millis());
        // Talk that nobody hears is no reason to keep the answer.
        let _ = writeln!(err, "{notes} notes of {root}, {read} of them new or changed, in {took} ms");
    }
    Ok((snapshot, notices))
}

fn notice(notice: &Notice, common: &Common, err: &mut dyn Write) {
    if !common.quiet {
        let _ = writeln!(err, "{}", failure::notice(notice));
    }
}

fn question<'s>(
    verb: Option<&Verb>,
    snapshot: &'s Snapshot,
    query: &Query,
    judged: &[JudgedQuery],
    common: &Common,
    world: &World,
    err: &mut (dyn Write + Send),
) -> Result<Answer<'s>, Failure> {
    match verb {
        None => Ok(Answer::Overview(overview(snapshot))),
        Some(Verb::Search(search)) => search.ask(snapshot, query),
        Some(Verb::Show(show)) => show.ask(snapshot),
        Some(Verb::Links(links)) => links.ask(snapshot),
        Some(Verb::Path(path)) => path.ask(snapshot),
        Some(Verb::Related(related)) => related.ask(snapshot),
        Some(Verb::Mentions(mentions)) => mentions.ask(snapshot),
        Some(Verb::Wanted(wanted)) => wanted.ask(snapshot),
        Some(Verb::Communities(communities)) => communities.ask(snapshot),
        Some(Verb::Bridges(bridges)) => Ok(bridges.ask(snapshot)),
        Some(Verb::Models(models)) => Ok(models.ask(snapshot)),
        Some(Verb::Model(model)) => model.ask(snapshot),
        Some(Verb::Run(run)) => run.ask(snapshot, common, world, err),
        Some(Verb::Tags(tags)) => Ok(tags.ask(snapshot)),
        Some(Verb::Check(check)) => {
            Ok(run::limited(run::SWEEP_SECONDS, common, world, err, |limits| check.ask(snapshot, limits)))
        }
        Some(Verb::Stats(stats)) => Ok(stats.ask(snapshot)),
        Some(Verb::Eval(eval)) => eval.ask(snapshot, judged),
        Some(Verb::Index(index)) => Ok(index.ask(snapshot)),
    }
}

fn tell(answer: &Answer<'_>, vault: &str, common: &Common, world: &World, out: &mut dyn Write) -> Result<(), Failure> {
    let color = match common.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => world.out_is_terminal && !world.no_color,
    };
    match common.json {
        true => json(answer, vault, out)?,
        false => {
            let width = world.out_is_terminal.then(|| world.out_width.unwrap_or(USUAL_WIDTH));
            text(answer, Paint { color, width }, out)?;
        }
    }
    Ok(())
}

impl ProgramVerb {
    fn tell(&self, wants_json: bool, world: &World, out: &mut dyn Write) -> Result<Exit, Failure> {
        match self {
            ProgramVerb::Completions(completions) => completions.tell(wants_json, out),
            ProgramVerb::Man(man) => man.tell(wants_json, world, out),
            ProgramVerb::Help(help) => help.tell(wants_json, world, out),
        }
    }
}

/// A line on a terminal that says how far reading has come, once it has lasted a while.
struct Progress<'e> {
    err: Mutex<&'e mut (dyn Write + Send)>,
    start: Instant,
    is_shown: bool,
    what: &'static str,
}

impl Progress<'_> {
    fn is_due(&self) -> bool {
        self.is_shown && self.start.elapsed() > Duration::from_millis(500)
    }

    fn tell(&self, done: usize, all: usize) {
        if self.is_due()
            && let Ok(mut err) = self.err.lock()
        {
            // A lost line of progress is no reason to stop.
            let _ = write!(err, "\r{} {done}/{all}", self.what).and_then(|()| err.flush());
        }
    }

    fn clear(&self) {
        if self.is_due()
            && let Ok(mut err) = self.err.lock()
        {
            let _ = write!(err, "\r\x1b[K").and_then(|()| err.flush());
        }
    }
}
