//! The same cases, played against the embedded platform and, wherever `KUBEBUILDER_ASSETS` names a folder of its servers, against a
//! real `kube-apiserver`. Both have to answer as the cases say; where the embedded platform knowingly doesn't, `differences.toml` names it.
//!
//! A case is a file below `cases`: requests, and what comes back of each. With `CONFORMANCE_RECORD=1` the answers of the real server
//! are written into the files; `CONFORMANCE_ONLY` plays only the cases whose names have one of these words in them.

mod case;
mod differences;
mod play;
mod show;
mod target;
mod watches;
mod wire;

use std::io::Write as _;
use std::path::PathBuf;

use futures::{StreamExt as _, stream};

use case::Case;
use differences::Differences;
use target::Target;

/// How many cases are played at a time. Each has a namespace of its own.
const AT_A_TIME: usize = 16;

#[test]
fn the_embedded_platform_answers_as_the_cases_say() {
    run(async {
        let server = target::embedded().await;
        let differences = Differences::load();
        let cases = cases();
        differences.check_names(&cases);
        let mut failures = Vec::new();
        for (case, answers) in play_all(&cases, &server.target).await {
            failures.extend(differences.judge(case, &answers));
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    });
}

#[test]
fn a_real_server_answers_as_the_cases_say() {
    let Some(assets) = assets("a_real_server_answers_as_the_cases_say") else { return };
    run(async {
        let server = target::real(&assets).await;
        let cases = cases();
        let record = std::env::var_os("CONFORMANCE_RECORD").is_some();
        let mut failures = Vec::new();
        for (case, answers) in play_all(&cases, &server.target).await {
            if record {
                case.record(&answers);
            } else {
                failures.extend(case.compare(&answers).into_iter().map(|(_, failure)| failure));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    });
}

/// Plays the cases, several at a time.
async fn play_all<'a>(cases: &'a [Case], target: &Target) -> Vec<(&'a Case, Vec<String>)> {
    let playing = cases.iter().map(async |case| (case, play::play(case, target).await));
    let mut played: Vec<_> = stream::iter(playing).buffer_unordered(AT_A_TIME).collect().await;
    played.sort_by_key(|(case, _)| &case.name);
    played
}

/// All cases, or those that are asked for.
fn cases() -> Vec<Case> {
    let only = std::env::var("CONFORMANCE_ONLY").unwrap_or_default();
    let wanted =
        |case: &Case| only.is_empty() || only.split_whitespace().any(|word| case.name.contains(word));
    let cases: Vec<Case> = Case::load_all().into_iter().filter(wanted).collect();
    assert!(!cases.is_empty(), "there is no such case");
    cases
}

/// The folder of the servers; without one, or without the controllers that the cases need, the test is skipped.
fn assets(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("KUBEBUILDER_ASSETS").filter(|folder| !folder.is_empty());
    let why = match folder.map(PathBuf::from) {
        None => "KUBEBUILDER_ASSETS is not set",
        Some(folder) if folder.join("kube-controller-manager").exists() => return Some(folder),
        Some(_) => "KUBEBUILDER_ASSETS has no kube-controller-manager",
    };
    // Not by a macro: the test harness would keep that to itself. Nobody listens when it can't be written.
    let _ = writeln!(std::io::stderr(), "skipped: conformance: {test}: {why}");
    None
}

fn run(test: impl Future<Output = ()>) {
    // reqwest is built without a provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
