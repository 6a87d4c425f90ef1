//! The definitions that the operators of the reference platform install, in a compact form.
//!
//! A field is written as its type: `string`, `integer`, `number`, `boolean`, `time`, `bytes`, `int-or-string`, `any`,
//! `list T`, `map string`, `enum A B`, or an object of fields; a `*` after its name says that it is required.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The definitions, one file a group.
const SOURCES: [&str; 5] = [
    include_str!("definitions/cert-manager.io.json"),
    include_str!("definitions/acme.cert-manager.io.json"),
    include_str!("definitions/velero.io.json"),
    include_str!("definitions/secrets.infisical.com.json"),
    include_str!("definitions/demo.quarterdeck.dev.json"),
];

#[derive(Debug, Deserialize)]
struct Group {
    group: String,
    version: String,
    kinds: Vec<Described>,
}

#[derive(Debug, Deserialize)]
struct Described {
    kind: String,
    plural: String,
    scope: String,
    #[serde(default)]
    short: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    status_subresource: bool,
    #[serde(default)]
    selectable: Vec<String>,
    #[serde(default)]
    columns: Vec<Value>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
}

/// The definitions as objects, without what the server adds.
///
/// # Errors
/// When a file can't be read.
pub fn definitions() -> Result<Vec<Value>, serde_json::Error> {
    let mut definitions = Vec::new();
    for source in SOURCES {
        let group: Group = serde_json::from_str(source)?;
        definitions.extend(group.kinds.iter().map(|kind| definition(&group, kind)));
    }
    Ok(definitions)
}

fn definition(group: &Group, described: &Described) -> Value {
    let Described { kind, plural, .. } = described;
    let mut names = json!({"kind": kind, "listKind": format!("{kind}List"), "plural": plural, "singular": kind.to_lowercase()});
    if !described.short.is_empty() {
        names["shortNames"] = json!(described.short);
    }
    if !described.categories.is_empty() {
        names["categories"] = json!(described.categories);
    }
    let mut version = json!({
        "name": group.version,
        "served": true,
        "storage": true,
        "schema": {"openAPIV3Schema": whole_schema(described)},
    });
    if described.status_subresource {
        version["subresources"] = json!({"status": {}});
    }
    if !described.columns.is_empty() {
        version["additionalPrinterColumns"] = json!(described.columns);
    }
    if !described.selectable.is_empty() {
        let fields: Vec<Value> = described.selectable.iter().map(|path| json!({"jsonPath": path})).collect();
        version["selectableFields"] = json!(fields);
    }
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{}", group.group)},
        "spec": {
            "group": group.group,
            "names": names,
            "scope": described.scope,
            "versions": [version],
            "conversion": {"strategy": "None"},
        },
    })
}

fn whole_schema(described: &Described) -> Value {
    let mut properties = json!({
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
    });
    for (name, fields) in [("spec", &described.spec), ("status", &described.status)] {
        if !fields.is_null() {
            properties[name] = schema(fields);
        }
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if !described.required.is_empty() {
        schema["required"] = json!(described.required);
    }
    schema
}

/// The structural schema of a field.
fn schema(field: &Value) -> Value {
    match field {
        Value::Object(fields) => {
            let (mut properties, mut required) = (Map::new(), Vec::new());
            for (name, field) in fields {
                let plain = name.trim_end_matches('*');
                if plain != name {
                    required.push(plain);
                }
                properties.insert(plain.to_owned(), schema(field));
            }
            let mut schema = json!({"type": "object", "properties": properties});
            if !required.is_empty() {
                schema["required"] = json!(required);
            }
            schema
        }
        other => scalar(other.as_str().unwrap_or("any")),
    }
}

fn scalar(name: &str) -> Value {
    match name.split_once(' ').unwrap_or((name, "")) {
        ("time", _) => json!({"type": "string", "format": "date-time"}),
        ("bytes", _) => json!({"type": "string", "format": "byte"}),
        ("int-or-string", _) => json!({"x-kubernetes-int-or-string": true}),
        ("list", item) => json!({"type": "array", "items": scalar(item)}),
        ("map", item) => json!({"type": "object", "additionalProperties": scalar(item)}),
        ("enum", values) => {
            json!({"type": "string", "enum": values.split(' ').collect::<Vec<_>>()})
        }
        ("any", _) => json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}),
        (kind, _) => json!({"type": kind}),
    }
}
