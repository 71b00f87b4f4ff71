//! Where a text speaks of something by name without linking to it.

use super::words::{Forms, words};
use crate::note::Prose;
use std::ops::Range;

/// The first place in the writer's own words where one of `names` stands as whole words, longer names first, plural and
/// other endings aside. Headings do not count: they say what a section is about, not how two things hang together.
pub fn mention(prose: &Prose, names: &[&str]) -> Option<Range<usize>> {
    let mut forms = Forms::new();
    let mut stems_of = |text: &str| -> Vec<(Range<usize>, Box<str>)> {
        words(text).map(|word| (word.range.clone(), forms.of(&text[word.range]).stem.clone())).collect()
    };
    let mut wanted: Vec<Vec<Box<str>>> =
        names.iter().map(|name| stems_of(name).into_iter().map(|(_, stem)| stem).collect()).collect();
    wanted.retain(|name| !name.is_empty());
    wanted.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let blocks: Vec<_> = prose.blocks().filter(|(_, is_heading)| !is_heading).map(|(block, _)| block).collect();
    let texts: Vec<_> = blocks.into_iter().map(|block| (block.start, stems_of(&prose.text()[block]))).collect();
    wanted.iter().find_map(|name| {
        texts.iter().find_map(|(start, stems)| {
            let is_here = |window: &&[(Range<usize>, Box<str>)]| {
                window.iter().zip(name).all(|((_, stem), wanted)| stem == wanted) && prose.is_written(start + window[0].0.start)
            };
            let window = stems.windows(name.len()).find(is_here)?;
            Some(start + window[0].0.start..start + window[name.len() - 1].0.end)
        })
    })
}
