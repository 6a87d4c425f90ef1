//! Who asks, and what they may do.

use std::collections::HashMap;

/// A built-in user of the embedded platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DemoUser {
    /// May do everything.
    #[default]
    Admin,
    /// May read everything, and change nothing.
    Viewer,
    /// May do everything in the namespace `staging`, and nothing elsewhere.
    Restricted,
}

/// The only namespace that the restricted user works in.
const RESTRICTED_NAMESPACE: &str = "staging";

/// What all users may do about themselves.
const REVIEWS: [&str; 3] = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

impl DemoUser {
    /// Every user.
    pub const ALL: [DemoUser; 3] = [DemoUser::Admin, DemoUser::Viewer, DemoUser::Restricted];

    /// The user's name, as errors say it.
    pub fn name(self) -> &'static str {
        match self {
            DemoUser::Admin => "admin",
            DemoUser::Viewer => "viewer",
            DemoUser::Restricted => "restricted",
        }
    }

    /// The groups that the user is in.
    pub fn groups(self) -> &'static [&'static str] {
        match self {
            DemoUser::Admin => &["system:masters", "system:authenticated"],
            DemoUser::Viewer => &["demo:viewers", "system:authenticated"],
            DemoUser::Restricted => &["demo:staging", "system:authenticated"],
        }
    }
}

/// The tokens of the users.
#[derive(Debug, Clone)]
pub struct Credentials(HashMap<String, DemoUser>);

impl Credentials {
    /// These tokens.
    pub fn new(tokens: impl IntoIterator<Item = (String, DemoUser)>) -> Self {
        Credentials(tokens.into_iter().collect())
    }

    /// Whose token it is.
    pub fn user(&self, token: &str) -> Option<DemoUser> {
        self.0.get(token).copied()
    }

    /// The user's token.
    pub fn token(&self, user: DemoUser) -> Option<&str> {
        self.0.iter().find(|(_, owner)| **owner == user).map(|(token, _)| token.as_str())
    }
}

/// What someone wants to do; empty where something isn't said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Attributes<'a> {
    /// The verb, such as `list`.
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The kind's name in paths.
    pub resource: &'a str,
    /// `scale`, `status` and the like.
    pub subresource: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The object's name.
    pub name: &'a str,
}

/// Whether the user may do it.
pub fn allowed(user: DemoUser, attributes: &Attributes<'_>) -> bool {
    if REVIEWS.contains(&attributes.resource) && attributes.verb == "create" {
        return true;
    }
    match user {
        DemoUser::Admin => true,
        DemoUser::Viewer => {
            matches!(attributes.verb, "get" | "list" | "watch")
                && attributes.resource != "secrets"
                && !matches!(attributes.subresource, "exec" | "attach" | "portforward" | "proxy")
        }
        DemoUser::Restricted => match attributes.resource {
            "namespaces" => attributes.verb == "get" && attributes.namespace == RESTRICTED_NAMESPACE,
            _ => attributes.namespace == RESTRICTED_NAMESPACE,
        },
    }
}

/// The user's rules in a namespace: verbs, groups and resources.
pub fn rules(
    user: DemoUser,
    namespace: &str,
) -> Vec<(Vec<&'static str>, Vec<&'static str>, Vec<&'static str>)> {
    let mut rules =
        vec![(vec!["create"], vec!["authorization.k8s.io", "authentication.k8s.io"], REVIEWS.to_vec())];
    match user {
        DemoUser::Admin => rules.push((vec!["*"], vec!["*"], vec!["*"])),
        DemoUser::Viewer => rules.push((vec!["get", "list", "watch"], vec!["*"], vec!["*"])),
        DemoUser::Restricted if namespace == RESTRICTED_NAMESPACE => {
            rules.push((vec!["*"], vec!["*"], vec!["*"]));
            rules.push((vec!["get"], vec![""], vec!["namespaces"]));
        }
        DemoUser::Restricted => {}
    }
    rules
}
