//! The loop: it owns all that changes, wakes only for an event, and draws only when a frame is owed.

use std::collections::VecDeque;
use std::time::Duration;

use futures::FutureExt;
use ratatui::Terminal;
use ratatui::backend::Backend;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::Instant as Tick;

use super::deck::{Deck, Request};
use super::errands::Errand;
use super::host::{Host, HostEvent};
use super::overlay::Overlay;
use super::pace::Pace;
use crate::clients::kubernetes::{SignIn, SignInState};
use crate::operations::OperationEvent;
use crate::picture::model::Delta;
use crate::platform::object::Symbol;
use crate::platform::text::sanitize;
use crate::platform::time::Instant;

/// How long deltas are applied, or rows sorted, before keys are looked at again.
const SLICE: Duration = Duration::from_millis(4);

/// Why the console ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// The person ended it.
    Quit,
    /// The person wants to go to this context of the kubeconfig.
    SwitchContext(String),
    /// The person wants to see these namespaces alone, of which some are not read yet.
    WatchNamespaces(Vec<Symbol>),
    /// It was told to end.
    Terminated,
    /// The terminal is gone.
    Hangup,
}

/// Why the console can't go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConsoleError {
    /// The terminal can't be written to.
    #[error("the terminal can't be written to: {0}")]
    Terminal(String),
}

/// The console on a terminal.
pub struct Console<B: Backend, H: Host> {
    terminal: Terminal<B>,
    host: H,
    deltas: mpsc::Receiver<Delta>,
    sign_in: Option<SignIn>,
    deck: Deck,
    pace: Pace,
    shown: Shown,
    held: VecDeque<HostEvent>,
}

/// What the last frame showed, as far as it decides about the next.
#[derive(Debug, Default)]
struct Shown {
    revision: u64,
    populated: bool,
    /// The person waits for rows to be sorted or filtered.
    awaited: bool,
    unfinished: bool,
    /// When something on it reads differently by itself.
    changes_at: Option<Instant>,
}

/// What woke the loop.
enum Wake {
    Host(HostEvent),
    Operation(u64, Option<OperationEvent>),
    Errand(Errand),
    SignIn(SignInState),
    Timer,
    Delta(Delta),
    Work,
}

impl<B: Backend, H: Host> Console<B, H> {
    /// A console on a terminal, fed with deltas.
    pub fn new(
        terminal: Terminal<B>,
        host: H,
        deltas: mpsc::Receiver<Delta>,
        sign_in: Option<SignIn>,
        deck: Deck,
    ) -> Self {
        Console {
            terminal,
            host,
            deltas,
            sign_in,
            deck,
            pace: Pace::new(),
            shown: Shown::default(),
            held: VecDeque::new(),
        }
    }

    /// Runs until it is ended. The first frame is drawn before anything is waited for.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub async fn run(&mut self) -> Result<Exit, ConsoleError> {
        self.draw()?;
        self.deck.begin();
        if let Some(sign_in) = &self.sign_in {
            self.deck.set_sign_in(sign_in.state());
        }
        loop {
            let exit = match self.wake().await {
                Wake::Host(event) => self.host_event(event)?,
                other => {
                    self.take(other);
                    None
                }
            };
            if let Some(exit) = exit {
                return Ok(exit);
            }
            if let Some(exit) = self.serve_requests()? {
                return Ok(exit);
            }
            self.catch_up();
            if self.pace.due(Tick::now()).is_some_and(|due| due <= Tick::now()) {
                self.draw()?;
            }
        }
    }

    /// The terminal, for whoever wants to look at what was drawn.
    pub fn terminal(&self) -> &Terminal<B> {
        &self.terminal
    }

    /// What is shown.
    pub fn deck(&self) -> &Deck {
        &self.deck
    }

    /// Waits for an event. Keys come before everything else, and the timer before data, so that neither waits for it.
    async fn wake(&mut self) -> Wake {
        if let Some(event) = self.held.pop_front() {
            return Wake::Host(event);
        }
        let deadline = self.deadline();
        let timer = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let sign_in = async {
            match &mut self.sign_in {
                Some(sign_in) => sign_in.changed().await,
                None => std::future::pending().await,
            }
        };
        let Deck { operations, errands, .. } = &mut self.deck;
        tokio::select! {
            biased;
            event = self.host.next() => Wake::Host(event),
            (id, event) = operations.next() => Wake::Operation(id, event),
            errand = errands.next() => Wake::Errand(errand),
            state = sign_in => Wake::SignIn(state),
            () = timer => Wake::Timer,
            Some(delta) = self.deltas.recv() => Wake::Delta(delta),
            () = std::future::ready(()), if self.shown.unfinished => Wake::Work,
        }
    }

    /// The one timer: the next frame that is owed, the rest of the cursor, or the next visible change.
    fn deadline(&mut self) -> Option<Tick> {
        let tick = Tick::now();
        let now = self.deck.now();
        self.shown.changes_at = self.deck.next_change();
        let change = self.shown.changes_at.map(|at| {
            let wait = u64::try_from(at.since(now)).unwrap_or(0).max(1);
            tick + Duration::from_millis(wait)
        });
        [self.pace.due(tick), self.deck.fetch_at(), change].into_iter().flatten().min()
    }

    fn take(&mut self, wake: Wake) {
        match wake {
            Wake::Host(_) | Wake::Work | Wake::Timer => {}
            Wake::Operation(id, event) => {
                self.deck.operation_event(id, event);
                self.pace.owe_at_once();
            }
            Wake::Errand(errand) => {
                self.deck.errand_done(errand);
                self.pace.owe_at_once();
            }
            Wake::SignIn(state) => {
                self.deck.set_sign_in(state);
                self.pace.owe_at_once();
            }
            Wake::Delta(first) => self.take_deltas(first),
        }
    }

    /// Applies what has come, for as long as a slice lasts.
    fn take_deltas(&mut self, first: Delta) {
        let until = Tick::now() + SLICE;
        self.deck.apply(first);
        while Tick::now() < until {
            match self.deltas.try_recv() {
                Ok(delta) => self.deck.apply(delta),
                Err(_) => return,
            }
        }
    }

    fn host_event(&mut self, event: HostEvent) -> Result<Option<Exit>, ConsoleError> {
        match event {
            HostEvent::Key(key) => {
                self.deck.on_key(key);
                self.shown.awaited = true;
            }
            HostEvent::Paste(text) => self.deck.on_paste(&text),
            HostEvent::Resize => {}
            HostEvent::Suspend => self.suspend()?,
            HostEvent::Resume => self.forget_screen()?,
            HostEvent::Terminate => return Ok(Some(Exit::Terminated)),
            HostEvent::Hangup => return Ok(Some(Exit::Hangup)),
        }
        self.pace.owe_at_once();
        Ok(None)
    }

    fn serve_requests(&mut self) -> Result<Option<Exit>, ConsoleError> {
        for request in self.deck.take_requests() {
            match request {
                Request::Quit => return Ok(Some(Exit::Quit)),
                Request::Switch(context) => return Ok(Some(Exit::SwitchContext(context))),
                Request::Watch(namespaces) => return Ok(Some(Exit::WatchNamespaces(namespaces))),
                Request::Suspend => self.suspend()?,
                Request::Copy(text) => {
                    let now = self.deck.now();
                    match self.host.copy(&text) {
                        Ok(()) => self.deck.notes.hint(now, format!("copied {}", sanitize(&text))),
                        Err(error) => self.deck.notes.warn(now, format!("not copied: {error}")),
                    }
                }
                Request::SignIn => self.sign_in()?,
            }
            self.pace.owe_at_once();
        }
        Ok(None)
    }

    fn suspend(&mut self) -> Result<(), ConsoleError> {
        if let Err(error) = self.host.suspend() {
            let now = self.deck.now();
            self.deck.notes.hint(now, format!("not suspended: {error}"));
        }
        self.forget_screen()
    }

    /// Hands the terminal to the plugin, and takes what it issued.
    fn sign_in(&mut self) -> Result<(), ConsoleError> {
        let Some(sign_in) = self.sign_in.clone() else { return Ok(()) };
        let now = self.deck.now();
        let Some(command) = sign_in.interactive_command() else {
            self.deck.notes.hint(now, "the credential comes from no plugin");
            return Ok(());
        };
        let program = command.get_program().to_string_lossy();
        let context = &self.deck.setting.context;
        let announcement =
            sanitize(&format!("Running {program} to sign in to the context {context}")).into_owned();
        let done = self.host.run(command, &announcement);
        let told = done
            .map_err(|error| error.to_string())
            .and_then(|output| sign_in.complete(&output).map_err(|error| error.to_string()));
        match told {
            Ok(()) => {
                self.deck.notes.info(now, "signed in");
                // Sources that failed for want of a credential need not wait out their pause.
                self.deck.refresh_sources();
            }
            Err(error) => self.deck.notes.error(now, format!("not signed in: {}", sanitize(&error))),
        }
        self.deck.set_sign_in(sign_in.state());
        self.forget_screen()
    }

    /// Nothing is known of what the screen shows: the next frame paints all of it.
    fn forget_screen(&mut self) -> Result<(), ConsoleError> {
        self.terminal.clear().map_err(terminal_error)?;
        self.pace.owe_at_once();
        Ok(())
    }

    /// Brings interests, sorting and the owed frame up to what has happened.
    fn catch_up(&mut self) {
        let now = self.deck.now();
        if self.shown.changes_at.is_some_and(|at| at <= now) {
            self.deck.expire();
            self.pace.owe();
        }
        self.deck.compare_interests(Some(Tick::now()));
        let until = Tick::now() + SLICE;
        self.shown.unfinished = self.deck.work(&mut || Tick::now() < until);
        if !self.shown.unfinished && self.shown.awaited {
            self.shown.awaited = false;
            if self.deck.picture().revision() != self.shown.revision {
                self.pace.owe_at_once();
            }
        }
        if self.deck.picture().revision() != self.shown.revision {
            self.pace.owe();
            if !self.shown.populated && self.deck.populated() {
                // The first rows are what everybody waits for.
                self.pace.owe_at_once();
            }
        }
    }

    fn draw(&mut self) -> Result<(), ConsoleError> {
        let Console { terminal, deck, .. } = self;
        terminal
            .draw(|frame| {
                let area = frame.area();
                if let Some(position) = deck.draw(frame.buffer_mut(), area) {
                    frame.set_cursor_position(position);
                }
            })
            .map_err(terminal_error)?;
        self.shown.revision = self.deck.picture().revision();
        self.shown.populated = self.deck.populated();
        self.pace.drawn(Tick::now());
        // Drawing puts the cursor of a pane on its row, whose detail may be wanted.
        self.deck.compare_interests(Some(Tick::now()));
        let first_asked = match &mut self.deck.overlay {
            Some(Overlay::Operation(dialog)) => dialog.was_drawn(),
            _ => false,
        };
        if first_asked {
            self.discard_typed();
        }
        Ok(())
    }

    /// Keys that were typed before the question was on the screen do not answer it.
    fn discard_typed(&mut self) {
        while let Some(event) = self.host.next().now_or_never() {
            match event {
                HostEvent::Key(_) | HostEvent::Paste(_) => {}
                HostEvent::Terminate | HostEvent::Hangup => {
                    self.held.push_back(event);
                    return;
                }
                other => self.held.push_back(other),
            }
        }
    }
}

fn terminal_error(error: impl std::error::Error) -> ConsoleError {
    ConsoleError::Terminal(error.to_string())
}
