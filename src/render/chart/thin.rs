//! A million points to two thousand: what a picture can show, with every peak.

use super::{Axis, Series};

/// More points than a picture draws of one series.
pub(super) const MOST_POINTS: usize = 2_000;

/// Of each stretch of points: where it begins, its least, its greatest, and where it ends.
const OF_A_STRETCH: usize = 4;

/// The points of a series, at most [`MOST_POINTS`] of them, in their order: runs without a gap between the gaps.
///
/// Long series are cut into stretches of equal length, and of each the first, least, greatest and last point stay.
pub(super) fn runs(x: &Axis<'_>, series: &Series<'_>) -> Vec<Vec<(f64, f64)>> {
    let points: Vec<(f64, f64)> = x.values.iter().copied().zip(series.values.iter().copied()).collect();
    let length = if points.len() <= MOST_POINTS { 1 } else { points.len().div_ceil(MOST_POINTS / OF_A_STRETCH) };
    let is_finite = |point: &(f64, f64)| point.0.is_finite() && point.1.is_finite();
    let mut runs = vec![Vec::new()];
    for stretch in points.chunks(length) {
        // A gap inside a stretch is too narrow to be seen where it is: it is moved to the end of it.
        let begins = stretch.iter().position(is_finite).unwrap_or(0);
        let has_gap = !stretch[begins..].iter().all(is_finite);
        if !is_finite(&stretch[0]) {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            let there = || (0..stretch.len()).filter(|at| is_finite(&stretch[*at]));
            let by_height = |a: &usize, b: &usize| stretch[*a].1.total_cmp(&stretch[*b].1);
            let mut kept: Vec<usize> =
                [there().next(), there().min_by(by_height), there().max_by(by_height), there().next_back()]
                    .into_iter()
                    .flatten()
                    .collect();
            kept.sort_unstable();
            kept.dedup();
            run.extend(kept.into_iter().map(|at| stretch[at]));
        }
        if has_gap {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(values: &[f64]) -> Vec<Vec<(f64, f64)>> {
        let x: Vec<f64> = (0..values.len()).map(|at| at as f64).collect();
        runs(&Axis { label: "", values: &x }, &Series { name: "", values, is_points: false })
    }

    #[test]
    fn peaks_stay() {
        let mut values: Vec<f64> = (0..1_000_000).map(|at| f64::from(at % 7)).collect();
        (values[123_456], values[765_432]) = (50.0, -50.0);
        let runs = thinned(&values);
        assert_eq!(runs.len(), 1);
        assert!((1_000..=MOST_POINTS).contains(&runs[0].len()));
        assert!(runs[0].contains(&(123_456.0, 50.0)) && runs[0].contains(&(765_432.0, -50.0)));
        assert!(runs[0].is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn gaps_part_runs() {
        let nan = f64::NAN;
        assert_eq!(thinned(&[1.0, 2.0, nan, 3.0]), [vec![(0.0, 1.0), (1.0, 2.0)], vec![(3.0, 3.0)]]);
        assert_eq!(thinned(&[nan, nan]), Vec::<Vec<_>>::new());
        assert_eq!(thinned(&[]), Vec::<Vec<_>>::new());
        let half = [vec![1.0; 5_000], vec![nan; 100], vec![1.0; 5_000]].concat();
        assert_eq!(thinned(&half).len(), 2);
        let beads: Vec<f64> = (0..9_999).map(|at| if at % 2 == 0 { nan } else { 1.0 }).collect();
        assert!(thinned(&beads).iter().map(Vec::len).sum::<usize>() <= MOST_POINTS);
    }
}
