//! The applications' JSON lines: pino of Node, structlog of Python, `tracing` of Rust.

use serde_json::{Value, json};

use super::request::Request;
use super::voice::{Format, Voice, stamp};
use crate::demo::random::Random;
use crate::platform::time::Instant;

const PRECISE: &str = "%Y-%m-%dT%H:%M:%S.%3fZ";

/// The lines of a request.
pub fn served(voice: &Voice<'_>, request: &Request, at: Instant) -> Vec<String> {
    let level = match request.status {
        500.. => "error",
        400.. => "warn",
        _ => "info",
    };
    let mut lines = vec![line(voice, level, finished(voice.format()), request_fields(voice, request), at)];
    if let Some((words, kind)) = &request.failure {
        lines.insert(0, failed(voice, request, words, kind, at));
    }
    lines
}

fn finished(format: Format) -> &'static str {
    match format {
        Format::Node => "request completed",
        Format::Rust => "finished processing request",
        _ => "request_finished",
    }
}

fn request_fields(voice: &Voice<'_>, request: &Request) -> Value {
    let Request { method, path, status, trace, .. } = request;
    let millis = (request.millis * 10.0).round() / 10.0;
    match voice.format() {
        Format::Node => json!({
            "req": {"method": method, "url": path, "remoteAddress": request.client},
            "res": {"statusCode": status},
            "responseTime": millis,
            "trace_id": trace,
        }),
        Format::Rust => {
            json!({"method": method, "uri": path, "status": status, "latency_ms": millis, "trace_id": trace})
        }
        _ => {
            json!({"method": method, "path": path, "status": status, "duration_ms": millis, "trace_id": trace})
        }
    }
}

/// The line of the exception behind a failing request.
fn failed(voice: &Voice<'_>, request: &Request, words: &str, kind: &str, at: Instant) -> String {
    let trace = &request.trace;
    let fields = match voice.format() {
        Format::Node => json!({
            "err": {
                "type": kind,
                "message": words,
                "stack": format!("{kind}: {words}\n    at formatPrice (/app/dist/server/pricing.js:118:31)\n    at async handler (/app/dist/server/routes.js:64:18)"),
            },
            "trace_id": trace,
        }),
        Format::Rust => json!({"error": words, "trace_id": trace}),
        _ => json!({
            "exception": format!("Traceback (most recent call last):\n  File \"/app/api/views/orders.py\", line 214, in dispatch\n    response = self.handle(request)\n  File \"/app/api/services/pricing.py\", line 87, in handle\n    return quote(order)\n{kind}: {words}"),
            "trace_id": trace,
        }),
    };
    line(voice, "error", words, fields, at)
}

/// One line.
fn line(voice: &Voice<'_>, level: &str, message: &str, fields: Value, at: Instant) -> String {
    let mut line = match voice.format() {
        Format::Node => {
            let level = match level {
                "error" => 50,
                "warn" => 40,
                _ => 30,
            };
            json!({"level": level, "time": at.0, "pid": 1, "hostname": voice.pod.key.name, "name": voice.pod.workload, "msg": message})
        }
        Format::Rust => {
            json!({"timestamp": stamp(at, "%Y-%m-%dT%H:%M:%S.%6fZ"), "level": level.to_uppercase(), "message": message, "target": "backend_rust::http"})
        }
        _ => {
            json!({"timestamp": stamp(at, PRECISE), "level": level, "logger": "api.request", "event": message})
        }
    };
    if let (Some(line), Value::Object(fields)) = (line.as_object_mut(), fields) {
        line.extend(fields);
    }
    line.to_string()
}

/// The first lines.
pub fn starts(voice: &Voice<'_>, at: Instant) -> Vec<String> {
    let words = match voice.format() {
        Format::Node => ["loading configuration", "server listening on http://0.0.0.0"],
        Format::Rust => ["configuration loaded", "listening on 0.0.0.0:8080"],
        _ => ["Starting gunicorn 23.0.0", "Listening at: http://0.0.0.0:8000 (1)"],
    };
    let version = json!({"version": voice.tag()});
    words.into_iter().map(|words| line(voice, "info", words, version.clone(), at)).collect()
}

/// The last lines of one that ends with a code.
pub fn ends(voice: &Voice<'_>, at: Instant, code: i32) -> Vec<String> {
    match (code, voice.format()) {
        (0 | 143, _) => vec![line(voice, "info", "shutting down", json!({}), at)],
        (_, Format::Node) => vec![line(
            voice,
            "error",
            "uncaught exception",
            json!({"err": {"type": "Error", "message": "Missing required environment variable PRICING_CURRENCY"}}),
            at,
        )],
        (_, Format::Rust) => vec![line(
            voice,
            "error",
            "panicked at src/config.rs:41: missing field `pricing_currency`",
            json!({}),
            at,
        )],
        _ => vec![
            "Traceback (most recent call last):".to_owned(),
            "  File \"/app/manage.py\", line 22, in <module>\n    main()".to_owned(),
            "  File \"/app/api/settings.py\", line 131, in <module>\n    PRICING_CURRENCY = os.environ[\"PRICING_CURRENCY\"]".to_owned(),
            "KeyError: 'PRICING_CURRENCY'".to_owned(),
        ],
    }
}

/// A line now and then of one whose requests aren't modelled.
pub fn keeps_house(voice: &Voice<'_>, slot: Instant, random: &mut Random) -> Vec<String> {
    if random.below(4) != 0 {
        return Vec::new();
    }
    let fields =
        json!({"method": "GET", "path": "/healthz", "status": 200, "duration_ms": 1 + random.below(6)});
    vec![line(voice, "info", finished(voice.format()), fields, slot)]
}
