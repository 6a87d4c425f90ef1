//! The schemas of messages and custom kinds.

use serde_json::{Map, Value, json};

use crate::demo::store::KindInfo;
use crate::demo::wire::{Field, FieldKind, Label, MessageId, Schema, Sharing};

/// The schemas of one document, each with those that it refers to.
pub struct Components<'a> {
    schema: &'a Schema,
    schemas: Map<String, Value>,
}

const OBJECT_META: &str = "meta.v1.ObjectMeta";
const LIST_META: &str = "meta.v1.ListMeta";
const QUANTITY: &str = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING: &str = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
const MICRO_TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
const RAW: &str = "io.k8s.apimachinery.pkg.runtime.RawExtension";

/// The name of the patch body's schema.
pub const PATCH: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

/// A reference to a schema.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The name of a message's schema: `core.v1.Pod` becomes `io.k8s.api.core.v1.Pod`.
pub fn message_name(message: &str) -> String {
    match message.strip_prefix("meta.v1.") {
        Some(name) => format!("io.k8s.apimachinery.pkg.apis.meta.v1.{name}"),
        None => format!("io.k8s.api.{message}"),
    }
}

/// The name of a kind's schema. That of a custom kind starts with its group, turned round.
pub fn kind_name(kind: &KindInfo) -> String {
    if !kind.message.is_empty() {
        return message_name(kind.message);
    }
    let group: Vec<&str> = kind.group.rsplit('.').collect();
    format!("{}.{}.{}", group.join("."), kind.version, kind.name)
}

/// The type of objects of a kind, as extensions say it.
pub fn type_of(kind: &KindInfo) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.name})
}

impl<'a> Components<'a> {
    /// No schemas yet.
    pub fn new(schema: &'a Schema) -> Self {
        let mut schemas = Map::new();
        schemas.insert(PATCH.to_owned(), json!({"type": "object"}));
        Components { schema, schemas }
    }

    /// The schemas by name.
    pub fn into_schemas(self) -> Map<String, Value> {
        self.schemas
    }

    /// Adds a kind, its list, and whatever they refer to.
    pub fn add_kind(&mut self, kind: &KindInfo) {
        let name = kind_name(kind);
        self.add_by_name(OBJECT_META);
        self.add_by_name(LIST_META);
        self.add_by_name("meta.v1.DeleteOptions");
        self.add_by_name("meta.v1.Status");
        if kind.scale {
            self.add_by_name("autoscaling.v1.Scale");
            self.mark(
                "autoscaling.v1.Scale",
                json!({"group": "autoscaling", "version": "v1", "kind": "Scale"}),
            );
        }
        if kind.message.is_empty() {
            self.schemas.insert(name.clone(), custom(kind));
        } else {
            self.add_by_name(kind.message);
            self.mark(kind.message, type_of(kind));
        }
        let mut list = json!({
            "type": "object",
            "required": ["items"],
            "properties": {
                "apiVersion": {"type": "string"},
                "items": {"type": "array", "items": {"default": {}, "allOf": [reference(&name)]}},
                "kind": {"type": "string"},
                "metadata": {"default": {}, "allOf": [reference(&message_name(LIST_META))]},
            },
        });
        let mut list_type = type_of(kind);
        list_type["kind"] = json!(kind.list_name);
        list["x-kubernetes-group-version-kind"] = json!([list_type]);
        self.schemas.insert(format!("{name}List"), list);
    }

    /// Makes a message that of whole objects: they say their type.
    fn mark(&mut self, message: &str, object_type: Value) {
        let Some(schema) = self.schemas.get_mut(&message_name(message)) else { return };
        for field in ["apiVersion", "kind"] {
            schema["properties"][field] = json!({"type": "string"});
        }
        schema["x-kubernetes-group-version-kind"] = json!([object_type]);
    }

    fn add_by_name(&mut self, message: &str) {
        if let Ok(id) = self.schema.find(message) {
            self.add(id);
        }
    }

    fn add(&mut self, id: MessageId) {
        let message = self.schema.message(id);
        let name = message_name(message.name);
        if self.schemas.contains_key(&name) {
            return;
        }
        // Its place is taken first, as messages may refer to themselves.
        self.schemas.insert(name.clone(), Value::Null);
        let mut properties = Map::new();
        let mut required = Vec::new();
        self.add_fields(id, &mut properties, &mut required);
        let mut schema = json!({"type": "object"});
        if !properties.is_empty() {
            schema["properties"] = Value::Object(properties);
        }
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        if message.atomic {
            schema["x-kubernetes-map-type"] = json!("atomic");
        }
        self.schemas.insert(name, schema);
    }

    fn add_fields(&mut self, id: MessageId, properties: &mut Map<String, Value>, required: &mut Vec<&str>) {
        let schema = self.schema;
        for field in &schema.message(id).fields {
            if let (Label::Inline, FieldKind::Message(inner)) = (field.label, field.kind) {
                self.add_fields(inner, properties, required);
                continue;
            }
            let part = matches!(field.kind, FieldKind::Message(_)) && field.label == Label::Single;
            if !part && field.rules.always && field.rules.default.is_none() {
                required.push(field.name);
            }
            properties.insert(field.name.to_owned(), self.property(field));
        }
    }

    fn property(&mut self, field: &Field) -> Value {
        let mut property = match field.label {
            Label::Repeated => json!({"type": "array", "items": self.part(field)}),
            Label::Map => json!({"type": "object", "additionalProperties": self.part(field)}),
            Label::Single | Label::Inline => {
                let mut value = self.value(field.kind);
                if field.rules.always && matches!(field.kind, FieldKind::Message(_)) {
                    value = json!({"default": {}, "allOf": [value]});
                }
                value
            }
        };
        if property.get("$ref").is_some() {
            property = json!({"allOf": [property]});
        }
        extend(&mut property, field);
        property
    }

    /// A list's item or a map's value.
    fn part(&mut self, field: &Field) -> Value {
        let value = self.value(field.kind);
        match field.kind {
            FieldKind::Message(_) => json!({"default": {}, "allOf": [value]}),
            FieldKind::String => json!({"type": "string", "default": ""}),
            _ => value,
        }
    }

    fn value(&mut self, kind: FieldKind) -> Value {
        match kind {
            FieldKind::String => json!({"type": "string"}),
            FieldKind::Bytes => json!({"type": "string", "format": "byte"}),
            FieldKind::Bool => json!({"type": "boolean"}),
            FieldKind::Int32 => json!({"type": "integer", "format": "int32"}),
            FieldKind::Int64 => json!({"type": "integer", "format": "int64"}),
            FieldKind::Strings => json!({"type": "array", "items": {"type": "string", "default": ""}}),
            FieldKind::Time => self.special(TIME, json!({"type": "string", "format": "date-time"})),
            FieldKind::MicroTime => {
                self.special(MICRO_TIME, json!({"type": "string", "format": "date-time"}))
            }
            FieldKind::Quantity => {
                self.special(QUANTITY, json!({"oneOf": [{"type": "string"}, {"type": "number"}]}))
            }
            FieldKind::IntOrString => self.special(
                INT_OR_STRING,
                json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]}),
            ),
            FieldKind::Json => self.special(RAW, json!({"type": "object"})),
            FieldKind::Message(id) => {
                self.add(id);
                reference(&message_name(self.schema.message(id).name))
            }
        }
    }

    fn special(&mut self, name: &str, schema: Value) -> Value {
        self.schemas.entry(name.to_owned()).or_insert(schema);
        reference(name)
    }
}

/// Says how managers share the value, and how patches merge it.
fn extend(property: &mut Value, field: &Field) {
    let rules = &field.rules;
    match (&rules.sharing, field.label) {
        (Sharing::Keyed(keys), _) => {
            property["x-kubernetes-list-type"] = json!("map");
            property["x-kubernetes-list-map-keys"] = json!(keys);
        }
        (Sharing::Set, _) => property["x-kubernetes-list-type"] = json!("set"),
        (_, Label::Repeated) => property["x-kubernetes-list-type"] = json!("atomic"),
        (Sharing::Atomic, Label::Map) => property["x-kubernetes-map-type"] = json!("atomic"),
        _ => {}
    }
    match (rules.merge_key, rules.retain_keys) {
        (Some(_), true) => property["x-kubernetes-patch-strategy"] = json!("merge,retainKeys"),
        (Some(_), false) => property["x-kubernetes-patch-strategy"] = json!("merge"),
        (None, true) => property["x-kubernetes-patch-strategy"] = json!("retainKeys"),
        (None, false) => {}
    }
    if let Some(key) = rules.merge_key.filter(|key| !key.is_empty()) {
        property["x-kubernetes-patch-merge-key"] = json!(key);
    }
    if let Some(default) = field.default_value() {
        property["default"] = default;
    }
}

/// The schema of a kind that is kept as JSON: its own, with what every object has.
fn custom(kind: &KindInfo) -> Value {
    let own = kind.custom.as_ref().map(|custom| custom.schema.clone()).filter(Value::is_object);
    let mut schema =
        own.unwrap_or_else(|| json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true}));
    for field in ["apiVersion", "kind"] {
        schema["properties"][field] = json!({"type": "string"});
    }
    schema["properties"]["metadata"] = json!({"allOf": [reference(&message_name(OBJECT_META))]});
    schema["x-kubernetes-group-version-kind"] = json!([type_of(kind)]);
    schema
}
