//! Whether the server is well: nothing in it can be otherwise while it answers.

use axum::http::StatusCode;

use super::Answer;
use crate::demo::api::request::Query;

/// The checks of which the health consists.
const CHECKS: [&str; 3] = ["ping", "log", "etcd"];
/// Checks of `/readyz` besides.
const READY: [&str; 2] = ["informer-sync", "shutdown"];

/// The answer under `/healthz`, `/livez` or `/readyz`, of all checks or one; `None` where there is no such check.
pub fn answer(which: &str, check: &[&str], query: &Query) -> Option<Answer> {
    let ready: &[&str] = if which == "readyz" { &READY } else { &[] };
    let checks: Vec<&str> = CHECKS.iter().chain(ready).copied().collect();
    let text = match check {
        [] if query.has("verbose") => {
            let excluded = query.all("exclude");
            let lines = checks.iter().map(|check| match excluded.contains(check) {
                true => format!("[+]{check} excluded: ok\n"),
                false => format!("[+]{check} ok\n"),
            });
            format!("{}{which} check passed\n", lines.collect::<String>())
        }
        [] => "ok".to_owned(),
        [check] if checks.contains(check) => "ok".to_owned(),
        _ => return None,
    };
    Some(Answer::Text(StatusCode::OK, text))
}
