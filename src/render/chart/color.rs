//! What tells series and values apart: colours that most eyes can tell apart, on a light ground and on a dark one.

/// Red, green and blue.
pub(super) type Rgb = (u8, u8, u8);

/// Curves. After Okabe and Ito, "Color Universal Design" (2008); those too light for white paper are darkened, so that each
/// has a contrast of 3:1 or more on white and on a dark screen (#1e1e1e).
pub(super) const CURVES: [Rgb; 7] =
    [(0, 114, 178), (213, 94, 0), (0, 148, 108), (182, 99, 155), (168, 121, 0), (62, 146, 196), (128, 128, 128)];

/// The colour of a value, dark at 0 and bright at 1; as many steps of lightness between as of the value.
pub(super) fn of_value(place: f64) -> Rgb {
    colorous::VIRIDIS.eval_continuous(place).as_tuple()
}

/// A colour in the six steps a channel of a 256-colour terminal.
pub(super) fn of_256((red, green, blue): Rgb) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |channel: u8| (0..6u8).min_by_key(|at| STEPS[usize::from(*at)].abs_diff(channel)).unwrap_or(0);
    16 + 36 * nearest(red) + 6 * nearest(green) + nearest(blue)
}

/// As SVG writes it.
pub(super) fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as of WCAG 2.2, in 0..=1.
    fn luminance((red, green, blue): Rgb) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            c if c <= 0.04045 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn curves_are_seen_on_light_and_dark() {
        for color in CURVES {
            for ground in [(255, 255, 255), (0x1e, 0x1e, 0x1e)] {
                let (a, b) = (luminance(color), luminance(ground));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 3.0, "{} on {}: {contrast:.2}", hex(color), hex(ground));
            }
        }
    }

    #[test]
    fn colours_of_256() {
        assert_eq!([(0, 0, 0), (255, 255, 255), (0, 95, 135)].map(of_256), [16, 231, 24]);
    }
}
