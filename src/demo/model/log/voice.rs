//! Who writes a log, and in which format.

use super::request::Request;
use super::{LogLine, access, apps, cluster, data, worker, writes_requests};
use crate::demo::model::description::{EnvironmentDescription, Profile, ServiceDescription};
use crate::demo::model::effects::Trouble;
use crate::demo::model::past::Sample;
use crate::demo::model::roster::{ContainerView, PodView};
use crate::demo::random::Random;
use crate::platform::time::Instant;

/// A container that writes.
#[derive(Debug)]
pub struct Voice<'v> {
    /// Its pod.
    pub pod: &'v PodView,
    /// The container.
    pub container: &'v ContainerView,
    /// What it serves, if the flows say so.
    pub service: Option<&'v ServiceDescription>,
    /// All services.
    pub services: &'v [ServiceDescription],
    /// All environments.
    pub environments: &'v [EnvironmentDescription],
    /// A number of its own.
    pub seed: u64,
}

/// Languages and programs with formats of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// nginx' access and error logs.
    Nginx,
    /// pino's JSON, of Node.
    Node,
    /// structlog's JSON, of Python.
    Python,
    /// `tracing`'s JSON, of Rust.
    Rust,
    /// Celery's own lines.
    Celery,
    /// PostgreSQL's stderr log.
    Postgres,
    /// Redis' log.
    Redis,
    /// RabbitMQ's log.
    Rabbit,
    /// MinIO's console log.
    Minio,
    /// klog, of Kubernetes' own components.
    Klog,
    /// `key=value`, of Prometheus and its kin.
    Logfmt,
}

impl Voice<'_> {
    /// The format that it writes in.
    pub fn format(&self) -> Format {
        match self.service.map(|service| service.profile) {
            Some(Profile::Balancer | Profile::Ingress) => return Format::Nginx,
            Some(Profile::Web | Profile::Cms) => return Format::Node,
            Some(Profile::Worker) => return Format::Celery,
            Some(Profile::Database) => return Format::Postgres,
            Some(Profile::Cache) => return Format::Redis,
            Some(Profile::Broker) => return Format::Rabbit,
            Some(Profile::ObjectStore) => return Format::Minio,
            Some(Profile::Api) if self.is("rust") => return Format::Rust,
            Some(Profile::Api) => return Format::Python,
            None => {}
        }
        const NAMES: [(&str, Format); 12] = [
            ("celery", Format::Celery),
            ("python", Format::Python),
            ("oncall", Format::Python),
            ("rust", Format::Rust),
            ("infisical", Format::Node),
            ("cert-manager", Format::Klog),
            ("kube-", Format::Klog),
            ("coredns", Format::Klog),
            ("metrics-server", Format::Klog),
            ("defaultbackend", Format::Klog),
            ("config-reloader", Format::Logfmt),
            ("minio", Format::Minio),
        ];
        let found = NAMES.iter().find(|(name, _)| self.is(name));
        found.map_or(Format::Logfmt, |(_, format)| *format)
    }

    /// Whether its image's repository has this in its name.
    pub fn is(&self, part: &str) -> bool {
        let repository = self.container.image.rsplit('/').next().unwrap_or_default();
        repository.split(':').next().unwrap_or_default().contains(part)
    }

    /// The tag of its image.
    pub fn tag(&self) -> &str {
        self.container.image.rsplit_once(':').map_or("latest", |(_, tag)| tag)
    }

    /// Whether it writes a line for each request.
    pub fn writes_requests(&self) -> bool {
        self.service.is_some_and(|service| writes_requests(service.profile))
    }

    /// What it writes when it starts.
    pub fn starts(&self, at: Instant) -> Vec<LogLine> {
        let lines = match self.format() {
            Format::Nginx => access::starts(self, at),
            Format::Node | Format::Python | Format::Rust => apps::starts(self, at),
            Format::Celery => worker::starts(self, at),
            Format::Postgres | Format::Redis | Format::Rabbit | Format::Minio => data::starts(self, at),
            Format::Klog | Format::Logfmt => cluster::starts(self, at),
        };
        let places = lines.into_iter().enumerate();
        places.map(|(index, text)| LogLine { at: at.plus_millis(index as i64 * 37), text }).collect()
    }

    /// What it writes when it ends with this code. Who is killed writes nothing.
    pub fn ends(&self, at: Instant, code: i32) -> Vec<LogLine> {
        let lines = match (code, self.format()) {
            (137, _) => Vec::new(),
            (_, Format::Node | Format::Python | Format::Rust) => apps::ends(self, at, code),
            (_, Format::Postgres) if code != 0 => data::ends(at),
            _ => Vec::new(),
        };
        let places = lines.into_iter().enumerate();
        places.map(|(index, text)| LogLine { at: at.plus_millis(index as i64), text }).collect()
    }

    /// What it writes of one request.
    pub fn request(&self, sample: &Sample, at: Instant, random: &mut Random, lines: &mut Vec<LogLine>) {
        let Some(service) = self.service else { return };
        let request = Request::draw(self, service, sample, random);
        let mut push = |text: String| lines.push(LogLine { at, text });
        match self.format() {
            Format::Nginx if service.profile == Profile::Balancer => push(access::balanced(&request, at)),
            Format::Nginx => access::served(self, &request, at).into_iter().for_each(push),
            Format::Celery => worker::task(self, &request, at, random).into_iter().for_each(push),
            _ => apps::served(self, &request, at).into_iter().for_each(push),
        }
    }

    /// What it writes from time to time.
    pub fn keeps_house(&self, sample: &Sample, slot: Instant, random: &mut Random, lines: &mut Vec<LogLine>) {
        let text = match self.format() {
            Format::Postgres | Format::Redis | Format::Rabbit | Format::Minio => {
                data::keeps_house(self, sample, slot, random)
            }
            Format::Klog | Format::Logfmt => cluster::keeps_house(self, slot, random),
            Format::Celery if self.service.is_none() => worker::beat(slot, random),
            _ if self.service.is_none() => apps::keeps_house(self, slot, random),
            _ => Vec::new(),
        };
        lines.extend(
            text.into_iter().map(|text| LogLine { at: slot.plus_millis(random.below(5_000) as i64), text }),
        );
    }

    /// What it writes of something that is broken.
    pub fn complains(&self, trouble: &Trouble, slot: Instant, random: &mut Random, lines: &mut Vec<LogLine>) {
        let text = cluster::complains(self, trouble, slot, random)
            .or_else(|| data::complains(self, trouble, slot, random));
        lines.extend(text.map(|text| LogLine { at: slot.plus_millis(random.below(5_000) as i64), text }));
    }
}

/// The instant in a format of `strftime`, in UTC.
pub fn stamp(at: Instant, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| String::new(), |it| it.strftime(format).to_string())
}
