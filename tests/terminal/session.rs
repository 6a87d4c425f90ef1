//! Taking the terminal and giving it back, on a device that keeps a record.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

use quarterdeck::terminal::{
    HangupWatch, Multiplexer, Output, TerminalDevice, TerminalSession, copy_to_clipboard,
};

/// What happened to the device, in order.
#[derive(Debug, Clone, Default)]
struct Record(Arc<Mutex<Vec<String>>>);

impl Record {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[derive(Debug)]
struct Device {
    record: Record,
    refuses_bytes: bool,
}

impl Write for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.refuses_bytes {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.record.note(String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminalDevice for Device {
    fn set_raw(&mut self, raw: bool) -> io::Result<()> {
        self.record.note(if raw { "raw" } else { "cooked" });
        Ok(())
    }
}

const TAKEN: &str = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l";
const GIVEN_BACK: &str = "\x1b[0m\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l";

fn session() -> (TerminalSession<Device>, Output<Device>, Record) {
    let record = Record::default();
    let output = Output::new(Device { record: record.clone(), refuses_bytes: false });
    let session = TerminalSession::enter(output.clone()).unwrap();
    (session, output, record)
}

#[test]
fn the_terminal_is_taken_and_given_back_in_order() {
    let (session, mut output, record) = session();
    assert_eq!(record.take(), ["raw", TAKEN]);
    output.write_all(b"half a frame").unwrap();
    assert!(record.take().is_empty(), "bytes wait in the buffer");
    drop(session);
    assert_eq!(record.take(), [format!("half a frame{GIVEN_BACK}"), "cooked".to_owned()]);
}

#[test]
fn giving_back_twice_does_nothing_the_second_time() {
    let (mut session, _output, record) = session();
    record.take();
    session.leave().unwrap();
    assert!(!session.is_held());
    assert_eq!(record.take(), [GIVEN_BACK, "cooked"]);
    session.leave().unwrap();
    drop(session);
    assert!(record.take().is_empty());
}

#[test]
fn resuming_takes_it_again_and_repairs_what_somebody_changed() {
    let (mut session, _output, record) = session();
    session.leave().unwrap();
    record.take();
    session.resume().unwrap();
    assert_eq!(record.take(), ["raw", TAKEN]);
    session.resume().unwrap();
    assert_eq!(record.take(), ["cooked", "raw", TAKEN], "the modes are set anew");
}

#[test]
fn raw_mode_ends_even_if_the_terminal_accepts_nothing() {
    let record = Record::default();
    let output = Output::new(Device { record: record.clone(), refuses_bytes: true });
    assert!(TerminalSession::enter(output).is_err());
    assert_eq!(record.take(), ["raw", "cooked"]);
}

/// The hook belongs to the whole process, so everything about it is told in one test.
#[test]
fn a_panic_gives_the_terminal_back_before_it_is_reported() {
    let original = std::panic::take_hook();
    let reports = Record::default();
    let reporting = reports.clone();
    let (session, _output, record) = session();
    let reported = record.clone();
    let here = std::thread::current().id();
    std::panic::set_hook(Box::new(move |information| {
        // Other tests may fail meanwhile; their reports are theirs.
        if information.payload_as_str() == Some("a pane broke") && std::thread::current().id() == here {
            reported.note("report");
        } else {
            reporting.note("elsewhere");
        }
    }));
    session.install_panic_hook();
    record.take();

    let elsewhere = std::thread::spawn(|| panic!("a feed broke")).join();
    assert!(elsewhere.is_err());
    assert!(session.is_held(), "a panic of another thread leaves the screen alone");
    assert!(reports.take().is_empty(), "and writes nothing across it");

    let caught = std::panic::catch_unwind(|| panic!("a pane broke"));
    assert!(caught.is_err());
    drop(std::panic::take_hook());
    std::panic::set_hook(original);
    assert_eq!(record.take(), [GIVEN_BACK, "cooked", "report"]);
    assert!(!session.is_held());
}

#[tokio::test]
async fn a_closed_terminal_is_noticed_without_reading_from_it() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let mut watch = HangupWatch::new(ours.try_clone().unwrap().into()).unwrap();
    theirs.write_all(b"a key").unwrap();
    let pending = tokio::time::timeout(std::time::Duration::from_millis(20), watch.closed()).await;
    assert!(pending.is_err(), "input is no hang-up");
    drop(theirs);
    watch.closed().await;
    let mut key = [0; 5];
    io::Read::read_exact(&mut &ours, &mut key).unwrap();
    assert_eq!(&key, b"a key", "the input is still there for who reads it");
}

fn copied(multiplexer: Option<Multiplexer>) -> String {
    let mut bytes = Vec::new();
    copy_to_clipboard(&mut bytes, "pod-1", multiplexer).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn copying_goes_through_whatever_stands_in_between() {
    let plain = "\x1b]52;c;cG9kLTE=\x1b\\";
    assert_eq!(copied(None), plain);
    assert_eq!(
        copied(Some(Multiplexer::Tmux)),
        format!("{plain}\x1bPtmux;\x1b\x1b]52;c;cG9kLTE=\x1b\x1b\\\x1b\\")
    );
    assert_eq!(copied(Some(Multiplexer::Screen)), "\x1bP\x1b]52;c;cG9kLTE=\x07\x1b\\");
}

#[test]
fn what_no_terminal_would_take_is_refused() {
    let error = copy_to_clipboard(&mut Vec::new(), &"x".repeat(80_000), None).unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}
