//! The kinds that are served, and what discovery says of them.

use super::served::SERVED;

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
    Endpoints,
    /// `v1`
    ConfigMap,
    /// `v1`
    Secret,
    /// `v1`
    ServiceAccount,
    /// `v1`
    PersistentVolumeClaim,
    /// `v1`
    PersistentVolume,
    /// `v1`
    LimitRange,
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
    /// `apps/v1`
    ControllerRevision,
    /// `autoscaling/v2`
    HorizontalPodAutoscaler,
    /// `policy/v1`
    PodDisruptionBudget,
    /// `batch/v1`
    Job,
    /// `batch/v1`
    CronJob,
    /// `networking.k8s.io/v1`
    Ingress,
    /// `networking.k8s.io/v1`
    IngressClass,
    /// `networking.k8s.io/v1`
    NetworkPolicy,
    /// `discovery.k8s.io/v1`
    EndpointSlice,
    /// `rbac.authorization.k8s.io/v1`
    Role,
    /// `rbac.authorization.k8s.io/v1`
    RoleBinding,
    /// `rbac.authorization.k8s.io/v1`
    ClusterRole,
    /// `rbac.authorization.k8s.io/v1`
    ClusterRoleBinding,
    /// `storage.k8s.io/v1`
    StorageClass,
    /// `scheduling.k8s.io/v1`
    PriorityClass,
    /// `coordination.k8s.io/v1`
    Lease,
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

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Kind; 33] = [
        Kind::Namespace,
        Kind::Node,
        Kind::Pod,
        Kind::Event,
        Kind::Service,
        Kind::Endpoints,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::ServiceAccount,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::LimitRange,
        Kind::ResourceQuota,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ControllerRevision,
        Kind::HorizontalPodAutoscaler,
        Kind::PodDisruptionBudget,
        Kind::Job,
        Kind::CronJob,
        Kind::Ingress,
        Kind::IngressClass,
        Kind::NetworkPolicy,
        Kind::EndpointSlice,
        Kind::Role,
        Kind::RoleBinding,
        Kind::ClusterRole,
        Kind::ClusterRoleBinding,
        Kind::StorageClass,
        Kind::PriorityClass,
        Kind::Lease,
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
