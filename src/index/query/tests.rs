//! What queries are read as.

use super::*;
use proptest::prelude::*;

/// A clause as a line: words as they are, phrases in quotes, `!` not, `&` all, `|` any, `~` ranked.
fn shown(query: &Query, clause: &Clause) -> String {
    let several = |sign: &str, parts: &[Clause]| {
        let parts: Vec<String> = parts.iter().map(|part| shown(query, part)).collect();
        format!("{sign}({})", parts.join(" "))
    };
    match clause {
        Clause::Words(piece) => piece.text.to_string(),
        Clause::Phrase(piece) => format!("\"{}\"", piece.text),
        Clause::Not(part) => format!("!{}", shown(query, part)),
        Clause::All(parts) => several("&", parts),
        Clause::Any(parts) => several("|", parts),
        Clause::Ranked(parts) => several("~", parts),
        Clause::Condition(number) => match &query.conditions[*number].what {
            What::Line(inside) => format!("line:{}", shown(query, inside)),
            What::Section(inside) => format!("section:{}", shown(query, inside)),
            What::File(text) => format!("file:{text}"),
            What::Path(text) => format!("path:{text}"),
            What::Tag(text) => format!("tag:{text}"),
            What::LinksTo(text) => format!("links-to:{text}"),
            What::LinkedFrom(text) => format!("linked-from:{text}"),
            What::Model(text) => format!("model:{text}"),
            What::Wanted(text) => format!("wanted:{text}"),
            What::Pattern(text) => format!("/{text}/"),
            What::Property(key, None) => format!("[{key}]"),
            What::Property(key, Some(value)) => format!("[{key}:{value}]"),
        },
    }
}

fn check(text: &str, expected: &str) {
    let read = match Query::parse(text) {
        Ok(query) => shown(&query, query.root()),
        Err(error) => error.to_string(),
    };
    assert_eq!(read, expected, "{text:?}");
}

#[test]
fn words_phrases_and_minus() {
    check("a well-known x", "~(a well-known x)");
    check("a - b -- c -> d -e", "~(a b c d !e)");
    check(r#"-"a b" "say \"hi\"" x"y""#, r#"~(!"a b" "say "hi"" x "y")"#);
    check("-.net & -a", "~(!.net !a)");
    check("a\u{0}b\tc", "~(a b c)");
    check("c++: re:invent https://x.y Tag:x a::b", "~(c++: re:invent https: x.y Tag:x a::b)");
    check("ORDER or Or AND1", "~(ORDER or Or AND1)");
    check("", "the query holds no word");
    check("& - \"\"", "the query holds no word");
    check("a \"", "the quote at column 3 is not closed");
    check("“a b” -„c d“ «e f» ”g h”", r#"~("a b" !"c d" "e f" "g h")"#);
    check("a “b c", "~(a “b c)");
    check("it“s a b“s", "~(it“s a b“s)");
    check(&format!("a {}", "é".repeat(128)), "the word at column 3 is longer than 255 bytes");
    check(&format!("a {}", "=".repeat(300)), "~(a)");
}

#[test]
fn groups_and_or() {
    check("a b OR c d", "|(&(a b) &(c d))");
    check("(a b)", "&(a b)");
    check("((a))", "&(a)");
    check("a (b OR c)", "&(a |(b c))");
    check("(a OR b)", "|(a b)");
    check("-(a b) c", "&(!&(a b) c)");
    check("-(-(a)) (b)OR(c)", "|(&(!!a b) c)");
    check("f(x) g(y", "~(f(x) g(y)");
    check("(f(x) b)", "&(f(x) b)");
    check("a OR", "`OR` at column 3 has nothing on one side");
    check("OR a", "`OR` at column 1 has nothing on one side");
    check("a OR OR b", "`OR` at column 6 has nothing on one side");
    check("(a OR) b", "`OR` at column 4 has nothing on one side");
    check("a OR & ", "`OR` at column 3 has nothing on one side");
    check("-OR", "`OR` at column 2 has nothing on one side");
    check("( )", "the parenthesis at column 1 holds no word");
    check("é -( )", "the parenthesis at column 4 holds no word");
    check("(a", "the parenthesis at column 1 is not closed");
    check("a )", "the parenthesis at column 3 closes none");
    check("a)", "the parenthesis at column 2 closes none");
    check("f(x))", "the parenthesis at column 5 closes none");
    check("a AND b", "`AND` at column 3 is no operator here");
    check("(NOT a)", "`NOT` at column 2 is no operator here");
}

#[test]
fn operators_and_their_arguments() {
    check("tag:#a/b/ x", "~(tag:a/b x)");
    check("-tag:a file:\"b c\" path:d", "~(!tag:a file:b c path:d)");
    check("path:(a OR \"b c\" -(d e))", "~(|(path:a &(path:b c !&(path:d path:e))))");
    check("path:f(x) path:/usr/bin", "~(path:f(x) path:/usr/bin)");
    check("(tag:a)", "&(tag:a)");
    check(
        "links-to:[[a b|c]] linked-from:[[d#e]] links-to:(f OR [[g]])",
        "~(links-to:a b linked-from:d |(links-to:f links-to:g))",
    );
    check("model: wanted: model:a", "~(model: wanted: model:a)");
    check(
        "line:a line:\"b c\" line:(d \"e f\" -g) section:(h OR /i/)",
        "~(line:a line:\"b c\" line:&(d \"e f\" !g) section:|(h /i/))",
    );
    check("line:-a -line:a", "~(line:!a !line:a)");
    check(
        "[a] [b:c d] [\"e\":\"f g\"] [h:(i OR j)] [k: [[l]]] -[m:2024-01]",
        "~([a] [b:c d] [e:f g] |([h:i] [h:j]) [k:[[l]]] ![m:2024-01])",
    );
    check("tag: a", "`tag:` at column 1 does not say what to look for");
    check("a -tag:#", "`tag:` at column 4 does not say what to look for");
    check("line:( )", "the parenthesis at column 6 holds no word");
    check("(line:)", "`line:` at column 2 does not say what to look for");
    check("[", "the bracket at column 1 is not closed");
    check("a [x", "the bracket at column 3 is not closed");
    check("[x:\"y\" z]", "the bracket at column 1 is not closed");
    check("[ ]", "the bracket at column 1 names no property");
    check("[x:]", "`[x:]` at column 1 does not say what to look for");
    check("links-to:[[x", "the bracket at column 10 is not closed");
    check("[[x]]", "`[[` at column 1 is no operator here");
    check("line:(a tag:b)", "`tag:` at column 9 cannot stand in `line:`");
    check("section:[a]", "`[` at column 9 cannot stand in `section:`");
    check("path:/a/", "`/` at column 6 cannot stand in `path:`");
    check("a content:b", "`content:` at column 3 is no operator here");
    check("line:(task-todo:b)", "`task-todo:` at column 7 is no operator here");
}

#[test]
fn regular_expressions() {
    check(r"/a b/ -/c\/d/ (/e(f)/)", "&(/a b/ !/c/d/ /e(f)/)");
    check("/usr/bin / a /b", "~(usr bin a /b)");
    check("a /(b/", "the regular expression at column 3 does not read: unclosed group");
    check("/a{1000}{1000}{1000}/", "the regular expression at column 1 does not read: it is too large");
}

#[test]
fn limits() {
    let most = |words: usize| Query::parse(&"a ".repeat(words)).map(|query| query.is_empty());
    assert_eq!((most(MOST_WORDS), most(MOST_WORDS + 1)), (Ok(false), Err(QueryError::TooLong { most: MOST_WORDS })));
    let deep = |depth: usize| Query::parse(&format!("{}a{}", "(".repeat(depth), ")".repeat(depth))).map(|query| query.is_empty());
    let too_deep = QueryError::TooDeep { most: MOST_DEEP, column: MOST_DEEP + 1 };
    assert_eq!((deep(MOST_DEEP), deep(MOST_DEEP + 1)), (Ok(false), Err(too_deep)));
    let too_many = Err(QueryError::TooManyReadings { most: MOST_READINGS });
    for part in ["/a/ ", "line:a ", "section:a "] {
        let readings = |count: usize| Query::parse(&part.repeat(count)).map(|query| query.is_empty());
        assert_eq!((readings(MOST_READINGS), readings(MOST_READINGS + 1)), (Ok(false), too_many.clone()), "{part}");
    }
}

#[test]
fn names_are_words_without_the_conditions_around_them() {
    let name = |text: &str| Query::parse(text).expect("a query").name();
    assert_eq!(name("mirror tag:x neurons -y").as_deref(), Some("mirror neurons"));
    assert_eq!(name("(mirror neurons)").as_deref(), Some("mirror neurons"));
    assert_eq!(name("mirror OR neurons"), None);
    assert_eq!(name("tag:x"), None);
}

#[test]
fn conditions_of_flags_keep_their_numbers() {
    let query = Query::parse("a /b/ OR c").expect("a query").and([What::Tag("t".into())]);
    let query = query.and_line("d /e/").expect("a line").and_section("f").expect("a section");
    assert_eq!(shown(&query, query.root()), "&(|(&(a /b/) c) tag:t line:&(d /e/) section:f)");
    assert_eq!(
        query.clone().and_line("a tag:b"),
        Err(QueryError::NotInside { sign: "tag:".into(), operator: "line:", column: 3 })
    );
    assert_eq!(query.and_line(" "), Err(QueryError::Empty));
}

/// Where in the text an error points.
fn column(error: &QueryError) -> Option<usize> {
    match error {
        QueryError::Empty | QueryError::TooLong { .. } | QueryError::TooManyReadings { .. } => None,
        QueryError::OpenQuote { column }
        | QueryError::OpenBracket { column }
        | QueryError::OpenGroup { column }
        | QueryError::NoGroup { column }
        | QueryError::EmptyGroup { column }
        | QueryError::TooDeep { column, .. }
        | QueryError::LoneOr { column }
        | QueryError::NoArgument { column, .. }
        | QueryError::NoProperty { column }
        | QueryError::NotInside { column, .. }
        | QueryError::Pattern { column, .. }
        | QueryError::LongWord { column, .. }
        | QueryError::NoOperator { column, .. } => Some(*column),
    }
}

proptest! {
    #[test]
    fn any_text_reads_or_points_at_itself(
        parts in prop::collection::vec(
            prop_oneof![
                Just("OR "), Just("("), Just(")"), Just("\""), Just("-"), Just("/"), Just("["), Just("]"), Just(":"), Just(" "),
                Just("tag:"), Just("line:("), Just("links-to:[["), Just("]]"), Just("\\"), Just("é"), Just("[a:"), Just("AND"),
                Just("section:"), Just("path:("), Just("x"), Just("鸣"), Just("\u{0}"), Just("content:"), Just("model:"),
            ],
            0..24,
        ),
    ) {
        let text = parts.concat();
        let length = text.chars().count();
        match Query::parse(&text) {
            Ok(query) => {
                let pieces = query.pieces().into_iter().map(|(piece, _)| piece.column);
                for column in pieces.chain(query.conditions().iter().map(|it| it.column)) {
                    prop_assert!((1..=length).contains(&column), "{text:?} at {column}");
                }
            }
            Err(error) => {
                let column = column(&error);
                prop_assert!(column.is_none_or(|column| (1..=length).contains(&column)), "{text:?}: {error}");
            }
        }
        prop_assert_eq!(Query::plain(&text).is_ok(), text.contains(char::is_alphanumeric));
    }
}
