//! Puts one workload into the store with all that belongs to it, in the state that its age has brought.

use k8s_pb::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_pb::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_pb::api::core::v1::{Pod, PodTemplateSpec};
use k8s_pb::api::policy::v1::PodDisruptionBudget;
use k8s_pb::apimachinery::pkg::apis::meta::v1::OwnerReference;
use serde_json::{Value, json};

use super::build::{BuildError, Builder};
use super::description::{KilledDescription, WorkloadDescription, WorkloadKind, milliseconds};
use super::manifests;
use crate::demo::controllers::kubelet::Past;
use crate::demo::controllers::{
    Claims, NoPlace, PodIdentity, PodMould, daemon_mould, fault_of, give_ordinal, kubelet,
    mark_unschedulable, replica_set_for, revision_of_stateful_set, settle_daemon, stateful_mould,
};
use crate::demo::events::{self, Saying};
use crate::demo::objects::controller_reference;
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// The revision of a deployment that has none before it.
const FIRST_REVISION: i32 = 11;
/// How long a revision stayed before the next came, in milliseconds.
const BETWEEN_REVISIONS: i64 = 13 * 86_400_000;

impl Builder<'_> {
    /// Puts a workload with its surroundings, its pods, its budget and its autoscaler.
    pub fn put_workload(&mut self, workload: &WorkloadDescription) -> Result<(), BuildError> {
        let mut random = self.random(&format!("{}/{}", workload.namespace, workload.name));
        let created = self.now.plus_millis(-milliseconds(&workload.age));
        let metadata = |random: &mut Random| {
            let labels = manifests::labels(workload, &workload.image);
            manifests::counted_metadata(&workload.namespace, &workload.name, created, labels, random)
        };
        self.put_surroundings(workload)?;
        let own = metadata(&mut random);
        match workload.kind {
            WorkloadKind::Deployment => self.put_deployment(workload, own, &mut random)?,
            WorkloadKind::StatefulSet => self.put_stateful_set(workload, own, &mut random)?,
            WorkloadKind::DaemonSet => self.put_daemon_set(workload, own, &mut random)?,
            // Jobs are what their cron jobs have left behind.
            WorkloadKind::Job => {}
        }
        if let Some(kept) = workload.budget {
            let budget = manifests::budget(workload, kept, metadata(&mut random));
            self.put_json::<PodDisruptionBudget>(&manifests::applied(budget, "helm", created))?;
        }
        if let Some(autoscaler) = &workload.autoscaler {
            let object = manifests::autoscaler(workload, autoscaler, metadata(&mut random));
            self.put_json::<HorizontalPodAutoscaler>(&manifests::applied(object, "helm", created))?;
        }
        Ok(())
    }

    fn put_deployment(
        &mut self,
        workload: &WorkloadDescription,
        metadata: Value,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-milliseconds(&workload.age));
        let rolled = self.rolled(workload);
        let mut manifest = manifests::deployment(workload, metadata);
        let revision = FIRST_REVISION + i32::try_from(workload.history.len()).unwrap_or(0);
        manifest["metadata"]["annotations"] = json!({
            "deployment.kubernetes.io/revision": revision.to_string(),
            "kubernetes.io/change-cause": change_cause(&workload.image, revision),
            "meta.helm.sh/release-name": workload.name,
            "meta.helm.sh/release-namespace": workload.namespace,
        });
        manifest["metadata"]["generation"] = json!(revision);
        let stuck = workload.stuck.as_deref().map(milliseconds);
        manifest["status"] = json!({"conditions": deployment_conditions(self.now, created, rolled, stuck)});
        let deployment: Deployment = self.put_json(&manifests::applied(manifest, "helm", rolled))?;

        // The oldest first, as they came.
        for (steps, tag) in workload.history.iter().enumerate().rev() {
            let image = manifests::retag(&workload.image, tag);
            let template = self.template(&manifests::template(workload, &image))?;
            // Only a rollout that doesn't get on leaves pods of the revision before.
            let replicas = if stuck.is_some() && steps == 0 { workload.replicas } else { 0 };
            let back = i32::try_from(steps).unwrap_or(0) + 1;
            let since = rolled.plus_millis(-BETWEEN_REVISIONS * i64::from(back)).max(created);
            let old =
                self.put_replica_set(&deployment, &template, replicas, (revision - back, since), random)?;
            self.put_replicas(workload, &old, replicas, since, random)?;
        }
        let template = deployment.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let replicas = if stuck.is_some() { 1 } else { workload.replicas };
        let set = self.put_replica_set(&deployment, &template, replicas, (revision, rolled), random)?;
        self.put_replicas(workload, &set, replicas, rolled, random)?;
        if stuck.is_some() {
            let name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
            let message = format!("Scaled up replica set {name} from 0 to 1");
            let saying = Saying {
                warning: false,
                reason: "ScalingReplicaSet",
                message: &message,
                reporter: "deployment-controller",
            };
            let ago = stuck.unwrap_or(0);
            self.put_event(events::about(&deployment), &saying, (1, ago, ago));
        }
        Ok(())
    }

    fn put_replica_set(
        &mut self,
        deployment: &Deployment,
        template: &PodTemplateSpec,
        replicas: i32,
        (revision, created): (i32, Instant),
        random: &mut Random,
    ) -> Result<ReplicaSet, BuildError> {
        let mut set = replica_set_for(deployment, template, replicas, i64::from(revision), created, random);
        let containers = template.spec.iter().flat_map(|spec| &spec.containers);
        let image = containers.filter_map(|container| container.image.clone()).next().unwrap_or_default();
        let annotations = &mut set.metadata.get_or_insert_default().annotations;
        annotations.insert("kubernetes.io/change-cause".to_owned(), change_cause(&image, revision));
        self.store.put(&mut set);
        Ok(set)
    }

    /// The pods of a replica set, each in the state that its image brings it to.
    fn put_replicas(
        &mut self,
        workload: &WorkloadDescription,
        set: &ReplicaSet,
        replicas: i32,
        since: Instant,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        let template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
        let owner = controller_reference("apps/v1", "ReplicaSet", set.metadata.as_ref());
        let mould = self.mould(&template, &workload.namespace, owner)?;
        let set_name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        for index in 0..replicas {
            let name = format!("{set_name}-{}", random.suffix(5));
            let spread = random.between(0, (self.now.since(since) / 3).max(1));
            let created = if index == 0 { since } else { since.plus_millis(spread) };
            let pod = mould.cast(&PodIdentity { name, created }, random);
            let killed = workload.killed.as_ref().filter(|_| index == 0);
            self.put_pod(pod, created, killed);
        }
        Ok(())
    }

    fn put_stateful_set(
        &mut self,
        workload: &WorkloadDescription,
        metadata: Value,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        let rolled = self.rolled(workload);
        let manifest = manifests::applied(manifests::stateful_set(workload, metadata), "helm", rolled);
        let mut set: StatefulSet = self.typed(&manifest)?;
        let revision = revision_of_stateful_set(&set);
        let status = set.status.get_or_insert_default();
        status.current_revision = Some(revision.clone());
        status.update_revision = Some(revision.clone());
        status.collision_count = Some(0);
        self.store.put(&mut set);
        let mut prioritized = set.clone();
        self.set_priority(prioritized.spec.get_or_insert_default().template.get_or_insert_default());
        let mould = stateful_mould(self.schema, &prioritized)?;
        for ordinal in 0..workload.replicas {
            let created = rolled.plus_millis(i64::from(ordinal) * 45_000);
            let identity = PodIdentity { name: format!("{}-{ordinal}", workload.name), created };
            let mut pod = mould.cast(&identity, random);
            give_ordinal(&mut pod, &set, ordinal, &revision);
            self.put_pod(pod, created, None);
            self.put_claim(workload, ordinal)?;
        }
        Ok(())
    }

    fn put_daemon_set(
        &mut self,
        workload: &WorkloadDescription,
        metadata: Value,
        random: &mut Random,
    ) -> Result<(), BuildError> {
        let rolled = self.rolled(workload);
        let manifest = manifests::applied(manifests::daemon_set(workload, metadata), "helm", rolled);
        let set: DaemonSet = self.put_json(&manifest)?;
        let mut prioritized = set.clone();
        self.set_priority(prioritized.spec.get_or_insert_default().template.get_or_insert_default());
        let mould = daemon_mould(self.schema, &prioritized)?;
        let probe = mould.cast(&PodIdentity { name: workload.name.clone(), created: rolled }, random);
        for place in self.scheduler.daemon_places(&probe) {
            let created = rolled.plus_millis(random.between(0, 600_000));
            let name = format!("{}-{}", workload.name, random.suffix(5));
            let mut pod = mould.cast(&PodIdentity { name, created }, random);
            settle_daemon(&mut pod, &set, &place.node);
            let address = self.scheduler.next_address(&place.node);
            let past = Past::well(&pod, &place, &address, created.plus_millis(1_000));
            self.put_past(past, &mut pod);
        }
        Ok(())
    }

    /// A mould of the template, with the priority that admission would give its pods.
    pub(super) fn mould(
        &self,
        template: &PodTemplateSpec,
        namespace: &str,
        owner: OwnerReference,
    ) -> Result<PodMould, BuildError> {
        let mut template = template.clone();
        self.set_priority(&mut template);
        Ok(PodMould::new(self.schema, &template, namespace, owner, "kube-controller-manager")?)
    }

    fn set_priority(&self, template: &mut PodTemplateSpec) {
        let Some(spec) = &mut template.spec else { return };
        let class = spec.priority_class_name.as_ref().and_then(|name| self.priorities.get(name));
        spec.priority = class.copied().or(spec.priority);
    }

    /// Puts a pod in the state that its images, its node and its past bring it to.
    fn put_pod(&mut self, mut pod: Pod, created: Instant, killed: Option<&KilledDescription>) {
        let ago = self.now.since(created);
        match self.scheduler.place(&pod, &Claims::default(), &self.store) {
            Err(NoPlace { message, .. }) => {
                mark_unschedulable(&mut pod, &message, created);
                self.store.put(&mut pod);
                self.pod_event(&pod, "FailedScheduling", &message, "default-scheduler", (19, ago, 40_000));
            }
            Ok(place) => {
                let address = self.scheduler.next_address(&place.node);
                let past = Past::well(&pod, &place, &address, created.plus_millis(1_000));
                if let Some((fault, index)) = fault_of(&self.faults, &pod) {
                    self.break_pod(&mut pod, past, fault, index, created);
                } else if let Some(killed) = killed {
                    self.kill_pod(&mut pod, past, killed);
                } else {
                    self.put_past(past, &mut pod);
                }
            }
        }
    }

    /// Puts a pod that has been on its node, whose images the node has.
    pub(super) fn put_past(&mut self, past: Past<'_>, pod: &mut Pod) {
        for image in past.images() {
            self.images.add(past.node(), image);
        }
        past.write(pod);
        self.store.put(pod);
    }

    pub(super) fn place(&mut self, pod: &Pod) -> Option<(kubelet::Place, String)> {
        let place = self.scheduler.place(pod, &Claims::default(), &self.store).ok()?;
        let address = self.scheduler.next_address(&place.node);
        Some((place, address))
    }

    fn rolled(&self, workload: &WorkloadDescription) -> Instant {
        let age = workload.stuck.as_deref().or(workload.rolled.as_deref()).unwrap_or(&workload.age);
        self.now.plus_millis(-milliseconds(age))
    }

    fn template(&self, template: &Value) -> Result<PodTemplateSpec, BuildError> {
        let bytes = self.schema.encode_json(self.schema.find("core.v1.PodTemplateSpec")?, template)?;
        Ok(prost::Message::decode(bytes.as_slice())?)
    }
}

/// The conditions of a deployment that was rolled out, or of one whose rollout doesn't get on.
fn deployment_conditions(now: Instant, created: Instant, rolled: Instant, stuck: Option<i64>) -> Value {
    let (holds, reason, message, at) = match stuck {
        Some(ago) if ago > 600_000 => (
            "False",
            "ProgressDeadlineExceeded",
            "ReplicaSet has timed out progressing.",
            rolled.plus_millis(601_000),
        ),
        Some(_) => ("True", "ReplicaSetUpdated", "ReplicaSet is progressing.", rolled),
        None => ("True", "NewReplicaSetAvailable", "ReplicaSet has successfully progressed.", rolled),
    };
    let available = Instant(now.0.min(created.plus_millis(30_000).0));
    json!([
        {
            "type": "Available",
            "status": "True",
            "reason": "MinimumReplicasAvailable",
            "message": "Deployment has minimum availability.",
            "lastUpdateTime": available.rfc3339(),
            "lastTransitionTime": available.rfc3339(),
        },
        {
            "type": "Progressing",
            "status": holds,
            "reason": reason,
            "message": message,
            "lastUpdateTime": at.rfc3339(),
            "lastTransitionTime": at.rfc3339(),
        },
    ])
}

/// Why a revision came: the pipeline that deployed it, or the chart.
fn change_cause(image: &str, revision: i32) -> String {
    let tag = manifests::tag(image);
    if image.starts_with("registry.gitlab.com/quarterdeck/") {
        let pipeline = 48_000 + crate::demo::random::fnv(image.as_bytes()) % 900;
        format!("GitLab pipeline #{pipeline}: deploy {tag}")
    } else {
        format!("helm upgrade to {tag} (release {revision})")
    }
}
