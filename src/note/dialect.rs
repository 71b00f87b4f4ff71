//! How the notes of one vault are written, where that differs from vault to vault: the switches a reader of notes asks.
//!
//! A dialect comes from the settings of a vault and is never guessed from a note, since the same words mean one thing here
//! and another there. Where settings come from is not known here.

use super::outline::heading_key;

/// The ways of writing that a vault has chosen. The default is what most notes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `[[label|target]]`, as Dendron and some wikis write it.
    pub label_first: bool,
    /// Logseq's page properties: `title::`, `alias::` and `tags::` in the first block of a note.
    pub logseq: bool,
    /// `- relation [[x]] (context)`: a list item that is a relation and a link.
    pub relation_items: bool,
    /// `[[x|@relation]]`: a relation in the label of a link.
    pub label_relations: bool,
    /// `[text](x "relation")`: a relation in the title of a markdown link.
    pub title_relations: bool,
    /// `#[[x]]` leads up, `[[x]]#` leads down.
    pub hash_relations: bool,
    /// In a list of links, what is indented below a link is its child.
    pub list_relations: bool,
    /// A link alone in its paragraph is a child of the note.
    pub inclusion_links: bool,
    /// The headings whose list items are related by the heading's name.
    pub related_headings: HeadingNames,
    /// More tags that only say where a note came from; one that ends in `*` stands for all that begin so.
    pub provenance: Vec<Box<str>>,
}

/// A set of headings, whatever their case and what stands around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadingNames {
    /// What two spellings of each share, sorted.
    keys: Vec<String>,
    /// The first letters of each, sorted: nearly every heading of a vault is told by them to be another one.
    beginnings: Vec<[char; 2]>,
}

impl HeadingNames {
    /// The set of these headings; none if one of them holds no letter, as it could not be told from others.
    pub fn new<'h>(headings: impl IntoIterator<Item = &'h str>) -> Option<HeadingNames> {
        let mut keys: Vec<String> = headings.into_iter().map(|heading| HeadingNames::key(heading_name(heading))).collect();
        keys.sort();
        let mut beginnings: Vec<[char; 2]> = keys.iter().map(|key| beginning(key)).collect();
        beginnings.sort_unstable();
        keys.iter().all(|key| !key.is_empty()).then_some(HeadingNames { keys, beginnings })
    }

    fn contains(&self, name: &str) -> bool {
        self.keys.binary_search(&HeadingNames::key(name)).is_ok()
    }

    fn key(name: &str) -> String {
        heading_key(name).replace(['-', '_'], " ")
    }
}

/// The first two letters of a heading, in lower case.
fn beginning(heading: &str) -> [char; 2] {
    let mut letters = heading.chars().skip_while(|c| !c.is_alphabetic()).flat_map(char::to_lowercase);
    [letters.next().unwrap_or_default(), letters.next().unwrap_or_default()]
}

/// The words of a heading that name what stands below it: without numbers and pictures before them, without signs, a tag
/// or an `{#id}` behind them. `See also` of `2. 🔗 See also: #links`.
fn heading_name(heading: &str) -> &str {
    let ends = [" #", "{#", " ("].into_iter().filter_map(|sign| heading.find(sign));
    let end = ends.min().unwrap_or(heading.len());
    heading[..end].trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches(|c: char| !c.is_alphanumeric())
}

/// The headings that relate the links below them unless a vault says otherwise: what notes have at their end, in the
/// languages that most are written in.
const RELATED_HEADINGS: [&str; 33] = [
    "see also",
    "related",
    "related concepts",
    "related topics",
    "related notes",
    "further reading",
    "references",
    "up",
    "parents",
    "siehe auch",
    "verwandt",
    "verwandte begriffe",
    "verwandte themen",
    "weiterführende literatur",
    "voir aussi",
    "notes liées",
    "concepts liés",
    "pour aller plus loin",
    "véase también",
    "ver también",
    "relacionado",
    "conceptos relacionados",
    "ver também",
    "veja também",
    "vedi anche",
    "zie ook",
    "se även",
    "zobacz też",
    "см. также",
    "связанные заметки",
    "参见",
    "相关",
    "関連項目",
];

impl Default for Dialect {
    fn default() -> Self {
        Dialect {
            label_first: false,
            logseq: false,
            relation_items: false,
            label_relations: false,
            title_relations: false,
            hash_relations: false,
            list_relations: false,
            inclusion_links: false,
            related_headings: HeadingNames::new(RELATED_HEADINGS).unwrap_or_default(),
            provenance: Vec::new(),
        }
    }
}

impl Dialect {
    /// The relation of the links in list items below this heading, as it stands there, if it relates them.
    pub(crate) fn relation_of_section<'h>(&self, heading: &'h str) -> Option<&'h str> {
        // Letters that are composed of several signs would have to be composed first.
        if heading.is_ascii() {
            self.related_headings.beginnings.binary_search(&beginning(heading)).ok()?;
        }
        Some(heading_name(heading)).filter(|name| self.related_headings.contains(name))
    }

    /// Whether the vault takes a tag for a mark of origin.
    pub(crate) fn says_origin(&self, tag: &str) -> bool {
        let tag = tag.to_lowercase();
        self.provenance.iter().any(|origin| match origin.strip_suffix('*') {
            Some(start) => tag.starts_with(&start.to_lowercase()),
            None => tag == origin.to_lowercase(),
        })
    }
}
