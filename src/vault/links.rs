//! The links of a moment on their way from what is written to whom they mean.
//!
//! Those of the last moment come with what they meant. Looked up are links of new notes, and those whose name somebody got or
//! lost; their headings and blocks are, and those of links to notes that changed. Then the names that nobody wrote get
//! numbers.

use super::assemble::{Origin, Parts, Run, of_lists};
use super::columns::{Columns, NO_TARGET, pack, unpack};
use super::interner::Interner;
use super::names::{FileId, Names, fold};
use super::resolve::{Found, FoundBy, Meaning, Resolved, Resolver, Subpath, Written, key_hash, names_an_attachment, subpath};
use super::suggest::letters_of;
use crate::cellar::{ListsBuilder, Shelf, Texts, TextsBuilder};
use crate::note::{NotePath, Outline};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use std::borrow::Cow;

/// No number.
const NONE: u32 = u32::MAX;

/// Puts the links of a moment on the shelf that has its names.
pub(super) fn put(parts: &Parts<'_>, runs: &[Run], shelf: &mut Shelf) {
    LinkDraft::of(parts, runs, shelf).put(parts, shelf);
}

/// Links on their way to a meaning.
struct LinkDraft {
    /// What each link names, by number.
    named: Vec<u32>,
    /// Whom each means, as [`pack`] has it; of a wanted concept the number of its draft.
    meanings: Vec<u32>,
    hows: Vec<u16>,
    /// Whether each is to be looked up.
    is_open: Vec<bool>,
    /// Where links of the last moment stand: the first here, the first there, how many.
    taken_over: Vec<(u32, u32, u32)>,
    /// Where the links of each note begin, and the last one's end.
    starts: Vec<u32>,
    /// What the targets are, as packed by [`Written`].
    targets: Texts,
    /// The hash of each target's key, or 0.
    target_keys: Vec<u32>,
    has_subpath: Vec<bool>,
    /// The first link of each name that may be wanted: those of the last moment first, by their numbers there, then new ones.
    first_links: Vec<u32>,
    new_wanted: Vec<String>,
    by_key: HashMap<String, u32>,
    /// The names of wanted concepts that depend on the folder of the link.
    local_names: HashMap<u32, String>,
    /// The name that each target wants, if that does not depend on a folder.
    target_names: HashMap<u32, String>,
}

/// What a target means wherever it stands.
struct Outcome {
    found: Found,
    is_local: bool,
}

impl LinkDraft {
    /// Takes the links over as they were written, those of the last moment with what they meant.
    fn of(parts: &Parts<'_>, runs: &[Run], shelf: &mut Shelf) -> LinkDraft {
        let old = parts.old();
        let all_new = || parts.records.iter().flat_map(|record| record.links.iter());
        let mut targets = Interner::new(old.map(|old| &old.target_texts), all_new().filter_map(|link| link.target));
        let mut relation_texts = Interner::new(old.map(|old| &old.relation_texts), all_new().filter_map(|link| link.relation));
        let mut links = ListsBuilder::default();
        let (mut meanings, mut hows, mut is_open, mut relations) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut taken_over = Vec::new();
        let renumbered = Renumbered::of(parts);
        let old_links = old.map_or(Vec::new(), |old| old.links.starts());
        let old_named = old.map_or(Vec::new(), |old| old.targets.to_vec());
        let old_relations = old.map_or(Vec::new(), |old| old.relations.to_vec());
        let old_meanings = old.map_or(Vec::new(), |old| old.meanings.to_vec());
        let old_hows = old.map_or(Vec::new(), |old| old.hows.to_vec());
        for run in runs {
            match run {
                Run::New(new) => {
                    for link in parts.records[*new].links.iter() {
                        let target = link.target.map_or(NO_TARGET, |target| targets.new_text(target));
                        links.items.push(target);
                        let is_of_model = link.is_of_model;
                        let external = Resolved { is_of_model, ..Resolved::plain(Meaning::External, link.is_typed) };
                        meanings.push(pack(external.meaning));
                        hows.push(external.pack());
                        is_open.push(target != NO_TARGET);
                        relations.push(link.relation.map_or(0, |relation| relation_texts.new_text(relation) + 1));
                    }
                    links.end();
                }
                Run::Old(notes) => {
                    let (lists, items) = of_lists(&old_links, notes);
                    taken_over.push((links.items.len() as u32, items.start as u32, items.len() as u32));
                    let named = old_named[items.clone()].iter();
                    links.extend(&old_links[lists], named.map(|it| if *it == NO_TARGET { NO_TARGET } else { targets.old(*it) }));
                    let first = meanings.len();
                    meanings.extend(old_meanings[items.clone()].iter().map(|meaning| renumbered.meaning(*meaning)));
                    is_open.extend(meanings[first..].iter().map(|meaning| *meaning == NONE_MEANT));
                    hows.extend(&old_hows[items.clone()]);
                    let old_relations = old_relations[items].iter();
                    relations.extend(old_relations.map(|it| if *it == 0 { 0 } else { relation_texts.old(*it - 1) + 1 }));
                }
            }
        }
        let (texts, origins) = targets.finish();
        texts.put(shelf, "targ_s", "targ_b");
        let targets = Texts::on(shelf, "targ_s", "targ_b");
        let old_keys = old.map_or(Vec::new(), |old| old.target_keys.to_vec());
        let key = |(number, origin): (usize, &Option<u32>)| match origin {
            Some(old) => old_keys.get(*old as usize).copied().unwrap_or(0),
            None => match Written::unpack(&targets.bytes(number)).keys().as_deref() {
                Some([key]) => key_hash(key),
                _ => 0,
            },
        };
        let target_keys: Vec<u32> = origins.par_iter().enumerate().map(key).collect();
        let has_subpath = (0..targets.len()).into_par_iter().map(|target| Written::has_subpath(&targets.bytes(target))).collect();
        relation_texts.finish().0.put(shelf, "rela_s", "rela_b");
        shelf.put_numbers("targ_k", &target_keys);
        shelf.put_numbers("link_t", &links.items);
        shelf.put_numbers("link_r", &relations);
        shelf.put_numbers("nest", &nestings(parts));
        let named = std::mem::take(&mut links.items);
        let starts = links.into_starts();
        shelf.put_numbers("link_n", &starts);
        LinkDraft {
            named,
            meanings,
            hows,
            is_open,
            taken_over,
            starts,
            targets,
            target_keys,
            has_subpath,
            first_links: vec![NONE; old.map_or(0, |old| old.wanted_keys.len())],
            new_wanted: Vec::new(),
            by_key: HashMap::new(),
            local_names: HashMap::new(),
            target_names: HashMap::new(),
        }
    }

    /// Finds out whom each link means, and puts that on the shelf.
    fn put(mut self, parts: &Parts<'_>, shelf: &mut Shelf) {
        let names = Names::on(shelf, parts.settings);
        self.resolve(parts, &names);
        let paths = Texts::on(shelf, "path_s", "path_b");
        self.number_wanted(parts, &names, &paths, shelf);
        self.follow_subpaths(parts);
        shelf.put_numbers("link_m", &self.meanings);
        shelf.put_numbers("link_h", &self.hows);
    }

    /// The number that a link had in the last moment, if it was there.
    fn old_number(&self, link: u32) -> Option<u32> {
        let before = self.taken_over.partition_point(|(first, ..)| *first <= link).checked_sub(1)?;
        let (first, old, count) = self.taken_over[before];
        (link - first < count).then(|| old + link - first)
    }

    /// Looks up every link that is new, or whose name somebody got or lost.
    fn resolve(&mut self, parts: &Parts<'_>, names: &Names) {
        if parts.old.is_some() {
            let changed = parts.changed_names();
            let is_affected = |(target, key): (usize, &u32)| match key {
                0 => {
                    let bytes = self.targets.bytes(target);
                    let keys = Written::unpack(&bytes).keys();
                    keys.is_none_or(|keys| keys.iter().any(|key| changed.contains(&key_hash(key))))
                }
                key => changed.contains(key),
            };
            let affected: Vec<bool> = self.target_keys.par_iter().enumerate().map(is_affected).collect();
            // Few moments change a name that anybody links.
            if affected.iter().any(|is_affected| *is_affected) {
                for (is_open, target) in self.is_open.iter_mut().zip(&self.named).filter(|(_, target)| **target != NO_TARGET) {
                    *is_open |= affected[*target as usize];
                }
            }
        }
        let mut is_needed = vec![false; self.targets.len()];
        let open = self.named.iter().zip(&self.is_open).filter(|(_, is_open)| **is_open);
        open.for_each(|(target, _)| is_needed[*target as usize] = true);
        let outcome = |(target, is_needed): (usize, &bool)| {
            is_needed.then(|| {
                let resolver = Resolver::new(names, parts.habits, "");
                let found = resolver.find(&Written::unpack(&self.targets.bytes(target)));
                Outcome { found, is_local: resolver.is_local.get() }
            })
        };
        let outcomes: Vec<Option<Outcome>> = is_needed.par_iter().enumerate().map(outcome).collect();
        let is_local = |target: u32| outcomes.get(target as usize).is_some_and(|it| it.as_ref().is_some_and(|it| it.is_local));
        let open_notes = (0..parts.notes.len()).into_par_iter().flat_map_iter(|note| {
            let links = self.starts[note] as usize..self.starts[note + 1] as usize;
            let mut open = links.filter(|at| self.is_open[*at] && is_local(self.named[*at])).peekable();
            let folder = if open.peek().is_some() { parts.folder(note) } else { String::new() };
            let found = open.map(|at| {
                let resolver = Resolver::new(names, parts.habits, &folder);
                (at as u32, resolver.find(&Written::unpack(&self.targets.bytes(self.named[at] as usize))))
            });
            found.collect::<Vec<_>>()
        });
        let local: Vec<(u32, Found)> = open_notes.collect();
        // Whatever does not depend on a folder is decided once for each target.
        let mut decided: Vec<Option<Decided>> = Vec::with_capacity(outcomes.len());
        for (target, outcome) in outcomes.into_iter().enumerate() {
            decided.push(outcome.filter(|outcome| !outcome.is_local).map(|outcome| {
                if let Found::Wanted(name) = &outcome.found {
                    self.target_names.insert(target as u32, name.clone());
                }
                self.decide(outcome.found, parts)
            }));
        }
        let mut local = local.into_iter().peekable();
        for note in 0..parts.notes.len() {
            for at in self.starts[note]..self.starts[note + 1] {
                let link = at as usize;
                if !self.is_open[link] {
                    continue;
                }
                let decided = match local.next_if(|(link, _)| *link == at) {
                    Some((_, found)) => {
                        if let Found::Wanted(name) = &found {
                            self.local_names.insert(at, name.clone());
                        }
                        self.decide(found, parts)
                    }
                    None => decided[self.named[link] as usize].unwrap_or(Decided::LOST),
                };
                let Resolved { is_typed, is_of_model, .. } = Resolved::unpack(Meaning::External, self.hows[link]);
                let meaning = if decided.is_itself { Meaning::Note(note as u32) } else { decided.meaning };
                let resolved = Resolved {
                    found_by: decided.by,
                    has_candidates: decided.has_candidates,
                    is_of_model,
                    ..Resolved::plain(meaning, is_typed)
                };
                self.meanings[link] = pack(meaning);
                self.hows[link] = Resolved { is_wrong: decided.is_wrong, ..resolved }.pack();
            }
        }
    }

    fn decide(&mut self, found: Found, parts: &Parts<'_>) -> Decided {
        let plain = Decided::LOST;
        match found {
            Found::Itself => Decided { is_itself: true, by: FoundBy::Path, ..plain },
            Found::Outside => Decided { meaning: Meaning::Outside, is_wrong: true, ..plain },
            Found::Ambiguous(_) => Decided { meaning: Meaning::Ambiguous, is_wrong: true, has_candidates: true, ..plain },
            Found::File { file, by, candidates } => {
                Decided { meaning: meaning_of(file, parts.notes.len()), by, has_candidates: candidates.is_some(), ..plain }
            }
            Found::Wanted(name) => {
                let is_wrong = names_an_attachment(&name) && !parts.settings.exclude.leaves_out(&name);
                let key = fold(&name);
                let known = parts.old().and_then(|old| old.wanted_keys.search(key.as_bytes()).ok());
                let number = known.map(|number| number as u32).or_else(|| self.by_key.get(&key).copied()).unwrap_or_else(|| {
                    let number = self.first_links.len() as u32;
                    self.first_links.push(NONE);
                    self.new_wanted.push(key.clone());
                    self.by_key.insert(key, number);
                    number
                });
                Decided { meaning: Meaning::Wanted(number), is_wrong, ..plain }
            }
        }
    }

    /// Gives numbers to the names that nobody wrote, in the order of their keys, and to each the spelling that came first.
    fn number_wanted(&mut self, parts: &Parts<'_>, names: &Names, paths: &Texts, shelf: &mut Shelf) {
        for (at, meaning) in self.meanings.iter().enumerate() {
            if let Meaning::Wanted(draft) = unpack(*meaning)
                && let Some(first) = self.first_links.get_mut(draft as usize).filter(|first| **first == NONE)
            {
                *first = at as u32;
            }
        }
        let before = (self.first_links.len() - self.new_wanted.len()) as u32;
        let is_wanted = |draft: &u32| self.first_links[*draft as usize] != NONE;
        let key = |draft: u32| match draft.checked_sub(before) {
            Some(new) => Cow::Borrowed(&*self.new_wanted[new as usize]),
            None => parts.old().map_or(Cow::Borrowed(""), |old| old.wanted_keys.get(draft as usize)),
        };
        let mut new: Vec<u32> = (before..self.first_links.len() as u32).filter(is_wanted).collect();
        new.par_sort_unstable_by(|a, b| key(*a).cmp(&key(*b)));
        // Those of the last moment stand in order already.
        let mut new = new.into_iter().peekable();
        let mut order = Vec::new();
        for old in (0..before).filter(is_wanted) {
            while let Some(new) = new.next_if(|new| key(*new) < key(old)) {
                order.push(new);
            }
            order.push(old);
        }
        order.extend(new);
        let (mut keys, mut spellings) = (TextsBuilder::default(), TextsBuilder::default());
        let (mut letters, mut first_links) = (Vec::new(), Vec::new());
        let mut numbers = vec![NONE; self.first_links.len()];
        for (number, draft) in order.into_iter().enumerate() {
            numbers[draft as usize] = number as u32;
            keys.push(&key(draft));
            first_links.push(self.first_links[draft as usize]);
            match parts.old().filter(|old| draft < before && self.is_first_as_before(draft, old)) {
                Some(old) => {
                    spellings.push_bytes(&old.wanted_names.bytes(draft as usize));
                    letters.push(old.wanted_letters.get(draft as usize));
                }
                None => {
                    let name = self.spelling(draft, parts, names, paths).unwrap_or_else(|| key(draft).into_owned());
                    letters.push(letters_of(&name));
                    spellings.push(&name);
                }
            }
        }
        for meaning in &mut self.meanings {
            if let Meaning::Wanted(draft) = unpack(*meaning) {
                *meaning = pack(Meaning::Wanted(numbers[draft as usize]));
            }
        }
        keys.put(shelf, "wkey_s", "wkey_b");
        spellings.put(shelf, "want_s", "want_b");
        shelf.put_numbers("wlett", &letters);
        shelf.put_numbers("want_l", &first_links);
    }

    /// Whether the link that came first for a name in the last moment still does, and was not looked up again.
    fn is_first_as_before(&self, draft: u32, old: &Columns) -> bool {
        let first = self.first_links[draft as usize];
        self.old_number(first) == Some(old.wanted_links.get(draft as usize)) && !self.is_open[first as usize]
    }

    /// How the first link that wants a name spells it.
    fn spelling(&self, draft: u32, parts: &Parts<'_>, names: &Names, paths: &Texts) -> Option<String> {
        let first = self.first_links[draft as usize];
        let target = self.named[first as usize];
        if let Some(name) = self.local_names.get(&first).or_else(|| self.target_names.get(&target)) {
            return Some(name.clone());
        }
        // It was not looked up for this moment, as it means what it meant; but another link came first then.
        let note = self.starts.partition_point(|start| *start <= first) - 1;
        let path = NotePath::new(&*paths.get(note));
        match Resolver::new(names, parts.habits, path.folder()).find(&Written::unpack(&self.targets.bytes(target as usize))) {
            Found::Wanted(name) => Some(name),
            _ => None,
        }
    }

    /// Looks up the headings and blocks of links to notes that changed, and of links that were looked up.
    fn follow_subpaths(&mut self, parts: &Parts<'_>) {
        let mut asked: Vec<(u32, u32)> = Vec::new();
        for (at, target) in self.named.iter().enumerate() {
            if *target == NO_TARGET || !self.has_subpath[*target as usize] {
                continue;
            }
            match unpack(self.meanings[at]) {
                Meaning::Note(note) if self.is_open[at] || matches!(parts.notes[note as usize], Origin::New(_)) => {
                    asked.push((note, at as u32));
                }
                Meaning::Attachment(_) => {
                    let resolved = Resolved::unpack(Meaning::External, self.hows[at]);
                    self.hows[at] = Resolved { subpath: Subpath::Text, ..resolved }.pack();
                }
                _ => {}
            }
        }
        asked.sort_unstable();
        let by_note: Vec<&[(u32, u32)]> = asked.chunk_by(|a, b| a.0 == b.0).collect();
        let found = by_note.into_par_iter().flat_map_iter(|links| {
            let outline = parts.outline(links[0].0 as usize);
            let find = |(_, at): &(u32, u32)| {
                let bytes = self.targets.bytes(self.named[*at as usize] as usize);
                let written = Written::unpack(&bytes);
                let path = written.subpath.as_deref().unwrap_or_default();
                (*at, subpath(path, written.is_markdown, &outline))
            };
            links.iter().map(find).collect::<Vec<_>>()
        });
        let found: Vec<(u32, Subpath)> = found.collect();
        for (at, subpath) in found {
            let how = &mut self.hows[at as usize];
            let resolved = Resolved::unpack(Meaning::External, *how);
            *how = Resolved { subpath, is_wrong: subpath == Subpath::Missing, ..resolved }.pack();
        }
    }
}

/// What was decided of a link.
#[derive(Clone, Copy)]
struct Decided {
    meaning: Meaning,
    by: FoundBy,
    is_itself: bool,
    has_candidates: bool,
    is_wrong: bool,
}

impl Decided {
    /// Nobody in the vault is meant.
    const LOST: Decided =
        Decided { meaning: Meaning::External, by: FoundBy::None, is_itself: false, has_candidates: false, is_wrong: false };
}

/// The file as a meaning.
pub(crate) fn meaning_of(file: FileId, notes: usize) -> Meaning {
    match (file.0 as usize).checked_sub(notes) {
        None => Meaning::Note(file.0),
        Some(number) => Meaning::Attachment(number as u32),
    }
}

impl Parts<'_> {
    fn folder(&self, note: usize) -> String {
        match (self.notes[note], self.old()) {
            (Origin::New(new), _) => self.new_notes[new as usize].path.folder().to_owned(),
            (Origin::Old(old), Some(columns)) => NotePath::new(&*columns.paths.get(old as usize)).folder().to_owned(),
            (Origin::Old(_), None) => String::new(),
        }
    }

    /// The outline of a note; one that did not change is read again.
    fn outline(&self, note: usize) -> Outline {
        match (self.notes[note], self.old) {
            (Origin::New(new), _) => Outline::unpack(&self.records[new as usize].outline),
            (Origin::Old(number), Some(old)) => old.read(number).note.outline,
            (Origin::Old(_), None) => Outline::default(),
        }
    }
}

/// The numbers that the files of the last moment have in this one.
struct Renumbered {
    notes: Vec<u32>,
    attachments: Vec<u32>,
}

impl Renumbered {
    fn of(parts: &Parts<'_>) -> Renumbered {
        let (notes, attachments) = parts.old.map_or((0, 0), |old| (old.len(), old.attachments()));
        let mut numbers = Renumbered { notes: vec![NONE; notes], attachments: vec![NONE; attachments] };
        for (new, origin) in parts.notes.iter().enumerate() {
            if let Origin::Old(old) = origin {
                numbers.notes[*old as usize] = new as u32;
            }
        }
        for (new, origin) in parts.attachments.iter().enumerate() {
            if let Origin::Old(old) = origin {
                numbers.attachments[*old as usize - notes] = new as u32;
            }
        }
        // A note that changed is the same note to whoever links it.
        if let Some(old) = parts.old {
            let changed = parts.notes.iter().enumerate().filter_map(|(number, origin)| match origin {
                Origin::New(new) => Some((number as u32, old.find(parts.new_notes[*new as usize].path.as_str())?)),
                Origin::Old(_) => None,
            });
            changed.for_each(|(number, old)| numbers.notes[old as usize] = number);
        }
        numbers
    }

    /// What a meaning of the last moment is in this one; [`NONE_MEANT`] if whoever was meant is gone.
    fn meaning(&self, old: u32) -> u32 {
        let renumbered = |numbers: &[u32], number: u32| numbers.get(number as usize).copied().unwrap_or(NONE);
        let meaning = match unpack(old) {
            Meaning::Note(number) => Meaning::Note(renumbered(&self.notes, number)),
            Meaning::Attachment(number) => Meaning::Attachment(renumbered(&self.attachments, number)),
            _ => return old,
        };
        match meaning {
            Meaning::Note(NONE) | Meaning::Attachment(NONE) => NONE_MEANT,
            meaning => pack(meaning),
        }
    }
}

/// The meaning of a link that has to be looked up, as whom it meant is gone: the number of nobody.
const NONE_MEANT: u32 = u32::MAX - 7;

/// Which links of lists stand below which, in the order of notes.
fn nestings(parts: &Parts<'_>) -> Vec<u32> {
    let mut of_old: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
    for nesting in parts.old().map_or(Vec::new(), |old| old.nestings.to_vec()).chunks_exact(3) {
        of_old.entry(nesting[0]).or_default().push((nesting[1], nesting[2]));
    }
    if of_old.is_empty() && parts.records.iter().all(|record| record.nestings.is_empty()) {
        return Vec::new();
    }
    let mut nestings = Vec::new();
    for (note, origin) in (0..).zip(&parts.notes) {
        match origin {
            Origin::New(new) => {
                let own = parts.records[*new as usize].nestings.iter();
                nestings.extend(own.flat_map(|nesting| [note, nesting.parent, nesting.child]));
            }
            Origin::Old(old) => {
                let own = of_old.get(old).into_iter().flatten();
                nestings.extend(own.flat_map(|(parent, child)| [note, *parent, *child]));
            }
        }
    }
    nestings
}
