//! What one note says: text in, value out.
//!
//! This room knows no disk and no other note, and it never fails: whatever the bytes, a note comes out, and what is wrong
//! with it rides along as problems. Whom a link means is for [`crate::vault`] to say.

mod article;
mod body;
mod date;
mod decode;
mod dialect;
mod field;
mod front_matter;
mod link;
mod logseq;
mod math;
mod mojibake;
mod outline;
mod path;
mod pattern;
mod problem;
mod prose;
mod settings;
mod snippet;
mod span;
mod tag;
mod yaml;

pub use date::moment;
pub use decode::Flaw;
pub use dialect::{Dialect, HeadingNames};
pub use field::{Field, FieldValue, ValueKind, field_name};
pub use front_matter::Property;
pub(crate) use link::inline::decode as percent_decode;
pub use link::{Kind, Link, Nesting, Target, relation_name};
pub use outline::{BlockName, Entry, Heading, Outline, heading_key};
pub use path::{NotePath, without_md};
pub use pattern::{Pattern, PatternFlaw};
pub use problem::{Problem, SettingFlaw, Severity, Wrong};
pub use prose::{LONGEST_PASSAGE, Passage, Prose, clip};
pub use settings::{Expect, Over, Settings, TimeSpan, Uses};
pub use snippet::Snippet;
pub use span::{Place, Span};
pub use tag::Tag;

use std::borrow::Cow;

/// What a note says of itself and of others, without its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Where it lies.
    pub path: NotePath,
    /// The title in its front matter, or the one above a pasted article.
    pub title: Option<Box<str>>,
    /// Its other names, in order.
    pub aliases: Vec<Box<str>>,
    /// Its tags, front matter first, each once (case folds, the first spelling stays).
    pub tags: Vec<Tag>,
    /// Marks of the machine or service it came from, each once.
    pub provenance: Vec<Box<str>>,
    /// Its other properties, in order.
    pub properties: Vec<Property>,
    /// The fields of its text, in order.
    pub fields: Vec<Field>,
    /// Its headings and named blocks.
    pub outline: Outline,
    /// Its links, front matter first, then in the order of the text, then those of its models.
    pub links: Vec<Link>,
    /// Which of its links stand below which, where the dialect reads lists so.
    pub nestings: Vec<Nesting>,
    /// Its models.
    pub snippets: Vec<Snippet>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl Note {
    /// Reads a note from the bytes of its file. Takes time in proportion to the bytes and never fails.
    pub fn parse(path: NotePath, bytes: &[u8], dialect: &Dialect) -> (Note, Prose) {
        let mut prose = Prose::default();
        (Note::parse_into(path, bytes, dialect, &mut prose), prose)
    }

    /// Reads a note, its text into a prose that served for another one before.
    pub(crate) fn parse_into(path: NotePath, bytes: &[u8], dialect: &Dialect, prose: &mut Prose) -> Note {
        let decoded = decode::decode(bytes);
        let (text, base) = (&*decoded.text, decoded.base);
        let mut problems: Vec<Problem> =
            decoded.flaw.into_iter().map(|flaw| Problem { place: Place::START, what: Wrong::Encoding(flaw) }).collect();
        let mut front = front_matter::FrontMatter::default();
        let mut body_start = 0;
        if let Some((yaml, end)) = front_matter::cut(text) {
            front = front_matter::read(text, yaml, dialect, &mut span::Places::new(text, base));
            body_start = end;
        }
        let mut body = body::read(text, body_start, base, dialect, std::mem::take(prose));
        *prose = body.prose;
        problems.append(&mut front.problems);
        problems.extend(body.snippets.iter().flat_map(|snippet| snippet.settings.faults.iter().cloned()));
        let mut broken = mojibake::Broken::default();
        broken.add_all(&text[..body_start]);
        broken.append(body.mojibake);
        problems.extend(broken.problem(&mut span::Places::new(text, base)));
        if body_start == 0 && body.outline.headings.is_empty() {
            open_article(text, &mut front, prose);
        }
        if dialect.logseq {
            logseq::take_page_properties(text, body_start, &mut body.fields, &mut front);
        }
        let properties_links = front.links.len() as u32;
        let below =
            |nesting: &Nesting| Nesting { parent: nesting.parent + properties_links, child: nesting.child + properties_links };
        front.links.append(&mut body.links);
        front.tags.append(&mut body.tags);
        front.provenance.append(&mut body.provenance);
        // What a note says is kept for as long as the vault, so nothing keeps room to grow.
        front.links.shrink_to_fit();
        body.outline.headings.shrink_to_fit();
        Note {
            path,
            title: front.title,
            aliases: front.aliases,
            tags: once_each(front.tags, |tag| &tag.name),
            provenance: once_each(front.provenance, |tag| tag),
            properties: front.properties,
            fields: body.fields,
            outline: body.outline,
            links: front.links,
            nestings: body.nestings.iter().map(below).collect(),
            snippets: body.snippets,
            problems,
        }
    }

    /// A note of which nothing could be read but its name.
    pub fn unread(path: NotePath, what: Wrong) -> Note {
        let (mut note, _) = Note::parse(path, b"", &Dialect::default());
        note.problems.push(Problem { place: Place::START, what });
        note
    }

    /// What people call it: the title of its front matter; else the text of a level-one heading that is its first heading
    /// and the only one of that level; else its file name.
    pub fn name(&self) -> &str {
        self.title.as_deref().or_else(|| self.opening_heading()).unwrap_or_else(|| self.path.stem())
    }

    fn opening_heading(&self) -> Option<&str> {
        let headings = &self.outline.headings;
        let mut of_level_one = headings.iter().filter(|heading| heading.level == 1);
        let first = of_level_one.next()?;
        let opens = headings.first().is_some_and(|heading| heading == first) && of_level_one.next().is_none();
        (opens && !first.text.is_empty()).then_some(&*first.text)
    }

    /// The number of its link that stands at exactly this place, as the places of settings do; see [`Snippet::place_of`] for
    /// those of formulas.
    pub fn link_at(&self, place: Place) -> Option<u32> {
        self.links.iter().position(|link| link.place.span == place.span).map(|at| at as u32)
    }

    /// The line of a model that names a note by this link, the link marked: what there is in place of a sentence. None for a
    /// link outside of models.
    pub fn model_line(&self, link: &Link) -> Option<Passage> {
        snippet::model_line(&self.snippets, link)
    }

    /// The text of its first level-one heading: the last of the names it can be linked by.
    pub fn first_heading(&self) -> Option<&str> {
        let heading = self.outline.headings.iter().find(|heading| heading.level == 1)?;
        Some(&*heading.text).filter(|text| !text.is_empty())
    }
}

/// Gives a pasted article its title; the line in capitals stays as another name.
fn open_article(text: &str, front: &mut front_matter::FrontMatter, prose: &mut Prose) {
    // Code, links and HTML are no title, whatever their letters.
    if let Some(headline) = article::headline(text).filter(|headline| prose.holds(&headline.written, headline.start)) {
        prose.open_at(headline.end);
        front.aliases.push(headline.written.into());
        front.title = Some(headline.title.into());
    }
}

/// The text of a note whose file holds `bytes`, as it is written: without a byte order mark, whatever encodes it. Every line
/// ends in `\n` or `\r\n`.
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    decode::decode(bytes).text
}

/// The places of these bytes of a note whose file holds `bytes`. Takes the time of one reading where the offsets rise.
pub fn places_at(bytes: &[u8], offsets: impl IntoIterator<Item = usize>) -> Vec<Place> {
    let decoded = decode::decode(bytes);
    let mut places = span::Places::new(&decoded.text, decoded.base);
    let place = |offset: usize| {
        let mut at = offset.saturating_sub(decoded.base).min(decoded.text.len());
        while !decoded.text.is_char_boundary(at) {
            at -= 1;
        }
        places.of(at..at)
    };
    offsets.into_iter().map(place).collect()
}

fn once_each<T>(tags: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    if tags.len() < 2 {
        return tags;
    }
    let mut seen = std::collections::HashSet::new();
    tags.into_iter().filter(|tag| seen.insert(name(tag).to_lowercase())).collect()
}
