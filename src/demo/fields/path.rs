//! One step of the path to a field: a name, the keys of a list's item, a value in a set, or a place.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Map, Value};

/// One step of a path. Its order is that of `fieldsV1`: names, keys, values, indices.
#[derive(Debug, Clone)]
pub enum PathElement {
    /// A field of an object, or an entry of a map.
    Field(String),
    /// The item of a list with these values, sorted by name.
    Key(Vec<(String, Value)>),
    /// A value in a set.
    Value(Value),
    /// A place in a list.
    Index(i64),
}

/// The steps from the object's root to a field.
pub type FieldPath = Vec<PathElement>;

impl PathElement {
    /// The step to the field of this name.
    pub fn field(name: &str) -> Self {
        PathElement::Field(name.to_owned())
    }

    /// The step as the key of a `fieldsV1` object, such as `f:spec` or `k:{"name":"web"}`.
    pub fn encode(&self) -> String {
        match self {
            PathElement::Field(name) => format!("f:{name}"),
            PathElement::Key(fields) => {
                let fields: Map<String, Value> = fields.iter().cloned().collect();
                format!("k:{}", Value::Object(fields))
            }
            PathElement::Value(value) => format!("v:{value}"),
            PathElement::Index(index) => format!("i:{index}"),
        }
    }

    /// Reads the key of a `fieldsV1` object; `None` where it is none.
    pub fn decode(text: &str) -> Option<Self> {
        let (kind, content) = text.split_once(':')?;
        Some(match kind {
            "f" => PathElement::field(content),
            "k" => {
                let fields: Map<String, Value> = serde_json::from_str(content).ok()?;
                PathElement::Key(fields.into_iter().collect())
            }
            "v" => PathElement::Value(serde_json::from_str(content).ok()?),
            "i" => PathElement::Index(content.parse().ok()?),
            _ => return None,
        })
    }
}

impl fmt::Display for PathElement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathElement::Field(name) => write!(out, ".{name}"),
            PathElement::Key(fields) => {
                out.write_str("[")?;
                for (position, (name, value)) in fields.iter().enumerate() {
                    let separator = if position == 0 { "" } else { "," };
                    write!(out, "{separator}{name}={value}")?;
                }
                out.write_str("]")
            }
            PathElement::Value(value) => write!(out, "[={value}]"),
            PathElement::Index(index) => write!(out, "[{index}]"),
        }
    }
}

/// A path as errors show it, such as `.spec.containers[name="web"].image`.
pub fn show(path: &[PathElement]) -> String {
    path.iter().map(ToString::to_string).collect()
}

impl Ord for PathElement {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (PathElement::Field(left), PathElement::Field(right)) => left.cmp(right),
            (PathElement::Key(left), PathElement::Key(right)) => compare_keys(left, right),
            (PathElement::Value(left), PathElement::Value(right)) => compare_values(left, right),
            (PathElement::Index(left), PathElement::Index(right)) => left.cmp(right),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for PathElement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathElement {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PathElement {}

fn rank(element: &PathElement) -> u8 {
    match element {
        PathElement::Field(_) => 0,
        PathElement::Key(_) => 1,
        PathElement::Value(_) => 2,
        PathElement::Index(_) => 3,
    }
}

fn compare_keys(left: &[(String, Value)], right: &[(String, Value)]) -> Ordering {
    let pairs = left.iter().zip(right);
    let first = pairs
        .map(|((name, value), (other, other_value))| {
            name.cmp(other).then_with(|| compare_values(value, other_value))
        })
        .find(|order| *order != Ordering::Equal);
    first.unwrap_or_else(|| left.len().cmp(&right.len()))
}

/// Numbers before texts before truths before everything else.
fn compare_values(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    };
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => left.as_f64().unwrap_or(0.0).total_cmp(&right.as_f64().unwrap_or(0.0)),
        },
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        _ if rank(left) == rank(right) => left.to_string().cmp(&right.to_string()),
        _ => rank(left).cmp(&rank(right)),
    }
}
