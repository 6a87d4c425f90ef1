//! The rules for ingresses.

use serde_json::{Value, json};

use super::numbers;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

const PATH_TYPES: [&str; 3] = ["Exact", "ImplementationSpecific", "Prefix"];
/// What the path of a rule may not have within it, and at its end.
const BAD_PARTS: [&str; 5] = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDS: [&str; 2] = ["/..", "/."];

/// Checks the specification of an ingress.
pub fn check(spec: &Value, wrong: &mut Causes) {
    let rules = array(&spec["rules"]);
    if rules.is_empty() && spec["defaultBackend"].is_null() {
        wrong.invalid("spec", &json!(null), "either `defaultBackend` or `rules` must be specified");
    }
    if !spec["defaultBackend"].is_null() {
        check_backend(&spec["defaultBackend"], "spec.defaultBackend", wrong);
    }
    for (index, rule) in rules.iter().enumerate() {
        let path = format!("spec.rules[{index}]");
        check_host(text(&rule["host"]), &format!("{path}.host"), wrong);
        if rule["http"].is_object() {
            let routes = array(&rule["http"]["paths"]);
            if routes.is_empty() {
                wrong.required(format!("{path}.http.paths"), "");
            }
            for (place, route) in routes.iter().enumerate() {
                check_route(route, &format!("{path}.http.paths[{place}]"), wrong);
            }
        }
    }
    for (index, tls) in array(&spec["tls"]).iter().enumerate() {
        for (place, host) in array(&tls["hosts"]).iter().enumerate() {
            check_host(text(host), &format!("spec.tls[{index}].hosts[{place}]"), wrong);
        }
    }
    if let Some(class) = spec["ingressClassName"].as_str() {
        for detail in names::subdomain(class) {
            wrong.invalid_text("spec.ingressClassName", class, &detail);
        }
    }
}

fn check_host(host: &str, path: &str, wrong: &mut Causes) {
    if host.is_empty() {
        return;
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        wrong.invalid_text(path, host, "must be a DNS name, not an IP address");
    }
    let rule = if host.contains('*') { names::wildcard } else { names::subdomain };
    for detail in rule(host) {
        wrong.invalid_text(path, host, &detail);
    }
}

fn check_route(route: &Value, path: &str, wrong: &mut Causes) {
    let place = text(&route["path"]);
    let field = format!("{path}.path");
    match text(&route["pathType"]) {
        "" => {
            wrong.required(format!("{path}.pathType"), "pathType must be specified");
            return;
        }
        "Exact" | "Prefix" => {
            if !place.starts_with('/') {
                wrong.invalid_text(field.clone(), place, "must be an absolute path");
            }
            for part in BAD_PARTS.iter().filter(|part| place.contains(**part)) {
                wrong.invalid_text(field.clone(), place, &format!("must not contain '{part}'"));
            }
            for end in BAD_ENDS.iter().filter(|end| place.ends_with(**end)) {
                wrong.invalid_text(field.clone(), place, &format!("cannot end with '{end}'"));
            }
        }
        "ImplementationSpecific" => {
            if !place.is_empty() && !place.starts_with('/') {
                wrong.invalid_text(field, place, "must be an absolute path");
            }
        }
        other => wrong.unsupported(format!("{path}.pathType"), other, &PATH_TYPES),
    }
    check_backend(&route["backend"], &format!("{path}.backend"), wrong);
}

fn check_backend(backend: &Value, path: &str, wrong: &mut Causes) {
    let service = &backend["service"];
    match (service.is_object(), backend["resource"].is_object()) {
        (true, true) => {
            wrong.invalid_text(path, "", "cannot set both resource and service backends");
            return;
        }
        (false, true) => return,
        (false, false) => {
            wrong.invalid_text(path, "", "resource or service backend is required");
            return;
        }
        (true, false) => {}
    }
    let name = text(&service["name"]);
    if name.is_empty() {
        wrong.required(format!("{path}.service.name"), "");
    } else {
        for detail in names::old_label(name) {
            wrong.invalid_text(format!("{path}.service.name"), name, &detail);
        }
    }
    let (port, number) = (text(&service["port"]["name"]), service["port"]["number"].as_i64().unwrap_or(0));
    match (port.is_empty(), number == 0) {
        (false, false) => wrong.invalid_text(path, "", "cannot set both port name & port number"),
        (false, true) => numbers::port(&service["port"]["name"], &format!("{path}.service.port.name"), wrong),
        (true, false) => {
            numbers::port_number(&service["port"]["number"], &format!("{path}.service.port.number"), wrong);
        }
        (true, true) => wrong.required(path, "port name or number is required"),
    }
}
