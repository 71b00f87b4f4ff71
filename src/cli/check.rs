//! `check`: what is wrong in the notes.

use crate::answer::{Answer, RunLimits, check};
use crate::note::Severity;
use crate::snapshot::Snapshot;
use clap::{Args, ValueEnum};

/// List what is wrong in the notes: broken headings, ambiguous names, front matter that does not read, models that fail
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote check\n  resonote check --severity info --fail-on error")]
pub(super) struct CheckArguments {
    /// Show problems from this severity up
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    severity: Level,
    /// Exit with 1 if there is a problem from this severity up
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    fail_on: FailOn,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    /// Worth knowing, such as names nobody wrote yet
    Info,
    /// Probably a mistake
    Warning,
    /// Something was lost
    Error,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Anything at all
    Info,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
    /// Nothing
    Never,
}

impl CheckArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot, limits: RunLimits<'_>) -> Answer<'s> {
        let shown = match self.severity {
            Level::Info => Severity::Info,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        };
        let fail_on = match self.fail_on {
            FailOn::Info => Some(Severity::Info),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Error => Some(Severity::Error),
            FailOn::Never => None,
        };
        Answer::Check(check(snapshot, shown, fail_on, limits))
    }
}
