//! What becomes of a pod on its node.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const PODS: &str = "/api/v1/namespaces/default/pods";

/// A pod with one container of this shape.
fn pod(name: &str, container: Value) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "app", "image": "registry.k8s.io/pause:3.10"}]},
    });
    for (key, value) in container.as_object().into_iter().flatten() {
        pod["spec"]["containers"][0][key] = value.clone();
    }
    pod
}

fn with_spec(mut pod: Value, spec: Value) -> Value {
    for (key, value) in spec.as_object().into_iter().flatten() {
        pod["spec"][key] = value.clone();
    }
    pod
}

async fn create(lab: &Memory, pod: Value) {
    lab.post(PODS, pod).await.json(201);
}

async fn read(lab: &Memory, name: &str) -> Value {
    lab.get(&format!("{PODS}/{name}")).await.json(200)
}

fn state(pod: &Value) -> &Value {
    &pod["status"]["containerStatuses"][0]["state"]
}

fn condition<'a>(pod: &'a Value, kind: &str) -> &'a Value {
    let conditions = pod["status"]["conditions"].as_array().unwrap();
    conditions.iter().find(|it| it["type"] == kind).unwrap_or(&Value::Null)
}

/// The events about a pod, as reason and message.
async fn events(lab: &Memory, name: &str) -> Vec<(String, String)> {
    let path = format!("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name={name}");
    let list = lab.get(&path).await.json(200);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list["items"].as_array().unwrap().iter().map(|it| (text(&it["reason"]), text(&it["message"]))).collect()
}

#[test]
fn a_pod_is_pulled_started_and_probed_before_it_is_ready() {
    run(async {
        let lab = Memory::new();
        let probe = |delay: i32| json!({"httpGet": {"path": "/ready", "port": 8080}, "initialDelaySeconds": delay, "periodSeconds": 5});
        let container = json!({
            "image": "ghcr.io/example/web:2.1", "readinessProbe": probe(12),
            "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        });
        create(&lab, pod("web", container)).await;
        lab.pass(11);
        let early = read(&lab, "web").await;
        assert_eq!(early["status"]["phase"], "Running", "{early}");
        assert_eq!(condition(&early, "Ready")["reason"], "ContainersNotReady");
        assert_eq!(condition(&early, "Ready")["message"], "containers with unready status: [app]");
        lab.pass(20);
        let ready = read(&lab, "web").await;
        let kinds: Vec<&Value> =
            ready["status"]["conditions"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
        assert_eq!(
            kinds,
            ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
        );
        assert!(
            ready["status"]["conditions"].as_array().unwrap().iter().all(|it| it["status"] == "True"),
            "{ready}"
        );
        let status = &ready["status"]["containerStatuses"][0];
        assert_eq!(
            (&status["ready"], &status["started"], &status["restartCount"]),
            (&json!(true), &json!(true), &json!(0))
        );
        assert!(status["containerID"].as_str().unwrap().starts_with("containerd://"));
        assert!(status["imageID"].as_str().unwrap().starts_with("ghcr.io/example/web@sha256:"));
        assert_eq!(status["resources"]["limits"]["memory"], "64Mi");
        assert_eq!(ready["status"]["observedGeneration"], ready["metadata"]["generation"]);
        let told = events(&lab, "web").await;
        let said = |reason: &str, start: &str| {
            told.iter().any(|(it, message)| it == reason && message.starts_with(start))
        };
        for (reason, start) in [
            ("Scheduled", "Successfully assigned default/web to "),
            ("Pulling", "Pulling image \"ghcr.io/example/web:2.1\""),
            ("Pulled", "Successfully pulled image \"ghcr.io/example/web:2.1\" in "),
            ("Created", "Container created"),
            ("Started", "Container started"),
        ] {
            assert!(said(reason, start), "{reason}: {told:?}");
        }
    });
}

#[test]
fn a_container_that_fails_is_restarted_with_a_growing_back_off() {
    run(async {
        let lab = Memory::new();
        create(&lab, pod("broken", json!({"command": ["sh", "-c", "sleep 1; exit 3"]}))).await;
        let (mut seen, mut restarts) = (Vec::new(), Vec::new());
        for second in 0..420 {
            lab.pass(1);
            let pod = read(&lab, "broken").await;
            let status = &pod["status"]["containerStatuses"][0];
            if status["state"]["waiting"]["reason"] == "CrashLoopBackOff" {
                assert_eq!(status["lastState"]["terminated"]["exitCode"], 3);
                assert_eq!(pod["status"]["phase"], "Running");
                let message = status["state"]["waiting"]["message"].as_str().unwrap().to_owned();
                let wait = message.split(' ').nth(1).unwrap().to_owned();
                if seen.last() != Some(&wait) {
                    seen.push(wait);
                }
            }
            let count = status["restartCount"].as_i64().unwrap_or(0);
            if restarts.last().map(|(last, _)| *last) != Some(count) {
                restarts.push((count, second));
            }
        }
        assert_eq!(seen[..5], ["10s", "20s", "40s", "1m20s", "2m40s"]);
        assert!(restarts.last().unwrap().0 >= 5, "{restarts:?}");
        let told = events(&lab, "broken").await;
        assert!(told.iter().any(|(reason, message)| reason == "BackOff"
            && message.starts_with("Back-off restarting failed container app in pod broken_default(")));
    });
}

#[test]
fn a_pod_that_isnt_restarted_ends_as_its_containers_do() {
    run(async {
        let lab = Memory::new();
        let never = json!({"restartPolicy": "Never"});
        let script = |line: &str| json!({"image": "busybox:1.36", "command": ["sh", "-c", line]});
        create(&lab, with_spec(pod("good", script("echo done")), never.clone())).await;
        create(&lab, with_spec(pod("bad", script("sleep 2; exit 7")), never)).await;
        let again = json!({"restartPolicy": "OnFailure"});
        create(&lab, with_spec(pod("again", script("exit 1")), again)).await;
        let deadline = json!({"restartPolicy": "Never", "activeDeadlineSeconds": 20, "terminationGracePeriodSeconds": 3});
        create(&lab, with_spec(pod("late", script("sleep 600")), deadline)).await;
        lab.pass(40);
        let good = read(&lab, "good").await;
        assert_eq!(
            (&good["status"]["phase"], &state(&good)["terminated"]["reason"]),
            (&json!("Succeeded"), &json!("Completed"))
        );
        assert_eq!(condition(&good, "Ready")["reason"], "PodCompleted");
        let bad = read(&lab, "bad").await;
        assert_eq!(
            (&bad["status"]["phase"], &state(&bad)["terminated"]["exitCode"]),
            (&json!("Failed"), &json!(7))
        );
        let again = read(&lab, "again").await;
        assert_eq!(again["status"]["phase"], "Running");
        assert!(again["status"]["containerStatuses"][0]["restartCount"].as_i64().unwrap() >= 2);
        let late = read(&lab, "late").await;
        assert_eq!(
            (&late["status"]["phase"], &late["status"]["reason"]),
            (&json!("Failed"), &json!("DeadlineExceeded"))
        );
        assert_eq!(state(&late)["terminated"]["exitCode"], 137);
    });
}

#[test]
fn init_containers_run_in_their_order_and_sidecars_beside_the_others() {
    run(async {
        let lab = Memory::new();
        let init = |name: &str, line: &str| json!({"name": name, "image": "busybox:1.36", "command": ["sh", "-c", line]});
        let mut sidecar = init("proxy", "sleep infinity");
        sidecar["restartPolicy"] = json!("Always");
        let spec = json!({
            "restartPolicy": "Never",
            "initContainers": [init("first", "sleep 5"), sidecar, init("second", "sleep 5")],
        });
        create(&lab, with_spec(pod("ordered", json!({"command": ["sleep", "20"]})), spec)).await;
        lab.pass(6);
        let pod = read(&lab, "ordered").await;
        let inits = &pod["status"]["initContainerStatuses"];
        assert!(
            inits[0]["state"]["running"].is_object() && inits[1]["state"]["waiting"].is_object(),
            "{inits}"
        );
        assert_eq!(state(&pod)["waiting"]["reason"], "PodInitializing");
        let message = "containers with incomplete status: [first proxy second]";
        assert_eq!(condition(&pod, "Initialized")["message"], message);
        lab.pass(12);
        let pod = read(&lab, "ordered").await;
        assert!(pod["status"]["initContainerStatuses"][1]["state"]["running"].is_object(), "{pod}");
        assert!(state(&pod)["running"].is_object(), "{pod}");
        // Once the pod's own container has ended, the sidecar is stopped.
        lab.pass(70);
        let pod = read(&lab, "ordered").await;
        assert_eq!(pod["status"]["phase"], "Succeeded");
        assert_eq!(pod["status"]["initContainerStatuses"][1]["state"]["terminated"]["exitCode"], 137);
    });
}

#[test]
fn what_a_pod_needs_and_lacks_is_said() {
    run(async {
        let lab = Memory::new();
        let env =
            json!({"env": [{"name": "URL", "valueFrom": {"secretKeyRef": {"name": "late", "key": "url"}}}]});
        create(&lab, pod("unset", env)).await;
        let volume = json!({"volumes": [{"name": "config", "configMap": {"name": "late"}}]});
        create(&lab, with_spec(pod("unmounted", json!({})), volume)).await;
        create(&lab, pod("nowhere", json!({"image": "registry.invalid/team/app:1.0"}))).await;
        create(&lab, pod("never", json!({"image": "ghcr.io/example/never:1", "imagePullPolicy": "Never"})))
            .await;
        lab.pass(30);
        let waiting = |pod: &Value| state(pod)["waiting"].clone();
        let unset = waiting(&read(&lab, "unset").await);
        assert_eq!(
            unset,
            json!({"reason": "CreateContainerConfigError", "message": "secret \"late\" not found"})
        );
        let unmounted = read(&lab, "unmounted").await;
        assert_eq!(
            (&unmounted["status"]["phase"], &waiting(&unmounted)["reason"]),
            (&json!("Pending"), &json!("ContainerCreating"))
        );
        let told = events(&lab, "unmounted").await;
        let words = "MountVolume.SetUp failed for volume \"config\" : configmap \"late\" not found";
        assert!(told.contains(&("FailedMount".to_owned(), words.to_owned())), "{told:?}");
        let nowhere = waiting(&read(&lab, "nowhere").await);
        let message = nowhere["message"].as_str().unwrap();
        assert!(nowhere["reason"] == "ImagePullBackOff" || nowhere["reason"] == "ErrImagePull", "{nowhere}");
        assert!(message.contains("lookup registry.invalid: no such host"), "{message}");
        assert_eq!(waiting(&read(&lab, "never").await)["reason"], "ErrImageNeverPull");
        let maps = "/api/v1/namespaces/default";
        let metadata = json!({"name": "late"});
        lab.post(
            &format!("{maps}/configmaps"),
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}),
        )
        .await
        .json(201);
        let secret =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"url": "eA=="}});
        lab.post(&format!("{maps}/secrets"), secret).await.json(201);
        lab.pass(60);
        for name in ["unset", "unmounted"] {
            assert_eq!(condition(&read(&lab, name).await, "Ready")["status"], "True", "{name}");
        }
    });
}

#[test]
fn a_deleted_pod_goes_when_its_containers_have_ended() {
    run(async {
        let lab = Memory::new();
        create(&lab, pod("deaf", json!({"image": "busybox:1.36", "command": ["sleep", "3600"]}))).await;
        create(&lab, pod("polite", json!({"lifecycle": {"preStop": {"sleep": {"seconds": 8}}}}))).await;
        lab.pass(20);
        for name in ["deaf", "polite"] {
            lab.delete(&format!("{PODS}/{name}"), Value::Null).await.json(200);
        }
        lab.pass(6);
        assert!(read(&lab, "polite").await["metadata"]["deletionTimestamp"].is_string());
        lab.pass(5);
        assert_eq!(lab.get(&format!("{PODS}/polite")).await.code, 404);
        let deaf = read(&lab, "deaf").await;
        assert!(state(&deaf)["running"].is_object(), "{deaf}");
        lab.pass(21);
        assert_eq!(lab.get(&format!("{PODS}/deaf")).await.code, 404);
        let told = events(&lab, "deaf").await;
        assert!(told.contains(&("Killing".to_owned(), "Stopping container app".to_owned())), "{told:?}");
    });
}

#[test]
fn a_readiness_gate_waits_for_its_condition() {
    run(async {
        let lab = Memory::new();
        let gates = json!({"readinessGates": [{"conditionType": "example.com/registered"}]});
        create(&lab, with_spec(pod("gated", json!({})), gates)).await;
        lab.pass(20);
        let gated = read(&lab, "gated").await;
        assert_eq!(condition(&gated, "ContainersReady")["status"], "True");
        let message =
            "corresponding condition of pod readiness gate \"example.com/registered\" does not exist.";
        assert_eq!(condition(&gated, "Ready")["message"], message);
        let patch = json!({"status": {"conditions": [{"type": "example.com/registered", "status": "True"}]}});
        let path = format!("{PODS}/gated/status");
        lab.send("PATCH", &path, "application/strategic-merge-patch+json", patch.to_string().into_bytes())
            .await
            .json(200);
        lab.pass(2);
        assert_eq!(condition(&read(&lab, "gated").await, "Ready")["status"], "True");
    });
}
