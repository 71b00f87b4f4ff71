//! Which notes fulfil the conditions of a query, and which concepts that nobody wrote yet.
//!
//! What the vault keeps of every note is asked of every note: paths, tags, links. What only the note itself says (its
//! properties, its lines and sections, the match of an expression) is read again, and only from notes that the rest of the
//! query leaves open. A line is what a reader sees as one paragraph, heading, item or row, however the file wraps it. To
//! Obsidian it is a line of the file: whatever stands together in one of those stands together here as well.

use super::super::AskError;
use super::super::carried::carried;
use super::super::concept::named;
use super::super::wanted::scores;
use crate::graph::ConceptId;
use crate::index::{Clause, Condition, Leaf, Query, What, Within, plain};
use crate::note::{Note, Pattern, Prose};
use crate::snapshot::Snapshot;
use crate::vault::{Meaning, Vault, tag_key};
use rayon::prelude::*;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

/// Who fulfils the conditions of a query.
pub(super) struct Fulfilled<'s> {
    snapshot: &'s Snapshot,
    query: &'s Query,
    /// For each condition the notes that fulfil it, ascending. Of one that stands in a line or section, none.
    notes: Vec<Vec<u32>>,
    /// The concept that each condition names, where it names one.
    named: Vec<Option<ConceptId>>,
    /// The concepts nobody wrote yet that the query asks for, with their scores.
    wanted: Vec<(ConceptId, i64)>,
}

impl<'s> Fulfilled<'s> {
    /// Asks the conditions of a query; where `stop` is set meanwhile, no further note is read.
    ///
    /// # Errors
    /// When a concept that a condition names is not there or several are called so, or the index fails.
    pub(super) fn of(snapshot: &'s Snapshot, query: &'s Query, stop: Option<&AtomicBool>) -> Result<Fulfilled<'s>, AskError> {
        let names = query.conditions().iter().map(|condition| match &condition.what {
            What::LinksTo(name) | What::LinkedFrom(name) => named(snapshot, name).map(Some),
            _ => Ok(None),
        });
        let named = names.collect::<Result<Vec<_>, _>>()?;
        let outer = outer(query);
        let kept = Kept { vault: snapshot.vault(), paths: OnceCell::new(), tags: OnceCell::new() };
        let ask = |(number, (condition, named)): (usize, (&Condition, &Option<ConceptId>))| match outer.contains(&number) {
            true => kept.fulfilling(&condition.what, *named),
            // What stands in a line alone is asked with the line.
            false => Some(Vec::new()),
        };
        let known = query.conditions().iter().zip(&named).enumerate().map(ask).collect();
        let notes = read_open(snapshot, query, known, stop)?;
        let wanted = wanted(snapshot, query, &named);
        Ok(Fulfilled { snapshot, query, notes, named, wanted })
    }

    /// For each condition the keys of the notes that fulfil it, ascending.
    pub(super) fn keys(&self) -> Vec<Vec<u64>> {
        let keys = |notes: &Vec<u32>| {
            let mut keys: Vec<u64> = notes.iter().map(|note| self.snapshot.vault().key(*note)).collect();
            keys.sort_unstable();
            keys
        };
        self.notes.iter().map(keys).collect()
    }

    /// Whether a note that bears the name that was asked for fulfils what else is asked.
    ///
    /// # Errors
    /// When the index fails.
    pub(super) fn keeps(&self, note: u32) -> Result<bool, AskError> {
        let Some(rest) = self.query.without_words() else { return Ok(true) };
        let text = self.snapshot.text().ok_or(AskError::NoText)?;
        let key = self.snapshot.vault().key(note);
        Ok(text.search(&rest, &self.keys(), usize::MAX)?.best.iter().any(|(other, _)| *other == key))
    }

    /// Whether a concept nobody wrote yet that bears the name that was asked for fulfils what else is asked.
    pub(super) fn keeps_wanted(&self, wanted: u32) -> bool {
        let Some(rest) = self.query.without_words() else { return true };
        Nobodys::of(self.snapshot.vault(), &rest, &self.named).fulfils(wanted)
    }

    /// The concepts nobody wrote yet that fulfil the query, where it asks for such: in the order of their names, each with 0
    /// for its score, or with how much it is wanted where the query asks for nothing else.
    pub(super) fn wanted(&self) -> &[(ConceptId, i64)] {
        &self.wanted
    }
}

/// The conditions that stand in no line or section.
fn outer(query: &Query) -> BTreeSet<usize> {
    let (mut outer, mut todo) = (BTreeSet::new(), vec![query.root()]);
    while let Some(clause) = todo.pop() {
        match clause {
            Clause::Words(_) | Clause::Phrase(_) => {}
            Clause::Condition(number) => outer.extend([*number]),
            Clause::Not(part) => todo.push(part),
            Clause::All(parts) | Clause::Any(parts) | Clause::Ranked(parts) => todo.extend(parts),
        }
    }
    outer
}

fn wanted_concept(vault: &Vault, wanted: u32) -> ConceptId {
    ConceptId(vault.len() as u32 + wanted)
}

/// What the vault keeps of each note, as conditions compare it, once somebody asks.
struct Kept<'v> {
    vault: &'v Vault,
    paths: OnceCell<Vec<String>>,
    tags: OnceCell<Vec<Vec<String>>>,
}

impl Kept<'_> {
    fn all(&self) -> std::ops::Range<u32> {
        0..self.vault.len() as u32
    }

    fn paths(&self) -> &[String] {
        self.paths.get_or_init(|| self.vault.paths().map(|path| plain(path.as_str())).collect())
    }

    fn tags(&self) -> &[Vec<String>] {
        let of = |note| self.vault.tags_of(note).map(|tag| plain(&tag.name)).collect();
        self.tags.get_or_init(|| self.all().map(of).collect())
    }

    /// The notes that fulfil a condition, ascending; none if they must be read to know.
    fn fulfilling(&self, what: &What, named: Option<ConceptId>) -> Option<Vec<u32>> {
        let vault = self.vault;
        Some(match what {
            What::File(text) | What::Path(text) => {
                let text = plain(text);
                let is_file = matches!(what, What::File(_));
                let asked = |path: &str| {
                    if is_file { path.rsplit('/').next().unwrap_or(path).contains(&text) } else { path.contains(&text) }
                };
                self.all().zip(self.paths()).filter(|(_, path)| asked(path)).map(|(note, _)| note).collect()
            }
            What::Tag(tag) => {
                let key = plain(&tag_key(tag));
                let is_it = |own: &String| own.strip_prefix(&key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                self.all().zip(self.tags()).filter(|(_, tags)| tags.iter().any(is_it)).map(|(note, _)| note).collect()
            }
            What::LinksTo(_) => {
                let asked = named.map(|concept| concept.0);
                let is_from = |note: &u32| Some(*note) != asked && vault.links(*note).any(|link| target(vault, link) == asked);
                self.all().into_par_iter().filter(is_from).collect()
            }
            What::LinkedFrom(_) => linked_from(vault, named).range(..vault.len() as u32).copied().collect(),
            What::Model(name) if name.is_empty() => vault.notes_with_models(),
            What::Wanted(_) => Vec::new(),
            What::Model(_) | What::Property(..) | What::Line(_) | What::Section(_) | What::Pattern(_) => return None,
        })
    }
}

/// The number of the concept that a link means, if it means one.
fn target(vault: &Vault, link: usize) -> Option<u32> {
    match vault.resolved(link).meaning {
        Meaning::Note(number) => Some(number),
        Meaning::Wanted(number) => Some(wanted_concept(vault, number).0),
        _ => None,
    }
}

/// The numbers of the concepts that one links to, itself aside.
fn linked_from(vault: &Vault, source: Option<ConceptId>) -> BTreeSet<u32> {
    let source = source.map(|concept| concept.0).filter(|note| (*note as usize) < vault.len());
    let links = source.map_or(0..0, |note| vault.links(note));
    links.filter_map(|link| target(vault, link)).filter(|target| Some(*target) != source).collect()
}

/// Asks concepts that nobody wrote yet. They have a name and who links to them, and nothing else.
struct Nobodys<'q> {
    vault: &'q Vault,
    query: &'q Query,
    /// For each condition the text that the name must hold, or the concepts that are linked, where it asks for such.
    asked: Vec<String>,
    linked: Vec<BTreeSet<u32>>,
    within: Within<'q>,
}

impl<'q> Nobodys<'q> {
    fn of(vault: &'q Vault, query: &'q Query, named: &[Option<ConceptId>]) -> Nobodys<'q> {
        let (mut asked, mut linked) = (Vec::new(), Vec::new());
        for (condition, named) in query.conditions().iter().zip(named) {
            asked.push(if let What::Wanted(text) = &condition.what { plain(text) } else { String::new() });
            let is_source = matches!(condition.what, What::LinkedFrom(_));
            linked.push(linked_from(vault, named.filter(|_| is_source)));
        }
        Nobodys { vault, query, asked, linked, within: Within::of(query.root()) }
    }

    fn fulfils(&mut self, number: u32) -> bool {
        let name = self.vault.wanted_name(number);
        let (folded, concept) = (plain(&name), wanted_concept(self.vault, number));
        self.within.read(&name);
        self.query.holds(self.query.root(), &mut |leaf| match leaf {
            Leaf::Condition(at) => match self.query.conditions().get(at).map(|condition| &condition.what) {
                Some(What::Wanted(_)) => folded.contains(&self.asked[at]),
                Some(What::LinkedFrom(_)) => self.linked[at].contains(&concept.0),
                _ => false,
            },
            leaf => self.within.holds(leaf),
        })
    }
}

/// The concepts nobody wrote yet that a query asks for, in the order of their names, with their scores.
fn wanted(snapshot: &Snapshot, query: &Query, named: &[Option<ConceptId>]) -> Vec<(ConceptId, i64)> {
    let vault = snapshot.vault();
    let whats = || query.conditions().iter().map(|condition| &condition.what);
    if !whats().any(|what| matches!(what, What::Wanted(_) | What::LinkedFrom(_))) {
        return Vec::new();
    }
    let mut nobodys = Nobodys::of(vault, query, named);
    let found: Vec<u32> = (0..vault.wanted() as u32).filter(|number| nobodys.fulfils(*number)).collect();
    let is_alone = query.pieces().is_empty() && whats().all(|what| matches!(what, What::Wanted(_)));
    let scores = if is_alone { scores(snapshot) } else { Vec::new() };
    let score = |number: u32| scores.get(number as usize).map_or(0, |score| *score as i64);
    found.into_iter().map(|number| (wanted_concept(vault, number), score(number))).collect()
}

/// A condition that only the note itself answers.
enum Open<'q> {
    Model(String),
    Property(String, Option<&'q str>),
    Line(&'q Clause),
    Section(&'q Clause),
    Pattern,
}

impl<'q> Open<'q> {
    fn of(what: &'q What) -> Option<Open<'q>> {
        Some(match what {
            What::Model(name) => Open::Model(model_name(name)),
            What::Property(key, value) => Open::Property(plain(key), value.as_deref()),
            What::Line(inside) => Open::Line(inside),
            What::Section(inside) => Open::Section(inside),
            What::Pattern(_) => Open::Pattern,
            What::File(_) | What::Path(_) | What::Tag(_) | What::LinksTo(_) | What::LinkedFrom(_) | What::Wanted(_) => {
                return None;
            }
        })
    }

    /// What a part of the note must hold.
    fn inside(&self) -> Option<&'q Clause> {
        match self {
            Open::Line(inside) | Open::Section(inside) => Some(inside),
            Open::Model(_) | Open::Property(..) | Open::Pattern => None,
        }
    }

    /// The notes that may fulfil it, ascending; none if any may.
    fn candidates(&self, snapshot: &Snapshot) -> Result<Option<Vec<u32>>, AskError> {
        let vault = snapshot.vault();
        if let Open::Model(_) = self {
            return Ok(Some(vault.notes_with_models()));
        }
        let Some(least) = self.inside().and_then(Query::at_least) else { return Ok(None) };
        let text = snapshot.text().ok_or(AskError::NoText)?;
        let found = text.search(&least, &[], usize::MAX)?.best;
        let mut notes: Vec<u32> = found.into_iter().filter_map(|(key, _)| vault.note_of_key(key)).collect();
        notes.sort_unstable();
        Ok(Some(notes))
    }
}

/// Reads the notes for which the query hangs on what only they can say; gives back who fulfils each condition, ascending.
fn read_open(
    snapshot: &Snapshot,
    query: &Query,
    known: Vec<Option<Vec<u32>>>,
    stop: Option<&AtomicBool>,
) -> Result<Vec<Vec<u32>>, AskError> {
    let vault = snapshot.vault();
    let conditions = query.conditions();
    let is_open = |number: &usize| known.get(*number).is_some_and(Option::is_none);
    let mut open = Vec::new();
    for number in (0..conditions.len()).filter(is_open) {
        if let Some(asked) = conditions.get(number).and_then(|condition| Open::of(&condition.what)) {
            let candidates = asked.candidates(snapshot)?;
            open.push((number, asked, candidates));
        }
    }
    let mut fulfilled: Vec<Vec<u32>> = known.iter().map(|notes| notes.clone().unwrap_or_default()).collect();
    if open.is_empty() {
        return Ok(fulfilled);
    }
    let patterns = conditions.iter().map(|condition| match &condition.what {
        // A query that was read holds no other expressions than such that read.
        What::Pattern(expression) => Pattern::new(expression).ok(),
        _ => None,
    });
    let reader = Reader { query, patterns: patterns.collect() };
    let text = snapshot.text().ok_or(AskError::NoText)?;
    let mut withins = Vec::new();
    for (_, asked, _) in &open {
        withins.push(asked.inside().map(|inside| text.within(inside)).transpose()?);
    }
    let read = |withins: &mut Vec<Option<Within<'_>>>, note: u32| -> Vec<(usize, u32)> {
        let is_candidate = |at: usize| open[at].2.as_ref().is_none_or(|notes| notes.binary_search(&note).is_ok());
        let of_note = |number: usize| match known.get(number) {
            Some(Some(notes)) => Some(notes.binary_search(&note).is_ok()),
            _ => open.binary_search_by_key(&number, |it| it.0).ok().and_then(|at| (!is_candidate(at)).then_some(false)),
        };
        let is_stopped = stop.is_some_and(|stop| stop.load(Relaxed));
        if is_stopped || !(0..open.len()).any(is_candidate) || !may_hold(query.root(), &of_note).0 {
            return Vec::new();
        }
        let reread = vault.read(note);
        let mut holding = Vec::new();
        for (at, ((number, asked, _), within)) in open.iter().zip(withins).enumerate() {
            if is_candidate(at) && reader.holds(*number, asked, &reread.note, &reread.prose, within.as_mut()) {
                holding.push((*number, note));
            }
        }
        holding
    };
    let found: Vec<Vec<(usize, u32)>> = (0..vault.len() as u32).into_par_iter().map_init(|| withins.clone(), read).collect();
    for (number, note) in found.into_iter().flatten() {
        fulfilled[number].push(note);
    }
    Ok(fulfilled)
}

/// Whether a clause may hold, and whether it may not, where some conditions are known and others are not, nor any words.
fn may_hold(clause: &Clause, known: &dyn Fn(usize) -> Option<bool>) -> (bool, bool) {
    let all = |parts: &[Clause]| {
        let may = parts.iter().map(|part| may_hold(part, known));
        may.fold((true, false), |all, part| (all.0 && part.0, all.1 || part.1))
    };
    match clause {
        Clause::Words(_) | Clause::Phrase(_) => (true, true),
        Clause::Condition(number) => known(*number).map_or((true, true), |holds| (holds, !holds)),
        Clause::Not(part) => {
            let (may, may_not) = may_hold(part, known);
            (may_not, may)
        }
        Clause::All(parts) => all(parts),
        Clause::Any(parts) => {
            let may = parts.iter().map(|part| may_hold(part, known));
            may.fold((false, true), |any, part| (any.0 || part.0, any.1 && part.1))
        }
        // Of words that rank one may be enough, and may not be there.
        Clause::Ranked(parts) => (all(parts).0, true),
    }
}

/// Asks notes that were read again.
struct Reader<'q> {
    query: &'q Query,
    /// The expression of each condition that is one.
    patterns: Vec<Option<Pattern>>,
}

impl Reader<'_> {
    fn holds(&self, number: usize, asked: &Open<'_>, note: &Note, prose: &Prose, within: Option<&mut Within<'_>>) -> bool {
        let mut within = within;
        if let Some(within) = &mut within {
            within.begin(note, prose);
        }
        match (asked, within) {
            (Open::Model(name), _) => {
                let models = carried(note);
                let mut names = models.iter().flat_map(|it| [Some(&it.model), it.title.as_ref()]).flatten();
                names.any(|own| model_name(own).contains(name))
            }
            (Open::Property(key, value), _) => has_property(note, key, *value),
            (Open::Pattern, _) => self.matches(number, prose.text()),
            (Open::Line(inside), Some(within)) => {
                let mut lines = prose.text().lines().filter(|line| !line.trim().is_empty());
                lines.any(|line| self.is_within(inside, line, within))
            }
            (Open::Section(inside), Some(within)) => {
                sections(prose).iter().any(|section| self.is_within(inside, section, within))
            }
            (Open::Line(_) | Open::Section(_), None) => false,
        }
    }

    fn is_within(&self, inside: &Clause, text: &str, within: &mut Within<'_>) -> bool {
        within.read(text);
        self.query.holds(inside, &mut |leaf| match leaf {
            Leaf::Condition(number) => self.matches(number, text),
            leaf => within.holds(leaf),
        })
    }

    fn matches(&self, number: usize, text: &str) -> bool {
        self.patterns.get(number).and_then(Option::as_ref).is_some_and(|pattern| pattern.is_in(text))
    }
}

/// A model's name as conditions compare it.
fn model_name(name: &str) -> String {
    plain(&name.replace('_', " "))
}

/// The texts from one heading to the next, each heading with what stands below it; what stands before the first one, too.
fn sections(prose: &Prose) -> Vec<&str> {
    let text = prose.text();
    let headings = prose.blocks().filter(|(_, is_heading)| *is_heading).map(|(block, _)| block.start);
    let starts: Vec<usize> = std::iter::once(0).chain(headings).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let sections = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    sections.filter(|section| !section.trim().is_empty()).collect()
}

/// Whether a note has a property, and a value that holds the one asked for: `null` asks for one without any value, `<` and
/// `>` before a number or date for one below or above it.
fn has_property(note: &Note, key: &str, asked: Option<&str>) -> bool {
    let is_it = |own: &str| plain(own) == key;
    let of_note: [(&str, Vec<&str>); 5] = [
        ("title", note.title.as_deref().into_iter().collect()),
        ("aliases", note.aliases.iter().map(|alias| &**alias).collect()),
        ("alias", note.aliases.iter().map(|alias| &**alias).collect()),
        ("tags", note.tags.iter().map(|tag| &*tag.name).collect()),
        ("tag", note.tags.iter().map(|tag| &*tag.name).collect()),
    ];
    let holds = |value: &str| match asked {
        None => true,
        Some(asked) => match asked.strip_prefix(['<', '>']) {
            Some(bound) => is_beyond(value, bound.trim(), asked.starts_with('<')),
            None => plain(value).contains(&plain(asked)),
        },
    };
    let special = of_note.iter().filter(|(own, _)| is_it(own)).flat_map(|(_, values)| values);
    special.into_iter().any(|value| holds(value))
        || note.properties.iter().filter(|property| is_it(&property.key)).any(|property| {
            let is_empty = property.values.is_empty();
            let utc = property.utc();
            is_empty && asked.is_none_or(|asked| asked == "null")
                || property.values.iter().any(|value| holds(value))
                || utc.is_some_and(|utc| holds(&utc))
        })
}

/// Whether a number is below or above another, or a date before or after it.
fn is_beyond(value: &str, bound: &str, is_below: bool) -> bool {
    let is_date = |text: &str| {
        text.len() >= 7
            && text.is_char_boundary(4)
            && text[..4].bytes().all(|byte| byte.is_ascii_digit())
            && text[4..].starts_with('-')
    };
    let order = match (value.parse::<f64>(), bound.parse::<f64>()) {
        (Ok(value), Ok(bound)) => value.partial_cmp(&bound),
        // No day of a month is after that month.
        _ if is_date(value) && is_date(bound) => Some(value.get(..bound.len()).unwrap_or(value).cmp(bound)),
        _ => None,
    };
    order == Some(if is_below { Ordering::Less } else { Ordering::Greater })
}
