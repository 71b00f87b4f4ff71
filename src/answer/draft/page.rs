//! A draft as the text of a note.
//!
//! What notes say is quoted as words: signs of markup are escaped. Rules of markup are many and a vault may have its own, so
//! that nothing is taken on trust: what was written is read again as a note of this vault, and where it says more than it
//! should, the sentence is set as code, and where that does not help either, left out.

use super::Saying;
use crate::graph::ConceptId;
use crate::note::{Link, NotePath, relation_name};
use crate::vault::{Meaning, Vault, fold};
use std::borrow::Cow;

/// The key of what stands beside.
const SEE_ALSO: &str = "See also";

/// The heading above what is quoted.
const SAYS: &str = "What the vault says";

/// The page of a draft.
pub(super) struct Page<'v> {
    vault: &'v Vault,
    /// The path that it would have.
    pub path: NotePath,
    title: String,
    pub aliases: Vec<String>,
}

/// How a sentence is quoted; each is safer than the one before, and says less well what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    Escaped,
    Code,
    Nothing,
}

const QUOTINGS: [Quoting; 3] = [Quoting::Escaped, Quoting::Code, Quoting::Nothing];

/// A link that a page has been given: whom it means, and whether it is one of those beside.
type Given = (ConceptId, bool);

impl<'v> Page<'v> {
    pub(super) fn of(vault: &'v Vault, name: &str, aliases: Vec<String>) -> Page<'v> {
        let title = name.rsplit('/').next().unwrap_or(name).to_owned();
        Page { vault, path: NotePath::new(format!("{name}.md")), title, aliases }
    }

    /// Whether a link to a name nobody wrote yet would mean this page once it is there, as both are called so.
    pub(super) fn takes_name_of(&self, concept: ConceptId) -> bool {
        let is_wanted = concept.0 as usize >= self.vault.len();
        is_wanted && self.name(concept).rsplit('/').next().is_some_and(|last| fold(last) == fold(&self.title))
    }

    /// The text of the note: its name, what notes say of it, what stands beside it.
    pub(super) fn write(&self, said: &[(u32, &[Saying])], beside: &[(ConceptId, usize)]) -> String {
        let mut written = String::new();
        for least in QUOTINGS {
            let (text, given) = self.compose(said, beside, least);
            if self.says_no_more(&text, &given) {
                return text;
            }
            written = text;
        }
        written
    }

    fn compose(&self, said: &[(u32, &[Saying])], beside: &[(ConceptId, usize)], least: Quoting) -> (String, Vec<Given>) {
        let (mut text, mut given) = (String::new(), Vec::new());
        if !self.aliases.is_empty() {
            let aliases: Vec<String> = self.aliases.iter().map(|alias| in_quotes(alias)).collect();
            text.push_str(&format!("---\naliases: [{}]\n---\n\n", aliases.join(", ")));
        }
        text.push_str(&format!("# {}\n", escaped(&self.title)));
        if !said.is_empty() {
            text.push_str(&format!("\n## {SAYS}\n"));
        }
        for (note, said) in said {
            text.push_str(&format!("\nIn {}:\n\n", self.link_or_name(ConceptId(*note), false, &mut given)));
            let path = self.vault.path(*note);
            said.iter().for_each(|said| text.push_str(&self.line(&path, said, least)));
        }
        for (concept, _) in beside {
            text.push_str(&format!("\n{SEE_ALSO}: {}\n", self.link_or_name(*concept, true, &mut given)));
        }
        (text, given)
    }

    /// What a place says, as an item of a list, with where it stands.
    fn line(&self, path: &NotePath, said: &Saying, least: Quoting) -> String {
        let place = code(&format!("{path}:{}", said.line));
        let how = if said.is_linked { "" } else { ", not linked" };
        for quoting in QUOTINGS.into_iter().skip_while(|quoting| *quoting != least) {
            let sentence = said.passage.as_ref().map(|passage| &*passage.text);
            let shown = match (quoting, sentence, &said.relation) {
                (Quoting::Escaped, Some(sentence), _) => escaped(sentence),
                (Quoting::Code, Some(sentence), _) => code(sentence),
                (Quoting::Escaped, None, Some(relation)) => format!("under {}", escaped(relation)),
                (Quoting::Code, None, Some(relation)) => format!("under {}", code(relation)),
                (Quoting::Nothing, Some(_), _) => "in a sentence that reads as more than words".to_owned(),
                _ => "a link, and no sentence around it".to_owned(),
            };
            let line = format!("- {shown} ({place}{how})\n");
            if quoting == Quoting::Nothing || self.says_no_more(&line, &[]) {
                return line;
            }
        }
        String::new()
    }

    /// A link that means a concept, noted down; its mere name where none can be written.
    fn link_or_name(&self, concept: ConceptId, is_beside: bool, given: &mut Vec<Given>) -> String {
        if let Some(link) = self.link(concept) {
            given.push((concept, is_beside));
            return link;
        }
        let name = escaped(&self.name(concept));
        if self.says_no_more(&format!("{name}\n"), &[]) { name } else { "a note whose name is no text".to_owned() }
    }

    fn name(&self, concept: ConceptId) -> Cow<'v, str> {
        match concept.0.checked_sub(self.vault.len() as u32) {
            None => self.vault.note_name(concept.0),
            Some(wanted) => self.vault.wanted_name(wanted),
        }
    }

    /// A way of writing a link that means a concept from where the page would lie: by file name rather than by path, and by
    /// either rather than by a title, which not every program looks for.
    fn link(&self, concept: ConceptId) -> Option<String> {
        let name = self.name(concept);
        let mut ways = Vec::new();
        if (concept.0 as usize) < self.vault.len() {
            let path = self.vault.path(concept.0);
            let (stem, whole) = (path.stem(), without_md(&path));
            if stem == name {
                ways.push(format!("[[{stem}]]"));
            }
            ways.extend([format!("[[{stem}|{name}]]"), format!("[[{whole}|{name}]]"), format!("[[{stem}]]")]);
            // From above all else, where several are called so.
            ways.extend([format!("[[{whole}]]"), format!("[[{path}]]"), format!("[[/{whole}]]")]);
        }
        ways.push(format!("[[{name}]]"));
        let means_it = |way: &String| self.links_of(way).is_some_and(|links| links[..] == [(concept, false)]);
        ways.into_iter().filter(|way| !way.contains(is_no_text)).find(means_it)
    }

    /// The links of a text, if that is all it says, each with whether it is one of those beside.
    fn links_of(&self, text: &str) -> Option<Vec<Given>> {
        let note = self.vault.as_note(self.path.clone(), text);
        let given = |link: &Link| {
            let concept = match self.vault.meaning_at(self.path.folder(), link)? {
                Meaning::Note(number) => ConceptId(number),
                Meaning::Wanted(number) => ConceptId(self.vault.len() as u32 + number),
                _ => return None,
            };
            match link.relation() {
                None => Some((concept, false)),
                Some(relation) if relation_name(relation) == relation_name(SEE_ALSO) => Some((concept, true)),
                Some(_) => None,
            }
        };
        let is_bare = note.tags.is_empty() && note.provenance.is_empty() && note.fields.is_empty() && note.problems.is_empty();
        let says_more = !is_bare || !note.snippets.is_empty() || !note.nestings.is_empty();
        if says_more { None } else { note.links.iter().map(given).collect() }
    }

    /// Whether a text has these links and our headings, and says nothing else that is more than words.
    fn says_no_more(&self, text: &str, given: &[Given]) -> bool {
        let note = self.vault.as_note(self.path.clone(), text);
        let headings = note.outline.headings.len();
        let expected = text.lines().filter(|line| line.starts_with("# ") || line.starts_with("## ")).count();
        let aliases: Vec<&str> = note.aliases.iter().map(|alias| &**alias).collect();
        let has_front_matter = text.starts_with("---\n");
        headings == expected
            && expected <= 2
            && note.outline.blocks.is_empty()
            && (!has_front_matter || aliases == self.aliases)
            && self.links_of(text).is_some_and(|links| links == given)
    }
}

/// Whether a character does something to a terminal instead of showing: a link with one would come out as another.
fn is_no_text(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The path of a note without the end that all of them have.
fn without_md(path: &NotePath) -> &str {
    &path.as_str()[..path.as_str().len() - (path.file_name().len() - path.stem().len())]
}

/// Words as markdown, with a backslash before what would be a sign of markup.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut last = ' ';
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    for (at, c) in text.chars().filter(|c| !is_no_text(*c)).enumerate() {
        let is_doubled = c == last && matches!(c, '=' | '%' | '~' | ':');
        let begins_line =
            (at == 0 && matches!(c, '-' | '+' | '>' | '=' | '~')) || (digits > 0 && at == digits && matches!(c, '.' | ')'));
        if is_doubled || begins_line || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '#' | '$' | '&' | '|' | '^') {
            shown.push('\\');
        }
        shown.push(c);
        last = c;
    }
    shown
}

/// Words as code, whatever they hold.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let text: String = text.chars().filter(|c| !is_no_text(*c)).collect();
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text in double quotes, as YAML reads it.
fn in_quotes(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_no_text(*c)).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
