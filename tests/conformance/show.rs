//! What is shown of an answer: the values at some paths, without what differs each time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Value, json};

/// A value that takes more is written on several lines.
const WIDTH: usize = 150;

/// What was saved under names, and so can be told again.
#[derive(Default)]
pub struct Names(Vec<(String, String)>);

impl Names {
    pub fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value));
    }

    /// The text with the values of the names in it. What isn't known stays, such as `$patch`.
    pub fn fill(&self, text: &str) -> String {
        static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$([a-z][a-z0-9_]*)").unwrap());
        let value = |found: &Captures<'_>| {
            let known = self.0.iter().find(|(name, _)| *name == found[1]);
            known.map_or_else(|| found[0].to_owned(), |(_, value)| value.clone())
        };
        NAME.replace_all(text, value).into_owned()
    }

    /// The text with names for what was saved, and without what differs each time.
    pub fn text(&self, text: &str) -> String {
        static UID: LazyLock<Regex> =
            LazyLock::new(|| Regex::new("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}").unwrap());
        static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$").unwrap());
        static VERSION: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(esource version: |current: |\()(\d+)").unwrap());
        static DUMP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"value: "\{.*\}":"#).unwrap());
        if TIME.is_match(text) {
            return "<time>".to_owned();
        }
        let mut text = text.to_owned();
        for (name, value) in self.saved().filter(|(_, value)| value.len() >= 6) {
            text = text.replace(value, &format!("${name}"));
        }
        let text = DUMP.replace_all(&text, "value: <object>:");
        let text = UID.replace_all(&text, "<uid>");
        let version = |found: &Captures<'_>| format!("{}{}", &found[1], self.version(&found[2]));
        VERSION.replace_all(&text, version).into_owned()
    }

    /// The names that differ each time.
    fn saved(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, _)| name != "ns").map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn version(&self, version: &str) -> String {
        match self.saved().find(|(_, value)| *value == version) {
            Some((name, _)) => format!("${name}"),
            None if version.len() < 2 || version.len() > 12 => version.to_owned(),
            None => "<version>".to_owned(),
        }
    }

    /// The value without what differs each time.
    fn normal(&self, key: &str, value: &Value) -> Value {
        match (key, value) {
            ("resourceVersion", Value::String(version)) => json!(self.version(version)),
            ("continue", Value::String(token)) if !token.is_empty() => json!("<token>"),
            ("clusterIP" | "clusterIPs", found) if *found != json!("None") && *found != json!(["None"]) => {
                json!("<address>")
            }
            ("nodePort", Value::Number(_)) => json!("<port>"),
            ("cells", Value::Array(cells)) => cells.iter().map(|cell| self.cell(cell)).collect(),
            // A real server finds some faults as often as it looks for them, and in any order.
            ("causes", Value::Array(causes)) => {
                let mut causes: Vec<Value> = causes.iter().map(|cause| self.normal("", cause)).collect();
                causes.sort_by_key(compact);
                causes.dedup();
                Value::Array(causes)
            }
            (_, Value::String(text)) => json!(self.text(text)),
            (_, Value::Array(values)) => values.iter().map(|value| self.normal(key, value)).collect(),
            (_, Value::Object(fields)) => {
                // A hash that means something to the server alone.
                let fields = fields.iter().filter(|(key, _)| *key != "storageVersionHash");
                let fields = fields.map(|(key, value)| (key.clone(), self.normal(key, value)));
                // In the order of the keys, however they came.
                Value::Object(fields.collect::<BTreeMap<_, _>>().into_iter().collect())
            }
            (_, other) => other.clone(),
        }
    }

    fn cell(&self, cell: &Value) -> Value {
        static AGE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\d+[smhd])+$").unwrap());
        match cell {
            Value::String(text) if AGE.is_match(text) => json!("<age>"),
            Value::Array(cells) => cells.iter().map(|cell| self.cell(cell)).collect(),
            other => self.normal("", other),
        }
    }
}

/// What is shown of an object: the values at the paths; of a `Status` what it says.
pub fn object(value: &Value, paths: &[String], names: &Names) -> Vec<String> {
    let default = ["status", "reason", "message", "details"].map(str::to_owned);
    let failed = value["kind"] == "Status" && value["status"] == "Failure";
    let paths = if failed { &default[1..] } else { paths };
    let mut lines = Vec::new();
    for path in paths {
        if path == "*" {
            lines.push(layout(&names.normal("", value), 0, 0));
            continue;
        }
        let found = find(value, path);
        let key = path.rsplit(['.', ']']).next().unwrap_or_default();
        let text = match found {
            Value::Null => "-".to_owned(),
            found => layout(&names.normal(key, &found), 0, path.len() + 2),
        };
        lines.push(format!("{path}: {text}"));
    }
    lines
}

/// What is shown of an event: its type, and the values at the paths of its object.
pub fn event(event: &Value, paths: &[String], names: &Names) -> String {
    let Some(kind) = event["type"].as_str() else { return compact(&names.normal("", event)) };
    let object = &event["object"];
    let paths = match kind {
        "ERROR" => &["code", "reason", "message"].map(str::to_owned),
        _ => paths,
    };
    let values = paths.iter().map(|path| {
        let key = path.rsplit(['.', ']']).next().unwrap_or_default();
        match find(object, path) {
            Value::Null => "-".to_owned(),
            found => layout(&names.normal(key, &found), 0, 0),
        }
    });
    let values: Vec<String> = values.collect();
    format!("{kind} {}", values.join(" ")).trim_end().to_owned()
}

/// The value at a path such as `spec.containers[].image`, `items[0].metadata.name`, `columns[name=Age].type` or `data["a.b"]`.
/// `[]` collects the values of all elements.
pub fn find(value: &Value, path: &str) -> Value {
    let path = path.trim_start_matches('.');
    if path.is_empty() {
        return value.clone();
    }
    let Some(bracketed) = path.strip_prefix('[') else {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        return find(&value[&path[..end]], &path[end..]);
    };
    let Some((inner, rest)) = bracketed.split_once(']') else { return Value::Null };
    let elements = || value.as_array().into_iter().flatten();
    if inner.is_empty() {
        return elements().map(|element| find(element, rest)).collect();
    }
    if let Some(key) = inner.strip_prefix('"') {
        return find(&value[key.trim_end_matches('"')], rest);
    }
    if let Some((key, wanted)) = inner.split_once('=') {
        let found = elements().find(|element| plain(&find(element, key)) == wanted);
        return found.map_or(Value::Null, |element| find(element, rest));
    }
    find(&value[inner.parse::<usize>().unwrap_or(usize::MAX)], rest)
}

/// Text as it is, nothing as `-`, other values as JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

/// The value as JSON, on as few lines as its width allows.
fn layout(value: &Value, depth: usize, before: usize) -> String {
    let short = compact(value);
    if short.len() + before + 2 * depth <= WIDTH {
        return short;
    }
    let indent = "  ".repeat(depth + 1);
    let lines: Vec<String> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                format!("{indent}{}: {}", json!(key), layout(value, depth + 1, key.len() + 4))
            })
            .collect(),
        Value::Array(values) => {
            values.iter().map(|value| format!("{indent}{}", layout(value, depth + 1, 0))).collect()
        }
        _ => return short,
    };
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    format!("{open}\n{}\n{}{close}", lines.join(",\n"), "  ".repeat(depth))
}

fn compact(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{}: {}", json!(key), compact(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(compact).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
