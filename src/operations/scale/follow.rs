//! Following a count until it is reached, or stuck with the reason.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clients::kubernetes::{ApiError, Connection, Reader};
use crate::journal::Verdict;
use crate::operations::checks::{autoscaler, ownership};
use crate::operations::{Ending, Pace, Progress, Report};

use super::change::ScaleChange;
use super::workload::Workload;
use super::{REPLICAS, reasons};

/// How many times the patience a reason that may pass is given.
const REPRIEVE: u32 = 8;

/// What one look at the workload says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sight {
    /// The count is there.
    Reached,
    /// It is on its way.
    Going,
    /// The wanted count is another by now.
    Overridden(u32),
    /// The object of that name is another one.
    Replaced,
}

/// Judges one look.
fn sight(workload: &Workload, uid: &str, growing: bool, wanted: u32) -> Sight {
    if workload.uid != uid {
        Sight::Replaced
    } else if workload.wanted != wanted {
        Sight::Overridden(workload.wanted)
    } else if workload.observed && workload.present == wanted && (!growing || workload.ready >= wanted) {
        Sight::Reached
    } else {
        Sight::Going
    }
}

/// Looks at the workload again and again until it has settled.
pub(super) async fn until_settled(
    change: &ScaleChange,
    connection: &Connection,
    pace: Pace,
    report: Report<'_>,
) -> Ending {
    let mut watch = Watch::new(change, connection.reader(), pace);
    loop {
        match tokio::time::timeout(pace.read, watch.reader.object(&change.object)).await {
            Ok(Ok(object)) => {
                if let Some(ending) = watch.look(&object, report).await {
                    return ending;
                }
            }
            Ok(Err(error)) if error.is_not_found() => {
                return watch.ending(Verdict::Overridden, format!("{} was deleted meanwhile", change.object));
            }
            Ok(Err(error)) => watch.blind(Some(&error), report),
            Err(_) => watch.blind(None, report),
        }
        if watch.started.elapsed() >= pace.limit {
            return watch.give_up();
        }
        tokio::time::sleep(pace.every).await;
    }
}

struct Watch<'a> {
    change: &'a ScaleChange,
    reader: Reader,
    pace: Pace,
    started: Instant,
    moved: Instant,
    last: Workload,
    reason: Option<String>,
    reading: bool,
}

impl<'a> Watch<'a> {
    fn new(change: &'a ScaleChange, reader: Reader, pace: Pace) -> Self {
        let now = Instant::now();
        Watch {
            change,
            reader,
            pace,
            started: now,
            moved: now,
            last: Workload::default(),
            reason: None,
            reading: false,
        }
    }

    /// One look: how it ended, where it has.
    async fn look(&mut self, object: &Value, report: Report<'_>) -> Option<Ending> {
        let workload = Workload::of(object);
        if (workload.present, workload.ready) != (self.last.present, self.last.ready) {
            self.moved = Instant::now();
            self.reason = None;
        }
        self.last = workload;
        self.reading = true;
        let ScaleChange { uid, from, to, .. } = self.change;
        match sight(&self.last, uid, to > from, *to) {
            Sight::Reached => {
                Some(self.ending(Verdict::Reached, format!("{}: {}", self.change.object, self.state())))
            }
            Sight::Replaced => {
                let message = format!("{} was deleted and made again meanwhile", self.change.object);
                Some(self.ending(Verdict::Overridden, message))
            }
            Sight::Overridden(now) => {
                let by = self.setter(object).await;
                Some(self.ending(
                    Verdict::Overridden,
                    format!("{by} has set {} to {now} replicas", self.change.object),
                ))
            }
            Sight::Going => self.going(report).await,
        }
    }

    async fn going(&mut self, report: Report<'_>) -> Option<Ending> {
        if self.moved.elapsed() >= self.pace.patience {
            let found = reasons::find(&self.reader, &self.change.object, &self.last).await;
            let waited_enough = self.moved.elapsed() >= self.pace.patience.saturating_mul(REPRIEVE);
            match found {
                Some(reason) if !reason.may_pass || waited_enough => {
                    let message = format!("{}: {}, and {}", self.change.object, self.state(), reason.text);
                    return Some(self.ending(Verdict::Stuck, message));
                }
                Some(reason) => self.reason = Some(reason.text),
                None => self.reason = Some("nothing moves, and no reason is to be found yet".to_owned()),
            }
        }
        let message = match &self.reason {
            Some(reason) => format!("{}; {reason}", self.state()),
            None => self.state(),
        };
        report(Progress { wanted: self.change.to, ready: self.last.ready, message });
        None
    }

    /// The server could not be read: said, and tried again.
    fn blind(&self, error: Option<&ApiError>, report: Report<'_>) {
        let why = match error {
            Some(error) => error.to_string(),
            None => format!("no answer within {:?}", self.pace.read),
        };
        let message = format!("it can't be looked at: {why}");
        report(Progress { wanted: self.change.to, ready: self.last.ready, message });
    }

    fn give_up(&self) -> Ending {
        if !self.reading {
            let message = format!("{} was set, but could not be looked at since", self.change.object);
            return self.ending(Verdict::Applied, message);
        }
        let message = format!(
            "{}: {} after {} s, and no reason is to be found",
            self.change.object,
            self.state(),
            self.started.elapsed().as_secs()
        );
        self.ending(Verdict::Stuck, message)
    }

    fn state(&self) -> String {
        let to = self.change.to;
        if to > self.change.from || self.last.present == to {
            format!("{} of {to} ready", self.last.ready)
        } else {
            format!("{} pods, {to} wanted, {} ready", self.last.present, self.last.ready)
        }
    }

    fn ending(&self, verdict: Verdict, message: String) -> Ending {
        let advice = match verdict {
            Verdict::Stuck => Some("undo it, or take away the reason: it goes on by itself then"),
            Verdict::Overridden => Some("find out who did, before setting it again"),
            _ => None,
        };
        let count = if self.reading { self.last.wanted } else { self.change.to };
        let after = BTreeMap::from([(REPLICAS.to_owned(), json!(count))]);
        Ending { verdict, message, advice: advice.map(str::to_owned), after }
    }

    /// Who has set the count since: the autoscaler if there is one, else a field manager that isn't this console.
    async fn setter(&self, object: &Value) -> String {
        let autoscalers = self.reader.autoscalers(&self.change.object.namespace).await.unwrap_or_default();
        if let Some(autoscaler) = autoscaler::targeting(&autoscalers, &self.change.object) {
            return format!("the autoscaler {}", autoscaler.metadata.name);
        }
        let managers = ownership::setters(object, ["f:spec", "f:replicas"]);
        match managers.iter().find(|manager| **manager != "quarterdeck") {
            Some(manager) => format!("somebody else (by {manager})"),
            None => "somebody else".to_owned(),
        }
    }
}
