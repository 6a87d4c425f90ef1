//! Objects that kubectl makes, applies, edits and deletes.

use super::{has_all, kubectl};

const MAP: &str = "
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: dev
data:
  colour: blue
";

#[test]
fn kubectl_creates_what_there_is_a_command_for() {
    let Some(kubectl) = kubectl("kubectl_creates_what_there_is_a_command_for") else { return };
    assert_eq!(kubectl.run("create namespace trial"), "namespace/trial created\n");
    has_all(
        &kubectl.refused("create namespace trial"),
        &["Error from server (AlreadyExists): namespaces \"trial\" already exists"],
    );
    kubectl.run("create deployment web -n trial --image=nginx:1.29 --replicas=2 --port=8080");
    kubectl.run("rollout status deployment/web -n trial --timeout=60s");
    kubectl.run("expose deployment web -n trial --port=80 --target-port=8080");
    has_all(
        &kubectl.run("get service web -n trial -o jsonpath={.spec.clusterIP}:{.spec.ports[0].targetPort}"),
        &["10.", ":8080"],
    );
    kubectl.run("create configmap files -n trial --from-literal=a=1 --from-literal=b=2");
    kubectl.run("create secret generic keys -n trial --from-literal=password=secret");
    assert_eq!(kubectl.run("get secret keys -n trial -o jsonpath={.data.password}"), "c2VjcmV0");
    kubectl.run("create serviceaccount robot -n trial");
    kubectl.run("create role reader -n trial --verb=get,list --resource=pods");
    kubectl.run("create rolebinding reader -n trial --role=reader --serviceaccount=trial:robot");
    assert_eq!(kubectl.run("auth can-i list pods -n trial --as=system:serviceaccount:trial:robot"), "yes\n");
    kubectl.run("create quota limits -n trial --hard=pods=10");
    kubectl.run("create poddisruptionbudget web -n trial --selector=app=web --min-available=1");
    kubectl.run_with("create cronjob tidy -n trial --image=busybox:1 --schedule", "0 3 * * *");
    kubectl.run("create job now -n data --from=cronjob/postgresql-backup");
    has_all(
        &kubectl.run("get job now -n data -o jsonpath={.metadata.ownerReferences[0].kind}"),
        &["CronJob"],
    );
    kubectl.run("run shell -n trial --image=busybox:1 --restart=Never");
    kubectl.run("wait pod/shell -n trial --for=condition=PodScheduled --timeout=60s");
    let dry = kubectl.run("create deployment dry -n trial --image=x --dry-run=server");
    assert_eq!(dry, "deployment.apps/dry created (server dry run)\n");
    has_all(&kubectl.refused("get deployment dry -n trial"), &["NotFound"]);
    has_all(
        &kubectl.refused("create deployment Wrong -n trial --image=x"),
        &["is invalid: metadata.name: Invalid value: \"Wrong\""],
    );
}

#[test]
fn kubectl_deletes_what_it_is_told() {
    let Some(kubectl) = kubectl("kubectl_deletes_what_it_is_told") else { return };
    let dry = kubectl.run("delete pod postgresql-1 -n data --dry-run=server");
    assert_eq!(dry, "pod \"postgresql-1\" deleted (server dry run)\n");
    has_all(&kubectl.run("get pod postgresql-1 -n data"), &["Running"]);
    kubectl.run("delete statefulset redis -n staging --cascade=orphan");
    has_all(&kubectl.run("get pod redis-0 -n staging"), &["redis-0"]);
    kubectl.run("delete pod redis-0 -n staging --grace-period=0 --force");
    has_all(&kubectl.refused("get pod redis-0 -n staging"), &["NotFound"]);
    let error = kubectl.refused("delete pod nothing -n staging");
    assert_eq!(error.trim(), "Error from server (NotFound): pods \"nothing\" not found");
}

#[test]
fn kubectl_replaces_and_edits() {
    let Some(kubectl) = kubectl("kubectl_replaces_and_edits") else { return };
    let file = kubectl.file("map.yaml", MAP);
    kubectl.run(&format!("create -f {file}"));
    let colour = || kubectl.run("get configmap settings -n dev -o jsonpath={.data.colour}");
    let red = kubectl.file("red.yaml", &MAP.replace("blue", "red"));
    assert_eq!(kubectl.run(&format!("replace -f {red}")), "configmap/settings replaced\n");
    assert_eq!(colour(), "red");
    let editor = kubectl.file("editor.sh", "#!/bin/sh\nsed -i 's/red/green/' \"$1\"\n");
    let edited = kubectl
        .command("edit configmap settings -n dev")
        .env("EDITOR", format!("sh {editor}"))
        .output()
        .unwrap();
    assert!(edited.status.success(), "{edited:?}");
    assert_eq!(colour(), "green");
    has_all(&kubectl.run(&format!("delete -f {file}")), &["configmap \"settings\" deleted"]);
}
