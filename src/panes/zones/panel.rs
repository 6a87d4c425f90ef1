//! What is behind the zone under the cursor: its troubles one by one, and its facts in words.

use super::counts::{Tally, in_words, nothing, pod_tallies, workload_tallies};
use super::survey::{Known, Survey};
use crate::panes::notices::Knowledge;
use crate::panes::words::{counted, pod_sign, safe, workload_sign, workload_word};
use crate::picture::model::{AutoscalerRow, PodRow, WorkloadRow};
use crate::picture::{Picture, ZoneSummary};
use crate::platform::age;
use crate::platform::pod::PodHealth;
use crate::platform::time::Instant;
use crate::platform::workload::Health;
use crate::platform::zone::ZoneId;
use crate::theme::{Slot, Symbols};
use crate::widgets::detail::Section;
use crate::widgets::gauge::Gauge;
use crate::widgets::line::StyledLine;

/// The most rows of one kind that a panel lists; a person opens the zone for more.
const MOST: usize = 40;

/// What is wrong in one zone, gathered once for each revision of the picture.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    of: Option<(u64, Option<ZoneId>)>,
    workloads: Vec<WorkloadRow>,
    pods: Vec<PodRow>,
    pods_in_all: usize,
    autoscalers: Vec<AutoscalerRow>,
}

impl Troubles {
    /// Gathers again if the picture has changed, or the cursor is on another zone.
    pub(super) fn renew(&mut self, picture: &Picture, zone: &ZoneSummary) {
        let of = (picture.revision(), zone.id);
        if self.of == Some(of) {
            return;
        }
        self.of = Some(of);
        self.workloads = unhealthy_workloads(picture, zone);
        self.autoscalers = limited_autoscalers(picture, zone);
        self.pods_in_all = (zone.pods.failing + zone.pods.unknown + zone.pods.not_ready) as usize;
        self.pods = if self.pods_in_all == 0 { Vec::new() } else { troubled_pods(picture, zone) };
    }

    /// The instants whose ages the panel shows.
    pub(super) fn ages(&self) -> impl Iterator<Item = Instant> + '_ {
        self.pods.iter().map(|pod| pod.restarted.unwrap_or(pod.created))
    }

    /// A section for each kind of trouble; one that says so when there is none, or none is known of.
    pub(super) fn sections(
        &self,
        complete: bool,
        empty: bool,
        now: Instant,
        symbols: &Symbols,
    ) -> Vec<Section> {
        let mut sections = Vec::new();
        if !self.workloads.is_empty() {
            let rows = self.workloads.iter().map(|row| workload_cells(row, symbols)).collect();
            sections.push(Section::new("Workloads that are not well").table(&[], rows));
        }
        if !self.pods.is_empty() {
            let rows = self.pods.iter().map(|pod| pod_cells(pod, now, symbols)).collect();
            let mut section = Section::new("Pods that are not well").table(&[], rows);
            if self.pods_in_all > self.pods.len() {
                let more = format!("and {} more", self.pods_in_all - self.pods.len());
                section = section.text(StyledLine::new(more, Slot::Muted));
            }
            sections.push(section);
        }
        if !self.autoscalers.is_empty() {
            let rows = self.autoscalers.iter().map(|row| autoscaler_cells(row, symbols)).collect();
            sections.push(Section::new("Autoscalers at their limit").table(&[], rows));
        }
        if sections.is_empty() {
            let line = match complete {
                true if empty => StyledLine::new(format!("{} nothing runs in it", symbols.done), Slot::Muted),
                true => StyledLine::new(format!("{} ", symbols.good), Slot::Good)
                    .and("nothing in it wants attention", Slot::Text),
                false => StyledLine::new("nothing in it is known to want attention", Slot::Muted),
            };
            sections.push(Section::new("").text(line));
        }
        sections
    }
}

fn unhealthy_workloads(picture: &Picture, zone: &ZoneSummary) -> Vec<WorkloadRow> {
    let mut rows: Vec<&WorkloadRow> = picture
        .workloads()
        .iter()
        .filter(|row| row.zone == zone.id && row.health >= Health::Progressing)
        .collect();
    rows.sort_by(|left, right| {
        let place = |row: &WorkloadRow| (row.namespace.clone(), row.name.clone());
        right.health.cmp(&left.health).then_with(|| place(left).cmp(&place(right)))
    });
    rows.into_iter().take(MOST).cloned().collect()
}

fn troubled_pods(picture: &Picture, zone: &ZoneSummary) -> Vec<PodRow> {
    let gravity = |pod: &PodRow| match pod.health {
        PodHealth::Failing => 0,
        PodHealth::Unknown => 1,
        PodHealth::NotReady => 2,
        _ => 3,
    };
    let mut pods: Vec<&PodRow> =
        picture.pods().iter().filter(|pod| pod.zone == zone.id && gravity(pod) < 3).collect();
    let order = |left: &&PodRow, right: &&PodRow| {
        let place = |pod: &PodRow| (gravity(pod), std::cmp::Reverse(pod.restarts));
        place(left)
            .cmp(&place(right))
            .then_with(|| left.namespace.cmp(&right.namespace))
            .then_with(|| left.name.cmp(&right.name))
    };
    if pods.len() > MOST {
        pods.select_nth_unstable_by(MOST, order);
        pods.truncate(MOST);
    }
    pods.sort_by(order);
    pods.into_iter().cloned().collect()
}

fn limited_autoscalers(picture: &Picture, zone: &ZoneSummary) -> Vec<AutoscalerRow> {
    let mut rows: Vec<&AutoscalerRow> =
        picture.autoscalers().iter().filter(|row| row.zone == zone.id && row.at_maximum()).collect();
    rows.sort_by_key(|row| (row.namespace.clone(), row.name.clone()));
    rows.into_iter().take(MOST).cloned().collect()
}

fn workload_cells(row: &WorkloadRow, symbols: &Symbols) -> Vec<StyledLine> {
    let sign = workload_sign(row, symbols);
    let name =
        StyledLine::new(format!("{}/", safe(&row.namespace)), Slot::Muted).and(safe(&row.name), Slot::Strong);
    let why = row.complaint.as_ref().map_or_else(StyledLine::blank, |complaint| {
        StyledLine::new(safe(&complaint.reason), Slot::Text)
            .and(format!(": {}", safe(&complaint.message)), Slot::Muted)
    });
    vec![
        StyledLine::new(format!("{} {}", sign.symbol, workload_word(row)), sign.slot),
        StyledLine::new(format!("{}/{}", row.ready, row.wanted), Slot::Text),
        name,
        why,
    ]
}

fn pod_cells(pod: &PodRow, now: Instant, symbols: &Symbols) -> Vec<StyledLine> {
    let sign = pod_sign(pod.health, symbols);
    let name =
        StyledLine::new(format!("{}/", safe(&pod.namespace)), Slot::Muted).and(safe(&pod.name), Slot::Strong);
    let restarts = match (pod.restarts, pod.restarted) {
        (0, _) => StyledLine::new(format!("{} old", age::age(pod.created, now)), Slot::Muted),
        (count, restarted) => {
            let ago = restarted.map(|at| format!(", {} ago", age::age(at, now))).unwrap_or_default();
            StyledLine::new(counted(count as usize, "restart", "restarts"), Slot::Text).and(ago, Slot::Muted)
        }
    };
    vec![
        StyledLine::new(format!("{} {}", sign.symbol, safe(&pod.status)), sign.slot),
        StyledLine::new(format!("{}/{}", pod.ready, pod.containers), Slot::Text),
        name,
        restarts,
    ]
}

fn autoscaler_cells(row: &AutoscalerRow, symbols: &Symbols) -> Vec<StyledLine> {
    let name = StyledLine::new(format!("{}/", safe(&row.namespace)), Slot::Muted)
        .and(safe(&row.target.name), Slot::Strong);
    vec![
        StyledLine::new(format!("{} at its maximum", symbols.warning), Slot::Warning),
        StyledLine::new(format!("{} of {}-{}", row.current, row.minimum, row.maximum), Slot::Text),
        name,
    ]
}

/// The facts of a zone, in words.
pub(super) fn facts(zone: &ZoneSummary, survey: &Survey, index: usize, symbols: &Symbols) -> Section {
    let known = survey.known();
    let joined = |names: Vec<String>| match names.is_empty() {
        true => nothing(known.namespaces),
        false => StyledLine::new(names.join(", "), Slot::Text),
    };
    let namespaces = zone.namespaces.iter().map(|name| safe(name).into_owned()).collect();
    let allocatable = survey.allocatable();
    let whole = |amount: String| if known.nodes == Knowledge::Known { amount } else { "?".to_owned() };
    let cpu = cpu_line(zone, survey, 12, symbols, &format!(" of {}", whole(allocatable.cpu.to_string())));
    let memory =
        memory_line(zone, survey, 12, symbols, &format!(" of {}", whole(allocatable.memory.to_string())));
    let restarts = restarts_in_words(zone, known);
    let restarts = match known.pods.word() {
        None => restarts.and(" since this console started", Slot::Muted),
        Some(_) => restarts,
    };
    let counts = |tallies: Vec<Tally>, known: Knowledge| match tallies.is_empty() {
        true => nothing(known),
        false => in_words(&tallies),
    };
    let mut section = Section::new("");
    if !zone.exposure.is_empty() {
        section = section.field("Exposure", zone.exposure);
    }
    section
        .field("Environments", joined(survey.environments(index).to_vec()))
        .field("Namespaces", joined(namespaces))
        .field("Workloads", counts(workload_tallies(&zone.workloads, symbols), known.workloads))
        .field("Pods", counts(pod_tallies(&zone.pods, symbols), known.pods))
        .field("Restarts", restarts)
        .field("Autoscalers", autoscalers_in_words(zone, known, symbols))
        .field("Requested", cpu)
        .field("", memory)
}

/// How often containers were restarted since the console's start.
pub(super) fn restarts_in_words(zone: &ZoneSummary, known: Known) -> StyledLine {
    if zone.restarts == 0 && known.pods != Knowledge::Known {
        return nothing(known.pods);
    }
    let count = usize::try_from(zone.restarts).unwrap_or(usize::MAX);
    let slot = if count == 0 { Slot::Muted } else { Slot::Text };
    StyledLine::new(counted(count, "restart", "restarts"), slot)
}

/// Autoscalers at their limit, of how many.
pub(super) fn autoscalers_in_words(zone: &ZoneSummary, known: Known, symbols: &Symbols) -> StyledLine {
    match (zone.autoscalers_at_limit, zone.autoscalers) {
        (_, 0) if known.autoscalers != Knowledge::Known => {
            let word = known.autoscalers.word().unwrap_or_default();
            StyledLine::new(format!("autoscalers {word}"), Slot::Unknown)
        }
        (_, 0) => StyledLine::new("no autoscalers", Slot::Muted),
        (0, count) => StyledLine::new(format!("0 of {count} autoscalers at limit"), Slot::Muted),
        (limited, count) => {
            let text = format!("{} {limited} of {count} autoscalers at limit", symbols.warning);
            StyledLine::new(text, Slot::Warning)
        }
    }
}

/// The processor time that a zone's pods request, as a part of what the nodes have, and in numbers with `whole` behind.
pub(super) fn cpu_line(
    zone: &ZoneSummary,
    survey: &Survey,
    bar: u16,
    symbols: &Symbols,
    whole: &str,
) -> StyledLine {
    let share = share(zone.requested.cpu.0, survey.allocatable().cpu.0);
    requested_line("cpu ", share, &format!("{}{whole}", zone.requested.cpu), survey, bar, symbols)
}

/// The memory that a zone's pods request, as a part of what the nodes have, and in numbers with `whole` behind.
pub(super) fn memory_line(
    zone: &ZoneSummary,
    survey: &Survey,
    bar: u16,
    symbols: &Symbols,
    whole: &str,
) -> StyledLine {
    let share = share(zone.requested.memory.0, survey.allocatable().memory.0);
    requested_line("mem ", share, &format!("{}{whole}", zone.requested.memory), survey, bar, symbols)
}

fn requested_line(
    label: &str,
    share: Option<f64>,
    numbers: &str,
    survey: &Survey,
    bar: u16,
    symbols: &Symbols,
) -> StyledLine {
    let mut line = StyledLine::new(label, Slot::Muted);
    let pods = survey.known().pods;
    if pods != Knowledge::Known && survey.pods().total() == 0 {
        line.spans.extend(nothing(pods).spans);
        return line;
    }
    line.spans.extend(Gauge::new(share, bar).line(symbols).spans);
    line.and(format!("  {numbers}"), Slot::Text)
}

fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
