//! The table of actions that change something.

use crate::actions::{ActionSpec, ArgumentKind, ArgumentSpec, Context, Danger};

use super::{scale, undo};

const REASON: ArgumentSpec = ArgumentSpec {
    name: REASON_NAME,
    kind: ArgumentKind::Text,
    required: false,
    summary: "Why, for the journal",
};

/// The name of the argument that holds the person's reason.
pub(super) const REASON_NAME: &str = "reason";

static ACTIONS: &[ActionSpec] = &[
    ActionSpec {
        name: scale::NAME,
        title: "scale",
        summary: "Set how many replicas a Deployment, StatefulSet or ReplicaSet is to have",
        arguments: &[
            ArgumentSpec {
                name: scale::REPLICAS,
                kind: ArgumentKind::Count,
                required: false,
                summary: "How many replicas are wanted; the screen asks where it is not given",
            },
            REASON,
        ],
        context: Context::Workload,
        danger: Danger::Dangerous,
    },
    ActionSpec {
        name: undo::NAME,
        title: "undo",
        summary: "Put back the latest change to the workload, unless somebody changed it since",
        arguments: &[REASON],
        context: Context::Workload,
        danger: Danger::Dangerous,
    },
];

/// The specification of every operation.
pub fn actions() -> &'static [ActionSpec] {
    ACTIONS
}
