//! The rules for probes and for what is run at a container's start and end.

use serde_json::Value;

use super::numbers;
use crate::demo::admission::causes::Causes;
use crate::demo::admission::json::{array, text};

/// What can be done to ask or to tell a container something.
const HANDLERS: [&str; 5] = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/// Checks a probe; one success has to be enough for those that decide over a container's life.
pub fn check(probe: &Value, vital: bool, path: &str, wrong: &mut Causes) {
    check_handler(probe, path, wrong);
    for field in
        ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
    {
        numbers::not_negative(probe, field, path, wrong);
    }
    if probe["terminationGracePeriodSeconds"].as_i64().is_some_and(|seconds| seconds <= 0) {
        let field = format!("{path}.terminationGracePeriodSeconds");
        wrong.invalid(field, &probe["terminationGracePeriodSeconds"], "must be greater than 0");
    }
    if vital && probe["successThreshold"].as_i64().is_some_and(|count| count != 1) {
        wrong.invalid(format!("{path}.successThreshold"), &probe["successThreshold"], "must be 1");
    }
}

/// Checks what is run or asked; it has to be exactly one thing.
pub fn check_handler(handler: &Value, path: &str, wrong: &mut Causes) {
    let given: Vec<&str> = HANDLERS.iter().copied().filter(|name| !handler[*name].is_null()).collect();
    let Some((first, more)) = given.split_first() else {
        wrong.required(path, "must specify a handler type");
        return;
    };
    let own = format!("{path}.{first}");
    match *first {
        "exec" if array(&handler["exec"]["command"]).is_empty() => {
            wrong.required(format!("{own}.command"), "")
        }
        "httpGet" => {
            let request = &handler["httpGet"];
            if text(&request["path"]).is_empty() {
                wrong.required(format!("{own}.path"), "");
            }
            numbers::port(&request["port"], &format!("{own}.port"), wrong);
            let scheme = text(&request["scheme"]);
            if !["HTTP", "HTTPS"].contains(&scheme) {
                wrong.unsupported(format!("{own}.scheme"), scheme, &["HTTP", "HTTPS"]);
            }
        }
        "tcpSocket" | "grpc" => numbers::port(&handler[*first]["port"], &format!("{own}.port"), wrong),
        _ => {}
    }
    for name in more {
        wrong.forbidden(format!("{path}.{name}"), "may not specify more than 1 handler type");
    }
}
