//! What makes sense here and now, and why the rest does not.

use crate::actions::{ActionSpec, Context, Danger, Subject};
use crate::panes::PaneId;
use crate::platform::object::Kind;

/// The facts that decide whether an action makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Situation {
    /// Nothing may be changed.
    pub read_only: bool,
    /// There is a connection for operations.
    pub operable: bool,
    /// A workload is marked, or under the cursor.
    pub workload: bool,
    /// A pod is marked, or under the cursor.
    pub pod: bool,
    /// The pane shows zones, which keep their order and are not marked.
    pub zones: bool,
    /// The pane is narrowed by a filter.
    pub filter: bool,
    /// There is a place to go back to.
    pub back: bool,
    /// There is a place to go forward to.
    pub forward: bool,
    /// There are notifications.
    pub notes: bool,
    /// A plugin wants a person.
    pub sign_in: bool,
    /// This console has changed something that can be put back.
    pub undo: bool,
    /// There is another cluster to go to.
    pub other_contexts: bool,
}

impl Situation {
    /// Notes that something of a pane is under the cursor. Cheap, however much is marked, because a pane lists one
    /// kind of thing.
    pub(super) fn on_row_of(mut self, pane: PaneId) -> Self {
        self.workload = pane == PaneId::Workloads;
        self.pod = pane == PaneId::Pods;
        self
    }

    /// Notes what the subjects are.
    pub(super) fn about(mut self, subjects: &[Subject]) -> Self {
        let kinds = || subjects.iter().filter_map(Subject::object).map(|object| object.kind);
        self.pod = kinds().any(|kind| kind == Kind::Pod);
        self.workload = kinds().any(is_workload);
        self
    }

    /// Why the action makes no sense here, where it doesn't.
    pub(super) fn refusal(&self, action: &ActionSpec) -> Option<&'static str> {
        if action.danger != Danger::None {
            if self.read_only {
                return Some("this console is read-only");
            }
            if !self.operable {
                return Some("there is no connection to a cluster");
            }
        }
        match (action.name, action.context) {
            ("workload.undo", _) => {
                (!self.undo && !self.workload).then_some("nothing was changed here that could be put back")
            }
            (_, Context::Workload) => {
                (!self.workload).then_some("it takes a workload: put the cursor on one")
            }
            (_, Context::Pod) => (!self.pod).then_some("it takes a pod: put the cursor on one"),
            (_, Context::Dialog) => Some("it answers a question, and there is none"),
            ("console.back", _) => (!self.back).then_some("there is no place before this one"),
            ("console.forward", _) => (!self.forward).then_some("there is no place after this one"),
            ("console.dismiss", _) => (!self.notes).then_some("there are no notifications"),
            ("console.sign-in", _) => (!self.sign_in).then_some("nothing asks for a person to sign in"),
            ("context.choose", _) => (!self.other_contexts).then_some("the kubeconfig has no other context"),
            ("table.clear-filter", _) => (!self.filter).then_some("there is no filter"),
            ("table.mark" | "table.mark-all" | "table.clear-marks", _) => {
                self.zones.then_some("zones are not marked")
            }
            (name, _) if name.starts_with("table.sort") => {
                self.zones.then_some("zones stand in the order of the profile")
            }
            ("table.scroll-left" | "table.scroll-right", _) => self.zones.then_some("zones have no columns"),
            ("zone.open-pods", _) => (!self.zones).then_some("it takes a zone: go to the zones first"),
            _ => None,
        }
    }
}

/// Whether it is something that has replicas.
pub(super) fn is_workload(kind: Kind) -> bool {
    matches!(kind, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet)
}
