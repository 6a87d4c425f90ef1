//! Startup, readiness and liveness probes. A probe whose next outcomes are known to be as the last isn't run one by one.

use k8s_pb::api::core::v1::{Container, Probe};

use crate::platform::time::Instant;

/// The three kinds of probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Until it succeeds, the others wait.
    Startup,
    /// Whether requests may be sent to the container.
    Readiness,
    /// Whether the container has to be restarted.
    Liveness,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Startup, Kind::Readiness, Kind::Liveness];

    /// As events name it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Startup => "Startup",
            Kind::Readiness => "Readiness",
            Kind::Liveness => "Liveness",
        }
    }

    /// The container's probe of this kind.
    pub fn of(self, container: &Container) -> Option<&Probe> {
        match self {
            Kind::Startup => container.startup_probe.as_ref(),
            Kind::Readiness => container.readiness_probe.as_ref(),
            Kind::Liveness => container.liveness_probe.as_ref(),
        }
    }
}

/// The probes of one run of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probes {
    startup: Track,
    readiness: Track,
    liveness: Track,
    /// The words of the readiness probe's failure, while the application fails it.
    trouble: Option<String>,
}

/// The outcomes of one probe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Track {
    /// What it has come to.
    result: bool,
    /// How often in a row it succeeded, or with a minus sign, failed.
    streak: i32,
    /// When it is run next; never while its outcome is known to stay.
    next: Option<Instant>,
}

/// What has come of running a probe.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The words of the failure, where it failed.
    pub failure: Option<String>,
    /// Whether the container has to be stopped for it.
    pub fatal: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The container.
    pub container: &'a Container,
    /// The pod's address.
    pub address: &'a str,
    /// When its process answers; `None` where it never does.
    pub answers_at: Option<Instant>,
    /// When it was started.
    pub since: Instant,
}

impl Probes {
    /// The probes of a container that has just started; `jitter` is when in its period the first falls, in milliseconds.
    pub fn begin(container: &Container, since: Instant, jitter: i64) -> Self {
        let mut probes = Probes::default();
        probes.liveness.result = true;
        let startup = container.startup_probe.as_ref();
        probes.startup.result = startup.is_none();
        match startup {
            Some(probe) => probes.startup.next = Some(first(probe, since, jitter)),
            None => probes.open(container, since, since.plus_millis(jitter)),
        }
        probes
    }

    /// The probes of a container that has been running: what its status says has come of them.
    pub fn settled(container: &Container, started: bool, ready: bool, since: Instant, now: Instant) -> Self {
        let mut probes = Probes::default();
        probes.startup.result = started;
        probes.readiness.result = ready;
        probes.liveness.result = true;
        for kind in Kind::ALL {
            let quiet = match kind {
                Kind::Startup => started,
                Kind::Readiness => ready || !started,
                Kind::Liveness => true,
            };
            if let (Some(probe), false) = (kind.of(container), quiet) {
                probes.track(kind).next = Some(aligned(probe, since, now));
            }
        }
        probes
    }

    /// The probes of an application that answers, but never says that it is ready.
    #[must_use]
    pub fn never_ready(mut self) -> Self {
        self.trouble = Some("Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned());
        self
    }

    /// Whether the container counts as started.
    pub fn started(&self) -> bool {
        self.startup.result
    }

    /// Whether the container counts as ready.
    pub fn ready(&self, container: &Container) -> bool {
        self.startup.result && (container.readiness_probe.is_none() || self.readiness.result)
    }

    /// When a probe is run next.
    pub fn next(&self) -> Option<(Instant, Kind)> {
        let due = Kind::ALL.iter().filter_map(|kind| self.tracked(*kind).next.map(|next| (next, *kind)));
        due.min_by_key(|(next, _)| *next)
    }

    /// From now on the application fails its readiness probe.
    pub fn fail(&mut self, message: String, subject: Subject<'_>, now: Instant) {
        self.trouble = Some(message);
        self.look_again(subject, now);
    }

    /// The application answers its readiness probe again.
    pub fn recover(&mut self, subject: Subject<'_>, now: Instant) {
        self.trouble = None;
        self.look_again(subject, now);
    }

    fn look_again(&mut self, subject: Subject<'_>, now: Instant) {
        if let (Some(probe), true) = (&subject.container.readiness_probe, self.startup.result) {
            let next = aligned(probe, subject.since, now);
            self.readiness.next.get_or_insert(next);
        }
    }

    /// Runs a probe that is due.
    pub fn run(&mut self, kind: Kind, subject: Subject<'_>, now: Instant) -> Outcome {
        let nothing = Outcome { failure: None, fatal: false };
        let Some(probe) = kind.of(subject.container) else {
            self.track(kind).next = None;
            return nothing;
        };
        let failure = self.ask(kind, probe, subject, now);
        let thresholds =
            (probe.success_threshold.unwrap_or(1).max(1), probe.failure_threshold.unwrap_or(3).max(1));
        let track = self.track(kind);
        let succeeded = failure.is_none();
        track.streak = match (succeeded, track.streak) {
            (true, streak) => streak.max(0) + 1,
            (false, streak) => streak.min(0) - 1,
        };
        if track.streak >= thresholds.0 {
            track.result = true;
        }
        let exceeded = -track.streak >= thresholds.1;
        if exceeded {
            track.result = false;
        }
        let known = succeeded && track.result;
        track.next = (!known).then(|| now.plus_millis(period(probe)));
        if kind == Kind::Startup && known {
            self.open(subject.container, subject.since, now);
        }
        Outcome { failure, fatal: exceeded && kind != Kind::Readiness }
    }

    /// Lets the other probes begin once the container has started.
    fn open(&mut self, container: &Container, since: Instant, now: Instant) {
        for kind in [Kind::Readiness, Kind::Liveness] {
            if let Some(probe) = kind.of(container) {
                self.track(kind).next = Some(first(probe, since, 0).max(now));
            }
        }
    }

    /// Why the application fails the probe, in the words of the event.
    fn ask(&self, kind: Kind, probe: &Probe, subject: Subject<'_>, now: Instant) -> Option<String> {
        if subject.answers_at.is_none_or(|at| now < at) {
            return Some(format!("{} probe failed: {}", kind.word(), refusal(probe, subject)));
        }
        self.trouble.clone().filter(|_| kind == Kind::Readiness)
    }

    fn tracked(&self, kind: Kind) -> &Track {
        match kind {
            Kind::Startup => &self.startup,
            Kind::Readiness => &self.readiness,
            Kind::Liveness => &self.liveness,
        }
    }

    fn track(&mut self, kind: Kind) -> &mut Track {
        match kind {
            Kind::Startup => &mut self.startup,
            Kind::Readiness => &mut self.readiness,
            Kind::Liveness => &mut self.liveness,
        }
    }
}

/// The period of a probe, in milliseconds.
fn period(probe: &Probe) -> i64 {
    i64::from(probe.period_seconds.filter(|it| *it > 0).unwrap_or(10)) * 1_000
}

fn first(probe: &Probe, since: Instant, jitter: i64) -> Instant {
    since.plus_millis(i64::from(probe.initial_delay_seconds.unwrap_or(0)) * 1_000 + jitter.min(period(probe)))
}

/// The next time that the probe is run, counted from the start of the container.
fn aligned(probe: &Probe, since: Instant, now: Instant) -> Instant {
    let (start, period) = (first(probe, since, 0), period(probe));
    let passed = now.since(start).max(0);
    start.plus_millis((passed / period + 1) * period)
}

/// What a probe hears from a container in which nobody listens yet.
fn refusal(probe: &Probe, subject: Subject<'_>) -> String {
    let Some(handler) = &probe.handler else { return String::new() };
    let port = |port: Option<&k8s_pb::apimachinery::pkg::util::intstr::IntOrString>| {
        let named = port.and_then(|it| it.str_val.as_deref()).filter(|name| !name.is_empty());
        let found =
            named.and_then(|name| subject.container.ports.iter().find(|it| it.name.as_deref() == Some(name)));
        found.and_then(|it| it.container_port).or_else(|| port.and_then(|it| it.int_val)).unwrap_or(80)
    };
    let address = subject.address;
    if let Some(http) = &handler.http_get {
        let (port, path) = (port(http.port.as_ref()), http.path.as_deref().unwrap_or("/"));
        let scheme = http.scheme.as_deref().unwrap_or("HTTP").to_lowercase();
        let slash = if path.starts_with('/') { "" } else { "/" };
        return format!(
            "Get \"{scheme}://{address}:{port}{slash}{path}\": dial tcp {address}:{port}: connect: connection refused"
        );
    }
    if let Some(socket) = &handler.tcp_socket {
        return format!("dial tcp {address}:{}: connect: connection refused", port(socket.port.as_ref()));
    }
    match &handler.grpc {
        Some(grpc) => {
            let seconds = probe.timeout_seconds.unwrap_or(1);
            format!(
                "timeout: failed to connect service \"{address}:{}\" within {seconds}s: context deadline exceeded",
                grpc.port.unwrap_or(0)
            )
        }
        None => String::new(),
    }
}
