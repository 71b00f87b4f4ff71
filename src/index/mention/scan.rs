//! Which names of a table a text says, in one pass: the longest one from each place on, whole words, plural and other endings
//! aside.

use super::super::words::{Forms, is_gram, words};
use super::table::{MOST_WORDS, NameTable, ROOT, Spoken, step};
use crate::note::Prose;
use std::ops::Range;

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Where it stands, in bytes of the prose.
    pub range: Range<usize>,
    /// Which one.
    pub spoken: Spoken,
    /// Of how many words.
    pub words: usize,
    /// Whether it stands in a heading.
    pub in_heading: bool,
    /// Whether it is no mention: it is all that a heading says, or part of an address, of a file's name or of a key.
    pub is_aside: bool,
}

/// Looks for the names of a table in one text after the other.
pub struct Scan<'t> {
    names: &'t NameTable,
    forms: Forms,
    /// What the words of this number lead to from the root, once that was asked: most words begin no name, and a text is
    /// little but words that have been met before.
    first: Vec<Option<Step>>,
}

/// The node that a word leads to, and whether a name ends there; none where no name goes on so.
type Step = Option<(u64, bool)>;

/// A word of a block.
struct Stands {
    range: Range<usize>,
    /// Whether the word before belongs to another line or cell: nothing that holds both is one name.
    is_apart: bool,
}

/// An address is not looked at further back than so many bytes.
const LONGEST_ADDRESS: usize = 300;

impl<'t> Scan<'t> {
    /// A scan for the names of this table.
    pub fn of(names: &'t NameTable) -> Scan<'t> {
        Scan { names, forms: Forms::new(), first: Vec::new() }
    }

    /// Every name that the writer's own words say, in the order of the text; none lies in another. Not in links, code and
    /// math. Takes time in proportion to the text.
    pub fn read(&mut self, prose: &Prose) -> Vec<Said> {
        let mut found = Vec::new();
        for (block, is_heading) in prose.blocks() {
            let text = &prose.text()[block.clone()];
            let (mut stands, mut last): (Vec<Stands>, usize) = (Vec::new(), 0);
            for word in words(text) {
                let is_apart = text[last..word.range.start].contains(['\n', '·']);
                last = word.range.end;
                stands.push(Stands { range: word.range, is_apart });
            }
            let templates = templates(text);
            let mut at = 0;
            while at < stands.len() {
                let Some((name, count)) = self.longest(prose, block.start, text, &stands[at..]) else {
                    at += 1;
                    continue;
                };
                let own = &stands[at..at + count];
                let range = block.start + own[0].range.start..block.start + own[count - 1].range.end;
                let is_aside = is_heading && count == stands.len()
                    || is_in_address(prose.text(), block.start, range.start)
                    || prose.is_key(range.start)
                    || is_joined(prose.text(), &range)
                    || templates.iter().any(|template| template.contains(&own[0].range.start));
                let mut spoken = Spoken { name, ..Spoken::default() };
                own.iter().for_each(|word| spoken.add(self.forms.of(&text[word.range.clone()]).folded()));
                found.push(Said { range, spoken, words: count, in_heading: is_heading, is_aside });
                at += count;
            }
        }
        found
    }

    /// The longest name that these words begin with, and of how many of them.
    fn longest(&mut self, prose: &Prose, start: usize, text: &str, stands: &[Stands]) -> Option<(u64, usize)> {
        let (mut node, mut best) = (ROOT, None);
        for (at, word) in stands.iter().take(MOST_WORDS).enumerate() {
            if at > 0 && word.is_apart {
                break;
            }
            let written = &text[word.range.clone()];
            let step = if at == 0 { self.first(written) } else { self.step(node, written) };
            let Some((next, is_end)) = step else { break };
            node = next;
            if !prose.is_all_written(start + word.range.start..start + word.range.end) {
                break;
            }
            if is_end {
                best = Some((node, at + 1));
            }
        }
        best
    }

    /// Where a word leads to from the root.
    fn first(&mut self, written: &str) -> Step {
        let Some(number) = self.forms.remembered(written) else { return self.step(ROOT, written) };
        let number = number as usize;
        if number >= self.first.len() {
            self.first.resize(number + 1, None);
        }
        if let Some(known) = self.first[number] {
            return known;
        }
        let step = self.step(ROOT, written);
        self.first[number] = Some(step);
        step
    }

    fn step(&mut self, node: u64, written: &str) -> Step {
        let next = step(node, &self.forms.of(written).stem);
        self.names.node(next).map(|is_end| (next, is_end))
    }
}

/// Whether a sign that joins the parts of addresses, paths and names of files stands between a name and a neighbour: `wolf.md`,
/// `x/wolf`, `a@wolf`. A full stop or a colon before a blank ends a sentence, or begins what is said.
fn is_joined(text: &str, range: &Range<usize>) -> bool {
    let is_neighbour = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_gram(c));
    let joins = |sign: Option<char>, neighbour: Option<char>| match sign {
        Some('/' | '\\' | '@') => !neighbour.is_some_and(is_gram),
        Some('.' | ':') => is_neighbour(neighbour),
        _ => false,
    };
    let mut before = text[..range.start].chars().rev();
    let mut after = text[range.end..].chars();
    joins(before.next(), before.next()) || joins(after.next(), after.next())
}

/// The most templates of a block that are looked for.
const MOST_TEMPLATES: usize = 100;

/// Where a block holds something for a program that fills it in: `{{date}}`, `<% tp.date.now() %>`.
fn templates(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("<%", "%>")] {
        let mut at = 0;
        while found.len() < MOST_TEMPLATES
            && let Some(start) = text[at..].find(open).map(|start| at + start)
            && let Some(end) = text[start..].find(close).map(|end| start + end)
        {
            found.push(start..end);
            at = end;
        }
    }
    found
}

/// Whether what stands at `at` is part of an address: `https://…`, `www.…`, a path behind such.
fn is_in_address(text: &str, block: usize, at: usize) -> bool {
    let mut from = block.max(at.saturating_sub(LONGEST_ADDRESS));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..at];
    let token = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '<' | '"')).next().unwrap_or(before);
    token.contains("://")
        || token.starts_with("www.")
        || (token.is_empty() && text[at..].starts_with("www."))
        || text[at..]
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .is_some_and(|scheme| text[at + scheme.len()..].starts_with("://"))
}
