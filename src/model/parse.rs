//! Pieces to tree: a program of functions and models. What cannot be read is refused, and reading goes on at the next
//! statement, so that one look tells a writer all that is wrong.
//!
//! No part of it runs deeper or longer for a longer text than the text deserves: chains are loops, what nests is counted.

mod expression;
mod note;
mod statement;

use std::collections::BTreeMap;

use super::lex::{Mark, Piece, Token, pieces};
use super::refusal::{Found, Refusal, Refusals, Why, quoted};
use super::syntax::{At, Dialect, Function, ModelText, Name, Program, What};

/// The longest text of one fence, in bytes. It bounds the terms of a sum as well.
pub const LONGEST_SOURCE: usize = 64 << 10;

/// How deep a formula may nest: parentheses, calls, signs before a value, powers of powers, changes between `&&` and `||`.
/// Between two of them lie at most four nodes of the tree, one for each binding, so that no tree is higher than 400.
pub const DEEPEST: usize = 64;

/// The longest name or link, in bytes.
pub const LONGEST_NAME: usize = 1_000;

/// The most parts of a dotted name.
pub const MOST_LEVELS: usize = 8;

/// The most refusals that are told of one text.
pub const MOST_REFUSALS: usize = 20;

/// The tree of a text. Takes time that grows with the text.
///
/// # Errors
///
/// What is refused, up to [`MOST_REFUSALS`], in order of place; one alone if the text is longer than [`LONGEST_SOURCE`].
pub fn parse(source: &str, dialect: Dialect) -> Result<Program, Refusals> {
    if source.len() > LONGEST_SOURCE {
        let why = Why::TooLong { bytes: source.len() };
        return Err(Refusal { at: At { start: 0, end: 0 }, why }.into());
    }
    let pieces = pieces(source);
    let parser = Parser { source, pieces: &pieces, dialect, next: 0, open: 0, depth: 0, deepest: 0, refusals: Vec::new() };
    parser.program()
}

type Parsed<T> = Result<T, Refusal>;

struct Parser<'s> {
    source: &'s str,
    pieces: &'s [Piece],
    dialect: Dialect,
    /// The piece to read next; never behind the last one, which is the end.
    next: usize,
    /// How many parentheses are open: within them a line end is nothing.
    open: usize,
    /// How deep the formula nests here.
    depth: usize,
    /// The deepest place of the part of a formula that is being read.
    deepest: usize,
    refusals: Vec<Refusal>,
}

/// Words that name nothing, in lower case only, as libantimony has it.
const RESERVED: [&str; 31] = [
    "DNA",
    "after",
    "and",
    "at",
    "compartment",
    "const",
    "constraint",
    "delete",
    "end",
    "event",
    "ext",
    "formula",
    "function",
    "gene",
    "has",
    "import",
    "in",
    "is",
    "maximize",
    "minimize",
    "model",
    "module",
    "not",
    "operator",
    "or",
    "reaction",
    "species",
    "substanceOnly",
    "unit",
    "var",
    "xor",
];

/// Whether a name is a word of the language; `true` and `false` are in any case.
fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || name.eq_ignore_ascii_case("true") || name.eq_ignore_ascii_case("false")
}

impl<'s> Parser<'s> {
    fn program(mut self) -> Result<Program, Refusals> {
        let mut functions: Vec<Function> = Vec::new();
        let mut models: Vec<ModelText> = Vec::new();
        // The models and functions so far, for the titles behind them: none for a function.
        let mut titled: BTreeMap<Box<str>, Option<usize>> = BTreeMap::new();
        let mut outside: Option<usize> = None;
        loop {
            self.skip_ends();
            if matches!(self.token(), Token::End) || self.refusals.len() >= MOST_REFUSALS {
                break;
            }
            if self.is_word("function") && !self.is_given_a_value() {
                if let Some(function) = self.function() {
                    titled.insert(function.name.text.clone(), None);
                    functions.push(function);
                }
            } else if (self.is_word("model") || self.is_word("module")) && !self.is_remark() && !self.is_given_a_value() {
                let model = self.model();
                if let Some(name) = &model.name {
                    titled.insert(name.text.clone(), Some(models.len()));
                }
                models.push(model);
            } else if self.is_word("end") && !self.is_given_a_value() {
                self.refuse(Why::StrayEnd, self.at());
                self.next += 1;
            } else {
                let mut statements = Vec::new();
                self.statement_or_refusal(&mut statements);
                statements.retain(|statement| match &statement.what {
                    What::Is { name, text } => match titled.get(&name.text) {
                        Some(place) => {
                            if let Some(model) = place.and_then(|place| models.get_mut(place)) {
                                model.title = Some(text.clone());
                            }
                            false
                        }
                        None => true,
                    },
                    _ => true,
                });
                if statements.is_empty() {
                    continue;
                }
                let place = *outside.get_or_insert(models.len());
                if place == models.len() {
                    models.push(ModelText { name: None, is_main: false, ports: Vec::new(), statements: Vec::new(), title: None });
                }
                if let Some(model) = models.get_mut(place) {
                    model.statements.append(&mut statements);
                }
            }
        }
        match Refusals::of(self.refusals) {
            Some(refusals) => Err(refusals),
            None => Ok(Program { functions, models }),
        }
    }

    /// `function name(parameters) body end`; none if it was refused.
    fn function(&mut self) -> Option<Function> {
        let word = self.pass();
        match self.function_behind(word) {
            Ok(function) => Some(function),
            Err(refusal) => {
                self.refusals.push(refusal);
                self.give_up();
                // Its rest is no model: on to its end, or to whatever begins on a line of its own.
                while !matches!(self.token(), Token::End)
                    && !["end", "model", "module", "function"].iter().any(|word| self.is_word(word))
                {
                    self.next += 1;
                }
                if self.is_word("end") {
                    self.next += 1;
                }
                None
            }
        }
    }

    fn function_behind(&mut self, word: At) -> Parsed<Function> {
        let name = self.name("the name of the function")?;
        self.mark(Mark::Open, "`(`")?;
        let parameters = self.plain_names()?;
        self.skip_ends();
        let body = self.expression()?;
        self.skip_ends();
        match self.token() {
            Token::Name if self.is_word("end") => self.next += 1,
            Token::End => return Err(Refusal { at: word, why: Why::MissingEnd }),
            _ => return Err(self.misplaced("`end`")),
        }
        Ok(Function { name, parameters, body })
    }

    /// `model *name(ports) statements end`. What is refused inside leaves a model that nobody will see.
    fn model(&mut self) -> ModelText {
        let word = self.pass();
        let is_main = self.take(Mark::Star);
        let mut model = ModelText { name: None, is_main, ports: Vec::new(), statements: Vec::new(), title: None };
        if let Err(refusal) = self.model_head(&mut model) {
            self.refusals.push(refusal);
            self.give_up();
        }
        loop {
            self.skip_ends();
            if matches!(self.token(), Token::End) {
                self.refuse(Why::MissingEnd, word);
                break;
            }
            if self.refusals.len() >= MOST_REFUSALS {
                break;
            }
            if self.is_word("end") && !self.is_given_a_value() {
                self.next += 1;
                break;
            }
            self.statement_or_refusal(&mut model.statements);
        }
        model
    }

    fn model_head(&mut self, model: &mut ModelText) -> Parsed<()> {
        model.name = Some(self.name("the name of the model")?);
        if self.take(Mark::Open) {
            model.ports = self.plain_names()?;
        }
        Ok(())
    }

    /// `a, b)`, behind the opening parenthesis: names without dots.
    fn plain_names(&mut self) -> Parsed<Vec<Name>> {
        let names = self.names_to_close()?;
        match names.iter().find(|name| name.text.contains('.')) {
            Some(name) => Err(Refusal { at: name.at, why: Why::Dotted { name: quoted(&name.text) } }),
            None => Ok(names),
        }
    }

    /// `a, b)`, behind the opening parenthesis.
    fn names_to_close(&mut self) -> Parsed<Vec<Name>> {
        self.open += 1;
        let mut names = Vec::new();
        self.skip_lines();
        if !self.is_mark(Mark::Close) {
            loop {
                self.skip_lines();
                if matches!(self.token(), Token::Number(_)) {
                    return Err(Refusal { at: self.at(), why: Why::NumberPort });
                }
                names.push(self.name("a name")?);
                self.skip_lines();
                if !self.take(Mark::Comma) {
                    break;
                }
            }
        }
        self.mark(Mark::Close, "`,` or `)`")?;
        self.open -= 1;
        Ok(names)
    }

    fn name(&mut self, expected: &'static str) -> Parsed<Name> {
        match self.token() {
            Token::Name if is_reserved(self.text()) => {
                Err(Refusal { at: self.at(), why: Why::Reserved { word: quoted(self.text()) } })
            }
            Token::Name => Ok(Name { text: self.text().into(), at: self.pass() }),
            _ => Err(self.misplaced(expected)),
        }
    }

    fn mark(&mut self, mark: Mark, expected: &'static str) -> Parsed<()> {
        if self.take(mark) { Ok(()) } else { Err(self.misplaced(expected)) }
    }

    fn take(&mut self, mark: Mark) -> bool {
        let is_there = self.is_mark(mark);
        self.next += usize::from(is_there);
        is_there
    }

    fn is_mark(&self, mark: Mark) -> bool {
        *self.token() == Token::Mark(mark)
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        *self.token_at(ahead) == Token::Name && self.text_at(ahead) == word
    }

    /// Whether `x notes "text"` is next, whatever the second word: it says something about a name, and is dropped.
    fn is_remark(&self) -> bool {
        let is_of = !is_reserved(self.text()) || self.is_word("model") || self.is_word("module");
        let is_word = *self.token_at(1) == Token::Name && !is_reserved(self.text_at(1));
        *self.token() == Token::Name && is_of && is_word && *self.token_at(2) == Token::Text
    }

    /// Whether the word that is next is used as a name: `reaction = 0.5`.
    fn is_given_a_value(&self) -> bool {
        matches!(self.token_at(1), Token::Mark(Mark::Equals | Mark::Becomes | Mark::Prime))
    }

    fn token(&self) -> &'s Token {
        self.token_at(0)
    }

    fn token_at(&self, ahead: usize) -> &'s Token {
        self.pieces.get(self.next + ahead).map_or(&Token::End, |piece| &piece.token)
    }

    /// The place of the next piece.
    fn at(&self) -> At {
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        self.pieces.get(self.next).map_or(At { start: end, end }, |piece| piece.at)
    }

    /// Whether a line end was just passed over.
    fn is_on_new_line(&self) -> bool {
        let last = self.next.checked_sub(1).and_then(|last| self.pieces.get(last));
        last.is_some_and(|piece| matches!(piece.token, Token::LineEnd(_)))
    }

    /// Where the piece before the next one ends.
    fn end_of_last(&self) -> u32 {
        self.next.checked_sub(1).and_then(|last| self.pieces.get(last)).map_or(0, |piece| piece.at.end)
    }

    /// The next piece as written.
    fn text(&self) -> &'s str {
        self.text_at(0)
    }

    fn text_at(&self, ahead: usize) -> &'s str {
        self.pieces.get(self.next + ahead).map_or("", |piece| self.written(piece.at))
    }

    fn written(&self, at: At) -> &'s str {
        self.source.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    /// Moves over the next piece, and gives its place.
    fn pass(&mut self) -> At {
        let at = self.at();
        self.next = (self.next + 1).min(self.pieces.len());
        at
    }

    /// Moves over line ends: behind a sign that needs more, or within parentheses.
    fn skip_lines(&mut self) {
        while matches!(self.token(), Token::LineEnd(_)) {
            self.next += 1;
        }
    }

    /// Moves over ends of statements.
    fn skip_ends(&mut self) {
        while matches!(self.token(), Token::LineEnd(_) | Token::Mark(Mark::Semicolon)) {
            self.next += 1;
        }
    }

    /// Whether a statement ends here.
    fn is_at_end(&self) -> bool {
        matches!(self.token(), Token::LineEnd(_) | Token::Mark(Mark::Semicolon) | Token::End)
    }

    fn refuse(&mut self, why: Why, at: At) {
        self.refusals.push(Refusal { at, why });
    }

    /// Leaves a statement that was refused: up to its end, or to an `end` on its line.
    fn give_up(&mut self) {
        (self.open, self.depth, self.deepest) = (0, 0, 0);
        while !self.is_at_end() && (!self.is_word("end") || self.is_given_a_value()) {
            self.next += 1;
        }
    }

    /// Why the next piece cannot stand where `expected` was to stand.
    fn misplaced(&self, expected: &'static str) -> Refusal {
        let why = match self.token() {
            Token::Wrong(why) => why.clone(),
            Token::Mark(Mark::Arrow) => Why::Reaction,
            Token::Mark(Mark::Dashes) => Why::Dna,
            Token::Link if self.dialect == Dialect::Antimony => Why::NeedsResonote { what: "`[[note]]`" },
            Token::Link => Why::Link,
            Token::LineEnd(_) => Why::Expected { expected, found: Found::LineEnd },
            Token::End => Why::Expected { expected, found: Found::End },
            Token::Text => Why::Expected { expected, found: Found::Text },
            Token::Name | Token::Number(_) | Token::Mark(_) => {
                Why::Expected { expected, found: Found::Written(quoted(self.text())) }
            }
        };
        Refusal { at: self.at(), why }
    }
}
