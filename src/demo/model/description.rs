//! Reads the description of how load flows.

use serde::Deserialize;

/// The description that comes with the program.
const REFERENCE: &str = include_str!("flows.toml");

/// How load comes to a platform, and flows through it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// When there is how much.
    pub day: DayDescription,
    /// Where it comes from.
    #[serde(rename = "environment")]
    pub environments: Vec<EnvironmentDescription>,
    /// What it flows through, callers before those that they call.
    #[serde(rename = "service")]
    pub services: Vec<ServiceDescription>,
    /// What it leaves on disks.
    #[serde(rename = "volume", default)]
    pub volumes: Vec<VolumeDescription>,
}

/// The shape of a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayDescription {
    /// The day of the business's week on which the platform starts; Monday is 0.
    pub weekday: i64,
    /// The time of the business's day at which the platform starts, such as `13:40`.
    pub starts: String,
    /// The share of the peak at each full hour of a working day.
    pub hours: [f64; 24],
    /// What is left of it at the weekend.
    pub weekend: f64,
}

/// A part of the platform with requests of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentDescription {
    /// Its name.
    pub name: String,
    /// The namespaces of its services, its own before those that it shares.
    pub namespaces: Vec<String>,
    /// Requests a second at the peak of the day.
    pub peak: f64,
    /// By what share they waver.
    pub noise: f64,
}

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Takes connections from outside, and passes them on.
    Balancer,
    /// Takes requests, and passes them on by their paths.
    Ingress,
    /// Renders pages.
    Web,
    /// Serves content.
    Cms,
    /// Answers requests.
    Api,
    /// Takes tasks from a queue.
    Worker,
    /// Keeps queues.
    Broker,
    /// Keeps values in memory.
    Cache,
    /// Keeps rows.
    Database,
    /// Keeps objects.
    ObjectStore,
}

/// One service, in each of its environments.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceDescription {
    /// The name of its workload.
    pub workload: String,
    /// What it does.
    pub profile: Profile,
    /// Processor time that a request takes, in milliseconds of a core.
    pub cpu_ms: f64,
    /// Time that a request waits for nothing that is modelled, in milliseconds.
    pub wait_ms: f64,
    /// Requests that one pod works on at the same time.
    pub slots: f64,
    /// Processor time without any request, in thousandths of a core.
    pub idle_mcpu: f64,
    /// Memory without any request; less where a pod asks for much less, since it is then configured so.
    pub base_mib: f64,
    /// Memory for each request that is being worked on.
    pub slot_mib: f64,
    /// How long a request may take.
    pub timeout_ms: f64,
    /// The share of requests that fail when all is well.
    #[serde(default)]
    pub base_errors: f64,
    /// The share of requests that are the client's mistake.
    #[serde(default)]
    pub client_errors: f64,
    /// Connections to the database that a pod keeps.
    #[serde(default)]
    pub pool: f64,
    /// Connections that a pod takes at most.
    #[serde(default)]
    pub connections: f64,
    /// The share of requests that the leader among its pods takes; none where all are equal.
    #[serde(default)]
    pub leader: Option<f64>,
    /// The broker whose queue it empties.
    #[serde(default)]
    pub queue: Option<String>,
    /// What it calls for each request.
    #[serde(default)]
    pub calls: Vec<CallDescription>,
}

/// A call that a request makes of another service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallDescription {
    /// The workload that is called.
    pub to: String,
    /// How many calls a request makes.
    pub rate: f64,
    /// The share of requests that fail when such a call does.
    #[serde(default)]
    pub fails: f64,
    /// How often a call that fails is made again.
    #[serde(default)]
    pub retries: i32,
    /// For a cache: the share of calls that find what they look for.
    #[serde(default)]
    pub hits: f64,
    /// For a cache: what is called where it wasn't found.
    #[serde(default)]
    pub misses_to: Option<String>,
}

/// What load leaves on the volumes of a workload.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeDescription {
    /// The workload.
    pub workload: String,
    /// The share that is used when the platform starts.
    pub used: f64,
    /// How much is added in an hour at the peak.
    pub mib_per_hour: f64,
}

impl Flows {
    /// The reference platform's.
    ///
    /// # Errors
    /// When the description can't be read.
    pub fn reference() -> Result<Flows, toml::de::Error> {
        toml::from_str(REFERENCE)
    }

    /// Every namespace that an environment names, once.
    pub fn namespaces(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.environments.iter().flat_map(|it| it.namespaces.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }
}
