//! The lines of databases, caches, brokers and object stores.

use super::voice::{Format, Voice, stamp};
use crate::demo::model::effects::Trouble;
use crate::demo::model::past::{Cause, Sample};
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// Every how many slots a checkpoint, a snapshot or a scan comes.
const RARELY: i64 = 60;
/// A latency from which statements are logged, in seconds.
const SLOW: f32 = 0.25;

fn postgres(at: Instant, process: u64, level: &str, words: &str) -> String {
    format!("{} [{process}] {level}:  {words}", stamp(at, "%Y-%m-%d %H:%M:%S.%3f UTC"))
}

fn redis(at: Instant, words: &str) -> String {
    format!("1:M {} {words}", stamp(at, "%d %b %Y %H:%M:%S.%3f"))
}

fn rabbit(at: Instant, level: &str, words: &str) -> String {
    format!(
        "{}+00:00 [{level}] <0.{}.0> {words}",
        stamp(at, "%Y-%m-%d %H:%M:%S.%6f"),
        600 + at.seconds() % 900
    )
}

/// The first lines.
pub fn starts(voice: &Voice<'_>, at: Instant) -> Vec<String> {
    match voice.format() {
        Format::Postgres => vec![
            postgres(at, 1, "LOG", &format!("starting PostgreSQL {} on x86_64-pc-linux-gnu", voice.tag())),
            postgres(at, 1, "LOG", "listening on IPv4 address \"0.0.0.0\", port 5432"),
            postgres(at, 27, "LOG", "database system was shut down; last known up a moment ago"),
            postgres(at, 1, "LOG", "database system is ready to accept connections"),
        ],
        Format::Redis => {
            vec![redis(at, "* Server initialized"), redis(at, "* Ready to accept connections tcp")]
        }
        Format::Rabbit => vec![
            rabbit(at, "info", &format!("Starting RabbitMQ {} on Erlang 27.3", voice.tag())),
            rabbit(at, "info", "Server startup complete; 5 plugins started."),
        ],
        _ => vec![
            "MinIO Object Storage Server".to_owned(),
            format!("Version: {} (go1.24 linux/amd64)", voice.tag()),
            "Status:         4 Online, 0 Offline.".to_owned(),
        ],
    }
}

/// The last lines of a database that can't go on.
pub fn ends(at: Instant) -> Vec<String> {
    vec![
        postgres(at, 27, "PANIC", "could not write to file \"pg_wal/xlogtemp.27\": No space left on device"),
        postgres(at, 1, "LOG", "startup process (PID 27) was terminated by signal 6: Aborted"),
        postgres(at, 1, "LOG", "aborting startup due to startup process failure"),
    ]
}

/// What is written from time to time, and while something is wrong.
pub fn keeps_house(voice: &Voice<'_>, sample: &Sample, slot: Instant, random: &mut Random) -> Vec<String> {
    let number = slot.0 / 5_000 + (voice.seed % 60) as i64;
    let rarely = number.rem_euclid(RARELY) == 0;
    let mut lines = Vec::new();
    match voice.format() {
        Format::Postgres => {
            if rarely {
                let buffers = 800 + random.below(9_000);
                let words = format!(
                    "checkpoint complete: wrote {buffers} buffers ({:.1}%); 0 WAL file(s) added, 0 removed, {} recycled; write=269.{:03} s, sync=0.0{:02} s, total=269.{:03} s",
                    buffers as f64 / 10_485.76,
                    1 + random.below(9),
                    random.below(1000),
                    random.below(99),
                    random.below(1000)
                );
                lines.push(postgres(slot, 29, "LOG", &words));
            }
            if sample.p99 > SLOW {
                let millis = f64::from(sample.p99) * 1000.0;
                let words = format!(
                    "duration: {millis:.3} ms  execute <unnamed>: SELECT o.* FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = $1 ORDER BY o.created_at DESC LIMIT 50"
                );
                lines.push(postgres(slot, 200 + random.below(300), "LOG", &words));
            }
            if sample.errors > 0.02 {
                let process = 200 + random.below(300);
                lines.push(match sample.cause {
                    Cause::Outside => postgres(
                        slot,
                        process,
                        "ERROR",
                        "could not extend file \"base/16401/2619\": No space left on device",
                    ),
                    _ => postgres(slot, process, "FATAL", "sorry, too many clients already"),
                });
            }
        }
        Format::Redis if rarely => {
            lines.push(redis(
                slot,
                &format!("* {} changes in 300 seconds. Saving...", 100 + random.below(9_000)),
            ));
            lines.push(redis(
                slot,
                &format!("* Background saving started by pid {}", 1_000 + random.below(60_000)),
            ));
            lines.push(redis(slot, "* Background saving terminated with success"));
        }
        Format::Rabbit if number.rem_euclid(12) == 0 => {
            let (a, b) = (random.below(9), 2 + random.below(200));
            let words = format!(
                "connection 10.244.{a}.{b}:{} -> rabbitmq:5672: user 'quarterdeck' authenticated and granted access to vhost '/'",
                32_768 + random.below(28_000)
            );
            lines.push(rabbit(slot, "info", &words));
        }
        Format::Minio if sample.errors > 0.02 => {
            lines.push(format!("API: PutObject(bucket=media)\nTime: {}\nError: Storage resources are insufficient for the write operation (cmd.InsufficientWriteQuorum)", stamp(slot, "%H:%M:%S UTC %m/%d/%Y")));
        }
        _ => {}
    }
    lines
}

/// What is written of something that is broken.
pub fn complains(voice: &Voice<'_>, trouble: &Trouble, slot: Instant, random: &mut Random) -> Option<String> {
    let workload = format!("{}/{}", voice.pod.key.namespace, voice.pod.workload);
    let seldom = (slot.0 / 5_000).rem_euclid(6) == 0;
    match (trouble, voice.format()) {
        (Trouble::Replication { workload: it, .. }, Format::Postgres) if *it == workload && seldom => {
            let words = format!(
                "canceling statement due to conflict with recovery; replay is waiting for a query that has run for {} s",
                60 + random.below(600)
            );
            Some(postgres(slot, 31, "LOG", &words))
        }
        (Trouble::Drive { pod }, Format::Minio)
            if pod.split_once('/').is_some_and(|(namespace, _)| namespace == &*voice.pod.key.namespace)
                && seldom =>
        {
            let name = pod.rsplit('/').next().unwrap_or_default();
            Some(format!(
                "API: SYSTEM.storage\nTime: {}\nError: Drive http://{name}.minio-headless:9000/data offline: drive not found (*errors.errorString)",
                stamp(slot, "%H:%M:%S UTC %m/%d/%Y")
            ))
        }
        (Trouble::Consumers { .. }, Format::Rabbit) if seldom => Some(rabbit(
            slot,
            "warning",
            "closing AMQP connection: missed heartbeats from client, timeout: 60s",
        )),
        (Trouble::Consumers { workload: it, .. }, Format::Celery) if *it == workload && seldom => {
            Some(format!(
                "[{}: WARNING/MainProcess] Substantial drift from celery@{} may mean clocks are out of sync or the worker is blocked.",
                stamp(slot, "%Y-%m-%d %H:%M:%S,%3f"),
                voice.pod.key.name
            ))
        }
        _ => None,
    }
}
