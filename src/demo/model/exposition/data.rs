//! The metrics of databases, caches, brokers and object stores, as their exporters have them.

use super::text::Text;
use super::workload;
use crate::demo::model::engine::Model;
use crate::demo::model::flow::QueueState;
use crate::demo::model::pod_state::PodState;
use crate::demo::model::roster::PodView;
use crate::demo::store::Key;

const MIB: f64 = 1_048_576.0;

impl Model {
    /// Whether the pod leads those of its workload.
    fn leads(&self, pod: &PodView) -> bool {
        let leadership = self.flow.leaders.get(&workload(pod));
        leadership.and_then(|it| it.leader.as_ref()).is_none_or(|leader| *leader == pod.key)
    }

    pub(super) fn postgres(&self, text: &mut Text, pod: &PodView) {
        let Some(state) = self.database(&workload(pod)) else { return };
        let leads = self.leads(pod);
        let share = if leads { 0.8 } else { 0.2 };
        text.gauge(
            "pg_up",
            "Whether the last scrape of metrics from PostgreSQL was able to connect to the server.",
            1.0,
        );
        text.gauge(
            "pg_exporter_last_scrape_error",
            "Whether the last scrape of metrics resulted in an error.",
            0.0,
        );
        text.gauge(
            "pg_settings_max_connections",
            "Server Parameter: max_connections",
            state.most_connections,
        );
        let role = if leads { 0.0 } else { 1.0 };
        text.gauge("pg_replication_is_replica", "Indicates if the server is a replica", role);
        let lag = if leads { 0.0 } else { state.lag_seconds };
        text.gauge("pg_replication_lag_seconds", "Replication lag behind master in seconds", lag);
        if leads {
            let name = "pg_stat_replication_pg_wal_lsn_diff";
            text.family(name, "gauge", "Lag in bytes between master and slave");
            for replica in self.roster.pods().filter(|it| workload(it) == workload(pod) && it.key != pod.key)
            {
                let labels = [
                    ("application_name", &*replica.key.name),
                    ("client_addr", &*replica.address),
                    ("state", "streaming"),
                ];
                text.sample(name, &labels, state.lag_bytes);
            }
        }
        let activity = "pg_stat_activity_count";
        text.family(activity, "gauge", "number of connections in this state");
        let busy = self.pods.get(&pod.uid).map_or(0.0, |it| it.busy).round();
        let open = (state.connections.min(state.most_connections) * share).round();
        for (kind, count) in [("active", busy), ("idle", (open - busy).max(0.0))] {
            text.sample(activity, &[("datname", "quarterdeck"), ("state", kind)], count);
        }
        let commits = "pg_stat_database_xact_commit";
        text.family(commits, "counter", "Number of transactions in this database that have been committed");
        text.sample(commits, &[("datname", "quarterdeck")], (state.queries * share).floor());
        let size = "pg_database_size_bytes";
        text.family(size, "gauge", "Disk space used by the database");
        let used = pod.claims.iter().find_map(|claim| self.volume(&Key::new(&pod.key.namespace, claim)));
        text.sample(size, &[("datname", "quarterdeck")], used.map_or(0.0, |it| it.used * 0.9));
    }

    pub(super) fn redis(&self, text: &mut Text, pod: &PodView, memory: f64) {
        let Some(state) = self.database(&workload(pod)) else { return };
        let leads = self.leads(pod);
        let others =
            self.roster.pods().filter(|it| workload(it) == workload(pod) && it.ready && it.key != pod.key);
        let role = if leads { "master" } else { "slave" };
        text.gauge("redis_up", "Information about the Redis instance", 1.0);
        text.family("redis_instance_info", "gauge", "Information about the Redis instance");
        text.sample("redis_instance_info", &[("role", role), ("redis_mode", "standalone")], 1.0);
        if leads {
            text.gauge("redis_connected_slaves", "connected_slaves metric", others.count() as f64);
        } else {
            text.gauge("redis_master_link_up", "master_link_up metric", 1.0);
        }
        text.gauge("redis_master_repl_offset", "master_repl_offset metric", state.position.floor());
        text.gauge("redis_memory_used_bytes", "memory_used_bytes metric", memory * 0.92);
        let limit = pod.containers.first().map_or(0, |it| it.limits.memory) as f64;
        text.gauge("redis_memory_max_bytes", "memory_max_bytes metric", (limit * 0.8).floor());
        text.gauge("redis_connected_clients", "connected_clients metric", (state.connections * 0.5).round());
        let share = if leads { 0.8 } else { 0.1 };
        text.counter("redis_keyspace_hits_total", "keyspace_hits_total metric", (state.hits * share).floor());
        text.counter(
            "redis_keyspace_misses_total",
            "keyspace_misses_total metric",
            (state.misses * share).floor(),
        );
        text.counter(
            "redis_commands_processed_total",
            "commands_processed_total metric",
            (state.queries * share).floor(),
        );
        text.counter("redis_evicted_keys_total", "evicted_keys_total metric", 0.0);
        text.gauge("redis_rdb_last_bgsave_status", "rdb_last_bgsave_status metric", 1.0);
    }

    pub(super) fn rabbit(&self, text: &mut Text, pod: &PodView, memory: f64) {
        let broker = workload(pod);
        let queues: Vec<&QueueState> =
            self.flow.queues.iter().filter(|((key, _), _)| *key == broker).map(|(_, queue)| queue).collect();
        let sum =
            |value: fn(&QueueState) -> f64| queues.iter().map(|queue| value(queue)).sum::<f64>().round();
        let (ready, unacknowledged) = (sum(|it| it.ready), sum(|it| it.unacknowledged));
        let consumers = queues.iter().map(|queue| queue.consumers).sum::<usize>() as f64;
        let gauges = [
            (
                "rabbitmq_queue_messages",
                "Sum of ready and unacknowledged messages - total queue depth",
                ready + unacknowledged,
            ),
            ("rabbitmq_queue_messages_ready", "Messages ready to be delivered to consumers", ready),
            (
                "rabbitmq_queue_messages_unacked",
                "Messages delivered to consumers but not yet acknowledged",
                unacknowledged,
            ),
            ("rabbitmq_queue_consumers", "Consumers on a queue", consumers),
            ("rabbitmq_consumers", "Consumers currently connected", consumers),
            ("rabbitmq_queues", "Queues available", queues.len() as f64),
            ("rabbitmq_connections", "Connections currently open", consumers * 2.0 + 10.0),
            ("rabbitmq_channels", "Channels currently open", consumers * 3.0 + 10.0),
            ("rabbitmq_process_resident_memory_bytes", "Memory used in bytes", memory),
            ("rabbitmq_alarms_memory_used_watermark", "is 1 if VM memory watermark is set", 0.0),
        ];
        for (name, help, value) in gauges {
            text.gauge(name, help, value);
        }
        let limit = pod.containers.first().map_or(0, |it| it.limits.memory) as f64;
        text.gauge(
            "rabbitmq_resident_memory_limit_bytes",
            "Memory high watermark in bytes",
            (limit * 0.6).floor(),
        );
        for (name, value) in [
            ("rabbitmq_global_messages_received_total", sum(|it| it.published)),
            ("rabbitmq_global_messages_delivered_total", sum(|it| it.delivered)),
            ("rabbitmq_global_messages_acknowledged_total", sum(|it| it.delivered)),
        ] {
            text.counter(name, "Total number of messages", value);
        }
    }

    pub(super) fn minio(&self, text: &mut Text, pod: &PodView, state: &PodState) {
        let own = workload(pod);
        let nodes: Vec<&PodView> = self.roster.pods().filter(|it| workload(it) == own).collect();
        let online = nodes.iter().filter(|it| it.runs()).count() as f64;
        let all = nodes.len() as f64;
        let drives = nodes.iter().filter(|it| it.runs() && !self.effects.drive_lost(&it.key)).count() as f64;
        let volumes =
            nodes.iter().flat_map(|it| it.claims.iter().map(|claim| Key::new(&it.key.namespace, claim)));
        let (mut raw, mut used) = (0.0, 0.0);
        for volume in volumes.filter_map(|claim| self.volume(&claim)) {
            raw += volume.capacity;
            used += volume.used;
        }
        let quorum = all / 2.0 + 1.0;
        let gauges = [
            ("minio_cluster_nodes_online_total", "Total number of MinIO nodes online", online),
            ("minio_cluster_nodes_offline_total", "Total number of MinIO nodes offline", all - online),
            ("minio_cluster_drive_online_total", "Total drives online in this cluster", drives),
            ("minio_cluster_drive_offline_total", "Total drives offline in this cluster", all - drives),
            ("minio_cluster_drive_total", "Total drives in this cluster", all),
            ("minio_cluster_health_status", "Get current cluster health status", f64::from(drives >= quorum)),
            ("minio_cluster_write_quorum", "Maximum write quorum across all pools and sets", quorum),
            ("minio_cluster_capacity_raw_total_bytes", "Total capacity online in the cluster", raw),
            (
                "minio_cluster_capacity_raw_free_bytes",
                "Total free capacity online in the cluster",
                raw - used,
            ),
            (
                "minio_cluster_capacity_usable_total_bytes",
                "Total usable capacity online in the cluster",
                raw / 2.0,
            ),
            (
                "minio_cluster_capacity_usable_free_bytes",
                "Total free usable capacity online in the cluster",
                (raw - used) / 2.0,
            ),
            ("minio_cluster_usage_total_bytes", "Total cluster usage in bytes", used / 2.0),
            (
                "minio_s3_requests_inflight_total",
                "Total number of S3 requests currently in flight",
                state.busy.round(),
            ),
        ];
        for (name, help, value) in gauges {
            text.gauge(name, help, value);
        }
        let (total, failed) =
            state.requests.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.total(), sum.1 + it.failed));
        for (name, value) in [("minio_s3_requests_total", total), ("minio_s3_requests_errors_total", failed)]
        {
            text.family(name, "counter", "Total number of S3 requests");
            text.sample(name, &[("api", "getobject"), ("server", &pod.key.name)], value.floor());
        }
        text.gauge(
            "minio_node_process_resident_memory_bytes",
            "Resident memory size in bytes",
            state.memory.max(MIB),
        );
    }
}
