//! Which container, and which of its runs, a log is of.

use serde_json::Value;

use super::super::error::ApiError;
use crate::platform::time::Instant;

/// One run of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When it started.
    pub started: Instant,
    /// When it ended; `None` while it runs.
    pub ended: Option<Instant>,
}

/// The container of a pod that is meant; where none is named, the only one.
///
/// # Errors
/// When the pod has none of the name, or several and none is named.
pub fn container_of(pod: &Value, named: Option<&str>) -> Result<String, ApiError> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let of = |field: &str| -> Vec<String> {
        let containers = pod["spec"][field].as_array().into_iter().flatten();
        containers.filter_map(|container| container["name"].as_str().map(str::to_owned)).collect()
    };
    let (containers, inits) = (of("containers"), of("initContainers"));
    match (named, containers.as_slice()) {
        (Some(named), _) if containers.iter().chain(&inits).any(|it| it == named) => Ok(named.to_owned()),
        (Some(named), _) => {
            Err(ApiError::bad_request(format!("container {named} is not valid for pod {name}")))
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let all: Vec<String> = inits.into_iter().chain(containers).collect();
            let choices = format!("[{}]", all.join(" "));
            Err(ApiError::bad_request(format!(
                "a container name must be specified for pod {name}, choose one of: {choices}"
            )))
        }
    }
}

/// The run of a container whose log is meant.
///
/// # Errors
/// When there has been none: worded as the kubelet words it.
pub fn run_of(pod: &Value, container: &str, previous: bool) -> Result<Run, ApiError> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let refuse = |why: &str| ApiError::bad_request(why.to_owned());
    let about = format!("container \"{container}\" in pod \"{name}\"");
    let statuses = ["containerStatuses", "initContainerStatuses"]
        .iter()
        .flat_map(|field| pod["status"][*field].as_array().into_iter().flatten());
    let status = statuses.into_iter().find(|status| status["name"] == container);
    let Some(status) = status else { return Err(refuse(&format!("{about} is not available"))) };
    let (state, last) = (&status["state"], &status["lastState"]["terminated"]);
    if previous {
        let missing = format!("previous terminated {about} not found");
        return ended(last).ok_or_else(|| refuse(&missing));
    }
    if let Some(started) = instant(&state["running"]["startedAt"]) {
        return Ok(Run { started, ended: None });
    }
    if let Some(run) = ended(&state["terminated"]).or_else(|| ended(last)) {
        return Ok(run);
    }
    Err(refuse(&match state["waiting"]["reason"].as_str() {
        Some("ErrImagePull") => format!("{about} is waiting to start: image can't be pulled"),
        Some("ImagePullBackOff") => format!("{about} is waiting to start: trying and failing to pull image"),
        Some(reason) => format!("{about} is waiting to start: {reason}"),
        None => format!("{about} is waiting to start - no logs yet"),
    }))
}

fn ended(terminated: &Value) -> Option<Run> {
    let ended = instant(&terminated["finishedAt"])?;
    Some(Run { started: instant(&terminated["startedAt"]).unwrap_or(ended), ended: Some(ended) })
}

fn instant(value: &Value) -> Option<Instant> {
    value.as_str().and_then(Instant::parse)
}
