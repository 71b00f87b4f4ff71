//! What measuring on a vault found, for people: a small table.

use super::paint::Paint;
use super::text::{count, shown_name};
use crate::answer::{EvalLinks, EvalRow, EvalSearch, SearchTrial};
use crate::note::clip;
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

/// So many of the queries that did worst are shown.
const WORST: usize = 10;

pub(super) fn eval_search(eval: &EvalSearch, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if eval.queries.is_empty() {
        return Ok(());
    }
    let queries = count(eval.queries.len(), "query", "queries");
    writeln!(out, "{queries}; {} found first what was wanted", eval.found_first)?;
    let means = &eval.means;
    for (name, mean) in [
        ("nDCG@10", means.ndcg_10),
        ("MRR", means.reciprocal_rank),
        ("Recall@10", means.recall_10),
        ("Recall@100", means.recall_100),
        ("Success@1", means.success_1),
    ] {
        writeln!(out, "{}{mean:>8.4}", paint.strong(&format!("{name:<10}")))?;
    }
    let mut worst: Vec<&SearchTrial> = eval.queries.iter().filter(|it| it.figures.ndcg_10 < 1.0).collect();
    // The sort is stable: what ties stays as asked.
    worst.sort_by(|a, b| {
        let (a, b) = (&a.figures, &b.figures);
        a.ndcg_10.total_cmp(&b.ndcg_10).then(a.reciprocal_rank.total_cmp(&b.reciprocal_rank))
    });
    if worst.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.strong("did worst"))?;
    writeln!(out, "  {}", paint.faint("nDCG@10  wanted     query"))?;
    for trial in worst.iter().take(WORST) {
        let rank = trial.first_wanted().map_or("not found".to_owned(), |rank| format!("at {rank}"));
        let first = match &trial.first {
            Some(concept) => format!("first came {}", shown_name(concept)),
            None => "nothing came".to_owned(),
        };
        let figure = format!("{:.4}", trial.figures.ndcg_10);
        let query = paint.strong(&clip(&trial.query));
        writeln!(out, "  {figure}   {rank:<9}  {query}  {}", paint.faint(&format!(":{}, {first}", trial.line)))?;
    }
    if worst.len() > WORST {
        let more = format!("{WORST} of {} queries that could do better; --json has them all", worst.len());
        writeln!(out, "{}", paint.faint(&more))?;
    }
    Ok(())
}
