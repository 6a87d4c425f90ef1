//! What the check of rights asks of roles and bindings.

use k8s_pb::api::rbac::v1::{ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};

use super::facts::Facts;

/// What is asked of a binding.
#[derive(Debug, Clone, PartialEq)]
pub struct BindingFacts {
    /// The role that it gives.
    pub role: RoleRef,
    /// Whom it gives it to.
    pub subjects: Vec<Subject>,
}

/// The facts of a role with these rules.
pub fn role_facts(rules: &[PolicyRule]) -> Facts {
    Facts::Rules(rules.into())
}

/// The facts of a binding in a namespace.
pub fn role_binding_facts(binding: &RoleBinding) -> Facts {
    facts(binding.role_ref.as_ref(), &binding.subjects)
}

/// The facts of a binding for the whole cluster.
pub fn cluster_role_binding_facts(binding: &ClusterRoleBinding) -> Facts {
    facts(binding.role_ref.as_ref(), &binding.subjects)
}

fn facts(role: Option<&RoleRef>, subjects: &[Subject]) -> Facts {
    let role = role.cloned().unwrap_or_default();
    Facts::Binding(Box::new(BindingFacts { role, subjects: subjects.to_vec() }))
}
