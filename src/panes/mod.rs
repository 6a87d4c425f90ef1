//! One file or folder a pane: its state, interests, columns, view and actions.

mod actions;
mod detail;
mod listing;
mod notices;
mod pane;
mod pods;
mod words;
mod workloads;
mod zones;

pub use actions::actions;
pub use pane::{Effect, Interests, Pane, PaneId, Place, Scope, ViewContext, WorkloadName};

use std::sync::Arc;

use crate::picture::model::{PodRow, WorkloadRow};
use crate::platform::environment::Environments;
use crate::platform::object::Symbol;

/// The pane of a place, showing these namespaces (none means all), with the environments of the profile.
///
/// A filter that can't be read is left out, because a place is also made from what a person typed elsewhere.
pub fn build(place: &Place, namespaces: &[Symbol], environments: &Arc<Environments>) -> Box<dyn Pane> {
    let mut pane: Box<dyn Pane> = match place.pane {
        PaneId::Zones => Box::new(zones::ZonesPane::new(environments.clone())),
        PaneId::Workloads => Box::new(listing::Listing::<WorkloadRow>::new(place.scope.clone())),
        PaneId::Pods => Box::new(listing::Listing::<PodRow>::new(place.scope.clone())),
    };
    pane.set_namespaces(namespaces);
    if !place.filter.is_empty() {
        // The whole of the rows is the honest answer to a filter that means nothing.
        let _ = pane.set_filter(&place.filter);
    }
    pane
}
