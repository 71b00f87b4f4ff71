//! Moments in properties: what machines write as seconds since 1970, as people read it.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// The properties whose numbers are moments.
const KEYS: [&str; 9] =
    ["created", "create_time", "date", "last_modified", "modified", "published", "timestamp", "update_time", "updated"];

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// The moment that a property's value counts seconds up to, as `2024-05-25T22:35:14Z`. None where the property is no
/// date, or the value no number of seconds between the years 1973 and 2286: nine or ten digits, with or without a
/// fraction.
pub(crate) fn utc(key: &str, value: &str) -> Option<String> {
    let (seconds, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_count = matches!(seconds.len(), 9 | 10) && seconds.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_count || !KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)) {
        return None;
    }
    OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?.format(FORMAT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        assert_eq!(utc("date", "1716676514.593669").as_deref(), Some("2024-05-25T22:35:14Z"));
        assert_eq!(utc("Created", "999999999").as_deref(), Some("2001-09-09T01:46:39Z"));
        for (key, value) in [("date", "2024-05-25"), ("date", "20240525"), ("date", "1e9"), ("isbn", "1716676514"), ("date", "")]
        {
            assert_eq!(utc(key, value), None, "{key}: {value}");
        }
    }
}
