//! Failures in words, as the programs that meet them say it.

use super::voice::{Format, Voice};
use crate::demo::model::description::Profile;
use crate::demo::model::past::Cause;

/// The status that a failing request is answered with.
pub fn status(profile: Profile, cause: Cause) -> u16 {
    let entrance = matches!(profile, Profile::Ingress | Profile::Balancer);
    match (cause, entrance) {
        (Cause::Overload, true) => 504,
        (Cause::Dependency(_), true) => 502,
        (Cause::Overload, false) => 503,
        (Cause::Dependency(_) | Cause::Dns, false) => 502,
        _ => 500,
    }
}

/// What failed, and the exception of the language that says it.
pub fn failure(voice: &Voice<'_>, cause: Cause) -> (String, &'static str) {
    let format = voice.format();
    match cause {
        Cause::Chance => ("deadlock detected, transaction rolled back".to_owned(), "OperationalError"),
        Cause::Image => match format {
            Format::Python | Format::Celery => {
                ("'NoneType' object has no attribute 'currency'".to_owned(), "AttributeError")
            }
            Format::Node => {
                ("Cannot read properties of undefined (reading 'currency')".to_owned(), "TypeError")
            }
            _ => ("called `Option::unwrap()` on a `None` value".to_owned(), "panic"),
        },
        Cause::Overload => {
            ("worker timeout: no free worker within the time limit".to_owned(), "TimeoutError")
        }
        Cause::Outside => ("could not write: No space left on device".to_owned(), "OSError"),
        Cause::Dns => {
            let host = voice.service.and_then(|it| it.calls.first()).map_or("postgresql", |call| &call.to);
            (
                format!(
                    "could not translate host name \"{host}\" to address: Temporary failure in name resolution"
                ),
                "gaierror",
            )
        }
        Cause::Dependency(place) => dependency(voice, place),
    }
}

fn dependency(voice: &Voice<'_>, place: usize) -> (String, &'static str) {
    let Some(called) = voice.services.get(place) else { return (String::new(), "Error") };
    let host = &called.workload;
    match called.profile {
        Profile::Database => (
            format!("connection to server at \"{host}\", port 5432 failed: Connection refused"),
            "OperationalError",
        ),
        Profile::Cache => (format!("Error 111 connecting to {host}:6379. Connection refused."), "ConnectionError"),
        Profile::Broker => (format!("[Errno 111] Connection refused: amqp://{host}:5672"), "OperationalError"),
        Profile::ObjectStore => (
            "An error occurred (SlowDownWrite) when calling the PutObject operation: Resource requested is unwritable, please reduce your request rate".to_owned(),
            "ClientError",
        ),
        _ => (format!("upstream {host} answered 500 Internal Server Error"), "UpstreamError"),
    }
}
