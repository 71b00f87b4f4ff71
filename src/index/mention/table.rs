//! The names of all concepts, as words one behind the other, so that a text is compared with all of them at once.
//!
//! A tree whose nodes are the beginnings of names, word by word. A node is known by a number made of the stems that lead to
//! it, so that the tree is a sorted column: one note is compared with the names of a hundred thousand by reading a few
//! blocks of it, and whoever goes through all notes loads it once. Who bears a name is a number to this file; that two lists
//! of stems have one number happens but for chance as with [`digest`].

use super::super::words::{Forms, words};
use super::LONGEST_NAME;
use crate::cellar::{Column, Lists, Shelf, digest};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;

/// Names of more words are texts.
pub(super) const MOST_WORDS: usize = 24;

/// How a concept bears a name; what comes first is meant before what comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bears {
    /// It is the title of the note, or its file name.
    Name,
    /// It is an alias.
    Alias,
    /// Links write it, and nobody wrote it.
    Wanted,
}

/// Who bears a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bearer {
    /// The number of the concept.
    pub number: u32,
    /// How.
    pub how: Bears,
    /// How like it is to what the text says.
    pub likeness: Likeness,
}

/// How like two names of the same stems are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// They are the same words, case and diacritics aside.
    Same,
    /// One is the plural of the other.
    Plural,
    /// Only their stems are the same: `nation` and `national`. Six in a hundred of those are what somebody would link, of the
    /// others forty (measured on an encyclopaedia).
    Stem,
}

/// A name by number, as a text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Spoken {
    /// Made of the stems of the words: equal for all forms of a name.
    pub name: u64,
    /// Made of the words without the endings of plurals.
    pub singular: u64,
    /// Made of the words as they stand, case and diacritics aside.
    pub form: u64,
}

/// The names of a vault.
#[derive(Debug)]
pub struct NameTable {
    /// Where the nodes of each row begin; a node's row are its highest bits.
    rows: Column<u32>,
    /// The nodes, ascending. The lowest bit says whether a name ends there.
    nodes: Column<u64>,
    /// The bearers of each node.
    ends: Lists,
    /// Their numbers, above two bits that say how, ascending.
    bearers: Column<u32>,
    /// The form in which each bears it, without the endings of plurals and as it stands.
    singulars: Column<u64>,
    forms: Column<u64>,
    /// The same nodes in memory: whether a name ends there.
    loaded: HashMap<u64, bool>,
}

/// A name in the making: the number of the name, its bearer, the form without the endings of plurals, the form.
type Entry = (u64, u32, u64, u64);

/// The beginning of every name.
pub(super) const ROOT: u64 = 0;

/// The bit that says that a name ends at a node.
const END: u64 = 1;

/// So many concepts are looked at in one go.
const CHUNK: u32 = 512;

/// The number of the words that lead to a node and this one.
pub(super) fn step(node: u64, word: &str) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&node.to_le_bytes());
    bytes[8..].copy_from_slice(&digest(word.as_bytes()).to_le_bytes());
    digest(&bytes) & !END
}

/// A word, in lower case, without the ending of a plural (after Harman, "How effective is suffixing?", JASIS 42, 1991, with
/// the endings behind sibilants as well). Words of one stem that are equal without it are one word in two numbers; it does not
/// have to be a word itself.
pub(super) fn singular(word: &str) -> Cow<'_, str> {
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() > 1 && !rest.ends_with(['e', 'a'])) {
        return Cow::Owned(format!("{rest}y"));
    }
    let sibilants = ["x", "z", "ch", "sh", "ss"];
    if let Some(rest) = word.strip_suffix("es").filter(|rest| sibilants.iter().any(|end| rest.ends_with(end))) {
        return Cow::Borrowed(rest);
    }
    let rest = word.strip_suffix('s').filter(|rest| rest.len() > 1 && !rest.ends_with(['s', 'u']));
    Cow::Borrowed(rest.unwrap_or(word))
}

/// The nodes on the way to a name, and what its forms are known by; none if it is no name to look for in a text: without a word,
/// without a letter, a single letter, or a whole text.
fn way(name: &str, forms: &mut Forms) -> Option<(Vec<u64>, Spoken)> {
    if name.len() > LONGEST_NAME || name.chars().filter(|c| c.is_alphanumeric()).take(2).count() < 2 {
        return None;
    }
    let (mut nodes, mut spoken, mut has_letter) = (Vec::new(), Spoken::default(), false);
    for word in words(name) {
        let word = &name[word.range];
        let known = forms.of(word);
        nodes.push(step(nodes.last().copied().unwrap_or(ROOT), &known.stem));
        spoken.add(known.folded());
        has_letter |= word.contains(char::is_alphabetic);
        if nodes.len() > MOST_WORDS {
            return None;
        }
    }
    spoken.name = *nodes.last()?;
    has_letter.then_some((nodes, spoken))
}

/// What a name is known by; none if it is no name to look for in a text.
pub fn spoken(name: &str) -> Option<Spoken> {
    way(name, &mut Forms::new()).map(|(_, spoken)| spoken)
}

fn pack(number: u32, how: Bears) -> u32 {
    number << 2 | how as u32
}

impl Spoken {
    /// Adds a word to both forms, as it stands but for case and diacritics.
    pub(super) fn add(&mut self, word: &str) {
        self.singular = step(self.singular, &singular(word));
        self.form = step(self.form, word);
    }

    fn likeness(self, other: Spoken) -> Likeness {
        match other {
            _ if self.form == other.form => Likeness::Same,
            _ if self.singular == other.singular => Likeness::Plural,
            _ => Likeness::Stem,
        }
    }
}

impl NameTable {
    /// Puts the names of so many concepts on a shelf. Their order, and how often each is named, leave no trace.
    pub fn put(shelf: &mut Shelf, concepts: u32, names: &(dyn Fn(u32) -> Vec<(Bears, String)> + Sync)) {
        let chunks: Vec<(Vec<u64>, Vec<Entry>)> = (0..concepts.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let (mut nodes, mut entries, mut forms) = (Vec::new(), Vec::new(), Forms::new());
                for number in chunk * CHUNK..concepts.min((chunk + 1) * CHUNK) {
                    for (how, name) in names(number) {
                        let Some((way, it)) = way(&name, &mut forms) else { continue };
                        entries.push((it.name, pack(number, how), it.singular, it.form));
                        nodes.extend(way);
                    }
                }
                (nodes, entries)
            })
            .collect();
        let (mut nodes, mut entries): (Vec<u64>, Vec<Entry>) = (Vec::new(), Vec::new());
        chunks.into_iter().for_each(|(some, ends)| {
            nodes.extend(some);
            entries.extend(ends);
        });
        nodes.par_sort_unstable();
        nodes.dedup();
        entries.par_sort_unstable();
        // A title that is the file name or an alias as well is one name, the title.
        entries.dedup_by(|later, first| (later.0, later.1 >> 2, later.3) == (first.0, first.1 >> 2, first.3));
        let rows = nodes.len().next_power_of_two();
        let mut starts = vec![0_u32; rows + 1];
        nodes.iter().for_each(|node| starts[row_of(*node, rows) + 1] += 1);
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        let (mut ends, mut at) = (Vec::with_capacity(nodes.len() + 1), 0);
        ends.push(0);
        for node in &mut nodes {
            let first = at;
            while entries.get(at).is_some_and(|(name, ..)| name == node) {
                at += 1;
            }
            *node |= if at > first { END } else { 0 };
            ends.push(at as u32);
        }
        shelf.put_numbers("n_row", &starts);
        shelf.put_numbers("n_node", &nodes);
        shelf.put_numbers("n_end", &ends);
        shelf.put_numbers("n_who", &entries.iter().map(|(_, who, ..)| *who).collect::<Vec<_>>());
        shelf.put_numbers("n_single", &entries.iter().map(|(.., singular, _)| *singular).collect::<Vec<_>>());
        shelf.put_numbers("n_form", &entries.iter().map(|(.., form)| *form).collect::<Vec<_>>());
    }

    /// The names that a shelf keeps; none if it keeps none.
    pub fn on(shelf: &Shelf) -> NameTable {
        NameTable {
            rows: shelf.column("n_row"),
            nodes: shelf.column("n_node"),
            ends: Lists::on(shelf, "n_end"),
            bearers: shelf.column("n_who"),
            singulars: shelf.column("n_single"),
            forms: shelf.column("n_form"),
            loaded: HashMap::new(),
        }
    }

    /// Reads all of them, for who goes through many notes.
    pub fn load(&mut self) {
        let nodes = self.nodes.to_vec();
        self.loaded = HashMap::with_capacity(nodes.len());
        self.loaded.extend(nodes.into_iter().map(|node| (node & !END, node & END > 0)));
    }

    /// All names by number, ascending.
    pub fn names(&self) -> Vec<u64> {
        self.nodes.to_vec().into_iter().filter(|node| node & END > 0).map(|node| node & !END).collect()
    }

    /// Whether names go on from a node or end there; none if no name begins so.
    pub(super) fn node(&self, node: u64) -> Option<bool> {
        if !self.loaded.is_empty() {
            return self.loaded.get(&node).copied();
        }
        self.place(node).map(|at| self.nodes.get(at) & END > 0)
    }

    fn place(&self, node: u64) -> Option<usize> {
        if self.rows.len() < 2 {
            return None;
        }
        let row = row_of(node, self.rows.len() - 1);
        let (start, end) = (self.rows.get(row) as usize, self.rows.get(row + 1) as usize);
        (start..end).find(|at| self.nodes.get(*at) & !END == node)
    }

    fn bearers_at(&self, name: u64) -> Range<usize> {
        self.place(name).map_or(0..0, |at| self.ends.range(at))
    }

    /// The concepts that a name said so means, in their order: of those that bear it, the ones that bear it best, by
    /// [`Likeness`], then as [`Bears`] has it. Takes time in proportion to its bearers.
    pub fn meant(&self, spoken: Spoken) -> Vec<Bearer> {
        let range = self.bearers_at(spoken.name);
        let forms = self.singulars.slice(range.clone()).into_iter().zip(self.forms.slice(range.clone()));
        let rank = |bearer: &Bearer| (bearer.likeness, bearer.how);
        let mut best: Vec<Bearer> = Vec::new();
        for (packed, (singular, form)) in self.bearers.slice(range).into_iter().zip(forms) {
            let how = [Bears::Name, Bears::Alias, Bears::Wanted][(packed as usize & 3).min(2)];
            let likeness = spoken.likeness(Spoken { name: spoken.name, singular, form });
            let bearer = Bearer { number: packed >> 2, how, likeness };
            match best.first() {
                Some(first) if rank(first) < rank(&bearer) => continue,
                Some(first) if rank(first) > rank(&bearer) => best.clear(),
                _ => {}
            }
            if best.last().is_none_or(|last| last.number != bearer.number) {
                best.push(bearer);
            }
        }
        best
    }

    /// The only concept that a name said so means; none where several bear it as well, or where only the stems are its own.
    pub fn meant_alone(&self, spoken: Spoken) -> Option<u32> {
        match self.meant(spoken)[..] {
            [alone] if alone.likeness < Likeness::Stem => Some(alone.number),
            _ => None,
        }
    }

    /// One of those who bear a name in whatever form; none if nobody does.
    pub fn first_bearer(&self, name: u64) -> Option<u32> {
        Some(self.bearers_at(name)).filter(|range| !range.is_empty()).map(|range| self.bearers.get(range.start) >> 2)
    }
}

/// The row of a node among a power of two of them.
fn row_of(node: u64, rows: usize) -> usize {
    ((u128::from(node) * rows as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_told_from_other_words_of_a_stem() {
        let check = |word: &str, expected: &str| assert_eq!(singular(word), expected);
        [("cities", "city"), ("boxes", "box"), ("days", "day"), ("glass", "glass"), ("virus", "virus"), ("s", "s")]
            .into_iter()
            .for_each(|(word, expected)| check(word, expected));
    }

    #[test]
    fn a_name_means_those_who_bear_it_best() {
        let names =
            [("mirror neuron", Bears::Name), ("Mirror Neurons", Bears::Alias), ("nation", Bears::Name), ("a", Bears::Name)];
        let mut shelf = Shelf::default();
        NameTable::put(&mut shelf, names.len() as u32, &|number| {
            let (name, how) = names[number as usize];
            vec![(how, name.to_owned())]
        });
        let mut table = NameTable::on(&shelf);
        for is_loaded in [false, true] {
            if is_loaded {
                table.load();
            }
            let meant = |name: &str| spoken(name).map(|it| table.meant(it).iter().map(|it| it.number).collect::<Vec<_>>());
            assert_eq!(meant("MIRROR NEURON"), Some(vec![0]));
            assert_eq!(meant("mirror neurons"), Some(vec![1]));
            assert_eq!(meant("national"), Some(vec![2]));
            assert_eq!(meant("mirror"), Some(vec![]));
            assert_eq!((meant("a"), meant("2026-01-01"), meant("—"), meant(&"ab ".repeat(25))), (None, None, None, None));
            let alone = |name: &str| spoken(name).and_then(|it| table.meant_alone(it));
            assert_eq!((alone("nations"), alone("national")), (Some(2), None));
            assert_eq!(spoken("mirror").map(|it| table.node(it.name)), Some(Some(false)), "a name goes on there");
        }
        assert_eq!(table.names().len(), 2);
    }
}
