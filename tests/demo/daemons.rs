//! Daemon sets in virtual time: their nodes, their updates and what they report.

use serde_json::{Value, json};

use super::timeline::Memory;

/// The daemon set of the platform that is on the most nodes.
fn daemon(memory: &Memory) -> String {
    let sets = memory.items("/apis/apps/v1/daemonsets");
    let most = sets.iter().max_by_key(|it| it["status"]["desiredNumberScheduled"].as_i64()).unwrap();
    let text = |field: &str| most["metadata"][field].as_str().unwrap().to_owned();
    format!("/apis/apps/v1/namespaces/{}/daemonsets/{}", text("namespace"), text("name"))
}

fn pods(memory: &Memory, set: &Value) -> Vec<Value> {
    let namespace = set["metadata"]["namespace"].as_str().unwrap();
    let mut pods = memory.items(&format!("/api/v1/namespaces/{namespace}/pods"));
    pods.retain(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == set["metadata"]["uid"]);
    pods
}

fn whole(set: &Value) -> bool {
    let status = &set["status"];
    let wanted = &status["desiredNumberScheduled"];
    status["observedGeneration"] == set["metadata"]["generation"]
        && [&status["updatedNumberScheduled"], &status["numberAvailable"], &status["numberReady"]]
            .iter()
            .all(|it| *it == wanted)
}

#[test]
fn an_update_goes_from_node_to_node() {
    let memory = Memory::new();
    let path = daemon(&memory);
    let wanted = memory.get(&path)["status"]["desiredNumberScheduled"].as_i64().unwrap();
    assert!(whole(&memory.get(&path)), "{}", memory.get(&path)["status"]);
    let patch = json!({"spec": {
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2, "maxSurge": 0}},
        "template": {"metadata": {"annotations": {"try": "one"}}},
    }});
    memory.merge(&path, patch);
    let mut least = wanted;
    memory.until(900, "the update ends", |memory| {
        let it = memory.get(&path);
        least = least.min(it["status"]["numberAvailable"].as_i64().unwrap_or(0));
        whole(&it).then_some(())
    });
    assert_eq!(least, wanted - 2);
    let set = memory.get(&path);
    let pods = pods(&memory, &set);
    assert_eq!(pods.len() as i64, wanted);
    assert!(pods.iter().all(|pod| pod["metadata"]["annotations"]["try"] == "one"));
}

#[test]
fn a_surge_has_the_new_pod_ready_before_the_old_one_goes() {
    let memory = Memory::new();
    let path = daemon(&memory);
    let set = memory.get(&path);
    let wanted = set["status"]["desiredNumberScheduled"].as_i64().unwrap();
    // Two pods that want the same port of their node could not be there together.
    let mut containers = set["spec"]["template"]["spec"]["containers"].clone();
    containers[0].as_object_mut().unwrap().remove("ports");
    let patch = json!({"spec": {
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {"spec": {"hostNetwork": null, "containers": containers}},
    }});
    memory.merge(&path, patch);
    let mut most = 0;
    memory.until(900, "the update ends", |memory| {
        let it = memory.get(&path);
        let living =
            pods(memory, &it).iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()).count();
        most = most.max(living);
        assert!(it["status"]["numberAvailable"].as_i64().unwrap_or(0) >= wanted - 1, "{}", it["status"]);
        whole(&it).then_some(())
    });
    assert!(most as i64 > wanted);
}

#[test]
fn a_node_selector_decides_where_pods_are() {
    let memory = Memory::new();
    let path = daemon(&memory);
    let node = memory.items("/api/v1/nodes")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    memory.merge(&path, json!({"spec": {"template": {"spec": {"nodeSelector": {"chosen": "yes"}}}}}));
    memory.until(300, "no pod is left", |memory| pods(memory, &memory.get(&path)).is_empty().then_some(()));
    assert_eq!(memory.get(&path)["status"]["desiredNumberScheduled"], 0);
    memory.merge(&format!("/api/v1/nodes/{node}"), json!({"metadata": {"labels": {"chosen": "yes"}}}));
    memory
        .until(120, "one pod runs", |memory| (memory.get(&path)["status"]["numberReady"] == 1).then_some(()));
    let pods = pods(&memory, &memory.get(&path));
    assert_eq!(pods[0]["spec"]["nodeName"], node);
    memory.merge(&format!("/api/v1/nodes/{node}"), json!({"metadata": {"labels": {"chosen": null}}}));
    memory.until(120, "it goes", |memory| {
        (memory.get(&path)["status"]["currentNumberScheduled"] == 0).then_some(())
    });
}
