//! Raw mode and its restoration, capabilities, input, clipboard, synchronized output.
//!
//! Everything that is written goes through one [`Output`]; the [`TerminalSession`] holds the terminal
//! while the console is on the screen, and gives it back in order however the console ends.

mod batch;
mod capabilities;
mod clipboard;
mod frame;
mod handover;
mod input;
mod output;
mod pen;
mod run_in_front;
mod screen;
mod session;
mod signals;

pub use capabilities::{Capabilities, Colours, Multiplexer};
pub use clipboard::{ClipboardError, copy_to_clipboard};
pub use handover::{ChildEnd, hand_over, run_child};
pub use input::{HangupWatch, InputEvent, InputStream};
pub use output::{Output, TerminalDevice};
pub use run_in_front::run_in_front;
pub use screen::{ScreenBackend, ScreenOptions};
pub use session::TerminalSession;
pub use signals::{SuspendError, TerminalSignal, TerminalSignals, suspend_self};
