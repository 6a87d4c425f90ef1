//! The rules for containers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{environment, numbers, probes, resources};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

/// Checks all containers of a specification whose volumes have these names.
pub fn check_all(spec: &Value, volumes: &[String], path: &str, wrong: &mut Causes) {
    let mut taken = BTreeSet::new();
    if array(&spec["containers"]).is_empty() {
        wrong.required(format!("{path}.containers"), "");
    }
    for list in ["containers", "initContainers"] {
        for (index, container) in array(&spec[list]).iter().enumerate() {
            let path = format!("{path}.{list}[{index}]");
            check(container, volumes, &path, wrong);
            let name = text(&container["name"]);
            if !taken.insert(name) && !name.is_empty() {
                wrong.duplicate(format!("{path}.name"), &container["name"]);
            }
            check_lifecycle(container, list == "initContainers", &path, wrong);
        }
        if list == "containers" {
            check_host_ports(array(&spec[list]), &format!("{path}.{list}"), wrong);
        }
    }
}

fn check(container: &Value, volumes: &[String], path: &str, wrong: &mut Causes) {
    let name = text(&container["name"]);
    if name.is_empty() {
        wrong.required(format!("{path}.name"), "");
    } else {
        for detail in names::label(name) {
            wrong.invalid_text(format!("{path}.name"), name, &detail);
        }
    }
    check_image(text(&container["image"]), path, wrong);
    let policy = text(&container["terminationMessagePolicy"]);
    if !["File", "FallbackToLogsOnError"].contains(&policy) {
        wrong.unsupported(
            format!("{path}.terminationMessagePolicy"),
            policy,
            &["File", "FallbackToLogsOnError"],
        );
    }
    check_ports(&container["ports"], &format!("{path}.ports"), wrong);
    environment::check(container, path, wrong);
    check_mounts(&container["volumeMounts"], volumes, &format!("{path}.volumeMounts"), wrong);
    let pull = text(&container["imagePullPolicy"]);
    if !["Always", "IfNotPresent", "Never"].contains(&pull) {
        wrong.unsupported(format!("{path}.imagePullPolicy"), pull, &["Always", "IfNotPresent", "Never"]);
    }
    resources::requirements(&container["resources"], &format!("{path}.resources"), wrong);
    check_security(&container["securityContext"], &format!("{path}.securityContext"), wrong);
}

fn check_image(image: &str, path: &str, wrong: &mut Causes) {
    if image.is_empty() {
        wrong.required(format!("{path}.image"), "");
    } else if image != image.trim() {
        wrong.invalid_text(format!("{path}.image"), image, "must not have leading or trailing whitespace");
    }
}

fn check_ports(ports: &Value, path: &str, wrong: &mut Causes) {
    let mut taken = BTreeSet::new();
    for (index, port) in array(ports).iter().enumerate() {
        let path = format!("{path}[{index}]");
        if let Some(name) = port["name"].as_str().filter(|name| !name.is_empty()) {
            let details = names::port_name(name);
            for detail in &details {
                wrong.invalid_text(format!("{path}.name"), name, detail);
            }
            if details.is_empty() && !taken.insert(name) {
                wrong.duplicate(format!("{path}.name"), &port["name"]);
            }
        }
        if port["containerPort"].as_i64().unwrap_or(0) == 0 {
            wrong.required(format!("{path}.containerPort"), "");
        } else {
            numbers::port_number(&port["containerPort"], &format!("{path}.containerPort"), wrong);
        }
        if port["hostPort"].as_i64().unwrap_or(0) != 0 {
            numbers::port_number(&port["hostPort"], &format!("{path}.hostPort"), wrong);
        }
        let protocol = text(&port["protocol"]);
        if !["SCTP", "TCP", "UDP"].contains(&protocol) {
            wrong.unsupported(format!("{path}.protocol"), protocol, &["SCTP", "TCP", "UDP"]);
        }
    }
}

fn check_host_ports(containers: &[Value], path: &str, wrong: &mut Causes) {
    let mut taken = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        for (place, port) in array(&container["ports"]).iter().enumerate() {
            let host = port["hostPort"].as_i64().unwrap_or(0);
            let key = format!("{}/{}/{host}", text(&port["protocol"]), text(&port["hostIP"]));
            if host != 0 && !taken.insert(key.clone()) {
                wrong.duplicate(format!("{path}[{index}].ports[{place}].hostPort"), &Value::from(key));
            }
        }
    }
}

fn check_mounts(mounts: &Value, volumes: &[String], path: &str, wrong: &mut Causes) {
    let mut taken = BTreeSet::new();
    for (index, mount) in array(mounts).iter().enumerate() {
        let path = format!("{path}[{index}]");
        let (name, place) = (text(&mount["name"]), text(&mount["mountPath"]));
        if name.is_empty() {
            wrong.required(format!("{path}.name"), "");
        }
        if !volumes.iter().any(|volume| volume == name) {
            wrong.not_found(format!("{path}.name"), name);
        }
        if place.is_empty() {
            wrong.required(format!("{path}.mountPath"), "");
        }
        if !taken.insert(place) {
            wrong.invalid_text(format!("{path}.mountPath"), place, "must be unique");
        }
        let inner = text(&mount["subPath"]);
        if inner.starts_with('/') {
            wrong.invalid_text(format!("{path}.subPath"), inner, "must be a relative path");
        }
        if inner.split('/').any(|part| part == "..") {
            wrong.invalid_text(format!("{path}.subPath"), inner, "must not contain '..'");
        }
    }
}

fn check_lifecycle(container: &Value, init: bool, path: &str, wrong: &mut Causes) {
    let sidecar = container["restartPolicy"] == "Always";
    for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = &container[field];
        if init && !sidecar && !probe.is_null() {
            wrong.forbidden(
                format!("{path}.{field}"),
                "may not be set for init containers without restartPolicy=Always",
            );
        } else if !probe.is_null() {
            probes::check(probe, field != "readinessProbe", &format!("{path}.{field}"), wrong);
        }
    }
    for hook in ["postStart", "preStop"] {
        let hooked = &container["lifecycle"][hook];
        if init && !sidecar && !hooked.is_null() {
            wrong.forbidden(
                format!("{path}.lifecycle"),
                "may not be set for init containers without restartPolicy=Always",
            );
        } else if !hooked.is_null() {
            probes::check_handler(hooked, &format!("{path}.lifecycle.{hook}"), wrong);
        }
    }
}

fn check_security(context: &Value, path: &str, wrong: &mut Causes) {
    for field in ["runAsUser", "runAsGroup"] {
        if context[field].as_i64().is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id)) {
            wrong.invalid(
                format!("{path}.{field}"),
                &context[field],
                "must be between 0 and 2147483647, inclusive",
            );
        }
    }
    if context["allowPrivilegeEscalation"] == false && context["privileged"] == true {
        let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        wrong.invalid(path, context, detail);
    }
}
