//! Whether a short text, such as a line of a note or a name, holds the words of a query: as the index would say of it, word by
//! word and stem by stem.

use super::super::language::Language;
use super::super::look::{Lookup, Slot, spoken};
use super::super::words::{WordTokenizer, fold, marked};
use super::super::{IndexError, TextIndex};
use super::{Clause, Leaf, Query};
use crate::note::{Note, Prose};
use std::collections::HashMap;
use tantivy::tokenizer::{TokenStream, Tokenizer};

/// A text as conditions compare it: lower case, diacritics off.
pub fn plain(text: &str) -> String {
    fold(text)
}

/// The words and phrases of a part of a query, ready to be looked for in one text after the other.
#[derive(Clone)]
pub struct Within<'q> {
    /// Each with the words that must follow one another, each by any of its terms.
    leaves: Vec<(Leaf<'q>, Vec<Slot>)>,
    tokenizer: WordTokenizer,
    language: Option<Language>,
    /// Where the terms of the leaves stand in the text of now, ascending.
    positions: HashMap<Box<str>, Vec<usize>>,
}

impl<'q> Within<'q> {
    /// The words and phrases of `clause`, those in groups and behind a minus included, for names and such: words have English
    /// forms.
    pub fn of(clause: &'q Clause) -> Within<'q> {
        Within::with(Lookup::of(&[]), clause)
    }

    fn with(mut lookup: Lookup, clause: &'q Clause) -> Within<'q> {
        let (mut leaves, mut todo) = (Vec::new(), vec![clause]);
        while let Some(clause) = todo.pop() {
            match clause {
                Clause::Words(piece) => leaves.push((Leaf::Words(piece), lookup.stems(&piece.text))),
                Clause::Phrase(piece) => leaves.push((Leaf::Phrase(piece), lookup.exact(&piece.text))),
                Clause::Condition(_) => {}
                Clause::Not(part) => todo.push(part),
                Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => todo.extend(parts),
            }
        }
        let terms = leaves.iter().flat_map(|(_, slots)| slots.iter().flatten().cloned());
        let positions = terms.map(|term| (spoken(&term).0.into(), Vec::new())).collect();
        Within { leaves, tokenizer: WordTokenizer::new(), language: None, positions }
    }

    /// Says that the texts to come are of this note, which has its language.
    pub fn begin(&mut self, note: &Note, prose: &Prose) {
        self.language = Language::of(note, prose);
    }

    /// Takes up the next text. Takes time in proportion to it.
    pub fn read(&mut self, text: &str) {
        self.positions.values_mut().for_each(Vec::clear);
        let text = marked(text, self.language);
        let mut tokens = self.tokenizer.token_stream(&text);
        while tokens.advance() {
            if let Some(positions) = self.positions.get_mut(tokens.token().text.as_str()) {
                positions.push(tokens.token().position);
            }
        }
    }

    /// Whether the text of now holds a word or phrase of the clause; false for anything else.
    pub fn holds(&self, leaf: Leaf<'_>) -> bool {
        let Some((_, slots)) = self.leaves.iter().find(|(known, _)| *known == leaf) else { return false };
        let at = |term: &str| match spoken(term) {
            (_, Some(language)) if self.language != Some(language) => &[][..],
            (term, _) => self.positions.get(term).map_or(&[][..], |positions| positions.as_slice()),
        };
        let stands = |slot: &Slot, position: usize| slot.iter().any(|term| at(term).binary_search(&position).is_ok());
        let Some((first, others)) = slots.split_first() else { return false };
        let mut starts = first.iter().flat_map(|term| at(term));
        starts.any(|start| others.iter().zip(start + 1..).all(|(slot, position)| stands(slot, position)))
    }
}

impl TextIndex {
    /// The same for the text of notes: words have the forms of the languages that these are written in.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn within<'q>(&self, clause: &'q Clause) -> Result<Within<'q>, IndexError> {
        Ok(Within::with(self.lookup()?, clause))
    }
}

impl Query {
    /// What a note must hold for one of its lines to hold this: its words and phrases without what is not to be there. None
    /// where a line that holds it may be of any words.
    pub fn at_least(clause: &Clause) -> Option<Query> {
        least(clause).map(|root| Query { root, ..Query::empty() })
    }
}

fn least(clause: &Clause) -> Option<Clause> {
    match clause {
        Clause::Words(_) | Clause::Phrase(_) => Some(clause.clone()),
        Clause::Condition(_) | Clause::Not(_) => None,
        Clause::All(parts) | Clause::Ranked(parts) => {
            let parts: Vec<Clause> = parts.iter().filter_map(least).collect();
            (!parts.is_empty()).then_some(Clause::All(parts))
        }
        Clause::Any(parts) => parts.iter().map(least).collect::<Option<Vec<Clause>>>().map(Clause::Any),
    }
}

#[cfg(test)]
mod tests {
    use super::super::What;
    use super::*;

    #[test]
    fn what_a_line_holds() {
        let check = |clause: &str, text: &str, expected: bool| {
            let query = Query::empty().and_line(clause).expect("a clause");
            let Some(What::Line(clause)) = query.conditions().first().map(|it| &it.what) else { panic!("{clause} is no line") };
            let mut within = Within::of(clause);
            within.read("something else mirrors");
            within.read(text);
            assert_eq!(query.holds(clause, &mut |leaf| within.holds(leaf)), expected, "{clause:?} in {text:?}");
        };
        check("mirror", "Two MIRRORS.", true);
        check("\"mirrors\"", "A mirror.", false);
        check("\"two mirrors\"", "Two, mirrors.", true);
        check("well-known", "the known well, and well known", true);
        check("well-known", "the known well", false);
        check("a b", "b and a", true);
        check("a b", "a", false);
        check("a -b", "a b", false);
        check("a OR b", "b", true);
        check("-(a b)", "a", true);
        check("共鸣", "情感共鸣很重要", true);
        check("cafe", "Café", true);
    }
}
