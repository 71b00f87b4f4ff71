//! `bridges`: what is thin in the structure of a vault.

use crate::answer::{Answer, Thin, bridges};
use crate::snapshot::Snapshot;
use clap::{Args, ValueEnum};

/// List where the vault is thin: what could be joined, what alone joins others, what only one side says
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote bridges\n  resonote bridges --kind order --limit 100")]
pub(super) struct BridgesArguments {
    /// List one kind alone
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// At most so many of each kind
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Notes that share many neighbours and are not linked, however far it is from one to the other
    Pairs,
    /// Notes whose loss would split the vault
    Cuts,
    /// See also and its like, said by one side only
    OneWay,
    /// Preceding and following, up and down, without the other side saying so, or against what it says
    Order,
}

impl BridgesArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        let kind = self.kind.map(|kind| match kind {
            Kind::Pairs => Thin::Pairs,
            Kind::Cuts => Thin::Cuts,
            Kind::OneWay => Thin::OneWay,
            Kind::Order => Thin::Order,
        });
        Answer::Bridges(bridges(snapshot, kind, self.limit as usize))
    }
}
