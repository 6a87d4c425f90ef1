//! The history of a stateful set's or a daemon set's templates, as controller revisions.

use k8s_pb::api::apps::v1::ControllerRevision;
use k8s_pb::api::core::v1::PodTemplateSpec;
use k8s_pb::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_pb::apimachinery::pkg::runtime::RawExtension;
use prost::Message as _;
use serde_json::{Value, json};

use super::ownership;
use super::rollout::hash_of;
use super::simulation::Simulation;
use crate::demo::objects::{controller_reference, key, text, time};
use crate::demo::random::Random;
use crate::demo::store::{Key, Kind, Store, Stored};
use crate::demo::wire::Schema;
use crate::platform::time::Instant;

/// The label of a controller revision with its hash.
const HASH_LABEL: &str = "controller.kubernetes.io/hash";
/// The label of a pod with the revision that it was made of.
pub const REVISION_LABEL: &str = "controller-revision-hash";
/// The longest name to which a hash is appended.
const LONGEST_NAME: usize = 223;

/// The revisions of an object's template, oldest first.
#[derive(Debug)]
pub struct Revisions {
    all: Vec<ControllerRevision>,
}

impl Revisions {
    /// The revisions that an object owns, and brings its present template to their end: a new one is made, and one that
    /// comes back gets the highest number.
    pub fn sync<T: Stored>(
        simulation: &mut Simulation,
        store: &mut Store,
        owner: &T,
        selector: Option<&LabelSelector>,
        template: &PodTemplateSpec,
    ) -> Revisions {
        let keys = ownership::claim::<T, ControllerRevision>(store, owner, selector, |_| true);
        let mut all: Vec<ControllerRevision> = keys.iter().filter_map(|key| store.read(key)).collect();
        all.sort_by_key(number);
        let next = all.last().map_or(0, number) + 1;
        let data = snapshot(&simulation.schema, template);
        match all.iter().rposition(|revision| data_of(revision) == data.as_slice()) {
            Some(place) if place + 1 == all.len() => {}
            Some(place) => {
                let mut revision = all.remove(place);
                revision.revision = Some(next);
                store.put(&mut revision);
                all.push(revision);
            }
            None => {
                let now = simulation.now();
                let mut revision = Self::begin(owner, template, data, next, now, &mut simulation.random);
                // Another template has the same hash.
                let mut collisions = 0;
                while store.get(Kind::ControllerRevision, &key(revision.metadata.as_ref())).is_some() {
                    collisions += 1;
                    rename(&mut revision, owner, &hash_of(template, Some(collisions)));
                }
                store.put(&mut revision);
                all.push(revision);
            }
        }
        Revisions { all }
    }

    fn begin<T: Stored>(
        owner: &T,
        template: &PodTemplateSpec,
        data: Vec<u8>,
        number: i64,
        now: Instant,
        random: &mut Random,
    ) -> ControllerRevision {
        let empty = ObjectMeta::default();
        let metadata = owner.metadata().unwrap_or(&empty);
        let kind = T::info();
        let labels = template.metadata.as_ref().map(|it| it.labels.clone()).unwrap_or_default();
        let mut revision = ControllerRevision {
            metadata: Some(ObjectMeta {
                namespace: metadata.namespace.clone(),
                uid: text(random.uid()),
                creation_timestamp: time(now),
                labels,
                annotations: metadata.annotations.clone(),
                owner_references: vec![controller_reference(&kind.api_version(), &kind.name, Some(metadata))],
                ..ObjectMeta::default()
            }),
            data: Some(RawExtension { raw: Some(data) }),
            revision: Some(number),
        };
        rename(&mut revision, owner, &hash_of(template, None));
        revision
    }

    /// The name of the present template's revision.
    pub fn newest(&self) -> String {
        self.all.last().map(name).unwrap_or_default()
    }

    /// The hash of the present template's revision.
    pub fn newest_hash(&self) -> String {
        self.all.last().map(hash).unwrap_or_default()
    }

    /// The template of the revision of this name.
    pub fn template(&self, schema: &Schema, wanted: &str) -> Option<PodTemplateSpec> {
        let revision = self.all.iter().find(|revision| name(revision) == wanted)?;
        let mut value: Value = serde_json::from_slice(data_of(revision)).ok()?;
        let mut template = value["spec"]["template"].take();
        template.as_object_mut()?.remove("$patch");
        let bytes = schema.encode_json(schema.find("core.v1.PodTemplateSpec").ok()?, &template).ok()?;
        PodTemplateSpec::decode(bytes.as_slice()).ok()
    }

    /// Whether there is a revision of this name.
    pub fn has(&self, wanted: &str) -> bool {
        self.all.iter().any(|revision| name(revision) == wanted)
    }

    /// Removes the oldest revisions that nothing is of, beyond as many as are to be kept. `live` says by name and hash what is in use.
    pub fn truncate(&self, store: &mut Store, kept: i32, live: impl Fn(&str, &str) -> bool) {
        let newest = self.newest();
        let unused: Vec<&ControllerRevision> = self
            .all
            .iter()
            .filter(|revision| name(revision) != newest && !live(&name(revision), &hash(revision)))
            .collect();
        let surplus = unused.len().saturating_sub(usize::try_from(kept).unwrap_or(usize::MAX));
        let keys: Vec<Key> = unused.into_iter().take(surplus).map(|it| key(it.metadata.as_ref())).collect();
        for key in keys {
            store.remove::<ControllerRevision>(&key);
        }
    }
}

/// The name of the revision of a template, where nothing has the same hash.
pub fn revision_name(owner: &str, template: &PodTemplateSpec) -> String {
    named(owner, &hash_of(template, None))
}

fn named(owner: &str, hash: &str) -> String {
    let end = owner.char_indices().nth(LONGEST_NAME).map_or(owner.len(), |(end, _)| end);
    format!("{}-{hash}", &owner[..end])
}

fn rename<T: Stored>(revision: &mut ControllerRevision, owner: &T, hash: &str) {
    let owner = owner.metadata().and_then(|it| it.name.clone()).unwrap_or_default();
    let metadata = revision.metadata.get_or_insert_default();
    metadata.name = Some(named(&owner, hash));
    metadata.labels.insert(HASH_LABEL.to_owned(), hash.to_owned());
}

/// A template as the strategic merge patch that brings it back.
fn snapshot(schema: &Schema, template: &PodTemplateSpec) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = schema
        .find("core.v1.PodTemplateSpec")
        .and_then(|id| schema.item_json(id, &template.encode_to_vec(), &mut bytes));
    let mut template: Value = match written {
        Ok(()) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    template["$patch"] = json!("replace");
    json!({"spec": {"template": template}}).to_string().into_bytes()
}

fn data_of(revision: &ControllerRevision) -> &[u8] {
    revision.data.as_ref().and_then(|data| data.raw.as_deref()).unwrap_or_default()
}

fn number(revision: &ControllerRevision) -> i64 {
    revision.revision.unwrap_or(0)
}

fn name(revision: &ControllerRevision) -> String {
    revision.metadata.as_ref().and_then(|it| it.name.clone()).unwrap_or_default()
}

fn hash(revision: &ControllerRevision) -> String {
    let labels = revision.metadata.as_ref().map(|it| &it.labels);
    labels.and_then(|labels| labels.get(HASH_LABEL)).cloned().unwrap_or_default()
}
