//! Problems in words: one sentence for each kind, and what to do about it.

use crate::note::{Flaw, Severity, Wrong, clip};

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
    }
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
        _ => return None,
    })
}
