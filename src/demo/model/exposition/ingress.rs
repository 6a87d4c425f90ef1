//! ingress-nginx' metrics.

use super::text::Text;
use crate::demo::model::counters::RequestCounters;
use crate::demo::model::engine::Model;
use crate::demo::model::pod_state::PodState;
use crate::demo::model::roster::PodView;

const REQUESTS: &str = "nginx_ingress_controller_requests";
const DURATION: &str = "nginx_ingress_controller_request_duration_seconds";

impl Model {
    pub(super) fn ingress(&self, text: &mut Text, pod: &PodView, state: &PodState) {
        let places = self.entrance_places(pod);
        text.family(REQUESTS, "counter", "The total number of client requests.");
        for ((environment, service), counters) in places.iter().zip(&state.requests) {
            for (status, count) in statuses(counters) {
                let labels = [
                    ("controller_class", "k8s.io/ingress-nginx"),
                    ("controller_namespace", &*pod.key.namespace),
                    ("controller_pod", &*pod.key.name),
                    ("ingress", service.as_str()),
                    ("method", "GET"),
                    ("namespace", environment.as_str()),
                    ("path", "/"),
                    ("service", service.as_str()),
                    ("status", status),
                ];
                text.sample(REQUESTS, &labels, count.floor());
            }
        }
        text.family(DURATION, "histogram", "The request processing time in seconds.");
        for ((environment, service), counters) in places.iter().zip(&state.requests) {
            let labels = [
                ("controller_pod", &*pod.key.name),
                ("ingress", service.as_str()),
                ("namespace", environment.as_str()),
                ("service", service.as_str()),
            ];
            text.histogram(DURATION, &labels, counters);
        }
        text.gauge(
            "nginx_ingress_controller_config_last_reload_successful",
            "Whether the last configuration reload attempt was successful.",
            1.0,
        );
        let connections = "nginx_ingress_controller_nginx_process_connections";
        text.family(
            connections,
            "gauge",
            "current number of client connections with state {active, reading, writing, waiting}",
        );
        for (kind, share) in [("active", 1.0), ("reading", 0.0), ("writing", 0.6), ("waiting", 0.4)] {
            let count = (4.0 + state.busy * 3.0) * share;
            text.sample(connections, &[("controller_pod", &pod.key.name), ("state", kind)], count.floor());
        }
    }

    /// The environments and services that an entrance counts apart, in the order of its counters.
    fn entrance_places(&self, pod: &PodView) -> Vec<(String, String)> {
        let flows = &self.options.flows;
        let Some(service) = flows.services.iter().position(|it| *it.workload == *pod.workload) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        for (environment, row) in flows.environments.iter().zip(&self.topology.serves) {
            let Some(instance) = row[service] else { continue };
            if self.topology.instances[instance].key == super::workload(pod) {
                let called = self.flow.calls[service].iter().map(|call| &flows.services[call.to].workload);
                places.extend(called.map(|called| (environment.name.clone(), called.clone())));
            }
        }
        places
    }
}

/// The metrics of the balancer in front, as nginx' own exporter has them.
pub(super) fn balancer(text: &mut Text, state: &PodState) {
    let total: f64 = state.requests.iter().map(RequestCounters::total).sum();
    text.gauge("nginx_up", "Status of the last metric scrape", 1.0);
    text.counter("nginx_http_requests_total", "Total http requests", total.floor());
    text.gauge("nginx_connections_active", "Active client connections", (4.0 + state.busy * 3.0).floor());
}

/// Requests by the statuses that they were answered with, each a fixed share of its kind.
fn statuses(counters: &RequestCounters) -> [(&'static str, f64); 6] {
    [
        ("200", counters.answered * 0.93),
        ("304", counters.answered * 0.07),
        ("401", counters.refused * 0.2),
        ("404", counters.refused * 0.8),
        ("500", counters.failed * 0.6),
        ("502", counters.failed * 0.4),
    ]
}
