//! Which message stands for which kind, and writing objects whose kind is known only when the program runs.

use std::sync::Arc;

use k8s_pb::api::{
    apps, autoscaling, batch, coordination, core, discovery, networking, policy, rbac, scheduling, storage,
};
use prost::DecodeError;
use thiserror::Error;

use super::Store;
use super::facts::{Facts, event_facts, node_facts, pod_facts};
use super::grants::{cluster_role_binding_facts, role_binding_facts, role_facts};
use super::kinds::Kind;
use super::object::{Key, Stored, StoredObject};
use super::selectable::{job_facts, namespace_facts, secret_facts, service_facts};

/// An encoded object that can't be read.
#[derive(Debug, Error)]
pub enum UnreadableObject {
    /// It isn't the protobuf message of its kind.
    #[error(transparent)]
    Protobuf(#[from] DecodeError),
    /// It isn't JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Says which message stands for which kind: once, for the types and for the kinds at run time.
macro_rules! stored {
    ($($kind:ident: $message:ty $(, $facts:expr)?;)*) => {
        $(impl Stored for $message {
            const STORED: Kind = Kind::$kind;
            $(fn facts(&self) -> Facts {
                let facts: fn(&Self) -> Facts = $facts;
                facts(self)
            })?
        })*

        impl Store {
            /// Writes the encoded object of a kind (protobuf, or JSON where the kind is kept so) under the next version.
            pub fn put_encoded(&mut self, kind: Kind, encoded: &[u8]) -> Result<Arc<StoredObject>, UnreadableObject> {
                match kind {
                    $(Kind::$kind => self.put_as::<$message>(encoded),)*
                    Kind::CustomResourceDefinition | Kind::ApiService | Kind::Custom(_) => {
                        Ok(self.put_json(kind, &mut serde_json::from_slice(encoded)?))
                    }
                }
            }

            /// Takes an object away; its last state is under the next version.
            pub fn remove_kind(&mut self, kind: Kind, key: &Key) -> Option<Arc<StoredObject>> {
                match kind {
                    $(Kind::$kind => self.remove::<$message>(key),)*
                    Kind::CustomResourceDefinition | Kind::ApiService | Kind::Custom(_) => {
                        self.remove_json(kind, key)
                    }
                }
            }
        }
    };
}

stored! {
    Namespace: core::v1::Namespace, namespace_facts;
    Node: core::v1::Node, node_facts;
    Pod: core::v1::Pod, |pod| Facts::Pod(Box::new(pod_facts(pod)));
    Event: core::v1::Event, event_facts;
    Service: core::v1::Service, service_facts;
    Endpoints: core::v1::Endpoints;
    ConfigMap: core::v1::ConfigMap;
    Secret: core::v1::Secret, secret_facts;
    ServiceAccount: core::v1::ServiceAccount;
    PersistentVolumeClaim: core::v1::PersistentVolumeClaim;
    PersistentVolume: core::v1::PersistentVolume;
    LimitRange: core::v1::LimitRange;
    ResourceQuota: core::v1::ResourceQuota;
    Deployment: apps::v1::Deployment;
    ReplicaSet: apps::v1::ReplicaSet;
    StatefulSet: apps::v1::StatefulSet;
    DaemonSet: apps::v1::DaemonSet;
    ControllerRevision: apps::v1::ControllerRevision;
    HorizontalPodAutoscaler: autoscaling::v2::HorizontalPodAutoscaler;
    PodDisruptionBudget: policy::v1::PodDisruptionBudget;
    Job: batch::v1::Job, job_facts;
    CronJob: batch::v1::CronJob;
    Ingress: networking::v1::Ingress;
    IngressClass: networking::v1::IngressClass;
    NetworkPolicy: networking::v1::NetworkPolicy;
    EndpointSlice: discovery::v1::EndpointSlice;
    Role: rbac::v1::Role, |role| role_facts(&role.rules);
    RoleBinding: rbac::v1::RoleBinding, role_binding_facts;
    ClusterRole: rbac::v1::ClusterRole, |role| role_facts(&role.rules);
    ClusterRoleBinding: rbac::v1::ClusterRoleBinding, cluster_role_binding_facts;
    StorageClass: storage::v1::StorageClass;
    PriorityClass: scheduling::v1::PriorityClass;
    Lease: coordination::v1::Lease;
}

impl Store {
    /// The object as it would be stored, under the version that it has.
    pub fn preview(kind: Kind, encoded: &[u8], version: u64) -> Result<Arc<StoredObject>, UnreadableObject> {
        if kind.is_json() {
            let mut object = serde_json::from_slice(encoded)?;
            return Ok(Arc::new(StoredObject::from_json(kind, &mut object, version)));
        }
        let mut scratch = Store::new(version.saturating_sub(1));
        scratch.put_encoded(kind, encoded)
    }

    fn put_as<T: Stored>(&mut self, encoded: &[u8]) -> Result<Arc<StoredObject>, UnreadableObject> {
        Ok(self.put(&mut T::decode(encoded)?))
    }
}
