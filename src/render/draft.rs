//! A draft for people: the text of the note it would be, as it can be saved.

use super::paint::clean;
use crate::answer::Draft;
use std::io::{self, Write};

pub(super) fn draft(draft: &Draft, out: &mut dyn Write) -> io::Result<()> {
    draft.text.lines().try_for_each(|line| writeln!(out, "{}", clean(line)))
}
