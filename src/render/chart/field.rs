//! What a heat map draws: the field at as many places as there are to draw, and the ticks beside it.

use super::Axis;
use super::scale::{Scale, Tick};

/// A field over two axes.
pub(super) struct Field<'a> {
    x: &'a Axis<'a>,
    y: &'a Axis<'a>,
    values: &'a [f64],
    /// The range of its finite numbers; none where there are none.
    pub(super) scale: Option<Scale>,
}

impl<'a> Field<'a> {
    pub(super) fn new(x: &'a Axis<'a>, y: &'a Axis<'a>, values: &'a [f64]) -> Self {
        let cells = x.values.len().saturating_mul(y.values.len()).min(values.len());
        Self { x, y, values, scale: Scale::of(values[..cells].iter().copied()) }
    }

    /// How many columns and rows of numbers there are.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.x.values.len(), self.y.values.len())
    }

    /// The place of the field's value on its scale, in 0..=1, at the cell of a grid of `columns` by `rows`, counted from the
    /// lower left: the mean of all numbers in that cell. None in a gap.
    pub(super) fn at(&self, (column, columns): (usize, usize), (row, rows): (usize, usize)) -> Option<f64> {
        let (width, height) = self.size();
        let scale = self.scale?;
        let (mut sum, mut count) = (0.0, 0u32);
        for y in part(row, rows, height) {
            for x in part(column, columns, width) {
                if let Some(value) = self.values.get(y * width + x).filter(|value| value.is_finite()) {
                    (sum, count) = (sum + scale.place(*value), count + 1);
                }
            }
        }
        (count > 0).then(|| sum / f64::from(count))
    }
}

/// Which of `length` numbers fall in part `at` of `parts`: at least one.
fn part(at: usize, parts: usize, length: usize) -> std::ops::Range<usize> {
    let (from, to) = (at * length / parts, (at + 1) * length / parts);
    from..to.max(from + 1)
}

/// The ticks beside the cells of an axis, whose places are those of the cells' middles. None where the axis does not ascend.
pub(super) fn ticks(axis: &Axis<'_>, of: impl Fn(&Scale) -> Vec<Tick>) -> Vec<Tick> {
    let middles = axis.values;
    let is_ascending = middles.iter().all(|value| value.is_finite()) && middles.is_sorted_by(|a, b| a < b);
    let (Some(scale), true, Some(first), Some(last)) =
        (Scale::of(middles.iter().copied()), is_ascending, middles.first(), middles.last())
    else {
        return Vec::new();
    };
    // From the middle of the first cell to that of the last; each is a cell wide.
    let count = middles.len() as f64;
    let is_inside = |tick: &Tick| (scale.place(*first)..=scale.place(*last)).contains(&tick.place);
    of(&scale)
        .into_iter()
        .filter(is_inside)
        .map(|tick| {
            let place = tick.place;
            let after = middles.partition_point(|value| scale.place(*value) <= place);
            let cell = after.saturating_sub(1);
            let within = match (middles.get(cell), middles.get(after)) {
                (Some(from), Some(to)) if after > cell => {
                    let (from, to) = (scale.place(*from), scale.place(*to));
                    if to > from { (place - from) / (to - from) } else { 0.0 }
                }
                _ => 0.0,
            };
            Tick { place: (cell as f64 + within + 0.5) / count, ..tick }
        })
        .collect()
}
