//! Cause and effect: the controllers, the scheduler and the kubelets, on one task.
//!
//! Changes in the store name the objects to look at again; what takes time is a timer. Nothing ticks:
//! the task sleeps until a change or the next timer.

mod aggregated_roles;
mod autoscalers;
mod backoff;
pub mod backups;
mod budgets;
pub mod certificates;
mod churn;
mod claims;
mod controller;
pub mod cron;
mod daemons;
mod definitions;
mod deployments;
mod endpoints;
mod garbage;
mod int_or_percent;
mod jobs;
pub mod kubelet;
mod limits;
mod namespaces;
mod nodes;
pub mod operator;
mod ownership;
mod pod_control;
mod pods;
mod queue;
mod recorder;
mod replica_sets;
mod revisions;
mod rollout;
mod scheduler;
mod selections;
mod simulation;
mod stateful;
mod status;
mod suffering;
mod timers;

pub use daemons::{daemon_mould, settle_daemon};
pub use pods::{PodIdentity, PodMould, fault_of, mark_unschedulable};
pub use rollout::replica_set_for;
pub use scheduler::{Claims, NoPlace, Scheduler};
pub use simulation::Simulation;
pub use stateful::{give_ordinal, revision_of_stateful_set, stateful_mould};
