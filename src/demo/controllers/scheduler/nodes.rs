//! All nodes, in the order of their names, kept up to date one by one.

use std::collections::BTreeSet;

use k8s_pb::api::core::v1::Node;
use rustc_hash::FxHashMap;

use super::node::NodeInfo;
use crate::demo::store::{Key, Kind, Store};

/// The nodes as the scheduler knows them.
#[derive(Debug, Default)]
pub struct Nodes {
    list: Vec<NodeInfo>,
    places: FxHashMap<String, usize>,
    /// Nodes that have changed since they were read.
    changed: BTreeSet<Key>,
    /// Whether all have to be read again, since one has come or gone.
    stale: bool,
}

impl Nodes {
    /// All nodes in the order of their names.
    pub fn all(&self) -> &[NodeInfo] {
        &self.list
    }

    /// The node of this name.
    pub fn get(&self, name: &str) -> Option<&NodeInfo> {
        self.places.get(name).map(|place| &self.list[*place])
    }

    /// The node of this name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut NodeInfo> {
        self.places.get(name).map(|place| &mut self.list[*place])
    }

    /// Lets a node be read again before the next placement, since it has changed.
    pub fn note_change(&mut self, key: &Key) {
        self.changed.insert(key.clone());
    }

    /// Reads again what has changed.
    pub fn refresh(&mut self, store: &Store) {
        for key in std::mem::take(&mut self.changed) {
            let node = store.read::<Node>(&key).map(|node| NodeInfo::new(&node));
            match (node, self.get_mut(&key.name)) {
                (Some(node), Some(known)) => *known = node.after(Some(known)),
                (None, None) => {}
                _ => self.stale = true,
            }
        }
        if std::mem::take(&mut self.stale) {
            self.read_all(store);
        }
    }

    /// Reads all nodes.
    pub fn read_all(&mut self, store: &Store) {
        let before: FxHashMap<String, NodeInfo> =
            self.list.drain(..).map(|node| (node.place.node.clone(), node)).collect();
        for stored in store.list(Kind::Node, None, None) {
            let Some(node) = store.read::<Node>(&stored.key) else { continue };
            self.list.push(NodeInfo::new(&node).after(before.get(&*stored.key.name)));
        }
        let places = self.list.iter().enumerate();
        self.places = places.map(|(place, node)| (node.place.node.clone(), place)).collect();
    }
}
