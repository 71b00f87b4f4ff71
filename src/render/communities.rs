//! Communities for people: a line of numbers and a line of names for each, or the concepts of one.

use super::paint::{Paint, clean};
use super::text::{count, shown_name};
use crate::answer::{Communities, CommunityCard};
use crate::note::NotePath;
use std::io::{self, Write};

pub(super) fn communities(found: &Communities, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match (&found.of, &found.communities[..]) {
        (Some(_), [community]) => one(community, found.total, paint, out)?,
        _ => found.communities.iter().try_for_each(|community| named(community, paint, out))?,
    }
    if found.communities.is_empty() {
        return Ok(());
    }
    let mut whole = format!("modularity {:.4}", found.modularity);
    if found.of.is_none() {
        let shown = found.communities.len();
        let communities = count(found.total, "community", "communities");
        let communities = if shown < found.total { format!("{shown} of {communities}; --limit shows more") } else { communities };
        let alone =
            if found.alone > 0 { format!(", {} alone", count(found.alone, "concept", "concepts")) } else { String::new() };
        whole = format!("{whole}{alone}; {communities}");
    }
    writeln!(out, "{}", paint.faint(&whole))
}

/// How large a community is and how closely it is linked.
fn numbers(community: &CommunityCard) -> String {
    let wanted = community.size - community.notes;
    let wanted = if wanted > 0 { format!(", {wanted} of them wanted") } else { String::new() };
    format!("{}{wanted}, density {:.2}", count(community.size, "concept", "concepts"), community.density)
}

fn named(community: &CommunityCard, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = community.members.iter().map(|(concept, _)| clean(&shown_name(concept)).into_owned()).collect();
    let rank = format!("{}.", community.rank);
    writeln!(out, "{rank:<3} {}  {}", paint.strong(&names.join(", ")), paint.faint(&numbers(community)))
}

fn one(community: &CommunityCard, total: usize, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("community {} of {total}: {}", community.rank, numbers(community));
    writeln!(out, "{}", paint.faint(&place))?;
    for (concept, telling) in &community.members {
        let place = concept.note_path.as_ref().map_or("wanted: nobody wrote it yet", NotePath::as_str);
        writeln!(out, "{telling:>8.2}  {}  {}", paint.strong(&concept.name), paint.faint(place))?;
    }
    if community.size > community.members.len() {
        let more = format!("{} of {} concepts; --members shows more", community.members.len(), community.size);
        writeln!(out, "{}", paint.faint(&more))?;
    }
    Ok(())
}
