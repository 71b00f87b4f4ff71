//! What is wrong with a model whose text reads: a name nobody gave a value, a formula that needs itself. Data only; the
//! sentence of each is its `Display`.

use super::syntax::At;

/// One thing that keeps a model from running, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    /// Which of the texts handed over: 0 is the model itself, the others are those it uses.
    pub text: usize,
    /// Where in that text.
    pub at: At,
    /// What.
    pub what: Wrong,
}

/// What can be wrong with a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Wrong {
    /// A name in a formula that stands for nothing.
    #[error("{name} has no value here{}", also(.nearest))]
    Unknown {
        /// The name.
        name: Box<str>,
        /// The nearest names there are.
        nearest: Vec<Box<str>>,
    },
    /// A function that is none.
    #[error("there is no function {name}{}", also(.nearest))]
    UnknownFunction {
        /// Its name.
        name: Box<str>,
        /// The nearest ones.
        nearest: Vec<Box<str>>,
    },
    /// A function that Antimony has and this engine does not.
    #[error("{name} is not supported: {why}")]
    Unsupported {
        /// The construct.
        name: Box<str>,
        /// Why, or what to write instead.
        why: &'static str,
    },
    /// A call with too many or too few arguments.
    #[error("{name} takes {wanted}, not {given}")]
    Arguments {
        /// The function.
        name: Box<str>,
        /// How many it takes, in words.
        wanted: Box<str>,
        /// How many there are.
        given: usize,
    },
    /// The same name is given two meanings.
    #[error("{name} is given {what} twice")]
    Twice {
        /// The name.
        name: Box<str>,
        /// What: a value, a rate, a rule.
        what: &'static str,
    },
    /// A name that has two meanings which cannot go together.
    #[error("{name} has both {one} and {other}")]
    Both {
        /// The name.
        name: Box<str>,
        /// One meaning.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// Formulas that need one another.
    #[error("{}", circle(names))]
    Circle {
        /// The names, in order of the text.
        names: Vec<String>,
    },
    /// A state without a value to start from.
    #[error("{name} changes, but has no value to start from: add `{name} = 0`")]
    NoStart {
        /// The state.
        name: Box<str>,
    },
    /// A constant that something changes.
    #[error("{name} is declared constant, and changes here")]
    Constant {
        /// The name.
        name: Box<str>,
    },
    /// A submodel of a model that is not there.
    #[error("there is no model {name} here; `uses:` brings in that of another note{}", also(.nearest))]
    UnknownModel {
        /// Its name.
        name: Box<str>,
        /// The nearest ones.
        nearest: Vec<Box<str>>,
    },
    /// Models that contain one another.
    #[error("{name} contains itself, by {}", chain.iter().map(|(_, name)| &**name).collect::<Vec<_>>().join(" > "))]
    ModelCircle {
        /// The model.
        name: Box<str>,
        /// The way from it to itself: texts, and names of models in them.
        chain: Vec<(usize, Box<str>)>,
    },
    /// More names than the submodel has ports.
    #[error("{name} has {ports} ports, not {given}")]
    Ports {
        /// The model.
        name: Box<str>,
        /// How many ports it has.
        ports: usize,
        /// How many names are given.
        given: usize,
    },
    /// Words that mean something in a `resonote` fence only.
    #[error("{name} needs a `resonote` fence: Antimony does not have it")]
    NeedsResonote {
        /// The word.
        name: Box<str>,
    },
    /// Words that mean something over a graph only.
    #[error("{name} needs a graph: add `//| over: vault` or `//| over: neighbourhood([[note]], 2)`")]
    NeedsGraph {
        /// The word.
        name: Box<str>,
    },
    /// A value of each note where one of each link is wanted.
    #[error("within a sum over links, write {name}_pre for the note that links and {name}_post for the one linked to")]
    WhichEnd {
        /// The name.
        name: Box<str>,
    },
    /// A value of a link where there is no link.
    #[error("{name} is a value of a link: it goes inside sum_in, mean_in, sum_out or mean_out")]
    NoLink {
        /// The name.
        name: Box<str>,
    },
    /// A sum over links within another.
    #[error("{name} stands within another sum: give it a name with `:=` first")]
    SumInSum {
        /// The function.
        name: Box<str>,
    },
    /// A sum over all pairs of many notes that does not come apart.
    #[error(
        "a sum over all pairs of {notes} notes has to come apart into sums over notes, as that of sin(x_pre - x_post) does; this one does not, and is too large for more than {most} notes"
    )]
    PairsTooMany {
        /// How many notes.
        notes: usize,
        /// For how many it works all the same.
        most: usize,
    },
    /// A link that means no note of the graph.
    #[error("[[{link}]] is no note of this vault")]
    NoNote {
        /// What stands in the link.
        link: Box<str>,
    },
    /// Noise within a formula that is not a straight line of it.
    #[error("noise may be multiplied and added, nothing else: {name} is no straight line of {noise}")]
    BentNoise {
        /// What changes.
        name: Box<str>,
        /// The noise.
        noise: Box<str>,
    },
    /// Something that belongs to another kind of model.
    #[error("{name} steps and {other} flows: a model has either x(t+1) or x'")]
    Mixed {
        /// A name with `x(t+1)`.
        name: Box<str>,
        /// A name with `x'`.
        other: Box<str>,
    },
    /// Larger than what is run.
    #[error("{count} {what} are more than {most}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many at most.
        most: usize,
    },
    /// Nothing in the text is a model.
    #[error("there is no equation here")]
    Empty,
}

fn circle(names: &[String]) -> String {
    match names {
        [name] => format!("{name} needs itself, so that it has no value"),
        names => format!("{} need one another, so that none has a value", names.join(", ")),
    }
}

fn also(names: &[Box<str>]) -> String {
    if names.is_empty() { String::new() } else { format!("; the nearest: {}", names.join(", ")) }
}

/// The names nearest to one that is none, at most three, the nearest first.
pub(crate) fn nearest_of<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<Box<str>> {
    let mut near: Vec<(usize, &str)> = names
        .map(|known| (strsim::osa_distance(&name.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance * 3 <= name.chars().count().max(3))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, known)| known.into()).collect()
}
