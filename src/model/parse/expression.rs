//! Formulas, one function for each binding from loose to tight. The bindings are those of libantimony, asked one by one; two
//! of them surprise: `&&` and `||` bind alike, so that `a || b && c` is `(a || b) && c`, and `-2^2` is `-(2^2)`.

use super::{DEEPEST, Parsed, Parser, is_reserved};
use crate::model::lex::{Mark, Token};
use crate::model::refusal::{Refusal, Why, quoted};
use crate::model::syntax::{Argument, At, Comparison, Dialect, Expression, Factor, Kind, Sign};

#[derive(Clone, Copy, PartialEq)]
enum Joint {
    And,
    Or,
}

impl<'s> Parser<'s> {
    /// A formula.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.expression_or("a value")
    }

    /// A formula in a place where `expected` is to stand.
    pub(super) fn expression_or(&mut self, expected: &'static str) -> Parsed<Expression> {
        let start = self.at().start;
        let before = std::mem::replace(&mut self.deepest, self.depth);
        let mut left = self.comparison(expected)?;
        let mut is_joined = false;
        while let Some(joint) = self.joint() {
            // With each change between the two, what has been read so far moves one level down, as in parentheses.
            self.deepest += usize::from(is_joined);
            is_joined = true;
            if self.deepest > DEEPEST {
                return Err(Refusal { at: self.at(), why: Why::TooDeep });
            }
            let mut operands = vec![left];
            while self.joint() == Some(joint) {
                self.next += 1;
                self.skip_lines();
                operands.push(self.comparison("a value")?);
            }
            let kind = match joint {
                Joint::And => Kind::And(operands),
                Joint::Or => Kind::Or(operands),
            };
            left = self.since(start, kind);
        }
        self.deepest = self.deepest.max(before);
        Ok(left)
    }

    fn joint(&mut self) -> Option<Joint> {
        match self.operator()? {
            Token::Mark(Mark::And) => Some(Joint::And),
            Token::Mark(Mark::Or) => Some(Joint::Or),
            Token::Name if self.is_word("and") => Some(Joint::And),
            Token::Name if self.is_word("or") => Some(Joint::Or),
            _ => None,
        }
    }

    /// The next piece, over the line ends that mean nothing within parentheses; none at the end of a line.
    fn operator(&mut self) -> Option<&'s Token> {
        if self.open > 0 {
            self.skip_lines();
        }
        Some(self.token()).filter(|token| !matches!(token, Token::LineEnd(_)))
    }

    fn comparison(&mut self, expected: &'static str) -> Parsed<Expression> {
        let start = self.at().start;
        let first = self.sum(expected)?;
        let mut then = Vec::new();
        while let Some(comparison) = self.comparison_sign() {
            self.next += 1;
            self.skip_lines();
            then.push((comparison, self.sum("a value")?));
        }
        if then.is_empty() {
            return Ok(first);
        }
        Ok(self.since(start, Kind::Compared { first: Box::new(first), then }))
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        let Token::Mark(mark) = self.operator()? else { return None };
        match mark {
            Mark::Less => Some(Comparison::Less),
            Mark::AtMost => Some(Comparison::AtMost),
            Mark::Greater => Some(Comparison::Greater),
            Mark::AtLeast => Some(Comparison::AtLeast),
            Mark::Equal => Some(Comparison::Equal),
            Mark::Unequal => Some(Comparison::Unequal),
            _ => None,
        }
    }

    fn sum(&mut self, expected: &'static str) -> Parsed<Expression> {
        let start = self.at().start;
        let first = self.product(expected)?;
        let mut terms = vec![(Sign::Plus, first)];
        loop {
            let sign = match self.operator() {
                Some(Token::Mark(Mark::Plus)) => Sign::Plus,
                Some(Token::Mark(Mark::Minus)) => Sign::Minus,
                _ => break,
            };
            self.next += 1;
            self.skip_lines();
            terms.push((sign, self.product("a value")?));
        }
        Ok(match terms.pop() {
            Some((_, only)) if terms.is_empty() => only,
            last => {
                terms.extend(last);
                self.since(start, Kind::Sum(terms))
            }
        })
    }

    fn product(&mut self, expected: &'static str) -> Parsed<Expression> {
        let start = self.at().start;
        let first = self.prefixed(expected)?;
        let mut factors = vec![(Factor::Times, first)];
        loop {
            let factor = match self.operator() {
                Some(Token::Mark(Mark::Star)) => Factor::Times,
                Some(Token::Mark(Mark::Slash)) => Factor::Over,
                Some(Token::Mark(Mark::Percent)) => Factor::Modulo,
                _ => break,
            };
            self.next += 1;
            self.skip_lines();
            factors.push((factor, self.prefixed("a value")?));
        }
        Ok(match factors.pop() {
            Some((_, only)) if factors.is_empty() => only,
            last => {
                factors.extend(last);
                self.since(start, Kind::Product(factors))
            }
        })
    }

    /// A value behind any number of signs. A plus says nothing.
    fn prefixed(&mut self, expected: &'static str) -> Parsed<Expression> {
        while self.operator() == Some(&Token::Mark(Mark::Plus)) {
            self.next += 1;
            self.skip_lines();
        }
        let start = self.at().start;
        // `not(a)` is a function, and binds as one.
        let is_not = self.is_word("not") && *self.token_at(1) != Token::Mark(Mark::Open);
        let is_negated = self.is_mark(Mark::Minus);
        if !is_not && !is_negated && !self.is_mark(Mark::Bang) {
            return self.power(expected);
        }
        self.descend()?;
        self.next += 1;
        self.skip_lines();
        let operand = Box::new(self.prefixed("a value")?);
        self.depth -= 1;
        let kind = if is_negated { Kind::Negated(operand) } else { Kind::Not(operand) };
        Ok(self.since(start, kind))
    }

    fn power(&mut self, expected: &'static str) -> Parsed<Expression> {
        let start = self.at().start;
        let base = self.value(expected)?;
        if self.operator() != Some(&Token::Mark(Mark::Caret)) {
            return Ok(base);
        }
        self.descend()?;
        self.next += 1;
        self.skip_lines();
        let exponent = self.prefixed("a value")?;
        self.depth -= 1;
        Ok(self.since(start, Kind::Power(Box::new(base), Box::new(exponent))))
    }

    fn value(&mut self, expected: &'static str) -> Parsed<Expression> {
        match self.token() {
            Token::Number(value) => Ok(Expression { kind: Kind::Number(*value), at: self.pass() }),
            Token::Mark(Mark::Open) => {
                let opening = self.at();
                self.descend()?;
                self.enter();
                let inside = self.expression()?;
                self.leave(opening, "`)`")?;
                Ok(inside)
            }
            Token::Name => self.named(),
            _ => Err(self.misplaced(expected)),
        }
    }

    fn named(&mut self) -> Parsed<Expression> {
        let text = self.text();
        let is_call = *self.token_at(1) == Token::Mark(Mark::Open);
        let truth = [("true", true), ("false", false)].into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
        if let Some((_, truth)) = truth {
            return Ok(Expression { kind: Kind::Truth(truth), at: self.pass() });
        }
        // `is` asks for a note: a word of Antimony that libantimony refuses here.
        let is_question = is_call && text == "is";
        if is_question && self.dialect == Dialect::Antimony {
            return Err(Refusal { at: self.at(), why: Why::NeedsResonote { what: "`is([[note]])`" } });
        }
        if is_reserved(text) && !is_question && !(is_call && matches!(text, "and" | "or" | "xor" | "not")) {
            return Err(Refusal { at: self.at(), why: Why::Reserved { word: quoted(text) } });
        }
        let name = self.pass();
        if !is_call {
            return Ok(Expression { kind: Kind::Name(text.into()), at: name });
        }
        let opening = self.at();
        self.descend()?;
        self.enter();
        let mut arguments = Vec::new();
        if !self.is_mark(Mark::Close) {
            loop {
                self.skip_lines();
                arguments.push(self.argument()?);
                self.skip_lines();
                if !self.take(Mark::Comma) {
                    break;
                }
            }
        }
        self.leave(opening, "`,` or `)`")?;
        let kind = match (text, arguments.pop()) {
            ("not", Some(Argument::Expression(operand))) if arguments.is_empty() => Kind::Not(Box::new(operand)),
            ("not", _) => return Err(Refusal { at: name, why: Why::Reserved { word: quoted(text) } }),
            (_, last) => {
                arguments.extend(last);
                Kind::Call { name: text.into(), arguments }
            }
        };
        Ok(self.since(name.start, kind))
    }

    fn argument(&mut self) -> Parsed<Argument> {
        if *self.token() != Token::Link || self.dialect == Dialect::Antimony {
            return self.expression().map(Argument::Expression);
        }
        let text = self.text();
        self.next += 1;
        Ok(Argument::Link(text.trim_start_matches("[[").trim_end_matches("]]").into()))
    }

    /// One level down; whoever goes down comes up again by `depth -= 1`.
    fn descend(&mut self) -> Parsed<()> {
        if self.depth == DEEPEST {
            return Err(Refusal { at: self.at(), why: Why::TooDeep });
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        Ok(())
    }

    /// Over an opening parenthesis.
    fn enter(&mut self) {
        self.next += 1;
        self.open += 1;
        self.skip_lines();
    }

    /// Over the closing parenthesis, and up.
    fn leave(&mut self, opening: At, expected: &'static str) -> Parsed<()> {
        self.skip_lines();
        if !self.take(Mark::Close) {
            if self.is_on_new_line() || self.is_at_end() {
                return Err(Refusal { at: opening, why: Why::Unclosed });
            }
            return Err(self.unended(expected));
        }
        self.open -= 1;
        self.depth -= 1;
        Ok(())
    }

    /// Why the next piece cannot stand behind a formula.
    pub(super) fn unended(&self, expected: &'static str) -> Refusal {
        let why = match self.token() {
            Token::Mark(Mark::Equals | Mark::Becomes) => Why::Assignment,
            Token::Mark(Mark::Prime) => Why::Prime,
            Token::Name | Token::Number(_) | Token::Mark(Mark::Open) => Why::SideBySide,
            _ => return self.misplaced(expected),
        };
        Refusal { at: self.at(), why }
    }

    fn since(&self, start: u32, kind: Kind) -> Expression {
        Expression { at: At { start, end: self.end_of_last() }, kind }
    }
}
