//! How values read in cells.

use serde_json::{Value, json};

use crate::platform::age;
use crate::platform::time::Instant;

/// What stands where there is nothing.
pub const NONE: &str = "<none>";
/// What stands where something wasn't set.
pub const UNSET: &str = "<unset>";

/// The object's name.
pub fn name(object: &Value) -> Value {
    json!(text(&object["metadata"]["name"]))
}

/// How old the object is.
pub fn age(object: &Value, now: Instant) -> Value {
    json!(since(&object["metadata"]["creationTimestamp"], now))
}

/// The time since a moment, as people read it.
pub fn since(moment: &Value, now: Instant) -> String {
    match moment.as_str().and_then(Instant::parse) {
        Some(moment) => age::age(moment, now),
        None => "<unknown>".to_owned(),
    }
}

/// The text of a value, or empty.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The text of a value, or something else where there is none.
pub fn text_or<'a>(value: &'a Value, other: &'a str) -> &'a str {
    value.as_str().filter(|text| !text.is_empty()).unwrap_or(other)
}

/// The number of a value, or 0.
pub fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// The items of a list, or none.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a list with commas between them.
pub fn joined(values: &Value) -> String {
    items(values).iter().map(text).collect::<Vec<_>>().join(",")
}

/// A number or a text, as text.
pub fn number_or_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The names and the images of a pod specification's containers.
pub fn containers(spec: &Value) -> [Value; 2] {
    let all = |field: &str| {
        let all: Vec<&str> = items(&spec["containers"]).iter().map(|it| text(&it[field])).collect();
        json!(all.join(","))
    };
    [all("name"), all("image")]
}

/// A map of labels as `a=b,c=d`.
pub fn labels(labels: &Value) -> String {
    let labels = labels.as_object().into_iter().flatten();
    let mut labels: Vec<String> = labels.map(|(key, value)| format!("{key}={}", text(value))).collect();
    labels.sort();
    if labels.is_empty() { NONE.to_owned() } else { labels.join(",") }
}

/// A label selector as it is written in queries; nothing selected by it is `<none>`.
pub fn selector(selector: &Value) -> String {
    let mut requirements: Vec<(String, String)> = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        requirements.push((key.clone(), format!("{key}={}", text(value))));
    }
    for expression in items(&selector["matchExpressions"]) {
        let key = text(&expression["key"]);
        let mut values: Vec<&str> = items(&expression["values"]).iter().map(text).collect();
        values.sort_unstable();
        let values = values.join(",");
        let requirement = match text(&expression["operator"]) {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return "<error>".to_owned(),
        };
        requirements.push((key.to_owned(), requirement));
    }
    requirements.sort();
    let requirements: Vec<String> = requirements.into_iter().map(|(_, text)| text).collect();
    if requirements.is_empty() { NONE.to_owned() } else { requirements.join(",") }
}

/// The first three of a list, and how many more there are.
pub fn first_three(all: &[String]) -> String {
    let shown = all.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(",");
    if all.len() > 3 { format!("{shown} + {} more...", all.len() - 3) } else { shown }
}

/// Whether a condition of an object is true.
pub fn holds(object: &Value, condition: &str) -> bool {
    items(&object["status"]["conditions"])
        .iter()
        .find(|it| it["type"] == condition)
        .is_some_and(|it| it["status"] == "True")
}
