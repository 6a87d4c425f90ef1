//! The objects of the platform: kept as protobuf (custom ones as JSON) beside the few facts that selectors and controllers ask
//! for, under one counter of versions, with a bounded history for watches.

mod dispatch;
mod facts;
mod grants;
mod history;
mod kinds;
mod ledger;
mod listing;
mod object;
mod registry;
mod selectable;
mod selector;
mod served;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use serde_json::Value;
use tokio::sync::{Notify, watch};

pub use dispatch::UnreadableObject;
pub use facts::{Facts, HostPort, PodFacts, Resources};
pub use grants::BindingFacts;
pub use history::{Change, Expired};
pub use kinds::{CustomColumn, CustomVersion, Kind, KindInfo, ScalePaths};
pub use ledger::{Ledger, NamespaceUse};
pub use object::{Key, Owner, Stored, StoredObject};
pub use registry::Kinds;
pub use selector::{FieldSelector, LabelSelector, SelectorError, matches_labels};

use history::History;

/// The kinds whose objects controllers adopt where nobody owns them. They are kept under the empty uid.
const ADOPTED: [Kind; 3] = [Kind::Pod, Kind::ReplicaSet, Kind::ControllerRevision];

/// The store, shared by the API and the controllers. Held only for moments, never across an await.
#[derive(Debug, Clone)]
pub struct SharedStore(Arc<(Mutex<Store>, Notify)>);

impl SharedStore {
    /// Shares this store.
    pub fn new(store: Store) -> Self {
        SharedStore(Arc::new((Mutex::new(store), Notify::new())))
    }

    /// The store itself, until the guard is dropped.
    pub fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the controllers, after something was changed from outside.
    pub fn wake_controllers(&self) {
        self.0.1.notify_one();
    }

    /// Waits until something was changed from outside.
    pub async fn changed_outside(&self) {
        self.0.1.notified().await;
    }
}

/// All objects.
#[derive(Debug)]
pub struct Store {
    version: u64,
    kinds: Arc<Kinds>,
    tables: Vec<Table>,
    /// What each uid owns as its controller.
    owned: Dependents,
    /// What others own without controlling it.
    attached: Dependents,
    ledger: Ledger,
    /// Changes that the controllers haven't looked at yet; `None` while the platform is built.
    unseen: Option<Vec<Change>>,
}

/// The places of what each owner has, by the owner's uid.
type Dependents = FxHashMap<Box<str>, BTreeSet<(Kind, Key)>>;

/// Takes an object from its owners before, and gives it to those after.
fn move_dependent(
    dependents: &mut Dependents,
    old: &[Box<str>],
    before: Option<&Arc<StoredObject>>,
    new: &[Box<str>],
    after: Option<&Arc<StoredObject>>,
) {
    for (uid, object) in old.iter().zip(before.into_iter().cycle()) {
        if let Some(own) = dependents.get_mut(uid) {
            own.remove(&(object.kind, object.key.clone()));
            if own.is_empty() {
                dependents.remove(uid);
            }
        }
    }
    for (uid, object) in new.iter().zip(after.into_iter().cycle()) {
        dependents.entry(uid.clone()).or_default().insert((object.kind, object.key.clone()));
    }
}

/// The objects of one kind.
#[derive(Debug)]
struct Table {
    objects: BTreeMap<Key, Arc<StoredObject>>,
    history: History,
    latest: watch::Sender<u64>,
}

impl Table {
    fn new(version: u64) -> Self {
        Table {
            objects: BTreeMap::new(),
            history: History::new(version),
            latest: watch::Sender::new(version),
        }
    }
}

impl Store {
    /// An empty store whose versions start after `version`.
    pub fn new(version: u64) -> Self {
        Store {
            version,
            kinds: Arc::new(Kinds::built_in()),
            tables: Kind::BUILT_IN.iter().map(|_| Table::new(version)).collect(),
            owned: Dependents::default(),
            attached: Dependents::default(),
            ledger: Ledger::default(),
            unseen: None,
        }
    }

    /// From now on, changes are kept for watches and controllers; what was before can't be replayed.
    pub fn open(&mut self) {
        for table in &mut self.tables {
            table.history = History::new(self.version);
        }
        self.unseen = Some(Vec::new());
    }

    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The kinds that are served now.
    pub fn kinds(&self) -> &Arc<Kinds> {
        &self.kinds
    }

    /// Serves a custom kind in these versions, in place of those before; `stored` is the version in which objects are kept.
    pub fn serve(&mut self, stored: KindInfo, served: Vec<KindInfo>) -> Kind {
        let kind = Arc::make_mut(&mut self.kinds).serve(stored, served);
        while self.tables.len() <= kind.number() {
            self.tables.push(Table::new(self.version));
        }
        kind
    }

    /// No longer serves a custom kind; its objects stay until they are removed.
    pub fn withdraw(&mut self, kind: Kind) {
        Arc::make_mut(&mut self.kinds).withdraw(kind);
    }

    /// The running sums by node and namespace.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// One object.
    pub fn get(&self, kind: Kind, key: &Key) -> Option<&Arc<StoredObject>> {
        self.table(kind).objects.get(key)
    }

    /// One object, decoded; `None` when it isn't there.
    pub fn read<T: Stored>(&self, key: &Key) -> Option<T> {
        T::decode(self.get(T::STORED, key)?.encoded.clone()).ok()
    }

    /// How many objects of the kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.table(kind).objects.len()
    }

    /// The objects of a kind in the order of their keys, of one namespace or of all, after a key or from the start.
    pub fn list<'a, 'n>(
        &'a self,
        kind: Kind,
        namespace: Option<&'n str>,
        after: Option<&Key>,
    ) -> impl Iterator<Item = &'a Arc<StoredObject>> + use<'a, 'n> {
        let start = match (after, namespace) {
            (Some(key), _) => Bound::Excluded(key.clone()),
            (None, Some(namespace)) => Bound::Included(Key::new(namespace, "")),
            (None, None) => Bound::Unbounded,
        };
        self.table(kind)
            .objects
            .range((start, Bound::Unbounded))
            .map(|(_, object)| object)
            .take_while(move |object| namespace.is_none_or(|namespace| &*object.key.namespace == namespace))
    }

    /// The objects that the controller with this uid owns, in the order of their keys.
    pub fn owned_by<'a>(
        &'a self,
        uid: &str,
        kind: Kind,
    ) -> impl Iterator<Item = &'a Arc<StoredObject>> + use<'a> {
        let owned = self.owned.get(uid).into_iter().flatten();
        owned.filter(move |(owned, _)| *owned == kind).filter_map(|(kind, key)| self.get(*kind, key))
    }

    /// The places of all that the object with this uid owns, controlled or not.
    pub fn dependents(&self, uid: &str) -> impl Iterator<Item = &(Kind, Key)> {
        self.owned.get(uid).into_iter().chain(self.attached.get(uid)).flatten()
    }

    /// The object that an owner's name and uid in this namespace mean, where it is there.
    pub fn find_owner(&self, owner: &Owner, namespace: &str) -> Option<&Arc<StoredObject>> {
        let kinds = self.kinds.served().iter().filter(|info| info.name == *owner.kind);
        kinds
            .filter_map(|info| {
                let namespace = if info.namespaced { namespace } else { "" };
                self.get(info.stored, &Key::new(namespace, &owner.name))
            })
            .find(|object| object.uid == owner.uid)
    }

    /// The objects of a kind that no controller owns, in the order of their keys; of kinds that controllers adopt.
    pub fn orphans<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
    ) -> impl Iterator<Item = &'a Arc<StoredObject>> + use<'a> {
        let start = (kind, Key::new(namespace, ""));
        let orphans = self.owned.get("").into_iter().flat_map(move |orphans| orphans.range(start.clone()..));
        orphans
            .take_while(move |(owned, key)| *owned == kind && &*key.namespace == namespace)
            .filter_map(|(kind, key)| self.get(*kind, key))
    }

    /// Writes the object under the next version, new or not.
    pub fn put<T: Stored>(&mut self, object: &mut T) -> Arc<StoredObject> {
        self.version += 1;
        self.insert(StoredObject::from_typed(object, self.version))
    }

    /// Writes the object of a kind that is kept as JSON under the next version, new or not.
    pub fn put_json(&mut self, kind: Kind, object: &mut Value) -> Arc<StoredObject> {
        self.version += 1;
        self.insert(StoredObject::from_json(kind, object, self.version))
    }

    /// Writes an object that has been encoded already; it has to carry the next version.
    pub fn put_prepared(&mut self, object: StoredObject) -> Arc<StoredObject> {
        self.version = object.version;
        self.insert(object)
    }

    fn insert(&mut self, object: StoredObject) -> Arc<StoredObject> {
        let object = Arc::new(object);
        let before = self.table_mut(object.kind).objects.insert(object.key.clone(), Arc::clone(&object));
        self.index(before.as_ref(), Some(&object));
        self.record(Change {
            version: self.version,
            before,
            after: Some(Arc::clone(&object)),
            last: Arc::clone(&object),
        });
        object
    }

    /// Takes the object away; its last state is under the next version.
    pub fn remove<T: Stored>(&mut self, key: &Key) -> Option<Arc<StoredObject>> {
        self.take(T::STORED, key, |before, version| {
            let mut typed = T::decode(before.encoded.clone()).ok()?;
            Some(StoredObject::from_typed(&mut typed, version))
        })
    }

    /// Takes an object away that is kept as JSON; its last state is under the next version.
    fn remove_json(&mut self, kind: Kind, key: &Key) -> Option<Arc<StoredObject>> {
        self.take(kind, key, |before, version| {
            Some(StoredObject::from_json(kind, &mut before.json(), version))
        })
    }

    fn take(
        &mut self,
        kind: Kind,
        key: &Key,
        last: impl FnOnce(&StoredObject, u64) -> Option<StoredObject>,
    ) -> Option<Arc<StoredObject>> {
        let before = self.table_mut(kind).objects.remove(key)?;
        self.version += 1;
        let last = last(&before, self.version).map_or_else(|| Arc::clone(&before), Arc::new);
        self.index(Some(&before), None);
        self.record(Change {
            version: self.version,
            before: Some(before),
            after: None,
            last: Arc::clone(&last),
        });
        Some(last)
    }

    /// What happened to a kind after a version, and the store's version now.
    pub fn since(&self, kind: Kind, version: u64) -> Result<(Vec<Change>, u64), Expired> {
        Ok((self.table(kind).history.after(version)?.cloned().collect(), self.version))
    }

    /// Tells of each version that changes the kind.
    pub fn subscribe(&self, kind: Kind) -> watch::Receiver<u64> {
        self.table(kind).latest.subscribe()
    }

    /// Takes the changes that the controllers haven't looked at yet.
    pub fn take_unseen(&mut self) -> Vec<Change> {
        self.unseen.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn index(&mut self, before: Option<&Arc<StoredObject>>, after: Option<&Arc<StoredObject>>) {
        self.ledger.replace(before.map(|object| &**object), after.map(|object| &**object));
        let controller = |object: Option<&Arc<StoredObject>>| {
            let object = object?;
            let owner = object.owner.as_ref().map(|owner| owner.uid.clone());
            owner.or_else(|| ADOPTED.contains(&object.kind).then(Box::default))
        };
        let (old, new) = (controller(before), controller(after));
        if old != new {
            move_dependent(&mut self.owned, old.as_slice(), before, new.as_slice(), after);
        }
        let others = |object: Option<&Arc<StoredObject>>| -> Vec<Box<str>> {
            object.into_iter().flat_map(|object| &object.co_owners).map(|owner| owner.uid.clone()).collect()
        };
        let (old, new) = (others(before), others(after));
        if old != new {
            move_dependent(&mut self.attached, &old, before, &new, after);
        }
    }

    fn record(&mut self, change: Change) {
        let Some(unseen) = &mut self.unseen else { return };
        unseen.push(change.clone());
        let version = change.version;
        let table = self.table_mut(change.last.kind);
        table.history.push(change);
        table.latest.send_replace(version);
    }

    fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind.number()]
    }

    fn table_mut(&mut self, kind: Kind) -> &mut Table {
        &mut self.tables[kind.number()]
    }
}
