//! Defaults, and what is refused, in the words of a real server.

use serde_json::{Value, json};

use super::client::run;
use super::memory::Memory;

const STAGING: &str = "/apis/apps/v1/namespaces/staging";

fn deployment(name: &str, container: Value) -> Value {
    json!({"metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}},
    }})
}

#[test]
fn a_deployment_is_filled_in_as_a_real_server_does() {
    run(async {
        let platform = Memory::new();
        let container = json!({
            "name": "c",
            "image": "nginx:1",
            "ports": [{"containerPort": 80}],
            "livenessProbe": {"httpGet": {"port": 80}},
            "env": [{"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        });
        let mut body = deployment("d", container);
        body["spec"]["template"]["spec"]["volumes"] =
            json!([{"name": "v"}, {"name": "w", "secret": {"secretName": "x"}}]);
        let created = platform.post(&format!("{STAGING}/deployments?dryRun=All"), body).await.json(201);
        // As a real API server of version 1.36 answered the same request.
        let expected = json!({"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
            "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "secret": {"secretName": "x", "defaultMode": 420}}],
            "containers": [{
                "name": "c", "image": "nginx:1",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
                "env": [{"name": "X", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}],
                "resources": {},
                "livenessProbe": {"httpGet": {"path": "/", "port": 80, "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent",
            }],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "securityContext": {}, "schedulerName": "default-scheduler",
        }}, "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600});
        assert_eq!(created["spec"], expected);
        assert_eq!((&created["status"], &created["metadata"]["generation"]), (&json!({}), &json!(1)));
    });
}

#[test]
fn every_mistake_is_named_with_its_field() {
    run(async {
        let platform = Memory::new();
        let mut body = deployment(
            "d",
            json!({
                "name": "C",
                "ports": [{"containerPort": 70000}],
                "volumeMounts": [{"name": "nowhere", "mountPath": "/x"}],
                "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}},
            }),
        );
        body["spec"]["replicas"] = json!(-1);
        body["spec"]["selector"]["matchLabels"]["a"] = json!("c");
        let refused = platform.post(&format!("{STAGING}/deployments"), body).await.json(422);
        let causes: Vec<(&str, &str)> = refused["details"]["causes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cause| (cause["field"].as_str().unwrap(), cause["message"].as_str().unwrap()))
            .collect();
        let has = |field: &str, message: &str| {
            assert!(
                causes.iter().any(|(own, text)| *own == field && text.starts_with(message)),
                "{field}: {causes:#?}"
            );
        };
        has("spec.replicas", "Invalid value: -1: must be greater than or equal to 0");
        has(
            "spec.template.metadata.labels",
            "Invalid value: {\"a\":\"b\"}: `selector` does not match template `labels`",
        );
        let container = "spec.template.spec.containers[0]";
        has(&format!("{container}.name"), "Invalid value: \"C\": a lowercase RFC 1123 label must consist");
        has(&format!("{container}.image"), "Required value");
        has(
            &format!("{container}.ports[0].containerPort"),
            "Invalid value: 70000: must be between 1 and 65535, inclusive",
        );
        has(&format!("{container}.volumeMounts[0].name"), "Not found: \"nowhere\"");
        has(
            &format!("{container}.resources.requests"),
            "Invalid value: \"2\": must be less than or equal to cpu limit of 1",
        );
    });
}

#[test]
fn what_cannot_change_stays() {
    run(async {
        let platform = Memory::new();
        let path = format!("{STAGING}/deployments/frontend");
        let patch = json!({"spec": {"selector": {"matchLabels": {"x": "y"}}, "template": {"metadata": {"labels": {"x": "y"}}}}});
        let refused = platform.merge(&path, patch).await.message(422);
        assert!(
            refused.contains("spec.selector: Invalid value:") && refused.contains("field is immutable"),
            "{refused}"
        );
        let job = json!({"metadata": {"name": "j"}, "spec": {"template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}}});
        let jobs = "/apis/batch/v1/namespaces/staging/jobs";
        let refused = platform.post(jobs, job).await.message(422);
        assert_eq!(
            refused,
            "Job.batch \"j\" is invalid: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""
        );
        let cron = json!({"metadata": {"name": "c"}, "spec": {"schedule": "61 * * * *", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}}}});
        let refused = platform.post("/apis/batch/v1/namespaces/staging/cronjobs", cron).await.message(422);
        assert_eq!(
            refused,
            "CronJob.batch \"c\" is invalid: spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61"
        );
    });
}
