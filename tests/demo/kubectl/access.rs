//! Who one is, and what one may do, as kubectl asks for it.

use quarterdeck::demo::DemoUser;

use super::{has_all, kubectl, rows};

#[test]
fn kubectl_asks_what_one_may_do() {
    let Some(kubectl) = kubectl("kubectl_asks_what_one_may_do") else { return };
    has_all(&kubectl.run("auth whoami"), &["Username    admin", "[system:masters system:authenticated]"]);
    assert_eq!(kubectl.run("auth can-i delete nodes"), "yes\n");
    assert_eq!(kubectl.ended("auth can-i delete nodes --as=zoe").out, "no\n");
    assert_eq!(
        kubectl.run("auth can-i list pods -n production --as=zoe --as-group=platform:viewers"),
        "yes\n"
    );
    has_all(&kubectl.run("auth whoami --as=zoe --as-group=dev"), &["zoe", "[dev system:authenticated]"]);
    let list =
        kubectl.run("auth can-i --list -n staging --as=restricted --as-group=platform:staging-developers");
    assert!(rows(&list).iter().any(|row| row[0] == "deployments.apps"), "{list}");
    let account = "system:serviceaccount:monitoring:prometheus";
    assert_eq!(kubectl.run(&format!("auth can-i get /metrics --as={account}")), "yes\n");
    let token = kubectl.run("create token prometheus -n monitoring --duration=20m");
    has_all(
        &kubectl.run(&format!("auth whoami --token={}", token.trim())),
        &[account, "system:serviceaccounts:monitoring"],
    );

    kubectl.come_as(DemoUser::Restricted);
    assert_eq!(kubectl.ended("auth can-i get pods -n production").out, "no\n");
    assert_eq!(kubectl.run("auth can-i create deployments.apps -n staging"), "yes\n");
    assert_eq!(kubectl.run("auth can-i get deployments.apps/scale -n staging"), "yes\n");
    let error = kubectl.refused("get pods -n production");
    assert_eq!(
        error.trim(),
        "Error from server (Forbidden): pods is forbidden: User \"restricted\" cannot list resource \"pods\" in API group \"\" in the namespace \"production\""
    );
    has_all(
        &kubectl.refused("get pods -n staging --as=admin"),
        &["cannot impersonate-on:user-info:list resource \"pods\""],
    );

    kubectl.come_as(DemoUser::Viewer);
    has_all(
        &kubectl.refused("scale deployment frontend -n production --replicas=1"),
        &["Error from server (Forbidden)", "deployments/scale"],
    );
    has_all(&kubectl.refused("get secrets -n production"), &["cannot list resource \"secrets\""]);

    kubectl.come_as(DemoUser::OnCall);
    kubectl.run("cordon qd-fra1-general-2");
    kubectl.run("rollout restart deployment frontend -n production");
    has_all(
        &kubectl.refused("rollout restart deployment infisical -n security"),
        &["is forbidden: User \"oncall\" cannot patch resource \"deployments\""],
    );
}
