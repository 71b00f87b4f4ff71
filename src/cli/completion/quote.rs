//! A value as it can stand on a command line, so that the shell reads it as exactly that and runs none of it.
//!
//! Only for shells that put an answer on the line as it is: bash and PowerShell. The others quote values themselves.

use super::line::{Kept, Open, Word};

/// What bash puts behind the part of the word that it keeps, so that the word says `value`. None if the word does not
/// begin as `value` does.
pub(super) fn for_bash(value: &str, kept: &Kept, typed: &Word) -> Option<String> {
    let rest = behind(value, &kept.text)?;
    let mut quoted = String::new();
    // A `~` that the person wrote for the home folder stays one.
    let rest = match rest.strip_prefix('~') {
        Some(rest) if typed.is_home => {
            quoted.push('~');
            rest
        }
        _ => rest,
    };
    for c in rest.chars() {
        match (kept.open, c) {
            (Open::Bare, c) if needs_no_quote(c) => quoted.push(c),
            (Open::Bare, c) => quoted.extend(['\\', c]),
            // In double quotes there is no other way to keep `!` from calling up an earlier line.
            (Open::Double, '!') => quoted.push_str("\"'!'\""),
            (Open::Double, '"' | '$' | '\\' | '`') | (Open::Dollar, '\'' | '\\') => quoted.extend(['\\', c]),
            (Open::Single, '\'') => quoted.push_str(r"'\''"),
            _ => quoted.push(c),
        }
    }
    // readline takes away one of two equal quotes where an answer begins, and closes none where it ends with a quote.
    let open = match kept.open {
        Open::Bare => return Some(quoted),
        Open::Double => '"',
        Open::Single | Open::Dollar => '\'',
    };
    if quoted.starts_with(open) {
        quoted.insert(0, open);
    }
    if quoted.ends_with(open) {
        quoted.push(open);
    }
    Some(quoted)
}

fn needs_no_quote(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || matches!(c, '_' | '-' | '.' | '/' | ':' | ',' | '+' | '@' | '%' | '=')
}

/// What stands in `value` behind `start`, letter case aside.
fn behind<'v>(value: &'v str, start: &str) -> Option<&'v str> {
    let mut rest = value.chars();
    for c in start.chars() {
        rest.next().filter(|other| *other == c || other.to_lowercase().eq(c.to_lowercase()))?;
    }
    Some(rest.as_str())
}

/// The whole word for PowerShell, in the quotes that the person opened, if any.
pub(super) fn for_powershell(value: &str, kept: &Kept, typed: &Word) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\' | ':' | '=');
    let body = if typed.is_home { value.trim_start_matches('~') } else { value };
    if kept.open == Open::Bare && body.chars().all(is_plain) && !value.is_empty() {
        return value.to_owned();
    }
    // PowerShell takes curly quotes for straight ones. A quote is written twice, other signs behind a backtick.
    let is_double = kept.open == Open::Double;
    let mut quoted = String::from(if is_double { '"' } else { '\'' });
    for c in value.chars() {
        match c {
            '$' | '`' if is_double => quoted.push('`'),
            '"' | '\u{201C}'..='\u{201E}' if is_double => quoted.push(c),
            '\'' | '\u{2018}'..='\u{201B}' if !is_double => quoted.push(c),
            _ => {}
        }
        quoted.push(c);
    }
    quoted.push(if is_double { '"' } else { '\'' });
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_gets_the_rest_of_a_word() {
        let check = |value: &str, text: &str, open, expected: Option<&str>| {
            let kept = Kept { text: text.into(), open };
            assert_eq!(for_bash(value, &kept, &Word::default()).as_deref(), expected, "{value} behind {text}");
        };
        check("mirror neurons", "", Open::Bare, Some(r"mirror\ neurons"));
        check("mirror neurons", "", Open::Double, Some("mirror neurons"));
        check("$(touch x); `y` *?[a]{b}~#", "", Open::Bare, Some(r"\$\(touch\ x\)\;\ \`y\`\ \*\?\[a\]\{b\}\~\#"));
        check("$(touch x)`y`\\\"'", "", Open::Double, Some(r#"\$(touch x)\`y\`\\\"'"#));
        check("say \"hi\"", "", Open::Double, Some(r#"say \"hi\"""#));
        check("it'", "", Open::Single, Some(r"it'\'''"));
        check("it'", "", Open::Dollar, Some(r"it\''"));
        check("wow! \"", "", Open::Double, Some("wow\"'!'\" \\\"\""));
        check("it's", "", Open::Single, Some(r"it'\''s"));
        check("'s", "it", Open::Single, None);
        check("it's", "it", Open::Single, Some(r"''\''s"));
        check("!", "", Open::Double, Some("\"\"'!'\"\""));
        check("it's \\", "", Open::Dollar, Some(r"it\'s \\"));
        check("Émile: b c", "émile:", Open::Bare, Some(r"\ b\ c"));
        check("日本 語", "", Open::Bare, Some("日本\\ 語"));
        let home = Word { text: "~/my".into(), is_home: true };
        assert_eq!(for_bash("~/my notes/", &Kept::default(), &home).as_deref(), Some("~/my\\ notes/"));
        assert_eq!(for_bash("~/my", &Kept::default(), &Word::default()).as_deref(), Some("\\~/my"));
    }

    #[test]
    fn powershell_gets_the_whole_word() {
        let check = |value: &str, open, expected: &str| {
            let kept = Kept { text: String::new(), open };
            assert_eq!(for_powershell(value, &kept, &Word::default()), expected, "{value}");
        };
        check("mirroring", Open::Bare, "mirroring");
        check("mirror neurons", Open::Bare, "'mirror neurons'");
        check("it's ’x", Open::Single, "'it''s ’’x'");
        check("$(x) `a` \"b\" “c", Open::Double, "\"`$(x) ``a`` \"\"b\"\" ““c\"");
        check("$(x)", Open::Bare, "'$(x)'");
        check("~/x", Open::Bare, "'~/x'");
    }
}
