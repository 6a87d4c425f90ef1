//! What a pane says about sources that are not live.

use crate::panes::words::{counted, safe};
use crate::picture::model::Scope;
use crate::picture::{Picture, SourceState};
use crate::platform::age;
use crate::platform::freshness::Freshness;
use crate::platform::object::{Kind, Symbol};
use crate::platform::time::Instant;
use crate::theme::{Slot, Symbols};
use crate::widgets::line::StyledLine;

/// How many namespaces a notice names before it only counts them.
const NAMED_NAMESPACES: usize = 2;

/// Whether rows or their details are still arriving from any of these sources.
pub(super) fn arriving(picture: &Picture, kinds: &[Kind]) -> bool {
    kinds.iter().any(|kind| picture.source(*kind).arriving)
}

/// Whether what is shown of these kinds is all that there is.
pub(super) fn all_live(picture: &Picture, kinds: &[Kind]) -> bool {
    kinds.iter().all(|kind| {
        let source = picture.source(*kind);
        source.freshness == Freshness::Live && !source.arriving
    })
}

/// The instants from which sources of these kinds have not been live, for whoever keeps ages up to date.
pub(super) fn stale_since(picture: &Picture, kinds: &[Kind]) -> Vec<Instant> {
    let sources = picture.sources().into_iter().filter(|(key, _)| kinds.contains(&key.kind));
    sources.filter_map(|(_, state)| state.freshness.since()).collect()
}

/// A line for each thing that is wrong with these sources: what, since when, and why. Sources with the same trouble share one.
pub(super) fn notices(picture: &Picture, kinds: &[Kind], now: Instant, symbols: &Symbols) -> Vec<StyledLine> {
    let mut groups: Vec<Group> = Vec::new();
    for (key, state) in picture.sources() {
        if !kinds.contains(&key.kind) {
            continue;
        }
        for trouble in troubles(&state) {
            let known = groups.iter().position(|group| group.trouble == trouble);
            let index = known.unwrap_or_else(|| {
                groups.push(Group { trouble, ..Group::default() });
                groups.len() - 1
            });
            groups[index].add(key.kind, &key.scope, &state);
        }
    }
    groups.into_iter().map(|group| group.line(now, symbols)).collect()
}

/// Why there are no rows, where the sources are the reason.
pub(super) fn absence(picture: &Picture, kinds: &[Kind], server: &str, now: Instant) -> Option<String> {
    let mut silent = None;
    let mut off = None;
    for (key, state) in picture.sources() {
        match &state.freshness {
            Freshness::Down(since, reason) if kinds.contains(&key.kind) => {
                silent = Some((*since, reason.clone()));
            }
            Freshness::Off(reason) if kinds.contains(&key.kind) => {
                off = Some((key.kind.resource(), reason.clone()));
            }
            _ => {}
        }
    }
    if let Some((since, reason)) = silent {
        let elapsed = age::age(since, now);
        return Some(format!("{server} has not answered for {elapsed}: {}; trying again", safe(&reason)));
    }
    if arriving(picture, kinds) {
        return Some(format!("waiting for {server}"));
    }
    off.map(|(name, reason)| format!("{name} can't be shown: {}", safe(&reason)))
}

/// One kind of trouble that a source can have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Trouble {
    #[default]
    Stale,
    Down(String),
    Off(String),
    Unreadable(String),
}

/// The troubles of one source.
fn troubles(state: &SourceState) -> Vec<Trouble> {
    let of_freshness = match &state.freshness {
        Freshness::Waiting | Freshness::Loading | Freshness::Live => None,
        Freshness::Stale(_) => Some(Trouble::Stale),
        Freshness::Down(_, reason) => Some(Trouble::Down(reason.clone())),
        Freshness::Off(reason) => Some(Trouble::Off(reason.clone())),
    };
    let reason = || state.unreadable_reason.clone().unwrap_or_default();
    let unreadable = (state.unreadable > 0).then(|| Trouble::Unreadable(reason()));
    of_freshness.into_iter().chain(unreadable).collect()
}

/// The sources that have the same trouble.
#[derive(Debug, Default)]
struct Group {
    trouble: Trouble,
    kinds: Vec<&'static str>,
    namespaces: Vec<Symbol>,
    since: Option<Instant>,
    unreadable: u64,
}

impl Group {
    fn add(&mut self, kind: Kind, scope: &Scope, state: &SourceState) {
        if !self.kinds.contains(&kind.resource()) {
            self.kinds.push(kind.resource());
        }
        if let Scope::Namespace(namespace) = scope
            && !self.namespaces.contains(namespace)
        {
            self.namespaces.push(namespace.clone());
        }
        self.since = self.since.into_iter().chain(state.freshness.since()).min();
        self.unreadable += state.unreadable;
    }

    fn line(self, now: Instant, symbols: &Symbols) -> StyledLine {
        let subject = self.subject();
        let elapsed = self.since.map(|since| format!(" for {}", age::age(since, now))).unwrap_or_default();
        let (symbol, slot, text, reason) = match self.trouble {
            Trouble::Stale => {
                let text = format!("{subject} stale{elapsed}; trying again");
                (symbols.warning, Slot::Warning, text, String::new())
            }
            Trouble::Down(reason) => {
                let text = format!("{subject} stale{elapsed}");
                (symbols.bad, Slot::Bad, text, format!("{}; trying again", safe(&reason)))
            }
            Trouble::Off(reason) => {
                (symbols.done, Slot::Muted, format!("{subject} off"), safe(&reason).into_owned())
            }
            Trouble::Unreadable(reason) => {
                let count = usize::try_from(self.unreadable).unwrap_or(usize::MAX);
                let lacking = counted(count, "object", "objects");
                let text = format!("{subject} lack {lacking} that could not be read");
                (symbols.warning, Slot::Warning, text, safe(&reason).into_owned())
            }
        };
        let line = StyledLine::new(format!("{symbol} {text}"), slot);
        if reason.is_empty() { line } else { line.and(format!(": {reason}"), Slot::Text) }
    }

    fn subject(&self) -> String {
        let kinds = self.kinds.join(", ");
        match self.namespaces.len() {
            0 => kinds,
            1..=NAMED_NAMESPACES => {
                let names: Vec<_> = self.namespaces.iter().map(|name| safe(name)).collect();
                format!("{kinds} in {}", names.join(", "))
            }
            count => format!("{kinds} in {count} namespaces"),
        }
    }
}
