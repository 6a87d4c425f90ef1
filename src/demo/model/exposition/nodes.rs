//! What node-exporter and the kubelets say of nodes.

use super::text::Text;
use crate::demo::model::engine::Model;
use crate::demo::store::Key;

impl Model {
    pub(super) fn node_exporter(&self, text: &mut Text, name: &str) {
        let Some(node) = self.node(name) else { return };
        let seconds = "node_cpu_seconds_total";
        text.family(seconds, "counter", "Seconds the CPUs spent in each mode.");
        let elapsed = self.now.since(self.options.start).max(0) as f64 / 1000.0 * node.cores;
        for (mode, share) in [("user", 0.78), ("system", 0.22)] {
            text.sample(seconds, &[("cpu", "0"), ("mode", mode)], node.cpu_seconds * share);
        }
        text.sample(seconds, &[("cpu", "0"), ("mode", "idle")], (elapsed - node.cpu_seconds).max(0.0));
        let gauges = [
            ("node_load1", "1m load average.", node.cores_wanted),
            ("node_load5", "5m load average.", node.cores_wanted),
            ("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.", node.memory),
            (
                "node_memory_MemAvailable_bytes",
                "Memory information field MemAvailable_bytes.",
                node.memory - node.memory_used,
            ),
            ("node_time_seconds", "System time in seconds since epoch (1970).", self.now.0 as f64 / 1000.0),
        ];
        for (name, help, value) in gauges {
            text.gauge(name, help, value);
        }
        let labels = [("device", "/dev/nvme0n1p1"), ("fstype", "ext4"), ("mountpoint", "/")];
        for (name, value) in [
            ("node_filesystem_size_bytes", node.disk),
            ("node_filesystem_avail_bytes", node.disk - node.disk_used),
        ] {
            text.family(name, "gauge", "Filesystem size and space available in bytes.");
            text.sample(name, &labels, value);
        }
        text.family(
            "node_uname_info",
            "gauge",
            "Labeled system information as provided by the uname system call.",
        );
        text.sample("node_uname_info", &[("nodename", name), ("sysname", "Linux")], 1.0);
    }

    pub(super) fn cadvisor(&self, text: &mut Text, node: &str) {
        let seconds = "container_cpu_usage_seconds_total";
        text.family(seconds, "counter", "Cumulative cpu time consumed in seconds.");
        for (pod, state) in self.residents(node) {
            let Some(container) = pod.containers.first().filter(|it| it.running_since().is_some()) else {
                continue;
            };
            let labels = [
                ("container", &*container.name),
                ("namespace", &*pod.key.namespace),
                ("pod", &*pod.key.name),
            ];
            text.sample(seconds, &labels, state.cpu_seconds);
        }
        let memory = "container_memory_working_set_bytes";
        text.family(memory, "gauge", "Current working set in bytes.");
        for (pod, _) in self.residents(node) {
            for container in self.usage(&pod.uid).map(|usage| usage.containers).unwrap_or_default() {
                let labels = [
                    ("container", &*container.name),
                    ("namespace", &*pod.key.namespace),
                    ("pod", &*pod.key.name),
                ];
                text.sample(memory, &labels, container.memory_bytes as f64);
            }
        }
    }

    pub(super) fn kubelet_volumes(&self, text: &mut Text, node: &str) {
        let claims = self
            .residents(node)
            .flat_map(|(pod, _)| pod.claims.iter().map(|claim| Key::new(&pod.key.namespace, claim)));
        let volumes: Vec<_> = claims.filter_map(|key| Some((self.volume(&key)?, key))).collect();
        for (name, value) in [
            ("kubelet_volume_stats_capacity_bytes", 0),
            ("kubelet_volume_stats_used_bytes", 1),
            ("kubelet_volume_stats_available_bytes", 2),
        ] {
            text.family(name, "gauge", "Space of the volume in bytes");
            for (volume, key) in &volumes {
                let labels = [("namespace", &*key.namespace), ("persistentvolumeclaim", &*key.name)];
                let values = [volume.capacity, volume.used, volume.capacity - volume.used];
                text.sample(name, &labels, values[value]);
            }
        }
    }
}
