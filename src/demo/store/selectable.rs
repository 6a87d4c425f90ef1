//! The fields that field selectors name, of the kinds of which nothing else is asked.

use k8s_pb::api::batch::v1::Job;
use k8s_pb::api::core::v1::{Namespace, Secret, Service};

use super::facts::Facts;

fn text(value: &Option<String>) -> Box<str> {
    value.as_deref().unwrap_or_default().into()
}

/// The fields of a namespace that selectors name.
pub fn namespace_facts(namespace: &Namespace) -> Facts {
    let phase = namespace.status.as_ref().map(|status| text(&status.phase)).unwrap_or_default();
    Facts::Fields(vec![("status.phase", phase)])
}

/// The fields of a secret that selectors name.
pub fn secret_facts(secret: &Secret) -> Facts {
    Facts::Fields(vec![("type", text(&secret.r#type))])
}

/// The fields of a service that selectors name.
pub fn service_facts(service: &Service) -> Facts {
    let spec = service.spec.clone().unwrap_or_default();
    Facts::Fields(vec![("spec.clusterIP", text(&spec.cluster_ip)), ("spec.type", text(&spec.r#type))])
}

/// The fields of a job that selectors name.
pub fn job_facts(job: &Job) -> Facts {
    let succeeded = job.status.as_ref().and_then(|status| status.succeeded).unwrap_or(0);
    Facts::Fields(vec![("status.successful", succeeded.to_string().into())])
}
