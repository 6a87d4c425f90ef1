//! The embedded platform: the reference platform served over real HTTP on loopback.
//!
//! Layers, each using only those before it: `wire` (Kubernetes messages between JSON and
//! protobuf), `store` (objects, versions, history), `model` (load, and what breaks), `controllers` (cause and effect, on one
//! task) and `api` (HTTP). `reference` describes the platform that is served, and builds it into the store.

mod access;
mod admission;
mod api;
mod controllers;
mod credentials;
mod custom;
mod deletion;
mod document;
mod events;
mod fields;
mod kubeconfig;
pub mod model;
mod objects;
mod patch;
mod platform;
mod quantity;
mod random;
mod reference;
pub mod scenarios;
mod server;
pub mod store;
mod tls;
mod wire;

pub use access::{DemoUser, UnknownUser};
pub use platform::DemoPlatform;
pub use scenarios::DrillOrder;
pub use server::{DemoError, DemoOptions, DemoServer};
