//! `quarterdeck doctor`: each source, how it was found, whether it is reachable and permitted, and how long it took.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::json;

use super::arguments::DoctorFormat;
use super::exit::ExitStatus;
use super::gather::Gathering;
use crate::clients::kubernetes::Connection;
use crate::picture::model::{Scope, SourceKey};
use crate::picture::{Picture, SourceState};
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;
use crate::platform::text::sanitize;

/// One line of the report.
struct Line {
    name: String,
    path: String,
    state: &'static str,
    reachable: bool,
    permitted: Option<bool>,
    objects: Option<usize>,
    detail: String,
}

/// Waits for the sources, and prints what became of each. Unreachable sources make the command end with 4.
///
/// # Errors
/// When nothing can be printed.
pub async fn report(
    connection: &Connection,
    gathering: &mut Gathering,
    mut picture: Picture,
    format: DoctorFormat,
    limit: Duration,
    out: &mut dyn Write,
) -> io::Result<ExitStatus> {
    gathering.settle(&mut picture, &Kind::ALL, limit).await;
    let sources = picture.sources();
    let mut lines: Vec<Line> = sources.iter().map(|(key, state)| line(key, state, &picture)).collect();
    let silent = |kind: &Kind| sources.iter().all(|(key, _)| key.kind != *kind);
    lines.extend(Kind::ALL.into_iter().filter(silent).map(unheard));
    lines.sort_by(|left, right| left.name.cmp(&right.name));
    let version = picture.server_version();
    match format {
        DoctorFormat::Text => print_text(connection, version, &lines, out)?,
        DoctorFormat::Json => {
            let sources: Vec<_> = lines
                .iter()
                .map(|line| {
                    json!({
                        "name": line.name, "path": line.path, "state": line.state, "reachable": line.reachable,
                        "permitted": line.permitted, "objects": line.objects, "detail": line.detail,
                    })
                })
                .collect();
            let report = json!({
                "context": &**connection.context(), "server": connection.server(),
                "found": "kubeconfig", "version": version, "sources": sources,
            });
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)?;
        }
    }
    let reachable = !lines.is_empty() && lines.iter().all(|line| line.reachable);
    let permitted = lines.iter().any(|line| line.permitted != Some(false));
    Ok(match (reachable, permitted) {
        (false, _) => ExitStatus::Unreachable,
        (true, false) => ExitStatus::Refused,
        (true, true) => ExitStatus::Done,
    })
}

/// A source that nothing was heard of in time.
fn unheard(kind: Kind) -> Line {
    Line {
        name: kind.resource().to_owned(),
        path: kind.path(None),
        state: Freshness::Waiting.word(),
        reachable: false,
        permitted: None,
        objects: None,
        detail: "nothing was heard of it in time".to_owned(),
    }
}

fn line(key: &SourceKey, state: &SourceState, picture: &Picture) -> Line {
    let namespace = match &key.scope {
        Scope::Cluster => None,
        Scope::Namespace(namespace) => Some(&**namespace),
    };
    let resource = key.kind.resource();
    let forbidden = matches!(&state.freshness, Freshness::Off(reason) if reason.contains("forbidden"));
    let live = state.freshness == Freshness::Live;
    let mut detail = state.freshness.reason().unwrap_or_default().to_owned();
    if let Some(reason) = &state.unreadable_reason {
        detail = format!("{} objects can't be read: {reason}", state.unreadable);
    }
    Line {
        name: namespace.map_or(resource.to_owned(), |namespace| format!("{resource} in {namespace}")),
        path: key.kind.path(namespace),
        state: state.freshness.word(),
        reachable: matches!(state.freshness, Freshness::Live | Freshness::Loading | Freshness::Off(_)),
        permitted: (live || forbidden).then_some(!forbidden),
        objects: live.then(|| picture.rows_of(key.kind, namespace)),
        detail: sanitize(&detail).into_owned(),
    }
}

fn print_text(
    connection: &Connection,
    version: Option<&str>,
    lines: &[Line],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "context  {}", connection.context())?;
    writeln!(out, "server   {} (by the kubeconfig)", connection.server())?;
    writeln!(out, "version  {}", version.map_or("not told".into(), sanitize))?;
    writeln!(out)?;
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0).max("source".len());
    writeln!(out, "{:<width$}  {:<8} {:<10} {:>8}  path", "source", "state", "permitted", "objects")?;
    for line in lines {
        let permitted = line.permitted.map_or("unknown", |permitted| if permitted { "yes" } else { "no" });
        let objects = line.objects.map_or("–".to_owned(), |objects| objects.to_string());
        writeln!(
            out,
            "{:<width$}  {:<8} {permitted:<10} {objects:>8}  {}",
            line.name, line.state, line.path
        )?;
        if !line.detail.is_empty() {
            writeln!(out, "{:<width$}    {}", "", line.detail)?;
        }
    }
    Ok(())
}
