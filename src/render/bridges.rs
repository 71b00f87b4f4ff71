//! What is thin in a vault, for people: a list for each kind, with what speaks for each.

use super::paint::{Paint, clean};
use super::text::{count, place_line, shown_name};
use crate::answer::{ApartPair, Bridges, Concept, CutNote, Listed, OneSided, OutOfOrder, Said};
use std::io::{self, Write};

/// Where the lists are written, and whether one of them is there already.
struct Lists<'o> {
    paint: Paint,
    out: &'o mut dyn Write,
    is_first: bool,
}

pub(super) fn bridges(bridges: &Bridges, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut lists = Lists { paint, out, is_first: true };
    lists.list("notes that share many neighbours and are not linked", &bridges.pairs, Lists::pair)?;
    lists.list("notes whose loss would split the vault", &bridges.cuts, Lists::cut)?;
    lists.list("said by one side only", &bridges.one_way, Lists::one_sided)?;
    lists.list("order that the other side does not confirm", &bridges.order, Lists::out_of_order)
}

/// Names with a comma between, and how many there are besides.
fn names(named: &[Concept], total: usize) -> String {
    let names: Vec<String> = named.iter().map(|concept| clean(&shown_name(concept)).into_owned()).collect();
    let more = total - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

impl Lists<'_> {
    fn list<T>(&mut self, title: &str, list: &Option<Listed<T>>, item: fn(&mut Self, &T) -> io::Result<()>) -> io::Result<()> {
        let Some(list) = list.as_ref().filter(|list| list.total > 0) else { return Ok(()) };
        if !std::mem::take(&mut self.is_first) {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{}", self.paint.strong(&format!("{title} ({})", list.total)))?;
        list.listed.iter().try_for_each(|it| item(self, it))?;
        if list.total > list.listed.len() {
            let more = format!("  {} of {}; --limit shows more", list.listed.len(), list.total);
            writeln!(self.out, "{}", self.paint.faint(&more))?;
        }
        Ok(())
    }

    fn pair(&mut self, pair: &ApartPair) -> io::Result<()> {
        let [a, b] = &pair.notes;
        let (a, b) = (self.paint.strong(&shown_name(a)), self.paint.strong(&shown_name(b)));
        writeln!(self.out, "  {a} and {b}  {}", self.paint.faint(&format!("{:.4}", pair.score)))?;
        let far = match pair.steps {
            Some(steps) => format!("{} from one to the other as links point", count(steps, "step", "steps")),
            None => "no way from one to the other as links point".to_owned(),
        };
        writeln!(self.out, "    both linked with {}; {far}", names(&pair.shared, pair.shared_total))
    }

    fn cut(&mut self, cut: &CutNote) -> io::Result<()> {
        let place = cut.concept.note_path.as_ref().map_or("", |path| path.as_str());
        writeln!(self.out, "  {}  {}", self.paint.strong(&cut.concept.name), self.paint.faint(place))?;
        let off = count(cut.cut_off, "note", "notes");
        writeln!(self.out, "    without it {} pieces, {off} cut off: {}", cut.pieces, names(&cut.notes, cut.cut_off))
    }

    fn said(&mut self, said: &Said) -> io::Result<()> {
        let arrow = self.paint.relation(&format!("— {} →", said.spelling));
        write!(self.out, "{} {arrow} {}", self.paint.strong(&shown_name(&said.from)), self.paint.strong(&shown_name(&said.to)))
    }

    fn place(&mut self, said: &Said) -> io::Result<()> {
        place_line(&said.place, self.paint, self.out)
    }

    fn one_sided(&mut self, it: &OneSided) -> io::Result<()> {
        write!(self.out, "  ")?;
        self.said(&it.said)?;
        let back = if it.links_back { "  (linked back otherwise)" } else { "" };
        writeln!(self.out, "{}", self.paint.faint(back))?;
        self.place(&it.said)
    }

    fn out_of_order(&mut self, it: &OutOfOrder) -> io::Result<()> {
        write!(self.out, "  ")?;
        self.said(&it.said)?;
        if it.instead.is_empty() {
            writeln!(self.out, "{}", self.paint.faint(&format!("  (and no {} back)", it.inverse)))?;
            return self.place(&it.said);
        }
        writeln!(self.out, ", but")?;
        self.place(&it.said)?;
        for said in &it.instead {
            write!(self.out, "  ")?;
            self.said(said)?;
            writeln!(self.out)?;
            self.place(said)?;
        }
        let more = it.instead_total - it.instead.len();
        if more > 0 { writeln!(self.out, "{}", self.paint.faint(&format!("    and {more} more"))) } else { Ok(()) }
    }
}
