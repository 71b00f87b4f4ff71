//! What measuring on a vault found, for people: a small table.

use super::paint::Paint;
use super::text::count;
use crate::answer::{EvalLinks, EvalRow};
use std::io::{self, Write};

pub(super) fn eval_links(eval: &EvalLinks, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let pairs = count(eval.pairs, "pair of linked notes", "pairs of linked notes");
    let asked = count(eval.questions, "hidden link", "hidden links");
    writeln!(out, "{} of {pairs} hidden (share {}, seed {}); {asked} looked for", eval.hidden, eval.share, eval.seed)?;
    if eval.questions == 0 {
        return Ok(());
    }
    writeln!(out, "{}", paint.faint(&format!("{:<18}{:>24}  {:>24}", "", "among all notes  ", "corrected for degree  ")))?;
    let head = "MRR  Hits@1 Hits@10";
    writeln!(out, "{}", paint.faint(&format!("{:<18}{head:>24}  {head:>24}", "ranked by")))?;
    for EvalRow { ranking, plain, corrected } in &eval.rows {
        write!(out, "{}", paint.strong(&format!("{ranking:<18}")))?;
        write!(out, "{:>9.4}{:>8.4}{:>8.4}", plain.mrr, plain.hits_1, plain.hits_10)?;
        writeln!(out, "  {:>9.4}{:>8.4}{:>8.4}", corrected.mrr, corrected.hits_1, corrected.hits_10)?;
    }
    Ok(())
}
