//! The console on a terminal.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use ratatui::Terminal;
use tokio::runtime::Runtime;

use super::arguments::Common;
use super::exit::ExitStatus;
use super::gather::{Gathering, Wishes};
use super::startup::{self, Configuration, StartError};
use crate::clients::kubernetes::Connection;
use crate::console::{
    Console, Deck, DeckParts, Exit, OperationParts, Setting, TerminalHost, Themes, keymap, registry,
};
use crate::journal::{Actor, Journal};
use crate::operations::{Gate, Pace};
use crate::panes::{PaneId, Place};
use crate::picture::Picture;
use crate::platform::object::Symbol;
use crate::platform::time::Clock;
use crate::terminal::{
    Capabilities, InputStream, Output, ScreenBackend, ScreenOptions, TerminalSession, TerminalSignals,
};

/// What every deck of this run is made from.
pub struct Frame<'a> {
    /// The command line.
    pub common: &'a Common,
    /// The user's files.
    pub configuration: &'a Configuration,
    /// What the terminal can do.
    pub capabilities: Capabilities,
    /// Whether the embedded platform is shown.
    pub demo: bool,
    /// The time.
    pub clock: Clock,
}

impl Frame<'_> {
    /// The deck of a connection, with a place to begin at.
    ///
    /// # Errors
    /// Every problem of the keymap and the theme.
    pub fn deck(
        &self,
        connection: &Connection,
        wishes: Wishes,
        start: Place,
        operations: Option<OperationParts>,
    ) -> Result<Deck, StartError> {
        let configuration = self.configuration;
        let registry = registry();
        let files = &configuration.files;
        let keys = keymap(&files.shipped_keymap, files.keymap.as_ref(), &registry)
            .map_err(StartError::Configuration)?;
        let namespaces: Vec<Symbol> =
            self.common.namespace.iter().map(|name| Symbol::from(name.as_str())).collect();
        let setting = Setting {
            context: connection.context().clone(),
            contexts: connection.contexts().to_vec(),
            server: connection.server().to_owned(),
            demo: self.demo,
            read_only: configuration.read_only,
            profile: std::rc::Rc::new(configuration.profile.clone()),
            registry,
            keymap: keys,
            clock: self.clock.clone(),
            time_zone: jiff::tz::TimeZone::system(),
        };
        Ok(Deck::new(DeckParts {
            setting,
            themes: self.themes()?,
            picture: self.picture(connection),
            start,
            namespaces,
            operations,
            detail_wanted: wishes.detail,
            refresh: wishes.refresh,
        }))
    }

    /// An empty picture of a connection's cluster.
    pub fn picture(&self, connection: &Connection) -> Picture {
        Picture::new(connection.context().clone(), self.configuration.profile.zones.clone())
    }

    fn themes(&self) -> Result<Themes, StartError> {
        self.configuration.themes(self.common, &self.capabilities)
    }

    /// What operations work with.
    pub fn operations(&self, connection: &Connection) -> OperationParts {
        OperationParts {
            connection: connection.clone(),
            journal: self.journal(),
            gate: Gate::new(self.configuration.read_only),
            actor: actor(),
            pace: Pace::default(),
        }
    }

    /// The record of operations.
    pub fn journal(&self) -> Journal {
        Journal::in_folder(&self.configuration.folders.state)
    }
}

/// Who acts, as far as the process knows.
pub fn actor() -> Actor {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    let origin = variable("SSH_CONNECTION");
    Actor {
        user: variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(user_number),
        host: host.or_else(|| variable("HOSTNAME")).unwrap_or_else(|| "unknown".to_owned()),
        origin: origin.and_then(|text| text.split(' ').next().map(str::to_owned)),
        server_user: None,
    }
}

/// The number of the user that the process runs as, where the environment holds no name.
fn user_number() -> String {
    match std::fs::metadata("/proc/self") {
        Ok(process) => format!("uid {}", process.uid()),
        Err(_) => "unknown".to_owned(),
    }
}

/// Runs the console until it is ended, on one context after the other.
///
/// # Errors
/// When the terminal refuses, or the kubeconfig says no way to the first context.
pub fn run(
    frame: &Frame<'_>,
    first: PaneId,
    mut connection: Connection,
    runtime: &Arc<Runtime>,
) -> Result<ExitStatus, StartError> {
    let _entered = runtime.enter();
    let mut warning = None;
    let mut common = frame.common.clone();
    loop {
        let present = Frame {
            common: &common,
            configuration: frame.configuration,
            capabilities: frame.capabilities,
            demo: frame.demo,
            clock: frame.clock.clone(),
        };
        match show(&present, &connection, first, warning.take(), runtime)? {
            Exit::Quit | Exit::Terminated | Exit::Hangup => return Ok(ExitStatus::Done),
            Exit::SwitchContext(name) => {
                let elsewhere = Common { context: Some(name), ..common.clone() };
                // A context that can't be opened leaves the console where it was, and says why.
                match startup::connect(&elsewhere, &frame.clock) {
                    Ok(opened) => {
                        connection = opened;
                        common.namespace.clone_from(&frame.common.namespace);
                    }
                    Err(error) => warning = Some(error.to_string()),
                }
            }
            Exit::WatchNamespaces(names) => {
                common.namespace = names.iter().map(|name| name.to_string()).collect();
            }
        }
    }
}

fn show(
    frame: &Frame<'_>,
    connection: &Connection,
    first: PaneId,
    warning: Option<String>,
    runtime: &Runtime,
) -> Result<Exit, StartError> {
    let output = Output::stdout();
    let session = TerminalSession::enter(output.clone())?;
    session.install_panic_hook();
    let options = frame.configuration.feed_options(frame.common, connection, &frame.clock);
    let (Gathering { deltas, feeds }, wishes) = Gathering::begin(runtime.handle(), connection, &options);
    let operations = Some(frame.operations(connection));
    let mut deck = frame.deck(connection, wishes, Place::whole(first), operations)?;
    if let Some(warning) = warning {
        deck.warn(&warning);
    }
    let screen = ScreenOptions {
        synchronized_output: frame.capabilities.synchronized_output,
        background_erase: frame.capabilities.background_erase,
        size: None,
    };
    let terminal = Terminal::new(ScreenBackend::new(output.clone(), screen))?;
    let host = TerminalHost {
        session,
        input: InputStream::open()?,
        signals: TerminalSignals::listen()?,
        output,
        multiplexer: frame.capabilities.multiplexer,
    };
    let mut console = Console::new(terminal, host, deltas, Some(connection.sign_in()), deck);
    let exit = runtime.block_on(console.run());
    drop(feeds);
    exit.map_err(|error| StartError::Input(io::Error::other(error)))
}
