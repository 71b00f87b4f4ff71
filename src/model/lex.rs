//! Bytes to pieces: names, numbers, texts and signs, each with its place. Any text has pieces; what is none of ours is a
//! piece too, with the reason why, so that the parser meets it where it stands.

use super::parse::{LONGEST_NAME, MOST_LEVELS};
use super::refusal::Why;
use super::syntax::At;

/// A piece of text and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// What it is.
    pub(super) token: Token,
    /// Where.
    pub(super) at: At,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a word of the language, dots included.
    Name,
    /// A number.
    Number(f64),
    /// A text in quotes; its place is with the quotes.
    Text,
    /// `[[note]]`; its place is with the brackets.
    Link,
    /// A sign.
    Mark(Mark),
    /// The end of a line, and the place of the `//` comment before it, without the slashes. There is one before the end.
    LineEnd(Option<At>),
    /// The end of the text.
    End,
    /// What is refused wherever it stands.
    Wrong(Why),
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Plus,
    Minus,
    Dashes,
    Star,
    Slash,
    Percent,
    Caret,
    Open,
    Close,
    Comma,
    Semicolon,
    Colon,
    Prime,
    Bang,
    Becomes,
    Equals,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    And,
    Or,
    Arrow,
}

/// The signs, longer ones before their beginnings.
const MARKS: [(&str, Mark); 30] = [
    ("<=>", Mark::Arrow),
    ("**", Mark::Caret),
    (":=", Mark::Becomes),
    ("==", Mark::Equal),
    ("=>", Mark::Arrow),
    ("->", Mark::Arrow),
    ("-|", Mark::Arrow),
    ("!=", Mark::Unequal),
    ("<>", Mark::Unequal),
    ("<=", Mark::AtMost),
    (">=", Mark::AtLeast),
    ("&&", Mark::And),
    ("||", Mark::Or),
    ("--", Mark::Dashes),
    ("+", Mark::Plus),
    ("-", Mark::Minus),
    ("*", Mark::Star),
    ("/", Mark::Slash),
    ("%", Mark::Percent),
    ("^", Mark::Caret),
    ("(", Mark::Open),
    (")", Mark::Close),
    (",", Mark::Comma),
    (";", Mark::Semicolon),
    (":", Mark::Colon),
    ("'", Mark::Prime),
    ("!", Mark::Bang),
    ("=", Mark::Equals),
    ("<", Mark::Less),
    (">", Mark::Greater),
];

/// What a sign from elsewhere is written as.
const INSTEAD: [(&str, &str); 8] =
    [("−–—", "-"), ("×·⋅∙", "*"), ("÷∕", "/"), ("≤", "<="), ("≥", ">="), ("≠", "!="), ("“”„", "\""), ("’′", "'")];

/// The pieces of a text of at most 4 GiB, a [`Token::LineEnd`] and a [`Token::End`] at their end. Takes time that grows with
/// the text.
pub(super) fn pieces(source: &str) -> Vec<Piece> {
    let mut lexer = Lexer { source, next: 0, pieces: Vec::with_capacity(source.len() / 3 + 2), note: None };
    while let Some(first) = lexer.rest().chars().next() {
        lexer.piece(first);
    }
    lexer.end_line(0);
    lexer.push(Token::End, 0);
    lexer.pieces
}

struct Lexer<'s> {
    source: &'s str,
    next: usize,
    pieces: Vec<Piece>,
    note: Option<At>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.next..).unwrap_or_default()
    }

    /// Moves over `length` bytes, and gives their place.
    fn pass(&mut self, length: usize) -> At {
        let start = self.next;
        self.next += length;
        At { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(self.next).unwrap_or(u32::MAX) }
    }

    fn push(&mut self, token: Token, length: usize) {
        let at = self.pass(length);
        self.pieces.push(Piece { token, at });
    }

    fn end_line(&mut self, length: usize) {
        let note = self.note.take();
        self.push(Token::LineEnd(note), length);
    }

    fn piece(&mut self, first: char) {
        let rest = self.rest();
        let width = first.len_utf8();
        match first {
            '\n' => self.end_line(1),
            '\r' => self.end_line(if rest.starts_with("\r\n") { 2 } else { 1 }),
            '\\' => match line_continued(rest) {
                Some(length) => self.next += length,
                None => self.push(Token::Wrong(stray(first)), width),
            },
            '/' if rest.starts_with("//") => self.comment(2),
            '#' => self.comment(1),
            '/' if rest.starts_with("/*") => match rest.get(2..).and_then(|inside| inside.find("*/")) {
                Some(length) => self.next += length + 4,
                None => self.push(Token::Wrong(Why::OpenComment), rest.len()),
            },
            '"' => self.text(),
            '[' if rest.starts_with("[[") => self.link(),
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => self.number(),
            _ if first.is_ascii_digit() => self.number(),
            _ if begins_name(first) => self.name(),
            _ if first.is_whitespace() || first == '\u{feff}' => self.next += width,
            _ => match MARKS.iter().find(|(sign, _)| rest.starts_with(sign)) {
                // A run of dashes is one piece, as libantimony has it.
                Some((_, Mark::Dashes)) => {
                    let length = rest.bytes().take_while(|byte| *byte == b'-').count();
                    self.push(Token::Mark(Mark::Dashes), length);
                }
                Some((sign, mark)) => self.push(Token::Mark(*mark), sign.len()),
                None => self.push(Token::Wrong(stray(first)), width),
            },
        }
    }

    /// A comment up to the end of its line; only one of slashes is a note, and a setting is none.
    fn comment(&mut self, slashes: usize) {
        let rest = self.rest();
        let length = line_length(rest);
        let is_note = slashes == 2 && !rest.starts_with("//|");
        self.next += slashes;
        let at = self.pass(length - slashes);
        self.note = is_note.then_some(at);
    }

    fn text(&mut self) {
        let inside = self.rest().get(1..).unwrap_or_default();
        let length = inside.find(['"', '\n', '\r']).unwrap_or(inside.len());
        if inside.get(length..).is_some_and(|behind| behind.starts_with('"')) {
            self.push(Token::Text, length + 2);
        } else {
            self.push(Token::Wrong(Why::OpenText), length + 1);
        }
    }

    fn link(&mut self) {
        // A bracket inside ends the search, or a run of brackets would be searched once for each.
        let inside = self.rest().get(2..).unwrap_or_default();
        match inside.find(['[', ']', '\n', '\r']) {
            Some(length) if length > 0 && inside.get(length..).is_some_and(|behind| behind.starts_with("]]")) => {
                self.push(if length > LONGEST_NAME { Token::Wrong(Why::LongName) } else { Token::Link }, length + 4);
            }
            _ => self.push(Token::Wrong(stray('[')), 1),
        }
    }

    fn number(&mut self) {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| from + bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = end + 1 + sign;
            // `1e` is a number beside a name, which is refused there.
            if digits(exponent) > exponent {
                end = digits(exponent);
            }
        }
        let value = self.rest().get(..end).and_then(|text| text.parse::<f64>().ok()).filter(|value| value.is_finite());
        self.push(value.map_or(Token::Wrong(Why::TooLarge), Token::Number), end);
    }

    fn name(&mut self) {
        let rest = self.rest();
        let word = |text: &str| text.chars().take_while(|c| continues_name(*c)).map(char::len_utf8).sum::<usize>();
        let mut end = word(rest);
        let mut levels = 1;
        while let Some(inside) = rest.get(end..).and_then(|behind| behind.strip_prefix('.')) {
            if !inside.starts_with(begins_name) {
                break;
            }
            end += 1 + word(inside);
            levels += 1;
        }
        let token = match () {
            () if levels > MOST_LEVELS => Token::Wrong(Why::TooManyLevels),
            () if end > LONGEST_NAME => Token::Wrong(Why::LongName),
            () => Token::Name,
        };
        self.push(token, end);
    }
}

fn begins_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

/// Digits of any other script are left out, and so is `²`, which is read as a power; `₁` is a part of a name.
fn continues_name(c: char) -> bool {
    begins_name(c) || c.is_ascii_digit() || matches!(c, '₀'..='₉')
}

fn line_length(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// The length of a backslash, the spaces behind it and the line end they take away.
fn line_continued(text: &str) -> Option<usize> {
    let behind = text.get(1..)?.trim_start_matches([' ', '\t']);
    let line_end = ["\r\n", "\n", "\r"].into_iter().find(|end| behind.starts_with(end))?;
    Some(text.len() - behind.len() + line_end.len())
}

fn stray(sign: char) -> Why {
    match sign {
        '&' | '|' => Why::Lone { sign },
        '?' => Why::Ternary,
        '$' => Why::Boundary,
        _ => {
            let instead = INSTEAD.iter().find(|(signs, _)| signs.contains(sign)).map(|(_, instead)| *instead);
            Why::Stray { sign, instead }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Vec<Token> {
        pieces(source).into_iter().map(|piece| piece.token).collect()
    }

    #[test]
    fn numbers_are_read_whole() {
        for (text, value) in [("1", 1.0), (".5", 0.5), ("1.", 1.0), ("1e-3", 1e-3), ("1.e5", 1e5), ("2E+2", 200.0)] {
            assert_eq!(tokens(text), [Token::Number(value), Token::LineEnd(None), Token::End], "{text}");
        }
        assert_eq!(tokens("1e999")[0], Token::Wrong(Why::TooLarge));
        assert_eq!(tokens("1e")[..2], [Token::Number(1.0), Token::Name]);
    }

    #[test]
    fn names_hold_their_dots_and_any_letters() {
        let pieces = pieces("M_s.gain θ₁ a.5");
        assert_eq!(pieces[0].at, At { start: 0, end: 8 });
        assert_eq!(pieces[1].at, At { start: 9, end: 14 });
        assert_eq!((&pieces[2].token, &pieces[3].token), (&Token::Name, &Token::Number(0.5)));
        assert_eq!(tokens("a.b.c.d.e.f.g.h")[0], Token::Name);
        assert_eq!(tokens("a.b.c.d.e.f.g.h.i")[0], Token::Wrong(Why::TooManyLevels));
    }

    #[test]
    fn comments_leave_nothing_but_the_note_of_a_line() {
        let note = |start, end| Token::LineEnd(Some(At { start, end }));
        assert_eq!(tokens("a // b\n//| c"), [Token::Name, note(4, 6), Token::LineEnd(None), Token::End]);
        assert_eq!(tokens("a # b"), [Token::Name, Token::LineEnd(None), Token::End]);
        assert_eq!(tokens("a /* \n */ b \\ \n c")[..3], [Token::Name, Token::Name, Token::Name]);
        assert_eq!(tokens("a /* \n")[1], Token::Wrong(Why::OpenComment));
    }
}
