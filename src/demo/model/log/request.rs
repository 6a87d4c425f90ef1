//! One request as log lines tell of it.

use super::failures::{failure, status};
use super::voice::Voice;
use crate::demo::model::description::{Profile, ServiceDescription};
use crate::demo::model::noise::unit;
use crate::demo::model::past::Sample;
use crate::demo::random::Random;

/// Paths of each kind of service; `#` stands for a number.
const PAGES: [(&str, &str); 7] = [
    ("GET", "/"),
    ("GET", "/products"),
    ("GET", "/products/#"),
    ("GET", "/search?q=chair&page=#"),
    ("GET", "/account/orders"),
    ("GET", "/cart"),
    ("POST", "/cart/items"),
];
const CONTENT: [(&str, &str); 4] = [
    ("GET", "/api/pages?where[slug][equals]=home&depth=2"),
    ("GET", "/api/posts?limit=12&page=#"),
    ("GET", "/api/media/#"),
    ("GET", "/api/globals/navigation"),
];
const ANSWERS: [(&str, &str); 8] = [
    ("GET", "/api/v1/products?page=#"),
    ("GET", "/api/v1/products/#"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/#"),
    ("POST", "/api/v1/orders"),
    ("POST", "/api/v1/sessions"),
    ("PATCH", "/api/v1/carts/#"),
    ("GET", "/api/v1/users/me"),
];
const LOOK_UPS: [(&str, &str); 4] = [
    ("GET", "/v2/prices/#"),
    ("POST", "/v2/quotes"),
    ("GET", "/v2/stock?sku=#"),
    ("GET", "/v2/suggest?q=cha"),
];

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Its method.
    pub method: &'static str,
    /// Its path.
    pub path: String,
    /// The status that it is answered with.
    pub status: u16,
    /// How long it took, in milliseconds.
    pub millis: f64,
    /// The size of the answer, in bytes.
    pub bytes: u64,
    /// Its trace.
    pub trace: String,
    /// Its client's address.
    pub client: String,
    /// The workload that it is passed on to, by an entrance, and its environment.
    pub target: (String, String),
    /// What failed, in words, and the exception's name.
    pub failure: Option<(String, &'static str)>,
}

impl Request {
    /// Draws a request as the sample has them.
    pub fn draw(
        voice: &Voice<'_>,
        service: &ServiceDescription,
        sample: &Sample,
        random: &mut Random,
    ) -> Request {
        let target = target(voice, service, random);
        let served = voice.services.iter().find(|it| it.workload == target.1).unwrap_or(service);
        let paths: &[(&'static str, &str)] = match served.profile {
            Profile::Cms => &CONTENT,
            Profile::Api if served.workload.contains("rust") => &LOOK_UPS,
            Profile::Api => &ANSWERS,
            _ => &PAGES,
        };
        let (method, path) = paths[random.below(paths.len() as u64) as usize];
        let path = path.replace('#', &(1 + random.below(4_000)).to_string());
        let fate = unit(random.next());
        let fails = fate < f64::from(sample.errors);
        let refused = !fails && unit(random.next()) < served.client_errors;
        let (p50, p99) = (f64::from(sample.p50).max(1e-4), f64::from(sample.p99).max(2e-4));
        // The sum of uniform numbers is nearly normal; latencies are spread log-normally.
        let normal = (0..6).map(|_| unit(random.next()) * 2.0 - 1.0).sum::<f64>() / 1.414;
        let sigma = ((p99 / p50).ln() / 2.326).clamp(0.05, 2.0);
        let millis = (p50.ln() + sigma * normal).exp() * 1000.0;
        let status = if fails {
            status(service.profile, sample.cause)
        } else if refused {
            [400, 401, 403, 404, 404, 404, 422][random.below(7) as usize]
        } else {
            match method {
                "POST" => 201,
                _ if random.below(9) == 0 => 304,
                _ => 200,
            }
        };
        let millis = if status == 504 {
            service.timeout_ms.min(10_000.0) + unit(random.next()) * 20.0
        } else {
            millis
        };
        Request {
            method,
            path,
            status,
            millis,
            bytes: if status == 304 { 0 } else { 180 + random.below(24_000) },
            trace: random.hex(16),
            client: format!(
                "{}.{}.{}.{}",
                31 + random.below(180),
                random.below(256),
                random.below(256),
                1 + random.below(254)
            ),
            failure: fails.then(|| failure(voice, sample.cause)),
            target,
        }
    }
}

/// The environment and the workload that an entrance passes a request on to; elsewhere its own.
fn target(voice: &Voice<'_>, service: &ServiceDescription, random: &mut Random) -> (String, String) {
    let entrance = matches!(service.profile, Profile::Ingress | Profile::Balancer);
    let own = voice.environments.iter().find(|it| *it.name == *voice.pod.key.namespace);
    if !entrance {
        let environment = own.map_or_else(|| voice.pod.key.namespace.to_string(), |it| it.name.clone());
        return (environment, service.workload.clone());
    }
    let all: f64 = voice.environments.iter().map(|it| it.peak).sum();
    let mut place = unit(random.next()) * all;
    let environment = voice.environments.iter().find(|it| {
        place -= it.peak;
        place <= 0.0
    });
    let mut share = unit(random.next());
    let entrance = voice.services.iter().find(|it| it.profile == Profile::Ingress).unwrap_or(service);
    let call = entrance.calls.iter().find(|call| {
        share -= call.rate;
        share <= 0.0
    });
    let environment = environment.map_or("production", |it| it.name.as_str()).to_owned();
    (environment, call.or(entrance.calls.first()).map_or_else(String::new, |call| call.to.clone()))
}
