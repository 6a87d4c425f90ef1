//! What the operators keep: issuers and certificates, backups and their schedules, synchronised secrets.

use k8s_pb::api::core::v1::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::build::{BuildError, Builder};
use super::description::{Platform, milliseconds};
use super::manifests;
use crate::demo::controllers::cron::Schedule;
use crate::demo::controllers::{backups, certificates, operator};
use crate::platform::time::Instant;

/// How many backups of each schedule there are at the start.
const BACKUPS: usize = 7;
const DAY: i64 = 86_400_000;

/// What the operators of a platform keep.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Kept {
    #[serde(rename = "issuer")]
    issuers: Vec<IssuerDescription>,
    #[serde(rename = "certificate")]
    certificates: Vec<CertificateDescription>,
    #[serde(rename = "backup_location")]
    locations: Vec<LocationDescription>,
    #[serde(rename = "backup_schedule")]
    schedules: Vec<ScheduleDescription>,
    #[serde(rename = "synced_secret")]
    secrets: Vec<SyncedSecretDescription>,
}

impl Kept {
    /// Adds what another part of the description has.
    pub fn extend(&mut self, other: Kept) {
        self.issuers.extend(other.issuers);
        self.certificates.extend(other.certificates);
        self.locations.extend(other.locations);
        self.schedules.extend(other.schedules);
        self.secrets.extend(other.secrets);
    }
}

/// Who issues certificates: an ACME server, or an authority of the platform's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerDescription {
    name: String,
    server: Option<String>,
    email: Option<String>,
    /// The secret with the token for the challenges' DNS records.
    token: Option<String>,
    /// The secret with the authority's key.
    authority: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateDescription {
    namespace: String,
    name: String,
    hosts: Vec<String>,
    issuer: String,
    /// How long ago.
    issued: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationDescription {
    name: String,
    bucket: String,
    url: String,
    credentials: String,
    #[serde(default)]
    default: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleDescription {
    name: String,
    schedule: String,
    location: String,
    namespaces: Vec<String>,
    /// How long a backup is kept, as Go writes durations.
    kept: String,
    /// How long one takes.
    lasts: String,
    /// How many objects one has.
    items: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SyncedSecretDescription {
    namespace: String,
    secret: String,
    path: String,
}

impl Builder<'_> {
    /// Puts what the operators keep.
    pub(super) fn put_kept(&mut self, platform: &Platform) -> Result<(), BuildError> {
        for issuer in &platform.kept.issuers {
            self.put_issuer(issuer)?;
        }
        for certificate in &platform.kept.certificates {
            self.put_certificate(certificate, None)?;
        }
        for (number, route) in platform.routes.iter().enumerate() {
            let certificate = CertificateDescription {
                namespace: route.namespace.clone(),
                name: format!("{}-tls", route.name),
                hosts: vec![route.host.clone()],
                issuer: "letsencrypt".to_owned(),
                issued: format!("{}d", 5 + number * 6),
            };
            self.put_certificate(&certificate, Some(&route.name))?;
        }
        for location in &platform.kept.locations {
            self.put_location(location)?;
        }
        for schedule in &platform.kept.schedules {
            self.put_schedule(schedule)?;
        }
        for secret in &platform.kept.secrets {
            self.put_synced_secret(secret)?;
        }
        Ok(())
    }

    fn put_issuer(&mut self, issuer: &IssuerDescription) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-409 * DAY);
        let mut spec = json!({});
        if let Some(server) = &issuer.server {
            let token = issuer.token.as_deref().unwrap_or_default();
            spec["acme"] = json!({
                "server": server,
                "email": issuer.email,
                "privateKeySecretRef": {"name": format!("{}-account", issuer.name)},
                "solvers": [{"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": token, "key": "token"}}}}],
            });
            self.put_if_missing::<Secret>("cert-manager", token, created, |metadata, random| {
                manifests::token("token", metadata, random)
            })?;
        }
        if let Some(authority) = &issuer.authority {
            spec["ca"] = json!({"secretName": authority});
            self.put_tls_secret("cert-manager", authority, created)?;
        }
        let message = if issuer.server.is_some() {
            ("ACMEAccountRegistered", "The ACME account was registered with the ACME server")
        } else {
            ("KeyPairVerified", "Signing CA verified")
        };
        let status = json!({"conditions": [{
            "type": "Ready",
            "status": "True",
            "observedGeneration": 1,
            "reason": message.0,
            "message": message.1,
            "lastTransitionTime": created.plus_millis(9_000).rfc3339(),
        }]});
        self.put_custom(("cert-manager.io", "clusterissuers"), "", &issuer.name, created, |object| {
            object["spec"] = spec;
            object["status"] = status;
        });
        Ok(())
    }

    fn put_tls_secret(&mut self, namespace: &str, name: &str, created: Instant) -> Result<(), BuildError> {
        self.put_if_missing::<Secret>(namespace, name, created, |metadata, random| {
            certificates::key_pair(metadata, random)
        })
    }

    fn put_certificate(
        &mut self,
        description: &CertificateDescription,
        route: Option<&str>,
    ) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-398 * DAY);
        let issued = self.now.plus_millis(-milliseconds(&description.issued));
        let CertificateDescription { namespace, name, .. } = description;
        self.put_tls_secret(namespace, name, issued)?;
        self.put_custom(("cert-manager.io", "certificates"), namespace, name, created, |object| {
            object["spec"] = json!({
                "secretName": name,
                "dnsNames": description.hosts,
                "duration": "2160h0m0s",
                "renewBefore": "720h0m0s",
                "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": description.issuer},
                "usages": ["digital signature", "key encipherment"],
            });
            if let Some(route) = route {
                object["metadata"]["annotations"] = json!({"cert-manager.io/ingress": route});
            }
            certificates::set_issued(object, issued, 7);
        });
        Ok(())
    }

    fn put_location(&mut self, location: &LocationDescription) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-398 * DAY);
        self.put_if_missing::<Secret>("storage", &location.credentials, created, |metadata, random| {
            manifests::token("cloud", metadata, random)
        })?;
        let validated = self.now.plus_millis(-31_000);
        self.put_custom(
            ("velero.io", "backupstoragelocations"),
            "storage",
            &location.name,
            created,
            |object| {
                object["spec"] = json!({
                    "provider": "aws",
                    "default": location.default,
                    "accessMode": "ReadWrite",
                    "objectStorage": {"bucket": location.bucket},
                    "config": {"region": "fra1", "s3ForcePathStyle": "true", "s3Url": location.url},
                    "credential": {"name": location.credentials, "key": "cloud"},
                    "validationFrequency": "1m0s",
                });
                object["status"] = json!({
                    "phase": "Available",
                    "lastValidationTime": validated.rfc3339(),
                    "lastSyncedTime": validated.rfc3339(),
                });
            },
        );
        Ok(())
    }

    fn put_schedule(&mut self, description: &ScheduleDescription) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-398 * DAY);
        let lasts = milliseconds(&description.lasts);
        let runs =
            Schedule::parse(&description.schedule, None)?.latest(self.now.plus_millis(-lasts), BACKUPS);
        let template = json!({
            "includedNamespaces": description.namespaces,
            "storageLocation": description.location,
            "ttl": format!("{}0m0s", description.kept),
            "snapshotVolumes": true,
            "defaultVolumesToFsBackup": false,
            "hooks": {},
        });
        let last = runs.first().copied();
        self.put_custom(("velero.io", "schedules"), "storage", &description.name, created, |object| {
            object["spec"] = json!({"schedule": description.schedule, "template": template, "paused": false});
            object["status"] = json!({"phase": "Enabled", "lastBackup": last.map(Instant::rfc3339)});
        });
        for (number, run) in runs.into_iter().enumerate() {
            let name = backups::name_of(&description.name, run);
            let items = description.items - i64::try_from(number).unwrap_or(0) * 3;
            self.put_custom(("velero.io", "backups"), "storage", &name, run, |object| {
                object["metadata"]["labels"]["velero.io/schedule-name"] = json!(description.name);
                object["metadata"]["labels"]["velero.io/storage-location"] = json!(description.location);
                object["spec"] = template.clone();
                backups::set_completed(object, run, run.plus_millis(lasts), items);
            });
        }
        Ok(())
    }

    fn put_synced_secret(&mut self, secret: &SyncedSecretDescription) -> Result<(), BuildError> {
        let created = self.now.plus_millis(-377 * DAY);
        let SyncedSecretDescription { namespace, secret: name, path } = secret;
        let identity = "infisical-identity";
        self.put_if_missing::<Secret>(namespace, identity, created, |metadata, random| {
            manifests::token("clientSecret", metadata, random)
        })?;
        let ready = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": created.rfc3339()});
        self.put_custom(("secrets.infisical.com", "infisicalsecrets"), namespace, name, created, |object| {
            object["spec"] = json!({
                "hostAPI": "http://infisical.security.svc:8080/api",
                "resyncInterval": 60,
                "authentication": {"universalAuth": {
                    "credentialsRef": {"secretName": identity, "secretNamespace": namespace},
                    "secretsScope": {"projectSlug": "quarterdeck", "envSlug": namespace, "secretsPath": path},
                }},
                "managedSecretReference": {"secretName": name, "secretNamespace": namespace, "creationPolicy": "Orphan"},
            });
            object["status"] = json!({"conditions": [
                ready("secrets.infisical.com/ReadyToSyncSecrets", "OK", "Infisical controller has started syncing your secrets"),
                ready("secrets.infisical.com/LoadedInfisicalToken", "OK", "Infisical controller has located the Infisical token in provided Kubernetes secret"),
                ready("secrets.infisical.com/AutoRedeployReady", "OK", "Infisical has found 1 deployment which is ready to be auto redeployed when secrets change"),
            ]});
        });
        Ok(())
    }

    /// Puts a custom object; `fill` adds its specification and status.
    fn put_custom(
        &mut self,
        (group, plural): (&'static str, &'static str),
        namespace: &str,
        name: &str,
        created: Instant,
        fill: impl FnOnce(&mut Value),
    ) {
        let mut random = self.random(&format!("{plural}.{group} {namespace}/{name}"));
        let labels = json!({"app.kubernetes.io/managed-by": "Helm"});
        let metadata = manifests::counted_metadata(namespace, name, created, labels, &mut random);
        operator::make(&mut self.store, (group, plural), metadata, |object| {
            fill(object);
            *object = manifests::applied(object.take(), "helm", created);
        });
    }
}
