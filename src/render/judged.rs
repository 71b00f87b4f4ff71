//! Judged queries read from lines of JSON: the one way back from text to values. Knows no file; whom a name means, and
//! what a query says, is for others to tell.

use crate::answer::{JudgedQuery, Query, QueryError};
use serde_json::Value;

/// Why a line of judged queries does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct JudgedError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub what: NoJudgement,
}

/// What is wrong with a line of judged queries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoJudgement {
    /// It is no JSON, with the reason and the column, where there is one.
    #[error("this is no JSON: {0}")]
    NotJson(String),
    /// It is JSON, and no object.
    #[error("this is no object")]
    NotAnObject,
    /// There is no text under `query`.
    #[error("\"query\" is no text")]
    NoQuery,
    /// The query does not read.
    #[error(transparent)]
    Query(QueryError),
    /// Under `wanted` is neither a list of names nor an object of names with grades.
    #[error("\"wanted\" is neither a list of names nor an object of names and grades")]
    NoNames,
    /// Nothing is wanted.
    #[error("\"wanted\" is empty")]
    NothingWanted,
    /// A grade is none: not a number, or not above 0.
    #[error("the grade of \"{0}\" is no number above 0")]
    NoGrade(String),
}

/// Reads judged queries, an object of JSON a line: `{"query": "…", "wanted": ["…"]}`. In place of the list of names may
/// stand an object of names and grades; a name in a list has the grade 1. Other keys and empty lines are passed over.
/// `read` says what a query means.
///
/// # Errors
/// With the first line that does not read.
pub fn judged_queries(text: &str, read: &dyn Fn(&str) -> Result<Query, QueryError>) -> Result<Vec<JudgedQuery>, JudgedError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1_u32..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty());
    lines.map(|(line, text)| judged(line, text, read).map_err(|what| JudgedError { line, what })).collect()
}

fn judged(line: u32, text: &str, read: &dyn Fn(&str) -> Result<Query, QueryError>) -> Result<JudgedQuery, NoJudgement> {
    let value: Value = serde_json::from_str(text).map_err(|error| NoJudgement::NotJson(reason(&error)))?;
    let Value::Object(fields) = value else { return Err(NoJudgement::NotAnObject) };
    let typed = fields.get("query").and_then(Value::as_str).ok_or(NoJudgement::NoQuery)?;
    let wanted = match fields.get("wanted") {
        Some(Value::Array(names)) => {
            let name = |name: &Value| Some((name.as_str()?.to_owned(), 1.0));
            names.iter().map(name).collect::<Option<Vec<_>>>().ok_or(NoJudgement::NoNames)?
        }
        Some(Value::Object(grades)) => {
            let graded = |(name, grade): (&String, &Value)| match grade.as_f64() {
                Some(grade) if grade > 0.0 && grade.is_finite() => Ok((name.clone(), grade)),
                _ => Err(NoJudgement::NoGrade(name.clone())),
            };
            grades.iter().map(graded).collect::<Result<Vec<_>, NoJudgement>>()?
        }
        _ => return Err(NoJudgement::NoNames),
    };
    if wanted.is_empty() {
        return Err(NoJudgement::NothingWanted);
    }
    let query = read(typed).map_err(NoJudgement::Query)?;
    Ok(JudgedQuery { line, typed: typed.to_owned(), query, wanted })
}

/// The reason without its line, which counts from the start of this one.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rsplit_once(" at line ") {
        Some((reason, _)) => format!("{reason} at column {}", error.column()),
        None => said,
    }
}
