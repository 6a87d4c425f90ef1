//! Holding the terminal, and giving it back.

use std::io::{self, Stdout, Write};
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen};

use super::output::{Output, TerminalDevice};

/// The terminal in the console's hands: raw mode, the alternate screen, no cursor, pastes told from typing.
///
/// It is given back in order when this is dropped, and, once [`install_panic_hook`](Self::install_panic_hook)
/// was called, before a panic is reported. Giving it back twice does nothing the second time.
#[derive(Debug)]
pub struct TerminalSession<D: TerminalDevice = Stdout> {
    shared: Arc<Shared<D>>,
}

#[derive(Debug)]
struct Shared<D: TerminalDevice> {
    output: Output<D>,
    held: AtomicBool,
    owner: ThreadId,
}

impl<D: TerminalDevice> TerminalSession<D> {
    /// Takes the terminal. If that fails half-way, what was switched is switched back.
    ///
    /// The calling thread is the one whose panics are fatal to the console.
    pub fn enter(output: Output<D>) -> io::Result<Self> {
        let owner = std::thread::current().id();
        let session = Self { shared: Arc::new(Shared { output, held: AtomicBool::new(false), owner }) };
        session.shared.take()?;
        Ok(session)
    }

    /// Gives the terminal back, for a child program or a suspension. Does nothing when it was given back already.
    pub fn leave(&mut self) -> io::Result<()> {
        self.shared.give_back()
    }

    /// Takes the terminal again. When it is held, its modes are set anew: somebody else may have changed
    /// them while the process was stopped. The screen has to be painted in full afterwards.
    pub fn resume(&mut self) -> io::Result<()> {
        if self.shared.held.load(Ordering::SeqCst) {
            self.shared.output.lock().get_mut().set_raw(false)?;
        }
        self.shared.take()
    }

    /// Whether the terminal is in the console's hands.
    pub fn is_held(&self) -> bool {
        self.shared.held.load(Ordering::SeqCst)
    }
}

impl<D: TerminalDevice + 'static> TerminalSession<D> {
    /// Puts a hook before the present panic hook: it gives the terminal back, so that the report is readable.
    ///
    /// A panic on another thread than the session's ends only that thread's work: while the terminal is held it
    /// goes to the log, because a report would be written across the screen.
    pub fn install_panic_hook(&self) {
        let shared = Arc::clone(&self.shared);
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |information| {
            if shared.held.load(Ordering::SeqCst) && std::thread::current().id() != shared.owner {
                log_panic(information);
                return;
            }
            // The report matters more than a terminal that cannot be written to any more.
            let _ = shared.give_back();
            previous(information);
        }));
    }
}

impl<D: TerminalDevice> Shared<D> {
    fn take(&self) -> io::Result<()> {
        let mut buffer = self.output.lock();
        buffer.get_mut().set_raw(true)?;
        self.held.store(true, Ordering::SeqCst);
        let entered = queue!(buffer, EnterAlternateScreen, Hide, EnableBracketedPaste, DisableLineWrap)
            .and_then(|()| buffer.flush());
        drop(buffer);
        if entered.is_err() {
            let _ = self.give_back();
        }
        entered
    }

    fn give_back(&self) -> io::Result<()> {
        if !self.held.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let mut buffer = self.output.lock();
        // The reverse order of taking. Raw mode ends even if the terminal accepts no bytes any more.
        let written = queue!(
            buffer,
            SetAttribute(Attribute::Reset),
            EnableLineWrap,
            DisableBracketedPaste,
            Show,
            LeaveAlternateScreen
        )
        .and_then(|()| buffer.flush());
        let cooked = buffer.get_mut().set_raw(false);
        written.and(cooked)
    }
}

impl<D: TerminalDevice> Drop for TerminalSession<D> {
    fn drop(&mut self) {
        let _ = self.shared.give_back();
    }
}

fn log_panic(information: &PanicHookInfo<'_>) {
    let place = information.location().map(ToString::to_string).unwrap_or_default();
    let message = information.payload_as_str().unwrap_or("no message");
    tracing::error!(place, message, "a background task panicked");
}
