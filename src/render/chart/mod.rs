//! Pictures of numbers: lines and marks over one axis, or a field over two, in a terminal, as SVG and as PNG.
//!
//! A picture is a function of its numbers and names alone: the same picture gives the same bytes everywhere. It knows no
//! model, no stream and no terminal; whoever asks says how wide one is. Names are data: they are cleaned, escaped and
//! clipped here. Any number is drawn: one that is not finite is a gap.
//!
//! - `scale`: numbers to places and ticks · `thin`: a million points to two thousand · `name`: names to a width
//! - `color`: what tells series apart · `field`: what a heat map draws
//! - `terminal`, `svg`, `png`: the three ways out. PNG is drawn from the SVG.

mod color;
mod field;
pub(super) mod name;
mod png;
mod scale;
mod svg;
mod terminal;
#[cfg(test)]
mod tests;
mod thin;

pub use png::{ChartError, png};
pub use svg::svg;
pub use terminal::terminal;

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture<'a> {
    /// Series over one axis.
    Lines {
        /// What is above the picture; may be empty.
        title: &'a str,
        /// What the series run over. Values of a series beyond the end of the axis are not drawn.
        x: Axis<'a>,
        /// The label of the other axis where the series are one quantity; may be empty.
        y_label: &'a str,
        /// In the order of the legend.
        series: Vec<Series<'a>>,
    },
    /// A field over two axes.
    HeatMap {
        /// What is above the picture; may be empty.
        title: &'a str,
        /// What a row runs over, in ascending order.
        x: Axis<'a>,
        /// What the rows run over, in ascending order; drawn upward.
        y: Axis<'a>,
        /// What the colours mean; may be empty.
        value_label: &'a str,
        /// Row by row: `y.values.len()` rows of `x.values.len()` numbers each. What is missing is drawn as a gap.
        values: &'a [f64],
    },
}

/// What numbers run over.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis<'a> {
    /// Its name, with its unit; may be empty.
    pub label: &'a str,
    /// One number for each place.
    pub values: &'a [f64],
}

/// Numbers that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// One number for each place of the axis; one that is not finite is a gap.
    pub values: &'a [f64],
    /// Whether nothing lies between two numbers, as in a map or a sweep: marks are drawn, and no line.
    pub is_points: bool,
}

/// Whether a legend says what the axis does not: there are several series, or one that is not named by the axis.
fn needs_legend(series: &[Series<'_>], y_label: &str) -> bool {
    match series {
        [] => false,
        [one] => !one.name.is_empty() && one.name != y_label,
        _ => true,
    }
}
