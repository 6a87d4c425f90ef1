//! The rules for the volumes of pods.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, entries, text};
use crate::demo::admission::names;

/// Checks a pod's volumes, and gives their names.
pub fn check(volumes: &Value, path: &str, wrong: &mut Causes) -> Vec<String> {
    let mut taken = BTreeSet::new();
    for (index, volume) in array(volumes).iter().enumerate() {
        let path = format!("{path}[{index}]");
        let name = text(&volume["name"]);
        if name.is_empty() {
            wrong.required(format!("{path}.name"), "");
        } else {
            let details = names::label(name);
            for detail in &details {
                wrong.invalid_text(format!("{path}.name"), name, detail);
            }
            if details.is_empty() && !taken.insert(name) {
                wrong.duplicate(format!("{path}.name"), &volume["name"]);
            }
        }
        check_source(volume, &path, wrong);
    }
    array(volumes).iter().map(|volume| text(&volume["name"]).to_owned()).collect()
}

fn check_source(volume: &Value, path: &str, wrong: &mut Causes) {
    let mut sources = entries(volume).filter(|(field, value)| *field != "name" && !value.is_null());
    let Some((first, source)) = sources.next() else {
        wrong.required(path, "must specify a volume type");
        return;
    };
    let needed: &[&str] = match first.as_str() {
        "secret" => &["secretName"],
        "configMap" => &["name"],
        "persistentVolumeClaim" => &["claimName"],
        "hostPath" => &["path"],
        "nfs" => &["server", "path"],
        "csi" => &["driver"],
        _ => &[],
    };
    for field in needed {
        if text(&source[*field]).is_empty() {
            wrong.required(format!("{path}.{first}.{field}"), "");
        }
    }
    if source["defaultMode"].as_i64().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        let detail = "must be a number between 0 and 0777 (octal), both inclusive";
        wrong.invalid(format!("{path}.{first}.defaultMode"), &source["defaultMode"], detail);
    }
    for (more, _) in sources {
        wrong.forbidden(format!("{path}.{more}"), "may not specify more than 1 volume type");
    }
}
