//! The rules for numbers, ports and shares.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::names;

/// Refuses a number below 0.
pub fn not_negative(object: &Value, field: &str, path: &str, wrong: &mut Causes) {
    if object[field].as_i64().is_some_and(|number| number < 0) {
        wrong.invalid(format!("{path}.{field}"), &object[field], "must be greater than or equal to 0");
    }
}

/// Refuses what is no number of a port.
pub fn port_number(value: &Value, path: &str, wrong: &mut Causes) {
    if !value.as_i64().is_some_and(|port| (1..=65_535).contains(&port)) {
        wrong.invalid(path, &number(value), "must be between 1 and 65535, inclusive");
    }
}

/// Refuses what is neither a number nor a name of a port.
pub fn port(value: &Value, path: &str, wrong: &mut Causes) {
    match value.as_str() {
        Some(name) => {
            for detail in names::port_name(name) {
                wrong.invalid_text(path, name, &detail);
            }
        }
        None => port_number(value, path, wrong),
    }
}

/// Refuses what is neither a count nor a percentage.
pub fn count_or_percent(value: &Value, path: &str, wrong: &mut Causes) {
    match value.as_str() {
        Some(text) if percent(text).is_none() => {
            wrong.invalid_text(
                path,
                text,
                "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
            );
        }
        Some(_) => {}
        None if value.as_i64().is_some_and(|count| count < 0) => {
            wrong.invalid(path, value, "must be greater than or equal to 0");
        }
        None => {}
    }
}

/// Refuses more than all.
pub fn at_most_all(value: &Value, path: &str, wrong: &mut Causes) {
    if let Some(text) = value.as_str()
        && percent(text).is_some_and(|percent| percent > 100)
    {
        wrong.invalid_text(path, text, "must not be greater than 100%");
    }
}

/// Whether a count or percentage is nothing.
pub fn is_zero(value: &Value) -> bool {
    match value.as_str() {
        Some(text) => percent(text) == Some(0),
        None => value.as_i64().unwrap_or(0) == 0,
    }
}

fn percent(text: &str) -> Option<u32> {
    let digits = text.strip_suffix('%')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u32::MAX))
}

fn number(value: &Value) -> Value {
    if value.is_null() { Value::from(0) } else { value.clone() }
}
