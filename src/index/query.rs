//! What a person asked for, read: a tree of words, phrases and conditions.
//!
//! A query that does not read is an error that points at its column; it never silently means something else. A plain query
//! has no signs at all. What stands here says what belongs together; which notes fulfil a condition on links, tags or paths
//! is for others to say, and so is what a word is.

mod parse;
#[cfg(test)]
mod tests;
mod within;

pub use within::{Within, plain};

use super::words::is_gram;

/// A query, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    root: Clause,
    conditions: Vec<Condition>,
    completes: bool,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// What was typed between two blanks. Several words in it, as in `well-known` or Chinese, belong together like a phrase.
    Words(Piece),
    /// Words that follow one another as written.
    Phrase(Piece),
    /// The condition of this number.
    Condition(usize),
    /// What must not hold.
    Not(Box<Clause>),
    /// All of these must hold.
    All(Vec<Clause>),
    /// One of these must hold.
    Any(Vec<Clause>),
    /// Words that rank: each raises a note, and one of them is enough. What else stands among them must hold, all of it; if
    /// there is a phrase, a line, a section or a pattern among it, no word needs to hold.
    Ranked(Vec<Clause>),
}

/// Text as typed, and where. Columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, never without a word.
    pub text: Box<str>,
    /// Where it begins.
    pub column: usize,
}

/// A condition that the words of a note alone do not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What has to be.
    pub what: What,
    /// Where it stands; 0 for one that a flag said.
    pub column: usize,
}

/// What has to be. Texts are held against others in any letter case, accents aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The file's name holds this text.
    File(Box<str>),
    /// The note's path holds this text.
    Path(Box<str>),
    /// The note has this tag, or one below it.
    Tag(Box<str>),
    /// The note has this property; one of its values holds this text, if there is one.
    Property(Box<str>, Option<Box<str>>),
    /// The note links to the concept of this name.
    LinksTo(Box<str>),
    /// The concept of this name links to it.
    LinkedFrom(Box<str>),
    /// The note carries a model whose name or title holds this text; any model for an empty one.
    Model(Box<str>),
    /// Nobody wrote the concept yet, and its name holds this text; any such for an empty one.
    Wanted(Box<str>),
    /// One line of the note's text holds this. No conditions but patterns are inside.
    Line(Box<Clause>),
    /// One section of the note, from one heading to the next, holds this. No conditions but patterns are inside.
    Section(Box<Clause>),
    /// The note's text holds a match of this regular expression.
    Pattern(Box<str>),
}

impl What {
    /// Whether it speaks of the note's text.
    pub fn is_of_text(&self) -> bool {
        matches!(self, What::Line(_) | What::Section(_) | What::Pattern(_))
    }
}

/// A leaf of a query, to be answered yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf<'q> {
    /// Whether the text holds these words, whatever their endings.
    Words(&'q Piece),
    /// Whether the text holds these words as written.
    Phrase(&'q Piece),
    /// Whether the condition of this number holds.
    Condition(usize),
}

/// Why a query does not read. Columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Nothing to look for is in it.
    #[error("the query holds no word")]
    Empty,
    /// A quote opens and does not close.
    #[error("the quote at column {column} is not closed")]
    OpenQuote {
        /// Where it opens.
        column: usize,
    },
    /// A bracket opens and does not close.
    #[error("the bracket at column {column} is not closed")]
    OpenBracket {
        /// Where it opens.
        column: usize,
    },
    /// A parenthesis opens and does not close.
    #[error("the parenthesis at column {column} is not closed")]
    OpenGroup {
        /// Where it opens.
        column: usize,
    },
    /// A parenthesis closes, and none is open.
    #[error("the parenthesis at column {column} closes none")]
    NoGroup {
        /// Where it stands.
        column: usize,
    },
    /// Nothing to look for stands in parentheses.
    #[error("the parenthesis at column {column} holds no word")]
    EmptyGroup {
        /// Where it opens.
        column: usize,
    },
    /// Parentheses in parentheses, and so on.
    #[error("the parenthesis at column {column} stands in {most} others")]
    TooDeep {
        /// How deep they may go.
        most: usize,
        /// Where the one stands that is too deep.
        column: usize,
    },
    /// Nothing to look for stands on one side of it.
    #[error("`OR` at column {column} has nothing on one side")]
    LoneOr {
        /// Where it stands.
        column: usize,
    },
    /// An operator without the text it asks for.
    #[error("`{operator}` at column {column} does not say what to look for")]
    NoArgument {
        /// The operator.
        operator: String,
        /// Where it stands.
        column: usize,
    },
    /// Brackets without a property.
    #[error("the bracket at column {column} names no property")]
    NoProperty {
        /// Where it opens.
        column: usize,
    },
    /// A sign that has a meaning, and none in the argument of this operator.
    #[error("`{sign}` at column {column} cannot stand in `{operator}`")]
    NotInside {
        /// The sign.
        sign: String,
        /// The operator.
        operator: &'static str,
        /// Where the sign stands.
        column: usize,
    },
    /// A regular expression that does not read.
    #[error("the regular expression at column {column} does not read: {why}")]
    Pattern {
        /// What is wrong with it.
        why: String,
        /// Where it begins.
        column: usize,
    },
    /// More lines, sections and regular expressions than a question has.
    #[error("the query asks for more than {most} lines, sections and regular expressions")]
    TooManyReadings {
        /// How many are read.
        most: usize,
    },
    /// A sign that has a meaning in other tools, and none here.
    #[error("`{sign}` at column {column} is no operator here")]
    NoOperator {
        /// The sign.
        sign: String,
        /// Where it stands.
        column: usize,
    },
    /// A word longer than any that notes are searched for.
    #[error("the word at column {column} is longer than {most} bytes")]
    LongWord {
        /// How long a word may be.
        most: usize,
        /// Where it begins.
        column: usize,
    },
    /// More words than a question has.
    #[error("the query holds more than {most} words")]
    TooLong {
        /// How many are read.
        most: usize,
    },
}

/// The most words that are read, conditions among them.
const MOST_WORDS: usize = 1_000;

/// How deep parentheses may go.
const MOST_DEEP: usize = 50;

/// The most lines, sections and regular expressions: each is asked of every line of the notes that may fulfil it.
const MOST_READINGS: usize = 20;

impl Query {
    /// Reads a query in which every sign is just a sign.
    ///
    /// # Errors
    /// When it holds no word, or far too many.
    pub fn plain(text: &str) -> Result<Query, QueryError> {
        parse::plain(text)
    }

    /// Reads a query with its signs.
    ///
    /// # Errors
    /// When it holds nothing to look for, far too much, or a sign stands where it has no meaning.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        parse::parse(text)
    }

    /// A query that nothing fulfils: of no words at all.
    pub fn empty() -> Query {
        Query { root: Clause::Ranked(Vec::new()), conditions: Vec::new(), completes: false }
    }

    /// The same query, with conditions that have to hold as well.
    pub fn and(mut self, whats: impl IntoIterator<Item = What>) -> Query {
        let first = self.conditions.len();
        self.conditions.extend(whats.into_iter().map(|what| Condition { what, column: 0 }));
        let added = (first..self.conditions.len()).map(Clause::Condition);
        match &mut self.root {
            Clause::Ranked(parts) | Clause::All(parts) => parts.extend(added),
            _ if first == self.conditions.len() => {}
            root => {
                let first = std::mem::replace(root, Clause::Ranked(Vec::new()));
                *root = Clause::All(std::iter::once(first).chain(added).collect());
            }
        }
        self
    }

    /// The same query, which has to hold in one line as well, as `line:(text)` would say it.
    ///
    /// # Errors
    /// When the text does not read as the argument of `line:`. Columns count in it.
    pub fn and_line(self, text: &str) -> Result<Query, QueryError> {
        let (inside, conditions) = parse::inside(text, true, self.conditions)?;
        Ok(Query { conditions, ..self }.and([What::Line(Box::new(inside))]))
    }

    /// The same query, which has to hold in one section as well, as `section:(text)` would say it.
    ///
    /// # Errors
    /// When the text does not read as the argument of `section:`. Columns count in it.
    pub fn and_section(self, text: &str) -> Result<Query, QueryError> {
        let (inside, conditions) = parse::inside(text, false, self.conditions)?;
        Ok(Query { conditions, ..self }.and([What::Section(Box::new(inside))]))
    }

    /// What it asks besides the words and phrases side by side in it, its conditions by the same numbers; none if that is
    /// nothing.
    pub fn without_words(&self) -> Option<Query> {
        let (Clause::Ranked(parts) | Clause::All(parts)) = &self.root else { return Some(self.clone()) };
        let parts = parts.iter().filter(|part| !matches!(part, Clause::Words(_) | Clause::Phrase(_))).cloned();
        let parts: Vec<Clause> = parts.collect();
        (!parts.is_empty()).then(|| Query { root: Clause::All(parts), ..self.clone() })
    }

    /// The words and phrases side by side in it, and nothing else that it asks; none if it asks nothing else, or there are
    /// none.
    pub fn words_alone(&self) -> Option<Query> {
        let (Clause::Ranked(parts) | Clause::All(parts)) = &self.root else { return None };
        let is_text = |part: &&Clause| matches!(part, Clause::Words(_) | Clause::Phrase(_));
        let texts: Vec<Clause> = parts.iter().filter(is_text).cloned().collect();
        (!texts.is_empty() && texts.len() < parts.len()).then(|| Query {
            root: Clause::Ranked(texts),
            completes: self.last_typed().is_some() && self.completes,
            ..Query::empty()
        })
    }

    /// A query that nothing fulfils.
    pub fn none() -> Query {
        Query { root: Clause::Any(Vec::new()), ..Query::empty() }
    }

    /// The whole of it.
    pub fn root(&self) -> &Clause {
        &self.root
    }

    /// Its conditions, by number.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        matches!(&self.root, Clause::Ranked(parts) | Clause::All(parts) | Clause::Any(parts) if parts.is_empty())
    }

    /// The same query, its last word a beginning of words: all that begin so are meant.
    pub fn completing(self) -> Query {
        Query { completes: true, ..self }
    }

    /// Whether this word of it is a beginning of words: the last that was typed, where nothing but what closes groups stands
    /// behind it. What flags say is not typed behind it.
    pub fn is_begun(&self, piece: &Piece) -> bool {
        self.completes && self.last_typed().is_some_and(|last| last.text == piece.text)
    }

    /// The word that was typed last, if what was typed last is a word.
    fn last_typed(&self) -> Option<&Piece> {
        let mut last: (usize, Option<&Piece>) = (0, None);
        let mut todo = vec![(&self.root, true)];
        while let Some((clause, is_wanted)) = todo.pop() {
            let here = match clause {
                Clause::Words(piece) => (piece.column, is_wanted.then_some(piece)),
                Clause::Phrase(piece) => (piece.column, None),
                Clause::Condition(number) => (self.conditions.get(*number).map_or(0, |it| it.column), None),
                Clause::Not(part) => {
                    todo.push((part, false));
                    continue;
                }
                Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => {
                    todo.extend(parts.iter().map(|part| (part, is_wanted)));
                    continue;
                }
            };
            last = if here.0 > last.0 { here } else { last };
        }
        last.1
    }

    /// The same query with other texts for the words that raise a note; phrases, and what must not be there, stay. `other`
    /// takes the words that stand side by side; what it gives back takes their place.
    pub(crate) fn with_words(&self, other: &dyn Fn(Vec<Piece>) -> Vec<Piece>) -> Query {
        let mut query = self.clone();
        rewrite(&mut query.root, other);
        for condition in &mut query.conditions {
            if let What::Line(inside) | What::Section(inside) = &mut condition.what {
                rewrite(inside, other);
            }
        }
        query
    }

    /// The words that raise a note, those in lines and sections among them, as they stand side by side, in order; with
    /// whether they stand in the query as typed, and not in a flag.
    pub(crate) fn runs(&self) -> Vec<(Vec<&Piece>, bool)> {
        let mut runs = Vec::new();
        self.collect_runs(&self.root, true, &mut runs);
        runs
    }

    fn collect_runs<'q>(&'q self, clause: &'q Clause, is_typed: bool, runs: &mut Vec<(Vec<&'q Piece>, bool)>) {
        match clause {
            Clause::Words(piece) => runs.push((vec![piece], is_typed)),
            Clause::Phrase(_) | Clause::Not(_) => {}
            Clause::Condition(number) => {
                let Some(condition) = self.conditions.get(*number) else { return };
                if let What::Line(inside) | What::Section(inside) = &condition.what {
                    self.collect_runs(inside, is_typed && condition.column > 0, runs);
                }
            }
            Clause::Any(parts) => parts.iter().for_each(|part| self.collect_runs(part, is_typed, runs)),
            Clause::All(parts) | Clause::Ranked(parts) => {
                for side_by_side in parts.chunk_by(|a, b| is_word(a) && is_word(b)) {
                    let of_words =
                        side_by_side.iter().map(|part| if let Clause::Words(piece) = part { Some(piece) } else { None });
                    match of_words.collect() {
                        Some(pieces) => runs.push((pieces, is_typed)),
                        None => side_by_side.iter().for_each(|part| self.collect_runs(part, is_typed, runs)),
                    }
                }
            }
        }
    }

    /// The words and phrases that raise a note, those in lines and sections among them, each once, in order; with whether it
    /// is a phrase.
    pub fn pieces(&self) -> Vec<(&Piece, bool)> {
        let mut pieces: Vec<(&Piece, bool)> = Vec::new();
        self.collect(&self.root, &mut pieces);
        pieces
    }

    fn collect<'q>(&'q self, clause: &'q Clause, pieces: &mut Vec<(&'q Piece, bool)>) {
        let mut add = |piece: &'q Piece, is_phrase| {
            if !pieces.iter().any(|(known, phrase)| known.text == piece.text && *phrase == is_phrase) {
                pieces.push((piece, is_phrase));
            }
        };
        match clause {
            Clause::Words(piece) => add(piece, false),
            Clause::Phrase(piece) => add(piece, true),
            Clause::Condition(number) => {
                if let Some(What::Line(inside) | What::Section(inside)) = self.conditions.get(*number).map(|it| &it.what) {
                    self.collect(inside, pieces);
                }
            }
            Clause::Not(_) => {}
            Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => {
                parts.iter().for_each(|part| self.collect(part, pieces));
            }
        }
    }

    /// The regular expressions that a note is to match, those in lines and sections among them.
    pub(crate) fn patterns(&self) -> Vec<&str> {
        let (mut patterns, mut todo) = (Vec::new(), vec![&self.root]);
        while let Some(clause) = todo.pop() {
            match clause {
                Clause::Words(_) | Clause::Phrase(_) | Clause::Not(_) => {}
                Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => todo.extend(parts),
                Clause::Condition(number) => match self.conditions.get(*number).map(|condition| &condition.what) {
                    Some(What::Pattern(expression)) => patterns.push(&**expression),
                    Some(What::Line(inside) | What::Section(inside)) => todo.push(inside),
                    _ => {}
                },
            }
        }
        patterns
    }

    /// What a person may have typed as a name: words and phrases side by side, without the conditions around them; none where
    /// the query says more of its words than that.
    pub fn name(&self) -> Option<String> {
        let (Clause::Ranked(parts) | Clause::All(parts)) = &self.root else { return None };
        let (mut name, mut last) = (String::new(), None::<&Piece>);
        for part in parts {
            match part {
                Clause::Words(piece) | Clause::Phrase(piece) => {
                    // Pairs of characters of one run share one.
                    let first = piece.text.chars().next().filter(|c| is_gram(*c));
                    let is_next = |last: &Piece| last.column + 1 == piece.column && last.text.chars().next_back() == first;
                    match last.replace(piece) {
                        Some(last) if first.is_some() && is_next(last) => name.extend(piece.text.chars().skip(1)),
                        Some(_) => name.extend([" ", &piece.text]),
                        None => name.push_str(&piece.text),
                    }
                }
                Clause::Condition(_) | Clause::Not(_) => {}
                Clause::All(_) | Clause::Any(_) | Clause::Ranked(_) => return None,
            }
        }
        last.map(|_| name)
    }

    /// Whether something fulfils a part of this query, told by what it says to each leaf.
    pub fn holds(&self, clause: &Clause, leaf: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        match clause {
            Clause::Words(piece) => leaf(Leaf::Words(piece)),
            Clause::Phrase(piece) => leaf(Leaf::Phrase(piece)),
            Clause::Condition(number) => leaf(Leaf::Condition(*number)),
            Clause::Not(part) => !self.holds(part, leaf),
            Clause::All(parts) => parts.iter().all(|part| self.holds(part, leaf)),
            Clause::Any(parts) => parts.iter().any(|part| self.holds(part, leaf)),
            Clause::Ranked(parts) => {
                let (words, others): (Vec<_>, Vec<_>) = parts.iter().partition(|part| matches!(part, Clause::Words(_)));
                others.iter().all(|part| self.holds(part, leaf))
                    && (words.is_empty()
                        || others.iter().any(|part| self.is_of_text(part))
                        || words.iter().any(|part| self.holds(part, leaf)))
            }
        }
    }

    /// Whether a part asks for text that a note must hold.
    pub(crate) fn is_of_text(&self, clause: &Clause) -> bool {
        match clause {
            Clause::Words(_) | Clause::Phrase(_) => true,
            Clause::Condition(number) => self.conditions.get(*number).is_some_and(|condition| condition.what.is_of_text()),
            Clause::Not(_) => false,
            Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => parts.iter().any(|part| self.is_of_text(part)),
        }
    }
}

fn is_word(clause: &Clause) -> bool {
    matches!(clause, Clause::Words(_))
}

fn rewrite(clause: &mut Clause, other: &dyn Fn(Vec<Piece>) -> Vec<Piece>) {
    match clause {
        Clause::Words(piece) => other(vec![piece.clone()]).into_iter().for_each(|it| *piece = it),
        Clause::Phrase(_) | Clause::Condition(_) | Clause::Not(_) => {}
        Clause::Any(parts) => parts.iter_mut().for_each(|part| rewrite(part, other)),
        Clause::All(parts) | Clause::Ranked(parts) => {
            let (mut done, mut words) = (Vec::new(), Vec::new());
            for mut part in std::mem::take(parts) {
                if let Clause::Words(piece) = part {
                    words.push(piece);
                    continue;
                }
                done.extend(other(std::mem::take(&mut words)).into_iter().map(Clause::Words));
                rewrite(&mut part, other);
                done.push(part);
            }
            done.extend(other(words).into_iter().map(Clause::Words));
            *parts = done;
        }
    }
}
