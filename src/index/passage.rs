//! The score of a note: that of its best passage.
//!
//! A note is as good as the best stretch of 150 words in it, taken as if it stood in a note of its own under the title,
//! headings and tags of this one. So a book that holds the answer on one page is found by that page, and neither wins by
//! having all words somewhere nor loses by all that it says besides. A note of fewer words is one passage.

use super::gather::Run;
use super::look::Slot;
use super::schema::{PASSAGE, PASSAGE_TERMS, TEXT_FIELDS};
use super::{IndexError, TextIndex};
use tantivy::DocId;

/// How fast more of the same word adds less: k₁ of BM25.
pub(super) const SATURATION: f32 = 1.8;

/// What a word as written counts besides, wherever in the note it stands, against the word in any form.
pub(super) const EXACT: f32 = 0.2;

/// What a pair of words side by side counts, against the two words by themselves.
const SIDE_BY_SIDE: f32 = 0.3;

/// Something a query asks for: words one behind the other, and what they weigh.
pub(super) struct Sought {
    /// The words, each by its terms.
    pub slots: Vec<Slot>,
    /// A word as written, one of its terms, where it counts besides.
    pub exact: Option<Box<str>>,
    /// The inverse document frequency of that.
    pub exact_weight: f32,
    /// The inverse document frequency of BM25, times what it counts against others.
    pub weight: f32,
    /// The number of the piece of the query it belongs to.
    pub piece: usize,
    /// How many notes hold it.
    pub holding: usize,
}

/// What one thing that was sought adds to the score of a note.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The number of the piece of the query.
    pub piece: usize,
    /// Whether it counts for being written exactly so.
    pub is_exact: bool,
    /// Whether it counts for standing right before the next piece.
    pub is_pair: bool,
    /// What it adds, above 0.
    pub adds: f64,
    /// How often it stands in the best passage, or in the whole note if it is short; a pair always in the whole
    /// note. None is counted of what is written exactly so, which counts wherever in the note it stands.
    pub in_passage: u32,
    /// In which other fields it stands, in the order of the table.
    pub fields: Vec<&'static str>,
    /// How many notes hold it; none of a pair and of what is written exactly so, which nobody counts.
    pub notes: Option<usize>,
}

/// The lists of something sought, open in one segment.
struct Open {
    body: Option<Run>,
    others: Vec<(usize, Run)>,
}

/// A passage, being moved through a note.
struct Window {
    /// What the other fields count for each of what is sought, and how often each stands in the passage.
    outside: Vec<f32>,
    inside: Vec<u32>,
    /// What one occurrence in the body counts.
    share: f32,
}

impl Window {
    fn value(&self, sought: &[Sought], at: usize) -> f64 {
        let count = self.outside[at] + self.inside[at] as f32 * self.share;
        f64::from(saturated(count) * sought[at].weight)
    }

    /// Says that one more or one fewer stands in the passage; gives back by how much that changes what it is worth.
    fn change(&mut self, sought: &[Sought], number: usize, by: i32) -> f64 {
        let before = self.value(sought, number);
        self.inside[number] = self.inside[number].saturating_add_signed(by);
        self.value(sought, number) - before
    }

    fn whole(&self, sought: &[Sought]) -> f64 {
        (0..sought.len()).map(|at| self.value(sought, at)).sum()
    }
}

/// What so much of something counts, at most 1 + k₁.
pub(super) fn saturated(count: f32) -> f32 {
    count * (SATURATION + 1.0) / (count + SATURATION)
}

impl TextIndex {
    /// The scores of notes of one segment, by their best passages; `docs` ascending. With `tell`, each part of each score.
    pub(super) fn by_passage(
        &self,
        at: usize,
        docs: &[DocId],
        sought: &[Sought],
        tell: bool,
    ) -> Result<Vec<(f64, Vec<Part>)>, IndexError> {
        let segment = &self.searcher.segment_readers()[at];
        let texts = &self.fields.texts;
        let mut fields = Vec::new();
        for weighted in texts[..texts.len() - 1].iter().chain([&self.fields.passages]) {
            fields.push((segment.fieldnorms_readers().get_field(weighted.field)?, &weighted.shares));
        }
        let mut open = Vec::new();
        for it in sought {
            let run = |field| Run::open(segment, field, &it.slots, it.exact.as_deref());
            let mut others = Vec::new();
            for (number, weighted) in texts[..texts.len() - 1].iter().enumerate() {
                others.extend(run(weighted.field)?.map(|run| (number, run)));
            }
            open.push(Open { body: run(self.fields.passages.field)?, others });
        }
        let (mut starts, mut scores) = (Vec::new(), Vec::new());
        let share = |number: usize, doc: DocId| {
            let (lengths, shares) = &fields[number];
            lengths.as_ref().map_or(0.0, |lengths| shares[usize::from(lengths.fieldnorm_id(doc))])
        };
        let whole_share = |doc: DocId| {
            let lengths = fields[texts.len() - 1].0.as_ref();
            lengths.map_or(0.0, |lengths| self.fields.body().shares[usize::from(lengths.fieldnorm_id(doc))])
        };
        for doc in docs.iter().copied() {
            let mut window =
                Window { outside: vec![0.0; sought.len()], inside: vec![0; sought.len()], share: share(texts.len() - 1, doc) };
            let mut stands: Vec<(u32, usize)> = Vec::new();
            let mut named: Vec<Vec<usize>> = vec![Vec::new(); sought.len()];
            let mut exact = vec![0.0; sought.len()];
            for (number, open) in open.iter_mut().enumerate() {
                for (field, run) in &mut open.others {
                    if run.is_at(doc) {
                        run.starts(&mut starts);
                        window.outside[number] += starts.len() as f32 * share(*field, doc);
                        exact[number] += run.times_exact() as f32 * share(*field, doc);
                        if !starts.is_empty() {
                            named[number].push(*field);
                        }
                    }
                }
                if let Some(run) = &mut open.body
                    && run.is_at(doc)
                {
                    run.starts(&mut starts);
                    stands.extend(starts.iter().map(|start| (*start, number)));
                    exact[number] += run.times_exact() as f32 * whole_share(doc);
                }
            }
            stands.sort_unstable();
            let is_long = fields[texts.len() - 1].0.as_ref().is_some_and(|lengths| lengths.fieldnorm(doc) > PASSAGE_TERMS);
            let best = best_passage(&mut window, &stands, sought, is_long);
            let mut score = window.whole(sought);
            let pairs = side_by_side(&stands, sought);
            let weights = |first: usize, second: usize| SIDE_BY_SIDE * (sought[first].weight + sought[second].weight) / 2.0;
            let added = |times: u32, first, second| f64::from(saturated(times as f32 * window.share) * weights(first, second));
            score += pairs.iter().map(|(first, second, times)| added(*times, *first, *second)).sum::<f64>();
            let as_written = |number: usize| f64::from(saturated(exact[number]) * EXACT * sought[number].exact_weight);
            score += (0..sought.len()).map(as_written).sum::<f64>();
            let mut parts = Vec::new();
            if tell {
                debug_assert!(best.end <= stands.len());
                for (number, it) in sought.iter().enumerate() {
                    let adds = window.value(sought, number);
                    if adds > 0.0 {
                        let fields = named[number].iter().map(|field| TEXT_FIELDS[*field].0).collect();
                        let (piece, in_passage) = (it.piece, window.inside[number]);
                        let notes = Some(it.holding);
                        parts.push(Part { piece, is_exact: false, is_pair: false, adds, in_passage, fields, notes });
                    }
                }
                for (number, it) in sought.iter().enumerate().filter(|(number, _)| exact[*number] > 0.0) {
                    let (adds, fields) = (as_written(number), Vec::new());
                    let part = Part { piece: it.piece, is_exact: true, is_pair: false, adds, in_passage: 0, fields, notes: None };
                    parts.push(part);
                }
                for (first, second, times) in pairs {
                    let (piece, adds) = (sought[first].piece, added(times, first, second));
                    let fields = Vec::new();
                    parts.push(Part { piece, is_exact: false, is_pair: true, adds, in_passage: times, fields, notes: None });
                }
            }
            scores.push((score, parts));
        }
        Ok(scores)
    }
}

/// Moves the passage to where it is worth most, the first such place: which of what stands in the body is in it.
fn best_passage(window: &mut Window, stands: &[(u32, usize)], sought: &[Sought], is_long: bool) -> std::ops::Range<usize> {
    if !is_long {
        stands.iter().for_each(|(_, number)| window.inside[*number] += 1);
        return 0..stands.len();
    }
    let (mut end, mut value, mut best) = (0, window.whole(sought), (f64::MIN, 0..0));
    for (start, (position, first)) in stands.iter().enumerate() {
        while let Some((_, number)) = stands.get(end).filter(|(at, _)| *at < position + PASSAGE) {
            value += window.change(sought, *number, 1);
            end += 1;
        }
        // What rounding leaves must not move the place.
        let here = (value * 1e6).round();
        if here > best.0 {
            best = (here, start..end);
        }
        value += window.change(sought, *first, -1);
    }
    window.inside.iter_mut().for_each(|count| *count = 0);
    stands[best.1.clone()].iter().for_each(|(_, number)| window.inside[*number] += 1);
    best.1
}

/// How often pieces that follow each other in the query do so in the body: by their numbers.
fn side_by_side(stands: &[(u32, usize)], sought: &[Sought]) -> Vec<(usize, usize, u32)> {
    let mut pairs: Vec<(usize, usize, u32)> = Vec::new();
    for (at, (position, first)) in stands.iter().enumerate() {
        let next = position + sought[*first].slots.len() as u32;
        let following = stands[at..].iter().take_while(|(position, _)| *position <= next);
        for (_, second) in following.filter(|(position, _)| *position == next) {
            if sought[*second].piece == sought[*first].piece + 1 {
                match pairs.iter_mut().find(|(a, b, _)| (a, b) == (first, second)) {
                    Some((.., times)) => *times += 1,
                    None => pairs.push((*first, *second, 1)),
                }
            }
        }
    }
    pairs
}
