//! What clients have changed lately.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::Method;

use crate::platform::time::Instant;

/// How many deeds are kept.
const KEPT: usize = 500;

/// Something that a client has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Instant,
    /// Who.
    pub user: String,
    /// How.
    pub method: Method,
    /// What, as the request's path.
    pub path: String,
}

impl Deed {
    /// What was done, in words: `patched deployments production/backend-python (scale)`.
    pub fn words(&self) -> String {
        let verb = match self.method.as_str() {
            "POST" => "created",
            "PUT" => "replaced",
            "PATCH" => "patched",
            "DELETE" => "deleted",
            other => other,
        };
        let segments: Vec<&str> = self.path.trim_matches('/').split('/').collect();
        let rest = match segments.as_slice() {
            ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
            _ => return format!("{verb} {}", self.path),
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
            rest => (None, rest),
        };
        let place = |name: &str| match namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        };
        match rest {
            [plural] => match namespace {
                Some(namespace) => format!("{verb} {plural} in {namespace}"),
                None => format!("{verb} {plural}"),
            },
            [plural, name] => format!("{verb} {plural} {}", place(name)),
            [plural, name, part @ ..] => format!("{verb} {plural} {} ({})", place(name), part.join("/")),
            [] => format!("{verb} {}", self.path),
        }
    }
}

/// The latest deeds.
#[derive(Debug, Default)]
pub struct Audit(Mutex<VecDeque<Deed>>);

impl Audit {
    /// Keeps a deed.
    pub fn note(&self, deed: Deed) {
        let mut deeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if deeds.len() == KEPT {
            deeds.pop_front();
        }
        deeds.push_back(deed);
    }

    /// The deeds since then, oldest first.
    pub fn since(&self, start: Instant) -> Vec<Deed> {
        let deeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        deeds.iter().filter(|deed| deed.at >= start).cloned().collect()
    }
}
