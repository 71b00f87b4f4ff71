//! Moments in properties: what machines write as seconds since 1970, as people read it.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// Words of the keys whose numbers are moments: `date`, `created_at`, `update_time`, `lastModified`.
const WORDS: [&str; 7] = ["created", "date", "modified", "published", "time", "timestamp", "updated"];

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// The moment that a property's value counts up to, as `2024-05-25T22:35:14Z`. None where the property is no date, or the
/// value no number of seconds or milliseconds between the years 1973 and 2286: nine or ten digits, with or without a
/// fraction, or three more without.
pub(crate) fn utc(key: &str, value: &str) -> Option<String> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let seconds = match whole.len() {
        9 | 10 => whole,
        12 | 13 if !value.contains('.') => whole.get(..whole.len() - 3)?,
        _ => return None,
    };
    let is_count = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let key = key.to_ascii_lowercase();
    if !is_count || !WORDS.iter().any(|word| key.contains(word)) {
        return None;
    }
    moment(seconds.parse().ok()?)
}

/// So many seconds after the beginning of 1970, as `2024-05-25T22:35:14Z`. None beyond the year 9999.
pub fn moment(seconds: u64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds.try_into().ok()?).ok()?.format(FORMAT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        assert_eq!(utc("date", "1716676514.593669").as_deref(), Some("2024-05-25T22:35:14Z"));
        assert_eq!(utc("Created", "999999999").as_deref(), Some("2001-09-09T01:46:39Z"));
        assert_eq!(utc("created_at", "1716676514593").as_deref(), Some("2024-05-25T22:35:14Z"));
        for (key, value) in [
            ("date", "2024-05-25"),
            ("date", "1716676514593.5"),
            ("date", "171667651é"),
            ("date", "20240525"),
            ("date", "1e9"),
            ("isbn", "1716676514"),
            ("date", ""),
        ] {
            assert_eq!(utc(key, value), None, "{key}: {value}");
        }
    }
}
