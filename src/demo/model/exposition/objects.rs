//! kube-state-metrics: the objects of the modelled namespaces as metrics.

use k8s_pb::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use k8s_pb::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_pb::api::core::v1::Node;

use super::text::Text;
use crate::demo::model::engine::Model;
use crate::demo::store::{Facts, Key, Kind, Store, Stored};

/// The names and the values of one object's metrics.
type Values = Vec<(&'static str, f64)>;

impl Model {
    pub(super) fn kube_state(&self, text: &mut Text, store: &Store) {
        self.kind::<Deployment>(text, store, "deployment", deployment);
        self.kind::<StatefulSet>(text, store, "statefulset", stateful_set);
        self.kind::<DaemonSet>(text, store, "daemonset", daemon_set);
        self.kind::<HorizontalPodAutoscaler>(text, store, "horizontalpodautoscaler", autoscaler);
        nodes(text, store);
        self.kube_pods(text, store);
    }

    /// The metrics of all objects of a kind, family by family.
    fn kind<T: Stored>(&self, text: &mut Text, store: &Store, label: &str, read: impl Fn(&T) -> Values) {
        let mut all: Vec<(Key, Values)> = Vec::new();
        for namespace in &self.options.namespaces {
            for stored in store.list(T::STORED, Some(namespace), None) {
                if let Ok(object) = T::decode(stored.encoded.clone()) {
                    all.push((stored.key.clone(), read(&object)));
                }
            }
        }
        let families = all.first().map_or(0, |(_, values)| values.len());
        for index in 0..families {
            let name = all[0].1[index].0;
            text.family(name, "gauge", "The state of the object.");
            for (key, values) in &all {
                text.sample(name, &[("namespace", &key.namespace), (label, &key.name)], values[index].1);
            }
        }
    }

    fn kube_pods(&self, text: &mut Text, store: &Store) {
        let phase = "kube_pod_status_phase";
        text.family(phase, "gauge", "The pods current phase.");
        for pod in self.roster.pods() {
            let Some(stored) = store.get(Kind::Pod, &pod.key) else { continue };
            let Facts::Pod(facts) = &stored.facts else { continue };
            for one in ["Pending", "Running", "Succeeded", "Failed", "Unknown"] {
                let labels = [("namespace", &*pod.key.namespace), ("pod", &*pod.key.name), ("phase", one)];
                text.sample(phase, &labels, f64::from(&*facts.phase == one));
            }
        }
        let ready = "kube_pod_status_ready";
        text.family(ready, "gauge", "Describes whether the pod is ready to serve requests.");
        for pod in self.roster.pods() {
            let labels = [("namespace", &*pod.key.namespace), ("pod", &*pod.key.name), ("condition", "true")];
            text.sample(ready, &labels, f64::from(pod.ready));
        }
        let restarts = "kube_pod_container_status_restarts_total";
        text.family(restarts, "counter", "The number of container restarts per container.");
        for pod in self.roster.pods() {
            for container in &pod.containers {
                let labels = [
                    ("container", &*container.name),
                    ("namespace", &*pod.key.namespace),
                    ("pod", &*pod.key.name),
                ];
                text.sample(restarts, &labels, f64::from(container.restarts));
            }
        }
        let waiting = "kube_pod_container_status_waiting_reason";
        text.family(waiting, "gauge", "Describes the reason the container is currently in waiting state.");
        for pod in self.roster.pods() {
            for container in &pod.containers {
                let Some(reason) = &container.waiting else { continue };
                let labels = [
                    ("container", &*container.name),
                    ("namespace", &*pod.key.namespace),
                    ("pod", &*pod.key.name),
                    ("reason", reason),
                ];
                text.sample(waiting, &labels, 1.0);
            }
        }
    }
}

fn deployment(object: &Deployment) -> Values {
    let spec = object.spec.clone().unwrap_or_default();
    let status = object.status.clone().unwrap_or_default();
    let count = |value: Option<i32>| f64::from(value.unwrap_or(0));
    vec![
        ("kube_deployment_spec_replicas", count(spec.replicas)),
        ("kube_deployment_spec_paused", f64::from(spec.paused.unwrap_or(false))),
        ("kube_deployment_status_replicas_available", count(status.available_replicas)),
        ("kube_deployment_status_replicas_unavailable", count(status.unavailable_replicas)),
        ("kube_deployment_status_replicas_updated", count(status.updated_replicas)),
        ("kube_deployment_status_replicas_ready", count(status.ready_replicas)),
        ("kube_deployment_status_observed_generation", status.observed_generation.unwrap_or(0) as f64),
    ]
}

fn stateful_set(object: &StatefulSet) -> Values {
    let status = object.status.clone().unwrap_or_default();
    let count = |value: Option<i32>| f64::from(value.unwrap_or(0));
    vec![
        ("kube_statefulset_replicas", count(object.spec.as_ref().and_then(|spec| spec.replicas))),
        ("kube_statefulset_status_replicas_ready", count(status.ready_replicas)),
        ("kube_statefulset_status_replicas_updated", count(status.updated_replicas)),
    ]
}

fn daemon_set(object: &DaemonSet) -> Values {
    let status = object.status.clone().unwrap_or_default();
    let count = |value: Option<i32>| f64::from(value.unwrap_or(0));
    vec![
        ("kube_daemonset_status_desired_number_scheduled", count(status.desired_number_scheduled)),
        ("kube_daemonset_status_number_ready", count(status.number_ready)),
        ("kube_daemonset_status_number_unavailable", count(status.number_unavailable)),
    ]
}

fn autoscaler(object: &HorizontalPodAutoscaler) -> Values {
    let spec = object.spec.clone().unwrap_or_default();
    let status = object.status.clone().unwrap_or_default();
    let count = |value: Option<i32>| f64::from(value.unwrap_or(0));
    vec![
        ("kube_horizontalpodautoscaler_spec_min_replicas", count(spec.min_replicas)),
        ("kube_horizontalpodautoscaler_spec_max_replicas", count(spec.max_replicas)),
        ("kube_horizontalpodautoscaler_status_current_replicas", count(status.current_replicas)),
        ("kube_horizontalpodautoscaler_status_desired_replicas", count(status.desired_replicas)),
    ]
}

fn nodes(text: &mut Text, store: &Store) {
    let condition = "kube_node_status_condition";
    let all: Vec<(Key, Node)> = store
        .list(Kind::Node, None, None)
        .filter_map(|stored| Some((stored.key.clone(), store.read::<Node>(&stored.key)?)))
        .collect();
    text.family(condition, "gauge", "The condition of a cluster node.");
    for (key, node) in &all {
        let ready =
            node.status.iter().flat_map(|it| &it.conditions).find(|it| it.r#type.as_deref() == Some("Ready"));
        let state = ready.and_then(|it| it.status.as_deref()).unwrap_or("Unknown").to_lowercase();
        for status in ["true", "false", "unknown"] {
            let labels = [("condition", "Ready"), ("node", &*key.name), ("status", status)];
            text.sample(condition, &labels, f64::from(state == status));
        }
    }
    let closed = "kube_node_spec_unschedulable";
    text.family(closed, "gauge", "Whether a node can schedule new pods.");
    for (key, node) in &all {
        let value = node.spec.as_ref().and_then(|spec| spec.unschedulable).unwrap_or(false);
        text.sample(closed, &[("node", &key.name)], f64::from(value));
    }
}
