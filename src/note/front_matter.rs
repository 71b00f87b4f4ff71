//! Front matter: the YAML between `---` lines at the very top of a note.
//!
//! It is cut off by hand, because the markdown parser takes any two rules in a note for front matter; the YAML itself is
//! for [`super::yaml`] to read. Front matter that is no YAML costs its properties, never the body or the links.

use super::dialect::Dialect;
use super::link::{Link, property};
use super::problem::{Problem, Wrong};
use super::span::Places;
use super::tag::{Tag, is_provenance, tag_name};
use super::yaml::{Aliases, Node, Unread};
use super::{date, mojibake, yaml};
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
    let root = match yaml::read(yaml, range.start, Aliases::Followed) {
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
