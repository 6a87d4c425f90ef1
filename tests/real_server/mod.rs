//! A real `kube-apiserver` with `etcd`, wherever `KUBEBUILDER_ASSETS` names a folder of them.

pub mod cluster;
mod intake;
mod scaling;

use std::io::Write;
use std::path::PathBuf;

use cluster::Cluster;

/// The folder of the servers; without one, the test is skipped.
fn assets(test: &str) -> Option<PathBuf> {
    let assets = std::env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty());
    if assets.is_none() {
        // Not by a macro: the test harness would keep that to itself. Nobody listens when it can't be written.
        let _ = writeln!(std::io::stderr(), "skipped: real_server: {test}: KUBEBUILDER_ASSETS is not set");
    }
    assets.map(PathBuf::from)
}

/// Runs a test on a cluster of its own.
fn on_a_cluster(test: &str, steps: impl AsyncFnOnce(&Cluster)) {
    let Some(assets) = assets(test) else { return };
    // Both HTTP clients of the process use the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::start(&assets).await;
        steps(&cluster).await;
    });
}

#[test]
fn what_a_user_may_see_is_listed_and_watched() {
    on_a_cluster("what_a_user_may_see_is_listed_and_watched", async |cluster| {
        intake::lists_come_as_protobuf_and_streamed(cluster).await;
        intake::changes_are_seen_as_they_happen(cluster).await;
        intake::one_bad_scope_takes_nothing_else_away(cluster).await;
        intake::a_user_of_one_namespace_sees_that(cluster).await;
        intake::the_commands_print_what_is_there(cluster).await;
    });
}

#[test]
fn a_workload_is_scaled_only_as_it_was_seen() {
    on_a_cluster("a_workload_is_scaled_only_as_it_was_seen", async |cluster| {
        scaling::a_count_is_set_followed_recorded_and_put_back(cluster).await;
        scaling::nothing_comes_of_a_count_that_has_changed_since(cluster).await;
        scaling::a_count_of_zero_is_tested_too(cluster).await;
        scaling::a_missing_verb_is_named_and_nothing_changes(cluster).await;
        scaling::what_would_undo_or_stop_it_is_said(cluster).await;
        scaling::the_command_does_the_same(cluster).await;
    });
}
