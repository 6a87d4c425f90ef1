//! What an action is about.

use std::fmt;

use thiserror::Error;

use crate::platform::object::{Kind, ObjectReference, Symbol};

/// What an action is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An object of a cluster.
    Object(ObjectReference),
}

impl Subject {
    /// The object, where the subject is one.
    pub fn object(&self) -> Option<&ObjectReference> {
        match self {
            Subject::Object(object) => Some(object),
        }
    }

    /// Reads `KIND/NAMESPACE/NAME`, or `KIND/NAME` for kinds without a namespace and where `namespace` is given.
    ///
    /// # Errors
    /// When the kind is unknown, or the form is another.
    pub fn parse(text: &str, cluster: &str, namespace: Option<&str>) -> Result<Subject, SubjectError> {
        if !text.contains('/') {
            return Err(SubjectError::Form(text.to_owned()));
        }
        let mut parts = text.split('/');
        let word = parts.next().unwrap_or_default();
        let kind = Kind::from_word(word).ok_or_else(|| SubjectError::UnknownKind(word.to_owned()))?;
        let rest: Vec<&str> = parts.collect();
        let form = || SubjectError::Form(text.to_owned());
        let (namespace, name) = match (kind.namespaced(), rest.as_slice()) {
            (true, [namespace, name]) => (*namespace, *name),
            (true, [name]) => (namespace.ok_or_else(form)?, *name),
            (false, [name]) => ("", *name),
            _ => return Err(form()),
        };
        if name.is_empty() || kind.namespaced() && namespace.is_empty() {
            return Err(form());
        }
        Ok(Subject::Object(ObjectReference {
            cluster: Symbol::from(cluster),
            kind,
            namespace: Symbol::from(namespace),
            name: Symbol::from(name),
            uid: None,
        }))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Object(object) => object.fmt(formatter),
        }
    }
}

/// Why a text is no subject.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubjectError {
    /// The first word is no kind.
    #[error(
        "there is no kind `{0}`: a subject is KIND/NAMESPACE/NAME, with a kind such as deployment, statefulset, replicaset or pod"
    )]
    UnknownKind(String),
    /// The form is another.
    #[error("`{0}` is no subject: it takes KIND/NAMESPACE/NAME, such as deployment/production/backend-rust")]
    Form(String),
}
