//! Links as written: one file for each way of writing one, and the one [`Link`] they all become.
//!
//! A link knows its place and the words on it; whom it means is resolved a floor up, in [`crate::vault`].

mod heading;
mod hierarchy;
pub(crate) mod inline;
mod item;
mod model;
pub(crate) mod property;
mod relation;
pub(crate) mod wiki;

pub(crate) use heading::type_sections;
pub use hierarchy::Nesting;
pub(crate) use hierarchy::{type_alone, type_hashed, type_nested};
pub(crate) use item::type_items;
pub(crate) use model::find_named;
pub use relation::relation_name;
pub(crate) use relation::{KEY_CHARACTERS, KEY_WORDS, strip_list_marks, type_lines};

use super::dialect::Dialect;
use super::span::{Place, Span};
use std::borrow::Cow;
use std::ops::Range;

/// One link as it stands in a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The whole token as written: `[[note#Heading|label]]`, `[text](note.md)`.
    pub written: Box<str>,
    /// The destination of a markdown link, after the parser undid escapes and looked references up.
    destination: Option<Box<str>>,
    /// How it stands in the note.
    pub kind: Kind,
    relating: Option<Box<Relating>>,
    /// Whether its label stands before its target.
    label_first: bool,
    /// Where it stands.
    pub place: Place,
    /// Whether it stands in a `%%` comment.
    pub in_comment: bool,
    /// Whether it stands in a property among other words, which Obsidian does not count as a link.
    pub in_property_text: bool,
}

/// What the writing says of how a link relates; few links have any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Relating {
    key: Box<str>,
    context: Option<Box<str>>,
}

/// How a link stands in its note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A link in the text.
    Link,
    /// A link whose target is shown in its place: `![[note]]`, `![](picture.png)`.
    Embed,
    /// A link in front matter.
    Property,
    /// A link in the value of a `key:: value` field.
    Field,
    /// A note that the settings or formulas of a model name.
    Model,
}

impl Kind {
    /// The word for it in JSON and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Link => "link",
            Kind::Embed => "embed",
            Kind::Property => "property",
            Kind::Field => "field",
            Kind::Model => "model",
        }
    }
}

/// What a link names, before anyone asks whether it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'l> {
    /// Something in the vault.
    Internal {
        /// The path or name; empty for the note itself.
        path: Cow<'l, str>,
        /// What follows `#`: a heading, headings nested with `#`, or a block after `^`.
        subpath: Option<Cow<'l, str>>,
    },
    /// An address elsewhere.
    External(&'l str),
}

impl Link {
    /// A wikilink, if the token is one.
    pub(crate) fn wiki(written: &str, dialect: &Dialect, place: Place) -> Option<Link> {
        let token = wiki::Token::read(written, dialect.label_first)?;
        let kind = if token.embed { Kind::Embed } else { Kind::Link };
        let label = token.label;
        let mut link = Link::new(written, None, kind, dialect.label_first, place);
        if dialect.label_relations
            && let Some(key) = label.and_then(relation_in_label)
        {
            link.relate(key);
        }
        Some(link)
    }

    /// A markdown link; `destination` and `title` as the parser gives them.
    pub(crate) fn inline(
        written: &str,
        destination: &str,
        title: &str,
        embed: bool,
        dialect: &Dialect,
        place: Place,
    ) -> Option<Link> {
        // Logseq's labelled link `[label]([[page]])` is a wikilink with a label.
        let is_wiki = destination.starts_with("[[") && wiki::Token::read(destination, dialect.label_first).is_some();
        let path = destination.split(['#', '?']).next().unwrap_or_default();
        let names_something = names_something(path) || (destination.starts_with('#') && destination.trim().len() > 1);
        if !is_wiki && !names_something {
            return None;
        }
        let kind = if embed { Kind::Embed } else { Kind::Link };
        let mut link = Link::new(written, Some(destination.into()), kind, dialect.label_first, place);
        if dialect.title_relations {
            link.relate(title.trim());
        }
        Some(link)
    }

    fn new(written: &str, destination: Option<Box<str>>, kind: Kind, label_first: bool, place: Place) -> Link {
        let written = written.into();
        Link { written, destination, kind, relating: None, label_first, place, in_comment: false, in_property_text: false }
    }

    /// The key that types it, as spelled; none for a plain link. [`relation_name`] folds it.
    pub fn relation(&self) -> Option<&str> {
        self.relating.as_ref().map(|relating| &*relating.key)
    }

    /// What the writing adds to the relation: `why` of `- depends_on [[x]] (why)`.
    pub fn context(&self) -> Option<&str> {
        self.relating.as_ref()?.context.as_deref()
    }

    /// Types it by a key, unless the key says no more than that it is a link.
    pub(crate) fn relate(&mut self, key: &str) {
        self.relate_because(key, None);
    }

    /// Types it by a key, unless it says its relation itself.
    pub(crate) fn relate_unless_related(&mut self, key: &str) {
        if self.relating.is_none() {
            self.relate(key);
        }
    }

    fn relate_because(&mut self, key: &str, context: Option<&str>) {
        let word = key.trim_matches(|c: char| matches!(c, '_' | '-') || c.is_whitespace());
        let says_more = !word.is_empty() && !word.eq_ignore_ascii_case("link");
        self.relating = says_more.then(|| Box::new(Relating { key: key.into(), context: context.map(Into::into) }));
    }

    /// Whether another link is written and related as this one is, wherever it stands.
    pub fn is_as(&self, other: &Link) -> bool {
        let Link { written, destination, kind, relating, label_first, place: _, in_comment, in_property_text } = self;
        (written, destination, kind, relating) == (&other.written, &other.destination, &other.kind, &other.relating)
            && (label_first, in_comment, in_property_text) == (&other.label_first, &other.in_comment, &other.in_property_text)
    }

    /// The bytes it stands on, counted in a text that `base` bytes precede in the file.
    pub(crate) fn range_in_text(&self, base: usize) -> Range<usize> {
        let Span { start, end } = self.place.span;
        start as usize - base..end as usize - base
    }

    /// Whether it is written in markdown's way rather than as a wikilink; the two are looked up a little differently.
    pub fn is_markdown(&self) -> bool {
        self.destination.is_some() && self.wiki_token().is_none()
    }

    fn wiki_token(&self) -> Option<wiki::Token<'_>> {
        wiki::Token::read(self.destination.as_deref().unwrap_or(&self.written), self.label_first)
    }

    /// What it names.
    pub fn target(&self) -> Target<'_> {
        if let Some(token) = self.wiki_token() {
            if inline::is_external(token.path) {
                return Target::External(token.path);
            }
            // In a model it is a model of the note that follows `#`.
            let subpath = token.subpath.filter(|_| self.kind != Kind::Model);
            return Target::Internal { path: token.path.into(), subpath: subpath.map(Cow::Borrowed) };
        }
        let destination = self.destination.as_deref().unwrap_or_default().trim();
        if inline::is_external(destination) {
            return Target::External(destination);
        }
        let (path, subpath) = inline::split_destination(destination);
        Target::Internal { path, subpath }
    }

    /// The words shown in its place, as written; none where the name itself is shown, or a picture in some size.
    pub fn label(&self) -> Option<&str> {
        match self.wiki_token() {
            Some(_) if self.destination.is_some() => markdown_text(&self.written),
            Some(token) => token.label.filter(|label| !self.is_size(label)),
            None => markdown_text(&self.written),
        }
    }

    /// The size an embedded attachment is shown at, as `100` or `100x200`.
    pub fn size(&self) -> Option<&str> {
        self.wiki_token().and_then(|token| token.label).filter(|label| self.is_size(label)).map(str::trim)
    }

    fn is_size(&self, label: &str) -> bool {
        self.written.starts_with('!') && wiki::is_size(label)
    }
}

/// Whether a path names more than folders above: not only dots, slashes and blanks.
pub(crate) fn names_something(path: &str) -> bool {
    !path.trim_matches(|c: char| matches!(c, '/' | '.') || c.is_whitespace()).is_empty()
}

/// The relation that a label names behind an `@`: `supports` of `@supports` and of `my view @supports`.
fn relation_in_label(label: &str) -> Option<&str> {
    let named = label.split_whitespace().find_map(|word| word.strip_prefix('@'))?.trim_end_matches([',', ';', '.']);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    (named.starts_with(char::is_alphabetic) && named.chars().all(is_name)).then_some(named)
}

/// The text of `[text](…)` and `![text][…]`, as written.
fn markdown_text(written: &str) -> Option<&str> {
    let inner = written.trim_start_matches('!').strip_prefix('[')?;
    let end = inner.rfind("](").or_else(|| inner.rfind("][")).or_else(|| inner.rfind(']'))?;
    Some(&inner[..end])
}
