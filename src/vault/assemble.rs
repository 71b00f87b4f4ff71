//! From records of notes, and the last moment for those that did not change, to the columns of a vault.
//!
//! Putting together all records and bringing the last moment up to date are one and the same: each column is written note by
//! note in path order, from a record or from the old column. What depends on others is looked at again where it may differ:
//! a link where somebody gets or loses a name that it could mean, its subpath where its target changed. So the columns do
//! not tell how they came about; a property test holds that against random edits.

use super::columns::{Columns, HAS_HEADING, HAS_TITLE, IS_CALLED_BY_HEADING, Meta, NO_TARGET, pack, unpack};
use super::interner::Interner;
use super::names::{FileId, Names, called_as, filed_names, fold, last_part, last_part_hash, put_table, sort_backwards};
use super::record::Record;
use super::resolve::{
    Found, FoundBy, Habits, Meaning, Resolved, Resolver, Subpath, Written, is_folder_index, name_key, names_an_attachment,
    subpath,
};
use super::settings::Settings;
use super::stamp::Stamp;
use super::suggest::letters_of;
use super::walk::{File, LeftOut};
use super::{Vault, note_key};
use crate::cellar::{ListsBuilder, Shelf, Texts, TextsBuilder, digest};
use crate::note::{NotePath, Outline, without_md};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where a file of the new moment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The last moment has it, by this number among all its files, and it did not change.
    Old(u32),
    /// The new files have it.
    New(u32),
}

/// What a moment is put together of.
pub(crate) struct Parts<'p> {
    pub old: Option<&'p Vault>,
    /// The notes in path order.
    pub notes: Vec<Origin>,
    /// The attachments in path order.
    pub attachments: Vec<Origin>,
    pub new_notes: &'p [File],
    /// What each new note says.
    pub records: &'p [Record],
    pub new_attachments: &'p [File],
    /// The stamp of each note.
    pub stamps: Vec<Stamp>,
    /// When the walk began, in nanoseconds.
    pub looked_at: i64,
    pub left_out: LeftOut,
    /// What could not be read, packed, in path order.
    pub unread: Vec<Vec<u8>>,
    pub settings: &'p Settings,
    pub habits: Habits,
}

/// No number.
const NONE: u32 = u32::MAX;

impl<'p> Parts<'p> {
    /// The columns, on a shelf.
    pub(crate) fn assemble(self) -> Shelf {
        let mut shelf = Shelf::default();
        let left_out = self.left_out;
        let mut meta = [0; Meta::Count as usize];
        meta[Meta::Notes as usize] = self.notes.len() as u64;
        meta[Meta::Attachments as usize] = self.attachments.len() as u64;
        meta[Meta::LeftOutFolders as usize] = left_out.folders;
        meta[Meta::LeftOutLinks as usize] = left_out.links;
        meta[Meta::LeftOutExcluded as usize] = left_out.excluded;
        meta[Meta::Habits as usize] = self.habits.pack();
        meta[Meta::Settings as usize] = self.settings.digest;
        shelf.put_numbers("meta", meta);
        shelf.put_numbers("look", [self.looked_at as u64]);
        let stamp = |stamp: &Stamp| [stamp.size, stamp.modified as u64, stamp.changed as u64, stamp.inode];
        shelf.put_numbers("stamp", self.stamps.iter().flat_map(stamp));
        let mut unread = TextsBuilder::default();
        self.unread.iter().for_each(|packed| unread.push_bytes(packed));
        unread.put(&mut shelf, "unrd_s", "unrd_b");
        self.files(&mut shelf);
        self.notes(&mut shelf);
        self.links(&mut shelf);
        shelf
    }

    /// A new note's record, or the number that an old one has in the last moment.
    fn source(&self, origin: Origin) -> Result<(&'p Record, &'p File), usize> {
        match origin {
            Origin::Old(number) => Err(number as usize),
            Origin::New(number) => Ok((&self.records[number as usize], &self.new_notes[number as usize])),
        }
    }

    fn old(&self) -> Option<&'p Columns> {
        self.old.map(|old| &old.columns)
    }

    /// Paths, how the disk spells them, which folder holds what, and the table of path endings.
    fn files(&self, shelf: &mut Shelf) {
        let (mut paths, mut hashes) = (TextsBuilder::default(), Vec::new());
        let (mut spelled, mut spellings) = (Vec::new(), TextsBuilder::default());
        // Every file of a folder, by the bytes that the disk knows the folder by.
        let mut folders: BTreeMap<Vec<u8>, Vec<(Vec<u8>, u32)>> = BTreeMap::new();
        let mut last_folder: (Vec<u8>, Vec<(Vec<u8>, u32)>) = Default::default();
        let old_hashes = self.old().map_or(Vec::new(), |old| old.path_hashes.to_vec());
        let old_paths = self.old().map(|old| old.paths.all()).unwrap_or_default();
        let old_spelled = self.old().map_or(Vec::new(), |old| old.spelled.to_vec());
        let files = self.notes.iter().map(|origin| (origin, self.new_notes));
        let files = files.chain(self.attachments.iter().map(|origin| (origin, self.new_attachments)));
        for (number, (origin, new_files)) in files.enumerate() {
            let mut on_disk: Option<Cow<'_, [u8]>> = None;
            let path: &[u8] = match *origin {
                Origin::Old(old) => {
                    let old = old as usize;
                    hashes.push(old_hashes.get(old).copied().unwrap_or(0));
                    if let (Ok(at), Some(columns)) = (old_spelled.binary_search(&(old as u32)), self.old()) {
                        on_disk = Some(columns.spellings.bytes(at));
                    }
                    let start = |at: usize| old_paths.0.get(at).copied().unwrap_or(0) as usize;
                    old_paths.1.get(start(old)..start(old + 1)).unwrap_or_default()
                }
                Origin::New(new) => {
                    let file = &new_files[new as usize];
                    hashes.push(last_part_hash(&fold(file.path.as_str())));
                    on_disk = file.on_disk.as_ref().map(|path| Cow::Borrowed(path.as_os_str().as_encoded_bytes()));
                    file.path.as_str().as_bytes()
                }
            };
            paths.push_bytes(path);
            let disk = on_disk.as_deref().unwrap_or(path);
            let slash = memchr::memrchr(b'/', disk);
            let (folder, name) = slash.map_or((&b""[..], disk), |at| (&disk[..at], &disk[at + 1..]));
            if last_folder.0 != folder {
                let full = std::mem::replace(&mut last_folder, (folder.to_vec(), Vec::new()));
                folders.entry(full.0).or_default().extend(full.1);
            }
            last_folder.1.push((name.to_vec(), number as u32));
            if let Some(disk) = on_disk {
                spelled.push(number as u32);
                spellings.push_bytes(&disk);
            }
        }
        folders.entry(last_folder.0).or_default().extend(last_folder.1);
        paths.put(shelf, "path_s", "path_b");
        let entries = hashes.iter().copied().zip(0..).collect();
        shelf.put_numbers("path_h", hashes);
        shelf.put_numbers("spell", spelled);
        spellings.put(shelf, "spell_s", "spell_b");
        let (mut names, mut items) = (TextsBuilder::default(), ListsBuilder::default());
        for (folder, mut files) in folders {
            files.sort_unstable();
            names.push_bytes(&folder);
            items.items.extend(files.into_iter().map(|(_, file)| file));
            items.end();
        }
        names.put(shelf, "fold_s", "fold_b");
        items.put(shelf, "fold_n", "fold_i");
        let paths = Texts::on(shelf, "path_s", "path_b");
        put_table(shelf, ("file_r", "file_e"), entries, |files| {
            sort_backwards(files, |file| fold(&paths.get(file as usize)));
        });
    }

    /// What each note says of itself.
    fn notes(&self, shelf: &mut Shelf) {
        let paths = Texts::on(shelf, "path_s", "path_b");
        let texts = TextsBuilder::default;
        let (mut titles, mut headings, mut alias_texts, mut aliases) = (texts(), texts(), texts(), ListsBuilder::<()>::default());
        let (mut flags, mut digests, mut snippets, mut problems) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut called, mut letters, mut tags) = (ListsBuilder::default(), ListsBuilder::default(), ListsBuilder::default());
        let (mut call_entries, mut keys) = (Vec::new(), Vec::new());
        let new_tags = self.records.iter().flat_map(|record| &record.tags).map(|(tag, _)| tag.as_bytes());
        let mut tag_texts = Interner::new(self.old().map(|old| &old.tag_texts), new_tags);
        for (number, origin) in self.notes.iter().enumerate() {
            let path = paths.get(number);
            let called_before = called.items.len();
            match (self.source(*origin), self.old()) {
                (Ok((record, file)), _) => {
                    titles.push(record.title.as_deref().unwrap_or_default());
                    headings.push(record.heading.as_deref().unwrap_or_default());
                    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
                    flags.push(
                        flag(record.title.is_some(), HAS_TITLE)
                            | flag(record.heading.is_some(), HAS_HEADING)
                            | flag(record.is_called_by_heading, IS_CALLED_BY_HEADING),
                    );
                    record.aliases.iter().for_each(|alias| alias_texts.push(alias));
                    aliases.items.extend(record.aliases.iter().map(|_| ()));
                    called.items.extend(called_as(file.path.stem(), record, self.settings).iter().map(|called| called.0));
                    letters.items.extend(letters_of_note(file.path.stem(), record));
                    let numbered =
                        |(tag, together): &'p (Box<str>, bool)| (tag_texts.new_text(tag.as_bytes()) << 1) | u32::from(*together);
                    tags.items.extend(record.tags.iter().map(numbered));
                    digests.push(record.digest);
                    snippets.push(record.snippets);
                    problems.push(record.problems);
                }
                (Err(old), Some(columns)) => {
                    titles.push_bytes(&columns.titles.bytes(old));
                    headings.push_bytes(&columns.headings.bytes(old));
                    flags.push(columns.flags.get(old));
                    for alias in columns.aliases.range(old) {
                        alias_texts.push_bytes(&columns.alias_texts.bytes(alias));
                        aliases.items.push(());
                    }
                    called.items.extend(columns.called.range(old).map(|at| columns.called_hashes.get(at)));
                    letters.items.extend(columns.letters.range(old).map(|at| columns.letter_sets.get(at)));
                    for at in columns.tags.range(old) {
                        let item = columns.tag_items.get(at);
                        tags.items.push(tag_texts.old(item >> 1) << 1 | item & 1);
                    }
                    digests.push(columns.digests.get(old));
                    snippets.push(columns.snippets.get(old));
                    problems.push(columns.problems.get(old));
                }
                (Err(_), None) => {}
            }
            call_entries.extend(called.items[called_before..].iter().map(|hash| (*hash, number as u32)));
            aliases.end();
            called.end();
            letters.end();
            tags.end();
            keys.push((note_key(&path, digests[number]) as u32, number as u32));
        }
        titles.put(shelf, "title_s", "title_b");
        headings.put(shelf, "head_s", "head_b");
        shelf.put_numbers("flags", flags);
        shelf.put_numbers("alias_n", aliases.into_starts());
        alias_texts.put(shelf, "alias_s", "alias_b");
        called.put(shelf, "call_n", "call_h");
        letters.put(shelf, "lett_n", "lett");
        tags.put(shelf, "tag_n", "tag_i");
        tag_texts.finish().0.put(shelf, "tag_s", "tag_b");
        shelf.put_numbers("digest", digests);
        shelf.put_numbers("models", snippets);
        shelf.put_numbers("wrongs", problems);
        put_table(shelf, ("call_r", "call_e"), call_entries, |_| ());
        put_table(shelf, ("key_r", "key_e"), keys, |_| ());
    }

    /// The links of each note and whom they mean.
    fn links(&self, shelf: &mut Shelf) {
        let mut draft = LinkDraft::of(self, shelf);
        let names = Names::on(shelf, self.settings);
        draft.resolve(self, &names);
        let paths = Texts::on(shelf, "path_s", "path_b");
        draft.number_wanted(self, &names, &paths, shelf);
        draft.follow_subpaths(self);
        shelf.put_numbers("link_m", draft.links.iter().map(|link| link.meaning));
        shelf.put_numbers("link_h", draft.links.iter().map(|link| link.how));
    }

    /// The hashes of every name that a file or note gets or loses with this moment.
    fn changed_names(&self) -> HashSet<u32> {
        let mut keys = HashSet::new();
        let mut file = |path: &str| {
            let folded = fold(path);
            keys.insert(key_hash(&name_key(&folded)));
            if let Some(folder) = Some(&folded).filter(|_| self.habits.folder_index).and_then(|path| is_folder_index(path)) {
                keys.insert(key_hash(&name_key(folder)));
            }
            let stem = without_md(last_part(path));
            filed_names(stem, self.settings).iter().for_each(|name| _ = keys.insert(key_hash(&name_key(&fold(name)))));
        };
        self.new_notes.iter().chain(self.new_attachments).for_each(|new| file(new.path.as_str()));
        let mut others: Vec<String> = Vec::new();
        for record in self.records {
            let said = record.aliases.iter().chain(&record.title).chain(&record.heading);
            others.extend(said.map(|name| name.to_string()));
        }
        if let Some(old) = self.old {
            let mut stays = vec![false; old.columns.paths.len()];
            self.notes.iter().chain(&self.attachments).for_each(|origin| {
                if let Origin::Old(number) = origin {
                    stays[*number as usize] = true;
                }
            });
            for gone in (0..stays.len()).filter(|number| !stays[*number]) {
                file(&old.columns.paths.get(gone));
                if gone < old.len() {
                    let columns = &old.columns;
                    others.extend(columns.aliases.range(gone).map(|alias| columns.alias_texts.get(alias).into_owned()));
                    others.extend([columns.titles.get(gone).into_owned(), columns.headings.get(gone).into_owned()]);
                }
            }
        }
        keys.extend(others.iter().map(|name| key_hash(&name_key(&fold(name.trim())))));
        keys
    }
}

/// Length and letters of everything that a note is called, as [`Vault::callings`] has it.
fn letters_of_note(stem: &str, record: &Record) -> Vec<u64> {
    let heading = record.heading.as_deref().filter(|_| record.is_called_by_heading);
    let name = record.title.as_deref().or(heading).unwrap_or(stem);
    let aliases = record.aliases.iter().map(|alias| &**alias);
    let stem = Some(stem).filter(|stem| *stem != name);
    std::iter::once(name).chain(stem).chain(aliases).map(letters_of).collect()
}

/// The hash of a name's key; never 0.
fn key_hash(key: &str) -> u32 {
    digest(key.as_bytes()) as u32 | 1
}

/// Links on their way to a meaning.
struct LinkDraft {
    links: Vec<DraftLink>,
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

struct DraftLink {
    target: u32,
    /// As [`pack`] has it; of a wanted concept the number of its draft.
    meaning: u32,
    how: u16,
    is_open: bool,
    /// Its number in the last moment, if it was there.
    old: u32,
}

/// What a target means wherever it stands.
struct Outcome {
    found: Found,
    is_local: bool,
}

impl LinkDraft {
    /// Takes the links over as they were written, those of the last moment with what they meant.
    fn of(parts: &Parts<'_>, shelf: &mut Shelf) -> LinkDraft {
        let old = parts.old();
        let all_new = || parts.records.iter().flat_map(|record| record.links.iter());
        let mut targets = Interner::new(old.map(|old| &old.target_texts), all_new().filter_map(|link| link.target));
        let new_relations = all_new().filter_map(|link| link.relation);
        let mut relation_texts = Interner::new(old.map(|old| &old.relation_texts), new_relations);
        let (mut links, mut starts, mut relations, mut nestings) = (Vec::new(), vec![0_u32], Vec::new(), Vec::new());
        let renumbered = Renumbered::of(parts);
        let old_links = old.map_or(Vec::new(), |old| old.links.starts());
        let old_targets = old.map_or(Vec::new(), |old| old.targets.to_vec());
        let old_relations = old.map_or(Vec::new(), |old| old.relations.to_vec());
        let old_meanings = old.map_or(Vec::new(), |old| old.meanings.to_vec());
        let old_hows = old.map_or(Vec::new(), |old| old.hows.to_vec());
        let mut old_nestings: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        for nesting in old.map_or(Vec::new(), |old| old.nestings.to_vec()).chunks_exact(3) {
            old_nestings.entry(nesting[0]).or_default().push((nesting[1], nesting[2]));
        }
        for (number, origin) in parts.notes.iter().enumerate() {
            let number = number as u32;
            match parts.source(*origin) {
                Ok((record, _)) => {
                    for link in record.links.iter() {
                        let external = Resolved::plain(Meaning::External, link.is_typed);
                        let target = link.target.map_or(NO_TARGET, |target| targets.new_text(target));
                        let is_open = target != NO_TARGET;
                        links.push(DraftLink {
                            target,
                            meaning: pack(external.meaning),
                            how: external.pack(),
                            is_open,
                            old: NONE,
                        });
                        relations.push(link.relation.map_or(0, |relation| relation_texts.new_text(relation) + 1));
                    }
                    nestings.extend(record.nestings.iter().flat_map(|nesting| [number, nesting.parent, nesting.child]));
                }
                Err(old_note) => {
                    let start = |note: usize| old_links.get(note).copied().unwrap_or(0) as usize;
                    for old in start(old_note)..start(old_note + 1) {
                        let at = |column: &[u32]| column.get(old).copied().unwrap_or(0);
                        let (target, relation) = (at(&old_targets), at(&old_relations));
                        let meaning = renumbered.meaning(at(&old_meanings));
                        links.push(DraftLink {
                            target: if target == NO_TARGET { NO_TARGET } else { targets.old(target) },
                            meaning: meaning.unwrap_or(0),
                            how: old_hows.get(old).copied().unwrap_or(0),
                            is_open: meaning.is_none() && target != NO_TARGET,
                            old: old as u32,
                        });
                        relations.push(if relation == 0 { 0 } else { relation_texts.old(relation - 1) + 1 });
                    }
                    let nested = old_nestings.get(&(old_note as u32)).into_iter().flatten();
                    nestings.extend(nested.flat_map(|(parent, child)| [number, *parent, *child]));
                }
            }
            starts.push(links.len() as u32);
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
        let has_subpath = (0..targets.len()).map(|target| Written::has_subpath(&targets.bytes(target))).collect();
        shelf.put_numbers("targ_k", target_keys.iter().copied());
        relation_texts.finish().0.put(shelf, "rela_s", "rela_b");
        shelf.put_numbers("link_n", starts.iter().copied());
        shelf.put_numbers("link_t", links.iter().map(|link| link.target));
        shelf.put_numbers("link_r", relations);
        shelf.put_numbers("nest", nestings);
        LinkDraft {
            links,
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
            for link in self.links.iter_mut().filter(|link| link.target != NO_TARGET) {
                link.is_open |= affected[link.target as usize];
            }
        }
        let mut is_needed = vec![false; self.targets.len()];
        self.links.iter().filter(|link| link.is_open).for_each(|link| is_needed[link.target as usize] = true);
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
            let mut open = links.filter(|at| self.links[*at].is_open && is_local(self.links[*at].target)).peekable();
            let folder = if open.peek().is_some() { parts.folder(note) } else { String::new() };
            let found = open.map(|at| {
                let resolver = Resolver::new(names, parts.habits, &folder);
                (at as u32, resolver.find(&Written::unpack(&self.targets.bytes(self.links[at].target as usize))))
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
                if !self.links[at as usize].is_open {
                    continue;
                }
                let decided = match local.next_if(|(link, _)| *link == at) {
                    Some((_, found)) => {
                        if let Found::Wanted(name) = &found {
                            self.local_names.insert(at, name.clone());
                        }
                        self.decide(found, parts)
                    }
                    None => decided[self.links[at as usize].target as usize].unwrap_or(Decided::LOST),
                };
                let link = &mut self.links[at as usize];
                let is_typed = Resolved::unpack(Meaning::External, link.how).is_typed;
                let meaning = if decided.is_itself { Meaning::Note(note as u32) } else { decided.meaning };
                let resolved = Resolved {
                    found_by: decided.by,
                    has_candidates: decided.has_candidates,
                    ..Resolved::plain(meaning, is_typed)
                };
                (link.meaning, link.how) = (pack(meaning), Resolved { is_wrong: decided.is_wrong, ..resolved }.pack());
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
        for (at, link) in self.links.iter().enumerate() {
            if let Meaning::Wanted(draft) = unpack(link.meaning)
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
        for link in &mut self.links {
            if let Meaning::Wanted(draft) = unpack(link.meaning) {
                link.meaning = pack(Meaning::Wanted(numbers[draft as usize]));
            }
        }
        keys.put(shelf, "wkey_s", "wkey_b");
        spellings.put(shelf, "want_s", "want_b");
        shelf.put_numbers("wlett", letters);
        shelf.put_numbers("want_l", first_links);
    }

    /// Whether the link that came first for a name in the last moment still does, and was not looked up again.
    fn is_first_as_before(&self, draft: u32, old: &Columns) -> bool {
        let first = &self.links[self.first_links[draft as usize] as usize];
        first.old != NONE && first.old == old.wanted_links.get(draft as usize) && !first.is_open
    }

    /// How the first link that wants a name spells it.
    fn spelling(&self, draft: u32, parts: &Parts<'_>, names: &Names, paths: &Texts) -> Option<String> {
        let first = self.first_links[draft as usize];
        let link = &self.links[first as usize];
        if let Some(name) = self.local_names.get(&first).or_else(|| self.target_names.get(&link.target)) {
            return Some(name.clone());
        }
        // It was not looked up for this moment, as it means what it meant; but another link came first then.
        let note = self.starts.partition_point(|start| *start <= first) - 1;
        let path = NotePath::new(&*paths.get(note));
        match Resolver::new(names, parts.habits, path.folder()).find(&Written::unpack(&self.targets.bytes(link.target as usize)))
        {
            Found::Wanted(name) => Some(name),
            _ => None,
        }
    }

    /// Looks up the headings and blocks of links to notes that changed, and of links that were looked up.
    fn follow_subpaths(&mut self, parts: &Parts<'_>) {
        let mut asked: Vec<(u32, u32)> = Vec::new();
        for (at, link) in self.links.iter_mut().enumerate() {
            if link.target == NO_TARGET || !self.has_subpath[link.target as usize] {
                continue;
            }
            match unpack(link.meaning) {
                Meaning::Note(note) if link.is_open || matches!(parts.notes[note as usize], Origin::New(_)) => {
                    asked.push((note, at as u32));
                }
                Meaning::Attachment(_) => {
                    let resolved = Resolved::unpack(Meaning::External, link.how);
                    link.how = Resolved { subpath: Subpath::Text, ..resolved }.pack();
                }
                _ => {}
            }
        }
        asked.sort_unstable();
        let by_note: Vec<&[(u32, u32)]> = asked.chunk_by(|a, b| a.0 == b.0).collect();
        let found = by_note.into_par_iter().flat_map_iter(|links| {
            let outline = parts.outline(links[0].0 as usize);
            let find = |(_, at): &(u32, u32)| {
                let bytes = self.targets.bytes(self.links[*at as usize].target as usize);
                let written = Written::unpack(&bytes);
                let path = written.subpath.as_deref().unwrap_or_default();
                (*at, subpath(path, written.is_markdown, &outline))
            };
            links.iter().map(find).collect::<Vec<_>>()
        });
        let found: Vec<(u32, Subpath)> = found.collect();
        for (at, subpath) in found {
            let link = &mut self.links[at as usize];
            let resolved = Resolved::unpack(Meaning::External, link.how);
            link.how = Resolved { subpath, is_wrong: subpath == Subpath::Missing, ..resolved }.pack();
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

    /// What a meaning of the last moment is in this one; none if whoever was meant is gone.
    fn meaning(&self, old: u32) -> Option<u32> {
        let meaning = match unpack(old) {
            Meaning::Note(number) => Meaning::Note(self.notes.get(number as usize).copied().filter(|it| *it != NONE)?),
            Meaning::Attachment(number) => {
                Meaning::Attachment(self.attachments.get(number as usize).copied().filter(|it| *it != NONE)?)
            }
            other => other,
        };
        Some(pack(meaning))
    }
}
