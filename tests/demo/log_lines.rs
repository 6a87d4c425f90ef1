//! What containers write.

use std::sync::Arc;
use std::time::Duration;

use quarterdeck::demo::model::{Effect, LogLine};
use quarterdeck::demo::store::{Kind, StoredObject};
use quarterdeck::demo::{DemoOptions, DemoPlatform};
use quarterdeck::platform::time::{Clock, Instant};
use serde_json::Value;

const START: Instant = Instant::from_seconds(1_790_143_200);

fn platform() -> DemoPlatform {
    let options = DemoOptions { clock: Clock::manual(START), churn: 0.0, ..DemoOptions::default() };
    DemoPlatform::in_memory(&options).unwrap()
}

/// The first ready pod of a workload.
fn pod(platform: &DemoPlatform, namespace: &str, prefix: &str) -> Arc<StoredObject> {
    let store = platform.store().lock();
    let mut pods = store.list(Kind::Pod, Some(namespace), None);
    let found = pods.find(|pod| {
        let quarterdeck::demo::store::Facts::Pod(facts) = &pod.facts else { return false };
        pod.key.name.starts_with(prefix) && facts.ready()
    });
    Arc::clone(found.unwrap())
}

/// What the container wrote from so many seconds after the start to so many.
fn lines(platform: &DemoPlatform, pod: &StoredObject, container: &str, from: i64, to: i64) -> Vec<LogLine> {
    let store = platform.store().lock();
    let (from, to) = (START.plus_millis(from * 1000), START.plus_millis(to * 1000));
    platform.model().lock().log(&store, pod, container, from, to)
}

fn breaks(platform: &DemoPlatform, effect: &str) {
    let effect: Effect = toml::from_str(effect).unwrap();
    let mut model = platform.model().lock();
    let now = model.now();
    model.effects_mut().add(effect, now);
}

fn fixed(platform: &DemoPlatform, name: &str) {
    let mut model = platform.model().lock();
    let now = model.now();
    assert!(model.effects_mut().remove(name, now));
}

#[test]
fn a_window_always_reads_the_same_and_is_the_sum_of_its_parts() {
    let platform = platform();
    platform.advance(Duration::from_secs(120));
    let python = pod(&platform, "production", "backend-python-");
    let whole = lines(&platform, &python, "backend-python", -60, 90);
    assert!(whole.is_sorted_by_key(|line| line.at));
    let mut parts = lines(&platform, &python, "backend-python", -60, 13);
    parts.extend(lines(&platform, &python, "backend-python", 13, 90));
    assert_eq!(whole, parts);
    breaks(&platform, "name = 'spike'\nbreaks = 'traffic'\nenvironment = 'production'\nfactor = 2.0");
    platform.advance(Duration::from_secs(600));
    assert_eq!(whole, lines(&platform, &python, "backend-python", -60, 90));
    // As many lines as requests, now as then: about nine a second, and twice as many later.
    let before = lines(&platform, &python, "backend-python", 0, 90).len() as f64 / 90.0;
    let after = lines(&platform, &python, "backend-python", 300, 390).len() as f64 / 90.0;
    assert!((6.0..13.0).contains(&before), "{before}");
    assert!(after > before * 1.5, "{after} {before}");
}

#[test]
fn each_component_writes_in_its_own_format() {
    let platform = platform();
    platform.advance(Duration::from_secs(60));
    let text = |namespace: &str, prefix: &str, container: &str, seconds: i64| {
        let pod = pod(&platform, namespace, prefix);
        let lines = lines(&platform, &pod, container, -seconds, 60);
        assert!(!lines.is_empty(), "{prefix} writes nothing");
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    for (prefix, level) in [
        ("backend-python", "level"),
        ("backend-rust", "level"),
        ("frontend", "level"),
        ("payload-cms", "msg"),
    ] {
        for line in text("production", prefix, prefix, 30) {
            let line: Value = serde_json::from_str(&line).unwrap();
            assert!(!line[level].is_null(), "{line}");
        }
    }
    let nginx = text("ingress-nginx", "ingress-nginx-controller", "ingress-nginx-controller", 10);
    assert!(
        nginx
            .iter()
            .any(|line| line.contains("[production-backend-python-http]") && line.contains("HTTP/2.0\" 200"))
    );
    let celery = text("production", "celery-worker", "celery-worker", 30);
    assert!(celery.iter().any(|line| line.contains("succeeded in")));
    let postgres = text("data", "postgresql-0", "postgresql", 3_600);
    assert!(postgres.iter().any(|line| line.contains("UTC [29] LOG:  checkpoint complete")));
    let redis = text("data", "redis-0", "redis", 3_600);
    assert!(redis.iter().any(|line| line.starts_with("1:M ") && line.contains("Background saving")));
    let rabbit = text("data", "rabbitmq-0", "rabbitmq", 600);
    assert!(rabbit.iter().all(|line| line.contains("[info]")));
}

#[test]
fn trouble_is_written_about_while_it_lasts() {
    let platform = platform();
    let python = pod(&platform, "production", "backend-python-");
    let dns = pod(&platform, "kube-system", "coredns-");
    breaks(
        &platform,
        "name = 'bad'\nbreaks = 'image'\nimage = 'registry.gitlab.com/quarterdeck/backend-python:1.41.3'\nerrors = 0.4",
    );
    platform.advance(Duration::from_secs(120));
    fixed(&platform, "bad");
    // Look-ups that fail also keep the workers busy, so they come apart from the bad image.
    breaks(&platform, "name = 'names'\nbreaks = 'dns'\nshare = 0.5");
    platform.advance(Duration::from_secs(120));
    fixed(&platform, "names");
    platform.advance(Duration::from_secs(60));
    let failing = |from, to| {
        let lines = lines(&platform, &python, "backend-python", from, to);
        let failing = lines.iter().filter(|line| line.text.contains("AttributeError")).count();
        failing as f64 / lines.len() as f64
    };
    assert!((0.15..0.5).contains(&failing(30, 110)), "{}", failing(30, 110));
    assert_eq!(failing(-60, -10), 0.0);
    assert!(failing(150, 290) < 0.01);
    let timeouts = |from, to| {
        let lines = lines(&platform, &dns, "coredns", from, to);
        lines.iter().filter(|line| line.text.contains("i/o timeout")).count()
    };
    assert!(timeouts(130, 230) > 3);
    assert_eq!(timeouts(0, 110) + timeouts(245, 290), 0);
}
