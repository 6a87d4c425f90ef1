//! The volume claims of a stateful set's pods: they are made before the pods, and outlive them.

use k8s_pb::api::core::v1::PersistentVolumeClaim;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::identity::claim_name;
use super::replicas::SetAtWork;
use crate::demo::objects::{controller_reference, text, time};
use crate::demo::store::{Key, Kind};

impl SetAtWork<'_> {
    /// Makes the claims that a pod lacks.
    pub fn make_claims(&mut self, pod: &str) {
        let spec = self.spec();
        let namespace = self.set.metadata.as_ref().and_then(|it| it.namespace.clone());
        for template in spec.volume_claim_templates {
            let own = template.metadata.unwrap_or_default();
            let name = claim_name(own.name.as_deref().unwrap_or_default(), pod);
            let key = Key::new(namespace.as_deref().unwrap_or_default(), &name);
            if self.store.get(Kind::PersistentVolumeClaim, &key).is_some() {
                continue;
            }
            let mut labels = own.labels;
            labels.extend(spec.selector.clone().unwrap_or_default().match_labels);
            let mut claim = PersistentVolumeClaim {
                metadata: Some(ObjectMeta {
                    name: Some(name.clone()),
                    namespace: namespace.clone(),
                    uid: text(self.simulation.random.uid()),
                    creation_timestamp: time(self.simulation.now()),
                    labels,
                    annotations: own.annotations,
                    finalizers: vec!["kubernetes.io/pvc-protection".to_owned()],
                    ..ObjectMeta::default()
                }),
                spec: template.spec,
                status: None,
            };
            claim.spec.get_or_insert_default().volume_mode.get_or_insert_with(|| "Filesystem".to_owned());
            claim.status.get_or_insert_default().phase = text("Pending");
            self.store.put(&mut claim);
            let message = format!("Create Claim {name} Pod {pod} in StatefulSet {} success", self.name());
            self.simulation.say(self.store, &self.maker, false, "SuccessfulCreate", &message);
        }
    }

    /// Lets a pod's claims go with the set or with the pod, as the retention policy says.
    pub fn tie_claims(&mut self, pod: &Key, surplus: bool) {
        let spec = self.spec();
        let policy = spec.persistent_volume_claim_retention_policy.unwrap_or_default();
        let deletes = |when: &Option<String>| when.as_deref() == Some("Delete");
        let with_pod = deletes(&policy.when_scaled) && surplus;
        let with_set = deletes(&policy.when_deleted) && !with_pod;
        let set = controller_reference("apps/v1", "StatefulSet", self.set.metadata.as_ref());
        for template in &spec.volume_claim_templates {
            let name = template.metadata.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
            let key = Key::new(&pod.namespace, &claim_name(name, &pod.name));
            let Some(mut claim) = self.store.read::<PersistentVolumeClaim>(&key) else { continue };
            let metadata = claim.metadata.get_or_insert_default();
            let mut owners: Vec<OwnerReference> = metadata.owner_references.clone();
            owners.retain(|it| {
                let ours = it.kind == set.kind && it.name == set.name;
                let pods = it.kind.as_deref() == Some("Pod") && it.name.as_deref() == Some(&*pod.name);
                !ours && !pods
            });
            if with_set {
                owners.push(set.clone());
            }
            if with_pod && let Some(stored) = self.store.get(Kind::Pod, pod) {
                let own =
                    ObjectMeta { name: text(&*pod.name), uid: text(&*stored.uid), ..ObjectMeta::default() };
                owners.push(controller_reference("v1", "Pod", Some(&own)));
            }
            if owners != metadata.owner_references {
                metadata.owner_references = owners;
                self.store.put(&mut claim);
            }
        }
    }
}
