//! Counts by state, the worst first, in symbols and words.

use super::survey::Survey;
use crate::panes::notices::Knowledge;
use crate::panes::words::{Sign, counted, grouped, health_sign, pod_ails, pod_sign, pod_word, safe};
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
    line
}

/// The same without words, for where there is no room. States that share a symbol are counted together.
pub(super) fn in_symbols<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> StyledLine {
    let mut counts: Vec<(u32, &Tally)> = Vec::new();
    for tally in tallies {
        match counts.iter_mut().find(|(_, known)| known.sign == tally.sign) {
            Some((count, _)) => *count += tally.count,
            None => counts.push((tally.count, tally)),
        }
    }
    let mut line = StyledLine::blank();
    for (count, tally) in counts {
        let gap = if line.spans.is_empty() { "" } else { " " };
        line.push(format!("{gap}{}", tally.sign.symbol), tally.sign.slot);
        let slot = if tally.trouble { tally.sign.slot } else { Slot::Text };
        line.push(grouped(count as usize), slot);
    }
    line
}

/// Counts in words, or in symbols where the words would be cut.
pub(super) fn in_room<'a>(tallies: impl Iterator<Item = &'a Tally> + Clone, width: u16) -> StyledLine {
    let words = in_words(tallies.clone());
    if words.width() <= usize::from(width) { words } else { in_symbols(tallies) }
}

/// What stands for counts where there are none: that there are none, or that nobody knows.
pub(super) fn nothing(known: Knowledge) -> StyledLine {
    match known.word() {
        None => StyledLine::new("none", Slot::Muted),
        Some(word) => StyledLine::new(word, Slot::Unknown),
    }
}

/// How the worst thing in a zone is drawn; none is good where there is something, and where that is known.
pub(super) fn severity_sign(severity: Option<Severity>, known: bool, empty: bool, symbols: &Symbols) -> Sign {
    let (symbol, slot) = match severity {
        None if !known => (symbols.unknown, Slot::Unknown),
        None if empty => (symbols.done, Slot::Muted),
        Some(Severity::Bad) => (symbols.bad, Slot::Bad),
        Some(Severity::Warning) => (symbols.warning, Slot::Warning),
        Some(Severity::Busy) => (symbols.busy, Slot::Busy),
        None => (symbols.good, Slot::Good),
    };
    Sign { symbol, slot }
}

/// The platform in one line: how many zones need attention and which the most, workloads by health, and pods; in
/// fewer words where there is less room. Without the last word of every source, what looks well is only said to look so.
pub(super) fn platform_line(survey: &Survey, complete: bool, width: u16, symbols: &Symbols) -> StyledLine {
    // What is idle is nobody's concern here, and takes the room of what is.
    let workloads = WorkloadCounts { idle: 0, ..survey.workloads() };
    let workloads = workload_tallies(&workloads, symbols);
    let pods = pod_tallies(&survey.pods(), symbols);
    let line = |brief: bool, workloads_in_words: bool, pods_in_words: bool| {
        let sign = severity_sign(survey.severity(), complete, false, symbols);
        let attention = attention(survey, complete, brief);
        let mut line = StyledLine::new(format!("{} {attention}", sign.symbol), sign.slot);
        let known = survey.known();
        for (noun, tallies, known, words) in [
            ("workloads", &workloads, known.workloads, workloads_in_words),
            ("pods", &pods, known.pods, pods_in_words),
        ] {
            let counts = match (tallies.is_empty(), words) {
                (true, _) if known == Knowledge::Known => continue,
                (true, _) => nothing(known),
                (false, true) => in_words(tallies),
                (false, false) => in_symbols(tallies),
            };
            line.push(format!("   {noun} "), Slot::Muted);
            line.spans.extend(counts.spans);
        }
        line
    };
    let forms = [(false, true, true), (false, true, false), (false, false, false)];
    let lines = forms.into_iter().map(|(brief, workloads, pods)| line(brief, workloads, pods));
    let fitting = |line: &StyledLine| line.width() <= usize::from(width);
    lines.into_iter().find(fitting).unwrap_or_else(|| line(true, false, false))
}

/// How many zones need attention, and which of them the most.
fn attention(survey: &Survey, complete: bool, brief: bool) -> String {
    let worst = survey.worst_zone().map(|zone| safe(&zone.name)).unwrap_or_default();
    match survey.need_attention() {
        0 if !complete => "no zone is known to need attention".to_owned(),
        0 => "no zone needs attention".to_owned(),
        1 if brief => format!("1 needs attention: {worst}"),
        1 => format!("1 zone needs attention: {worst}"),
        count if brief => format!("{count} need attention: {worst}"),
        count => format!("{} need attention, the worst: {worst}", counted(count, "zone", "zones")),
    }
}
