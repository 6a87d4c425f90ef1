//! Signals that concern the terminal, and suspension.

use std::io;

use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::output::TerminalDevice;
use super::session::TerminalSession;

/// What a signal asks for. A resize comes with the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalSignal {
    /// SIGTERM: end in order.
    Terminate,
    /// SIGHUP: the terminal is gone; end in order without it.
    Hangup,
    /// SIGTSTP: give the terminal back and stop.
    Suspend,
    /// SIGCONT: the process runs again; the screen has to be painted in full.
    Resume,
}

/// The stream of those signals.
///
/// SIGINT is caught and dropped: in raw mode ctrl-c is a key, and while a child program holds the terminal
/// its ctrl-c reaches the console too, which must not end by it.
#[derive(Debug)]
pub struct TerminalSignals {
    terminate: Signal,
    hangup: Signal,
    suspend: Signal,
    resume: Signal,
    interrupt: Signal,
}

impl TerminalSignals {
    /// Catches the signals from now on. Needs a tokio runtime with I/O.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            resume: signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal. Can be dropped and called again without losing one.
    pub async fn next(&mut self) -> TerminalSignal {
        loop {
            return tokio::select! {
                biased;
                _ = self.terminate.recv() => TerminalSignal::Terminate,
                _ = self.hangup.recv() => TerminalSignal::Hangup,
                _ = self.suspend.recv() => TerminalSignal::Suspend,
                _ = self.resume.recv() => TerminalSignal::Resume,
                _ = self.interrupt.recv() => continue,
            };
        }
    }
}

/// Why the console did not stop, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SuspendError {
    /// The console is the first process of its terminal.
    #[error("there is no shell above that could bring the console back")]
    NoShell,
    /// The terminal refused.
    #[error("the terminal could not be given back or taken again: {0}")]
    Terminal(#[from] io::Error),
}

/// Gives the terminal back, stops the process as SIGTSTP would, and takes the terminal again when the process
/// is continued. The screen has to be painted in full afterwards.
///
/// # Errors
///
/// [`SuspendError::NoShell`] if nobody could continue it; the terminal is untouched then.
pub fn suspend_self<D: TerminalDevice>(session: &mut TerminalSession<D>) -> Result<(), SuspendError> {
    if leads_its_session() {
        return Err(SuspendError::NoShell);
    }
    session.leave()?;
    let stopped = stop_process();
    session.resume()?;
    Ok(stopped?)
}

/// Stops the process until it is continued.
pub(super) fn stop_process() -> io::Result<()> {
    emulate_default_handler(SIGTSTP)
}

/// Whether the process leads its session, as it does when a terminal window or SSH runs it without a shell.
fn leads_its_session() -> bool {
    // Only Linux tells without a system call of one's own; elsewhere a shell is assumed.
    std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| session_of(&stat))
        == Some(std::process::id())
}

/// The session in the text of a process's `stat` file. The second field is a name in parentheses that may hold anything.
fn session_of(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(3)?.parse().ok()
}
