//! What a pane says about sources that are not live.

use crate::panes::words::{counted, safe};
use crate::picture::Picture;
use crate::platform::age;
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;
use crate::platform::time::Instant;
use crate::theme::{Slot, Symbols};
use crate::widgets::line::StyledLine;

/// Whether rows or their details are still arriving from any of these sources.
pub(super) fn arriving(picture: &Picture, kinds: &[Kind]) -> bool {
    kinds.iter().any(|kind| {
        let source = picture.source(*kind);
        source.arriving || matches!(source.freshness, Freshness::Waiting | Freshness::Loading)
    })
}

/// Whether the rows of a kind may no longer be true.
pub(super) fn is_stale(picture: &Picture, kind: Kind) -> bool {
    matches!(picture.source(kind).freshness, Freshness::Stale(_) | Freshness::Down(..))
}

/// The instant from which a source of these kinds has not been live, for whoever keeps ages up to date.
pub(super) fn stale_since(picture: &Picture, kinds: &[Kind]) -> Option<Instant> {
    kinds.iter().filter_map(|kind| picture.source(*kind).freshness.since()).max()
}

/// A line for each thing that is wrong with these sources: what, since when, and why. Kinds with the same trouble share one.
pub(super) fn notices(picture: &Picture, kinds: &[Kind], now: Instant, symbols: &Symbols) -> Vec<StyledLine> {
    let mut troubles: Vec<(Trouble, Vec<&'static str>)> = Vec::new();
    for kind in kinds {
        let source = picture.source(*kind);
        let unreadable = (source.unreadable > 0).then(|| unreadable(&source, symbols));
        for trouble in trouble(&source, now, symbols).into_iter().chain(unreadable) {
            match troubles.iter_mut().find(|(known, _)| *known == trouble) {
                Some((_, names)) => names.push(kind.resource()),
                None => troubles.push((trouble, vec![kind.resource()])),
            }
        }
    }
    troubles.into_iter().map(|(trouble, names)| trouble.line(&names)).collect()
}

/// Why there are no rows, where the sources are the reason.
pub(super) fn absence(picture: &Picture, kinds: &[Kind], server: &str, now: Instant) -> Option<String> {
    let mut waiting = false;
    let mut silent = None;
    let mut off = None;
    for kind in kinds {
        let source = picture.source(*kind);
        match &source.freshness {
            Freshness::Waiting | Freshness::Loading => waiting = true,
            Freshness::Down(since, reason) => silent = Some((*since, reason.clone())),
            Freshness::Off(reason) => off = Some((kind.resource(), reason.clone())),
            Freshness::Live | Freshness::Stale(_) => waiting |= source.arriving,
        }
    }
    if let Some((since, reason)) = silent {
        let elapsed = age::age(since, now);
        return Some(format!("{server} has not answered for {elapsed}: {}; trying again", safe(&reason)));
    }
    if waiting {
        return Some(format!("waiting for {server}"));
    }
    off.map(|(name, reason)| format!("{name} can't be shown: {}", safe(&reason)))
}

/// One thing that is wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trouble {
    symbol: &'static str,
    slot: Slot,
    state: String,
    reason: Option<String>,
}

impl Trouble {
    fn line(self, names: &[&str]) -> StyledLine {
        let mut line = StyledLine::new(format!("{} ", self.symbol), self.slot)
            .and(format!("{} {}", names.join(", "), self.state), self.slot);
        if let Some(reason) = self.reason {
            line.push(format!(": {reason}"), Slot::Text);
        }
        line
    }
}

fn trouble(source: &crate::picture::SourceSummary, now: Instant, symbols: &Symbols) -> Option<Trouble> {
    let reason = source.freshness.reason().or(source.reason.as_deref()).map(|reason| safe(reason).into_owned());
    let retrying = |reason: Option<String>| {
        Some(reason.map_or_else(|| "trying again".to_owned(), |reason| format!("{reason}; trying again")))
    };
    match &source.freshness {
        Freshness::Waiting | Freshness::Loading | Freshness::Live => None,
        Freshness::Stale(since) => Some(Trouble {
            symbol: symbols.warning,
            slot: Slot::Warning,
            state: format!("stale for {}", age::age(*since, now)),
            reason: retrying(reason),
        }),
        Freshness::Down(since, _) => Some(Trouble {
            symbol: symbols.bad,
            slot: Slot::Bad,
            state: format!("down for {}", age::age(*since, now)),
            reason: retrying(reason),
        }),
        Freshness::Off(_) => {
            Some(Trouble { symbol: symbols.done, slot: Slot::Muted, state: "off".to_owned(), reason })
        }
    }
}

fn unreadable(source: &crate::picture::SourceSummary, symbols: &Symbols) -> Trouble {
    let count = usize::try_from(source.unreadable).unwrap_or(usize::MAX);
    Trouble {
        symbol: symbols.warning,
        slot: Slot::Warning,
        state: format!("lack {} that could not be read", counted(count, "object", "objects")),
        reason: source.reason.as_deref().map(|reason| safe(reason).into_owned()),
    }
}
