//! Celery's lines.

use super::request::Request;
use super::voice::{Voice, stamp};
use crate::demo::random::Random;
use crate::platform::time::Instant;

const TASKS: [&str; 6] = [
    "orders.tasks.confirm_order",
    "orders.tasks.sync_inventory",
    "mail.tasks.send_mail",
    "media.tasks.make_thumbnails",
    "search.tasks.index_product",
    "billing.tasks.capture_payment",
];

fn head(at: Instant, level: &str, process: &str) -> String {
    format!("[{}: {level}/{process}]", stamp(at, "%Y-%m-%d %H:%M:%S,%3f"))
}

/// The lines of a task.
pub fn task(_voice: &Voice<'_>, request: &Request, at: Instant, random: &mut Random) -> Vec<String> {
    let task = TASKS[random.below(TASKS.len() as u64) as usize];
    let id = random.uid();
    let process = format!("ForkPoolWorker-{}", 1 + random.below(4));
    let seconds = request.millis / 1000.0;
    let mut lines = vec![format!("{} Task {task}[{id}] received", head(at, "INFO", "MainProcess"))];
    match &request.failure {
        Some((words, kind)) => {
            lines.push(format!(
                "{} Task {task}[{id}] raised unexpected: {kind}({words:?})",
                head(at, "ERROR", &process)
            ));
            lines.push(format!(
                "Traceback (most recent call last):\n  File \"/usr/local/lib/python3.13/site-packages/celery/app/trace.py\", line 453, in trace_task\n    R = retval = fun(*args, **kwargs)\n{kind}: {words}"
            ));
        }
        None => lines.push(format!(
            "{} Task {task}[{id}] succeeded in {seconds:.6}s: None",
            head(at, "INFO", &process)
        )),
    }
    lines
}

/// The scheduler sends its periodic tasks.
pub fn beat(slot: Instant, random: &mut Random) -> Vec<String> {
    if random.below(6) != 0 {
        return Vec::new();
    }
    let task = TASKS[random.below(TASKS.len() as u64) as usize];
    vec![format!("{} Scheduler: Sending due task {task} ({task})", head(slot, "INFO", "MainProcess"))]
}

/// The first lines.
pub fn starts(voice: &Voice<'_>, at: Instant) -> Vec<String> {
    vec![
        format!("{} Connected to amqp://quarterdeck:**@rabbitmq:5672//", head(at, "INFO", "MainProcess")),
        format!("{} celery@{} ready.", head(at, "INFO", "MainProcess"), voice.pod.key.name),
    ]
}
