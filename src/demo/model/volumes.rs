//! What of the volumes is used: what was there, what load adds, and what an effect puts there.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::PersistentVolumeClaim;

use super::description::VolumeDescription;
use super::effects::Effects;
use super::noise::Noise;
use super::roster::PodView;
use crate::demo::quantity;
use crate::demo::store::{Key, Kind, Store};

/// How full a volume has to be for writing to fail.
const FULL: f64 = 0.985;
/// How quickly what is no longer wanted is taken away, in bytes a second.
const CLEANING: f64 = 25.0 * 1_048_576.0;
/// What is used of the volume of a workload of which nothing is described.
const SOME: f64 = 0.2;

/// A claim's volume.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VolumeState {
    /// The workload whose pod has it.
    pub workload: Key,
    /// Its size, in bytes.
    pub capacity: f64,
    /// What of it is used, in bytes.
    pub used: f64,
    grown: f64,
    filled: f64,
    version: u64,
}

impl VolumeState {
    /// The share that is used.
    pub fn share(&self) -> f64 {
        self.used / self.capacity.max(1.0)
    }

    /// Whether writing fails.
    pub fn full(&self) -> bool {
        self.share() >= FULL
    }
}

/// The volumes of the pods that are modelled one by one, by their claims.
#[derive(Debug, Default)]
pub struct Volumes(pub BTreeMap<Key, VolumeState>);

/// What volumes grow by.
#[derive(Debug)]
pub struct Growth<'a> {
    /// What is described.
    pub descriptions: &'a [VolumeDescription],
    /// What is broken.
    pub effects: &'a Effects,
    /// The noise.
    pub noise: &'a Noise,
    /// The share of the peak's load that there is.
    pub level: f64,
    /// What a workload keeps for a while besides, in bytes.
    pub kept: &'a BTreeMap<Key, f64>,
    /// How long it grows.
    pub seconds: f64,
}

impl Volumes {
    /// Takes over the claims that there are, and lets them grow.
    pub fn grow(&mut self, store: &Store, pods: &[&PodView], growth: &Growth<'_>) {
        let mut before = std::mem::take(&mut self.0);
        for pod in pods {
            for claim in &pod.claims {
                let key = Key::new(&pod.key.namespace, claim);
                let mut volume = before.remove(&key).unwrap_or_default();
                volume.workload = Key::new(&pod.key.namespace, &pod.workload);
                if volume.read(store, &key, growth) {
                    volume.grow(&key, growth);
                    self.0.insert(key, volume);
                }
            }
        }
    }
}

impl VolumeState {
    /// Reads the claim's size; whether there is one.
    fn read(&mut self, store: &Store, key: &Key, growth: &Growth<'_>) -> bool {
        let Some(stored) = store.get(Kind::PersistentVolumeClaim, key) else { return false };
        if stored.version == self.version {
            return self.capacity > 0.0;
        }
        let first = self.version == 0;
        self.version = stored.version;
        let claim = store.read::<PersistentVolumeClaim>(key).unwrap_or_default();
        let asked = claim.spec.and_then(|spec| spec.resources).map(|it| it.requests);
        let given = claim.status.map(|status| status.capacity).filter(|it| !it.is_empty());
        let size = given.or(asked).and_then(|list| list.get("storage")?.string.clone());
        self.capacity = size.and_then(|size| quantity::whole(&size)).unwrap_or(0) as f64;
        if first {
            let share = self.description(growth).map_or(SOME, |it| it.used);
            let spread = 0.97 + 0.06 * growth.noise.fixed(&format!("{}/{}", key.namespace, key.name));
            self.grown = self.capacity * share * spread;
        }
        self.capacity > 0.0
    }

    fn grow(&mut self, key: &Key, growth: &Growth<'_>) {
        let hourly = self.description(growth).map_or(0.0, |it| it.mib_per_hour) * 1_048_576.0;
        self.grown += hourly / 3_600.0 * growth.level * growth.seconds;
        let rate = growth.effects.claim_filling(key);
        let change = if rate > 0.0 { rate } else { -CLEANING };
        self.filled = (self.filled + change * growth.seconds).clamp(0.0, self.capacity);
        let kept = growth.kept.get(&self.workload).copied().unwrap_or(0.0);
        self.used = (self.grown + self.filled + kept).min(self.capacity);
    }

    fn description<'a>(&self, growth: &Growth<'a>) -> Option<&'a VolumeDescription> {
        growth.descriptions.iter().find(|it| *it.workload == *self.workload.name)
    }
}
