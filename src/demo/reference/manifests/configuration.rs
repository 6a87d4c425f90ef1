//! What workloads are configured with, and who they are: ConfigMaps, Secrets, service accounts.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::super::description::{ConfigDescription, WorkloadDescription};
use super::pods::credential;
use crate::demo::credentials;
use crate::demo::random::Random;

/// A configuration as it is described.
pub fn config_map(config: &ConfigDescription, metadata: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": config.data})
}

/// The configuration of a workload that needs no special one.
pub fn own_config(workload: &WorkloadDescription, metadata: Value) -> Value {
    let text = format!(
        "service: {}\nenvironment: {}\nlog:\n  format: json\n  level: info\n",
        workload.name, workload.namespace
    );
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"config.yaml": text}})
}

/// The identity of a workload's pods.
pub fn service_account(metadata: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
}

/// What a workload needs to reach what it needs; `data_namespace` has its databases.
pub fn secret(
    workload: &WorkloadDescription,
    data_namespace: &str,
    metadata: Value,
    random: &mut Random,
) -> Value {
    let mut data = Map::new();
    for need in &workload.needs {
        let Some((_, key)) = credential(need) else { continue };
        let (user, word) = (workload.name.replace('-', "_"), random.hex(12));
        let value = match need.as_str() {
            "postgresql" => format!("postgresql://{user}:{word}@postgresql.{data_namespace}.svc:5432/app"),
            "redis" => format!("redis://:{word}@redis.{data_namespace}.svc:6379/0"),
            "rabbitmq" => format!("amqp://{user}:{word}@rabbitmq.{data_namespace}.svc:5672/app"),
            _ => random.hex(20),
        };
        data.insert(key.to_owned(), json!(encoded(&value)));
    }
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data})
}

/// A token of a service that a workload uses, under this key.
pub fn token(key: &str, metadata: Value, random: &mut Random) -> Value {
    let token = credentials::issue("qd", random);
    let text = match key {
        // As the object store's clients read it.
        "cloud" => format!("[default]\naws_access_key_id=velero\naws_secret_access_key={token}\n"),
        _ => token,
    };
    let data = json!({key: encoded(&text)});
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data})
}

/// The credentials of the image registry.
pub fn pull_secret(registry: &str, metadata: Value, random: &mut Random) -> Value {
    let auth = encoded(&format!("quarterdeck-deploy:{}", credentials::issue("glpat", random)));
    let config = json!({"auths": {registry: {"auth": auth}}}).to_string();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": encoded(&config)},
    })
}

fn encoded(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}
