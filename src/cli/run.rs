//! `run`: what a concept does.

use super::completion::Completes;
use super::failure::Failure;
use super::{Common, Progress, World};
use crate::answer::{Answer, Beside, Ran, RunLimits, RunQuestion, Stop, run_model};
use crate::render::{run_csv, run_png, run_svg};
use crate::snapshot::Snapshot;
use clap::{Args, ValueHint};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

/// How long a run and a sweep may take.
const RUN_SECONDS: u64 = 10;
pub(super) const SWEEP_SECONDS: u64 = 60;

/// Run a concept's model: a picture, a table, its measures
///
/// The model stands in a code fence of the concept's note. Nothing in it reaches outside: no file, no network, no clock.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  resonote run \"emotional resonance\"\n  resonote run \"emotional resonance\" --set k=0.3\n  \
                        resonote run \"emotional resonance\" --sweep k=0:0.05:2 --measure final\n  \
                        resonote run \"social connection\" --compare K=0.2 --svg together.svg"
)]
pub(super) struct RunArguments {
    /// A title, file name, alias or path; CONCEPT#MODEL for one of several models
    #[arg(value_name = "CONCEPT", add = Completes::Concept)]
    concept: String,
    /// Start a name from another number
    #[arg(long, value_name = "NAME=NUMBER", value_parser = setting, allow_hyphen_values = true)]
    set: Vec<(String, f64)>,
    /// From when to when
    #[arg(long, value_name = "FROM..TO", value_parser = span, allow_hyphen_values = true)]
    time: Option<(f64, f64, Option<f64>)>,
    /// Run for each value of a parameter; twice for a heat map
    #[arg(long, value_name = "NAME=MIN:STEP:MAX", value_parser = sweep)]
    sweep: Vec<(String, f64, f64, f64)>,
    /// What to measure: final, min, max, mean, period, settling, of one series as in max(x), or the name of an output
    #[arg(long, value_name = "NAME")]
    measure: Vec<String>,
    /// Run another model beside it, or the same with a name starting from another number
    #[arg(long, value_name = "CONCEPT|NAME=NUMBER", conflicts_with = "sweep")]
    compare: Vec<String>,
    /// Where chance begins
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How to step: auto, tsit5, bdf, euler, heun
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// The relative error that is allowed
    #[arg(long, value_name = "NUMBER", value_parser = above_zero)]
    rtol: Option<f64>,
    /// Take values outside of their ranges
    #[arg(long)]
    force: bool,
    /// Write every row to a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    csv: Option<PathBuf>,
    /// Write the picture to a file as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
    /// Write the picture to a file as PNG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    png: Option<PathBuf>,
}

fn setting(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=NUMBER, as in k=0.3")?;
    Ok((name.trim().to_owned(), finite(value)?))
}

fn finite(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| format!("\"{text}\" is no number"))?;
    if number.is_finite() { Ok(number) } else { Err(format!("{text} is not finite")) }
}

fn above_zero(text: &str) -> Result<f64, String> {
    finite(text).and_then(|number| if number > 0.0 { Ok(number) } else { Err("it has to be above 0".to_owned()) })
}

fn span(text: &str) -> Result<(f64, f64, Option<f64>), String> {
    let (from, rest) = text.split_once("..").ok_or("write FROM..TO, as in 0..50, or 0..50:0.1 with a step")?;
    let (to, step) = match rest.split_once(':') {
        Some((to, step)) => (to, Some(above_zero(step)?)),
        None => (rest, None),
    };
    let (from, to) = (finite(from)?, finite(to)?);
    if to > from { Ok((from, to, step)) } else { Err("the end has to lie behind the beginning".to_owned()) }
}

fn sweep(text: &str) -> Result<(String, f64, f64, f64), String> {
    let how = "write NAME=MIN:STEP:MAX, as in k=0:0.05:1";
    let (name, range) = text.split_once('=').ok_or(how)?;
    let numbers: Vec<f64> = range.split(':').map(finite).collect::<Result<_, _>>()?;
    let [min, step, max] = numbers[..] else { return Err(how.to_owned()) };
    if step > 0.0 && max >= min {
        Ok((name.trim().to_owned(), min, step, max))
    } else {
        Err("a sweep goes up from MIN to MAX in steps above 0".to_owned())
    }
}

/// Whether somebody pressed Ctrl-C. What the system calls at any moment may do no more than set this.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

fn listen() {
    static ONCE: Once = Once::new();
    // Where nobody can be listened to, Ctrl-C ends the process, as ever.
    ONCE.call_once(|| _ = ctrlc::set_handler(|| IS_ASKED.store(true, Ordering::Relaxed)));
}

/// Runs models until they end, or time is up, or somebody asks for the end.
pub(super) fn limited<T>(
    seconds: u64,
    common: &Common,
    world: &World,
    err: &mut (dyn Write + Send),
    work: impl FnOnce(RunLimits<'_>) -> T,
) -> T {
    listen();
    let start = Instant::now();
    let interruption = || {
        if IS_ASKED.load(Ordering::Relaxed) {
            Some(Stop::Asked)
        } else if start.elapsed() > Duration::from_secs(seconds) {
            Some(Stop::Deadline { seconds })
        } else {
            None
        }
    };
    let progress = Progress { err: Mutex::new(err), start, is_shown: world.err_is_terminal && !common.quiet, what: "runs" };
    let tell = |done: usize, all: usize| {
        if done.is_multiple_of(16) {
            progress.tell(done, all);
        }
    };
    let outcome = work(RunLimits { interruption: &interruption, progress: &tell });
    progress.clear();
    outcome
}

impl RunArguments {
    fn question(&self) -> Result<RunQuestion, Failure> {
        if self.sweep.len() > 2 {
            return Err(Failure::too_many_sweeps());
        }
        let beside = |text: &String| match setting(text) {
            Ok((name, value)) => Beside::With(name, value),
            Err(_) => Beside::Model(text.clone()),
        };
        Ok(RunQuestion {
            set: self.set.clone(),
            time: self.time,
            sweep: self.sweep.clone(),
            measure: self.measure.clone(),
            compare: self.compare.iter().map(beside).collect(),
            seed: self.seed,
            method: self.method.clone(),
            rtol: self.rtol,
            is_forced: self.force,
        })
    }

    pub(super) fn ask<'s>(
        &self,
        snapshot: &'s Snapshot,
        common: &Common,
        world: &World,
        err: &mut (dyn Write + Send),
    ) -> Result<Answer<'s>, Failure> {
        let question = self.question()?;
        let seconds = if question.sweep.is_empty() { RUN_SECONDS } else { SWEEP_SECONDS };
        let ran = limited(seconds, common, world, err, |limits| run_model(snapshot, &self.concept, &question, limits));
        let ran = ran?;
        self.write(&ran, &world.folder)?;
        Ok(Answer::Run(Box::new(ran)))
    }

    /// Writes the files that were asked for.
    fn write(&self, ran: &Ran, folder: &Path) -> Result<(), Failure> {
        let path = |file: &PathBuf| {
            let path = folder.join(file);
            // A link to a note is that note.
            let meant = path.canonicalize().unwrap_or_else(|_| path.clone());
            let is_note = meant.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
            if is_note { Err(Failure::is_a_note(&path)) } else { Ok(path) }
        };
        let write = |file: &Option<PathBuf>, bytes: &dyn Fn() -> Result<Vec<u8>, Failure>| match file {
            Some(file) => {
                let path = path(file)?;
                fs::write(&path, bytes()?).map_err(|error| Failure::no_file(&path, &error))
            }
            None => Ok(()),
        };
        if let Some(file) = &self.csv {
            // A long run has more text than is to be held at once.
            let path = path(file)?;
            let written = fs::File::create(&path).and_then(|file| run_csv(ran, &mut BufWriter::new(file)));
            written.map_err(|error| Failure::no_file(&path, &error))?;
        }
        write(&self.svg, &|| Ok(run_svg(ran).into_bytes()))?;
        write(&self.png, &|| run_png(ran).map_err(|error| Failure::no_picture(&error)))
    }
}
