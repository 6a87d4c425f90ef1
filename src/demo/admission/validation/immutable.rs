//! What an update may not change.

use serde_json::Value;

use super::metadata::immutable;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, remove, text};
use crate::demo::quantity;
use crate::demo::store::Kind;

/// What a StatefulSet's specification may change.
const STATEFUL_SET: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// Refuses changes of what has to stay.
pub fn check(kind: Kind, object: &Value, before: &Value, wrong: &mut Causes) {
    let (spec, old) = (&object["spec"], &before["spec"]);
    match kind {
        Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            immutable("spec.selector", &spec["selector"], &old["selector"], wrong);
        }
        Kind::StatefulSet => stateful_set(spec, old, wrong),
        Kind::Job => job(spec, old, wrong),
        Kind::Pod => pod(spec, old, wrong),
        Kind::Service => service(spec, old, wrong),
        Kind::PersistentVolumeClaim => claim(object, before, wrong),
        Kind::RoleBinding | Kind::ClusterRoleBinding if object["roleRef"] != before["roleRef"] => {
            wrong.invalid("roleRef", &object["roleRef"], "cannot change roleRef");
        }
        Kind::StorageClass => {
            for field in ["parameters", "provisioner"] {
                if object[field] != before[field] {
                    wrong.forbidden(field, &format!("updates to {field} are forbidden."));
                }
            }
            for field in ["reclaimPolicy", "volumeBindingMode"] {
                immutable(field, &object[field], &before[field], wrong);
            }
        }
        Kind::PriorityClass => {
            if object["value"] != before["value"] {
                wrong.forbidden("value", "may not be changed in an update.");
            }
            immutable("preemptionPolicy", &object["preemptionPolicy"], &before["preemptionPolicy"], wrong);
        }
        Kind::Secret => {
            immutable("type", &object["type"], &before["type"], wrong);
            sealed(object, before, wrong);
        }
        Kind::ConfigMap => sealed(object, before, wrong),
        _ => {}
    }
}

fn stateful_set(spec: &Value, old: &Value, wrong: &mut Causes) {
    if with_bare_claims(without(spec, &STATEFUL_SET)) != with_bare_claims(without(old, &STATEFUL_SET)) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        wrong.forbidden("spec", detail);
    }
}

/// The templates of claims without what tells their kind, which isn't kept.
fn with_bare_claims(mut spec: Value) -> Value {
    for claim in spec["volumeClaimTemplates"].as_array_mut().into_iter().flatten() {
        for field in ["apiVersion", "kind", "status"] {
            remove(claim, field);
        }
    }
    spec
}

fn without(spec: &Value, fields: &[&str]) -> Value {
    let mut spec = spec.clone();
    for field in fields {
        remove(&mut spec, field);
    }
    spec
}

/// A config map or secret that says it doesn't change.
fn sealed(object: &Value, before: &Value, wrong: &mut Causes) {
    if before["immutable"] != true {
        return;
    }
    const DETAIL: &str = "field is immutable when `immutable` is set";
    for field in ["immutable", "data", "binaryData"] {
        if object[field] != before[field] {
            wrong.forbidden(field, DETAIL);
        }
    }
}

fn job(spec: &Value, old: &Value, wrong: &mut Causes) {
    let indexed = text(&spec["completionMode"]) == "Indexed";
    if !indexed || spec["completions"] != spec["parallelism"] {
        immutable("spec.completions", &spec["completions"], &old["completions"], wrong);
    }
    immutable("spec.selector", &spec["selector"], &old["selector"], wrong);
    immutable("spec.template", &spec["template"], &old["template"], wrong);
    for field in ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"]
    {
        immutable(&format!("spec.{field}"), &spec[field], &old[field], wrong);
    }
}

fn pod(spec: &Value, old: &Value, wrong: &mut Causes) {
    for list in ["containers", "initContainers"] {
        if array(&spec[list]).len() != array(&old[list]).len() {
            wrong.forbidden(format!("spec.{list}"), "pod updates may not add or remove containers");
            return;
        }
    }
    let mut kept = spec.clone();
    for list in ["containers", "initContainers"] {
        for (container, old) in
            super::super::json::each(&mut kept, &format!("/{list}")).zip(array(&old[list]))
        {
            container["image"] = old["image"].clone();
        }
    }
    let added =
        array(&old["tolerations"]).iter().all(|toleration| array(&spec["tolerations"]).contains(toleration));
    if !added {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        wrong.forbidden("spec.tolerations", detail);
    }
    let (new, given) = (spec["activeDeadlineSeconds"].as_i64(), old["activeDeadlineSeconds"].as_i64());
    match (new, given) {
        (None, Some(_)) => {
            let detail = "must not update from a positive integer to nil value";
            wrong.invalid("spec.activeDeadlineSeconds", &Value::Null, detail);
        }
        (Some(new), Some(given)) if new > given => {
            wrong.invalid(
                "spec.activeDeadlineSeconds",
                &Value::from(new),
                "must be less than or equal to previous value",
            );
        }
        _ => {}
    }
    const FREE: [&str; 3] = ["activeDeadlineSeconds", "tolerations", "schedulingGates"];
    if without(&kept, &FREE) != without(old, &FREE) {
        let detail = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";
        wrong.forbidden("spec", detail);
    }
}

fn service(spec: &Value, old: &Value, wrong: &mut Causes) {
    let external = |spec: &Value| text(&spec["type"]) == "ExternalName";
    if external(spec) || external(old) || text(&old["clusterIP"]).is_empty() {
        return;
    }
    let (new, given) = (text(&spec["clusterIP"]), text(&old["clusterIP"]));
    if new != given {
        let shown = if new.is_empty() { serde_json::json!([]) } else { serde_json::json!([new]) };
        let detail =
            if new.is_empty() { "primary clusterIP can not be unset" } else { "may not change once set" };
        wrong.invalid("spec.clusterIPs[0]", &shown, detail);
    }
}

fn claim(object: &Value, before: &Value, wrong: &mut Causes) {
    let (spec, old) = (&object["spec"], &before["spec"]);
    let bound = text(&before["status"]["phase"]) == "Bound";
    let size =
        |spec: &Value| quantity::thousandths(text(&spec["resources"]["requests"]["storage"])).unwrap_or(0);
    let content = |spec: &Value| {
        let mut spec = spec.clone();
        if bound {
            spec["resources"]["requests"]["storage"].take();
            remove(&mut spec, "volumeAttributesClassName");
        }
        if text(&old["volumeName"]).is_empty() {
            remove(&mut spec, "volumeName");
        }
        spec
    };
    if content(spec) != content(old) {
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n";
        wrong.forbidden("spec", detail);
    }
    let held = quantity::thousandths(text(&before["status"]["capacity"]["storage"])).unwrap_or(0);
    if size(spec) < size(old) && size(spec) <= held {
        wrong.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
    }
    immutable("volumeMode", &spec["volumeMode"], &old["volumeMode"], wrong);
}
