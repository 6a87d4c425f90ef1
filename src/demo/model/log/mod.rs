//! What containers write: lines whose number and content follow the load of their time, each in its component's own format.

mod access;
mod apps;
mod cluster;
mod data;
mod failures;
mod request;
mod voice;
mod worker;

use super::description::Profile;
use super::engine::Model;
use super::noise::unit;
use super::past::{Cause, KEPT, Past, Sample};
use super::roster::{PodView, Run};
use crate::demo::random::{Random, fnv};
use crate::demo::store::{Store, StoredObject};
use crate::platform::time::Instant;
use voice::Voice;

/// A line that a container wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Instant,
    /// The line, without its end.
    pub text: String,
}

/// Lines are drawn for slots of this length, in milliseconds: what a slot has depends on nothing but its own time.
const SLOT: i64 = 5_000;
/// How many lines are kept, about: a kubelet starts a new file after 10 MiB.
const KEPT_LINES: f64 = 40_000.0;

impl Model {
    /// What a container wrote from one instant up to another, this one not included; what is too old has been rotated away.
    /// The same window always reads the same.
    ///
    /// The window may lie in the container's present run or in the one before it; outside of these nothing was written.
    pub fn log(
        &self,
        _store: &Store,
        pod: &StoredObject,
        container: &str,
        from: Instant,
        to: Instant,
    ) -> Vec<LogLine> {
        let Some(view) = PodView::of(pod) else { return Vec::new() };
        let Some(index) = view.containers.iter().position(|it| &*it.name == container) else {
            return Vec::new();
        };
        let voice = self.voice(&view, index);
        let nothing = Past::default();
        let past = self.past.get(&view.uid).unwrap_or(&nothing);
        let from = Instant(from.0.max(self.kept_since(&voice, past).0));
        let container = &view.containers[index];
        let mut lines = Vec::new();
        for run in [container.previous, container.run].into_iter().flatten() {
            self.run(&voice, past, run, (from, to), &mut lines);
        }
        lines
    }

    /// Since when a container's lines are kept.
    fn kept_since(&self, voice: &Voice<'_>, past: &Past) -> Instant {
        let requests = past.last().filter(|_| voice.writes_requests());
        let rate = requests.map_or(0.0, |sample| f64::from(sample.rate));
        let seconds = KEPT_LINES / rate.max(0.1);
        self.now.plus_millis(-KEPT.min((seconds * 1000.0) as i64))
    }

    /// What was written in one run, within the window.
    fn run(
        &self,
        voice: &Voice<'_>,
        past: &Past,
        run: Run,
        (from, to): (Instant, Instant),
        lines: &mut Vec<LogLine>,
    ) {
        let end = run.ended.map_or(to, |(at, _)| Instant(at.0.min(to.0)));
        let begin = Instant(from.0.max(run.started.0));
        let within = |line: &LogLine| line.at >= begin && line.at < end;
        lines.extend(voice.starts(run.started).into_iter().filter(within));
        let mut slot = begin.0.div_euclid(SLOT) * SLOT;
        while slot < end.0 {
            let at = Instant(slot);
            let sample = self.sample(voice, past, at);
            let mut drawn = self.slot(voice, &sample, at);
            drawn.sort_by_key(|line| line.at);
            lines.extend(drawn.into_iter().filter(within));
            slot += SLOT;
        }
        if let Some((at, code)) = run.ended {
            let last = voice.ends(at.plus_millis(-40), code);
            lines.extend(last.into_iter().filter(|line| line.at >= from && line.at < to));
        }
    }

    /// What was written in one slot.
    fn slot(&self, voice: &Voice<'_>, sample: &Sample, slot: Instant) -> Vec<LogLine> {
        let label = format!("{}/{}", voice.pod.uid, voice.container.name);
        let mut random = Random::new(self.noise.bits(&label, slot.0 / SLOT));
        let mut lines = Vec::new();
        if voice.writes_requests() {
            let count = f64::from(sample.rate) * SLOT as f64 / 1000.0 + unit(random.next());
            for _ in 0..count as usize {
                let at = slot.plus_millis(random.below(SLOT as u64) as i64);
                voice.request(sample, at, &mut random, &mut lines);
            }
        }
        voice.keeps_house(sample, slot, &mut random, &mut lines);
        for trouble in self.effects.troubles_at(slot) {
            voice.complains(trouble, slot, &mut random, &mut lines);
        }
        lines
    }

    /// The state at an instant; before the platform started, as it was on an ordinary day.
    fn sample(&self, voice: &Voice<'_>, past: &Past, at: Instant) -> Sample {
        if let Some(sample) = past.at(at) {
            return *sample;
        }
        let quiet = Sample { at, rate: 0.0, errors: 0.0, cause: Cause::Chance, p50: 0.001, p99: 0.002 };
        let Some(first) = past.first() else { return quiet };
        let errors = voice.service.map_or(0.0, |service| service.base_errors) as f32;
        let level = self.day.level(at) / self.day.level(first.at).max(0.01);
        Sample { at, rate: first.rate * level as f32, errors, cause: Cause::Chance, ..*first }
    }

    /// Who speaks.
    fn voice<'v>(&'v self, pod: &'v PodView, container: usize) -> Voice<'v> {
        let flows = &self.options.flows;
        let service = flows.services.iter().find(|service| {
            *service.workload == *pod.workload
                && flows
                    .environments
                    .iter()
                    .any(|it| it.namespaces.iter().any(|it| **it == *pod.key.namespace))
        });
        Voice {
            pod,
            container: &pod.containers[container],
            // A sidecar doesn't speak as the service that it stands beside.
            service: service.filter(|_| container == 0),
            services: &flows.services,
            environments: &flows.environments,
            seed: fnv(pod.uid.as_bytes()),
        }
    }
}

/// Whether a profile writes a line for each request.
fn writes_requests(profile: Profile) -> bool {
    use Profile::{Api, Balancer, Cms, Ingress, Web, Worker};
    matches!(profile, Balancer | Ingress | Web | Cms | Api | Worker)
}
