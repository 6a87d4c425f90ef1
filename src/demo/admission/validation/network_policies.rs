//! The rules for network policies.

use serde_json::Value;

use super::{numbers, selectors};
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};

/// Checks the specification of a network policy.
pub fn check(spec: &Value, wrong: &mut Causes) {
    selectors::check(&spec["podSelector"], "spec.podSelector", wrong);
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for (index, rule) in array(&spec[direction]).iter().enumerate() {
            let path = format!("spec.{direction}[{index}]");
            for (place, port) in array(&rule["ports"]).iter().enumerate() {
                check_port(port, &format!("{path}.ports[{place}]"), wrong);
            }
            for (place, peer) in array(&rule[peers]).iter().enumerate() {
                check_peer(peer, &format!("{path}.{peers}[{place}]"), wrong);
            }
        }
    }
    let kinds = array(&spec["policyTypes"]);
    if kinds.len() > 2 {
        wrong.invalid("spec.policyTypes", &spec["policyTypes"], "may not specify more than two policyTypes");
        return;
    }
    for (index, kind) in kinds.iter().map(text).enumerate() {
        if !["Ingress", "Egress"].contains(&kind) {
            wrong.unsupported(format!("spec.policyTypes[{index}]"), kind, &["Egress", "Ingress"]);
        }
    }
}

fn check_port(port: &Value, path: &str, wrong: &mut Causes) {
    let protocol = text(&port["protocol"]);
    if !["TCP", "UDP", "SCTP"].contains(&protocol) {
        wrong.unsupported(format!("{path}.protocol"), protocol, &["SCTP", "TCP", "UDP"]);
    }
    let (first, last) = (&port["port"], &port["endPort"]);
    if !first.is_null() {
        numbers::port(first, &format!("{path}.port"), wrong);
    }
    if last.is_null() {
        return;
    }
    match first.as_i64() {
        Some(number) if last.as_i64().unwrap_or(0) < number => {
            wrong.invalid(format!("{path}.endPort"), first, "must be greater than or equal to `port`");
        }
        Some(_) => numbers::port_number(last, &format!("{path}.endPort"), wrong),
        None if first.is_null() => {
            wrong.invalid(
                format!("{path}.endPort"),
                last,
                "may not be specified when `port` is not specified",
            );
        }
        None => {
            wrong.invalid(format!("{path}.endPort"), last, "may not be specified when `port` is non-numeric")
        }
    }
}

fn check_peer(peer: &Value, path: &str, wrong: &mut Causes) {
    for field in ["podSelector", "namespaceSelector"] {
        selectors::check(&peer[field], &format!("{path}.{field}"), wrong);
    }
    let selects = !peer["podSelector"].is_null() || !peer["namespaceSelector"].is_null();
    match (selects, peer["ipBlock"].is_null()) {
        (false, true) => wrong.required(path, "must specify a peer"),
        (true, false) => wrong.forbidden(path, "may not specify both ipBlock and another peer"),
        _ => {}
    }
    if !peer["ipBlock"].is_null() {
        check_block(text(&peer["ipBlock"]["cidr"]), &format!("{path}.ipBlock.cidr"), wrong);
    }
}

fn check_block(block: &str, path: &str, wrong: &mut Causes) {
    if block.is_empty() {
        wrong.required(path, "");
        return;
    }
    let well_formed = block.split_once('/').is_some_and(|(address, length)| {
        let most = match address.parse::<std::net::IpAddr>() {
            Ok(std::net::IpAddr::V4(_)) => 32,
            Ok(std::net::IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        length.parse::<u8>().is_ok_and(|length| length <= most)
    });
    if !well_formed {
        wrong.invalid_text(path, block, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
}
