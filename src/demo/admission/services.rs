//! Addresses and node ports of services.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::Service;
use serde_json::{Value, json};

use super::causes::Causes;
use super::json::{array, remove, text, unset};
use super::review::{Part, Review};
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Key, Kind};

/// The first two bytes of the services' addresses, as text.
const NETWORK: &str = "10.96.";
/// The ports of nodes that services are given.
const NODE_PORTS: (i64, i64) = (30_000, 32_767);

/// How often a free address or port is looked for.
const TRIES: u32 = 100_000;

/// What other services have.
#[derive(Default)]
struct Taken {
    addresses: BTreeSet<String>,
    ports: BTreeSet<i64>,
}

/// Gives a service the address and node ports that it has none of, and refuses those that another has.
pub fn allocate(review: &Review<'_>, service: &mut Value, wrong: &mut Causes) {
    if review.kind.stored != Kind::Service || review.part != Part::Whole || !wrong.is_empty() {
        return;
    }
    let kind = text(&service["spec"]["type"]).to_owned();
    if kind == "ExternalName" {
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            remove(&mut service["spec"], field);
        }
        return;
    }
    let own = Key::new(review.namespace, text(&service["metadata"]["name"]));
    let taken = taken(review, &own);
    let mut random = Random::new(fnv(text(&service["metadata"]["uid"]).as_bytes()));
    allocate_address(service, &taken, &mut random, wrong);
    let spec = &mut service["spec"];
    for (field, value) in [("ipFamilyPolicy", json!("SingleStack")), ("ipFamilies", json!(["IPv4"]))] {
        if unset(&spec[field]) {
            spec[field] = value;
        }
    }
    let allocates =
        kind == "NodePort" || (kind == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] != false);
    allocate_ports(service, allocates, &taken, &mut random, wrong);
}

fn taken(review: &Review<'_>, own: &Key) -> Taken {
    let mut taken = Taken::default();
    for stored in review.store.list(Kind::Service, None, None).filter(|stored| stored.key != *own) {
        let Some(spec) = review.store.read::<Service>(&stored.key).and_then(|service| service.spec) else {
            continue;
        };
        taken.addresses.extend(spec.cluster_ip);
        taken.ports.extend(spec.ports.iter().filter_map(|port| port.node_port).map(i64::from));
    }
    taken
}

fn allocate_address(service: &mut Value, taken: &Taken, random: &mut Random, wrong: &mut Causes) {
    let spec = &mut service["spec"];
    let wanted = text(&spec["clusterIP"]).to_owned();
    if wanted.is_empty() {
        let mut tries =
            (0..TRIES).map(|_| format!("{NETWORK}{}.{}", random.below(256), random.between(2, 254)));
        let Some(address) = tries.find(|address| !taken.addresses.contains(address)) else {
            wrong.invalid("spec.clusterIPs", &json!([]), "failed to allocate a serviceIP: range is full");
            return;
        };
        spec["clusterIPs"] = json!([address]);
        spec["clusterIP"] = json!(address);
        return;
    }
    spec["clusterIPs"] = json!([wanted]);
    if wanted == "None" {
        return;
    }
    let refuse = |why: &str| format!("failed to allocate IP {wanted}: {why}");
    if !wanted.starts_with(NETWORK) {
        let why = format!(
            "the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {NETWORK}0.0/16"
        );
        wrong.invalid("spec.clusterIPs", &json!([wanted]), &refuse(&why));
    } else if taken.addresses.contains(&wanted) {
        wrong.invalid("spec.clusterIPs", &json!([wanted]), &refuse("provided IP is already allocated"));
    }
}

fn allocate_ports(
    service: &mut Value,
    allocates: bool,
    taken: &Taken,
    random: &mut Random,
    wrong: &mut Causes,
) {
    let mut own: BTreeSet<i64> =
        array(&service["spec"]["ports"]).iter().filter_map(|port| port["nodePort"].as_i64()).collect();
    for (index, port) in super::json::array_mut(&mut service["spec"]["ports"]).enumerate() {
        let field = format!("spec.ports[{index}].nodePort");
        match port["nodePort"].as_i64().unwrap_or(0) {
            0 if allocates => {
                let mut tries = (0..TRIES).map(|_| random.between(NODE_PORTS.0, NODE_PORTS.1));
                let Some(number) = tries.find(|it| !taken.ports.contains(it) && !own.contains(it)) else {
                    wrong.invalid(field, &json!(0), "failed to allocate a nodePort: range is full");
                    return;
                };
                own.insert(number);
                port["nodePort"] = json!(number);
            }
            0 => remove(port, "nodePort"),
            number if !(NODE_PORTS.0..=NODE_PORTS.1).contains(&number) => {
                let detail =
                    "provided port is not in the valid range. The range of valid ports is 30000-32767";
                wrong.invalid(field, &json!(number), detail);
            }
            number if taken.ports.contains(&number) => {
                wrong.invalid(field, &json!(number), "provided port is already allocated");
            }
            _ => {}
        }
    }
}
