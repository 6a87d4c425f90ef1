//! The rules that an object has to keep, kind by kind, after Kubernetes' `pkg/apis/*/validation`.

mod autoscalers;
mod batch;
mod budgets;
mod config;
mod containers;
mod environment;
mod immutable;
mod ingresses;
mod metadata;
mod network_policies;
mod numbers;
mod pods;
mod probes;
mod resources;
mod roles;
mod schedules;
mod scheduling;
mod selectors;
mod services;
mod storage;
mod volumes;
mod workloads;

use serde_json::Value;

use super::causes::Causes;
use super::review::{Part, Review};
use crate::demo::store::Kind;

/// Everything that is wrong with an object.
pub fn check(review: &Review<'_>, object: &Value) -> Causes {
    let mut wrong = Causes::default();
    if let Some(before) = review.before {
        metadata::check_update(review.kind, &object["metadata"], &before["metadata"], &mut wrong);
    } else {
        metadata::check(review.kind, &object["metadata"], &mut wrong);
    }
    if matches!(review.part, Part::Whole | Part::Scale) && changed(review, object) {
        check_content(review.kind.stored, object, &mut wrong);
        if let Some(before) = review.before {
            immutable::check(review.kind.stored, object, before, &mut wrong);
        }
    }
    wrong
}

/// Whether a write touches more than metadata, so that objects from before a rule can still be labelled.
fn changed(review: &Review<'_>, object: &Value) -> bool {
    let content = |object: &Value| {
        let mut object = object.clone();
        for field in ["metadata", "status"] {
            object[field].take();
        }
        object
    };
    review.before.is_none_or(|before| content(before) != content(object))
}

fn check_content(kind: Kind, object: &Value, wrong: &mut Causes) {
    match kind {
        Kind::Pod => pods::check(&object["spec"], "spec", wrong),
        Kind::Deployment => workloads::deployment(&object["spec"], wrong),
        Kind::ReplicaSet => workloads::replica_set(&object["spec"], wrong),
        Kind::StatefulSet => workloads::stateful_set(&object["spec"], wrong),
        Kind::DaemonSet => workloads::daemon_set(&object["spec"], wrong),
        Kind::Job => batch::job(&object["spec"], wrong),
        Kind::CronJob => batch::cron_job(object, wrong),
        Kind::HorizontalPodAutoscaler => autoscalers::check(&object["spec"], wrong),
        Kind::PodDisruptionBudget => budgets::check(&object["spec"], wrong),
        Kind::Service => services::check(&object["spec"], wrong),
        Kind::Ingress => ingresses::check(&object["spec"], wrong),
        Kind::NetworkPolicy => network_policies::check(&object["spec"], wrong),
        Kind::ConfigMap => config::config_map(object, wrong),
        Kind::Secret => config::secret(object, wrong),
        Kind::PersistentVolumeClaim => storage::claim(&object["spec"], "spec", wrong),
        Kind::StorageClass => storage::class(object, wrong),
        Kind::ResourceQuota => resources::quota(&object["spec"], wrong),
        Kind::LimitRange => resources::limit_range(&object["spec"], wrong),
        Kind::Role | Kind::ClusterRole => roles::role(kind == Kind::Role, object, wrong),
        Kind::RoleBinding | Kind::ClusterRoleBinding => {
            roles::binding(kind == Kind::RoleBinding, object, wrong);
        }
        _ => {}
    }
}
