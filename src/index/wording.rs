//! Which notes say the same: texts held against each other by their runs of four words, so that copies, and copies with a
//! word changed here and there, are told from notes that merely speak of the same.
//!
//! It knows no scores and no names, and keeps nothing of a text but a few numbers.

use super::words::{in_small_letters, words};
use crate::note::Prose;
use foldhash::quality::FixedState;
use foldhash::{HashMap, HashMapExt};
use std::collections::BTreeSet;
use std::hash::BuildHasher;

/// A text of fewer words says too little to be a copy of another.
const FEWEST_WORDS: usize = 8;

/// So many words one behind the other are compared as one.
const RUN: usize = 4;

/// So many runs of a text are kept: those of the smallest numbers, which are a fair sample of all. A resemblance that is
/// told by 200 of them is right within 0.02 two times out of three; a text of no more runs is compared whole.
const KEPT: usize = 200;

/// Texts that resemble each other this much, in tenths, are copies.
const ALIKE_TENTHS: usize = 9;

/// At most so many texts that share some run with another are compared with it: what a template puts into every note must
/// not make a long list of notes quadratic.
const MOST_COMPARED: usize = 64;

/// What a text says, in short: the numbers of its runs of four words, however cased, without what stands between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The smallest, ascending.
    runs: Box<[u64]>,
    /// Whether these are all.
    is_whole: bool,
}

impl Wording {
    /// That of a note's text; none of fewer than eight words. Takes time in proportion to the text.
    pub fn of(prose: &Prose) -> Option<Wording> {
        let text = prose.text();
        let hasher = FixedState::with_seed(0);
        let mut last = [0; RUN];
        let mut kept: BTreeSet<u64> = BTreeSet::new();
        let (mut count, mut is_whole) = (0, true);
        // The largest of them, once as many are kept as are wanted.
        let mut largest = None;
        for word in words(text) {
            last.rotate_left(1);
            last[RUN - 1] = in_small_letters(&text[word.range], |word| hasher.hash_one(word));
            count += 1;
            if count < RUN {
                continue;
            }
            let run = hasher.hash_one(last);
            if largest.is_none_or(|largest| run < largest) {
                kept.insert(run);
                if kept.len() > KEPT {
                    kept.pop_last();
                    is_whole = false;
                }
                if kept.len() == KEPT {
                    largest = kept.last().copied();
                }
            } else {
                is_whole &= largest == Some(run);
            }
        }
        (count >= FEWEST_WORDS).then(|| Wording { runs: kept.into_iter().collect(), is_whole })
    }

    /// Whether the resemblance of two texts (Broder, "On the resemblance and containment of documents", 1997: the share of
    /// their distinct runs that both have) is 0.9 or more: estimated by the smallest of both, exact where all are kept.
    fn is_like(&self, other: &Wording) -> bool {
        let most = if self.is_whole && other.is_whole { usize::MAX } else { KEPT };
        let (mut a, mut b) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        let (mut common, mut of) = (0, 0);
        while of < most {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) => (**x).min(**y),
                (Some(x), None) => **x,
                (None, Some(y)) => **y,
                (None, None) => break,
            };
            let in_both = (a.next_if(|run| **run == next).is_some(), b.next_if(|run| **run == next).is_some());
            common += usize::from(in_both == (true, true));
            of += 1;
        }
        common * 10 >= of * ALIKE_TENTHS
    }

    /// Of two texts that are alike, one of these few smallest runs is in both: where at most a tenth of all is in one alone,
    /// so is at most a tenth of any beginning.
    fn telling(&self) -> &[u64] {
        &self.runs[..self.runs.len() / 9 + 1]
    }
}

/// Texts, to find those that say the same.
#[derive(Default)]
pub struct Wordings {
    texts: Vec<(usize, Wording)>,
    /// Which of them hold each of their telling runs, in the order they came.
    by_run: HashMap<u64, Vec<usize>>,
}

impl Wordings {
    /// None yet.
    pub fn new() -> Wordings {
        Wordings { texts: Vec::new(), by_run: HashMap::new() }
    }

    /// The number of the first text that says the same as this one.
    pub fn find(&self, wording: &Wording) -> Option<usize> {
        let sharing = wording.telling().iter().filter_map(|run| self.by_run.get(run)).flatten().copied();
        let sharing: BTreeSet<usize> = sharing.collect();
        let same = sharing.iter().find(|at| self.texts[**at].1 == *wording);
        let alike = || sharing.iter().take(MOST_COMPARED).find(|at| self.texts[**at].1.is_like(wording));
        same.or_else(alike).map(|at| self.texts[*at].0)
    }

    /// Adds a text by its number.
    pub fn add(&mut self, number: usize, wording: Wording) {
        for run in wording.telling() {
            self.by_run.entry(*run).or_default().push(self.texts.len());
        }
        self.texts.push((number, wording));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::note;
    use super::*;
    use proptest::prelude::*;

    fn wording(text: &str) -> Option<Wording> {
        Wording::of(&note(text).1)
    }

    fn are_alike(a: &str, b: &str) -> bool {
        let (a, b) = (wording(a).expect("a wording"), wording(b).expect("a wording"));
        let mut wordings = Wordings::new();
        wordings.add(7, a.clone());
        assert_eq!(wordings.find(&b).is_some(), a.is_like(&b), "what is looked up is what is compared");
        assert_eq!(a.is_like(&b), b.is_like(&a));
        a.is_like(&b)
    }

    /// A text of so many different words, some of them changed.
    fn text(words: usize, changed: &[usize]) -> String {
        let word = |at: usize| if changed.contains(&at) { format!("other{at}") } else { format!("word{at}") };
        (0..words).map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn which_texts_say_the_same() {
        assert_eq!(wording("one two three four five six seven"), None);
        let eight = "one two three four five six seven eight";
        assert!(are_alike(eight, "---\ntitle: x\n---\n**One** two, [[three]] FOUR five\n\n- six - seven; eight!"));
        assert!(!are_alike(eight, "one two three four five six seven nine"));
        assert!(!are_alike(eight, "eight seven six five four three two one"));
        // A word in the middle is in four runs, which one text has besides and so has the other.
        assert!(are_alike(&text(90, &[]), &text(90, &[40])));
        assert!(!are_alike(&text(70, &[]), &text(70, &[40])));
        assert!(are_alike(&text(5_000, &[]), &text(5_000, &[40, 2_000])));
        assert!(!are_alike(&text(5_000, &[]), &text(2_500, &[])));
        assert!(are_alike(&"word ".repeat(1_000), &"word ".repeat(8)));
    }

    #[test]
    fn the_first_that_says_the_same() {
        let mut wordings = Wordings::new();
        for (number, from) in [(3, 0), (5, 1), (8, 1)] {
            wordings.add(number, wording(&text(300, &[from * 150])).expect("a wording"));
        }
        assert_eq!(wordings.find(&wording(&text(300, &[0])).expect("a wording")), Some(3));
        // What is the same to the word goes before what is alike.
        assert_eq!(wordings.find(&wording(&text(300, &[150])).expect("a wording")), Some(5));
        assert_eq!(wordings.find(&wording(&text(200, &[])).expect("a wording")), None);
    }

    #[test]
    fn what_all_share_does_not_hide_a_copy() {
        let mut wordings = Wordings::new();
        let page =
            |number: usize| format!("{} {}", text(40, &[]), (0..40).map(|at| format!("x{number}y{at} ")).collect::<String>());
        for number in 0..200 {
            let page = wording(&page(number)).expect("a wording");
            assert_eq!(wordings.find(&page), None);
            wordings.add(number, page);
        }
        assert_eq!(wordings.find(&wording(&page(199)).expect("a wording")), Some(199));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn short_texts_are_compared_whole(a in prop::collection::vec(0..4_u8, 8..40), b in prop::collection::vec(0..4_u8, 8..40)) {
            let runs = |of: &[u8]| of.windows(4).map(<[u8]>::to_vec).collect::<BTreeSet<_>>();
            let (x, y) = (runs(&a), runs(&b));
            let resemblance = x.intersection(&y).count() as f64 / x.union(&y).count() as f64;
            let text = |of: &[u8]| of.iter().map(|word| format!("w{word} ")).collect::<String>();
            prop_assert_eq!(are_alike(&text(&a), &text(&b)), resemblance >= 0.9 - 1e-9);
        }
    }
}
