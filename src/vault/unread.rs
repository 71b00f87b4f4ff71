//! What a walk could not read, in bytes and back.

use crate::note::{NotePath, Wrong};

/// Stands between the path, the kind and the reason: no byte of any text.
const BETWEEN: u8 = 0xFF;

/// A file or folder that could not be read, and why, in bytes.
pub(crate) fn pack(path: &NotePath, wrong: &Wrong) -> Vec<u8> {
    let (kind, reason) = match wrong {
        Wrong::Unreadable(reason) => (b'u', &**reason),
        Wrong::Pattern(reason) => (b'p', &**reason),
        _ => (b'f', ""),
    };
    [path.as_str().as_bytes(), &[BETWEEN, kind], reason.as_bytes()].concat()
}

/// What [`pack`] made bytes of.
pub(crate) fn unpack(bytes: &[u8]) -> (NotePath, Wrong) {
    let (path, rest) = bytes.split_at(memchr::memchr(BETWEEN, bytes).unwrap_or(bytes.len()));
    let reason = String::from_utf8_lossy(rest.get(2..).unwrap_or_default()).into();
    let wrong = match rest.get(1) {
        Some(b'u') => Wrong::Unreadable(reason),
        Some(b'p') => Wrong::Pattern(reason),
        _ => Wrong::NotAFile,
    };
    (NotePath::new(&*String::from_utf8_lossy(path)), wrong)
}
