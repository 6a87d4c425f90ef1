//! The closed set of slots.

macro_rules! slots {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// One place in the interface that a theme gives a style to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(usize)]
        pub enum Slot { $($(#[$doc])* $variant,)+ }

        impl Slot {
            /// Every slot, in the order of its discriminant.
            pub const ALL: &'static [Slot] = &[$(Slot::$variant,)+];
            /// How many slots there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name by which a theme file sets this slot.
            pub fn name(self) -> &'static str {
                match self { $(Slot::$variant => $name,)+ }
            }

            /// The slot of that name.
            pub fn from_name(name: &str) -> Option<Slot> {
                match name { $($name => Some(Slot::$variant),)+ _ => None }
            }
        }
    };
}

slots! {
    /// Ordinary text.
    Text = "text",
    /// Secondary text: units, labels of fields, ages.
    Muted = "muted",
    /// Text that stands out without being alarming.
    Strong = "strong",
    /// The one accent of the interface.
    Accent = "accent",
    /// The title of a pane or panel.
    Title = "title",
    /// The background of the whole screen.
    Background = "background",
    /// The bar at the top of the screen.
    Bar = "bar",
    /// The tab of the pane that is shown.
    TabActive = "tab.active",
    /// The other tabs.
    TabInactive = "tab.inactive",
    /// Rules and frames.
    Border = "border",
    /// The frame of what has the focus.
    BorderFocused = "border.focused",
    /// Column titles.
    Header = "header",
    /// The column title that the table is sorted by.
    HeaderSorted = "header.sorted",
    /// The row under the cursor.
    Cursor = "cursor",
    /// Rows that are marked.
    Marked = "marked",
    /// Rows of a source that is not live.
    Stale = "stale",
    /// Healthy, running, ready.
    Good = "state.good",
    /// On its way: progressing, starting.
    Busy = "state.busy",
    /// Waits for a human.
    Waiting = "state.waiting",
    /// Degraded, at a limit, soon bad.
    Warning = "state.warning",
    /// Broken, down, failed.
    Bad = "state.bad",
    /// Not known.
    Unknown = "state.unknown",
    /// Finished and of no concern.
    Done = "state.done",
    /// The filter line.
    Filter = "filter",
    /// The part of a text that a filter or search matched.
    Match = "match",
    /// A key in the hint bar, popup or help.
    Key = "key",
    /// What a key does.
    Hint = "hint",
    /// A dialog's ground.
    Dialog = "dialog",
    /// A dialog's ground and frame when the matter is dangerous.
    DialogDanger = "dialog.danger",
    /// Text being typed.
    Input = "input",
    /// A line that a change adds.
    DiffAdded = "diff.added",
    /// A line that a change removes.
    DiffRemoved = "diff.removed",
    /// The filled part of a gauge.
    GaugeFilled = "gauge.filled",
    /// The empty part of a gauge.
    GaugeEmpty = "gauge.empty",
    /// A notification that informs.
    NoteInfo = "note.info",
    /// A notification that warns.
    NoteWarning = "note.warning",
    /// A notification of a failure.
    NoteError = "note.error",
    /// The badge of the production environment.
    Production = "environment.production",
    /// The badge of the staging environment.
    Staging = "environment.staging",
    /// The badge of a development environment.
    Development = "environment.development",
    /// The badge of the embedded platform.
    Demo = "badge.demo",
    /// The badge of the read-only mode.
    ReadOnly = "badge.readonly",
}
