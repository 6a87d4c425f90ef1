//! Services, the ways in from outside, and who may talk to whom.

use serde_json::{Value, json};

use super::super::description::{PolicyDescription, RouteDescription, WorkloadDescription};
use super::pods::port_name;
use super::selector;
use crate::demo::random::Random;

/// The address under which the load balancer is reached.
const PUBLIC_ADDRESS: &str = "203.0.113.24";

/// The service of a workload with a port.
pub fn service(workload: &WorkloadDescription, port: u16, metadata: Value, random: &mut Random) -> Value {
    let address = match workload.service_name.as_deref() {
        Some("kube-dns") => "10.96.0.10".to_owned(),
        _ => format!("10.{}.{}.{}", random.between(97, 111), random.below(255), random.between(2, 250)),
    };
    let kind = workload.service.as_deref().unwrap_or("ClusterIP");
    let mut service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "ports": ports(workload, workload.service_port.unwrap_or(port)),
            "selector": selector(workload),
            "clusterIP": address,
            "clusterIPs": [address],
            "type": kind,
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    });
    if kind == "LoadBalancer" {
        service["status"] = json!({"loadBalancer": {"ingress": [{"ip": PUBLIC_ADDRESS, "ipMode": "VIP"}]}});
        service["spec"]["externalTrafficPolicy"] = json!("Local");
        service["spec"]["allocateLoadBalancerNodePorts"] = json!(true);
        service["spec"]["healthCheckNodePort"] = json!(random.between(30_000, 30_999));
        service["spec"]["ports"][0]["nodePort"] = json!(random.between(31_000, 32_767));
    }
    service
}

fn ports(workload: &WorkloadDescription, port: u16) -> Value {
    let name = port_name(workload);
    let protocol = workload.protocol.as_deref().unwrap_or("TCP");
    let mut ports = vec![json!({"name": name, "protocol": protocol, "port": port, "targetPort": name})];
    if let Some(metrics) = workload.metrics_port {
        ports.push(json!({"name": "metrics", "protocol": "TCP", "port": metrics, "targetPort": "metrics"}));
    }
    json!(ports)
}

/// The service that gives each stateful pod a name.
pub fn headless_service(workload: &WorkloadDescription, port: u16, metadata: Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "ports": ports(workload, port),
            "selector": selector(workload),
            "clusterIP": "None",
            "clusterIPs": ["None"],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "publishNotReadyAddresses": true,
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    })
}

/// Which pods the services of a database with a replica lead to: the suffix of the service's name, and the pod's ordinal.
pub fn primary_services(workload: &WorkloadDescription) -> Vec<(&'static str, usize)> {
    match workload.component.as_str() {
        "database" if workload.replicas > 1 => vec![("-primary", 0), ("-replica", 1)],
        _ => Vec::new(),
    }
}

/// A way in from outside.
pub fn ingress(route: &RouteDescription, mut metadata: Value) -> Value {
    let mut annotations = json!({"cert-manager.io/cluster-issuer": "letsencrypt"});
    for (key, value) in &route.annotations {
        annotations[key] = json!(value);
    }
    metadata["annotations"] = annotations;
    let paths: Vec<Value> = route
        .paths
        .iter()
        .map(|(path, backend)| {
            let (service, port) = backend.split_once(':').unwrap_or((backend, "80"));
            let port: u16 = port.parse().unwrap_or(80);
            json!({"path": path, "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": port}}}})
        })
        .collect();
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": {
            "ingressClassName": "nginx",
            "tls": [{"hosts": [route.host], "secretName": format!("{}-tls", route.name)}],
            "rules": [{"host": route.host, "http": {"paths": paths}}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": PUBLIC_ADDRESS}]}},
    })
}

/// Denies a namespace's pods everything but names.
pub fn default_deny(metadata: Value) -> Value {
    let names = json!([{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]);
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "egress": [{"ports": names, "to": [peer("kube-system/coredns")]}],
        },
    })
}

/// Who may talk to the pods of a workload, and to whom they may.
pub fn network_policy(policy: &PolicyDescription, metadata: Value) -> Value {
    let mut types = Vec::new();
    let mut spec = json!({"podSelector": {}});
    if let Some(app) = &policy.app {
        spec["podSelector"] = json!({"matchLabels": {"app.kubernetes.io/name": app}});
    }
    if !policy.from.is_empty() {
        types.push("Ingress");
        let peers: Vec<Value> = policy.from.iter().map(|it| peer(it)).collect();
        let mut rule = json!({"from": peers});
        if !policy.from_ports.is_empty() {
            let ports = policy.from_ports.iter().map(|port| json!({"port": port, "protocol": "TCP"}));
            rule["ports"] = ports.collect();
        }
        spec["ingress"] = json!([rule]);
    }
    if !policy.to.is_empty() {
        types.push("Egress");
        let peers: Vec<Value> = policy.to.iter().map(|it| peer(it)).collect();
        spec["egress"] = json!([{"to": peers}]);
    }
    spec["policyTypes"] = json!(types);
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
}

/// `namespace`, `namespace/app`, `/app`, `*` or a network.
fn peer(text: &str) -> Value {
    if text == "*" {
        return json!({"namespaceSelector": {}});
    }
    if text.parse::<std::net::Ipv4Addr>().is_ok()
        || text.split_once('/').is_some_and(|(front, _)| front.parse::<std::net::Ipv4Addr>().is_ok())
    {
        return json!({"ipBlock": {"cidr": text}});
    }
    let (namespace, app) = text.split_once('/').unwrap_or((text, ""));
    let mut peer = json!({});
    if !namespace.is_empty() {
        peer["namespaceSelector"] = json!({"matchLabels": {"kubernetes.io/metadata.name": namespace}});
    }
    if !app.is_empty() {
        peer["podSelector"] = json!({"matchLabels": {"app.kubernetes.io/name": app}});
    }
    peer
}
