//! The rules for config maps and secrets.

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{entries, text};
use crate::demo::admission::names;

/// The most that a config map or secret may hold, in bytes.
const LARGEST: usize = 1 << 20;

/// What secrets of some types have to hold.
const NEEDED: [(&str, &[&str]); 3] = [
    ("kubernetes.io/dockerconfigjson", &[".dockerconfigjson"]),
    ("kubernetes.io/dockercfg", &[".dockercfg"]),
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
];

/// Checks a config map.
pub fn config_map(map: &Value, wrong: &mut Causes) {
    let mut size = 0;
    for field in ["data", "binaryData"] {
        size += check_keys(&map[field], field, wrong);
    }
    for (key, _) in entries(&map["data"]).filter(|(key, _)| map["binaryData"].get(key.as_str()).is_some()) {
        wrong.invalid_text(
            format!("data[{key}]"),
            key,
            &format!("duplicate of key present in binaryData: {key:?}"),
        );
    }
    if size > LARGEST {
        wrong.too_long("", LARGEST);
    }
}

/// Checks a secret.
pub fn secret(secret: &Value, wrong: &mut Causes) {
    let size = check_keys(&secret["data"], "data", wrong);
    // The size is that of what is encoded, of which three bytes take four letters.
    if size / 4 * 3 > LARGEST {
        wrong.too_long("data", LARGEST);
    }
    let kind = text(&secret["type"]);
    for (_, keys) in NEEDED.iter().filter(|(needing, _)| *needing == kind) {
        for key in keys.iter().filter(|key| secret["data"].get(**key).is_none()) {
            wrong.required(format!("data[{key}]"), "");
        }
    }
    if kind == "kubernetes.io/service-account-token"
        && text(&secret["metadata"]["annotations"]["kubernetes.io/service-account.name"]).is_empty()
    {
        wrong.required("metadata.annotations[kubernetes.io/service-account.name]", "");
    }
}

fn check_keys(data: &Value, field: &str, wrong: &mut Causes) -> usize {
    for (key, _) in entries(data) {
        for detail in names::config_key(key) {
            wrong.invalid_text(format!("{field}[{key}]"), key, &detail);
        }
    }
    entries(data).map(|(_, value)| text(value).len()).sum()
}
