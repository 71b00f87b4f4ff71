//! What a series says in one number.

/// A measure of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The last value.
    Final,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean over time, by the trapezoid rule.
    Mean,
    /// The mean distance of upward crossings of the middle between least and greatest, in the later half; no number where
    /// there are fewer than three.
    Period,
    /// The time after which all values stay within 2 % of the whole range around the last one; no number where the series
    /// still moves at its end.
    SettlingTime,
}

/// What was seen of a name on the way: at every step of a solver, before and behind events, and at the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The least value; not a number where one was none.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The area below it, by the trapezoid rule.
    area: f64,
    first: f64,
    last: Option<(f64, f64)>,
}

impl Default for Observed {
    fn default() -> Observed {
        Observed { min: f64::INFINITY, max: f64::NEG_INFINITY, area: 0.0, first: 0.0, last: None }
    }
}

impl Observed {
    /// Sees a value; times do not fall.
    pub(crate) fn see(&mut self, time: f64, value: f64) {
        if value.is_nan() || self.min.is_nan() {
            (self.min, self.max) = (f64::NAN, f64::NAN);
        } else {
            self.min = self.min.min(value);
            self.max = self.max.max(value);
        }
        match self.last {
            Some((before, last)) => self.area += (time - before) * (last + value) / 2.0,
            None => self.first = time,
        }
        self.last = Some((time, value));
    }

    /// The mean over time.
    pub fn mean(&self) -> f64 {
        match self.last {
            Some((time, _)) if time > self.first => self.area / (time - self.first),
            Some((_, value)) => value,
            None => f64::NAN,
        }
    }
}

/// A later half that moves by less than this part of the whole range has come to rest; what it does then is rounding.
const AT_REST: f64 = 1e-3;

/// The part of the range within which a series has settled: the usual 2 % of control engineering.
const SETTLED: f64 = 0.02;

impl Measure {
    /// All, in the order they are shown.
    pub const ALL: [Measure; 6] =
        [Measure::Final, Measure::Min, Measure::Max, Measure::Mean, Measure::Period, Measure::SettlingTime];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Final => "final",
            Measure::Min => "min",
            Measure::Max => "max",
            Measure::Mean => "mean",
            Measure::Period => "period",
            Measure::SettlingTime => "settling",
        }
    }

    /// The measure of a name.
    pub fn named(name: &str) -> Option<Measure> {
        Measure::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// Its value for a series of which more was seen than its rows.
    pub fn of_observed(self, times: &[f64], values: &[f64], observed: &Observed) -> f64 {
        match self {
            Measure::Min => observed.min,
            Measure::Max => observed.max,
            Measure::Mean => observed.mean(),
            _ => self.of(times, values),
        }
    }

    /// Its value for a series; `times` rise. Not a number where there is none, or where a value is none.
    pub fn of(self, times: &[f64], values: &[f64]) -> f64 {
        let Some(last) = values.last().copied() else { return f64::NAN };
        if values.iter().any(|value| value.is_nan()) && self != Measure::Final {
            return f64::NAN;
        }
        let fold = |function: fn(f64, f64) -> f64| values.iter().copied().fold(f64::NAN, function);
        match self {
            Measure::Final => last,
            Measure::Min => fold(f64::min),
            Measure::Max => fold(f64::max),
            Measure::Mean => mean(times, values),
            Measure::Period => period(times, values),
            Measure::SettlingTime => {
                let range = fold(f64::max) - fold(f64::min);
                if !range.is_finite() {
                    return f64::NAN;
                }
                let moved = values.iter().rposition(|value| (value - last).abs() > SETTLED * range);
                match moved {
                    None => times.first().copied().unwrap_or(f64::NAN),
                    // It has to stay for a while, a twentieth of the whole, to have settled.
                    Some(at) if at + 1 + (values.len() / 20).max(1) >= values.len() => f64::NAN,
                    Some(at) => times[at + 1],
                }
            }
        }
    }
}

fn mean(times: &[f64], values: &[f64]) -> f64 {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return f64::NAN };
    if last <= first {
        return values[0];
    }
    let area: f64 = times.windows(2).zip(values.windows(2)).map(|(t, y)| (t[1] - t[0]) * (y[0] + y[1]) / 2.0).sum();
    area / (last - first)
}

fn period(times: &[f64], values: &[f64]) -> f64 {
    let range = |values: &[f64]| {
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - values.iter().copied().fold(f64::INFINITY, f64::min)
    };
    let half = values.len() / 2;
    let whole = range(values);
    let (times, values) = (&times[half..], &values[half..]);
    if range(values) <= AT_REST * whole {
        return f64::NAN;
    }
    let least = values.iter().copied().fold(f64::NAN, f64::min);
    let greatest = values.iter().copied().fold(f64::NAN, f64::max);
    let middle = (least + greatest) / 2.0;
    // What only trembles by rounding does not swing.
    if greatest - least <= 1e-6 * greatest.abs().max(least.abs()) {
        return f64::NAN;
    }
    let crossings: Vec<f64> = times
        .windows(2)
        .zip(values.windows(2))
        .filter(|(_, y)| y[0] < middle && y[1] >= middle)
        .map(|(t, y)| t[0] + (t[1] - t[0]) * (middle - y[0]) / (y[1] - y[0]))
        .collect();
    match crossings[..] {
        [first, .., last] if crossings.len() >= 3 => (last - first) / (crossings.len() - 1) as f64,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(function: fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let times: Vec<f64> = (0..=2000).map(|at| f64::from(at) * 0.01).collect();
        let values = times.iter().map(|time| function(*time)).collect();
        (times, values)
    }

    #[test]
    fn a_swing_has_its_period_and_a_decay_its_settling_time() {
        let (times, swing) = series(|t| libm::sin(2.0 * t));
        let is = |measure: Measure, values: &[f64], wanted: f64, within: f64| {
            let value = measure.of(&times, values);
            assert!((value - wanted).abs() <= within || (value.is_nan() && wanted.is_nan()), "{measure:?} {value} {wanted}");
        };
        is(Measure::Period, &swing, std::f64::consts::PI, 1e-4);
        is(Measure::Max, &swing, 1.0, 1e-4);
        is(Measure::Min, &swing, -1.0, 1e-4);
        is(Measure::SettlingTime, &swing, f64::NAN, 0.0);
        let (_, decay) = series(|t| libm::exp(-t));
        // exp(-t) = 0.02
        is(Measure::SettlingTime, &decay, 50_f64.ln(), 0.02);
        is(Measure::Period, &decay, f64::NAN, 0.0);
        is(Measure::Mean, &decay, (1.0 - libm::exp(-20.0)) / 20.0, 1e-5);
        is(Measure::Final, &decay, libm::exp(-20.0), 1e-12);
    }

    #[test]
    fn measures_have_the_names_they_are_asked_by() {
        for measure in Measure::ALL {
            assert_eq!(Measure::named(measure.name()), Some(measure));
        }
        assert!(Measure::ALL.iter().all(|measure| measure.of(&[], &[]).is_nan()));
    }
}
