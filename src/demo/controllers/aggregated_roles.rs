//! Gathers the rules of aggregated cluster roles from those whose labels they select.

use std::collections::BTreeSet;

use k8s_pb::api::rbac::v1::{ClusterRole, PolicyRule};
use k8s_pb::apimachinery::pkg::apis::meta::v1::{FieldsV1, LabelSelector, ManagedFieldsEntry};

use super::controller::Controller;
use super::queue::Queue;
use super::simulation::Simulation;
use crate::demo::objects::{text, time};
use crate::demo::store::{Change, Facts, Key, Kind, Store, matches_labels};
use crate::platform::time::Instant;

const NAME: &str = "aggregated cluster roles";
const MANAGER: &str = "clusterrole-aggregation-controller";

/// The controller of aggregated cluster roles.
#[derive(Debug, Default)]
pub struct AggregatedRoles {
    /// The roles that gather others.
    gathering: BTreeSet<Key>,
}

impl Controller for AggregatedRoles {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::ClusterRole]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        let key = &change.last.key;
        let gathers = store.read::<ClusterRole>(key).is_some_and(|role| !selectors(&role).is_empty());
        if gathers {
            self.gathering.insert(key.clone());
        } else {
            self.gathering.remove(key);
        }
        for key in &self.gathering {
            queue.reconcile(NAME, key.clone());
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(mut role) = store.read::<ClusterRole>(key) else { return };
        let rules = gathered(store, key, selectors(&role));
        if selectors(&role).is_empty() || role.rules == rules {
            return;
        }
        role.rules = rules;
        note_manager(&mut role, simulation.now());
        store.put(&mut role);
    }
}

fn selectors(role: &ClusterRole) -> &[LabelSelector] {
    role.aggregation_rule.as_ref().map(|rule| rule.cluster_role_selectors.as_slice()).unwrap_or_default()
}

/// The rules of the selected roles in the order of their names, each once.
fn gathered(store: &Store, own: &Key, selectors: &[LabelSelector]) -> Vec<PolicyRule> {
    let mut rules: Vec<PolicyRule> = Vec::new();
    for selector in selectors {
        for role in store.list(Kind::ClusterRole, None, None) {
            let Facts::Rules(parts) = &role.facts else { continue };
            if role.key == *own || !matches_labels(Some(selector), role) {
                continue;
            }
            for rule in parts {
                if !rules.contains(rule) {
                    rules.push(rule.clone());
                }
            }
        }
    }
    rules
}

/// Notes that the rules are the controller's.
fn note_manager(role: &mut ClusterRole, now: Instant) {
    let entries = &mut role.metadata.get_or_insert_default().managed_fields;
    entries.retain(|entry| entry.manager.as_deref() != Some(MANAGER));
    entries.push(ManagedFieldsEntry {
        manager: text(MANAGER),
        operation: text("Apply"),
        api_version: text("rbac.authorization.k8s.io/v1"),
        time: time(now),
        fields_type: text("FieldsV1"),
        fields_v1: Some(FieldsV1 { raw: Some(br#"{"f:rules":{}}"#.to_vec()) }),
        subresource: None,
    });
}
