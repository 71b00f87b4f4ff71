//! Reading the lists of the index: which notes hold a word or words one behind the other, and how often.
//!
//! A word stands in several lists, one for each of its terms and fields. What it counts in a note is added up over these
//! lists in one order, so that a score does not hang on how the notes lie in segments.

use super::language::Language;
use super::look::{Slot, spoken};
use super::passage::EXACT;
use super::schema::{LANGUAGE, Weighted};
use super::{IndexError, TextIndex};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// Notes of one segment with what something counts in each.
pub(super) type Counts = Vec<(DocId, f32)>;

/// Notes of one segment, as a set.
#[derive(Clone, Default)]
pub(super) struct Docs(Vec<u64>);

impl Docs {
    /// None of so many.
    pub(super) fn none(of: u32) -> Docs {
        Docs(vec![0; of as usize / 64 + 1])
    }

    pub(super) fn add(&mut self, doc: DocId) {
        if let Some(bits) = self.0.get_mut(doc as usize / 64) {
            *bits |= 1 << (doc % 64);
        }
    }

    fn remove(&mut self, doc: DocId) {
        if let Some(bits) = self.0.get_mut(doc as usize / 64) {
            *bits &= !(1 << (doc % 64));
        }
    }

    /// All that are alive.
    pub(super) fn alive(segment: &SegmentReader) -> Docs {
        let mut docs = Docs::none(segment.max_doc());
        segment.doc_ids_alive().for_each(|doc| docs.add(doc));
        docs
    }

    /// Those that are in another set of as many as well, or those that are not.
    pub(super) fn keep(&mut self, others: &Docs, are_in: bool) {
        self.0.iter_mut().zip(&others.0).for_each(|(bits, others)| *bits &= if are_in { *others } else { !others });
    }

    /// Adds those of another set of as many.
    pub(super) fn unite(&mut self, others: &Docs) {
        self.0.iter_mut().zip(&others.0).for_each(|(bits, others)| *bits |= others);
    }

    fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = DocId> {
        self.0.iter().enumerate().flat_map(|(at, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}

/// Whether one of these words has so many terms, as one does that is only begun, that reading their lists is work for several
/// cores.
pub(super) fn has_many_terms(slots: &[Slot]) -> bool {
    slots.iter().any(|slot| slot.len() > 8)
}

/// A slate for each segment on which is added up what words count, and wiped after each.
pub(super) struct Slates(Vec<Slate>);

#[derive(Default)]
struct Slate {
    sums: Vec<f32>,
    /// The notes with a sum above 0.
    docs: Docs,
}

impl Slates {
    /// Clean slates for the segments of an index.
    pub(super) fn of(index: &TextIndex) -> Slates {
        let clean = |of: u32| Slate { sums: vec![0.0; of as usize], docs: Docs::none(of) };
        Slates(index.searcher.segment_readers().iter().map(|segment| clean(segment.max_doc())).collect())
    }

    /// Adds up what words one behind the other count in each note: how often they stand in each field, for its length, times
    /// the field's weight; `exact`, a word as written, a little more. Gives back how many notes hold them, and in how many the word as written
    /// stands, one that holds it in two fields counting twice and all no more than there are.
    pub(super) fn write(
        &mut self,
        index: &TextIndex,
        slots: &[Slot],
        exact: Option<&str>,
        fields: &[Weighted],
    ) -> Result<(usize, usize), IndexError> {
        let write = |segment: &SegmentReader, slate: &mut Slate| {
            let as_written = slate.write(segment, slots, exact, fields)?;
            Ok((slate.docs.count(), as_written))
        };
        let counts = index.each_segment(has_many_terms(slots), &mut self.0, write)?;
        let (holding, as_written) = counts.into_iter().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        Ok((holding, as_written.min(index.count())))
    }

    /// Hands out what was added up, by the number of the segment and of the note, and wipes it away.
    pub(super) fn wipe(&mut self, mut take: impl FnMut(usize, DocId, f32)) {
        for (at, slate) in self.0.iter_mut().enumerate() {
            for doc in slate.docs.iter() {
                let sum = &mut slate.sums[doc as usize];
                take(at, doc, *sum);
                *sum = 0.0;
            }
            slate.docs.clear();
        }
    }

    /// The notes on each slate.
    pub(super) fn docs(&self) -> impl Iterator<Item = &Docs> {
        self.0.iter().map(|slate| &slate.docs)
    }
}

impl Slate {
    fn write(
        &mut self,
        segment: &SegmentReader,
        slots: &[Slot],
        exact: Option<&str>,
        fields: &[Weighted],
    ) -> Result<usize, IndexError> {
        let Slate { sums, docs: on_slate } = self;
        let alive = segment.alive_bitset();
        let mut as_written = 0;
        let mut count = |docs: &[DocId]| {
            let held = alive.map_or(docs.len(), |alive| docs.iter().filter(|doc| alive.is_alive(**doc)).count());
            as_written += held;
        };
        for weighted in fields {
            let Some(lengths) = segment.fieldnorms_readers().get_field(weighted.field)? else { continue };
            let shares = &weighted.shares;
            let mut add = |docs: &[DocId], times: &[u32], of: f32| {
                for (doc, times) in docs.iter().zip(times) {
                    let Some(sum) = sums.get_mut(*doc as usize) else { continue };
                    on_slate.add(*doc);
                    *sum += *times as f32 * of * shares[usize::from(lengths.fieldnorm_id(*doc))];
                }
            };
            match slots {
                [slot] => {
                    for term in slot.iter().map(|term| &**term).chain(beside(slot, exact)) {
                        let of = match exact == Some(term) {
                            true if beside(slot, exact).is_some() => EXACT,
                            true => 1.0 + EXACT,
                            false => 1.0,
                        };
                        each_block(segment, weighted.field, term, &mut |docs, times| {
                            add(docs, times, of);
                            if exact == Some(term) {
                                count(docs);
                            }
                        })?;
                    }
                }
                slots => {
                    each_run(segment, weighted.field, slots, &mut |doc, starts| add(&[doc], &[starts.len() as u32], 1.0))?;
                }
            }
        }
        if let Some(alive) = alive {
            let removed: Vec<DocId> = on_slate.iter().filter(|doc| !alive.is_alive(*doc)).collect();
            for doc in removed {
                sums[doc as usize] = 0.0;
                on_slate.remove(doc);
            }
        }
        Ok(as_written)
    }
}

/// A word as written, unless it is among its terms: all notes that hold it are in their lists.
fn beside<'t>(slot: &Slot, exact: Option<&'t str>) -> Option<&'t str> {
    exact.filter(|exact| !slot.iter().any(|term| **term == **exact))
}

impl TextIndex {
    /// What words one behind the other count in each note, by segment; the notes of one ascending.
    pub(super) fn counts(&self, slots: &[Slot], fields: &[Weighted]) -> Result<Vec<Counts>, IndexError> {
        let mut slates = Slates::of(self);
        slates.write(self, slots, None, fields)?;
        let mut by_segment = vec![Counts::new(); self.searcher.segment_readers().len()];
        slates.wipe(|at, doc, count| by_segment[at].push((doc, count)));
        Ok(by_segment)
    }

    /// The keys of the notes that hold words one behind the other in a field, in no order.
    pub(super) fn holding_all(&self, field: Field, slots: &[Slot]) -> Result<Vec<u64>, IndexError> {
        let counts = self.counts(slots, &[Weighted::even(field)])?;
        let keys = counts.iter().zip(&self.keys).flat_map(|(counts, keys)| counts.iter().filter_map(|(doc, _)| keys.first(*doc)));
        Ok(keys.collect())
    }

    /// About how many notes hold a word in a field: one that holds two of its terms counts twice, and none more than all.
    /// Takes time in proportion to the terms, but for notes that were removed and not yet merged away.
    pub(super) fn frequency(&self, field: Field, slot: &Slot) -> Result<usize, IndexError> {
        let mut frequency = 0;
        for segment in self.searcher.segment_readers() {
            let words = segment.inverted_index(field)?;
            for term in slot {
                if let (_, Some(_)) = spoken(term) {
                    each_block(segment, field, term, &mut |docs, _| {
                        frequency += docs.iter().filter(|doc| !segment.is_deleted(**doc)).count();
                    })?;
                    continue;
                }
                let term = Term::from_field_text(field, term);
                let Some(info) = words.get_term_info(&term).map_err(tantivy::TantivyError::from)? else { continue };
                frequency += match segment.alive_bitset() {
                    None => info.doc_freq as usize,
                    Some(alive) => {
                        let list = words.read_postings_from_terminfo(&info, IndexRecordOption::Basic);
                        list.map_err(tantivy::TantivyError::from)?.count(alive) as usize
                    }
                };
            }
        }
        Ok(frequency.min(self.count()))
    }
}

/// Goes through the notes that hold a term, a block of some hundred at a time, removed ones among them.
fn each_block(
    segment: &SegmentReader,
    field: Field,
    term: &str,
    visit: &mut dyn FnMut(&[DocId], &[u32]),
) -> Result<(), IndexError> {
    let words = segment.inverted_index(field)?;
    let (term, language) = spoken(term);
    let term = Term::from_field_text(field, term);
    let Some(info) = words.get_term_info(&term).map_err(tantivy::TantivyError::from)? else { return Ok(()) };
    let mut speakers = language.map(|language| Speakers::open(segment, language)).transpose()?;
    let blocks = words.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs);
    let mut blocks = blocks.map_err(tantivy::TantivyError::from)?;
    while !blocks.docs().is_empty() {
        match &mut speakers {
            None => visit(blocks.docs(), blocks.freqs()),
            Some(speakers) => {
                let both = blocks.docs().iter().zip(blocks.freqs());
                let (docs, freqs): (Vec<DocId>, Vec<u32>) = both.filter(|(doc, _)| speakers.hold(**doc)).unzip();
                visit(&docs, &freqs);
            }
        }
        blocks.advance();
    }
    Ok(())
}

/// Goes through the notes that hold words one behind the other, with the positions at which these begin.
fn each_run(
    segment: &SegmentReader,
    field: Field,
    slots: &[Slot],
    visit: &mut dyn FnMut(DocId, &[u32]),
) -> Result<(), IndexError> {
    let Some(mut run) = Run::open(segment, field, slots, None)? else { return Ok(()) };
    let (mut starts, mut target) = (Vec::new(), 0);
    loop {
        target = run.seek(target);
        if target == TERMINATED {
            return Ok(());
        }
        run.starts(&mut starts);
        if !starts.is_empty() {
            visit(target, &starts);
        }
        target += 1;
    }
}

/// Words one behind the other in one field of one segment, note by note.
pub(super) struct Run {
    slots: Vec<Lists>,
    /// Which list of the first word is that of the word as written, where that counts.
    exact: Option<usize>,
    spare: Vec<u32>,
}

/// The lists of one word.
struct Lists(Vec<List>);

/// The notes that hold a term; of one that belongs to a language, only those in that language. tantivy's lists hold what they
/// unpacked within themselves, a kilobyte and more, which is not to be moved about.
struct List {
    postings: Box<SegmentPostings>,
    speakers: Option<Speakers>,
}

/// The notes of one language.
struct Speakers(Option<Box<SegmentPostings>>);

impl Speakers {
    fn open(segment: &SegmentReader, language: Language) -> Result<Speakers, IndexError> {
        let field = segment.schema().get_field(LANGUAGE)?;
        let term = Term::from_field_text(field, language.code());
        let list = segment.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic);
        Ok(Speakers(list.map_err(tantivy::TantivyError::from)?.map(Box::new)))
    }

    /// Whether a note is one of them. Notes are to be asked for in ascending order.
    fn hold(&mut self, doc: DocId) -> bool {
        self.0.as_mut().is_some_and(|list| {
            if list.doc() < doc {
                list.seek(doc);
            }
            list.doc() == doc
        })
    }
}

impl List {
    fn open(segment: &SegmentReader, field: Field, term: &str) -> Result<Option<List>, IndexError> {
        let (term, language) = spoken(term);
        let term = Term::from_field_text(field, term);
        let list = segment.inverted_index(field)?.read_postings(&term, IndexRecordOption::WithFreqsAndPositions);
        let Some(postings) = list.map_err(tantivy::TantivyError::from)?.map(Box::new) else { return Ok(None) };
        let speakers = language.map(|language| Speakers::open(segment, language)).transpose()?;
        let mut list = List { postings, speakers };
        list.settle();
        Ok(Some(list))
    }

    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn seek(&mut self, target: DocId) {
        self.postings.seek(target);
        self.settle();
    }

    /// Goes on to the first note that counts.
    fn settle(&mut self) {
        let Some(speakers) = &mut self.speakers else { return };
        while self.postings.doc() != TERMINATED && !speakers.hold(self.postings.doc()) {
            self.postings.advance();
        }
    }
}

impl Run {
    /// Opens the lists of these words; none where a word is in none. `exact` is the term whose occurrences are to be told.
    pub(super) fn open(
        segment: &SegmentReader,
        field: Field,
        slots: &[Slot],
        exact: Option<&str>,
    ) -> Result<Option<Run>, IndexError> {
        let (mut open, mut exact_at) = (Vec::new(), None);
        for slot in slots {
            let mut lists = Vec::new();
            let exact = exact.filter(|_| slots.len() == 1);
            for term in slot.iter().map(|term| &**term).chain(beside(slot, exact)) {
                let Some(list) = List::open(segment, field, term)? else { continue };
                if exact == Some(term) {
                    exact_at = Some(lists.len());
                }
                lists.push(list);
            }
            if lists.is_empty() {
                return Ok(None);
            }
            open.push(Lists(lists));
        }
        Ok((!open.is_empty()).then_some(Run { slots: open, exact: exact_at, spare: Vec::new() }))
    }

    /// The first note from `target` on that holds each of the words somewhere; [`TERMINATED`] if none does. A target before
    /// that of the last call finds no note passed over since.
    pub(super) fn seek(&mut self, mut target: DocId) -> DocId {
        loop {
            let furthest = self.slots.iter_mut().map(|lists| lists.seek(target)).max().unwrap_or(TERMINATED);
            if furthest == TERMINATED || self.slots.iter().all(|lists| lists.doc() == furthest) {
                return furthest;
            }
            target = furthest;
        }
    }

    /// Whether a note holds each of the words somewhere. Notes are to be asked for in ascending order.
    pub(super) fn is_at(&mut self, doc: DocId) -> bool {
        self.seek(doc) == doc
    }

    /// How often the word as written stands in the note at hand.
    pub(super) fn times_exact(&self) -> u32 {
        let list = self.exact.and_then(|at| self.slots.first()?.0.get(at));
        list.filter(|list| list.doc() == self.slots[0].doc()).map_or(0, |list| list.postings.term_freq())
    }

    /// The positions at which the words begin, one behind the other, in the note at hand; ascending.
    pub(super) fn starts(&mut self, starts: &mut Vec<u32>) {
        starts.clear();
        for (at, lists) in self.slots.iter_mut().enumerate() {
            if at > 0 && starts.is_empty() {
                return;
            }
            let positions = if at == 0 { &mut *starts } else { &mut self.spare };
            lists.positions(positions);
            if at > 0 {
                let spare = &self.spare;
                starts.retain(|start| spare.binary_search(&(start + at as u32)).is_ok());
            }
        }
    }
}

impl Lists {
    fn doc(&self) -> DocId {
        self.0.iter().map(List::doc).min().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let behind = self.0.iter_mut().filter(|list| list.doc() < target);
        behind.for_each(|list| list.seek(target));
        self.doc()
    }

    fn positions(&mut self, positions: &mut Vec<u32>) {
        positions.clear();
        let here = self.doc();
        let holding = self.0.iter_mut().filter(|list| list.doc() == here);
        holding.for_each(|list| list.postings.append_positions_with_offset(0, positions));
        positions.sort_unstable();
        positions.dedup();
    }
}
