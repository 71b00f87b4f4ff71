//! Fixed steps: maps, and rates with noise. No error is estimated; the step is chosen and said.

use super::chance::{normal, stream};
use super::engine::Machine;
use super::tape::Width;
use rand_chacha::ChaCha8Rng;

/// What a fixed step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The next value of each name is what its formula says.
    Map,
    /// Euler's step; with noise that of Maruyama (1955), which is right in the sense of Ito.
    Euler,
    /// Heun's step, which is right in the sense of Stratonovich where noise is multiplied.
    Heun,
}

/// The streams of noise of one run.
pub(crate) struct Noise {
    streams: Vec<Vec<ChaCha8Rng>>,
}

impl Noise {
    pub(crate) fn new(machine: &Machine<'_>, seed: u64) -> Noise {
        let compiled = &machine.model.compiled;
        let streams = compiled.noises.iter().enumerate().map(|(at, name)| match machine.model.width_of_noise(at) {
            Width::One => vec![stream(seed, name, "")],
            _ => machine.model.keys().iter().map(|key| stream(seed, name, key)).collect(),
        });
        Noise { streams: streams.collect() }
    }

    /// White noise over a step: of variance one over its length.
    fn draw(&mut self, machine: &mut Machine<'_>, step: f64) {
        let scale = 1.0 / step.sqrt();
        for (noise, streams) in self.streams.iter_mut().enumerate() {
            machine.set_noise(noise, &mut |at| scale * normal(&mut streams[at]));
        }
    }

    /// Noise has no value at a moment; outputs see none.
    pub(crate) fn hush(&self, machine: &mut Machine<'_>) {
        (0..self.streams.len()).for_each(|noise| machine.set_noise(noise, &mut |_| 0.0));
    }
}

/// One step of this length from this time; `scratch` is room that is used again from step to step.
pub(crate) fn step(
    machine: &mut Machine<'_>,
    rule: Rule,
    noise: &mut Noise,
    (time, length): (f64, f64),
    state: &mut [f64],
    scratch: &mut Vec<f64>,
) {
    let size = state.len();
    scratch.resize(3 * size, 0.0);
    let (rates, rest) = scratch.split_at_mut(size);
    if rule != Rule::Map {
        noise.draw(machine, length);
    }
    machine.rates(time, state, rates);
    match rule {
        Rule::Map => state.copy_from_slice(rates),
        Rule::Euler => state.iter_mut().zip(rates).for_each(|(x, rate)| *x += length * *rate),
        Rule::Heun => {
            let (ahead, rates_ahead) = rest.split_at_mut(size);
            for ((ahead, x), rate) in ahead.iter_mut().zip(&*state).zip(&*rates) {
                *ahead = x + length * rate;
            }
            machine.rates(time + length, ahead, rates_ahead);
            for ((x, first), second) in state.iter_mut().zip(&*rates).zip(&*rates_ahead) {
                *x += 0.5 * length * (first + second);
            }
        }
    }
}
