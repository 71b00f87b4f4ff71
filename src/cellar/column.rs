//! What stands in a section: numbers, texts, lists. All of it little-endian, and readable in any order.

use super::{Section, Shelf, Tag};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

/// A number that a column can hold.
pub trait Number: Copy + Default + Send + Sync {
    /// Its bytes.
    const SIZE: usize;
    /// From [`Number::SIZE`] bytes.
    fn read(bytes: &[u8]) -> Self;
    /// From bytes, behind what is there.
    fn read_all(bytes: &[u8], numbers: &mut Vec<Self>);
    /// To bytes.
    fn write_all(numbers: &[Self]) -> Vec<u8>;
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl Number for $number {
            const SIZE: usize = size_of::<$number>();

            fn read(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(0, Self::from_le_bytes)
            }

            fn read_all(bytes: &[u8], numbers: &mut Vec<Self>) {
                numbers.extend(bytes.as_chunks().0.iter().map(|bytes| Self::from_le_bytes(*bytes)));
            }

            fn write_all(numbers: &[Self]) -> Vec<u8> {
                let mut bytes = vec![0; size_of_val(numbers)];
                bytes.as_chunks_mut().0.iter_mut().zip(numbers).for_each(|(place, number)| *place = number.to_le_bytes());
                bytes
            }
        }
    )*};
}

number!(u8, u16, u32, u64);

/// Numbers of one size, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Column<T> {
    section: Section,
    of: PhantomData<T>,
}

impl<T: Number> Column<T> {
    pub(super) fn new(section: Section) -> Column<T> {
        Column { section, of: PhantomData }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.section.len() / T::SIZE
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them; 0 beyond the end.
    pub fn get(&self, at: usize) -> T {
        let start = at.saturating_mul(T::SIZE);
        match self.section.bytes(start..start.saturating_add(T::SIZE)) {
            bytes if bytes.len() == T::SIZE => T::read(&bytes),
            _ => T::default(),
        }
    }

    /// Fills `numbers` from a place on; those beyond the end stay as they are.
    pub fn read(&self, at: usize, numbers: &mut [T]) {
        let bytes = self.section.bytes(at.saturating_mul(T::SIZE)..at.saturating_add(numbers.len()).saturating_mul(T::SIZE));
        numbers.iter_mut().zip(bytes.chunks_exact(T::SIZE)).for_each(|(number, bytes)| *number = T::read(bytes));
    }

    /// Some of them; fewer where the column ends before.
    pub fn slice(&self, range: Range<usize>) -> Vec<T> {
        let bytes = self.section.bytes(range.start.saturating_mul(T::SIZE)..range.end.saturating_mul(T::SIZE));
        let mut numbers = Vec::with_capacity(bytes.len() / T::SIZE);
        T::read_all(&bytes, &mut numbers);
        numbers
    }

    /// All of them.
    pub fn to_vec(&self) -> Vec<T> {
        let mut numbers = Vec::with_capacity(self.len());
        self.section.scan(&mut |bytes| T::read_all(bytes, &mut numbers));
        numbers
    }

    /// Shows all of them in order, with their numbers, and holds none of them.
    pub fn scan(&self, mut see: impl FnMut(usize, T)) {
        let mut at = 0;
        self.section.scan(&mut |bytes| {
            for number in bytes.chunks_exact(T::SIZE).map(T::read) {
                see(at, number);
                at += 1;
            }
        });
    }
}

/// Ranges of another column: a list for each number.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Where each begins; one more for the end of the last.
    starts: Column<u32>,
}

impl Lists {
    /// The lists whose beginnings stand under this tag.
    pub fn on(shelf: &Shelf, tag: Tag) -> Lists {
        Lists { starts: shelf.column(tag) }
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the list of a number stands; nowhere beyond the last.
    pub fn range(&self, at: usize) -> Range<usize> {
        if at >= self.len() {
            return 0..0;
        }
        let start = self.starts.get(at) as usize;
        start..start.max(self.starts.get(at + 1) as usize)
    }

    /// The number of the list that holds an item: the last that begins at it or before and is not empty.
    pub fn list_of(&self, item: usize) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.starts.get(middle + 1) as usize <= item { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Where all of them begin, and the last one ends.
    pub fn starts(&self) -> Vec<u32> {
        self.starts.to_vec()
    }
}

/// Lists in the making: items are added to the last one.
#[derive(Clone, Debug)]
pub struct ListsBuilder<T> {
    starts: Vec<u32>,
    /// The items of all lists.
    pub items: Vec<T>,
}

impl<T> Default for ListsBuilder<T> {
    fn default() -> Self {
        ListsBuilder { starts: vec![0], items: Vec::new() }
    }
}

impl<T> ListsBuilder<T> {
    /// Ends a list: what was added since the last end is in it.
    pub fn end(&mut self) {
        self.starts.push(self.items.len() as u32);
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the lists begin.
    pub fn into_starts(self) -> Vec<u32> {
        self.starts
    }

    /// The lists with their numbers.
    pub fn lists(&self) -> impl Iterator<Item = (usize, &[T])> {
        let bounds = self.starts.windows(2).enumerate();
        bounds.map(|(list, bounds)| (list, &self.items[bounds[0] as usize..bounds[1] as usize]))
    }

    /// Adds lists of another column, which begin at these `starts`, with their items; one more start for the end.
    pub fn extend(&mut self, starts: &[u32], items: impl IntoIterator<Item = T>) {
        let (Some(first), before) = (starts.first(), self.items.len() as u32) else { return };
        self.starts.extend(starts[1..].iter().map(|start| start - first + before));
        self.items.extend(items);
    }
}

impl<T: Number> ListsBuilder<T> {
    /// Puts the lists on a shelf under these two tags.
    pub fn put(self, shelf: &mut Shelf, starts: Tag, items: Tag) {
        shelf.put_numbers(starts, &self.starts);
        shelf.put_numbers(items, &self.items);
    }
}

/// Texts by number. Bytes that are no text can stand there as well.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    lists: Lists,
    bytes: Section,
}

impl Texts {
    /// The texts whose beginnings and bytes stand under these tags.
    pub fn on(shelf: &Shelf, starts: Tag, bytes: Tag) -> Texts {
        Texts { lists: Lists::on(shelf, starts), bytes: shelf.section(bytes) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them; an empty one beyond the end.
    pub fn get(&self, at: usize) -> Cow<'_, str> {
        match self.bytes(at) {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }),
        }
    }

    /// The bytes of one of them.
    pub fn bytes(&self, at: usize) -> Cow<'_, [u8]> {
        self.bytes.bytes(self.lists.range(at))
    }

    /// All of them at once.
    pub fn all(&self) -> AllTexts<'_> {
        AllTexts { starts: self.lists.starts(), bytes: self.bytes.bytes(0..self.bytes.len()) }
    }

    /// Of texts in the order of their bytes, the number of this one; else where it would stand.
    pub fn search(&self, bytes: &[u8]) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.bytes(middle).as_ref().cmp(bytes) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }
}

/// Texts by number, all in memory.
#[derive(Clone, Debug, Default)]
pub struct AllTexts<'t> {
    starts: Vec<u32>,
    bytes: Cow<'t, [u8]>,
}

impl AllTexts<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of one of them; none beyond the end.
    pub fn get(&self, at: usize) -> &[u8] {
        let start = |at: usize| self.starts.get(at).copied().unwrap_or(0) as usize;
        self.bytes.get(start(at)..start(at + 1)).unwrap_or_default()
    }
}

/// Texts in the making.
#[derive(Clone, Debug, Default)]
pub struct TextsBuilder(ListsBuilder<u8>);

impl TextsBuilder {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Adds bytes.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.0.items.extend_from_slice(bytes);
        self.0.end();
    }

    /// Adds some of other texts.
    pub fn extend(&mut self, texts: &AllTexts<'_>, range: Range<usize>) {
        let Some(starts) = texts.starts.get(range.start..range.end + 1) else { return };
        let bytes = starts[0] as usize..starts[range.len()] as usize;
        self.0.extend(starts, texts.bytes.get(bytes).unwrap_or_default().iter().copied());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there are more bytes than can be numbered; what is read of them is void.
    pub fn is_too_large(&self) -> bool {
        self.0.items.len() > u32::MAX as usize
    }

    /// Puts the texts on a shelf under these two tags.
    pub fn put(self, shelf: &mut Shelf, starts: Tag, bytes: Tag) {
        shelf.put_numbers(starts, &self.0.starts);
        shelf.put(bytes, self.0.items);
    }
}
