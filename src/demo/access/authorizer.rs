//! Decides by the roles and bindings in the store: whom a binding concerns and what its role allows are kept with each object when it is
//! written, so that a decision reads no message, and is always about the objects of the moment.

use std::ops::ControlFlow;

use k8s_pb::api::rbac::v1::{PolicyRule, RoleRef, Subject};

use super::rules::{Attributes, allows};
use super::users::{UserInfo, split_service_account};
use crate::demo::store::{BindingFacts, Facts, Key, Kind, Store, StoredObject};

/// What was decided, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Which binding allows it, or which role is missing; often empty.
    pub reason: String,
}

/// Decides what users may do, by the objects in a store.
#[derive(Debug, Clone, Copy)]
pub struct Authorizer<'a>(&'a Store);

/// A binding's role isn't there, or is of a kind that no role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRole {
    /// The missing role's name.
    pub name: String,
    /// How it is said.
    pub message: String,
}

/// A binding that concerns a user, by one of its subjects.
struct Source<'a> {
    binding: &'a StoredObject,
    facts: &'a BindingFacts,
    subject: &'a Subject,
}

impl<'a> Authorizer<'a> {
    /// An authorizer by the objects of this store.
    pub fn new(store: &'a Store) -> Self {
        Authorizer(store)
    }

    /// Decides whether the user may do it.
    pub fn authorize(&self, user: &UserInfo, attributes: &Attributes<'_>) -> Decision {
        if user.is_master() {
            return Decision { allowed: true, reason: String::new() };
        }
        let mut reason = None;
        let missing = self.visit(user, attributes.namespace(), |source, rule| {
            if !allows(rule, attributes) {
                return ControlFlow::Continue(());
            }
            reason = Some(format!("RBAC: allowed by {}", source.describe()));
            ControlFlow::Break(())
        });
        match reason {
            Some(reason) => Decision { allowed: true, reason },
            None => Decision {
                allowed: false,
                reason: aggregate(&missing).map(|missing| format!("RBAC: {missing}")).unwrap_or_default(),
            },
        }
    }

    /// The rules that count for the user in a namespace, and what went wrong in finding them.
    pub fn rules_for(&self, user: &UserInfo, namespace: &str) -> (Vec<&'a PolicyRule>, Option<String>) {
        let mut rules = Vec::new();
        let missing = self.visit(user, namespace, |_, rule| {
            rules.push(rule);
            ControlFlow::Continue(())
        });
        (rules, aggregate(&missing))
    }

    /// The rules of the role that a binding names, in the namespace of the binding.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn rules_of(&self, role: &RoleRef, namespace: &str) -> Result<&'a [PolicyRule], MissingRole> {
        let name = role.name.as_deref().unwrap_or_default();
        let (kind, key, word) = match role.kind.as_deref().unwrap_or_default() {
            "Role" => (Kind::Role, Key::new(namespace, name), "role"),
            "ClusterRole" => (Kind::ClusterRole, Key::new("", name), "clusterrole"),
            other => {
                let message = format!("unsupported role reference kind: \"{other}\"");
                return Err(MissingRole { name: name.to_owned(), message });
            }
        };
        match self.0.get(kind, &key).map(|role| &role.facts) {
            Some(Facts::Rules(rules)) => Ok(rules),
            _ => Err(MissingRole {
                name: name.to_owned(),
                message: format!("{word}.rbac.authorization.k8s.io \"{name}\" not found"),
            }),
        }
    }

    /// Shows each rule that counts for the user, those of the whole cluster first; gives what went wrong.
    fn visit(
        &self,
        user: &UserInfo,
        namespace: &str,
        mut visitor: impl FnMut(&Source<'a>, &'a PolicyRule) -> ControlFlow<()>,
    ) -> Vec<String> {
        let mut missing = Vec::new();
        let cluster = self.0.list(Kind::ClusterRoleBinding, None, None);
        let local = (!namespace.is_empty()).then(|| self.0.list(Kind::RoleBinding, Some(namespace), None));
        for binding in cluster.chain(local.into_iter().flatten()) {
            let Facts::Binding(facts) = &binding.facts else { continue };
            let own = &binding.key.namespace;
            let Some(subject) = facts.subjects.iter().find(|it| concerns(it, user, own)) else { continue };
            let source = Source { binding, facts, subject };
            match self.rules_of(&facts.role, own) {
                Ok(rules) => {
                    if rules.iter().try_for_each(|rule| visitor(&source, rule)).is_break() {
                        break;
                    }
                }
                Err(role) => missing.push(role.message),
            }
        }
        missing
    }
}

impl Source<'_> {
    fn describe(&self) -> String {
        let Key { namespace, name } = &self.binding.key;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (kind, who) = (text(&self.subject.kind), text(&self.subject.name));
        let who = match (kind.as_str(), text(&self.subject.namespace)) {
            ("ServiceAccount", of) if of.is_empty() => format!("{who}/{namespace}"),
            ("ServiceAccount", of) => format!("{who}/{of}"),
            _ => who,
        };
        let binding = if namespace.is_empty() {
            format!("ClusterRoleBinding \"{name}\"")
        } else {
            format!("RoleBinding \"{name}/{namespace}\"")
        };
        let role = &self.facts.role;
        format!("{binding} of {} \"{}\" to {kind} \"{who}\"", text(&role.kind), text(&role.name))
    }
}

/// Whether a subject of a binding in this namespace is the user, or a group that they are in.
fn concerns(subject: &Subject, user: &UserInfo, namespace: &str) -> bool {
    let name = subject.name.as_deref().unwrap_or_default();
    match subject.kind.as_deref().unwrap_or_default() {
        "User" => user.name == name,
        "Group" => user.in_group(name),
        "ServiceAccount" => {
            let of = subject.namespace.as_deref().filter(|it| !it.is_empty()).unwrap_or(namespace);
            split_service_account(&user.name) == Some((of, name))
        }
        _ => false,
    }
}

/// What went wrong as one sentence: one thing by itself, several in brackets, each once.
fn aggregate(messages: &[String]) -> Option<String> {
    let mut different: Vec<&str> = Vec::new();
    for message in messages {
        if !different.contains(&message.as_str()) {
            different.push(message);
        }
    }
    match different.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}
