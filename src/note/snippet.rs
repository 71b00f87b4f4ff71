//! Fenced model code: what a concept can run. It is never search text, and nothing inside it is a link but the notes that
//! its settings and formulas name.

use super::dialect::Dialect;
use super::link::{Kind, Link, find_named};
use super::prose::{Passage, Prose, Voice};
use super::settings::{self, Settings};
use super::span::{Place, Places, Span};
use std::ops::Range;

/// A fence whose language is one of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Snippet {
    /// `antimony` or `resonote`.
    pub language: Box<str>,
    /// Where the fence stands.
    pub place: Place,
    /// The lines between the fences, each with its end, without what a list or a quote puts before them.
    pub source: Box<str>,
    /// What its `//|` lines say.
    pub settings: Settings,
    /// Where its text stands in the note, in order.
    runs: Box<[Run]>,
}

/// A run of a snippet's text that stands in one piece in the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Where it begins in the text.
    at: u32,
    /// Where it begins in the note.
    place: Place,
}

/// The languages of models.
const LANGUAGES: [&str; 2] = ["antimony", "resonote"];

/// How much of a line is shown, in bytes, on either side of a link.
const LOOK_AROUND: usize = 1_000;

/// The model language that the info string of a fence names, if it names one.
pub(crate) fn model_language(info: &str) -> Option<&'static str> {
    let word = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
    LANGUAGES.into_iter().find(|language| word.eq_ignore_ascii_case(language))
}

impl Snippet {
    /// Where a run of bytes of [`Snippet::source`] stands in the note. Takes time in proportion to what stands before it in
    /// the fence; places beyond the text are its end.
    pub fn place_of(&self, range: Range<usize>) -> Place {
        let start = boundary(&self.source, range.start);
        let Some(run) = self.runs.get(run_at(&self.runs, start)) else { return self.place };
        let before = &self.source[run.at as usize..start];
        let (line, column) = match memchr::memrchr(b'\n', before.as_bytes()) {
            Some(last) => {
                let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32;
                (run.place.line + lines, 1 + before[last + 1..].chars().count() as u32)
            }
            None => (run.place.line, run.place.column + before.chars().count() as u32),
        };
        let most = self.place.span.end as usize;
        let first = byte_of(&self.runs, start).min(most);
        let end = boundary(&self.source, range.end);
        // What ends with its line ends there, not where the next one begins.
        let end = if end > start { byte_of(&self.runs, end - 1) + 1 } else { first };
        Place { line, column, span: Span::new(first..end.clamp(first, most)) }
    }

    /// The line of its text around a byte of the note, with the link that stands there marked.
    fn line_around(&self, span: Span) -> Option<Passage> {
        let after = self.runs.partition_point(|run| run.place.span.start <= span.start);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let start = (run.at + (span.start - run.place.span.start)) as usize;
        let end = start + span.range().len();
        self.source.get(start..end)?;
        let from = boundary(&self.source, start.saturating_sub(LOOK_AROUND));
        let from = self.source[from..start].rfind('\n').map_or(from, |newline| from + newline + 1);
        let to = boundary(&self.source, (end + LOOK_AROUND).min(self.source.len()));
        let to = self.source[end..to].find('\n').map_or(to, |newline| end + newline);
        let mut line = Prose::default();
        line.push(&self.source[from..to], 0, Voice::Code);
        let mark = start - from..end - from;
        Some(line.passage(0..to - from, std::slice::from_ref(&mark)))
    }
}

/// The line of a model that names a note by this link: what there is in place of a sentence. None for any other link.
pub(super) fn model_line(snippets: &[Snippet], link: &Link) -> Option<Passage> {
    let span = Some(link.place.span).filter(|_| link.kind == Kind::Model)?;
    let after = snippets.partition_point(|snippet| snippet.place.span.start <= span.start);
    snippets.get(after.checked_sub(1)?)?.line_around(span)
}

/// The run that holds a byte of the text; the first one holds what stands before it.
fn run_at(runs: &[Run], at: usize) -> usize {
    runs.partition_point(|run| run.at as usize <= at).saturating_sub(1)
}

/// The byte of the note's file that a byte of the text stands at.
fn byte_of(runs: &[Run], at: usize) -> usize {
    runs.get(run_at(runs, at)).map_or(0, |run| run.place.span.start as usize + at - run.at as usize)
}

/// The last place of a text at or before a byte where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A snippet while its lines come in.
pub(super) struct SnippetDraft<'t> {
    language: &'static str,
    place: Place,
    source: String,
    runs: Vec<Run>,
    /// Stands where the fence begins, so that what is in it is found without a step back.
    places: Places<'t>,
}

impl<'t> SnippetDraft<'t> {
    /// Begins a fence at `range`; `places` has not gone beyond it.
    pub(super) fn begin(language: &'static str, range: Range<usize>, mut places: Places<'t>) -> Self {
        let place = places.of(range);
        SnippetDraft { language, place, source: String::new(), runs: Vec::new(), places }
    }

    /// Adds text that stands at byte `at` of the note's text.
    pub(super) fn push(&mut self, text: &str, at: usize, places: &mut Places<'_>) {
        let place = |places: &mut Places<'_>| places.of(at..at);
        let is_apart = |run: &Run, start: usize| start + run.at as usize != run.place.span.start as usize + self.source.len();
        let start = places.base() + at;
        if self.runs.last().is_none_or(|run| is_apart(run, start)) {
            self.runs.push(Run { at: self.source.len() as u32, place: place(places) });
        }
        self.source.push_str(text);
    }

    /// The snippet, and into `links` the notes that it names, in the order of the text, which is `text`.
    pub(super) fn finish(self, text: &str, dialect: &Dialect, links: &mut Vec<Link>) -> Snippet {
        let SnippetDraft { language, place, source, runs, places } = self;
        let start = places.clone();
        let mut fence = Fence { source: &source, runs: &runs, text, dialect, start, places, links };
        let settings = settings::read(&mut fence);
        for token in find_named(&source) {
            fence.link(token);
        }
        Snippet { language: language.into(), place, source: source.into(), settings, runs: runs.into() }
    }
}

/// A fence that is being read, with the way from its text to the note.
pub(super) struct Fence<'f, 't> {
    /// The text of the fence.
    pub source: &'f str,
    runs: &'f [Run],
    /// The text of the note.
    text: &'f str,
    dialect: &'f Dialect,
    /// Stands where the fence begins: a step back need go no further.
    start: Places<'t>,
    places: Places<'t>,
    links: &'f mut Vec<Link>,
}

impl Fence<'_, '_> {
    /// Where a run of the fence's text stands in the note. Asked in rising order it walks the fence once.
    pub(super) fn place(&mut self, range: Range<usize>) -> Place {
        let range = self.in_note(range);
        if self.places.is_beyond(range.start) {
            self.places = self.start.clone();
        }
        self.places.of(range)
    }

    fn in_note(&self, range: Range<usize>) -> Range<usize> {
        let byte = |at: usize| boundary(self.text, byte_of(self.runs, at).saturating_sub(self.places.base()));
        let start = byte(range.start);
        let end = if range.is_empty() { start } else { byte_of(self.runs, range.end - 1) + 1 - self.places.base() };
        start..boundary(self.text, end).max(start)
    }

    /// Keeps the wikilink that stands at a run of the fence's text. None if that is no link to a note, or not written so in
    /// the note.
    pub(super) fn link(&mut self, token: Range<usize>) -> Option<&Link> {
        let written = self.source.get(token.clone())?;
        if self.text.get(self.in_note(token.clone())) != Some(written) {
            return None;
        }
        let place = self.place(token);
        self.links.push(Link::of_model(written, self.dialect, place)?);
        self.links.last()
    }
}
