//! The one way out to the terminal.

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that are gathered before they are written: a full screen fits.
const BUFFER_SIZE: usize = 64 * 1024;

/// Where bytes end up, and whose line discipline can be switched.
pub trait TerminalDevice: Write + Send {
    /// Switches raw mode on or off; switching to what it is already is no error.
    fn set_raw(&mut self, raw: bool) -> io::Result<()>;
}

impl TerminalDevice for Stdout {
    fn set_raw(&mut self, raw: bool) -> io::Result<()> {
        if raw { crossterm::terminal::enable_raw_mode() } else { crossterm::terminal::disable_raw_mode() }
    }
}

/// A handle to the buffer in front of the terminal. Clones write through the same buffer, so that what
/// the session, the screen and the clipboard write stays in order.
#[derive(Debug)]
pub struct Output<D: Write = Stdout> {
    shared: Arc<Mutex<BufWriter<D>>>,
}

impl<D: Write> Clone for Output<D> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl Output<Stdout> {
    /// The standard output of the process.
    pub fn stdout() -> Self {
        Self::new(io::stdout())
    }
}

impl<D: Write> Output<D> {
    /// A buffer in front of a device.
    pub fn new(device: D) -> Self {
        Self { shared: Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER_SIZE, device))) }
    }

    /// The buffer. A panic elsewhere in the middle of a write leaves it usable: the session still has to restore through it.
    pub(super) fn lock(&self) -> MutexGuard<'_, BufWriter<D>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Write> Write for Output<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.lock().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}
