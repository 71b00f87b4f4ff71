//! Articles that were pasted as text: no front matter, no heading, a few lines of page chrome, then the title in capitals.
//!
//! Such a title is found by what it looks like; what stands before it is not the article's.

use super::mojibake;
use std::borrow::Cow;

/// The title of a pasted article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Headline<'t> {
    /// As it stands in the note; what was decoded twice is repaired.
    pub written: Cow<'t, str>,
    /// In the case of a sentence.
    pub title: String,
    /// Where it stands, as an offset into the text.
    pub start: usize,
    /// Where the line of it ends, as an offset into the text.
    pub end: usize,
}

/// How many lines the title may stand below, and how long they may be, in characters: page chrome is short.
const MOST_CHROME: usize = 20;
const LONGEST_CHROME: usize = 60;

/// So much text, in bytes, has to follow.
const SHORTEST_ARTICLE: usize = 100;

/// The shortest title that is told from an exclamation: its characters and words; and the longest that is still one.
const SHORTEST: usize = 30;
const FEWEST_WORDS: usize = 5;
const LONGEST: usize = 300;

/// The first long line in capitals near the top of a text, if it is a paragraph of its own, only short lines stand before
/// it and none of them is a sentence, and there is an article below it.
pub(crate) fn headline(text: &str) -> Option<Headline<'_>> {
    let mut lines = text.split_inclusive('\n').peekable();
    let (mut end, mut before) = (0, 0);
    while let Some(line) = lines.next() {
        let start = end;
        end += line.len();
        let written = line.trim();
        if written.is_empty() {
            continue;
        }
        // Long lines are looked at no further than a title reaches.
        let written = if written.len() <= 8 * LONGEST { mojibake::repair(written) } else { Cow::Borrowed(written) };
        let length = written.chars().take(LONGEST + 1).count();
        if length <= LONGEST && is_headline(&written, length) {
            // A line about the author may stand right below; more capitals are a text in capitals.
            let stands_alone = lines.peek().is_some_and(|next| next.trim().is_empty() || next.contains(char::is_lowercase));
            let is_followed = text[end..].trim().len() >= SHORTEST_ARTICLE;
            let start = start + line.len() - line.trim_start().len();
            return (stands_alone && is_followed).then(|| Headline { title: sentence_case(&written), written, start, end });
        }
        before += 1;
        if before == MOST_CHROME || length > LONGEST_CHROME || is_sentence(&written) {
            return None;
        }
    }
    None
}

fn is_headline(line: &str, length: usize) -> bool {
    let has_capitals_only = !line.contains(char::is_lowercase) && line.contains(char::is_uppercase);
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let is_text = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '“' | '¿'));
    let ends_as_title = !line.ends_with(['.', ',', ';', ':', '!']);
    let is_long = length >= SHORTEST && letters * 2 > length && line.split_whitespace().count() >= FEWEST_WORDS;
    has_capitals_only && is_text && ends_as_title && is_long
}

/// Whether a short line is something that somebody says.
fn is_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', ',', ';']) && line.split_whitespace().count() >= 3
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
        let rest =
            "\nYawning is what mammals do when they are tired, and what they do when others are: nobody knows quite why, as yet.";
        let article = format!("Logo\n\nSign in\nSearch\n\nWHY WE YAWN WHEN OTHERS DO: A SHORT HISTORY\n{rest}");
        check(&article, Some(("Why we yawn when others do: a short history", rest)));
        let german = format!("ÜBER DAS GÄHNEN UND SEINE GRÜNDE, EIN VERSUCH\n{rest}");
        check(&german, Some(("Über das gähnen und seine gründe, ein versuch", rest)));
        let byline = format!("WHY WE DONâ€™T YAWN WHEN OTHERS DO: A SHORT HISTORY\nBy Ann Other\n{rest}");
        let title = "Why we don’t yawn when others do: a short history";
        check(&byline, Some((title, format!("By Ann Other\n{rest}").as_str())));
        for no_title in [
            "A quiet note that begins with a sentence of its own, as notes do.\nAND THEN SHOUTS FOR SOME REASON OR OTHER\n",
            "I went there. It was fun.\n\nAND THEN I SHOUTED FOR SOME REASON OR OTHER\n",
            "I HATE EVERYTHING ABOUT THIS DAY AND EVERYONE IN IT!!!\n",
            "THE SOFTWARE IS PROVIDED AS IT IS WITHOUT WARRANTY\nOF ANY KIND\n",
            "READ THIS NOW\n",
            "- A LIST ITEM IN CAPITALS THAT GOES ON FOR A WHILE\n",
            "日本語の文章はここから始まります。とても長い一行がここにあります。\n",
        ] {
            check(&format!("{no_title}{rest}"), None);
        }
        check("WHY WE YAWN WHEN OTHERS DO: A SHORT HISTORY\n\nToo little.", None);
        check("", None);
    }
}
