//! The nodes as the scheduler knows them.

use std::collections::BTreeMap;

use k8s_pb::api::core::v1::{Node, NodeSpec, Taint, Toleration};

use crate::demo::controllers::kubelet::Place;
use crate::demo::quantity;
use crate::demo::store::Resources;

/// The taint that a cordoned node has, which its own field says as well.
const CORDONED: &str = "node.kubernetes.io/unschedulable";

/// One node: what it has, and whom it takes.
#[derive(Debug)]
pub struct NodeInfo {
    /// Its name and address.
    pub place: Place,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its taints but the one of a cordoned node.
    pub taints: Vec<Taint>,
    /// Whether it is closed for new pods.
    pub cordoned: bool,
    /// What its pods may ask for together.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub pods: i64,
    /// What it has beside processor time, memory and disk.
    pub extended: BTreeMap<String, i64>,
    /// The front of its pods' addresses.
    network: String,
    /// How many addresses it has given out.
    addresses: u32,
}

impl NodeInfo {
    /// What the scheduler needs to know of a node.
    pub fn new(node: &Node) -> Self {
        let metadata = node.metadata.clone().unwrap_or_default();
        let empty = NodeSpec::default();
        let spec = node.spec.as_ref().unwrap_or(&empty);
        let status = node.status.as_ref();
        let allocatable = |name: &str| {
            let quantity = status.and_then(|status| status.allocatable.get(name));
            quantity.and_then(|it| it.string.as_deref()).unwrap_or("0").to_owned()
        };
        let addresses = status.map(|status| status.addresses.as_slice()).unwrap_or_default();
        let address = addresses.iter().find(|it| it.r#type.as_deref() == Some("InternalIP"));
        let network = spec.pod_cidr.as_deref().and_then(|cidr| cidr.rsplit_once('.'));
        NodeInfo {
            place: Place {
                node: metadata.name.unwrap_or_default(),
                address: address.and_then(|it| it.address.clone()).unwrap_or_default(),
            },
            labels: metadata.labels,
            taints: spec.taints.iter().filter(|it| it.key.as_deref() != Some(CORDONED)).cloned().collect(),
            cordoned: spec.unschedulable.unwrap_or(false),
            allocatable: Resources {
                cpu: quantity::thousandths(&allocatable("cpu")).unwrap_or(0),
                memory: quantity::whole(&allocatable("memory")).unwrap_or(0),
                ephemeral_storage: quantity::whole(&allocatable("ephemeral-storage")).unwrap_or(0),
            },
            pods: quantity::whole(&allocatable("pods")).unwrap_or(110),
            extended: extended(node),
            network: network.map_or("10.244.0", |(front, _)| front).to_owned(),
            addresses: 0,
        }
    }

    /// Goes on with the addresses that were given out before the node changed.
    #[must_use]
    pub fn after(mut self, before: Option<&NodeInfo>) -> Self {
        self.addresses = before.map_or(0, |before| before.addresses);
        self
    }

    /// A new address in the node's pod network.
    pub fn next_address(&mut self) -> String {
        self.addresses += 1;
        format!("{}.{}", self.network, 2 + self.addresses % 250)
    }

    /// The value of one of its labels.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }

    /// Whether one of its taints keeps pods with these tolerations away.
    pub fn repels(&self, tolerations: &[Toleration]) -> bool {
        self.taints.iter().any(|taint| {
            taint.effect.as_deref() != Some("PreferNoSchedule")
                && !tolerations.iter().any(|it| tolerates(it, taint))
        })
    }

    /// Whether one of its taints drives pods with these tolerations away that are there already.
    pub fn expels(&self, tolerations: &[Toleration]) -> bool {
        let mut taints = self.taints.iter().filter(|taint| taint.effect.as_deref() == Some("NoExecute"));
        taints.any(|taint| !tolerations.iter().any(|it| tolerates(it, taint)))
    }

    /// How many of its taints would rather keep such pods away.
    pub fn discourages(&self, tolerations: &[Toleration]) -> i64 {
        let preferred = self.taints.iter().filter(|it| it.effect.as_deref() == Some("PreferNoSchedule"));
        let unwelcome = preferred.filter(|taint| !tolerations.iter().any(|it| tolerates(it, taint)));
        i64::try_from(unwelcome.count()).unwrap_or(i64::MAX)
    }
}

fn extended(node: &Node) -> BTreeMap<String, i64> {
    let allocatable = node.status.iter().flat_map(|status| &status.allocatable);
    allocatable
        .filter(|(name, _)| name.contains('/') || name.starts_with("hugepages-"))
        .filter_map(|(name, amount)| Some((name.clone(), quantity::whole(amount.string.as_deref()?)?)))
        .collect()
}

/// Whether a toleration puts up with a taint.
pub fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.as_deref().unwrap_or_default();
    let key = toleration.key.as_deref().unwrap_or_default();
    let (wanted, found) =
        (toleration.value.as_deref().unwrap_or_default(), taint.value.as_deref().unwrap_or_default());
    let number = |text: &str| text.parse::<i64>().ok();
    if !effect.is_empty() && taint.effect.as_deref() != Some(effect) {
        return false;
    }
    if !key.is_empty() && taint.key.as_deref() != Some(key) {
        return false;
    }
    match toleration.operator.as_deref().unwrap_or("Equal") {
        "Exists" => true,
        "Lt" => number(found).zip(number(wanted)).is_some_and(|(found, wanted)| found < wanted),
        "Gt" => number(found).zip(number(wanted)).is_some_and(|(found, wanted)| found > wanted),
        _ => !key.is_empty() && wanted == found,
    }
}
