//! Which command does what.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::arguments::{Arguments, Command, Common, JournalFormat, Run, Snapshot};
use super::exit::ExitStatus;
use super::gather::Gathering;
use super::run::{RunRequest, Streams};
use super::screen::{self, Frame};
use super::startup::{self, Configuration, StartError};
use super::{doctor, journal, log, reference, run, snapshot};
use crate::actions::{Danger, Subject};
use crate::clients::kubernetes::Connection;
use crate::console::{keymap, registry};
use crate::journal::Format;
use crate::operations::{Capacity, Environment, Gate, Pace, Services};
use crate::panes::Place;
use crate::platform::time::Clock;
use crate::terminal::Capabilities;

/// Does what the command line asks for.
///
/// # Errors
/// When it can't begin; what goes wrong later is said by each command.
pub fn execute(arguments: Arguments) -> Result<ExitStatus, StartError> {
    let Arguments { command, pane, common } = arguments;
    // The embedded platform leads it to itself.
    #[cfg(feature = "demo")]
    let mut common = common;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match &command {
        Some(Command::Completions { shell }) => {
            reference::completions(*shell, &mut out);
            return Ok(ExitStatus::Done);
        }
        Some(Command::Man) => {
            reference::manual(&mut out)?;
            return Ok(ExitStatus::Done);
        }
        Some(Command::Actions) => {
            reference::actions(&registry(), &mut out)?;
            return Ok(ExitStatus::Done);
        }
        _ => {}
    }
    let configuration = Configuration::load(&common, &|name| std::env::var_os(name))?;
    match &command {
        Some(Command::Keys) => return print_keys(&configuration, &mut out),
        Some(Command::Journal { format }) => {
            let journal = crate::journal::Journal::in_folder(&configuration.folders.state);
            let format = match format {
                JournalFormat::Text => Format::Text,
                JournalFormat::Json => Format::Json,
                JournalFormat::Markdown => Format::Markdown,
            };
            return Ok(journal::print(&journal, format, &mut out, &mut io::stderr())?);
        }
        _ => {}
    }
    let first = match &command {
        Some(Command::Snapshot(request)) => startup::pane(&request.pane)?,
        _ => configuration.first_pane(pane.as_deref())?,
    };
    let _log = log::begin(&configuration.folders.state);
    let runtime =
        Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?);
    #[cfg(feature = "demo")]
    if matches!(command, Some(Command::ServeDemo)) {
        return super::platform::serve(common, &configuration.folders, runtime.handle(), &mut out);
    }
    #[cfg(feature = "demo")]
    let (embedded, demo) = match common.demo.demo {
        true => (Some(super::platform::begin(&mut common, &configuration.folders, runtime.handle())?), true),
        false => (None, false),
    };
    #[cfg(not(feature = "demo"))]
    let demo = false;
    let clock = Clock::system();
    let connection = startup::connect(&common, &clock)?;
    let capabilities = Capabilities::detect(|name| std::env::var(name).ok());
    let frame = Frame { common: &common, configuration: &configuration, capabilities, demo, clock };
    let status = match command {
        Some(Command::Snapshot(request)) => {
            take_snapshot(&frame, &connection, &request, first, &runtime, &mut out)
        }
        Some(Command::Doctor { format, timeout }) => {
            let options = configuration.feed_options(&common, &connection, &frame.clock);
            let (mut gathering, _wishes) = Gathering::begin(runtime.handle(), &connection, &options);
            let limit = Duration::from_secs(timeout);
            let picture = frame.picture(&connection);
            let report = doctor::report(&connection, &mut gathering, picture, format, limit, &mut out);
            Ok(runtime.block_on(report)?)
        }
        Some(Command::Run(request)) => run_operation(&frame, &connection, &request, &runtime, &mut out),
        _ => {
            drop(out);
            screen::run(&frame, first, connection, &runtime)
        }
    };
    #[cfg(feature = "demo")]
    drop(embedded);
    status
}

fn print_keys(configuration: &Configuration, out: &mut dyn Write) -> Result<ExitStatus, StartError> {
    let registry = registry();
    let files = &configuration.files;
    let keys =
        keymap(&files.shipped_keymap, files.keymap.as_ref(), &registry).map_err(StartError::Configuration)?;
    reference::keys(&keys, &registry, out)?;
    Ok(ExitStatus::Done)
}

fn take_snapshot(
    frame: &Frame<'_>,
    connection: &Connection,
    request: &Snapshot,
    pane: crate::panes::PaneId,
    runtime: &Runtime,
    out: &mut dyn Write,
) -> Result<ExitStatus, StartError> {
    let _entered = runtime.enter();
    let options = frame.configuration.feed_options(frame.common, connection, &frame.clock);
    let (mut gathering, wishes) = Gathering::begin(runtime.handle(), connection, &options);
    let filter = request.filter.clone().unwrap_or_default();
    let start = Place { filter: filter.clone(), ..Place::whole(pane) };
    // A filter that means nothing would let every row through.
    let environments = Arc::new(frame.configuration.profile.environments.clone());
    crate::panes::build(&Place::whole(pane), &[], &environments)
        .set_filter(&filter)
        .map_err(StartError::Usage)?;
    let deck = frame.deck(connection, wishes, start, None)?;
    let ascii = frame.common.ascii;
    let diagnostics = &mut io::stderr();
    let taken = snapshot::take(deck, &mut gathering, request, ascii, out, diagnostics);
    Ok(runtime.block_on(taken)?)
}

fn run_operation(
    frame: &Frame<'_>,
    connection: &Connection,
    request: &Run,
    runtime: &Runtime,
    out: &mut dyn Write,
) -> Result<ExitStatus, StartError> {
    let request = resolve(request, frame.common, connection)?;
    let Subject::Object(object) = &request.subject;
    let profile = &frame.configuration.profile;
    let found = profile.environments.environment_of(connection.context(), &object.namespace);
    let environment = match found.and_then(|id| profile.environments.get(id)) {
        Some(known) => Environment::from(known),
        None => Environment { name: "no environment of the profile".to_owned(), production: false },
    };
    let expectation = profile.expectation_of(&object.namespace, &object.name);
    let services = Services {
        connection: connection.clone(),
        journal: frame.journal(),
        clock: frame.clock.clone(),
        gate: Gate::new(frame.configuration.read_only),
        actor: screen::actor(),
        environment,
        minimum_replicas: expectation.and_then(|expected| expected.minimum_replicas),
        capacity: Capacity::Measure,
        pace: Pace::default(),
    };
    let interrupt = async {
        // Without the signal, the operation simply can't be interrupted that way.
        let _ = tokio::signal::ctrl_c().await;
    };
    let diagnostics = &mut io::stderr();
    let streams = Streams { out, diagnostics };
    Ok(runtime.block_on(run::run(request, services, interrupt, streams))?)
}

fn resolve(request: &Run, common: &Common, connection: &Connection) -> Result<RunRequest, StartError> {
    let registry = registry();
    let words = request.arguments.iter().map(String::as_str);
    let action = registry.resolve_words(&request.action, words).map_err(|error| {
        let hint = error.nearest().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        StartError::Usage(format!("{error}{hint}"))
    })?;
    if registry.get(action.name).is_none_or(|specification| specification.danger == Danger::None) {
        return Err(StartError::Usage(format!(
            "`{}` is for the screen; `run` takes operations",
            action.name
        )));
    }
    let namespace = match common.namespace.as_slice() {
        [one] => Some(one.as_str()),
        _ => connection.default_namespace(),
    };
    let subject = Subject::parse(&request.subject, connection.context(), namespace)
        .map_err(|error| StartError::Usage(error.to_string()))?;
    Ok(RunRequest {
        action,
        subject,
        dry_run: request.dry_run,
        yes: request.yes,
        confirm: request.confirm.clone(),
    })
}
