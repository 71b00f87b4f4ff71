//! What the front refuses, and where: each with its sentence and, where it helps, the nearest thing that is read.

use super::parse::{DEEPEST, LONGEST_NAME, LONGEST_SOURCE, MOST_LEVELS, MOST_REFUSALS};
use super::syntax::At;

/// One thing that is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// Where it stands.
    pub at: At,
    /// What is wrong with it.
    pub why: Why,
}

/// All that is refused of one text: at least one, at most [`MOST_REFUSALS`], in order of place.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusals {
    first: Refusal,
    others: Vec<Refusal>,
}

impl Refusals {
    /// The refusals of a text, if there are any.
    pub(super) fn of(mut refusals: Vec<Refusal>) -> Option<Self> {
        refusals.sort_by_key(|refusal| (refusal.at.start, refusal.at.end));
        let mut refusals = refusals.into_iter().take(MOST_REFUSALS);
        refusals.next().map(|first| Self { first, others: refusals.collect() })
    }

    /// The one that stands first in the text.
    pub fn first(&self) -> &Refusal {
        &self.first
    }

    /// All, in order of place.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl From<Refusal> for Refusals {
    fn from(first: Refusal) -> Self {
        Self { first, others: Vec::new() }
    }
}

impl std::fmt::Display for Refusals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.first.fmt(f)
    }
}

impl std::error::Error for Refusals {}

/// What stands where something else was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A sign, a name or a number, as written and cut short.
    Written(Box<str>),
    /// A text in quotes.
    Text,
    /// The end of the line.
    LineEnd,
    /// The end of the fence.
    End,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Written(text) => write!(f, "`{text}`"),
            Self::Text => f.write_str("a text in quotes"),
            Self::LineEnd => f.write_str("the end of the line"),
            Self::End => f.write_str("the end of the fence"),
        }
    }
}

/// Why something is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The text is longer than a fence may be.
    #[error("the model has {bytes} bytes, more than {LONGEST_SOURCE}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Parentheses, signs, powers or changes between `&&` and `||` within each other.
    #[error("the formula is nested deeper than {DEEPEST}")]
    TooDeep,
    /// A name of too many parts.
    #[error("the name has more than {MOST_LEVELS} parts")]
    TooManyLevels,
    /// A name or a link of many letters.
    #[error("the name has more than {LONGEST_NAME} bytes")]
    LongName,
    /// A number that no double holds.
    #[error("the number is too large")]
    TooLarge,
    /// A sign that means nothing here.
    #[error("{sign:?} is no sign of a model")]
    Stray {
        /// The sign.
        sign: char,
        /// What is written for it.
        instead: Option<&'static str>,
    },
    /// `&` or `|` alone.
    #[error("`{sign}` stands alone")]
    Lone {
        /// The sign.
        sign: char,
    },
    /// A text whose second quote is missing.
    #[error("the text in quotes does not end on its line")]
    OpenText,
    /// A `/*` without `*/`.
    #[error("the comment does not end")]
    OpenComment,
    /// A parenthesis that is not closed.
    #[error("the parenthesis is not closed")]
    Unclosed,
    /// Something else was to stand here.
    #[error("{expected} is expected here, not {found}")]
    Expected {
        /// What was to stand here.
        expected: &'static str,
        /// What does.
        found: Found,
    },
    /// Two values without a sign between them.
    #[error("two values stand side by side")]
    SideBySide,
    /// `=` within a formula.
    #[error("a formula gives no value to a name")]
    Assignment,
    /// `x'` within a formula.
    #[error("a formula cannot speak of a rate by `'`")]
    Prime,
    /// `condition ? a : b`.
    #[error("`? :` is not read")]
    Ternary,
    /// A word of the language used as a name.
    #[error("`{word}` is a word of the language and names nothing")]
    Reserved {
        /// The word.
        word: Box<str>,
    },
    /// Something only a `resonote` fence may say.
    #[error("{what} needs a `resonote` fence")]
    NeedsResonote {
        /// What it is.
        what: &'static str,
    },
    /// `[[note]]` that is no argument of a function.
    #[error("a link stands only as an argument of a function")]
    Link,
    /// `A -> B; k*A`.
    #[error("reactions are not supported")]
    Reaction,
    /// `import "file"`.
    #[error("`import` is not supported: a model reads no file")]
    Import,
    /// `delete M.x`.
    #[error("`delete` is not supported")]
    Delete,
    /// `0 = x + y`.
    #[error("algebraic rules are not supported")]
    Algebraic,
    /// `--a--b`, `DNA`, `gene`, `operator`, and two minus signs in one.
    #[error("strands of DNA are not supported")]
    Dna,
    /// `x > 3` as a statement, `constraint: ..`.
    #[error("constraints are not supported")]
    Constraint,
    /// `maximize`, `minimize`.
    #[error("objectives are not supported")]
    Objective,
    /// `S in C`.
    #[error("placing something in a compartment is not supported")]
    Compartment,
    /// `$S`.
    #[error("boundary species are not supported")]
    Boundary,
    /// `substanceOnly species S`.
    #[error("species of substance only are not supported")]
    SubstanceOnly,
    /// `a is b`.
    #[error("joining two names by `is` is not supported")]
    Joined,
    /// `f(a)` as a statement.
    #[error("a statement cannot begin with `{name}(`")]
    Applied {
        /// What stands before the parenthesis.
        name: Box<str>,
    },
    /// `M: model(a, 3)`.
    #[error("a port takes a name, not a number")]
    NumberPort,
    /// A port with dots, or a parameter of a function.
    #[error("`{name}` has a dot and cannot be declared here")]
    Dotted {
        /// The name.
        name: Box<str>,
    },
    /// `, timeconv = ..` behind a submodel.
    #[error("conversion factors are not supported")]
    Conversion,
    /// A model or a function within a model.
    #[error("`{word}` cannot stand within a model")]
    Nested {
        /// `model` or `function`.
        word: &'static str,
    },
    /// A model or a function without its `end`.
    #[error("`end` is missing")]
    MissingEnd,
    /// An `end` too many.
    #[error("`end` ends nothing")]
    StrayEnd,
    /// A range that does not read.
    #[error("the range does not read")]
    Range,
    /// A property no event has.
    #[error("an event has no property `{name}`")]
    Property {
        /// What was written.
        name: Box<str>,
    },
    /// A property given twice.
    #[error("`{name}` is given twice")]
    Twice {
        /// The property.
        name: &'static str,
    },
    /// A property that is neither `true` nor `false`.
    #[error("`{name}` is `true` or `false`")]
    NoTruth {
        /// The property.
        name: &'static str,
    },
}

impl Why {
    /// What to write in its place, where that helps.
    pub fn instead(&self) -> Option<&'static str> {
        match self {
            Self::Stray { instead, .. } => *instead,
            Self::Lone { sign: '&' } => Some("&&"),
            Self::Lone { .. } => Some("||"),
            Self::SideBySide => Some("a*b"),
            Self::Assignment => Some("a == b"),
            Self::Prime => Some("rateOf(x)"),
            Self::Ternary => Some("piecewise(a, condition, b)"),
            Self::Reaction => Some("A' = -k*A"),
            Self::Import => Some("//| uses: {name: \"[[note]]\"}"),
            Self::Algebraic => Some("y := ..."),
            Self::Dna => Some("- -x"),
            Self::Constraint => Some("//| expect: [...]"),
            Self::Compartment | Self::SubstanceOnly => Some("var S"),
            Self::Boundary => Some("const S"),
            Self::Joined => Some("a := b"),
            Self::Applied { .. } => Some("M: name(ports)"),
            Self::NumberPort => Some("p = 3; M: name(p)"),
            Self::Range => Some("// [min:max] label, // [min:step:max] label"),
            Self::Property { .. } => Some("t0, priority, persistent, fromTrigger"),
            _ => None,
        }
    }
}

/// The longest part of a text that a refusal quotes, in characters.
const QUOTED: usize = 40;

/// A text as a refusal quotes it: cut short, and without what could play with a terminal.
pub(super) fn quoted(text: &str) -> Box<str> {
    let mut out: String = text.chars().take(QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(QUOTED).is_some() {
        out.push('…');
    }
    out.into()
}
