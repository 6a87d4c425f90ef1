//! One thing that breaks the platform, as data.

use serde::Deserialize;

use super::condition::Condition;
use super::image::ImageBehaviour;

/// Something that breaks, from when it is added until it is removed; and of that time only while all its conditions hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Effect {
    /// Its name; another effect of the name takes its place.
    pub name: String,
    /// The conditions; without any it holds all the time.
    #[serde(default, rename = "while")]
    pub conditions: Vec<Condition>,
    /// What breaks.
    #[serde(flatten)]
    pub trouble: Trouble,
}

/// What breaks. Workloads, claims, pods and certificates are named with their namespaces, such as `production/celery-worker`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "breaks", rename_all = "kebab-case")]
pub enum Trouble {
    /// Containers of an image.
    Image {
        /// Its reference.
        image: String,
        /// How they behave.
        #[serde(flatten)]
        behaviour: ImageBehaviour,
    },
    /// More or fewer requests arrive.
    Traffic {
        /// In which environment.
        environment: String,
        /// How many times as many.
        factor: f64,
    },
    /// A database's replica replays more slowly.
    Replication {
        /// The database.
        workload: String,
        /// What it replays a second, in MiB.
        mib_per_second: f64,
    },
    /// Workers that were started before it began work more slowly; a restart helps.
    Consumers {
        /// The workers.
        workload: String,
        /// The share of tasks that they still do.
        factor: f64,
    },
    /// The service behind a workload fails some requests whatever its pods do.
    Service {
        /// The workload.
        workload: String,
        /// The share of requests that fail.
        errors: f64,
        /// How many times longer requests take.
        #[serde(default = "one")]
        slower: f64,
    },
    /// A node is lost: its kubelet says nothing, and what is on it doesn't run.
    Node {
        /// Its name.
        node: String,
    },
    /// The disk of a node, or a volume, fills.
    Disk {
        /// The claim of the volume; or the node, without a namespace.
        on: String,
        /// How quickly.
        mib_per_minute: f64,
    },
    /// A volume is slow.
    SlowVolume {
        /// The claim.
        claim: String,
        /// How many times longer everything takes on it.
        slower: f64,
    },
    /// A certificate isn't renewed.
    Certificate {
        /// The certificate.
        certificate: String,
        /// The words of its `Ready` condition and of its challenge.
        message: String,
        /// Days until it expires, at the time when the effect begins.
        #[serde(default)]
        days_left: Option<f64>,
    },
    /// A backup storage location can't be reached.
    BackupLocation {
        /// The location.
        location: String,
        /// The words of its status.
        message: String,
    },
    /// A drive of an object store is lost.
    Drive {
        /// The pod that has it.
        pod: String,
    },
    /// Names aren't resolved.
    Dns {
        /// The share of look-ups that fail.
        share: f64,
    },
    /// The registry refuses to give images.
    Registry {
        /// How the references of those images begin.
        prefix: String,
        /// The namespace that can't pull them; all where it is empty.
        #[serde(default)]
        namespace: String,
    },
    /// The pods of a workload take more processor time than anybody expects.
    Burn {
        /// The workload.
        workload: String,
        /// Cores that each pod wants.
        cores: f64,
    },
}

fn one() -> f64 {
    1.0
}
