//! What databases and caches keep count of: connections, write-ahead log, replication, hits.

use std::collections::BTreeMap;

use super::description::Profile;
use super::flow::{Flow, Scene, serves};
use crate::demo::store::Key;

/// The share of queries that write, and what a write adds to the log, in bytes.
const WRITES: (f64, f64) = (0.28, 9_200.0);
/// What an idle database adds to its log a second, in bytes.
const IDLE: f64 = 18_000.0;
/// What a replica replays a second when nothing holds it back, in bytes.
const REPLAY: f64 = 48.0 * 1_048_576.0;
/// How far behind a replica is when all is well, in seconds.
const USUAL_LAG: f64 = 0.06;

/// A database, or a cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DatabaseState {
    /// Connections that are open.
    pub connections: f64,
    /// Connections that it takes at most; 0 where that isn't bounded.
    pub most_connections: f64,
    /// Bytes written to the log a second.
    pub written: f64,
    /// Bytes written to the log since the platform started.
    pub position: f64,
    /// How far the replica is behind, in bytes.
    pub lag_bytes: f64,
    /// How far the replica is behind, in seconds.
    pub lag_seconds: f64,
    /// Look-ups that found what they looked for, of a cache.
    pub hits: f64,
    /// Look-ups that didn't.
    pub misses: f64,
    /// Queries since the platform started.
    pub queries: f64,
}

impl DatabaseState {
    /// The share of connections that are refused.
    pub fn refused(&self) -> f64 {
        if self.most_connections > 0.0 && self.connections > self.most_connections {
            1.0 - self.most_connections / self.connections
        } else {
            0.0
        }
    }
}

/// All databases and caches.
#[derive(Debug, Default)]
pub struct Databases(pub BTreeMap<Key, DatabaseState>);

impl Databases {
    /// Lets one step pass.
    pub fn step(&mut self, scene: &Scene<'_>, flow: &Flow) {
        for (index, instance) in scene.topology.instances.iter().enumerate() {
            let description = &scene.flows.services[instance.service];
            if !matches!(description.profile, Profile::Database | Profile::Cache) {
                continue;
            }
            let demand = flow.demand(scene.topology, index, instance.service);
            let state = self.0.entry(instance.key.clone()).or_default();
            state.queries += demand * scene.seconds;
            state.most_connections = description.connections;
            state.connections = connections(scene, index);
            if description.profile == Profile::Cache {
                let share = hits(flow, instance.service);
                state.hits += demand * share * scene.seconds;
                state.misses += demand * (1.0 - share) * scene.seconds;
            }
            let replicas = instance.pods.iter().filter(|pod| serves(scene, **pod)).count().saturating_sub(1);
            state.written = IDLE + demand * WRITES.0 * WRITES.1;
            state.position += state.written * scene.seconds;
            state.replicate(scene.effects.replay(&instance.key).unwrap_or(REPLAY), replicas, scene.seconds);
        }
        self.0.retain(|key, _| scene.topology.instances.iter().any(|instance| instance.key == *key));
    }
}

impl DatabaseState {
    /// The replica replays what has been written.
    fn replicate(&mut self, replay: f64, replicas: usize, seconds: f64) {
        let replay = if replicas == 0 { 0.0 } else { replay };
        self.lag_bytes = (self.lag_bytes + (self.written - replay) * seconds).max(0.0);
        let behind = self.lag_bytes / self.written.max(1.0);
        self.lag_seconds = if behind > 0.0 { behind + USUAL_LAG } else { USUAL_LAG };
    }
}

/// The connections that the pods of all services keep open to a database.
fn connections(scene: &Scene<'_>, database: usize) -> f64 {
    let service = scene.topology.instances[database].service;
    let mut open = 0.0;
    for row in scene.topology.serves.iter().filter(|row| row[service] == Some(database)) {
        for instance in row.iter().flatten().map(|index| &scene.topology.instances[*index]) {
            let pool = scene.flows.services[instance.service].pool;
            let running = instance.pods.iter().filter(|pod| scene.pods[**pod].runs()).count();
            open += pool * running as f64;
        }
    }
    // Replication, the exporter and maintenance.
    open + 6.0
}

/// The share of look-ups that find what they look for.
fn hits(flow: &Flow, cache: usize) -> f64 {
    let calls = flow.calls.iter().flatten().filter(|call| call.to == cache);
    let found: Vec<f64> = calls.filter_map(|call| call.cached.map(|(hits, _)| hits)).collect();
    found.iter().sum::<f64>() / found.len().max(1) as f64
}
