//! A vault of any size to measure with: the same bytes on every machine.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes notes of some 4 KB with eight links each, some to nobody. The same bytes on every machine.
pub(crate) fn make(folder: &Path, notes: usize) -> PathBuf {
    let mut state = 1_u64;
    let mut below = |most: usize| {
        // Knuth's MMIX generator; the high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    for number in 0..notes {
        let mut text = format!(
            "---\ntitle: concept {number}\ntags: [area/topic{}]\naliases: [C{number}]\n---\n\n# Concept {number}\n\n",
            number % 40
        );
        for section in 0..8 {
            text.push_str(&format!("## Section {section}\n\n"));
            for word in 0..70 {
                text.push_str(&format!("word{} ", below(20_000) + word));
            }
            text.push_str(&format!("speaks of [[concept {}]]. #tag{}\n\n", below(notes * 8 / 7), below(200)));
        }
        let path = folder.join(format!("folder{}/concept {number}.md", number % (notes / 150 + 1)));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a note");
    }
    folder.to_owned()
}
