//! The sources of the picture, and how fresh each is.

use super::model::SourceKey;
use super::table::Confirmation;
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;

/// What is known of a source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceState {
    /// How fresh it is.
    pub freshness: Freshness,
    /// Whether a list is arriving.
    pub arriving: bool,
    /// Objects of the latest list that could not be read.
    pub unreadable: u64,
    /// Why the latest of those could not be read.
    pub unreadable_reason: Option<String>,
    list: u32,
}

/// What is known of a kind, over all of its scopes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceSummary {
    /// The worst freshness of its sources; those that are off count only where all are.
    pub freshness: Freshness,
    /// Why one of its sources is off, while others are not.
    pub partly: Option<String>,
    /// Whether a list is arriving, or has still to.
    pub arriving: bool,
    /// Objects that could not be read.
    pub unreadable: u64,
    /// Why the latest of those could not be read.
    pub unreadable_reason: Option<String>,
}

/// Every source, by its index.
#[derive(Debug, Default)]
pub(super) struct Sources {
    known: Vec<Option<(SourceKey, SourceState)>>,
}

impl Sources {
    pub(super) fn index(&mut self, key: &SourceKey) -> u16 {
        let known =
            self.known.iter().position(|source| source.as_ref().is_some_and(|(known, _)| known == key));
        let index = known.unwrap_or_else(|| {
            let fresh = Some((key.clone(), SourceState::default()));
            // The place of a retired source is free: its rows have gone with it.
            match self.known.iter().position(Option::is_none) {
                Some(free) => {
                    self.known[free] = fresh;
                    free
                }
                None => {
                    self.known.push(fresh);
                    self.known.len() - 1
                }
            }
        });
        index as u16
    }

    pub(super) fn state_mut(&mut self, index: u16) -> Option<&mut SourceState> {
        self.known.get_mut(usize::from(index))?.as_mut().map(|(_, state)| state)
    }

    pub(super) fn begin_list(&mut self, index: u16) {
        if let Some(state) = self.state_mut(index) {
            state.list += 1;
            state.arriving = true;
            state.unreadable = 0;
            state.unreadable_reason = None;
            if state.freshness == Freshness::Waiting {
                state.freshness = Freshness::Loading;
            }
        }
    }

    pub(super) fn end_list(&mut self, index: u16) {
        if let Some(state) = self.state_mut(index) {
            state.arriving = false;
        }
    }

    pub(super) fn confirmation(&self, index: u16) -> Confirmation {
        let list = self.get(index).map_or(0, |state| state.list);
        Confirmation { source: index, list }
    }

    /// Whether a row of that list is what its source says now.
    pub(super) fn confirms(&self, confirmation: Confirmation) -> bool {
        self.get(confirmation.source).is_some_and(|state| {
            state.list == confirmation.list
                && matches!(state.freshness, Freshness::Live | Freshness::Loading | Freshness::Waiting)
        })
    }

    pub(super) fn retire(&mut self, index: u16) {
        if let Some(source) = self.known.get_mut(usize::from(index)) {
            *source = None;
        }
    }

    fn get(&self, index: u16) -> Option<&SourceState> {
        self.known.get(usize::from(index))?.as_ref().map(|(_, state)| state)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(SourceKey, SourceState)> {
        self.known.iter().flatten()
    }

    /// What is known of these kinds together; a kind that no source has spoken for yet is waited for.
    pub(super) fn summary(&self, kinds: &[Kind]) -> SourceSummary {
        let unheard = SourceState::default();
        let mut summary = SourceSummary::default();
        let mut first = true;
        for kind in kinds {
            let mut states =
                self.iter().filter(|(key, _)| key.kind == *kind).map(|(_, state)| state).peekable();
            if states.peek().is_none() {
                summary.add(&unheard, std::mem::take(&mut first));
            }
            states.for_each(|state| summary.add(state, std::mem::take(&mut first)));
        }
        if matches!(summary.freshness, Freshness::Off(_)) {
            summary.partly = None;
        }
        summary
    }
}

impl SourceSummary {
    fn add(&mut self, state: &SourceState, first: bool) {
        let waiting = matches!(state.freshness, Freshness::Waiting | Freshness::Loading);
        self.arriving |= state.arriving || waiting;
        self.unreadable += state.unreadable;
        if state.unreadable_reason.is_some() {
            self.unreadable_reason.clone_from(&state.unreadable_reason);
        }
        if let Freshness::Off(reason) = &state.freshness {
            self.partly.get_or_insert_with(|| reason.clone());
        }
        if first || gravity(&state.freshness) > gravity(&self.freshness) {
            self.freshness = state.freshness.clone();
        }
    }
}

/// How much a freshness has to be shown: where one scope is down, the whole kind is not live; where one is off, the others
/// still are.
fn gravity(freshness: &Freshness) -> u8 {
    match freshness {
        Freshness::Off(_) => 0,
        Freshness::Live => 1,
        Freshness::Loading => 2,
        Freshness::Waiting => 3,
        Freshness::Stale(_) => 4,
        Freshness::Down(..) => 5,
    }
}
