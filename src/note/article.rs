//! Articles that were pasted as text: no front matter, no heading, a few lines of page chrome, then the title in capitals.
//!
//! Such a title is found by what it looks like; what stands before it is not the article's.

/// The title of a pasted article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Headline<'t> {
    /// As it stands in the note.
    pub written: &'t str,
    /// In the case of a sentence.
    pub title: String,
    /// Where the line of it ends, as an offset into the text.
    pub end: usize,
}

/// How many lines the title may stand below, and how long they may be, in characters: page chrome is short.
const MOST_CHROME: usize = 20;
const LONGEST_CHROME: usize = 60;

/// The shortest title that is told from an exclamation: its characters and words; and the longest that is still one.
const SHORTEST: usize = 30;
const FEWEST_WORDS: usize = 5;
const LONGEST: usize = 300;

/// The first long line in capitals near the top of a text, if only short lines stand before it and none of them is a
/// sentence.
pub(crate) fn headline(text: &str) -> Option<Headline<'_>> {
    let mut end = 0;
    for line in text.split_inclusive('\n').filter(|line| !line.trim().is_empty()).take(MOST_CHROME) {
        // Offsets come from where the line lies in the text, as blank lines were passed over.
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        end = end.max(start + line.len());
        // Long lines are looked at no further than a title reaches.
        let written = line.trim();
        let length = written.chars().take(LONGEST + 1).count();
        if length <= LONGEST && is_headline(written, length) {
            return Some(Headline { written, title: sentence_case(written), end });
        }
        if length > LONGEST_CHROME {
            return None;
        }
    }
    None
}

fn is_headline(line: &str, length: usize) -> bool {
    let has_capitals_only = !line.contains(char::is_lowercase) && line.contains(char::is_uppercase);
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let is_text = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '“' | '¿' | '¡'));
    has_capitals_only && is_text && length >= SHORTEST && letters * 2 > length && line.split_whitespace().count() >= FEWEST_WORDS
}

/// Lower case, but for the first letter.
fn sentence_case(line: &str) -> String {
    let lower = line.to_lowercase();
    match lower.find(char::is_alphabetic) {
        Some(first) => {
            let length = lower[first..].chars().next().map_or(0, char::len_utf8);
            format!("{}{}{}", &lower[..first], lower[first..first + length].to_uppercase(), &lower[first + length..])
        }
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = headline(text).map(|headline| (headline.title, &text[headline.end..]));
        assert_eq!(found, expected.map(|(title, rest)| (title.to_owned(), rest)), "{text:?}");
    }

    #[test]
    fn what_is_a_title_in_capitals() {
        let article = "Logo\n\nSign in\nSearch\n\nWHY WE YAWN WHEN OTHERS DO: A SHORT HISTORY\n\nYawning is…";
        check(article, Some(("Why we yawn when others do: a short history", "\nYawning is…")));
        check("ÜBER DAS GÄHNEN UND SEINE GRÜNDE, EIN VERSUCH", Some(("Über das gähnen und seine gründe, ein versuch", "")));
        check(
            "A quiet note that begins with a sentence of its own, as notes do.\nAND THEN SHOUTS FOR SOME REASON OR OTHER\n",
            None,
        );
        check("READ THIS NOW", None);
        check("", None);
        check("- A LIST ITEM IN CAPITALS THAT GOES ON FOR A WHILE", None);
        check("日本語の文章はここから始まります。とても長い一行がここにあります。", None);
    }
}
