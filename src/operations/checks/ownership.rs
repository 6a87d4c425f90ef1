//! Who owns an object, and would put it back.

use serde_json::Value;

use crate::operations::{Finding, Topic, Weight};

/// Somebody who declares the object elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    /// Who it is, in words.
    name: String,
    /// When it puts the object back.
    reverts: &'static str,
    /// Where to change it instead.
    instead: String,
    /// How the names of its field managers begin.
    managers: &'static [&'static str],
}

/// What is known of the object's owners, by its labels, annotations, owner references and field managers.
///
/// `field` is the path of the field that is to be set, as field managers write it: `f:spec`, `f:replicas`.
pub(crate) fn judge(object: &Value, field: [&str; 2]) -> Finding {
    let owners = owners(object);
    if owners.is_empty() {
        return Finding::new(Topic::Owner, Weight::Fine, "no Helm, Argo CD, Flux or operator's mark on it");
    }
    let setters = setters(object, field);
    let sets = |owner: &Owner| {
        owner.managers.is_empty()
            || setters.iter().any(|setter| owner.managers.iter().any(|manager| setter.starts_with(manager)))
    };
    let names: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
    let names = names.join(", and ");
    match owners.iter().find(|owner| sets(owner)) {
        Some(owner) => {
            let text = format!("{names} owns it and sets this field: it is put back {}", owner.reverts);
            Finding::new(Topic::Owner, Weight::Warning, text).advising(owner.instead.clone())
        }
        None => Finding::new(
            Topic::Owner,
            Weight::Note,
            format!("{names} owns it, but does not set this field as far as its field managers tell"),
        ),
    }
}

fn owners(object: &Value) -> Vec<Owner> {
    let mark = |map: &str, key: &str| {
        object.pointer(&format!("/metadata/{map}"))?.get(key)?.as_str().filter(|text| !text.is_empty())
    };
    let label = |key| mark("labels", key);
    let annotation = |key| mark("annotations", key);
    let mut owners = Vec::new();
    if let Some((kind, name)) = controller(object) {
        let controller = format!("{kind}/{name}");
        owners.push(Owner {
            instead: format!("change {controller} instead"),
            name: controller,
            reverts: "as soon as its controller looks",
            managers: &[],
        });
    }
    let argo = annotation("argocd.argoproj.io/tracking-id")
        .and_then(|tracking| tracking.split(':').next())
        .or_else(|| label("argocd.argoproj.io/instance"));
    if let Some(application) = argo {
        owners.push(Owner {
            name: format!("the Argo CD application {application}"),
            reverts: "at its next sync, at once where it heals itself",
            instead: "change it in git, or have the application ignore this field".to_owned(),
            managers: &["argocd"],
        });
    }
    if let Some(name) = label("kustomize.toolkit.fluxcd.io/name") {
        owners.push(Owner {
            name: format!("the Flux Kustomization {name}"),
            reverts: "at its next reconciliation",
            instead: format!("change it in git, or suspend the Kustomization {name} meanwhile"),
            managers: &["kustomize-controller"],
        });
    }
    let release = annotation("meta.helm.sh/release-name").or_else(|| {
        label("app.kubernetes.io/managed-by").filter(|by| *by == "Helm").map(|_| "of unknown name")
    });
    if let Some(name) = label("helm.toolkit.fluxcd.io/name") {
        owners.push(Owner {
            name: format!("the Flux HelmRelease {name}"),
            reverts: "at its next upgrade, or when it corrects drift",
            instead: format!("change the values of the HelmRelease {name}"),
            managers: &["helm"],
        });
    } else if let Some(release) = release {
        owners.push(Owner {
            name: format!("the Helm release {release}"),
            reverts: "at its next upgrade",
            instead: format!("change the values of the release {release} as well"),
            managers: &["helm", "Helm", "terraform"],
        });
    }
    owners
}

/// The kind and the name of the controller in the owner references.
pub(crate) fn controller(object: &Value) -> Option<(String, String)> {
    let references = object.pointer("/metadata/ownerReferences")?.as_array()?;
    let controller = references
        .iter()
        .find(|reference| reference.get("controller").and_then(Value::as_bool).unwrap_or(false))?;
    let text = |key: &str| controller.get(key).and_then(Value::as_str).map(str::to_owned);
    Some((text("kind")?, text("name")?))
}

/// The field managers that have set that field.
pub(crate) fn setters<'a>(object: &'a Value, field: [&str; 2]) -> Vec<&'a str> {
    let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter(|entry| {
            let fields = entry.get("fieldsV1").and_then(|fields| fields.get(field[0]));
            fields.and_then(|fields| fields.get(field[1])).is_some()
        })
        .filter_map(|entry| entry.get("manager").and_then(Value::as_str))
        .collect()
}
