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
