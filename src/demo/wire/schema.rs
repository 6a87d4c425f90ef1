//! Reads the message definitions: a subset of the protobuf language that keeps the fields' JSON names.

use rustc_hash::FxHashMap;

use super::WireError;
use super::rules::FieldRules;

/// The definitions, one file a group version.
const SOURCES: [&str; 16] = [
    include_str!("schema/meta_v1.schema"),
    include_str!("schema/core_v1.schema"),
    include_str!("schema/apps_v1.schema"),
    include_str!("schema/autoscaling_v1.schema"),
    include_str!("schema/autoscaling_v2.schema"),
    include_str!("schema/policy_v1.schema"),
    include_str!("schema/batch_v1.schema"),
    include_str!("schema/events_v1.schema"),
    include_str!("schema/authorization_v1.schema"),
    include_str!("schema/authentication_v1.schema"),
    include_str!("schema/rbac_v1.schema"),
    include_str!("schema/networking_v1.schema"),
    include_str!("schema/storage_v1.schema"),
    include_str!("schema/scheduling_v1.schema"),
    include_str!("schema/coordination_v1.schema"),
    include_str!("schema/discovery_v1.schema"),
];

/// A message's place in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId(usize);

/// All known messages.
#[derive(Debug)]
pub struct Schema {
    messages: Vec<Message>,
    names: FxHashMap<&'static str, MessageId>,
}

/// One message: its fields as they are declared, which is the order of JSON.
#[derive(Debug)]
pub struct Message {
    /// Its full name, such as `core.v1.Pod`.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Whether it has one owner as a whole under server-side apply.
    pub atomic: bool,
    /// Positions in `fields` by ascending number, which is the order of protobuf.
    pub(super) by_number: Vec<usize>,
}

/// One field of a message.
#[derive(Debug)]
pub struct Field {
    /// Its JSON name.
    pub name: &'static str,
    /// Its number in protobuf.
    pub number: u32,
    /// How often it occurs.
    pub label: Label,
    /// Its type, or that of its items.
    pub kind: FieldKind,
    /// How it merges, and what Go makes of an empty one.
    pub rules: FieldRules,
}

/// How often a field occurs, and how JSON shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Once.
    Single,
    /// A list.
    Repeated,
    /// From strings to the field's kind.
    Map,
    /// A message whose fields JSON shows as those of the message around it.
    Inline,
}

/// The type of a field; the messages that JSON writes in a form of their own are kinds of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    String,
    /// Base64 in JSON.
    Bytes,
    /// Yes or no.
    Bool,
    /// A number of 32 bits.
    Int32,
    /// A number of 64 bits.
    Int64,
    /// A time in whole seconds.
    Time,
    /// A time in microseconds.
    MicroTime,
    /// An amount such as `500m`.
    Quantity,
    /// A number or a text.
    IntOrString,
    /// A message around JSON text (`FieldsV1`, `RawExtension`).
    Json,
    /// A message around a list of strings (`Verbs`, `ExtraValue`).
    Strings,
    /// Another message.
    Message(MessageId),
}

impl Schema {
    /// Reads the definitions that come with the program.
    pub fn load() -> Result<Schema, WireError> {
        let mut schema = Schema { messages: Vec::new(), names: FxHashMap::default() };
        for source in SOURCES {
            schema.declare(source);
        }
        for source in SOURCES {
            schema.define(source)?;
        }
        for message in &mut schema.messages {
            message.by_number = (0..message.fields.len()).collect();
            let fields = &message.fields;
            message.by_number.sort_by_key(|position| fields.get(*position).map(|field| field.number));
        }
        Ok(schema)
    }

    /// The message of this name, such as `core.v1.Pod`.
    pub fn find(&self, name: &str) -> Result<MessageId, WireError> {
        self.names.get(name).copied().ok_or_else(|| WireError::Definition(format!("{name} is missing")))
    }

    /// The message's definition.
    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0]
    }

    /// The field of this JSON name, of the message or of one that is written as part of it.
    pub fn field(&self, id: MessageId, name: &str) -> Option<&Field> {
        self.message(id).fields.iter().find_map(|field| match (field.label, field.kind) {
            (Label::Inline, FieldKind::Message(inner)) => self.field(inner, name),
            _ => (field.name == name).then_some(field),
        })
    }

    /// First pass: gives every message its place.
    fn declare(&mut self, source: &'static str) {
        for line in source.lines() {
            if let Some((name, atomic)) = message_name(line) {
                self.names.insert(name, MessageId(self.messages.len()));
                self.messages.push(Message { name, fields: Vec::new(), atomic, by_number: Vec::new() });
            }
        }
    }

    /// Second pass: reads the fields.
    fn define(&mut self, source: &'static str) -> Result<(), WireError> {
        let mut current = None;
        for line in source.lines() {
            if let Some((name, _)) = message_name(line) {
                current = Some(self.find(name)?);
            } else if let (Some(line), Some(id)) = (line.strip_prefix("  "), current) {
                let field =
                    self.read_field_line(line).ok_or_else(|| WireError::Definition(format!("`{line}`")))?;
                self.messages[id.0].fields.push(field);
            }
        }
        Ok(())
    }

    /// Reads `optional string name = 1;` and the like.
    fn read_field_line(&self, line: &'static str) -> Option<Field> {
        let line = line.strip_suffix(';')?;
        let (line, attributes) = match line.strip_suffix(']').and_then(|line| line.split_once(" [")) {
            Some((line, attributes)) => (line, attributes),
            None => (line, ""),
        };
        let rules = FieldRules::parse(attributes)?;
        let (declaration, number) = line.split_once(" = ")?;
        let (kind, name) = declaration.rsplit_once(' ')?;
        let (label, kind) = if let Some(kind) = kind.strip_prefix("map<string, ") {
            (Label::Map, kind.strip_suffix('>')?)
        } else if let Some(kind) = kind.strip_prefix("repeated ") {
            (Label::Repeated, kind)
        } else {
            (if rules.inline { Label::Inline } else { Label::Single }, kind.strip_prefix("optional ")?)
        };
        Some(Field { name, number: number.parse().ok()?, label, kind: self.kind(kind)?, rules })
    }

    fn kind(&self, name: &str) -> Option<FieldKind> {
        Some(match name {
            "string" => FieldKind::String,
            "bytes" => FieldKind::Bytes,
            "bool" => FieldKind::Bool,
            "int32" => FieldKind::Int32,
            "int64" => FieldKind::Int64,
            "meta.v1.Time" => FieldKind::Time,
            "meta.v1.MicroTime" => FieldKind::MicroTime,
            "meta.v1.FieldsV1" | "runtime.RawExtension" => FieldKind::Json,
            "meta.v1.Verbs" | "authentication.v1.ExtraValue" => FieldKind::Strings,
            "resource.Quantity" => FieldKind::Quantity,
            "intstr.IntOrString" => FieldKind::IntOrString,
            _ => FieldKind::Message(self.names.get(name).copied()?),
        })
    }
}

/// The name of the message that starts on this line, and whether it has one owner as a whole.
fn message_name(line: &'static str) -> Option<(&'static str, bool)> {
    let name = line.strip_prefix("message ")?.strip_suffix(" {")?;
    Some(name.strip_suffix(" [atomic]").map_or((name, false), |name| (name, true)))
}
