//! Pods that don't do well, as their past has left them.

use k8s_pb::api::core::v1::Pod;

use super::build::Builder;
use super::description::{Fault, KilledDescription, milliseconds};
use crate::demo::controllers::End;
use crate::demo::controllers::kubelet::{self, Place};
use crate::demo::events::{self, Saying};
use crate::platform::time::Instant;

/// How often the pod of an image that crashes has been started so far.
const CRASHES: i32 = 14;

impl Builder<'_> {
    /// Brings a pod that has just been put on its node to where an image that doesn't work leaves it.
    pub(super) fn break_pod(
        &mut self,
        pod: &mut Pod,
        fault: Fault,
        index: usize,
        (place, address): (&Place, &str),
        created: Instant,
    ) {
        let ago = self.now.since(created);
        pod.status.get_or_insert_default().phase = Some("Pending".to_owned());
        kubelet::accept(pod, place, created);
        match fault {
            Fault::Crash => {
                kubelet::give_address(pod, address, created.plus_millis(2_000));
                kubelet::start(pod, created.plus_millis(4_000));
                if let Some(container) = pod.status.get_or_insert_default().container_statuses.get_mut(index)
                {
                    container.restart_count = Some(CRASHES - 1);
                }
                kubelet::start_container(pod, index, self.now.plus_millis(-104_000));
                kubelet::end_container(
                    pod,
                    index,
                    End { code: 1, reason: "Error" },
                    self.now.plus_millis(-95_000),
                );
                kubelet::back_off(pod, index, 300, self.now.plus_millis(-95_000));
                self.store.put(pod);
                let words = kubelet::back_off_words(pod, index);
                self.pod_event(pod, "BackOff", &words, "kubelet", (231, ago, 12_000));
            }
            Fault::Missing => {
                kubelet::fail_pull(pod, index, true, created.plus_millis(5_000));
                self.store.put(pod);
                let image = kubelet::image(pod, index);
                let words = format!(
                    "Failed to pull image \"{image}\": rpc error: code = NotFound desc = {image}: not found"
                );
                self.pod_event(pod, "Failed", &words, "kubelet", (12, ago, 130_000));
                let words = format!("Back-off pulling image \"{image}\"");
                self.pod_event(pod, "BackOff", &words, "kubelet", (157, ago, 20_000));
            }
            Fault::Stall => {
                kubelet::give_address(pod, address, created.plus_millis(2_000));
                for done in 0..index {
                    kubelet::start_init(pod, done, created.plus_millis(3_000));
                    kubelet::finish_init(pod, done, created.plus_millis(9_000));
                }
                kubelet::start_init(pod, index, created.plus_millis(10_000));
                self.store.put(pod);
            }
        }
    }

    /// Gives a running pod the past of one that was killed for its memory.
    pub(super) fn kill_pod(&mut self, pod: &mut Pod, killed: &KilledDescription) {
        let ago = milliseconds(&killed.ago);
        let at = self.now.plus_millis(-ago);
        if let Some(container) = pod.status.get_or_insert_default().container_statuses.first_mut() {
            container.restart_count = Some(killed.restarts - 1);
        }
        kubelet::end_container(pod, 0, End { code: 137, reason: "OOMKilled" }, at);
        kubelet::start_container(pod, 0, at.plus_millis(1_000));
        kubelet::set_ready(pod, 0, true, at.plus_millis(12_000));
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
