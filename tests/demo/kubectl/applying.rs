//! kubectl applies on its own side and on the server's, and reads what the load leaves behind.

use super::{has_all, kubectl};

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: sandbox }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - { name: web, image: 'nginx:1.29', resources: { requests: { cpu: 10m, memory: 16Mi } } }
";

#[test]
fn kubectl_applies_on_the_servers_side_and_meets_conflicts() {
    let Some(kubectl) = kubectl("kubectl_applies_on_the_servers_side_and_meets_conflicts") else { return };
    let applied = kubectl.piped("apply --server-side --field-manager=pipeline -f -", WEB).succeeded();
    assert_eq!(applied, "deployment.apps/web serverside-applied\n");
    kubectl.run("rollout status deployment web -n sandbox --timeout=90s");
    kubectl.run("scale deployment web -n sandbox --replicas=3");
    let conflict = kubectl.piped("apply --server-side --field-manager=pipeline -f -", WEB).failed();
    has_all(&conflict, &["conflict with \"kubectl\"", ".spec.replicas"]);
    kubectl.piped("apply --server-side --field-manager=pipeline --force-conflicts -f -", WEB).succeeded();
    let replicas = kubectl.run("get deployment web -n sandbox -o jsonpath={.spec.replicas}");
    assert_eq!(replicas, "2");

    let newer = WEB.replace("nginx:1.29", "nginx:1.30");
    let difference = kubectl.piped("diff --server-side --field-manager=pipeline -f -", &newer);
    has_all(&difference.out, &["nginx:1.29", "+", "nginx:1.30"]);
    let odd = WEB.replace("replicas: 2", "replicas: 2\n  replica: 3");
    has_all(
        &kubectl.piped("apply --server-side --field-manager=other -f -", &odd).failed(),
        &[".spec.replica: field not declared in schema"],
    );
}

#[test]
fn kubectl_reads_what_the_load_leaves_behind() {
    let Some(kubectl) = kubectl("kubectl_reads_what_the_load_leaves_behind") else { return };
    has_all(&kubectl.run("top pods -n production"), &["NAME", "CPU(cores)", "backend-python-", "Mi"]);
    has_all(&kubectl.run("top nodes"), &["qd-fra1-general-1", "%"]);
    has_all(&kubectl.run("logs deployment/backend-rust -n production --tail=5"), &["{"]);
    has_all(&kubectl.refused("exec -n data redis-0 -- redis-cli ping"), &["redis-0"]);
    has_all(&kubectl.run("get scenarios"), &["bad-deploy", "noisy-neighbour"]);
}
