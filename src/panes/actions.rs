//! What a person can ask of a pane.

use crate::actions::{ActionSpec, ArgumentKind, ArgumentSpec, Context, Danger};

/// An action of a table, without arguments.
const fn table(name: &'static str, title: &'static str, summary: &'static str) -> ActionSpec {
    ActionSpec { name, title, summary, arguments: &[], context: Context::Table, danger: Danger::None }
}

/// The columns of all tables: a key may be bound in any.
const COLUMNS: &[&str] = &[
    "namespace",
    "kind",
    "name",
    "ready",
    "status",
    "health",
    "restarts",
    "updated",
    "available",
    "autoscaler",
    "age",
    "node",
    "ip",
    "image",
    "tag",
    "owner",
    "zone",
];

const SORT_ARGUMENTS: &[ArgumentSpec] = &[
    ArgumentSpec {
        name: "column",
        kind: ArgumentKind::Choice(COLUMNS),
        required: true,
        summary: "the column's name",
    },
    ArgumentSpec {
        name: "order",
        kind: ArgumentKind::Choice(&["ascending", "descending"]),
        required: false,
        summary: "smallest or largest first; without it, asking for the same column again turns the order round",
    },
];

const ACTIONS: &[ActionSpec] = &[
    table("cursor.down", "down", "Move the cursor down one row"),
    table("cursor.up", "up", "Move the cursor up one row"),
    table("cursor.page-down", "page down", "Move the cursor down one page"),
    table("cursor.page-up", "page up", "Move the cursor up one page"),
    table("cursor.top", "top", "Move the cursor to the first row"),
    table("cursor.bottom", "bottom", "Move the cursor to the last row"),
    table(
        "table.open",
        "open",
        "Open what is under the cursor: a zone's workloads, a workload's pods, a pod's detail",
    ),
    table("zone.open-pods", "zone's pods", "Open the pods of the zone under the cursor"),
    table(
        "table.mark",
        "mark",
        "Mark the row under the cursor, or take its mark away, and go on to the next",
    ),
    table("table.mark-all", "mark all", "Mark every row that the filter leaves"),
    table("table.clear-marks", "clear marks", "Take every mark away"),
    table("table.clear-filter", "clear filter", "Show every row again"),
    table("table.sort-next", "sort by next", "Sort by the next column"),
    table("table.sort-previous", "sort by previous", "Sort by the previous column"),
    table("table.sort-reverse", "reverse order", "Turn the order of the rows round"),
    ActionSpec {
        name: "table.sort",
        title: "sort",
        summary: "Sort by a column",
        arguments: SORT_ARGUMENTS,
        context: Context::Table,
        danger: Danger::None,
    },
    table("table.scroll-left", "columns left", "Bring back columns that were scrolled away"),
    table("table.scroll-right", "columns right", "Scroll to the columns that did not fit"),
    table("detail.toggle", "detail", "Show or hide the detail of what is under the cursor"),
    table("detail.scroll-down", "detail down", "Scroll the detail down"),
    table("detail.scroll-up", "detail up", "Scroll the detail up"),
];

/// The actions of the panes.
pub fn actions() -> &'static [ActionSpec] {
    ACTIONS
}
