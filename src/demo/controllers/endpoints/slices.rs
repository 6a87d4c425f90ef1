//! Endpoint slices: up to a hundred endpoints each, one set for each set of ports.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::Service;
use k8s_pb::api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::ports::PodPort;
use super::{Backend, is_headless, uid_of};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::{controller_reference, key, text, time};
use crate::demo::store::{Key, Kind, Store};

/// The most endpoints of a slice.
const LARGEST: usize = 100;
const SERVICE: &str = "kubernetes.io/service-name";
const MANAGER: (&str, &str) = ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
const HEADLESS: &str = "service.kubernetes.io/headless";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Brings the slices of a service in line with its pods.
pub fn write(simulation: &mut Simulation, store: &mut Store, service: &Service, backends: &[Backend]) {
    let mut wanted = wanted(store, service, backends).into_iter();
    let there: Vec<Key> =
        store.owned_by(uid_of(service), Kind::EndpointSlice).map(|slice| slice.key.clone()).collect();
    for place in there {
        let Some(mut slice) = store.read::<EndpointSlice>(&place) else { continue };
        let Some((ports, endpoints)) = wanted.next() else {
            store.remove::<EndpointSlice>(&place);
            continue;
        };
        let labels = labels(service);
        let metadata = slice.metadata.get_or_insert_default();
        if slice.ports != ports || slice.endpoints != endpoints || metadata.labels != labels {
            metadata.labels = labels;
            metadata.generation = Some(metadata.generation.unwrap_or(0) + 1);
            slice.ports = ports;
            slice.endpoints = endpoints;
            store.put(&mut slice);
        }
    }
    for (ports, endpoints) in wanted {
        let metadata = new_metadata(simulation, service);
        let address_type = text("IPv4");
        store.put(&mut EndpointSlice { metadata: Some(metadata), address_type, endpoints, ports });
    }
}

/// The ports and endpoints of each slice. A service without pods has one empty slice.
fn wanted(store: &Store, service: &Service, backends: &[Backend]) -> Vec<(Vec<EndpointPort>, Vec<Endpoint>)> {
    let mut groups: BTreeMap<&[PodPort], Vec<Endpoint>> = BTreeMap::new();
    let mut zones: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let portless = service.spec.as_ref().is_none_or(|spec| spec.ports.is_empty());
    for backend in backends.iter().filter(|backend| portless || !backend.ports.is_empty()) {
        let zone = zones.entry(&backend.node).or_insert_with(|| zone_of(store, &backend.node)).clone();
        groups.entry(&backend.ports).or_default().push(endpoint(backend, zone));
    }
    if groups.is_empty() {
        return vec![(Vec::new(), Vec::new())];
    }
    let slices = groups.into_iter().flat_map(|(ports, endpoints)| {
        let ports: Vec<EndpointPort> = ports.iter().map(port).collect();
        let chunks: Vec<_> = endpoints.chunks(LARGEST).map(|chunk| (ports.clone(), chunk.to_vec())).collect();
        chunks
    });
    slices.collect()
}

fn port(port: &PodPort) -> EndpointPort {
    EndpointPort {
        name: port.name.clone(),
        protocol: text(&*port.protocol),
        port: Some(port.number),
        app_protocol: port.application.clone(),
    }
}

fn endpoint(backend: &Backend, zone: Option<String>) -> Endpoint {
    Endpoint {
        addresses: vec![backend.address.clone()],
        conditions: Some(EndpointConditions {
            ready: Some(backend.ready),
            serving: Some(backend.serving),
            terminating: Some(backend.terminating),
        }),
        hostname: backend.hostname.clone(),
        target_ref: Some(backend.reference.clone()),
        node_name: text(&*backend.node),
        zone,
        ..Endpoint::default()
    }
}

fn zone_of(store: &Store, node: &str) -> Option<String> {
    let node = store.get(Kind::Node, &Key::new("", node))?;
    node.label(ZONE).map(str::to_owned)
}

fn labels(service: &Service) -> BTreeMap<String, String> {
    let metadata = service.metadata.clone().unwrap_or_default();
    let mut labels = metadata.labels;
    labels.insert(SERVICE.to_owned(), metadata.name.unwrap_or_default());
    labels.insert(MANAGER.0.to_owned(), MANAGER.1.to_owned());
    if is_headless(service) {
        labels.insert(HEADLESS.to_owned(), String::new());
    }
    labels
}

fn new_metadata(simulation: &mut Simulation, service: &Service) -> ObjectMeta {
    let place = key(service.metadata.as_ref());
    ObjectMeta {
        name: text(simulation.pod_name(&format!("{}-", place.name))),
        generate_name: text(format!("{}-", place.name)),
        namespace: text(&*place.namespace),
        uid: text(simulation.random.uid()),
        generation: Some(1),
        creation_timestamp: time(simulation.now()),
        labels: labels(service),
        owner_references: vec![controller_reference("v1", "Service", service.metadata.as_ref())],
        ..ObjectMeta::default()
    }
}
