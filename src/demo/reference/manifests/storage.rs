//! Kinds of storage, claims, and the volumes behind them.

use serde_json::{Value, json};

use super::super::description::StorageClassDescription;

/// The driver of all volumes.
const DRIVER: &str = "cinder.csi.openstack.org";

/// A kind of storage.
pub fn storage_class(class: &StorageClassDescription, mut metadata: Value) -> Value {
    if class.default {
        metadata["annotations"] = json!({"storageclass.kubernetes.io/is-default-class": "true"});
    }
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": metadata,
        "provisioner": DRIVER,
        "parameters": {"type": class.kind},
        "reclaimPolicy": "Delete",
        "allowVolumeExpansion": true,
        "volumeBindingMode": "WaitForFirstConsumer",
    })
}

/// A claim that is bound to the volume of that name.
pub fn claim(size: &str, class: &str, volume: &str, node: &str, mut metadata: Value) -> Value {
    metadata["annotations"] = json!({
        "pv.kubernetes.io/bind-completed": "yes",
        "pv.kubernetes.io/bound-by-controller": "yes",
        "volume.kubernetes.io/storage-provisioner": DRIVER,
        "volume.kubernetes.io/selected-node": node,
    });
    metadata["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
            "volumeName": volume,
            "storageClassName": class,
            "volumeMode": "Filesystem",
        },
        "status": {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}},
    })
}

/// The volume behind a claim, in a zone.
pub fn volume(claim: &Value, handle: &str, zone: &str, mut metadata: Value) -> Value {
    metadata["annotations"] = json!({"pv.kubernetes.io/provisioned-by": DRIVER});
    metadata["finalizers"] = json!(["kubernetes.io/pv-protection"]);
    let requested = &claim["spec"]["resources"]["requests"];
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": metadata,
        "spec": {
            "capacity": {"storage": requested["storage"]},
            "csi": {"driver": DRIVER, "volumeHandle": handle, "fsType": "ext4"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {
                "kind": "PersistentVolumeClaim",
                "namespace": claim["metadata"]["namespace"],
                "name": claim["metadata"]["name"],
                "uid": claim["metadata"]["uid"],
                "apiVersion": "v1",
            },
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": claim["spec"]["storageClassName"],
            "volumeMode": "Filesystem",
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]},
            ]}]}},
        },
        "status": {"phase": "Bound"},
    })
}
