//! The tree as text again: it parses to the same tree, places aside. Parentheses stand where they must, so that the text nests
//! no deeper than the one it came from, and around one of `&&` and `||` within the other, which nobody should have to know.

use std::fmt::{Display, Formatter, Result};

use super::syntax::{
    Argument, Comparison, Event, Expression, Factor, Function, Kind, ModelText, Name, Program, Range, Sign, What,
};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for function in &self.functions {
            writeln!(f, "{function}")?;
        }
        for model in &self.models {
            write!(f, "{model}")?;
        }
        Ok(())
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { name, parameters, body } = self;
        write!(f, "function {name}(")?;
        join(f, parameters)?;
        write!(f, ")\n  {body}\nend")
    }
}

impl Display for ModelText {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Some(name) = &self.name else {
            for statement in &self.statements {
                writeln!(f, "{}", statement.what)?;
            }
            return Ok(());
        };
        write!(f, "model {}{name}(", if self.is_main { "*" } else { "" })?;
        join(f, &self.ports)?;
        writeln!(f, ")")?;
        for statement in &self.statements {
            writeln!(f, "  {}", statement.what)?;
        }
        writeln!(f, "end")?;
        match &self.title {
            Some(title) => writeln!(f, "{name} is \"{title}\";"),
            None => Ok(()),
        }
    }
}

impl Display for What {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Initial { name, value, note: None } => write!(f, "{name} = {value};"),
            Self::Initial { name, value, note: Some(note) } => write!(f, "{name} = {value};  // {note}"),
            Self::Rate { name, value } => write!(f, "{name}' = {value};"),
            Self::Rule { name, value, note: None } => write!(f, "{name} := {value};"),
            Self::Rule { name, value, note: Some(note) } => write!(f, "{name} := {value};  // {note}"),
            Self::Next { name, value } => write!(f, "{name}(t+1) = {value};"),
            Self::Submodel { name, model, ports } => {
                write!(f, "{name}: {model}(")?;
                join(f, ports)?;
                f.write_str(");")
            }
            Self::Event(event) => write!(f, "{event};"),
            Self::Declare { is_constant, names } => {
                f.write_str(if *is_constant { "const " } else { "var " })?;
                for (place, (name, value)) in names.iter().enumerate() {
                    f.write_str(if place == 0 { "" } else { ", " })?;
                    match value {
                        Some(value) => write!(f, "{name} = {value}")?,
                        None => write!(f, "{name}")?,
                    }
                }
                f.write_str(";")
            }
            Self::Unit { name, text: Some(text) } => write!(f, "unit {name} = {text};"),
            Self::Unit { name, text: None } => write!(f, "unit {name};"),
            Self::HasUnit { name, unit } => write!(f, "{name} has {unit};"),
            Self::Is { name, text } => write!(f, "{name} is \"{text}\";"),
        }
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.min.is_some() || self.max.is_some() {
            f.write_str("[")?;
            self.min.iter().try_for_each(|min| number(f, *min))?;
            if let Some(step) = self.step {
                f.write_str(":")?;
                number(f, step)?;
            }
            f.write_str(":")?;
            self.max.iter().try_for_each(|max| number(f, *max))?;
            f.write_str(if self.label.is_some() { "] " } else { "]" })?;
        }
        f.write_str(self.label.as_deref().unwrap_or_default())
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(name) = &self.name {
            write!(f, "{name}: ")?;
        }
        f.write_str("at ")?;
        if let Some(delay) = &self.delay {
            write!(f, "{delay} after ")?;
        }
        write!(f, "{}", self.trigger)?;
        if !self.starts_true {
            f.write_str(", t0=false")?;
        }
        if let Some(priority) = &self.priority {
            write!(f, ", priority={priority}")?;
        }
        if !self.is_persistent {
            f.write_str(", persistent=false")?;
        }
        if !self.from_trigger {
            f.write_str(", fromTrigger=false")?;
        }
        for (place, (name, value)) in self.sets.iter().enumerate() {
            write!(f, "{} {name} = {value}", if place == 0 { ":" } else { "," })?;
        }
        f.write_str(if self.sets.is_empty() { ":" } else { "" })
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.text)
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.kind {
            Kind::Number(value) => number(f, *value),
            Kind::Truth(truth) => write!(f, "{truth}"),
            Kind::Name(name) => f.write_str(name),
            // Two dashes in a row would be one sign.
            Kind::Negated(operand) if matches!(operand.kind, Kind::Negated(_)) => write!(f, "- {operand}"),
            Kind::Negated(operand) => write!(f, "-{}", Within(operand, PREFIXED)),
            Kind::Not(operand) => write!(f, "!{}", Within(operand, PREFIXED)),
            Kind::Sum(terms) => chain(f, terms.iter().map(|(sign, term)| (sign.written(), Within(term, PRODUCT)))),
            Kind::Product(factors) => chain(f, factors.iter().map(|(factor, value)| (factor.written(), Within(value, PREFIXED)))),
            Kind::Power(base, exponent) => match &base.kind {
                Kind::Not(operand) => write!(f, "not({operand})^{}", Within(exponent, PREFIXED)),
                _ => write!(f, "{}^{}", Within(base, VALUE), Within(exponent, PREFIXED)),
            },
            Kind::Compared { first, then } => {
                write!(f, "{}", Within(first, SUM))?;
                then.iter().try_for_each(|(comparison, value)| write!(f, "{}{}", comparison.written(), Within(value, SUM)))
            }
            Kind::And(operands) => chain(f, operands.iter().map(|operand| (" && ", Within(operand, COMPARED)))),
            Kind::Or(operands) => chain(f, operands.iter().map(|operand| (" || ", Within(operand, COMPARED)))),
            Kind::Call { name, arguments } => {
                write!(f, "{name}(")?;
                join(f, arguments)?;
                f.write_str(")")
            }
        }
    }
}

impl Display for Argument {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Expression(expression) => write!(f, "{expression}"),
            Self::Link(link) => write!(f, "[[{link}]]"),
        }
    }
}

impl Sign {
    fn written(self) -> &'static str {
        match self {
            Self::Plus => " + ",
            Self::Minus => " - ",
        }
    }
}

impl Factor {
    fn written(self) -> &'static str {
        match self {
            Self::Times => "*",
            Self::Over => "/",
            Self::Modulo => "%",
        }
    }
}

impl Comparison {
    fn written(self) -> &'static str {
        match self {
            Self::Less => " < ",
            Self::AtMost => " <= ",
            Self::Greater => " > ",
            Self::AtLeast => " >= ",
            Self::Equal => " == ",
            Self::Unequal => " != ",
        }
    }
}

/// How tightly a formula binds.
type Binding = u8;
const JOINED: Binding = 0;
const COMPARED: Binding = 1;
const SUM: Binding = 2;
const PRODUCT: Binding = 3;
const PREFIXED: Binding = 4;
const POWER: Binding = 5;
const VALUE: Binding = 6;

fn binding(kind: &Kind) -> Binding {
    match kind {
        Kind::And(_) | Kind::Or(_) => JOINED,
        Kind::Compared { .. } => COMPARED,
        Kind::Sum(_) => SUM,
        Kind::Product(_) => PRODUCT,
        Kind::Negated(_) | Kind::Not(_) => PREFIXED,
        Kind::Power(..) => POWER,
        Kind::Number(_) | Kind::Truth(_) | Kind::Name(_) | Kind::Call { .. } => VALUE,
    }
}

/// A part of a formula, in parentheses unless it binds as tightly as asked.
struct Within<'e>(&'e Expression, Binding);

impl Display for Within<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self(part, least) = self;
        if binding(&part.kind) < *least { write!(f, "({part})") } else { write!(f, "{part}") }
    }
}

/// Parts with a sign before each but the first.
fn chain<'e>(f: &mut Formatter<'_>, parts: impl Iterator<Item = (&'static str, Within<'e>)>) -> Result {
    for (place, (sign, part)) in parts.enumerate() {
        write!(f, "{}{part}", if place == 0 { "" } else { sign })?;
    }
    Ok(())
}

fn join<T: Display>(f: &mut Formatter<'_>, parts: &[T]) -> Result {
    for (place, part) in parts.iter().enumerate() {
        write!(f, "{}{part}", if place == 0 { "" } else { ", " })?;
    }
    Ok(())
}

/// A number as a person would write it, which reads as the same double.
fn number(f: &mut Formatter<'_>, value: f64) -> Result {
    let is_short = value == 0.0 || (1e-5..1e15).contains(&value.abs());
    if is_short { write!(f, "{value}") } else { write!(f, "{value:e}") }
}
