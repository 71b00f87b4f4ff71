//! What a concept does when it runs: equations to series. This room knows no vault, no graph and no disk: texts and plain
//! numbers come in, and what follows from them goes out.
//!
//! Its front reads the text of a fence, a strict subset of Antimony ([`Dialect::Antimony`]) or the same with our own words
//! ([`Dialect::Resonote`]), into a tree. It says what stands in the text, or refuses by name what it cannot read:
//!
//! - `lex`: bytes to pieces, each with its place.
//! - `syntax`: the tree; `print`: the tree as text that parses to the same tree.
//! - `parse`: pieces to tree, in time that grows with the text and at a depth that does not.
//! - `refusal`: what is refused, and where.
//!
//! Behind it names get their meaning, and formulas become steps:
//!
//! - `flatten`: models within models to one list of names.
//! - `compile`: names and formulas to a tape; `fault`: what is wrong with them.
//! - `tape`: values, each after those it needs; `separate`: sums over pairs taken apart; `function`: what a formula may call.
//! - `machine`: runs the steps of a tape, with derivatives; `engine`: the row of numbers of one run.
//!
//! And it runs:
//!
//! - `solve`: the one door to diffsol, which steps rates; `march`: fixed steps of maps and noise.
//! - `agenda`: events; `chance`: numbers drawn; `limits`: when a run is stopped.
//! - `drive`: one run from start to end; `measure`: what a series says in one number.

mod agenda;
mod chance;
mod compile;
mod drive;
mod engine;
mod fault;
mod flatten;
mod function;
mod lex;
mod limits;
mod machine;
mod march;
mod measure;
mod parse;
mod print;
mod refusal;
mod separate;
mod solve;
mod syntax;
mod tape;

pub use compile::Graph;
pub use drive::{Method, Run, Settings, Statistics, run};
pub use engine::{Model, Named, Role};
pub use fault::{Fault, Wrong};
pub use flatten::{Text, Use};
pub use limits::{Limits, Stop};
pub use measure::{Measure, Observed};
pub use parse::{DEEPEST, LONGEST_NAME, LONGEST_SOURCE, MOST_LEVELS, MOST_REFUSALS, parse};
pub use refusal::{Found, Refusal, Refusals, Why};
pub use syntax::{
    Argument, At, Comparison, Dialect, Event, Expression, Factor, Function, Kind, ModelText, Name, Program, Range, Sign,
    Statement, What,
};

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
