//! A small platform with something of everything: healthy, degraded, down, crashing, at a limit.

use std::net::IpAddr;
use std::sync::Arc;

use quarterdeck::actions::{Action, ArgumentValue};
use quarterdeck::config::{Contrast, shipped};
use quarterdeck::panes::{self, Effect, Pane, PaneId, Place, ViewContext};
use quarterdeck::picture::Picture;
use quarterdeck::picture::model::{
    AutoscalerRow, Batch, Change, Condition, Delta, Interner, NamespaceRow, NodeRow, Owner, PodRow,
    Resources, RowChange, Scope, SourceKey, WorkloadRow,
};
use quarterdeck::platform::environment::{EnvironmentSpec, Environments};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, Symbol, Uid};
use quarterdeck::platform::pattern::NamePattern;
use quarterdeck::platform::pod::PodHealth;
use quarterdeck::platform::quantity::{Bytes, MilliCpu};
use quarterdeck::platform::time::Instant;
use quarterdeck::platform::workload::{WorkloadFacts, health};
use quarterdeck::platform::zone::{Exposure, LabelSelector, ZoneSpec, Zones};
use quarterdeck::theme::{ColourDepth, Target, Theme, compile};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The present of every test.
pub fn now() -> Instant {
    Instant::parse("2026-03-14T12:00:00Z").unwrap()
}

/// So many minutes before the present.
pub fn minutes_ago(minutes: i64) -> Instant {
    now().plus_millis(-minutes * 60_000)
}

pub fn theme(depth: ColourDepth, ascii: bool) -> Theme {
    let target = Target { depth, ascii, contrast: Contrast::Normal };
    compile(&shipped::theme("dark").unwrap(), target).unwrap()
}

fn patterns(names: &[&str]) -> Vec<NamePattern> {
    names.iter().map(|name| NamePattern::new(name)).collect()
}

pub fn zones() -> Zones {
    let zone = |name: &str, exposure, namespaces: &[&str]| ZoneSpec {
        name: name.to_owned(),
        title: name.to_owned(),
        description: String::new(),
        exposure,
        namespaces: patterns(namespaces),
        namespace_selector: LabelSelector::default(),
        workload_selector: LabelSelector::default(),
    };
    Zones::new(vec![
        zone("public", Exposure::Public, &["ingress-nginx", "cert-manager"]),
        zone("application", Exposure::Internal, &["production", "staging", "dev"]),
        zone("data", Exposure::Internal, &["data"]),
        zone("storage", Exposure::Internal, &["storage", "velero"]),
        zone("monitoring", Exposure::Isolated, &["monitoring"]),
        zone("security", Exposure::Isolated, &["security"]),
        zone("system", Exposure::Internal, &["kube-*"]),
    ])
    .unwrap()
}

pub fn environments() -> Arc<Environments> {
    let environment = |name: &str, production, namespaces: &[&str]| EnvironmentSpec {
        name: name.to_owned(),
        badge: name.to_uppercase(),
        namespaces: patterns(namespaces),
        contexts: Vec::new(),
        production,
        default_deny: false,
    };
    let production = [
        "production",
        "ingress-nginx",
        "cert-manager",
        "data",
        "storage",
        "velero",
        "monitoring",
        "security",
    ];
    Arc::new(
        Environments::new(vec![
            environment("production", true, &production),
            environment("staging", false, &["staging"]),
            environment("dev", false, &["dev"]),
        ])
        .unwrap(),
    )
}

/// Makes rows, each with an identity of its own.
#[derive(Default)]
pub struct Maker {
    interner: Interner,
    next: u128,
}

impl Maker {
    fn uid(&mut self) -> Uid {
        self.next += 1;
        Uid(self.next)
    }

    pub fn namespace(&mut self, name: &str) -> NamespaceRow {
        NamespaceRow {
            uid: self.uid(),
            name: self.interner.symbol(name),
            labels: self.interner.labels([]),
            terminating: false,
            created: minutes_ago(60 * 24 * 90),
        }
    }

    fn node(&mut self, index: usize) -> NodeRow {
        NodeRow {
            uid: self.uid(),
            name: self.interner.symbol(&format!("worker-{index}.fra1.example.net")),
            labels: self.interner.labels([]),
            ready: true,
            unschedulable: false,
            repels: false,
            allocatable: Resources { cpu: MilliCpu(8_000), memory: Bytes(32 << 30) },
            pods: 110,
            version: self.interner.symbol("v1.36.0"),
            created: minutes_ago(60 * 24 * 90),
        }
    }

    pub fn workload(
        &mut self,
        kind: Kind,
        namespace: &str,
        name: &str,
        ready: u32,
        wanted: u32,
    ) -> WorkloadRow {
        let facts = WorkloadFacts { wanted, ready, updated: Some(wanted), observed: true, complains: false };
        let image = format!("registry.example.net/platform/{name}:1.{}.0", name.len());
        WorkloadRow {
            kind,
            uid: self.uid(),
            namespace: self.interner.symbol(namespace),
            name: self.interner.symbol(name),
            labels: self.interner.labels([("app", name)]),
            template_labels: self.interner.labels([("app", name)]),
            owner: None,
            wanted,
            ready,
            updated: wanted,
            available: ready,
            current: wanted,
            paused: false,
            observed: true,
            complaint: None,
            health: health(facts),
            images: self.interner.list([image.as_str()]),
            requests: Resources { cpu: MilliCpu(250), memory: Bytes(512 << 20) },
            created: minutes_ago(60 * 24 * 12 + 60 * 5),
            scaling: None,
            zone: None,
        }
    }

    /// The pod of that number of a workload, ready on a node.
    pub fn pod(&mut self, of: &WorkloadRow, number: u32) -> PodRow {
        let suffix = ["x7k2p", "b9d4q", "m3z8w", "t6v1c", "h2n5j", "r8f0s"][number as usize % 6];
        let name = match of.kind {
            Kind::StatefulSet => format!("{}-{number}", of.name),
            Kind::Deployment => format!("{}-6d4f9c7b58-{suffix}", of.name),
            _ => format!("{}-{suffix}", of.name),
        };
        let owner = |kind: &str, name: &str| Owner { kind: Symbol::from(kind), name: Symbol::from(name) };
        let workload = owner(of.kind.name(), &of.name);
        let direct = match of.kind {
            Kind::Deployment => owner("ReplicaSet", &format!("{}-6d4f9c7b58", of.name)),
            _ => workload.clone(),
        };
        let uid = self.uid();
        PodRow {
            uid,
            namespace: of.namespace.clone(),
            name: name.into(),
            labels: of.template_labels.clone(),
            owner: Some(direct),
            workload: Some(workload),
            node: Some(self.interner.symbol(&format!("worker-{}.fra1.example.net", number % 3 + 1))),
            ip: Some(IpAddr::from([10, 42, (number % 3) as u8, (uid.0 % 250) as u8])),
            status: self.interner.symbol("Running"),
            health: PodHealth::Ready,
            ready: 2,
            containers: 2,
            restarts: 0,
            restarted: None,
            created: minutes_ago(60 * 26 + i64::from(number) * 7),
            images: of.images.clone(),
            requests: of.requests,
            zone: None,
        }
    }

    pub fn autoscaler(&mut self, of: &WorkloadRow, current: u32, maximum: u32) -> AutoscalerRow {
        AutoscalerRow {
            uid: self.uid(),
            namespace: of.namespace.clone(),
            name: of.name.clone(),
            labels: self.interner.labels([]),
            target: Owner { kind: Symbol::from(of.kind.name()), name: of.name.clone() },
            minimum: 2,
            maximum,
            current,
            desired: current,
            limited: None,
            inactive: None,
            created: minutes_ago(60 * 24 * 12),
            zone: None,
        }
    }
}

/// Puts a pod into a state.
pub fn ailing(mut pod: PodRow, status: &str, health: PodHealth, ready: u16, restarts: u32) -> PodRow {
    pod.status = Symbol::from(status);
    pod.health = health;
    pod.ready = ready;
    pod.restarts = restarts;
    pod.restarted = (restarts > 0).then(|| minutes_ago(3));
    pod
}

pub fn source(kind: Kind) -> SourceKey {
    SourceKey { cluster: Symbol::from("demo"), kind, scope: Scope::Cluster }
}

/// A whole list of one kind.
pub fn list(picture: &mut Picture, kind: Kind, batch: Batch) {
    for change in
        [Change::ListBegins, Change::Rows(batch), Change::ListEnds, Change::Freshness(Freshness::Live)]
    {
        picture.apply(Delta::Source(source(kind), change));
    }
}

pub fn put<R>(rows: impl IntoIterator<Item = R>) -> Vec<RowChange<R>> {
    rows.into_iter().map(RowChange::Put).collect()
}

/// A picture into which nothing has come.
pub fn empty_picture() -> Picture {
    Picture::new(Symbol::from("demo"), zones())
}

/// The small platform.
pub fn platform() -> Picture {
    let mut make = Maker::default();
    let mut picture = empty_picture();
    let names = [
        "cert-manager",
        "data",
        "dev",
        "ingress-nginx",
        "kube-system",
        "monitoring",
        "production",
        "sandbox",
        "security",
        "staging",
        "velero",
    ];
    let namespaces: Vec<_> = names.iter().map(|name| make.namespace(name)).collect();
    list(&mut picture, Kind::Namespace, Batch::Namespaces(put(namespaces)));
    let nodes: Vec<_> = (1..=3).map(|index| make.node(index)).collect();
    list(&mut picture, Kind::Node, Batch::Nodes(put(nodes)));

    let deployments = deployments(&mut make);
    let stateful = vec![
        make.workload(Kind::StatefulSet, "data", "postgresql", 0, 3),
        make.workload(Kind::StatefulSet, "data", "redis", 3, 3),
        make.workload(Kind::StatefulSet, "monitoring", "prometheus", 2, 2),
    ];
    let daemons = vec![
        make.workload(Kind::DaemonSet, "kube-system", "cilium", 3, 3),
        make.workload(Kind::DaemonSet, "monitoring", "node-exporter", 3, 3),
    ];
    let scalers = vec![make.autoscaler(&deployments[0], 4, 10), make.autoscaler(&deployments[1], 6, 6)];
    let pods = pods(&mut make, deployments.iter().chain(&stateful).chain(&daemons));
    list(&mut picture, Kind::Deployment, Batch::Workloads(put(deployments)));
    list(&mut picture, Kind::StatefulSet, Batch::Workloads(put(stateful)));
    list(&mut picture, Kind::DaemonSet, Batch::Workloads(put(daemons)));
    list(&mut picture, Kind::HorizontalPodAutoscaler, Batch::Autoscalers(put(scalers)));
    list(&mut picture, Kind::Pod, Batch::Pods(put(pods)));
    picture
}

fn deployments(make: &mut Maker) -> Vec<WorkloadRow> {
    let deployment = Kind::Deployment;
    let mut rows = vec![
        make.workload(deployment, "production", "backend-rust", 4, 4),
        make.workload(deployment, "production", "frontend", 6, 6),
        make.workload(deployment, "production", "checkout", 1, 3),
        make.workload(deployment, "staging", "backend-rust", 1, 1),
        make.workload(deployment, "staging", "frontend", 1, 1),
        make.workload(deployment, "dev", "backend-rust", 0, 0),
        make.workload(deployment, "ingress-nginx", "ingress-nginx-controller", 3, 3),
        make.workload(deployment, "cert-manager", "cert-manager", 1, 1),
        make.workload(deployment, "monitoring", "grafana", 1, 1),
        make.workload(deployment, "security", "infisical", 2, 2),
        make.workload(deployment, "kube-system", "coredns", 2, 2),
        make.workload(deployment, "sandbox", "echo", 1, 1),
        make.workload(deployment, "velero", "velero", 1, 1),
    ];
    rows[2].complaint = Some(Condition {
        reason: Symbol::from("ProgressDeadlineExceeded"),
        message: "ReplicaSet \"checkout-6d4f9c7b58\" has timed out progressing.".into(),
    });
    rows[4].paused = true;
    rows
}

fn pods<'a>(make: &mut Maker, workloads: impl Iterator<Item = &'a WorkloadRow>) -> Vec<PodRow> {
    let mut pods = Vec::new();
    for workload in workloads {
        for number in 0..workload.wanted {
            let pod = make.pod(workload, number);
            pods.push(match (&*workload.name, number) {
                ("postgresql", 0) => ailing(pod, "CrashLoopBackOff", PodHealth::Failing, 1, 17),
                ("postgresql", 1) => ailing(pod, "Init:1/2", PodHealth::Starting, 0, 0),
                ("postgresql", 2) => {
                    let mut pod = ailing(pod, "Pending", PodHealth::Failing, 0, 0);
                    (pod.node, pod.ip) = (None, None);
                    pod
                }
                ("checkout", 1) => ailing(pod, "ImagePullBackOff", PodHealth::Failing, 1, 0),
                ("checkout", 2) => ailing(pod, "Running", PodHealth::NotReady, 1, 5),
                ("grafana", 0) => ailing(pod, "Terminating", PodHealth::Terminating, 2, 0),
                ("velero", 0) => ailing(pod, "Completed", PodHealth::Done, 0, 0),
                _ => pod,
            });
        }
    }
    pods
}

/// A pane on a screen, with the picture behind it, as the console would drive them.
pub struct Screen {
    pub picture: Picture,
    pub pane: Box<dyn Pane>,
    pub theme: Theme,
    pub now: Instant,
}

impl Screen {
    pub fn new(picture: Picture, place: &Place) -> Self {
        let pane = panes::build(place, &[], &environments());
        let theme = theme(ColourDepth::TrueColour, false);
        let mut screen = Screen { picture, pane, theme, now: now() };
        screen.settle();
        screen
    }

    pub fn of(pane: PaneId) -> Self {
        Screen::new(platform(), &Place::whole(pane))
    }

    /// Gives the picture what the pane wants, and waits until that is worked off.
    pub fn settle(&mut self) {
        let interests = self.pane.interests(&self.picture);
        self.picture.show_pods(interests.pods);
        self.picture.show_workloads(interests.workloads);
        while self.picture.work(&mut || true) {}
    }

    pub fn act(&mut self, name: &'static str) -> Effect {
        self.act_with(name, &[])
    }

    pub fn act_with(&mut self, name: &'static str, arguments: &[(&'static str, &str)]) -> Effect {
        let arguments =
            arguments.iter().map(|(name, value)| (*name, ArgumentValue::Text((*value).to_owned()))).collect();
        let effect = self.pane.update(&Action { name, arguments }, &self.picture);
        self.settle();
        effect
    }

    pub fn filter(&mut self, text: &str) -> Result<(), String> {
        let result = self.pane.set_filter(text);
        self.settle();
        result
    }

    pub fn buffer(&mut self, width: u16, height: u16) -> Buffer {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let context = ViewContext {
            picture: &self.picture,
            theme: &self.theme,
            now: self.now,
            focused: true,
            server: "https://demo.example.net:6443",
            key_of: &|action| (action == "table.clear-filter").then(|| "F".to_owned()),
        };
        self.pane.view(&mut buffer, area, &context);
        buffer
    }

    /// The screen as text, under its heading.
    pub fn text(&mut self, width: u16, height: u16) -> String {
        let lines = lines(&self.buffer(width, height));
        format!("{}\n{}", self.pane.heading(&self.picture), lines.join("\n"))
    }

    /// Every row with typed values.
    pub fn rows(&self) -> Vec<serde_json::Map<String, serde_json::Value>> {
        let mut rows = Vec::new();
        self.pane.each_row(&self.picture, &mut |row| rows.push(row));
        rows
    }

    /// The line of the cursor.
    pub fn cursor_line(&mut self) -> String {
        let buffer = self.buffer(120, 20);
        let symbol = self.theme.symbols().cursor;
        lines(&buffer).into_iter().find(|line| line.starts_with(symbol)).unwrap_or_default()
    }
}

/// The lines of a buffer, without blanks at their ends.
pub fn lines(buffer: &Buffer) -> Vec<String> {
    let rows = buffer.content.chunks(usize::from(buffer.area.width.max(1)));
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned()).collect()
}
