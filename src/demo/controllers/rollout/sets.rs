//! A deployment at work: its replica sets, and how they are written.

use k8s_pb::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStatus, ReplicaSet, RollingUpdateDeployment,
};
use k8s_pb::api::core::v1::PodTemplateSpec;

use super::revisions;
use crate::demo::controllers::int_or_percent::scaled_or_zero;
use crate::demo::controllers::simulation::Simulation;
use crate::demo::events::{self, Saying};
use crate::demo::objects::instant;
use crate::demo::store::{Key, Store};

/// The name under which the controller tells of what it does.
pub const REPORTER: &str = "deployment-controller";
/// The annotation with the deployment's count when its set was scaled last.
pub const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
/// The annotation with that count and the surge that was allowed then.
pub const MAX: &str = "deployment.kubernetes.io/max-replicas";

/// A deployment with the replica sets that it owns. Places in `sets` name the sets.
pub struct Rollout<'a> {
    pub simulation: &'a mut Simulation,
    pub store: &'a mut Store,
    pub deployment: Deployment,
    /// All its sets, the oldest first.
    pub sets: Vec<ReplicaSet>,
    /// The set of the present template.
    pub new: Option<usize>,
}

impl<'a> Rollout<'a> {
    /// The deployment with the sets of these keys.
    pub fn new(
        simulation: &'a mut Simulation,
        store: &'a mut Store,
        deployment: Deployment,
        sets: &[Key],
    ) -> Self {
        let mut sets: Vec<ReplicaSet> = sets.iter().filter_map(|key| store.read(key)).collect();
        sets.sort_by_key(created);
        let template = template_of(&deployment);
        let new = sets.iter().position(|set| {
            let own = set.spec.as_ref().and_then(|spec| spec.template.as_ref());
            own.is_some_and(|own| revisions::same_but_hash(own, &template))
        });
        Rollout { simulation, store, deployment, sets, new }
    }

    /// The deployment's specification.
    pub fn spec(&self) -> DeploymentSpec {
        self.deployment.spec.clone().unwrap_or_default()
    }

    /// The deployment's status as it is stored.
    pub fn status(&self) -> DeploymentStatus {
        self.deployment.status.clone().unwrap_or_default()
    }

    /// The wanted count.
    pub fn wanted(&self) -> i32 {
        wanted_of(&self.deployment)
    }

    /// Whether pods are replaced step by step.
    pub fn is_rolling(&self) -> bool {
        is_rolling(&self.deployment)
    }

    /// How many pods there may be above the wanted count.
    pub fn max_surge(&self) -> i32 {
        max_surge(&self.deployment)
    }

    /// How many of the wanted pods may be missing.
    pub fn max_unavailable(&self) -> i32 {
        max_unavailable(&self.deployment)
    }

    /// The places of the sets that aren't the new one, the oldest first.
    pub fn old(&self) -> Vec<usize> {
        (0..self.sets.len()).filter(|place| Some(*place) != self.new).collect()
    }

    /// Of some places, those whose sets want pods.
    pub fn active(&self, mut places: Vec<usize>) -> Vec<usize> {
        places.retain(|place| self.count(*place) > 0);
        places
    }

    /// The count that a set wants.
    pub fn count(&self, place: usize) -> i32 {
        self.sets.get(place).map_or(0, replicas)
    }

    /// How many pods of a set are available.
    pub fn available(&self, place: usize) -> i32 {
        let status = self.sets.get(place).and_then(|set| set.status.as_ref());
        status.and_then(|it| it.available_replicas).unwrap_or(0)
    }

    /// The counts that all sets want together.
    pub fn total(&self) -> i32 {
        self.sets.iter().map(replicas).sum()
    }

    /// The available pods of all sets.
    pub fn total_available(&self) -> i32 {
        (0..self.sets.len()).map(|place| self.available(place)).sum()
    }

    /// Gives a set another count; whether that was another one. `noting` also brings its annotations up to date where only they differ.
    pub fn scale(&mut self, place: usize, count: i32, noting: bool) -> bool {
        let (wanted, most) = (self.wanted(), self.wanted() + self.max_surge());
        let Some(set) = self.sets.get_mut(place) else { return false };
        let before = replicas(set);
        if before == count && !noting {
            return false;
        }
        let noted = note_counts(set, wanted, most);
        if before == count && !noted {
            return false;
        }
        set.spec.get_or_insert_default().replicas = Some(count);
        if before != count {
            bump_generation(set);
        }
        self.store.put(set);
        if before == count {
            return false;
        }
        let name = set.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default();
        let word = if count > before { "up" } else { "down" };
        self.tell(
            false,
            "ScalingReplicaSet",
            &format!("Scaled {word} replica set {name} from {before} to {count}"),
        );
        true
    }

    /// Records an event about the deployment.
    pub fn tell(&mut self, warning: bool, reason: &str, message: &str) {
        let saying = Saying { warning, reason, message, reporter: REPORTER };
        self.simulation.tell(self.store, events::about(&self.deployment), &saying);
    }
}

/// The deployment's template.
pub fn template_of(deployment: &Deployment) -> PodTemplateSpec {
    deployment.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default()
}

/// The count that a set wants.
pub fn replicas(set: &ReplicaSet) -> i32 {
    set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

/// When a set was created, and its name where that was at the same time.
pub fn created(set: &ReplicaSet) -> (i64, String) {
    let metadata = set.metadata.as_ref();
    let at = instant(metadata.and_then(|it| it.creation_timestamp.as_ref()));
    (at.seconds(), metadata.and_then(|it| it.name.clone()).unwrap_or_default())
}

/// The version of a set's specification moves on.
pub fn bump_generation(set: &mut ReplicaSet) {
    let metadata = set.metadata.get_or_insert_default();
    metadata.generation = Some(metadata.generation.unwrap_or(0) + 1);
}

/// Notes the counts of the deployment on a set; whether they are other ones.
pub fn note_counts(set: &mut ReplicaSet, wanted: i32, most: i32) -> bool {
    let annotations = &mut set.metadata.get_or_insert_default().annotations;
    let mut changed = false;
    for (name, count) in [(DESIRED, wanted), (MAX, most)] {
        let count = count.to_string();
        if annotations.get(name) != Some(&count) {
            annotations.insert(name.to_owned(), count);
            changed = true;
        }
    }
    changed
}

/// A count that is noted on a set.
pub fn noted(set: &ReplicaSet, name: &str) -> Option<i32> {
    let annotation = set.metadata.as_ref().and_then(|it| it.annotations.get(name));
    annotation.and_then(|count| count.parse().ok()).filter(|count| *count >= 0)
}

fn wanted_of(deployment: &Deployment) -> i32 {
    deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

fn is_rolling(deployment: &Deployment) -> bool {
    let strategy = deployment.spec.as_ref().and_then(|spec| spec.strategy.as_ref());
    strategy.and_then(|strategy| strategy.r#type.as_deref()) != Some("Recreate")
}

fn rolling_update(deployment: &Deployment) -> RollingUpdateDeployment {
    let strategy = deployment.spec.as_ref().and_then(|spec| spec.strategy.clone());
    strategy.and_then(|strategy| strategy.rolling_update).unwrap_or_default()
}

/// How many pods a rolling update may have above the wanted count: a share is rounded up.
pub fn max_surge(deployment: &Deployment) -> i32 {
    if !is_rolling(deployment) {
        return 0;
    }
    scaled_or_zero(rolling_update(deployment).max_surge.as_ref(), wanted_of(deployment), true)
}

/// How many of the wanted pods a rolling update may miss: a share is rounded down. At least one where there is no surge.
fn max_unavailable(deployment: &Deployment) -> i32 {
    let wanted = wanted_of(deployment);
    if !is_rolling(deployment) || wanted == 0 {
        return 0;
    }
    let unavailable = scaled_or_zero(rolling_update(deployment).max_unavailable.as_ref(), wanted, false);
    if unavailable == 0 && max_surge(deployment) == 0 { 1 } else { unavailable.min(wanted) }
}
