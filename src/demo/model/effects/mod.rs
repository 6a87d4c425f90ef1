//! What breaks the platform, and what is asked about it.

mod condition;
mod effect;
mod history;
mod image;
mod objects;

use std::collections::BTreeMap;

pub use condition::{Condition, ObjectName, Test};
pub use effect::{Effect, Trouble};
pub use image::{ImageBehaviour, ImageFault};
pub use objects::{ObjectCache, Objects};

use history::History;

use crate::demo::store::{Key, Store};
use crate::demo::wire::Schema;
use crate::platform::time::Instant;

/// Everything that is broken now.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    active: BTreeMap<String, Active>,
    history: History,
    cache: ObjectCache,
}

/// An effect that has been added.
#[derive(Debug, Clone)]
struct Active {
    effect: Effect,
    since: Instant,
    /// Whether all its conditions held when they were last looked at.
    holds: bool,
}

/// What comes of pulling an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullOutcome {
    /// It is pulled.
    Pulled,
    /// The registry doesn't have it.
    NotFound,
    /// The registry refuses it.
    Unauthorized,
}

impl Effects {
    /// From now on, this breaks, in place of what was broken under its name.
    pub fn add(&mut self, effect: Effect, now: Instant) {
        // Until its conditions are looked at, an effect that has some doesn't hold.
        let holds = effect.conditions.is_empty();
        self.history.end(&effect.name, now);
        if holds {
            self.history.begin(&effect, now);
        }
        self.active.insert(effect.name.clone(), Active { effect, since: now, holds });
    }

    /// What has this name isn't broken any more; whether it was.
    pub fn remove(&mut self, name: &str, now: Instant) -> bool {
        self.history.end(name, now);
        self.active.remove(name).is_some()
    }

    /// The image doesn't work from now on, for a cause that no condition ends.
    pub fn break_image(&mut self, image: impl Into<String>, fault: ImageFault, now: Instant) {
        let image = image.into();
        let behaviour = ImageBehaviour { fault: Some(fault), ..ImageBehaviour::default() };
        let name = format!("image {image}");
        self.add(Effect { name, conditions: Vec::new(), trouble: Trouble::Image { image, behaviour } }, now);
    }

    /// The names of all that was added, and whether each holds now.
    pub fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.active.iter().map(|(name, active)| (name.as_str(), active.holds))
    }

    /// Looks at all conditions anew.
    pub fn look(&mut self, store: &Store, schema: &Schema, now: Instant) {
        let mut objects = Objects { store, schema, cache: &mut self.cache };
        for active in self.active.values_mut() {
            let conditions = &active.effect.conditions;
            let holds = conditions.iter().all(|condition| condition.holds(&mut objects, active.since));
            match (active.holds, holds) {
                (false, true) => self.history.begin(&active.effect, now),
                (true, false) => self.history.end(&active.effect.name, now),
                _ => {}
            }
            active.holds = holds;
        }
    }

    /// Whether a condition holds of the platform's objects, for something that began at `since`.
    pub fn holds(&mut self, condition: &Condition, store: &Store, schema: &Schema, since: Instant) -> bool {
        condition.holds(&mut Objects { store, schema, cache: &mut self.cache }, since)
    }

    /// The objects that conditions asked about.
    pub(super) fn cache_mut(&mut self) -> &mut ObjectCache {
        &mut self.cache
    }

    /// What was broken at an instant of the past day.
    pub(super) fn troubles_at(&self, at: Instant) -> impl Iterator<Item = &Trouble> {
        self.history.at(at)
    }

    /// Whether anything is broken now.
    pub fn any(&self) -> bool {
        self.troubles().next().is_some()
    }

    /// How a container of this image fails; `None` where it works.
    pub fn image_fault(&self, image: &str) -> Option<ImageFault> {
        self.images(image).find_map(|(behaviour, _)| behaviour.fault)
    }

    /// How containers of this image behave, and since when where they don't as they should.
    pub fn image(&self, image: &str) -> (ImageBehaviour, Option<Instant>) {
        self.images(image).fold((ImageBehaviour::default(), None), |(all, since), (one, began)| {
            let all = ImageBehaviour {
                fault: all.fault.or(one.fault),
                errors: 1.0 - (1.0 - all.errors) * (1.0 - one.errors),
                slower: all.slower * one.slower,
                leak_mib_per_minute: all.leak_mib_per_minute + one.leak_mib_per_minute,
            };
            (all, Some(since.map_or(began, |since: Instant| since.min(began))))
        })
    }

    /// How many times as many requests arrive in an environment.
    pub fn traffic(&self, environment: &str) -> f64 {
        self.product(|trouble| match trouble {
            Trouble::Traffic { environment: it, factor } if it == environment => Some(*factor),
            _ => None,
        })
    }

    /// How much a database's replica replays a second, in bytes; `None` where nothing holds it back.
    pub fn replay(&self, workload: &Key) -> Option<f64> {
        self.find(|trouble| match trouble {
            Trouble::Replication { workload: it, mib_per_second } if names(it, workload) => {
                Some(mib_per_second * 1_048_576.0)
            }
            _ => None,
        })
        .map(|(bytes, _)| bytes)
    }

    /// The share of tasks that a worker which was started at this time still does.
    pub fn consumer(&self, workload: &Key, started: Instant) -> f64 {
        let stuck = self.find(|trouble| match trouble {
            Trouble::Consumers { workload: it, factor } if names(it, workload) => Some(*factor),
            _ => None,
        });
        stuck.filter(|(_, since)| started <= *since).map_or(1.0, |(factor, _)| factor)
    }

    /// The share of requests that a service fails, and how many times longer they take, whatever its pods do.
    pub fn service(&self, workload: &Key) -> (f64, f64) {
        let found = self.find(|trouble| match trouble {
            Trouble::Service { workload: it, errors, slower } if names(it, workload) => {
                Some((*errors, *slower))
            }
            _ => None,
        });
        found.map_or((0.0, 1.0), |(found, _)| found)
    }

    /// Whether the node is lost: its kubelet doesn't answer, and nothing runs on it.
    pub fn node_down(&self, node: &str) -> bool {
        self.troubles().any(|(trouble, _)| matches!(trouble, Trouble::Node { node: it } if it == node))
    }

    /// How quickly the disk of a node fills, in bytes a second.
    pub fn node_filling(&self, node: &str) -> f64 {
        self.filling(node)
    }

    /// How quickly the volume of a claim fills, in bytes a second.
    pub fn claim_filling(&self, claim: &Key) -> f64 {
        self.filling(&format!("{}/{}", claim.namespace, claim.name))
    }

    /// How many times longer everything takes on the volume of a claim.
    pub fn slow_volume(&self, claim: &Key) -> f64 {
        self.product(|trouble| match trouble {
            Trouble::SlowVolume { claim: it, slower } if names(it, claim) => Some(*slower),
            _ => None,
        })
    }

    /// Why a certificate isn't renewed, and when it expires where the effect says so; `None` where it is.
    pub fn certificate(&self, certificate: &Key) -> Option<(&str, Option<Instant>)> {
        let found = self.find(|trouble| match trouble {
            Trouble::Certificate { certificate: it, message, days_left } if names(it, certificate) => {
                Some((message.as_str(), *days_left))
            }
            _ => None,
        });
        found.map(|((message, days), since)| {
            (message, days.map(|days| since.plus_millis((days * 86_400_000.0) as i64)))
        })
    }

    /// Why a backup storage location can't be reached; `None` where it can.
    pub fn backup_location(&self, location: &Key) -> Option<&str> {
        let found = self.find(|trouble| match trouble {
            Trouble::BackupLocation { location: it, message } if names(it, location) => {
                Some(message.as_str())
            }
            _ => None,
        });
        found.map(|(message, _)| message)
    }

    /// Whether the drive of a pod of an object store is lost.
    pub fn drive_lost(&self, pod: &Key) -> bool {
        self.troubles().any(|(trouble, _)| matches!(trouble, Trouble::Drive { pod: it } if names(it, pod)))
    }

    /// The share of look-ups of names that fail.
    pub fn dns_failures(&self) -> f64 {
        let works = self.product(|trouble| match trouble {
            Trouble::Dns { share } => Some(1.0 - share),
            _ => None,
        });
        1.0 - works
    }

    /// What comes of pulling an image for a pod of a namespace.
    pub fn pull_outcome(&self, namespace: &str, image: &str) -> PullOutcome {
        let refused = self.troubles().any(|(trouble, _)| match trouble {
            Trouble::Registry { prefix, namespace: it } => {
                image.starts_with(prefix.as_str()) && (it.is_empty() || it == namespace)
            }
            _ => false,
        });
        match self.image_fault(image) {
            _ if refused => PullOutcome::Unauthorized,
            Some(ImageFault::Missing) => PullOutcome::NotFound,
            _ => PullOutcome::Pulled,
        }
    }

    /// Cores that each pod of a workload burns for nothing.
    pub fn burns(&self, workload: &Key) -> f64 {
        let found = self.find(|trouble| match trouble {
            Trouble::Burn { workload: it, cores } if names(it, workload) => Some(*cores),
            _ => None,
        });
        found.map_or(0.0, |(cores, _)| cores)
    }

    fn filling(&self, place: &str) -> f64 {
        let fills = self.troubles().filter_map(|(trouble, _)| match trouble {
            Trouble::Disk { on, mib_per_minute } if on == place => Some(mib_per_minute * 1_048_576.0 / 60.0),
            _ => None,
        });
        fills.sum()
    }

    fn images(&self, image: &str) -> impl Iterator<Item = (&ImageBehaviour, Instant)> {
        self.troubles().filter_map(move |(trouble, since)| match trouble {
            Trouble::Image { image: it, behaviour } if it == image => Some((behaviour, since)),
            _ => None,
        })
    }

    fn troubles(&self) -> impl Iterator<Item = (&Trouble, Instant)> {
        let holding = self.active.values().filter(|active| active.holds);
        holding.map(|active| (&active.effect.trouble, active.since))
    }

    fn find<'a, T>(&'a self, read: impl Fn(&'a Trouble) -> Option<T>) -> Option<(T, Instant)> {
        self.troubles().find_map(|(trouble, since)| Some((read(trouble)?, since)))
    }

    fn product(&self, read: impl Fn(&Trouble) -> Option<f64>) -> f64 {
        self.troubles().filter_map(|(trouble, _)| read(trouble)).product()
    }
}

/// Whether the text names the object, as `namespace/name`.
fn names(text: &str, key: &Key) -> bool {
    text.split_once('/').is_some_and(|(namespace, name)| namespace == &*key.namespace && name == &*key.name)
}
