//! The applications' metrics, as Prometheus' client libraries have them, and Celery's exporter.

use super::text::Text;
use crate::demo::model::engine::Model;
use crate::demo::model::pod_state::PodState;
use crate::demo::model::roster::PodView;

impl Model {
    pub(super) fn application(&self, text: &mut Text, pod: &PodView, state: &PodState) {
        let service = &*pod.workload;
        let requests = "http_requests_total";
        text.family(requests, "counter", "Total number of HTTP requests.");
        for counters in &state.requests {
            for (status, count) in
                [("200", counters.answered), ("404", counters.refused), ("500", counters.failed)]
            {
                let labels = [("method", "GET"), ("service", service), ("status", status)];
                text.sample(requests, &labels, count.floor());
            }
        }
        let duration = "http_request_duration_seconds";
        text.family(duration, "histogram", "Time taken by HTTP requests.");
        for counters in &state.requests {
            text.histogram(duration, &[("service", service)], counters);
        }
        text.gauge("http_requests_in_flight", "HTTP requests that are being worked on.", state.busy.round());
    }

    pub(super) fn worker(&self, text: &mut Text, pod: &PodView, state: &PodState) {
        let worker = format!("celery@{}", pod.key.name);
        let labels = [("hostname", worker.as_str())];
        let (done, failed) = state
            .requests
            .iter()
            .fold((0.0, 0.0), |sum, it| (sum.0 + it.answered + it.refused, sum.1 + it.failed));
        for (name, count) in [
            ("celery_task_received_total", done + failed),
            ("celery_task_succeeded_total", done),
            ("celery_task_failed_total", failed),
        ] {
            text.family(name, "counter", "Tasks by their fate.");
            text.sample(name, &labels, count.floor());
        }
        let runtime = "celery_task_runtime";
        text.family(runtime, "histogram", "Histogram of task runtime measurements.");
        for counters in &state.requests {
            text.histogram(runtime, &labels, counters);
        }
        text.family(
            "celery_worker_tasks_active",
            "gauge",
            "The number of tasks the worker is currently processing",
        );
        text.sample("celery_worker_tasks_active", &labels, state.busy.round());
    }
}
