//! The paths of a group version, and what may be sent there.

use serde_json::{Map, Value, json};

use super::components::{PATCH, kind_name, message_name, reference, type_of};
use crate::demo::patch::PatchKind;
use crate::demo::store::{Kind, KindInfo};

/// The types in which bodies of objects are read and written.
const BODIES: [&str; 3] = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/// The paths of these kinds, which are of one group version.
pub fn paths(kinds: &[&KindInfo]) -> Value {
    let mut paths = Map::new();
    for kind in kinds {
        let root = if kind.group.is_empty() { "/api" } else { "/apis" };
        let root = format!("{root}/{}", kind.api_version());
        let all = format!("{root}/{}", kind.plural);
        let one = if kind.namespaced {
            paths.insert(all, describe(kind, &["list"], &[]));
            let all = format!("{root}/namespaces/{{namespace}}/{}", kind.plural);
            paths.insert(all.clone(), describe(kind, &["list", "post", "deletecollection"], &["namespace"]));
            format!("{all}/{{name}}")
        } else {
            paths.insert(all.clone(), describe(kind, &["list", "post", "deletecollection"], &[]));
            format!("{all}/{{name}}")
        };
        let named: &[&str] = if kind.namespaced { &["name", "namespace"] } else { &["name"] };
        if kind.status {
            paths.insert(format!("{one}/status"), describe(kind, &["get", "put", "patch"], named));
        }
        if kind.scale {
            paths.insert(format!("{one}/scale"), describe_scale(kind, named));
        }
        paths.insert(one, describe(kind, &["get", "put", "patch", "delete"], named));
    }
    Value::Object(paths)
}

fn describe(kind: &KindInfo, verbs: &[&str], named: &[&str]) -> Value {
    described(kind, &kind_name(kind), &type_of(kind), verbs, named)
}

fn describe_scale(kind: &KindInfo, named: &[&str]) -> Value {
    let scale_type = json!({"group": "autoscaling", "version": "v1", "kind": "Scale"});
    described(kind, &message_name("autoscaling.v1.Scale"), &scale_type, &["get", "put", "patch"], named)
}

fn described(kind: &KindInfo, name: &str, object_type: &Value, verbs: &[&str], named: &[&str]) -> Value {
    let mut path = Map::new();
    for verb in verbs {
        let method = match *verb {
            "list" => "get",
            "deletecollection" => "delete",
            verb => verb,
        };
        let mut operation = operation(kind, name, verb);
        operation["x-kubernetes-action"] = json!(verb);
        operation["x-kubernetes-group-version-kind"] = object_type.clone();
        path.insert(method.to_owned(), operation);
    }
    let parameters: Vec<Value> = named
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": text()}))
        .chain([parameter("pretty", text())])
        .collect();
    path.insert("parameters".to_owned(), json!(parameters));
    Value::Object(path)
}

fn operation(kind: &KindInfo, name: &str, verb: &str) -> Value {
    let mut parameters = Vec::new();
    if matches!(verb, "post" | "put" | "patch") {
        parameters.extend(["dryRun", "fieldManager", "fieldValidation"].map(|name| parameter(name, text())));
    }
    match verb {
        "patch" => parameters.push(parameter("force", json!({"type": "boolean", "uniqueItems": true}))),
        "list" | "deletecollection" => {
            let names = ["continue", "fieldSelector", "labelSelector", "resourceVersion"];
            parameters.extend(names.map(|name| parameter(name, text())));
            parameters.push(parameter("limit", json!({"type": "integer", "uniqueItems": true})));
        }
        "delete" => {
            parameters.extend(["dryRun", "propagationPolicy"].map(|name| parameter(name, text())));
            parameters.push(parameter("gracePeriodSeconds", json!({"type": "integer", "uniqueItems": true})));
        }
        _ => {}
    }
    let answered = match verb {
        "list" => format!("{name}List"),
        "delete" | "deletecollection" => message_name("meta.v1.Status"),
        _ => name.to_owned(),
    };
    let mut operation = json!({
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": content(&BODIES, &answered)},
            "401": {"description": "Unauthorized"},
        },
    });
    if let Some(body) = request_body(kind, name, verb) {
        operation["requestBody"] = body;
    }
    operation
}

fn request_body(kind: &KindInfo, name: &str, verb: &str) -> Option<Value> {
    let content = match verb {
        "post" | "put" => content(&BODIES, name),
        "patch" => {
            let built_in = !matches!(kind.stored, Kind::Custom(_));
            let accepted: Vec<&str> = PatchKind::accepted(built_in).map(PatchKind::media_type).collect();
            content(&accepted, PATCH)
        }
        "delete" | "deletecollection" => content(&BODIES, &message_name("meta.v1.DeleteOptions")),
        _ => return None,
    };
    Some(json!({"content": content, "required": matches!(verb, "post" | "put" | "patch")}))
}

fn content(types: &[&str], name: &str) -> Value {
    let types = types.iter().map(|kind| ((*kind).to_owned(), json!({"schema": reference(name)})));
    Value::Object(types.collect())
}

fn text() -> Value {
    json!({"type": "string", "uniqueItems": true})
}

fn parameter(name: &str, schema: Value) -> Value {
    json!({"name": name, "in": "query", "schema": schema})
}
