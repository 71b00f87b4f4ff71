//! Problems in words: one sentence for each kind, and what to do about it.

use crate::note::{Flaw, Severity, Wrong};

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
    match wrong {
        Wrong::Encoding(Flaw::NotUtf8) => "some bytes are not UTF-8; they were read as replacement characters".into(),
        Wrong::Encoding(Flaw::Utf16) => "the note is UTF-16".into(),
        Wrong::Unreadable(reason) => format!("cannot be read: {reason}"),
        Wrong::TooLarge => format!("larger than {} MiB, so its text was not read", crate::vault::LARGEST_NOTE >> 20),
        Wrong::NotAFile => "neither a file nor a folder".into(),
        Wrong::FrontMatter(reason) => format!("the front matter is not YAML: {reason}"),
        Wrong::FrontMatterTooDeep => "the front matter is larger or more deeply nested than is read".into(),
        Wrong::UnquotedLink(link) => format!("the link {link} in the front matter has no quotes; to YAML it is a list in a list"),
        Wrong::MissingHeading { heading, target } => format!("{target} has no heading \"{heading}\""),
        Wrong::MissingBlock { block, target } => format!("{target} has no block \"^{block}\""),
        Wrong::Ambiguous { name, candidates, total } => {
            let listed: Vec<&str> = candidates.iter().map(|path| path.as_str()).collect();
            let more = total - candidates.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{total} notes claim the name \"{name}\": {}{more}", listed.join(", "))
        }
        Wrong::OutsideVault(path) => format!("\"{path}\" leads out of the vault"),
        Wrong::MissingAttachment(path) => format!("there is no file \"{path}\""),
        Wrong::Wanted(name) => format!("nobody wrote \"{name}\" yet"),
    }
}

/// What to do about it, where that is not plain.
pub(crate) fn hint(wrong: &Wrong) -> Option<&'static str> {
    Some(match wrong {
        Wrong::Encoding(_) => "save the note as UTF-8",
        Wrong::TooLarge => "split the note",
        Wrong::NotAFile => "mend the symbolic link, or give the name another ending",
        Wrong::FrontMatter(_) => "quote values that hold colons, brackets or links",
        Wrong::UnquotedLink(_) => "put it in quotes: \"[[…]]\"",
        Wrong::Ambiguous { .. } => "link by path, or rename one",
        Wrong::FrontMatterTooDeep => "move what is not a property into the text",
        _ => return None,
    })
}
