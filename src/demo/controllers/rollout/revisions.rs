//! Revisions: the replica set of each template, its number and its history.

use k8s_pb::api::apps::v1::{Deployment, ReplicaSet, ReplicaSetSpec};
use k8s_pb::api::core::v1::PodTemplateSpec;
use k8s_pb::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use prost::Message as _;

use super::conditions;
use super::sets::{
    DESIRED, MAX, Rollout, bump_generation, created, max_surge, note_counts, replicas, template_of,
};
use crate::demo::objects::{controller_reference, key, text, time};
use crate::demo::random::{Random, template_hash};
use crate::demo::store::Kind;
use crate::platform::time::Instant;

/// The label that tells the pods of one revision from those of another.
const HASH_LABEL: &str = "pod-template-hash";
/// The annotation with the number of a revision.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation with the numbers that a revision had before.
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// How long the history of numbers may become.
const LONGEST_HISTORY: usize = 2_000;
/// What of a deployment's annotations isn't for its sets.
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAX,
    "deprecated.deployment.rollback.to",
];

impl Rollout<'_> {
    /// Brings the numbers and annotations of the new set up to date, and makes it where it is missing and `create` asks for it.
    /// `false` where its name was taken, so that the deployment has to be looked at again.
    pub fn sync_revision(&mut self, create: bool) -> bool {
        let number = self.old().into_iter().map(|place| number_of(&self.sets[place])).max().unwrap_or(0) + 1;
        match self.new {
            Some(place) => self.update_revision(place, number),
            None if create => return self.begin_revision(number),
            None => {}
        }
        true
    }

    fn update_revision(&mut self, place: usize, number: i64) {
        let min_ready = self.spec().min_ready_seconds;
        let set = &mut self.sets[place];
        let mut changed = annotate(&self.deployment, set, number);
        let spec = set.spec.get_or_insert_default();
        if spec.min_ready_seconds.unwrap_or(0) != min_ready.unwrap_or(0) {
            spec.min_ready_seconds = min_ready;
            bump_generation(set);
            changed = true;
        }
        if changed {
            self.store.put(set);
        }
        let name = name_of(set);
        let number = number_of(set);
        let mut status = self.status();
        let first = self.has_deadline() && !conditions::has(&status, conditions::PROGRESSING);
        if first {
            let message = format!("Found new replica set \"{name}\"");
            let now = self.simulation.now();
            conditions::set(
                &mut status,
                conditions::PROGRESSING,
                "True",
                "FoundNewReplicaSet",
                &message,
                now,
            );
            self.deployment.status = Some(status);
        }
        if self.note_revision(number) || first {
            self.store.put(&mut self.deployment);
        }
    }

    /// Notes the number of the present revision on the deployment; whether it is another one.
    fn note_revision(&mut self, number: i64) -> bool {
        let annotations = &mut self.deployment.metadata.get_or_insert_default().annotations;
        let number = number.to_string();
        annotations.insert(REVISION.to_owned(), number.clone()) != Some(number)
    }

    fn begin_revision(&mut self, number: i64) -> bool {
        let now = self.simulation.now();
        let template = template_of(&self.deployment);
        let mut set =
            replica_set_for(&self.deployment, &template, 0, number, now, &mut self.simulation.random);
        annotate(&self.deployment, &mut set, number);
        if self.store.get(Kind::ReplicaSet, &key(set.metadata.as_ref())).is_some() {
            // Another template has the same hash, or another owner the same name.
            let status = self.deployment.status.get_or_insert_default();
            status.collision_count = Some(status.collision_count.unwrap_or(0) + 1);
            self.store.put(&mut self.deployment);
            return false;
        }
        let count = self.room_for_new(0);
        set.spec.get_or_insert_default().replicas = Some(count);
        self.store.put(&mut set);
        let name = name_of(&set);
        self.sets.push(set);
        self.new = Some(self.sets.len() - 1);
        if count > 0 {
            self.tell(false, "ScalingReplicaSet", &format!("Scaled up replica set {name} from 0 to {count}"));
        }
        self.note_revision(number);
        if self.has_deadline() {
            let mut status = self.status();
            let message = format!("Created new replica set \"{name}\"");
            conditions::set(
                &mut status,
                conditions::PROGRESSING,
                "True",
                "NewReplicaSetCreated",
                &message,
                now,
            );
            self.deployment.status = Some(status);
        }
        self.store.put(&mut self.deployment);
        true
    }

    /// Removes the oldest sets that nobody can want back, beyond as many as are to be kept.
    pub fn clean_up(&mut self) {
        let limit = usize::try_from(self.spec().revision_history_limit.unwrap_or(10)).unwrap_or(0);
        let mut old: Vec<&ReplicaSet> = self.old().into_iter().map(|place| &self.sets[place]).collect();
        old.retain(|set| set.metadata.as_ref().is_none_or(|it| it.deletion_timestamp.is_none()));
        old.sort_by_key(|set| (number_of(set), created(set)));
        let surplus = old.len().saturating_sub(limit);
        let unused = |set: &&&ReplicaSet| {
            let status = set.status.clone().unwrap_or_default();
            let generation = set.metadata.as_ref().and_then(|it| it.generation).unwrap_or(0);
            status.replicas.unwrap_or(0) == 0
                && replicas(set) == 0
                && generation <= status.observed_generation.unwrap_or(0)
        };
        let keys: Vec<_> =
            old.iter().take(surplus).filter(unused).map(|set| key(set.metadata.as_ref())).collect();
        for key in keys {
            self.store.remove::<ReplicaSet>(&key);
        }
    }
}

/// Copies the deployment's annotations to a set, and gives it this number where its own is smaller; whether anything changed.
fn annotate(deployment: &Deployment, set: &mut ReplicaSet, number: i64) -> bool {
    let before = number_of(set);
    let annotations = &mut set.metadata.get_or_insert_default().annotations;
    let mut changed = false;
    for (name, value) in deployment.metadata.iter().flat_map(|it| &it.annotations) {
        if !NOT_COPIED.contains(&name.as_str()) && annotations.get(name) != Some(value) {
            annotations.insert(name.clone(), value.clone());
            changed = true;
        }
    }
    if before >= number {
        return changed;
    }
    if let Some(old) = annotations.insert(REVISION.to_owned(), number.to_string()) {
        let history = annotations.get(HISTORY).cloned().unwrap_or_default();
        annotations.insert(HISTORY.to_owned(), prolonged(&history, &old));
    }
    true
}

/// The history with one more number; the oldest go where it becomes too long.
fn prolonged(history: &str, number: &str) -> String {
    let mut numbers: Vec<&str> = history.split(',').filter(|it| !it.is_empty()).collect();
    numbers.push(number);
    while numbers.len() > 1 && numbers.iter().map(|it| it.len() + 1).sum::<usize>() > LONGEST_HISTORY + 1 {
        numbers.remove(0);
    }
    numbers.join(",")
}

fn number_of(set: &ReplicaSet) -> i64 {
    let annotation = set.metadata.as_ref().and_then(|it| it.annotations.get(REVISION));
    annotation.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// The name of a set.
pub fn name_of(set: &ReplicaSet) -> String {
    set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default()
}

/// Whether two templates differ in nothing but the hash that they carry.
pub fn same_but_hash(one: &PodTemplateSpec, other: &PodTemplateSpec) -> bool {
    bare(one) == bare(other)
}

fn bare(template: &PodTemplateSpec) -> PodTemplateSpec {
    let mut template = template.clone();
    template.metadata.get_or_insert_default().labels.remove(HASH_LABEL);
    template
}

/// The hash of a template, without the hash that it may already carry. Collisions make it another one.
pub fn hash_of(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let mut bytes = bare(template).encode_to_vec();
    if let Some(collisions) = collisions.filter(|count| *count > 0) {
        bytes.extend(collisions.to_le_bytes());
    }
    template_hash(&bytes)
}

/// A new replica set of a deployment for a template.
pub fn replica_set_for(
    deployment: &Deployment,
    template: &PodTemplateSpec,
    count: i32,
    revision: i64,
    at: Instant,
    random: &mut Random,
) -> ReplicaSet {
    let collisions = deployment.status.as_ref().and_then(|status| status.collision_count);
    let hash = hash_of(template, collisions);
    let owner = deployment.metadata.clone().unwrap_or_default();
    let spec = deployment.spec.clone().unwrap_or_default();
    let wanted = spec.replicas.unwrap_or(1);
    let mut template = template.clone();
    let metadata = template.metadata.get_or_insert_default();
    metadata.labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let labels = metadata.labels.clone();
    let mut selector = spec.selector.unwrap_or_default();
    selector.match_labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let mut set = ReplicaSet {
        metadata: Some(ObjectMeta {
            name: Some(format!("{}-{hash}", owner.name.as_deref().unwrap_or_default())),
            namespace: owner.namespace.clone(),
            uid: text(random.uid()),
            generation: Some(1),
            creation_timestamp: time(at),
            labels,
            annotations: [(REVISION.to_owned(), revision.to_string())].into(),
            owner_references: vec![controller_reference("apps/v1", "Deployment", Some(&owner))],
            ..ObjectMeta::default()
        }),
        spec: Some(ReplicaSetSpec {
            replicas: Some(count),
            min_ready_seconds: spec.min_ready_seconds,
            selector: Some(selector),
            template: Some(template),
        }),
        status: None,
    };
    note_counts(&mut set, wanted, wanted + max_surge(deployment));
    set
}
