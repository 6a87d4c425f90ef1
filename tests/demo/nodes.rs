//! The life of nodes, and of the pods on them.

use quarterdeck::demo::model::{Effect, Trouble};
use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const PODS: &str = "/api/v1/namespaces/default/pods";

fn pod(name: &str, node: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": node},
            "containers": [{"name": "app", "image": "registry.k8s.io/pause:3.10"}],
        },
    })
}

async fn node(lab: &Memory, name: &str) -> Value {
    lab.get(&format!("/api/v1/nodes/{name}")).await.json(200)
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    conditions.iter().find(|it| it["type"] == kind).unwrap()
}

fn taints(node: &Value) -> Vec<String> {
    let taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    taints
        .iter()
        .map(|it| format!("{}:{}", it["key"].as_str().unwrap(), it["effect"].as_str().unwrap()))
        .collect()
}

/// A node that any pod can go to.
async fn worker(lab: &Memory) -> String {
    let nodes = lab.get("/api/v1/nodes").await.json(200);
    let open =
        nodes["items"].as_array().unwrap().iter().find(|node| node["spec"]["taints"].is_null()).unwrap();
    open["metadata"]["name"].as_str().unwrap().to_owned()
}

#[test]
fn a_lost_node_is_noticed_its_pods_are_evicted_and_it_comes_back() {
    run(async {
        let lab = Memory::new();
        let name = worker(&lab).await;
        lab.post(PODS, pod("stuck", &name)).await.json(201);
        lab.pass(30);
        let lease = lab
            .get(&format!("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}"))
            .await
            .json(200);
        assert_eq!(
            (&lease["spec"]["holderIdentity"], &lease["spec"]["leaseDurationSeconds"]),
            (&json!(name), &json!(40))
        );
        let now = lab.platform.store().lock().version();
        let effect = Effect {
            name: "loss".to_owned(),
            conditions: Vec::new(),
            trouble: Trouble::Node { node: name.clone() },
        };
        let at = quarterdeck::platform::time::Instant::parse("2026-03-02T09:00:30Z").unwrap();
        lab.platform.model().lock().effects_mut().add(effect, at);
        lab.pass(35);
        assert_eq!(condition(&node(&lab, &name).await, "Ready")["status"], "True");
        lab.pass(30);
        let lost = node(&lab, &name).await;
        let ready = condition(&lost, "Ready");
        assert_eq!((&ready["status"], &ready["reason"]), (&json!("Unknown"), &json!("NodeStatusUnknown")));
        assert_eq!(ready["message"], "Kubelet stopped posting node status.");
        let unreachable = "node.kubernetes.io/unreachable";
        assert_eq!(taints(&lost), [format!("{unreachable}:NoSchedule"), format!("{unreachable}:NoExecute")]);
        let stuck = lab.get(&format!("{PODS}/stuck")).await.json(200);
        assert_eq!(condition(&stuck, "Ready")["status"], "False");
        assert!(stuck["metadata"]["deletionTimestamp"].is_null());
        // After its 300 seconds of toleration it is deleted, and stays until its kubelet says that it has ended.
        lab.pass(400);
        let stuck = lab.get(&format!("{PODS}/stuck")).await.json(200);
        assert!(stuck["metadata"]["deletionTimestamp"].is_string());
        assert_eq!(condition(&stuck, "DisruptionTarget")["reason"], "DeletionByTaintManager");
        {
            let mut model = lab.platform.model().lock();
            let now = model.now();
            assert!(model.effects_mut().remove("loss", now));
        }
        lab.pass(30);
        let back = node(&lab, &name).await;
        assert_eq!(condition(&back, "Ready")["reason"], "KubeletReady");
        assert_eq!(taints(&back), Vec::<String>::new());
        assert_eq!(lab.get(&format!("{PODS}/stuck")).await.code, 404);
        assert!(lab.platform.store().lock().version() > now);
    });
}

#[test]
fn a_cordoned_node_is_tainted_and_a_deleted_one_loses_its_pods() {
    run(async {
        let lab = Memory::new();
        let name = worker(&lab).await;
        lab.post(PODS, pod("orphan", &name)).await.json(201);
        lab.pass(20);
        let path = format!("/api/v1/nodes/{name}");
        lab.merge(&path, json!({"spec": {"unschedulable": true}})).await.json(200);
        lab.pass(1);
        assert_eq!(taints(&node(&lab, &name).await), ["node.kubernetes.io/unschedulable:NoSchedule"]);
        lab.post(PODS, pod("refused", &name)).await.json(201);
        lab.pass(2);
        let refused = lab.get(&format!("{PODS}/refused")).await.json(200);
        assert!(
            condition(&refused, "PodScheduled")["message"]
                .as_str()
                .unwrap()
                .contains("node(s) were unschedulable")
        );
        lab.merge(&path, json!({"spec": {"unschedulable": null}})).await.json(200);
        lab.pass(1);
        assert_eq!(taints(&node(&lab, &name).await), Vec::<String>::new());
        lab.delete(&path, Value::Null).await.json(200);
        lab.pass(30);
        lab.get(&format!("{PODS}/orphan")).await.json(200);
        lab.pass(40);
        assert_eq!(lab.get(&format!("{PODS}/orphan")).await.code, 404);
    });
}

#[test]
fn a_taint_that_nobody_tolerates_drives_pods_away() {
    run(async {
        let lab = Memory::new();
        let name = worker(&lab).await;
        lab.post(PODS, pod("driven", &name)).await.json(201);
        lab.pass(20);
        let taint = json!({"spec": {"taints": [{"key": "maintenance", "effect": "NoExecute"}]}});
        lab.merge(&format!("/api/v1/nodes/{name}"), taint).await.json(200);
        lab.pass(5);
        assert_eq!(lab.get(&format!("{PODS}/driven")).await.code, 404);
        let events = lab
            .get("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=driven")
            .await
            .json(200);
        let told = events["items"].as_array().unwrap();
        let words = "Marking for deletion Pod default/driven";
        assert!(
            told.iter().any(|it| it["reason"] == "TaintManagerEviction" && it["message"] == words),
            "{told:?}"
        );
    });
}
