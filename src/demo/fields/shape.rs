//! How the values of a kind are shared among managers: by its built-in definition, by a custom kind's schema, or as far as the
//! values themselves tell.

use serde_json::Value;

use crate::demo::wire::{Field, FieldKind, Label, MessageId, Schema, Sharing};

/// The shape of one value of an object.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    schema: &'a Schema,
    source: Source<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// A whole object: beside the fields of its message it has a type.
    Object(MessageId),
    Message(MessageId),
    Field(&'a Field),
    /// An item of a list, or the value of a map's entry.
    Element(&'a Field),
    /// A whole custom object, whose metadata is as everybody's.
    CustomObject(&'a Value),
    /// A value of a custom object, by its part of an OpenAPI schema.
    Custom(&'a Value),
    Text,
    /// Of no known type: maps are shared by their entries, lists are not.
    Deduced,
    /// Of no known type, with one owner as a whole.
    DeducedAtomic,
}

/// What a value is, as far as sharing goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// A plain value.
    Scalar(Scalar),
    /// An object or a map.
    Map {
        /// Whether it has one owner as a whole.
        atomic: bool,
    },
    /// A list with one owner as a whole.
    AtomicList,
    /// A list of values, each its own key.
    SetList,
    /// A list of items that are told apart by these fields.
    KeyedList(Vec<&'a str>),
}

/// The type of a plain value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// A number.
    Numeric,
    /// Yes or no.
    Boolean,
    /// Any of them.
    Untyped,
}

/// The part of a map or an object.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its shape.
    pub shape: Shape<'a>,
    /// Whether its name is in the definition, and not one of any names.
    pub declared: bool,
}

impl<'a> Shape<'a> {
    /// The shape of the objects of a built-in kind.
    pub fn object(schema: &'a Schema, message: MessageId) -> Self {
        Shape { schema, source: Source::Object(message) }
    }

    /// The shape of the objects of a custom kind; `openapi` is its version's `openAPIV3Schema`.
    pub fn custom(schema: &'a Schema, openapi: &'a Value) -> Self {
        Shape { schema, source: Source::CustomObject(openapi) }
    }

    fn with(self, source: Source<'a>) -> Self {
        Shape { source, ..self }
    }

    /// What the value is. Where the definition doesn't say, the value itself does.
    pub fn form(&self, value: Option<&Value>) -> Form<'a> {
        match self.source {
            Source::Object(_) | Source::CustomObject(_) => Form::Map { atomic: false },
            Source::Message(id) => Form::Map { atomic: self.schema.message(id).atomic },
            Source::Field(field) => self.field_form(field, value),
            Source::Element(field) => self.element_form(field, value),
            Source::Custom(openapi) => custom_form(openapi, value),
            Source::Text => Form::Scalar(Scalar::String),
            Source::Deduced => deduced(value, false),
            Source::DeducedAtomic => deduced(value, true),
        }
    }

    fn field_form(&self, field: &'a Field, value: Option<&Value>) -> Form<'a> {
        let atomic = field.rules.sharing == Sharing::Atomic;
        match (field.label, &field.rules.sharing) {
            (Label::Repeated, Sharing::Keyed(keys)) => Form::KeyedList(keys.clone()),
            (Label::Repeated, Sharing::Set) => Form::SetList,
            (Label::Repeated, _) => Form::AtomicList,
            (Label::Map, _) => Form::Map { atomic },
            (Label::Single | Label::Inline, _) => match self.element_form(field, value) {
                Form::Map { .. } if atomic => Form::Map { atomic },
                form => form,
            },
        }
    }

    fn element_form(&self, field: &'a Field, value: Option<&Value>) -> Form<'a> {
        match field.kind {
            FieldKind::String | FieldKind::Bytes | FieldKind::Time | FieldKind::MicroTime => {
                Form::Scalar(Scalar::String)
            }
            FieldKind::Bool => Form::Scalar(Scalar::Boolean),
            FieldKind::Int32 | FieldKind::Int64 => Form::Scalar(Scalar::Numeric),
            FieldKind::Quantity | FieldKind::IntOrString => Form::Scalar(Scalar::Untyped),
            FieldKind::Json => deduced(value, true),
            FieldKind::Strings => Form::AtomicList,
            FieldKind::Message(id) => Form::Map { atomic: self.schema.message(id).atomic },
        }
    }

    /// The part of this name; `None` where the definition has none.
    pub fn part(&self, name: &str) -> Option<Part<'a>> {
        let declared = |source| Some(Part { shape: self.with(source), declared: true });
        let any = |source| Some(Part { shape: self.with(source), declared: false });
        match self.source {
            Source::Object(_) | Source::CustomObject(_) if matches!(name, "kind" | "apiVersion") => {
                declared(Source::Text)
            }
            Source::Object(id) | Source::Message(id) => declared(Source::Field(self.schema.field(id, name)?)),
            Source::Field(field) if field.label == Label::Map => any(Source::Element(field)),
            Source::Field(field) | Source::Element(field) => match field.kind {
                FieldKind::Message(id) => self.with(Source::Message(id)).part_of_item(field, name),
                FieldKind::Json => any(Source::DeducedAtomic),
                _ => None,
            },
            Source::CustomObject(_) if name == "metadata" => {
                declared(Source::Message(self.schema.find("meta.v1.ObjectMeta").ok()?))
            }
            Source::CustomObject(openapi) | Source::Custom(openapi) => self.custom_part(openapi, name),
            Source::Text => None,
            Source::Deduced => any(Source::Deduced),
            Source::DeducedAtomic => any(Source::DeducedAtomic),
        }
    }

    /// A part of an item; items that are whole objects, as the templates of claims are, have a type too.
    fn part_of_item(&self, field: &Field, name: &str) -> Option<Part<'a>> {
        if field.name == "volumeClaimTemplates" && matches!(name, "kind" | "apiVersion") {
            return Some(Part { shape: self.with(Source::Text), declared: true });
        }
        self.part(name)
    }

    fn custom_part(&self, openapi: &'a Value, name: &str) -> Option<Part<'a>> {
        if let Some(property) = openapi["properties"].get(name) {
            return Some(Part { shape: self.with(Source::Custom(property)), declared: true });
        }
        let others = match &openapi["additionalProperties"] {
            Value::Object(_) => Source::Custom(&openapi["additionalProperties"]),
            Value::Bool(true) => Source::Deduced,
            _ if openapi["properties"].is_null() || flag(openapi, "x-kubernetes-preserve-unknown-fields") => {
                Source::Deduced
            }
            _ => return None,
        };
        Some(Part { shape: self.with(others), declared: false })
    }

    /// The shape of a list's items.
    #[must_use]
    pub fn item(&self) -> Shape<'a> {
        match self.source {
            Source::Field(field) if field.label == Label::Repeated => self.with(Source::Element(field)),
            Source::Field(_) | Source::Element(_) => self.with(Source::Text),
            Source::CustomObject(openapi) | Source::Custom(openapi) => match openapi.get("items") {
                Some(items) => self.with(Source::Custom(items)),
                None => self.with(Source::DeducedAtomic),
            },
            _ => self.with(Source::DeducedAtomic),
        }
    }

    /// The default of the value, where the definition has one.
    pub fn default(&self) -> Option<Value> {
        match self.source {
            Source::Field(field) => field.default_value(),
            Source::Custom(openapi) => openapi.get("default").cloned(),
            _ => None,
        }
    }
}

fn flag(openapi: &Value, name: &str) -> bool {
    openapi[name] == true
}

fn deduced<'a>(value: Option<&Value>, atomic: bool) -> Form<'a> {
    match value {
        None | Some(Value::Null | Value::Object(_)) => Form::Map { atomic },
        Some(Value::Array(_)) => Form::AtomicList,
        Some(_) => Form::Scalar(Scalar::Untyped),
    }
}

fn custom_form<'a>(openapi: &'a Value, value: Option<&Value>) -> Form<'a> {
    if flag(openapi, "x-kubernetes-int-or-string") {
        return Form::Scalar(Scalar::Untyped);
    }
    match openapi["type"].as_str() {
        Some("object") => Form::Map { atomic: openapi["x-kubernetes-map-type"] == "atomic" },
        Some("array") => match openapi["x-kubernetes-list-type"].as_str() {
            Some("set") => Form::SetList,
            Some("map") => {
                let keys = openapi["x-kubernetes-list-map-keys"].as_array();
                Form::KeyedList(keys.into_iter().flatten().filter_map(Value::as_str).collect())
            }
            _ => Form::AtomicList,
        },
        Some("string") => Form::Scalar(Scalar::String),
        Some("integer" | "number") => Form::Scalar(Scalar::Numeric),
        Some("boolean") => Form::Scalar(Scalar::Boolean),
        _ => deduced(value, false),
    }
}
