//! The load on the platform, and what the pods use under it.

use std::time::Duration;

use quarterdeck::demo::store::Kind;
use quarterdeck::demo::{DemoOptions, DemoPlatform};
use quarterdeck::platform::time::{Clock, Instant};

/// A Wednesday, 06:00 UTC.
const START: Instant = Instant::from_seconds(1_790_143_200);

fn platform(seed: u64) -> DemoPlatform {
    let options = DemoOptions { clock: Clock::manual(START), seed, churn: 0.001, ..DemoOptions::default() };
    DemoPlatform::in_memory(&options).unwrap()
}

/// What every running pod uses, as text.
fn uses(platform: &DemoPlatform) -> Vec<String> {
    let store = platform.store().lock();
    let model = platform.model().lock();
    let pods = store.list(Kind::Pod, None, None);
    pods.map(|pod| format!("{} {:?}", pod.key.name, model.usage_of(pod))).collect()
}

#[test]
fn the_same_seed_gives_the_same_load_however_often_one_looks() {
    let (one, two, other) = (platform(3), platform(3), platform(4));
    one.advance(Duration::from_secs(60));
    for _ in 0..12 {
        two.advance(Duration::from_secs(5));
        uses(&two);
    }
    other.advance(Duration::from_secs(60));
    assert_eq!(uses(&one), uses(&two));
    assert_ne!(uses(&one), uses(&other));
}

#[test]
fn load_follows_the_day_and_the_week() {
    // Services that don't waver show the day alone.
    let options = DemoOptions { clock: Clock::manual(START), churn: 0.0, ..DemoOptions::default() };
    let platform = DemoPlatform::in_memory(&options).unwrap();
    let arrivals = |hours: i64| {
        let mut model = platform.model().lock();
        model.step(&platform.store().lock(), START.plus_millis(hours * 3_600_000));
        model.environment("production").unwrap().rate
    };
    let (afternoon, night, weekend) = (arrivals(1), arrivals(13), arrivals(4 * 24 + 1));
    assert!((110.0..130.0).contains(&afternoon), "{afternoon}");
    assert!(night < afternoon / 5.0, "{night}");
    assert!(weekend < afternoon * 0.7 && weekend > night, "{weekend}");
}

#[test]
fn requests_flow_through_the_services_and_cost_what_they_ask() {
    let platform = platform(3);
    platform.advance(Duration::from_secs(30));
    let model = platform.model().lock();
    let rate = |namespace: &str, workload: &str| model.service(namespace, workload).unwrap().rate;
    let entrance = rate("ingress-nginx", "ingress-nginx-controller");
    let python = rate("production", "backend-python");
    assert!(entrance > 100.0 && python > entrance * 0.5, "{entrance} {python}");
    for (workload, least, most) in
        [("frontend", 3.0, 20.0), ("backend-rust", 5.0, 60.0), ("celery-worker", 2.0, 40.0)]
    {
        let each = rate("production", workload) / model.service("production", workload).unwrap().ready as f64;
        assert!((least..most).contains(&each), "{workload} {each}");
    }
    // Near the peak, backend-python is near its maximum: ten pods at nine tenths of their request of half a core.
    let store = platform.store().lock();
    let pods = store.list(Kind::Pod, Some("production"), None);
    let pods: Vec<_> = pods.filter(|pod| pod.key.name.starts_with("backend-python-")).collect();
    let cpu: u64 = pods.iter().map(|pod| model.usage(&pod.uid).unwrap().containers[0].cpu_nanocores).sum();
    let share = cpu as f64 / pods.len() as f64 / 500e6;
    assert!((0.6..1.1).contains(&share), "{} pods at {share}", pods.len());
}
