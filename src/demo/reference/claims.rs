//! The volume claims of stateful pods, bound for as long as their sets have been.

use k8s_pb::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use serde_json::json;

use super::build::{BuildError, Builder};
use super::description::{WorkloadDescription, milliseconds};
use super::manifests;
use crate::demo::store::{Facts, Key, Kind};

impl Builder<'_> {
    /// Puts the claim of one pod of a stateful set, with its volume.
    pub(super) fn put_claim(
        &mut self,
        workload: &WorkloadDescription,
        ordinal: i32,
    ) -> Result<(), BuildError> {
        let Some(size) = &workload.storage else { return Ok(()) };
        let name = format!("data-{}-{ordinal}", workload.name);
        let created = self.now.plus_millis(-milliseconds(&workload.age));
        let mut random = self.random(&format!("{}/{name}", workload.namespace));
        let labels = manifests::selector(workload);
        let metadata = manifests::metadata(&workload.namespace, &name, created, labels, &mut random);
        let volume_name = format!("pvc-{}", metadata["uid"].as_str().unwrap_or_default());
        let class = workload.storage_class.as_deref().unwrap_or("fast-ssd");
        let (node, zone) = self.home(workload, ordinal);
        let claim = manifests::claim(size, class, &volume_name, &node, metadata);
        let metadata = manifests::metadata("", &volume_name, created, json!({}), &mut random);
        let volume = manifests::volume(&claim, &random.uid(), &zone, metadata);
        self.put_json::<PersistentVolumeClaim>(&manifests::applied(
            claim,
            "kube-controller-manager",
            created,
        ))?;
        self.put_json::<PersistentVolume>(&manifests::applied(volume, "csi-provisioner", created))?;
        Ok(())
    }

    /// The node for which a claim's volume was made, and its zone: that of its pod, else one of the workload's pool.
    fn home(&self, workload: &WorkloadDescription, ordinal: i32) -> (String, String) {
        let pod = Key::new(&workload.namespace, &format!("{}-{ordinal}", workload.name));
        let own = self.store.get(Kind::Pod, &pod).and_then(|pod| match &pod.facts {
            Facts::Pod(facts) => Some(facts.node.clone()),
            _ => None,
        });
        let pool = workload.pool.as_deref().unwrap_or("general");
        let of_pool = self.nodes.iter().find(|node| node.pool == pool && !node.cordoned);
        let found = self.nodes.iter().find(|node| own.as_deref() == Some(node.name.as_str())).or(of_pool);
        found.map(|node| (node.name.clone(), node.zone.clone())).unwrap_or_default()
    }
}
