//! What of a vault stands where on the shelf. The numbers of notes and attachments are those of the walk, each kind in
//! path order; the numbers of texts that many share are those of their first use.

use super::resolve::{Meaning, Resolved};
use crate::cellar::{Column, Lists, Shelf, Texts};

/// The columns of a vault.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// Counts and habits; see [`Meta`].
    pub meta: Column<u64>,
    /// Paths of notes, then of attachments.
    pub paths: Texts,
    /// The hash of the folded last part of each path.
    pub path_hashes: Column<u32>,
    /// The files that the disk spells otherwise than their path, ascending, and how.
    pub spelled: Column<u32>,
    pub spellings: Texts,
    /// The folders that hold files, in the order of their bytes, and the files of each by the bytes of their names on disk.
    pub folders: Texts,
    pub folder_files: Lists,
    pub folder_items: Column<u32>,
    /// Size, time of modification, time of change and inode of each note.
    pub stamps: Column<u64>,
    /// When the notes were looked at, in nanoseconds.
    pub look: Column<u64>,
    /// A digest of each note's bytes.
    pub digests: Column<u64>,
    /// What a text index knows each note by.
    pub keys: Column<u64>,
    /// What each note has of [`HAS_TITLE`] and its like.
    pub flags: Column<u8>,
    pub titles: Texts,
    pub headings: Texts,
    pub aliases: Lists,
    pub alias_texts: Texts,
    /// The other names of each note as hashes.
    pub called: Lists,
    pub called_hashes: Column<u32>,
    /// Length and letters of the names of each note, and of wanted names.
    pub letters: Lists,
    pub letter_sets: Column<u64>,
    pub wanted_letters: Column<u64>,
    /// The tags of each note: number of the text, and in the lowest bit whether it ran together with others.
    pub tags: Lists,
    pub tag_items: Column<u32>,
    pub tag_texts: Texts,
    /// The links of each note; of each link the number of what it names, whom it means, how, and its relation.
    pub links: Lists,
    pub targets: Column<u32>,
    pub meanings: Column<u32>,
    pub hows: Column<u16>,
    /// 0 for a plain link, else one more than the number of the relation's spelling.
    pub relations: Column<u32>,
    pub target_texts: Texts,
    /// The hash of what each target has to be called by; 0 where that is not one name.
    pub target_keys: Column<u32>,
    pub relation_texts: Texts,
    /// Note, link above and link below, one behind the other.
    pub nestings: Column<u32>,
    pub snippets: Column<u32>,
    /// How many problems each note has by itself.
    pub problems: Column<u32>,
    pub wanted_keys: Texts,
    pub wanted_names: Texts,
    /// The first link that wants each.
    pub wanted_links: Column<u32>,
    /// What could not be read, packed.
    pub unread: Texts,
    /// Notes by the key that a text index knows them by.
    pub key_rows: Column<u32>,
    pub key_items: Column<u32>,
}

pub(crate) const HAS_TITLE: u8 = 1;
pub(crate) const HAS_HEADING: u8 = 2;
pub(crate) const IS_CALLED_BY_HEADING: u8 = 4;

/// A link that leads out of the vault has no target text.
pub(crate) const NO_TARGET: u32 = u32::MAX;

/// The numbers of the column of counts and habits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meta {
    Notes,
    Attachments,
    LeftOutFolders,
    LeftOutLinks,
    LeftOutExcluded,
    Habits,
    /// A digest of the settings that shaped it.
    Settings,
    /// A digest of the version of the program that read it: another one may read a note in another way. Whoever changes how
    /// within a version raises [`crate::cellar::VERSION`].
    Program,
    /// How many there are of these.
    Count,
}

impl Columns {
    pub(crate) fn on(shelf: &Shelf) -> Columns {
        let texts = |starts, bytes| Texts::on(shelf, starts, bytes);
        let lists = |tag| Lists::on(shelf, tag);
        Columns {
            meta: shelf.column("meta"),
            paths: texts("path_s", "path_b"),
            path_hashes: shelf.column("path_h"),
            spelled: shelf.column("spell"),
            spellings: texts("spell_s", "spell_b"),
            folders: texts("fold_s", "fold_b"),
            folder_files: lists("fold_n"),
            folder_items: shelf.column("fold_i"),
            stamps: shelf.column("stamp"),
            look: shelf.column("look"),
            digests: shelf.column("digest"),
            keys: shelf.column("key"),
            flags: shelf.column("flags"),
            titles: texts("title_s", "title_b"),
            headings: texts("head_s", "head_b"),
            aliases: lists("alias_n"),
            alias_texts: texts("alias_s", "alias_b"),
            called: lists("call_n"),
            called_hashes: shelf.column("call_h"),
            letters: lists("lett_n"),
            letter_sets: shelf.column("lett"),
            wanted_letters: shelf.column("wlett"),
            tags: lists("tag_n"),
            tag_items: shelf.column("tag_i"),
            tag_texts: texts("tag_s", "tag_b"),
            links: lists("link_n"),
            targets: shelf.column("link_t"),
            meanings: shelf.column("link_m"),
            hows: shelf.column("link_h"),
            relations: shelf.column("link_r"),
            target_texts: texts("targ_s", "targ_b"),
            target_keys: shelf.column("targ_k"),
            relation_texts: texts("rela_s", "rela_b"),
            nestings: shelf.column("nest"),
            snippets: shelf.column("models"),
            problems: shelf.column("wrongs"),
            wanted_keys: texts("wkey_s", "wkey_b"),
            wanted_names: texts("want_s", "want_b"),
            wanted_links: shelf.column("want_l"),
            unread: texts("unrd_s", "unrd_b"),
            key_rows: shelf.column("key_r"),
            key_items: shelf.column("key_e"),
        }
    }

    pub(crate) fn meta(&self, what: Meta) -> u64 {
        self.meta.get(what as usize)
    }

    /// The meaning of a link by its number among all links.
    pub(crate) fn resolved(&self, link: usize) -> Resolved {
        Resolved::unpack(unpack(self.meanings.get(link)), self.hows.get(link))
    }
}

const KIND: u32 = 0b11 << 30;
const ATTACHMENT: u32 = 0b01 << 30;
const WANTED: u32 = 0b10 << 30;
const EXTERNAL: u32 = u32::MAX;
const OUTSIDE: u32 = u32::MAX - 1;
const AMBIGUOUS: u32 = u32::MAX - 2;

/// A meaning as a number: its kind in the two highest bits.
pub(crate) fn pack(meaning: Meaning) -> u32 {
    match meaning {
        Meaning::Note(number) => number & !KIND,
        Meaning::Attachment(number) => ATTACHMENT | number & !KIND,
        Meaning::Wanted(number) => WANTED | number & !KIND,
        Meaning::External => EXTERNAL,
        Meaning::Outside => OUTSIDE,
        Meaning::Ambiguous => AMBIGUOUS,
    }
}

/// The meaning that [`pack`] made a number of.
pub(crate) fn unpack(number: u32) -> Meaning {
    match (number & KIND, number) {
        (0, number) => Meaning::Note(number),
        (ATTACHMENT, number) => Meaning::Attachment(number & !KIND),
        (WANTED, number) => Meaning::Wanted(number & !KIND),
        (_, OUTSIDE) => Meaning::Outside,
        (_, AMBIGUOUS) => Meaning::Ambiguous,
        _ => Meaning::External,
    }
}
