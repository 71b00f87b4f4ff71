//! The tree of a model's text: what was written, each part with its place. It knows nothing of what the names mean.
//!
//! A chain of one operator is a flat list, so that a sum of any length is one node; how deep a tree can be is bounded by
//! [`DEEPEST`](super::DEEPEST), so that it may be walked, cloned and dropped by recursion.

/// A run of bytes of the source, which is the text between the fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

/// Which words a fence may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A strict subset of Antimony: what is read here, libantimony reads as well (but for letters beyond ASCII, `**`, and
    /// formulas over several lines).
    Antimony,
    /// The same with maps (`x(t+1) =`) and links as arguments (`is([[note]])`).
    Resonote,
}

/// All that one fence says.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The functions, in the order of the text.
    pub functions: Vec<Function>,
    /// The models, in the order of the text. Statements outside any model are one more, without a name, standing where the
    /// first of them stands.
    pub models: Vec<ModelText>,
}

impl Program {
    /// The model that is meant: the one of a name, or the main one, or the last that has a name, or the last.
    pub fn main(&self, name: Option<&str>) -> Option<&ModelText> {
        let named = |name| self.models.iter().find(|model| model.name.as_ref().is_some_and(|it| &*it.text == name));
        name.and_then(named)
            .or_else(|| self.models.iter().find(|model| model.is_main))
            .or_else(|| self.models.iter().rev().find(|model| model.name.is_some()))
            .or_else(|| self.models.last())
    }

    /// What stands in the links of its formulas, each once, in the order of the text.
    pub fn links(&self) -> Vec<&str> {
        let mut links: Vec<&str> = Vec::new();
        for statement in self.models.iter().flat_map(|model| &model.statements) {
            statement.what.formulas().into_iter().for_each(|formula| {
                formula.walk(&mut |part| {
                    if let Kind::Call { arguments, .. } = &part.kind {
                        links.extend(arguments.iter().filter_map(|argument| match argument {
                            Argument::Link(link) => Some(&**link),
                            Argument::Expression(_) => None,
                        }));
                    }
                });
            });
        }
        let mut seen = std::collections::BTreeSet::new();
        links.retain(|link| seen.insert(*link));
        links
    }
}

/// `function f(x, y) x + y end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// What it is called by.
    pub name: Name,
    /// Its parameters, in order.
    pub parameters: Vec<Name>,
    /// Its value.
    pub body: Expression,
}

/// A name where it stands, dots included: `M_s.gain` is one name of two levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As it is written.
    pub text: Box<str>,
    /// Where.
    pub at: At,
}

/// One model: `model name(ports) ... end`, or what stands outside of all.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelText {
    /// Its name, if it has a `model` line.
    pub name: Option<Name>,
    /// Whether it is the one meant to run: the `*` of `model *x()`.
    pub is_main: bool,
    /// The names it offers to a model that uses it, in order.
    pub ports: Vec<Name>,
    /// What it says, in the order of the text.
    pub statements: Vec<Statement>,
    /// What `name is "text"` behind its `end` calls it.
    pub title: Option<Box<str>>,
}

/// One statement and its place, without the line end and the note behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Where.
    pub at: At,
    /// What it says.
    pub what: What,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// `x = 0.1  // [0:0.1:1] share`: a value to start from, or a parameter.
    Initial {
        /// What gets the value.
        name: Name,
        /// The value.
        value: Expression,
        /// The comment behind it on its line.
        note: Option<Range>,
    },
    /// `x' = -x`.
    Rate {
        /// What changes.
        name: Name,
        /// By how much in a unit of time.
        value: Expression,
    },
    /// `y := 2*x`.
    Rule {
        /// What is always equal to it.
        name: Name,
        /// The value.
        value: Expression,
        /// The comment behind it on its line.
        note: Option<Range>,
    },
    /// `x(t+1) = r*x`, of a `resonote` fence.
    Next {
        /// What steps.
        name: Name,
        /// Its value at the next step.
        value: Expression,
    },
    /// `M: mirror_neurons(a, b)`.
    Submodel {
        /// What the copy is called here.
        name: Name,
        /// The model it is a copy of.
        model: Name,
        /// The names of this model that stand for its ports, in order.
        ports: Vec<Name>,
    },
    /// `E0: at 2 after x > 1: x = 0`.
    Event(Event),
    /// `var a, b`, `const k = 2`. `species`, `compartment` and `formula` declare a name that may change, like `var`: without
    /// reactions their values are plain numbers.
    Declare {
        /// Whether nothing may change them.
        is_constant: bool,
        /// The names and, where one is given, the value each starts from.
        names: Vec<(Name, Option<Expression>)>,
    },
    /// `unit per_minute = 1/(60 second)`: read, means nothing.
    Unit {
        /// The unit.
        name: Name,
        /// What it is said to be.
        text: Option<Box<str>>,
    },
    /// `k has per_minute`.
    HasUnit {
        /// What has it.
        name: Name,
        /// The unit, as written.
        unit: Box<str>,
    },
    /// `E_o is "observer"`.
    Is {
        /// What is called so.
        name: Name,
        /// What people call it.
        text: Box<str>,
    },
}

/// The comment behind a value: `// [min:max] label`, `// [min:step:max] label` or `// label`. At least one part is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The least sensible value; not above `max`.
    pub min: Option<f64>,
    /// The sensible step, above zero.
    pub step: Option<f64>,
    /// The greatest sensible value.
    pub max: Option<f64>,
    /// What people call it, one line, not empty.
    pub label: Option<Box<str>>,
}

/// `name: at delay after trigger, t0=.., priority=.., persistent=.., fromTrigger=..: a = .., b = ..`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// It fires when this becomes true.
    pub trigger: Expression,
    /// How long after that it acts.
    pub delay: Option<Expression>,
    /// Which goes first of several at one time: the greater.
    pub priority: Option<Expression>,
    /// Whether the trigger counts as true before the start (`t0`), so that one true at the start does not fire; true if
    /// nothing is said.
    pub starts_true: bool,
    /// Whether it acts even if the trigger has become false during the delay; true if nothing is said.
    pub is_persistent: bool,
    /// Whether the values are those of the moment it fired, not of the moment it acts; true if nothing is said.
    pub from_trigger: bool,
    /// What it sets, in the order of the text; may be empty.
    pub sets: Vec<(Name, Expression)>,
}

/// A formula and its place, without the parentheses around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Where.
    pub at: At,
    /// What it is.
    pub kind: Kind,
}

/// What a formula is. Binding, from loose to tight: `&&` and `||` alike, from the left, as libantimony has it; comparisons;
/// `+ -`; `* / %`; prefix `-` and `!`; `^`, from the right.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number, finite and not negative.
    Number(f64),
    /// `true` or `false`, in capitals too.
    Truth(bool),
    /// A name, dots included: a value, or a constant such as `pi`, `inf` and `time`.
    Name(Box<str>),
    /// `-a`.
    Negated(Box<Expression>),
    /// `!a` or `not a`.
    Not(Box<Expression>),
    /// At least two terms, taken from the left; the first has a plus.
    Sum(Vec<(Sign, Expression)>),
    /// At least two factors, taken from the left; the first is [`Factor::Times`].
    Product(Vec<(Factor, Expression)>),
    /// `base ^ exponent`.
    Power(Box<Expression>, Box<Expression>),
    /// `first < a <= b`: each holds between its neighbours, so `2 > 1 > 2` is false. A comparison in parentheses is one
    /// value of a chain, never a part of it.
    Compared {
        /// The leftmost value.
        first: Box<Expression>,
        /// What follows, at least one.
        then: Vec<(Comparison, Expression)>,
    },
    /// At least two, all hold.
    And(Vec<Expression>),
    /// At least two, one holds.
    Or(Vec<Expression>),
    /// `f(a, b)`; also `and(..)`, `or(..)` and `xor(..)` written as functions.
    Call {
        /// The function.
        name: Box<str>,
        /// What it is given, in order; may be empty.
        arguments: Vec<Argument>,
    },
}

impl What {
    /// The formulas of a statement, in the order of the text.
    pub fn formulas(&self) -> Vec<&Expression> {
        match self {
            What::Initial { value, .. } | What::Rate { value, .. } | What::Rule { value, .. } | What::Next { value, .. } => {
                vec![value]
            }
            What::Event(event) => {
                let before = [event.delay.as_ref(), Some(&event.trigger), event.priority.as_ref()].into_iter().flatten();
                before.chain(event.sets.iter().map(|(_, value)| value)).collect()
            }
            What::Declare { names, .. } => names.iter().filter_map(|(_, value)| value.as_ref()).collect(),
            What::Submodel { .. } | What::Unit { .. } | What::HasUnit { .. } | What::Is { .. } => Vec::new(),
        }
    }
}

impl Expression {
    /// The number that a formula is by itself, if it is one: `3`, `-3`, `inf`.
    pub fn literal(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(number) => Some(*number),
            Kind::Negated(inner) => inner.literal().map(|number| -number),
            Kind::Name(name) => constant(name).filter(|number| !number.is_finite()),
            _ => None,
        }
    }

    /// Tells each part of a formula, itself first, in the order of the text.
    pub fn walk<'e>(&'e self, tell: &mut dyn FnMut(&'e Expression)) {
        tell(self);
        match &self.kind {
            Kind::Number(_) | Kind::Truth(_) | Kind::Name(_) => {}
            Kind::Negated(inner) | Kind::Not(inner) => inner.walk(tell),
            Kind::Sum(terms) => terms.iter().for_each(|(_, term)| term.walk(tell)),
            Kind::Product(factors) => factors.iter().for_each(|(_, factor)| factor.walk(tell)),
            Kind::Power(base, exponent) => [base, exponent].into_iter().for_each(|it| it.walk(tell)),
            Kind::Compared { first, then } => {
                first.walk(tell);
                then.iter().for_each(|(_, right)| right.walk(tell));
            }
            Kind::And(parts) | Kind::Or(parts) => parts.iter().for_each(|part| part.walk(tell)),
            Kind::Call { arguments, .. } => {
                for argument in arguments {
                    if let Argument::Expression(expression) = argument {
                        expression.walk(tell);
                    }
                }
            }
        }
    }
}

/// The number that a name stands for everywhere.
pub(crate) fn constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "exponentiale" => std::f64::consts::E,
        // As SBML level 3 defines it.
        "avogadro" => 6.022_141_79e23,
        "inf" | "infinity" | "INF" => f64::INFINITY,
        "nan" | "notanumber" | "NaN" => f64::NAN,
        _ => return None,
    })
}

/// How a term enters a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
}

/// How a factor enters a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// What stands before is multiplied by it.
    Times,
    /// What stands before is divided by it.
    Over,
    /// What remains of what stands before, divided by it.
    Modulo,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `==`.
    Equal,
    /// `!=` or `<>`.
    Unequal,
}

/// What a function is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A value.
    Expression(Expression),
    /// A note: the text between the brackets of `[[note]]`; in a `resonote` fence only.
    Link(Box<str>),
}
