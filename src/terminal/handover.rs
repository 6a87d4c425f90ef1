//! Giving the terminal whole to a child program.

use std::io;
use std::process::ExitStatus;

use tokio::process::Command;

use super::input::InputStream;
use super::output::TerminalDevice;
use super::session::TerminalSession;
use super::signals::{TerminalSignal, TerminalSignals, stop_process};

/// Gives the terminal back, lets `work` use it, and takes it again, whatever came of the work. The
/// screen has to be painted in full afterwards.
pub fn hand_over<D: TerminalDevice, T>(
    session: &mut TerminalSession<D>,
    input: &mut InputStream,
    work: impl FnOnce() -> T,
) -> io::Result<T> {
    input.pause();
    session.leave()?;
    let result = work();
    session.resume()?;
    input.resume()?;
    Ok(result)
}

/// Runs a program on the terminal and waits for it. Stopping it (ctrl-z) stops the console with it, and both go on
/// together; a signal that ends the console ends the program.
///
/// # Errors
///
/// If the program cannot be started, or the terminal cannot be given back or taken again.
pub async fn run_child<D: TerminalDevice>(
    session: &mut TerminalSession<D>,
    input: &mut InputStream,
    signals: &mut TerminalSignals,
    command: &mut Command,
) -> io::Result<ChildEnd> {
    input.pause();
    session.leave()?;
    let end = wait_for(command, signals).await;
    session.resume()?;
    input.resume()?;
    end
}

/// How a child program's turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildEnd {
    /// It ended by itself.
    Exited(ExitStatus),
    /// The console was asked to end, and ended it.
    Signalled(TerminalSignal),
}

async fn wait_for(command: &mut Command, signals: &mut TerminalSignals) -> io::Result<ChildEnd> {
    let mut child = command.kill_on_drop(true).spawn()?;
    loop {
        tokio::select! {
            status = child.wait() => return status.map(ChildEnd::Exited),
            signal = signals.next() => match signal {
                TerminalSignal::Suspend => stop_process()?,
                TerminalSignal::Resume => {}
                TerminalSignal::Terminate | TerminalSignal::Hangup => {
                    child.kill().await?;
                    return Ok(ChildEnd::Signalled(signal));
                }
            },
        }
    }
}
