//! Stopping containers: what they do last, how long they have, and in which order.

use k8s_pb::api::core::v1::PodSpec;

use super::around::Around;
use super::program::{End, hook};
use super::worker::{Activity, Role, Sandbox, Stop, Worker, container_of};
use crate::platform::time::Instant;

/// The least that a container has to end, in milliseconds.
const LEAST_GRACE: i64 = 2_000;
/// How long an evicted pod has to end, in milliseconds.
const EVICTION: i64 = 1_000;
/// How long after its containers have ended a pod is gone, in milliseconds.
const CLEARING: i64 = 400;

impl Worker {
    /// Lets everything be stopped from now on.
    pub fn stop(&mut self, stop: Stop, around: &mut Around<'_>) {
        for run in &self.containers {
            if run.running().is_some_and(|running| !running.stopping) {
                around.note(run, "Killing", format!("Stopping container {}", run.name));
            }
        }
        for run in &mut self.containers {
            run.activity = Activity::None;
        }
        self.stop = Some(stop);
    }

    /// Lets it be evicted, for the reason that its status keeps.
    pub fn evict(&mut self, message: &str) {
        if self.stop.is_none() {
            let verdict = Some(("Evicted", message.to_owned()));
            self.stop = Some(Stop { verdict, grace: EVICTION, deleted: false, gone_at: None });
        }
    }

    /// Its node has been started anew: nothing runs, and its sandbox is gone.
    pub fn reboot(&mut self, now: Instant) {
        for run in &mut self.containers {
            run.end(End { code: 255, reason: "Unknown" }, now);
            run.activity = Activity::None;
            run.retry = None;
        }
        if self.stop.is_none() && self.sandbox != Sandbox::Gone {
            self.sandbox = Sandbox::Missing;
        }
    }

    /// Tells the containers to end whose turn it is; whether anything has changed.
    pub fn go_on_stopping(&mut self, spec: &PodSpec, now: Instant) -> bool {
        let grace = self.stop.as_ref().map(|stop| stop.grace);
        let mut any = false;
        while let Some(place) = self.next_to_stop() {
            self.stop_container(place, spec, grace, now);
            any = true;
        }
        if !self.anything_runs() {
            any |= self.sandbox != Sandbox::Gone;
            self.sandbox = Sandbox::Gone;
            if let Some(stop) = self.stop.as_mut().filter(|stop| stop.deleted && stop.gone_at.is_none()) {
                stop.gone_at = Some(now.plus_millis(CLEARING));
                any = true;
            }
        }
        any
    }

    /// Whether it is to be gone from the API now.
    pub fn is_gone(&self, now: Instant) -> bool {
        self.stop.as_ref().and_then(|stop| stop.gone_at).is_some_and(|at| at <= now)
    }

    /// Sidecars end after all others, the last of them first.
    fn next_to_stop(&self) -> Option<usize> {
        let waits =
            |place: &usize| self.containers[*place].running().is_some_and(|running| !running.stopping);
        let others = (0..self.containers.len()).filter(|place| self.containers[*place].role != Role::Sidecar);
        if let Some(place) = others.clone().find(waits) {
            return Some(place);
        }
        if others.into_iter().any(|place| self.containers[place].running().is_some()) {
            return None;
        }
        let last =
            (0..self.containers.len()).rev().find(|place| self.containers[*place].running().is_some())?;
        waits(&last).then_some(last)
    }

    /// Tells a container to end, within the pod's grace period where no other is given, in milliseconds.
    pub fn stop_container(&mut self, place: usize, spec: &PodSpec, grace: Option<i64>, now: Instant) {
        let run = &mut self.containers[place];
        let container = container_of(spec, run.role, run.index);
        let Some(running) = run.running_mut() else { return };
        let grace = grace.unwrap_or_else(|| spec.termination_grace_period_seconds.unwrap_or(30) * 1_000);
        let pre_stop = container.and_then(|it| it.lifecycle).and_then(|it| it.pre_stop);
        let hook = if grace > 0 { pre_stop.as_ref().map_or(0, hook).min(grace) } else { 0 };
        let left = (grace - hook).max(LEAST_GRACE);
        let (time, end) = match running.program.heeds {
            Some((time, end)) if time <= left => (time, end),
            _ => (left, End::with(137)),
        };
        running.stopping = true;
        let at = now.plus_millis(hook + time);
        // It may come to its own end before.
        if running.ends.is_none_or(|(ends, _)| ends > at) {
            running.ends = Some((at, end));
        }
    }
}
