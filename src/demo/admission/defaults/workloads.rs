//! Defaults of Deployments, ReplicaSets, StatefulSets and DaemonSets.

use serde_json::{Value, json};

use super::pods;
use crate::demo::admission::json::{at, default_to, each, set, unset};

/// The defaults of a Deployment.
pub fn deployment(deployment: &mut Value) {
    let spec = &mut deployment["spec"];
    pods::template_spec(&mut spec["template"]["spec"]);
    number(spec, "replicas", 1);
    default_to_object(spec, "strategy");
    default_to(&mut spec["strategy"], "type", "RollingUpdate");
    if spec["strategy"]["type"] == "RollingUpdate" {
        for field in ["maxUnavailable", "maxSurge"] {
            set(&mut spec["strategy"]["rollingUpdate"], field, json!("25%"));
        }
    }
    number(spec, "revisionHistoryLimit", 10);
    number(spec, "progressDeadlineSeconds", 600);
}

/// The defaults of a ReplicaSet.
pub fn replica_set(replica_set: &mut Value) {
    pods::template_spec(&mut replica_set["spec"]["template"]["spec"]);
    number(&mut replica_set["spec"], "replicas", 1);
}

/// The defaults of a StatefulSet.
pub fn stateful_set(stateful_set: &mut Value) {
    let spec = &mut stateful_set["spec"];
    pods::template_spec(&mut spec["template"]["spec"]);
    default_to(spec, "podManagementPolicy", "OrderedReady");
    default_to_object(spec, "updateStrategy");
    if unset(&spec["updateStrategy"]["type"]) {
        spec["updateStrategy"]["type"] = json!("RollingUpdate");
        default_to_object(&mut spec["updateStrategy"], "rollingUpdate");
    }
    if spec["updateStrategy"]["type"] == "RollingUpdate"
        && let Some(rolling) = at(spec, "/updateStrategy/rollingUpdate")
    {
        set(rolling, "partition", json!(0));
    }
    default_to_object(spec, "persistentVolumeClaimRetentionPolicy");
    for field in ["whenDeleted", "whenScaled"] {
        default_to(&mut spec["persistentVolumeClaimRetentionPolicy"], field, "Retain");
    }
    for claim in each(spec, "/volumeClaimTemplates") {
        claim["apiVersion"] = json!("v1");
        claim["kind"] = json!("PersistentVolumeClaim");
        super::core::claim(&mut claim["spec"]);
        claim["status"] = json!({"phase": "Pending"});
    }
    number(spec, "replicas", 1);
    number(spec, "revisionHistoryLimit", 10);
}

/// The defaults of a DaemonSet.
pub fn daemon_set(daemon_set: &mut Value) {
    let spec = &mut daemon_set["spec"];
    pods::template_spec(&mut spec["template"]["spec"]);
    default_to_object(spec, "updateStrategy");
    default_to(&mut spec["updateStrategy"], "type", "RollingUpdate");
    if spec["updateStrategy"]["type"] == "RollingUpdate" {
        set(&mut spec["updateStrategy"]["rollingUpdate"], "maxUnavailable", json!(1));
        set(&mut spec["updateStrategy"]["rollingUpdate"], "maxSurge", json!(0));
    }
    number(spec, "revisionHistoryLimit", 10);
}

/// A number where there is none.
pub fn number(object: &mut Value, field: &str, value: i64) {
    set(object, field, json!(value));
}

fn default_to_object(object: &mut Value, field: &str) {
    set(object, field, json!({}));
}
