//! Operations as the keyboard asks for them: what they need, one question after the other, and undo.

use super::Deck;
use crate::actions::{Action, ArgumentValue, Subject};
use crate::console::errands::Purpose;
use crate::console::operations::{Phase, Target};
use crate::console::overlay::{OperationDialog, Overlay, ScalePrompt};
use crate::console::situation::is_workload;
use crate::journal::{History, Undo};
use crate::operations::{Answer, Refusal, Seen};
use crate::platform::object::ObjectReference;
use crate::platform::text::sanitize;

const SCALE: &str = "workload.scale";
const UNDO: &str = "workload.undo";
const REPLICAS: &str = "replicas";

impl Deck {
    /// Begins an operation on what is marked, or under the cursor.
    pub(super) fn begin_operation(&mut self, action: Action) {
        match action.name {
            UNDO => self.undo(),
            SCALE if action.count(REPLICAS).is_none() => {
                let targets = self.targets();
                if !targets.is_empty() {
                    self.overlay = Some(Overlay::Scale(ScalePrompt::new(targets)));
                }
            }
            _ => {
                let targets = self.targets();
                for target in &targets {
                    self.line_up(action.clone(), &target.object, Some(target.wanted));
                }
                self.begin_next_operation();
            }
        }
    }

    /// Each target is to get so many replicas.
    pub(super) fn scale_to(&mut self, counts: &[(Target, u32)]) {
        for (target, count) in counts {
            let mut action = Action::plain(SCALE);
            action.arguments.push((REPLICAS, ArgumentValue::Count(u64::from(*count))));
            // Of several, those that have it already are no question.
            if counts.len() == 1 || *count != target.wanted {
                self.line_up(action, &target.object, Some(target.wanted));
            }
        }
        self.begin_next_operation();
    }

    /// The workloads that are meant, with the count that the table showed.
    fn targets(&self) -> Vec<Target> {
        let subjects = self.stack.pane().subjects(&self.picture);
        let objects = subjects.iter().filter_map(Subject::object).filter(|object| is_workload(object.kind));
        objects
            .map(|object| {
                let row = self.picture.workload(object.kind, &object.namespace, &object.name);
                Target { object: object.clone(), wanted: row.map_or(0, |row| row.wanted) }
            })
            .collect()
    }

    fn line_up(&mut self, action: Action, object: &ObjectReference, replicas: Option<u32>) {
        let seen = Seen { replicas, undo: None };
        if let Err(refusal) = self.operations.line_up(action, object, &seen) {
            self.refused(&refusal);
        }
    }

    fn refused(&mut self, refusal: &Refusal) {
        let now = self.now();
        let text = match refusal.advice() {
            Some(advice) => format!("{refusal}; {advice}"),
            None => refusal.to_string(),
        };
        self.notes.warn(now, sanitize(&text).into_owned());
    }

    /// The next question, if one waits and none is asked.
    pub(super) fn begin_next_operation(&mut self) {
        if let Some(id) = self.operations.begin_next(&self.setting, &self.picture) {
            self.overlay = Some(Overlay::Operation(OperationDialog::new(id)));
        }
    }

    /// The latest change of this console is put back, else the latest on record to what is under the cursor.
    fn undo(&mut self) {
        if let Some(undo) = self.operations.latest_undo().cloned() {
            return self.undo_with(&undo);
        }
        let target = self.targets().into_iter().next();
        if let (Some(target), Some(journal)) = (target, self.operations.journal()) {
            self.errands.read(journal, Purpose::Undo(target.object));
        }
    }

    /// Puts back the latest change on record to an object.
    pub(super) fn undo_from(&mut self, history: &History, object: &ObjectReference) {
        match history.latest_undo(object).cloned() {
            Some(undo) => self.undo_with(&undo),
            None => self.refused(&Refusal::NothingToUndo(object.to_string())),
        }
    }

    fn undo_with(&mut self, undo: &Undo) {
        let Some(object) = undo.subject.object() else {
            return self.refused(&Refusal::NothingToUndo(undo.subject.name.clone()));
        };
        let seen = Seen { replicas: None, undo: Some(undo.clone()) };
        match self.operations.line_up(Action::plain(UNDO), &object, &seen) {
            Ok(()) => self.begin_next_operation(),
            Err(refusal) => self.refused(&refusal),
        }
    }

    /// Answers the question of an operation. Of several, the next is asked while this one goes on.
    pub(super) fn answer_operation(&mut self, id: u64, answer: Answer) {
        self.operations.answer(id, answer);
        self.update_dialog(id);
        if self.operations.waiting() > 0 {
            self.overlay = None;
            self.begin_next_operation();
        }
    }

    /// The dialog of an operation was closed.
    pub(super) fn put_operation_away(&mut self, id: u64) {
        let now = self.now();
        let goes_on = self
            .operations
            .get(id)
            .is_some_and(|running| matches!(running.phase(), Phase::Applying | Phase::Following(..)));
        let asked = self
            .operations
            .get(id)
            .is_some_and(|running| matches!(running.phase(), Phase::Checking | Phase::Asking));
        self.operations.put_away(id);
        if goes_on {
            self.notes.hint(now, "it goes on in the background, and says how it ends");
        }
        if asked && self.operations.waiting() > 0 {
            let left = self.operations.waiting();
            self.operations.clear_waiting();
            self.notes.info(now, format!("given up, with the {left} that waited after it"));
        } else {
            if asked {
                self.notes.hint(now, "nothing was changed");
            }
            self.begin_next_operation();
        }
    }

    /// Brings the dialog of an operation up to what happened to it.
    pub(super) fn update_dialog(&mut self, id: u64) {
        let Some(Overlay::Operation(dialog)) = &mut self.overlay else { return };
        if dialog.id() != id {
            return;
        }
        match self.operations.get(id) {
            Some(running) if *running.phase() == Phase::Asking => {
                if let Some(preflight) = running.preflight() {
                    dialog.ask(preflight.confirmation());
                }
            }
            _ => dialog.stop_asking(),
        }
    }
}
