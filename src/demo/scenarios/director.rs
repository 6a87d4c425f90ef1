//! Starts scenarios when drills ask for them, follows them, and tells of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::description::Scenario;
use super::drill::{self, DRILLS, Record, Wish};
use super::run::Run;
use crate::demo::api::ApiState;
use crate::demo::model::{PERIOD, Sighting};
use crate::demo::random::Random;
use crate::demo::store::{Key, Kind, Store};
use crate::platform::time::Instant;

/// The one that starts and follows scenarios; one at a time.
#[derive(Debug)]
pub struct Director {
    library: Vec<Scenario>,
    random: Random,
    /// The version of the store at which drills were last looked at.
    looked: u64,
    /// Drills that are over, or never began.
    over: BTreeSet<Box<str>>,
    current: Option<Current>,
    due: Option<Instant>,
}

/// The drill that goes on.
#[derive(Debug)]
struct Current {
    key: Key,
    uid: Box<str>,
    run: Run,
    record: Record,
    /// The cause that was named last.
    named: String,
}

impl Director {
    /// Over these scenarios.
    pub fn new(library: Vec<Scenario>, seed: u64) -> Self {
        let random = Random::stream(seed, "drills");
        Director { library, random, looked: 0, over: BTreeSet::new(), current: None, due: None }
    }

    /// When it has something to do by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.due
    }

    /// Looks at what is asked for, and at how the scenario goes; whether it has changed anything.
    pub fn step(&mut self, state: &Arc<ApiState>) -> bool {
        let now = state.clock.now();
        let due = self.due.is_some_and(|due| now >= due);
        let asked = self.drills(state);
        if asked.is_none() && !due {
            return false;
        }
        let mut changed = false;
        if let Some(asked) = asked {
            changed |= self.follow_wishes(state, &asked, now);
        }
        changed | self.follow(state, now)
    }

    /// The drills as they are, where something has changed since they were last looked at.
    fn drills(&mut self, state: &ApiState) -> Option<Vec<Value>> {
        let store = state.store.lock();
        let kind = kind(&store)?;
        let latest = *store.subscribe(kind).borrow();
        if latest <= self.looked {
            return None;
        }
        self.looked = latest;
        Some(store.list(kind, None, None).map(|stored| stored.json()).collect())
    }

    fn follow_wishes(&mut self, state: &Arc<ApiState>, drills: &[Value], now: Instant) -> bool {
        let mut changed = false;
        if let Some(current) = &self.current
            && !drills.iter().any(|drill| drill["metadata"]["uid"].as_str() == Some(&current.uid))
        {
            // Whoever deletes a drill wants its trouble gone too.
            current.run.end(state);
            self.current = None;
            self.due = None;
            changed = true;
        }
        for drill in drills {
            let uid: Box<str> = drill["metadata"]["uid"].as_str().unwrap_or_default().into();
            if self.over.contains(&uid) {
                continue;
            }
            if self.current.as_ref().is_some_and(|current| current.uid == uid) {
                self.take_note(&Wish::of(drill), now);
                continue;
            }
            changed = true;
            if drill["status"]["phase"].is_string() {
                // It was over before this director began.
                self.over.insert(uid);
            } else if let Err(message) = self.begin(state, drill, &uid, now) {
                write(state, &key_of(drill), drill::refused(&message));
                self.over.insert(uid);
            }
        }
        changed
    }

    fn begin(&mut self, state: &Arc<ApiState>, drill: &Value, uid: &str, now: Instant) -> Result<(), String> {
        if self.current.is_some() {
            return Err("another drill goes on: end it first".to_owned());
        }
        let wish = Wish::of(drill);
        let scenario = self.choose(&wish.scenario)?;
        let run = Run::begin(scenario, state).map_err(|refused| {
            let message = refused.body["message"].as_str().unwrap_or("no reason given").to_owned();
            format!("the platform refuses what the scenario begins with: {message}")
        })?;
        let record = Record { started: now, ..Record::default() };
        self.current =
            Some(Current { key: key_of(drill), uid: uid.into(), run, record, named: String::new() });
        self.take_note(&wish, now);
        self.due = Some(now);
        Ok(())
    }

    fn choose(&mut self, name: &str) -> Result<Scenario, String> {
        if name.is_empty() {
            let chosen = self.random.below(self.library.len() as u64) as usize;
            return self.library.get(chosen).cloned().ok_or_else(|| "there are no scenarios".to_owned());
        }
        let found = self.library.iter().find(|scenario| scenario.name == name).cloned();
        found.ok_or_else(|| {
            let names: Vec<&str> = self.library.iter().map(|it| it.name.as_str()).collect();
            format!("no scenario {name:?}: there are {}", names.join(", "))
        })
    }

    /// Takes note of when the person on call said what.
    fn take_note(&mut self, wish: &Wish, now: Instant) {
        let Some(current) = &mut self.current else { return };
        if wish.acknowledged {
            current.record.acknowledged.get_or_insert(now);
        }
        if !wish.cause.is_empty() && wish.cause != current.named {
            current.named.clone_from(&wish.cause);
            if wish.cause == current.run.scenario.name {
                current.record.found.get_or_insert(now);
            } else {
                current.record.wrong += 1;
            }
        }
        if wish.ended {
            current.record.ended.get_or_insert(now);
        }
        self.due = Some(now);
    }

    /// Looks at how the scenario goes, and tells of it.
    fn follow(&mut self, state: &ApiState, now: Instant) -> bool {
        let Some(mut current) = self.current.take() else {
            self.due = None;
            return false;
        };
        if let Some(calm) = current.run.solved(state) {
            current.record.mitigated = Some(calm);
            current.record.ended.get_or_insert(now);
        }
        let Some((wish, before)) = read(state, &current.key) else { return false };
        let seen = current.run.look(state);
        let next = self.tell(state, &current, &wish, &seen);
        let changed = before != next;
        if changed {
            write(state, &current.key, next);
        }
        if current.record.ended.is_some() {
            current.run.end(state);
            self.over.insert(current.uid);
            self.due = None;
        } else {
            self.due = Some(now.plus_millis(PERIOD));
            self.current = Some(current);
        }
        changed
    }

    fn tell(&self, state: &ApiState, current: &Current, wish: &Wish, seen: &[Sighting]) -> Value {
        let deeds = state.audit.since(current.run.since);
        let choices: Vec<Value> =
            self.library.iter().map(|it| json!({"name": it.name, "title": it.title})).collect();
        drill::status(&current.run.scenario, wish, &current.record, (seen, &deeds, &json!(choices)))
    }
}

fn kind(store: &Store) -> Option<Kind> {
    store.kinds().custom(DRILLS.0, DRILLS.1)
}

fn key_of(drill: &Value) -> Key {
    Key::new("", drill["metadata"]["name"].as_str().unwrap_or_default())
}

/// What is asked of a drill, and its status.
fn read(state: &ApiState, key: &Key) -> Option<(Wish, Value)> {
    let store = state.store.lock();
    let drill = store.get(kind(&store)?, key)?.json();
    Some((Wish::of(&drill), drill["status"].clone()))
}

fn write(state: &ApiState, key: &Key, status: Value) {
    let mut store = state.store.lock();
    let Some(kind) = kind(&store) else { return };
    let Some(mut drill) = store.get(kind, key).map(|stored| stored.json()) else { return };
    drill["status"] = status;
    store.put_json(kind, &mut drill);
}
