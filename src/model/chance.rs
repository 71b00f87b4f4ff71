//! Chance that is the same every time: each thing that is drawn for has a stream of its own, named by the seed, by what is
//! drawn and by the note, so that a new note or another order of work shifts no other stream.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The stream of a name, for a note if there is one.
pub(crate) fn stream(seed: u64, name: &str, note: &str) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&crate::cellar::digest(name.as_bytes()).to_le_bytes());
    key[16..24].copy_from_slice(&crate::cellar::digest(note.as_bytes()).to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// A number drawn evenly from 0 up to but not including 1.
pub(crate) fn evenly(stream: &mut ChaCha8Rng) -> f64 {
    // The 53 bits that a number holds.
    (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number drawn from the normal distribution of mean 0 and variance 1 (Box and Muller 1958).
pub(crate) fn normal(stream: &mut ChaCha8Rng) -> f64 {
    // One minus it, so that there is no logarithm of 0.
    let radius = (-2.0 * libm::log(1.0 - evenly(stream))).sqrt();
    radius * libm::cos(2.0 * std::f64::consts::PI * evenly(stream))
}
