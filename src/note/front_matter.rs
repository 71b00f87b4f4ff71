//! Front matter: the YAML between `---` lines at the very top of a note.
//!
//! It is cut off by hand, because the markdown parser takes any two rules in a note for front matter; the YAML itself is
//! a library's to read. Its events are taken one by one with a limit on depth and size, so that no alias can grow.
//! Front matter that is no YAML costs its properties, never the body or the links.

use super::dialect::Dialect;
use super::link::{Link, property};
use super::problem::{Problem, Wrong};
use super::span::Places;
use super::tag::{Tag, is_provenance, tag_name};
use super::{date, mojibake};
use saphyr_parser::{Event, Parser, ScalarStyle, Span as YamlSpan};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// A property that is not one of the special ones, with every text of its value in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The top-level key.
    pub key: Box<str>,
    /// The texts of the value: one of a scalar, all of a list or map. Numbers, dates and booleans as written; what was
    /// decoded twice is repaired.
    pub values: Vec<Box<str>>,
}

impl Property {
    /// The moment that its first value counts seconds up to, as `2024-05-25T22:35:14Z`, if it is a date written so.
    pub fn utc(&self) -> Option<String> {
        date::utc(&self.key, self.values.first()?)
    }
}

/// What front matter says.
#[derive(Debug, Default)]
pub(crate) struct FrontMatter {
    pub title: Option<Box<str>>,
    pub aliases: Vec<Box<str>>,
    pub tags: Vec<Tag>,
    pub provenance: Vec<Box<str>>,
    pub properties: Vec<Property>,
    pub links: Vec<Link>,
    pub problems: Vec<Problem>,
}

/// The deepest nesting and the most values that are read, aliases expanded.
const DEEPEST: usize = 64;
const MOST_NODES: usize = 10_000;
/// The most aliases that are followed: each can lead back to the first line.
const MOST_ALIASES: usize = 10_000;
/// The longest front matter that is given to the YAML parser.
const LONGEST: usize = 1 << 20;

/// Where front matter stands: its YAML, and where the body begins.
pub(crate) fn cut(text: &str) -> Option<(Range<usize>, usize)> {
    let fence = |line: &str, mark: &str| line.trim_end_matches(['\n', '\r', ' ', '\t']) == mark;
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| fence(line, "---"))?;
    let mut at = first.len();
    for line in lines {
        if fence(line, "---") || fence(line, "...") {
            return Some((first.len()..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Reads the YAML in `range` of `text`.
pub(crate) fn read(text: &str, range: Range<usize>, dialect: &Dialect, places: &mut Places<'_>) -> FrontMatter {
    let mut front = FrontMatter::default();
    let yaml = &text[range.clone()];
    if yaml.trim().is_empty() {
        return front;
    }
    let root = match Tree::new(yaml, range.start).read() {
        Ok(Some(Node::Map(_, entries))) => entries,
        Ok(None) => return front,
        read => {
            let line = yaml.find('\n').unwrap_or(yaml.len());
            let (what, at) = match read {
                Err(Unread::TooDeep) => (Wrong::FrontMatterTooDeep, range.start..range.start + line),
                Err(Unread::NoYaml(reason, at)) => (Wrong::FrontMatter(reason.into()), at..at),
                Ok(_) => (Wrong::NoProperties, range.start..range.start + line),
            };
            front.problems.push(Problem { place: places.of(at), what });
            property::read_raw_lines(text, range, dialect, places, &mut front.links);
            return front;
        }
    };
    for (key, value) in root {
        let Node::Scalar { value: key, .. } = key else { continue };
        front.take(text, &key, &value, dialect, places);
    }
    front
}

impl FrontMatter {
    fn take(&mut self, text: &str, key: &str, value: &Node<'_>, dialect: &Dialect, places: &mut Places<'_>) {
        let mut scalars = Vec::new();
        value.scalars(text, &mut scalars);
        let is_list = !matches!(value, Node::Scalar { .. });
        let texts = || scalars.iter().map(|scalar| scalar.value.trim()).filter(|value| !value.is_empty());
        match key.to_lowercase().as_str() {
            "title" => self.take_title(texts().next()),
            "aliases" | "alias" => {
                for alias in texts().flat_map(|value| split_unless(is_list, value, |c| c == ',')) {
                    let meant = mojibake::repair(alias);
                    // What others may have linked by stays a name.
                    self.aliases.extend((*meant != *alias).then(|| alias.into()));
                    self.aliases.push(meant.into());
                }
            }
            "tags" | "tag" => {
                for tag in texts().flat_map(|value| split_unless(is_list, value, |c| c == ',' || c.is_whitespace())) {
                    self.take_tag(tag.trim_start_matches('#'), dialect);
                }
            }
            _ => {
                let values = texts().map(|value| mojibake::repair(value).into()).collect();
                self.properties.push(Property { key: key.into(), values });
            }
        }
        for scalar in &scalars {
            if scalar.unquoted {
                let place = places.of(scalar.source.clone());
                self.problems.push(Problem { place, what: Wrong::UnquotedLink(scalar.value.into()) });
            }
            property::read_value(text, scalar.value, scalar.source.clone(), key, dialect, places, &mut self.links);
        }
    }

    /// What was decoded twice is repaired; the name that others may have linked by stays another one.
    fn take_title(&mut self, written: Option<&str>) {
        let Some(written) = written else { return };
        let title = mojibake::repair(written);
        if *title != *written {
            self.aliases.push(written.into());
        }
        self.title = Some(title.into());
    }

    fn take_tag(&mut self, written: &str, dialect: &Dialect) {
        let meant = mojibake::repair(written);
        let Some(name) = tag_name(&meant) else { return };
        if is_provenance(name) || dialect.says_origin(name) {
            self.provenance.push(name.into());
        } else {
            self.tags.push(Tag { name: name.into(), run_together: false });
        }
    }
}

/// The parts of a scalar; the whole of a list's item.
fn split_unless(is_list: bool, value: &str, divides: impl Fn(char) -> bool) -> Vec<&str> {
    let parts = value.split(|c| !is_list && divides(c));
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A value of the YAML, with the bytes of the note it was read from.
#[derive(Clone, Debug)]
enum Node<'y> {
    Scalar { value: Cow<'y, str>, source: Range<usize>, plain: bool },
    List(Range<usize>, Vec<Node<'y>>),
    Map(Range<usize>, Vec<(Node<'y>, Node<'y>)>),
}

/// A text of a value. `unquoted` marks a link that YAML read as a list in a list.
struct Scalar<'n> {
    value: &'n str,
    source: Range<usize>,
    unquoted: bool,
}

impl Node<'_> {
    fn scalars<'n>(&'n self, text: &'n str, into: &mut Vec<Scalar<'n>>) {
        match self {
            Node::Scalar { value, plain: true, .. } if matches!(&**value, "~" | "null") => {}
            Node::Scalar { value, source, .. } => into.push(Scalar { value, source: source.clone(), unquoted: false }),
            Node::List(source, items) => match self.unquoted_link(text) {
                Some(link) => into.push(Scalar { value: link, source: source.clone(), unquoted: true }),
                None => items.iter().for_each(|item| item.scalars(text, into)),
            },
            Node::Map(_, entries) => entries.iter().for_each(|(_, value)| value.scalars(text, into)),
        }
    }

    /// `[[x]]` without quotes: a list that holds one list of plain texts, bracket against bracket.
    fn unquoted_link<'t>(&self, text: &'t str) -> Option<&'t str> {
        let Node::List(source, items) = self else { return None };
        let [Node::List(_, inner)] = items.as_slice() else { return None };
        let all_plain = inner.iter().all(|item| matches!(item, Node::Scalar { plain: true, .. }));
        let written = text.get(source.clone())?;
        (all_plain && !inner.is_empty() && written.starts_with("[[") && written.ends_with("]]")).then_some(written)
    }

    fn size(&self) -> usize {
        match self {
            Node::Scalar { value, .. } => 1 + value.len() / 64,
            Node::List(_, items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            Node::Map(_, entries) => 1 + entries.iter().map(|(key, value)| key.size() + value.size()).sum::<usize>(),
        }
    }
}

/// Why YAML gave no tree.
enum Unread {
    /// The parser's reason, and the byte it stopped at.
    NoYaml(String, usize),
    TooDeep,
}

/// Builds the tree of a YAML text from the parser's events.
struct Tree<'y> {
    yaml: &'y str,
    base: usize,
    is_ascii: bool,
    /// The byte of each character, where characters and bytes differ.
    bytes: Vec<usize>,
    open: Vec<(Node<'y>, usize)>,
    keys: Vec<Option<Node<'y>>>,
    anchors: HashMap<usize, Node<'y>>,
    aliases: usize,
    nodes: usize,
}

impl<'y> Tree<'y> {
    fn new(yaml: &'y str, base: usize) -> Self {
        let is_ascii = yaml.is_ascii();
        let bytes = if is_ascii { Vec::new() } else { yaml.char_indices().map(|(at, _)| at).collect() };
        Tree { yaml, base, is_ascii, bytes, open: Vec::new(), keys: Vec::new(), anchors: HashMap::new(), aliases: 0, nodes: 0 }
    }

    /// The byte of the note that a character of the YAML stands at.
    fn byte(&self, character: usize) -> usize {
        let length = self.yaml.len();
        self.base + if self.is_ascii { character.min(length) } else { self.bytes.get(character).copied().unwrap_or(length) }
    }

    fn range(&self, span: YamlSpan) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn read(mut self) -> Result<Option<Node<'y>>, Unread> {
        if self.yaml.len() > LONGEST {
            return Err(Unread::TooDeep);
        }
        let yaml = self.yaml;
        for event in Parser::new_from_str(yaml) {
            let (event, span) = event.map_err(|error| {
                let at = self.byte(error.marker().index());
                Unread::NoYaml(error.info().to_owned(), at)
            })?;
            let source = self.range(span);
            let done = match event {
                Event::Scalar(value, style, anchor, _) => {
                    let plain = style == ScalarStyle::Plain;
                    self.close(Node::Scalar { value, source, plain }, anchor)?
                }
                Event::Alias(anchor) => {
                    self.aliases += 1;
                    if self.aliases > MOST_ALIASES {
                        return Err(Unread::TooDeep);
                    }
                    let node = self.anchors.get(&anchor).cloned();
                    self.close(node.unwrap_or(Node::List(source, Vec::new())), 0)?
                }
                Event::SequenceStart(anchor, _) => self.enter(Node::List(source, Vec::new()), anchor)?,
                Event::MappingStart(anchor, _) => self.enter(Node::Map(source, Vec::new()), anchor)?,
                Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                    Some((mut node, anchor)) => {
                        self.keys.pop();
                        if let Node::List(range, _) | Node::Map(range, _) = &mut node {
                            range.end = source.end.max(range.start);
                        }
                        self.close(node, anchor)?
                    }
                    None => None,
                },
                _ => None,
            };
            // Only the first document counts: a second one would need a `---` line, which ends front matter.
            if done.is_some() {
                return Ok(done);
            }
        }
        Ok(None)
    }

    fn enter(&mut self, node: Node<'y>, anchor: usize) -> Result<Option<Node<'y>>, Unread> {
        if self.open.len() >= DEEPEST {
            return Err(Unread::TooDeep);
        }
        self.open.push((node, anchor));
        self.keys.push(None);
        Ok(None)
    }

    /// Puts a finished node where it belongs; gives it back if it is the root.
    fn close(&mut self, node: Node<'y>, anchor: usize) -> Result<Option<Node<'y>>, Unread> {
        // A node is measured again in each that holds it, so the sum is at most the size times the depth.
        self.nodes += node.size();
        if self.nodes > MOST_NODES * DEEPEST {
            return Err(Unread::TooDeep);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => return Ok(Some(node)),
            Some((Node::List(_, items), _)) => items.push(node),
            Some((Node::Map(_, entries), _)) => {
                if let Some(key) = self.keys.last_mut() {
                    match key.take() {
                        Some(key) => entries.push((key, node)),
                        None => *key = Some(node),
                    }
                }
            }
            Some((Node::Scalar { .. }, _)) => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(cut(text).map(|(yaml, _)| &text[yaml]), expected, "{text:?}");
    }

    #[test]
    fn where_front_matter_is() {
        check("---\na: 1\n---\nx", Some("a: 1\n"));
        check("---  \r\na: 1\r\n...\r\n", Some("a: 1\r\n"));
        check("---\n---\n", Some(""));
        check("---\n\na: 1\n---", Some("\na: 1\n"));
        check("---\na: 1\n", None);
        check("t\n---\na\n---\n", None);
        check("----\na\n---\n", None);
        check("", None);
    }

    fn reading(yaml: &str) -> FrontMatter {
        read(yaml, 0..yaml.len(), &Dialect::default(), &mut Places::new(yaml, 0))
    }

    #[test]
    fn values_of_every_kind() {
        let front = reading("title: 1984\naliases: a, b\ntags: [x, '#y z', 3d]\nn: {a: 1, b: [2, ~]}\né: &v ü\nw: *v\n");
        assert_eq!(front.title.as_deref(), Some("1984"));
        assert_eq!(front.aliases, ["a".into(), "b".into()]);
        assert_eq!(front.tags.iter().map(|tag| &*tag.name).collect::<Vec<_>>(), ["x", "y z", "3d"]);
        let properties: Vec<_> = front.properties.iter().map(|p| format!("{}={:?}", p.key, p.values)).collect();
        assert_eq!(properties, [r#"n=["1", "2"]"#, r#"é=["ü"]"#, r#"w=["ü"]"#]);
        assert!(front.problems.is_empty());
    }

    #[test]
    fn aliases_and_depth_have_an_end() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let row = vec![format!("*a{}", level - 1); 10].join(",");
            bomb += &format!("a{level}: &a{level} [{row}]\n");
        }
        assert_eq!(reading(&bomb).problems[0].what, Wrong::FrontMatterTooDeep);
        // The YAML parser may notice before we do.
        let deep = &reading(&format!("a: {}", "[".repeat(10_000))).problems[0].what;
        assert!(matches!(deep, Wrong::FrontMatterTooDeep | Wrong::FrontMatter(_)), "{deep:?}");
        let nested = (0..80).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
        assert_eq!(reading(&nested).problems[0].what, Wrong::FrontMatterTooDeep);
    }
}
