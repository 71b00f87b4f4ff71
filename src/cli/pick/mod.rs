//! `search --interactive`: type and see. Each key asks the vault, opened once; what is chosen is printed as `path:line`, or
//! opened in an editor.
//!
//! - `state`: how the search stands, and what a key makes of it; no terminal in it.
//! - `line`: the line that is typed.
//! - `keys`: what keys mean.
//! - `screen`: the terminal, taken and given back.
//! - `editor`: a note in an editor.
//!
//! What the screen looks like is for render to say; which concepts speak of something, for the answer.

mod editor;
mod keys;
mod line;
mod screen;
mod state;

use super::failure::Failure;
use super::search::SearchArguments;
use super::{ColorWhen, Common, Exit, World};
use crate::answer::{Hit, Search, note_text};
use crate::render::{clean, pick};
use crate::snapshot::{Freshness, Needs, Snapshot};
use screen::Screen;
use state::{Pick, Question, Step};
use std::io::Write;
use std::mem::{self, ManuallyDrop};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

/// Lets a person type and choose, and writes the place of what was chosen.
///
/// # Errors
/// When there is no terminal to type into, or the vault cannot be opened.
pub(super) fn run(
    search: &SearchArguments,
    root: &Path,
    common: &Common,
    world: &World,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> Result<Exit, Failure> {
    if common.json {
        return Err(Failure::nobody_types_json());
    }
    if !world.in_is_terminal || !world.err_is_terminal {
        return Err(Failure::no_terminal());
    }
    let freshness = if common.no_refresh { Freshness::AsKept } else { Freshness::Compare };
    let mut asking = Asking { search, root, common, world, snapshot: open(root, freshness, common, world, err)? };
    match asking.chosen(err)? {
        Some(place) => {
            place.write(world, out)?;
            Ok(Exit::Answered)
        }
        None => Ok(Exit::Nothing),
    }
}

/// So long a question is waited for, whatever is typed.
const NOT_LONG: Duration = Duration::from_millis(50);

/// So long until the answer is looked for again.
const A_MOMENT: Duration = Duration::from_micros(500);

/// A vault that is asked again and again.
struct Asking<'a> {
    search: &'a SearchArguments,
    root: &'a Path,
    common: &'a Common,
    world: &'a World,
    snapshot: ManuallyDrop<Snapshot>,
}

impl Asking<'_> {
    /// The place a person takes; none if they leave.
    fn chosen(&mut self, err: &mut (dyn Write + Send)) -> Result<Option<Place>, Failure> {
        let mut screen = Screen::take(err)?;
        let mut state = Pick::new(&self.search.typed(), screen::size(), self.search.opens());
        let color = match self.common.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => !self.world.no_color,
        };
        loop {
            self.answer(&mut state, &mut screen)?;
            let (width, height) = state.size();
            screen.draw(state.show(|view| pick(view, width, height, color)))?;
            for key in screen.keys()? {
                if !key.is_of_line() && key != keys::Key::Leave {
                    self.answer(&mut state, &mut screen)?;
                }
                if matches!(key, keys::Key::Size(..)) {
                    screen.forget();
                }
                match state.press(key) {
                    Step::Stay => {}
                    Step::Leave => return Ok(None),
                    Step::Take => match state.chosen().and_then(|hit| self.place(hit)) {
                        Some(place) => return Ok(Some(place)),
                        None => state.warn("the note is there no more".to_owned()),
                    },
                    Step::Open => {
                        self.edit(&mut state, &mut screen)?;
                        // What was typed before the editor came was not meant for what it left behind.
                        break;
                    }
                }
            }
        }
    }

    /// Asks what there is to ask, and reads what there is to show.
    fn answer(&mut self, state: &mut Pick, screen: &mut Screen<'_>) -> Result<(), Failure> {
        if let Some(question) = state.question() {
            let mut found = self.found(&question, screen)?;
            if found.is_some() && self.is_void() {
                screen.aside(|err| self.open_again(err))??;
                found = self.found(&question, screen)?;
            }
            match found {
                Some(found) => state.answered(question, found),
                None => return Ok(()),
            }
        }
        if let Some((path, line)) = state.missing_text() {
            let text = note_text(&self.snapshot, &path, line);
            state.read((path, line), text);
        }
        Ok(())
    }

    /// What a question finds. One that takes long, as it reads many notes, gives way to the next key: none then.
    fn found(&self, question: &Question, screen: &mut Screen<'_>) -> Result<Option<Result<Option<Search>, String>>, Failure> {
        if question.typed.trim().is_empty() {
            return Ok(Some(Ok(None)));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (search, snapshot): (&SearchArguments, &Snapshot) = (self.search, &self.snapshot);
        thread::scope(|scope| {
            let asked = {
                let stop = Arc::clone(&stop);
                scope.spawn(move || search.find(snapshot, &question.typed, question.limit, stop))
            };
            let begun = Instant::now();
            while !asked.is_finished() {
                if begun.elapsed() < NOT_LONG {
                    thread::sleep(A_MOMENT);
                    continue;
                }
                // A terminal that is gone is no reason to read on either.
                let is_typed = screen.is_typed(A_MOMENT);
                if !matches!(is_typed, Ok(false)) {
                    stop.store(true, Relaxed);
                    is_typed?;
                    break;
                }
            }
            let found = asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let is_stopped = stop.load(Relaxed);
            Ok((!is_stopped).then(|| found.map(Some).map_err(|failure| failure.in_a_line())))
        })
    }

    /// Whether what was just answered says nothing, and asking a newer moment helps.
    fn is_void(&self) -> bool {
        let is_overtaken = || !self.common.no_refresh && !self.snapshot.is_last() && self.snapshot.is_void();
        self.snapshot.is_damaged() || is_overtaken()
    }

    /// The vault as it is now.
    fn open_again(&mut self, err: &mut (dyn Write + Send)) -> Result<(), Failure> {
        let freshness = match (self.snapshot.is_damaged(), self.common.no_refresh) {
            (true, _) => Freshness::Rebuild,
            (false, true) => Freshness::AsKept,
            (false, false) => Freshness::Compare,
        };
        let world = World { now: super::now(), ..self.world.clone() };
        let last = mem::replace(&mut self.snapshot, open(self.root, freshness, self.common, &world, err)?);
        drop(ManuallyDrop::into_inner(last));
        Ok(())
    }

    /// Opens the chosen note in an editor, and looks at the vault again when that ends.
    fn edit(&mut self, state: &mut Pick, screen: &mut Screen<'_>) -> Result<(), Failure> {
        let Some(place) = state.chosen().and_then(|hit| self.place(hit)) else {
            state.warn("the note is there no more".to_owned());
            return Ok(());
        };
        let editor = self.world.editor.as_ref().map(|editor| editor.to_string_lossy());
        let edited = screen.aside(|err| {
            let edited = editor::open(editor.as_deref(), &place.file, place.line);
            self.open_again(err).map(|()| edited)
        })??;
        state.resize(screen::size());
        state.forget();
        self.answer(state, screen)?;
        if let Err(alarm) = edited {
            state.warn(alarm);
        }
        Ok(())
    }

    fn place(&self, hit: &Hit) -> Option<Place> {
        let vault = self.snapshot.vault();
        let file = vault.file_of(vault.find(hit.concept.note_path.as_ref()?.as_str())?)?;
        Some(Place { file, line: hit.line.unwrap_or(1) })
    }
}

fn open(
    root: &Path,
    freshness: Freshness,
    common: &Common,
    world: &World,
    err: &mut (dyn Write + Send),
) -> Result<ManuallyDrop<Snapshot>, Failure> {
    let needs = Needs { text: true, mentions: false, strict: common.strict };
    let (snapshot, notices) = super::open(root, needs, freshness, common, world, err)?;
    notices.iter().for_each(|notice| super::notice(notice, common, err));
    Ok(snapshot)
}

/// A line of a note on the disk.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    file: PathBuf,
    line: u32,
}

impl Place {
    /// The place as `path:line`. The path is one that the folder of the call can open: below that folder it is relative to it,
    /// elsewhere it is whole. A program gets its very bytes, a terminal none that command it.
    fn write(&self, world: &World, out: &mut dyn Write) -> Result<(), Failure> {
        let path = self.seen_from(&world.folder);
        if world.out_is_terminal {
            out.write_all(clean(&path.to_string_lossy()).as_bytes())?;
        } else {
            out.write_all(path.as_os_str().as_encoded_bytes())?;
        }
        Ok(writeln!(out, ":{}", self.line)?)
    }

    fn seen_from(&self, folder: &Path) -> PathBuf {
        match self.file.strip_prefix(folder) {
            // A name that begins so would be taken for a flag.
            Ok(path) if path.as_os_str().as_encoded_bytes().starts_with(b"-") => Path::new(".").join(path),
            Ok(path) => path.to_owned(),
            Err(_) => self.file.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, folder: &str, expected: &str) {
        let mut out = Vec::new();
        let world = World { folder: folder.into(), ..World::default() };
        Place { file: file.into(), line: 3 }.write(&world, &mut out).expect("a place");
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }

    #[test]
    fn a_place_can_be_opened_from_where_it_is_asked_for() {
        check("/v/sub/a b.md", "/v", "sub/a b.md:3\n");
        check("/v/sub/a.md", "/", "v/sub/a.md:3\n");
        check("/v/a.md", "/v/sub", "/v/a.md:3\n");
        check("/v/-a.md", "/v", "./-a.md:3\n");
    }

    #[test]
    fn a_terminal_gets_no_command() {
        let world = World { folder: "/v".into(), out_is_terminal: true, ..World::default() };
        let mut out = Vec::new();
        Place { file: "/v/a\u{1b}[2J.md".into(), line: 3 }.write(&world, &mut out).expect("a place");
        assert_eq!(out, b"a[2J.md:3\n");
    }
}
