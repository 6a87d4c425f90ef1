//! Pods in kubectl's words, by the rules of `printPod` of Kubernetes 1.36.

use proptest::prelude::*;
use quarterdeck::platform::pod::{ContainerFacts, ContainerState, Ended, PodFacts, PodHealth, status};
use quarterdeck::platform::time::Instant;

type Container = ContainerFacts<'static>;

const fn container(state: ContainerState<'static>) -> Container {
    Container { state, ready: false, started: false, sidecar: false, restarts: 0, last_ended: None }
}

const fn ready() -> Container {
    Container { ready: true, started: true, ..container(ContainerState::Running) }
}

const fn running() -> Container {
    container(ContainerState::Running)
}

const fn waiting(reason: &'static str) -> Container {
    container(ContainerState::Waiting(reason))
}

const fn ended(reason: &'static str, exit_code: i32, signal: i32) -> Container {
    container(ContainerState::Terminated(Ended { reason, exit_code, signal }))
}

const fn sidecar(container: Container) -> Container {
    Container { sidecar: true, ..container }
}

const fn restarted(container: Container, restarts: u32, seconds: i64) -> Container {
    Container { restarts, last_ended: Some(Instant::from_seconds(seconds)), ..container }
}

/// A pod with as many containers as there are statuses.
fn pod<'a>(phase: &'a str, init: &'a [Container], statuses: &'a [Container]) -> PodFacts<'a> {
    let sidecars = init.iter().filter(|container| container.sidecar).count();
    PodFacts {
        phase,
        containers: statuses.len(),
        init_containers: init.len(),
        sidecars,
        init_statuses: init,
        statuses,
        ..PodFacts::default()
    }
}

fn deleting(facts: PodFacts<'_>) -> PodFacts<'_> {
    PodFacts { deleting: true, ..facts }
}

fn because<'a>(reason: &'a str, facts: PodFacts<'a>) -> PodFacts<'a> {
    PodFacts { reason, ..facts }
}

fn passing(facts: PodFacts<'_>) -> PodFacts<'_> {
    PodFacts { ready: true, ..facts }
}

/// The word, the READY column and the health of each.
#[track_caller]
fn says(facts: &PodFacts<'_>, word: &str, column: &str, health: PodHealth) {
    let seen = status(facts);
    let counts = format!("{}/{}", seen.ready, seen.containers);
    assert_eq!((&*seen.word, &*counts, seen.health), (word, column, health), "{facts:?}");
}

#[test]
fn a_pod_that_runs_or_waits() {
    use PodHealth::{Failing, NotReady, Ready, Starting};
    says(&pod("Running", &[], &[ready(), ready()]), "Running", "2/2", Ready);
    says(&pod("Running", &[], &[ready(), running()]), "Running", "1/2", NotReady);
    says(&pod("Pending", &[], &[waiting("ContainerCreating")]), "ContainerCreating", "0/1", Starting);
    says(&pod("Pending", &[], &[waiting("")]), "Pending", "0/1", Starting);
    for word in ["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError"] {
        says(&pod("Running", &[], &[ready(), waiting(word)]), word, "1/2", Failing);
    }
    says(
        &pod("Running", &[], &[waiting("CrashLoopBackOff"), waiting("ImagePullBackOff")]),
        "CrashLoopBackOff",
        "0/2",
        Failing,
    );
}

#[test]
fn a_pod_that_is_not_scheduled() {
    let pending = PodFacts { phase: "Pending", containers: 1, ..PodFacts::default() };
    says(&pending, "Pending", "0/1", PodHealth::Starting);
    says(&PodFacts { unschedulable: true, ..pending }, "Pending", "0/1", PodHealth::Failing);
    says(&PodFacts { gated: true, ..pending }, "SchedulingGated", "0/1", PodHealth::Starting);
}

#[test]
fn a_pod_that_ended() {
    use PodHealth::{Done, Failing, NotReady, Ready, Terminating};
    const COMPLETED: Container = ended("Completed", 0, 0);
    says(&pod("Succeeded", &[], &[COMPLETED]), "Completed", "0/1", Done);
    says(&pod("Succeeded", &[], &[]), "Succeeded", "0/0", Done);
    says(&pod("Failed", &[], &[ended("Error", 1, 0)]), "Error", "0/1", Failing);
    says(&pod("Failed", &[], &[ended("OOMKilled", 137, 0)]), "OOMKilled", "0/1", Failing);
    says(&pod("Failed", &[], &[ended("", 2, 0)]), "ExitCode:2", "0/1", Failing);
    says(&pod("Failed", &[], &[ended("", 137, 9)]), "Signal:9", "0/1", Failing);
    says(&because("Evicted", pod("Failed", &[], &[])), "Evicted", "0/0", Failing);
    // One ended well while another runs.
    says(&passing(pod("Running", &[], &[COMPLETED, ready()])), "Running", "1/2", NotReady);
    says(&pod("Running", &[], &[COMPLETED, ready()]), "NotReady", "1/2", NotReady);
    says(&pod("Running", &[], &[COMPLETED, running()]), "Completed", "0/2", Done);
    // The first container has the last word; a failure counts for more than a good end.
    says(&pod("Running", &[], &[ended("Error", 1, 0), ready()]), "Error", "1/2", Failing);
    says(&pod("Running", &[], &[COMPLETED, ended("OOMKilled", 137, 0)]), "OOMKilled", "0/2", Failing);
    says(
        &passing(pod("Running", &[], &[COMPLETED, ended("Error", 1, 0), ready()])),
        "Running",
        "1/3",
        NotReady,
    );
    // What has ended is not terminating any more.
    says(&deleting(pod("Running", &[], &[ready()])), "Terminating", "1/1", Terminating);
    says(&deleting(pod("Succeeded", &[], &[COMPLETED])), "Completed", "0/1", Done);
    says(&deleting(pod("Failed", &[], &[ended("Error", 1, 0)])), "Error", "0/1", Failing);
    says(&pod("Running", &[], &[ready()]), "Running", "1/1", Ready);
}

#[test]
fn a_pod_whose_node_is_lost() {
    let lost = because("NodeLost", pod("Running", &[], &[]));
    says(&lost, "NodeLost", "0/0", PodHealth::Unknown);
    says(&deleting(lost), "Unknown", "0/0", PodHealth::Unknown);
    says(&pod("Unknown", &[], &[]), "Unknown", "0/0", PodHealth::Unknown);
}

#[test]
fn a_pod_that_initializes() {
    use PodHealth::{Failing, Starting, Terminating};
    const DONE: Container = ended("Completed", 0, 0);
    const INITIALIZING: Container = running();
    const FAILED: Container = ended("Error", 1, 0);
    const READY: Container = ready();
    const LATER: &[Container] = &[waiting("PodInitializing")];
    says(&pod("Pending", &[DONE, running()], LATER), "Init:1/2", "0/1", Starting);
    says(&pod("Pending", &[running(), waiting("PodInitializing")], LATER), "Init:0/2", "0/1", Starting);
    says(&pod("Pending", &[waiting("PodInitializing")], LATER), "Init:0/1", "0/1", Starting);
    says(&pod("Pending", &[ended("Error", 1, 0)], LATER), "Init:Error", "0/1", Failing);
    says(&pod("Pending", &[ended("", 3, 0)], LATER), "Init:ExitCode:3", "0/1", Failing);
    says(&pod("Pending", &[ended("", 137, 9)], LATER), "Init:Signal:9", "0/1", Failing);
    says(&pod("Pending", &[waiting("CrashLoopBackOff")], LATER), "Init:CrashLoopBackOff", "0/1", Failing);
    says(
        &pod("Pending", &[DONE, waiting("ImagePullBackOff")], LATER),
        "Init:ImagePullBackOff",
        "0/1",
        Failing,
    );
    says(&pod("Pending", &[DONE, DONE], LATER), "PodInitializing", "0/1", Starting);
    says(&deleting(pod("Pending", &[running()], LATER)), "Terminating", "0/1", Terminating);
    // Once it was initialized, what its containers wait for or ended with counts for more.
    let initialized = |statuses| PodFacts { initialized: true, ..pod("Running", &[INITIALIZING], statuses) };
    says(&initialized(&[FAILED]), "Error", "0/1", Failing);
    says(&initialized(&[READY]), "Init:0/1", "1/1", Starting);
    // A word that only looks like a count is none.
    says(&pod("Pending", &[waiting("a/b")], LATER), "Init:a/b", "0/1", Failing);
}

#[test]
fn sidecars_count_as_containers() {
    const STARTED: Container = sidecar(ready());
    const UNREADY: Container = Container { started: true, ..sidecar(running()) };
    says(&pod("Running", &[STARTED], &[ready()]), "Running", "2/2", PodHealth::Ready);
    says(&pod("Running", &[UNREADY], &[ready()]), "Running", "1/2", PodHealth::NotReady);
    says(&pod("Pending", &[STARTED, running()], &[waiting("")]), "Init:1/2", "1/2", PodHealth::Starting);
    says(
        &pod("Pending", &[sidecar(running()), running()], &[waiting("")]),
        "Init:0/2",
        "0/2",
        PodHealth::Starting,
    );
    says(
        &pod("Pending", &[sidecar(waiting("CrashLoopBackOff"))], &[waiting("")]),
        "Init:CrashLoopBackOff",
        "0/2",
        PodHealth::Failing,
    );
}

#[test]
fn restarts_are_those_of_what_runs_now() {
    const INIT: Container = restarted(ended("Completed", 0, 0), 3, 100);
    const FAILING: Container = restarted(waiting("CrashLoopBackOff"), 4, 150);
    const SIDECAR: Container = sidecar(restarted(ready(), 2, 200));
    const MAIN: Container = restarted(ready(), 5, 300);
    let counts = |facts: PodFacts<'_>| {
        let seen = status(&facts);
        (seen.restarts, seen.restarted.map(Instant::seconds))
    };
    assert_eq!(counts(pod("Running", &[], &[ready()])), (0, None));
    assert_eq!(counts(pod("Running", &[], &[MAIN, restarted(ready(), 1, 250)])), (6, Some(300)));
    assert_eq!(counts(pod("Running", &[INIT], &[MAIN])), (5, Some(300)), "init containers are done");
    assert_eq!(counts(pod("Running", &[INIT, SIDECAR], &[MAIN])), (7, Some(300)));
    assert_eq!(counts(pod("Running", &[INIT, SIDECAR], &[ready()])), (2, Some(200)));
    assert_eq!(counts(pod("Pending", &[INIT, FAILING], &[MAIN])), (7, Some(150)), "while it initializes");
    assert_eq!(
        counts(pod("Pending", &[restarted(running(), u32::MAX, 1), FAILING], &[])),
        (u32::MAX, Some(1))
    );
}

fn any_container() -> impl Strategy<Value = Container> {
    let reason = prop::sample::select(vec!["", "Error", "Completed", "PodInitializing", "1/2", "é\x1b["]);
    let state = prop_oneof![
        Just(ContainerState::Absent),
        Just(ContainerState::Running),
        reason.clone().prop_map(ContainerState::Waiting),
        (reason, -1..3, -1..3).prop_map(|(reason, exit_code, signal)| {
            ContainerState::Terminated(Ended { reason, exit_code, signal })
        }),
    ];
    (state, any::<bool>(), any::<bool>(), any::<bool>(), any::<u32>()).prop_map(
        |(state, ready, started, sidecar, restarts)| Container {
            state,
            ready,
            started,
            sidecar,
            restarts,
            last_ended: None,
        },
    )
}

proptest! {
    #[test]
    fn whatever_a_pod_says_there_is_an_answer(
        init in prop::collection::vec(any_container(), 0..4),
        statuses in prop::collection::vec(any_container(), 0..4),
        phase in prop::sample::select(vec!["", "Pending", "Running", "Succeeded", "Failed", "Unknown"]),
        deleting: bool,
        initialized: bool,
        ready: bool,
    ) {
        let facts = PodFacts {
            phase,
            deleting,
            initialized,
            ready,
            containers: statuses.len(),
            init_containers: init.len(),
            sidecars: init.iter().filter(|container| container.sidecar).count(),
            init_statuses: &init,
            statuses: &statuses,
            ..PodFacts::default()
        };
        let seen = status(&facts);
        prop_assert!(seen.ready <= seen.containers, "{:?}", seen);
        prop_assert_eq!(seen.health == PodHealth::Ready, seen.word == "Running" && seen.ready == seen.containers);
        let ended = matches!(phase, "Succeeded" | "Failed");
        prop_assert!(!deleting || ended || seen.word == "Terminating");
    }
}
