//! What does not change while a console runs: which cluster, which keys, what is allowed.

use std::rc::Rc;

use crate::actions::{Action, Registry};
use crate::platform::environment::EnvironmentSpec;
use crate::platform::object::Symbol;
use crate::platform::profile::Profile;
use crate::platform::time::Clock;

use super::keymap::{Keymap, written};

/// What does not change while a console runs.
pub struct Setting {
    /// The context of the kubeconfig that is shown.
    pub context: Symbol,
    /// Every context that can be gone to.
    pub contexts: Vec<String>,
    /// The address of the API server.
    pub server: String,
    /// Whether the embedded platform is shown.
    pub demo: bool,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// What the platform is.
    pub profile: Rc<Profile>,
    /// Every action.
    pub registry: Registry,
    /// The keys.
    pub keymap: Keymap<Action>,
    /// The time.
    pub clock: Clock,
    /// Where the person is, for the local time beside UTC.
    pub time_zone: jiff::tz::TimeZone,
}

impl Setting {
    /// The shortest keys for an action in these contexts, as they are written; arguments don't matter.
    pub(super) fn key_of(&self, contexts: &[&str], action: &str) -> Option<String> {
        self.keymap.keys_for(contexts, |bound| bound.name == action).map(|keys| written(&keys))
    }

    /// The gravest environment among these namespaces of the cluster: a production one, else the first declared.
    pub(super) fn environment<'a>(
        &self,
        namespaces: impl Iterator<Item = &'a str>,
    ) -> Option<&EnvironmentSpec> {
        let environments = &self.profile.environments;
        let known = namespaces.filter_map(|namespace| {
            let id = environments.environment_of(&self.context, namespace)?;
            Some((id, environments.get(id)?))
        });
        known
            .min_by_key(|(id, environment)| (!environment.production, *id))
            .map(|(_, environment)| environment)
    }
}

/// The themes that there are, and the one in use.
pub struct Themes {
    all: Vec<crate::theme::Theme>,
    shown: usize,
}

impl Themes {
    /// These themes; the first is in use.
    pub fn new(first: crate::theme::Theme, others: impl IntoIterator<Item = crate::theme::Theme>) -> Self {
        Themes { all: std::iter::once(first).chain(others).collect(), shown: 0 }
    }

    /// The theme in use.
    pub fn current(&self) -> &crate::theme::Theme {
        &self.all[self.shown]
    }

    /// Uses the next one; whether there is another.
    pub(super) fn next(&mut self) -> bool {
        self.shown = (self.shown + 1) % self.all.len();
        self.all.len() > 1
    }
}
