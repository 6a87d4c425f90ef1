//! The task on which everything happens.

use std::sync::Arc;

use crate::demo::reference::Built;
use crate::demo::server::DemoOptions;
use crate::demo::store::{SharedStore, Store};
use crate::demo::wire::Schema;

/// All controllers together.
#[derive(Debug)]
pub struct Simulation {}

impl Simulation {
    /// Takes over a built platform.
    pub fn open(built: Built, _schema: Arc<Schema>, _options: &DemoOptions) -> (Store, Simulation) {
        let mut store = built.store;
        store.open();
        (store, Simulation {})
    }

    /// Runs until the runtime ends.
    pub async fn run(self, store: SharedStore) {
        loop {
            store.changed_outside().await;
        }
    }
}
