//! `metadata.managedFields`: which manager owns which fields.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::set::FieldSet;

/// How a manager came to own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// By server-side apply.
    Apply,
    /// By any other write.
    Update,
}

impl Operation {
    /// Its name in `managedFields`.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Apply => "Apply",
            Operation::Update => "Update",
        }
    }
}

/// What tells entries apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manager {
    /// The manager's name.
    pub name: String,
    /// How it came to own its fields.
    pub operation: Operation,
    /// The version that it wrote; not told apart for appliers, and empty here.
    pub api_version: String,
    /// The subresource that it wrote; empty for the object itself.
    pub subresource: String,
}

impl Manager {
    /// The manager of a write in this version.
    pub fn new(name: &str, operation: Operation, api_version: &str, subresource: &str) -> Self {
        let api_version = if operation == Operation::Apply { "" } else { api_version };
        Manager {
            name: name.to_owned(),
            operation,
            api_version: api_version.to_owned(),
            subresource: subresource.to_owned(),
        }
    }
}

/// What a manager owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// The version in which it wrote.
    pub api_version: String,
    /// The fields.
    pub fields: FieldSet,
    /// When its set, or the value of one of its fields, last changed, as RFC 3339.
    pub time: Option<String>,
}

/// All managers of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Managers(pub BTreeMap<Manager, Owned>);

impl Managers {
    /// Reads `managedFields`; `None` where an entry isn't valid.
    pub fn decode(entries: &Value) -> Option<Managers> {
        let mut managers = BTreeMap::new();
        for entry in entries.as_array().into_iter().flatten() {
            let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
            let operation = match text("operation") {
                "Apply" => Operation::Apply,
                "Update" => Operation::Update,
                _ => return None,
            };
            if text("apiVersion").is_empty() || text("fieldsType") != "FieldsV1" {
                return None;
            }
            let owned = Owned {
                api_version: text("apiVersion").to_owned(),
                fields: match entry.get("fieldsV1") {
                    Some(fields) => FieldSet::decode(fields)?,
                    None => FieldSet::default(),
                },
                time: entry.get("time").and_then(Value::as_str).map(str::to_owned),
            };
            let manager = Manager::new(text("manager"), operation, text("apiVersion"), text("subresource"));
            managers.insert(manager, owned);
        }
        Some(Managers(managers))
    }

    /// The managers of an object; none where its entries aren't valid.
    pub fn of(object: &Value) -> Managers {
        Managers::decode(&object["metadata"]["managedFields"]).unwrap_or_default()
    }

    /// As `managedFields`: appliers first, then by time and name.
    pub fn encode(&self) -> Value {
        let mut entries: Vec<(&Manager, &Owned)> = self.0.iter().collect();
        entries.sort_by(|(left, left_owned), (right, right_owned)| {
            let key = |manager: &Manager, owned: &Owned| {
                let time = owned.time.clone().unwrap_or_default();
                let names = (manager.name.clone(), owned.api_version.clone(), manager.subresource.clone());
                (manager.operation, time, names)
            };
            key(left, left_owned).cmp(&key(right, right_owned))
        });
        entries.into_iter().map(|(manager, owned)| entry(manager, owned)).collect()
    }

    /// Writes the entries into an object, or takes them out where there are none.
    pub fn write(&self, object: &mut Value) {
        let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
        if self.0.is_empty() {
            metadata.remove("managedFields");
        } else {
            metadata.insert("managedFields".to_owned(), self.encode());
        }
    }
}

fn entry(manager: &Manager, owned: &Owned) -> Value {
    let mut entry = json!({
        "manager": manager.name,
        "operation": manager.operation.name(),
        "apiVersion": owned.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": owned.fields.encode(),
    });
    if let Some(time) = &owned.time {
        entry["time"] = json!(time);
    }
    if !manager.subresource.is_empty() {
        entry["subresource"] = json!(manager.subresource);
    }
    entry
}
