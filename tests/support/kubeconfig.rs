//! Kubeconfig files for tests.

use std::path::{Path, PathBuf};

use quarterdeck::clients::kubernetes::{Connection, ConnectionOptions, Limits};
use quarterdeck::platform::time::{Clock, Instant};

/// The token that [`with_token`] gives the user.
pub const TOKEN: &str = "sesame-4711";

/// A kubeconfig of one context, `test`, whose cluster and user hold these lines of YAML (in flow style).
pub fn write(folder: &Path, cluster: &str, user: &str) -> PathBuf {
    named(folder, "config", "test", cluster, user)
}

/// A kubeconfig of one context of that name, in a file of that name, as its current context.
pub fn named(folder: &Path, file: &str, context: &str, cluster: &str, user: &str) -> PathBuf {
    let path = folder.join(file);
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: {context}\n\
         clusters:\n- name: {context}-cluster\n  cluster: {{ {cluster} }}\n\
         contexts:\n- name: {context}\n  context: {{ cluster: {context}-cluster, user: {context}-user }}\n\
         users:\n- name: {context}-user\n  user: {{ {user} }}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// A kubeconfig for a server, whose user has [`TOKEN`].
pub fn with_token(folder: &Path, server: &str) -> PathBuf {
    write(folder, &format!("server: '{server}'"), &format!("token: {TOKEN}"))
}

/// A clock that stands still at the start of 2026.
pub fn still_clock() -> Clock {
    Clock::manual(Instant::parse("2026-01-01T00:00:00Z").unwrap())
}

/// Options for that file alone.
pub fn options(file: &Path) -> ConnectionOptions {
    ConnectionOptions { kubeconfig: Some(file.to_owned()), ..ConnectionOptions::new(still_clock()) }
}

/// The context of that file.
pub fn open(file: &Path) -> Connection {
    Connection::open(options(file)).unwrap()
}

/// The context of that file, with limits of the test's own.
pub fn open_within(file: &Path, limits: Limits) -> Connection {
    Connection::open(ConnectionOptions { limits, ..options(file) }).unwrap()
}
