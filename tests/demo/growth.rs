//! A platform grown for load, and what happens on it by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use quarterdeck::demo::store::{Facts, Kind};
use quarterdeck::demo::{DemoOptions, DemoPlatform};
use quarterdeck::platform::time::{Clock, Instant};

/// Changes of pods a second.
const RATE: usize = 40;

fn platform(pods: usize, churn: f64) -> DemoPlatform {
    let clock = Clock::manual(Instant::from_seconds(1_790_143_800));
    DemoPlatform::in_memory(&DemoOptions { pods: Some(pods), churn, clock, ..DemoOptions::default() })
        .unwrap()
}

#[test]
fn grown_pods_run_on_nodes_that_have_room_for_them() {
    let platform = platform(1_500, 0.0);
    let store = platform.store().lock();
    assert_eq!(store.count(Kind::Pod), 1_500);
    let mut sizes = Vec::new();
    for pod in store.list(Kind::Pod, None, None).filter(|pod| pod.key.namespace.starts_with("load-")) {
        let Facts::Pod(facts) = &pod.facts else { panic!("{:?}", pod.facts) };
        assert!(facts.ready() && facts.node.starts_with("qd-fra1-load-"), "{:?}", pod.key);
        sizes.push(pod.encoded.len());
    }
    let average = sizes.iter().sum::<usize>() / sizes.len();
    assert!((4_500..10_000).contains(&average), "{average} bytes");
    for node in store.list(Kind::Node, None, None) {
        assert!(store.ledger().node(&node.key.name).pods <= 110, "{:?}", node.key);
    }
}

#[test]
fn pods_change_by_themselves_at_an_even_rate_and_in_several_ways() {
    let platform = platform(1_500, RATE as f64);
    // Until the first failing probes have come to something.
    platform.advance(Duration::from_secs(60));
    let (mut ends, mut unready, mut gone, mut counts) = (0, BTreeSet::new(), 0, Vec::new());
    for _ in 0..6 {
        let version = platform.store().lock().version();
        platform.advance(Duration::from_secs(10));
        let (changes, _) = platform.store().lock().since(Kind::Pod, version).unwrap();
        counts.push(changes.len());
        for change in changes {
            match (&change.after, &change.last.facts) {
                (None, _) => gone += 1,
                (_, Facts::Pod(facts)) if !facts.ready() => drop(unready.insert(change.last.key.clone())),
                _ => ends += 1,
            }
        }
    }
    for count in &counts {
        assert!((RATE * 10 / 2..=RATE * 10 * 2).contains(count), "{counts:?}");
    }
    assert!(gone > 5 && unready.len() > 50 && ends > 50, "{gone} {} {ends}", unready.len());
}
