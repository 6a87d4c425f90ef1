//! Pods as a busy cluster has them, made from the complete messages and encoded as an API server sends them.

use k8s_pb::api::core::v1::{
    ConfigMapVolumeSource, Container, ContainerPort, ContainerState, ContainerStateRunning,
    ContainerStateTerminated, ContainerStateWaiting, ContainerStatus, EnvVar, HttpGetAction,
    LocalObjectReference, Pod, PodCondition, PodIp, PodList, PodSpec, PodStatus, Probe, ProbeHandler,
    ResourceRequirements, Toleration, Volume, VolumeMount, VolumeSource,
};
use k8s_pb::apimachinery::pkg::api::resource::Quantity;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{
    FieldsV1, ListMeta, ManagedFieldsEntry, ObjectMeta, OwnerReference, Time,
};
use k8s_pb::apimachinery::pkg::runtime::{TypeMeta, Unknown};
use prost::Message;
use quarterdeck::clients::kubernetes::wire::Encoding;
use quarterdeck::feeds::pods_of_list;
use quarterdeck::picture::model::{Interner, PodRow};

/// When the newest pods were made, in seconds since the epoch.
pub const NOW: i64 = 1_795_000_000;
/// Pods of one workload.
const REPLICAS: usize = 12;
const APPLICATIONS: [&str; 12] = [
    "backend-rust",
    "frontend-nextjs",
    "payment-gateway",
    "search-indexer",
    "image-resizer",
    "session-cache",
    "order-service",
    "notification-worker",
    "audit-log-shipper",
    "feature-flags",
    "report-builder",
    "identity",
];
/// The letters of Kubernetes' random names.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(LETTERS[self.roll(LETTERS.len())])).collect()
    }
}

/// The answer to a list of so many pods.
pub fn encoded_list(count: usize) -> Vec<u8> {
    let mut dice = Dice(7);
    let items = (0..count).map(|index| pod(index, &mut dice)).collect();
    let list = PodList {
        metadata: Some(ListMeta { resource_version: text("1234567"), ..ListMeta::default() }),
        items,
    };
    let envelope = Unknown {
        type_meta: Some(TypeMeta { api_version: text("v1"), kind: text("PodList") }),
        raw: Some(list.encode_to_vec()),
        ..Unknown::default()
    };
    let mut bytes = b"k8s\0".to_vec();
    bytes.extend(envelope.encode_to_vec());
    bytes
}

/// The rows of so many pods.
pub fn rows(count: usize) -> Vec<PodRow> {
    pods_of_list(Encoding::Protobuf, &encoded_list(count), &mut Interner::default()).expect("it is a list")
}

fn text(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn time(seconds: i64) -> Option<Time> {
    Some(Time { seconds: Some(seconds), nanos: Some(0) })
}

fn pod(index: usize, dice: &mut Dice) -> Pod {
    let workload = index / REPLICAS;
    let application = APPLICATIONS[workload % APPLICATIONS.len()];
    let namespace = format!("team-{:02}", workload / APPLICATIONS.len() % 40);
    // One template hash for each workload, whatever has been rolled so far.
    let hash = Dice(workload as u64 + 1).letters(10);
    let created = NOW - 60 * dice.roll(60 * 24 * 30) as i64;
    Pod {
        metadata: Some(metadata(application, &namespace, &hash, created, dice)),
        spec: Some(PodSpec {
            containers: vec![container(application, "8080"), container("istio-proxy", "15021")],
            volumes: ["config", "cache"].map(volume).into(),
            restart_policy: text("Always"),
            termination_grace_period_seconds: Some(30),
            service_account_name: text(application),
            node_name: text(format!("worker-{:03}.example.internal", dice.roll(200))),
            scheduler_name: text("default-scheduler"),
            tolerations: ["not-ready", "unreachable"].map(toleration).into(),
            ..PodSpec::default()
        }),
        status: Some(status(application, created, dice)),
    }
}

fn metadata(application: &str, namespace: &str, hash: &str, created: i64, dice: &mut Dice) -> ObjectMeta {
    let owner = format!("{application}-{hash}");
    let labels = [
        ("app.kubernetes.io/name", application),
        ("app.kubernetes.io/part-of", namespace),
        ("app.kubernetes.io/managed-by", "Helm"),
        ("pod-template-hash", hash),
        ("topology.kubernetes.io/zone", "eu-1a"),
    ];
    let annotations = [
        ("prometheus.io/scrape", "true"),
        ("checksum/config", "1f0c9b6f5f9c3d0b8e2f7a7f3c0d4a9e8b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"),
    ];
    let owned = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let (high, low) = (dice.roll(1 << 30) as u64, dice.roll(1 << 30) as u64);
    ObjectMeta {
        name: text(format!("{owner}-{}", dice.letters(5))),
        generate_name: text(format!("{owner}-")),
        namespace: text(namespace),
        uid: text(format!("{high:08x}-5b1d-4f7e-9a2c-{low:012x}")),
        resource_version: text(format!("{}", 1_000_000 + dice.roll(1_000_000))),
        creation_timestamp: time(created),
        labels: owned(&labels),
        annotations: owned(&annotations),
        owner_references: vec![OwnerReference {
            api_version: text("apps/v1"),
            kind: text("ReplicaSet"),
            name: text(owner),
            uid: text("0a1b2c3d-5b1d-4f7e-9a2c-001122334455"),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }],
        managed_fields: ["kube-controller-manager", "kubelet"]
            .map(|manager| managed(manager, created))
            .into(),
        ..ObjectMeta::default()
    }
}

fn managed(manager: &str, created: i64) -> ManagedFieldsEntry {
    let fields = r#"{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{}}}"#.repeat(8);
    ManagedFieldsEntry {
        manager: text(manager),
        operation: text("Update"),
        api_version: text("v1"),
        time: time(created),
        fields_type: text("FieldsV1"),
        fields_v1: Some(FieldsV1 { raw: Some(fields.into_bytes()) }),
        ..ManagedFieldsEntry::default()
    }
}

fn container(name: &str, port: &str) -> Container {
    let amounts = |cpu: &str, memory: &str| {
        [("cpu", cpu), ("memory", memory)]
            .map(|(name, amount)| (name.to_owned(), Quantity { string: text(amount) }))
            .into()
    };
    let probe = Probe {
        handler: Some(ProbeHandler {
            http_get: Some(HttpGetAction {
                path: text("/healthz"),
                scheme: text("HTTP"),
                ..HttpGetAction::default()
            }),
            ..ProbeHandler::default()
        }),
        period_seconds: Some(10),
        timeout_seconds: Some(1),
        ..Probe::default()
    };
    Container {
        name: text(name),
        image: text(format!("registry.example.com:5000/platform/{name}:v1.18.3")),
        args: vec!["--log-level=info".to_owned(), "--config=/etc/app/config.toml".to_owned()],
        ports: vec![ContainerPort {
            container_port: port.parse().ok(),
            protocol: text("TCP"),
            ..ContainerPort::default()
        }],
        env: (0..8)
            .map(|number| EnvVar {
                name: text(format!("SETTING_{number}")),
                value: text("https://service.example.svc.cluster.local:8443/some/path"),
                ..EnvVar::default()
            })
            .collect(),
        resources: Some(ResourceRequirements {
            requests: amounts("250m", "256Mi"),
            limits: amounts("1", "512Mi"),
            ..ResourceRequirements::default()
        }),
        volume_mounts: vec![VolumeMount {
            name: text("config"),
            mount_path: text("/etc/app"),
            read_only: Some(true),
            ..VolumeMount::default()
        }],
        liveness_probe: Some(probe.clone()),
        readiness_probe: Some(probe),
        image_pull_policy: text("IfNotPresent"),
        termination_message_path: text("/dev/termination-log"),
        ..Container::default()
    }
}

fn volume(name: &str) -> Volume {
    Volume {
        name: text(name),
        volume_source: Some(VolumeSource {
            config_map: Some(ConfigMapVolumeSource {
                local_object_reference: Some(LocalObjectReference { name: text(name) }),
                default_mode: Some(420),
                ..ConfigMapVolumeSource::default()
            }),
            ..VolumeSource::default()
        }),
    }
}

fn toleration(taint: &str) -> Toleration {
    Toleration {
        key: text(format!("node.kubernetes.io/{taint}")),
        operator: text("Exists"),
        effect: text("NoExecute"),
        toleration_seconds: Some(300),
        ..Toleration::default()
    }
}

fn status(application: &str, created: i64, dice: &mut Dice) -> PodStatus {
    let crashing = dice.roll(100) < 3;
    let address = format!("10.{}.{}.{}", 64 + dice.roll(64), dice.roll(256), dice.roll(256));
    let condition = |kind: &str, holds: bool| PodCondition {
        r#type: text(kind),
        status: text(if holds { "True" } else { "False" }),
        last_transition_time: time(created + 5),
        ..PodCondition::default()
    };
    PodStatus {
        phase: text("Running"),
        conditions: vec![
            condition("Initialized", true),
            condition("Ready", !crashing),
            condition("ContainersReady", !crashing),
            condition("PodScheduled", true),
        ],
        host_ip: text("192.168.14.7"),
        pod_ip: text(&address),
        pod_ips: vec![PodIp { ip: text(address) }],
        start_time: time(created),
        container_statuses: vec![
            container_status(application, created, crashing),
            container_status("istio-proxy", created, false),
        ],
        qos_class: text("Burstable"),
        ..PodStatus::default()
    }
}

fn container_status(name: &str, created: i64, crashing: bool) -> ContainerStatus {
    let state = match crashing {
        true => ContainerState {
            waiting: Some(ContainerStateWaiting {
                reason: text("CrashLoopBackOff"),
                message: text("back-off 5m0s restarting failed container"),
            }),
            ..ContainerState::default()
        },
        false => ContainerState {
            running: Some(ContainerStateRunning { started_at: time(created + 5) }),
            ..ContainerState::default()
        },
    };
    let ended = ContainerStateTerminated {
        exit_code: Some(137),
        reason: text("OOMKilled"),
        finished_at: time(NOW - 120),
        ..ContainerStateTerminated::default()
    };
    ContainerStatus {
        name: text(name),
        state: Some(state),
        last_state: crashing.then(|| ContainerState { terminated: Some(ended), ..ContainerState::default() }),
        ready: Some(!crashing),
        restart_count: Some(if crashing { 14 } else { 0 }),
        image: text(format!("registry.example.com:5000/platform/{name}:v1.18.3")),
        image_id: text(format!(
            "registry.example.com:5000/platform/{name}@sha256:{}",
            "0123456789abcdef".repeat(4)
        )),
        container_id: text(format!("containerd://{}", "fedcba9876543210".repeat(4))),
        started: Some(!crashing),
        ..ContainerStatus::default()
    }
}
