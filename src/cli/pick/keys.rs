//! What a terminal says a person did, in our words: the one place that knows which key does what.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Typed a letter, or pasted a text.
    Text(String),
    Left,
    Right,
    Start,
    End,
    Backspace,
    Delete,
    CutBefore,
    CutBehind,
    CutWord,
    /// To the hit above, or below.
    Up,
    Down,
    /// Through the note, by a row or a page.
    RowUp,
    RowDown,
    PageUp,
    PageDown,
    /// Take the chosen hit.
    Take,
    /// Open it in an editor.
    Open,
    Leave,
    /// The terminal has another size: columns and rows.
    Size(u16, u16),
}

impl Key {
    /// Whether it changes the line that is typed and nothing else, so that it can be taken together with those behind it.
    pub(super) fn is_of_line(&self) -> bool {
        use Key::{Backspace, CutBefore, CutBehind, CutWord, Delete, End, Left, Right, Start, Text};
        matches!(self, Text(_) | Left | Right | Start | End | Backspace | Delete | CutBefore | CutBehind | CutWord)
    }
}

/// What an event says a person did; none for what means nothing here.
pub(super) fn key(event: Event) -> Option<Key> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(key),
        Event::Paste(text) => Some(Key::Text(text)),
        Event::Resize(width, height) => Some(Key::Size(width, height)),
        _ => None,
    }
}

fn pressed(KeyEvent { code, modifiers, .. }: KeyEvent) -> Option<Key> {
    let has = |modifier| modifiers.contains(modifier);
    // Alt and Ctrl together are how some keyboards write a sign.
    let is_ctrl = has(KeyModifiers::CONTROL) && !has(KeyModifiers::ALT);
    let is_alt = has(KeyModifiers::ALT) && !has(KeyModifiers::CONTROL);
    Some(match code {
        KeyCode::Char(c) if is_ctrl => match c.to_ascii_lowercase() {
            'a' => Key::Start,
            'b' => Key::Left,
            'c' | 'd' | 'g' => Key::Leave,
            'e' => Key::End,
            'f' => Key::Right,
            'h' => Key::Backspace,
            'j' | 'm' => Key::Take,
            'k' => Key::CutBehind,
            'n' => Key::Down,
            'o' => Key::Open,
            'p' => Key::Up,
            'u' => Key::CutBefore,
            'w' => Key::CutWord,
            _ => return None,
        },
        KeyCode::Char(_) if is_alt => return None,
        KeyCode::Char(c) => Key::Text(c.to_string()),
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Start,
        KeyCode::End => Key::End,
        KeyCode::Backspace if has(KeyModifiers::ALT) || has(KeyModifiers::CONTROL) => Key::CutWord,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up if has(KeyModifiers::SHIFT) => Key::RowUp,
        KeyCode::Down if has(KeyModifiers::SHIFT) => Key::RowDown,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Enter => Key::Take,
        KeyCode::Esc => Key::Leave,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: KeyCode, modifiers: KeyModifiers, expected: Option<Key>) {
        assert_eq!(key(Event::Key(KeyEvent::new(code, modifiers))), expected, "{code:?} with {modifiers:?}");
    }

    #[test]
    fn keys_mean_what_they_mean_elsewhere() {
        let (none, ctrl, alt) = (KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT);
        check(KeyCode::Char('鳴'), none, Some(Key::Text("鳴".into())));
        check(KeyCode::Char('A'), KeyModifiers::SHIFT, Some(Key::Text("A".into())));
        check(KeyCode::Char('@'), ctrl | alt, Some(Key::Text("@".into())));
        check(KeyCode::Char('c'), ctrl, Some(Key::Leave));
        check(KeyCode::Char('w'), ctrl, Some(Key::CutWord));
        check(KeyCode::Char('z'), ctrl, None);
        check(KeyCode::Char('x'), alt, None);
        check(KeyCode::Up, none, Some(Key::Up));
        check(KeyCode::Up, KeyModifiers::SHIFT, Some(Key::RowUp));
        check(KeyCode::F(1), none, None);
        let released = KeyEvent::new_with_kind(KeyCode::Enter, none, KeyEventKind::Release);
        assert_eq!(key(Event::Key(released)), None, "a key that is let go does nothing more");
        assert_eq!(key(Event::Paste("a\nb".into())), Some(Key::Text("a\nb".into())));
        assert_eq!(key(Event::FocusGained), None);
    }
}
