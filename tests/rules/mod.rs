//! The words of the trade: what kubectl says of pods, ages, amounts, health, names.

mod ages;
mod identities;
mod interner;
mod pods;
mod quantities;
mod workloads;
