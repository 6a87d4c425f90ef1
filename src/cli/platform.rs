//! The embedded platform: in place of a cluster, or served alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use super::arguments::{Common, Demo};
use super::exit::ExitStatus;
use super::startup::StartError;
use crate::config::Folders;
use crate::demo::scenarios::{self, Scenario, ScenarioError};
use crate::demo::{DemoOptions, DemoServer, DrillOrder};

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

/// The folder of the user's own scenarios, below that of their configuration.
const SCENARIOS: &str = "scenarios";

fn options(demo: &Demo, configuration: &Path) -> Result<DemoOptions, StartError> {
    let usual = DemoOptions::default();
    let mut own = own_scenarios(&configuration.join(SCENARIOS))?;
    let order = match (&demo.scenario, &demo.drill) {
        (Some(name), _) => Some(DrillOrder { scenario: named(name, &mut own)?, hidden: false }),
        (None, Some(name)) if name.is_empty() => Some(DrillOrder { scenario: String::new(), hidden: true }),
        (None, Some(name)) => Some(DrillOrder { scenario: named(name, &mut own)?, hidden: true }),
        (None, None) => None,
    };
    Ok(DemoOptions {
        pods: demo.pods.or(usual.pods),
        seed: demo.seed.unwrap_or(usual.seed),
        churn: demo.churn.unwrap_or(usual.churn),
        user: demo.user.unwrap_or(usual.user),
        scenarios: own,
        drill: order,
        ..usual
    })
}

fn wrong(error: ScenarioError) -> StartError {
    StartError::Usage(error.to_string())
}

/// The scenarios in the user's own folder, by the names of their files.
fn own_scenarios(folder: &Path) -> Result<Vec<Scenario>, StartError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().map(|file| read_scenario(file)).collect()
}

fn read_scenario(file: &Path) -> Result<Scenario, StartError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| StartError::Usage(format!("scenario {name}: {error}")))?;
    scenarios::load(&name, &text).map_err(wrong)
}

/// The name of the scenario that is meant; one of a file joins the user's own.
fn named(name: &str, own: &mut Vec<Scenario>) -> Result<String, StartError> {
    let shipped = scenarios::shipped().map_err(wrong)?;
    if own.iter().chain(&shipped).any(|scenario| scenario.name == name) {
        return Ok(name.to_owned());
    }
    if Path::new(name).extension().is_some_and(|extension| extension == "toml") {
        let scenario = read_scenario(Path::new(name))?;
        let name = scenario.name.clone();
        own.push(scenario);
        return Ok(name);
    }
    let known: Vec<&str> = own.iter().chain(&shipped).map(|scenario| scenario.name.as_str()).collect();
    Err(wrong(ScenarioError::Unknown { name: name.to_owned(), known: known.join(", ") }))
}

/// Serves the platform, and leads `common` to it.
///
/// # Errors
/// When it can't be served, or its kubeconfig can't be written.
pub fn begin(common: &mut Common, folders: &Folders, runtime: &Handle) -> Result<Embedded, StartError> {
    let demo = |error: crate::demo::DemoError| StartError::Demo(error.to_string());
    let options = options(&common.demo, &folders.config)?;
    let server = runtime.block_on(DemoServer::start(options)).map_err(demo)?;
    let folder = folders.state.join(format!("demo-{}", std::process::id()));
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
    folders: &Folders,
    runtime: &Handle,
    out: &mut dyn Write,
) -> Result<ExitStatus, StartError> {
    let embedded = begin(&mut common, folders, runtime)?;
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
