//! Roles and bindings: those that every cluster has from its start, and those of the reference platform.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::ServiceAccount;
use k8s_pb::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use serde::Deserialize;
use serde_json::{Value, json};

use super::build::{BuildError, Builder};
use super::description::milliseconds;
use super::manifests::applied;
use crate::demo::store::{Key, Kind};
use crate::platform::time::Instant;

const API_GROUP: &str = "rbac.authorization.k8s.io";

/// Who wrote the roles of each file, how long ago, and whether the cluster brought them itself.
const SOURCES: [Source; 2] = [
    Source {
        text: include_str!("rbac/system.toml"),
        manager: "kube-apiserver",
        age: "412d",
        labels: &[("kubernetes.io/bootstrapping", "rbac-defaults")],
        annotations: &[("rbac.authorization.kubernetes.io/autoupdate", "true")],
    },
    Source {
        text: include_str!("rbac/platform.toml"),
        manager: "helm",
        age: "398d",
        labels: &[("app.kubernetes.io/managed-by", "Helm"), ("app.kubernetes.io/part-of", "platform")],
        annotations: &[],
    },
];

struct Source {
    text: &'static str,
    manager: &'static str,
    age: &'static str,
    labels: &'static [(&'static str, &'static str)],
    annotations: &'static [(&'static str, &'static str)],
}

/// A file of roles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    #[serde(default, rename = "cluster_role")]
    cluster_roles: Vec<RoleDescription>,
    #[serde(default, rename = "role")]
    roles: Vec<RoleDescription>,
    #[serde(default, rename = "binding")]
    bindings: Vec<BindingDescription>,
}

/// A role, of a namespace or of the whole cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleDescription {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    rules: Vec<String>,
    /// The role that it is part of.
    #[serde(default)]
    aggregate_to: Option<String>,
    /// The role whose parts it gathers, by their labels.
    #[serde(default)]
    aggregates: Option<String>,
    #[serde(default)]
    bound_to: Option<Vec<String>>,
    /// The binding's name, where it isn't the role's.
    #[serde(default)]
    binding: Option<String>,
}

/// A binding of a role of the whole cluster, in these namespaces or everywhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingDescription {
    name: String,
    #[serde(default)]
    namespaces: Vec<String>,
    cluster_role: String,
    subjects: Vec<String>,
}

/// Puts all roles and bindings into the store, and the service accounts that they name.
pub(super) fn put_roles(builder: &mut Builder<'_>) -> Result<(), BuildError> {
    for source in &SOURCES {
        let roles: Roles = toml::from_str(source.text)?;
        let mut writer =
            Writer { created: builder.now.plus_millis(-milliseconds(source.age)), source, builder };
        for role in &roles.cluster_roles {
            writer.role("ClusterRole", role)?;
        }
        for role in &roles.roles {
            writer.role("Role", role)?;
        }
        for binding in &roles.bindings {
            let everywhere = [String::new()];
            let namespaces =
                if binding.namespaces.is_empty() { &everywhere[..] } else { &binding.namespaces };
            for namespace in namespaces {
                let role = ("ClusterRole", binding.cluster_role.as_str());
                writer.binding(namespace, &binding.name, role, &binding.subjects)?;
            }
        }
    }
    Ok(())
}

/// Writes the objects of one source.
struct Writer<'a, 'b> {
    builder: &'a mut Builder<'b>,
    source: &'static Source,
    created: Instant,
}

impl Writer<'_, '_> {
    fn role(&mut self, kind: &'static str, role: &RoleDescription) -> Result<(), BuildError> {
        let mut object = self.object(kind, &role.namespace, &role.name);
        if let Some(whole) = &role.aggregate_to {
            object["metadata"]["labels"][aggregation_label(whole)] = json!("true");
        }
        let rules: Vec<Value> = role.rules.iter().filter_map(|rule| policy_rule(rule)).collect();
        object["rules"] = json!(rules);
        if let Some(gathered) = &role.aggregates {
            let mut labels = json!({});
            labels[aggregation_label(gathered)] = json!("true");
            object["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": labels}]});
        }
        let object = applied(object, self.source.manager, self.created);
        match kind {
            "Role" => drop(self.builder.put_json::<Role>(&object)?),
            _ => drop(self.builder.put_json::<ClusterRole>(&object)?),
        }
        if let Some(subjects) = &role.bound_to {
            let name = role.binding.as_ref().unwrap_or(&role.name);
            self.binding(&role.namespace, name, (kind, &role.name), subjects)?;
        }
        Ok(())
    }

    fn binding(
        &mut self,
        namespace: &str,
        name: &str,
        (role_kind, role): (&str, &str),
        subjects: &[String],
    ) -> Result<(), BuildError> {
        let kind = if namespace.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" };
        let mut object = self.object(kind, namespace, name);
        object["roleRef"] = json!({"apiGroup": API_GROUP, "kind": role_kind, "name": role});
        let subjects: Vec<Value> = subjects.iter().filter_map(|it| subject(it)).collect();
        self.service_accounts(&subjects)?;
        object["subjects"] = json!(subjects);
        let object = applied(object, self.source.manager, self.created);
        match kind {
            "RoleBinding" => drop(self.builder.put_json::<RoleBinding>(&object)?),
            _ => drop(self.builder.put_json::<ClusterRoleBinding>(&object)?),
        }
        Ok(())
    }

    /// Puts the service accounts among the subjects that aren't there yet.
    fn service_accounts(&mut self, subjects: &[Value]) -> Result<(), BuildError> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let accounts: BTreeSet<(String, String)> = subjects
            .iter()
            .filter(|subject| subject["kind"] == "ServiceAccount")
            .map(|subject| (text(&subject["namespace"]), text(&subject["name"])))
            .collect();
        for (namespace, name) in accounts {
            if self.builder.store.get(Kind::ServiceAccount, &Key::new(&namespace, &name)).is_none() {
                let mut account = self.object("ServiceAccount", &namespace, &name);
                account["apiVersion"] = json!("v1");
                if self.source.manager == "kube-apiserver" {
                    account["metadata"]["labels"] = Value::Null;
                    account["metadata"]["annotations"] = Value::Null;
                }
                self.builder.put_json::<ServiceAccount>(&account)?;
            }
        }
        Ok(())
    }

    fn object(&self, kind: &str, namespace: &str, name: &str) -> Value {
        let mut random = self.builder.random(&format!("{kind}/{namespace}/{name}"));
        let pairs = |pairs: &[(&str, &str)]| -> Value {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
        };
        let mut metadata = json!({
            "name": name,
            "uid": random.uid(),
            "creationTimestamp": self.created.rfc3339(),
            "labels": pairs(self.source.labels),
        });
        if !self.source.annotations.is_empty() {
            metadata["annotations"] = pairs(self.source.annotations);
        }
        if !namespace.is_empty() {
            metadata["namespace"] = json!(namespace);
        }
        json!({"apiVersion": format!("{API_GROUP}/v1"), "kind": kind, "metadata": metadata})
    }
}

fn aggregation_label(role: &str) -> String {
    format!("{API_GROUP}/aggregate-to-{role}")
}

/// Reads "GROUPS RESOURCES VERBS [NAMES]" or "url PATHS VERBS".
fn policy_rule(text: &str) -> Option<Value> {
    let mut columns = text.split_whitespace();
    let mut next = || columns.next().map(|list| list.split(',').map(str::to_owned).collect::<Vec<_>>());
    let (first, second, verbs) = (next()?, next()?, next()?);
    if first == ["url"] {
        return Some(json!({"verbs": verbs, "nonResourceURLs": second}));
    }
    let groups: Vec<&str> =
        first.iter().map(|group| if group == "core" { "" } else { group.as_str() }).collect();
    let mut rule = json!({"verbs": verbs, "apiGroups": groups, "resources": second});
    if let Some(names) = next() {
        rule["resourceNames"] = json!(names);
    }
    Some(rule)
}

/// Reads "User NAME", "Group NAME" or "ServiceAccount NAMESPACE/NAME".
fn subject(text: &str) -> Option<Value> {
    let (kind, name) = text.split_once(' ')?;
    Some(match (kind, name.split_once('/')) {
        ("ServiceAccount", Some((namespace, name))) => {
            json!({"kind": kind, "name": name, "namespace": namespace})
        }
        _ => json!({"kind": kind, "apiGroup": API_GROUP, "name": name}),
    })
}
