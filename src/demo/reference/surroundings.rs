//! What workloads need around them: identities, configurations, credentials, services, ways in and policies.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::{ConfigMap, Secret, Service, ServiceAccount};
use k8s_pb::api::networking::v1::{Ingress, IngressClass, NetworkPolicy};
use serde_json::{Value, json};

use super::build::{BuildError, Builder};
use super::description::{Platform, WorkloadDescription, WorkloadKind, milliseconds};
use super::manifests;
use crate::demo::store::{Key, Kind};
use crate::platform::time::Instant;

/// The registry of the product's images.
const REGISTRY: &str = "registry.gitlab.com";

impl Builder<'_> {
    /// Puts what one workload needs around it.
    pub(super) fn put_surroundings(&mut self, workload: &WorkloadDescription) -> Result<(), BuildError> {
        let namespace = &workload.namespace;
        let created = self.now.plus_millis(-milliseconds(&workload.age));
        self.put_if_missing::<ServiceAccount>(namespace, &workload.name, created, |metadata, _| {
            manifests::service_account(metadata)
        })?;
        let config = workload.config.clone().unwrap_or_else(|| format!("{}-config", workload.name));
        self.put_if_missing::<ConfigMap>(namespace, &config, created, |metadata, _| {
            manifests::own_config(workload, metadata)
        })?;
        if let Some(name) = &workload.pull_secret {
            self.put_if_missing::<Secret>(namespace, name, created, |metadata, random| {
                manifests::pull_secret(REGISTRY, metadata, random)
            })?;
        }
        let own = format!("{}-secrets", workload.name);
        let needed = !workload.needs.is_empty();
        // Staging and dev have databases of their own.
        let databases = if matches!(namespace.as_str(), "staging" | "dev") { namespace } else { "data" };
        if needed {
            self.put_if_missing::<Secret>(namespace, &own, created, |metadata, random| {
                manifests::secret(workload, databases, metadata, random)
            })?;
        }
        if let Some(name) = &workload.secret {
            let key = if name == "velero-credentials" { "cloud" } else { "token" };
            self.put_if_missing::<Secret>(namespace, name, created, |metadata, random| {
                manifests::token(key, metadata, random)
            })?;
        }
        self.put_services(workload, created)
    }

    fn put_services(&mut self, workload: &WorkloadDescription, created: Instant) -> Result<(), BuildError> {
        let Some(port) = workload.port else { return Ok(()) };
        let namespace = &workload.namespace;
        if workload.kind != WorkloadKind::DaemonSet {
            let name = workload.service_name.as_ref().unwrap_or(&workload.name);
            self.put_if_missing::<Service>(namespace, name, created, |metadata, random| {
                manifests::service(workload, port, metadata, random)
            })?;
        }
        if workload.kind == WorkloadKind::StatefulSet {
            let name = format!("{}-headless", workload.name);
            self.put_if_missing::<Service>(namespace, &name, created, |metadata, _| {
                manifests::headless_service(workload, port, metadata)
            })?;
        }
        for (suffix, ordinal) in manifests::primary_services(workload) {
            let name = format!("{}{suffix}", workload.name);
            self.put_if_missing::<Service>(namespace, &name, created, |metadata, random| {
                let mut service = manifests::service(workload, port, metadata, random);
                let pod = format!("{}-{ordinal}", workload.name);
                service["spec"]["selector"]["statefulset.kubernetes.io/pod-name"] = json!(pod);
                service
            })?;
        }
        Ok(())
    }

    /// Puts the configurations, the ways in and the policies of the platform.
    pub(super) fn put_network(&mut self, platform: &Platform) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-milliseconds("398d"));
        for config in &platform.configs {
            self.put_if_missing::<ConfigMap>(&config.namespace, &config.name, created, |metadata, _| {
                manifests::config_map(config, metadata)
            })?;
        }
        self.put_if_missing::<IngressClass>("", "nginx", created, |metadata, _| {
            json!({
                "apiVersion": "networking.k8s.io/v1",
                "kind": "IngressClass",
                "metadata": metadata,
                "spec": {"controller": "k8s.io/ingress-nginx"},
            })
        })?;
        for route in &platform.routes {
            self.put_if_missing::<Ingress>(&route.namespace, &route.name, created, |metadata, _| {
                manifests::ingress(route, metadata)
            })?;
        }
        let denying: BTreeSet<&String> = platform.default_deny.namespaces.iter().collect();
        for namespace in denying {
            self.put_if_missing::<NetworkPolicy>(namespace, "default-deny", created, |metadata, _| {
                manifests::default_deny(metadata)
            })?;
        }
        for policy in &platform.policies {
            self.put_if_missing::<NetworkPolicy>(&policy.namespace, &policy.name, created, |metadata, _| {
                manifests::network_policy(policy, metadata)
            })?;
        }
        Ok(())
    }

    /// Puts an object that several may need, once.
    pub(super) fn put_if_missing<T: crate::demo::store::Stored>(
        &mut self,
        namespace: &str,
        name: &str,
        created: Instant,
        make: impl FnOnce(Value, &mut crate::demo::random::Random) -> Value,
    ) -> Result<(), BuildError> {
        if self.store.get(T::STORED, &Key::new(namespace, name)).is_some() {
            return Ok(());
        }
        let mut random = self.random(&format!("{:?} {namespace}/{name}", T::STORED));
        let labels = json!({"app.kubernetes.io/managed-by": "Helm"});
        let counted = matches!(T::STORED, Kind::Ingress | Kind::IngressClass | Kind::NetworkPolicy);
        let metadata = match counted {
            true => manifests::counted_metadata(namespace, name, created, labels, &mut random),
            false => manifests::metadata(namespace, name, created, labels, &mut random),
        };
        let object = make(metadata, &mut random);
        self.put_json::<T>(&manifests::applied(object, "helm", created))?;
        Ok(())
    }
}
