//! Fenced model code: what a concept can run. It is never search text, and nothing inside it is a link.

use super::span::Place;

/// A fence whose language is one of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// `antimony` or `resonote`.
    pub language: Box<str>,
    /// Where the fence stands.
    pub place: Place,
}

/// The languages of models.
const LANGUAGES: [&str; 2] = ["antimony", "resonote"];

/// The model language that the info string of a fence names, if it names one.
pub(crate) fn model_language(info: &str) -> Option<&'static str> {
    let word = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
    LANGUAGES.into_iter().find(|language| word.eq_ignore_ascii_case(language))
}
