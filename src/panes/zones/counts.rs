//! Counts by state, the worst first, in symbols and words.

use super::survey::Survey;
use crate::panes::words::{Sign, counted, grouped, health_sign, pod_ails, pod_sign, pod_word};
use crate::picture::{PodCounts, Severity, WorkloadCounts};
use crate::platform::pod::PodHealth;
use crate::platform::workload::Health;
use crate::theme::{Slot, Symbols};
use crate::widgets::line::StyledLine;

/// How many are in one state.
pub(super) struct Tally {
    count: u32,
    word: &'static str,
    sign: Sign,
    /// Whether it belongs to what wants attention.
    pub(super) trouble: bool,
}

/// The workloads by health, the worst first; what there is none of is left out.
pub(super) fn workload_tallies(counts: &WorkloadCounts, symbols: &Symbols) -> Vec<Tally> {
    let states = [
        (counts.down, Health::Down),
        (counts.degraded, Health::Degraded),
        (counts.progressing, Health::Progressing),
        (counts.healthy, Health::Healthy),
        (counts.idle, Health::Idle),
    ];
    let tallies = states.into_iter().map(|(count, health)| Tally {
        count,
        word: health.word(),
        sign: health_sign(health, symbols),
        trouble: matches!(health, Health::Down | Health::Degraded),
    });
    tallies.filter(|tally| tally.count > 0).collect()
}

/// The pods by state, the worst first; what there is none of is left out.
pub(super) fn pod_tallies(counts: &PodCounts, symbols: &Symbols) -> Vec<Tally> {
    let states = [
        (counts.failing, PodHealth::Failing),
        (counts.unknown, PodHealth::Unknown),
        (counts.not_ready, PodHealth::NotReady),
        (counts.starting, PodHealth::Starting),
        (counts.ready, PodHealth::Ready),
        (counts.terminating, PodHealth::Terminating),
        (counts.done, PodHealth::Done),
    ];
    let tallies = states.into_iter().map(|(count, health)| Tally {
        count,
        word: pod_word(health),
        sign: pod_sign(health, symbols),
        trouble: pod_ails(health),
    });
    tallies.filter(|tally| tally.count > 0).collect()
}

/// `1 down  2 degraded  12 healthy`, each with its symbol. Only the symbols are coloured where all is well.
pub(super) fn in_words<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> StyledLine {
    let mut line = StyledLine::blank();
    for tally in tallies {
        let gap = if line.spans.is_empty() { "" } else { "  " };
        line.push(format!("{gap}{} ", tally.sign.symbol), tally.sign.slot);
        let slot = if tally.trouble { tally.sign.slot } else { Slot::Text };
        line.push(format!("{} {}", grouped(tally.count as usize), tally.word), slot);
    }
    if line.spans.is_empty() {
        line.push("none", Slot::Muted);
    }
    line
}

/// The same without words, for where there is no room: each state has its own symbol.
pub(super) fn in_symbols(tallies: &[Tally]) -> StyledLine {
    let mut line = StyledLine::blank();
    for tally in tallies {
        let gap = if line.spans.is_empty() { "" } else { " " };
        line.push(format!("{gap}{}", tally.sign.symbol), tally.sign.slot);
        let slot = if tally.trouble { tally.sign.slot } else { Slot::Text };
        line.push(grouped(tally.count as usize), slot);
    }
    line
}

/// How the worst thing in a zone is drawn; none is good, but only where that is known.
pub(super) fn severity_sign(severity: Option<Severity>, known: bool, symbols: &Symbols) -> Sign {
    let (symbol, slot) = match severity {
        None if !known => (symbols.unknown, Slot::Unknown),
        Some(Severity::Bad) => (symbols.bad, Slot::Bad),
        Some(Severity::Warning) => (symbols.warning, Slot::Warning),
        Some(Severity::Busy) => (symbols.busy, Slot::Busy),
        None => (symbols.good, Slot::Good),
    };
    Sign { symbol, slot }
}

/// The platform in one line: how many zones need attention, workloads by health, and pods where there is room.
/// Without the last word of every source, what looks well is only said to look so.
pub(super) fn platform_line(survey: &Survey, complete: bool, width: u16, symbols: &Symbols) -> StyledLine {
    let sign = severity_sign(survey.severity(), complete, symbols);
    // What is idle is nobody's concern here, and takes the room of what is.
    let workloads = WorkloadCounts { idle: 0, ..survey.workloads() };
    let workloads = workload_tallies(&workloads, symbols);
    let pods = pod_tallies(&survey.pods(), symbols);
    let attention = match survey.need_attention() {
        0 if !complete => "no zone is known to need attention".to_owned(),
        0 => "no zone needs attention".to_owned(),
        1 => "1 zone needs attention".to_owned(),
        count => format!("{} need attention", counted(count, "zone", "zones")),
    };
    let mut line = StyledLine::new(format!("{} {attention}", sign.symbol), sign.slot);
    for (noun, tallies, from) in [("workloads", &workloads, 0), ("pods", &pods, 130)] {
        if width >= from && !tallies.is_empty() {
            line.push(format!("   {noun} "), Slot::Muted);
            line.spans.extend(in_words(tallies).spans);
        }
    }
    line
}
