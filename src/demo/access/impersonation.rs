//! Acting as someone else, by the headers `Impersonate-*`: who is meant, and whether the one who asks may.
//!
//! A right to impersonate may be bound to the request (`impersonate-on:MODE:VERB` for what is asked, `impersonate:MODE` for who is meant;
//! Kubernetes 1.36), or be a general one (`impersonate`). The bound one is tried first, and its refusal is what is answered.

use http::HeaderMap;

use super::authorizer::Authorizer;
use super::coverage::quoted;
use super::denial::Denial;
use super::rules::{Attributes, ResourceAttributes};
use super::users::{
    ANONYMOUS, AUTHENTICATED, MASTERS, UNAUTHENTICATED, UserInfo, service_account_groups,
    split_service_account,
};

const USER: &str = "impersonate-user";
const GROUP: &str = "impersonate-group";
const UID: &str = "impersonate-uid";
const EXTRA: &str = "impersonate-extra-";

const NODE: &str = "system:node:";
const NODES: &str = "system:nodes";
const AUTHENTICATION: &str = "authentication.k8s.io";

/// Someone in whose name a request is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impersonation(UserInfo);

/// Why nobody can be impersonated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImpersonationError {
    /// The headers make no sense.
    Unclear(String),
    /// The one who asks may not.
    Denied(Denial),
}

/// A kind of right to impersonate.
struct Mode {
    /// The mode that binds the right to the request; none for the general right.
    bound: Option<&'static str>,
    verb: String,
}

impl Impersonation {
    /// Reads the headers; `None` where nobody is meant.
    ///
    /// # Errors
    /// When groups or the like come without a name.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, ImpersonationError> {
        let all = |name: &str| -> Vec<String> {
            headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect()
        };
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let mut wanted =
            UserInfo { name: first(USER), uid: first(UID), groups: all(GROUP), ..UserInfo::default() };
        for name in headers.keys() {
            if let Some(key) = name.as_str().strip_prefix(EXTRA) {
                wanted.extra.insert(unescape(key), all(name.as_str()));
            }
        }
        if !wanted.name.is_empty() {
            return Ok(Some(Impersonation(wanted)));
        }
        if wanted == UserInfo::default() {
            return Ok(None);
        }
        let message = format!("requested {} without impersonating a user name", in_go(&wanted));
        Err(ImpersonationError::Unclear(message))
    }

    /// The user to go on as, for a request of someone with these attributes.
    ///
    /// # Errors
    /// When the one who asks has no right to it.
    pub fn permitted(
        &self,
        authorizer: Authorizer<'_>,
        requestor: &UserInfo,
        attributes: &Attributes<'_>,
    ) -> Result<UserInfo, ImpersonationError> {
        let mut refusal = None;
        for mode in self.modes() {
            let check = Check { authorizer, requestor, mode };
            match check.run(&self.0, attributes) {
                Ok(user) => return Ok(user),
                Err(denial) => drop(refusal.get_or_insert(denial)),
            }
        }
        Err(match refusal {
            Some(denial) => ImpersonationError::Denied(denial),
            None => ImpersonationError::Unclear("all impersonation modes failed".to_owned()),
        })
    }

    /// The rights that may allow it, in the order in which they are tried.
    fn modes(&self) -> Vec<Mode> {
        let wanted = &self.0;
        let name_alone = wanted.uid.is_empty() && wanted.groups.is_empty() && wanted.extra.is_empty();
        let bound = if node_name(&wanted.name).is_some() {
            name_alone.then_some("arbitrary-node")
        } else if split_service_account(&wanted.name).is_some() {
            name_alone.then_some("serviceaccount")
        } else {
            Some("user-info")
        };
        let bound = bound.map(|mode| Mode { bound: Some(mode), verb: format!("impersonate:{mode}") });
        bound.into_iter().chain([Mode { bound: None, verb: "impersonate".to_owned() }]).collect()
    }
}

struct Check<'a> {
    authorizer: Authorizer<'a>,
    requestor: &'a UserInfo,
    mode: Mode,
}

impl Check<'_> {
    fn run(&self, wanted: &UserInfo, attributes: &Attributes<'_>) -> Result<UserInfo, Denial> {
        if let Some(mode) = self.mode.bound {
            let verb = format!("impersonate-on:{mode}:{}", attributes.verb);
            self.may(&Attributes { verb: &verb, ..*attributes })?;
        }
        let mut user = wanted.clone();
        self.name(wanted, &mut user)?;
        if !wanted.uid.is_empty() {
            self.may_be(AUTHENTICATION, "uids", "", &wanted.uid)?;
        }
        self.groups(&wanted.groups)?;
        for (key, values) in &wanted.extra {
            for value in values {
                self.may_be(AUTHENTICATION, "userextras", key, value)?;
            }
        }
        let everyone = match user.name.as_str() {
            ANONYMOUS => Some(UNAUTHENTICATED),
            _ => (!user.in_group(UNAUTHENTICATED)).then_some(AUTHENTICATED),
        };
        if let Some(group) = everyone.filter(|group| !user.in_group(group)) {
            user.groups.push(group.to_owned());
        }
        Ok(user)
    }

    fn name(&self, wanted: &UserInfo, user: &mut UserInfo) -> Result<(), Denial> {
        if let Some((namespace, name)) = split_service_account(&wanted.name) {
            if wanted.groups.is_empty() {
                user.groups = service_account_groups(namespace);
            }
            let asked = ResourceAttributes { resource: "serviceaccounts", namespace, name, ..self.about() };
            return self.may(&Attributes::resource(&self.mode.verb, asked));
        }
        match node_name(&wanted.name).filter(|_| self.mode.bound.is_some()) {
            Some(node) => {
                user.groups = vec![NODES.to_owned()];
                self.may_be(AUTHENTICATION, "nodes", "", node)
            }
            None => self.may_be(self.about().group, "users", "", &wanted.name),
        }
    }

    fn groups(&self, groups: &[String]) -> Result<(), Denial> {
        let group_of = self.about().group;
        for (forbidden, word) in [("", "empty string"), (MASTERS, MASTERS)] {
            if self.mode.bound.is_some() && groups.iter().any(|group| group == forbidden) {
                let asked = ResourceAttributes { resource: "groups", name: forbidden, ..self.about() };
                let message = format!("impersonating the {word} group is not allowed");
                let attributes = Attributes::resource(&self.mode.verb, asked);
                return Err(Denial::new(self.requestor, &attributes, &message));
            }
        }
        groups.iter().try_for_each(|group| self.may_be(group_of, "groups", "", group))
    }

    /// Names, groups and service accounts are of different API groups for the two kinds of right.
    fn about(&self) -> ResourceAttributes<'static> {
        let group = if self.mode.bound.is_some() { AUTHENTICATION } else { "" };
        ResourceAttributes { group, ..ResourceAttributes::default() }
    }

    fn may_be(&self, group: &str, resource: &str, subresource: &str, name: &str) -> Result<(), Denial> {
        let asked = ResourceAttributes { group, resource, subresource, namespace: "", name };
        self.may(&Attributes::resource(&self.mode.verb, asked))
    }

    fn may(&self, attributes: &Attributes<'_>) -> Result<(), Denial> {
        let decision = self.authorizer.authorize(self.requestor, attributes);
        if decision.allowed { Ok(()) } else { Err(Denial::new(self.requestor, attributes, &decision.reason)) }
    }
}

fn node_name(user: &str) -> Option<&str> {
    user.strip_prefix(NODE).filter(|name| !name.is_empty())
}

/// Undoes the percent encoding that keys of extras may have; a key that isn't encoded well is taken as it is.
fn unescape(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'%' {
            bytes.push(*byte);
            rest = after;
            continue;
        }
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) else { return key.to_owned() };
        bytes.push(value);
        rest = &after[2..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| key.to_owned())
}

/// The wanted user as the real server's message shows it.
fn in_go(user: &UserInfo) -> String {
    let list = |values: &[String]| match values {
        [] => "[]string(nil)".to_owned(),
        values => {
            format!("[]string{{{}}}", quoted(values).trim_matches(['[', ']']).replace("\" \"", "\", \""))
        }
    };
    let extra = if user.extra.is_empty() {
        "map[string][]string(nil)".to_owned()
    } else {
        let pairs: Vec<String> =
            user.extra.iter().map(|(key, values)| format!("\"{key}\":{}", list(values))).collect();
        format!("map[string][]string{{{}}}", pairs.join(", "))
    };
    format!(
        "&user.DefaultInfo{{Name:\"\", UID:\"{}\", Groups:{}, Extra:{extra}}}",
        user.uid,
        list(&user.groups)
    )
}
