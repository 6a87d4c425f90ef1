//! Copying to the clipboard of the user's own machine, through the terminal (OSC 52).

use std::io::{self, Write};

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

use super::capabilities::Multiplexer;

/// The longest text that terminals accept, in bytes: 100,000 of base64.
const LONGEST: usize = 74_994;
/// GNU screen cuts longer strings of control.
const SCREEN_CHUNK: usize = 240;

/// Why a text was not copied.
#[derive(Debug, thiserror::Error)]
pub enum ClipboardError {
    /// It is too long.
    #[error("the text is too long to copy through the terminal: {length} bytes of at most {LONGEST}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The terminal could not be written to.
    #[error("the terminal could not be written to: {0}")]
    Terminal(#[from] io::Error),
}

/// Asks the terminal to copy a text. Whether it does so it does not tell.
///
/// # Errors
///
/// If the text is too long, or the terminal cannot be written to.
pub fn copy_to_clipboard(
    out: &mut impl Write,
    text: &str,
    multiplexer: Option<Multiplexer>,
) -> Result<(), ClipboardError> {
    if text.len() > LONGEST {
        return Err(ClipboardError::TooLong { length: text.len() });
    }
    let mut sequence = String::new();
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence).map_err(io::Error::other)?;
    match multiplexer {
        None => out.write_all(sequence.as_bytes())?,
        Some(Multiplexer::Tmux) => {
            // tmux takes one of the two, depending on `set-clipboard` and `allow-passthrough`.
            out.write_all(sequence.as_bytes())?;
            let doubled = sequence.replace('\x1b', "\x1b\x1b");
            write!(out, "\x1bPtmux;{doubled}\x1b\\")?;
        }
        Some(Multiplexer::Screen) => {
            // The passed string must not hold its own end, so the inner one ends with a bell.
            let inner = format!("{}\x07", sequence.trim_end_matches("\x1b\\"));
            for chunk in inner.as_bytes().chunks(SCREEN_CHUNK) {
                out.write_all(b"\x1bP")?;
                out.write_all(chunk)?;
                out.write_all(b"\x1b\\")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
