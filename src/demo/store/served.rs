//! The table of the kinds that are built in.

use super::kinds::{Kind, KindInfo};

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
    status: false,
    scale: false,
    message: "",
};

/// Every served kind, in the order of their numbers, and then the second views.
pub(super) const SERVED: [KindInfo; 34] = [
    KindInfo {
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
    KindInfo {
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
    KindInfo {
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
    KindInfo {
        stored: Kind::Event,
        name: "Event",
        plural: "events",
        singular: "event",
        short: &["ev"],
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
        status: true,
        message: "core.v1.Service",
        ..CORE
    },
    KindInfo {
        stored: Kind::Endpoints,
        name: "Endpoints",
        plural: "endpoints",
        singular: "endpoints",
        short: &["ep"],
        message: "core.v1.Endpoints",
        ..CORE
    },
    KindInfo {
        stored: Kind::ConfigMap,
        name: "ConfigMap",
        plural: "configmaps",
        singular: "configmap",
        short: &["cm"],
        message: "core.v1.ConfigMap",
        ..CORE
    },
    KindInfo {
        stored: Kind::Secret,
        name: "Secret",
        plural: "secrets",
        singular: "secret",
        message: "core.v1.Secret",
        ..CORE
    },
    KindInfo {
        stored: Kind::ServiceAccount,
        name: "ServiceAccount",
        plural: "serviceaccounts",
        singular: "serviceaccount",
        short: &["sa"],
        message: "core.v1.ServiceAccount",
        ..CORE
    },
    KindInfo {
        stored: Kind::PersistentVolumeClaim,
        name: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims",
        singular: "persistentvolumeclaim",
        short: &["pvc"],
        status: true,
        message: "core.v1.PersistentVolumeClaim",
        ..CORE
    },
    KindInfo {
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
    KindInfo {
        stored: Kind::LimitRange,
        name: "LimitRange",
        plural: "limitranges",
        singular: "limitrange",
        short: &["limits"],
        message: "core.v1.LimitRange",
        ..CORE
    },
    KindInfo {
        stored: Kind::ResourceQuota,
        name: "ResourceQuota",
        plural: "resourcequotas",
        singular: "resourcequota",
        short: &["quota"],
        status: true,
        message: "core.v1.ResourceQuota",
        ..CORE
    },
    KindInfo {
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
    KindInfo {
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
    KindInfo {
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
    KindInfo {
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
    KindInfo {
        stored: Kind::ControllerRevision,
        group: "apps",
        name: "ControllerRevision",
        plural: "controllerrevisions",
        singular: "controllerrevision",
        message: "apps.v1.ControllerRevision",
        ..CORE
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
        status: true,
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
        status: true,
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
        status: true,
        message: "batch.v1.Job",
        ..CORE
    },
    KindInfo {
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
    KindInfo {
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
    KindInfo {
        stored: Kind::IngressClass,
        group: "networking.k8s.io",
        name: "IngressClass",
        plural: "ingressclasses",
        singular: "ingressclass",
        namespaced: false,
        message: "networking.v1.IngressClass",
        ..CORE
    },
    KindInfo {
        stored: Kind::NetworkPolicy,
        group: "networking.k8s.io",
        name: "NetworkPolicy",
        plural: "networkpolicies",
        singular: "networkpolicy",
        short: &["netpol"],
        message: "networking.v1.NetworkPolicy",
        ..CORE
    },
    KindInfo {
        stored: Kind::EndpointSlice,
        group: "discovery.k8s.io",
        name: "EndpointSlice",
        plural: "endpointslices",
        singular: "endpointslice",
        message: "discovery.v1.EndpointSlice",
        ..CORE
    },
    KindInfo {
        stored: Kind::Role,
        group: "rbac.authorization.k8s.io",
        name: "Role",
        plural: "roles",
        singular: "role",
        message: "rbac.v1.Role",
        ..CORE
    },
    KindInfo {
        stored: Kind::RoleBinding,
        group: "rbac.authorization.k8s.io",
        name: "RoleBinding",
        plural: "rolebindings",
        singular: "rolebinding",
        message: "rbac.v1.RoleBinding",
        ..CORE
    },
    KindInfo {
        stored: Kind::ClusterRole,
        group: "rbac.authorization.k8s.io",
        name: "ClusterRole",
        plural: "clusterroles",
        singular: "clusterrole",
        namespaced: false,
        message: "rbac.v1.ClusterRole",
        ..CORE
    },
    KindInfo {
        stored: Kind::ClusterRoleBinding,
        group: "rbac.authorization.k8s.io",
        name: "ClusterRoleBinding",
        plural: "clusterrolebindings",
        singular: "clusterrolebinding",
        namespaced: false,
        message: "rbac.v1.ClusterRoleBinding",
        ..CORE
    },
    KindInfo {
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
    KindInfo {
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
    KindInfo {
        stored: Kind::Lease,
        group: "coordination.k8s.io",
        name: "Lease",
        plural: "leases",
        singular: "lease",
        message: "coordination.v1.Lease",
        ..CORE
    },
    KindInfo {
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
