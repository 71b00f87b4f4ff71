//! The body of a note in one pass over the markdown parser's events: links, headings, block names, tags, snippets and
//! the prose, each with its place.
//!
//! What the parser does not know is added here: math of chat transcripts, `%%` comments, tags, block names. These are read
//! block by block from the joined text, since emphasis splits words into several events. What relates links is read from
//! the source once the whole body is known.

use super::dialect::Dialect;
use super::field::{self, Field, field_name};
use super::link::{
    Kind, Link, Nesting, Target, relation_name, type_alone, type_hashed, type_items, type_lines, type_nested, type_sections, wiki,
};
use super::math::{Dollars, escaped_math, pair_dollars};
use super::mojibake::{self, Broken};
use super::outline::{BlockName, Heading, Outline, heading_key};
use super::prose::{Prose, Voice};
use super::snippet::{Snippet, SnippetDraft, model_language};
use super::span::{Place, Places};
use super::tag::{Tag, find_tags, is_provenance, may_precede, tag_name};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag as Element, TagEnd};
use std::borrow::Cow;
use std::ops::Range;

/// What a body says.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub links: Vec<Link>,
    pub nestings: Vec<Nesting>,
    pub fields: Vec<Field>,
    pub outline: Outline,
    pub tags: Vec<Tag>,
    pub provenance: Vec<Box<str>>,
    pub snippets: Vec<Snippet>,
    /// Text that was decoded twice.
    pub mojibake: Broken,
    pub prose: Prose,
}

/// The deepest picture among the words of another one that is kept as a link. Each holds the text of all inside it, which
/// would grow with the square of a note; and no page shows more than the outermost.
const DEEPEST_LINK: usize = 8;

/// What stands between the cells of a table's row.
const CELL_END: &str = " · ";

// No option for metadata (it swallows what stands between two rules of a note), heading attributes or smart punctuation
// (they change the text that people link to).
const OPTIONS: Options = Options::ENABLE_WIKILINKS
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_MATH);

/// Reads the body, which is `text` from byte `start` on. `base` bytes precede the text in the file; `prose` is emptied
/// and filled, so that its room serves many notes.
pub(crate) fn read(text: &str, start: usize, base: usize, dialect: &Dialect, mut prose: Prose) -> Body {
    let masked = wiki::mask_table_pipes(&text[start..]);
    let parsed = masked.as_deref().unwrap_or(&text[start..]);
    prose.begin(text.len() - start, base);
    let mut reader = Reader {
        text,
        start,
        base,
        dialect,
        is_masked: masked.is_some(),
        places: Places::new(text, base),
        body: Body { prose, ..Body::default() },
        tags: Vec::new(),
        containers: Vec::new(),
        block_start: 0,
        heading: None,
        links_open: 0,
        in_wikilink: false,
        muted: 0,
        code: None,
        model: None,
        model_links: Vec::new(),
        in_html: false,
        dollars: Vec::new(),
        percents: Vec::new(),
        math_end: 0,
        has_fields: memchr::memmem::find(&text.as_bytes()[start..], b"::").is_some(),
        opaque: Vec::new(),
        tasks: Vec::new(),
    };
    for (event, range) in Parser::new_ext(parsed, OPTIONS).into_offset_iter() {
        reader.take(event, range.start + start..range.end + start);
    }
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    /// Where the body begins in the text.
    start: usize,
    /// How many bytes of the file stand before the text.
    base: usize,
    dialect: &'t Dialect,
    is_masked: bool,
    places: Places<'t>,
    body: Body,
    /// The tags with their source offsets.
    tags: Vec<(usize, Tag)>,
    /// Where each open quote, item and footnote begins: display math may not leave its container.
    containers: Vec<usize>,
    /// Where the open block begins in the prose.
    block_start: usize,
    heading: Option<HeadingDraft>,
    links_open: usize,
    /// Whether a wikilink is open; there is never one in another.
    in_wikilink: bool,
    /// How many open links have had their words pushed already.
    muted: usize,
    code: Option<CodeBlock>,
    /// The model that is being read.
    model: Option<Box<SnippetDraft<'t>>>,
    /// The notes that models name.
    model_links: Vec<Link>,
    in_html: bool,
    dollars: Vec<Dollars>,
    /// The source offsets of `%%`.
    percents: Vec<usize>,
    /// Where the `\(…\)` ends that is being passed.
    math_end: usize,
    /// Whether there can be fields at all; few notes have any.
    has_fields: bool,
    /// What holds no field: code, math, HTML, tables, links. Ascending and apart.
    opaque: Vec<Range<usize>>,
    /// The source offsets of task boxes.
    tasks: Vec<usize>,
}

struct HeadingDraft {
    level: HeadingLevel,
    place: Place,
    key: String,
    has_link: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum CodeBlock {
    Shown,
    Model,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.has_fields {
            self.look_for_opaque(&event, &range);
        }
        match event {
            Event::Start(element) => self.enter(element, range),
            Event::End(element) => self.leave(element, range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let text = self.unmask(&text);
                self.push(&text, range.start, Voice::Code);
            }
            Event::SoftBreak => self.push(" ", range.start, Voice::Glue),
            Event::HardBreak => self.push("\n", range.start, Voice::Glue),
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    /// Keeps what can hold no field.
    fn look_for_opaque(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let is_opaque = match event {
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_) | Event::Html(_) => true,
            Event::Start(Element::CodeBlock(_) | Element::HtmlBlock | Element::Table(_)) => true,
            // `[[[[key:: value]]` is a field to those who write it, and a link all the same.
            Event::Start(Element::Link { .. } | Element::Image { .. }) => !self.text[..range.start].ends_with("[["),
            Event::TaskListMarker(_) => {
                self.tasks.push(range.start);
                false
            }
            _ => false,
        };
        // What lies in another opaque range is known already.
        if is_opaque && self.opaque.last().is_none_or(|last| range.start >= last.end) {
            self.opaque.push(range.clone());
        }
    }

    fn enter(&mut self, element: Element<'_>, range: Range<usize>) {
        match element {
            Element::Emphasis | Element::Strong | Element::Strikethrough | Element::TableCell => {}
            Element::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title, false, range),
            Element::Image { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title, true, range),
            block => {
                self.end_block(range.start);
                match block {
                    Element::Heading { level, .. } => {
                        let place = self.places.of(range);
                        self.heading = Some(HeadingDraft { level, place, key: String::new(), has_link: false });
                    }
                    Element::BlockQuote(_) | Element::Item | Element::FootnoteDefinition(_) => self.containers.push(range.start),
                    Element::CodeBlock(kind) => self.code_block(&kind, range),
                    Element::HtmlBlock => self.in_html = true,
                    Element::Table(_) => self.body.prose.add_table(range),
                    _ => {}
                }
            }
        }
    }

    fn leave(&mut self, element: TagEnd, range: Range<usize>) {
        match element {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {}
            TagEnd::Link | TagEnd::Image => {
                self.links_open = self.links_open.saturating_sub(1);
                self.muted = self.muted.min(self.links_open);
                self.in_wikilink = false;
                self.body.prose.end_link(range.start);
            }
            TagEnd::TableCell => self.push(CELL_END, range.end, Voice::Glue),
            TagEnd::Heading(_) => self.end_heading(range),
            block => {
                self.end_block(range.end);
                match block {
                    TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                        self.containers.pop();
                    }
                    TagEnd::CodeBlock => self.end_code_block(),
                    TagEnd::HtmlBlock => self.in_html = false,
                    _ => {}
                }
            }
        }
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => model_language(info),
            CodeBlockKind::Indented => None,
        };
        self.code = Some(if language.is_some() { CodeBlock::Model } else { CodeBlock::Shown });
        if let Some(language) = language {
            self.model = Some(Box::new(SnippetDraft::begin(language, range, self.places.clone())));
        }
    }

    fn end_code_block(&mut self) {
        self.code = None;
        if let Some(model) = self.model.take() {
            self.body.snippets.push(model.finish(self.text, self.dialect, &mut self.model_links));
        }
    }

    fn link(&mut self, link_type: LinkType, destination: &str, title: &str, embed: bool, range: Range<usize>) {
        self.links_open += 1;
        let is_wiki = matches!(link_type, LinkType::WikiLink { .. });
        if self.links_open > DEEPEST_LINK && !is_wiki {
            return;
        }
        let written = &self.text[range.clone()];
        let place = self.places.of(range.clone());
        self.in_wikilink |= is_wiki;
        let link = match link_type {
            LinkType::WikiLink { .. } => Link::wiki(written, self.dialect, place),
            LinkType::Email => Link::inline(written, &format!("mailto:{destination}"), title, false, self.dialect, place),
            _ => Link::inline(written, destination, title, embed, self.dialect, place),
        };
        if let Some(heading) = self.heading.as_mut().filter(|_| is_wiki) {
            // A heading is linked to by all the words of a link in it, the hidden ones too.
            heading.has_link = true;
            heading.key.push_str(written.trim_matches(['!', '[', ']']));
        }
        let Some(link) = link else { return };
        if is_wiki {
            self.linked_tag(&link, range.start);
        }
        self.body.prose.start_link(range.start);
        let was_masked = self.is_masked && is_wiki && written.contains('|');
        let is_turned = self.dialect.label_first && link.label().is_some();
        if self.muted == 0 && is_wiki && (was_masked || is_turned || (embed && link.size().is_some())) {
            // The parser saw a stand-in or will show a size: the words come from the token itself.
            let label = link.label().map(|label| label.trim().to_owned()).unwrap_or_default();
            let at = written.find(&label).unwrap_or(0);
            self.push(&label, range.start + at, Voice::Link);
            self.muted = self.links_open;
        }
        self.body.links.push(link);
    }

    /// `#[[two words]]` is a link and a tag.
    fn linked_tag(&mut self, link: &Link, start: usize) {
        // A byte is looked at, as this is asked for every link.
        let Some(before) = start.checked_sub(1).filter(|hash| self.text.as_bytes()[*hash] == b'#') else { return };
        if let Target::Internal { path, .. } = link.target()
            && self.text[..before].chars().next_back().is_none_or(may_precede)
            && let Some(name) = tag_name(&path)
        {
            self.tags.push((start - 1, Tag { name: name.into(), run_together: false }));
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if self.in_html || self.muted > 0 {
            return;
        }
        if self.code.is_none()
            && range.start >= self.math_end
            && self.text.as_bytes()[..range.start].last() == Some(&b'\\')
            && let Some(math) = escaped_math(self.text, range.start)
        {
            // The formula is shown as it stands, whatever markdown makes of its signs.
            self.push(&self.text[math.clone()], math.start, Voice::Code);
            self.math_end = math.end + 2;
        }
        if range.start < self.math_end {
            // The parser's text may reach beyond the formula.
            let rest = range.end.saturating_sub(self.math_end).min(text.len());
            if rest > 0 && text.is_char_boundary(text.len() - rest) {
                self.text(&text[text.len() - rest..], range.end - rest..range.end);
            }
            return;
        }
        let text = self.unmask(text);
        match self.code {
            Some(CodeBlock::Model) => {
                if let Some(model) = &mut self.model {
                    model.push(&text, range.start, &mut self.places);
                }
            }
            Some(CodeBlock::Shown) => self.push(&text, range.start, Voice::Code),
            None if self.links_open > 0 => self.push(&text, range.start, Voice::Link),
            None => self.push(&text, range.start, Voice::Writer),
        }
    }

    /// The text with pipes where they were masked.
    fn unmask<'e>(&self, text: &'e str) -> Cow<'e, str> {
        match self.is_masked && text.contains(wiki::STAND_IN) {
            true => text.replace(wiki::STAND_IN, "|").into(),
            false => text.into(),
        }
    }

    fn push(&mut self, text: &str, source: usize, voice: Voice) {
        if self.muted > 0 || source < self.math_end {
            return;
        }
        self.repair_and_push(text, source, voice);
        if let Some(heading) = self.heading.as_mut().filter(|_| !self.in_wikilink) {
            heading.key.push_str(text);
        }
    }

    /// Puts text into the prose; what was decoded twice as it was meant.
    fn repair_and_push(&mut self, text: &str, source: usize, voice: Voice) {
        let mut from = 0;
        if voice != Voice::Code && !text.is_ascii() {
            while let Some((run, meant)) = mojibake::find_run(text, from) {
                self.body.prose.push(&text[from..run.start], source + from, voice);
                self.body.prose.push(&meant, source + run.start, voice);
                from = run.end;
                self.body.mojibake.add(source + run.start, &text[run], &meant);
            }
        }
        self.body.prose.push(&text[from..], source + from, voice);
    }

    fn end_heading(&mut self, range: Range<usize>) {
        let Some(draft) = self.heading.take() else { return };
        let shown = self.body.prose.text()[self.block_start..].trim().to_owned();
        // The text as written is what people link to; it is shown without links' brackets and repaired.
        let is_shown_otherwise = draft.has_link || mojibake::find_run(&draft.key, 0).is_some();
        let key = if is_shown_otherwise { Some(heading_key(&draft.key)) } else { None };
        let key = key.filter(|key| *key != heading_key(&shown)).map(Into::into);
        self.body.outline.headings.push(Heading { level: draft.level as u8, text: shown.into(), key, place: draft.place });
        self.close_block(range.end, true);
    }

    fn end_block(&mut self, source: usize) {
        self.close_block(source, false);
    }

    fn close_block(&mut self, source: usize, is_heading: bool) {
        let start = self.block_start;
        let text = self.body.prose.text();
        if text.len() > start && text.ends_with(CELL_END) {
            // The last cell of a row needs no divider.
            self.body.prose.truncate(text.len() - CELL_END.len());
        }
        if self.body.prose.text().len() > start && self.code.is_none() {
            self.read_signs(start);
            self.read_block_name(start, source);
        }
        self.body.prose.end_block(start, is_heading);
        self.block_start = self.body.prose.text().len();
    }

    /// Tags, comment signs and dollars in the writer's words of the block from `start` on.
    fn read_signs(&mut self, start: usize) {
        let block = &self.body.prose.text()[start..];
        if memchr::memchr3(b'#', b'%', b'$', block.as_bytes()).is_none() {
            return;
        }
        let container = self.containers.last().copied().unwrap_or(0);
        let source_text = self.text.as_bytes();
        let mut before = None;
        for (at, source, text, voice) in self.body.prose.runs(start) {
            if voice == Voice::Writer {
                find_tags(text, before, |hash, name, run_together| {
                    let hash = source + hash;
                    let is_escaped = hash > 0 && source_text[hash - 1] == b'\\';
                    if source_text.get(hash) == Some(&b'#') && !is_escaped {
                        self.tags.push((hash, Tag { name: name.into(), run_together }));
                    }
                });
                for sign in memchr::memmem::find_iter(text.as_bytes(), b"%%") {
                    self.percents.push(source + sign);
                }
                for sign in memchr::memmem::find_iter(text.as_bytes(), b"$$") {
                    let begins_line = block[..at - start + sign].trim_end_matches(' ').is_empty()
                        || line_lead(self.text, source + sign).trim_start_matches(['>', ' ', '\t']).is_empty();
                    self.dollars.push(Dollars { at: source + sign, container, begins_line });
                }
            }
            before = text.chars().next_back().or(before);
        }
    }

    /// ` ^name` at the end of a block, or alone as one: taken off the prose and kept.
    fn read_block_name(&mut self, start: usize, source: usize) {
        let block = &self.body.prose.text()[start..];
        let trimmed = block.trim_end();
        let word = trimmed.len() - trimmed.rsplit(char::is_whitespace).next().map_or(0, str::len);
        let Some(name) = trimmed[word..].strip_prefix('^') else { return };
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_name || !self.body.prose.is_written(start + word) {
            return;
        }
        let at = self.body.prose.source_of(start + word) - self.base;
        let name: Box<str> = name.into();
        let place = self.places.of(at..(at + 1 + name.len()).min(source.max(at)));
        self.body.outline.blocks.push(BlockName { name, place });
        self.body.prose.truncate(start + block[..word].trim_end().len());
    }

    fn finish(mut self) -> Body {
        let base = self.base;
        self.end_block(self.text.len());
        let math = pair_dollars(&self.dollars);
        if !math.is_empty() {
            let is_math = |span: super::span::Span| {
                let at = span.start as usize - base;
                let after = math.partition_point(|range| range.start <= at);
                after > 0 && at < math[after - 1].end
            };
            self.body.links.retain(|link| !is_math(link.place.span));
            self.body.outline.headings.retain(|heading| !is_math(heading.place.span));
            self.body.outline.blocks.retain(|block| !is_math(block.place.span));
            self.tags.retain(|(at, _)| !is_math(super::span::Span::new(at + base..at + base)));
        }
        for comment in self.percents.chunks_exact(2) {
            let starts_before = |link: &Link, at: usize| (link.place.span.start as usize - base) < at;
            let first = self.body.links.partition_point(|link| starts_before(link, comment[0]));
            let end = self.body.links.partition_point(|link| starts_before(link, comment[1]));
            self.body.links[first..end].iter_mut().for_each(|link| link.in_comment = true);
        }
        for (_, tag) in std::mem::take(&mut self.tags) {
            match is_provenance(&tag.name) || self.dialect.says_origin(&tag.name) {
                true => self.body.provenance.push(tag.name),
                false => self.body.tags.push(tag),
            }
        }
        self.read_fields();
        self.relate();
        // No line, section or comment around a model relates what is named in it.
        self.body.links.append(&mut self.model_links);
        self.body
    }

    /// Takes the fields from the source; every link in the value of one is related by its key.
    fn read_fields(&mut self) {
        if !self.has_fields {
            return;
        }
        let mut places = Places::new(self.text, self.base);
        // By number, ascending.
        let mut quoted: Vec<Range<usize>> = Vec::new();
        let mut keys = Vec::new();
        for found in field::find_fields(self.text, self.start, &self.opaque, &self.tasks, &mut places) {
            keys.push(found.field.place.span.start as usize - self.base..found.value.start);
            let (name, base) = (field_name(&found.field.key), self.base);
            let key = if relation_name(&found.field.key) == name { &*found.field.key } else { &name };
            let links = &mut self.body.links;
            let first = links.partition_point(|link| link.range_in_text(base).start < found.value.start);
            let end = links.partition_point(|link| link.range_in_text(base).start < found.value.end);
            let value = self.text[found.value.clone()].trim();
            if self.dialect.logseq && value.len() > 1 && value.starts_with('"') && value.ends_with('"') {
                // Logseq takes what stands in quotes as it stands.
                quoted.push(first..end);
            }
            for link in &mut links[first..end] {
                link.relate_unless_related(key);
                if link.kind == Kind::Link {
                    link.kind = Kind::Field;
                }
            }
            self.body.fields.push(found.field);
        }
        self.body.prose.add_keys(keys);
        let (mut number, mut next) = (0, quoted.into_iter().peekable());
        self.body.links.retain(|_| {
            while next.next_if(|range| range.end <= number).is_some() {}
            let is_quoted = next.peek().is_some_and(|range| range.start <= number);
            number += 1;
            !is_quoted
        });
    }

    /// Reads from the source how links relate: by their line, their section, and as the dialect says.
    fn relate(&mut self) {
        let (text, base, dialect) = (self.text, self.base, self.dialect);
        let Body { links, outline, nestings, prose, .. } = &mut self.body;
        let mut keys = Vec::new();
        if dialect.relation_items {
            keys = type_items(text, links, base);
        }
        if dialect.hash_relations {
            type_hashed(text, links, base);
        }
        keys.extend(type_lines(text, links, base));
        prose.add_keys(keys);
        type_sections(text, &outline.headings, links, dialect, base);
        if dialect.inclusion_links {
            type_alone(text, links, base);
        }
        if dialect.list_relations {
            *nestings = type_nested(text, links, base);
        }
    }
}

/// What stands before `at` on its line; a bounded look back, as only a short lead can be blank.
fn line_lead(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(64);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let start = memchr::memrchr(b'\n', &text.as_bytes()[from..at]).map_or(from, |newline| from + newline + 1);
    &text[start..at]
}
