//! Running a program in front of the person, so that what it says can be read and is kept.

use std::io::{self, Read, Write};
use std::process::{ChildStderr, Command, Output, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long the last words are waited for once the program has ended: what it left behind may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// The most bytes of what it says that are kept.
const LONGEST_SPEECH: usize = 16 * 1024;

/// Says what is run, runs it on the terminal, and catches what it answers. What it says is passed on to the person and
/// kept; where it fails, it stays on the screen until the person presses enter.
///
/// # Errors
/// When it can't be started or waited for.
pub fn run_in_front(mut command: Command, announcement: &str) -> io::Result<Output> {
    tell(announcement);
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (sender, ended) = mpsc::channel();
    if let Some(speech) = child.stderr.take() {
        let kept = Arc::clone(&kept);
        thread::spawn(move || {
            pass_on(speech, &kept);
            // Nobody waits any more when it took too long.
            let _ = sender.send(());
        });
    }
    let mut output = child.wait_with_output()?;
    // Both ends of the wait are fine: what was said until then is kept.
    let _ = ended.recv_timeout(LAST_WORDS);
    output.stderr.clone_from(&kept.lock().unwrap_or_else(PoisonError::into_inner));
    if !output.status.success() {
        tell(&format!("It failed ({}). Press enter to go back to the console.", output.status));
        // Where nothing can be read, there is nobody to wait for.
        let _ = io::stdin().read_line(&mut String::new());
    }
    Ok(output)
}

fn pass_on(mut speech: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 1024];
    while let Ok(length @ 1..) = speech.read(&mut chunk) {
        let mut screen = io::stderr();
        // A terminal that is gone has no reader, and what was said is kept all the same.
        let _ = screen.write_all(&chunk[..length]).and_then(|()| screen.flush());
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&chunk[..length]);
        let excess = kept.len().saturating_sub(LONGEST_SPEECH);
        kept.drain(..excess);
    }
}

fn tell(line: &str) {
    // A terminal that is gone has no reader.
    let _ = writeln!(io::stderr(), "{line}");
}
