//! Objects as rows, as the API server prints them for people.

mod cluster;
mod columns;
mod custom;
mod network;
mod pods;
mod scaling;
mod storage;
mod text;
mod workloads;

use serde_json::{Map, Value, json};

use self::columns::Column;
use super::encode::{self, Writer};
use super::error::ApiError;
use crate::demo::store::{Kind, KindInfo, StoredObject};
use crate::platform::time::Instant;

/// What each row carries of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    Metadata,
    /// All of it.
    Object,
}

impl Include {
    /// Reads `includeObject`.
    ///
    /// # Errors
    /// When it is none of the policies.
    pub fn parse(text: Option<&str>) -> Result<Self, ApiError> {
        match text {
            Some("None") => Ok(Include::None),
            Some("Object") => Ok(Include::Object),
            None | Some("Metadata") => Ok(Include::Metadata),
            Some(other) => Err(ApiError::bad_request(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: \"{other}\": must be 'Metadata', 'Object', 'None', or empty"
            ))),
        }
    }
}

/// The table of these objects, with the metadata of their list.
pub fn table<'o>(
    writer: &Writer<'_>,
    objects: impl Iterator<Item = &'o StoredObject>,
    metadata: Value,
) -> Result<Value, ApiError> {
    let mut rows = Vec::new();
    for object in objects {
        rows.push(row(writer, object)?);
    }
    Ok(json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions(writer.kind),
        "rows": rows,
    }))
}

/// The table of one object in a watch; only the first one of a watch names the columns.
pub fn single(writer: &Writer<'_>, object: &StoredObject, with_columns: bool) -> Result<Value, ApiError> {
    let metadata = json!({"resourceVersion": object.version.to_string()});
    let mut table = table(writer, std::iter::once(object), metadata)?;
    if !with_columns {
        table["columnDefinitions"] = Value::Null;
    }
    Ok(table)
}

/// The table of a bookmark: one row of nothing, under its version.
pub fn bookmark(writer: &Writer<'_>, version: u64) -> Value {
    let metadata = json!({"resourceVersion": version.to_string()});
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": null,
        "rows": [row_of(writer, json!({"metadata": metadata}))],
    })
}

fn definitions(kind: &KindInfo) -> Vec<Value> {
    match &kind.custom {
        Some(custom) => custom::definitions(custom),
        None => columns::of(kind.stored).iter().map(Column::definition).collect(),
    }
}

fn row(writer: &Writer<'_>, object: &StoredObject) -> Result<Value, ApiError> {
    Ok(row_of(writer, encode::value(writer.schema, writer.kind, object)?))
}

fn row_of(writer: &Writer<'_>, value: Value) -> Value {
    let cells = match &writer.kind.custom {
        Some(custom) => custom::cells(custom, &value, writer.now),
        None => cells(writer.kind.stored, &value, writer.now),
    };
    // Without an object a row still has the field.
    let mut row = Map::from_iter([("cells".to_owned(), json!(cells)), ("object".to_owned(), Value::Null)]);
    if writer.kind.stored == Kind::Pod
        && let Some(condition) = pods::condition(&value)
    {
        row.insert("conditions".to_owned(), json!([condition]));
    }
    match writer.include {
        Include::None => {}
        Include::Metadata => {
            let partial = json!({
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": value["metadata"],
            });
            row.insert("object".to_owned(), partial);
        }
        Include::Object => drop(row.insert("object".to_owned(), value)),
    }
    Value::Object(row)
}

/// The cells of an object of a built-in kind, one for each of its columns.
fn cells(kind: Kind, object: &Value, now: Instant) -> Vec<Value> {
    match kind {
        Kind::Pod => pods::pod(object, now),
        Kind::Deployment => workloads::deployment(object, now),
        Kind::ReplicaSet => workloads::replica_set(object, now),
        Kind::StatefulSet => workloads::stateful_set(object, now),
        Kind::DaemonSet => workloads::daemon_set(object, now),
        Kind::ControllerRevision => workloads::controller_revision(object, now),
        Kind::Job => workloads::job(object, now),
        Kind::CronJob => workloads::cron_job(object, now),
        Kind::PodDisruptionBudget => scaling::budget(object, now),
        Kind::HorizontalPodAutoscaler => scaling::autoscaler(object, now),
        Kind::ResourceQuota => scaling::quota(object, now),
        Kind::PriorityClass => scaling::priority_class(object, now),
        Kind::Service => network::service(object, now),
        Kind::Ingress => network::ingress(object, now),
        Kind::IngressClass => network::ingress_class(object, now),
        Kind::NetworkPolicy => network::policy(object, now),
        Kind::Endpoints => network::endpoints(object, now),
        Kind::EndpointSlice => network::endpoint_slice(object, now),
        Kind::PersistentVolume => storage::volume(object, now),
        Kind::PersistentVolumeClaim => storage::claim(object, now),
        Kind::StorageClass => storage::class(object, now),
        Kind::Node => cluster::node(object, now),
        Kind::Namespace => cluster::namespace(object, now),
        Kind::Event => cluster::event(object, now),
        Kind::ConfigMap => cluster::config_map(object, now),
        Kind::Secret => cluster::secret(object, now),
        Kind::ServiceAccount => vec![text::name(object), text::age(object, now)],
        Kind::Lease => cluster::lease(object, now),
        Kind::RoleBinding | Kind::ClusterRoleBinding => cluster::role_binding(object, now),
        Kind::ApiService => cluster::api_service(object, now),
        _ => vec![text::name(object), object["metadata"]["creationTimestamp"].clone()],
    }
}
