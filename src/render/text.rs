//! Answers for people: plain lines that read well on any terminal and in any pipe.
//!
//! Nothing but a picture depends on the width of a terminal, and nothing on the language of a system. Places stand as `path:line`, as editors and
//! other tools take them.

use super::paint::{Paint, clean};
use super::problem::{hint, message, severity_name};
use crate::answer::{
    Answer, Card, Check, Concept, Elsewhere, FoundBy, IndexCleared, IndexStatus, Indexed, LinkLine, Links, Meant, Neighbour,
    Overview, PLAIN, PlaceText, RelationGroup, Search, Stats, Subpath, Tagged, Tags, Wanted, WantedConcept,
};
use crate::note::{Kind, NotePath, Severity, clip};
use std::io::{self, Write};

/// Writes an answer as text.
///
/// # Errors
/// When the stream cannot be written.
pub fn text(answer: &Answer<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { paint, out };
    match answer {
        Answer::Overview(overview) => page.overview(overview),
        Answer::Search(search) => page.search(search),
        Answer::Show(card) => page.card(card),
        Answer::Links(links) => page.links(links),
        Answer::AllLinks(links) => links.iter().try_for_each(|link| page.link_line(&link)),
        Answer::Path(path) => super::path::path(path, paint, page.out),
        Answer::Related(related) => super::related::related(related, paint, page.out),
        Answer::EvalLinks(eval) => super::eval::eval_links(eval, paint, page.out),
        Answer::EvalSearch(eval) => super::eval::eval_search(eval, paint, page.out),
        Answer::Mentions(mentions) => super::mentions::mentions(mentions, paint, page.out),
        Answer::Edits(edits) => super::mentions::edits(edits, paint, page.out),
        Answer::Wanted(wanted) => page.wanted(wanted),
        Answer::Draft(draft) => super::draft::draft(draft, page.out),
        Answer::Communities(found) => super::communities::communities(found, paint, page.out),
        Answer::Bridges(bridges) => super::bridges::bridges(bridges, paint, page.out),
        Answer::Tags(tags) => page.tags(tags),
        Answer::Tagged(tagged) => page.tagged(tagged),
        Answer::Check(check) => page.check(check),
        Answer::Stats(stats) => page.stats(stats),
        Answer::Indexed(indexed) => page.indexed(indexed),
        Answer::IndexStatus(status) => page.index_status(status),
        Answer::IndexCleared(cleared) => page.index_cleared(cleared),
        Answer::Models(models) => super::models::models(models, paint, page.out),
        Answer::Model(card) => super::models::model(card, paint, page.out),
        Answer::Run(ran) => super::models::run(ran, paint, page.out),
    }
}

struct Page<'o> {
    paint: Paint,
    out: &'o mut dyn Write,
}

/// A number and its noun.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

pub(super) fn place(note_path: &NotePath, line: u32) -> String {
    format!("{note_path}:{line}")
}

/// The notes that say the same as a hit, the first of them by their paths.
pub(super) fn copies(copies: &[Concept]) -> String {
    const NAMED: usize = 3;
    let paths: Vec<&str> = copies.iter().take(NAMED).filter_map(|it| it.note_path.as_ref()).map(NotePath::as_str).collect();
    let more = if copies.len() > NAMED { format!(" and {} more", copies.len() - NAMED) } else { String::new() };
    format!("+ {}: {}{more}", count(copies.len(), "copy", "copies"), paths.join(", "))
}

impl Page<'_> {
    fn overview(&mut self, overview: &Overview) -> io::Result<()> {
        let (paint, stats) = (self.paint, &overview.stats);
        writeln!(
            self.out,
            "{}: {}, {}, {}",
            paint.strong(&overview.vault),
            count(stats.notes, "note", "notes"),
            count(stats.links, "link", "links"),
            count(stats.wanted, "name nobody wrote yet", "names nobody wrote yet")
        )?;
        if !overview.most_linked.is_empty() {
            let names = overview.most_linked.iter().map(|(concept, links)| format!("{} ({links})", clean(&shown_name(concept))));
            writeln!(self.out, "most linked: {}", names.collect::<Vec<_>>().join(", "))?;
        }
        let (a, b) = overview.examples.clone().unwrap_or_else(|| ("A".into(), "B".into()));
        let (a, b) = (quoted(&a), quoted(&b));
        writeln!(self.out)?;
        let runs = overview.runs.as_deref().map(|concept| (format!("run {}", quoted(concept)), "what it does when it runs"));
        let commands = [
            (format!("search {a}"), "which concepts speak of it"),
            (format!("show {a}"), "a concept's card"),
            (format!("links {a}"), "whom it links and who links it, with the sentences"),
            (format!("path {a} {b}"), "how two concepts hang together"),
            (format!("related {a}"), "the concepts nearest to it"),
            (format!("mentions {a}"), "who speaks of it without a link"),
        ];
        let of_all = [
            ("wanted", "the names nobody wrote yet"),
            ("communities", "which concepts belong together"),
            ("bridges", "where the vault is thin: what could be joined"),
            ("tags", "the tags and who has them"),
            ("check", "what is wrong in the notes"),
            ("stats", "how much there is"),
        ];
        let of_all = of_all.map(|(command, what)| (command.to_owned(), what));
        let commands: Vec<_> = commands.into_iter().chain(runs).chain(of_all).collect();
        let width = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
        for (command, what) in commands {
            let gap = " ".repeat(width - command.chars().count());
            writeln!(self.out, "  resonote {command}{gap}  {}", paint.faint(what))?;
        }
        Ok(())
    }

    fn search(&mut self, search: &Search) -> io::Result<()> {
        for (at, hit) in search.hits.iter().enumerate() {
            let rank = format!("{}.", at + 1);
            let place = match (&hit.concept.note_path, hit.line) {
                (Some(path), Some(line)) => place(path, line),
                _ => "wanted: nobody wrote it yet".to_owned(),
            };
            let models = (hit.models > 0).then(|| count(hit.models, "model", "models"));
            let places = (hit.places > 1).then(|| count(hit.places, "place", "places"));
            let counts: Vec<String> = models.into_iter().chain(places).collect();
            let counts = if counts.is_empty() { String::new() } else { format!("  ({})", counts.join(", ")) };
            let place = self.paint.faint(&format!("{place}{counts}"));
            writeln!(self.out, "{rank:<3} {}  {place}", self.paint.strong(&hit.concept.name))?;
            if !hit.trail.is_empty() {
                writeln!(self.out, "    {}", self.paint.relation(&hit.trail.join(" › ")))?;
            }
            if !hit.excerpt.text.is_empty() {
                writeln!(self.out, "    {}", self.paint.passage(&hit.excerpt))?;
            }
            if !hit.copies.is_empty() {
                writeln!(self.out, "    {}", self.paint.faint(&copies(&hit.copies)))?;
            }
            for line in hit.explanation.iter().flat_map(|parts| super::explain::lines(parts)) {
                writeln!(self.out, "    {}", self.paint.faint(&line))?;
            }
        }
        let told: usize = search.hits.iter().map(|hit| 1 + hit.copies.len()).sum();
        if search.total > told {
            let more = format!("{told} of {} concepts; --limit shows more", search.total);
            writeln!(self.out, "{}", self.paint.faint(&more))?;
        }
        Ok(())
    }

    fn card(&mut self, card: &Card) -> io::Result<()> {
        let paint = self.paint;
        let place = card.concept.note_path.as_ref().map_or("wanted: nobody wrote it yet", NotePath::as_str);
        writeln!(self.out, "{}  {}", paint.strong(&card.concept.name), paint.faint(place))?;
        if !card.aliases.is_empty() {
            writeln!(self.out, "also called: {}", clean(&card.aliases.join(", ")))?;
        }
        if !card.tags.is_empty() {
            let tags: Vec<String> = card.tags.iter().map(|tag| format!("#{tag}")).collect();
            writeln!(self.out, "tags: {}", clean(&tags.join(" ")))?;
        }
        for property in &card.properties {
            let values = property.values.join(", ");
            let shown = match &property.utc {
                Some(utc) => format!("{} ({values})", utc.replace('T', " ").replace('Z', " UTC")),
                None => values,
            };
            self.line_of(&property.key, &shown)?;
        }
        for field in &card.fields {
            let values: Vec<&str> = field.values.iter().map(|(_, text)| text.as_str()).collect();
            self.line_of(&field.key, &values.join(", "))?;
        }
        if !card.provenance.is_empty() {
            self.line_of("came from", &card.provenance.join(" "))?;
        }
        for suggestion in &card.suggestions {
            writeln!(self.out, "#{} may mean {}", clean(&suggestion.tag), clean(&shown_name(&suggestion.concept)))?;
        }
        if !card.first_paragraph.text.is_empty() {
            writeln!(self.out, "\n{}", paint.passage(&card.first_paragraph))?;
        }
        if !card.outline.is_empty() {
            writeln!(self.out, "\n{}", paint.strong("outline"))?;
            let top = card.outline.iter().map(|section| section.level).min().unwrap_or(1);
            for section in &card.outline {
                let indent = "  ".repeat(usize::from(section.level - top) + 1);
                writeln!(self.out, "{indent}{}  {}", clean(&section.text), paint.faint(&format!(":{}", section.line)))?;
            }
        }
        if !card.models.is_empty() {
            writeln!(self.out, "\n{}", paint.strong("models"))?;
            for model in &card.models {
                let title = model.title.as_ref().map_or(String::new(), |title| format!(": {title}"));
                let line = paint.faint(&format!(":{}", model.line));
                writeln!(self.out, "  {}{}  {line}", paint.strong(&model.model), clean(&title))?;
            }
        }
        self.groups("links", &card.links)?;
        self.groups("backlinks", &card.backlinks)?;
        if !card.problems.is_empty() {
            writeln!(self.out, "\n{}", paint.strong("problems"))?;
            for problem in &card.problems {
                let message = message(&problem.what);
                writeln!(self.out, "  :{}  {}", problem.place.line, paint.alarm(&message))?;
            }
        }
        Ok(())
    }

    /// What the note says under a key, on one line.
    fn line_of(&mut self, key: &str, value: &str) -> io::Result<()> {
        writeln!(self.out, "{}", format!("{}: {}", clean(key), clean(&clip(value))).trim_end())
    }

    fn groups(&mut self, title: &str, groups: &[RelationGroup]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n{}", self.paint.strong(title))?;
        for group in groups {
            let names: Vec<String> = group.concepts.iter().map(shown_name).collect();
            writeln!(self.out, "  {}: {}", self.paint.relation(&group.spelling), clean(&names.join(", ")))?;
        }
        Ok(())
    }

    fn links(&mut self, links: &Links) -> io::Result<()> {
        let place = links.concept.note_path.as_ref().map_or("wanted: nobody wrote it yet", NotePath::as_str);
        writeln!(self.out, "{}  {}", self.paint.strong(&links.concept.name), self.paint.faint(place))?;
        if let Some(outgoing) = &links.outgoing {
            self.neighbours("links", outgoing)?;
        }
        if let Some(backlinks) = &links.backlinks {
            self.neighbours("backlinks", backlinks)?;
        }
        if !links.elsewhere.is_empty() {
            writeln!(self.out, "\n{}", self.paint.strong(&format!("elsewhere ({})", links.elsewhere.len())))?;
            links.elsewhere.iter().try_for_each(|elsewhere| self.elsewhere(elsewhere))?;
        }
        if let Some(reached) = &links.reached {
            writeln!(self.out, "\n{}", self.paint.strong(&format!("around ({})", reached.len())))?;
            for reached in reached {
                let from = self.paint.faint(&format!("from {}", shown_name(&reached.from)));
                writeln!(self.out, "  {}  {}  {from}", reached.depth, clean(&shown_name(&reached.concept)))?;
            }
        }
        Ok(())
    }

    fn neighbours(&mut self, title: &str, neighbours: &[Neighbour]) -> io::Result<()> {
        writeln!(self.out, "\n{}", self.paint.strong(&format!("{title} ({})", neighbours.len())))?;
        for neighbour in neighbours {
            let relation = if neighbour.relation == PLAIN {
                String::new()
            } else {
                format!("  {}", self.paint.relation(&neighbour.spelling))
            };
            writeln!(self.out, "  {}{relation}", self.paint.strong(&shown_name(&neighbour.concept)))?;
            neighbour.places.iter().try_for_each(|place| self.place(place))?;
        }
        Ok(())
    }

    fn place(&mut self, place: &PlaceText) -> io::Result<()> {
        place_line(place, self.paint, self.out)
    }

    fn elsewhere(&mut self, elsewhere: &Elsewhere) -> io::Result<()> {
        let what = match &elsewhere.meant {
            Meant::External(address) => address.clone(),
            Meant::Attachment(path) => format!("{path} (attachment)"),
            Meant::Ambiguous => "ambiguous".to_owned(),
            Meant::Outside => "outside the vault".to_owned(),
            Meant::Note(path) => path.to_string(),
            Meant::Wanted(name) => name.clone(),
        };
        writeln!(self.out, "  {}", clean(&what))?;
        self.place(&elsewhere.place)
    }

    fn link_line(&mut self, link: &LinkLine) -> io::Result<()> {
        let mut signs: Vec<String> = Vec::new();
        if link.relation != PLAIN {
            signs.push(format!("relation {}", link.relation));
        }
        signs.extend(link.context.as_ref().map(|context| format!("context \"{context}\"")));
        if link.kind != Kind::Link {
            signs.push(link.kind.name().to_owned());
        }
        signs.extend(match link.found_by {
            FoundBy::Path | FoundBy::Name | FoundBy::None => None,
            other => Some(format!("by {}", other.name())),
        });
        signs.extend(link.subpath.as_ref().and_then(|(subpath, state)| match state {
            Subpath::None => None,
            Subpath::Heading => Some(format!("heading \"{subpath}\"")),
            Subpath::Block => Some(format!("block \"{subpath}\"")),
            Subpath::Missing => Some(format!("missing \"{subpath}\"")),
            Subpath::Text => Some(format!("subpath \"{subpath}\"")),
        }));
        signs.extend(link.label.as_ref().map(|label| format!("label \"{label}\"")));
        signs.extend(link.size.as_ref().map(|size| format!("size {size}")));
        if let Some((files, total)) = &link.candidates {
            let files: Vec<&str> = files.iter().map(NotePath::as_str).collect();
            signs.push(format!("one of {total}: {}", files.join(", ")));
        }
        signs.extend(link.in_comment.then(|| "in a comment".to_owned()));
        signs.extend(link.in_property_text.then(|| "among words".to_owned()));
        let target = match &link.meant {
            Meant::Note(path) | Meant::Attachment(path) => path.to_string(),
            Meant::Wanted(name) => format!("wanted \"{name}\""),
            Meant::Ambiguous => "ambiguous".to_owned(),
            Meant::Outside => "outside the vault".to_owned(),
            Meant::External(address) => address.clone(),
        };
        let at = format!("{}:{}:{}:", link.source, link.line, link.column);
        let signs: String = signs.iter().map(|sign| format!(" · {}", clean(sign))).collect();
        writeln!(self.out, "{} {} -> {}{signs}", self.paint.faint(&at), clean(&link.written), self.paint.strong(&target))
    }

    fn wanted(&mut self, wanted: &Wanted) -> io::Result<()> {
        for WantedConcept { concept, notes, links, places, spread, .. } in &wanted.concepts {
            let folders = if *spread > 1 { format!(" in {spread} folders") } else { String::new() };
            let by = format!("wanted by {}{folders}, {}", count(*notes, "note", "notes"), count(*links, "link", "links"));
            writeln!(self.out, "{}  {}", self.paint.strong(&concept.name), self.paint.faint(&by))?;
            places.iter().try_for_each(|place| self.place(place))?;
        }
        if wanted.total > wanted.concepts.len() {
            let more = format!("{} of {} names; --limit shows more", wanted.concepts.len(), wanted.total);
            writeln!(self.out, "{}", self.paint.faint(&more))?;
        }
        Ok(())
    }

    fn tags(&mut self, tags: &Tags) -> io::Result<()> {
        for it in &tags.tags {
            let tag = self.paint.strong(&format!("#{}", it.tag));
            let notes = self.paint.faint(&count(it.notes, "note", "notes"));
            writeln!(self.out, "{}{tag}  {notes}", "  ".repeat(it.depth))?;
        }
        if tags.total > tags.tags.len() {
            let more = format!("{} of {} tags; --limit shows more", tags.tags.len(), tags.total);
            writeln!(self.out, "{}", self.paint.faint(&more))?;
        }
        Ok(())
    }

    fn tagged(&mut self, tagged: &Tagged) -> io::Result<()> {
        if tagged.notes.is_empty() {
            return Ok(());
        }
        let notes = self.paint.faint(&count(tagged.total, "note", "notes"));
        writeln!(self.out, "{}  {notes}", self.paint.strong(&format!("#{}", tagged.tag)))?;
        if !tagged.below.is_empty() {
            let below: Vec<String> = tagged.below.iter().map(|it| format!("#{} ({})", it.tag, it.notes)).collect();
            writeln!(self.out, "below it: {}", clean(&below.join(", ")))?;
        }
        writeln!(self.out)?;
        for it in &tagged.notes {
            let place = it.concept.note_path.as_ref().map_or("", NotePath::as_str);
            write!(self.out, "{}  {}", self.paint.strong(&it.concept.name), self.paint.faint(place))?;
            // Where nothing is below the tag, each of them has the tag itself.
            if !tagged.below.is_empty() {
                let tags: Vec<String> = it.tags.iter().map(|tag| format!("#{tag}")).collect();
                write!(self.out, "  {}", clean(&tags.join(" ")))?;
            }
            writeln!(self.out)?;
        }
        if tagged.total > tagged.notes.len() {
            let more = format!("{} of {} notes; --limit shows more", tagged.notes.len(), tagged.total);
            writeln!(self.out, "{}", self.paint.faint(&more))?;
        }
        Ok(())
    }

    fn check(&mut self, check: &Check) -> io::Result<()> {
        for finding in &check.findings {
            let (at, what) = (finding.problem.place, &finding.problem.what);
            let severity = severity_name(what.severity());
            let severity =
                if what.severity() == Severity::Info { self.paint.faint(severity) } else { self.paint.alarm(severity) };
            let hint = hint(what).map_or(String::new(), |hint| format!(" ({hint})"));
            let place = format!("{}:{}:{}:", finding.note_path, at.line, at.column);
            let code = self.paint.faint(&format!("[{}]", what.code()));
            writeln!(self.out, "{} {severity}: {}{} {code}", self.paint.strong(&place), clean(&message(what)), clean(&hint))?;
        }
        writeln!(
            self.out,
            "{}: {}, {}, {}",
            count(check.notes, "note", "notes"),
            count(check.errors, "error", "errors"),
            count(check.warnings, "warning", "warnings"),
            count(check.infos, "info", "infos")
        )
    }

    fn stats(&mut self, stats: &Stats) -> io::Result<()> {
        let shape = &stats.shape;
        let rows: [(&str, usize, String); 10] = [
            (
                "notes",
                stats.notes,
                format!(
                    "{} isolated, {}, the largest of {}",
                    shape.isolated,
                    count(shape.components, "component", "components"),
                    shape.largest_component
                ),
            ),
            ("attachments", stats.attachments, String::new()),
            ("wanted", stats.wanted, "names nobody wrote yet".to_owned()),
            (
                "links",
                stats.links,
                format!(
                    "{} resolved, {} unresolved, {} ambiguous",
                    stats.links_resolved, stats.links_unresolved, stats.links_ambiguous
                ),
            ),
            ("external", stats.links_external, String::new()),
            ("pairs", shape.pairs, "distinct, of written notes".to_owned()),
            ("tags", stats.tags, String::new()),
            ("models", stats.models, String::new()),
            ("problems", stats.problems, if stats.problems > 0 { "see resonote check".to_owned() } else { String::new() }),
            (
                "left out",
                (stats.left_out.folders + stats.left_out.links + stats.left_out.excluded) as usize,
                match stats.left_out.excluded {
                    0 => "folders".to_owned(),
                    excluded => format!("folders and files, {excluded} by the settings"),
                },
            ),
        ];
        let width = rows.iter().map(|(_, number, _)| number.to_string().len()).max().unwrap_or(0);
        for (name, number, more) in rows {
            let line = format!("{name:<12} {number:>width$}  {}", self.paint.faint(&more));
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Page<'_> {
    fn indexed(&mut self, indexed: &Indexed) -> io::Result<()> {
        let (notes, links) = (count(indexed.notes, "note", "notes"), count(indexed.links, "link", "links"));
        writeln!(self.out, "{notes}, {}, {links}", count(indexed.concepts, "concept", "concepts"))?;
        let (read, indexed_notes) = (indexed.notes_read, indexed.notes_indexed);
        writeln!(
            self.out,
            "read {}, indexed {indexed_notes}",
            count(read, "note that was new or changed", "notes that were new or changed")
        )?;
        if indexed.is_kept { Ok(()) } else { writeln!(self.out, "nothing could be kept") }
    }

    fn index_status(&mut self, status: &IndexStatus) -> io::Result<()> {
        let kept = |(state, why): &(&'static str, Option<String>)| match why {
            Some(why) => format!("{state}: {why}"),
            None => (*state).to_owned(),
        };
        let rows = [
            ("folder", status.folder.clone()),
            ("size", size(status.bytes)),
            ("format", status.version.to_string()),
            ("graph", kept(&status.graph)),
            ("text", kept(&status.text)),
            ("mentions", kept(&status.mentions)),
            ("since", status.since.clone().unwrap_or_else(|| "never".to_owned())),
        ];
        rows.iter().try_for_each(|(name, value)| writeln!(self.out, "{name:<8} {}", clean(value)))
    }

    fn index_cleared(&mut self, cleared: &IndexCleared) -> io::Result<()> {
        cleared.folders.iter().try_for_each(|folder| writeln!(self.out, "removed {}", clean(folder)))?;
        cleared.busy.iter().try_for_each(|folder| writeln!(self.out, "in use, and left: {}", clean(folder)))?;
        writeln!(self.out, "{}, {}", count(cleared.folders.len(), "cache removed", "caches removed"), size(cleared.bytes))
    }
}

/// Where a link stands, and the sentence around it.
pub(super) fn place_line(place: &PlaceText, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let kind = match place.kind {
        Kind::Link => String::new(),
        kind => format!(" ({})", kind.name()),
    };
    let at = format!("{}:{}:{}{kind}", place.note_path, place.line, place.column);
    writeln!(out, "    {}  {}", paint.faint(&at), paint.passage(&place.text))
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 999.95 && unit + 1 < units.len() {
        (size, unit) = (size / 1_000.0, unit + 1);
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", units[unit]) }
}

/// A concept's name; its path behind it where others have the same name, and that nobody wrote it where nobody did.
pub(super) fn shown_name(concept: &Concept) -> String {
    match &concept.note_path {
        Some(path) if !concept.is_unique => format!("{} ({path})", concept.name),
        Some(_) => concept.name.clone(),
        None => format!("{} (wanted)", concept.name),
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let name = clean(name);
    if !name.is_empty() && name.chars().all(is_plain) && !name.starts_with('-') {
        name.into_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}
