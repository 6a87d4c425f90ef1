//! The platform as zones: how each is, the worst thing in it in words, and what is behind that.

mod cards;
mod counts;
mod panel;
mod survey;
mod values;

use std::cell::{Ref, RefCell};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Map, Value};

use crate::actions::{Action, Subject};
use crate::panes::detail::{DetailPanel, Room};
use crate::panes::listing::{draw_lines, namespaces_in_words};
use crate::panes::notices::{absence, all_live, arriving, notices, stale_since};
use crate::panes::words::{grouped, safe};
use crate::panes::{Effect, Interests, Pane, PaneId, Place, Scope, ViewContext};
use crate::picture::{Picture, ZoneSummary};
use crate::platform::age;
use crate::platform::environment::Environments;
use crate::platform::object::{Kind, Symbol};
use crate::platform::time::Instant;
use crate::platform::zone::ZoneId;
use crate::theme::{Slot, Theme};
use crate::widgets::line::StyledLine;
use crate::widgets::text::wrap;
use cards::Cards;
use panel::Troubles;
use survey::Survey;

/// What the roll-ups are made of.
const KINDS: &[Kind] = &[
    Kind::Namespace,
    Kind::Pod,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::HorizontalPodAutoscaler,
    Kind::Node,
];
/// What runs in a zone: without any of it, a zone is empty.
const RUNNING: &[Kind] = &[Kind::Pod, Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];
/// The fewest lines that make a panel under the zones worth it, its rule included.
const LEAST_PANEL: u16 = 6;

/// The zones pane.
pub(super) struct ZonesPane {
    environments: Arc<Environments>,
    namespaces: Vec<Symbol>,
    filter: String,
    /// The row of the cursor; zones keep their places, so that is enough to follow one.
    cursor: usize,
    /// The first zone that is shown.
    offset: usize,
    /// How many zones the window held when it was drawn last.
    page: usize,
    detail: DetailPanel,
    /// The roll-ups of one revision of the picture, so that they are summed up once for each.
    survey: RefCell<Survey>,
    troubles: Troubles,
}

impl ZonesPane {
    /// The pane, with the environments of the profile.
    pub(super) fn new(environments: Arc<Environments>) -> Self {
        ZonesPane {
            environments,
            namespaces: Vec::new(),
            filter: String::new(),
            cursor: 0,
            offset: 0,
            page: 1,
            detail: DetailPanel::default(),
            survey: RefCell::default(),
            troubles: Troubles::default(),
        }
    }

    fn survey(&self, picture: &Picture) -> Ref<'_, Survey> {
        self.survey.borrow_mut().renew(picture, &self.environments);
        self.survey.borrow()
    }

    /// The zones that the filter and the chosen namespaces leave, as indexes into the survey.
    fn shown(&self, survey: &Survey) -> Vec<usize> {
        let wanted = self.filter.to_lowercase();
        let named = |zone: &ZoneSummary| {
            zone.name.to_lowercase().contains(&wanted)
                || zone.namespaces.iter().any(|namespace| namespace.contains(&wanted))
        };
        let chosen = |zone: &ZoneSummary| {
            self.namespaces.is_empty() || zone.namespaces.iter().any(|name| self.namespaces.contains(name))
        };
        let zones = survey.zones().iter().enumerate();
        zones.filter(|(_, zone)| named(zone) && chosen(zone)).map(|(index, _)| index).collect()
    }

    /// The zone under the cursor, as an index into the survey.
    fn current(&self, survey: &Survey) -> Option<usize> {
        let shown = self.shown(survey);
        shown.get(self.cursor.min(shown.len().saturating_sub(1))).copied()
    }

    fn current_zone(&self, picture: &Picture) -> Option<Option<ZoneId>> {
        let survey = self.survey(picture);
        self.current(&survey).map(|index| survey.zones()[index].id)
    }

    fn move_cursor(&mut self, picture: &Picture, rows: isize) -> Effect {
        let last = self.shown(&self.survey(picture)).len().saturating_sub(1);
        self.cursor = self.cursor.min(last).saturating_add_signed(rows).min(last);
        self.detail.begin_anew();
        Effect::Changed
    }

    fn open(&self, picture: &Picture, pane: PaneId) -> Effect {
        match self.current_zone(picture) {
            Some(zone) => {
                let scope = Scope { zone: Some(zone), ..Scope::default() };
                Effect::Open(Place { scope, ..Place::whole(pane) })
            }
            None => Effect::Changed,
        }
    }

    fn draw_lines_above(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        survey: &Survey,
        context: &ViewContext<'_>,
    ) -> Rect {
        let symbols = context.theme.symbols();
        let picture = context.picture;
        // Where nothing is known to run at all, why that is counts for more than that nothing is wrong with it.
        let absence = match survey.is_empty() {
            true => absence(picture, RUNNING, context.server, context.now),
            false => None,
        };
        let explained = absence.is_some();
        let room = area.width.saturating_sub(3);
        let mut lines = match absence {
            Some(text) if arriving(picture, KINDS) => {
                vec![StyledLine::new(format!("{} {text}", symbols.busy), Slot::Busy)]
            }
            Some(text) => StyledLine::new(format!("{} {text}", symbols.unknown), Slot::Unknown)
                .wrap(usize::from(room.max(1))),
            None => vec![counts::platform_line(survey, all_live(picture, KINDS), room, symbols)],
        };
        if !self.filter.is_empty() {
            let mut line = StyledLine::new("/ ", Slot::Key).and(safe(&self.filter), Slot::Filter);
            let count = format!("  {} of {} zones", self.shown(survey).len(), survey.zones().len());
            line.push(count, Slot::Muted);
            if let Some(key) = (context.key_of)("table.clear-filter") {
                line.push(format!("  {key}"), Slot::Key);
                line.push(" clears it", Slot::Muted);
            }
            lines.push(line);
        }
        lines.extend(notices(picture, KINDS, !explained, context.now, symbols));
        let most = area.height.saturating_sub(2).min(6);
        draw_lines(&lines, buffer, area, most, context.theme)
    }

    fn draw_emptiness(&self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        let text = if self.filter.is_empty() {
            absence(context.picture, KINDS, context.server, context.now).unwrap_or_else(|| {
                match namespaces_in_words(&self.namespaces) {
                    Some(namespaces) => format!("no zone holds {namespaces}"),
                    None => "the platform profile declares no zones".to_owned(),
                }
            })
        } else {
            format!("no zone matches `{}`", safe(&self.filter))
        };
        let lines: Vec<StyledLine> = wrap(&text, usize::from(area.width.saturating_sub(6).max(1)))
            .into_iter()
            .map(|line| StyledLine::new(line, Slot::Muted))
            .collect();
        draw_lines(&lines, buffer, area, area.height, context.theme);
    }

    fn draw_panel(
        &mut self,
        buffer: &mut Buffer,
        area: Rect,
        survey: &Survey,
        current: usize,
        context: &ViewContext<'_>,
    ) {
        let zone = &survey.zones()[current];
        self.troubles.renew(context.picture, zone);
        let symbols = context.theme.symbols();
        let facts = panel::facts(zone, survey, current, symbols);
        let complete = all_live(context.picture, KINDS);
        let mut sections = self.troubles.sections(complete, cards::is_empty(zone), context.now, symbols);
        sections.push(facts);
        let inside = Room::Below.frame(buffer, area, &zone.name, context.theme);
        self.detail.draw(&sections, buffer, inside, context.theme);
    }
}

/// Dims what is drawn, because some of it may no longer be true.
fn dim(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    buffer.set_style(area.intersection(buffer.area), Style::default().patch(theme.style(Slot::Stale)));
}

impl Pane for ZonesPane {
    fn id(&self) -> PaneId {
        PaneId::Zones
    }

    fn place(&self) -> Place {
        Place { filter: self.filter.clone(), ..Place::whole(PaneId::Zones) }
    }

    fn heading(&self, picture: &Picture) -> String {
        let survey = self.survey(picture);
        let mut parts = vec![PaneId::Zones.title().to_owned()];
        parts.extend(namespaces_in_words(&self.namespaces));
        let shown = self.shown(&survey).len();
        let mut count = match self.filter.is_empty() && self.namespaces.is_empty() {
            true => grouped(shown),
            false => format!("{} of {}", grouped(shown), grouped(survey.zones().len())),
        };
        if arriving(picture, KINDS) {
            count.push('…');
        }
        parts.push(count);
        let troubled = survey.need_attention();
        if troubled > 0 {
            parts.push(format!("{troubled} need{} attention", if troubled == 1 { "s" } else { "" }));
        }
        parts.join(" · ")
    }

    fn interests(&self, _picture: &Picture) -> Interests {
        Interests::default()
    }

    fn set_namespaces(&mut self, namespaces: &[Symbol]) {
        self.namespaces = namespaces.to_vec();
    }

    fn set_filter(&mut self, text: &str) -> Result<(), String> {
        self.filter = text.trim().to_owned();
        Ok(())
    }

    fn update(&mut self, action: &Action, picture: &Picture) -> Effect {
        let page = isize::try_from(self.page.max(1)).unwrap_or(isize::MAX);
        match action.name {
            "cursor.down" => self.move_cursor(picture, 1),
            "cursor.up" => self.move_cursor(picture, -1),
            "cursor.page-down" => self.move_cursor(picture, page),
            "cursor.page-up" => self.move_cursor(picture, -page),
            "cursor.top" => self.move_cursor(picture, isize::MIN),
            "cursor.bottom" => self.move_cursor(picture, isize::MAX),
            "table.open" => self.open(picture, PaneId::Workloads),
            "zone.open-pods" => self.open(picture, PaneId::Pods),
            "table.clear-filter" => {
                self.filter.clear();
                Effect::Changed
            }
            "detail.toggle" => self.detail.toggle(),
            "detail.scroll-down" => self.detail.scroll(1),
            "detail.scroll-up" => self.detail.scroll(-1),
            _ => Effect::Unknown,
        }
    }

    fn subjects(&self, _picture: &Picture) -> Vec<Subject> {
        Vec::new()
    }

    fn copy_text(&self, picture: &Picture) -> Option<String> {
        let survey = self.survey(picture);
        self.current(&survey).map(|index| survey.zones()[index].name.clone())
    }

    fn view(&mut self, buffer: &mut Buffer, area: Rect, context: &ViewContext<'_>) {
        // Taken out for the frame, because drawing the panel remembers sizes.
        let mut survey = self.survey.take();
        survey.renew(context.picture, &self.environments);
        let below = self.draw_lines_above(buffer, area, &survey, context);
        let shown = self.shown(&survey);
        if shown.is_empty() {
            self.draw_emptiness(buffer, below, context);
        } else {
            self.cursor = self.cursor.min(shown.len() - 1);
            let complete = all_live(context.picture, RUNNING);
            let cards = Cards::new(below, &survey, &shown, complete, context.theme.symbols());
            let taken = cards.height(below, shown.len());
            let left = below.height - taken;
            let room = if left >= LEAST_PANEL { Room::Below } else { Room::Over };
            self.detail.note_room(room);
            let (cards_area, panel_area) = match (self.detail.is_shown(), room) {
                (false, _) => (below, None),
                (true, Room::Over) => (Rect { height: 0, ..below }, Some(below)),
                (true, _) => {
                    let cards_area = Rect { height: taken, ..below };
                    (cards_area, Some(Rect { y: below.y + taken, height: left, ..below }))
                }
            };
            self.page = cards.page(cards_area);
            self.offset = cards.offset(self.offset, self.cursor, self.page, shown.len());
            cards.draw(
                buffer,
                cards_area,
                &survey,
                &shown[self.offset..],
                self.cursor - self.offset,
                context,
            );
            if !stale_since(context.picture, KINDS).is_empty() {
                dim(buffer, cards_area, context.theme);
            }
            if let Some(panel_area) = panel_area {
                self.draw_panel(buffer, panel_area, &survey, shown[self.cursor], context);
            }
        }
        self.survey.replace(survey);
    }

    fn next_change(&self, picture: &Picture, now: Instant) -> Option<Instant> {
        let stale = stale_since(picture, KINDS);
        let troubles = self.detail.is_shown().then(|| self.troubles.ages()).into_iter().flatten();
        stale.into_iter().chain(troubles).map(|since| age::changes_at(since, now)).min()
    }

    fn each_row(&self, picture: &Picture, take: &mut dyn FnMut(Map<String, Value>)) {
        let survey = self.survey(picture);
        self.shown(&survey).into_iter().for_each(|index| take(values::typed(&survey, index)));
    }
}
