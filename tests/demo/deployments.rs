//! Deployments in virtual time: rollouts, their limits, their history and what they report.

use serde_json::{Value, json};

use super::timeline::{Memory, condition};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/production/deployments";
const SETS: &str = "/apis/apps/v1/namespaces/production/replicasets";

fn path(name: &str) -> String {
    format!("{DEPLOYMENTS}/{name}")
}

fn count(object: &Value, field: &str) -> i64 {
    object["status"][field].as_i64().unwrap_or(0)
}

/// The sets of a deployment by their revision: revision and wanted count.
fn sets(memory: &Memory, name: &str) -> Vec<(i64, i64)> {
    let uid = memory.get(&path(name))["metadata"]["uid"].clone();
    let mut sets: Vec<(i64, i64)> = memory
        .items(SETS)
        .iter()
        .filter(|set| set["metadata"]["ownerReferences"][0]["uid"] == uid)
        .map(|set| {
            let revision = &set["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
            (
                revision.as_str().and_then(|it| it.parse().ok()).unwrap_or(0),
                set["spec"]["replicas"].as_i64().unwrap_or(0),
            )
        })
        .collect();
    sets.sort_unstable();
    sets
}

fn set_env(memory: &Memory, name: &str, value: &str) {
    memory.merge(&path(name), json!({"spec": {"template": {"metadata": {"annotations": {"try": value}}}}}));
}

/// Whether a deployment has nothing left to do.
fn whole(deployment: &Value) -> bool {
    let wanted = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    let fields = ["replicas", "updatedReplicas", "availableReplicas"];
    fields.iter().all(|field| count(deployment, field) == wanted)
        && deployment["status"]["observedGeneration"] == deployment["metadata"]["generation"]
}

fn settled(memory: &Memory, name: &str) {
    memory.until(300, "the rollout ends", |memory| whole(&memory.get(&path(name))).then_some(()));
}

#[test]
fn a_rolling_update_keeps_within_surge_and_unavailability() {
    let memory = Memory::new();
    let name = "payload-cms";
    let strategy =
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "30%", "maxUnavailable": "30%"}});
    memory.merge(&path(name), json!({"spec": {"replicas": 5, "strategy": strategy, "minReadySeconds": 7}}));
    settled(&memory, name);
    set_env(&memory, name, "one");
    // 30 % of five: two above, rounded up, and one less, rounded down.
    let (mut most, mut least, mut unready_new) = (0, 5, false);
    memory.until(300, "the update ends", |memory| {
        let it = memory.get(&path(name));
        most = most.max(count(&it, "replicas"));
        least = least.min(count(&it, "availableReplicas"));
        unready_new |= count(&it, "readyReplicas") > count(&it, "availableReplicas");
        whole(&it).then_some(())
    });
    assert_eq!((most, least, unready_new), (7, 4, true));
    let it = memory.get(&path(name));
    let progress = condition(&it, "Progressing");
    assert_eq!(
        (&progress["status"], &progress["reason"]),
        (&json!("True"), &json!("NewReplicaSetAvailable"))
    );
    assert!(progress["message"].as_str().unwrap().ends_with("has successfully progressed."));
    let scaled = memory.events("production", "Deployment", name);
    assert!(
        scaled.iter().any(|(reason, message)| {
            reason == "ScalingReplicaSet"
                && message.starts_with("Scaled up replica set payload-cms-")
                && message.ends_with(" from 0 to 2")
        }),
        "{scaled:?}"
    );
}

#[test]
fn a_recreation_has_no_old_pod_beside_a_new_one() {
    let memory = Memory::new();
    let name = "payload-cms";
    memory.merge(&path(name), json!({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}}}));
    settled(&memory, name);
    let old =
        memory.items("/api/v1/namespaces/production/pods?labelSelector=app.kubernetes.io/name=payload-cms");
    let old: Vec<Value> = old.iter().map(|pod| pod["metadata"]["name"].clone()).collect();
    set_env(&memory, name, "one");
    memory.until(300, "the new pods are there", |memory| {
        let pods = memory
            .items("/api/v1/namespaces/production/pods?labelSelector=app.kubernetes.io/name=payload-cms");
        // One that has ended runs no more, though its object is still there.
        let ended =
            |pod: &&Value| ["Succeeded", "Failed"].contains(&pod["status"]["phase"].as_str().unwrap());
        let (before, after): (Vec<&Value>, Vec<&Value>) =
            pods.iter().filter(|pod| !ended(pod)).partition(|pod| old.contains(&pod["metadata"]["name"]));
        assert!(before.is_empty() || after.is_empty(), "old and new pods at the same time");
        (after.len() == old.len()).then_some(())
    });
    settled(&memory, name);
}

#[test]
fn a_paused_deployment_scales_in_proportion_and_rolls_nothing_out() {
    let memory = Memory::new();
    let name = "payload-cms";
    memory.merge(&path(name), json!({"spec": {"replicas": 10, "strategy": {"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}}}));
    settled(&memory, name);
    let before = sets(&memory, name).last().unwrap().0;
    set_env(&memory, name, "one");
    memory.pass(0);
    memory.merge(&path(name), json!({"spec": {"paused": true}}));
    memory.pass(60);
    assert_eq!(
        sets(&memory, name).iter().rev().take(2).rev().copied().collect::<Vec<_>>(),
        [(before, 8), (before + 1, 5)]
    );
    let it = memory.get(&path(name));
    assert_eq!(condition(&it, "Progressing")["reason"], "DeploymentPaused");
    assert_eq!(condition(&it, "Progressing")["status"], "Unknown");
    // 33 pods may be there: 8 and 5 of 13 become 20 and 13.
    memory.merge(&path(name), json!({"spec": {"replicas": 30}}));
    memory.pass(60);
    assert_eq!(
        sets(&memory, name).iter().rev().take(2).rev().copied().collect::<Vec<_>>(),
        [(before, 20), (before + 1, 13)]
    );
    memory.merge(&path(name), json!({"spec": {"paused": null, "replicas": 4}}));
    settled(&memory, name);
    assert_eq!(sets(&memory, name).last().unwrap(), &(before + 1, 4));
}

#[test]
fn a_template_that_comes_back_is_the_newest_revision_again() {
    let memory = Memory::new();
    let name = "frontend";
    memory.merge(&path(name), json!({"metadata": {"annotations": {"kubernetes.io/change-cause": "the first"}}, "spec": {"revisionHistoryLimit": 2}}));
    memory.pass(5);
    let first = sets(&memory, name).last().unwrap().0;
    for value in ["one", "two"] {
        set_env(&memory, name, value);
        settled(&memory, name);
    }
    memory.merge(&path(name), json!({"spec": {"template": {"metadata": {"annotations": {"try": null}}}}}));
    settled(&memory, name);
    let it = memory.get(&path(name));
    assert_eq!(it["metadata"]["annotations"]["deployment.kubernetes.io/revision"], (first + 3).to_string());
    let back = memory
        .items(SETS)
        .into_iter()
        .find(|set| {
            set["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
                == json!((first + 3).to_string())
        })
        .unwrap();
    assert_eq!(
        back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"],
        first.to_string()
    );
    assert_eq!(back["metadata"]["annotations"]["kubernetes.io/change-cause"], "the first");
    // Two old ones are kept.
    assert_eq!(
        sets(&memory, name).iter().map(|(revision, _)| *revision).collect::<Vec<_>>(),
        [first + 1, first + 2, first + 3]
    );
}

#[test]
fn a_rollout_without_progress_fails_at_its_deadline() {
    let memory = Memory::new();
    let name = "payload-cms";
    let broken = json!({"spec": {"progressDeadlineSeconds": 60, "template": {"spec": {"nodeSelector": {"there-is": "no-such-node"}}}}});
    memory.merge(&path(name), broken);
    memory.pass(30);
    let it = memory.get(&path(name));
    assert_eq!(condition(&it, "Progressing")["status"], "True");
    assert_eq!(condition(&it, "Available")["reason"], "MinimumReplicasAvailable");
    memory.pass(60);
    let it = memory.get(&path(name));
    let progress = condition(&it, "Progressing");
    assert_eq!(
        (&progress["status"], &progress["reason"]),
        (&json!("False"), &json!("ProgressDeadlineExceeded"))
    );
    assert!(progress["message"].as_str().unwrap().ends_with("has timed out progressing."));
    // An undo is judged afresh.
    memory.merge(&path(name), json!({"spec": {"template": {"spec": {"nodeSelector": null}}}}));
    settled(&memory, name);
    assert_eq!(condition(&memory.get(&path(name)), "Progressing")["reason"], "NewReplicaSetAvailable");
}

#[test]
fn a_relabelled_pod_is_let_go_and_replaced_and_taken_back() {
    let memory = Memory::new();
    let selector = "/api/v1/namespaces/production/pods?labelSelector=app.kubernetes.io/name=payload-cms";
    let pod = memory.items(selector)[0].clone();
    let name = pod["metadata"]["name"].as_str().unwrap().to_owned();
    let hash = pod["metadata"]["labels"]["pod-template-hash"].clone();
    let place = format!("/api/v1/namespaces/production/pods/{name}");
    memory.merge(&place, json!({"metadata": {"labels": {"pod-template-hash": null}}}));
    memory.pass(60);
    assert_eq!(memory.get(&place)["metadata"]["ownerReferences"], Value::Null);
    assert_eq!(memory.items(selector).len(), 3);
    memory.merge(&place, json!({"metadata": {"labels": {"pod-template-hash": hash}}}));
    memory.pass(60);
    // Three are too many: one goes, whichever it is, and all that stay are owned.
    let left = memory.items(selector);
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|pod| pod["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"));
}
