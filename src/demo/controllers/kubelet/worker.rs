//! What a kubelet knows of a pod on its node: the sandbox, and what its containers do.

use k8s_pb::api::core::v1::{Container, Pod, PodSpec};
use prost::Message as _;

use super::back_off::BackOff;
use super::probes::Probes;
use super::program::{End, Program};
use crate::demo::random::digest;
use crate::platform::time::Instant;

/// What a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It runs to its end before the others start.
    Init,
    /// An init container that keeps running.
    Sidecar,
    /// One of the pod's containers.
    Main,
    /// One that was added to look around.
    Ephemeral,
}

/// A pod on its node.
#[derive(Debug)]
pub struct Worker {
    /// The pod's uid.
    pub uid: Box<str>,
    /// The node.
    pub node: Box<str>,
    /// When the kubelet saw it first.
    pub accepted: Instant,
    /// Its sandbox.
    pub sandbox: Sandbox,
    /// Its containers: init containers, the others, ephemeral ones, each in their order.
    pub containers: Vec<Run>,
    /// Why all is being stopped, once it is.
    pub stop: Option<Stop>,
    /// The next try to mount what is missing, the wait before it in milliseconds, and since when something is.
    pub mounting: Option<(Instant, i64, Instant)>,
}

/// The sandbox of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sandbox {
    /// There is none.
    Missing,
    /// It will be up then.
    Starting(Instant),
    /// It is up, with its address.
    Up(String),
    /// All has been stopped.
    Gone,
}

/// Why everything in a pod is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The reason and message that its status keeps; none where it is deleted.
    pub verdict: Option<(&'static str, String)>,
    /// How long its containers have, in milliseconds.
    pub grace: i64,
    /// Whether it is to be gone from the API in the end.
    pub deleted: bool,
    /// When it is gone, once everything has ended.
    pub gone_at: Option<Instant>,
}

/// A container and its present run.
#[derive(Debug)]
pub struct Run {
    /// What it is for.
    pub role: Role,
    /// Its place among its like in the specification.
    pub index: usize,
    /// Its name.
    pub name: Box<str>,
    /// The image of its present run.
    pub image: Box<str>,
    /// What its status says.
    pub state: State,
    /// What is being done about it.
    pub activity: Activity,
    /// Before then it isn't tried again.
    pub retry: Option<Instant>,
    /// The end before.
    pub last: Option<Ended>,
    /// How often it has been restarted.
    pub restarts: i32,
    /// Waits between restarts.
    pub crash: BackOff,
    /// Waits between pulls, and what the last one said.
    pub pull: (BackOff, String),
}

/// What the status of a container says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It doesn't run.
    Waiting {
        /// In one word.
        reason: &'static str,
        /// At length; may be empty.
        message: String,
    },
    /// It runs.
    Running(Running),
    /// It has ended.
    Ended(Ended),
}

/// What is being done about a container that doesn't run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Nothing.
    None,
    /// Its image comes, and is there then; since when it has been coming.
    Pulling(Instant, Instant),
    /// It is being made, and runs then.
    Creating(Instant),
}

/// A container that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its id.
    pub id: String,
    /// Since when.
    pub since: Instant,
    /// What its process does.
    pub program: Program,
    /// When it ends and how, where that is known.
    pub ends: Option<(Instant, End)>,
    /// Whether it has been told to end.
    pub stopping: bool,
    /// Its probes.
    pub probes: Probes,
}

/// A container that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// How.
    pub end: End,
    /// Since when it had run.
    pub since: Instant,
    /// When it ended.
    pub at: Instant,
}

impl Worker {
    /// A pod that its kubelet sees for the first time.
    pub fn new(pod: &Pod, now: Instant) -> Self {
        let empty = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&empty);
        let mut worker = Worker {
            uid: crate::demo::objects::uid(pod.metadata.as_ref()).into(),
            node: spec.node_name.as_deref().unwrap_or_default().into(),
            accepted: now,
            sandbox: Sandbox::Missing,
            containers: Vec::new(),
            stop: None,
            mounting: None,
        };
        let waiting = if spec.init_containers.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        for (index, container) in spec.init_containers.iter().enumerate() {
            let sidecar = container.restart_policy.as_deref() == Some("Always");
            let role = if sidecar { Role::Sidecar } else { Role::Init };
            worker.containers.push(Run::new(role, index, container, "PodInitializing"));
        }
        for (index, container) in spec.containers.iter().enumerate() {
            worker.containers.push(Run::new(Role::Main, index, container, waiting));
        }
        worker.notice_ephemeral(spec);
        worker
    }

    /// Takes note of containers that were added to a running pod; whether there were any.
    pub fn notice_ephemeral(&mut self, spec: &PodSpec) -> bool {
        let known = self.containers.iter().filter(|run| run.role == Role::Ephemeral).count();
        for index in known..spec.ephemeral_containers.len() {
            if let Some(container) = container_of(spec, Role::Ephemeral, index) {
                self.containers.push(Run::new(Role::Ephemeral, index, &container, "ContainerCreating"));
            }
        }
        known < spec.ephemeral_containers.len()
    }

    /// The container of this name.
    pub fn find(&mut self, name: &str) -> Option<&mut Run> {
        self.containers.iter_mut().find(|run| &*run.name == name)
    }

    /// Whether anything still runs.
    pub fn anything_runs(&self) -> bool {
        self.containers.iter().any(|run| matches!(run.state, State::Running(_)))
    }

    /// The id of a container's run, which counts the runs before it.
    pub fn id_of(&self, run: &Run) -> String {
        container_id(&self.uid, &run.name, run.restarts)
    }
}

impl Run {
    fn new(role: Role, index: usize, container: &Container, waiting: &'static str) -> Self {
        Run {
            role,
            index,
            name: container.name.as_deref().unwrap_or_default().into(),
            image: container.image.as_deref().unwrap_or_default().into(),
            state: State::Waiting { reason: waiting, message: String::new() },
            activity: Activity::None,
            retry: None,
            last: None,
            restarts: 0,
            crash: BackOff::default(),
            pull: (BackOff::default(), String::new()),
        }
    }

    /// Its run, while it runs.
    pub fn running(&self) -> Option<&Running> {
        match &self.state {
            State::Running(running) => Some(running),
            _ => None,
        }
    }

    /// Its run, while it runs.
    pub fn running_mut(&mut self) -> Option<&mut Running> {
        match &mut self.state {
            State::Running(running) => Some(running),
            _ => None,
        }
    }

    /// Its last end: the present one, or the one before.
    pub fn latest_end(&self) -> Option<&Ended> {
        match &self.state {
            State::Ended(ended) => Some(ended),
            State::Waiting { .. } => self.last.as_ref(),
            State::Running(_) => None,
        }
    }

    /// Whether it has ever run.
    pub fn has_run(&self) -> bool {
        self.last.is_some() || !matches!(self.state, State::Waiting { .. })
    }

    /// Lets it end.
    pub fn end(&mut self, end: End, at: Instant) {
        if let State::Running(running) = &self.state {
            self.state = State::Ended(Ended { id: running.id.clone(), end, since: running.since, at });
        }
    }

    /// Shows that it waits, and keeps its end as the one before.
    pub fn wait(&mut self, reason: &'static str, message: String) {
        let state = std::mem::replace(&mut self.state, State::Waiting { reason, message });
        if let State::Ended(ended) = state {
            self.last = Some(ended);
        }
    }
}

/// The specification of a container.
pub fn container_of(spec: &PodSpec, role: Role, index: usize) -> Option<Container> {
    match role {
        Role::Init | Role::Sidecar => spec.init_containers.get(index).cloned(),
        Role::Main => spec.containers.get(index).cloned(),
        Role::Ephemeral => {
            // The messages of both kinds have the same fields under the same numbers.
            let common = spec.ephemeral_containers.get(index)?.ephemeral_container_common.as_ref()?;
            Container::decode(common.encode_to_vec().as_slice()).ok()
        }
    }
}

/// The id of a container's run.
pub fn container_id(uid: &str, name: &str, restarts: i32) -> String {
    format!("containerd://{}", digest(&format!("{uid}/{name}/{restarts}")))
}
