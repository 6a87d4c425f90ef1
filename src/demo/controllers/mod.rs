//! Cause and effect: the controllers, the scheduler and the kubelets, on one task.
//!
//! Changes in the store name the objects to look at again; what takes time is a timer. Nothing ticks:
//! the task sleeps until a change or the next timer.

mod aggregated_roles;
mod autoscalers;
pub mod backups;
pub mod certificates;
mod churn;
mod controller;
mod daemon_sets;
mod definitions;
mod deployments;
mod garbage;
pub mod kubelet;
mod limits;
mod namespaces;
mod nodes;
mod operator;
mod pods;
mod queue;
mod recorder;
mod replica_sets;
mod scheduler;
mod simulation;
mod stateful_sets;
mod status;
mod suffering;
mod timers;

pub use daemon_sets::daemon_mould;
pub use pods::{PodIdentity, PodMould, fault_of, mark_unschedulable};
pub use replica_sets::replica_set_for;
pub use scheduler::{Claims, NoPlace, Scheduler};
pub use simulation::Simulation;
pub use stateful_sets::{give_ordinal, revision_of_stateful_set, stateful_mould};
