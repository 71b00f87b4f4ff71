//! Problems in words: one sentence for each kind, and what to do about it.

use crate::note::{Flaw, SettingFlaw, Severity, Wrong, clip};

/// The word for a severity.
pub(crate) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// What is wrong, in small letters and without a full stop.
pub(crate) fn message(wrong: &Wrong) -> String {
    let clip = |text: &'_ str| clip(text).into_owned();
    match wrong {
        Wrong::Encoding(Flaw::NotUtf8) => "some bytes are not UTF-8; they were read as replacement characters".into(),
        Wrong::Encoding(Flaw::Utf16) => "the note is UTF-16".into(),
        Wrong::Unreadable(reason) => format!("cannot be read: {reason}"),
        Wrong::TooLarge { most_mib } => format!("larger than {most_mib} MiB, so its text was not read"),
        Wrong::NotAFile => "neither a file nor a folder".into(),
        Wrong::Pattern(reason) => format!("a pattern does not read: {reason}"),
        Wrong::FrontMatter(reason) => format!("the front matter is not YAML: {reason}"),
        Wrong::NoProperties => "the front matter holds no `key: value` lines".into(),
        Wrong::FrontMatterTooDeep => "the front matter is larger or more deeply nested than is read".into(),
        Wrong::UnquotedLink(link) => {
            format!("the link {} in the front matter has no quotes; to YAML it is a list in a list", clip(link))
        }
        Wrong::Mojibake { written, meant, total } => {
            let more = if *total > 1 { format!(", and {} more like it", total - 1) } else { String::new() };
            format!("the text was decoded twice: \"{}\" is read as \"{}\"{more}", clip(written), clip(meant))
        }
        Wrong::MissingHeading { heading, target } => format!("{} has no heading \"{}\"", clip(target.as_str()), clip(heading)),
        Wrong::MissingBlock { block, target } => format!("{} has no block \"^{}\"", clip(target.as_str()), clip(block)),
        Wrong::Ambiguous { name, candidates, total } => {
            let listed: Vec<String> = candidates.iter().map(|path| clip(path.as_str())).collect();
            let more = total - candidates.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{total} notes claim the name \"{}\": {}{more}", clip(name), listed.join(", "))
        }
        Wrong::OutsideVault(path) => format!("\"{}\" leads out of the vault", clip(path)),
        Wrong::MissingAttachment(path) => format!("there is no file \"{}\"", clip(path)),
        Wrong::Wanted(name) => format!("nobody wrote \"{}\" yet", clip(name)),
        Wrong::ModelSettings(reason) => format!("the settings of the model are not YAML: {reason}"),
        Wrong::ModelSettingsTooDeep => "the settings of the model are larger or more deeply nested than is read".into(),
        Wrong::NoModelSettings => "the settings of the model are no `key: value` lines".into(),
        Wrong::LateSetting => "a setting of the model stands below its first line of code, where it is only a comment".into(),
        Wrong::UnknownSetting { key, nearest: Some(nearest) } => {
            format!("no model has a setting \"{}\"; the nearest is \"{nearest}\"", clip(key))
        }
        Wrong::UnknownSetting { key, nearest: None } => format!("no model has a setting \"{}\"", clip(key)),
        Wrong::SettingTwice(key) => format!("the model has the setting \"{key}\" twice; the first one counts"),
        Wrong::Setting { key, form, value, flaw } => setting(key, form, &clip(value), *flaw),
        Wrong::ModelFails(why) => format!("the model does not run: {}", clip(why)),
        Wrong::Unexpected { expected, value } => {
            format!("the model came to {value} where {} is expected", clip(expected))
        }
        Wrong::UnlinkedModel(target) => {
            format!("a model here names {}, which nothing else in the note links", clip(target.as_str()))
        }
    }
}

/// What is wrong with the value of a model's setting.
fn setting(key: &str, form: &str, value: &str, flaw: SettingFlaw) -> String {
    let why = match flaw {
        SettingFlaw::Form => return format!("the setting \"{key}\" takes {form}, not \"{value}\""),
        SettingFlaw::Backwards => "does not end after it begins",
        SettingFlaw::NotFinite => "holds a number that is not finite",
        SettingFlaw::NotPositive => "holds a number that is not greater than 0",
        SettingFlaw::NoNote => "names no note as a link does",
    };
    format!("the setting \"{key}\" {why}: \"{value}\" (it takes {form})")
}

/// What to do about it, where that is not plain.
pub(crate) fn hint(wrong: &Wrong) -> Option<&'static str> {
    Some(match wrong {
        Wrong::Encoding(_) => "save the note as UTF-8",
        Wrong::TooLarge { .. } => "split the note",
        Wrong::NotAFile => "mend the symbolic link, or give the name another ending",
        Wrong::FrontMatter(_) => "quote values that hold colons, brackets or links",
        Wrong::NoProperties => "write it as `key: value` lines, or leave the `---` lines out",
        Wrong::Mojibake { .. } => {
            "the note was saved as UTF-8 after it had been read as Windows-1252; correct it where it came from"
        }
        Wrong::UnquotedLink(_) => "put it in quotes: \"[[…]]\"",
        Wrong::Ambiguous { .. } => "link by path, or rename one",
        Wrong::FrontMatterTooDeep => "move what is not a property into the text",
        Wrong::ModelSettings(_) => "quote texts that hold a colon and a blank, a hash or brackets",
        Wrong::NoModelSettings => "write them as `//| key: value`",
        Wrong::LateSetting => "move it above the code",
        Wrong::UnlinkedModel(_) => "link it once in the text, where readers and other tools see it",
        _ => return None,
    })
}
