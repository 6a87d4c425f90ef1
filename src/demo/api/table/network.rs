//! The cells of services, ingresses and what is behind them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::text::{
    NONE, UNSET, age, first_three, items, joined, labels, name, number, selector, text, text_or,
};
use crate::platform::time::Instant;

/// The cells of a service.
pub fn service(object: &Value, now: Instant) -> Vec<Value> {
    let spec = &object["spec"];
    vec![
        name(object),
        json!(text(&spec["type"])),
        json!(text_or(&spec["clusterIPs"][0], text_or(&spec["clusterIP"], NONE))),
        json!(external_address(object)),
        json!(service_ports(&spec["ports"])),
        age(object, now),
        json!(labels(&spec["selector"])),
    ]
}

fn external_address(service: &Value) -> String {
    let spec = &service["spec"];
    let own = joined(&spec["externalIPs"]);
    match text(&spec["type"]) {
        "ClusterIP" | "NodePort" if own.is_empty() => NONE.to_owned(),
        "ClusterIP" | "NodePort" => own,
        "LoadBalancer" => {
            let parts = [balancer_addresses(service), own];
            let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
            if parts.is_empty() { "<pending>".to_owned() } else { parts.join(",") }
        }
        "ExternalName" => text(&spec["externalName"]).to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

/// The addresses that a load balancer gave, sorted.
fn balancer_addresses(object: &Value) -> String {
    let given = items(&object["status"]["loadBalancer"]["ingress"]);
    let addresses: BTreeSet<&str> = given
        .iter()
        .map(|it| text_or(&it["ip"], text(&it["hostname"])))
        .filter(|address| !address.is_empty())
        .collect();
    addresses.into_iter().collect::<Vec<_>>().join(",")
}

fn service_ports(ports: &Value) -> String {
    let ports: Vec<String> = items(ports)
        .iter()
        .map(|port| match number(&port["nodePort"]) {
            0 => format!("{}/{}", number(&port["port"]), text(&port["protocol"])),
            node => format!("{}:{node}/{}", number(&port["port"]), text(&port["protocol"])),
        })
        .collect();
    if ports.is_empty() { NONE.to_owned() } else { ports.join(",") }
}

/// The cells of an ingress.
pub fn ingress(object: &Value, now: Instant) -> Vec<Value> {
    let spec = &object["spec"];
    vec![
        name(object),
        json!(spec["ingressClassName"].as_str().unwrap_or(NONE)),
        json!(hosts(items(&spec["rules"]))),
        json!(balancer_addresses(object)),
        json!(if items(&spec["tls"]).is_empty() { "80" } else { "80, 443" }),
        age(object, now),
    ]
}

/// The first three hosts of the rules, and how many rules there are beyond three.
fn hosts(rules: &[Value]) -> String {
    let named = rules.iter().map(|rule| text(&rule["host"])).filter(|host| !host.is_empty());
    let shown: Vec<&str> = named.clone().take(3).collect();
    if shown.is_empty() {
        return "*".to_owned();
    }
    let shown = shown.join(",");
    if rules.len() > 3 && named.count() >= 3 {
        format!("{shown} + {} more...", rules.len() - 3)
    } else {
        shown
    }
}

/// The cells of an ingress class.
pub fn ingress_class(object: &Value, now: Instant) -> Vec<Value> {
    let spec = &object["spec"];
    let is_default =
        object["metadata"]["annotations"]["ingressclass.kubernetes.io/is-default-class"] == "true";
    let parameters = &spec["parameters"];
    let parameters = if parameters.is_object() {
        let group = parameters["apiGroup"].as_str().map(|group| format!(".{group}")).unwrap_or_default();
        format!("{}{group}/{}", text(&parameters["kind"]), text(&parameters["name"]))
    } else {
        NONE.to_owned()
    };
    let suffix = if is_default { " (default)" } else { "" };
    vec![
        json!(format!("{}{suffix}", text(&object["metadata"]["name"]))),
        json!(text(&spec["controller"])),
        json!(parameters),
        age(object, now),
    ]
}

/// The cells of a network policy.
pub fn policy(object: &Value, now: Instant) -> Vec<Value> {
    vec![name(object), json!(selector(&object["spec"]["podSelector"])), age(object, now)]
}

/// The cells of endpoints.
pub fn endpoints(object: &Value, now: Instant) -> Vec<Value> {
    let mut all = Vec::new();
    for subset in items(&object["subsets"]) {
        let addresses = || items(&subset["addresses"]).iter().map(|it| text(&it["ip"]));
        let ports = items(&subset["ports"]);
        if ports.is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
        for port in ports {
            all.extend(addresses().map(|address| format!("{address}:{}", number(&port["port"]))));
        }
    }
    let shown = if items(&object["subsets"]).is_empty() { NONE.to_owned() } else { first_three(&all) };
    vec![name(object), json!(shown), age(object, now)]
}

/// The cells of an endpoint slice.
pub fn endpoint_slice(object: &Value, now: Instant) -> Vec<Value> {
    let ports: Vec<String> = items(&object["ports"])
        .iter()
        .map(|port| match port["port"].as_i64() {
            Some(number) => number.to_string(),
            None => text_or(&port["name"], "*").to_owned(),
        })
        .collect();
    let addresses: Vec<String> = items(&object["endpoints"])
        .iter()
        .flat_map(|endpoint| items(&endpoint["addresses"]))
        .map(|address| text(address).to_owned())
        .collect();
    let listed = |all: &[String]| if all.is_empty() { UNSET.to_owned() } else { first_three(all) };
    vec![
        name(object),
        json!(text(&object["addressType"])),
        json!(listed(&ports)),
        json!(listed(&addresses)),
        age(object, now),
    ]
}
