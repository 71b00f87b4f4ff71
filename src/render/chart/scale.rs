//! Numbers to places between 0 and 1, and the round numbers that are written beside an axis.

/// A range of numbers: finite, and wide enough to tell two places apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    min: f64,
    max: f64,
}

/// A number beside an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Where it stands, in 0..=1.
    pub(super) place: f64,
    /// The number as text.
    pub(super) label: String,
}

/// Numbers that differ by less, for their size, are drawn as one: a kept quantity is a flat line, not its rounding.
const SAME: f64 = 1e-9;

/// Below this, steps between ticks would be numbers that a computer no longer holds in full.
const LEAST: f64 = 1e-305;

impl Scale {
    /// From the least of the finite numbers to the greatest; none where no number is finite.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut range: Option<(f64, f64)> = None;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            let (min, max) = range.unwrap_or((value, value));
            range = Some((min.min(value), max.max(value)));
        }
        range.map(|(min, max)| Self::between(min, max))
    }

    /// A range of two finite numbers; one that is too narrow is widened on both sides.
    pub(super) fn between(min: f64, max: f64) -> Self {
        let size = min.abs().max(max.abs());
        let half = max / 2.0 - min / 2.0;
        if half > (size * SAME).max(LEAST) {
            return Self { min, max };
        }
        let room = if size > LEAST / SAME { size / 10.0 } else { 1.0 };
        Self { min, max }.widened(room)
    }

    /// The range with a little room on both sides, so that no curve runs along the frame. Zero at an end stays the end.
    pub(super) fn with_room(self) -> Self {
        let room = (self.max / 2.0 - self.min / 2.0) * 0.08;
        let wide = self.widened(room);
        Self { min: if self.min == 0.0 { 0.0 } else { wide.min }, max: if self.max == 0.0 { 0.0 } else { wide.max } }
    }

    fn widened(self, room: f64) -> Self {
        Self { min: (self.min - room).max(f64::MIN), max: (self.max + room).min(f64::MAX) }
    }

    /// Where a finite number stands: 0 at the least of the range, 1 at the greatest, never beyond.
    pub(super) fn place(&self, value: f64) -> f64 {
        // Halved, as the difference of the greatest numbers there are is none.
        let place = (value / 2.0 - self.min / 2.0) / (self.max / 2.0 - self.min / 2.0);
        place.clamp(0.0, 1.0)
    }

    /// Round numbers in the range, ascending: at most about `most`, in steps of 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self, most: usize) -> Vec<Tick> {
        let rough = (self.max / 2.0 - self.min / 2.0) / most.max(2) as f64 * 2.0;
        let (digit, power) = round_up(rough);
        let step = number(digit, power);
        let (first, last) = ((self.min / step).floor() as i64, (self.max / step).ceil() as i64);
        let steps: Vec<i64> =
            (first..=last).map(|at| at * digit).filter(|count| (self.min..=self.max).contains(&number(*count, power))).collect();
        let greatest = steps.iter().map(|count| number(*count, power).abs()).fold(0.0, f64::max);
        let is_plain = (1e-4..1e6).contains(&greatest) || greatest == 0.0;
        let label = |count: i64| match count {
            0 => "0".to_owned(),
            _ if is_plain => format!("{:.*}", (-power).max(0) as usize, number(count, power)),
            _ => scientific(count, power),
        };
        steps.iter().map(|count| Tick { place: self.place(number(*count, power)), label: label(*count) }).collect()
    }

    /// As many ticks as stand side by side in `room` with `gap` between them, each `width` wide.
    pub(super) fn ticks_in(&self, room: f64, gap: f64, width: impl Fn(&str) -> f64) -> Vec<Tick> {
        let most = (room / (gap + width("0")) + 1.0).clamp(2.0, 12.0) as usize;
        let fits = |ticks: &Vec<Tick>| {
            ticks.windows(2).all(|pair| {
                let apart = (pair[1].place - pair[0].place) * room;
                apart >= gap + (width(&pair[0].label) + width(&pair[1].label)) / 2.0
            })
        };
        (2..=most).rev().map(|most| self.ticks(most)).find(fits).unwrap_or_default()
    }
}

/// The least number of the form (1, 2 or 5) × 10^power that is no less than `rough`.
fn round_up(rough: f64) -> (i64, i32) {
    let power = rough.log10().floor() as i32;
    // A step that is smaller by its rounding alone will do.
    let digit = [1, 2, 5].into_iter().find(|digit| number(*digit, power) >= rough * (1.0 - SAME));
    digit.map_or((1, power + 1), |digit| (digit, power))
}

/// The number nearest to `count` × 10^`power`. By way of its text, as 3 × 0.1 is not 0.3.
fn number(count: i64, power: i32) -> f64 {
    format!("{count}e{power}").parse().unwrap_or(f64::NAN)
}

/// The number as `2.5e-7`.
fn scientific(count: i64, power: i32) -> String {
    let digits = count.abs().to_string();
    let power = power + digits.len() as i32 - 1;
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let (sign, point) = (if count < 0 { "-" } else { "" }, if rest.is_empty() { "" } else { "." });
    format!("{sign}{first}{point}{rest}e{power}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(min: f64, max: f64, most: usize, expected: &str) {
        let labels: Vec<String> = Scale::between(min, max).ticks(most).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels.join(" "), expected);
    }

    #[test]
    fn ticks_are_round() {
        check(0.0, 1.0, 5, "0 0.2 0.4 0.6 0.8 1.0");
        check(0.1, 0.35, 3, "0.1 0.2 0.3");
        check(-1.0, 1.0, 4, "-1.0 -0.5 0 0.5 1.0");
        check(0.0, 50.0, 5, "0 10 20 30 40 50");
        check(0.0, 1e6, 4, "0 5e5 1e6");
        check(0.0, 2.5e-7, 5, "0 5e-8 1e-7 1.5e-7 2e-7 2.5e-7");
        check(1e-300, 3e-300, 2, "1e-300 2e-300 3e-300");
        check(f64::MIN, f64::MAX, 4, "-1e308 0 1e308");
        check(5.0, 5.0, 4, "4.5 5.0 5.5");
        check(0.0, 0.0, 4, "-1.0 -0.5 0 0.5 1.0");
        check(1.0, 1.0 + 1e-12, 2, "0.9 1.0 1.1");
        check(f64::MAX, f64::MAX, 2, "1.7e308");
        check(5e-324, 5e-324, 2, "-1 0 1");
    }

    #[test]
    fn places_are_in_range() {
        let all = Scale::between(f64::MIN, f64::MAX);
        assert_eq!([f64::MIN, 0.0, f64::MAX].map(|value| all.place(value)), [0.0, 0.5, 1.0]);
        assert_eq!(Scale::of([f64::NAN, f64::INFINITY]), None);
        assert_eq!(Scale::of([2.0, f64::NAN, 4.0]), Some(Scale { min: 2.0, max: 4.0 }));
        assert_eq!(Scale::between(0.0, 2.0).with_room(), Scale { min: 0.0, max: 2.08 });
    }
}
