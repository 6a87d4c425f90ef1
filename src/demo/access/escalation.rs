//! Nobody grants more than they hold: what is checked when a role or a binding is written.

use k8s_pb::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding};
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use prost::Message;

use super::authorizer::{Authorizer, MissingRole};
use super::coverage::{lacking, quoted};
use super::rules::{Attributes, ResourceAttributes};
use super::users::UserInfo;
use crate::demo::store::{BindingFacts, Facts, Kind, Store, StoredObject};

/// A role or a binding that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// The object as it is; none where it is new.
    pub before: Option<&'a StoredObject>,
    /// The object as it is to be.
    pub after: &'a StoredObject,
}

/// Why a grant is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It would give more than its writer holds.
    Escalation(String),
    /// Its role isn't there, so that nobody can say what it gives.
    Missing(String),
}

/// Refuses a grant that gives more than the user holds, unless they may escalate such roles or bind this one.
/// Objects of other kinds pass.
///
/// # Errors
/// With what is missing.
pub fn refuse_escalation(store: &Store, user: &UserInfo, grant: Grant<'_>) -> Result<(), Refusal> {
    let after = grant.after;
    if user.is_master() || grant.only_housekeeping() {
        return Ok(());
    }
    let check = Check { authorizer: Authorizer::new(store), user, namespace: &after.key.namespace };
    match &after.facts {
        Facts::Rules(rules) => check.role(&grant, rules),
        Facts::Binding(binding) => check.binding(binding),
        _ => Ok(()),
    }
}

struct Check<'a> {
    authorizer: Authorizer<'a>,
    user: &'a UserInfo,
    namespace: &'a str,
}

impl Check<'_> {
    fn role(&self, grant: &Grant<'_>, rules: &[PolicyRule]) -> Result<(), Refusal> {
        let resource = if grant.after.kind == Kind::ClusterRole { "clusterroles" } else { "roles" };
        // Whoever creates something has no name to go by yet.
        let name = if grant.before.is_some() { &grant.after.key.name } else { "" };
        if self.may("escalate", resource, name) {
            return Ok(());
        }
        self.holds(rules)?;
        if [grant.before, Some(grant.after)].into_iter().flatten().any(aggregates) {
            let message = "must have cluster-admin privileges to use the aggregationRule";
            self.holds(&everything()).map_err(|_| Refusal::Escalation(message.to_owned()))?;
        }
        Ok(())
    }

    fn binding(&self, binding: &BindingFacts) -> Result<(), Refusal> {
        let role = &binding.role;
        let resource = match role.kind.as_deref() {
            Some("ClusterRole") => "clusterroles",
            Some("Role") => "roles",
            _ => "",
        };
        if self.may("bind", resource, role.name.as_deref().unwrap_or_default()) {
            return Ok(());
        }
        let missing = |role: MissingRole| Refusal::Missing(role.name);
        self.holds(self.authorizer.rules_of(role, self.namespace).map_err(missing)?)
    }

    fn may(&self, verb: &str, resource: &str, name: &str) -> bool {
        let group = "rbac.authorization.k8s.io";
        let asked = ResourceAttributes { group, resource, subresource: "", namespace: self.namespace, name };
        self.authorizer.authorize(self.user, &Attributes::resource(verb, asked)).allowed
    }

    fn holds(&self, rules: &[PolicyRule]) -> Result<(), Refusal> {
        let (owned, errors) = self.authorizer.rules_for(self.user, self.namespace);
        let lacking = lacking(&owned, rules);
        if lacking.is_empty() {
            return Ok(());
        }
        let mut message = format!(
            "user \"{}\" (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
            self.user.name,
            quoted(&self.user.groups),
            lacking.join("\n")
        );
        if let Some(errors) = errors {
            message.push_str(&format!("; resolution errors: [{errors}]"));
        }
        Err(Refusal::Escalation(message))
    }
}

impl Grant<'_> {
    /// Whether nothing changes but what deletion and ownership need.
    fn only_housekeeping(&self) -> bool {
        let Some(before) = self.before else { return false };
        let same = match self.after.kind {
            Kind::Role => same_but_housekeeping::<Role>,
            Kind::ClusterRole => same_but_housekeeping::<ClusterRole>,
            Kind::RoleBinding => same_but_housekeeping::<RoleBinding>,
            Kind::ClusterRoleBinding => same_but_housekeeping::<ClusterRoleBinding>,
            _ => return false,
        };
        same(before, self.after)
    }
}

fn same_but_housekeeping<T>(before: &StoredObject, after: &StoredObject) -> bool
where
    T: Message + Default + PartialEq + k8s_pb::Metadata<Ty = ObjectMeta>,
{
    let essence = |object: &StoredObject| {
        let mut object = T::decode(object.encoded.clone()).ok()?;
        if let Some(metadata) = object.metadata_mut() {
            metadata.finalizers.clear();
            metadata.owner_references.clear();
            metadata.managed_fields.clear();
            metadata.resource_version = None;
        }
        Some(object)
    };
    essence(before).is_some_and(|before| essence(after) == Some(before))
}

fn aggregates(role: &StoredObject) -> bool {
    role.kind == Kind::ClusterRole
        && ClusterRole::decode(role.encoded.clone())
            .ok()
            .and_then(|role| role.aggregation_rule)
            .is_some_and(|rule| !rule.cluster_role_selectors.is_empty())
}

/// What a cluster's administrator holds.
fn everything() -> [PolicyRule; 2] {
    let all = || vec!["*".to_owned()];
    [
        PolicyRule { verbs: all(), api_groups: all(), resources: all(), ..PolicyRule::default() },
        PolicyRule { verbs: all(), non_resource_ur_ls: all(), ..PolicyRule::default() },
    ]
}
