//! What a concept does when it runs: equations to series. This room knows no vault, no graph and no disk: texts come in, and
//! what follows from them goes out.
//!
//! Its front reads the text of a fence, a strict subset of Antimony ([`Dialect::Antimony`]) or the same with our own words
//! ([`Dialect::Resonote`]), into a tree. What a name means, whether it is there at all, and which functions exist is not its
//! business: it says what stands in the text, or refuses by name what it cannot read.
//!
//! - `lex`: bytes to pieces, each with its place.
//! - `syntax`: the tree.
//! - `parse`: pieces to tree, in time that grows with the text and at a depth that does not.
//! - `print`: the tree as text that parses to the same tree.
//! - `refusal`: what is refused, and where.

mod lex;
mod parse;
mod print;
mod refusal;
mod syntax;

pub use parse::{DEEPEST, LONGEST_SOURCE, MOST_LEVELS, MOST_REFUSALS, parse};
pub use refusal::{Found, Refusal, Refusals, Why};
pub use syntax::{
    Argument, At, Comparison, Dialect, Event, Expression, Factor, Function, Kind, ModelText, Name, Program, Range, Sign,
    Statement, What,
};

#[cfg(test)]
mod tests;
