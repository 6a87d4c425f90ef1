//! The stack of places: the panes as wholes, and what was opened from them, with back and forward.

use std::sync::Arc;

use crate::panes::{self, Pane, PaneId, Place};
use crate::platform::environment::Environments;
use crate::platform::object::Symbol;

/// The most places that can be gone back through; the oldest are forgotten first.
const DEEPEST: usize = 64;

/// One place of the history.
enum Visit {
    /// A pane as a whole; there is one of each, which keeps its cursor and filter.
    Whole(PaneId),
    /// A pane that is narrowed to what it was opened from.
    Narrowed(Box<dyn Pane>),
}

/// Where one is, and where one was.
pub(super) struct Stack {
    wholes: Vec<Box<dyn Pane>>,
    history: Vec<Visit>,
    here: usize,
    environments: Arc<Environments>,
}

impl Stack {
    /// The stack that begins at a place, with these namespaces shown.
    pub(super) fn new(start: &Place, namespaces: &[Symbol], environments: &Environments) -> Self {
        let environments = Arc::new(environments.clone());
        let whole = |pane| panes::build(&Place::whole(pane), namespaces, &environments);
        let wholes = PaneId::ALL.into_iter().map(whole).collect();
        let history = vec![Visit::Whole(start.pane)];
        let mut stack = Stack { wholes, history, here: 0, environments };
        if *start != Place::whole(start.pane) {
            let pane = panes::build(start, namespaces, &stack.environments);
            if start.scope == Default::default() {
                stack.wholes[index(start.pane)] = pane;
            } else {
                stack.go(Visit::Narrowed(pane));
            }
        }
        stack
    }

    /// The pane that is shown.
    pub(super) fn pane(&self) -> &dyn Pane {
        match &self.history[self.here] {
            Visit::Whole(pane) => &*self.wholes[index(*pane)],
            Visit::Narrowed(pane) => &**pane,
        }
    }

    /// The pane that is shown, to change it.
    pub(super) fn pane_mut(&mut self) -> &mut dyn Pane {
        match &mut self.history[self.here] {
            Visit::Whole(pane) => &mut *self.wholes[index(*pane)],
            Visit::Narrowed(pane) => &mut **pane,
        }
    }

    /// Goes to a pane as a whole; whether that is another place.
    pub(super) fn open_whole(&mut self, pane: PaneId) -> bool {
        if matches!(self.history[self.here], Visit::Whole(here) if here == pane) {
            return false;
        }
        self.go(Visit::Whole(pane));
        true
    }

    /// Goes to a place, with the present one left on the stack.
    pub(super) fn open(&mut self, place: &Place, namespaces: &[Symbol]) {
        if place.scope == Default::default() && place.filter.is_empty() {
            self.open_whole(place.pane);
        } else if *place != self.pane().place() {
            let pane = panes::build(place, namespaces, &self.environments);
            self.go(Visit::Narrowed(pane));
        }
    }

    /// Whether there is a place to go back to.
    pub(super) fn can_go_back(&self) -> bool {
        self.here > 0
    }

    /// Whether there is a place to go forward to.
    pub(super) fn can_go_forward(&self) -> bool {
        self.here + 1 < self.history.len()
    }

    /// Goes back; whether there was anywhere to go.
    pub(super) fn back(&mut self) -> bool {
        let can = self.can_go_back();
        self.here -= usize::from(can);
        can
    }

    /// Goes forward; whether there was anywhere to go.
    pub(super) fn forward(&mut self) -> bool {
        let can = self.can_go_forward();
        self.here += usize::from(can);
        can
    }

    /// Shows these namespaces only, in every place; none means all.
    pub(super) fn set_namespaces(&mut self, namespaces: &[Symbol]) {
        let narrowed = self.history.iter_mut().filter_map(|visit| match visit {
            Visit::Narrowed(pane) => Some(pane),
            Visit::Whole(_) => None,
        });
        for pane in self.wholes.iter_mut().chain(narrowed) {
            pane.set_namespaces(namespaces);
        }
    }

    /// The places from the whole pane that this one was reached from, this one last.
    pub(super) fn trail(&self) -> Vec<Place> {
        let from = self.history[..=self.here]
            .iter()
            .rposition(|visit| matches!(visit, Visit::Whole(_)))
            .unwrap_or(0);
        self.history[from..=self.here]
            .iter()
            .map(|visit| match visit {
                Visit::Whole(pane) => Place::whole(*pane),
                Visit::Narrowed(pane) => pane.place(),
            })
            .collect()
    }

    fn go(&mut self, visit: Visit) {
        self.history.truncate(self.here + 1);
        self.history.push(visit);
        if self.history.len() > DEEPEST {
            self.history.remove(0);
        }
        self.here = self.history.len() - 1;
    }
}

fn index(pane: PaneId) -> usize {
    PaneId::ALL.iter().position(|candidate| *candidate == pane).unwrap_or(0)
}
