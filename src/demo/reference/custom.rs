//! The definitions of custom resources that the platform's operators have installed.

use serde_json::json;

use super::build::{BuildError, Builder};
use crate::demo::custom;
use crate::demo::store::{Key, Kind};

/// How long ago they were installed, in milliseconds: 212 days.
const AGE: i64 = 212 * 24 * 3_600_000;

/// Puts the definitions into the store, established and served.
pub(super) fn put_definitions(builder: &mut Builder<'_>) -> Result<(), BuildError> {
    let created = builder.now.plus_millis(-AGE);
    let mut random = builder.random("custom resource definitions");
    for mut definition in custom::definitions()? {
        definition["metadata"]["uid"] = json!(random.uid());
        definition["metadata"]["creationTimestamp"] = json!(created.rfc3339());
        definition["metadata"]["generation"] = json!(1);
        let stored = builder.store.put_json(Kind::CustomResourceDefinition, &mut definition);
        custom::reconcile(&mut builder.store, &Key::clone(&stored.key), created);
    }
    Ok(())
}
