//! Why a context can't be opened.

use std::path::PathBuf;

/// Why a context of a kubeconfig can't be opened; nothing was asked of any server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// There is no kubeconfig anywhere.
    #[error("there is no kubeconfig: looked at {}", paths(searched))]
    NoKubeconfig {
        /// Where it was looked for.
        searched: Vec<PathBuf>,
    },
    /// A file can't be read.
    #[error("{} can't be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A file is no kubeconfig.
    #[error("{} is no kubeconfig: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// No context was named, and none is the current one.
    #[error("the kubeconfig names no current context{}", known("it has", available))]
    NoCurrentContext {
        /// The contexts that there are.
        available: Vec<String>,
    },
    /// There is no context of that name.
    #[error("there is no context `{name}` in the kubeconfig{}", suggestion(nearest, available))]
    UnknownContext {
        /// The name that was asked for.
        name: String,
        /// The nearest names that there are, best first.
        nearest: Vec<String>,
        /// All names.
        available: Vec<String>,
    },
    /// The context's cluster isn't described.
    #[error("the context `{context}` names the cluster `{cluster}`, which the kubeconfig does not describe")]
    UnknownCluster {
        /// The context.
        context: String,
        /// The cluster that it names.
        cluster: String,
    },
    /// Something in the context, its cluster or its user can't be used.
    #[error("the context `{context}` can't be used: {cause}")]
    Unusable {
        /// The context.
        context: String,
        /// What, and why.
        cause: String,
    },
}

impl ConnectionError {
    /// What the person can do about it.
    pub fn advice(&self) -> &str {
        match self {
            ConnectionError::NoKubeconfig { .. } => {
                "give one with --kubeconfig, name it in $KUBECONFIG, or put it in ~/.kube/config; --demo needs none"
            }
            ConnectionError::Unreadable { .. } => "check that the file is there and may be read",
            ConnectionError::Malformed { .. } => "correct the file; `kubectl config view` reads the same one",
            ConnectionError::NoCurrentContext { .. } => {
                "name one with --context, or choose one with `kubectl config use-context`"
            }
            ConnectionError::UnknownContext { .. } => {
                "name one that `kubectl config get-contexts` lists, with --context"
            }
            ConnectionError::UnknownCluster { .. } | ConnectionError::Unusable { .. } => {
                "correct the kubeconfig; `kubectl config view` shows it"
            }
        }
    }
}

fn paths(searched: &[PathBuf]) -> String {
    if searched.is_empty() {
        return "nothing, as there is neither $KUBECONFIG nor a home folder".to_owned();
    }
    searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn suggestion(nearest: &[String], available: &[String]) -> String {
    if nearest.is_empty() {
        known("it has", available)
    } else {
        format!("; did you mean {}?", quoted(nearest, nearest.len()))
    }
}

fn known(words: &str, names: &[String]) -> String {
    if names.is_empty() {
        "; it has none at all".to_owned()
    } else {
        format!("; {words} {}", quoted(names, 8))
    }
}

fn quoted(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", names.len() - most));
    }
    text
}
