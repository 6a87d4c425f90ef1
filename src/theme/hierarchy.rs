//! How slots lean on each other where a theme or a terminal leaves something out.

use ratatui::style::Modifier;

use super::Slot;

/// The slot whose style holds for a slot that a theme leaves out.
pub(super) fn parent(slot: Slot) -> Option<Slot> {
    Some(match slot {
        Slot::Text | Slot::Background | Slot::Cursor => return None,
        Slot::Stale | Slot::Unknown | Slot::Done | Slot::TabInactive | Slot::Border | Slot::Hint => {
            Slot::Muted
        }
        Slot::GaugeEmpty | Slot::Header | Slot::Bar => Slot::Muted,
        Slot::Title | Slot::TabActive | Slot::BorderFocused | Slot::HeaderSorted | Slot::Marked => {
            Slot::Strong
        }
        Slot::Key | Slot::Match | Slot::Input => Slot::Strong,
        Slot::Busy | Slot::Filter | Slot::GaugeFilled | Slot::NoteInfo | Slot::Demo => Slot::Accent,
        Slot::Waiting | Slot::NoteWarning | Slot::Staging | Slot::ReadOnly => Slot::Warning,
        Slot::DialogDanger | Slot::DiffRemoved | Slot::NoteError | Slot::Production => Slot::Bad,
        Slot::DiffAdded | Slot::Development => Slot::Good,
        Slot::Muted | Slot::Strong | Slot::Accent | Slot::Dialog => Slot::Text,
        Slot::Good | Slot::Warning | Slot::Bad => Slot::Text,
    })
}

/// What keeps a slot apart from the others on a terminal without colours.
pub(super) fn without_colour(slot: Slot) -> Modifier {
    match slot {
        Slot::Cursor => Modifier::REVERSED,
        Slot::TabActive | Slot::Production | Slot::NoteError => Modifier::REVERSED.union(Modifier::BOLD),
        Slot::Staging | Slot::Demo | Slot::ReadOnly => Modifier::REVERSED,
        Slot::Marked | Slot::Input => Modifier::UNDERLINED,
        Slot::Match | Slot::HeaderSorted => Modifier::UNDERLINED.union(Modifier::BOLD),
        Slot::Strong | Slot::Title | Slot::Key | Slot::Header | Slot::BorderFocused => Modifier::BOLD,
        Slot::Warning | Slot::Bad | Slot::Waiting | Slot::NoteWarning | Slot::DialogDanger => Modifier::BOLD,
        Slot::DiffAdded => Modifier::BOLD,
        Slot::Muted | Slot::Stale | Slot::Unknown | Slot::Done | Slot::DiffRemoved => Modifier::DIM,
        Slot::TabInactive | Slot::Border | Slot::GaugeEmpty => Modifier::DIM,
        Slot::Text | Slot::Accent | Slot::Background | Slot::Bar | Slot::Good | Slot::Busy => {
            Modifier::empty()
        }
        Slot::Filter | Slot::Hint | Slot::Dialog | Slot::GaugeFilled => Modifier::empty(),
        Slot::NoteInfo | Slot::Development => Modifier::empty(),
    }
}

/// What shows a slot whose own ground can't be told from the screen's.
pub(super) fn without_ground(slot: Slot) -> Modifier {
    match slot {
        Slot::Cursor => Modifier::REVERSED,
        Slot::Input => Modifier::UNDERLINED,
        _ => Modifier::empty(),
    }
}
