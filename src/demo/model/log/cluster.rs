//! The lines of the cluster's and the platform's own components.

use super::voice::{Format, Voice, stamp};
use crate::demo::model::effects::Trouble;
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// One slot in so many has a line.
const SELDOM: u64 = 14;

fn klog(at: Instant, level: char, place: &str, words: &str) -> String {
    format!("{level}{}       1 {place}] {words}", stamp(at, "%m%d %H:%M:%S.%6f"))
}

fn logfmt(at: Instant, level: &str, words: &str) -> String {
    format!("ts={} level={level} {words}", stamp(at, "%Y-%m-%dT%H:%M:%S.%3fZ"))
}

/// The first lines.
pub fn starts(voice: &Voice<'_>, at: Instant) -> Vec<String> {
    if voice.is("coredns") {
        return vec![".:53".to_owned(), format!("CoreDNS-{}", voice.tag().trim_start_matches('v'))];
    }
    let name = &voice.container.name;
    match voice.format() {
        Format::Klog => vec![klog(
            at,
            'I',
            "main.go:112",
            &format!("\"starting\" component=\"{name}\" version=\"{}\"", voice.tag()),
        )],
        _ => vec![logfmt(at, "info", &format!("msg=\"Starting {name}\" version=\"{}\"", voice.tag()))],
    }
}

/// A line now and then.
pub fn keeps_house(voice: &Voice<'_>, slot: Instant, random: &mut Random) -> Vec<String> {
    if random.below(SELDOM) != 0 || voice.is("coredns") {
        return Vec::new();
    }
    let name = &*voice.container.name;
    let number = 1 + random.below(900);
    let words = match name {
        "prometheus" => format!("component=tsdb msg=\"Head GC completed\" duration={number}ms"),
        "loki" => format!("caller=flush.go:304 component=ingester msg=\"flushing stream\" user=fake num_chunks={}", 1 + number % 4),
        "promtail" => "caller=tailer.go:207 component=tailer msg=\"skipping update of position for a file which does not currently exist\"".to_owned(),
        "alertmanager" => "component=dispatcher msg=\"Maintenance of silences done\"".to_owned(),
        "grafana" => format!("logger=context userId=0 msg=\"Request Completed\" method=GET path=/api/health status=200 time_ms={}", 1 + number % 9),
        "velero" => "logSource=\"pkg/controller/backup_storage_location_controller.go:188\" msg=\"BackupStorageLocation is available\"".to_owned(),
        _ => format!("msg=\"sync finished\" duration={number}ms"),
    };
    match voice.format() {
        Format::Klog => {
            vec![klog(slot, 'I', "reflector.go:430", &format!("\"sync finished\" duration=\"{number}ms\""))]
        }
        _ => vec![logfmt(slot, "info", &words)],
    }
}

/// What is written of something that is broken.
pub fn complains(voice: &Voice<'_>, trouble: &Trouble, slot: Instant, random: &mut Random) -> Option<String> {
    let seldom = (slot.0 / 5_000).rem_euclid(6) == 0;
    match trouble {
        Trouble::Dns { share } if voice.is("coredns") => {
            let fails = (random.below(1_000) as f64) < share * 1_000.0;
            fails.then(|| {
                format!("[ERROR] plugin/errors: 2 postgresql.data.svc.cluster.local. A: read udp 10.244.1.{}:{}->10.0.0.2:53: i/o timeout", 2 + random.below(200), 32_768 + random.below(28_000))
            })
        }
        Trouble::Certificate { certificate, message, .. }
            if &*voice.pod.workload == "cert-manager" && seldom =>
        {
            let (namespace, name) = certificate.split_once('/').unwrap_or(("", certificate));
            Some(klog(
                slot,
                'E',
                "sync.go:190",
                &format!(
                    "\"cert-manager: error\" err={message:?} logger=\"cert-manager.challenges\" resource_name=\"{name}\" resource_namespace=\"{namespace}\" resource_kind=\"Challenge\""
                ),
            ))
        }
        Trouble::BackupLocation { location, message } if &*voice.container.name == "velero" && seldom => {
            let name = location.rsplit('/').next().unwrap_or_default();
            Some(format!(
                "time=\"{}\" level=error msg=\"Current BackupStorageLocations available/unavailable/unknown: 0/1/0, BackupStorageLocation \\\"{name}\\\" is unavailable: {message}\" controller=backup-storage-location logSource=\"pkg/controller/backup_storage_location_controller.go:196\"",
                stamp(slot, "%Y-%m-%dT%H:%M:%SZ")
            ))
        }
        Trouble::Disk { on, .. }
            if on.starts_with(&*voice.pod.key.namespace)
                && voice.pod.claims.iter().any(|claim| on.ends_with(&**claim))
                && seldom
                && voice.format() == Format::Logfmt =>
        {
            Some(logfmt(slot, "warn", "msg=\"little space left on the data volume\""))
        }
        Trouble::Registry { prefix, .. } if &*voice.pod.workload == "gitlab-runner" && seldom => {
            Some(logfmt(
                slot,
                "error",
                &format!(
                    "msg=\"failed to pull image\" image=\"{prefix}\" error=\"unauthorized: authentication required\""
                ),
            ))
        }
        _ => None,
    }
}
