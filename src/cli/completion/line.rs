//! A half-typed line as its shell reads it: words without their quotes, and where among them somebody is typing.
//!
//! Nothing is expanded and nothing is run. It knows how shells quote; how a name is quoted for them is in `quote.rs`.

use super::Shell;

/// A half-typed line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The words, the program first; the one being typed ends at the cursor.
    pub(super) words: Vec<Word>,
    /// Which of them is being typed.
    pub(super) at: usize,
    /// What of that word the shell leaves as it stands: all but the end that an answer replaces.
    pub(super) kept: Kept,
}

/// A word of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// What the program would get.
    pub(super) text: String,
    /// Whether it begins with a `~` that the shell would take for the home folder.
    pub(super) is_home: bool,
}

/// The beginning of a word that stays.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// What it says.
    pub(super) text: String,
    /// The quotes that are open behind it.
    pub(super) open: Open,
}

/// Which quotes are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Open {
    /// None.
    #[default]
    Bare,
    /// `"`
    Double,
    /// `'`
    Single,
    /// `$'`
    Dollar,
}

impl Line {
    /// The line that a script sends. From bash: the line up to the cursor, the rest of it, and the end of the first that
    /// bash will replace. From the others: which word is being typed, from 0, and all words.
    pub(super) fn sent(shell: Shell, parts: &[String]) -> Option<Line> {
        if let Shell::Bash = shell {
            let [before, after, replaced] = parts else { return None };
            return Line::of_bash(before, after, replaced);
        }
        let (at, words) = parts.split_first()?;
        let at: usize = at.parse().ok()?;
        let mut words: Vec<Word> = words.iter().map(|word| Word::read(word, shell)).collect();
        // Some shells lose a word that is empty.
        if words.len() == at {
            words.push(Word::default());
        }
        let typed = words.get_mut(at)?;
        let mut kept = Kept::default();
        if let Shell::Powershell = shell {
            let raw = parts.get(at + 1)?.strip_prefix('=')?;
            *typed = Word::read(raw, shell);
            kept.open = raw.chars().next().and_then(|c| quote_of(c, shell)).unwrap_or_default();
        }
        Some(Line { words, at, kept })
    }

    fn of_bash(before: &str, after: &str, replaced: &str) -> Option<Line> {
        let before = before.trim_ascii_start();
        let (mut kept, open) = read(before.strip_suffix(replaced)?, Open::Bare);
        let kept = Kept { text: kept.pop()?.text, open };
        let (mut words, open) = read(before, Open::Bare);
        let at = words.len().checked_sub(1)?;
        // What follows the cursor begins with the rest of the word that is being typed.
        let (rest, _) = read(after, open);
        words.extend(rest.into_iter().skip(1).filter(|word| !word.text.is_empty()));
        Some(Line { words, at, kept })
    }

    /// The word that is being typed.
    pub(super) fn typed(&self) -> &Word {
        &self.words[self.at]
    }

    /// The other words, up to a `--`, and whether that stands before the word being typed.
    pub(super) fn others(&self) -> (Vec<&Word>, bool) {
        let end = self.words.iter().position(|word| word.text == "--").unwrap_or(self.words.len());
        let others = self.words[..end].iter().enumerate().filter(|(at, _)| *at != self.at);
        (others.map(|(_, word)| word).collect(), end < self.at)
    }
}

impl Word {
    fn read(raw: &str, shell: Shell) -> Word {
        let mut word = Word { text: String::new(), is_home: begins_at_home(raw, shell) };
        let (mut rest, mut open) = (raw, Open::Bare);
        while !rest.is_empty() {
            rest = letter(rest, shell, &mut open, &mut word.text);
        }
        word
    }
}

/// Divides a line of bash at its blanks. The last word is the one in progress, there even if it is empty; the first one
/// is if the line begins with a blank.
fn read(line: &str, mut open: Open) -> (Vec<Word>, Open) {
    let mut words = Vec::new();
    let mut word = Some(Word::default());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if open == Open::Bare && c.is_ascii_whitespace() {
            words.extend(word.take());
            rest = &rest[1..];
        } else {
            let begun = word.get_or_insert_with(|| Word { text: String::new(), is_home: begins_at_home(rest, Shell::Bash) });
            rest = letter(rest, Shell::Bash, &mut open, &mut begun.text);
        }
    }
    words.push(word.unwrap_or_default());
    (words, open)
}

fn begins_at_home(raw: &str, shell: Shell) -> bool {
    let is_end = |c: char| c == '/' || c.is_ascii_whitespace();
    shell != Shell::Elvish && raw.strip_prefix('~').is_some_and(|rest| rest.is_empty() || rest.starts_with(is_end))
}

/// Reads one letter of a word, or a quote around it, and gives back what follows.
fn letter<'r>(raw: &'r str, shell: Shell, open: &mut Open, text: &mut String) -> &'r str {
    let mut chars = raw.chars();
    let Some(c) = chars.next() else { return "" };
    let rest = chars.as_str();
    // Elvish hands over what its words say, not how they are written.
    if shell == Shell::Elvish {
        text.push(c);
        return rest;
    }
    let next = chars.next();
    if c == (if shell == Shell::Powershell { '`' } else { '\\' }) {
        return match next {
            Some(next) if stands_for_itself(next, shell, *open) => {
                text.push(next);
                chars.as_str()
            }
            // The line ends in the middle of an escape.
            None if stands_for_itself('\\', shell, *open) => rest,
            _ => {
                text.push(c);
                rest
            }
        };
    }
    let is_posix = matches!(shell, Shell::Bash | Shell::Zsh);
    let quote = quote_of(c, shell);
    match (*open, quote) {
        (Open::Bare, Some(quote)) => *open = quote,
        (Open::Bare, None) if is_posix && c == '$' && matches!(next, Some('\'' | '"')) => {
            *open = if next == Some('"') { Open::Double } else { Open::Dollar };
            return chars.as_str();
        }
        (Open::Double | Open::Single, Some(quote)) if *open == quote => {
            // PowerShell writes a quote within quotes twice.
            if shell == Shell::Powershell && next.is_some_and(|next| quote_of(next, shell) == Some(quote)) {
                text.push(c);
                return chars.as_str();
            }
            *open = Open::Bare;
        }
        (Open::Dollar, Some(Open::Single)) => *open = Open::Bare,
        _ => text.push(c),
    }
    rest
}

/// Whether a character behind the escape sign loses its meaning there; if not, the sign stands for itself.
fn stands_for_itself(c: char, shell: Shell, open: Open) -> bool {
    match (shell, open) {
        (_, Open::Bare) | (Shell::Powershell, Open::Double) => true,
        (Shell::Fish, Open::Single) => matches!(c, '\'' | '\\'),
        (Shell::Fish, _) => matches!(c, '"' | '$' | '\\'),
        (Shell::Powershell, _) | (_, Open::Single) => false,
        (_, Open::Double) => matches!(c, '"' | '$' | '\\' | '`'),
        (_, Open::Dollar) => matches!(c, '"' | '\'' | '\\' | '?'),
    }
}

/// The quotes that a character opens and closes; PowerShell takes the curly ones as well.
fn quote_of(c: char, shell: Shell) -> Option<Open> {
    match c {
        '\'' => Some(Open::Single),
        '"' => Some(Open::Double),
        '\u{2018}'..='\u{201B}' if shell == Shell::Powershell => Some(Open::Single),
        '\u{201C}'..='\u{201E}' if shell == Shell::Powershell => Some(Open::Double),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(before: &str, after: &str, replaced: &str) -> Line {
        let line = Line::sent(Shell::Bash, &[before.to_owned(), after.to_owned(), replaced.to_owned()]);
        line.unwrap_or_else(|| panic!("no line: {before}"))
    }

    fn check(line: &Line, words: &[&str], at: usize) {
        let texts: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!((texts.as_slice(), line.at), (words, at));
    }

    #[test]
    fn bash_is_read_as_bash_reads() {
        check(&bash("resonote show mi", "", "mi"), &["resonote", "show", "mi"], 2);
        check(&bash("resonote show  ", "", ""), &["resonote", "show", ""], 2);
        check(&bash("resonote show mi", "rror --vault 'my notes'", "mi"), &["resonote", "show", "mi", "--vault", "my notes"], 2);
        check(&bash("resonote show \"a b", " c\" d", "a b"), &["resonote", "show", "a b", "d"], 2);
        check(&bash(r"resonote show a\ b\'c\", "", r"a\ b\'c\"), &["resonote", "show", "a b'c"], 2);
        check(
            &bash(r#"resonote show "a\"\x" 'b\' $'c\'' $"d" $e "#, "", ""),
            &["resonote", "show", r#"a"\x"#, r"b\", "c'", "d", "$e", ""],
            7,
        );
        check(&bash("resonote show a:b", "", "b"), &["resonote", "show", "a:b"], 2);
        assert_eq!(Line::sent(Shell::Bash, &["resonote".into(), String::new(), "x".into()]), None);
    }

    #[test]
    fn what_bash_keeps_of_a_word() {
        let kept = |before: &str, replaced: &str| bash(before, "", replaced).kept;
        let says = |text: &str, open| Kept { text: text.into(), open };
        assert_eq!(kept("r show mi", "mi"), says("", Open::Bare));
        assert_eq!(kept("r show a\\ b:c", "c"), says("a b:", Open::Bare));
        assert_eq!(kept("r show \"a:b", "a:b"), says("", Open::Double));
        assert_eq!(kept("r show 'a'\\''b", "b"), says("a'", Open::Single));
        assert_eq!(kept("r show $'b", "b"), says("", Open::Dollar));
        assert_eq!(kept("r --vault=", ""), says("--vault=", Open::Bare));
    }

    #[test]
    fn other_shells_send_words() {
        let sent = |shell, parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            Line::sent(shell, &parts)
        };
        let one = |shell, raw: &str| sent(shell, &["0", raw]).map(|line| line.words[0].text.clone()).unwrap_or_default();
        assert_eq!(one(Shell::Zsh, r#""a b\"c"#), r#"a b"c"#);
        assert_eq!(one(Shell::Fish, r"'it\'s \x"), r"it's \x");
        assert_eq!(one(Shell::Fish, r#""a\$\"b'"#), r#"a$"b'"#);
        assert_eq!(one(Shell::Elvish, r#"a'"\b"#), r#"a'"\b"#);
        let powershell =
            |raw: &str| sent(Shell::Powershell, &["1", "r", &format!("={raw}")]).map(|line| line.words[1].text.clone());
        assert_eq!(powershell("'it''s ’’ `x").as_deref(), Some("it's ’ `x"));
        assert_eq!(powershell("\"a`\"\"\"b").as_deref(), Some("a\"\"b"));
        assert_eq!(powershell("").as_deref(), Some(""));
        let line = sent(Shell::Fish, &["2", "resonote", "show"]).expect("a line");
        check(&line, &["resonote", "show", ""], 2);
        for broken in [&["x", "r"][..], &["5", "r"], &[]] {
            assert_eq!(sent(Shell::Zsh, broken), None, "{broken:?}");
        }
    }

    #[test]
    fn the_home_folder_stands_bare() {
        let is_home = |before: &str| bash(before, "", "").typed().is_home;
        assert!(is_home("r --vault ~/no") && is_home("r --vault ~"));
        assert!(!is_home("r --vault \\~/no") && !is_home("r --vault '~/no") && !is_home("r --vault ~x"));
    }

    #[test]
    fn the_other_words_end_at_a_double_dash() {
        let line = bash("r show -q mi", " --vault x", "mi");
        let (others, is_behind) = line.others();
        assert_eq!(others.iter().map(|word| &*word.text).collect::<Vec<_>>(), ["r", "show", "-q", "--vault", "x"]);
        assert!(!is_behind);
        assert!(bash("r show -- -m", "", "-m").others().1);
    }
}
