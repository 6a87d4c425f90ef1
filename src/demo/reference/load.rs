//! Grows the platform for load: more nodes, and namespaces full of deployments like any others.

use k8s_pb::api::apps::v1::Deployment;
use serde_json::json;

use super::build::{BuildError, Builder};
use super::cluster;
use super::description::{
    NamespaceDescription, NodeDescription, WorkloadDescription, WorkloadKind, milliseconds,
};
use super::manifests;
use super::stamp::{Print, Stamp};
use crate::demo::controllers::{PodMould, kubelet, replica_set_for};
use crate::demo::objects::controller_reference;
use crate::demo::random::Random;
use crate::demo::store::Kind;
use crate::platform::time::Instant;

/// How many namespaces the added pods are spread over.
const NAMESPACES: usize = 20;
/// How many pods an added deployment has.
const REPLICAS: usize = 40;
/// The pool of the added nodes.
const POOL: &str = "load";
/// About how many pods the reference platform has by itself.
const REFERENCE_PODS: usize = 120;
/// How many pods an added node takes, and how many of them are used.
const PODS_ON_A_NODE: (u32, usize) = (110, 96);

/// Adds the nodes that so many pods need, before the daemon sets are put on them.
pub fn add_nodes(builder: &mut Builder<'_>, wanted: usize, first_node: usize) -> Result<(), BuildError> {
    for number in 0..wanted.saturating_sub(REFERENCE_PODS).div_ceil(PODS_ON_A_NODE.1) {
        let description = NodeDescription {
            name: format!("qd-fra1-{POOL}-{:04}", number + 1),
            pool: POOL.to_owned(),
            zone: format!("fra1-{}", ["a", "b", "c"][number % 3]),
            cpu: 32,
            memory_gib: 128,
            age: format!("{}d", 20 + number % 60),
            cordoned: false,
        };
        builder.put_node(&description, first_node + number, PODS_ON_A_NODE.0)?;
    }
    Ok(())
}

/// Adds pods until there are `wanted` in all, one node after the other.
pub fn grow(builder: &mut Builder<'_>, wanted: usize) -> Result<(), BuildError> {
    let missing = wanted.saturating_sub(builder.store.count(Kind::Pod));
    let prefix = format!("qd-fra1-{POOL}-");
    let names = builder.store.list(Kind::Node, None, None).map(|node| node.key.name.clone());
    let names: Vec<_> = names.filter(|name| name.starts_with(&prefix)).collect();
    let places: Vec<_> = names.iter().filter_map(|name| builder.scheduler.node(name)).collect();
    if missing == 0 || places.is_empty() {
        return Ok(());
    }
    for number in 0..NAMESPACES.min(missing.div_ceil(REPLICAS)) {
        let description = NamespaceDescription {
            name: format!("load-{number:02}"),
            age: "88d".to_owned(),
            environment: None,
            team: Some("performance".to_owned()),
            pod_security: None,
            exposure: None,
            warned_security: None,
            quota: None,
            container: None,
        };
        let mut random = builder.random(&description.name);
        let namespace = cluster::namespace(&description, builder.now, &mut random);
        builder.put_json::<k8s_pb::api::core::v1::Namespace>(&namespace)?;
    }
    let mut put = 0;
    for number in 0..missing.div_ceil(REPLICAS) {
        let replicas = REPLICAS.min(missing - put);
        let on = |index: usize| places.get((put + index) % places.len().max(1));
        deployment(builder, number, replicas, on)?;
        put += replicas;
    }
    Ok(())
}

fn deployment<'p>(
    builder: &mut Builder<'_>,
    number: usize,
    replicas: usize,
    place: impl Fn(usize) -> Option<&'p kubelet::Place>,
) -> Result<(), BuildError> {
    let workload = describe(number, replicas);
    builder.put_surroundings(&workload)?;
    let mut random = builder.random(&format!("{}/{}", workload.namespace, workload.name));
    let created = builder.now.plus_millis(-milliseconds(&workload.age));
    let labels = manifests::labels(&workload, &workload.image);
    let metadata =
        manifests::counted_metadata(&workload.namespace, &workload.name, created, labels, &mut random);
    let mut manifest = manifests::deployment(&workload, metadata);
    manifest["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
    let deployment: Deployment = builder.put_json(&manifests::applied(manifest, "helm", created))?;
    let template = deployment.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let mut set = replica_set_for(&deployment, &template, workload.replicas, 1, created, &mut random);
    builder.store.put(&mut set);
    let set_template = set.spec.as_ref().and_then(|spec| spec.template.clone()).unwrap_or_default();
    let owner = controller_reference("apps/v1", "ReplicaSet", set.metadata.as_ref());
    let set_name = owner.name.clone().unwrap_or_default();
    let mould =
        PodMould::new(builder.schema, &set_template, &workload.namespace, owner, "kube-controller-manager")?;
    let name = |random: &mut Random| format!("{set_name}-{}", random.suffix(5));
    let Some(first) = place(0) else { return Ok(()) };
    let stamp = Stamp::new(&mould, &name(&mut random), first, &mut random);
    for index in 0..replicas {
        let Some(place) = place(index) else { continue };
        let age = random.between(60, (builder.now.since(created) / 1_000).max(61));
        let name = name(&mut random);
        let address = builder.scheduler.next_address(&place.node);
        let created = Instant::from_seconds(builder.now.seconds() - age);
        let print = Print { name: &name, created, place, address: &address };
        builder.put_print(&stamp, &mould, &print, &mut random)?;
        for image in workload.sidecars.iter().chain([&workload.image]) {
            builder.images.add(&place.node, image);
        }
    }
    Ok(())
}

/// One of the added deployments.
fn describe(number: usize, replicas: usize) -> WorkloadDescription {
    let names = ["checkout", "catalog", "search", "profile", "pricing", "shipping", "reviews", "inventory"];
    let name = format!("{}-{:03}", names[number % names.len()], number);
    WorkloadDescription {
        namespace: format!("load-{:02}", number % NAMESPACES),
        image: format!(
            "registry.gitlab.com/quarterdeck/load/{}:1.{}.{}",
            names[number % names.len()],
            number % 40,
            number % 9
        ),
        name,
        kind: WorkloadKind::Deployment,
        component: "api".to_owned(),
        part_of: Some("load".to_owned()),
        sidecars: vec!["docker.io/envoyproxy/envoy:v1.36.2".to_owned()],
        replicas: i32::try_from(replicas).unwrap_or(i32::MAX),
        resources: "100m/500m, 128Mi/256Mi".to_owned(),
        needs: vec!["postgresql".to_owned(), "redis".to_owned()],
        port: Some(8080),
        pool: Some(POOL.to_owned()),
        age: format!("{}d", 3 + number % 80),
        ..WorkloadDescription::default()
    }
}
