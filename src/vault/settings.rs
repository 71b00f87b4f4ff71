//! The settings of a vault: `.resonote.toml` at its top.
//!
//! One table says what settings there are, for reading them and for help. A vault may come from anywhere, so that a
//! setting can change how notes are read, or leave some out; none can make more be read, or anything be run.

use super::exclude::{MOST_PATTERNS, Patterns};
use crate::note::{Dialect, HeadingNames, clip, relation_name};
use std::io::Read;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The file that holds them.
pub const SETTINGS_FILE: &str = ".resonote.toml";

/// The largest settings that are read, in bytes.
const LARGEST: u64 = 256 << 10;

/// What a vault has chosen.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How its notes are written.
    pub dialect: Dialect,
    /// Whether a folder's name means the `index.md` or `README.md` in it.
    pub folder_index: bool,
    /// Whether the dots of a file name divide it as slashes divide a path.
    pub dotted_names: bool,
    /// Whether `.gitignore` files leave out what they name.
    pub gitignore: bool,
    /// What is left out.
    pub exclude: Patterns,
    /// What a step over a relation costs on a path, by its folded name, in millionths of a plain link.
    pub costs: Vec<(Box<str>, u32)>,
    /// How much a concept costs more to enter for being linked with many, in 0..=10.
    pub hub_weight: Option<f64>,
    /// Tells what one file of settings makes of notes from what another one makes of them; 0 where there is none. What only
    /// questions go by is not in it, so that changing it makes nothing to be read again.
    pub digest: u64,
}

/// One setting, for help.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// Its default as TOML writes it; empty where `about` says it.
    pub default: &'static str,
    /// A line that sets it.
    pub example: &'static str,
    takes: Takes,
}

/// What a setting takes, and where it goes.
#[derive(Clone, Copy, Debug)]
enum Takes {
    Switch(fn(&mut Settings) -> &mut bool),
    Pipe,
    RelatedHeadings,
    Provenance,
    Exclude,
    Costs,
    HubWeight,
}

/// Every setting there is, by key.
pub const SETTINGS: [Setting; 16] = [
    Setting {
        key: "costs",
        about: "What a step over a relation costs on a path, from 0.01 to 100, where a plain link costs 1; also that of a tag two \
                notes share (tag), of a name in the text without a link (mention), and of a tag that is nearly a name (near-tag).",
        default: "{}",
        example: "costs = { see-also = 1.2, tag = 2 }",
        takes: Takes::Costs,
    },
    Setting {
        key: "dotted-names",
        about: "The dots of a file name divide it as slashes divide a path, as in Dendron: [[lang/rust]] finds lang.rust.md.",
        default: "false",
        example: "dotted-names = true",
        takes: Takes::Switch(|settings| &mut settings.dotted_names),
    },
    Setting {
        key: "exclude",
        about: "Notes, attachments and folders that are left out, as patterns like those of .gitignore.",
        default: "[]",
        example: r#"exclude = ["templates/", "*.excalidraw.md"]"#,
        takes: Takes::Exclude,
    },
    Setting {
        key: "folder-index",
        about: "The name of a folder means the index.md in it, else its README.md: [[bar]] finds bar/index.md.",
        default: "false",
        example: "folder-index = true",
        takes: Takes::Switch(|settings| &mut settings.folder_index),
    },
    Setting {
        key: "gitignore",
        about: "What the .gitignore files of the vault name is left out.",
        default: "false",
        example: "gitignore = true",
        takes: Takes::Switch(|settings| &mut settings.gitignore),
    },
    Setting {
        key: "hash-relations",
        about: "#[[x]] is related by up and [[x]]# by down, as in zk and Neuron.",
        default: "false",
        example: "hash-relations = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.hash_relations),
    },
    Setting {
        key: "hub-weight",
        about: "How much more a step on a path costs for the links of the concept it enters, from 0, not at all, to 10; \
                --hub-weight goes before it.",
        default: "1",
        example: "hub-weight = 4",
        takes: Takes::HubWeight,
    },
    Setting {
        key: "inclusion-links",
        about: "A link alone in its paragraph is related by child, as in IWE.",
        default: "false",
        example: "inclusion-links = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.inclusion_links),
    },
    Setting {
        key: "label-relations",
        about: "An @word in the label of a link is its relation: [[x|my view @supports]].",
        default: "false",
        example: "label-relations = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.label_relations),
    },
    Setting {
        key: "list-relations",
        about: "In a list of links, what is indented below a link is related to it by child, as in the list notes of Breadcrumbs.",
        default: "false",
        example: "list-relations = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.list_relations),
    },
    Setting {
        key: "logseq",
        about: "The vault is a Logseq graph: a___b.md and a%2Fb.md are called a/b, and title::, alias:: and tags:: in the first \
                block of a note are its title, names and tags.",
        default: "false",
        example: "logseq = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.logseq),
    },
    Setting {
        key: "pipe",
        about: "What stands before the pipe of [[a|b]]: \"target-first\", or \"label-first\" as in Dendron and the wikis of GitHub.",
        default: r#""target-first""#,
        example: r#"pipe = "label-first""#,
        takes: Takes::Pipe,
    },
    Setting {
        key: "provenance",
        about: "More tags that only say where a note came from and are no subjects; one that ends in * stands for all that begin so.",
        default: "[]",
        example: r#"provenance = ["imported", "export-*"]"#,
        takes: Takes::Provenance,
    },
    Setting {
        key: "related-headings",
        about: "The headings that relate the links of list items below them by their name, instead of \"See also\", \"Related\", \
                \"Further reading\", \"References\", \"Up\", \"Parents\" and their like in other languages.",
        default: "",
        example: r#"related-headings = ["See also", "Compare"]"#,
        takes: Takes::RelatedHeadings,
    },
    Setting {
        key: "relation-items",
        about: "A list item that is a word and a link is a relation, with what stands in brackets as its context: \
                - depends_on [[x]] (why), - \"is part of\" [[y]].",
        default: "false",
        example: "relation-items = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.relation_items),
    },
    Setting {
        key: "title-relations",
        about: "The title of a markdown link is its relation, as in zk: [x](x.md \"supports\").",
        default: "false",
        example: "title-relations = true",
        takes: Takes::Switch(|settings| &mut settings.dialect.title_relations),
    },
];

/// Why the settings of a vault do not read. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read; the text is the system's reason.
    #[error("{SETTINGS_FILE} cannot be read: {0}")]
    Unreadable(Box<str>),
    /// It is larger than any settings are.
    #[error("{SETTINGS_FILE} is larger than {} KiB", LARGEST >> 10)]
    TooLarge,
    /// It is no TOML.
    #[error("{SETTINGS_FILE}:{line}:{column}: {reason}")]
    Syntax {
        /// The line.
        line: usize,
        /// The column in characters.
        column: usize,
        /// The parser's reason.
        reason: Box<str>,
    },
    /// No setting has this key.
    #[error("{SETTINGS_FILE}:{line}: there is no setting \"{key}\"")]
    Unknown {
        /// The line.
        line: usize,
        /// The key as written.
        key: Box<str>,
        /// The nearest key there is, if one is near.
        nearest: Option<&'static str>,
    },
    /// A setting takes something else.
    #[error("{SETTINGS_FILE}:{line}: \"{key}\" takes {takes}")]
    WrongValue {
        /// The line.
        line: usize,
        /// The key.
        key: &'static str,
        /// What it takes.
        takes: &'static str,
        /// A line that sets it.
        example: &'static str,
    },
    /// A pattern that does not read.
    #[error("{SETTINGS_FILE}:{line}: the pattern \"{pattern}\" does not read: {reason}")]
    Pattern {
        /// The line.
        line: usize,
        /// The pattern.
        pattern: Box<str>,
        /// Why.
        reason: Box<str>,
    },
}

impl Settings {
    /// Reads the settings of the vault at `root`; a vault without any has the defaults.
    pub(crate) fn open(root: &Path) -> Result<Settings, SettingsError> {
        let path = root.join(SETTINGS_FILE);
        let unreadable = |reason: &str| SettingsError::Unreadable(reason.into());
        match std::fs::metadata(&path) {
            // A link that leads nowhere is there, and whoever made it means something.
            Err(_) if std::fs::symlink_metadata(&path).is_err() => return Ok(Settings::default()),
            Err(error) => return Err(unreadable(&error.to_string())),
            // Opening a pipe would wait for somebody to write into it.
            Ok(kind) if !kind.is_file() => return Err(unreadable("it is no file")),
            Ok(_) => {}
        }
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(&error.to_string()))?;
        if bytes.len() as u64 > LARGEST {
            return Err(SettingsError::TooLarge);
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| unreadable("it is not UTF-8"))?;
        Settings::parse(text, root)
    }

    /// Reads settings for a vault at `root` from a text.
    pub(crate) fn parse(text: &str, root: &Path) -> Result<Settings, SettingsError> {
        let text = text.trim_start_matches('\u{FEFF}');
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let before = text.get(..at).unwrap_or_default();
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            SettingsError::Syntax { line: line_of(text, at), column, reason: error.message().into() }
        })?;
        let mut settings = Settings::default();
        let mut of_notes = String::new();
        let mut lines: Vec<_> = table.get_ref().iter().collect();
        lines.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in lines {
            let line = line_of(text, key.span().start);
            match SETTINGS.iter().find(|setting| *setting.key == **key.get_ref()) {
                Some(setting) => {
                    if !matches!(setting.takes, Takes::Costs | Takes::HubWeight) {
                        of_notes.push_str(&format!("{} = {}\n", setting.key, text.get(value.span()).unwrap_or_default()));
                    }
                    let line_at = |at: usize| line_of(text, at);
                    settings.set(setting, value.get_ref(), root, line, &line_at)?;
                }
                None => {
                    let key = clip(key.get_ref());
                    return Err(SettingsError::Unknown { line, key: (&*key).into(), nearest: nearest(&key) });
                }
            }
        }
        settings.digest = crate::cellar::digest(of_notes.as_bytes());
        Ok(settings)
    }

    fn set(
        &mut self,
        setting: &Setting,
        value: &DeValue<'_>,
        root: &Path,
        line: usize,
        line_at: &dyn Fn(usize) -> usize,
    ) -> Result<(), SettingsError> {
        let wrong = |takes| SettingsError::WrongValue { line, key: setting.key, takes, example: setting.example };
        let texts = || texts(value).ok_or_else(|| wrong("a list of texts"));
        match setting.takes {
            Takes::Switch(switch) => *switch(self) = value.as_bool().ok_or_else(|| wrong("true or false"))?,
            Takes::Pipe => {
                self.dialect.label_first = match value.as_str() {
                    Some("target-first") => false,
                    Some("label-first") => true,
                    _ => return Err(wrong("\"target-first\" or \"label-first\"")),
                }
            }
            Takes::RelatedHeadings => {
                let headings = HeadingNames::new(texts()?.iter().map(String::as_str));
                self.dialect.related_headings = headings.ok_or_else(|| wrong("a list of headings, each with a letter in it"))?;
            }
            Takes::Provenance => {
                self.dialect.provenance = texts()?.iter().map(|tag| tag.trim_start_matches('#').into()).collect();
            }
            Takes::Costs => {
                let table = value.as_table().ok_or_else(|| wrong("a table of relations, each with a number"))?;
                let mut lines: Vec<_> = table.iter().collect();
                lines.sort_by_key(|(name, _)| name.span().start);
                for (name, cost) in lines {
                    let wrong = |takes| SettingsError::WrongValue {
                        line: line_at(name.span().start),
                        key: setting.key,
                        takes,
                        example: setting.example,
                    };
                    let cost = number(cost.get_ref()).filter(|cost| (0.01..=100.0).contains(cost));
                    let cost = cost.ok_or_else(|| wrong("relations, each with a number from 0.01 to 100"))?;
                    let relation = relation_name(name.get_ref());
                    if relation.is_empty() || self.costs.iter().any(|(known, _)| **known == *relation) {
                        return Err(wrong("each relation once, by its name"));
                    }
                    self.costs.push((relation.into(), (cost * 1e6).round() as u32));
                }
            }
            Takes::HubWeight => {
                let weight = number(value).filter(|weight| (0.0..=10.0).contains(weight));
                self.hub_weight = Some(weight.ok_or_else(|| wrong("a number from 0 to 10"))?);
            }
            Takes::Exclude => {
                let patterns = texts()?;
                if patterns.len() > MOST_PATTERNS {
                    return Err(wrong("at most 5,000 patterns"));
                }
                self.exclude = Patterns::new(root, &patterns).map_err(|(pattern, reason)| {
                    let (pattern, reason) = (clip(&pattern).into(), clip(&reason).into());
                    SettingsError::Pattern { line, pattern, reason }
                })?;
            }
        }
        Ok(())
    }
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

/// A number, whole or not.
fn number(value: &DeValue<'_>) -> Option<f64> {
    let whole = value.as_integer().filter(|whole| whole.radix() == 10).map(|whole| whole.as_str());
    whole.or_else(|| value.as_float().map(|number| number.as_str()))?.parse().ok()
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// The key nearest to one that is not there, if one is near.
fn nearest(key: &str) -> Option<&'static str> {
    let likeness = |setting: &Setting| (strsim::normalized_damerau_levenshtein(key, setting.key) * 10_000.0) as u32;
    // The first of equally near ones, in the order of the table.
    let best = SETTINGS.iter().rev().max_by_key(|setting| likeness(setting))?;
    (likeness(best) >= 5_000).then_some(best.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let said = Settings::parse(text, Path::new("/v")).map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(said, expected, "{text:?}");
    }

    #[test]
    fn every_setting_reads_as_its_example_says() {
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.key));
        for setting in SETTINGS {
            check(setting.example, "");
            if !setting.default.is_empty() {
                check(&format!("{} = {}", setting.key, setting.default), "");
            }
        }
    }

    #[test]
    fn what_does_not_read_is_said_with_its_line() {
        check("\npip = 1", ".resonote.toml:2: there is no setting \"pip\"");
        check("pipe = \"first\"", ".resonote.toml:1: \"pipe\" takes \"target-first\" or \"label-first\"");
        check("logseq = 1", ".resonote.toml:1: \"logseq\" takes true or false");
        check(
            "related-headings = [\"🔗\"]",
            ".resonote.toml:1: \"related-headings\" takes a list of headings, each with a letter in it",
        );
        check("exclude = [1]", ".resonote.toml:1: \"exclude\" takes a list of texts");
        let costs = ".resonote.toml:2: \"costs\" takes relations, each with a number from 0.01 to 100";
        check("[costs]\nsee-also = 0", costs);
        check("[costs]\nsee-also = \"1\"", costs);
        check("[costs]\nsee-also = nan", costs);
        check("[costs]\nup = 1\nUp = 2", ".resonote.toml:3: \"costs\" takes each relation once, by its name");
        check("costs = 1", ".resonote.toml:1: \"costs\" takes a table of relations, each with a number");
        check("hub-weight = -1", ".resonote.toml:1: \"hub-weight\" takes a number from 0 to 10");
        assert!(Settings::parse("logseq = = 1", Path::new("/v")).is_err());
        check("zz = 1\naa = 2", ".resonote.toml:1: there is no setting \"zz\"");
        assert_eq!(nearest("folder_index"), Some("folder-index"));
        assert_eq!(nearest("pip"), Some("pipe"));
        assert_eq!(nearest("vault"), None);
    }

    #[test]
    fn what_only_questions_go_by_makes_no_note_another() {
        let read = |text: &str| Settings::parse(text, Path::new("/v")).expect("settings");
        let (one, other) = (read("logseq = true\n[costs]\n\"See also\" = 2\n"), read("hub-weight = 3\nlogseq = true"));
        assert_eq!((one.digest, &*one.costs), (other.digest, &[("see-also".into(), 2_000_000)][..]));
        assert_eq!(other.hub_weight, Some(3.0));
        assert_ne!(one.digest, read("logseq = false").digest);
    }
}
