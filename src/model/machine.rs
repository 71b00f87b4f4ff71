//! Runs the steps of a tape: values, and how they change with what they depend on. It knows no names and no solver.
//!
//! One row of numbers holds every value; a step reads in front of where it writes, so that one walk does all.

use super::function::{One, Two};
use super::tape::{End, Net, Source, Step, Web};

/// Works out values.
pub(crate) fn run(steps: &[Step], row: &mut [f64], web: &Web) {
    for step in steps {
        match *step {
            Step::Plus { a, b, to } => row[to as usize] = row[a as usize] + row[b as usize],
            Step::Minus { a, b, to } => row[to as usize] = row[a as usize] - row[b as usize],
            Step::Times { a, b, to } => row[to as usize] = row[a as usize] * row[b as usize],
            Step::Of { function, a, to } => row[to as usize] = function.of(row[a as usize]),
            Step::OfTwo { function, a, b, to } => row[to as usize] = function.of(row[a as usize], row[b as usize]),
            Step::Choice { condition, yes, no, to, length } => {
                let (read, written) = row.split_at_mut(to as usize);
                for (at, out) in written[..length as usize].iter_mut().enumerate() {
                    *out = get(read, if get(read, condition, at) != 0.0 { yes } else { no }, at);
                }
            }
            Step::EachOf { function, a, to, length } => {
                let (read, written) = row.split_at_mut(to as usize);
                let (read, written) = (&read[a as usize..][..length as usize], &mut written[..length as usize]);
                match function {
                    One::Negative => each(read, written, |x| -x),
                    One::Sin => each(read, written, libm::sin),
                    One::Cos => each(read, written, libm::cos),
                    One::Tanh => each(read, written, libm::tanh),
                    function => each(read, written, |x| function.of(x)),
                }
            }
            Step::EachSineAndCosine { a, sine, cosine, length } => {
                let (a, sine, cosine) = (a as usize, sine as usize, cosine as usize);
                for at in 0..length as usize {
                    (row[sine + at], row[cosine + at]) = libm::sincos(row[a + at]);
                }
            }
            Step::Nothing => {}
            Step::EachOfTwo { function, a, b, to, length } => {
                let (read, written) = row.split_at_mut(to as usize);
                let written = &mut written[..length as usize];
                match function {
                    Two::Plus => pairs(read, a, b, written, |a, b| a + b),
                    Two::Minus => pairs(read, a, b, written, |a, b| a - b),
                    Two::Times => pairs(read, a, b, written, |a, b| a * b),
                    Two::Over => pairs(read, a, b, written, |a, b| a / b),
                    function => pairs(read, a, b, written, |a, b| function.of(a, b)),
                }
            }
            Step::At { .. } | Step::Sum { .. } | Step::Gathered { .. } | Step::Total { .. } => linear(step, row, web),
        }
    }
}

/// Works out values, and in a second row how much each changes where the leaves change as that row says.
pub(crate) fn run_changes(steps: &[Step], row: &mut [f64], changes: &mut [f64], web: &Web) {
    for step in steps {
        match *step {
            Step::Plus { a, b, to } => changes[to as usize] = changes[a as usize] + changes[b as usize],
            Step::Minus { a, b, to } => changes[to as usize] = changes[a as usize] - changes[b as usize],
            Step::Times { a, b, to } => {
                let (a, b) = (a as usize, b as usize);
                changes[to as usize] = changes[a] * row[b] + row[a] * changes[b];
            }
            // Their value is needed first.
            Step::Of { .. } | Step::OfTwo { .. } | Step::EachOf { .. } | Step::EachOfTwo { .. } => {}
            Step::EachSineAndCosine { .. } | Step::Nothing => {}
            Step::Choice { condition, yes, no, to, length } => {
                let (read, written) = changes.split_at_mut(to as usize);
                for (at, out) in written[..length as usize].iter_mut().enumerate() {
                    *out = get(read, if get(row, condition, at) != 0.0 { yes } else { no }, at);
                }
            }
            Step::At { .. } | Step::Sum { .. } | Step::Gathered { .. } | Step::Total { .. } => linear(step, changes, web),
        }
        run(std::slice::from_ref(step), row, web);
        match *step {
            Step::Of { function, a, to } => {
                let (a, to) = (a as usize, to as usize);
                changes[to] = if changes[a] == 0.0 { 0.0 } else { function.slope(row[a], row[to]) * changes[a] };
            }
            Step::OfTwo { function, a, b, to } => {
                let (a, b, to) = (a as usize, b as usize, to as usize);
                changes[to] = function.change((row[a], changes[a]), (row[b], changes[b]), row[to]);
            }
            Step::EachOf { function, a, to, length } => {
                for at in 0..length as usize {
                    let (a, to) = (a as usize + at, to as usize + at);
                    changes[to] = if changes[a] == 0.0 { 0.0 } else { function.slope(row[a], row[to]) * changes[a] };
                }
            }
            Step::EachSineAndCosine { a, sine, cosine, length } => {
                let (a, sine, cosine) = (a as usize, sine as usize, cosine as usize);
                for at in 0..length as usize {
                    changes[sine + at] = row[cosine + at] * changes[a + at];
                    changes[cosine + at] = -row[sine + at] * changes[a + at];
                }
            }
            Step::EachOfTwo { function, a, b, to, length } => {
                for at in 0..length as usize {
                    let to = to as usize + at;
                    changes[to] =
                        function.change((get(row, a, at), get(changes, a, at)), (get(row, b, at), get(changes, b, at)), row[to]);
                }
            }
            _ => {}
        }
    }
}

/// The steps that only move and add, which are the same for values and for changes.
fn linear(step: &Step, row: &mut [f64], web: &Web) {
    match *step {
        Step::At { net, end, a, to } => {
            let (read, written) = row.split_at_mut(to as usize);
            let read = &read[a as usize..][..web.notes];
            match net {
                Net::Links => web.links.iter().zip(written).for_each(|(link, out)| *out = read[pick(*link, end)]),
                Net::Pairs => {
                    for (from, written) in written.chunks_exact_mut(web.notes.max(1)).take(web.notes).enumerate() {
                        match end {
                            End::From => written.fill(read[from]),
                            End::To => written.copy_from_slice(read),
                        }
                    }
                }
            }
        }
        Step::Sum { net, end, a, to } => {
            let (read, written) = row.split_at_mut(to as usize);
            let sums = &mut written[..web.notes];
            sums.fill(0.0);
            match net {
                Net::Links => {
                    web.links.iter().enumerate().for_each(|(at, link)| sums[pick(*link, end)] += get(read, a, at));
                }
                Net::Pairs => {
                    for at in 0..web.notes * web.notes {
                        let pair = ((at / web.notes) as u32, (at % web.notes) as u32);
                        sums[pick(pair, end)] += get(read, a, at);
                    }
                }
            }
        }
        Step::Gathered { end, is_weighted, a, to } => {
            let (read, written) = row.split_at_mut(to as usize);
            let sums = &mut written[..web.notes];
            sums.fill(0.0);
            for (link, weight) in web.links.iter().zip(&web.weights) {
                let value = get(read, a, pick(*link, end.other()));
                sums[pick(*link, end)] += if is_weighted { weight * value } else { value };
            }
        }
        Step::Total { a, to } => {
            let start = a.start as usize;
            row[to as usize] = match a.is_wide {
                true => row[start..start + web.notes].iter().sum(),
                false => row[start] * web.notes as f64,
            };
        }
        _ => {}
    }
}

fn pick(link: (u32, u32), end: End) -> usize {
    match end {
        End::From => link.0 as usize,
        End::To => link.1 as usize,
    }
}

fn get(row: &[f64], source: Source, at: usize) -> f64 {
    row[source.start as usize + if source.is_wide { at } else { 0 }]
}

fn each(read: &[f64], written: &mut [f64], function: impl Fn(f64) -> f64) {
    read.iter().zip(written).for_each(|(x, out)| *out = function(*x));
}

fn pairs(read: &[f64], a: Source, b: Source, written: &mut [f64], function: impl Fn(f64, f64) -> f64) {
    let (left, right) = (&read[a.start as usize..], &read[b.start as usize..]);
    match (a.is_wide, b.is_wide) {
        (true, true) => left.iter().zip(right).zip(written).for_each(|((a, b), out)| *out = function(*a, *b)),
        (true, false) => left.iter().zip(written).for_each(|(a, out)| *out = function(*a, right[0])),
        (false, true) => right.iter().zip(written).for_each(|(b, out)| *out = function(left[0], *b)),
        (false, false) => written.fill(function(left[0], right[0])),
    }
}
