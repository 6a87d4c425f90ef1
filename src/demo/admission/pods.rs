//! What admission adds to new pods: tolerations for nodes that fall silent, and the value of their priority.

use k8s_pb::api::scheduling::v1::PriorityClass;
use serde_json::{Value, json};

use super::json::{array, text, unset};
use super::review::Review;
use crate::demo::store::{Key, Kind};

/// How long a pod stays on a node that isn't ready or can't be reached, in seconds, where it says nothing of it.
const PATIENCE: i64 = 300;

/// Completes a new pod.
pub fn complete(review: &Review<'_>, pod: &mut Value) {
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        tolerate(pod, key);
    }
    prioritize(review, pod);
}

fn tolerate(pod: &mut Value, key: &str) {
    let covers = |toleration: &Value| {
        let (own, effect) = (text(&toleration["key"]), text(&toleration["effect"]));
        (own == key || own.is_empty()) && (effect == "NoExecute" || effect.is_empty())
    };
    if array(&pod["spec"]["tolerations"]).iter().any(covers) {
        return;
    }
    let toleration =
        json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": PATIENCE});
    match pod["spec"]["tolerations"].as_array_mut() {
        Some(tolerations) => tolerations.push(toleration),
        None => pod["spec"]["tolerations"] = json!([toleration]),
    }
}

fn prioritize(review: &Review<'_>, pod: &mut Value) {
    let spec = &mut pod["spec"];
    let name = text(&spec["priorityClassName"]).to_owned();
    let class = match name.as_str() {
        "" => default_class(review),
        name => review.store.read::<PriorityClass>(&Key::new("", name)),
    };
    let class = class.unwrap_or_default();
    if name.is_empty()
        && let Some(own) = class.metadata.as_ref().and_then(|it| it.name.as_ref())
    {
        spec["priorityClassName"] = json!(own);
    }
    spec["priority"] = json!(class.value.unwrap_or(0));
    if unset(&spec["preemptionPolicy"]) {
        spec["preemptionPolicy"] =
            json!(class.preemption_policy.as_deref().unwrap_or("PreemptLowerPriority"));
    }
}

fn default_class(review: &Review<'_>) -> Option<PriorityClass> {
    let classes = review.store.list(Kind::PriorityClass, None, None);
    let mut read = classes.filter_map(|stored| review.store.read::<PriorityClass>(&stored.key));
    read.find(|class| class.global_default == Some(true))
}
