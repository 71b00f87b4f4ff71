//! YAML as a tree of texts with their places: for front matter, and for the settings of models.
//!
//! Reading YAML is a library's work. Its events are taken one by one with a limit on depth and size, so that no alias can
//! grow. What a text means is not known here: a number is as much a text as a name is.

use saphyr_parser::{Event, Parser, ScalarStyle, Span as YamlSpan};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// The deepest nesting and the most values that are read, aliases expanded.
const DEEPEST: usize = 64;
const MOST_NODES: usize = 10_000;
/// The most aliases that are followed: each can lead back to the first line.
const MOST_ALIASES: usize = 10_000;
/// The longest text that is given to the YAML parser.
const LONGEST: usize = 1 << 20;

/// Whether what stands behind an `&anchor` may be said again by `*alias`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aliases {
    Followed,
    Refused,
}

/// The tree of the first document of a YAML text, which begins at byte `base` of what its places are counted in; none if
/// there is nothing in it.
///
/// # Errors
/// When it is no YAML, or nests or repeats itself beyond every use.
pub(super) fn read(yaml: &str, base: usize, aliases: Aliases) -> Result<Option<Node<'_>>, Unread> {
    Tree::new(yaml, base, if aliases == Aliases::Followed { MOST_ALIASES } else { 0 }).read()
}

/// A value of the YAML, with the bytes of the note it was read from.
#[derive(Clone, Debug)]
pub(super) enum Node<'y> {
    Scalar { value: Cow<'y, str>, source: Range<usize>, plain: bool },
    List(Range<usize>, Vec<Node<'y>>),
    Map(Range<usize>, Vec<(Node<'y>, Node<'y>)>),
}

/// A text of a value. `unquoted` marks a link that YAML read as a list in a list.
pub(super) struct Scalar<'n> {
    pub value: &'n str,
    pub source: Range<usize>,
    pub unquoted: bool,
}

impl Node<'_> {
    /// Where it is written.
    pub(super) fn source(&self) -> Range<usize> {
        match self {
            Node::Scalar { source, .. } | Node::List(source, _) | Node::Map(source, _) => source.clone(),
        }
    }

    /// Every text of it, in order.
    pub(super) fn scalars<'n>(&'n self, text: &'n str, into: &mut Vec<Scalar<'n>>) {
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
    pub(super) fn unquoted_link<'t>(&self, text: &'t str) -> Option<&'t str> {
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
pub(super) enum Unread {
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
    /// How many aliases were followed, and how many may be.
    aliases: usize,
    most_aliases: usize,
    nodes: usize,
}

impl<'y> Tree<'y> {
    fn new(yaml: &'y str, base: usize, most_aliases: usize) -> Self {
        let is_ascii = yaml.is_ascii();
        let bytes = if is_ascii { Vec::new() } else { yaml.char_indices().map(|(at, _)| at).collect() };
        let (open, keys, anchors) = (Vec::new(), Vec::new(), HashMap::new());
        Tree { yaml, base, is_ascii, bytes, open, keys, anchors, aliases: 0, most_aliases, nodes: 0 }
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
                    if self.aliases > self.most_aliases {
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
