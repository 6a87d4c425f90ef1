//! The deck: everything that the console shows and knows, without the terminal that it is shown on.
//!
//! The loop feeds it keys and deltas, and draws it; a snapshot draws it once. What only the loop can do, it asks for
//! with a [`Request`].

mod dispatch;
mod keys;
mod listings;
mod palette;
mod scaling;

use tokio::sync::watch;
use tokio::time::Instant as Tick;

use super::errands::{Errand, Errands, Purpose};
use super::interests::Watched;
use super::key::Key;
use super::notifications::Notifications;
use super::operations::{Desk, Happened, OperationParts};
use super::overlay::{JournalView, Overlay};
use super::setting::{Setting, Themes};
use super::situation::Situation;
use super::stack::Stack;
use crate::clients::kubernetes::SignInState;
use crate::operations::OperationEvent;
use crate::panes::{Pane, PaneId, Place};
use crate::picture::Picture;
use crate::picture::model::Delta;
use crate::platform::object::{ObjectReference, Symbol};
use crate::platform::text::sanitize;
use crate::platform::time::Instant;
use crate::widgets::notes::Gravity;

/// What a deck is made of.
pub struct DeckParts {
    /// What does not change.
    pub setting: Setting,
    /// The themes, the one in use first.
    pub themes: Themes,
    /// The live state.
    pub picture: Picture,
    /// Where to begin.
    pub start: Place,
    /// The namespaces to begin with; none means all.
    pub namespaces: Vec<Symbol>,
    /// What operations work with; without it there are none.
    pub operations: Option<OperationParts>,
    /// Tells feeds which object is wanted in full.
    pub detail_wanted: watch::Sender<Option<ObjectReference>>,
    /// Tells feeds to list everything again, by counting up.
    pub refresh: watch::Sender<u64>,
}

/// What only the loop can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// End.
    Quit,
    /// End, to begin again on another context.
    Switch(String),
    /// End, to begin again on these namespaces alone.
    Watch(Vec<Symbol>),
    /// Stop until the shell brings the console back.
    Suspend,
    /// Copy a text.
    Copy(String),
    /// Hand the terminal to the plugin that wants a person.
    SignIn,
}

/// Everything that the console shows and knows.
pub struct Deck {
    pub(super) setting: Setting,
    pub(super) themes: Themes,
    pub(super) picture: Picture,
    pub(super) stack: Stack,
    pub(super) namespaces: Vec<Symbol>,
    pub(super) overlay: Option<Overlay>,
    pub(super) pending: Vec<Key>,
    pub(super) notes: Notifications,
    pub(super) operations: Desk,
    pub(super) sign_in: SignInState,
    pub(super) errands: Errands,
    watched: Watched,
    refresh: watch::Sender<u64>,
    requests: Vec<Request>,
}

impl Deck {
    /// The deck as it is at first: nothing has arrived yet.
    pub fn new(parts: DeckParts) -> Self {
        let DeckParts { setting, themes, picture, start, namespaces, operations, detail_wanted, refresh } =
            parts;
        let mut deck = Deck {
            stack: Stack::new(&start, &namespaces, &setting.profile.environments),
            setting,
            themes,
            picture,
            namespaces,
            overlay: None,
            pending: Vec::new(),
            notes: Notifications::default(),
            operations: Desk::new(operations),
            sign_in: SignInState::Idle,
            errands: Errands::new(),
            watched: Watched::new(detail_wanted),
            refresh,
            requests: Vec::new(),
        };
        deck.compare_interests(None);
        deck
    }

    /// Takes a delta of a feed in.
    pub fn apply(&mut self, delta: Delta) {
        self.picture.apply(delta);
    }

    /// Works on what is shown for as long as there is time. True when it is not done.
    pub fn work(&mut self, more_time: &mut dyn FnMut() -> bool) -> bool {
        self.picture.work(more_time)
    }

    /// The live state.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The pane that is shown.
    pub fn pane(&self) -> &dyn Pane {
        self.stack.pane()
    }

    /// Tells the person something that wants to be looked at, such as a context that could not be gone to.
    pub fn warn(&mut self, text: &str) {
        let now = self.now();
        self.notes.warn(now, sanitize(text).into_owned());
    }

    /// The present instant.
    pub(super) fn now(&self) -> Instant {
        self.setting.clock.now()
    }

    /// Looks up what an earlier console left unfinished. Needs a tokio runtime.
    pub(super) fn begin(&mut self) {
        if let Some(journal) = self.operations.journal() {
            self.errands.read(journal, Purpose::Unfinished);
        }
    }

    /// Asks for what the pane needs now. Without a tick, nothing that has to wait is asked for.
    pub(super) fn compare_interests(&mut self, tick: Option<Tick>) {
        let interests = self.stack.pane().interests(&self.picture);
        let tick = tick.unwrap_or_else(Tick::now);
        self.watched.compare(interests, &mut self.picture, tick);
        self.watched.fetch_if_due(tick);
    }

    /// When the object under the cursor will be fetched in full.
    pub(super) fn fetch_at(&self) -> Option<Tick> {
        self.watched.fetch_at()
    }

    /// Whether what the pane shows has any rows.
    pub(super) fn populated(&self) -> bool {
        let interests = self.watched.shown();
        if interests.pods.is_some() {
            !self.picture.pod_view().is_empty()
        } else if interests.workloads.is_some() {
            !self.picture.workload_view().is_empty()
        } else {
            self.picture.workloads().len() + self.picture.pods().len() > 0
        }
    }

    /// The next instant at which something on the screen reads differently by itself.
    pub(super) fn next_change(&self) -> Option<Instant> {
        let now = self.now();
        // The clock of the bar shows minutes.
        let minute = now.plus_millis(60_000 - now.0.rem_euclid(60_000));
        let stale = self.picture.each_source().filter_map(|(_, state)| state.freshness.since());
        let stale = stale.map(|since| crate::platform::age::changes_at(since, now));
        let pane = self.stack.pane().next_change(&self.picture, now);
        let notes = self.notes.next_expiry();
        [Some(minute), pane, notes].into_iter().flatten().chain(stale).min()
    }

    /// Takes away what has been there long enough.
    pub(super) fn expire(&mut self) -> bool {
        let now = self.now();
        self.notes.expire(now)
    }

    /// What only the loop can do, in the order in which it was asked for.
    pub(super) fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    pub(super) fn request(&mut self, request: Request) {
        self.requests.push(request);
    }

    /// Lets every source that waits try again at once.
    pub(super) fn refresh_sources(&self) {
        self.refresh.send_modify(|count| *count += 1);
    }

    /// A plugin wants a person, or does not any more.
    pub(super) fn set_sign_in(&mut self, state: SignInState) {
        self.sign_in = state;
    }

    /// Takes an event of an operation in.
    pub(super) fn operation_event(&mut self, id: u64, event: Option<OperationEvent>) {
        let happened = self.operations.take(id, event);
        let watched = matches!(&self.overlay, Some(Overlay::Operation(dialog)) if dialog.id() == id);
        self.update_dialog(id);
        match happened {
            Happened::Moved => {}
            Happened::Gone => {
                if watched {
                    self.overlay = None;
                    self.begin_next_operation();
                }
            }
            Happened::Ended(gravity, told) => self.operation_ended(id, watched, gravity, told),
        }
    }

    fn operation_ended(&mut self, id: u64, watched: bool, gravity: Gravity, told: String) {
        let now = self.now();
        let reached = gravity == Gravity::Info;
        // What went wrong stays in the dialog, to be read; the rest is told in passing.
        if !watched || reached {
            match gravity {
                Gravity::Info => self.notes.info(now, self.with_undo_key(&told)),
                Gravity::Warning => self.notes.warn(now, told),
                Gravity::Error => self.notes.error(now, told),
            }
            self.operations.put_away(id);
        }
        if watched && reached {
            self.overlay = None;
            self.begin_next_operation();
        }
    }

    fn with_undo_key(&self, told: &str) -> String {
        match self.setting.key_of(&self.contexts(), "workload.undo") {
            Some(key) if self.operations.latest_undo().is_some() => format!("{told} ({key} puts it back)"),
            _ => told.to_owned(),
        }
    }

    /// Takes the journal in, once it was read.
    pub(super) fn errand_done(&mut self, errand: Errand) {
        let now = self.now();
        let history = match errand.history {
            Ok(history) => history,
            Err(error) => return self.notes.error(now, sanitize(&error.to_string()).into_owned()),
        };
        match errand.purpose {
            Purpose::Show => self.overlay = Some(Overlay::Journal(JournalView::new(&history))),
            Purpose::Undo(object) => self.undo_from(&history, &object),
            Purpose::Unfinished => {
                for left in history.operations.iter().filter(|operation| operation.unfinished()) {
                    let (intent, subject) = (&left.intent, &left.intent.subject);
                    let text = format!(
                        "no outcome is on record for {} of {}/{}/{} at {}: look at it, unless another console is at it",
                        intent.action,
                        subject.kind,
                        subject.namespace,
                        subject.name,
                        intent.at.rfc3339()
                    );
                    self.notes.warn(now, sanitize(&text).into_owned());
                }
            }
        }
    }

    /// The facts that decide what makes sense now.
    pub(super) fn situation(&self) -> Situation {
        let pane = self.stack.pane();
        let situation = Situation {
            read_only: self.setting.read_only,
            operable: self.operations.is_open(),
            filter: !pane.place().filter.is_empty(),
            back: self.stack.can_go_back(),
            forward: self.stack.can_go_forward(),
            notes: self.notes.any(),
            sign_in: matches!(self.sign_in, SignInState::Wanted { .. }),
            undo: self.operations.latest_undo().is_some(),
            other_contexts: self.setting.contexts.iter().any(|name| **name != *self.setting.context),
            zones: pane.id() == PaneId::Zones,
            ..Situation::default()
        };
        // What is marked matters only where nothing is under the cursor: listing all of it for every frame would cost.
        match pane.copy_text(&self.picture) {
            Some(_) => situation.on_row_of(pane.id()),
            None => situation.about(&pane.subjects(&self.picture)),
        }
    }
}
