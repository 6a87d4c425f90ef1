//! What a job's pod failure policy makes of a failed pod.

use k8s_pb::api::batch::v1::{Job, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule};
use k8s_pb::api::core::v1::{ContainerStatus, Pod};

/// What a rule wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The failure counts towards the limit.
    Count,
    /// The failure is nobody's fault.
    Ignore,
    /// The job has failed, with these words.
    FailJob(String),
}

/// The verdict of the first rule that matches; failures count where none does.
pub fn judge(job: &Job, pod: &Pod) -> Verdict {
    let policy = job.spec.as_ref().and_then(|spec| spec.pod_failure_policy.as_ref());
    let rules = policy.map(|policy| policy.rules.as_slice()).unwrap_or_default();
    for (index, rule) in rules.iter().enumerate() {
        let action = rule.action.as_deref().unwrap_or_default();
        let Some(cause) = matched(rule, pod) else { continue };
        return match action {
            "Ignore" => Verdict::Ignore,
            "FailJob" => Verdict::FailJob(format!("{cause} matching {action} rule at index {index}")),
            _ => Verdict::Count,
        };
    }
    Verdict::Count
}

/// What of a pod matches a rule, in the controller's words.
fn matched(rule: &PodFailurePolicyRule, pod: &Pod) -> Option<String> {
    let metadata = pod.metadata.clone().unwrap_or_default();
    let place = format!("{}/{}", metadata.namespace.unwrap_or_default(), metadata.name.unwrap_or_default());
    let status = pod.status.as_ref()?;
    if let Some(codes) = &rule.on_exit_codes {
        let mut ended = status.container_statuses.iter().chain(&status.init_container_statuses);
        let (container, code) = ended.find_map(|container| exit_matches(codes, container))?;
        return Some(format!("Container {container} for pod {place} failed with exit code {code}"));
    }
    let condition = rule.on_pod_conditions.iter().find_map(|pattern| {
        let wanted = pattern.status.as_deref().unwrap_or("True");
        status
            .conditions
            .iter()
            .find(|it| it.r#type == pattern.r#type && it.status.as_deref() == Some(wanted))
    })?;
    Some(format!("Pod {place} has condition {}", condition.r#type.as_deref().unwrap_or_default()))
}

fn exit_matches(
    codes: &PodFailurePolicyOnExitCodesRequirement,
    container: &ContainerStatus,
) -> Option<(String, i32)> {
    let name = container.name.clone().unwrap_or_default();
    if codes.container_name.as_ref().is_some_and(|wanted| *wanted != name) {
        return None;
    }
    let code = container.state.as_ref()?.terminated.as_ref()?.exit_code.unwrap_or(0);
    let listed = codes.values.contains(&code);
    let fits = match codes.operator.as_deref() {
        Some("In") => listed,
        Some("NotIn") => !listed && code != 0,
        _ => false,
    };
    fits.then_some((name, code))
}
