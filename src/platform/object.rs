//! Identities of objects, as every room names them.

use std::fmt;
use std::sync::Arc;

/// A string that repeats: interned once, shared everywhere.
pub type Symbol = Arc<str>;

/// The identity that a server gave an object: a UUID, kept as 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uid(pub u128);

impl Uid {
    /// Reads a UUID; any other text is folded into 16 bytes (FNV-1a, 128 bits), so that it still identifies.
    pub fn parse(text: &str) -> Uid {
        let mut value: u128 = 0;
        let mut digits = 0;
        for byte in text.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                b'-' => continue,
                _ => return Uid(folded(text)),
            };
            value = value << 4 | u128::from(digit);
            digits += 1;
        }
        if digits == 32 { Uid(value) } else { Uid(folded(text)) }
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(formatter, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

fn folded(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

/// The kinds of objects that the picture keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Namespaces.
    Namespace,
    /// Nodes.
    Node,
    /// Pods.
    Pod,
    /// Deployments.
    Deployment,
    /// StatefulSets.
    StatefulSet,
    /// DaemonSets.
    DaemonSet,
    /// ReplicaSets.
    ReplicaSet,
    /// HorizontalPodAutoscalers.
    HorizontalPodAutoscaler,
}

impl Kind {
    /// Every kind, in the order in which they are asked for.
    pub const ALL: [Kind; 8] = [
        Kind::Namespace,
        Kind::Pod,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::HorizontalPodAutoscaler,
        Kind::Node,
        Kind::ReplicaSet,
    ];

    /// The kind as Kubernetes spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Namespace => "Namespace",
            Kind::Node => "Node",
            Kind::Pod => "Pod",
            Kind::Deployment => "Deployment",
            Kind::StatefulSet => "StatefulSet",
            Kind::DaemonSet => "DaemonSet",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::HorizontalPodAutoscaler => "HorizontalPodAutoscaler",
        }
    }

    /// The resource in a path: lower case, plural.
    pub const fn resource(self) -> &'static str {
        match self {
            Kind::Namespace => "namespaces",
            Kind::Node => "nodes",
            Kind::Pod => "pods",
            Kind::Deployment => "deployments",
            Kind::StatefulSet => "statefulsets",
            Kind::DaemonSet => "daemonsets",
            Kind::ReplicaSet => "replicasets",
            Kind::HorizontalPodAutoscaler => "horizontalpodautoscalers",
        }
    }

    /// The API group; empty for the core group.
    pub const fn group(self) -> &'static str {
        match self {
            Kind::Namespace | Kind::Node | Kind::Pod => "",
            Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet => "apps",
            Kind::HorizontalPodAutoscaler => "autoscaling",
        }
    }

    /// The version of the group that the console reads.
    pub const fn version(self) -> &'static str {
        match self {
            Kind::HorizontalPodAutoscaler => "v2",
            _ => "v1",
        }
    }

    /// Whether objects of the kind live in a namespace.
    pub const fn namespaced(self) -> bool {
        !matches!(self, Kind::Namespace | Kind::Node)
    }

    /// The path of the collection: in `namespace`, or across the cluster.
    pub fn path(self, namespace: Option<&str>) -> String {
        let root = match self.group() {
            "" => format!("/api/{}", self.version()),
            group => format!("/apis/{group}/{}", self.version()),
        };
        match namespace {
            Some(namespace) if self.namespaced() => {
                format!("{root}/namespaces/{namespace}/{}", self.resource())
            }
            _ => format!("{root}/{}", self.resource()),
        }
    }

    /// The kind that Kubernetes spells so.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind by any word that kubectl takes for it: `deployment`, `deploy`, `deployments` …
    pub fn from_word(word: &str) -> Option<Kind> {
        Some(match word.to_ascii_lowercase().as_str() {
            "namespace" | "namespaces" | "ns" => Kind::Namespace,
            "node" | "nodes" | "no" => Kind::Node,
            "pod" | "pods" | "po" => Kind::Pod,
            "deployment" | "deployments" | "deploy" => Kind::Deployment,
            "statefulset" | "statefulsets" | "sts" => Kind::StatefulSet,
            "daemonset" | "daemonsets" | "ds" => Kind::DaemonSet,
            "replicaset" | "replicasets" | "rs" => Kind::ReplicaSet,
            "horizontalpodautoscaler" | "horizontalpodautoscalers" | "hpa" => Kind::HorizontalPodAutoscaler,
            _ => return None,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One object of one cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectReference {
    /// The kubeconfig context through which the cluster is reached.
    pub cluster: Symbol,
    /// The kind of the object.
    pub kind: Kind,
    /// Its namespace; empty for kinds that have none.
    pub namespace: Symbol,
    /// Its name.
    pub name: Symbol,
    /// Its identity, known at the latest when something is applied to it.
    pub uid: Option<Uid>,
}

impl ObjectReference {
    /// The path of the object at its API server.
    pub fn path(&self) -> String {
        let namespace = (!self.namespace.is_empty()).then_some(&*self.namespace);
        format!("{}/{}", self.kind.path(namespace), self.name)
    }
}

impl fmt::Display for ObjectReference {
    /// `deployment/production/backend-rust`, and `node/worker-1` for kinds without a namespace.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.name().to_ascii_lowercase();
        if self.namespace.is_empty() {
            write!(formatter, "{kind}/{}", self.name)
        } else {
            write!(formatter, "{kind}/{}/{}", self.namespace, self.name)
        }
    }
}
