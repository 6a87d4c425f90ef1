//! nginx' logs.

use super::request::Request;
use super::voice::{Voice, stamp};
use crate::platform::time::Instant;

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "okhttp/5.1.0",
];

/// A line of the balancer in front.
pub fn balanced(request: &Request, at: Instant) -> String {
    format!(
        "{} [{}] TCP 200 {} {} {:.3}",
        request.client,
        stamp(at, "%d/%b/%Y:%H:%M:%S +0000"),
        request.bytes + 320,
        412,
        request.millis / 1000.0
    )
}

/// The lines of ingress-nginx, in its default format; an error has one more.
pub fn served(_voice: &Voice<'_>, request: &Request, at: Instant) -> Vec<String> {
    let Request { method, path, status, bytes, client, trace, .. } = request;
    let (environment, service) = &request.target;
    let seconds = request.millis / 1000.0;
    let port = match service.as_str() {
        "frontend" => 3000,
        "payload-cms" => 3001,
        "backend-python" => 8000,
        _ => 8080,
    };
    let agent = AGENTS[bytes.rem_euclid(4) as usize];
    let address = format!("10.244.{}.{}:{port}", bytes % 9, 2 + bytes % 200);
    let mut lines = Vec::new();
    if *status == 504 || *status == 502 {
        let words = if *status == 504 {
            "upstream timed out (110: Operation timed out) while reading response header from upstream"
        } else {
            "connect() failed (111: Connection refused) while connecting to upstream"
        };
        lines.push(format!(
            "{} [error] 31#31: *{} {words}, client: {client}, server: quarterdeck.example, request: \"{method} {path} HTTP/2.0\", upstream: \"http://{address}{path}\"",
            stamp(at, "%Y/%m/%d %H:%M:%S"),
            1_000_000 + bytes * 7
        ));
    }
    lines.push(format!(
        "{client} - - [{}] \"{method} {path} HTTP/2.0\" {status} {bytes} \"-\" \"{agent}\" {} {seconds:.3} [{environment}-{service}-http] [] {address} {bytes} {:.3} {status} {trace}",
        stamp(at, "%d/%b/%Y:%H:%M:%S +0000"),
        180 + path.len() * 3,
        (seconds - 0.001).max(0.0),
    ));
    lines
}

/// The first lines.
pub fn starts(voice: &Voice<'_>, at: Instant) -> Vec<String> {
    if voice.is("controller") {
        let klog = stamp(at, "%m%d %H:%M:%S.%6f");
        return vec![
            format!("NGINX Ingress controller\n  Release:       {}", voice.tag()),
            format!("I{klog}       7 main.go:205] \"Creating API client\" host=\"https://10.96.0.1:443\""),
            format!("I{klog}       7 controller.go:214] \"Backend successfully reloaded\""),
        ];
    }
    vec![format!("{} [notice] 1#1: start worker processes", stamp(at, "%Y/%m/%d %H:%M:%S"))]
}
