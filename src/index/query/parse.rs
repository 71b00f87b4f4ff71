//! From signs to a query: quotes, minus, operators, groups.

use super::super::words::words;
use super::{Clause, Condition, MOST_WORDS, Piece, Query, QueryError, What};

/// What asks for models.
const MODEL: &str = "model:";

/// Names before a colon that mean something in other tools. Other words with a colon are words.
const OPERATORS: [&str; 13] = [
    "block",
    "content",
    "file",
    "ignore-case",
    "line",
    "links-to",
    "linked-from",
    "match-case",
    "model",
    "path",
    "section",
    "tag",
    "wanted",
];

/// Reads a query with its signs.
pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let (mut parts, mut conditions) = (Vec::new(), Vec::new());
    let mut rest = text;
    let column = |rest: &str| text[..text.len() - rest.len()].chars().count() + 1;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return checked(parts, conditions);
        }
        let start = rest;
        if let Some(asked) = rest.strip_prefix(MODEL) {
            let (name, after) = match asked.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or(QueryError::OpenQuote { column: column(asked) })?,
                None => asked.split_at(asked.find(char::is_whitespace).unwrap_or(asked.len())),
            };
            parts.push(Clause::Condition(conditions.len()));
            conditions.push(Condition { what: What::Model(name.into()), column: column(start) });
            rest = after;
            continue;
        }
        let is_unwanted = rest.starts_with('-') && rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '"');
        let bare = if is_unwanted { &rest[1..] } else { rest };
        let here = column(start) + usize::from(is_unwanted);
        let (clause, after) = match bare.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').ok_or(QueryError::OpenQuote { column: here })?;
                (piece(&quoted[..end], here).map(Clause::Phrase), &quoted[end + 1..])
            }
            None => {
                let end = bare.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(bare.len());
                refuse_operator(&bare[..end], || here)?;
                (piece(&bare[..end], here).map(Clause::Words), &bare[end..])
            }
        };
        parts.extend(clause.map(|clause| if is_unwanted { Clause::Not(Box::new(clause)) } else { clause }));
        rest = after;
    }
}

/// Reads a query in which every sign is just a sign.
pub(super) fn plain(text: &str) -> Result<Query, QueryError> {
    let at = |word: &str| text[..word.as_ptr() as usize - text.as_ptr() as usize].chars().count() + 1;
    let mut parts: Vec<Clause> = Vec::new();
    for word in text.split_whitespace() {
        if parts.len() > MOST_WORDS {
            break;
        }
        parts.extend(piece(word, at(word)).map(Clause::Words));
    }
    checked(parts, Vec::new())
}

fn checked(parts: Vec<Clause>, conditions: Vec<Condition>) -> Result<Query, QueryError> {
    if parts.is_empty() {
        return Err(QueryError::Empty);
    }
    if parts.len() > MOST_WORDS {
        return Err(QueryError::TooLong { most: MOST_WORDS });
    }
    Ok(Query { root: Clause::Ranked(parts), conditions })
}

fn piece(text: &str, column: usize) -> Option<Piece> {
    words(text).next().map(|_| Piece { text: text.into(), column })
}

fn refuse_operator(piece: &str, column: impl Fn() -> usize) -> Result<(), QueryError> {
    let refuse = |sign: &str| Err(QueryError::NoOperator { sign: sign.to_owned(), column: column() });
    if matches!(piece, "OR" | "AND" | "NOT") {
        return refuse(piece);
    }
    match piece.split_once(':') {
        Some((name, _)) if OPERATORS.contains(&name) => refuse(&format!("{name}:")),
        _ if piece.starts_with('(') || piece.starts_with('[') => refuse(&piece[..1]),
        _ => Ok(()),
    }
}
