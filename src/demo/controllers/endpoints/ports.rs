//! The ports of a service at its pods: a name is looked up in each pod's containers.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{Pod, Service, ServicePort};

use crate::demo::store::{Store, StoredObject};

/// One port at a pod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodPort {
    pub name: Option<String>,
    pub number: i32,
    pub protocol: String,
    pub application: Option<String>,
}

/// Looks ports up. The pods of one owner have the same ones.
pub struct Resolver<'a> {
    service: &'a Service,
    by_owner: BTreeMap<Box<str>, Vec<PodPort>>,
    /// Whether every port is given by its number.
    numbers_only: bool,
}

impl<'a> Resolver<'a> {
    /// For the ports of this service.
    pub fn new(service: &'a Service) -> Self {
        let mut ports = service.spec.iter().flat_map(|spec| &spec.ports);
        let numbers_only = ports.all(|port| name_of(port).is_none());
        Resolver { service, by_owner: BTreeMap::new(), numbers_only }
    }

    /// The ports of a pod, and its host name where it is in the service's domain.
    pub fn of(&mut self, store: &Store, stored: &StoredObject) -> (Vec<PodPort>, Option<String>) {
        let owner = stored.owner.as_ref().filter(|owner| &*owner.kind != "StatefulSet");
        if let Some(ports) = owner.and_then(|owner| self.by_owner.get(&owner.uid)) {
            return (ports.clone(), None);
        }
        if self.numbers_only && owner.is_some() {
            return (self.resolve(&Pod::default()), None);
        }
        let pod = store.read::<Pod>(&stored.key).unwrap_or_default();
        let ports = self.resolve(&pod);
        if let Some(owner) = owner {
            self.by_owner.insert(owner.uid.clone(), ports.clone());
        }
        let spec = pod.spec.unwrap_or_default();
        let service = self.service.metadata.as_ref().and_then(|it| it.name.as_ref());
        let hostname = spec.hostname.filter(|name| !name.is_empty() && spec.subdomain.as_ref() == service);
        (ports, hostname)
    }

    fn resolve(&self, pod: &Pod) -> Vec<PodPort> {
        let ports = self.service.spec.iter().flat_map(|spec| &spec.ports);
        let mut found: Vec<PodPort> = ports
            .filter_map(|port| {
                Some(PodPort {
                    name: port.name.clone().or_else(|| Some(String::new())),
                    number: number_of(port, pod)?,
                    protocol: port.protocol.clone().unwrap_or_else(|| "TCP".to_owned()),
                    application: port.app_protocol.clone(),
                })
            })
            .collect();
        found.sort();
        found
    }
}

fn name_of(port: &ServicePort) -> Option<&str> {
    let target = port.target_port.as_ref().filter(|target| target.r#type.unwrap_or(0) != 0)?;
    target.str_val.as_deref()
}

fn number_of(port: &ServicePort, pod: &Pod) -> Option<i32> {
    let Some(name) = name_of(port) else {
        let number =
            port.target_port.as_ref().and_then(|target| target.int_val).filter(|number| *number != 0);
        return number.or(port.port);
    };
    let protocol = port.protocol.as_deref().unwrap_or("TCP");
    let containers = pod.spec.iter().flat_map(|spec| spec.containers.iter().chain(&spec.init_containers));
    containers
        .flat_map(|container| &container.ports)
        .filter(|port| port.protocol.as_deref().unwrap_or("TCP") == protocol)
        .find(|port| port.name.as_deref() == Some(name))
        .and_then(|port| port.container_port)
}
