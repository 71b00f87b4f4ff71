//! What kinds of relation there are: their weight on a path, and which two are two sides of one. Data, not code.

/// A relation as the graph knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The folded name: `see-also`.
    pub name: Box<str>,
    /// The spelling that came first, in the order of notes: `See also`.
    pub spelling: Box<str>,
}

/// The name of a link that says nothing of its kind.
pub const PLAIN: &str = "link";

/// What crossing a plain link costs, in millionths: costs are whole numbers so that sums do not depend on their order.
pub(crate) const UNIT: u64 = 1_000_000;

/// Relations that weigh differently from other typed ones, with their cost in hundredths of a plain link and, where there
/// is one, the relation that is their other side. A sequence is order in a chat, not meaning, and costs the most.
const TABLE: [(&str, u64, Option<&str>); 15] = [
    ("child", 110, Some("parent")),
    ("down", 110, Some("up")),
    ("following", 300, Some("preceding")),
    ("further-reading", 130, None),
    ("next", 300, Some("prev")),
    ("parent", 110, Some("child")),
    ("preceding", 300, Some("following")),
    ("prev", 300, Some("next")),
    ("references", 130, None),
    ("related", 130, Some("related")),
    ("related-concepts", 130, Some("related-concepts")),
    ("related-notes", 130, Some("related-notes")),
    ("related-topics", 130, Some("related-topics")),
    ("see-also", 130, Some("see-also")),
    ("up", 110, Some("down")),
];

/// The relations of a sequence: what follows the one is preceded by it.
const SEQUENCES: [&str; 4] = ["following", "next", "preceding", "prev"];

/// What a typed relation costs that the table does not name.
const TYPED: u64 = 110;

impl Relation {
    /// What a step over this relation costs, in millionths of a plain link.
    pub(crate) fn cost(&self) -> u64 {
        let hundredths = match TABLE.binary_search_by(|(name, ..)| (*name).cmp(&self.name)) {
            Ok(row) => TABLE[row].1,
            Err(_) if &*self.name == PLAIN => 100,
            Err(_) => TYPED,
        };
        hundredths * (UNIT / 100)
    }

    /// Whether it says which of two follows which: an order, and no meaning.
    pub fn is_sequence(&self) -> bool {
        SEQUENCES.contains(&&*self.name)
    }

    /// The relation by which the other end of a sequence says the same.
    pub(crate) fn other_side(&self) -> Option<&'static str> {
        self.inverse().filter(|_| self.is_sequence())
    }

    /// The relation that says the same from the other side, if the table knows one; itself if it is symmetric.
    pub fn inverse(&self) -> Option<&'static str> {
        TABLE.binary_search_by(|(name, ..)| (*name).cmp(&self.name)).ok().and_then(|row| TABLE[row].2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inverse_has_its_own() {
        assert!(TABLE.is_sorted());
        for (name, cost, inverse) in TABLE {
            let Some(inverse) = inverse else { continue };
            let inverse = Relation { name: inverse.into(), spelling: "".into() };
            assert_eq!(inverse.inverse(), Some(name));
            assert_eq!(inverse.cost(), cost * UNIT / 100);
        }
        let plain = Relation { name: PLAIN.into(), spelling: "".into() };
        assert_eq!((plain.cost(), plain.inverse()), (UNIT, None));
    }
}
