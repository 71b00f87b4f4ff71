//! Under the house: columns of numbers and texts that keep, in memory or in one file.
//!
//! A [`Shelf`] holds sections of bytes by tag; [`Column`], [`Texts`] and [`Lists`] read them. It is the same to a reader
//! whether a section lies in memory or in a file: a file is read a block at a time, when somebody first asks for something
//! in it, so that a question about a few concepts reads a few blocks of a file of any size.
//!
//! Each block has a checksum and is held against it when it is read. A block that is not what was written reads as zeros
//! and is remembered ([`Shelf::is_damaged`]), so that whoever asked can throw the answer away; every access is total.
//!
//! This room knows nothing of notes, of concepts or of what its numbers mean.

mod column;
mod file;

pub use column::{AllTexts, Column, Lists, ListsBuilder, Number, Texts, TextsBuilder};
pub use file::{OpenError, VERSION};

use file::Pages;
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// What a section is called: at most eight letters.
pub type Tag = &'static str;

/// A number that tells texts apart: equal bytes give an equal one, and others give another one but for chance (XXH3, 64
/// bits). Nobody should rely on it where somebody gains by two texts of one number.
pub fn digest(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// Bytes in memory, or in a file.
#[derive(Clone, Debug)]
pub struct Section(Backing);

#[derive(Clone, Debug)]
enum Backing {
    Memory(Arc<Vec<u8>>),
    Kept { pages: Arc<Pages>, start: u64, length: usize },
}

impl Default for Section {
    fn default() -> Self {
        Section(Backing::Memory(Arc::default()))
    }
}

impl Section {
    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Backing::Memory(bytes) => bytes.len(),
            Backing::Kept { length, .. } => *length,
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of its bytes; fewer where it ends before.
    pub fn bytes(&self, range: Range<usize>) -> Cow<'_, [u8]> {
        let end = range.end.min(self.len());
        let range = range.start.min(end)..end;
        match &self.0 {
            Backing::Memory(bytes) => Cow::Borrowed(&bytes[range]),
            Backing::Kept { pages, start, .. } => pages.bytes(start + range.start as u64, range.len()),
        }
    }
}

impl Section {
    /// Shows all bytes piece by piece, each a multiple of eight bytes long but for the last.
    fn scan(&self, see: &mut dyn FnMut(&[u8])) {
        match &self.0 {
            Backing::Memory(bytes) => see(bytes),
            Backing::Kept { pages, start, length } => pages.scan(*start, *length, see),
        }
    }
}

impl From<Vec<u8>> for Section {
    fn from(bytes: Vec<u8>) -> Self {
        Section(Backing::Memory(Arc::new(bytes)))
    }
}

/// Sections by tag.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    sections: Vec<(Box<str>, Section)>,
    pages: Option<Arc<Pages>>,
}

impl Shelf {
    /// Puts a section on the shelf, in place of the one of this tag if there is one.
    pub fn put(&mut self, tag: Tag, section: impl Into<Section>) {
        let section = section.into();
        match self.sections.iter_mut().find(|(other, _)| **other == *tag) {
            Some((_, place)) => *place = section,
            None => self.sections.push((tag.into(), section)),
        }
    }

    /// Puts a column on the shelf.
    pub fn put_numbers<T: Number>(&mut self, tag: Tag, numbers: &[T]) {
        self.put(tag, T::write_all(numbers));
    }

    /// The tags of all sections, in the order in which they were put there.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|(tag, _)| &**tag)
    }

    /// The section of a tag; an empty one if there is none.
    pub fn section(&self, tag: &str) -> Section {
        self.sections.iter().find(|(other, _)| **other == *tag).map(|(_, section)| section.clone()).unwrap_or_default()
    }

    /// The column of a tag.
    pub fn column<T: Number>(&self, tag: Tag) -> Column<T> {
        Column::new(self.section(tag))
    }

    /// A number that tells shelves apart by all that is on them but the sections of some tags.
    pub fn identity(&self, but: &[Tag]) -> u64 {
        let sections: Vec<&(Box<str>, Section)> = self.sections.iter().filter(|(tag, _)| !but.contains(&&**tag)).collect();
        let sum = |(tag, section): &&(Box<str>, Section)| {
            [tag.as_bytes(), &digest(&section.bytes(0..section.len())).to_le_bytes()].concat()
        };
        digest(&sections.par_iter().map(sum).collect::<Vec<_>>().concat())
    }

    /// Whether something that was read from the file is not what was written there. Answers made of it are void.
    pub fn is_damaged(&self) -> bool {
        self.pages.as_ref().is_some_and(|pages| pages.is_damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn shelf() -> Shelf {
        let mut shelf = Shelf::default();
        let mut texts = TextsBuilder::default();
        (0..9_000).for_each(|number| texts.push(&format!("text {number} ü")));
        texts.put(&mut shelf, "texts", "bytes");
        shelf.put_numbers("longs", &(0..20_000_u64).map(|number| number * number).collect::<Vec<_>>());
        shelf.put_numbers("small", &[7_u8]);
        shelf
    }

    fn assert_same(kept: &Shelf) {
        let texts = Texts::on(kept, "texts", "bytes");
        assert_eq!(texts.len(), 9_000);
        assert!((0..9_000).all(|number| texts.get(number) == format!("text {number} ü")));
        assert_eq!(texts.get(9_000), "");
        let longs = kept.column::<u64>("longs");
        assert!(longs.to_vec().into_iter().eq((0..20_000).map(|number| number * number)));
        assert_eq!((longs.get(5), longs.get(20_000), kept.column::<u8>("small").get(0)), (25, 0, 7));
        assert!(kept.section("none").is_empty());
    }

    #[test]
    fn what_is_kept_reads_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shelf");
        let shelf = shelf();
        assert_same(&shelf);
        shelf.write(&path).expect("written");
        let kept = Shelf::open(&path).expect("kept");
        assert_same(&kept);
        assert!(!kept.is_damaged());
        assert_eq!(kept.identity(&["small"]), shelf.identity(&["small"]));
        assert_ne!(kept.identity(&[]), shelf.identity(&["small"]));
    }

    /// Whatever single byte changes, wherever the file ends: it does not open, or says that it is damaged.
    #[test]
    fn damage_anywhere_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shelf");
        shelf().write(&path).expect("written");
        let sound = fs::read(&path).expect("bytes");
        let is_noticed = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("written");
            let Ok(kept) = Shelf::open(&path) else { return true };
            let all: usize = kept.sections.iter().map(|(_, section)| section.bytes(0..section.len()).len()).sum();
            all == 0 || kept.is_damaged()
        };
        assert!(!is_noticed(&sound));
        for at in (0..sound.len()).step_by(997).chain(0..200) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            assert!(is_noticed(&bytes), "byte {at} of {}", sound.len());
        }
        for length in (0..sound.len()).step_by(4_999) {
            assert!(is_noticed(&sound[..length]), "{length} bytes of {}", sound.len());
        }
        assert!(is_noticed(&[&sound[..], b"x"].concat()));
    }
}
