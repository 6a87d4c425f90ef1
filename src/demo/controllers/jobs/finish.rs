//! How a job ends, and what it says of it.

use k8s_pb::api::batch::v1::{Job, JobCondition, JobStatus};

use crate::demo::objects::{text, time};
use crate::platform::time::Instant;

/// The end that a job has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is a good one.
    pub success: bool,
    /// The reason, in one word.
    pub reason: String,
    /// The message.
    pub message: String,
}

impl Verdict {
    /// Enough pods have succeeded.
    pub fn success() -> Self {
        Verdict {
            success: true,
            reason: "CompletionsReached".to_owned(),
            message: "Reached expected number of succeeded pods".to_owned(),
        }
    }

    /// The job has failed.
    pub fn failure(reason: &str, message: &str) -> Self {
        Verdict { success: false, reason: reason.to_owned(), message: message.to_owned() }
    }

    /// What a job came to already, while its last pods are going.
    pub fn noted(status: &JobStatus) -> Option<Self> {
        let find = |kind: &str| {
            status
                .conditions
                .iter()
                .find(|it| it.r#type.as_deref() == Some(kind) && it.status.as_deref() == Some("True"))
        };
        let (success, condition) = match (find("SuccessCriteriaMet"), find("FailureTarget")) {
            (Some(condition), _) => (true, condition),
            (None, Some(condition)) => (false, condition),
            (None, None) => return None,
        };
        let of = |value: &Option<String>| value.clone().unwrap_or_default();
        Some(Verdict { success, reason: of(&condition.reason), message: of(&condition.message) })
    }

    /// Notes what the job is coming to.
    pub fn announce(&self, status: &mut JobStatus, now: Instant) {
        let kind = if self.success { "SuccessCriteriaMet" } else { "FailureTarget" };
        set_condition(status, kind, "True", &self.reason, &self.message, now);
    }

    /// Notes that the job has ended.
    pub fn conclude(&self, status: &mut JobStatus, now: Instant) {
        let kind = if self.success { "Complete" } else { "Failed" };
        set_condition(status, kind, "True", &self.reason, &self.message, now);
        if self.success {
            status.completion_time = time(now);
        }
    }
}

/// Whether a job has ended, well or not.
pub fn is_finished(job: &Job) -> bool {
    condition_holds(job, "Complete") || condition_holds(job, "Failed")
}

/// Whether a condition of a job holds.
pub fn condition_holds(job: &Job, kind: &str) -> bool {
    let conditions = job.status.iter().flat_map(|status| &status.conditions);
    conditions
        .into_iter()
        .any(|it| it.r#type.as_deref() == Some(kind) && it.status.as_deref() == Some("True"))
}

/// Sets a condition; whether its state is another one.
pub fn set_condition(
    status: &mut JobStatus,
    kind: &str,
    state: &str,
    reason: &str,
    message: &str,
    now: Instant,
) -> bool {
    let position = status.conditions.iter().position(|it| it.r#type.as_deref() == Some(kind));
    let before = position.and_then(|position| status.conditions.get(position));
    if before.is_some_and(|it| it.status.as_deref() == Some(state)) || (before.is_none() && state == "False")
    {
        return false;
    }
    let condition = JobCondition {
        r#type: text(kind),
        status: text(state),
        last_probe_time: time(now),
        last_transition_time: time(now),
        reason: text(reason),
        message: text(message),
    };
    match position {
        Some(position) => status.conditions[position] = condition,
        None => status.conditions.push(condition),
    }
    true
}
