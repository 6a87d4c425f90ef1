//! The operators: certificates are renewed, backups run, and both say why they can't.

use std::time::Duration;

use base64::Engine as _;
use http_body_util::BodyExt as _;
use quarterdeck::demo::{DemoOptions, DemoPlatform, DemoUser};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::{Value, json};

use super::client::{items, run, still};

const CERTIFICATES: &str = "/apis/cert-manager.io/v1/namespaces/production";
const VELERO: &str = "/apis/velero.io/v1/namespaces/storage";

/// A platform in memory at half past midnight.
struct Night {
    platform: DemoPlatform,
    client: kube::Client,
}

impl Night {
    fn new() -> Night {
        let clock = Clock::manual(Instant::parse("2026-03-02T00:30:00Z").unwrap());
        let platform = DemoPlatform::in_memory(&DemoOptions { clock, ..still() }).unwrap();
        let client = kube::Client::new(platform.router_for(DemoUser::Admin), "default");
        Night { platform, client }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let response = self.client.send(request.body(body.into()).unwrap()).await.unwrap();
        let code = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(code.is_success(), "{code} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.send("GET", path, None).await
    }

    /// Puts another value into a secret; gives the one before.
    async fn replace_secret(&self, path: &str, key: &str, value: &str) -> String {
        let before = self.get(path).await["data"][key].as_str().unwrap().to_owned();
        self.send("PATCH", path, Some(json!({"data": {key: value}}))).await;
        before
    }

    fn pass(&self, minutes: u64) {
        self.platform.advance(Duration::from_secs(minutes * 60));
    }
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    conditions.iter().find(|it| it["type"] == kind).unwrap_or_else(|| panic!("no {kind}: {object}"))
}

#[test]
fn a_certificate_whose_issuer_is_refused_fails_and_is_renewed_once_the_token_is_right() {
    run(async {
        let night = Night::new();
        let path = format!("{CERTIFICATES}/certificates/frontend-tls");
        let before = night.get(&path).await;
        assert_eq!(condition(&before, "Ready")["status"], "True");
        let token = "/api/v1/namespaces/cert-manager/secrets/dns-api-token";
        let wrong = base64::engine::general_purpose::STANDARD.encode("qd_revoked");
        let right = night.replace_secret(token, "token", &wrong).await;
        let renew = json!({"status": {"renewalTime": "2026-03-02T00:00:00Z"}});
        night.send("PATCH", &format!("{path}/status"), Some(renew.clone())).await;
        night.pass(2);
        let failed = night.get(&path).await;
        assert_eq!(condition(&failed, "Issuing")["reason"], "Failed");
        assert_eq!(failed["status"]["failedIssuanceAttempts"], 1);
        assert_eq!(failed["status"]["notAfter"], before["status"]["notAfter"]);
        let challenges = night.get("/apis/acme.cert-manager.io/v1/namespaces/production/challenges").await;
        let reason = items(&challenges)[0]["status"]["reason"].as_str().unwrap();
        assert!(reason.contains("Invalid access token"), "{reason}");
        // The token is right again, and an hour after the failure the next attempt is made.
        night.replace_secret(token, "token", &right).await;
        night.pass(65);
        let renewed = night.get(&path).await;
        assert!(renewed["status"]["notAfter"].as_str() > before["status"]["notAfter"].as_str(), "{renewed}");
        assert_eq!(renewed["status"]["revision"], before["status"]["revision"].as_i64().unwrap() + 1);
        assert!(renewed["status"]["failedIssuanceAttempts"].is_null());
    });
}

#[test]
fn the_nightly_backup_runs_and_one_without_credentials_says_so() {
    run(async {
        let night = Night::new();
        let name = "cluster-daily-20260302010000";
        night.pass(31);
        let running = night.get(&format!("{VELERO}/backups/{name}")).await;
        assert_eq!(running["status"]["phase"], "InProgress");
        night.pass(30);
        let done = night.get(&format!("{VELERO}/backups/{name}")).await;
        assert_eq!(done["status"]["phase"], "Completed", "{done}");
        assert_eq!(done["status"]["progress"]["itemsBackedUp"], done["status"]["progress"]["totalItems"]);

        let secret = "/api/v1/namespaces/storage/secrets/velero-credentials-offsite";
        let wrong = base64::engine::general_purpose::STANDARD
            .encode("[default]\naws_access_key_id=velero\naws_secret_access_key=rotated\n");
        night.replace_secret(secret, "cloud", &wrong).await;
        night.pass(60);
        let location = night.get(&format!("{VELERO}/backupstoragelocations/offsite")).await;
        assert_eq!(location["status"]["phase"], "Unavailable");
        let message = location["status"]["message"].as_str().unwrap();
        assert!(message.contains("SignatureDoesNotMatch"), "{message}");
        let backup = night.get(&format!("{VELERO}/backups/production-offsite-20260302023000")).await;
        assert_eq!(backup["status"]["phase"], "FailedValidation");
    });
}
