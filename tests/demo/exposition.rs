//! What pods and kubelets say of themselves to Prometheus.

use std::collections::BTreeMap;
use std::time::Duration;

use quarterdeck::demo::store::{Key, Kind};
use quarterdeck::demo::{DemoOptions, DemoPlatform};
use quarterdeck::platform::time::{Clock, Instant};

const START: Instant = Instant::from_seconds(1_790_143_200);

fn platform() -> DemoPlatform {
    let options = DemoOptions { clock: Clock::manual(START), churn: 0.001, ..DemoOptions::default() };
    DemoPlatform::in_memory(&options).unwrap()
}

/// The samples of the pods whose names begin so, by pod, name and labels, with the types of their families.
fn scrape(platform: &DemoPlatform, namespace: &str, prefix: &str) -> BTreeMap<String, (String, f64)> {
    let store = platform.store().lock();
    let model = platform.model().lock();
    let mut all = BTreeMap::new();
    for pod in store.list(Kind::Pod, Some(namespace), None).filter(|pod| pod.key.name.starts_with(prefix)) {
        read(&pod.key.name, &model.exposition(&store, pod), &mut all);
    }
    all
}

fn read(target: &str, text: &str, all: &mut BTreeMap<String, (String, f64)>) {
    let mut kinds = BTreeMap::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} comes twice");
        } else if !line.starts_with('#') {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| {
                let family = name.strip_suffix(end)?;
                kinds.contains_key(family).then(|| family.to_owned())
            });
            let kind = kinds.get(&family.unwrap_or_else(|| name.to_owned()));
            let kind = kind.unwrap_or_else(|| panic!("{name} has no type")).clone();
            let value: f64 = value.parse().unwrap();
            let before = all.insert(format!("{target} {sample}"), (kind, value));
            assert!(before.is_none(), "{sample} comes twice");
        }
    }
}

#[test]
fn counters_grow_with_the_load_and_never_go_back() {
    let platform = platform();
    let places = [
        ("ingress-nginx", "ingress-nginx-controller-"),
        ("ingress-nginx", "nginx-load-balancer-"),
        ("production", "backend-python-"),
        ("production", "celery-worker-"),
        ("data", "postgresql-"),
        ("data", "redis-"),
        ("data", "rabbitmq-"),
        ("storage", "minio-"),
        ("kube-system", "coredns-"),
        ("monitoring", "node-exporter-"),
        ("monitoring", "kube-state-metrics-"),
        ("monitoring", "loki-"),
    ];
    let scrape_all = || {
        let all = places.iter().flat_map(|(namespace, prefix)| scrape(&platform, namespace, prefix));
        all.collect::<BTreeMap<_, _>>()
    };
    let mut before = scrape_all();
    for name in [
        "nginx_ingress_controller_requests{",
        "http_requests_total{",
        "celery_task_succeeded_total{",
        "pg_replication_lag_seconds",
        "redis_keyspace_hits_total",
        "rabbitmq_queue_messages_ready",
        "minio_cluster_drive_online_total",
        "coredns_dns_requests_total",
        "node_cpu_seconds_total{",
        "kube_deployment_status_replicas_available{",
    ] {
        assert!(before.keys().any(|key| key.contains(&format!(" {name}"))), "no {name}");
    }
    for _ in 0..4 {
        platform.advance(Duration::from_secs(30));
        let after = scrape_all();
        let mut grown = 0;
        for (key, (kind, value)) in &after {
            let Some((_, old)) = before.get(key) else { continue };
            if kind != "gauge" {
                assert!(value >= old, "{key}: {value} after {old}");
                grown += usize::from(value > old);
            }
        }
        assert!(grown > 100, "{grown}");
        before = after;
    }
}

#[test]
fn counted_requests_are_those_of_the_model() {
    let platform = platform();
    let count = || {
        let samples = scrape(&platform, "production", "backend-python-");
        let counts = samples.iter().filter(|(key, _)| key.contains(" http_requests_total{"));
        counts.map(|(_, (_, value))| value).sum::<f64>()
    };
    let before = count();
    platform.advance(Duration::from_secs(300));
    let rate = (count() - before) / 300.0;
    let modelled = platform.model().lock().service("production", "backend-python").unwrap().rate;
    assert!((0.8..1.2).contains(&(rate / modelled)), "{rate} of {modelled}");
}

#[test]
fn kubelets_tell_of_volumes_and_containers() {
    let platform = platform();
    platform.advance(Duration::from_secs(10));
    let node = {
        let store = platform.store().lock();
        let pod = store.get(Kind::Pod, &Key::new("data", "postgresql-0")).unwrap();
        let quarterdeck::demo::store::Facts::Pod(facts) = &pod.facts else { panic!() };
        facts.node.to_string()
    };
    let mut all = BTreeMap::new();
    read(&node, &platform.model().lock().kubelet_exposition(&node), &mut all);
    let find = |name: &str, part: &str| {
        let found = all.iter().find(|(key, _)| key.contains(name) && key.contains(part));
        found.unwrap_or_else(|| panic!("no {name} of {part}")).1.1
    };
    let capacity = find("kubelet_volume_stats_capacity_bytes", "data-postgresql-0");
    let used = find("kubelet_volume_stats_used_bytes", "data-postgresql-0");
    assert!((0.3..0.9).contains(&(used / capacity)));
    assert!(
        find("container_memory_working_set_bytes{container=\"postgresql\"", "pod=\"postgresql-0\"") > 1e9
    );
}
