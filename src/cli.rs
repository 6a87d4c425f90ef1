//! Arguments and start-up.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `arguments` | the command line |
//! | `startup` | from the command line to a configuration and a connection, in an explicit order |
//! | `dispatch` | which command does what |
//! | `screen` | the console on a terminal |
//! | `gather` | a picture without a screen |
//! | `snapshot`, `doctor`, `run`, `journal`, `reference`, `platform` | the other commands |
//! | `log` | the log file |
//! | `exit` | how the program ends |

pub mod arguments;
pub mod dispatch;
pub mod doctor;
pub mod exit;
pub mod gather;
pub mod journal;
pub mod log;
#[cfg(feature = "demo")]
pub mod platform;
pub mod profile;
pub mod reference;
pub mod run;
pub mod screen;
pub mod snapshot;
pub mod startup;
