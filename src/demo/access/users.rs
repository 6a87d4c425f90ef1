//! Users: the built-in ones, service accounts, and whoever says nothing of themselves.

use std::collections::BTreeMap;
use std::str::FromStr;

use thiserror::Error;

/// The group whose members no rule stops.
pub const MASTERS: &str = "system:masters";
/// The group of everyone who is known.
pub const AUTHENTICATED: &str = "system:authenticated";
/// The group of everyone who isn't.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The name of everyone who isn't known.
pub const ANONYMOUS: &str = "system:anonymous";

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";

/// A built-in user of the embedded platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DemoUser {
    /// A member of `system:masters`: may do everything.
    #[default]
    Admin,
    /// An engineer on call: reads everything but secrets, and operates what runs in production and what it stands on.
    OnCall,
    /// Reads everything but secrets and roles, and changes nothing.
    Viewer,
    /// Works in the namespace `staging`, and sees nothing of the others.
    Restricted,
}

impl DemoUser {
    /// Every user.
    pub const ALL: [DemoUser; 4] =
        [DemoUser::Admin, DemoUser::OnCall, DemoUser::Viewer, DemoUser::Restricted];

    /// The user's name, as errors and role bindings say it.
    pub fn name(self) -> &'static str {
        match self {
            DemoUser::Admin => "admin",
            DemoUser::OnCall => "oncall",
            DemoUser::Viewer => "viewer",
            DemoUser::Restricted => "restricted",
        }
    }

    /// The groups that the user is in, beside everyone's.
    pub fn groups(self) -> &'static [&'static str] {
        match self {
            DemoUser::Admin => &[MASTERS],
            DemoUser::OnCall => &["platform:on-call"],
            DemoUser::Viewer => &["platform:viewers"],
            DemoUser::Restricted => &["platform:staging-developers"],
        }
    }

    /// The user as requests know it.
    pub fn info(self) -> UserInfo {
        let groups = self.groups().iter().chain(&[AUTHENTICATED]);
        UserInfo {
            name: self.name().to_owned(),
            uid: format!("demo-{}", self.name()),
            groups: groups.map(|group| (*group).to_owned()).collect(),
            extra: BTreeMap::new(),
        }
    }
}

/// A name that no built-in user has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no user `{0}`: it takes admin, oncall, viewer or restricted")]
pub struct UnknownUser(String);

impl FromStr for DemoUser {
    type Err = UnknownUser;

    fn from_str(name: &str) -> Result<Self, UnknownUser> {
        DemoUser::ALL.into_iter().find(|user| user.name() == name).ok_or_else(|| UnknownUser(name.to_owned()))
    }
}

/// Who sends a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// The name.
    pub name: String,
    /// The uid, or empty.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else is known of them.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// Someone who says nothing of themselves.
    pub fn anonymous() -> Self {
        UserInfo {
            name: ANONYMOUS.to_owned(),
            groups: vec![UNAUTHENTICATED.to_owned()],
            ..UserInfo::default()
        }
    }

    /// A service account.
    pub fn service_account(namespace: &str, name: &str, uid: &str) -> Self {
        let mut groups = service_account_groups(namespace);
        groups.push(AUTHENTICATED.to_owned());
        UserInfo {
            name: service_account_name(namespace, name),
            uid: uid.to_owned(),
            groups,
            extra: BTreeMap::new(),
        }
    }

    /// Whether they are in a group.
    pub fn in_group(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }

    /// Whether no rule stops them.
    pub fn is_master(&self) -> bool {
        self.in_group(MASTERS)
    }
}

/// The user name of a service account.
pub fn service_account_name(namespace: &str, name: &str) -> String {
    format!("{SERVICE_ACCOUNT}{namespace}:{name}")
}

/// The groups of a service account, beside everyone's.
pub fn service_account_groups(namespace: &str) -> Vec<String> {
    vec![SERVICE_ACCOUNTS.to_owned(), format!("{SERVICE_ACCOUNTS}:{namespace}")]
}

/// The namespace and name of the service account with this user name.
pub fn split_service_account(user: &str) -> Option<(&str, &str)> {
    user.strip_prefix(SERVICE_ACCOUNT)?
        .split_once(':')
        .filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty() && !name.contains(':'))
}
