//! Quotas: what they refuse, and what they report.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{Pod, ResourceQuota};

use super::controller::Controller;
use super::queue::{Queue, Task};
use super::simulation::{Counted, Simulation};
use crate::demo::objects::{key, quantity as as_quantity};
use crate::demo::quantity;
use crate::demo::store::{Change, Facts, Key, Kind, NamespaceUse, Store, Stored as _};

/// One resource that a quota counts: its name, whether in thousandths, what is used and what is written.
type Measure = (&'static str, fn(&NamespaceUse) -> i64, fn(i64) -> String);

/// The resources that quotas count, with their short names.
const COUNTED: [Measure; 7] = [
    ("requests.cpu", |used| used.requests.cpu, quantity::cores),
    ("requests.memory", |used| used.requests.memory, quantity::bytes),
    ("limits.cpu", |used| used.limits.cpu, quantity::cores),
    ("limits.memory", |used| used.limits.memory, quantity::bytes),
    ("cpu", |used| used.requests.cpu, quantity::cores),
    ("memory", |used| used.requests.memory, quantity::bytes),
    ("pods", |used| used.pods, |count| count.to_string()),
];

/// A hard limit in the unit in which its use is counted.
fn limit(name: &str, text: &str) -> i64 {
    let value = if name.ends_with("cpu") { quantity::thousandths(text) } else { quantity::whole(text) };
    value.unwrap_or(i64::MAX)
}

/// Why a quota of its namespace refuses the pod; `None` where none does.
pub fn quota_refuses(store: &Store, pod: &Pod) -> Option<String> {
    let Facts::Pod(facts) = pod.facts() else { return None };
    let place = key(pod.metadata.as_ref());
    let used = store.ledger().namespace(&place.namespace);
    let asked = NamespaceUse { pods: 1, requests: facts.requests, limits: facts.limits };
    for stored in store.list(Kind::ResourceQuota, Some(&place.namespace), None) {
        let Some(quota) = store.read::<ResourceQuota>(&stored.key) else { continue };
        let hard = quota.spec.map(|spec| spec.hard).unwrap_or_default();
        let mut parts: [Vec<String>; 3] = Default::default();
        for (name, of, write) in COUNTED {
            let Some(text) = hard.get(name).and_then(|it| it.string.as_deref()) else { continue };
            if of(&used) + of(&asked) > limit(name, text) {
                parts[0].push(format!("{name}={}", write(of(&asked))));
                parts[1].push(format!("{name}={}", write(of(&used))));
                parts[2].push(format!("{name}={text}"));
            }
        }
        if !parts[0].is_empty() {
            let [asked, used, limited] = parts.map(|part| part.join(","));
            let name = &stored.key.name;
            return Some(format!(
                "exceeded quota: {name}, requested: {asked}, used: {used}, limited: {limited}"
            ));
        }
    }
    None
}

/// The controller's name.
const QUOTAS: &str = "resourcequota-controller";
/// How long changes of pods are gathered before their namespace is counted again, in milliseconds.
const GATHERED: i64 = 250;

/// Reports what is used of a namespace's quotas.
#[derive(Debug)]
pub struct Quotas;

impl Controller for Quotas {
    fn name(&self) -> &'static str {
        QUOTAS
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::ResourceQuota, Kind::Pod]
    }

    fn notice(&mut self, _store: &Store, change: &Change, queue: &mut Queue) {
        let namespace = Key::new("", &change.last.key.namespace);
        if change.last.kind == Kind::ResourceQuota {
            queue.reconcile(QUOTAS, namespace);
        } else if Counted::differs(change) {
            queue.soon(GATHERED, Task::Reconcile(QUOTAS, namespace));
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        simulation.report_quotas(store, &key.name);
    }
}

impl Simulation {
    /// Reports the use of a namespace's quotas.
    pub(super) fn report_quotas(&mut self, store: &mut Store, namespace: &str) {
        let used = store.ledger().namespace(namespace);
        let keys: Vec<Key> =
            store.list(Kind::ResourceQuota, Some(namespace), None).map(|it| it.key.clone()).collect();
        for key in keys {
            let Some(mut quota) = store.read::<ResourceQuota>(&key) else { continue };
            let hard = quota.spec.as_ref().map(|spec| spec.hard.clone()).unwrap_or_default();
            let counted: BTreeMap<_, _> = COUNTED
                .iter()
                .filter(|(name, ..)| hard.contains_key(*name))
                .map(|(name, of, write)| ((*name).to_owned(), as_quantity(write(of(&used)))))
                .collect();
            let status = quota.status.get_or_insert_default();
            if status.used != counted || status.hard != hard {
                status.used = counted;
                status.hard = hard;
                store.put(&mut quota);
            }
        }
    }
}
