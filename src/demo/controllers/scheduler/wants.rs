//! What a pod wants of its node, read from it once for all nodes.

use k8s_pb::api::core::v1::{
    NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec, Toleration,
};
use k8s_pb::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::node::NodeInfo;
use crate::demo::store::{PodFacts, Resources};

/// A pod to be placed.
#[derive(Debug, Clone, Copy)]
pub struct Wants<'a> {
    /// Its metadata.
    pub metadata: &'a ObjectMeta,
    /// Its specification.
    pub spec: &'a PodSpec,
    /// What the store knows of it.
    pub facts: &'a PodFacts,
}

impl<'a> Wants<'a> {
    /// The pod's wishes; `None` for one without metadata or specification.
    pub fn new(pod: &'a Pod, facts: &'a PodFacts) -> Option<Self> {
        Some(Wants { metadata: pod.metadata.as_ref()?, spec: pod.spec.as_ref()?, facts })
    }

    /// Its namespace.
    pub fn namespace(&self) -> &'a str {
        self.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// Its requests.
    pub fn requests(&self) -> Resources {
        self.facts.requests
    }

    /// Its tolerations.
    pub fn tolerations(&self) -> &'a [Toleration] {
        &self.spec.tolerations
    }

    /// Whether a selector selects it.
    pub fn selected_by(&self, selector: Option<&LabelSelector>) -> bool {
        selects(selector, |key| self.metadata.labels.get(key).map(String::as_str))
    }

    /// The uid of the controller that made it.
    pub fn owner(&self) -> Option<&'a str> {
        let owner = self.metadata.owner_references.iter().find(|it| it.controller == Some(true))?;
        owner.uid.as_deref()
    }

    fn node_affinity(&self) -> Option<&'a NodeAffinity> {
        self.spec.affinity.as_ref()?.node_affinity.as_ref()
    }

    /// Whether its node selector and its required node affinity take the node.
    pub fn takes(&self, node: &NodeInfo) -> bool {
        if !self.spec.node_selector.iter().all(|(key, value)| node.label(key) == Some(value)) {
            return false;
        }
        let required = self
            .node_affinity()
            .and_then(|it| it.required_during_scheduling_ignored_during_execution.as_ref());
        required.is_none_or(|it| it.node_selector_terms.iter().any(|term| term_takes(term, node)))
    }

    /// The weights of its preferred node affinities that the node has, together.
    pub fn likes(&self, node: &NodeInfo) -> i64 {
        let preferred = self
            .node_affinity()
            .map(|it| it.preferred_during_scheduling_ignored_during_execution.as_slice())
            .unwrap_or_default();
        let holds = |term: Option<&NodeSelectorTerm>| term.is_some_and(|term| term_takes(term, node));
        let weights = preferred.iter().filter(|it| holds(it.preference.as_ref())).filter_map(|it| it.weight);
        weights.map(i64::from).sum()
    }
}

/// Whether a term of a node selector takes the node; one without requirements takes none.
pub fn term_takes(term: &NodeSelectorTerm, node: &NodeInfo) -> bool {
    let field = |requirement: &NodeSelectorRequirement| {
        requirement.key.as_deref() == Some("metadata.name") && holds(requirement, Some(&node.place.node))
    };
    let label = |requirement: &NodeSelectorRequirement| {
        holds(requirement, node.label(requirement.key.as_deref().unwrap_or_default()))
    };
    !(term.match_expressions.is_empty() && term.match_fields.is_empty())
        && term.match_fields.iter().all(field)
        && term.match_expressions.iter().all(label)
}

fn holds(requirement: &NodeSelectorRequirement, value: Option<&str>) -> bool {
    let among = || value.is_some_and(|value| requirement.values.iter().any(|wanted| wanted == value));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    let compared = number(value).zip(number(requirement.values.first().map(String::as_str)));
    match requirement.operator.as_deref() {
        Some("In") => among(),
        Some("NotIn") => !among(),
        Some("Exists") => value.is_some(),
        Some("DoesNotExist") => value.is_none(),
        Some("Gt") => compared.is_some_and(|(value, bound)| value > bound),
        Some("Lt") => compared.is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}

/// Whether labels satisfy a selector; an absent one selects nothing.
pub fn selects<'a>(selector: Option<&LabelSelector>, label: impl Fn(&str) -> Option<&'a str>) -> bool {
    let Some(selector) = selector else { return false };
    let equal = selector.match_labels.iter().all(|(key, value)| label(key) == Some(value));
    equal
        && selector.match_expressions.iter().all(|requirement| {
            let value = label(requirement.key.as_deref().unwrap_or_default());
            let among = || value.is_some_and(|value| requirement.values.iter().any(|wanted| wanted == value));
            match requirement.operator.as_deref() {
                Some("In") => among(),
                Some("NotIn") => !among(),
                Some("Exists") => value.is_some(),
                Some("DoesNotExist") => value.is_none(),
                _ => false,
            }
        })
}
