//! What `/metrics` says, as Prometheus reads it: the names are those of the real exporters.

mod apps;
mod cluster;
mod data;
mod ingress;
mod nodes;
mod objects;
mod text;

use super::description::Profile;
use super::engine::Model;
use super::pod_state::PodState;
use super::roster::PodView;
use crate::demo::store::{Key, Store, StoredObject};
use text::Text;

impl Model {
    /// The pod's metrics in Prometheus' text format; empty while it doesn't run.
    pub fn exposition(&self, store: &Store, pod: &StoredObject) -> String {
        let Some(usage) = self.usage_of(pod) else { return String::new() };
        let Some(view) = PodView::of(pod) else { return String::new() };
        let mut text = Text::default();
        let fresh = PodState::default();
        let state = self.pods.get(&view.uid).unwrap_or(&fresh);
        let (cpu, memory) = usage.total();
        let since = view.containers.first().and_then(|it| it.running_since()).unwrap_or(self.now);
        let steady = cpu as f64 / 1e9 * self.now.since(since).max(0) as f64 / 1000.0;
        let processor = if self.pods.contains_key(&view.uid) { state.cpu_seconds } else { steady };
        text.counter(
            "process_cpu_seconds_total",
            "Total user and system CPU time spent in seconds.",
            processor,
        );
        text.gauge("process_resident_memory_bytes", "Resident memory size in bytes.", memory as f64);
        text.gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            since.0 as f64 / 1000.0,
        );
        let index = self.options.flows.services.iter().position(|it| *it.workload == *view.workload);
        let modelled = self.service(&view.key.namespace, &view.workload).is_some();
        match index.filter(|_| modelled).map(|index| self.options.flows.services[index].profile) {
            Some(Profile::Ingress) => self.ingress(&mut text, &view, state),
            Some(Profile::Balancer) => ingress::balancer(&mut text, state),
            Some(Profile::Web | Profile::Cms | Profile::Api) => self.application(&mut text, &view, state),
            Some(Profile::Worker) => self.worker(&mut text, &view, state),
            Some(Profile::Database) => self.postgres(&mut text, &view),
            Some(Profile::Cache) => self.redis(&mut text, &view, memory as f64),
            Some(Profile::Broker) => self.rabbit(&mut text, &view, memory as f64),
            Some(Profile::ObjectStore) => self.minio(&mut text, &view, state),
            None => self.component(&mut text, store, &view),
        }
        text.finish()
    }

    /// The metrics of a component of the cluster or the platform.
    fn component(&self, text: &mut Text, store: &Store, pod: &PodView) {
        match &*pod.workload {
            "kube-state-metrics" => self.kube_state(text, store),
            "node-exporter" => self.node_exporter(text, &pod.node),
            "coredns" => self.coredns(text, pod),
            "cert-manager" => self.cert_manager(text, store),
            "velero" => self.velero(text, store),
            "prometheus" => self.prometheus(text, pod),
            "alertmanager" => self.alertmanager(text),
            "loki" => self.loki(text),
            "promtail" => self.promtail(text, pod),
            _ => {}
        }
    }

    /// What a kubelet says of its node at `/metrics/cadvisor` and of the node's volumes at `/metrics`; empty for a node without
    /// modelled pods.
    pub fn kubelet_exposition(&self, node: &str) -> String {
        let mut text = Text::default();
        self.cadvisor(&mut text, node);
        self.kubelet_volumes(&mut text, node);
        text.finish()
    }

    /// The pods that are modelled one by one on a node, with their states.
    fn residents<'m>(&'m self, node: &'m str) -> impl Iterator<Item = (&'m PodView, &'m PodState)> {
        let pods = self.roster.pods().filter(move |pod| &*pod.node == node);
        pods.filter_map(|pod| Some((pod, self.pods.get(&pod.uid)?)))
    }
}

/// The key of a pod's workload.
fn workload(pod: &PodView) -> Key {
    Key::new(&pod.key.namespace, &pod.workload)
}
