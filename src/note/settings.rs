//! The settings of a model: the `//| key: value` lines at the top of its fence.
//!
//! They are YAML once the marks are off, and every name in them is text, also `y`, `true` and `no`. A setting that does not
//! read is a fault, and a problem of its note: a model is not to run as if it were not there. Which names a model has is not
//! known here.

use super::problem::{Problem, SettingFlaw, Wrong};
use super::prose::clip;
use super::snippet::Fence;
use super::span::Place;
use super::yaml::{self, Aliases, Node, Unread};
use std::ops::Range;

/// What the `//|` lines of a fence say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Whether it is the model of its note that runs when none is named.
    pub is_default: bool,
    /// What people call it.
    pub title: Option<Box<str>>,
    /// From when to when it runs.
    pub time: Option<TimeSpan>,
    /// What is shown, in order: `E_o`.
    pub show: Vec<Box<str>>,
    /// What is drawn, in order: `order`, `nodes(theta)`.
    pub plot: Vec<Box<str>>,
    /// The models of other notes that it is made of, in order.
    pub uses: Vec<Uses>,
    /// The concepts it runs on, if it runs on concepts.
    pub over: Option<Over>,
    /// Where chance begins.
    pub seed: Option<u64>,
    /// How it is solved, as written.
    pub method: Option<Box<str>>,
    /// The relative error that is allowed; above 0.
    pub rtol: Option<f64>,
    /// The absolute one; above 0.
    pub atol: Option<f64>,
    /// What it has to come to, in order.
    pub expect: Vec<Expect>,
    /// Where it comes from, in order.
    pub cite: Vec<Box<str>>,
    /// What did not read, in the order of the text; it is a problem of the note as well.
    pub faults: Vec<Problem>,
}

/// `0..100 step 0.1`: finite, and forward.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeSpan {
    /// Where it begins.
    pub start: f64,
    /// Where it ends, above its beginning.
    pub end: f64,
    /// How far apart values are told, above 0.
    pub step: Option<f64>,
}

/// A model of another note under a name of one's own: `mirror_neurons: "[[mirror neurons#leaky]]"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// The name.
    pub name: Box<str>,
    /// The note as the link names it; empty for the note itself.
    pub target: Box<str>,
    /// Which of its models, if the link says so.
    pub model: Option<Box<str>>,
    /// Where the link stands; see [`Note::link_at`](super::Note::link_at).
    pub place: Place,
}

/// The concepts that a model runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// All of the vault.
    Vault,
    /// Those around one of them: `neighbourhood([[emotional resonance]], 2)`.
    Neighbourhood {
        /// The note as the link names it.
        target: Box<str>,
        /// How many steps away.
        steps: u8,
        /// Where the link stands.
        place: Place,
    },
}

/// `E_o(20) = 1.5708 +- 1e-3`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// What is looked at.
    pub name: Box<str>,
    /// When.
    pub time: f64,
    /// What it has to be.
    pub value: f64,
    /// How far from it it may be. If nothing is said, a millionth of the value; a millionth where the value is 0.
    pub tolerance: f64,
    /// As written.
    pub text: Box<str>,
    /// Where it stands.
    pub place: Place,
}

/// The settings there are, and how their values are written.
const KEYS: [(&str, &str); 13] = [
    ("atol", "a number like 1e-9"),
    ("cite", "a text, or [one, \"another, with a comma\"]"),
    ("default", "true or false"),
    ("expect", "[x(20) = 1.5 +- 1e-3]"),
    ("method", "a name"),
    ("over", "vault or neighbourhood([[note]], 2)"),
    ("plot", "[x, nodes(y)]"),
    ("rtol", "a number like 1e-6"),
    ("seed", "a whole number"),
    ("show", "[x, y]"),
    ("time", "0..100 or 0..100 step 0.1"),
    ("title", "a text"),
    ("uses", "{name: \"[[note]]\"}"),
];

/// How alike an unknown key and a known one are, from 0 to 1, before the one is taken for the other.
const LIKENESS: f64 = 0.5;

/// What a model may come to if it does not say how near.
const TOLERANCE: f64 = 1e-6;

/// Reads the settings of a fence; what they name becomes links of it.
pub(super) fn read(fence: &mut Fence<'_, '_>) -> Settings {
    let (yaml, lines, code) = lines(fence.source);
    let mut reading = Reading { yaml: &yaml, lines, fence, settings: Settings::default(), seen: Vec::new() };
    if !yaml.trim().is_empty() {
        reading.read();
    }
    reading.look_below(code);
    reading.settings
}

/// Where lines of YAML begin: there, and in the fence.
type Lines = Vec<(usize, usize)>;

/// The lines at the top without their marks, where each stands, and where the code begins.
fn lines(source: &str) -> (String, Lines, usize) {
    let (mut yaml, mut lines, mut at) = (String::new(), Vec::new(), 0);
    for line in source.split_inclusive('\n') {
        let written = line.trim_start();
        match written.strip_prefix(MARK) {
            Some(setting) => {
                // One blank belongs to the mark; more of them say what belongs to what.
                let setting = setting.strip_prefix([' ', '\t']).unwrap_or(setting);
                lines.push((yaml.len(), at + line.len() - setting.len()));
                yaml.push_str(setting);
            }
            None if written.is_empty() => {}
            None => break,
        }
        at += line.len();
    }
    (yaml, lines, at)
}

/// What a line of settings begins with.
const MARK: &str = "//|";

/// Settings that are being read.
struct Reading<'r, 'f, 't> {
    yaml: &'r str,
    lines: Lines,
    fence: &'r mut Fence<'f, 't>,
    settings: Settings,
    seen: Vec<&'static str>,
}

/// What one value gives.
type Taken<T> = Result<T, SettingFlaw>;

impl Reading<'_, '_, '_> {
    fn read(&mut self) {
        let (what, at) = match yaml::read(self.yaml, 0, Aliases::Refused) {
            Ok(Some(Node::Map(_, entries))) => return entries.iter().for_each(|(key, value)| self.take(key, value)),
            Ok(None) => return,
            Ok(Some(node)) => (Wrong::NoModelSettings, node.source()),
            Err(Unread::TooDeep) => (Wrong::ModelSettingsTooDeep, 0..0),
            Err(Unread::NoYaml(reason, at)) => (Wrong::ModelSettings(reason.into()), at..at),
        };
        self.fault(at, what);
    }

    /// A setting below the first line of code is a comment to everybody, which its writer cannot have meant.
    fn look_below(&mut self, code: usize) {
        let mut at = code;
        for line in self.fence.source[code..].split_inclusive('\n') {
            if line.trim_start().starts_with(MARK) {
                let start = at + line.len() - line.trim_start().len();
                let place = self.fence.place(start..start + MARK.len());
                self.settings.faults.push(Problem { place, what: Wrong::LateSetting });
                return;
            }
            at += line.len();
        }
    }

    /// The bytes of the fence that bytes of the YAML stand at. What goes over several lines is its first one.
    fn in_fence(&self, range: Range<usize>) -> Range<usize> {
        let line = self.lines.partition_point(|(start, _)| *start <= range.start).saturating_sub(1);
        let Some((first, stands)) = self.lines.get(line).copied() else { return 0..0 };
        let end = self.lines.get(line + 1).map_or(self.yaml.len(), |(next, _)| *next);
        let start = range.start + stands - first;
        start..(range.end.min(end) + stands - first).max(start)
    }

    fn place(&mut self, range: Range<usize>) -> Place {
        let range = self.in_fence(range);
        self.fence.place(range)
    }

    fn fault(&mut self, at: Range<usize>, what: Wrong) {
        let place = self.place(at);
        self.settings.faults.push(Problem { place, what });
    }

    fn take(&mut self, key: &Node<'_>, value: &Node<'_>) {
        let written = match key {
            Node::Scalar { value, .. } => value,
            other => self.yaml.get(other.source()).unwrap_or_default(),
        };
        let Ok(known) = KEYS.binary_search_by(|(known, _)| (*known).cmp(written)) else {
            let what = Wrong::UnknownSetting { key: clip(written).into(), nearest: nearest(written) };
            return self.fault(key.source(), what);
        };
        let (known, form) = KEYS[known];
        if self.seen.contains(&known) {
            return self.fault(key.source(), Wrong::SettingTwice(known));
        }
        self.seen.push(known);
        if let Err(flaw) = self.take_value(known, value) {
            let value_text = self.yaml.get(value.source()).unwrap_or_default();
            let what = Wrong::Setting { key: known, form, value: clip(value_text.trim()).into(), flaw };
            self.fault(value.source(), what);
        }
    }

    fn take_value(&mut self, key: &str, value: &Node<'_>) -> Taken<()> {
        match key {
            "default" => self.settings.is_default = truth(text(value)?)?,
            "title" => self.settings.title = Some(text(value)?.into()),
            "time" => self.settings.time = Some(time(text(value)?)?),
            "show" => self.settings.show = names(value)?,
            "plot" => self.settings.plot = names(value)?,
            "uses" => self.take_uses(value)?,
            "over" => self.settings.over = Some(self.over(value)?),
            "seed" => self.settings.seed = Some(text(value)?.parse().map_err(|_| SettingFlaw::Form)?),
            "method" => self.settings.method = Some(text(value)?.into()),
            "rtol" => self.settings.rtol = Some(positive(text(value)?)?),
            "atol" => self.settings.atol = Some(positive(text(value)?)?),
            "expect" => self.take_expects(value)?,
            "cite" => self.settings.cite = texts(value)?.into_iter().map(Into::into).collect(),
            _ => {}
        }
        Ok(())
    }

    fn take_uses(&mut self, value: &Node<'_>) -> Taken<()> {
        let Node::Map(_, entries) = value else { return Err(SettingFlaw::Form) };
        for (name, link) in entries {
            let name = text(name)?;
            if !is_name(name) {
                return Err(SettingFlaw::Form);
            }
            let token = match link {
                Node::Scalar { value, .. } => value.trim(),
                // Without quotes YAML reads `[[x]]` as a list in a list; here it can be nothing else.
                list => list.unquoted_link(self.yaml).ok_or(SettingFlaw::NoNote)?,
            };
            let (target, model, place) = self.link(token, link.source())?;
            self.settings.uses.push(Uses { name: name.into(), target, model, place });
        }
        Ok(())
    }

    fn over(&mut self, value: &Node<'_>) -> Taken<Over> {
        let written = text(value)?;
        if written == "vault" {
            return Ok(Over::Vault);
        }
        let arguments =
            || written.strip_prefix("neighbourhood")?.trim_start().strip_prefix('(')?.strip_suffix(')')?.rsplit_once(',');
        let (token, steps) = arguments().ok_or(SettingFlaw::Form)?;
        let steps = steps.trim().parse().map_err(|_| SettingFlaw::Form)?;
        let (target, _, place) = self.link(token.trim(), value.source())?;
        Ok(Over::Neighbourhood { target, steps, place })
    }

    /// The note and the model that a wikilink in a value names, and where it stands.
    fn link(&mut self, token: &str, within: Range<usize>) -> Taken<(Box<str>, Option<Box<str>>, Place)> {
        let found = self.yaml.get(within.clone()).and_then(|written| written.find(token));
        let start = within.start + found.filter(|_| token.starts_with("[[")).ok_or(SettingFlaw::NoNote)?;
        let token = self.in_fence(start..start + token.len());
        let link = self.fence.link(token).ok_or(SettingFlaw::NoNote)?;
        let super::link::Target::Internal { path, .. } = link.target() else { return Err(SettingFlaw::NoNote) };
        Ok((path.into(), link.model().map(Into::into), link.place))
    }

    fn take_expects(&mut self, value: &Node<'_>) -> Taken<()> {
        for item in items(value) {
            let written = text(item)?;
            let (name, time, value, tolerance) = expect(written)?;
            let place = self.place(item.source());
            let (name, text) = (name.into(), written.into());
            self.settings.expect.push(Expect { name, time, value, tolerance, text, place });
        }
        Ok(())
    }
}

/// The items of a list; anything else is the only one.
fn items<'n, 'y>(node: &'n Node<'y>) -> &'n [Node<'y>] {
    match node {
        Node::List(_, items) => items,
        other => std::slice::from_ref(other),
    }
}

/// The text of a value that is one, without blanks around it.
fn text<'n>(node: &'n Node<'_>) -> Taken<&'n str> {
    match node {
        Node::Scalar { value, plain: true, .. } if matches!(&**value, "~" | "null") => Err(SettingFlaw::Form),
        Node::Scalar { value, .. } if !value.trim().is_empty() => Ok(value.trim()),
        _ => Err(SettingFlaw::Form),
    }
}

/// The texts of a list; of a text alone the whole.
fn texts<'n>(node: &'n Node<'_>) -> Taken<Vec<&'n str>> {
    items(node).iter().map(text).collect()
}

/// The names of a list; of a text alone the parts that commas divide.
fn names(node: &Node<'_>) -> Taken<Vec<Box<str>>> {
    match node {
        Node::Scalar { .. } => {
            let parts = text(node)?.split(',').map(str::trim);
            parts.map(|part| if part.is_empty() { Err(SettingFlaw::Form) } else { Ok(part.into()) }).collect()
        }
        _ => Ok(texts(node)?.into_iter().map(Into::into).collect()),
    }
}

fn truth(text: &str) -> Taken<bool> {
    match text {
        "true" | "True" | "TRUE" => Ok(true),
        "false" | "False" | "FALSE" => Ok(false),
        _ => Err(SettingFlaw::Form),
    }
}

fn number(text: &str) -> Taken<f64> {
    let number: f64 = text.trim().parse().map_err(|_| SettingFlaw::Form)?;
    if number.is_finite() { Ok(number) } else { Err(SettingFlaw::NotFinite) }
}

fn positive(text: &str) -> Taken<f64> {
    number(text).and_then(|number| if number > 0.0 { Ok(number) } else { Err(SettingFlaw::NotPositive) })
}

/// `0..100 step 0.1`, `0..100`.
fn time(text: &str) -> Taken<TimeSpan> {
    let (span, step) = match text.split_once("step") {
        Some((span, step)) => (span, Some(step)),
        None => (text, None),
    };
    let (start, end) = span.split_once("..").ok_or(SettingFlaw::Form)?;
    let (start, end, step) = (number(start)?, number(end)?, step.map(positive).transpose()?);
    if end > start { Ok(TimeSpan { start, end, step }) } else { Err(SettingFlaw::Backwards) }
}

/// `E_o(20) = 1.5708 +- 1e-3`: what, when, how much, how near.
fn expect(text: &str) -> Taken<(&str, f64, f64, f64)> {
    let (what, value) = text.split_once('=').ok_or(SettingFlaw::Form)?;
    let (name, time) = what.trim().strip_suffix(')').and_then(|what| what.rsplit_once('(')).ok_or(SettingFlaw::Form)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(SettingFlaw::Form);
    }
    let divided = ["+/-", "+-", "±"].into_iter().find_map(|sign| value.split_once(sign));
    let (value, tolerance) = match divided {
        Some((value, tolerance)) => (number(value)?, Some(number(tolerance)?)),
        None => (number(value)?, None),
    };
    if tolerance.is_some_and(|tolerance| tolerance < 0.0) {
        return Err(SettingFlaw::Form);
    }
    let usual = if value == 0.0 { TOLERANCE } else { TOLERANCE * value.abs() };
    Ok((name, number(time)?, value, tolerance.unwrap_or(usual)))
}

fn is_name(text: &str) -> bool {
    let begins = |c: char| c == '_' || c.is_alphabetic();
    text.starts_with(begins) && text.chars().all(|c| begins(c) || c.is_ascii_digit())
}

/// The setting that a key was probably meant to be.
fn nearest(key: &str) -> Option<&'static str> {
    // What is far too long is no slip of the pen, and comparing takes time in proportion to it.
    let key = Some(key.to_lowercase()).filter(|key| key.len() <= 40)?;
    let near = KEYS.iter().map(|(known, _)| (strsim::normalized_damerau_levenshtein(&key, known), *known));
    let near = near.filter(|(likeness, _)| *likeness >= LIKENESS);
    near.max_by(|(a, a_key), (b, b_key)| a.total_cmp(b).then(b_key.cmp(a_key))).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{Dialect, Note, NotePath, Snippet};

    fn note(text: &str) -> Note {
        Note::parse(NotePath::new("n.md"), text.as_bytes(), &Dialect::default()).0
    }

    fn snippet(settings: &str) -> Snippet {
        let mut note = note(&format!("```antimony\n{settings}\nx' = 1\n```\n"));
        note.snippets.remove(0)
    }

    fn check(line: &str, expected: Result<&str, SettingFlaw>) {
        let settings = snippet(&format!("//| {line}")).settings;
        let shown = match settings.faults.first() {
            None => Ok(format!("{settings:?}")),
            Some(Problem { what: Wrong::Setting { flaw, .. }, .. }) => Err(*flaw),
            Some(other) => panic!("{other:?}"),
        };
        match (shown, expected) {
            (Ok(shown), Ok(expected)) => assert!(shown.contains(expected), "{line}: {shown}"),
            (shown, expected) => assert_eq!(shown, expected.map(str::to_owned), "{line}"),
        }
    }

    #[test]
    fn what_settings_say() {
        check("default: True", Ok("is_default: true"));
        check("title: no", Ok("title: Some(\"no\")"));
        check("time: 0..100 step 0.1", Ok("TimeSpan { start: 0.0, end: 100.0, step: Some(0.1) }"));
        check("time: -1e1 .. .5", Ok("TimeSpan { start: -10.0, end: 0.5, step: None }"));
        check("show: [y, true, no, 1]", Ok(r#"show: ["y", "true", "no", "1"]"#));
        check("plot: a, nodes(b)", Ok(r#"plot: ["a", "nodes(b)"]"#));
        check("over: vault", Ok("over: Some(Vault)"));
        check("over: neighbourhood( [[a, b#c|d]] , 2 )", Ok(r#"target: "a, b", steps: 2"#));
        check("uses: {m: \"[[a#b]]\", n: [[c]]}", Ok(r#"name: "n", target: "c", model: None"#));
        check("uses: {m: \"[[a#b]]\", n: [[c]]}", Ok(r#"name: "m", target: "a", model: Some("b")"#));
        check("seed: 18446744073709551615", Ok("seed: Some(18446744073709551615)"));
        check("rtol: 1e-9", Ok("rtol: Some(1e-9)"));
        check("expect: M.x(2) = 1 ± 0.5", Ok(r#"name: "M.x", time: 2.0, value: 1.0, tolerance: 0.5, text: "M.x(2) = 1 ± 0.5""#));
        check("expect: [x(1) = -4, y(1) = 0]", Ok("value: -4.0, tolerance: 4e-6"));
        check("expect: [x(1) = -4, y(1) = 0]", Ok("value: 0.0, tolerance: 1e-6"));
        check("cite: A, B", Ok(r#"cite: ["A, B"]"#));
        check("cite: [A, \"B, C\"]", Ok(r#"cite: ["A", "B, C"]"#));
    }

    #[test]
    fn what_settings_do_not_take() {
        use SettingFlaw::{Backwards, Form, NoNote, NotFinite, NotPositive};
        for (line, flaw) in [
            ("default: yes", Form),
            ("title:", Form),
            ("title: [a]", Form),
            ("time: 10", Form),
            ("time: a..b", Form),
            ("time: 5..5", Backwards),
            ("time: 5..0 step 1", Backwards),
            ("time: 0..inf", NotFinite),
            ("time: 0..1e999", NotFinite),
            ("time: nan..1", NotFinite),
            ("time: 0..1 step 0", NotPositive),
            ("time: 0..1 step", Form),
            ("show: {a: b}", Form),
            ("show: [[a]]", Form),
            ("show: a,,b", Form),
            ("seed: -1", Form),
            ("seed: 1.5", Form),
            ("rtol: 0", NotPositive),
            ("atol: small", Form),
            ("over: neighbourhood([[a]])", Form),
            ("over: neighbourhood([[a]], 256)", Form),
            ("over: neighbourhood(a, 1)", NoNote),
            ("uses: \"[[a]]\"", Form),
            ("uses: {a b: \"[[a]]\"}", Form),
            ("uses: {a: note}", NoNote),
            ("uses: {a: \"[[https://e.org]]\"}", NoNote),
            ("uses: {a: \"![[b]]\"}", NoNote),
            ("uses: {a: \"[[\\x41]]\"}", NoNote),
            ("expect: x = 1", Form),
            ("expect: (1) = 1", Form),
            ("expect: x(1) = 1 +- -1", Form),
            ("expect: x(inf) = 1", NotFinite),
        ] {
            check(line, Err(flaw));
        }
    }

    fn faults(settings: &str) -> Vec<(Wrong, u32, u32)> {
        snippet(settings).settings.faults.into_iter().map(|it| (it.what, it.place.line, it.place.column)).collect()
    }

    #[test]
    fn what_is_no_setting() {
        let unknown = |key: &str, nearest| Wrong::UnknownSetting { key: key.into(), nearest };
        assert_eq!(
            faults("//| tme: 1\n//| Title: x"),
            [(unknown("tme", Some("time")), 2, 5), (unknown("Title", Some("title")), 3, 5)]
        );
        assert_eq!(faults("//| colour: red"), [(unknown("colour", None), 2, 5)]);
        assert_eq!(faults("//| seed: 1\n//| seed: 2"), [(Wrong::SettingTwice("seed"), 3, 5)]);
        assert_eq!(faults("//| - seed"), [(Wrong::NoModelSettings, 2, 5)]);
        assert_eq!(faults("// a\n  //| seed: 1"), [(Wrong::LateSetting, 3, 3)]);
        assert!(matches!(&faults("//| title: a: b")[..], [(Wrong::ModelSettings(_), 2, _)]));
        assert_eq!(faults("//| show: &a [x]\n//| plot: *a"), [(Wrong::ModelSettingsTooDeep, 2, 5)]);
        assert_eq!(faults("//|\n//| \n"), []);
    }

    #[test]
    fn settings_may_go_over_lines() {
        let settings = snippet("\n//|time: 0..1\n\n//| show:\n//|   - a\n//|   - b\n//| title: one\n//|   two").settings;
        assert!(settings.faults.is_empty(), "{settings:?}");
        assert_eq!(settings.show, ["a".into(), "b".into()]);
        assert_eq!(settings.title.as_deref(), Some("one two"));
        assert!(settings.time.is_some());
    }

    #[test]
    fn places_are_those_of_the_note() {
        let text = "\u{feff}é\r\n\r\n> - x\r\n>   ```resonote\r\n>   //| uses: {é: \"[[b]]\"}\r\n>   //| tim: 1\r\n>   y = is([[ü]])\r\n>   ```\r\n";
        let note = note(text);
        let snippet = &note.snippets[0];
        assert_eq!(&*snippet.source, "//| uses: {é: \"[[b]]\"}\n//| tim: 1\ny = is([[ü]])\n");
        let place = snippet.settings.uses[0].place;
        assert_eq!((place.line, place.column, &text[place.span.range()]), (5, 20, "[[b]]"));
        let place = snippet.settings.faults[0].place;
        assert_eq!((place.line, place.column, &text[place.span.range()]), (6, 9, "tim"));
        for (number, link) in note.links.iter().enumerate() {
            let at = snippet.source.find(&*link.written).expect("the link");
            assert_eq!(snippet.place_of(at..at + link.written.len()), link.place);
            assert_eq!(note.link_at(link.place), Some(number as u32));
        }
        let lines: Vec<_> = note.links.iter().filter_map(|link| note.model_line(link)).map(|line| line.text).collect();
        assert_eq!(lines, ["//| uses: {é: \"[[b]]\"}", "y = is([[ü]])"]);
        let end = snippet.place_of(1_000..2_000);
        assert_eq!((end.line, end.span.range().len()), (8, 0));
    }
}
