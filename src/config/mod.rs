//! Reads every file that a user writes into plain structs that keep their spans, and prints diagnostics.
//!
//! Four files: the settings, the platform profile, the keymap and the theme. This room knows their
//! grammar; what an action, a slot, a zone's exposure or a pane means is resolved by its owner, which
//! reports back through the [`Source`] that every parsed file carries.

mod diagnostic;
mod duration;
mod files;
mod folders;
mod keymap;
mod nearest;
mod platform;
mod section;
mod settings;
pub mod shipped;
mod theme;

pub use diagnostic::{Diagnostic, Position, Source};
pub use files::{Files, Request, load, theme_named};
pub use folders::{Folders, NoHome, Variables};
pub use keymap::{BindingEntry, KeyContext, KeymapFile};
pub use nearest::nearest;
pub use platform::{
    AutoscalerEntry, BackupEntry, EnvironmentEntry, LabelEntry, LinkEntry, ObjectivesEntry, PlatformFile,
    RetentionEntry, WorkloadEntry, ZoneEntry,
};
pub use settings::{ContextSettings, Contrast, Settings};
pub use theme::{StyleEntry, ThemeFile, ThemeKind};

/// A value with the range of bytes of its file that it was read from.
pub use toml::Spanned;
