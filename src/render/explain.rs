//! Why a hit is where it is, in a person's words: a sum whose parts add up as they are printed.

use super::text::count;
use crate::answer::{PartKind, ScorePart};

/// So many lines are read; what is smaller is told in one.
const MOST_LINES: usize = 12;

/// The lines that explain a score, without colour, the sum first.
pub(super) fn lines(parts: &[ScorePart]) -> Vec<String> {
    let all: i64 = parts.iter().map(|part| part.adds).sum();
    let total = (all + 50).div_euclid(100);
    let shown = in_hundredths(parts, total);
    if parts.is_empty() {
        return vec![format!("{}: no word ranks it", points(0))];
    }
    let most = if parts.len() > MOST_LINES { MOST_LINES - 1 } else { parts.len() };
    let mut told: Vec<(i64, String)> = parts.iter().zip(&shown).take(most).map(|(part, adds)| (*adds, said(part))).collect();
    for ((adds, said), part) in told.iter_mut().zip(parts) {
        let alone = total - *adds;
        if matches!(part.kind, PartKind::Name | PartKind::SameWords) && alone > 0 {
            said.push_str(&format!("; its text alone scores {}", points(alone)));
        }
    }
    if parts.len() > most {
        told.push((shown[most..].iter().sum(), count(parts.len() - most, "smaller part", "smaller parts")));
    }
    let total = points(total);
    let width = told.iter().map(|(adds, _)| points(*adds).len()).max().unwrap_or(0);
    let line = |(at, (adds, said)): (usize, &(i64, String))| {
        let start = if at == 0 { format!("{total} =") } else { format!("{:>1$} +", "", total.len()) };
        format!("{start} {:>width$} {said}", points(*adds))
    };
    told.iter().enumerate().map(line).collect()
}

/// What each part adds in hundredths, so that they are the total: what rounding down leaves goes to those that lost most.
fn in_hundredths(parts: &[ScorePart], total: i64) -> Vec<i64> {
    let mut shown: Vec<i64> = parts.iter().map(|part| part.adds / 100).collect();
    let mut by_loss: Vec<usize> = (0..parts.len()).collect();
    by_loss.sort_by_key(|at| -(parts[*at].adds % 100));
    let left = total - shown.iter().sum::<i64>();
    by_loss.iter().take(left.max(0) as usize).for_each(|at| shown[*at] += 1);
    shown
}

fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn said(part: &ScorePart) -> String {
    let text = format!("\"{}\"", part.text);
    match part.kind {
        PartKind::Word => format!("{text}: {}", places(part)),
        PartKind::Exact => format!("{text} written exactly so, anywhere in the note{}", notes(part)),
        PartKind::Phrase => format!("the phrase {text}: {}", places(part)),
        PartKind::Pair => format!("{text} side by side: {} in the note", times(part.in_passage)),
        PartKind::Name => "bears the very name: first of all".to_owned(),
        PartKind::SameWords => "bears a name of the same words: before all that do not".to_owned(),
        PartKind::Wanted => "by how much it is wanted".to_owned(),
        PartKind::WholeNote => "by the note as a whole: it is not among the best, which are scored by their passages".to_owned(),
    }
}

/// Where a word stands in the note, and in how many notes.
fn places(part: &ScorePart) -> String {
    let in_passage = (part.in_passage > 0).then(|| format!("{} in the passage", times(part.in_passage)));
    let fields: Vec<&str> = part.fields.iter().map(|field| field_name(field)).collect();
    let fields = match fields.split_last() {
        None => None,
        Some((last, [])) => Some(format!("in {last}")),
        Some((last, first)) => Some(format!("in {} and {last}", first.join(", "))),
    };
    let places: Vec<String> = in_passage.into_iter().chain(fields).collect();
    format!("{}{}", places.join(", "), notes(part))
}

fn notes(part: &ScorePart) -> String {
    part.notes.map_or(String::new(), |(holding, all)| format!("; in {holding} of {}", count(all, "note", "notes")))
}

fn times(times: u32) -> String {
    if times == 1 { "once".to_owned() } else { format!("{times} times") }
}

fn field_name(field: &str) -> &str {
    match field {
        "title" => "the title",
        "aliases" => "an alias",
        "headings" => "a heading",
        "tags" => "a tag",
        "properties" => "a property",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: PartKind, adds: i64) -> ScorePart {
        ScorePart {
            kind,
            text: "mirror".into(),
            adds,
            in_passage: 2,
            fields: vec!["title", "aliases", "tags"],
            notes: Some((7, 30)),
        }
    }

    #[test]
    fn what_is_printed_adds_up() {
        let parts =
            [part(PartKind::Word, 100_049), part(PartKind::Name, 20_049), part(PartKind::Exact, 49), part(PartKind::Pair, 3)];
        let expected = "\
12.02 = 10.01 \"mirror\": 2 times in the passage, in the title, an alias and a tag; in 7 of 30 notes
      +  2.01 bears the very name: first of all; its text alone scores 10.01
      +  0.00 \"mirror\" written exactly so, anywhere in the note; in 7 of 30 notes
      +  0.00 \"mirror\" side by side: 2 times in the note";
        assert_eq!(lines(&parts).join("\n"), expected);
        assert_eq!(lines(&[]), ["0.00: no word ranks it"]);
    }

    #[test]
    fn many_parts_are_told_in_one_line() {
        let parts: Vec<ScorePart> = (0..40).rev().map(|adds| part(PartKind::Word, adds * 100)).collect();
        let lines = lines(&parts);
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(lines[11], "     + 4.06 29 smaller parts");
    }
}
