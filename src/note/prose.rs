//! A note's text as a reader sees it, markup stripped, with the way back to the source: for search, excerpts, evidence.
//!
//! A prose lives as long as somebody looks at the note; the vault does not keep it.

use super::span::Span;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use unicode_segmentation::UnicodeSegmentation;

/// The plain text of a note's body. Blocks (paragraphs, headings, items, rows, code) are divided by newlines.
#[derive(Debug, Default)]
pub struct Prose {
    text: String,
    /// How many bytes of the file stand before the text that the segments count in.
    base: u32,
    segments: Vec<Segment>,
    blocks: Vec<Block>,
    links: Vec<LinkSpan>,
    /// Where the note's own text begins: behind page chrome and the title of a pasted article.
    opening: u32,
    /// Where in the source keys stand, of typed lines and of fields, and where tables; ascending.
    keys: Vec<Range<u32>>,
    tables: Vec<Range<u32>>,
    /// Where the sentences of each block begin.
    sentences: OnceLock<Vec<OnceLock<Box<[u32]>>>>,
}

/// A run of the text that stands in one piece in the source, too.
#[derive(Clone, Copy, Debug)]
struct Segment {
    at: u32,
    source: u32,
    voice: Voice,
}

/// Who speaks in a run of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The writer: names here are mentions, `#words` are tags.
    Writer,
    /// A link's words.
    Link,
    /// Code or math.
    Code,
    /// A blank or divider that the source writes otherwise.
    Glue,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    start: u32,
    end: u32,
    is_heading: bool,
}

#[derive(Clone, Copy, Debug)]
struct LinkSpan {
    source: u32,
    start: u32,
    end: u32,
}

/// A passage of prose, ready to be shown: one line, without control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// The text.
    pub text: String,
    /// The byte ranges of the text that matter (a link, the words that were searched), in order.
    pub marks: Vec<Range<usize>>,
}

/// The longest passage that leaves a note, in characters.
pub const LONGEST_PASSAGE: usize = 300;

/// How far, in bytes, a sentence is looked for on either side of what stands in it.
const LOOK_AROUND: usize = 1_000;

/// The most signs in a row, neither letters nor digits, that a sentence holds.
const MOST_SIGNS: usize = 64;

/// Full stops that end no sentence.
const ABBREVIATIONS: [&str; 17] = [
    "Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.", "vs.", "e.g.", "i.e.", "cf.", "al.", "Fig.", "Eq.", "No.", "approx.", "ca.",
    "p.",
];

/// Whether one of these ranges, which are ascending and apart, holds a byte.
fn holds(ranges: &[Range<u32>], at: usize) -> bool {
    let after = ranges.partition_point(|range| range.start as usize <= at);
    after.checked_sub(1).is_some_and(|last| at < ranges[last].end as usize)
}

/// Whether a word could begin right behind this text.
fn ends_word(text: &str) -> bool {
    !text.ends_with(char::is_alphanumeric)
}

/// A text no longer than a passage; an ellipsis shows the cut.
pub fn clip(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_PASSAGE) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

impl Prose {
    /// Empties it and makes room for a text of `bytes`, which `base` bytes precede in the file.
    pub(crate) fn begin(&mut self, bytes: usize, base: usize) {
        self.text.clear();
        self.text.reserve(bytes);
        self.segments.clear();
        self.blocks.clear();
        self.links.clear();
        self.keys.clear();
        self.tables.clear();
        self.opening = 0;
        self.sentences = OnceLock::new();
        self.base = base as u32;
    }

    /// Says that what stands before byte `source` is not the note's own text: it can be found, and is never quoted.
    pub(crate) fn open_at(&mut self, source: usize) {
        let first = self.segments.partition_point(|segment| (segment.source as usize) < source);
        // A run may begin before and reach beyond.
        let within = first.checked_sub(1).map(|index| {
            let segment = self.segments[index];
            let end = self.segments.get(first).map_or(self.text.len(), |next| next.at as usize);
            (segment.at as usize + source.saturating_sub(segment.source as usize)).min(end)
        });
        self.opening = self.boundary(within.unwrap_or(0)) as u32;
    }

    /// Says that these bytes of the source are keys: they relate what stands behind them, and speak of nothing.
    pub(crate) fn add_keys(&mut self, keys: impl IntoIterator<Item = Range<usize>>) {
        self.keys.extend(keys.into_iter().map(|key| key.start as u32..key.end as u32));
        self.keys.sort_unstable_by_key(|key| (key.start, key.end));
        // Apart, so that the last one before a place is the only one that may hold it.
        self.keys.dedup_by(|later, first| {
            let is_touched = later.start <= first.end;
            first.end = if is_touched { first.end.max(later.end) } else { first.end };
            is_touched
        });
    }

    /// Says that a table stands on these bytes of the source, behind all others.
    pub(crate) fn add_table(&mut self, table: Range<usize>) {
        self.tables.push(table.start as u32..table.end as u32);
    }

    /// Whether a place of the text is part of a key: of `See also` in `See also: [[x]]`, of `up` in `up:: x`.
    pub fn is_key(&self, offset: usize) -> bool {
        !self.keys.is_empty() && holds(&self.keys, self.source_of(offset).saturating_sub(self.base as usize))
    }

    /// Whether a place of the text is in a table, where a bar divides cells.
    pub fn is_in_table(&self, offset: usize) -> bool {
        !self.tables.is_empty() && holds(&self.tables, self.source_of(offset).saturating_sub(self.base as usize))
    }

    /// Whether these are the writer's own words from byte `source` on, without a sign of markup.
    pub(crate) fn holds(&self, written: &str, source: usize) -> bool {
        let after = self.segments.partition_point(|segment| segment.source as usize <= source);
        let Some(segment) = after.checked_sub(1).map(|index| self.segments[index]) else { return false };
        let at = segment.at as usize + (source - segment.source as usize);
        segment.voice == Voice::Writer && self.text.get(at..).is_some_and(|text| text.starts_with(written))
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn push(&mut self, text: &str, source: usize, voice: Voice) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        let source = source as u32;
        let continues = |last: &Segment| last.voice == voice && at - last.at == source.wrapping_sub(last.source);
        if !self.segments.last().is_some_and(continues) {
            self.segments.push(Segment { at, source, voice });
        }
        self.text.push_str(text);
    }

    /// A link that stands at byte `source` begins here; [`Prose::end_link`] ends it.
    pub(crate) fn start_link(&mut self, source: usize) {
        let at = self.text.len() as u32;
        self.links.push(LinkSpan { source: source as u32, start: at, end: at });
    }

    pub(crate) fn end_link(&mut self, source: usize) {
        let end = self.text.len() as u32;
        if let Ok(index) = self.links.binary_search_by_key(&(source as u32), |link| link.source) {
            self.links[index].end = end;
        }
    }

    /// Ends the block that began at `start`, if anything stands in it.
    pub(crate) fn end_block(&mut self, start: usize, is_heading: bool) {
        if self.text.len() > start {
            self.blocks.push(Block { start: start as u32, end: self.text.len() as u32, is_heading });
            self.text.push('\n');
        }
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.segments.truncate(self.segments.partition_point(|segment| (segment.at as usize) < length));
        self.links.iter_mut().rev().take_while(|link| link.end as usize > length).for_each(|link| {
            link.end = length as u32;
            link.start = link.start.min(link.end);
        });
    }

    /// The runs of the text from `start` on: offset, source offset, text, voice.
    pub(crate) fn runs(&self, start: usize) -> impl Iterator<Item = (usize, usize, &str, Voice)> {
        let first = self.segments.partition_point(|segment| (segment.at as usize) < start);
        (first..self.segments.len()).filter_map(move |index| {
            let segment = self.segments[index];
            let end = self.segments.get(index + 1).map_or(self.text.len(), |next| next.at as usize);
            let text = self.text.get(segment.at as usize..end)?;
            Some((segment.at as usize, segment.source as usize, text, segment.voice))
        })
    }

    /// Where in the note the character at `offset` of the text is written, as a byte offset into its file.
    pub fn source_of(&self, offset: usize) -> usize {
        let after = self.segments.partition_point(|segment| segment.at as usize <= offset);
        match after.checked_sub(1).map(|index| self.segments[index]) {
            Some(segment) => (self.base + segment.source) as usize + (offset - segment.at as usize),
            None => 0,
        }
    }

    /// Whether the writer's own words stand at `offset`, not a link's, code's or math's.
    pub fn is_written(&self, offset: usize) -> bool {
        let after = self.segments.partition_point(|segment| segment.at as usize <= offset);
        after.checked_sub(1).is_some_and(|index| self.segments[index].voice == Voice::Writer)
    }

    /// Whether all of a range of the text are the writer's own words.
    pub fn is_all_written(&self, range: Range<usize>) -> bool {
        let after = self.segments.partition_point(|segment| segment.at as usize <= range.start);
        let first = after.saturating_sub(1);
        let runs = self.segments[first..].iter().take_while(|segment| (segment.at as usize) < range.end.max(range.start + 1));
        after > 0 && runs.into_iter().all(|segment| segment.voice == Voice::Writer)
    }

    /// The ranges of the blocks of the note's own text, in order, and whether each is a heading.
    pub fn blocks(&self) -> impl Iterator<Item = (Range<usize>, bool)> {
        let first = self.blocks.partition_point(|block| block.end <= self.opening);
        self.blocks[first..].iter().map(|block| (self.quotable(block), block.is_heading))
    }

    /// The part of a block that is the note's own text.
    fn quotable(&self, block: &Block) -> Range<usize> {
        block.start.max(self.opening) as usize..block.end as usize
    }

    /// The block at a place of the text: its number, and what of it is the note's own.
    fn block_at(&self, offset: usize) -> Option<(usize, Range<usize>)> {
        let after = self.blocks.partition_point(|block| block.start as usize <= offset);
        let number = after.checked_sub(1)?;
        let block = self.quotable(self.blocks.get(number)?);
        (block.contains(&offset) || block.end == offset).then_some((number, block))
    }

    /// The range of the first paragraph that says something; none if the note has no paragraph.
    pub fn first_paragraph(&self) -> Option<Range<usize>> {
        let paragraphs = || self.blocks().filter(|(_, is_heading)| !is_heading).map(|(range, _)| range);
        let is_code =
            |range: &Range<usize>| self.runs(self.run_start(range.start)).next().is_some_and(|run| run.3 == Voice::Code);
        let says_something =
            |range: &Range<usize>| range.len() > 40 && !is_code(range) && self.has_words_of_its_own(range.clone());
        paragraphs().find(says_something).or_else(|| paragraphs().next())
    }

    /// The sentence around the link that stands at `span` of the note, the link marked. None where the link stands in
    /// no sentence: alone on its line, in a row of links, in front matter.
    pub fn sentence_of_link(&self, span: Span) -> Option<Passage> {
        let source = span.start.checked_sub(self.base)?;
        let index = self.links.binary_search_by_key(&source, |link| link.source).ok()?;
        let link = self.links[index];
        let link = link.start as usize..link.end as usize;
        let sentence = self.sentence_at(link.clone())?;
        let says_more = self.has_words_of_its_own(sentence.clone());
        says_more.then(|| self.passage(sentence, &[link]))
    }

    /// The sentence or sentences that hold `range` of the text, cut where they go on for pages.
    pub fn sentence_at(&self, range: Range<usize>) -> Option<Range<usize>> {
        let (number, block) = self.block_at(range.start)?;
        let starts = self.sentences(number);
        let next = starts.partition_point(|start| *start as usize <= range.start);
        let start = next.checked_sub(1).map_or(block.start, |at| starts[at] as usize).max(block.start);
        let after = next + starts[next..].partition_point(|start| (*start as usize) < range.end);
        let end = starts.get(after).map_or(block.end, |start| *start as usize).min(block.end);
        // A sentence is short; a block may be a book in one line, asked for each of its links.
        let start = start.max(self.boundary(range.start.saturating_sub(LOOK_AROUND)));
        Some(start..end.min(self.boundary((range.end + LOOK_AROUND).min(self.text.len()))).max(start))
    }

    /// Where the sentences of a block begin, found once for all who ask.
    fn sentences(&self, block: usize) -> &[u32] {
        let blocks = self.sentences.get_or_init(|| vec![OnceLock::new(); self.blocks.len()]);
        blocks[block].get_or_init(|| {
            let mut starts = Vec::new();
            // Of a block before the note's own text nothing is left.
            let quotable = Some(self.quotable(&self.blocks[block])).filter(|range| range.start < range.end);
            for piece in quotable.map_or(Vec::new(), |range| self.pieces(range)) {
                let mut goes_on = false;
                for (at, sentence) in self.text[piece.clone()].split_sentence_bound_indices() {
                    if !goes_on {
                        starts.push((piece.start + at) as u32);
                    }
                    let sentence = sentence.trim_end();
                    goes_on = ABBREVIATIONS.iter().any(|short| sentence.strip_suffix(short).is_some_and(ends_word));
                }
            }
            starts.into()
        })
    }

    /// A block, divided where very many signs in a row are no letter or digit. Behind a full stop each of them would be
    /// asked what follows all the others, which takes for ever on a page of brackets.
    fn pieces(&self, block: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let (mut start, mut signs) = (block.start, 0);
        for (at, c) in self.text[block.clone()].char_indices() {
            signs = if c.is_alphanumeric() { 0 } else { signs + 1 };
            if signs > MOST_SIGNS {
                pieces.push(start..block.start + at);
                (start, signs) = (block.start + at, 1);
            }
        }
        pieces.push(start..block.end);
        pieces
    }

    /// The nearest boundary of a character at or before `offset`.
    fn boundary(&self, mut offset: usize) -> usize {
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// Whether a person wrote a sentence here, rather than a label and a row of links: two words of theirs or more,
    /// besides what ends in a colon.
    fn has_words_of_its_own(&self, sentence: Range<usize>) -> bool {
        // Emphasis divides a label into several runs. So many words are a sentence wherever a colon may still stand.
        const ENOUGH: usize = 12;
        let (mut said, mut words) = (String::new(), 0);
        for (at, _, text, voice) in self.runs(self.run_start(sentence.start)) {
            if at >= sentence.end {
                break;
            }
            if voice != Voice::Writer {
                said.push(' ');
                continue;
            }
            let text = &text[sentence.start.saturating_sub(at).min(text.len())..(sentence.end - at).min(text.len())];
            words += text.unicode_words().filter(|word| *word != "and").take(ENOUGH).count();
            if words >= ENOUGH {
                return true;
            }
            said.push_str(text);
        }
        let label = said.rsplit_once([':', '：']).filter(|(before, _)| before.split_whitespace().count() <= 5);
        let words = label.map_or(&*said, |(_, after)| after).unicode_words().filter(|word| *word != "and");
        words.take(2).count() == 2
    }

    fn run_start(&self, offset: usize) -> usize {
        let after = self.segments.partition_point(|segment| segment.at as usize <= offset);
        after.checked_sub(1).map_or(0, |index| self.segments[index].at as usize)
    }

    /// Cuts `range` of the text to a passage around its first mark; an ellipsis shows each cut.
    pub fn passage(&self, range: Range<usize>, marks: &[Range<usize>]) -> Passage {
        let text = &self.text[range.clone()];
        let mut from = 0;
        let mut to = text.len();
        if text.chars().count() > LONGEST_PASSAGE {
            let first = marks.first().map_or(0, |mark| mark.start.saturating_sub(range.start).min(text.len()));
            // A third of the room goes to what stands before the mark.
            from = text[..first].char_indices().rev().take(LONGEST_PASSAGE / 3).last().map_or(first, |(at, _)| at);
            to = text[from..].char_indices().nth(LONGEST_PASSAGE - 2).map_or(text.len(), |(at, _)| from + at);
            if from > 0 {
                from += text[from..first].find(' ').map_or(0, |blank| blank + 1);
            }
            if to < text.len() {
                to = text[from..to].rfind(' ').map_or(to, |blank| from + blank).max(from);
            }
        }
        let mut passage = Passage::default();
        let mut passage_of = vec![0; 0];
        // Every byte of the cut knows where it lands, so that marks survive the cleaning.
        let cut = &text[from..to];
        let (lead, trail) = (cut.len() - cut.trim_start().len(), cut.trim_end().len());
        if from > 0 {
            passage.text.push('…');
        }
        for (at, c) in cut.char_indices() {
            passage_of.resize(at, passage.text.len());
            passage_of.push(passage.text.len());
            if at < lead || at >= trail {
                continue;
            }
            match c {
                c if c.is_whitespace() => {
                    if !passage.text.ends_with(' ') {
                        passage.text.push(' ');
                    }
                }
                c if c.is_control() => {}
                c => passage.text.push(c),
            }
        }
        passage_of.resize(cut.len() + 1, passage.text.len());
        if to < text.len() {
            passage.text.push('…');
        }
        let origin = range.start + from;
        for mark in marks {
            let start = mark.start.saturating_sub(origin).min(cut.len());
            let end = mark.end.saturating_sub(origin).min(cut.len());
            let mark = passage_of[start]..passage_of[end];
            match passage.marks.last_mut() {
                // Pairs of characters overlap; a mark is one.
                Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
                _ if mark.is_empty() => {}
                _ => passage.marks.push(mark),
            }
        }
        passage
    }
}
