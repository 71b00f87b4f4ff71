//! A vault as it would be if some of its links had never been written, in memory; nothing on disk is touched.

use super::Vault;
use super::renew::of_texts;
use crate::note::NotePath;
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Vault {
    /// This vault without the links from one note to another for which `is_hidden` holds: neither the link nor its words are
    /// left. Takes the memory of all notes' text.
    pub fn without(&self, is_hidden: &(dyn Fn(u32, u32) -> bool + Sync)) -> Vault {
        let concepts = self.link_columns();
        let text = |note: u32| {
            let reread = self.read(note);
            let mut bytes = reread.bytes.clone();
            let first = self.links(note).start;
            let mut spans: Vec<(usize, usize)> = Vec::new();
            for (number, link) in reread.note.links.iter().enumerate() {
                let target = concepts.concept(first + number).filter(|target| *target < self.len() as u32);
                if reread.is_as_kept && target.is_some_and(|target| is_hidden(note, target)) {
                    spans.push((link.place.span.start as usize, link.place.span.end as usize));
                }
            }
            // From the end, so that what is cut moves nothing that is still to be cut; one may stand in another.
            spans.sort_unstable();
            let mut end = usize::MAX;
            for (from, to) in spans.into_iter().rev() {
                if from < to && to <= end.min(bytes.len()) {
                    bytes.drain(from..to);
                    end = from;
                }
            }
            (self.path(note), bytes)
        };
        let mut texts: BTreeMap<NotePath, Vec<u8>> = (0..self.len() as u32).into_par_iter().map(text).collect();
        texts.extend((0..self.attachments() as u32).map(|number| (self.attachment(number), Vec::new())));
        of_texts(texts, self.habits, self.settings.clone())
    }
}
