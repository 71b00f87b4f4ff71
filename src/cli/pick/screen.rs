//! The terminal while somebody types into it: what is drawn goes to the stream of talk, so that the answer has stdout for
//! itself. However it ends, the terminal is given back as it was.

use super::keys::{Key, key};
use crate::cli::USUAL_WIDTH;
use crate::render::PickScreen;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use std::io::{self, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The height of a terminal that does not say how high it is.
const USUAL_HEIGHT: u16 = 24;

/// How long to wait for a key before looking whether the process was told to end.
const A_WHILE: Duration = Duration::from_millis(200);

/// Whether the terminal is ours and has to be given back.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// Whether somebody asked for the end, other than by a key.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// The terminal, from when it is taken until it is dropped.
pub(super) struct Screen<'e> {
    err: &'e mut (dyn Write + Send),
    /// What is on it.
    rows: Vec<String>,
}

impl<'e> Screen<'e> {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none that can be typed into.
    pub(super) fn take(err: &'e mut (dyn Write + Send)) -> io::Result<Screen<'e>> {
        listen();
        let mut screen = Screen { err, rows: Vec::new() };
        screen.begin()?;
        Ok(screen)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.rows.clear();
        IS_OURS.store(true, Ordering::Relaxed);
        terminal::enable_raw_mode()?;
        let mut codes = Vec::new();
        queue!(codes, EnterAlternateScreen, EnableBracketedPaste, Clear(ClearType::All))?;
        self.write(&codes)
    }

    /// Writes the rows that changed.
    pub(super) fn draw(&mut self, screen: PickScreen) -> io::Result<()> {
        // All of it in one piece: nothing half drawn is seen.
        let mut codes = Vec::new();
        queue!(codes, BeginSynchronizedUpdate, Hide)?;
        if self.rows.len() != screen.rows.len() {
            self.rows.clear();
            queue!(codes, Clear(ClearType::All))?;
        }
        for (row, text) in screen.rows.iter().enumerate().filter(|(row, text)| self.rows.get(*row) != Some(text)) {
            // Cleared before it is written: behind the last column there is nothing left to clear from.
            queue!(codes, MoveTo(0, row as u16), Clear(ClearType::CurrentLine))?;
            codes.extend_from_slice(text.as_bytes());
        }
        let (column, row) = screen.cursor;
        queue!(codes, MoveTo(column, row), Show, EndSynchronizedUpdate)?;
        self.rows = screen.rows;
        self.write(&codes)
    }

    fn write(&mut self, codes: &[u8]) -> io::Result<()> {
        self.err.write_all(codes)?;
        self.err.flush()
    }

    /// Says that nothing of what is on it can be relied upon.
    pub(super) fn forget(&mut self) {
        self.rows.clear();
    }

    /// Waits for a key, and takes those that wait behind it along; letters that follow one another are one text.
    pub(super) fn keys(&mut self) -> io::Result<Vec<Key>> {
        while !event::poll(A_WHILE)? {
            if IS_ASKED.load(Ordering::Relaxed) {
                return Ok(vec![Key::Leave]);
            }
        }
        let mut keys: Vec<Key> = Vec::new();
        loop {
            match (key(event::read()?), keys.last_mut()) {
                (Some(Key::Text(more)), Some(Key::Text(text))) => text.push_str(&more),
                (Some(key), _) => keys.push(key),
                (None, _) => {}
            }
            if !event::poll(Duration::ZERO)? {
                return Ok(keys);
            }
        }
    }

    /// Whether a key waits, or comes within this time.
    pub(super) fn is_typed(&self, within: Duration) -> io::Result<bool> {
        Ok(IS_ASKED.load(Ordering::Relaxed) || event::poll(within)?)
    }

    /// Gives the terminal back for as long as `work` takes.
    pub(super) fn aside<T>(&mut self, work: impl FnOnce(&mut (dyn Write + Send)) -> T) -> io::Result<T> {
        give_back(self.err);
        let done = work(self.err);
        // What ends another program was not meant for this one.
        IS_ASKED.store(false, Ordering::Relaxed);
        self.begin()?;
        Ok(done)
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        give_back(self.err);
    }
}

/// The columns and rows of the terminal.
pub(super) fn size() -> (u16, u16) {
    let (width, height) = terminal::size().unwrap_or((0, 0));
    (if width == 0 { USUAL_WIDTH } else { width }, if height == 0 { USUAL_HEIGHT } else { height })
}

/// Makes the terminal what it was, once. What cannot be written to it leaves nothing to be done.
fn give_back(err: &mut dyn Write) {
    if IS_OURS.swap(false, Ordering::Relaxed) {
        let mut codes = Vec::new();
        let _ = queue!(codes, DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = err.write_all(&codes).and_then(|()| err.flush());
        let _ = terminal::disable_raw_mode();
    }
}

/// Sees to it that a panic is read on the terminal as it was, and that a request to end is heard.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |why| {
            give_back(&mut io::stderr());
            tell(why);
        }));
        // Ctrl-C is a key here; a signal comes from elsewhere, or while an editor has the terminal.
        let _ = ctrlc::set_handler(|| IS_ASKED.store(true, Ordering::Relaxed));
    });
}
