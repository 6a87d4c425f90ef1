//! Checks objects against a structural schema, as far as it says something without expressions.

use regex::Regex;
use serde_json::Value;

use super::Violations;
use crate::platform::time::Instant;

/// Checks an object; its metadata is for the server's own rules.
pub fn check_object(object: &Value, schema: &Value, wrong: &mut Violations) {
    check(object, schema, "", wrong);
}

fn check(value: &Value, schema: &Value, path: &str, wrong: &mut Violations) {
    if !schema.is_object() || (value.is_null() && (schema["nullable"] == true || path.is_empty())) {
        return;
    }
    if let Some(wanted) = wrong_type(value, schema) {
        let found = type_of(value);
        return wrong.invalid_type(
            path,
            found,
            &format!("{path} in body must be of type {wanted}: \"{found}\""),
        );
    }
    check_choice(value, schema, path, wrong);
    match value {
        Value::String(text) => check_text(text, schema, path, wrong),
        Value::Number(_) => check_number(value, schema, path, wrong),
        Value::Array(items) => check_items(items, schema, path, wrong),
        Value::Object(_) => check_fields(value, schema, path, wrong),
        _ => {}
    }
    check_alternatives(value, schema, path, wrong);
}

/// The type that the schema wants where the value has another one.
fn wrong_type(value: &Value, schema: &Value) -> Option<&'static str> {
    if schema["x-kubernetes-int-or-string"] == true {
        let fits = value.is_string() || value.is_i64() || value.is_u64();
        return if fits { None } else { Some("integer,string") };
    }
    let (fits, wanted) = match schema["type"].as_str()? {
        "string" => (value.is_string(), "string"),
        // A number without a fraction is an integer however it is written.
        "integer" => (value.as_f64().is_some_and(|number| number.fract() == 0.0), "integer"),
        "number" => (value.is_number(), "number"),
        "boolean" => (value.is_boolean(), "boolean"),
        "array" => (value.is_array(), "array"),
        "object" => (value.is_object(), "object"),
        _ => return None,
    };
    if fits { None } else { Some(wanted) }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn check_choice(value: &Value, schema: &Value, path: &str, wrong: &mut Violations) {
    let Some(choices) = schema["enum"].as_array() else { return };
    if choices.contains(value) {
        return;
    }
    let shown: Vec<String> = choices
        .iter()
        .map(|choice| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned))
        .collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    wrong.unsupported_value(path, value, &shown);
}

fn check_text(text: &str, schema: &Value, path: &str, wrong: &mut Violations) {
    let length = text.chars().count();
    if let Some(most) = count(schema, "maxLength").filter(|most| length > *most) {
        wrong.too_long(path, most);
    }
    if let Some(least) = count(schema, "minLength").filter(|least| length < *least) {
        let detail = format!("{path} in body should be at least {least} chars long");
        wrong.invalid_text(path, text, &detail);
    }
    if let Some(wanted) = schema["pattern"].as_str().filter(|wanted| !matches(wanted, text)) {
        wrong.invalid_text(path, text, &format!("{path} in body should match '{wanted}'"));
    }
    if schema["format"] == "date-time" && Instant::parse(text).is_none() {
        wrong.invalid_type(path, text, &format!("{path} in body must be of type date-time: \"{text}\""));
    }
}

fn check_number(value: &Value, schema: &Value, path: &str, wrong: &mut Violations) {
    let Some(number) = value.as_f64() else { return };
    let exclusive = |field: &str| schema[field] == true;
    if let Some(most) = schema["maximum"].as_f64() {
        let strict = exclusive("exclusiveMaximum");
        if number > most || (strict && number >= most) {
            let bound = if strict { "less than" } else { "less than or equal to" };
            let detail = format!("{path} in body should be {bound} {}", schema["maximum"]);
            wrong.invalid(path, value, &detail);
        }
    }
    if let Some(least) = schema["minimum"].as_f64() {
        let strict = exclusive("exclusiveMinimum");
        if number < least || (strict && number <= least) {
            let bound = if strict { "greater than" } else { "greater than or equal to" };
            let detail = format!("{path} in body should be {bound} {}", schema["minimum"]);
            wrong.invalid(path, value, &detail);
        }
    }
    if let Some(factor) = schema["multipleOf"].as_f64().filter(|factor| (number / factor).fract() != 0.0) {
        wrong.invalid(path, value, &format!("{path} in body should be a multiple of {factor}"));
    }
}

fn check_items(items: &[Value], schema: &Value, path: &str, wrong: &mut Violations) {
    if let Some(most) = count(schema, "maxItems").filter(|most| items.len() > *most) {
        wrong.too_many(path, items.len(), most);
    }
    if let Some(least) = count(schema, "minItems").filter(|least| items.len() < *least) {
        let detail = format!("{path} in body should have at least {least} items");
        wrong.invalid(path, &Value::from(items.len()), &detail);
    }
    for (index, item) in items.iter().enumerate() {
        check(item, &schema["items"], &format!("{path}[{index}]"), wrong);
    }
    check_keys(items, schema, path, wrong);
}

/// The items of a list that is a map or a set differ in what tells them apart.
fn check_keys(items: &[Value], schema: &Value, path: &str, wrong: &mut Violations) {
    let keys: Vec<&str> = schema["x-kubernetes-list-map-keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let identity = |item: &Value| match schema["x-kubernetes-list-type"].as_str() {
        Some("set") => Some(item.clone()),
        Some("map") => Some(keys.iter().map(|key| ((*key).to_owned(), item[*key].clone())).collect()),
        _ => None,
    };
    for (index, item) in items.iter().enumerate() {
        let Some(own) = identity(item) else { return };
        if items[..index].iter().any(|earlier| identity(earlier).as_ref() == Some(&own)) {
            wrong.duplicate(format!("{path}[{index}]"), &own);
        }
    }
}

fn check_fields(value: &Value, schema: &Value, path: &str, wrong: &mut Violations) {
    let Some(fields) = value.as_object() else { return };
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            wrong.required(under(name), "");
        }
    }
    if let Some(most) = count(schema, "maxProperties").filter(|most| fields.len() > *most) {
        wrong.too_many(path, fields.len(), most);
    }
    if let Some(least) = count(schema, "minProperties").filter(|least| fields.len() < *least) {
        wrong.invalid(path, value, &format!("{path} in body should have at least {least} properties"));
    }
    for (name, field) in fields {
        let property = &schema["properties"][name];
        // The server has rules of its own for an object's metadata.
        if path.is_empty() && name == "metadata" {
            continue;
        }
        let known = if property.is_null() { &schema["additionalProperties"] } else { property };
        check(field, known, &under(name), wrong);
    }
}

fn check_alternatives(value: &Value, schema: &Value, path: &str, wrong: &mut Violations) {
    let fits = |schema: &Value| {
        let mut faults = Violations::default();
        check(value, schema, path, &mut faults);
        faults.is_empty()
    };
    let listed = |field: &str| schema[field].as_array().map(Vec::as_slice).unwrap_or_default();
    listed("allOf").iter().for_each(|part| check(value, part, path, wrong));
    let (any, one) = (listed("anyOf"), listed("oneOf"));
    if !any.is_empty() && !any.iter().any(fits) {
        wrong.invalid(
            path,
            &Value::from(""),
            &format!("\"{path}\" must validate at least one schema (anyOf)"),
        );
    }
    let fitting = one.iter().filter(|part| fits(part)).count();
    if !one.is_empty() && fitting != 1 {
        let found =
            if fitting == 0 { "Found none valid" } else { &format!("Found {fitting} valid alternatives") };
        let detail = format!("\"{path}\" must validate one and only one schema (oneOf). {found}");
        wrong.invalid(path, &Value::from(""), &detail);
    }
    if schema["not"].is_object() && fits(&schema["not"]) {
        wrong.invalid(path, &Value::from(""), &format!("\"{path}\" must not validate the schema (not)"));
    }
}

fn count(schema: &Value, field: &str) -> Option<usize> {
    schema[field].as_u64().and_then(|count| usize::try_from(count).ok())
}

/// Whether the text matches anywhere; a pattern that can't be read matches everything.
fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).map_or(true, |pattern| pattern.is_match(text))
}
