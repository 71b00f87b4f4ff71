//! The comment behind a value: a range that a slider could have, a label, or both.

use super::{Parsed, Parser};
use crate::model::lex::{Mark, Token};
use crate::model::refusal::{Refusal, Why};
use crate::model::syntax::{At, Range};

impl Parser<'_> {
    /// The note of the statement that ends here, if nothing but its end stands between the two.
    pub(super) fn note(&self) -> Parsed<Option<Range>> {
        let ends = self.pieces.get(self.next..).unwrap_or_default();
        match ends.iter().map(|piece| &piece.token).find(|token| **token != Token::Mark(Mark::Semicolon)) {
            Some(Token::LineEnd(Some(at))) => range(self.written(*at), *at),
            _ => Ok(None),
        }
    }
}

/// The range and the label of a comment at a place.
fn range(comment: &str, at: At) -> Parsed<Option<Range>> {
    let text = comment.trim();
    let bracket = text.strip_prefix('[').and_then(|inside| inside.split_once(']')).filter(|(inside, _)| looks_like_range(inside));
    let Some((inside, behind)) = bracket else {
        return Ok(label(text).map(|label| Range { min: None, step: None, max: None, label: Some(label) }));
    };
    let refused = || {
        let start = at.start + u32::try_from(comment.len() - comment.trim_start().len()).unwrap_or_default();
        let end = start + u32::try_from(inside.len() + 2).unwrap_or_default();
        Refusal { at: At { start, end }, why: Why::Range }
    };
    let parts: Vec<&str> = inside.splitn(4, ':').map(str::trim).collect();
    let (min, step, max) = match parts[..] {
        [min, max] => (min, None, max),
        [min, step, max] => (min, Some(step), max),
        _ => return Err(refused()),
    };
    let number = |text: &str| plain_number(text).ok_or_else(refused);
    let bound = |text: &str| if text.is_empty() { Ok(None) } else { number(text).map(Some) };
    let (min, step, max) = (bound(min)?, step.map(number).transpose()?, bound(max)?);
    let is_upside_down = min.zip(max).is_some_and(|(min, max)| min > max);
    if is_upside_down || step.is_some_and(|step| step <= 0.0) || (min.is_none() && max.is_none()) {
        return Err(refused());
    }
    Ok(Some(Range { min, step, max, label: label(behind) }))
}

/// `[0:1]` does and `[source: a paper]` does not: a number, or nothing, before the first colon.
fn looks_like_range(inside: &str) -> bool {
    let begins = inside.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ':'));
    begins && inside.contains(':')
}

fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse::<f64>().ok().filter(|value| is_plain && value.is_finite())
}

fn label(text: &str) -> Option<Box<str>> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Least, step, greatest and label; or the place that is refused.
    type Expected<'t> = Result<Option<(Option<f64>, Option<f64>, Option<f64>, Option<&'t str>)>, (u32, u32)>;

    fn check(comment: &str, expected: Expected<'_>) {
        let at = At { start: 0, end: u32::try_from(comment.len()).expect("short") };
        let got = range(comment, at);
        let got = match &got {
            Ok(range) => Ok(range.as_ref().map(|range| (range.min, range.step, range.max, range.label.as_deref()))),
            Err(refusal) => Err((refusal.at.start, refusal.at.end)),
        };
        assert_eq!(got, expected, "{comment}");
    }

    #[test]
    fn a_range_has_two_or_three_numbers() {
        check(" [0:2] coupling", Ok(Some((Some(0.0), None, Some(2.0), Some("coupling")))));
        check("[-1 : 0.05 : +1e1]", Ok(Some((Some(-1.0), Some(0.05), Some(10.0), None))));
        check(" [0:] share", Ok(Some((Some(0.0), None, None, Some("share")))));
        check(" [:5]", Ok(Some((None, None, Some(5.0), None))));
    }

    #[test]
    fn what_only_looks_like_a_label_is_one() {
        check(" share of the act, 1/min ", Ok(Some((None, None, None, Some("share of the act, 1/min")))));
        check(" [source: Kuramoto 1975]", Ok(Some((None, None, None, Some("[source: Kuramoto 1975]")))));
        check(" [[mirror neurons]]", Ok(Some((None, None, None, Some("[[mirror neurons]]")))));
        check(" [0, 1] share", Ok(Some((None, None, None, Some("[0, 1] share")))));
        check("  ", Ok(None));
    }

    #[test]
    fn a_range_that_does_not_read_is_refused() {
        for (comment, place) in
            [(" [0:l]", (1, 6)), ("[2:1]", (0, 5)), ("[0:0:1]", (0, 7)), ("[0:1:2:3]", (0, 9)), ("[:]", (0, 3))]
        {
            check(comment, Err(place));
        }
        check("[0::1]", Err((0, 6)));
        check("[0:inf]", Err((0, 7)));
    }
}
