//! The embedded platform: in place of a cluster, or served alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use super::arguments::{Common, Demo};
use super::exit::ExitStatus;
use super::startup::StartError;
use crate::demo::{DemoOptions, DemoServer};

/// A running embedded platform, and the folder of its kubeconfig; both go when it is dropped.
pub struct Embedded {
    _server: DemoServer,
    folder: PathBuf,
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // A folder that can't be removed is in nobody's way: the token in it opens nothing any more.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn options(demo: &Demo) -> DemoOptions {
    let usual = DemoOptions::default();
    DemoOptions {
        pods: demo.pods.or(usual.pods),
        seed: demo.seed.unwrap_or(usual.seed),
        churn: demo.churn.unwrap_or(usual.churn),
        user: demo.user.unwrap_or(usual.user),
        ..usual
    }
}

/// Serves the platform, and leads `common` to it.
///
/// # Errors
/// When it can't be served, or its kubeconfig can't be written.
pub fn begin(common: &mut Common, state: &Path, runtime: &Handle) -> Result<Embedded, StartError> {
    let demo = |error: crate::demo::DemoError| StartError::Demo(error.to_string());
    let server = runtime.block_on(DemoServer::start(options(&common.demo))).map_err(demo)?;
    let folder = state.join(format!("demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = server.write_kubeconfig(&folder).map_err(demo)?;
    common.kubeconfig = Some(path);
    common.context = Some(server.context().to_owned());
    Ok(Embedded { _server: server, folder })
}

/// `serve-demo`: serves the platform until it is interrupted, and prints the path of a kubeconfig for it.
///
/// # Errors
/// When it can't be served, or nothing can be printed.
pub fn serve(
    mut common: Common,
    state: &Path,
    runtime: &Handle,
    out: &mut dyn Write,
) -> Result<ExitStatus, StartError> {
    let embedded = begin(&mut common, state, runtime)?;
    if let Some(path) = &common.kubeconfig {
        writeln!(out, "{}", path.display())?;
        out.flush()?;
    }
    runtime.block_on(interrupted())?;
    drop(embedded);
    Ok(ExitStatus::Done)
}

async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut hangup) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => Ok(()),
    }
}
