//! What Go has of a message of which nothing is set.

use serde_json::{Map, Value};

use super::schema::{FieldKind, Label, MessageId, Schema};

impl Schema {
    /// The JSON object of an empty message: the parts that aren't pointers, with lists that are always written as null.
    pub fn empty(&self, message: MessageId) -> Value {
        let mut object = Map::new();
        self.add_empty(message, &mut object);
        Value::Object(object)
    }

    fn add_empty(&self, message: MessageId, object: &mut Map<String, Value>) {
        for field in &self.message(message).fields {
            let value = match (field.label, field.kind) {
                (Label::Inline, FieldKind::Message(inner)) => {
                    self.add_empty(inner, object);
                    continue;
                }
                _ if !field.rules.always => continue,
                (Label::Repeated | Label::Map, _) => Value::Null,
                (_, FieldKind::Message(inner)) => self.empty(inner),
                (_, FieldKind::Int32 | FieldKind::Int64) => Value::from(0),
                (_, FieldKind::Bool) => Value::Bool(false),
                (_, FieldKind::String) => Value::from(""),
                _ => continue,
            };
            object.insert(field.name.to_owned(), value);
        }
    }
}
