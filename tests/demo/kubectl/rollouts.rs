//! Rollouts, as kubectl begins, follows and undoes them.

use super::{has_all, kubectl};

const DEPLOYMENT: &str = "deployment/backend-rust -n staging";

#[test]
fn kubectl_rolls_out_and_back() {
    let Some(kubectl) = kubectl("kubectl_rolls_out_and_back") else { return };
    let image =
        || kubectl.run(&format!("get {DEPLOYMENT} -o jsonpath={{.spec.template.spec.containers[0].image}}"));
    let before = image();
    let history = kubectl.run(&format!("rollout history {DEPLOYMENT}"));
    let newer = before.rsplit_once(':').unwrap().0.to_owned() + ":9.9.9";
    kubectl.run(&format!("set image {DEPLOYMENT} backend-rust={newer}"));
    has_all(
        &kubectl.run(&format!("rollout status {DEPLOYMENT} --timeout=90s")),
        &["successfully rolled out"],
    );
    assert_eq!(image(), newer);
    let after = kubectl.run(&format!("rollout history {DEPLOYMENT}"));
    assert_eq!(after.lines().count(), history.lines().count() + 1, "{after}");
    let latest = after.lines().rfind(|line| !line.is_empty()).unwrap().split_whitespace().next().unwrap();
    has_all(&kubectl.run(&format!("rollout history {DEPLOYMENT} --revision={latest}")), &[&newer]);

    assert_eq!(
        kubectl.run(&format!("rollout undo {DEPLOYMENT}")),
        "deployment.apps/backend-rust rolled back\n"
    );
    kubectl.run(&format!("rollout status {DEPLOYMENT} --timeout=90s"));
    assert_eq!(image(), before);

    kubectl.run(&format!("rollout pause {DEPLOYMENT}"));
    has_all(&kubectl.refused(&format!("rollout restart {DEPLOYMENT}")), &["can't restart paused deployment"]);
    kubectl.run(&format!("rollout resume {DEPLOYMENT}"));
    has_all(&kubectl.refused(&format!("rollout resume {DEPLOYMENT}")), &["is not paused"]);
    assert_eq!(
        kubectl.run(&format!("rollout restart {DEPLOYMENT}")),
        "deployment.apps/backend-rust restarted\n"
    );
    kubectl.run(&format!("rollout status {DEPLOYMENT} --timeout=90s"));
    kubectl.run("rollout status statefulset/redis -n data --timeout=30s");
    kubectl.run("rollout status daemonset/promtail -n monitoring --timeout=30s");
    kubectl.run(&format!("set env {DEPLOYMENT} MODE=test"));
    has_all(&kubectl.run(&format!("set env {DEPLOYMENT} --list")), &["MODE=test"]);
    kubectl.run(&format!("set resources {DEPLOYMENT} --limits=cpu=1"));
}
