//! Small rows for the tests of the picture.

use std::sync::Arc;

use quarterdeck::picture::Picture;
use quarterdeck::picture::model::{
    AutoscalerRow, Batch, Change, Delta, Labels, NamespaceRow, Owner, PodRow, Resources, RowChange, Scope,
    SourceKey, WorkloadRow,
};
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::pattern::NamePattern;
use quarterdeck::platform::pod::PodHealth;
use quarterdeck::platform::quantity::{Bytes, MilliCpu};
use quarterdeck::platform::time::Instant;
use quarterdeck::platform::workload::Health;
use quarterdeck::platform::zone::{Exposure, LabelSelector, ZoneSpec, Zones};

pub fn labels(pairs: &[(&str, &str)]) -> Arc<Labels> {
    Arc::new(Labels::new(pairs.iter().map(|(name, value)| (Symbol::from(*name), Symbol::from(*value)))))
}

/// Three zones: by the namespace's name, by its labels, and by the labels of what runs in it.
pub fn zones() -> Zones {
    let zone = |name: &str,
                namespaces: &[&str],
                of_namespace: &[(&str, &str)],
                of_workload: &[(&str, &str)]| {
        let selector = |pairs: &[(&str, &str)]| {
            LabelSelector(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        ZoneSpec {
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            exposure: Exposure::Internal,
            namespaces: namespaces.iter().map(|name| NamePattern::new(name)).collect(),
            namespace_selector: selector(of_namespace),
            workload_selector: selector(of_workload),
        }
    };
    Zones::new(vec![
        zone("edge", &["alpha"], &[], &[]),
        zone("data", &[], &[("tier", "data")], &[]),
        zone("public", &[], &[], &[("expose", "yes")]),
    ])
    .expect("few zones")
}

pub fn picture() -> Picture {
    Picture::new(Symbol::from("test"), zones())
}

pub fn source(kind: Kind, namespace: Option<&str>) -> SourceKey {
    let scope = namespace.map_or(Scope::Cluster, |name| Scope::Namespace(Symbol::from(name)));
    SourceKey { cluster: Symbol::from("test"), kind, scope }
}

/// Puts pods as the source of the whole cluster does.
pub fn put_pods(picture: &mut Picture, rows: impl IntoIterator<Item = PodRow>) {
    let changes = rows.into_iter().map(RowChange::Put).collect();
    picture.apply(Delta::Source(source(Kind::Pod, None), Change::Rows(Batch::Pods(changes))));
}

/// A pod that runs.
pub fn pod(uid: u128, namespace: &str, name: &str) -> PodRow {
    PodRow {
        uid: Uid(uid),
        namespace: Symbol::from(namespace),
        name: name.into(),
        labels: labels(&[]),
        owner: None,
        workload: None,
        node: None,
        ip: None,
        status: Symbol::from("Running"),
        health: PodHealth::Ready,
        ready: 1,
        containers: 1,
        restarts: 0,
        restarted: None,
        created: Instant(0),
        images: Arc::from([]),
        requests: Resources { cpu: MilliCpu(100), memory: Bytes(1 << 20) },
        zone: None,
    }
}

pub fn owner(kind: Kind, name: &str) -> Owner {
    Owner { kind: Symbol::from(kind.name()), name: Symbol::from(name) }
}

pub fn workload(uid: u128, namespace: &str, name: &str, health: Health) -> WorkloadRow {
    WorkloadRow {
        kind: Kind::Deployment,
        uid: Uid(uid),
        namespace: Symbol::from(namespace),
        name: Symbol::from(name),
        labels: labels(&[]),
        template_labels: labels(&[]),
        owner: None,
        wanted: 3,
        ready: 2,
        updated: 3,
        available: 2,
        current: 3,
        paused: false,
        observed: true,
        complaint: None,
        health,
        images: Arc::from([]),
        requests: Resources::default(),
        created: Instant(0),
        scaling: None,
        zone: None,
    }
}

pub fn autoscaler(uid: u128, namespace: &str, current: u32) -> AutoscalerRow {
    AutoscalerRow {
        uid: Uid(uid),
        namespace: Symbol::from(namespace),
        name: Symbol::from("autoscaler"),
        labels: labels(&[]),
        target: owner(Kind::Deployment, "web"),
        minimum: 1,
        maximum: 3,
        current,
        desired: current,
        limited: None,
        inactive: None,
        created: Instant(0),
        zone: None,
    }
}

pub fn namespace(uid: u128, name: &str, labels: Arc<Labels>) -> NamespaceRow {
    NamespaceRow { uid: Uid(uid), name: Symbol::from(name), labels, terminating: false, created: Instant(0) }
}
