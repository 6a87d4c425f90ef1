//! The kubeconfig by which clients reach the embedded platform.

use base64::Engine as _;

/// The name of its context, cluster and user.
pub const CONTEXT: &str = "demo";

/// A kubeconfig with one context, for this server, the authority that vouches for it (in PEM), and this token.
pub fn kubeconfig(url: &str, authority: &str, token: &str) -> String {
    let authority = base64::engine::general_purpose::STANDARD.encode(authority);
    format!(
        "apiVersion: v1
kind: Config
current-context: {CONTEXT}
clusters:
- name: {CONTEXT}
  cluster:
    server: {url}
    certificate-authority-data: {authority}
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
