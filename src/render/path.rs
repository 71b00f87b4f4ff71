//! Ways between concepts for people: each step with its sentence, a tree by indentation, and what a way is worth in a line.

use super::paint::{Paint, clean};
use super::text::{count, place, shown_name};
use crate::answer::{Apart, Around, Concept, Path, PathStep, Route, StepKind, Told, Verdict};
use std::io::{self, Write};

pub(super) fn path(path: &Path, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for (at, route) in path.routes.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        for (at, step) in route.steps.iter().enumerate() {
            if at == 0 {
                writeln!(out, "{}", paint.strong(&shown_name(&step.from)))?;
            }
            self::step(step, step.is_forward, &step.to, 1, paint, out)?;
        }
        if let Some(concept) = path.concepts.first().filter(|_| route.steps.is_empty()) {
            writeln!(out, "{} is one concept", paint.strong(&concept.name))?;
        }
        summary(route, at == 0, paint, out)?;
    }
    if let Some(tree) = &path.tree {
        if let Some(first) = path.concepts.first() {
            let is_alone = tree.steps.is_empty();
            writeln!(out, "{}{}", paint.strong(&shown_name(first)), if is_alone { " is one concept" } else { "" })?;
            branches(first, tree, paint, out)?;
        }
        summary(tree, true, paint, out)?;
    }
    path.apart.as_ref().map_or(Ok(()), |apart| self::apart(apart, paint, out))
}

/// One step to a concept, so many steps in.
fn step(step: &PathStep, is_forward: bool, to: &Concept, depth: usize, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let (mark, spelling) = (if step.kind == StepKind::Suggested { "? " } else { "" }, &step.spelling);
    let arrow = match step.kind {
        StepKind::Tag => format!("— {spelling} —"),
        _ if is_forward => format!("— {mark}{spelling} →"),
        _ => format!("← {mark}{spelling} —"),
    };
    let cost = paint.faint(&format!("{:.2}", links(step.cost)));
    writeln!(out, "{indent}{} {}  {cost}", paint.relation(&arrow), paint.strong(&shown_name(to)))?;
    evidence(step, &indent, paint, out)
}

fn evidence(step: &PathStep, indent: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let evidence = &step.evidence;
    let at = paint.faint(&place(&evidence.note_path, evidence.line));
    let said = |note: &str| paint.faint(note);
    match (&evidence.told, step.kind) {
        (Told::Sentence(passage), StepKind::Suggested) => {
            writeln!(out, "{indent}    {}  {at} {}", paint.passage(passage), said("(suggested: it names it and has no link)"))
        }
        (Told::Sentence(passage), _) => writeln!(out, "{indent}    {}  {at}", paint.passage(passage)),
        (Told::Borrowed(passage), _) => {
            writeln!(out, "{indent}    {}  {at} {}", paint.passage(passage), said("(no sentence of its own; borrowed)"))
        }
        (Told::Nothing, StepKind::Tag) => writeln!(out, "{indent}    {}  {at}", said("(both have this tag)")),
        (Told::Nothing, StepKind::Suggested) => {
            writeln!(out, "{indent}    {}  {at}", said("(suggested: the tag is nearly its name)"))
        }
        (Told::Nothing, _) => writeln!(out, "{indent}    {}  {at}", said("(no sentence says it)")),
    }
}

/// The steps of a tree as they lead on from one of its concepts, each under the one it leads on from.
fn branches(root: &Concept, tree: &Route, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut is_told = vec![false; tree.steps.len()];
    // Where it stands, and which of the steps from there are still to be told.
    let mut trail: Vec<(&Concept, usize)> = vec![(root, 0)];
    while let Some((at, from)) = trail.pop() {
        let next =
            (from..tree.steps.len()).find(|it| !is_told[*it] && [&tree.steps[*it].from, &tree.steps[*it].to].contains(&at));
        let Some(number) = next else { continue };
        is_told[number] = true;
        trail.push((at, number + 1));
        let step = &tree.steps[number];
        // A step is told from the root on, whichever way it was found.
        let is_turned = step.to == *at;
        let to = if is_turned { &step.from } else { &step.to };
        self::step(step, step.is_forward != is_turned, to, trail.len(), paint, out)?;
        trail.push((to, 0));
    }
    Ok(())
}

fn summary(route: &Route, is_first: bool, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut parts = vec![format!("{}, cost {:.2}", count(route.steps.len(), "step", "steps"), links(route.cost))];
    parts.extend(verdict(&route.verdict, is_first));
    writeln!(out, "{}", paint.faint(&parts.join("; ")))
}

/// What a way is worth, in a few words. The way around hubs is the same for all, and is told of the first alone: where that
/// goes through none it is itself the way around.
fn verdict(verdict: &Verdict, is_first: bool) -> Vec<String> {
    let mut said = Vec::new();
    if verdict.steps == 0 {
        return said;
    }
    let of = match (verdict.own, verdict.steps) {
        (0, _) => "none has a sentence of its own".to_owned(),
        (own, steps) if own == steps && steps == 1 => "it has a sentence of its own".to_owned(),
        (own, steps) if own == steps => "each has a sentence of its own".to_owned(),
        (1, steps) => format!("1 of {steps} has a sentence of its own"),
        (own, steps) => format!("{own} of {steps} have a sentence of their own"),
    };
    said.push(of);
    match verdict.suggested {
        0 => {}
        1 => said.push("1 is suggested, and nobody wrote it".to_owned()),
        suggested => said.push(format!("{suggested} are suggested, and nobody wrote them")),
    }
    if verdict.only_order_or_tags {
        said.push("nothing but order or tags joins them".to_owned());
    }
    if let Some(hub) = &verdict.hub {
        let hub = clean(&shown_name(hub)).into_owned();
        let around = match verdict.around.filter(|_| is_first) {
            Some(Around::Way { cost, steps }) => {
                format!("; around hubs it is {}, cost {:.2}", count(steps, "step", "steps"), links(cost))
            }
            Some(Around::NoneAsAsked) => " because there is no way around hubs as asked".to_owned(),
            Some(Around::None) => " because there is no way around hubs".to_owned(),
            None => String::new(),
        };
        said.push(format!("it goes through the hub {hub}{around}"));
    }
    said
}

fn apart(apart: &Apart, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if apart.is_joined {
        writeln!(out, "links join them, but not as asked")?;
    } else {
        for island in &apart.islands {
            let name = paint.strong(&shown_name(&island.concept));
            if island.size == 1 {
                writeln!(out, "{name} is linked with nothing")?;
                continue;
            }
            let most = clean(&shown_name(&island.most_linked)).into_owned();
            let others = count(island.size, "concept", "concepts");
            writeln!(out, "{name} is one of {others} that hang together, around {most}")?;
        }
    }
    bridge(apart, paint, out)?;
    for it in &apart.alike {
        let (concept, other) = (paint.strong(&shown_name(&it.concept)), paint.strong(&shown_name(&it.other)));
        writeln!(out, "{concept} and {other} both speak of {}", clean(&it.words.join(", ")))?;
    }
    Ok(())
}

/// The steps that nobody wrote and that would join what is apart.
fn bridge(apart: &Apart, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let Some(bridge) = &apart.bridge else { return Ok(()) };
    if bridge.is_empty() {
        return writeln!(out, "{}", paint.faint("nothing that notes mention would join them"));
    }
    writeln!(out, "what would join them, if it were a link:")?;
    for step in bridge {
        let (from, to) = if step.is_forward { (&step.from, &step.to) } else { (&step.to, &step.from) };
        let arrow = paint.relation(&format!("— ? {} →", step.spelling));
        writeln!(out, "  {} {arrow} {}", paint.strong(&shown_name(from)), paint.strong(&shown_name(to)))?;
        evidence(step, "  ", paint, out)?;
    }
    Ok(())
}

/// A cost in plain links.
fn links(millionths: u64) -> f64 {
    millionths as f64 / 1e6
}
