//! Defaults of pods and of pod templates.

use serde_json::{Value, json};

use crate::demo::admission::json::{at, default_to, each, empty, entries, map_of, set, unset};

/// The kinds of volume that have files with a mode.
const FILES: [&str; 4] = ["/secret", "/configMap", "/downwardAPI", "/projected"];

/// Permissions of files in volumes: `rw-r--r--`.
const FILE_MODE: i64 = 0o644;

/// A pod's own defaults, and those of its specification.
pub fn pod(pod: &mut Value) {
    template_spec(&mut pod["spec"]);
    let spec = &mut pod["spec"];
    for list in ["/containers", "/initContainers"] {
        for container in each(spec, list) {
            if let Some(resources) = at(container, "/resources") {
                request_limits(resources);
            }
        }
    }
    if spec["enableServiceLinks"].is_null() {
        spec["enableServiceLinks"] = json!(true);
    }
}

/// The defaults of a specification of pods, wherever it stands.
pub fn template_spec(spec: &mut Value) {
    default_to(spec, "dnsPolicy", "ClusterFirst");
    default_to(spec, "restartPolicy", "Always");
    default_to(spec, "schedulerName", "default-scheduler");
    if spec["securityContext"].is_null() {
        spec["securityContext"] = json!({});
    }
    if spec["terminationGracePeriodSeconds"].is_null() {
        spec["terminationGracePeriodSeconds"] = json!(30);
    }
    // The older name of the service account says the same as the newer one.
    let account = if unset(&spec["serviceAccountName"]) {
        &spec["serviceAccount"]
    } else {
        &spec["serviceAccountName"]
    };
    if !unset(account) {
        let account = account.clone();
        spec["serviceAccount"] = account.clone();
        spec["serviceAccountName"] = account;
    }
    for volume in each(spec, "/volumes") {
        default_volume(volume);
    }
    let host_network = spec["hostNetwork"] == true;
    for list in ["/initContainers", "/containers", "/ephemeralContainers"] {
        for container in each(spec, list) {
            default_container(container, host_network);
        }
    }
}

fn default_volume(volume: &mut Value) {
    if entries(volume).all(|(field, value)| field == "name" || value.is_null()) {
        volume["emptyDir"] = json!({});
    }
    for source in FILES {
        if let Some(source) = at(volume, source) {
            set(source, "defaultMode", json!(FILE_MODE));
        }
    }
    if let Some(path) = at(volume, "/hostPath") {
        set(path, "type", json!(""));
    }
    each(volume, "/downwardAPI/items").for_each(default_field);
    for source in each(volume, "/projected/sources") {
        if let Some(token) = at(source, "/serviceAccountToken") {
            set(token, "expirationSeconds", json!(3600));
        }
        each(source, "/downwardAPI/items").for_each(default_field);
    }
    if let Some(claim) = at(volume, "/ephemeral/volumeClaimTemplate/spec") {
        super::core::claim(claim);
    }
}

/// The version of the pod whose field an item names.
fn default_field(item: &mut Value) {
    if let Some(field) = at(item, "/fieldRef") {
        default_to(field, "apiVersion", "v1");
    }
}

fn default_container(container: &mut Value, host_network: bool) {
    if unset(&container["imagePullPolicy"]) {
        let latest = tag_of(container["image"].as_str().unwrap_or_default()) == "latest";
        container["imagePullPolicy"] = json!(if latest { "Always" } else { "IfNotPresent" });
    }
    default_to(container, "terminationMessagePath", "/dev/termination-log");
    default_to(container, "terminationMessagePolicy", "File");
    if container["resources"].is_null() {
        container["resources"] = json!({});
    }
    for port in each(container, "/ports") {
        default_to(port, "protocol", "TCP");
        if host_network && port["hostPort"].as_i64().unwrap_or(0) == 0 {
            port["hostPort"] = port["containerPort"].clone();
        }
    }
    for variable in each(container, "/env") {
        if let Some(source) = at(variable, "/valueFrom") {
            default_field(source);
        }
    }
    for probe in ["/livenessProbe", "/readinessProbe", "/startupProbe"] {
        if let Some(probe) = at(container, probe) {
            default_probe(probe);
        }
    }
    for hook in ["/lifecycle/postStart/httpGet", "/lifecycle/preStop/httpGet"] {
        if let Some(request) = at(container, hook) {
            default_request(request);
        }
    }
}

fn default_probe(probe: &mut Value) {
    for (field, value) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        if probe[field].as_i64().unwrap_or(0) == 0 {
            probe[field] = json!(value);
        }
    }
    if let Some(request) = at(probe, "/httpGet") {
        default_request(request);
    }
    if let Some(call) = at(probe, "/grpc") {
        set(call, "service", json!(""));
    }
}

fn default_request(request: &mut Value) {
    default_to(request, "path", "/");
    default_to(request, "scheme", "HTTP");
}

/// What is limited, and not requested, is requested as far as it is limited.
fn request_limits(resources: &mut Value) {
    let limits = resources["limits"].clone();
    if empty(&limits) {
        return;
    }
    if let Some(requests) = map_of(resources, "requests") {
        for (name, amount) in entries(&limits) {
            requests.entry(name.clone()).or_insert_with(|| amount.clone());
        }
    }
}

/// The tag of an image; one without tag and digest is the latest.
fn tag_of(image: &str) -> &str {
    if image.contains('@') {
        return "";
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').map_or("latest", |(_, tag)| tag)
}
