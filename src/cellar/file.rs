//! A shelf as a file: a head that says what stands where, and blocks, each with its checksum in the head.
//!
//! ```text
//! "resonote"  version  block size  head length  number of sections  file length  checksum of the head from here on
//! tag, beginning and length of each section
//! checksum of each block
//! … blocks
//! ```
//!
//! A file is written beside its place, synced, and moved there by whoever asked for it, so that what is in place is whole.

use super::{Backing, Section, Shelf, digest};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The version of the file's shape and of what stands on the shelf. A file of another one is not read.
pub const VERSION: u32 = 4;

const MAGIC: &[u8; 8] = b"resonote";

/// What is read and checked at a time, in bytes. Most questions look at a few hundred places far from each other, so that
/// larger blocks cost what is read in vain; smaller ones cost calls.
const BLOCK: usize = 4 << 10;

/// So many blocks are written at a time.
const WRITTEN: usize = 256;

/// Who goes through a whole column reads so many blocks at a time.
const RUN: usize = 16;

/// Sections begin at a multiple of so many bytes, so that no number lies in two blocks.
const ALIGNED: usize = 8;

/// The bytes of the head that are there whatever it says.
const FIXED: usize = 48;

/// The bytes of the head for a section.
const ROW: usize = 24;

/// The longest tag.
const TAG: usize = 8;

/// Why a file is not taken for a shelf.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("it is not there")]
    Missing,
    /// The system does not let it be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// It is something else, or was cut short or changed.
    #[error("it is damaged")]
    Damaged,
    /// Another version of this program wrote it.
    #[error("it is of format {found}, not {VERSION}")]
    OtherVersion {
        /// The version that it says.
        found: u32,
    },
}

impl Shelf {
    /// Writes everything on the shelf to a file, whole and synced, over what was there.
    ///
    /// # Errors
    /// When the file cannot be written; what is there then is no shelf, or only a part.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let spans: Vec<usize> = self.sections.iter().map(|(_, section)| section.len().next_multiple_of(ALIGNED)).collect();
        let blocks = spans.iter().sum::<usize>().div_ceil(BLOCK);
        let head_length = FIXED + ROW * self.sections.len() + 8 * blocks;
        let first = head_length;
        let mut writer = BlockWriter {
            file: File::create(path)?,
            open: Vec::with_capacity(BLOCK * WRITTEN),
            sums: Vec::with_capacity(blocks),
        };
        writer.file.seek(SeekFrom::Start(first as u64))?;
        let mut table = Vec::with_capacity(head_length);
        let mut at = first;
        for ((tag, section), span) in self.sections.iter().zip(spans) {
            let mut name = [0; TAG];
            name.iter_mut().zip(tag.bytes()).for_each(|(place, byte)| *place = byte);
            table.extend(name);
            table.extend((at as u64).to_le_bytes());
            table.extend((section.len() as u64).to_le_bytes());
            writer.write(&section.bytes(0..section.len()))?;
            writer.write(&[0; ALIGNED][..span - section.len()])?;
            at += span;
        }
        let (mut file, sums) = writer.finish()?;
        sums.iter().for_each(|sum| table.extend(sum.to_le_bytes()));
        let mut head = Vec::with_capacity(head_length);
        head.extend(MAGIC);
        head.extend(VERSION.to_le_bytes());
        head.extend((BLOCK as u32).to_le_bytes());
        head.extend((head_length as u64).to_le_bytes());
        head.extend((self.sections.len() as u64).to_le_bytes());
        head.extend(((first + blocks * BLOCK) as u64).to_le_bytes());
        head.extend(head_sum(&head, &table).to_le_bytes());
        head.extend(table);
        file.rewind()?;
        file.write_all(&head)?;
        file.sync_data()
    }

    /// Opens a file that [`Shelf::write`] wrote. Reads its head; the rest is read when it is asked for.
    ///
    /// # Errors
    /// When it is not there, cannot be read, is damaged as far as the head tells, or is of another version.
    pub fn open(path: &Path) -> Result<Shelf, OpenError> {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenError::Missing,
            _ => OpenError::Unreadable(error),
        })?;
        let length = file.metadata().map_err(OpenError::Unreadable)?.len();
        let mut fixed = [0; FIXED];
        read_at(&file, &mut fixed, 0)?;
        let long =
            |bytes: &[u8], at: usize| bytes.get(at..at + 8).and_then(|it| it.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (version, block) = (long(&fixed, 8) as u32, (long(&fixed, 8) >> 32) as u32);
        if &fixed[..8] != MAGIC {
            return Err(OpenError::Damaged);
        }
        if version != VERSION {
            return Err(OpenError::OtherVersion { found: version });
        }
        let (head_length, count) = (long(&fixed, 16), long(&fixed, 24));
        let is_sound = block as usize == BLOCK
            && long(&fixed, 32) == length
            && (FIXED as u64..=length).contains(&head_length)
            && count.checked_mul(ROW as u64).is_some_and(|rows| rows <= head_length - FIXED as u64);
        if !is_sound {
            return Err(OpenError::Damaged);
        }
        let mut table = vec![0; head_length as usize - FIXED];
        read_at(&file, &mut table, FIXED as u64)?;
        if head_sum(&fixed[..FIXED - 8], &table) != long(&fixed, FIXED - 8) {
            return Err(OpenError::Damaged);
        }
        let (rows, sums) = table.split_at(count as usize * ROW);
        let first = head_length;
        let sums: Vec<u64> = sums.chunks_exact(8).map(|sum| long(sum, 0)).collect();
        let blocks = std::iter::repeat_with(OnceLock::new).take(sums.len()).collect();
        let pages = Arc::new(Pages { file, first, sums, blocks, is_damaged: AtomicBool::new(false) });
        let section = |row: &[u8]| {
            let tag = String::from_utf8_lossy(&row[..TAG]).trim_end_matches('\0').into();
            let backing = Backing::Kept { pages: Arc::clone(&pages), start: long(row, 8), length: long(row, 16) as usize };
            (tag, Section(backing))
        };
        Ok(Shelf { sections: rows.chunks_exact(ROW).map(section).collect(), pages: Some(pages) })
    }
}

/// Writes bytes in blocks, the last one filled up with zeros, and adds up each.
struct BlockWriter {
    file: File,
    open: Vec<u8>,
    sums: Vec<u64>,
}

impl BlockWriter {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (here, rest) = bytes.split_at(bytes.len().min(BLOCK * WRITTEN - self.open.len()));
            self.open.extend_from_slice(here);
            bytes = rest;
            if self.open.len() == BLOCK * WRITTEN {
                self.end_blocks()?;
            }
        }
        Ok(())
    }

    fn end_blocks(&mut self) -> io::Result<()> {
        self.sums.extend(self.open.chunks(BLOCK).map(digest));
        self.file.write_all(&self.open)?;
        self.open.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<(File, Vec<u64>)> {
        self.open.resize(self.open.len().next_multiple_of(BLOCK), 0);
        self.end_blocks()?;
        Ok((self.file, self.sums))
    }
}

fn head_sum(fixed: &[u8], table: &[u8]) -> u64 {
    digest(&[&digest(fixed).to_le_bytes()[..], &digest(table).to_le_bytes()].concat())
}

/// The blocks of a file, each read when it is first asked for.
#[derive(Debug)]
pub(super) struct Pages {
    file: File,
    /// Where the first block begins.
    first: u64,
    sums: Vec<u64>,
    blocks: Vec<OnceLock<Box<[u8]>>>,
    is_damaged: AtomicBool,
}

impl Pages {
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// The bytes from a place of the file on, which lie in one section.
    pub(super) fn bytes(&self, start: u64, length: usize) -> Cow<'_, [u8]> {
        let offset = (start - self.first) as usize;
        let (mut block, mut within) = (offset / BLOCK, offset % BLOCK);
        if within + length <= BLOCK {
            return Cow::Borrowed(self.block(block).get(within..within + length).unwrap_or_default());
        }
        let mut bytes = Vec::with_capacity(length);
        // Who takes so much takes the whole column, and nothing of it need be held twice.
        if length > BLOCK * RUN {
            self.scan(start, length, &mut |piece| bytes.extend_from_slice(piece));
            return Cow::Owned(bytes);
        }
        while bytes.len() < length {
            let here = self.block(block).get(within..).unwrap_or_default();
            if here.is_empty() {
                break;
            }
            bytes.extend_from_slice(&here[..here.len().min(length - bytes.len())]);
            (block, within) = (block + 1, 0);
        }
        Cow::Owned(bytes)
    }

    /// Shows the bytes from a place of the file on, which lie in one section, piece by piece, and keeps none of them: who
    /// goes through a whole column does not come back.
    pub(super) fn scan(&self, start: u64, length: usize, see: &mut dyn FnMut(&[u8])) {
        let mut buffer = vec![0; BLOCK * RUN];
        let (mut at, end) = ((start - self.first) as usize, (start - self.first) as usize + length);
        while at < end {
            let (number, within) = (at / BLOCK, at % BLOCK);
            let last = (end - 1) / BLOCK;
            let run = &mut buffer[..(last + 1 - number).min(RUN) * BLOCK];
            self.read(number, run);
            let here = (run.len() - within).min(end - at);
            see(&run[within..within + here]);
            at += here;
        }
    }

    fn block(&self, number: usize) -> &[u8] {
        let Some(block) = self.blocks.get(number) else {
            self.is_damaged.store(true, Ordering::Relaxed);
            return &[];
        };
        block.get_or_init(|| {
            let mut bytes = vec![0; BLOCK];
            self.read(number, &mut bytes);
            bytes.into()
        })
    }

    /// Reads blocks that follow one another; zeros where they are not what was written.
    fn read(&self, first: usize, blocks: &mut [u8]) {
        let read = read_at(&self.file, blocks, self.first + (first * BLOCK) as u64);
        for (at, block) in blocks.chunks_exact_mut(BLOCK).enumerate() {
            if read.is_err() || self.sums.get(first + at) != Some(&digest(block)) {
                self.is_damaged.store(true, Ordering::Relaxed);
                block.fill(0);
            }
        }
    }
}

/// Fills a buffer from a place of the file on, whoever else reads it.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> Result<(), OpenError> {
    let mut done = 0;
    while done < buffer.len() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, &mut buffer[done..], offset + done as u64);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[done..], offset + done as u64);
        match read {
            Ok(0) => return Err(OpenError::Damaged),
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(OpenError::Unreadable(error)),
        }
    }
    Ok(())
}
