//! What a note can be entered by: its headings and named blocks, and how a subpath finds one of them.

use super::span::Place;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// From 1 to 6.
    pub level: u8,
    /// The text as shown, without markup.
    pub text: Box<str>,
    /// What people link to it by, where that is not [`heading_key`] of the text: a link inside counts with its target.
    pub(crate) key: Option<Box<str>>,
    /// Where it stands.
    pub place: Place,
}

impl Heading {
    fn matches(&self, key: &str) -> bool {
        match &self.key {
            Some(own) => **own == *key,
            None => heading_key(&self.text) == key,
        }
    }
}

/// A paragraph, item, table or quote with a name of its own: `^name` at its end or below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockName {
    /// Letters, digits and dashes, as written.
    pub name: Box<str>,
    /// Where the name stands.
    pub place: Place,
}

/// The headings and block names of a note, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The headings.
    pub headings: Vec<Heading>,
    /// The named blocks.
    pub blocks: Vec<BlockName>,
    /// Where each key leads, made when somebody first asks a long outline.
    keys: OnceLock<Keys>,
    /// The first heading of each slug, by number, made when a markdown link first asks a long outline.
    slugs: OnceLock<HashMap<Box<str>, usize>>,
}

/// The headings of each spelling and the first block of each name, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Keys {
    headings: HashMap<Box<str>, Vec<usize>>,
    /// For each heading, the one behind its section.
    ends: Vec<usize>,
    blocks: HashMap<Box<str>, usize>,
}

/// Up to so many headings or blocks, looking at each is cheaper than a table.
const FEW: usize = 12;

/// Unless the headings are longer than this, in bytes together: a heading may be a book in one line, asked for by each of its
/// links.
const SHORT: usize = 800;

/// What stands before a text of a packed outline that is no heading; before one stands its level.
const PACKED_KEY: u8 = 7;
const PACKED_BLOCK: u8 = 8;

/// What a subpath leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'o> {
    /// A heading.
    Heading(&'o Heading),
    /// A named block.
    Block(&'o BlockName),
}

impl Outline {
    /// Follows a subpath: `Heading`, `Outer#Inner`, `^block`. Markdown links may also use the slugs that code hosts make.
    pub fn find(&self, subpath: &str, from_markdown: bool) -> Option<Entry<'_>> {
        if let Some(name) = subpath.strip_prefix('^') {
            let name = name.trim();
            let found = match self.blocks.len() {
                0..=FEW => self.blocks.iter().position(|block| block.name.eq_ignore_ascii_case(name)),
                _ => self.keys().blocks.get(&*name.to_ascii_lowercase()).copied(),
            };
            return found.map(|at| Entry::Block(&self.blocks[at]));
        }
        let heading = self
            .find_key(&heading_key(subpath))
            .or_else(|| self.find_key(&heading_key(&without_markup(subpath))))
            .or_else(|| self.find_nested(subpath))
            .or_else(|| self.find_slug(subpath).filter(|_| from_markdown));
        heading.map(Entry::Heading)
    }

    fn find_key(&self, key: &str) -> Option<&Heading> {
        if key.is_empty() {
            return None;
        }
        self.find_key_in(0..self.headings.len(), key).map(|at| &self.headings[at])
    }

    fn is_short(&self) -> bool {
        self.headings.len() <= FEW && self.headings.iter().map(|heading| heading.text.len()).sum::<usize>() <= SHORT
    }

    fn keys(&self) -> &Keys {
        self.keys.get_or_init(|| {
            let mut keys = Keys::default();
            let mut open: Vec<usize> = Vec::new();
            keys.ends = vec![self.headings.len(); self.headings.len()];
            for (at, heading) in self.headings.iter().enumerate() {
                while let Some(above) = open.pop_if(|above| self.headings[*above].level >= heading.level) {
                    keys.ends[above] = at;
                }
                open.push(at);
                let key = heading.key.clone().unwrap_or_else(|| heading_key(&heading.text).into());
                keys.headings.entry(key).or_default().push(at);
            }
            for (at, block) in self.blocks.iter().enumerate() {
                keys.blocks.entry(block.name.to_ascii_lowercase().into()).or_insert(at);
            }
            keys
        })
    }

    /// `A#B`: the first B inside the section of A. Steps may skip levels.
    fn find_nested(&self, subpath: &str) -> Option<&Heading> {
        if !subpath.contains('#') {
            return None;
        }
        let mut section = 0..self.headings.len();
        let mut found = None;
        for part in subpath.split('#') {
            let at = self.find_key_in(section, &heading_key(part))?;
            section = at + 1..self.end_of_section(at);
            found = Some(&self.headings[at]);
        }
        found
    }

    /// The first heading of the key among those of a range.
    fn find_key_in(&self, section: Range<usize>, key: &str) -> Option<usize> {
        if self.is_short() {
            return section.into_iter().find(|at| self.headings[*at].matches(key));
        }
        let all = self.keys().headings.get(key)?;
        all.get(all.partition_point(|at| *at < section.start)).copied().filter(|at| *at < section.end)
    }

    /// The heading behind the section of another one, by number.
    fn end_of_section(&self, at: usize) -> usize {
        if !self.is_short() {
            return self.keys().ends[at];
        }
        let level = self.headings[at].level;
        (at + 1..self.headings.len()).find(|next| self.headings[*next].level <= level).unwrap_or(self.headings.len())
    }

    /// GitHub's slugs: lower case, blanks as dashes, punctuation dropped, `-1`, `-2` behind repeated ones.
    fn find_slug(&self, slug: &str) -> Option<&Heading> {
        let mut repeats = HashMap::new();
        if self.is_short() {
            return self.headings.iter().find(|heading| numbered_slug(&heading.text, &mut repeats) == slug);
        }
        let slugs = self.slugs.get_or_init(|| {
            let mut slugs = HashMap::new();
            for (at, heading) in self.headings.iter().enumerate() {
                slugs.entry(numbered_slug(&heading.text, &mut repeats).into()).or_insert(at);
            }
            slugs
        });
        slugs.get(slug).map(|at| &self.headings[*at])
    }

    /// All that [`Outline::find`] needs, in few bytes: places are left out.
    pub(crate) fn pack(&self) -> Box<[u8]> {
        let mut bytes = Vec::new();
        let mut add = |kind: u8, text: &str| {
            bytes.push(kind);
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.as_bytes());
        };
        for heading in &self.headings {
            add(heading.level, &heading.text);
            heading.key.iter().for_each(|key| add(PACKED_KEY, key));
        }
        self.blocks.iter().for_each(|block| add(PACKED_BLOCK, &block.name));
        bytes.into()
    }

    /// The outline of what [`Outline::pack`] gave, everything at the beginning of the note.
    pub(crate) fn unpack(mut bytes: &[u8]) -> Outline {
        let mut outline = Outline::default();
        while let Some((kind, rest)) = bytes.split_first() {
            let Some((length, rest)) = rest.split_first_chunk() else { break };
            let Some((text, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
            bytes = rest;
            let text: Box<str> = String::from_utf8_lossy(text).into();
            match *kind {
                PACKED_BLOCK => outline.blocks.push(BlockName { name: text, place: Place::START }),
                PACKED_KEY => outline.headings.last_mut().into_iter().for_each(|heading| heading.key = Some(text.clone())),
                level => outline.headings.push(Heading { level, text, key: None, place: Place::START }),
            }
        }
        outline
    }

    /// The headings above byte `offset` of the note, outermost first: the way down to what stands there.
    pub fn trail(&self, offset: usize) -> Vec<&Heading> {
        let mut trail: Vec<&Heading> = Vec::new();
        for heading in self.headings.iter().take_while(|heading| (heading.place.span.start as usize) <= offset) {
            while trail.last().is_some_and(|above| above.level >= heading.level) {
                trail.pop();
            }
            trail.push(heading);
        }
        trail
    }
}

fn numbered_slug(text: &str, repeats: &mut HashMap<String, usize>) -> String {
    let slug = github_slug(text);
    let before = repeats.entry(slug.clone()).or_default();
    *before += 1;
    if *before == 1 { slug } else { format!("{slug}-{}", *before - 1) }
}

fn github_slug(text: &str) -> String {
    let kept = text.chars().flat_map(char::to_lowercase).filter_map(|c| match c {
        ' ' => Some('-'),
        c if is_key_character(c) => Some(c),
        _ => None,
    });
    kept.collect()
}

fn without_markup(text: &str) -> String {
    text.replace("==", "").replace("~~", "").replace(['*', '`'], "")
}

/// What two spellings of a heading share: letters, marks, digits, `_`, `-` and emoji; anything else is a blank; case
/// folds and blanks collapse. So `Minecraft: The Game` is found as `minecraft the game`.
pub fn heading_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'_' | b'-' => key.push(char::from(byte)),
                b'A'..=b'Z' => key.push(char::from(byte.to_ascii_lowercase())),
                _ if key.is_empty() || key.ends_with(' ') => {}
                _ => key.push(' '),
            }
        }
        key.truncate(key.trim_end().len());
        return key;
    }
    let push = |c: char| match c {
        c if is_key_character(c) => key.push(c),
        _ if key.ends_with(' ') || key.is_empty() => {}
        _ => key.push(' '),
    };
    // The whole text at once, as the lower case of some letters depends on their place in the word.
    text.nfc().collect::<String>().to_lowercase().chars().for_each(push);
    key.truncate(key.trim_end().len());
    key
}

fn is_key_character(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    }
    c.is_alphanumeric() || c == '\u{200D}' || c.general_category_group() == GeneralCategoryGroup::Mark || c.is_emoji_char()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(headings: &[(u8, &str)]) -> Outline {
        let heading =
            |(level, text): &(u8, &str)| Heading { level: *level, text: (*text).into(), key: None, place: Place::START };
        Outline { headings: headings.iter().map(heading).collect(), ..Outline::default() }
    }

    fn check(headings: &[(u8, &str)], subpath: &str, from_markdown: bool, expected: Option<usize>) {
        let outline = outline(headings);
        let at = |heading: &Heading| outline.headings.iter().position(|other| std::ptr::eq(other, heading));
        let found = outline.find(subpath, from_markdown).and_then(|entry| match entry {
            Entry::Heading(heading) => at(heading),
            Entry::Block(_) => None,
        });
        assert_eq!(found, expected, "{subpath:?}");
    }

    #[test]
    fn headings_are_found_by_what_people_write() {
        let headings = [(1, "Minecraft: The Game"), (2, "Über **x** 🗃️"), (2, "Example #1"), (2, "C# basics")];
        check(&headings, "minecraft the game", false, Some(0));
        check(&headings, "Example #1", false, Some(2));
        check(&headings, "C# basics", false, Some(3));
        check(&headings, "minecraft-the-game", true, Some(0));
        check(&headings, "minecraft-the-game", false, None);
        check(&headings, "", false, None);
    }

    #[test]
    fn nested_headings_stay_inside_their_section() {
        let headings = [(1, "A"), (2, "B"), (1, "C"), (3, "B"), (1, "D")];
        check(&headings, "C#B", false, Some(3));
        check(&headings, "B", false, Some(1));
        check(&headings, "D#B", false, None);
        // Of a long outline too, which is looked up in a table.
        let mut long = headings.to_vec();
        long.extend((0..FEW).flat_map(|_| [(1, "E"), (2, "F"), (3, "G")]));
        check(&long, "C#B", false, Some(3));
        check(&long, "D#B", false, None);
        check(&long, "E#G", false, Some(7));
        check(&long, "A#B#C", false, None);
        check(&long, "G#F", false, None);
    }

    #[test]
    fn keys_fold() {
        assert_eq!(heading_key("  E\u{301}tude — No.\u{a0}1 (a_b-c) "), "étude no 1 a_b-c");
        assert_eq!(heading_key("***"), "");
    }
}
