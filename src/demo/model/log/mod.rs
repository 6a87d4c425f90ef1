//! What containers write: lines whose number and content follow the load of their time.

use super::engine::Model;
use super::roster::PodView;
use crate::demo::store::{Store, StoredObject};
use crate::platform::time::Instant;

/// A line that a container wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Instant,
    /// The line, without its end.
    pub text: String,
}

/// How often a container without a format of its own writes a line, in milliseconds.
const QUIET: i64 = 60_000;

impl Model {
    /// What a container wrote from one instant up to another, this one not included. The same window always reads the same.
    ///
    /// The window may lie in the container's present run or in the one before it; outside of these nothing was written.
    pub fn log(
        &self,
        _store: &Store,
        pod: &StoredObject,
        container: &str,
        from: Instant,
        to: Instant,
    ) -> Vec<LogLine> {
        let Some(view) = PodView::of(pod) else { return Vec::new() };
        let Some(container) = view.containers.iter().find(|it| &*it.name == container) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        for run in [container.previous, container.run].into_iter().flatten() {
            let end = run.ended.map_or(to, |(at, _)| Instant(at.0.min(to.0)));
            let mut at = run.started;
            if at < from {
                at = at.plus_millis(from.since(at).div_euclid(QUIET).max(0) * QUIET);
            }
            while at < end {
                if at >= from {
                    let text = if at == run.started { "started" } else { "running" };
                    lines.push(LogLine { at, text: format!("level=info msg={text}") });
                }
                at = at.plus_millis(QUIET);
            }
        }
        lines
    }
}
