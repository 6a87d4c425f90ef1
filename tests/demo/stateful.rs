//! Stateful sets in virtual time: their order, their updates, their history and their claims.

use serde_json::{Value, json};

use super::timeline::Memory;

const SETS: &str = "/apis/apps/v1/namespaces/data/statefulsets";

fn path(name: &str) -> String {
    format!("{SETS}/{name}")
}

/// The set's pods: name, revision and whether they are ready.
fn pods(memory: &Memory, name: &str) -> Vec<(String, String, bool)> {
    let uid = memory.get(&path(name))["metadata"]["uid"].clone();
    let mut pods: Vec<_> = memory
        .items("/api/v1/namespaces/data/pods")
        .iter()
        .filter(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == uid)
        .map(|pod| {
            let conditions = pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (
                text(&pod["metadata"]["name"]),
                text(&pod["metadata"]["labels"]["controller-revision-hash"]),
                conditions.iter().any(|it| it["type"] == "Ready" && it["status"] == "True"),
            )
        })
        .collect();
    pods.sort();
    pods
}

fn set_template(memory: &Memory, name: &str, value: Value) {
    memory.merge(&path(name), json!({"spec": {"template": {"metadata": {"annotations": {"try": value}}}}}));
}

fn whole(memory: &Memory, name: &str) {
    memory.until(600, "the set is whole", |memory| {
        let it = memory.get(&path(name));
        let (spec, status) = (&it["spec"], &it["status"]);
        (status["observedGeneration"] == it["metadata"]["generation"]
            && status["readyReplicas"] == spec["replicas"]
            && status["replicas"] == spec["replicas"]
            && status["updatedReplicas"] == spec["replicas"])
            .then_some(())
    });
}

/// A set of the reference platform that has several pods.
const SET: &str = "redis";

#[test]
fn pods_come_and_go_one_after_the_other() {
    let memory = Memory::new();
    memory.merge(&path(SET), json!({"spec": {"replicas": 5}}));
    memory.until(300, "two more pods", |memory| {
        let pods = pods(memory, SET);
        // The last may be on its way, the others are all ready.
        let (_, before) = pods.split_last().unwrap();
        assert!(before.iter().all(|(_, _, ready)| *ready), "{pods:?}");
        (pods.len() == 5 && pods[4].2).then_some(())
    });
    let created = memory.events("data", "StatefulSet", SET);
    let message = format!("Create Pod {SET}-3 in StatefulSet {SET} successful");
    assert!(created.contains(&("SuccessfulCreate".to_owned(), message)), "{created:?}");
    memory.merge(&path(SET), json!({"spec": {"replicas": 3}}));
    memory.until(300, "two pods fewer", |memory| {
        let names: Vec<String> = pods(memory, SET).into_iter().map(|pod| pod.0).collect();
        // The fourth stays for as long as the fifth is there.
        assert!(!names.contains(&format!("{SET}-4")) || names.contains(&format!("{SET}-3")));
        (names.len() == 3).then_some(())
    });
}

#[test]
fn a_partition_holds_an_update_and_a_revision_comes_back() {
    let memory = Memory::new();
    let old = memory.get(&path(SET))["status"]["currentRevision"].clone();
    memory.merge(
        &path(SET),
        json!({"spec": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}}}),
    );
    set_template(&memory, SET, json!("one"));
    memory.until(300, "the last pod is new", |memory| {
        let pods = pods(memory, SET);
        (pods.len() == 3 && pods[2].2 && pods[2].1 != old).then_some(())
    });
    memory.pass(120);
    let revisions: Vec<bool> = pods(&memory, SET).iter().map(|pod| pod.1 == old).collect();
    assert_eq!(revisions, [true, true, false]);
    let it = memory.get(&path(SET));
    assert_eq!((&it["status"]["currentRevision"], &it["status"]["currentReplicas"]), (&old, &json!(2)));
    assert_eq!(it["status"]["updatedReplicas"], 1);
    // A pod of before that goes comes back as one of before.
    memory.delete(&format!("/api/v1/namespaces/data/pods/{SET}-0"));
    memory.until(120, "the first pod is back", |memory| pods(memory, SET)[0].2.then_some(()));
    memory.pass(60);
    assert_eq!(pods(&memory, SET)[0].1, old);
    memory.merge(&path(SET), json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}}));
    whole(&memory, SET);
    assert_eq!(
        memory.get(&path(SET))["status"]["currentRevision"],
        memory.get(&path(SET))["status"]["updateRevision"]
    );
    // What comes back is the newest again.
    set_template(&memory, SET, Value::Null);
    whole(&memory, SET);
    let it = memory.get(&path(SET));
    assert_eq!(it["status"]["updateRevision"], old);
    let revisions: Vec<Value> = memory
        .items("/apis/apps/v1/namespaces/data/controllerrevisions")
        .into_iter()
        .filter(|it| it["metadata"]["ownerReferences"][0]["name"] == SET)
        .collect();
    let mut numbers: Vec<(Value, i64)> = revisions
        .iter()
        .map(|it| (it["metadata"]["name"].clone(), it["revision"].as_i64().unwrap()))
        .collect();
    numbers.sort_by_key(|(_, number)| *number);
    assert_eq!(numbers.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(numbers[1].0, old);
    assert_eq!(revisions[0]["data"]["spec"]["template"]["$patch"], "replace");
}

#[test]
fn on_delete_leaves_the_pods_to_people() {
    let memory = Memory::new();
    memory
        .merge(&path(SET), json!({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}}));
    let before = pods(&memory, SET);
    set_template(&memory, SET, json!("one"));
    memory.pass(120);
    assert_eq!(pods(&memory, SET), before);
    memory.delete(&format!("/api/v1/namespaces/data/pods/{SET}-1"));
    memory.until(120, "the pod is new", |memory| {
        let pods = pods(memory, SET);
        (pods.len() == 3 && pods[1].1 != before[1].1 && pods[1].2).then_some(())
    });
    assert_eq!(pods(&memory, SET)[0].1, before[0].1);
}
