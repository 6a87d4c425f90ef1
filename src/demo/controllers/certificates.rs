//! cert-manager: certificates are issued, renewed in time, and fail to be when their issuer can't prove whose names they are.

use base64::Engine as _;
use k8s_pb::api::core::v1::Secret;
use serde_json::{Value, json};

use super::controller::Controller;
use super::operator;
use super::queue::{Queue, Task};
use super::simulation::Simulation;
use crate::demo::credentials::{self, Refusal};
use crate::demo::events::Saying;
use crate::demo::random::Random;
use crate::demo::store::{Change, Key, Kind, Store};
use crate::platform::time::Instant;

const CERTIFICATES: (&str, &str) = ("cert-manager.io", "certificates");
const REQUESTS: (&str, &str) = ("cert-manager.io", "certificaterequests");
const ISSUERS: (&str, &str) = ("cert-manager.io", "clusterissuers");
const CHALLENGES: (&str, &str) = ("acme.cert-manager.io", "challenges");
const NAME: &str = "certificates";

/// The namespace in which cert-manager runs, and looks for what cluster issuers need.
const NAMESPACE: &str = "cert-manager";
/// How long a certificate is good that says nothing, and when before its end it is renewed: 90 and 30 days.
const GOOD_FOR: (i64, i64) = (90 * DAY, 30 * DAY);
const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// How long after a change of what issuers need certificates are looked at again, in milliseconds.
const SETTLING: i64 = 10_000;
/// How long it takes until an issuer has answered, in milliseconds.
const ISSUING: i64 = 45_000;
/// cert-manager waits an hour after a failure, and twice as long after each further one, up to 32 hours.
const RETRY: (i64, i64) = (HOUR, 32 * HOUR);

/// The controller of certificates.
#[derive(Debug)]
pub struct Certificates;

impl Controller for Certificates {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Secret]
    }

    fn watches_custom(&self) -> &'static [(&'static str, &'static str)] {
        &[CERTIFICATES]
    }

    fn notice(&mut self, store: &Store, change: &Change, queue: &mut Queue) {
        if change.last.kind != Kind::Secret {
            queue.reconcile(NAME, change.last.key.clone());
            return;
        }
        // What issuers need may have changed. What certificates are kept in is of no concern: they write it themselves.
        if change.before.is_none() || &*change.last.key.namespace != NAMESPACE {
            return;
        }
        let Some(kind) = store.kinds().custom(CERTIFICATES.0, CERTIFICATES.1) else { return };
        for certificate in store.list(kind, None, None) {
            queue.later(SETTLING, Task::Reconcile(NAME, certificate.key.clone()));
        }
    }

    fn reconcile(&mut self, simulation: &mut Simulation, store: &mut Store, key: &Key) {
        let Some((kind, before)) = operator::read(store, CERTIFICATES, key) else { return };
        if !operator::runs(store, NAMESPACE, "cert-manager") {
            simulation.later(operator::WAIT, Task::Reconcile(NAME, key.clone()));
            return;
        }
        let mut certificate = before.clone();
        let now = simulation.now();
        if let Some(end) = shortened(simulation, key) {
            shorten(&mut certificate, end);
        }
        match pending_request(store, &certificate, &mut simulation.random, now) {
            Progress::Idle => {}
            Progress::Begun => {
                let message = "Issuing certificate as Secret needs to be renewed";
                self.say(simulation, store, &certificate, "Issuing", message);
                simulation.later(ISSUING, Task::Reconcile(NAME, key.clone()));
            }
            Progress::Waiting(milliseconds) => {
                simulation.later(milliseconds, Task::Reconcile(NAME, key.clone()));
            }
            Progress::Answered => self.finish(simulation, store, &mut certificate, now),
        }
        if wants_issuing(store, &certificate, now) && !is_issuing(&certificate) {
            operator::set_condition(
                &mut certificate,
                ("Issuing", true),
                ("Renewing", "Renewing certificate as renewal was scheduled or asked for"),
                now,
            );
        }
        report_ready(&mut certificate, now);
        let wake = next_look(&certificate, now);
        operator::write(store, kind, certificate, &before);
        simulation.queue.soon(wake, Task::Reconcile(NAME, key.clone()));
    }
}

impl Certificates {
    fn say(
        &self,
        simulation: &mut Simulation,
        store: &mut Store,
        certificate: &Value,
        reason: &str,
        message: &str,
    ) {
        let warning = reason == "Failed";
        let saying = Saying { warning, reason, message, reporter: "cert-manager-certificates-issuing" };
        simulation.tell(store, operator::about(certificate), &saying);
    }

    /// The issuer has answered: a new key pair, or the reason why there is none.
    fn finish(&self, simulation: &mut Simulation, store: &mut Store, certificate: &mut Value, now: Instant) {
        let revision = certificate["status"]["revision"].as_i64().unwrap_or(0) + 1;
        match issuer_problem(store, certificate) {
            None => {
                put_key_pair(store, certificate, &mut simulation.random, now);
                set_request(store, certificate, true, "Certificate fetched from issuer successfully", now);
                set_issued(certificate, now, revision);
                let message = "The certificate has been successfully issued";
                self.say(simulation, store, certificate, "Issuing", message);
            }
            Some(problem) => {
                set_request(store, certificate, false, &problem, now);
                put_challenge(store, certificate, &problem, &mut simulation.random, now);
                let failures = certificate["status"]["failedIssuanceAttempts"].as_i64().unwrap_or(0) + 1;
                certificate["status"]["failedIssuanceAttempts"] = json!(failures);
                certificate["status"]["lastFailureTime"] = json!(now.rfc3339());
                let message =
                    format!("The certificate request has failed to complete and will be retried: {problem}");
                operator::set_condition(certificate, ("Issuing", false), ("Failed", &message), now);
                self.say(simulation, store, certificate, "Failed", &message);
            }
        }
    }
}

/// When a certificate ends that isn't renewed, where an effect says so.
fn shortened(simulation: &Simulation, key: &Key) -> Option<Instant> {
    let model = simulation.model.lock();
    model.effects().certificate(key).and_then(|(_, end)| end)
}

/// Lets a certificate end then, as one does whose renewals have failed for weeks.
fn shorten(certificate: &mut Value, end: Instant) {
    if operator::instant(certificate, "/status/notAfter").is_some_and(|now| now > end) {
        let status = &mut certificate["status"];
        status["notBefore"] = json!(end.plus_millis(-GOOD_FOR.0).rfc3339());
        status["notAfter"] = json!(end.rfc3339());
        status["renewalTime"] = json!(end.plus_millis(-GOOD_FOR.1).rfc3339());
    }
}

/// How far a certificate's request is.
enum Progress {
    Idle,
    Begun,
    Waiting(i64),
    Answered,
}

/// Makes the request of a certificate that is being issued, and says how far it is.
fn pending_request(store: &mut Store, certificate: &Value, random: &mut Random, now: Instant) -> Progress {
    if !is_issuing(certificate) {
        return Progress::Idle;
    }
    let key = request_key(certificate);
    let Some((_, request)) = operator::read(store, REQUESTS, &key) else {
        put_request(store, certificate, random, now);
        return Progress::Begun;
    };
    if operator::condition(&request, "Ready").is_some_and(|ready| ready["reason"] == "Failed") {
        // A request that has failed is done with; the next attempt makes its own.
        if let Some(kind) = store.kinds().custom(REQUESTS.0, REQUESTS.1) {
            store.remove_kind(kind, &key);
        }
        put_request(store, certificate, random, now);
        return Progress::Begun;
    }
    let since = operator::instant(&request, "/metadata/creationTimestamp").unwrap_or(now);
    let left = ISSUING - now.since(since);
    if left > 0 { Progress::Waiting(left) } else { Progress::Answered }
}

fn is_issuing(certificate: &Value) -> bool {
    operator::condition(certificate, "Issuing").is_some_and(|it| it["status"] == "True")
}

/// Whether it is time for a new one: there is none, its secret has gone, or it is to be renewed, and no failure is being waited out.
fn wants_issuing(store: &Store, certificate: &Value, now: Instant) -> bool {
    if let Some(retry) = retry_at(certificate)
        && now < retry
    {
        return false;
    }
    let secret = certificate["spec"]["secretName"].as_str().unwrap_or_default();
    let namespace = certificate["metadata"]["namespace"].as_str().unwrap_or_default();
    let missing = store.read::<Secret>(&Key::new(namespace, secret)).is_none();
    missing || operator::instant(certificate, "/status/renewalTime").is_none_or(|renewal| now >= renewal)
}

/// When a failed attempt is followed by the next.
fn retry_at(certificate: &Value) -> Option<Instant> {
    let failed = operator::instant(certificate, "/status/lastFailureTime")?;
    let failures = certificate["status"]["failedIssuanceAttempts"].as_u64().unwrap_or(1).clamp(1, 6);
    Some(failed.plus_millis((RETRY.0 << (failures - 1)).min(RETRY.1)))
}

/// How long until something is to be done again, in milliseconds.
fn next_look(certificate: &Value, now: Instant) -> i64 {
    let times = ["/status/renewalTime", "/status/notAfter"];
    let known = times.iter().filter_map(|pointer| operator::instant(certificate, pointer));
    let next = known.chain(retry_at(certificate)).filter(|at| *at > now).min();
    next.map_or(HOUR, |at| at.since(now) + 1_000)
}

fn report_ready(certificate: &mut Value, now: Instant) {
    let Some(end) = operator::instant(certificate, "/status/notAfter") else {
        let words = ("DoesNotExist", "Issuing certificate as Secret does not exist");
        operator::set_condition(certificate, ("Ready", false), words, now);
        return;
    };
    if now >= end {
        let message = format!("Certificate expired on {}", end.rfc3339());
        operator::set_condition(certificate, ("Ready", false), ("Expired", &message), now);
    } else {
        let words = ("Ready", "Certificate is up to date and has not expired");
        operator::set_condition(certificate, ("Ready", true), words, now);
    }
}

/// Why the issuer gives no certificate.
fn issuer_problem(store: &Store, certificate: &Value) -> Option<String> {
    let name = certificate["spec"]["issuerRef"]["name"].as_str().unwrap_or_default();
    let Some((_, issuer)) = operator::read(store, ISSUERS, &Key::new("", name)) else {
        return Some(format!(
            "Referenced \"ClusterIssuer\" not found: clusterissuer.cert-manager.io \"{name}\" not found"
        ));
    };
    if let Some(authority) = issuer["spec"]["ca"]["secretName"].as_str() {
        let missing = store.read::<Secret>(&Key::new(NAMESPACE, authority)).is_none();
        return missing.then(|| format!("Referenced secret {NAMESPACE}/{authority} not found"));
    }
    let solver = issuer.pointer("/spec/acme/solvers/0/dns01/cloudflare/apiTokenSecretRef/name")?;
    let secret = solver.as_str().unwrap_or_default();
    match credentials::accepted(store, NAMESPACE, secret) {
        Ok(()) => None,
        Err(Refusal::Missing) => {
            Some(format!("error getting cloudflare secret: secrets \"{secret}\" not found"))
        }
        Err(Refusal::Refused) => Some(
            "Failed to present the DNS-01 challenge: while attempting to find Zones for the domain: Cloudflare API error 9109: Invalid access token"
                .to_owned(),
        ),
    }
}

fn request_key(certificate: &Value) -> Key {
    let next = certificate["status"]["revision"].as_i64().unwrap_or(0) + 1;
    let name = format!("{}-{next}", certificate["metadata"]["name"].as_str().unwrap_or_default());
    Key::new(certificate["metadata"]["namespace"].as_str().unwrap_or_default(), &name)
}

fn put_request(store: &mut Store, certificate: &Value, random: &mut Random, now: Instant) {
    let key = request_key(certificate);
    let metadata = json!({
        "name": &*key.name,
        "namespace": &*key.namespace,
        "uid": random.uid(),
        "creationTimestamp": now.rfc3339(),
        "generation": 1,
        "ownerReferences": [operator::owner(certificate)],
        "annotations": {"cert-manager.io/certificate-name": certificate["metadata"]["name"]},
    });
    operator::make(store, REQUESTS, metadata, |request| {
        request["spec"] = json!({
            "issuerRef": certificate["spec"]["issuerRef"],
            "duration": certificate["spec"]["duration"],
            "request": base64::engine::general_purpose::STANDARD.encode(format!("request of {}", key.name)),
            "usages": certificate["spec"]["usages"],
        });
        let words = ("cert-manager.io", "Certificate request has been approved by cert-manager.io");
        operator::set_condition(request, ("Approved", true), words, now);
        let words = ("Pending", "Waiting on certificate issuance from the issuer");
        operator::set_condition(request, ("Ready", false), words, now);
    });
}

fn set_request(store: &mut Store, certificate: &Value, done: bool, message: &str, now: Instant) {
    let Some((kind, before)) = operator::read(store, REQUESTS, &request_key(certificate)) else { return };
    let mut request = before.clone();
    let reason = if done { "Issued" } else { "Failed" };
    operator::set_condition(&mut request, ("Ready", done), (reason, message), now);
    if !done {
        request["status"]["failureTime"] = json!(now.rfc3339());
    }
    operator::write(store, kind, request, &before);
}

/// The challenge that shows why an ACME server wasn't convinced.
fn put_challenge(store: &mut Store, certificate: &Value, problem: &str, random: &mut Random, now: Instant) {
    let key = request_key(certificate);
    let host = &certificate["spec"]["dnsNames"][0];
    let Some((_, request)) = operator::read(store, REQUESTS, &key) else { return };
    let metadata = json!({
        "name": format!("{}-{}", key.name, random.below(4_000_000_000)),
        "namespace": &*key.namespace,
        "uid": random.uid(),
        "creationTimestamp": now.rfc3339(),
        "generation": 1,
        "ownerReferences": [operator::owner(&request)],
    });
    operator::make(store, CHALLENGES, metadata, |challenge| {
        challenge["spec"] = json!({
            "type": "DNS-01",
            "dnsName": host,
            "issuerRef": certificate["spec"]["issuerRef"],
            "wildcard": false,
        });
        challenge["status"] =
            json!({"state": "errored", "presented": false, "processing": false, "reason": problem});
    });
}

/// Makes or replaces the secret with the key pair.
fn put_key_pair(store: &mut Store, certificate: &Value, random: &mut Random, now: Instant) {
    let namespace = certificate["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = certificate["spec"]["secretName"].as_str().unwrap_or_default();
    let before: Option<Secret> = store.read(&Key::new(namespace, name));
    let mut secret = before.unwrap_or_default();
    let metadata = secret.metadata.get_or_insert_default();
    metadata.name = Some(name.to_owned());
    metadata.namespace = Some(namespace.to_owned());
    metadata.uid.get_or_insert_with(|| random.uid());
    if metadata.creation_timestamp.is_none() {
        metadata.creation_timestamp = crate::demo::objects::time(now);
    }
    secret.r#type = Some("kubernetes.io/tls".to_owned());
    for (key, text) in pem(random) {
        secret.data.insert(key.to_owned(), text.into_bytes());
    }
    store.put(&mut secret);
}

/// The secret of a key pair. It opens nothing: certificate and key are random letters.
pub fn key_pair(metadata: Value, random: &mut Random) -> Value {
    let encoded = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let data: serde_json::Map<String, Value> =
        pem(random).into_iter().map(|(key, text)| (key.to_owned(), json!(encoded(text)))).collect();
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/tls", "data": data})
}

fn pem(random: &mut Random) -> [(&'static str, String); 2] {
    let mut block = |kind: &str| {
        let letters = base64::engine::general_purpose::STANDARD.encode(random.hex(96));
        format!("-----BEGIN {kind}-----\n{letters}\n-----END {kind}-----\n")
    };
    [("tls.crt", block("CERTIFICATE")), ("tls.key", block("EC PRIVATE KEY"))]
}

/// Writes into a certificate that it was issued then.
pub fn set_issued(certificate: &mut Value, at: Instant, revision: i64) {
    let status = &mut certificate["status"];
    status["notBefore"] = json!(at.rfc3339());
    status["notAfter"] = json!(at.plus_millis(GOOD_FOR.0).rfc3339());
    status["renewalTime"] = json!(at.plus_millis(GOOD_FOR.0 - GOOD_FOR.1).rfc3339());
    status["revision"] = json!(revision);
    if let Some(status) = status.as_object_mut() {
        status.remove("failedIssuanceAttempts");
        status.remove("lastFailureTime");
    }
    if let Some(conditions) = status["conditions"].as_array_mut() {
        conditions.retain(|it| it["type"] != "Issuing");
    }
    let words = ("Ready", "Certificate is up to date and has not expired");
    operator::set_condition(certificate, ("Ready", true), words, at);
}
