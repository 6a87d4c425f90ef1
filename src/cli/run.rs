//! `quarterdeck run`: an operation without the screen, on the same path as with it.

use std::future::Future;
use std::io::{self, Write};
use std::pin::pin;

use super::exit::ExitStatus;
use crate::actions::{Action, Subject};
use crate::journal::{Verdict, printable};
use crate::operations::{
    self, Answer, Cause, Confirmation, Failure, Handle, OperationEvent, Outcome, Preflight, Refusal, Seen,
    Services, Weight,
};

/// What was asked for on the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRequest {
    /// The action, resolved against the registry.
    pub action: Action,
    /// What it is about.
    pub subject: Subject,
    /// Whether to stop after the preflight.
    pub dry_run: bool,
    /// `--yes`: answers a question.
    pub yes: bool,
    /// `--confirm`: answers a question that wants `CONTEXT/NAME` typed.
    pub confirm: Option<String>,
}

/// Where the command writes: the result, and everything else.
pub struct Streams<'a> {
    /// Standard output: what was found, and the result.
    pub out: &'a mut dyn Write,
    /// Standard error: progress, and what went wrong.
    pub diagnostics: &'a mut dyn Write,
}

/// Runs an operation to its end, or, when `interrupt` is ready, until it has stopped following.
///
/// # Errors
/// When one of the streams can't be written.
pub async fn run(
    request: RunRequest,
    services: Services,
    interrupt: impl Future<Output = ()>,
    streams: Streams<'_>,
) -> io::Result<ExitStatus> {
    let seen = match seen(&request, &services) {
        Ok(seen) => seen,
        Err(problem) => {
            writeln!(streams.diagnostics, "quarterdeck: {problem}")?;
            return Ok(ExitStatus::Failed);
        }
    };
    let limit = services.pace.limit_in_words();
    let mut teller = Teller { streams, request: &request, limit };
    match operations::plan(request.action.clone(), &request.subject, &seen) {
        Ok(plan) => teller.follow(operations::start(plan, services), interrupt).await,
        Err(refusal) => teller.refused(&refusal),
    }
}

/// What an earlier operation has left to undo, for an undo.
fn seen(request: &RunRequest, services: &Services) -> Result<Seen, String> {
    let Subject::Object(object) = &request.subject;
    if !operations::undoes(&request.action) {
        return Ok(Seen::default());
    }
    let history = services.journal.read().map_err(|error| error.to_string())?;
    Ok(Seen { undo: history.latest_undo(object).cloned(), ..Seen::default() })
}

struct Teller<'s, 'r> {
    streams: Streams<'s>,
    request: &'r RunRequest,
    /// How long a change is followed in all, in words.
    limit: String,
}

impl Teller<'_, '_> {
    async fn follow(
        &mut self,
        mut handle: Handle,
        interrupt: impl Future<Output = ()>,
    ) -> io::Result<ExitStatus> {
        let mut interrupt = pin!(interrupt);
        let mut interrupted = false;
        let mut told = String::new();
        loop {
            let event = tokio::select! {
                event = handle.next() => event,
                () = &mut interrupt, if !interrupted => {
                    interrupted = true;
                    handle.stop();
                    continue;
                }
            };
            let status = match event {
                Some(OperationEvent::Preflighted(preflight)) => self.preflighted(&preflight, &handle)?,
                Some(OperationEvent::Refused(refusal)) => Some(self.refused(&refusal)?),
                Some(OperationEvent::Failed(failure)) => Some(self.failed(&failure)?),
                Some(OperationEvent::Applied(done)) => {
                    let limit = &self.limit;
                    self.diagnose(&format!(
                        "{done}; following it for {limit} at most (Ctrl-C stops following)"
                    ))?;
                    None
                }
                Some(OperationEvent::Progress(progress)) => {
                    // What has not moved is said once.
                    if progress.message != told {
                        self.diagnose(&progress.message)?;
                        told = progress.message;
                    }
                    None
                }
                Some(OperationEvent::Finished(outcome)) => Some(self.finished(&outcome, interrupted)?),
                None => {
                    self.diagnose("stopped; nothing was changed")?;
                    Some(ExitStatus::Failed)
                }
            };
            if let Some(status) = status {
                return Ok(status);
            }
        }
    }

    /// Prints the preflight, and answers it. Where that is the end of it, says how it ends.
    fn preflighted(&mut self, preflight: &Preflight, handle: &Handle) -> io::Result<Option<ExitStatus>> {
        print_preflight(preflight, self.streams.out)?;
        if preflight.refusal().is_some() {
            // The refusal itself follows, with its reason.
            return Ok(None);
        }
        let wanted = preflight.confirmation();
        if self.request.dry_run {
            writeln!(
                self.streams.out,
                "Dry run: nothing was changed. To apply it, {}.",
                how_to_confirm(wanted)
            )?;
            return Ok(Some(ExitStatus::Done));
        }
        match answer(self.request, preflight) {
            Ok(answer) => {
                handle.answer(answer);
                Ok(None)
            }
            Err(problem) => {
                self.diagnose(&format!("refused: {problem}; {}", how_to_confirm(wanted)))?;
                Ok(Some(ExitStatus::Refused))
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) -> io::Result<ExitStatus> {
        let status = match refusal {
            Refusal::NothingToDo(_) => {
                writeln!(self.streams.out, "{}", printable(&refusal.to_string()))?;
                return Ok(ExitStatus::Done);
            }
            Refusal::NoOperation(_) | Refusal::MissingArgument { .. } | Refusal::ArgumentRange { .. } => {
                self.diagnose(&refusal.to_string())?;
                ExitStatus::Usage
            }
            _ => {
                self.diagnose(&format!("refused: {refusal}"))?;
                ExitStatus::Refused
            }
        };
        self.advise(refusal.advice())?;
        Ok(status)
    }

    fn failed(&mut self, failure: &Failure) -> io::Result<ExitStatus> {
        self.diagnose(&failure.message)?;
        self.advise(failure.advice.as_deref())?;
        Ok(status_of(failure.cause))
    }

    fn finished(&mut self, outcome: &Outcome, interrupted: bool) -> io::Result<ExitStatus> {
        let good = match outcome.verdict {
            Verdict::Reached => true,
            // Not following any more is what was asked for, and the server has taken the change.
            Verdict::Applied => interrupted,
            _ => false,
        };
        let line = format!("{}: {}", outcome.verdict.word(), outcome.message);
        writeln!(self.streams.out, "{}", printable(&line))?;
        self.advise(outcome.advice.as_deref())?;
        if let Some(undo) = &outcome.undo {
            let command = format!("to put it back: quarterdeck run workload.undo {}", undo.subject);
            self.diagnose(&command)?;
        }
        Ok(match outcome.cause {
            Some(cause) => status_of(cause),
            None if good => ExitStatus::Done,
            None => ExitStatus::Failed,
        })
    }

    fn diagnose(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.streams.diagnostics, "quarterdeck: {}", printable(text))
    }

    fn advise(&mut self, advice: Option<&str>) -> io::Result<()> {
        match advice {
            Some(advice) => writeln!(self.streams.diagnostics, "  → {}", printable(advice)),
            None => Ok(()),
        }
    }
}

/// Prints what the preflight found, the lines in the order of the panel.
fn print_preflight(preflight: &Preflight, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", printable(preflight.headline()))?;
    writeln!(out)?;
    for finding in preflight.findings() {
        let (weight, topic) = (finding.weight.word(), finding.topic.word());
        writeln!(out, "  {weight:<9} {topic:<18} {}", printable(&finding.text))?;
        if let Some(advice) = finding.advice.as_deref().filter(|_| finding.weight > Weight::Fine) {
            writeln!(out, "  {:<28} → {}", "", printable(advice))?;
        }
    }
    writeln!(out)?;
    for change in preflight.changes() {
        writeln!(out, "  - {}: {}", printable(&change.field), printable(&change.before))?;
        writeln!(out, "  + {}: {}", printable(&change.field), printable(&change.after))?;
    }
    writeln!(out)
}

/// The answer that the flags give; a wrong `--confirm` is never outvoted by `--yes`.
fn answer(request: &RunRequest, preflight: &Preflight) -> Result<Answer, String> {
    if let Some(given) = &request.confirm {
        if given != preflight.target() {
            return Err(format!("--confirm says `{given}`, but this is `{}`", preflight.target()));
        }
        return Ok(match preflight.confirmation() {
            Confirmation::Typed(_) => Answer::Typed(given.clone()),
            Confirmation::Key => Answer::Confirm,
        });
    }
    match (request.yes, preflight.confirmation()) {
        (true, Confirmation::Key) => Ok(Answer::Confirm),
        (true, Confirmation::Typed(_)) => Err("--yes is not enough for this".to_owned()),
        (false, _) => Err("it is not confirmed".to_owned()),
    }
}

fn how_to_confirm(wanted: &Confirmation) -> String {
    match wanted {
        Confirmation::Key => "pass --yes".to_owned(),
        Confirmation::Typed(text) => format!("pass --confirm {text}"),
    }
}

fn status_of(cause: Cause) -> ExitStatus {
    match cause {
        Cause::Unreachable => ExitStatus::Unreachable,
        Cause::Forbidden => ExitStatus::Refused,
        Cause::NotFound | Cause::Changed | Cause::Lost | Cause::Other => ExitStatus::Failed,
    }
}
