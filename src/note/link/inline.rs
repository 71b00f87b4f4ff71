//! Markdown links: `[text](destination)`, by reference, in angle brackets, as pictures.
//!
//! The markdown parser reads the syntax; here a destination is told from an address outside and taken apart.

use std::borrow::Cow;

/// Schemes without `//` that always lead outside. A closed list, because `[[Re: plan]]` is a note.
const SCHEMES: [&str; 24] = [
    "about",
    "callto",
    "data",
    "doi",
    "evernote",
    "file",
    "geo",
    "javascript",
    "logseq",
    "magnet",
    "mailto",
    "message",
    "news",
    "obsidian",
    "onenote",
    "sip",
    "skype",
    "sms",
    "spotify",
    "tel",
    "things",
    "urn",
    "xmpp",
    "zotero",
];

/// Whether a target leads out of the vault: `scheme://`, `//host`, or one of a closed list of schemes with no blank
/// behind its colon.
pub(crate) fn is_external(target: &str) -> bool {
    if target.starts_with("//") {
        return true;
    }
    let Some((scheme, rest)) = target.split_once(':') else { return false };
    let well_formed = scheme.len() >= 2
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let listed = || SCHEMES.binary_search(&scheme.to_ascii_lowercase().as_str()).is_ok();
    well_formed && (rest.starts_with("//") || (!rest.is_empty() && !rest.starts_with(char::is_whitespace) && listed()))
}

/// A destination's path and fragment, percent-decoded after they are divided, so that `%23` is a hash in a name.
pub(crate) fn split_destination(destination: &str) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    let (path, fragment) = match destination.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment).filter(|fragment| !fragment.is_empty())),
        None => (destination, None),
    };
    (decode(path), fragment.map(decode))
}

/// Percent-decodes; what is no UTF-8 afterwards stays as it was.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_outside() {
        for target in ["https://e.org", "mailto:a@b", "//host/x", "x-app://y", "TEL:1"] {
            assert!(is_external(target), "{target}");
        }
        for target in ["Re: plan", "mailto: a", "note", "C:x", "a:b", "Chapter 1: x//y", "obsidian:"] {
            assert!(!is_external(target), "{target}");
        }
        assert!(SCHEMES.is_sorted());
    }

    #[test]
    fn destinations_divide_before_they_are_decoded() {
        assert_eq!(split_destination("n%23a.md#b%20c"), ("n#a.md".into(), Some("b c".into())));
        assert_eq!(split_destination("#"), ("".into(), None));
        assert_eq!(split_destination("a%FFb"), ("a%FFb".into(), None));
    }
}
