//! Nodes, as kubectl closes, marks and empties them.

use super::{has_all, kubectl};

#[test]
fn kubectl_cordons_taints_and_uncordons() {
    let Some(kubectl) = kubectl("kubectl_cordons_taints_and_uncordons") else { return };
    let node = "qd-fra1-general-1";
    let closed = || kubectl.run(&format!("get node {node} -o jsonpath={{.spec.unschedulable}}"));
    assert_eq!(kubectl.run(&format!("cordon {node}")), format!("node/{node} cordoned\n"));
    assert_eq!(closed(), "true");
    assert_eq!(kubectl.run(&format!("cordon {node}")), format!("node/{node} already cordoned\n"));
    has_all(&kubectl.run(&format!("get node {node}")), &["SchedulingDisabled"]);
    assert_eq!(kubectl.run(&format!("uncordon {node}")), format!("node/{node} uncordoned\n"));
    assert_eq!(closed(), "");
    kubectl.run(&format!("taint node {node} dedicated=tests:NoSchedule"));
    let taints = || kubectl.run(&format!("get node {node} -o jsonpath={{.spec.taints[*].key}}"));
    has_all(&taints(), &["dedicated"]);
    has_all(
        &kubectl.refused(&format!("taint node {node} dedicated=others:NoSchedule")),
        &["already has dedicated taint(s)"],
    );
    kubectl.run(&format!("taint node {node} dedicated-"));
    assert_eq!(taints(), "");
}
