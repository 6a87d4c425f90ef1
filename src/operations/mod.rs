//! Everything that changes something, each operation on one path: plan, preflight, confirm, gate, apply, verify, journal.

mod catalog;
mod checks;
mod confirmation;
mod finding;
mod flow;
mod gate;
mod identity;
mod operation;
mod outcome;
mod preflight;
mod query;
mod scale;
mod services;
mod undo;
mod words;

pub use crate::journal::{Undo, Verdict};
pub use catalog::actions;
pub use confirmation::{Answer, Confirmation};
pub use finding::{Finding, Topic, Weight};
pub use flow::{Handle, OperationEvent, start};
pub use gate::Gate;
pub use operation::{Change, Ending, Halt, Operation, Plan, Prepared, Report, Seen, plan};
pub use outcome::{Cause, Failure, Outcome, Progress, Refusal};
pub use preflight::{ChangeLine, Preflight};
pub use services::{Capacity, Environment, NodeRoom, Pace, Services};
pub use undo::undoes;
