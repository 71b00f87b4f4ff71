//! What a vault keeps of one note while it is put together: names, tags, whom it links; not its text, and not where
//! things stand in it, as both are read again from the few notes that an answer shows.

use super::names::{Called, Naming, filed_names, fold};
use super::resolve::Written;
use super::settings::Settings;
use crate::note::{Kind, Link, Nesting, Note, Outline, Target};

/// What a vault keeps of a note.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Tells one text of the note from another.
    pub digest: u64,
    pub title: Option<Box<str>>,
    /// Its first level-one heading.
    pub heading: Option<Box<str>>,
    /// Whether people call it by that heading.
    pub is_called_by_heading: bool,
    pub aliases: Vec<Box<str>>,
    /// Each tag, and whether it ran together with others.
    pub tags: Vec<(Box<str>, bool)>,
    pub links: RecordLinks,
    pub nestings: Vec<Nesting>,
    pub snippets: u32,
    /// How many problems it has by itself.
    pub problems: u32,
    /// Its outline, packed.
    pub outline: Box<[u8]>,
}

/// The links of a record, one behind the other in bytes: a vault has a million of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordLinks(Box<[u8]>);

/// A link of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordLink<'r> {
    /// What it names, as [`Written::pack`] has it; none if that is not in the vault.
    pub target: Option<&'r [u8]>,
    /// The key that types it, as spelled.
    pub relation: Option<&'r [u8]>,
    /// Whether the writing says more of it than a sentence would: a typed link, or one of a property.
    pub is_typed: bool,
    /// Whether it stands in a model.
    pub is_of_model: bool,
}

const HAS_TARGET: u8 = 1;
const HAS_RELATION: u8 = 2;
const IS_TYPED: u8 = 4;
const IS_OF_MODEL: u8 = 8;

impl RecordLinks {
    fn of(links: &[Link], is_strict: bool) -> RecordLinks {
        let mut bytes = Vec::with_capacity(links.len() * 24);
        for link in links {
            let (target, relation) = (packed_target(link, is_strict), link.relation());
            let is_typed = relation.is_some() || link.kind == Kind::Property;
            let flag = |is: bool, flag: u8| if is { flag } else { 0 };
            let is_of_model = flag(link.kind == Kind::Model, IS_OF_MODEL);
            let has = flag(target.is_some(), HAS_TARGET) | flag(relation.is_some(), HAS_RELATION);
            bytes.push(has | flag(is_typed, IS_TYPED) | is_of_model);
            for part in [target.as_deref(), relation.map(str::as_bytes)].into_iter().flatten() {
                bytes.extend((part.len() as u32).to_le_bytes());
                bytes.extend(part);
            }
        }
        RecordLinks(bytes.into())
    }

    /// The links in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = RecordLink<'_>> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (flags, behind) = rest.split_first()?;
            rest = behind;
            let target = if flags & HAS_TARGET > 0 { take(&mut rest) } else { None };
            let relation = if flags & HAS_RELATION > 0 { take(&mut rest) } else { None };
            let is_of_model = flags & IS_OF_MODEL > 0;
            Some(RecordLink { target, relation, is_typed: flags & IS_TYPED > 0, is_of_model })
        })
    }
}

/// Takes bytes off that stand behind their number.
fn take<'r>(rest: &mut &'r [u8]) -> Option<&'r [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let (part, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = behind;
    Some(part)
}

impl Record {
    /// What is to be kept of a note whose bytes have this digest.
    pub(crate) fn of(note: &Note, digest: u64, is_strict: bool) -> Record {
        let heading = note.first_heading();
        Record {
            digest,
            title: note.title.clone(),
            heading: heading.map(Into::into),
            is_called_by_heading: note.title.is_none() && heading.is_some_and(|heading| std::ptr::eq(heading, note.name())),
            aliases: note.aliases.clone(),
            tags: note.tags.iter().map(|tag| (tag.name.clone(), tag.run_together)).collect(),
            links: RecordLinks::of(&note.links, is_strict),
            nestings: note.nestings.clone(),
            snippets: note.snippets.len() as u32,
            problems: note.problems.len() as u32,
            outline: if has_entries(&note.outline) { note.outline.pack() } else { Box::default() },
        }
    }
}

/// What a link names, as [`Written::pack`] has it; none if that is not in the vault.
pub(crate) fn packed_target(link: &Link, is_strict: bool) -> Option<Box<[u8]>> {
    match link.target() {
        Target::Internal { path, subpath } => {
            Some(Written { path, subpath, is_markdown: link.is_markdown(), is_name: false }.pack())
        }
        // Strictly read, a wikilink is a name whatever it looks like.
        Target::External(address) if is_strict && !link.is_markdown() => {
            Some(Written { path: address.into(), subpath: None, is_markdown: false, is_name: true }.pack())
        }
        Target::External(_) => None,
    }
}

impl Record {
    /// Its other names as the table of names has them, each once.
    pub(crate) fn called(&self, stem: &str, settings: &Settings) -> Vec<Called> {
        let mut called: Vec<Called> = Vec::new();
        let mut add = |naming: Naming, name: &str| called.push(Called::new(naming, &fold(name.trim())));
        filed_names(stem, settings).iter().for_each(|name| add(Naming::Filed, name));
        self.aliases.iter().for_each(|alias| add(Naming::Alias, alias));
        self.title.iter().for_each(|title| add(Naming::Title, title));
        self.heading.iter().for_each(|heading| add(Naming::Heading, heading));
        called.sort_unstable();
        called.dedup();
        called
    }
}

fn has_entries(outline: &Outline) -> bool {
    !outline.headings.is_empty() || !outline.blocks.is_empty()
}
