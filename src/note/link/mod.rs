//! Links as written: one file for each way of writing one, and the one [`Link`] they all become.
//!
//! A link knows its place and the words on it; whom it means is resolved a floor up, in [`crate::vault`].

pub(crate) mod inline;
pub(crate) mod property;
mod relation;
pub(crate) mod wiki;

pub use relation::relation_name;
pub(crate) use relation::type_lines;

use super::span::Place;
use std::borrow::Cow;

/// One link as it stands in a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The whole token as written: `[[note#Heading|label]]`, `[text](note.md)`.
    pub written: Box<str>,
    /// The destination of a markdown link, after the parser undid escapes and looked references up.
    destination: Option<Box<str>>,
    /// How it stands in the note.
    pub kind: Kind,
    /// The key that types it, as spelled; none for a plain link. [`relation_name`] folds it.
    pub relation: Option<Box<str>>,
    /// Where it stands.
    pub place: Place,
    /// Whether it stands in a `%%` comment.
    pub in_comment: bool,
    /// Whether it stands in a property among other words, which Obsidian does not count as a link.
    pub in_property_text: bool,
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
}

impl Kind {
    /// The word for it in JSON and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Link => "link",
            Kind::Embed => "embed",
            Kind::Property => "property",
            Kind::Field => "field",
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
    pub(crate) fn wiki(written: &str, place: Place) -> Option<Link> {
        let token = wiki::Token::read(written)?;
        let kind = if token.embed { Kind::Embed } else { Kind::Link };
        Some(Link::new(written, None, kind, place))
    }

    /// A markdown link; `destination` as the parser gives it.
    pub(crate) fn inline(written: &str, destination: &str, embed: bool, place: Place) -> Option<Link> {
        // Logseq's labelled link `[label]([[page]])` is a wikilink with a label.
        let is_wiki = destination.starts_with("[[") && wiki::Token::read(destination).is_some();
        let path = destination.split(['#', '?']).next().unwrap_or_default();
        let names_something = names_something(path) || (destination.starts_with('#') && destination.trim().len() > 1);
        let kind = if embed { Kind::Embed } else { Kind::Link };
        (is_wiki || names_something).then(|| Link::new(written, Some(destination.into()), kind, place))
    }

    fn new(written: &str, destination: Option<Box<str>>, kind: Kind, place: Place) -> Link {
        let written = written.into();
        Link { written, destination, kind, relation: None, place, in_comment: false, in_property_text: false }
    }

    /// Types it by a key, unless the key says no more than that it is a link.
    fn relate(&mut self, key: &str) {
        let name = relation_name(key);
        self.relation = (!name.is_empty() && name != "link").then(|| key.into());
    }

    /// Whether it is written in markdown's way rather than as a wikilink; the two are looked up a little differently.
    pub fn is_markdown(&self) -> bool {
        self.destination.is_some() && self.wiki_token().is_none()
    }

    fn wiki_token(&self) -> Option<wiki::Token<'_>> {
        wiki::Token::read(self.destination.as_deref().unwrap_or(&self.written))
    }

    /// What it names.
    pub fn target(&self) -> Target<'_> {
        if let Some(token) = self.wiki_token() {
            if inline::is_external(token.path) {
                return Target::External(token.path);
            }
            return Target::Internal { path: token.path.into(), subpath: token.subpath.map(Cow::Borrowed) };
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

/// The text of `[text](…)` and `![text][…]`, as written.
fn markdown_text(written: &str) -> Option<&str> {
    let inner = written.trim_start_matches('!').strip_prefix('[')?;
    let end = inner.rfind("](").or_else(|| inner.rfind("][")).or_else(|| inner.rfind(']'))?;
    Some(&inner[..end])
}
