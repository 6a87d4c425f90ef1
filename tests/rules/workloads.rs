//! How well a workload is.

use proptest::prelude::*;
use quarterdeck::platform::workload::{Health, WorkloadFacts, health};

fn facts(wanted: u32, ready: u32, updated: Option<u32>) -> WorkloadFacts {
    WorkloadFacts { wanted, ready, updated, observed: true, complains: false }
}

#[test]
fn health_is_what_a_person_would_say() {
    use Health::{Degraded, Down, Healthy, Idle, Progressing};
    for (wanted, ready, updated, expected) in [
        (0, 0, Some(0), Idle),
        (0, 2, Some(2), Idle),
        (3, 3, Some(3), Healthy),
        (3, 3, None, Healthy),
        (3, 4, Some(3), Healthy),
        (3, 3, Some(1), Progressing),
        (3, 4, Some(2), Progressing),
        (3, 2, Some(3), Degraded),
        (3, 2, None, Degraded),
        (3, 0, Some(3), Down),
        (1, 0, None, Down),
    ] {
        assert_eq!(health(facts(wanted, ready, updated)), expected, "{ready}/{wanted}, {updated:?} updated");
    }
    let complaining = WorkloadFacts { complains: true, ..facts(3, 3, Some(3)) };
    assert_eq!(health(complaining), Degraded);
    let unseen = WorkloadFacts { observed: false, ..facts(3, 3, Some(3)) };
    assert_eq!(health(unseen), Progressing);
    let both = WorkloadFacts { observed: false, ..facts(3, 2, Some(3)) };
    assert_eq!(health(both), Degraded, "what is lacking counts for more than what is under way");
}

proptest! {
    #[test]
    fn another_ready_replica_never_makes_it_worse(
        wanted in 0u32..5, ready in 0u32..5, updated in prop::option::of(0u32..5), observed: bool, complains: bool,
    ) {
        let now = WorkloadFacts { wanted, ready, updated, observed, complains };
        let better = WorkloadFacts { ready: ready + 1, ..now };
        prop_assert!(health(better) <= health(now));
    }
}
