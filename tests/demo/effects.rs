//! What breaks the platform shows in the load, and goes when it is fixed.

use std::time::Duration;

use k8s_pb::api::core::v1::{ConfigMap, Pod};
use quarterdeck::demo::model::{Effect, Symptom};
use quarterdeck::demo::store::{Key, Kind};
use quarterdeck::demo::{DemoOptions, DemoPlatform};
use quarterdeck::platform::time::{Clock, Instant};

const START: Instant = Instant::from_seconds(1_790_143_200);

/// A platform whose load doesn't waver.
fn platform() -> DemoPlatform {
    let options = DemoOptions { clock: Clock::manual(START), churn: 0.0, ..DemoOptions::default() };
    DemoPlatform::in_memory(&options).unwrap()
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

/// Whether the symptom is visible now, after the explanation was checked to say something.
fn sees(platform: &DemoPlatform, symptom: &str) -> bool {
    let symptom: Symptom = toml::from_str(symptom).unwrap();
    let store = platform.store().lock();
    let sighting = platform.model().lock().see(&symptom, &store, START);
    assert!(!sighting.words.is_empty());
    println!("{}", sighting.words);
    sighting.visible
}

fn pass(platform: &DemoPlatform, seconds: u64) {
    platform.advance(Duration::from_secs(seconds));
}

#[test]
fn a_bad_image_fails_requests_up_to_the_entrance_until_it_is_gone() {
    let platform = platform();
    let failing = "sees = 'errors'\nat = 'production'\nabove = 0.05";
    assert!(!sees(&platform, failing));
    breaks(
        &platform,
        "name = 'bad'\nbreaks = 'image'\nimage = 'registry.gitlab.com/quarterdeck/backend-python:1.41.3'\nerrors = 0.3\nslower = 1.2",
    );
    pass(&platform, 15);
    assert!(sees(&platform, failing));
    assert!(sees(&platform, "sees = 'errors'\nat = 'production/backend-python'\nabove = 0.29"));
    // The other environments have images of their own.
    assert!(!sees(&platform, "sees = 'errors'\nat = 'dev/backend-python'\nabove = 0.05"));
    fixed(&platform, "bad");
    pass(&platform, 15);
    assert!(!sees(&platform, failing));
}

#[test]
fn more_traffic_than_the_pods_can_take_makes_them_slow_and_late() {
    let platform = platform();
    let slow = "sees = 'latency'\nat = 'production'\nabove_ms = 900";
    assert!(!sees(&platform, slow));
    breaks(&platform, "name = 'spike'\nbreaks = 'traffic'\nenvironment = 'production'\nfactor = 2.6");
    pass(&platform, 60);
    assert!(sees(&platform, "sees = 'saturation'\nat = 'production/backend-python'\nabove = 0.95"));
    assert!(sees(&platform, slow));
}

#[test]
fn a_backlog_grows_while_workers_are_stuck_and_drains_after_their_restart() {
    let platform = platform();
    let backlog = "sees = 'queue'\nbroker = 'data/rabbitmq'\nenvironment = 'production'\nabove = 2000";
    breaks(
        &platform,
        "name = 'stuck'\nbreaks = 'consumers'\nworkload = 'production/celery-worker'\nfactor = 0.05",
    );
    pass(&platform, 240);
    assert!(sees(&platform, backlog));
    let length = || {
        let model = platform.model().lock();
        model.queue(&Key::new("data", "rabbitmq"), "production").unwrap().ready
    };
    let before = length();
    {
        let mut store = platform.store().lock();
        let pods = store.list(Kind::Pod, Some("production"), None);
        let workers: Vec<Key> =
            pods.map(|pod| pod.key.clone()).filter(|key| key.name.starts_with("celery-worker-")).collect();
        for key in workers {
            store.remove::<Pod>(&key);
        }
    }
    pass(&platform, 120);
    assert!(length() < before, "{} of {before}", length());
    pass(&platform, 600);
    assert!(!sees(&platform, backlog));
    assert!(length() < 50.0);
}

#[test]
fn a_leak_ends_in_a_kill_and_begins_anew() {
    let platform = platform();
    breaks(
        &platform,
        "name = 'leak'\nbreaks = 'image'\nimage = 'registry.gitlab.com/quarterdeck/backend-rust:0.18.2'\nleak_mib_per_minute = 60",
    );
    pass(&platform, 300);
    assert!(sees(&platform, "sees = 'memory'\nworkload = 'production/backend-rust'\nabove = 0.5"));
    assert!(!sees(
        &platform,
        "sees = 'out-of-memory'\nworkload = 'production/backend-rust'\nat_least = 1\nminutes = 10"
    ));
    pass(&platform, 240);
    assert!(sees(
        &platform,
        "sees = 'out-of-memory'\nworkload = 'production/backend-rust'\nat_least = 3\nminutes = 10"
    ));
    pass(&platform, 30);
    assert!(!sees(&platform, "sees = 'memory'\nworkload = 'production/backend-rust'\nabove = 0.5"));
}

#[test]
fn an_effect_holds_only_while_its_condition_does() {
    let platform = platform();
    let lag = "sees = 'lag'\ndatabase = 'data/postgresql'\nabove_seconds = 30";
    breaks(
        &platform,
        r#"
        name = "analytics"
        breaks = "replication"
        workload = "data/postgresql"
        mib_per_second = 0.2
        [[while]]
        object = { kind = "ConfigMap", namespace = "data", name = "analytics" }
        at = "/data/mode"
        is = "export"
        "#,
    );
    pass(&platform, 120);
    assert!(!sees(&platform, lag));
    let key = Key::new("data", "analytics");
    {
        let mut map = ConfigMap::default();
        map.data.insert("mode".to_owned(), "export".to_owned());
        let metadata = map.metadata.get_or_insert_default();
        metadata.name = Some("analytics".to_owned());
        metadata.namespace = Some("data".to_owned());
        platform.store().lock().put(&mut map);
    }
    pass(&platform, 120);
    assert!(sees(&platform, lag));
    platform.store().lock().remove::<ConfigMap>(&key);
    pass(&platform, 60);
    assert!(!sees(&platform, lag));
}

#[test]
fn a_full_volume_ends_the_database_that_writes_to_it() {
    let platform = platform();
    breaks(
        &platform,
        "name = 'full'\nbreaks = 'disk'\non = 'data/data-postgresql-0'\nmib_per_minute = 20000",
    );
    pass(&platform, 120);
    assert!(sees(&platform, "sees = 'volume'\nclaim = 'data/data-postgresql-0'\nabove = 0.7"));
    pass(&platform, 240);
    let all = r#"
        sees = "all"
        [[of]]
        sees = "volume"
        claim = "data/data-postgresql-0"
        above = 0.98
        [[of]]
        sees = "restarts"
        workload = "data/postgresql"
        at_least = 1
        minutes = 10
        [[of]]
        sees = "not"
        it = { sees = "volume", claim = "data/data-postgresql-1", above = 0.7 }
    "#;
    assert!(sees(&platform, all));
    fixed(&platform, "full");
    pass(&platform, 3600);
    assert!(!sees(&platform, "sees = 'volume'\nclaim = 'data/data-postgresql-0'\nabove = 0.8"));
    assert!(!sees(&platform, "sees = 'restarts'\nworkload = 'data/postgresql'\nat_least = 1\nminutes = 5"));
}

#[test]
fn a_pod_without_a_limit_slows_its_neighbours() {
    let platform = platform();
    let redis = Key::new("data", "redis-0");
    let node = {
        let mut store = platform.store().lock();
        let mut pod = store.read::<Pod>(&redis).unwrap();
        let metadata = pod.metadata.get_or_insert_default();
        metadata.name = Some("burner".to_owned());
        metadata.namespace = Some("dev".to_owned());
        metadata.uid = Some("burner".to_owned());
        metadata.owner_references.clear();
        for container in &mut pod.spec.get_or_insert_default().containers {
            container.resources = None;
        }
        store.put(&mut pod);
        pod.spec.unwrap().node_name.unwrap()
    };
    let busy = format!("sees = 'node-busy'\nnode = '{node}'\nabove = 0.9");
    let latency = || platform.model().lock().service("data", "redis").unwrap().p99;
    pass(&platform, 10);
    assert!(!sees(&platform, &busy));
    let before = latency();
    // A database is limited to four cores, so it burns no more than those.
    breaks(&platform, "name = 'noisy'\nbreaks = 'burn'\nworkload = 'data/postgresql'\ncores = 40.0");
    pass(&platform, 60);
    assert!(!sees(&platform, &busy));
    breaks(&platform, "name = 'noisy'\nbreaks = 'burn'\nworkload = 'dev/burner'\ncores = 40.0");
    pass(&platform, 60);
    assert!(sees(&platform, &busy));
    assert!(latency() > before * 1.2, "{} {before}", latency());
    platform.store().lock().remove::<Pod>(&Key::new("dev", "burner"));
    pass(&platform, 60);
    assert!(!sees(&platform, &busy));
    assert!(latency() < before * 1.05);
}
