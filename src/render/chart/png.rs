//! Pictures as PNG, drawn from their SVG on white.
//!
//! Text is drawn in the font that the program brings along, DejaVu Sans, so that a machine without fonts draws it, and every
//! machine the same. Only for a script which that font lacks are the fonts of the machine asked: the one thing here that
//! is read from outside, and only then. A picture that would lack a letter is an error.

use super::{Picture, svg};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Group, Node, Options, Tree};

/// Pixels for each unit of the SVG.
const SCALE: f32 = 2.0;

/// No reader is known when the SVG is drawn here, and the ground is white. More exact than the rule it is stronger than.
const STYLE: &str = "svg text{fill:#333}";

/// Why there is no PNG of a picture.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// Neither the program nor the machine has a font with these letters.
    #[error("no font on this machine has {characters:?}")]
    NoFont {
        /// The letters, at most 20 of them, in the order of the picture.
        characters: String,
    },
    /// The picture could not be drawn or encoded, as when there is no memory for it.
    #[error("the picture could not be drawn")]
    NotDrawn,
}

/// The picture as a PNG file, 1600 pixels wide, on white.
///
/// # Errors
/// When no font has the letters of a name, and when there is no memory for the picture.
pub fn png(picture: &Picture<'_>) -> Result<Vec<u8>, ChartError> {
    let svg = svg(picture);
    let mut tree = tree(&svg, false)?;
    if !lacking(tree.root()).is_empty() {
        tree = self::tree(&svg, true)?;
        let characters = lacking(tree.root());
        if !characters.is_empty() {
            return Err(ChartError::NoFont { characters });
        }
    }
    let size = tree.size();
    let pixels = Pixmap::new((size.width() * SCALE).ceil() as u32, (size.height() * SCALE).ceil() as u32);
    let mut pixels = pixels.ok_or(ChartError::NotDrawn)?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| ChartError::NotDrawn)
}

/// The SVG with its text laid out in the program's font, and in those of the machine where that has no letter for it.
fn tree(svg: &str, with_machine: bool) -> Result<Tree, ChartError> {
    let mut options = Options { style_sheet: Some(STYLE.to_owned()), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    if with_machine {
        fonts.load_system_fonts();
    }
    Tree::from_str(svg, &options).map_err(|_| ChartError::NotDrawn)
}

/// The letters of the text that no font has.
fn lacking(group: &Group) -> String {
    let mut letters = String::new();
    for node in group.children() {
        match node {
            Node::Group(group) => letters.push_str(&lacking(group)),
            Node::Text(text) => {
                let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                letters.extend(glyphs.filter(|glyph| glyph.id.0 == 0).map(|glyph| glyph.text.as_str()));
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
    letters.chars().take(20).collect()
}
