//! The kubeconfig by which clients reach the embedded platform.

/// The name of its context, cluster and user.
pub const CONTEXT: &str = "demo";

/// A kubeconfig with one context, for this server and token.
pub fn kubeconfig(url: &str, token: &str) -> String {
    format!(
        "apiVersion: v1
kind: Config
current-context: {CONTEXT}
clusters:
- name: {CONTEXT}
  cluster:
    server: {url}
users:
- name: {CONTEXT}
  user:
    token: {token}
contexts:
- name: {CONTEXT}
  context:
    cluster: {CONTEXT}
    user: {CONTEXT}
    namespace: default
"
    )
}
