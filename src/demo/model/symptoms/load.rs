//! Symptoms in the load, and in the pods under it.

use super::{Sighting, Symptom};
use crate::demo::model::engine::Model;
use crate::demo::model::roster::{ContainerView, PodView};
use crate::demo::model::service::ServiceState;
use crate::demo::store::Key;

/// The exit code of a container that was killed.
const KILLED: i32 = 137;

impl Model {
    pub(super) fn see_load(&self, symptom: &Symptom) -> Sighting {
        match symptom {
            Symptom::Errors { .. }
            | Symptom::Latency { .. }
            | Symptom::Traffic { .. }
            | Symptom::Saturation { .. } => self.see_requests(symptom),
            Symptom::Queue { .. } | Symptom::Lag { .. } | Symptom::Connections { .. } => {
                self.see_data(symptom)
            }
            Symptom::NodeBusy { .. }
            | Symptom::NodeDisk { .. }
            | Symptom::Volume { .. }
            | Symptom::Dns { .. } => self.see_places(symptom),
            Symptom::Processor { .. } | Symptom::Memory { .. } => self.see_use(symptom),
            _ => self.see_pods(symptom),
        }
    }

    fn see_requests(&self, symptom: &Symptom) -> Sighting {
        let missing = |at: &str| format!("{at} isn't there");
        let read = |at: &str, value: fn(&ServiceState) -> f64| self.requests_at(at).map(|it| value(&it));
        match symptom {
            Symptom::Errors { at, above } => {
                let say = |value| {
                    format!("{at}: {:.1} % of requests fail (above {:.1} %)", value * 100.0, above * 100.0)
                };
                Sighting::compare(read(at, |it| it.errors), *above, say, missing(at))
            }
            Symptom::Latency { at, above_ms } => {
                let say =
                    |value| format!("{at}: the 99th percentile is {value:.0} ms (above {above_ms:.0} ms)");
                Sighting::compare(read(at, |it| it.p99 * 1000.0), *above_ms, say, missing(at))
            }
            Symptom::Traffic { at, above } => {
                let say = |value| format!("{at}: {value:.1} requests a second (above {above:.1})");
                Sighting::compare(read(at, |it| it.rate), *above, say, missing(at))
            }
            Symptom::Saturation { at, above } => {
                let say = |value| {
                    format!(
                        "{at}: {:.0} % of what its pods can do is asked for (above {:.0} %)",
                        value * 100.0,
                        above * 100.0
                    )
                };
                Sighting::compare(read(at, |it| it.saturation), *above, say, missing(at))
            }
            _ => Sighting::new(false, ""),
        }
    }

    fn see_data(&self, symptom: &Symptom) -> Sighting {
        match symptom {
            Symptom::Queue { broker, environment, above } => {
                let queue = self.queue(&key(broker), environment).map(|queue| queue.ready);
                let say =
                    |value| format!("{broker}: {value:.0} messages of {environment} wait (above {above:.0})");
                Sighting::compare(queue, *above, say, format!("{broker} has no queue of {environment}"))
            }
            Symptom::Lag { database, above_seconds } => {
                let lag = self.database(&key(database)).map(|it| it.lag_seconds);
                let say = |value| {
                    format!("{database}: the replica is {value:.1} s behind (above {above_seconds:.1} s)")
                };
                Sighting::compare(lag, *above_seconds, say, format!("{database} isn't there"))
            }
            Symptom::Connections { database, above } => {
                let state = self.database(&key(database)).filter(|it| it.most_connections > 0.0);
                let share = state.map(|it| it.connections / it.most_connections);
                let say = |value| {
                    format!(
                        "{database}: {:.0} % of its connections are open (above {:.0} %)",
                        value * 100.0,
                        above * 100.0
                    )
                };
                Sighting::compare(share, *above, say, format!("{database} isn't there"))
            }
            _ => Sighting::new(false, ""),
        }
    }

    fn see_places(&self, symptom: &Symptom) -> Sighting {
        let percent = |place: &str, what: &str, above: f64| {
            let place = place.to_owned();
            let what = what.to_owned();
            move |value: f64| format!("{place}: {:.0} % {what} (above {:.0} %)", value * 100.0, above * 100.0)
        };
        match symptom {
            Symptom::NodeBusy { node, above } => {
                let share = self.node(node).map(|it| it.cores_wanted / it.cores.max(0.1));
                let say = percent(node, "of its processor is wanted", *above);
                Sighting::compare(share, *above, say, format!("{node} has no pods"))
            }
            Symptom::NodeDisk { node, above } => {
                let share = self.node(node).map(|it| it.disk_used / it.disk.max(1.0));
                let say = percent(node, "of its disk is used", *above);
                Sighting::compare(share, *above, say, format!("{node} has no pods"))
            }
            Symptom::Volume { claim, above } => {
                let share = self.volume(&key(claim)).map(|it| it.share());
                let say = percent(claim, "of its volume is used", *above);
                Sighting::compare(share, *above, say, format!("{claim} isn't in use"))
            }
            Symptom::Dns { above } => {
                let say = percent("DNS", "of look-ups fail", *above);
                Sighting::compare(Some(self.effects.dns_failures()), *above, say, String::new())
            }
            _ => Sighting::new(false, ""),
        }
    }

    fn see_use(&self, symptom: &Symptom) -> Sighting {
        match symptom {
            Symptom::Processor { workload, above } => {
                let (mut used, mut asked) = (0.0, 0.0);
                for pod in self.pods_of(workload).filter(|pod| pod.ready) {
                    used += self.pods.get(&pod.uid).map_or(0.0, |state| state.cpu);
                    asked += pod.containers.first().map_or(0, |it| it.requests.cpu) as f64 / 1000.0;
                }
                let share = (asked > 0.0).then(|| used / asked);
                let say = |value| {
                    format!(
                        "{workload}: {:.0} % of the processor time asked for is used (above {:.0} %)",
                        value * 100.0,
                        above * 100.0
                    )
                };
                Sighting::compare(share, *above, say, format!("{workload} has no ready pods"))
            }
            Symptom::Memory { workload, above } => {
                let shares = self.pods_of(workload).filter_map(|pod| {
                    let limit = pod.containers.first()?.limits.memory as f64;
                    let used = self.pods.get(&pod.uid)?.memory;
                    (limit > 0.0).then(|| used / limit)
                });
                let most =
                    shares.fold(None, |most: Option<f64>, it| Some(most.map_or(it, |most| most.max(it))));
                let say = |value| {
                    format!(
                        "{workload}: a pod has {:.0} % of its memory limit (above {:.0} %)",
                        value * 100.0,
                        above * 100.0
                    )
                };
                Sighting::compare(most, *above, say, format!("{workload} has no pods with a limit"))
            }
            _ => Sighting::new(false, ""),
        }
    }

    fn see_pods(&self, symptom: &Symptom) -> Sighting {
        let count =
            |workload: &str, is: &dyn Fn(&&PodView) -> bool| self.pods_of(workload).filter(is).count();
        let at_least = |count: usize, least: usize, words: String| {
            Sighting::new(count >= least, format!("{words} (at least {least})"))
        };
        match symptom {
            Symptom::Restarts { workload, at_least: least, minutes } => {
                let ended = self.ended(workload, *minutes, |_| true);
                at_least(
                    ended,
                    *least,
                    format!("{workload}: {ended} containers ended in {minutes:.0} minutes"),
                )
            }
            Symptom::OutOfMemory { workload, at_least: least, minutes } => {
                let ended = self.ended(workload, *minutes, |code| code == KILLED);
                at_least(
                    ended,
                    *least,
                    format!("{workload}: {ended} containers were killed in {minutes:.0} minutes"),
                )
            }
            Symptom::Waiting { workload, reason } => {
                let waits = |it: &ContainerView| it.waiting.as_deref() == Some(reason);
                let waiting = count(workload, &|pod| pod.containers.iter().any(waits));
                Sighting::new(waiting > 0, format!("{workload}: {waiting} pods are in {reason}"))
            }
            Symptom::Unready { workload, at_least: least } => {
                let unready = count(workload, &|pod| !pod.ready);
                at_least(unready, *least, format!("{workload}: {unready} pods aren't ready"))
            }
            Symptom::Pending { workload, at_least: least } => {
                let pending = count(workload, &|pod| pod.node.is_empty());
                at_least(pending, *least, format!("{workload}: {pending} pods have no node"))
            }
            Symptom::Ready { workload, below } => {
                let ready = count(workload, &|pod| pod.ready);
                Sighting::new(ready < *below, format!("{workload}: {ready} pods are ready (below {below})"))
            }
            _ => Sighting::new(false, ""),
        }
    }

    /// How many containers of a workload ended within the last minutes, with a code that counts.
    fn ended(&self, workload: &str, minutes: f64, counts: impl Fn(i32) -> bool) -> usize {
        let since = self.now.plus_millis(-(minutes * 60_000.0) as i64);
        let containers = self.pods_of(workload).flat_map(|pod| &pod.containers);
        let runs = containers.flat_map(|it| [it.run, it.previous]).flatten();
        runs.filter(|run| run.ended.is_some_and(|(at, code)| at >= since && counts(code))).count()
    }

    fn pods_of<'m>(&'m self, workload: &str) -> impl Iterator<Item = &'m PodView> + use<'m> {
        let key = key(workload);
        self.roster.pods().filter(move |pod| pod.key.namespace == key.namespace && pod.workload == key.name)
    }

    /// The requests at a workload, or at an environment's entrance.
    fn requests_at(&self, at: &str) -> Option<ServiceState> {
        match at.split_once('/') {
            Some((namespace, workload)) => self.service(namespace, workload).cloned(),
            None => self.environment(at),
        }
    }
}

/// The object that the text names as `namespace/name`.
pub(super) fn key(text: &str) -> Key {
    let (namespace, name) = text.split_once('/').unwrap_or(("", text));
    Key::new(namespace, name)
}
