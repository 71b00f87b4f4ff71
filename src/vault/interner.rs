//! Texts that many share, numbered in the order of their first use. Those of the last moment come by their old numbers, so
//! that nothing is hashed that was there before; a text gets the same number whichever way it comes.

use crate::cellar::{AllTexts, Texts, TextsBuilder};
use foldhash::{HashMap, HashMapExt};

/// Texts being numbered.
pub(crate) struct Interner<'t> {
    old: AllTexts<'t>,
    /// The new number of each old text, then of each new one; [`NONE`] for what nobody used yet.
    numbers: Vec<u32>,
    /// The place in `numbers` of each new text.
    places: HashMap<&'t [u8], u32>,
    texts: TextsBuilder,
    /// For each text in order where it came from: its old number, if it has one.
    origins: Vec<Option<u32>>,
}

const NONE: u32 = u32::MAX;

impl<'t> Interner<'t> {
    /// Begins with the texts of the last moment, and those that may come anew.
    pub(crate) fn new(old: Option<&'t Texts>, new: impl Iterator<Item = &'t [u8]>) -> Interner<'t> {
        let old = old.map(Texts::all).unwrap_or_default();
        let mut places = HashMap::new();
        if !old.is_empty() {
            // Few texts come anew, so that most old ones are told from them by their length and last byte.
            let mut is_like_new = vec![false; 1 << 16];
            let likeness = |text: &[u8]| (text.len() & 0xFF) << 8 | text.last().map_or(0, |byte| usize::from(*byte));
            new.for_each(|text| {
                places.insert(text, NONE);
                is_like_new[likeness(text)] = true;
            });
            let all = if places.is_empty() { 0 } else { old.len() };
            for number in (0..all).filter(|number| is_like_new[likeness(old.get(*number))]) {
                if let Some(place) = places.get_mut(old.get(number)) {
                    *place = number as u32;
                }
            }
            places.retain(|_, place| *place != NONE);
        }
        Interner { numbers: vec![NONE; old.len()], old, places, texts: TextsBuilder::default(), origins: Vec::new() }
    }

    /// The number of a text of the last moment, by its number there.
    pub(crate) fn old(&mut self, number: u32) -> u32 {
        match self.numbers.get(number as usize) {
            Some(&NONE) => {
                let new = self.texts.len() as u32;
                self.numbers[number as usize] = new;
                self.texts.push_bytes(self.old.get(number as usize));
                self.origins.push(Some(number));
                new
            }
            Some(new) => *new,
            None => 0,
        }
    }

    /// The number of a text.
    pub(crate) fn new_text(&mut self, text: &'t [u8]) -> u32 {
        let next = self.numbers.len() as u32;
        let place = *self.places.entry(text).or_insert(next);
        if (place as usize) < self.old.len() {
            return self.old(place);
        }
        if place == next {
            self.numbers.push(self.texts.len() as u32);
            self.texts.push_bytes(text);
            self.origins.push(None);
        }
        self.numbers[place as usize]
    }

    /// The texts in order, and for each its number in the last moment, if it had one.
    pub(crate) fn finish(self) -> (TextsBuilder, Vec<Option<u32>>) {
        (self.texts, self.origins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cellar::Shelf;

    #[test]
    fn a_text_has_one_number_whichever_way_it_comes() {
        let mut shelf = Shelf::default();
        let mut old = TextsBuilder::default();
        ["a", "b", "c"].iter().for_each(|text| old.push(text));
        old.put(&mut shelf, "s", "b");
        let old = Texts::on(&shelf, "s", "b");
        let mut interner = Interner::new(Some(&old), [&b"x"[..], b"c"].into_iter());
        let numbers =
            [interner.new_text(b"c"), interner.old(1), interner.new_text(b"x"), interner.old(2), interner.new_text(b"x")];
        assert_eq!(numbers, [0, 1, 2, 0, 2]);
        let (texts, origins) = interner.finish();
        texts.put(&mut shelf, "s", "b");
        let texts = Texts::on(&shelf, "s", "b");
        assert_eq!((0..3).map(|number| texts.get(number).into_owned()).collect::<Vec<_>>(), ["c", "b", "x"]);
        assert_eq!(origins, [Some(2), Some(1), None]);
        let mut first = Interner::new(None, std::iter::empty());
        assert_eq!([first.new_text(b"y"), first.new_text(b"z"), first.new_text(b"y")], [0, 1, 0]);
    }
}
