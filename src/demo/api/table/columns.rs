//! The columns of each built-in kind, in their order.

use serde_json::{Value, json};

use crate::demo::store::Kind;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    title: &'static str,
    kind: &'static str,
    format: &'static str,
    priority: u8,
}

impl Column {
    /// What a table says of the column.
    pub fn definition(&self) -> Value {
        json!({
            "name": self.title,
            "type": self.kind,
            "format": self.format,
            "description": "",
            "priority": self.priority,
        })
    }
}

const fn column(title: &'static str, kind: &'static str) -> Column {
    Column { title, kind, format: "", priority: 0 }
}

const fn text(title: &'static str) -> Column {
    column(title, "string")
}

const fn count(title: &'static str) -> Column {
    column(title, "integer")
}

/// A column that is shown only where there is room.
const fn wide(title: &'static str) -> Column {
    Column { title, kind: "string", format: "", priority: 1 }
}

const NAME: Column = Column { title: "Name", kind: "string", format: "name", priority: 0 };
const AGE: Column = text("Age");
const CONTAINERS: Column = wide("Containers");
const IMAGES: Column = wide("Images");
const SELECTOR: Column = wide("Selector");

const PODS: [Column; 9] = [
    NAME,
    text("Ready"),
    text("Status"),
    text("Restarts"),
    AGE,
    wide("IP"),
    wide("Node"),
    wide("Nominated Node"),
    wide("Readiness Gates"),
];
const DEPLOYMENTS: [Column; 8] =
    [NAME, text("Ready"), text("Up-to-date"), text("Available"), AGE, CONTAINERS, IMAGES, SELECTOR];
const REPLICA_SETS: [Column; 8] =
    [NAME, count("Desired"), count("Current"), count("Ready"), AGE, CONTAINERS, IMAGES, SELECTOR];
const STATEFUL_SETS: [Column; 5] = [NAME, text("Ready"), AGE, CONTAINERS, IMAGES];
const DAEMON_SETS: [Column; 11] = [
    NAME,
    count("Desired"),
    count("Current"),
    count("Ready"),
    count("Up-to-date"),
    count("Available"),
    text("Node Selector"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];
const JOBS: [Column; 8] =
    [NAME, text("Status"), text("Completions"), text("Duration"), AGE, CONTAINERS, IMAGES, SELECTOR];
const CRON_JOBS: [Column; 10] = [
    NAME,
    text("Schedule"),
    text("Timezone"),
    column("Suspend", "boolean"),
    count("Active"),
    text("Last Schedule"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
];
const CONTROLLER_REVISIONS: [Column; 4] = [NAME, text("Controller"), text("Revision"), AGE];
const BUDGETS: [Column; 5] =
    [NAME, text("Min Available"), text("Max Unavailable"), count("Allowed Disruptions"), AGE];
const AUTOSCALERS: [Column; 7] =
    [NAME, text("Reference"), text("Targets"), text("MinPods"), text("MaxPods"), text("Replicas"), AGE];
const QUOTAS: [Column; 4] = [NAME, text("Request"), text("Limit"), AGE];
const PRIORITY_CLASSES: [Column; 5] =
    [NAME, count("Value"), column("Global-Default", "boolean"), AGE, text("PreemptionPolicy")];
const SERVICES: [Column; 7] =
    [NAME, text("Type"), text("Cluster-IP"), text("External-IP"), text("Port(s)"), AGE, SELECTOR];
const INGRESSES: [Column; 6] = [NAME, text("Class"), text("Hosts"), text("Address"), text("Ports"), AGE];
const INGRESS_CLASSES: [Column; 4] = [NAME, text("Controller"), text("Parameters"), AGE];
const NETWORK_POLICIES: [Column; 3] = [NAME, text("Pod-Selector"), AGE];
const ENDPOINTS: [Column; 3] = [NAME, text("Endpoints"), AGE];
const ENDPOINT_SLICES: [Column; 5] = [NAME, text("AddressType"), text("Ports"), text("Endpoints"), AGE];
const VOLUMES: [Column; 11] = [
    NAME,
    text("Capacity"),
    text("Access Modes"),
    text("Reclaim Policy"),
    text("Status"),
    text("Claim"),
    text("StorageClass"),
    text("VolumeAttributesClass"),
    text("Reason"),
    AGE,
    wide("VolumeMode"),
];
const CLAIMS: [Column; 9] = [
    NAME,
    text("Status"),
    text("Volume"),
    text("Capacity"),
    text("Access Modes"),
    text("StorageClass"),
    text("VolumeAttributesClass"),
    AGE,
    wide("VolumeMode"),
];
const STORAGE_CLASSES: [Column; 6] = [
    NAME,
    text("Provisioner"),
    text("ReclaimPolicy"),
    text("VolumeBindingMode"),
    text("AllowVolumeExpansion"),
    AGE,
];
const NODES: [Column; 10] = [
    NAME,
    text("Status"),
    text("Roles"),
    AGE,
    text("Version"),
    wide("Internal-IP"),
    wide("External-IP"),
    wide("OS-Image"),
    wide("Kernel-Version"),
    wide("Container-Runtime"),
];
const NAMESPACES: [Column; 3] = [NAME, text("Status"), AGE];
const EVENTS: [Column; 10] = [
    text("Last Seen"),
    text("Type"),
    text("Reason"),
    text("Object"),
    wide("Subobject"),
    wide("Source"),
    text("Message"),
    wide("First Seen"),
    wide("Count"),
    Column { priority: 1, ..NAME },
];
const CONFIG_MAPS: [Column; 3] = [NAME, text("Data"), AGE];
const SECRETS: [Column; 4] = [NAME, text("Type"), text("Data"), AGE];
const SERVICE_ACCOUNTS: [Column; 2] = [NAME, AGE];
const LEASES: [Column; 3] = [NAME, text("Holder"), AGE];
const BINDINGS: [Column; 6] =
    [NAME, text("Role"), AGE, wide("Users"), wide("Groups"), wide("ServiceAccounts")];
const API_SERVICES: [Column; 4] = [NAME, text("Service"), text("Available"), AGE];
/// Of the kinds that have no columns of their own.
const OTHERS: [Column; 2] = [NAME, column("Created At", "date")];

/// The columns of a kind.
pub fn of(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Pod => &PODS,
        Kind::Deployment => &DEPLOYMENTS,
        Kind::ReplicaSet => &REPLICA_SETS,
        Kind::StatefulSet => &STATEFUL_SETS,
        Kind::DaemonSet => &DAEMON_SETS,
        Kind::ControllerRevision => &CONTROLLER_REVISIONS,
        Kind::Job => &JOBS,
        Kind::CronJob => &CRON_JOBS,
        Kind::PodDisruptionBudget => &BUDGETS,
        Kind::HorizontalPodAutoscaler => &AUTOSCALERS,
        Kind::ResourceQuota => &QUOTAS,
        Kind::PriorityClass => &PRIORITY_CLASSES,
        Kind::Service => &SERVICES,
        Kind::Ingress => &INGRESSES,
        Kind::IngressClass => &INGRESS_CLASSES,
        Kind::NetworkPolicy => &NETWORK_POLICIES,
        Kind::Endpoints => &ENDPOINTS,
        Kind::EndpointSlice => &ENDPOINT_SLICES,
        Kind::PersistentVolume => &VOLUMES,
        Kind::PersistentVolumeClaim => &CLAIMS,
        Kind::StorageClass => &STORAGE_CLASSES,
        Kind::Node => &NODES,
        Kind::Namespace => &NAMESPACES,
        Kind::Event => &EVENTS,
        Kind::ConfigMap => &CONFIG_MAPS,
        Kind::Secret => &SECRETS,
        Kind::ServiceAccount => &SERVICE_ACCOUNTS,
        Kind::Lease => &LEASES,
        Kind::RoleBinding | Kind::ClusterRoleBinding => &BINDINGS,
        Kind::ApiService => &API_SERVICES,
        _ => &OTHERS,
    }
}
