//! Statements: what stands between two ends, and what of Antimony is refused there by its name.

use super::{Parsed, Parser, is_reserved};
use crate::model::lex::{Mark, Token};
use crate::model::refusal::{Refusal, Why, quoted};
use crate::model::syntax::{At, Dialect, Event, Expression, Name, Statement, What};

/// Names that are declared, each with the value it starts from, if it has one.
type Declared = Vec<(Name, Option<Expression>)>;

impl Parser<'_> {
    /// One statement, or its refusal; in the end the parser has moved.
    pub(super) fn statement_or_refusal(&mut self, out: &mut Vec<Statement>) {
        let (first, kept) = (self.next, out.len());
        let Err(refusal) = self.statement(out) else { return };
        out.truncate(kept);
        let is_reaction = refusal.why == Why::Reaction;
        self.refusals.push(refusal);
        if self.is_on_new_line() && self.next > first + 1 && !is_reaction {
            // What follows an open parenthesis on the next line may well be a statement of its own.
            self.next -= 1;
        }
        self.give_up();
        if is_reaction && self.take(Mark::Semicolon) {
            // The rate of a reaction stands behind its semicolon.
            self.give_up();
        }
    }

    fn statement(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        match self.token() {
            Token::Name if self.is_remark() => self.remark(),
            Token::Name => self.begun_by_word(out),
            Token::Number(_) | Token::Mark(Mark::Minus) => Err(self.begun_by_number()),
            _ => Err(self.misplaced("a statement")),
        }
    }

    fn begun_by_word(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        let why = match self.text() {
            word if is_reserved(word) && self.is_given_a_value() => Why::Reserved { word: quoted(word) },
            "at" => return self.event(None, out),
            "unit" => return self.unit(out),
            "var" | "const" | "ext" | "species" | "compartment" | "formula" => return self.declaration(out),
            "model" | "module" => Why::Nested { word: "model" },
            "function" => Why::Nested { word: "function" },
            "import" => Why::Import,
            "delete" => Why::Delete,
            "constraint" => Why::Constraint,
            "maximize" | "minimize" => Why::Objective,
            "substanceOnly" => Why::SubstanceOnly,
            "reaction" => Why::Reaction,
            "DNA" | "gene" | "operator" => Why::Dna,
            _ => return self.begun_by_name(out),
        };
        Err(Refusal { at: self.at(), why })
    }

    fn begun_by_name(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        let name = self.name("a statement")?;
        match self.token() {
            Token::Mark(Mark::Equals) => {
                let value = self.value_of_name()?;
                self.statement_end()?;
                let at = self.from(name.at);
                let note = self.note()?;
                out.push(Statement { at, what: What::Initial { name, value, note } });
                Ok(())
            }
            Token::Mark(Mark::Colon) => {
                self.next += 1;
                self.begun_by_label(name, out)
            }
            Token::Mark(Mark::Open) => self.next_value(name, out),
            Token::Mark(Mark::Less | Mark::AtMost | Mark::Greater | Mark::AtLeast | Mark::Equal | Mark::Unequal) => {
                Err(Refusal { at: self.from(name.at), why: Why::Constraint })
            }
            Token::Mark(Mark::Dashes) => Err(Refusal { at: self.at(), why: Why::Dna }),
            _ => match self.said_of(name, out)? {
                None => {
                    self.statement_end()?;
                    self.label_of_rule(out)
                }
                Some(_) => Err(self.reaction_or("`=`, `'=` or `:=`")),
            },
        }
    }

    /// `' = value`, `:= value`, `has unit` or `is "text"`; the name comes back if nothing of the kind is next.
    fn said_of(&mut self, name: Name, out: &mut Vec<Statement>) -> Parsed<Option<Name>> {
        let first = name.at;
        let what = match self.token() {
            Token::Mark(Mark::Prime) => {
                self.next += 1;
                if !self.is_mark(Mark::Equals) {
                    return Err(self.misplaced("`=`"));
                }
                What::Rate { name, value: self.value_of_name()? }
            }
            Token::Mark(Mark::Becomes) => What::Rule { name, value: self.value_of_name()?, note: None },
            Token::Name if self.is_word("has") => {
                self.next += 1;
                What::HasUnit { name, unit: self.unit_text()? }
            }
            Token::Name if self.is_word("is") => {
                self.next += 1;
                match self.token() {
                    Token::Text => What::Is { name, text: self.quoted_text() },
                    Token::Name => return Err(Refusal { at: self.from(first), why: Why::Joined }),
                    _ => return Err(self.misplaced("a text in quotes")),
                }
            }
            Token::Name if self.is_word("in") => return Err(Refusal { at: self.at(), why: Why::Compartment }),
            _ => return Ok(Some(name)),
        };
        out.push(Statement { at: self.from(first), what });
        Ok(None)
    }

    /// The comment behind a rule that has just been said, and its line.
    fn label_of_rule(&mut self, out: &mut [Statement]) -> Parsed<()> {
        if let Some(Statement { what: What::Rule { note, .. }, .. }) = out.last_mut() {
            *note = self.note()?;
        }
        Ok(())
    }

    /// Behind `name:` an event, a submodel, or a reaction.
    fn begun_by_label(&mut self, name: Name, out: &mut Vec<Statement>) -> Parsed<()> {
        if self.is_word("at") {
            return self.event(Some(name), out);
        }
        if self.is_word("maximize") || self.is_word("minimize") {
            return Err(Refusal { at: self.at(), why: Why::Objective });
        }
        if *self.token() != Token::Name || *self.token_at(1) != Token::Mark(Mark::Open) {
            return Err(self.reaction_or("`at` or a model with its ports"));
        }
        let model = self.name("a model")?;
        self.next += 1;
        let ports = self.names_to_close()?;
        if self.is_mark(Mark::Comma) {
            return Err(Refusal { at: self.at(), why: Why::Conversion });
        }
        if self.is_word("in") {
            return Err(Refusal { at: self.at(), why: Why::Compartment });
        }
        self.statement_end()?;
        out.push(Statement { at: self.from(name.at), what: What::Submodel { name, model, ports } });
        Ok(())
    }

    /// `(t+1) = value`, behind a name.
    fn next_value(&mut self, name: Name, out: &mut Vec<Statement>) -> Parsed<()> {
        let is_step = self.is_word_at(1, "t")
            && *self.token_at(2) == Token::Mark(Mark::Plus)
            && *self.token_at(3) == Token::Number(1.0)
            && *self.token_at(4) == Token::Mark(Mark::Close)
            && *self.token_at(5) == Token::Mark(Mark::Equals);
        if !is_step {
            return Err(Refusal { at: self.from(name.at), why: Why::Applied { name: quoted(&name.text) } });
        }
        self.next += 5;
        if self.dialect == Dialect::Antimony {
            return Err(Refusal { at: self.from(name.at), why: Why::NeedsResonote { what: "`x(t+1) =`" } });
        }
        let value = self.value_of_name()?;
        self.statement_end()?;
        out.push(Statement { at: self.from(name.at), what: What::Next { name, value } });
        Ok(())
    }

    /// The formula behind `=` or `:=`.
    fn value_of_name(&mut self) -> Parsed<Expression> {
        self.next += 1;
        self.expression()
    }

    /// `at delay after trigger, property = .., ..: a = .., b = ..`.
    fn event(&mut self, name: Option<Name>, out: &mut Vec<Statement>) -> Parsed<()> {
        let word = self.pass();
        let first = name.as_ref().map_or(word, |name| name.at);
        let mut trigger = self.expression_or("a condition")?;
        let mut delay = None;
        if self.is_word("after") {
            self.next += 1;
            delay = Some(std::mem::replace(&mut trigger, self.expression_or("a condition")?));
        }
        let (mut starts_true, mut is_persistent, mut from_trigger, mut priority) = (None, None, None, None);
        while self.take(Mark::Comma) {
            self.skip_lines();
            match self.text() {
                "t0" => self.truth("t0", &mut starts_true)?,
                "persistent" => self.truth("persistent", &mut is_persistent)?,
                "fromTrigger" => self.truth("fromTrigger", &mut from_trigger)?,
                "priority" => {
                    let at = self.pass();
                    self.mark(Mark::Equals, "`=`")?;
                    let value = self.expression()?;
                    if priority.replace(value).is_some() {
                        return Err(Refusal { at, why: Why::Twice { name: "priority" } });
                    }
                }
                _ if *self.token() == Token::Name => {
                    return Err(Refusal { at: self.at(), why: Why::Property { name: quoted(self.text()) } });
                }
                _ => return Err(self.misplaced("a property of the event")),
            }
        }
        if !self.take(Mark::Colon) {
            return Err(self.unended("`:`"));
        }
        let sets = self.sets()?;
        let event = Event {
            name,
            trigger,
            delay,
            priority,
            starts_true: starts_true.unwrap_or(true),
            is_persistent: is_persistent.unwrap_or(true),
            from_trigger: from_trigger.unwrap_or(true),
            sets,
        };
        out.push(Statement { at: self.from(first), what: What::Event(event) });
        Ok(())
    }

    fn truth(&mut self, name: &'static str, property: &mut Option<bool>) -> Parsed<()> {
        let at = self.pass();
        self.mark(Mark::Equals, "`=`")?;
        let truth = if self.is_word("true") {
            true
        } else if self.is_word("false") {
            false
        } else {
            return Err(Refusal { at: self.at(), why: Why::NoTruth { name } });
        };
        self.next += 1;
        if property.replace(truth).is_some() {
            return Err(Refusal { at, why: Why::Twice { name } });
        }
        Ok(())
    }

    /// `a = .., b = ..`, with line ends before each; none if no `name =` follows.
    fn sets(&mut self) -> Parsed<Vec<(Name, Expression)>> {
        let mut sets = Vec::new();
        let behind_colon = self.next;
        self.skip_lines();
        if *self.token() != Token::Name || *self.token_at(1) != Token::Mark(Mark::Equals) {
            self.next = behind_colon;
            self.statement_end()?;
            return Ok(sets);
        }
        loop {
            let name = self.name("a name")?;
            if !self.is_mark(Mark::Equals) {
                return Err(self.misplaced("`=`"));
            }
            sets.push((name, self.value_of_name()?));
            // libantimony takes a colon for a comma here.
            if !self.take(Mark::Comma) && !self.take(Mark::Colon) {
                break;
            }
            self.skip_lines();
        }
        self.statement_end()?;
        Ok(sets)
    }

    /// `var a, b = 2, c := 3`: one declaration of all names, and statements for what is said of them besides.
    fn declaration(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        let first = self.at();
        let mut is_constant = false;
        if self.is_word("var") || self.is_word("const") || self.is_word("ext") {
            is_constant = !self.is_word("var");
            self.next += 1;
        }
        if self.is_word("species") || self.is_word("compartment") || self.is_word("formula") {
            self.next += 1;
        }
        if self.is_word("substanceOnly") {
            return Err(Refusal { at: self.at(), why: Why::SubstanceOnly });
        }
        let mut names: Declared = Vec::new();
        let mut said = Vec::new();
        loop {
            let name = self.name("a name")?;
            if self.is_mark(Mark::Equals) {
                names.push((name, Some(self.value_of_name()?)));
            } else {
                names.push((name.clone(), None));
                self.said_of(name, &mut said)?;
            }
            if !self.take(Mark::Comma) {
                break;
            }
            self.skip_lines();
        }
        self.statement_end()?;
        let at = self.from(first);
        // A note belongs to one value: that one is then said as if it stood alone.
        if let (Some((name, value @ Some(_))), Some(note)) = (names.last_mut(), self.note()?) {
            let name = name.clone();
            if let Some(value) = value.take() {
                let at = At { start: name.at.start, end: at.end };
                said.push(Statement { at, what: What::Initial { name, value, note: Some(note) } });
            }
        }
        out.push(Statement { at, what: What::Declare { is_constant, names } });
        out.append(&mut said);
        Ok(())
    }

    /// `unit name = text`.
    fn unit(&mut self, out: &mut Vec<Statement>) -> Parsed<()> {
        let first = self.pass();
        let name = self.name("the name of a unit")?;
        let text = if self.take(Mark::Equals) { Some(self.unit_text()?) } else { None };
        self.statement_end()?;
        out.push(Statement { at: self.from(first), what: What::Unit { name, text } });
        Ok(())
    }

    /// The text of a unit as written, a blank for whatever parts its pieces.
    fn unit_text(&mut self) -> Parsed<Box<str>> {
        let mut text = String::new();
        loop {
            let is_part = match self.token() {
                Token::Name | Token::Number(_) => true,
                Token::Mark(mark) => {
                    matches!(mark, Mark::Star | Mark::Slash | Mark::Caret | Mark::Open | Mark::Close | Mark::Plus | Mark::Minus)
                }
                _ => false,
            };
            if !is_part {
                break;
            }
            if !text.is_empty() && self.end_of_last() < self.at().start {
                text.push(' ');
            }
            text.push_str(self.text());
            self.next += 1;
        }
        if text.is_empty() { Err(self.misplaced("a unit")) } else { Ok(text.into()) }
    }

    /// `x notes "text", "text"`: read and dropped.
    fn remark(&mut self) -> Parsed<()> {
        self.next += 2;
        loop {
            if !matches!(self.token(), Token::Text) {
                return Err(self.misplaced("a text in quotes"));
            }
            self.next += 1;
            if !self.take(Mark::Comma) {
                break;
            }
            self.skip_lines();
        }
        self.statement_end()
    }

    /// The text of the next piece, without its quotes.
    fn quoted_text(&mut self) -> Box<str> {
        let at = self.pass();
        self.written(At { start: at.start + 1, end: at.end.saturating_sub(1) }).into()
    }

    fn statement_end(&self) -> Parsed<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.unended("the end of the statement")) }
    }

    /// Why a statement cannot begin with a number: it would be `0 = ..`, `3 < x` or `2 A -> B`.
    fn begun_by_number(&self) -> Refusal {
        let behind = usize::from(self.is_mark(Mark::Minus)) + 1;
        let why = match self.token_at(behind) {
            Token::Mark(Mark::Equals) => Why::Algebraic,
            Token::Mark(Mark::Less | Mark::AtMost | Mark::Greater | Mark::AtLeast | Mark::Equal | Mark::Unequal) => {
                Why::Constraint
            }
            _ => return self.reaction_or("a statement"),
        };
        Refusal { at: self.at(), why }
    }

    /// A reaction, if the statement has an arrow; else what is misplaced here.
    fn reaction_or(&self, expected: &'static str) -> Refusal {
        let rest = self.pieces.get(self.next..).unwrap_or_default();
        let is_end = |token: &Token| matches!(token, Token::LineEnd(_) | Token::End | Token::Mark(Mark::Semicolon));
        let arrow = rest.iter().take_while(|piece| !is_end(&piece.token)).find(|piece| piece.token == Token::Mark(Mark::Arrow));
        match arrow {
            Some(piece) => Refusal { at: piece.at, why: Why::Reaction },
            None => self.misplaced(expected),
        }
    }

    /// From the start of a piece to here.
    fn from(&self, first: At) -> At {
        At { start: first.start, end: self.end_of_last().max(first.end) }
    }
}
