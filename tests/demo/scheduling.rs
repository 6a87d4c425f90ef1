//! Which node a pod goes to, and what is said where there is none.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const PODS: &str = "/api/v1/namespaces/default/pods";

fn pod(name: &str, spec: Value) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": "placed"}},
        "spec": {"containers": [{"name": "app", "image": "registry.k8s.io/pause:3.10"}]},
    });
    for (key, value) in spec.as_object().into_iter().flatten() {
        pod["spec"][key] = value.clone();
    }
    pod
}

fn asking(cpu: &str) -> Value {
    json!([{"name": "app", "image": "registry.k8s.io/pause:3.10", "resources": {"requests": {"cpu": cpu}}}])
}

async fn create(lab: &Memory, pod: Value) {
    lab.post(PODS, pod).await.json(201);
}

async fn read(lab: &Memory, name: &str) -> Value {
    lab.get(&format!("{PODS}/{name}")).await.json(200)
}

async fn node_of(lab: &Memory, name: &str) -> String {
    read(lab, name).await["spec"]["nodeName"].as_str().unwrap_or_default().to_owned()
}

/// Why the pod has no node.
async fn refusal(lab: &Memory, name: &str) -> String {
    let pod = read(lab, name).await;
    let conditions = pod["status"]["conditions"].as_array().unwrap();
    let scheduled = conditions.iter().find(|it| it["type"] == "PodScheduled").unwrap();
    assert_eq!((&scheduled["status"], &scheduled["reason"]), (&json!("False"), &json!("Unschedulable")));
    scheduled["message"].as_str().unwrap().to_owned()
}

/// The names of the nodes that any pod can go to.
async fn workers(lab: &Memory) -> Vec<String> {
    let nodes = lab.get("/api/v1/nodes").await.json(200);
    let open = nodes["items"].as_array().unwrap().iter().filter(|node| node["spec"]["taints"].is_null());
    open.map(|node| node["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_keeps_a_pod_from_every_node_is_counted() {
    run(async {
        let lab = Memory::new();
        let total = lab.get("/api/v1/nodes").await.json(200)["items"].as_array().unwrap().len();
        create(&lab, pod("huge", json!({"containers": asking("500")}))).await;
        create(&lab, pod("lost", json!({"nodeSelector": {"disk": "floppy"}}))).await;
        let claim = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "none"}}]});
        create(&lab, pod("claimless", claim)).await;
        lab.pass(2);
        let huge = refusal(&lab, "huge").await;
        assert!(huge.starts_with(&format!("0/{total} nodes are available: ")), "{huge}");
        assert!(
            huge.contains(" Insufficient cpu") && huge.contains(" node(s) had untolerated taint(s)"),
            "{huge}"
        );
        let end = format!(
            "preemption: 0/{total} nodes are available: {total} Preemption is not helpful for scheduling."
        );
        assert!(huge.ends_with(&end), "{huge}");
        assert!(refusal(&lab, "lost").await.contains(" node(s) didn't match Pod's node affinity/selector"));
        let claimless = refusal(&lab, "claimless").await;
        assert!(claimless.contains("persistentvolumeclaim \"none\" not found"), "{claimless}");
        // A node that fits brings the pod out of its wait.
        let worker = workers(&lab).await.remove(0);
        lab.merge(&format!("/api/v1/nodes/{worker}"), json!({"metadata": {"labels": {"disk": "floppy"}}}))
            .await
            .json(200);
        lab.pass(12);
        assert_eq!(node_of(&lab, "lost").await, worker);
    });
}

#[test]
fn pods_keep_apart_or_together_as_they_ask() {
    run(async {
        let lab = Memory::new();
        let term = json!([{"labelSelector": {"matchLabels": {"app": "placed"}}, "topologyKey": "kubernetes.io/hostname"}]);
        let rule = |kind: &str| json!({"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": term}}});
        create(&lab, pod("first", rule("podAntiAffinity"))).await;
        lab.pass(2);
        create(&lab, pod("second", rule("podAntiAffinity"))).await;
        lab.pass(2);
        let (first, second) = (node_of(&lab, "first").await, node_of(&lab, "second").await);
        assert!(!first.is_empty() && !second.is_empty() && first != second, "{first} {second}");
        // Those two avoid it as well, wherever it wants to go.
        create(&lab, pod("third", rule("podAffinity"))).await;
        lab.pass(2);
        let words = refusal(&lab, "third").await;
        assert!(words.contains("node(s) didn't satisfy existing pods anti-affinity rules"), "{words}");
    });
}

#[test]
fn ports_taints_and_gates_are_minded() {
    run(async {
        let lab = Memory::new();
        let workers = workers(&lab).await;
        let port = json!([{"name": "app", "image": "registry.k8s.io/pause:3.10", "ports": [{"containerPort": 4242, "hostPort": 4242}]}]);
        let mut nodes = Vec::new();
        for index in 0..=workers.len() {
            create(&lab, pod(&format!("port-{index}"), json!({"containers": port}))).await;
            lab.pass(1);
            nodes.push(node_of(&lab, &format!("port-{index}")).await);
        }
        let one_too_many = nodes.iter().filter(|node| node.is_empty()).count();
        assert_eq!(one_too_many, 1, "{nodes:?}");
        let last = nodes.iter().position(String::is_empty).unwrap();
        let words = refusal(&lab, &format!("port-{last}")).await;
        assert!(words.contains("node(s) didn't have free ports for the requested pod ports"), "{words}");
        create(&lab, pod("gated", json!({"schedulingGates": [{"name": "example.com/wait"}]}))).await;
        lab.pass(2);
        let gated = read(&lab, "gated").await;
        assert_eq!(gated["status"]["conditions"][0]["reason"], "SchedulingGated");
        lab.merge(&format!("{PODS}/gated"), json!({"spec": {"schedulingGates": null}})).await.json(200);
        lab.pass(2);
        assert_ne!(node_of(&lab, "gated").await, "");
    });
}
