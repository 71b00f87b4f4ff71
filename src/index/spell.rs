//! Slips of the one who asks: a word that no note holds gives way to the nearest that one does.
//!
//! Only such words are touched, so that a query without a slip is left as it is: to look for the neighbours of every word
//! finds more and ranks worse. Which of several neighbours is meant is judged as in a noisy channel (Kernighan, Church and
//! Gale, "A spelling correction program based on a noisy channel model", 1990): by how likely the slip is, how many notes
//! hold the word, and how many of those hold the rest of the query. A word that was typed as two is put together first: that
//! both pieces make a word of the notes by chance is unlikelier than any slip. What was typed in quotes, behind a minus or as
//! the name in an operator stays.

use super::gather::Counts;
use super::look::{Lookup, Slot};
use super::query::{Piece, Query};
use super::schema::Weighted;
use super::words::{STEM, fold, is_gram, words};
use super::{IndexError, TextIndex};
use foldhash::{HashMap, HashMapExt, HashSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::PoisonError;
use tantivy::query::FuzzyTermQuery;
use tantivy::{SegmentReader, TantivyError, Term};

/// A word of a query and what is looked for in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The word as typed, or two that stand side by side.
    pub from: Box<str>,
    /// What the notes hold: one word, or two that were typed as one.
    pub to: Box<str>,
}

/// A query of which words gave way to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// What is asked.
    pub query: Query,
    /// The query as it would be typed; none if no word that was typed gave way.
    pub typed: Option<String>,
    /// Which words gave way to what, those that were put together first, then in the order in which they were typed.
    pub corrections: Vec<Correction>,
}

/// Words of fewer letters are not corrected: everything is near them.
const SHORTEST: usize = 3;

/// In words of fewer letters one was left out or two exchanged: with another letter each is some other word.
const SHORTEST_OF_OTHERS: usize = 4;

/// Words of so many letters may hold two slips.
const TWO_SLIPS: usize = 6;

/// Longer ones, in letters, are no words.
const LONGEST: usize = 40;

/// So many words of a query are corrected.
const MOST: usize = 30;

/// Two pieces are put together if they make at least so many letters.
const SHORTEST_JOINED: usize = 4;

/// So many other words of a query, the most telling, are held against what may have been meant.
const MOST_CONTEXT: usize = 10;

/// So many of the likeliest neighbours are held against the rest of the query.
const CLOSELY: usize = 12;

/// What one letter more, fewer or other costs, in natural logarithms of a likelihood.
const SLIP: f64 = 4.0;

/// What two letters exchanged or one doubled costs, which happens to fingers that know the word.
const FINGERS: f64 = 3.0;

/// What a slip in the first letter costs besides.
const FIRST_LETTER: f64 = 1.5;

/// How much it counts that notes hold the rest of the query as well.
const CONTEXT: f64 = 0.5;

/// Words that join two others have a likelihood of this much less.
const SPLIT: f64 = 5.0;

/// What may have been meant.
struct Candidate {
    text: String,
    /// How likely, in natural logarithms; only to be compared.
    likelihood: f64,
    counts: Vec<Counts>,
}

impl TextIndex {
    /// The query with words that no note holds replaced by the nearest that one does. Words without such a neighbour stay.
    /// `typed` is the query as typed.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn corrected(&self, query: &Query, typed: &str) -> Result<Corrected, IndexError> {
        let mut lookup = self.lookup()?;
        let mut known: Vec<&str> = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        let runs = query.runs();
        for piece in runs.iter().flat_map(|(run, _)| run) {
            for word in words(&piece.text) {
                let word = &piece.text[word.range];
                if known.contains(&word) || unknown.contains(&word) {
                    continue;
                }
                let is_known = unknown.len() >= MOST
                    || !is_of_letters(word)
                    || self.is_held(&lookup.slot(word))?
                    || (query.is_begun(piece) && self.begins_words(word)?);
                if is_known { known.push(word) } else { unknown.push(word) }
            }
        }
        if unknown.is_empty() {
            return Ok(Corrected { query: query.clone(), typed: None, corrections: Vec::new() });
        }
        let mut corrections = self.joined(&mut lookup, &runs, &unknown)?;
        let is_joined = |word: &str| corrections.iter().any(|it| it.from.split(' ').any(|part| part == word));
        let unknown: Vec<&str> = unknown.into_iter().filter(|word| !is_joined(word) && may_be_a_slip(word)).collect();
        known.retain(|word| !is_joined(word));
        corrections.extend(self.respelt(&mut lookup, &known, &unknown)?);
        if corrections.is_empty() {
            return Ok(Corrected { query: query.clone(), typed: None, corrections });
        }
        let retyped = retyped(typed, &runs, &corrections);
        let query = query.with_words(&|run| rewritten_run(run, &corrections));
        Ok(Corrected { query, typed: (retyped != typed).then_some(retyped), corrections })
    }

    /// Whether a note holds the word in one of its forms.
    fn is_held(&self, slot: &Slot) -> Result<bool, IndexError> {
        for weighted in &self.fields.texts {
            if self.frequency(weighted.field, slot)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many notes hold it, field by field.
    fn holders(&self, slot: &Slot) -> Result<usize, IndexError> {
        self.fields.texts.iter().map(|weighted| self.frequency(weighted.field, slot)).sum()
    }

    /// Words that were typed as two, one of them in no note: those that most notes hold first, each piece in one at most.
    fn joined(&self, lookup: &mut Lookup, runs: &[(Vec<&Piece>, bool)], unknown: &[&str]) -> Result<Vec<Correction>, IndexError> {
        let mut found: Vec<(usize, &str, &str, String)> = Vec::new();
        for (run, _) in runs {
            let side_by_side: Vec<&str> =
                run.iter().flat_map(|piece| words(&piece.text).map(|it| &piece.text[it.range])).collect();
            for pair in side_by_side.windows(2) {
                let [first, second] = pair else { continue };
                let joined = format!("{first}{second}");
                let letters = joined.chars().count();
                if !pair.iter().any(|word| unknown.contains(word))
                    || !(SHORTEST_JOINED..=LONGEST).contains(&letters)
                    || joined.contains(is_gram)
                    || found.iter().any(|(_, a, b, _)| a == first && b == second)
                {
                    continue;
                }
                let holders = self.holders(&lookup.slot(&joined))?;
                if holders > 0 {
                    found.push((holders, first, second, joined));
                }
            }
        }
        found.sort_by_key(|(holders, ..)| Reverse(*holders));
        let mut taken: Vec<&str> = Vec::new();
        let mut corrections = Vec::new();
        for (_, first, second, joined) in found {
            if !taken.contains(&first) && !taken.contains(&second) {
                taken.extend([first, second]);
                corrections.push(Correction { from: format!("{first} {second}").into(), to: joined.into() });
            }
        }
        Ok(corrections)
    }

    /// What takes the place of each unknown word, where something does, in their order.
    fn respelt(&self, lookup: &mut Lookup, known: &[&str], unknown: &[&str]) -> Result<Vec<Correction>, IndexError> {
        if unknown.is_empty() {
            return Ok(Vec::new());
        }
        let mut candidates: Vec<Vec<Candidate>> = Vec::new();
        for word in unknown {
            candidates.push(self.neighbours(lookup, word)?);
        }
        let mut telling: Vec<(usize, Slot)> = Vec::new();
        for word in known {
            let slot = lookup.slot(word);
            telling.push((self.holders(&slot)?, slot));
        }
        telling.retain(|(holders, _)| *holders > 0);
        telling.sort_by_key(|(holders, _)| *holders);
        telling.truncate(MOST_CONTEXT);
        let mut of_known: Vec<Vec<Counts>> = Vec::new();
        for (_, slot) in telling {
            of_known.push(self.counts(&[slot], &self.fields.even)?);
        }
        // Twice: at first what surrounds a word may be slips itself.
        let mut meant: Vec<Option<usize>> = candidates.iter().map(|candidates| likeliest(candidates, |_| 0.0)).collect();
        for _ in 0..2 {
            let of_known = of_known.iter().map(|counts| (usize::MAX, counts));
            let of_others = candidates.iter().zip(&meant).enumerate();
            let of_others = of_others.filter_map(|(at, (candidates, meant))| Some((at, &candidates.get((*meant)?)?.counts)));
            let context = self.context(of_known.chain(of_others));
            let again = candidates.iter().enumerate().map(|(at, candidates)| {
                let besides: Vec<f64> = candidates.iter().map(|it| CONTEXT * self.fits(it, at, &context)).collect();
                likeliest(candidates, |candidate| besides[candidate])
            });
            meant = again.collect();
        }
        let found = unknown.iter().zip(&candidates).zip(&meant);
        let found = found.filter_map(|((from, candidates), meant)| Some((*from, candidates.get((*meant)?)?)));
        Ok(found.map(|(from, meant)| Correction { from: from.into(), to: in_letters_of(from, &meant.text).into() }).collect())
    }

    /// Words of the notes that may have been meant by one that is not among them.
    fn neighbours(&self, lookup: &mut Lookup, word: &str) -> Result<Vec<Candidate>, IndexError> {
        let typed = lookup.exact(word).into_iter().flatten().next().unwrap_or_default();
        let letters = typed.chars().count();
        let mut found = Vec::new();
        for distance in 1..=if letters >= TWO_SLIPS { 2 } else { 1 } {
            // A word with one slip is rarely meant by two others.
            if found.is_empty() {
                found = self.near(&typed, distance)?;
            }
        }
        if letters < SHORTEST_OF_OTHERS {
            let sorted = |text: &str| {
                let mut letters: Vec<char> = text.chars().collect();
                letters.sort_unstable();
                letters
            };
            found.retain(|(text, _)| text.chars().count() > letters || sorted(text) == sorted(&typed));
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for (text, frequency) in found {
            let likelihood = f64::from(frequency as u32).ln_1p() - cost(&typed, &text);
            candidates.push(Candidate { text, likelihood, counts: Vec::new() });
        }
        candidates.extend(self.divided(lookup, &typed)?);
        candidates.sort_by(|a, b| b.likelihood.total_cmp(&a.likelihood).then_with(|| a.text.cmp(&b.text)));
        candidates.truncate(CLOSELY);
        for candidate in candidates.iter_mut().filter(|it| it.counts.is_empty()) {
            candidate.counts = self.counts(&lookup.exact(&candidate.text), &self.fields.even)?;
        }
        Ok(candidates)
    }

    /// The words of the notes within so many slips of this one, with how many notes hold them.
    fn near(&self, typed: &str, distance: u8) -> Result<Vec<(String, usize)>, IndexError> {
        let mut near: BTreeMap<String, usize> = BTreeMap::new();
        let body = self.fields.body().field;
        let automaton = FuzzyTermQuery::new(Term::from_field_text(body, typed), distance, true).automaton()?;
        for weighted in &self.fields.texts {
            for segment in self.searcher.segment_readers() {
                let terms = segment.inverted_index(weighted.field)?;
                let mut stream = terms.terms().search(&automaton).into_stream().map_err(TantivyError::from)?;
                while let Some((term, _)) = stream.next() {
                    if let Ok(term) = std::str::from_utf8(term)
                        && !term.starts_with(STEM)
                    {
                        near.entry(term.to_owned()).or_default();
                    }
                }
            }
        }
        for (text, frequency) in &mut near {
            for weighted in &self.fields.texts {
                *frequency += self.frequency(weighted.field, &vec![text.as_str().into()])?;
            }
        }
        // What only removed notes held is no word of the vault.
        Ok(near.into_iter().filter(|(_, frequency)| *frequency > 0).collect())
    }

    /// Two words that were typed as one, where the notes hold them side by side.
    fn divided(&self, lookup: &mut Lookup, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let mut divided = Vec::new();
        let ends: Vec<usize> = typed.char_indices().map(|(at, _)| at).skip(1).collect();
        for at in ends {
            let (first, second) = typed.split_at(at);
            let changes_kind = first.ends_with(|c: char| c.is_ascii_digit()) != second.starts_with(|c: char| c.is_ascii_digit());
            if !changes_kind && (first.chars().count() < 2 || second.chars().count() < 2) {
                continue;
            }
            let slots: [Slot; 2] = [lookup.slot(first), lookup.slot(second)];
            if !self.is_held(&slots[0])? || !self.is_held(&slots[1])? {
                continue;
            }
            let counts = self.counts(&slots, &self.fields.even)?;
            let frequency: usize = counts.iter().map(Vec::len).sum();
            if frequency > 0 {
                let likelihood = f64::from(frequency as u32).ln_1p() - SPLIT;
                divided.push(Candidate { text: format!("{first} {second}"), likelihood, counts });
            }
        }
        Ok(divided)
    }

    /// The most telling of the words a candidate may stand with: what each is (the number of an unknown word, or none) and
    /// the notes that hold it.
    fn context<'c>(&self, others: impl Iterator<Item = (usize, &'c Vec<Counts>)>) -> Vec<Other> {
        let mut telling: Vec<(usize, usize, &Vec<Counts>)> = others
            .map(|(at, counts)| (counts.iter().map(Vec::len).sum(), at, counts))
            .filter(|(holders, ..)| (1..=self.count() / 4).contains(holders))
            .collect();
        telling.sort_by_key(|(holders, ..)| *holders);
        // One more than are held against a candidate: it may be one of them itself.
        telling.truncate(MOST_CONTEXT + 1);
        let notes = |counts: &Counts| counts.iter().map(|(doc, _)| *doc).collect();
        let other = |(holders, at, counts): (usize, usize, &Vec<Counts>)| Other {
            at,
            holders: holders as f64,
            notes: counts.iter().map(notes).collect(),
        };
        telling.into_iter().map(other).collect()
    }

    /// How much more often notes hold a candidate for the unknown word of this number together with the other words than by
    /// chance: the sum of the logarithms of the ratios.
    fn fits(&self, candidate: &Candidate, at: usize, context: &[Other]) -> f64 {
        let own = candidate.counts.iter().map(Vec::len).sum::<usize>() as f64;
        let all = self.count().max(1) as f64;
        let ratio = |other: &Other| {
            let of_segment =
                |(counts, notes): (&Counts, &HashSet<u32>)| counts.iter().filter(|(doc, _)| notes.contains(doc)).count();
            let both: usize = candidate.counts.iter().zip(&other.notes).map(of_segment).sum();
            ((both as f64 + 0.5) / (own * other.holders / all + 0.5)).ln()
        };
        context.iter().filter(|other| other.at != at).take(MOST_CONTEXT).map(ratio).sum()
    }

    /// Whether a word of the notes begins with this.
    fn begins_words(&self, start: &str) -> Result<bool, IndexError> {
        Ok(!self.completions(start)?.is_empty())
    }

    /// The words of the notes that begin so, those that most notes hold first, at most so many as are worth asking for. Words
    /// that begin so but for accents are given by their stems. With one letter or two begin too many words to mean any: words
    /// of names are given, and others with two letters where no name holds one.
    pub(super) fn completions(&self, start: &str) -> Result<Slot, IndexError> {
        let written = Lookup::of(&[]).exact(start).pop().and_then(|mut slot| slot.pop()).unwrap_or_default();
        // Of a script without blanks every beginning is a character or pair, and found as that.
        if written.is_empty() || written.contains(is_gram) {
            return Ok(Slot::new());
        }
        // One search asks for the same several times. Nothing is looked for while the lock is held: another search may wait for
        // it on the very thread that is to help here.
        let last = || self.completed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = last().as_ref().filter(|(known, _)| *known == written) {
            return Ok(found.clone());
        }
        let starts = [&*written, &format!("{STEM}{}", fold(start))];
        let is_short = written.chars().nth(2).is_none();
        let mut found = Slot::new();
        if is_short {
            found = self.completions_in(self.fields.names(), &starts)?;
        }
        if found.is_empty() && written.chars().nth(1).is_some() {
            // So many words begin with two letters that those with accents are looked for only where there is no other.
            let written = if is_short { self.completions_in(&self.fields.texts, &starts[..1])? } else { Slot::new() };
            found = if written.is_empty() { self.completions_in(&self.fields.texts, &starts)? } else { written };
        }
        *last() = Some((written, found.clone()));
        Ok(found)
    }

    /// The words of these fields, stems among them, that begin in one of these ways; those that most notes hold, stems first.
    fn completions_in(&self, fields: &[Weighted], starts: &[&str]) -> Result<Slot, IndexError> {
        let in_segment = |segment: &SegmentReader, found: &mut HashMap<Box<str>, usize>| {
            for weighted in fields {
                let terms = segment.inverted_index(weighted.field)?;
                for start in starts {
                    let range = terms.terms().range().ge(start.as_bytes());
                    let mut stream = range.into_stream().map_err(TantivyError::from)?;
                    while let Some((term, info)) = stream.next().filter(|(term, _)| term.starts_with(start.as_bytes())) {
                        let Ok(term) = std::str::from_utf8(term) else { continue };
                        match found.get_mut(term) {
                            Some(holders) => *holders += info.doc_freq as usize,
                            None => drop(found.insert(term.into(), info.doc_freq as usize)),
                        }
                    }
                }
            }
            Ok(())
        };
        let mut of_segments = vec![HashMap::new(); self.keys.len()];
        self.each_segment(true, &mut of_segments, in_segment)?;
        let mut found = of_segments.pop().unwrap_or_default();
        for (term, holders) in of_segments.into_iter().flatten() {
            *found.entry(term).or_default() += holders;
        }
        // What is counted by now counts removed notes as well. None is held by more, so that the rest need not be counted anew
        // once enough come before whatever the next may be.
        let mut most: Vec<(usize, Box<str>)> = found.into_iter().map(|(term, holders)| (holders, term)).collect();
        let in_order = |a: &(usize, Box<str>), b: &(usize, Box<str>)| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1));
        let has_removed = self.searcher.segment_readers().iter().any(SegmentReader::has_deletes);
        if !has_removed && most.len() > MOST_COMPLETIONS {
            most.select_nth_unstable_by(MOST_COMPLETIONS, in_order);
            most.truncate(MOST_COMPLETIONS);
        }
        most.sort_unstable_by(in_order);
        let mut held: Vec<(usize, Box<str>)> = Vec::new();
        for next in most {
            if held.get(MOST_COMPLETIONS - 1).is_some_and(|last| in_order(last, &next).is_lt()) {
                break;
            }
            let (mut holders, term) = next;
            if has_removed {
                let slot = vec![term.clone()];
                let counted = fields.iter().map(|weighted| self.frequency(weighted.field, &slot));
                holders = counted.sum::<Result<_, IndexError>>()?;
            }
            if holders > 0 {
                let counted = (holders, term);
                let at = held.partition_point(|other| in_order(other, &counted).is_lt());
                held.insert(at, counted);
                held.truncate(MOST_COMPLETIONS);
            }
        }
        held.sort_by_key(|(_, term)| !term.starts_with(STEM));
        Ok(held.into_iter().map(|(_, term)| term).collect())
    }
}

/// A word that a candidate may stand with.
struct Other {
    /// Which unknown word it is meant by; the greatest number for a known one.
    at: usize,
    holders: f64,
    /// The notes that hold it, by segment.
    notes: Vec<HashSet<u32>>,
}

/// So many words that begin alike are asked for.
const MOST_COMPLETIONS: usize = 50;

/// Whether a word may be none that the notes hold by a slip: numbers and single signs of Chinese are what they are.
fn is_of_letters(word: &str) -> bool {
    word.chars().count() <= LONGEST && word.contains(char::is_alphabetic) && !word.contains(is_gram)
}

/// Whether a word may be another one with a slip in it.
fn may_be_a_slip(word: &str) -> bool {
    word.chars().count() >= SHORTEST
}

/// A word of the index in capitals where the one typed is: names are names.
fn in_letters_of(typed: &str, word: &str) -> String {
    let is_capital = |c: char| c.is_uppercase();
    let is_all = typed.chars().filter(|c| c.is_alphabetic()).count() > 1 && !typed.contains(char::is_lowercase);
    let cased: String = match (is_all, typed.starts_with(is_capital)) {
        (true, true) => word.to_uppercase(),
        (false, true) => {
            let mut rest = word.chars();
            rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
        }
        _ => word.to_owned(),
    };
    // Some letters have no capital of their own.
    if cased.to_lowercase() == word { cased } else { word.to_owned() }
}

/// The likeliest candidate with what speaks for each besides; the first of equals.
fn likeliest(candidates: &[Candidate], besides: impl Fn(usize) -> f64) -> Option<usize> {
    let likelihood = |at: usize| candidates[at].likelihood + besides(at);
    (0..candidates.len()).reduce(|best, at| if likelihood(at) > likelihood(best) { at } else { best })
}

/// What it costs to have typed one word for another.
fn cost(typed: &str, meant: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let slips = strsim::osa_distance(typed, meant) as f64;
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[start..], &b[start..]);
    let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (changed_a, changed_b) = (&rest_a[..rest_a.len() - end], &rest_b[..rest_b.len() - end]);
    let is_doubled = |one: &[char], of: &[char]| one.len() == 1 && start > 0 && of.get(start - 1) == one.first();
    let by_fingers = match (changed_a, changed_b) {
        ([x, y], [z, w]) => x == w && y == z,
        (one, []) => is_doubled(one, &a),
        ([], one) => is_doubled(one, &b),
        _ => false,
    };
    let at_first = if a.first() == b.first() { 0.0 } else { FIRST_LETTER };
    // A letter without its accent is hardly a slip.
    if fold(typed) == fold(meant) {
        return 0.5;
    }
    at_first + if by_fingers { FINGERS } else { SLIP * slips }
}

/// The one word of a piece, if it is one.
fn only_word(piece: &Piece) -> Option<&str> {
    let mut found = words(&piece.text);
    let first = found.next()?;
    found.next().is_none().then(|| &piece.text[first.range])
}

/// What two words side by side are put together to, if they are.
fn put_together<'c>(first: &str, second: &str, corrections: &'c [Correction]) -> Option<&'c str> {
    let is_it = |it: &&Correction| it.from.split_once(' ') == Some((first, second));
    corrections.iter().find(is_it).map(|it| &*it.to)
}

/// What takes the place of the piece that a run begins with, and how many pieces of the run that is.
fn rewritten(run: &[&Piece], corrections: &[Correction]) -> (Box<str>, usize) {
    let Some((piece, rest)) = run.split_first() else { return (Box::default(), 0) };
    let pair = only_word(piece).zip(rest.first().and_then(|next| only_word(next)));
    if let Some(joined) = pair.and_then(|(first, second)| put_together(first, second, corrections)) {
        return (joined.into(), 2);
    }
    let text = &piece.text;
    let (mut out, mut last) = (String::new(), 0);
    let mut found = words(text).peekable();
    while let Some(word) = found.next() {
        let from = &text[word.range.clone()];
        let joined = found.peek().and_then(|next| put_together(from, &text[next.range.clone()], corrections));
        let to = joined.or_else(|| corrections.iter().find(|it| *it.from == *from).map(|it| &*it.to));
        if let Some(to) = to {
            out.push_str(&text[last..word.range.start]);
            out.push_str(to);
            last = if joined.is_some() { found.next().map_or(word.range.end, |next| next.range.end) } else { word.range.end };
        }
    }
    out.push_str(&text[last..]);
    (out.into(), 1)
}

/// Words side by side, with what takes their place.
fn rewritten_run(run: Vec<Piece>, corrections: &[Correction]) -> Vec<Piece> {
    let pieces: Vec<&Piece> = run.iter().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < pieces.len() {
        let (text, taken) = rewritten(&pieces[at..], corrections);
        out.push(Piece { text, column: pieces[at].column });
        at += taken.max(1);
    }
    out
}

/// The query as it would be typed with these corrections.
fn retyped(typed: &str, runs: &[(Vec<&Piece>, bool)], corrections: &[Correction]) -> String {
    let starts: Vec<usize> = typed.char_indices().map(|(at, _)| at).collect();
    let place = |piece: &Piece| {
        let start = *starts.get(piece.column.checked_sub(1)?)?;
        typed[start..].starts_with(&*piece.text).then(|| start..start + piece.text.len())
    };
    let mut edits: Vec<(usize, usize, Box<str>)> = Vec::new();
    for (run, _) in runs.iter().filter(|(_, is_typed)| *is_typed) {
        let mut at = 0;
        while at < run.len() {
            let (text, taken) = rewritten(&run[at..], corrections);
            let end = at + taken.max(1);
            if let (Some(first), Some(last)) = (place(run[at]), place(run[end - 1])) {
                edits.push((first.start, last.end, text));
            }
            at = end;
        }
    }
    edits.sort();
    let (mut out, mut last) = (String::new(), 0);
    for (start, end, text) in edits.into_iter().filter(|(start, end, _)| start < end) {
        if start >= last {
            out.push_str(&typed[last..start]);
            out.push_str(&text);
            last = end;
        }
    }
    out.push_str(&typed[last..]);
    out
}

#[cfg(test)]
mod tests {
    use super::super::Indexer;
    use super::super::tests::note;
    use super::*;
    use std::time::Instant;

    fn index_of(texts: &[&str]) -> TextIndex {
        let indexer = Indexer::in_memory().expect("an index");
        for (key, text) in texts.iter().enumerate() {
            let (note, prose) = note(text);
            indexer.add(key as u64, &note, &prose);
        }
        indexer.finish("").expect("an index")
    }

    fn corrected(index: &TextIndex, typed: &str) -> (String, String) {
        let query = Query::parse(typed).expect("a query");
        let corrected = index.corrected(&query, typed).expect("a query");
        let asked = corrected.query.pieces().iter().map(|(piece, _)| &*piece.text).collect::<Vec<_>>().join(" ");
        (corrected.typed.unwrap_or_else(|| "as typed".to_owned()), asked)
    }

    #[test]
    fn what_is_asked_is_what_is_said() {
        let index = index_of(&["mirror neurons", "a neurotransmitter", "well-known, of trust", "Straße", "the cat"]);
        let check = |typed: &str, said: &str, asked: &str| {
            assert_eq!(corrected(&index, typed), (said.to_owned(), asked.to_owned()), "{typed}");
        };
        check("mirror", "as typed", "mirror");
        check("miror -miror \"miror\" tag:miror", "mirror -miror \"miror\" tag:miror", "mirror miror");
        check("(miror OR nuerons) section:(trsut -trsut)", "(mirror OR neurons) section:(trust -trsut)", "mirror neurons trust");
        check("¡miror!, miror", "¡mirror!, mirror", "¡mirror! mirror");
        check("«miror», miror", "«miror», mirror", "miror mirror");
        check("neuro transmitter, MIRORR", "neurotransmitter, MIRROR", "neurotransmitter MIRROR");
        check("neuro tag:x transmitter", "as typed", "neuro transmitter");
        check("neuro-transmitter", "neurotransmitter", "neurotransmitter");
        check("well-knwon", "well-known", "well-known");
        check("Mirrorneurons", "Mirror neurons", "Mirror neurons");
        check("strase cta", "straße cat", "straße cat");
        check("at 1234x zz", "as typed", "at 1234x zz");
        check("/miror/ file:miror [miror:miror]", "as typed", "");
    }

    #[test]
    fn what_a_query_does_not_say_is_not_changed_in_it() {
        let index = index_of(&["mirror neurons"]);
        let query = Query::parse("neurons").and_then(|query| query.and_line("miror")).expect("a query");
        let corrected = index.corrected(&query, "neurons").expect("a query");
        assert_eq!(corrected.typed, None);
        assert_eq!(*corrected.corrections[0].to, *"mirror");
    }

    #[test]
    fn what_only_removed_notes_held_completes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let indexer = Indexer::create(folder.path()).expect("an index");
        for key in 0..70 {
            let (note, prose) = note(&format!("wa{} wb{}", key % 60, key % 60));
            indexer.add(key, &note, &prose);
        }
        indexer.finish("").expect("an index");
        let indexer = Indexer::open(folder.path(), 0).expect("an index");
        // Both notes of a word that was held by most.
        [0, 60].into_iter().for_each(|key| indexer.remove(key));
        let index = indexer.finish("").expect("an index");
        let completions = index.completions("wa").expect("words");
        let is_held = |word: &str| completions.iter().any(|held| **held == *word);
        assert_eq!((completions.len(), is_held("wa0"), is_held("wa9")), (MOST_COMPLETIONS, false, true));
    }

    #[test]
    fn long_queries_are_corrected_in_time() {
        let words = |n: usize| format!("w{}x{}", "abcdefghij".chars().nth(n % 10).unwrap_or('a'), n * 7919 % 10_007);
        let texts: Vec<String> =
            (0..500).map(|note| (0..60).map(|at| words(note * 60 + at)).collect::<Vec<_>>().join(" ")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let index = index_of(&texts);
        let unknown: Vec<String> = (0..1_000).map(|n| format!("unheard{}of", "a".repeat(n % 20) + &n.to_string())).collect();
        let known: Vec<String> = (0..970).map(words).collect();
        let queries = [
            unknown.join(" "),
            "q".repeat(40),
            "\u{10480}\u{10481}\u{10482}\u{10483}".repeat(9),
            format!("{} {}", known.join(" "), (0..30).map(|n| format!("wqx{n}")).collect::<Vec<_>>().join(" ")),
        ];
        for typed in queries {
            let begun = Instant::now();
            let query = Query::parse(&typed).expect("a query");
            index.corrected(&query, &typed).expect("a query");
            index.search(&query.completing(), &[], 10).expect("an answer");
            assert!(begun.elapsed().as_secs() < 20, "{:.60} takes {:?}", typed, begun.elapsed());
        }
        let begun = Instant::now();
        assert_eq!(index.completions("wa").expect("words").len(), MOST_COMPLETIONS);
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
