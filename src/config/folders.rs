//! Where the console's files live, by the XDG base directory rules.

use std::ffi::OsString;
use std::path::PathBuf;

use thiserror::Error;

const NAME: &str = "quarterdeck";

/// Looks up an environment variable; passed in so that nothing deep inside reads the process's own.
pub type Variables<'v> = &'v dyn Fn(&str) -> Option<OsString>;

/// Neither an XDG variable nor `HOME` says where files may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("neither {variable} nor HOME is set, so there is no place for the console's files")]
pub struct NoHome {
    variable: &'static str,
}

/// The console's own folders. None of them has to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// What the user writes: settings, profile, keymaps, themes.
    pub config: PathBuf,
    /// What the console keeps: the journal, its log.
    pub state: PathBuf,
    /// What lasts as long as the login: sockets, locks. Not every system has one.
    pub runtime: Option<PathBuf>,
}

impl Folders {
    /// The folders that `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_RUNTIME_DIR` and `HOME` name. A
    /// relative path counts as unset, as the XDG rules want.
    ///
    /// # Errors
    ///
    /// When neither the variable of a folder nor `HOME` is set.
    pub fn from_environment(variables: Variables<'_>) -> Result<Self, NoHome> {
        let absolute = |name: &str| variables(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = |variable: &'static str, below_home: &str| {
            absolute(variable)
                .or_else(|| absolute("HOME").map(|home| home.join(below_home)))
                .map(|base| base.join(NAME))
                .ok_or(NoHome { variable })
        };
        Ok(Self {
            config: folder("XDG_CONFIG_HOME", ".config")?,
            state: folder("XDG_STATE_HOME", ".local/state")?,
            runtime: absolute("XDG_RUNTIME_DIR").map(|base| base.join(NAME)),
        })
    }
}
