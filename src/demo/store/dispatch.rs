//! Writes objects whose kind is known only when the program runs.

use std::sync::Arc;

use k8s_pb::api::{apps, autoscaling, batch, core, policy};
use prost::DecodeError;

use super::Store;
use super::kinds::Kind;
use super::object::{Stored, StoredObject};

impl Store {
    /// Writes the encoded object of a kind under the next version.
    pub fn put_encoded(&mut self, kind: Kind, encoded: &[u8]) -> Result<Arc<StoredObject>, DecodeError> {
        match kind {
            Kind::Namespace => self.put_as::<core::v1::Namespace>(encoded),
            Kind::Node => self.put_as::<core::v1::Node>(encoded),
            Kind::Pod => self.put_as::<core::v1::Pod>(encoded),
            Kind::Event => self.put_as::<core::v1::Event>(encoded),
            Kind::Service => self.put_as::<core::v1::Service>(encoded),
            Kind::ResourceQuota => self.put_as::<core::v1::ResourceQuota>(encoded),
            Kind::Deployment => self.put_as::<apps::v1::Deployment>(encoded),
            Kind::ReplicaSet => self.put_as::<apps::v1::ReplicaSet>(encoded),
            Kind::StatefulSet => self.put_as::<apps::v1::StatefulSet>(encoded),
            Kind::DaemonSet => self.put_as::<apps::v1::DaemonSet>(encoded),
            Kind::HorizontalPodAutoscaler => self.put_as::<autoscaling::v2::HorizontalPodAutoscaler>(encoded),
            Kind::PodDisruptionBudget => self.put_as::<policy::v1::PodDisruptionBudget>(encoded),
            Kind::Job => self.put_as::<batch::v1::Job>(encoded),
        }
    }

    /// The object as it would be stored, under the version that it has.
    pub fn preview(kind: Kind, encoded: &[u8], version: u64) -> Result<Arc<StoredObject>, DecodeError> {
        let mut scratch = Store::new(version.saturating_sub(1));
        scratch.put_encoded(kind, encoded)
    }

    fn put_as<T: Stored>(&mut self, encoded: &[u8]) -> Result<Arc<StoredObject>, DecodeError> {
        Ok(self.put(&mut T::decode(encoded)?))
    }
}
