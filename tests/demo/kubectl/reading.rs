//! What kubectl reads.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::{has_all, kubectl, rows};

#[test]
fn kubectl_gets_objects_in_every_form() {
    let Some(kubectl) = kubectl("kubectl_gets_objects_in_every_form") else { return };
    let wide = kubectl.run("get deployments -n production -o wide");
    assert!(rows(&wide).iter().any(|row| row[0] == "backend-rust" && row[1] == "3/3"), "{wide}");
    let names = kubectl.run("get pods -n production -l app.kubernetes.io/name=frontend -o name");
    assert!(names.lines().count() >= 2 && names.lines().all(|it| it.starts_with("pod/frontend-")), "{names}");
    assert_eq!(kubectl.run("get deploy backend-rust -n production -o jsonpath={.spec.replicas}"), "3");
    let yaml = kubectl.run("get service backend-rust -n production -o yaml");
    has_all(&yaml, &["apiVersion: v1\n", "kind: Service\n", "  name: backend-rust\n"]);
    let columns =
        kubectl.run("get nodes -o custom-columns=N:.metadata.name,C:.status.capacity.cpu --no-headers");
    has_all(&columns, &["qd-fra1-general-1   16"]);
    let list = kubectl.json("get pods,services -n data");
    assert_eq!(list["kind"], "List");
    has_all(
        &kubectl.run("get pod/postgresql-0 statefulset/postgresql -n data"),
        &["pod/postgresql-0", "statefulset.apps/postgresql"],
    );
    let error = kubectl.refused("get deployment nothing -n production");
    assert_eq!(error.trim(), "Error from server (NotFound): deployments.apps \"nothing\" not found");
    assert_eq!(kubectl.run("get deployment nothing -n production --ignore-not-found"), "");
    has_all(&kubectl.run("get --raw /version"), &["gitVersion"]);
}

#[test]
fn kubectl_selects_pages_and_sorts() {
    let Some(kubectl) = kubectl("kubectl_selects_pages_and_sorts") else { return };
    let all = kubectl.run("get pods -A -o name");
    let paged = kubectl.run("get pods -A -o name --chunk-size=7");
    assert_eq!(all, paged);
    assert!(all.lines().count() > 50);
    let pending = kubectl.run("get pods -A --field-selector=status.phase=Pending");
    assert!(rows(&pending).iter().any(|row| row[1].starts_with("backend-rust-bench-")), "{pending}");
    let both = kubectl.run(
        "get pods -n production -l app.kubernetes.io/name!=frontend,app.kubernetes.io/part-of --show-labels",
    );
    has_all(&both, &["LABELS", "app.kubernetes.io/name=backend-rust"]);
    assert!(!both.contains("frontend-"));
    let sorted = kubectl.run("get deployments -n production --sort-by=.spec.replicas -o name");
    assert_eq!(sorted.lines().last(), Some("deployment.apps/backend-python"), "{sorted}");
    let error = kubectl.refused("get pods --field-selector=spec.nothing=1");
    has_all(&error, &["Error from server (BadRequest)", "field label not supported: spec.nothing"]);
}

#[test]
fn kubectl_follows_changes() {
    let Some(kubectl) = kubectl("kubectl_follows_changes") else { return };
    let mut watch = kubectl
        .command("get deployment backend-rust -n production --watch-only -o name")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    // Whatever has changed before the watch has begun isn't told, so that the change is made again until it is.
    let seen = std::thread::spawn(move || lines.next().unwrap().unwrap());
    let mut turn = 0;
    while !seen.is_finished() {
        turn += 1;
        kubectl.run(&format!("annotate deployment backend-rust -n production turn={turn} --overwrite"));
    }
    assert_eq!(seen.join().unwrap(), "deployment.apps/backend-rust");
    watch.kill().unwrap();
    watch.wait().unwrap();
}

#[test]
fn kubectl_describes_what_there_is() {
    let Some(kubectl) = kubectl("kubectl_describes_what_there_is") else { return };
    let deployment = kubectl.run("describe deployment backend-rust -n production");
    has_all(
        &deployment,
        &[
            "3 desired | 3 updated | 3 total | 3 available | 0 unavailable",
            "StrategyType:           RollingUpdate",
            "NewReplicaSet:   backend-rust-",
        ],
    );
    let pod = kubectl.run("describe pod postgresql-0 -n data");
    has_all(&pod, &["StatefulSet/postgresql", "Running", "ContainersReady"]);
    has_all(
        &kubectl.run("describe node qd-fra1-general-1"),
        &["Roles:              worker", "Non-terminated Pods:", "Allocated resources:"],
    );
    has_all(
        &kubectl.run("describe hpa backend-python -n production"),
        &["Max replicas:", "10", "ScalingLimited"],
    );
    has_all(
        &kubectl.run("describe pdb backend-python -n production"),
        &["Min available:  5", "Allowed disruptions:  5"],
    );
    has_all(&kubectl.run("describe statefulset redis -n data"), &["Replicas:           3 desired | 3 total"]);
    has_all(
        &kubectl.run("describe cronjob postgresql-backup -n data"),
        &["Schedule:", "Concurrency Policy:"],
    );
    has_all(&kubectl.run("describe quota -n production"), &["requests.cpu", "pods"]);
    has_all(&kubectl.run("describe namespace production"), &["Status:       Active", "Resource Quotas"]);
    has_all(&kubectl.run("describe clusterrole view"), &["deployments.apps/scale", "[get list watch]"]);
    has_all(&kubectl.run("describe service backend-rust -n production"), &["Selector:", "Type:"]);
    for kind in ["secret", "configmap", "ingress", "networkpolicy", "serviceaccount", "replicaset"] {
        assert!(!kubectl.run(&format!("describe {kind} -n production")).is_empty(), "{kind}");
    }
}

#[test]
fn kubectl_learns_what_is_served() {
    let Some(kubectl) = kubectl("kubectl_learns_what_is_served") else { return };
    let resources = kubectl.run("api-resources -o wide");
    for kind in [
        "pods",
        "deployments",
        "horizontalpodautoscalers",
        "certificates",
        "backups",
        "subjectaccessreviews",
        "tokenreviews",
    ] {
        assert!(rows(&resources).iter().any(|row| row[0] == kind), "{kind} is missing:\n{resources}");
    }
    let versions = kubectl.run("api-versions");
    for version in ["v1", "apps/v1", "rbac.authorization.k8s.io/v1", "autoscaling/v2", "velero.io/v1"] {
        assert!(versions.lines().any(|line| line == version), "{version} is missing:\n{versions}");
    }
    has_all(
        &kubectl.run("explain deployment.spec.replicas"),
        &["KIND:       Deployment", "FIELD: replicas <integer>"],
    );
    has_all(&kubectl.run("explain pods --recursive"), &["containers\t<[]Container>", "nodeSelector"]);
    has_all(&kubectl.run("version"), &["Server Version: v1."]);
    has_all(&kubectl.run("cluster-info"), &["https://127.0.0.1:"]);
    assert_eq!(kubectl.run("get --raw /readyz"), "ok");
}

#[test]
fn kubectl_shows_events() {
    let Some(kubectl) = kubectl("kubectl_shows_events") else { return };
    let events = kubectl.run("events -n production --types=Warning");
    has_all(&events, &["LAST SEEN", "Warning", "OOMKilling"]);
    has_all(&kubectl.run("get events -A --field-selector=reason=OOMKilling -o name"), &["event/"]);
}
