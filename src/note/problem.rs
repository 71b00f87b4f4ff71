//! What is wrong in somebody's note, and where: a value that is collected and shown, never an error that stops an answer.
//!
//! Problems carry data; the sentences are made where answers are rendered.

use super::decode::Flaw;
use super::path::NotePath;
use super::span::Place;

/// One thing that is wrong, and its place in the note that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub what: Wrong,
}

/// How bad a problem is. `Info` is worth knowing, `Warning` is probably a mistake, `Error` means something was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: a name nobody wrote yet is a plan.
    Info,
    /// Probably a mistake.
    Warning,
    /// Something of the note was not read.
    Error,
}

/// What can be wrong with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The bytes are not UTF-8 text.
    Encoding(Flaw),
    /// The file could not be read; the text is the system's reason.
    Unreadable(Box<str>),
    /// Larger than any note that is read, so its text was not.
    TooLarge {
        /// The largest that is read, in MiB.
        most_mib: u64,
    },
    /// A name that ends in `.md` and is neither a file nor a folder: a pipe, a socket, a broken symbolic link.
    NotAFile,
    /// A pattern of what to leave out that does not read; the text is the reason.
    Pattern(Box<str>),
    /// The front matter is no YAML; the text is the parser's reason.
    FrontMatter(Box<str>),
    /// The front matter is YAML, but a list or a text.
    NoProperties,
    /// The front matter nests or repeats itself beyond every use.
    FrontMatterTooDeep,
    /// A wikilink in a property without quotes, which YAML reads as a list in a list.
    UnquotedLink(Box<str>),
    /// Text that was decoded twice, shown as it was meant.
    Mojibake {
        /// The first broken characters.
        written: Box<str>,
        /// What they were.
        meant: Box<str>,
        /// How many places are broken.
        total: usize,
    },
    /// A link to a heading that its target does not have.
    MissingHeading {
        /// The heading as written.
        heading: Box<str>,
        /// The note that lacks it.
        target: NotePath,
    },
    /// A link to a block that its target does not have.
    MissingBlock {
        /// The block's name, without `^`.
        block: Box<str>,
        /// The note that lacks it.
        target: NotePath,
    },
    /// A name that several notes claim, so that no edge results.
    Ambiguous {
        /// The name as written.
        name: Box<str>,
        /// The first few of the notes, in path order.
        candidates: Vec<NotePath>,
        /// How many notes there are.
        total: usize,
    },
    /// A relative link that leaves the vault.
    OutsideVault(Box<str>),
    /// An attachment that is not there.
    MissingAttachment(Box<str>),
    /// A concept that nobody wrote yet.
    Wanted(Box<str>),
    /// The settings of a model are no YAML; the text is the parser's reason.
    ModelSettings(Box<str>),
    /// The settings of a model nest or repeat themselves beyond every use.
    ModelSettingsTooDeep,
    /// The settings of a model are YAML, but a list or a text.
    NoModelSettings,
    /// A setting of a model below its first line of code.
    LateSetting,
    /// A setting that no model has.
    UnknownSetting {
        /// The key as written.
        key: Box<str>,
        /// The one that is nearly the same.
        nearest: Option<&'static str>,
    },
    /// A setting that a model has twice.
    SettingTwice(&'static str),
    /// A setting of a model with a value that it does not take.
    Setting {
        /// Its key.
        key: &'static str,
        /// How its value is written.
        form: &'static str,
        /// The value as written.
        value: Box<str>,
        /// What is wrong with it.
        flaw: SettingFlaw,
    },
    /// A note that a model names and that nothing else in its note links to.
    UnlinkedModel(NotePath),
    /// A model that does not read, does not run or was stopped; the text says why.
    ModelFails(Box<str>),
    /// A model that came to something else than its note expects.
    Unexpected {
        /// What is expected, as written.
        expected: Box<str>,
        /// What it came to: a number with all its digits.
        value: Box<str>,
    },
}

/// What is wrong with the value of a model's setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingFlaw {
    /// It is not written as such a value is.
    Form,
    /// A time that does not end after it begins.
    Backwards,
    /// A number beyond all numbers, or none.
    NotFinite,
    /// A number that has to be greater than 0.
    NotPositive,
    /// What should be a wikilink to a note is none.
    NoNote,
}

impl Wrong {
    /// A short name that stays the same for ever, to filter by.
    pub fn code(&self) -> &'static str {
        match self {
            Wrong::Encoding(_) => "encoding",
            Wrong::Unreadable(_) => "unreadable",
            Wrong::TooLarge { .. } => "too-large",
            Wrong::NotAFile => "not-a-file",
            Wrong::Pattern(_) => "pattern",
            Wrong::FrontMatter(_) => "front-matter",
            Wrong::NoProperties => "no-properties",
            Wrong::FrontMatterTooDeep => "front-matter-too-deep",
            Wrong::UnquotedLink(_) => "unquoted-link",
            Wrong::Mojibake { .. } => "mojibake",
            Wrong::MissingHeading { .. } => "missing-heading",
            Wrong::MissingBlock { .. } => "missing-block",
            Wrong::Ambiguous { .. } => "ambiguous",
            Wrong::OutsideVault(_) => "outside-vault",
            Wrong::MissingAttachment(_) => "missing-attachment",
            Wrong::Wanted(_) => "wanted",
            Wrong::ModelSettings(_) => "model-settings",
            Wrong::ModelSettingsTooDeep => "model-settings-too-deep",
            Wrong::NoModelSettings => "no-model-settings",
            Wrong::LateSetting => "late-setting",
            Wrong::UnknownSetting { .. } => "unknown-setting",
            Wrong::SettingTwice(_) => "setting-twice",
            Wrong::Setting { .. } => "setting",
            Wrong::UnlinkedModel(_) => "unlinked-model",
            Wrong::ModelFails(_) => "model-fails",
            Wrong::Unexpected { .. } => "unexpected",
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Wrong::Unreadable(_) | Wrong::TooLarge { .. } | Wrong::FrontMatter(_) | Wrong::FrontMatterTooDeep => Severity::Error,
            // A model does not run on settings that were not read.
            Wrong::ModelSettings(_) | Wrong::ModelSettingsTooDeep | Wrong::NoModelSettings | Wrong::LateSetting => {
                Severity::Error
            }
            Wrong::UnknownSetting { .. } | Wrong::SettingTwice(_) | Wrong::Setting { .. } => Severity::Error,
            Wrong::ModelFails(_) | Wrong::Unexpected { .. } => Severity::Error,
            Wrong::Wanted(_) | Wrong::UnlinkedModel(_) => Severity::Info,
            _ => Severity::Warning,
        }
    }
}
