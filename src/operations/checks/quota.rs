//! Whether the namespace's quotas leave room for more pods.

use crate::clients::kubernetes::{ApiError, ResourceQuota};
use crate::operations::{Finding, Topic, Weight};

use super::needs::PodNeeds;
use super::quantity::{in_words, thousandths};

/// Whether so many additional pods fit into the quotas.
pub(crate) fn judge(
    quotas: &Result<Vec<ResourceQuota>, ApiError>,
    needs: &PodNeeds,
    additional: u32,
) -> Finding {
    if additional == 0 {
        return Finding::new(Topic::Quota, Weight::Fine, "no additional pods");
    }
    let quotas = match quotas {
        Ok(quotas) => quotas,
        Err(error) => return Finding::unknown(Topic::Quota, error),
    };
    if quotas.is_empty() {
        return Finding::new(Topic::Quota, Weight::Fine, "the namespace has no quota");
    }
    let (scoped, plain): (Vec<_>, Vec<_>) =
        quotas.iter().partition(|quota| !quota.spec.scopes.is_empty() || quota.spec.scope_selector.is_some());
    let limits: Vec<Limit> = plain.iter().flat_map(|quota| limits_of(quota, needs)).collect();
    if let Some(limit) = limits.iter().find(|limit| limit.unstated) {
        let text = format!(
            "quota {} counts {}, and not every container states it: the pods are refused unless a LimitRange fills it in",
            limit.quota, limit.resource
        );
        return Finding::new(Topic::Quota, Weight::Warning, text)
            .advising(format!("state {} in the pod template", limit.resource));
    }
    if let Some(limit) =
        limits.iter().filter(|limit| limit.fits < u64::from(additional)).min_by_key(|limit| limit.fits)
    {
        let text = format!(
            "quota {} leaves room for {} of {additional} additional pods: {} is {} of {}, one pod takes {}",
            limit.quota,
            limit.fits,
            limit.resource,
            in_words(&limit.resource, limit.used),
            in_words(&limit.resource, limit.hard),
            in_words(&limit.resource, limit.each),
        );
        return Finding::new(Topic::Quota, Weight::Warning, text)
            .advising(format!("have the quota raised, or add {} at most", limit.fits));
    }
    if !scoped.is_empty() {
        let names: Vec<&str> = scoped.iter().map(|quota| quota.metadata.name.as_str()).collect();
        let text = format!("unknown: whether the scopes of quota {} take in these pods", names.join(", "));
        return Finding::new(Topic::Quota, Weight::Unknown, text);
    }
    let text = match limits.iter().min_by_key(|limit| limit.fits) {
        Some(limit) => {
            format!("room for {} more such pods ({} of quota {})", limit.fits, limit.resource, limit.quota)
        }
        None => "its quotas count nothing that these pods take".to_owned(),
    };
    Finding::new(Topic::Quota, Weight::Fine, text)
}

struct Limit {
    quota: String,
    resource: String,
    hard: i128,
    used: i128,
    each: i128,
    fits: u64,
    unstated: bool,
}

fn limits_of(quota: &ResourceQuota, needs: &PodNeeds) -> Vec<Limit> {
    let hard = if quota.status.hard.is_empty() { &quota.spec.hard } else { &quota.status.hard };
    hard.iter()
        .filter_map(|(resource, hard)| {
            let need = match resource.as_str() {
                "pods" | "count/pods" => super::needs::Need { thousandths: 1000, complete: true },
                "cpu" | "memory" | "ephemeral-storage" => needs.get(&format!("requests.{resource}")),
                "requests.storage" => return None,
                name if name.starts_with("requests.") || name.starts_with("limits.") => needs.get(name),
                _ => return None,
            };
            // The server only insists on processor and memory being stated.
            let insists = resource.ends_with("cpu") || resource.ends_with("memory");
            let hard = thousandths(hard)?;
            let used = quota.status.used.get(resource).and_then(|used| thousandths(used)).unwrap_or_default();
            let fits = if need.thousandths > 0 {
                u64::try_from((hard - used).max(0) / need.thousandths).unwrap_or(u64::MAX)
            } else {
                u64::MAX
            };
            let unstated = insists && !need.complete;
            (fits < u64::MAX || unstated).then(|| Limit {
                quota: quota.metadata.name.clone(),
                resource: resource.clone(),
                hard,
                used,
                each: need.thousandths,
                fits,
                unstated,
            })
        })
        .collect()
}
