//! The stream of what the user does.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as blocking;
use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind};
use tokio::io::Interest;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

/// How long a pause waits for the reading thread to stop.
const STOP_PATIENCE: Duration = Duration::from_millis(200);

/// Something that came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputEvent {
    /// A key was pressed, or repeats.
    Key(KeyEvent),
    /// A text was pasted; it is hostile until it has been looked at.
    Paste(String),
    /// The terminal has another size now, in cells.
    Resize {
        /// Width.
        columns: u16,
        /// Height.
        rows: u16,
    },
    /// The terminal is gone. Nothing comes after it.
    Hangup,
}

/// Keys, pastes and resizes, until the terminal hangs up.
///
/// A thread of its own reads them, since crossterm blocks in the middle of an incomplete sequence and
/// spins when the terminal is closed; neither may reach the loop that draws. The end is noticed apart from it.
#[derive(Debug)]
pub struct InputStream {
    events: mpsc::UnboundedReceiver<InputEvent>,
    sender: mpsc::UnboundedSender<InputEvent>,
    reader: Option<Reader>,
    hangup: Option<HangupWatch>,
    ended: bool,
}

impl InputStream {
    /// Begins to read. Needs a tokio runtime with I/O.
    pub fn open() -> io::Result<Self> {
        let (sender, events) = mpsc::unbounded_channel();
        let reader = Reader::start(sender.clone())?;
        // Where the terminal cannot be watched (macOS does not let /dev/tty be), SIGHUP has to do.
        let hangup = terminal_handle().and_then(HangupWatch::new).ok();
        Ok(Self { events, sender, reader: Some(reader), hangup, ended: false })
    }

    /// Waits for the next event. Can be dropped and called again without losing one. After
    /// [`InputEvent::Hangup`] it waits for ever.
    pub async fn next(&mut self) -> InputEvent {
        if self.ended {
            std::future::pending::<()>().await;
        }
        let hangup = self.hangup.as_mut();
        let closed = async {
            match hangup {
                Some(watch) => watch.closed().await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            biased;
            event = self.events.recv() => event.unwrap_or(InputEvent::Hangup),
            () = closed => InputEvent::Hangup,
        };
        self.ended = event == InputEvent::Hangup;
        event
    }

    /// Stops reading, so that a child program gets every key.
    pub fn pause(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.stop();
        }
    }

    /// Reads again.
    pub fn resume(&mut self) -> io::Result<()> {
        if self.reader.is_none() {
            self.reader = Some(Reader::start(self.sender.clone())?);
        }
        Ok(())
    }
}

impl Drop for InputStream {
    fn drop(&mut self) {
        self.pause();
    }
}

/// The thread that reads.
#[derive(Debug)]
struct Reader {
    stop: Arc<AtomicBool>,
    stopped: blocking::Receiver<()>,
}

impl Reader {
    fn start(sender: mpsc::UnboundedSender<InputEvent>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopping, stopped) = blocking::channel();
        let asked = Arc::clone(&stop);
        std::thread::Builder::new().name("terminal-input".into()).spawn(move || {
            read_until(&asked, &sender);
            // Nobody waits any more when the patience is over.
            let _ = stopping.send(());
        })?;
        Ok(Self { stop, stopped })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        // The one thing that wakes crossterm from outside is a change of the window: it then looks at the flag.
        if signal_hook::low_level::raise(signal_hook::consts::SIGWINCH).is_ok() {
            let _ = self.stopped.recv_timeout(STOP_PATIENCE);
        }
    }
}

fn read_until(stop: &AtomicBool, sender: &mpsc::UnboundedSender<InputEvent>) {
    while !stop.load(Ordering::SeqCst) {
        let event = match crossterm::event::read() {
            Ok(event) => translate(event),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Some(InputEvent::Hangup),
        };
        let Some(event) = event else { continue };
        let last = event == InputEvent::Hangup;
        if sender.send(event).is_err() || last {
            return;
        }
    }
}

fn translate(event: Event) -> Option<InputEvent> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(InputEvent::Key(key)),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::Resize(columns, rows) => Some(InputEvent::Resize { columns, rows }),
        Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

/// A handle to the terminal that keys come from.
fn terminal_handle() -> io::Result<OwnedFd> {
    let input = io::stdin();
    if input.is_terminal() {
        return input.as_fd().try_clone_to_owned();
    }
    Ok(std::fs::File::open("/dev/tty")?.into())
}

/// Notices that the other end of a terminal, pipe or socket was closed, without reading from it.
///
/// A pipe's receiver of tokio is the registration that takes any handle; nothing is ever read through it, so the
/// handle may stay in blocking mode and be shared with who does read.
#[derive(Debug)]
pub struct HangupWatch {
    handle: pipe::Receiver,
}

impl HangupWatch {
    /// Watches a handle. Fails where the system cannot watch it, as it cannot a plain file.
    pub fn new(handle: OwnedFd) -> io::Result<Self> {
        Ok(Self { handle: pipe::Receiver::from_owned_fd_unchecked(handle)? })
    }

    /// Waits until the other end is closed. Can be dropped and called again.
    pub async fn closed(&mut self) {
        loop {
            match self.handle.ready(Interest::READABLE).await {
                Ok(ready) if !ready.is_read_closed() => self.wait_for_news(),
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Something to read is no news here: the next wake-up is for what comes after it.
    fn wait_for_news(&self) {
        let _ = self.handle.try_io(|| Err::<(), _>(io::ErrorKind::WouldBlock.into()));
    }
}
