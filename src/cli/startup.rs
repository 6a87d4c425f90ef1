//! From the command line to a configuration and a connection, in an explicit order.

use std::ffi::OsString;
use std::fmt::Write as _;

use thiserror::Error;

use super::arguments::Common;
use super::exit::ExitStatus;
use super::profile;
use crate::clients::kubernetes::{Connection, ConnectionError, ConnectionOptions, Environment};
use crate::config::{self, Contrast, Diagnostic, Files, Folders, NoHome, Request};
use crate::console::{Themes, keymap, registry};
use crate::feeds::{FeedOptions, Patience};
use crate::panes::PaneId;
use crate::platform::object::Symbol;
use crate::platform::profile::Profile;
use crate::platform::time::Clock;
use crate::terminal::{Capabilities, Colours};
use crate::theme::{self, ColourDepth, Target};

/// Why the program can't begin.
#[derive(Debug, Error)]
pub enum StartError {
    /// The user's files are wrong.
    #[error("{}", rendered(.0))]
    Configuration(Vec<Diagnostic>),
    /// There is no home folder.
    #[error(transparent)]
    NoHome(#[from] NoHome),
    /// There is no way to a cluster.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A word of the command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// The embedded platform can't be served.
    #[error("the embedded platform can't be served: {0}")]
    Demo(String),
    /// The terminal or a file refused.
    #[error("{0}")]
    Input(#[from] std::io::Error),
}

impl StartError {
    /// How the program ends.
    pub fn status(&self) -> ExitStatus {
        match self {
            StartError::Configuration(_)
            | StartError::NoHome(_)
            | StartError::Connection(_)
            | StartError::Usage(_) => ExitStatus::Usage,
            StartError::Demo(_) | StartError::Input(_) => ExitStatus::Failed,
        }
    }
}

impl StartError {
    /// What the person can do about it.
    pub fn advice(&self) -> Option<&str> {
        match self {
            StartError::Connection(error) => Some(error.advice()),
            _ => None,
        }
    }
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{}", diagnostic.render(false));
    }
    text.trim_end().to_owned()
}

/// What the process's environment says. Tests make their own.
pub type Variables<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// The configuration of this run.
pub struct Configuration {
    /// The folders of this user.
    pub folders: Folders,
    /// The user's files.
    pub files: Files,
    /// The platform.
    pub profile: Profile,
    /// Whether nothing may be changed.
    pub read_only: bool,
}

impl Configuration {
    /// Reads every file that holds for this run, and reports all that is wrong with them at once.
    ///
    /// # Errors
    /// Every problem, with file, line and column.
    pub fn load(common: &Common, variables: &Variables<'_>) -> Result<Configuration, StartError> {
        let folders = Folders::from_environment(&|name| variables(name))?;
        let request = Request {
            config: common.config.clone(),
            profile: common.profile.clone(),
            keymap: common.keymap.clone(),
            theme: common.theme.clone(),
        };
        let files = config::load(&request, &folders).map_err(StartError::Configuration)?;
        let mut problems = Vec::new();
        let profile = match profile::profile(&files.platform, &files.settings) {
            Ok(profile) => Some(profile),
            Err(found) => {
                problems.extend(found);
                None
            }
        };
        let keys = keymap(&files.shipped_keymap, files.keymap.as_ref(), &registry());
        problems.extend(keys.err().unwrap_or_default());
        let target = Target { depth: ColourDepth::TrueColour, ascii: false, contrast: Contrast::Normal };
        problems.extend(theme::compile(&files.theme, target).err().unwrap_or_default());
        if let Some(page) = &files.settings.page
            && PaneId::from_word(page.get_ref()).is_none()
        {
            let panes = PaneId::ALL.iter().map(|pane| pane.word());
            let source = &files.settings.source;
            problems.push(source.unknown_word(page.span(), "pane", page.get_ref(), panes));
        }
        match profile {
            Some(profile) if problems.is_empty() => {
                let read_only = common.read_only || files.settings.read_only == Some(true);
                Ok(Configuration { folders, files, profile, read_only })
            }
            _ => Err(StartError::Configuration(Diagnostic::in_order(problems))),
        }
    }

    /// The themes for a terminal: the user's first, then the other shipped ones.
    ///
    /// # Errors
    /// Every problem of the theme file.
    pub fn themes(&self, common: &Common, capabilities: &Capabilities) -> Result<Themes, StartError> {
        let target = Target {
            depth: if common.no_color { ColourDepth::None } else { depth(capabilities.colours) },
            ascii: self.ascii(common, capabilities),
            contrast: self.files.settings.contrast,
        };
        let first = theme::compile(&self.files.theme, target).map_err(StartError::Configuration)?;
        let mut others = Vec::new();
        for name in config::shipped::theme_names() {
            let file = config::shipped::theme(name).map_err(StartError::Configuration)?;
            if file.name != self.files.theme.name {
                others.push(theme::compile(&file, target).map_err(StartError::Configuration)?);
            }
        }
        Ok(Themes::new(first, others))
    }

    fn ascii(&self, common: &Common, capabilities: &Capabilities) -> bool {
        common.ascii || self.files.settings.ascii.unwrap_or(!capabilities.unicode)
    }

    /// The pane to open first.
    ///
    /// # Errors
    /// When there is no pane of that name.
    pub fn first_pane(&self, wanted: Option<&str>) -> Result<PaneId, StartError> {
        match wanted {
            Some(word) => pane(word),
            None => {
                let page = self.files.settings.page.as_ref();
                Ok(page.and_then(|page| PaneId::from_word(page.get_ref())).unwrap_or(PaneId::Zones))
            }
        }
    }

    /// What the feeds of a connection are to cover.
    pub fn feed_options(&self, common: &Common, connection: &Connection, clock: &Clock) -> FeedOptions {
        let symbols = |names: Vec<&str>| names.into_iter().map(Symbol::from).collect();
        let settings = &self.files.settings;
        let of_context = settings.context(connection.context());
        let known = settings
            .namespaces
            .iter()
            .chain(of_context.map(|context| context.namespaces.iter()).into_iter().flatten())
            .map(|name| name.get_ref().as_str())
            .chain(connection.default_namespace());
        FeedOptions {
            cluster: connection.context().clone(),
            known: symbols(known.collect()),
            only: symbols(common.namespace.iter().map(String::as_str).collect()),
            patience: Patience::default(),
            clock: clock.clone(),
        }
    }
}

fn depth(colours: Colours) -> ColourDepth {
    match colours {
        Colours::None => ColourDepth::None,
        Colours::Ansi16 => ColourDepth::Ansi16,
        Colours::Ansi256 => ColourDepth::Ansi256,
        Colours::TrueColour => ColourDepth::TrueColour,
    }
}

/// The pane of a word of the command line.
///
/// # Errors
/// When there is none, with the nearest that there is.
pub fn pane(word: &str) -> Result<PaneId, StartError> {
    PaneId::from_word(word).ok_or_else(|| {
        let words = || PaneId::ALL.iter().map(|pane| pane.word());
        let hint = config::nearest(word, words()).map(|near| format!("; did you mean `{near}`?"));
        let all: Vec<&str> = words().collect();
        let hint = hint.unwrap_or_else(|| format!("; there are {}", all.join(", ")));
        StartError::Usage(format!("there is no pane or command `{word}`{hint}"))
    })
}

/// Opens the connection that the command line names. Nothing goes over the network yet.
///
/// # Errors
/// When the kubeconfig says no way to a cluster.
pub fn connect(common: &Common, clock: &Clock) -> Result<Connection, StartError> {
    let options = ConnectionOptions {
        kubeconfig: common.kubeconfig.clone(),
        context: common.context.clone(),
        namespace: match common.namespace.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        environment: Environment::of_process(),
        ..ConnectionOptions::new(clock.clone())
    };
    Ok(Connection::open(options)?)
}
