//! Environments: production, staging, development, and which of them a namespace is in.

use thiserror::Error;

use super::pattern::NamePattern;

/// An environment of the profile, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentId(pub u8);

impl EnvironmentId {
    /// The most environments that a profile may have.
    pub const LIMIT: usize = u8::MAX as usize;
}

/// One environment of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentSpec {
    /// The environment's name.
    pub name: String,
    /// The word on its badge.
    pub badge: String,
    /// The namespaces that belong to it; any in its contexts when there are none.
    pub namespaces: Vec<NamePattern>,
    /// The kubeconfig contexts that it is in; any when there are none.
    pub contexts: Vec<NamePattern>,
    /// Whether dangerous operations want the name typed.
    pub production: bool,
    /// Whether traffic is denied unless a policy allows it.
    pub default_deny: bool,
}

/// More environments than can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{count} environments are more than the {} that a profile may have", EnvironmentId::LIMIT)]
pub struct TooManyEnvironments {
    /// How many there are.
    pub count: usize,
}

/// Every environment of the profile, in the order of declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environments {
    environments: Vec<EnvironmentSpec>,
    fixed: Vec<(String, EnvironmentId)>,
}

impl Environments {
    /// The environments of a profile.
    ///
    /// # Errors
    ///
    /// When there are more than [`EnvironmentId::LIMIT`].
    pub fn new(environments: Vec<EnvironmentSpec>) -> Result<Self, TooManyEnvironments> {
        if environments.len() > EnvironmentId::LIMIT {
            return Err(TooManyEnvironments { count: environments.len() });
        }
        Ok(Self { environments, fixed: Vec::new() })
    }

    /// The same environments, with everything in one kubeconfig context belonging to one of them
    /// whatever its namespace.
    pub fn with_context(mut self, context: impl Into<String>, environment: EnvironmentId) -> Self {
        self.fixed.push((context.into(), environment));
        self
    }

    /// Every environment, in the order of declaration.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (EnvironmentId, &EnvironmentSpec)> {
        // There are at most 255, which `new` has seen to.
        self.environments
            .iter()
            .enumerate()
            .map(|(index, environment)| (EnvironmentId(index as u8), environment))
    }

    /// The environment of an identity; none if it is another profile's.
    pub fn get(&self, environment: EnvironmentId) -> Option<&EnvironmentSpec> {
        self.environments.get(usize::from(environment.0))
    }

    /// The environment of that name.
    pub fn named(&self, name: &str) -> Option<EnvironmentId> {
        self.iter().find(|(_, environment)| environment.name == name).map(|(id, _)| id)
    }

    /// The environment that a namespace of a kubeconfig context is in, if the profile knows.
    ///
    /// A context that was fixed decides alone. Else an exact name of a namespace decides before a
    /// pattern, and that before an environment that names contexts only; of two with the same claim the
    /// first declared has it. Allocates nothing.
    pub fn environment_of(&self, context: &str, namespace: &str) -> Option<EnvironmentId> {
        if let Some((_, fixed)) = self.fixed.iter().find(|(name, _)| name == context) {
            return Some(*fixed);
        }
        self.iter()
            .filter_map(|(id, environment)| Some((environment.claim(context, namespace)?, id)))
            .min_by_key(|(claim, id)| (*claim, *id))
            .map(|(_, id)| id)
    }

    /// Whether the profile calls a namespace of a kubeconfig context production.
    pub fn is_production(&self, context: &str, namespace: &str) -> bool {
        let environment = self.environment_of(context, namespace).and_then(|id| self.get(id));
        environment.is_some_and(|environment| environment.production)
    }
}

/// What an environment claims a namespace by, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    ExactName,
    Pattern,
    Context,
}

impl EnvironmentSpec {
    fn claim(&self, context: &str, namespace: &str) -> Option<Claim> {
        let in_context = self.contexts.iter().any(|pattern| pattern.matches(context));
        if !in_context && !self.contexts.is_empty() {
            return None;
        }
        let named = |exactly| {
            self.namespaces
                .iter()
                .any(|pattern: &NamePattern| pattern.is_exact() == exactly && pattern.matches(namespace))
        };
        if named(true) {
            Some(Claim::ExactName)
        } else if named(false) {
            Some(Claim::Pattern)
        } else {
            (in_context && self.namespaces.is_empty()).then_some(Claim::Context)
        }
    }
}
