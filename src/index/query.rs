//! What a person asked for: words, phrases in quotes, words that must not occur.
//!
//! A query that does not read is an error that points at its column; it never silently means something else. A plain
//! query has no signs at all.

use super::words::{Form, Forms, Word, words};

/// A query, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(crate) wanted: Vec<Clause>,
    pub(crate) unwanted: Vec<Clause>,
    /// What the name or title of a model has to hold, for each `model:`; nothing for any model.
    pub(crate) models: Vec<Box<str>>,
    /// What was typed without its operators, where there are some.
    bare: Option<Box<str>>,
}

/// One word or phrase of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub words: Vec<Form>,
    /// Whether the words stood in quotes: they must follow one another as written.
    pub is_phrase: bool,
}

/// Why a query does not read. Columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No word is in it.
    #[error("the query holds no word")]
    Empty,
    /// Only words to leave out are in it.
    #[error("the query says only what to leave out")]
    OnlyUnwanted,
    /// A quote opens and does not close.
    #[error("the quote at column {column} is not closed")]
    OpenQuote {
        /// Where it opens.
        column: usize,
    },
    /// A sign that has a meaning in other tools, and none here yet.
    #[error("`{sign}` at column {column} is no operator here")]
    NoOperator {
        /// The sign.
        sign: String,
        /// Where it stands.
        column: usize,
    },
    /// More words than a question has.
    #[error("the query holds more than {most} words")]
    TooLong {
        /// How many are read.
        most: usize,
    },
}

/// The most words that are read.
const MOST_WORDS: usize = 1_000;

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

impl Query {
    /// Reads a query with its signs: `"a phrase"`, `-without`, `model:name`.
    ///
    /// # Errors
    /// When it holds no word, a quote stays open, or a sign has no meaning here.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        let mut query = Query::default();
        let mut forms = Forms::new();
        let (mut rest, mut words) = (text, String::new());
        let column = |rest: &str| text[..text.len() - rest.len()].chars().count() + 1;
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                query.bare = (!query.models.is_empty()).then(|| words.trim_end().into());
                return query.checked();
            }
            let start = rest;
            if let Some(asked) = rest.strip_prefix(MODEL) {
                let (name, after) = match asked.strip_prefix('"') {
                    Some(quoted) => quoted.split_once('"').ok_or(QueryError::OpenQuote { column: column(asked) })?,
                    None => asked.split_at(asked.find(char::is_whitespace).unwrap_or(asked.len())),
                };
                query.models.push(name.into());
                rest = after;
                continue;
            }
            let is_unwanted = rest.starts_with('-') && rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '"');
            let bare = if is_unwanted { &rest[1..] } else { rest };
            let (clause, after) = match bare.strip_prefix('"') {
                Some(quoted) => {
                    let end =
                        quoted.find('"').ok_or(QueryError::OpenQuote { column: column(start) + usize::from(is_unwanted) })?;
                    (Clause::new(&quoted[..end], true, &mut forms), &quoted[end + 1..])
                }
                None => {
                    let end = bare.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(bare.len());
                    refuse_operator(&bare[..end], || column(start) + usize::from(is_unwanted))?;
                    (Clause::new(&bare[..end], false, &mut forms), &bare[end..])
                }
            };
            let clauses = if is_unwanted { &mut query.unwanted } else { &mut query.wanted };
            clauses.extend(clause.filter(|clause| !clause.words.is_empty()));
            words.push_str(&start[..start.len() - after.len()]);
            words.push(' ');
            rest = after;
        }
    }

    /// Reads a query in which every sign is just a sign.
    ///
    /// # Errors
    /// When it holds no word, or far too many.
    pub fn plain(text: &str) -> Result<Query, QueryError> {
        let mut forms = Forms::new();
        let wanted = text.split_whitespace().filter_map(|word| Clause::new(word, false, &mut forms)).collect();
        Query { wanted, ..Query::default() }.checked()
    }

    /// Whether it says nothing but which models there have to be.
    pub fn is_wordless(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What the names or titles of a note's models have to hold, each by one of them; nothing for any model.
    pub fn models(&self) -> &[Box<str>] {
        &self.models
    }

    /// The name that a person may have typed: all of the query but its operators.
    pub fn name<'q>(&'q self, typed: &'q str) -> &'q str {
        self.bare.as_deref().unwrap_or(typed)
    }

    fn checked(mut self) -> Result<Query, QueryError> {
        let count = |clauses: &[Clause]| clauses.iter().map(|clause| clause.words.len()).sum::<usize>();
        let words = count(&self.wanted) + count(&self.unwanted);
        if words > MOST_WORDS {
            return Err(QueryError::TooLong { most: MOST_WORDS });
        }
        match (self.wanted.is_empty(), self.unwanted.is_empty()) {
            (true, true) if self.models.is_empty() => return Err(QueryError::Empty),
            (true, false) => return Err(QueryError::OnlyUnwanted),
            _ => {}
        }
        // A word said twice is one word.
        let mut seen = Vec::new();
        self.wanted.retain(|clause| {
            let is_new = !seen.contains(clause);
            seen.push(clause.clone());
            is_new
        });
        Ok(self)
    }

    /// The stems of the wanted words, each once, in order: what to look for in a text.
    pub(crate) fn stems(&self) -> Vec<&str> {
        let mut stems: Vec<&str> = Vec::new();
        for form in self.wanted.iter().flat_map(|clause| &clause.words) {
            if !stems.contains(&&*form.stem) {
                stems.push(&form.stem);
            }
        }
        stems
    }
}

impl Clause {
    /// The words of one blank-divided piece. Several, as in `well-known` or Chinese, belong together like a phrase.
    fn new(text: &str, is_phrase: bool, known: &mut Forms) -> Option<Clause> {
        let found: Vec<Word> = words(text).collect();
        let is_single = found.len() == 1;
        let mut forms: Vec<Form> = Vec::new();
        for word in found {
            match word.pair {
                Some(pair) => forms.push(known.of(&text[pair]).clone()),
                // The last character of a run is in the pair before it.
                None if word.is_gram && !is_single && !forms.is_empty() => {}
                None => forms.push(known.of(&text[word.range]).clone()),
            }
        }
        (!forms.is_empty()).then_some(Clause { words: forms, is_phrase })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &Query) -> String {
        let clause = |clause: &Clause| {
            let words: Vec<_> = clause.words.iter().map(|form| form.exact.as_deref().unwrap_or(&form.stem)).collect();
            if clause.is_phrase { format!("\"{}\"", words.join(" ")) } else { words.join("+") }
        };
        let unwanted = query.unwanted.iter().map(|it| format!("-{}", clause(it)));
        query.wanted.iter().map(clause).chain(unwanted).collect::<Vec<_>>().join(" ")
    }

    fn check(text: &str, expected: Result<&str, QueryError>) {
        assert_eq!(Query::parse(text).map(|query| shown(&query)), expected.map(str::to_owned), "{text:?}");
    }

    #[test]
    fn what_a_query_says() {
        check("mirror neurons", Ok("mirror =neurons"));
        check(
            r#"-"facial feedback" well-known mirror mirror"#,
            Ok(r#"well+known mirror -"facial =feedback""#.replace("=feedback", "feedback").as_str()),
        );
        check("情感共鸣 心", Ok("情感+感共+共鸣 心"));
        check("c++: how?", Ok("c how"));
    }

    #[test]
    fn what_a_query_says_of_models() {
        let check = |text: &str, models: &[&str], words: &str, name: &str| {
            let query = Query::parse(text).expect("a query");
            assert_eq!(query.models().iter().map(|it| &**it).collect::<Vec<_>>(), models, "{text:?}");
            assert_eq!((shown(&query).as_str(), query.name(text)), (words, name), "{text:?}");
        };
        check("model:", &[""], "", "");
        check("mirror  model:k -neuron model:\"a b\"c", &["k", "a b"], "mirror c -neuron", "mirror -neuron c");
        check("mirror  neuron", &[], "mirror neuron", "mirror  neuron");
        assert_eq!(Query::parse("é model:\"a").map(|_| ()), Err(QueryError::OpenQuote { column: 9 }));
        assert_eq!(Query::parse("-model:a").map(|_| ()), Err(QueryError::NoOperator { sign: "model:".into(), column: 2 }));
        assert_eq!(Query::parse("model: -a").map(|_| ()), Err(QueryError::OnlyUnwanted));
        assert_eq!(Query::plain("model:a").map(|query| query.models.len()), Ok(0));
    }

    #[test]
    fn what_does_not_read() {
        check("  ", Err(QueryError::Empty));
        check("-a", Err(QueryError::OnlyUnwanted));
        check("é \"open", Err(QueryError::OpenQuote { column: 3 }));
        check("a tag:b", Err(QueryError::NoOperator { sign: "tag:".into(), column: 3 }));
        check("a OR b", Err(QueryError::NoOperator { sign: "OR".into(), column: 3 }));
        assert_eq!(Query::plain("tag:b OR \"x").map(|query| query.wanted.len()), Ok(3));
    }
}
