//! Builds the whole platform into an empty store.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{LimitRange, Namespace, Node, ObjectReference, ResourceQuota};
use k8s_pb::api::scheduling::v1::PriorityClass;
use k8s_pb::api::storage::v1::StorageClass;
use serde_json::{Value, json};
use thiserror::Error;

use super::description::{Faults, NodeDescription, Platform, milliseconds};
use super::load;
use super::rbac;
use super::{cluster, custom, manifests};
use crate::demo::admission::{self, Part};
use crate::demo::controllers::Scheduler;
use crate::demo::controllers::cron::ScheduleError;
use crate::demo::controllers::kubelet::Images;
use crate::demo::events::{self, Saying, Sightings};
use crate::demo::fields;
use crate::demo::random::Random;
use crate::demo::store::{Store, Stored};
use crate::demo::wire::{Schema, WireError};
use crate::platform::time::Instant;

/// How many pods a node of the reference platform takes.
const PODS_ON_A_NODE: u32 = 110;

/// The version at which the platform's history starts.
const FIRST_VERSION: u64 = 48_210_000;

/// The platform could not be built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The description can't be read.
    #[error("platform description: {0}")]
    Description(#[from] toml::de::Error),
    /// A scenario that comes with the program can't be read.
    #[error("{0}")]
    Scenario(#[from] crate::demo::scenarios::ScenarioError),
    /// A schedule of the description can't be read.
    #[error("platform schedule: {0}")]
    Schedule(#[from] ScheduleError),
    /// An object doesn't fit its message.
    #[error("platform object: {0}")]
    Object(#[from] WireError),
    /// A definition of a custom resource can't be read.
    #[error("platform definition: {0}")]
    Definition(#[from] serde_json::Error),
    /// An object's own bytes don't decode.
    #[error("platform object: {0}")]
    Decode(#[from] prost::DecodeError),
}

/// A built platform.
#[derive(Debug)]
pub struct Built {
    /// Its objects.
    pub store: Store,
    /// Its scheduler, which knows the addresses given out so far.
    pub scheduler: Scheduler,
    /// The images on its nodes.
    pub images: Images,
    /// The images that don't work.
    pub faults: Faults,
    /// The work of the autoscaled deployments.
    /// The namespaces of its description; those that load was added in are not among them.
    pub namespaces: Vec<String>,
}

/// What building needs in many places.
pub(super) struct Builder<'a> {
    pub schema: &'a Schema,
    pub seed: u64,
    pub now: Instant,
    pub store: Store,
    pub scheduler: Scheduler,
    pub images: Images,
    pub faults: Faults,
    /// The value of each priority class.
    pub priorities: BTreeMap<String, i32>,
    /// The nodes as they are described.
    pub nodes: Vec<NodeDescription>,
}

/// Builds the reference platform, grown to `pods` pods where that is more than it has.
pub fn build(schema: &Schema, seed: u64, now: Instant, pods: Option<usize>) -> Result<Built, BuildError> {
    let platform = Platform::reference()?;
    let mut builder = Builder {
        schema,
        seed,
        now,
        store: Store::new(FIRST_VERSION),
        scheduler: Scheduler::default(),
        images: Images::default(),
        faults: platform.faults(),
        priorities: BTreeMap::new(),
        nodes: platform.nodes.clone(),
    };
    custom::put_definitions(&mut builder)?;
    builder.put_classes(&platform)?;
    for description in &platform.namespaces {
        let mut random = builder.random(&description.name);
        let created = now.plus_millis(-milliseconds(&description.age));
        builder.put_json::<Namespace>(&cluster::namespace(description, now, &mut random))?;
        if let Some(quota) = &description.quota {
            let quota = cluster::quota(&description.name, quota, created, &mut random);
            builder.put_json::<ResourceQuota>(&quota)?;
        }
        if let Some(limits) = &description.container {
            let limits = cluster::limit_range(&description.name, limits, created, &mut random);
            builder.put_json::<LimitRange>(&limits)?;
        }
    }
    for (index, description) in platform.nodes.iter().enumerate() {
        builder.put_node(description, index, PODS_ON_A_NODE)?;
    }
    if let Some(pods) = pods {
        load::add_nodes(&mut builder, pods, platform.nodes.len())?;
    }
    builder.scheduler.refresh(&builder.store);
    builder.put_network(&platform)?;
    for workload in &platform.workloads {
        builder.put_workload(workload)?;
    }
    for cron in &platform.crons {
        builder.put_cron(cron)?;
    }
    rbac::put_roles(&mut builder)?;
    builder.put_kept(&platform)?;
    if let Some(pods) = pods {
        load::grow(&mut builder, pods)?;
    }
    Ok(Built {
        store: builder.store,
        scheduler: builder.scheduler,
        images: builder.images,
        faults: builder.faults,
        namespaces: platform.namespaces.into_iter().map(|it| it.name).collect(),
    })
}

impl Builder<'_> {
    /// A stream of random numbers that belongs to this label alone.
    pub fn random(&self, label: &str) -> Random {
        Random::stream(self.seed, label)
    }

    /// The JSON object as its message.
    pub fn typed<T: Stored>(&self, object: &Value) -> Result<T, BuildError> {
        let message = self.schema.find(T::info().message)?;
        let mut object = object.clone();
        // What the API server would have filled in, so that a later write finds nothing missing.
        admission::default_values(T::info(), Part::Whole, &mut object);
        fields::fill_entries(self.schema, message, &mut object);
        let bytes = self.schema.encode_json(message, &object)?;
        Ok(T::decode(bytes.as_slice())?)
    }

    /// Puts the JSON object into the store.
    pub fn put_json<T: Stored>(&mut self, object: &Value) -> Result<T, BuildError> {
        let mut typed = self.typed::<T>(object)?;
        self.store.put(&mut typed);
        Ok(typed)
    }

    /// Puts the kinds of storage and the importance that pods can have.
    fn put_classes(&mut self, platform: &Platform) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-milliseconds("412d"));
        for class in &platform.storage_classes {
            let mut random = self.random(&class.name);
            let metadata = manifests::metadata("", &class.name, created, json!({}), &mut random);
            let object = manifests::storage_class(class, metadata);
            self.put_json::<StorageClass>(&manifests::applied(object, "helm", created))?;
        }
        for class in &platform.priority_classes {
            let mut random = self.random(&class.name);
            let metadata = manifests::counted_metadata("", &class.name, created, json!({}), &mut random);
            let object = manifests::priority_class(class, metadata);
            self.put_json::<PriorityClass>(&manifests::applied(object, "helm", created))?;
            self.priorities.insert(class.name.clone(), i32::try_from(class.value).unwrap_or(i32::MAX));
        }
        Ok(())
    }

    /// Puts a node into the store.
    pub fn put_node(
        &mut self,
        description: &NodeDescription,
        index: usize,
        pods: u32,
    ) -> Result<(), BuildError> {
        let mut random = self.random(&description.name);
        let node = cluster::node(description, index, pods, self.now, &mut random);
        let node = self.put_json::<Node>(&node)?;
        if description.cordoned {
            let message = format!("Node {} status is now: NodeNotSchedulable", description.name);
            let saying = Saying {
                warning: false,
                reason: "NodeNotSchedulable",
                message: &message,
                reporter: "kubelet",
            };
            let since = milliseconds("44m");
            self.put_event(events::about(&node), &saying, (1, since, since));
        }
        Ok(())
    }

    /// Puts an event into the store that was seen so often, so many milliseconds ago first and last.
    pub fn put_event(
        &mut self,
        about: ObjectReference,
        saying: &Saying<'_>,
        (count, first, last): (i32, i64, i64),
    ) {
        let ago = |milliseconds: i64| self.now.plus_millis(-milliseconds);
        let seen = Sightings { count, first: ago(first), last: ago(last) };
        events::record_sightings(&mut self.store, about, saying, seen);
    }
}
