//! Operations that were asked for: those that wait for their turn, the one that is asked about, those that are followed.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use crate::actions::{Action, Subject};
use crate::clients::kubernetes::Connection;
use crate::journal::{Actor, Journal, Undo, Verdict};
use crate::operations::{
    self, Answer, Environment, Gate, Handle, OperationEvent, Outcome, Pace, Plan, Preflight, Progress,
    Refusal, Seen, Services,
};
use crate::picture::Picture;
use crate::platform::object::ObjectReference;
use crate::platform::text::sanitize;
use crate::widgets::notes::Gravity;

use super::super::setting::Setting;
use super::room;

/// What operations work with, beside what depends on their object.
#[derive(Clone)]
pub struct OperationParts {
    /// The cluster.
    pub connection: Connection,
    /// The record.
    pub journal: Journal,
    /// The gate of this console.
    pub gate: Gate,
    /// Who acts.
    pub actor: Actor,
    /// How long to wait for what.
    pub pace: Pace,
}

impl OperationParts {
    fn services(&self, object: &ObjectReference, setting: &Setting, picture: &Picture) -> Services {
        let profile = &setting.profile;
        let found = profile.environments.environment_of(&object.cluster, &object.namespace);
        let environment = match found.and_then(|id| profile.environments.get(id)) {
            Some(known) => Environment { name: known.name.clone(), production: known.production },
            None => Environment { name: "no environment of the profile".to_owned(), production: false },
        };
        let expectation = profile.expectation_of(&object.namespace, &object.name);
        Services {
            connection: self.connection.clone(),
            journal: self.journal.clone(),
            clock: setting.clock.clone(),
            gate: self.gate,
            actor: self.actor.clone(),
            environment,
            minimum_replicas: expectation.and_then(|expected| expected.minimum_replicas),
            capacity: room::capacity(picture),
            pace: self.pace,
        }
    }
}

/// How far an operation is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::console) enum Phase {
    /// What speaks for and against it is being read.
    Checking,
    /// The person is asked.
    Asking,
    /// It was answered for, and is on its way to the server.
    Applying,
    /// The server took it; what it said, and how far it has come.
    Following(String, Option<Progress>),
    /// It is over: how gravely, in words, and what the person can do.
    Ended(Gravity, String, Option<String>),
}

/// One operation that was begun.
pub(in crate::console) struct Running {
    id: u64,
    handle: Handle,
    title: String,
    phase: Phase,
    preflight: Option<Arc<Preflight>>,
}

impl Running {
    /// What would be done, in a few words, before it is known from what to what.
    pub(in crate::console) fn title(&self) -> &str {
        &self.title
    }

    /// How far it is.
    pub(in crate::console) fn phase(&self) -> &Phase {
        &self.phase
    }

    /// What was found, once it was.
    pub(in crate::console) fn preflight(&self) -> Option<&Arc<Preflight>> {
        self.preflight.as_ref()
    }
}

/// What an event of an operation comes to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::console) enum Happened {
    /// It is at another point; nothing to tell.
    Moved,
    /// It is over, with this to tell.
    Ended(Gravity, String),
    /// It went away without a word.
    Gone,
}

/// Every operation of this console.
pub(in crate::console) struct Desk {
    parts: Option<OperationParts>,
    waiting: VecDeque<(Plan, ObjectReference)>,
    begun: Vec<Running>,
    next_id: u64,
    undo: Option<Undo>,
}

impl Desk {
    /// A desk at which nothing was asked for yet. Without parts nothing can be.
    pub(in crate::console) fn new(parts: Option<OperationParts>) -> Self {
        Desk { parts, waiting: VecDeque::new(), begun: Vec::new(), next_id: 1, undo: None }
    }

    /// Whether anything can be asked for.
    pub(in crate::console) fn is_open(&self) -> bool {
        self.parts.is_some()
    }

    /// The record.
    pub(in crate::console) fn journal(&self) -> Option<&Journal> {
        self.parts.as_ref().map(|parts| &parts.journal)
    }

    /// How to put back the latest change of this console.
    pub(in crate::console) fn latest_undo(&self) -> Option<&Undo> {
        self.undo.as_ref()
    }

    /// Lines an operation up.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub(in crate::console) fn line_up(
        &mut self,
        action: Action,
        object: &ObjectReference,
        seen: &Seen,
    ) -> Result<(), Refusal> {
        if let Some(parts) = &self.parts {
            parts.gate.admit()?;
        }
        let plan = operations::plan(action, &Subject::Object(object.clone()), seen)?;
        self.waiting.push_back((plan, object.clone()));
        Ok(())
    }

    /// Begins the next one that waits, and tells its number.
    pub(in crate::console) fn begin_next(&mut self, setting: &Setting, picture: &Picture) -> Option<u64> {
        let parts = self.parts.as_ref()?;
        let (plan, object) = self.waiting.pop_front()?;
        let title = format!("{} {}", verb(plan.action()), object.name);
        let handle = operations::start(plan, parts.services(&object, setting, picture));
        let id = self.next_id;
        self.next_id += 1;
        self.begun.push(Running { id, handle, title, phase: Phase::Checking, preflight: None });
        Some(id)
    }

    /// How many wait for their turn.
    pub(in crate::console) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets those that wait for their turn.
    pub(in crate::console) fn clear_waiting(&mut self) {
        self.waiting.clear();
    }

    /// The operation of that number.
    pub(in crate::console) fn get(&self, id: u64) -> Option<&Running> {
        self.begun.iter().find(|running| running.id == id)
    }

    /// How many have been applied and are being followed.
    pub(in crate::console) fn followed(&self) -> usize {
        let following = |running: &&Running| matches!(running.phase, Phase::Following(..) | Phase::Applying);
        self.begun.iter().filter(following).count()
    }

    /// Answers the question of an operation.
    pub(in crate::console) fn answer(&mut self, id: u64, answer: Answer) {
        if let Some(running) = self.begun.iter_mut().find(|running| running.id == id)
            && running.phase == Phase::Asking
        {
            running.handle.answer(answer);
            running.phase = Phase::Applying;
        }
    }

    /// Gives an operation up before it is applied, or puts away one that is over. One that is applied goes on.
    pub(in crate::console) fn put_away(&mut self, id: u64) {
        let goes_on = |running: &Running| matches!(running.phase, Phase::Applying | Phase::Following(..));
        self.begun.retain(|running| running.id != id || goes_on(running));
    }

    /// Waits for the next event of any operation. Can be dropped and called again without losing one.
    pub(in crate::console) fn next(&mut self) -> impl Future<Output = (u64, Option<OperationEvent>)> {
        poll_fn(|context| {
            for running in &mut self.begun {
                if matches!(running.phase, Phase::Ended(..)) {
                    continue;
                }
                if let Poll::Ready(event) = pin!(running.handle.next()).poll(context) {
                    return Poll::Ready((running.id, event));
                }
            }
            Poll::Pending
        })
    }

    /// Takes an event of an operation in.
    pub(in crate::console) fn take(&mut self, id: u64, event: Option<OperationEvent>) -> Happened {
        let Some(running) = self.begun.iter_mut().find(|running| running.id == id) else {
            return Happened::Gone;
        };
        let Some(event) = event else {
            self.begun.retain(|running| running.id != id);
            return Happened::Gone;
        };
        match event {
            OperationEvent::Preflighted(preflight) => {
                running.preflight = Some(preflight);
                running.phase = Phase::Asking;
                Happened::Moved
            }
            OperationEvent::Applied(done) => {
                running.phase = Phase::Following(done, None);
                Happened::Moved
            }
            OperationEvent::Progress(progress) => {
                let done = match &running.phase {
                    Phase::Following(done, _) => done.clone(),
                    _ => String::new(),
                };
                running.phase = Phase::Following(done, Some(progress));
                Happened::Moved
            }
            OperationEvent::Refused(refusal) => {
                running.end(Gravity::Warning, &refusal.to_string(), refusal.advice())
            }
            OperationEvent::Failed(failure) => {
                running.end(Gravity::Error, &failure.message, failure.advice.as_deref())
            }
            OperationEvent::Finished(outcome) => {
                if outcome.undo.is_some() {
                    self.undo.clone_from(&outcome.undo);
                }
                let Outcome { verdict, message, advice, .. } = &*outcome;
                running.end(gravity(*verdict), message, advice.as_deref())
            }
        }
    }
}

impl Running {
    fn end(&mut self, gravity: Gravity, message: &str, advice: Option<&str>) -> Happened {
        let message = sanitize(message).into_owned();
        let advice = advice.map(|advice| sanitize(advice).into_owned());
        let told = match &advice {
            Some(advice) => format!("{message}; {advice}"),
            None => message.clone(),
        };
        self.phase = Phase::Ended(gravity, message, advice);
        Happened::Ended(gravity, told)
    }
}

/// The action as a title begins: its word, with a capital.
fn verb(action: &Action) -> String {
    let known = operations::actions().iter().find(|known| known.name == action.name);
    let mut word = known.map_or(action.name, |known| known.title).to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

fn gravity(verdict: Verdict) -> Gravity {
    match verdict {
        Verdict::Reached | Verdict::Applied => Gravity::Info,
        Verdict::Stuck | Verdict::Overridden => Gravity::Warning,
        Verdict::Failed | Verdict::Unknown => Gravity::Error,
    }
}
