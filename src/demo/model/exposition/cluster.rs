//! The metrics of CoreDNS, cert-manager, Velero, Prometheus, Alertmanager, Loki and Promtail.

use serde_json::Value;

use super::text::Text;
use crate::demo::model::engine::Model;
use crate::demo::model::roster::PodView;
use crate::demo::store::{Store, StoredObject};
use crate::platform::time::Instant;

/// Phases of a backup that has ended, and how the metrics call them.
const ENDED: [(&str, &str); 3] = [
    ("Completed", "velero_backup_success_total"),
    ("PartiallyFailed", "velero_backup_partial_failure_total"),
    ("Failed", "velero_backup_failure_total"),
];

impl Model {
    pub(super) fn coredns(&self, text: &mut Text, pod: &PodView) {
        let pods =
            self.roster.pods().filter(|it| it.workload == pod.workload && it.ready).count().max(1) as f64;
        let (asked, failed) = (self.totals.look_ups / pods, self.totals.failed_look_ups / pods);
        let requests = "coredns_dns_requests_total";
        text.family(requests, "counter", "Counter of DNS requests made per zone, protocol and family.");
        text.sample(requests, &[("proto", "udp"), ("type", "A"), ("zone", ".")], asked.floor());
        let responses = "coredns_dns_responses_total";
        text.family(responses, "counter", "Counter of response status codes.");
        for (code, count) in [("NOERROR", asked - failed), ("SERVFAIL", failed)] {
            text.sample(responses, &[("rcode", code), ("zone", ".")], count.floor());
        }
        text.counter("coredns_panics_total", "A metrics that counts the number of panics.", 0.0);
    }

    pub(super) fn cert_manager(&self, text: &mut Text, store: &Store) {
        let expires = "certmanager_certificate_expiration_timestamp_seconds";
        let ready = "certmanager_certificate_ready_status";
        let certificates = custom(store, "certificates.cert-manager.io");
        text.family(
            expires,
            "gauge",
            "The timestamp after which the certificate expires, expressed in Unix Epoch Time.",
        );
        for (stored, object) in &certificates {
            let end = object.pointer("/status/notAfter").and_then(Value::as_str).and_then(Instant::parse);
            if let Some(end) = end {
                text.sample(
                    expires,
                    &[("name", &stored.key.name), ("namespace", &stored.key.namespace)],
                    end.seconds() as f64,
                );
            }
        }
        text.family(ready, "gauge", "The ready status of the certificate.");
        for (stored, object) in &certificates {
            let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
            let state = conditions.into_iter().flatten().find(|it| it["type"] == "Ready");
            let state = state.and_then(|it| it["status"].as_str()).unwrap_or("Unknown");
            for condition in ["True", "False", "Unknown"] {
                let labels = [
                    ("condition", condition),
                    ("name", &*stored.key.name),
                    ("namespace", &*stored.key.namespace),
                ];
                text.sample(ready, &labels, f64::from(condition == state));
            }
        }
    }

    pub(super) fn velero(&self, text: &mut Text, store: &Store) {
        let backups = custom(store, "backups.velero.io");
        text.gauge("velero_backup_total", "Current number of existent backups", backups.len() as f64);
        let mut schedules: Vec<&str> =
            backups.iter().filter_map(|(stored, _)| stored.label("velero.io/schedule-name")).collect();
        schedules.sort_unstable();
        schedules.dedup();
        let of = |schedule: &str, phase: &str| {
            let own = backups.iter().filter(|(stored, object)| {
                stored.label("velero.io/schedule-name") == Some(schedule)
                    && object.pointer("/status/phase").is_some_and(|it| it == phase)
            });
            own.map(|(_, object)| object.clone()).collect::<Vec<Value>>()
        };
        for (phase, name) in ENDED {
            text.family(name, "counter", "Total number of backups by their outcome");
            for schedule in &schedules {
                text.sample(name, &[("schedule", schedule)], of(schedule, phase).len() as f64);
            }
        }
        let last = "velero_backup_last_successful_timestamp";
        text.family(last, "gauge", "Last time a backup ran successfully, Unix timestamp in seconds");
        for schedule in &schedules {
            let done = of(schedule, "Completed");
            let ends = done.iter().filter_map(|it| {
                it.pointer("/status/completionTimestamp")?.as_str().and_then(Instant::parse)
            });
            if let Some(end) = ends.max() {
                text.sample(last, &[("schedule", schedule)], end.seconds() as f64);
            }
        }
    }

    pub(super) fn prometheus(&self, text: &mut Text, pod: &PodView) {
        let pods = self.roster.pods().count() as f64;
        text.gauge(
            "prometheus_tsdb_head_series",
            "Total number of series in the head block.",
            (pods * 820.0).floor(),
        );
        text.counter(
            "prometheus_notifications_dropped_total",
            "Total number of alerts dropped due to errors when sending to Alertmanager.",
            0.0,
        );
        text.counter(
            "prometheus_rule_evaluation_failures_total",
            "The total number of rule evaluation failures.",
            0.0,
        );
        let since = pod.containers.first().and_then(|it| it.running_since()).unwrap_or(self.now);
        let seconds = self.now.since(since).max(0) as f64 / 1000.0;
        text.counter(
            "prometheus_tsdb_head_samples_appended_total",
            "Total number of appended samples.",
            (seconds * 9_000.0).floor(),
        );
    }

    pub(super) fn alertmanager(&self, text: &mut Text) {
        let members = self.roster.pods().filter(|it| &*it.workload == "alertmanager" && it.ready).count();
        text.gauge(
            "alertmanager_cluster_members",
            "Number indicating current number of members in cluster.",
            members as f64,
        );
        let failed = "alertmanager_notifications_failed_total";
        text.family(failed, "counter", "The total number of failed notifications.");
        for integration in ["email", "webhook"] {
            text.sample(failed, &[("integration", integration), ("reason", "other")], 0.0);
        }
    }

    pub(super) fn loki(&self, text: &mut Text) {
        let lines = "loki_distributor_lines_received_total";
        text.family(lines, "counter", "The total number of lines received per tenant");
        text.sample(lines, &[("tenant", "fake")], self.totals.lines.floor());
        let bytes = "loki_distributor_bytes_received_total";
        text.family(bytes, "counter", "The total number of uncompressed bytes received per tenant.");
        text.sample(bytes, &[("tenant", "fake")], (self.totals.lines * 310.0).floor());
        let streams = self.roster.pods().map(|pod| pod.containers.len()).sum::<usize>();
        text.gauge("loki_ingester_memory_streams", "The total number of streams in memory.", streams as f64);
    }

    pub(super) fn promtail(&self, text: &mut Text, pod: &PodView) {
        let shippers =
            self.roster.pods().filter(|it| it.workload == pod.workload && it.runs()).count().max(1) as f64;
        let sent = self.totals.lines / shippers;
        let labels = [("host", "loki.monitoring.svc:3100")];
        for (name, value) in [
            ("promtail_sent_entries_total", sent),
            ("promtail_sent_bytes_total", sent * 310.0),
            ("promtail_dropped_entries_total", 0.0),
        ] {
            text.family(name, "counter", "Log entries on their way to the ingester.");
            text.sample(name, &labels, value.floor());
        }
        let files: usize = self.residents(&pod.node).map(|(pod, _)| pod.containers.len()).sum();
        text.gauge("promtail_files_active_total", "Number of active files.", files as f64);
    }
}

/// The objects of a custom kind, as JSON.
fn custom<'s>(store: &'s Store, kind: &str) -> Vec<(&'s StoredObject, Value)> {
    let kinds = store.kinds().served();
    let Some(kind) = kinds.iter().find(|it| it.qualified() == kind) else { return Vec::new() };
    store.list(kind.stored, None, None).map(|stored| (&**stored, stored.json())).collect()
}
