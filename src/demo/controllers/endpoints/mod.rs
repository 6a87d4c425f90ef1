//! Endpoints: where the pods of a service are reached, as endpoint slices and as the older endpoints.

mod ports;
mod slices;
mod subsets;

use k8s_pb::api::core::v1::{Endpoints, ObjectReference, Service};
use k8s_pb::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::controller::Controller;
use super::queue::Queue;
use super::selections::Selections;
use super::simulation::Simulation;
use crate::demo::objects::{text, uid};
use crate::demo::store::{Change, Facts, Key, Kind, Store, StoredObject};

use ports::PodPort;

/// The controller's name.
const NAME: &str = "endpointslice-controller";

/// Keeps the endpoints of services.
#[derive(Debug, Default)]
pub struct ServiceEndpoints {
    services: Selections,
}

/// One pod behind a service.
#[derive(Debug, Clone)]
struct Backend {
    address: String,
    node: String,
    /// Its host name, where it has one in the service's own domain.
    hostname: Option<String>,
    reference: ObjectReference,
    ready: bool,
    serving: bool,
    terminating: bool,
    ports: Vec<PodPort>,
}

impl Controller for ServiceEndpoints {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Service, Kind::Pod]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let key = &change.last.key;
        if change.last.kind == Kind::Service {
            let spec = store.read::<Service>(key).and_then(|service| service.spec);
            let labels = spec.map(|spec| spec.selector).filter(|labels| !labels.is_empty());
            let selector =
                labels.map(|match_labels| LabelSelector { match_labels, ..LabelSelector::default() });
            self.services.set(store, key, selector);
            queue.reconcile(NAME, key.clone());
            return;
        }
        let concerned = self.services.note(change);
        if !concerned.is_empty() && face(change.before.as_deref()) != face(change.after.as_deref()) {
            for service in concerned {
                queue.reconcile(NAME, service);
            }
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(service) = store.read::<Service>(key) else {
            store.remove::<Endpoints>(key);
            return;
        };
        let spec = service.spec.clone().unwrap_or_default();
        if spec.selector.is_empty() || spec.r#type.as_deref() == Some("ExternalName") {
            return;
        }
        let backends = self.backends(store, key, &service);
        slices::write(simulation, store, &service, &backends);
        subsets::write(simulation, store, &service, &backends);
    }
}

/// What of a pod its endpoints show.
type Face = (Box<str>, Box<str>, bool, bool, bool, Vec<(Box<str>, Box<str>)>);

fn face(pod: Option<&StoredObject>) -> Option<Face> {
    let pod = pod?;
    let Facts::Pod(facts) = &pod.facts else { return None };
    let ready = facts.ready_since.is_some();
    Some((
        facts.address.clone(),
        facts.node.clone(),
        ready,
        facts.terminating,
        facts.finished(),
        pod.labels.clone(),
    ))
}

impl ServiceEndpoints {
    /// The pods of a service that have an address, in the order of their names.
    fn backends(&self, store: &Store, key: &Key, service: &Service) -> Vec<Backend> {
        let publishes = service.spec.as_ref().and_then(|spec| spec.publish_not_ready_addresses) == Some(true);
        let mut resolved = ports::Resolver::new(service);
        let pods = self.services.pods(key).filter_map(|name| {
            let pod = store.get(Kind::Pod, &Key::new(&key.namespace, name))?;
            let Facts::Pod(facts) = &pod.facts else { return None };
            if facts.finished() || facts.address.is_empty() {
                return None;
            }
            let serving = facts.ready_since.is_some();
            let (ports, hostname) = resolved.of(store, pod);
            Some(Backend {
                address: facts.address.to_string(),
                node: facts.node.to_string(),
                hostname,
                reference: ObjectReference {
                    kind: text("Pod"),
                    namespace: text(&*key.namespace),
                    name: text(name),
                    uid: text(&*pod.uid),
                    ..ObjectReference::default()
                },
                ready: publishes || (serving && !facts.terminating),
                serving,
                terminating: facts.terminating,
                ports,
            })
        });
        pods.collect()
    }
}

/// The uid of a service.
fn uid_of(service: &Service) -> &str {
    uid(service.metadata.as_ref())
}

/// Whether a service has no address of its own.
fn is_headless(service: &Service) -> bool {
    service.spec.as_ref().and_then(|spec| spec.cluster_ip.as_deref()) == Some("None")
}
