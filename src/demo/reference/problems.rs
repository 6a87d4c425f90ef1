//! Pods that don't do well, as their past has left them.

use k8s_pb::api::core::v1::{Container, Pod};

use super::build::Builder;
use super::description::{Fault, KilledDescription, milliseconds};
use crate::demo::controllers::kubelet::{Past, PullError, full_name, not_found};
use crate::demo::events::{self, Saying};
use crate::platform::time::Instant;

/// How often the pod of an image that crashes has been started so far.
const CRASHES: i32 = 14;

impl Builder<'_> {
    /// Brings a pod to where an image that doesn't work leaves it.
    pub(super) fn break_pod(
        &mut self,
        pod: &mut Pod,
        past: Past<'_>,
        fault: Fault,
        index: usize,
        created: Instant,
    ) {
        let ago = self.now.since(created);
        match fault {
            Fault::Crash => {
                let past = past.crashing(pod, index, CRASHES, self.now.plus_millis(-95_000));
                self.put_past(past, pod);
                let name = container(pod, index).and_then(|it| it.name.clone()).unwrap_or_default();
                let words = format!("Back-off restarting failed container {name} in pod {}", full_name(pod));
                self.pod_event(pod, "BackOff", &words, "kubelet", (231, ago, 12_000));
            }
            Fault::Missing => {
                self.put_past(past.without_image(index), pod);
                let image = container(pod, index).and_then(|it| it.image.clone()).unwrap_or_default();
                let PullError(error) = not_found(&image);
                let words = format!("Failed to pull image \"{image}\": {error}");
                self.pod_event(pod, "Failed", &words, "kubelet", (12, ago, 130_000));
                self.pod_event(pod, "Failed", "Error: ErrImagePull", "kubelet", (12, ago, 130_000));
                let words = format!("Back-off pulling image \"{image}\"");
                self.pod_event(pod, "BackOff", &words, "kubelet", (157, ago, 20_000));
            }
            Fault::Stall => self.put_past(past.stalled(index), pod),
        }
    }

    /// Gives a running pod the past of one that was killed for its memory.
    pub(super) fn kill_pod(&mut self, pod: &mut Pod, past: Past<'_>, killed: &KilledDescription) {
        let ago = milliseconds(&killed.ago);
        let past = past.killed(pod, killed.restarts, self.now.plus_millis(-ago));
        self.put_past(past, pod);
        let words = "Memory cgroup out of memory: Killed process 1 (celery)";
        self.pod_event(pod, "OOMKilling", words, "kernel-monitor", (1, ago, ago));
    }

    /// Puts a warning about a pod.
    pub(super) fn pod_event(
        &mut self,
        pod: &Pod,
        reason: &str,
        message: &str,
        reporter: &str,
        times: (i32, i64, i64),
    ) {
        self.put_event(events::about(pod), &Saying { warning: true, reason, message, reporter }, times);
    }
}

fn container(pod: &Pod, index: usize) -> Option<&Container> {
    pod.spec.as_ref()?.containers.get(index)
}
