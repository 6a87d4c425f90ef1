//! The table of the kinds that are built in.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::kinds::{Kind, KindInfo};

/// A line of the table.
#[derive(Debug, Clone, Copy)]
struct Line {
    stored: Kind,
    group: &'static str,
    version: &'static str,
    name: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
    categories: &'static [&'static str],
    namespaced: bool,
    status: bool,
    scale: bool,
    message: &'static str,
}

/// Every built-in kind as it is served, in the order of their numbers, and then the second views.
pub(super) static SERVED: LazyLock<Vec<Arc<KindInfo>>> =
    LazyLock::new(|| LINES.iter().map(|line| Arc::new(line.info())).collect());

impl Line {
    fn info(&self) -> KindInfo {
        let all = |names: &[&'static str]| names.iter().map(|name| Cow::Borrowed(*name)).collect();
        KindInfo {
            stored: self.stored,
            group: self.group.into(),
            version: self.version.into(),
            name: self.name.into(),
            list_name: format!("{}List", self.name).into(),
            plural: self.plural.into(),
            singular: self.singular.into(),
            short: all(self.short),
            categories: all(self.categories),
            namespaced: self.namespaced,
            status: self.status,
            scale: self.scale,
            message: self.message,
            custom: None,
        }
    }
}

/// What most kinds have in common.
const CORE: Line = Line {
    stored: Kind::Pod,
    group: "",
    version: "v1",
    name: "",
    plural: "",
    singular: "",
    short: &[],
    categories: &[],
    namespaced: true,
    status: false,
    scale: false,
    message: "",
};

/// The kinds in the order of their numbers, and then the second views.
const LINES: [Line; 36] = [
    Line {
        stored: Kind::Namespace,
        name: "Namespace",
        plural: "namespaces",
        singular: "namespace",
        short: &["ns"],
        namespaced: false,
        status: true,
        message: "core.v1.Namespace",
        ..CORE
    },
    Line {
        stored: Kind::Node,
        name: "Node",
        plural: "nodes",
        singular: "node",
        short: &["no"],
        namespaced: false,
        status: true,
        message: "core.v1.Node",
        ..CORE
    },
    Line {
        stored: Kind::Pod,
        name: "Pod",
        plural: "pods",
        singular: "pod",
        short: &["po"],
        categories: &["all"],
        status: true,
        message: "core.v1.Pod",
        ..CORE
    },
    Line {
        stored: Kind::Event,
        name: "Event",
        plural: "events",
        singular: "event",
        short: &["ev"],
        message: "core.v1.Event",
        ..CORE
    },
    Line {
        stored: Kind::Service,
        name: "Service",
        plural: "services",
        singular: "service",
        short: &["svc"],
        categories: &["all"],
        status: true,
        message: "core.v1.Service",
        ..CORE
    },
    Line {
        stored: Kind::Endpoints,
        name: "Endpoints",
        plural: "endpoints",
        singular: "endpoints",
        short: &["ep"],
        message: "core.v1.Endpoints",
        ..CORE
    },
    Line {
        stored: Kind::ConfigMap,
        name: "ConfigMap",
        plural: "configmaps",
        singular: "configmap",
        short: &["cm"],
        message: "core.v1.ConfigMap",
        ..CORE
    },
    Line {
        stored: Kind::Secret,
        name: "Secret",
        plural: "secrets",
        singular: "secret",
        message: "core.v1.Secret",
        ..CORE
    },
    Line {
        stored: Kind::ServiceAccount,
        name: "ServiceAccount",
        plural: "serviceaccounts",
        singular: "serviceaccount",
        short: &["sa"],
        message: "core.v1.ServiceAccount",
        ..CORE
    },
    Line {
        stored: Kind::PersistentVolumeClaim,
        name: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims",
        singular: "persistentvolumeclaim",
        short: &["pvc"],
        status: true,
        message: "core.v1.PersistentVolumeClaim",
        ..CORE
    },
    Line {
        stored: Kind::PersistentVolume,
        name: "PersistentVolume",
        plural: "persistentvolumes",
        singular: "persistentvolume",
        short: &["pv"],
        namespaced: false,
        status: true,
        message: "core.v1.PersistentVolume",
        ..CORE
    },
    Line {
        stored: Kind::LimitRange,
        name: "LimitRange",
        plural: "limitranges",
        singular: "limitrange",
        short: &["limits"],
        message: "core.v1.LimitRange",
        ..CORE
    },
    Line {
        stored: Kind::ResourceQuota,
        name: "ResourceQuota",
        plural: "resourcequotas",
        singular: "resourcequota",
        short: &["quota"],
        status: true,
        message: "core.v1.ResourceQuota",
        ..CORE
    },
    Line {
        stored: Kind::Deployment,
        group: "apps",
        name: "Deployment",
        plural: "deployments",
        singular: "deployment",
        short: &["deploy"],
        categories: &["all"],
        status: true,
        scale: true,
        message: "apps.v1.Deployment",
        ..CORE
    },
    Line {
        stored: Kind::ReplicaSet,
        group: "apps",
        name: "ReplicaSet",
        plural: "replicasets",
        singular: "replicaset",
        short: &["rs"],
        categories: &["all"],
        status: true,
        scale: true,
        message: "apps.v1.ReplicaSet",
        ..CORE
    },
    Line {
        stored: Kind::StatefulSet,
        group: "apps",
        name: "StatefulSet",
        plural: "statefulsets",
        singular: "statefulset",
        short: &["sts"],
        categories: &["all"],
        status: true,
        scale: true,
        message: "apps.v1.StatefulSet",
        ..CORE
    },
    Line {
        stored: Kind::DaemonSet,
        group: "apps",
        name: "DaemonSet",
        plural: "daemonsets",
        singular: "daemonset",
        short: &["ds"],
        categories: &["all"],
        status: true,
        message: "apps.v1.DaemonSet",
        ..CORE
    },
    Line {
        stored: Kind::ControllerRevision,
        group: "apps",
        name: "ControllerRevision",
        plural: "controllerrevisions",
        singular: "controllerrevision",
        message: "apps.v1.ControllerRevision",
        ..CORE
    },
    Line {
        stored: Kind::HorizontalPodAutoscaler,
        group: "autoscaling",
        version: "v2",
        name: "HorizontalPodAutoscaler",
        plural: "horizontalpodautoscalers",
        singular: "horizontalpodautoscaler",
        short: &["hpa"],
        categories: &["all"],
        status: true,
        message: "autoscaling.v2.HorizontalPodAutoscaler",
        ..CORE
    },
    Line {
        stored: Kind::PodDisruptionBudget,
        group: "policy",
        name: "PodDisruptionBudget",
        plural: "poddisruptionbudgets",
        singular: "poddisruptionbudget",
        short: &["pdb"],
        status: true,
        message: "policy.v1.PodDisruptionBudget",
        ..CORE
    },
    Line {
        stored: Kind::Job,
        group: "batch",
        name: "Job",
        plural: "jobs",
        singular: "job",
        categories: &["all"],
        status: true,
        message: "batch.v1.Job",
        ..CORE
    },
    Line {
        stored: Kind::CronJob,
        group: "batch",
        name: "CronJob",
        plural: "cronjobs",
        singular: "cronjob",
        short: &["cj"],
        categories: &["all"],
        status: true,
        message: "batch.v1.CronJob",
        ..CORE
    },
    Line {
        stored: Kind::Ingress,
        group: "networking.k8s.io",
        name: "Ingress",
        plural: "ingresses",
        singular: "ingress",
        short: &["ing"],
        status: true,
        message: "networking.v1.Ingress",
        ..CORE
    },
    Line {
        stored: Kind::IngressClass,
        group: "networking.k8s.io",
        name: "IngressClass",
        plural: "ingressclasses",
        singular: "ingressclass",
        namespaced: false,
        message: "networking.v1.IngressClass",
        ..CORE
    },
    Line {
        stored: Kind::NetworkPolicy,
        group: "networking.k8s.io",
        name: "NetworkPolicy",
        plural: "networkpolicies",
        singular: "networkpolicy",
        short: &["netpol"],
        message: "networking.v1.NetworkPolicy",
        ..CORE
    },
    Line {
        stored: Kind::EndpointSlice,
        group: "discovery.k8s.io",
        name: "EndpointSlice",
        plural: "endpointslices",
        singular: "endpointslice",
        message: "discovery.v1.EndpointSlice",
        ..CORE
    },
    Line {
        stored: Kind::Role,
        group: "rbac.authorization.k8s.io",
        name: "Role",
        plural: "roles",
        singular: "role",
        message: "rbac.v1.Role",
        ..CORE
    },
    Line {
        stored: Kind::RoleBinding,
        group: "rbac.authorization.k8s.io",
        name: "RoleBinding",
        plural: "rolebindings",
        singular: "rolebinding",
        message: "rbac.v1.RoleBinding",
        ..CORE
    },
    Line {
        stored: Kind::ClusterRole,
        group: "rbac.authorization.k8s.io",
        name: "ClusterRole",
        plural: "clusterroles",
        singular: "clusterrole",
        namespaced: false,
        message: "rbac.v1.ClusterRole",
        ..CORE
    },
    Line {
        stored: Kind::ClusterRoleBinding,
        group: "rbac.authorization.k8s.io",
        name: "ClusterRoleBinding",
        plural: "clusterrolebindings",
        singular: "clusterrolebinding",
        namespaced: false,
        message: "rbac.v1.ClusterRoleBinding",
        ..CORE
    },
    Line {
        stored: Kind::StorageClass,
        group: "storage.k8s.io",
        name: "StorageClass",
        plural: "storageclasses",
        singular: "storageclass",
        short: &["sc"],
        namespaced: false,
        message: "storage.v1.StorageClass",
        ..CORE
    },
    Line {
        stored: Kind::PriorityClass,
        group: "scheduling.k8s.io",
        name: "PriorityClass",
        plural: "priorityclasses",
        singular: "priorityclass",
        short: &["pc"],
        namespaced: false,
        message: "scheduling.v1.PriorityClass",
        ..CORE
    },
    Line {
        stored: Kind::Lease,
        group: "coordination.k8s.io",
        name: "Lease",
        plural: "leases",
        singular: "lease",
        message: "coordination.v1.Lease",
        ..CORE
    },
    Line {
        stored: Kind::CustomResourceDefinition,
        group: "apiextensions.k8s.io",
        name: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        singular: "customresourcedefinition",
        short: &["crd", "crds"],
        categories: &["api-extensions"],
        namespaced: false,
        status: true,
        ..CORE
    },
    Line {
        stored: Kind::ApiService,
        group: "apiregistration.k8s.io",
        name: "APIService",
        plural: "apiservices",
        singular: "apiservice",
        categories: &["api-extensions"],
        namespaced: false,
        status: true,
        ..CORE
    },
    Line {
        stored: Kind::Event,
        group: "events.k8s.io",
        name: "Event",
        plural: "events",
        singular: "event",
        short: &["ev"],
        message: "events.v1.Event",
        ..CORE
    },
];
