//! `quarterdeck snapshot`: one frame of a pane, or its rows, once its data is there.

mod formats;

use std::io::{self, Write};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use super::arguments::{Snapshot, SnapshotFormat};
use super::exit::ExitStatus;
use super::gather::Gathering;
use crate::console::Deck;
use crate::panes::PaneId;
use crate::picture::model::Scope;
use crate::platform::freshness::Freshness;
use crate::platform::object::Kind;
use crate::platform::text::sanitize;
use crate::theme::Symbols;

/// What a pane needs before it is worth a picture.
fn kinds(pane: PaneId) -> &'static [Kind] {
    match pane {
        PaneId::Zones => &[
            Kind::Namespace,
            Kind::Node,
            Kind::Pod,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::HorizontalPodAutoscaler,
        ],
        PaneId::Workloads => &[
            Kind::Namespace,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::HorizontalPodAutoscaler,
        ],
        PaneId::Pods => &[Kind::Namespace, Kind::Pod],
    }
}

/// Waits for the pane's data, and prints it. What is not reachable makes the command end with 4.
///
/// # Errors
/// When nothing can be printed.
pub async fn take(
    mut deck: Deck,
    gathering: &mut Gathering,
    request: &Snapshot,
    ascii: bool,
    out: &mut dyn Write,
    diagnostics: &mut dyn Write,
) -> io::Result<ExitStatus> {
    let pane = deck.pane().id();
    let limit = Duration::from_secs(request.timeout);
    let complete = gathering.settle(&mut deck, kinds(pane), limit).await;
    while deck.work(&mut || true) {}
    if request.format == SnapshotFormat::Json {
        print_rows(&deck, out)?;
    } else {
        let area = Rect::new(0, 0, request.size.0, request.size.1);
        let mut buffer = Buffer::empty(area);
        // The first drawing tells panes how much room there is; the second uses it.
        deck.draw(&mut buffer, area);
        buffer.reset();
        deck.draw(&mut buffer, area);
        match request.format {
            SnapshotFormat::Ansi => formats::ansi(&buffer, out)?,
            SnapshotFormat::Svg => formats::svg(&buffer, out)?,
            _ => formats::text(&buffer, out)?,
        }
    }
    if complete {
        return refused(&deck, pane, diagnostics);
    }
    let arrow = if ascii { Symbols::ASCII.arrow } else { Symbols::UNICODE.arrow };
    for (key, state) in deck.picture().sources() {
        if let Freshness::Down(_, reason) = &state.freshness {
            writeln!(diagnostics, "quarterdeck: {} {arrow} {}", key.kind.resource(), sanitize(reason))?;
        }
    }
    Ok(ExitStatus::Unreachable)
}

/// How a snapshot ends whose sources have all spoken: what this user may not list is no empty table.
fn refused(deck: &Deck, pane: PaneId, diagnostics: &mut dyn Write) -> io::Result<ExitStatus> {
    let shown: &[Kind] = match pane {
        PaneId::Zones | PaneId::Workloads => &[Kind::Deployment],
        PaneId::Pods => &[Kind::Pod],
    };
    for kind in shown {
        if let Freshness::Off(reason) = deck.picture().source(*kind).freshness {
            writeln!(diagnostics, "quarterdeck: {}: {}", kind.resource(), sanitize(&reason))?;
            return Ok(ExitStatus::Refused);
        }
    }
    Ok(ExitStatus::Done)
}

/// Prints `{"pane","context","sources":[…],"rows":[…]}`, a row at a time.
fn print_rows(deck: &Deck, out: &mut dyn Write) -> io::Result<()> {
    let picture = deck.picture();
    let sources: Vec<_> = picture
        .sources()
        .into_iter()
        .map(|(key, state)| {
            let name = match &key.scope {
                Scope::Cluster => key.kind.resource().to_owned(),
                Scope::Namespace(namespace) => format!("{}/{namespace}", key.kind.resource()),
            };
            json!({
                "name": name,
                "state": state.freshness.word(),
                "since": state.freshness.since().map(|since| since.rfc3339()),
                "detail": state.freshness.reason().or(state.unreadable_reason.as_deref()),
            })
        })
        .collect();
    write!(
        out,
        "{{\"pane\":{},\"context\":{},\"sources\":",
        json!(deck.pane().id().word()),
        json!(&**picture.cluster()),
    )?;
    formats::json(&sources, out)?;
    write!(out, ",\"rows\":[")?;
    let mut first = true;
    let mut outcome = Ok(());
    deck.pane().each_row(picture, &mut |row| {
        if outcome.is_ok() {
            let separator = if std::mem::take(&mut first) { "\n" } else { ",\n" };
            outcome = out.write_all(separator.as_bytes()).and_then(|()| formats::json(&row, &mut *out));
        }
    });
    outcome?;
    writeln!(out, "\n]}}")
}
