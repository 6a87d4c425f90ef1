//! The kinds that are served, and what discovery says of them.

/// A kind of object; its number is its place in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `v1`
    Namespace,
    /// `v1`
    Node,
    /// `v1`
    Pod,
    /// `v1`, and as a second view `events.k8s.io/v1`
    Event,
    /// `v1`
    Service,
    /// `v1`
    ResourceQuota,
    /// `apps/v1`
    Deployment,
    /// `apps/v1`
    ReplicaSet,
    /// `apps/v1`
    StatefulSet,
    /// `apps/v1`
    DaemonSet,
    /// `autoscaling/v2`
    HorizontalPodAutoscaler,
    /// `policy/v1`
    PodDisruptionBudget,
    /// `batch/v1`
    Job,
}

/// A kind as one group version serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
    /// What the store keeps.
    pub stored: Kind,
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The version in the group.
    pub version: &'static str,
    /// The kind's name.
    pub name: &'static str,
    /// Its name in paths.
    pub plural: &'static str,
    /// Its name for one.
    pub singular: &'static str,
    /// Its short names.
    pub short: &'static [&'static str],
    /// The category that it belongs to, if any.
    pub categories: &'static [&'static str],
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// Whether it has `/status`.
    pub status: bool,
    /// Whether it has `/scale`.
    pub scale: bool,
    /// The name of its message.
    pub message: &'static str,
}

/// What most kinds have in common.
const CORE: KindInfo = KindInfo {
    stored: Kind::Pod,
    group: "",
    version: "v1",
    name: "",
    plural: "",
    singular: "",
    short: &[],
    categories: &[],
    namespaced: true,
    status: true,
    scale: false,
    message: "",
};

const APPS: KindInfo = KindInfo { group: "apps", categories: &["all"], scale: true, ..CORE };

/// Every served kind, group by group.
const SERVED: [KindInfo; 14] = [
    KindInfo {
        stored: Kind::Namespace,
        name: "Namespace",
        plural: "namespaces",
        singular: "namespace",
        short: &["ns"],
        namespaced: false,
        message: "core.v1.Namespace",
        ..CORE
    },
    KindInfo {
        stored: Kind::Node,
        name: "Node",
        plural: "nodes",
        singular: "node",
        short: &["no"],
        namespaced: false,
        message: "core.v1.Node",
        ..CORE
    },
    KindInfo {
        stored: Kind::Pod,
        name: "Pod",
        plural: "pods",
        singular: "pod",
        short: &["po"],
        categories: &["all"],
        message: "core.v1.Pod",
        ..CORE
    },
    KindInfo {
        stored: Kind::Event,
        name: "Event",
        plural: "events",
        singular: "event",
        short: &["ev"],
        status: false,
        message: "core.v1.Event",
        ..CORE
    },
    KindInfo {
        stored: Kind::Service,
        name: "Service",
        plural: "services",
        singular: "service",
        short: &["svc"],
        categories: &["all"],
        message: "core.v1.Service",
        ..CORE
    },
    KindInfo {
        stored: Kind::ResourceQuota,
        name: "ResourceQuota",
        plural: "resourcequotas",
        singular: "resourcequota",
        short: &["quota"],
        message: "core.v1.ResourceQuota",
        ..CORE
    },
    KindInfo {
        stored: Kind::Deployment,
        name: "Deployment",
        plural: "deployments",
        singular: "deployment",
        short: &["deploy"],
        message: "apps.v1.Deployment",
        ..APPS
    },
    KindInfo {
        stored: Kind::ReplicaSet,
        name: "ReplicaSet",
        plural: "replicasets",
        singular: "replicaset",
        short: &["rs"],
        message: "apps.v1.ReplicaSet",
        ..APPS
    },
    KindInfo {
        stored: Kind::StatefulSet,
        name: "StatefulSet",
        plural: "statefulsets",
        singular: "statefulset",
        short: &["sts"],
        message: "apps.v1.StatefulSet",
        ..APPS
    },
    KindInfo {
        stored: Kind::DaemonSet,
        name: "DaemonSet",
        plural: "daemonsets",
        singular: "daemonset",
        short: &["ds"],
        scale: false,
        message: "apps.v1.DaemonSet",
        ..APPS
    },
    KindInfo {
        stored: Kind::HorizontalPodAutoscaler,
        group: "autoscaling",
        version: "v2",
        name: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers",
        singular: "horizontalpodautoscaler",
        short: &["hpa"],
        categories: &["all"],
        message: "autoscaling.v2.HorizontalPodAutoscaler",
        ..CORE
    },
    KindInfo {
        stored: Kind::PodDisruptionBudget,
        group: "policy",
        name: "PodDisruptionBudget",
        plural: "poddisruptionbudgets",
        singular: "poddisruptionbudget",
        short: &["pdb"],
        message: "policy.v1.PodDisruptionBudget",
        ..CORE
    },
    KindInfo {
        stored: Kind::Job,
        group: "batch",
        name: "Job",
        plural: "jobs",
        singular: "job",
        categories: &["all"],
        message: "batch.v1.Job",
        ..CORE
    },
    KindInfo {
        stored: Kind::Event,
        group: "events.k8s.io",
        name: "Event",
        plural: "events",
        singular: "event",
        short: &["ev"],
        status: false,
        message: "events.v1.Event",
        ..CORE
    },
];

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Kind; 13] = [
        Kind::Namespace,
        Kind::Node,
        Kind::Pod,
        Kind::Event,
        Kind::Service,
        Kind::ResourceQuota,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::HorizontalPodAutoscaler,
        Kind::PodDisruptionBudget,
        Kind::Job,
    ];
}

impl KindInfo {
    /// Every served kind.
    pub fn all() -> &'static [KindInfo] {
        &SERVED
    }

    /// The kind under this group, version and plural.
    pub fn find(group: &str, version: &str, plural: &str) -> Option<&'static KindInfo> {
        SERVED.iter().find(|kind| kind.group == group && kind.version == version && kind.plural == plural)
    }

    /// How the store's kind is first served.
    pub fn of(kind: Kind) -> &'static KindInfo {
        &SERVED[kind as usize]
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `pods` or `deployments.apps`, as errors say it.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }
}
