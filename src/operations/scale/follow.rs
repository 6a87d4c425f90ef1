//! Following a count until it is reached, or stuck with the reason.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clients::kubernetes::{ApiError, Connection, Reader};
use crate::journal::Verdict;
use crate::operations::checks::{autoscaler, ownership};
use crate::operations::{Ending, Pace, Progress, Report, words};

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
    } else if workload.observed && counted(workload, growing, wanted) {
        Sight::Reached
    } else {
        Sight::Going
    }
}

/// Whether the count is there. A rollout that is stuck keeps a pod too many, which is no matter of the count.
fn counted(workload: &Workload, growing: bool, wanted: u32) -> bool {
    if growing {
        workload.ready >= wanted
    } else {
        workload.present == wanted || workload.rolling && workload.ready == wanted
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
        let moving = |workload: &Workload| (workload.present, workload.ready, workload.observed);
        if moving(&workload) != moving(&self.last) {
            self.moved = Instant::now();
            self.reason = None;
        }
        self.last = workload;
        self.reading = true;
        let ScaleChange { uid, from, to, .. } = self.change;
        match sight(&self.last, uid, to > from, *to) {
            Sight::Reached => {
                let mut message = format!("{}: {}", self.change.object, self.state());
                if self.last.rolling || self.last.present > *to {
                    message.push_str(&self.rollout().await);
                }
                Some(self.ending(Verdict::Reached, message))
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
                None if !self.last.observed
                    && self.moved.elapsed() >= self.pace.patience.saturating_mul(2) =>
                {
                    return Some(self.ignored());
                }
                None => {
                    let limit = self.pace.limit_in_words();
                    let text = format!(
                        "nothing moves, and no reason is to be found yet; followed for {limit} at most"
                    );
                    self.reason = Some(text);
                }
            }
        }
        let message = match &self.reason {
            Some(reason) => format!("{}; {reason}", self.state()),
            None => self.state(),
        };
        report(Progress { wanted: self.change.to, ready: self.last.ready, message });
        None
    }

    /// What there is to say of a rollout that goes on beside the scaling.
    async fn rollout(&self) -> String {
        let reason = reasons::find(&self.reader, &self.change.object, &self.last).await;
        match reason {
            Some(reason) => format!("; apart from that, its rollout is stuck: {}", reason.text),
            None => "; apart from that, its rollout still goes on".to_owned(),
        }
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
            "{}: {} after {}, and no reason is to be found",
            self.change.object,
            self.state(),
            self.pace.limit_in_words()
        );
        self.ending(Verdict::Stuck, message)
    }

    /// Its controller has not even looked at what was written.
    fn ignored(&self) -> Ending {
        let message = format!(
            "{}: {}, and its controller does not react: observedGeneration is behind the generation for {}",
            self.change.object,
            self.state(),
            words::span(self.moved.elapsed())
        );
        let mut ending = self.ending(Verdict::Stuck, message);
        ending.advice =
            Some("have a look at the cluster's controller manager; the count is set, and takes effect once it runs".to_owned());
        ending
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
