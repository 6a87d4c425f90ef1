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
    let mut limits: Vec<Limit> = plain.iter().flat_map(|quota| limits_of(quota, needs)).collect();
    limits.sort_by_key(|limit| limit.fits);
    let scopes = scoped.iter().map(|quota| {
        let name = &quota.metadata.name;
        (Trouble::Unjudged, format!("unknown: whether the scopes of quota {name} take in these pods"))
    });
    let mut troubles: Vec<(Trouble, String)> =
        limits.iter().filter_map(|limit| limit.trouble(additional)).chain(scopes).collect();
    // What stands in the way first, what is only not known last.
    troubles.sort_by_key(|(trouble, _)| *trouble);
    let Some((worst, _)) = troubles.first() else { return room(&limits) };
    let weight = if *worst == Trouble::Unjudged { Weight::Unknown } else { Weight::Warning };
    let text: Vec<&str> = troubles.iter().map(|(_, text)| text.as_str()).collect();
    let finding = Finding::new(Topic::Quota, weight, text.join("; "));
    match advice(&limits, additional) {
        Some(advice) => finding.advising(advice),
        None => finding,
    }
}

/// Nothing stands in the way: for how many there is room.
fn room(limits: &[Limit]) -> Finding {
    let text = match limits.first() {
        Some(limit) => {
            format!("room for {} more such pods ({} of quota {})", limit.fits, limit.resource, limit.quota)
        }
        None => "its quotas count nothing that these pods take".to_owned(),
    };
    Finding::new(Topic::Quota, Weight::Fine, text)
}

/// What the person can do about every item that stands in the way.
fn advice(limits: &[Limit], additional: u32) -> Option<String> {
    let mut advice = Vec::new();
    if let Some(tight) = limits.iter().find(|limit| limit.is_tight(additional)) {
        advice.push(format!("have the quota raised, or add {} at most", tight.fits));
    }
    let unstated: Vec<&str> =
        limits.iter().filter(|limit| limit.unstated).map(|limit| limit.resource.as_str()).collect();
    if !unstated.is_empty() {
        advice.push(format!("state {} in the pod template", unstated.join(" and ")));
    }
    (!advice.is_empty()).then(|| advice.join("; "))
}

/// What is wrong with an item of a quota, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// It has no room for so many.
    Tight,
    /// It counts what the pods don't state.
    Unstated,
    /// It can't be judged.
    Unjudged,
}

/// One item of a quota that the pods take from.
struct Limit {
    quota: String,
    resource: String,
    hard: i128,
    used: Option<i128>,
    each: i128,
    fits: u64,
    unstated: bool,
}

impl Limit {
    /// Whether it has, for certain, no room for so many.
    fn is_tight(&self, additional: u32) -> bool {
        !self.unstated && self.used.is_some() && self.fits < u64::from(additional)
    }

    fn trouble(&self, additional: u32) -> Option<(Trouble, String)> {
        let Limit { quota, resource, hard, used, each, fits, .. } = self;
        if self.unstated {
            let text = format!(
                "quota {quota} counts {resource}, and not every container states it: the pods are refused unless a LimitRange fills it in"
            );
            return Some((Trouble::Unstated, text));
        }
        let Some(used) = used else {
            let text = format!("unknown: quota {quota} has not counted {resource} yet");
            return Some((Trouble::Unjudged, text));
        };
        self.is_tight(additional).then(|| {
            let amount = |value: i128| in_words(resource, value);
            let text = format!(
                "quota {quota} leaves room for {fits} of {additional} additional pods: {resource} is {} of {}, one pod takes {}",
                amount(*used),
                amount(*hard),
                amount(*each),
            );
            (Trouble::Tight, text)
        })
    }
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
            let used = quota.status.used.get(resource).and_then(|used| thousandths(used));
            let fits = if need.thousandths > 0 {
                u64::try_from((hard - used.unwrap_or_default()).max(0) / need.thousandths).unwrap_or(u64::MAX)
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
