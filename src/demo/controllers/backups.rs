//! Velero: locations are checked, schedules make backups, and backups run or say why they can't.

use serde_json::{Value, json};

use super::controller::Controller;
use super::cron::Schedule;
use super::operator;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use crate::demo::credentials::{self, Refusal};
use crate::demo::store::{Change, Facts, Key, Kind, Store};
use crate::platform::time::Instant;

const BACKUPS: (&str, &str) = ("velero.io", "backups");
const LOCATIONS: (&str, &str) = ("velero.io", "backupstoragelocations");
const SCHEDULES: (&str, &str) = ("velero.io", "schedules");
const RESTORES: (&str, &str) = ("velero.io", "restores");
const DELETIONS: (&str, &str) = ("velero.io", "deletebackuprequests");
const KINDS: [(&str, &str); 5] = [BACKUPS, LOCATIONS, SCHEDULES, RESTORES, DELETIONS];
const NAME: &str = "backups";

/// The namespace in which Velero runs, and looks for its objects.
const NAMESPACE: &str = "storage";
/// How often a location is checked, in milliseconds.
const CHECK: i64 = 60_000;
/// How often a running backup tells how far it is, in milliseconds.
const PROGRESS: i64 = 20_000;
/// How many objects a backup reads in a second.
const PACE: i64 = 3;
/// How many members of the object store are needed to write: with four, and two parts of parity, it is three.
const WRITE_QUORUM: usize = 3;

/// The controller of backups.
#[derive(Debug)]
pub struct Backups;

impl Controller for Backups {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches_custom(&self) -> &'static [(&'static str, &'static str)] {
        &KINDS
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        // The kinds share a namespace, so the kind goes before the name.
        if let Some(info) = store.kinds().of(change.last.kind) {
            queue.reconcile(NAME, Key::new(&info.plural, &change.last.key.name));
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some(names) = KINDS.into_iter().find(|(_, plural)| *plural == &*key.namespace) else { return };
        let place = Key::new(NAMESPACE, &key.name);
        let Some((kind, before)) = operator::read(store, names, &place) else { return };
        let again = Task::Reconcile(NAME, key.clone());
        if !operator::runs(store, NAMESPACE, "velero") {
            simulation.queue.soon(operator::WAIT, again);
            return;
        }
        let mut object = before.clone();
        let now = simulation.now();
        let wake = match names {
            BACKUPS => bring_on(store, &mut object, now),
            LOCATIONS => Some(check_location(store, &mut object, now)),
            SCHEDULES => run_schedule(simulation, store, &mut object, now),
            RESTORES => {
                refuse_restore(&mut object);
                None
            }
            _ => {
                delete_backup(store, &object, kind);
                return;
            }
        };
        if matches!(wake, Some(Wake::Gone)) {
            store.remove_kind(kind, &place);
            return;
        }
        operator::write(store, kind, object, &before);
        if let Some(Wake::In(milliseconds)) = wake {
            simulation.queue.soon(milliseconds, again);
        }
    }
}

/// What comes next.
enum Wake {
    In(i64),
    Gone,
}

/// Checks a location as Velero does every minute: its credentials, and whether the object store answers.
fn check_location(store: &Store, location: &mut Value, now: Instant) -> Wake {
    let last = operator::instant(location, "/status/lastValidationTime");
    if let Some(last) = last
        && now.since(last) < CHECK
    {
        return Wake::In(CHECK - now.since(last));
    }
    let problem = location_problem(store, location);
    let status = &mut location["status"];
    status["lastValidationTime"] = json!(now.rfc3339());
    match problem {
        None => {
            status["phase"] = json!("Available");
            if let Some(status) = status.as_object_mut() {
                status.remove("message");
            }
        }
        Some(problem) => {
            status["phase"] = json!("Unavailable");
            status["message"] = json!(problem);
        }
    }
    Wake::In(CHECK)
}

fn location_problem(store: &Store, location: &Value) -> Option<String> {
    let secret = location["spec"]["credential"]["name"].as_str().unwrap_or_default();
    let start = "BackupStorageLocation is unavailable: rpc error: code = Unknown desc = operation error S3: ListObjectsV2";
    match credentials::accepted(store, NAMESPACE, secret) {
        Err(Refusal::Missing) => {
            return Some(format!(
                "BackupStorageLocation is unavailable: unable to get credentials: unable to get key for secret: Secret \"{secret}\" not found"
            ));
        }
        Err(Refusal::Refused) => {
            return Some(format!(
                "{start}, https response error StatusCode: 403, api error SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."
            ));
        }
        Ok(()) => {}
    }
    let local = location["spec"]["config"]["s3Url"].as_str().is_some_and(|url| url.contains("minio."));
    let members = store.list(Kind::Pod, Some(NAMESPACE), None);
    let ready = members.filter(|pod| {
        pod.label("app.kubernetes.io/name") == Some("minio")
            && matches!(&pod.facts, Facts::Pod(facts) if facts.ready())
    });
    (local && ready.count() < WRITE_QUORUM).then(|| {
        format!("{start}, https response error StatusCode: 503, api error SlowDownWrite: Resource requested is unwritable, please reduce your request rate")
    })
}

/// The backup of a schedule's run, as Velero names it.
pub fn name_of(schedule: &str, run: Instant) -> String {
    let digits: String = run.rfc3339().chars().filter(char::is_ascii_digit).collect();
    format!("{schedule}-{digits}")
}

/// Makes the backup that is due.
fn run_schedule(
    simulation: &mut Simulation,
    store: &mut Store,
    object: &mut Value,
    now: Instant,
) -> Option<Wake> {
    let cron = object["spec"]["schedule"].as_str().unwrap_or_default().to_owned();
    object["status"]["phase"] = json!("Enabled");
    if object["spec"]["paused"] == true {
        return None;
    }
    let created = operator::instant(object, "/metadata/creationTimestamp").unwrap_or(now);
    let last = operator::instant(object, "/status/lastBackup").unwrap_or(created);
    let schedule = Schedule::parse(&cron, None).ok()?;
    let due = schedule.after(last)?;
    if due > now {
        return Some(Wake::In(due.since(now)));
    }
    object["status"]["lastBackup"] = json!(now.rfc3339());
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let metadata = json!({
        "name": name_of(&name, now),
        "namespace": NAMESPACE,
        "uid": simulation.random.uid(),
        "creationTimestamp": now.rfc3339(),
        "generation": 1,
        "labels": {"velero.io/schedule-name": name, "velero.io/storage-location": object["spec"]["template"]["storageLocation"]},
    });
    let spec = object["spec"]["template"].clone();
    operator::make(store, BACKUPS, metadata, |backup| backup["spec"] = spec);
    schedule.after(now).map(|next| Wake::In(next.since(now)))
}

/// Brings a backup a step on: it is checked, runs, and is forgotten when its time is over.
fn bring_on(store: &Store, backup: &mut Value, now: Instant) -> Option<Wake> {
    match backup["status"]["phase"].as_str().unwrap_or("New") {
        "New" | "" => {
            begin(store, backup, now);
            Some(Wake::In(PROGRESS))
        }
        "InProgress" => {
            let started = operator::instant(backup, "/status/startTimestamp").unwrap_or(now);
            let total = backup["status"]["progress"]["totalItems"].as_i64().unwrap_or(0);
            let done = (now.since(started) / 1_000 * PACE).clamp(0, total);
            let location = location_of(backup);
            if let Some(problem) = location_state(store, &location) {
                fail(backup, "Failed", &format!("error uploading backup: {problem}"), now);
                return Some(Wake::In(until_expiry(backup, now)));
            }
            if done < total {
                backup["status"]["progress"]["itemsBackedUp"] = json!(done);
                return Some(Wake::In(PROGRESS));
            }
            set_completed(backup, started, now, total);
            Some(Wake::In(until_expiry(backup, now)))
        }
        _ if until_expiry(backup, now) <= 0 => Some(Wake::Gone),
        _ => Some(Wake::In(until_expiry(backup, now))),
    }
}

fn begin(store: &Store, backup: &mut Value, now: Instant) {
    backup["status"]["version"] = json!(1);
    backup["status"]["formatVersion"] = json!("1.1.0");
    backup["status"]["expiration"] = json!(now.plus_millis(kept(backup)).rfc3339());
    let location = location_of(backup);
    let problem = match operator::read(store, LOCATIONS, &Key::new(NAMESPACE, &location)) {
        None => Some(format!(
            "an existing backup storage location was not specified at backup creation time and the server default {location} does not exist"
        )),
        Some((_, found)) if found["status"]["phase"] == "Unavailable" => Some(format!(
            "backup can't be created because BackupStorageLocation {location} is in Unavailable status."
        )),
        Some(_) => None,
    };
    if let Some(problem) = problem {
        backup["status"]["phase"] = json!("FailedValidation");
        backup["status"]["validationErrors"] = json!([problem]);
        return;
    }
    backup["status"]["phase"] = json!("InProgress");
    backup["status"]["startTimestamp"] = json!(now.rfc3339());
    backup["status"]["progress"] = json!({"totalItems": count_items(store, backup), "itemsBackedUp": 0});
}

fn fail(backup: &mut Value, phase: &str, reason: &str, now: Instant) {
    backup["status"]["phase"] = json!(phase);
    backup["status"]["failureReason"] = json!(reason);
    backup["status"]["completionTimestamp"] = json!(now.rfc3339());
    backup["status"]["errors"] = json!(1);
}

/// Writes into a backup that it was whole then.
pub fn set_completed(backup: &mut Value, started: Instant, ended: Instant, items: i64) {
    let expires = started.plus_millis(kept(backup));
    backup["status"] = json!({
        "version": 1,
        "formatVersion": "1.1.0",
        "phase": "Completed",
        "startTimestamp": started.rfc3339(),
        "completionTimestamp": ended.rfc3339(),
        "expiration": expires.rfc3339(),
        "progress": {"totalItems": items, "itemsBackedUp": items},
        "hookStatus": {},
    });
}

/// Nothing can be restored here: what a backup holds isn't kept.
fn refuse_restore(restore: &mut Value) {
    if restore["status"]["phase"].is_null() {
        restore["status"] = json!({
            "phase": "FailedValidation",
            "validationErrors": ["the embedded platform keeps no contents of backups, so nothing can be restored from them"],
        });
    }
}

/// Deletes the backup that a request names, and the request with it.
fn delete_backup(store: &mut Store, request: &Value, kind: Kind) {
    let backup = request["spec"]["backupName"].as_str().unwrap_or_default();
    if let Some(backups) = store.kinds().custom(BACKUPS.0, BACKUPS.1) {
        store.remove_kind(backups, &Key::new(NAMESPACE, backup));
    }
    let name = request["metadata"]["name"].as_str().unwrap_or_default();
    store.remove_kind(kind, &Key::new(NAMESPACE, name));
}

fn location_of(backup: &Value) -> String {
    backup["spec"]["storageLocation"].as_str().unwrap_or("default").to_owned()
}

fn location_state(store: &Store, location: &str) -> Option<String> {
    let (_, location) = operator::read(store, LOCATIONS, &Key::new(NAMESPACE, location))?;
    location["status"]["message"].as_str().map(str::to_owned)
}

/// How many objects a backup of these namespaces has.
fn count_items(store: &Store, backup: &Value) -> i64 {
    let named: Vec<&str> = backup["spec"]["includedNamespaces"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let all = named.is_empty() || named.contains(&"*");
    let mut count = 0;
    for kind in Kind::BUILT_IN.iter().filter(|kind| **kind != Kind::Event) {
        count += match all {
            true => store.count(*kind),
            false => named.iter().map(|namespace| store.list(*kind, Some(namespace), None).count()).sum(),
        };
    }
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How long a backup is kept, in milliseconds: hours as Go writes them, 30 days where nothing is said.
fn kept(backup: &Value) -> i64 {
    let hours = backup["spec"]["ttl"]
        .as_str()
        .and_then(|text| text.split_once('h'))
        .and_then(|(hours, _)| hours.parse::<i64>().ok());
    hours.unwrap_or(720) * 3_600_000
}

fn until_expiry(backup: &Value, now: Instant) -> i64 {
    operator::instant(backup, "/status/expiration").map_or(kept(backup), |at| at.since(now))
}
