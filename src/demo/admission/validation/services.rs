//! The rules for services.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{metadata, numbers};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};
use crate::demo::admission::names;

const KINDS: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/// Checks the specification of a service.
pub fn check(spec: &Value, wrong: &mut Causes) {
    let kind = text(&spec["type"]);
    let headless = text(&spec["clusterIP"]) == "None";
    let ports = array(&spec["ports"]);
    if ports.is_empty() && !headless && kind != "ExternalName" {
        wrong.required("spec.ports", "");
    }
    if headless && matches!(kind, "LoadBalancer" | "NodePort") {
        let detail = format!("may not be set to 'None' for {kind} services");
        wrong.invalid_text("spec.clusterIPs[0]", "None", &detail);
    }
    if kind == "ExternalName" {
        check_external(text(&spec["externalName"]), wrong);
    }
    let mut taken = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        check_port(port, ports.len() > 1, &mut taken, &format!("spec.ports[{index}]"), wrong);
    }
    metadata::check_labels(&spec["selector"], "spec.selector", wrong);
    let affinity = text(&spec["sessionAffinity"]);
    if !["ClientIP", "None"].contains(&affinity) {
        wrong.unsupported("spec.sessionAffinity", affinity, &["ClientIP", "None"]);
    }
    let address = text(&spec["clusterIP"]);
    if !address.is_empty() && !headless && address.parse::<std::net::IpAddr>().is_err() {
        wrong.invalid_text(
            "spec.clusterIPs[0]",
            address,
            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        );
    }
    if !KINDS.contains(&kind) {
        wrong.unsupported("spec.type", kind, &KINDS);
    }
    check_unique(ports, kind, wrong);
    for field in ["externalTrafficPolicy", "internalTrafficPolicy"] {
        if let Some(policy) = spec[field].as_str()
            && !["Cluster", "Local"].contains(&policy)
        {
            wrong.unsupported(format!("spec.{field}"), policy, &["Cluster", "Local"]);
        }
    }
}

fn check_external(name: &str, wrong: &mut Causes) {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        wrong.required("spec.externalName", "");
        return;
    }
    for detail in names::subdomain(name) {
        wrong.invalid_text("spec.externalName", name, &detail);
    }
}

fn check_port<'a>(
    port: &'a Value,
    named: bool,
    taken: &mut BTreeSet<&'a str>,
    path: &str,
    wrong: &mut Causes,
) {
    let name = text(&port["name"]);
    if name.is_empty() {
        if named {
            wrong.required(format!("{path}.name"), "");
        }
    } else {
        for detail in names::label(name) {
            wrong.invalid_text(format!("{path}.name"), name, &detail);
        }
        if !taken.insert(name) {
            wrong.duplicate(format!("{path}.name"), &port["name"]);
        }
    }
    numbers::port_number(&port["port"], &format!("{path}.port"), wrong);
    let protocol = text(&port["protocol"]);
    if !["SCTP", "TCP", "UDP"].contains(&protocol) {
        wrong.unsupported(format!("{path}.protocol"), protocol, &["SCTP", "TCP", "UDP"]);
    }
    numbers::port(&port["targetPort"], &format!("{path}.targetPort"), wrong);
}

/// No two ports of a service may be the same, nor be the same on nodes; only some services have ports there.
fn check_unique(ports: &[Value], kind: &str, wrong: &mut Causes) {
    let (mut on_nodes, mut own) = (BTreeSet::new(), BTreeSet::new());
    for (index, port) in ports.iter().enumerate() {
        let path = format!("spec.ports[{index}]");
        let node_port = port["nodePort"].as_i64().unwrap_or(0);
        if node_port != 0 && kind == "ClusterIP" {
            wrong.forbidden(format!("{path}.nodePort"), "may not be used when `type` is 'ClusterIP'");
        }
        let protocol = text(&port["protocol"]);
        if node_port != 0 && !on_nodes.insert((protocol, node_port)) {
            wrong.duplicate(format!("{path}.nodePort"), &port["nodePort"]);
        }
        if !own.insert((protocol, port["port"].as_i64())) {
            let key = serde_json::json!({"port": port["port"], "protocol": protocol});
            wrong.duplicate(path, &key);
        }
    }
}
