//! The terminal as the loop sees it: where keys and signals come from, and what else it can be asked.

use std::future::Future;
use std::io;
use std::process::{Command, Output};

use crossterm::event::KeyEvent;

use crate::terminal::{
    ClipboardError, InputEvent, InputStream, Multiplexer, Output as TerminalOutput, SuspendError,
    TerminalDevice, TerminalSession, TerminalSignal, TerminalSignals, copy_to_clipboard, hand_over,
    run_in_front, suspend_self,
};

/// What comes from the terminal and the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostEvent {
    /// A key was pressed, or repeats.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(String),
    /// The window has another size.
    Resize,
    /// The shell wants the console to stop for a while.
    Suspend,
    /// The console runs again; nothing is known of what the screen shows.
    Resume,
    /// The console is to end.
    Terminate,
    /// The terminal is gone.
    Hangup,
}

/// The terminal, real or scripted.
pub trait Host {
    /// The next thing that happens. Can be dropped and called again without losing one.
    fn next(&mut self) -> impl Future<Output = HostEvent>;

    /// Gives the terminal back, and stops until the shell brings the console back.
    ///
    /// # Errors
    /// When there is no shell, or the terminal refuses.
    fn suspend(&mut self) -> Result<(), SuspendError>;

    /// Runs a program on the terminal, which the announcement names, and catches what it answers and says. Where it
    /// fails, the person reads what it said before this returns.
    ///
    /// # Errors
    /// When it can't be run, or the terminal refuses.
    fn run(&mut self, command: Command, announcement: &str) -> io::Result<Output>;

    /// Copies a text to the clipboard of whoever sits at the terminal.
    ///
    /// # Errors
    /// When it is too long, or the terminal refuses.
    fn copy(&mut self, text: &str) -> Result<(), ClipboardError>;
}

/// The real terminal.
pub struct TerminalHost<D: TerminalDevice + 'static> {
    /// The hold on the terminal.
    pub session: TerminalSession<D>,
    /// The keys.
    pub input: InputStream,
    /// The signals.
    pub signals: TerminalSignals,
    /// The way out.
    pub output: TerminalOutput<D>,
    /// What stands between the console and the terminal.
    pub multiplexer: Option<Multiplexer>,
}

impl<D: TerminalDevice + 'static> Host for TerminalHost<D> {
    async fn next(&mut self) -> HostEvent {
        tokio::select! {
            biased;
            signal = self.signals.next() => match signal {
                TerminalSignal::Terminate => HostEvent::Terminate,
                TerminalSignal::Hangup => HostEvent::Hangup,
                TerminalSignal::Suspend => HostEvent::Suspend,
                TerminalSignal::Resume => HostEvent::Resume,
            },
            input = self.input.next() => match input {
                InputEvent::Key(key) => HostEvent::Key(key),
                InputEvent::Paste(text) => HostEvent::Paste(text),
                InputEvent::Resize { .. } => HostEvent::Resize,
                InputEvent::Hangup => HostEvent::Hangup,
            },
        }
    }

    fn suspend(&mut self) -> Result<(), SuspendError> {
        suspend_self(&mut self.session)
    }

    fn run(&mut self, command: Command, announcement: &str) -> io::Result<Output> {
        hand_over(&mut self.session, &mut self.input, || run_in_front(command, announcement))?
    }

    fn copy(&mut self, text: &str) -> Result<(), ClipboardError> {
        copy_to_clipboard(&mut self.output, text, self.multiplexer)
    }
}
