//! What a request's path, method and query ask for.

use std::sync::Arc;

use axum::http::Method;

use crate::demo::store::{KindInfo, Kinds};

/// The object or the objects that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Their kind.
    pub kind: Arc<KindInfo>,
    /// Their namespace; all of them where there is none.
    pub namespace: Option<String>,
    /// The one object's name.
    pub name: Option<String>,
    /// `scale` or `status`.
    pub subresource: Option<String>,
}

impl Target {
    /// Reads a path; `None` when nothing is served under it.
    pub fn parse(path: &str, kinds: &Kinds) -> Option<Target> {
        let segments: Vec<String> = path.trim_start_matches('/').split('/').map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (group, version, rest) = match segments.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let find = |plural: &str| kinds.find(group, version, plural);
        let (namespace, plural, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..]
                if find(plural).is_some_and(|kind| kind.namespaced) =>
            {
                (Some(*namespace), *plural, rest)
            }
            [plural, rest @ ..] => (None, *plural, rest),
            [] => return None,
        };
        let kind = Arc::clone(find(plural)?);
        let (name, subresource) = match rest {
            [] => (None, None),
            [name] => (Some(*name), None),
            [name, subresource] => (Some(*name), Some(*subresource)),
            _ => return None,
        };
        if kind.namespaced && namespace.is_none() && name.is_some() {
            return None;
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Target { kind, namespace: owned(namespace), name: owned(name), subresource: owned(subresource) })
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Read one.
    Get,
    /// Read many.
    List,
    /// Follow many.
    Watch,
    /// Create one, or something of one.
    Create,
    /// Change one by a patch.
    Patch,
    /// Replace one.
    Update,
    /// Delete one.
    Delete,
    /// Delete many.
    DeleteCollection,
}

impl Verb {
    /// The verb of a method on a target; `None` where it takes none.
    pub fn of(method: &Method, target: &Target, query: &Query) -> Option<Verb> {
        let named = target.name.is_some();
        match method.as_str() {
            "GET" if named => Some(Verb::Get),
            "GET" if query.truth("watch") => Some(Verb::Watch),
            "GET" => Some(Verb::List),
            "POST" if matches!(target.subresource.as_deref(), Some("status" | "scale")) => None,
            "POST" if !named || target.subresource.is_some() => Some(Verb::Create),
            "PATCH" if named => Some(Verb::Patch),
            "PUT" if named => Some(Verb::Update),
            "DELETE" if named => Some(Verb::Delete),
            "DELETE" if target.kind.namespaced && target.namespace.is_none() => None,
            "DELETE" if target.kind.verbs().contains(&"deletecollection") => Some(Verb::DeleteCollection),
            _ => None,
        }
    }
}

/// The parameters of a query.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`.
    pub fn parse(text: &str) -> Query {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        });
        Query(pairs.collect())
    }

    /// The value of a parameter that isn't empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is there, with whatever value.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// All values of a parameter.
    pub fn all(&self, key: &str) -> Vec<&str> {
        self.0.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a parameter says yes.
    pub fn truth(&self, key: &str) -> bool {
        matches!(self.get(key), Some("true" | "1" | "True" | "TRUE" | "t"))
    }
}

/// Undoes the percent encoding.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) if *byte == b'%' => {
                bytes.push(value);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
