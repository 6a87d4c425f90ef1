//! The zones as rows of a grid: one line each in a small window, two in a larger one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::counts::{Tally, in_room, in_symbols, nothing, pod_tallies, severity_sign, workload_tallies};
use super::panel::{autoscalers_in_words, cpu_line, memory_line, restarts_in_words};
use super::survey::{Survey, severity};
use crate::panes::ViewContext;
use crate::panes::notices::Knowledge;
use crate::panes::words::safe;
use crate::picture::{Severity, ZoneSummary};
use crate::theme::{Slot, Symbols};
use crate::widgets::line::StyledLine;
use crate::widgets::text::{cells, put};

/// Cells left of the names: cursor, symbol, and blanks.
const GUTTER: u16 = 5;
/// Blank cells between two columns.
const GAP: u16 = 2;
/// From this width on, a zone takes two lines and says its counts in words.
const WORDS_FROM: u16 = 100;
/// From this width on, restarts, autoscalers and requests have columns of their own.
const FULL_FROM: u16 = 176;
/// The cells that the worst thing keeps, if it needs them, before other columns get more than their least.
const WORST: u16 = 40;
/// What a panel under the zones should have before the zones spread out.
const ROOM_FOR_PANEL: u16 = 9;

/// How the zones are laid out in an area.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cards {
    columns: Columns,
    /// Lines that a zone fills.
    lines: u16,
    /// Lines from one zone to the next.
    pitch: u16,
    /// Whether every source has told all that it has.
    complete: bool,
}

/// The widths of the columns; one of no cells is left out.
#[derive(Debug, Clone, Copy)]
struct Columns {
    name: u16,
    worst: u16,
    workloads: u16,
    pods: u16,
    events: u16,
    requested: u16,
}

impl Columns {
    /// The widths in a window: what the worst thing does not need goes to those who want more, from the left.
    fn new(width: u16, wanted: [u16; 6]) -> Self {
        let [name_wanted, worst_wanted, ..] = wanted;
        let (name, workloads, pods, events, requested) = match width {
            FULL_FROM.. => (22, 28, 32, 29, 26),
            120.. => (22, 27, 27, 0, 0),
            WORDS_FROM.. => (17, 27, 27, 0, 0),
            70.. => (12, 13, 13, 0, 0),
            _ => (12, 10, 0, 0, 0),
        };
        let mut columns = Columns { name, worst: 0, workloads, pods, events, requested };
        let others = [name, workloads, pods, events, requested];
        let gaps = GAP * cells(others.iter().filter(|width| **width > 0).count());
        let taken = GUTTER + 1 + gaps + others.iter().sum::<u16>();
        let rest = width.saturating_sub(taken);
        let mut spare = rest.saturating_sub(worst_wanted.min(WORST));
        for (column, wanted) in [
            (&mut columns.name, name_wanted),
            (&mut columns.workloads, wanted[2]),
            (&mut columns.pods, wanted[3]),
            (&mut columns.events, wanted[4]),
            (&mut columns.requested, wanted[5]),
        ] {
            let more = if *column > 0 { wanted.saturating_sub(*column).min(spare) } else { 0 };
            *column += more;
            spare -= more;
        }
        let given = spare + rest.min(worst_wanted.min(WORST));
        Columns { worst: given.min(rest), ..columns }
    }

    /// Each column's first cell, counted from the left, and its width.
    fn places(&self) -> [(u16, u16); 6] {
        let mut x = GUTTER;
        [self.name, self.worst, self.workloads, self.pods, self.events, self.requested].map(|width| {
            let place = (x, width);
            if width > 0 {
                x = x.saturating_add(width + GAP);
            }
            place
        })
    }
}

impl Cards {
    /// The layout for these zones: they spread out as long as there is room for a panel under them.
    pub(super) fn new(
        area: Rect,
        survey: &Survey,
        shown: &[usize],
        complete: bool,
        symbols: &Symbols,
    ) -> Self {
        let zones = shown.len();
        let room = area.height.saturating_sub(1 + ROOM_FOR_PANEL);
        let fits = |pitch: u16| cells(zones).saturating_mul(pitch) <= room;
        let (lines, pitch) = match area.width >= WORDS_FROM {
            true if fits(3) => (2, 3),
            true if fits(2) || cells(zones).saturating_mul(2) < area.height => (2, 2),
            _ => (1, 1),
        };
        let unbounded = Columns {
            name: u16::MAX,
            worst: u16::MAX,
            workloads: u16::MAX,
            pods: u16::MAX,
            events: 0,
            requested: 0,
        };
        let mut cards = Cards { columns: unbounded, lines, pitch, complete };
        let mut wanted = [0; 6];
        for index in shown {
            for (most, lines) in wanted.iter_mut().zip(cards.zone_lines(survey, *index, symbols)) {
                *most = lines.iter().map(|line| cells(line.width())).fold(*most, u16::max);
            }
        }
        cards.columns = Columns::new(area.width, wanted);
        cards
    }

    /// The lines that so many zones take, the titles included, at most the area's.
    pub(super) fn height(&self, area: Rect, zones: usize) -> u16 {
        cells(zones).saturating_mul(self.pitch).saturating_add(1).min(area.height)
    }

    /// How many zones an area holds.
    pub(super) fn page(&self, area: Rect) -> usize {
        usize::from(area.height.saturating_sub(1) / self.pitch).max(1)
    }

    /// The first zone to show, so that the cursor's is among those that are.
    pub(super) fn offset(&self, before: usize, cursor: usize, page: usize, zones: usize) -> usize {
        before.clamp((cursor + 1).saturating_sub(page), cursor).min(zones.saturating_sub(page))
    }

    /// Draws the titles and the zones.
    pub(super) fn draw(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        survey: &Survey,
        shown: &[usize],
        cursor: usize,
        context: &ViewContext<'_>,
    ) {
        if area.is_empty() {
            return;
        }
        self.draw_titles(buffer, area, context);
        for (row, index) in shown.iter().enumerate() {
            let y = area.y.saturating_add(1).saturating_add(cells(row).saturating_mul(self.pitch));
            if y >= area.bottom() {
                break;
            }
            let place = Rect { y, height: self.lines.min(area.bottom() - y), ..area };
            self.draw_zone(buffer, place, survey, *index, row == cursor, context);
        }
    }

    fn draw_titles(&self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        let style = context.theme.style(Slot::Header);
        buffer.set_style(Rect { height: 1, ..area }, style);
        let events = "RESTARTS SINCE START";
        let titles = ["ZONE", "WORST", "WORKLOADS", "PODS", events, "REQUESTED"];
        for ((x, width), title) in self.columns.places().into_iter().zip(titles) {
            put(buffer, area.x + x, area.y, title, width, style);
        }
    }

    fn draw_zone(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        survey: &Survey,
        index: usize,
        under_cursor: bool,
        context: &ViewContext<'_>,
    ) {
        let theme = context.theme;
        let symbols = theme.symbols();
        let zone = &survey.zones()[index];
        let empty = is_empty(zone);
        let sign = severity_sign(severity(zone), self.complete || !empty, empty, symbols);
        put(buffer, area.x + 2, area.y, sign.symbol, 1, theme.style(sign.slot));
        let lines = self.zone_lines(survey, index, symbols);
        for ((x, width), lines) in self.columns.places().into_iter().zip(lines) {
            for (y, line) in (area.y..area.bottom()).zip(&lines) {
                if width > 0 {
                    line.draw(buffer, (area.x + x, y), width, theme, Style::default());
                }
            }
        }
        if under_cursor {
            for y in area.y..area.bottom() {
                put(buffer, area.x, y, symbols.cursor, 1, theme.style(Slot::Accent));
            }
            if context.focused {
                buffer.set_style(area.intersection(buffer.area), theme.style(Slot::Cursor));
            }
        }
    }

    /// The cells of a zone.
    fn zone_lines(&self, survey: &Survey, index: usize, symbols: &Symbols) -> [Vec<StyledLine>; 6] {
        let zone = &survey.zones()[index];
        let known = survey.known();
        let workloads = workload_tallies(&zone.workloads, symbols);
        let pods = pod_tallies(&zone.pods, symbols);
        let worst = worst_line(zone, survey, self.complete);
        if self.lines == 1 {
            let counts = |tallies: &[Tally], known: Knowledge| match tallies.is_empty() {
                true if known != Knowledge::Known => nothing(known),
                _ => in_symbols(tallies),
            };
            return [
                vec![name_line(zone)],
                vec![worst],
                vec![counts(&workloads, known.workloads)],
                vec![counts(&pods, known.pods)],
                Vec::new(),
                Vec::new(),
            ];
        }
        let counts = |tallies: &[Tally], known: Knowledge, width: u16| match tallies.is_empty() {
            true => vec![nothing(known)],
            false => two_lines(tallies, width),
        };
        [
            vec![name_line(zone), exposure_line(zone, survey.environments(index))],
            self.worst_lines(zone, worst),
            counts(&workloads, known.workloads, self.columns.workloads),
            counts(&pods, known.pods, self.columns.pods),
            vec![restarts_in_words(zone, known), autoscalers_in_words(zone, known, symbols)],
            vec![cpu_line(zone, survey, 9, symbols, ""), memory_line(zone, survey, 9, symbols, "")],
        ]
    }

    /// The worst thing, in two lines where it is long; else the namespaces are under it.
    fn worst_lines(&self, zone: &ZoneSummary, worst: StyledLine) -> Vec<StyledLine> {
        let mut lines = worst.wrap(usize::from(self.columns.worst.max(1)));
        if lines.len() > 2 {
            // What does not fit into two lines is cut at the end of the second.
            let rest: Vec<_> = lines.drain(1..).collect();
            let text: Vec<String> = rest
                .iter()
                .map(|line| line.spans.iter().map(|span| span.text.as_str()).collect::<String>())
                .collect();
            let slot = rest.first().and_then(|line| line.spans.first()).map_or(Slot::Text, |span| span.slot);
            lines.push(StyledLine::new(text.join(" "), slot));
        }
        if lines.len() == 1 {
            let names: Vec<_> = zone.namespaces.iter().map(|name| safe(name)).collect();
            lines.push(StyledLine::new(names.join(", "), Slot::Muted));
        }
        lines
    }
}

/// Whether nothing is known to run in a zone.
pub(super) fn is_empty(zone: &ZoneSummary) -> bool {
    zone.workloads.total() == 0 && zone.pods.total() == 0
}

/// A zone that is well is calm; only the others have strong names.
fn name_line(zone: &ZoneSummary) -> StyledLine {
    let slot = match severity(zone) {
        Some(Severity::Bad | Severity::Warning) => Slot::Strong,
        _ => Slot::Text,
    };
    StyledLine::new(safe(&zone.name), slot)
}

fn exposure_line(zone: &ZoneSummary, environments: &[String]) -> StyledLine {
    let mut line = StyledLine::new(zone.exposure, Slot::Muted);
    if !environments.is_empty() {
        let gap = if zone.exposure.is_empty() { "" } else { ", " };
        line.push(format!("{gap}{}", environments.join(", ")), Slot::Muted);
    }
    line
}

/// The worst thing in words: what the eye meets first.
fn worst_line(zone: &ZoneSummary, survey: &Survey, complete: bool) -> StyledLine {
    if let Some(worst) = &zone.worst {
        let slot = match worst.severity {
            Severity::Bad => Slot::Bad,
            Severity::Warning => Slot::Warning,
            Severity::Busy => Slot::Busy,
        };
        return StyledLine::new(safe(&worst.text), slot);
    }
    let known = survey.known();
    let text = match (is_empty(zone), known.workloads, known.pods) {
        (true, ..) if complete => "nothing runs here",
        (true, workloads, pods) if workloads.is_off() && pods.is_off() => "nothing is known of it",
        (true, workloads, pods) if workloads.is_off() || pods.is_off() => "not all of it is known",
        (true, ..) => "not known yet",
        (false, workloads, _) if workloads != Knowledge::Known => "its pods are well",
        (false, _, pods) if pods != Knowledge::Known => "its workloads are well",
        _ => "all well",
    };
    StyledLine::new(text, Slot::Muted)
}

/// What is wrong in the first line and the rest in the second; where nothing is, the rest in the first.
fn two_lines(tallies: &[Tally], width: u16) -> Vec<StyledLine> {
    let (troubles, rest): (Vec<&Tally>, Vec<&Tally>) = tallies.iter().partition(|tally| tally.trouble);
    let line = |tallies: &[&Tally]| in_room(tallies.iter().copied(), width);
    match (troubles.is_empty(), rest.is_empty()) {
        (false, false) => vec![line(&troubles), line(&rest)],
        (false, true) => vec![line(&troubles)],
        _ => {
            let (first, second) = rest.split_at(rest.len().min(1));
            let mut lines = vec![line(first)];
            if !second.is_empty() {
                lines.push(line(second));
            }
            lines
        }
    }
}
