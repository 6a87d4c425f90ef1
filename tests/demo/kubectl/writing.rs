//! What kubectl writes, object by object.

use super::{has_all, kubectl};

#[test]
fn kubectl_patches_labels_and_annotates() {
    let Some(kubectl) = kubectl("kubectl_patches_labels_and_annotates") else { return };
    let label = |key: &str| {
        kubectl.run(&format!("get deployment frontend -n production -o jsonpath={{.metadata.labels.{key}}}"))
    };
    let patches = [
        ("strategic", r#"{"metadata":{"labels":{"tier":"a"}}}"#, "a"),
        ("merge", r#"{"metadata":{"labels":{"tier":"b"}}}"#, "b"),
        ("json", r#"[{"op":"replace","path":"/metadata/labels/tier","value":"c"}]"#, "c"),
    ];
    for (kind, patch, value) in patches {
        let said = kubectl.run(&format!("patch deployment frontend -n production --type={kind} -p {patch}"));
        assert_eq!(said, "deployment.apps/frontend patched\n");
        assert_eq!(label("tier"), value);
    }
    let again = kubectl.run("patch deployment frontend -n production --type=merge -p {\"metadata\":{\"labels\":{\"tier\":\"c\"}}}");
    assert_eq!(again, "deployment.apps/frontend patched (no change)\n");
    let dry = kubectl.run("label deployment frontend -n production tier=d --overwrite --dry-run=server");
    assert_eq!(dry, "deployment.apps/frontend labeled (server dry run)\n");
    assert_eq!(label("tier"), "c");
    kubectl.run("label deployment frontend -n production tier-");
    assert_eq!(label("tier"), "");
    kubectl.run("annotate pods -n data --all owner=team-data");
    has_all(
        &kubectl.run("get pods -n data -o jsonpath={.items[*].metadata.annotations.owner}"),
        &["team-data team-data"],
    );
    let error = kubectl.refused("patch deployment frontend -n production --type=json -p [{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":99}]");
    has_all(&error, &["The request is invalid"]);
    let status = kubectl.run("patch deployment frontend -n production --subresource=status --type=merge -p {\"status\":{\"collisionCount\":1}}");
    has_all(&status, &["patched"]);
}

#[test]
fn kubectl_scales_by_the_scale_of_a_workload() {
    let Some(kubectl) = kubectl("kubectl_scales_by_the_scale_of_a_workload") else { return };
    assert_eq!(
        kubectl.run("scale deployment payload-cms -n production --replicas=3"),
        "deployment.apps/payload-cms scaled\n"
    );
    kubectl.run(
        "wait deployment payload-cms -n production --for=jsonpath={.status.readyReplicas}=3 --timeout=60s",
    );
    let error =
        kubectl.refused("scale deployment payload-cms -n production --replicas=1 --current-replicas=7");
    has_all(&error, &["Expected replicas to be 7, was 3"]);
    kubectl.run("scale statefulset redis -n staging --replicas=0");
    kubectl.run("wait pod redis-0 -n staging --for=delete --timeout=60s");
    let error = kubectl.refused("scale deployment payload-cms -n production --replicas=-1");
    assert!(!error.is_empty());
    assert_eq!(
        kubectl
            .run("get --subresource=scale deployment payload-cms -n production -o jsonpath={.spec.replicas}"),
        "3"
    );
}
