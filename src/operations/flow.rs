//! The way of one operation, from its plan to its outcome, off the loop that draws.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::actions::Subject;
use crate::journal::{Actor, Entry, Intent, IntentId, Journal, OutcomeRecord, SubjectRecord, Verdict};

use super::catalog::REASON_NAME;
use super::gate::Passage;
use super::{
    Answer, Cause, Change, Ending, Failure, Halt, Outcome, Plan, Preflight, Prepared, Progress, Refusal,
    Services, identity,
};

/// What an operation says on its way. It ends with `Refused`, `Failed` or `Finished`, or silently when it was stopped before
/// anything was applied.
#[derive(Debug, Clone, PartialEq)]
pub enum OperationEvent {
    /// What the person is shown; unless a refusal follows, an answer is awaited.
    Preflighted(Arc<Preflight>),
    /// It was not let through; nothing was changed.
    Refused(Refusal),
    /// What it needs to know can't be read; nothing was changed.
    Failed(Failure),
    /// The server took it.
    Applied(String),
    /// How far it has come.
    Progress(Progress),
    /// How it ended.
    Finished(Box<Outcome>),
}

/// The end of an operation that the console or the command line holds. Dropping it is [`Handle::stop`].
#[derive(Debug)]
pub struct Handle {
    events: mpsc::Receiver<OperationEvent>,
    answers: mpsc::Sender<Answer>,
    stop: watch::Sender<bool>,
}

impl Handle {
    /// The next event; nothing once it has ended.
    pub async fn next(&mut self) -> Option<OperationEvent> {
        self.events.recv().await
    }

    /// An event that is there already, for a loop that never waits.
    pub fn poll_event(&mut self) -> Option<OperationEvent> {
        self.events.try_recv().ok()
    }

    /// Answers the preflight; only the first answer after [`OperationEvent::Preflighted`] counts.
    pub fn answer(&self, answer: Answer) {
        // A second answer, or one to an operation that has ended, has nobody to reach.
        let _ = self.answers.try_send(answer);
    }

    /// Before anything is applied: gives up. After it: stops following, which is put on record; what was applied stays.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

/// Starts an operation on the present tokio runtime.
pub fn start(plan: Plan, services: Services) -> Handle {
    let (event_sender, events) = mpsc::channel(64);
    let (answers, answer_receiver) = mpsc::channel(1);
    let (stop, stopped) = watch::channel(false);
    let course = Course { services, events: event_sender, stopped };
    tokio::spawn(course.run(plan, answer_receiver));
    Handle { events, answers, stop }
}

struct Course {
    services: Services,
    events: mpsc::Sender<OperationEvent>,
    stopped: watch::Receiver<bool>,
}

impl Course {
    async fn run(self, plan: Plan, mut answers: mpsc::Receiver<Answer>) {
        if let Err(refusal) = self.services.gate.admit() {
            return self.say(OperationEvent::Refused(refusal)).await;
        }
        let prepared = tokio::select! {
            () = stopped(self.stopped.clone()) => return,
            (prepared, who) = self.look(&plan) => prepared.map(|prepared| (prepared, who)),
        };
        let (Prepared { preflight, change }, who) = match prepared {
            Ok(prepared) => prepared,
            Err(Halt::Refused(refusal)) => return self.say(OperationEvent::Refused(refusal)).await,
            Err(Halt::Failed(failure)) => return self.say(OperationEvent::Failed(failure)).await,
        };
        // A key that was hit before there was anything to see is no answer to it.
        while answers.try_recv().is_ok() {}
        self.say(OperationEvent::Preflighted(Arc::new(preflight.clone()))).await;
        if let Some(refusal) = preflight.refusal() {
            return self.say(OperationEvent::Refused(refusal)).await;
        }
        let answer = tokio::select! {
            // A stop outdoes an answer that is there as well.
            biased;
            () = stopped(self.stopped.clone()) => return,
            answer = answers.recv() => answer.unwrap_or(Answer::Decline),
        };
        let intent = self.intent(&plan, &preflight, change.as_ref(), who);
        let id = intent.id.clone();
        let passage = Passage {
            preflight,
            subject: Subject::Object(change.object().clone()),
            action: plan.action().name,
            intent,
        };
        match self.services.gate.pass(passage, &answer, &self.services.journal).await {
            Ok(permit) => self.carry_out(change.as_ref(), &permit, id).await,
            Err(refusal) => self.say(OperationEvent::Refused(refusal)).await,
        }
    }

    /// The preflight, and meanwhile who the server takes the person for.
    async fn look(&self, plan: &Plan) -> (Result<Prepared, Halt>, Actor) {
        let who = identity::at_the_server(&self.services);
        let (prepared, server_user) = futures::join!(plan.preflight(&self.services), who);
        (prepared, Actor { server_user, ..self.services.actor.clone() })
    }

    /// Past the gate: from here on everything ends with an outcome on record.
    async fn carry_out(&self, change: &dyn Change, permit: &crate::actions::Permit, id: IntentId) {
        let Services { connection, pace, .. } = &self.services;
        match change.apply(connection, permit, *pace).await {
            Ok(done) => {
                let ending = Ending {
                    verdict: Verdict::Applied,
                    message: done.clone(),
                    advice: None,
                    after: change.wanted(),
                };
                // On record before it is followed: a console that ends meanwhile leaves no doubt behind.
                let problem = self.record(&id, &ending, change).await.err();
                self.say(OperationEvent::Applied(done)).await;
                let mut ending = self.follow(change).await;
                let second = match ending.verdict {
                    Verdict::Applied if problem.is_none() => None,
                    _ => self.record(&id, &ending, change).await.err(),
                };
                if let Some(problem) = second.or(problem) {
                    ending.message = format!("{}; the outcome is not on record: {problem}", ending.message);
                }
                self.finish(ending, None, change).await;
            }
            Err(failure) => {
                let verdict = match failure.cause {
                    Cause::Lost => Verdict::Unknown,
                    _ => Verdict::Failed,
                };
                let Failure { message, advice, cause } = failure;
                let mut ending = Ending { verdict, message, advice, after: Default::default() };
                if let Err(problem) = self.record(&id, &ending, change).await {
                    ending.message = format!("{}; the outcome is not on record: {problem}", ending.message);
                }
                self.finish(ending, Some(cause), change).await;
            }
        }
    }

    async fn follow(&self, change: &dyn Change) -> Ending {
        let latest = std::sync::Mutex::new(String::new());
        let report = |progress: Progress| {
            if let Ok(mut latest) = latest.lock() {
                latest.clone_from(&progress.message);
            }
            // A console that is behind gets the next one.
            let _ = self.events.try_send(OperationEvent::Progress(progress));
        };
        let Services { connection, pace, .. } = &self.services;
        let followed = tokio::select! {
            ending = change.follow(connection, *pace, &report) => Some(ending),
            () = stopped(self.stopped.clone()) => None,
        };
        followed.unwrap_or_else(|| {
            let last = latest.lock().map(|latest| latest.clone()).unwrap_or_default();
            let seen = if last.is_empty() { String::new() } else { format!("; last seen: {last}") };
            Ending {
                verdict: Verdict::Applied,
                message: format!("applied, and not followed any further{seen}"),
                advice: None,
                after: change.wanted(),
            }
        })
    }

    fn intent(&self, plan: &Plan, preflight: &Preflight, change: &dyn Change, who: Actor) -> Intent {
        let now = self.services.clock.now();
        let action = plan.action();
        let arguments = action.arguments.iter().filter(|(name, _)| *name != REASON_NAME);
        Intent {
            id: IntentId::fresh(now),
            at: now,
            who,
            context: self.services.connection.context().to_string(),
            server: self.services.connection.server().to_owned(),
            action: action.name.to_owned(),
            arguments: arguments.map(|(name, value)| ((*name).to_owned(), value.to_string())).collect(),
            subject: SubjectRecord::of(change.object(), Some(change.uid())),
            reason: action.text(REASON_NAME).map(str::to_owned),
            before: change.before(),
            preflight: preflight.lines(),
        }
    }

    async fn record(&self, id: &IntentId, ending: &Ending, change: &dyn Change) -> Result<(), String> {
        let outcome = OutcomeRecord {
            id: id.clone(),
            at: self.services.clock.now(),
            result: ending.verdict,
            message: ending.message.clone(),
            after: ending.after.clone(),
            undo: undo_of(ending.verdict, change),
        };
        append(self.services.journal.clone(), Entry::Outcome(Box::new(outcome))).await
    }

    async fn finish(&self, ending: Ending, cause: Option<Cause>, change: &dyn Change) {
        let undo = undo_of(ending.verdict, change);
        let Ending { verdict, message, advice, .. } = ending;
        let outcome = Outcome { verdict, message, advice, cause, undo };
        self.say(OperationEvent::Finished(Box::new(outcome))).await;
    }

    async fn say(&self, event: OperationEvent) {
        // Nobody listens any more when the console has dropped its end; the journal holds what matters.
        let _ = self.events.send(event).await;
    }
}

fn undo_of(verdict: Verdict, change: &dyn Change) -> Option<crate::journal::Undo> {
    match verdict {
        Verdict::Failed | Verdict::Overridden => None,
        Verdict::Applied | Verdict::Reached | Verdict::Stuck | Verdict::Unknown => change.undo(),
    }
}

async fn append(journal: Journal, entry: Entry) -> Result<(), String> {
    match tokio::task::spawn_blocking(move || journal.append(&entry)).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Waits until the holder stops the operation, or lets go of it.
async fn stopped(mut signal: watch::Receiver<bool>) {
    // An error means that the handle is gone, which stops it as well.
    let _ = signal.wait_for(|stop| *stop).await;
}
