//! The older endpoints: the same pods as subsets of addresses and ports, without the ones that are going.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints, Service};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::ports::PodPort;
use super::{Backend, is_headless};
use crate::demo::controllers::simulation::Simulation;
use crate::demo::objects::{key, text, time};
use crate::demo::store::Store;

/// The most addresses of an object, and the annotation of one that had more.
const MOST: usize = 1_000;
const TRUNCATED: &str = "endpoints.kubernetes.io/over-capacity";
const MANAGER: (&str, &str) = ("endpoints.kubernetes.io/managed-by", "endpoint-controller");
const HEADLESS: &str = "service.kubernetes.io/headless";

/// Brings the endpoints of a service in line with its pods.
pub fn write(simulation: &mut Simulation, store: &mut Store, service: &Service, backends: &[Backend]) {
    let place = key(service.metadata.as_ref());
    let publishes = service.spec.as_ref().and_then(|spec| spec.publish_not_ready_addresses) == Some(true);
    let shown: Vec<&Backend> =
        backends.iter().filter(|backend| publishes || !backend.terminating).take(MOST).collect();
    let mut labels = service.metadata.as_ref().map(|it| it.labels.clone()).unwrap_or_default();
    labels.insert(MANAGER.0.to_owned(), MANAGER.1.to_owned());
    if is_headless(service) {
        labels.insert(HEADLESS.to_owned(), String::new());
    }
    let before = store.read::<Endpoints>(&place);
    let mut next = before.clone().unwrap_or_else(|| Endpoints {
        metadata: Some(ObjectMeta {
            name: text(&*place.name),
            namespace: text(&*place.namespace),
            uid: text(simulation.random.uid()),
            creation_timestamp: time(simulation.now()),
            ..ObjectMeta::default()
        }),
        subsets: Vec::new(),
    });
    let metadata = next.metadata.get_or_insert_default();
    metadata.labels = labels;
    metadata.annotations.remove(TRUNCATED);
    if backends.len() > MOST {
        metadata.annotations.insert(TRUNCATED.to_owned(), "truncated".to_owned());
    }
    next.subsets = subsets(&shown);
    if before.as_ref() != Some(&next) {
        store.put(&mut next);
    }
}

fn subsets(backends: &[&Backend]) -> Vec<EndpointSubset> {
    let mut groups: BTreeMap<&[PodPort], Vec<&Backend>> = BTreeMap::new();
    for backend in backends {
        groups.entry(&backend.ports).or_default().push(backend);
    }
    let subset = |(ports, backends): (&[PodPort], Vec<&Backend>)| {
        let (ready, unready): (Vec<&Backend>, Vec<&Backend>) = backends.into_iter().partition(|it| it.ready);
        EndpointSubset {
            addresses: ready.into_iter().map(address).collect(),
            not_ready_addresses: unready.into_iter().map(address).collect(),
            ports: ports.iter().map(port).collect(),
        }
    };
    groups.into_iter().map(subset).collect()
}

fn address(backend: &Backend) -> EndpointAddress {
    EndpointAddress {
        ip: text(&*backend.address),
        hostname: backend.hostname.clone(),
        node_name: text(&*backend.node),
        target_ref: Some(backend.reference.clone()),
    }
}

fn port(port: &PodPort) -> EndpointPort {
    EndpointPort {
        name: port.name.clone().filter(|name| !name.is_empty()),
        port: Some(port.number),
        protocol: text(&*port.protocol),
        app_protocol: port.application.clone(),
    }
}
