//! The account of an object as its scale shows it, and back.

use super::managers::{Manager, Managers, Owned};
use super::path::PathElement;
use super::set::FieldSet;

/// The version of scales.
pub const SCALE_VERSION: &str = "autoscaling/v1";

/// Where a scale has the wanted number.
const IN_SCALE: [&str; 2] = ["spec", "replicas"];

/// The managers of the wanted number, as a scale shows them. `path` is where the object has it.
pub fn to_scale(managers: &Managers, path: &[&str]) -> Managers {
    let steps: Vec<PathElement> = path.iter().map(|name| PathElement::field(name)).collect();
    let owners = managers.0.iter().filter(|(_, owned)| owned.fields.has(&steps));
    let shown = owners.map(|(manager, owned)| {
        let shown = Owned {
            api_version: SCALE_VERSION.to_owned(),
            fields: FieldSet::of(&[&IN_SCALE]),
            time: owned.time.clone(),
        };
        (manager.clone(), shown)
    });
    Managers(shown.collect())
}

/// The managers of an object after its scale was written: who has lost the wanted number in the scale has lost it in the object.
pub fn from_scale(managers: &Managers, scale: &Managers, path: &[&str], api_version: &str) -> Managers {
    let steps: Vec<PathElement> = path.iter().map(|name| PathElement::field(name)).collect();
    let number = FieldSet::of(&[path]);
    let mut after = Managers::default();
    let mut others: Vec<(&Manager, &Owned)> = scale.0.iter().collect();
    for (manager, owned) in &managers.0 {
        let mut owned = owned.clone();
        if owned.fields.has(&steps) {
            if scale.0.contains_key(manager) {
                others.retain(|(other, _)| *other != manager);
            } else {
                owned.fields = owned.fields.difference(&number);
            }
        }
        if !owned.fields.is_empty() {
            after.0.insert(manager.clone(), owned);
        }
    }
    for (manager, _) in others {
        // The server doesn't date what comes by a scale.
        let owned = Owned { api_version: api_version.to_owned(), fields: number.clone(), time: None };
        after.0.insert(manager.clone(), owned);
    }
    after
}
