//! Gathers the rows of a source into batches for the picture.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::rows::Intake;
use crate::picture::model::{Change, Delta, Interner, RowChange, SourceKey};

/// Rows of one batch at most: enough to be cheap, few enough to be applied between two keys.
const BATCH: usize = 512;
/// The first batch of a list is small, so that the first screen comes at once.
const FIRST_BATCH: usize = 64;
/// How long rows wait for company.
const WAIT: Duration = Duration::from_millis(30);

pub(super) struct Sink<K: Intake> {
    key: SourceKey,
    deltas: mpsc::Sender<Delta>,
    interner: Interner,
    waiting: Vec<RowChange<K::Row>>,
    since: Option<Instant>,
    limit: usize,
    unreadable: u64,
    complaint: Option<String>,
}

impl<K: Intake> Sink<K> {
    pub(super) fn new(key: SourceKey, deltas: mpsc::Sender<Delta>) -> Self {
        Sink {
            key,
            deltas,
            interner: Interner::default(),
            waiting: Vec::new(),
            since: None,
            limit: FIRST_BATCH,
            unreadable: 0,
            complaint: None,
        }
    }

    pub(super) fn put(&mut self, message: K::Message) {
        match K::row(message, &mut self.interner) {
            Some(row) => self.change(RowChange::Put(row)),
            None => self.unreadable("an object has no metadata".to_owned()),
        }
    }

    pub(super) fn change(&mut self, change: RowChange<K::Row>) {
        self.waiting.push(change);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Counts an object that could not be read; the others go on.
    pub(super) fn unreadable(&mut self, reason: String) {
        self.unreadable += 1;
        self.complaint = Some(reason);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether it is time to send.
    pub(super) fn due(&self) -> bool {
        self.waiting.len() >= self.limit || self.deadline().is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// When what waits is to be sent.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.since.map(|since| since + WAIT)
    }

    /// Sends what waits. False when nobody listens any more.
    pub(super) async fn flush(&mut self) -> bool {
        self.since = None;
        if let Some(reason) = self.complaint.take() {
            let change = Change::Unreadable { count: self.unreadable, reason };
            if self.deltas.send(Delta::Source(self.key.clone(), change)).await.is_err() {
                return false;
            }
        }
        if self.waiting.is_empty() {
            return !self.deltas.is_closed();
        }
        self.limit = BATCH;
        let batch = K::batch(std::mem::take(&mut self.waiting));
        self.deltas.send(Delta::Source(self.key.clone(), Change::Rows(batch))).await.is_ok()
    }

    /// Sends what waits, and then a change that is no row.
    pub(super) async fn send(&mut self, change: Change) -> bool {
        if matches!(change, Change::ListBegins) {
            self.unreadable = 0;
            self.limit = FIRST_BATCH;
        }
        self.flush().await && self.deltas.send(Delta::Source(self.key.clone(), change)).await.is_ok()
    }
}
