//! From signs to a query: quotes, minus, OR, groups, operators, regular expressions.
//!
//! One pass from left to right, in time proportional to the text; what goes deep or on for too long is refused as soon as it does.

use super::super::words::{LONGEST_WORD, Word, words};
use super::{Clause, Condition, MOST_DEEP, MOST_READINGS, MOST_WORDS, Piece, Query, QueryError, What};
use crate::note::Pattern;

/// A word with a colon that says what stands behind it.
struct Operator {
    /// As it is written.
    sign: &'static str,
    asks: Asks,
}

/// What stands behind an operator.
enum Asks {
    /// Names or texts, each a condition of its own.
    Names(fn(Box<str>) -> What),
    /// Words that are looked for in a part of a note.
    Text(fn(Box<Clause>) -> What),
}

const LINE: Operator = Operator { sign: "line:", asks: Asks::Text(What::Line) };
const SECTION: Operator = Operator { sign: "section:", asks: Asks::Text(What::Section) };

static OPERATORS: [Operator; 9] = [
    Operator { sign: "file:", asks: Asks::Names(What::File) },
    Operator { sign: "path:", asks: Asks::Names(What::Path) },
    Operator { sign: "tag:", asks: Asks::Names(What::Tag) },
    Operator { sign: "links-to:", asks: Asks::Names(What::LinksTo) },
    Operator { sign: "linked-from:", asks: Asks::Names(What::LinkedFrom) },
    Operator { sign: "model:", asks: Asks::Names(What::Model) },
    Operator { sign: "wanted:", asks: Asks::Names(What::Wanted) },
    LINE,
    SECTION,
];

/// Operators of Obsidian that mean nothing here. Other words with a colon are words.
const ELSEWHERE: [&str; 7] = ["block:", "content:", "ignore-case:", "match-case:", "task:", "task-done:", "task-todo:"];

impl Operator {
    fn is_of_links(&self) -> bool {
        matches!(self.sign, "links-to:" | "linked-from:")
    }
}

/// Whether it asks for nothing at all. Any model and any wanted name can be asked for, by no name.
fn is_nothing(what: &What) -> bool {
    match what {
        What::File(text) | What::Path(text) | What::Tag(text) | What::LinksTo(text) | What::LinkedFrom(text) => text.is_empty(),
        _ => false,
    }
}

/// Reads a query with its signs.
pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut reader = Reader::of(text, Vec::new());
    let alternatives = reader.alternatives(None, None)?;
    let root = match <[Vec<Clause>; 1]>::try_from(alternatives) {
        Ok([parts]) if !reader.is_strict => Clause::Ranked(reader.loosened(parts)?),
        Ok([parts]) => match <[Clause; 1]>::try_from(parts) {
            Ok([group @ (Clause::All(_) | Clause::Any(_))]) => group,
            Ok([part]) => Clause::All(vec![part]),
            Err(parts) => Clause::All(parts),
        },
        Err(alternatives) => one_of(alternatives),
    };
    let query = Query { root, conditions: reader.conditions, completes: false };
    if query.is_empty() { Err(QueryError::Empty) } else { Ok(query) }
}

/// Reads what a line or a section must hold; `conditions` are those there are already, and come back with those inside.
pub(super) fn inside(text: &str, is_line: bool, conditions: Vec<Condition>) -> Result<(Clause, Vec<Condition>), QueryError> {
    let mut reader = Reader::of(text, conditions);
    let operator = if is_line { &LINE } else { &SECTION };
    let alternatives = reader.alternatives(Some(operator), None)?;
    let is_empty = alternatives.iter().all(Vec::is_empty);
    if is_empty { Err(QueryError::Empty) } else { Ok((one_of(alternatives), reader.conditions)) }
}

/// Reads a query in which every sign is just a sign.
pub(super) fn plain(text: &str) -> Result<Query, QueryError> {
    let mut reader = Reader::of(text, Vec::new());
    let mut parts: Vec<Clause> = Vec::new();
    loop {
        reader.skip_blanks();
        if reader.rest.is_empty() {
            break;
        }
        let column = reader.column;
        let word = reader.take(reader.rest.find(is_blank).unwrap_or(reader.rest.len()));
        parts.extend(reader.piece(word, column)?.map(Clause::Words));
    }
    let parts = reader.loosened(parts)?;
    if parts.is_empty() { Err(QueryError::Empty) } else { Ok(Query { root: Clause::Ranked(parts), ..Query::empty() }) }
}

/// One of these, of each all.
fn one_of(alternatives: Vec<Vec<Clause>>) -> Clause {
    let all = |parts: Vec<Clause>| match <[Clause; 1]>::try_from(parts) {
        Ok([part]) => part,
        Err(parts) => Clause::All(parts),
    };
    let alternatives: Vec<Clause> = alternatives.into_iter().map(all).collect();
    match <[Clause; 1]>::try_from(alternatives) {
        Ok([only]) => only,
        Err(alternatives) => Clause::Any(alternatives),
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Whether a word ends where this begins.
fn ends_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(|c| is_blank(c) || c == ')')
}

/// Where the first such sign stands that has no backslash before it.
fn end_of(text: &str, sign: char) -> Option<usize> {
    let mut is_escaped = false;
    text.find(|c: char| {
        let is_it = c == sign && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_it
    })
}

/// What was typed between two blanks, as the words it is made of, where nothing but them has to be found. Commas, slashes and
/// apostrophes stand between words; of those at apostrophes, endings and articles (`dopamine's`, `l'oiseau`) say nothing. A
/// script without blanks writes whole questions as one word: from four characters on each pair counts for itself. What a
/// hyphen joins stays together.
fn loose(piece: Piece) -> Vec<Piece> {
    let is_apostrophe = |c: char| matches!(c, '\'' | '\u{2019}' | '\u{2BC}');
    let is_between = |c: char| matches!(c, ',' | ';' | '/' | '|') || is_apostrophe(c);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let mut loose = Vec::new();
    let mut add = |text: &str, from: usize| {
        if words(text).next().is_some() {
            let column = piece.column + piece.text[..from].chars().count();
            loose.push(Piece { text: text.into(), column });
        }
    };
    let (mut from, mut is_by_apostrophe) = (0, false);
    let has_long = piece.text.split(is_between).any(|text| letters(text) > 2);
    for text in piece.text.split_inclusive(is_between) {
        let sign = text.chars().next_back().filter(|c| is_between(*c));
        let word = &text[..text.len() - sign.map_or(0, char::len_utf8)];
        let is_at_apostrophe = is_by_apostrophe || sign.is_some_and(is_apostrophe);
        if !has_long || !is_at_apostrophe || letters(word) > 2 {
            let grams: Vec<Word> = words(word).filter(|it| it.is_gram).collect();
            let is_run = |of: &[Word]| of.len() >= LONG_RUN;
            let mut ended = 0;
            for run in grams.chunk_by(|a, b| a.pair.as_ref().is_some_and(|pair| pair.end == b.range.end)).filter(|it| is_run(it))
            {
                add(&word[ended..run[0].range.start], from + ended);
                for pair in run[..run.len() - 1].iter().filter_map(|it| it.pair.clone()) {
                    add(&word[pair.clone()], from + pair.start);
                }
                ended = run[run.len() - 1].range.end;
            }
            add(&word[ended..], from + ended);
        }
        from += text.len();
        is_by_apostrophe = sign.is_some_and(is_apostrophe);
    }
    // Signs and short words alone, as in `it's`, stay as they are.
    if has_long { loose } else { vec![piece] }
}

/// So many characters of a script without blanks are more than one word.
const LONG_RUN: usize = 4;

/// A query being read, from left to right.
struct Reader<'t> {
    rest: &'t str,
    /// Where the rest begins, in characters from 1.
    column: usize,
    conditions: Vec<Condition>,
    /// How many words, phrases and conditions there are by now, and how many of them take notes to be read again.
    words: usize,
    readings: usize,
    /// How many parentheses are open.
    depth: usize,
    /// Whether an OR or a group stands outside of operators.
    is_strict: bool,
    /// Typographic quotes that open and do not close: another of these further on does not either.
    unclosed: Vec<char>,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str, conditions: Vec<Condition>) -> Reader<'t> {
        let words = conditions.len();
        let readings = conditions.iter().filter(|condition| condition.what.is_of_text()).count();
        Reader { rest: text, column: 1, conditions, words, readings, depth: 0, is_strict: false, unclosed: Vec::new() }
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.column += taken.chars().count();
        taken
    }

    fn skip_blanks(&mut self) {
        self.take(self.rest.len() - self.rest.trim_start_matches(is_blank).len());
    }

    /// What stands up to the parenthesis that closes the one at `opened`, or to the end: parts side by side, with OR
    /// between. `of` is the operator whose argument it is. Empty only where nothing to look for is in it.
    fn alternatives(&mut self, of: Option<&Operator>, opened: Option<usize>) -> Result<Vec<Vec<Clause>>, QueryError> {
        let (mut alternatives, mut parts) = (Vec::new(), Vec::new());
        let mut last_or = None;
        loop {
            self.skip_blanks();
            let column = self.column;
            match (self.rest.chars().next(), opened) {
                (None, Some(column)) => return Err(QueryError::OpenGroup { column }),
                (Some(')'), None) => return Err(QueryError::NoGroup { column }),
                (None | Some(')'), _) => {
                    if let Some(column) = last_or.filter(|_| parts.is_empty()) {
                        return Err(QueryError::LoneOr { column });
                    }
                    self.take(self.rest.len().min(1));
                    alternatives.push(parts);
                    return Ok(alternatives);
                }
                _ if self.keyword() == Some("OR") => {
                    if parts.is_empty() {
                        return Err(QueryError::LoneOr { column });
                    }
                    self.is_strict |= of.is_none();
                    self.take(2);
                    last_or = Some(column);
                    alternatives.push(std::mem::take(&mut parts));
                }
                _ => parts.extend(self.part(of)?),
            }
        }
    }

    /// The word in capitals that stands here for what it does, not for itself.
    fn keyword(&self) -> Option<&'static str> {
        let ends = |rest: &str| ends_word(rest) || rest.starts_with(['(', '"']);
        ["OR", "AND", "NOT"].into_iter().find(|word| self.rest.strip_prefix(word).is_some_and(ends))
    }

    /// A part with the minus before it, if there is one; none of signs alone.
    fn part(&mut self, of: Option<&Operator>) -> Result<Option<Clause>, QueryError> {
        // An arrow, a rule or a minus by itself leaves nothing out.
        let is_sign = |c: char| is_blank(c) || matches!(c, '-' | '>' | '=' | ')');
        let behind = self.rest.strip_prefix('-').and_then(|rest| rest.chars().next());
        let is_unwanted = behind.is_some_and(|c| !is_sign(c));
        if is_unwanted {
            self.take(1);
        }
        let clause = self.bare_part(of)?;
        Ok(clause.map(|clause| if is_unwanted { Clause::Not(Box::new(clause)) } else { clause }))
    }

    fn bare_part(&mut self, of: Option<&Operator>) -> Result<Option<Clause>, QueryError> {
        let column = self.column;
        match self.keyword() {
            Some("OR") => return Err(QueryError::LoneOr { column }),
            Some(sign) => return Err(QueryError::NoOperator { sign: sign.to_owned(), column }),
            None => {}
        }
        if self.rest.starts_with('(') {
            self.is_strict |= of.is_none();
            return self.group(of).map(Some);
        }
        let is_link = self.rest.starts_with("[[");
        let takes_link = of.is_some_and(Operator::is_of_links);
        if self.rest.starts_with('[') && !(is_link && takes_link) {
            return match of {
                Some(of) => Err(QueryError::NotInside { sign: "[".to_owned(), operator: of.sign, column }),
                None if is_link => Err(QueryError::NoOperator { sign: "[[".to_owned(), column }),
                None => self.property().map(Some),
            };
        }
        let name = self.rest.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'-').count();
        let sign = self.rest.get(..name + 1).filter(|sign| sign.ends_with(':')).unwrap_or_default();
        let operator = OPERATORS.iter().find(|known| known.sign == sign);
        match (operator, of) {
            (Some(_), Some(of)) => Err(QueryError::NotInside { sign: sign.to_owned(), operator: of.sign, column }),
            (Some(operator), None) => self.operator(operator).map(Some),
            (None, _) if ELSEWHERE.contains(&sign) => Err(QueryError::NoOperator { sign: sign.to_owned(), column }),
            (None, Some(operator @ Operator { asks: Asks::Names(what), .. })) => self.name(operator, *what, column).map(Some),
            (None, _) => self.text(),
        }
    }

    /// What stands in parentheses; never empty.
    fn group(&mut self, of: Option<&Operator>) -> Result<Clause, QueryError> {
        let column = self.column;
        if self.depth == MOST_DEEP {
            return Err(QueryError::TooDeep { most: MOST_DEEP, column });
        }
        self.depth += 1;
        self.take(1);
        let alternatives = self.alternatives(of, Some(column))?;
        self.depth -= 1;
        if alternatives.iter().all(Vec::is_empty) {
            return Err(QueryError::EmptyGroup { column });
        }
        Ok(one_of(alternatives))
    }

    /// A word, a phrase or a regular expression; none of signs alone.
    fn text(&mut self) -> Result<Option<Clause>, QueryError> {
        let column = self.column;
        if let Some(text) = self.quoted()? {
            return Ok(self.piece(&text, column)?.map(Clause::Phrase));
        }
        if let Some(expression) = self.expression() {
            if let Err(flaw) = Pattern::new(&expression) {
                return Err(QueryError::Pattern { why: flaw.to_string(), column });
            }
            return self.condition(What::Pattern(expression.into()), column).map(Some);
        }
        let word = self.word();
        Ok(self.piece(word, column)?.map(Clause::Words))
    }

    /// A word up to the next blank or quote, or to the parenthesis that closes a group and not one of its own.
    fn word(&mut self) -> &'t str {
        let mut open = 0;
        let ends = |c: char| match c {
            '(' => {
                open += 1;
                false
            }
            ')' if open > 0 => {
                open -= 1;
                false
            }
            c => is_blank(c) || c == '"' || c == ')',
        };
        self.take(self.rest.find(ends).unwrap_or(self.rest.len()))
    }

    /// What stands in quotes, if they open here. Typographic ones do where they close as well, else they are signs of a sentence.
    fn quoted(&mut self) -> Result<Option<String>, QueryError> {
        let column = self.column;
        let opening = self.rest.chars().next().unwrap_or_default();
        let closing: &[char] = match opening {
            '"' => {
                self.take(1);
                let end = end_of(self.rest, '"').ok_or(QueryError::OpenQuote { column })?;
                let text = self.take(end).replace("\\\"", "\"");
                self.take(1);
                return Ok(Some(text));
            }
            '“' | '”' => &['”'],
            '„' => &['“', '”'],
            '«' => &['»'],
            _ => return Ok(None),
        };
        if self.unclosed.contains(&opening) {
            return Ok(None);
        }
        let Some((text, behind)) = self.rest[opening.len_utf8()..].split_once(closing) else {
            self.unclosed.push(opening);
            return Ok(None);
        };
        self.take(self.rest.len() - behind.len());
        Ok(Some(text.to_owned()))
    }

    /// A regular expression, taken: from a slash to the next, if a word could end there. `/usr/bin` is none.
    fn expression(&mut self) -> Option<String> {
        let end = self.end_of_expression()?;
        self.take(1);
        let expression = self.take(end).replace("\\/", "/");
        self.take(1);
        Some(expression)
    }

    /// How long the regular expression is that begins here, if one does.
    fn end_of_expression(&self) -> Option<usize> {
        let rest = self.rest.strip_prefix('/').filter(|rest| !rest.starts_with(is_blank))?;
        let end = end_of(rest, '/').filter(|end| *end > 0)?;
        ends_word(&rest[end + 1..]).then_some(end)
    }

    /// An operator with what stands behind it.
    fn operator(&mut self, operator: &Operator) -> Result<Clause, QueryError> {
        let column = self.column;
        self.take(operator.sign.len());
        match operator.asks {
            Asks::Names(_) if self.rest.starts_with('(') => self.group(Some(operator)),
            Asks::Names(what) => self.name(operator, what, column),
            Asks::Text(what) => {
                let inside = if ends_word(self.rest) { None } else { self.part(Some(operator))? };
                let none = || QueryError::NoArgument { operator: operator.sign.to_owned(), column };
                self.condition(what(Box::new(inside.ok_or_else(none)?)), column)
            }
        }
    }

    /// One name or text for an operator: in quotes, in the brackets of a link, or a word. `column` is where to look if it is
    /// missing.
    fn name(&mut self, operator: &Operator, what: fn(Box<str>) -> What, column: usize) -> Result<Clause, QueryError> {
        let here = self.column;
        let text = if let Some(text) = self.quoted()? {
            text
        } else if operator.is_of_links() && self.rest.starts_with("[[") {
            let end = self.rest.find("]]").ok_or(QueryError::OpenBracket { column: here })?;
            let link = &self.take(end)[2..];
            self.take(2);
            link.split(['|', '#']).next().unwrap_or_default().to_owned()
        } else if self.end_of_expression().is_some() {
            return Err(QueryError::NotInside { sign: "/".to_owned(), operator: operator.sign, column: here });
        } else {
            self.word().to_owned()
        };
        let text = text.trim();
        // A tag may be written with its hash, and with the slash before a tag below it.
        let text = if operator.sign == "tag:" { text.trim_start_matches('#').trim_end_matches('/') } else { text };
        let what = what(text.into());
        if is_nothing(&what) {
            return Err(QueryError::NoArgument { operator: operator.sign.to_owned(), column });
        }
        self.condition(what, column)
    }

    /// `[key]` or `[key:value]`, with OR between several values.
    fn property(&mut self) -> Result<Clause, QueryError> {
        let column = self.column;
        let open = QueryError::OpenBracket { column };
        self.take(1);
        self.skip_blanks();
        let key = if let Some(key) = self.quoted()? {
            key
        } else {
            let end = self.rest.find([':', ']']).ok_or_else(|| open.clone())?;
            self.take(end).to_owned()
        };
        let key = key.trim();
        if key.is_empty() {
            return Err(QueryError::NoProperty { column });
        }
        self.skip_blanks();
        let mut values = Vec::new();
        if self.rest.starts_with(':') {
            self.take(1);
            self.skip_blanks();
            let at = self.column;
            if let Some(value) = self.quoted()? {
                values.push(value);
            } else {
                let value = self.take(self.end_of_bracket().ok_or_else(|| open.clone())?).trim();
                let group = value.strip_prefix('(').and_then(|group| group.strip_suffix(')'));
                values.extend(group.unwrap_or(value).split(" OR ").map(|value| value.trim().to_owned()));
                if values.len() > 1 && values.iter().any(String::is_empty) {
                    return Err(QueryError::LoneOr { column: at });
                }
            }
            if values.iter().any(String::is_empty) {
                return Err(QueryError::NoArgument { operator: format!("[{key}:]"), column });
            }
        }
        self.skip_blanks();
        if !self.rest.starts_with(']') {
            return Err(open);
        }
        self.take(1);
        if values.is_empty() {
            return self.condition(What::Property(key.into(), None), column);
        }
        let mut one = |value: String| Ok(vec![self.condition(What::Property(key.into(), Some(value.into())), column)?]);
        values.into_iter().map(&mut one).collect::<Result<_, _>>().map(one_of)
    }

    /// Where in the rest the bracket stands that closes one before it.
    fn end_of_bracket(&self) -> Option<usize> {
        let mut open = 0;
        self.rest.find(|c: char| {
            let is_it = c == ']' && open == 0;
            open += match c {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            is_it
        })
    }

    fn condition(&mut self, what: What, column: usize) -> Result<Clause, QueryError> {
        self.count(1)?;
        self.readings += usize::from(what.is_of_text());
        if self.readings > MOST_READINGS {
            return Err(QueryError::TooManyReadings { most: MOST_READINGS });
        }
        self.conditions.push(Condition { what, column });
        Ok(Clause::Condition(self.conditions.len() - 1))
    }

    fn piece(&mut self, text: &str, column: usize) -> Result<Option<Piece>, QueryError> {
        let words = words(text).take(MOST_WORDS + 1).count();
        self.count(words)?;
        if words == 0 && text.len() > LONGEST_WORD && text.contains(char::is_alphanumeric) {
            return Err(QueryError::LongWord { most: LONGEST_WORD, column });
        }
        Ok((words > 0).then(|| Piece { text: text.into(), column }))
    }

    fn count(&mut self, words: usize) -> Result<(), QueryError> {
        self.words += words;
        if self.words > MOST_WORDS { Err(QueryError::TooLong { most: MOST_WORDS }) } else { Ok(()) }
    }

    /// Words that rank, each by itself, where what was typed between two blanks is more than one: see [`loose`].
    fn loosened(&mut self, parts: Vec<Clause>) -> Result<Vec<Clause>, QueryError> {
        let mut loosened = Vec::new();
        for part in parts {
            match part {
                Clause::Words(piece) => loosened.extend(loose(piece).into_iter().map(Clause::Words)),
                part => loosened.push(part),
            }
        }
        if loosened.len() > MOST_WORDS { Err(QueryError::TooLong { most: MOST_WORDS }) } else { Ok(loosened) }
    }
}
