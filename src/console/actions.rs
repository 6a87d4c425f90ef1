//! The console's own actions, and the registry of all of them.

use crate::actions::{ActionSpec, ArgumentKind, ArgumentSpec, Context, Danger, Registry};
use crate::{operations, panes};

const PANE: ArgumentSpec = ArgumentSpec {
    name: "pane",
    kind: ArgumentKind::Choice(&["zones", "workloads", "pods"]),
    required: true,
    summary: "Which pane",
};

const fn own(name: &'static str, title: &'static str, summary: &'static str, context: Context) -> ActionSpec {
    ActionSpec { name, title, summary, arguments: &[], context, danger: Danger::None }
}

/// What the console itself does.
static ACTIONS: &[ActionSpec] = &[
    ActionSpec {
        name: "pane.open",
        title: "open pane",
        summary: "Go to a pane as a whole, as it was left",
        arguments: &[PANE],
        context: Context::Global,
        danger: Danger::None,
    },
    own("table.filter", "filter", "Show only the rows that match, as you type", Context::Table),
    own("table.clear-filter", "all rows", "Take the filter away", Context::Table),
    own("text.copy", "copy", "Copy the name of what is marked, or under the cursor", Context::Table),
    own("namespace.choose", "namespaces", "Choose the namespaces that are shown", Context::Global),
    own("context.choose", "context", "Go to another cluster of the kubeconfig", Context::Global),
    own("console.palette", "palette", "Find an action or a place by a few letters", Context::Global),
    own("console.help", "help", "Show every key that does something here", Context::Global),
    own("console.back", "back", "Go back to the place before", Context::Global),
    own("console.forward", "forward", "Go forward to the place that was left by going back", Context::Global),
    own(
        "console.refresh",
        "refresh",
        "List everything again; what is shown stays meanwhile",
        Context::Global,
    ),
    own(
        "console.sign-in",
        "sign in",
        "Hand the terminal to the credential plugin that asks for a person",
        Context::Global,
    ),
    own("console.dismiss", "dismiss", "Take the notifications away", Context::Global),
    own("journal.show", "journal", "Show what was done from this machine", Context::Global),
    own("console.theme", "theme", "Change between the dark and the light theme", Context::Global),
    own("console.suspend", "suspend", "Stop the console until the shell brings it back", Context::Global),
    own("console.quit", "quit", "End the console", Context::Global),
    own("dialog.confirm", "yes", "Answer a question with yes", Context::Dialog),
    own("dialog.cancel", "no", "Answer a question with no, or close what is open", Context::Dialog),
    own("dialog.accept", "accept", "Take what was typed or chosen", Context::Dialog),
];

/// What the console itself does.
pub fn actions() -> &'static [ActionSpec] {
    ACTIONS
}

/// Every action there is: those of the console, of the panes, and the operations.
pub fn registry() -> Registry {
    Registry::new([ACTIONS, panes::actions(), operations::actions()])
}
