//! What a detail says: what the row itself knows at once, and the object in full once it is there.

use crate::panes::listing::{Listed, RowContext};
use crate::panes::words::{Sign, moment, safe};
use crate::platform::age;
use crate::platform::detail::{ConditionDetail, ContainerDetail, Detail, EventDetail, Termination};
use crate::platform::object::Symbol;
use crate::platform::time::Instant;
use crate::theme::{Slot, Symbols};
use crate::widgets::detail::{Item, Section};
use crate::widgets::line::StyledLine;

/// What the picture has of an object in full.
type Fetched<'a> = Option<&'a Result<Box<Detail>, String>>;

/// Everything about the object of a row.
pub(in crate::panes) fn object_sections<R: Listed>(
    row: &R,
    fetched: Fetched<'_>,
    context: &RowContext<'_>,
) -> Vec<Section> {
    let mut sections = row.summary(context);
    let known = row.owners();
    match fetched {
        Some(Ok(detail)) => {
            let facts = more_facts(detail, &sections);
            let chain = if detail.owners.is_empty() { &known } else { &detail.owners };
            sections.push(owner_chain(row, chain, context.symbols));
            sections.extend(containers(&detail.containers, context));
            sections.extend(conditions(&detail.conditions, context));
            sections.push(events(detail, context));
            sections.extend(facts);
        }
        Some(Err(reason)) => {
            sections.push(owner_chain(row, &known, context.symbols));
            let line = StyledLine::new(format!("{} ", context.symbols.bad), Slot::Bad)
                .and(format!("the rest could not be read: {}", safe(reason)), Slot::Text);
            sections.push(Section::new("").text(line));
        }
        None => {
            sections.push(owner_chain(row, &known, context.symbols));
            let line = StyledLine::new(format!("loading{}", context.symbols.ellipsis), Slot::Muted);
            sections.push(Section::new("").text(line));
        }
    }
    if let Some(labels) = labels(row) {
        sections.push(labels);
    }
    sections.retain(|section| !section.items.is_empty());
    sections
}

/// The next instant at which an age in an object's detail reads differently.
pub(in crate::panes) fn next_change(fetched: Fetched<'_>, now: Instant) -> Option<Instant> {
    let Some(Ok(detail)) = fetched else { return None };
    let containers = detail.containers.iter().flat_map(|container| {
        let ended = container.last.as_ref().and_then(|last| last.finished);
        [container.since, ended]
    });
    let conditions = detail.conditions.iter().map(|condition| condition.since);
    let events = detail.events.iter().map(|event| event.last);
    containers.chain(conditions).chain(events).flatten().map(|since| age::changes_at(since, now)).min()
}

fn owner_chain<R: Listed>(row: &R, owners: &[(Symbol, Symbol)], symbols: &Symbols) -> Section {
    if owners.is_empty() {
        return Section::default();
    }
    let mut line = StyledLine::new(row.kind().name(), Slot::Muted);
    for (kind, name) in owners {
        line.push(format!(" {} ", symbols.separator), Slot::Muted);
        line.push(format!("{} ", safe(kind)), Slot::Muted);
        line.push(safe(name), Slot::Text);
    }
    Section::new("Owned by").text(line)
}

fn labels<R: Listed>(row: &R) -> Option<Section> {
    if row.labels().is_empty() {
        return None;
    }
    let mut section = Section::new("Labels");
    for (name, value) in row.labels().iter() {
        let line = StyledLine::new(format!("{}=", safe(name)), Slot::Muted).and(safe(value), Slot::Text);
        section.items.push(Item::Text(line));
    }
    Some(section)
}

/// The facts that the row has not told already.
fn more_facts(detail: &Detail, told: &[Section]) -> Option<Section> {
    let is_told = |name: &str| {
        told.iter()
            .flat_map(|section| &section.items)
            .any(|item| matches!(item, Item::Field { label, .. } if label.trim().eq_ignore_ascii_case(name)))
    };
    let mut section = Section::new("More");
    for (name, value) in detail.facts.iter().filter(|(name, _)| !is_told(name)) {
        section = section.field(safe(name), StyledLine::new(safe(value), Slot::Text));
    }
    (!section.items.is_empty()).then_some(section)
}

fn containers(containers: &[ContainerDetail], context: &RowContext<'_>) -> Option<Section> {
    if containers.is_empty() {
        return None;
    }
    let mut section = Section::new("Containers");
    for container in containers {
        section.items.push(Item::Text(container_line(container, context)));
        for (label, text) in [("  message", &container.message), ("  resources", &container.resources)] {
            if !text.is_empty() {
                section = section.field(label, StyledLine::new(safe(text), Slot::Text));
            }
        }
        if let Some(last) = &container.last {
            section = section.field("  last ended", termination(last, context.now));
            if !last.message.is_empty() {
                section = section.field("  saying", StyledLine::new(safe(&last.message), Slot::Text));
            }
        }
        section = section.field("  image", StyledLine::new(safe(&container.image), Slot::Muted));
    }
    Some(section)
}

fn container_line(container: &ContainerDetail, context: &RowContext<'_>) -> StyledLine {
    let sign = container_sign(container, context.symbols);
    let mut line = StyledLine::new(format!("{} ", sign.symbol), sign.slot);
    line.push(safe(&container.name), Slot::Strong);
    if container.init {
        line.push(" (init)", Slot::Muted);
    }
    if !container.state.is_empty() {
        line.push(format!("  {}", safe(&container.state)), sign.slot);
    }
    if let Some(since) = container.since {
        line.push(format!(" for {}", age::age(since, context.now)), Slot::Muted);
    }
    if !container.ready && container.state.starts_with("Running") {
        line.push(", not ready", sign.slot);
    }
    if container.restarts > 0 {
        let noun = if container.restarts == 1 { "restart" } else { "restarts" };
        line.push(format!(", {} {noun}", container.restarts), Slot::Warning);
    }
    line
}

fn container_sign(container: &ContainerDetail, symbols: &Symbols) -> Sign {
    let on_its_way = ["ContainerCreating", "PodInitializing"];
    let (symbol, slot) = match container.state.as_str() {
        _ if container.ready => (symbols.good, Slot::Good),
        state if state.starts_with("Running") => (symbols.warning, Slot::Warning),
        state if state.contains("Completed") => (symbols.done, Slot::Done),
        state if on_its_way.iter().any(|reason| state.contains(reason)) => (symbols.busy, Slot::Busy),
        "Waiting" => (symbols.busy, Slot::Busy),
        // A template says nothing of how its containers are.
        "" => (symbols.done, Slot::Muted),
        _ => (symbols.bad, Slot::Bad),
    };
    Sign { symbol, slot }
}

/// How a container ended: reason, exit code, signal, when, and how long it had run.
fn termination(last: &Termination, now: Instant) -> StyledLine {
    let failed = last.exit_code != 0 || last.signal.is_some_and(|signal| signal != 0);
    let slot = if failed { Slot::Bad } else { Slot::Text };
    let reason = if last.reason.is_empty() { "ended".into() } else { safe(&last.reason) };
    let mut line = StyledLine::new(reason, slot).and(format!(", exit code {}", last.exit_code), slot);
    if let Some(signal) = last.signal.filter(|signal| *signal != 0) {
        line.push(format!(", signal {signal}"), slot);
    }
    if let Some(finished) = last.finished {
        line.push(format!(", {}", moment(finished, now)), Slot::Muted);
        if let Some(started) = last.started {
            line.push(format!(", ran for {}", age::age(started, finished)), Slot::Muted);
        }
    }
    line
}

/// The bad conditions, each with its reason; the others together in one line.
fn conditions(conditions: &[ConditionDetail], context: &RowContext<'_>) -> Option<Section> {
    if conditions.is_empty() {
        return None;
    }
    let mut section = Section::new("Conditions");
    // Of a pod that has ended well, nothing is ready any more, and nothing is wrong with that.
    let ended = conditions.iter().any(|condition| condition.reason == "PodCompleted");
    let is_bad = |condition: &ConditionDetail| {
        let of_ending = ended && matches!(condition.reason.as_str(), "" | "PodCompleted");
        condition.bad && !of_ending
    };
    for condition in conditions.iter().filter(|condition| is_bad(condition)) {
        let mut line = StyledLine::new(format!("{} ", context.symbols.bad), Slot::Bad);
        line.push(format!("{} {}", safe(&condition.kind), safe(&condition.status)), Slot::Bad);
        if let Some(since) = condition.since {
            line.push(format!(" for {}", age::age(since, context.now)), Slot::Muted);
        }
        if !condition.reason.is_empty() {
            line.push(format!("  {}", safe(&condition.reason)), Slot::Strong);
        }
        if !condition.message.is_empty() {
            line.push(format!(": {}", safe(&condition.message)), Slot::Text);
        }
        section.items.push(Item::Text(line));
    }
    let good: Vec<String> = conditions
        .iter()
        .filter(|condition| !is_bad(condition))
        .map(|condition| match condition.status.as_str() {
            "True" => safe(&condition.kind).into_owned(),
            status => format!("{} {}", safe(&condition.kind), safe(status)),
        })
        .collect();
    if !good.is_empty() {
        let symbols = context.symbols;
        let (symbol, slot) = if ended { (symbols.done, Slot::Done) } else { (symbols.good, Slot::Good) };
        let line = StyledLine::new(format!("{symbol} "), slot).and(good.join(", "), Slot::Text);
        section.items.push(Item::Text(line));
    }
    Some(section)
}

fn events(detail: &Detail, context: &RowContext<'_>) -> Section {
    let mut section = Section::new("Events");
    if let Some(reason) = &detail.events_error {
        let line = StyledLine::new(format!("{} ", context.symbols.warning), Slot::Warning)
            .and(format!("could not be read: {}", safe(reason)), Slot::Text);
        return section.text(line);
    }
    if detail.events.is_empty() {
        return section.text(StyledLine::new("none", Slot::Muted));
    }
    for event in &detail.events {
        let elapsed = event.last.map(|last| age::age(last, context.now)).unwrap_or_default();
        section = section.field(elapsed, event_line(event, context.symbols));
    }
    section
}

fn event_line(event: &EventDetail, symbols: &Symbols) -> StyledLine {
    let warns = event.kind == "Warning";
    let (symbol, slot) = if warns { (symbols.warning, Slot::Warning) } else { (symbols.done, Slot::Muted) };
    let mut line = StyledLine::new(format!("{symbol} "), slot);
    line.push(safe(&event.reason), if warns { Slot::Strong } else { Slot::Text });
    if event.count > 1 {
        line.push(format!(" {} times", event.count), Slot::Muted);
    }
    line.push(format!("  {}", safe(&event.message)), if warns { Slot::Text } else { Slot::Muted });
    if !event.source.is_empty() {
        line.push(format!(" ({})", safe(&event.source)), Slot::Muted);
    }
    line
}
